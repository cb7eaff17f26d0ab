"""Measure a case's events and reference buildings: boxes fitted to the pixels where that can be done, else outlines."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import shapely
from pyproj import Transformer
from shapely import MultiPolygon, Polygon

from sitewatch.app._fits import Room
from sitewatch.app._pixels import Pixels
from sitewatch.app.align import align
from sitewatch.app.detect import chosen_sites, registration_error, step_name
from sitewatch.case import Case, judgement
from sitewatch.errors import DataError, SceneError
from sitewatch.formats.measurements_json import dump_measurements, measurement_row
from sitewatch.imagery.warp import site_grid
from sitewatch.measure.fitted import box_values, ratio_value
from sitewatch.measure.outline import outline_measures
from sitewatch.measure.rectangle import Fit
from sitewatch.measure.scale import ratio_with_scale, with_scale
from sitewatch.types import Event, EventKind, Measurement, Reference, Site, Value
from sitewatch.types.progress import NoProgress, Progress

VERSION = "2"
"""Of the measuring: raise it when its results change."""
DRAWN_EDGE_PX = 1.0
"""Standard deviation of a hand-drawn outline's edges, pixels: assumed, not measured."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The measurements of one site."""

    site: str
    measurements: tuple[Measurement, ...]

    @property
    def unchecked(self) -> int:
        """Objects whose outline nobody has looked at."""
        return len({m.object_id for m in self.measurements if not m.checked})

    @property
    def rows(self) -> list[dict[str, Any]]:
        """As `out/measurements.json` has them."""
        return [measurement_row(self.site, m) for m in self.measurements]


def measure(case: Case, *, site: str | None = None, progress: Progress | None = None) -> list[Measured]:
    """Measure events and reference buildings of `site`, or of every site; write `out/measurements.json`.

    Raises:
        DataError: nothing was looked for at a site yet.
        UsageError: no such site.
    """
    results = [_measure_site(case, s, progress or NoProgress()) for s in chosen_sites(case, site)]
    write_measurements(case)
    return results


def write_measurements(case: Case) -> Path:
    """Write the measurements of all sites to `out/measurements.json`."""
    return case.project(
        "measurements.json", dump_measurements({s.name: case.measurements(s.name) for s in case.sites()})
    )


def _measure_site(case: Case, site: Site, progress: Progress) -> Measured:
    if step_name(site) not in case.steps():
        raise DataError(
            f"nothing was looked for at site {site.name!r} yet; run `sitewatch detect {case.path}` first, or "
            f"`sitewatch run {case.path}` for the whole chain"
        )
    scenes = case.scenes(site.name)
    pixel_m, pixels = abs(site_grid(scenes, site.aoi).affine.a), Pixels.of(scenes, site)
    moved = registration_error(case.registrations(site.name).values())
    events, references = case.events(site.name), judgement.references(case, site.name)
    fits = _fits(case, site, events, references, progress)
    found = [m for e in events for m in _of_event(e, pixel_m, moved, fits.get(e.id), pixels)]
    found += [m for r in references for m in _of_reference(r, pixel_m, moved, fits.get(r.name), pixels)]
    found += _ratios(events, references, fits, pixel_m, pixels)
    with case.transaction():
        case.set_measurements(site.name, found)
        case.log("measure", site=site.name, measurements=len(found))
    return Measured(site.name, tuple(found))


@dataclass(frozen=True, slots=True)
class _Fitted:
    """What came of fitting a box to an object."""

    fit: Fit | None
    reason: str
    """Why there is none."""
    crs: str


def _fits(
    case: Case, site: Site, events: list[Event], references: list[Reference], progress: Progress
) -> dict[str, _Fitted]:
    """Fits of what appeared and of the reference buildings, by their ids."""
    wanted = [e for e in events if e.kind is EventKind.APPEARED]
    if not wanted and not references:
        return {}
    try:
        aligned = align(case, site, progress=progress)
        if aligned.grid.crs is None:
            return {}
        room = Room.of(aligned, case.path)
    except (DataError, SceneError) as error:
        reason = f"the images cannot be used ({error})"
        return {
            n: _Fitted(None, reason, "") for n in [*(e.id for e in wanted), *(r.name for r in references)]
        }
    to_grid = Transformer.from_crs(4326, room.crs, always_xy=True)
    drawn = {r.name: shapely.transform(r.outline, to_grid.transform, interleaved=False) for r in references}
    standing = {e.id: e.outline for e in wanted} | drawn
    result = {}
    progress.start("measuring", len(standing))
    try:
        for name, outline in standing.items():
            shape = _one_part(outline)
            others = [o for n, o in standing.items() if n != name]
            if shape is None:
                result[name] = _Fitted(None, "it has several parts", room.crs)
            else:
                own = next((e for e in wanted if e.id == name), None)
                found = room.fitted(
                    shape,
                    others,
                    after=None if own is None else own.posterior.hull()[1],
                    before=_until(shape, own, events),
                    known=own is None or own.origin != "detector",
                )
                if isinstance(found, Fit):
                    result[name] = _Fitted(found, "", room.crs)
                else:
                    result[name] = _Fitted(None, found, room.crs)
            progress.advance()
    finally:
        progress.done()
    return result


def _until(shape: Polygon, own: Event | None, events: list[Event]) -> date | None:
    """Last day on which the place is as it was: before something else happens on it; None where nothing does.

    A reference building stays what it is until it is removed.
    """
    later = [
        e.gap.start
        for e in events
        if (e.kind is EventKind.REMOVED if own is None else e.gap.start >= own.gap.end)
        and e.outline.intersection(shape).area > (0.3 if own is None else 0.15) * shape.area
    ]
    return min(later, default=None)


def _one_part(outline: Polygon | MultiPolygon) -> Polygon | None:
    """The outline, or the part of it that makes up nearly all; None where there is no such part."""
    parts = sorted(shapely.get_parts(outline), key=lambda p: -p.area)
    return parts[0] if parts[0].area >= 0.8 * outline.area else None


def _of_event(
    event: Event, pixel_m: float, moved: float, fitted: _Fitted | None, pixels: Pixels
) -> list[Measurement]:
    drawn = event.origin != "detector"
    values = outline_measures(
        event.outline,
        event.crs,
        pixel_m,
        registration_px=moved,
        pixel_size_error=pixels.error(event.scenes),
        edge_px=DRAWN_EDGE_PX if drawn else None,
    )
    return _measurements(event.id, values, event.scenes, pixel_m, fitted, pixels, checked=drawn)


def _of_reference(
    reference: Reference, pixel_m: float, moved: float, fitted: _Fitted | None, pixels: Pixels
) -> list[Measurement]:
    """By its fit; else by its hand-drawn outline, which no scene of the case is tied to."""
    values = outline_measures(
        reference.outline,
        "EPSG:4326",
        pixel_m,
        registration_px=moved,
        pixel_size_error=pixels.error(()),
        edge_px=DRAWN_EDGE_PX,
    )
    return _measurements(reference.name, values, (), pixel_m, fitted, pixels, checked=True)


def _measurements(
    name: str,
    outlined: dict[str, Value],
    scenes: tuple[str, ...],
    pixel_m: float,
    fitted: _Fitted | None,
    pixels: Pixels,
    *,
    checked: bool,
) -> list[Measurement]:
    values = outlined
    if fitted is not None and fitted.fit is not None:
        scenes = fitted.fit.scenes
        boxed = box_values(fitted.fit, fitted.crs, pixel_m)
        values = {n: with_scale(v, pixels.error(scenes)) for n, v in boxed.items()}
    elif fitted is not None:
        values = {
            n: replace(v, method=f"{v.method}; no box was fitted: {fitted.reason}")
            for n, v in outlined.items()
        }
    notes = pixels.notes(scenes)
    return [Measurement(name, q, value, scenes, checked=checked, notes=notes) for q, value in values.items()]


def _ratios(
    events: list[Event],
    references: list[Reference],
    fits: dict[str, _Fitted],
    pixel_m: float,
    pixels: Pixels,
) -> list[Measurement]:
    """Area of each fitted event over that of each fitted reference building."""
    result = []
    for event in events:
        for reference in references:
            one, two = fits.get(event.id), fits.get(reference.name)
            if one is None or two is None or one.fit is None or two.fit is None:
                continue
            value = ratio_value(one.fit, two.fit, one.crs, pixel_m)
            value = ratio_with_scale(value, pixels.error_between(one.fit.scenes, two.fit.scenes))
            scenes = tuple(sorted({*one.fit.scenes, *two.fit.scenes}))
            name = f"{event.id}/{reference.name}"
            result.append(Measurement(name, "ratio", value, scenes, checked=event.origin != "detector"))
    return result

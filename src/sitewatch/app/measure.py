"""Measure a case's events and reference buildings: boxes fitted to the pixels where that can be done, else outlines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import shapely
from pyproj import Transformer
from shapely import MultiPolygon, Polygon

from sitewatch.app._fits import Room, Tried
from sitewatch.app._growth import Tracked, curves, draw_growth
from sitewatch.app._measure_figures import Subject, draw
from sitewatch.app._pixels import Pixels
from sitewatch.app._walls import walled
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
from sitewatch.measure.sloping import cotangents, hidden_share, with_hidden, with_slope
from sitewatch.measure.solve import Look
from sitewatch.measure.tracing import traced
from sitewatch.measure.walled import WallFit
from sitewatch.measure.walled_values import ratio_of, walled_values
from sitewatch.report.context import most_probable, slug
from sitewatch.types import Event, EventKind, Measurement, Reference, Site, Value
from sitewatch.types.progress import NoProgress, Progress

VERSION = "4"
"""Of the measuring: raise it when its results change."""
DRAWN_EDGE_PX = 1.0
"""Standard deviation of a hand-drawn outline's edges, pixels: assumed, not measured."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The measurements of one site."""

    site: str
    measurements: tuple[Measurement, ...]
    days: dict[str, date]
    """Of the site's scenes, by id."""

    @property
    def unchecked(self) -> int:
        """Objects whose outline nobody has looked at."""
        return len({m.object_id for m in self.measurements if not m.checked and m.quantity != "ratio"})

    @property
    def rows(self) -> list[dict[str, Any]]:
        """As `out/measurements.json` has them."""
        return [measurement_row(self.site, m) for m in self.measurements]


def measure(
    case: Case,
    *,
    site: str | None = None,
    draws: bool = True,
    most: int | None = None,
    tracked: Sequence[Tracked] = (),
    slope_deg: float | None = None,
    progress: Progress | None = None,
) -> list[Measured]:
    """Measure events and reference buildings of `site`, or of every site; write `out/measurements.json` and, with
    `draws`, a figure for each object into `out/figures`. With `most`, of the events only so many of each site, the most
    probable ones, have a figure or an area through time.

    Ground that was altered in more than one step gets its area through time, and so does what is `tracked`; the
    tracked is not kept for the next time. `slope_deg` is how steep the ground around the buildings is:
    it enters heights from shadows; without it the ground is assumed level.

    Raises:
        DataError: nothing was looked for at a site yet.
        UsageError: no such site.
    """
    bar = progress or NoProgress()
    results = [
        _measure_site(case, s, bar, draws=draws, most=most, tracked=tracked, slope_deg=slope_deg)
        for s in chosen_sites(case, site)
    ]
    write_measurements(case)
    return results


def write_measurements(case: Case) -> Path:
    """Write the measurements of all sites to `out/measurements.json`."""
    return case.project(
        "measurements.json", dump_measurements({s.name: case.measurements(s.name) for s in case.sites()})
    )


def figures(case: Case) -> list[Path]:
    """Files of the figures of what was measured last, each once."""
    names = dict.fromkeys(m.figure for s in case.sites() for m in case.measurements(s.name))
    return [case.out / name for name in names if name is not None]


def _measure_site(
    case: Case,
    site: Site,
    progress: Progress,
    *,
    draws: bool,
    most: int | None = None,
    tracked: Sequence[Tracked] = (),
    slope_deg: float | None = None,
) -> Measured:
    if step_name(site) not in case.steps():
        raise DataError(
            f"nothing was looked for at site {site.name!r} yet; run `sitewatch detect {case.path}` first, or "
            f"`sitewatch run {case.path}` for the whole chain"
        )
    scenes = case.scenes(site.name)
    pixel_m, pixels = abs(site_grid(scenes, site.aoi).affine.a), Pixels.of(scenes, site)
    moved = registration_error(case.registrations(site.name).values())
    events, references = case.events(site.name), judgement.references(case, site.name)
    room = _room(case, site, progress) if events or references or tracked else ""
    fits = _fits(room, events, references, progress)
    fits = {name: replace(f, slope_deg=slope_deg) for name, f in fits.items()}
    found = [m for e in events for m in _of_event(e, pixel_m, moved, fits.get(e.id), pixels)]
    found += [m for r in references for m in _of_reference(r, pixel_m, moved, fits.get(r.name), pixels)]
    found += _ratios(events, references, fits, pixel_m, pixels)
    told = most_probable(events, len(events) if most is None else most)
    shown = [e for e in events if e.id in told]
    if draws and isinstance(room, Room):
        stem = _stem(case, site)
        subjects = _subjects(room, shown, references, fits)
        with case.writing():
            found = draw(case.out, site.name, room, subjects, found, stem=stem, progress=progress)
    if isinstance(room, Room):
        known = {s.id: s for s in scenes}
        for curve in curves(room, shown, events, tracked):
            figure = None
            if draws:
                with case.writing():
                    figure = draw_growth(
                        case.out, site.name, curve, room.looks.bands, known, stem=_stem(case, site)
                    )
            found.append(curve.measurement(figure))
    with case.transaction():
        case.set_measurements(site.name, found)
        case.log("measure", site=site.name, measurements=len(found))
    return Measured(site.name, tuple(found), {s.id: s.acquired.date() for s in scenes})


@dataclass(frozen=True, slots=True)
class _Fitted:
    """What came of fitting a box to an object."""

    fit: Fit | None
    reason: str
    """Why there is none."""
    crs: str
    tried: Tried | None = None
    """Also the fit that was refused, with its looks."""
    walls: WallFit | None = None
    """Straight walls, where they hold and a box does not."""
    again: tuple[Fit, ...] = ()
    """Boxes from further tracings of the same outline."""
    slope_deg: float | None = None
    """Of the ground around; None where nothing is said of it."""

    def values(self, pixel_m: float, pixels: Pixels) -> dict[str, Value] | None:
        """Of the walls or the boxes; None where neither was fitted."""
        if self.walls is not None:
            found = walled_values(self.walls, self.crs, pixel_m)
        elif self.fit is not None:
            boxes = [box_values(b, self.crs, pixel_m) for b in (self.fit, *self.again)]
            found = {n: traced([b[n] for b in boxes if n in b]) for n in boxes[0]}
        else:
            return None
        if "height" in found:
            found = found | {"height": self._on_ground(found["height"])}
        return {n: with_scale(v, pixels.error(self.scenes)) for n, v in found.items()}

    def _on_ground(self, height: Value) -> Value:
        """With what the ground does to a height from shadows in its interval."""
        box = None if self.fit is None else self.fit.box
        shape = box if self.walls is None else self.walls.walls
        looks = () if self.tried is None else self.tried.looks
        height = with_slope(height, cotangents(looks), self.slope_deg)
        return height if shape is None else with_hidden(height, hidden_share(shape, looks))

    @property
    def scenes(self) -> tuple[str, ...]:
        """That were fitted to."""
        used = self.walls or self.fit
        return () if used is None else used.scenes


def _room(case: Case, site: Site, progress: Progress) -> Room | str:
    """The site's scenes, ready to be looked into, or why they are not; "" without georeferencing."""
    try:
        aligned = align(case, site, progress=progress)
        return "" if aligned.grid.crs is None else Room.of(aligned, case.path)
    except (DataError, SceneError) as error:
        return f"the images cannot be used ({error})"


def _fits(
    room: Room | str, events: list[Event], references: list[Reference], progress: Progress
) -> dict[str, _Fitted]:
    """Fits of what appeared and of the reference buildings, by their ids."""
    wanted = [e for e in events if e.kind is EventKind.APPEARED]
    if not wanted and not references:
        return {}
    if isinstance(room, str):
        names = [*(e.id for e in wanted), *(r.name for r in references)]
        return {n: _Fitted(None, room, "") for n in names} if room else {}
    drawn, again = _drawn(room, references)
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
                after = None if own is None else own.posterior.hull()[1]
                before, known = _until(shape, own, events), own is None or own.origin != "detector"
                tried, *more = (
                    room.tried(o, others, after=after, before=before, known=known)
                    for o in (shape, *again.get(name, ()))
                )
                result[name] = _Fitted(
                    None if tried.reason else tried.fit,
                    tried.reason,
                    room.crs,
                    tried,
                    walled(tried, shape, known=known),
                    tuple(t.fit for t in more if t.fit is not None and not t.reason),
                )
            progress.advance()
    finally:
        progress.done()
    return result


def _drawn(
    room: Room, references: list[Reference]
) -> tuple[dict[str, Polygon], dict[str, tuple[Polygon, ...]]]:
    """Outlines of reference buildings in the CRS of the site's grid, by name, and their further tracings."""
    to_grid = Transformer.from_crs(4326, room.crs, always_xy=True)

    def placed(outline: Polygon) -> Polygon:
        return shapely.transform(outline, to_grid.transform, interleaved=False)

    return {r.name: placed(r.outline) for r in references}, {
        r.name: tuple(placed(o) for o in r.again) for r in references
    }


def _subjects(
    room: Room, events: list[Event], references: list[Reference], fits: dict[str, _Fitted]
) -> list[Subject]:
    """What is to be drawn: objects with their fits, or in looks of the time when they were there."""
    result = []
    for event in events:
        known = fits.get(event.id)
        if known is not None and known.tried is not None:
            looks = known.tried.looks
        else:
            start, end = event.posterior.hull()
            after, before = (None, start) if event.kind is EventKind.REMOVED else (end, None)
            looks = tuple(room.chosen(event.outline, [], after, before))
        result.append(_subject(event.id, event.outline, looks, known))
    for name, outline in _drawn(room, references)[0].items():
        known = fits.get(name)
        looks = () if known is None or known.tried is None else known.tried.looks
        result.append(_subject(name, outline, looks, known))
    return result


def _subject(
    name: str, outline: Polygon | MultiPolygon, looks: tuple[Look, ...], fitted: _Fitted | None
) -> Subject:
    if fitted is None:
        return Subject(name, outline, looks, None, "")
    if fitted.walls is not None:
        return Subject(name, outline, looks, fitted.walls, "")
    return Subject(name, outline, looks, None if fitted.tried is None else fitted.tried.fit, fitted.reason)


def _stem(case: Case, site: Site) -> str:
    """What names of figures begin with."""
    return f"{slug(site.name)}-" if len(case.sites()) > 1 else ""


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
    """By its fit; else by its outline, which no scene of the case is tied to."""
    each = [
        outline_measures(
            outline,
            "EPSG:4326",
            pixel_m,
            registration_px=moved,
            pixel_size_error=pixels.error(()),
            edge_px=DRAWN_EDGE_PX,
        )
        for outline in (reference.outline, *reference.again)
    ]
    values = {q: traced([e[q] for e in each]) for q in each[0]}
    return _measurements(reference.name, values, (), pixel_m, fitted, pixels, checked=reference.checked)


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
    by_fit = None if fitted is None else fitted.values(pixel_m, pixels)
    if fitted is not None and by_fit is not None:
        values, scenes = by_fit, fitted.scenes
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
            if one is None or two is None or not one.scenes or not two.scenes:
                continue
            scenes = tuple(sorted({*one.scenes, *two.scenes}))
            if one.fit is not None and two.fit is not None and one.walls is None and two.walls is None:
                value = ratio_value(one.fit, two.fit, one.crs, pixel_m)
            else:
                up, down = (f.values(pixel_m, pixels) or {} for f in (one, two))
                value = ratio_of(up["area"], down["area"], len(scenes))
            value = ratio_with_scale(value, pixels.error_between(one.scenes, two.scenes))
            checked = event.origin != "detector" and reference.checked
            name = f"{event.id}/{reference.name}"
            result.append(Measurement(name, "ratio", value, scenes, checked=checked))
    return result

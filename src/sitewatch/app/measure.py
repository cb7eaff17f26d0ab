"""Measure the outlines of a case's events and reference buildings."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sitewatch.app.detect import chosen_sites, registration_error, step_name
from sitewatch.case import Case, judgement
from sitewatch.errors import DataError
from sitewatch.formats.measurements_json import dump_measurements, measurement_row
from sitewatch.imagery.warp import site_grid
from sitewatch.measure.outline import outline_measures
from sitewatch.types import Event, Measurement, Reference, Site

VERSION = "1"
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


def measure(case: Case, *, site: str | None = None) -> list[Measured]:
    """Measure events and reference buildings of `site`, or of every site; write `out/measurements.json`.

    Raises:
        DataError: nothing was looked for at a site yet.
        UsageError: no such site.
    """
    results = [_measure_site(case, s) for s in chosen_sites(case, site)]
    write_measurements(case)
    return results


def write_measurements(case: Case) -> Path:
    """Write the measurements of all sites to `out/measurements.json`."""
    return case.project(
        "measurements.json", dump_measurements({s.name: case.measurements(s.name) for s in case.sites()})
    )


def _measure_site(case: Case, site: Site) -> Measured:
    if step_name(site) not in case.steps():
        raise DataError(
            f"nothing was looked for at site {site.name!r} yet; run `sitewatch detect {case.path}` first, or "
            f"`sitewatch run {case.path}` for the whole chain"
        )
    pixel_m = abs(site_grid(case.scenes(site.name), site.aoi).affine.a)
    moved = registration_error(case.registrations(site.name).values())
    found = [m for e in case.events(site.name) for m in _of_event(e, pixel_m, moved)]
    found += [m for r in judgement.references(case, site.name) for m in _of_reference(r, pixel_m, moved)]
    with case.transaction():
        case.set_measurements(site.name, found)
        case.log("measure", site=site.name, measurements=len(found))
    return Measured(site.name, tuple(found))


def _of_event(event: Event, pixel_m: float, moved: float) -> list[Measurement]:
    drawn = event.origin != "detector"
    values = outline_measures(
        event.outline,
        event.crs,
        pixel_m,
        registration_px=moved,
        edge_px=DRAWN_EDGE_PX if drawn else None,
    )
    return [Measurement(event.id, name, value, event.scenes, checked=drawn) for name, value in values.items()]


def _of_reference(reference: Reference, pixel_m: float, moved: float) -> list[Measurement]:
    """By its hand-drawn outline, which no scene of the case is tied to."""
    values = outline_measures(
        reference.outline, "EPSG:4326", pixel_m, registration_px=moved, edge_px=DRAWN_EDGE_PX
    )
    return [Measurement(reference.name, name, value, (), checked=True) for name, value in values.items()]

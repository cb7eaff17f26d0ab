"""Find and date the changes at a site."""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from sitewatch import engine
from sitewatch.app.align import VERSION as ALIGNMENT
from sitewatch.app.align import Aligned, align, grid_params, plain_grid
from sitewatch.case import Case, codec
from sitewatch.change import series
from sitewatch.errors import DataError
from sitewatch.formats.events_geojson import dump_events
from sitewatch.imagery.build import build_cube
from sitewatch.imagery.cached import read_pixels
from sitewatch.measure.outline import outline_measures
from sitewatch.types import Event, Registration, Scene, Site
from sitewatch.types.progress import Progress

VERSION = "1"
"""Of the detection: raise it when its results change."""


@dataclass(frozen=True, slots=True)
class Detected:
    """What one run found at one site."""

    site: str
    events: tuple[Event, ...]
    notes: tuple[str, ...]
    """What was left out and why."""
    set_aside: tuple[tuple[str, str], ...]
    """(scene id, reason)."""
    dates: int
    """Scenes that took part."""


def detect(
    case: Case, *, site: str | None = None, workers: int = 1, progress: Progress | None = None
) -> list[Detected]:
    """Detect at `site`, or at every site of the case, keep the events and write `out/events.geojson`.

    Raises:
        DataError: no site, no scene, or too few that can be used.
        UsageError: no such site.
    """
    results = [detect_site(case, s, workers=workers, progress=progress) for s in chosen_sites(case, site)]
    write_events(case)
    return results


def chosen_sites(case: Case, name: str | None) -> list[Site]:
    """The site called `name`; all of them where no name is given.

    Raises:
        DataError: the case has no site.
        UsageError: no such site.
    """
    sites = case.sites()
    if not sites:
        raise DataError(
            f"the case {case.path} has no site yet; add one first: "
            f"`sitewatch site add {case.path} --name NAME --bbox W S E N`"
        )
    return sites if name is None else [case.site(name)]


def write_events(case: Case) -> Path:
    """Write the events of all sites to `out/events.geojson`."""
    return case.project("events.geojson", dump_events([e for s in case.sites() for e in case.events(s.name)]))


def site_key(case: Case, site: Site) -> str:
    """Key of all that detection at a site reads: its ground, its scenes, the code."""
    scenes = [
        codec.dumps(replace(s, assets=tuple(replace(a, path="") for a in s.assets)))
        for s in case.scenes(site.name)
    ]
    return engine.key_of(VERSION, ALIGNMENT, series.NAME, codec.dumps(site), scenes)


def step_name(site: Site) -> str:
    """Under which the case remembers that detection at a site is done."""
    return f"detect {site.name}"


def detections(
    case: Case, site: Site, aligned: Aligned, progress: Progress | None = None
) -> tuple[list[Event], list[str], str]:
    """Detections (ids are not yet the case's) and notes, computed or found again; the key of the run."""
    task = engine.Task(
        function=_detect,
        version=f"{VERSION} {series.NAME}",
        params={"site": site.name, "grid": grid_params(aligned.grid)},
        places={"scenes": [codec.dumps(s) for s in aligned.scenes], "files": [str(f) for f in aligned.files]},
        hashes={
            "scenes": engine.key_of([s.id for s in aligned.scenes]),
            "files": engine.key_of(list(aligned.keys)),
        },
        suffix=".json",
    )
    found = engine.run([task], cache=case.cache, progress=progress, label="detecting")
    result = json.loads(found[task.key].read_text(encoding="utf-8"))
    return [codec.loads(Event, t) for t in result["events"]], result["notes"], task.key


def detect_site(case: Case, site: Site, *, workers: int = 1, progress: Progress | None = None) -> Detected:
    """Detect at one site and keep the events, without writing them to `out/`."""
    key = site_key(case, site)
    aligned = align(case, site, workers=workers, progress=progress)
    try:
        events, notes, run = detections(case, site, aligned, progress)
    except DataError as error:
        raise DataError(f"{error}{_lost(aligned)}") from error
    sized = _sized(events, abs(aligned.grid.affine.a), registration_error(aligned.registrations))
    with case.transaction():
        case.set_registrations(site.name, aligned.registrations)
        kept = case.set_events(site.name, sized, run=run)
        case.log("detect", site=site.name, events=len(kept), dates=len(aligned.scenes), run=run)
        case.mark_step(step_name(site), key)
    return Detected(site.name, tuple(kept), tuple(notes), aligned.set_aside, len(aligned.scenes))


def _lost(aligned: Aligned) -> str:
    """How many scenes were set aside and why, where that may be what is wrong."""
    aside = aligned.set_aside
    if not aside:
        return ""
    return f" ({len(aside)} of {len(aside) + len(aligned.scenes)} scenes were set aside, the first: {aside[0][1]})"


def registration_error(registrations: Iterable[Registration]) -> float:
    """Median standard error of the scenes' positions, pixels; 0 where none was estimated."""
    return median([r.sigma for r in registrations if math.isfinite(r.sigma) and r.sigma > 0] or [0.0])


def _sized(events: list[Event], pixel_m: float, registration_px: float) -> list[Event]:
    """Events with the areas that `measure` gives; in pixels without a CRS there are none."""
    result = []
    for event in events:
        if event.crs is None:
            result.append(event)
            continue
        area = outline_measures(event.outline, event.crs, pixel_m, registration_px=registration_px)["area"]
        result.append(replace(event, area_m2=area.value, area_m2_low=area.low, area_m2_high=area.high))
    return result


def _detect(out: Path, scenes: list[str], files: list[str], site: str, grid: dict[str, Any]) -> None:
    loaded = [codec.loads(Scene, s) for s in scenes]
    box = plain_grid(grid)
    cube = build_cube(loaded, [read_pixels(Path(f)) for f in files], box)
    events, notes = series.detect(cube, site, pixel_m=abs(box.affine.a))
    out.write_text(
        json.dumps({"events": [codec.dumps(e) for e in events], "notes": notes}, ensure_ascii=False),
        encoding="utf-8",
    )

"""Find and date the changes at a site."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sitewatch import engine
from sitewatch.app.align import Aligned, align, grid_params, plain_grid
from sitewatch.case import Case, codec
from sitewatch.change import series
from sitewatch.formats.events_geojson import dump_events
from sitewatch.imagery.build import build_cube
from sitewatch.imagery.cached import read_pixels
from sitewatch.types import Event, Scene, Site
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
        DataError: no scene, or too few that can be used.
        UsageError: no such site.
    """
    chosen = [case.site(site)] if site or len(case.sites()) < 2 else case.sites()
    results = [_detect_site(case, s, workers, progress) for s in chosen]
    write_events(case)
    return results


def write_events(case: Case) -> Path:
    """Write the events of all sites to `out/events.geojson`."""
    return case.project("events.geojson", dump_events([e for s in case.sites() for e in case.events(s.name)]))


def detections(
    case: Case, site: Site, aligned: Aligned, progress: Progress | None = None
) -> tuple[list[Event], list[str], str]:
    """Detections with their notes, computed or found again, and the key of the run. Ids are not yet the case's."""
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


def _detect_site(case: Case, site: Site, workers: int, progress: Progress | None) -> Detected:
    aligned = align(case, site, workers=workers, progress=progress)
    events, notes, run = detections(case, site, aligned, progress)
    with case.transaction():
        case.set_registrations(site.name, aligned.registrations)
        kept = case.set_events(site.name, events, run=run)
        case.log("detect", site=site.name, events=len(kept), dates=len(aligned.scenes), run=run)
    return Detected(site.name, tuple(kept), tuple(notes), aligned.set_aside, len(aligned.scenes))


def _detect(out: Path, scenes: list[str], files: list[str], site: str, grid: dict[str, Any]) -> None:
    loaded = [codec.loads(Scene, s) for s in scenes]
    box = plain_grid(grid)
    cube = build_cube(loaded, [read_pixels(Path(f)) for f in files], box)
    events, notes = series.detect(cube, site, pixel_m=abs(box.affine.a))
    out.write_text(
        json.dumps({"events": [codec.dumps(e) for e in events], "notes": notes}, ensure_ascii=False),
        encoding="utf-8",
    )

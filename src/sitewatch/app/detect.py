"""Find and date the changes at a site."""

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from sitewatch import engine
from sitewatch.app._pixels import Pixels
from sitewatch.app.align import VERSION as ALIGNMENT
from sitewatch.app.align import Aligned, align, grid_params, plain_grid
from sitewatch.case import Case, codec
from sitewatch.change import crosscheck, learned, series
from sitewatch.change.blobs import Shown
from sitewatch.change.maps import sample
from sitewatch.change.source import Source, Window
from sitewatch.errors import DataError
from sitewatch.formats.events_geojson import dump_events
from sitewatch.imagery.build import build_cube
from sitewatch.imagery.cached import read_pixels
from sitewatch.imagery.looks import Looks
from sitewatch.measure.outline import outline_measures
from sitewatch.types import Event, Registration, Scene, Site
from sitewatch.types.progress import Progress

VERSION = "9"
"""Of the detection: raise it when its results change."""
AUTO = "auto"
DETECTORS = (AUTO, learned.NAME, series.NAME, crosscheck.NAME)
"""By the pixels and the number of dates; the change network; the step test alone, which needs no weights; the network
and, of what the step test finds elsewhere, that of which the network sees something."""
COARSE_M = 4.0
"""Pixel size in metres above which "auto" takes both (docs/decisions/0004-change-network.md)."""


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
    case: Case,
    *,
    site: str | None = None,
    detector: str = AUTO,
    workers: int = 1,
    progress: Progress | None = None,
) -> list[Detected]:
    """Detect at `site`, or at every site of the case, keep the events and write `out/events.geojson`.

    Args:
        detector: one of `DETECTORS`.

    Raises:
        DataError: no site, no scene, or too few that can be used.
        UsageError: no such site.
    """
    results = [
        detect_site(case, s, detector=detector, workers=workers, progress=progress)
        for s in chosen_sites(case, site)
    ]
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


def site_key(case: Case, site: Site, detector: str = AUTO) -> str:
    """Key of all that detection at a site reads: its ground, its scenes, the code."""
    scenes = [
        codec.dumps(replace(s, assets=tuple(replace(a, path="") for a in s.assets)))
        for s in case.scenes(site.name)
    ]
    return engine.key_of(VERSION, ALIGNMENT, detector, codec.dumps(site), scenes)


def is_done(case: Case, site: Site) -> bool:
    """True where detection at a site was done on what the case holds now, by whichever detector."""
    return any(case.step_done(step_name(site), site_key(case, site, d)) for d in DETECTORS)


def detector_of(case: Case, site: Site) -> str:
    """The detector that made the site's events; "auto" where that cannot be told from them."""
    done = [d for d in DETECTORS if case.step_done(step_name(site), site_key(case, site, d))]
    if done:
        return done[0]
    named = {e.detector for e in case.events(site.name) if e.origin == "detector"}
    return named.pop() if len(named) == 1 and named <= set(DETECTORS) else AUTO


def chosen(detector: str, aligned: Aligned) -> str:
    """What "auto" stands for; any other detector itself."""
    if detector != AUTO:
        return detector
    rows, cols = aligned.grid.shape
    dates = len(aligned.files)
    if dates < series.MIN_DATES or rows * cols * dates > series.MAX_LOOKS:
        return learned.NAME
    days = np.array([s.acquired.timestamp() / 86400 for s in aligned.scenes])
    if series.sparse(days):  # the network knows series of up to three years only
        return series.NAME
    return crosscheck.NAME if abs(aligned.grid.affine.a) > COARSE_M else learned.NAME


def step_name(site: Site) -> str:
    """Under which the case remembers that detection at a site is done."""
    return f"detect {site.name}"


def detections(
    case: Case,
    site: Site,
    aligned: Aligned,
    progress: Progress | None = None,
    *,
    detector: str = AUTO,
    workers: int = 1,
    side: int | None = None,
) -> tuple[list[Event], list[str], str]:
    """Detections (ids are not yet the case's) and notes, computed or found again; the key of the run.

    Args:
        detector: one of `DETECTORS`.
        side: of the windows that the network looks at, pixels; the result does not depend on it.
    """
    detector = chosen(detector, aligned)
    alone = detector == series.NAME
    inputs = _Inputs.of(aligned)
    steps = inputs.task(_by_steps, ".json", {"site": site.name, "alone": alone})
    if alone:
        found = engine.run([steps], cache=case.cache, progress=progress, label="detecting")
        return *_told(found[steps.key]), steps.key
    try:
        network, shown, windows = _by_network(case, site, inputs, side, workers, progress)
        if detector == learned.NAME:
            found = engine.run([network], cache=case.cache, progress=progress, label="dating")
            return *_told(found[network.key]), network.key
        found = engine.run([network, steps], cache=case.cache, progress=progress, label="dating")
    finally:
        _KEPT.clear()
    both = inputs.task(
        _both,
        ".json",
        {"windows": windows},
        network=(found[network.key], network.key),
        steps=(found[steps.key], steps.key),
        shown=shown,
    )
    found = engine.run([both], cache=case.cache, progress=progress, label="comparing")
    return *_told(found[both.key]), both.key


def _by_network(
    case: Case, site: Site, inputs: "_Inputs", side: int | None, workers: int, progress: Progress | None
) -> tuple[engine.Task, tuple[list[str], str], list[list[int]]]:
    """What is still to be done for the network's events once all windows were looked at; what these show, as files
    and a key; the windows."""
    task = inputs.task(_survey, ".npz", {})
    survey = engine.run([task], cache=case.cache, progress=progress, label="surveying")[task.key], task.key
    looks = _looks(survey[0], **inputs.places, grid=inputs.grid)
    windows = [_plain(w) for w in learned.windows(looks, side)]
    tasks = [inputs.task(_look, ".npz", {"window": w}, survey=survey) for w in windows]
    keys = [t.key for t in tasks]
    files = engine.run(
        tasks, cache=case.cache, workers=workers, progress=progress, label="looking for changes"
    )
    shown = [str(files[k]) for k in keys], engine.key_of(keys)
    params = {"site": site.name, "windows": windows}
    return inputs.task(_events, ".json", params, survey=survey, shown=shown), shown, windows


def _told(file: str | Path) -> tuple[list[Event], list[str]]:
    """Events and notes that `_write` wrote."""
    result = json.loads(Path(file).read_text(encoding="utf-8"))
    return [codec.loads(Event, t) for t in result["events"]], result["notes"]


@dataclass(frozen=True, slots=True)
class _Inputs:
    """The aligned scenes of a site, as the tasks take them."""

    places: dict[str, list[str]]
    hashes: dict[str, str]
    grid: dict[str, Any]

    @classmethod
    def of(cls, aligned: Aligned) -> "_Inputs":
        return cls(
            {"scenes": [codec.dumps(s) for s in aligned.scenes], "files": [str(f) for f in aligned.files]},
            {
                "scenes": engine.key_of([s.id for s in aligned.scenes]),
                "files": engine.key_of(list(aligned.keys)),
            },
            grid_params(aligned.grid),
        )

    def task(
        self, function: Callable[..., None], suffix: str, params: dict[str, Any], **more: tuple[Any, str]
    ) -> engine.Task:
        """A task on them, and on `more`: name → (place, hash)."""
        return engine.Task(
            function=function,
            version=f"{VERSION} {series.NAME} {learned.NAME}",
            params={"grid": self.grid, **params},
            places={**self.places, **{n: str(p) if isinstance(p, Path) else p for n, (p, _) in more.items()}},
            hashes={**self.hashes, **{n: key for n, (_, key) in more.items()}},
            suffix=suffix,
        )


def _plain(window: Window) -> list[int]:
    return [window[0].start, window[0].stop, window[1].start, window[1].stop]


def _window(plain: list[int]) -> Window:
    return slice(plain[0], plain[1]), slice(plain[2], plain[3])


def detect_site(
    case: Case,
    site: Site,
    *,
    detector: str = AUTO,
    workers: int = 1,
    progress: Progress | None = None,
) -> Detected:
    """Detect at one site and keep the events, without writing them to `out/`."""
    key = site_key(case, site, detector)
    aligned = align(case, site, workers=workers, progress=progress)
    try:
        events, notes, run = detections(case, site, aligned, progress, detector=detector, workers=workers)
    except DataError as error:
        raise DataError(f"{error}{_lost(aligned)}") from error
    pixels = Pixels.of(aligned.scenes, site)
    sized = _sized(events, abs(aligned.grid.affine.a), registration_error(aligned.registrations), pixels)
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


def _sized(events: list[Event], pixel_m: float, registration_px: float, pixels: Pixels) -> list[Event]:
    """Events with the areas that `measure` gives; in pixels without a CRS there are none."""
    result = []
    for event in events:
        if event.crs is None:
            result.append(event)
            continue
        area = outline_measures(
            event.outline,
            event.crs,
            pixel_m,
            registration_px=registration_px,
            pixel_size_error=pixels.error(event.scenes),
        )["area"]
        result.append(replace(event, area_m2=area.value, area_m2_low=area.low, area_m2_high=area.high))
    return result


def _by_steps(
    out: Path, scenes: list[str], files: list[str], site: str, grid: dict[str, Any], alone: bool
) -> None:
    """Events of the step test; where it is not `alone`, what keeps it from looking is a note."""
    box = plain_grid(grid)
    if box.shape[0] * box.shape[1] * len(files) > series.MAX_LOOKS:
        raise DataError(
            f"{box.shape[0]} x {box.shape[1]} pixels on {len(files)} dates; the detector {series.NAME} holds a site in "
            f"memory and takes up to {series.MAX_LOOKS / 1e6:.0f} million looks: watch a smaller site, or use "
            f"--detector {learned.NAME}"
        )
    loaded = [codec.loads(Scene, s) for s in scenes]
    cube = build_cube(loaded, [read_pixels(Path(f)) for f in files], box)
    look = series.detect if alone else crosscheck.step_events
    _write(out, look(cube, site, pixel_m=abs(box.affine.a)))


def _write(out: Path, found: tuple[list[Event], list[str]]) -> None:
    events, notes = found
    out.write_text(
        json.dumps({"events": [codec.dumps(e) for e in events], "notes": notes}, ensure_ascii=False),
        encoding="utf-8",
    )


@dataclass(slots=True)
class _Kept:
    """A site's looks as one task left them to those that follow in this process."""

    files: list[str]
    looks: Looks
    held: Source | None = None
    """The same in memory."""


_KEPT: list[_Kept] = []
"""Of the last site."""


def _survey(out: Path, scenes: list[str], files: list[str], grid: dict[str, Any]) -> None:
    looks = Looks.of([codec.loads(Scene, s) for s in scenes], [Path(f) for f in files], plain_grid(grid))
    known = (looks.loaded() if learned.fits(looks) else looks).surveyed(
        sample(looks.shape), series.MIN_USABLE
    )
    source = learned.held(known)
    _save(out, {"looks": np.array(json.dumps(known.plain())), **learned.plan(source).arrays()})
    _KEPT[:] = [_Kept(files, looks.restored(known.plain()), None if source is known else source)]


def _save(out: Path, arrays: dict[str, Any]) -> None:
    with out.open("wb") as file:
        np.savez(file, **arrays)


def _kept(survey: str | Path, scenes: list[str], files: list[str], grid: dict[str, Any]) -> _Kept:
    """The looks of a site, opened once in a process."""
    last = _KEPT[:1]  # other threads may put another site there
    if last and last[0].files == files:  # a file's name tells its content
        return last[0]
    looks = Looks.of([codec.loads(Scene, s) for s in scenes], [Path(f) for f in files], plain_grid(grid))
    with np.load(survey) as arrays:
        kept = _Kept(files, looks.restored(json.loads(str(arrays["looks"]))))
    _KEPT[:] = [kept]
    return kept


def _looks(survey: str | Path, scenes: list[str], files: list[str], grid: dict[str, Any]) -> Looks:
    return _kept(survey, scenes, files, grid).looks


def _held(survey: str, scenes: list[str], files: list[str], grid: dict[str, Any]) -> Source:
    """The same, in memory where they are few enough."""
    kept = _kept(survey, scenes, files, grid)
    kept.held = kept.held or learned.held(kept.looks)
    return kept.held


def _look(
    out: Path, scenes: list[str], files: list[str], survey: str, grid: dict[str, Any], window: list[int]
) -> None:
    with np.load(survey) as arrays:
        plan = learned.Plan.restored(arrays)
    rows, cols = grid["shape"]
    kept = _kept(survey, scenes, files, grid)
    whole = window == [0, rows, 0, cols]
    source = _held(survey, scenes, files, grid) if whole else kept.held or kept.looks
    shown = learned.look(source, _window(window), plan)
    _save(out, {f"{i} {n}": a for i, one in enumerate(shown) for n, a in one.arrays().items()})


def _events(
    out: Path,
    scenes: list[str],
    files: list[str],
    survey: str,
    shown: list[str],
    grid: dict[str, Any],
    site: str,
    windows: list[list[int]],
) -> None:
    with np.load(survey) as arrays:
        plan = learned.Plan.restored(arrays)
    source = _held(survey, scenes, files, grid)
    _write(out, learned.events(source, plan, _whole(shown, windows, grid), site))


def _whole(shown: list[str], windows: list[list[int]], grid: dict[str, Any]) -> list[Shown]:
    """What all windows together show, one a span."""
    return learned.joined(map(_restored, shown), [_window(w) for w in windows], tuple(grid["shape"]))


def _restored(place: str) -> list[Shown]:
    with np.load(place) as arrays:
        return [Shown.restored(arrays, f"{i} ") for i in range(len(arrays.files) // len(fields(Shown)))]


def _both(
    out: Path,
    scenes: list[str],
    files: list[str],
    network: str,
    steps: str,
    shown: list[str],
    grid: dict[str, Any],
    windows: list[list[int]],
) -> None:
    (events, notes), (more, others) = _told(network), _told(steps)
    affine = plain_grid(grid).affine
    _write(out, (crosscheck.joined(events, more, _whole(shown, windows, grid), affine), [*notes, *others]))

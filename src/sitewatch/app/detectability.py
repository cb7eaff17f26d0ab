"""What would have been found at a site: boxes are put into its own looks, and the detector is asked for them."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from affine import Affine
from shapely.affinity import affine_transform, rotate

from sitewatch import engine
from sitewatch.app.align import Aligned, align, grid_params, plain_grid
from sitewatch.app.detect import chosen, chosen_sites, detector_of, is_done, site_key
from sitewatch.assess.negative import INSTEAD, SHARE
from sitewatch.case import Case, codec, files
from sitewatch.change import crosscheck, learned, series
from sitewatch.change.source import CubeSource
from sitewatch.errors import DataError
from sitewatch.evaluate.intervals import wilson
from sitewatch.formats.detectability_json import (
    Worked,
    detectability_rows,
    dump_detectability,
    load_detectability,
)
from sitewatch.imagery.build import build_cube
from sitewatch.imagery.cached import read_pixels
from sitewatch.simulate.insert import ROOFS, Box, insert
from sitewatch.types import Detectability, Event, EventKind, Recall, Scene, Site
from sitewatch.types.progress import Progress

VERSION = "7"
FILE = "detectability.json"
KINDS = (EventKind.APPEARED, EventKind.REMOVED)
SIZES = (12.0, 30.0, 75.0, 190.0)
"""Areas that are tried, pixels."""
HEIGHTS_M = (4.0, 12.0)
SLENDER = (1.0, 2.5)
"""Length over width, drawn between these."""
EACH = 40
"""Boxes of each size and kind: where all are found, 90 % lower bound .937."""
AT_ONCE = 12
"""Boxes in one run at most: the site stays what it is for the detector."""
MARGIN = 3
"""Looks on which a box must stand, and on which it must be missing."""
APART = 14
"""Pixels between a box and the next, or an event, or the edge, beyond its own size."""
PATIENCE = 200
"""Places that are tried before a run is taken as full, or a site as too small for a size."""


@dataclass(frozen=True, slots=True)
class _Try:
    """A box to be inserted."""

    box: Box
    kind: EventKind
    size: int
    """Position in `SIZES`."""


def work_out(
    case: Case,
    *,
    site: str | None = None,
    each: int = EACH,
    seed: int = 1,
    workers: int = 1,
    progress: Progress | None = None,
) -> tuple[Worked, ...]:
    """Work out what would have been found at one site or all, and write `detectability.json` into the case.

    Boxes of `SIZES` are inserted at random places where nothing was found, on random dates with `MARGIN` looks on
    either side, and the site's detector is run on the changed looks. Finished runs are found again after a stop.

    Args:
        each: boxes of each size and kind.

    Raises:
        DataError: nothing was detected yet, too few looks or more than memory should hold, or looks that are no
            surface reflectance.
        UsageError: no such site.
    """
    made: list[Worked] = []
    sites = chosen_sites(case, site)
    for one in sites:
        made += _of_site(case, one, each, seed, workers, progress)
    with case.writing():
        file = case.path / FILE
        names = {s.name for s in sites}
        others = [
            w for w in (load_detectability(file) if file.is_file() else ()) if w.known.site not in names
        ]
        files.write(file, dump_detectability([*others, *made]))
        case.log("assess detectability", sites=sorted(names), each=each, seed=seed)
    return tuple(made)


def rows(worked: Sequence[Worked]) -> dict[str, Any]:
    """As `detectability.json` has them."""
    return detectability_rows(worked)


def known_detectability(case: Case, site: Site) -> tuple[Detectability, ...]:
    """What was worked out for a site and still holds: its scenes and its detector are the same.

    Raises:
        DataError: the file is not as it was written.
    """
    file = case.path / FILE
    if not file.is_file():
        return ()
    of = _key(case, site)
    return tuple(w.known for w in load_detectability(file) if w.known.site == site.name and w.of == of)


def _key(case: Case, site: Site) -> str:
    return engine.key_of(VERSION, site_key(case, site, detector_of(case, site)))


def _of_site(
    case: Case, site: Site, each: int, seed: int, workers: int, progress: Progress | None
) -> list[Worked]:
    if not is_done(case, site):
        raise DataError(
            f"site {site.name!r}: nothing was detected yet on the scenes it has; run `sitewatch detect {case.path}` "
            "first"
        )
    aligned = align(case, site, workers=workers, progress=progress)
    rows, cols = aligned.grid.shape
    if rows * cols * len(aligned.files) > series.MAX_LOOKS:
        raise DataError(
            f"site {site.name!r}: {rows} x {cols} pixels on {len(aligned.files)} dates; what would have been found is "
            f"worked out in memory, for up to {series.MAX_LOOKS / 1e6:.0f} million looks: take a part of the ground as "
            "a site of its own"
        )
    cube = aligned.cube()
    share = cube["clear"].mean(("y", "x")).values
    dates = [date.fromisoformat(str(t)[:10]) for t in cube["time"].values[share >= series.MIN_USABLE]]
    looks = np.flatnonzero(share >= series.MIN_USABLE)
    if len(dates) < 2 * MARGIN:
        raise DataError(
            f"site {site.name!r}: {len(dates)} usable looks; {2 * MARGIN} are needed, {MARGIN} before a change and "
            f"{MARGIN} after it"
        )
    detector = chosen(detector_of(case, site), aligned)
    pixel_m = abs(aligned.grid.affine.a)
    planned = _plan(case.events(site.name), aligned, looks, pixel_m, each, seed)
    tasks = [_task(aligned, site, detector, boxes, seed + n) for n, boxes in enumerate(planned)]
    done = engine.run(
        tasks, cache=case.cache, workers=workers, progress=progress, label="inserting and looking"
    )
    found: dict[tuple[EventKind, int], list[bool]] = {}
    for task, boxes in zip(tasks, planned, strict=True):
        hits = json.loads(done[task.key].read_text(encoding="utf-8"))
        for one, hit in zip(boxes, hits, strict=True):
            found.setdefault((one.kind, one.size), []).append(bool(hit))
    of = _key(case, site)
    first, last = dates[MARGIN - 1], dates[-MARGIN]
    return [_worked(site, kind, detector, pixel_m, found, (first, last), of) for kind in KINDS]


def _worked(
    site: Site,
    kind: EventKind,
    detector: str,
    pixel_m: float,
    found: dict[tuple[EventKind, int], list[bool]],
    span: tuple[date, date],
    of: str,
) -> Worked:
    sizes = [n for n in range(len(SIZES)) if found.get((kind, n))]
    hits = [sum(found[kind, n]) for n in sizes]
    tried = [len(found[kind, n]) for n in sizes]
    recalls = tuple(
        Recall(SIZES[n] * pixel_m**2, *wilson(h, t)) for n, h, t in zip(sizes, hits, tried, strict=True)
    )
    basis = (
        f"{sum(tried)} boxes of {HEIGHTS_M[0]:g} to {HEIGHTS_M[1]:g} m height with common roofs, inserted into the "
        f"site's own images, {MARGIN} looks or more before and after, and looked for by {detector}; it says nothing of "
        "what is underground, covered, camouflaged or thinner"
    )
    return Worked(of, Detectability(site.name, kind.value, *span, recalls, basis), tuple(hits), tuple(tried))


def _plan(
    events: Sequence[Event],
    aligned: Aligned,
    looks: npt.NDArray[np.intp],
    pixel_m: float,
    each: int,
    seed: int,
) -> list[list[_Try]]:
    """Runs of boxes that stand clear of each other, of the edge, and of what was found."""
    rng = np.random.default_rng(seed)
    rows, cols = aligned.grid.shape
    taken = shapely.union_all([_in_pixels(e, aligned.grid.affine) for e in events])
    wanted = [(k, n) for k in KINDS for n in range(len(SIZES)) for _ in range(each)]
    rng.shuffle(wanted)
    runs: list[list[_Try]] = []
    while wanted:
        placed: list[_Try] = []
        for _ in range(PATIENCE):
            if not wanted or len(placed) == AT_ONCE:
                break
            kind, size = wanted[-1]
            one = _Try(_box(rng, (rows, cols), size, kind, looks, pixel_m), kind, size)
            room = one.box.outline.buffer(APART)
            left, top, right, bottom = room.bounds
            inside = left >= 0 and top >= 0 and right <= cols and bottom <= rows
            if inside and not any(room.intersects(o) for o in (taken, *(p.box.outline for p in placed))):
                placed.append(one)
                wanted.pop()
        if placed:
            runs.append(placed)
        else:  # boxes of that size have no room here: nothing is said of them
            wanted = [w for w in wanted if w[1] != wanted[-1][1]]
    if not runs:
        raise DataError(
            f"no room for a box of {SIZES[0] * pixel_m**2:.0f} m2 at this site of {rows} x {cols} pixels beside what "
            "was found; watch a larger site"
        )
    return runs


def _in_pixels(event: Event, affine: Affine) -> shapely.Geometry:
    back = ~affine
    return affine_transform(event.outline, [back.a, back.b, back.d, back.e, back.c, back.f])


def _box(
    rng: np.random.Generator,
    shape: tuple[int, int],
    size: int,
    kind: EventKind,
    looks: npt.NDArray[np.intp],
    pixel_m: float,
) -> Box:
    width = math.sqrt(SIZES[size] / (slender := float(rng.uniform(*SLENDER))))
    x, y = rng.uniform(0, shape[1]), rng.uniform(0, shape[0])
    outline = rotate(
        shapely.box(x - width * slender / 2, y - width / 2, x + width * slender / 2, y + width / 2),
        float(rng.uniform(0, 180)),
    )
    # The first look that shows the change, with `MARGIN` usable looks on either side of it.
    turn = int(looks[int(rng.integers(MARGIN, len(looks) - MARGIN + 1))])
    appears = kind is EventKind.APPEARED
    return Box(
        outline,
        float(rng.uniform(*HEIGHTS_M)),
        str(rng.choice(ROOFS)),
        slice(turn, None) if appears else slice(0, turn),
    )


def _task(aligned: Aligned, site: Site, detector: str, boxes: Sequence[_Try], seed: int) -> engine.Task:
    plain = [
        {
            "outline": [list(map(float, p)) for p in t.box.outline.exterior.coords],
            "height_m": t.box.height_m,
            "roof": t.box.roof,
            "looks": [t.box.looks.start or 0, t.box.looks.stop],
            "kind": t.kind.value,
        }
        for t in boxes
    ]
    return engine.Task(
        function=_look_for,
        version=f"{VERSION} {series.NAME} {learned.NAME}",
        params={
            "grid": grid_params(aligned.grid),
            "site": site.name,
            "detector": detector,
            "boxes": plain,
            "seed": seed,
        },
        places={
            "scenes": [codec.dumps(s) for s in aligned.scenes],
            "files": [str(f) for f in aligned.files],
        },
        hashes={
            "scenes": engine.key_of([s.id for s in aligned.scenes]),
            "files": engine.key_of(list(aligned.keys)),
        },
        suffix=".json",
    )


def _look_for(
    out: Path,
    scenes: list[str],
    files: list[str],
    grid: dict[str, Any],
    site: str,
    detector: str,
    boxes: list[dict[str, Any]],
    seed: int,
) -> None:
    """Write for each box whether it was found."""
    box = plain_grid(grid)
    pixel_m = abs(box.affine.a)
    cube = build_cube([codec.loads(Scene, s) for s in scenes], [read_pixels(Path(f)) for f in files], box)
    inserted = [
        Box(shapely.Polygon(b["outline"]), b["height_m"], b["roof"], slice(*b["looks"])) for b in boxes
    ]
    changed = insert(cube, inserted, pixel_m, np.random.default_rng(seed))
    if detector == series.NAME:
        events, _ = series.detect(changed, site, pixel_m=pixel_m)
    elif detector == crosscheck.NAME:
        events, _ = crosscheck.detect(changed, site, pixel_m)
    else:
        events, _ = learned.detect(CubeSource(changed, pixel_m, series.MIN_USABLE), site)
    times = cube["time"].values
    hits = []
    for one, plain in zip(inserted, boxes, strict=True):
        start, stop = plain["looks"]
        turn = stop if stop is not None else start
        gap = (date.fromisoformat(str(times[turn - 1])[:10]), date.fromisoformat(str(times[turn])[:10]))
        hits.append(any(_is(event, one, plain["kind"], gap, box.affine) for event in events))
    out.write_text(json.dumps(hits), encoding="utf-8")


def _is(event: Event, box: Box, kind: str, gap: tuple[date, date], affine: Affine) -> bool:
    """Whether an event is the box: of its kind or one for which it is taken, over it, and possibly at its time."""
    if event.kind not in (kind, INSTEAD):
        return False
    first, last = event.posterior.hull(0.99)
    if last <= gap[0] or first >= gap[1]:
        return False
    shared = _in_pixels(event, affine).intersection(box.outline).area
    return bool(shared >= SHARE * box.outline.area)

"""Growth curves of simulated sites: errors and coverage of the area on each date.

    python benchmarks/areas_over_time.py --seeds 20700-20719 --gsd 3 10 --keep FOLDER

Each seed is a site of its own from the package's simulator (`random_scenario` with its distractors) on which a
clearing or a quarry grows in three to five stages, placed where there is room. Scenes go through files, the vendor's
masks and registration, as any user's. The curve starts from the outline of all stages, moved and resized a little; the
state before is what lies before the first stage. `--keep` stores what was read, so that a second run is quick.
"""

import argparse
import pickle
import tempfile
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from math import cos, pi, sin
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import Polygon, affinity

from sitewatch.app._fits import Room
from sitewatch.app._growth import Seen, seen
from sitewatch.app.align import align
from sitewatch.app.scenes import add_scenes
from sitewatch.app.site import add_site, aoi_from_point
from sitewatch.case import Case
from sitewatch.errors import DataError
from sitewatch.measure.growth import CALIBRATED, Extent, extents, factor
from sitewatch.simulate import deliver, plan, random_scenario, render
from sitewatch.simulate.render import site_grid

DATES = 20
SURFACES = ("dug_soil", "gravel", "concrete", "sand", "rock", "soil", "asphalt")


@dataclass(frozen=True, slots=True)
class Stages:
    """What grew: pieces with their first day, in metres of the site."""

    pieces: tuple[Polygon, ...]
    days: tuple[date, ...]

    def area(self, on: date) -> float:
        """m2 on a day."""
        return float(sum(p.area for p, d in zip(self.pieces, self.days, strict=True) if d <= on))


def growing(seed: int, gsd: float, variant: str = "base") -> tuple[plan.Scenario, Stages] | None:
    """A random site with something that grows; None where no room was found."""
    coarse = gsd > 5
    size = 1000.0 if coarse else 480.0
    scenario = random_scenario(seed, gsd=gsd, size_m=size, dates=DATES, years=2.0, variant=variant)
    rng = np.random.default_rng([seed, 55])
    taken = [b.shape for b in scenario.buildings]
    taken += [d.shape for d in scenario.distractors if hasattr(d, "shape")]
    # what an event of another kind stood on would be gone: all events make way
    gone = {d.id for d in scenario.distractors if not hasattr(d, "shape")}
    for _ in range(200):
        reach = float(rng.uniform(90, 180) if coarse else rng.uniform(28, 70))
        x, y = rng.uniform(0.25, 0.75, 2) * size
        blob = _blob(rng, float(x), float(y), reach)
        if any(blob.buffer(3 * gsd).intersects(s) for s in taken):
            continue
        count = int(rng.integers(3, 6))
        turn, shares = float(rng.uniform(0, 360)), np.cumsum(rng.dirichlet(np.full(count, 3.0)))[:-1]
        pieces = _cut(blob, turn, shares)
        span = (scenario.end - scenario.start).days
        first = float(rng.uniform(0.25, 0.4)) * span
        steps = np.sort(rng.uniform(first, 0.95 * span, count - 1))
        days = tuple(scenario.start + timedelta(days=int(d)) for d in (first, *steps))
        surface = str(rng.choice(SURFACES))
        events = tuple(
            plan.Groundwork(f"stage-{i}", p, d, surface, finished=d + timedelta(days=1))
            for i, (p, d) in enumerate(zip(pieces, days, strict=True))
        )
        distractors = tuple(d for d in scenario.distractors if d.id not in gone)
        return replace(scenario, events=events, distractors=distractors), Stages(tuple(pieces), days)
    return None


def _blob(rng: np.random.Generator, x: float, y: float, reach: float) -> Polygon:
    """A rounded or an angular patch."""
    n = int(rng.choice([5, 6, 40]))
    angles = np.sort(rng.uniform(0, 2 * pi, n)) if n < 40 else np.linspace(0, 2 * pi, n, endpoint=False)
    wave = 1 + sum(rng.normal(0, 0.12 / k) * np.cos(k * angles + rng.uniform(0, 2 * pi)) for k in (2, 3, 4))
    ring = [(x + reach * w * cos(a), y + reach * w * sin(a)) for a, w in zip(angles, wave, strict=True)]
    return Polygon(ring).buffer(0).convex_hull if n < 40 else Polygon(ring).buffer(0)


def _cut(blob: Polygon, turn: float, shares: np.ndarray) -> list[Polygon]:
    """Into strips across a direction, of about these cumulative shares of the extent."""
    upright = affinity.rotate(blob, turn, origin=(0, 0))
    left, low, right, high = upright.bounds
    ends = [left - 1, *(left + (right - left) * s for s in shares), right + 1]
    strips = [upright.intersection(shapely.box(a, low - 1, b, high + 1)) for a, b in pairwise(ends)]
    return [affinity.rotate(s, -turn, origin=(0, 0)) for s in strips if s.area > 0]


def curve(seed: int, gsd: float, keep: Path | None, variant: str = "base") -> dict[str, Any] | None:
    """What was seen of one site and the truth."""
    kept = None if keep is None else keep / f"{variant}-{seed}-{gsd:g}.pkl"
    if kept is not None and kept.is_file():
        return pickle.loads(kept.read_bytes())
    made = growing(seed, gsd, variant)
    if made is None:
        return None
    scenario, stages = made
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        deliver(render(scenario), folder / "scenes")
        case = Case.create(folder / "case")
        middle = aoi_from_point(scenario.lon, scenario.lat, scenario.size_m / 2 - 4 * gsd)
        site = add_site(case, "site", middle)
        add_scenes(case, [folder / "scenes"])
        room = Room.of(align(case, site), case.path)
        grid = site_grid(scenario)
        west, south = grid.affine.c, grid.affine.f - gsd * grid.shape[0]
        rng = np.random.default_rng([seed, 56])
        whole = shapely.union_all(stages.pieces)
        rough = affinity.scale(affinity.translate(whole, *rng.normal(0, gsd, 2)), *rng.uniform(0.9, 1.1, 2))
        told = seen(room, affinity.translate(rough, west, south), [])
    result = {"seen": told, "stages": stages}
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(pickle.dumps(result))
    return result


def rows(seed: int, gsd: float, found: dict[str, Any]) -> list[dict[str, Any]]:
    """One row a date that was told."""
    told: Seen = found["seen"]
    stages: Stages = found["stages"]
    before = np.array([d < stages.days[0] for d in told.days])
    pixel = told.pixel_m2
    try:
        dated = extents(told.values, told.usable, told.days, before, told.place, told.ground)
    except DataError as error:
        print(f"seed {seed}: refused, {error}")
        return []
    return [
        {
            "seed": seed, "gsd": gsd, "day": told.days[e.index].isoformat(), "area": pixel * e.pixels,
            "low": pixel * e.interval(factor(gsd))[0],
            "high": pixel * e.interval(factor(gsd))[1],
            "score": _score(e, stages.area(told.days[e.index]) / pixel), "truth": stages.area(told.days[e.index]),
        }
        for e in dated
    ]  # fmt: skip


def _score(extent: Extent, truth: float) -> float:
    """By what the half-widths must be stretched for the interval to hold the truth."""
    return abs(truth - extent.pixels) / extent.sides[0 if truth < extent.pixels else 1]


def table(found: list[dict[str, Any]], gsd: float) -> str:
    """Errors and coverage at one pixel size; shares of dates with their 90 % interval when sites are drawn anew."""
    own = [r for r in found if r["gsd"] == gsd]
    if not own:
        return f"{gsd:g} m: nothing"
    area, low, high, truth, score = (
        np.array([r[k] for r in own]) for k in ("area", "low", "high", "truth", "score")
    )
    error, held = np.abs(area - truth) / truth, (low <= truth) & (truth <= high)
    sites = sorted({r["seed"] for r in own})
    by_site = [held[[r["seed"] == s for r in own]].mean() for s in sites]
    draws = [np.mean(np.random.default_rng(k).choice(by_site, len(by_site))) for k in range(500)]
    return (
        f"{gsd:g} m: {len(own)} dates of {len(sites)} sites; relative error p50 {np.median(error):.3f} "
        f"p90 {np.quantile(error, 0.9):.3f}, bias {np.median((area - truth) / truth):+.3f}; held {held.mean():.3f} "
        f"({np.quantile(draws, 0.05):.2f} to {np.quantile(draws, 0.95):.2f}), by site {np.mean(by_site):.3f}; "
        f"half-width {np.median((high - low) / 2 / truth):.3f} of the area; factor for 90 %: "
        f"{np.quantile(score, 0.9):.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", default="20700-20719")
    parser.add_argument("--gsd", type=float, nargs="+", default=[3.0, 10.0])
    parser.add_argument("--variant", default="base")
    parser.add_argument("--keep", type=Path)
    chosen = parser.parse_args()
    first, _, last = chosen.seeds.partition("-")
    print(f"factors fitted on: {CALIBRATED}")
    found = []
    for gsd in chosen.gsd:
        for seed in range(int(first), int(last or first) + 1):
            site = curve(seed, gsd, chosen.keep, chosen.variant)
            if site is not None:
                found += rows(seed, gsd, site)
        print(table(found, gsd), flush=True)


if __name__ == "__main__":
    main()

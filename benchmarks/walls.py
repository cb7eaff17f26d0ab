"""Fits of straight walls to L, T and U shaped halls of simulated sites: errors, and what the intervals hold.

    python benchmarks/walls.py --seeds 20100-20119 --gsd 3 10 --raw rows.jsonl       # fits, one row a building
    python benchmarks/walls.py --read rows.jsonl --calibrate                         # factors for `walled_values`
    python benchmarks/walls.py --read heldout.jsonl                                  # errors and coverage

Each seed is a site of its own from the package's simulator (`random_scenario`) with `--halls` such halls put where
there is room, 800 m² and more at 3 m, 2400 m² and more at 10 m. Shifts, clear pixels and starts are as in `measure.py`:
each fit starts from the true outline moved, turned and resized until it shares 50 to 90 % with it, and drawn as pixels.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from math import ceil, hypot, log
from pathlib import Path
from typing import Any

import common
import numpy as np
import shapely
from regular import traced
from shapely import Polygon, affinity

import measure
from sitewatch.measure.fitted import FINE_M, FLOOR
from sitewatch.measure.walled import fit_outline
from sitewatch.measure.walled_values import FACTORS, plain, spreads, stands
from sitewatch.measure.walls import walls_of
from sitewatch.simulate import plan, random_scenario, render
from sitewatch.simulate.draft import ROOFS


def halls(seed: int, gsd: float, count: int, variant: str) -> tuple[plan.Scenario, list[str]]:
    """A random site with winged halls, and their names."""
    coarse = gsd > FINE_M
    scenario = random_scenario(
        seed, gsd=gsd, size_m=720.0 if coarse else 420.0, dates=measure.DATES, variant=variant
    )
    rng = np.random.default_rng([seed, 79])
    shapes = [b.shape for b in scenario.buildings]
    for event in scenario.events:
        for name in ("shape", "ground"):
            if isinstance(found := getattr(event, name, None), shapely.Geometry):
                shapes.append(found)
        shapes += getattr(event, "shapes", ())
    shapes += [d.shape for d in scenario.distractors if hasattr(d, "shape")]
    buildings, names = list(scenario.buildings), []
    turn = float(rng.uniform(0, 180))
    site = shapely.box(0, 0, scenario.size_m, scenario.size_m)
    for i in range(count):
        for _ in range(80):
            a = float(rng.uniform(90, 150) if coarse else rng.uniform(40, 85))
            b = a * float(rng.uniform(0.6, 0.95))
            wing = a * float(rng.uniform(0.3, 0.42))
            rings = (
                [(0, 0), (a, 0), (a, wing), (wing, wing), (wing, b), (0, b)],
                [(0, 0), (a, 0), (a, wing), ((a + wing) / 2, wing), ((a + wing) / 2, b), ((a - wing) / 2, b),
                 ((a - wing) / 2, wing), (0, wing)],
                [(0, 0), (a, 0), (a, b), (a - wing, b), (a - wing, wing), (wing, wing), (wing, b), (0, b)],
            )  # fmt: skip
            shape = Polygon(rings[int(rng.integers(3))])
            x, y = rng.uniform(0.15, 0.85, 2) * scenario.size_m
            shape = affinity.translate(shape, x - a / 2, y - b / 2)
            shape = affinity.rotate(shape, turn + 90 * float(rng.integers(4)) + float(rng.normal(0, 1.5)))
            apart = shape.buffer(float(rng.uniform(6, 20)))
            small = shape.area < (2400 if coarse else 800)
            if small or not site.contains(apart) or any(apart.intersects(s) for s in shapes):
                continue
            roof = str(rng.choice(ROOFS))
            buildings.append(plan.Building(f"winged {i}", shape, float(rng.uniform(5, 16)), roof))
            shapes.append(shape)
            names.append(f"winged {i}")
            break
    return replace(scenario, buildings=tuple(buildings)), names


def rows(seed: int, gsd: float, count: int, variant: str) -> Iterator[dict[str, Any]]:
    """One row a hall and number of dates."""
    scenario, names = halls(seed, gsd, count, variant)
    if not names:
        return
    sim = render(scenario)
    west, south = sim.grid.affine.c, sim.grid.affine.f - sim.grid.shape[0] * gsd
    rng = np.random.default_rng([seed, 80])
    standing = [(n, affinity.translate(s, west, south), h) for n, s, h, *_ in measure.standing(scenario)]
    for name, shape, height in standing:
        if name not in names:
            continue
        true = walls_of(shape, 1.0)
        moved, share = measure.perturbed(shape, rng)
        start = traced(moved, gsd) or moved
        others = [s for n, s, _ in standing if n != name and s.distance(start) > 0]
        found_looks = (measure.look(sim, i, start, others, rng) for i in range(len(sim.times)))
        looks = [k for k in found_looks if k is not None]
        for used in (looks, looks[-1:]) if len(looks) > 1 else (looks,):
            if not used:
                continue
            (found, seconds) = common.cpu(lambda s=start, u=used: fit_outline(s, u))
            row: dict[str, Any] = {
                "seed": seed, "gsd": gsd, "name": name, "dates": len(used), "iou": share, "seconds": seconds,
                "true": {**plain(true), "height": height}, "true sides": len(true.reach),
            }  # fmt: skip
            if isinstance(found, str):
                yield {**row, "failed": found}
                continue
            shown = found.outline if found.outline.is_valid else Polygon()
            both = shown.intersection(shape).area / shown.union(shape).area
            told = {} if found.failed else {"value": plain(found.walls), "sigma": spreads(found)}
            if told and stands(found):
                told["value"]["height"], told["sigma"]["height"] = found.walls.height, found.height_sigma
            yield {
                **row, **told, "failed": found.failed, "sides": len(found.walls.reach), "found iou": both,
                "contrast": found.contrast, "residual": found.residual, "patch": found.patch,
                "beside": found.beside,
            }  # fmt: skip


def judged(told: list[dict[str, Any]], quantity: str) -> Iterator[tuple[dict[str, Any], float, float]]:
    """Errors and standard deviations in logarithms of the values that would be told."""
    for r in told:
        if not r["failed"] and quantity in r["value"]:
            sigma = hypot(r["sigma"][quantity], FLOOR[quantity])
            yield r, log(r["value"][quantity] / r["true"][quantity]), sigma


def calibrate(told: list[dict[str, Any]]) -> None:
    """Print the factors of `measure.walled_values`: conformal quantiles."""
    for quantity in FACTORS:
        for coarse in (False, True):
            some = [(r, e, s) for r, e, s in judged(told, quantity) if (r["gsd"] >= FINE_M) == coarse]
            if not some:
                continue
            z = np.sort([abs(e) / s for _, e, s in some])
            rank = min(ceil(0.9 * (len(z) + 1)), len(z)) - 1
            sites = len({r["seed"] for r, *_ in some})
            print(json.dumps({"quantity": quantity, "coarse": coarse, "n": len(z), "sites": sites,
                              "factor": round(float(z[rank]), 2)}))  # fmt: skip


def summary(told: list[dict[str, Any]]) -> None:
    """Print errors and coverage; 90 % bounds of a coverage from sites drawn anew."""
    rng = np.random.default_rng(5)
    for gsd in sorted({r["gsd"] for r in told}):
        for several in (True, False):
            fits = [r for r in told if r["gsd"] == gsd and (r["dates"] > 1) == several]
            if not fits:
                continue
            reasons = [r["failed"] for r in fits if r["failed"]]
            used = [r for r in fits if not r["failed"]]
            print(json.dumps({
                "gsd_m": gsd, "several dates": several, "fits": len(fits), "not used": len(reasons),
                "why": {k[:40]: reasons.count(k) for k in set(reasons)},
                "right number of sides": round(float(np.mean([r["sides"] == r["true sides"] for r in used])), 3),
                "iou p50": round(float(np.median([r["found iou"] for r in used])), 3),
                "seconds p50": round(float(np.median([r["seconds"] for r in fits])), 2),
            }))  # fmt: skip
            for quantity in FACTORS:
                some = list(judged(fits, quantity))
                if not some:
                    continue
                error = np.abs(np.expm1([e for _, e, _ in some]))
                half = np.array([FACTORS[quantity][r["gsd"] >= FINE_M] * s for r, _, s in some])
                held = np.abs([e for _, e, _ in some]) <= half
                low, high = measure._by_site(held, np.array([r["seed"] for r, *_ in some]), rng)
                print(json.dumps({
                    "quantity": quantity, "n": len(some), "error p50": round(float(np.median(error)), 4),
                    "p90": round(float(np.quantile(error, 0.9)), 4), "coverage": round(float(held.mean()), 3),
                    "of sites": [round(low, 3), round(high, 3)], "half-width p50": round(float(np.median(half)), 3),
                }))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", default="20100-20109")
    parser.add_argument("--gsd", type=float, nargs="+", default=[3.0])
    parser.add_argument("--halls", type=int, default=5)
    parser.add_argument("--variant", default="base")
    parser.add_argument("--raw", type=Path, help="add one JSON object a fit to this file")
    parser.add_argument("--read", type=Path, nargs="+", help="read fits from such files")
    parser.add_argument("--calibrate", action="store_true")
    args = parser.parse_args()
    told: list[dict[str, Any]] = []
    if args.read:
        told = [json.loads(line) for p in args.read for line in p.read_text().splitlines()]
    else:
        first, _, last = args.seeds.partition("-")
        for seed in range(int(first), int(last or first) + 1):
            for gsd in args.gsd:
                for row in rows(seed, gsd, args.halls, args.variant):
                    told.append(row)
                    if args.raw:
                        with args.raw.open("a") as file:
                            file.write(json.dumps(row) + "\n")
    (calibrate if args.calibrate else summary)(told)


if __name__ == "__main__":
    main()

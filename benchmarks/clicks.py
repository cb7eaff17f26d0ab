"""Outlines of buildings from a click: how many are taken, how well they fit, and what clicks beside buildings do.

    python benchmarks/clicks.py --seeds 20200-20205 --gsd 3 10 --raw clicks.jsonl

Sites are those of `walls.py` with its winged halls and two rectangular ones more, all dates of which the looks are
clear taken together (`--dates` of them at most). On each hall one click at a random place a pixel and more inside of
its roof; beside, as many clicks on ground two pixels and more from any building. An outline counts as right where it
shares 0.7 and more with the roof.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import common  # noqa: F401
import numpy as np
import shapely
from shapely import Point, affinity
from walls import halls

import measure
from sitewatch.errors import DataError
from sitewatch.measure.grown import clicked
from sitewatch.measure.walled import fit_outline
from sitewatch.simulate import render

REACH_PX = (12.0, 25.0, 50.0)
RIGHT = 0.7


def rows(seed: int, gsd: float, dates: int) -> Iterator[dict[str, Any]]:
    """One row a click."""
    scenario, names = halls(seed, gsd, 4, "base")
    sim = render(scenario)
    west, south = sim.grid.affine.c, sim.grid.affine.f - sim.grid.shape[0] * gsd
    rng = np.random.default_rng([seed, 81])
    # what stands on all dates
    standing = {n: affinity.translate(s, west, south) for n, s, _, _, first, last in measure.standing(scenario)
                if first is None and last is None}  # fmt: skip
    large = {n: s for n, s in standing.items() if n in names or s.area > 60 * gsd**2}
    every = shapely.union_all([affinity.translate(b, west, south) for b in _built(scenario)]).buffer(2 * gsd)
    for name, shape in large.items():
        yield _click(sim, gsd, dates, _inside(shape.buffer(-gsd), rng), shape, rng) | {
            "seed": seed, "gsd": gsd, "name": name}  # fmt: skip
        box = shapely.box(west, south, west + scenario.size_m, south + scenario.size_m).buffer(-30 * gsd)
        ground = box.difference(every)
        if not ground.is_empty:
            yield _click(sim, gsd, dates, _inside(ground, rng), None, rng) | {"seed": seed, "gsd": gsd}


def _built(scenario: Any) -> list[Any]:
    shapes = [s for _, s, *_ in measure.standing(scenario)]
    for thing in (*scenario.events, *scenario.distractors):
        shapes += [
            s for n in ("shape", "ground") if isinstance(s := getattr(thing, n, None), shapely.Geometry)
        ]
        shapes += getattr(thing, "shapes", ())
    return shapes


def _inside(shape: Any, rng: np.random.Generator) -> Point:
    west, south, east, north = shape.bounds
    for _ in range(500):
        point = Point(rng.uniform(west, east), rng.uniform(south, north))
        if shape.contains(point):
            return point
    return Point(shape.representative_point())


def _click(
    sim: Any, gsd: float, dates: int, at: Point, shape: Any, rng: np.random.Generator
) -> dict[str, Any]:
    row: dict[str, Any] = {"building": shape is not None, "taken": False, "dates": 0}
    rough = None
    for reach in REACH_PX:
        found = (measure.look(sim, i, at.buffer(reach * gsd), [], rng) for i in range(len(sim.times)))
        looks = [k for k in found if k is not None][-dates:]
        if not looks:
            continue
        try:
            rough = clicked(looks, at.x, at.y)
            break
        except DataError as error:
            row["why"] = str(error)
    if rough is None:
        return row
    row |= {"taken": True, "dates": len(looks), "area": rough.area / gsd**2}
    if shape is not None:
        row["iou"] = rough.intersection(shape).area / rough.union(shape).area
        looks = [k for i in range(len(sim.times)) if (k := measure.look(sim, i, rough, [], rng)) is not None]
        fitted = fit_outline(rough, looks[-dates:]) if looks else "no look"
        row["fitted"] = not isinstance(fitted, str) and not fitted.failed
        if row["fitted"]:
            row["fitted iou"] = fitted.outline.intersection(shape).area / fitted.outline.union(shape).area
    return row


def summary(told: list[dict[str, Any]]) -> None:
    for gsd in sorted({r["gsd"] for r in told}):
        on = [r for r in told if r["gsd"] == gsd and r["building"]]
        beside = [r for r in told if r["gsd"] == gsd and not r["building"]]
        taken = [r for r in on if r["taken"]]
        fitted = [r for r in taken if r["fitted"]]
        print(json.dumps({
            "gsd_m": gsd, "clicks on halls": len(on), "taken": len(taken),
            "right": sum(r["iou"] >= RIGHT for r in taken),
            "iou p50": round(float(np.median([r["iou"] for r in taken])), 3) if taken else None,
            "with walls fitted": len(fitted), "of these right": sum(r["fitted iou"] >= RIGHT for r in fitted),
            "fitted iou p50": round(float(np.median([r["fitted iou"] for r in fitted])), 3) if fitted else None,
            "clicks beside": len(beside), "refused": sum(not r["taken"] for r in beside),
        }))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", default="20200-20205")
    parser.add_argument("--gsd", type=float, nargs="+", default=[3.0, 10.0])
    parser.add_argument("--dates", type=int, default=8)
    parser.add_argument("--raw", type=Path, help="add one JSON object a click to this file")
    args = parser.parse_args()
    told: list[dict[str, Any]] = []
    first, _, last = args.seeds.partition("-")
    for seed in range(int(first), int(last or first) + 1):
        for gsd in args.gsd:
            for row in rows(seed, gsd, args.dates):
                told.append(row)
                if args.raw:
                    with args.raw.open("a") as file:
                        file.write(json.dumps(row) + "\n")
    summary(told)


if __name__ == "__main__":
    main()

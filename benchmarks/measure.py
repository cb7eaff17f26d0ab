"""Fits of boxes to buildings of simulated sites: errors of area, ratio and height, and what their intervals hold.

    python benchmarks/measure.py --seeds 20000-20099 --gsd 3 10 --raw rows.jsonl      # fits, one row a building
    python benchmarks/measure.py --read rows.jsonl --calibrate                        # factors of `measure.fitted`
    python benchmarks/measure.py --read heldout.jsonl                                 # errors and coverage
    python benchmarks/measure.py --seeds 20020-20039 --gsd 3 10 --speed               # single-date fits a second

Each seed is a site of its own from the package's simulator (`random_scenario`) with `--halls` more buildings put
where there is room, so that each site holds several roofs of 800 m² and more (80 x 30 m and more at 10 m). Shifts are
known up to a normal error of `REGISTRATION_PX`; what is clear is taken as the simulator knows it. Each fit starts from
the true outline moved, turned and resized until it shares 50 to 90 % with it (intersection over union).

With `--starts detector` the additional halls are built during the series, which then has `SERIES` dates; the detector
net-1 looks for them (vendor's masks, registration error of its training), and each fit starts from the outline of its
event, on dates after the latest that the event may have. With `--starts outline` fits start from the true outline.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import combinations
from math import hypot, log, sqrt
from pathlib import Path
from typing import Any

import common
import numpy as np
import shapely
from shapely import Polygon, affinity

from sitewatch import optics
from sitewatch.change import learned
from sitewatch.measure.fitted import FACTORS, FLOOR, class_of, edges, ratio_spread, spread, stands
from sitewatch.measure.forward import Box, Placed
from sitewatch.measure.outline import NORMAL_90
from sitewatch.measure.rectangle import MARGIN_PX, Fit, fit, implausible, start_box
from sitewatch.measure.solve import Look
from sitewatch.simulate import Simulation, plan, random_scenario, render
from sitewatch.simulate.draft import PITCHED, ROOFS
from sitewatch.simulate.scenario import rotated_box
from sitewatch.types import Event, EventKind

REGISTRATION_PX = 0.04
DATES = 8
SERIES = 24
"""Dates of a series in which the detector looks for buildings."""
TIMED = 5
"""Fits of the same building of which the time is told."""
EVIDENCE = ("contrast", "shadow", "residual", "corners", "beside", "covered", "shaded_px", "rival")
KEPT = ("x", "y", "length", "width", "turn", "height")


def crowded(
    seed: int, gsd: float, halls: int, variant: str = "base", *, built: bool = False
) -> plan.Scenario:
    """A random site with more halls, which stand from the first or are `built` in the middle of the series."""
    coarse = gsd > 5
    dates = SERIES if built else DATES
    scenario = random_scenario(seed, gsd=gsd, size_m=720.0 if coarse else 420.0, dates=dates, variant=variant)
    rng = np.random.default_rng([seed, 77])
    shapes = [b.shape for b in scenario.buildings]
    for event in scenario.events:
        for name in ("shape", "ground"):
            if isinstance(found := getattr(event, name, None), shapely.Geometry):
                shapes.append(found)
        shapes += getattr(event, "shapes", ())
    shapes += [d.shape for d in scenario.distractors if hasattr(d, "shape")]
    # trees would hide a part of the roof
    shapes += [a.shape.buffer(6) for a in scenario.areas if a.height_m > 0]
    buildings, events = list(scenario.buildings), list(scenario.events)
    turn = float(rng.uniform(0, 180))
    for i in range(halls):
        for _ in range(60):
            if coarse:
                length, width = float(rng.uniform(80, 130)), float(rng.uniform(30, 50))
            else:
                length, width = float(rng.uniform(32, 85)), float(rng.uniform(18, 40))
            x, y = rng.uniform(0.12, 0.88, 2) * scenario.size_m
            at = turn + 90 * float(rng.integers(2)) + float(rng.normal(0, 1.5))
            shape = rotated_box((float(x), float(y)), (length, width), at)
            apart = shape.buffer(float(rng.uniform(6, 20)))
            site = shapely.box(0, 0, scenario.size_m, scenario.size_m)
            if shape.area < 800 or not site.contains(apart) or any(apart.intersects(s) for s in shapes):
                continue
            roof = str(rng.choice(ROOFS))
            pitch = PITCHED.get(roof, 0.0) if rng.uniform() < 0.5 else 0.0
            height = float(rng.uniform(5, 16))
            if built:
                roofed = scenario.start + (scenario.end - scenario.start) * float(rng.uniform(0.3, 0.55))
                slab, frame = roofed - timedelta(days=60), roofed - timedelta(days=30)
                hall = plan.Construction(
                    f"hall-{i}", shape, height, roof, slab, frame, roofed, pitch_deg=pitch
                )
                events.append(hall)
            else:
                buildings.append(plan.Building(f"hall {i}", shape, height, roof, pitch_deg=pitch))
            shapes.append(shape)
            break
    return replace(scenario, buildings=tuple(buildings), events=tuple(events))


def standing(scenario: plan.Scenario) -> Iterator[tuple[str, Polygon, float, str, Any, Any]]:
    """Name, shape, height, roof, first day and day after the last of each building that is complete for a while."""
    gone = {e.of: e.day for e in scenario.events if isinstance(e, plan.Removal)}
    gone |= {d.of: d.start for d in scenario.distractors if isinstance(d, plan.Scaffold)}
    for b in scenario.buildings:
        if not b.open_below:
            yield b.name, b.shape, b.height_m, b.roof, None, gone.get(b.name)
    for e in scenario.events:
        if isinstance(e, plan.Construction):
            yield e.id, e.shape, e.height_m, e.roof, e.roofed, None


def under_trees(shape: Polygon, scenario: plan.Scenario) -> bool:
    """True where crowns hang over the edges of a roof, given in the site's own metres: its outline cannot be seen."""
    return any(a.height_m > 0 and a.shape.distance(shape) < 3 for a in scenario.areas)


def perturbed(shape: Polygon, rng: np.random.Generator) -> tuple[Polygon, float]:
    """An outline as a detector might give it, and its intersection over union with the true one."""
    while True:
        moved = affinity.translate(shape, *(rng.normal(0, 0.12, 2) * shape.area**0.5))
        moved = affinity.scale(moved, *np.exp(rng.normal(0, 0.2, 2)))
        moved = affinity.rotate(moved, float(rng.normal(0, 5)))
        share = moved.intersection(shape).area / moved.union(shape).area
        if 0.5 <= share <= 0.9:
            return moved, share


def look(
    sim: Simulation, i: int, start: Polygon, others: list[Polygon], rng: np.random.Generator
) -> Look | None:
    """What scene `i` shows around an outline, or None where much of it is hidden."""
    a, gsd = sim.grid.affine, sim.scenario.sensor.gsd_m
    left, bottom, right, top = start.buffer(MARGIN_PX * gsd + 8).bounds
    c0, c1 = (int(np.clip((v - a.c) / gsd, 0, sim.grid.shape[1])) for v in (left, right))
    r0, r1 = (int(np.clip((a.f - v) / gsd, 0, sim.grid.shape[0])) for v in (top, bottom))
    shift = sim.shifts[i] + rng.normal(0, REGISTRATION_PX, 2)
    to_pixels = np.array([[1 / gsd, 0, -a.c / gsd + shift[0] - c0], [0, -1 / gsd, a.f / gsd + shift[1] - r0]])
    usable = sim.clear[i, r0:r1, c0:c1] & np.isfinite(sim.stack[i, 0, r0:r1, c0:c1])
    if not usable.size or usable.mean() < 0.95:
        return None
    col, row = np.meshgrid(np.arange(c1 - c0) + 0.5, np.arange(r1 - r0) + 0.5)
    for other in others:
        ring = affinity.affine_transform(
            other.buffer(gsd), [*to_pixels[0, :2], *to_pixels[1, :2], to_pixels[0, 2], to_pixels[1, 2]]
        )
        usable &= ~shapely.contains_xy(ring, col, row)
    turn = optics.azimuth_of_north(str(sim.grid.crs), sim.scenario.lat, sim.scenario.lon)
    sun, (angle, azimuth) = sim.sun[i], sim.view[i]
    placed = Placed(
        to_pixels,
        (r1 - r0, c1 - c0),
        optics.shadow_vector(1, sun.azimuth + turn, sun.elevation),
        optics.lean_vector(1, float(angle), float(azimuth) + turn),
    )
    return Look(sim.scene_ids[i], sim.stack[i, :, r0:r1, c0:c1], usable, placed, REGISTRATION_PX)


def detected(sim: Simulation, seed: int) -> list[Event]:
    """What net-1 finds in the scenes."""
    import calibrate_detection as detection  # noqa: PLC0415 - reads the network, which other starts do not need

    rng = np.random.default_rng([seed, 79])
    times = np.array([t.timestamp() / 86400 for t in sim.times])
    seen = detection.samples.series(*detection.samples.registered(sim, rng), times)
    if seen is None:
        return []
    where = np.searchsorted(times, seen.days)
    azimuth = np.radians(np.mean([s.azimuth for s in sim.sun]))
    source = detection.Arrays(
        np.where(seen.usable[:, None], seen.values, 0).astype(np.float32),
        seen.usable,
        seen.days,
        [sim.times[i].date() for i in where],
        [sim.scene_ids[i] for i in where],
        detection.samples.BANDS_USED,
        sim.grid,
        sim.scenario.sensor.gsd_m,
        (float(-np.cos(azimuth)), float(np.sin(azimuth))),
    )
    site = learned.plan(source)
    places = learned.windows(source)
    shown = learned.joined([learned.look(source, w, site) for w in places], places, sim.grid.shape)
    return [e for e in learned.events(source, site, shown, "site")[0] if e.kind is EventKind.APPEARED]


def found_of(shape: Polygon, events: list[Event]) -> Event | None:
    """The event that shares most with a building, at least a quarter."""
    shares = [
        (e.outline.intersection(shape).area / e.outline.union(shape).area, i) for i, e in enumerate(events)
    ]
    best = max(shares, default=(0.0, 0))
    return events[best[1]] if best[0] >= 0.25 else None


def rows(
    seed: int, gsd: float, halls: int, variant: str, starts: str = "moved", *, single: int = 0
) -> Iterator[dict[str, Any]]:
    """One row a building and number of dates; with `found` false and no fit where the detector did not find it.

    With `single` above 0 fits to one date only, each made as often: `seconds` is the median, `least` the least.
    """
    scenario = crowded(seed, gsd, halls, variant, built=starts == "detector")
    sim = render(scenario)
    a = sim.grid.affine
    west, south = a.c, a.f - sim.grid.shape[0] * gsd
    rng = np.random.default_rng([seed, 78])
    all_ = [(n, affinity.translate(s, west, south), *rest) for n, s, *rest in standing(scenario)]
    events = detected(sim, seed) if starts == "detector" else []
    for name, shape, height, roof, first, last in all_:
        start, share = perturbed(shape, rng)
        narrow, wide = sorted(_sides(shape))
        if shape.area < 800 or (gsd > 5 and (narrow < 29.9 or wide < 79.9)):
            continue
        if under_trees(affinity.translate(shape, -west, -south), scenario):
            continue
        if starts == "detector":
            if first is None:
                continue
            event = found_of(shape, events)
            if event is None:
                yield {"seed": seed, "gsd": gsd, "name": name, "found": False}
                continue
            start = max(shapely.get_parts(event.outline), key=lambda p: p.area)
            if start.area < 0.8 * event.outline.area:  # as the program does
                yield {"seed": seed, "gsd": gsd, "name": name, "found": False, "why": "several parts"}
                continue
            known = event.posterior.hull()[1]
            share = start.intersection(shape).area / start.union(shape).area
        else:
            known = first
            if starts == "outline":
                start, share = shape, 1.0
        others = [s for n, s, *_ in all_ if n != name and s.distance(start) > 0]
        days = [
            i
            for i, t in enumerate(sim.times)
            if (known is None or t.date() >= known) and (last is None or t.date() < last)
        ]
        elevation = {sim.scene_ids[i]: sim.sun[i].elevation for i in days}
        looks = [k for i in days if (k := look(sim, i, start, others, rng)) is not None][-2 * DATES :]
        high = sorted(looks, key=lambda k: -elevation[k.scene])[:DATES]
        looks = [k for k in looks if k in high]
        last_only = [looks[-1:]]
        for used in last_only if single or len(looks) == 1 else [looks, *last_only]:
            if not used:
                continue
            times = [common.cpu(partial(fit, start_box(start), used)) for _ in range(single or 1)]
            found, seconds = times[0][0], [t for _, t in times]
            failed = found.failed or ("" if starts != "detector" or stands(found) else "no shadow")
            yield {
                "seed": seed, "variant": variant, "gsd": gsd, "name": name, "roof": roof, "dates": len(used),
                "iou": share,
                "true": {"area": shape.area, "height": height, "sides": sorted(_sides(shape))},
                "filled": shape.area / shape.minimum_rotated_rectangle.area,
                "sun": [elevation[k.scene] for k in used],
                "box": [getattr(found.box, k) for k in KEPT],
                "sigma_px": found.sigma_px, "psf": scenario.sensor.psf_sigma_px,
                "covariance": found.covariance.tolist(),
                "sources": {k: v.tolist() for k, v in found.sources.items()},
                **{k: getattr(found, k) for k in EVIDENCE}, "failed": failed,
                "seconds": float(np.median(seconds)), "least": min(seconds),
            }  # fmt: skip


def _sides(shape: Polygon) -> tuple[float, float]:
    corners = shapely.get_coordinates(shape.minimum_rotated_rectangle)[:3]
    one, two = np.hypot(*np.diff(corners, axis=0).T)
    return float(one), float(two)


def fit_of(row: dict[str, Any]) -> Fit:
    """The fit that a row tells."""
    return Fit(
        box=Box(*row["box"]), sigma_px=row["sigma_px"], covariance=np.array(row["covariance"]),
        sources={k: np.array(v) for k, v in row["sources"].items()},
        scenes=tuple(str(i) for i in range(row["dates"])), failed=row["failed"],
        **{k: row[k] for k in EVIDENCE},
    )  # fmt: skip


def _site(row: dict[str, Any]) -> str:
    return f"{row.get('variant', 'base')} {row['seed']}"


WRONG = 1.65 / 0.65
"""How far a wrong reading of "60 to 70 %" lies from the right one."""
NINETY_NINE = 2.576 / 1.645


def judged(told: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Errors and standard deviations, in logarithms, of the values that would be told; ratios of buildings of one site
    that were fitted on as many dates."""
    kept = [
        (r, f) for r in told if r.get("found", True) and not r["failed"] and not implausible(f := fit_of(r))
    ]
    for r, f in kept:
        area, sides = r["box"][2] * r["box"][3], sorted(r["box"][2:4])
        true = {"area": r["true"]["area"], "width": r["true"]["sides"][0], "length": r["true"]["sides"][1]}
        true["perimeter"] = 2 * sum(r["true"]["sides"])
        values = {"area": area, "width": sides[0], "length": sides[1], "perimeter": 2 * sum(sides)}
        sun = float(np.median(r["sun"]))
        if stands(f):
            true["height"], values["height"] = r["true"]["height"], f.box.height
        for name, value in values.items():
            sigma = hypot(spread(name, f), FLOOR[name])
            out = edges(name, length=f.box.length, width=f.box.width, pixel_m=r["gsd"])
            yield _judged(name, value, true[name], (sigma, out), class_of((f,), r["gsd"]), r, sun)
    for (r, f), (o, g) in combinations(kept, 2):
        if _site(r) == _site(o) and r["gsd"] == o["gsd"] and (r["dates"] > 1) == (o["dates"] > 1):
            value = r["box"][2] * r["box"][3] / (o["box"][2] * o["box"][3])
            true_ratio = r["true"]["area"] / o["true"]["area"]
            kind = class_of((f, g), r["gsd"])
            moved = [edges("area", length=x.box.length, width=x.box.width, pixel_m=r["gsd"]) for x in (f, g)]
            out = abs(moved[0] - moved[1])
            yield _judged("ratio", value, true_ratio, (ratio_spread(f, g), out), kind, r, 0.0)


def _judged(
    name: str,
    value: float,
    true: float,
    sigmas: tuple[float, float],
    kind: tuple[str, str, str],
    row: dict[str, Any],
    sun: float,
) -> dict[str, Any]:
    """`sigmas`: of the fit with its floor, and of where edges are taken to be."""
    error, (sigma, out) = log(value / true), sigmas
    half = hypot(FACTORS.get(name, {}).get(kind, 1.0) * sigma, NORMAL_90 * out)
    # the factor with which an interval would just hold the truth
    score = sqrt(max(error**2 - (NORMAL_90 * out) ** 2, 0.0)) / sigma
    return {
        "quantity": name, "class": kind, "error": error, "score": score, "half": half,
        "site": _site(row), "gsd": row["gsd"],
        "several": row["dates"] > 1, "sun": sun, "metres": value - true,
    }  # fmt: skip


def calibrate(told: list[dict[str, Any]]) -> None:
    """Print the factors of `measure.fitted`: conformal quantiles."""
    found = list(judged(told))
    for name in FLOOR:
        for kind in sorted({j["class"] for j in found}):
            z = np.sort([j["score"] for j in found if j["quantity"] == name and j["class"] == kind])
            if len(z):
                rank = min(int(np.ceil(0.9 * (len(z) + 1))), len(z)) - 1
                sites = len({j["site"] for j in found if j["class"] == kind})
                print(
                    json.dumps(
                        {
                            "quantity": name,
                            "class": kind,
                            "n": len(z),
                            "sites": sites,
                            "factor": round(float(z[rank]), 2),
                        }
                    )
                )


def summary(told: list[dict[str, Any]]) -> None:
    """Print errors and coverage; 90 % bounds of a coverage from sites drawn anew."""
    missed = [r for r in told if not r.get("found", True)]
    told = [r for r in told if r.get("found", True)]
    if missed:
        print(json.dumps({"not found by the detector": len(missed)}))
    found = list(judged(told))
    rng = np.random.default_rng(5)
    for gsd in sorted({r["gsd"] for r in told}):
        for several in (True, False):
            fits = [r for r in told if r["gsd"] == gsd and (r["dates"] > 1) == several]
            if not fits:
                continue
            seconds = [r["seconds"] for r in fits if "seconds" in r]
            not_boxes = sum(r["filled"] < 0.95 for r in fits)
            reasons = [r["failed"] for r in fits if r["failed"]]
            reasons += ["height" for r in fits if not r["failed"] and implausible(fit_of(r))]
            print(json.dumps({"gsd_m": gsd, "several dates": several, "fits": len(fits), "not used": len(reasons),
                              "of those no rectangles": sum(bool(r["failed"]) and r["filled"] < 0.95 for r in fits),
                              "no rectangles": not_boxes,
                              "contrast p50": round(float(np.median([r["contrast"] for r in fits])), 1),
                              "seconds p50": round(float(np.median(seconds)), 4) if seconds else None,
                              "why": {k: reasons.count(k) for k in set(reasons)}}))  # fmt: skip
            for name in FLOOR:
                some = [
                    j for j in found if j["quantity"] == name and j["gsd"] == gsd and j["several"] == several
                ]
                if not some:
                    continue
                error = np.abs(np.expm1([j["error"] for j in some]))
                half = np.array([j["half"] for j in some])
                held = np.abs([j["error"] for j in some]) <= half
                low, high = _by_site(held, np.array([j["site"] for j in some]), rng)
                row = {
                    "quantity": name, "n": len(some), "error p50": round(float(np.median(error)), 4),
                    "p90": round(float(np.quantile(error, 0.9)), 4), "coverage": round(float(held.mean()), 3),
                    "of sites": [round(low, 3), round(high, 3)], "half-width p50": round(float(np.median(half)), 3),
                }  # fmt: skip
                if name == "ratio":
                    apart = np.array([log(WRONG) - abs(j["error"]) for j in some]) > NINETY_NINE * half
                    row["wrong reading excluded at 99 %"] = round(float(apart.mean()), 3)
                if name == "height":
                    good = [abs(j["metres"]) for j in some if 20 <= j["sun"] <= 55]
                    row["median m, sun 20-55"] = round(float(np.median(good)), 2) if good else None
                print(json.dumps(row))


def speed(told: list[dict[str, Any]]) -> None:
    """Print how many single-date fits are made in a second of processor time, by the mean time of a fit."""
    for gsd in sorted({r["gsd"] for r in told}):
        times = np.array([[r["seconds"], r["least"]] for r in told if r["gsd"] == gsd])
        typical, least = (1 / times.mean(axis=0)).round(1)
        slow = round(float(np.quantile(times[:, 0], 0.9)), 4)
        print(json.dumps({"gsd_m": gsd, "single-date fits": len(times), "a second": float(typical),
                          "by the least time of each": float(least), "seconds p90": slow}))  # fmt: skip


def _by_site(held: Any, seeds: Any, rng: np.random.Generator) -> tuple[float, float]:
    """90 % interval of a share by drawing whole sites with replacement."""
    sites = np.unique(seeds)
    hits = np.array([held[seeds == s].sum() for s in sites])
    counts = np.array([(seeds == s).sum() for s in sites])
    drawn = rng.integers(len(sites), size=(2000, len(sites)))
    shares = hits[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    return float(np.quantile(shares, 0.05)), float(np.quantile(shares, 0.95))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", default="30000-30009")
    parser.add_argument("--gsd", type=float, nargs="+", default=[3.0])
    parser.add_argument("--halls", type=int, default=4)
    parser.add_argument("--variant", default="base")
    parser.add_argument("--starts", choices=["moved", "detector", "outline"], default="moved")
    parser.add_argument("--raw", type=Path, help="add one JSON object a fit to this file")
    parser.add_argument(
        "--read", type=Path, nargs="+", help="read fits from such files instead of making them"
    )
    parser.add_argument("--calibrate", action="store_true")
    parser.add_argument(
        "--speed", action="store_true", help="fit single dates only, five times each, and time them"
    )
    args = parser.parse_args()
    if args.read:
        told = [json.loads(line) for p in args.read for line in p.read_text().splitlines()]
    else:
        told = []
        first, _, last = args.seeds.partition("-")
        for seed in range(int(first), int(last or first) + 1):
            for gsd in args.gsd:
                single = TIMED if args.speed else 0
                for row in rows(seed, gsd, args.halls, args.variant, args.starts, single=single):
                    told.append(row)
                    if args.raw:
                        with args.raw.open("a") as file:
                            file.write(json.dumps(row) + "\n")
    (calibrate if args.calibrate else speed if args.speed else summary)(told)


if __name__ == "__main__":
    main()

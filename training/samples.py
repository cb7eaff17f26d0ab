"""Samples for the change network: simulated sites as the detector's maps, and what really happened there.

    python training/samples.py OUT --seeds 0 200 --gsd 3

Only the package's own simulator is used. Each site is rendered once and seen through several sets of its dates, from
two to all of them, so that one network serves them all. Scenes are brought into place by their true shifts plus a
small error, as registration leaves it; masks, radiometry and maps are the detector's own.
"""

import argparse
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np
import shapely
from shapely import affinity

from sitewatch import optics
from sitewatch.change import maps, tones
from sitewatch.imagery import clear as clearing
from sitewatch.imagery.normalise import normalise
from sitewatch.simulate import plan, random_scenario, render
from sitewatch.simulate.draft import BARE as GROUNDS
from sitewatch.simulate.draft import ROOFS
from sitewatch.simulate.materials import BANDS, MATERIALS, Material, Season
from sitewatch.simulate.render import Simulation
from sitewatch.types import MaskClass

VARIED = 0.6
"""Share of the sites that are shown as by another sensor (`varied`)."""
KINDS = ("altered", "appeared", "removed")
"""Order of the label planes and of the network's outputs."""
REGISTRATION_ERROR = 0.05
"""Pixels, one standard deviation."""
BANDS_USED = list(BANDS)
BARE = np.array((1.8, 1.5, 2.2, 0.6))
"""What harvest does to a green field, band by band."""


@dataclass(frozen=True)
class Series:
    values: np.ndarray
    usable: np.ndarray
    days: np.ndarray


def busier(scenario: plan.Scenario, rng: np.random.Generator) -> plan.Scenario:
    """The scenario with nearly half of what else would only stand there taken away, and some of it repainted. What is
    left of either may be a pad of the same shape: only the shadow then tells one from the other, and few removals of
    the usual sites show that."""
    events, distractors = list(scenario.events), list(scenario.distractors)
    touched = {
        x.of for x in (*events, *distractors) if isinstance(x, plan.Removal | plan.Repaint | plan.Scaffold)
    }
    span = (scenario.end - scenario.start).days
    for building in scenario.buildings:
        chance, day = rng.uniform(), scenario.start + timedelta(days=int(rng.uniform(0.06, 0.95) * span))
        if building.reference or building.name in touched:
            continue
        if chance < 0.45:
            leaves = None if rng.uniform() < 0.3 else str(rng.choice([*GROUNDS, "new_concrete", "asphalt"]))
            rubble = float(rng.uniform(0, 120)) if rng.uniform() < 0.4 else 0.0
            events.append(plan.Removal(f"busy {building.name}", building.name, day, leaves, rubble))
        elif chance < 0.7 and building.what == "building":
            roof = str(rng.choice([r for r in ROOFS if r != building.roof]))
            distractors.append(plan.Repaint(f"busy {building.name}", building.name, day, roof))
    return replace(scenario, events=tuple(events), distractors=tuple(distractors))


def wooded(scenario: plan.Scenario, rng: np.random.Generator) -> plan.Scenario:
    """The scenario with a wood over much of it, in which clearings are cut one after another and grow over again, or
    not: what loggers do, and the usual sites hardly show."""
    size, span = scenario.size_m, (scenario.end - scenario.start).days
    fixed = [b.shape.buffer(6) for b in scenario.buildings]
    fixed += [a.shape for a in scenario.areas if a.name.startswith("road")]
    for event in scenario.events:
        shapes = getattr(event, "shapes", None) or [getattr(event, "shape", shapely.Point())]
        fixed += [g.buffer(9) for g in (*shapes, getattr(event, "ground", None)) if g is not None]
    built = shapely.union_all(fixed)
    middle, gsd = rng.uniform(0.2, 0.8, 2) * size, scenario.sensor.gsd_m
    areas: list[plan.Area] = []
    for i, reach in enumerate((rng.uniform(0.35, 0.8), rng.uniform(0.1, 0.3), rng.uniform(0.1, 0.3))):
        # the stands of the wood differ
        at = middle + (rng.normal(0, 0.2, 2) * size if i else 0)
        stand = shapely.Point(*at).buffer(float(reach * size))
        stand = affinity.scale(stand, *(float(v) for v in rng.uniform(0.5, 1, 2))).difference(built)
        cover = str(rng.choice(["deciduous", "deciduous", "conifer", "scrub"]))
        areas.append(plan.Area(f"stand {i + 1}", stand, cover, float(rng.uniform(3, 20)), feather_m=2.0))
    wood = shapely.union_all([a.shape for a in areas])
    events, taken = list(scenario.events), built
    for i in range(int(rng.integers(20, 60))):
        x, y = rng.uniform(0.05, 0.95, 2) * size
        length = float(np.exp(rng.uniform(np.log(2.2 * gsd), np.log(12 * gsd))))
        width = max(2 * gsd, length / rng.uniform(1, 3.5))
        box = shapely.box(x - length / 2, y - width / 2, x + length / 2, y + width / 2)
        cut = affinity.rotate(box, rng.uniform(0, 180)).buffer(-0.3 * width).buffer(0.3 * width)
        if not wood.contains(cut) or cut.intersects(taken):
            continue
        taken = shapely.union_all([taken, cut.buffer(gsd)])
        day = scenario.start + timedelta(days=int(rng.uniform(0.05, 0.95) * span))
        left = str(rng.choice(["dug_soil", "soil", "grass", "steppe", "scrub", "meadow"]))
        grown = day + timedelta(days=int(rng.uniform(60, 700))) if rng.uniform() < 0.6 else None
        over = str(rng.choice(["grass", "scrub", "meadow", "steppe", "soil"]))
        events.append(plan.Groundwork(f"cut {i + 1}", cut, day, over, grown, dug=left, what="clearing"))
    return replace(scenario, areas=(*areas, *scenario.areas), events=tuple(events))


def other_materials(rng: np.random.Generator) -> dict[str, Material]:
    """The simulator's materials as another place might have them: other colours, other seasons."""

    def shade(spectrum: tuple[float, ...], spread: float) -> tuple[float, ...]:
        tilt = rng.normal(0, 0.15) * np.linspace(-1, 1, 4)
        factor = np.exp(rng.normal(0, spread) + tilt + rng.normal(0, 0.07, 4))
        return tuple(float(v) for v in np.clip(np.array(spectrum) * factor, 0.008, 0.75))

    late, longer = rng.normal(0, 20), rng.normal(0, 15)
    result = {}
    for name, known in MATERIALS.items():
        season = known.season
        if isinstance(season, Season):
            season = replace(
                season,
                start=season.start + late - longer + rng.normal(0, 8),
                end=season.end + late + longer + rng.normal(0, 8),
                greening=season.greening * np.exp(rng.normal(0, 0.4)),
                fading=season.fading * np.exp(rng.normal(0, 0.4)),
            )
        green = None if known.green is None else shade(known.green, 0.15)
        rough = float(rng.uniform(0.5, 1.8))
        texture = tuple(rough * v for v in known.texture)
        result[name] = replace(known, dry=shade(known.dry, 0.3), green=green, season=season, texture=texture)
    return result


def registered(sim: Simulation, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values, observed and mask classes of all scenes, brought into place."""
    shifts = sim.shifts + rng.normal(0, REGISTRATION_ERROR, sim.shifts.shape)
    values, observed, classes = [], [], []
    for image, mask, (dx, dy) in zip(sim.stack, sim.mask, shifts, strict=True):
        move = np.float32([[1, 0, dx], [0, 1, dy]])
        seen = np.isfinite(image[0]).astype(np.float32)
        size = seen.shape[::-1]
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        filled = np.nan_to_num(image)
        values.append(np.stack([cv2.warpAffine(b, move, size, flags=flags) for b in filled]))
        linear = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        observed.append(cv2.warpAffine(seen, move, size, flags=linear) > 0.999)
        nearest = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        classes.append(cv2.warpAffine(mask, move, size, flags=nearest, borderValue=int(MaskClass.UNKNOWN)))
    return np.stack(values), np.stack(observed), np.stack(classes)


def fields(values: np.ndarray, times: np.ndarray, sim: Simulation, rng: np.random.Generator) -> np.ndarray:
    """The scenes with fields that are bare, or green, for a part of one year only: crops rotate, and the simulator's
    do not. Not where something is built."""
    gsd, left, top = sim.grid.affine.a, sim.grid.affine.c, sim.grid.affine.f
    rows, cols = sim.grid.shape
    taken = shapely.union_all([t.outline for t in sim.truth if t.kind in KINDS]).buffer(2 * gsd)
    values = values.copy()
    for _ in range(int(rng.integers(0, 5))):
        begin = rng.uniform(times[0] - 60, times[-1] - 110)
        end = begin + rng.uniform(50, 320)
        if end > times[-1] - 60:
            continue
        x, y = left + rng.uniform(0, cols) * gsd, top - rng.uniform(0, rows) * gsd
        w, h = rng.uniform(40, 180), rng.uniform(40, 130)
        field = affinity.rotate(shapely.box(x - w / 2, y - h / 2, x + w / 2, y + h / 2), rng.uniform(0, 180))
        field = field.difference(taken)
        if field.is_empty or field.geom_type != "Polygon":
            continue
        pixels = affinity.affine_transform(field, (1 / gsd, 0, 0, -1 / gsd, -left / gsd, top / gsd))
        cover = optics.coverage(pixels, rows, cols)
        strength = rng.uniform(0.3, 1.3) * (1 if rng.uniform() < 0.7 else -1)
        factor = (BARE * np.exp(rng.normal(0, 0.1, 4))) ** strength
        for t in np.flatnonzero((times >= begin) & (times < end)):
            values[t] *= 1 + cover * (factor[:, None, None] - 1)
    return values.astype(np.float32)


def varied(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The scenes (time, band, y, x) as another site and sensor might show them: colours mixed, bands of other gain and
    offset, softer, noisier. The simulator's materials are few; what it cannot draw must not become a habit."""
    bands = values.shape[1]
    mixing = np.eye(bands) + rng.normal(0, 0.08, (bands, bands))
    mixing *= np.exp(rng.normal(0, 0.12, bands))[:, None]
    mixed = np.einsum("ab,tbyx->tayx", mixing, values) + rng.normal(0, 0.008, (bands, 1, 1))
    softness = rng.uniform(0, 0.7) if rng.uniform() < 0.5 else 0.0
    if softness > 0.25:
        mixed = np.stack([[cv2.GaussianBlur(b, (0, 0), softness) for b in scene] for scene in mixed])
    noise = rng.uniform(0, 0.012) if rng.uniform() < 0.5 else 0.0
    return (mixed + rng.normal(0, noise, mixed.shape)).astype(np.float32)


def series(values: np.ndarray, observed: np.ndarray, classes: np.ndarray, times: np.ndarray) -> Series | None:
    """What the detector would make of these scenes; None where too few are clear."""
    brightness = values[:, :3].mean(axis=1)
    snowy = clearing.snow(brightness, clearing.doubted(classes, observed))
    usable = ~clearing.doubted(classes, observed) & ~snowy
    normal = normalise(values, usable)
    usable = clearing.clear(normal, observed, classes, snowy)
    good = usable.mean(axis=(1, 2)) >= 0.15
    if good.sum() < 2:
        return None
    return Series(normal[good], usable[good], times[good])


def labels(sim: Simulation, chosen: Series, first: float) -> tuple[np.ndarray, np.ndarray]:
    """Share of each pixel that each kind of event covers (kind, y, x), and where it is not known (kind, y, x).

    An event that no two of the chosen looks enclose is not known; one of less than two pixels is not asked for.
    """
    rows, cols = sim.grid.shape
    gsd, left, top = sim.grid.affine.a, sim.grid.affine.c, sim.grid.affine.f
    share = np.zeros((len(KINDS), rows, cols), np.float32)
    unknown = np.zeros((len(KINDS), rows, cols), bool)
    for item in sim.truth:
        if item.kind not in KINDS or item.t_true is None:
            continue
        pixels = affinity.affine_transform(item.outline, (1 / gsd, 0, 0, -1 / gsd, -left / gsd, top / gsd))
        cover = optics.coverage(pixels, rows, cols)
        inside = cover > 0.3
        k = KINDS.index(item.kind)
        day = item.t_true.toordinal() - first
        seen = (
            chosen.usable[:, inside].mean(axis=1) >= 0.5 if inside.any() else np.zeros(len(chosen.days), bool)
        )
        before, after = (seen & (chosen.days < day)).sum(), (seen & (chosen.days >= day)).sum()
        if before == 0 and after == 0:
            continue
        if min(before, after) < maps.MIN_SIDE or cover.sum() < 2:
            unknown[k] |= cover > 0.05
        else:
            share[k] = np.maximum(share[k], cover)
    return share, unknown & (share < 0.3)


def subsets(count: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Sets of dates: all, and one each of many, of a dozen or so and of few."""
    result = [np.arange(count)]
    for low, high in ((16, 32), (8, 20), (2, 8)):
        size = int(rng.integers(low, min(high, count) + 1)) if low < count else count
        result.append(np.sort(rng.choice(count, size, replace=False)))
    return result


def make(seed: int, gsd: float, out: Path, *, busy: bool, long: bool) -> None:
    rng = np.random.default_rng([seed, round(gsd * 10)])
    dates = int(rng.integers(40, 121) if long else rng.integers(24, 41))
    years = float(rng.uniform(2.5, 5.5) if long else rng.uniform(1.3, 3.0))
    size = float(rng.choice([480.0, 600.0] if gsd < 4 else [720.0, 960.0]))
    scenario = random_scenario(seed, gsd=gsd, dates=dates, size_m=size, years=years)
    if busy:
        scenario = busier(scenario, rng)
    if long:
        scenario = wooded(scenario, rng)
    with patch.dict(MATERIALS, other_materials(rng) if rng.uniform() < VARIED else {}):
        sim = render(scenario)
    values, observed, classes = registered(sim, rng)
    times = np.array([t.timestamp() / 86400 for t in sim.times])
    values = fields(values, times, sim, rng)
    if rng.uniform() < VARIED:
        values = varied(values, rng)
    first = sim.times[0].date().toordinal() - np.floor(times[0])
    azimuth = np.radians(np.mean([s.azimuth for s in sim.sun]))
    sunward = (float(-np.cos(azimuth)), float(np.sin(azimuth)))
    for i, pick in enumerate(subsets(len(times), rng)):
        chosen = series(values[pick], observed[pick], classes[pick], times[pick])
        if chosen is None:
            continue
        unit = tones.level(chosen.values, chosen.usable, BANDS_USED)
        looks = np.where(chosen.usable[:, None], chosen.values, 0)
        tone = tones.tones(looks, BANDS_USED, unit)
        windows = [(tone[(..., *w)], chosen.usable[(..., *w)]) for w in maps.sample(tone.shape[2:])]
        site = maps.survey(windows, chosen.days)
        found = maps.maps(tone, chosen.usable, site, pixel_m=gsd, sunward=sunward)
        share, unknown = labels(sim, chosen, first)
        np.savez(
            out / f"base_{seed}_{gsd:g}_{i}.npz",
            planes=found.planes.astype(np.float16),
            share=(share * 255).astype(np.uint8),
            unknown=unknown,
            dates=len(chosen.days),
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--seeds", type=int, nargs=2, default=(0, 200), metavar=("FIRST", "END"))
    parser.add_argument("--gsd", type=float, default=3.0)
    parser.add_argument("--busy", action="store_true", help="take away and repaint more of what stands there")
    parser.add_argument(
        "--long",
        action="store_true",
        help="40 to 120 dates of several years, and a wood in which clearings are cut",
    )
    args = parser.parse_args()
    cv2.setNumThreads(1)
    args.out.mkdir(parents=True, exist_ok=True)
    for seed in range(*args.seeds):
        if not (args.out / f"base_{seed}_{args.gsd:g}_0.npz").exists():
            make(seed, args.gsd, args.out, busy=args.busy, long=args.long)
            print(seed, flush=True)


if __name__ == "__main__":
    main()

"""Samples for the change network: simulated sites as the detector's maps, and what really happened there.

    python training/samples.py OUT --seeds 0 200 --gsd 3

Only the package's own simulator is used. Each site is rendered once and seen through several sets of its dates, from
two to all of them, so that one network serves them all. Scenes are brought into place by their true shifts plus a
small error, as registration leaves it; masks, radiometry and maps are the detector's own.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from shapely import affinity

from sitewatch import optics
from sitewatch.change import maps, tones
from sitewatch.imagery import clear as clearing
from sitewatch.imagery.normalise import normalise
from sitewatch.simulate import random_scenario, render
from sitewatch.simulate.materials import BANDS
from sitewatch.simulate.render import Simulation
from sitewatch.types import MaskClass

KINDS = ("altered", "appeared", "removed")
"""Order of the label planes and of the network's outputs."""
REGISTRATION_ERROR = 0.05
"""Pixels, one standard deviation."""
BANDS_USED = list(BANDS)


@dataclass(frozen=True)
class Series:
    values: np.ndarray
    usable: np.ndarray
    days: np.ndarray


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
        least = maps.min_side(len(chosen.days))
        seen = (
            chosen.usable[:, inside].mean(axis=1) >= 0.5 if inside.any() else np.zeros(len(chosen.days), bool)
        )
        before, after = (seen & (chosen.days < day)).sum(), (seen & (chosen.days >= day)).sum()
        if before == 0 and after == 0:
            continue
        if min(before, after) < least or cover.sum() < 2:
            unknown[k] |= cover > 0.05
        else:
            share[k] = np.maximum(share[k], cover)
    return share, unknown & (share < 0.3)


def subsets(count: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Sets of dates: all, and one each of a dozen or so and of few."""
    result = [np.arange(count)]
    for low, high in ((8, 20), (2, 8)):
        size = int(rng.integers(low, min(high, count) + 1)) if low < count else count
        result.append(np.sort(rng.choice(count, size, replace=False)))
    return result


def make(seed: int, gsd: float, out: Path, variant: str) -> None:
    rng = np.random.default_rng([seed, round(gsd * 10)])
    dates = int(rng.integers(24, 41))
    years = float(rng.uniform(1.3, 3.0))
    size = 480.0 if gsd < 4 else 720.0
    extra = {} if variant == "base" else {"variant": variant}
    sim = render(random_scenario(seed, gsd=gsd, dates=dates, size_m=size, years=years, **extra))
    values, observed, classes = registered(sim, rng)
    times = np.array([t.timestamp() / 86400 for t in sim.times])
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
            out / f"{variant}_{seed}_{gsd:g}_{i}.npz",
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
    parser.add_argument("--variant", default="base")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    args.out.mkdir(parents=True, exist_ok=True)
    for seed in range(*args.seeds):
        if not (args.out / f"{args.variant}_{seed}_{args.gsd:g}_0.npz").exists():
            make(seed, args.gsd, args.out, args.variant)
            print(seed, flush=True)


if __name__ == "__main__":
    main()

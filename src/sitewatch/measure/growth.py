"""Area against time: how much of the ground differs, on each clear date, from what it was before.

The state before is told from clear looks of that time. On each date what unchanged ground would look like follows from
it by a linear relation that the ground around tells (season, light). What differs most in all dates from some date on
has changed; it tells what changed ground looks like there. Each pixel then gets a probability to have changed by each
date; a pixel half changed is as likely as not. Where both states look alike, its neighbours decide (mean field of an
Ising model: J. Besag, J. R. Statist. Soc. B 48, 1986). **Changed ground is taken to stay changed**: the curve never
falls.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import hypot, sqrt

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from sitewatch.errors import DataError
from sitewatch.measure.solve import whitener

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

CLEAR = 0.9
"""Share of the object's ground that must be clear on a date; of the ground around half of that."""
LEAST_GROUND = 60
"""Unchanged pixels that must be clear."""
NULL = 0.98
"""Quantile of unchanged ground above which a place counts as changed."""
LEAST_PX = 4
"""Changed pixels in one piece, at least."""
NEAR_PX = 2.5
"""Standard deviation of the surroundings in which changed ground is looked at."""
SOFT_PX = 0.5
"""Standard deviation of the neighbourhood whose looks are taken together."""
MOST = 8.0
"""What one look may tell for or against a change of a pixel, at most: natural logarithm of a likelihood ratio."""
LEAST_SURE, FADED = 20, (0.25, 1.0)
"""Pixels by which the contrast of one date is judged, and between what it may lie."""
OTHER = 3.0
"""By how much something that looks neither changed nor unchanged is less likely changed ground: natural logarithm."""
PULL = 0.3
"""What each of eight neighbours tells at most: natural logarithm of a likelihood ratio."""
ROUNDS = 12
UNTOLD = 30.0
"""What all looks together could tell of a pixel at most, a natural logarithm, below which both states look the same."""
ALIKE = 3.0
"""By how much errors of neighbouring pixels, which are alike, add up more than independent ones: as a variance."""
EDGE_PX = 0.25
"""Standard deviation of where the whole border is taken to be, pixels."""
WHEN = 0.5
"""The same of ground that had perhaps changed by a date, neighbours being right or wrong together."""
BLIND = 0.6
"""Standard deviation of the changed share of ground that its neighbours decided for."""
ODD = 3.0
"""A date on which the ground around is told so many times worse than usual is left out."""
SAME = "looks the same"
"""Name of the source: ground that looks changed as it looks unchanged."""
RIDGE = 1e-3
CAUCHY = 2.5
NORMAL_90 = 1.645


@dataclass(frozen=True, slots=True)
class Extent:
    """The changed ground on one date, in pixels."""

    index: int
    """Of the date."""
    pixels: float
    """Area."""
    budget: dict[str, float]
    """One standard deviation of the area by source, before calibration."""
    below: float
    """One standard deviation downward by ground counted as changed that looked the same before; in `budget` too."""
    above: float
    """The same upward, by ground not counted."""
    share: npt.NDArray[np.float32]
    """(y, x) probability that a pixel is changed."""

    @property
    def sides(self) -> tuple[float, float]:
        """Half-widths of the 90 % interval down and up, pixels, before calibration."""
        known = hypot(*(v for s, v in self.budget.items() if s != SAME))
        return NORMAL_90 * hypot(known, self.below), NORMAL_90 * hypot(known, self.above)

    def interval(self, stretch: float) -> tuple[float, float]:
        """90 % interval in pixels, its half-widths times `stretch`."""
        down, up = self.sides
        return max(self.pixels - stretch * down, 0.0), self.pixels + stretch * up


def extents(
    values: npt.NDArray[np.float32],
    usable: Bools,
    days: Sequence[date],
    before: Bools,
    place: Bools,
    ground: Bools,
) -> list[Extent]:
    """Changed ground on each date after the state before that shows it.

    Args:
        values: (time, band, y, x) on one radiometry.
        usable: (time, y, x).
        days: in order of time.
        before: (time,) True for the looks that show the state before; one at least.
        place: (y, x) where the object is, grown by a few pixels; only here changed ground is looked for.
        ground: (y, x) ground around that does not change; disjoint from `place`.

    Raises:
        DataError: no look of the state before is clear there, shapes that do not fit, or no ground around.
    """
    if values.ndim != 4 or usable.shape != (len(values), *values.shape[2:]) or place.shape != ground.shape:
        raise DataError(
            f"values {values.shape}, usable {usable.shape}, place {place.shape} and ground {ground.shape} came; "
            "expected (time, band, y, x), (time, y, x) and twice (y, x)"
        )
    if ground.sum() < LEAST_GROUND:
        raise DataError(
            f"{int(ground.sum())} pixels of unchanged ground around; expected {LEAST_GROUND} or more"
        )
    shown = [
        bool(
            u[place].mean() >= CLEAR and u[ground].mean() >= CLEAR / 2 and (u & ground).sum() >= LEAST_GROUND
        )
        for u in usable
    ]
    known = [i for i in range(len(values)) if before[i] and shown[i]]
    if not known:
        raise DataError("no look at the state before shows it clear; expected one at least")
    told = {
        i: _told(i, values, usable, days, known, place, ground)
        for i in range(len(values))
        if shown[i] and not before[i]
    }
    usual = float(np.median([t.scatter for t in told.values()])) if told else 0.0
    kept = {i: t for i, t in told.items() if t.scatter <= ODD * usual}
    return _grown(kept, place, ground)


@dataclass(frozen=True, slots=True)
class _Told:
    """One date against what unchanged ground would look like."""

    look: Floats
    """(band, y, x) whitened."""
    unchanged: Floats
    """(band, y, x) as it would look unchanged, whitened."""
    known: Bools
    """(y, x)."""
    plain: Floats
    """(band, y, x) the look in the units of the values."""
    white: Floats
    """(band, band): values in their units @ white are whitened."""
    scatter: float
    """Of unchanged ground around what is told of it, in the units of the values."""


def _told(
    i: int,
    values: npt.NDArray[np.float32],
    usable: Bools,
    days: Sequence[date],
    base: list[int],
    place: Bools,
    ground: Bools,
) -> _Told:
    """Date `i` against the looks `base` of the state before."""
    season = sorted(base, key=lambda k: _apart(days[k], days[i]))[:2]
    mean, seen = _mean(values, usable, base)
    parts = [np.ones((1, *mean.shape[1:])), mean]
    if len(base) >= 4:
        like, there = _mean(values, usable, season)
        parts.append(np.where(there, like, mean))
    basis = np.concatenate(parts)
    look = values[i].astype(np.float64)
    known = usable[i] & seen
    where = ground & known
    x, y = basis[:, where].T, look[:, where].T
    weight = np.ones(len(x))
    for _ in range(4):
        gram = x.T @ (x * weight[:, None])
        gram += RIDGE * np.diag(np.r_[1e-9, np.diag(gram)[1:]])
        told = np.linalg.solve(gram, x.T @ (y * weight[:, None]))
        left = y - x @ told
        spread = 1.4826 * np.median(np.abs(left), axis=0) + 1e-9
        weight = 1 / (1 + np.square(left / spread).mean(axis=1) / CAUCHY**2)
    cov = (left * weight[:, None]).T @ left / weight.sum()
    white = whitener(cov)
    unchanged = np.tensordot(white.T, np.tensordot(told.T, basis, 1), 1)
    whitened = np.tensordot(white.T, look, 1)
    return _Told(whitened, unchanged, known, look, white, float(spread.mean()))


def _mean(values: npt.NDArray[np.float32], usable: Bools, which: list[int]) -> tuple[Floats, Bools]:
    """(band, y, x) mean of some looks where usable, and where there is one."""
    count = usable[which].sum(axis=0)
    total = np.where(usable[which][:, None], values[which], 0).sum(axis=0, dtype=np.float64)
    return total / np.maximum(count, 1), count > 0


def _apart(a: date, b: date) -> int:
    """Days between two days of the year, the short way round."""
    days = abs(a.timetuple().tm_yday - b.timetuple().tm_yday)
    return min(days, 365 - days)


def _smooth(image: Floats, known: Bools) -> Floats:
    """(..., y, x) mean over 3 x 3 known pixels; 0 where none is."""
    size = (1,) * (image.ndim - 2) + (3, 3)
    weight = ndimage.uniform_filter(known.astype(np.float64), 3, mode="nearest")
    mean = ndimage.uniform_filter(np.where(known, image, 0.0), size, mode="nearest")
    result: Floats = np.where(known, mean / np.maximum(weight, 1e-9), 0.0)
    return result


def _grown(told: dict[int, _Told], place: Bools, ground: Bools) -> list[Extent]:
    """The changed ground on each date, from all dates together."""
    if not told:
        return []
    looks = list(told.values())
    differ = np.stack([t.look - t.unchanged for t in looks])
    known = np.stack([t.known for t in looks])
    strength, first = _since(differ, known)
    null = float(np.quantile(strength[ground & known.any(axis=0)], NULL))
    region = _pieces((strength > null) & place)
    if not region.any():
        nothing = np.zeros(place.shape)
        alike = np.zeros(place.shape, np.bool_)
        return [_extent(i, nothing, alike, place, nothing - 30, nothing) for i in told]
    for _ in range(2):
        colour = _colour(looks, known, first, region)
        way = np.stack([np.tensordot(t.white.T, colour, 1) - t.unchanged for t in looks])
        since = known & (np.arange(len(looks))[:, None, None] >= first) & ndimage.binary_erosion(region)
        way = np.stack([w * _faded(d, w, s) for d, w, s in zip(differ, way, since, strict=True)])
        odds, told_by = _odds(differ, way, known, ground, since)
        by = np.maximum.accumulate(np.stack([_settled(o, place) for o in odds]))
        grown = _pieces(by[-1] > 0.5)
        region = grown if grown.any() else region
        first = (by < 0.5).sum(axis=0)
    alike = told_by < UNTOLD
    return [_extent(i, by[k], alike, place, odds[k], by[-1]) for k, i in enumerate(told)]


def _extent(index: int, by: Floats, alike: Bools, place: Bools, odds: Floats, last: Floats) -> Extent:
    # what is changed in the end, and of which this date's own odds do not tell whether it was already
    alone = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
    when = float((last * 4 * alone * (1 - alone)).sum())
    inside = by > 0.5
    border = float((inside & ~ndimage.binary_erosion(inside)).sum())
    below, above = (BLIND * float((w & alike & place).sum()) for w in (inside, ~inside))
    budget = {
        "edge": sqrt(ALIKE * float((by * (1 - by)).sum()) + ALIKE * border / 12 + LEAST_PX),
        "border": EDGE_PX * border,
        "when it changed": WHEN * when,
        SAME: max(below, above),
    }
    return Extent(index, float(by.sum()), budget, below, above, by.astype(np.float32))


def _since(differ: Floats, known: Bools) -> tuple[Floats, npt.NDArray[np.intp]]:
    """(y, x) by how much a pixel differs from some date on to the last, at most, and (y, x) that date."""
    smooth = np.stack([_smooth(d, k) for d, k in zip(differ, known, strict=True)])
    total = np.cumsum(smooth[::-1], axis=0)[::-1]
    count = np.cumsum(known[::-1], axis=0)[::-1]
    power = np.square(total).sum(axis=1) / np.maximum(count, 1)
    return np.sqrt(power.max(axis=0)), power.argmax(axis=0)


def _colour(looks: list[_Told], known: Bools, first: npt.NDArray[np.intp], region: Bools) -> Floats:
    """(band, y, x) what changed ground looks like around each pixel, in the units of the values."""
    order = np.arange(len(looks))[:, None, None]
    core = ndimage.binary_erosion(region)
    core = core if core.sum() >= LEAST_PX else region
    since = (known & (order >= first) & core).astype(np.float64)
    total = sum(t.plain * w for t, w in zip(looks, since, strict=True))
    weight = ndimage.gaussian_filter(since.sum(axis=0), NEAR_PX, truncate=8.0) + 1e-9
    colour = np.stack([ndimage.gaussian_filter(b, NEAR_PX, truncate=8.0) for b in np.asarray(total)]) / weight
    # far from changed ground: its mean
    mean = (np.asarray(total).sum(axis=(1, 2)) / max(float(since.sum()), 1e-9))[:, None, None]
    result: Floats = np.where(weight > 1e-6, colour, mean)
    return result


def _faded(differ: Floats, way: Floats, sure: Bools) -> float:
    """What is left of the contrast on one date, as snow or haze fades it, by pixels that surely have changed; 1 where
    there are few."""
    if sure.sum() < LEAST_SURE:
        return 1.0
    told = (differ * way).sum(axis=0)[sure] / np.maximum(np.square(way).sum(axis=0)[sure], 1e-9)
    return float(np.clip(np.median(told), *FADED))


def _odds(differ: Floats, way: Floats, known: Bools, ground: Bools, since: Bools) -> tuple[Floats, Floats]:
    """(time, y, x) logarithm of the odds that a pixel had changed by each date, by its own looks, and (y, x) how much
    they can tell at all: what they would say of a pixel that changed before the first.

    `since` (time, y, x): where the ground is surely changed.
    """
    # what changed ground itself varies by, and what errors of one place on several dates are alike
    varied = np.square(differ - way).mean(axis=1)[since]
    spread = max(float(np.median(varied)), 1.0) if varied.size else 1.0
    mean = (differ * known[:, None]).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    worth = spread * max(float(np.square(mean[:, ground]).mean() * len(differ)), 1.0)
    power = np.square(way).sum(axis=1) / 2
    gain = (differ * way).sum(axis=1) - power
    # what looks like neither, nor like a mixture of both, has changed as well, if not surely
    part = np.clip((differ * way).sum(axis=1) / np.maximum(2 * power, 1e-9), 0, 1)
    aside = np.square(differ - part[:, None] * way).sum(axis=1) / 2
    usual = np.array([np.quantile(a[ground & k], 0.99) for a, k in zip(aside, known, strict=True)])
    beyond = aside - usual[:, None, None] - OTHER
    gain = np.where(beyond > 0, np.maximum(gain, np.minimum(beyond, OTHER)), gain)
    gain = np.where(known, np.clip(gain / worth, -MOST, MOST), 0.0)
    gain = ndimage.gaussian_filter(gain, (0, SOFT_PX, SOFT_PX))
    # told by a change at date j: all looks from j on; and by none: nothing. Each side counts by its mean, so that
    # pixels that tell nothing lean to neither
    total = np.cumsum(gain[::-1], axis=0)[::-1]
    never = np.zeros((1, *gain.shape[1:]))
    count = np.arange(1, len(gain) + 1)[:, None, None]
    by = np.logaddexp.accumulate(total, axis=0) - np.log(count)
    later = np.logaddexp.accumulate(np.concatenate([never, total[:0:-1]]), axis=0) - np.log(count)
    return np.asarray(by - later[::-1]), np.asarray((power * known).sum(axis=0) / worth)


def _settled(odds: Floats, place: Bools) -> Floats:
    """(y, x) probability once neighbours have had their say; 0 outside of where the object is looked for."""
    around = np.ones((3, 3))
    around[1, 1] = 0
    by = np.where(place, 1 / (1 + np.exp(-np.clip(odds, -30, 30))), 0.0)
    for _ in range(ROUNDS):
        pull = PULL * ndimage.convolve(2 * by - 1, around, mode="nearest")
        by = np.where(place, 1 / (1 + np.exp(-np.clip(odds + pull, -30, 30))), 0.0)
    return by


def _pieces(changed: Bools) -> Bools:
    """Pieces of enough pixels."""
    labels, n = ndimage.label(changed, structure=np.ones((3, 3)))
    sizes = ndimage.sum_labels(changed, labels, np.arange(n + 1))
    return np.asarray((sizes >= LEAST_PX)[labels] & changed, np.bool_)


FINE_M = 6.0
"""Pixels below this size, in metres, form one class, larger ones another."""
FACTORS = (0.8, 0.7)
"""What half-widths are multiplied by, of fine and of coarse pixels. 0.62 and 0.49 would do for 90 % of the dates; but
dates of one site are right or wrong together, and the sites are few."""
CALIBRATED = "28 simulated sites at 3 m and 10 m, not this site"


def factor(pixel_m: float) -> float:
    """What the half-widths of `Extent` are multiplied by."""
    return FACTORS[0 if pixel_m < FINE_M else 1]

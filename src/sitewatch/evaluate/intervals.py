"""Intervals for shares, rates and clustered scores: no score is told without one.

Every interval is two-sided at 90 %, so that each of its ends is also a 95 % bound on its own side: no false alarm in
1 km² year bounds the rate at 3.0 per km² and year, and 6 found of 6 prove a recall above .61.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from scipy import stats

from sitewatch.errors import DataError

LEVEL = 0.9
"""Of every interval; 95 % for each end alone."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `total`, with its exact interval."""

    count: int
    total: int
    value: float | None
    """None of nothing."""
    low: float
    high: float
    """Clopper and Pearson (1934), Biometrika 26, 404; 0..1 of nothing."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` events in `exposure`, with the exact interval of a Poisson rate."""

    count: int
    exposure: float
    unit: str
    """Of the exposure: "km2 year"."""
    value: float
    low: float
    high: float
    """Garwood (1936), Biometrika 28, 437."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with an interval from resampling; both ends None where there are too few clusters to resample."""

    value: float | None
    low: float | None
    high: float | None


def share(count: int, total: int, level: float = LEVEL) -> Share:
    """An exact share.

    Raises:
        DataError: the count is not in 0..total.
    """
    if not 0 <= count <= total:
        raise DataError(f"a share of {count} of {total}; expected 0 <= count <= total")
    low, high = clopper_pearson(count, total, level)
    return Share(count, total, count / total if total else None, low, high)


def clopper_pearson(count: int, total: int, level: float = LEVEL) -> tuple[float, float]:
    """Exact interval of a binomial share: it holds the truth at least as often as it says."""
    tail = (1 - level) / 2
    low = float(stats.beta.ppf(tail, count, total - count + 1)) if count else 0.0
    high = float(stats.beta.ppf(1 - tail, count + 1, total - count)) if count < total else 1.0
    return low, high


def wilson(count: int, total: int, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's (1927) score interval of a binomial share, J. Am. Stat. Assoc. 22, 209: narrower than the exact one,
    right on average rather than always. For curves."""
    if not total:
        return 0.0, 1.0
    z = float(stats.norm.ppf(0.5 + level / 2))
    p = count / total
    middle = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * float(np.sqrt(p * (1 - p) / total + z * z / (4 * total**2)))
    return max(0.0, middle - half), min(1.0, middle + half)


def rate(count: int, exposure: float, unit: str, level: float = LEVEL) -> Rate:
    """An exact Poisson rate.

    Raises:
        DataError: a negative count, or no exposure.
    """
    if count < 0 or not exposure > 0:
        raise DataError(f"a rate of {count} events in {exposure} {unit}; expected an exposure above 0")
    low, high = poisson_bounds(count, level)
    return Rate(count, exposure, unit, count / exposure, low / exposure, high / exposure)


def poisson_bounds(count: int, level: float = LEVEL) -> tuple[float, float]:
    """Exact interval of a Poisson mean of which `count` was seen."""
    tail = (1 - level) / 2
    low = float(stats.chi2.ppf(tail, 2 * count)) / 2 if count else 0.0
    return low, float(stats.chi2.ppf(1 - tail, 2 * (count + 1))) / 2


def resampled(
    clusters: Sequence[T],
    statistic: Callable[[Sequence[T]], float | None],
    *,
    level: float = LEVEL,
    draws: int = 1000,
    seed: int = 0,
) -> Estimate:
    """A statistic with the percentile bootstrap over whole clusters (sites): what happens within one hangs together.

    Args:
        statistic: of a sequence of clusters; None where it is not defined, and such draws are left out.
        draws: resamples; the same `seed` gives the same interval.

    Returns:
        No interval with fewer than 5 clusters: it would say more than is known.
    """
    value = statistic(clusters)
    if len(clusters) < 5:
        return Estimate(value, None, None)
    rng = np.random.default_rng(seed)
    tried = [
        statistic([clusters[i] for i in rng.integers(0, len(clusters), len(clusters))]) for _ in range(draws)
    ]
    values = [v for v in tried if v is not None]
    if not values:
        return Estimate(value, None, None)
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value, float(low), float(high))

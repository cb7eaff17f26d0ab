"""How good past probability statements were.

The Brier score is the mean squared distance between the stated probability and the outcome (1 or 0): 0 is perfect,
0.25 is what always saying 50 % gives (G. W. Brier, Verification of forecasts expressed in terms of probability,
Monthly Weather Review 78, 1950). A statement with a range is scored at its middle; the best and worst values
within the ranges are given beside it. The reliability curve counts, band by band of ICD 203, how often what was
stated came about, with the 90 % interval of Wilson (Journal of the American Statistical Association 22, 1927).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from sitewatch.assess.intervals import quantile
from sitewatch.assess.words import BANDS, band
from sitewatch.types import Statement


@dataclass(frozen=True, slots=True)
class Bin:
    """One band of stated probabilities and what became of them."""

    word: str
    stated: float
    """Mean stated probability."""
    count: int
    came_about: float
    """Share that came about."""
    low: float
    high: float
    """90 % interval of that share."""


@dataclass(frozen=True, slots=True)
class Score:
    """The record so far."""

    open: int
    resolved: int
    brier: float | None
    """None while nothing is resolved."""
    brier_best: float | None
    brier_worst: float | None
    """Over the stated ranges."""
    base_rate_brier: float | None
    """What stating the share that came about for each would have scored."""
    bins: tuple[Bin, ...]


def score(statements: Iterable[Statement]) -> Score:
    """Score statements; those still open are only counted."""
    everything = tuple(statements)
    known = [s for s in everything if s.outcome is not None]
    if not known:
        return Score(len(everything), 0, None, None, None, None, ())
    truth = [float(bool(s.outcome)) for s in known]
    rate = sum(truth) / len(truth)
    distances = [(abs(s.low - y), abs(s.high - y)) for s, y in zip(known, truth, strict=True)]
    return Score(
        open=len(everything) - len(known),
        resolved=len(known),
        brier=_mean((s.middle - y) ** 2 for s, y in zip(known, truth, strict=True)),
        brier_best=_mean(min(d) ** 2 for d in distances),
        brier_worst=_mean(max(d) ** 2 for d in distances),
        base_rate_brier=rate * (1 - rate),
        bins=tuple(_bins(known)),
    )


def _bins(known: list[Statement]) -> Iterable[Bin]:
    for one in BANDS:
        inside = [s for s in known if band(s.middle) == one]
        if inside:
            hits = sum(bool(s.outcome) for s in inside)
            low, high = wilson(hits, len(inside))
            stated = _mean(s.middle for s in inside)
            yield Bin(one.word, stated, len(inside), hits / len(inside), low, high)


def wilson(hits: int, count: int, level: float = 0.9) -> tuple[float, float]:
    """Wilson's interval for a share of `hits` in `count` trials, `count` at least 1."""
    z = quantile(level)
    share = hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _mean(values: Iterable[float]) -> float:
    numbers = list(values)
    return sum(numbers) / len(numbers)

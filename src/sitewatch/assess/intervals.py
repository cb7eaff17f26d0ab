"""Intervals of measured values at another probability than the one they were stated with, and of ratios.

Sizes and ratios cannot be negative and their errors are relative, so they are treated as log-normal: each side of
a stated interval is a distance in logarithms, which another level stretches by the ratio of the normal quantiles.
From 90 % to 99 % that is 2.576 / 1.645 = 1.566. This takes the stated interval at its word: where it is too
narrow, the stretched one is too. A value whose interval reaches zero has no logarithm; it is treated as normal,
cut at zero.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

from sitewatch.errors import DataError
from sitewatch.types import Value

SUPPORT_LEVEL = 0.90
"""The interval that must lie inside of a claim for it to be supported."""
CONTRADICT_LEVEL = 0.99
"""The interval that must be disjoint from a claim for it to be contradicted."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A closed interval; None where it is open."""

    low: float | None
    high: float | None

    def holds(self, other: "Interval") -> bool:
        """True where `other` lies inside of this one."""
        return _low(self) <= _low(other) and _high(other) <= _high(self)

    def misses(self, other: "Interval") -> bool:
        """True where the two have no point in common."""
        return _high(self) < _low(other) or _high(other) < _low(self)


def _low(interval: Interval) -> float:
    return -math.inf if interval.low is None else interval.low


def _high(interval: Interval) -> float:
    return math.inf if interval.high is None else interval.high


def quantile(level: float) -> float:
    """Half-width of the central `level` of a normal distribution, in standard deviations.

    Raises:
        DataError: a level that is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise DataError(f"level {level} of an interval; expected a probability between 0 and 1, such as 0.9")
    return NormalDist().inv_cdf((1 + level) / 2)


def interval_at(value: Value, level: float) -> Interval:
    """The interval of `value` that holds the truth with probability `level`, in the unit of `value`.

    Raises:
        DataError: a level that is not between 0 and 1.
    """
    stretch = quantile(level) / quantile(value.level)
    if value.low > 0:
        return Interval(
            value.value * (value.low / value.value) ** stretch,
            value.value * (value.high / value.value) ** stretch,
        )
    return Interval(
        max(value.value - stretch * (value.value - value.low), 0.0),
        value.value + stretch * (value.high - value.value),
    )


def log_sigma(value: Value) -> float | None:
    """Standard deviation of the logarithm, the larger of both sides; None where the interval reaches zero."""
    if value.low <= 0:
        return None
    sides = (math.log(value.value / value.low), math.log(value.high / value.value))
    return max(sides) / quantile(value.level)


def ratio_of(subject: Value, comparand: Value) -> Value | None:
    """Subject over comparand at the level 0.9, or None where an interval reaches zero.

    Distances in logarithms add as squares, side by side, as if the two errors had nothing in common. Errors
    that outlines from the same scenes share (registration, point spread, pixel size) would cancel in the
    ratio, so this interval is rather too wide than too narrow on their account; a ratio that was fitted in
    the same scenes is better and is taken where there is one.
    """
    if subject.low <= 0 or comparand.low <= 0:
        return None
    up, down = (_sides(v) for v in (subject, comparand))
    middle = subject.value / comparand.value
    z = quantile(SUPPORT_LEVEL)
    budget = {"subject": middle * max(up), "comparand": middle * max(down)}
    bases = dict.fromkeys((subject.calibrated_on, comparand.calibrated_on))
    return Value(
        value=middle,
        low=middle * math.exp(-z * math.hypot(up[0], down[1])),
        high=middle * math.exp(z * math.hypot(up[1], down[0])),
        unit="1",
        method="quotient of two measurements, in logarithms, their errors taken as independent",
        level=SUPPORT_LEVEL,
        calibrated_on="; ".join(bases),
        budget=budget,
    )


def _sides(value: Value) -> tuple[float, float]:
    """Standard deviation of the logarithm below and above the value."""
    z = quantile(value.level)
    return math.log(value.value / value.low) / z, math.log(value.high / value.value) / z

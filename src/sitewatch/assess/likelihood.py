"""How much more likely a measurement is if a claim holds than if a named alternative does.

A statement about a size is taken as: the true value lies somewhere in the toleranced interval, every equal stretch
of logarithm as likely as the other. The measurement then errs log-normally with the standard deviation of its
interval, except in `BLUNDER` of all cases, in which it says nothing (the outline of another building, a wrong
scale): without that a measurement far off would give absurd ratios that no calibration reaches.
"""

import math
from datetime import date

from sitewatch.assess.intervals import Interval, log_sigma
from sitewatch.types import GapPosterior, Value

BLUNDER = 0.01
"""Assumed share of measurements that are of something else; bounds every ratio."""
SPAN = (0.01, 100.0)
"""Factors of the measured value between which a truth without any claim is taken to lie."""
NARROW = 1e-9
"""Width of a logarithm below which an interval is a point."""
Stretch = tuple[float, float]
ASSUMPTION = (
    "the truth is equally likely anywhere in the claimed interval, on a logarithmic scale; errors are log-normal "
    f"with the stated interval; {100 * BLUNDER:.0f} % of measurements are taken to be of something else"
)
DATE_ASSUMPTION = (
    "before looking, every day between the first and the last look is equally likely, and so is every day of a gap; "
    f"{100 * BLUNDER:.0f} % of dates are taken to be of something else"
)


def size_ratio(measured: Value, claim: Interval, other: Interval | None = None) -> float | None:
    """Natural log of p(measured | claim) / p(measured | other).

    Args:
        other: the contradicting claim; without one, all that the claim excludes within `SPAN`.

    Returns:
        None where the measured interval reaches zero, or the claim leaves nothing as alternative.
    """
    sigma = log_sigma(measured)
    if sigma is None or measured.value <= 0:
        return None
    x = math.log(measured.value)
    full = (x + math.log(SPAN[0]), x + math.log(SPAN[1]))
    own = _clipped(claim, full)
    rest = _clipped(other, full) if other is not None else _without(own, full)
    if other is None and not rest:
        return None
    floor = BLUNDER / (full[1] - full[0])
    return math.log(_density(x, sigma, own, floor) / _density(x, sigma, rest, floor))


def date_ratio(posterior: GapPosterior, start: str | None, end: str | None) -> float | None:
    """Natural log of p(images | the event fell into [start, end]) / p(images | it fell outside), ISO dates.

    Returns:
        None where the looks lie wholly inside or outside of the claimed time, so that nothing is told apart.
    """
    first, last = posterior.gaps[0].start, max(g.end for g in posterior.gaps)
    days = (last - first).days
    before = share_within(first.toordinal(), last.toordinal(), start, end)
    if not 0 < before < 1 or days <= 0:
        return None
    inside = inside_probability(posterior, start, end)
    inside = (1 - BLUNDER) * inside + BLUNDER * before
    return math.log(inside / (1 - inside)) - math.log(before / (1 - before))


def inside_probability(posterior: GapPosterior, start: str | None, end: str | None) -> float:
    """Posterior probability that the event fell into [start, end], every day of a gap as likely as the other."""
    return sum(
        g.probability * share_within(g.start.toordinal(), g.end.toordinal(), start, end)
        for g in posterior.gaps
    )


def share_within(first: int, last: int, start: str | None, end: str | None) -> float:
    """Share of the days (first, last], ordinals, that lie in [start, end]."""
    low = first if start is None else max(first, date.fromisoformat(start[:10]).toordinal() - 1)
    high = last if end is None else min(last, date.fromisoformat(end[:10]).toordinal())
    return max(high - low, 0) / (last - first)


def _clipped(interval: Interval, full: Stretch) -> list[Stretch]:
    """Logarithms of the interval as far as they lie in `full`; empty where none do."""
    low = full[0] if not interval.low or interval.low <= 0 else max(math.log(interval.low), full[0])
    high = full[1]
    if interval.high is not None:
        high = min(math.log(interval.high), full[1]) if interval.high > 0 else -math.inf
    return [(low, high)] if low <= high else []


def _without(own: list[Stretch], full: Stretch) -> list[Stretch]:
    if not own:
        return [full]
    parts = [(full[0], own[0][0]), (own[0][1], full[1])]
    return [p for p in parts if p[1] - p[0] > NARROW]


def _density(x: float, sigma: float, parts: list[Stretch], floor: float) -> float:
    """Density of the measured logarithm where the truth is uniform over `parts`, a point where these have no
    width; only the floor without any part."""
    if not parts:
        return floor
    width = sum(b - a for a, b in parts)
    if width < NARROW:
        z = (x - parts[0][0]) / sigma
        hit = math.exp(-z * z / 2) / (sigma * math.sqrt(2 * math.pi))
    else:
        hit = sum(_between((a - x) / sigma, (b - x) / sigma) for a, b in parts) / width
    return (1 - BLUNDER) * hit + floor


def _between(a: float, b: float) -> float:
    """Probability that a standard normal lies between a and b."""
    root = math.sqrt(2)
    if a > 0:  # the upper tail, without cancelling
        return (math.erfc(a / root) - math.erfc(b / root)) / 2
    return (math.erfc(-b / root) - math.erfc(-a / root)) / 2

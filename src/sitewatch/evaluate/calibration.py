"""Whether stated probabilities come true: Brier score and reliability curve."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sitewatch.errors import DataError
from sitewatch.evaluate.intervals import Estimate, resampled, wilson
from sitewatch.evaluate.match import SiteRows

EDGES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
Case = tuple[float, bool]
"""A stated probability, and whether it came true."""


@dataclass(frozen=True, slots=True)
class Bin:
    """Statements of like probability."""

    low: float
    high: float
    stated: float
    """Mean of the stated probabilities."""
    observed: float
    """Share that came true."""
    observed_low: float
    observed_high: float
    """90 % Wilson interval."""
    count: int


@dataclass(frozen=True, slots=True)
class CalibrationTable:
    """What `sitewatch evaluate --metric calibration` tells."""

    statements: int
    without: int
    """Events without a probability, left out."""
    base_rate: float
    """Share that came true."""
    brier: Estimate
    """Mean squared difference (Brier 1950, Mon. Weather Rev. 78, 1); 0 is best. Interval by resampling sites."""
    brier_base: float
    """Of always stating the base rate."""
    error: float
    """Mean |stated - observed| over the bins, weighted by their counts."""
    curve: tuple[Bin, ...]


def calibration(sites: Sequence[SiteRows], *, kind_must_match: bool = False) -> CalibrationTable:
    """Hold each event's `probability` against whether it is true: paired with a true change of any size.

    Args:
        kind_must_match: an event of the wrong kind counts as false.

    Raises:
        DataError: no event states a probability, or one states none of 0..1.
    """
    cases = [_cases(s, kind_must_match) for s in sites]
    flat = [c for site in cases for c in site]
    if not flat:
        raise DataError("no event states a `probability`; calibration needs them")
    for p, _ in flat:
        if not 0 <= p <= 1:
            raise DataError(f"an event states the probability {p}; expected 0..1")
    stated, true = np.array([p for p, _ in flat]), np.array([t for _, t in flat])
    base = float(true.mean())
    curve = tuple(reliability(flat))
    return CalibrationTable(
        statements=len(flat),
        without=sum(f.probability is None for s in sites for f in s.found),
        base_rate=base,
        brier=resampled(cases, _brier),
        brier_base=base * (1 - base),
        error=sum(b.count * abs(b.stated - b.observed) for b in curve) / len(stated),
        curve=curve,
    )


def reliability(cases: Sequence[Case], edges: Sequence[float] = EDGES) -> list[Bin]:
    """Bins [low, high) that hold statements, the last one closed."""
    result = []
    for low, high in pairwise(edges):
        inside = [c for c in cases if low <= c[0] < high or (c[0] == high == edges[-1])]
        if inside:
            true = sum(t for _, t in inside)
            observed = wilson(true, len(inside))
            stated = sum(p for p, _ in inside) / len(inside)
            result.append(Bin(low, high, stated, true / len(inside), *observed, len(inside)))
    return result


def _cases(site: SiteRows, kind_must_match: bool) -> list[Case]:
    result = []
    for f in site.found:
        # an event on a change scored apart, yet no pair with it, is neither true nor false
        if f.probability is None or (f.why_false == "apart" and f.target is None):
            continue
        true = f.target is not None and (not kind_must_match or site.wanted[f.target].kind == f.kind)
        result.append((float(f.probability), true))
    return result


def _brier(cases: Sequence[Sequence[Case]]) -> float | None:
    flat = [c for site in cases for c in site]
    return float(np.mean([(p - t) ** 2 for p, t in flat])) if flat else None

"""How well found changes are dated: the most likely gap, the 90 % set, its width, the error in days.

A gap is (last clear look without the change, first clear look with it]: a change that can first be seen on day d lies
in it where start < d <= end. Where the truth gives no day but a gap of its own, the change counts as inside of an
interval that holds at least half of that gap's days.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from sitewatch.evaluate.intervals import Estimate, Share, resampled, share
from sitewatch.evaluate.match import Found, SiteRows, Wanted

LEVEL = 0.9
Interval = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class DateTable:
    """What `sitewatch evaluate --metric dates` tells; of changes that were found, at IoU .25, and are dated in the
    truth."""

    pairs: int
    undated: int
    """Pairs left out: the truth or the event gives no date."""
    gap_right: Share
    """The most likely gap is the true one."""
    hull_covers: Share
    """not_before..not_after, the hull of the 90 % set, holds the true day; open ends hold everything."""
    hull_width_days: Estimate
    """Mean, of closed hulls."""
    hull_open: Share
    """Hulls open at either end."""
    set_covers: Share | None
    """The 90 % set itself, gap by gap; None where no posterior came."""
    set_width_days: Estimate | None
    """Mean days in the set."""
    gap_width_days: Estimate
    """Mean, of the most likely gap."""
    error_days_median: Estimate
    """|middle of the most likely gap - true day|."""
    error_days_p90: Estimate
    at_a_later_stage: Share
    """Most likely gap holds the day of a later stage (frame, roof) instead of the first."""
    log_score: Estimate | None
    """Mean natural logarithm of the probability that the posterior gave to the true gap, at least 1e-6."""


@dataclass(frozen=True, slots=True)
class _Dated:
    found: Found
    wanted: Wanted


def date_scores(sites: Sequence[SiteRows]) -> DateTable:
    """Count over the pairs of all sites."""
    rows = [list(_pairs(s)) for s in sites]
    dated = [r for site in rows for r in site]
    pairs = sum(w.event is not None and w.scored == "full" for s in sites for w in s.wanted)
    closed = [[r for r in site if None not in r.found.hull] for site in rows]
    sets = [[r for r in site if r.found.gaps] for site in rows]
    any_set = any(sets)
    held = [r for site in sets for r in site]
    return DateTable(
        pairs=pairs,
        undated=pairs - len(dated),
        gap_right=share(sum(inside(r.wanted, r.found.gap) for r in dated), len(dated)),
        hull_covers=share(sum(inside(r.wanted, r.found.hull) for r in dated), len(dated)),
        hull_width_days=_mean(closed, lambda r: _days(r.found.hull)),
        hull_open=share(sum(None in r.found.hull for r in dated), len(dated)),
        set_covers=share(sum(_in_set(r) for r in held), len(held)) if any_set else None,
        set_width_days=_mean(sets, lambda r: sum(_days((a, b)) for a, b, _ in smallest_set(r.found.gaps)))
        if any_set
        else None,
        gap_width_days=_mean(rows, lambda r: _days(r.found.gap)),
        error_days_median=_quantile(rows, 0.5),
        error_days_p90=_quantile(rows, 0.9),
        at_a_later_stage=share(sum(_later(r) for r in dated), len(dated)),
        log_score=_mean(sets, _log_score) if any_set else None,
    )


def inside(wanted: Wanted, interval: Interval) -> bool:
    """Whether the true change lies in an interval (start, end]; None is open."""
    start, end = interval[0] or date.min, interval[1] or date.max
    if wanted.day is not None:
        return start < wanted.day <= end
    first, last = wanted.gap
    if first is None or last is None:
        return (first is None or first < end) and (last is None or last > start)
    shared = (min(end, last) - max(start, first)).days
    return shared >= 0.5 * (last - first).days


def smallest_set(
    gaps: Sequence[tuple[date, date, float]], level: float = LEVEL
) -> list[tuple[date, date, float]]:
    """The most likely gaps, as few as hold `level` probability together."""
    chosen: list[tuple[date, date, float]] = []
    for gap in sorted(gaps, key=lambda g: -g[2]):
        chosen.append(gap)
        if sum(g[2] for g in chosen) >= level - 1e-9:
            break
    return chosen


def _pairs(site: SiteRows) -> Iterator[_Dated]:
    for w in site.wanted:
        if w.scored != "full" or w.event is None:
            continue
        found = site.found[w.event]
        if None in found.gap or (w.day is None and w.gap == (None, None)):
            continue
        yield _Dated(found, w)


def _true_day(w: Wanted) -> float | None:
    """Ordinal of the true day; without one the middle of the true gap."""
    if w.day is not None:
        return float(w.day.toordinal())
    return None if w.gap[0] is None or w.gap[1] is None else (w.gap[0].toordinal() + w.gap[1].toordinal()) / 2


def _error(r: _Dated) -> float | None:
    true, (start, end) = _true_day(r.wanted), r.found.gap
    if true is None or start is None or end is None:
        return None
    return abs((start.toordinal() + end.toordinal()) / 2 - true)


def _days(interval: Interval) -> float:
    start, end = interval
    return float("nan") if start is None or end is None else float((end - start).days)


def _in_set(r: _Dated) -> bool:
    return any(inside(r.wanted, (a, b)) for a, b, _ in smallest_set(r.found.gaps))


def _later(r: _Dated) -> bool:
    start, end = r.found.gap
    if start is None or end is None or inside(r.wanted, r.found.gap):
        return False
    return any(start < s <= end for s in r.wanted.stages)


def _log_score(r: _Dated) -> float:
    p = sum(p for a, b, p in r.found.gaps if inside(r.wanted, (a, b)))
    return float(np.log(max(p, 1e-6)))


def _mean(rows: Sequence[Sequence[_Dated]], value: Callable[[_Dated], float]) -> Estimate:
    return _resampled([[value(r) for r in site] for site in rows], lambda values: float(np.mean(values)))


def _quantile(rows: Sequence[Sequence[_Dated]], q: float) -> Estimate:
    errors = [[e for r in site if (e := _error(r)) is not None] for site in rows]
    return _resampled(errors, lambda values: float(np.quantile(values, q)))


def _resampled(values: Sequence[list[float]], statistic: Callable[[list[float]], float]) -> Estimate:
    """Over whole sites; None where none of them has a value."""

    def joined(sites: Sequence[list[float]]) -> float | None:
        flat = [v for site in sites for v in site]
        return statistic(flat) if flat else None

    return resampled(values, joined)

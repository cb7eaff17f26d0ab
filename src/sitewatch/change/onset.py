"""When an object began: which gap between clear looks holds the first look of what was built, dug or taken away.

Building goes in stages, some seen once only: a slab, a frame, a roof. So a place is described by states that follow
each other, each with a level, a season and a bond to its surroundings of its own, of any length down to one look. How
well one state explains a run of looks has a closed form (linear regression with normal priors), and summing over all
ways to cut the series into runs takes two passes over it (Fearnhead 2006, Stat. Comput. 16:203). What is asked for is
one of the cuts, the onset: before it changes are rare, after it further stages of building are expected.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sitewatch.change import dating
from sitewatch.change.background import DAYS_PER_YEAR
from sitewatch.types import EventKind

Array = npt.NDArray[np.float64]

NOISE = 1.4
"""Standard deviation of a look about its state, in units of what successive looks differ by."""
LEVEL = 8.0
"""Standard deviation of the level of a state, in the same units."""
SEASON = (0.5, 3.0)
"""Of either part of its annual wave: half of the states have hardly any, half a strong one."""
BOND = 0.5
"""Of the share of the surroundings' ups and downs by which it follows them less or more than fully."""
EARLIER = -4.0
"""Natural logarithm of the odds of a change between two looks before the onset."""
LATER = {EventKind.ALTERED: -0.5, EventKind.APPEARED: 0.0, EventKind.REMOVED: -2.0}
"""The same after it: what is built or dug goes through stages, of which the first is often the faintest; where
something was taken away the ground mostly stays as it is."""
UNTOLD = 0.01
"""Probability that the looks do not tell: then any day is as likely."""
HIDDEN = {EventKind.APPEARED: 0.2}
"""Share of a kind whose first stage (a slab, as bare as the ground it lies on) cannot be told from what was there
before, so that it is first seen with the next."""
STAGE_DAYS = 30.0
"""Mean days from that stage to the next."""
PASSING = 6.0
"""Log-likelihood by which a look departs from those beside it to be one at something that passes."""
BESIDE = 3
"""Looks on either side that it is held against."""
TERMS = 4
LEAST_DAYS = 0.5


@dataclass(frozen=True, slots=True)
class Onset:
    """When an object began."""

    posterior: Array
    """(n-1,) probability of each gap between looks."""
    before: Array
    """(tone,) median of the state that the most likely gap ends."""
    after: Array
    """(tone,) median of the state that it begins."""


def find(series: dating.Series, days: Array, prior: Array, kind: EventKind) -> Onset:
    """Posterior over the gaps of a series.

    Args:
        series: from `dating.follow`, n dates, at least two.
        days: (n,) days of these dates since any fixed date.
        prior: (n-1,) logarithm of what else speaks for each gap; its length is accounted for here.
        kind: of the change.
    """
    states = evidence(series, days)
    n = len(days)
    length = np.log(np.maximum(np.diff(days), LEAST_DAYS))
    usual = np.log(max((days[-1] - days[0]) / (n - 1), LEAST_DAYS))
    earlier, later = (length - usual + odds for odds in (EARLIER, LATER[kind]))
    until = np.zeros(n)
    """Of the looks up to each one, where a state ends there."""
    since = np.zeros(n)
    """Of the looks from each one on, where a state begins there."""
    for last in range(n):
        until[last] = np.logaddexp.reduce(_ending(states, until, earlier, last))
    for first in range(n - 1, -1, -1):
        since[first] = np.logaddexp.reduce(_beginning(states, since, later, first))
    log = until[:-1] + since[1:] + length + prior
    weight = np.exp(log - log.max())
    gaps = np.diff(days) / max(days[-1] - days[0], LEAST_DAYS)
    seen, hidden = weight / weight.sum(), HIDDEN.get(kind, 0.0)
    begun = (1 - hidden) * seen + hidden * (seen @ _stages_before(days))
    posterior = (1 - UNTOLD) * begun + UNTOLD * gaps
    posterior /= posterior.sum()
    best = int(np.argmax(posterior))
    begin = int(np.argmax(_ending(states, until, earlier, best)))
    end = best + 2 + int(np.argmax(_beginning(states, since, later, best + 1)))
    return Onset(
        posterior,
        np.median(series.inside[begin : best + 1], axis=0),
        np.median(series.inside[best + 1 : end], axis=0),
    )


def _stages_before(days: Array) -> Array:
    """Probability (n-1, n-1) of each gap to hold a stage that no look shows, by the gap in the middle of which the next
    one begins: that many days before it as an exponential law gives, within the series."""
    middle = (days[:-1] + days[1:]) / 2
    since = np.exp(-np.maximum(middle[:, None] - days, 0) / STAGE_DAYS)
    inside = np.tril(np.diff(since, axis=1)) + 1e-12 * np.eye(len(middle))
    result: Array = inside / inside.sum(axis=1, keepdims=True)
    return result


def _ending(states: Array, until: Array, change: Array, last: int) -> Array:
    """Log likelihood (last+1,) of the looks up to `last`, by the first look of the state that ends there."""
    result = states[: last + 1, last].copy()
    result[1:] += until[:last] + change[:last]
    return result


def _beginning(states: Array, since: Array, change: Array, first: int) -> Array:
    """Log likelihood (n-first,) of the looks from `first` on, by the last look of the state that begins there."""
    result = states[first, first:].copy()
    result[:-1] += since[first + 1 :] + change[first:]
    return result


def evidence(series: dating.Series, days: Array) -> Array:
    """Log marginal likelihood (n, n) of looks i..j as one state, up to a constant a look; -inf where j < i.

    Looks at what only passes (`_passing`) count in none.
    """
    n, tones = series.inside.shape
    around = series.outside - series.outside.mean(axis=0)
    whiten = dating.whitener(series.inside - around)
    target = (series.inside - around) @ whiten
    phase = 2 * np.pi * days / DAYS_PER_YEAR
    table = np.empty((n, tones, TERMS + 1))
    """Of each look and tone: the terms of its state's model, then what was seen."""
    table[..., 0] = 1
    table[..., 1] = np.cos(phase)[:, None]
    table[..., 2] = np.sin(phase)[:, None]
    table[..., 3] = (series.outside - np.median(series.outside, axis=0)) @ whiten
    table[..., TERMS] = target - np.median(target, axis=0)
    table /= NOISE * series.spread[:, None, None]
    table[_passing(_sums(table))] = 0
    sums = _sums(table)
    first, last = np.triu_indices(n)
    result = np.full((n, n), -np.inf)
    result[first, last] = _likelihood(sums[last + 1] - sums[first])
    return result


def _passing(sums: Array) -> npt.NDArray[np.bool_]:
    """True (n,) for looks, one or two in a row, at something that passes, such as a lorry or a cloud that no mask
    caught: they depart from the looks beside them, and these have one state."""
    n = len(sums) - 1
    result = np.zeros(n, bool)
    for length in (1, 2):
        begin = np.arange(1, n - length)
        end = begin + length
        first, last = np.maximum(begin - BESIDE, 0), np.minimum(end + BESIDE, n)
        here, around = sums[end] - sums[begin], sums[last] - sums[first]
        beside = _likelihood(around - here)
        departs = beside + _likelihood(here) - _likelihood(around) > PASSING
        stays = beside > _likelihood(sums[begin] - sums[first]) + _likelihood(sums[last] - sums[end])
        for k in np.flatnonzero(departs & stays):
            result[begin[k] : end[k]] = True
    return result


def _sums(table: Array) -> Array:
    """Products (n+1, tone, column, column) of the columns of `table`, summed over the first looks: those of a run of
    looks are the difference of two."""
    products = table[..., :, None] * table[..., None, :]
    return np.concatenate([np.zeros((1, *products.shape[1:])), np.cumsum(products, axis=0)])


def _likelihood(sums: Array) -> Array:
    """Log marginal likelihood (run,) of runs of looks, each as one state, from their products."""
    weak, strong = (_regression(sums, season) for season in SEASON)
    result: Array = np.logaddexp(weak, strong) - np.log(2)
    return result


def _regression(sums: Array, season: float) -> Array:
    """The same for states whose annual waves have parts of standard deviation `season`."""
    precision = np.array([LEVEL, season, season, BOND]) ** -2.0
    normal, moment, square = (
        sums[..., :TERMS, :TERMS] + np.diag(precision),
        sums[..., :TERMS, TERMS],
        sums[..., TERMS, TERMS],
    )
    fitted = (moment * np.linalg.solve(normal, moment[..., None])[..., 0]).sum(axis=-1)
    volume = np.linalg.slogdet(normal)[1] - np.log(precision).sum()
    result: Array = -0.5 * (square - fitted + volume).sum(axis=-1)
    return result

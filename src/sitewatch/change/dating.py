"""Date an object: which gap between clear looks holds its change, and how sure that is.

The mean of the object is followed against the mean of its surroundings, which carry the same season, haze and
light. For every gap a step is fitted by iteratively re-weighted least squares under Student's t noise
(Lange, Little & Taylor 1989, J. Am. Stat. Assoc. 84:881): a cloud that no mask caught, a vehicle or one bad scene
then counts as one odd date, not as evidence for a step. The profile likelihood over the gaps times their lengths
(a change is as likely on any day) is the posterior.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sitewatch.change.background import DAYS_PER_YEAR

Array = npt.NDArray[np.float64]

NU = 4.0
"""Degrees of freedom of the noise."""
MIN_SIDE = 2
"""Dates that must lie on each side of a step for the fit to be tried."""
ROUNDS = 5
TEMPER = 0.2
"""Power of the likelihood in the posterior."""
REACH_DAYS = 500.0
"""Days on either side of a gap whose looks bear on it: a season each, and what lies further off has its own
history."""
SAME_SEASON_DAYS = 30.0
"""Days of the year between two looks of one season."""
SEASON_APART = 180.0
"""Days that must lie between them."""
FURTHER = 0.9
"""Share of the least gain that is asked of a place's second and later steps while they are searched for."""
SEASON_LOOKS = 3
"""Looks on either side that must find a partner."""
LOOK_NOISE = 0.04
"""Share of its level by which a look at a place departs from any model of it: light, view angle, growth."""
SEASON_DATES = 8
"""Dates after a step from which the new surface gets a season of its own."""


@dataclass(frozen=True, slots=True)
class Series:
    """An object's look through time, on the dates on which enough of it was clear."""

    index: npt.NDArray[np.intp]
    """(n,) positions of these dates in the cube."""
    inside: Array
    """(n, band) mean over the object's core."""
    outside: Array
    """(n, band) mean over its surroundings."""
    spread: Array
    """(n,) noise of each date relative to a good one, at least 1."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Fit of one further step at every gap of a series."""

    gain: Array
    """(n-1,) log-likelihood against no further step; -inf where not testable. Gap i lies between dates i, i+1."""
    amplitude: Array
    """(n-1, band) size of the step, data units."""


def follow(
    values: npt.NDArray[np.float32],
    weight: npt.NDArray[np.bool_],
    core: npt.NDArray[np.bool_],
    ring: npt.NDArray[np.bool_],
    precision: npt.NDArray[np.float32],
    share: float = 0.5,
) -> Series:
    """Mean of `core` and of `ring` on each date on which at least `share` of both is usable.

    Args:
        values: (time, band, y, x).
        weight: (time, y, x) True where usable.
        core, ring: (y, x).
        precision: (time,) relative precision of the dates, at most 1.
    """
    rows, cols = np.nonzero(core | ring)
    box = np.s_[rows.min() : rows.max() + 1, cols.min() : cols.max() + 1]
    means = []
    enough = np.ones(len(values), bool)
    for region in (core[box], ring[box]):
        use = weight[(slice(None), *box)] & region
        count = use.sum(axis=(1, 2))
        enough &= count >= share * region.sum()
        total = np.where(use[:, None], values[(slice(None), slice(None), *box)], 0).sum(axis=(2, 3))
        means.append(total / np.maximum(count, 1)[:, None])
    index = np.flatnonzero(enough)
    spread = 1 / np.sqrt(precision[index].astype(float))
    return Series(index, means[0][index].astype(float), means[1][index].astype(float), spread)


def profile(series: Series, days: Array, steps: Sequence[int] = (), *, lean: bool = False) -> Profile:
    """Fit one further step at each gap of `series`.

    Args:
        series: from `follow`, n dates.
        days: (n,) days of these dates since any fixed date.
        steps: gaps that already hold a step.
        lean: hold the object against its surroundings as they are, without a season of its own: for few dates.
    """
    n, bands = series.inside.shape
    centred = series.outside - series.outside.mean(axis=0)
    whiten = whitener(series.inside - centred)
    phase = 2 * np.pi * days / DAYS_PER_YEAR
    season = np.stack([np.cos(phase), np.sin(phase)], axis=1)
    columns = [np.ones((n, 1))] if lean else [np.ones((n, 1)), season, centred @ whiten]
    for gap in steps:
        after = _step(n, gap)[:, None]
        # New ground has a season of its own, once enough of it has been seen.
        columns += [after, after * season] if n - 1 - gap >= SEASON_DATES else [after]
    common = np.concatenate(columns, axis=1)
    target = (series.inside - centred if lean else series.inside) @ whiten
    gaps = np.arange(MIN_SIDE - 1, n - MIN_SIDE)
    gain = np.full(max(n - 1, 0), -np.inf)
    amplitude = np.zeros((max(n - 1, 0), bands))
    if gaps.size:
        middle = (days[gaps] + days[gaps + 1]) / 2
        near = (np.abs(days - middle[:, None]) <= REACH_DAYS).astype(float)
        trials = np.stack([np.concatenate([common, _step(n, g)[:, None]], axis=1) for g in gaps])
        # Rows in units of their own date's noise.
        trials, target = trials / series.spread[:, None], target / series.spread[:, None]
        # Differences of successive looks tell the noise but not how well the model fits: what the best model
        # leaves over counts as noise too, else every wet summer would pass for a change.
        first = _fit(target, trials, near)
        best = int(np.argmax(first[0] - _fit(target, trials[:, :, :-1], near)[0]))
        left = (target - trials[best] @ first[1][best])[near[best] > 0]
        misfit = np.maximum(1.4826 * np.median(np.abs(left), axis=0), 1.0)
        without, _ = _fit(target / misfit, trials[:, :, :-1], near)
        likelihood, coefficient = _fit(target / misfit, trials, near)
        gain[gaps] = likelihood - without
        amplitude[gaps] = (coefficient[:, -1] * misfit) @ np.linalg.inv(whiten)
    return Profile(gain, amplitude)


def history(series: Series, days: Array, *, least: float, most: int = 4) -> list[int]:
    """Gaps of the steps that a series holds, in order of time; greedy, each then re-placed given the others.

    Args:
        least: smallest log-likelihood gain of a step.
        most: largest number of steps.
    """
    steps: list[int] = []
    while len(steps) < most and len(days) > 2 * MIN_SIDE:
        trial = profile(series, days, steps)
        best = int(np.argmax(trial.gain))
        # Where several stages follow each other, each that is still missing blurs the others.
        if trial.gain[best] < (FURTHER if steps else 1) * least or best in steps:
            break
        steps.append(best)
        if len(steps) > 1:
            for position in range(len(steps)):
                others = steps[:position] + steps[position + 1 :]
                steps[position] = int(np.argmax(profile(series, days, others).gain))
        if len(set(steps)) < len(steps):
            steps = sorted(set(steps))
            break
    return sorted(steps)


def lasting(series: Series, days: Array, steps: Sequence[int], gap: int, amplitude: Array) -> float:
    """Share of a step that is still there when looks after it are held against looks before it of the same season.

    A harvest is a sharp step that the smooth seasons of the model do not follow; a year earlier the field did the
    same. Looks count up to the place's next step on either side; 1 where too few can be matched.
    """
    difference = series.inside - series.outside
    apart = days[:, None] - days[None, :]
    phase = np.abs((apart + DAYS_PER_YEAR / 2) % DAYS_PER_YEAR - DAYS_PER_YEAR / 2)
    order = np.arange(len(days))
    first = max((g for g in steps if g < gap), default=-1)
    last = min((g for g in steps if g > gap), default=len(days))
    later = (order > gap) & (order <= last)
    earlier = (order <= gap) & (order > first)
    pairs = later[:, None] & earlier & (phase <= SAME_SEASON_DAYS) & (apart > SEASON_APART)
    after, before = np.nonzero(pairs)
    if len(set(after)) < SEASON_LOOKS or len(set(before)) < SEASON_LOOKS:
        return 1.0
    change = np.median(difference[after] - difference[before], axis=0)
    return float(change @ amplitude / max(float(amplitude @ amplitude), 1e-12))


def posterior(gain: Array, days: Array, temper: float | None = None) -> Array:
    """Probability (n-1,) of each gap from a profile's gains and the days of the n dates.

    Args:
        temper: power of the likelihood; `TEMPER` where not given.

    The likelihood is tempered: dates of one series are not independent, and untempered sets are too narrow.
    """
    usable = np.isfinite(gain)
    log = np.where(
        usable,
        (TEMPER if temper is None else temper) * np.where(usable, gain, 0) + np.log(np.diff(days)),
        -np.inf,
    )
    weight = np.exp(log - log.max())
    result: Array = weight / weight.sum()
    return result


def _step(n: int, gap: int) -> Array:
    return (np.arange(n) > gap).astype(float)


def whitener(values: Array) -> Array:
    """Matrix (band, band) that gives successive differences unit noise, robustly."""
    difference = np.diff(values, axis=0) / np.sqrt(2)
    scale = 1.4826 * np.median(np.abs(difference), axis=0) + 1e-4
    scale = np.maximum(scale, LOOK_NOISE * np.abs(np.median(values, axis=0)))
    standard = np.clip(difference / scale, -3, 3)
    bands = values.shape[1]
    correlation = np.corrcoef(standard.T) if bands > 1 and len(standard) > 2 else np.eye(bands)
    correlation = 0.8 * np.nan_to_num(np.atleast_2d(correlation)) + 0.2 * np.eye(bands)
    factor = np.linalg.inv(np.linalg.cholesky(correlation)).T
    result: Array = factor / scale[:, None]
    return result


def _fit(target: Array, trials: Array, near: Array) -> tuple[Array, Array]:
    """Student-t regression of `target` (n, band) on each of `trials` (m, n, term), on the dates where `near`
    (m, n) is 1: log-likelihood (m,) and coefficients (m, term, band)."""
    m, n, terms = trials.shape
    bands = target.shape[1]
    weight = near
    ridge = 1e-6 * n * np.eye(terms)
    coefficient = np.zeros((m, terms, bands))
    distance = np.zeros((m, n))
    for _ in range(ROUNDS):
        weighted = trials * weight[:, :, None]
        normal = weighted.transpose(0, 2, 1) @ trials + ridge
        coefficient = np.linalg.solve(normal, weighted.transpose(0, 2, 1) @ target)
        distance = ((target - trials @ coefficient) ** 2).sum(axis=2)
        weight = near * (NU + bands) / (NU + distance)
    likelihood = -0.5 * (NU + bands) * (near * np.log1p(distance / NU)).sum(axis=1)
    return likelihood, coefficient

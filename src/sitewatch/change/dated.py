"""When objects of the network changed, each in its own series of looks.

The step maps say which dates many of an object's pixels agree on; the object's mean against its surroundings says how
sure each gap between looks is (`change.dating`). A structure on ground work is dated by its first step after that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from sitewatch.change import dating, maps, tones
from sitewatch.change.blobs import Blob, Shown, covered, extract, placed, timed, together
from sitewatch.change.source import Source
from sitewatch.types import EventKind

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

RING_M = 20.0
"""Width of the surroundings that an object is held against."""
BUSY = 0.3
"""Share from which a pixel may have changed and tells nothing about the surroundings."""
FEW = 14
"""Looks at a place below which its season is not fitted."""
TEMPER = (0.15, 0.15)
"""Powers of the likelihood in the posterior, with many looks and with few."""
VOTING = (0.25, 0.0)
"""Powers of the pixels' votes."""
LEAST_VOTE = 0.03
"""Share that every gap has of the votes."""
MOST_STEPS = 4
MANY = 16
"""Looks at a place from which a third and fourth step are searched for."""
STAGE_GAIN = 12.0
"""Log-likelihood gain that they need."""
ROUNDS = 3
"""Times that the steps of a place are put anew, each given the others."""
FIRST_STAGE = (0.4, 0.15)
"""Gain relative to that of a place's strongest step from which an earlier one is its first stage; second, where the
ground work below a structure is known and dated, so that what follows must be the structure."""
OTHER_STAGE = 0.08
"""Probability that the date is that of another step of the place, where there are several."""
STAGE_TELLS = 8.0
"""Log-likelihood gain from which such a step counts."""
ON = 0.5
"""Share of a structure that lies on ground work for it to be on it."""


@dataclass(frozen=True, slots=True)
class Dated:
    """An object with its date."""

    blob: Blob
    index: npt.NDArray[np.intp]
    """(n,) positions of the dates on which its place was clear."""
    posterior: Floats
    """(n-1,) of the gaps between them."""
    gain: float
    """Log-likelihood gain of its step in its own series; NaN where too few looks tell one."""
    profile: Floats
    """(n-1,) gain of a step at each gap, given the place's other steps; -inf where none can be told."""
    votes: Floats
    """(n-1,) share of its pixels with a step in each gap."""
    own: Mask
    """(n-1,) True where a gap is not nearer to another step of the place."""
    before: Floats
    """(tone,)."""
    after: Floats
    parent: int | None = None
    traits: tuple[float, ...] = ()
    """`change.traits.NAMES`, once it was held against the other objects."""

    def later_by(self, dates: int) -> "Dated":
        """The same in a series with `dates` more dates before."""
        return replace(self, index=self.index + dates)

    def with_parent(self, parent: int | None) -> "Dated":
        """The same on other ground."""
        return replace(self, parent=parent)

    @property
    def gap(self) -> tuple[int, int]:
        best = int(np.argmax(self.posterior))
        return int(self.index[best]), int(self.index[best + 1])


def objects(shown: Shown, source: Source, site: maps.Survey, unit: float) -> list[Dated]:
    """Objects of a site, dated; structures name the ground work that they stand on.

    Args:
        unit: of the tones (`tones.level`).
    """
    pieces = extract(shown, source.pixel_m)
    alone = [_one_step(piece, shown, source, site, unit) for piece in pieces]
    blobs = together(pieces, alone, shown, source.pixel_m)
    ground = [b for b in blobs if b.kind is EventKind.ALTERED]
    others = [b for b in blobs if b.kind is not EventKind.ALTERED]
    dated: list[Dated] = []
    for blob in ground:
        found = _date(_bare(blob, others, shown), shown, source, site, unit)
        if found is not None:
            dated.append(replace(found, blob=blob))
    floors = len(dated)
    for blob in others:
        parent, after = None, -1
        if blob.kind is EventKind.APPEARED:
            on = [k for k in range(floors) if covered(blob, dated[k].blob) >= ON]
            if on:
                parent = max(on, key=lambda k: dated[k].gap[0])
                after = dated[parent].gap[0]
        found = _date(blob, shown, source, site, unit, after=after)
        if found is not None:
            dated.append(replace(found, parent=parent))
    return dated


def _one_step(blob: Blob, shown: Shown, source: Source, site: maps.Survey, unit: float) -> Floats | None:
    """Log-likelihood gain (step,) of a single step of the object after each of the site's dates, NaN beyond its looks;
    None where it was hardly ever seen."""
    series = _followed(blob, shown, source, site, unit)
    if series is None:
        return None
    gain = _gains(series, source.days[series.index], [])
    result = np.full(len(source.days) - 1, np.nan)
    first, last = series.index[0], series.index[-1]
    result[first:last] = np.repeat(gain, np.diff(series.index))
    return result


def _bare(blob: Blob, structures: Sequence[Blob], shown: Shown) -> Blob:
    """What of ground work is left bare by structures on it, which tells its date; all of it where that is little."""
    rows, cols = blob.window
    mask = blob.mask.copy()
    for other in structures:
        if covered(other, blob) > 0:
            mask &= ~ndimage.binary_dilation(placed(other.mask, other.window, (rows, cols)))
    return timed(replace(blob, mask=mask), shown) if mask.sum() >= max(3, 0.15 * blob.mask.sum()) else blob


def _date(
    blob: Blob, shown: Shown, source: Source, site: maps.Survey, unit: float, *, after: int = -1
) -> Dated | None:
    """The object with its date; None where its place was hardly ever seen.

    Args:
        after: position of a date; steps before it belong to the ground that a structure stands on.
    """
    series = _followed(blob, shown, source, site, unit)
    if series is None:
        return None
    days = source.days[series.index]
    gaps = dating.pair(series, days) or sorted({_gap_of(series.index, t) for t in blob.times})
    gaps = _further(series, days, _replaced(series, days, gaps))
    return _weighed(blob, series, days, gaps, after)


def _followed(
    blob: Blob, shown: Shown, source: Source, site: maps.Survey, unit: float
) -> dating.Series | None:
    """The object's mean against its surroundings, look by look; None where there are fewer than two looks."""
    inner = 1 + round(3 / source.pixel_m)
    outer = inner + max(2, round(RING_M / source.pixel_m))
    rows, cols = source.grid.shape
    window = (
        slice(max(blob.window[0].start - outer, 0), min(blob.window[0].stop + outer, rows)),
        slice(max(blob.window[1].start - outer, 0), min(blob.window[1].stop + outer, cols)),
    )
    mask, share = placed(blob.mask, blob.window, window), placed(blob.share, blob.window, window)
    core = mask & (share >= 0.9 * np.median(share[mask]))
    busy = (shown.share[(slice(None), *window)] > BUSY).any(axis=0)
    near = ndimage.binary_dilation(mask, iterations=inner)
    ring = ndimage.binary_dilation(near, iterations=outer - inner) & ~near
    free = ring & ~ndimage.binary_dilation(busy)
    ring = free if free.sum() >= max(8, 0.15 * ring.sum()) else ring
    if not ring.any() or not blob.times:
        return None
    values, usable = source.read(window)
    tone = tones.tones(values, source.bands, unit)
    series = dating.follow(tone, usable, core, ring, site.precision)
    if len(series.index) < 2:
        return None
    return series


def _weighed(blob: Blob, series: dating.Series, days: Floats, gaps: list[int], after: int) -> Dated:
    """The object dated by one of its place's steps.

    Args:
        gaps: of the steps, in order.
        after: as for `_date`.
    """
    gains = [_gains(series, days, [g for g in gaps if g != here]) for here in gaps]
    best = [
        float(np.max(np.where(_own(gaps, here, len(g)), g, -np.inf)))
        for g, here in zip(gains, gaps, strict=True)
    ]
    later = [i for i, g in enumerate(gaps) if series.index[g + 1] > after + 1] or list(range(len(gaps)))
    strongest = max(later, key=lambda i: best[i])
    chosen = strongest
    if blob.kind is not EventKind.REMOVED and np.isfinite(best[strongest]):
        # the first stage, be it fainter than the roof, or than the paving of cleared ground
        least = FIRST_STAGE[after >= 0 and blob.kind is EventKind.APPEARED] * best[strongest]
        chosen = next((i for i in later if best[i] >= least), strongest)
    here, gain = gaps[chosen], gains[chosen]
    own = _own(gaps, here, len(gain))
    first = gaps[chosen - 1] + 1 if chosen else 0
    last = gaps[chosen + 1] + 1 if chosen + 1 < len(gaps) else len(days)
    votes = np.array([blob.votes[a:b].sum() for a, b in pairwise(series.index)])
    # A structure does not stand before its ground is worked.
    possible = series.index[1:] > after + 1
    chances = {
        i: posterior(gains[i], votes, _own(gaps, gaps[i], len(gain)) & possible, days)
        for i in range(len(gaps))
        if i == chosen or (i in later and best[i] >= STAGE_TELLS)
    }
    return Dated(
        blob,
        series.index,
        _mixed(chances, chosen),
        best[chosen] if np.isfinite(best[chosen]) else np.nan,
        gain,
        votes,
        own,
        np.median(series.inside[first : here + 1], axis=0),
        np.median(series.inside[here + 1 : last], axis=0),
    )


def _mixed(chances: dict[int, Floats], chosen: int) -> Floats:
    """Posterior of the chosen step, with `OTHER_STAGE` shared among the place's other ones."""
    others = [p for i, p in chances.items() if i != chosen]
    if not others:
        return chances[chosen]
    result: Floats = (1 - OTHER_STAGE) * chances[chosen] + OTHER_STAGE * np.mean(others, axis=0)
    return result


def posterior(
    gain: Floats,
    votes: Floats,
    own: Mask,
    days: Floats,
    temper: float | None = None,
    voting: float | None = None,
) -> Floats:
    """Probability (n-1,) of each gap: from the object's own series and from the dates that its pixels vote for.

    Args:
        gain: (n-1,) log-likelihood gain; -inf where no step can be told.
        votes: (n-1,) share of the pixels with a step in each gap.
        own: (n-1,) True where a gap is not nearer to another step of the place.
        days: (n,).
        temper, voting: powers of the two; `TEMPER` and `VOTING` of the number of looks where not given.
    """
    few = len(days) < FEW
    temper = TEMPER[few] if temper is None else temper
    voting = VOTING[few] if voting is None else voting
    told = np.isfinite(gain)
    log = temper * np.where(told, gain, 0) + voting * np.log(votes + LEAST_VOTE) + np.log(np.diff(days))
    log = np.where(own, log, -np.inf) if own.any() else log
    weight = np.exp(log - log.max())
    result: Floats = weight / weight.sum()
    return result


def _further(series: dating.Series, days: Floats, gaps: list[int]) -> list[int]:
    """With the stages that two steps do not tell: slab, frame and roof follow on a clearing."""
    while len(gaps) < MOST_STEPS and len(days) >= MANY:
        gain = _gains(series, days, gaps)
        near = np.abs(np.arange(len(gain))[:, None] - gaps).min(axis=1) < dating.MIN_SIDE
        gain = np.where(near, -np.inf, gain)
        best = int(np.argmax(gain))
        if gain[best] < STAGE_GAIN:
            break
        more = _replaced(series, days, sorted([*gaps, best]))
        if len(more) == len(gaps):
            break
        gaps = more
    return gaps


def _replaced(series: dating.Series, days: Floats, gaps: list[int]) -> list[int]:
    """Steps of a place, each put where it fits best given the others: one step blurs the date of another as long as
    that one is not in the model."""
    for _ in range(ROUNDS):
        before = list(gaps)
        for position in range(len(gaps)):
            others = gaps[:position] + gaps[position + 1 :]
            own = _own(others, gaps[position], len(days) - 1)
            gain = np.where(own, _gains(series, days, others), -np.inf)
            if np.isfinite(gain).any():
                gaps[position] = int(np.argmax(gain))
        if gaps == before:
            break
    return sorted(set(gaps))


def _gap_of(index: npt.NDArray[np.intp], time: int) -> int:
    """Gap of a series at `index` that holds the step between date `time` and the next."""
    return int(np.clip(np.searchsorted(index, time, side="right") - 1, 0, len(index) - 2))


def _gains(series: dating.Series, days: Floats, others: list[int]) -> Floats:
    """Log-likelihood gain (n-1,) of a step at each gap, given those at `others`; -inf where there is none to tell."""
    if len(days) < 2 * dating.MIN_SIDE + 1:
        return np.full(len(days) - 1, -np.inf)
    return dating.profile(series, days, others, lean=len(days) < FEW).gain


def _own(others: Sequence[int], here: int, count: int) -> Mask:
    """(count,) True for gaps that are not nearer to another step of the place than to this one."""
    result = np.ones(count, bool)
    order = np.arange(count)
    for g in others:
        if g < here:
            result &= order > (g + here) / 2
        elif g > here:
            result &= order < (g + here) / 2
    return result

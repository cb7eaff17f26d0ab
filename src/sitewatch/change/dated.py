"""When objects of the network changed, each in its own series of looks.

The object's mean against its surroundings says how likely it began in each gap between looks (`change.onset`), the step
maps on which dates many of its pixels agree. A structure on ground work is dated by what begins after that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from sitewatch.change import dating, maps, onset, tones
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
VOTING = 0.4
"""Power of the pixels' votes in the posterior."""
LEAST_VOTE = 0.03
"""Share that every gap has of the votes."""
NOT_LATER = -4.0
"""Natural logarithm by which a structure is less likely to begin before its ground work was seen than after."""
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
    """Log-likelihood gain of a single step in its own series; NaN where too few looks tell one."""
    before: Floats
    """(tone,) of the state that it ended."""
    after: Floats
    """(tone,) of the first that followed."""
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
    gain = _gains(series, source.days[series.index])
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
        after: position of the last date without the ground work that a structure stands on.
    """
    series = _followed(blob, shown, source, site, unit)
    if series is None:
        return None
    days = source.days[series.index]
    votes = np.array([blob.votes[a:b].sum() for a, b in pairwise(series.index)])
    prior = VOTING * np.log(votes + LEAST_VOTE)
    prior += np.where(series.index[:-1] <= after, NOT_LATER, 0)
    told = onset.find(series, days, prior)
    gain = float(_gains(series, days).max())
    return Dated(
        blob, series.index, told.posterior, gain if np.isfinite(gain) else np.nan, told.before, told.after
    )


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


def _gains(series: dating.Series, days: Floats) -> Floats:
    """Log-likelihood gain (n-1,) of a single step at each gap; -inf where there is none to tell."""
    if len(days) < 2 * dating.MIN_SIDE + 1:
        return np.full(len(days) - 1, -np.inf)
    return dating.profile(series, days, lean=len(days) < FEW).gain

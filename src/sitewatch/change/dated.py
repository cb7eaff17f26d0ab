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

from sitewatch.change import dating, follow, maps, onset
from sitewatch.change.blobs import Blob, Shown, close_pairs, covered, extract, placed, timed, together
from sitewatch.change.source import Source
from sitewatch.types import EventKind

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

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
    apart: Floats
    """(2, tone) how far it departs from its surroundings before the change and after it: medians of the looks."""
    shade: float = 0.0
    """By how much the strip that its shadow would fall on grew brighter against the other side, in units of the site's
    tones; 0 where that cannot be told."""
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
    seen = _seen(pieces, shown, source, site, unit)
    alone = [_at_all_dates(s, len(source.days)) for s in seen]
    blobs = together(pieces, alone, shown, source.pixel_m)
    ground = [b for b in blobs if b.kind is EventKind.ALTERED]
    others = [b for b in blobs if b.kind is not EventKind.ALTERED]
    on: list[list[int]] = [[] for _ in ground]
    below: list[list[int]] = [[] for _ in others]
    for i, j in close_pairs([*ground, *others], 0):
        if i < len(ground) <= j:
            on[i].append(j - len(ground))
            below[j - len(ground)].append(i)
    bare = [_bare(b, [others[k] for k in on[i]], shown) for i, b in enumerate(ground)]
    # Most objects are one piece, which was followed already.
    known = {id(piece): s for piece, s in zip(pieces, seen, strict=True)}
    new = [b for b in (*bare, *others) if id(b) not in known]
    known |= {id(b): s for b, s in zip(new, _seen(new, shown, source, site, unit), strict=True)}
    dated: list[Dated] = []
    place: dict[int, int] = {}
    for i, (blob, seen_part) in enumerate(zip(ground, bare, strict=True)):
        found = _date(seen_part, known[id(seen_part)], source.days)
        if found is not None:
            place[i] = len(dated)
            dated.append(replace(found, blob=blob))
    for k, blob in enumerate(others):
        parent, after = None, -1
        if blob.kind is EventKind.APPEARED:
            floors = [place[i] for i in below[k] if i in place and covered(blob, ground[i]) >= ON]
            if floors:
                parent = max(floors, key=lambda n: dated[n].gap[0])
                after = dated[parent].gap[0]
        found = _date(blob, known[id(blob)], source.days, after=after)
        if found is not None:
            dated.append(replace(found, parent=parent))
    return dated


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the looks show of an object."""

    series: dating.Series
    shade: Floats
    """(n,) see `follow.Followed`."""
    gain: Floats
    """(n-1,) log-likelihood gain of a single step at each gap."""


def _seen(
    blobs: Sequence[Blob], shown: Shown, source: Source, site: maps.Survey, unit: float
) -> list[_Seen | None]:
    """Of each object; None where it was hardly ever seen."""
    found = follow.series(blobs, shown, source, site.precision, unit)
    return [
        None if f is None else _Seen(f.series, f.shade, _gains(f.series, source.days[f.series.index]))
        for f in found
    ]


def _at_all_dates(seen: _Seen | None, dates: int) -> Floats | None:
    """Gain (step,) of a single step after each of the site's dates, NaN beyond the object's looks; None without any."""
    if seen is None:
        return None
    index = seen.series.index
    result = np.full(dates - 1, np.nan)
    result[index[0] : index[-1]] = np.repeat(seen.gain, np.diff(index))
    return result


def _bare(blob: Blob, structures: Sequence[Blob], shown: Shown) -> Blob:
    """What of ground work is left bare by structures on it, which tells its date; all of it where that is little."""
    rows, cols = blob.window
    mask = blob.mask.copy()
    for other in structures:
        if covered(other, blob) > 0:
            mask &= ~ndimage.binary_dilation(placed(other.mask, other.window, (rows, cols)))
    return timed(replace(blob, mask=mask), shown) if mask.sum() >= max(3, 0.15 * blob.mask.sum()) else blob


def _date(blob: Blob, seen: _Seen | None, site_days: Floats, *, after: int = -1) -> Dated | None:
    """The object with its date; None where its place was hardly ever seen.

    Args:
        after: position of the last date without the ground work that a structure stands on.
    """
    if seen is None:
        return None
    series = seen.series
    votes = np.array([blob.votes[a:b].sum() for a, b in pairwise(series.index)])
    prior = VOTING * np.log(votes + LEAST_VOTE)
    prior += np.where(series.index[:-1] <= after, NOT_LATER, 0)
    told = onset.find(series, site_days[series.index], prior, blob.kind)
    gain = float(seen.gain.max())
    first = int(np.argmax(told.posterior)) + 1
    apart = series.inside - series.outside
    return Dated(
        blob,
        series.index,
        told.posterior,
        gain if np.isfinite(gain) else np.nan,
        told.before,
        told.after,
        np.array([np.median(part, axis=0) for part in (apart[:first], apart[first:])]),
        _brighter(seen.shade, first),
    )


def _brighter(shade: Floats, first: int) -> float:
    """Median of `shade` (n,) from look `first` on, less that of the looks before; 0 where either is unknown."""
    before, after = (part[np.isfinite(part)] for part in (shade[:first], shade[first:]))
    return float(np.median(after) - np.median(before)) if len(before) and len(after) else 0.0


def _gains(series: dating.Series, days: Floats) -> Floats:
    """Log-likelihood gain (n-1,) of a single step at each gap; -inf where there is none to tell."""
    if len(days) < 2 * dating.MIN_SIDE + 1:
        return np.full(len(days) - 1, -np.inf)
    return dating.profile(series, days, lean=len(days) < FEW).gain

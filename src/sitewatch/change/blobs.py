"""From the network's shares to objects: what changed together, in one way and at one time.

A share map says where, the step maps say when. A connected patch is cut where its pixels changed at different times.
What lies together and can be explained by one date is one object again (`together`): houses of a row, a road under
trees, and patches whose pixels only seemed to differ.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy import ndimage
from scipy.sparse.csgraph import connected_components

from sitewatch.change import lines
from sitewatch.change.network import KINDS
from sitewatch.change.source import Window
from sitewatch.types import EventKind

Array = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

INSIDE = (0.42, 0.25)
"""Share from which a pixel belongs, of sure objects and of faint ones. Below one half, since the mean of many views is
smoother than one."""
PEAK = (0.5, 0.35)
"""Share that some pixel of them must reach; `change.traits` says what a faint one is worth."""
APART_FAINT = 2
"""Pixels around sure objects that belong to no faint one."""
LEAST_PIXELS = 2.0
"""Sum of shares below which a patch is left out: no sensor resolves it."""
TOGETHER = 1
"""Dates by which the steps of pixels of one object may differ: a cloud hides one of two looks."""
APART = 0.25
"""Share of a patch that changed at another time from which it is an object of its own."""
APART_PIXELS = 6
JOIN_M = 15.0
"""Metres between pieces of one object: houses of a row, a road under trees."""
SAME_DATE = 10.0
"""Log-likelihood that may be lost when one date is put in place of each piece's own."""
FINE_M = 5.0
"""Pixel size up to which pieces are joined over a gap; in coarser pixels what does not touch is not one, unless it is
a line."""
SAME_PATCH = 0.5
"""Intersection over union from which patches of two kinds are one thing."""
BOTH_SURE = 0.8
"""Mean share from which both stay: what is built between the same two looks as its ground is cleared."""
PEAK_SHARE = 0.2
"""Share of an object's pixels that must have a step at one time for it to be one of the object's times."""


@dataclass(frozen=True)
class Shown:
    """What windows of a site put together show."""

    share: Array
    """(kind, y, x) of `network.KINDS`."""
    step: npt.NDArray[np.int16]
    """(rank, y, x) strongest and second step of each pixel, index t-1: between date t-1 and date t."""
    score: Array
    """(rank, y, x) their statistics."""

    @cached_property
    def length(self) -> int:
        """One more than the last step: found once, since each object asks for it."""
        return int(self.step.max(initial=0)) + 1

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """As arrays by name, to be written."""
        return {"share": self.share, "step": self.step, "score": self.score}

    @classmethod
    def restored(cls, arrays: Any, prefix: str = "") -> "Shown":
        """What `arrays` told, its names preceded by `prefix`."""
        return cls(arrays[f"{prefix}share"], arrays[f"{prefix}step"], arrays[f"{prefix}score"])


@dataclass(frozen=True, slots=True)
class Blob:
    """One object before it is dated."""

    kind: EventKind
    window: Window
    """Of the site's grid."""
    mask: Mask
    """(y, x) of the window."""
    share: Array
    """(y, x) of the window, 0 on other objects of its kind."""
    times: tuple[int, ...]
    """Steps (index t-1) at which many of its pixels changed, in order of time."""
    weight: tuple[float, ...]
    """Share of its pixels for each of `times`."""
    votes: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    """(step,) share of its pixels with a step at each time."""

    @property
    def size(self) -> float:
        """Pixels."""
        return float(self.share[self.mask].sum())


def extract(shown: Shown, pixel_m: float) -> list[Blob]:
    """Objects of all kinds, in order of kind and place; in coarse pixels, whose shadows are not seen, also those whose
    kind is in doubt."""
    result: list[Blob] = []
    for kind, share in zip(KINDS, shown.share, strict=True):
        result += [b for patch in _patches(share, kind) for b in _by_time(patch, shown)]
    settled = _settled([b for b in result if _seen(b)])
    return settled if pixel_m <= FINE_M else settled + _doubtful(shown, settled)


def together(
    pieces: Sequence[Blob], gains: Sequence[Floats | None], shown: Shown, pixel_m: float
) -> list[Blob]:
    """Pieces of one kind that lie near each other, as one object where one date explains them; in coarse pixels pieces
    of one line, too, of whose surface and ground work the larger one tells the kind.

    Args:
        pieces: from `extract`.
        gains: for each (step,) log-likelihood gain of its own series for a step after each date, NaN or -inf where
            none is told; None where there is no series.
        pixel_m: in coarse pixels what does not touch is not one, unless it is a line (`change.lines`).
    """
    reach = int(JOIN_M / pixel_m) if pixel_m <= FINE_M else 0
    alike = np.zeros((len(pieces), len(pieces)), bool)
    for i, j in close_pairs(pieces, reach + 1):
        a, b = pieces[i], pieces[j]
        if a.kind is b.kind and _near(a, b, reach):
            alike[i, j] = _one_date(gains[i], gains[j]) or (reach > 0 and _same_time(a, b))
    if pixel_m > FINE_M:
        for i, j in close_pairs(pieces, lines.GAP + 1):
            alike[i, j] |= _one_date(gains[i], gains[j]) and _in_line(pieces[i], pieces[j], shown)
    count, label = connected_components(alike, directed=False)
    groups = [[b for b, number in zip(pieces, label, strict=True) if number == k] for k in range(count)]
    return [_union(g, shown, reach) if len(g) > 1 else g[0] for g in groups]


def _one_date(a: Floats | None, b: Floats | None) -> bool:
    """True where a step at one and the same date explains both as well as one for each."""
    if a is None or b is None:
        return False
    both = np.isfinite(a) & np.isfinite(b)
    if not both.any():
        return False
    best = float(a[np.isfinite(a)].max() + b[np.isfinite(b)].max())
    return best - float((a + b)[both].max()) < SAME_DATE


def _in_line(a: Blob, b: Blob, shown: Shown) -> bool:
    """True where both are pieces of one line; a road is bare ground before it is paved, and may be shown as either."""
    if a.kind is not b.kind and EventKind.REMOVED in (a.kind, b.kind):
        return False
    kinds = KINDS.index(a.kind), KINDS.index(b.kind)
    return lines.in_line(_points(a), _points(b), shown.share, kinds) and _near(a, b, lines.GAP)


def _seen(blob: Blob) -> bool:
    return blob.size >= LEAST_PIXELS


def _doubtful(shown: Shown, sure: list[Blob]) -> list[Blob]:
    """What surely changed though not one kind has half of it: of the likeliest kind."""
    anything: Array = 1 - np.prod(1 - shown.share, axis=0)
    for blob in sure:
        anything[blob.window][ndimage.binary_dilation(blob.mask, iterations=1)] = 0
    result = []
    for patch in _patches(anything, KINDS[0]):
        for piece in _by_time(patch, shown):
            shares = shown.share[(slice(None), *piece.window)][:, piece.mask].mean(axis=1)
            if _seen(piece):
                result.append(replace(piece, kind=KINDS[int(shares.argmax())]))
    return result


def _settled(blobs: list[Blob]) -> list[Blob]:
    """One kind for each place and time: of two objects of different kinds that are one patch, the surer one, unless
    both what was built and its ground are sure; and no scraps of another kind at a structure's edge."""
    sure = [float(b.share[b.mask].mean()) for b in blobs]
    lost: set[int] = set()
    for i, j in close_pairs(blobs, 1):
        a, b = blobs[i], blobs[j]
        if a.kind is b.kind or i in lost or j in lost:
            continue
        both = covered(a, b) * a.mask.sum()
        one_patch = both > SAME_PATCH * (a.mask.sum() + b.mask.sum() - both)
        built = EventKind.REMOVED not in (a.kind, b.kind)
        if one_patch and not (built and min(sure[i], sure[j]) >= BOTH_SURE):
            lost.add(i if sure[i] < sure[j] else j)
            continue
        small, large = (i, j) if a.size < b.size else (j, i)
        ground = blobs[large].kind is EventKind.ALTERED
        if not ground and _same_time(a, b) and sure[small] < sure[large] and _near(a, b, 1):
            lost.add(small)
    return [b for i, b in enumerate(blobs) if i not in lost]


def close_pairs(blobs: Sequence[Blob], reach: int) -> list[tuple[int, int]]:
    """Positions of every two objects whose windows lie within `reach` pixels of each other, in order."""
    ends = np.array([(c.start, r.start, c.stop, r.stop) for r, c in (b.window for b in blobs)], float)
    left, top, right, bottom = ends.reshape(-1, 4).T
    boxes = shapely.box(left, top, right, bottom)
    # windows that only touch share no pixel; half a pixel keeps them apart whatever the rounding
    around = reach - 0.5
    wider = shapely.box(left - around, top - around, right + around, bottom + around)
    first, second = shapely.STRtree(boxes).query(wider)
    return sorted((int(i), int(j)) for i, j in zip(first, second, strict=True) if i < j)


def _patches(share: Array, kind: EventKind) -> Iterator[Blob]:
    """Sure objects, then faint ones away from them."""
    free = np.ones(share.shape, bool)
    for inside, peak in zip(INSIDE, PEAK, strict=True):
        labels, count = ndimage.label((share > inside) & free)
        for number, found in enumerate(ndimage.find_objects(labels, count), 1):
            window = _wider(found, share.shape, APART_FAINT)
            mask = labels[window] == number
            if share[window][mask].max() < peak:
                continue
            free[window] &= ~ndimage.binary_dilation(mask, iterations=APART_FAINT)
            yield Blob(kind, window, ndimage.binary_fill_holes(mask), share[window], (), ())


def _wider(window: Window, shape: tuple[int, ...] | None, by: int) -> Window:
    rows, cols = (slice(max(s.start - by, 0), s.stop + by) for s in window)
    if shape is None:
        return rows, cols
    return slice(rows.start, min(rows.stop, shape[0])), slice(cols.start, min(cols.stop, shape[1]))


def _votes(blob: Blob, mask: Mask, shown: Shown) -> npt.NDArray[np.float64]:
    """Share of the pixels of `mask` with a step at each time, within `TOGETHER`; the second steps count by how
    strong they are beside the first."""
    at = (slice(None), *blob.window)
    steps, score = shown.step[at][:, mask], shown.score[at][:, mask]
    length = shown.length
    weight = np.stack([np.ones(score.shape[1]), np.clip(score[1] / np.maximum(score[0], 1e-6), 0, 1) ** 0.5])
    votes = np.zeros(length)
    for rank in (0, 1):
        votes += np.bincount(steps[rank], weights=weight[rank], minlength=length)
    votes = votes / max(mask.sum(), 1)
    near = ndimage.uniform_filter1d(votes, 2 * TOGETHER + 1, mode="constant") * (2 * TOGETHER + 1)
    # of times equally near to as many pixels, the one that most of them have
    result: npt.NDArray[np.float64] = near + 1e-3 * votes
    return result


def _by_time(patch: Blob, shown: Shown) -> list[Blob]:
    """The patch, cut into what changed at different times."""
    at = (slice(None), *patch.window)
    steps = shown.step[at]
    left = patch.mask.copy()
    parts: list[Mask] = []
    total = patch.mask.sum()
    while left.any():
        votes = _votes(patch, left, shown)
        best = int(votes.argmax())
        alike = left & (np.abs(steps - best) <= TOGETHER).any(axis=0)
        # single pixels follow their neighbours
        part = left & (ndimage.uniform_filter(alike.astype(np.float32), 3) > 0.35)
        rest = left & ~part
        rest &= ndimage.binary_opening(rest, np.ones((2, 2)))
        labels, count = ndimage.label(rest)
        sizes = np.bincount(labels.ravel(), minlength=count + 1)
        large = [i for i in range(1, count + 1) if sizes[i] >= max(APART_PIXELS, APART * total)]
        if not part.any() or not large:
            parts.append(left)
            break
        kept = np.isin(labels, large)
        parts.append(left & ~kept)
        left = kept
    result = []
    for part in parts:
        labels, count = ndimage.label(part)
        for number in range(1, count + 1):
            mask = labels == number
            share = np.where(patch.mask & ~mask, 0, patch.share)
            result.append(timed(replace(patch, mask=mask, share=share), shown))
    return result


def timed(blob: Blob, shown: Shown) -> Blob:
    """With the times at which many of its pixels changed."""
    core = blob.mask & (blob.share >= 0.8 * np.median(blob.share[blob.mask]))
    votes = _votes(blob, core, shown)
    kept = votes.copy()
    times: list[tuple[int, float]] = []
    while len(times) < 3:
        best = int(votes.argmax())
        if votes[best] < PEAK_SHARE:
            break
        times.append((best, float(votes[best])))
        votes[max(best - 2 * TOGETHER, 0) : best + 2 * TOGETHER + 1] = 0
    times.sort()
    return replace(blob, times=tuple(t for t, _ in times), weight=tuple(w for _, w in times), votes=kept)


def _overlap(a: Window, b: Window) -> bool:
    return all(p.start < q.stop and q.start < p.stop for p, q in zip(a, b, strict=True))


def _same_time(a: Blob, b: Blob) -> bool:
    if not a.times or not b.times:
        return False
    first, second = (x.times[int(np.argmax(x.weight))] for x in (a, b))
    return abs(first - second) <= 2 * TOGETHER


def _points(blob: Blob) -> npt.NDArray[np.intp]:
    """(n, 2) row and column of its pixels on the site's grid."""
    corner = np.array([w.start for w in blob.window], np.intp)
    result: npt.NDArray[np.intp] = np.argwhere(blob.mask) + corner
    return result


def _near(a: Blob, b: Blob, reach: int) -> bool:
    first, second = _points(a), _points(b)
    if len(first) > len(second):
        first, second = second, first
    return any(np.abs(second - p).max(axis=1).min() <= reach + 1 for p in first)


def _union(group: list[Blob], shown: Shown, reach: int) -> Blob:
    window = (
        slice(min(b.window[0].start for b in group), max(b.window[0].stop for b in group)),
        slice(min(b.window[1].start for b in group), max(b.window[1].stop for b in group)),
    )
    mask = np.any([placed(b.mask, b.window, window) for b in group], axis=0)
    share = np.max([placed(b.share, b.window, window) for b in group], axis=0)
    room = max(reach, 1)
    closed = ndimage.binary_closing(np.pad(mask, room), np.ones((3, 3)), iterations=max(1, reach // 2))
    closed = closed[room:-room, room:-room] | mask
    kind = max(group, key=lambda b: b.size).kind
    return timed(Blob(kind, window, closed, share, (), ()), shown)


def covered(a: Blob, b: Blob) -> float:
    """Share of `a` that lies on `b`."""
    if not _overlap(a.window, b.window):
        return 0.0
    return float((a.mask & placed(b.mask, b.window, a.window)).sum() / max(a.mask.sum(), 1))


def placed(values: npt.NDArray[Any], window: Window, target: Window) -> npt.NDArray[Any]:
    """Values (y, x) of `window` as seen in `target`, 0 where they do not reach; `target` may reach beyond the site."""
    result = np.zeros([s.stop - s.start for s in target], values.dtype)
    cut = [(max(w.start, t.start), min(w.stop, t.stop)) for w, t in zip(window, target, strict=True)]
    if any(a >= b for a, b in cut):
        return result
    inside = tuple(slice(a - w.start, b - w.start) for (a, b), w in zip(cut, window, strict=True))
    outside = tuple(slice(a - t.start, b - t.start) for (a, b), t in zip(cut, target, strict=True))
    result[outside] = values[inside]
    return result

"""What tells a real change from a false one, beside its own step: how the network shows it, its shape, its neighbours.

Nearly half of what a detector wrongly reports are pieces of real changes: a second kind drawn on the same ground, a
rest at the edge of a larger object. So an object is judged among the others of its site.
"""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
from scipy import ndimage

from sitewatch.change.blobs import Shown, close_pairs, placed
from sitewatch.change.dated import Dated
from sitewatch.change.network import KINDS
from sitewatch.types import EventKind

Floats = npt.NDArray[np.float64]

NAMES = (
    "share",
    "peak",
    "rival",
    "around",
    "width",
    "size",
    "fill",
    "beside",
    "standing",
    "stands",
    "rests",
    "step",
    "gain",
    "pixel",
    "looks",
    "shadow",
)
"""Of the columns. `share`: logit of the mean share that the network gives its pixels; `peak`: of the greatest;
`rival`: mean share of ground work there, for ground work that of a structure; `around`: logit of the mean share two
pixels outside. `width`: logarithm of its greatest width in pixels; `size`: of their number; `fill`: share of its
smallest rectangle. `beside`: 1 where a larger object of its kind lies within `BESIDE_M`; `standing`: 1 on found
ground work. `stands`: logarithm of how far its tones depart from its surroundings while it is there,
`rests`: of the same while it is not. `step`: logarithm of its greatest change in any tone;
`gain`: ln(1 + log-likelihood gain of its step in its own series); `pixel`: logarithm of the pixel size over 3 m;
`looks`: logarithm of its clear looks over 16, within `LOOKS`: many looks show more of what is no change, too. `shadow`:
how much darker what lies away from the sun became, for a removal how much brighter, against the side towards it,
within `SHADOW`: a repainted roof casts the shadow that it always did, ground work none."""
SHADOW = 0.3
"""Greatest change of tone by a shadow that counts; more is another object there."""
LOOKS = (8, 32)
"""Numbers of looks that the probabilities were fitted on."""
BESIDE_M = 20.0
RING = 2
"""Pixels outside an object at which its surroundings begin to be another thing."""
ROOM = 3
"""Pixels around an object that are looked at."""
LEAST = 1e-3
LEAST_TONE = 0.03
"""Departure from the surroundings that no look tells from none."""


def traits(objects: Sequence[Dated], shown: Shown, pixel_m: float) -> Floats:
    """Traits (object, `NAMES`) of the objects of one span.

    Args:
        shown: the whole site's.
        pixel_m: size of a pixel in metres.
    """
    beside = _beside(objects, max(1, round(BESIDE_M / pixel_m)))
    rows = [_row(d, shown, pixel_m, i in beside) for i, d in enumerate(objects)]
    return np.array(rows, float).reshape(-1, len(NAMES))


def _row(dated: Dated, shown: Shown, pixel_m: float, beside: bool) -> list[float]:
    blob = dated.blob
    window = tuple(
        slice(max(s.start - ROOM, 0), min(s.stop + ROOM, n))
        for s, n in zip(blob.window, shown.share.shape[1:], strict=True)
    )
    mask = placed(blob.mask, blob.window, (window[0], window[1]))
    shares = shown.share[(slice(None), *window)]
    own = shares[KINDS.index(blob.kind)]
    other = KINDS.index(EventKind.APPEARED if blob.kind is EventKind.ALTERED else EventKind.ALTERED)
    ring = ndimage.binary_dilation(mask, iterations=RING) & ~ndimage.binary_dilation(mask)
    points = np.argwhere(mask).astype(np.float32)
    _, sides, _ = cv2.minAreaRect(points)
    inside = cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, 5)
    removed = blob.kind is EventKind.REMOVED
    there, gone = dated.apart if removed else dated.apart[::-1]
    return [
        _logit(own[mask].mean()),
        _logit(own[mask].max()),
        float(shares[other][mask].mean()),
        _logit(own[ring].mean()) if ring.any() else _logit(0.0),
        float(np.log(2 * inside.max() - 1)),
        float(np.log(mask.sum())),
        float(mask.sum() / ((sides[0] + 1) * (sides[1] + 1))),
        float(beside),
        float(dated.parent is not None),
        *(float(np.log(np.linalg.norm(state) + LEAST_TONE)) for state in (there, gone)),
        float(np.log(np.abs(dated.after - dated.before).max() + LEAST)),
        float(np.log1p(max(np.nan_to_num(dated.gain), 0.0))),
        float(np.log(pixel_m / 3)),
        float(np.log(np.clip(len(dated.index), *LOOKS) / 16)),
        float(np.clip(dated.shade if removed else -dated.shade, -SHADOW, SHADOW)),
    ]


def _beside(objects: Sequence[Dated], reach: int) -> set[int]:
    """Positions of those that have a larger object of their kind within `reach` pixels."""
    blobs = [d.blob for d in objects]
    result = set()
    for i, j in close_pairs(blobs, reach):
        small, large = sorted((i, j), key=lambda k: int(blobs[k].mask.sum()))
        a, b = blobs[small], blobs[large]
        if a.kind is not b.kind or a.mask.sum() == b.mask.sum() or small in result:
            continue
        rows, cols = a.window
        window = (slice(rows.start - reach, rows.stop + reach), slice(cols.start - reach, cols.stop + reach))
        near = ndimage.binary_dilation(placed(a.mask, a.window, window), iterations=reach)
        if (near & placed(b.mask, b.window, window)).any():
            result.add(small)
    return result


def _logit(share: float) -> float:
    p = float(np.clip(share, LEAST, 1 - LEAST))
    return float(np.log(p / (1 - p)))

"""Roads and other lines that coarse pixels show in pieces.

A road about as wide as a pixel fills one where it runs through its middle and half of two where it runs between them,
so along it the network's share rises and falls, and what is cut out of the share is a row of dashes. Each of them is a
false event; together they are the road.
"""

import cv2
import numpy as np
import numpy.typing as npt
from scipy import ndimage

Points = npt.NDArray[np.intp]

GAP = 9
"""Pixels that may lie between two pieces of a line; `blobs` holds it."""
THIN = 2.5
"""Pixels of width that the line may have, its pixels counted whole: a slanting row of single ones has nearly two."""
LONG = 4.0
"""Times its width that it must be long."""
THREAD = 0.1
"""Share above which all pixels of some way from one piece to the other must lie: between things that only stand in a
row there is next to none."""


def in_line(first: Points, second: Points, share: npt.NDArray[np.float32], kinds: tuple[int, int]) -> bool:
    """True where two pieces are parts of one thin line on which the share never quite ends.

    Their common smallest rectangle decides, so neither needs to be long itself. How far apart they lie is not asked.

    Args:
        first: (n, 2) row and column of the pixels of one piece.
        second: (m, 2) of the other.
        share: (kind, y, x) of the site.
        kinds: positions of theirs in it.
    """
    points = np.concatenate([first, second])
    width, length = np.sort(cv2.minAreaRect(points.astype(np.float32))[1]) + 1
    if width > THIN or length < LONG * width:
        return False
    corner = points.min(axis=0)
    rows, cols = (slice(a, b + 1) for a, b in zip(corner, points.max(axis=0), strict=True))
    shown = share[list(kinds), rows, cols].max(axis=0) > THREAD
    shown[tuple((points - corner).T)] = True
    label, _ = ndimage.label(shown, np.ones((3, 3)))
    one, other = (label[tuple(p[0] - corner)] for p in (first, second))
    return bool(one == other)

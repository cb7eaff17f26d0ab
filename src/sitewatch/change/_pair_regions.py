"""From a mask to outlines in pixel coordinates."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from affine import Affine
from shapely import Polygon, make_valid
from shapely.geometry import shape

Mask = npt.NDArray[np.bool_]

TOLERANCE = 0.75
"""Pixels by which a simplified outline may leave the stairs of the pixels."""


def regions(mask: Mask, least_px: int, radius: int) -> Iterator[tuple[Polygon, Mask, tuple[slice, slice]]]:
    """Connected regions of at least `least_px` pixels after closing and opening by `radius`.

    Yields the outline as (column, row) with the upper left corner of the first pixel at (0, 0), the region's
    own mask and the window that it fills.
    """
    import cv2  # noqa: PLC0415
    from rasterio.features import shapes  # noqa: PLC0415
    from scipy import ndimage  # noqa: PLC0415

    tidy = mask.astype(np.uint8)
    if radius > 0:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
        closed = cv2.morphologyEx(tidy, cv2.MORPH_CLOSE, kernel)
        tidy = np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, kernel), np.uint8)
    labels, _ = ndimage.label(tidy)
    for label, window in enumerate(ndimage.find_objects(labels), start=1):
        own = labels[window] == label
        if own.sum() < least_px:
            continue
        origin = Affine.translation(window[1].start, window[0].start)
        parts = [
            Polygon(shape(g).exterior)
            for g, _ in shapes(own.astype(np.uint8), mask=own, transform=origin, connectivity=4)
        ]
        outline = make_valid(max(parts, key=lambda p: p.area).simplify(TOLERANCE))
        if outline.geom_type == "Polygon" and not outline.is_empty:
            yield outline, own, window

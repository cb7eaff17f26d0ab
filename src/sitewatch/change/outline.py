"""The outline of an object: the line along which it fades to half, in the grid's coordinates."""

from itertools import pairwise
from typing import cast

import contourpy
import numpy as np
import numpy.typing as npt
import shapely
from affine import Affine
from scipy import ndimage
from shapely import MultiPolygon, Polygon

from sitewatch.change.objects import MEMBER_LEVEL

Array = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Offsets = npt.NDArray[np.uint32]

SIMPLIFY = 0.2
"""Pixels by which corners may be cut."""
LEAST_PART = 0.5
"""Square pixels below which a part is left out, unless there is no larger one."""
ROOM = 2
"""Pixels around an object over which its share is counted."""
COVERED_WEIGHT = 2.0
"""What a covered pixel weighs beside an empty one in the network's training (`training/train.py`): of pixels of share s
it covers s / (2 - s)."""
SURE = 0.75
"""Quantile of an object's pixels at which it is taken to cover them whole."""

SHADE_PIXELS = 4
"""Pixels towards the sun in which something surer is looked for, whose shadow a pixel may be."""
SHADED = (0.1, 0.5)
"""By how much surer it must be, and the share of what is beyond that by which the pixel is less covered."""


def trace_outline(mask: Mask, membership: Array, affine: Affine) -> Polygon | MultiPolygon:
    """Outline of `mask` to a fraction of a pixel, from where `membership` crosses one half.

    Args:
        mask: (y, x) True inside.
        membership: (y, x) share of the full change.
        affine: from pixel (column, row) to coordinates.

    Returns:
        A valid, non-empty geometry; pixel (row, column) covers [column, column + 1] x [row, row + 1].
    """
    near = ndimage.binary_dilation(mask, np.ones((3, 3)))
    level = np.where(near, np.clip(membership, 0, 1), 0)
    # Filled holes and joined pieces belong inside whatever their own step says.
    level = np.where(mask, np.maximum(level, MEMBER_LEVEL + 0.05), np.minimum(level, MEMBER_LEVEL - 0.05))
    return _traced(level, MEMBER_LEVEL, affine)


def share_outline(
    mask: Mask, share: Array, affine: Affine, sunward: tuple[float, float] | None = None
) -> Polygon | MultiPolygon:
    """Outline of an object of the network: the line of equal share with the greatest expected IoU.

    Shares are taken as how much of each pixel is covered, relative to the object's surest pixels. Of all sets of
    pixels the one with the greatest expected intersection over union J holds those that are covered by more than
    J / (1 + J) (for Dice: Lipton et al. 2014, "Optimal thresholding of classifiers to maximize F1"). So a thin thing is
    not drawn as wide as its shares reach, nor a faint one as its peak alone.

    Args:
        mask: (y, x) pixels that belong to it.
        share: (y, x) the network's, 0 on other objects of the kind.
        affine: from pixel (column, row) to coordinates.
        sunward: unit vector (row, column) towards the sun, for things that stand in pixels fine enough to tell their
            shadow from them: what is less sure than what lies on its sunny side may be that one's shadow.

    Returns:
        As of `trace_outline`.
    """
    covered = share / (COVERED_WEIGHT - (COVERED_WEIGHT - 1) * share)
    covered = np.minimum(covered / np.quantile(covered[mask], SURE), 1)
    covered = np.where(ndimage.binary_dilation(mask, np.ones((3, 3)), iterations=ROOM), covered, 0)
    if sunward is not None:
        covered = _unshaded(covered, sunward)
    most = np.sort(covered[covered > 0])[::-1]
    inside = np.cumsum(most)
    overlap = float((inside / (inside[-1] + np.arange(1, len(most) + 1) - inside)).max())
    return _traced(covered, overlap / (1 + overlap), affine)


def _unshaded(covered: Array, sunward: tuple[float, float]) -> Array:
    steps = [(-k * sunward[0], -k * sunward[1]) for k in range(1, SHADE_PIXELS + 1)]
    sunny = np.max([ndimage.shift(covered, step, order=1) for step in steps], axis=0)
    margin, part = SHADED
    result: Array = np.maximum(covered - part * np.maximum(sunny - covered - margin, 0), 0)
    return result


def _traced(values: npt.NDArray[np.floating], level: float, affine: Affine) -> Polygon | MultiPolygon:
    """What lies above `level`."""
    generator = contourpy.contour_generator(z=np.pad(values, 1), fill_type=contourpy.FillType.OuterOffset)
    rings, offsets = cast(tuple[list[Floats], list[Offsets]], generator.filled(level, np.inf))
    parts = []
    for points, starts in zip(rings, offsets, strict=True):
        # sample (i, j) of the padded array is the centre of pixel (i - 1, j - 1)
        loops = [points[a:b] - 0.5 for a, b in pairwise(starts)]
        parts.append(Polygon(loops[0], loops[1:]))
    shape = shapely.make_valid(shapely.union_all(parts).simplify(SIMPLIFY))
    every = _polygons(shape)
    polygons = [p for p in every if p.area >= LEAST_PART] or [max(every, key=lambda p: p.area)]
    shape = MultiPolygon(polygons) if len(polygons) > 1 else polygons[0]
    return shapely.transform(shape, lambda xy: np.stack(_apply(affine, xy), axis=1))


def _apply(affine: Affine, xy: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], ...]:
    x, y = xy[:, 0], xy[:, 1]
    return affine.a * x + affine.b * y + affine.c, affine.d * x + affine.e * y + affine.f


def _polygons(shape: shapely.Geometry) -> list[Polygon]:
    if isinstance(shape, Polygon):
        return [shape]
    return [p for part in getattr(shape, "geoms", ()) for p in _polygons(part)]

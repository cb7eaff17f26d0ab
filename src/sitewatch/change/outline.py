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

Floats = npt.NDArray[np.float64]
Offsets = npt.NDArray[np.uint32]

SIMPLIFY = 0.3
"""Pixels by which corners may be cut."""


def trace_outline(
    mask: npt.NDArray[np.bool_], membership: npt.NDArray[np.float32], affine: Affine
) -> Polygon | MultiPolygon:
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
    padded = np.pad(level, 1)
    generator = contourpy.contour_generator(z=padded, fill_type=contourpy.FillType.OuterOffset)
    rings, offsets = cast(tuple[list[Floats], list[Offsets]], generator.filled(MEMBER_LEVEL, 2.0))
    parts = []
    for points, starts in zip(rings, offsets, strict=True):
        # sample (i, j) of the padded array is the centre of pixel (i - 1, j - 1)
        loops = [points[a:b] - 0.5 for a, b in pairwise(starts)]
        parts.append(Polygon(loops[0], loops[1:]))
    shape = shapely.make_valid(shapely.union_all(parts).simplify(SIMPLIFY))
    every = _polygons(shape)
    polygons = [p for p in every if p.area >= 0.5] or [max(every, key=lambda p: p.area)]
    shape = MultiPolygon(polygons) if len(polygons) > 1 else polygons[0]
    return shapely.transform(shape, lambda xy: np.stack(_apply(affine, xy), axis=1))


def _apply(affine: Affine, xy: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], ...]:
    x, y = xy[:, 0], xy[:, 1]
    return affine.a * x + affine.b * y + affine.c, affine.d * x + affine.e * y + affine.f


def _polygons(shape: shapely.Geometry) -> list[Polygon]:
    if isinstance(shape, Polygon):
        return [shape]
    return [p for part in getattr(shape, "geoms", ()) for p in _polygons(part)]

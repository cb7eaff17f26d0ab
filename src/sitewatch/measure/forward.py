"""What an image shows of a box-shaped building: its roof, the wall that is seen beside it, its shadow, the ground.

A box of length, width and height stands on level ground. The view moves its roof by the lean, the sun throws its
shadow; both follow from the height and the angles of the scene. Areas are exact on cells of a part of a pixel, then
seen through the point spread (`optics`).
"""

from dataclasses import dataclass
from functools import lru_cache
from math import cos, sin

import numpy as np
import numpy.typing as npt

from sitewatch import optics

Floats = npt.NDArray[np.float64]

CELLS = 2
"""Cells along a pixel on which areas are exact. Half a pixel adds 0.02 px² to the point spread's variance, which the
fitted point spread takes up."""
STEPS = np.array([0.02, 0.02, 0.004, 0.004, 0.002, 0.02])
"""Steps of numeric derivatives: shift right and down (pixels), log length, log width, turn (rad), log height."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box on the plane of the site's grid."""

    x: float
    """Centre, metres east."""
    y: float
    """Metres north."""
    length: float
    """Metres on the plane."""
    width: float
    """Metres on the plane."""
    turn: float
    """Direction of the length, radians counterclockwise from east."""
    height: float
    """Metres."""

    @property
    def corners(self) -> Floats:
        """(4, 2) of the outline, counterclockwise, metres."""
        along = np.array([cos(self.turn), sin(self.turn)])
        across = np.array([-along[1], along[0]])
        half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2
        result: Floats = (
            np.array([self.x, self.y]) + half[:, :1] * self.length * along + half[:, 1:] * self.width * across
        )
        return result


@dataclass(frozen=True, slots=True)
class Placed:
    """How one image looks at the plane."""

    to_pixels: Floats
    """(2, 3): (column, row) of the window from (x, y, 1) in metres of the plane."""
    shape: tuple[int, int]
    """Rows and columns of the window."""
    shadow: tuple[float, float] | None
    """Where the shadow of something one metre high falls, metres (x, y) of the plane; None where the sun is not
    known."""
    lean: tuple[float, float] | None
    """By how much something one metre high leans, in the same way; None where the view is not known."""

    def pixels(self, points: Floats) -> Floats:
        """(n, 2) points of the plane as (column, row)."""
        result: Floats = points @ self.to_pixels[:, :2].T + self.to_pixels[:, 2]
        return result


def swept(corners: Floats, step: Floats) -> Floats:
    """Ring of the ground that a convex polygon, counterclockwise, covers on its way along `step`."""
    points, (right, up) = corners.tolist(), step.tolist()
    count = len(points)
    moved = []
    for i in range(count):
        (x0, y0), (x1, y1) = points[i], points[(i + 1) % count]
        moved.append((y1 - y0) * right - (x1 - x0) * up > 0)
    ring = []
    for i, (x, y) in enumerate(points):
        for go in dict.fromkeys((moved[i - 1], moved[i])):
            ring.append((x + right, y + up) if go else (x, y))
    return np.array(ring)


def layers(boxes: list[tuple[Box, Floats]], placed: Placed) -> npt.NDArray[np.float32]:
    """(n, 4, rows, columns) of cells: shares of the roof, its half on the left of its length, wall, visible shadow.

    Args:
        boxes: each with a shift (right, down) of the image in pixels.
    """
    rows, cols = placed.shape
    window = (slice(0, rows * CELLS), slice(0, cols * CELLS))
    outlines = []
    linear = placed.to_pixels[:, :2]
    lean, fall = (linear @ np.array(v or (0.0, 0.0)) for v in (placed.lean, placed.shadow))
    mirrored = float(np.linalg.det(linear)) < 0
    for box, shift in boxes:
        corners = placed.pixels(box.corners) + shift
        foot = corners[::-1] if mirrored else corners
        roof = foot + lean * box.height
        half = np.array([(roof[0] + roof[3]) / 2, (roof[1] + roof[2]) / 2, roof[2], roof[3]])
        for ring in (roof, half, swept(foot, lean * box.height), swept(foot, fall * box.height)):
            outlines.append([np.concatenate([ring, ring[:1]]) * CELLS])
    flat = np.array(optics.coverages(outlines, [window] * len(outlines)), np.float32)
    covered = flat.reshape(len(boxes), 4, rows * CELLS, cols * CELLS)
    top, left, body, fallen = covered[:, 0], covered[:, 1], covered[:, 2], covered[:, 3]
    return np.stack([top, left, body - top, np.maximum(fallen - body, 0)], axis=1)


def seen(cells: npt.NDArray[np.float32], sigma: float) -> npt.NDArray[np.float32]:
    """(..., rows, columns) of pixels from cells, through a point spread of `sigma` pixels."""
    rows, cols = cells.shape[-2] // CELLS, cells.shape[-1] // CELLS
    down, across = _spread(rows, sigma), _spread(cols, sigma)
    return np.asarray(down @ cells @ across.T, np.float32)


@lru_cache(maxsize=256)
def _spread(pixels: int, sigma: float) -> npt.NDArray[np.float32]:
    """Weights (pixels, cells) as of `optics.sampling_matrix`, with nothing beyond the window."""
    reach = pixels * CELLS
    border = (np.arange(-reach, reach + 1) - CELLS / 2) / CELLS
    weight = np.diff(optics.edge_response(border, sigma))
    cell = np.arange(reach)[None] - CELLS * np.arange(pixels)[:, None]
    result: npt.NDArray[np.float32] = weight[cell + reach].astype(np.float32)
    return result

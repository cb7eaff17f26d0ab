"""What an image shows of a building with straight walls of any number: roof, wall seen beside it, shadow, ground.

The outline is a ring of sides; each has a fixed direction relative to the others and can move along its normal. Roof,
body and shadow are drawn with exact areas on cells of half a pixel, then seen through the point spread (`optics`).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import shapely
from shapely import Polygon

from sitewatch import optics
from sitewatch.errors import DataError
from sitewatch.measure.forward import Placed

Floats = npt.NDArray[np.float64]
Image = npt.NDArray[np.float32]

CELLS = 2
"""Cells along a pixel on which areas are exact."""
STRAIGHT_DEG = 4.0
"""Sides that differ by less in direction count as one."""


@dataclass(frozen=True, slots=True)
class Walls:
    """An outline on the plane of the site's grid, and the height of what stands on it."""

    x: float
    """Of the point that distances are taken from, metres east."""
    y: float
    """Metres north."""
    turn: float
    """By how much all sides are turned, radians counterclockwise."""
    facing: Floats
    """(n,) direction that each side looks out to, radians counterclockwise from east before the turn."""
    reach: Floats
    """(n,) distance of each side from the point, metres."""
    height: float
    """Metres."""

    @property
    def normals(self) -> Floats:
        """(n, 2) pointing outward."""
        angle = self.facing + self.turn
        return np.column_stack([np.cos(angle), np.sin(angle)])

    @property
    def corners(self) -> Floats:
        """(n, 2) on the plane, counterclockwise; corner i lies between side i and the next."""
        one, a = self.normals, self.reach
        two, b = np.roll(one, -1, axis=0), np.roll(a, -1)
        cross = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
        x = (a * two[:, 1] - b * one[:, 1]) / cross
        y = (b * one[:, 0] - a * two[:, 0]) / cross
        return np.column_stack([self.x + x, self.y + y])

    @property
    def lengths(self) -> Floats:
        """(n,) of the sides, metres; below 0 for one that runs backwards: then the outline crosses itself."""
        corner, normal = self.corners, self.normals
        step = corner - np.roll(corner, 1, axis=0)
        result: Floats = step[:, 1] * normal[:, 0] - step[:, 0] * normal[:, 1]
        return result

    @property
    def outline(self) -> Polygon:
        return Polygon(self.corners)


def walls_of(outline: Polygon, height: float) -> Walls:
    """The sides of an outline without its holes; those that go on in nearly the same direction are one.

    Raises:
        DataError: fewer than three sides are left.
    """
    ring = shapely.get_coordinates(shapely.orient_polygons(Polygon(outline.exterior)))[:-1]
    x, y = (float(v) for v in ring.mean(axis=0))
    while len(ring) > 2:
        step = ring - np.roll(ring, 1, axis=0)
        angle = np.arctan2(step[:, 1], step[:, 0])
        bend = np.abs((np.roll(angle, -1) - angle + np.pi) % (2 * np.pi) - np.pi)
        worst = int(bend.argmin())
        if bend[worst] >= np.radians(STRAIGHT_DEG):
            break
        ring = np.delete(ring, worst, axis=0)
    if len(ring) < 3:
        raise DataError("the outline has fewer than three sides; expected a polygon of some area")
    facing = angle - np.pi / 2
    normal = np.column_stack([np.cos(facing), np.sin(facing)])
    return Walls(x, y, 0.0, facing, ((ring - [x, y]) * normal).sum(axis=1), height)


def swept(corners: Floats, step: Floats) -> list[Floats]:
    """Closed rings, counterclockwise like `corners`, that together cover what an outline passes on its way along
    `step`; they overlap."""
    follower = np.roll(corners, -1, axis=0)
    side = follower - corners
    result = [np.vstack([corners, corners[:1]])]
    for a, b, (dx, dy) in zip(corners, follower, side, strict=True):
        if dy * step[0] - dx * step[1] > 0:
            result.append(np.array([a, a + step, b + step, b, a]))
    return result


def layers(shapes: list[Walls], shift: Floats, placed: Placed) -> Image:
    """(shape, 3, rows, columns) of cells: shares of the roof, the visible wall, the visible shadow.

    Args:
        shift: (2,) of the image right and down, pixels.
    """
    rows, cols = placed.shape
    linear = placed.to_pixels[:, :2]
    lean, fall = (linear @ np.array(v or (0.0, 0.0)) for v in (placed.lean, placed.shadow))
    mirrored = float(np.linalg.det(linear)) < 0
    outlines = []
    for walls in shapes:
        foot = placed.pixels(walls.corners) + shift
        foot = foot[::-1] if mirrored else foot
        up, away = lean * walls.height, fall * walls.height
        roof = foot + up
        outlines.append([np.vstack([roof, roof[:1]]) * CELLS])
        outlines.append([ring * CELLS for ring in swept(foot, up)])
        outlines.append([ring * CELLS for ring in swept(foot, away)])
    window = (slice(0, rows * CELLS), slice(0, cols * CELLS))
    flat = np.array(optics.coverages(outlines, [window] * len(outlines)), np.float32)
    roof, body, fallen = flat.reshape(len(shapes), 3, rows * CELLS, cols * CELLS).transpose(1, 0, 2, 3)
    return np.stack(
        [roof, np.maximum(body - roof, 0), np.maximum(fallen - np.maximum(body, roof), 0)], axis=1
    )


def seen(cells: Image, sigma: float) -> Image:
    """(..., rows, columns) of pixels from cells, through a point spread of `sigma` pixels."""
    rows, cols = cells.shape[-2] // CELLS, cells.shape[-1] // CELLS
    return np.asarray(_spread(rows, sigma) @ cells @ _spread(cols, sigma).T, np.float32)


@lru_cache(maxsize=64)
def _spread(pixels: int, sigma: float) -> Image:
    """Weights (pixels, cells) as of `optics.sampling_matrix`, with nothing beyond the window."""
    reach = pixels * CELLS
    border = (np.arange(-reach, reach + 1) - CELLS / 2) / CELLS
    weight = np.diff(optics.edge_response(border, sigma))
    cell = np.arange(reach)[None] - CELLS * np.arange(pixels)[:, None]
    return np.asarray(weight[cell + reach], np.float32)

"""Straight sides of rings, thousands of rings at once: arrays with one column a side.

The border is cut into sides by D. H. Douglas and T. K. Peucker, Cartographica 10 (1973). Of the border that each side
stands for its moments are kept, from which its line follows by least squares.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]

CUT = 1.25
"""Tolerance of the cut into sides, pixels: corners of pixels along a slanted edge fill a band of 1 to 1.4."""
CORNERS = 16_000
"""Corners cut at once: few enough to stay in the processor's cache, and arrays so small that their memory is used again
rather than asked of the system each time."""


@dataclass(frozen=True)
class Sides:
    """Straight sides of rings, by ring and in order around it, counterclockwise."""

    ring: Ints
    way: Ints
    """Quarter turns from the main direction, 0 to 3; -1 where slanted."""
    moments: Floats
    """(6, n) of the border that each stands for: length, and length-weighted x, y, xx, xy, yy."""

    def only(self, kept: Bools) -> "Sides":
        return Sides(self.ring[kept], self.way[kept], self.moments[:, kept])

    @cached_property
    def first(self) -> Ints:
        """Position of the first side of each ring."""
        return np.flatnonzero(starts(self.ring))

    @cached_property
    def last(self) -> Ints:
        """Position of the last side of each ring."""
        return np.append(self.first[1:], len(self.ring))[: len(self.first)] - 1

    @cached_property
    def count(self) -> Ints:
        """Sides of each ring."""
        return self.last - self.first + 1

    @cached_property
    def around(self) -> tuple[Ints, Ints]:
        """Positions of the side before and of the next side of the same ring."""
        n = len(self.ring)
        before, following = np.arange(-1, n - 1), np.arange(1, n + 1)
        before[self.first], following[self.last] = self.last, self.first
        return before, following


def starts(ring: Ints) -> Bools:
    """(n,) whether each differs from the one before it."""
    result = np.ones(len(ring), np.bool_)
    np.not_equal(ring[1:], ring[:-1], out=result[1:])
    return result


def cut_rings(flat: Shapes, origin: Floats, size: Floats) -> tuple[Sides, Floats, Floats]:
    """Sides between the corners that a simplified ring keeps, the (2, n) way each goes, and the rings' areas.

    Args:
        flat: (rings,) polygons without holes.
        origin: (rings, 2) of the plane, near each ring; the sides' moments are about it.
        size: (rings,) side of a pixel, in the units of the plane.
    """
    filled = np.cumsum(shapely.get_num_coordinates(flat)) // CORNERS
    edges = np.append(np.flatnonzero(starts(filled)), len(flat))
    pieces = [_cut_few(flat[a:b], origin[a:b], size[a:b]) for a, b in itertools.pairwise(edges)]
    ring = np.concatenate([piece[0] + a for piece, a in zip(pieces, edges, strict=False)])
    moments, along = (np.concatenate([piece[k] for piece in pieces], axis=1) for k in (1, 2))
    return Sides(ring, np.zeros_like(ring), moments), along, np.concatenate([piece[3] for piece in pieces])


def _cut_few(flat: Shapes, origin: Floats, size: Floats) -> tuple[Ints, Floats, Floats, Floats]:
    """Each side's ring, moments and way, and the rings' areas."""
    raw, count = shapely.get_coordinates(flat), shapely.get_num_coordinates(flat)
    n, of = len(raw), np.repeat(np.arange(len(flat)), count)
    end = np.cumsum(count) - 1
    begin = end - count + 1
    # around each ring's own corner: squares of map coordinates would lose the digits
    x, y = raw[:, 0] - np.repeat(origin[:, 0], count), raw[:, 1] - np.repeat(origin[:, 1], count)
    step_x, step_y, area = _steps(x, y, begin, end)
    if (clockwise := area < 0).any():
        order = np.arange(n)
        order = np.where(clockwise[of], begin[of] + end[of] - order, order)
        x, y = x[order], y[order]
        step_x, step_y, area = _steps(x, y, begin, end)
    numbered = np.stack([x, y, np.arange(n, dtype=np.float64)], axis=1)
    # a ring that does not end where it begins, number and all, would be closed again, slowly
    numbered[end, 2] = begin
    plain = shapely.simplify(shapely.linearrings(numbered, indices=of), CUT * size, preserve_topology=False)
    kept, ring = shapely.get_coordinates(plain, include_z=True, return_index=True)
    # the last corner of a ring is its first again
    fresh = np.flatnonzero(ring[1:] == ring[:-1])
    cut = np.zeros(n, np.bool_)
    cut[kept[fresh, 2].astype(np.int64)] = True
    # of what is far smaller than a pixel nothing is kept
    held = np.zeros(len(begin), np.bool_)
    held[of[cut]] = True
    cut[begin[~held]] = True
    ring = of[cut]
    opens = cut.copy()
    opens[begin] = True
    place = np.flatnonzero(opens)
    x += step_x / 2
    y += step_y / 2
    moments = np.stack([np.add.reduceat(m, place) for m in moments_of(x, y, step_x, step_y)])
    along = np.stack([np.add.reduceat(step_x, place), np.add.reduceat(step_y, place)])
    if len(place) > len(ring):
        # what lies before the first corner kept belongs to the last side of the ring
        last = np.append(np.flatnonzero(ring[1:] != ring[:-1]), len(ring) - 1)
        whole, target = cut[place], last[of[place[~cut[place]]]]
        more, further = moments[:, ~whole], along[:, ~whole]
        moments, along = moments[:, whole], along[:, whole]
        moments[:, target] += more
        along[:, target] += further
    return ring, moments, along, area


def _steps(x: Floats, y: Floats, begin: Ints, end: Ints) -> tuple[Floats, Floats, Floats]:
    """Steps to the next corner, 0 from the last of each ring, and the rings' areas, below 0 where clockwise."""
    dx, dy = np.empty_like(x), np.empty_like(y)
    np.subtract(x[1:], x[:-1], out=dx[:-1])
    np.subtract(y[1:], y[:-1], out=dy[:-1])
    dx[end] = dy[end] = 0
    return dx, dy, np.add.reduceat(x * dy - y * dx, begin) / 2


def moments_of(x: Floats, y: Floats, dx: Floats, dy: Floats) -> Iterator[Floats]:
    """Six (n,) of straight pieces around (x, y): second moments are exact, a twelfth of the square along each.

    One after the other, that they may be summed while they are in the processor's cache.
    """
    square_x, square_y = dx * dx, dy * dy
    length = np.sqrt(square_x + square_y)
    yield length
    along_x, along_y = length * x, length * y
    yield along_x
    yield along_y
    twelfth = length / 12
    yield along_x * x + twelfth * square_x
    yield along_x * y + twelfth * dx * dy
    yield along_y * y + twelfth * square_y

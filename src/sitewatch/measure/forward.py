"""What an image shows of a box-shaped building: its roof, the wall that is seen beside it, its shadow, the ground.

A box of length, width and height stands on level ground. The view moves its roof by the lean, the sun throws its
shadow; both follow from the height and the angles of the scene. Each part is made of parallelograms seen through the
point spread, in closed form: the pixel's square and the optics together count as one Gaussian of the same variance.
That differs from the exact response at an edge by at most 0.6 % of its contrast for optics from 0.3 pixels up, alike on
both sides, so that edges stay where they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, log, sin

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Image = npt.NDArray[np.float32]
Complex = npt.NDArray[np.complex128]

SQUARE = 1 / 12
"""Variance of a pixel's own square, pixels²."""
PARTS = ("roof", "half", "wall", "shadow")
"""What is rendered: the roof, its half on the left of its length, the wall, the visible shadow."""
STEPS = np.array([1e-3, 1e-3, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4])
"""Steps of numeric derivatives of the corners, not of pixels: shift right and down (pixels), log length, log width,
turn (rad), log height, log sigma."""
SIDES = np.array([1.0, -1.0, 1.0, -1.0])
INWARD = np.array([1.0, -1.0])[:, None, None]
STEPPED = np.vstack([np.zeros(7), np.diag(STEPS)])
"""A state as it is, and after each of the steps."""
TINY = 1e-9
AT_ONCE = 1300
"""Pixels of all boxes together; with more, arrays no longer come from memory that was used before."""
LEAST_SLANT = 0.02
"""Cosine between the sides of a parallelogram below which it counts as a rectangle."""


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


def shown(
    box: Box, shift: Floats, log_sigma: float, placed: Placed, points: Image, *, slopes: bool = True
) -> tuple[Image, Image | None]:
    """Shares of the parts of a box in an image, seen at points, and their derivatives.

    Args:
        box: on the plane.
        shift: (2,) of the image right and down, pixels.
        log_sigma: logarithm of the point spread of the optics, pixels.
        placed: how the image looks at the plane.
        points: (3, n) of 1, column, row of the centres of pixels.
        slopes: whether derivatives are wanted.

    Returns:
        (4, n) of `PARTS`, and (7, 4, n): by shift right and down, log length, log width, turn, log height, log sigma.
    """
    parts, moved = shown_all([numbers(box, shift, log_sigma, placed)], placed, points, slopes=slopes)
    return parts[0], None if moved is None else moved[0]


def numbers(box: Box, shift: Floats, log_sigma: float, placed: Placed) -> tuple[float, ...]:
    """A box as one image has it: column and row of its middle, log length, log width, turn, log height, log sigma."""
    (a, b, c), (d, e, f) = placed.to_pixels.tolist()
    right, down = shift.tolist()
    col, row = a * box.x + b * box.y + c + right, d * box.x + e * box.y + f + down
    return col, row, log(box.length), log(box.width), box.turn, log(box.height), log_sigma


def shown_all(
    boxes: Sequence[tuple[float, ...]], placed: Placed, points: Image, *, slopes: bool = True
) -> tuple[Image, Image | None]:
    """As `shown`, of several boxes, each by its `numbers`: (box, 4, n) and (box, 7, 4, n)."""
    states = np.array(boxes)[:, None]
    edges, slant = _edges(states + STEPPED if slopes else states, placed)
    count, n = len(boxes), points.shape[1]
    parts = np.empty((count, len(PARTS), n), np.float32)
    moved = np.empty((count, len(STEPS), len(PARTS), n), np.float32) if slopes else None
    # so many at once that what is worked on stays near the processor
    few = max(1, AT_ONCE // max(n, 1))
    for at in (slice(k, k + few) for k in range(0, count, few)):
        _paint(edges[at], slant[at], points, parts[at], None if moved is None else moved[at])
    return parts, moved


def _paint(edges: Floats, slant: Floats, points: Image, parts: Image, moved: Image | None) -> None:
    """Fill in (box, 4, n) parts and their (box, 7, 4, n) derivatives, from what `_edges` tells."""
    count, n = len(edges), points.shape[1]
    # distances inside of the sides, in sigmas
    z = (edges[:, :, 0].reshape(-1, 3).astype(np.float32) @ points).reshape(count, 6, 4, n)
    below, dense = _normal(z)
    along, across = below[:, :, 0] - below[:, :, 1], below[:, :, 2] - below[:, :, 3]
    share = along * across
    first = 0 if (np.abs(slant[:, :2]) > LEAST_SLANT).any() else 2
    share[:, first:] += _skew(z[:, first:], dense[:, first:], slant[:, first:, None].astype(np.float32))
    parts[:, :2] = share[:, :2]
    np.add(share[:, 2::2], share[:, 3::2], out=parts[:, 2:])
    if moved is None:
        return
    dense[:, :, :2] *= across[:, :, None]
    dense[:, :, 2:] *= along[:, :, None]
    # a side moves by a linear function of the place: three numbers for each side and parameter
    by = (edges[:, :, 1:] - edges[:, :, :1]) * (SIDES / STEPS[:, None])[..., None]
    flat = (dense[..., None, :] * points).reshape(count, 6, 12, n)
    slope = by.reshape(count, 6, len(STEPS), 12).astype(np.float32) @ flat
    by_part = moved.swapaxes(1, 2)
    by_part[:, :2] = slope[:, :2]
    np.add(slope[:, 2::2], slope[:, 3::2], out=by_part[:, 2:])


def _parallelograms() -> Complex:
    """The six parallelograms: roof, half, two walls, two shadows.

    Returns:
        (2, 2, 2, 2, 18, 7): their first corners, then their second sides, then their first sides; each as how often it
        has middle, lean, fall, half of the length, half of the width, and what the body hides of the shadow's fall
        beyond the length and beyond the width. By whether the walls seen beyond length and width, and the shadows
        there, lie at its end (1) or its start (0).
    """
    middle, lean, fall, long, wide, *hidden = np.eye(7)
    table = np.empty((2, 2, 2, 2, 18, 7), np.complex128)
    for case in np.ndindex(2, 2, 2, 2):
        out = [v if end else -v for v, end in zip((long, wide) * 2, case, strict=True)]
        side = (wide, long) * 2
        first = [middle + o - s for o, s in zip(out, side, strict=True)]
        table[case] = [
            middle + lean - long - wide, middle + lean - long, *first[:2], first[2] + hidden[0], first[3] + hidden[1],
            2 * wide, wide, lean - TINY * out[0], lean - TINY * out[1],
            fall - hidden[0] + TINY * out[2], fall - hidden[1] + TINY * out[3],
            2 * long, 2 * long, *(2 * s for s in side),
        ]  # fmt: skip
    return table


PARALLELOGRAMS = _parallelograms()


def _edges(states: Floats, placed: Placed) -> tuple[Floats, Floats]:
    """Sides of the six parallelograms of some boxes: roof, half, two walls, two shadows.

    Places and directions are complex numbers, column + i row.

    Args:
        states: (box, n, 7), the `numbers` of each box, and then as they are a little further on.

    Returns:
        (box, 6, n, 4, 3): coefficients of (1, column, row) for the distance to each side, in sigmas; and (box, 6)
        cosine between the two directions of sides.
    """
    count, n, _ = states.shape
    col, row, _, _, turn, _, _ = states = np.moveaxis(states, -1, 0)
    length, width, _, height, blur = np.exp(states[2:])
    c, s = np.cos(turn) / 2, np.sin(turn) / 2
    (a, b, _), (d, e, _) = placed.to_pixels.tolist()
    east, north = complex(a, d), complex(b, e)
    vectors = np.empty((count, 7, n), np.complex128)
    _, lean, fall, long, wide, _, _ = vectors.swapaxes(0, 1)
    vectors.real[:, 0], vectors.imag[:, 0] = col, row
    for v, step in ((lean, placed.lean), (fall, placed.shadow)):
        v[:] = height * (east * step[0] + north * step[1]) if step else 0
    long[:] = (east * c + north * s) * length
    wide[:] = (north * c - east * s) * width
    side = vectors[:, 4:2:-1].conj()
    outward = (side * vectors[:, 3:5]).imag
    leaning, falling = (side * lean[:, None]).imag * outward, (side * fall[:, None]).imag * outward
    # which of two sides looks along the lean, and along the shadow, told by the box that is not moved
    far, front = leaning[..., :1] <= 0, falling[..., :1] > 0
    # a body that leans over its shadow hides the part beside it
    along = np.where(front, 1.0, -1.0)
    hidden = leaning * along / np.maximum(falling * along, TINY)
    vectors[:, 5:] = np.minimum(np.maximum(hidden, 0.0), 1.0) * fall[:, None]
    case = np.concatenate([far, front], axis=1)[..., 0].T.astype(np.intp)
    corners = PARALLELOGRAMS[tuple(case)] @ vectors
    origin, ways = corners[:, None, :6], corners[:, 6:].reshape(count, 2, 6, n)
    cross = (ways[:, 1].conj() * ways[:, 0]).imag[:, None]
    sigma = np.sqrt(blur * blur + SQUARE)[:, None, None]
    size = np.abs(ways) * sigma
    normal = ways * (np.where(cross < 0, 1j, -1j) * INWARD / size)
    edges = np.empty((count, 6, n, 2, 2, 3))
    lines = edges.transpose(5, 4, 0, 3, 1, 2)
    lines[1], lines[2] = normal.real, normal.imag
    lines[0, 0] = -(normal.conj() * origin).real
    lines[0, 1] = lines[0, 0] - np.abs(cross) / size
    still = normal[..., 0]
    slant = (still[:, 0] * still[:, 1].conj()).real * sigma[:, 0, :, 0] ** 2
    return edges.reshape(count, 6, n, 4, 3), slant


def _normal(z: Image) -> tuple[Image, Image]:
    """Distribution function and density of the standard normal, to 3e-7 (M. Abramowitz and I. Stegun, Handbook of
    Mathematical Functions, 1964, 26.2.17): several times faster than an exact one."""
    dense = z * z
    dense *= np.float32(-0.5)
    np.exp(dense, out=dense)
    dense *= np.float32(0.3989422804)
    t = np.abs(z)
    t *= np.float32(0.2316419)
    t += np.float32(1)
    np.reciprocal(t, out=t)
    below = t * np.float32(1.330274429)
    for term in (-1.821255978, 1.781477937, -0.356563782, 0.319381530):
        below += np.float32(term)
        below *= t
    below *= dense
    # half of the whole less what lies beyond, on either side of the middle
    np.subtract(np.float32(0.5), below, out=below)
    np.copysign(below, z, out=below)
    below += np.float32(0.5)
    return below, dense


def _skew(z: Image, dense: Image, lean: Image) -> Image:
    """What the corners of parallelograms add to the products of their two strips: the first terms of the tetrachoric
    series (K. Pearson, Phil. Trans. R. Soc. A 195, 1900)."""
    once = z * dense
    twice = z * once
    twice -= dense
    result = np.zeros(z[..., 0, :].shape, np.float32)
    for part, factor in ((dense, lean), (once, lean**2 / 2), (twice, lean**3 / 6)):
        differ = part[..., ::2, :] - part[..., 1::2, :]
        result += factor * (differ[..., 0, :] * differ[..., 1, :])
    return result

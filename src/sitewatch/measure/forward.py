"""What an image shows of a box-shaped building: its roof, the wall that is seen beside it, its shadow, the ground.

A box of length, width and height stands on level ground. The view moves its roof by the lean, the sun throws its
shadow; both follow from the height and the angles of the scene. Each part is made of parallelograms seen through the
point spread, in closed form: the pixel's square and the optics together count as one Gaussian of the same variance.
That differs from the exact response at an edge by at most 0.6 % of its contrast for optics from 0.3 pixels up, alike on
both sides, so that edges stay where they are.
"""

from dataclasses import dataclass
from math import cos, sin

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Image = npt.NDArray[np.float32]

SQUARE = 1 / 12
"""Variance of a pixel's own square, pixels²."""
PARTS = ("roof", "half", "wall", "shadow")
"""What is rendered: the roof, its half on the left of its length, the wall, the visible shadow."""
STEPS = np.array([1e-3, 1e-3, 1e-4, 1e-4, 1e-4, 1e-4, 1e-4])
"""Steps of numeric derivatives of the corners, not of pixels: shift right and down (pixels), log length, log width,
turn (rad), log height, log sigma."""
SIDES = np.array([1.0, -1.0, 1.0, -1.0])
LEFT = np.array([[1.0], [-1.0]])
TINY = 1e-9
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
    state = np.array([*_centre(box, shift, placed), np.log(box.length), np.log(box.width), box.turn,
                      np.log(box.height), log_sigma])  # fmt: skip
    states = np.vstack([state, state + np.diag(STEPS)]) if slopes else state[None]
    edges, lean = _edges(states, placed)
    # distances inside of the sides, in sigmas
    z = (edges[0].reshape(24, 3).astype(np.float32) @ points).reshape(6, 4, -1)
    below, dense = _normal(z)
    along, across = below[:, 0] - below[:, 1], below[:, 2] - below[:, 3]
    share = along * across
    slanted = np.abs(lean) > LEAST_SLANT
    if slanted.any():
        share[slanted] += _skew(z[slanted], dense[slanted], lean[slanted, None].astype(np.float32))
    parts = np.empty((4, share.shape[1]), np.float32)
    parts[:2], parts[2], parts[3] = share[:2], share[2] + share[3], share[4] + share[5]
    if not slopes:
        return parts, None
    dense[:, :2] *= across[:, None]
    dense[:, 2:] *= along[:, None]
    # a side moves by a linear function of the place: three numbers for each side and parameter
    moved = (edges[1:] - edges[0]) * (SIDES / STEPS[:, None, None])[..., None]
    flat = (dense[:, :, None] * points).reshape(6, 12, -1)
    slope = np.matmul(moved.transpose(1, 0, 2, 3).reshape(6, 7, 12).astype(np.float32), flat)
    result = np.empty((len(STEPS), *parts.shape), np.float32)
    result[:, 0], result[:, 1], result[:, 2], result[:, 3] = (
        slope[0], slope[1], slope[2] + slope[3], slope[4] + slope[5]
    )  # fmt: skip
    return parts, result


def _centre(box: Box, shift: Floats, placed: Placed) -> Floats:
    a = placed.to_pixels
    result: Floats = a[:, 0] * box.x + a[:, 1] * box.y + a[:, 2] + shift
    return result


def _edges(states: Floats, placed: Placed) -> tuple[Floats, Floats]:
    """Sides of the six parallelograms of some boxes: roof, half, two walls, two shadows.

    Returns:
        (box, 6, 4, 3): coefficients of (1, column, row) for the distance to each side, in sigmas; and (6,) cosine
        between the two directions of sides, of the first box.
    """
    n = len(states)
    linear = placed.to_pixels[:, :2]
    turn, height = states[:, 4], np.exp(states[:, 5])
    c, s = np.cos(turn), np.sin(turn)
    out = np.array([[c, s], [-s, c]]).transpose(2, 0, 1) @ linear.T
    out *= np.exp(states[:, 2:4])[:, :, None] / 2  # half of the length and half of the width
    side = out[:, ::-1]
    a, b = out[:, 0], out[:, 1]
    middle = states[:, :2]
    lean, fall = (
        height[:, None] * (linear @ np.array(v or (0.0, 0.0))) for v in (placed.lean, placed.shadow)
    )
    corners = np.empty((3, n, 6, 2))
    origin, one, two = corners
    origin[:, 0], one[:, 0], two[:, 0] = middle + lean - a - b, 2 * a, 2 * b
    origin[:, 1], one[:, 1], two[:, 1] = middle + lean - a, 2 * a, b
    normal = np.empty_like(out)
    normal[..., 0], normal[..., 1] = side[..., 1], -side[..., 0]
    normal *= np.sign(normal[0, 0, 0] * a[0, 0] + normal[0, 0, 1] * a[0, 1]) * LEFT
    leaning, falling = (normal @ lean[:, :, None])[..., 0], (normal @ fall[:, :, None])[..., 0]
    # which of two sides looks along the lean, and along the shadow, told by the box that is not moved
    far = np.where(leaning[0] > 0, -1.0, 1.0)[:, None]
    front = np.where(falling[0] > 0, 1.0, -1.0)[:, None]
    one[:, 2:4] = one[:, 4:] = 2 * side
    origin[:, 2:4] = middle[:, None] + far * out - side
    two[:, 2:4] = lean[:, None] - far * TINY * out
    # a body that leans over its shadow hides the part beside it
    hidden = leaning * front[:, 0] / np.maximum(falling * front[:, 0], TINY)
    hidden = np.minimum(np.maximum(hidden, 0.0), 1.0)[..., None]
    origin[:, 4:] = middle[:, None] + front * out - side + hidden * fall[:, None]
    two[:, 4:] = (1 - hidden) * fall[:, None] + front * TINY * out
    cross = one[..., 0] * two[..., 1] - one[..., 1] * two[..., 0]
    turned = np.where(cross < 0, -1.0, 1.0)
    sigma = np.sqrt(np.exp(2 * states[:, 6]) + SQUARE)[:, None]
    long, wide = np.hypot(corners[1:, ..., 0], corners[1:, ..., 1])
    edges = np.empty((n, 6, 4, 3))
    for k, (way, length) in enumerate(((two, wide), (one, -long))):
        scale = turned / (length * sigma)
        near = edges[..., 2 * k, :]
        near[..., 1] = way[..., 1] * scale
        near[..., 2] = -way[..., 0] * scale
        near[..., 0] = -(near[..., 1] * origin[..., 0] + near[..., 2] * origin[..., 1])
        edges[..., 2 * k + 1, :] = near
        edges[..., 2 * k + 1, 0] -= np.abs(cross) / (np.abs(length) * sigma)
    return edges, (edges[0, :, 0, 1:] * edges[0, :, 2, 1:]).sum(-1) * sigma[0] ** 2


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
    beyond = t * np.float32(1.330274429)
    for term in (-1.821255978, 1.781477937, -0.356563782, 0.319381530):
        beyond += np.float32(term)
        beyond *= t
    beyond *= dense
    return np.where(z > 0, 1 - beyond, beyond), dense


def _skew(z: Image, dense: Image, lean: Image) -> Image:
    """What the corners of parallelograms add to the products of their two strips: the first terms of the tetrachoric
    series (K. Pearson, Phil. Trans. R. Soc. A 195, 1900)."""
    result = lean * (dense[:, 0] - dense[:, 1]) * (dense[:, 2] - dense[:, 3])
    power = z * dense
    result += lean**2 / 2 * (power[:, 0] - power[:, 1]) * (power[:, 2] - power[:, 3])
    power = z * power - dense
    result += lean**3 / 6 * (power[:, 0] - power[:, 1]) * (power[:, 2] - power[:, 3])
    return np.asarray(result)

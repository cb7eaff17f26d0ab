"""What a fitted box or fitted walls make of one look, and what they leave: for eyes, not for numbers.

The shape is that of the fit; brightness of roof, ground, wall and shadow and the look's own small shift are solved for
anew, so that nothing of the fit but its shape and point spread is needed.
"""

from dataclasses import dataclass
from math import log

import numpy as np
import numpy.typing as npt
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from sitewatch.measure.forward import Box, Floats, Image, Placed, shown
from sitewatch.measure.rectangle import Fit
from sitewatch.measure.solve import Look
from sitewatch.measure.walled import WallFit
from sitewatch.measure.walls import Walls, layers, seen

STEPS = 8
"""Of the shift; it is small and the problem nearly linear."""
FURTHEST_PX = 1.0
"""The most that a look is shifted: more would be another building."""
STEP_PX = 0.02
"""Of numeric derivatives by the shift."""
CAUCHY = 2.5
"""Distance, in standard deviations, at which a pixel weighs half."""


@dataclass(frozen=True, slots=True)
class Traced:
    """Outlines of a building in the pixels of one look, (column, row)."""

    roof: Polygon
    wall: BaseGeometry
    """Walls that are seen beside the roof; empty where the view is not known or straight down."""
    shadow: BaseGeometry
    """On the ground and not hidden by the building; empty where the sun is not known."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One look as the model paints it, and what is left."""

    model: npt.NDArray[np.float32]
    """(band, row, column)."""
    residual: npt.NDArray[np.float32]
    """(row, column) look less model along the difference between roof and ground, in standard deviations of the ground
    around it; NaN where the look is not usable."""
    traced: Traced


def traced(shape: Box | Walls, placed: Placed, shift: tuple[float, float] = (0.0, 0.0)) -> Traced:
    """Roof, wall and shadow of a building in one look, `shift` pixels right and down."""
    foot = shape.corners
    lean, fall = (np.array(v or (0.0, 0.0)) * shape.height for v in (placed.lean, placed.shadow))

    def swept(step: Floats) -> BaseGeometry:
        sides = [
            shapely.MultiPoint(placed.pixels(np.array([p, q, p + step, q + step])) + shift).convex_hull
            for p, q in zip(foot, np.roll(foot, -1, axis=0), strict=True)
        ]
        ends = [Polygon(placed.pixels(foot) + shift), Polygon(placed.pixels(foot + step) + shift)]
        return shapely.union_all([*(s for s in sides if s.geom_type == "Polygon"), *ends])

    roof, body = Polygon(placed.pixels(foot + lean) + shift), swept(lean)
    wall = body.difference(roof) if placed.lean else Polygon()
    return Traced(roof, wall, swept(fall).difference(body) if placed.shadow else Polygon())


def explained(found: Fit | WallFit, look: Look) -> Explained:
    """The look as the fitted building paints it.

    Args:
        found: also one that is not to be used.
        look: one of those that were fitted.
    """
    rows, cols = look.placed.shape
    row, col = np.mgrid[:rows, :cols]
    points = np.stack([np.ones(row.size), col.ravel() + 0.5, row.ravel() + 0.5]).astype(np.float32)
    used = look.usable.ravel()
    values = look.values.reshape(len(look.values), -1).T.astype(np.float64)
    shift = np.zeros(2)
    for _ in range(STEPS):
        parts = _parts(found, shift, look.placed, points)
        basis, levels, weight = _levels(parts, points, values, used)
        root = np.sqrt(weight)[:, None]
        change = np.stack(
            [
                (_basis(_parts(found, shift + step, look.placed, points), points) - basis) @ levels * root
                for step in STEP_PX * np.eye(2)
            ]
        )
        flat = change.reshape(2, -1) / STEP_PX
        step = np.linalg.solve(
            flat @ flat.T + 1e-9 * np.eye(2), flat @ ((values - basis @ levels) * root).ravel()
        )
        shift = np.clip(shift + step, -FURTHEST_PX, FURTHEST_PX)
    parts = _parts(found, shift, look.placed, points)
    basis, levels, _ = _levels(parts, points, values, used)
    model = basis @ levels
    residual = np.full(rows * cols, np.nan, np.float32)
    residual[used] = _in_noise(values - model, levels[0] - levels[1], _plain_ground(parts) & used)[used]
    shape = found.box if isinstance(found, Fit) else found.walls
    return Explained(
        model.T.reshape(look.values.shape).astype(np.float32),
        residual.reshape(rows, cols),
        traced(shape, look.placed, (float(shift[0]), float(shift[1]))),
    )


def _parts(found: Fit | WallFit, shift: Floats, placed: Placed, points: Image) -> Image:
    """(4, pixel): shares of roof, its half, visible wall and visible shadow."""
    if isinstance(found, Fit):
        return shown(found.box, shift, log(found.sigma_px), placed, points, slopes=False)[0]
    roof, wall, shadow = seen(layers([found.walls], shift, placed)[0], found.sigma_px).reshape(3, -1)
    return np.stack([roof, roof / 2, wall, shadow])


def _basis(parts: npt.NDArray[np.float32], points: npt.NDArray[np.float32]) -> Floats:
    """(pixel, 7): roof, ground, its slopes right and down, difference of the roof's halves, wall, shadow."""
    roof, half, wall, shadow = parts.astype(np.float64)
    right, down = points[1] / points[1].max() - 0.5, points[2] / points[2].max() - 0.5
    ground = 1 - roof
    return np.stack([roof, ground, ground * right, ground * down, half - roof / 2, wall, shadow], axis=1)


def _levels(
    parts: npt.NDArray[np.float32],
    points: npt.NDArray[np.float32],
    values: Floats,
    used: npt.NDArray[np.bool_],
) -> tuple[Floats, Floats, Floats]:
    """The basis, the brightness (7, band) that fits best, and weights (pixel,): what does not fit weighs less."""
    basis = _basis(parts, points)
    weight = used.astype(np.float64)
    for _ in range(4):
        gram = basis.T @ (basis * weight[:, None])
        # parts that cannot be seen keep the brightness of what they stand on
        gram += 1e-3 * np.diag([1e-3, 1e-3, 1, 1, 1, 1, 1])
        levels: Floats = np.asarray(np.linalg.solve(gram, basis.T @ (values * weight[:, None])), np.float64)
        far = np.square(_scaled(values - basis @ levels, used)).mean(axis=1)
        weight = used / (1 + far / CAUCHY**2)
    return basis, levels, weight


def _scaled(residual: Floats, where: npt.NDArray[np.bool_]) -> Floats:
    """In robust standard deviations of each band."""
    spread = (
        1.4826 * np.median(np.abs(residual[where]), axis=0) if where.any() else np.ones(residual.shape[1])
    )
    result: Floats = residual / np.maximum(spread, 1e-9)
    return result


def _plain_ground(parts: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Pixels with neither roof nor wall nor shadow."""
    result: npt.NDArray[np.bool_] = (parts[0] + parts[2] + parts[3]) < 0.02
    return result


def _in_noise(residual: Floats, gap: Floats, ground: npt.NDArray[np.bool_]) -> Floats:
    where = ground if ground.sum() >= 12 else np.ones(len(residual), np.bool_)
    spread = np.maximum(1.4826 * np.median(np.abs(residual[where]), axis=0), 1e-9)
    toward = gap / spread
    along = (residual / spread) @ (toward / max(float(np.linalg.norm(toward)), 1e-9))
    result: Floats = along / max(1.4826 * float(np.median(np.abs(along[where]))), 1e-9)
    return result

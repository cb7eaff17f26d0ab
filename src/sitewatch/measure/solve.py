"""The least squares behind a fitted box: residuals of several looks, their derivatives, Levenberg-Marquardt.

Levels of brightness enter linearly and are solved for inside (variable projection: G. Golub and V. Pereyra, SIAM J.
Numer. Anal. 10, 1973; Jacobian as of L. Kaufman, BIT 15, 1975).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log, sqrt

import numpy as np
import numpy.typing as npt
import shapely

from sitewatch.measure.forward import Box, Floats, Image, Placed, shown

SIGMA_PX = (0.5, 0.3)
"""Point spread beside the pixel's own square: median in pixels and standard deviation of its logarithm. Mapping
satellites lie at 0.35 to 0.7."""
HEIGHT_M = (9.0, 0.6)
"""The same for heights of buildings."""
SHADE = (-0.6, 0.3)
"""What a shadow does to the ground's reflectance, as a share of it, and standard deviation."""
WALL = 0.3
"""Standard deviation of a wall's difference from the ground, as a share of the roof's."""
GABLE = 0.4
"""The same for the difference of the roof's two halves."""
CAUCHY = 2.5
"""Distance, in standard deviations, at which a pixel weighs half."""
NEAR_PX = 5.0
"""Ground around a building and its shadow that takes part in the last steps."""
FAINT, FAINTER, EVEN = 0.15, 0.3, 0.8
"""Shares of a roof's contrast that its fainter half must have, where its colour is that of the other half and where
not, and from which the halves count as alike."""
LEVEL, STEEP, ALIKE, OTHER = 0.1, 1.0, 0.1, 0.2
"""Halves of a roof: relative difference that tells of a slope, steepest slope, by how much colours differ that count as
one, and by how much they may."""
SHARED = 7
"""Parameters that all looks share: x, y, log length, log width, turn, log height, log sigma."""


@dataclass(frozen=True, slots=True)
class Look:
    """A window of one scene around a building, in the scene's own pixels."""

    scene: str
    values: npt.NDArray[np.float32]
    """(band, row, column)."""
    usable: npt.NDArray[np.bool_]
    """(row, column)."""
    placed: Placed
    shift_sigma: float
    """Standard error of the scene's position, pixels."""
    leans: tuple[tuple[float, float], ...] = ()
    """Leans of which one holds, as in `Placed.lean`, where it is not known which; empty where `placed` has it."""


@dataclass(frozen=True, slots=True)
class State:
    """A box, the point spread and the shifts of the looks."""

    box: Box
    log_sigma: float
    shifts: Floats
    """(look, 2) right and down, pixels."""

    def moved(self, step: Floats) -> "State":
        """After a step of all parameters, the relative ones held to 35 %."""
        b, limit = self.box, 0.35
        grow = np.clip(step[2:7], -limit, limit)
        box = Box(
            b.x + step[0],
            b.y + step[1],
            b.length * exp(grow[0]),
            b.width * exp(grow[1]),
            b.turn + grow[2],
            min(b.height * exp(grow[3]), 300.0),
        )
        return State(box, self.log_sigma + grow[4], self.shifts + step[SHARED:].reshape(-1, 2))


@dataclass(frozen=True, slots=True)
class Noise:
    """How the pixels of a look are weighed."""

    whiten: Floats
    """(band, band): values @ whiten have errors of variance 1 in each band."""
    weight: npt.NDArray[np.float64]
    """(row, column); 0 where a pixel takes no part."""


@dataclass(frozen=True, slots=True)
class Pixels:
    """The pixels of a look that take part."""

    row: npt.NDArray[np.intp]
    col: npt.NDArray[np.intp]
    points: Image
    """(3, pixel) of 1, column, row of their centres."""
    aside: Floats
    """(2, pixel) of what the ground's brightness goes with: place right and down of the window's middle, in windows."""
    values: Floats
    """(pixel, band), whitened."""
    weight: Floats
    """(pixel,)."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Brightness solved for, given the shape."""

    basis: Floats
    """(7, pixel): roof, ground, its slopes, difference of the roof's halves, wall, shadow."""
    levels: Floats
    """(7, band)."""
    residual: Floats
    """(pixel, band)."""
    cost: float
    """Sum of squares, that of the priors of levels included."""
    inverse: Floats
    """(7, 7) of the normal matrix."""


def whitener(cov: Floats) -> Floats:
    """(band, band): after it errors of covariance `cov` have variance 1 in each band."""
    floor = 1e-3 * np.trace(cov) / len(cov) + 1e-12
    value, vector = np.linalg.eigh(cov)
    result: Floats = vector / np.sqrt(np.maximum(value, floor))
    return result


def near(look: Look, box: Box) -> npt.NDArray[np.bool_]:
    """(row, column) True around a box, its roof and its shadow."""
    foot = box.corners
    moves = [np.array(v) * box.height for v in (look.placed.lean, look.placed.shadow) if v is not None]
    hull = shapely.MultiPoint(look.placed.pixels(np.vstack([foot, *(foot + m for m in moves)]))).convex_hull
    rows, cols = look.placed.shape
    col, row = np.meshgrid(np.arange(cols) + 0.5, np.arange(rows) + 0.5)
    result: npt.NDArray[np.bool_] = shapely.contains_xy(hull.buffer(NEAR_PX, quad_segs=2), col, row)
    return result


class Problem:
    """Residuals of some looks and their derivatives for given weights."""

    def __init__(
        self,
        looks: Sequence[Look],
        noise: Sequence[Noise],
        alike: float,
        *,
        held_px: float | None = None,
        flat: bool = False,
        blocks: bool = False,
        yard: Box | None = None,
    ) -> None:
        """`alike`: by how much neighbouring errors are worth less; `held_px`: a point spread that is not fitted;
        `flat`: with a roof of one brightness only; `blocks`: on averages of 2 x 2 pixels; `yard`: ground of another
        brightness, instead of a slope of the ground's brightness downward."""
        self.looks, self.noise, self.alike, self.held_px = looks, noise, alike, held_px
        self.yard, self.gable = yard, 0.01 if flat else GABLE
        self.size = 2 if blocks else 1
        self.data = [_pixels(k, n, self.size) for k, n in zip(looks, noise, strict=True)]
        if yard is not None:
            self.data = [_with_yard(d, k.placed, yard) for d, k in zip(self.data, looks, strict=True)]

    def priors(self, state: State) -> tuple[Floats, Floats]:
        """Distances from what is known beforehand and their derivatives (diagonal), in standard deviations."""
        sigma_spread = 1e-3 if self.held_px else SIGMA_PX[1]
        middle = self.held_px or SIGMA_PX[0]
        spread = np.concatenate(
            [[HEIGHT_M[1], sigma_spread], np.repeat([max(k.shift_sigma, 0.02) for k in self.looks], 2)]
        )
        value = np.concatenate(
            [[log(state.box.height / HEIGHT_M[0]), state.log_sigma - log(middle)], state.shifts.ravel()]
        )
        return value / spread, 1 / spread

    def cost(self, state: State) -> float:
        """Half the sum of squares."""
        total = sum(self.levels(i, state)[0].cost for i in range(len(self.looks)))
        return total / self.alike / 2 + float(np.square(self.priors(state)[0]).sum()) / 2

    def misfit(self, state: State) -> tuple[float, bool]:
        """Like `cost`, but pixels that do not fit count by the logarithm of their distance (Cauchy); and whether most
        looks speak against one roof (`_two_roofs`)."""
        total, votes = 0.0, 0
        for i, (look, data) in enumerate(zip(self.looks, self.data, strict=True)):
            basis = _basis(self._parts(i, state)[0], data)
            lin = self._solved(basis, data, data.weight)
            bands = lin.residual.shape[1]
            far = np.einsum("ij,ij->i", lin.residual, lin.residual) / (bands * CAUCHY**2)
            lin = self._solved(basis, data, data.weight / (1 + far))
            far = np.einsum("ij,ij->i", lin.residual, lin.residual) / (bands * CAUCHY**2)
            total += CAUCHY**2 * float(data.weight @ np.log1p(far)) * bands
            votes += _two_roofs(lin.levels, self.noise[i], _faces(state.box, look.placed))
        total = total / self.alike / 2 + float(np.square(self.priors(state)[0]).sum()) / 2
        return total, 2 * votes > len(self.looks)

    def levels(self, i: int, state: State, *, slopes: bool = False) -> tuple[Levels, Image, Image | None]:
        """Levels of look `i`; the parts (4, pixel) and their derivatives (7, 4, pixel) where asked for."""
        data = self.data[i]
        parts, moved = self._parts(i, state, slopes=slopes)
        return self._solved(_basis(parts, data), data, data.weight), parts, moved

    def _parts(self, i: int, state: State, *, slopes: bool = False) -> tuple[Image, Image | None]:
        place = self.looks[i].placed
        return shown(state.box, state.shifts[i], state.log_sigma, place, self.data[i].points, slopes=slopes)

    def _solved(self, basis: Floats, data: Pixels, weight: Floats) -> Levels:
        weighed = basis * weight
        gram, seen = weighed @ basis.T, weighed @ data.values
        # what is known of levels, relative to those of a first solution without it
        (a, b), (_, d) = gram[:2, :2].tolist()
        a, d = a + 1e-6, d + 1e-6
        roof, ground = (np.array([[d, -b], [-b, a]]) @ seen[:2]) / (a * d - b * b)
        bands = len(roof)
        gap = roof - ground
        contrast = sqrt(float(gap @ gap) / bands) + 1e-6
        shade = sqrt(float(ground @ ground) / bands) * SHADE[1] + 1e-6
        known = np.array(
            [1e-4, 1e-4, 1e-4, 1e-4, 1 / (self.gable * contrast), 1 / (WALL * contrast), 1 / shade]
        )
        gram.ravel()[::8] += known**2
        wish = SHADE[0] * ground
        seen[6] += known[6] ** 2 * wish
        inverse: Floats = np.asarray(np.linalg.inv(gram), np.float64)
        levels = inverse @ seen
        residual = data.values - basis.T @ levels
        off = known[4:, None] * levels[4:]
        off[2] -= known[6] * wish
        cost = float(weight @ np.einsum("ij,ij->i", residual, residual) + np.vdot(off, off))
        return Levels(basis, levels, residual, cost, inverse)

    def slopes(self, state: State) -> tuple[Floats, Floats, float]:
        """Normal equations: matrix, right side, and the cost."""
        n = SHARED + 2 * len(self.looks)
        matrix, right, cost = np.zeros((n, n)), np.zeros(n), 0.0
        for i, look in enumerate(self.looks):
            gram, down, total = self.own(i, state)
            # x and y of the plane move the image by the linear part of the transform
            local = np.zeros((SHARED, n))
            local[0, :2], local[1, :2] = look.placed.to_pixels[0, :2], look.placed.to_pixels[1, :2]
            local[0, SHARED + 2 * i] = local[1, SHARED + 2 * i + 1] = 1
            local[range(2, 7), range(2, 7)] = 1
            matrix += local.T @ (gram / self.alike) @ local
            right += local.T @ (down / self.alike)
            cost += total / self.alike / 2
        value, slope = self.priors(state)
        place = np.arange(5, n)
        matrix[place, place] += slope**2
        right[place] -= value * slope
        return matrix, right, cost + float(np.square(value).sum()) / 2

    def own(self, i: int, state: State) -> tuple[Floats, Floats, float]:
        """Of look `i` alone: (7, 7), (7,) and the sum of squares, by shift right and down and the other parameters."""
        lin, _, moved = self.levels(i, state, slopes=True)
        assert moved is not None
        data, b = self.data[i], lin.levels.astype(np.float32)
        right, down = data.aside.astype(np.float32)
        # by the share of the roof, which takes the ground's place; (band, pixel)
        swap = (b[0] - b[1] - b[4] / 2)[:, None] - b[2][:, None] * right - b[3][:, None] * down
        change = np.matmul(np.ascontiguousarray(b[4:].T), moved[:, 1:])  # (parameter, band, pixel)
        change += moved[:, :1] * swap
        root = np.sqrt(data.weight)
        change *= root.astype(np.float32)
        flat = change.reshape(SHARED, -1)
        gram = (flat @ flat.T).astype(np.float64)
        cross = np.matmul(change, (lin.basis * root).astype(np.float32).T)  # (parameter, band, 7)
        across = np.matmul(cross, lin.inverse.astype(np.float32)).reshape(SHARED, -1)
        gram -= cross.reshape(SHARED, -1) @ across.T
        return gram, flat @ (lin.residual.T * root).ravel().astype(np.float32), lin.cost


def _basis(parts: Image, data: Pixels) -> Floats:
    """(7, pixel) as in `Levels`."""
    roof, half, wall, shadow = parts
    basis = np.empty((7, len(roof)))
    basis[0], basis[1], basis[4], basis[5], basis[6] = roof, 1 - roof, half - roof / 2, wall, shadow
    basis[2], basis[3] = basis[1] * data.aside[0], basis[1] * data.aside[1]
    return basis


def _two_roofs(levels: Floats, noise: Noise, faces: float | None) -> bool:
    """True where what is seen as the two halves of a roof cannot be one.

    One of them is ground, they are of different materials, or the brighter one does not face the sun by as much as it
    would have to.
    """
    faint, clear = sorted(
        float(np.linalg.norm(levels[0] + sign * levels[4] / 2 - levels[1])) for sign in (-1, 1)
    )
    roof, differ = levels[[0, 4]] @ np.linalg.inv(noise.whiten)
    power = max(float(roof @ roof), 1e-12)
    share = float(differ @ roof) / power
    other = float(np.linalg.norm(differ - share * roof)) / sqrt(power)
    pitch = 0.3 if faces is None else share / (2 * faces)
    seen = abs(share) > LEVEL and faint < EVEN * clear
    ground = faint < (FAINT if other < ALIKE else FAINTER) * clear
    return bool(ground or (seen and (other > OTHER or not 0 < pitch < STEEP)))


def _faces(box: Box, placed: Placed) -> float | None:
    """By how much more sunlight a roof's left half gets for each unit of its slope; None where the sun is not known."""
    if placed.shadow is None:
        return None
    result = placed.shadow[0] * np.sin(box.turn) - placed.shadow[1] * np.cos(box.turn)
    return float(result) or 1e-9


def _pixels(look: Look, noise: Noise, size: int) -> Pixels:
    rows, cols = look.placed.shape
    values, weight = look.values, noise.weight
    if size > 1:
        rows, cols = rows // size, cols // size
        cut = (slice(0, rows * size), slice(0, cols * size))
        weight = size**2 * _blocks(weight[cut], size).min(axis=(1, 3))
        values = _blocks(look.values[:, cut[0], cut[1]], size).mean(axis=(2, 4))
    row, col = np.nonzero(weight > 0)
    x, y = (col + 0.5) * size, (row + 0.5) * size
    whole = look.placed.shape
    return Pixels(
        row,
        col,
        np.stack([np.ones(len(x)), x, y]).astype(np.float32),
        np.stack([x / whole[1] - 0.5, y / whole[0] - 0.5]),
        values[:, row, col].T.astype(np.float64) @ noise.whiten,
        weight[row, col],
    )


def _with_yard(data: Pixels, placed: Placed, yard: Box) -> Pixels:
    flat = replace(placed, lean=None)
    share = shown(yard, np.zeros(2), log(SIGMA_PX[0]), flat, data.points, slopes=False)[0][0]
    return replace(data, aside=np.stack([data.aside[0], share]))


def _blocks(image: npt.NDArray[np.generic], size: int) -> npt.NDArray[np.generic]:
    rows, cols = image.shape[-2] // size, image.shape[-1] // size
    return image.reshape(*image.shape[:-2], rows, size, cols, size)


def descend(problem: Problem, state: State, steps: int) -> tuple[float, State]:
    """Levenberg-Marquardt: the cost reached and where."""
    damp = 0.01
    matrix, right, cost = problem.slopes(state)
    for _ in range(steps):
        scale = np.diag(np.diag(matrix) + 1e-9)
        step = np.asarray(np.linalg.solve(matrix + damp * scale, right), np.float64)
        fresh = state.moved(step)
        if min(fresh.box.length, fresh.box.width) < 0.5:
            damp *= 10
            continue
        trial = problem.slopes(fresh)
        if trial[2] < cost:
            gain = cost - trial[2]
            matrix, right, cost = trial
            state, damp = fresh, max(damp / 5, 1e-4)
            if gain < 1e-4 * (1 + cost) and gain < 0.02:
                break
        else:
            damp *= 8
            if damp > 1e4:
                break
    return cost, state

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

from sitewatch.measure.forward import Box, Floats, Image, Placed, numbers, shown_all

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
LITTLE, ROUGH = 0.02, 0.3
"""Gain that ends a descent, in halves of squared standard deviations, and one that does where others follow."""
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
    """Brightness solved for, given the shape of each of some states."""

    basis: Floats
    """(state, 7, pixel): roof, ground, its slopes, difference of the roof's halves, wall, shadow."""
    levels: Floats
    """(state, 7, band)."""
    residual: Floats
    """(state, pixel, band)."""
    cost: Floats
    """(state,) sum of squares, that of the priors of levels included."""
    inverse: Floats
    """(state, 7, 7) of the normal matrix."""


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
            for data, look in zip(self.data, looks, strict=True):
                data.aside[1] = _shares([yard], look.placed, data.points)[0]
        self._middle = log(held_px or SIGMA_PX[0])
        sigmas = [max(k.shift_sigma, 0.02) for k in looks]
        self._certain = 1 / np.array([HEIGHT_M[1], 1e-3 if held_px else SIGMA_PX[1], *np.repeat(sigmas, 2)])
        self._locals = [_local(i, looks) for i in range(len(looks))]

    def priors(self, states: Sequence[State]) -> Floats:
        """(state, parameter from log height on): distances from what is known beforehand, in standard deviations."""
        far = [
            [log(s.box.height / HEIGHT_M[0]), s.log_sigma - self._middle, *s.shifts.ravel()] for s in states
        ]
        result: Floats = np.array(far) * self._certain
        return result

    def cost(self, states: Sequence[State]) -> Floats:
        """(state,) half the sum of squares."""
        total = sum(self.levels(i, states)[0].cost for i in range(len(self.looks)))
        return self._with_priors(total, self.priors(states))

    def _with_priors(self, total: Floats | float, priors: Floats) -> Floats:
        result: Floats = total / self.alike / 2 + np.square(priors).sum(axis=1) / 2
        return result

    def misfit(self, states: Sequence[State]) -> tuple[Floats, list[bool]]:
        """Like `cost`, but pixels that do not fit count by the logarithm of their distance (Cauchy); and whether most
        looks speak against one roof (`_two_roofs`)."""
        total, votes = np.zeros(len(states)), [0] * len(states)
        for i, (look, data) in enumerate(zip(self.looks, self.data, strict=True)):
            far, lin = self._robust(_basis(self._parts(i, states)[0], data.aside), data)
            total += far
            back = np.asarray(np.linalg.inv(self.noise[i].whiten), np.float64)
            for k, state in enumerate(states):
                votes[k] += _two_roofs(lin.levels[k], back, _faces(state.box, look.placed))
        return self._with_priors(total, self.priors(states)), [2 * v > len(self.looks) for v in votes]

    def misfit_with(self, state: State, yards: Sequence[Box]) -> Floats:
        """(1 + yard,) `misfit` of a state, as the problem is and with each of some yards in place of its own."""
        total = np.zeros(1 + len(yards))
        for i, (look, data) in enumerate(zip(self.looks, self.data, strict=True)):
            aside = np.repeat(data.aside[None], 1 + len(yards), axis=0)
            aside[1:, 1] = _shares(yards, look.placed, data.points)
            parts = np.repeat(self._parts(i, [state])[0], 1 + len(yards), axis=0)
            total += self._robust(_basis(parts, aside), data)[0]
        return self._with_priors(total, self.priors([state]))

    def _robust(self, basis: Floats, data: Pixels) -> tuple[Floats, Levels]:
        lin = self._solved(basis, data, data.weight)
        bands = lin.residual.shape[-1]
        weight = data.weight / (1 + _power(lin.residual) / (bands * CAUCHY**2))
        lin = self._solved(basis, data, weight)
        far = np.log1p(_power(lin.residual) / (bands * CAUCHY**2)) @ data.weight
        return CAUCHY**2 * bands * far, lin

    def levels(
        self, i: int, states: Sequence[State], *, slopes: bool = False
    ) -> tuple[Levels, Image, Image | None]:
        """Levels of look `i`; the parts (state, 4, pixel), and their derivatives (state, 7, 4, pixel) where asked."""
        data = self.data[i]
        parts, moved = self._parts(i, states, slopes=slopes)
        return self._solved(_basis(parts, data.aside), data, data.weight), parts, moved

    def _parts(self, i: int, states: Sequence[State], *, slopes: bool = False) -> tuple[Image, Image | None]:
        place = self.looks[i].placed
        boxes = [numbers(s.box, s.shifts[i], s.log_sigma, place) for s in states]
        return shown_all(boxes, place, self.data[i].points, slopes=slopes)

    def _solved(self, basis: Floats, data: Pixels, weight: Floats) -> Levels:
        """`weight`: (pixel,) or (state, pixel)."""
        weighed = basis * weight[..., None, :]
        gram, seen = weighed @ basis.swapaxes(1, 2), weighed @ data.values
        # what is known of levels, relative to those of a first solution without it
        first = np.asarray(np.linalg.solve(gram[:, :2, :2] + 1e-6 * np.eye(2), seen[:, :2]), np.float64)
        ground, gap = first[:, 1], first[:, 0] - first[:, 1]
        bands = ground.shape[1]
        contrast = np.sqrt(_power(gap) / bands) + 1e-6
        shade = np.sqrt(_power(ground) / bands) * SHADE[1] + 1e-6
        known = np.full((len(basis), 7), 1e-4)
        known[:, 4], known[:, 5], known[:, 6] = 1 / (self.gable * contrast), 1 / (WALL * contrast), 1 / shade
        gram.reshape(-1, 49)[:, ::8] += known**2
        wish = SHADE[0] * ground
        seen[:, 6] += known[:, 6:] ** 2 * wish
        inverse: Floats = np.asarray(np.linalg.inv(gram), np.float64)
        levels = inverse @ seen
        residual = data.values - basis.swapaxes(1, 2) @ levels
        off = known[:, 4:, None] * levels[:, 4:]
        off[:, 2] -= known[:, 6:] * wish
        cost = (_power(residual) * weight).sum(axis=-1) + _power(off).sum(axis=-1)
        return Levels(basis, levels, residual, cost, inverse)

    def slopes(self, states: Sequence[State]) -> tuple[Floats, Floats, Floats]:
        """Normal equations of each state: (state, n, n) matrix, (state, n) right side, and (state,) the cost."""
        n = SHARED + 2 * len(self.looks)
        matrix, right = np.zeros((len(states), n, n)), np.zeros((len(states), n))
        cost = np.zeros(len(states))
        for i, local in enumerate(self._locals):
            gram, down, total = self._own(i, states)
            matrix += local.T @ gram @ local
            right += down @ local
            cost += total
        matrix /= self.alike
        right /= self.alike
        priors = self.priors(states)
        place = np.arange(5, n)
        matrix[:, place, place] += self._certain**2
        right[:, place] -= priors * self._certain
        return matrix, right, self._with_priors(cost, priors)

    def _own(self, i: int, states: Sequence[State]) -> tuple[Floats, Floats, Floats]:
        """Of look `i` alone: (state, 7, 7), (state, 7) and (state,) the sum of squares, by shift right and down and the
        other parameters."""
        lin, _, moved = self.levels(i, states, slopes=True)
        assert moved is not None
        data, b = self.data[i], lin.levels.astype(np.float32)
        count, pixels, bands = lin.residual.shape
        right, down = data.aside.astype(np.float32)
        # by the share of the roof, which takes the ground's place; (state, band, pixel)
        swap = (
            (b[:, 0] - b[:, 1] - b[:, 4] / 2)[..., None] - b[:, 2, :, None] * right - b[:, 3, :, None] * down
        )
        levels = np.ascontiguousarray(b[:, None, 4:].swapaxes(2, 3))
        change = levels @ moved[:, :, 1:]  # (state, parameter, band, pixel)
        change += moved[:, :, :1] * swap[:, None]
        root = np.sqrt(data.weight)
        change *= root.astype(np.float32)
        flat = change.reshape(count, SHARED, bands * pixels)
        gram = (flat @ flat.swapaxes(1, 2)).astype(np.float64)
        seen = (lin.basis * root).astype(np.float32).swapaxes(1, 2)
        cross = change @ seen[:, None]  # (state, parameter, band, 7)
        across = cross @ lin.inverse.astype(np.float32)[:, None]
        gram -= cross.reshape(count, SHARED, -1) @ across.reshape(count, SHARED, -1).swapaxes(1, 2)
        left = (lin.residual * root[:, None]).astype(np.float32).swapaxes(1, 2).reshape(count, -1, 1)
        return gram, (flat @ left)[..., 0], lin.cost


def _power(vectors: Floats) -> Floats:
    """Squared lengths along the last axis."""
    result: Floats = np.einsum("...i,...i->...", vectors, vectors)
    return result


def _basis(parts: Image, aside: Floats) -> Floats:
    """(state, 7, pixel) as in `Levels`, of (state, 4, pixel) parts."""
    roof, half, wall, shadow = parts.swapaxes(0, 1)
    ground = 1 - roof
    basis = np.stack([roof, ground, ground, ground, half - roof / 2, wall, shadow], axis=1, dtype=np.float64)
    basis[:, 2:4] *= aside
    return basis


def _two_roofs(levels: Floats, back: Floats, faces: float | None) -> bool:
    """True where what is seen as the two halves of a roof cannot be one.

    One of them is ground, they are of different materials, or the brighter one does not face the sun by as much as it
    would have to. `back`: (band, band) from whitened values to plain ones.
    """
    faint, clear = sorted(
        float(np.linalg.norm(levels[0] + sign * levels[4] / 2 - levels[1])) for sign in (-1, 1)
    )
    roof, differ = levels[[0, 4]] @ back
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


def _shares(yards: Sequence[Box], placed: Placed, points: Image) -> Image:
    """(yard, pixel): shares of the pixels that lie on each of some yards."""
    flat = replace(placed, lean=None)
    still = np.zeros(2)
    boxes = [numbers(y, still, log(SIGMA_PX[0]), flat) for y in yards]
    return shown_all(boxes, flat, points, slopes=False)[0][:, 0]


def _blocks(image: npt.NDArray[np.generic], size: int) -> npt.NDArray[np.generic]:
    rows, cols = image.shape[-2] // size, image.shape[-1] // size
    return image.reshape(*image.shape[:-2], rows, size, cols, size)


def _local(i: int, looks: Sequence[Look]) -> Floats:
    """(7, n): what the parameters of all looks do to those of look `i`, shift right and down first."""
    local = np.zeros((SHARED, SHARED + 2 * len(looks)))
    # x and y of the plane move the image by the linear part of the transform
    local[:2, :2] = looks[i].placed.to_pixels[:, :2]
    local[0, SHARED + 2 * i] = local[1, SHARED + 2 * i + 1] = 1
    local[range(2, 7), range(2, 7)] = 1
    return local


def descend(problem: Problem, states: Sequence[State], steps: int, *, little: float = LITTLE) -> list[State]:
    """Levenberg-Marquardt from each of some states: where it leads. It ends where a step gains less than `little`."""
    states = list(states)
    damp, live = [0.01] * len(states), list(range(len(states)))
    matrix, right, cost = problem.slopes(states)
    place = np.arange(right.shape[1])
    for left in range(steps - 1, -1, -1):
        damped = matrix.copy()
        damped[:, place, place] += np.array(damp)[:, None] * (matrix[:, place, place] + 1e-9)
        step = np.linalg.solve(damped, right[..., None])[..., 0]
        fresh = {k: states[k].moved(step[k]) for k in live}
        for k in live.copy():
            if min(fresh[k].box.length, fresh[k].box.width) < 0.5:
                damp[k] *= 10
                del fresh[k]
            elif float(step[k] @ right[k]) / 2 < min(little, little / 200 * (1 + cost[k])):
                # what so small a step gains need not be seen
                states[k] = fresh.pop(k)
                live.remove(k)
        if not live:
            break
        if not fresh:
            continue
        tried = list(fresh.values())
        # after the last step nobody asks for slopes
        trial = problem.slopes(tried) if left else (matrix, right, problem.cost(tried))
        for at, (k, state) in enumerate(fresh.items()):
            if trial[2][at] < cost[k]:
                matrix[k], right[k], cost[k] = (t[at] for t in trial)
                states[k], damp[k] = state, max(damp[k] / 5, 1e-4)
            else:
                damp[k] *= 8
                if damp[k] > 1e4:
                    live.remove(k)
    return states

"""Fit a box-shaped building to the pixels of several scenes.

All scenes share the outline, the height and the point spread; each has its own brightness of roof, ground, wall and
shadow in each band, found by linear least squares inside (variable projection: G. Golub and V. Pereyra, SIAM J. Numer.
Anal. 10, 1973; Jacobian as of L. Kaufman, BIT 15, 1975), and a small shift, held near 0 by the error of its
registration. Levenberg-Marquardt steps; pixels that do not fit weigh less (Cauchy weights).

Errors of neighbouring pixels, and of one place on several dates, are alike, since the ground is not even. The
covariance is widened for that by what the residuals show; what is left is up to the calibration (`fitted`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log, sqrt

import numpy as np
import numpy.typing as npt
import shapely
from shapely import Polygon

from sitewatch.measure.forward import STEPS, Box, Floats, Placed, layers, seen

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
MODEL = 0.03
"""Error of the model itself, as a share of the contrast between roof and ground."""
CAUCHY = 2.5
"""Distance, in standard deviations, at which a pixel weighs half."""
COARSE_PX = 1.3
"""Point spread of the first steps: wide enough to feel edges that lie pixels away."""
STARTS = ((1.0, 1.0), (0.72, 0.72), (1.25, 1.25), (0.72, 1.0), (1.0, 0.72))
"""Length and width of the first tries, as shares of the given outline's."""
MARGIN_PX = 5.0
"""Ground around the outline that is looked at."""
RESIDUAL, CORNERS = 0.35, 0.16
"""Shares of the contrast that may be left, at pixels of the roof and on average over a quarter of it."""
TALL_M, UNSEEN_M = 30.0, 18.0
"""Heights from which a shadow is not believed: one that is seen, and one that can hardly be seen."""
LAGS = ((0, 1), (1, 0), (1, 1), (1, -1), (0, 2), (2, 0), (0, 3), (3, 0))
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


@dataclass(frozen=True, slots=True)
class Fit:
    """What was found, or why nothing was."""

    box: Box
    sigma_px: float
    covariance: Floats
    """(7, 7) of x, y, log length, log width, turn, log height, log sigma."""
    sources: dict[str, Floats]
    """`covariance` by source: edge (the pixels' own noise, even ground), ground (what uneven ground adds), and what
    the freedom of registration, point spread and height adds."""
    contrast: float
    """Between roof and ground, in standard deviations of a pixel."""
    shadow: float
    """How much darker the shadow is than the ground, in standard deviations of a pixel; 0 where none can be seen."""
    residual: float
    """Root mean square of what is left near the building, as a share of the contrast."""
    corners: float
    """Largest mean residual of the roof's four quarters, as a share of the contrast."""
    scenes: tuple[str, ...]
    failed: str = ""
    """Why the fit is not to be used; empty where it is."""

    @property
    def outline(self) -> Polygon:
        """On the plane."""
        return Polygon(self.box.corners)

    def log_area_sigma(self, source: str | None = None) -> float:
        """Standard deviation of the logarithm of the area, before calibration; of one source of errors."""
        c = self.covariance if source is None else self.sources[source]
        return sqrt(max(c[2, 2] + c[3, 3] + 2 * c[2, 3], 0.0))


def start_box(outline: Polygon, height: float = HEIGHT_M[0]) -> Box:
    """The smallest rotated rectangle around an outline."""
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(outline))[:4]
    one, two = corners[1] - corners[0], corners[3] - corners[0]
    if np.hypot(*one) < np.hypot(*two):
        one, two = two, one
    x, y = corners.mean(axis=0)
    turn = float(np.arctan2(one[1], one[0]))
    return Box(float(x), float(y), float(np.hypot(*one)), float(np.hypot(*two)), turn, height)


def fit(start: Box, looks: Sequence[Look]) -> Fit:
    """Fit a box to looks that all show it; `start` need only overlap it by about half."""
    first = looks[: min(3, len(looks))]
    noise = [_ground_noise(k, start) for k in first]
    coarse = _Problem(first, noise, 1.0, coarse=True)
    sharp = _Problem(first, noise, 4.0 * len(first) ** 0.5, flat=True)
    tries = []
    for long, wide in STARTS:
        box = replace(start, length=start.length * long, width=start.width * wide)
        tries.append(_State(box, log(COARSE_PX), np.zeros((len(first), 2))))
    tries = sorted(tries, key=coarse.cost)[:3]
    found = sorted((_descend(coarse, t, 5) for t in tries), key=lambda f: f[0])[:2]
    if found[1][0] > 1.5 * found[0][0]:
        found = found[:1]
    again = [_State(s.box, log(SIGMA_PX[0]), np.zeros((len(first), 2))) for _, s in found]
    _, best = min((_descend(sharp, s, 3) for s in again), key=lambda f: f[0])
    state = _State(best.box, best.log_sigma, np.zeros((len(looks), 2)))
    noise = [_ground_noise(k, state.box) for k in looks]
    alike = 4.0 * len(looks) ** 0.5
    for steps in (5, 4, 4):
        problem = _Problem(looks, noise, alike)
        _, state = _descend(problem, state, steps)
        noise, alike = problem.judged(state)
    return _result(_Problem(looks, noise, alike), state, start)


@dataclass(frozen=True, slots=True)
class _State:
    box: Box
    log_sigma: float
    shifts: Floats
    """(look, 2) right and down, pixels."""

    def moved(self, step: Floats) -> "_State":
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
        return _State(box, self.log_sigma + grow[4], self.shifts + step[SHARED:].reshape(-1, 2))


@dataclass(frozen=True, slots=True)
class _Noise:
    """How the pixels of a look are weighed."""

    whiten: Floats
    """(band, band): values @ whiten have errors of variance 1 in each band."""
    weight: npt.NDArray[np.float64]
    """(row, column)."""


@dataclass(frozen=True, slots=True)
class _Linear:
    """Brightness levels solved for, given the shape."""

    basis: Floats
    """(pixel, column)."""
    levels: Floats
    """(column, band)."""
    residual: Floats
    """(pixel + prior, band), weighted."""
    q: Floats
    """Orthonormal basis of what the levels can explain."""


def _ground_noise(look: Look, box: Box) -> _Noise:
    """From how uneven the ground around a box is; all usable pixels weigh 1."""
    inside = Polygon(look.placed.pixels(box.corners)).buffer(1.5)
    rows, cols = look.placed.shape
    col, row = np.meshgrid(np.arange(cols) + 0.5, np.arange(rows) + 0.5)
    ground = look.usable & ~shapely.contains_xy(inside, col, row)
    ground = ground if ground.sum() > 20 else look.usable
    v = look.values[:, ground].astype(np.float64)
    v = v - np.median(v, axis=1, keepdims=True)
    keep = np.square(v / (np.median(np.abs(v), axis=1, keepdims=True) + 1e-9)).mean(axis=0) < 25
    cov = np.cov(v[:, keep]) if keep.sum() > 20 else np.cov(v)
    return _Noise(_whitener(np.atleast_2d(cov)), look.usable.astype(np.float64))


def _whitener(cov: Floats) -> Floats:
    floor = 1e-3 * np.trace(cov) / len(cov) + 1e-12
    value, vector = np.linalg.eigh(cov)
    result: Floats = vector / np.sqrt(np.maximum(value, floor))
    return result


class _Problem:
    """Residuals and their derivatives for given weights."""

    def __init__(
        self,
        looks: Sequence[Look],
        noise: Sequence[_Noise],
        alike: float,
        *,
        coarse: bool = False,
        flat: bool = False,
    ) -> None:
        """`coarse`: with a wide point spread; `flat`: like coarse, with a roof of one brightness only."""
        self.looks, self.noise, self.alike, self.coarse = looks, noise, alike, coarse
        self.gable = 0.01 if coarse or flat else GABLE
        self.data = []
        for look, n in zip(looks, noise, strict=True):
            used = n.weight > 0
            values = look.values[:, used].T.astype(np.float64) @ n.whiten
            self.data.append((used, values, np.sqrt(n.weight[used])[:, None]))

    def priors(self, state: _State) -> tuple[Floats, Floats]:
        """Distances from what is known beforehand and their derivatives (diagonal), in standard deviations."""
        sigma_spread = 1e-3 if self.coarse else SIGMA_PX[1]
        middle = COARSE_PX if self.coarse else SIGMA_PX[0]
        spread = np.concatenate(
            [[HEIGHT_M[1], sigma_spread], np.repeat([max(k.shift_sigma, 0.02) for k in self.looks], 2)]
        )
        value = np.concatenate(
            [[log(state.box.height / HEIGHT_M[0]), state.log_sigma - log(middle)], state.shifts.ravel()]
        )
        return value / spread, 1 / spread

    def cost(self, state: _State) -> float:
        """Half the sum of squares."""
        total = sum(float(np.square(self.linear(i, state)[0].residual).sum()) for i in range(len(self.looks)))
        return total / self.alike / 2 + float(np.square(self.priors(state)[0]).sum()) / 2

    def linear(
        self, i: int, state: _State, *, slopes: bool = False
    ) -> tuple[_Linear, npt.NDArray[np.float32] | None, npt.NDArray[np.float32]]:
        """Levels of look `i`; cells of the shapes with each parameter moved by its step, where asked for."""
        look, (used, values, root) = self.looks[i], self.data[i]
        shapes = [(state.box, state.shifts[i])] + (_around(state.box, state.shifts[i]) if slopes else [])
        cells = layers(shapes, look.placed)
        shown = seen(cells, exp(state.log_sigma))
        basis = _basis(shown[:1], used)[0]
        # what is known of levels, relative to those of a first solution without it
        plain = np.linalg.lstsq(basis[:, :2] * root, values * root, rcond=None)[0]
        contrast = sqrt(float(np.square(plain[0] - plain[1]).mean())) + 1e-6
        ground = plain[1]
        shade = sqrt(float(np.square(ground).mean())) * SHADE[1] + 1e-6
        known = np.zeros((3, basis.shape[1]))
        wish = np.zeros((3, values.shape[1]))
        known[0, 4], known[1, 5], known[2, 6] = 1 / (self.gable * contrast), 1 / (WALL * contrast), 1 / shade
        wish[2] = SHADE[0] * ground / shade
        a = np.vstack([basis * root, known])
        y = np.vstack([values * root, wish])
        q, r = np.linalg.qr(a)
        levels = np.linalg.lstsq(r, q.T @ y, rcond=None)[0]
        return _Linear(basis, levels, y - a @ levels, q), (cells if slopes else None), shown

    def slopes(self, state: _State) -> tuple[Floats, Floats, float]:
        """Normal equations: matrix, right side, and the cost."""
        n = SHARED + 2 * len(self.looks)
        matrix, right, cost = np.zeros((n, n)), np.zeros(n), 0.0
        for i, look in enumerate(self.looks):
            used, _, root = self.data[i]
            lin, cells, shown = self.linear(i, state, slopes=True)
            assert cells is not None
            base = lin.basis
            d = [(b - base) / s for b, s in zip(_basis(shown[1:], used), STEPS, strict=True)]
            wider = _basis(seen(cells[:1], exp(state.log_sigma + 0.02)), used)[0]
            d.append((wider - base) / 0.02)
            padded = np.stack(
                [np.vstack([(m @ lin.levels) * root, np.zeros((3, lin.levels.shape[1]))]) for m in d]
            )
            padded -= lin.q @ (lin.q.T @ padded)  # (parameter, pixel, band)
            flat = padded.reshape(len(d), -1)
            # x and y of the plane move the image by the linear part of the transform
            local = np.zeros((len(d), n))
            local[0, :2], local[1, :2] = look.placed.to_pixels[0, :2], look.placed.to_pixels[1, :2]
            local[0, SHARED + 2 * i] = local[1, SHARED + 2 * i + 1] = 1
            local[range(2, 7), range(2, 7)] = 1
            gram = flat @ flat.T / self.alike
            matrix += local.T @ gram @ local
            right += local.T @ (flat @ lin.residual.ravel()) / self.alike
            cost += float(np.square(lin.residual).sum()) / self.alike / 2
        value, slope = self.priors(state)
        place = np.arange(5, n)
        matrix[place, place] += slope**2
        right[place] -= value * slope
        return matrix, right, cost + float(np.square(value).sum()) / 2

    def judged(self, state: _State) -> tuple[list[_Noise], float]:
        """Weights from the residuals, and by how much errors that are alike widen the covariance."""
        noise, maps = [], []
        for i, look in enumerate(self.looks):
            used, _, _ = self.data[i]
            lin, _, _ = self.linear(i, state)
            old = self.noise[i]
            raw = look.values[:, used].T - lin.basis @ lin.levels @ np.linalg.pinv(old.whiten)
            weight = np.maximum(old.weight[used], 1e-3)
            cov = (raw * weight[:, None]).T @ raw / weight.sum()
            plain = (lin.levels[0] - lin.levels[1]) @ np.linalg.pinv(old.whiten)
            cov += np.diag((MODEL * plain) ** 2)
            whiten = _whitener(cov)
            left = raw @ whiten
            far = np.square(left).mean(axis=1)
            far /= max(float(np.median(far)), 1e-9) / 0.7
            fresh = np.zeros(used.shape)
            fresh[used] = 1 / (1 + far / CAUCHY**2)
            noise.append(_Noise(whiten, fresh))
            toward = plain @ whiten
            scalar = np.full(used.shape, np.nan)
            scalar[used] = left @ (toward / max(float(np.linalg.norm(toward)), 1e-9)) * np.sqrt(fresh[used])
            maps.append(scalar)
        return noise, _alike(maps)


def _around(box: Box, shift: Floats) -> list[tuple[Box, Floats]]:
    s = STEPS
    return [
        (box, shift + np.array([s[0], 0])),
        (box, shift + np.array([0, s[1]])),
        (replace(box, length=box.length * exp(s[2])), shift),
        (replace(box, width=box.width * exp(s[3])), shift),
        (replace(box, turn=box.turn + s[4]), shift),
        (replace(box, height=box.height * exp(s[5])), shift),
    ]


def _basis(shown: npt.NDArray[np.float32], used: npt.NDArray[np.bool_]) -> list[Floats]:
    """(pixel, 7) for each: roof, ground, its slopes, difference of the roof's halves, wall, shadow."""
    rows, cols = used.shape
    row, col = np.nonzero(used)
    right, down = (col + 0.5) / cols - 0.5, (row + 0.5) / rows - 0.5
    result = []
    for one in shown:
        roof, half, wall, shadow = (layer[used].astype(np.float64) for layer in one)
        ground = 1 - roof
        result.append(
            np.column_stack([roof, ground, ground * right, ground * down, half - roof / 2, wall, shadow])
        )
    return result


def _descend(problem: _Problem, state: _State, steps: int) -> tuple[float, _State]:
    """Levenberg-Marquardt."""
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


def _alike(maps: list[Floats]) -> float:
    """By how much the variance of a sum of residuals exceeds that of independent ones."""
    mean = 0.0
    for m in maps:
        power = float(np.nanmean(m**2)) + 1e-12
        total = 1.0
        for down, right in LAGS:
            one = m[: m.shape[0] - down, max(-right, 0) : m.shape[1] - max(right, 0)]
            two = m[down:, max(right, 0) : m.shape[1] + min(right, 0)]
            both = one * two
            total += 2 * max(float(np.nanmean(both)) / power, 0.0) if np.isfinite(both).any() else 0.0
        mean += total / len(maps)
    rows, cols = (min(m.shape[k] for m in maps) for k in (0, 1))
    stack = np.array([np.nan_to_num(m[:rows, :cols]).ravel() for m in maps])
    stack /= np.linalg.norm(stack, axis=1, keepdims=True) + 1e-12
    n = len(maps)
    shared = ((stack @ stack.T).sum() - n) / max(n * (n - 1), 1)
    return float(np.clip(mean, 1, 15) * (1 + (n - 1) * np.clip(shared, 0, 1)))


def _result(problem: _Problem, state: _State, start: Box) -> Fit:
    matrix, _, _ = problem.slopes(state)
    ridge = 1e-9 * np.diag(np.diag(matrix) + 1e-9)
    covariance = np.asarray(np.linalg.inv(matrix + ridge)[:SHARED, :SHARED], np.float64)
    free = np.arange(5)
    held = np.zeros((SHARED, SHARED))
    held[:5, :5] = np.linalg.inv(matrix[np.ix_(free, free)] + ridge[:5, :5])
    shifting = np.r_[0:5, SHARED : len(matrix)]
    shift = np.zeros((SHARED, SHARED))
    shift[:5, :5] = np.linalg.inv((matrix + ridge)[np.ix_(shifting, shifting)])[:5, :5]
    spreading = np.r_[0:5, 6]
    spread = np.zeros((SHARED, SHARED))
    spread[:5, :5] = np.linalg.inv((matrix + ridge)[np.ix_(spreading, spreading)])[:5, :5]
    tall = np.r_[0:6]
    height = np.zeros((SHARED, SHARED))
    height[:6, :6] = np.linalg.inv((matrix + ridge)[np.ix_(tall, tall)])
    height[5, :] = height[:, 5] = 0
    sources = {
        "edge": held / problem.alike,
        "ground": held * (1 - 1 / problem.alike),
        "registration": shift - held,
        "point spread": spread - held,
        "shadow and lean": height - held,
    }
    contrasts, shadows, residuals, quarters = [], [], [], []
    for i in range(len(problem.looks)):
        used, _, root = problem.data[i]
        lin, _, shown = problem.linear(i, state)
        gap = lin.levels[0] - lin.levels[1]
        contrast = float(np.linalg.norm(gap))
        contrasts.append(contrast)
        near = lin.basis[:, 0] > 0.05
        plain = lin.residual[: len(lin.basis)] / root @ (gap / max(contrast, 1e-9))
        residuals.append(
            float(np.sqrt(np.square(plain[near]).mean())) / max(contrast, 1e-9) if near.any() else 9.0
        )
        dark = lin.levels[6] @ lin.levels[1] / max(float(np.linalg.norm(lin.levels[1])), 1e-9)
        reach = float(shown[0, 3][used].sum())
        shadows.append(-float(dark) * min(1.0, reach / 4) if problem.looks[i].placed.shadow else 0.0)
        quarters.append(_quarters(plain / max(contrast, 1e-9), used, state, problem.looks[i]))
    fit_ = Fit(
        box=_upright(state.box),
        sigma_px=exp(state.log_sigma),
        covariance=covariance,
        sources=sources,
        contrast=float(np.median(contrasts)),
        shadow=float(np.median(shadows)),
        residual=float(np.median(residuals)),
        corners=float(np.abs(np.median(quarters, axis=0)).max()),
        scenes=tuple(k.scene for k in problem.looks),
    )
    return replace(fit_, failed=_why_not(fit_, start, problem))


def _quarters(residual: Floats, used: npt.NDArray[np.bool_], state: _State, look: Look) -> Floats:
    """(4,) mean residual of the roof's quarters."""
    row, col = np.nonzero(used)
    inverse = np.linalg.inv(look.placed.to_pixels[:, :2])
    at = (np.column_stack([col + 0.5, row + 0.5]) - look.placed.to_pixels[:, 2]) @ inverse.T
    lean = np.array(look.placed.lean or (0.0, 0.0)) * state.box.height
    at = at - lean - [state.box.x, state.box.y]
    c, s = np.cos(state.box.turn), np.sin(state.box.turn)
    along, across = at @ [c, s] / state.box.length, at @ [-s, c] / state.box.width
    inside = (np.abs(along) < 0.5) & (np.abs(across) < 0.5)
    result = np.zeros(4)
    for k, (a, b) in enumerate(((-1, -1), (-1, 1), (1, -1), (1, 1))):
        part = inside & (along * a > 0) & (across * b > 0)
        if part.sum() >= 3:
            result[k] = residual[part].mean()
    return result


def _upright(box: Box) -> Box:
    """Length the longer side, turn in [0, pi)."""
    if box.width > box.length:
        box = replace(box, length=box.width, width=box.length, turn=box.turn + np.pi / 2)
    return replace(box, turn=float(box.turn % np.pi))


def implausible(found: Fit) -> bool:
    """True where the height is more than a shadow of that darkness can be believed for."""
    return found.box.height > (TALL_M if found.shadow >= 1 else UNSEEN_M)


def _why_not(fit_: Fit, start: Box, problem: _Problem) -> str:
    pixel = 1 / sqrt(abs(float(np.linalg.det(problem.looks[0].placed.to_pixels[:, :2]))))
    one, two = fit_.outline, Polygon(start.corners)
    if fit_.box.width < 1.5 * pixel or fit_.outline.area < 6 * pixel**2:
        return f"{fit_.box.width:.0f} m wide, below one and a half pixels of {pixel:.1f} m"
    if not np.isfinite(fit_.covariance).all():
        return "the pixels do not hold the outline"
    if one.intersection(two).area < 0.3 * one.union(two).area:
        return "the fit left the outline that it started from"
    if fit_.contrast < 1.0:
        return "roof and ground look alike"
    if fit_.corners > CORNERS or fit_.residual > RESIDUAL:
        return "not a rectangle of one roof"
    if implausible(fit_):
        return f"what was taken for its shadow would make it {fit_.box.height:.0f} m high"
    if fit_.log_area_sigma() > 0.5:
        return "the pixels do not hold the outline"
    return ""

"""Fit a building with straight walls of any number (L, T, U) to the pixels of several scenes.

As for boxes (`rectangle`), all scenes share the outline, the height and the point spread, and each has its own
brightness of roof, ground, wall and shadow in each band, solved for inside (variable projection: G. Golub and V.
Pereyra, SIAM J. Numer. Anal. 10, 1973; Jacobian as of L. Kaufman, BIT 15, 1975), and its own small shift. Each side
moves along its normal; all turn together. Levenberg-Marquardt steps; pixels that do not fit weigh less (Cauchy
weights).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log, sqrt

import numpy as np
import numpy.typing as npt
import shapely
from shapely import Polygon

from sitewatch.measure.grown import outline_in
from sitewatch.measure.rectangle import TALL_M, UNSEEN_M
from sitewatch.measure.regular import regularised
from sitewatch.measure.solve import CAUCHY, HEIGHT_M, SHADE, SIGMA_PX, WALL, Look, whitener
from sitewatch.measure.walls import Floats, Walls, layers, seen, walls_of

COARSE_PX = 1.0
"""Point spread of the first steps: wide enough to feel edges that lie pixels away."""
FEW = 3
"""Looks that the first steps are made on."""
NEAR_PX = 5.0
"""Ground around the building and its shadow that takes part."""
STEPS = (0.02, 0.002, 0.02, 0.02)
"""Steps of numeric derivatives: a side in pixels, turn in radians, log height, log sigma."""
MODEL = 0.03
"""Error of the model itself, as a share of the contrast between roof and ground."""
RESIDUAL, PATCH = 0.35, 0.15
"""Shares of the contrast that may be left, at pixels of the roof and on average over a ninth of it."""
BESIDE_PX, BESIDE = 3.0, 0.12
"""Width of the ground looked at beside the outline, and the share of it that may look like roof."""
LAGS = ((0, 1), (1, 0), (1, 1), (1, -1), (0, 2), (2, 0), (0, 3), (3, 0))
UNSURE = 0.5
"""Relative standard deviation of the area from which it is not told."""
KEPT = 0.45
"""Share that a fit must have in common with the outline given (intersection over union)."""
FINER = 0.5
"""Share of a pixel that walls are also looked for with."""
MOST_SIDES = 16
"""Sides of an outline that are fitted."""
LEAST_PX, LEAST_AREA_PX = 1.5, 12.0
"""Shortest side and smallest area that pixels can hold."""


@dataclass(frozen=True, slots=True)
class WallFit:
    """What was found, or why nothing was."""

    walls: Walls
    sigma_px: float
    covariance: Floats
    """(n, n) of the sides' distances, m²."""
    held: Floats
    """The same if all but the sides were known: what the pixels' own noise and uneven ground do."""
    height_sigma: float
    """Standard deviation of the logarithm of the height, before calibration."""
    contrast: float
    """Between roof and ground, in standard deviations of a pixel."""
    shadow: float
    """How much darker the shadow is than the ground, in standard deviations of a pixel; 0 where none can be seen."""
    residual: float
    """Root mean square of what is left near the building, as a share of the contrast."""
    patch: float
    """Largest mean residual of a ninth of the roof, as a share of the contrast."""
    beside: float
    """Share of the ground within three pixels of the outline that looks more like roof than like ground."""
    cost: float
    """Half the sum of squares that is left; lower is better, on the same looks."""
    scenes: tuple[str, ...]
    failed: str = ""
    """Why the fit is not to be used; empty where it is."""

    @property
    def outline(self) -> Polygon:
        """On the plane."""
        return self.walls.outline

    def log_area_sigma(self, covariance: Floats | None = None) -> float:
        """Standard deviation of the logarithm of the area, before calibration."""
        c = self.covariance if covariance is None else covariance
        slope = self.walls.lengths
        return sqrt(max(float(slope @ c @ slope), 0.0)) / max(float(self.outline.area), 1e-9)


@dataclass(frozen=True, slots=True)
class _State:
    walls: Walls
    log_sigma: float
    shifts: Floats
    """(look, 2) right and down, pixels."""


@dataclass(frozen=True, slots=True)
class _Noise:
    whiten: Floats
    weight: Floats
    """(row, column); 0 where a pixel takes no part."""


def fit_outline(rough: Polygon, looks: Sequence[Look]) -> WallFit | str:
    """Fit straight walls to the building that most of a rough outline covers, or say why that cannot be done.

    Starts from the rough outline and from what the pixels show of it (`grown.outline_in`), both given straight walls,
    and from the smallest rectangle.

    Args:
        rough: on the plane, as a detector, an analyst or a click gave it.
        looks: windows of scenes around the building, at least one.
    """
    pixel = _pixel_m(looks[0])
    found = outline_in(looks, rough)
    if found is not None and _shared(found, rough) < KEPT:
        found = None
    ragged = [rough] if found is None else [found, found, rough]
    # what the pixels show is known to a part of a pixel, and so are its steps
    sizes = np.array([pixel, FINER * pixel, pixel][-len(ragged) :])
    starts = [*regularised(ragged, sizes), ragged[0].minimum_rotated_rectangle]
    usable = [s for s in starts if len(s.exterior.coords) - 1 <= MOST_SIDES and not s.interiors]
    if not usable:
        return "round, or of more than 16 sides"
    return fit_walls(usable, looks, rough)


def fit_walls(starts: Sequence[Polygon], looks: Sequence[Look], rough: Polygon) -> WallFit:
    """Fit the sides of outlines to looks that all show the building; of several starts the one that fits best.

    Args:
        starts: on the plane; each side of one should lie within about two pixels of a wall. A start with more sides
            must fit better by what chance would give them.
        looks: windows of scenes around the building, at least one.
        rough: outline that a fit must share some of.
    """
    few, tried, waiting = looks[:FEW], [], list(starts)
    pixel = _pixel_m(looks[0])
    while waiting:
        start = waiting.pop(0)
        walls = walls_of(start, HEIGHT_M[0])
        state = _State(walls, log(COARSE_PX), np.zeros((len(few), 2)))
        noise = [_ground_noise(k, walls) for k in few]
        alike = 4.0 * sqrt(len(few))
        problem = _Problem(few, noise, alike, held_px=COARSE_PX)
        _, state = _descend(problem, state, 6)
        problem = _Problem(few, noise, alike, held_px=SIGMA_PX[0])
        cost, state = _descend(problem, replace(state, log_sigma=log(SIGMA_PX[0])), 5)
        if state.walls.lengths.min() < LEAST_PX * pixel and len(walls.reach) > 4:
            # without the wall that shrank away
            (fewer,) = regularised([state.walls.outline], LEAST_PX * pixel, round_=False)
            if len(fewer.exterior.coords) - 1 < len(walls.reach):
                waiting.append(fewer)
                continue
        # Schwarz, Annals of Statistics 6 (1978), for the sides alone, by the pixels that are worth one
        size = sum(float((n.weight > 0).sum()) for n in noise) / alike
        tried.append((cost + len(walls.reach) * log(max(size, 2.0)) / 2, state.walls))
    _, walls = min(tried, key=lambda t: t[0])
    looks = [_leaning(k, walls) for k in looks]
    state = _State(walls, log(SIGMA_PX[0]), np.zeros((len(looks), 2)))
    noise = [_ground_noise(k, walls) for k in looks]
    alike = 4.0 * sqrt(len(looks))
    for steps in (4, 3, 3):
        problem = _Problem(looks, noise, alike)
        _, state = _descend(problem, state, steps)
        noise, alike = _judged(problem, state)
    return _result(_Problem(looks, noise, alike), state, rough)


def _shared(one: Polygon, two: Polygon) -> float:
    """Intersection over union."""
    return float(one.intersection(two).area / max(one.union(two).area, 1e-12))


def _leaning(look: Look, walls: Walls) -> Look:
    """The look with that of its leans that fits best."""
    if not look.leans:
        return look
    state, noise = _State(walls, log(SIGMA_PX[0]), np.zeros((1, 2))), [_ground_noise(look, walls)]
    told = [replace(look, placed=replace(look.placed, lean=lean)) for lean in look.leans]
    left = [float(np.square(_Problem([k], noise, 1.0).shown(0, state)[2]).sum()) for k in told]
    return told[int(np.argmin(left))]


class _Problem:
    """Residuals of some looks and their derivatives for given weights.

    Parameters: the sides' distances, turn, log height, log sigma, then right and down of each look.
    """

    def __init__(
        self, looks: Sequence[Look], noise: Sequence[_Noise], alike: float, held_px: float | None = None
    ) -> None:
        self.looks, self.noise, self.alike, self.held_px = looks, noise, alike, held_px
        self.used = [n.weight > 0 for n in noise]
        self.values = [
            k.values[:, u].T.astype(np.float64) @ n.whiten
            for k, n, u in zip(looks, noise, self.used, strict=True)
        ]
        self.root = [np.sqrt(n.weight[u])[:, None] for n, u in zip(noise, self.used, strict=True)]

    def priors(self, state: _State) -> tuple[Floats, Floats]:
        """Distances from what is known beforehand and their derivatives, in standard deviations: log height, log
        sigma, shifts."""
        spread = 1e-3 if self.held_px else SIGMA_PX[1]
        middle = self.held_px or SIGMA_PX[0]
        sigma = np.r_[HEIGHT_M[1], spread, np.repeat([max(k.shift_sigma, 0.02) for k in self.looks], 2)]
        off = np.r_[
            log(state.walls.height / HEIGHT_M[0]), state.log_sigma - log(middle), state.shifts.ravel()
        ]
        return off / sigma, 1 / sigma

    def solved(self, i: int, basis: Floats) -> tuple[Floats, Floats, Floats]:
        """Levels (column, band), residuals with those of their priors (pixel + 2, band), and an orthonormal basis."""
        root, values = self.root[i], self.values[i]
        plain = np.linalg.lstsq(basis[:, :2] * root, values * root, rcond=None)[0]
        contrast = sqrt(float(np.square(plain[0] - plain[1]).mean())) + 1e-6
        shade = sqrt(float(np.square(plain[1]).mean())) * SHADE[1] + 1e-6
        known = np.zeros((2, basis.shape[1]))
        known[0, 4], known[1, 5] = 1 / (WALL * contrast), 1 / shade
        wish = np.stack([np.zeros(values.shape[1]), SHADE[0] * plain[1] / shade])
        a, y = np.vstack([basis * root, known]), np.vstack([values * root, wish])
        q, r = np.linalg.qr(a)
        levels = np.linalg.lstsq(r, q.T @ y, rcond=None)[0]
        return levels, y - a @ levels, q

    def slopes(self, state: _State) -> tuple[Floats, Floats, float]:
        """Normal equations: matrix, right side, and the cost."""
        walls, sides = state.walls, len(state.walls.reach)
        shared = sides + 3
        n = shared + 2 * len(self.looks)
        matrix, right, cost = np.zeros((n, n)), np.zeros(n), 0.0
        for i, look in enumerate(self.looks):
            pixel = _pixel_m(look)
            shapes = _around(walls, pixel)
            cells = layers(shapes, state.shifts[i], look.placed)
            shown = [*seen(cells, exp(state.log_sigma)), seen(cells[0], exp(state.log_sigma + STEPS[3]))]
            bases = [_basis(s, self.used[i]) for s in shown]
            base, root = bases[0], self.root[i]
            levels, residual, q = self.solved(i, base)
            scale = np.r_[np.full(sides, STEPS[0] * pixel), STEPS[1:]]
            moved = np.stack(
                [((b - base) @ levels) * root / s for b, s in zip(bases[1:], scale, strict=True)]
            )
            # moving all sides moves the image
            to_plane = np.linalg.inv(look.placed.to_pixels[:, :2])
            shifts = np.tensordot((walls.normals @ to_plane).T, moved[:sides], axes=1)
            every = np.concatenate([moved, shifts])
            flat = every - np.einsum("nk,pkb->pnb", q[:-2], np.einsum("nk,pnb->pkb", q[:-2], every))
            flat = flat.reshape(len(every), -1)
            own = np.r_[0:shared, shared + 2 * i : shared + 2 * i + 2]
            # what the projection leaves on the rows of the priors is small against the pixels'
            matrix[np.ix_(own, own)] += flat @ flat.T / self.alike
            right[own] += flat @ residual[:-2].ravel() / self.alike
            cost += float(np.square(residual).sum()) / self.alike / 2
        value, slope = self.priors(state)
        place = np.arange(sides + 1, n)
        matrix[place, place] += slope**2
        right[place] -= value * slope
        return matrix, right, cost + float(np.square(value).sum()) / 2

    def shown(self, i: int, state: _State) -> tuple[Floats, Floats, Floats]:
        """Basis, levels and residuals (pixel, band) of look `i`, not weighed."""
        cells = layers([state.walls], state.shifts[i], self.looks[i].placed)
        basis = _basis(seen(cells[0], exp(state.log_sigma)), self.used[i])
        levels, _, _ = self.solved(i, basis)
        return basis, levels, self.values[i] - basis @ levels


def _around(walls: Walls, pixel: float) -> list[Walls]:
    moved = [replace(walls, reach=walls.reach + STEPS[0] * pixel * e) for e in np.eye(len(walls.reach))]
    return [
        walls,
        *moved,
        replace(walls, turn=walls.turn + STEPS[1]),
        replace(walls, height=walls.height * exp(STEPS[2])),
    ]


def _basis(shown: npt.NDArray[np.float32], used: npt.NDArray[np.bool_]) -> Floats:
    """(pixel, 6): roof, ground, its slopes, wall, shadow."""
    rows, cols = used.shape
    row, col = np.nonzero(used)
    roof, wall, shadow = (layer[used].astype(np.float64) for layer in shown)
    ground = 1 - roof
    right, down = (col + 0.5) / cols - 0.5, (row + 0.5) / rows - 0.5
    return np.column_stack([roof, ground, ground * right, ground * down, wall, shadow])


def _pixel_m(look: Look) -> float:
    return 1 / sqrt(abs(float(np.linalg.det(look.placed.to_pixels[:, :2]))))


def _near(look: Look, walls: Walls) -> npt.NDArray[np.bool_]:
    """(row, column) True around a building, its roof and its shadow."""
    foot = walls.corners
    moves = [np.array(v) * walls.height for v in (look.placed.lean, look.placed.shadow) if v is not None]
    hull = shapely.MultiPoint(look.placed.pixels(np.vstack([foot, *(foot + m for m in moves)]))).convex_hull
    rows, cols = look.placed.shape
    col, row = np.meshgrid(np.arange(cols) + 0.5, np.arange(rows) + 0.5)
    result: npt.NDArray[np.bool_] = shapely.contains_xy(hull.buffer(NEAR_PX, quad_segs=2), col, row)
    return result


def _ground_noise(look: Look, walls: Walls) -> _Noise:
    """From how uneven the ground around is; all usable pixels near by weigh 1."""
    use = look.usable & _near(look, walls)
    use = use if use.any() else look.usable
    rows, cols = look.placed.shape
    col, row = np.meshgrid(np.arange(cols) + 0.5, np.arange(rows) + 0.5)
    inside = shapely.contains_xy(Polygon(look.placed.pixels(walls.corners)).buffer(1.5), col, row)
    ground = use & ~inside if (use & ~inside).sum() > 20 else use
    v = look.values[:, ground].astype(np.float64)
    v = v - np.median(v, axis=1, keepdims=True)
    keep = np.square(v / (np.median(np.abs(v), axis=1, keepdims=True) + 1e-9)).mean(axis=0) < 25
    cov = np.cov(v[:, keep]) if keep.sum() > 20 else np.cov(v)
    return _Noise(whitener(np.atleast_2d(cov)), use.astype(np.float64))


def _descend(problem: _Problem, state: _State, steps: int) -> tuple[float, _State]:
    """Levenberg-Marquardt."""
    damp, sides = 0.01, len(state.walls.reach)
    pixel = _pixel_m(problem.looks[0])
    matrix, right, cost = problem.slopes(state)
    for _ in range(steps):
        diagonal = np.diag(matrix)
        step = np.linalg.solve(matrix + damp * np.diag(diagonal + 1e-9 * diagonal.max()), right)
        limit = np.r_[np.full(sides, 2 * pixel), 0.1, 0.35, 0.35, np.full(len(step) - sides - 3, 1.0)]
        step = np.clip(step, -limit, limit)
        w = state.walls
        walls = replace(
            w,
            reach=w.reach + step[:sides],
            turn=w.turn + float(step[sides]),
            height=min(w.height * exp(float(step[sides + 1])), 300.0),
        )
        fresh = _State(
            walls, state.log_sigma + float(step[sides + 2]), state.shifts + step[sides + 3 :].reshape(-1, 2)
        )
        crossing = (walls.lengths < 0.3 * pixel).any() or not walls.outline.is_valid
        trial = problem.slopes(fresh) if not crossing else (matrix, right, np.inf)
        if trial[2] < cost:
            gain = cost - trial[2]
            (matrix, right, cost), state, damp = trial, fresh, max(damp / 5, 1e-4)
            if gain < 1e-4 * (1 + cost) and gain < 0.02:
                break
        else:
            damp *= 8
            if damp > 1e4:
                break
    return cost, state


def _judged(problem: _Problem, state: _State) -> tuple[list[_Noise], float]:
    """Weights from the residuals, and by how much errors that are alike widen the covariance."""
    noise, maps = [], []
    for i in range(len(problem.looks)):
        old, used = problem.noise[i], problem.used[i]
        _, levels, left = problem.shown(i, state)
        back = np.linalg.pinv(old.whiten)
        raw = left @ back
        weight = np.maximum(old.weight[used], 1e-3)
        cov = (raw * weight[:, None]).T @ raw / weight.sum()
        plain = (levels[0] - levels[1]) @ back
        whiten = whitener(cov + np.diag((MODEL * plain) ** 2))
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


def _alike(maps: list[Floats]) -> float:
    """By how much the variance of a sum of residuals exceeds that of independent ones: from pixel to pixel, times from
    date to date."""
    near = []
    for m in maps:
        power = float(np.nanmean(m**2)) + 1e-12
        total = 1.0
        for down, right in LAGS:
            one = m[: m.shape[0] - down, max(-right, 0) : m.shape[1] - max(right, 0)]
            two = m[down:, max(right, 0) : m.shape[1] + min(right, 0)]
            both = (one * two)[np.isfinite(one * two)]
            total += 2 * max(float(both.mean()) / power, 0.0) if both.size else 0.0
        near.append(total)
    rows, cols = (min(m.shape[k] for m in maps) for k in (0, 1))
    stack = np.array([np.nan_to_num(m[:rows, :cols]).ravel() for m in maps])
    stack /= np.linalg.norm(stack, axis=1, keepdims=True) + 1e-12
    n = len(maps)
    shared = ((stack @ stack.T).sum() - n) / max(n * (n - 1), 1)
    return float(np.clip(np.mean(near), 1, 15) * (1 + (n - 1) * np.clip(shared, 0, 1)))


def _result(problem: _Problem, state: _State, rough: Polygon) -> WallFit:
    matrix, _, cost = problem.slopes(state)
    n = len(state.walls.reach)
    matrix = matrix + 1e-9 * np.diag(np.diag(matrix) + 1e-9)
    covariance: Floats = np.asarray(np.linalg.inv(matrix)[:n, :n], np.float64)
    height_sigma = sqrt(max(float(np.linalg.inv(matrix)[n + 1, n + 1]), 0.0))
    held: Floats = np.asarray(np.linalg.inv(matrix[: n + 1, : n + 1])[:n, :n], np.float64)
    contrasts, shadows, residuals, patches, besides = [], [], [], [], []
    for i, look in enumerate(problem.looks):
        basis, levels, left = problem.shown(i, state)
        gap = levels[0] - levels[1]
        contrast = max(float(np.linalg.norm(gap)), 1e-9)
        near = basis[:, 0] > 0.05
        plain = left @ (gap / contrast) / contrast
        contrasts.append(contrast)
        dark = -float(levels[5] @ levels[1]) / max(float(np.linalg.norm(levels[1])), 1e-9)
        cast = min(float(basis[:, 5].sum()) / 4, 1.0)
        shadows.append(dark * cast if look.placed.shadow is not None else 0.0)
        residuals.append(float(np.sqrt(np.square(plain[near]).mean())) if near.any() else 9.0)
        besides.append(_beside(plain, basis, problem.used[i], look, state))
        patches.append(_patches(plain, basis[:, 0] > 0.9, problem.used[i], look))
    found = WallFit(
        walls=state.walls,
        sigma_px=exp(state.log_sigma),
        covariance=covariance,
        held=held,
        height_sigma=height_sigma,
        contrast=float(np.median(contrasts)),
        shadow=float(np.median(shadows)),
        residual=float(np.median(residuals)),
        patch=float(np.median(patches)),
        beside=float(np.median(besides)),
        cost=cost,
        scenes=tuple(k.scene for k in problem.looks),
    )
    return replace(found, failed=_why_not(found, rough, _pixel_m(problem.looks[0])))


def _patches(plain: Floats, inside: npt.NDArray[np.bool_], used: npt.NDArray[np.bool_], look: Look) -> float:
    """Largest mean residual of the parts of a roof, three along the image by three down."""
    row, col = (k[inside] for k in np.nonzero(used))
    if not len(row):
        return 0.0
    place = [np.minimum(3 * (k - k.min()) // (np.ptp(k) + 1), 2) for k in (row, col)]
    number = place[0] * 3 + place[1]
    count = np.bincount(number, minlength=9)
    mean = np.bincount(number, plain[inside], 9) / np.maximum(count, 1)
    return float(np.abs(mean[count >= 4]).max(initial=0.0))


def _beside(plain: Floats, basis: Floats, used: npt.NDArray[np.bool_], look: Look, state: _State) -> float:
    walls = state.walls
    lean = np.array(look.placed.lean or (0.0, 0.0)) * walls.height
    roof = Polygon(look.placed.pixels(walls.corners + lean))
    row, col = np.nonzero(used)
    ring = shapely.contains_xy(roof.buffer(BESIDE_PX, quad_segs=2), col + 0.5, row + 0.5)
    ring &= (basis[:, [0, 4, 5]] < 0.1).all(axis=1)
    return float((plain[ring] > 0.5).mean()) if ring.any() else 0.0


def _why_not(found: WallFit, rough: Polygon, pixel: float) -> str:
    outline, shortest = found.outline, float(found.walls.lengths.min())
    if not outline.is_valid or not np.isfinite(found.covariance).all():
        return "the pixels do not hold the outline"
    rules = (
        (outline.area < LEAST_AREA_PX * pixel**2, f"{outline.area:.0f} m2, below 12 pixels of {pixel:.1f} m"),
        (
            shortest < LEAST_PX * pixel,
            f"a wall of {shortest:.0f} m, below one and a half pixels of {pixel:.1f} m",
        ),
        (_shared(outline, rough) < KEPT, "the fit left the outline that it started from"),
        (found.contrast < 1.0, "roof and ground look alike"),
        (found.patch > PATCH or found.residual > RESIDUAL, "not one roof with straight walls"),
        (found.beside > BESIDE, "something beside it looks like its roof"),
        (
            found.walls.height > (TALL_M if found.shadow >= 1 else UNSEEN_M),
            f"what was taken for its shadow would make it {found.walls.height:.0f} m high",
        ),
        (found.log_area_sigma() > UNSURE, "the pixels do not hold the outline"),
    )
    return next((reason for failed, reason in rules if failed), "")

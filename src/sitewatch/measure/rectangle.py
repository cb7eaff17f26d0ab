"""Fit a box-shaped building to the pixels of several scenes.

All scenes share the outline, the height and the point spread; each has its own brightness of roof, ground, wall and
shadow in each band, and a small shift, held near 0 by the error of its registration. Pixels that do not fit weigh less
(Cauchy weights). `solve` holds the least squares.

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

from sitewatch.measure.forward import Box, Floats
from sitewatch.measure.search import (
    INNER_AS_GOOD,
    INNER_BETTER,
    INNER_OTHER,
    INNER_RESIDUAL,
    INSET_PX,
    first_boxes,
    ground_noise,
    inner_box,
    leaned,
    pixel_m,
    ring_of,
    rival_of,
    within,
)
from sitewatch.measure.solve import (
    CAUCHY,
    HEIGHT_M,
    LITTLE,
    ROUGH,
    SHARED,
    SIGMA_PX,
    Look,
    Noise,
    Problem,
    State,
    descend,
    near,
    whitener,
)

MODEL = 0.03
"""Error of the model itself, as a share of the contrast between roof and ground."""
MARGIN_PX = 5.0
"""Ground around the outline that is looked at."""
RESIDUAL, CORNERS, ASIDE = 0.35, 0.12, 0.3
"""Shares of the contrast that may be left: at pixels of the roof, on average over a quarter of it, and over half a
strip beside it."""
COVERED = 0.95
"""Share of the roof that the images must show."""
SHADOW = 1.0
"""How much darker than the ground a shadow must be, in standard deviations of a pixel, where one is to be seen."""
SHADED_PX = 4.0
"""Pixels of shadow from which one is to be seen."""
BESIDE = 0.3
"""Width of strips beside the roof, as a share of its own."""
TALL_M, UNSEEN_M = 30.0, 18.0
"""Heights from which a shadow is not believed: one that is seen, and one that can hardly be seen."""
LAGS = ((0, 1), (1, 0), (1, 1), (1, -1), (0, 2), (2, 0), (0, 3), (3, 0))


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
    beside: float = 0.0
    """Largest mean residual of strips beside the roof, toward the roof's brightness, as a share of the contrast."""
    covered: float = 1.0
    """Share of the roof that the images show."""
    shaded_px: float = 0.0
    """Pixels of its shadow that are to be seen in an image; 0 where the sun is not known."""
    rival: float = 0.0
    """Standard deviation of the logarithm of the area from other boxes that fit nearly as well."""
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
    told = first_boxes(start, looks)
    state = State(told[0][1], log(SIGMA_PX[0]), np.zeros((len(looks), 2)))
    looks, state = leaned(looks, state)
    problem, state = _settled(looks, state, None)
    found = _result(problem, state, start)
    rival = rival_of(told, problem.alike)
    if found.residual > INNER_RESIDUAL:
        misfit, inner, yard = inner_box(problem.looks, state)
        smaller = log(state.box.length * state.box.width / (inner.length * inner.width))
        if misfit < INNER_BETTER and within(inner, state.box, INSET_PX * pixel_m(looks[0])):
            problem, state = _settled(problem.looks, replace(state, box=inner), yard)
            found = _result(problem, state, start)
        elif misfit < INNER_AS_GOOD and smaller > INNER_OTHER:
            # one or the other
            rival = max(rival, smaller / 2)
    for _ in range(2):
        ring = ring_of(problem, state)
        if ring is None:
            break
        problem, state = _settled(problem.looks, state, ring)
        found = _result(problem, state, start)
    return replace(found, rival=rival)


def _settled(looks: Sequence[Look], state: State, yard: Box | None) -> tuple[Problem, State]:
    """The fit to all looks, and the problem that it solves with weights of its own residuals."""
    noise = [ground_noise(k, state.box, near(k, state.box)) for k in looks]
    alike = 4.0 * len(looks) ** 0.5
    for steps, little in ((5, ROUGH), (4, ROUGH), (4, LITTLE)):
        problem = Problem(looks, noise, alike, yard=yard)
        (state,) = descend(problem, [state], steps, little=little)
        if any(k.leans for k in looks):
            looks, state = leaned(looks, state)
            problem = Problem(looks, noise, alike, yard=yard)
        noise, alike = _judged(problem, state)
    return Problem(looks, noise, alike, yard=yard), state


def _judged(problem: Problem, state: State) -> tuple[list[Noise], float]:
    """Weights from the residuals, and by how much errors that are alike widen the covariance."""
    noise, maps = [], []
    for i, look in enumerate(problem.looks):
        data, old = problem.data[i], problem.noise[i]
        lin, _, _ = problem.levels(i, [state])
        levels = lin.levels[0]
        back = np.linalg.inv(old.whiten)
        raw = lin.residual[0] @ back
        weight = np.maximum(data.weight, 1e-3)
        cov = (raw * weight[:, None]).T @ raw / weight.sum()
        plain = (levels[0] - levels[1]) @ back
        cov += np.diag((MODEL * plain) ** 2)
        whiten = whitener(cov)
        left = raw @ whiten
        far = np.square(left).mean(axis=1)
        far /= max(float(np.median(far)), 1e-9) / 0.7
        weight = 1 / (1 + far / CAUCHY**2)
        fresh = np.zeros(look.usable.shape)
        fresh[data.row, data.col] = weight
        noise.append(Noise(whiten, fresh))
        toward = plain @ whiten
        scalar = np.full(look.usable.shape, np.nan)
        scalar[data.row, data.col] = (
            left @ (toward / max(float(np.linalg.norm(toward)), 1e-9)) * np.sqrt(weight)
        )
        maps.append(scalar)
    return noise, _alike(maps)


def _alike(maps: list[Floats]) -> float:
    """By how much the variance of a sum of residuals exceeds that of independent ones."""
    mean = 0.0
    for m in maps:
        seen = np.isfinite(m).astype(np.float64)
        known = np.where(seen, m, 0.0)
        power = float(np.vdot(known, known)) / max(float(seen.sum()), 1.0) + 1e-12
        total = 1.0
        for down, right in LAGS:
            one = slice(None, m.shape[0] - down), slice(max(-right, 0), m.shape[1] - max(right, 0))
            two = slice(down, None), slice(max(right, 0), m.shape[1] + min(right, 0))
            product = float(np.einsum("ij,ij->", known[one], known[two]))
            count = float(np.einsum("ij,ij->", seen[one], seen[two]))
            total += 2 * max(product / max(count, 1.0) / power, 0.0)
        mean += total / len(maps)
    rows, cols = (min(m.shape[k] for m in maps) for k in (0, 1))
    stack = np.array([np.nan_to_num(m[:rows, :cols]).ravel() for m in maps])
    stack /= np.linalg.norm(stack, axis=1, keepdims=True) + 1e-12
    n = len(maps)
    shared = ((stack @ stack.T).sum() - n) / max(n * (n - 1), 1)
    return float(np.clip(mean, 1, 15) * (1 + (n - 1) * np.clip(shared, 0, 1)))


def _result(problem: Problem, state: State, start: Box) -> Fit:
    (matrix,), _, _ = problem.slopes([state])
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
    contrasts, shadows, residuals, sectors, covers, shaded = ([] for _ in range(6))
    for i in range(len(problem.looks)):
        look, data = problem.looks[i], problem.data[i]
        lin, (parts,), _ = problem.levels(i, [state])
        levels = lin.levels[0]
        gap = levels[0] - levels[1]
        contrast = float(np.linalg.norm(gap))
        contrasts.append(contrast)
        inside = parts[0] > 0.05
        plain = lin.residual[0] @ (gap / max(contrast, 1e-9))
        left = float(np.sqrt(np.square(plain[inside]).mean())) if inside.any() else 9.0
        residuals.append(left / max(contrast, 1e-9))
        dark = levels[6] @ levels[1] / max(float(np.linalg.norm(levels[1])), 1e-9)
        shadows.append(-float(dark) * min(1.0, float(parts[3].sum()) / 4) if look.placed.shadow else 0.0)
        area = state.box.length * state.box.width / pixel_m(look) ** 2
        covers.append(float(parts[0].sum()) / area)
        shaded.append(float(parts[3].sum()) if look.placed.shadow else 0.0)
        sectors.append(_sectors(plain / max(contrast, 1e-9), data.points[1:].T, state, look))
    middle = np.median(sectors, axis=0)
    fit_ = Fit(
        box=_upright(state.box),
        sigma_px=exp(state.log_sigma),
        covariance=covariance,
        sources=sources,
        contrast=float(np.median(contrasts)),
        shadow=float(np.median(shadows)),
        residual=float(np.median(residuals)),
        corners=float(np.abs(middle[:4]).max()),
        beside=float(middle[4:].max()),
        covered=float(np.median(covers)),
        shaded_px=float(np.median(shaded)),
        scenes=tuple(k.scene for k in problem.looks),
    )
    return replace(fit_, failed=_why_not(fit_, start, problem))


def _sectors(residual: Floats, points: npt.NDArray[np.float32], state: State, look: Look) -> Floats:
    """(12,) mean residual of the roof's quarters and of the halves of strips beside its four sides, from residuals at
    (pixel, 2) points."""
    inverse = np.linalg.inv(look.placed.to_pixels[:, :2])
    at = (points - look.placed.to_pixels[:, 2]) @ inverse.T
    lean = np.array(look.placed.lean or (0.0, 0.0)) * state.box.height
    at = at - lean - [state.box.x, state.box.y]
    c, s = np.cos(state.box.turn), np.sin(state.box.turn)
    along, across = at @ [c, s], at @ [-s, c]
    pixel, half, wide = pixel_m(look), state.box.length / 2, state.box.width / 2
    inside = (np.abs(along) < half) & (np.abs(across) < wide)
    parts = [inside & (along * a > 0) & (across * b > 0) for a in (-1, 1) for b in (-1, 1)]
    reach = max(BESIDE * state.box.width, 2 * pixel)
    for one, other, out, side in ((along, across, half, wide), (across, along, wide, half)):
        for sign in (-1, 1):
            strip = (one * sign > out + pixel) & (one * sign < out + pixel + reach) & (np.abs(other) < side)
            parts += [strip & (other < 0), strip & (other > 0)]
    return np.array([residual[p].mean() if p.sum() >= 3 else 0.0 for p in parts])


def _upright(box: Box) -> Box:
    """Length the longer side, turn in [0, pi)."""
    if box.width > box.length:
        box = replace(box, length=box.width, width=box.length, turn=box.turn + np.pi / 2)
    return replace(box, turn=float(box.turn % np.pi))


def implausible(found: Fit) -> bool:
    """True where the height is more than a shadow of that darkness can be believed for."""
    return found.box.height > (TALL_M if found.shadow >= 1 else UNSEEN_M)


def _why_not(fit_: Fit, start: Box, problem: Problem) -> str:
    """The first reason that holds, or nothing."""
    pixel = pixel_m(problem.looks[0])
    one, two = fit_.outline, Polygon(start.corners)
    variance = fit_.covariance[2, 2] + fit_.covariance[3, 3] + 2 * fit_.covariance[2, 3]
    unheld = "the pixels do not hold the outline"
    tall = f"what was taken for its shadow would make it {fit_.box.height:.0f} m high"
    reasons = (
        (
            fit_.box.width < 1.5 * pixel or one.area < 6 * pixel**2,
            f"{fit_.box.width:.0f} m wide, below one and a half pixels of {pixel:.1f} m",
        ),
        (not np.isfinite(fit_.covariance).all(), unheld),
        (
            one.intersection(two).area < 0.3 * one.union(two).area,
            "the fit left the outline that it started from",
        ),
        (fit_.contrast < 1.0, "roof and ground look alike"),
        (fit_.covered < COVERED, "it does not lie whole in what the images show"),
        (fit_.corners > CORNERS or fit_.residual > RESIDUAL, "not a rectangle of one roof"),
        (fit_.beside > ASIDE, "not a rectangle, or something beside it looks like its roof"),
        (fit_.shaded_px >= SHADED_PX and fit_.shadow < SHADOW, "roof and shadow cannot be told apart"),
        (implausible(fit_), tall),
        (not 0 < variance < 0.25, unheld),
    )
    return next((reason for holds, reason in reasons if holds), "")

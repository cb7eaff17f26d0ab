"""Fine shift: robust least squares on a set of windows, after Lucas and Kanade.

B. D. Lucas and T. Kanade, "An iterative image registration technique", IJCAI 1981, with the gradient taken on
the reference once (S. Baker and I. Matthews, IJCV 56(3), 2004). In each window and band the moving image is
`offset + gain * reference`, so haze, sun and season may differ from place to place; a negative gain is a
field that turned from dark to bright. Cauchy weights set aside pixels that changed, and windows that pull
another way than the others. Windows have shifts of their own besides (random effects, as in R. DerSimonian and
N. Laird, "Meta-analysis in clinical trials", Controlled Clinical Trials 7, 1986): shores, shadows and crops move.
The error comes from how much the windows disagree (the sandwich estimator of P. J. Huber, 1967, windows as
clusters), from what of it all windows may share, and from how much the bands disagree (`_bands`).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sitewatch.imagery._bands import error_of_bands
from sitewatch.imagery._windows import MAX_STEP, Reference, Windows, cut

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]

FEW, MANY = 32, 160
"""Windows in the first fit, and in a second one where the first is not good to GOOD_SIGMA."""
SMALL = 102_400
"""Pixels of an image up to which all windows are little more than the few of a large one, and one fit does."""
GOOD_SIGMA = 0.015
MIN_WINDOWS = 4
CAUCHY = 2.385
"""Residuals in standard deviations at which a Cauchy weight is one half (95 % efficient on normal errors)."""
WINDOW_CAUCHY = 1.5
"""The same for windows, narrower: under cloud that the mask missed, or on shores, most windows may be wrong."""
QUARTER = 0.25
CHI2_QUARTER = 0.575
"""Share of the windows whose distances say how far windows that agree lie apart, and that quantile of chi-square with
two degrees of freedom."""
SHARED = 0.4
"""Of how far windows differ, where they have nothing in common, all may share as much: what a season, a water level
or the sun does to the whole scene. Measured on real pairs (loops, halves); known shifts cannot show it."""
SPREADS: F64 = np.square(np.concatenate([[0.0], np.geomspace(0.02, MAX_STEP, 6)]))
"""Square pixels, between which the spread of windows' own shifts is interpolated."""
ALIKE = 20.0
"""Pixels that share one draw of the noise: smoothing alone makes 4 pi SMOOTHING squared, 10, and what changed hangs
together farther. A window's own variance is as many times larger. Measured on real pairs."""
ROUNDS = 4
FLOOR = 0.0025
"""Pixels: what sampling (aliasing) adds and windows cannot see, measured likewise."""
ITERATIONS = 5
CONVERGED = 0.02
"""Pixels: the next step would be some thirty times smaller than this one."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Result of the fine stage."""

    dx: float
    dy: float
    sigma: float
    """Standard error of one component, pixels."""
    within: float
    """The same but for what the bands' own shifts add, and few windows do not know."""
    scatter: float
    """The part of it that comes from the windows' disagreement, and that more windows make smaller."""
    windows: int
    correlation: float
    """Median over windows of the weighted correlation of reference and aligned moving image (absolute
    value)."""


def refine(reference: Reference, moving: F32, moving_ok: Bool, start: tuple[float, float]) -> Fit | None:
    """Shift of `moving` (band, y, x) near `start` (dx, dy); None where too few windows are usable.

    Both fits begin at `start`: the few windows with the most gradient may lie on a cloud's edge, and lead away.
    """
    fit = None
    whole = (round(start[0]), round(start[1]))
    for limit in (FEW, MANY) if moving_ok.size > SMALL else (MANY,):
        windows = cut(reference, moving, moving_ok, whole=whole, limit=limit)
        if windows is None or len(windows.weight) < MIN_WINDOWS:
            return fit
        fit = _fit(windows, whole, start)
        if fit.scatter <= GOOD_SIGMA or windows.complete:
            break
    return fit


def _fit(windows: Windows, whole: tuple[int, int], start: tuple[float, float]) -> Fit:
    shift = np.array([start[0] - whole[0], start[1] - whole[1]])
    basis = _basis(windows)
    for _ in range(ITERATIONS):
        found = _step(windows, basis, shift)
        move = found.shift - shift
        shift = np.clip(found.shift, -MAX_STEP, MAX_STEP)
        if np.abs(move).max() < CONVERGED:
            break
    dx, dy = (float(v) for v in whole + shift)
    at_the_end = np.abs(shift).max() >= MAX_STEP  # where the search was cut off, not where it settled
    apart = 1 - found.correlation**2  # share of the variance that the two looks do not have in common
    within = found.variance + (SHARED * apart) ** 2 * found.spread + FLOOR**2
    if at_the_end:
        within = float("inf")
    count = len(windows.weight)
    # A few windows do not know well how much they disagree: the variance of Student's t.
    unsure = found.variance * ((count - 1) / (count - 3) - 1)
    return Fit(
        dx,
        dy,
        float(np.sqrt(within + unsure + error_of_bands(*found.by_band))),
        float(np.sqrt(within)),
        float(np.sqrt(found.variance)),
        count,
        found.correlation,
    )


def _basis(w: Windows) -> F32:
    """(band, window, 5, pixel) of [1, reference, grad_x, grad_y, moving], the last to be filled in."""
    bands, count = w.reference.shape[:2]
    basis = np.empty((bands, count, 5, w.weight[0].size), np.float32)
    basis[:, :, 0] = 1
    for k, values in enumerate((w.reference, w.grad_x, w.grad_y), start=1):
        basis[:, :, k] = values.reshape(bands, count, -1)
    return basis


@dataclass(frozen=True, slots=True)
class _Solution:
    shift: F64
    variance: float
    """Of one component, by the windows' disagreement, square pixels."""
    spread: float
    """Variance of the windows' own shifts, square pixels."""
    correlation: float
    by_band: tuple[F64, F64, F64, F64]
    """What `error_of_bands` asks for."""


def _step(w: Windows, basis: F32, shift: F64) -> _Solution:
    """One Gauss-Newton step of the common shift, all windows and bands together."""
    bands, count = basis.shape[:2]
    basis[:, :, 4] = w.aligned(*shift).reshape(bands, count, -1)
    flat = w.weight.reshape(count, 1, -1)
    gain, offset, d = _regress(np.concatenate([_gram(band * flat, band) for band in basis]))
    # What the window's own shift explains is no sign of change: leave it out of the residual.
    coefficients = np.stack([-offset, -gain, -d[:, 0], -d[:, 1], np.ones(len(gain))], axis=1)
    grams, scales = [], []
    for band, own in zip(
        basis, coefficients[:, None].astype(np.float32).reshape(bands, count, 1, 5), strict=True
    ):
        residual = np.matmul(own, band)
        scale = _scale(residual, w.weight)
        residual /= (CAUCHY * scale[:, None, None]).astype(np.float32)
        np.square(residual, out=residual)
        residual += 1
        grams.append(_gram(band * (flat / residual), band))
        scales.append(scale)
    normal, score, correlation = _information(np.concatenate(grams), np.concatenate(scales))
    normal, score = normal.reshape(bands, count, 2, 2), score.reshape(bands, count, 2)
    common = _combine(normal.sum(axis=0), score.sum(axis=0), w.weight.mean(axis=(1, 2)))
    by_band = (normal, score, common.weight, common.lever)
    return _Solution(
        shift + common.step, common.variance, common.spread, float(np.median(correlation)), by_band
    )


def _information(gram: F64, scale: F64) -> tuple[F64, F64, F64]:
    """Normal matrix (window, 2, 2) and score (window, 2) of the shift, gain and offset eliminated, and correlation."""
    gain, _, _ = _regress(gram)
    x, z = gram[:, :2, :2], gram[:, :2, 2:]
    solved = np.linalg.solve(x + 1e-9 * np.trace(x, axis1=1, axis2=2)[:, None, None] * np.eye(2), z)
    reduced = gram[:, 2:, 2:] - np.matmul(z.transpose(0, 2, 1), solved)  # of [grad_x, grad_y, moving]
    precision = 1 / scale**2
    normal = reduced[:, :2, :2] * (gain**2 * precision)[:, None, None]
    score = -reduced[:, :2, 2] * (gain * precision)[:, None]
    variance = np.maximum(gram[:, 1, 1] * gram[:, 0, 0] - gram[:, 0, 1] ** 2, 1e-12)
    variance_m = np.maximum(gram[:, 4, 4] * gram[:, 0, 0] - gram[:, 0, 4] ** 2, 1e-12)
    correlation: F64 = np.abs(gram[:, 1, 4] * gram[:, 0, 0] - gram[:, 0, 1] * gram[:, 0, 4]) / np.sqrt(
        variance * variance_m
    )
    return normal, score, correlation


def _gram(weighted: F32, basis: F32) -> F64:
    gram: F64 = np.matmul(weighted, basis.transpose(0, 2, 1)).astype(np.float64)
    return gram


def _regress(gram: F64) -> tuple[F64, F64, F64]:
    """Gain, offset and slopes (window, 2) of moving on [1, reference, grad_x, grad_y]."""
    x = gram[:, :4, :4]
    ridge = 1e-6 * np.einsum("kii->ki", x)[..., None] * np.eye(4) + 1e-12 * np.eye(4)
    solution = np.linalg.solve(x + ridge, gram[:, :4, 4:])[..., 0]
    return solution[:, 1], solution[:, 0], solution[:, 2:]


def _scale(residual: F32, usable: F32) -> F64:
    """Robust standard deviation of each window's residual, from a quarter of its pixels."""
    good = usable.reshape(len(usable), -1)[:, ::4] > 0
    size = np.sort(np.where(good, np.abs(residual[:, 0, ::4]), np.float32(np.inf)), axis=1)
    middle = np.take_along_axis(size, (good.sum(1) // 2)[:, None], axis=1)[:, 0]
    scale: F64 = 1.4826 * np.where(np.isfinite(middle), middle, 0).astype(np.float64)
    return np.maximum(scale, 1e-9 + 1e-3 * float(np.median(scale)))


class _Common(NamedTuple):
    """What the windows say together."""

    step: F64
    """(2,), pixels."""
    variance: float
    """Of a component of it, square pixels."""
    spread: float
    """Variance of the windows' own shifts, square pixels."""
    weight: F64
    """(window,) how much of what it knows counts."""
    lever: F64
    """(window, 2, 2): times its score, the part of `step` that is a window's."""


def _combine(normal: F64, score: F64, usable: F32) -> _Common:
    """The common step of all windows.

    Without own shifts the sharpest windows would decide, and where water falls these lie on the shore. Each window's
    matrix is taken along its own axes: a straight edge counts across it only.

    Args:
        normal: (window, 2, 2) information on the shift.
        score: (window, 2).
        usable: (window,) share of its pixels; an own shift varies the more the fewer they are.
    """
    information, vectors = np.linalg.eigh(normal)
    axes = vectors.transpose(0, 2, 1).reshape(-1, 2)
    variance = 1 / np.maximum(information, 1e-9 * information.max() + 1e-30).ravel()
    own = (axes * np.repeat(score, 2, axis=0)).sum(axis=1) * variance
    noise = ALIKE * variance
    part = np.repeat(1 / usable.astype(np.float64), 2)
    rest = np.zeros_like(own)
    for _ in range(ROUNDS):
        spread, typical = _spread(rest * rest, noise, part)
        precision = 1 / (noise + spread * part)
        distance = (rest * rest * precision).reshape(-1, 2).sum(axis=1)
        weight = 1 / (1 + distance / (WINDOW_CAUCHY**2 * typical))
        force = axes * (np.repeat(weight, 2) * precision)[:, None]
        total = force.T @ axes
        total += (1e-9 * np.trace(total) + 1e-12) * np.eye(2)
        step = np.linalg.solve(total, force.T @ own)
        rest = own - axes @ step
    # A window pulls the fit toward itself by its share of the information, and hides as much of its residual.
    inverse = np.linalg.inv(total)
    share = 0.5 * ((force @ inverse) * axes).sum(axis=1).reshape(-1, 2).sum(axis=1)
    pull = (force * rest[:, None]).reshape(-1, 2, 2).sum(axis=1)
    # How the sum of pulls answers to a shift: less than their weights say, as these fall with distance, too.
    answer = total - (pull * (2 / (WINDOW_CAUCHY**2 * typical))).T @ pull
    values, turned = np.linalg.eigh(answer)
    answer = turned * np.maximum(values, 0.1 * np.trace(total)) @ turned.T
    half = np.linalg.solve(answer, (pull / np.maximum(1 - share, 0.1)[:, None]).T)
    lever = (
        inverse @ (force * variance[:, None]).reshape(-1, 2, 2).transpose(0, 2, 1) @ axes.reshape(-1, 2, 2)
    )
    counts = weight * (precision * variance).reshape(-1, 2).mean(axis=1)
    return _Common(step, float(np.sum(half * half)) / 2, spread, counts, lever)


def _spread(squares: F64, noise: F64, part: F64) -> tuple[float, float]:
    """Variance of the windows' own shifts, at which the squared distances from the common one have the quarter of
    chi-square; and their quarter over chi-square's where noise alone is more than enough (else 1).

    Args:
        squares: (2 * window,) squared distances along a window's two axes.
        noise: (2 * window,) variances.
        part: (2 * window,) what the spread counts there.
    """
    distances = (squares / (noise + SPREADS[:, None] * part)).reshape(len(SPREADS), -1, 2).sum(axis=2)
    at = QUARTER * (distances.shape[1] - 1)
    low, high = int(at), int(np.ceil(at))  # by hand: numpy's quantile takes five times as long for so few
    ordered = np.partition(distances, (low, high), axis=1)
    quarters = ordered[:, low] + (at - low) * (ordered[:, high] - ordered[:, low])
    quarters = np.maximum(quarters, 1e-12)
    # Where the spread is most of it, the inverse of a quantile is a straight line in it.
    spread = float(np.interp(1 / CHI2_QUARTER, 1 / quarters, SPREADS))
    return spread, min(float(quarters[0]) / CHI2_QUARTER, 1.0)

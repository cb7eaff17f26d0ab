"""Robust plane transforms between matched points; the model is chosen by how it predicts points left out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]

PARAMETERS = {"shift": 2, "similarity": 4, "affine": 6, "homography": 8}
GAIN = 0.92
"""A richer model must cut the prediction error to this share of the simpler one's."""
SPLITS = 12


@dataclass(frozen=True, slots=True)
class Fit:
    """A transform with its errors in pixels (per axis)."""

    matrix: Points
    """(3, 3), moving to reference."""
    model: str
    sigma: float
    """Standard error of a predicted position, median over the points."""
    scatter: float
    """Robust standard deviation of single points around the fit."""
    count: int
    """Points that agree with it."""


def apply(matrix: Points, points: Points) -> Points:
    """Points (n, 2) through a homogeneous transform (3, 3)."""
    moved = np.c_[points, np.ones(len(points))] @ matrix.T
    result: Points = moved[:, :2] / moved[:, 2:]
    return result


def choose(source: Points, target: Points) -> Fit:
    """The simplest model whose error on left-out points is near the best, fitted to all points."""
    rng = np.random.default_rng(0)
    halves = [rng.permutation(len(source)) for _ in range(SPLITS)]
    errors: dict[str, float] = {}
    sigmas: dict[str, float] = {}
    for model, parameters in PARAMETERS.items():
        if len(source) < 4 * parameters:
            break
        missed, apart = [], []
        for order in halves:
            one, two = order[: len(order) // 2], order[len(order) // 2 :]
            first = robust(model, source[one], target[one])
            second = robust(model, source[two], target[two])
            missed.append(np.abs(apply(first, source[two]) - target[two]).ravel())
            apart.append((apply(first, source) - apply(second, source)).ravel())
        errors[model] = 1.4826 * float(np.median(np.concatenate(missed)))
        # A fit to half the points has twice the variance of the fit to all; a difference of two, four times.
        sigmas[model] = float(np.sqrt(np.mean(np.square(np.concatenate(apart))))) / 2
    names = list(errors)
    best = names[0]
    for name in names[1:]:
        if errors[name] < GAIN * errors[best]:
            best = name
    matrix = robust(best, source, target)
    off = np.abs(apply(matrix, source) - target)
    scatter = 1.4826 * float(np.median(off))
    agree = (off.max(axis=1) < max(3 * scatter, 0.5)).sum()
    return Fit(matrix, best, sigmas[best], scatter, int(agree))


def robust(model: str, source: Points, target: Points) -> Points:
    """Fit by least squares with weights that let go of outliers (Tukey's biweight, 12 rounds)."""
    weights = np.ones(len(source))
    matrix = np.eye(3)
    for _ in range(12):
        matrix = _solve(model, source, target, weights)
        off = np.hypot(*(apply(matrix, source) - target).T)
        width = 4.685 * max(1.4826 * float(np.median(off)) / 1.17, 0.05)
        weights = np.square(np.clip(1 - np.square(off / width), 0, None))
        if weights.sum() < PARAMETERS[model]:
            break
    return matrix


def _solve(model: str, source: Points, target: Points, weights: Points) -> Points:
    """Weighted least squares in coordinates centred and scaled to unit spread (Hartley 1997)."""
    centre = np.average(source, axis=0, weights=weights)
    spread = float(np.sqrt(np.average(((source - centre) ** 2).sum(axis=1), weights=weights))) or 1.0
    to_unit = np.array(
        [[1 / spread, 0, -centre[0] / spread], [0, 1 / spread, -centre[1] / spread], [0, 0, 1]]
    )
    x, y = apply(to_unit, source).T
    u, v = target.T
    zero, one = np.zeros_like(x), np.ones_like(x)
    if model == "shift":
        return _shift(np.average(target - source, axis=0, weights=weights))
    if model == "similarity":
        rows = [np.c_[x, -y, one, zero], np.c_[y, x, zero, one]]
    elif model == "affine":
        rows = [np.c_[x, y, one, zero, zero, zero], np.c_[zero, zero, zero, x, y, one]]
    else:
        shift = target.mean(axis=0)
        u, v = u - shift[0], v - shift[1]
        rows = [
            np.c_[x, y, one, zero, zero, zero, -u * x, -u * y],
            np.c_[zero, zero, zero, x, y, one, -v * x, -v * y],
        ]
    root = np.sqrt(np.r_[weights, weights])[:, None]
    p = np.linalg.lstsq(np.vstack(rows) * root, np.r_[u, v] * root[:, 0], rcond=None)[0]
    if model == "similarity":
        unit = np.array([[p[0], -p[1], p[2]], [p[1], p[0], p[3]], [0, 0, 1]])
    elif model == "affine":
        unit = np.array([[p[0], p[1], p[2]], [p[3], p[4], p[5]], [0, 0, 1]])
    else:
        unit = _shift(shift) @ np.array([[p[0], p[1], p[2]], [p[3], p[4], p[5]], [p[6], p[7], 1]])
    matrix: Points = unit @ to_unit
    matrix /= matrix[2, 2]
    return matrix


def _shift(by: Points) -> Points:
    return np.array([[1, 0, by[0]], [0, 1, by[1]], [0, 0, 1]], float)

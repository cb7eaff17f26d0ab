"""A likelihood-ratio test for a step at each pixel and date, all bands together.

For each pixel the model without a step is least squares on a design shared by all pixels (`change.background`).
A step between date t-1 and t adds the regressor [n >= t]; the test statistic is its standardised coefficient
(generalised likelihood ratio for Gaussian noise, e.g. Andrews 1993, Econometrica 61:821; structural-break use in
remote sensing: Verbesselt et al. 2010, Remote Sens. Environ. 114:106). With one design, one set of weights and
one Cholesky factor for each pixel, all dates and bands cost one batched triangular product.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sitewatch.errors import DataError

Array = npt.NDArray[np.float32]

MIN_SIDE = 3
"""Clear dates that must lie on each side of a step."""
MIN_INFORMATION = 0.5
"""Smallest information (in equivalent dates) that the design leaves for a step to be testable."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Result of the step test; `t` runs over the dates 1..T-1: a step between date t-1 and date t."""

    z: Array
    """(T-1, band, pixel) standardised step, 0 where not testable."""
    amplitude: Array
    """(T-1, band, pixel) size of the step in the unit of the data, 0 where not testable."""
    sigma: Array
    """(band, pixel) noise of one date, same unit."""
    residual: Array
    """(T, band, pixel) data minus the model without a step; 0 where not used."""
    weight: Array
    """(T, pixel) 1 where a date was used, 0 where masked or thrown out as a spike."""


def fit(values: Array, weight: Array, design: Array, precision: Array | None = None) -> Steps:
    """Test every date of every pixel for a step.

    Args:
        values: (T, band, pixel) float32.
        weight: (T, pixel) 1 where usable.
        design: (T, term) from `background`, first column the constant.
        precision: (T,) relative precision (inverse variance) of the dates; all 1 where not given.

    Raises:
        DataError: shapes do not fit together.
    """
    dates, _, pixels = values.shape
    if weight.shape != (dates, pixels) or design.shape[0] != dates:
        raise DataError(
            f"values {values.shape}, weight {weight.shape} and design {design.shape} do not share their dates "
            "and pixels"
        )
    importance = np.ones(dates, np.float32) if precision is None else precision
    residual, _ = _regress(values, weight, design, importance)
    weight = weight * ~_spikes(residual, weight, _noise(residual, weight))
    residual, factor = _regress(values, weight, design, importance)
    sigma = _noise(residual, weight)
    z, amplitude = _step_statistics(
        residual * importance[:, None, None], weight * importance[:, None], weight, sigma, factor, design
    )
    return Steps(z, amplitude, sigma, residual, weight)


def sizes(values: Array, weight: Array, design: Array, dates: Sequence[int]) -> Array:
    """Amplitudes (step, band, pixel) of steps at known `dates` (index of the first date after), fitted together.

    Arguments as for `fit`.
    """
    after = np.arange(len(values))[:, None] >= np.asarray(dates)
    full = np.concatenate([design, after.astype(np.float32)], axis=1)
    beta = _coefficients(values, weight, full)[0]
    return beta[:, design.shape[1] :].transpose(1, 2, 0)


def _coefficients(values: Array, weight: Array, design: Array) -> tuple[Array, Array]:
    """Weighted least squares: coefficients (pixel, term, band), inverse Cholesky factor (pixel, term, term)."""
    terms = design.shape[1]
    # All normal matrices in one product: weights (pixel, T) times the outer products of the design's rows.
    outer = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
    normal = (weight.T @ outer).reshape(-1, terms, terms).astype(np.float64)
    # A ridge keeps pixels with few clear dates solvable; it is far below one date's worth of information.
    normal += np.eye(terms) * (1e-3 + 1e-4 * np.trace(normal, axis1=1, axis2=2)[:, None, None] / terms)
    factor = np.linalg.inv(np.linalg.cholesky(normal)).astype(np.float32)
    target = np.einsum("tbp,tk->pkb", values * weight[:, None], design, optimize=True)
    return np.matmul(factor.transpose(0, 2, 1), np.matmul(factor, target)), factor


def _regress(values: Array, weight: Array, design: Array, importance: Array) -> tuple[Array, Array]:
    """Residual (T, band, pixel), 0 where not used, and the inverse Cholesky factor (pixel, term, term)."""
    beta, factor = _coefficients(values, weight * importance[:, None], design)
    fitted = np.einsum("tk,pkb->tbp", design, beta, optimize=True)
    residual: Array = ((values - fitted) * weight[:, None, :]).astype(np.float32)
    return residual, factor


def _previous(values: Array, weight: Array) -> tuple[Array, npt.NDArray[np.bool_]]:
    """For each date the value at the last used date before it, and whether there is one."""
    dates = np.arange(len(weight))[:, None]
    last = np.maximum.accumulate(np.where(weight > 0, dates, -1), axis=0)
    before = np.vstack([np.full((1, weight.shape[1]), -1), last[:-1]])
    index = np.maximum(before, 0)[:, None, :]
    return np.take_along_axis(values, np.broadcast_to(index, values.shape), axis=0), before >= 0


def _noise(residual: Array, weight: Array) -> Array:
    """Robust noise (band, pixel) from differences of successive used dates: a step counts in one of them only."""
    earlier, exists = _previous(residual, weight)
    use = exists & (weight > 0)
    difference = np.where(use[:, None, :], np.abs(residual - earlier), np.nan)
    # sorting with NaN last and picking the middle of the used part is a nanmedian without its overhead
    ordered = np.sort(difference, axis=0)
    middle = np.maximum((use.sum(axis=0) - 1) // 2, 0)
    index = np.broadcast_to(middle[None, None, :], (1, *residual.shape[1:]))
    median = np.take_along_axis(ordered, index, axis=0)[0]
    result: Array = np.nan_to_num(1.4826 / np.sqrt(2) * median, nan=0).astype(np.float32)
    return result


def _spikes(residual: Array, weight: Array, sigma: Array, limit: float = 5.0) -> npt.NDArray[np.bool_]:
    """(T, pixel) True where a used date departs from both used neighbours in any band: cloud, shadow, vehicle."""
    earlier, has_earlier = _previous(residual, weight)
    later, has_later = _previous(residual[::-1], weight[::-1])
    later, has_later = later[::-1], has_later[::-1]
    # At the ends of the series the one neighbour decides: no step could be told there anyway.
    earlier, later = (
        np.where(has_earlier[:, None], earlier, later),
        np.where(has_later[:, None], later, earlier),
    )
    middle = np.clip(residual, np.minimum(earlier, later), np.maximum(earlier, later))
    floor = np.maximum(sigma, np.median(sigma, axis=1, keepdims=True) * 0.5)
    spike: npt.NDArray[np.bool_] = (np.abs(residual - middle) > limit * floor).any(axis=1) & (weight > 0)
    return spike & (has_earlier | has_later)


def _step_statistics(
    residual: Array, weight: Array, used: Array, sigma: Array, factor: Array, design: Array
) -> tuple[Array, Array]:
    """Standardised step and its amplitude for t = 1..T-1, from weighted residuals."""
    # Sums over the dates from t on: of weights, of the design and of the residuals.
    after = np.cumsum(weight[::-1], axis=0)[::-1][1:]
    looks_after = np.cumsum(used[::-1], axis=0)[::-1][1:]
    looks_before = used.sum(axis=0) - looks_after
    tail = np.cumsum((design * weight.T[:, :, None])[:, ::-1], axis=1)[:, ::-1][:, 1:]
    explained = np.matmul(tail, factor.transpose(0, 2, 1))
    information = after - np.einsum("ptk,ptk->tp", explained, explained)
    total = np.cumsum(residual[::-1], axis=0)[::-1][1:]
    testable = (looks_after >= MIN_SIDE) & (looks_before >= MIN_SIDE) & (information > MIN_INFORMATION)
    information = np.where(testable, information, 1)[:, None]
    amplitude = np.where(testable[:, None], total / information, 0)
    z = amplitude * np.sqrt(information) / np.maximum(sigma, 1e-9)
    return z.astype(np.float32), amplitude.astype(np.float32)

"""What a site does when nothing is built: the terms that explain season, haze and light at every stable pixel.

One design matrix serves all pixels and bands of a site: a constant, annual harmonics, and the leading temporal
components of what the harmonics leave over at *stable* pixels. Components taken from all pixels would absorb the
very changes that are looked for (measured in development: average precision .74 against .27).
"""

import numpy as np
import numpy.typing as npt

from sitewatch.errors import DataError

Array = npt.NDArray[np.float32]

DAYS_PER_YEAR = 365.2425


def harmonics(days: npt.NDArray[np.float64], order: int) -> Array:
    """Design matrix (date, 1 + 2*order): a constant and `order` annual harmonics.

    Args:
        days: days since any fixed date, ascending (date,).
        order: number of harmonics; 0 gives the constant alone.
    """
    if days.ndim != 1 or days.size == 0:
        raise DataError(f"days has shape {days.shape}; expected one value for each of at least one date")
    phase = 2 * np.pi * days / DAYS_PER_YEAR
    columns = [np.ones_like(phase)]
    for k in range(1, order + 1):
        columns += [np.cos(k * phase), np.sin(k * phase)]
    return np.stack(columns, axis=1).astype(np.float32)


def components(residual: Array, weight: Array, count: int, *, iterations: int = 6) -> Array:
    """Leading temporal components (date, count), orthonormal, of residuals with gaps and outliers.

    Missing values are filled from the low-rank fit itself and outliers are drawn in to three robust standard
    deviations of their date, in turns (an impute-and-clip iteration in the spirit of robust PCA).

    Args:
        residual: (date, sample), any unit; samples are pixels times bands, scaled to like noise.
        weight: (date, sample), 1 where usable, 0 where not.
        count: number of components.
    """
    if residual.shape != weight.shape or residual.ndim != 2:
        raise DataError(f"residual {residual.shape} and weight {weight.shape} must be equal (date, sample)")
    use = weight > 0
    filled = np.where(use, residual, 0).astype(np.float64)
    basis = np.zeros((len(residual), count))
    for _ in range(iterations):
        _, vectors = np.linalg.eigh(filled @ filled.T)
        basis = vectors[:, ::-1][:, :count]
        low_rank = basis @ (basis.T @ filled)
        error = np.where(use, residual - low_rank, 0)
        spread = 1.4826 * np.median(np.abs(error), axis=1, keepdims=True) + 1e-6
        filled = low_rank + np.clip(error, -3 * spread, 3 * spread)
    return basis.astype(np.float32)

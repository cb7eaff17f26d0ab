"""What a place does when nothing is built: the seasons."""

import numpy as np
import numpy.typing as npt

from sitewatch.errors import DataError

DAYS_PER_YEAR = 365.2425


def harmonics(days: npt.NDArray[np.float64], order: int) -> npt.NDArray[np.float32]:
    """Design matrix (date, 1 + 2*order): a constant and `order` annual harmonics.

    Args:
        days: days since any fixed date (date,).
        order: number of harmonics; 0 gives the constant alone.

    Raises:
        DataError: no date, or not one value a date.
    """
    if days.ndim != 1 or days.size == 0:
        raise DataError(f"days has shape {days.shape}; expected one value for each of at least one date")
    phase = 2 * np.pi * days / DAYS_PER_YEAR
    columns = [np.ones_like(phase)]
    for k in range(1, order + 1):
        columns += [np.cos(k * phase), np.sin(k * phase)]
    return np.stack(columns, axis=1).astype(np.float32)

"""Bring scenes to one radiometry without removing what changed on the ground.

Each band of each scene is mapped onto the stack's masked median by a line fitted to the pixels that agree with it
(iteratively trimmed, so construction, missed clouds and water do not pull the line). Haze, gain drift and sun
height are lines to good approximation; season is not, and is left to the detector's background model.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from sitewatch.errors import DataError

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

MIN_PIXELS = 200
"""Pixels that a line must rest on; a scene with fewer keeps its radiometry."""
GAIN_RANGE = (0.5, 2.0)
MAX_SAMPLE = 20_000


def masked_median(values: Array, usable: Mask) -> Array:
    """Median over time (band, y, x) of the usable pixels; NaN where there was none.

    Args:
        values: (time, band, y, x).
        usable: (time, y, x).
    """
    count = usable.sum(axis=0)
    ordered = np.sort(np.where(usable[:, None], values, np.inf), axis=0)
    low, high = np.maximum((count - 1) // 2, 0), count // 2
    pick = [
        np.take_along_axis(ordered, np.broadcast_to(i[None, None], (1, *values.shape[1:])), axis=0)[0]
        for i in (low, np.minimum(high, len(values) - 1))
    ]
    median = np.where(count > 0, (pick[0] + pick[1]) / 2, np.nan)
    return median.astype(np.float32)


def normalise(values: Array, usable: Mask) -> Array:
    """Values (time, band, y, x) on the radiometry of the masked median of the clearest half of the scenes.

    Raises:
        DataError: shapes do not fit together.
    """
    gain, offset = lines(values, usable)
    return apply_lines(values, gain, offset)


def lines(values: Array, usable: Mask) -> tuple[Array, Array]:
    """Gain and offset (time, band) that bring each scene to the masked median of the clearest half of them.

    Args:
        values: (time, band, y, x), the site or a sample of it.
        usable: (time, y, x).

    Raises:
        DataError: shapes do not fit together.
    """
    if values.ndim != 4 or usable.shape != (values.shape[0], *values.shape[2:]):
        raise DataError(
            f"values {values.shape} and usable {usable.shape}; expected (t, band, y, x) and (t, y, x)"
        )
    share = usable.mean(axis=(1, 2))
    clearest = np.argsort(-share, kind="stable")[: max(3, len(values) // 2)]
    reference = masked_median(values[clearest], usable[clearest])
    known = np.isfinite(reference[0])
    gain, offset = np.ones(values.shape[:2], np.float32), np.zeros(values.shape[:2], np.float32)
    for t in range(len(values)):
        good = np.flatnonzero(usable[t] & known & np.isfinite(values[t]).all(axis=0))
        if good.size < MIN_PIXELS:
            continue
        sample = good[:: max(1, good.size // MAX_SAMPLE)]
        for band in range(values.shape[1]):
            gain[t, band], offset[t, band] = _line(
                values[t, band].ravel()[sample], reference[band].ravel()[sample]
            )
    return gain, offset


def apply_lines(values: Array, gain: Array, offset: Array) -> Array:
    """Values (time, band, y, x) under `lines`."""
    result: Array = values * gain[..., None, None] + offset[..., None, None]
    return result


def _line(x: Array, y: Array, rounds: int = 4) -> tuple[float, float]:
    """Trimmed least squares y ~ gain * x + offset, the gain within `GAIN_RANGE`."""
    keep = np.ones(x.shape, bool)
    gain, offset = 1.0, 0.0
    for _ in range(rounds):
        if keep.sum() < MIN_PIXELS // 2:
            break
        x_kept, y_kept = x[keep], y[keep]
        mx, my = float(x_kept.mean()), float(y_kept.mean())
        variance = float(((x_kept - mx) ** 2).mean())
        covariance = float(((x_kept - mx) * (y_kept - my)).mean())
        # The ratio of standard deviations does not shrink towards 0 with noise in x, as plain regression does.
        spread = float(((y_kept - my) ** 2).mean())
        gain = np.sqrt(spread / variance) if variance > 0 and covariance > 0 else 1.0
        gain = float(np.clip(gain, *GAIN_RANGE))
        residual = y - gain * x
        offset = _median(residual[keep])
        residual = residual - offset
        np.abs(residual, out=residual)
        scale = 1.4826 * _median(residual[keep])
        keep = residual < 2 * scale + 1e-6
    return gain, offset


def _median(values: npt.NDArray[np.floating[Any]]) -> float:
    """Of finite values (n,): as numpy's, in two thirds of its time, which is most of what lines cost."""
    half = len(values) // 2
    ordered = np.partition(values, half)
    middle = ordered[half]
    return float(middle if len(values) % 2 else (ordered[:half].max() + middle) / 2)

"""Pool the pixel test over space: a small change is a few strong pixels, a faint one is many weak ones.

The step statistics are smoothed at several scales. At each scale, date and band they are centred and scaled by
the site's own background (median and median absolute deviation), because the null is heavy-tailed and differs
from site to site: chi-square tables do not hold here.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

SCALES = (0.0, 1.0, 1.8, 3.2)
"""Standard deviations of the smoothing, pixels."""
CLIP = 15.0
"""Largest |z| of one pixel and band that counts: one pixel must not outshout its neighbourhood."""
MIN_SPREAD = 0.15


@dataclass(frozen=True, slots=True)
class Pooled:
    """Best statistic over scales and dates for each pixel."""

    score: Array
    """(y, x) likelihood-ratio statistic, background-standardised."""
    step: npt.NDArray[np.int16]
    """(y, x) index t-1 into the step axis (step between date t-1 and t) where `score` was reached."""
    scale: npt.NDArray[np.int8]
    """(y, x) index into `SCALES`."""
    correlation: Array
    """(band, band) of the background of the pixel statistics."""


def pool(z: Array) -> Pooled:
    """Pool step statistics `z` (step, band, y, x)."""
    steps, bands, rows, cols = z.shape
    score = np.zeros((rows, cols), np.float32)
    step = np.zeros((rows, cols), np.int16)
    scale = np.zeros((rows, cols), np.int8)
    first: Array | None = None
    for index, width in enumerate(SCALES):
        smooth = standardise(_smooth(z, width))
        correlation = _correlation(smooth)
        first = correlation if first is None else first
        inverse = np.linalg.inv(correlation + 0.05 * np.eye(bands)).astype(np.float32)
        for t in range(steps):
            flat = smooth[t].reshape(bands, -1)
            statistic = np.einsum("bp,bp->p", inverse @ flat, flat).reshape(rows, cols)
            better = statistic > score
            score[better] = statistic[better]
            step[better] = t
            scale[better] = index
    assert first is not None
    return Pooled(score, step, scale, first)


def _smooth(z: Array, width: float) -> Array:
    clipped = np.clip(z, -CLIP, CLIP)
    if width == 0:
        return clipped
    out = np.empty_like(clipped)
    for t in range(len(z)):
        for b in range(z.shape[1]):
            out[t, b] = cv2.GaussianBlur(clipped[t, b], (0, 0), width)
    return out


def standardise(smooth: Array) -> Array:
    """Centre and scale each (step, band) by its spatial background."""
    flat = smooth.reshape(*smooth.shape[:2], -1)
    centre = np.median(flat, axis=2, keepdims=True)
    spread = 1.4826 * np.median(np.abs(flat - centre), axis=2, keepdims=True)
    spread = np.maximum(spread, np.maximum(np.median(spread, axis=0, keepdims=True), MIN_SPREAD))
    result: Array = ((flat - centre) / spread).reshape(smooth.shape).astype(np.float32)
    return result


def _correlation(standard: Array) -> Array:
    bands = standard.shape[1]
    sample = np.clip(standard[::3, :, ::2, ::2].transpose(1, 0, 2, 3).reshape(bands, -1), -3, 3)
    result: Array = np.atleast_2d(np.corrcoef(sample)).astype(np.float32)
    return np.nan_to_num(result, nan=0) if bands > 1 else np.ones((1, 1), np.float32)

"""Random fields and random streams that are the same for the same seed."""

import zlib

import numpy as np
from scipy import fft

from sitewatch.optics import Image


def stream(seed: int, *keys: str | int) -> np.random.Generator:
    """A generator of its own for each purpose, so that adding one object leaves all others as they were."""
    words = [zlib.crc32(key.encode()) if isinstance(key, str) else key for key in keys]
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=words))


def field(rng: np.random.Generator, shape: tuple[int, int], scale: float, slope: float = 3.0) -> Image:
    """A periodic Gaussian random field (y, x), mean 0 and standard deviation 1.

    Its power falls as (1 + (scale * f)²)^(-slope / 2) with the frequency f in cycles per cell: features of
    about `scale` cells and smaller, the rougher the smaller `slope`.
    """
    rows, cols = shape
    fy, fx = fft.fftfreq(rows)[:, None], fft.rfftfreq(cols)[None, :]
    gain = (1 + scale**2 * (fy**2 + fx**2)) ** (-slope / 4)
    gain[0, 0] = 0
    white = rng.standard_normal(shape, dtype=np.float32)
    smooth = fft.irfft2(fft.rfft2(white) * gain.astype(np.float32), s=shape)
    result: Image = (smooth / smooth.std()).astype(np.float32)
    return result


def smoothstep(x: Image, low: float, high: float) -> Image:
    """0 below `low`, 1 above `high`, smooth in between."""
    t = np.clip((x - low) / (high - low), 0, 1)
    result: Image = (t * t * (3 - 2 * t)).astype(np.float32)
    return result

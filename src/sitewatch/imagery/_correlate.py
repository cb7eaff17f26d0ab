"""Coarse shift of two masked images: normalised cross-correlation over all shifts at once.

After D. Padfield, "Masked object registration in the Fourier domain", IEEE Trans. Image Processing 21(5),
2012: products of the pixels that are usable in both images, and their number, for each shift, by FFT. They
are taken on locally normalised contrast and on its gradient's magnitude (so the means and variances of the
overlap, which the paper gets from further FFTs, are known to be about 0 and 1). The first tells sharp places
apart; the second survives a season that turns dark fields bright.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import scipy.fft

F32 = npt.NDArray[np.float32]
Bool = npt.NDArray[np.bool_]
Spectrum = npt.NDArray[np.complexfloating[Any, Any]]

WORKING_SIZE = 200
"""Pixels: images with a larger shorter side are averaged down, by at most MAX_FACTOR."""
MAX_FACTOR = 4
PLAIN = 12.0
"""Clarity at which contrast alone settles the matter."""
CONTRAST_RADIUS = 7
"""Working pixels: half width of the box in which contrast is normalised."""
CLIP = 3.0
"""Normalised contrast beyond this many local standard deviations (an unmasked cloud's edge) counts as
this."""


@dataclass(frozen=True, slots=True)
class Peak:
    """The best shift found."""

    dx: float
    dy: float
    """Pixels of the images given, to about half a working pixel."""
    correlation: float
    """Correlation coefficient at the peak, averaged over the features."""
    clarity: float
    """Height of the peak above the median of all shifts looked at, in robust standard deviations of
    theirs."""


class Pattern:
    """What of an image is compared: its contrast and, where that does not settle it, its slopes. What is made of them
    is kept."""

    def __init__(self, image: F32, ok: Bool) -> None:
        """
        Args:
            image: (band, y, x); masked pixels may hold anything finite.
            ok: (y, x) True where usable.
        """
        self.factor = int(np.clip(min(ok.shape) // WORKING_SIZE, 1, MAX_FACTOR))
        self.contrast, self.ok = contrast(image, ok, self.factor)
        self._spectra: dict[str, Spectrum] = {}

    @cached_property
    def slopes(self) -> F32:
        """(band, y, x)."""
        return slopes(self.contrast, self.ok)

    def spectra(self, names: Sequence[str], shape: tuple[int, ...]) -> "Spectrum":
        """Of "contrast", "slopes" and what is "ok", one after the other, all of one `shape`."""
        for name in names:
            if name not in self._spectra:
                values = getattr(self, name)
                values = values[None] if name == "ok" else values
                self._spectra[name] = scipy.fft.rfft2(values.astype(np.float32, copy=False), shape)
        return np.concatenate([self._spectra[name] for name in names])


def coarse_shift(reference: Pattern, moving: Pattern, max_shift: float) -> Peak | None:
    """Shift of `moving` against `reference`, images of one shape; None where the usable parts hardly overlap."""
    factor = reference.factor
    reach = int(np.ceil(max_shift / factor)) + 1
    # Shifts beyond the reach are looked at too: they say how high the surface rises by chance.
    lags = min(max(3 * reach, 24), min(reference.ok.shape) // 3)
    lags = max(lags, reach)
    peak = _peak(_surface(reference, moving, ("contrast", "ok"), lags), reach, factor)
    if peak is None or peak.clarity >= PLAIN:
        return peak
    surfaces = [
        _surface(reference, moving, names, lags) for names in (("contrast", "slopes", "ok"), ("slopes", "ok"))
    ]
    peaks = [p for p in (_peak(s, reach, factor) for s in surfaces) if p is not None]
    return max(peaks, key=lambda p: p.clarity, default=None)


def _surface(a: Pattern, b: Pattern, names: Sequence[str], lags: int) -> F32:
    shape = _room(a.ok.shape, lags)
    return _correlation(a.spectra(names, shape), b.spectra(names, shape), shape, (a.ok, b.ok), lags)


def contrast(image: F32, ok: Bool, factor: int) -> tuple[F32, Bool]:
    """Locally normalised contrast of each band, (band, y, x), 0 where not usable, and where it is usable."""
    small, weight = _reduce(image, ok, factor)
    usable = weight > 0.5
    m = usable.astype(np.float32)
    return np.stack([_normalise(band, m) for band in small]), usable


def slopes(feature: F32, usable: Bool) -> F32:
    """Standardised gradient magnitude of each band of a feature."""
    kernel = np.ones((3, 3), np.uint8)
    inside = cv2.erode(usable.view(np.uint8), kernel, borderValue=1).astype(np.float32)
    sides = [(cv2.Sobel(c, cv2.CV_32F, 1, 0), cv2.Sobel(c, cv2.CV_32F, 0, 1)) for c in feature]
    return np.stack([_standardise(cv2.magnitude(x, y), inside) for x, y in sides])


def _reduce(image: F32, ok: Bool, factor: int) -> tuple[F32, F32]:
    """Means of usable pixels over factor x factor blocks, and the usable share of each block."""
    rows, cols = (n // factor * factor for n in ok.shape)
    step = 2 if factor == 4 else 1  # every other row is enough here, and half the memory to go through
    mask = ok[:rows:step, :cols].view(np.uint8)
    filled = [cv2.copyTo(band[:rows:step, :cols], mask) for band in image]
    if factor == 1:
        return np.stack(filled), mask.astype(np.float32)
    size = (cols // factor, rows // factor)
    # Shares in steps of 1/240 are fine enough, and averaging bytes is several times cheaper than floats.
    bytes_ = cv2.resize(mask * np.uint8(240), size, interpolation=cv2.INTER_AREA)
    weight = bytes_.astype(np.float32) / np.float32(240)
    means = np.stack([cv2.resize(band, size, interpolation=cv2.INTER_AREA) for band in filled])
    return (means / np.maximum(weight, 1e-6)).astype(np.float32, copy=False), weight


def _standardise(image: npt.NDArray[Any], m: F32) -> F32:
    """(image - mean) / standard deviation over the pixels with m = 1; 0 elsewhere."""
    total = max(float(m.sum()), 1.0)
    centred = (image - float(np.vdot(image, m)) / total) * m
    spread = max(float(np.sqrt(np.vdot(centred, centred) / total)), 1e-9)
    return (centred / spread).astype(np.float32, copy=False)


def _normalise(image: npt.NDArray[np.float32], m: F32) -> F32:
    """(image - local mean) / local standard deviation over the pixels with m = 1, clipped; 0 elsewhere."""
    box = (2 * CONTRAST_RADIUS + 1,) * 2
    count = np.maximum(cv2.boxFilter(m, cv2.CV_32F, box, borderType=cv2.BORDER_CONSTANT), 1e-3)
    # A global mean is taken off first so that the squares keep their digits in float32.
    total = float(m.sum())
    centred = (image - (float((image * m).sum()) / total if total else 0.0)) * m
    mean = cv2.boxFilter(centred, cv2.CV_32F, box, borderType=cv2.BORDER_CONSTANT) / count
    square = cv2.boxFilter(centred * centred, cv2.CV_32F, box, borderType=cv2.BORDER_CONSTANT) / count
    spread = np.sqrt(np.maximum(square - mean * mean, 0))
    floor = 0.05 * float(np.sqrt((centred * centred).sum() / total)) if total else 0.0
    result: F32 = (np.clip((centred - mean) / np.maximum(spread, max(floor, 1e-9)), -CLIP, CLIP) * m).astype(
        np.float32
    )
    return result


def masked_correlation(a: F32, b: F32, a_ok: Bool, b_ok: Bool, lags: int) -> F32:
    """Mean product of the features over pixels usable in both, (2 * lags + 1, 2 * lags + 1); [lags, lags] is
    no shift.

    Element [lags + dy, lags + dx] compares a[row, col] with b[row + dy, col + dx]. NaN where fewer than a
    tenth of the usable pixels overlap. Features (feature, y, x) have local mean 0 and variance near 1, and
    are 0 where not usable, so dividing by the overlap's count alone normalises.
    """
    shape = _room(a_ok.shape, lags)
    fa = scipy.fft.rfft2(np.concatenate([a, a_ok[None]], dtype=np.float32), shape)
    fb = scipy.fft.rfft2(np.concatenate([b, b_ok[None]], dtype=np.float32), shape)
    return _correlation(fa, fb, shape, (a_ok, b_ok), lags)


def _room(size: tuple[int, ...], lags: int) -> tuple[int, ...]:
    return tuple(scipy.fft.next_fast_len(n + lags, real=True) for n in size)


def _correlation(
    fa: Spectrum, fb: Spectrum, shape: tuple[int, ...], usable: tuple[Bool, Bool], lags: int
) -> F32:
    """The same from spectra (feature, y, x) of images of `shape`; the last feature is what is usable."""
    product = fa.conj() * fb
    full = scipy.fft.irfft2(np.stack([product[:-1].sum(0), product[-1]]), shape)
    index = np.arange(-lags, lags + 1)
    total, count = full[:, index[:, None] % shape[0], index[None] % shape[1]]
    enough = count >= max(0.1 * min(ok.sum() for ok in usable), 1)
    result: F32 = np.where(enough, total / np.maximum(count, 1) / (len(fa) - 1), np.nan).astype(np.float32)
    return result


def _peak(surface: F32, reach: int, factor: int) -> Peak | None:
    """The highest point within `reach`, refined by a parabola on each axis."""
    lags = surface.shape[0] // 2
    inner = surface[lags - reach : lags + reach + 1, lags - reach : lags + reach + 1]
    if not np.isfinite(inner).any():
        return None
    i, j = np.unravel_index(int(np.nanargmax(inner)), inner.shape)
    row, col = int(i) + lags - reach, int(j) + lags - reach
    y, x = np.mgrid[0 : 2 * lags + 1, 0 : 2 * lags + 1]
    away = surface[(np.hypot(y - row, x - col) > 3) & np.isfinite(surface)]
    if away.size < 16:
        return None
    level = float(np.median(away))
    spread = 1.4826 * float(np.median(np.abs(away - level)))
    top = float(surface[row, col])
    return Peak(
        dx=factor * (col - lags + _vertex(surface[row, max(col - 1, 0) : col + 2])),
        dy=factor * (row - lags + _vertex(surface[max(row - 1, 0) : row + 2, col])),
        correlation=top,
        clarity=(top - level) / max(spread, 0.005),
    )


def _vertex(three: F32) -> float:
    """Offset of a parabola's vertex from the middle of three samples, within half a sample; 0 at an edge."""
    if three.size < 3 or not np.isfinite(three).all():
        return 0.0
    left, middle, right = (float(v) for v in three)
    curvature = left - 2 * middle + right
    return 0.0 if curvature >= 0 else float(np.clip(0.5 * (left - right) / curvature, -0.5, 0.5))

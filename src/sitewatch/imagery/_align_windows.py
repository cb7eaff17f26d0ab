"""Match small windows of two roughly aligned images on the direction of their gradients."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sitewatch.imagery import _align_fit as fit

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Points = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

WINDOW_PX = (32, 96)
"""Least and most side of a window; an eighth of the image between."""
MAX_WINDOWS = 900
PEAK_Z = 4.0
"""A window counts if its correlation peak stands this many standard deviations above the rest."""
SHIFT_RANGE = 32
"""Pixels searched by `small_shift`."""


def _none() -> Points:
    return np.empty((0, 2))


@dataclass(frozen=True, slots=True)
class Coarse:
    """A first guess at the transform, good to a few pixels."""

    matrix: Points
    """(3, 3), moving to reference."""
    log10_nfa: float
    """Decimal logarithm of the number of such guesses expected by chance."""
    source: Points = field(default_factory=_none)
    """(n, 2) features of the moving image that agree with it; may be empty."""
    target: Points = field(default_factory=_none)
    """(n, 2) the same in the reference."""


def warp(image: Floats, ok: Mask, matrix: Points, shape: tuple[int, int]) -> tuple[Floats, Mask]:
    """`image` through `matrix` (moving to reference) on `shape`; NaN and False where nothing usable falls."""
    import cv2  # noqa: PLC0415

    size = (shape[1], shape[0])
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
    source = np.where(ok, image, 0).astype(np.float32)
    weight = ok.astype(np.float32)
    if scale < 0.7:  # coarser grid: blur first, or fine texture turns into noise
        blur = 0.5 * np.sqrt(1 / scale**2 - 1)
        source, weight = (
            np.asarray(cv2.GaussianBlur(part, (0, 0), blur), np.float32) for part in (source, weight)
        )
    values = cv2.warpPerspective(source, matrix, size, flags=cv2.INTER_LINEAR)
    weights = cv2.warpPerspective(weight, matrix, size, flags=cv2.INTER_LINEAR)
    read = weights > 0.99
    result = np.where(read, values / np.maximum(weights, 1e-6), np.nan).astype(np.float32)
    return result, np.asarray(read)


def covered(matrix: Points, ok: Mask, shape: tuple[int, int]) -> Mask:
    """True where a usable moving pixel falls on the reference's grid."""
    return warp(ok.astype(np.float32), ok, matrix, shape)[1]


def direction(image: Floats, ok: Mask) -> npt.NDArray[np.complex64]:
    """Gradient as a complex number of length 0..1: direction counts, strength hardly; 0 where not usable.

    The angle is doubled, so that dark-to-bright and bright-to-dark across one edge agree.
    """
    import cv2  # noqa: PLC0415

    smooth = cv2.GaussianBlur(np.where(ok, image, 0).astype(np.float32), (0, 0), 1.2)
    gx, gy = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    inside = cv2.erode(ok.astype(np.uint8), np.ones((9, 9), np.uint8), borderValue=0).astype(bool)
    strength = np.hypot(gx, gy)
    floor = float(np.median(strength[inside])) if inside.any() else 1.0
    unit = (gx + 1j * gy) / (strength + floor + 1e-6)
    doubled = np.where(inside, unit * unit / np.maximum(np.abs(unit), 1e-6), 0)
    return doubled.astype(np.complex64)


def match(
    ref: Bytes, mov: Bytes, ref_ok: Mask, mov_ok: Mask, matrix: Points, *, search: int
) -> tuple[Points, Points]:
    """Window centres (n, 2) in the moving image and where they are found in the reference, pixels."""
    laid, laid_ok = warp(mov.astype(np.float32), mov_ok, matrix, ref.shape)
    a = direction(ref.astype(np.float32), ref_ok)
    b = direction(np.nan_to_num(laid), laid_ok)
    both = ref_ok & laid_ok
    rows, cols = ref.shape
    half = int(np.clip(min(rows, cols) // 8, *WINDOW_PX)) // 2
    step = max(half, int(np.sqrt(rows * cols / MAX_WINDOWS)))
    found, wanted = [], []
    for r in range(half + search, rows - half - search, step):
        for c in range(half + search, cols - half - search, step):
            template = (slice(r - half, r + half), slice(c - half, c + half))
            if both[template].mean() < 0.9:
                continue
            area = (
                slice(r - half - search, r + half + search),
                slice(c - half - search, c + half + search),
            )
            peak = _peak(_correlate(a[area], b[template]))
            if peak is not None:
                wanted.append((c - 0.5 + peak[0] - search, r - 0.5 + peak[1] - search))
                found.append((c - 0.5, r - 0.5))
    centres = np.array(found, float).reshape(-1, 2)
    if len(centres) == 0:
        return centres, centres
    return fit.apply(np.linalg.inv(matrix).astype(np.float64), centres), np.array(wanted, float)


def small_shift(ref: Bytes, mov: Bytes, ref_ok: Mask, mov_ok: Mask) -> Coarse | None:
    """For images of one size that changed too much for features: a whole-image shift, if it stands out.

    Its chance is that of the peak's height under a normal background.
    """
    if ref.shape != mov.shape or min(ref.shape) < 6 * SHIFT_RANGE:
        return None
    a, b = direction(ref.astype(np.float32), ref_ok), direction(mov.astype(np.float32), mov_ok)
    surface = np.fft.fftshift(np.fft.ifft2(np.fft.fft2(a) * np.conj(np.fft.fft2(b))).real)
    spread = 1.4826 * float(np.median(np.abs(surface - np.median(surface))))
    rows, cols = (s // 2 for s in ref.shape)
    centre = surface[rows - SHIFT_RANGE : rows + SHIFT_RANGE + 1, cols - SHIFT_RANGE : cols + SHIFT_RANGE + 1]
    row, col = np.unravel_index(int(np.argmax(centre)), centre.shape)
    z = (float(centre[row, col]) - float(np.median(surface))) / max(spread, 1e-9)
    if z < 9:
        return None
    matrix = np.array([[1, 0, col - SHIFT_RANGE], [0, 1, row - SHIFT_RANGE], [0, 0, 1]], float)
    return Coarse(matrix, -z * z / (2 * np.log(10)))


def _correlate(area: npt.NDArray[np.complex64], template: npt.NDArray[np.complex64]) -> Floats:
    """Real part of the cross-correlation at every offset (2s+1, 2s+1)."""
    import cv2  # noqa: PLC0415

    def real(x: npt.NDArray[np.complex64], part: str) -> Floats:
        return np.ascontiguousarray(getattr(x, part), np.float32)

    total = sum(
        cv2.matchTemplate(real(area, part), real(template, part), cv2.TM_CCORR) for part in ("real", "imag")
    )
    return np.asarray(total, np.float32)


def _peak(surface: Floats) -> tuple[float, float] | None:
    """Sub-pixel (x, y) of a clear single peak away from the border, else None."""
    row, col = np.unravel_index(int(np.argmax(surface)), surface.shape)
    if not (0 < row < surface.shape[0] - 1 and 0 < col < surface.shape[1] - 1):
        return None
    rest = surface.copy()
    rest[max(row - 3, 0) : row + 4, max(col - 3, 0) : col + 4] = np.nan
    mean, spread = float(np.nanmean(rest)), float(np.nanstd(rest))
    if spread <= 0 or surface[row, col] - mean < PEAK_Z * spread:
        return None
    return (
        col + _vertex(*(float(surface[row, col + k]) for k in (-1, 0, 1))),
        row + _vertex(*(float(surface[row + k, col]) for k in (-1, 0, 1))),
    )


def _vertex(before: float, at: float, after: float) -> float:
    """Offset of a parabola's top from its middle sample."""
    bend = before - 2 * at + after
    return 0.0 if bend >= 0 else float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5))

"""Fine shift: robust least squares on a set of windows, after Lucas and Kanade.

B. D. Lucas and T. Kanade, "An iterative image registration technique", IJCAI 1981, with the gradient taken on
the reference once (S. Baker and I. Matthews, IJCV 56(3), 2004). In each window and band the moving image is
`offset + gain * reference`, so haze, sun and season may differ from place to place; a negative gain is a
field that turned from dark to bright. Cauchy weights set aside pixels that changed, and windows that pull
another way than the others. The error comes from how much the windows disagree (the sandwich estimator,
windows as clusters), so clouds that the mask missed and real change widen it.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]

MARGIN = 8
"""Pixels around a window, for the filters' reach and for shifts of up to MAX_STEP from the coarse one."""
MAX_STEP = 2.0
SMOOTHING = 0.9
"""Pixels, sigma of the Gaussian on both images: below it the sampling of each image (aliasing) biases the
shift."""
ERODE = 3
"""Pixels next to an unusable one that are not used: the filters' reach, and clouds' soft edges."""
LARGEST_WINDOW = 48
SMALLEST_WINDOW = 12
MAX_WINDOWS = 40
MIN_SHARE = 0.25
"""A window is used if at least this share of its pixels is usable in both images."""
MIN_WINDOWS = 4
CAUCHY = 2.385
"""Residuals in standard deviations at which a Cauchy weight is one half (95 % efficient on normal errors)."""
ITERATIONS = 4


@dataclass(frozen=True, slots=True)
class Fit:
    """Result of the fine stage."""

    dx: float
    dy: float
    sigma: float
    """Standard error of one component, pixels."""
    windows: int
    correlation: float
    """Median over windows of the weighted correlation of reference and aligned moving image (absolute
    value)."""


@dataclass(frozen=True, slots=True)
class _Windows:
    """Windows (window, y, x) of both images; `moving` is cut at the whole-pixel shift."""

    reference: F32  # (band, window, y, x), filtered, margin removed
    grad_x: F32
    grad_y: F32
    moving: F32  # (band, window, y, x), filtered, with margin
    weight: F32  # (window, y, x), 1 where usable in both


def refine(
    reference: F32, moving: F32, reference_ok: Bool, moving_ok: Bool, start: tuple[float, float]
) -> Fit | None:
    """Shift of `moving` (band, y, x) near `start` (dx, dy); None where too few windows are usable.

    Raises nothing; pixels that are not ok may hold anything, also NaN.
    """
    whole = (round(start[0]), round(start[1]))
    windows = _cut(reference, moving, reference_ok, moving_ok, whole)
    if windows is None:
        return None
    shift = np.array([start[0] - whole[0], start[1] - whole[1]])
    fit = None
    for step in range(ITERATIONS):
        fit = _step(windows, shift, first=step == 0)
        move = fit.shift - shift
        shift = np.clip(fit.shift, -MAX_STEP, MAX_STEP)
        if np.abs(move).max() < 0.002:
            break
    assert fit is not None
    return Fit(
        float(whole[0] + shift[0]), float(whole[1] + shift[1]), fit.sigma, fit.windows, fit.correlation
    )


def _cut(
    reference: F32, moving: F32, reference_ok: Bool, moving_ok: Bool, whole: tuple[int, int]
) -> _Windows | None:
    """Cut the windows that tell most, fill unusable pixels, filter."""
    kernel = np.ones((2 * ERODE + 1,) * 2, np.uint8)
    a_ok = cv2.erode(reference_ok.astype(np.uint8), kernel, borderValue=1) > 0
    b_ok = cv2.erode(moving_ok.astype(np.uint8), kernel, borderValue=1) > 0
    ok = _overlap(a_ok, b_ok, whole)
    corners, shape = _choose(reference, ok)
    if len(corners) < MIN_WINDOWS:
        return None
    weight = np.stack([ok[r : r + shape[0], c : c + shape[1]] for r, c in corners]).astype(np.float32)
    dx, dy = whole
    a = _column(reference, reference_ok, corners, shape)
    b = _column(moving, moving_ok, [(r + dy, c + dx) for r, c in corners], shape)
    inner = np.s_[..., MARGIN:-MARGIN, MARGIN:-MARGIN]
    smooth = _filter(a, _gauss(), _gauss())
    slope = np.array([-0.5, 0, 0.5], np.float32)
    return _Windows(
        reference=smooth[inner],
        grad_x=_filter(smooth, slope, None)[inner],
        grad_y=_filter(smooth, None, slope)[inner],
        moving=_filter(b, _gauss(), _gauss()),
        weight=weight,
    )


def _overlap(a_ok: Bool, b_ok: Bool, whole: tuple[int, int]) -> Bool:
    """True where the reference pixel and its partner in the moving image are both usable, margin inside
    both."""
    dx, dy = whole
    rows, cols = a_ok.shape
    ok = np.zeros((rows, cols), np.bool_)
    top, bottom = max(MARGIN, MARGIN - dy), min(rows - MARGIN, rows - MARGIN - dy)
    left, right = max(MARGIN, MARGIN - dx), min(cols - MARGIN, cols - MARGIN - dx)
    if bottom > top and right > left:
        b = b_ok[top + dy : bottom + dy, left + dx : right + dx]
        ok[top:bottom, left:right] = a_ok[top:bottom, left:right] & b
    return ok


def _choose(reference: F32, ok: Bool) -> tuple[list[tuple[int, int]], tuple[int, int]]:
    """Upper left corners of the windows with the most usable gradient in both directions, and their shape."""
    rows, cols = np.flatnonzero(ok.any(1)), np.flatnonzero(ok.any(0))
    if not rows.size:
        return [], (0, 0)
    top, left = int(rows[0]), int(cols[0])
    height, width = int(rows[-1]) + 1 - top, int(cols[-1]) + 1 - left
    size = int(np.clip(np.sqrt(height * width) / 7, SMALLEST_WINDOW, LARGEST_WINDOW))
    n_rows, n_cols = height // size, width // size
    if n_rows == 0 or n_cols == 0:
        return [], (0, 0)
    shape = (min(height // n_rows, LARGEST_WINDOW), min(width // n_cols, LARGEST_WINDOW))
    row_at = top + np.round(np.linspace(0, height - shape[0], n_rows)).astype(int)
    col_at = left + np.round(np.linspace(0, width - shape[1], n_cols)).astype(int)
    worth = _worth(reference[0], ok, (row_at, col_at), shape)
    best = np.sort(np.argsort(-worth, kind="stable")[:MAX_WINDOWS])
    corners = [(int(row_at[k // n_cols]), int(col_at[k % n_cols])) for k in best if worth[k] > 0]
    return corners, shape


def _worth(
    band: F32, ok: Bool, at: tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]], shape: tuple[int, int]
) -> F64:
    """Usable gradient of each window (row-major), the poorer direction deciding; 0 where too little is
    usable."""
    every = max(1, min(shape) // 16)  # a sample of the pixels is enough to rank windows
    image, good = band[::every, ::every], ok[::every, ::every].astype(np.float32)
    image = np.where(good > 0, image, np.float32(0))
    pairs_y, pairs_x = good[1:] * good[:-1], good[:, 1:] * good[:, :-1]
    # Square roots tame the few brightest edges, which may be clouds that the mask missed.
    slope_y = np.sqrt(np.abs(np.diff(image, axis=0))) * pairs_y
    slope_x = np.sqrt(np.abs(np.diff(image, axis=1))) * pairs_x
    share, along_y, along_x = (_box_sums(v, at, shape, every) for v in (good, slope_y, slope_x))
    pixels = shape[0] * shape[1] / every**2
    result: F64 = np.where(share >= MIN_SHARE * pixels, np.minimum(along_y, along_x), 0).ravel()
    return result


def _box_sums(
    values: F32, at: tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]], shape: tuple[int, int], every: int
) -> F64:
    total = cv2.integral(values, sdepth=cv2.CV_64F)
    top, left = at[0] // every, at[1] // every
    bottom, right = (
        np.minimum(start + n // every, size)
        for start, n, size in zip((top, left), shape, values.shape, strict=True)
    )
    sums: F64 = (
        total[np.ix_(bottom, right)]
        - total[np.ix_(top, right)]
        - total[np.ix_(bottom, left)]
        + total[np.ix_(top, left)]
    )
    return sums


def _column(image: F32, ok: Bool, corners: list[tuple[int, int]], shape: tuple[int, int]) -> F32:
    """Windows with margin (band, window, y, x); unusable pixels hold the mean of their window's usable
    ones."""
    parts = [
        np.s_[r - MARGIN : r + shape[0] + MARGIN, c - MARGIN : c + shape[1] + MARGIN] for r, c in corners
    ]
    good = np.stack([ok[p] for p in parts])
    count = np.maximum(good.sum((1, 2)), 1).astype(np.float32)
    cut = np.where(good, np.stack([image[:, *p] for p in parts], axis=1), np.float32(0))
    mean = (cut.sum((2, 3)) / count)[..., None, None]
    result: F32 = np.where(
        good, cut - mean, np.float32(0)
    )  # means do not matter: each window has its own offset
    return result


def _gauss() -> F32:
    x = np.arange(-3, 4)
    k = np.exp(-0.5 * (x / SMOOTHING) ** 2)
    result: F32 = (k / k.sum()).astype(np.float32)
    return result


def _filter(stack: F32, along_x: F32 | None, along_y: F32 | None) -> F32:
    """Separable filter on each window; one tall image, so values run into neighbours within the margin
    only."""
    one = np.ones(1, np.float32)
    tall = np.ascontiguousarray(stack).reshape(-1, stack.shape[-1])
    done = cv2.sepFilter2D(
        tall, cv2.CV_32F, one if along_x is None else along_x, one if along_y is None else along_y
    )
    return done.reshape(stack.shape).astype(np.float32, copy=False)


def interpolator(offset: float) -> F32:
    """Kernel over -5..5 that samples at `offset` pixels (|offset| <= MAX_STEP): Lagrange's on the six nearest
    points.

    It keeps polynomials up to degree five, hence slopes: a windowed sinc does not, and moved the shift by
    0.01 px.
    """
    first = int(np.floor(offset)) - 2
    nodes = np.arange(first, first + 6)
    kernel = np.zeros(11, np.float32)
    for k, node in enumerate(nodes):
        others = np.delete(nodes, k)
        kernel[node + 5] = np.prod((offset - others) / (node - others))
    return kernel


@dataclass(frozen=True, slots=True)
class _Solution:
    shift: F64
    sigma: float
    windows: int
    correlation: float


def _step(w: _Windows, shift: F64, *, first: bool) -> _Solution:
    """One Gauss-Newton step of the common shift, all windows and bands together."""
    inner = np.s_[..., MARGIN:-MARGIN, MARGIN:-MARGIN]
    aligned = _filter(w.moving, interpolator(shift[0]), interpolator(shift[1]))[inner]
    count = w.weight.shape[0]
    normal = np.zeros((count, 2, 2))
    score = np.zeros((count, 2))
    correlations = []
    for r, gx, gy, m in zip(w.reference, w.grad_x, w.grad_y, aligned, strict=True):
        a, b, correlation = _band(r, gx, gy, m, w.weight, first=first)
        normal += a
        score += b
        correlations.append(correlation)
    step, sigma = _combine(normal, score)
    return _Solution(shift + step, sigma, count, float(np.median(correlations)))


def _band(
    r: F32, gx: F32, gy: F32, m: F32, usable: F32, *, first: bool
) -> tuple[F64, F64, npt.NDArray[np.floating]]:
    """Normal matrix (window, 2, 2) and score (window, 2) of the shift, gain and offset eliminated."""
    count = len(r)
    basis = np.empty((count, 5, r[0].size), np.float32)
    basis[:, 0] = 1
    for k, values in enumerate((r, gx, gy, m), start=1):
        basis[:, k] = values.reshape(count, -1)
    weight = usable.reshape(count, 1, -1)
    gram = _gram(basis, weight)
    # Two rounds of weights on the first step, when gain and offset come from unweighted pixels; then one is
    # enough.
    for _ in range(2 if first else 1):
        gain, offset, d = _regress(gram)
        # What the window's own shift explains is no sign of change: leave it out of the residual.
        coefficients = np.stack([-offset, -gain, -d[:, 0], -d[:, 1], np.ones(count)], axis=1)
        residual = np.matmul(coefficients[:, None].astype(np.float32), basis)
        scale = _scale(residual, usable)
        ratio = residual / (CAUCHY * scale[:, None, None]).astype(np.float32)
        weight = usable.reshape(count, 1, -1) / (1 + ratio * ratio)
        gram = _gram(basis, weight)
    gain, offset, _ = _regress(gram)
    x, z = gram[:, :2, :2], gram[:, :2, 2:]
    solved = np.linalg.solve(x + 1e-9 * np.trace(x, axis1=1, axis2=2)[:, None, None] * np.eye(2), z)
    reduced = gram[:, 2:, 2:] - np.matmul(z.transpose(0, 2, 1), solved)  # of [grad_x, grad_y, moving]
    precision = 1 / scale**2
    normal = reduced[:, :2, :2] * (gain**2 * precision)[:, None, None]
    score = -reduced[:, :2, 2] * (gain * precision)[:, None]
    variance = np.maximum(gram[:, 1, 1] * gram[:, 0, 0] - gram[:, 0, 1] ** 2, 1e-12)
    variance_m = np.maximum(gram[:, 4, 4] * gram[:, 0, 0] - gram[:, 0, 4] ** 2, 1e-12)
    correlation = np.abs(gram[:, 1, 4] * gram[:, 0, 0] - gram[:, 0, 1] * gram[:, 0, 4]) / np.sqrt(
        variance * variance_m
    )
    return normal, score, correlation


def _gram(basis: F32, weight: F32) -> F64:
    gram: F64 = np.matmul(basis * weight, basis.transpose(0, 2, 1)).astype(np.float64)
    return gram


def _regress(gram: F64) -> tuple[F64, F64, F64]:
    """Gain, offset and slopes (window, 2) of moving on [1, reference, grad_x, grad_y]."""
    x = gram[:, :4, :4]
    ridge = 1e-6 * np.einsum("kii->ki", x)[..., None] * np.eye(4) + 1e-12 * np.eye(4)
    solution = np.linalg.solve(x + ridge, gram[:, :4, 4:])[..., 0]
    return solution[:, 1], solution[:, 0], solution[:, 2:]


def _scale(residual: F32, usable: F32) -> F64:
    """Robust standard deviation of each window's residual, from a quarter of its pixels."""
    size = np.abs(residual[:, 0, ::4])
    size[usable.reshape(len(usable), -1)[:, ::4] == 0] = np.nan
    scale: F64 = 1.4826 * np.nanmedian(size, axis=1).astype(np.float64)
    return np.maximum(scale, 1e-9 + 1e-3 * float(np.nanmedian(scale)))


def _combine(normal: F64, score: F64) -> tuple[F64, float]:
    """The common step and its standard error; windows that disagree with the rest lose weight."""
    count = len(normal)
    weight = np.ones(count)
    step = np.zeros(2)
    for _ in range(8):
        total = (weight[:, None, None] * normal).sum(0)
        total = total + 1e-9 * np.trace(total) * np.eye(2) + 1e-12 * np.eye(2)
        step = np.linalg.solve(total, (weight[:, None] * score).sum(0))
        rest = score - np.matmul(normal, step)
        ridge = normal + (1e-6 * np.trace(normal, axis1=1, axis2=2)[:, None, None] + 1e-12) * np.eye(2)
        distance = np.einsum("ki,ki->k", rest, np.linalg.solve(ridge, rest[..., None])[..., 0])
        typical = max(
            float(np.median(distance)) / 1.386, 1e-12
        )  # the median of chi2 with 2 degrees of freedom
        weight = 1 / (1 + distance / (CAUCHY**2 * typical))
    meat = np.einsum("k,ki,kj->ij", weight**2, rest, rest)
    inverse = np.linalg.inv(total)
    covariance = inverse @ meat @ inverse * count / max(count - 2, 1)
    return step, float(np.sqrt(np.trace(covariance) / 2))

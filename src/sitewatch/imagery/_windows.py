"""The windows on which a fine shift is fitted: chosen, cut from both images, filtered."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]
Corner = tuple[int, int]

MARGIN = 8
"""Pixels around a window, for the filters' reach and for shifts of up to MAX_STEP from the whole-pixel one;
beyond the image they count as not usable."""
MAX_STEP = 2.0
SMOOTHING = 0.9
"""Pixels, sigma of the Gaussian on both images: it takes off the finest detail, which sampling distorts."""
ERODE = 3
"""Pixels next to an unusable one that are not used: the filters' reach, and clouds' soft edges."""
LARGEST = 40
SMALLEST = 12
"""Pixels, sides of a window."""
PER_SIDE = 10
"""Windows along a side that are aimed at in small images."""
MIN_SHARE = 0.25
"""A window is used if at least this share of its pixels is usable in both images."""
_SMOOTH: F32 = cv2.getGaussianKernel(7, SMOOTHING, cv2.CV_32F).ravel().astype(np.float32)
_SLOPE = np.array([1, -8, 0, 8, -1], np.float32) / np.float32(12)


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of both images, smoothed; `moving` is cut at the whole-pixel shift."""

    reference: F32
    """(band, window, y, x)."""
    grad_x: F32
    grad_y: F32
    """Slopes of `reference` per pixel."""
    moving: F32
    """(band, window, y + 2 * MARGIN, x + 2 * MARGIN)."""
    weight: F32
    """(window, y, x): 1 where usable in both, 0 elsewhere."""
    complete: bool
    """Whether `limit` left no usable window out."""

    def aligned(self, dx: float, dy: float) -> F32:
        """`moving` sampled at (dx, dy) from the whole-pixel shift, margin removed; at most MAX_STEP."""
        return _inner(_filter(self.moving, interpolator(dx), interpolator(dy)))


class Reference:
    """An image that others are compared with. What is made of its windows serves the next image too, as long as that
    has the same."""

    def __init__(self, image: F32, ok: Bool) -> None:
        self.image, self.ok = image, ok
        self._at: object = None
        self._made: tuple[Bool, F32, F32, F32] | None = None

    def windows(self, corners: list[Corner], shape: tuple[int, int]) -> tuple[Bool, F32, F32, F32]:
        """Where they are usable, with margin, and without it smoothed values and their slopes along x and y."""
        if self._made is None or self._at != (corners, shape):
            values, good = _column(self.image, self.ok, corners, shape)
            smooth = _filter(values, _SMOOTH, _SMOOTH)
            along_x, along_y = _filter(smooth, _SLOPE, None), _filter(smooth, None, _SLOPE)
            self._at, self._made = (corners, shape), (good, _inner(smooth), _inner(along_x), _inner(along_y))
        return self._made


def cut(
    reference: Reference, moving: F32, moving_ok: Bool, *, whole: tuple[int, int], limit: int
) -> Windows | None:
    """The up to `limit` windows that tell most about a shift near `whole` (dx, dy); None where there is none.

    Images are (band, y, x); unusable pixels may hold anything, also NaN. The windows lie on a grid of the
    reference, whatever the shift: where parts of a scene disagree, another grid would give another answer.
    """
    dx, dy = whole
    corners, useful, shape, complete = _choose(reference.image, reference.ok, moving_ok, whole, limit)
    if not corners:
        return None
    a_ok, *a = reference.windows(corners, shape)
    b, b_ok = _column(moving, moving_ok, [(r + dy, c + dx) for r, c in corners], shape)
    weight = _inner(_erode(a_ok & b_ok)).astype(np.float32)
    keep = useful & (weight.mean((1, 2)) >= MIN_SHARE)
    if not keep.any():
        return None
    smooth, grad_x, grad_y = (v[:, keep] for v in a)
    return Windows(
        reference=smooth,
        grad_x=grad_x,
        grad_y=grad_y,
        moving=_filter(b[:, keep], _SMOOTH, _SMOOTH),
        weight=weight[keep],
        complete=complete,
    )


def _choose(
    reference: F32, a_ok: Bool, b_ok: Bool, whole: tuple[int, int], limit: int
) -> tuple[list[Corner], Bool, tuple[int, int], bool]:
    """Upper left corners of the windows with the most usable gradient in both directions, which of them are usable,
    their shape, and whether these are all that are. Where no more than `limit` are there, they are always the same."""
    dx, dy = whole
    rows, cols = a_ok.shape
    size = int(np.clip(np.sqrt(rows * cols) / PER_SIDE, SMALLEST, LARGEST))
    if min(rows, cols) < size:
        return [], np.zeros(0, np.bool_), (0, 0), True
    n_rows, n_cols = rows // size, cols // size
    shape = (min(int(rows) // n_rows, LARGEST), min(int(cols) // n_cols, LARGEST))
    row_at = np.round(np.linspace(0, rows - shape[0], n_rows)).astype(int)
    col_at = np.round(np.linspace(0, cols - shape[1], n_cols)).astype(int)
    every = max(1, min(shape) // 8)  # a sample of the pixels is enough to rank windows
    ok = a_ok[::every, ::every] & _sampled(b_ok, (dy, dx), every)
    sample = reference[:, ::every, ::every]
    worth = _worth(sample, ok, (row_at // every, col_at // every), (shape[0] // every, shape[1] // every))
    best = np.sort(np.argsort(-worth, kind="stable")[:limit])
    if len(worth) > limit:
        best = best[worth[best] > 0]
    corners = [(int(row_at[k // n_cols]), int(col_at[k % n_cols])) for k in best]
    return corners, worth[best] > 0, shape, int(np.count_nonzero(worth)) <= limit


def _sampled(ok: Bool, shift: tuple[int, int], every: int) -> Bool:
    """Every so many rows and columns of `ok` as moved by `shift` (rows, columns); False beyond its edge."""
    at = [np.arange(0, n, every) + by for n, by in zip(ok.shape, shift, strict=True)]
    inside = [(a >= 0) & (a < n) for a, n in zip(at, ok.shape, strict=True)]
    near = ok[np.ix_(*(np.clip(a, 0, n - 1) for a, n in zip(at, ok.shape, strict=True)))]
    result: Bool = near & np.logical_and.outer(*inside)
    return result


def _worth(
    image: F32, ok: Bool, at: tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]], shape: tuple[int, int]
) -> F64:
    """Usable gradient of each window (row-major), the poorer direction deciding; 0 where too little is
    usable."""
    good = ok.astype(np.float32)
    filled = image.copy()
    filled[:, ~ok] = 0
    # Square roots tame the few brightest edges, which may be clouds that the mask missed.
    slope_y = np.sqrt(np.abs(np.diff(filled, axis=1))).sum(0) * (good[1:] * good[:-1])
    slope_x = np.sqrt(np.abs(np.diff(filled, axis=2))).sum(0) * (good[:, 1:] * good[:, :-1])
    share, along_y, along_x = (_box_sums(v, at, shape) for v in (good, slope_y, slope_x))
    enough = share >= MIN_SHARE * shape[0] * shape[1]
    result: F64 = np.where(enough, np.minimum(along_y, along_x), 0).ravel()
    return result


def _box_sums(
    values: F32, at: tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]], shape: tuple[int, int]
) -> F64:
    """Sums over boxes of `shape` whose upper left corners are the rows and columns in `at`."""
    total = cv2.integral(values, sdepth=cv2.CV_64F)
    r0, c0 = at
    r1, c1 = (np.minimum(a + n, size) for a, n, size in zip(at, shape, values.shape, strict=True))
    sums: F64 = total[np.ix_(r1, c1)] - total[np.ix_(r0, c1)] - total[np.ix_(r1, c0)] + total[np.ix_(r0, c0)]
    return sums


def _column(image: F32, ok: Bool, corners: list[Corner], shape: tuple[int, int]) -> tuple[F32, Bool]:
    """Windows with margin (band, window, y, x) less their means, 0 where not usable; and where usable."""
    sides = [n + 2 * MARGIN for n in shape]
    values = np.zeros((len(image), len(corners), *sides), np.float32)
    good = np.zeros((len(corners), *sides), np.bool_)
    for k, corner in enumerate(corners):
        top, left = (at - MARGIN for at in corner)
        part = np.s_[max(top, 0) : top + sides[0], max(left, 0) : left + sides[1]]
        found = ok[part]
        skip = max(-top, 0), max(-left, 0)
        place = np.s_[skip[0] : skip[0] + found.shape[0], skip[1] : skip[1] + found.shape[1]]
        good[k][place] = found
        values[:, k, *place] = image[:, *part]
    values[:, ~good] = 0  # may be NaN, so no product would do
    count = np.maximum(np.count_nonzero(good, axis=(1, 2)), 1).astype(np.float32)
    values -= (values.sum((2, 3)) / count)[..., None, None]
    values *= good
    return values, good


def _inner(stack: F32) -> F32:
    return stack[..., MARGIN:-MARGIN, MARGIN:-MARGIN]


def _erode(ok: Bool) -> F32:
    tall = ok.reshape(-1, ok.shape[-1]).view(np.uint8)
    done = cv2.erode(tall, np.ones((2 * ERODE + 1,) * 2, np.uint8), borderValue=1)
    return done.reshape(ok.shape).astype(np.float32)


def _filter(stack: F32, along_x: F32 | None, along_y: F32 | None) -> F32:
    """Separable filter on each window: one tall image, where neighbours mix within the margin only."""
    (x, at_x), (y, at_y) = _taps(along_x), _taps(along_y)
    tall = np.ascontiguousarray(stack).reshape(-1, stack.shape[-1])
    done: F32 = cv2.sepFilter2D(tall, cv2.CV_32F, x, y, anchor=(at_x, at_y)).astype(np.float32, copy=False)
    return done.reshape(stack.shape)


def _taps(kernel: F32 | None) -> tuple[F32, int]:
    """A kernel without the zeros at its ends, and where its middle is then; of nothing, one that changes nothing."""
    if kernel is None:
        return np.ones(1, np.float32), 0
    used = np.flatnonzero(kernel)
    first, last = min(used[0], len(kernel) // 2), max(used[-1], len(kernel) // 2)
    return kernel[first : last + 1], int(len(kernel) // 2 - first)


def interpolator(offset: float) -> F32:
    """Kernel over -5..5 that samples at `offset` pixels (|offset| <= MAX_STEP).

    Lagrange's polynomial through the six nearest points: exact up to degree five, hence for slopes. A
    windowed sinc is not, and moved shifts by 0.01 pixels.
    """
    first = int(np.floor(offset)) - 2
    nodes = np.arange(first, first + 6)
    kernel = np.zeros(11, np.float32)
    for k, node in enumerate(nodes):
        others = np.delete(nodes, k)
        kernel[node + 5] = np.prod((offset - others) / (node - others))
    return kernel

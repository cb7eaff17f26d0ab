"""The common picture of a stack: which scene is central, and the masked median of aligned scenes."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, cast

import cv2
import numpy as np
import numpy.typing as npt

from sitewatch.imagery._correlate import contrast
from sitewatch.imagery._windows import interpolator
from sitewatch.imagery.normalise import masked_median

F32 = npt.NDArray[np.float32]
Bool = npt.NDArray[np.bool_]

THUMBNAIL = 64
"""Pixels of the longer side at which scenes are compared to choose a reference."""
MAX_SCENES = 25
"""Scenes in a composite: more make it little better and cost memory."""
MAX_VALUES = 120_000_000
"""Values held at a time while a composite is made; larger images are done in strips of rows."""
AT_ONCE = 8_000_000
"""Values whose median is taken at once."""
REACH = 3
"""Pixels that interpolation looks at to either side."""


class Placed(Protocol):
    """What a composite needs to know of a scene's shift."""

    @property
    def dx(self) -> float: ...
    @property
    def dy(self) -> float: ...
    @property
    def within(self) -> float: ...
    @property
    def ok(self) -> bool: ...


class Parts(Protocol):
    """Arrays of a stack of which some rows can be read without the others."""

    def rows(self, k: int, first: int, end: int) -> npt.NDArray[Any]:
        """Rows of array `k`."""
        ...


def _rows(arrays: Sequence[npt.NDArray[Any]], k: int, first: int, end: int) -> npt.NDArray[Any]:
    if hasattr(arrays, "rows"):
        return cast(Parts, arrays).rows(k, first, end)
    return arrays[k][..., first:end, :]


def by_centrality(scenes: Iterable[tuple[F32, Bool]]) -> list[int]:
    """Indices of the scenes (image, usable), the one that looks most like the others, and is clear, first."""
    pictures, masks = [], []
    for image, ok in scenes:
        factor = max(1, round(max(ok.shape) / THUMBNAIL))
        picture, mask = contrast(image, ok, factor)
        pictures.append(picture.ravel())
        masks.append(np.tile(mask.ravel(), len(picture)))
    z, m = np.stack(pictures), np.stack(masks).astype(np.float32)
    energy = (z * z) @ m.T
    alike = (z @ z.T) / np.maximum(np.sqrt(energy * energy.T), 1e-6)
    share = m.mean(1)
    score = np.median(alike, axis=1) * np.sqrt(share)
    return [int(k) for k in np.argsort(-score, kind="stable")]


def median_composite(
    images: Sequence[F32],
    usable: Sequence[Bool],
    shifts: Sequence[Placed],
    shares: Sequence[float] | None = None,
) -> tuple[F32, Bool]:
    """Median of the scenes moved back by their shifts, (band, y, x), and where at least two of them are
    usable.

    Args:
        images, usable: read in strips of rows, so the sequences may load lazily (`Parts`).
        shares: usable share of each scene, where it is known.
    """
    good = [k for k in range(len(images)) if shifts[k].ok]
    shares = [float(ok.mean()) for ok in usable] if shares is None else shares
    best = sorted(sorted(good, key=lambda k: -shares[k] / (0.05 + shifts[k].within))[:MAX_SCENES])
    bands, rows, cols = images[best[0]].shape
    strip = max(1, min(rows, MAX_VALUES // (bands * cols * len(best))))
    composite = np.empty((bands, rows, cols), np.float32)
    ok = np.empty((rows, cols), np.bool_)
    values = np.empty((len(best), bands, strip, cols), np.float32)
    masks = np.empty((len(best), strip, cols), np.bool_)
    step = max(1, AT_ONCE // (bands * cols * len(best)))
    for top in range(0, rows, strip):
        part = (top, min(top + strip, rows))
        size = part[1] - top
        for n, k in enumerate(best):
            shift = shifts[k].dx, shifts[k].dy
            found = _moved(images, usable, k, shift, part, (bands, rows, cols))
            values[n, :, :size], masks[n, :size] = found
        for first in range(0, size, step):
            some = slice(first, min(first + step, size))
            composite[:, top + some.start : top + some.stop] = masked_median(
                values[:, :, some], masks[:, some]
            )
        ok[top : part[1]] = masks[:, :size].sum(0) >= 2
    return np.where(ok, composite, np.float32(0)), ok


def move_back(image: F32, ok: Bool, shift: tuple[float, float]) -> tuple[F32, Bool]:
    """Sample (band, y, x) at (row + dy, col + dx); True where all pixels that entered are ok."""
    bands, rows, cols = image.shape
    return _moved([image], [ok], 0, shift, (0, rows), (bands, rows, cols))


def _moved(
    images: Sequence[F32],
    usable: Sequence[Bool],
    k: int,
    shift: tuple[float, float],
    rows: tuple[int, int],
    shape: tuple[int, int, int],
) -> tuple[F32, Bool]:
    """The same of image `k`, all of one shape, from the first of `rows` up to the last."""
    whole = np.floor(shift).astype(int)
    top, bottom = (r + int(whole[1]) + side * REACH for r, side in zip(rows, (-1, 1), strict=True))
    values, good = _window(images, usable, k, (top, bottom), int(whole[0]), shape)
    fx, fy = shift[0] - whole[0], shift[1] - whole[1]
    kx, ky = interpolator(fx), interpolator(fy)
    inner = np.s_[REACH:-REACH, REACH:-REACH]
    moved = np.stack([cv2.sepFilter2D(band, cv2.CV_32F, kx, ky)[inner] for band in values])
    used = np.outer((np.abs(ky) > 1e-7), (np.abs(kx) > 1e-7)).astype(np.uint8)
    clear = cv2.erode(good.astype(np.uint8), used)[inner] > 0
    return moved.astype(np.float32, copy=False), clear


def _window(
    images: Sequence[F32],
    usable: Sequence[Bool],
    k: int,
    rows: tuple[int, int],
    dx: int,
    shape: tuple[int, int, int],
) -> tuple[F32, Bool]:
    """Rows of an image, displaced by dx columns, with REACH columns around; outside and not ok are 0 and
    False."""
    bands, n_rows, n_cols = shape
    values = np.zeros((bands, rows[1] - rows[0], n_cols + 2 * REACH), np.float32)
    good = np.zeros(values.shape[1:], np.bool_)
    top, bottom = max(rows[0], 0), min(rows[1], n_rows)
    left, right = max(dx - REACH, 0), min(n_cols + dx + REACH, n_cols)
    if bottom > top and right > left:
        image, ok = _rows(images, k, top, bottom), _rows(usable, k, top, bottom)
        source = np.s_[:, left:right]
        target = np.s_[top - rows[0] : bottom - rows[0], left - dx + REACH : right - dx + REACH]
        good[target] = ok[source]
        values[:, *target] = np.where(ok[source], image[:, *source], np.float32(0))
    return values, good

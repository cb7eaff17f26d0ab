"""The common picture of a stack: which scene is central, and the masked median of aligned scenes."""

from collections.abc import Sequence
from typing import Protocol

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
MAX_VALUES = 30_000_000
"""Values held at a time while a composite is made; larger images are done in strips of rows."""
REACH = 3
"""Pixels that interpolation looks at to either side."""


class Placed(Protocol):
    """What a composite needs to know of a scene's shift."""

    @property
    def dx(self) -> float: ...
    @property
    def dy(self) -> float: ...
    @property
    def sigma(self) -> float: ...
    @property
    def ok(self) -> bool: ...


def by_centrality(images: Sequence[F32], usable: Sequence[Bool]) -> list[int]:
    """Indices of the scenes, the one that looks most like the others, and is clear, first."""
    factor = max(1, round(max(usable[0].shape) / THUMBNAIL))
    pictures, masks = [], []
    for image, ok in zip(images, usable, strict=True):
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
    images: Sequence[F32], usable: Sequence[Bool], shifts: Sequence[Placed]
) -> tuple[F32, Bool]:
    """Median of the scenes moved back by their shifts, (band, y, x), and where at least two of them are
    usable."""
    good = [k for k in range(len(images)) if shifts[k].ok]
    best = sorted(good, key=lambda k: -float(usable[k].mean()) / (0.05 + shifts[k].sigma))[:MAX_SCENES]
    bands, rows, cols = images[0].shape
    strip = max(1, min(rows, MAX_VALUES // (bands * cols * len(best))))
    composite = np.empty((bands, rows, cols), np.float32)
    ok = np.empty((rows, cols), np.bool_)
    for top in range(0, rows, strip):
        part = (top, min(top + strip, rows))
        moved = [move_back(images[k], usable[k], (shifts[k].dx, shifts[k].dy), part) for k in sorted(best)]
        values, masks = np.stack([v for v, _ in moved]), np.stack([m for _, m in moved])
        composite[:, part[0] : part[1]] = masked_median(values, masks)
        ok[part[0] : part[1]] = masks.sum(0) >= 2
    return np.where(ok, composite, np.float32(0)), ok


def move_back(
    image: F32, ok: Bool, shift: tuple[float, float], rows: tuple[int, int] | None = None
) -> tuple[F32, Bool]:
    """Sample (band, y, x) at (row + dy, col + dx); True where all pixels that entered are ok.

    Args:
        rows: first row and row after the last of the result; default all.
    """
    top, bottom = rows or (0, image.shape[1])
    whole = np.floor(shift).astype(int)
    part = _window(image, ok, (top + whole[1] - REACH, bottom + whole[1] + REACH), int(whole[0]))
    values, good = part
    fx, fy = shift[0] - whole[0], shift[1] - whole[1]
    kx, ky = interpolator(fx), interpolator(fy)
    inner = np.s_[REACH:-REACH, REACH:-REACH]
    moved = np.stack([cv2.sepFilter2D(band, cv2.CV_32F, kx, ky)[inner] for band in values])
    used = np.outer((np.abs(ky) > 1e-7), (np.abs(kx) > 1e-7)).astype(np.uint8)
    clear = cv2.erode(good.astype(np.uint8), used)[inner] > 0
    return moved.astype(np.float32, copy=False), clear


def _window(image: F32, ok: Bool, rows: tuple[int, int], dx: int) -> tuple[F32, Bool]:
    """Rows of an image, displaced by dx columns, with REACH columns around; outside and not ok are 0 and
    False."""
    n_rows, n_cols = ok.shape
    values = np.zeros((len(image), rows[1] - rows[0], n_cols + 2 * REACH), np.float32)
    good = np.zeros(values.shape[1:], np.bool_)
    top, bottom = max(rows[0], 0), min(rows[1], n_rows)
    left, right = max(dx - REACH, 0), min(n_cols + dx + REACH, n_cols)
    if bottom > top and right > left:
        source = np.s_[top:bottom, left:right]
        target = np.s_[top - rows[0] : bottom - rows[0], left - dx + REACH : right - dx + REACH]
        good[target] = ok[source]
        values[:, *target] = np.where(ok[source], image[:, *source], np.float32(0))
    return values, good

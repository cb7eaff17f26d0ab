"""From a map of step statistics to objects: places that changed together, by the same amount, at the same time.

An object grows from a peak of the pooled statistic. Its members are the connected pixels whose own step, projected
on the peak's, exceeds one half: with a blurred edge that contour is where the object's true border lies.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy import ndimage

from sitewatch.change.pool import SCALES, Pooled

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

MEMBER_LEVEL = 0.5
"""Share of the peak's amplitude from which a pixel belongs: half height is the border of a blurred edge."""
MEMBER_SCORE = 0.25
"""Share of the threshold that a member's own pooled score must reach."""
MIN_PIXELS = 3
MAX_SHARE = 0.06
"""Share of the site beyond which a change is not an object but weather, season or a failed registration."""
MAX_OBJECTS = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """One object before it is dated and judged."""

    mask: Mask
    """(y, x) True inside."""
    membership: Array
    """(y, x) step projected on the peak's, 1 at full amplitude; its contour at one half is the outline."""
    peak: tuple[int, int]
    """Row and column of the peak."""
    step: int
    """Index t-1 into the step axis at the peak."""
    score: float
    """Pooled statistic at the peak."""


def extract(amplitude: Array, sigma: Array, pooled: Pooled, threshold: float) -> list[Candidate]:
    """Objects above `threshold`, strongest first.

    Args:
        amplitude: (step, band, y, x) step sizes, data units.
        sigma: (band, y, x) noise of one date, data units.
        pooled: result of `pool`.
        threshold: smallest pooled statistic of a peak.
    """
    rows, cols = pooled.score.shape
    top = ndimage.maximum_filter(pooled.score, 3) == pooled.score
    ys, xs = np.nonzero(top & (pooled.score > threshold))
    order = np.argsort(-pooled.score[ys, xs], kind="stable")
    used = np.zeros((rows, cols), bool)
    inverse = np.linalg.inv(pooled.correlation + 0.05 * np.eye(len(pooled.correlation))).astype(np.float32)
    found: list[Candidate] = []
    for y, x in zip(ys[order], xs[order], strict=True):
        if used[y, x] or len(found) >= MAX_OBJECTS:
            continue
        radius = max(1, round(SCALES[int(pooled.scale[y, x])]))
        near = np.s_[max(y - radius, 0) : y + radius + 1, max(x - radius, 0) : x + radius + 1]
        step = int(pooled.step[y, x])
        membership = _membership(amplitude, sigma, step, near, inverse)
        member = (membership > MEMBER_LEVEL) & (pooled.score > MEMBER_SCORE * threshold) & ~used
        labels, _ = ndimage.label(member)
        if labels[y, x] == 0:
            used[near] = True
            continue
        mask = ndimage.binary_fill_holes(labels == labels[y, x]) & ~used
        used |= mask
        if mask.sum() < MIN_PIXELS or mask.sum() > MAX_SHARE * mask.size:
            continue
        found.append(Candidate(mask, membership, (int(y), int(x)), step, float(pooled.score[y, x])))
    return found


def _membership(
    amplitude: Array, sigma: Array, step: int, near: tuple[slice, slice], inverse: Array
) -> Array:
    """(y, x) projection of each pixel's step on the median step near the peak, in noise units."""
    bands = amplitude.shape[1]
    noise = np.median(sigma[(slice(None), *near)].reshape(bands, -1), axis=1)
    centre = np.median(amplitude[(step, slice(None), *near)].reshape(bands, -1), axis=1)
    direction = inverse @ (centre / noise)
    length = float((centre / noise) @ direction)
    if length <= 0:
        return np.zeros(amplitude.shape[2:], np.float32)
    weights = (direction / noise / length).astype(np.float32)
    # A border pixel may have its best step one date earlier or later (a cloud on one of them).
    dates = slice(max(step - 1, 0), step + 2)
    projected = np.einsum("tbyx,b->tyx", amplitude[dates], weights).max(axis=0)
    result: Array = np.asarray(cv2.GaussianBlur(projected.astype(np.float32), (0, 0), 0.5), np.float32)
    return result

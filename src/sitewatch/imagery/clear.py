"""Which pixels can be compared between dates: derived from the whole stack, not from the vendor's mask alone.

Vendors' masks miss clouds and mark bright new roofs as cloud. Both show in time: a cloud departs from the looks
before *and* after it, a new roof agrees with the looks after it. So a pixel that departs from both is not clear
whatever the mask says, and a masked pixel that agrees with its neighbours in time is.
"""

import numpy as np
import numpy.typing as npt

from sitewatch.imagery.normalise import masked_median
from sitewatch.types import MaskClass

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

BLOCKING = (MaskClass.CLOUD, MaskClass.SHADOW, MaskClass.SNOW, MaskClass.DEFECT)
"""Vendor classes that cast doubt on a pixel. Haze and water are usable."""
HARD = (MaskClass.SNOW, MaskClass.DEFECT)
"""Those of them that looks before and after do not remove."""
SNOW_GAIN = 1.7
"""Brightness against the place's own median from which a winter pixel is taken for snow."""
SNOW_STEP = 0.1
"""The same as a difference, in reflectance."""
PATCH_SHARE = 0.015
"""Share from which they are taken for patches of snow; fewer may be something new and white."""
SNOW_SHARE = 0.15
"""Share of such pixels from which the whole scene is set aside as snow-covered."""
MIN_USABLE = 0.15
"""Share of usable pixels below which a scene decides nothing."""


def doubted(mask_class: npt.NDArray[np.uint8], observed: Mask) -> Mask:
    """(time, y, x) True where nothing was observed or the vendor's mask says cloud, shadow, snow or defect."""
    return ~observed | _is_one(mask_class, BLOCKING)


def _is_one(mask_class: npt.NDArray[np.uint8], of: tuple[MaskClass, ...]) -> Mask:
    table = np.zeros(256, bool)
    table[[int(c) for c in of]] = True
    return table[mask_class]


def patchy(share: npt.NDArray[np.float64]) -> bool:
    """True where `snow` looks at the brightness of pixels, by the share (time,) of `snow_share`."""
    return bool((share > PATCH_SHARE).any())


def snow_share(brightness: Array, doubt: Mask) -> npt.NDArray[np.float64]:
    """(time,) share of the pixels that are far brighter than their own median.

    Args:
        brightness: (time, y, x) mean of the visible bands.
        doubt: pixels to leave out when the median is taken.
    """
    white = _white(brightness, doubt)
    result: npt.NDArray[np.float64] = white.sum(axis=(1, 2)) / np.maximum((~doubt).sum(axis=(1, 2)), 1)
    return result


def snow(brightness: Array, doubt: Mask, share: npt.NDArray[np.float64] | None = None) -> Mask:
    """(time, y, x) True for snow: pixels far brighter than their own median, in scenes with many such.

    Args:
        brightness: (time, y, x) mean of the visible bands.
        doubt: pixels to leave out when the median is taken.
        share: of such pixels in each scene of the whole site, where this is a window of it (`snow_share`).
    """
    share = snow_share(brightness, doubt) if share is None else share
    patches, covered = share > PATCH_SHARE, share > SNOW_SHARE
    result: Mask = np.broadcast_to(covered[:, None, None], brightness.shape).copy()
    if patches.any():
        result |= _white(brightness, doubt) & patches[:, None, None]
    return result


def _white(brightness: Array, doubt: Mask) -> Mask:
    # Where every look is in doubt there is no median to be brighter than.
    median = masked_median(brightness[:, None], ~doubt)[0]
    result: Mask = (brightness > np.maximum(SNOW_GAIN * median, median + SNOW_STEP)) & ~doubt
    return result


def clear(
    values: Array,
    observed: Mask,
    mask_class: npt.NDArray[np.uint8],
    snowy: Mask,
    change: Array | None = None,
) -> Mask:
    """(time, y, x) True where a look shows the ground.

    Args:
        values: (time, band, y, x) on one radiometry (see `normalise`).
        observed: (time, y, x).
        mask_class: (time, y, x) of `MaskClass`.
        snowy: (time, y, x) from `snow`.
        change: (band,) typical change of a pixel from look to look, where this is a window of a site whose own
            is known (`typical_change`).
    """
    doubt = doubted(mask_class, observed) | snowy
    hard = ~observed | snowy | _is_one(mask_class, HARD)
    tolerance = 4 * (typical_change(values, ~doubt) if change is None else change)
    usable = ~doubt
    asked = (doubt & ~hard).any(axis=0)
    if asked.any():
        agrees = _agrees(values[..., asked], hard[:, asked], tolerance)
        usable[:, asked] |= ~hard[:, asked] & agrees
    return usable & ~_departs(values, usable, 2.5 * tolerance)


def typical_change(values: Array, usable: Mask) -> Array:
    """Typical change (band,) of one pixel from one used date to the next."""
    both = usable[1:] & usable[:-1]
    result = []
    for band in range(values.shape[1]):
        difference = np.abs(np.diff(values[:, band], axis=0))[both]
        result.append(1.4826 / np.sqrt(2) * float(np.median(difference)) if difference.size else 0.02)
    return np.maximum(np.array(result, np.float32), 1e-3)


def _agrees(values: Array, hard: Mask, tolerance: Array) -> Mask:
    """True (time, pixel) where a pixel is one of three dates in a row that show the same: no cloud stays so long.

    Args:
        values: (time, band, pixel).
        hard: (time, pixel).
        tolerance: (band,).
    """

    def alike(apart: int) -> Mask:
        close = _every(np.abs(values[apart:] - values[:-apart]) < tolerance[:, None])
        result: Mask = close & ~hard[apart:] & ~hard[:-apart]
        return result

    same = np.zeros(hard.shape, bool)
    if len(values) >= 3:
        next_one = alike(1)
        three = alike(2) & next_one[:-1] & next_one[1:]
        for place in range(3):
            same[place : len(values) - 2 + place] |= three
    return same


def _every(bands: Mask) -> Mask:
    """`bands.all(axis=1)`, in a fraction of its time for the few bands that there are."""
    result = bands[:, 0].copy()
    for band in range(1, bands.shape[1]):
        result &= bands[:, band]
    return result


def _departs(values: Array, usable: Mask, tolerance: Array) -> Mask:
    """True where a used pixel differs, the same way in all bands, from the used looks before and after it."""
    higher, lower = np.empty(usable.shape, bool), np.empty(usable.shape, bool)
    limit = tolerance[:, None, None]
    dates = range(len(values))
    for order in (dates, dates[::-1]):
        last = np.full(values.shape[1:], np.nan, np.float32)
        for i in order:
            apart = values[i] - last
            above, below = _every((apart > limit)[None])[0], _every((apart < -limit)[None])[0]
            if order is dates:
                higher[i], lower[i] = above, below
            else:
                higher[i] &= above
                lower[i] &= below
            np.copyto(last, values[i], where=usable[i])
    return (higher | lower) & usable

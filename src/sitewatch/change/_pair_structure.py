"""Structural evidence for two images: straight edges that were gained or lost.

Buildings, roads and slabs bring straight edges; trees, crops, sun and haze change brightness but hardly make
straight lines. Line segments (LSD: Grompone von Gioi et al. 2010, whose own test limits segments that chance
would draw) are found in each image alone, so gain and offset between the two do not matter. Where their
density rose something was built; where it fell something went. Ground whose pattern stayed the same is let
off: one image may just be sharper.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

COARSEST_M = 2.5
"""Pixel size beyond which houses have no edges of their own."""
HOUSE_M = 6.6
"""Radius over which edges are gathered, about half a house."""
PIXELS = (4.0, 12.0, 24.0)
"""The same in pixels: least, where the pixel size is not known, most."""
SHORTEST_PX = 10.0
STRONG = 0.5
"""Gradient of a full edge: standard deviations of the image a pixel."""
FLOOR = 0.02
"""Density of lines (pixels of line a pixel) that counts as nothing."""
BODY_FLOOR = 0.3
ALIKE = (0.2, 0.8)
"""Local correlation of the two images up to which evidence counts in full, and from which not at all."""
LEEWAY_PX = 2
"""Shift that the local correlation forgives: relief, lean, what is left of misalignment."""


@dataclass(frozen=True, slots=True)
class Structure:
    """Evidence for gained and for lost structure, (y, x), 0 or more, no unit."""

    gained: Floats
    lost: Floats


def structure(
    before: Floats, after: Floats, greenness: tuple[Floats, Floats] | None, ok: Mask, pixel_m: float | None
) -> Structure:
    """Compare straight edges of two images on one grid.

    Args:
        before, after: (y, x) brightness, any unit.
        greenness: (y, x) of both dates, 1 and more where vegetation covers the ground, 0 and less where none.
        ok: (y, x) usable in both.
        pixel_m: pixel size in metres; None where not known.
    """
    import cv2  # noqa: PLC0415

    radius = PIXELS[1] if pixel_m is None else float(np.clip(HOUSE_M / pixel_m, PIXELS[0], PIXELS[2]))
    images = [_standard(image, ok) for image in (before, after)]
    first, second = (cv2.GaussianBlur(_lines(image, ok), (0, 0), radius) for image in images)
    change = (second - first) / np.sqrt(first + second + FLOOR)
    change *= 1 - np.clip(
        (_alike(images[0], images[1], 0.85 * radius) - ALIKE[0]) / (ALIKE[1] - ALIKE[0]), 0, 1
    )
    gained = np.maximum(change, 0) * _body(images[1], radius)
    lost = np.maximum(-change, 0) * _body(images[0], radius)
    if greenness is not None:
        lost *= 1 - np.clip(greenness[0], 0, 1)
        gained *= 1 - np.clip(greenness[1], 0, 1)
    return Structure(np.where(ok, gained, 0).astype(np.float32), np.where(ok, lost, 0).astype(np.float32))


def greenness(red: Floats, green: Floats, blue: Floats | None, nir: Floats | None) -> Floats:
    """Vegetation in (y, x): 0 and less none, 1 and more full cover; from NDVI, else from excess green."""
    import cv2  # noqa: PLC0415

    def smooth(band: Floats) -> Floats:
        return np.asarray(cv2.GaussianBlur(np.nan_to_num(band), (0, 0), 2), np.float32)

    if nir is not None:
        n, r = smooth(nir), smooth(red)
        return np.asarray(((n - r) / np.maximum(n + r, 1e-6) - 0.25) / 0.3, np.float32)
    if blue is None:
        return np.zeros(red.shape, np.float32)
    r, g, b = smooth(red), smooth(green), smooth(blue)
    excess = (2 * g - r - b) / np.maximum(r + g + b, 1e-6)
    return np.asarray((excess + 0.02) / 0.08, np.float32)


def _standard(image: Floats, ok: Mask) -> Floats:
    """Median 0 and robust standard deviation 1 over the usable pixels, 0 elsewhere.

    Robust, or a few bright roofs would dim the ground of their own image and so hide its edges.
    """
    low, middle, high = np.percentile(image[ok], (15.87, 50, 84.13))
    return np.where(ok, (image - middle) / max(float(high - low) / 2, 1e-9), 0).astype(np.float32)


def _lines(image: Floats, ok: Mask) -> Floats:
    """Straight segments drawn with their strength, 0..1, on 0; none along the border of the usable area."""
    import cv2  # noqa: PLC0415

    bytes_ = np.clip((image + 2.5) / 5 * 255, 0, 255).astype(np.uint8)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(bytes_)[0]
    smooth = cv2.GaussianBlur(image, (0, 0), 1)
    steep = np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0) / 8, cv2.Sobel(smooth, cv2.CV_32F, 0, 1) / 8)
    strength = np.clip(steep / STRONG, 0, 1)
    drawn = np.zeros(image.shape, np.float32)
    segments = np.empty((0, 4)) if found is None else found[:, 0]
    long_enough = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1]) >= SHORTEST_PX
    for x1, y1, x2, y2 in segments[long_enough]:
        cv2.line(drawn, (int(x1), int(y1)), (int(x2), int(y2)), 1.0, 1)
    # A slope of soft ground is straight too, but not steep.
    drawn *= strength
    inside = cv2.erode(ok.astype(np.uint8), np.ones((9, 9), np.uint8), borderValue=1)
    return drawn * inside


def _alike(first: Floats, second: Floats, radius: float) -> Floats:
    """Local correlation coefficient within `radius`, the best over shifts of `LEEWAY_PX`."""
    import cv2  # noqa: PLC0415

    def near(image: Floats) -> Floats:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), radius), np.float32)

    a, b = (np.asarray(cv2.GaussianBlur(image, (0, 0), 1.2), np.float32) for image in (first, second))
    mean_a = near(a)
    var_a = near(a * a) - mean_a**2
    best = np.full(a.shape, -1, np.float32)
    for rows in (-LEEWAY_PX, 0, LEEWAY_PX):
        for cols in (-LEEWAY_PX, 0, LEEWAY_PX):
            moved = np.roll(b, (rows, cols), (0, 1))
            mean_b = near(moved)
            var_b = near(moved * moved) - mean_b**2
            both = near(a * moved) - mean_a * mean_b
            best = np.maximum(best, both / np.sqrt(np.maximum(var_a * var_b, 1e-8)))
    return best


def _body(image: Floats, radius: float) -> Floats:
    """How much a pixel stands out from its surroundings: 1 and the floor where by a standard deviation."""
    import cv2  # noqa: PLC0415

    width = 2 * round(1.7 * radius) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    hat = cv2.morphologyEx(cv2.GaussianBlur(image, (0, 0), 1.5), cv2.MORPH_TOPHAT, kernel)
    return np.asarray(np.clip(hat, 0, 1) + BODY_FLOOR, np.float32)

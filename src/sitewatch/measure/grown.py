"""An outline from what the pixels show: of what a rough outline covers, or of what a click points at.

The pixels of all looks are laid on those of the first. A roof's share in each pixel follows from its brightness between
that of the roof and that of the ground; where the share is one half runs the border (W. Lorensen and H. Cline, SIGGRAPH
1987, in two dimensions). From a click, a region grows by likeness to the pixels clicked; of its sizes the one is taken
whose border stands out most, as in J. Matas and others, Image and Vision Computing 22 (2004).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from scipy import ndimage
from shapely import Polygon

from sitewatch.errors import DataError
from sitewatch.measure.regular import rectangularity, regularised
from sitewatch.measure.solve import Look, whitener

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

RING_PX = (1.5, 5.0)
"""Distance from the outline within which ground is looked for."""
CORE_PX = 1.0
"""Distance inside of the outline from which pixels are roof alone."""
LEAST = 12
"""Pixels that a region must have."""
FILLED = 0.45
"""Share of its smallest rectangle that a building fills at least: a U of thin wings."""
STRAIGHT = 0.72
"""Share that a region must have in common with itself given straight walls."""
CONTRAST = 3.0
"""How far the ground beside the border must differ from the roof, in standard deviations of pixels side by side."""
LEVELS = 40
"""Sizes of a region that are tried."""
LARGEST = 0.5
"""Share of the window that a region may take."""
CROSS = ndimage.generate_binary_structure(2, 1)


def outline_in(looks: Sequence[Look], rough: Polygon) -> Polygon | None:
    """The outline of the roof that most of a rough outline covers, ragged, to a fraction of a pixel.

    Args:
        looks: windows around it, at least one.
        rough: on the plane; at least half of it should be roof.

    Returns:
        On the plane; None where roof and ground look alike.
    """
    share = _shares(looks, rough)
    if share is None:
        return None
    base = looks[0].placed
    inside = Polygon(base.pixels(shapely.get_coordinates(rough.exterior)))
    pieces = [p for p in _above_half(share) if p.intersects(inside)]
    best = max(pieces, key=lambda p: p.intersection(inside).area, default=None)
    if best is None or best.intersection(inside).area < 0.3 * inside.area:
        return None
    return _on_plane(best, looks[0])


def clicked(looks: Sequence[Look], x: float, y: float) -> Polygon:
    """The rough outline of what is at a place.

    Args:
        looks: windows around it, at least one.
        x, y: on the plane.

    Raises:
        DataError: what is there does not look like a building: too small, without a border, not its shape.
    """
    base = looks[0].placed
    (col, row) = np.floor(base.pixels(np.array([[x, y]]))[0]).astype(int)
    rows, cols = base.shape
    if not (1 <= row < rows - 1 and 1 <= col < cols - 1):
        raise DataError(
            "the place clicked lies at the edge of the images; expected a building inside of them"
        )
    unlike = _unlike(looks, row, col)
    best, score = None, 0.0
    for level in np.geomspace(max(float(np.nanmin(unlike)), 0.3), float(np.nanmax(unlike)) + 1e-6, LEVELS):
        region = _region(unlike <= level, row, col)
        if region is None or region.sum() > LARGEST * region.size or _at_border(region):
            continue
        beside = ndimage.binary_dilation(region, CROSS, 2) & ~ndimage.binary_dilation(region, CROSS)
        if region.sum() < LEAST or not np.isfinite(unlike[beside]).any():
            continue
        # the quarter of the border that stands out least tells of leaks
        stands = float(np.nanquantile(unlike[beside], 0.25)) - float(np.nanmedian(unlike[region]))
        if stands > score:
            best, score = region, stands
    if best is None or score < CONTRAST:
        raise DataError(
            "what was clicked has no border that stands out all around, or is below 12 pixels; outline it by hand "
            "(--outline)"
        )
    pieces = _above_half(best.astype(np.float64))
    rough = _on_plane(max(pieces, key=lambda p: p.area), looks[0])
    found = outline_in(looks, rough)
    found = rough if found is None or _shared(found, rough) < 0.5 else found
    pixel = float(np.sqrt(abs(np.linalg.det(base.to_pixels[:, :2])))) ** -1
    (straight,) = regularised([found], pixel)
    if rectangularity([found])[0] < FILLED or _shared(straight, found) < STRAIGHT:
        raise DataError(
            "what was clicked does not have the shape of a building; outline it by hand (--outline)"
        )
    return found


def _shared(one: Polygon, two: Polygon) -> float:
    return float(one.intersection(two).area / max(one.union(two).area, 1e-12))


def _region(alike: Bools, row: int, col: int) -> Bools | None:
    """The piece at a pixel, without threads of one pixel and with its holes filled."""
    opened = ndimage.binary_opening(alike, np.ones((2, 2), np.bool_))
    label, _ = ndimage.label(opened, CROSS)
    if not label[row, col]:
        return None
    result: Bools = ndimage.binary_fill_holes(label == label[row, col])
    return result


def _at_border(region: Bools) -> bool:
    return bool(region[0].any() or region[-1].any() or region[:, 0].any() or region[:, -1].any())


def _laid(look: Look, base: Look) -> Floats:
    """(band, row, column) of a look on the pixels of another, between pixels linearly; NaN where not usable."""
    if look is base:
        return np.where(look.usable, look.values, np.nan).astype(np.float64)
    rows, cols = base.placed.shape
    col, row = np.meshgrid(np.arange(cols) + 0.5, np.arange(rows) + 0.5)
    a, b = base.placed.to_pixels, look.placed.to_pixels
    plane = np.linalg.solve(a[:, :2], np.stack([col.ravel(), row.ravel()]) - a[:, 2:])
    x, y = b[:, :2] @ plane + b[:, 2:] - 0.5
    values = np.where(look.usable, look.values, np.nan)
    return np.stack(
        [ndimage.map_coordinates(v, [y, x], order=1, cval=np.nan).reshape(rows, cols) for v in values]
    )


def _whitened(values: Floats) -> Floats:
    """With differences of pixels side by side of variance 1 in each band, robustly."""
    steps = [np.diff(values, axis=axis).reshape(len(values), -1) for axis in (1, 2)]
    step = np.concatenate(steps, axis=1)
    step = step[:, np.isfinite(step).all(axis=0)] / np.sqrt(2)
    far = np.abs(step) / (np.median(np.abs(step), axis=1, keepdims=True) + 1e-9)
    quiet = step[:, far.max(axis=0) < 4]
    cov = np.atleast_2d(np.cov(quiet if quiet.shape[1] > 20 else step))
    return np.asarray(np.einsum("brc,bk->krc", values, whitener(cov)), np.float64)


def _unlike(looks: Sequence[Look], row: int, col: int) -> Floats:
    """(row, column) distance of each pixel from those around a place, in standard deviations, mean of all looks."""
    total, count = 0.0, 0.0
    for look in looks:
        values = _whitened(_laid(look, looks[0]))
        tone = np.nanmedian(values[:, row - 1 : row + 2, col - 1 : col + 2], axis=(1, 2))
        far = np.square(values - tone[:, None, None]).mean(axis=0)
        total, count = total + np.nan_to_num(far), count + np.isfinite(far)
    with np.errstate(invalid="ignore", divide="ignore"):
        result: Floats = np.sqrt(total / count)
    return result


def _shares(looks: Sequence[Look], rough: Polygon) -> Floats | None:
    """(row, column) share of the roof in each pixel, about 0 to 1, mean of all looks."""
    base = looks[0]
    inside = Polygon(base.placed.pixels(shapely.get_coordinates(rough.exterior))).buffer(0)
    rows, cols = base.placed.shape
    col, row = np.meshgrid(np.arange(cols) + 0.5, np.arange(rows) + 0.5)
    core = shapely.contains_xy(inside.buffer(-CORE_PX), col, row)
    core = core if core.sum() >= 4 else shapely.contains_xy(inside, col, row)
    beside = shapely.contains_xy(inside.buffer(RING_PX[1]), col, row)
    beside &= ~shapely.contains_xy(inside.buffer(RING_PX[0]), col, row)
    total, weight = np.zeros((rows, cols)), np.zeros((rows, cols))
    for look in looks:
        values = _whitened(_laid(look, base))
        if not (np.isfinite(values[0, core]).any() and np.isfinite(values[0, beside]).any()):
            continue
        roof, ground = (np.nanmedian(values[:, k], axis=1) for k in (core, beside))
        gap = roof - ground
        power = float(gap @ gap)
        if power < 1:
            continue
        share = np.einsum("brc,b->rc", values - ground[:, None, None], gap) / power
        good = np.isfinite(share)
        total[good] += power * np.clip(share[good], -0.5, 1.5)
        weight[good] += power
    return np.where(weight > 0, total / np.maximum(weight, 1e-12), 0.0) if weight.any() else None


def _above_half(share: Floats) -> list[Polygon]:
    """Where a field lies above one half, in pixels; holes are closed."""
    import contourpy  # noqa: PLC0415

    rows, cols = share.shape
    padded = np.pad(share, 1)
    lines = contourpy.contour_generator(
        np.arange(-1, cols + 1) + 0.5, np.arange(-1, rows + 1) + 0.5, padded
    ).lines(0.5)
    rings = [Polygon(line) for line in lines if len(line) >= 4]
    valid = [r for r in rings if r.is_valid and r.area > 0]
    merged = shapely.union_all(valid) if valid else Polygon()
    return [p for p in shapely.get_parts(merged) if isinstance(p, Polygon) and not p.is_empty]


def _on_plane(shape: Polygon, look: Look) -> Polygon:
    a = look.placed.to_pixels
    xy = shapely.get_coordinates(shape.exterior)
    return Polygon(np.linalg.solve(a[:, :2], (xy - a[:, 2]).T).T)

"""From a scene's own pixels to the site grid, in one resampling.

A scene's shift (`Registration.dx`, `dy`) goes inside the transform: the result at (row, col) is the scene at
(row + dy, col + dx) of the grid, so pixels are interpolated once, never twice. A scene on the same lattice
whose shift is whole pixels is copied exactly.
"""

from collections.abc import Sequence
from math import ceil, floor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from affine import Affine
from odc.geo import CRS
from odc.geo.geobox import GeoBox
from pyproj import Transformer
from shapely import Polygon

from sitewatch.errors import DataError, SceneError
from sitewatch.imagery.pixel_size import TOLERANCE, pixel_size
from sitewatch.imagery.read import Pixels, Window, read
from sitewatch.types import MaskClass, Scene

F32 = npt.NDArray[np.float32]

KERNELS = ("nearest", "bilinear", "cubic", "lanczos")
REACH = 4
"""Source pixels that the widest kernel looks at to either side, at one source pixel to a target pixel."""
WHOLE = 1e-4
"""Pixels: a transform this near to a whole number of pixels everywhere is a copy."""
SNAP = 0.01
"""Pixels: an edge of the area of interest this near to a pixel's edge lies on it."""
MAX_PIXELS = 400_000_000
_ANY_PLANE = "EPSG:3857"
"""Stands for "one plane" where both grids have the same CRS, or none: no coordinates change."""


def resample(
    scene: Scene,
    grid: GeoBox,
    *,
    shift: tuple[float, float] = (0.0, 0.0),
    base: Path | None = None,
    kernel: str = "cubic",
) -> Pixels:
    """Pixels of `scene` on `grid`.

    Args:
        shift: (dx, dy) in pixels of `grid`: the scene's content lies this far right and down of where it
        should.
        base: folder that relative asset paths start from.
        kernel: nearest, bilinear, cubic or lanczos; widened where `grid` is coarser than the scene.

    A target pixel is `observed` where all source pixels that bilinear interpolation would use are; classes of
    the vendor's mask come from the nearest source pixel. Values stay inside the range of the source pixels
    read: cubic and lanczos overshoot beyond it (negative reflectance beside a bright roof) is cut.

    Raises:
        SceneError: the scene does not touch the grid, only one of the two has a CRS, or a file cannot be
        read.
        DataError: an unknown kernel, or a shift that is not finite.
    """
    if kernel not in KERNELS:
        raise DataError(f"kernel {kernel!r}; expected one of {', '.join(KERNELS)}")
    if not np.isfinite(shift).all():
        raise DataError(f"shift {shift} of scene {scene.id}; expected two finite numbers of pixels")
    if (scene.grid.crs is None) != (grid.crs is None):
        which = "scene has no CRS, the grid has one" if grid.crs else "grid has no CRS, the scene has one"
        raise SceneError(f"scene {scene.id}: the {which}; give control points (--gcps) or leave it out")
    target = GeoBox(grid.shape, grid.affine @ Affine.translation(*shift), grid.crs)
    offset = _whole_offset(scene.grid, target)
    if offset is not None:
        return _copy(scene, target, offset, base)
    return _warp(scene, target, base, kernel)


def _whole_offset(source: GeoBox, target: GeoBox) -> tuple[int, int] | None:
    """(row, column) of the source at the target's origin if both lie on one lattice, else None."""
    if source.crs != target.crs:
        return None
    m = ~source.affine @ target.affine
    rows, cols = target.shape
    corners = np.array([m @ (x, y) for x in (0, cols) for y in (0, rows)])
    col, row = round(m.c), round(m.f)
    plain = np.array([(col + x, row + y) for x in (0, cols) for y in (0, rows)])
    return (row, col) if np.abs(corners - plain).max() < WHOLE else None


def _copy(scene: Scene, target: GeoBox, offset: tuple[int, int], base: Path | None) -> Pixels:
    (row, col), (rows, cols) = offset, target.shape
    n_rows, n_cols = scene.grid.shape
    window = ((max(row, 0), min(row + rows, n_rows)), (max(col, 0), min(col + cols, n_cols)))
    pixels = read(scene, base=base, window=_touching(scene, window))
    if pixels.observed.shape == (rows, cols):
        return pixels
    before = window[0][0] - row, window[1][0] - col
    after = rows - before[0] - pixels.observed.shape[0], cols - before[1] - pixels.observed.shape[1]
    return _pad(pixels, ((before[0], after[0]), (before[1], after[1])))


def _touching(scene: Scene, window: Window) -> Window:
    if any(start >= stop for start, stop in window):
        raise SceneError(f"scene {scene.id} does not touch the site; leave it out or check its position")
    return window


def _pad(pixels: Pixels, widths: tuple[tuple[int, int], tuple[int, int]]) -> Pixels:
    """Surround with pixels that were not observed."""
    return Pixels(
        {name: np.pad(v, widths, constant_values=np.nan) for name, v in pixels.bands.items()},
        np.pad(pixels.observed, widths, constant_values=False),
        np.pad(pixels.mask_class, widths, constant_values=MaskClass.UNKNOWN),
    )


def _warp(scene: Scene, target: GeoBox, base: Path | None, kernel: str) -> Pixels:
    x, y, scale = _footprint(scene.grid, target)
    margin = ceil(REACH * max(1.0, *scale)) + 1
    n_rows, n_cols = scene.grid.shape
    window = (
        (max(floor(y[0]) - margin, 0), min(ceil(y[1]) + margin, n_rows)),
        (max(floor(x[0]) - margin, 0), min(ceil(x[1]) + margin, n_cols)),
    )
    pixels = read(scene, base=base, window=_touching(scene, window))
    # A frame of not observed pixels keeps GDAL from stretching the edge outward.
    pixels = _pad(pixels, ((margin, margin), (margin, margin)))
    origin = scene.grid.affine @ Affine.translation(window[1][0] - margin, window[0][0] - margin)
    source = GeoBox(pixels.observed.shape, origin, scene.grid.crs)
    names = list(pixels.bands)
    stack = np.stack([pixels.bands[name] for name in names])
    by = _translation(source, target) if kernel == "cubic" else None
    if by is not None:
        shape = int(target.shape[0]), int(target.shape[1])
        whole, values, classes = _translated(stack, pixels.observed, pixels.mask_class, by, shape)
    else:
        whole = _reproject(pixels.observed.astype(np.float32)[None], source, target, scale, "bilinear")[0]
        values = _reproject(stack, source, target, scale, kernel, nodata=float("nan"))
        classes = _reproject(pixels.mask_class[None], source, target, scale, "nearest")[0]
    observed = (whole > 1 - 1e-4) & np.isfinite(values).all(axis=0)
    bands = {}
    for name, given, found in zip(names, stack, values, strict=True):
        low, high = (np.nanmin(given), np.nanmax(given)) if pixels.observed.any() else (0, 0)
        bands[name] = np.where(observed, np.clip(found, low, high), np.float32("nan"))
    return Pixels(bands, observed, np.where(observed, classes, np.uint8(MaskClass.UNKNOWN)))


def _translation(source: GeoBox, target: GeoBox) -> tuple[float, float] | None:
    """(x, y) of the target's corner in pixels of the source, if their pixels are the same but for it, else None."""
    if source.crs != target.crs:
        return None
    m = ~source.affine @ target.affine
    rows, cols = target.shape
    turned = np.array([[m.a - 1, m.b], [m.d, m.e - 1]]) @ np.array([[cols, cols, 0], [rows, 0, rows]])
    return (m.c, m.f) if np.abs(turned).max() < WHOLE else None


def _translated(
    stack: F32,
    observed: npt.NDArray[np.bool_],
    mask_class: npt.NDArray[np.uint8],
    by: tuple[float, float],
    shape: tuple[int, int],
) -> tuple[F32, F32, npt.NDArray[np.uint8]]:
    """What GDAL makes of a mere translation, in a tenth of its time: one kernel a row and one a column do for all
    pixels.

    Args:
        stack: (band, y, x), NaN where not observed; reaches beyond the target by two pixels and more.
        observed: (y, x).
        mask_class: (y, x).
        by: (x, y) of the target's corner.
        shape: of the target.

    Returns:
        Observed by bilinear, values by cubic interpolation (Keys 1981, a = -0.5), by bilinear where one of the sixteen
        pixels was not observed, classes of the nearest pixel.
    """
    import cv2  # noqa: PLC0415

    rows, cols = shape
    col, row = (floor(v) for v in by)
    kernels = [_keys(v - floor(v)) for v in by]
    linear = [np.array([0, 1 - v + floor(v), v - floor(v), 0], np.float32) for v in by]
    corner, room = (row - 1, col - 1), (rows + 3, cols + 3)

    def filtered(image: F32, along: list[F32]) -> F32:
        done = cv2.sepFilter2D(image, cv2.CV_32F, along[0], along[1], anchor=(0, 0))
        return np.asarray(done[:rows, :cols], np.float32)

    seen = _cut(observed, corner, room)
    weight = seen.astype(np.float32)
    whole = filtered(weight, linear)
    given = [np.where(seen, _cut(band, corner, room), np.float32(0)) for band in stack]
    values = np.stack([filtered(band, kernels) for band in given])
    if not seen.all():
        edge = filtered(weight, [np.ones(4, np.float32)] * 2) < 15.5
        share = np.where(whole[edge] > 1e-6, whole[edge], np.float32("nan"))
        for band, result in zip(given, values, strict=True):
            result[edge] = filtered(band, linear)[edge] / share
    nearest = floor(by[1] + 0.5 + 1e-10), floor(by[0] + 0.5 + 1e-10)
    classes = _cut(mask_class, nearest, (rows, cols))
    return whole, values, classes


def _cut(image: npt.NDArray[Any], corner: tuple[int, int], shape: tuple[int, int]) -> npt.NDArray[Any]:
    """The part of `shape` from `corner` on, 0 beyond the image."""
    ends = [(max(c, 0), min(c + n, size)) for c, n, size in zip(corner, shape, image.shape, strict=True)]
    if any(a >= b for a, b in ends):
        return np.zeros(shape, image.dtype)
    inside = image[tuple(slice(a, b) for a, b in ends)]
    widths = [(a - c, c + n - b) for (a, b), c, n in zip(ends, corner, shape, strict=True)]
    return np.pad(inside, widths) if np.any(widths) else inside


def _keys(x: float) -> F32:
    """Weights of the pixels -1, 0, 1, 2 at a fraction `x` between 0 and 1."""
    d = np.array([1 + x, x, 1 - x, 2 - x])
    near, far = 1.5 * d**3 - 2.5 * d**2 + 1, -0.5 * d**3 + 2.5 * d**2 - 4 * d + 2
    return np.where(d <= 1, near, far).astype(np.float32)


def _footprint(
    source: GeoBox, target: GeoBox
) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float]]:
    """Columns and rows of the source under the target, and source pixels per target pixel along x and y."""
    rows, cols = target.shape
    along = np.linspace(0, 1, 33)
    edge = np.concatenate(
        [
            np.stack([along * cols, np.full(33, side * rows)], 1) for side in (0, 1)
        ] + [np.stack([np.full(33, side * cols), along * rows], 1) for side in (0, 1)]
    )  # fmt: skip
    middle = np.array([[cols / 2, rows / 2], [cols / 2 + 1, rows / 2], [cols / 2, rows / 2 + 1]])
    points = _to_pixels(np.concatenate([edge, middle]), target, source)
    if not np.isfinite(points).all():
        raise SceneError("the site lies outside the area for which the scene's projection is defined")
    x, y = points.T
    step_x, step_y = points[-2] - points[-3], points[-1] - points[-3]
    # Along the source's axes: how many of its pixels one target pixel spans.
    scale = float(max(abs(step_x[0]), abs(step_y[0]))), float(max(abs(step_x[1]), abs(step_y[1])))
    return (float(x.min()), float(x.max())), (float(y.min()), float(y.max())), scale


def _to_pixels(points: npt.NDArray[np.float64], from_: GeoBox, to: GeoBox) -> npt.NDArray[np.float64]:
    """Pixel coordinates (n, 2) as (x, y) of one grid in those of another."""
    x, y = _apply(from_.affine, points[:, 0], points[:, 1])
    if from_.crs is not None and to.crs is not None and from_.crs != to.crs:
        x, y = Transformer.from_crs(from_.crs.to_wkt(), to.crs.to_wkt(), always_xy=True).transform(x, y)
    return np.stack(_apply(~to.affine, np.asarray(x), np.asarray(y)), axis=1)


def _apply(
    m: Affine, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    return m.a * x + m.b * y + m.c, m.d * x + m.e * y + m.f


def _reproject(
    stack: npt.NDArray[Any],
    source: GeoBox,
    target: GeoBox,
    scale: tuple[float, float],
    kernel: str,
    *,
    nodata: float | None = None,
) -> npt.NDArray[Any]:
    from rasterio.warp import Resampling, reproject  # noqa: PLC0415

    source_crs, target_crs = _ANY_PLANE, _ANY_PLANE
    if source.crs is not None and target.crs is not None and source.crs != target.crs:
        source_crs, target_crs = source.crs.to_wkt(), target.crs.to_wkt()
    result = np.full((len(stack), *target.shape), 0 if nodata is None else nodata, stack.dtype)
    # GDAL would guess the kernel's width for each block anew, and blocks would not fit together: it is given,
    # 1 unless the target is coarser. Its default tolerance lets coordinates be wrong by 1/8 pixel.
    widths = [1.0 if n < 1.05 else 1 / n for n in scale]
    reproject(
        stack,
        result,
        src_transform=source.affine,
        src_crs=source_crs,
        dst_transform=target.affine,
        dst_crs=target_crs,
        src_nodata=nodata,
        dst_nodata=nodata,
        resampling=Resampling[kernel],
        tolerance=0.001,
        XSCALE=widths[0],
        YSCALE=widths[1],
    )
    return result


def site_grid(scenes: Sequence[Scene], aoi: Polygon, *, resolution: float | None = None) -> GeoBox:
    """The one grid of a site: it covers the bounds of `aoi`, whatever the scenes cover.

    Scenes that share a projected CRS in metres and a pixel size keep both, on the pixel lattice of the first
    (by id) if all lie on it, so most of them need no resampling but their shift. Otherwise, and where a metre of
    the CRS is none on the ground (Web Mercator): the UTM zone of the site's centre at the finest pixel size
    present, edges at multiples of it.

    Args:
        aoi: WGS84 longitude and latitude, degrees.
        resolution: metres; overrides the pixel size.

    Raises:
        SceneError: no scene, or a scene without georeferencing.
        DataError: `resolution` is not positive, or the grid would be larger than 400 million pixels.
    """
    if not scenes:
        raise SceneError("a site's grid needs at least one scene; add scenes first")
    if resolution is not None and not resolution > 0:
        raise DataError(f"resolution is {resolution}; expected metres above 0")
    lost = [s.id for s in scenes if s.grid.crs is None]
    if lost:
        raise SceneError(
            f"scene {lost[0]} has no georeferencing ({len(lost)} of {len(scenes)}); give control points "
            "(--gcps) or a KML overlay, or compare two such images with `sitewatch compare`"
        )
    first = min(scenes, key=lambda s: s.id).grid
    crs = first.crs
    if crs is not None and _true_metres(first) and all(_same_pixels(s.grid, first) for s in scenes):
        size = abs(first.affine.a)
        aligned = resolution in (None, size) and all(_same_lattice(s.grid, first) for s in scenes)
        origin = (first.affine.c, first.affine.f) if aligned else (0.0, 0.0)
        return _snapped(aoi, crs, resolution or size, origin)
    finest = min(_metres(s) for s in scenes) if resolution is None else resolution
    return _snapped(aoi, _utm(aoi), finest, (0.0, 0.0))


def _metres(scene: Scene) -> float:
    if scene.gsd_m is None:
        raise SceneError(f"scene {scene.id} has no pixel size in metres; give --gsd")
    return scene.gsd_m


def _true_metres(grid: GeoBox) -> bool:
    """Whether the pixels are as large on the ground as in the coordinates."""
    size = pixel_size(grid)
    nominal = abs(grid.affine.determinant) ** 0.5
    return size is not None and abs(nominal / size.side_m - 1) <= TOLERANCE


def _same_pixels(grid: GeoBox, first: GeoBox) -> bool:
    """Whether a grid has the first one's CRS, projected and in metres, and its square, upright pixels."""
    a, b = grid.affine, first.affine
    metric = grid.crs is not None and grid.crs.projected and grid.crs.units[0] in ("metre", "meter", "m")
    upright = a.b == a.d == 0 and a.a > 0 > a.e and np.isclose(a.a, -a.e, rtol=1e-6)
    return bool(grid.crs == first.crs and metric and upright and np.isclose(a.a, b.a, rtol=1e-6))


def _same_lattice(grid: GeoBox, first: GeoBox) -> bool:
    size = first.affine.a
    apart = np.array([grid.affine.c - first.affine.c, grid.affine.f - first.affine.f]) / size
    return bool(np.abs(apart - np.round(apart)).max() < SNAP)


def _utm(aoi: Polygon) -> CRS:
    lon, lat = aoi.centroid.x, aoi.centroid.y
    if not -80 <= lat <= 84:
        return CRS("EPSG:3995" if lat > 0 else "EPSG:3031")  # polar stereographic
    return CRS(f"EPSG:{(32600 if lat >= 0 else 32700) + min(int((lon + 180) // 6) + 1, 60)}")


def _snapped(aoi: Polygon, crs: CRS, size: float, origin: tuple[float, float]) -> GeoBox:
    """The smallest grid of pixels of `size` whose lattice goes through `origin` that covers the area."""
    to_crs = Transformer.from_crs("EPSG:4326", crs.to_wkt(), always_xy=True)
    fine = shapely.segmentize(aoi, max(aoi.length / 200, 1e-9))  # parallels bend in a projection
    west, south, east, north = shapely.transform(fine, to_crs.transform, interleaved=False).bounds
    if not np.isfinite([west, south, east, north]).all():
        raise DataError(f"the area of interest lies outside {crs}")
    left, top = floor((west - origin[0]) / size + SNAP), ceil((north - origin[1]) / size - SNAP)
    right, bottom = ceil((east - origin[0]) / size - SNAP), floor((south - origin[1]) / size + SNAP)
    rows, cols = max(top - bottom, 1), max(right - left, 1)
    if rows * cols > MAX_PIXELS:
        raise DataError(
            f"the site would have {rows} x {cols} pixels of {size:g} m; choose a smaller area or a coarser "
            "resolution"
        )
    affine = Affine(size, 0, origin[0] + left * size, 0, -size, origin[1] + top * size)
    return GeoBox((rows, cols), affine, crs)

"""Where pixels lie on the ground: outlines in pixels, north, scale, windows."""

from dataclasses import dataclass
from functools import lru_cache
from math import atan2, degrees

import numpy as np
import numpy.typing as npt
from affine import Affine
from odc.geo.geobox import GeoBox
from pyproj import CRS, Geod, Transformer
from rasterio.features import geometry_mask
from shapely import MultiPolygon, Polygon
from shapely import transform as reshape

from sitewatch.types import Event

Floats = npt.NDArray[np.float64]
Ring = npt.NDArray[np.float64]
"""(n, 2): column and row of each vertex; whole numbers are pixel corners."""


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of pixels, ends excluded."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def rows(self) -> int:
        return self.bottom - self.top

    @property
    def columns(self) -> int:
        return self.right - self.left

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.top, self.bottom), slice(self.left, self.right)


def in_pixels(event: Event, grid: GeoBox) -> Polygon | MultiPolygon:
    """The outline of `event` in (column, row) of `grid`."""
    outline = event.outline
    if event.crs is None or grid.crs is None:
        return outline
    source, target = CRS.from_user_input(event.crs), CRS.from_wkt(grid.crs.to_wkt())
    if source != target:
        move = Transformer.from_crs(source, target, always_xy=True)
        outline = reshape(outline, lambda xy: np.column_stack(move.transform(xy[:, 0], xy[:, 1])))
    back = ~grid.affine
    return reshape(outline, lambda xy: np.column_stack(_apply(back, xy[:, 0], xy[:, 1])))


def rings(shape: Polygon | MultiPolygon) -> list[Ring]:
    """Every ring of a shape, holes too."""
    parts = shape.geoms if isinstance(shape, MultiPolygon) else [shape]
    return [np.asarray(ring.coords)[:, :2] for part in parts for ring in (part.exterior, *part.interiors)]


@lru_cache(maxsize=16)
def pixel_size(grid: GeoBox) -> tuple[float, float] | None:
    """Width and height of the central pixel in metres, on the WGS84 ellipsoid; None without a CRS."""
    if grid.crs is None:
        return None
    rows, columns = grid.shape
    lon, lat = _lonlat(grid, [columns / 2, columns / 2 + 1, columns / 2], [rows / 2, rows / 2, rows / 2 + 1])
    geod = Geod(ellps="WGS84")
    _, _, across = geod.inv(lon[0], lat[0], lon[1], lat[1])
    _, _, down = geod.inv(lon[0], lat[0], lon[2], lat[2])
    return float(across), float(down)


@lru_cache(maxsize=16)
def north(grid: GeoBox) -> float | None:
    """Direction of true north at the centre, degrees clockwise from the top of the picture.

    This is the meridian convergence of the grid's projection, found by stepping along the meridian, so that
    it holds for any CRS and for rotated grids. None without a CRS.
    """
    if grid.crs is None:
        return None
    rows, columns = grid.shape
    lon, lat = _lonlat(grid, [columns / 2], [rows / 2])
    move = Transformer.from_crs("EPSG:4326", CRS.from_wkt(grid.crs.to_wkt()), always_xy=True)
    step = 1e-4 if lat[0] < 89 else -1e-4
    x, y = move.transform([lon[0], lon[0]], [lat[0], lat[0] + step])
    (c0, c1), (r0, r1) = _apply(~grid.affine, np.asarray(x), np.asarray(y))
    return degrees(atan2((c1 - c0) * np.sign(step), (r0 - r1) * np.sign(step)))


@lru_cache(maxsize=16)
def centre(grid: GeoBox) -> tuple[float, float] | None:
    """Longitude and latitude of the grid's centre in degrees; None without a CRS."""
    if grid.crs is None:
        return None
    rows, columns = grid.shape
    lon, lat = _lonlat(grid, [columns / 2], [rows / 2])
    return float(lon[0]), float(lat[0])


def window_around(
    shape: Polygon | MultiPolygon, grid: GeoBox, *, least: int = 36, factor: float = 2.6
) -> Window:
    """A square of pixels around a shape, inside the grid: `factor` times its longer side, or `least`."""
    rows, columns = grid.shape
    left, top, right, bottom = shape.bounds
    side = int(np.ceil(max(least, factor * max(right - left, bottom - top))))
    height, width = min(side, rows), min(side, columns)
    first_row = int(np.clip(round((top + bottom) / 2 - height / 2), 0, rows - height))
    first_column = int(np.clip(round((left + right) / 2 - width / 2), 0, columns - width))
    return Window(first_row, first_row + height, first_column, first_column + width)


def inside(shape: Polygon | MultiPolygon, grid: GeoBox) -> npt.NDArray[np.bool_]:
    """Pixels (y, x) whose centre lies in a shape given in pixels; if none does, those that it touches."""
    rows, columns = grid.shape
    for touched in (False, True):
        mask: npt.NDArray[np.bool_] = geometry_mask(
            [shape], out_shape=(rows, columns), transform=Affine.identity(), invert=True, all_touched=touched
        )
        if mask.any():
            break
    return mask


def _apply(affine: Affine, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Coordinates through an affine transform."""
    return affine.a * x + affine.b * y + affine.c, affine.d * x + affine.e * y + affine.f


def _lonlat(
    grid: GeoBox, columns: list[float], rows: list[float]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    assert grid.crs is not None
    x, y = _apply(grid.affine, np.asarray(columns), np.asarray(rows))
    move = Transformer.from_crs(CRS.from_wkt(grid.crs.to_wkt()), "EPSG:4326", always_xy=True)
    lon, lat = move.transform(x, y)
    return np.asarray(lon), np.asarray(lat)

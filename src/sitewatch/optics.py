"""What light and a sensor do to a scene: sun, shadow, lean, exact pixel coverage and point spread.

Pixel convention: pixel (row, col) covers the unit square x in [col, col + 1], y in [row, row + 1], so its
centre is at (col + 0.5, row + 0.5). Azimuths are degrees clockwise from north; ground vectors are metres
(east, north).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import acos, asin, atan2, ceil, cos, degrees, floor, radians, sin, tan
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer
from shapely import MultiPolygon, Polygon

from sitewatch.errors import DataError

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Floats = npt.NDArray[np.float64]
Image = npt.NDArray[np.float32]

PSF_REACH = 5.0
"""A point spread is cut off this many sigmas beyond the pixel's own edge (5.7e-7 of the energy is lost)."""


@dataclass(frozen=True, slots=True)
class Sun:
    """Where the sun stands, seen from a place on the ground."""

    azimuth: float
    """Degrees clockwise from north."""
    elevation: float
    """Degrees above the horizon, of the centre of the disc, without refraction (below 0.1° above 10°)."""


def sun_position(when: datetime, lat: float, lon: float) -> Sun:
    """The sun at an instant and place, to about 0.01° between 1950 and 2050.

    Low-accuracy solar coordinates of Meeus, Astronomical Algorithms (2nd ed. 1998), chapters 25 and 28, as in
    the NOAA solar calculator.

    Args:
        when: time with a time zone.
        lat, lon: degrees north and east (WGS84).

    Raises:
        DataError: no time zone, or no such place.
    """
    if when.tzinfo is None:
        raise DataError(f"time {when} has no time zone; expected one, for instance UTC")
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise DataError(f"place {lat}, {lon} is not a latitude and longitude in degrees")
    when = when.astimezone(UTC)
    century = (when - datetime(2000, 1, 1, 12, tzinfo=UTC)).total_seconds() / 86400 / 36525
    mean_longitude = radians((280.46646 + century * (36000.76983 + 0.0003032 * century)) % 360)
    anomaly = radians(357.52911 + century * (35999.05029 - 0.0001537 * century))
    eccentricity = 0.016708634 - century * (0.000042037 + 0.0000001267 * century)
    centre = (
        sin(anomaly) * (1.914602 - century * (0.004817 + 0.000014 * century))
        + sin(2 * anomaly) * (0.019993 - 0.000101 * century)
        + sin(3 * anomaly) * 0.000289
    )
    node = radians(125.04 - 1934.136 * century)
    longitude = mean_longitude + radians(centre - 0.00569 - 0.00478 * sin(node))
    obliquity = radians(23.4392911 - 0.0130042 * century + 0.00256 * cos(node))
    declination = asin(sin(obliquity) * sin(longitude))
    y = tan(obliquity / 2) ** 2
    equation_of_time = 4 * degrees(
        y * sin(2 * mean_longitude)
        - 2 * eccentricity * sin(anomaly)
        + 4 * eccentricity * y * sin(anomaly) * cos(2 * mean_longitude)
        - 0.5 * y**2 * sin(4 * mean_longitude)
        - 1.25 * eccentricity**2 * sin(2 * anomaly)
    )
    minutes = when.hour * 60 + when.minute + (when.second + when.microsecond / 1e6) / 60
    hour_angle = radians(((minutes + equation_of_time + 4 * lon) / 4 - 180) % 360)
    phi = radians(lat)
    zenith = acos(
        max(-1.0, min(1.0, sin(phi) * sin(declination) + cos(phi) * cos(declination) * cos(hour_angle)))
    )
    azimuth = atan2(
        sin(hour_angle) * cos(declination),
        cos(hour_angle) * sin(phi) * cos(declination) - sin(declination) * cos(phi),
    )
    return Sun(azimuth=(degrees(azimuth) + 180) % 360, elevation=90 - degrees(zenith))


def azimuth_of_north(crs: str, lat: float, lon: float) -> float:
    """Direction of true north on a map grid: degrees clockwise from the grid's own north (y axis).

    Add it to a true azimuth to draw that on the grid. On UTM it is about -(lon - lon0) * sin(lat), below 3°.

    Args:
        crs: anything that pyproj reads, for instance "EPSG:32652"; a projected CRS with x to the east.
    """
    to_grid = Transformer.from_crs(4326, crs, always_xy=True)
    x, y = to_grid.transform([lon, lon], [lat - 1e-4, lat + 1e-4])
    return degrees(atan2(x[1] - x[0], y[1] - y[0]))


def shadow_length(height_m: float, sun_elevation: float) -> float:
    """Length in metres, on level ground, of the shadow of something `height_m` high.

    Raises:
        DataError: the sun is not above the horizon.
    """
    if not 0 < sun_elevation <= 90:
        raise DataError(f"sun elevation is {sun_elevation}°; a shadow needs the sun between 0° and 90°")
    return height_m / tan(radians(sun_elevation))


def shadow_vector(height_m: float, sun_azimuth: float, sun_elevation: float) -> tuple[float, float]:
    """Where the shadow of a point `height_m` above level ground falls: metres (east, north) from its foot.

    Raises:
        DataError: the sun is not above the horizon.
    """
    length = shadow_length(height_m, sun_elevation)
    return -length * sin(radians(sun_azimuth)), -length * cos(radians(sun_azimuth))


def lean_vector(height_m: float, view_angle: float, view_azimuth: float) -> tuple[float, float]:
    """Where a point `height_m` above ground appears in an image made for the ground: (east, north) metres.

    It moves away from the sensor by `height_m * tan(view_angle)`: 10 m lean 0.9 m at 5° and 5.8 m at 30°.

    Args:
        view_angle: degrees between the line of sight and the vertical, at the ground.
        view_azimuth: azimuth of the sensor seen from the ground.

    Raises:
        DataError: the view angle is not in 0..89°.
    """
    if not 0 <= view_angle < 89:
        raise DataError(f"view angle is {view_angle}°; expected 0° (straight down) to 89°")
    length = height_m * tan(radians(view_angle))
    return -length * sin(radians(view_azimuth)), -length * cos(radians(view_azimuth))


def coverage(shape: Polygon | MultiPolygon, rows: int, cols: int) -> Image:
    """The share of each pixel that a shape covers: exact areas, not samples. Float32 (rows, cols) in 0..1.

    Signed areas are accumulated along edges cut at the pixel borders, then summed along each row, as font
    rasterisers do. `shape` is in pixel coordinates (x = column, y = row); what lies outside is cut.
    Parts of a multi-polygon must not overlap.
    """
    return coverages([rings(shape)], [(slice(0, rows), slice(0, cols))])[0]


def rings(shape: Polygon | MultiPolygon) -> list[Floats]:
    """Closed rings (n, 2) of a shape, outer ones counterclockwise and holes clockwise (y upward).

    Parts without area, as a difference of shapes may leave them, give none.
    """
    result: list[Floats] = []
    for part in shapely.get_parts(shape):
        if part.area:
            oriented = shapely.geometry.polygon.orient(part)
            result += [shapely.get_coordinates(ring) for ring in (oriented.exterior, *oriented.interiors)]
    return result


def coverages(outlines: Sequence[Sequence[Floats]], windows: Sequence[tuple[slice, slice]]) -> list[Image]:
    """`coverage` of many shapes at once, each within a window of its own; far faster than one by one.

    Args:
        outlines: for each shape its closed rings (n, 2) in pixel coordinates, oriented as `rings` gives them.
        windows: for each shape the rows and columns wanted.

    Returns:
        For each shape float32 (rows, cols) of its window, in 0..1.
    """
    tops = np.array([w[0].start for w in windows], np.int64)
    lefts = np.array([w[1].start for w in windows], np.int64)
    rows = np.array([w[0].stop - w[0].start for w in windows], np.int64)
    cols = np.array([w[1].stop - w[1].start for w in windows], np.int64)
    ends = np.cumsum(rows * (cols + 1))
    offsets = ends - rows * (cols + 1)
    flat = [ring for outline in outlines for ring in outline]
    if not flat or not ends[-1]:
        return [np.zeros((r, c), np.float32) for r, c in zip(rows, cols, strict=True)]
    owner = np.repeat(
        np.repeat(np.arange(len(outlines)), [len(o) for o in outlines]), [len(ring) - 1 for ring in flat]
    )
    shift = np.stack([lefts, tops], axis=1)[owner]
    start: Floats = np.concatenate([ring[:-1] for ring in flat]).astype(np.float64) - shift
    step = np.concatenate([np.diff(ring, axis=0) for ring in flat])
    edge, t0, t1 = _cut_at_pixel_borders(start, step)
    middle = start[edge] + step[edge] * ((t0 + t1) / 2)[:, None]
    rise = step[edge, 1] * (t1 - t0)
    of = owner[edge]
    # Left of the raster an edge counts in full for the first column; right of it, for one column more that is
    # cut off in the end. So every row sums to zero and one sum along all rows of all shapes will do.
    x = np.clip(middle[:, 0], 0, cols[of])
    row, col = np.floor(middle[:, 1]).astype(np.int64), np.floor(x).astype(np.int64)
    inside = (row >= 0) & (row < rows[of])
    row, col, rise, share, of = row[inside], col[inside], rise[inside], (x - col)[inside], of[inside]
    place = offsets[of] + row * (cols[of] + 1) + col
    gain = np.bincount(place, rise * (1 - share), int(ends[-1]) + 1)
    gain += np.bincount(place + 1, rise * share, int(ends[-1]) + 1)
    covered = np.clip(-np.cumsum(gain), 0, 1).astype(np.float32)
    return [
        covered[o:e].reshape(r, c + 1)[:, :c] for o, e, r, c in zip(offsets, ends, rows, cols, strict=True)
    ]


def _cut_at_pixel_borders(start: Floats, step: Floats) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
    """Split edges where they cross integer x or y: (edge index, parameter from, to) of each piece."""
    number = np.arange(len(start))
    edges, params = [number, number], [np.zeros(len(start)), np.ones(len(start))]
    for axis in (0, 1):
        a, d = start[:, axis], step[:, axis]
        first = np.ceil(np.minimum(a, a + d))
        count = np.where(d != 0, np.floor(np.maximum(a, a + d)) - first + 1, 0).astype(np.int64)
        count = np.maximum(count, 0)
        edge = np.repeat(number, count)
        order = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
        edges.append(edge)
        params.append((first[edge] + order - a[edge]) / d[edge])
    edge, t = np.concatenate(edges), np.clip(np.concatenate(params), 0, 1)
    sort = np.lexsort((t, edge))
    edge, t = edge[sort], t[sort]
    same = edge[1:] == edge[:-1]
    return edge[:-1][same], t[:-1][same], t[1:][same]


def edge_response(distance: npt.ArrayLike, sigma: float) -> Floats:
    """Signal of a pixel whose centre lies `distance` pixels inside a straight edge parallel to its sides.

    The half-plane is 1 inside and 0 outside; the response is the Gaussian point spread of `sigma` pixels
    integrated over the pixel's own square: 0.5 on the edge, 1 far inside.
    """
    u = np.asarray(distance, dtype=np.float64)
    result: Floats = _ramp(u + 0.5, sigma) - _ramp(u - 0.5, sigma)
    return result


def _ramp(z: Floats, sigma: float) -> Floats:
    """Integral of the Gaussian distribution function from minus infinity to z."""
    if sigma == 0:
        return np.maximum(z, 0)
    from scipy.special import ndtr  # noqa: PLC0415  (slow to import)

    result: Floats = z * ndtr(z / sigma) + sigma * np.exp(-0.5 * (z / sigma) ** 2) / np.sqrt(2 * np.pi)
    return result


def sampling_matrix(n_out: int, n_fine: int, factor: int, sigma: float, origin: float) -> "csr_array":
    """Weights (n_out, n_fine) that turn a fine row of cells into pixels through the point spread.

    Each weight is the exact integral, over one fine cell, of the Gaussian of `sigma` pixels convolved with
    the pixel's square. Rows sum to 1; beyond the ends the last cell is repeated.

    Args:
        factor: fine cells along one pixel.
        origin: position of the left edge of pixel 0 in fine cells; any real number, so that a scene can be
            shifted by parts of a pixel without resampling.
    """
    if factor < 1 or sigma < 0:
        raise DataError(f"factor {factor} and sigma {sigma}: expected at least 1 cell and 0 pixels")
    reach = 0.5 + PSF_REACH * sigma
    taps = ceil(2 * reach * factor) + 1
    centre = origin + (np.arange(n_out) + 0.5) * factor
    first = np.floor(centre - reach * factor).astype(np.int64)
    cell = first[:, None] + np.arange(taps + 1)
    borders = (np.concatenate([cell, cell[:, -1:] + 1], axis=1) - centre[:, None]) / factor
    weight = np.diff(edge_response(borders, sigma), axis=1)
    weight /= weight.sum(axis=1, keepdims=True)
    rows = np.repeat(np.arange(n_out), taps + 1)
    columns = np.clip(cell, 0, n_fine - 1).ravel()
    from scipy import sparse  # noqa: PLC0415  (slow to import)

    return sparse.csr_array((weight.ravel().astype(np.float32), (rows, columns)), shape=(n_out, n_fine))


def sample(
    fine: Image, shape: tuple[int, int], factor: int, sigma: float, origin: tuple[float, float] = (0.0, 0.0)
) -> Image:
    """An image seen by a sensor: Gaussian point spread, integration over each pixel, any sub-pixel position.

    Args:
        fine: (y, x), cells of 1/`factor` pixel.
        shape: rows and columns of the result.
        sigma: of the point spread, in pixels of the result (optics alone; the pixel's square comes on top).
        origin: (row, column) of the upper left corner of pixel (0, 0), in fine cells.

    Returns:
        float32 of `shape`.
    """
    vertical = sampling_matrix(shape[0], fine.shape[0], factor, sigma, origin[0])
    horizontal = sampling_matrix(shape[1], fine.shape[1], factor, sigma, origin[1])
    result: Image = np.ascontiguousarray((horizontal @ (vertical @ fine).T).T, dtype=np.float32)
    return result


def box(bounds: tuple[float, float, float, float], rows: int, cols: int) -> tuple[slice, slice]:
    """The window of whole pixels around (x_min, y_min, x_max, y_max), cut to the raster; may be empty."""
    x0, y0, x1, y1 = bounds
    top, bottom = max(0, floor(y0)), max(0, min(rows, ceil(y1)))
    left, right = max(0, floor(x0)), max(0, min(cols, ceil(x1)))
    return slice(min(top, bottom), bottom), slice(min(left, right), right)

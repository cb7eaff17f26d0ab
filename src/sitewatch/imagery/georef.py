"""Tying pixels to the ground: what is in the file, control points, a KML ground overlay, or a pixel size."""

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from affine import Affine
from odc.geo.geobox import GeoBox

from sitewatch.errors import SceneError, UsageError
from sitewatch.imagery.control import ControlPoint
from sitewatch.imagery.kml import read_overlay
from sitewatch.imagery.pixel_size import POINTED_PX, pixel_size
from sitewatch.types import Georeference
from sitewatch.types.scene import StatedSize

_MAX_POINTS_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class Tied:
    """A native grid with how it is known."""

    grid: GeoBox
    how: Georeference
    notes: tuple[str, ...] = ()
    scale_sigma: float = 0.0
    """Relative standard error of the pixel size."""
    stated: tuple[StatedSize, ...] = ()
    """What the user said about the pixel size."""


def tie(
    dataset: Any,
    *,
    gsd: float | None = None,
    gcps: Path | None = None,
    points: Sequence[ControlPoint] = (),
) -> Tied:
    """The grid of an opened raster; control points of the user go before those of the file.

    Args:
        gsd: pixel size in metres, as the user knows it.
        gcps: control points of the user.
        points: control points that came with the image, used where it has no georeference of its own.

    Raises:
        UsageError: `gsd` is not a length, or the control points cannot be used.
        SceneError: the file's own georeferencing is degenerate.
    """
    shape = (dataset.height, dataset.width)
    if gsd is not None and not (math.isfinite(gsd) and gsd > 0):
        raise UsageError(f"--gsd is {gsd}; expected the pixel size in metres, larger than 0")
    stated = () if gsd is None else (StatedSize(gsd, "--gsd"),)
    if gcps is not None:
        tied = replace(fit(read_points(gcps, shape), shape, str(gcps)), stated=stated)
        return replace(tied, how=Georeference.KML) if gcps.suffix.lower() == ".kml" else tied
    crs, affine = dataset.crs, dataset.transform
    if crs and affine != Affine.identity():
        if abs(affine.determinant) < 1e-18:
            raise SceneError(f"{dataset.name}: its transform {tuple(affine)[:6]} has no area")
        unused = ("--gsd is not used: the file is georeferenced",) if gsd is not None else ()
        _lonlat_from(crs.to_wkt())  # a system that leads nowhere is told here
        return Tied(GeoBox(shape, affine, crs.to_wkt()), Georeference.EMBEDDED, unused, stated=stated)
    in_file, points_crs = dataset.gcps
    if in_file and points_crs:
        return replace(fit(_from_file(in_file, points_crs), shape, "the file"), stated=stated)
    if points:
        try:
            return replace(fit(points, shape, "the labels beside it"), stated=stated)
        except UsageError as error:
            raise SceneError(str(error)) from None  # they came with the image, not as an option
    notes: tuple[str, ...] = (
        ("has rational polynomial coefficients, which are not used: orthorectify it first",)
        if dataset.rpcs
        else ()
    )
    if affine != Affine.identity():
        notes += ("has a transform without a coordinate system: taken as not georeferenced",)
    if gsd is not None:
        affine = Affine(gsd, 0, 0, 0, -gsd, gsd * shape[0])
        return Tied(
            GeoBox(shape, affine, None),
            Georeference.GSD,
            (*notes, f"pixel size {gsd} m as given by the user; position unknown"),
        )
    return Tied(
        GeoBox(shape, Affine.identity(), None),
        Georeference.NONE,
        (*notes, "not georeferenced: pixels have no size or place; pass --gsd, --gcps or a KML overlay"),
    )


def _from_file(points: Sequence[Any], crs: Any) -> list[ControlPoint]:
    to_wgs = _lonlat_from(crs.to_wkt())
    return [ControlPoint(p.col, p.row, *to_wgs.transform(p.x, p.y)) for p in points]


def _lonlat_from(crs: str) -> Any:
    from pyproj import Transformer  # noqa: PLC0415
    from pyproj.exceptions import CRSError, ProjError  # noqa: PLC0415

    try:
        return Transformer.from_crs(crs, 4326, always_xy=True)
    except (CRSError, ProjError):
        raise SceneError(
            f"its coordinate system {' '.join(crs.split())[:80]!r} cannot be related to longitude and "
            "latitude; assign the right one"
        ) from None


def utm_epsg(lon: float, lat: float) -> int:
    """EPSG code of the WGS84 UTM zone of a place (without the exceptions of Norway and Svalbard)."""
    return (32600 if lat >= 0 else 32700) + min(int((lon + 180) // 6) + 1, 60)


def fit(points: Sequence[ControlPoint], shape: tuple[int, int], origin: str) -> Tied:
    """Least-squares affine from pixels to the UTM zone of the points; a similarity from two points only.

    Raises:
        UsageError: fewer than two points, points outside the globe, or points on one line.
    """
    from pyproj import Transformer  # noqa: PLC0415

    if len(points) < 2:
        raise UsageError(f"{origin}: {len(points)} control point(s); expected at least 2, better 4 or more")
    if not all(abs(p.lon) <= 180 and abs(p.lat) <= 84 for p in points):
        raise UsageError(f"{origin}: control points are not longitude (-180..180) and latitude (-84..84)")
    lon, lat = np.array([p.lon for p in points]), np.array([p.lat for p in points])
    epsg = utm_epsg(float(lon.mean()), float(lat.mean()))
    x, y = Transformer.from_crs(4326, epsg, always_xy=True).transform(lon, lat)
    pixels = np.array([(p.col, p.row) for p in points])
    affine = _least_squares(pixels, np.column_stack([x, y]), origin)
    fitted = np.array([_apply(affine, *p) for p in pixels])
    rms = float(np.sqrt(np.mean(np.sum((fitted - np.column_stack([x, y])) ** 2, axis=1))))
    sigma = _scale_error(pixels, affine, rms)
    quality = f"residual {rms:.2f} m (root mean square)" if len(points) > 3 else "too few for a residual"
    if len(points) == 2:
        quality += ", pixels are taken as square"
    scale = (
        f"the scale is known to {_percent(sigma)} %, areas to {_percent(2 * sigma)} % (one standard error)"
    )
    note = f"georeferenced by {len(points)} control points from {origin}: {quality}; {scale}"
    return Tied(GeoBox(shape, affine, f"EPSG:{epsg}"), Georeference.GCPS, (note,), sigma)


def _percent(share: float) -> str:
    return f"{100 * share:.2g}"


def _scale_error(pixels: npt.NDArray[np.float64], affine: Affine, rms: float) -> float:
    """Relative standard error of lengths in an image tied by control points, in the direction known least.

    The points' error is their residual over the degrees of freedom, enlarged as Student's t for 90 % is against the
    normal distribution, and never below that of pointing at a pixel: points that were computed from each other, such as
    a box's corners, leave no residual whatever their error is.
    """
    from scipy.special import ndtri, stdtrit  # noqa: PLC0415

    count, side = len(pixels), math.sqrt(abs(affine.determinant))
    error, free = POINTED_PX, 2 * count - 6
    if free > 0:
        residual = rms / side * math.sqrt(count / free)
        error = max(error, residual * float(stdtrit(free, 0.95) / ndtri(0.95)))
    centred = pixels - pixels.mean(axis=0)
    if count == 2:
        return error / math.sqrt(float((centred**2).sum()))
    return error / float(np.linalg.svd(centred, compute_uv=False)[-1])


def _apply(affine: Affine, col: float, row: float) -> tuple[float, float]:
    return affine.a * col + affine.b * row + affine.c, affine.d * col + affine.e * row + affine.f


def _least_squares(pixels: npt.NDArray[np.float64], ground: npt.NDArray[np.float64], origin: str) -> Affine:
    centre, origin_xy = pixels.mean(axis=0), ground.mean(axis=0)
    p, g = pixels - centre, ground - origin_xy
    if len(p) == 2:
        # Similarity with the row axis pointing down: x = a c + b r, y = b c - a r.
        c, r = p[1] - p[0]
        dx, dy = g[1] - g[0]
        norm = c * c + r * r
        a, b = ((c * dx - r * dy) / norm, (r * dx + c * dy) / norm) if norm > 0 else (0.0, 0.0)
        linear = np.array([[a, b], [b, -a]])
    else:
        if np.linalg.svd(p, compute_uv=False)[-1] < 1e-3 * np.ptp(pixels, axis=0).max():
            raise UsageError(f"{origin}: the control points lie on one line; spread them over the image")
        linear = np.linalg.lstsq(p, g, rcond=None)[0].T
    if abs(np.linalg.det(linear)) < 1e-12:
        raise UsageError(f"{origin}: the control points fall together; expected different places")
    shift = origin_xy - linear @ centre
    return Affine(linear[0, 0], linear[0, 1], shift[0], linear[1, 0], linear[1, 1], shift[1])


_NAMES = {
    "col": ("col", "column", "pixel", "pixelx", "sourcex", "px"),
    "row": ("row", "line", "pixely", "sourcey", "py"),
    "lon": ("lon", "longitude", "mapx", "x", "lng"),
    "lat": ("lat", "latitude", "mapy", "y"),
}


def read_points(path: Path, shape: tuple[int, int]) -> list[ControlPoint]:
    """Control points of a CSV (columns col, row, lon, lat), a QGIS `.points` file or a KML ground overlay.

    Raises:
        UsageError: the file is missing or none of these.
    """
    try:
        if path.stat().st_size > _MAX_POINTS_BYTES:
            raise UsageError(f"{path}: larger than a file of control points can be")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror or error})") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not a text file; expected CSV with the columns col,row,lon,lat") from None
    if path.suffix.lower() == ".kml" or text.lstrip().startswith("<"):
        return read_overlay(path, text).corners(shape)
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    crs = next((line[5:].strip() for line in text.splitlines() if line.startswith("#CRS:")), None)
    rows = list(csv.DictReader(lines))
    if not rows:
        raise UsageError(f"{path}: no control points; expected CSV with the columns col,row,lon,lat")
    columns = {key: _column(rows[0], names, path) for key, names in _NAMES.items()}
    # QGIS counts rows upward from the top edge, so they are negative below it.
    sign = -1.0 if columns["row"].lower() == "sourcey" else 1.0
    points = []
    for number, row in enumerate(rows, start=2):
        if str(row.get("enable", "1")).strip() == "0":
            continue
        try:
            values = {key: float(row[name]) for key, name in columns.items()}
        except (TypeError, ValueError):
            raise UsageError(
                f"{path}: line {number} does not hold four numbers (col, row, lon, lat)"
            ) from None
        points.append(ControlPoint(values["col"], sign * values["row"], values["lon"], values["lat"]))
    return _to_wgs(points, crs, path) if crs else points


def _column(row: dict[str, str], names: Sequence[str], path: Path) -> str:
    found = next((c for n in names for c in row if c and c.strip().lower() == n), None)
    if found is None:
        raise UsageError(f"{path}: columns are {', '.join(map(str, row))}; expected col,row,lon,lat")
    return found


def _to_wgs(points: list[ControlPoint], crs: str, path: Path) -> list[ControlPoint]:
    from pyproj import CRS, Transformer  # noqa: PLC0415
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    try:
        transformer = Transformer.from_crs(CRS(crs), 4326, always_xy=True)
    except CRSError:
        raise UsageError(f"{path}: its coordinate system {crs[:80]!r} is not understood") from None
    return [ControlPoint(p.col, p.row, *transformer.transform(p.lon, p.lat)) for p in points]


def ground_sampling(grid: GeoBox) -> float | None:
    """Pixel size in metres at the middle of the grid: the side of a square of the same ground area.

    The nominal size is given where it is within 0.5 % of the geodesic one (a UTM scale factor is no news).
    """
    size = pixel_size(grid)
    if size is None or grid.crs is None:
        return None
    nominal = math.sqrt(abs(grid.affine.determinant))
    return nominal if grid.crs.projected and abs(nominal / size.side_m - 1) < 5e-3 else size.side_m


def with_size(tied: Tied, gsd: float | None) -> float | None:
    """`Scene.gsd_m` of a tied grid: measured on the ground, or the user's pixel size where that is all."""
    return gsd if tied.how is Georeference.GSD else ground_sampling(tied.grid)

"""Area, perimeter, length and width of an outline, on the WGS84 ellipsoid, with intervals.

The area is that of the polygon whose corners are joined by geodesics (C. F. F. Karney, Algorithms for
geodesics, Journal of Geodesy 87, 2013, as in `pyproj.Geod`). Length and width are the sides of the smallest
rotated rectangle around the outline, found on a plane that touches the ellipsoid at the outline's centre.

The intervals rest on how far the outline as a whole lies outside or inside of the true border, for each quantity
found by simulation, see `EDGES`.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError
from shapely import MultiPolygon, Polygon

from sitewatch.errors import DataError
from sitewatch.types import Value

EDGES = {"area": (0.36, 2.77), "perimeter": (0.0, 9.0), "length": (0.0, 8.7), "width": (0.44, 3.81)}
"""Standard deviation of the offset between a detector's outline and the true border, all edges together: a part
in pixels and a part in metres (pieces missed, shadows taken in), which add as squares. At 3 m and at 10 m each
gives the 90 % quantile of the absolute errors over 1.645, so that 1.645 of them hold 90 %; the errors have
longer tails than a normal distribution. `benchmarks/outline.py` finds them anew."""
CALIBRATED_ON = (
    "simulation, not this site: fitted at 20 simulated sites at 3 m and 10 m; at 10 others, 90 % intervals held the "
    "truth in 78 to 88 %"
)
NORMAL_90 = 1.645
"""Half-width of the central 90 % of a normal distribution, standard deviations."""
GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Sizes:
    """The plain numbers of an outline."""

    area: float
    """m2."""
    perimeter: float
    """Metres, holes included."""
    length: float
    """Metres, longer side of the smallest rotated rectangle."""
    width: float
    """Metres, its shorter side."""


def sizes(shape: Polygon | MultiPolygon, crs: str | None, pixel_m: float | None = None) -> Sizes:
    """Area, perimeter, length and width of an outline.

    Args:
        shape: in the coordinates of `crs`; in pixels where `crs` is None.
        crs: authority string or WKT; None without georeferencing, then `pixel_m` is needed.
        pixel_m: side of a pixel in metres; not used with a CRS.

    Raises:
        DataError: an empty or crossing outline, an unknown CRS, or neither CRS nor pixel size.
    """
    if shape.is_empty or not shape.is_valid:
        raise DataError("the outline is empty or crosses itself; expected a valid polygon")
    if crs is None:
        if pixel_m is None:
            raise DataError("an outline in pixels needs the size of a pixel; give it with --gsd")
        length, width = _sides(shape)
        return Sizes(shape.area * pixel_m**2, shape.length * pixel_m, length * pixel_m, width * pixel_m)
    to_lonlat = _to_lonlat(crs)
    # Holes run the other way round than what they are in, which is what makes them count as holes.
    geographic = shapely.transform(shapely.orient_polygons(shape), to_lonlat.transform, interleaved=False)
    if not np.isfinite(shapely.get_coordinates(geographic)).all():
        raise DataError("the outline lies outside of where its coordinate system is defined")
    area = abs(GEOD.geometry_area_perimeter(geographic)[0])
    perimeter = GEOD.geometry_length(geographic.boundary)
    centre = to_lonlat.transform(shape.centroid.x, shape.centroid.y)
    return Sizes(area, perimeter, *_sides(_flattened(geographic, *centre)))


def outline_measures(
    shape: Polygon | MultiPolygon,
    crs: str | None,
    pixel_m: float,
    *,
    registration_px: float = 0.0,
    pixel_size_error: float = 0.0,
    edge_px: float | None = None,
) -> dict[str, Value]:
    """Area, perimeter, length and width with 90 % intervals, by these names.

    The budget holds three sources, one standard deviation each. Edge: all edges lie too far out or in by the
    same distance. Registration: each side of the smallest rectangle moves on its own, which bounds from above
    what an error of the scenes' positions can do, since an outline that moves as a whole keeps its size.
    Pixel size: relative error of the scale, where that is only stated and no part of a georeference.

    Args:
        shape: in the coordinates of `crs`; in pixels where `crs` is None.
        crs: authority string or WKT; None without georeferencing.
        pixel_m: side of a pixel of the images behind the outline, metres.
        registration_px: standard error of a scene's position, pixels.
        pixel_size_error: relative standard error of `pixel_m`.
        edge_px: another standard deviation of the edges, pixels, where the outline did not come from the
            detector; then the values are not calibrated.

    Raises:
        DataError: as for `sizes`, or a pixel size or error that is no positive number.
    """
    numbers = (registration_px, pixel_size_error, edge_px or 0.0)
    if not (0 < pixel_m < math.inf and all(0 <= v < math.inf for v in numbers)):
        raise DataError(
            f"pixel size {pixel_m} m and errors {numbers}: expected metres above 0, errors from 0 up"
        )
    found = sizes(shape, crs, pixel_m)
    edges = {name: math.hypot(px * pixel_m, metres) for name, (px, metres) in EDGES.items()}
    if edge_px is not None:
        edges = dict.fromkeys(edges, edge_px * pixel_m)
    moved = registration_px * pixel_m
    parts = len(getattr(shape, "geoms", (shape,)))
    round_ = "smallest rotated rectangle around " + (f"all {parts} parts" if parts > 1 else "the outline")
    ground = "geodesic on the WGS84 ellipsoid" if crs is not None else "plane, by the stated pixel size"
    plan = {
        # quantity: value, unit, change by one metre of all edges, by one metre of each side alone, method
        "area": (
            found.area,
            "m2",
            found.perimeter,
            math.hypot(found.length, found.width) * math.sqrt(2),
            "outline",
        ),
        "perimeter": (found.perimeter, "m", 8.0, math.sqrt(8), "outline"),
        "length": (found.length, "m", 2.0, math.sqrt(2), f"long side of the {round_}"),
        "width": (found.width, "m", 2.0, math.sqrt(2), f"short side of the {round_}"),
    }
    result = {}
    for name, (value, unit, by_edges, by_sides, how) in plan.items():
        power = 2 if unit == "m2" else 1
        budget = {
            "edge": edges[name] * by_edges,
            "registration": moved * by_sides,
            "pixel size": power * pixel_size_error * value,
        }
        half = NORMAL_90 * math.sqrt(sum(v**2 for v in budget.values()))
        result[name] = Value(
            value=value,
            low=max(value - half, 0.0),
            high=value + half,
            unit=unit,
            method=f"{how}, {ground}",
            calibrated_on=CALIBRATED_ON if edge_px is None else "not calibrated",
            budget=budget,
        )
    return result


@lru_cache(maxsize=32)
def _to_lonlat(crs: str) -> Transformer:
    try:
        return Transformer.from_crs(CRS.from_user_input(crs), 4326, always_xy=True)
    except CRSError as error:
        raise DataError(f"unknown coordinate system {str(crs)[:60]!r}; expected EPSG:... or WKT") from error


def _flattened(geographic: Polygon | MultiPolygon, lon: float, lat: float) -> Polygon | MultiPolygon:
    """On the azimuthal equidistant plane around a point: metres east and north, exact along rays from there and
    good to the square of distance over the Earth's radius elsewhere."""

    def flat(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        azimuth, _, distance = GEOD.inv(np.full(len(xy), lon), np.full(len(xy), lat), xy[:, 0], xy[:, 1])
        angle = np.radians(azimuth)
        return np.column_stack([distance * np.sin(angle), distance * np.cos(angle)])

    result: Polygon | MultiPolygon = shapely.transform(geographic, flat)
    return result


def _sides(flat: Polygon | MultiPolygon) -> tuple[float, float]:
    """Longer and shorter side of the smallest rotated rectangle, in the units of the plane."""
    corners: npt.NDArray[np.float64] = shapely.get_coordinates(shapely.minimum_rotated_rectangle(flat))[:3]
    steps = np.hypot(*np.diff(corners, axis=0).T)
    return float(steps.max()), float(steps.min())

"""What the detector's numbers were held against, and the constants that came of it."""

import numpy as np
from odc.geo.crs import CRS
from pyproj import Geod
from shapely import MultiPolygon, Polygon

import shapely
from pyproj import Transformer

CALIBRATED_ON = "not calibrated yet"
PROBABILITY = (0.0, 0.5, 0.0)
EDGE_PX = 0.35
"""Standard deviation of the outline as a whole against the true border, pixels: all edges move together."""


def probability(strength: float, pixels: int) -> float:
    """Probability that a detection is a real change."""
    a, b, c = PROBABILITY
    x = a + b * np.log(strength) + c * np.log10(pixels)
    return float(np.clip(1 / (1 + np.exp(-x)), 0.01, 0.99))


def area_interval(
    shape: Polygon | MultiPolygon, crs: CRS | None, pixel_m: float | None
) -> tuple[float | None, float | None, float | None]:
    """Area on the WGS84 ellipsoid in m2 with a 90 % interval; None without a pixel size."""
    if pixel_m is None:
        return None, None, None
    if crs is None:
        area = float(shape.area) * pixel_m**2
        edge = float(shape.length) * pixel_m
    else:
        to_lonlat = Transformer.from_crs(crs, 4326, always_xy=True)
        geographic = shapely.transform(
            shape, lambda xy: np.stack(to_lonlat.transform(xy[:, 0], xy[:, 1]), axis=1)
        )
        area, edge = (abs(v) for v in Geod(ellps="WGS84").geometry_area_perimeter(geographic))
    half = 1.645 * EDGE_PX * pixel_m * edge
    return area, max(area - half, 0.0), area + half

"""Values of a building with fitted straight walls, with calibrated 90 % intervals.

As for boxes (`fitted`): intervals in logarithms; the fit's own standard deviation, with a floor for what it knows
nothing of, is stretched by a factor found on simulated L, T and U shaped roofs (split conformal prediction: V. Vovk, A.
Gammerman and G. Shafer, Algorithmic Learning in a Random World, 2005). `benchmarks/walls.py` finds the factors anew.
"""

from dataclasses import replace
from math import exp, hypot, sqrt

import numpy as np
import shapely

from sitewatch.errors import DataError
from sitewatch.measure.fitted import FINE_M, FINEST_M, FLOOR, edge_m, edge_source
from sitewatch.measure.outline import NORMAL_90, sizes
from sitewatch.measure.walled import WallFit
from sitewatch.measure.walls import Floats, Walls
from sitewatch.types import Value

QUANTITIES = ("area", "perimeter", "length", "width")
FACTORS: dict[str, tuple[float, float]] = {
    "area": (1.53, 1.66),
    "perimeter": (1.8, 2.66),
    "length": (1.51, 1.54),
    "width": (1.37, 1.4),
    "height": (1.69, 3.38),
}
"""Half-width of the 90 % interval in standard deviations: pixels below 6 m, and larger ones."""
CALIBRATED_M2 = {"fine": 800.0, "coarse": 2400.0}
"""Area from which the factors were found."""
SHADOW, HEIGHT_SIGMA = 1.0, 0.35
"""A height is told where the shadow is darker than the ground by so many standard deviations of a pixel, and where its
own relative standard deviation stays below; else it comes from what is usual, not from pixels."""
CALIBRATED_ON = "L, T and U shaped roofs of 14 simulated sites at 3 m and 10 m, not this site"


def stands(found: WallFit) -> bool:
    """True where shadow or lean tell a height, so that something stands there."""
    return found.shadow >= SHADOW and found.height_sigma <= HEIGHT_SIGMA


def plain(walls: Walls) -> dict[str, float]:
    """Area, perimeter, and length and width of the smallest rectangle, on the plane."""
    outline = walls.outline
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(outline))[:3]
    one, two = np.hypot(*np.diff(corners, axis=0).T)
    return {
        "area": float(outline.area),
        "perimeter": float(outline.length),
        "length": float(max(one, two)),
        "width": float(min(one, two)),
    }


def spreads(found: WallFit, covariance: Floats | None = None) -> dict[str, float]:
    """Relative standard deviations before calibration, from the fit's covariance of the sides or from another one."""
    c = found.covariance if covariance is None else covariance
    base, step = plain(found.walls), 1e-3
    slopes = []
    for side in np.eye(len(found.walls.reach)):
        moved = plain(replace(found.walls, reach=found.walls.reach + step * side))
        slopes.append([(moved[q] - base[q]) / step / base[q] for q in QUANTITIES])
    slope = np.array(slopes)
    variance = np.einsum("iq,ij,jq->q", slope, c, slope)
    return {q: sqrt(max(float(v), 0.0)) for q, v in zip(QUANTITIES, variance, strict=True)}


def walled_values(found: WallFit, crs: str, pixel_m: float) -> dict[str, Value]:
    """Area, perimeter, length and width of the smallest rectangle, and height where shadow or lean tell it.

    The budget: edge (noise of the pixels, uneven ground), what the freedom of turn, height, point spread and
    registration adds, what the fit knows nothing of, and where a roof's edge is taken to be (`fitted.edge_m`, assumed).

    Args:
        found: one that has not failed, in the coordinates of `crs`.
        pixel_m: side of a pixel of the images, metres.

    Raises:
        DataError: a fit that failed, or as for `outline.sizes`.
    """
    if found.failed:
        raise DataError(f"this fit is not to be used: {found.failed}")
    told = sizes(found.outline, crs)
    value = {q: float(getattr(told, q)) for q in QUANTITIES}
    every, held = spreads(found), spreads(found, found.held)
    out = {"area": told.perimeter, "perimeter": 8.0, "length": 2.0, "width": 2.0}
    if stands(found):
        # the shadow's length on the plane, by the grid's scale
        value["height"] = found.walls.height * sqrt(told.area / found.outline.area)
        every["height"], held["height"], out["height"] = found.height_sigma, 0.0, 0.0
    coarse = pixel_m >= FINE_M
    large = pixel_m >= FINEST_M and found.outline.area >= CALIBRATED_M2["coarse" if coarse else "fine"]
    result = {}
    for q, number in value.items():
        rest = sqrt(max(every[q] ** 2 - held[q] ** 2, 0.0))
        parts = {"edge": held[q], "turn, shadow, point spread and registration": rest}
        if q == "height":
            parts = {"shadow and lean": rest}
        parts["not in the fit"] = FLOOR[q]
        stretch = FACTORS[q][coarse] / NORMAL_90
        parts = {s: v * stretch for s, v in parts.items()}
        if out[q]:
            parts[edge_source(pixel_m)] = out[q] * edge_m(pixel_m) / number
        half = NORMAL_90 * hypot(*parts.values())
        walls = f"{len(found.walls.reach)} straight walls fitted to the pixels of {len(found.scenes)} dates"
        result[q] = Value(
            value=number,
            low=number * exp(-half),
            high=number * exp(half),
            unit="m2" if q == "area" else "m",
            method=f"shadow and lean of {walls}"
            if q == "height"
            else f"{walls}, geodesic on the WGS84 ellipsoid",
            calibrated_on=CALIBRATED_ON if large else "not calibrated",
            budget={s: number * v for s, v in parts.items()},
        )
    return result


def ratio_of(one: Value, two: Value, dates: int) -> Value:
    """Area of one building over that of another, of which at least one has fitted straight walls.

    Errors are taken as independent but for the pixel size and where a roof's edge is taken to be, which both share.

    Args:
        dates: on which one or the other was seen.
    """
    shared = ("edges of the roof", "pixel size")
    own, others = ({s: v / a.value for s, v in a.budget.items() if s not in shared} for a in (one, two))
    edges = abs(one.budget.get(shared[0], 0.0) / one.value - two.budget.get(shared[0], 0.0) / two.value)
    parts = {
        "subject": hypot(*own.values()),
        "comparand": hypot(*others.values()),
        "edges of the roof": edges,
    }
    half, value = NORMAL_90 * hypot(*parts.values()), one.value / two.value
    return Value(
        value=value,
        low=value * exp(-half),
        high=value * exp(half),
        unit="1",
        method=f"areas of two fitted buildings, in logarithms, from {dates} dates",
        budget={s: value * v for s, v in parts.items()},
    )

"""Scenes with an L-shaped hall, rendered by the simulator's sampling and not by the fit's own."""

import numpy as np
import shapely
from shapely import Polygon, affinity

from sitewatch import optics
from sitewatch.measure.forward import Placed
from sitewatch.measure.solve import Look

GSD, SIDE, FINE = 3.0, 44, 8
HEIGHT = 9.0
RING = ((0, 0), (60, 0), (60, 24), (24, 24), (24, 50), (0, 50))
ELL = affinity.translate(affinity.rotate(Polygon(RING), 20, origin=(0, 0)), 45.3, -105.1)
"""Window coordinates: x from 0 to 132 m, y from 0 to -132 m. Its area is 60 x 24 + 24 x 26 m2."""
AREA = 60 * 24 + 24 * 26


def placed(shadow: tuple[float, float] | None = None, lean: tuple[float, float] | None = None) -> Placed:
    return Placed(np.array([[1 / GSD, 0, 0], [0, -1 / GSD, 0]]), (SIDE, SIDE), shadow, lean)


def share(shape: shapely.Geometry, where: Placed) -> np.ndarray:
    """Coverage of cells of an eighth of a pixel."""
    cells = shapely.transform(shape, lambda xy: where.pixels(xy) * FINE)
    return optics.coverage(cells, SIDE * FINE, SIDE * FINE)


def swept(shape: Polygon, step: np.ndarray) -> shapely.Geometry:
    """By many copies, not by the edges' parallelograms."""
    return shapely.union_all([affinity.translate(shape, *(step * t)) for t in np.linspace(0, 1, 33)])


def looks(
    hall: Polygon = ELL,
    dates: int = 3,
    *,
    noise: float = 0.004,
    roof: float = 0.35,
    ground: float = 0.15,
    seed: int = 1,
) -> list[Look]:
    rng = np.random.default_rng(seed)
    result = []
    for i in range(dates):
        elevation, azimuth = 35.0 + 5 * i, 150.0 - 8 * i
        where = placed(optics.shadow_vector(1, azimuth, elevation), optics.lean_vector(1, 1.0 + i, 98.0))
        lean, fall = (np.array(v) * HEIGHT for v in (where.lean, where.shadow))
        body, top = share(swept(hall, lean), where), share(affinity.translate(hall, *lean), where)
        dark = np.maximum(share(swept(hall, fall), where) - body, 0)
        image = ground * (1 - 0.65 * dark) * (1 - body) + 0.2 * (body - top) + roof * top
        pixels = optics.sample(image.astype(np.float32), (SIDE, SIDE), FINE, 0.45)
        bands = np.stack([pixels, 0.8 * pixels]) + rng.normal(0, noise, (2, SIDE, SIDE))
        usable = np.ones((SIDE, SIDE), np.bool_)
        result.append(Look(f"s{i}", bands.astype(np.float32), usable, where, 0.03))
    return result

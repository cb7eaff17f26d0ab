"""Boxes put into the looks at a real site: what would have been found there, had it been built.

A box is a flat roof with a shadow on level ground, both seen through the sensor's point spread; its roof keeps one
reflectance, with the noise of the site's own looks. Walls, lean and building stages are left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy.ndimage import gaussian_filter
from shapely import Polygon, affinity, union_all

from sitewatch import cube as cubes
from sitewatch import optics
from sitewatch.errors import DataError
from sitewatch.simulate.materials import BANDS, MATERIALS

Floats = npt.NDArray[np.float64]

ROOFS = (
    *("grey_metal", "white_metal", "dark_metal", "blue_metal", "green_metal", "red_metal", "cream_metal"),
    *("rusty_metal", "red_tile", "concrete", "new_concrete", "bitumen"),
)
"""Roofs that are drawn, each as often as the other: names of `materials.MATERIALS`."""
SPREAD = 0.45
"""Standard deviation of the optics' point spread, pixels; the pixel's own square comes on top."""
SKY = {"blue": 0.42, "green": 0.35, "red": 0.30, "nir": 0.22}
"""Light that a shadow keeps, as a share: the sky is blue. Close to what the simulator's atmosphere gives."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box that stands on some of the looks."""

    outline: Polygon
    """Of its roof, pixels: x = column, y = row; convex."""
    height_m: float
    roof: str
    """One of `ROOFS`."""
    looks: slice
    """Positions of the looks on which it stands."""


def insert(cube: xr.Dataset, boxes: Sequence[Box], pixel_m: float, rng: np.random.Generator) -> xr.Dataset:
    """`cube` with `boxes` in it; masks and all other pixels stay as they are.

    Args:
        cube: see `sitewatch.cube`; surface reflectance with at least one of `materials.BANDS`.
        boxes: apart from each other by more than their shadows.
        pixel_m: metres a pixel.

    Raises:
        DataError: the cube is not in reflectance, or has none of the bands of which roofs are known.
    """
    bands = [b for b in cubes.band_names(cube) if b in BANDS]
    if cube.attrs.get("units") != "reflectance" or not bands:
        raise DataError(
            f"looks in {cube.attrs.get('units')!r} with bands {', '.join(cubes.band_names(cube))}; roofs are known in "
            f"reflectance and in {', '.join(BANDS)} only"
        )
    noise = {b: _noise(cube[b].values, cube["clear"].values) for b in bands}
    sun = _suns(cube)
    changed = {b: cube[b].values.copy() for b in bands}
    for box in boxes:
        window = _window(box, sun, pixel_m, cube["clear"].shape[1:])
        for look in range(len(sun))[box.looks]:
            roof, shade = _covered(box, sun[look], pixel_m, window)
            for band in bands:
                value = MATERIALS[box.roof].dry[BANDS.index(band)]
                under = changed[band][look][window]
                darker = under * (1 - shade * (1 - SKY[band]))
                seen = value + rng.normal(0, noise[band], under.shape)
                changed[band][look][window] = (darker * (1 - roof) + seen * roof).astype(np.float32)
    return cube.assign({b: (("time", "y", "x"), a) for b, a in changed.items()})


def _noise(values: npt.NDArray[np.float32], clear: npt.NDArray[np.bool_]) -> float:
    """Typical change of a pixel from one look to the next, by the median, over the root of two."""
    steps = [
        np.abs(b - a)[p & q]
        for a, b, p, q in zip(values[:-1], values[1:], clear[:-1], clear[1:], strict=True)
    ]
    every = np.concatenate([s[:: max(1, s.size // 20_000)] for s in steps])
    return float(1.4826 * np.median(every) / 2**0.5) if every.size else 0.0


def _suns(cube: xr.Dataset) -> list[tuple[float, float] | None]:
    """Azimuth and elevation on each look; None where not known or low."""
    if "sun_azimuth" not in cube.coords:
        return [None] * cube.sizes["time"]
    pairs = zip(cube["sun_azimuth"].values, cube["sun_elevation"].values, strict=True)
    return [(float(a), float(e)) if np.isfinite(a) and e > 5 else None for a, e in pairs]


def _shift(box: Box, sun: tuple[float, float] | None, pixel_m: float) -> tuple[float, float]:
    """Where the shadow of the roof falls: (columns, rows) from it."""
    if sun is None:
        return 0.0, 0.0
    east, north = optics.shadow_vector(box.height_m, *sun)
    return east / pixel_m, -north / pixel_m


def _window(
    box: Box, suns: Sequence[tuple[float, float] | None], pixel_m: float, shape: tuple[int, ...]
) -> tuple[slice, slice]:
    moved = [affinity.translate(box.outline, *_shift(box, s, pixel_m)) for s in suns]
    left, top, right, bottom = union_all([box.outline, *moved]).bounds
    room = ceil(4 * SPREAD) + 1
    return optics.box((left - room, top - room, right + room, bottom + room), shape[0], shape[1])


def _covered(
    box: Box, sun: tuple[float, float] | None, pixel_m: float, window: tuple[slice, slice]
) -> tuple[Floats, Floats]:
    """Share of each pixel of a window that the roof covers, and that its shadow does."""
    swept = union_all([box.outline, affinity.translate(box.outline, *_shift(box, sun, pixel_m))]).convex_hull
    shapes = [optics.rings(box.outline), optics.rings(swept)]
    roof, both = (gaussian_filter(c.astype(float), SPREAD) for c in optics.coverages(shapes, [window] * 2))
    return roof, np.clip(both - roof, 0, 1)

"""Scenes on one grid → the cube: radiometry aligned, and what is clear decided from the whole stack."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from odc.geo.geobox import GeoBox
from pyproj import Transformer

from sitewatch import cube, optics
from sitewatch.errors import DataError
from sitewatch.imagery import radiometry
from sitewatch.imagery.read import Pixels
from sitewatch.types import DatePrecision, Scene

if TYPE_CHECKING:
    import xarray as xr

VISIBLE = ("blue", "green", "red", "pan")
OVERPASS_HOUR = 10.5
"""Local solar time assumed for the sun where only the day is known: that of most mapping satellites."""


def build_cube(scenes: Sequence[Scene], pixels: Sequence[Pixels], grid: GeoBox) -> "xr.Dataset":
    """One cube from registered, resampled scenes; bands that not all scenes have are left out.

    Values are normalised to the stack's median look (`imagery.normalise`); `attrs["normalised"]` says so.
    Scenes of the same moment (tiles of one pass) become one date, the first to see a pixel giving its value.

    Raises:
        DataError: no scene, or no band that all share.
    """
    if not scenes:
        raise DataError("no scene to make a cube from; expected at least one")
    shared = [b for b in scenes[0].band_names if all(b in s.band_names for s in scenes)]
    if not shared:
        raise DataError(
            "the scenes share no band: " + "; ".join(sorted({", ".join(s.band_names) for s in scenes}))
        )
    order = sorted(range(len(scenes)), key=lambda i: (scenes[i].acquired, scenes[i].id))
    merged: list[tuple[Scene, Pixels]] = []
    for i in order:
        if merged and merged[-1][0].acquired == scenes[i].acquired:
            merged[-1] = (merged[-1][0], mosaic(merged[-1][1], pixels[i]))
        else:
            merged.append((scenes[i], pixels[i]))
    values = np.stack([np.stack([p.bands[b] for b in shared]) for _, p in merged])
    observed = np.stack([p.observed for _, p in merged])
    mask_class = np.stack([p.mask_class for _, p in merged])
    visible = [i for i, b in enumerate(shared) if b in VISIBLE] or list(range(len(shared)))
    site = radiometry.fit(values, observed, mask_class, tuple(visible))
    normal, usable = radiometry.apply(values, observed, mask_class, site)
    kept = [s for s, _ in merged]
    units = {s.units for s in kept}
    result = cube.make(
        {b: normal[:, i] for i, b in enumerate(shared)},
        times=[s.acquired for s in kept],
        scene_ids=[s.id for s in kept],
        observed=observed,
        clear=usable,
        mask_class=mask_class,
        grid=grid,
        units=units.pop() if len(units) == 1 else "mixed",
    )
    suns = [sun_at(s, grid) for s in kept]
    result.attrs["normalised"] = True
    return result.assign_coords(
        sun_azimuth=("time", [s[0] for s in suns]), sun_elevation=("time", [s[1] for s in suns])
    )


def mosaic(first: Pixels, second: Pixels) -> Pixels:
    """`first`, completed by `second` where it saw nothing."""
    return Pixels(
        {
            name: np.where(first.observed, band, second.bands.get(name, np.nan)).astype(np.float32)
            for name, band in first.bands.items()
        },
        first.observed | second.observed,
        np.where(first.observed, first.mask_class, second.mask_class).astype(np.uint8),
    )


def sun_at(scene: Scene, grid: GeoBox) -> tuple[float, float]:
    """Azimuth and elevation in degrees: as stated, else computed; NaN without a place or day."""
    if scene.sun_azimuth is not None and scene.sun_elevation is not None:
        return scene.sun_azimuth, scene.sun_elevation
    if grid.crs is None or scene.date_precision not in (DatePrecision.SECOND, DatePrecision.DAY):
        return np.nan, np.nan
    rows, cols = grid.shape
    lon, lat = Transformer.from_crs(grid.crs.to_wkt(), 4326, always_xy=True).transform(
        *(grid.affine @ (cols / 2, rows / 2))
    )
    when = scene.acquired
    if scene.date_precision is DatePrecision.DAY or (when.hour, when.minute, when.second) == (0, 0, 0):
        day = datetime(when.year, when.month, when.day, tzinfo=UTC)
        when = day + timedelta(hours=OVERPASS_HOUR - lon / 15)
    sun = optics.sun_position(when, lat, lon)
    return sun.azimuth, sun.elevation

"""Resampled pixels on disk: a lossless GeoTIFF that holds what `Pixels` holds."""

from pathlib import Path

import numpy as np
import rasterio
from odc.geo.geobox import GeoBox

from sitewatch.errors import SceneError
from sitewatch.imagery.read import Pixels

LAST = ("observed", "mask_class")
"""Descriptions of the two last bands; those before are the scene's own."""


def write_pixels(path: Path, pixels: Pixels, grid: GeoBox) -> None:
    """Write `pixels` on `grid` to `path` (float32, deflate with floating-point prediction, tiled)."""
    names = (*pixels.bands, *LAST)
    data = np.stack([*pixels.bands.values(), pixels.observed, pixels.mask_class]).astype(np.float32)
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=grid.shape[0],
        width=grid.shape[1],
        count=len(names),
        dtype="float32",
        crs=grid.crs.to_wkt() if grid.crs is not None else None,
        transform=grid.affine,
        compress="deflate",
        zlevel=1,
        predictor=3,
        tiled=True,
        nodata=np.nan,
    ) as target:
        target.write(data)
        for layer, name in enumerate(names, 1):
            target.set_band_description(layer, name)


def read_pixels(path: Path) -> Pixels:
    """Read what `write_pixels` wrote.

    Raises:
        SceneError: the file is damaged.
    """
    try:
        with rasterio.open(path, driver="GTiff") as source:
            data, names = source.read(), source.descriptions
    except rasterio.errors.RasterioError as error:
        raise SceneError(
            f"the cached file {path} cannot be read ({error}); delete it and run again"
        ) from error
    bands = {name: data[i] for i, name in enumerate(names[: -len(LAST)])}
    return Pixels(bands, data[-2] > 0, data[-1].astype(np.uint8))

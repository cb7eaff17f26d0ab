"""Resampled pixels on disk: a lossless GeoTIFF that holds what `Pixels` holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import rasterio
from odc.geo.geobox import GeoBox
from rasterio.windows import Window as RasterWindow

from sitewatch.errors import SceneError
from sitewatch.imagery.read import Pixels
from sitewatch.raster import geotiff

Window = tuple[slice, slice]

LAST = ("observed", "mask_class")
"""Descriptions of the two last bands; those before are the scene's own."""


def write_pixels(path: Path, pixels: Pixels, grid: GeoBox) -> None:
    """Write `pixels` on `grid` to `path` (float32, zstd, tiled, band by band; prediction would make it a
    tenth smaller, and take a third longer to write and half as long again to read)."""
    layers = {**pixels.bands, **dict(zip(LAST, (pixels.observed, pixels.mask_class), strict=True))}
    with geotiff(
        path,
        height=grid.shape[0],
        width=grid.shape[1],
        count=len(layers),
        dtype="float32",
        crs=grid.crs.to_wkt() if grid.crs is not None else None,
        transform=grid.affine,
        compress="zstd",
        zstd_level=1,
        interleave="band",
        tiled=True,
        nodata=np.nan,
    ) as target:
        for layer, (name, values) in enumerate(layers.items(), 1):
            target.write(values.astype(np.float32, copy=False), layer)
            target.set_band_description(layer, name)


def band_names(path: Path) -> list[str]:
    """Bands in a file of `write_pixels`.

    Raises:
        SceneError: the file is damaged.
    """
    with _opened(path) as source:
        return list(source.descriptions[: -len(LAST)])


def read_pixels(path: Path, window: Window | None = None) -> Pixels:
    """Read what `write_pixels` wrote, or a window (rows, columns) of it.

    Raises:
        SceneError: the file is damaged.
    """
    with _opened(path) as source:
        rows, cols = window or (slice(None), slice(None))
        part = RasterWindow.from_slices(rows, cols, height=source.height, width=source.width)
        data = source.read(window=part)
        names = source.descriptions
    bands = {name: data[i] for i, name in enumerate(names[: -len(LAST)])}
    return Pixels(bands, data[-2] > 0, data[-1].astype(np.uint8))


@contextmanager
def _opened(path: Path) -> Iterator[rasterio.DatasetReader]:
    try:
        with rasterio.open(path, driver="GTiff") as source:
            yield source
    except rasterio.errors.RasterioError as error:
        raise SceneError(
            f"the cached file {path} cannot be read ({error}); delete it and run again"
        ) from error

"""Small files as the readers meet them, written for a test."""

import json
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from affine import Affine
from rasterio.errors import NotGeoreferencedWarning

UTM = "EPSG:32652"
ORIGIN = Affine(3, 0, 554400, 0, -3, 4419600)


def write_tif(
    path: Path,
    data: npt.NDArray[Any],
    *,
    crs: str | None = UTM,
    transform: Affine | None = ORIGIN,
    nodata: float | None = None,
    names: Sequence[str] = (),
    tags: Mapping[str, str] | None = None,
    driver: str = "GTiff",
    **options: Any,
) -> Path:
    """Write (bands, h, w) and return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    bands, rows, cols = data.shape
    profile = {"driver": driver, "width": cols, "height": rows, "count": bands, "dtype": data.dtype}
    if crs is not None:
        profile |= {"crs": crs, "transform": transform}
    if driver == "GTiff":
        profile |= {"nodata": nodata}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        dataset = rasterio.open(path, "w", **profile, **options)
    with dataset:
        dataset.write(data)
        for index, name in enumerate(names, start=1):
            dataset.set_band_description(index, name)
        dataset.update_tags(**(tags or {}))
    return path


def ramp(bands: int = 4, rows: int = 6, cols: int = 5, dtype: str = "uint16") -> npt.NDArray[Any]:
    """Values 1, 2, 3 ... in file order: every pixel tells where it comes from."""
    return np.arange(1, bands * rows * cols + 1).reshape(bands, rows, cols).astype(dtype)


def udm2(rows: int = 6, cols: int = 5) -> npt.NDArray[np.uint8]:
    """UDM2 that says clear everywhere."""
    mask = np.zeros((8, rows, cols), dtype=np.uint8)
    mask[0] = 1
    mask[6] = 90
    return mask


def write_planet(
    folder: Path,
    item: str = "20240219_021000_02_2402",
    *,
    data: npt.NDArray[Any] | None = None,
    mask: npt.NDArray[np.uint8] | None = None,
    product: str = "3B_AnalyticMS_SR",
    clip: str = "",
    properties: Mapping[str, Any] | None = None,
) -> Path:
    """A PlanetScope delivery of one item; returns the image."""
    data = ramp() if data is None else data
    image = write_tif(folder / f"{item}_{product}{clip}.tif", data, nodata=0)
    write_tif(folder / f"{item}_3B_udm2{clip}.tif", udm2(*data.shape[1:]) if mask is None else mask)
    metadata = {
        "id": item,
        "type": "Feature",
        "properties": {
            "acquired": "2024-02-19T02:10:00.123456Z",
            "sun_azimuth": 152.4,
            "sun_elevation": 36.2,
            "view_angle": -4.4,
            "satellite_azimuth": 98.7,
        }
        | dict(properties or {}),
    }
    (folder / f"{item}_metadata.json").write_text(json.dumps(metadata))
    return image

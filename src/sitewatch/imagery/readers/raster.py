"""A plain image: GeoTIFF, COG, JPEG 2000, PNG or JPEG, with or without georeferencing."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sitewatch.errors import SceneError
from sitewatch.imagery import assets, dates, georef, sensors
from sitewatch.imagery.guard import open_raster
from sitewatch.imagery.pixel_size import stated_in
from sitewatch.imagery.readers import sidecar, xbd
from sitewatch.imagery.readers.common import Angles, Delivery, Draft, Request, finish, unique
from sitewatch.types import BandSource, Scene
from sitewatch.types.scene import StatedSize

SUFFIXES = frozenset({".tif", ".tiff", ".jp2", ".j2k", ".png", ".jpg", ".jpeg"})


_BAND_IN_NAME = re.compile(r"(?:^|_)(B\d[\dA]|B\d)(?=_|$)", re.IGNORECASE)
"""One band in a file of its own, as in `T33UUU_20160529T153631_B04_10m.jp2`."""


def find(files: Sequence[Path]) -> list[Delivery]:
    """One delivery for each file that is named like an image."""
    return [delivery(path) for path in files if path.suffix.lower() in SUFFIXES]


def delivery(path: Path) -> Delivery:
    """One image, whatever its name."""
    return Delivery(path, frozenset({path}), lambda request: [open_image(path, request)])


def open_image(path: Path, request: Request) -> Scene:
    """The scene of one image file.

    Raises:
        SceneError: unreadable, undated, or without a data band.
        UsageError: the user's date, pixel size or control points cannot be used.
    """
    with open_raster(path) as dataset:
        tags = all_tags(dataset)
        beside = sidecar.beside(path) or xbd.beside(path)
        guess = sensors.guess_sensor(path.name, dataset.descriptions, tags)
        if guess == "unknown" and beside is not None and beside.sensor:
            guess = beside.sensor
        sensor = request.sensor or guess
        points = beside.points if beside else ()
        tied = georef.tie(dataset, gsd=request.gsd, gcps=request.gcps, points=points)
        if request.date is None and beside is not None and beside.dated is not None:
            dated = beside.dated
        else:
            dated = dates.decide(path, user=request.date, tags=tags)
        layers, names, notes = name_bands(dataset, sensor)
        scale, offset, units, note = scaling(dataset, layers[0], sensor, path.name)
        # The nodata value of a palette is an index, which reading the colours heeds by itself.
        nodata = None if layers[:2] == [1, 1] else dataset.nodatavals[layers[0] - 1]
        bands = tuple(
            BandSource(name, 0, layer, None, scale, offset) for name, layer in zip(names, layers, strict=True)
        )
        if tags.get("EXIF_Orientation", "1") != "1":
            notes += (f"shown as stored; its EXIF orientation {tags['EXIF_Orientation']} is not applied",)
    return finish(
        Draft(
            sensor=sensor,
            dated=dated,
            assets=(assets.describe(path), *((beside.asset,) if beside else ())),
            bands=bands,
            grid=tied.grid,
            how=tied.how,
            units=units,
            gsd_m=georef.with_size(tied, request.gsd),
            scale_sigma=tied.scale_sigma,
            stated=(*tied.stated, *(beside.stated if beside else ()), *_said(tags)),
            nodata=nodata,
            angles=beside.angles if beside else Angles(),
            notes=(*tied.notes, *notes, *note),
        ),
        request,
    )


def _said(tags: Mapping[str, str]) -> tuple[StatedSize, ...]:
    """Pixel sizes among the tags of the file; the dots per inch of TIFF and EXIF say nothing of the ground."""
    known = {name.lower(): value for name, value in tags.items()}
    strict = stated_in(
        known, ("pixel_size", "pixelsize", "pixel_resolution"), "the file's tags", resolution=False
    )
    return (*strict, *stated_in(known, ("gsd", "ground_sample_distance"), "the file's tags", resolution=True))


def all_tags(dataset: Any) -> Mapping[str, str]:
    """Tags of the file, with those of GDAL's domain for acquisition metadata."""
    return {**dataset.tags(), **dataset.tags(ns="IMAGERY")}


def name_bands(dataset: Any, sensor: str) -> tuple[list[int], list[str], tuple[str, ...]]:
    """1-based layers that hold data, their common names, and notes on what was assumed.

    By description, else by color interpretation, else by the sensor's order of bands.

    Raises:
        SceneError: only masks or alpha in the file.
    """
    colors = [c.name for c in dataset.colorinterp]
    by_file = _BAND_IN_NAME.search(Path(dataset.name).stem)
    if by_file and len(colors) == 1 and (name := sensors.common_name(by_file[1], sensor)):
        return [1], [name], ()
    if colors == ["palette"]:
        return [1, 1, 1], ["red", "green", "blue"], ()
    layers = [i for i, color in enumerate(colors, start=1) if color != "alpha"]
    if not layers:
        raise SceneError(f"{dataset.name}: no band but alpha; expected an image")
    texts = [dataset.descriptions[i - 1] for i in layers]
    named = [sensors.common_name(t, sensor) for t in texts]
    if all(named) and len(set(named)) == len(named):
        return layers, [str(n) for n in named], ()
    by_color = [sensors.common_name(colors[i - 1], sensor) for i in layers]
    if {"red", "green", "blue"} <= set(by_color):
        full = [
            c or ("nir" if len(layers) == 4 else f"band{i}") for i, c in zip(layers, by_color, strict=True)
        ]
        return layers, unique(full), ()
    layout = sensors.SENSORS[sensor].layouts.get(len(layers))
    if sensor == "unknown" and len(layers) == 4 and "uint16" in dataset.dtypes:
        # Aerial images and exports for display are 8 bit and begin with red, satellite products with blue.
        layout = ("blue", "green", "red", "nir")
    if layout:
        note = f"bands are not named in the file; taken as {', '.join(layout)}, in this order"
        return layers, list(layout), () if sensor != "unknown" else (note,)
    if len(layers) == 1:
        return layers, ["pan"], ("its one band is not named: taken as panchromatic",)
    loose = unique(n or f"band{i}" for i, n in zip(layers, named, strict=True))
    return layers, loose, (f"bands without a known name are called {', '.join(loose[:3])} …",)


def scaling(
    dataset: Any, layer: int, sensor: str, file_name: str
) -> tuple[float, float, str, tuple[str, ...]]:
    """Scale, offset and units of a plain image, and a note on what was assumed."""
    dtype = np.dtype(dataset.dtypes[layer - 1])
    scale, offset = dataset.scales[layer - 1], dataset.offsets[layer - 1]
    known = sensors.SENSORS[sensor].scale
    if "palette" in (c.name for c in dataset.colorinterp):
        return 1 / 255, 0.0, "dn", ("stored with a palette; its colours are used",)
    if (scale, offset) != (1.0, 0.0) and known:
        return scale, offset, "reflectance", ("scale and offset as the file states them",)
    if dtype.kind == "f":
        if known:
            return 1.0, 0.0, "reflectance", ("floating-point values taken as reflectance, as they stand",)
        return 1.0, 0.0, "dn", ("floating-point values without stated units, taken as they stand",)
    if known and dtype.itemsize == 2:
        surface = any(mark in file_name.upper() for mark in ("L2A", "_SR")) or sensors.says_surface(
            dataset.tags()
        )
        note = f"counts taken as reflectance x {1 / known:.0f}, as usual for {sensors.SENSORS[sensor].title}"
        return known, 0.0, "reflectance" if surface else "toa", (note,)
    return 1.0 / np.iinfo(dtype).max, 0.0, "dn", ()

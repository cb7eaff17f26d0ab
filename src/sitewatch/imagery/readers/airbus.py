"""Pléiades, Pléiades Neo and SPOT 6/7 products: `DIM_*.XML` (DIMAP V2) and its images.

After the description of DIMAP V2 in Airbus, "Pléiades Imagery User Guide". Each tile is a scene of its own:
the tiles of a product lie on one grid, and the cube joins what was taken at one time.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from sitewatch.errors import SceneError
from sitewatch.imagery import assets, dates, georef, sensors
from sitewatch.imagery.guard import open_raster
from sitewatch.imagery.pixel_size import stated_in
from sitewatch.imagery.readers import raster
from sitewatch.imagery.readers.common import (
    Angles,
    Delivery,
    Draft,
    Request,
    earth_sun_distance,
    finish,
)
from sitewatch.imagery.xml import children, finite, first, number_of, parse, text_of
from sitewatch.types import BandSource, Scene
from sitewatch.types.scene import StatedSize

_MORE_BANDS = {"r": "red", "g": "green", "b": "blue", "nir": "nir", "re": "rededge", "db": "coastal"}


def find(files: Sequence[Path]) -> list[Delivery]:
    """One delivery for each `DIM_*.XML` among `files` or beside an image among them."""
    folders = {p.parent for p in files}
    wanted = set(files)
    result = []
    for path in sorted(p for folder in folders for p in folder.iterdir() if _is_dimap(p)):
        images = _images(path)
        if path in wanted or images & wanted:
            taken = frozenset({path, *images, *_company(path)})
            result.append(Delivery(path, taken, lambda request, path=path: _open(path, request)))  # type: ignore[misc]
    return result


def _images(path: Path) -> set[Path]:
    """Images that a product lists; none where its XML cannot be read, which opening it then tells."""
    try:
        return {image for tile in _tiles(parse(path), path).values() for image, _ in tile}
    except SceneError:
        return set()


def _is_dimap(path: Path) -> bool:
    name = path.name.upper()
    return name.startswith("DIM_") and name.endswith(".XML") and path.is_file()


def _company(path: Path) -> list[Path]:
    """Quicklooks that come with the images and must not pass for scenes."""
    return [p for p in path.parent.iterdir() if p.name.upper().startswith(("PREVIEW_", "ICON_"))]


@dataclass(frozen=True, slots=True)
class _Product:
    path: Path
    root: Element
    dated: dates.Dated
    angles: Angles


def _open(path: Path, request: Request) -> list[Scene]:
    root = parse(path)
    centre = next(
        (e for e in children(root, "Located_Geometric_Values") if text_of(e, "LOCATION_TYPE") == "Center"),
        root,
    )
    angles = Angles(
        sun_azimuth=number_of(centre, "SUN_AZIMUTH"),
        sun_elevation=number_of(centre, "SUN_ELEVATION"),
        view_angle=number_of(centre, "VIEWING_ANGLE"),
        view_azimuth=number_of(centre, "AZIMUTH_ANGLE"),
    )
    product = _Product(path, root, _date(root, path, request), angles)
    tiles = _tiles(root, path)
    if not tiles:
        raise SceneError(f"{path}: lists no image file; fetch the product again")
    return [_tile(product, place, parts, request) for place, parts in sorted(tiles.items())]


def _date(root: Element, path: Path, request: Request) -> dates.Dated:
    if request.date is not None:
        return dates.from_user(request.date)
    times = sorted(
        {
            f"{day}T{(text_of(strip, 'IMAGING_TIME') or '').rstrip('Z')}".rstrip("T")
            for strip in children(root, "Strip_Source")
            if (day := text_of(strip, "IMAGING_DATE"))
        }
    )
    if not times:
        raise SceneError(f"{path}: states no imaging date; pass --date")
    if times[0][:10] != times[-1][:10]:
        raise SceneError(
            f"{path}: a mosaic of {len(times)} strips from {times[0][:10]} to {times[-1][:10]}; its pixels "
            "have no one date; pass --date to accept one"
        )
    return dates.from_metadata(times[0], path)


def _tiles(root: Element, path: Path) -> dict[tuple[int, int], list[tuple[Path, list[str]]]]:
    """(tile row, tile column) → its images, each with the band ids in file order."""
    folder = path.parent.resolve()
    result: dict[tuple[int, int], list[tuple[Path, list[str]]]] = {}
    everywhere = _band_ids(root)
    for group in children(root, "Data_Files"):
        ids = _band_ids(group) or everywhere
        for file in children(group, "Data_File"):
            link = first(file, "DATA_FILE_PATH")
            image = (folder / (link.get("href", "") if link is not None else "")).resolve()
            if not image.is_relative_to(folder) or image == folder:
                raise SceneError(f"{path}: names an image outside its folder; refused")
            place = int(finite(file.get("tile_R")) or 1), int(finite(file.get("tile_C")) or 1)
            result.setdefault(place, []).append((path.parent / image.relative_to(folder), ids))
    return result


def _band_ids(element: Element) -> list[str]:
    listed = first(element, "Raster_Index_List")
    if listed is None:
        # Pléiades 1 and SPOT do not list the order; files hold the bands in display order.
        order = first(element, "Band_Display_Order")
        channels = ("RED_CHANNEL", "GREEN_CHANNEL", "BLUE_CHANNEL", "ALPHA_CHANNEL")
        return [] if order is None else [b for c in channels if (b := text_of(order, c))]
    pairs = [
        (number_of(e, "BAND_INDEX") or 0, text_of(e, "BAND_ID") or "")
        for e in children(listed, "Raster_Index")
    ]
    if sorted(i for i, _ in pairs) == list(range(1, len(pairs) + 1)):
        pairs.sort()
    return [band for _, band in pairs]


def _tile(
    product: _Product, place: tuple[int, int], parts: list[tuple[Path, list[str]]], request: Request
) -> Scene:
    bands: list[BandSource] = []
    tied, units = None, "dn"
    notes: tuple[str, ...] = ()
    for index, (image, ids) in enumerate(parts):
        with open_raster(image) as dataset:
            here = georef.tie(dataset, gsd=request.gsd, gcps=request.gcps)
            if tied is not None and here.grid != tied.grid:
                raise SceneError(f"{image}: lies on another grid than the other bands of its tile")
            tied = here
            names = _names(dataset, ids, image)
            units, factors, notes = _radiometry(product, ids, dataset)
        bands += [
            BandSource(name, index, layer, None, *factors[layer - 1])
            for layer, name in enumerate(names, start=1)
        ]
    if tied is None:
        raise SceneError(f"{product.path}: tile {place} has no image")
    files = [*(assets.describe(image) for image, _ in parts), assets.describe(product.path, "metadata")]
    return finish(
        Draft(
            sensor="airbus",
            dated=product.dated,
            assets=tuple(files),
            bands=tuple(bands),
            grid=tied.grid,
            how=tied.how,
            units=units,
            gsd_m=georef.with_size(tied, request.gsd),
            scale_sigma=tied.scale_sigma,
            stated=(*tied.stated, *_spacing(product)),
            nodata=0.0,
            angles=product.angles,
            notes=(*tied.notes, *notes, f"tile R{place[0]}C{place[1]}"),
        ),
        request,
    )


def _spacing(product: _Product) -> tuple[StatedSize, ...]:
    """The size of a pixel that the product states, where it is in metres."""
    found = first(product.root, "RESAMPLING_SPACING")
    if found is None or found.get("unit", "m") != "m":
        return ()
    return stated_in(
        {"RESAMPLING_SPACING": found.text}, ("RESAMPLING_SPACING",), product.path.name, resolution=False
    )


def _names(dataset: Any, ids: list[str], image: Path) -> list[str]:
    if len(ids) == dataset.count:
        known = [_MORE_BANDS.get(i.lower()) or sensors.common_name(i, "airbus") for i in ids]
        if all(known):
            return [str(k) for k in known]
    layers, names, _ = raster.name_bands(dataset, "airbus")
    if layers != list(range(1, len(layers) + 1)):
        raise SceneError(f"{image}: its bands cannot be told apart")
    return names


def _radiometry(
    product: _Product, ids: list[str], dataset: Any
) -> tuple[str, list[tuple[float, float]], tuple[str, ...]]:
    """Units, (scale, offset) of each band, notes. DIMAP: value = count / GAIN + BIAS."""
    root, count = product.root, dataset.count
    kind = text_of(root, "RADIOMETRIC_PROCESSING") or ""
    if kind == "REFLECTANCE":
        gains = _measurements(root, "Band_Reflectance")
        if all(i in gains for i in ids) and len(ids) == count:
            surface = (text_of(root, "ATMOSPHERIC_RADIOMETRIC_SETTING") or "NONE") != "NONE"
            return "reflectance" if surface else "toa", [(1 / gains[i][0], gains[i][1]) for i in ids], ()
    if kind == "BASIC":
        gains, sun = _measurements(root, "Band_Radiance"), product.angles.sun_elevation
        irradiance = {
            text_of(e, "BAND_ID") or "": number_of(e, "VALUE")
            for e in children(root, "Band_Solar_Irradiance")
        }
        if (
            len(ids) == count
            and sun is not None
            and sun > 0
            and all(i in gains and irradiance.get(i) for i in ids)
        ):
            common = math.pi * earth_sun_distance(product.dated.acquired) ** 2 / math.sin(math.radians(sun))
            per = [common / float(irradiance[i] or 1) for i in ids]
            return "toa", [(p / gains[i][0], p * gains[i][1]) for p, i in zip(per, ids, strict=True)], ()
    scale, offset, units, _ = raster.scaling(dataset, 1, "unknown", "")
    return units, [(scale, offset)] * count, (f"radiometric processing {kind or 'not stated'}: raw numbers",)


def _measurements(root: Element, name: str) -> dict[str, tuple[float, float]]:
    """BAND_ID → (GAIN, BIAS) where the gain is not zero."""
    result = {}
    for element in children(root, name):
        gain = number_of(element, "GAIN")
        if gain:
            result[text_of(element, "BAND_ID") or ""] = gain, number_of(element, "BIAS") or 0.0
    return result

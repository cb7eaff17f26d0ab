"""What lies beside an image: a STAC item (date, platform, angles of the "view" extension, gsd) or labels of xBD."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sitewatch.imagery import assets, dates
from sitewatch.imagery.control import ControlPoint
from sitewatch.imagery.pixel_size import stated_in
from sitewatch.imagery.readers.common import Angles, number
from sitewatch.types import Asset
from sitewatch.types.scene import StatedSize

_MAX_BYTES = 5_000_000
_SENSORS = {
    "wv": "maxar",
    "ge0": "maxar",
    "qb0": "maxar",
    "worldview": "maxar",
    "geoeye": "maxar",
    "sentinel-2": "sentinel2",
    "pneo": "airbus",
    "phr": "airbus",
}


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What the item says about the image."""

    dated: dates.Dated | None
    angles: Angles
    sensor: str | None
    asset: Asset
    stated: tuple[StatedSize, ...] = ()
    """What it says about the size of a pixel."""
    points: tuple[ControlPoint, ...] = ()
    """Places that it gives to pixels."""


def beside(image: Path) -> Sidecar | None:
    """The item `<name>.json` beside an image `<name>.tif` or `<name>-visual.tif`; None where none is."""
    for stem in dict.fromkeys((image.stem, image.stem.rsplit("-", 1)[0])):
        for suffix in (".json", ".geojson"):
            path = image.with_name(stem + suffix)
            item = _item(path)
            if item is not None:
                return _read(item, path, image)
    return None


def _item(path: Path) -> Mapping[str, Any] | None:
    try:
        if path.stat().st_size > _MAX_BYTES:
            return None
        item = json.loads(path.read_text(encoding="utf-8"))
        told = "stac_version" in item and isinstance(item["properties"], dict)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return item if told else None


def _read(item: Mapping[str, Any], path: Path, image: Path) -> Sidecar:
    properties = item["properties"]
    when = properties.get("datetime") or properties.get("start_datetime")
    platform = str(properties.get("platform") or properties.get("constellation") or "").lower()
    return Sidecar(
        dated=dates.from_metadata(str(when), path) if when else None,
        angles=Angles(
            number(properties, "view:sun_azimuth"),
            number(properties, "view:sun_elevation"),
            number(properties, "view:off_nadir"),
            number(properties, "view:azimuth"),
        ),
        sensor=next((s for start, s in _SENSORS.items() if platform.startswith(start)), None),
        asset=assets.describe(path, "metadata"),
        stated=_stated(item, path, image),
    )


def _stated(item: Mapping[str, Any], path: Path, image: Path) -> tuple[StatedSize, ...]:
    """Of the asset that the image is, else of the item; `gsd` there is of the sensor's finest band."""
    assets_of = item.get("assets")
    listed = list(assets_of.values()) if isinstance(assets_of, dict) else []
    asset = next((a for a in listed if isinstance(a, dict) and _names(a, image)), {})
    bands = asset.get("raster:bands")
    first = bands[0] if isinstance(bands, list) and bands and isinstance(bands[0], dict) else {}
    return (
        *stated_in(first, ("spatial_resolution",), path.name, resolution=False),
        *stated_in({**item["properties"], **asset}, ("gsd",), path.name, resolution=True),
    )


def _names(asset: Mapping[str, Any], image: Path) -> bool:
    return str(asset.get("href", "")).split("?")[0].rsplit("/", 1)[-1] == image.name

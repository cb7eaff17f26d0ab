"""A STAC item beside an image: date, sun and view angles of the STAC "view" extension, platform."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sitewatch.imagery import assets, dates
from sitewatch.imagery.readers.common import Angles, number
from sitewatch.types import Asset

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


def beside(image: Path) -> Sidecar | None:
    """The item `<name>.json` beside an image `<name>.tif` or `<name>-visual.tif`; None where none is."""
    for stem in dict.fromkeys((image.stem, image.stem.rsplit("-", 1)[0])):
        for suffix in (".json", ".geojson"):
            path = image.with_name(stem + suffix)
            properties = _properties(path)
            if properties is not None:
                return _read(properties, path)
    return None


def _properties(path: Path) -> Mapping[str, Any] | None:
    try:
        if path.stat().st_size > _MAX_BYTES:
            return None
        item = json.loads(path.read_text(encoding="utf-8"))
        properties = item["properties"] if "stac_version" in item else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return properties if isinstance(properties, dict) else None


def _read(properties: Mapping[str, Any], path: Path) -> Sidecar:
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
    )

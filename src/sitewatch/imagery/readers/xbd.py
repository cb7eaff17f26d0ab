"""Labels of the xBD data set (R. Gupta et al., xBD, 2019) beside an image: date, angles, and where its pixels lie.

Each building is given twice, in pixels and in longitude and latitude: its corners tie the image to the ground. The
field `gsd` is of the sensor's colour bands, not of the pixels of the image.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import shapely

from sitewatch.imagery import assets, dates
from sitewatch.imagery.control import ControlPoint
from sitewatch.imagery.pixel_size import stated_in
from sitewatch.imagery.readers.common import Angles, number
from sitewatch.imagery.readers.sidecar import Sidecar

_MAX_BYTES = 20_000_000
_MOST_POINTS = 2000
_MAXAR = ("WORLDVIEW", "QUICKBIRD", "GEOEYE")


def beside(image: Path) -> Sidecar | None:
    """The labels `<name>.json` beside `<name>.png` or in a folder `labels` beside its own; None where none are."""
    for path in (image.with_suffix(".json"), image.parent.parent / "labels" / f"{image.stem}.json"):
        labels = _labels(path)
        if labels is not None:
            return _read(labels, path)
    return None


def _labels(path: Path) -> Mapping[str, Any] | None:
    try:
        if path.stat().st_size > _MAX_BYTES:
            return None
        labels = json.loads(path.read_text(encoding="utf-8"))
        told = isinstance(labels["metadata"]["capture_date"], str) and all(
            isinstance(labels["features"][system], list) for system in ("xy", "lng_lat")
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return labels if told else None


def _read(labels: Mapping[str, Any], path: Path) -> Sidecar:
    metadata = labels["metadata"]
    sensor = str(metadata.get("sensor", "")).upper()
    return Sidecar(
        dated=dates.from_metadata(str(metadata["capture_date"]), path),
        angles=Angles(
            number(metadata, "sun_azimuth"),
            number(metadata, "sun_elevation"),
            number(metadata, "off_nadir_angle"),
        ),
        sensor="maxar" if sensor.startswith(_MAXAR) else None,
        asset=assets.describe(path, "metadata"),
        stated=stated_in(metadata, ("gsd",), path.name, resolution=True),
        points=tuple(_points(labels["features"])[:_MOST_POINTS]),
    )


def _points(features: Mapping[str, Any]) -> list[ControlPoint]:
    """Corners of the buildings that are given alike in both systems."""
    places = dict(map(_corners, features["lng_lat"]))
    points = []
    for uid, pixels in map(_corners, features["xy"]):
        lonlat = places.get(uid, [])
        if len(lonlat) == len(pixels):
            points += [ControlPoint(*xy, *ll) for xy, ll in zip(pixels, lonlat, strict=True)]
    return [p for p in points if all(map(math.isfinite, (p.col, p.row, p.lon, p.lat)))]


def _corners(feature: Any) -> tuple[str, list[tuple[float, float]]]:
    """Name and corners of one building; no corners where it is no polygon."""
    try:
        shape = shapely.from_wkt(feature["wkt"])
        return str(feature["properties"]["uid"]), [
            (float(x), float(y)) for x, y in shape.exterior.coords[:-1]
        ]
    except (shapely.errors.GEOSException, KeyError, TypeError, AttributeError):
        return "", []

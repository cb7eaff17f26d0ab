"""Reads polygons from GeoJSON (RFC 7946, and the CRS member of its 2008 forerunner)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from shapely.geometry import mapping, shape

from sitewatch.errors import DataError


@dataclass(frozen=True, slots=True)
class Layer:
    """Outlines of one GeoJSON file."""

    features: tuple[Mapping[str, Any], ...]
    """GeoJSON features, longitude and latitude, or pixels."""
    pixels: bool
    """True where the file has no CRS (`"crs": null`): coordinates are pixels."""
    members: Mapping[str, Any] = field(default_factory=dict)
    """What the document says besides its features."""


def read_geojson(file: Path) -> Layer:
    """Polygons of a GeoJSON file in longitude and latitude; another CRS that it names is transformed.

    Raises:
        DataError: not GeoJSON, or of a CRS that is not known.
    """
    document = load_collection(file)
    pixels = "crs" in document and document["crs"] is None
    features = [_feature(f, file) for f in document["features"]]
    crs = None if pixels else _crs(document, file)
    if crs is not None:
        turn = Transformer.from_crs(crs, 4326, always_xy=True)
        features = [
            {**f, "geometry": mapping(shapely.transform(shape(f["geometry"]), lambda xy: _turned(turn, xy)))}
            for f in features
        ]
    return Layer(tuple(features), pixels, {k: v for k, v in document.items() if k != "features"})


def _feature(feature: Any, file: Path) -> dict[str, Any]:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if (geometry or {}).get("type") not in ("Polygon", "MultiPolygon"):
        kind = (geometry or {}).get("type", "missing")
        raise DataError(f"{file}: a geometry is {kind}; expected Polygon or MultiPolygon")
    return {**feature, "properties": feature.get("properties") or {}}


def _crs(document: Mapping[str, Any], file: Path) -> CRS | None:
    """The CRS that a document names (GeoJSON of 2008), where it is not longitude and latitude."""
    member = document.get("crs")
    if member is None:
        return None
    name = ((member.get("properties") or {}).get("name") if isinstance(member, dict) else None) or member
    try:
        crs = CRS.from_user_input(name)
    except CRSError as error:
        raise DataError(f"{file}: the CRS {name!r} is not known; expected longitude and latitude") from error
    return None if crs.is_geographic else crs


def _turned(turn: Transformer, xy: Any) -> Any:
    return np.stack(turn.transform(xy[:, 0], xy[:, 1]), axis=1)


def load_collection(file: Path) -> dict[str, Any]:
    """A FeatureCollection as it stands.

    Raises:
        DataError: no such file, or no FeatureCollection.
    """
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DataError(f"{file} does not exist") from error
    except (ValueError, OSError) as error:
        raise DataError(f"{file} cannot be read as GeoJSON: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise DataError(f"{file} is no GeoJSON FeatureCollection")
    return document

"""`changes.geojson` of `compare`: properties as in `events.geojson`, null where two images cannot say."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from shapely import Polygon
from shapely.geometry import mapping

from sitewatch.types import EventKind

SCHEMA = "sitewatch/changes"
VERSION = 1
DIGITS = {True: 7, False: 2}
"""Decimals of a degree (about 1 cm), and of a pixel."""


@dataclass(frozen=True, slots=True)
class Change:
    """One changed place between two images."""

    id: str
    kind: EventKind
    outline: Polygon
    """Longitude and latitude, or (column, row) of BEFORE."""
    score: float
    """Multiples of the threshold."""
    area_m2: float | None
    """Of the outline; None without a pixel size."""
    area_m2_low: float | None
    area_m2_high: float | None


@dataclass(frozen=True, slots=True)
class Between:
    """What all changes of one comparison share."""

    gap: tuple[date | None, date | None]
    """First day BEFORE may have been taken, last day AFTER may have been; None where unknown."""
    detector: str
    scenes: tuple[str, str]
    georeferenced: bool
    details: Mapping[str, Any]
    """Further members of the collection, such as how the two were aligned."""


def dump_changes(changes: Sequence[Change], between: Between) -> str:
    """A FeatureCollection (RFC 7946); in pixels of BEFORE, and `crs` null, without georeferencing."""
    document: dict[str, Any] = {"type": "FeatureCollection", "schema": SCHEMA, "version": VERSION}
    if not between.georeferenced:
        document["crs"] = None
    document |= {"comparison": dict(between.details), "features": [_feature(c, between) for c in changes]}
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _feature(change: Change, between: Between) -> dict[str, Any]:
    digits = DIGITS[between.georeferenced]
    outline = shapely.transform(change.outline, lambda xy: xy.round(digits))
    start, end = (None if day is None else day.isoformat() for day in between.gap)
    return {
        "type": "Feature",
        "id": change.id,
        "geometry": mapping(shapely.orient_polygons(outline)),
        "properties": {
            "id": change.id,
            "site": None,
            "kind": change.kind.value,
            "label": None,
            "label_source": None,
            "parent": None,
            "phase": None,
            "gap_start": start,
            "gap_end": end,
            "not_before": start,
            "not_after": end,
            "probability": None,
            "calibrated_on": "not calibrated: two images carry no probability; score ranks",
            "score": round(change.score, 3),
            "area_m2": _rounded(change.area_m2),
            "area_m2_low": _rounded(change.area_m2_low),
            "area_m2_high": _rounded(change.area_m2_high),
            "detector": between.detector,
            "scenes": list(between.scenes),
            "origin": "detector",
            "review": None,
        },
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)

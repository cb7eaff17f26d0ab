"""`events.geojson`: events as GeoJSON features in WGS84 (RFC 7946)."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry import mapping

from sitewatch.types import Event

SCHEMA = "sitewatch/events"
VERSION = 1
LONLAT_DIGITS = 7
"""Decimals of a degree: about 1 cm."""


def dump_events(events: Sequence[Event]) -> str:
    """A FeatureCollection; without georeferencing coordinates are pixels and `crs` is null."""
    document: dict[str, Any] = {
        "type": "FeatureCollection",
        "schema": SCHEMA,
        "version": VERSION,
        "features": [event_feature(e) for e in events],
    }
    if any(e.crs is None for e in events):
        document["crs"] = None
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def event_feature(event: Event) -> dict[str, Any]:
    """One event as a GeoJSON feature."""
    outline = event.outline
    if event.crs is not None:
        to_lonlat = Transformer.from_crs(event.crs, 4326, always_xy=True)
        outline = shapely.transform(
            outline, lambda xy: np.stack(to_lonlat.transform(xy[:, 0], xy[:, 1]), axis=1)
        )
        outline = shapely.transform(outline, lambda xy: np.round(xy, LONLAT_DIGITS))
    first, last = event.posterior.hull()
    return {
        "type": "Feature",
        "id": event.id,
        "geometry": mapping(shapely.orient_polygons(outline)),
        "properties": {
            "id": event.id,
            "site": event.site,
            "kind": event.kind.value,
            "label": event.label,
            "label_source": event.label_source,
            "parent": event.parent,
            "phase": event.phase,
            "gap_start": event.gap.start.isoformat(),
            "gap_end": event.gap.end.isoformat(),
            "not_before": None if event.open_start else first.isoformat(),
            "not_after": None if event.open_end else last.isoformat(),
            "probability": round(event.probability, 3),
            "calibrated_on": event.calibrated_on,
            "area_m2": _rounded(event.area_m2),
            "area_m2_low": _rounded(event.area_m2_low),
            "area_m2_high": _rounded(event.area_m2_high),
            "detector": event.detector,
            "scenes": list(event.scenes),
            "origin": event.origin,
            "review": event.review,
        },
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)

"""Reads SMART site models, region models and point annotations (GeoJSON)."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry import shape

from sitewatch.errors import DataError
from sitewatch.formats.geojson import load_collection
from sitewatch.types.smart import SmartObservation, SmartPoint, SmartRegion, SmartSite

PHASES = ("No Activity", "Site Preparation", "Active Construction", "Post Construction", "Unknown")


def is_smart(path: Path) -> bool:
    """Whether a file, or the first one of a folder, looks like a SMART site model."""
    first = path if path.is_file() else next(iter(sorted(path.glob("*.geojson"))), None)
    if first is None:
        return False
    try:
        document = load_collection(first)
    except DataError:
        return False
    return any((f.get("properties") or {}).get("type") == "site" for f in document["features"])


def read_sites(path: Path) -> list[SmartSite]:
    """Site models of a file or of all `*.geojson` files of a folder, by name.

    Raises:
        DataError: no such file, no site model in it, or one that says something impossible.
    """
    files = [path] if path.is_file() else sorted(path.glob("*.geojson"))
    if not files:
        raise DataError(f"{path} holds no site model; expected *.geojson files")
    return [read_site(file) for file in files]


def read_site(file: Path) -> SmartSite:
    """One site model."""
    features = load_collection(file)["features"]
    sites = [f for f in features if _properties(f).get("type") == "site"]
    if len(sites) != 1:
        raise DataError(f"{file} has {len(sites)} features of type `site`; a SMART site model has one")
    p = _properties(sites[0])
    for name in ("site_id", "status", "start_date", "end_date"):
        # a date that is not known is null, not left out
        if name not in p or (not name.endswith("date") and not p[name]):
            raise DataError(f"{file}: the site has no `{name}`")
    score = p.get("score")
    return SmartSite(
        site_id=str(p["site_id"]),
        originator=str(p.get("originator") or ""),
        version=str(p.get("version") or ""),
        status=str(p["status"]),
        start=_day(p.get("start_date"), file),
        end=_day(p.get("end_date"), file),
        score=1.0 if score is None else float(score),
        outline=_outline(sites[0], file),
        observations=tuple(
            _observation(f, file) for f in features if _properties(f).get("type") == "observation"
        ),
    )


def read_region(file: Path) -> SmartRegion:
    """The region of a region model.

    Raises:
        DataError: the file has not exactly one region with both dates.
    """
    regions = [f for f in load_collection(file)["features"] if _properties(f).get("type") == "region"]
    if len(regions) != 1:
        raise DataError(f"{file} has {len(regions)} features of type `region`; a SMART region model has one")
    p = _properties(regions[0])
    start, end = _day(p.get("start_date"), file), _day(p.get("end_date"), file)
    if start is None or end is None or end < start:
        raise DataError(f"{file}: the region runs from {start} to {end}; expected both dates, in order")
    return SmartRegion(str(p.get("region_id") or ""), _outline(regions[0], file), start, end)


def read_points(file: Path, region_id: str | None = None) -> list[SmartPoint]:
    """Point annotations, of one region where it is named (site ids begin with its id).

    Raises:
        DataError: a feature that is no dated point.
    """
    points = []
    for f in load_collection(file)["features"]:
        p = _properties(f)
        name, day = str(p.get("site_id") or ""), _day(p.get("date"), file)
        if region_id is not None and not name.startswith(f"{region_id}_"):
            continue
        if (f.get("geometry") or {}).get("type") != "Point" or day is None:
            raise DataError(f"{file}: {name or 'a feature'} is no dated point; expected a Point and a `date`")
        points.append(SmartPoint(name, str(p.get("status") or ""), day, shape(f["geometry"])))
    return points


def _observation(feature: dict[str, Any], file: Path) -> SmartObservation:
    p = _properties(feature)
    phases = _words(p.get("current_phase"))
    strange = [w for w in phases if w not in PHASES]
    if strange:
        raise DataError(f"{file}: phase {strange[0]!r}; expected {', '.join(PHASES)}")
    flags = _words(p.get("is_site_boundary"))
    if any(f not in ("True", "False") for f in flags):
        raise DataError(
            f"{file}: is_site_boundary {p['is_site_boundary']!r}; expected True or False, joined by ', '"
        )
    outline = _outline(feature, file)
    parts = len(shapely.get_parts(outline))
    for name, words in (("current_phase", phases), ("is_site_boundary", flags)):
        if len(words) not in (0, 1, parts):
            raise DataError(f"{file}: {parts} polygons, but {len(words)} entries of `{name}`")
    return SmartObservation(
        day=_day(p.get("observation_date"), file),
        source=str(p.get("source") or ""),
        outline=outline,
        phases=phases,
        boundary=tuple(f == "True" for f in flags),
    )


def _words(text: Any) -> tuple[str, ...]:
    return tuple(w for w in re.split(r",\s*", str(text)) if w) if text else ()


def _properties(feature: dict[str, Any]) -> dict[str, Any]:
    return feature.get("properties") or {}


def _outline(feature: dict[str, Any], file: Path) -> Polygon | MultiPolygon:
    geometry = feature.get("geometry") or {}
    if geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise DataError(
            f"{file}: a geometry is {geometry.get('type', 'missing')}; expected Polygon or MultiPolygon"
        )
    try:
        outline: Polygon | MultiPolygon = shape(geometry)
    except (shapely.errors.ShapelyError, ValueError, TypeError, IndexError) as error:
        raise DataError(f"{file}: a polygon cannot be read: {error}") from error
    return outline


def _day(value: Any, file: Path) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise DataError(f"{file}: {value!r} is no date; expected YYYY-MM-DD") from error

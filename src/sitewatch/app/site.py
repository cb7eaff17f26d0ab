"""Name the ground that a case watches."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import shapely
from pyproj import Geod
from shapely.errors import ShapelyError
from shapely.geometry import shape

from sitewatch.case import Case, judgement
from sitewatch.errors import DataError, UsageError
from sitewatch.types import Reference, Site

CORNERS = 64
"""Of the polygon that stands for a circle: 0.16 % short of its area."""


def add_site(case: Case, name: str, aoi: shapely.Polygon) -> Site:
    """Add a site with its area of interest (WGS84 longitude, latitude); an equal one again changes nothing.

    Raises:
        CaseError: a site of that name with another area exists.
        DataError: the name is empty or the area is no polygon on the globe.
    """
    site = Site(name.strip(), aoi)
    with case.transaction():
        if site not in case.sites():
            case.add_site(site)
            case.log("site add", site=site.name, aoi=aoi.wkt)
    return site


def add_reference(
    case: Case,
    name: str,
    outline: shapely.Polygon,
    *,
    site: str | None = None,
    aliases: Sequence[str] = (),
    basis: str | None = None,
) -> Reference:
    """Add a building that stood there before, by its roof outline (WGS84); one of that name is replaced.

    Args:
        aliases: other words by which documents mean it.
        basis: who drew the outline, on what.

    Raises:
        UsageError: no such site.
        CaseError: an event is called so.
        DataError: the name is empty, or the outline is no polygon or lies outside of the site.
    """
    ground = case.site(site)
    made = Reference(name.strip(), ground.name, outline, tuple(aliases), basis or "outlined by an analyst")
    if not outline.intersects(ground.aoi):
        raise DataError(
            f"the outline of {made.name!r} lies outside of site {ground.name!r}; expected longitude, latitude in "
            "degrees, within its area of interest"
        )
    with case.transaction():
        judgement.put_reference(case, made)
        case.log("site reference", site=ground.name, name=made.name, outline=outline.wkt, basis=made.basis)
    return made


def remove_reference(case: Case, name: str, *, site: str | None = None) -> None:
    """Take a reference building out of a site.

    Raises:
        UsageError: no such building or site.
    """
    ground = case.site(site)
    known = [r.name for r in judgement.references(case, ground.name)]
    if name not in known:
        raise UsageError(
            f"site {ground.name!r} has no reference building {name!r}; it has: {', '.join(known) or 'none'}"
        )
    with case.transaction():
        judgement.remove_reference(case, ground.name, name)
        case.log("site reference", site=ground.name, name=name, removed=True)


def aoi_from_bbox(bbox: Sequence[float]) -> shapely.Polygon:
    """The rectangle west, south, east, north in degrees.

    Raises:
        UsageError: out of order or off the globe.
    """
    west, south, east, north = bbox
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise UsageError(
            f"--bbox {west:g} {south:g} {east:g} {north:g}: expected west < east within -180..180 and "
            "south < north within -90..90 degrees"
        )
    return shapely.box(west, south, east, north)


def aoi_from_point(lon: float, lat: float, radius_m: float) -> shapely.Polygon:
    """The circle of `radius_m` metres around a point, on the WGS84 ellipsoid, as a polygon.

    Raises:
        UsageError: off the globe, no radius, or a circle that reaches a pole or the date line.
    """
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise UsageError(f"--point {lon:g} {lat:g}: expected longitude -180..180, then latitude -90..90")
    if not 0 < radius_m <= 200_000:
        raise UsageError(f"--radius {radius_m:g}: expected metres, more than 0 and at most 200000")
    azimuths = [math.degrees(2 * math.pi * i / CORNERS) for i in range(CORNERS)]
    lons, lats, _ = Geod(ellps="WGS84").fwd([lon] * CORNERS, [lat] * CORNERS, azimuths, [radius_m] * CORNERS)
    if max(abs(x - lon) for x in lons) > 90:
        raise UsageError(
            f"--point {lon:g} {lat:g} --radius {radius_m:g}: the circle reaches a pole or crosses the date "
            "line; expected an area on one side of it"
        )
    return shapely.Polygon(zip(lons, lats, strict=True))


def aoi_from_file(path: Path) -> shapely.Polygon:
    """The polygon in a GeoJSON file (a geometry, a feature, or a collection with exactly one polygon).

    Raises:
        DataError: the file cannot be read as that.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise DataError(
            f"{path} is not GeoJSON ({error}); expected a file with one polygon in longitude, latitude"
        ) from error
    polygons = [_polygon(path, geometry) for geometry in _geometries(content)]
    if len(polygons) != 1:
        raise DataError(
            f"{path} holds {len(polygons)} geometries; expected exactly one polygon as area of interest"
        )
    return polygons[0]


def _geometries(content: Any) -> list[Any]:
    if not isinstance(content, dict):
        return []
    match content.get("type"):
        case "FeatureCollection":
            return [g for f in content.get("features") or [] for g in _geometries(f)]
        case "Feature":
            return _geometries(content.get("geometry"))
        case "GeometryCollection":
            return [g for part in content.get("geometries") or [] for g in _geometries(part)]
        case "MultiPolygon":
            return [{"type": "Polygon", "coordinates": c} for c in content.get("coordinates") or []]
        case None:
            return []
    return [content]


def _polygon(path: Path, geometry: dict[str, Any]) -> shapely.Polygon:
    try:
        polygon = shapely.force_2d(shape(geometry))
    except (ShapelyError, ValueError, TypeError, IndexError, KeyError, AttributeError) as error:
        raise DataError(f"{path}: a geometry cannot be read ({error}); expected one polygon") from error
    if not isinstance(polygon, shapely.Polygon):
        raise DataError(f"{path} holds a {polygon.geom_type}; expected one polygon as area of interest")
    return polygon

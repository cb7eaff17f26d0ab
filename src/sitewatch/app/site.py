"""Name the ground that a case watches."""

import json
import math
from collections.abc import Sequence
from dataclasses import replace
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
    checked: bool = True,
    again: Sequence[shapely.Polygon] = (),
) -> Reference:
    """Add a building that stood there before, by its roof outline (WGS84); one of that name is replaced.

    Args:
        aliases: other words by which documents mean it.
        basis: who drew the outline, on what.
        checked: False for an automatic outline that nobody has looked at.
        again: the same roof traced again; what the tracings differ by enters the intervals.

    Raises:
        UsageError: no such site.
        CaseError: an event is called so.
        DataError: the name is empty, or an outline is no polygon, lies outside of the site or on another place.
    """
    ground = case.site(site)
    made = Reference(
        name.strip(),
        ground.name,
        outline,
        tuple(aliases),
        basis or "outlined by an analyst",
        checked,
        tuple(again),
    )
    if not outline.intersects(ground.aoi):
        raise DataError(
            f"the outline of {made.name!r} lies outside of site {ground.name!r}; expected longitude, latitude in "
            "degrees, within its area of interest"
        )
    _put(case, made)
    return made


def change_reference(
    case: Case,
    name: str,
    *,
    site: str | None = None,
    checked: bool = False,
    again: Sequence[shapely.Polygon] = (),
) -> Reference:
    """Confirm the outline of a reference building, add tracings of the same roof, or both.

    Args:
        checked: True where an analyst has looked at the outline on an image and found it right.
        again: further tracings by hand.

    Raises:
        UsageError: no such building or site, or a tracing of an automatic outline that is not checked.
        DataError: a tracing is no polygon or lies on another place.
    """
    known = _reference(case, name, case.site(site).name)
    if again and not (known.checked or checked):
        raise UsageError(
            f"the outline of {name!r} is automatic and unchecked; confirm it with --checked before tracing it again, "
            "or draw it anew with --outline"
        )
    made = replace(known, checked=known.checked or checked, again=(*known.again, *again))
    _put(case, made)
    return made


def _put(case: Case, made: Reference) -> None:
    with case.transaction():
        judgement.put_reference(case, made)
        case.log(
            "site reference",
            site=made.site,
            name=made.name,
            outline=made.outline.wkt,
            basis=made.basis,
            checked=made.checked,
            tracings=1 + len(made.again),
        )


def _reference(case: Case, name: str, site: str) -> Reference:
    known = {r.name: r for r in judgement.references(case, site)}
    if name not in known:
        raise UsageError(
            f"site {site!r} has no reference building {name!r}; it has: {', '.join(known) or 'none'}"
        )
    return known[name]


def remove_reference(case: Case, name: str, *, site: str | None = None) -> None:
    """Take a reference building out of a site.

    Raises:
        UsageError: no such building or site.
    """
    ground = case.site(site)
    _reference(case, name, ground.name)
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

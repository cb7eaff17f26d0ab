"""A KML ground overlay as georeference of a screenshot (OGC KML 2.3, GroundOverlay; gx:LatLonQuad)."""

import math
from dataclasses import dataclass
from pathlib import Path

from sitewatch.errors import UsageError
from sitewatch.imagery.control import ControlPoint
from sitewatch.imagery.xml import first, number_of, parse, text_of


@dataclass(frozen=True, slots=True)
class Overlay:
    """Where the corners of an image lie."""

    corners_lonlat: tuple[tuple[float, float], ...]
    """Lower left, lower right, upper right, upper left of the image; longitude and latitude in degrees."""
    href: str | None
    """The image as the KML names it."""
    when: str | None
    """Its TimeStamp, as written."""

    def corners(self, shape: tuple[int, int]) -> list[ControlPoint]:
        """The corners as control points of an image of `shape` (rows, columns)."""
        rows, cols = shape
        places = ((0, rows), (cols, rows), (cols, 0), (0, 0))
        return [ControlPoint(c, r, *ll) for (c, r), ll in zip(places, self.corners_lonlat, strict=True)]


def read_overlay(path: Path, text: str) -> Overlay:
    """The first ground overlay of a KML document.

    Raises:
        UsageError: there is none, or its box is incomplete.
        SceneError: not well-formed XML.
    """
    overlay = first(parse(path, text), "GroundOverlay")
    if overlay is None:
        raise UsageError(f"{path}: no GroundOverlay in it; expected a KML that lays an image on the ground")
    href, when = text_of(overlay, "Icon", "href"), text_of(overlay, "TimeStamp", "when")
    quad = text_of(overlay, "LatLonQuad", "coordinates")
    if quad is not None:
        return Overlay(_quad(quad, path), href, when)
    north, south, east, west = (
        number_of(overlay, "LatLonBox", k) for k in ("north", "south", "east", "west")
    )
    if north is None or south is None or east is None or west is None or not north > south:
        raise UsageError(f"{path}: its LatLonBox needs north, south, east and west, north above south")
    if east < west:
        east += 360  # across the antimeridian
    turn = number_of(overlay, "LatLonBox", "rotation") or 0.0
    return Overlay(_turned_box(west, south, east, north, turn), href, when)


def _quad(text: str, path: Path) -> tuple[tuple[float, float], ...]:
    try:
        places = [tuple(float(v) for v in part.split(",")[:2]) for part in text.split()]
    except ValueError:
        places = []
    if len(places) != 4 or any(len(p) != 2 for p in places):
        raise UsageError(f"{path}: its LatLonQuad does not hold four places lon,lat")
    return tuple((p[0], p[1]) for p in places)


def _turned_box(
    west: float, south: float, east: float, north: float, turn: float
) -> tuple[tuple[float, float], ...]:
    """Corners of a box turned counter-clockwise by `turn` degrees about its centre, on the ground."""
    lon, lat = (west + east) / 2, (south + north) / 2
    shrink = math.cos(
        math.radians(lat)
    )  # metres of a degree of longitude, over those of a degree of latitude
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    corners = []
    for x, y in ((west, south), (east, south), (east, north), (west, north)):
        dx, dy = (x - lon) * shrink, y - lat
        corners.append((lon + (dx * cos - dy * sin) / shrink, lat + dx * sin + dy * cos))
    return tuple(corners)

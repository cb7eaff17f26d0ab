"""Outline an existing building from a click: what the clear looks of the case show there."""

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from pyproj import Transformer
from shapely import Point, Polygon

from sitewatch.app._fits import Room
from sitewatch.app._walls import walled
from sitewatch.app.align import align
from sitewatch.app.site import add_reference
from sitewatch.case import Case, judgement
from sitewatch.errors import DataError, UsageError
from sitewatch.measure.grown import clicked
from sitewatch.measure.regular import regularised
from sitewatch.types import Reference
from sitewatch.types.progress import Progress

REACH_PX = (12.0, 25.0, 50.0, 100.0)
"""Ground around the place clicked that is looked at, one after the other, until a building lies within."""


@dataclass(frozen=True, slots=True)
class Clicked:
    """The building that was found at a click."""

    reference: Reference
    how: str
    """How its outline was made, in words."""


def click_reference(
    case: Case,
    name: str,
    lon: float,
    lat: float,
    *,
    site: str | None = None,
    aliases: Sequence[str] = (),
    progress: Progress | None = None,
) -> Clicked:
    """Add a reference building by a place on its roof; its outline is automatic and unchecked until confirmed.

    A region grows from the pixels clicked, on the clear looks of the case together; it is given straight walls, and a
    box or straight walls are fitted to the pixels where they hold one.

    Args:
        lon, lat: WGS84 degrees, within the site.

    Raises:
        UsageError: no such site, or the place lies outside of it.
        CaseError: an event is called so.
        DataError: the scenes cannot be used, or what is there does not look like a building; one line says why.
    """
    ground = case.site(site)
    if not shapely.intersects_xy(ground.aoi, lon, lat):
        raise UsageError(
            f"--click {lon:g},{lat:g} lies outside of site {ground.name!r}; expected longitude, then latitude, within "
            "its area of interest"
        )
    aligned = align(case, ground, progress=progress)
    if aligned.grid.crs is None:
        raise DataError(
            "the scenes have no place on the ground, so longitude and latitude mean nothing there"
        )
    room = Room.of(aligned, case.path)
    to_grid = Transformer.from_crs(4326, room.crs, always_xy=True)
    rough, dates = _rough(room, *to_grid.transform(lon, lat))
    others = [
        shapely.transform(r.outline, to_grid.transform, interleaved=False)
        for r in judgement.references(case, ground.name)
        if r.name != name.strip()
    ]
    outline, how = _sharpened(room, rough, [o for o in others if not o.intersects(rough)], dates)
    back = Transformer.from_crs(room.crs, 4326, always_xy=True)
    made = add_reference(
        case,
        name,
        shapely.transform(outline, back.transform, interleaved=False),
        site=site,
        aliases=aliases,
        basis=f"automatic outline from a click at {lon:.6f}, {lat:.6f}: {how}",
        checked=False,
    )
    return Clicked(made, how)


def _rough(room: Room, x: float, y: float) -> tuple[Polygon, int]:
    """The region at a place and the number of looks that it was seen in; windows grow until it lies within."""
    reason: DataError | None = None
    for reach in REACH_PX:
        window = Point(x, y).buffer(reach * room.looks.pixel_m)
        looks = room.chosen(window, [], None, None)
        if not looks:
            continue
        try:
            return clicked(looks, x, y), len(looks)
        except DataError as error:
            reason = error
    raise reason or DataError(
        "no clear look shows the place clicked; outline the building by hand (--outline)"
    )


def _sharpened(room: Room, rough: Polygon, others: list[Polygon], dates: int) -> tuple[Polygon, str]:
    """The outline that the pixels hold best, and how it was made."""
    tried = room.tried(rough, others, known=True)
    walls = walled(tried, rough, known=True)
    if walls is not None:
        sides = len(walls.walls.reach)
        return walls.outline, f"{sides} straight walls fitted to the pixels of {len(walls.scenes)} dates"
    if tried.fit is not None and not tried.reason:
        return tried.fit.outline, f"box fitted to the pixels of {len(tried.fit.scenes)} dates"
    (straight,) = regularised([rough], room.looks.pixel_m)
    return straight, f"region of {dates} dates, given straight walls; no fit held: {tried.reason}"

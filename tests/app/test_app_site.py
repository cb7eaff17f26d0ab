"""Areas of interest, from every way to give one."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from sitewatch.app.site import CORNERS, add_site, aoi_from_bbox, aoi_from_file, aoi_from_point
from sitewatch.case import Case
from sitewatch.errors import DataError, UsageError

SQUARE: dict[str, Any] = {"type": "Polygon", "coordinates": [[[1, 2], [3, 2], [3, 4], [1, 4], [1, 2]]]}


def test_a_rectangle() -> None:
    assert aoi_from_bbox((1, 2, 3, 4)).bounds == (1, 2, 3, 4)


@pytest.mark.parametrize("bbox", [(3, 2, 1, 4), (1, 4, 3, 2), (1, 2, 1, 4), (-181, 2, 3, 4), (1, 2, 3, 91)])
def test_a_rectangle_out_of_order_is_refused(bbox: tuple[float, ...]) -> None:
    with pytest.raises(UsageError, match="expected west < east"):
        aoi_from_bbox(bbox)


@given(st.floats(-170, 170), st.floats(-80, 80), st.floats(1, 20_000))
def test_a_circle_has_its_radius_and_area(lon: float, lat: float, radius: float) -> None:
    geod = Geod(ellps="WGS84")
    circle = aoi_from_point(lon, lat, radius)
    for x, y in circle.exterior.coords:
        assert geod.inv(lon, lat, x, y)[2] == pytest.approx(radius, rel=1e-6)
    # A regular polygon of n corners has n/(2 pi) sin(2 pi/n) of the circle's area.
    share = CORNERS / (2 * math.pi) * math.sin(2 * math.pi / CORNERS)
    area = abs(geod.geometry_area_perimeter(circle)[0])
    assert area == pytest.approx(share * math.pi * radius**2, rel=1e-3)


@pytest.mark.parametrize(
    ("lon", "lat", "radius", "hint"),
    [
        (181, 0, 10, "expected longitude"),
        (0, 91, 10, "latitude -90..90"),
        (0, 0, 0, "more than 0"),
        (0, 0, math.nan, "more than 0"),
        (179.99, 0, 50_000, "crosses the date line"),
        (0, 89.9, 50_000, "reaches a pole"),
    ],
)
def test_a_circle_off_the_map_is_refused(lon: float, lat: float, radius: float, hint: str) -> None:
    with pytest.raises(UsageError, match=hint):
        aoi_from_point(lon, lat, radius)


@pytest.mark.parametrize(
    "content",
    [
        SQUARE,
        {"type": "Feature", "properties": {}, "geometry": SQUARE},
        {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": SQUARE}]},
        {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"]]},
        {"type": "GeometryCollection", "geometries": [SQUARE]},
        {"type": "Polygon", "coordinates": [[[*c, 7.0] for c in SQUARE["coordinates"][0]]]},
    ],
)
def test_a_polygon_is_found_however_it_is_wrapped(tmp_path: Path, content: dict[str, Any]) -> None:
    path = tmp_path / "aoi.geojson"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(content).encode())  # some programs write a byte order mark
    found = aoi_from_file(path)
    assert found.equals(shapely.box(1, 2, 3, 4))
    assert not found.has_z


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ("", "is not GeoJSON"),
        ("<kml/>", "is not GeoJSON"),
        ("[1, 2]", "holds 0 geometries"),
        ('{"type": "FeatureCollection", "features": []}', "holds 0 geometries"),
        (json.dumps({"type": "GeometryCollection", "geometries": [SQUARE, SQUARE]}), "holds 2 geometries"),
        ('{"type": "Point", "coordinates": [1, 2]}', "holds a Point"),
        ('{"type": "Polygon"}', "expected one polygon"),
        ('{"type": "Polygon", "coordinates": [[[1, 2]]]}', "expected one polygon"),
        ('{"type": "Polygon", "coordinates": "here"}', "expected one polygon"),
        ('{"type": "Topology", "coordinates": []}', "expected one polygon"),
        ('{"type": 7}', "expected one polygon"),
    ],
)
def test_a_file_without_one_polygon_is_one_line(tmp_path: Path, content: str, hint: str) -> None:
    path = tmp_path / "aoi.geojson"
    path.write_text(content)
    with pytest.raises(DataError, match=hint) as caught:
        aoi_from_file(path)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_text_or_not_there_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00II*")
    with pytest.raises(DataError, match="is not GeoJSON"):
        aoi_from_file(tmp_path / "binary")
    with pytest.raises(DataError, match="No such file"):
        aoi_from_file(tmp_path / "nothing")
    with pytest.raises(DataError, match="Is a directory"):
        aoi_from_file(tmp_path)


def test_adding_a_site_twice_changes_nothing(tmp_path: Path) -> None:
    case = Case.create(tmp_path / "case")
    for _ in range(2):
        add_site(case, " hall ", shapely.box(1, 2, 3, 4))
    assert [s.name for s in case.sites()] == ["hall"]
    assert [e.action for e in case.history()] == ["init", "site add"]


@pytest.mark.parametrize("name", ["", "   "])
def test_a_site_needs_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="needs a name"):
        add_site(Case.create(tmp_path / "case"), name, shapely.box(1, 2, 3, 4))


def test_an_area_in_metres_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="are not longitude and latitude"):
        add_site(Case.create(tmp_path / "case"), "hall", shapely.box(500_000, 5_000_000, 500_100, 5_000_100))

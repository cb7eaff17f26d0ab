"""Control points, KML overlays, pixel sizes."""

import math
from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from odc.geo.geobox import GeoBox
from pyproj import Transformer
from scenefiles import ramp, write_tif

from sitewatch.errors import UsageError
from sitewatch.imagery import georef
from sitewatch.imagery.control import ControlPoint
from sitewatch.imagery.kml import read_overlay
from sitewatch.imagery.open import open_path
from sitewatch.types import Georeference

TO_LONLAT = Transformer.from_crs(32652, 4326, always_xy=True)


def points_of(affine: Affine, pixels: list[tuple[float, float]]) -> list[ControlPoint]:
    result = []
    for col, row in pixels:
        x, y = affine.a * col + affine.b * row + affine.c, affine.d * col + affine.e * row + affine.f
        result.append(ControlPoint(col, row, *TO_LONLAT.transform(x, y)))
    return result


CORNERS = [(0.0, 0.0), (800.0, 0.0), (800.0, 600.0), (0.0, 600.0)]


@given(st.floats(0.2, 10), st.floats(0.2, 10), st.floats(-180, 180), st.integers(2, 4))
def test_fit_finds_the_affine_again(size_x: float, size_y: float, turn: float, count: int) -> None:
    if count == 2:
        size_y = size_x  # two points carry a similarity only
    truth = Affine.translation(554400, 4419600) @ Affine.rotation(turn) @ Affine.scale(size_x, -size_y)
    tied = georef.fit(
        points_of(truth, [CORNERS[0], CORNERS[2], CORNERS[1], CORNERS[3]][:count]), (600, 800), "points"
    )
    assert str(tied.grid.crs).endswith("32652")
    np.testing.assert_allclose(tuple(tied.grid.affine)[:6], tuple(truth)[:6], rtol=1e-6, atol=1e-4)


def test_residual_is_told() -> None:
    truth = Affine(3, 0, 554400, 0, -3, 4419600)
    points = points_of(truth, CORNERS)
    x, y = TO_LONLAT.transform(554400 + 8, 4419600)  # one corner 8 m off
    points[0] = ControlPoint(0, 0, x, y)
    tied = georef.fit(points, (600, 800), "points")
    # Least squares spreads an error of 8 m at one of four corners as 2 m on each: residual 2 m.
    assert "residual 2.00 m" in tied.notes[0]


@pytest.mark.parametrize(
    ("pixels", "match"),
    [
        ([(0, 0)], "at least 2"),
        ([(0, 0), (10, 10), (20, 20)], "one line"),
        ([(5, 5), (5, 5)], "fall together"),
    ],
)
def test_useless_points(pixels: list[tuple[float, float]], match: str) -> None:
    with pytest.raises(UsageError, match=match):
        georef.fit(points_of(Affine(3, 0, 554400, 0, -3, 4419600), pixels), (600, 800), "points")


def test_points_files(tmp_path: Path) -> None:
    plain = tmp_path / "a.csv"
    plain.write_text("col,row,lon,lat\n0,0,129.6,39.9\n800,600,129.7,39.8\n")
    qgis = tmp_path / "b.points"
    qgis.write_text(
        "#CRS: EPSG:32652\nmapX,mapY,sourceX,sourceY,enable,dX,dY,residual\n"
        "554400,4419600,0,-0,1,0,0,0\n556800,4417800,800,-600,1,0,0,0\n0,0,1,1,0,0,0,0\n"
    )
    assert georef.read_points(plain, (600, 800))[1] == ControlPoint(800, 600, 129.7, 39.8)
    first, second = georef.read_points(qgis, (600, 800))
    assert (first.row, second.row) == (0, 600)
    np.testing.assert_allclose((first.lon, first.lat), TO_LONLAT.transform(554400, 4419600))


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "no control points"),
        ("a,b\n1,2\n", "expected col,row,lon,lat"),
        ("col,row,lon,lat\n1,2,x,4\n", "line 2"),
    ],
)
def test_bad_points_files(tmp_path: Path, text: str, match: str) -> None:
    path = tmp_path / "p.csv"
    path.write_text(text)
    with pytest.raises(UsageError, match=match):
        georef.read_points(path, (6, 5))


KML = """<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><GroundOverlay>
<TimeStamp><when>2016-09</when></TimeStamp><Icon><href>shot.png</href></Icon><LatLonBox>
<north>39.91</north><south>39.90</south><east>129.65</east><west>129.64</west><rotation>{turn}</rotation>
</LatLonBox></GroundOverlay></kml>"""


@pytest.mark.parametrize("turn", [0, 30, -90])
def test_kml_overlay(tmp_path: Path, turn: float) -> None:
    write_tif(tmp_path / "shot.png", ramp(3, 600, 500, "uint8"), crs=None, driver="PNG")
    (tmp_path / "doc.kml").write_text(KML.format(turn=turn))
    (scene,) = open_path(tmp_path / "doc.kml").scenes
    assert scene.georeference is Georeference.KML
    assert scene.acquired.strftime("%Y-%m") == "2016-09"
    # The centre stays; the top edge turns counter-clockwise by `turn` from east, on the ground.
    a = scene.grid.affine
    middle = Transformer.from_crs(str(scene.grid.crs), 4326, always_xy=True).transform(
        a.a * 250 + a.b * 300 + a.c, a.d * 250 + a.e * 300 + a.f
    )
    np.testing.assert_allclose(middle, (129.645, 39.905), atol=1e-6)
    convergence = 0.42  # degrees between grid north and true north there
    assert math.degrees(math.atan2(a.d, a.a)) == pytest.approx(turn + convergence, abs=0.3)
    # Given as an option it does the same, and the image's own name may date it.
    (same,) = open_path(tmp_path / "shot.png", gcps=tmp_path / "doc.kml", date="2016-09").scenes
    assert (same.georeference, same.grid) == (Georeference.KML, scene.grid)
    # The folder gives the same one scene: the image belongs to the overlay.
    assert [s.id for s in open_path(tmp_path).scenes] == [scene.id]


def test_broken_kml_does_not_stop_the_folder(tmp_path: Path) -> None:
    write_tif(tmp_path / "2016-09-01.tif", ramp(1))
    (tmp_path / "doc.kml").write_text("<kml><GroundOverlay><LatLonBox/></GroundOverlay></kml>")
    opened = open_path(tmp_path)
    assert len(opened.scenes) == 1
    assert "LatLonBox" in opened.refused[0][1]


def test_kml_without_overlay(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no GroundOverlay"):
        read_overlay(tmp_path / "a.kml", "<kml/>")


def test_kml_quad_order() -> None:
    text = (
        "<kml><GroundOverlay><LatLonQuad><coordinates>1,1 2,1 2,2 1,2</coordinates></LatLonQuad>"
        "</GroundOverlay></kml>"
    )
    lower_left = read_overlay(Path("a.kml"), text).corners((10, 20))[0]
    assert lower_left == ControlPoint(0, 10, 1, 1)


@pytest.mark.parametrize(
    ("crs", "affine", "expected"),
    [
        ("EPSG:32652", Affine(3, 0, 554400, 0, -3, 4419600), 3.0),
        ("EPSG:3035", Affine(10, 0, 5272000, 0, -10, 2533000), 10.0),
        # Web Mercator stretches by 1 / cos(latitude): at 60 degrees north half is left (sphere; 0.3 %).
        ("EPSG:3857", Affine(1, 0, 0, 0, -1, 8399737.89), 0.5),
    ],
)
def test_ground_sampling(crs: str, affine: Affine, expected: float) -> None:
    assert georef.ground_sampling(GeoBox((100, 100), affine, crs)) == pytest.approx(expected, rel=4e-3)


def test_degrees_become_metres() -> None:
    # One arc second at the equator: 30.92 m by 30.71 m, side of the square of the same area 30.82 m.
    step = 1 / 3600
    grid = GeoBox((2, 2), Affine(step, 0, 10, 0, -step, step), "EPSG:4326")
    assert georef.ground_sampling(grid) == pytest.approx(math.sqrt(30.922 * 30.715), rel=1e-4)


def test_gsd_without_position(tmp_path: Path) -> None:
    path = write_tif(tmp_path / "2016_09.png", ramp(3, 6, 5, "uint8"), crs=None, driver="PNG")
    (scene,) = open_path(path, gsd=0.5).scenes
    assert (scene.georeference, scene.gsd_m, scene.grid.crs) == (Georeference.GSD, 0.5, None)
    assert tuple(scene.grid.affine)[:6] == (0.5, 0, 0, 0, -0.5, 3)
    with pytest.raises(UsageError, match="--gsd"):
        open_path(path, gsd=-1)

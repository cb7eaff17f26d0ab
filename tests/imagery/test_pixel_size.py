"""Sizes of pixels on the ground against radii of curvature and geodesics; what is stated against what is true."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from odc.geo.geobox import GeoBox
from pyproj import Geod, Transformer
from scenefiles import ramp, write_planet, write_tif

from sitewatch.errors import SceneError, UsageError
from sitewatch.imagery import georef
from sitewatch.imagery.control import ControlPoint
from sitewatch.imagery.open import open_path
from sitewatch.imagery.pixel_size import disagreements, pixel_size, scale_of
from sitewatch.types import Georeference
from sitewatch.types.known_edge import KnownEdge
from sitewatch.types.scene import StatedSize

A, F = 6378137.0, 1 / 298.257223563
E2 = F * (2 - F)


def radii(latitude: float) -> tuple[float, float]:
    """Metres of a radian of longitude and of latitude on WGS84: N cos(latitude) and M."""
    s = math.sin(math.radians(latitude))
    n = A / math.sqrt(1 - E2 * s * s)
    return n * math.cos(math.radians(latitude)), A * (1 - E2) / (1 - E2 * s * s) ** 1.5


@given(st.floats(-75, 75), st.floats(-179, 179), st.floats(1e-6, 1e-3))
def test_degrees(latitude: float, longitude: float, step: float) -> None:
    grid = GeoBox((2, 2), Affine(step, 0, longitude - step, 0, -step, latitude + step), "EPSG:4326")
    size = pixel_size(grid)
    assert size is not None
    across, down = (r * math.radians(step) for r in radii(latitude))
    assert size.across_m == pytest.approx(across, rel=1e-6)
    assert size.down_m == pytest.approx(down, rel=1e-6)
    assert size.area_m2 == pytest.approx(across * down, rel=1e-6)


def centred(crs: str, lon: float, lat: float, side: float, turn: float = 0.0) -> GeoBox:
    """100 x 100 pixels of a side, in the coordinates' units, around a place."""
    x, y = Transformer.from_crs(4326, crs, always_xy=True).transform(lon, lat)
    affine = Affine.translation(x, y) @ Affine.rotation(turn) @ Affine.scale(side, -side)
    return GeoBox((100, 100), affine @ Affine.translation(-50, -50), crs)


@pytest.mark.parametrize("turn", [0.0, 33.0])
@pytest.mark.parametrize(
    ("crs", "lon", "lat", "metres"),
    [
        ("EPSG:32633", 15.0, 50.0, 1 / 0.9996),  # central meridian: 0.9996 of the ground
        ("EPSG:32633", 18.0, 0.5, 1 / 1.00098),  # edge of the zone at the equator
        ("EPSG:3035", 10.0, 52.0, 1.0),  # origin of the projection
        ("EPSG:2263", -74.0, 40.7, 0.3048006),  # feet
    ],
)
def test_projected(crs: str, lon: float, lat: float, metres: float, turn: float) -> None:
    size = pixel_size(centred(crs, lon, lat, 2.0, turn))
    assert size is not None
    assert size.side_m == pytest.approx(2 * metres, rel=5e-5)
    assert size.across_m == pytest.approx(size.down_m, rel=1e-4)
    assert disagreements(centred(crs, lon, lat, 2.0, turn), ()) == ()


@pytest.mark.parametrize("lat", [0.0, 38.0, -60.0])
def test_web_mercator_shrinks_with_latitude(lat: float) -> None:
    grid = centred("EPSG:3857", 20.0, lat, 0.6)
    size = pixel_size(grid)
    across, down = radii(lat)
    assert size is not None
    # x = A longitude, y = A ln tan(...): a metre of it is cos(latitude) of a metre, seen by each radius
    assert size.across_m == pytest.approx(0.6 * across / A, rel=1e-5)
    assert size.down_m == pytest.approx(0.6 * down * math.cos(math.radians(lat)) / A, rel=1e-5)
    lines = disagreements(grid, ())
    assert len(lines) == (lat != 0.0)
    if lat == 38.0:
        assert (
            "not 0.6 m as stated by the coordinates of EPSG:3857 (areas would come out 61 % too large)"
            in lines[0]
        )


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", "EPSG:32616", "EPSG:3035"])
def test_many_pixels_make_the_geodesic_area(crs: str) -> None:
    lon, lat = (-86.0, 44.0) if crs != "EPSG:3035" else (25.0, 45.0)
    grid = centred(crs, lon, lat, 1e-5 if crs == "EPSG:4326" else 1.0)
    size = pixel_size(grid)
    corners = [grid.affine @ p for p in ((0, 0), (100, 0), (100, 100), (0, 100))]
    ring = [Transformer.from_crs(crs, 4326, always_xy=True).transform(*c) for c in corners]
    area, _ = Geod(ellps="WGS84").polygon_area_perimeter(*zip(*ring, strict=True))
    assert size is not None
    assert abs(area) == pytest.approx(1e4 * size.area_m2, rel=1e-4)


def test_the_place_matters_in_a_tall_image() -> None:
    grid = GeoBox((1000, 10), Affine(0.01, 0, 0, 0, -0.01, 60), "EPSG:4326")  # 60 to 50 degrees north
    north, south = pixel_size(grid, (0.05, 59.995)), pixel_size(grid, (0.05, 50.005))
    beyond = pixel_size(grid, (0.05, 70.0))
    assert north is not None
    assert south is not None
    assert north.across_m / south.across_m == pytest.approx(radii(59.995)[0] / radii(50.005)[0], rel=1e-6)
    assert beyond == north  # the nearest pixel of the image


UTM_GRID = GeoBox((100, 100), Affine(0.4513, 0, 365823, 0, -0.4513, 4103219), "EPSG:32615")


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        (StatedSize(2.513, "gsd", True), "31 times too large"),
        (StatedSize(0.6, "gsd", True), ""),  # resolves less than its pixels are large: no error of size
        (StatedSize(0.6, "--gsd"), "77 % too large"),
        (StatedSize(0.4, "--gsd"), "21 % too small"),
        (StatedSize(0.2, "--gsd"), "5.1 times too small"),
        (StatedSize(0.454, "--gsd"), ""),
    ],
)
def test_stated_sizes(stated: StatedSize, told: str) -> None:
    lines = disagreements(UTM_GRID, (stated,))
    assert len(lines) == bool(told)
    assert all(told in line and stated.source in line for line in lines)


def test_without_position_nothing_is_said() -> None:
    assert pixel_size(GeoBox((2, 2), Affine.identity(), None)) is None
    assert disagreements(GeoBox((2, 2), Affine.identity(), None), (StatedSize(1, "x"),)) == ()


def test_a_user_who_is_wrong_is_told(tmp_path: Path) -> None:
    path = write_tif(
        tmp_path / "2020-01-02.tif", ramp(3, 6, 5, "uint8"), transform=Affine(3, 0, 554400, 0, -3, 4419600)
    )
    (scene,) = open_path(path, gsd=2.0).scenes
    assert scene.gsd_m == 3.0
    assert scene.stated_sizes == (StatedSize(2.0, "--gsd"),)
    assert any(
        "not 2 m as stated by --gsd (areas would come out 2.3 times too small)" in n for n in scene.notes
    )
    (right,) = open_path(path, gsd=3.0).scenes
    assert not any("as stated" in n for n in right.notes)


def test_a_stac_item_beside_the_image(tmp_path: Path) -> None:
    write_tif(tmp_path / "a.tif", ramp(3, 6, 5, "uint8"))
    item = {
        "stac_version": "1.0.0",
        "properties": {"datetime": "2020-01-02T00:00:00Z", "gsd": 10},
        "assets": {
            "other": {"href": "./b.tif", "gsd": 60},
            "image": {"href": "https://x/y/a.tif?sig=1", "gsd": 20},
        },
    }
    (tmp_path / "a.json").write_text(json.dumps(item))
    (scene,) = open_path(tmp_path / "a.tif").scenes
    assert scene.stated_sizes == (StatedSize(20, "gsd in a.json", True),)
    assert any(
        "not 20 m as stated by gsd in a.json (areas would come out 44 times too large)" in n
        for n in scene.notes
    )


def test_planet_metadata(tmp_path: Path) -> None:
    image = write_planet(tmp_path, properties={"pixel_resolution": 3, "gsd": 3.9})
    (scene,) = open_path(image).scenes
    assert [s.size_m for s in scene.stated_sizes] == [3, 3.9]
    assert not any("as stated" in n for n in scene.notes)  # 3.9 m is what the sensor resolves
    wrong = write_planet(tmp_path / "b", properties={"pixel_resolution": 3.125, "gsd": 3.9})
    assert any("not 3.12 m" in n for n in open_path(wrong).scenes[0].notes)


# --- scales that the user gives ---------------------------------------------------------------------------------


def test_a_pixel_size_with_its_error() -> None:
    scale = scale_of(0.5, 0.02)
    assert scale is not None
    assert (scale.pixel_m, scale.sigma) == (0.5, pytest.approx(0.04))
    exact = scale_of(0.5)
    assert exact is not None
    assert exact.sigma == 0
    assert "--gsd-sigma" in exact.notes[0]  # it says that the error was left out
    assert scale_of() is None


def test_a_known_edge() -> None:
    scale = scale_of(known=[KnownEdge((10, 10), (40, 50), 25.0, 0.3)])  # 50 pixels: 0.5 m
    assert scale is not None
    assert scale.pixel_m == pytest.approx(0.5)
    # 1.2 % of the length, and a pixel at each end: sqrt(2) / 50
    assert scale.sigma == pytest.approx(math.hypot(0.012, math.sqrt(2) / 50))


def test_edges_that_disagree_widen_the_error() -> None:
    same = [KnownEdge((0, 0), (200, 0), 100.0, 1.0), KnownEdge((0, 0), (0, 200), 100.0, 1.0)]
    other = [same[0], KnownEdge((0, 0), (0, 200), 120.0, 1.2)]
    one, both, apart = scale_of(known=same[:1]), scale_of(known=same), scale_of(known=other)
    assert one is not None
    assert both is not None
    assert apart is not None
    assert both.sigma == pytest.approx(one.sigma / math.sqrt(2))
    # two edges of equal weight, chi square = (ln 1.2)^2 / (2 s^2) with one degree of freedom
    assert apart.sigma == pytest.approx(math.log(1.2) / 2)
    assert any("differ by 20.0 %" in n for n in apart.notes)


@pytest.mark.parametrize(
    "make",
    [
        lambda: scale_of(0.5, None, [KnownEdge((0, 0), (9, 0), 5, 0)]),
        lambda: scale_of(None, 0.1),
        lambda: scale_of(-1.0),
        lambda: scale_of(0.5, 0.6),
        lambda: scale_of(math.nan),
        lambda: KnownEdge((0, 0), (1, 0), 5, 0),
        lambda: KnownEdge((0, 0), (9, 0), 0, 0),
        lambda: KnownEdge((0, 0), (9, 0), 5, -1),
        lambda: KnownEdge((0, 0), (math.nan, 0), 5, 1),
    ],
)
def test_no_scale(make: object) -> None:
    with pytest.raises(UsageError):
        make()  # type: ignore[operator]


def test_the_error_of_scale_of_control_points_holds() -> None:
    # Points on the ground off by 2 pixels: the stated error must cover 90 % of the errors that come of it.
    rng = np.random.default_rng(4)
    to_lonlat = Transformer.from_crs(32652, 4326, always_xy=True)
    pixels = rng.uniform(0, 600, (300, 6, 2))
    held = []
    for places in pixels:
        ground = np.array([554400, 4419600]) + places * [3, -3] + rng.normal(0, 6, places.shape)
        lonlat = np.column_stack(to_lonlat.transform(*ground.T))
        tied = georef.fit(
            [ControlPoint(*p, *ll) for p, ll in zip(places, lonlat, strict=True)], (600, 600), "x"
        )
        side = math.sqrt(abs(tied.grid.affine.determinant))
        held.append(abs(math.log(side / 3)) <= 1.645 * tied.scale_sigma)
    assert np.mean(held) >= 0.88


def test_points_computed_from_each_other_are_not_exact() -> None:
    truth = Affine(3, 0, 554400, 0, -3, 4419600)
    to_lonlat = Transformer.from_crs(32652, 4326, always_xy=True)
    corners = [(0, 0), (100, 0), (100, 100), (0, 100)]
    points = [ControlPoint(*c, *to_lonlat.transform(*(truth @ c))) for c in corners]
    # no residual, a pixel's error of pointing: the corners' spread along an axis is 4 * 50^2
    assert georef.fit(points, (100, 100), "x").scale_sigma == pytest.approx(1 / 100, rel=1e-3)


@settings(max_examples=25)
@given(st.floats(0.3, 3), st.integers(2, 5))
def test_more_points_never_make_it_worse(size: float, count: int) -> None:
    truth = Affine(size, 0, 554400, 0, -size, 4419600)
    to_lonlat = Transformer.from_crs(32652, 4326, always_xy=True)
    places = [(0, 0), (500, 400), (500, 0), (0, 400), (250, 210), (100, 310)]
    points = [ControlPoint(*c, *to_lonlat.transform(*(truth @ c))) for c in places]
    few, more = georef.fit(points[:count], (400, 500), "x"), georef.fit(points[: count + 1], (400, 500), "x")
    if count > 2:  # two points carry a similarity, three an affine map with more freedom
        assert more.scale_sigma <= few.scale_sigma + 1e-12


# --- labels of xBD --------------------------------------------------------------------------------------------------


def labels(pixels: list[str], lonlat: list[str], **metadata: object) -> str:
    def listed(shapes: list[str]) -> list[dict[str, object]]:
        return [{"wkt": w, "properties": {"uid": str(i)}} for i, w in enumerate(shapes)]

    told = {"capture_date": "2019-05-01T10:00:00.000Z", "gsd": 2.0, "sensor": "WORLDVIEW03", **metadata}
    return json.dumps({"features": {"xy": listed(pixels), "lng_lat": listed(lonlat)}, "metadata": told})


TRIANGLE = "POLYGON ((0 0, 100 0, 0 100, 0 0))"
ON_GROUND = "POLYGON ((20 0, 20.0009 0, 20 -0.0009, 20 0))"


def test_labels_tie_their_image(tmp_path: Path) -> None:
    path = write_tif(tmp_path / "a.png", ramp(3, 100, 100, "uint8"), crs=None, driver="PNG")
    path.with_suffix(".json").write_text(labels([TRIANGLE, "POINT (1 1)"], [ON_GROUND, "rubbish"]))
    (scene,) = open_path(path).scenes
    assert (scene.sensor, scene.acquired.year, scene.georeference) == ("maxar", 2019, Georeference.GCPS)
    size = pixel_size(scene.grid)
    assert size is not None
    # 9e-6 degrees on the equator: A and M there
    assert (size.across_m, size.down_m) == pytest.approx([r * math.radians(9e-6) for r in radii(0)], rel=1e-4)
    assert any("not 2 m as stated by gsd in a.json" in n for n in scene.notes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" * 100_000, "no date|date"),
        ('{"features": {"xy": null, "lng_lat": 3}, "metadata": {"capture_date": "2019-05-01"}}', "date"),
        (labels(["POLYGON ((0 0, 100 0, 50 0, 0 0))"], ["POLYGON ((20 0, 21 0, 20.5 0, 20 0))"]), "one line"),
        (labels([TRIANGLE], [ON_GROUND], capture_date="yesterday"), "yesterday"),
    ],
)
def test_broken_labels_end_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    path = write_tif(tmp_path / "a.png", ramp(3, 100, 100, "uint8"), crs=None, driver="PNG")
    path.with_suffix(".json").write_text(text)
    with pytest.raises(SceneError, match=message):
        open_path(path)


def test_an_image_without_buildings_has_no_place(tmp_path: Path) -> None:
    path = write_tif(tmp_path / "a.png", ramp(3, 100, 100, "uint8"), crs=None, driver="PNG")
    path.with_suffix(".json").write_text(labels([], []))
    (scene,) = open_path(path).scenes
    assert (scene.georeference, scene.acquired.year) == (Georeference.NONE, 2019)


# --- real data ----------------------------------------------------------------------------------------------------


def test_xbd_pixels_are_not_what_its_field_says(shared_data: Path) -> None:
    scenes = open_path(shared_data / "xbd_joplin" / "images").scenes
    assert len(scenes) == 4
    for scene in scenes:
        size = pixel_size(scene.grid)
        assert size is not None
        assert size.side_m == pytest.approx(0.451, abs=1e-3)
        assert scene.georeference is Georeference.GCPS
        assert scene.sun_elevation is not None
        (line,) = (n for n in scene.notes if "as stated" in n)
        assert ("31 times" if scene.acquired.year == 2009 else "27 times") in line


def test_levir_pixels_are_not_square(shared_data: Path, tmp_path: Path) -> None:
    row = (shared_data / "levir_cd" / "georef.csv").read_text().splitlines()[1].split(",")
    w, s, e, n = row[1:5]
    (tmp_path / "p.csv").write_text(
        f"col,row,lon,lat\n0,0,{w},{n}\n1024,0,{e},{n}\n1024,1024,{e},{s}\n0,1024,{w},{s}\n"
    )
    (scene,) = open_path(
        shared_data / "levir_cd" / "B" / f"{row[0]}.jpg", gcps=tmp_path / "p.csv", gsd=0.5, date="2018"
    ).scenes
    size = pixel_size(scene.grid)
    assert size is not None
    assert size.across_m == pytest.approx(
        float(row[5]), rel=2e-3
    )  # the table takes the Earth as a sphere east-west
    assert size.down_m == pytest.approx(float(row[6]), rel=5e-4)
    assert any("not 0.5 m as stated by --gsd (areas would come out 19 % too small)" in t for t in scene.notes)

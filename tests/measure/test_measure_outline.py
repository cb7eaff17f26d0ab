"""Sizes of outlines: by hand, against other routes to the same number, and what must hold for any outline."""

import math
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Geod, Proj, Transformer
from shapely import MultiPolygon, Polygon, affinity, box

from sitewatch.errors import DataError
from sitewatch.measure import outline
from sitewatch.measure.outline import outline_measures, sizes

UTM = "EPSG:32635"
CENTRAL = 500_000.0  # easting of the central meridian, where UTM's scale is 0.9996


def test_a_rectangle_in_pixels_by_hand() -> None:
    # 40 x 20 pixels of 0.5 m: 20 m x 10 m.
    values = outline_measures(box(0, 0, 40, 20), None, 0.5, edge_px=0.2)
    assert {n: v.value for n, v in values.items()} == {
        "area": 200,
        "perimeter": 60,
        "length": 20,
        "width": 10,
    }
    # All edges out by 0.2 px = 0.1 m: area 60 m x 0.1 m = 6 m2, perimeter 8 x 0.1 m, each side 2 x 0.1 m.
    sigmas = {n: v.budget["edge"] for n, v in values.items()}
    assert sigmas == pytest.approx({"area": 6, "perimeter": 0.8, "length": 0.2, "width": 0.2})
    assert values["area"].low == pytest.approx(200 - 1.645 * 6)
    assert values["area"].high == pytest.approx(200 + 1.645 * 6)
    assert [v.unit for v in values.values()] == ["m2", "m", "m", "m"]
    assert values["area"].calibrated_on == "not calibrated"  # edge_px came from the caller


def test_sources_add_as_squares() -> None:
    value = outline_measures(
        box(0, 0, 4, 3), None, 1.0, edge_px=0.1, registration_px=0.2, pixel_size_error=0.01
    )
    area = value["area"]
    # 14 m x 0.1 m; four sides of 4, 4, 3 and 3 m that move by 0.2 m each; twice 1 % of 12 m2.
    expected = {"edge": 1.4, "registration": 0.2 * math.sqrt(4**2 + 4**2 + 3**2 + 3**2), "pixel size": 0.24}
    assert area.budget == pytest.approx(expected)
    assert area.high - area.value == pytest.approx(1.645 * math.sqrt(sum(v**2 for v in expected.values())))


def test_a_small_rectangle_on_the_ellipsoid() -> None:
    # On the central meridian a metre of the grid is 1 / 0.9996 m on the ground.
    found = sizes(box(CENTRAL - 20, 5_000_000, CENTRAL + 20, 5_000_020), UTM)
    assert found.length == pytest.approx(40 / 0.9996, rel=1e-6)
    assert found.width == pytest.approx(20 / 0.9996, rel=1e-6)
    assert found.area == pytest.approx(800 / 0.9996**2, rel=1e-6)
    assert found.perimeter == pytest.approx(120 / 0.9996, rel=1e-6)


@pytest.mark.parametrize("latitude", [-78.0, -33.0, 0.0, 45.8, 71.3, 83.5])
@pytest.mark.parametrize("turn", [0.0, 31.0])
def test_against_a_local_projection_of_its_own(latitude: float, turn: float) -> None:
    # 84 x 36 m, built on a plane that touches the ellipsoid there: any CRS must give those sizes back.
    plane = CRS.from_proj4(f"+proj=laea +lat_0={latitude} +lon_0=24.3 +ellps=WGS84 +units=m")
    hall = affinity.rotate(box(-42, -18, 42, 18), turn)
    for crs in ("EPSG:4326", "EPSG:32635" if latitude >= 0 else "EPSG:32735", "EPSG:3857"):
        into = Transformer.from_crs(plane, crs, always_xy=True)
        found = sizes(shapely.transform(hall, into.transform, interleaved=False), crs)
        assert found.area == pytest.approx(84 * 36, rel=2e-6)
        assert found.perimeter == pytest.approx(240, rel=2e-6)
        assert (found.length, found.width) == pytest.approx((84, 36), rel=2e-5)


def test_against_a_sum_of_thin_strips() -> None:
    # An independent route to the area: lon/lat rectangle as a sum of strips of known width and height.
    west, south, east, north = 25.40, 45.74, 25.41, 45.745
    geod = Geod(ellps="WGS84")
    edges = np.linspace(south, north, 201)
    middle = (edges[1:] + edges[:-1]) / 2
    widths = [geod.inv(west, lat, east, lat)[2] for lat in middle]
    heights = [geod.inv(west, a, west, b)[2] for a, b in pairwise(edges)]
    strips = float(np.dot(widths, heights))
    assert sizes(box(west, south, east, north), "EPSG:4326").area == pytest.approx(strips, rel=1e-5)


def test_holes_and_parts_count() -> None:
    ring = Polygon(box(0, 0, 30, 30).exterior.coords, [box(10, 10, 20, 20).exterior.coords])
    there = affinity.translate(ring, CENTRAL, 5_000_000)
    whole, hole = sizes(affinity.translate(box(0, 0, 30, 30), CENTRAL, 5_000_000), UTM), 100 / 0.9996**2
    assert sizes(there, UTM).area == pytest.approx(whole.area - hole, rel=1e-6)
    assert sizes(there, UTM).perimeter == pytest.approx(160 / 0.9996, rel=1e-6)
    # Whatever way round its rings run.
    other = Polygon(there.exterior.coords[::-1], [there.interiors[0].coords[::-1]])
    assert sizes(other, UTM).area == pytest.approx(sizes(there, UTM).area, rel=1e-12)

    row = MultiPolygon([affinity.translate(box(0, 0, 10, 8), CENTRAL + 20 * i, 5_000_000) for i in range(4)])
    values = outline_measures(row, UTM, 3.0)
    assert values["area"].value == pytest.approx(4 * 80 / 0.9996**2, rel=1e-6)
    assert values["length"].value == pytest.approx(70 / 0.9996, rel=1e-6)
    assert "all 4 parts" in values["length"].method
    assert "geodesic" in values["area"].method


def test_across_the_date_line() -> None:
    there = box(
        400_000, -100_000, 900_000, -99_000
    )  # zone 1 reaches from 180 W; this runs out of it to the east
    west = box(166_021 - 60, 100_000, 166_021 + 60, 100_050)  # 120 m over the line
    found = sizes(west, "EPSG:32601")
    assert Proj("EPSG:32601")(166_021 - 60, 100_000, inverse=True)[0] > 179
    assert (found.length, found.width) == pytest.approx((120, 50), rel=2e-3)
    assert found.area == pytest.approx(6000, rel=4e-3)
    assert sizes(there, "EPSG:32701").area > 0


corners = st.tuples(st.floats(5, 200), st.floats(5, 200), st.floats(0, 180))


@given(corners, st.floats(-70, 70), st.floats(0.3, 30), st.floats(0, 1))
def test_what_holds_for_any_outline(
    rectangle: tuple[float, float, float], latitude: float, pixel: float, moved: float
) -> None:
    w, h, turn = rectangle
    shape = affinity.rotate(box(0, 0, w, h), turn)
    degrees = affinity.translate(affinity.scale(shape, 1e-5, 1e-5, origin=(0, 0)), 24.3, latitude)
    values = outline_measures(degrees, "EPSG:4326", pixel, registration_px=moved)
    area, length, width = (values[n] for n in ("area", "length", "width"))
    assert length.value >= width.value > 0
    assert area.value <= length.value * width.value * (1 + 1e-6)
    for value in values.values():
        assert 0 <= value.low < value.value < value.high
        assert value.budget.keys() == {"edge", "registration", "pixel size"}
    # Finer pixels and better positions never widen an interval.
    finer = outline_measures(degrees, "EPSG:4326", pixel / 2, registration_px=moved)
    still = outline_measures(degrees, "EPSG:4326", pixel)
    for name, value in values.items():
        assert finer[name].high <= value.high
        assert still[name].high <= value.high
        assert finer[name].value == value.value


@given(st.floats(0, 360), st.floats(-1e5, 1e5))
def test_turning_and_moving_keep_sizes_in_pixels(turn: float, away: float) -> None:
    shape = Polygon([(0, 0), (12, 0), (12, 5), (7, 5), (7, 9), (0, 9)])
    moved = affinity.translate(affinity.rotate(shape, turn), away, -away)
    a, b = sizes(shape, None, 3.0), sizes(moved, None, 3.0)
    assert (b.area, b.perimeter, b.length, b.width) == pytest.approx(
        (a.area, a.perimeter, a.length, a.width), rel=1e-6
    )


@pytest.mark.parametrize(
    ("shape", "crs", "pixel", "word"),
    [
        (Polygon(), UTM, 3.0, "empty"),
        (Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), UTM, 3.0, "crosses itself"),
        (box(0, 0, 1, 1), "EPSG:0", 3.0, "unknown coordinate system"),
        (box(0, 0, 1, 1), UTM, 0.0, "pixel size"),
        (box(0, 0, 1, 1), UTM, math.nan, "pixel size"),
        (box(1e30, 0, 2e30, 1), UTM, 3.0, "outside"),
    ],
)
def test_bad_input_is_told(shape: Polygon, crs: str, pixel: float, word: str) -> None:
    with pytest.raises(DataError, match=word):
        outline_measures(shape, crs, pixel)


def test_pixels_need_their_size() -> None:
    with pytest.raises(DataError, match="--gsd"):
        sizes(box(0, 0, 1, 1), None)


def test_calibrated_edges_have_a_part_in_pixels_and_one_in_metres(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(outline.EDGES, "length", (0.5, 2.0))
    # 3 px x 0.5 = 1.5 m beside 2 m: 2.5 m for each of two ends.
    assert outline_measures(box(0, 0, 9, 3), None, 3.0)["length"].budget["edge"] == pytest.approx(5.0)


def test_the_calibration_is_told() -> None:
    value = outline_measures(box(0, 0, 9, 9), None, 3.0)["area"]
    assert value.calibrated_on == outline.CALIBRATED_ON
    assert value.level == 0.9

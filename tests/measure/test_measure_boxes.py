"""Boxes fitted to pixels: shapes by hand, rendering against another route, recovery of known buildings."""

import math
from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer
from shapely import Polygon, affinity

from sitewatch import optics
from sitewatch.errors import DataError
from sitewatch.measure import fitted
from sitewatch.measure.forward import CELLS, Box, Placed, layers, seen, swept
from sitewatch.measure.rectangle import Fit, Look, fit, start_box

UTM = "EPSG:32635"
WEST, NORTH = 500_000.0, 5_000_000.0


def placed(
    gsd: float = 3.0,
    side: int = 34,
    shadow: tuple[float, float] | None = None,
    lean: tuple[float, float] | None = None,
) -> Placed:
    """A window with its upper left corner at (WEST, NORTH)."""
    matrix = np.array([[1 / gsd, 0, -WEST / gsd], [0, -1 / gsd, NORTH / gsd]])
    return Placed(matrix, (side, side), shadow, lean)


def at(box: Box) -> Box:
    return replace(box, x=box.x + WEST, y=box.y + NORTH)


def test_a_square_swept_to_the_right_is_a_rectangle_by_hand() -> None:
    square = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
    ring = Polygon(swept(square, np.array([2.0, 0])))
    assert ring.equals(shapely.box(0, 0, 3, 1))
    # diagonally: the square's area and that of both edges' parallelograms, 1 + 2 * 0.5
    assert Polygon(swept(square, np.array([0.5, 0.5]))).area == pytest.approx(2.0)


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0, 3.1), st.floats(0.5, 4), st.floats(0.5, 4))
def test_sweeping_gives_the_hull_of_both_ends(
    right: float, up: float, turn: float, long: float, wide: float
) -> None:
    corners = Box(0, 0, long, wide, turn, 1).corners
    step = np.array([right, up])
    hull = shapely.MultiPoint(np.vstack([corners, corners + step])).convex_hull
    assert Polygon(swept(corners, step)).area == pytest.approx(hull.area, abs=1e-9)


def test_layers_share_the_ground_without_overlap() -> None:
    # 12 x 6 m, 6 m high, on 3 m pixels; the shadow falls 6 m north, the roof leans 3 m east
    box = at(Box(48, -48, 12, 6, 0, 6))
    roof, half, wall, shadow = (
        layers([(box, np.zeros(2))], placed(shadow=(0, 1), lean=(0.5, 0)))[0] / CELLS**2
    )
    assert roof.sum() * 9 == pytest.approx(72)
    assert half.sum() * 9 == pytest.approx(36)
    # of the body one sees the wall of 3 x 6 m beside the roof
    assert wall.sum() * 9 == pytest.approx(18)
    # the shadow is 12 x 6 m north of the foot, of which the body covers nothing
    assert shadow.sum() * 9 == pytest.approx(72)
    assert float((roof + wall + shadow).max()) <= 1 / CELLS**2 + 1e-6


def test_pixels_agree_with_the_sampling_of_the_simulator() -> None:
    box = at(Box(50.3, -49.1, 40, 20, 0.4, 5))
    where = placed()
    fine = 12
    ring = affinity.scale(Polygon(where.pixels(box.corners)), fine, fine, origin=(0, 0))
    exact = optics.sample(optics.coverage(ring, 34 * fine, 34 * fine), (34, 34), fine, 0.5)
    ours = seen(layers([(box, np.zeros(2))], where)[0, 0], 0.5)
    assert np.abs(ours - exact).max() < 0.03
    # what lies outside of one pixel lies inside of the next: the area is kept
    assert float(ours.sum()) * 9 == pytest.approx(40 * 20, rel=1e-4)


FINE = 8


def share(where: Placed, ring: np.ndarray) -> np.ndarray:
    """Coverage of cells of an eighth of a pixel."""
    shape = affinity.scale(Polygon(where.pixels(ring)), FINE, FINE, origin=(0, 0))
    return optics.coverage(shape, 34 * FINE, 34 * FINE)


def looks(
    box: Box, dates: int = 4, *, noise: float = 0.004, roof: float = 0.35, ground: float = 0.15, seed: int = 1
) -> list[Look]:
    """Rendered by the sampling of the simulator, not by the fit's own."""
    rng = np.random.default_rng(seed)
    result = []
    for i in range(dates):
        elevation, azimuth = 35.0 + 5 * i, 150.0 - 8 * i
        where = placed(
            shadow=optics.shadow_vector(1, azimuth, elevation), lean=optics.lean_vector(1, 1.0 + i, 98.0)
        )
        lean = np.array(where.lean) * box.height
        fall = np.array(where.shadow) * box.height

        body, top = share(where, swept(box.corners, lean)), share(where, box.corners + lean)
        dark = np.maximum(share(where, swept(box.corners, fall)) - body, 0)
        image = ground * (1 - 0.65 * dark) * (1 - body) + 0.2 * (body - top) + roof * top
        pixels = optics.sample(image.astype(np.float32), (34, 34), FINE, 0.45)
        bands = np.stack([pixels, 0.8 * pixels]) + rng.normal(0, noise, (2, 34, 34)).astype(np.float32)
        result.append(Look(f"s{i}", bands.astype(np.float32), np.ones((34, 34), bool), where, 0.03))
    return result


HALL = at(Box(50.7, -50.2, 40.0, 20.0, 0.35, 9.0))


def test_a_building_is_found_from_a_wrong_start() -> None:
    start = start_box(affinity.scale(affinity.translate(Polygon(HALL.corners), 3, -2), 1.15, 0.85))
    found = fit(start, looks(HALL))
    assert not found.failed
    # edges to a few hundredths of a pixel
    assert found.box.length == pytest.approx(40, abs=0.3)
    assert found.box.width == pytest.approx(20, abs=0.3)
    assert (found.box.x, found.box.y) == pytest.approx((HALL.x, HALL.y), abs=0.25)
    assert found.box.turn == pytest.approx(0.35, abs=0.01)
    assert found.box.height == pytest.approx(9, abs=0.6)
    assert found.log_area_sigma() < 0.02


def test_where_nothing_stands_nothing_is_fitted() -> None:
    empty = looks(HALL, roof=0.15)
    flat = [
        replace(
            k, values=(0.15 + 0.004 * np.random.default_rng(3).normal(size=k.values.shape)).astype(np.float32)
        )
        for k in empty
    ]
    assert fit(start_box(Polygon(HALL.corners)), flat).failed


def test_a_building_of_two_pixels_is_not_fitted() -> None:
    small = at(Box(50, -50, 8, 3, 0.2, 3))
    assert "below one and a half pixels" in fit(start_box(Polygon(small.corners)), looks(small)).failed


def made(length: float, width: float, sigma: float = 0.01) -> Fit:
    covariance = np.diag([0.01, 0.01, sigma**2, sigma**2, 1e-4, 0.01, 0.01])
    box = at(Box(0, 0, length, width, 0.3, 10))
    return Fit(box, 0.5, covariance, {"edge": covariance}, 8.0, 3.0, 0.1, 0.0, ("a", "b"))


def test_sizes_are_those_of_the_ellipsoid() -> None:
    value = fitted.box_values(made(84, 36), UTM, 3.0)
    corners = Transformer.from_crs(UTM, 4326, always_xy=True).transform(*made(84, 36).box.corners.T)
    area, perimeter = Geod(ellps="WGS84").polygon_area_perimeter(*corners)
    assert value["area"].value == pytest.approx(abs(area), rel=1e-9)
    assert value["perimeter"].value == pytest.approx(perimeter, rel=1e-6)
    assert value["length"].value == pytest.approx(84 / 0.9996, rel=1e-5)
    assert value["height"].unit == "m"


def test_the_interval_is_the_factor_times_sigma_by_hand() -> None:
    value = fitted.box_values(made(84, 36), UTM, 3.0)["area"]
    # lengths of 1 % each, independent: the area has sqrt(2) %, with the floor beside it
    sigma = math.hypot(0.01 * math.sqrt(2), fitted.FLOOR["area"])
    # all edges 0.2 m further out: 240 m x 0.2 m of 3024 m2
    edges = 240 * 0.2 / 3024
    half = math.hypot(fitted.factor("area", ("fine", "strong")) * sigma, 1.645 * edges)
    assert math.log(value.high / value.value) == pytest.approx(half, rel=1e-3)
    assert math.log(value.value / value.low) == pytest.approx(half, rel=1e-3)
    assert value.budget["edges of the roof"] == pytest.approx(48, rel=1e-3)
    total = math.sqrt(sum(v**2 for v in value.budget.values()))
    assert total == pytest.approx(value.value * half / 1.645, rel=1e-3)


def test_a_ratio_by_hand() -> None:
    value = fitted.ratio_value(made(78, 25.2), made(84, 36), UTM, 3.0)
    assert value.value == pytest.approx(0.65, rel=1e-6)
    assert value.unit == "1"
    assert value.low < 0.65 < value.high
    assert value.calibrated_on == fitted.CALIBRATED_ON


def test_errors_that_both_share_cancel_in_the_ratio() -> None:
    value = fitted.ratio_value(made(78, 25.2), made(84, 36), UTM, 3.0)
    # pixels that are 3 % too large make both too large alike
    larger = fitted.ratio_value(made(78 * 1.03, 25.2 * 1.03), made(84 * 1.03, 36 * 1.03), UTM, 3.0)
    assert larger.value == pytest.approx(value.value, rel=1e-6)
    # of edges that lie out by 0.2 m only the difference is left: 0.2 m x (206.4 / 1965.6 - 240 / 3024)
    left = 0.2 * (206.4 / 1965.6 - 240 / 3024)
    assert value.budget["edges of the roof"] == pytest.approx(0.65 * left, rel=1e-3)
    assert left < 0.3 * 0.2 * 206.4 / 1965.6


def test_small_buildings_are_not_calibrated() -> None:
    assert fitted.box_values(made(25, 20), UTM, 3.0)["area"].calibrated_on == "not calibrated"
    assert fitted.ratio_value(made(84, 36), made(25, 20), UTM, 3.0).calibrated_on == "not calibrated"
    assert fitted.box_values(made(60, 30), UTM, 10.0)["area"].calibrated_on == "not calibrated"


def test_a_failed_fit_has_no_values() -> None:
    failed = replace(made(84, 36), failed="roof and ground look alike")
    with pytest.raises(DataError, match="look alike"):
        fitted.box_values(failed, UTM, 3.0)
    with pytest.raises(DataError, match="look alike"):
        fitted.ratio_value(made(84, 36), failed, UTM, 3.0)


def test_a_height_that_no_shadow_tells_is_left_out() -> None:
    assert "height" not in fitted.box_values(replace(made(84, 36), shadow=0.0), UTM, 3.0)


@settings(max_examples=20, deadline=None)
@given(st.floats(0, 3.1), st.floats(10, 60), st.floats(5, 40))
def test_the_start_is_the_rectangle_itself(turn: float, long: float, wide: float) -> None:
    outline = Polygon(Box(5, 7, long, wide, turn, 1).corners)
    found = start_box(outline)
    assert found.length >= found.width
    assert sorted((found.length, found.width)) == pytest.approx(sorted((long, wide)))
    assert Polygon(found.corners).intersection(outline).area == pytest.approx(outline.area)

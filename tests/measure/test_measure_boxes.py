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
from sitewatch.measure.forward import PARTS, STEPS, Box, Placed, numbers, shown, shown_all
from sitewatch.measure.rectangle import Fit, fit, start_box
from sitewatch.measure.search import ground_noise
from sitewatch.measure.solve import Look, Problem, State, descend

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


def swept(corners: np.ndarray, step: np.ndarray) -> np.ndarray:
    """Ring of the ground that a convex polygon covers on its way, by another route than the model's."""
    hull = shapely.MultiPoint(np.vstack([corners, corners + step])).convex_hull
    return shapely.get_coordinates(hull)


def points(side: int = 34) -> np.ndarray:
    col, row = np.meshgrid(np.arange(side) + 0.5, np.arange(side) + 0.5)
    return np.stack([np.ones(side * side), col.ravel(), row.ravel()]).astype(np.float32)


def test_parts_have_their_areas_by_hand() -> None:
    # 12 x 6 m, 6 m high, on 3 m pixels; the shadow falls 6 m north, the roof leans 3 m east
    box = at(Box(48, -48, 12, 6, 0, 6))
    where = placed(shadow=(0, 1), lean=(0.5, 0))
    shares, _ = shown(box, np.zeros(2), math.log(0.5), where, points(), slopes=False)
    roof, half, wall, shadow = shares.sum(axis=1) * 9
    assert len(PARTS) == len(shares)
    assert roof == pytest.approx(72, rel=1e-4)
    assert half == pytest.approx(36, rel=1e-4)
    # of the body one sees the wall of 3 x 6 m beside the roof
    assert wall == pytest.approx(18, rel=1e-4)
    # the shadow is 12 x 6 m north of the foot, of which the body covers nothing
    assert shadow == pytest.approx(72, rel=1e-4)


def test_a_body_hides_its_shadow_where_it_leans_over_it() -> None:
    # both go north, 9 m and 3 m: 6 m of shadow are left
    box = at(Box(48, -48, 12, 6, 0, 6))
    where = placed(shadow=(0, 1.5), lean=(0, 0.5))
    shares, _ = shown(box, np.zeros(2), math.log(0.5), where, points(), slopes=False)
    assert shares[3].sum() * 9 == pytest.approx(72, rel=1e-4)
    # none is left where the roof leans further than the shadow reaches
    none = placed(shadow=(0, 0.5), lean=(0, 0.6))
    assert shown(box, np.zeros(2), math.log(0.5), none, points(), slopes=False)[0][3].sum() < 1e-6


@pytest.mark.parametrize("turn", [0.0, 0.4, 1.1, 2.5])
@pytest.mark.parametrize(
    ("sun", "view"), [((150, 35), (3, 98)), ((200, 25), (5, 278)), ((120, 60), (20, 98))]
)
def test_pixels_agree_with_the_sampling_of_the_simulator(
    turn: float, sun: tuple[float, float], view: tuple[float, float]
) -> None:
    box = at(Box(50.3, -49.1, 40, 20, turn, 9))
    where = placed(shadow=optics.shadow_vector(1, *sun), lean=optics.lean_vector(1, *view))
    ours, _ = shown(box, np.zeros(2), math.log(0.45), where, points(), slopes=False)
    lean, fall = np.array(where.lean) * 9, np.array(where.shadow) * 9
    body, top = share(where, swept(box.corners, lean)), share(where, box.corners + lean)
    dark = np.maximum(share(where, swept(box.corners, fall)) - body, 0)
    for part, fine, error in ((0, top, 0.007), (2, body - top, 0.04), (3, dark, 0.12)):
        exact = optics.sample(fine.astype(np.float32), (34, 34), FINE, 0.45).ravel()
        # largest at corners of walls and shadows, where the parts are put together from parallelograms
        assert np.abs(ours[part] - exact).max() < error
        assert float(np.abs(ours[part] - exact).mean()) < 0.002
        assert float(ours[part].sum()) == pytest.approx(float(exact.sum()), abs=0.4)


def test_derivatives_are_those_of_differences() -> None:
    box, where = at(Box(50.3, -49.1, 40, 20, 0.4, 9)), placed(shadow=(0.4, 1.1), lean=(0.05, 0.01))
    base, slopes = shown(box, np.zeros(2), math.log(0.45), where, points())
    assert slopes is not None
    assert slopes.shape == (len(STEPS), 4, 34 * 34)
    step = 1e-3
    others = {
        0: (box, np.array([step, 0]), 0.0),
        1: (box, np.array([0, step]), 0.0),
        2: (replace(box, length=40 * math.exp(step)), np.zeros(2), 0.0),
        3: (replace(box, width=20 * math.exp(step)), np.zeros(2), 0.0),
        4: (replace(box, turn=0.4 + step), np.zeros(2), 0.0),
        5: (replace(box, height=9 * math.exp(step)), np.zeros(2), 0.0),
        6: (box, np.zeros(2), step),
    }
    for i, (moved, shift, wider) in others.items():
        differ = (shown(moved, shift, math.log(0.45) + wider, where, points(), slopes=False)[0] - base) / step
        scale = float(np.abs(differ[0]).max())
        assert np.abs(differ[0] - slopes[i, 0]).max() < 0.02 * scale
        # corners of the shadow are left out of its derivatives
        gap, size = float(np.abs(differ[3] - slopes[i, 3]).sum()), float(np.abs(differ[3]).sum())
        assert gap < 0.25 * size


def test_boxes_shown_at_once_look_as_each_alone() -> None:
    # of different directions, so that walls and shadows lie on different sides; more pixels than fit at once
    where = placed(shadow=(0.4, 1.1), lean=(-0.2, 0.05))
    boxes = [at(Box(50 + i, -49, 40 - 3 * i, 20, 0.9 * i, 5 + 2 * i)) for i in range(5)]
    shifts = [np.array([0.1 * i, -0.2]) for i in range(5)]
    told = [numbers(b, s, -0.7, where) for b, s in zip(boxes, shifts, strict=True)]
    parts, moved = shown_all(told, where, points())
    assert moved is not None
    for i, (box, shift) in enumerate(zip(boxes, shifts, strict=True)):
        alone, slopes = shown(box, shift, -0.7, where, points())
        assert slopes is not None
        assert np.abs(parts[i] - alone).max() < 1e-6
        assert np.abs(moved[i] - slopes).max() < 1e-5 * np.abs(slopes).max()
    assert np.abs(parts[0] - parts[1]).max() > 0.1


FINE = 8


def share(where: Placed, ring: np.ndarray) -> np.ndarray:
    """Coverage of cells of an eighth of a pixel."""
    shape = affinity.scale(Polygon(where.pixels(ring)), FINE, FINE, origin=(0, 0))
    return optics.coverage(shape, 34 * FINE, 34 * FINE)


def looks(
    box: Box,
    dates: int = 4,
    *,
    noise: float = 0.004,
    roof: float = 0.35,
    ground: float = 0.15,
    seed: int = 1,
    shade: float = 0.65,
    half: float = 0.0,
    more: tuple[tuple[np.ndarray, float], ...] = (),
    yard: tuple[np.ndarray, float] | None = None,
    view: float | None = None,
) -> list[Look]:
    """Rendered by the sampling of the simulator, not by the fit's own.

    Args:
        shade: what a shadow takes from the ground.
        half: how much darker the half on the right of the length is, as a share of the roof.
        more: rings and brightness of what lies on the picture beside the building.
        yard: ring and brightness of other ground around it.
        view: view angle, degrees.
    """
    rng = np.random.default_rng(seed)
    result = []
    for i in range(dates):
        elevation, azimuth = 35.0 + 5 * i, 150.0 - 8 * i
        where = placed(
            shadow=optics.shadow_vector(1, azimuth, elevation),
            lean=optics.lean_vector(1, 1.0 + i if view is None else view, 98.0),
        )
        lean = np.array(where.lean) * box.height
        fall = np.array(where.shadow) * box.height

        body, top = share(where, swept(box.corners, lean)), share(where, box.corners + lean)
        dark = np.maximum(share(where, swept(box.corners, fall)) - body, 0)
        bare = np.full_like(body, ground)
        if yard is not None:
            bare += share(where, yard[0]) * (yard[1] - ground)
        image = bare * (1 - shade * dark) * (1 - body) + 0.2 * (body - top) + roof * top
        if half:
            right = replace(box, width=box.width / 2)
            middle = np.array([np.sin(box.turn), -np.cos(box.turn)]) * box.width / 4
            image -= half * roof * share(where, right.corners + middle + lean)
        for ring, bright in more:
            covers = share(where, ring)
            image = image * (1 - covers) + bright * covers
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


def test_descents_at_once_end_where_each_alone_ends() -> None:
    pictures = looks(HALL, 2)
    noise = [ground_noise(k, HALL) for k in pictures]
    problem = Problem(pictures, noise, 4.0)
    starts = [
        State(replace(HALL, length=length, width=18.0), math.log(0.5), np.zeros((2, 2)))
        for length in (36.0, 40.0, 46.0)
    ]
    together = descend(problem, starts, 6)
    before, after = problem.cost(starts), problem.cost(together)
    assert (after < before).all()
    for state, found in zip(starts, together, strict=True):
        (alone,) = descend(problem, [state], 6)
        assert found.box.length == pytest.approx(alone.box.length, abs=1e-3)
        assert found.box.width == pytest.approx(alone.box.width, abs=1e-3)
        assert found.box.length == pytest.approx(40, abs=0.3)


def test_the_slopes_of_the_cost_are_those_of_differences() -> None:
    pictures = looks(HALL, 2)
    problem = Problem(pictures, [ground_noise(k, HALL) for k in pictures], 4.0)
    state = State(replace(HALL, length=41.0, height=8.0), math.log(0.5), np.full((2, 2), 0.02))
    _, right, cost = problem.slopes([state])
    assert cost == pytest.approx(problem.cost([state]), rel=1e-6)
    step = 1e-4
    for i in (0, 2, 3, 5, 6, 7):
        moved = [state.moved(sign * step * np.eye(11)[i]) for sign in (1, -1)]
        up, down = problem.cost(moved)
        # the right side is the slope downward
        assert -right[0, i] == pytest.approx(
            (up - down) / (2 * step), rel=0.05, abs=0.02 * np.abs(right).max()
        )


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


def beside(box: Box, along: float, across: float, length: float, width: float) -> np.ndarray:
    """Corners of a rectangle in the direction of a box, its centre moved along and across."""
    c, s = np.cos(box.turn), np.sin(box.turn)
    x, y = box.x + along * c - across * s, box.y + along * s + across * c
    return Box(x, y, length, width, box.turn, 1).corners


def start() -> Box:
    return start_box(affinity.scale(Polygon(HALL.corners), 1.1, 0.9))


def test_a_roof_of_two_slopes_is_found_whole_also_from_its_brighter_half() -> None:
    # the sun stands in the south-east; the roof falls to the south on the right of its length
    flat = replace(HALL, turn=0.0)
    pictures = looks(flat, half=-0.6)
    bright = start_box(Polygon(beside(flat, 0, -5, 40, 10)))
    for box in (start_box(Polygon(flat.corners)), bright):
        found = fit(box, pictures)
        assert found.box.width == pytest.approx(20, abs=0.5)
        assert found.box.length == pytest.approx(40, abs=0.5)


def test_an_l_is_refused() -> None:
    wing = (beside(HALL, 12, 18, 16, 16), 0.35)
    assert "not a rectangle" in fit(start(), looks(HALL, more=(wing,))).failed


def test_what_lies_partly_beyond_the_images_is_refused() -> None:
    outside = at(Box(50.7, -6.0, 40.0, 20.0, 1.4, 9.0))
    assert "whole" in fit(start_box(Polygon(outside.corners)), looks(outside)).failed


def test_a_roof_without_its_shadow_is_refused() -> None:
    # the sun says that there must be one
    assert "cannot be told apart" in fit(start(), looks(HALL, shade=0.0)).failed


@pytest.mark.parametrize("bright", [0.10, 0.16, 0.18])
def test_an_apron_around_a_roof_does_not_move_its_edges(bright: float) -> None:
    apron = (beside(HALL, 0, 0, 50, 30), bright)
    found = fit(start(), looks(HALL, roof=0.30, yard=apron))
    assert not found.failed
    assert found.outline.area == pytest.approx(800, rel=0.025)


def test_the_side_that_it_was_looked_at_from_is_found() -> None:
    true = looks(HALL, view=8.0)
    east, west = (optics.lean_vector(1, 8.0, a) for a in (90, 270))
    unknown = [replace(k, placed=replace(k.placed, lean=None), leans=(west, east)) for k in true]
    found = fit(start(), unknown)
    assert found.outline.area == pytest.approx(800, rel=0.02)
    assert (found.box.x, found.box.y) == pytest.approx((HALL.x, HALL.y), abs=0.4)
    # with no lean at all the wall is taken for roof
    none = fit(start(), [replace(k, leans=()) for k in unknown])
    assert none.outline.area > found.outline.area * 1.01


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
    # lengths of 1 % each, independent: the area has sqrt(2) %; 0.1 of the contrast is left, which makes it 1.6 times as
    # much; with the floor beside it
    sigma = math.hypot(1.6 * 0.01 * math.sqrt(2), fitted.FLOOR["area"])
    # all edges 0.1 m further out: 240 m x 0.1 m of 3024 m2
    edges = 240 * 0.1 / 3024
    half = math.hypot(fitted.factor("area", ("fine", "strong", "several")) * sigma, 1.645 * edges)
    assert math.log(value.high / value.value) == pytest.approx(half, rel=1e-3)
    assert math.log(value.value / value.low) == pytest.approx(half, rel=1e-3)
    assert value.budget["edges of the roof"] == pytest.approx(24, rel=1e-3)
    total = math.sqrt(sum(v**2 for v in value.budget.values()))
    assert total == pytest.approx(value.value * half / 1.645, rel=1e-3)


def test_boxes_that_fit_nearly_as_well_widen_the_interval_by_hand() -> None:
    sure, unsure = made(84, 36), replace(made(84, 36), rival=0.03)
    one, two = (fitted.spread("area", f) for f in (sure, unsure))
    assert two == pytest.approx(math.hypot(one, 0.03))
    assert "another box" in fitted.box_values(unsure, UTM, 3.0)["area"].budget
    assert "another box" not in fitted.box_values(sure, UTM, 3.0)["area"].budget


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
    # of edges that lie out by 0.1 m only the difference is left: 0.1 m x (206.4 / 1965.6 - 240 / 3024)
    left = 0.1 * (206.4 / 1965.6 - 240 / 3024)
    assert value.budget["edges of the roof"] == pytest.approx(0.65 * left, rel=1e-3)
    assert left < 0.3 * 0.1 * 206.4 / 1965.6


def test_small_buildings_are_not_calibrated() -> None:
    assert fitted.box_values(made(25, 20), UTM, 3.0)["area"].calibrated_on == "not calibrated"
    assert fitted.ratio_value(made(84, 36), made(25, 20), UTM, 3.0).calibrated_on == "not calibrated"
    assert fitted.box_values(made(60, 30), UTM, 10.0)["area"].calibrated_on == "not calibrated"


def test_half_metre_pixels_are_not_calibrated_and_roofs_share_nothing_there() -> None:
    fine, other = made(84, 36), made(42, 36)
    value = fitted.box_values(fine, UTM, 0.5)["area"]
    assert value.calibrated_on == "not calibrated"
    # all edges 1 m further out: 2 (84 + 36) m2 of 84 x 36 m
    assert value.budget["details of the roof"] / value.value == pytest.approx(240 / (84 * 36), rel=1e-3)
    assert value.high / value.low > math.exp(2 * 1.645 * 240 / (84 * 36))
    ratio = fitted.ratio_value(fine, other, UTM, 0.5)
    both = math.hypot(240 / (84 * 36), 156 / (42 * 36))
    assert ratio.budget["details of the roof"] / ratio.value == pytest.approx(both, rel=1e-3)


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

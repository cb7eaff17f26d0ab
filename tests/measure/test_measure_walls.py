"""Straight walls fitted to pixels, and outlines grown from them: shapes by hand, known buildings recovered."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from measure_winged import AREA, ELL, GSD, HEIGHT, SIDE, looks, placed, share
from pyproj import Geod, Transformer
from shapely import Polygon, affinity

from sitewatch.errors import DataError
from sitewatch.measure import walled_values
from sitewatch.measure.grown import clicked, outline_in
from sitewatch.measure.regular import regularised
from sitewatch.measure.walled import WallFit, fit_outline, fit_walls
from sitewatch.measure.walls import CELLS, Walls, layers, seen, swept, walls_of

SQUARE = shapely.box(0, 0, 10, 10)


def shared(one: Polygon, two: Polygon) -> float:
    return one.intersection(two).area / one.union(two).area


@pytest.fixture(scope="module")
def scenes() -> list:
    return looks()


def test_sides_of_a_square_by_hand() -> None:
    walls = walls_of(SQUARE, 3.0)
    assert sorted(np.degrees(walls.facing).round() % 360) == [0, 90, 180, 270]
    assert walls.reach == pytest.approx([5, 5, 5, 5])
    assert walls.lengths == pytest.approx([10, 10, 10, 10])
    assert walls.outline.symmetric_difference(SQUARE).area < 1e-9
    # one side 2 m further out: 20 m2 more
    wider = replace(walls, reach=walls.reach + np.array([2, 0, 0, 0]))
    assert wider.outline.area == pytest.approx(120)
    assert sorted(wider.lengths) == pytest.approx([10, 10, 12, 12])
    # and beyond the opposite side it runs backwards
    assert replace(walls, reach=walls.reach - np.array([11, 0, 0, 0])).lengths.min() < 0


def test_corners_on_a_straight_line_are_no_sides() -> None:
    walls = walls_of(Polygon([(0, 0), (5, 0.01), (10, 0), (10, 10), (0, 10)]), 3.0)
    assert len(walls.reach) == 4
    with pytest.raises(DataError, match="fewer than three sides"):
        walls_of(Polygon([(0, 0), (10, 0), (20, 0.1)]), 3.0)


def test_an_l_swept_by_hand() -> None:
    # to the right by 2: the L of 60 x 24 and 24 x 26 covers 2 x 50 more, as its outer and inner sides move together
    ell = np.array([(0, 0), (60, 0), (60, 24), (24, 24), (24, 50), (0, 50)], np.float64)
    rings = swept(ell, np.array([2.0, 0.0]))
    assert all(shapely.LinearRing(r).is_ccw for r in rings)
    assert shapely.union_all([Polygon(r) for r in rings]).area == pytest.approx(AREA + 2 * 50)


@settings(deadline=None, max_examples=30)
@given(st.floats(-9, 9), st.floats(-9, 9), st.floats(0, 360))
def test_sweeping_covers_what_many_copies_do(right: float, up: float, turn: float) -> None:
    shape = affinity.rotate(ELL, turn)
    corners = shapely.get_coordinates(shapely.orient_polygons(shape))[:-1]
    ours = shapely.union_all([Polygon(r).buffer(1e-6) for r in swept(corners, np.array([right, up]))])
    copies = [affinity.translate(shape, right * t, up * t) for t in np.linspace(0, 1, 65)]
    assert ours.symmetric_difference(shapely.union_all(copies)).area < 0.01 * AREA


def test_layers_hold_the_areas_and_pixels_those_of_the_simulator() -> None:
    where = placed((0.9, 0.5), (0.1, -0.05))
    walls = walls_of(ELL, HEIGHT)
    roof, wall, shadow = layers([walls], np.zeros(2), where)[0]
    pixel = GSD**2 / CELLS**2
    lean = np.array(where.lean) * HEIGHT
    copies = [affinity.translate(ELL, *(lean * t)) for t in np.linspace(0, 1, 65)]
    assert roof.sum() * pixel == pytest.approx(AREA, rel=1e-5)
    assert (roof + wall).sum() * pixel == pytest.approx(shapely.union_all(copies).area, rel=3e-3)
    assert float((roof + wall + shadow).max()) < 1 + 1e-5
    exact = share(affinity.translate(ELL, *lean), where).reshape(SIDE, 8, SIDE, 8).mean(axis=(1, 3))
    assert np.abs(seen(roof, 0.0) - exact).max() < 1e-3


def test_an_l_is_found_from_a_wrong_start(scenes: list) -> None:
    moved = affinity.translate(affinity.scale(ELL, 1.08, 0.92), 2, -2)
    for used in (scenes, scenes[-1:]):
        found = fit_outline(moved, used)
        assert isinstance(found, WallFit)
        assert not found.failed
        # walls to a few hundredths of a pixel
        assert found.outline.area == pytest.approx(AREA, rel=0.01)
        assert shared(found.outline, ELL) > 0.985
        assert sorted(found.walls.lengths) == pytest.approx([24, 24, 26, 36, 50, 60], abs=0.5)
        assert found.walls.height == pytest.approx(HEIGHT, abs=0.8)
        assert found.log_area_sigma() < 0.03


def test_a_box_is_not_given_more_walls_than_it_has() -> None:
    hall = affinity.translate(affinity.rotate(shapely.box(-25, -12, 25, 12), 30), 66, -66)
    found = fit_outline(affinity.scale(hall, 1.1, 0.9), looks(hall))
    assert isinstance(found, WallFit)
    assert not found.failed
    assert len(found.walls.reach) == 4
    assert found.outline.area == pytest.approx(50 * 24, rel=0.01)


def test_a_rectangle_around_an_l_does_not_hold(scenes: list) -> None:
    box = ELL.minimum_rotated_rectangle
    assert fit_walls([box], scenes, box).failed
    # but what the pixels show within it does
    found = fit_outline(box, scenes)
    assert isinstance(found, WallFit)
    assert shared(found.outline, ELL) > 0.98


def test_where_nothing_stands_nothing_is_fitted() -> None:
    empty = looks(roof=0.15)
    rng = np.random.default_rng(3)
    flat = [
        replace(k, values=(0.15 + 0.004 * rng.normal(size=k.values.shape)).astype(np.float32)) for k in empty
    ]
    found = fit_outline(ELL, flat)
    assert isinstance(found, str) or found.failed


def test_values_are_those_on_the_ellipsoid_with_intervals_and_a_budget(scenes: list) -> None:
    zone = "EPSG:32635"
    found = fit_outline(ELL, scenes)
    assert isinstance(found, WallFit)
    w = found.walls
    there = replace(found, walls=Walls(w.x + 500_000, w.y + 5_000_000, w.turn, w.facing, w.reach, w.height))
    values = walled_values.walled_values(there, zone, GSD)
    to_lonlat = Transformer.from_crs(zone, 4326, always_xy=True).transform
    outline = shapely.transform(there.outline, to_lonlat, interleaved=False)
    assert values["area"].value == pytest.approx(abs(Geod(ellps="WGS84").geometry_area_perimeter(outline)[0]))
    assert values["height"].value == pytest.approx(HEIGHT, abs=0.8)
    for name, true in (("area", AREA), ("perimeter", 220), ("length", 60), ("width", 50)):
        v = values[name]
        assert v.low < true / 0.9996 ** (2 if name == "area" else 1) < v.high
        half = 1.645 * np.sqrt(sum(s**2 for s in v.budget.values())) / v.value
        assert v.high == pytest.approx(v.value * np.exp(half), rel=1e-3)
    with pytest.raises(DataError, match="not to be used"):
        walled_values.walled_values(replace(there, failed="no"), zone, GSD)
    same = walled_values.ratio_of(values["area"], values["area"], 3)
    assert same.value == 1
    # independent errors of both, the edges' own cancel
    assert same.budget["edges of the roof"] == 0
    own = [v for source, v in values["area"].budget.items() if source != "edges of the roof"]
    assert same.budget["subject"] == pytest.approx(np.hypot.reduce(own) / values["area"].value)
    assert np.log(same.high) == pytest.approx(1.645 * 2**0.5 * same.budget["subject"])


def test_spreads_agree_with_moving_walls_by_hand(scenes: list) -> None:
    found = fit_outline(ELL, scenes)
    assert isinstance(found, WallFit)
    n = len(found.walls.reach)
    alone = walled_values.spreads(found, np.diag(np.r_[0.04, np.zeros(n - 1)]))
    assert alone["area"] == pytest.approx(0.2 * found.walls.lengths[0] / found.outline.area, rel=1e-3)


# Outlines grown from pixels


def test_the_outline_in_a_rectangle_is_the_l(scenes: list) -> None:
    found = outline_in(scenes, ELL.minimum_rotated_rectangle)
    assert found is not None
    # at the roof, which leans by up to half a metre
    assert shared(found, ELL) > 0.9
    assert found.area == pytest.approx(AREA, rel=0.06)
    bare = replace(scenes[0], values=np.full_like(scenes[0].values, 0.2))
    assert outline_in([bare], ELL) is None


@pytest.mark.parametrize("place", [(0.15, 0.2), (0.8, 0.2), (0.2, 0.85)])
def test_a_click_anywhere_on_the_roof_gives_it(scenes: list, place: tuple[float, float]) -> None:
    turned = affinity.rotate(shapely.Point(60 * place[0], 50 * place[1]), 20, origin=(0, 0))
    x, y = turned.x + 45.3, turned.y - 105.1
    for used in (scenes, scenes[:1]):
        assert shared(clicked(used, x, y), ELL) > 0.88
    assert shared(regularised([clicked(scenes, x, y)], GSD)[0], ELL) > 0.88


def test_a_click_beside_it_is_refused_with_one_line(scenes: list) -> None:
    for x, y in ((15, -15), (110, -30)):
        with pytest.raises(DataError, match=r"what was clicked .*--outline") as error:
            clicked(scenes, x, y)
        assert "\n" not in str(error.value)
    with pytest.raises(DataError, match="edge of the images"):
        clicked(scenes, 1, -1)


def test_a_shed_of_six_pixels_is_too_small() -> None:
    shed = affinity.translate(shapely.box(0, 0, 9, 6), 60, -70)
    with pytest.raises(DataError, match="12 pixels"):
        clicked(looks(shed), 64, -67)

"""Sun, shadow, lean, coverage and point spread against almanac values and answers worked out by hand."""

from datetime import UTC, datetime
from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, affinity, box

from sitewatch import optics
from sitewatch.errors import DataError


def test_sun_of_the_solar_position_algorithm_report() -> None:
    # Worked example of Reda & Andreas (2004), NREL/TP-560-34302, appendix A.5: azimuth 194.34024°,
    # elevation 39.872046° before the correction for refraction.
    sun = optics.sun_position(datetime(2003, 10, 17, 19, 30, 30, tzinfo=UTC), 39.742476, -105.1786)
    assert sun.azimuth == pytest.approx(194.34024, abs=0.02)
    assert sun.elevation == pytest.approx(39.872046, abs=0.01)


@pytest.mark.parametrize(
    ("when", "declination"),
    [
        (datetime(2024, 6, 20, 20, 51, tzinfo=UTC), 23.44),  # instants of the seasons, US Naval Observatory
        (datetime(2024, 12, 21, 9, 20, tzinfo=UTC), -23.44),
        (datetime(2024, 3, 20, 3, 6, tzinfo=UTC), 0.0),
        (datetime(2024, 9, 22, 12, 44, tzinfo=UTC), 0.0),
    ],
)
def test_sun_from_the_pole_stands_at_its_declination(when: datetime, declination: float) -> None:
    assert optics.sun_position(when, 90, 0).elevation == pytest.approx(declination, abs=0.02)


def test_equation_of_time_is_extreme_in_early_november() -> None:
    # The sun crosses the Greenwich meridian 16 min 25 s before noon on 3 November: azimuth turns from
    # east of south to west of south.
    before = optics.sun_position(datetime(2024, 11, 3, 11, 43, 0, tzinfo=UTC), 51.4779, 0)
    after = optics.sun_position(datetime(2024, 11, 3, 11, 44, 10, tzinfo=UTC), 51.4779, 0)
    assert before.azimuth < 180 < after.azimuth


def test_morning_sun_in_the_south_of_the_world_is_north_east() -> None:
    sun = optics.sun_position(datetime(2024, 12, 21, 0, 0, tzinfo=UTC), -33.9, 151.2)
    assert 60 < sun.azimuth < 110
    assert sun.elevation > 40


def test_grid_north_of_utm() -> None:
    # convergence of a transverse Mercator grid: (lon - lon0) sin(lat), Snyder (1987), p. 61
    assert optics.azimuth_of_north("EPSG:32652", 39.9, 129.0) == pytest.approx(0, abs=1e-6)
    assert optics.azimuth_of_north("EPSG:32652", 39.9, 127.6) == pytest.approx(1.4 * 0.64145, abs=0.002)


def test_shadow_of_a_pole_by_hand() -> None:
    # sun in the south-east at 45°: a 10 m pole throws a 10 m shadow to the north-west
    east, north = optics.shadow_vector(10, 135, 45)
    assert (east, north) == pytest.approx((-10 / sqrt(2), 10 / sqrt(2)))
    assert optics.shadow_length(15, 30) == pytest.approx(15 * sqrt(3))


def test_lean_is_away_from_the_sensor() -> None:
    assert optics.lean_vector(10, 30, 90) == pytest.approx((-5.7735, 0), abs=1e-4)
    assert optics.lean_vector(10, 5, 180) == pytest.approx((0, 0.87489), abs=1e-4)
    assert optics.lean_vector(10, 0, 77) == pytest.approx((0, 0))


@pytest.mark.parametrize(
    "call",
    [
        lambda: optics.shadow_length(10, -3),
        lambda: optics.lean_vector(10, 95, 0),
        lambda: optics.sun_position(datetime(2024, 1, 1), 0, 0),
        lambda: optics.sun_position(datetime(2024, 1, 1, tzinfo=UTC), 95, 0),
        lambda: optics.sampling_matrix(4, 4, 0, 1, 0),
    ],
)
def test_impossible_geometry_is_refused(call: object) -> None:
    with pytest.raises(DataError):
        call()  # type: ignore[operator]


def test_coverage_by_hand() -> None:
    assert optics.coverage(box(0.5, 0.25, 2, 1), 2, 3).tolist() == [[0.375, 0.75, 0], [0, 0, 0]]
    triangle = Polygon([(0, 0), (2, 0), (0, 2)])
    assert optics.coverage(triangle, 2, 2).tolist() == [[1, 0.5], [0.5, 0]]


def test_coverage_of_hole_and_parts() -> None:
    ring = box(0, 0, 4, 4).difference(box(1, 1, 3, 2))
    both = MultiPolygon([ring, box(1, 1, 3, 1.5)])
    assert optics.coverage(ring, 4, 4).sum() == pytest.approx(14)
    assert optics.coverage(both, 4, 4)[1].tolist() == [1, 0.5, 0.5, 1]
    assert optics.coverage(Polygon(), 2, 2).sum() == 0


@settings(max_examples=50, deadline=None)
@given(
    x=st.floats(-6, 14), y=st.floats(-6, 14), a=st.floats(0.5, 9), b=st.floats(0.5, 9), turn=st.floats(0, 180)
)
def test_coverage_is_the_area_inside_the_raster(x: float, y: float, a: float, b: float, turn: float) -> None:
    shape = affinity.rotate(box(x, y, x + a, y + b), turn)
    raster = optics.coverage(shape, 9, 8)
    assert raster.sum() == pytest.approx(shape.intersection(box(0, 0, 8, 9)).area, abs=1e-4)
    assert raster.min() >= 0
    assert raster.max() <= 1


def test_edge_response() -> None:
    assert optics.edge_response([0.0, 5.0, -5.0], 0.4) == pytest.approx([0.5, 1, 0], abs=1e-6)
    # without point spread it is the covered share of the pixel
    assert optics.edge_response([0.25, -0.25], 0) == pytest.approx([0.75, 0.25])


def test_sampling_matches_the_edge_response() -> None:
    factor, sigma = 8, 0.45
    fine = np.zeros((12 * factor, 12 * factor), np.float32)
    fine[:, 6 * factor + 3 :] = 1  # edge at 6.375 pixels
    image = optics.sample(fine, (12, 12), factor, sigma)
    expected = optics.edge_response(np.arange(12) + 0.5 - 6.375, sigma)
    assert image[5] == pytest.approx(expected, abs=1e-5)


def test_sampling_keeps_energy_and_constant_fields() -> None:
    disc = optics.coverage(Point(40, 40).buffer(12), 80, 80)
    for origin in ((0.0, 0.0), (1.3, -2.7)):
        image = optics.sample(disc, (20, 20), 4, 0.4, origin)
        assert image.sum() * 16 == pytest.approx(disc.sum(), rel=1e-5)
    assert optics.sample(np.full((9, 9), 0.3, np.float32), (3, 3), 3, 1.0) == pytest.approx(0.3)


def test_sampling_origin_moves_the_scene() -> None:
    disc = optics.coverage(Point(30.5, 41.0).buffer(9), 80, 80)
    still = optics.sample(disc, (20, 20), 4, 0.4)
    moved = optics.sample(disc, (20, 20), 4, 0.4, (-4.0, 8.0))  # content one row down, two columns left
    assert moved[3:18, 1:16] == pytest.approx(still[2:17, 3:18], abs=1e-6)


def test_box_is_cut_to_the_raster() -> None:
    assert optics.box((-3.2, 1.5, 2.1, 99), 10, 8) == (slice(1, 10), slice(0, 3))
    rows, cols = optics.box((20, 20, 25, 25), 10, 8)
    assert rows.start == rows.stop
    assert cols.start == cols.stop

"""Outlines from the network's shares."""

import numpy as np
import pytest
from affine import Affine
from shapely import MultiPolygon

from sitewatch.change.outline import COVERED_WEIGHT, share_outline


def share_of(covered: np.ndarray) -> np.ndarray:
    """What the network gives pixels of which that share is covered."""
    return (COVERED_WEIGHT * covered / (1 + (COVERED_WEIGHT - 1) * covered)).astype(np.float32)


def block(rows: slice, cols: slice, value: float = 1.0) -> np.ndarray:
    covered = np.zeros((12, 14))
    covered[rows, cols] = value
    return covered


def test_a_sharp_square_is_drawn_along_its_border_but_for_its_corners() -> None:
    covered = block(slice(4, 8), slice(4, 8))
    shape = share_outline(covered > 0, share_of(covered), Affine(3, 0, 1000, 0, -3, 2000))
    assert shape.bounds == pytest.approx((1012, 1976, 1024, 1988))
    # between pixel centres the line at one half cuts each corner by half a pixel's half
    assert shape.area == pytest.approx((16 - 4 / 8) * 9)


def test_a_doubtful_object_is_as_large_as_a_sure_one() -> None:
    covered = block(slice(4, 8), slice(4, 8))
    sure, doubtful = (
        share_outline(covered > 0, share_of(k * covered), Affine.identity()) for k in (1.0, 0.4)
    )
    assert doubtful.area == pytest.approx(sure.area, rel=1e-4)


def test_a_soft_border_is_drawn_where_the_pixels_are_half_covered() -> None:
    covered = block(slice(3, 9), slice(4, 10))
    covered[3:9, 10] = 0.5  # reaches half a pixel further to the east
    shape = share_outline(covered > 0.3, share_of(covered), Affine.identity())
    left, top, right, bottom = shape.bounds
    assert (left, top, bottom) == pytest.approx((4, 3, 9), abs=0.05)
    assert right == pytest.approx(10.5, abs=0.1)


def test_a_shadow_of_doubt_beside_a_sure_thing_is_left_out() -> None:
    covered = block(slice(4, 8), slice(4, 8)) + block(slice(4, 6), slice(8, 11), 0.3)
    shape = share_outline(covered > 0.2, share_of(covered), Affine.identity())
    assert shape.bounds[2] < 8.6


def test_a_shadow_on_the_side_away_from_the_sun_is_left_out_and_on_the_sunny_side_is_none() -> None:
    covered = block(slice(4, 6), slice(3, 11)) + block(slice(2, 4), slice(3, 11), 0.55)
    drawn = [
        share_outline(covered > 0.3, share_of(covered), Affine.identity(), sunward)
        for sunward in (None, (1.0, 0.0), (-1.0, 0.0))
    ]
    assert [round(d.bounds[1]) for d in drawn] == [2, 4, 2]


def test_what_lies_apart_stays_out_and_parts_of_it_are_parts() -> None:
    covered = block(slice(2, 5), slice(2, 5)) + block(slice(2, 5), slice(9, 12))
    share = share_of(covered)
    one = block(slice(2, 5), slice(2, 5)) > 0
    assert share_outline(one, share, Affine.identity()).bounds == pytest.approx((2, 2, 5, 5))
    both = share_outline(covered > 0, share, Affine.identity())
    assert isinstance(both, MultiPolygon)
    assert len(both.geoms) == 2


def test_a_single_pixel_has_an_outline() -> None:
    covered = block(slice(5, 6), slice(5, 6), 0.2)
    shape = share_outline(covered > 0, share_of(covered), Affine.identity())
    assert shape.is_valid
    assert 0.2 < shape.area < 1
    assert shape.contains(shape.centroid)

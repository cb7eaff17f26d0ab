"""Borders cut into straight sides: by hand, and whatever the share that is cut at once."""

import numpy as np
import pytest
import shapely
from shapely import affinity

from sitewatch.measure import sides as module
from sitewatch.measure.sides import cut_rings, starts

BOX = shapely.box(100, 50, 120, 60)


def cut(*polygons: shapely.Polygon) -> tuple[module.Sides, np.ndarray, np.ndarray]:
    flat = np.array(polygons, dtype=object)
    return cut_rings(flat, shapely.bounds(flat)[:, :2], np.ones(len(flat)))


def test_a_box_has_four_sides_with_the_moments_of_their_lengths() -> None:
    sides, along, area = cut(BOX, BOX.reverse())
    assert sides.ring.tolist() == [0] * 4 + [1] * 4
    assert area[0] == 200
    for ring in (0, 1):
        at = np.flatnonzero((sides.ring == ring) & (along[0] == 20))
        # the lower side, counterclockwise: 20 m, around (10, 0), and 20³ / 3 of x²
        assert sides.moments[:, at].ravel() == pytest.approx([20, 200, 0, 8000 / 3, 0, 0])


def test_a_corner_on_a_straight_side_is_no_cut_even_where_the_ring_begins() -> None:
    # the ring begins in the middle of its lower side, and has a step of half a pixel in the upper one
    ring = shapely.Polygon([(10, 0), (20, 0), (20, 10), (12, 10), (12, 10.5), (0, 10.5), (0, 0)])
    sides, along, _ = cut(ring)
    assert len(sides.ring) == 4
    assert along.sum(axis=1) == pytest.approx([0, 0])
    assert sides.moments[0].sum() == pytest.approx(ring.length)


def test_neighbours_go_around_each_ring() -> None:
    sides, _, _ = cut(BOX, shapely.Polygon([(0, 0), (9, 0), (0, 9)]))
    assert sides.first.tolist() == [0, 4]
    assert sides.count.tolist() == [4, 3]
    before, following = sides.around
    assert before.tolist() == [3, 0, 1, 2, 6, 4, 5]
    assert following.tolist() == [1, 2, 3, 0, 5, 6, 4]
    assert starts(sides.ring).sum() == 2
    assert not starts(sides.ring[:0]).size


def test_how_many_corners_are_cut_at_once_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    some = [affinity.rotate(shapely.box(0, 0, 9 + k, 7), 10 * k).buffer(2) for k in range(12)]
    whole, along, area = cut(*some)
    for corners in (1, 50, 100):
        monkeypatch.setattr(module, "CORNERS", corners)
        parts, part_along, part_area = cut(*some)
        assert np.array_equal(parts.ring, whole.ring)
        assert np.array_equal(parts.moments, whole.moments)
        assert np.array_equal(part_along, along)
        assert np.array_equal(part_area, area)

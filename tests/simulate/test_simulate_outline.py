"""Outlines that move and sweep, and many coverages at once, against answers worked out by hand or by shapely."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, affinity, box

from sitewatch import optics
from sitewatch.simulate.outline import Outline, areal


def area(rings: list[optics.Floats]) -> float:
    x, y = (np.concatenate([r[:-1, i] * r[1:, 1 - i] for r in rings]) for i in (0, 1))
    return float(x.sum() - y.sum()) / 2


def test_sweeps_by_hand() -> None:
    square = Outline.of(box(0, 0, 1, 1))
    assert area(square.swept(np.array([2.0, 0.0]))) == pytest.approx(3)
    assert area(square.swept(np.array([1.0, 1.0]))) == pytest.approx(3)  # a hexagon
    assert square.swept(np.zeros(2)) == square.rings
    ell = Outline.of(Polygon([(0, 0), (2, 0), (2, 1), (1, 1), (1, 2), (0, 2)]))
    assert area(ell.swept(np.array([1.0, 0.0]))) == pytest.approx(5)  # 3 x 1 below, 2 x 1 above
    ring = Outline.of(box(0, 0, 3, 3).difference(box(1, 1, 2, 2)))
    assert area(ring.swept(np.array([0.5, 0.0]))) == pytest.approx(3.5 * 3 - 0.5)  # half of the hole is left
    assert Outline.of(Polygon()).swept(np.array([1.0, 0.0])) == []


@settings(max_examples=12, deadline=None)
@given(st.floats(-9, 9), st.floats(-9, 9), st.floats(0, 180), st.booleans())
def test_a_sweep_is_what_the_moving_shape_passes_over(dx: float, dy: float, turn: float, bent: bool) -> None:
    shape = box(0, 0, 7, 3)
    if bent:
        shape = shape.difference(box(2, 1, 5, 9))
    shape = affinity.rotate(shape, turn)
    swept = Outline.of(shape).swept(np.array([dx, dy]))
    steps = [affinity.translate(shape, dx * t, dy * t) for t in np.linspace(0, 1, 60)]
    passed = shapely.union_all(steps, grid_size=1e-6)
    assert area(swept) == pytest.approx(passed.area, rel=0.04)
    # nothing of the path is missing, whatever the number of steps
    whole = shapely.union_all([Polygon(r) for r in swept if area([r]) > 0])
    assert passed.difference(whole.buffer(1e-5)).area == pytest.approx(0, abs=1e-6)


def test_many_coverages_are_those_of_each() -> None:
    shapes = [
        box(1.5, 2.25, 4, 5),
        Polygon([(0, 0), (9.3, 1.2), (4, 8)]),
        box(-3, -3, 30, 30),
        box(2, 2, 9, 9).difference(box(4, 4, 6, 6)),
        box(40, 40, 41, 41),
        Polygon(),
    ]
    windows = [(slice(0, 8), slice(0, 10)), (slice(1, 9), slice(2, 5)), (slice(0, 0), slice(3, 3))]
    windows += [(slice(3, 10), slice(3, 10)), (slice(0, 4), slice(0, 4)), (slice(0, 2), slice(0, 2))]
    whole = [optics.coverage(shape, 12, 12) for shape in shapes]
    for alone, window, part in zip(
        whole, windows, optics.coverages([optics.rings(s) for s in shapes], windows), strict=True
    ):
        assert part.dtype == np.float32
        assert part == pytest.approx(alone[window], abs=1e-6)
    assert optics.coverages([], []) == []


def test_slivers_are_dropped() -> None:
    sliver = Polygon([(0, 0), (1, 0), (1, 1e-5)])
    assert areal(MultiPolygon([sliver, box(5, 5, 6, 6)])).equals(box(5, 5, 6, 6))
    assert (
        areal(shapely.GeometryCollection([shapely.LineString([(0, 0), (1, 1)]), box(0, 0, 1, 1)])).area == 1
    )
    assert areal(sliver).is_empty

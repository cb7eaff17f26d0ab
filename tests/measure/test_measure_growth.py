"""Area against time: tiny arrays with answers worked out by hand."""

from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest

from sitewatch.errors import DataError
from sitewatch.measure.growth import Extent, extents

SIDE = 48
DAYS = tuple(date(2024, 1, 1) + timedelta(days=20 * i) for i in range(10))


def scene(
    squares: list[tuple[int, int, int, int]], seed: int, *, green: float = 1.0, edge: float = 0.0
) -> npt.NDArray[np.float32]:
    """(band, y, x) of patchy ground with changed rectangles (top, bottom, left, right); `edge` is the share of the row
    below each that is changed, too; `green` is what the season does to the first band."""
    patch = np.random.default_rng(1).normal(0, 0.01, (3, SIDE, SIDE))
    ground = np.array([0.08, 0.1, 0.3])[:, None, None] + patch
    ground[0] *= green
    share = np.zeros((SIDE, SIDE))
    for top, bottom, left, right in squares:
        share[top:bottom, left:right] = 1
        share[bottom, left:right] = edge
    changed = np.array([0.25, 0.28, 0.33])[:, None, None]
    noise = np.random.default_rng([seed, 2]).normal(0, 0.004, (3, SIDE, SIDE))
    return (ground * (1 - share) + changed * share + noise).astype(np.float32)


def place(margin: int = 12) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Where the object is looked for, and the ground around."""
    inner = np.zeros((SIDE, SIDE), np.bool_)
    inner[margin:-margin, margin:-margin] = True
    return inner, ~inner


def told(values: list[npt.NDArray[np.float32]], usable: npt.NDArray[np.bool_] | None = None) -> list[Extent]:
    """With the first three looks as the state before."""
    stack = np.stack(values)
    seen = np.ones((len(stack), SIDE, SIDE), np.bool_) if usable is None else usable
    before = np.arange(len(stack)) < 3
    return extents(stack, seen, DAYS[: len(stack)], before, *place())


A, B = (16, 26, 16, 26), (16, 26, 26, 32)  # 100 and 60 pixels


def test_two_steps_are_found_on_their_dates_with_their_areas() -> None:
    steps = [[], [], [], [], [A], [A], [A, B], [A, B]]
    found = told([scene(s, i, green=1 + 0.1 * np.sin(i)) for i, s in enumerate(steps)])
    assert [e.index for e in found] == [3, 4, 5, 6, 7]
    for extent, area in zip(found, (0, 100, 100, 160, 160), strict=True):
        assert extent.pixels == pytest.approx(area, abs=4)
        low, high = extent.interval(1.0)
        assert low <= area <= high
        assert extent.share.sum() == pytest.approx(extent.pixels, abs=1e-3)
    assert found[4].share[20, 20] == pytest.approx(1, abs=1e-3)
    assert found[4].share[40, 40] == 0


@pytest.mark.parametrize(("edge", "more"), [(0.15, 0), (0.85, 10)])
def test_a_pixel_counts_where_most_of_it_changed(edge: float, more: int) -> None:
    steps: list[list[tuple[int, int, int, int]]] = [[], [], [], [A], [A], [A]]
    found = told([scene(s, i, edge=edge) for i, s in enumerate(steps)])
    assert found[-1].pixels == pytest.approx(100 + more, abs=3)


def test_nothing_changed_is_an_area_of_nearly_nothing() -> None:
    found = told([scene([], i, green=1 + 0.05 * i) for i in range(6)])
    assert len(found) == 3
    assert all(e.pixels < 4 and e.interval(1.0)[0] == 0 and e.interval(1.0)[1] > 0 for e in found)


def test_covered_dates_are_left_out_and_said_by_their_absence() -> None:
    usable = np.ones((6, SIDE, SIDE), np.bool_)
    usable[4, 14:30, 14:30] = False
    found = told([scene([A] if i > 2 else [], i) for i in range(6)], usable)
    assert [e.index for e in found] == [3, 5]


def test_ground_that_looks_the_same_widens_the_interval_upward() -> None:
    """Half of the place already looked as changed ground does: whether it changed cannot be told."""
    bare = (2, 46, 24, 46)
    found = told([scene([bare, A] if i > 2 else [bare], i) for i in range(7)])
    plain = told([scene([A] if i > 2 else [], i) for i in range(7)])
    down, up = found[-1].sides
    assert found[-1].budget["looks the same"] > 10 * max(plain[-1].budget["looks the same"], 0.1)
    assert up > 2 * plain[-1].sides[1]
    # the part that could be told
    assert found[-1].pixels > 70
    assert down > plain[-1].sides[0]


def test_the_curve_never_falls() -> None:
    found = told([scene([A] if i in (3, 4, 6, 7, 8) else [], i) for i in range(9)])
    areas = [e.pixels for e in found]
    assert all(b >= a for a, b in pairwise(areas))


def test_what_cannot_be_measured_is_refused() -> None:
    values = np.stack([scene([], i) for i in range(4)])
    usable = np.ones((4, SIDE, SIDE), np.bool_)
    inner, around = place()
    with pytest.raises(DataError, match="state before"):
        extents(values, usable, DAYS[:4], np.zeros(4, np.bool_), inner, around)
    with pytest.raises(DataError, match="unchanged ground"):
        extents(values, usable, DAYS[:4], np.arange(4) < 2, inner, around & False)
    with pytest.raises(DataError, match="expected"):
        extents(values[0], usable, DAYS[:4], np.arange(4) < 2, inner, around)

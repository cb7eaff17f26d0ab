"""Heights from shadows on ground that slopes or hides a part of them."""

from math import radians, sqrt, tan

import numpy as np
import pytest

from sitewatch.errors import UsageError
from sitewatch.measure.forward import Box, Placed
from sitewatch.measure.sloping import cotangents, hidden_share, with_hidden, with_slope
from sitewatch.measure.solve import Look
from sitewatch.types import Value

HEIGHT = Value(10.0, 9.5, 10.5, "m", "shadow", budget={"shadow and lean": 0.3})


def test_an_unknown_slope_is_said_and_counts_one_degree() -> None:
    wide = with_slope(HEIGHT, [1.0, 3.0], None)
    # sun at 45 and 18.4 degrees: cotangents 1 and 3, mean 2
    assert wide.budget["slope"] == pytest.approx(10 * tan(radians(1)) * 2)
    assert wide.low < 9.5
    assert wide.high > 10.5
    assert "level ground assumed" in wide.method
    assert wide.value == 10


def test_a_slope_given_is_felt_along_the_shadow_by_the_root_of_a_half() -> None:
    wide = with_slope(HEIGHT, [1.0], 10.0)
    assert wide.budget["slope"] == pytest.approx(10 * tan(radians(10)) / sqrt(2))
    assert "ground sloping by 10 degrees" in wide.method
    # a sun half as high feels it twice
    low = with_slope(HEIGHT, [2.0], 10.0)
    assert low.budget["slope"] == pytest.approx(2 * wide.budget["slope"])


def test_first_order_agrees_with_the_geometry() -> None:
    """A wall of 10 m, sun at 40 degrees, ground that rises by 1 in 50 along the shadow."""
    cot, rise = 1 / tan(radians(40)), 0.02
    length = 10 / (1 / cot + rise)
    read = length / cot
    assert (10 - read) / 10 == pytest.approx(rise * cot, rel=0.05)


def test_without_shadows_nothing_changes() -> None:
    assert with_slope(HEIGHT, [], 20.0) == HEIGHT


@pytest.mark.parametrize("slope", [-1.0, 31.0, float("nan")])
def test_impossible_slopes_are_refused(slope: float) -> None:
    with pytest.raises(UsageError, match="expected 0 to 30"):
        with_slope(HEIGHT, [1.0], slope)


def look(masked: int) -> Look:
    """20 x 20 pixels of 1 m, the sun in the south at 45 degrees; the topmost `masked` rows are not usable."""
    place = Placed(np.array([[1.0, 0.0, 0.0], [0.0, -1.0, 20.0]]), (20, 20), (0.0, 1.0), None)
    usable = np.ones((20, 20), np.bool_)
    usable[:masked] = False
    return Look("s", np.zeros((1, 20, 20), np.float32), usable, place, 0.05)


def test_hidden_parts_of_a_shadow_are_counted() -> None:
    # roof rows 12 to 16, shadow of 4 m in rows 8 to 12
    box = Box(10.0, 6.0, 6.0, 4.0, 0.0, 4.0)
    assert cotangents([look(0)]) == [1.0]
    assert hidden_share(box, [look(0)]) == 0
    assert hidden_share(box, [look(10)]) == pytest.approx(0.5)
    # a shadow of 16 m: 12 of them lie in the image
    assert hidden_share(Box(10.0, 6.0, 6.0, 4.0, 0.0, 16.0), [look(0)]) == pytest.approx(0.25)
    wide = with_hidden(HEIGHT, 0.5)
    assert wide.budget["hidden shadow"] == pytest.approx(10 * 0.3 * 0.5)
    assert "50 % of the shadow" in wide.method
    assert with_hidden(HEIGHT, 0.05) == HEIGHT

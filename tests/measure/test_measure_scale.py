"""The error of the pixel size in values, and tracings."""

from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitewatch.errors import DataError
from sitewatch.measure.scale import error_between, error_of_mean, ratio_with_scale, widened, with_scale
from sitewatch.measure.tracing import traced
from sitewatch.types import Value


def value(number: float, unit: str = "m2", half: float = 0.0) -> Value:
    return Value(number, number * exp(-half), number * exp(half), unit, "test", budget={"edge": 1.0})


def test_twice_in_areas_once_in_lengths() -> None:
    area, length = with_scale(value(100.0), 0.03), with_scale(value(10.0, "m"), 0.03)
    assert area.budget == {"edge": 1.0, "pixel size": pytest.approx(6.0)}
    assert length.budget["pixel size"] == pytest.approx(0.3)
    assert log(area.high / 100) == pytest.approx(1.645 * 0.06)
    assert log(10 / length.low) == pytest.approx(1.645 * 0.03)


def test_errors_add_as_squares() -> None:
    area = with_scale(value(100.0, half=0.4), 0.3 / 2 / 1.645)
    assert log(area.high / 100) == pytest.approx(0.5)
    assert log(100 / area.low) == pytest.approx(0.5)


@given(st.floats(0, 0.3))
def test_intervals_only_grow(sigma: float) -> None:
    before = value(50.0, half=0.1)
    after = with_scale(before, sigma)
    assert after.low <= before.low
    assert after.high >= before.high
    assert after.value == before.value


def test_open_and_empty_intervals_stay() -> None:
    assert widened(100.0, 0.0, 120.0, 0.1)[0] == 0.0
    assert widened(0.0, 0.0, 1.0, 0.1) == (0.0, 1.0)


def test_the_same_images_cancel() -> None:
    sigmas = {"a": 0.03, "b": 0.01}
    assert error_between(sigmas, sigmas) == 0
    assert error_between({"a": 0.03}, {"b": 0.04}) == pytest.approx(0.05)
    # one image shared of two: 0.03 (1 - 1/2) and 0.01 / 2
    assert error_between({"a": 0.03}, sigmas) == pytest.approx(np.hypot(0.015, 0.005))
    assert error_of_mean(sigmas) == pytest.approx(np.hypot(0.03, 0.01) / 2)
    assert error_of_mean({}) == 0
    ratio = value(0.65, "1", half=0.05)
    same = ratio_with_scale(ratio, 0.0)
    assert (same.low, same.high, same.budget["pixel size"]) == pytest.approx((ratio.low, ratio.high, 0.0))
    assert log(ratio_with_scale(ratio, 0.05).high / 0.65) == pytest.approx(np.hypot(0.05, 1.645 * 0.1))


def test_refused() -> None:
    with pytest.raises(DataError, match="length"):
        with_scale(value(0.65, "1"), 0.1)
    for sigma in (-0.1, 1.0, float("nan")):
        with pytest.raises(DataError):
            with_scale(value(1.0), sigma)
        with pytest.raises(DataError):
            ratio_with_scale(value(1.0, "1"), sigma)


def test_two_tracings() -> None:
    one, two = value(100.0, half=0.1), value(104.0, half=0.1)
    both = traced([one, two])
    assert both.value == pytest.approx((100 * 104) ** 0.5)
    # standard deviation of two: their difference over the root of 2
    spread = log(1.04) / 2**0.5
    assert both.budget["tracing"] == pytest.approx(both.value * spread)
    assert log(both.high / both.value) == pytest.approx(np.hypot(0.1, 1.645 * spread), rel=1e-3)
    # of four, the standard error of their mean; two that agree leave a single one's interval
    four = traced([one, two, one, two])
    assert four.budget["tracing"] == pytest.approx(four.value * log(1.04) / 12**0.5)
    same = traced([one, one])
    assert (same.low, same.high) == pytest.approx((one.low, one.high))
    assert "2 tracings" in both.method
    assert traced([one]) is one
    for bad in ([], [one, value(1.0, "m")], [value(0.0)]):
        with pytest.raises(DataError):
            traced(bad)

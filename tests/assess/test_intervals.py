"""Intervals at other levels, ratios, likelihood ratios: answers derived by hand."""

import math
from datetime import date

import numpy as np
import pytest
from assess_values import value
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from sitewatch.assess.intervals import Interval, interval_at, quantile, ratio_of
from sitewatch.assess.likelihood import BLUNDER, SPAN, date_ratio, share_within, size_ratio
from sitewatch.errors import DataError
from sitewatch.types import Gap, GapPosterior, Value


def test_the_99_percent_interval_is_1_566_times_as_wide_in_logarithms() -> None:
    v = Value(100, 100 / math.e, 100 * math.e**2, "m2", "by hand")
    wide = interval_at(v, 0.99)
    assert wide.low == pytest.approx(100 * math.exp(-1.5660), rel=1e-4)
    assert wide.high == pytest.approx(100 * math.exp(2 * 1.5660), rel=1e-4)
    same = interval_at(v, 0.9)
    assert (same.low, same.high) == pytest.approx((v.low, v.high))


def test_an_interval_that_reaches_zero_is_normal_and_cut() -> None:
    wide = interval_at(Value(10, 0, 20, "m", "by hand"), 0.99)
    assert (wide.low, wide.high) == (0.0, pytest.approx(25.66, abs=0.01))


def test_quantiles() -> None:
    assert quantile(0.9) == pytest.approx(norm.ppf(0.95))
    with pytest.raises(DataError, match="level 1"):
        quantile(1)


def test_inside_and_apart_with_open_ends() -> None:
    assert Interval(1, None).holds(Interval(1, 5))
    assert not Interval(1, None).holds(Interval(0.5, 5))
    assert Interval(None, 2).misses(Interval(2.1, 3))
    assert not Interval(None, 2).misses(Interval(2, 3))
    assert not Interval(None, None).misses(Interval(2, 3))


def test_a_ratio_adds_errors_as_squares() -> None:
    r = ratio_of(value(65, 0.03), value(100, 0.04))
    assert r is not None
    assert r.value == pytest.approx(0.65)
    sigma = math.hypot(math.log(1.03), math.log(1.04))
    assert math.log(r.high / r.value) == pytest.approx(1.6449 * sigma, rel=1e-4)
    assert math.log(r.value / r.low) == pytest.approx(1.6449 * sigma, rel=1e-4)
    assert ratio_of(Value(10, 0, 20, "m2", "x"), value(10)) is None


def test_a_lopsided_comparand_widens_the_other_side() -> None:
    lopsided = Value(100, 90, 200, "m2", "by hand")  # may be far larger: the ratio may be far smaller
    r = ratio_of(value(100, 1e-9), lopsided)
    assert r is not None
    assert r.low == pytest.approx(0.5)
    assert r.high == pytest.approx(1 / 0.9)


def density(x: float, s: float, low: float, high: float) -> float:
    """The density of the docstring, by brute force."""
    floor = BLUNDER / math.log(SPAN[1] / SPAN[0])
    t = np.linspace(math.log(low), math.log(high), 20001)
    return (1 - BLUNDER) * norm.pdf(x, t, s).mean() + floor


def test_the_likelihood_ratio_against_a_rival_is_that_of_brute_force() -> None:
    v = value(0.66, 0.1, "1")
    found = size_ratio(v, Interval(0.57, 0.735), Interval(1.52, 1.785))
    x, s = math.log(0.66), math.log(1.1)
    expected = math.log(density(x, s, 0.57, 0.735) / density(x, s, 1.52, 1.785))
    assert found == pytest.approx(expected, abs=1e-3)
    back = size_ratio(v, Interval(1.52, 1.785), Interval(0.57, 0.735))
    assert back == pytest.approx(-expected, abs=1e-3)


def test_without_a_rival_it_is_against_all_the_rest() -> None:
    v = value(0.65, 0.02, "1")
    assert size_ratio(v, Interval(0.6, 0.7)) > 3
    assert size_ratio(v, Interval(1.6, 1.7)) < -3
    assert size_ratio(v, Interval(None, None)) is None
    assert size_ratio(v, Interval(2, 2)) < -3
    assert size_ratio(Value(10, 0, 20, "m2", "x"), Interval(5, 6)) is None


@given(st.floats(0.02, 50), st.floats(0.001, 0.5), st.floats(0.01, 100), st.floats(1, 3))
def test_no_measurement_is_worth_more_than_its_blunders_allow(
    v: float, s: float, low: float, w: float
) -> None:
    found = size_ratio(value(v, s, "1"), Interval(low, low * w))
    assert found is not None
    assert abs(found) < math.log(1 / math.log(1 + s) / (BLUNDER / math.log(SPAN[1] / SPAN[0]))) + 0.1


def posterior(*gaps: tuple[str, str, float]) -> GapPosterior:
    return GapPosterior(tuple(Gap(date.fromisoformat(a), date.fromisoformat(b), p) for a, b, p in gaps))


def test_days_of_a_gap() -> None:
    first, last = date(2024, 1, 1).toordinal(), date(2024, 1, 11).toordinal()
    assert share_within(first, last, None, None) == 1
    assert share_within(first, last, "2024-01-02", "2024-01-06") == 0.5  # five of the ten days after the 1st
    assert share_within(first, last, "2024-01-12", None) == 0
    assert share_within(first, last, None, "2024-01-01") == 0  # on the 1st it was not there yet


def test_the_ratio_of_a_date_by_hand() -> None:
    p = posterior(("2024-01-01", "2024-01-11", 0.9), ("2024-01-11", "2024-01-21", 0.1))
    before, inside = 0.5, 0.99 * 0.9 + 0.01 * 0.5
    expected = math.log(inside / (1 - inside)) - math.log(before / (1 - before))
    assert date_ratio(p, "2024-01-02", "2024-01-11") == pytest.approx(expected)
    assert date_ratio(p, "2020-01-01", "2030-01-01") is None
    assert date_ratio(p, "2025-01-01", None) is None

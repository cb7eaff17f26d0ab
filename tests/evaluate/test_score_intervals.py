"""Intervals against published values, closed forms and coverage."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sitewatch.errors import DataError
from sitewatch.evaluate.intervals import clopper_pearson, poisson_bounds, rate, resampled, share, wilson


def test_ends_that_can_be_solved_by_hand() -> None:
    # None of n: (1 - high)^n = tail. All of n: low^n = tail. With a 90 % interval the tail is 5 %.
    assert clopper_pearson(6, 6) == pytest.approx((0.05 ** (1 / 6), 1.0))
    assert clopper_pearson(0, 10) == pytest.approx((0.0, 1 - 0.05**0.1))
    # No event: exp(-high) = 0.05, so high = 2.9957.
    assert poisson_bounds(0) == pytest.approx((0.0, -math.log(0.05)))
    assert rate(0, 2.0, "km2 year").high == pytest.approx(-math.log(0.05) / 2)


def test_published_values() -> None:
    # Garwood 1936, 95 %: 10 events, 4.795 to 18.390. Clopper and Pearson, 95 %: 4 of 10, .1216 to .7376.
    assert poisson_bounds(10, 0.95) == pytest.approx((4.795, 18.390), abs=1e-3)
    assert clopper_pearson(4, 10, 0.95) == pytest.approx((0.1216, 0.7376), abs=1e-4)


def test_wilson_of_none_and_half() -> None:
    z2 = stats.norm.ppf(0.95) ** 2
    assert wilson(0, 10) == pytest.approx((0.0, z2 / (10 + z2)))
    assert sum(wilson(5, 10)) == pytest.approx(1.0)
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(1, 60), st.data())
def test_exact_intervals_agree_with_scipy(total: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, total))
    oracle = stats.binomtest(count, total).proportion_ci(0.9, method="exact")
    assert clopper_pearson(count, total) == pytest.approx((oracle.low, oracle.high), abs=1e-12)
    oracle = stats.binomtest(count, total).proportion_ci(0.9, method="wilson")
    assert wilson(count, total) == pytest.approx((oracle.low, oracle.high), abs=1e-12)


@given(st.integers(0, 50))
def test_poisson_bounds_leave_five_per_cent_on_either_side(count: int) -> None:
    low, high = poisson_bounds(count)
    assert stats.poisson.cdf(count, high) == pytest.approx(0.05)
    if count:
        assert stats.poisson.sf(count - 1, low) == pytest.approx(0.05)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(DataError, match="share of 3 of 2"):
        share(3, 2)
    with pytest.raises(DataError, match="exposure above 0"):
        rate(1, 0.0, "km2 year")


def test_a_share_of_nothing_says_so() -> None:
    empty = share(0, 0)
    assert empty.value is None
    assert (empty.low, empty.high) == (0.0, 1.0)


def test_resampling_clusters() -> None:
    def mean(sites: list[float]) -> float | None:
        return sum(sites) / len(sites) if sites else None

    assert resampled([1.0, 2.0], mean).low is None  # too few to say
    same = resampled([0.5] * 8, mean)
    assert (same.value, same.low, same.high) == (0.5, 0.5, 0.5)
    spread = resampled([0.0] * 50 + [1.0] * 50, mean)
    assert spread.low is not None
    assert spread.high is not None
    # Standard error of the mean is .05: 90 % within about .08 on either side.
    assert spread.low == pytest.approx(0.5 - 1.645 * 0.05, abs=0.02)
    assert spread.high == pytest.approx(0.5 + 1.645 * 0.05, abs=0.02)
    assert resampled([0.0, 1.0] * 10, mean) == resampled([0.0, 1.0] * 10, mean)

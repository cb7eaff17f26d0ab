"""Numbers and dates as words, against answers written by hand."""

from datetime import date

import pytest
import report_samples as samples
from hypothesis import given
from hypothesis import strategies as st

from sitewatch.report import words
from sitewatch.types import DatePrecision, Gap, GapPosterior


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((3437.2, 2911.0, 4102.0), "3440 m² (90 %: 2910 to 4100 m²)"),
        ((0.652, 0.611, 0.704), "0.652 m² (90 %: 0.611 to 0.704 m²)"),
        ((61.23, 58.4, 66.1), "61.2 m² (90 %: 58.4 to 66.1 m²)"),
        ((123456.0, 120000.0, 130000.0), "123\u202f500 m² (90 %: 120\u202f000 to 130\u202f000 m²)"),
        ((5.0, 5.0, 5.0), "5.00 m² (90 %: 5.00 to 5.00 m²)"),
    ],
)
def test_a_value_carries_unit_and_interval(numbers: tuple[float, float, float], expected: str) -> None:
    assert words.with_interval(*numbers, "m2") == expected


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e5), st.floats(1e-3, 1e5))
def test_rounding_stays_within_a_tenth_of_the_half_width(value: float, below: float, above: float) -> None:
    shown = [float(text.replace("\u202f", "")) for text in words.rounded(value, value - below, value + above)]
    half = (below + above) / 2
    for told, true in zip(shown, (value, value - below, value + above), strict=True):
        assert abs(told - true) <= 0.051 * half + 1e-9


def test_dates_are_never_finer_than_known() -> None:
    assert words.scene_date(samples.scene(0)) == "2020-01-05 UTC"
    assert words.scene_date(samples.scene(0, date_precision=DatePrecision.SECOND)) == "2020-01-05 10:00 UTC"
    assert words.scene_date(samples.scene(0, date_precision=DatePrecision.MONTH)) == "2020-01 (month only)"
    assert words.scene_date(samples.scene(0, date_precision=DatePrecision.YEAR)) == "2020 (year only)"


def test_spans_say_shared_parts_once() -> None:
    assert words.span_of_days(date(2016, 10, 14), date(2017, 4, 2)) == "14 October 2016 and 2 April 2017"
    assert words.span_of_days(date(2016, 3, 1), date(2016, 4, 2)) == "1 March and 2 April 2016"
    assert words.span_of_days(date(2016, 4, 1), date(2016, 4, 2)) == "1 and 2 April 2016"


def test_probability_is_never_one() -> None:
    assert words.probability_words(1.0) == "more than 0.99"
    assert words.probability_words(0.0) == "less than 0.01"
    assert words.probability_words(0.934) == "0.93"


def test_open_ends_are_said() -> None:
    start, end = words.hull_words(samples.event(open_start=True))
    assert start.startswith("open (before ")
    assert "open" not in end


def test_credible_gaps_are_the_smallest_set_in_order_of_time() -> None:
    d = [date(2020, 1, i) for i in range(1, 6)]
    gaps = tuple(Gap(a, b, p) for a, b, p in zip(d, d[1:], (0.30, 0.05, 0.60, 0.05), strict=False))
    chosen = words.credible_gaps(GapPosterior(gaps), 0.9)
    assert [g.start for g in chosen] == [d[0], d[2]]

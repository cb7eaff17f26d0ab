"""Quantities with what comparisons mean, one case for each construction; intervals worked out by hand."""
# ruff: noqa: E501 (tables of cases)

import pytest

from sitewatch.documents.quantities import quantities
from sitewatch.types import Quantity


def one(text: str) -> Quantity:
    found = quantities(text)
    assert len(found) == 1, found
    assert text[found[0].start : found[0].end] == found[0].text
    return found[0]


@pytest.mark.parametrize(
    ("text", "low", "high", "dimension", "comparand"),
    [
        ("It is 60-70 % the size of the old hall.", 0.6, 0.7, "size", "the old hall"),
        ("It is 60–70% larger than the old hall.", 1.6, 1.7, "size", "the old hall"),
        ("It is 60 to 70 per cent smaller than the old hall.", 0.3, 0.4, "size", "the old hall"),
        ("It is twice the size of the old hall.", 2, 2, "size", "the old hall"),
        ("It is half as large again as the old hall.", 1.5, 1.5, "size", "the old hall"),
        ("It is half again as large as the old hall.", 1.5, 1.5, "size", "the old hall"),
        ("It is half as big as the old hall.", 0.5, 0.5, "size", "the old hall"),
        ("It is a third larger than the old hall.", 4 / 3, 4 / 3, "size", "the old hall"),
        ("It is about two thirds of the size of the old hall.", 2 / 3, 2 / 3, "size", "the old hall"),
        ("It is three times as big as the old hall.", 3, 3, "size", "the old hall"),
        ("It is one and a half times as long as the old hall.", 1.5, 1.5, "length", "the old hall"),
        ("It is double the footprint of the old hall.", 2, 2, "area", "the old hall"),
        ("It is 40 % wider than the old hall.", 1.4, 1.4, "width", "the old hall"),
        ("It exceeds the old hall by 40 % in height.", 1.4, 1.4, "height", "the old hall"),
        ("Compared with the old hall, it is 40 % smaller.", 0.6, 0.6, "size", "the old hall"),
        ("It has two thirds of the old hall's floor area.", 2 / 3, 2 / 3, "area", "the old hall"),
        ("It is similar in size to the old hall.", 1, 1, "size", "the old hall"),
        ("It is the same length as the old hall.", 1, 1, "length", "the old hall"),
        ("It is slightly larger than the old hall.", 1, None, "size", "the old hall"),
        ("It is smaller than the old hall.", None, 1, "size", "the old hall"),
        ("It is not larger than the old hall.", None, 1, "size", "the old hall"),
        ("It is not as large as the old hall.", None, 1, "size", "the old hall"),
        ("It is more than twice the size of the old hall.", 2, None, "size", "the old hall"),
        ("It is at most half the size of the old hall.", None, 0.5, "size", "the old hall"),
        ("The hall doubled in area.", 2, 2, "area", None),
        ("The hall tripled in size.", 3, 3, "size", None),
        ("There was a fourfold increase in area.", 4, 4, "area", None),
        ("The hall grew by 40 %.", 1.4, 1.4, None, None),
        ("The hall shrank by a third.", 2 / 3, 2 / 3, None, None),
        ("The hall was reduced to 40 % of its former size.", 0.4, 0.4, "size", "its former size"),
        ("The hall was enlarged to 1.5 times its former length.", 1.5, 1.5, "length", "its former length"),
    ],
)  # fmt: skip
def test_ratios(
    text: str, low: float | None, high: float | None, dimension: str | None, comparand: str | None
) -> None:
    found = one(text)
    assert (found.relation, found.unit) == ("ratio", "1")
    assert found.low == (None if low is None else pytest.approx(low, abs=1e-6))
    assert found.high == (None if high is None else pytest.approx(high, abs=1e-6))
    assert found.dimension == dimension
    assert found.comparand == comparand


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("It is three times bigger than the shed.", [(3, 3), (4, 4)]),
        ("It is two times smaller than the shed.", [(0.5, 0.5), (1 / 3, 1 / 3)]),
        ("It covers 1.250 m².", [(1250, 1250), (1.25, 1.25)]),
    ],
)
def test_ambiguous_wordings_keep_both_readings(text: str, readings: list[tuple[float, float]]) -> None:
    found = one(text)
    assert [(r.low, r.high) for r in found.readings] == [
        (pytest.approx(a), pytest.approx(b)) for a, b in readings
    ]


@pytest.mark.parametrize(
    ("text", "low", "high", "unit", "relation", "dimension"),
    [
        ("roughly 1,000 square metres", 1000, 1000, "m2", "approximately", "area"),
        ("1 000 m²", 1000, 1000, "m2", "equals", "area"),
        ("0.5 hectares", 5000, 5000, "m2", "equals", "area"),
        ("12 acres", 48562.277069, 48562.277069, "m2", "equals", "area"),
        ("3,000 sq ft", 278.70912, 278.70912, "m2", "equals", "area"),
        ("a 25-metre-wide pad", 25, 25, "m", "equals", "width"),
        ("a height of 12 m", 12, 12, "m", "equals", "height"),
        ("a hall 600 feet long", 182.88, 182.88, "m", "equals", "length"),
        ("It lies 1.5 km from the river.", 1500, 1500, "m", "equals", "distance"),
        ("up to 40 m", None, 40, "m", "at_most", None),
        ("at least 40 m", 40, None, "m", "at_least", None),
        ("more than 40 m", 40, None, "m", "greater_than", None),
        ("no more than 40 m", None, 40, "m", "at_most", None),
        ("between 40 and 50 m", 40, 50, "m", "range", None),
        ("40 metres or more", 40, None, "m", "at_least", None),
        ("6,500 tonnes", 6.5e6, 6.5e6, "kg", "equals", "mass"),
        ("They counted 14 production buildings.", 14, 14, "count", "equals", "count"),
        ("some 40 vehicles", 40, 40, "count", "approximately", "count"),
        ("a dozen trucks", 12, 12, "count", "equals", "count"),
        ("more than 10,000 people", 10000, None, "count", "greater_than", "count"),
        ("It was used at least twice.", 2, None, "count", "at_least", "count"),
        ("the country’s second-largest city", 2, 2, "rank", "equals", None),
        ("5 percentage points", 5, 5, "percentage point", "equals", None),
        ("About 61 per cent of the staff live there.", 0.61, 0.61, "1", "approximately", "share"),
    ],
)  # fmt: skip
def test_measures_and_counts(
    text: str, low: float | None, high: float | None, unit: str, relation: str, dimension: str | None
) -> None:
    found = one(text)
    assert found.low == (None if low is None else pytest.approx(low))
    assert found.high == (None if high is None else pytest.approx(high))
    assert (found.unit, found.relation, found.dimension) == (unit, relation, dimension)


def test_what_grows_from_one_to_another_is_no_range() -> None:
    found = quantities("The quarry grew from 40 to 60 hectares.")
    assert [(q.low, q.high, q.relation) for q in found] == [(4e5, 4e5, "equals"), (6e5, 6e5, "equals")]


def test_a_difference_is_a_measure_and_no_ratio() -> None:
    found = one("The hall is 20 metres longer than the old one.")
    assert (found.low, found.unit, found.dimension, found.comparand) == (20, "m", "length", "the old one")


@pytest.mark.parametrize("text", ["42 meters by 15 meters", "42x15 m", "42 by 15 metres", "42 m x 15 m"])
def test_sides_are_a_length_and_a_width(text: str) -> None:
    found = quantities(f"The hall is {text}.")
    assert [(q.low, q.unit, q.dimension) for q in found] == [(42, "m", "length"), (15, "m", "width")]


def test_words_of_approximation_widen_and_do_not_move() -> None:
    plain, about = one("It is 42 m long."), one("It is about 42 m long.")
    assert (plain.low, plain.high) == (about.low, about.high)
    assert plain.tolerance == pytest.approx(0.5 / 42)
    assert about.tolerance == 0.1


@pytest.mark.parametrize(
    "text",
    [
        "the February 11 Plant", "the October 7 Factory", "Hwasong-11 and KN-23", "Building 7 stands out", "Factory No. 17", "in 2024",
        "on 4 January 2024", "It opened at 17:00.", "the previous one", "Call 0555 014 2230.", "under a new roof", "the 1990s",
    ],
)  # fmt: skip
def test_names_dates_and_telephone_numbers_are_no_quantities(text: str) -> None:
    assert quantities(text) == ()

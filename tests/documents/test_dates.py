"""Times against days worked out by hand; everything is published on Tuesday, 26 November 2024."""
# ruff: noqa: E501 (tables of cases)

import pytest

from sitewatch.documents.dates import dates
from sitewatch.documents.feasts import easter

PUBLISHED = "2024-11-26"


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "precision"),
    [
        ("in early October", "2024-10-01", "2024-10-10", "part-of-month"),
        ("late May to mid-June", "2024-05-21", "2024-06-20", "range"),
        ("between late May and mid-June", "2024-05-21", "2024-06-20", "range"),
        ("in the past year", "2023-11-26", "2024-11-26", "range"),
        ("last month", "2024-10-01", "2024-10-31", "month"),
        ("last week", "2024-11-18", "2024-11-24", "week"),
        ("on Monday", "2024-11-25", "2024-11-25", "day"),
        ("since at least 2019", "2019-01-01", None, "after"),
        ("by the end of 2023", None, "2023-12-31", "before"),
        ("before May 2023", None, "2023-04-30", "before"),
        ("after 5 June 2023", "2023-06-06", None, "after"),
        ("no earlier than June 2022", "2022-06-01", None, "after"),
        ("not until March 2022", "2022-03-01", None, "after"),
        ("before the end of April 2022", None, "2022-04-30", "before"),
        ("from 2018 onwards", "2018-01-01", None, "after"),
        ("summer 2024", "2024-06-01", "2024-08-31", "season"),
        ("the winter of 2022-23", "2022-12-01", "2023-02-28", "season"),
        ("Q3 2024", "2024-07-01", "2024-09-30", "range"),
        ("in the 1990s", "1990-01-01", "1999-12-31", "decade"),
        ("30 December 2023", "2023-12-30", "2023-12-30", "day"),
        ("December 30th, 2023", "2023-12-30", "2023-12-30", "day"),
        ("26/11/2024", "2024-11-26", "2024-11-26", "day"),
        ("12.11.2024", "2024-11-12", "2024-11-12", "day"),
        ("2024-10-05", "2024-10-05", "2024-10-05", "day"),
        ("two years ago", "2022-01-01", "2022-12-31", "year"),
        ("mid-2022", "2022-05-01", "2022-08-31", "part-of-year"),
        ("the first half of 2023", "2023-01-01", "2023-06-30", "range"),
        ("On 11 September, it closed.", "2024-09-11", "2024-09-11", "day"),
        ("In December it was empty.", "2023-12-01", "2023-12-31", "month"),
        ("It will open in March.", "2025-03-01", "2025-03-31", "month"),
        ("in spring of last year", "2023-03-01", "2023-05-31", "season"),
        ("5-7 October 2024", "2024-10-05", "2024-10-07", "range"),
        ("from 2019 to 2021", "2019-01-01", "2021-12-31", "range"),
        ("between December 2023 and February", "2023-12-01", "2024-02-29", "range"),
        ("paved in April and May 2024", "2024-04-01", "2024-05-31", "range"),
        ("at 02:40 on 27 August", "2024-08-27", "2024-08-27", "minute"),
    ],
)  # fmt: skip
def test_days(text: str, earliest: str | None, latest: str | None, precision: str) -> None:
    found = dates(text, PUBLISHED)
    assert len(found) == 1, found
    assert (found[0].earliest, found[0].latest, found[0].precision) == (earliest, latest, precision)
    assert text[found[0].start : found[0].end] == found[0].text


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("in early October", "XXXX-10"), ("on 5 May", "XXXX-05-05"), ("late May to mid-June", "XXXX-05/XXXX-06"),
        ("last month", None), ("the summer of 2024", "2024-22"),
    ],
)  # fmt: skip
def test_without_a_day_of_publication_the_year_stays_open(text: str, edtf: str | None) -> None:
    (found,) = dates(text)
    assert found.edtf == edtf
    if edtf is None or "X" in edtf:
        assert (found.earliest, found.latest) == (None, None)


def test_a_day_that_may_be_a_month_is_kept_wide() -> None:
    (found,) = dates("12/11/2024")
    assert found.edtf == "[2024-11-12,2024-12-11]"
    assert (found.earliest, found.latest) == ("2024-11-12", "2024-12-11")


def test_what_was_assumed_is_said() -> None:
    assert dates("on 5 May", PUBLISHED)[0].resolved_from == "published 2024-11-26"
    assert dates("on 5 May 2023", PUBLISHED)[0].resolved_from is None
    assert "northern hemisphere" in (dates("summer 2023", PUBLISHED)[0].resolved_from or "")
    assert dates("summer 2023", southern=True)[0].earliest == "2023-12-01"


@pytest.mark.parametrize(
    "text",
    [
        "the February 11 Plant", "the February 11 plant", "October 7 Factory", "May Day Stadium", "the factory named after 1 May",
        "Hwasong-11", "31 February 2024", "It may march on.", "1,990 people", "2024 m of fence", "Factory No. 17",
    ],
)  # fmt: skip
def test_names_and_numbers_are_no_dates(text: str) -> None:
    assert dates(text, PUBLISHED) == ()


def test_a_preposition_makes_a_date_of_what_could_be_a_name() -> None:
    assert [w.text for w in dates("On February 11 plant workers left.", PUBLISHED)] == ["February 11"]


@pytest.mark.parametrize("day", ["2000-04-23", "2019-04-21", "2022-04-17", "2024-03-31", "2038-04-25"])
def test_easter(day: str) -> None:
    assert easter(int(day[:4])).isoformat() == day

"""Acquisition dates from names, tags and the user."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitewatch.errors import SceneError, UsageError
from sitewatch.imagery import dates
from sitewatch.types import DatePrecision, DateSource

SECOND, DAY, MONTH, YEAR = (
    DatePrecision.SECOND,
    DatePrecision.DAY,
    DatePrecision.MONTH,
    DatePrecision.YEAR,
)


@pytest.mark.parametrize(
    ("name", "expected", "precision"),
    [
        ("20240219_021000_02_2402_3B_AnalyticMS_SR", datetime(2024, 2, 19, 2, 10), SECOND),
        ("ref_S2A_20160608T153121_T33UUU_sub", datetime(2016, 6, 8, 15, 31, 21), SECOND),
        ("2019-05-01T10-11-12Z_site", datetime(2019, 5, 1, 10, 11, 12), SECOND),
        ("m_4709963_se_14_1_20090818", datetime(2009, 8, 18, 12), DAY),
        ("plant 2019-05-01 east", datetime(2019, 5, 1, 12), DAY),
        ("2019.05.01", datetime(2019, 5, 1, 12), DAY),
        ("site_3_Oct_2016", datetime(2016, 10, 3, 12), DAY),
        ("2003_12", datetime(2003, 12, 15, 12), MONTH),
        ("2009_11", datetime(2009, 11, 15, 12), MONTH),
        ("march2011", datetime(2011, 3, 15, 12), MONTH),
        ("taizhou2000", datetime(2000, 7, 2, 12), YEAR),
        ("389225main_sw_1965_1024", datetime(1965, 7, 2, 12), YEAR),
    ],
)
def test_dates_in_names(name: str, expected: datetime, precision: DatePrecision) -> None:
    assert dates.find_dates(name)[0] == (expected.replace(tzinfo=UTC), precision)


@pytest.mark.parametrize(
    "name",
    ["tile_31500-5137", "IMG_0001", "test_1", "joplin_00000000_post", "20241345", "2099_01", "roof-4709963"],
)
def test_numbers_that_are_no_dates(name: str) -> None:
    assert dates.find_dates(name) == []


@pytest.mark.parametrize(
    ("text", "expected", "precision"),
    [
        ("2016", datetime(2016, 7, 2, 12), YEAR),
        ("2016-10", datetime(2016, 10, 15, 12), MONTH),
        ("2016-10-14", datetime(2016, 10, 14, 12), DAY),
        ("20161014", datetime(2016, 10, 14, 12), DAY),
        ("2016-10-14T09:30:00Z", datetime(2016, 10, 14, 9, 30), SECOND),
        ("2016-10-14T09:30:00+02:00", datetime(2016, 10, 14, 7, 30), SECOND),
    ],
)
def test_user_dates(text: str, expected: datetime, precision: DatePrecision) -> None:
    found = dates.from_user(text)
    assert (found.acquired, found.precision, found.source) == (
        expected.replace(tzinfo=UTC),
        precision,
        DateSource.USER,
    )


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2016-13", "2016-02-30", "14/10/2016", "2999-01-01", "10-2016"]
)
def test_bad_user_dates_name_the_option(text: str) -> None:
    with pytest.raises(UsageError, match="--date"):
        dates.from_user(text)


def test_no_date_asks_for_one() -> None:
    with pytest.raises(SceneError, match="pass --date"):
        dates.decide(Path("/x/picture.png"))


@pytest.mark.parametrize(
    "name",
    [
        "Screenshot 2024-05-01 at 10.11.12",
        "Screen Shot 2024-05-01 at 9.11.12 AM",
        "Screenshot_20240501-101112",
        "Screenshot 2024-05-01 101112",
        "Bildschirmfoto 2024-05-01 um 10.11.12",
    ],
)
def test_when_a_screen_was_captured_is_no_acquisition(name: str) -> None:
    with pytest.raises(SceneError, match=r"screen was captured.*--date"):
        dates.decide(Path(f"/x/{name}.png"))
    assert dates.decide(Path(f"/x/{name}.png"), user="2016-09").precision is MONTH


@pytest.mark.parametrize(
    "name", ["screenshot_2016_09", "screenshot plant 2016-09-14", "20160914_101112_view"]
)
def test_a_date_written_by_hand_passes(name: str) -> None:
    assert dates.decide(Path(f"/x/{name}.png")).acquired.strftime("%Y-%m") == "2016-09"


def test_tag_inside_the_named_day_is_finer() -> None:
    found = dates.decide(Path("/x/20240219_a.tif"), tags={"TIFFTAG_DATETIME": "2024:02:19 02:10:00"})
    assert found.acquired == datetime(2024, 2, 19, 2, 10, tzinfo=UTC)
    assert (found.source, found.precision) == (DateSource.TAG, SECOND)


@pytest.mark.parametrize(
    ("name", "tag", "source"),
    [
        ("20240219", "2025:06:01 08:00:00", DateSource.FILENAME),  # the tag is when it was edited
        ("20250601", "2024:02:19 02:10:00", DateSource.TAG),  # the name is when it was fetched
    ],
)
def test_of_two_dates_the_earlier_is_the_acquisition(name: str, tag: str, source: DateSource) -> None:
    found = dates.decide(Path(f"/x/{name}.tif"), tags={"TIFFTAG_DATETIME": tag})
    assert (found.source, found.acquired.date().isoformat()) == (source, "2024-02-19")
    assert "earlier is used" in found.notes[-1]


def test_folder_dates_an_image_without_date() -> None:
    found = dates.decide(Path("/data/2022-07-20/10300100D6789800-visual.tif"))
    assert found.acquired.date().isoformat() == "2022-07-20"
    assert "folder" in found.notes[0]


def test_two_dates_in_a_name_are_told() -> None:
    found = dates.decide(Path("/x/20170101_20171231_median.tif"))
    assert found.acquired.year == 2017
    assert "several dates" in found.notes[0]


@given(st.datetimes(datetime(1960, 1, 1), datetime(2025, 12, 31)))
def test_written_dates_are_found_again(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    for form, fill in (("%Y%m%dT%H%M%S", {}), ("%Y-%m-%d", {"hour": 12, "minute": 0, "second": 0})):
        found, _ = dates.find_dates(f"a_{moment.strftime(form)}_b")[0]
        assert found == moment.replace(tzinfo=UTC, **fill)

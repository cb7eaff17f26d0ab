"""Objects, false alarms, dates and calibration on squares and dates whose scores are worked out by hand."""

from datetime import date
from typing import Any

import pytest

from sitewatch.errors import DataError
from sitewatch.evaluate.alarms import false_alarms
from sitewatch.evaluate.calibration import calibration, reliability
from sitewatch.evaluate.dates import date_scores, smallest_set
from sitewatch.evaluate.detection import f1, object_scores
from sitewatch.evaluate.match import SiteRows, match


def square(x: float, y: float, side: float, height: float | None = None, **properties: Any) -> dict[str, Any]:
    """A rectangle in metres (coordinates are pixels of 1 m), its lower left corner at x, y."""
    up = side if height is None else height
    ring = [(x, y), (x + side, y), (x + side, y + up), (x, y + up), (x, y)]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"kind": "appeared", **properties},
    }


def rows(events: list[dict[str, Any]], truth: list[dict[str, Any]], **more: Any) -> SiteRows:
    return match(events, truth, pixels=True, **{"gsd_m": 1.0, **more})


class TestObjects:
    def test_counts(self) -> None:
        # Two found (IoU 1 and 1/3), one missed, one false.
        truth = [square(0, 0, 10), square(50, 0, 10), square(100, 0, 10, kind="removed")]
        events = [square(0, 0, 10), square(55, 0, 10), square(200, 0, 10)]
        table = object_scores([rows(events, truth)])
        at25, at50 = table.overall
        assert (at25.recall.count, at25.recall.total, at25.precision.count, at25.precision.total) == (
            2,
            3,
            2,
            3,
        )
        assert (at50.recall.count, at50.precision.count) == (1, 1)
        assert at25.f1.value == pytest.approx(2 / 3)
        assert at50.f1.value == pytest.approx(1 / 3)
        assert table.recall_by_kind["removed"][0.25].count == 0
        assert table.recall_by_kind["appeared"][0.25].value == 1
        assert "crane" not in table.recall_by_kind

    def test_small_and_thin_changes_are_scored_apart(self) -> None:
        # At 3 m a pixel: 5 x 5 m is 2.8 pixels; 4 x 30 m is 13 pixels but 1.3 wide; 6 x 30 m counts.
        truth = [square(0, 0, 5), square(20, 0, 4, 30), square(60, 0, 6, 30, what="crane", kind="removed")]
        events = [square(0, 0, 5), square(60, 0, 6, 30, kind="removed")]
        made = rows(_third(events), _third(truth), gsd_m=3.0)
        assert [w.scored for w in made.wanted] == ["small", "small", "full"]
        assert [f.why_false for f in made.found] == ["apart", None]
        table = object_scores([made])
        assert (table.overall[0].recall.count, table.overall[0].recall.total) == (1, 1)
        assert table.overall[0].precision.total == 1
        assert (table.apart["small"][0.25].count, table.apart["small"][0.25].total) == (1, 2)
        assert table.recall_by_kind["crane"][0.25].count == 1

    def test_a_blob_over_a_small_change_is_neither_right_nor_false(self) -> None:
        made = rows([square(-4, -4, 9)], [square(0, 0, 1)], gsd_m=1.0)
        assert made.found[0].target is None
        assert made.found[0].why_false == "apart"
        assert f1([made], 0.25) is None

    def test_a_change_never_seen_from_one_side_is_scored_apart(self) -> None:
        seen = {"t_true": "2024-05-01", "not_before": "2024-04-01", "not_after": "2024-05-03"}
        early = {"t_true": "2024-01-01", "not_before": None, "not_after": "2024-01-03"}
        made = rows([], [square(0, 0, 10, **seen), square(50, 0, 10, **early)])
        assert [w.scored for w in made.wanted] == ["full", "unseen"]

    def test_why_events_are_false(self) -> None:
        truth = [
            square(0, 0, 20),
            square(100, 0, 10, kind="distractor", what="repaint"),
            square(200, 0, 10, kind="reference", what="hall"),
        ]
        events = [
            square(0, 0, 20),
            square(1, 1, 4),  # a fragment of the first, which is taken
            square(100, 0, 10),
            square(202, 0, 10),
            square(300, 0, 10),
        ]
        made = rows(events, truth)
        assert [f.why_false for f in made.found] == [
            None,
            "part",
            "distractor: repaint",
            "reference: hall",
            "nothing",
        ]

    def test_sizes(self) -> None:
        made = rows([square(0, 0, 9)], [square(0, 0, 9), square(50, 0, 30)])
        table = object_scores([made])
        assert table.recall_by_size["0-100 m2"][0.25].value == 1
        assert table.recall_by_size["400-1600 m2"][0.25].value == 0
        assert list(table.precision_by_size) == ["0-100 m2"]

    def test_interval_of_f1_comes_from_whole_sites(self) -> None:
        good, bad = rows([square(0, 0, 9)], [square(0, 0, 9)]), rows([square(0, 0, 9)], [square(50, 0, 9)])
        table = object_scores([good] * 10 + [bad] * 10)
        score = table.overall[0].f1
        assert score.value == pytest.approx(0.5)
        assert score.low is not None
        assert score.high is not None
        assert 0.2 < score.low < 0.4
        assert 0.6 < score.high < 0.8

    def test_a_feature_without_kind_is_refused(self) -> None:
        with pytest.raises(DataError, match="no `kind`"):
            rows([square(0, 0, 9, kind=None)], [])


def _third(features: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same in pixels of 3 m."""
    return [
        {
            **f,
            "geometry": {
                "type": "Polygon",
                "coordinates": [[(x / 3, y / 3) for x, y in f["geometry"]["coordinates"][0]]],
            },
        }
        for f in features
    ]


class TestAlarms:
    def test_rate(self) -> None:
        site = rows([square(0, 0, 9), square(50, 0, 9, kind="altered")], [], area_km2=0.5, years=2.0)
        table = false_alarms([site, rows([], [], area_km2=0.5, years=2.0)])
        assert (table.rate.count, table.rate.exposure, table.rate.value) == (2, 2.0, 1.0)
        assert table.by_kind["altered"].value == 0.5
        assert table.elsewhere.count == 2
        # two events: 90 % Garwood interval of the mean .355 to 6.296
        assert (table.rate.low * 2, table.rate.high * 2) == pytest.approx((0.3554, 6.2958), abs=1e-3)

    def test_fragments_are_false_but_not_elsewhere(self) -> None:
        site = rows([square(0, 0, 20), square(1, 1, 4)], [square(0, 0, 20)], area_km2=1.0, years=1.0)
        table = false_alarms([site])
        assert (table.rate.count, table.elsewhere.count) == (1, 0)

    def test_without_exposure(self) -> None:
        with pytest.raises(DataError, match="area and the time"):
            false_alarms([rows([], [])])


def dated(gap: tuple[str, str], hull: tuple[str | None, str | None], **truth: Any) -> SiteRows:
    event = square(0, 0, 10, gap_start=gap[0], gap_end=gap[1], not_before=hull[0], not_after=hull[1])
    return rows([event], [square(0, 0, 10, **truth)])


TRUE = {"t_true": "2024-05-10", "not_before": "2024-05-01", "not_after": "2024-05-20"}


class TestDates:
    def test_the_right_gap_holds_the_first_day(self) -> None:
        right = dated(("2024-05-01", "2024-05-20"), ("2024-05-01", "2024-05-20"), **TRUE)
        # a look of the very day shows the change: (start, end]
        on_the_day = dated(("2024-05-09", "2024-05-10"), ("2024-05-09", "2024-05-10"), **TRUE)
        day_after = dated(("2024-05-10", "2024-05-30"), ("2024-04-10", "2024-05-30"), **TRUE)
        table = date_scores([right, on_the_day, day_after])
        assert (table.gap_right.count, table.gap_right.total) == (2, 3)
        assert table.hull_covers.count == 3
        assert table.hull_width_days.value == pytest.approx((19 + 1 + 50) / 3)
        # middles: 05-10.5, 05-09.5, 05-20
        assert table.error_days_median.value == pytest.approx(0.5)

    def test_open_ends_hold_everything(self) -> None:
        table = date_scores([dated(("2024-01-01", "2024-02-01"), (None, None), **TRUE)])
        assert (table.hull_covers.count, table.hull_open.count, table.gap_right.count) == (1, 1, 0)
        assert table.hull_width_days.value is None

    def test_a_truth_without_a_day_needs_half_of_its_gap(self) -> None:
        span = {"not_before": "2024-05-01", "not_after": "2024-05-21"}
        most = dated(("2024-05-05", "2024-06-01"), ("2024-05-05", "2024-06-01"), **span)  # 16 of 20 days
        least = dated(("2024-05-15", "2024-06-01"), ("2024-05-15", "2024-06-01"), **span)  # 6 of 20
        assert date_scores([most]).gap_right.count == 1
        assert date_scores([least]).gap_right.count == 0

    def test_a_later_stage(self) -> None:
        late = dated(
            ("2024-07-01", "2024-07-20"),
            ("2024-07-01", "2024-07-20"),
            **TRUE,
            stage_dates=["2024-05-10", "2024-07-11"],
        )
        table = date_scores([late])
        assert (table.gap_right.count, table.at_a_later_stage.count) == (0, 1)

    def test_undated_pairs_are_counted_apart(self) -> None:
        table = date_scores([dated(("2024-07-01", "2024-07-20"), (None, None))])
        assert (table.pairs, table.undated, table.gap_right.total) == (1, 1, 0)

    def test_posterior(self) -> None:
        a, b, c, d = (date(2024, m, 1) for m in (4, 5, 6, 7))
        gaps = [(a, b, 0.15), (b, c, 0.8), (c, d, 0.05)]
        assert smallest_set(gaps) == [gaps[1], gaps[0]]
        event = square(0, 0, 10, gap_start="2024-05-01", gap_end="2024-06-01")
        made = match([event], [square(0, 0, 10, **TRUE)], pixels=True, gaps=[gaps])
        table = date_scores([made])
        assert table.set_covers is not None
        assert table.set_covers.count == 1
        assert table.set_width_days is not None
        assert table.set_width_days.value == 61
        assert table.log_score is not None
        assert table.log_score.value == pytest.approx(-0.22314, abs=1e-4)

    def test_a_set_with_a_hole_may_miss_what_its_hull_holds(self) -> None:
        a, b, c, d = (date(2024, m, 1) for m in (4, 5, 6, 7))
        event = square(
            0,
            0,
            10,
            gap_start="2024-04-01",
            gap_end="2024-05-01",
            not_before="2024-04-01",
            not_after="2024-07-01",
        )
        made = match(
            [event], [square(0, 0, 10, **TRUE)], pixels=True, gaps=[[(a, b, 0.5), (b, c, 0.05), (c, d, 0.45)]]
        )
        table = date_scores([made])
        assert table.hull_covers.count == 1
        assert table.set_covers is not None
        assert table.set_covers.count == 0

    def test_a_date_that_is_none(self) -> None:
        with pytest.raises(DataError, match="'soon' is no date"):
            dated(("soon", "2024-01-01"), (None, None), **TRUE)


class TestCalibration:
    def test_brier_by_hand(self) -> None:
        truth = [square(0, 0, 10)]
        made = rows([square(0, 0, 10, probability=0.8), square(50, 0, 10, probability=0.6)], truth)
        table = calibration([made])
        assert table.brier.value == pytest.approx((0.2**2 + 0.6**2) / 2)
        assert (table.base_rate, table.brier_base) == (0.5, 0.25)
        assert [(b.stated, b.observed, b.count) for b in table.curve] == [(0.6, 0.0, 1), (0.8, 1.0, 1)]
        assert table.error == pytest.approx((0.6 + 0.2) / 2)

    def test_bins_are_closed_below_and_the_last_one_above(self) -> None:
        bins = reliability([(0.1, True), (0.0999, False), (1.0, True), (0.9, True)])
        assert [(b.low, b.count) for b in bins] == [(0.0, 1), (0.1, 1), (0.9, 2)]

    def test_kind(self) -> None:
        made = rows([square(0, 0, 10, probability=1.0, kind="removed")], [square(0, 0, 10)])
        assert calibration([made]).brier.value == 0
        assert calibration([made], kind_must_match=True).brier.value == 1

    def test_none_stated_or_nonsense(self) -> None:
        with pytest.raises(DataError, match="no event states"):
            calibration([rows([square(0, 0, 9)], [])])
        with pytest.raises(DataError, match=r"probability 1\.5"):
            calibration([rows([square(0, 0, 9, probability=1.5)], [])])

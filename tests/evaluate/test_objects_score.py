"""Object scores on squares whose overlaps are known."""

from typing import Any

import pytest

from sitewatch.evaluate.objects import score_objects

DEG = 1e-5
"""About 1.1 m of latitude on the equator."""


def feature(x: float, y: float, side: float, **properties: Any) -> dict[str, Any]:
    """A square with its corner at x, y, all in units of DEG."""
    ring = [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [[(a * DEG, b * DEG) for a, b in ring]]},
        "properties": {"kind": "appeared", **properties},
    }


def test_equal_outlines_match_and_distractors_are_no_targets() -> None:
    truth = [feature(0, 0, 10), feature(50, 0, 10, kind="distractor")]
    result = score_objects([feature(0, 0, 10), feature(50, 0, 10)], truth)
    assert result.targets == 1
    assert result.pairs[0].iou == pytest.approx(1)
    assert result.false_events == (1,)
    assert result.f1() == pytest.approx(2 / 3)


def test_iou_of_shifted_squares() -> None:
    # A square of 10 shifted by 5: overlap 50, union 150.
    result = score_objects([feature(5, 0, 10)], [feature(0, 0, 10)])
    assert result.pairs[0].iou == pytest.approx(1 / 3, rel=1e-3)
    assert result.f1(at=0.5) == 0


def test_one_event_matches_one_target_only() -> None:
    result = score_objects([feature(0, 0, 10)], [feature(0, 0, 10), feature(0, 0, 9)])
    assert len(result.pairs) == 1
    assert result.missed == (1,)


def test_dates_overlap_or_not() -> None:
    truth = [feature(0, 0, 10, not_before="2024-03-01", not_after="2024-04-01")]
    ok = feature(0, 0, 10, not_before="2024-03-20", not_after="2024-06-01")
    late = feature(0, 0, 10, not_before="2024-04-02", not_after="2024-06-01")
    still_open = feature(0, 0, 10, not_before=None, not_after="2024-03-15")
    assert score_objects([ok], truth).pairs[0].dated
    assert not score_objects([late], truth).pairs[0].dated
    assert score_objects([still_open], truth).pairs[0].dated


def test_a_clearing_may_be_matched_around_the_building_on_it() -> None:
    truth = [feature(0, 0, 20, what="clearing", kind="altered"), feature(5, 5, 10, what="building")]
    around = feature(0, 0, 20, kind="altered")
    inner = [(5, 5), (15, 5), (15, 15), (5, 15), (5, 5)]
    around["geometry"]["coordinates"].append([(a * DEG, b * DEG) for a, b in inner])
    result = score_objects([around], truth)
    assert result.pairs[0].target == 0
    assert result.pairs[0].iou == pytest.approx(1, rel=1e-3)


def test_a_common_offset_is_taken_off() -> None:
    truth = [feature(0, 0, 10), feature(40, 10, 10)]
    events = [feature(6, 0, 10), feature(46, 10, 10)]
    assert score_objects(events, truth).f1(at=0.5) == 0
    result = score_objects(events, truth, search_m=8)
    assert result.f1(at=0.5) == 1
    assert result.offset_m[0] == pytest.approx(6.7, abs=0.6)


def test_nothing_to_find_and_nothing_found() -> None:
    assert score_objects([], []).f1() == 1
    assert score_objects([feature(0, 0, 5)], []).f1() == 0

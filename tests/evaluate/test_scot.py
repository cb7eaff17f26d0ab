"""SCOT on footprints whose scores are worked out by hand, and its matching against brute force."""

from itertools import permutations

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from sitewatch.errors import DataError
from sitewatch.evaluate.scot import Counts, mean_scot, pair, scot
from sitewatch.evaluate.tracks import events_of_steps, steps_of_events


def box(x: float, side: float = 10, y: float = 0) -> shapely.Polygon:
    return shapely.box(x, y, x + side, y + side)


A, B, C = box(0), box(100), box(200)


def test_the_same_twice_is_perfect() -> None:
    steps = [{"a": A}, {"a": A, "b": B}]
    result = scot(steps, steps)
    assert result.score == 1
    assert (result.tracking, result.change) == (Counts(3, 0, 0), Counts(1, 0, 0))


def test_by_hand() -> None:
    # Truth: a always; b from step 1. Proposals: p on a always; q on b from step 1; r, false, from step 2.
    truth = [{"a": A}, {"a": A, "b": B}, {"a": A, "b": B}]
    ours = [{"p": A}, {"p": A}, {"p": A, "q": B, "r": C}]
    result = scot(truth, ours)
    # pairs: 1 + 1 + 2; proposals 1 + 1 + 3; truths 1 + 2 + 2
    assert result.tracking == Counts(4, 1, 1)
    # step 1: b new, missed. Step 2: b known, q new: false; r new: false.
    assert result.change == Counts(0, 2, 1)
    assert result.score == 0  # nothing right in the change term


def test_change_and_tracking_together() -> None:
    truth = [{"a": A}, {"a": A, "b": B}]
    ours = [{"p": A}, {"p": A, "q": B, "r": C}]
    result = scot(truth, ours)
    t, c = 6 / 7, 2 / 3  # tracking 3 of (3, 1 false); change 1 of (1, 1 false)
    assert result.tracking.f1 == pytest.approx(t)
    assert result.change.f1 == pytest.approx(c)
    assert result.score == pytest.approx(5 * c * t / (4 * c + t))


def test_a_new_partner_is_a_mismatch() -> None:
    truth = [{"a": A}, {"a": A}, {"a": A}]
    ours = [{"p": A}, {"q": A}, {"q": A}]
    result = scot(truth, ours)
    assert result.mismatches == 1
    assert result.tracking == Counts(2, 1, 1)
    # The proposal side alone: one proposal on two truths in turn.
    result = scot([{"a": A}, {"b": A}], [{"p": A}, {"p": A}])
    assert result.mismatches == 1


def test_a_gap_in_time_does_not_forget_the_partner() -> None:
    result = scot([{"a": A}, {}, {"a": A}], [{"p": A}, {}, {"q": A}])
    assert result.mismatches == 1


def test_the_threshold_is_strict() -> None:
    # 10 x 10 against 10 x 10 shifted so that IoU is exactly 1/4: overlap s = 40 of 160.
    assert pair({"a": shapely.box(0, 0, 10, 10)}, {"p": shapely.box(6, 0, 16, 10)}) == {}
    assert pair({"a": shapely.box(0, 0, 10, 10)}, {"p": shapely.box(5.9, 0, 15.9, 10)}) == {"a": "p"}


def test_many_pairs_go_before_good_ones() -> None:
    # a fits p best, but b fits only p: both are matched when a takes q.
    a, b = shapely.box(0, 0, 10, 10), shapely.box(-6, 0, 4, 10)
    p, q = shapely.box(-1, 0, 9, 10), shapely.box(4, 0, 14, 10)
    assert pair({"a": a, "b": b}, {"p": p, "q": q}) == {"a": "q", "b": "p"}


def test_removals() -> None:
    truth = [{"a": A, "b": B, "c": C}, {"a": A, "b": B}, {"a": A}]
    ours = [{"p": A, "q": B, "r": C}, {"p": A, "q": B}, {"q": B}]
    # c is gone in time (right); b is gone at step 2, q stays (missed); p is gone though a stays (false).
    assert scot(truth, ours).removals == Counts(1, 1, 1)


def test_a_late_removal_counts_within_the_tolerance() -> None:
    truth = [{"a": A}, {}, {}, {}]
    ours = [{"p": A}, {"p": A}, {}, {}]
    assert scot(truth, ours).removals == Counts(0, 1, 1)
    assert scot(truth, ours, tolerance=1).removals == Counts(1, 0, 0)


def test_nothing_at_all() -> None:
    result = scot([{}, {}], [{}, {}])
    assert result.score == 0
    assert result.tracking.f1 is None


def test_areas() -> None:
    one, none = scot([{}, {"a": A}], [{}, {"p": A}]), scot([{}, {"a": A}], [{}, {}])
    assert mean_scot([one, none]) == 0.5
    with pytest.raises(DataError, match="no area"):
        mean_scot([])
    with pytest.raises(DataError, match="1 steps of proposals for 2"):
        scot([{}, {}], [{}])


boxes = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(2, 6)).map(
        lambda v: shapely.box(v[0], v[1], v[0] + v[2], v[1] + v[2])
    ),
    max_size=3,
)


@settings(max_examples=60, deadline=None)
@given(boxes, boxes)
def test_matching_is_the_best_of_all(ours: list[shapely.Polygon], theirs: list[shapely.Polygon]) -> None:
    def worth(a: shapely.Polygon, b: shapely.Polygon) -> float:
        iou = a.intersection(b).area / a.union(b).area
        return 100 + iou if iou > 0.25 else 0.0

    table = [[*(worth(a, b) for b in theirs), *[0.0] * len(ours)] for a in ours]  # or matched to nothing
    best = max(
        sum(row[k] for row, k in zip(table, order, strict=True))
        for order in permutations(range(len(theirs) + len(ours)), len(ours))
    )
    found = pair({str(i): a for i, a in enumerate(ours)}, {str(i): b for i, b in enumerate(theirs)})
    assert sum(worth(ours[int(t)], theirs[int(p)]) for t, p in found.items()) == pytest.approx(best)
    assert len(set(found.values())) == len(found)


def test_steps_become_events_and_back() -> None:
    from datetime import date

    days = [date(2024, m, 1) for m in (1, 2, 3, 4)]
    steps = [{"a": A, "g": C}, {"a": A, "b": B, "g": C}, {"a": A, "b": B}, {"a": A, "b": B}]
    events = events_of_steps(days, steps)
    assert [(e["properties"]["id"], e["properties"]["kind"]) for e in events] == [
        ("b", "appeared"),
        ("g", "removed"),
    ]
    assert [(e["properties"]["gap_start"], e["properties"]["gap_end"]) for e in events] == [
        ("2024-01-01", "2024-02-01"),
        ("2024-02-01", "2024-03-01"),
    ]
    back = steps_of_events(events, days)
    assert [set(s) for s in back] == [{"g"}, {"b", "g"}, {"b"}, {"b"}]

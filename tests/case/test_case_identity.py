"""Which detection is which event, over re-runs."""

from collections.abc import Callable

import shapely
from hypothesis import given
from hypothesis import strategies as st

from sitewatch.case.identity import GONE, STALE, Descent, reconcile
from sitewatch.types import Event, EventKind

Make = Callable[..., Event]


def ids(events: tuple[Event, ...]) -> list[str]:
    return [e.id for e in events]


def test_the_same_detection_keeps_its_id(event: Make) -> None:
    result = reconcile([event("1")], [event("new", x=1)])  # 9 of 10 m in common
    assert ids(result.events) == ["1"]
    assert result.events[0].outline.bounds[0] == 1
    assert result.descents == ()


def test_elsewhere_at_another_time_or_of_another_kind_is_another_event(event: Make) -> None:
    known = event("1")
    others = [
        event("far", x=6),  # 4 of 10 m in common: less than half
        event("later", start=11, end=12),
        event("gone", kind=EventKind.REMOVED),
    ]
    for other in others:
        assert ids(reconcile([known], [other]).events) == [other.id]


def test_an_id_that_is_taken_is_not_given_twice(event: Make) -> None:
    result = reconcile([event("1")], [event("1", x=100), event("2")])
    assert {e.id: e.outline.bounds[0] for e in result.events} == {"1": 0, "1-2": 100}


def test_the_better_of_two_parts_keeps_the_id_and_the_other_is_a_split(event: Make) -> None:
    parts = [
        event("left", outline=shapely.box(0, 0, 4, 10)),
        event("right", outline=shapely.box(4, 0, 10, 10)),
    ]
    result = reconcile([event("1")], parts)
    assert {e.id: e.outline.bounds[0] for e in result.events} == {"1": 4, "left": 0}
    assert result.descents == (Descent("1", "left", "split"),)


def test_two_that_grow_together_are_a_merger(event: Make) -> None:
    known = [event("1", outline=shapely.box(0, 0, 4, 10)), event("2", outline=shapely.box(4, 0, 10, 10))]
    result = reconcile(known, [event("both")])
    assert ids(result.events) == ["2"]
    assert result.descents == (Descent("1", "2", "merged"),)


def test_what_a_person_touched_stays(event: Make) -> None:
    known = [event("plain"), event("seen", x=50, review="agreed"), event("drawn", x=90, origin="analyst")]
    once = reconcile(known, [])
    assert {e.id: e.review for e in once.events} == {"seen": f"agreed{GONE}", "drawn": None}
    assert reconcile(once.events, []).events == once.events


def test_a_review_follows_its_event_and_says_when_it_is_stale(event: Make) -> None:
    known = [event("1", review="agreed", label="hall", label_source="analyst")]
    same = reconcile(known, [event("new", label="thing", label_source="detector")]).events[0]
    assert (same.review, same.label, same.label_source) == ("agreed", "hall", "analyst")

    redated = reconcile(known, [event("new", start=5)])
    assert redated.events[0].review == f"agreed{STALE}"
    shrunk = reconcile(known, [event("new", size=5)])
    assert shrunk.events[0].review == f"agreed{STALE}"
    # It stays stale until somebody looks again, also when nothing changes any more.
    assert reconcile(redated.events, [event("new", start=5)]).events[0].review == f"agreed{STALE}"


def test_a_review_of_what_is_found_again_no_longer_says_that_it_is_gone(event: Make) -> None:
    gone = reconcile([event("1", review="agreed")], []).events
    assert reconcile(gone, [event("new")]).events[0].review == "agreed"


def test_parents_are_named_by_the_ids_of_the_case(event: Make) -> None:
    ground = event("a", kind=EventKind.ALTERED)
    result = reconcile([event("7", kind=EventKind.ALTERED)], [ground, event("b", parent="a")])
    assert {e.id: e.parent for e in result.events} == {"7": None, "b": "7"}


@given(st.data())
def test_neither_order_nor_repetition_matters(event: Make, data: st.DataObject) -> None:
    spots = st.lists(
        st.tuples(st.integers(0, 6), st.integers(2, 8), st.sampled_from([1, 4]), st.booleans()),
        max_size=6,
        unique=True,
    )

    def events(prefix: str) -> list[Event]:
        return [
            event(
                f"{prefix}{i}",
                x=5 * x,
                size=size,
                start=start,
                review="seen" if seen and prefix == "k" else None,
            )
            for i, (x, size, start, seen) in enumerate(data.draw(spots))
        ]

    known, found = events("k"), events("f")
    result = reconcile(known, found)
    shuffled = reconcile(data.draw(st.permutations(known)), data.draw(st.permutations(found)))
    assert shuffled == result
    assert len({e.id for e in result.events}) == len(result.events)
    assert {e.id for e in known if e.review} <= {e.id for e in result.events} | {
        d.earlier for d in result.descents
    }
    outlines = [e.outline for e in result.events]
    assert all(f.outline in outlines for f in found)
    # Finding the same once more changes nothing.
    again = reconcile(result.events, found)
    assert [(e.id, e.outline) for e in again.events] == [(e.id, e.outline) for e in result.events]

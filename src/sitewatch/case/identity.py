"""The identity of an event over re-runs: which of today's detections are events that the case knows.

Detections follow from their inputs alone; ids belong to the case. A detection is taken for a known event of
the same kind, whose dates it allows, and with which it shares most of the smaller outline; of several the one
with the largest intersection over union. What is left over of such pairs is recorded as a split or a merger.
"""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shapely import STRtree

from sitewatch.types import Event

SHARED = 0.5
"""Share of the smaller outline that two detections of one event have in common at least."""
SAME_OUTLINE = 0.5
"""Intersection over union below which an outline has changed so much that a review no longer covers it."""
STALE = " [stale: the event changed since]"
GONE = " [not found again]"


@dataclass(frozen=True, slots=True)
class Descent:
    """How a detection that is not simply the same event again came of an earlier one."""

    earlier: str
    """Id of the earlier event."""
    later: str
    """Id of the later one."""
    relation: str
    """"split" (a part of `earlier`) or "merged" (`earlier` is now a part of it)."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What the case holds after a run."""

    events: tuple[Event, ...]
    """By id."""
    descents: tuple[Descent, ...]


def reconcile(earlier: Iterable[Event], found: Sequence[Event]) -> Reconciled:
    """Give the detections `found` the ids of the events that they continue; keep what a person has touched.

    The outcome follows from the two sets alone, not from their order. An analyst's event stays as it is. A
    reviewed detection that is not found again stays and says so; one that changed says that its review is
    stale. Outlines must be valid and, to be compared, in the same CRS.
    """
    old = sorted(earlier, key=lambda e: e.id)
    new = sorted(found, key=lambda e: (e.gap.start, e.gap.end, e.kind, e.outline.wkt, e.id))
    detected = [e for e in old if e.origin == "detector"]
    pairs = sorted(_pairs(detected, new), key=lambda p: (-p[0], p[1], p[2]))
    match: dict[int, int] = {}  # position in `new` → position in `detected`
    for _, i, j in pairs:
        if j not in match and i not in match.values():
            match[j] = i

    unmatched = [e for i, e in enumerate(detected) if i not in match.values()]
    kept = [e for e in old if e.origin != "detector"] + [_gone(e) for e in unmatched if e.review]
    ids = _ids(new, {j: detected[i].id for j, i in match.items()}, {e.id for e in old})
    renamed = {e.id: name for e, name in zip(new, ids, strict=True)}
    current = [
        _continued(detected[match[j]] if j in match else None, event, ids[j], renamed)
        for j, event in enumerate(new)
    ]
    events = tuple(sorted([*kept, *current], key=lambda e: e.id))
    return Reconciled(events, _descents(pairs, match, [e.id for e in detected], ids))


def _pairs(old: Sequence[Event], new: Sequence[Event]) -> list[tuple[float, int, int]]:
    """(intersection over union, position in `old`, position in `new`) of all that may be one event."""
    result = []
    tree = STRtree([e.outline for e in new])
    for i, a in enumerate(old):
        for j in sorted(int(k) for k in tree.query(a.outline)):
            b = new[j]
            if a.kind != b.kind or a.crs != b.crs or not _dates_meet(a, b):
                continue
            shared = a.outline.intersection(b.outline).area
            if shared >= SHARED * min(a.outline.area, b.outline.area) and shared > 0:
                result.append((shared / a.outline.union(b.outline).area, i, j))
    return result


def _dates_meet(a: Event, b: Event) -> bool:
    (a_first, a_last), (b_first, b_last) = a.posterior.hull(), b.posterior.hull()
    return a_first < b_last and b_first < a_last


def _ids(new: Sequence[Event], given: dict[int, str], taken: set[str]) -> list[str]:
    """An id for each detection: that of the event it continues, else its own, made unique."""
    result = []
    taken = set(taken)
    for j, event in enumerate(new):
        name, number = given.get(j, event.id), 1
        while j not in given and name in taken:
            number += 1
            name = f"{event.id}-{number}"
        taken.add(name)
        result.append(name)
    return result


def _continued(before: Event | None, event: Event, name: str, renamed: dict[str, str]) -> Event:
    """The detection under its id in the case, with what a person said of the event that it continues."""
    parent = renamed.get(event.parent, event.parent) if event.parent is not None else None
    event = dataclasses.replace(event, id=name, parent=parent)
    if before is None:
        return event
    if before.label_source in ("analyst", "claim"):
        event = dataclasses.replace(event, label=before.label, label_source=before.label_source)
    if before.review is None:
        return event
    review = before.review.removesuffix(GONE)
    if _changed(before, event) and not review.endswith(STALE):
        review += STALE
    return dataclasses.replace(event, review=review)


def _gone(event: Event) -> Event:
    return dataclasses.replace(event, review=f"{(event.review or '').removesuffix(GONE)}{GONE}")


def _changed(before: Event, after: Event) -> bool:
    """True where a reviewer would have seen something else."""
    shared = before.outline.intersection(after.outline).area
    same_outline = shared >= SAME_OUTLINE * before.outline.union(after.outline).area
    same_gap = (before.gap.start, before.gap.end) == (after.gap.start, after.gap.end)
    return not (same_outline and same_gap)


def _descents(
    pairs: Sequence[tuple[float, int, int]], match: dict[int, int], old: Sequence[str], new: Sequence[str]
) -> tuple[Descent, ...]:
    result = []
    for _, i, j in pairs:
        if j not in match:
            result.append(Descent(old[i], new[j], "split"))
        elif i not in match.values():
            result.append(Descent(old[i], new[j], "merged"))
    return tuple(result)

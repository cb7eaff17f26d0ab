"""Precision, recall and F1 of events as objects, in all, by kind, by size, and things scored apart."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sitewatch.evaluate.intervals import Estimate, Share, resampled, share
from sitewatch.evaluate.match import Found, SiteRows, Wanted
from sitewatch.evaluate.objects import KINDS

SIZES = ((0.0, 100.0), (100.0, 400.0), (400.0, 1600.0), (1600.0, float("inf")))
"""Square metres: classes [low, high) of the outline."""
R = TypeVar("R", Found, Wanted)


@dataclass(frozen=True, slots=True)
class ObjectScores:
    """Scores at one IoU."""

    iou: float
    recall: Share
    precision: Share
    f1: Estimate
    """Interval by resampling sites."""


@dataclass(frozen=True, slots=True)
class ObjectTable:
    """What `sitewatch evaluate --metric objects` tells."""

    overall: tuple[ObjectScores, ...]
    """One entry an IoU. Neither found nor missed count what is scored apart; a change seen in time but given another
    kind is found."""
    recall_by_kind: dict[str, dict[float, Share]]
    """By the kind of the true change; "crane" besides, which the removals include."""
    precision_by_kind: dict[str, dict[float, Share]]
    """By the kind that the event states."""
    recall_by_size: dict[str, dict[float, Share]]
    precision_by_size: dict[str, dict[float, Share]]
    apart: dict[str, dict[float, Share]]
    """Recall of the changes scored apart: below 4 pixels or 1.5 pixels in width ("small"), or never seen clearly on one
    side ("unseen")."""
    kind_right: Share
    """Of the changes found at the first IoU, those whose kind was right."""


def object_scores(sites: Sequence[SiteRows], ious: Sequence[float] = (0.25, 0.5)) -> ObjectTable:
    """Count over all sites; none of `ious` may lie below `match.LEAST_IOU`."""
    wanted = [w for s in sites for w in s.wanted if w.scored == "full"]
    found = [f for s in sites for f in s.found if f.why_false != "apart"]
    apart = [w for s in sites for w in s.wanted if w.scored != "full"]
    kinds = {k: [w for w in wanted if w.kind == k] for k in KINDS}
    kinds["crane"] = [w for w in wanted if w.kind == "removed" and w.what == "crane"]
    first = min(ious)
    return ObjectTable(
        overall=tuple(
            ObjectScores(t, _recall(wanted, t), _precision(found, t), resampled(sites, _f1_at(t)))
            for t in ious
        ),
        recall_by_kind={k: {t: _recall(rows, t) for t in ious} for k, rows in kinds.items() if rows},
        precision_by_kind={
            k: {t: _precision(events, t) for t in ious}
            for k in KINDS
            if (events := [f for f in found if f.kind == k])
        },
        recall_by_size=_by_size(wanted, _recall, ious),
        precision_by_size=_by_size(found, _precision, ious),
        apart={
            k: {t: _recall(changes, t) for t in ious}
            for k in ("small", "unseen")
            if (changes := [w for w in apart if w.scored == k])
        },
        kind_right=_kind_right(sites, first),
    )


def f1(sites: Sequence[SiteRows], iou: float) -> float | None:
    """Harmonic mean of precision and recall over all sites together; None with nothing to find and nothing found."""
    wanted = [w for s in sites for w in s.wanted if w.scored == "full"]
    found = [f for s in sites for f in s.found if f.why_false != "apart"]
    total = len(wanted) + len(found)
    hits = sum(w.event is not None and w.iou >= iou for w in wanted)
    return 2 * hits / total if total else None


def size_name(low: float, high: float) -> str:
    """A size class in words."""
    return f">= {low:g} m2" if high == float("inf") else f"{low:g}-{high:g} m2"


def _f1_at(iou: float) -> Callable[[Sequence[SiteRows]], float | None]:
    return lambda sites: f1(sites, iou)


def _recall(rows: Sequence[Wanted], iou: float) -> Share:
    return share(sum(w.event is not None and w.iou >= iou for w in rows), len(rows))


def _precision(rows: Sequence[Found], iou: float) -> Share:
    return share(sum(f.target is not None and f.iou >= iou for f in rows), len(rows))


def _by_size(
    rows: Sequence[R], score: Callable[[Sequence[R], float], Share], ious: Sequence[float]
) -> dict[str, dict[float, Share]]:
    result = {}
    for low, high in SIZES:
        inside = [r for r in rows if low <= r.area_m2 < high]
        if inside:
            result[size_name(low, high)] = {t: score(inside, t) for t in ious}
    return result


def _kind_right(sites: Sequence[SiteRows], iou: float) -> Share:
    pairs = [
        (w.kind, s.found[w.event].kind)
        for s in sites
        for w in s.wanted
        if w.scored == "full" and w.event is not None and w.iou >= iou
    ]
    return share(sum(a == b for a, b in pairs), len(pairs))

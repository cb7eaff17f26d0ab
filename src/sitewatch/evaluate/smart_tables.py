"""The tables of SMART broad-area search, in the programme's columns.

Not reproduced: colour codes of outcomes that none of the programme's published tables shows (None here), and the finer
kinds of true positives (exact, under, over) beyond counting them.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sitewatch.evaluate.smart_points import PointOptions, PointSearch
from sitewatch.evaluate.smart_search import Search, SearchOptions
from sitewatch.evaluate.smart_stack import IGNORED, Stack, area_km2, days_of

Row = dict[str, Any]
DISTANCES = (
    "min spatial distance",
    "central spatial distance",
    "max spatial distance",
    "min temporal distance",
    "central temporal distance",
    "max temporal distance",
)
BETAS = {"f_0.33": 1 / 3, "f_0.5": 0.5, "f_1": 1.0, "f_2": 2.0, "f_3": 3.0}
_TRUTH_COLOURS = {"tp": 2, "fn": 3, "tn": 6}
_IGNORED_COLOURS = {("positive_unbounded", False): 9, ("ignore", True): 11, ("ignore", False): 12}
_PROPOSAL_COLOURS = {"fp": 22, "tp": 24, "0": 26}
REPEAT_COLOUR = 27


def sites(stacks: Iterable[Stack]) -> list[Row]:
    """`gt_sites.csv`, `sm_sites.csv`: what is known of each site."""
    return [
        {
            "id": s.id,
            "status": s.status,
            "polygon union area": s.area_km2,
            "max polygon area": s.max_area_km2,
            "confidence score": s.site.score,
            "first observation": s.slices[0].day,
            "start date": s.start,
            "earliest start": s.earliest,
            "latest start": s.latest,
            "start activity": s.activity[0],
            "end activity": s.activity[1],
            "end date": s.end,
            "last observation": s.slices[-1].day,
            "model type": "stack",
        }
        for s in sorted(stacks, key=lambda s: s.id)
    ]


def points(found: PointSearch) -> list[Row]:
    """`gt_sites.csv` of truth in points."""
    return [
        {
            "id": d.point.site_id,
            "status": d.status,
            "polygon union area": 0,
            "max polygon area": None,
            "confidence score": 1,
            "first observation": None,
            "start date": d.point.day,
            "earliest start": None,
            "latest start": None,
            **dict.fromkeys(("start activity", "end activity", "end date"), d.point.day),
            "last observation": None,
            "model type": "point",
        }
        for d in found.detections
    ]


def detections(found: Search | PointSearch) -> list[Row]:
    """`detections_*.csv`: one row a truth."""
    return [_pointed(d) for d in found.detections] if isinstance(found, PointSearch) else _stacked(found)


def _stacked(found: Search) -> list[Row]:
    rows = []
    for d in found.detections:
        m = d.match
        rows.append(
            {
                "site type": d.status,
                "truth site": d.truth.id,
                "site area": d.truth.area_km2,
                "matched site models": ", ".join(m.proposal.members) if m else None,
                "spatial overlap": m.spatial if m else None,
                "temporal iot": m.temporal_iot if m else None,
                "temporal iop": m.temporal_iop if m else None,
                **dict.fromkeys(DISTANCES),
                "site count": len(m.proposal.members) if m else 0,
                "association status": d.outcome,
                "associated": m is not None,
                "color code": _colour(d.status, d.outcome, m is not None),
                "model type": "stack",
            }
        )
    return rows


def _pointed(d: Any) -> Row:
    best = d.matches[0] if d.matches else None
    return {
        "site type": d.status,
        "truth site": d.point.site_id,
        "site area": 0,
        "matched site models": ", ".join(m.proposal.id for m in d.matches) or None,
        "spatial overlap": None,
        "temporal iot": None,
        "temporal iop": None,
        **(
            dict(zip(DISTANCES, (*best.metres, *best.days), strict=True))
            if best
            else dict.fromkeys(DISTANCES)
        ),
        "site count": len(d.matches),
        "association status": d.outcome,
        "associated": best is not None,
        "color code": _colour(d.status, d.outcome, best is not None),
        "model type": "point",
    }


def proposals(found: Search | PointSearch) -> list[Row]:
    """`proposals_*.csv`: one row a proposal."""
    rows = []
    for p in found.proposals:
        truths = p.points if hasattr(p, "points") else p.truths
        repeats = getattr(p, "repeats", False)
        rows.append(
            {
                "site model": p.proposal.id,
                "site area": p.proposal.area_km2,
                "matched truth sites": ", ".join(truths) or None,
                "site count": len(truths),
                "association status": p.outcome,
                "associated": bool(truths) and not repeats,
                "color code": REPEAT_COLOUR if repeats else _PROPOSAL_COLOURS[p.outcome] if truths else 22,
            }
        )
    return rows


def failed(found: Search | PointSearch) -> list[Row]:
    """`failAssoc_*.csv`: pairs that lie on one another, or near, and were not associated."""
    if isinstance(found, Search):
        return [
            _failed_row(
                d.status,
                d.truth.id,
                d.truth.activity,
                o.proposal,
                (o.spatial, o.temporal_iot, o.temporal_iop),
                (None,) * 6,
                "stack",
            )
            for d in found.detections
            for o in d.failed
        ]
    return [
        _failed_row(
            d.status,
            d.point.site_id,
            (d.point.day, d.point.day),
            f.proposal,
            (None,) * 3,
            (*f.metres, *f.days),
            "point",
        )
        for d in found.detections
        for f in d.failed
    ]


def _failed_row(
    status: str, truth: str, activity: Any, proposal: Stack, overlap: Any, far: Any, model: str
) -> Row:
    return {
        "site type": status,
        "truth site": truth,
        "proposal site": proposal.id,
        **dict(zip(("spatial overlap", "temporal iot", "temporal iop"), overlap, strict=True)),
        **dict(zip(DISTANCES, far, strict=True)),
        "truth activity start date": activity[0],
        "truth activity end date": activity[1],
        "proposal activity start date": proposal.activity[0],
        "proposal activity end date": proposal.activity[1],
        "model type": model,
    }


def site_types(found: Search | PointSearch) -> list[Row]:
    """`siteType_*.csv`: on what the proposals lie, each counted once a truth."""
    counts: Counter[str] = Counter()
    for d in found.detections:
        if isinstance(found, PointSearch):
            counts[d.status] += bool(d.matches)  # type: ignore[union-attr]
        elif d.match:  # type: ignore[union-attr]
            counts[d.status] += len(d.match.proposal.members)  # type: ignore[union-attr]
    counts["already detected point"] = sum(getattr(p, "repeats", False) for p in found.proposals)
    counts["false alarm"] = sum(not (p.points if hasattr(p, "points") else p.truths) for p in found.proposals)
    return [{"site type": k, "proposed site count": n} for k, n in counts.items() if n]


def scores(found: Search | PointSearch) -> Row:
    """One row of `scoreboard.csv`."""
    tp, fp, fn = (found.count(k) for k in ("tp", "fp", "fn"))
    region = area_km2(found.region.outline)
    days = days_of((found.region.start, found.region.end))
    stacked = isinstance(found, Search)
    kinds = Counter(_kind(d, found) for d in found.detections if d.outcome == "tp")
    false_area = found.false_area_km2 if isinstance(found, Search) else 0.0
    precision, recall = _ratio(tp, tp + fp), _ratio(tp, tp + fn)
    return {
        "tp sites": tp,
        "tp exact": kinds["exact"],
        "tp under": kinds["under (IoU)"] + kinds["under (IoT)"],
        "tp under (IoU)": kinds["under (IoU)"],
        "tp under (IoT)": kinds["under (IoT)"],
        "tp over": kinds["over"],
        "fp sites": fp,
        "fp area": round(false_area, 4),
        "ffpa": round(false_area / region, 4),
        "proposal area": round(found.proposal_area_km2, 4),
        "fpa": round(found.proposal_area_km2 / region, 4),
        "fn sites": fn,
        "truth annotations": len(found.detections) if stacked else 0,
        "truth sites": tp + fn,
        "proposed annotations": found.proposed,
        "confident proposals": len(found.proposals),
        "proposed sites": tp + fp,
        "total sites": tp + fp + fn,
        "truth slices": sum(len(d.truth.slices) for d in found.detections)
        if isinstance(found, Search)
        else 0,
        "proposed slices": found.proposal_slices,
        "precision": round(precision, 4),
        "recall (PD)": round(recall, 4),
        "F1": round(_ratio(tp, tp + 0.5 * (fp + fn)), 4),
        **_thresholds(found.options),
        "region": found.region.region_id,
        "spatial FAR": round(fp / region, 4),
        "temporal FAR": round(fp / days, 4),
        "images FAR": round(_ratio(fp, found.proposal_slices), 4),
    }


def f_scores(found: Search | PointSearch) -> Row:
    """One row of `f_scores.csv`."""
    tp, fp, fn = (found.count(k) for k in ("tp", "fp", "fn"))
    p, r = _ratio(tp, tp + fp), _ratio(tp, tp + fn)
    given = _thresholds(found.options)
    first = ("tau", "rho", "min proposal area", "min proposal confidence score")
    return {
        "precision": round(p, 4),
        "recall (PD)": round(r, 4),
        **{name: round(_ratio((1 + b * b) * p * r, b * b * p + r), 4) for name, b in BETAS.items()},
        **{name: given[name] for name in first},
        **given,
        "region": found.region.region_id,
    }


def best(rows: Iterable[Row]) -> Row:
    """`bestScore_*.csv`: the row of the scoreboard with the largest F1; of equals the one with the largest thresholds,
    the last named first (so the published tables choose)."""
    names = list(_thresholds(SearchOptions()))
    return max(rows, key=lambda r: (r["F1"], [-1.0 if r[n] is None else r[n] for n in reversed(names)]))


def _thresholds(options: SearchOptions | PointOptions) -> Row:
    stacked = options if isinstance(options, SearchOptions) else SearchOptions()
    # the programme writes the default distance beside stacks too, where it is not used
    metres, days = (
        (options.metres, options.days)
        if isinstance(options, PointOptions)
        else ((100.0, None, None), (None,) * 3)
    )
    return {
        "tau": stacked.tau,
        "rho": stacked.rho,
        "temporal iop": stacked.temporal_iop,
        "temporal iot": stacked.temporal_iot,
        "transient temporal iop": stacked.transient_temporal_iop,
        "transient temporal iot": stacked.transient_temporal_iot,
        "min proposal area": options.min_area_km2,
        "min proposal confidence score": options.min_score,
        **{f"{name} threshold": v for name, v in zip(DISTANCES, (*metres, *days), strict=True)},
    }


def _kind(d: Any, found: Search | PointSearch) -> str:
    """exact: one proposal on one truth; over: several proposals; under: a proposal that lies on several positives."""
    if isinstance(found, PointSearch):
        return "exact"
    if len(d.match.proposal.members) > 1:
        return "over"
    member = d.match.proposal.members[0]
    shared = sum(
        e.outcome == "tp" and e.match is not None and member in e.match.proposal.members
        for e in found.detections
    )
    return ("under (IoT)" if d.match.by_truth else "under (IoU)") if shared > 1 else "exact"


def _colour(status: str, outcome: str, hit: bool) -> int | None:
    return _IGNORED_COLOURS.get((status, hit)) if status in IGNORED else _TRUTH_COLOURS.get(outcome)


def _ratio(a: float, b: float) -> float:
    return a / b if a else 0.0

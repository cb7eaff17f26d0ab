"""SMART broad-area search against truth that is a place and a day only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import radians

import numpy as np
import numpy.typing as npt
import shapely

from sitewatch.evaluate.smart_search import SearchOptions, usable
from sitewatch.evaluate.smart_stack import EXCLUDED, IGNORED, NEGATIVE, Stack, area_km2, degree_m
from sitewatch.types.smart import SmartPoint, SmartRegion

Limits = tuple[float | None, float | None, float | None]


@dataclass(frozen=True, slots=True)
class PointOptions:
    """Largest distances of an association; None for no limit."""

    metres: Limits = (100.0, None, None)
    """To the nearest point of the proposal's outline (0 inside), its middle, its farthest point."""
    days: Limits = (None, None, None)
    """To the nearest day of the proposal's activity (0 within), its middle, its farther end; signs do not matter."""
    listed_m: float = 500.0
    """Pairs nearer than this that are not associated are told."""
    min_area_km2: float = 0.0
    min_score: float = 0.0


@dataclass(frozen=True, slots=True)
class PointPair:
    """One proposal and one point."""

    proposal: Stack
    metres: tuple[float, float, float]
    days: tuple[int, int, int]
    """Positive where the point is later."""
    associated: bool


@dataclass(frozen=True, slots=True)
class PointDetection:
    """One point and the proposals on it, the nearest first."""

    point: SmartPoint
    status: str
    matches: tuple[PointPair, ...]
    failed: tuple[PointPair, ...]
    outcome: str


@dataclass(frozen=True, slots=True)
class PointProposed:
    """One proposal and the points it lies on."""

    proposal: Stack
    points: tuple[str, ...]
    outcome: str
    """tp, fp, or 0."""
    repeats: bool
    """True where each of its points was nearer to another proposal: neither right nor false."""


@dataclass(frozen=True, slots=True)
class PointSearch:
    """One run of the search against points."""

    region: SmartRegion
    options: PointOptions
    detections: tuple[PointDetection, ...]
    proposals: tuple[PointProposed, ...]
    proposed: int
    proposal_area_km2: float
    proposal_slices: int

    def count(self, outcome: str) -> int:
        """Detections and unmatched proposals of one outcome: tp, fn, fp or tn."""
        return sum(d.outcome == outcome for d in self.detections) + (
            sum(not p.points for p in self.proposals) if outcome == "fp" else 0
        )


def search_points(
    points: Sequence[SmartPoint],
    proposals: Sequence[Stack],
    region: SmartRegion,
    options: PointOptions | None = None,
) -> PointSearch:
    """Associate proposals with points, and count."""
    options = options or PointOptions()
    kept = usable(proposals, SearchOptions(min_area_km2=options.min_area_km2, min_score=options.min_score))
    detections = [
        _detection(point, kept, region, options) for point in sorted(points, key=lambda p: p.site_id)
    ]
    return PointSearch(
        region=region,
        options=options,
        detections=tuple(detections),
        proposals=tuple(_proposed(p, detections) for p in kept),
        proposed=len(proposals),
        proposal_area_km2=area_km2(shapely.union_all([p.outline for p in kept])) if kept else 0.0,
        proposal_slices=sum(len(p.slices) for p in kept),
    )


def distances(point: SmartPoint, proposal: Stack) -> tuple[tuple[float, float, float], tuple[int, int, int]]:
    """(nearest, middle, farthest) in metres and in days; the outline of several parts is their convex hull."""
    outline = proposal.outline if proposal.outline.geom_type == "Polygon" else proposal.outline.convex_hull
    ground = shapely.transform(shapely.Polygon(outline.exterior), _metres)
    place = shapely.transform(point.place, _metres)
    metres = (
        0.0 if ground.contains(place) else float(place.distance(ground.boundary)),
        float(place.distance(ground.centroid)),
        float(place.hausdorff_distance(ground.boundary)),
    )
    start, end = proposal.activity
    ends = (point.day - start).days, (point.day - end).days
    # whole days from the middle of the activity, which may lie at noon, downward
    middle = (point.day - start - timedelta((end - start).days / 2)).days
    near = 0 if start <= point.day <= end else min(ends, key=abs)
    return metres, (near, middle, max(ends, key=abs))


def _metres(lonlat: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.array([np.multiply(degree_m(radians(lat)), (lon, lat)) for lon, lat in lonlat])


def _detection(
    point: SmartPoint, proposals: Sequence[Stack], region: SmartRegion, options: PointOptions
) -> PointDetection:
    status = point.status
    if status == "positive" and not region.start <= point.day <= region.end:
        status = "positive_unbounded"
    pairs = []
    for p in proposals:
        metres, days = distances(point, p)
        limits = (*options.metres, *options.days)
        good = all(
            limit is None or abs(v) <= limit for v, limit in zip((*metres, *days), limits, strict=True)
        )
        pairs.append(PointPair(p, metres, days, good))
    matches = sorted((p for p in pairs if p.associated), key=lambda p: (p.metres, p.proposal.id))
    if status in IGNORED:
        outcome = "0"
    elif status in NEGATIVE or status in EXCLUDED:
        outcome = "fp" if matches else "tn"
    else:
        outcome = "tp" if matches else "fn"
    failed = tuple(p for p in pairs if not p.associated and p.metres[0] <= options.listed_m)
    return PointDetection(point, status, tuple(matches), failed, outcome)


def _proposed(proposal: Stack, detections: Sequence[PointDetection]) -> PointProposed:
    on = [d for d in detections if any(m.proposal is proposal for m in d.matches)]
    first = [d for d in on if d.matches[0].proposal is proposal]
    outcomes = {d.outcome for d in first}
    outcome = "tp" if "tp" in outcomes else "fp" if not on or "fp" in outcomes else "0"
    return PointProposed(proposal, tuple(d.point.site_id for d in on), outcome, bool(on) and not first)

"""SMART sites as the metrics see them: dates held to the region, the period of activity, areas.

Areas follow the programme's scorer, so that its tables come out to the last digit: square degrees times the lengths of
a degree of latitude and longitude at the middle latitude (series of the American Practical Navigator, WGS84), rounded
to 1e-10 km².
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from math import cos, radians

import shapely
from shapely import MultiPolygon

from sitewatch.errors import DataError
from sitewatch.types.smart import SmartObservation, SmartRegion, SmartSite

PHASED = ("positive_annotated", "positive_annotated_static", "positive_partial", "positive_partial_static")
"""Statuses of truth whose observations carry phases."""
NEGATIVE = ("negative", "negative_unbounded", "transient_negative")
IGNORED = ("ignore", "positive_unbounded", "transient_ignore")
PARTIAL = ("positive_partial", "positive_partial_static")
EXCLUDED = ("positive_excluded", "transient_excluded")
SMALL_KM2 = 0.009
"""Truths that are not negative and cover no more are ignored."""
WORK = ("Site Preparation", "Active Construction")


@dataclass(frozen=True, slots=True)
class Stack:
    """A site, ready for comparison."""

    site: SmartSite
    slices: tuple[SmartObservation, ...]
    """Dated, by day and source; outlines are the site's boundary."""
    start: date
    end: date
    """Held to the region."""
    activity: tuple[date, date]
    earliest: date | None
    """Last look without activity before the first look with it; None where the site carries no phases."""
    latest: date | None
    """First look with activity."""
    area_km2: float
    """Of all outlines together."""
    max_area_km2: float
    status: str
    """As annotated, or ignore where a date is missing."""
    members: tuple[str, ...]
    """Ids; more than one where several proposals were joined."""
    outline: shapely.Geometry
    """All outlines together."""

    @property
    def id(self) -> str:
        return self.site.id

    def at(self, day: date) -> SmartObservation | None:
        """The latest slice on or before a day."""
        return next((s for s in reversed(self.slices) if s.day is not None and s.day <= day), None)


def stack(site: SmartSite, region: SmartRegion) -> Stack:
    """Hold a site to its region.

    Raises:
        DataError: a site without observations.
    """
    start, end = site.start or region.start, site.end or region.end
    if end >= region.start:
        start = max(start, region.start)
    if start <= region.end:
        end = min(end, region.end)
    slices = list(site.observations)
    if slices and slices[0].day is None:
        slices[0] = replace(slices[0], day=start)
    if len(slices) > 1 and slices[-1].day is None:
        slices[-1] = replace(slices[-1], day=end)
    slices = [replace(s, outline=_boundary(s)) for s in slices if s.day is not None]
    if not slices:
        raise DataError(f"site {site.id} has no dated observation")
    slices.sort(key=lambda s: (s.day or date.min, s.source))
    inside = [s for s in slices if s.day is not None and region.start <= s.day <= region.end] or slices
    earliest = latest = None
    activity = (start, end)
    if site.status in PHASED:
        earliest, latest, activity = _activity(slices, start, end)
    outline = shapely.union_all([s.outline for s in inside])
    return Stack(
        site=site,
        slices=tuple(slices),
        start=start,
        end=end,
        activity=activity,
        earliest=earliest,
        latest=latest,
        area_km2=area_km2(outline),
        max_area_km2=max(area_km2(s.outline) for s in inside),
        status="ignore" if site.start is None or site.end is None else site.status,
        members=(site.id,),
        outline=outline,
    )


def joined(stacks: Iterable[Stack]) -> Stack:
    """Several proposals as one: at each date the union of their latest outlines; their activity from first to last."""
    parts = sorted(stacks, key=lambda s: s.id)
    if len(parts) == 1:
        return parts[0]
    days = sorted({(s.day or date.min) for p in parts for s in p.slices})
    slices = []
    for day in days:
        seen = [s for p in parts if (s := p.at(day)) is not None]
        slices.append(
            SmartObservation(
                day=day,
                source="",
                outline=shapely.union_all([s.outline for s in seen]),
                phases=tuple(phase for s in seen for phase in s.phases),
                boundary=(),
            )
        )
    outline = shapely.union_all([p.outline for p in parts])
    return replace(
        parts[0],
        slices=tuple(slices),
        start=min(p.start for p in parts),
        end=max(p.end for p in parts),
        activity=(min(p.activity[0] for p in parts), max(p.activity[1] for p in parts)),
        area_km2=area_km2(outline),
        members=tuple(p.id for p in parts),
        outline=outline,
    )


def effective_status(truth: Stack, region: SmartRegion, mode: str) -> str:
    """Status under which a truth is scored.

    Args:
        mode: overall, completed (partial positives are ignored) or partial (complete ones are).
    """
    status = truth.status
    if status.startswith("positive") and status not in EXCLUDED:
        days = [s.day for s in truth.slices if s.day is not None]
        if status not in PHASED and not any(region.start <= d <= region.end for d in days):
            return "positive_unbounded"
        if mode == "completed" and status in PARTIAL:
            return "ignore"
        if mode == "partial" and status not in PARTIAL and status != "positive_unbounded":
            return "ignore"
    if status not in NEGATIVE and truth.area_km2 <= SMALL_KM2:
        return "ignore"
    return status


def area_km2(outline: shapely.Geometry) -> float:
    """km² of a shape in degrees, as the programme counts them."""
    if outline.is_empty:
        return 0.0
    lat = radians((outline.bounds[1] + outline.bounds[3]) / 2)
    lon_m, lat_m = degree_m(lat)
    return round(float(outline.area) * lon_m * lat_m / 1e6, 10)


def degree_m(lat: float) -> tuple[float, float]:
    """Metres of one degree of longitude and of latitude at a latitude in radians."""
    return (
        111412.84 * cos(lat) - 93.5 * cos(3 * lat) + 0.118 * cos(5 * lat),
        111132.92 - 559.82 * cos(2 * lat) + 1.175 * cos(4 * lat) - 0.0023 * cos(6 * lat),
    )


def days_of(interval: tuple[date, date]) -> int:
    """Calendar days, both ends included."""
    return max(0, (interval[1] - interval[0]).days + 1)


def shared_days(a: tuple[date, date], b: tuple[date, date]) -> int:
    """Days that lie in both."""
    return days_of((max(a[0], b[0]), min(a[1], b[1])))


def _boundary(s: SmartObservation) -> shapely.Geometry:
    """The polygons that are not marked as mere parts."""
    if len(s.boundary) < 2:
        return s.outline
    parts = [p for p, flag in zip(shapely.get_parts(s.outline), s.boundary, strict=True) if flag]
    return MultiPolygon(parts) if parts else s.outline


def _activity(
    slices: list[SmartObservation], start: date, end: date
) -> tuple[date | None, date | None, tuple[date, date]]:
    """(last look without activity, first look with it, period of activity) of a site with phases."""
    first = next((s.day for s in slices if any(p in WORK for p in s.phases)), None)
    if first is None:
        return None, None, (start, end)
    before = [s.day for s in slices if s.day is not None and s.day < first and "No Activity" in s.phases]
    post = [
        s.day
        for s in slices
        if s.day is not None and s.day >= first and s.phases and set(s.phases) == {"Post Construction"}
    ]
    return max(before, default=first), first, (first, min(post, default=end))

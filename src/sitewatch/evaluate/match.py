"""Events of one site held against its truth: one row for each event, one for each true change.

All scores of `objects`, `dates`, `alarms` and `calibration` are counted from these rows, over one site or many.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely

from sitewatch.errors import DataError
from sitewatch.evaluate.objects import KINDS, Feature, metres, score_objects

LEAST_IOU = 0.25
"""IoU from which an event and a true change are a pair."""
LEAST_PIXELS = 4.0
LEAST_WIDTH = 1.5
"""Pixels of area and of width below which a true change is scored apart: such things are below what a sensor
resolves."""
COVERED = 0.5
"""Share of a true change that is scored apart which an event must cover not to count as false."""

Day = date | None


@dataclass(frozen=True, slots=True)
class Found:
    """One reported event."""

    kind: str
    area_m2: float
    width_m: float
    """Diameter of the largest circle inside."""
    probability: float | None
    target: int | None
    """Position of the true change that it is paired with (IoU of at least `LEAST_IOU`)."""
    iou: float
    """With that; 0 without."""
    why_false: str | None
    """None for a pair. Else "apart": on a change that is scored apart, so neither right nor false; "part": overlaps a
    true change too little; "distractor: WHAT"; "nothing": none of these."""
    gap: tuple[Day, Day] = (None, None)
    """Most likely gap."""
    hull: tuple[Day, Day] = (None, None)
    """not_before, not_after: hull of the 90 % set; None where open."""
    gaps: tuple[tuple[date, date, float], ...] = ()
    """Posterior (start, end, probability), where the caller has it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One true change."""

    id: str
    kind: str
    what: str
    area_m2: float
    width_m: float
    scored: str
    """"full", "small" (below 4 pixels or 1.5 in width) or "unseen" (no clear look on one side of it)."""
    day: Day
    """First day on which it shows; None where the truth does not say."""
    gap: tuple[Day, Day]
    """True last look without it and first look with it; None where open."""
    stages: tuple[date, ...]
    """First days of later stages."""
    event: int | None
    """Position of the event that it is paired with."""
    iou: float


@dataclass(frozen=True, slots=True)
class SiteRows:
    """One site under one set of dates: what was to be found and what was reported."""

    site: str
    found: tuple[Found, ...]
    wanted: tuple[Wanted, ...]
    area_km2: float | None = None
    """Ground searched; None where unknown."""
    years: float | None = None
    """Time searched, first to last look; None where unknown."""
    gsd_m: float | None = None
    offset_m: tuple[float, float] = (0.0, 0.0)
    """Common offset of events against truth that was taken off."""

    @property
    def exposure(self) -> float | None:
        """km² years."""
        return None if self.area_km2 is None or self.years is None else self.area_km2 * self.years


def match(
    events: Sequence[Feature],
    truth: Sequence[Feature],
    *,
    site: str = "",
    gsd_m: float | None = None,
    search_m: float = 0.0,
    area_km2: float | None = None,
    years: float | None = None,
    gaps: Sequence[Sequence[tuple[date, date, float]]] | None = None,
    pixels: bool = False,
) -> SiteRows:
    """Pair events with true changes, one to one, by IoU.

    Args:
        events: GeoJSON features in WGS84, properties as in `events.geojson`.
        truth: the same; kinds beside appeared, removed and altered are no targets ("distractor", "reference").
        gsd_m: metres a pixel; without it nothing is scored apart for its size.
        search_m: a common offset of up to this many metres is found and taken off.
        gaps: posterior of each event, where it is at hand.
        pixels: True where coordinates are pixels of `gsd_m` (of 1 m where that is unknown).

    Raises:
        DataError: an event without a kind, a date that is none, an outline that is no polygon.
    """
    for feature in (*events, *truth):
        if feature["properties"].get("kind") is None:
            raise DataError(
                "a feature has no `kind`; expected appeared, removed, altered, distractor or reference"
            )
    pixel_m = (gsd_m or 1.0) if pixels else None
    score = score_objects(events, truth, least_iou=LEAST_IOU, search_m=search_m, pixel_m=pixel_m)
    flat = metres([f["geometry"] for f in (*events, *truth)], pixel_m)
    found = flat[: len(events)]
    others = [shapely.transform(g, lambda xy: xy + score.offset_m) for g in flat[len(events) :]]
    targets = [i for i, f in enumerate(truth) if f["properties"]["kind"] in KINDS]
    by_event = {p.event: p for p in score.pairs}
    by_target = {p.target: p for p in score.pairs}
    wanted = [_wanted(truth[i], others[i], gsd_m, by_target.get(k)) for k, i in enumerate(targets)]
    rows = []
    for i, (feature, outline) in enumerate(zip(events, found, strict=True)):
        pair = by_event.get(i)
        p = feature["properties"]
        why = None
        if pair is None:
            why = _why(outline, truth, others, targets, wanted)
        elif wanted[pair.target].scored != "full":
            why = "apart"
        rows.append(
            Found(
                kind=p["kind"],
                area_m2=outline.area,
                width_m=width(outline),
                probability=p.get("probability"),
                target=None if pair is None else pair.target,
                iou=0.0 if pair is None else pair.iou,
                why_false=why,
                gap=(_day(p, "gap_start"), _day(p, "gap_end")),
                hull=(_day(p, "not_before"), _day(p, "not_after")),
                gaps=() if gaps is None else tuple(gaps[i]),
            )
        )
    return SiteRows(site, tuple(rows), tuple(wanted), area_km2, years, gsd_m, score.offset_m)


def width(outline: shapely.Geometry) -> float:
    """Diameter of the largest circle that fits in, metres: for a rectangle its shorter side."""
    part = max(shapely.get_parts(outline), key=lambda g: g.area)
    return float(shapely.length(shapely.maximum_inscribed_circle(part)) * 2) if part.area else 0.0


def _wanted(feature: Feature, outline: shapely.Geometry, gsd_m: float | None, pair: Any) -> Wanted:
    p = feature["properties"]
    wide, day = width(outline), _day(p, "t_true")
    gap = _day(p, "not_before"), _day(p, "not_after")
    scored = "full"
    if gsd_m is not None and (outline.area < LEAST_PIXELS * gsd_m**2 or wide < LEAST_WIDTH * gsd_m):
        scored = "small"
    elif day is not None and "not_before" in p and None in gap:
        scored = "unseen"
    stages = tuple(s for d in p.get("stage_dates") or () if day is not None and (s := _iso(d)) > day)
    return Wanted(
        id=str(p.get("id") or feature.get("id") or ""),
        kind=p["kind"],
        what=str(p.get("what") or p["kind"]),
        area_m2=outline.area,
        width_m=wide,
        scored=scored,
        day=day,
        gap=gap,
        stages=stages,
        event=None if pair is None else pair.event,
        iou=0.0 if pair is None else pair.iou,
    )


def _why(
    outline: shapely.Geometry,
    truth: Sequence[Feature],
    others: Sequence[shapely.Geometry],
    targets: Sequence[int],
    wanted: Sequence[Wanted],
) -> str:
    """Why an unpaired event is false: the first of apart, part, distractor, nothing that holds."""
    shares = [outline.intersection(g).area for g in others]
    for k, i in enumerate(targets):
        if wanted[k].scored != "full" and shares[i] >= COVERED * others[i].area > 0:
            return "apart"
    if any(shares[i] >= 0.1 * min(outline.area, others[i].area) > 0 for i in targets):
        return "part"
    rest = [i for i in range(len(truth)) if i not in set(targets) and shares[i] > 0]
    if not rest:
        return "nothing"
    worst = max(rest, key=lambda i: shares[i])
    p = truth[worst]["properties"]
    return f"{p['kind']}: {p.get('what') or 'unnamed'}"


def _day(properties: Mapping[str, Any], name: str) -> Day:
    value = properties.get(name)
    return None if value is None else _iso(value)


def _iso(value: Any) -> date:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise DataError(f"{value!r} is no date; expected YYYY-MM-DD") from error

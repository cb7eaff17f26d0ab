"""From footprints by date to dated events, and back."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import shapely
from shapely.geometry import mapping, shape

from sitewatch.evaluate.objects import Feature

Step = dict[str, shapely.Geometry]


def events_of_steps(
    days: Sequence[date], steps: Sequence[Mapping[str, shapely.Geometry]]
) -> list[dict[str, Any]]:
    """Ids that come after the first date as `appeared`, those that are gone for good before the last as `removed`;
    outlines as first and as last seen. GeoJSON features with the dates on both sides."""
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    for i, step in enumerate(steps):
        for name in step:
            first.setdefault(name, i)
            last[name] = i
    came = [(i, "appeared", name, i, i - 1) for name, i in first.items() if i > 0]
    went = [(i + 1, "removed", name, i, i) for name, i in last.items() if i < len(steps) - 1]
    result = []
    for after, kind, name, seen, before in sorted(came + went):
        start, end = days[before].isoformat(), days[after].isoformat()
        dates = {"not_before": start, "not_after": end, "gap_start": start, "gap_end": end}
        result.append(
            {
                "type": "Feature",
                "id": f"{name} {kind}",
                "geometry": mapping(steps[seen][name]),
                "properties": {"id": name, "kind": kind, "what": "footprint", **dates},
            }
        )
    return result


def days_of(features: Sequence[Feature]) -> list[date]:
    """All looks that features name, in order."""
    names = ("gap_start", "gap_end", "not_before", "not_after")
    return sorted(
        {date.fromisoformat(str(p)[:10]) for f in features for n in names if (p := f["properties"].get(n))}
    )


def steps_of_events(features: Sequence[Feature], days: Sequence[date]) -> list[Step]:
    """Footprints that stand at each date by what the events say: what appeared, from the first look with it on; what
    was removed, until the last look with it. Ground works are no footprints and are left out."""
    steps: list[Step] = [{} for _ in days]
    for i, f in enumerate(features):
        p = f["properties"]
        if p.get("kind") not in ("appeared", "removed"):
            continue
        name = str(p.get("id") or f.get("id") or i)
        outline = shape(f["geometry"])
        if p["kind"] == "appeared":
            since = p.get("gap_end") or p.get("not_after") or p.get("t_true")
            stands = [since is not None and d >= date.fromisoformat(str(since)[:10]) for d in days]
        else:
            until = p.get("gap_start") or p.get("not_before") or p.get("t_true")
            stands = [until is not None and d <= date.fromisoformat(str(until)[:10]) for d in days]
        for step, here in zip(steps, stands, strict=True):
            if here:
                step[name] = outline
    return steps

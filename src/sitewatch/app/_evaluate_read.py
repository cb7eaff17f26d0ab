"""What `evaluate` can read: a case, events, SMART site models, label folders, plain GeoJSON; all as features."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shapely.geometry import mapping

from sitewatch.errors import DataError, UsageError
from sitewatch.evaluate.objects import KINDS
from sitewatch.evaluate.smart_search import CONFIRMED
from sitewatch.evaluate.smart_stack import WORK
from sitewatch.evaluate.tracks import events_of_steps
from sitewatch.formats.geojson import read_geojson
from sitewatch.formats.labels import Labels, read_labels
from sitewatch.formats.smart_sites import is_smart, read_sites
from sitewatch.types.smart import SmartSite

IN_FOLDERS = (("out", "events.geojson"), ("truth.geojson",))
"""Where a case keeps its events, and a simulated delivery its truth."""


@dataclass(frozen=True, slots=True)
class Source:
    """One side of an evaluation."""

    path: Path
    kind: str
    """geojson, smart or labels."""
    areas: Mapping[str, tuple[Mapping[str, Any], ...]]
    """GeoJSON features by area; one area named "" unless the source has several."""
    pixels: bool
    labels: tuple[Labels, ...] = ()
    sites: tuple[SmartSite, ...] = ()
    notes: tuple[str, ...] = ()
    """What had to be assumed."""


def read_source(path: Path, *, truth: bool) -> Source:
    """Read one side.

    Raises:
        UsageError: nothing is there.
        DataError: it cannot be read as any of these.
    """
    if not path.exists():
        raise UsageError(f"{path} does not exist")
    for parts in IN_FOLDERS:
        if path.joinpath(*parts).is_file():
            path = path.joinpath(*parts)
            break
    models = path / "site_models" if (path / "site_models").is_dir() else path
    if is_smart(models):
        return _smart(models, truth=truth)
    if path.is_dir() or path.suffix == ".csv":
        return _labels(path)
    layer = read_geojson(path)
    features, notes = layer.features, []
    without = sum(f["properties"].get("kind") is None for f in features)
    if without == len(features) and features:
        features = tuple({**f, "properties": {**f["properties"], "kind": "appeared"}} for f in features)
        notes.append(f"{path.name} states no `kind`: all {len(features)} outlines are taken as appeared")
    elif without:
        raise DataError(
            f"{path}: {without} of {len(features)} features have no `kind`; expected all or none to have one"
        )
    others = [f for f in features if f["properties"].get("kind") not in KINDS]
    if others and not truth:
        features = tuple(f for f in features if f["properties"].get("kind") in KINDS)
        kind = others[0]["properties"].get("kind")
        notes.append(
            f"{path.name}: {len(others)} features of other kinds ({kind}) are no detections and are left out"
        )
    return Source(path, "geojson", {"": features}, layer.pixels, notes=tuple(notes))


def _smart(path: Path, *, truth: bool) -> Source:
    sites = read_sites(path)
    areas: dict[str, list[Mapping[str, Any]]] = {}
    for site in sites:
        if not truth and site.status != CONFIRMED:
            continue
        areas.setdefault("_".join(site.site_id.split("_")[:2]), []).append(_site_feature(site))
    note = "SMART sites are taken as appeared; dates are those between the last look without work and the first with it"
    return Source(
        path, "smart", {k: tuple(v) for k, v in areas.items()}, False, sites=tuple(sites), notes=(note,)
    )


def _site_feature(site: SmartSite) -> dict[str, Any]:
    looks = sorted((o.day, o.phases) for o in site.observations if o.day is not None)
    work = next((d for d, phases in looks if set(phases) & set(WORK)), None)
    before = [d for d, phases in looks if work is not None and d < work and "No Activity" in phases]
    start, end = (max(before), work) if before else (None, work)
    counted = site.status == CONFIRMED or (
        site.status.startswith("positive") and site.status != "positive_excluded"
    )
    dates = {
        name: None if day is None else day.isoformat()
        for name, day in (("not_before", start), ("not_after", end), ("gap_start", start), ("gap_end", end))
    }
    return {
        "type": "Feature",
        "id": site.id,
        "geometry": mapping(site.outline),
        "properties": {
            "id": site.id,
            "kind": "appeared" if counted else "distractor",
            "what": site.status,
            "probability": site.score if site.status.startswith("system") else None,
            **dates,
        },
    }


def _labels(path: Path) -> Source:
    labels = read_labels(path)
    areas = {a.area: tuple(events_of_steps(a.days, a.steps)) for a in labels}
    note = "labels by date: an id that comes is taken as appeared, one that is gone for good as removed"
    return Source(path, "labels", areas, any(a.pixels for a in labels), labels=tuple(labels), notes=(note,))

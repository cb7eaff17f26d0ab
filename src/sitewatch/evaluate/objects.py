"""Object scores: which events were found, how well outlined and dated, and what was reported in vain.

Events and truth are GeoJSON features in WGS84 with the properties `kind` (appeared, removed, altered; others such
as distractor or reference are no targets), and for dates `not_before`, `not_after` (ISO days; missing or null is
open). Matching is one to one, greedily by intersection over union (IoU), as is usual for object detection (e.g.
SpaceNet: Van Etten et al. 2018, arXiv:1807.01232).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer
from shapely.affinity import translate
from shapely.geometry import shape

from sitewatch.errors import DataError

KINDS = ("appeared", "removed", "altered")
Feature = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """One event matched to one target."""

    event: int
    target: int
    iou: float
    same_kind: bool
    dated: bool
    """True where the event's interval overlaps the true one."""


@dataclass(frozen=True, slots=True)
class ObjectScore:
    """Counts of one site, from which rates follow."""

    pairs: tuple[Pair, ...]
    events: int
    targets: int
    offset_m: tuple[float, float]
    """Common offset (east, north) of the events against truth that was taken off before matching."""

    @property
    def false_events(self) -> tuple[int, ...]:
        """Positions of events that match no target."""
        return tuple(sorted(set(range(self.events)) - {p.event for p in self.pairs}))

    @property
    def missed(self) -> tuple[int, ...]:
        """Positions of targets that no event matches, in the list of targets."""
        return tuple(sorted(set(range(self.targets)) - {p.target for p in self.pairs}))

    def f1(self, at: float = 0.25) -> float:
        """Harmonic mean of precision and recall, pairs counting from IoU `at` on; 1 with nothing to find or found."""
        total = self.events + self.targets
        return 2 * sum(p.iou >= at for p in self.pairs) / total if total else 1.0


def score_objects(
    events: Sequence[Feature],
    truth: Sequence[Feature],
    *,
    least_iou: float = 0.25,
    search_m: float = 0.0,
    pixel_m: float | None = None,
) -> ObjectScore:
    """Match `events` to the targets in `truth`.

    A clearing (`what: clearing`) on which another target stands may also be matched by what is left of it around
    that target: both readings of its outline are fair.

    Args:
        least_iou: smallest IoU of a pair.
        search_m: a common offset of the events of up to this many metres on either axis is found (largest overlap)
            and taken off; for truth given in a frame that registration cannot know.
        pixel_m: metres a pixel where coordinates are pixels; None where they are longitude and latitude.
    """
    targets = [f for f in truth if f["properties"].get("kind") in KINDS]
    if not events and not targets:
        return ObjectScore((), 0, 0, (0.0, 0.0))
    flat = metres([f["geometry"] for f in (*events, *targets)], pixel_m)
    found, wanted = flat[: len(events)], flat[len(events) :]
    offset = _offset(found, wanted, search_m)
    wanted = [translate(g, *offset) for g in wanted]
    table = np.zeros((len(found), len(wanted)))
    for k, target in enumerate(wanted):
        readings = [target]
        if targets[k]["properties"].get("what") == "clearing":
            readings += [target.difference(o) for o in wanted if o is not target and o.intersects(target)]
        for i, outline in enumerate(found):
            table[i, k] = max(_iou(outline, r) for r in readings)
    pairs = []
    while table.size and table.max() >= least_iou:
        i, k = (int(n) for n in np.unravel_index(table.argmax(), table.shape))
        pairs.append(_pair(i, k, float(table[i, k]), events[i]["properties"], targets[k]["properties"]))
        table[i], table[:, k] = -1, -1
    return ObjectScore(tuple(pairs), len(found), len(wanted), offset)


def metres(geometries: Sequence[Mapping[str, Any]], pixel_m: float | None = None) -> list[shapely.Geometry]:
    """GeoJSON geometries as shapes in metres.

    Args:
        pixel_m: None for longitude and latitude (WGS84), which are projected about their common middle; else
            coordinates are pixels of that size.

    Raises:
        DataError: not polygons, or not longitude and latitude.
    """
    shapes = []
    for geometry in geometries:
        if (geometry or {}).get("type") not in ("Polygon", "MultiPolygon"):
            raise DataError(
                f"a feature's geometry is {(geometry or {}).get('type', 'missing')}; expected Polygon or MultiPolygon"
            )
        try:
            shapes.append(shape(geometry))
        except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, IndexError) as error:
            raise DataError(f"a feature's polygon cannot be read: {error}") from error
    filled = [g for g in shapes if not g.is_empty]
    if not filled:
        return shapes
    if pixel_m is not None:
        return [shapely.transform(g, lambda xy: xy * pixel_m).buffer(0) for g in shapes]
    west, south, east, north = shapely.total_bounds(np.array(filled, dtype=object))
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise DataError(
            f"coordinates run over {west:.6g} {south:.6g} {east:.6g} {north:.6g}; expected longitude and latitude "
            "(WGS84): transform the file first"
        )
    centre = shapely.box(west, south, east, north).centroid
    local = Transformer.from_crs(
        "EPSG:4326", f"+proj=aeqd +lat_0={centre.y} +lon_0={centre.x} +datum=WGS84", always_xy=True
    )
    return [
        shapely.transform(g, lambda xy: np.stack(local.transform(xy[:, 0], xy[:, 1]), axis=1)).buffer(0)
        for g in shapes
    ]


def _pair(i: int, k: int, iou: float, event: Mapping[str, Any], target: Mapping[str, Any]) -> Pair:
    starts = event.get("not_before") or "0000", target.get("not_before") or "0000"
    ends = event.get("not_after") or "9999", target.get("not_after") or "9999"
    return Pair(i, k, iou, event["kind"] == target["kind"], starts[0] < ends[1] and starts[1] < ends[0])


def _iou(a: shapely.Geometry, b: shapely.Geometry) -> float:
    shared = a.intersection(b).area
    return float(shared / (a.area + b.area - shared)) if shared else 0.0


def _offset(
    found: Sequence[shapely.Geometry], wanted: Sequence[shapely.Geometry], search_m: float
) -> tuple[float, float]:
    """Shift of `wanted` that makes it cover most of `found`, the smallest of equals."""
    if not search_m or not found or not wanted:
        return 0.0, 0.0
    whole = shapely.union_all(list(wanted))
    steps = np.linspace(-search_m, search_m, 17)
    trials = sorted(((x, y) for x in steps for y in steps), key=lambda v: abs(v[0]) + abs(v[1]))

    def cover(move: tuple[float, float]) -> float:
        moved = translate(whole, *move)
        return float(sum(f.intersection(moved).area / f.area for f in found))

    best = max(trials, key=lambda v: round(cover(v), 6))
    return float(best[0]), float(best[1])

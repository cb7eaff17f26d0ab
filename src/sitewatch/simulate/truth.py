"""What really happened at a simulated site, as the evaluation needs it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import shapely
from shapely import MultiPolygon

from sitewatch.simulate import plan
from sitewatch.simulate.events import house_days
from sitewatch.simulate.plan import Shape

EVENTS = ("appeared", "removed", "altered")
"""The kinds that a detector should find; the others it should not, or need not."""


@dataclass(frozen=True, slots=True)
class Truth:
    """One event, distractor or reference building."""

    id: str
    kind: str
    """appeared, removed, altered, distractor (must not be reported) or reference."""
    what: str
    outline: Shape
    """On the ground. Metres of the site's grid."""
    t_true: date | None = None
    """First day on which the change can be seen; a scene of that day shows it."""
    not_before: date | None = None
    """Last day before `t_true` on which the place was seen clearly (judged by the true clouds, shadows and
    snow, not by the vendor's mask); None where there was none."""
    not_after: date | None = None
    """First such day from `t_true` on."""
    area_m2: float | None = None
    height_m: float | None = None
    stages: tuple[tuple[str, date], ...] = ()
    ratio: float | None = None
    """Roof area over that of the building `ratio_to`."""
    ratio_to: str | None = None
    parent: str | None = None
    """Id of the ground work that a structure stands on."""
    width_m: float | None = None
    """The shorter side of the smallest rectangle around it; for several parts, of the narrowest."""


def listed(scenario: plan.Scenario) -> list[Truth]:
    """Events, then distractors, then reference buildings; outlines in the site's own metres."""
    result = [t for entry in scenario.events for t in _event(entry, scenario)]
    for item in scenario.distractors:
        if isinstance(item, plan.Repaint | plan.Scaffold):
            shape: Shape = _building(scenario, item.of).shape
        else:
            shape = item.shape
        what = type(item).__name__.lower()
        result.append(Truth(item.id, "distractor", what, shape, _first_day(item), area_m2=shape.area))
    for area in scenario.areas:
        if area.cover in ("crop", "winter_crop", "meadow"):
            result.append(Truth(area.name, "distractor", "harvest", area.shape, area_m2=area.shape.area))
    for building in scenario.buildings:
        if building.reference:
            result.append(
                Truth(
                    building.name,
                    "reference",
                    building.what,
                    building.shape,
                    area_m2=building.shape.area,
                    height_m=building.height_m,
                )
            )
    return [replace(item, width_m=_width(item.outline)) for item in result]


def _first_day(item: plan.Distractor) -> date | None:
    """Day of the change, for those that change once."""
    match item:
        case plan.Repaint() | plan.Burn():
            return item.day
        case plan.Scaffold() | plan.Flood():
            return item.start
        case plan.Trees():
            return item.planted or item.cut
    return None


def _width(shape: Shape) -> float:
    """The shorter side of the smallest rectangle around the narrowest part."""
    boxes = [shapely.get_coordinates(p.minimum_rotated_rectangle) for p in shapely.get_parts(shape)]
    # a sliver's box may be a line
    return min((float(np.hypot(*np.diff(b[:3], axis=0).T).min()) if len(b) > 3 else 0.0) for b in boxes)


def dated(
    truth: Truth, days: list[date], visible: npt.NDArray[np.bool_], share: npt.NDArray[np.float32]
) -> Truth:
    """Fill `not_before` and `not_after`.

    Args:
        visible: (time, y, x) True where the ground is really seen.
        share: (y, x) coverage of each pixel by the outline.
    """
    if truth.t_true is None or truth.kind == "distractor" or not share.any():
        return truth
    seen = (visible * share).sum(axis=(1, 2)) >= 0.8 * share.sum()
    before = [d for d, s in zip(days, seen, strict=True) if s and d < truth.t_true]
    after = [d for d, s in zip(days, seen, strict=True) if s and d >= truth.t_true]
    return replace(truth, not_before=max(before, default=None), not_after=min(after, default=None))


def _event(entry: plan.Event, scenario: plan.Scenario) -> Iterator[Truth]:
    if isinstance(entry, plan.Removal):
        building = _building(scenario, entry.of)
        yield Truth(
            entry.id,
            "removed",
            building.what,
            building.shape,
            entry.day,
            area_m2=building.shape.area,
            height_m=building.height_m,
        )
        return
    if isinstance(entry, plan.Groundwork):
        done = () if entry.finished is None else (("finished", entry.finished),)
        yield Truth(
            entry.id,
            entry.kind,
            entry.what,
            entry.shape,
            entry.day,
            area_m2=entry.shape.area,
            stages=(("started", entry.day), *done),
        )
        return
    parent = None
    if entry.clearing is not None and entry.ground is not None:
        parent = f"{entry.id}-clearing"
        ground = entry.ground
        yield Truth(parent, "altered", "clearing", ground, entry.clearing, area_m2=ground.area)
    if isinstance(entry, plan.Construction):
        other = None if entry.ratio_to is None else _building(scenario, entry.ratio_to)
        yield Truth(
            entry.id,
            "appeared",
            entry.what,
            entry.shape,
            entry.slab,
            area_m2=entry.shape.area,
            height_m=entry.height_m,
            stages=(("slab", entry.slab), ("frame", entry.frame), ("roof", entry.roofed)),
            ratio=None if other is None else entry.shape.area / other.shape.area,
            ratio_to=entry.ratio_to,
            parent=parent,
        )
        return
    yield Truth(
        entry.id,
        "appeared",
        "houses",
        MultiPolygon(entry.shapes),
        entry.first,
        area_m2=float(shapely.area(entry.shapes).sum()),
        height_m=entry.height_m,
        stages=tuple((f"house {i + 1}", day) for i, day in enumerate(house_days(entry))),
        parent=parent,
    )


def _building(scenario: plan.Scenario, name: str) -> plan.Building:
    return next(b for b in scenario.buildings if b.name == name)

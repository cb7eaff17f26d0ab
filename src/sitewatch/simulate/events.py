"""What lies and stands where on a given day: a plan and its scripted events turned into patches to paint."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache, singledispatch
from math import ceil, cos, pi, radians, tan
from typing import TypeAlias

import numpy as np
import shapely
from shapely import Point, Polygon, affinity

from sitewatch.optics import Floats
from sitewatch.simulate import plan
from sitewatch.simulate.noise import stream
from sitewatch.simulate.outline import areal, united
from sitewatch.simulate.plan import Shape

Gain: TypeAlias = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Patch:
    """One thing to paint: flat on the ground, or a body with vertical sides."""

    shape: Shape
    """At the ground, metres east and north."""
    material: str
    gain: Gain = (1.0, 1.0, 1.0, 1.0)
    """Factors on the material's reflectance, one a band: no two roofs are the same."""
    late_days: float = 0.0
    """By how much its plants are late."""
    height_m: float = 0.0
    open_below: bool = False
    density: float = 1.0
    """Opacity, of the surface and of its shadow: below 1 for frames."""
    feather_m: float = 0.0
    slope: tuple[float, float] = (0.0, 0.0)
    """Rise of the surface toward east and north, metres per metre."""


def ground_patches(scenario: plan.Scenario, day: date, seed: int) -> Iterator[Patch]:
    """Everything flat, in the order of painting."""
    for area in scenario.areas:
        if not area.height_m:
            yield _area(area, scenario, seed)
    for entry in (*scenario.distractors, *scenario.events):
        yield from (p for p in _patches(entry, day, scenario, seed) if not p.height_m)


def standing_patches(scenario: plan.Scenario, day: date, seed: int) -> list[Patch]:
    """Everything that has a height, low before high."""
    cleared = _cleared(scenario, day)
    woods = [_area(area, scenario, seed) for area in scenario.areas if area.height_m]
    patches = [replace(wood, shape=_without(wood.shape, cleared)) for wood in woods]
    for building in scenario.buildings:
        patches += _building(building, day, scenario, seed)
    for entry in (*scenario.distractors, *scenario.events):
        patches += [p for p in _patches(entry, day, scenario, seed) if p.height_m]
    return sorted((p for p in patches if not p.shape.is_empty), key=lambda p: p.height_m)


def _cleared(scenario: plan.Scenario, day: date) -> Shape:
    """Ground on which no tree stands any more."""
    shapes = []
    for entry in scenario.events:
        if isinstance(entry, plan.Groundwork):
            shapes += [entry.shape] if day >= entry.day else []
        elif not isinstance(entry, plan.Removal):
            shapes += [entry.ground] if entry.clearing is not None and day >= entry.clearing else []
            started = entry.slab if isinstance(entry, plan.Construction) else entry.first
            built = [entry.shape] if isinstance(entry, plan.Construction) else entry.shapes
            shapes += built if day >= started else []
    return _union(tuple(shapes))


@lru_cache(maxsize=256)
def _union(shapes: tuple[Shape, ...]) -> Shape:
    return areal(united(shapes))


@lru_cache(maxsize=256)
def _without(shape: Shape, other: Shape) -> Shape:
    return areal(shape.difference(other))


def _gain(scenario: plan.Scenario, seed: int, name: str) -> Gain:
    return _drawn_gain(seed, name, scenario.gain_spread, scenario.hue_spread)


@lru_cache(maxsize=4096)
def _drawn_gain(seed: int, name: str, spread: float, hue: float) -> Gain:
    rng = stream(seed, "gain", name)
    common = float(np.clip(rng.normal(1, spread), max(0.35, 1 - 3 * spread), 1 + 3 * spread))
    bands = np.clip(rng.normal(1, hue, 4), 0.5, 1.5) * common
    return float(bands[0]), float(bands[1]), float(bands[2]), float(bands[3])


def _area(area: plan.Area, scenario: plan.Scenario, seed: int) -> Patch:
    late = float(stream(seed, "late", area.name).normal(0, 5))
    return Patch(
        area.shape,
        area.cover,
        gain=_gain(scenario, seed, area.name),
        late_days=late,
        height_m=area.height_m,
        feather_m=area.feather_m,
    )


def _building(building: plan.Building, day: date, scenario: plan.Scenario, seed: int) -> list[Patch]:
    roof = building.roof
    for entry in scenario.events:
        if isinstance(entry, plan.Removal) and entry.of == building.name and day >= entry.day:
            return []
    painted = [d for d in scenario.distractors if isinstance(d, plan.Repaint) and d.of == building.name]
    for repaint in sorted(painted, key=lambda d: d.day):
        roof = repaint.roof if day >= repaint.day else roof
    body = Patch(
        building.shape,
        roof,
        gain=_gain(scenario, seed, building.name),
        height_m=building.height_m,
        open_below=building.open_below,
    )
    return _gabled(body, building.pitch_deg)


@singledispatch
def _patches(entry: object, day: date, scenario: plan.Scenario, seed: int) -> Iterable[Patch]:
    raise TypeError(f"no way to paint {type(entry).__name__}")


@_patches.register
def _(entry: plan.Construction, day: date, scenario: plan.Scenario, seed: int) -> Iterable[Patch]:
    if entry.clearing is not None and entry.ground is not None and day >= entry.clearing:
        yield Patch(entry.ground, "dug_soil", gain=_gain(scenario, seed, entry.id + "-ground"), feather_m=0.8)
    if day < entry.slab:
        return
    # Slab, frame and roof grow bay by bay; the roof is closed on `roofed`.
    slab = _share(day, entry.slab, entry.slab + 0.3 * (entry.frame - entry.slab))
    frame = _share(day, entry.frame, entry.frame + 0.4 * (entry.roofed - entry.frame))
    roof = _share(day, entry.frame + 0.5 * (entry.roofed - entry.frame), entry.roofed)
    if roof < 1:
        yield Patch(_bays(entry.shape, slab), "new_concrete", gain=_gain(scenario, seed, entry.id + "-slab"))
    if day >= entry.frame and roof < 1:
        yield Patch(_bays(entry.shape, frame), "frame", height_m=entry.height_m, open_below=True, density=0.5)
    if roof > 0:
        body = Patch(
            _bays(entry.shape, roof),
            entry.roof,
            gain=_gain(scenario, seed, entry.id),
            height_m=entry.height_m,
        )
        yield from _gabled(body, entry.pitch_deg)


@_patches.register
def _(entry: plan.Houses, day: date, scenario: plan.Scenario, seed: int) -> Iterable[Patch]:
    if entry.clearing is not None and entry.ground is not None and day >= entry.clearing:
        yield Patch(entry.ground, "dug_soil", gain=_gain(scenario, seed, entry.id + "-ground"), feather_m=0.8)
    for i, (shape, slab) in enumerate(zip(entry.shapes, house_days(entry), strict=True)):
        if day >= slab + timedelta(days=entry.build_days):
            body = Patch(
                shape, entry.roof, gain=_gain(scenario, seed, f"{entry.id}-{i}"), height_m=entry.height_m
            )
            yield from _gabled(body, entry.pitch_deg)
        elif day >= slab:
            yield Patch(shape, "new_concrete")


@_patches.register
def _(entry: plan.Removal, day: date, scenario: plan.Scenario, seed: int) -> Iterable[Patch]:
    if day < entry.day:
        return
    shape = next(b.shape for b in scenario.buildings if b.name == entry.of)
    if day < entry.day + timedelta(days=entry.rubble_days):
        yield Patch(shape, "rubble", feather_m=1.0)
    elif entry.leaves is not None:
        yield Patch(shape, entry.leaves, gain=_gain(scenario, seed, entry.id), feather_m=0.5)


@_patches.register
def _(entry: plan.Groundwork, day: date, scenario: plan.Scenario, seed: int) -> Iterable[Patch]:
    if day < entry.day:
        return
    if entry.finished is not None and day >= entry.finished:
        gain = _gain(scenario, seed, entry.id)
        yield Patch(entry.shape, entry.surface, gain=gain, height_m=entry.height_m)
    else:
        gain = _gain(scenario, seed, entry.id + "-dug")
        yield Patch(entry.shape, entry.dug, gain=gain, feather_m=0.6, height_m=entry.height_m)


@_patches.register
def _(entry: plan.Repaint, day: date, scenario: plan.Scenario, seed: int) -> Iterable[Patch]:
    return ()  # changes the roof of a building, see `_building`


@_patches.register
def _(entry: plan.Vehicles, day: date, scenario: plan.Scenario, seed: int) -> Iterable[Patch]:
    rng = stream(seed, entry.id, day.toordinal() // entry.stay_days)
    axis, _ = _axes(entry.shape)
    angle = float(np.degrees(np.arctan2(axis[1], axis[0])))
    x0, y0, x1, y1 = entry.shape.bounds
    for _ in range(rng.poisson(entry.count)):
        x, y, turn, pick = rng.uniform(x0, x1), rng.uniform(y0, y1), rng.integers(2), rng.uniform()
        if not shapely.contains_xy(entry.shape, x, y):
            continue
        length, width = entry.size_m
        body = affinity.rotate(
            shapely.box(x - length / 2, y - width / 2, x + length / 2, y + width / 2), angle + 90 * turn
        )
        yield Patch(body, "white_vehicle" if pick < 0.45 else "dark_vehicle", height_m=2.8)


@_patches.register
def _(entry: plan.Pond, day: date, scenario: plan.Scenario, seed: int) -> Iterable[Patch]:
    # High water in August, as under a summer monsoon; each month a little different.
    level = 0.5 + 0.5 * cos(2 * pi * (northern_day(day, scenario.lat) - 220) / 365.25)
    level += float(stream(seed, entry.id, day.year, day.month).normal(0, 0.12))
    yield Patch(entry.shape, "mud", feather_m=1.5)
    water = entry.shape.buffer(-entry.drop_m * (1 - min(1.0, max(0.0, level))))
    if not water.is_empty:
        yield Patch(water, "water", feather_m=0.8)


@_patches.register
def _(entry: plan.Stockpile, day: date, scenario: plan.Scenario, seed: int) -> Iterable[Patch]:
    rng = stream(seed, entry.id, day.toordinal() // 45)
    axis, length = _axes(entry.shape)
    middle = np.array(entry.shape.centroid.coords[0])
    for place in np.linspace(-0.33, 0.33, 3):
        radius = rng.uniform(0, 0.18) * length
        if radius < 2:
            continue
        heap = Point(*(middle + place * length * axis)).buffer(radius, quad_segs=4).intersection(entry.shape)
        yield Patch(heap, entry.material, height_m=entry.height_m * min(1.0, radius / 8), feather_m=0.8)


@_patches.register
def _(entry: plan.Scaffold, day: date, scenario: plan.Scenario, seed: int) -> Iterable[Patch]:
    if entry.start <= day < entry.end:
        building = next(b for b in scenario.buildings if b.name == entry.of)
        yield Patch(
            _rim(building.shape), "frame", height_m=building.height_m + 1, open_below=True, density=0.6
        )


@_patches.register
def _(entry: plan.Trees, day: date, scenario: plan.Scenario, seed: int) -> Iterable[Patch]:
    if (entry.cut is not None and day >= entry.cut) or (entry.planted is not None and day < entry.planted):
        return
    grown = 1.0
    if entry.planted is not None:
        grown = min(1.0, 0.15 + 0.85 * (day - entry.planted).days / max(1.0, entry.grow_days))
    gain = _gain(scenario, seed, entry.id)
    yield Patch(
        entry.shape, entry.cover, gain=gain, height_m=grown * entry.height_m, density=grown, feather_m=0.5
    )


@_patches.register
def _(entry: plan.Burn, day: date, scenario: plan.Scenario, seed: int) -> Iterable[Patch]:
    age = (day - entry.day).days
    if age >= 0 and (left := 1 - age / max(1.0, entry.recovers_days)) > 0:
        gain = _gain(scenario, seed, entry.id)
        yield Patch(entry.shape, "ash", gain=gain, density=left**0.5, feather_m=2.0)


@_patches.register
def _(entry: plan.Flood, day: date, scenario: plan.Scenario, seed: int) -> Iterable[Patch]:
    dry = entry.end + 0.5 * (entry.end - entry.start)
    if entry.start <= day < dry:
        cover = "flood" if day < entry.end else "mud"
        yield Patch(entry.shape, cover, gain=_gain(scenario, seed, entry.id), feather_m=2.0)


@lru_cache(maxsize=4096)
def _rim(shape: Polygon) -> Shape:
    """Where a scaffold stands around a building."""
    return shape.buffer(2.0, join_style="mitre").difference(shape.buffer(-0.5, join_style="mitre"))


def house_days(entry: plan.Houses) -> list[date]:
    """The day of each house's slab."""
    return [entry.first + timedelta(days=round(i * entry.every_days)) for i in range(len(entry.shapes))]


def northern_day(day: date, lat: float) -> float:
    """Day of the year, shifted by half a year south of the equator."""
    return (day.timetuple().tm_yday + (0 if lat >= 0 else 182.6)) % 365.25


def _share(day: date, start: date, end: date) -> float:
    return min(1.0, max(0.0, ((day - start).days + 1) / max(1, (end - start).days + 1)))


@lru_cache(maxsize=4096)
def _axes(shape: Polygon) -> tuple[Floats, float]:
    """Unit vector along the longest side of the smallest rectangle around a shape, and that side's length."""
    corners = shapely.get_coordinates(shape.minimum_rotated_rectangle)[:3]
    sides = np.diff(corners, axis=0)
    lengths = np.hypot(*sides.T)
    longest = int(lengths.argmax())
    return sides[longest] / lengths[longest], float(lengths[longest])


def _half_plane(shape: Polygon, normal: Floats, offset: float) -> Shape:
    """The part of a shape whose points p have (p - centre) · normal < offset."""
    centre = np.array(shape.minimum_rotated_rectangle.centroid.coords[0])
    reach = 2 * float(np.hypot(*np.ptp(shapely.get_coordinates(shape), axis=0))) + 1
    side = np.array([-normal[1], normal[0]]) * reach
    edge = centre + normal * offset
    return shape.intersection(
        Polygon([edge + side, edge - side, edge - side - normal * reach, edge + side - normal * reach])
    )


@lru_cache(maxsize=4096)
def _bays(shape: Polygon, share: float) -> Shape:
    """The first bays, each about 20 m, that make up `share` of a shape along its longer side."""
    axis, length = _axes(shape)
    count = max(1, round(length / 20))
    done = max(1, ceil(share * count)) / count
    return shape if done >= 1 else _half_plane(shape, axis, (done - 0.5) * length)


def _gabled(body: Patch, pitch_deg: float) -> list[Patch]:
    """A flat roof as it is; a gable roof as its two halves, which the sun lights differently."""
    if not pitch_deg or not isinstance(body.shape, Polygon):
        return [body]
    axis, _ = _axes(body.shape)
    normal = np.array([-axis[1], axis[0]])
    rise = tan(radians(pitch_deg))
    halves = []
    for side, half in zip((normal, -normal), _halves(body.shape), strict=True):
        slope = (float(rise * side[0]), float(rise * side[1]))  # a half lies behind `side`: it rises with it
        halves.append(Patch(half, body.material, gain=body.gain, height_m=body.height_m, slope=slope))
    return halves


@lru_cache(maxsize=4096)
def _halves(shape: Polygon) -> tuple[Shape, Shape]:
    axis, _ = _axes(shape)
    normal = np.array([-axis[1], axis[0]])
    return _half_plane(shape, normal, 0.0), _half_plane(shape, -normal, 0.0)

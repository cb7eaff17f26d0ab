"""What happens at a random site: halls, small buildings, removals and ground works, drawn onto a draft."""

from datetime import timedelta

import numpy as np
import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from sitewatch.simulate import plan
from sitewatch.simulate.draft import BARE, GIRDERS, PITCHED, ROOFS, Draft
from sitewatch.simulate.noise import stream
from sitewatch.simulate.scenario import row_of


def happenings(draft: Draft) -> None:
    rng = stream(draft.seed, "events")
    if rng.uniform() < 0.75:
        _new_hall(draft, rng)
    for i in range(rng.integers(1, 6)):
        _small_building(draft, rng, i + 1)
    for chance, happen in ((0.5, _new_houses), (0.5, _new_road)):
        if rng.uniform() < chance:
            happen(draft, rng)
    for i in range(rng.choice(4, p=[0.25, 0.4, 0.25, 0.1])):
        _thin_removed(draft, rng, i + 1)
    for i in range(rng.choice(4, p=[0.3, 0.35, 0.25, 0.1])):
        _demolition(draft, rng, i + 1)
    for i in range(rng.choice(3, p=[0.35, 0.45, 0.2])):
        _groundwork(draft, rng, i + 1)
    for chance, happen in ((0.35, _excavation), (0.35, _clearing), (0.25, _bank)):
        if rng.uniform() < chance:
            happen(draft, rng)


def _new_hall(draft: Draft, rng: np.random.Generator) -> None:
    if not draft.buildings or not draft.buildings[0].reference:
        return
    ratio, aspect = float(np.exp(rng.uniform(np.log(0.35), np.log(1.8)))), float(rng.uniform(1.5, 3.5))
    width = (draft.buildings[0].shape.area * ratio / aspect) ** 0.5
    length, apron = aspect * width, float(rng.uniform(6, 18))
    ground = draft.place(rng, length + 2 * apron, width + 2 * apron, inset=0.08)
    if ground is None:
        return
    shape = ground.buffer(-apron, join_style="mitre")
    clearing = draft.day(rng, before=330)
    slab = clearing + timedelta(days=int(rng.integers(20, 110)))
    frame = slab + timedelta(days=int(rng.integers(25, 80)))
    roofed = frame + timedelta(days=int(rng.integers(40, 130)))
    roof, height = str(rng.choice(ROOFS)), float(rng.uniform(6, 17))
    draft.events.append(
        plan.Construction(
            "new-hall", shape, height, roof, slab, frame, roofed, clearing, ground, ratio_to="old hall"
        )
    )


def _small_building(draft: Draft, rng: np.random.Generator, number: int) -> None:
    least, most = max(6.0, 1.8 * draft.gsd), max(45.0, 7 * draft.gsd)
    length = float(np.exp(rng.uniform(np.log(least), np.log(most))))
    shape = draft.place(rng, length, max(5.0, length / rng.uniform(1.0, 2.8)), inset=0.03)
    if shape is None:
        return
    slab = draft.day(rng, before=100)
    frame = slab + timedelta(days=int(rng.integers(3, 40)))
    roofed = frame + timedelta(days=int(rng.integers(4, 60)))
    roof, height = str(rng.choice(ROOFS)), float(rng.uniform(2.5, 9))
    pitch = PITCHED.get(roof, 0.0)
    draft.events.append(
        plan.Construction(
            f"small-{number}", shape, height, roof, slab, frame, roofed, what="small", pitch_deg=pitch
        )
    )


def _new_houses(draft: Draft, rng: np.random.Generator) -> None:
    count, size = int(rng.integers(3, 8)), (float(rng.uniform(8, 12)), float(rng.uniform(9, 24)))
    spacing = size[0] + float(rng.uniform(5, 12))
    ground = draft.place(rng, spacing * count + 6, size[1] + 14, inset=0.08)
    if ground is None:
        return
    corners = shapely.get_coordinates(ground)
    along = (corners[1] - corners[0]) / np.hypot(*(corners[1] - corners[0]))
    x, y = np.array(ground.centroid.coords[0]) - along * spacing * (count - 1) / 2
    azimuth = float(np.degrees(np.arctan2(along[0], along[1])))
    shapes = row_of((float(x), float(y)), count, size, spacing=spacing, azimuth=azimuth)
    clearing = draft.day(rng, before=220)
    first = clearing + timedelta(days=int(rng.integers(15, 60)))
    every = float(rng.uniform(3, 16))
    height, roof = float(rng.uniform(3.5, 7)), str(rng.choice(ROOFS))
    draft.events.append(
        plan.Houses("houses", shapes, height, roof, first, every, clearing=clearing, ground=ground)
    )


def _new_road(draft: Draft, rng: np.random.Generator) -> None:
    a, b = rng.uniform(0.08, 0.92, (2, 2)) * draft.size
    shape = LineString([a, b]).buffer(float(rng.uniform(4, 9)) / 2, cap_style="flat")
    built = [b.shape.buffer(4) for b in draft.buildings] + [g for e in draft.events for g in _grounds(e)]
    left = shapely.get_parts(shape.difference(shapely.union_all(built)))
    shape = max(left, key=lambda p: p.area, default=shapely.Polygon())
    day = draft.day(rng, before=60)
    finished = day + timedelta(days=int(rng.integers(30, 150))) if rng.uniform() < 0.7 else None
    surface = str(rng.choice(["new_asphalt", "gravel", "new_concrete"]))
    if shape.area < 40:  # nearly all of it would cross what is there
        return
    draft.keep(shape, 3)
    draft.events.append(
        plan.Groundwork("new-road", shape, day, surface, finished, what="road", kind="appeared")
    )


def _thin_removed(draft: Draft, rng: np.random.Generator, number: int) -> None:
    """A bridge crane, a conveyor, a shed: 18 to 45 m long and 3.5 to 8 m wide."""
    shape = draft.place(rng, rng.uniform(18, 45), rng.uniform(3.5, 8), inset=0.04)
    if shape is None:
        return
    crane = rng.uniform() < 0.65
    name = f"crane {number}" if crane else f"shed {number}"
    if rng.uniform() < 0.8:
        yard = shape.buffer(float(rng.uniform(4, 14)), join_style="mitre")
        draft.areas.append(plan.Area(f"{name} yard", yard, str(rng.choice(BARE))))
    roof = str(rng.choice(GIRDERS if crane else ROOFS))
    height = float(rng.uniform(6, 18) if crane else rng.uniform(2.5, 7))
    what = "crane" if crane else "shed"
    draft.buildings.append(plan.Building(name, shape, height, roof, what=what, open_below=crane))
    leaves = None if rng.uniform() < 0.7 else str(rng.choice(BARE))
    draft.events.append(plan.Removal(f"{what}-removed-{number}", name, draft.day(rng), leaves))


def _demolition(draft: Draft, rng: np.random.Generator, number: int) -> None:
    gone = {e.of for e in draft.events if isinstance(e, plan.Removal)}
    choice = [
        b
        for b in draft.buildings
        if not b.reference and b.what == "building" and b.shape.area > 36 and b.name not in gone
    ]
    if not choice:
        return
    building = choice[int(rng.integers(len(choice)))]
    leaves = None if rng.uniform() < 0.25 else str(rng.choice(BARE))
    rubble = float(rng.uniform(0, 120)) if rng.uniform() < 0.6 else 0.0
    draft.events.append(plan.Removal(f"demolition-{number}", building.name, draft.day(rng), leaves, rubble))


def _groundwork(draft: Draft, rng: np.random.Generator, number: int) -> None:
    shape = draft.place(rng, rng.uniform(12, 80), rng.uniform(8, 45), inset=0.04)
    if shape is None:
        return
    day = draft.day(rng, before=60)
    finished = day + timedelta(days=int(rng.integers(10, 120)))
    surface = str(rng.choice(["new_concrete", "new_asphalt", "gravel", "asphalt", "concrete"]))
    draft.events.append(plan.Groundwork(f"apron-{number}", shape, day, surface, finished, what="apron"))


def _clearing(draft: Draft, rng: np.random.Generator) -> None:
    """Plants taken off and nothing built: bare soil, sometimes cut back into a wood."""
    shape = draft.place(rng, rng.uniform(20, 110), rng.uniform(15, 80), inset=0.05)
    if shape is not None:
        bare = str(rng.choice(["dug_soil", "soil", "sand", "gravel"]))
        draft.events.append(
            plan.Groundwork("clearing", shape, draft.day(rng), bare, dug=bare, what="clearing")
        )


def _bank(draft: Draft, rng: np.random.Generator) -> None:
    """An earth bank, long and low."""
    shape = draft.place(rng, rng.uniform(25, 110), rng.uniform(4, 10), inset=0.05)
    if shape is not None:
        dug, height = str(rng.choice(["dug_soil", "soil", "rock"])), float(rng.uniform(1.5, 4.5))
        draft.events.append(
            plan.Groundwork("bank", shape, draft.day(rng), dug, dug=dug, what="bank", height_m=height)
        )


def _excavation(draft: Draft, rng: np.random.Generator) -> None:
    shape = draft.place_blob(rng, float(rng.uniform(7, 45)))
    if shape is not None:
        dug = str(rng.choice(["dug_soil", "rock"]))
        day = draft.day(rng)
        draft.events.append(plan.Groundwork("excavation", shape, day, dug, dug=dug, what="excavation"))


def _grounds(event: plan.Event) -> list[BaseGeometry]:
    if isinstance(event, plan.Removal):
        return []
    if isinstance(event, plan.Groundwork):
        return [event.shape]
    shapes = [event.shape] if isinstance(event, plan.Construction) else list(event.shapes)
    return shapes if event.ground is None else [event.ground]

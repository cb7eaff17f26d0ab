"""Scenarios drawn at random: varied sites to calibrate and to evaluate detectors on."""

from datetime import date, timedelta
from math import cos, pi, radians, sin

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from sitewatch.simulate import plan
from sitewatch.simulate.noise import stream
from sitewatch.simulate.scenario import rotated_box, row_of

ROOFS = (
    "white_metal",
    "grey_metal",
    "rusty_metal",
    "blue_metal",
    "green_metal",
    "red_tile",
    "bitumen",
    "concrete",
)
PITCHED = {"red_tile": 22.0, "rusty_metal": 8.0, "grey_metal": 5.0}
TRIES = 60


def random_scenario(
    seed: int,
    *,
    gsd: float = 3.0,
    dates: int = 32,
    events: bool = True,
    size_m: float = 720.0,
    start: date = date(2023, 1, 1),
    years: float = 2.0,
    weather: plan.Weather | None = None,
    sensor: plan.Sensor | None = None,
) -> plan.Scenario:
    """A site of its own for each seed: relief, plants, roads, fields, woods, buildings, events, distractors.

    Args:
        gsd: pixel size in metres; with `sensor`, that one's is taken instead.
        dates: number of scenes over `years` from `start`.
        events: False leaves out all events and keeps the distractors: what is then found is false.
        size_m: side of the site; below about 300 m few things find room.

    Raises:
        UsageError: the values do not make a scenario (see `plan.Scenario`).
    """
    draft = _Draft(seed, size_m, start, start + timedelta(days=round(365.25 * years)))
    draft.roads()
    draft.yards()
    draft.old_buildings()
    if events:
        draft.happenings()
    draft.landscape()
    draft.distract()
    rng = stream(seed, "site")
    arid = rng.uniform() < 0.25
    return plan.Scenario(
        name=f"Random site {seed}",
        lat=float(rng.uniform(25, 50)),
        lon=float(rng.uniform(-120, 140)),
        size_m=size_m,
        start=draft.start,
        end=draft.end,
        count=dates,
        seed=seed,
        relief_m=float(rng.uniform(1, 14)),
        ground=plan.Ground(
            plants="steppe" if arid else "grass",
            bare="sand" if arid and rng.uniform() < 0.6 else "soil",
            share=float(rng.uniform(0.15, 0.6) if arid else rng.uniform(0.5, 0.95)),
            patch_m=float(rng.uniform(30, 150)),
        ),
        sensor=sensor or plan.Sensor(gsd_m=gsd, psf_sigma_px=float(rng.uniform(0.35, 0.5))),
        weather=weather or plan.Weather(),
        areas=tuple(draft.areas),
        buildings=tuple(draft.buildings),
        events=tuple(draft.events),
        distractors=tuple(draft.distractors),
    )


class _Draft:
    """A plan while it grows. Each step draws from a stream of its own."""

    def __init__(self, seed: int, size_m: float, start: date, end: date) -> None:
        self.seed, self.size, self.start, self.end = seed, size_m, start, end
        self.azimuth = float(stream(seed, "azimuth").uniform(0, 180))
        self.areas: list[plan.Area] = []
        self.buildings: list[plan.Building] = []
        self.events: list[plan.Event] = []
        self.distractors: list[plan.Distractor] = []
        self.taken: list[BaseGeometry] = []
        """Where nothing else may be built: roads, buildings, ground of events."""

    def roads(self) -> None:
        rng = stream(self.seed, "roads")
        for i in range(rng.integers(1, 4)):
            turn = self.azimuth + 90 * (i % 2) + rng.normal(0, 4)
            middle = rng.uniform(0.2, 0.8, 2) * self.size
            along = np.array([sin(radians(turn)), cos(radians(turn))])
            side = np.array([along[1], -along[0]]) * rng.normal(0, 0.05 * self.size)
            points = [middle - along * self.size * 1.5, middle + side, middle + along * self.size * 1.5]
            shape = LineString(points).buffer(
                float(rng.uniform(4, 9)) / 2, cap_style="flat", join_style="mitre"
            )
            cover = str(rng.choice(["asphalt", "asphalt", "gravel", "concrete"]))
            self.areas.append(plan.Area(f"road {i + 1}", shape, cover))
            self.taken.append(shape.buffer(3))

    def yards(self) -> None:
        rng = stream(self.seed, "yards")
        for i in range(rng.integers(1, 3)):
            shape = self._place(rng, rng.uniform(90, 260), rng.uniform(70, 180), inset=0.2, apart=False)
            if shape is not None:
                cover = str(rng.choice(["gravel", "concrete", "soil"]))
                self.areas.insert(0, plan.Area(f"yard {i + 1}", shape, cover, feather_m=1.0))

    def old_buildings(self) -> None:
        rng = stream(self.seed, "buildings")
        hall = self._place(rng, rng.uniform(50, 100), rng.uniform(22, 42), inset=0.15)
        if hall is not None:
            roof = str(rng.choice(ROOFS))
            height = float(rng.uniform(9, 16))
            self.buildings.append(plan.Building("old hall", hall, height, roof, reference=True))
        for i in range(rng.integers(6, 30)):
            length = float(np.exp(rng.uniform(np.log(8), np.log(75))))
            shape = self._place(rng, length, max(6.0, length / rng.uniform(1.1, 3.8)))
            if shape is not None:
                roof = str(rng.choice(ROOFS))
                height = float(rng.uniform(3, 5) + 0.1 * length)
                self.buildings.append(
                    plan.Building(f"building {i + 1}", shape, height, roof, pitch_deg=PITCHED.get(roof, 0.0))
                )

    def happenings(self) -> None:
        rng = stream(self.seed, "events")
        self._new_hall(rng)
        for i in range(rng.integers(1, 5)):
            self._small_building(rng, i + 1)
        for chance, happen in (
            (0.6, self._new_houses),
            (0.6, self._new_road),
            (0.6, self._crane_removed),
            (0.6, self._demolition),
            (0.7, self._groundwork),
            (0.4, self._excavation),
        ):
            if rng.uniform() < chance:
                happen(rng)

    def landscape(self) -> None:
        rng = stream(self.seed, "land")
        fixed = shapely.union_all(
            [*(a.shape for a in self.areas), *(b.shape.buffer(3) for b in self.buildings)]
        )
        land: list[plan.Area] = []
        for i in range(rng.integers(2, 9)):
            centre = rng.uniform(0, 1, 2) * self.size
            size = (float(rng.uniform(60, 180)), float(rng.uniform(40, 120)))
            field = rotated_box((centre[0], centre[1]), size, self.azimuth + float(rng.normal(0, 3)))
            field = field.difference(shapely.union_all([fixed, *(a.shape.buffer(2) for a in land)]))
            if field.area > 1500:
                land.append(plan.Area(f"field {i + 1}", field, "crop", feather_m=0.8))
        for i in range(rng.integers(0, 5)):
            cover = str(rng.choice(["deciduous", "conifer"]))
            wood = self._blob(rng, float(rng.uniform(25, 150)))
            wood = wood.difference(shapely.union_all([fixed.buffer(9), *(a.shape for a in land)]))
            if wood.area > 400:
                height = float(rng.uniform(4, 14))
                land.append(plan.Area(f"wood {i + 1}", wood, cover, height_m=height, feather_m=2.0))
        self.areas = [*land, *self.areas]

    def distract(self) -> None:
        rng = stream(self.seed, "distractors")
        gone = {e.of for e in self.events if isinstance(e, plan.Removal)}
        stay = [b for b in self.buildings if b.name not in gone and not b.reference and b.shape.area > 150]
        for i in range(min(len(stay), int(rng.integers(0, 4)))):
            building = stay[i]
            roof = str(rng.choice([r for r in ROOFS if r != building.roof]))
            self.distractors.append(plan.Repaint(f"repaint-{i + 1}", building.name, self._day(rng), roof))
        for i in range(rng.integers(0, 3)):
            yard = self._place(rng, rng.uniform(30, 90), rng.uniform(15, 35), inset=0.05)
            if yard is not None:
                self.areas.append(plan.Area(f"park {i + 1}", yard, "gravel"))
                self.distractors.append(plan.Vehicles(f"vehicles-{i + 1}", yard, int(rng.integers(2, 9))))
        for i in range(rng.integers(0, 3)):
            pond = self._place_blob(rng, float(rng.uniform(10, 32)))
            if pond is not None:
                self.distractors.append(plan.Pond(f"pond-{i + 1}", pond, float(rng.uniform(3, 10))))
        if rng.uniform() < 0.5:
            heaps = self._place(rng, rng.uniform(35, 70), rng.uniform(18, 30), inset=0.05)
            if heaps is not None:
                material = str(rng.choice(["coal", "gravel", "sand"]))
                self.distractors.append(plan.Stockpile("stockpile", heaps, material))

    def _new_hall(self, rng: np.random.Generator) -> None:
        if not self.buildings or not self.buildings[0].reference:
            return
        ratio, aspect = float(np.exp(rng.uniform(np.log(0.35), np.log(1.8)))), float(rng.uniform(1.5, 3.5))
        width = (self.buildings[0].shape.area * ratio / aspect) ** 0.5
        length, apron = aspect * width, float(rng.uniform(6, 18))
        ground = self._place(rng, length + 2 * apron, width + 2 * apron, inset=0.08)
        if ground is None:
            return
        shape = ground.buffer(-apron, join_style="mitre")
        clearing = self._day(rng, before=330)
        slab = clearing + timedelta(days=int(rng.integers(20, 110)))
        frame = slab + timedelta(days=int(rng.integers(25, 80)))
        roofed = frame + timedelta(days=int(rng.integers(40, 130)))
        roof, height = str(rng.choice(ROOFS)), float(rng.uniform(8, 16))
        self.events.append(
            plan.Construction(
                "new-hall", shape, height, roof, slab, frame, roofed, clearing, ground, ratio_to="old hall"
            )
        )

    def _small_building(self, rng: np.random.Generator, number: int) -> None:
        length = float(np.exp(rng.uniform(np.log(8), np.log(32))))
        shape = self._place(rng, length, max(6.0, length / rng.uniform(1.1, 2.5)), inset=0.05)
        if shape is None:
            return
        slab = self._day(rng, before=100)
        frame = slab + timedelta(days=int(rng.integers(8, 30)))
        roofed = frame + timedelta(days=int(rng.integers(10, 50)))
        roof, height = str(rng.choice(ROOFS)), float(rng.uniform(3, 8))
        pitch = PITCHED.get(roof, 0.0)
        self.events.append(
            plan.Construction(
                f"small-{number}", shape, height, roof, slab, frame, roofed, what="small", pitch_deg=pitch
            )
        )

    def _new_houses(self, rng: np.random.Generator) -> None:
        count, size = int(rng.integers(3, 8)), (float(rng.uniform(8, 12)), float(rng.uniform(9, 24)))
        spacing = size[0] + float(rng.uniform(5, 12))
        ground = self._place(rng, spacing * count + 6, size[1] + 14, inset=0.08)
        if ground is None:
            return
        corners = shapely.get_coordinates(ground)
        along = (corners[1] - corners[0]) / np.hypot(*(corners[1] - corners[0]))
        x, y = np.array(ground.centroid.coords[0]) - along * spacing * (count - 1) / 2
        azimuth = float(np.degrees(np.arctan2(along[0], along[1])))
        shapes = row_of((float(x), float(y)), count, size, spacing=spacing, azimuth=azimuth)
        clearing = self._day(rng, before=220)
        first = clearing + timedelta(days=int(rng.integers(15, 60)))
        every = float(rng.uniform(3, 16))
        height, roof = float(rng.uniform(3.5, 7)), str(rng.choice(ROOFS))
        self.events.append(
            plan.Houses("houses", shapes, height, roof, first, every, clearing=clearing, ground=ground)
        )

    def _new_road(self, rng: np.random.Generator) -> None:
        a, b = rng.uniform(0.08, 0.92, (2, 2)) * self.size
        shape = LineString([a, b]).buffer(float(rng.uniform(4, 9)) / 2, cap_style="flat")
        built = [b.shape.buffer(4) for b in self.buildings] + [g for e in self.events for g in _grounds(e)]
        shape = max(shapely.get_parts(shape.difference(shapely.union_all(built))), key=lambda p: p.area)
        day = self._day(rng, before=60)
        finished = day + timedelta(days=int(rng.integers(30, 150))) if rng.uniform() < 0.7 else None
        surface = str(rng.choice(["new_asphalt", "gravel", "new_concrete"]))
        self._keep(shape, 3)
        self.events.append(
            plan.Groundwork("new-road", shape, day, surface, finished, what="road", kind="appeared")
        )

    def _crane_removed(self, rng: np.random.Generator) -> None:
        shape = self._place(rng, rng.uniform(22, 40), rng.uniform(4.5, 7), inset=0.05)
        if shape is None:
            return
        yard = shape.buffer(float(rng.uniform(6, 14)), join_style="mitre")
        self.areas.append(plan.Area("crane yard", yard, str(rng.choice(["concrete", "gravel", "soil"]))))
        roof = str(rng.choice(["yellow_steel", "dark_steel", "white_metal"]))
        height = float(rng.uniform(8, 15))
        self.buildings.append(plan.Building("crane", shape, height, roof, what="crane", open_below=True))
        self.events.append(plan.Removal("crane-removed", "crane", self._day(rng)))

    def _demolition(self, rng: np.random.Generator) -> None:
        choice = [
            b for b in self.buildings if not b.reference and b.what == "building" and b.shape.area > 100
        ]
        if not choice:
            return
        building = choice[int(rng.integers(len(choice)))]
        leaves = str(rng.choice(["soil", "gravel", "dug_soil", "concrete"]))
        rubble = float(rng.uniform(0, 90))
        self.events.append(plan.Removal("demolition", building.name, self._day(rng), leaves, rubble))

    def _groundwork(self, rng: np.random.Generator) -> None:
        shape = self._place(rng, rng.uniform(25, 80), rng.uniform(15, 45), inset=0.05)
        if shape is None:
            return
        day = self._day(rng, before=60)
        finished = day + timedelta(days=int(rng.integers(20, 120)))
        surface = str(rng.choice(["new_concrete", "new_asphalt", "gravel"]))
        self.events.append(plan.Groundwork("apron", shape, day, surface, finished, what="apron"))

    def _excavation(self, rng: np.random.Generator) -> None:
        shape = self._place_blob(rng, float(rng.uniform(12, 45)))
        if shape is not None:
            dug = str(rng.choice(["dug_soil", "rock"]))
            day = self._day(rng)
            self.events.append(plan.Groundwork("excavation", shape, day, dug, dug=dug, what="excavation"))

    def _day(self, rng: np.random.Generator, before: int = 0) -> date:
        """A day in the middle of the series, at least `before` days and a tenth of it from the end."""
        span = (self.end - self.start).days
        last = max(0.2 * span, min(0.9 * span, 0.95 * span - before))
        return self.start + timedelta(days=int(rng.uniform(0.12 * span, last)))

    def _blob(self, rng: np.random.Generator, radius: float) -> Polygon:
        """A rounded, irregular outline."""
        x, y = rng.uniform(0.02, 0.98, 2) * self.size
        angle = np.linspace(0, 2 * pi, 24, endpoint=False)
        waves = sum(
            rng.normal(0, 0.25 / k) * np.cos(k * angle + rng.uniform(0, 2 * pi)) for k in (1, 2, 3, 4)
        )
        reach = radius * np.clip(1 + waves, 0.35, 1.8)
        return Polygon(np.column_stack([x + reach * np.cos(angle), y + reach * np.sin(angle)])).buffer(0)

    def _place(
        self,
        rng: np.random.Generator,
        length: float,
        width: float,
        *,
        inset: float = 0.01,
        apart: bool = True,
    ) -> Polygon | None:
        """A rectangle along the site's main direction where there is room, or None after `TRIES` places."""
        for _ in range(TRIES):
            x, y = rng.uniform(inset, 1 - inset, 2) * self.size
            turn = self.azimuth + 90 * float(rng.integers(2)) + float(rng.normal(0, 1.5))
            shape = rotated_box((float(x), float(y)), (float(length), float(width)), turn)
            if not apart:
                return shape
            if (placed := self._free(shape)) is not None:
                return placed
        return None

    def _place_blob(self, rng: np.random.Generator, radius: float) -> Polygon | None:
        for _ in range(TRIES):
            if (placed := self._free(self._blob(rng, radius))) is not None:
                return placed
        return None

    def _free(self, shape: Polygon) -> Polygon | None:
        """The shape, now taken, if it lies inside the site and clear of what is there."""
        if not shapely.box(0, 0, self.size, self.size).contains(shape):
            return None
        if any(shape.intersects(other) for other in self.taken):
            return None
        return self._keep(shape, 6)

    def _keep(self, shape: Polygon, distance: float) -> Polygon:
        self.taken.append(shape.buffer(distance))
        return shape


def _grounds(event: plan.Event) -> list[BaseGeometry]:
    if isinstance(event, plan.Removal):
        return []
    if isinstance(event, plan.Groundwork):
        return [event.shape]
    shapes = [event.shape] if isinstance(event, plan.Construction) else list(event.shapes)
    return shapes if event.ground is None else [event.ground]

"""A site's plan while it is drawn at random: what lies and stands there from the first date on."""

from datetime import date, timedelta
from math import cos, pi, radians, sin

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from sitewatch.simulate import plan
from sitewatch.simulate.noise import stream
from sitewatch.simulate.outline import areal
from sitewatch.simulate.scenario import rotated_box

ROOFS = (
    "white_metal",
    "grey_metal",
    "rusty_metal",
    "blue_metal",
    "green_metal",
    "cream_metal",
    "dark_metal",
    "red_metal",
    "red_tile",
    "bitumen",
    "concrete",
    "solar",
    "thatch",
)
PITCHED = {"red_tile": 22.0, "thatch": 30.0, "rusty_metal": 8.0, "grey_metal": 5.0}
GIRDERS = ("yellow_steel", "dark_steel", "white_metal", "red_metal", "blue_metal", "grey_metal")
BARE = ("soil", "soil", "gravel", "concrete", "dug_soil", "sand")
TRIES = 60


class Draft:
    """A plan while it grows. Each step draws from a stream of its own."""

    def __init__(self, seed: int, size_m: float, gsd_m: float, start: date, end: date) -> None:
        self.seed, self.size, self.start, self.end = seed, size_m, start, end
        self.gsd = gsd_m
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
            shape = self.place(rng, rng.uniform(90, 260), rng.uniform(70, 180), inset=0.2, apart=False)
            if shape is not None:
                cover = str(rng.choice(["gravel", "concrete", "soil"]))
                self.areas.insert(0, plan.Area(f"yard {i + 1}", shape, cover, feather_m=1.0))

    def old_buildings(self) -> None:
        rng = stream(self.seed, "buildings")
        hall = self.place(rng, rng.uniform(45, 100), rng.uniform(20, 42), inset=0.15)
        if hall is not None:
            roof = str(rng.choice(ROOFS))
            height = float(rng.uniform(8, 18))
            self.buildings.append(plan.Building("old hall", hall, height, roof, reference=True))
        for i in range(rng.integers(3, 26)):
            length = float(np.exp(rng.uniform(np.log(6), np.log(75))))
            shape = self.place(rng, length, max(5.0, length / rng.uniform(1.1, 3.8)))
            if shape is not None:
                wing = rng.uniform() < 0.2
                roof = str(rng.choice(ROOFS))
                pitch = 0.0 if wing else PITCHED.get(roof, 0.0)
                height = float(rng.uniform(2.5, 5) + rng.uniform(0.03, 0.15) * length)
                if wing:
                    shape = _without_corner(shape, rng)
                self.buildings.append(
                    plan.Building(f"building {i + 1}", shape, height, roof, pitch_deg=pitch)
                )

        for i in range(rng.integers(0, 3)):
            girder = self.place(rng, rng.uniform(18, 45), rng.uniform(3.5, 8))
            if girder is not None:
                roof, height = str(rng.choice(GIRDERS)), float(rng.uniform(6, 18))
                crane = plan.Building(f"gantry {i + 1}", girder, height, roof, what="crane", open_below=True)
                self.buildings.append(crane)

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
            field = areal(field.difference(shapely.union_all([fixed, *(a.shape.buffer(2) for a in land)])))
            cover = str(rng.choice(["crop", "crop", "winter_crop", "meadow"]))
            if field.area > 1500:
                land.append(plan.Area(f"field {i + 1}", field, cover, feather_m=0.8))
        for i in range(rng.integers(0, 5)):
            cover = str(rng.choice(["deciduous", "conifer"]))
            wood = self.blob(rng, float(rng.uniform(25, 150)))
            wood = areal(wood.difference(shapely.union_all([fixed.buffer(9), *(a.shape for a in land)])))
            if wood.area > 400:
                height = float(rng.uniform(2, 18))
                land.append(plan.Area(f"wood {i + 1}", wood, cover, height_m=height, feather_m=2.0))
        crowns = self.crowns(rng, int(rng.integers(0, 25)))
        crowns = areal(crowns.difference(shapely.union_all([fixed.buffer(2), *self.taken])))
        if not crowns.is_empty:
            cover, height = str(rng.choice(["deciduous", "conifer"])), float(rng.uniform(4, 14))
            self.areas.append(plan.Area("trees", crowns, cover, height_m=height, feather_m=0.5))
        self.areas = [*land, *self.areas]

    def crowns(self, rng: np.random.Generator, count: int) -> BaseGeometry:
        """Crowns of single trees, scattered or in a row."""
        if not count:
            return Polygon()
        points = rng.uniform(0.02, 0.98, (count, 2)) * self.size
        if rng.uniform() < 0.5:
            step = rng.normal(0, 1, 2)
            points = points[0] + np.arange(count)[:, None] * step / np.hypot(*step) * rng.uniform(7, 14)
        radii = rng.uniform(1.5, 5, count)
        crowns = [Point(*p).buffer(r, quad_segs=3) for p, r in zip(points, radii, strict=True)]
        return shapely.union_all(crowns)

    def day(self, rng: np.random.Generator, before: int = 0) -> date:
        """A day in the middle of the series, at least `before` days and a tenth of it from the end."""
        span = (self.end - self.start).days
        last = max(0.2 * span, min(0.9 * span, 0.95 * span - before))
        return self.start + timedelta(days=int(rng.uniform(0.12 * span, last)))

    def blob(self, rng: np.random.Generator, radius: float) -> Polygon:
        """A rounded, irregular outline."""
        x, y = rng.uniform(0.02, 0.98, 2) * self.size
        angle = np.linspace(0, 2 * pi, 24, endpoint=False)
        waves = sum(
            rng.normal(0, 0.25 / k) * np.cos(k * angle + rng.uniform(0, 2 * pi)) for k in (1, 2, 3, 4)
        )
        reach = radius * np.clip(1 + waves, 0.35, 1.8)
        return Polygon(np.column_stack([x + reach * np.cos(angle), y + reach * np.sin(angle)])).buffer(0)

    def place(
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
            if (placed := self.free(shape)) is not None:
                return placed
        return None

    def place_blob(self, rng: np.random.Generator, radius: float) -> Polygon | None:
        for _ in range(TRIES):
            if (placed := self.free(self.blob(rng, radius))) is not None:
                return placed
        return None

    def free(self, shape: Polygon) -> Polygon | None:
        """The shape, now taken, if it lies inside the site and clear of what is there."""
        if not shapely.box(0, 0, self.size, self.size).contains(shape):
            return None
        if any(shape.intersects(other) for other in self.taken):
            return None
        return self.keep(shape, 6)

    def keep(self, shape: Polygon, distance: float) -> Polygon:
        self.taken.append(shape.buffer(distance))
        return shape


def _without_corner(shape: Polygon, rng: np.random.Generator) -> Polygon:
    """An L: a rectangle without a part at one corner."""
    a, b, c, d = shapely.get_coordinates(shape)[:4]
    along, across = rng.uniform(0.35, 0.65, 2)
    inner = a + (b - a) * along + (d - a) * across
    return Polygon([a, a + (b - a) * along, inner, b + (c - b) * across, c, d])

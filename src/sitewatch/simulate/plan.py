"""What stands at a simulated site, what happens there, and how it is looked at.

Shapes are in metres east (x) and north (y) of the site's south-west corner. All values are frozen; `scenario`
reads them from YAML, `generate` draws them at random.
"""

from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import TypeAlias

from shapely import MultiPolygon, Polygon

from sitewatch.errors import UsageError
from sitewatch.simulate.materials import MATERIALS

Shape: TypeAlias = Polygon | MultiPolygon


def _known(material: str, where: str) -> None:
    if material not in MATERIALS:
        raise UsageError(f"{where} is {material!r}; expected one of {', '.join(sorted(MATERIALS))}")


def _in_order(where: str, **days: date) -> None:
    names = list(days)
    for before, after in pairwise(names):
        if days[before] >= days[after]:
            raise UsageError(
                f"{where}: {after} {days[after]} is not after {before} {days[before]}; "
                f"expected the order {', '.join(names)}"
            )


@dataclass(frozen=True, slots=True)
class Ground:
    """What covers the site where nothing else does: plants with bare patches."""

    plants: str = "grass"
    bare: str = "soil"
    share: float = 0.75
    """Of plants, 0..1."""
    patch_m: float = 90.0
    """Size of the patches."""
    edge: float = 0.8
    """Softness of the patches' edges: 0.05 sharp .. 2 blurred."""
    also: str | None = None
    """A second plant cover in patches of its own, for instance scrub; low, without shadows."""
    also_share: float = 0.25
    late_days: float = 0.0
    """By how much all plants of this site are later than their kind's usual season."""
    vigour: float = 1.0
    """How green they get, 1 is their kind's full green."""

    def __post_init__(self) -> None:
        _known(self.plants, "ground.plants")
        _known(self.bare, "ground.bare")
        if self.also is not None:
            _known(self.also, "ground.also")
        for name in ("share", "also_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise UsageError(f"ground.{name} is {getattr(self, name)}; expected a share of 0 to 1")
        if not 0.01 <= self.edge <= 5:
            raise UsageError(f"ground.edge is {self.edge}; expected 0.01 (sharp) to 5 (blurred)")
        if not 0 <= self.vigour <= 1.2:
            raise UsageError(f"ground.vigour is {self.vigour}; expected 0 to 1.2")


@dataclass(frozen=True, slots=True)
class Area:
    """Ground of one cover: a road, a field, a yard, a wood."""

    name: str
    shape: Shape
    cover: str
    height_m: float = 0.0
    """Of trees; they throw a shadow."""
    feather_m: float = 0.0
    """Softness of the edge, one standard deviation."""

    def __post_init__(self) -> None:
        _known(self.cover, f"area {self.name!r}: cover")


@dataclass(frozen=True, slots=True)
class Building:
    """Something that stands from the first date on."""

    name: str
    shape: Polygon
    height_m: float
    roof: str
    what: str = "building"
    pitch_deg: float = 0.0
    """Slope of the two halves of a gable roof; 0 is flat."""
    open_below: bool = False
    """True for a girder on legs: one sees past its sides and its shadow does not start at its foot."""
    reference: bool = False
    """True where the truth lists it as a reference building."""

    def __post_init__(self) -> None:
        _known(self.roof, f"building {self.name!r}: roof")


@dataclass(frozen=True, slots=True)
class Construction:
    """A new building in stages; it appears with its slab."""

    id: str
    shape: Polygon
    height_m: float
    roof: str
    slab: date
    frame: date
    roofed: date
    clearing: date | None = None
    ground: Shape | None = None
    """What is cleared for it; an event of its own (altered). None where nothing is cleared."""
    what: str = "building"
    pitch_deg: float = 0.0
    ratio_to: str | None = None
    """Name of the reference building that its roof area is compared with."""

    def __post_init__(self) -> None:
        _known(self.roof, f"event {self.id!r}: roof")
        cleared = {} if self.clearing is None else {"clearing": self.clearing}
        _in_order(f"event {self.id!r}", **cleared, slab=self.slab, frame=self.frame, roof=self.roofed)
        if (self.clearing is None) != (self.ground is None):
            raise UsageError(f"event {self.id!r}: clearing needs both a date and a shape, or neither")


@dataclass(frozen=True, slots=True)
class Houses:
    """Small buildings, put up one after another."""

    id: str
    shapes: tuple[Polygon, ...]
    height_m: float
    roof: str
    first: date
    """The first slab."""
    every_days: float
    """From one house to the next."""
    build_days: float = 30.0
    """From the slab of a house to its roof."""
    pitch_deg: float = 22.0
    clearing: date | None = None
    ground: Shape | None = None

    def __post_init__(self) -> None:
        _known(self.roof, f"event {self.id!r}: roof")
        if not self.shapes:
            raise UsageError(f"event {self.id!r} has no house; expected at least one")
        if self.clearing is not None:
            _in_order(f"event {self.id!r}", clearing=self.clearing, first=self.first)
        if (self.clearing is None) != (self.ground is None):
            raise UsageError(f"event {self.id!r}: clearing needs both a date and a shape, or neither")


@dataclass(frozen=True, slots=True)
class Removal:
    """A building of the plan is taken away."""

    id: str
    of: str
    """Name of the building."""
    day: date
    leaves: str | None = None
    """Cover that stays; None shows the ground as it was under it."""
    rubble_days: float = 0.0
    """How long rubble lies there first."""

    def __post_init__(self) -> None:
        if self.leaves is not None:
            _known(self.leaves, f"event {self.id!r}: leaves")


@dataclass(frozen=True, slots=True)
class Groundwork:
    """The surface changes: a road, an apron, a cutting. Dug first, finished later."""

    id: str
    shape: Shape
    day: date
    surface: str
    finished: date | None = None
    """From when `surface` lies there; before, and for ever without it, `dug`."""
    dug: str = "dug_soil"
    what: str = "groundwork"
    kind: str = "altered"
    """"appeared" for a road, "altered" else."""
    height_m: float = 0.0
    """Of a bank; it throws a shadow. 0 is level ground."""

    def __post_init__(self) -> None:
        _known(self.surface, f"event {self.id!r}: surface")
        _known(self.dug, f"event {self.id!r}: dug")
        if self.finished is not None:
            _in_order(f"event {self.id!r}", date=self.day, finished=self.finished)


@dataclass(frozen=True, slots=True)
class Repaint:
    """Distractor: a roof gets another colour."""

    id: str
    of: str
    day: date
    roof: str

    def __post_init__(self) -> None:
        _known(self.roof, f"distractor {self.id!r}: roof")


@dataclass(frozen=True, slots=True)
class Vehicles:
    """Distractor: vehicles in a yard, other ones on each date."""

    id: str
    shape: Polygon
    count: int
    """Mean number on a date."""
    size_m: tuple[float, float] = (9.0, 2.6)
    stay_days: int = 1
    """How long they stay; containers and trailers stay for weeks."""

    def __post_init__(self) -> None:
        if self.stay_days < 1:
            raise UsageError(f"distractor {self.id!r}: stay_days is {self.stay_days}; expected at least 1")


@dataclass(frozen=True, slots=True)
class Pond:
    """Distractor: water whose edge moves with the season."""

    id: str
    shape: Polygon
    """At high water."""
    drop_m: float = 8.0
    """How far the edge draws back at low water."""


@dataclass(frozen=True, slots=True)
class Stockpile:
    """Distractor: heaps of bulk material that come and go."""

    id: str
    shape: Polygon
    material: str = "coal"
    height_m: float = 4.0

    def __post_init__(self) -> None:
        _known(self.material, f"distractor {self.id!r}: material")


@dataclass(frozen=True, slots=True)
class Scaffold:
    """Distractor: a scaffold around an old building, for some time."""

    id: str
    of: str
    start: date
    end: date

    def __post_init__(self) -> None:
        _in_order(f"distractor {self.id!r}", **{"from": self.start, "to": self.end})


@dataclass(frozen=True, slots=True)
class Trees:
    """Distractor: single trees that are cut, or planted and growing."""

    id: str
    shape: Shape
    """Their crowns."""
    cover: str = "deciduous"
    height_m: float = 8.0
    cut: date | None = None
    planted: date | None = None
    grow_days: float = 720.0
    """From planting to full height."""

    def __post_init__(self) -> None:
        _known(self.cover, f"distractor {self.id!r}: cover")
        if self.cut is None and self.planted is None:
            raise UsageError(f"distractor {self.id!r} never changes; expected cut, planted or both")
        if self.cut is not None and self.planted is not None:
            _in_order(f"distractor {self.id!r}", planted=self.planted, cut=self.cut)


@dataclass(frozen=True, slots=True)
class Burn:
    """Distractor: ground that burns and grows over again."""

    id: str
    shape: Shape
    day: date
    recovers_days: float = 150.0


@dataclass(frozen=True, slots=True)
class Flood:
    """Distractor: water over the ground for a while, mud for half as long after it."""

    id: str
    shape: Shape
    start: date
    end: date

    def __post_init__(self) -> None:
        _in_order(f"distractor {self.id!r}", **{"from": self.start, "to": self.end})


Event = Construction | Houses | Removal | Groundwork
Distractor = Repaint | Vehicles | Pond | Stockpile | Scaffold | Trees | Burn | Flood


@dataclass(frozen=True, slots=True)
class Sensor:
    """The camera and how well its images lie."""

    gsd_m: float = 3.0
    psf_sigma_px: float = 0.42
    """Gaussian point spread of the optics; the pixel's square comes on top."""
    noise: float = 0.003
    """Standard deviation at zero reflectance; grows with the signal (shot noise)."""
    max_shift_px: float = 3.0
    """No scene is shifted by more than this in x or in y."""
    max_view_deg: float = 5.0
    gain_sigma: float = 0.03
    """Error of the radiometric calibration from scene to scene, relative."""
    drift: float = 0.0
    """By how much the calibration drifts in a year, relative."""

    def __post_init__(self) -> None:
        if not 0.3 <= self.gsd_m <= 30:
            raise UsageError(f"sensor.gsd_m is {self.gsd_m}; expected 0.3 to 30 metres")
        if not 0 <= self.max_view_deg <= 45:
            raise UsageError(f"sensor.max_view_deg is {self.max_view_deg}; expected 0 to 45 degrees")


VARIANTS = ("base", "shifted")

SENSORS = {
    "planetscope": Sensor(),
    "sentinel-2": Sensor(gsd_m=10.0, noise=0.002, max_shift_px=1.0, max_view_deg=10.0, gain_sigma=0.02),
    "vhr": Sensor(gsd_m=0.5, psf_sigma_px=0.5, noise=0.004, max_view_deg=28.0, gain_sigma=0.05),
}
"""Cameras by name. VHR stands for a tasked satellite of half-metre pixels that looks from the side."""


@dataclass(frozen=True, slots=True)
class Weather:
    """Shares of scenes, each 0..1, and how good the vendor's mask is."""

    cloudy: float = 0.4
    """With some cloud; cover is then drawn up to `max_cover`."""
    max_cover: float = 0.6
    hazy: float = 0.25
    haze_max: float = 0.07
    """Reflectance that the worst haze adds in the blue."""
    thin: float = 0.0
    """Of the cloudy scenes, those with thin cloud that one sees through."""
    ragged: float = 0.3
    """Clouds: 0 smooth .. 1 torn to pieces."""
    snowy: float = 0.4
    """Of the scenes taken in deep winter."""
    snow_unmarked: float = 0.0
    """Of the scenes with snow, those whose mask says nothing of it."""
    partial: float = 0.05
    """Cut by the edge of a strip."""
    mask_misses: float = 0.25
    """Share of cloud that the mask does not mark, on average."""
    mask_eats_bright: float = 0.4
    """Chance on each date that bright roofs are marked as cloud."""

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not 0 <= getattr(self, name) <= 1:
                raise UsageError(f"weather.{name} is {getattr(self, name)}; expected a share of 0 to 1")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A simulated site, its history, and the scenes to take of it."""

    name: str
    lat: float
    """Of the site's centre, degrees north."""
    lon: float
    size_m: float
    """Side of the square site."""
    start: date
    end: date
    count: int
    """How many scenes, on days drawn between start and end, unless `days` names them."""
    days: tuple[date, ...] = ()
    seed: int = 1
    relief_m: float = 8.0
    """Standard deviation of the terrain's height."""
    bumps_m: float | None = None
    """The same for knolls and hollows of some 25 m; None is 3 % of `relief_m`."""
    gain_spread: float = 0.06
    """How much two things of one material differ in brightness, relative."""
    hue_spread: float = 0.0
    """The same from band to band."""
    variant: str = "base"
    """Family of materials, seasons, land and clouds, one of `VARIANTS`."""
    sensor: Sensor = field(default_factory=Sensor)
    weather: Weather = field(default_factory=Weather)
    ground: Ground = field(default_factory=Ground)
    areas: tuple[Area, ...] = ()
    buildings: tuple[Building, ...] = ()
    events: tuple[Event, ...] = ()
    distractors: tuple[Distractor, ...] = ()

    def __post_init__(self) -> None:
        if not (-80 <= self.lat <= 80 and -180 <= self.lon < 180):
            raise UsageError(
                f"location {self.lat}, {self.lon}: expected lat -80..80 and lon -180..180 degrees"
            )
        if self.variant not in VARIANTS:
            raise UsageError(f"variant is {self.variant!r}; expected one of {', '.join(VARIANTS)}")
        if not 8 * self.sensor.gsd_m <= self.size_m <= 5000:
            raise UsageError(f"size_m is {self.size_m}; expected at least 8 pixels and at most 5000 m")
        if any(a >= b for a, b in pairwise(self.days)):
            raise UsageError("dates.days are not in order; expected each day once, the earliest first")
        if not self.days and not self.start < self.end:
            raise UsageError(f"dates: to {self.end} is not after from {self.start}")
        if not self.days and not 1 <= self.count <= (self.end - self.start).days // 2:
            raise UsageError(
                f"dates.count is {self.count}; expected 1 to half the days from {self.start} to {self.end}"
            )
        names = [b.name for b in self.buildings]
        ids = [e.id for e in (*self.events, *self.distractors)]
        for what, keys in (("building name", names), ("id", ids)):
            doubled = sorted({k for k in keys if keys.count(k) > 1})
            if doubled:
                raise UsageError(f"{what} {doubled[0]!r} comes twice; expected each once")
        for entry in (*self.events, *self.distractors):
            other = getattr(entry, "of", None) or getattr(entry, "ratio_to", None)
            if other is not None and other not in names:
                raise UsageError(
                    f"{entry.id!r} names the building {other!r}; expected one of {', '.join(names)}"
                )

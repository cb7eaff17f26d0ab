"""Scenarios as YAML: read, checked field by field, one clear line for the first thing that is wrong."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime
from importlib import resources
from math import isnan
from pathlib import Path
from typing import Any, TypeVar

import shapely
import yaml
from shapely import LineString, Point, Polygon, affinity

from sitewatch.errors import UsageError
from sitewatch.simulate import plan

T = TypeVar("T")


def packaged() -> tuple[str, ...]:
    """Names of the scenarios that come with the package."""
    folder = resources.files("sitewatch.simulate") / "scenarios"
    return tuple(sorted(Path(f.name).stem for f in folder.iterdir() if f.name.endswith(".yaml")))


def load_scenario(path_or_name: Path | str) -> plan.Scenario:
    """Read a scenario file, or one that comes with the package by its name.

    Raises:
        UsageError: no such file or name, not YAML, or a field is missing, unknown or out of range; the
            message names the field.
    """
    name = str(path_or_name)
    if name in packaged():
        text = (resources.files("sitewatch.simulate") / "scenarios" / f"{name}.yaml").read_text("utf-8")
    else:
        try:
            text = Path(path_or_name).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(
                f"no scenario {name!r}: not a readable file, and not one of the packaged ones "
                f"({', '.join(packaged())})"
            ) from error
    try:
        return parse_scenario(yaml.safe_load(text))
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" at line {where.line + 1}" if where is not None else ""
        raise UsageError(f"scenario {name}: not YAML{line}: {getattr(error, 'problem', error)}") from error
    except UsageError as error:
        raise UsageError(f"scenario {name}: {error}") from error


def parse_scenario(content: object) -> plan.Scenario:
    """A scenario from what YAML holds.

    Raises:
        UsageError: naming the field that is wrong.
    """
    top = _Fields(content, "")
    place, dates = top.sub("location"), top.sub("dates")
    days = dates.get("days", _each(_day), ())
    scenario = plan.Scenario(
        name=top.get("name", _text),
        lat=place.get("lat", _number),
        lon=place.get("lon", _number),
        size_m=top.get("size_m", _positive),
        start=days[0] if days else dates.get("from", _day),
        end=days[-1] if days else dates.get("to", _day),
        count=len(days) if days else dates.get("count", _whole),
        days=days,
        seed=top.get("seed", _whole, 1),
        relief_m=top.get("relief_m", _not_negative, 8.0),
        bumps_m=top.get("bumps_m", _not_negative, None),
        gain_spread=top.get("gain_spread", _not_negative, 0.06),
        hue_spread=top.get("hue_spread", _not_negative, 0.0),
        variant=top.get("variant", _text, "base"),
        sensor=_sensor(top.sub("sensor", {})),
        weather=_plain(plan.Weather, top.sub("weather", {})),
        ground=_ground(top.sub("ground", {})),
        areas=top.get("areas", _each(_area), ()),
        buildings=top.get("buildings", _each(_building), ()),
        events=top.get("events", _each(_typed(_EVENTS)), ()),
        distractors=top.get("distractors", _each(_typed(_DISTRACTORS)), ()),
    )
    for part in (top, place, dates):
        part.done()
    return scenario


_REQUIRED: Any = object()


class _Fields:
    """A mapping that is read field by field and complains about what is missing or left over."""

    def __init__(self, content: object, where: str) -> None:
        if not isinstance(content, Mapping):
            raise UsageError(f"{where or 'the file'} is {_shown(content)}; expected fields with values")
        self.content, self.where = dict(content), where
        self.read: set[str] = set()

    def path(self, name: str) -> str:
        return f"{self.where}.{name}" if self.where else name

    def get(self, name: str, convert: Callable[[Any, str], T], default: Any = _REQUIRED) -> T:
        self.read.add(name)
        if name not in self.content:
            if default is _REQUIRED:
                raise UsageError(f"{self.path(name)} is missing")
            return default  # type: ignore[no-any-return]
        return convert(self.content[name], self.path(name))

    def sub(self, name: str, default: Any = _REQUIRED) -> "_Fields":
        return self.get(name, _Fields, default if default is _REQUIRED else _Fields(default, self.path(name)))

    def done(self) -> None:
        extra = sorted(str(k) for k in self.content if k not in self.read)
        if extra:
            raise UsageError(
                f"{self.path(extra[0])} is not a field here; expected {', '.join(sorted(self.read))}"
            )


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or isnan(value):
        raise UsageError(f"{where} is {_shown(value)}; expected a number")
    return float(value)


def _positive(value: object, where: str) -> float:
    number = _number(value, where)
    if not 0 < number < 1e5:
        raise UsageError(f"{where} is {number:g}; expected a number above 0")
    return number


def _not_negative(value: object, where: str) -> float:
    number = _number(value, where)
    if not 0 <= number < 1e5:
        raise UsageError(f"{where} is {number:g}; expected 0 or more")
    return number


def _whole(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise UsageError(f"{where} is {_shown(value)}; expected a whole number, 0 or more")
    return value


def _flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise UsageError(f"{where} is {_shown(value)}; expected true or false")
    return value


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise UsageError(f"{where} is {_shown(value)}; expected some text")
    return value


def _day(value: object, where: str) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    raise UsageError(f"{where} is {_shown(value)}; expected a day such as 2024-05-31")


def _point(value: object, where: str) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise UsageError(f"{where} is {_shown(value)}; expected two numbers [east, north] in metres")
    return _number(value[0], where), _number(value[1], where)


def _pair(value: object, where: str) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise UsageError(f"{where} is {_shown(value)}; expected two lengths [length, width] in metres")
    return _positive(value[0], where), _positive(value[1], where)


def _each(convert: Callable[[Any, str], T]) -> Callable[[Any, str], tuple[T, ...]]:
    def every(value: object, where: str) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise UsageError(f"{where} is {_shown(value)}; expected a list")
        return tuple(convert(item, f"{where}[{i}]") for i, item in enumerate(value))

    return every


_SHAPES = ("rect", "polygon", "line", "circle")


def _shape(entry: _Fields) -> Polygon:
    """The one shape that an entry gives: rect, polygon, line with width, or circle."""
    given = [name for name in _SHAPES if name in entry.content]
    if len(given) != 1:
        raise UsageError(
            f"{entry.where} gives {' and '.join(given) or 'no shape'}; expected one of {', '.join(_SHAPES)}"
        )
    kind = given[0]
    if kind == "rect":
        return rectangle(entry.sub("rect"))
    if kind == "circle":
        circle = entry.sub("circle")
        shape = Point(circle.get("centre", _point)).buffer(circle.get("radius", _positive), quad_segs=8)
        circle.done()
        return shape
    points = entry.get(kind, _each(_point))
    if len(points) < (3 if kind == "polygon" else 2):
        raise UsageError(f"{entry.path(kind)} has {len(points)} points; expected more")
    if kind == "line":
        width = entry.get("width", _positive)
        return LineString(points).buffer(width / 2, cap_style="flat", join_style="mitre")
    shape = Polygon(points)
    if not shape.is_valid or not shape.area:
        raise UsageError(f"{entry.path(kind)} crosses itself or has no area")
    return shape


def rectangle(entry: "_Fields") -> Polygon:
    """centre [east, north], size [length, width], azimuth of its length (degrees clockwise from north)."""
    shape = rotated_box(
        entry.get("centre", _point), entry.get("size", _pair), entry.get("azimuth", _number, 90.0)
    )
    entry.done()
    return shape


def rotated_box(centre: tuple[float, float], size: tuple[float, float], azimuth: float) -> Polygon:
    """A rectangle around `centre` whose length points to `azimuth`, degrees clockwise from north."""
    length, width = size
    x, y = centre
    lying = shapely.box(x - length / 2, y - width / 2, x + length / 2, y + width / 2)
    return affinity.rotate(lying, 90 - azimuth, origin=(x, y))


def row_of(
    start: tuple[float, float], count: int, size: tuple[float, float], *, spacing: float, azimuth: float
) -> tuple[Polygon, ...]:
    """Equal rectangles, `size` [along the row, across it], the first around `start`."""
    step = affinity.rotate(Point(spacing, 0), 90 - azimuth, origin=(0, 0))
    first = rotated_box(start, size, azimuth)
    return tuple(affinity.translate(first, step.x * i, step.y * i) for i in range(count))


def _plain(kind: type[T], entry: _Fields) -> T:
    """A dataclass of numbers with defaults."""
    values = {}
    for f in fields(kind):  # type: ignore[arg-type]
        if f.default is not MISSING:
            values[f.name] = entry.get(f.name, _not_negative, f.default)
    entry.done()
    return kind(**values)


def _sensor(entry: _Fields) -> plan.Sensor:
    """A camera by name, with what is said of it beside."""
    name = entry.get("like", _text, "planetscope")
    if name not in plan.SENSORS:
        raise UsageError(f"{entry.path('like')} is {name!r}; expected one of {', '.join(plan.SENSORS)}")
    base = plan.SENSORS[name]
    given = {
        f.name: entry.get(f.name, _number if f.name == "drift" else _not_negative, getattr(base, f.name))
        for f in fields(base)
    }
    entry.done()
    return plan.Sensor(**given)


def _ground(entry: _Fields) -> plan.Ground:
    ground = plan.Ground(
        plants=entry.get("plants", _text, "grass"),
        bare=entry.get("bare", _text, "soil"),
        share=entry.get("share", _number, 0.75),
        patch_m=entry.get("patch_m", _positive, 90.0),
        edge=entry.get("edge", _positive, 0.8),
        also=entry.get("also", _text, None),
        also_share=entry.get("also_share", _number, 0.25),
        late_days=entry.get("late_days", _number, 0.0),
        vigour=entry.get("vigour", _not_negative, 1.0),
    )
    entry.done()
    return ground


def _area(value: object, where: str) -> plan.Area:
    entry = _Fields(value, where)
    area = plan.Area(
        name=entry.get("name", _text),
        shape=_shape(entry),
        cover=entry.get("cover", _text),
        height_m=entry.get("height_m", _not_negative, 0.0),
        feather_m=entry.get("feather_m", _not_negative, 0.0),
    )
    entry.done()
    return area


def _building(value: object, where: str) -> plan.Building:
    entry = _Fields(value, where)
    building = plan.Building(
        name=entry.get("name", _text),
        shape=_shape(entry),
        height_m=entry.get("height_m", _positive),
        roof=entry.get("roof", _text),
        what=entry.get("what", _text, "building"),
        pitch_deg=entry.get("pitch_deg", _not_negative, 0.0),
        open_below=entry.get("open_below", _flag, False),
        reference=entry.get("reference", _flag, False),
    )
    entry.done()
    return building


def _typed(readers: Mapping[str, Callable[[_Fields], T]]) -> Callable[[Any, str], T]:
    def read(value: object, where: str) -> T:
        entry = _Fields(value, where)
        kind = entry.get("type", _text)
        if kind not in readers:
            raise UsageError(f"{entry.path('type')} is {kind!r}; expected one of {', '.join(readers)}")
        result = readers[kind](entry)
        entry.done()
        return result

    return read


def _cleared(entry: _Fields) -> dict[str, Any]:
    """Date and shape of the clearing that comes before a structure, if there is one."""
    if "clearing" not in entry.content:
        return {}
    clearing = entry.sub("clearing")
    result = {"clearing": clearing.get("date", _day), "ground": _shape(clearing)}
    clearing.done()
    return result


def _construction(entry: _Fields) -> plan.Construction:
    return plan.Construction(
        id=entry.get("id", _text),
        shape=_shape(entry),
        height_m=entry.get("height_m", _positive),
        roof=entry.get("roof", _text),
        slab=entry.get("slab", _day),
        frame=entry.get("frame", _day),
        roofed=entry.get("roofed", _day),
        what=entry.get("what", _text, "building"),
        pitch_deg=entry.get("pitch_deg", _not_negative, 0.0),
        ratio_to=entry.get("ratio_to", _text, None),
        **_cleared(entry),
    )


def _houses(entry: _Fields) -> plan.Houses:
    row = entry.sub("row")
    start, azimuth = row.get("start", _point), row.get("azimuth", _number, 90.0)
    count, size, spacing = row.get("count", _whole), row.get("size", _pair), row.get("spacing", _positive)
    if spacing < size[0]:
        raise UsageError(f"{row.path('spacing')} is {spacing:g}; expected at least the houses' {size[0]:g} m")
    row.done()
    return plan.Houses(
        id=entry.get("id", _text),
        shapes=row_of(start, count, size, spacing=spacing, azimuth=azimuth),
        height_m=entry.get("height_m", _positive),
        roof=entry.get("roof", _text),
        first=entry.get("first", _day),
        every_days=entry.get("every_days", _not_negative),
        build_days=entry.get("build_days", _not_negative, 30.0),
        pitch_deg=entry.get("pitch_deg", _not_negative, 22.0),
        **_cleared(entry),
    )


def _removal(entry: _Fields) -> plan.Removal:
    return plan.Removal(
        id=entry.get("id", _text),
        of=entry.get("of", _text),
        day=entry.get("date", _day),
        leaves=entry.get("leaves", _text, None),
        rubble_days=entry.get("rubble_days", _not_negative, 0.0),
    )


def _groundwork(entry: _Fields) -> plan.Groundwork:
    kind = entry.get("type", _text)
    return plan.Groundwork(
        id=entry.get("id", _text),
        shape=_shape(entry),
        day=entry.get("date", _day),
        surface=entry.get("surface", _text),
        finished=entry.get("finished", _day, None),
        dug=entry.get("dug", _text, "dug_soil"),
        what=entry.get("what", _text, kind),
        kind="appeared" if kind == "road" else "altered",
        height_m=entry.get("height_m", _not_negative, 0.0),
    )


_EVENTS: dict[str, Callable[[_Fields], plan.Event]] = {
    "building": _construction,
    "houses": _houses,
    "removal": _removal,
    "road": _groundwork,
    "groundwork": _groundwork,
}

_DISTRACTORS: dict[str, Callable[[_Fields], plan.Distractor]] = {
    "repaint": lambda e: plan.Repaint(
        e.get("id", _text), e.get("of", _text), e.get("date", _day), e.get("roof", _text)
    ),
    "vehicles": lambda e: plan.Vehicles(
        e.get("id", _text),
        _shape(e),
        e.get("count", _whole),
        e.get("size", _pair, (9.0, 2.6)),
        e.get("stay_days", _whole, 1),
    ),
    "pond": lambda e: plan.Pond(e.get("id", _text), _shape(e), e.get("drop_m", _not_negative, 8.0)),
    "stockpile": lambda e: plan.Stockpile(
        e.get("id", _text), _shape(e), e.get("material", _text, "coal"), e.get("height_m", _positive, 4.0)
    ),
    "scaffold": lambda e: plan.Scaffold(
        e.get("id", _text), e.get("of", _text), e.get("from", _day), e.get("to", _day)
    ),
    "trees": lambda e: plan.Trees(
        e.get("id", _text),
        _shape(e),
        e.get("cover", _text, "deciduous"),
        e.get("height_m", _positive, 8.0),
        e.get("cut", _day, None),
        e.get("planted", _day, None),
        e.get("grow_days", _positive, 720.0),
    ),
    "burn": lambda e: plan.Burn(
        e.get("id", _text), _shape(e), e.get("date", _day), e.get("recovers_days", _positive, 150.0)
    ),
    "flood": lambda e: plan.Flood(e.get("id", _text), _shape(e), e.get("from", _day), e.get("to", _day)),
}

"""Growth curves of a site's objects: the area on each clear date, from the copies on the site's grid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely
from affine import Affine
from odc.geo.geobox import GeoBox
from pyproj import Transformer
from shapely import MultiPolygon, Polygon, affinity
from shapely.geometry import shape

from sitewatch.app._fits import Room
from sitewatch.errors import DataError
from sitewatch.formats.geojson import read_geojson
from sitewatch.measure.growth import CALIBRATED, Extent, extents, factor
from sitewatch.measure.outline import sizes
from sitewatch.report import permissions, words
from sitewatch.report.context import slug
from sitewatch.report.figures import picture
from sitewatch.report.figures.growth import Picture, growth_figure
from sitewatch.types import DatedArea, Event, EventKind, Measurement, Scene, Value

QUANTITY = "growth"
METHOD = (
    "changed ground against the state up to {before}, {count} dates, on the site's grid; changed ground is taken to "
    "stay changed"
)
PREFIX = "growth-"
LEAST_PX = 25
"""Pixels of an event from which steps are looked for."""
LEAST_PART = 0.05
"""Share of the last area that counts as a part of it."""

ROUND_PX, ROUND = 3.0, 0.1
"""Ground beyond the given outline in which the object is looked for: pixels, and as a share of the outline's size where
that is more."""
APART_PX, REACH_PX = 3.0, 20.0
"""The ground around lies between these distances from where the object is looked for."""


@dataclass(frozen=True, slots=True)
class Tracked:
    """A polygon whose changed ground is measured through time."""

    name: str
    outline: Polygon
    """WGS84, around the largest extent."""
    until: date
    """Last day of the state before."""


def read_tracked(file: Path, until: date) -> tuple[Tracked, ...]:
    """Polygons of a GeoJSON file, by `name` or `id`, all with one state before.

    Raises:
        DataError: not GeoJSON, no polygon, or one that crosses itself or lies in pixels.
    """
    layer = read_geojson(file)
    if layer.pixels or not layer.features:
        raise DataError(f"{file}: {'outlines are in pixels' if layer.pixels else 'no outline'}; expected polygons in "
                        "longitude and latitude")  # fmt: skip
    result = []
    for number, feature in enumerate(layer.features, start=1):
        properties, outline = feature["properties"], shape(feature["geometry"])
        name = str(properties.get("name") or properties.get("id") or feature.get("id") or f"tracked {number}")
        if not isinstance(outline, Polygon) or not outline.is_valid or outline.is_empty:
            raise DataError(
                f"{file}: {name!r} crosses itself or has several parts; expected one valid polygon"
            )
        result.append(Tracked(name, outline, until))
    names = [t.name for t in result]
    if len(set(names)) < len(names):
        raise DataError(f"{file}: the names {', '.join(names)} repeat; expected each once")
    return tuple(result)


@dataclass(frozen=True)
class Seen:
    """The looks at an object, on the site's grid."""

    values: npt.NDArray[np.float32]
    """(time, band, y, x) on one radiometry."""
    usable: npt.NDArray[np.bool_]
    """(time, y, x)."""
    days: tuple[date, ...]
    scenes: tuple[str, ...]
    place: npt.NDArray[np.bool_]
    """(y, x) where the object is looked for."""
    ground: npt.NDArray[np.bool_]
    """(y, x) ground around that does not change."""
    pixel_m: float
    pixel_m2: float
    """Area of a pixel on the ellipsoid."""
    grid: GeoBox
    """Of the window."""


@dataclass(frozen=True)
class Grown:
    """The curve of one object."""

    name: str
    seen: Seen
    before: npt.NDArray[np.bool_]
    """(time,) looks at the state before."""
    extents: tuple[Extent, ...]
    areas: tuple[DatedArea, ...]
    checked: bool

    @property
    def staged(self) -> bool:
        """True where a part of it was there once, and the last is larger by more than the intervals leave open."""
        last = self.areas[-1]
        part = [a for a in self.areas if a.low > 0 and a.area_m2 > LEAST_PART * last.area_m2]
        return any(a.high < last.low for a in part)

    def measurement(self, figure: str | None) -> Measurement:
        """Its value is the area on the latest date."""
        last, extent = self.areas[-1], self.extents[-1]
        stretch = factor(self.seen.pixel_m) * self.seen.pixel_m2
        until = max(d for d, b in zip(self.seen.days, self.before, strict=True) if b)
        value = Value(
            last.area_m2,
            last.low,
            last.high,
            "m2",
            METHOD.format(before=until.isoformat(), count=len(self.areas)),
            calibrated_on=CALIBRATED,
            budget={source: stretch * sigma for source, sigma in extent.budget.items()},
        )
        scenes = tuple(self.seen.scenes[e.index] for e in self.extents)
        return Measurement(
            self.name, QUANTITY, value, scenes, checked=self.checked, figure=figure, growth=self.areas
        )


def curves(
    room: Room, wanted: Sequence[Event], events: Sequence[Event], tracked: Sequence[Tracked]
) -> list[Grown]:
    """Areas through time of ground that was altered in more than one step, and of what is tracked.

    Args:
        wanted: those of the `events` that are looked at.
    """
    result = []
    for event in wanted:
        large = event.outline.area >= LEAST_PX * room.looks.pixel_m**2
        if event.kind is EventKind.ALTERED and not event.open_start and large:
            others = [e.outline for e in events if e.id != event.id]
            until = _state_before(room, event)
            told = grown(room, event.id, event.outline, until, others, checked=event.origin != "detector")
            if isinstance(told, Grown) and told.staged:
                result.append(told)
    to_grid = Transformer.from_crs(4326, room.crs, always_xy=True)
    extent = shapely.box(*room.aligned.grid.boundingbox.bbox)
    for one in tracked:
        outline = shapely.transform(one.outline, to_grid.transform, interleaved=False)
        if not extent.contains(outline):
            continue
        others = [e.outline for e in events if not e.outline.intersects(outline)]
        told = grown(room, one.name, outline, one.until, others, checked=True)
        if isinstance(told, str):
            raise DataError(f"{one.name!r} cannot be tracked: {told}")
        result.append(told)
    return result


def _state_before(room: Room, event: Event) -> date:
    """Last day of the state before: of the first third of the looks before the event, and of three at least, since what
    grows in steps may have begun before the step that the event is dated by."""
    start = event.posterior.hull()[0]
    early = [d for d in room.looks.dates if d <= start]
    return early[min(max(3, len(early) // 3), len(early)) - 1] if early else start


def grown(
    room: Room,
    name: str,
    outline: Polygon | MultiPolygon,
    until: date,
    others: Sequence[Polygon | MultiPolygon],
    *,
    checked: bool,
) -> Grown | str:
    """The curve of one object, or why there is none.

    Args:
        outline: of its largest extent, in the CRS of the site's grid.
        until: last day of the state before.
        others: outlines of other objects that change.
    """
    try:
        told = seen(room, outline, others)
        before = np.array([d <= until for d in told.days])
        found = tuple(extents(told.values, told.usable, told.days, before, told.place, told.ground))
    except DataError as error:
        return str(error)
    if not found:
        return "no clear look since"
    areas = tuple(_area(told, e) for e in found)
    return Grown(name, told, before, found, areas, checked)


def _area(told: Seen, extent: Extent) -> DatedArea:
    low, high = extent.interval(factor(told.pixel_m))
    unit = told.pixel_m2
    return DatedArea(told.days[extent.index], unit * extent.pixels, unit * low, unit * high)


def draw_growth(
    out: Path, site: str, curve: Grown, bands: Sequence[str], scenes: Mapping[str, Scene], *, stem: str
) -> str:
    """Write the figure of a curve into `out/figures`; its name relative to `out`. Licences are obeyed."""
    told = curve.seen
    today = datetime.now(UTC).date()
    refused = {i: permissions.refusal(scenes[i], today) for i in told.scenes}
    kept = [k for k, e in enumerate(curve.extents) if refused[told.scenes[e.index]] is None]
    latest = curve.extents[kept[-1]].index if kept else None
    composite = picture.composite_for(bands)
    image, missing, heading = None, "no pixels shown", ""
    parts = [f"{curve.name} at {site}: area that differs from the state before, on {len(curve.areas)} dates."]
    shown: list[Scene] = []
    if latest is None:
        missing += f": {next(r for r in refused.values() if r)}"
    else:
        scene = scenes[told.scenes[latest]]
        shown = [scene]
        plain = np.moveaxis(told.values[latest][[list(bands).index(b) for b in composite.bands]], 0, -1)
        plain = np.where(told.usable[latest][..., None], plain, np.nan).astype(np.float32)
        stretch = picture.common_stretch([plain], [told.usable[latest]], balanced=composite.true_colour)
        image = stretch.apply(plain)
        heading = f"{words.scene_date(scene)}, {words.sensor_name(scene)}"
        parts.append(
            f"Outlines of up to four of the dates, dark the latest, on {heading} ({composite.words}, {stretch.words}, "
            "on the site's grid)."
        )
    last = curve.areas[-1]
    parts.append(
        f"{last.date.isoformat()}: {words.with_interval(last.area_m2, last.low, last.high, 'm2')}. Bars: 90 % "
        "intervals; hatched: long times without a clear look. Ground once changed is taken to stay changed."
    )
    path = out / "figures" / f"{PREFIX}{stem}{slug(curve.name)}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    used = {e.index for e in curve.extents}
    growth_figure(
        [curve.areas[k] for k in kept] or curve.areas,
        Picture(image, missing, heading, told.grid, [curve.extents[k].share for k in kept] or
                [e.share for e in curve.extents]),
        path,
        before=[d for d, b in zip(told.days, curve.before, strict=True) if b],
        hidden=[d for i, d in enumerate(told.days) if i not in used and not curve.before[i]],
        title=f"{curve.name}: area against time",
        unchecked=not curve.checked,
        caption=" ".join(parts),
        credit=permissions.credit(shown, simulated=any(s.simulated for s in scenes.values())),
        scene=None if latest is None else told.scenes[latest],
        max_px=permissions.side_limit(shown),
    )  # fmt: skip
    return f"figures/{path.name}"


def seen(room: Room, outline: Polygon | MultiPolygon, others: Sequence[Polygon | MultiPolygon]) -> Seen:
    """The looks at an object.

    Args:
        outline: in the CRS of the site's grid.
        others: outlines of other objects that change, which are no ground to compare with.
    """
    grid = room.aligned.grid
    a = ~grid.affine
    matrix = [a.a, a.b, a.d, a.e, a.c, a.f]
    inner = affinity.affine_transform(outline, matrix)
    wanted = inner.buffer(max(ROUND_PX, ROUND * inner.area**0.5))
    left, top, right, bottom = wanted.buffer(APART_PX + REACH_PX).bounds
    rows, cols = (int(n) for n in grid.shape)
    window = (
        slice(max(int(top), 0), min(int(bottom) + 1, rows)),
        slice(max(int(left), 0), min(int(right) + 1, cols)),
    )
    values, usable = room.looks.read(window)
    row, col = np.mgrid[window[0], window[1]] + 0.5
    place = shapely.contains_xy(wanted, col, row)
    ground = ~shapely.contains_xy(wanted.buffer(APART_PX), col, row)
    for other in others:
        ground &= ~shapely.contains_xy(affinity.affine_transform(other, matrix).buffer(APART_PX), col, row)
    corners = shapely.box(window[1].start, window[0].start, window[1].stop, window[0].stop)
    b = grid.affine
    on_plane = affinity.affine_transform(corners, [b.a, b.b, b.d, b.e, b.c, b.f])
    return Seen(
        values,
        usable,
        tuple(room.looks.dates),
        tuple(room.looks.scene_ids),
        np.asarray(place, np.bool_),
        np.asarray(ground, np.bool_),
        room.looks.pixel_m,
        sizes(on_plane, room.crs).area / place.size,
        GeoBox(place.shape, b @ Affine.translation(window[1].start, window[0].start), grid.crs),
    )

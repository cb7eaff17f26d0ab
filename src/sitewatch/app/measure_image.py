"""Measure outlines that somebody drew on one image, with or without a place on the ground: a screenshot."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import hypot
from pathlib import Path
from typing import Any

import shapely
from pyproj import Geod, Transformer
from shapely import Polygon, affinity
from shapely.geometry import shape

from sitewatch.app._compare_images import open_look
from sitewatch.errors import DataError, UsageError
from sitewatch.formats.geojson import Layer, read_geojson
from sitewatch.formats.measurements_json import measurement_row
from sitewatch.imagery.pixel_size import POINTED_PX, PixelSize, Scale, pixel_size, scale_of
from sitewatch.measure.outline import NORMAL_90, outline_measures
from sitewatch.measure.scale import SOURCE, widened
from sitewatch.measure.tracing import traced
from sitewatch.types import Measurement, Scene, Value
from sitewatch.types.known_edge import KnownEdge

EDGE_PX = 1.0
"""Standard deviation of a hand-drawn outline's edges, all of them out or in together, pixels: assumed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be measured."""

    image: Path
    outlines: Path
    """GeoJSON: longitude and latitude, or with `"crs": null` column and row from the upper left corner. Features of one
    name are tracings of one object."""
    gsd: float | None = None
    gsd_sigma: float | None = None
    known: tuple[KnownEdge, ...] = ()
    gcps: Path | None = None
    against: str | None = None
    """Name of the outline that the others' areas are held against; the first one where None."""


@dataclass(frozen=True, slots=True)
class MeasuredImage:
    """What came out."""

    measurements: tuple[Measurement, ...]
    pixel: str
    """The size of a pixel in words."""
    notes: tuple[str, ...]

    def rows(self, image: str) -> list[dict[str, Any]]:
        """As `measurements.json` has them, the image in the place of a site."""
        return [measurement_row(image, m) for m in self.measurements]


def measure_image(asked: Asked) -> MeasuredImage:
    """Area, perimeter, length and width of each outline, and the ratio of each area to one of them.

    Raises:
        UsageError: the image has no scale and none is given, or the options cannot be used.
        SceneError: the image cannot be read.
        DataError: the outlines cannot be used.
    """
    scale = scale_of(asked.gsd, asked.gsd_sigma, asked.known)
    scene = open_look(asked.image, when=None, gsd=asked.gsd, gcps=asked.gcps).scene
    size = pixel_size(scene.grid)
    if size is None and scale is not None:
        size = PixelSize(scale.pixel_m, scale.pixel_m, scale.pixel_m**2)
    if size is None:
        raise UsageError(
            f"{asked.image}: its pixels have no size; give --gsd with --gsd-sigma, an edge of known length with "
            "--known, or control points with --gcps"
        )
    drawn = _drawn(asked.outlines, scene)
    grounded = scene.grid.crs is not None
    sigma = scene.scale_sigma if grounded or scale is None else scale.sigma
    notes = _notes(scene, scale, asked.known)
    crs = scene.grid.crs.to_wkt() if scene.grid.crs is not None else None
    found: list[Measurement] = []
    areas: dict[str, Value] = {}
    for name, tracings in drawn.items():
        each = [
            outline_measures(t, crs, size.side_m, pixel_size_error=sigma, edge_px=EDGE_PX) for t in tracings
        ]
        values = {q: traced([m[q] for m in each]) for q in each[0]}
        areas[name] = values["area"]
        found += [Measurement(name, q, v, (scene.id,), checked=True, notes=notes) for q, v in values.items()]
    found += [
        Measurement(f"{name}/{other}", "ratio", value, (scene.id,), checked=True, notes=notes)
        for name, other, value in _ratios(areas, asked.against)
    ]
    pixel = str(size) + (f" (known to {100 * sigma:.2g} %)" if sigma else "")
    return MeasuredImage(tuple(found), pixel, notes)


def _drawn(file: Path, scene: Scene) -> dict[str, list[Polygon]]:
    """Outlines by name, on the plane of the scene's grid, or in pixels where it has no place."""
    layer = read_geojson(file)
    if not layer.features:
        raise DataError(f"{file}: holds no outline; expected polygons")
    if not layer.pixels and scene.grid.crs is None:
        raise DataError(
            f"{file}: outlines are in longitude and latitude, but the image has no place on the ground; draw them in "
            'pixels (column, row from the upper left corner) and give the file the member "crs": null'
        )
    result: dict[str, list[Polygon]] = {}
    for number, feature in enumerate(layer.features, start=1):
        properties = feature["properties"]
        name = str(properties.get("name") or properties.get("id") or feature.get("id") or f"outline {number}")
        outline = shape(feature["geometry"])
        if not isinstance(outline, Polygon) or not outline.is_valid or outline.is_empty:
            raise DataError(
                f"{file}: {name!r} crosses itself or has several parts; expected one valid polygon"
            )
        result.setdefault(name, []).append(_placed(outline, layer, scene, f"{file}: {name!r}"))
    return result


def _placed(outline: Polygon, layer: Layer, scene: Scene, what: str) -> Polygon:
    rows, cols = scene.grid.shape
    a = scene.grid.affine
    placed = outline
    if not layer.pixels:
        assert scene.grid.crs is not None
        to_grid = Transformer.from_crs(4326, scene.grid.crs.to_wkt(), always_xy=True)
        placed = shapely.transform(outline, to_grid.transform, interleaved=False)
    pixels, back = outline, ~a
    if not layer.pixels:
        pixels = affinity.affine_transform(placed, [back.a, back.b, back.d, back.e, back.c, back.f])
    if not shapely.box(0, 0, cols, rows).buffer(1).contains(pixels):
        raise DataError(f"{what} reaches beyond the image's {cols} columns and {rows} rows")
    if not layer.pixels or scene.grid.crs is None:
        return placed
    return affinity.affine_transform(outline, [a.a, a.b, a.d, a.e, a.c, a.f])


def _ratios(areas: Mapping[str, Value], against: str | None) -> list[tuple[str, str, Value]]:
    """Each area over one of them; the error of the pixel size cancels."""
    other = next(iter(areas)) if against is None else against
    if other not in areas:
        raise UsageError(f"--against is {other!r}; expected one of: {', '.join(areas)}")
    result = []
    for name, area in areas.items():
        if name == other:
            continue
        value = area.value / areas[other].value
        own, others = _without_scale(area), _without_scale(areas[other])
        low, high = widened(value, value, value, hypot(own, others))
        result.append(
            (
                name,
                other,
                Value(
                    value=value,
                    low=low,
                    high=high,
                    unit="1",
                    method="areas of two outlines in one image, in logarithms; the pixel size cancels",
                    budget={"subject": own * value, "comparand": others * value, SOURCE: 0.0},
                ),
            )
        )
    return result


def _without_scale(area: Value) -> float:
    """Relative standard error but for the pixel size."""
    return hypot(*(s for source, s in area.budget.items() if source != SOURCE)) / area.value


def _notes(scene: Scene, scale: Scale | None, known: tuple[KnownEdge, ...]) -> tuple[str, ...]:
    if scene.grid.crs is None:
        assert scale is not None
        return (f"scale: {scale.how}", *scale.notes)
    # the size said with --gsd is among those that the scene's notes hold against the true one
    return (
        *(n for n in scene.notes if "georeferenced by" in n or "on the ground" in n),
        *_checked(scene, known),
    )


def _checked(scene: Scene, known: tuple[KnownEdge, ...]) -> list[str]:
    """A line for each edge whose known length differs from that by the image's own georeference."""
    assert scene.grid.crs is not None
    to_lonlat = Transformer.from_crs(scene.grid.crs.to_wkt(), 4326, always_xy=True)
    lines = []
    for edge in known:
        ends = [to_lonlat.transform(*(scene.grid.affine @ p)) for p in (edge.start, edge.end)]
        length = float(Geod(ellps="WGS84").inv(*ends[0], *ends[1])[2])
        pointed = 2**0.5 * POINTED_PX / edge.pixels
        sigma = length * hypot(edge.sigma_m / edge.length_m, scene.scale_sigma, pointed)
        if abs(length - edge.length_m) > NORMAL_90 * sigma:
            lines.append(
                f"an edge of {edge.length_m:g} m +- {edge.sigma_m:g} m as stated (--known) is {length:.1f} m +- "
                f"{sigma:.1f} m by the image's georeference, which is used"
            )
    return lines

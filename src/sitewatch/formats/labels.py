"""Reads footprints by date: label folders as SpaceNet 7 has them.

A label folder holds one GeoJSON file a date, its name with year and month (`..._2018_01_...`, `2018-01-15.geojson`,
`20180115...`), each feature with an id that persists (`Id`, `id`, `track_id`); or a folder of such folders, one an area
(`labels_match` inside is entered; `labels_match_pix` holds pixels). A SpaceNet 7 submission in CSV (`filename, id,
geometry` in WKT) is read as well.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import shapely
from shapely.geometry import shape

from sitewatch.errors import DataError
from sitewatch.formats.geojson import Layer, read_geojson

IDS = ("Id", "id", "ID", "track_id", "building_id")
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[_-]?(0[1-9]|1[0-2])(?:[_-]?(0[1-9]|[12]\d|3[01]))?(?!\d)")
_INNER = ("labels_match", "labels_match_pix")


@dataclass(frozen=True, slots=True)
class Labels:
    """Footprints of one area, date by date."""

    area: str
    days: tuple[date, ...]
    """In order; the first of the month where only that is known."""
    steps: tuple[Mapping[str, shapely.Geometry], ...]
    """By id, one entry a day."""
    pixels: bool


def read_labels(path: Path) -> list[Labels]:
    """Label folder, folder of label folders, or CSV; one entry an area, by name.

    Raises:
        DataError: nothing of the kind there, a file without a date, an id that comes twice on one date.
    """
    if path.is_file():
        return _csv(path)
    own = _folder(path, path.name)
    if own is not None:
        return [own]
    areas = [a for sub in sorted(p for p in path.iterdir() if p.is_dir()) if (a := _folder(sub, sub.name))]
    if not areas:
        raise DataError(f"{path} holds no labels; expected GeoJSON files with year and month in their names")
    return areas


def day_in(name: str) -> date | None:
    """The day, or the first of the month, that a file's name holds."""
    found = _DAY.search(name)
    return date(int(found[1]), int(found[2]), int(found[3] or 1)) if found else None


def _folder(folder: Path, area: str) -> Labels | None:
    place = next((folder / inner for inner in _INNER if (folder / inner).is_dir()), folder)
    files = sorted(place.glob("*.geojson"))
    if not files:
        return None
    steps: dict[date, Mapping[str, shapely.Geometry]] = {}
    pixels = place.name.endswith("_pix")
    for file in files:
        day = day_in(file.name)
        if day is None:
            raise DataError(
                f"{file}: its name holds no date; expected year and month, as in area_2018_01.geojson"
            )
        if day in steps:
            raise DataError(f"{file}: a second file of {day}; expected one a date")
        layer = read_geojson(file)
        pixels |= layer.pixels
        steps[day] = _by_id(layer, file)
    days = sorted(steps)
    return Labels(area, tuple(days), tuple(steps[d] for d in days), pixels)


def _by_id(layer: Layer, file: Path) -> dict[str, shapely.Geometry]:
    result: dict[str, shapely.Geometry] = {}
    for f in layer.features:
        name = next((f["properties"][k] for k in IDS if f["properties"].get(k) is not None), f.get("id"))
        if name is None:
            raise DataError(f"{file}: a footprint has no id; expected one of {', '.join(IDS)}")
        if str(name) in result:
            raise DataError(f"{file}: two footprints have the id {name}; expected each once a date")
        result[str(name)] = shape(f["geometry"])
    return result


def _csv(file: Path) -> list[Labels]:
    areas: dict[str, dict[date, dict[str, shapely.Geometry]]] = {}
    with file.open(newline="", encoding="utf-8") as text:
        reader = csv.DictReader(text)
        if not {"filename", "id", "geometry"} <= set(reader.fieldnames or ()):
            raise DataError(f"{file}: expected the columns filename, id and geometry (WKT)")
        for row in reader:
            day = day_in(row["filename"])
            if day is None:
                raise DataError(f"{file}: {row['filename']!r} holds no date; expected year and month")
            try:
                outline = shapely.from_wkt(row["geometry"])
            except shapely.errors.ShapelyError as error:
                raise DataError(f"{file}: the geometry of {row['id']} cannot be read: {error}") from error
            match = _DAY.search(row["filename"])
            area = _area(row["filename"][match.end() :]) if match else ""
            step = areas.setdefault(area, {}).setdefault(day, {})
            if row["id"] in step:
                raise DataError(f"{file}: two footprints of {row['filename']} have the id {row['id']}")
            if not outline.is_empty:
                step[row["id"]] = outline
    if not areas:
        raise DataError(f"{file} holds no footprint")
    return [
        Labels(area, tuple(sorted(steps)), tuple(steps[d] for d in sorted(steps)), pixels=True)
        for area, steps in sorted(areas.items())
    ]


def _area(rest: str) -> str:
    """The area in what follows the date in a SpaceNet 7 file name."""
    return rest.strip("_-").removeprefix("mosaic_").removesuffix(".geojson").removesuffix("_Buildings")

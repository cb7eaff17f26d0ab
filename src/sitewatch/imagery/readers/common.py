"""What all readers share: the user's wishes, what a delivery is, and the last step to a `Scene`."""

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from odc.geo.geobox import GeoBox

from sitewatch.errors import UsageError
from sitewatch.imagery import dates, sensors
from sitewatch.imagery.pixel_size import disagreements
from sitewatch.types import Asset, BandSource, DatePrecision, Georeference, Licence, MaskSource, Scene
from sitewatch.types.scene import StatedSize


@dataclass(frozen=True, slots=True)
class Request:
    """What the user said about the files; None where nothing was said."""

    date: str | None = None
    gsd: float | None = None
    gcps: Path | None = None
    sensor: str | None = None
    licence: Licence | None = None

    def __post_init__(self) -> None:
        if self.sensor is not None and self.sensor not in sensors.SENSORS:
            known = ", ".join(sensors.SENSORS)
            raise UsageError(f"--sensor is {self.sensor!r}; expected one of: {known}")
        if self.date is not None:
            dates.from_user(self.date)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Files that belong to one acquisition or series, and how to open them."""

    lead: Path
    """The file that names it in messages."""
    files: frozenset[Path]
    """All files that it takes up; no other reader is asked about them."""
    open: Callable[[Request], Sequence[Scene]]
    aside: tuple[tuple[str, str], ...] = ()
    """(path, reason) of files of the delivery that are left out."""


@dataclass(frozen=True, slots=True)
class Angles:
    """Sun and view, as the fields of `Scene` of the same names."""

    sun_azimuth: float | None = None
    sun_elevation: float | None = None
    view_angle: float | None = None
    view_azimuth: float | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """All that a reader finds out about one scene."""

    sensor: str
    dated: dates.Dated
    assets: tuple[Asset, ...]
    bands: tuple[BandSource, ...]
    grid: GeoBox
    how: Georeference
    units: str
    gsd_m: float | None
    mask: MaskSource | None = None
    nodata: float | None = None
    angles: Angles = field(default_factory=Angles)
    licence: Licence | None = None
    notes: tuple[str, ...] = ()
    scale_sigma: float = 0.0
    stated: tuple[StatedSize, ...] = ()
    """Sizes of a pixel that the user, the file or its metadata state."""
    piece: str = ""
    """What part of the data files this scene is, where they hold several; enters the id."""


def finish(draft: Draft, request: Request) -> Scene:
    """The scene of a draft; the user's licence goes before the provider's."""
    year = draft.dated.acquired.year
    return Scene(
        id=scene_id(draft),
        sensor=draft.sensor,
        acquired=draft.dated.acquired,
        date_source=draft.dated.source,
        date_precision=draft.dated.precision,
        assets=draft.assets,
        bands=draft.bands,
        grid=draft.grid,
        georeference=draft.how,
        units=draft.units,
        mask=draft.mask,
        nodata=draft.nodata,
        gsd_m=draft.gsd_m,
        sun_azimuth=draft.angles.sun_azimuth,
        sun_elevation=draft.angles.sun_elevation,
        view_angle=draft.angles.view_angle,
        view_azimuth=draft.angles.view_azimuth,
        licence=request.licence or draft.licence or sensors.licence_of(draft.sensor, year),
        notes=(*draft.dated.notes, *draft.notes, *disagreements(draft.grid, draft.stated)),
        stated_sizes=draft.stated,
        scale_sigma=draft.scale_sigma,
    )


def scene_id(draft: Draft) -> str:
    """`YYYYMMDD[Thhmmss]_<sensor>_<8 hex>`; the digits follow from the data files' content and the piece."""
    content = "".join(a.sha256 for a in draft.assets if a.role == "data") + draft.piece
    digits = hashlib.sha256(content.encode()).hexdigest()[:8]
    form = "%Y%m%dT%H%M%S" if draft.dated.precision is DatePrecision.SECOND else "%Y%m%d"
    return f"{draft.dated.acquired.strftime(form)}_{draft.sensor}_{digits}"


def number(values: Mapping[str, Any], *keys: str) -> float | None:
    """The first of `keys` that holds a finite number."""
    for key in keys:
        try:
            value = float(values[key])
        except (KeyError, TypeError, ValueError):
            continue
        if abs(value) < float("inf"):
            return value
    return None


_EARTH_RADIUS_M = 6_371_000


def off_nadir(incidence: float | None, altitude_m: float) -> float | None:
    """Off-nadir angle at the satellite from the incidence angle on the ground, degrees, for a round Earth."""
    if incidence is None:
        return None
    ratio = _EARTH_RADIUS_M / (_EARTH_RADIUS_M + altitude_m)
    return math.degrees(math.asin(ratio * math.sin(math.radians(incidence))))


def earth_sun_distance(moment: datetime) -> float:
    """Astronomical units, to about 0.0003, by the orbit's eccentricity alone (perihelion 4 January)."""
    day = moment.timetuple().tm_yday
    return 1 - 0.01672 * math.cos(math.radians(0.9856 * (day - 4)))


def unique(names: Iterable[str]) -> list[str]:
    """Band names made different from each other: the second "pan" becomes "pan_2"."""
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return result

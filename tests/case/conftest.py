"""Small values to fill a case with."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import shapely
from affine import Affine
from odc.geo.geobox import GeoBox

from sitewatch.case import Case
from sitewatch.types import (
    Asset,
    BandSource,
    DatePrecision,
    DateSource,
    Event,
    EventKind,
    Gap,
    GapPosterior,
    Georeference,
    Scene,
    Site,
)


def scene(day: int, *, path: str = "/images/a.tif") -> Scene:
    """A scene of January 2020, 10 m pixels in UTM zone 35."""
    return Scene(
        id=f"202001{day:02d}_unknown_0000000{day % 10}",
        sensor="unknown",
        acquired=datetime(2020, 1, day, 12, tzinfo=UTC),
        date_source=DateSource.USER,
        date_precision=DatePrecision.DAY,
        assets=(Asset(path, f"{day:064x}", "data", 10),),
        bands=(BandSource("red", 0),),
        grid=GeoBox((20, 20), Affine(10, 0, 500_000, 0, -10, 5_000_000), "EPSG:32635"),
        georeference=Georeference.EMBEDDED,
    )


def event(
    name: str,
    *,
    x: float = 0,
    size: float = 10,
    kind: EventKind = EventKind.APPEARED,
    start: int = 1,
    end: int = 11,
    **fields: object,
) -> Event:
    """A square of `size` metres from `x` eastward, changed between two days of January 2020."""
    values: dict[str, object] = {
        "id": name,
        "site": "hall",
        "kind": kind,
        "outline": shapely.box(x, 0, x + size, size),
        "crs": "EPSG:32635",
        "posterior": GapPosterior((Gap(date(2020, 1, start), date(2020, 1, end), 1.0),)),
        "probability": 0.9,
        "calibrated_on": "nothing",
        "area_m2": size * size,
        "area_m2_low": 0.5 * size * size,
        "area_m2_high": 2 * size * size,
        "detector": "test 1",
        "scenes": (),
    }
    return Event(**(values | fields))  # type: ignore[arg-type]


@pytest.fixture(name="scene", scope="session")
def _scene() -> Callable[..., Scene]:
    return scene


@pytest.fixture(name="event", scope="session")
def _event() -> Callable[..., Event]:
    return event


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """A case with one site."""
    made = Case.create(tmp_path / "case")
    made.add_site(Site("hall", shapely.box(27, 45.1, 27.1, 45.2)))
    return made

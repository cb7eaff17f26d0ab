"""A small invented site for the tests of the report: nothing here is an observation."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from affine import Affine
from odc.geo.geobox import GeoBox
from pyproj import Transformer
from shapely import Polygon, box, transform

from sitewatch import cube as cubes
from sitewatch.report import SiteView
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
    Licence,
    Measurement,
    Registration,
    RegistrationStatus,
    Scene,
    Site,
    Value,
)

SIZE = 40
FIRST = datetime(2020, 1, 5, 10, tzinfo=UTC)
STEP = timedelta(days=20)
DATES = 24
CRS = "EPSG:32634"
GRID = GeoBox((SIZE, SIZE), Affine(10, 0, 500_000, 0, -10, 5_000_000), CRS)
GENERATED = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
BANDS = ("blue", "green", "red", "nir")


def day(i: int) -> date:
    """Date of the i-th scene."""
    return (FIRST + i * STEP).date()


def square(column: int, row: int, side: int = 6) -> Polygon:
    """A square of pixels in the CRS of `GRID`."""
    left, top = 500_000 + 10 * column, 5_000_000 - 10 * row
    return box(left, top - 10 * side, left + 10 * side, top)


def event(name: str = "e1", at: int = 10, **changes: Any) -> Event:
    """An event whose most likely gap ends with scene `at`."""
    gaps = (
        Gap(day(at - 2), day(at - 1), 0.08),
        Gap(day(at - 1), day(at), 0.85),
        Gap(day(at), day(at + 1), 0.07),
    )
    values: dict[str, Any] = {
        "id": name,
        "site": "Sample",
        "kind": EventKind.APPEARED,
        "outline": square(10, 12),
        "crs": CRS,
        "posterior": GapPosterior(gaps),
        "probability": 0.9,
        "calibrated_on": "nothing, a test",
        "area_m2": 3600.0,
        "area_m2_low": 3300.0,
        "area_m2_high": 4100.0,
        "detector": "test 1",
        "scenes": (),
    }
    return Event(**(values | changes))


def scene(i: int, *, grid: GeoBox = GRID, **changes: Any) -> Scene:
    values: dict[str, Any] = {
        "id": f"{FIRST + i * STEP:%Y%m%d}_sentinel2_{i:08x}",
        "sensor": "sentinel2",
        "acquired": FIRST + i * STEP,
        "date_source": DateSource.METADATA,
        "date_precision": DatePrecision.DAY,
        "assets": (Asset(f"/somewhere/private/s{i}.tif", f"{i:064x}", "data", 12_345),),
        "bands": tuple(BandSource(name, 0, k + 1) for k, name in enumerate(BANDS)),
        "grid": grid,
        "georeference": Georeference.EMBEDDED,
        "licence": Licence(credit_line="Sample credit", name="CC0-1.0"),
    }
    return Scene(**(values | changes))


def view(
    events: tuple[Event, ...] | None = None,
    *,
    licence: Licence | None = None,
    grid: GeoBox = GRID,
    level: float = 0.1,
    **changes: Any,
) -> SiteView:
    """A site with a bright square that appears with scene 10; every fifth scene is half clouded."""
    rng = np.random.default_rng(7)
    shape = (DATES, SIZE, SIZE)
    extra = {} if licence is None else {"licence": licence}
    scenes = tuple(scene(i, grid=grid, **extra) for i in range(DATES))
    clear = np.ones(shape, dtype=np.bool_)
    clear[::5, :, :30] = False
    bands = {name: (level + rng.normal(0, 0.01, shape)).astype(np.float32) for name in BANDS}
    for name in ("red", "green", "blue"):
        bands[name][10:, 12:18, 10:16] += 0.2
    cube = cubes.make(
        bands,
        times=[s.acquired for s in scenes],
        scene_ids=[s.id for s in scenes],
        observed=np.ones(shape, dtype=np.bool_),
        clear=clear,
        mask_class=np.where(clear, 1, 2).astype(np.uint8),
        grid=grid,
        units="reflectance",
    )
    to_degrees = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    ground = box(500_000, 5_000_000 - 10 * SIZE, 500_000 + 10 * SIZE, 5_000_000)
    aoi = transform(ground, lambda xy: np.column_stack(to_degrees.transform(xy[:, 0], xy[:, 1])))
    aside = scene(DATES)
    values: dict[str, Any] = {
        "site": Site("Sample", aoi),
        "scenes": (*scenes, aside),
        "registrations": {
            s.id: Registration(s.id, 0.01 * i, -0.02 * i, 0.02, scenes[0].id, RegistrationStatus.OK)
            for i, s in enumerate(scenes)
        },
        "cube": cube,
        "events": (event(),) if events is None else events,
        "measurements": (
            Measurement("e1", "length", Value(61.2, 58.0, 66.0, "m", "rectangle fit"), ()),
            Measurement("old hall", "ratio", Value(0.65, 0.61, 0.70, "1", "roof against roof"), (), True),
        ),
        "set_aside": ((aside.id, "too few clear pixels to register"),),
        "notes": ("Masks were taken as delivered.",),
        "simulated": False,
    }
    return SiteView(**(values | changes))

"""Windows of a site hold what the cube of the whole site holds."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from odc.geo.geobox import GeoBox

from sitewatch.errors import DataError
from sitewatch.imagery.build import build_cube
from sitewatch.imagery.cached import read_pixels, write_pixels
from sitewatch.imagery.looks import Looks
from sitewatch.imagery.read import Pixels
from sitewatch.types import (
    Asset,
    BandSource,
    DatePrecision,
    DateSource,
    Georeference,
    MaskClass,
    Scene,
)

GRID = GeoBox((40, 48), Affine(3, 0, 500_000, 0, -3, 4_000_000), "EPSG:32633")


def scene(number: int, hour: int = 10) -> Scene:
    asset = Asset(path=f"{number}.tif", sha256=f"{number:064d}", role="image", size=1)
    return Scene(
        id=f"s{number}",
        acquired=datetime(2024, 1 + number, 5, hour, tzinfo=UTC),
        date_source=DateSource.METADATA,
        date_precision=DatePrecision.SECOND,
        sensor="test",
        assets=(asset,),
        bands=tuple(BandSource(name=n, asset=0, layer=i + 1) for i, n in enumerate(("blue", "red"))),
        grid=GRID,
        georeference=Georeference.EMBEDDED,
        units="reflectance",
    )


def pixels(rng: np.random.Generator, gain: float) -> Pixels:
    ground = np.random.default_rng(9).uniform(0.1, 0.4, GRID.shape)
    bands = {
        n: (gain * ground + rng.normal(0, 0.003, GRID.shape)).astype(np.float32) for n in ("blue", "red")
    }
    observed = np.ones(GRID.shape, bool)
    observed[:, :5] = rng.uniform() < 0.7
    classes = np.full(GRID.shape, MaskClass.CLEAR, np.uint8)
    classes[5:15, 20:30] = MaskClass.CLOUD if rng.uniform() < 0.4 else MaskClass.CLEAR
    for band in bands.values():
        band[~observed] = np.nan
    return Pixels(bands, observed, classes)


@pytest.fixture
def stored(tmp_path: Path) -> tuple[list[Scene], list[Path]]:
    rng = np.random.default_rng(0)
    scenes = [scene(i) for i in range(8)]
    files = []
    for i in range(8):
        files.append(tmp_path / f"{i}.tif")
        write_pixels(files[-1], pixels(rng, 1 + 0.1 * (i % 3)), GRID)
    return scenes, files


def test_window_holds_what_the_cube_holds(stored: tuple[list[Scene], list[Path]]) -> None:
    scenes, files = stored
    cube = build_cube(scenes, [read_pixels(f) for f in files], GRID)
    looks = Looks.of(scenes, files, GRID).surveyed([(slice(0, 40), slice(0, 48))], 0.0)
    window = (slice(3, 21), slice(10, 40))
    values, usable = looks.read(window)
    whole = cube["clear"].values[:, 3:21, 10:40]
    assert (usable == whole).all()
    expected = np.where(whole, cube["red"].values[:, 3:21, 10:40], 0)
    assert values[:, looks.bands.index("red")] == pytest.approx(expected, abs=1e-6)
    assert looks.dates[0].isoformat() == "2024-01-05"


def test_survey_travels_as_plain_values(stored: tuple[list[Scene], list[Path]]) -> None:
    looks = Looks.of(*stored, GRID).surveyed([(slice(0, 40), slice(0, 48))], 0.0)
    again = Looks.of(*stored, GRID).restored(looks.plain())
    window = (slice(0, 8), slice(0, 8))
    for first, second in zip(looks.read(window), again.read(window), strict=True):
        assert (first == second).all()


def test_scenes_of_one_moment_are_one_look(stored: tuple[list[Scene], list[Path]]) -> None:
    scenes, files = stored
    twice = [*scenes, scene(0)]
    assert len(Looks.of(twice, [*files, files[0]], GRID).days) == 8


def test_unsurveyed_looks_and_no_scene_are_refused(stored: tuple[list[Scene], list[Path]]) -> None:
    with pytest.raises(DataError, match="survey"):
        Looks.of(*stored, GRID).read((slice(0, 8), slice(0, 8)))
    with pytest.raises(DataError, match="no scene"):
        Looks.of([], [], GRID)

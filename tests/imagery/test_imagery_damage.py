"""Any damage to any kind of file ends in scenes or in one line, never in another exception."""

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scenefiles import ramp, write_planet, write_tif
from test_imagery_maxar_airbus import IMD, STEM, data_files, dimap
from test_imagery_netcdf import COUNTS, write_series
from test_imagery_safe import write_safe

from sitewatch.errors import SitewatchError
from sitewatch.imagery.open import open_path
from sitewatch.imagery.read import read

NOISE = np.random.default_rng(0).integers(1, 255, (3, 40, 30)).astype(np.uint8)


def tif(folder: Path) -> Path:
    return write_tif(folder / "2020-01-01.tif", NOISE, compress="deflate")


def png(folder: Path) -> Path:
    return write_tif(folder / "2020-01-01.png", NOISE, crs=None, driver="PNG")


def jp2(folder: Path) -> Path:
    return write_tif(folder / "2020-01-01.jp2", NOISE, driver="JP2OpenJPEG")


def hdf(folder: Path) -> Path:
    return write_series(folder / "a.nc")


def classic(folder: Path) -> Path:
    return write_series(folder / "a.nc", engine="scipy", red=(COUNTS.astype("f4"), {}))


def planet(folder: Path) -> Path:
    return write_planet(folder).parent / "20240219_021000_02_2402_metadata.json"


def maxar(folder: Path) -> Path:
    write_tif(folder / f"{STEM}.TIF", ramp())
    (folder / f"{STEM}.IMD").write_text(IMD)
    return folder / f"{STEM}.IMD"


def airbus(folder: Path) -> Path:
    write_tif(folder / "IMG.TIF", ramp(1))
    bands = "<Band_Radiance><BAND_ID>P</BAND_ID><GAIN>10</GAIN></Band_Radiance>"
    (folder / "DIM_1.XML").write_text(dimap(data_files("IMG.TIF", "P"), processing="BASIC", bands=bands))
    return folder / "DIM_1.XML"


def safe(folder: Path) -> Path:
    return write_safe(folder) / "MTD_MSIL2A.xml"


CHANGES = st.lists(
    st.tuples(st.floats(0, 0.9999), st.binary(min_size=1, max_size=3), st.booleans()), min_size=1, max_size=6
)


@pytest.mark.parametrize("make", [tif, png, jp2, hdf, classic, planet, maxar, airbus, safe])
def test_damaged_bytes(make: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp(make.__name__)
    victim = make(folder)
    whole = victim.read_bytes()
    lines: list[str] = []

    @settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(CHANGES)
    def attempt(changes: list[tuple[float, bytes, bool]]) -> None:
        content = bytearray(whole)
        for place, new, early in changes:
            at = int(place * (min(len(content), 400) if early else len(content)))
            content[at : at + len(new)] = new
        victim.write_bytes(content)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for scene in open_path(folder).scenes:
                    read(scene)
        except SitewatchError as error:
            lines.append(str(error))

    attempt()
    assert lines, "none of the changes did any damage"
    assert not any("\n" in line for line in lines)

"""netCDF series."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from pyproj import CRS

from sitewatch.errors import SceneError
from sitewatch.imagery.open import open_path
from sitewatch.imagery.read import read
from sitewatch.types import DatePrecision, Georeference, MaskClass

COUNTS = np.arange(1, 25, dtype=np.uint16).reshape(2, 3, 4)


def write_series(
    path: Path,
    *,
    times: Any = ("2020-01-05", "2020-02-04"),
    x_step: float = 10,
    engine: str = "h5netcdf",
    **variables: Any,
) -> Path:
    """Two dates of 3 x 4 pixels; `variables` name → (array, attributes)."""
    variables = variables or {
        "B2": (COUNTS, {}),
        "B8": (COUNTS + 100, {}),
        "SCL": (np.full((2, 3, 4), 4, np.uint16), {}),
    }
    stamps = np.array(times, "datetime64[ns]")
    data = xr.Dataset(
        {
            name: (("time", "y", "x"), values, {"grid_mapping": "spatial_ref", **attributes})
            for name, (values, attributes) in variables.items()
        },
        {"time": stamps, "y": 2533000 - 10.0 * np.arange(3), "x": 5272000 + x_step * np.arange(4)},
    )
    data["spatial_ref"] = xr.DataArray(np.int32(0), attrs={"crs_wkt": CRS.from_epsg(3035).to_wkt()})
    data.to_netcdf(path, engine=engine)
    return path


def test_a_scene_for_each_time(tmp_path: Path) -> None:
    first, second = open_path(write_series(tmp_path / "a.nc")).scenes
    assert [s.acquired for s in (first, second)] == [
        datetime(2020, 1, 5, 12, tzinfo=UTC),
        datetime(2020, 2, 4, 12, tzinfo=UTC),
    ]
    assert first.date_precision is DatePrecision.DAY
    assert first.id != second.id
    assert first.assets == second.assets
    assert first.sensor == "sentinel2"
    assert (first.band_names, first.units, first.gsd_m) == (("blue", "nir"), "reflectance", 10)
    # Coordinates are pixel centres: the corner lies half a pixel further out.
    assert tuple(first.grid.affine)[:6] == (10, 0, 5271995, 0, -10, 2533005)
    assert first.grid.crs is not None
    assert first.grid.crs.epsg == 3035
    pixels = read(second)
    np.testing.assert_allclose(pixels.bands["blue"], COUNTS[1] * 1e-4)
    assert (pixels.mask_class == MaskClass.CLEAR).all()
    np.testing.assert_allclose(
        read(second, window=((1, 3), (2, 4))).bands["nir"], (COUNTS[1, 1:, 2:] + 100) * 1e-4
    )


def test_times_of_day(tmp_path: Path) -> None:
    scenes = open_path(write_series(tmp_path / "a.nc", times=("2020-01-05T09:30:15", "2020-02-04"))).scenes
    assert scenes[0].date_precision is DatePrecision.SECOND
    assert scenes[0].id.startswith("20200105T093015_sentinel2_")


def test_fill_scale_and_nodata_in_the_mask(tmp_path: Path) -> None:
    scl = np.full((2, 3, 4), 4, np.uint8)
    scl[0, 0, 3] = 0
    values = COUNTS.astype(np.int16)
    values[0, 0, 1] = -99
    path = write_series(
        tmp_path / "a.nc",
        red=(values, {"_FillValue": np.int16(-99), "scale_factor": 0.001, "add_offset": -0.5}),
        scl=(scl, {}),
    )
    pixels = read(open_path(path).scenes[0])
    np.testing.assert_array_equal(pixels.observed[0], [True, False, True, False])
    np.testing.assert_allclose(pixels.bands["red"][0, 2], 3 * 0.001 - 0.5, rtol=1e-6)


def test_fill_in_one_variable_hides_the_pixel(tmp_path: Path) -> None:
    values = COUNTS.copy()
    values[0, 0, 0] = 0
    fill = {"_FillValue": np.uint16(0)}
    path = write_series(tmp_path / "a.nc", B2=(values, fill), B8=(COUNTS, fill), SCL=(COUNTS, {}))
    pixels = read(open_path(path).scenes[0])
    assert not pixels.observed[0, 0]
    assert np.isnan(pixels.bands["nir"][0, 0])
    assert pixels.observed.sum() == 11


def test_same_file_elsewhere(tmp_path: Path) -> None:
    path = write_series(tmp_path / "a.nc")
    (tmp_path / "b.dat").write_bytes(path.read_bytes())
    assert [s.id for s in open_path(path).scenes] == [s.id for s in open_path(tmp_path / "b.dat").scenes]


def test_classic_netcdf(tmp_path: Path) -> None:
    floats = COUNTS.astype(np.float32) / 1000
    scenes = open_path(write_series(tmp_path / "a.nc", engine="scipy", red=(floats, {}))).scenes
    np.testing.assert_array_equal(read(scenes[1]).bands["red"], floats[1])


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"temperature": (COUNTS, {})}, "named like a band"),
        ({"red": (COUNTS, {}), "B4": (COUNTS, {}), "SCL": (COUNTS, {})}, "same band"),
        ({"times": ("2020-01-05", "NaT")}, "holds no dates"),
        ({"x_step": 0.0}, "not evenly spaced"),
    ],
)
def test_what_cannot_be_a_series(tmp_path: Path, change: dict[str, Any], match: str) -> None:
    with pytest.raises(SceneError, match=match):
        open_path(write_series(tmp_path / "a.nc", **change))


def test_truncated(tmp_path: Path) -> None:
    path = write_series(tmp_path / "a.nc")
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(SceneError, match="truncated"):
        open_path(path)


def test_without_coordinate_system(tmp_path: Path) -> None:
    path = tmp_path / "a.nc"
    xr.Dataset(
        {"red": (("time", "y", "x"), COUNTS.astype("f4"))},
        {
            "time": np.array(["2020-01-05", "2020-02-04"], "datetime64[ns]"),
            "y": [2.0, 1, 0],
            "x": [0.0, 1, 2, 3],
        },
    ).to_netcdf(path, engine="h5netcdf")
    scene = open_path(path).scenes[0]
    assert (scene.georeference, scene.gsd_m) == (Georeference.NONE, None)

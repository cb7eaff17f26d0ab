"""Real files, held against reading them with plain rasterio."""

import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.errors import NotGeoreferencedWarning

from sitewatch.errors import SceneError
from sitewatch.imagery.open import open_path
from sitewatch.imagery.read import read
from sitewatch.types import DatePrecision, DateSource, Georeference

GOOD = [
    "RGBA.uint16.tif", "all-nodata.tif", "alpha.tif", "byte.tif", "cogeo.tif", "float.tif", "float32.tif",
    "float_nan.tif", "float_raster_with_extra_nodata.tif", "float_raster_with_nodata.tif", "goes.tif",
    "green.tif", "red.tif", "rgb-byte-tenth.tif", "rgb1.tif", "rgb1_fake_nir_epsg3857.tif", "rgb2.tif",
    "rgb_deflate.tif", "rotated.tif", "test_esri_wkt.tif", "world.byte.tif", "world.rgb.tif",
    "389225main_sw_1965_1024.jpg",
]  # fmt: skip
BAD = {
    "corrupt.tif": "truncated",
    "RGB.byte.gcp.vrt": "VRT",
    "RGB.byte.rpc.vrt": "VRT",
    "white-gemini-iv.vrt": "VRT",
    "files.zip": "unpack",
    "N10W110.hgt.zip": "unpack",
    "README.txt": "text file",
    "issue1446.geojson": "text file",
    "box.shp": "not a kind of image",
    "no_band.h5": "series over time",
    "two-subs.h5": "series over time",
}


@pytest.mark.parametrize("name", GOOD)
def test_good_files_agree_with_rasterio(shared_data: Path, name: str) -> None:
    path = shared_data / "rasterio_tests" / name
    (scene,) = open_path(path, date="2020-01-01").scenes
    pixels = read(scene)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        dataset = rasterio.open(path)
    with dataset:
        assert scene.grid.shape == dataset.shape
        if dataset.crs:
            assert scene.grid.affine == dataset.transform
            assert scene.georeference is Georeference.EMBEDDED
        else:
            assert scene.georeference is Georeference.NONE
        seen = dataset.dataset_mask() > 0
        for source in scene.bands:
            seen &= np.isfinite(dataset.read(source.layer))
        np.testing.assert_array_equal(pixels.observed, seen)
        for source in scene.bands:
            raw = dataset.read(source.layer).astype(np.float64)
            got = pixels.bands[source.name]
            assert np.isnan(got[~seen]).all()
            np.testing.assert_allclose(
                got[seen], raw[seen] * source.scale + source.offset, rtol=1e-6, atol=1e-7
            )


@pytest.mark.parametrize("name", BAD)
def test_bad_files_end_in_one_line(shared_data: Path, name: str) -> None:
    with pytest.raises(SceneError, match=BAD[name]) as caught:
        open_path(shared_data / "rasterio_tests" / name, date="2020-01-01")
    assert "\n" not in str(caught.value)


def test_envi_is_refused_with_advice(shared_data: Path) -> None:
    with pytest.raises(SceneError, match="gdal_translate"):
        open_path(shared_data / "landsat_taizhou" / "Taizhou" / "2000TM")


def test_naip(shared_data: Path) -> None:
    scenes = open_path(shared_data / "naip_nd_10dates").scenes
    assert [s.acquired.date().isoformat() for s in scenes] == [
        "2009-08-18", "2010-06-29", "2012-07-31", "2014-07-20", "2015-09-26",
        "2016-08-16", "2017-08-27", "2018-07-16", "2019-09-04", "2020-08-31",
    ]  # fmt: skip
    assert {(s.sensor, s.units, s.band_names, s.gsd_m) for s in scenes} == {
        ("naip", "dn", ("red", "green", "blue", "nir"), 5.0)
    }
    # Vegetation is brighter in near infrared than in red: the order of bands is right.
    bands = read(scenes[1]).bands
    assert np.nanmedian(bands["nir"]) > np.nanmedian(bands["red"])


def test_screenshots(shared_data: Path) -> None:
    scenes = open_path(shared_data / "google_earth_multidate").scenes
    assert [s.acquired.strftime("%Y_%m") for s in scenes] == [
        "2003_12", "2009_11", "2011_03", "2013_03", "2014_03", "2015_11", "2016_09", "2019_02", "2020_03",
    ]  # fmt: skip
    assert Counter((s.date_source, s.date_precision, s.georeference) for s in scenes) == {
        (DateSource.FILENAME, DatePrecision.MONTH, Georeference.NONE): 9
    }


def test_undated_images_ask_for_a_date(shared_data: Path) -> None:
    with pytest.raises(SceneError, match="pass --date"):
        open_path(shared_data / "joplin_geotiff" / "input" / "pre" / "tile_337-9136.tif")
    scene = open_path(
        shared_data / "joplin_geotiff" / "input" / "pre" / "tile_337-9136.tif", date="2011"
    ).scenes[0]
    assert scene.gsd_m == pytest.approx(0.6)


def test_jpeg2000(shared_data: Path) -> None:
    second, first = open_path(shared_data / "sentinel2_scene").scenes[::-1]
    assert (first.id[:15], second.id[:15]) == ("20160529T153631", "20160608T153121")
    window = ((500, 564), (700, 748))
    with rasterio.open(first.assets[0].path) as dataset:
        raw = dataset.read(1, window=window)
    np.testing.assert_allclose(next(iter(read(first, window=window).bands.values())), raw * 1e-4, rtol=1e-6)


def test_band_names_of_descriptions(shared_data: Path) -> None:
    path = shared_data / "s2_urban_growth" / "raw_after" / "Apex_HaddonHall_after.tif"
    (scene,) = open_path(path, date="2023").scenes
    assert scene.band_names[1:4] == ("blue", "green", "red")
    assert scene.band_names[-2:] == ("swir16", "swir22")
    assert (scene.sensor, scene.units) == ("sentinel2", "reflectance")


def test_real_series_of_140_dates(real_series: Path) -> None:
    scenes = open_path(real_series).scenes
    assert len({s.id for s in scenes}) == len(scenes) == 140
    assert (scenes[0].acquired.date().isoformat(), scenes[-1].acquired.date().isoformat()) == (
        "2015-08-01",
        "2021-01-01",
    )
    assert scenes[0].band_names == ("blue", "green", "red", "nir")
    pixels = read(scenes[0])
    assert pixels.observed.all()
    assert 0.03 < pixels.bands["blue"].min() < 0.04  # 322 counts

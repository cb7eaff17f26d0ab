"""Pixels: scale, nodata, masks, windows."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from scenefiles import ramp, udm2, write_planet, write_tif

from sitewatch.errors import DataError, SceneError
from sitewatch.imagery.assets import sha256, verify_assets
from sitewatch.imagery.open import open_path
from sitewatch.imagery.read import read
from sitewatch.imagery.sensors import MASK_SCHEMES
from sitewatch.types import Asset, MaskClass, MaskSource


def test_scale_and_order_of_bands(tmp_path: Path) -> None:
    data = ramp(4, 2, 2)  # 1..4, 5..8, 9..12, 13..16
    path = write_tif(tmp_path / "2020-01-01_S2A_L2A.tif", data, names=["B4", "B3", "B2", "B8"])
    (scene,) = open_path(path).scenes
    pixels = read(scene)
    assert tuple(pixels.bands) == ("red", "green", "blue", "nir")
    np.testing.assert_allclose(pixels.bands["blue"], [[9e-4, 10e-4], [11e-4, 12e-4]])
    assert pixels.bands["blue"].dtype == np.float32
    assert (pixels.mask_class == MaskClass.UNKNOWN).all()


def test_display_images_fill_zero_to_one(tmp_path: Path) -> None:
    data = np.array([[[0, 51, 255]]] * 3, dtype=np.uint8)
    (scene,) = open_path(write_tif(tmp_path / "2020.png", data, crs=None, driver="PNG")).scenes
    assert scene.units == "dn"
    np.testing.assert_allclose(read(scene).bands["red"], [[0, 0.2, 1]])


def test_zero_in_one_band_is_dark_and_in_all_is_nothing(tmp_path: Path) -> None:
    data = np.array([[[0, 0]], [[7, 0]], [[9, 0]]], dtype=np.uint16)
    (scene,) = open_path(write_tif(tmp_path / "2020.tif", data, nodata=0)).scenes
    pixels = read(scene)
    np.testing.assert_array_equal(pixels.observed, [[True, False]])
    assert pixels.bands["red"][0, 0] == 0
    assert np.isnan(pixels.bands["green"][0, 1])


@pytest.mark.parametrize("nodata", [-9999.0, float("nan")])
def test_other_fill_in_one_band_is_nothing(tmp_path: Path, nodata: float) -> None:
    data = np.array([[[nodata, 0.1]], [[0.2, 0.2]], [[0.3, 0.3]]], dtype=np.float32)
    (scene,) = open_path(write_tif(tmp_path / "2020.tif", data, nodata=nodata)).scenes
    pixels = read(scene)
    np.testing.assert_array_equal(pixels.observed, [[False, True]])
    assert np.isnan(pixels.bands["blue"][0, 0])


def test_unstated_nan_is_nothing(tmp_path: Path) -> None:
    data = np.array([[[np.nan, 0.1]]], dtype=np.float32)
    (scene,) = open_path(write_tif(tmp_path / "2020.tif", data)).scenes
    np.testing.assert_array_equal(read(scene).observed, [[False, True]])


def test_alpha_says_what_was_observed(tmp_path: Path) -> None:
    data = np.full((4, 1, 2), 100, dtype=np.uint8)
    data[3] = [0, 255]
    path = write_tif(tmp_path / "2020.tif", data, photometric="RGB", alpha="unspecified")
    with rasterio.open(path, "r+") as dataset:
        dataset.colorinterp = [*dataset.colorinterp[:3], rasterio.enums.ColorInterp.alpha]
    (scene,) = open_path(path).scenes
    assert scene.band_names == ("red", "green", "blue")
    np.testing.assert_array_equal(read(scene).observed, [[False, True]])


def test_palette_becomes_colours(tmp_path: Path) -> None:
    path = write_tif(tmp_path / "2020.tif", np.array([[[0, 1]]], dtype=np.uint8), photometric="palette")
    with rasterio.open(path, "r+") as dataset:
        dataset.write_colormap(1, {0: (255, 0, 51, 255), 1: (0, 255, 102, 255)})
    (scene,) = open_path(path).scenes
    bands = read(scene).bands
    np.testing.assert_allclose([bands[b][0] for b in ("red", "green", "blue")], [[1, 0], [0, 1], [0.2, 0.4]])


def test_udm2_classes() -> None:
    raw = udm2(1, 9)
    raw[0, 0, 1:] = 0
    for column, band in enumerate((1, 2, 3, 4, 5), start=1):
        raw[band, 0, column] = 1
    raw[2, 0, 6] = raw[5, 0, 6] = 1  # shadow and cloud: cloud
    raw[7, 0, 7] = 0b10001  # black fill, and a band missing
    raw[7, 0, 8] = 0b10000
    mask, observed = MASK_SCHEMES["udm2"].decode(raw)
    m = MaskClass
    expected = [m.CLEAR, m.SNOW, m.SHADOW, m.HAZE, m.HAZE, m.CLOUD, m.CLOUD, m.DEFECT, m.DEFECT]
    assert mask[0].tolist() == expected
    assert observed[0].tolist() == [True] * 7 + [False, True]


def test_scl_classes() -> None:
    mask, observed = MASK_SCHEMES["scl"].decode(np.arange(12, dtype=np.uint8).reshape(1, 1, 12))
    m = MaskClass
    expected = [
        m.UNKNOWN, m.DEFECT, m.CLEAR, m.SHADOW, m.CLEAR, m.CLEAR,
        m.WATER, m.CLEAR, m.CLOUD, m.CLOUD, m.HAZE, m.SNOW,
    ]  # fmt: skip
    assert mask[0].tolist() == expected
    assert observed[0].tolist() == [False] + [True] * 11


def test_black_fill_of_the_mask_is_not_observed(tmp_path: Path) -> None:
    mask = udm2()
    mask[0, 0, 0], mask[7, 0, 0] = 0, 1
    (scene,) = open_path(write_planet(tmp_path, mask=mask)).scenes
    pixels = read(scene)
    assert pixels.observed.sum() == 29
    assert not pixels.observed[0, 0]
    assert np.isnan(pixels.bands["red"][0, 0])
    assert pixels.mask_class[0, 0] == MaskClass.UNKNOWN


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 11), st.integers(1, 12), st.integers(0, 9), st.integers(1, 10))
def test_a_window_is_a_piece_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory, r0: int, h: int, c0: int, w: int
) -> None:
    folder = tmp_path_factory.getbasetemp() / "window"
    mask = udm2(12, 10)
    mask[5, 3:6, 2:7] = 1
    path = folder / "20240219_021000_02_2402_3B_AnalyticMS_SR.tif"
    if not path.exists():
        write_planet(folder, data=ramp(4, 12, 10), mask=mask)
    (scene,) = open_path(path).scenes
    r1, c1 = min(12, r0 + h), min(10, c0 + w)
    whole, piece = read(scene), read(scene, window=((r0, r1), (c0, c1)))
    for name, values in piece.bands.items():
        np.testing.assert_array_equal(values, whole.bands[name][r0:r1, c0:c1])
    np.testing.assert_array_equal(piece.mask_class, whole.mask_class[r0:r1, c0:c1])
    np.testing.assert_array_equal(piece.observed, whole.observed[r0:r1, c0:c1])


@pytest.mark.parametrize("window", [((0, 7), (0, 5)), ((-1, 2), (0, 5)), ((2, 2), (0, 5)), ((0, 6), (3, 9))])
def test_window_outside_the_grid(tmp_path: Path, window: tuple[tuple[int, int], tuple[int, int]]) -> None:
    (scene,) = open_path(write_tif(tmp_path / "2020.tif", ramp(1))).scenes
    with pytest.raises(DataError, match="not inside"):
        read(scene, window=window)


def test_coarser_mask_is_repeated(tmp_path: Path) -> None:
    """A 20 m mask under a 10 m image, as in Sentinel-2: checked against repeating it by hand."""
    codes = np.array([[[4, 9, 4], [8, 4, 11]]], dtype=np.uint8)
    (scene,) = open_path(write_tif(tmp_path / "2020.tif", ramp(1, 4, 6))).scenes
    coarse = write_tif(tmp_path / "scl.tif", codes)
    scene = replace(
        scene,
        assets=(*scene.assets, Asset(str(coarse), sha256(coarse), "mask", coarse.stat().st_size)),
        mask=MaskSource("scl", 1),
    )
    c, k, s = MaskClass.CLEAR, MaskClass.CLOUD, MaskClass.SNOW
    whole = read(scene).mask_class
    assert whole.tolist() == [[c, c, k, k, c, c]] * 2 + [[k, k, c, c, s, s]] * 2
    np.testing.assert_array_equal(read(scene, window=((1, 4), (3, 6))).mask_class, whole[1:4, 3:6])


def test_files_that_change_or_go(tmp_path: Path) -> None:
    path = write_tif(tmp_path / "2020.tif", ramp(1))
    (scene,) = open_path(path).scenes
    assert verify_assets(scene) == ()
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert "sha256" in verify_assets(scene)[0][1]
    write_tif(path, ramp(1, 5, 5))
    with pytest.raises(SceneError, match="has changed"):
        read(scene)
    path.unlink()
    assert verify_assets(scene)[0][1] == "missing"
    with pytest.raises(SceneError, match="cannot be read"):
        read(scene)


def test_relative_assets(tmp_path: Path) -> None:
    (scene,) = open_path(write_tif(tmp_path / "case" / "2020.tif", ramp(1))).scenes
    moved = replace(scene, assets=(replace(scene.assets[0], path="2020.tif"),))
    np.testing.assert_array_equal(read(moved, base=tmp_path / "case").bands["pan"], read(scene).bands["pan"])
    assert verify_assets(moved, base=tmp_path / "case") == ()


@pytest.mark.parametrize(
    ("name", "band"),
    [
        ("T33UUU_20160529T153631_B04_10m_S2A.tif", "red"),
        ("S2A_20160529_B8A.tif", "nir08"),
        ("S2A_20160529.tif", "pan"),
    ],
)
def test_one_band_in_its_own_file(tmp_path: Path, name: str, band: str) -> None:
    (scene,) = open_path(write_tif(tmp_path / name, ramp(1))).scenes
    assert scene.band_names == (band,)

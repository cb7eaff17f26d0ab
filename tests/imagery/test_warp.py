"""Onto the site grid: exact copies, one interpolation, nothing invented at the edges."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from odc.geo.geobox import GeoBox
from pyproj import Transformer
from scenefiles import ORIGIN, UTM, ramp, udm2, write_planet, write_tif
from shapely import Polygon, box

from sitewatch.errors import DataError, SceneError
from sitewatch.imagery import warp
from sitewatch.imagery.open import open_path
from sitewatch.imagery.read import read
from sitewatch.imagery.warp import resample, site_grid
from sitewatch.types import MaskClass, Scene

NAMES = ("blue", "green", "red", "nir")


def scene(path: Path) -> Scene:
    (found,) = open_path(path).scenes
    return found


def planet(folder: Path, rows: int = 6, cols: int = 5) -> Scene:
    return scene(write_planet(folder, data=ramp(4, rows, cols)))


def smooth(rows: int, cols: int) -> npt.NDArray[np.uint16]:
    """Four bands of slow waves between 1000 and 5000."""
    y, x = np.mgrid[0:rows, 0:cols]
    band = 3000 + 1000 * np.sin(x / 6) + 1000 * np.cos(y / 8)
    return np.stack([band, band + 10, band + 20, band + 30]).round().astype(np.uint16)


def lonlat(left: float, bottom: float, right: float, top: float, crs: str = UTM) -> Polygon:
    """The smallest longitude-latitude box inside which the projected box lies."""
    to = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    return box(*to.transform_bounds(left, bottom, right, top, densify_pts=51))


# Same lattice


def test_own_grid_is_an_exact_copy(tmp_path: Path) -> None:
    s = planet(tmp_path)
    got, given_ = resample(s, s.grid), read(s)
    for name in NAMES:
        np.testing.assert_array_equal(got.bands[name], given_.bands[name])
    np.testing.assert_array_equal(got.mask_class, given_.mask_class)
    assert got.observed.all()


def test_whole_pixel_shift_moves_and_leaves_the_rest_unobserved(tmp_path: Path) -> None:
    s = planet(tmp_path)
    got, given_ = resample(s, s.grid, shift=(1, -2)), read(s)
    # The result at (row, col) is the scene at (row - 2, col + 1).
    np.testing.assert_array_equal(got.bands["red"][2:, :-1], given_.bands["red"][:-2, 1:])
    expected = np.zeros((6, 5), np.bool_)
    expected[2:, :-1] = True
    np.testing.assert_array_equal(got.observed, expected)
    assert np.isnan(got.bands["red"][~expected]).all()
    assert (got.mask_class[~expected] == MaskClass.UNKNOWN).all()
    assert (got.mask_class[expected] == MaskClass.CLEAR).all()


@settings(max_examples=20, deadline=None)
@given(row=st.integers(-3, 5), col=st.integers(-3, 4), rows=st.integers(1, 9), cols=st.integers(1, 9))
def test_any_window_of_the_lattice(
    tmp_path_factory: pytest.TempPathFactory, row: int, col: int, rows: int, cols: int
) -> None:
    folder = tmp_path_factory.getbasetemp() / "lattice"
    s = planet(folder)
    grid = GeoBox((rows, cols), s.grid.affine @ Affine.translation(col, row), s.grid.crs)
    wide = np.pad(read(s).bands["nir"], 12, constant_values=np.nan)
    expected = wide[12 + row : 12 + row + rows, 12 + col : 12 + col + cols]
    if np.isnan(expected).all():
        with pytest.raises(SceneError, match="does not touch the site"):
            resample(s, grid)
        return
    got = resample(s, grid)
    np.testing.assert_array_equal(got.bands["nir"], expected)
    np.testing.assert_array_equal(got.observed, np.isfinite(expected))


# Between pixels


def test_half_a_pixel_with_bilinear_is_the_mean_of_two(tmp_path: Path) -> None:
    s = planet(tmp_path)
    got, given_ = resample(s, s.grid, shift=(0.5, 0), kernel="bilinear"), read(s).bands["red"]
    np.testing.assert_allclose(got.bands["red"][:, :-1], (given_[:, 1:] + given_[:, :-1]) / 2, rtol=1e-5)
    assert got.observed[:, :-1].all()
    assert not got.observed[:, -1].any()  # half of its neighbours were never seen


def test_half_a_pixel_with_cubic(tmp_path: Path) -> None:
    s = scene(write_planet(tmp_path, data=smooth(8, 12)))
    got, given_ = resample(s, s.grid, shift=(0.5, 0)), read(s).bands["red"]
    # Keys' kernel with a = -1/2 at half way: (-1, 9, 9, -1) / 16.
    expected = (9 * (given_[:, 1:-2] + given_[:, 2:-1]) - given_[:, :-3] - given_[:, 3:]) / 16
    # At the edge, where the kernel's outer samples are missing, the inner ones decide alone.
    np.testing.assert_allclose(got.bands["red"][2:-2, 2:-3], expected[2:-2, 1:-1], rtol=1e-5)


@settings(max_examples=20, deadline=None)
@given(dx=st.floats(-3, 3), dy=st.floats(-3, 3))
def test_shift_samples_the_scene_where_its_content_lies(
    tmp_path_factory: pytest.TempPathFactory, dx: float, dy: float
) -> None:
    folder = tmp_path_factory.getbasetemp() / "waves"
    s = scene(write_planet(folder, data=smooth(40, 50)))
    got = resample(s, s.grid, shift=(dx, dy))
    y, x = np.mgrid[0:40, 0:50]
    expected = (3020 + 1000 * np.sin((x + dx) / 6) + 1000 * np.cos((y + dy) / 8)) * 1e-4
    assert got.observed.sum() >= 36 * 46
    assert np.abs(got.bands["red"] - expected)[got.observed].max() < 1e-3


def test_unseen_pixels_spread_to_all_that_they_enter(tmp_path: Path) -> None:
    data = smooth(9, 9)
    data[:, 4, 4] = 0
    s = scene(write_planet(tmp_path, data=data))
    got = resample(s, s.grid, shift=(0.25, 0.25))
    gone = {tuple(int(v) for v in at) for at in np.argwhere(~got.observed[:8, :8])}
    assert gone == {(3, 3), (3, 4), (4, 3), (4, 4)}
    for band in got.bands.values():
        assert np.isfinite(band[got.observed]).all()
        assert np.isnan(band[~got.observed]).all()
        # Nothing of the hole (value 0) leaks into its neighbours.
        assert band[got.observed].min() > 0.09


def test_overshoot_is_cut_and_mask_classes_come_whole(tmp_path: Path) -> None:
    data = np.full((4, 12, 12), 100, np.uint16)
    data[:, 4:8, 4:8] = 6000  # a bright roof on dark ground
    mask = udm2(12, 12)
    mask[0, 4:8, 4:8], mask[5, 4:8, 4:8] = 0, 1  # called cloud
    s = scene(write_planet(tmp_path, data=data, mask=mask))
    got = resample(s, s.grid, shift=(0.4, 0.4))
    values = got.bands["red"][got.observed]
    assert values.min() >= np.float32(0.01) - 1e-6
    assert values.max() <= np.float32(0.6) + 1e-6
    assert set(np.unique(got.mask_class[got.observed])) == {MaskClass.CLEAR, MaskClass.CLOUD}
    assert (got.mask_class == MaskClass.CLOUD).sum() == 16


def test_coarser_grid_averages_instead_of_picking(tmp_path: Path) -> None:
    data = np.full((4, 24, 24), 1000, np.uint16)
    data[:, :, ::2] = 3000  # stripes finer than the target
    s = scene(write_planet(tmp_path, data=data))
    grid = GeoBox((6, 6), s.grid.affine @ Affine.scale(4), s.grid.crs)
    inside = resample(s, grid).bands["red"][1:-1, 1:-1]
    np.testing.assert_allclose(inside, 0.2, atol=0.012)


def test_another_crs_puts_places_where_they_are(tmp_path: Path) -> None:
    s = scene(write_planet(tmp_path, data=smooth(60, 60)))
    to = Transformer.from_crs(UTM, "EPSG:3857", always_xy=True)
    x0, y0 = to.transform(ORIGIN.c + 45, ORIGIN.f - 45)
    grid = GeoBox((20, 20), Affine(4, 0, x0, 0, -4, y0), "EPSG:3857")
    got = resample(s, grid)
    assert got.observed.all()
    for row, col in ((2, 3), (10, 17), (18, 9)):
        x, y = to.transform(*(grid.affine @ (col + 0.5, row + 0.5)), direction="INVERSE")
        px, py = ~ORIGIN @ (x, y)
        expected = 3020 + 1000 * np.sin((px - 0.5) / 6) + 1000 * np.cos((py - 0.5) / 8)
        assert got.bands["red"][row, col] == pytest.approx(expected * 1e-4, abs=5e-4)


def test_without_crs_on_both_sides_pixels_are_just_pixels(tmp_path: Path) -> None:
    s = scene(write_tif(tmp_path / "2020-01-01.tif", smooth(10, 10)[:3], crs=None))
    assert s.grid.crs is None
    got = resample(s, GeoBox((10, 10), s.grid.affine, None), shift=(0.5, 0), kernel="bilinear")
    given_ = read(s).bands["red"]
    np.testing.assert_allclose(got.bands["red"][:, :-1], (given_[:, 1:] + given_[:, :-1]) / 2, rtol=1e-5)


def test_bad_calls(tmp_path: Path) -> None:
    s = planet(tmp_path)
    with pytest.raises(DataError, match="kernel 'sinc'"):
        resample(s, s.grid, kernel="sinc")
    with pytest.raises(DataError, match="two finite numbers"):
        resample(s, s.grid, shift=(float("nan"), 0))
    with pytest.raises(SceneError, match="grid has no CRS"):
        resample(s, GeoBox((5, 5), s.grid.affine, None))
    away = GeoBox((5, 5), s.grid.affine @ Affine.translation(100.5, 0), s.grid.crs)
    with pytest.raises(SceneError, match="does not touch the site"):
        resample(s, away)


# The grid


def test_scenes_on_one_lattice_keep_it(tmp_path: Path) -> None:
    first = scene(write_planet(tmp_path / "a", data=ramp(4, 40, 40)))
    moved = ORIGIN @ Affine.translation(7, -3)
    second = scene(write_tif(tmp_path / "b" / "2024-03-01.tif", ramp(4, 40, 40), transform=moved))
    aoi = lonlat(ORIGIN.c + 10, ORIGIN.f - 80, ORIGIN.c + 70, ORIGIN.f - 20)
    grid = site_grid([second, first], aoi)
    assert grid.crs.to_epsg() == 32652
    offset = ~ORIGIN @ (grid.affine.c, grid.affine.f)
    np.testing.assert_allclose(offset, np.round(offset), atol=1e-6)
    assert grid.affine.a == -grid.affine.e == 3
    left, bottom, right, top = Transformer.from_crs("EPSG:4326", UTM, always_xy=True).transform_bounds(
        *aoi.bounds
    )
    box_ = grid.extent.boundingbox
    assert box_.left <= left + 0.03
    assert box_.right >= right - 0.03
    assert box_.bottom <= bottom + 0.03
    assert box_.top >= top - 0.03
    assert grid.shape[0] * 3 < top - bottom + 6
    assert site_grid([first, second], aoi) == grid


def test_other_lattice_and_resolution_snap_to_whole_multiples(tmp_path: Path) -> None:
    first = scene(write_planet(tmp_path / "a"))
    odd = ORIGIN @ Affine.translation(0.4, 0.4)
    second = scene(write_tif(tmp_path / "b" / "2024-03-01.tif", ramp(), transform=odd))
    aoi = lonlat(ORIGIN.c, ORIGIN.f - 18, ORIGIN.c + 15, ORIGIN.f)
    for grid, size in ((site_grid([first, second], aoi), 3), (site_grid([first], aoi, resolution=5), 5)):
        assert grid.affine.a == size
        assert (grid.affine.c % size, grid.affine.f % size) == (0, 0)


def test_mixed_grids_go_to_utm_at_the_finest(tmp_path: Path) -> None:
    first = planet(tmp_path / "a")
    degrees = Affine(1e-4, 0, 129.63, 0, -1e-4, 39.93)
    second = scene(write_tif(tmp_path / "b" / "2024-03-01.tif", ramp(), crs="EPSG:4326", transform=degrees))
    grid = site_grid([second, first], box(129.63, 39.92, 129.64, 39.93))
    assert grid.crs.to_epsg() == 32652
    assert grid.affine.a == pytest.approx(3, abs=1e-6)
    south = site_grid([second], box(-60.01, -10.01, -60, -10), resolution=10)
    assert south.crs.to_epsg() == 32720


def test_no_grid(tmp_path: Path) -> None:
    aoi = box(129.63, 39.92, 129.64, 39.93)
    lost = scene(write_tif(tmp_path / "2020-01-01.tif", ramp(3), crs=None))
    with pytest.raises(SceneError, match="no georeferencing"):
        site_grid([lost], aoi)
    with pytest.raises(SceneError, match="at least one scene"):
        site_grid([], aoi)
    s = planet(tmp_path / "a")
    with pytest.raises(DataError, match="resolution is -1"):
        site_grid([s], aoi, resolution=-1)
    with pytest.raises(DataError, match="coarser resolution"):
        site_grid([s], box(125, 35, 130, 40))


@pytest.mark.parametrize("shift", [(0.25, -0.5), (-1.836, 1.934), (0.001, 2.5), (3.0, 0.4)])
@pytest.mark.parametrize("cut", [False, True])
def test_a_mere_shift_is_what_gdal_makes_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shift: tuple[float, float], cut: bool
) -> None:
    rng = np.random.default_rng(3)
    data = rng.integers(500, 4000, (4, 30, 40)).astype(np.uint16)
    data[:, 10:13, 20:22] = 0  # fill
    s = scene(write_planet(tmp_path, data=data))
    # also a grid that reaches beyond the scene
    grid = s.grid if cut else GeoBox((44, 50), s.grid.affine @ Affine.translation(-4, -6), s.grid.crs)
    got = resample(s, grid, shift=shift)
    monkeypatch.setattr(warp, "_translation", lambda *_: None)
    wanted = resample(s, grid, shift=shift)
    np.testing.assert_array_equal(got.observed, wanted.observed)
    np.testing.assert_array_equal(got.mask_class, wanted.mask_class)
    assert 0 < got.observed.mean() < 1
    for name in NAMES:
        np.testing.assert_allclose(got.bands[name], wanted.bands[name], rtol=1e-5, atol=1e-6)

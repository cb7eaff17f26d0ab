"""Boxes put into looks: values worked out by hand on flat ground without noise."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely
from affine import Affine
from odc.geo.geobox import GeoBox

from sitewatch import cube as cubes
from sitewatch.errors import DataError
from sitewatch.simulate.insert import ROOFS, SKY, Box, insert
from sitewatch.simulate.materials import MATERIALS

GROUND = 0.2
ROWS, COLS, LOOKS = 40, 50, 4


def flat(units: str = "reflectance", sun: tuple[float, float] = (180.0, 45.0)):
    shape = (LOOKS, ROWS, COLS)
    start = datetime(2024, 5, 1, tzinfo=UTC)
    made = cubes.make(
        {b: np.full(shape, GROUND, np.float32) for b in ("blue", "red")},
        times=[start + timedelta(days=10 * n) for n in range(LOOKS)],
        scene_ids=[f"s{n}" for n in range(LOOKS)],
        observed=np.ones(shape, bool),
        clear=np.ones(shape, bool),
        mask_class=np.zeros(shape, np.uint8),
        grid=GeoBox((ROWS, COLS), Affine(3, 0, 0, 0, -3, 0), "EPSG:32652"),
        units=units,
    )
    azimuth, elevation = ([value] * LOOKS for value in sun)
    return made.assign_coords(sun_azimuth=("time", azimuth), sun_elevation=("time", elevation))


# 10 columns by 8 rows, 12 m high: with the sun at 45° in the south its shadow reaches 4 pixels to the north.
BOX = Box(shapely.box(20, 20, 30, 28), 12.0, "white_metal", slice(2, None))


def test_a_roof_and_its_shadow_stand_where_they_should() -> None:
    cube = flat()
    seen = insert(cube, [BOX], 3.0, np.random.default_rng(1))
    blue, red = seen["blue"].values, seen["red"].values
    roof = MATERIALS["white_metal"].dry
    assert red[2, 24, 25] == pytest.approx(roof[2], abs=1e-6)
    assert blue[3, 24, 25] == pytest.approx(roof[0], abs=1e-6)
    assert red[2, 17, 25] == pytest.approx(GROUND * SKY["red"], rel=1e-3)  # between 16 and 20, in the shadow
    assert blue[2, 17, 25] == pytest.approx(GROUND * SKY["blue"], rel=1e-3)
    for row, col in ((12, 25), (32, 25), (24, 15), (24, 35), (17, 16)):
        assert red[2, row, col] == np.float32(GROUND)
    assert (red[2, 19, 25], red[2, 28, 25]) == pytest.approx((0.103, 0.25), abs=0.05)  # edges are blurred


def test_it_stands_on_its_looks_only_and_masks_stay() -> None:
    cube = flat()
    before = cube["red"].values.copy()
    seen = insert(cube, [BOX], 3.0, np.random.default_rng(1))
    np.testing.assert_array_equal(seen["red"].values[:2], before[:2])
    np.testing.assert_array_equal(cube["red"].values, before)
    assert (seen["red"].values[2:] != before[2:]).any()
    assert seen["clear"].identical(cube["clear"])
    gone = Box(BOX.outline, BOX.height_m, BOX.roof, slice(0, 1))
    seen = insert(cube, [gone], 3.0, np.random.default_rng(1))
    np.testing.assert_array_equal(seen["red"].values[1:], before[1:])


def test_without_a_sun_there_is_no_shadow() -> None:
    seen = insert(flat(sun=(np.nan, np.nan)), [BOX], 3.0, np.random.default_rng(1))
    assert seen["red"].values[2, 17, 25] == np.float32(GROUND)


def test_roofs_have_the_noise_of_the_looks() -> None:
    cube = flat()
    rng = np.random.default_rng(5)
    noisy = cube.assign(red=cube["red"] + rng.normal(0, 0.01, cube["red"].shape).astype(np.float32))
    large = Box(shapely.box(5, 5, 45, 35), 4.0, "concrete", slice(0, None))
    seen = insert(noisy, [large], 3.0, rng)["red"].values[:, 8:32, 8:42]
    assert seen.std(axis=0, ddof=1).mean() == pytest.approx(
        0.01 * 0.92, rel=0.1
    )  # .92: expected std of four values


def test_what_edges_over_the_raster_is_cut() -> None:
    over = Box(shapely.box(-4, -4, 3, 3), 12.0, "concrete", slice(0, None))
    seen = insert(flat(), [over], 3.0, np.random.default_rng(1))["red"].values
    assert seen[0, 0, 0] == pytest.approx(MATERIALS["concrete"].dry[2], abs=1e-6)


def test_digital_numbers_are_refused() -> None:
    with pytest.raises(DataError, match="reflectance"):
        insert(flat("dn"), [BOX], 3.0, np.random.default_rng(1))


def test_every_roof_is_known() -> None:
    assert set(ROOFS) <= MATERIALS.keys()

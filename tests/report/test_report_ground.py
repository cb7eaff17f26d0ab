"""Where pixels lie: outlines, north, scale, windows."""

import numpy as np
import pytest
import report_samples as samples
from affine import Affine
from odc.geo.geobox import GeoBox
from pyproj import CRS, Proj, Transformer
from shapely import box, transform

from sitewatch.report.figures import furniture, ground


def test_outline_in_pixels_by_hand() -> None:
    shape = ground.in_pixels(samples.event(), samples.GRID)
    assert shape.bounds == pytest.approx((10, 12, 16, 18))


def test_outline_given_in_degrees_lands_on_the_same_pixels() -> None:
    move = Transformer.from_crs(samples.CRS, "EPSG:4326", always_xy=True)
    outline = transform(
        samples.square(10, 12), lambda xy: np.column_stack(move.transform(xy[:, 0], xy[:, 1]))
    )
    shape = ground.in_pixels(samples.event(outline=outline, crs="EPSG:4326"), samples.GRID)
    assert shape.bounds == pytest.approx((10, 12, 16, 18), abs=1e-3)


def test_outline_in_pixels_stays_as_it_is() -> None:
    shape = ground.in_pixels(samples.event(outline=box(1, 2, 3, 4), crs=None), samples.GRID)
    assert shape.bounds == (1, 2, 3, 4)


@pytest.mark.parametrize(
    ("crs", "x", "y"), [("EPSG:3035", 5_272_500, 2_532_500), ("EPSG:32634", 650_000, 5_500_000)]
)
def test_north_is_the_meridian_convergence(crs: str, x: float, y: float) -> None:
    grid = GeoBox((100, 100), Affine(10, 0, x - 500, 0, -10, y + 500), crs)
    lon, lat = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(x, y)
    convergence = Proj(CRS(crs)).get_factors(lon, lat).meridian_convergence
    assert ground.north(grid) == pytest.approx(-convergence, abs=0.02)
    assert abs(convergence) > 1


def test_north_of_a_grid_turned_by_a_quarter() -> None:
    upright = GeoBox((10, 10), Affine(10, 0, 500_000, 0, -10, 5_000_000), "EPSG:32634")
    turned = GeoBox((10, 10), Affine(0, 10, 500_000, 10, 0, 5_000_000), "EPSG:32634")
    assert ground.north(upright) == pytest.approx(0, abs=0.01)
    assert ground.north(turned) == pytest.approx(90, abs=0.01)  # columns run to the north


def test_pixel_size_is_on_the_ground() -> None:
    across, down = ground.pixel_size(samples.GRID) or (0, 0)
    assert (across, down) == pytest.approx((10 / 0.9996, 10 / 0.9996), rel=1e-4)
    degrees = GeoBox((10, 10), Affine(1e-4, 0, 22, 0, -1e-4, 60), "EPSG:4326")
    across, down = ground.pixel_size(degrees) or (0, 0)
    assert across == pytest.approx(down / 2, rel=0.01)


def test_nothing_is_known_without_a_crs() -> None:
    grid = GeoBox((10, 10), Affine.identity(), None)
    assert ground.north(grid) is None
    assert ground.pixel_size(grid) is None
    assert ground.centre(grid) is None


def test_window_stays_inside_and_holds_the_shape() -> None:
    window = ground.window_around(box(36, 0, 40, 3), samples.GRID, least=20)
    assert (window.top, window.left, window.rows, window.columns) == (0, 20, 20, 20)
    whole = ground.window_around(box(0, 0, 40, 40), samples.GRID)
    assert (whole.rows, whole.columns) == (40, 40)


def test_inside_counts_pixel_centres_and_never_none() -> None:
    assert ground.inside(box(10, 12, 16, 18), samples.GRID).sum() == 36
    assert ground.inside(box(10.6, 12.6, 10.9, 12.9), samples.GRID).sum() == 1


@pytest.mark.parametrize(("longest", "bar"), [(9.9, 5), (10, 10), (349, 200), (0.7, 0.5), (1500, 1000)])
def test_scale_bars_have_round_lengths(longest: float, bar: float) -> None:
    assert furniture.nice_length(longest) == pytest.approx(bar)


def test_labels_do_not_meet() -> None:
    boxes = [(10.0 + i, 10.0, 12.0 + i, 12.0) for i in range(4)]
    spots = furniture.label_points(boxes, ground.Window(0, 40, 0, 40), (4, 2))
    for i, a in enumerate(spots):
        for b in spots[:i]:
            assert abs(a[0] - b[0]) >= 4 or abs(a[1] - b[1]) >= 2

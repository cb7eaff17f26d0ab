"""The whole detector on cubes made in the test."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
import xarray as xr
from affine import Affine
from odc.geo.geobox import GeoBox

from sitewatch import cube as cubes
from sitewatch.change import series
from sitewatch.errors import DataError
from sitewatch.types import EventKind

GRID = GeoBox((60, 60), Affine(3, 0, 500000, 0, -3, 4400000), "EPSG:32652")
START = datetime(2022, 1, 5, tzinfo=UTC)


def site(
    dates: int = 30, seed: int = 0, *, step: float = 0.0, at: float = 400.0, cloud: bool = False
) -> xr.Dataset:
    """A textured meadow with seasons over two years; a square of 12 x 10 pixels brightens by `step` on day `at`."""
    rng = np.random.default_rng(seed)
    days = np.sort(rng.choice(np.arange(0, 730, 2), dates, replace=False)).astype(float)
    texture = rng.normal(0, 0.01, (1, 60, 60))
    season = np.cos(2 * np.pi * days / 365)[:, None, None]
    built = np.zeros((60, 60))
    built[20:32, 30:40] = 1
    after = (days > at)[:, None, None]
    noise = lambda: rng.normal(0, 0.004, (dates, 60, 60))  # noqa: E731
    bands = {
        "red": 0.10 + 0.02 * season + texture + step * after * built + noise(),
        "nir": 0.30 - 0.08 * season + texture + 0.5 * step * after * built + noise(),
    }
    clear = np.ones((dates, 60, 60), bool)
    if cloud:
        for t in range(0, dates, 3):
            y, x = rng.integers(0, 40, 2)
            for band in bands.values():
                band[t, y : y + 20, x : x + 20] = 0.6
            clear[t, y : y + 20, x : x + 14] = t % 2 == 0  # the mask misses a part, and sometimes all of it
    return cubes.make(
        {k: v.astype(np.float32) for k, v in bands.items()},
        times=[START + timedelta(days=float(d)) for d in days],
        scene_ids=[f"scene{i}" for i in range(dates)],
        observed=np.ones((dates, 60, 60), bool),
        clear=clear,
        mask_class=np.ones((dates, 60, 60), np.uint8),
        grid=GRID,
        units="reflectance",
    )


def test_nothing_is_found_where_nothing_happened() -> None:
    events, notes = series.detect(site(), "meadow", pixel_m=3)
    assert events == []
    assert notes == []


def test_clouds_that_the_mask_misses_are_no_events() -> None:
    assert series.detect(site(seed=3, cloud=True), "meadow", pixel_m=3)[0] == []


@pytest.mark.parametrize("cloud", [False, True])
def test_a_new_square_is_found_dated_and_outlined(cloud: bool) -> None:
    cube = site(seed=1, step=0.12, cloud=cloud)
    (event,), _ = series.detect(cube, "meadow", pixel_m=3)
    change_day = (START + timedelta(days=400)).date()
    assert event.gap.start <= change_day < event.gap.end
    first, last = event.posterior.hull()
    assert first <= change_day < last
    assert event.outline.area == pytest.approx(120 * 9, rel=0.1)
    assert event.site == "meadow"
    assert event.kind in (EventKind.APPEARED, EventKind.ALTERED)
    assert set(event.scenes) <= {str(s) for s in cube["scene_id"].values}


def test_the_result_does_not_depend_on_an_earlier_call() -> None:
    cube = site(seed=1, step=0.12)
    assert series.detect(cube, "meadow", pixel_m=3) == series.detect(cube, "meadow", pixel_m=3)


def test_too_few_dates_are_refused_with_what_to_do() -> None:
    with pytest.raises(DataError, match="compare"):
        series.detect(site(dates=5), "meadow", pixel_m=3)


def test_a_long_series_is_cut_into_spans_that_together_decide_every_day() -> None:
    days = np.arange(0, 2000, 10.0)
    windows = series.spans(days)
    assert len(windows) > 2
    assert windows[0].start == 0
    assert windows[-1].stop == len(days)
    borders = series.territories(days, windows)
    assert borders[0][0] == -np.inf
    assert borders[-1][1] == np.inf
    assert all(a[1] == b[0] for a, b in pairwise(borders))
    for window, (first, last) in zip(windows, borders, strict=True):
        assert days[window.start] <= max(first, 0)
        assert days[window.stop - 1] >= min(last, days[-1])


def test_a_short_series_is_one_span() -> None:
    assert series.spans(np.arange(0, 730, 10.0)) == [slice(0, 73)]


def test_a_look_a_year_is_sparse_and_a_look_a_month_is_not() -> None:
    assert series.sparse(np.arange(10) * 400.0)
    assert not series.sparse(np.arange(60) * 60.0)  # ten years, cut into spans
    assert not series.sparse(np.array([0.0, 600.0]))

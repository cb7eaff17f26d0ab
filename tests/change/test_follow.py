"""Series of objects that are read together: the same as one by one, each place read once."""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pytest
from affine import Affine
from odc.geo.geobox import GeoBox

from sitewatch.change import dating, follow, tones
from sitewatch.change.blobs import Blob, Shown
from sitewatch.change.source import Window
from sitewatch.types import EventKind

ROWS, COLS, DATES = 90, 120, 9
BANDS = ["blue", "green", "red", "nir"]
UNIT = 0.2


class Ground:
    """A source in memory that counts how often each pixel is read."""

    def __init__(self) -> None:
        rng = np.random.default_rng(5)
        self.days = np.arange(DATES) * 30.0
        self.dates = [date(2024, 1, 1) + timedelta(days=30 * i) for i in range(DATES)]
        self.scene_ids = [f"s{i}" for i in range(DATES)]
        self.bands, self.pixel_m, self.sunward = BANDS, 3.0, None
        self.grid = GeoBox((ROWS, COLS), Affine(3, 0, 5e5, 0, -3, 4e6), "EPSG:32633")
        self.usable = rng.uniform(size=(DATES, ROWS, COLS)) < 0.8
        self.usable[4, :40] = False
        values = rng.uniform(0.05, 0.4, (DATES, 4, ROWS, COLS)).astype(np.float32)
        self.values = np.where(self.usable[:, None], values, 0).astype(np.float32)
        self.reads = np.zeros((ROWS, COLS), int)

    def read(self, window: Window) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
        self.reads[window] += 1
        return self.values[(..., *window)], self.usable[(..., *window)]


def blob(rows: slice, cols: slice, *times: int) -> Blob:
    mask = np.ones((rows.stop - rows.start, cols.stop - cols.start), bool)
    return Blob(EventKind.APPEARED, (rows, cols), mask, mask.astype(np.float32), times, (1.0,) * len(times))


BLOBS = [
    blob(slice(5, 12), slice(6, 20), 3),
    blob(slice(28, 36), slice(26, 70), 3),  # across tiles of 32 both ways
    blob(slice(80, 90), slice(110, 120), 5),  # in the corner
    blob(slice(60, 63), slice(60, 63), 2),
]


def shown(*busy: tuple[slice, slice]) -> Shown:
    share = np.zeros((3, ROWS, COLS), np.float32)
    for place in busy:
        share[(0, *place)] = 0.9
    return Shown(share, np.zeros((2, ROWS, COLS), np.int16), np.zeros((2, ROWS, COLS), np.float32))


def series(source: Ground, blobs: list[Blob], tile: int | None = None) -> list[follow.Followed | None]:
    return follow.series(blobs, shown(), source, np.ones(DATES, np.float32), UNIT, tile)


@pytest.mark.parametrize("tile", [None, 16, 32, 500])
def test_means_are_those_of_each_object_by_itself(tile: int | None) -> None:
    source = Ground()
    seen = tones.tones(source.values, BANDS, UNIT)
    for thing, found in zip(BLOBS, series(source, BLOBS, tile), strict=True):
        places = follow._places(thing, shown(), 3.0, source.sunward)
        assert places is not None
        assert found is not None
        told = found.series
        core, ring = (np.zeros((ROWS, COLS), bool) for _ in range(2))
        core[places.window], ring[places.window] = places.core, places.ring
        wanted = dating.follow(seen, source.usable, core, ring, np.ones(DATES, np.float32))
        np.testing.assert_array_equal(told.index, wanted.index)
        np.testing.assert_allclose(told.inside, wanted.inside, atol=1e-6)
        np.testing.assert_allclose(told.outside, wanted.outside, atol=1e-6)
    # of the second object every look but the fifth shows enough
    assert 4 not in series(source, BLOBS)[0].series.index  # type: ignore[union-attr]


@pytest.mark.parametrize("tile", [None, 32])
def test_each_place_is_read_once_for_all_objects(tile: int | None) -> None:
    source = Ground()
    many = [blob(slice(r, r + 4), slice(c, c + 4), 1) for r in range(0, 80, 8) for c in range(0, 110, 8)]
    assert all(s is not None for s in series(source, many, tile))
    assert source.reads.max() == 1
    few = Ground()
    series(few, BLOBS[3:], tile)
    assert few.reads.sum() < 0.2 * ROWS * COLS


def test_what_nothing_surrounds_or_nothing_dates_is_not_followed() -> None:
    whole = blob(slice(0, ROWS), slice(0, COLS), 1)
    assert series(Ground(), [whole, blob(slice(5, 9), slice(5, 9)), BLOBS[0]])[:2] == [None, None]


def test_changed_surroundings_are_left_out() -> None:
    place = (slice(0, 12), slice(20, 40))
    plain, free = (follow._places(BLOBS[0], s, 3.0, None) for s in (shown(), shown(place)))
    assert plain is not None
    assert free is not None
    assert free.ring.sum() < plain.ring.sum()
    assert not free.ring[:, 20 - free.window[1].start :][: 12 - free.window[0].start].any()


def test_a_shadow_shows_on_the_side_away_from_the_sun() -> None:
    source = Ground()
    source.sunward = (1.0, 0.0)  # it stands in the south: shadows fall to the north, on smaller rows
    source.usable[:] = True
    source.values[:] = UNIT
    thing = BLOBS[0]
    rows, cols = thing.window
    source.values[5:, :, rows.start - 1, cols] = UNIT / 4
    (found,) = series(source, [thing])
    assert found is not None
    np.testing.assert_allclose(found.shade, [0.0] * 5 + [0.5 - 1] * 4, atol=1e-6)
    source.sunward = (0.0, 1.0)  # the shadow would fall to the west, where nothing happened
    (found,) = series(source, [thing])
    assert found is not None
    # the corner pixels of neither strip lie on the dark row
    np.testing.assert_allclose(found.shade, 0, atol=1e-6)
    source.sunward = None
    (found,) = series(source, [thing])
    assert found is not None
    assert np.isnan(found.shade).all()

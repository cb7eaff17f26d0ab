"""Objects, outlines and what an episode is."""

import numpy as np
import pytest
from affine import Affine
from shapely import MultiPolygon

from sitewatch.change import assemble, outline, pool
from sitewatch.change.history import Change


def square(rows: slice, cols: slice, size: int = 40) -> np.ndarray:
    mask = np.zeros((size, size), bool)
    mask[rows, cols] = True
    return mask


def change(
    mask: np.ndarray,
    gap: int,
    amplitude: tuple[float, ...] = (0.1, 0.1),
    gain: float = 40,
    dates: int = 20,
    **rest: object,
) -> Change:
    posterior = np.full(dates - 1, 0.01 / (dates - 2))
    posterior[gap] = 0.99
    before = np.array(rest.pop("before", (0.2, 0.2)))
    return Change(
        mask=mask,
        membership=mask.astype(np.float32),
        index=np.arange(dates),
        posterior=posterior,
        gain=gain,
        amplitude=np.array(amplitude),
        before=before,
        after=before + amplitude,
        outside=np.full((2, 2), 0.2),
        spread=np.full(2, 0.01),
        score=100.0,
        floor=12.0,
    )


def put_together(*changes: Change, vegetation: tuple[int, int] | None = None) -> list[assemble.Episode]:
    return assemble.assemble(list(changes), np.arange(20) * 20.0, 3.0, None, vegetation)


def test_the_outline_of_a_square_is_its_border() -> None:
    mask = square(slice(10, 20), slice(5, 25))
    shape = outline.trace_outline(mask, mask.astype(np.float32), Affine(3, 0, 1000, 0, -3, 2000))
    # Contours between pixel centres cut the corners by up to half a pixel.
    assert shape.area == pytest.approx(10 * 20 * 9, rel=0.03)
    assert shape.centroid.x == pytest.approx(1000 + 15 * 3, abs=0.1)
    assert shape.centroid.y == pytest.approx(2000 - 15 * 3, abs=0.1)


def test_the_outline_lies_where_membership_is_one_half() -> None:
    mask = square(slice(10, 20), slice(10, 20))
    membership = mask.astype(np.float32)
    membership[20, 10:20] = 0.4  # the object covers two fifths of the next row: its border lies beyond row 20
    plain = outline.trace_outline(mask, mask.astype(np.float32), Affine.identity())
    wider = outline.trace_outline(mask, membership, Affine.identity())
    assert plain.bounds[3] == pytest.approx(20, abs=0.1)
    assert 20.2 < wider.bounds[3] < 20.6


def test_an_object_in_two_pieces_has_two_outlines() -> None:
    mask = square(slice(5, 10), slice(5, 10)) | square(slice(25, 30), slice(25, 30))
    assert isinstance(outline.trace_outline(mask, mask.astype(np.float32), Affine.identity()), MultiPolygon)


def test_pooling_finds_a_faint_square_that_no_pixel_shows() -> None:
    rng = np.random.default_rng(0)
    z = rng.normal(0, 1, (5, 2, 60, 60)).astype(np.float32)
    z[2, :, 20:30, 20:30] += 1.5
    found = pool.pool(z)
    y, x = np.unravel_index(found.score.argmax(), found.score.shape)
    assert 20 <= y < 30
    assert 20 <= x < 30
    assert found.step[y, x] == 2
    assert found.scale[y, x] > 0


def test_two_readings_of_one_change_are_one_episode() -> None:
    a = change(square(slice(10, 20), slice(10, 20)), 8, gain=60)
    b = change(square(slice(11, 20), slice(10, 19)), 8, gain=30)
    (episode,) = put_together(a, b)
    assert episode.change.gain == 60
    assert episode.mask.sum() == 100


def test_houses_of_a_row_are_joined_and_distant_ones_not() -> None:
    row = [change(square(slice(10, 14), slice(x, x + 4)), 8) for x in (4, 10, 16)]
    far = change(square(slice(30, 34), slice(30, 34)), 8)
    episodes = put_together(*row, far)
    assert len(episodes) == 2
    assert max(e.mask.sum() for e in episodes) >= 3 * 16


def test_the_same_place_at_another_time_is_a_stage() -> None:
    slab = change(square(slice(10, 20), slice(10, 20)), 6)
    roof = change(square(slice(10, 20), slice(10, 21)), 12, amplitude=(-0.05, 0.03))
    (episode,) = put_together(roof, slab)
    assert episode.change.gap == (6, 7)
    assert [s.gap for s in episode.stages] == [(12, 13)]


def test_a_building_on_cleared_ground_names_it_as_parent() -> None:
    clearing = change(square(slice(5, 30), slice(5, 30)), 5, amplitude=(0.1, -0.1))
    hall = change(square(slice(10, 18), slice(10, 20)), 9, amplitude=(0.1, 0.1))
    first, second = put_together(hall, clearing)
    assert first.mask.sum() == 625
    assert second.parent == 0


def test_what_appears_and_goes_again_is_two_episodes() -> None:
    there = change(square(slice(10, 20), slice(10, 20)), 6)
    gone = change(square(slice(10, 20), slice(10, 20)), 12, amplitude=(-0.1, -0.1), before=(0.3, 0.3))
    assert len(put_together(there, gone)) == 2


def test_growing_over_is_an_aftermath_of_the_clearing() -> None:
    mask = square(slice(10, 20), slice(10, 20))
    cut = change(mask, 6, amplitude=(0.08, -0.15), before=(0.03, 0.35))
    green = change(mask, 12, amplitude=(-0.06, 0.14), before=(0.11, 0.20))
    (episode,) = put_together(cut, green, vegetation=(0, 1))
    assert episode.change.gap == (6, 7)
    assert len(episode.stages) == 1

"""From share maps to objects."""

import numpy as np
import pytest

from sitewatch.change.blobs import Blob, Shown, covered, extract, placed, together
from sitewatch.types import EventKind


def shown(*patches: tuple[int, slice, slice, int], shape: tuple[int, int] = (30, 40)) -> Shown:
    """Patches (kind, rows, columns, step) at share .9 on an empty site whose steps lie anywhere."""
    rng = np.random.default_rng(0)
    share = np.full((3, *shape), 0.02, np.float32)
    step = rng.integers(0, 20, (2, *shape)).astype(np.int16)
    score = np.ones((2, *shape), np.float32)
    score[1] = 0.1
    for kind, rows, cols, when in patches:
        share[kind, rows, cols] = 0.9
        step[0, rows, cols] = when
        score[0, rows, cols] = 50
    return Shown(share, step, score)


def test_empty_site_has_no_object() -> None:
    assert extract(shown(), 3.0) == []


def test_one_patch_is_one_object_with_its_time() -> None:
    (blob,) = extract(shown((1, slice(5, 10), slice(6, 14), 7)), 3.0)
    assert blob.kind is EventKind.APPEARED
    assert blob.size == pytest.approx(40 * 0.9)
    assert np.abs(np.array(blob.times) - 7).min() <= 1
    assert np.array_equal(
        np.argwhere(placed(blob.mask, blob.window, (slice(0, 30), slice(0, 40))))[[0, -1]], [[5, 6], [9, 13]]
    )


def test_touching_patches_of_two_times_are_two_objects() -> None:
    found = extract(shown((0, slice(5, 15), slice(5, 12), 4), (0, slice(5, 15), slice(12, 20), 15)), 10.0)
    assert sorted(b.times[int(np.argmax(b.weight))] for b in found) == pytest.approx([4, 15], abs=1)


def pieces(seen: Shown, pixel_m: float, *gains: list[float] | None) -> list[Blob]:
    """Objects of a site, given what a step gains in each one's own series; nothing is told without."""
    found = extract(seen, pixel_m)
    told = [None if g is None else np.array(g) for g in gains] or [None] * len(found)
    return together(found, told, seen, pixel_m)


def test_houses_of_a_row_are_one_object_in_fine_pixels_only() -> None:
    row = shown(*[(1, slice(5, 8), slice(c, c + 3), 7) for c in (4, 9, 14)])
    (blob,) = pieces(row, 3.0)
    whole = placed(blob.mask, blob.window, (slice(5, 8), slice(4, 17)))
    assert whole[:, [0, 1, 2, 5, 6, 7, 10, 11, 12]].all()
    assert len(pieces(row, 10.0)) == 3


def test_pieces_of_different_times_are_not_joined() -> None:
    row = shown((1, slice(5, 8), slice(4, 7), 3), (1, slice(5, 8), slice(9, 12), 15))
    assert len(pieces(row, 3.0)) == 2
    assert len(pieces(row, 3.0, [0, 40, 5, 0], [0, 5, 40, 0])) == 2


def test_pieces_that_one_date_explains_are_joined_whatever_their_pixels_say() -> None:
    # a common date costs 40 + 38 - (40 + 36) = 2 of the logarithm of the likelihood; for the next pair 35 + 35
    row = shown((1, slice(5, 8), slice(4, 7), 3), (1, slice(5, 8), slice(9, 12), 15))
    (blob,) = pieces(row, 3.0, [0, 40, 5, np.nan], [-np.inf, 36, 38, 0])
    assert blob.mask.sum() >= 18
    apart = shown((1, slice(5, 8), slice(4, 7), 3), (1, slice(5, 8), slice(20, 23), 15))
    assert len(pieces(apart, 3.0, [0, 40, 5, np.nan], [-np.inf, 36, 38, 0])) == 2  # 39 m lie between


def dashes(*columns: int, faint: float, kinds: tuple[int, ...] = (1, 1, 1)) -> Shown:
    """A row of one pixel's width on which pieces of four pixels stand out of a faint share."""
    seen = shown(*[(k, slice(8, 9), slice(c, c + 4), 7) for k, c in zip(kinds, columns, strict=False)])
    line = seen.share[1, 8, min(columns) : max(columns) + 4]
    line[line < 0.5] = faint
    return seen


def test_pieces_of_a_road_are_one_object_in_coarse_pixels() -> None:
    one = [0, 30, 5, 0]
    (road,) = pieces(dashes(4, 13, 22, faint=0.2), 10.0, one, one, one)
    whole = placed(road.mask, road.window, (slice(8, 9), slice(4, 26)))[0]
    assert whole[[0, 3, 9, 12, 18, 21]].all()
    assert len(pieces(dashes(4, 13, 22, faint=0.02), 10.0, one, one, one)) == 3  # nothing lies between
    assert len(pieces(dashes(4, 19, faint=0.2), 10.0, one, one)) == 2  # 11 pixels lie between
    assert len(pieces(dashes(4, 13, faint=0.2), 10.0, one, [0, 5, 30, 0])) == 2  # 20 are lost by one date


def test_a_road_has_the_kind_of_its_larger_piece() -> None:
    one = [0, 30, 5, 0]
    seen = dashes(4, 13, faint=0.2, kinds=(0, 1))
    seen.share[1, 8, 13:19] = 0.9
    (road,) = pieces(seen, 10.0, one, one)
    assert road.kind is EventKind.APPEARED
    assert len(pieces(dashes(4, 13, faint=0.2, kinds=(2, 1)), 10.0, one, one)) == 2  # nor is a removal a road


def test_one_place_has_one_kind_but_a_building_stands_on_its_clearing() -> None:
    twice = extract(shown((0, slice(5, 10), slice(6, 14), 7), (2, slice(5, 10), slice(6, 13), 7)), 3.0)
    assert len(twice) == 1
    both = extract(shown((0, slice(2, 20), slice(2, 20), 4), (1, slice(8, 13), slice(8, 14), 9)), 3.0)
    assert {b.kind for b in both} == {EventKind.ALTERED, EventKind.APPEARED}
    ground, hall = both
    assert covered(hall, ground) == 1
    assert covered(ground, hall) == pytest.approx(30 / 324)


def test_what_was_built_and_its_ground_stay_on_one_patch_where_both_are_sure() -> None:
    patch = slice(4, 10), slice(4, 12)
    seen = shown((0, *patch, 5), (1, *patch, 5))
    assert {b.kind for b in extract(seen, 3.0)} == {EventKind.ALTERED, EventKind.APPEARED}
    seen.share[0, *patch] = 0.7
    assert {b.kind for b in extract(seen, 3.0)} == {EventKind.APPEARED}


def test_tiny_patches_and_what_is_hardly_shown_are_left_out() -> None:
    faint = shown((1, slice(5, 10), slice(6, 14), 7))
    faint.share[1][faint.share[1] > 0.5] = 0.3  # inside everywhere, sure nowhere
    assert extract(faint, 3.0) == []
    assert extract(shown((1, slice(5, 6), slice(6, 8), 7)), 3.0) == []


def test_faint_objects_are_found_away_from_sure_ones_only() -> None:
    both = shown((1, slice(5, 10), slice(6, 14), 7), (1, slice(20, 25), slice(6, 14), 7))
    both.share[1, 20:25, 6:14] = 0.4
    both.share[1, 10, 6:14] = 0.4  # the sure one's edge
    sure, faint = extract(both, 3.0)
    assert (sure.mask.sum(), faint.mask.sum()) == (40, 40)


def test_placed_reaches_beyond_the_site() -> None:
    values = np.arange(6).reshape(2, 3)
    seen = placed(values, (slice(0, 2), slice(0, 3)), (slice(-1, 2), slice(1, 5)))
    assert seen.tolist() == [[0, 0, 0, 0], [1, 2, 0, 0], [4, 5, 0, 0]]

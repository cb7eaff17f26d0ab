"""From share maps to objects."""

import numpy as np
import pytest

from sitewatch.change.blobs import Shown, covered, extract
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
    assert blob.window == (slice(4, 11), slice(5, 15))


def test_touching_patches_of_two_times_are_two_objects() -> None:
    found = extract(shown((0, slice(5, 15), slice(5, 12), 4), (0, slice(5, 15), slice(12, 20), 15)), 10.0)
    assert sorted(b.times[int(np.argmax(b.weight))] for b in found) == pytest.approx([4, 15], abs=1)


def test_houses_of_a_row_are_one_object_in_fine_pixels_only() -> None:
    row = [(1, slice(5, 8), slice(c, c + 3), 7) for c in (4, 9, 14)]
    (blob,) = extract(shown(*row), 3.0)
    assert blob.window[1] == slice(3, 18)
    assert len(extract(shown(*row), 10.0)) == 3


def test_pieces_of_different_times_are_not_joined() -> None:
    row = [(1, slice(5, 8), slice(4, 7), 3), (1, slice(5, 8), slice(9, 12), 15)]
    assert len(extract(shown(*row), 3.0)) == 2


def test_one_place_has_one_kind_but_a_building_stands_on_its_clearing() -> None:
    twice = extract(shown((0, slice(5, 10), slice(6, 14), 7), (2, slice(5, 10), slice(6, 13), 7)), 3.0)
    assert len(twice) == 1
    both = extract(shown((0, slice(2, 20), slice(2, 20), 4), (1, slice(8, 13), slice(8, 14), 9)), 3.0)
    assert {b.kind for b in both} == {EventKind.ALTERED, EventKind.APPEARED}
    ground, hall = both
    assert covered(hall, ground) == 1
    assert covered(ground, hall) == pytest.approx(30 / 324)


def test_faint_and_tiny_patches_are_left_out() -> None:
    faint = shown((1, slice(5, 10), slice(6, 14), 7))
    faint.share[1][faint.share[1] > 0.5] = 0.45  # inside everywhere, sure nowhere
    assert extract(faint, 3.0) == []
    assert extract(shown((1, slice(5, 6), slice(6, 8), 7)), 3.0) == []

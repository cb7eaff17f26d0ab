"""Pieces of one thin line."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitewatch.change.lines import GAP, in_line

Points = np.ndarray


def block(rows: range, cols: range) -> Points:
    return np.array([(r, c) for r in rows for c in cols])


def share(*pieces: Points, between: float = 0.0, shape: tuple[int, int] = (40, 60)) -> np.ndarray:
    """(1, y, x) with share .9 on the pieces and `between` in all the rest."""
    result = np.full((1, *shape), between, np.float32)
    for piece in pieces:
        result[0][tuple(piece.T)] = 0.9
    return result


def told(first: Points, second: Points, between: float = 0.2) -> bool:
    return in_line(first, second, share(first, second, between=between), (0, 0))


def test_pieces_of_a_row_are_a_line_where_something_lies_between() -> None:
    first, second = block(range(5, 6), range(4, 8)), block(range(5, 6), range(12, 16))
    assert told(first, second)
    assert not told(first, second, between=0.05)
    # a piece holds whatever its own share: of two kinds together, or a filled hole
    assert not in_line(first, second, np.zeros((1, 40, 60), np.float32), (0, 0))


def test_the_thread_may_be_of_either_kind() -> None:
    first, second = block(range(5, 6), range(4, 8)), block(range(5, 6), range(12, 16))
    two = np.concatenate([share(first, second), share(between=0.2)])
    assert in_line(first, second, two, (0, 1))
    assert not in_line(first, second, two, (0, 0))


def test_a_line_is_thin_and_long() -> None:
    # 3 pixels wide; 7 long and 2 wide, which is 3.5 times; 8 long and 2 wide, which is 4 times
    assert not told(block(range(5, 8), range(4, 10)), block(range(5, 8), range(14, 20)))
    assert not told(block(range(5, 7), range(4, 6)), block(range(5, 7), range(9, 11)))
    assert told(block(range(5, 7), range(4, 6)), block(range(5, 7), range(10, 12)))


def test_pieces_side_by_side_are_no_line() -> None:
    assert not told(block(range(5, 6), range(4, 14)), block(range(9, 10), range(4, 14)))


def test_a_step_of_the_thread_may_go_across_a_corner() -> None:
    stair = np.array([(k, k) for k in range(20)])
    first, second = stair[:6], stair[14:]
    seen = share(first, second)
    seen[0][tuple(stair[6:14].T)] = 0.2
    assert in_line(first, second, seen, (0, 0))
    seen[0, 10, 10] = 0.05
    assert not in_line(first, second, seen, (0, 0))


@settings(deadline=None, max_examples=60)
@given(
    slope=st.floats(0, np.pi / 2),
    gap=st.integers(3, GAP),
    half=st.integers(4, 8),
)
def test_a_straight_line_is_one_whatever_its_direction(slope: float, gap: int, half: int) -> None:
    along = np.arange(0, 2 * half + gap, 0.5)[:, None] * [np.sin(slope), np.cos(slope)]
    pixels = np.unique(np.round(along).astype(int), axis=0)
    far = np.hypot(*pixels.T)
    first, second = pixels[far <= half], pixels[far >= half + gap]
    seen = share(pixels)
    seen[seen > 0] = 0.2
    assert in_line(first, second, seen, (0, 0))
    assert in_line(second, first, seen, (0, 0))
    assert (
        not in_line(first, second, share(first, second), (0, 0))
        or np.abs(first[:, None] - second).max(axis=2).min() <= 1
    )


@pytest.mark.parametrize("away", [3, 6])
def test_a_piece_beside_the_line_is_none_of_it(away: int) -> None:
    assert not told(block(range(5, 6), range(4, 14)), block(range(5 + away, 6 + away), range(16, 20)))

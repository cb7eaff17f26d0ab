"""What the network says does not depend on where north is."""

import numpy as np
import pytest

from sitewatch.change import maps, network
from sitewatch.errors import DataError


def _planes(rows: int, columns: int) -> np.ndarray:
    rng = np.random.default_rng(4)
    planes = rng.normal(0, 1, (maps.CHANNELS, rows, columns)).astype(np.float32)
    planes[maps.SUN_PLANES] = np.array([-0.8, 0.6], np.float32)[:, None, None]
    return planes


def test_a_turned_site_gives_turned_shares() -> None:
    planes = _planes(32, 24)
    turned = np.rot90(planes, 1, (1, 2)).copy()
    # a quarter turn against the clock takes (row, column) to (-column, row)
    turned[maps.SUN_PLANES] = np.array([-0.6, -0.8], np.float32)[:, None, None]
    expected = np.rot90(network.shares(planes), 1, (1, 2))
    np.testing.assert_allclose(network.shares(turned), expected, atol=1e-5)


def test_a_mirrored_site_gives_mirrored_shares() -> None:
    planes = _planes(16, 24)
    mirrored = planes[:, ::-1].copy()
    mirrored[maps.SUN_PLANES] = np.array([0.8, 0.6], np.float32)[:, None, None]
    np.testing.assert_allclose(network.shares(mirrored), network.shares(planes)[:, ::-1], atol=1e-5)


def test_sides_need_not_be_multiples() -> None:
    assert network.shares(_planes(13, 9)).shape == (3, 13, 9)


def test_another_number_of_planes_is_refused() -> None:
    with pytest.raises(DataError, match="expected"):
        network.shares(np.zeros((3, 8, 8), np.float32))

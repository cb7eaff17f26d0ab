"""What the network says does not depend on how a site is turned: half turns and diagonal mirrors are exact."""

import numpy as np
import pytest

from sitewatch.change import network
from sitewatch.change import planes as layout
from sitewatch.errors import DataError


def _planes(rows: int, columns: int) -> np.ndarray:
    rng = np.random.default_rng(4)
    planes = rng.normal(0, 1, (layout.CHANNELS, rows, columns)).astype(np.float32)
    planes[layout.SUN] = np.array([-0.8, 0.6], np.float32)[:, None, None]
    return planes


def test_a_site_turned_by_half_gives_turned_shares() -> None:
    planes = _planes(32, 24)
    turned = planes[:, ::-1, ::-1].copy()
    turned[layout.SUN] = np.array([0.8, -0.6], np.float32)[:, None, None]
    expected = network.shares(planes)[:, ::-1, ::-1]
    np.testing.assert_allclose(network.shares(turned), expected, atol=1e-5)


def test_a_mirrored_site_gives_mirrored_shares() -> None:
    planes = _planes(16, 24)
    mirrored = planes.swapaxes(1, 2).copy()  # at the diagonal
    mirrored[layout.SUN] = np.array([0.6, -0.8], np.float32)[:, None, None]
    expected = network.shares(planes).swapaxes(1, 2)
    np.testing.assert_allclose(network.shares(mirrored), expected, atol=1e-5)


def test_sides_need_not_be_multiples() -> None:
    assert network.shares(_planes(13, 9)).shape == (3, 13, 9)


def test_another_number_of_planes_is_refused() -> None:
    with pytest.raises(DataError, match="expected"):
        network.shares(np.zeros((3, 8, 8), np.float32))

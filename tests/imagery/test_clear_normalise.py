"""Radiometry and clear looks from the whole stack."""

import numpy as np
import pytest

from sitewatch.errors import DataError
from sitewatch.imagery import clear as clearing
from sitewatch.imagery.normalise import masked_median, normalise
from sitewatch.types import MaskClass


def scenes(dates: int = 9, size: int = 30) -> np.ndarray:
    """(time, band, y, x) of one textured place with a little noise."""
    rng = np.random.default_rng(0)
    ground = rng.uniform(0.05, 0.3, (1, 3, size, size))
    return (ground + rng.normal(0, 0.003, (dates, 3, size, size))).astype(np.float32)


def test_median_of_what_is_usable() -> None:
    values = np.array([1, 2, 9, 4], np.float32).reshape(4, 1, 1, 1)
    usable = np.array([True, True, False, True]).reshape(4, 1, 1)
    assert masked_median(values, usable)[0, 0, 0] == 2
    usable[1] = False
    assert masked_median(values, usable)[0, 0, 0] == 2.5
    assert np.isnan(masked_median(values, np.zeros((4, 1, 1), bool))[0, 0, 0])


def test_a_gain_and_an_offset_are_taken_back() -> None:
    values = scenes()
    hazy = values.copy()
    hazy[4] = 0.7 * values[4] + 0.08
    usable = np.ones((9, 30, 30), bool)
    restored = normalise(hazy, usable)
    assert np.abs(restored[4] - values[4]).mean() < 0.01
    assert np.abs(hazy[4] - values[4]).mean() > 0.02


def test_a_real_change_survives_normalisation() -> None:
    values = scenes()
    values[5:, :, 10:18, 10:18] += 0.2
    restored = normalise(values, np.ones((9, 30, 30), bool))
    step = restored[5:, :, 10:18, 10:18].mean() - restored[:5, :, 10:18, 10:18].mean()
    assert step == pytest.approx(0.2, abs=0.02)


def test_shapes_are_checked() -> None:
    with pytest.raises(DataError, match="expected"):
        normalise(np.zeros((2, 3, 4, 4), np.float32), np.ones((2, 5, 5), bool))


def masks(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    shape = (len(values), *values.shape[2:])
    return np.ones(shape, bool), np.full(shape, MaskClass.CLEAR, np.uint8)


def test_a_cloud_that_the_mask_misses_is_not_clear() -> None:
    values = scenes()
    values[4, :, 5:12, 5:12] = 0.7
    observed, mask_class = masks(values)
    found = clearing.clear(values, observed, mask_class, np.zeros_like(observed))
    assert not found[4, 5:12, 5:12].any()
    assert found[3, 5:12, 5:12].mean() > 0.95


def test_a_bright_new_roof_that_the_mask_takes_for_cloud_is_clear() -> None:
    values = scenes()
    values[4:, :, 10:16, 10:16] = 0.6
    observed, mask_class = masks(values)
    mask_class[4:, 10:16, 10:16] = MaskClass.CLOUD
    found = clearing.clear(values, observed, mask_class, np.zeros_like(observed))
    assert found[4:, 10:16, 10:16].mean() > 0.9


def test_a_cloud_in_the_mask_stays_out() -> None:
    values = scenes()
    values[4, :, 5:12, 5:12] = 0.7
    observed, mask_class = masks(values)
    mask_class[4, 5:12, 5:12] = MaskClass.CLOUD
    assert not clearing.clear(values, observed, mask_class, np.zeros_like(observed))[4, 5:12, 5:12].any()


def test_a_snow_scene_is_set_aside_and_one_white_roof_is_not_snow() -> None:
    brightness = scenes()[:, 0]
    brightness[3] = 0.8
    brightness[6:, 2:5, 2:5] = 0.7
    found = clearing.snow(brightness, np.zeros(brightness.shape, bool))
    assert found[3].all()
    assert not found[6:].any()


def test_what_was_not_observed_is_never_clear() -> None:
    values = scenes()
    observed, mask_class = masks(values)
    observed[2, :5] = False
    found = clearing.clear(values, observed, mask_class, np.zeros_like(observed))
    assert not found[2, :5].any()

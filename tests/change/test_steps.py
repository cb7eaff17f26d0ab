"""The step test on series small enough to check by hand."""

import numpy as np
import pytest

from sitewatch.change import background, steps
from sitewatch.errors import DataError


def constant(n: int) -> np.ndarray:
    return np.ones((n, 1), np.float32)


def series(*values: float) -> np.ndarray:
    """One band, one pixel."""
    return np.array(values, np.float32)[:, None, None]


def test_amplitude_of_a_step_between_two_levels() -> None:
    # Means 1 and 3 on four dates each: the step between date 3 and 4 is 2, whatever the noise.
    values = series(0.9, 1.1, 0.9, 1.1, 2.9, 3.1, 2.9, 3.1)
    found = steps.fit(values, np.ones((8, 1), np.float32), constant(8))
    assert np.argmax(np.abs(found.z[:, 0, 0])) == 3  # index t-1 of the step between dates 3 and 4
    assert found.amplitude[3, 0, 0] == pytest.approx(2.0, abs=0.01)
    # Noise from successive differences: |difference| is 0.2 six times and 1.8 once, median 0.2.
    assert found.sigma[0, 0] == pytest.approx(1.4826 * 0.2 / np.sqrt(2), rel=1e-3)
    # Information of a step halfway: 4 - 4*4/8 = 2 dates.
    assert found.z[3, 0, 0] == pytest.approx(2.0 * np.sqrt(2) / found.sigma[0, 0], rel=0.01)


def test_a_masked_date_does_not_count() -> None:
    values = series(1, 1.1, 1, 99, 1.1, 3, 3.1, 3, 3.1)
    weight = np.ones((9, 1), np.float32)
    weight[3] = 0
    found = steps.fit(values, weight, constant(9))
    assert found.amplitude[4, 0, 0] == pytest.approx(2.0, abs=0.05)
    assert found.residual[3, 0, 0] == 0


def test_one_wild_date_is_thrown_out() -> None:
    values = series(1, 1.1, 1, 9, 1.1, 1, 1.1, 1, 1.1)
    found = steps.fit(values, np.ones((9, 1), np.float32), constant(9))
    assert found.weight[3, 0] == 0
    assert found.weight.sum() == 8
    assert np.abs(found.amplitude).max() < 0.1


def test_too_few_dates_on_a_side_are_not_tested() -> None:
    values = series(1, 1, 5, 5, 5, 5, 5, 5)
    found = steps.fit(values, np.ones((8, 1), np.float32), constant(8))
    assert found.z[: steps.MIN_SIDE - 1].max() == 0
    assert found.z[-(steps.MIN_SIDE - 1) :].max() == 0


def test_the_step_beside_a_season_is_found() -> None:
    rng = np.random.default_rng(1)
    days = np.sort(rng.uniform(0, 900, 45))
    season = 0.3 * np.cos(2 * np.pi * days / 365.2425)
    values = (season + 0.2 * (days > 500) + rng.normal(0, 0.01, 45)).astype(np.float32)[:, None, None]
    found = steps.fit(values, np.ones((45, 1), np.float32), background.harmonics(days, 1))
    best = int(np.argmax(np.abs(found.z[:, 0, 0])))
    assert days[best] <= 500 < days[best + 1]
    assert found.amplitude[best, 0, 0] == pytest.approx(0.2, abs=0.02)


def test_sizes_of_two_known_steps() -> None:
    values = series(0, 0, 0, 2, 2, 2, 5, 5, 5)
    found = steps.sizes(values, np.ones((9, 1), np.float32), constant(9), [3, 6])
    assert found[:, 0, 0] == pytest.approx([2, 3], abs=0.01)


def test_a_less_precise_date_weighs_less() -> None:
    values = series(1, 1.1, 0.9, 1, 3, 3.1, 2.9, 6)
    every = np.ones((8, 1), np.float32)
    precision = np.array([1, 1, 1, 1, 1, 1, 1, 0.01], np.float32)
    blind = steps.sizes(values, every, constant(8), [4])[0, 0, 0]
    wise = steps.sizes(values, every * precision[:, None], constant(8), [4])[0, 0, 0]
    assert abs(wise - 2) < 0.1 < abs(blind - 2)


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DataError, match="do not share"):
        steps.fit(series(1, 2, 3), np.ones((4, 1), np.float32), constant(3))


def test_harmonics_at_known_days() -> None:
    design = background.harmonics(np.array([0.0, 365.2425 / 4]), 1)
    assert design == pytest.approx(np.array([[1, 1, 0], [1, 0, 1]]), abs=1e-6)
    with pytest.raises(DataError):
        background.harmonics(np.zeros(0), 1)

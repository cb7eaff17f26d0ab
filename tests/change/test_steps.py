"""The step test on series small enough to check by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitewatch.change import _steps_block, background, steps
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


def test_spikes_at_the_ends_are_told_by_their_one_neighbour() -> None:
    values = series(9, 1, 1.1, 1, 1.1, 1, 1.1, -5)
    found = steps.fit(values, np.ones((8, 1), np.float32), constant(8))
    assert found.weight[:, 0].tolist() == [0, 1, 1, 1, 1, 1, 1, 0]


def test_pixels_with_few_or_no_dates() -> None:
    # Pixel 0 was never seen, pixel 1 once, pixel 2 twice: no noise, no step, no error.
    weight = np.zeros((9, 3), np.float32)
    weight[4, 1] = weight[[2, 7], 2] = 1
    values = np.random.default_rng(0).normal(size=(9, 2, 3)).astype(np.float32)
    found = steps.fit(values, weight, constant(9))
    assert not found.z.any()
    assert not found.sigma[:, :2].any()
    strongest = steps.best(values, weight, constant(9))
    assert strongest.statistic.tolist() == [0, 0, 0]
    assert strongest.before.tolist() == strongest.after.tolist() == [-1, -1, -1]


def test_best_step_lies_between_the_used_dates_around_it() -> None:
    values = series(1, 1.1, 1, 99, 1.1, 99, 3, 3.1, 3, 3.1)
    weight = np.ones((10, 1), np.float32)
    weight[[3, 5]] = 0
    found = steps.best(values, weight, constant(10))
    assert (found.before[0], found.after[0]) == (4, 6)
    assert found.amplitude[0, 0] == pytest.approx(2.0, abs=0.05)


def simulated(rng: np.random.Generator, dates: int, bands: int, pixels: int) -> tuple[np.ndarray, ...]:
    """Values with steps and a few spikes, weight, design and precision."""
    days = np.sort(rng.uniform(0, 12 * dates, dates))
    after = np.arange(dates)[:, None, None] >= rng.integers(1, 2 * dates, pixels)
    values = (
        rng.normal(0, 0.02, (dates, bands, pixels))
        + 0.2 * after
        + 0.5 * (rng.random((dates, 1, pixels)) < 0.05)
    )
    weight = (rng.random((dates, pixels)) < rng.uniform(0.3, 1)).astype(np.float32)
    precision = rng.uniform(0.3, 1, dates).astype(np.float32)
    return values.astype(np.float32), weight, background.harmonics(days, 1), precision


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.integers(8, 50), st.integers(1, 4))
def test_the_statistic_is_that_of_least_squares_with_the_step_added(
    seed: int, dates: int, bands: int
) -> None:
    rng = np.random.default_rng(seed)
    values, weight, design, precision = simulated(rng, dates, bands, 3)
    found = steps.fit(values, weight, design, precision)
    pixel = int(rng.integers(3))
    use = found.weight[:, pixel] > 0
    root = np.sqrt(precision[use].astype(float))[:, None]
    for t in range(1, dates):
        if not found.z[t - 1, :, pixel].any():
            continue
        full = np.column_stack([design, np.arange(dates) >= t])[use].astype(float)
        normal = (root * full).T @ (root * full)
        if np.linalg.cond(normal) > 100:  # there the ridge of the fast solution shows
            continue
        beta = np.linalg.solve(normal, (root * full).T @ (root * values[use, :, pixel]))
        amplitude, scatter = beta[-1], np.sqrt(np.linalg.inv(normal)[-1, -1])
        assert found.amplitude[t - 1, :, pixel] == pytest.approx(amplitude, rel=0.02, abs=2e-3)
        z = amplitude / scatter / found.sigma[:, pixel]
        assert found.z[t - 1, :, pixel] == pytest.approx(z, rel=0.02, abs=0.15)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6))
def test_blocks_do_not_matter(seed: int) -> None:
    values, weight, design, precision = simulated(np.random.default_rng(seed), 21, 3, 90)
    floor = steps.noise_floor(values, weight, design, precision)
    whole = steps.fit(values, weight, design, precision)
    assert len(list(_steps_block.blocks(21, 3, 90))) == 1
    parts = [
        steps.fit(values[..., p], weight[:, p], design, precision, floor) for p in (np.s_[:37], np.s_[37:])
    ]
    assert np.array_equal(whole.weight, np.concatenate([p.weight for p in parts], axis=-1))
    for name in ("z", "amplitude", "sigma", "residual"):
        joined = np.concatenate([getattr(p, name) for p in parts], axis=-1)
        assert np.allclose(getattr(whole, name), joined, rtol=1e-3, atol=1e-3)


def test_the_cut_into_blocks_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    values, weight, design, precision = simulated(np.random.default_rng(5), 21, 3, 90)
    floor = steps.noise_floor(values, weight, design, precision)
    whole = steps.best(values, weight, design, precision, floor)
    monkeypatch.setattr(_steps_block, "BLOCK", 1)
    assert len(list(_steps_block.blocks(21, 3, 90))) == 2
    parts = steps.best(values, weight, design, precision, floor)
    assert np.array_equal(whole.before, parts.before)
    for name in ("statistic", "amplitude", "sigma", "contrast"):
        assert np.allclose(getattr(whole, name), getattr(parts, name), rtol=1e-3, atol=1e-3)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(1, 3), st.integers(1, 300))
def test_noise_and_spikes_are_those_of_each_pixel_by_itself(
    seed: int, dates: int, bands: int, pixels: int
) -> None:
    rng = np.random.default_rng(seed)
    residual = rng.normal(0, 1, (dates, bands, pixels)).astype(np.float32)
    residual[rng.random((dates, bands, pixels)) < 0.1] += 30
    used = (rng.random((dates, pixels)) < rng.random(pixels)).astype(np.float32)
    shared = _steps_block.background(np.zeros((dates, 1), np.float32), np.ones(dates, np.float32))
    nothing = np.zeros((1, bands, pixels), np.float32)
    rise = _steps_block.rises(residual, used, nothing, shared, np.empty_like(residual))
    noise = _steps_block.noise(rise, used)
    wild = _steps_block.spikes(rise, used, noise)
    for p in rng.integers(0, pixels, 5):
        where = np.flatnonzero(used[:, p])
        change = np.diff(residual[where, :, p], axis=0)
        ranked = np.sort(np.abs(change), axis=0)
        expected = ranked[(len(ranked) - 1) // 2] * 1.4826 / np.sqrt(2) if len(ranked) else np.zeros(bands)
        assert noise[:, p] == pytest.approx(expected, rel=1e-4, abs=1e-4)
        strong = np.where(np.abs(change) > 5 * noise[:, p], np.sign(change), 0)
        turns = (strong[1:] * strong[:-1] < 0).any(axis=1)
        ends = strong.any(axis=1)
        alone = np.r_[ends[:1], turns, ends[-1:]] if len(ends) else np.zeros(len(where), bool)
        assert wild[:, p].nonzero()[0].tolist() == where[alone].tolist()


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6))
def test_best_is_the_maximum_over_all_dates(seed: int) -> None:
    values, weight, design, precision = simulated(np.random.default_rng(seed), 24, 2, 60)
    inverse = np.linalg.inv([[1, 0.4], [0.4, 1]]).astype(np.float32)
    floor = steps.noise_floor(values, weight, design, precision)
    every = steps.fit(values, weight, design, precision, floor)
    found = steps.best(values, weight, design, precision, floor, inverse=inverse)
    z = every.z * every.sigma / np.maximum(every.sigma, floor[:, None])
    joint = np.einsum("tbp,bc,tcp->tp", z, inverse, z)
    assert found.statistic == pytest.approx(joint.max(axis=0), rel=1e-3, abs=1e-3)
    pixels = np.flatnonzero(found.statistic > 0)
    assert (every.weight[found.before[pixels], pixels] > 0).all()
    assert (every.weight[found.after[pixels], pixels] > 0).all()
    for p in pixels:
        assert not every.weight[found.before[p] + 1 : found.after[p], p].any()
    assert joint[found.after[pixels] - 1, pixels] == pytest.approx(found.statistic[pixels], rel=1e-3)
    size = every.amplitude[found.after[pixels] - 1, :, pixels]
    assert np.allclose(found.amplitude[:, pixels].T, size, rtol=1e-3, atol=1e-5)


def test_inverse_correlation_of_another_number_of_bands_is_refused() -> None:
    with pytest.raises(DataError, match="inverse correlation"):
        steps.best(
            series(1, 2, 3), np.ones((3, 1), np.float32), constant(3), inverse=np.eye(2, dtype=np.float32)
        )


def long_series(rng: np.random.Generator, dates: int, size: float) -> tuple[np.ndarray, ...]:
    """Ten pixels with a step of `size` standard deviations in two bands and ten without; values, weight, design and the
    first date after the step."""
    days = np.sort(rng.choice(10 * dates, dates, replace=False)).astype(float)
    when = rng.integers(dates // 8, dates - dates // 8, 20)
    after = (np.arange(dates)[:, None] >= when) * (np.arange(20) < 10)
    values = rng.normal(0, 1, (dates, 2, 20)) + 3 * np.cos(2 * np.pi * days / 365)[:, None, None]
    values += size * after[:, None]
    values += 30 * (rng.random((dates, 1, 20)) < 0.03)
    weight = (rng.random((dates, 20)) < 0.7).astype(np.float32)
    return values.astype(np.float32), weight, background.harmonics(days, 1), when


@pytest.mark.parametrize("dates", [64, 255, 300, 1990])
def test_best_of_a_long_series_is_the_maximum_over_all_dates_where_there_is_a_step(dates: int) -> None:
    values, weight, design, when = long_series(np.random.default_rng(dates), dates, 4)
    floor = steps.noise_floor(values, weight, design)
    every = steps.fit(values, weight, design, None, floor)
    found = steps.best(values, weight, design, None, floor)
    total = np.einsum("tbp,bp->tbp", every.z, every.sigma)  # by each its own noise
    joint = np.square(total / found.sigma).sum(axis=1)
    assert found.statistic[:10] == pytest.approx(joint.max(axis=0)[:10], rel=1e-3)
    assert (found.statistic <= joint.max(axis=0) * 1.001).all()
    assert np.median(found.sigma / every.sigma) == pytest.approx(1, abs=0.05)
    assert (np.abs(found.after[:10] - when[:10]) <= 4).all()
    assert joint[found.after - 1, np.arange(20)] == pytest.approx(found.statistic, rel=1e-3)


def test_pixels_that_stay_far_below_the_level_are_looked_at_no_further() -> None:
    values, weight, design, _ = long_series(np.random.default_rng(1), 300, 4)
    free = steps.best(values, weight, design)
    found = steps.best(values, weight, design, level=200)
    strong, weak = free.statistic > 200, free.statistic < 100
    assert strong[:10].all()
    assert weak[10:].sum() > 5
    assert not found.statistic[weak].any()
    assert (found.before[weak] == -1).all()
    for name in ("statistic", "before", "after", "amplitude", "contrast"):
        assert np.array_equal(getattr(found, name)[..., strong], getattr(free, name)[..., strong])
    assert not steps.best(values, weight, design, level=1e9).statistic.any()


def test_noise_of_a_long_series_is_that_of_every_second_difference() -> None:
    rise = np.random.default_rng(2).normal(0, 1, (300, 1, 3)).astype(np.float32)
    used = np.ones((300, 3), np.float32)
    used[:5, 2] = 0
    rise[0, :, :2] = rise[:6, :, 2] = 0
    for p, first in enumerate((2, 2, 6)):  # the first used date has no difference
        asked = np.sort(np.abs(rise[first::2, 0, p]))
        expected = asked[(len(asked) - 1) // 2] * 1.4826 / np.sqrt(2)
        assert _steps_block.noise(rise, used)[0, p] == pytest.approx(expected, rel=1e-5)


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DataError, match="do not share"):
        steps.fit(series(1, 2, 3), np.ones((4, 1), np.float32), constant(3))


def test_harmonics_at_known_days() -> None:
    design = background.harmonics(np.array([0.0, 365.2425 / 4]), 1)
    assert design == pytest.approx(np.array([[1, 1, 0], [1, 0, 1]]), abs=1e-6)
    with pytest.raises(DataError):
        background.harmonics(np.zeros(0), 1)

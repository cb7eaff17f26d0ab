"""Step maps: what the network sees, against planted steps and plain least squares."""

import numpy as np
import pytest

from sitewatch.change import background, maps, planes
from sitewatch.errors import DataError

DAYS = np.linspace(0, 700, 26)
SHAPE = (26, 3, 40, 40)


def site(seed: int = 0, dates: int = 26) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    season = 0.1 * np.cos(2 * np.pi * DAYS[:dates] / 365.2425)
    values = 1 + season[:, None, None, None] + rng.normal(0, 0.03, (dates, *SHAPE[1:]))
    usable = rng.uniform(size=(dates, *SHAPE[2:])) > 0.15
    return (values * usable[:, None]).astype(np.float32), usable


def built(steps: list[tuple[int, float]], dates: int = 26) -> tuple[np.ndarray, np.ndarray]:
    """A site with a 6 x 6 patch whose tones rise by an amount at each of some dates."""
    values, usable = site(dates=dates)
    for date, size in steps:
        values[date:, :, 15:21, 15:21] += size * usable[date:, None, 15:21, 15:21]
    return values, usable


def shown(values: np.ndarray, usable: np.ndarray) -> maps.Maps:
    surveyed = maps.survey([(values, usable)], DAYS[: len(values)])
    return maps.maps(values, usable, surveyed, pixel_m=3.0, sunward=(0.6, 0.8))


def test_one_step_is_where_and_when_it_was_planted() -> None:
    found = shown(*built([(14, 0.3)]))
    inside = np.s_[15:21, 15:21]
    assert found.planes.shape == (planes.CHANNELS, 40, 40)
    assert np.isfinite(found.planes).all()
    # a pixel whose look at date 14 is masked changes one date later; the smoothing holds them together
    assert (np.abs(found.step[0][inside] - 13) <= 1).all()
    assert found.score[0][inside].min() > 5 * np.median(found.score[0])
    size = found.planes[len(planes.SCALES) + planes.LEVELS][inside] / 4
    assert np.median(size) == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize(("dates", "few"), [(26, 2), (17, 1), (9, 0)])
def test_steps_that_few_looks_lie_beside_count_less(dates: int, few: int) -> None:
    slow = 1 + 0.03 * np.sin(
        np.arange(dates, dtype=np.float32) / 3
    )  # no look departs from both its neighbours
    values = np.broadcast_to(slow[:, None, None], (dates, 1, 9)).copy()
    weight = np.ones((dates, 9), np.float32)
    weight[0, 0] = 0  # a pixel that the first look does not show
    arrays = values, weight, background.harmonics(DAYS[:dates], 1), np.ones(dates, np.float32)
    trust = maps._fit(*arrays, np.array([0.03], np.float32)).trust
    expected = np.ones(dates - 1)
    expected[:few] = expected[len(expected) - few :] = maps.FEW
    assert trust[:, 1:] == pytest.approx(np.repeat(expected[:, None], 8, axis=1))
    assert (trust[:, 0] < 1).sum() == (2 * few + 1 if few else 1)


def test_what_counts_less_loses_to_what_is_equal() -> None:
    z = np.zeros((4, 1, 5, 5), np.float32)
    z[1], z[3] = 6, -8
    plain = [np.full((3, 4, 1), k, np.float32) for k in (0, 1)]
    null = maps.Background(*plain, np.ones((3, 1, 1), np.float32))
    trust = np.ones((4, 5, 5), np.float32)
    score, step = maps._pool(z, trust, null)
    assert (step == 3).all()
    assert score == pytest.approx(np.full((3, 5, 5), 64.0), rel=1e-5)
    trust[3] = 0.5
    score, step = maps._pool(z, trust, null)
    assert (step == 1).all()
    assert score == pytest.approx(np.full((3, 5, 5), 36.0), rel=1e-5)


def test_neighbourhood_has_the_step_of_its_strongest_pixel() -> None:
    score = np.zeros((2, 12, 12), np.float32)
    peak = np.full((12, 12), 9)
    score[0, 2, 2], peak[2, 2] = 30.0, 3  # one scale shows this one, the other scale the next
    score[1, 2, 7], peak[2, 7] = 40.0, 5
    score[1, 8, 2], peak[8, 2] = 2e9, maps.MOST_STEPS - 1  # beyond what is told apart
    near, step = maps._nearby(score, peak)
    assert near[0, 5, 5] == 30  # three pixels away is within reach, four not
    assert near[0, 6, 5] == 0
    assert step[2, 0] == 3  # five pixels from the stronger one
    assert step[2, 4] == step[4, 7] == 5
    assert step[11, 11] == 9
    assert step[6, 3] == maps.MOST_STEPS - 1


def test_faint_pixel_shows_its_own_change_at_its_neighbours_step() -> None:
    values, usable = built([(14, 0.3)])
    values[14:, :, 15:21, 21] -= 0.05 * usable[14:, None, 15:21, 21]  # beside it, too faint to be dated alone
    found = shown(values, usable)
    beside = np.s_[15:21, 21]
    start = planes.STARTS[2] + len(planes.SCALES)
    size = found.planes[start + planes.LEVELS][beside] / 4
    assert size.mean() == pytest.approx(-0.05, abs=0.02)
    when = found.planes[planes.STARTS[2] + planes.STEP_PLANES - 1]
    assert when[beside] == pytest.approx((DAYS[13] + DAYS[14]) / 2 / DAYS[25], abs=0.05)


def test_second_step_is_that_of_least_squares_with_both_steps() -> None:
    rng = np.random.default_rng(3)
    design = background.harmonics(DAYS, 1)
    used = (rng.uniform(size=(26, 4)) > 0.2).astype(np.float32)
    precision = rng.uniform(0.5, 1, 26).astype(np.float32)
    weight = used * precision[:, None]
    target = rng.normal(size=(26, 4))
    given = np.array([6, 10, 12, 17])
    residual = np.zeros((26, 1, 4), np.float32)
    for p in range(4):
        root = np.sqrt(weight[:, p])
        beta = np.linalg.lstsq(design * root[:, None], target[:, p] * root, rcond=None)[0]
        residual[:, 0, p] = (target[:, p] - design @ beta) * used[:, p]
    z, information = maps._statistics(residual, used, np.ones((1, 4), np.float32), design, precision, given)
    for p in range(4):
        root = np.sqrt(weight[:, p])
        for t in range(25):
            if information[t, p] == 0:
                continue
            after = [(np.arange(26) > k).astype(float) for k in (given[p], t)]
            full = np.column_stack([design, *after])
            beta = np.linalg.lstsq(full * root[:, None], target[:, p] * root, rcond=None)[0]
            # the ridge of the normal equations moves the fourth digit
            assert z[t, 0, p] / np.sqrt(information[t, p]) == pytest.approx(beta[-1], rel=0.02, abs=0.01)


def test_window_shows_the_same_as_the_whole() -> None:
    values, usable = built([(14, 0.3)])
    surveyed = maps.survey([(values, usable)], DAYS)
    whole = maps.maps(values, usable, surveyed, pixel_m=3.0, sunward=None)
    cut = np.s_[:, 0:36, 2:40]
    part = maps.maps(values[(slice(None), *cut)], usable[cut], surveyed, pixel_m=3.0, sunward=None)
    # the site's own edges are the window's too
    inner = np.s_[:, : -maps.HALO, maps.HALO :]
    assert part.planes[inner] == pytest.approx(whole.planes[cut][inner], abs=1e-3)
    assert (part.step[inner] == whole.step[cut][inner]).mean() > 0.999


@pytest.mark.parametrize("dates", [2, 3, 5, 8])
def test_few_dates_still_show_a_plain_change(dates: int) -> None:
    found = shown(*built([(dates // 2, 0.5)], dates=dates))
    assert np.isfinite(found.planes).all()
    inside = found.score[0][15:21, 15:21]
    assert np.median(inside) > 5 * np.median(found.score[0])


def test_one_date_is_refused() -> None:
    values, usable = site(dates=1)
    with pytest.raises(DataError, match="at least two dates"):
        maps.survey([(values, usable)], DAYS[:1])


def test_large_sites_are_sampled_small_ones_taken_whole() -> None:
    assert maps.sample((100, 100)) == [(slice(0, 100), slice(0, 100))]
    windows = maps.sample((5000, 3000))
    assert len(windows) == maps.SAMPLE_SIDE**2
    assert windows[0][0].start == 0
    assert windows[-1][1].stop == 3000


def test_backwards_is_what_the_reversed_series_shows() -> None:
    values, usable = built([(9, 0.3), (17, -0.2)])
    mirrored = shown(values[::-1].copy(), usable[::-1].copy()).planes
    told = planes.backwards(shown(values, usable).planes)
    # where a look is masked at a step, of two dates that are equally good the earlier is named: not mirrored
    same = np.isclose(told, mirrored, atol=0.05).mean(axis=(1, 2))
    assert same.min() > 0.8
    inside = np.s_[17:19, 17:19]
    np.testing.assert_allclose(told[:, *inside].mean((1, 2)), mirrored[:, *inside].mean((1, 2)), atol=0.05)
    again = planes.backwards(planes.backwards(told))
    np.testing.assert_allclose(again, told, atol=1e-6)

"""Dating one object from its series."""

import numpy as np
import pytest

from sitewatch.change import dating


def made(inside: np.ndarray, outside: np.ndarray | None = None) -> dating.Series:
    n = len(inside)
    around = np.zeros_like(inside) + 0.3 if outside is None else outside
    return dating.Series(np.arange(n), inside, around, np.ones(n))


def looks(n: int, seed: int = 0) -> tuple[np.ndarray, np.random.Generator]:
    rng = np.random.default_rng(seed)
    return np.sort(rng.uniform(0, 700, n)), rng


def test_the_gap_of_a_step_is_the_most_likely_one() -> None:
    days, rng = looks(30)
    inside = 0.3 + 0.1 * (days > 350)[:, None] * [1.0, 0.5] + rng.normal(0, 0.005, (30, 2))
    profile = dating.profile(made(inside), days)
    best = int(np.argmax(profile.gain))
    assert days[best] <= 350 < days[best + 1]
    assert profile.amplitude[best] == pytest.approx([0.1, 0.05], abs=0.015)
    chance = dating.posterior(profile.gain, days)
    assert chance.sum() == pytest.approx(1)
    assert int(np.argmax(chance)) == best


def test_the_surroundings_take_their_season_along() -> None:
    days, rng = looks(30, 1)
    season = 0.1 * np.sin(2 * np.pi * days / 100)[:, None]  # too fast for the harmonics, shared by the ring
    outside = 0.3 + season + rng.normal(0, 0.002, (30, 1))
    inside = 0.3 + season + rng.normal(0, 0.002, (30, 1))
    assert dating.profile(made(inside, outside), days).gain.max() < 12


def test_two_wild_dates_are_not_a_step() -> None:
    days, rng = looks(30, 2)
    inside = 0.3 + rng.normal(0, 0.005, (30, 2))
    inside[14:16] += 0.3  # a vehicle, a cloud that no mask caught
    assert dating.profile(made(inside), days).gain.max() < 12
    assert dating.history(made(inside), days, least=12) == []


def test_two_steps_at_one_place() -> None:
    days, rng = looks(40, 3)
    inside = 0.3 + 0.1 * (days > 200)[:, None] - 0.15 * (days > 450)[:, None] + rng.normal(0, 0.004, (40, 1))
    found = dating.history(made(inside), days, least=12)
    assert len(found) == 2
    assert days[found[0]] <= 200 < days[found[0] + 1]
    assert days[found[1]] <= 450 < days[found[1] + 1]


def test_without_evidence_long_gaps_are_likelier() -> None:
    # A change is as likely on any day: a gap of 30 days is three times as likely as one of 10.
    days = np.array([0.0, 10.0, 40.0, 50.0])
    assert dating.posterior(np.zeros(3), days) == pytest.approx([0.2, 0.6, 0.2])


def test_gaps_that_cannot_be_tested_have_no_probability() -> None:
    assert dating.posterior(np.array([-np.inf, 1.0, -np.inf]), np.arange(4.0))[1] == 1


def test_a_harvest_does_not_last_and_a_building_does() -> None:
    days = np.arange(0, 720, 12.0)
    bare = ((days % 365) > 220).astype(float)  # the same months each year
    field = made(0.3 + 0.1 * bare[:, None])
    built = made(0.3 + 0.1 * (days > 400)[:, None])
    step = np.array([0.1])
    last_harvest = int(np.flatnonzero((days % 365 <= 220) & (days > 365))[-1])
    assert dating.lasting(field, days, [last_harvest], last_harvest, step) < 0.2
    assert dating.lasting(built, days, [33], 33, step) == pytest.approx(1)


def test_nothing_to_compare_counts_as_lasting() -> None:
    days = np.arange(0, 200, 10.0)
    assert dating.lasting(made(np.ones((20, 1))), days, [9], 9, np.array([0.1])) == 1


def test_follow_leaves_out_dates_with_too_little_in_sight() -> None:
    values = np.zeros((3, 1, 4, 4), np.float32)
    values[:, 0, 1:3, 1:3] = np.array([1.0, 2.0, 3.0])[:, None, None]
    usable = np.ones((3, 4, 4), bool)
    usable[1, 1:3, 1:3] = False
    core = np.zeros((4, 4), bool)
    core[1:3, 1:3] = True
    found = dating.follow(values, usable, core, ~core, np.ones(3, np.float32))
    assert found.index.tolist() == [0, 2]
    assert found.inside[:, 0].tolist() == [1, 3]
    assert found.outside[:, 0].tolist() == [0, 0]

"""When an object began, from its series."""

import numpy as np
import pytest

from sitewatch.change import dating, onset
from sitewatch.types import EventKind


def made(inside: np.ndarray, outside: np.ndarray | None = None) -> dating.Series:
    n = len(inside)
    around = np.zeros_like(inside) + 0.3 if outside is None else outside
    return dating.Series(np.arange(n), inside, around, np.ones(n))


def looks(n: int, seed: int = 0) -> tuple[np.ndarray, np.random.Generator]:
    rng = np.random.default_rng(seed)
    return np.sort(rng.uniform(0, 700, n)), rng


def flat(n: int) -> np.ndarray:
    return np.zeros(n - 1)


def gap_of(days: np.ndarray, day: float) -> int:
    return int(np.searchsorted(days, day)) - 1


def test_two_looks_have_one_gap() -> None:
    found = onset.find(made(np.array([[0.3], [0.5]])), np.array([0.0, 30.0]), flat(2), EventKind.REMOVED)
    assert found.posterior.tolist() == [1.0]
    assert (found.before.item(), found.after.item()) == (0.3, 0.5)


def test_one_look_as_a_state() -> None:
    # The place's median look: the misfit is 0 and what remains is half the logarithm of the variance that the priors
    # give it over that of its noise, 1 + (LEVEL^2 + SEASON^2 (cos^2 + sin^2)) / NOISE^2; nothing is there to follow.
    inside = np.array([[0.2], [0.3], [0.4]])
    told = onset.evidence(made(inside), np.array([0.0, 40.0, 80.0]))
    waves = [(1 + (onset.LEVEL**2 + season**2) / onset.NOISE**2) ** -0.5 for season in onset.SEASON]
    assert told[1, 1] == pytest.approx(np.log(np.mean(waves)))
    assert told[2, 1] == -np.inf


def test_a_strong_season_is_no_onset() -> None:
    # A green place among paving, darker each winter, first seen in one; in its second summer it is built over.
    days = np.array(
        [8, 50, 59, 62, 140, 155, 212, 215, 273, 279, 297, 318, 339, 348, 387, 423, 531, 558, 570, 576, 606.0]
    )
    rng = np.random.default_rng(6)
    wave = 0.3 - 0.08 * np.cos(2 * np.pi * (days - 15) / 365.25)[:, None] * [1.0, 1.2]
    built = days > 560
    inside = np.where(built[:, None], [0.45, 0.45], wave) + rng.normal(0, 0.004, (len(days), 2))
    found = onset.find(made(inside), days, flat(len(days)), EventKind.ALTERED)
    assert int(np.argmax(found.posterior)) == int(np.flatnonzero(built)[0]) - 1


def test_without_evidence_long_gaps_are_likelier() -> None:
    # Nothing ever changes but one state must end: by symmetry only the lengths tell.
    days = np.array([0.0, 10.0, 40.0, 50.0])
    chance = onset.find(made(np.full((4, 1), 0.3)), days, flat(4), EventKind.REMOVED).posterior
    assert chance[1] > chance[0]
    assert chance[1] > chance[2]
    assert chance.sum() == pytest.approx(1)


@pytest.mark.parametrize("n", [6, 12, 30])
def test_the_gap_of_a_step_is_the_most_likely_one(n: int) -> None:
    days, rng = looks(n)
    inside = 0.3 + 0.1 * (days > 350)[:, None] * [1.0, 0.5] + rng.normal(0, 0.004, (n, 2))
    found = onset.find(made(inside), days, flat(n), EventKind.REMOVED)
    assert int(np.argmax(found.posterior)) == gap_of(days, 350)
    assert found.after - found.before == pytest.approx([0.1, 0.05], abs=0.015)


def test_a_stage_seen_once_is_the_onset() -> None:
    # A slab, brighter than the ground, on one look; then a darker roof. A single step would fit best at the roof.
    days, rng = looks(30, 1)
    slab = int(np.searchsorted(days, 300))
    inside = 0.3 + rng.normal(0, 0.004, (30, 2))
    inside[slab] += [0.06, 0.02]
    inside[slab + 1 :] += [-0.05, -0.12]
    series = made(inside)
    found = onset.find(series, days, flat(30), EventKind.ALTERED)
    assert int(np.argmax(dating.profile(series, days).gain)) == slab
    assert int(np.argmax(found.posterior)) == slab - 1
    assert found.posterior[slab - 1] > 0.7
    assert found.after == pytest.approx(inside[slab])


def test_a_structure_may_have_begun_before_it_is_seen() -> None:
    # First seen in gap 14 for sure, with a look every thirty days. A fifth of all structures have a first stage that
    # does not show, `STAGE_DAYS` in the mean before the middle of that gap: shares 1 - exp(-1/2) of them in the same
    # gap, exp(-1/2) - exp(-3/2) in the one before, and so on. What is taken away has no such stage.
    days = np.arange(20) * onset.STAGE_DAYS
    sure = np.where(np.arange(19) == 14, 0.0, -50.0)
    hidden = onset.HIDDEN[EventKind.APPEARED]
    inside = np.full((20, 1), 0.3)
    assert onset.find(made(inside), days, sure, EventKind.REMOVED).posterior[14] > 0.98
    built = onset.find(made(inside), days, sure, EventKind.APPEARED).posterior - onset.UNTOLD / 19
    built /= 1 - onset.UNTOLD
    assert built[14] == pytest.approx(1 - hidden * np.exp(-0.5))
    assert built[13] == pytest.approx(hidden * (np.exp(-0.5) - np.exp(-1.5)))
    assert built[12] == pytest.approx(hidden * (np.exp(-1.5) - np.exp(-2.5)))
    assert built[15:] == pytest.approx(0, abs=1e-9)


def test_further_stages_are_expected_of_what_is_built() -> None:
    # A faint step, then a plain one: that of a building began with its slab, what was taken away went with the second.
    days = np.arange(20) * 30.0
    inside = np.full((20, 1), 0.3) + np.random.default_rng(8).normal(0, 0.004, (20, 1))
    inside[9:] += 0.035
    inside[12:] += 0.3
    built, gone = (
        onset.find(made(inside), days, flat(20), k).posterior for k in (EventKind.APPEARED, EventKind.REMOVED)
    )
    assert built[8] > 2 * built[11]
    assert gone[11] > 2 * gone[8]


def test_the_surroundings_take_their_season_along() -> None:
    days, rng = looks(30, 2)
    season = 0.1 * np.sin(2 * np.pi * days / 100)[:, None]  # too fast for the annual wave, shared by the ring
    outside = 0.3 + season + rng.normal(0, 0.002, (30, 1))
    inside = 0.3 + season + 0.05 * (days > 500)[:, None] + rng.normal(0, 0.002, (30, 1))
    found = onset.find(made(inside, outside), days, flat(30), EventKind.REMOVED)
    assert int(np.argmax(found.posterior)) == gap_of(days, 500)


def test_what_else_speaks_decides_between_two_changes() -> None:
    # Ground work, then a building: where the ground's date is known, the building is what comes after it.
    days, rng = looks(30, 3)
    inside = 0.3 + 0.1 * (days > 200)[:, None] - 0.2 * (days > 450)[:, None] + rng.normal(0, 0.004, (30, 1))
    first, second = gap_of(days, 200), gap_of(days, 450)
    assert int(np.argmax(onset.find(made(inside), days, flat(30), EventKind.REMOVED).posterior)) == first
    later = np.where(np.arange(29) <= first, -4.0, 0.0)
    assert int(np.argmax(onset.find(made(inside), days, later, EventKind.REMOVED).posterior)) == second


def test_a_noisy_date_counts_less() -> None:
    days, rng = looks(20, 4)
    inside = 0.3 + 0.05 * (days > 400)[:, None] + rng.normal(0, 0.004, (20, 1))
    hazy = gap_of(days, 400) - 3
    inside[hazy] += 0.06
    series = made(inside)
    spread = np.ones(20)
    spread[hazy] = 20
    seen = dating.Series(series.index, inside, series.outside, spread)
    chance = onset.find(seen, days, flat(20), EventKind.REMOVED).posterior
    assert int(np.argmax(chance)) == gap_of(days, 400)


@pytest.mark.parametrize("length", [1, 2])
def test_what_passes_is_no_onset(length: int) -> None:
    days, rng = looks(30, 5)
    inside = 0.3 + 0.06 * (days > 500)[:, None] + rng.normal(0, 0.004, (30, 2))
    inside[8 : 8 + length] += [0.3, 0.2]  # a lorry, a cloud that no mask caught
    chance = onset.find(made(inside), days, flat(30), EventKind.REMOVED).posterior
    assert int(np.argmax(chance)) == gap_of(days, 500)
    assert chance[7] < 0.05

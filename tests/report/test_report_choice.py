"""Which looks are shown, on tiny made-up grades; what licences allow."""

from datetime import date, timedelta

import numpy as np
import pytest
import report_samples as samples

from sitewatch.report import choose, permissions
from sitewatch.report.figures import picture
from sitewatch.report.figures.ground import Window
from sitewatch.report.figures.series import traces
from sitewatch.types import Gap, Licence, Publish


def looks(inside: list[float], odd: tuple[int, ...] = ()) -> choose.Looks:
    n = len(inside)
    flags = np.zeros(n, dtype=np.bool_)
    flags[list(odd)] = True
    days = tuple(samples.day(i) for i in range(n))
    shares = np.array(inside)
    return choose.Looks(days, shares, shares, np.ones(n, dtype=np.bool_), flags, np.zeros(n))


ALL = np.ones(24, dtype=np.bool_)


def test_the_looks_at_the_gap_are_its_own_where_they_are_good() -> None:
    assert choose.at_the_gap(samples.event(at=10), looks([1.0] * 24), ALL) == choose.Pair(9, 10)


def test_a_masked_or_odd_look_gives_way_to_a_near_good_one() -> None:
    shares = [1.0] * 24
    shares[9] = 0.6
    assert choose.at_the_gap(samples.event(at=10), looks(shares, odd=(10,)), ALL) == choose.Pair(8, 11)


def test_a_good_look_years_away_does_not_replace_a_fair_one() -> None:
    shares = [0.85] * 24
    shares[0] = 1.0
    assert choose.at_the_gap(samples.event(at=10), looks(shares), ALL).before == 9


def test_what_may_not_be_shown_is_not_chosen() -> None:
    allowed = ALL.copy()
    allowed[10:] = False
    assert choose.at_the_gap(samples.event(at=10), looks([1.0] * 24), allowed) == choose.Pair(9, None)


def test_same_season_pair_lies_outside_the_interval() -> None:
    words, pair = choose.of_one_season(samples.event(at=10), looks([1.0] * 24), ALL)
    assert words == "90 % interval"
    assert pair is not None
    assert pair.before is not None
    assert pair.after is not None
    days = [samples.day(i) for i in range(24)]
    start, end = samples.event(at=10).posterior.hull(0.9)
    assert days[pair.before] <= start
    assert days[pair.after] >= end
    assert choose.season_distance(days[pair.before], days[pair.after]) <= choose.SAME_SEASON_DAYS


def test_season_distance_goes_round_the_year() -> None:
    assert choose.season_distance(date(2019, 12, 28), date(2018, 1, 4)) == 358 - 351
    assert choose.season_distance(date(2019, 6, 1), date(2012, 6, 1) - timedelta(days=1)) == 0


def test_a_cloud_that_the_mask_missed_makes_a_look_odd_and_a_new_roof_does_not() -> None:
    view = samples.view()
    cube = view.cube.copy(deep=True)
    cube["green"].values[7, :, :20] = 0.6
    mask = np.zeros((40, 40), dtype=np.bool_)
    mask[12:18, 10:16] = True
    graded = choose.judge(cube, mask, Window(0, 40, 0, 40))
    assert np.flatnonzero(graded.odd).tolist() == [7]
    assert graded.inside[5] == 0
    assert graded.inside[6] == 1


def test_map_prefers_high_sun_and_allowed_looks() -> None:
    cube = samples.view().cube
    index = choose.for_map(cube, ALL, south=False)
    assert index is not None
    month = cube["time"].values[index].astype("datetime64[M]").item().month
    assert month in (5, 6, 7)
    assert choose.for_map(cube, ~ALL, south=False) is None


@pytest.mark.parametrize(
    ("licence", "reason"),
    [
        (Licence(), None),
        (Licence(publish=Publish.FULL), None),
        (Licence(publish=Publish.NONE), "its licence allows no figure"),
        (Licence(embargo_until=date(2026, 1, 3)), "under embargo until 2026-01-03"),
        (Licence(embargo_until=date(2026, 1, 2)), None),
    ],
)
def test_refusals(licence: Licence, reason: str | None) -> None:
    assert permissions.refusal(samples.scene(0, licence=licence), date(2026, 1, 2)) == reason


def test_credits_stand_once_and_simulation_is_said() -> None:
    scenes = [samples.scene(0), samples.scene(1), samples.scene(2, licence=Licence(credit_line="Other"))]
    assert permissions.credit(scenes, simulated=False) == "Sample credit; Other. Analysis: sitewatch"
    assert permissions.credit(scenes, simulated=True).startswith("Simulated")


def test_stretch_by_hand() -> None:
    image = np.linspace(0, 1, 300, dtype=np.float32).reshape(10, 10, 3)
    stretch = picture.Stretch(np.array([0.0, 0.0, 0.0]), np.array([1.0, 1.0, 2.0]))
    shown = stretch.apply(image)
    assert shown[0, 0, 0] == 0
    assert shown[9, 9, 2] == pytest.approx(0.5 ** (1 / picture.GAMMA))
    image[3, 4, 1] = np.nan
    assert (stretch.apply(image)[3, 4] == picture.VOID).all()


def test_common_stretch_ignores_what_is_not_usable() -> None:
    dark = np.full((10, 10, 3), 0.1, dtype=np.float32)
    dark[::2] = 0.2
    cloud = np.full((10, 10, 3), 0.9, dtype=np.float32)
    use = [np.ones((10, 10), dtype=np.bool_), np.zeros((10, 10), dtype=np.bool_)]
    stretch = picture.common_stretch([dark, cloud], use, balanced=False)
    assert stretch.low == pytest.approx([0.1] * 3)
    assert stretch.high == pytest.approx([0.2] * 3)


def test_traces_pick_the_band_that_steps_and_mark_masked_dates() -> None:
    view = samples.view()
    cube = view.cube.copy(deep=True)
    for name in ("red", "blue", "nir"):
        cube[name].values[:] = 0.1 + np.random.default_rng(3).normal(0, 0.01, cube[name].shape)
    mask = np.zeros((40, 40), dtype=np.bool_)
    mask[12:18, 10:16] = True
    ring = np.zeros_like(mask)
    ring[25:35, 5:15] = True
    data = traces(cube, mask, ring, Gap(samples.day(9), samples.day(10), 1.0), ALL)
    assert data.quantities[0].name == "green"
    assert np.flatnonzero(~data.clear).tolist() == [0, 5, 10, 15, 20]
    assert data.quantities[0].inside[12] - data.quantities[0].inside[8] == pytest.approx(0.2, abs=0.01)
    assert np.isfinite(data.quantities[0].inside[10])  # masked, but its value is still shown
    assert np.isnan(data.quantities[0].around[10])

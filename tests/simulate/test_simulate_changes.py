"""Distractors and banks on their days, and what the truth says of them."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from shapely import MultiPolygon, Point, box
from simulate_sites import black_and_white, site

from sitewatch.errors import UsageError
from sitewatch.simulate import deliver, events, render, truth_geojson
from sitewatch.simulate.plan import (
    Area,
    Building,
    Burn,
    Construction,
    Flood,
    Groundwork,
    Removal,
    Scaffold,
    Scenario,
    Sensor,
    Trees,
    Vehicles,
)
from sitewatch.simulate.truth import listed
from sitewatch.types import MaskClass

HALL = Building("hall", box(40, 40, 80, 60), 8, "grey_metal")
DAY = date(2024, 6, 20)


def seen(scenario: Scenario, day: date) -> list[tuple[str, float, float]]:
    """Material, height and opacity of what is painted."""
    patches = [*events.ground_patches(scenario, day, 1), *events.standing_patches(scenario, day, 1)]
    return [(p.material, round(p.height_m, 2), round(p.density, 2)) for p in patches]


def test_a_scaffold_stands_for_its_time() -> None:
    scenario = site(buildings=(HALL,), distractors=(Scaffold("s", "hall", DAY, DAY + timedelta(30)),))
    bare = [("grey_metal", 8, 1)]
    assert seen(scenario, DAY - timedelta(1)) == bare == seen(scenario, DAY + timedelta(30))
    assert seen(scenario, DAY) == [*bare, ("frame", 9, 0.6)]
    rim = next(p for p in events.standing_patches(scenario, DAY, 1) if p.material == "frame").shape
    assert rim.area == pytest.approx(44 * 24 - 39 * 19)


def test_cut_trees_leave_neither_crown_nor_shadow() -> None:
    crowns = MultiPolygon([Point(x, 70).buffer(4) for x in (50, 70, 90)])
    trees = Trees("t", crowns, cut=DAY, height_m=10)
    days = (DAY - timedelta(2), DAY)
    with_trees = render(site(distractors=(trees,), days=days))
    without = render(site(days=days))
    # the same light, noise and shifts, so what differs is the trees
    differs = np.abs(with_trees.stack - without.stack).max(axis=1) > 0.01
    assert differs[0].sum() * 9 > 2 * crowns.area  # crowns and shadows
    assert not differs[1].any()


def test_planted_trees_grow() -> None:
    trees = Trees("t", Point(50, 50).buffer(4), planted=DAY, height_m=10, grow_days=100)
    scenario = site(distractors=(trees,))
    assert seen(scenario, DAY - timedelta(1)) == []
    assert seen(scenario, DAY) == [("deciduous", 1.5, 0.15)]
    assert seen(scenario, DAY + timedelta(100)) == [("deciduous", 10, 1)]


def test_fire_and_flood_pass() -> None:
    scenario = site(
        distractors=(
            Burn("b", box(10, 10, 40, 40), DAY, recovers_days=100),
            Flood("f", box(60, 60, 90, 90), DAY, DAY + timedelta(20)),
        )
    )
    assert seen(scenario, DAY - timedelta(1)) == []
    assert seen(scenario, DAY) == [("ash", 0, 1), ("flood", 0, 1)]
    assert seen(scenario, DAY + timedelta(20)) == [("ash", 0, 0.89), ("mud", 0, 1)]
    assert seen(scenario, DAY + timedelta(75)) == [("ash", 0, 0.5)]
    assert seen(scenario, DAY + timedelta(100)) == []


def test_containers_stay_and_cars_do_not() -> None:
    yard = box(10, 10, 120, 120)
    for stay, same in ((30, True), (1, False)):
        scenario = site(distractors=(Vehicles("v", yard, 12, (12, 2.5), stay),))
        first = date.fromordinal(30 * (DAY.toordinal() // 30))
        looks = [events.standing_patches(scenario, first + timedelta(d), 1) for d in (0, 29)]
        assert ([p.shape.wkb for p in looks[0]] == [p.shape.wkb for p in looks[1]]) is same


def test_a_bank_throws_a_shadow(monkeypatch: pytest.MonkeyPatch) -> None:
    ground = black_and_white(monkeypatch)
    yard = Area("yard", box(-50, -50, 200, 200), "white")
    bank = Groundwork("bank", box(40, 70, 110, 76), DAY, "white", dug="white", what="bank", height_m=4)
    scenario = site(ground=ground, areas=(yard,), events=(bank,), days=(DAY - timedelta(3), DAY))
    before, after = render(scenario).stack[:, 3]
    level = render(replace(scenario, events=(replace(bank, height_m=0.0),))).stack[1, 3]
    assert np.abs(level - before).max() < 0.02  # white on white
    assert (level - after).max() > 0.2


def test_the_truth_lists_distractors_with_their_days_and_widths() -> None:
    crane = Building("crane", box(100, 20, 130, 26), 9, "yellow_steel", what="crane", open_below=True)
    scenario = site(
        buildings=(HALL, crane),
        events=(Removal("gone", "crane", DAY),),
        distractors=(
            Scaffold("s", "hall", DAY, DAY + timedelta(30)),
            Trees("t", MultiPolygon([box(0, 0, 5, 5), box(20, 0, 23, 9)]), cut=DAY),
            Burn("b", box(10, 100, 40, 140), DAY),
            Vehicles("v", box(60, 100, 100, 120), 3),
        ),
    )
    found = {t.id: t for t in listed(scenario)}
    assert found["gone"].kind == "removed"
    assert found["gone"].width_m == pytest.approx(6)
    assert {t.what: t.t_true for t in found.values() if t.kind == "distractor"} == {
        "scaffold": DAY,
        "trees": DAY,
        "burn": DAY,
        "vehicles": None,
    }
    assert found["s"].outline.equals(HALL.shape)
    assert found["t"].width_m == pytest.approx(3)  # of the narrowest


@pytest.mark.parametrize(("gsd", "small"), [(3.0, False), (4.5, True), (10.0, True)])
def test_what_is_too_small_for_the_pixels_is_flagged(gsd: float, small: bool) -> None:
    hut = Construction("hut", box(60, 60, 72, 66), 3, "bitumen", DAY, DAY + timedelta(5), DAY + timedelta(9))
    made = render(site(events=(hut,), size_m=180, sensor=Sensor(gsd_m=gsd)))
    properties = truth_geojson(made)["features"][0]["properties"]
    assert properties["width_m"] == 6
    assert properties["small"] is small  # 6 m: 2 pixels of 3 m, less than 1.5 of 4.5 m


def test_calibration_drifts_by_the_year() -> None:
    days = (date(2024, 1, 1), date(2024, 7, 1), date(2024, 12, 31))
    still = site(days=days, start=days[0])
    drifting = replace(still, sensor=replace(still.sensor, drift=0.1))
    ratio = render(drifting).stack / render(still).stack
    for i, day in enumerate(days):
        assert ratio[i] == pytest.approx(1 + 0.1 * (day - days[0]).days / 365.25, abs=1e-5)


def test_snow_can_go_unmarked() -> None:
    winter = site(lat=52.0, days=(date(2024, 1, 12), date(2024, 1, 20), date(2024, 2, 1)))
    snowy = replace(winter.weather, snowy=1.0)
    marked = render(replace(winter, weather=snowy))
    silent = render(replace(winter, weather=replace(snowy, snow_unmarked=1.0)))
    assert (marked.mask == MaskClass.SNOW).any()
    assert np.array_equal(marked.stack, silent.stack)
    assert np.array_equal(marked.clear, silent.clear)  # what is really seen does not depend on the mask
    assert (silent.mask == MaskClass.CLEAR).all()


def test_trees_that_never_change_are_refused() -> None:
    with pytest.raises(UsageError, match="never changes"):
        Trees("t", box(0, 0, 5, 5))
    with pytest.raises(UsageError, match="is not after from"):
        Flood("f", box(0, 0, 5, 5), DAY, DAY)
    with pytest.raises(UsageError, match="stay_days is 0"):
        Vehicles("v", box(0, 0, 5, 5), 1, stay_days=0)


def test_delivery_carries_width_and_size(tmp_path: Path) -> None:
    deliver(render(site(buildings=(replace(HALL, reference=True),))), tmp_path / "scenes")
    assert '"width_m": 20.0' in (tmp_path / "scenes" / "truth.geojson").read_text()

"""Random sites: what they hold, the family "shifted", and draws that must not change under a trained network."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from sitewatch.cli import main
from sitewatch.errors import UsageError
from sitewatch.simulate import noise, random_scenario, render, shifted
from sitewatch.simulate.canvas import Terrain
from sitewatch.simulate.materials import MATERIALS
from sitewatch.simulate.plan import Removal
from sitewatch.simulate.truth import listed


def test_random_sites_hold_all_that_the_reference_promises() -> None:
    plans = [random_scenario(seed, gsd=3.0 if seed % 2 else 10.0) for seed in range(90100, 90130)]
    truths = [t for plan in plans for t in listed(plan)]
    assert set(Counter(t.what for t in truths)) >= {
        *("building", "small", "houses", "road", "crane", "shed", "clearing", "apron", "excavation", "bank"),
        *("repaint", "scaffold", "vehicles", "pond", "stockpile", "trees", "burn", "flood", "harvest"),
    }
    thin = [t for t in truths if t.kind == "removed" and t.what in ("crane", "shed")]
    assert len(thin) > 20
    assert all(3.4 < (t.width_m or 0) < 8.1 for t in thin)
    appeared = [t.area_m2 or 0 for t in truths if t.kind == "appeared" and t.what != "road"]
    assert min(appeared) < 60
    assert max(appeared) > 2500
    for plan in plans:
        ids = [t.id for t in listed(plan)]
        assert len(set(ids)) == len(ids)
        gone = [e.of for e in plan.events if isinstance(e, Removal)]
        assert len(set(gone)) == len(gone)


def test_dates_and_years_are_drawn_where_none_are_given() -> None:
    plans = [random_scenario(seed, dates=None, years=None, size_m=300) for seed in range(90200, 90224)]
    counts = [p.count for p in plans]
    assert min(counts) >= 8
    assert max(counts) <= 40
    assert len(set(counts)) > 10
    assert {(p.end - p.start).days // 365 for p in plans} == {1, 2}
    # what is asked for does not change the place
    assert random_scenario(90200, size_m=300).lat == plans[0].lat


@pytest.mark.parametrize("variant", ["base", "shifted"])
def test_the_family_does_not_change_the_plan(variant: str) -> None:
    plan = random_scenario(90300, size_m=400, variant=variant)
    assert replace(plan, variant="base") == random_scenario(90300, size_m=400)


def test_draws_for_training_stay_as_they_are() -> None:
    # Shipped weights are trained on these draws: new things come behind new keys and streams of their own.
    plan = random_scenario(90000)
    assert plan.lat == pytest.approx(20.1716, abs=1e-4)
    assert plan.sensor.noise == pytest.approx(0.002513, abs=1e-6)
    assert plan.weather.cloudy == pytest.approx(0.5134, abs=1e-4)
    drawn = [(t.id, t.t_true, round(t.area_m2 or 0, 1)) for t in listed(plan) if t.t_true]
    assert drawn == [
        ("new-hall-clearing", date(2023, 4, 10), 2593.0),
        ("new-hall", date(2023, 7, 12), 1416.5),
        ("small-1", date(2023, 9, 4), 44.6),
        ("small-2", date(2024, 5, 14), 174.3),
        ("small-3", date(2024, 2, 10), 487.0),
        ("small-4", date(2024, 6, 11), 344.3),
        ("new-road", date(2024, 4, 6), 2430.4),
        ("crane-removed-1", date(2023, 5, 10), 205.3),
        ("apron-1", date(2023, 6, 8), 2403.5),
        ("apron-2", date(2024, 8, 28), 1234.4),
        ("clearing", date(2023, 5, 1), 3369.3),
        ("scaffold", date(2023, 5, 3), 328.4),
        ("trees-cut", date(2023, 4, 7), 59.5),
    ]
    coarse = [t.id for t in listed(random_scenario(90001, gsd=10.0)) if t.kind != "distractor"]
    smalls = [f"small-{i}" for i in range(1, 5)]
    assert coarse == ["new-hall-clearing", "new-hall", *smalls, "new-road", "excavation", "old hall"]


def test_families_look_different_and_share_the_truth() -> None:
    base, other = (
        render(random_scenario(90301, gsd=10.0, dates=6, size_m=400, variant=v)) for v in ("base", "shifted")
    )
    assert [(t.id, t.kind, t.t_true, t.area_m2) for t in base.truth] == [
        (t.id, t.kind, t.t_true, t.area_m2) for t in other.truth
    ]
    assert base.times == other.times
    assert np.array_equal(base.shifts, other.shifts)
    assert np.nanmean(np.abs(base.stack - other.stack)) > 0.02
    again = render(random_scenario(90301, gsd=10.0, dates=6, size_m=400, variant="shifted"))
    assert np.array_equal(other.stack, again.stack, equal_nan=True)


def test_shifted_materials_are_other_reflectances() -> None:
    for seed in range(90000, 90020):
        library = shifted.materials(seed)
        assert set(library) == set(MATERIALS)
        assert {name for name in library if library[name].dry != MATERIALS[name].dry} == set(shifted.DRY)
        for name, material in library.items():
            for spectrum in (material.dry, material.green or material.dry):
                assert all(0 < value < 0.7 for value in spectrum), name
            assert (material.green is None) == (MATERIALS[name].green is None)
    for name, alternatives in shifted.DRY.items():
        for spectrum in alternatives:  # far enough from the trained one to be another material
            ratio = np.array(spectrum) / np.array(MATERIALS[name].dry)
            assert np.abs(np.log(ratio)).max() > np.log(1.15), name


def test_shifted_seasons_by_hand() -> None:
    rice = shifted.Peaks(((120, 40, 22), (245, 45, 25)))
    assert rice.green(120) == rice.green(245) == 1
    assert rice.green(160) < 0.01  # between the harvests
    assert rice.green(120 - 40) == pytest.approx(np.exp(-1))
    assert rice.green(245 + 25) == pytest.approx(np.exp(-1))
    winter = shifted.Peaks(((10, 60, 60),))
    assert winter.green(365.25 - 20) == pytest.approx(winter.green(40))  # across the turn of the year
    for climate in shifted.SEASONS.values():
        for course in climate.values():
            values = np.array([course.green(d) for d in np.arange(0, 365.25, 0.25)])
            assert values.min() >= 0
            assert values.max() <= 1
            assert np.abs(np.diff(np.append(values, values[0]))).max() < 0.05


def test_parcels_have_straight_edges_and_one_value_each() -> None:
    order = shifted.parcels(noise.stream(90000, "x"), (200, 200), 40)
    assert order.mean() == pytest.approx(0, abs=1e-3)
    assert order.std() == pytest.approx(1, abs=1e-3)
    steps = np.abs(np.diff(order, axis=1))
    assert np.median(steps) < 0.12  # nearly level inside
    assert (steps > 0.3).mean() < 0.1  # and edges are few
    assert (steps > 0.3).any()


def test_shifted_clouds_cover_what_is_asked_for_and_are_periodic() -> None:
    for seed in range(6):
        order = shifted.cloud_order(noise.stream(seed, "cloud"), (120, 120), 10.0)
        assert np.isfinite(order).all()
        inner = np.abs(np.diff(order, axis=1)).mean()
        seam = np.abs(order[:, 0] - order[:, -1]).mean()
        assert seam < 3 * inner


def test_terrain_of_both_families_is_shaded_alike() -> None:
    slopes = {}
    for variant in ("base", "shifted"):
        plan = random_scenario(90302, size_m=300, variant=variant)
        terrain = Terrain.make(plan, 90302, 1.0, (300, 18))
        slopes[variant] = float(terrain.slope_east.std())
        assert terrain.slope_east.shape == (336, 336)
        shares = sum(share for _, share in terrain.covers)
        assert shares.mean() == pytest.approx(1, abs=0.1)
    assert 0 < slopes["shifted"] < 1.5


def test_unknown_family_is_refused() -> None:
    with pytest.raises(UsageError, match="variant is 'other'; expected one of base, shifted"):
        random_scenario(90000, variant="other")


def sitewatch(*args: str) -> int:
    with pytest.raises(SystemExit) as left:
        main.main(list(args), prog_name="sitewatch")
    return int(left.value.code or 0)


def test_command_draws_a_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--gsd", "10", "--dates", "2", "--size", "200", "--variant", "shifted", "--seed", "90400"]
    assert sitewatch("simulate", "random", "-o", str(tmp_path / "a"), *asked, "--json") == 0
    assert json.loads(capsys.readouterr().out)["seed"] == 90400
    assert len(list((tmp_path / "a").glob("*_SR.tif"))) == 2
    assert sitewatch("simulate", "factory", "-o", str(tmp_path / "b"), "--gsd", "10") != 0
    assert "are for 'random' alone" in capsys.readouterr().err
    assert not (tmp_path / "b").exists()

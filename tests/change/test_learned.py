"""The detector with the network, on a simulated site: window sizes, few dates, what travels between processes."""

from datetime import date

import numpy as np
import pytest
import xarray as xr

from sitewatch.change import learned
from sitewatch.change.source import CubeSource
from sitewatch.errors import DataError
from sitewatch.imagery.build import VISIBLE
from sitewatch.imagery.radiometry import apply, fit
from sitewatch.simulate import plan, random_scenario, render
from sitewatch.simulate.materials import BANDS
from sitewatch.types import Event, EventKind

SEED = 90210
LEAST = 0.15


@pytest.fixture(scope="module")
def cube() -> xr.Dataset:
    """A site of 130 x 130 pixels without misregistration, 24 dates."""
    sensor = plan.Sensor(gsd_m=3.0, max_shift_px=0.0)
    made = render(random_scenario(SEED, dates=24, size_m=390, sensor=sensor)).to_cube()
    values = np.stack([made[b].values for b in BANDS], axis=1)
    visible = tuple(i for i, b in enumerate(BANDS) if b in VISIBLE)
    observed, classes = made["observed"].values, made["mask_class"].values
    normal, usable = apply(values, observed, classes, fit(values, observed, classes, visible))
    for i, band in enumerate(BANDS):
        made[band] = (("time", "y", "x"), normal[:, i])
    made["clear"] = (("time", "y", "x"), usable)
    return made


@pytest.fixture(scope="module")
def whole(cube: xr.Dataset) -> list[Event]:
    events, notes = learned.detect(CubeSource(cube, 3.0, LEAST), "site")
    assert notes == []
    assert len(events) >= 3
    return events


@pytest.mark.parametrize("side", [48, 72])
def test_same_events_whatever_the_windows(cube: xr.Dataset, whole: list[Event], side: int) -> None:
    parts, _ = learned.detect(CubeSource(cube, 3.0, LEAST), "site", side=side)
    assert [(e.id, e.kind, e.gap.start, e.gap.end, e.parent, e.scenes) for e in parts] == [
        (e.id, e.kind, e.gap.start, e.gap.end, e.parent, e.scenes) for e in whole
    ]
    for a, b in zip(whole, parts, strict=True):
        # sums in another order: outlines differ by less than a thousandth of a pixel along their border
        assert a.outline.symmetric_difference(b.outline).area < 1e-3 * 9 * max(a.outline.length / 3, 1)
        assert a.posterior.best.probability == pytest.approx(b.posterior.best.probability, abs=1e-4)
        assert a.probability == pytest.approx(b.probability, abs=1e-4)


def test_windows_show_what_the_whole_shows(cube: xr.Dataset) -> None:
    source = CubeSource(cube, 3.0, LEAST)
    site = learned.plan(source)
    places = learned.windows(source, 40)
    parts = learned.joined((learned.look(source, w, site) for w in places), places, tuple(source.grid.shape))
    (one,), (all_,) = parts, learned.look(source, (slice(0, 130), slice(0, 130)), site)
    np.testing.assert_allclose(one.share, all_.share, atol=1e-4)
    np.testing.assert_array_equal(one.step, all_.step)
    # sums of 32 bits, which processors round each in its way
    np.testing.assert_allclose(one.score, all_.score, rtol=5e-4)
    assert all_.share.max() > 0.5


def test_plan_travels_exactly(cube: xr.Dataset, tmp_path) -> None:  # type: ignore[no-untyped-def]
    source = CubeSource(cube, 3.0, LEAST)
    made = learned.plan(source)
    np.savez(tmp_path / "plan.npz", **made.arrays())
    with np.load(tmp_path / "plan.npz") as arrays:
        again = learned.Plan.restored(arrays)
    window = (slice(0, 64), slice(0, 64))
    for first, second in zip(
        learned.look(source, window, made), learned.look(source, window, again), strict=True
    ):
        assert (first.share == second.share).all()
        assert (first.step == second.step).all()


@pytest.mark.parametrize("dates", [2, 5, 9])
def test_few_dates_give_what_they_carry_and_say_so(cube: xr.Dataset, dates: int) -> None:
    few = cube.isel(time=np.linspace(0, cube.sizes["time"] - 1, dates).astype(int))
    events, notes = learned.detect(CubeSource(few, 3.0, 0.0), "site")
    assert any(f"{dates} usable dates" in n for n in notes)
    first, last = (date.fromisoformat(str(few["time"].values[i])[:10]) for i in (0, -1))
    for event in events:
        assert first <= event.gap.start < event.gap.end <= last
        assert event.kind in EventKind


def test_less_is_asked_of_removals_and_more_of_few_looks(
    cube: xr.Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kinds(dates: int, *probabilities: float) -> list[set[EventKind]]:
        source = CubeSource(cube.isel(time=slice(0, dates)), 3.0, LEAST)
        site = learned.plan(source)
        places = learned.windows(source)
        shown = learned.joined(
            [learned.look(source, w, site) for w in places], places, tuple(source.grid.shape)
        )
        told = []
        for probability in probabilities:
            monkeypatch.setattr(learned, "probability", lambda *_, p=probability: p)
            told.append({d.blob.kind for d in learned.found(source, site, shown)})
        return told

    assert kinds(24, 0.61, 0.55, 0.45) == [set(EventKind), {EventKind.REMOVED}, set()]
    none, some = kinds(9, 0.69, 0.71)
    assert not none
    assert len(some) > 1


def test_one_date_is_refused(cube: xr.Dataset) -> None:
    with pytest.raises(DataError, match="at least 2"):
        learned.detect(CubeSource(cube.isel(time=[0]), 3.0, 0.0), "site")


def test_windows_cover_a_site_once(cube: xr.Dataset) -> None:
    source = CubeSource(cube, 3.0, LEAST)
    seen = np.zeros(source.grid.shape, int)
    for window in learned.windows(source, 48):
        seen[window] += 1
    assert (seen == 1).all()
    sides = {(w[0].stop - w[0].start, w[1].stop - w[1].start) for w in learned.windows(source)}
    assert sides == {(130, 130)}
    with pytest.raises(DataError, match="multiple of 8"):
        learned.windows(source, 50)

"""Measuring from files: scenes are read, registered and fitted as any user's."""

from dataclasses import replace
from datetime import date

import pytest
import shapely
from pyproj import Transformer

from sitewatch.app.measure import measure
from sitewatch.app.scenes import add_scenes
from sitewatch.app.site import add_reference, add_site, aoi_from_point
from sitewatch.case import Case
from sitewatch.simulate import Scenario, Sensor, Weather, deliver, render
from sitewatch.simulate.plan import Building
from sitewatch.simulate.render import site_grid
from sitewatch.simulate.scenario import rotated_box
from sitewatch.types import Event, EventKind, Gap, GapPosterior, Scene, Value
from sitewatch.types.scene import StatedSize

LAT, LON = 46.0, 25.2
CLEAR_SKY = Weather(cloudy=0, hazy=0, snowy=0, partial=0, mask_misses=0, mask_eats_bright=0)
OLD = rotated_box((100, 200), (84, 36), 80)
NEW = rotated_box((215, 120), (78, 25.2), 80)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Two halls on eight dates; of the second an event with an outline that is wrong by a fifth."""
    folder = tmp_path_factory.mktemp("measure")
    scenario = Scenario(
        "two halls",
        LAT,
        LON,
        300.0,
        date(2024, 4, 1),
        date(2024, 9, 30),
        8,
        relief_m=1.0,
        sensor=Sensor(gsd_m=3.0),
        weather=CLEAR_SKY,
        buildings=(
            Building("old hall", OLD, 12.0, "grey_metal"),
            Building("new hall", NEW, 9.0, "blue_metal"),
        ),
    )
    deliver(render(scenario), folder / "scenes")
    made = Case.create(folder / "case")
    add_site(made, "works", aoi_from_point(LON, LAT, 140.0))
    add_scenes(made, [folder / "scenes"])
    grid = site_grid(scenario)
    west, south = grid.affine.c, grid.affine.f - 3.0 * grid.shape[0]
    crs = str(grid.crs)
    to_lonlat = Transformer.from_crs(crs, 4326, always_xy=True).transform

    def placed(shape: shapely.Polygon) -> shapely.Polygon:
        return shapely.affinity.translate(shape, west, south)

    rough = shapely.affinity.scale(shapely.affinity.translate(OLD, 2, -2), 1.05, 0.9)
    add_reference(made, "old hall", shapely.transform(placed(rough), to_lonlat, interleaved=False))
    wrong = shapely.affinity.scale(shapely.affinity.translate(NEW, -3, 2), 1.1, 1.2)
    made.set_events("works", [_event("e1", EventKind.APPEARED, placed(wrong), crs)], run="test")
    made.mark_step("detect works", "done")
    return made


def _event(name: str, kind: EventKind, outline: shapely.Polygon, crs: str) -> Event:
    gap = Gap(date(2024, 3, 1), date(2024, 4, 1), 1.0)
    return Event(
        name, "works", kind, outline, crs, GapPosterior((gap,)), 0.9, "test", None, None, None, "steps-1", ()
    )


@pytest.fixture(scope="module")
def values(case: Case) -> dict[tuple[str, str], Value]:
    (done,) = measure(case)
    return {(m.object_id, m.quantity): m.value for m in done.measurements}


def test_both_halls_come_out_within_three_percent(values: dict[tuple[str, str], Value]) -> None:
    for name, area in (("old hall", 84 * 36), ("e1", 78 * 25.2)):
        value = values[name, "area"]
        assert value.method.startswith("box fitted to the pixels of")
        assert value.value == pytest.approx(area, rel=0.03)
        assert value.low < area < value.high
        assert value.high / value.low < 1.15


def test_the_ratio_excludes_the_wrong_reading(values: dict[tuple[str, str], Value]) -> None:
    value = values["e1/old hall", "ratio"]
    assert value.unit == "1"
    assert value.value == pytest.approx(0.65, abs=0.02)
    assert 0.6 < value.low < 0.65 < value.high < 0.7


def test_heights_come_from_shadows(values: dict[tuple[str, str], Value]) -> None:
    assert values["old hall", "height"].value == pytest.approx(12, abs=0.8)
    assert values["e1", "height"].value == pytest.approx(9, abs=0.8)


def test_scales_of_the_scenes_enter(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scenes tied by control points, each with an error of its own of 2 %, and one wrong statement about all."""
    plain = {(m.object_id, m.quantity): m for m in measure(case)[0].measurements}
    original = Case.scenes

    def unsure(self: Case, site: str) -> list[Scene]:
        stated = (StatedSize(2.0, "the field gsd"),)
        return [replace(s, scale_sigma=0.02, stated_sizes=stated) for s in original(self, site)]

    monkeypatch.setattr(Case, "scenes", unsure)
    found = {(m.object_id, m.quantity): m for m in measure(case)[0].measurements}
    area = found["old hall", "area"]
    images = len(area.scenes)
    assert images > 1
    # independent errors of the images: 2 % over the root of their number, twice that in an area
    assert area.value.budget["pixel size"] == pytest.approx(area.value.value * 0.04 / images**0.5)
    assert area.value.high > plain["old hall", "area"].value.high
    assert plain["old hall", "area"].value.budget["pixel size"] == 0
    assert "not 2 m as stated by the field gsd" in area.notes[0]
    assert f"{images} of {images} scenes" in area.notes[0]
    assert plain["old hall", "area"].notes == ()
    ratio = found["e1/old hall", "ratio"]
    assert set(found["e1", "area"].scenes) == set(area.scenes)  # so that the error cancels
    assert ratio.value.budget["pixel size"] == 0
    assert ratio.value.low == pytest.approx(plain["e1/old hall", "ratio"].value.low)


def test_what_was_not_fitted_says_why(case: Case, values: dict[tuple[str, str], Value]) -> None:
    event = case.events("works")[0]
    grass = shapely.affinity.translate(event.outline, -110, -50)
    assert event.crs is not None
    case.set_events("works", [_event("e2", EventKind.APPEARED, grass, event.crs)], run="test")
    (done,) = measure(case)
    area = next(m.value for m in done.measurements if (m.object_id, m.quantity) == ("e2", "area"))
    assert "no box was fitted:" in area.method
    assert area.high / max(area.low, 1) > 1.5
    assert not any(m.quantity == "ratio" for m in done.measurements)

"""Figures and areas through time from files, as a user's."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import shapely
from click.testing import CliRunner
from PIL import Image
from pyproj import Transformer

from sitewatch.app._growth import read_tracked
from sitewatch.app.measure import figures, measure
from sitewatch.app.scenes import add_scenes
from sitewatch.app.site import add_reference, add_site, aoi_from_point
from sitewatch.case import Case
from sitewatch.cli import main
from sitewatch.simulate import Scenario, Sensor, Weather, deliver, render
from sitewatch.simulate.plan import Building, Groundwork
from sitewatch.simulate.render import site_grid
from sitewatch.simulate.scenario import rotated_box
from sitewatch.types import Licence, Publish, Scene

LAT, LON = 46.0, 25.2
CLEAR_SKY = Weather(cloudy=0, hazy=0, snowy=0, partial=0, mask_misses=0, mask_eats_bright=0)
HALL = rotated_box((70, 190), (60, 30), 80)
FIRST, SECOND = shapely.box(120, 60, 160, 120), shapely.box(160, 60, 200, 120)
DAYS = tuple(date(2024, 4 + i // 2, 5 + 12 * (i % 2)) for i in range(10))


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A hall, and a pit of 2400 m² from June and 4800 m² from August on."""
    folder = tmp_path_factory.mktemp("growth")
    scenario = Scenario(
        "pit",
        LAT,
        LON,
        260.0,
        DAYS[0],
        DAYS[-1],
        len(DAYS),
        days=DAYS,
        relief_m=1.0,
        sensor=Sensor(gsd_m=3.0),
        weather=CLEAR_SKY,
        buildings=(Building("hall", HALL, 10.0, "grey_metal"),),
        events=(
            Groundwork("one", FIRST, date(2024, 6, 1), "gravel", finished=date(2024, 6, 2)),
            Groundwork("two", SECOND, date(2024, 8, 1), "gravel", finished=date(2024, 8, 2)),
        ),
    )
    deliver(render(scenario), folder / "scenes")
    made = Case.create(folder / "case")
    add_site(made, "works", aoi_from_point(LON, LAT, 120.0))
    add_scenes(made, [folder / "scenes"])
    grid = site_grid(scenario)
    west, south = grid.affine.c, grid.affine.f - 3.0 * grid.shape[0]
    to_lonlat = Transformer.from_crs(str(grid.crs), 4326, always_xy=True).transform

    def placed(shape: shapely.Polygon) -> shapely.Polygon:
        moved = shapely.affinity.translate(shape, west, south)
        return shapely.transform(moved, to_lonlat, interleaved=False)

    add_reference(made, "hall", placed(shapely.affinity.translate(HALL, 2, 1)))
    pit = placed(shapely.box(116, 57, 203, 122))
    feature = {"type": "Feature", "properties": {"name": "pit"}, "geometry": shapely.geometry.mapping(pit)}
    collection = {"type": "FeatureCollection", "features": [feature]}
    (folder / "pit.geojson").write_text(json.dumps(collection), encoding="utf-8")
    made.mark_step("detect works", "done")
    return made


def test_the_pit_grows_on_its_dates(case: Case) -> None:
    file = case.path.parent / "pit.geojson"
    command = ["measure", str(case.path), "--track", str(file), "--before", "2024-05-20"]
    done = CliRunner().invoke(main, [*command, "--json"])
    assert done.exit_code == 0, done.output
    (row,) = [r for r in json.loads(done.stdout)["measurements"] if r["quantity"] == "growth"]
    assert row["figure"] == "figures/growth-pit.png"
    assert "stay changed" in row["method"]
    for told in row["growth"]:
        day = date.fromisoformat(told["date"])
        truth = 2400.0 * (day >= date(2024, 6, 1)) + 2400.0 * (day >= date(2024, 8, 1))
        assert told["low"] <= truth <= told["high"], told
        assert told["area_m2"] == pytest.approx(truth, rel=0.1)
    assert row["value"] == row["growth"][-1]["area_m2"]
    with Image.open(case.out / row["figure"]) as image:
        assert "pit at works" in image.info["Description"]
    text = CliRunner().invoke(main, command).output
    assert "changed area (m2), 90 % intervals" in text
    assert "2024-08-17" in text


def test_each_object_has_a_figure_and_a_budget(case: Case) -> None:
    (done,) = measure(case)
    names = {m.object_id: m.figure for m in done.measurements}
    assert names == {"hall": "figures/measured-hall.png"}
    assert figures(case) == [case.out / "figures" / "measured-hall.png"]
    with Image.open(figures(case)[0]) as image:
        told = image.info["Description"]
        assert image.info["Source"] in done.days
    assert "hall at works, measured." in told
    assert "standard deviations of the ground" in told
    text = CliRunner().invoke(main, ["measure", str(case.path)]).output
    assert "of its variance" in text
    assert "level ground assumed" in text
    assert "out/figures/measured-hall.png" in text


def test_a_slope_widens_heights_alone(case: Case) -> None:
    (level,) = measure(case, draws=False)
    (steep,) = measure(case, draws=False, slope_deg=10.0)
    for one, two in zip(level.measurements, steep.measurements, strict=True):
        if one.quantity == "height":
            assert two.value.budget["slope"] > 3 * one.value.budget["slope"]
            assert two.value.high > one.value.high
        else:
            assert one.value == two.value


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--track", "pit.geojson"], "--before go together"),
        (["--before", "2024-05-20"], "--before go together"),
        (
            ["--track", "pit.geojson", "--before", "2024-01-01"],
            "cannot be tracked: no look at the state before",
        ),
        (["--track", "none.geojson", "--before", "2024-05-20"], "none.geojson"),
        (["--slope", "60"], "0<=x<=30"),
    ],
)
def test_wrong_usage_is_one_line(case: Case, arguments: list[str], words: str) -> None:
    named = [str(case.path.parent / a) if a.endswith("geojson") else a for a in arguments]
    failed = CliRunner().invoke(main, ["measure", str(case.path), *named])
    assert failed.exit_code != 0
    assert words in failed.output + failed.stderr
    assert "Traceback" not in failed.output + failed.stderr


def test_a_polygon_in_pixels_is_refused(case: Case, tmp_path: Path) -> None:
    file = tmp_path / "p.geojson"
    file.write_text('{"type": "FeatureCollection", "crs": null, "features": []}', encoding="utf-8")
    failed = CliRunner().invoke(
        main, ["measure", str(case.path), "--track", str(file), "--before", "2024-05-20"]
    )
    assert failed.exit_code == 1
    assert "in pixels" in failed.output + failed.stderr


@pytest.mark.parametrize(
    "licence",
    [Licence(publish=Publish.NONE), Licence(embargo_until=date(2999, 1, 1))],
    ids=["none", "embargo"],
)
def test_scenes_that_may_not_be_shown_are_not(
    case: Case, monkeypatch: pytest.MonkeyPatch, licence: Licence
) -> None:
    original = Case.scenes

    def closed(self: Case, site: str) -> list[Scene]:
        return [replace(s, licence=licence) for s in original(self, site)]

    monkeypatch.setattr(Case, "scenes", closed)
    (pit,) = read_tracked(case.path.parent / "pit.geojson", date(2024, 5, 20))
    (done,) = measure(case, tracked=[pit])
    assert {m.quantity for m in done.measurements} >= {"area", "growth"}
    for file in figures(case):
        with Image.open(file) as image:
            assert "Source" not in image.info

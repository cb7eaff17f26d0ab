"""Whole series: shifts, dates, truth, the same seed, what is written."""

import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
import rasterio
import shapely
from pyproj import Geod
from shapely import box
from shapely.geometry import shape as geometry
from simulate_sites import FAIR, STILL, black_and_white, site

from sitewatch import optics
from sitewatch.app.simulate import simulate
from sitewatch.cli import main
from sitewatch.errors import UsageError
from sitewatch.simulate import Simulation, deliver, load_scenario, random_scenario, render
from sitewatch.simulate.plan import Area, Building, Construction, Scenario, Sensor, Weather
from sitewatch.simulate.render import site_grid
from sitewatch.simulate.truth import EVENTS
from sitewatch.types import MaskClass

YAML = """
name: Tiny
location: {lat: 40, lon: 20}
size_m: 90
dates: {from: 2024-03-01, to: 2024-09-01, count: 4}
buildings:
  - {name: old, rect: {centre: [30, 30], size: [24, 12]}, height_m: 6, roof: red_tile, reference: true}
events:
  - {id: new, type: building, rect: {centre: [62, 60], size: [20, 12]}, height_m: 6, roof: white_metal,
     slab: 2024-05-01, frame: 2024-05-20, roofed: 2024-06-20, ratio_to: old}
"""


@pytest.fixture(scope="module")
def factory() -> Simulation:
    return render(load_scenario("factory"))


def test_grid_is_utm_and_whole_pixels() -> None:
    grid = site_grid(site(size_m=300))
    assert grid.crs is not None
    assert grid.crs.to_epsg() == 32634
    assert tuple(grid.shape) == (100, 100)
    assert grid.affine.c % 3 == 0
    south = site_grid(site(lat=-33.0, sensor=replace(STILL, gsd_m=10)))
    assert south.crs is not None
    assert south.crs.to_epsg() == 32734
    assert tuple(south.shape) == (15, 15)


@pytest.mark.parametrize("gsd", [1.5, 3.0, 5.0, 10.0])
def test_roof_stands_where_the_truth_says(monkeypatch: pytest.MonkeyPatch, gsd: float) -> None:
    ground = black_and_white(monkeypatch)
    hall = Building("hall", box(61.3, 48.2, 94.1, 70.9), 3, "white", reference=True)
    bare = site(ground=ground, sensor=replace(STILL, gsd_m=gsd))
    made = render(replace(bare, buildings=(hall,)))
    outline = made.truth[0].outline
    image = made.stack[0, 1] - render(bare).stack[0, 1]  # leaves out the haze
    rows, cols = np.indices(image.shape)
    col, row = (image * (cols + 0.5)).sum() / image.sum(), (image * (rows + 0.5)).sum() / image.sum()
    x, y = made.grid.affine.c + gsd * col, made.grid.affine.f - gsd * row
    assert (x, y) == pytest.approx(outline.centroid.coords[0], abs=0.05)
    assert image.sum() * gsd**2 == pytest.approx(hall.shape.area, rel=0.02)


def test_shifts_are_those_of_the_content() -> None:
    rng = np.random.default_rng(5)
    spots = tuple(
        Area(f"spot {i}", box(x, y, x + 9, y + 7), "new_concrete")
        for i, (x, y) in enumerate(rng.uniform(15, 230, (40, 2)))
    )
    days = tuple(date(2024, 6, 3) + timedelta(days=i) for i in range(6))
    sensor = Sensor(noise=0, max_view_deg=0, gain_sigma=0, max_shift_px=3)
    made = render(site(size_m=255, areas=spots, days=days, sensor=sensor))
    assert np.abs(made.shifts).max() <= 3
    assert np.abs(made.shifts).max() > 0.5
    first, valid = made.stack[0].mean(axis=0), np.zeros((85, 85), np.uint8)
    valid[8:-8, 8:-8] = 1
    for image, shift in zip(made.stack, made.shifts, strict=True):
        start = np.eye(2, 3, dtype=np.float32)
        start[:, 2] = np.round(shift - made.shifts[0])
        stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 200, 1e-6)
        _, found = cv2.findTransformECC(
            first, image.mean(axis=0), start, cv2.MOTION_TRANSLATION, stop, valid, 1
        )
        # the four bands slip against each other by some hundredths of a pixel
        assert found[:, 2] == pytest.approx(shift - made.shifts[0], abs=0.08)


def test_sun_is_that_of_the_almanac(factory: Simulation) -> None:
    for when, sun in zip(factory.times, factory.sun, strict=True):
        assert sun == optics.sun_position(when, 39.9, 127.6)
        assert 1 <= when.hour <= 2  # about half past ten, local solar time, at 127.6° east


def test_polar_night_is_refused() -> None:
    with pytest.raises(UsageError, match="the sun stands at -"):
        render(site(lat=75.0, days=(date(2024, 12, 20),)))


def test_series_is_a_cube(factory: Simulation) -> None:
    cube = factory.to_cube()
    assert dict(cube.sizes) == {"time": 32, "y": 240, "x": 240}
    assert len(set(factory.scene_ids)) == 32
    assert (~cube["observed"]).any()  # a scene is cut by the edge of its strip
    assert (factory.mask[~np.isfinite(factory.stack[:, 0])] == MaskClass.UNKNOWN).all()
    observed = factory.stack[np.isfinite(factory.stack)]
    assert observed.min() > 0
    assert observed.max() < 1.5


def test_factory_truth_is_consistent(factory: Simulation) -> None:
    looks = {t.date() for t in factory.times}
    found = [t for t in factory.truth if t.kind in EVENTS]
    assert {(t.kind, t.what) for t in found} >= {
        ("appeared", "assembly hall"),
        ("appeared", "houses"),
        ("removed", "crane"),
        ("altered", "tunnel apron"),
        ("altered", "clearing"),
    }
    assert {t.what for t in factory.truth if t.kind == "distractor"} >= {
        "repaint",
        "vehicles",
        "pond",
        "harvest",
    }
    by_id = {t.id: t for t in factory.truth}
    for item in found:
        assert item.t_true is not None
        assert item.not_before in looks
        assert item.not_after in looks
        assert item.not_before < item.t_true <= item.not_after
        assert item.area_m2 == pytest.approx(item.outline.area)
        if item.parent is not None:
            ground = by_id[item.parent]
            assert ground.kind == "altered"
            assert ground.outline.contains(item.outline)
            assert ground.t_true is not None
            assert ground.t_true < item.t_true
    hall = by_id["new-hall"]
    assert hall.ratio == pytest.approx(0.65)
    assert hall.area_m2 == pytest.approx(0.65 * (by_id["old hall"].area_m2 or 0))


def test_every_event_of_the_factory_shows_in_the_pixels() -> None:
    """Without weather and shifts the place of each event changes from before its day to after its end."""
    base = load_scenario("factory")
    still = replace(base, weather=FAIR, sensor=replace(STILL, gsd_m=3.0))
    grid = site_grid(still)
    for item in (t for t in render(replace(still, days=(date(2024, 6, 1),))).truth if t.kind in EVENTS):
        assert item.t_true is not None
        last = max((d for _, d in item.stages), default=item.t_true)
        made = render(replace(still, days=(item.t_true - timedelta(days=1), last + timedelta(days=35))))
        share = optics.coverage(
            shapely.transform(item.outline, lambda p: (p - (grid.affine.c, grid.affine.f)) * (1, -1) / 3),
            *grid.shape,
        )
        inside = np.abs(made.stack[1] - made.stack[0]).max(axis=0)[share > 0.6].mean()
        assert inside > 0.04, item.id


def test_masked_looks_do_not_count_as_seen() -> None:
    hall = Construction(
        "hall", box(60, 60, 90, 80), 5, "white_metal", date(2024, 6, 20), date(2024, 7, 1), date(2024, 7, 20)
    )
    fair = render(site(events=(hall,)))
    assert (fair.truth[0].not_before, fair.truth[0].not_after) == (date(2024, 6, 15), date(2024, 6, 27))
    overcast = Weather(cloudy=1, max_cover=1, hazy=0, snowy=0, partial=0)
    dull = render(site(events=(hall,), weather=overcast))
    seen = dull.clear[:, 23:30, 20:30].mean(axis=(1, 2)) >= 0.8
    days = [t.date() for t in dull.times]
    before = [d for d, s in zip(days, seen, strict=True) if s and d < date(2024, 6, 20)]
    assert dull.truth[0].not_before == (before[-1] if before else None)


def test_an_added_object_leaves_the_rest_as_it_was() -> None:
    plain = render(site(weather=Weather(), sensor=Sensor()))
    more = render(
        site(
            weather=Weather(), sensor=Sensor(), buildings=(Building("b", box(10, 10, 20, 20), 4, "bitumen"),)
        )
    )
    assert np.array_equal(plain.stack[:, :, :25, 25:], more.stack[:, :, :25, 25:], equal_nan=True)
    assert np.array_equal(plain.shifts, more.shifts)


@pytest.mark.parametrize("gsd", [3.0, 10.0])
def test_random_sites_differ_and_hold_together(gsd: float) -> None:
    plans = [random_scenario(seed, gsd=gsd, dates=8) for seed in range(12)]
    assert plans[3] == random_scenario(3, gsd=gsd, dates=8)
    kinds = {t.kind for p in plans[:3] for t in render(replace(p, count=3)).truth}
    assert kinds == {"appeared", "removed", "altered", "distractor", "reference"}
    assert len({p.lat for p in plans}) == 12
    for scenario in plans:
        frame = box(0, 0, scenario.size_m, scenario.size_m)
        assert all(frame.contains(b.shape) for b in scenario.buildings)
        assert scenario.events
    quiet = random_scenario(3, gsd=gsd, dates=8, events=False)
    assert not quiet.events
    taken_away = ("crane ", "shed ")  # drawn with their removal
    assert quiet.buildings == tuple(b for b in plans[3].buildings if not b.name.startswith(taken_away))


def test_new_buildings_do_not_stand_in_old_ones() -> None:
    for seed in range(12):
        scenario = random_scenario(seed)
        for event in scenario.events:
            if isinstance(event, Construction):
                assert not any(event.shape.intersects(b.shape) for b in scenario.buildings), (seed, event.id)


def _hashes(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    plan = tmp_path / "tiny.yaml"
    plan.write_text(YAML)
    first = simulate(plan, tmp_path / "a")
    simulate(plan, tmp_path / "b")
    other = simulate(plan, tmp_path / "c", seed=99)
    assert _hashes(tmp_path / "a") == _hashes(tmp_path / "b")
    assert not set(_hashes(tmp_path / "a").values()) & set(_hashes(tmp_path / "c").values())
    assert (first.seed, other.seed) == (1, 99)
    assert [p.exists() for p in first.images] == [True] * 4
    assert not list(tmp_path.glob(".*.partial"))


def test_delivery_reads_back(tmp_path: Path) -> None:
    made = render(random_scenario(4, dates=5, size_m=240, weather=Weather(partial=0.6)))
    images = deliver(made, tmp_path / "out")
    for index, path in enumerate(images):
        with rasterio.open(path) as file:
            assert file.descriptions == ("blue", "green", "red", "nir")
            assert (file.count, file.dtypes[0], file.nodata) == (4, "uint16", 0)
            assert "SIMULATED" in file.tags()["TIFFTAG_IMAGEDESCRIPTION"]
            assert file.crs.to_epsg() == made.grid.crs.to_epsg()  # type: ignore[union-attr]
            raw = file.read()
        seen = np.isfinite(made.stack[index])
        assert ((raw > 0) == seen).all()
        assert raw[seen] / 1e4 == pytest.approx(made.stack[index][seen], abs=6e-5)
        with rasterio.open(str(path).replace("AnalyticMS_SR", "udm2")) as file:
            udm = file.read()
        assert udm.shape[0] == 8
        assert ((udm[0] == 1) == (made.mask[index] == MaskClass.CLEAR)).all()
        assert (udm[[0, 1, 2, 3, 4, 5]].sum(axis=0) == seen[0]).all()  # each observed pixel has one class
    assert any(not np.isfinite(made.stack[i]).all() for i in range(5))


def test_delivery_follows_the_conventions_of_the_independent_one(tmp_path: Path, shared_data: Path) -> None:
    theirs = sorted((shared_data / "simulated_sites" / "site11_3m").glob("*_metadata.json"))[0]
    deliver(render(random_scenario(1, dates=2, size_m=240)), tmp_path / "out")
    ours = sorted((tmp_path / "out").glob("*_metadata.json"))[0]
    expected, content = (json.loads(p.read_text()) for p in (theirs, ours))
    assert set(expected["properties"]) <= set(content["properties"])
    assert content["properties"]["simulated"] is True
    assert content["id"] == ours.name.removesuffix("_metadata.json")
    with (
        rasterio.open(str(theirs).replace("metadata.json", "3B_AnalyticMS_SR.tif")) as a,
        rasterio.open(str(ours).replace("metadata.json", "3B_AnalyticMS_SR.tif")) as b,
    ):
        assert a.profile["dtype"] == b.profile["dtype"]
        assert a.descriptions == b.descriptions
        assert set(a.tags()) <= set(b.tags())


def test_truth_file_is_geojson_on_the_ellipsoid(tmp_path: Path, factory: Simulation) -> None:
    deliver(factory, tmp_path / "out")
    content = json.loads((tmp_path / "out" / "truth.geojson").read_text())
    assert content["simulated"] is True
    by_id = {f["properties"]["id"]: f for f in content["features"]}
    hall = by_id["new-hall"]["properties"]
    assert (hall["t_true"], hall["ratio"], hall["stages"]) == ("2024-08-12", 0.65, ["slab", "frame", "roof"])
    assert hall["stage_dates"] == ["2024-08-12", "2024-10-05", "2025-02-20"]
    for feature in content["features"]:
        area = abs(Geod(ellps="WGS84").geometry_area_perimeter(geometry(feature["geometry"]))[0])
        assert area == pytest.approx(feature["properties"]["area_m2"], rel=2e-3)  # UTM's scale, squared
    lon, lat = geometry(by_id["new-hall"]["geometry"]).centroid.coords[0]
    assert (lon, lat) == pytest.approx((127.6, 39.9), abs=0.006)


def test_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("keep")
    plan = tmp_path / "tiny.yaml"
    plan.write_text(YAML)
    with pytest.raises(UsageError, match="not an empty folder"):
        simulate(plan, tmp_path / "out")
    with pytest.raises(UsageError, match=r"already holds mine\.txt"):
        deliver(render(site()), tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["mine.txt"]


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "tiny.yaml"
    plan.write_text(YAML)

    def call(*args: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main.main(["simulate", *args], prog_name="sitewatch")
        out, err = capsys.readouterr()
        return int(caught.value.code or 0), out, err

    code, out, _ = call(str(plan), "-o", str(tmp_path / "scenes"), "--seed", "5", "--json")
    content = json.loads(out)
    assert code == 0
    assert (content["seed"], content["events"], len(content["scenes"]), content["simulated"]) == (
        5,
        1,
        4,
        True,
    )
    code, out, _ = call(str(plan), "-o", str(tmp_path / "more"))
    assert (code, "1 events in" in out) == (0, True)
    code, out, err = call("nowhere", "-o", str(tmp_path / "x"))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("error: no scenario 'nowhere'")


def test_many_scenes_of_a_year_in_time(factory: Simulation) -> None:
    days: list[date] = [t.date() for t in factory.times]
    assert days == sorted(set(days))
    assert isinstance(factory.scenario, Scenario)
    assert factory.scenario.start <= days[0]
    assert days[-1] <= factory.scenario.end

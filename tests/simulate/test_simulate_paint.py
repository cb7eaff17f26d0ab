"""What is painted: areas, shadows, lean, stages; first with black ground and white roofs."""

from datetime import date, timedelta
from math import radians, tan

import numpy as np
import pytest
from shapely import Polygon, box
from simulate_sites import black_and_white, site

from sitewatch import optics
from sitewatch.optics import Image, Sun
from sitewatch.simulate import events, materials
from sitewatch.simulate.atmosphere import Sky, sunlight
from sitewatch.simulate.canvas import Canvas, Terrain, View
from sitewatch.simulate.plan import (
    Area,
    Building,
    Construction,
    Groundwork,
    Houses,
    Pond,
    Removal,
    Repaint,
    Scenario,
    Stockpile,
    Vehicles,
)
from sitewatch.simulate.scenario import rotated_box

CLEAR = Sky(cover=0, turbidity=0.05, haze=0, snow=0, wetness=0, late_days=0)
DAY = date(2024, 6, 3)


def paint(scenario: Scenario, sun: Sun, angle: float = 0, azimuth: float = 90, day: date = DAY) -> Image:
    """The fine raster (4, y, x) with cells of 1 m and a margin of 20 cells."""
    terrain = Terrain.make(scenario, 1, 1.0, (150, 20))
    canvas = Canvas(terrain, View(sun, *sunlight(sun.elevation, 0.05), angle, azimuth, 155, CLEAR))
    for patch in events.ground_patches(scenario, day, 1):
        canvas.paint_ground(patch)
    standing = events.standing_patches(scenario, day, 1)
    canvas.shade(standing)
    canvas.settle()
    canvas.erect(standing)
    return canvas.image


def centre_of(image: Image) -> tuple[float, float]:
    """Metres (east, north) of the site's corner, of the bright mass."""
    rows, cols = np.indices(image.shape)
    total = image.sum()
    return float((image * (cols + 0.5)).sum() / total - 20), float(170 - (image * (rows + 0.5)).sum() / total)


@pytest.mark.parametrize("azimuth", [0, 17, 45, 133])
def test_roof_area_is_that_of_its_polygon(monkeypatch: pytest.MonkeyPatch, azimuth: float) -> None:
    shape = rotated_box((70.3, 81.6), (41.5, 20.2), azimuth)
    ground = black_and_white(monkeypatch)
    scenario = site(ground=ground, buildings=(Building("hall", shape, 12, "white"),))
    fine = paint(scenario, Sun(150, 40))
    assert fine[0].sum() == pytest.approx(41.5 * 20.2, rel=1e-4)
    image = optics.sample(fine[0], (50, 50), 3, 0.42, (20, 20))
    assert image.sum() * 9 == pytest.approx(41.5 * 20.2, rel=1e-4)
    assert centre_of(fine[0]) == pytest.approx((70.3, 81.6), abs=0.01)


def test_roof_leans_away_from_the_sensor(monkeypatch: pytest.MonkeyPatch) -> None:
    ground = black_and_white(monkeypatch)
    scenario = site(ground=ground, buildings=(Building("hall", box(60, 60, 90, 80), 20, "white"),))
    fine = paint(scenario, Sun(150, 40), angle=25, azimuth=90)  # sensor in the east
    assert fine[0].sum() == pytest.approx(600, rel=1e-4)
    assert centre_of(fine[0]) == pytest.approx((75 - 20 * tan(radians(25)), 70), abs=0.01)


def test_shadow_lies_opposite_the_sun(monkeypatch: pytest.MonkeyPatch) -> None:
    ground = black_and_white(monkeypatch)
    yard = Area("yard", box(-20, -20, 170, 170), "white")
    hall = Building("hall", box(60, 60, 90, 80), 10, "black")
    scenario = site(ground=ground, areas=(yard,), buildings=(hall,))
    dark = 1 - paint(scenario, Sun(180, 45))[3]  # sun in the south at 45°: 10 m of shadow to the north
    direct, sky = sunlight(45, 0.05)
    north, south = dark[170 - 90 : 170 - 80, 80:110], dark[170 - 60 : 170 - 50, 80:110]
    assert north == pytest.approx(direct[3], abs=1e-4)
    assert south == pytest.approx(0, abs=1e-4)
    assert 1 - direct[3] == pytest.approx(sky[3], abs=1e-6)
    assert dark[170 - 100 : 170 - 91, 80:110] == pytest.approx(0, abs=1e-4)  # and no further


def test_a_girder_on_legs_throws_its_shadow_beside_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    ground = black_and_white(monkeypatch)
    yard = Area("yard", box(-20, -20, 170, 170), "white")
    crane = Building("crane", box(60, 60, 90, 66), 12, "black", open_below=True)
    dark = 1 - paint(site(ground=ground, areas=(yard,), buildings=(crane,)), Sun(180, 45))[0]
    assert dark[170 - 66 : 170 - 60, 80:110] == pytest.approx(1, abs=1e-4)  # the girder
    assert dark[170 - 71 : 170 - 67, 80:110] == pytest.approx(0, abs=1e-4)  # lit ground between
    assert dark[170 - 78 : 170 - 72, 80:110].min() > 0.5  # its shadow, 12 m north


def test_gable_is_brighter_toward_the_sun() -> None:
    hall = Building("hall", box(60, 60, 100, 80), 6, "white_metal", pitch_deg=25)
    fine = paint(site(buildings=(hall,)), Sun(180, 35))[2]
    sunny, shady = fine[170 - 69 : 170 - 61, 85:115].mean(), fine[170 - 79 : 170 - 71, 85:115].mean()
    # cos(incidence) = sin(35° ± 25°) over sin(35°), on the direct share
    direct, sky = sunlight(35, 0.05)
    expected = (sky[2] + direct[2] * np.sin(radians(60)) / np.sin(radians(35))) / (
        sky[2] + direct[2] * np.sin(radians(10)) / np.sin(radians(35))
    )
    assert sunny / shady == pytest.approx(expected, rel=0.05)


def test_stages_of_a_construction(monkeypatch: pytest.MonkeyPatch) -> None:
    black_and_white(monkeypatch)
    shape = box(50, 50, 110, 80)
    ground = box(40, 40, 120, 90)
    days = [date(2024, 4, 1), date(2024, 5, 1), date(2024, 6, 10), date(2024, 8, 9)]
    hall = Construction("hall", shape, 9, "white", days[1], days[2], days[3], days[0], ground)
    scenario = site(events=(hall,))

    def seen(day: date) -> list[tuple[str, float, float]]:
        patches = [*events.ground_patches(scenario, day, 1), *events.standing_patches(scenario, day, 1)]
        return [(p.material, round(p.shape.area), p.height_m) for p in patches]

    assert seen(days[0] - timedelta(days=1)) == []
    assert seen(days[0]) == [("dug_soil", 4000, 0)]
    assert seen(days[1]) == [("dug_soil", 4000, 0), ("new_concrete", 600, 0)]  # the first of three bays
    assert seen(days[2]) == [("dug_soil", 4000, 0), ("new_concrete", 1800, 0), ("frame", 600, 9)]
    late = seen(days[3] - timedelta(days=12))
    assert [m for m, _, _ in late] == ["dug_soil", "new_concrete", "frame", "white"]
    assert seen(days[3]) == [("dug_soil", 4000, 0), ("white", 1800, 9)]


def test_removal_and_repaint_change_a_building() -> None:
    shed = Building("shed", box(10, 10, 30, 20), 5, "bitumen")
    scenario = site(
        buildings=(shed,),
        events=(Removal("gone", "shed", date(2024, 8, 1), "gravel", rubble_days=30),),
        distractors=(Repaint("paint", "shed", date(2024, 7, 1), "red_tile"),),
    )

    def seen(day: date) -> list[str]:
        patches = [*events.ground_patches(scenario, day, 1), *events.standing_patches(scenario, day, 1)]
        return [p.material for p in patches]

    assert seen(date(2024, 6, 30)) == ["bitumen"]
    assert seen(date(2024, 7, 1)) == ["red_tile"]
    assert seen(date(2024, 8, 1)) == ["rubble"]
    assert seen(date(2024, 8, 31)) == ["gravel"]


def test_trees_are_felled_where_ground_is_cleared() -> None:
    wood = Area("wood", box(0, 0, 100, 100), "deciduous", height_m=9)
    dig = Groundwork("dig", box(20, 20, 60, 60), date(2024, 7, 1), "gravel")
    scenario = site(areas=(wood,), events=(dig,))
    before = events.standing_patches(scenario, date(2024, 6, 30), 1)[0]
    after = events.standing_patches(scenario, date(2024, 7, 1), 1)[0]
    assert (before.shape.area, after.shape.area) == (10000, 8400)


def test_houses_come_one_after_another() -> None:
    shapes = tuple(box(10 + 15 * i, 10, 20 + 15 * i, 22) for i in range(3))
    row = Houses("row", shapes, 4, "red_tile", date(2024, 6, 1), every_days=10, build_days=20, pitch_deg=0)
    assert events.house_days(row) == [date(2024, 6, 1), date(2024, 6, 11), date(2024, 6, 21)]
    standing = events.standing_patches(site(events=(row,)), date(2024, 7, 1), 1)
    flat = list(events.ground_patches(site(events=(row,)), date(2024, 7, 1), 1))
    assert (len(standing), len(flat)) == (2, 1)


def test_distractors_differ_from_date_to_date() -> None:
    yard = Polygon([(20, 20), (120, 20), (120, 60), (20, 60)])
    scenario = site(
        distractors=(
            Vehicles("cars", yard, 6),
            Pond("pond", box(20, 80, 60, 110), drop_m=6),
            Stockpile("heap", box(70, 80, 130, 110)),
        )
    )
    looks = [
        [p.shape.wkb for p in events.standing_patches(scenario, date(2024, month, 5), 1)]
        for month in (3, 6, 9)
    ]
    assert looks[0] != looks[1] != looks[2]
    water = [
        next(
            p.shape.area
            for p in events.ground_patches(scenario, date(2024, m, 5), 1)
            if p.material == "water"
        )
        for m in (2, 8)
    ]
    assert water[0] < water[1]
    for p in events.standing_patches(scenario, date(2024, 6, 5), 1):
        assert p.height_m > 0


def test_plants_follow_the_year_on_both_halves_of_the_earth() -> None:
    def ndvi(day: float) -> float:
        _, _, red, nir = materials.spectrum(materials.MATERIALS["grass"], day)
        return float((nir - red) / (nir + red))

    assert ndvi(200) > 0.7
    assert ndvi(20) < 0.4
    assert events.northern_day(date(2024, 1, 20), -35) == pytest.approx(202.6)


def test_all_materials_are_reflectances() -> None:
    for name, material in materials.MATERIALS.items():
        for day in (15, 200):
            values = materials.spectrum(materials.MATERIALS[name], day, wetness=1.0)
            assert (values > 0).all(), name
            assert (values < 0.7).all(), name
        assert 0 <= material.snow <= 1

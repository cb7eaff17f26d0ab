"""Reference buildings from a click, confirmed or not, traced twice; buildings that are no box; from files."""

import json
from collections.abc import Callable
from datetime import date
from math import log
from pathlib import Path

import pytest
import shapely
from click.testing import CliRunner
from pyproj import Transformer
from shapely import affinity
from shapely.geometry import mapping

from sitewatch.app.click import click_reference
from sitewatch.app.measure import measure
from sitewatch.app.report import report
from sitewatch.app.scenes import add_scenes
from sitewatch.app.site import add_reference, add_site, aoi_from_point, change_reference
from sitewatch.case import Case, judgement
from sitewatch.cli import main
from sitewatch.errors import DataError, UsageError
from sitewatch.simulate import Scenario, Sensor, Weather, deliver, render
from sitewatch.simulate.plan import Building
from sitewatch.simulate.render import site_grid
from sitewatch.simulate.scenario import rotated_box
from sitewatch.types import Value

LAT, LON = 46.0, 25.2
CLEAR_SKY = Weather(cloudy=0, hazy=0, snowy=0, partial=0, mask_misses=0, mask_eats_bright=0)
OLD = rotated_box((100, 200), (84, 36), 80)
ELL = affinity.rotate(
    shapely.Polygon([(190, 90), (260, 90), (260, 116), (216, 116), (216, 146), (190, 146)]),
    25,
    origin=(190, 90),
)
"""70 x 26 and 26 x 30 m."""

Place = Callable[[shapely.Geometry], shapely.Geometry]


@pytest.fixture(scope="module")
def halls(tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, Place]:
    """A case with a rectangular and an L-shaped hall on five dates; from the scenario's metres to degrees."""
    folder = tmp_path_factory.mktemp("click")
    scenario = Scenario(
        "two halls",
        LAT,
        LON,
        300.0,
        date(2024, 4, 1),
        date(2024, 9, 30),
        5,
        relief_m=1.0,
        sensor=Sensor(gsd_m=3.0),
        weather=CLEAR_SKY,
        buildings=(
            Building("old hall", OLD, 12.0, "grey_metal"),
            Building("winged hall", ELL, 9.0, "blue_metal"),
        ),
    )
    deliver(render(scenario), folder / "scenes")
    made = Case.create(folder / "case")
    add_site(made, "works", aoi_from_point(LON, LAT, 140.0))
    add_scenes(made, [folder / "scenes"])
    made.mark_step("detect works", "done")
    grid = site_grid(scenario)
    west, south = grid.affine.c, grid.affine.f - 3.0 * grid.shape[0]
    to_lonlat = Transformer.from_crs(str(grid.crs), 4326, always_xy=True).transform

    def place(shape: shapely.Geometry) -> shapely.Geometry:
        return shapely.transform(affinity.translate(shape, west, south), to_lonlat, interleaved=False)

    return made, place


def measured(case: Case) -> dict[tuple[str, str], tuple[Value, bool]]:
    (done,) = measure(case)
    return {(m.object_id, m.quantity): (m.value, m.checked) for m in done.measurements}


def shared(one: shapely.Geometry, two: shapely.Geometry) -> float:
    return one.intersection(two).area / one.union(two).area


def test_clicks_give_a_box_and_an_l_that_are_not_checked_until_they_are(halls: tuple[Case, Place]) -> None:
    case, place = halls
    for name, hall, how in (("box", OLD, "box fitted"), ("winged", ELL, "6 straight walls")):
        at = place(shapely.Point(*hall.representative_point().coords[0]))
        found = click_reference(case, name, at.x, at.y)
        assert how in found.how
        assert not found.reference.checked
        assert found.reference.basis.startswith("automatic outline from a click at")
        assert (
            shared(found.reference.outline, place(hall)) > 0.88
        )  # the scenes as a whole lie up to a pixel off
    values = measured(case)
    area, checked = values["winged", "area"]
    assert not checked
    assert area.low < ELL.area < area.high
    assert area.value == pytest.approx(ELL.area, rel=0.02)
    assert area.method.startswith("6 straight walls fitted to the pixels of")
    assert values["winged", "length"][0].value == pytest.approx(70, rel=0.02)
    assert values["winged", "height"][0].value == pytest.approx(9, abs=0.8)
    assert values["box", "area"][0].value == pytest.approx(84 * 36, rel=0.02)
    # confirmed, and only what was confirmed
    change_reference(case, "winged", checked=True)
    values = measured(case)
    assert values["winged", "area"][1]
    assert not values["box", "area"][1]
    # what is published says so
    report(case, command="sitewatch report CASE")
    page = (case.out / "report.html").read_text(encoding="utf-8")
    assert "The outlines of box were drawn by a program, and nobody has checked it" in page


def test_what_is_no_building_is_refused_in_one_line(halls: tuple[Case, Place]) -> None:
    case, place = halls
    at = place(shapely.Point(100, 100))
    with pytest.raises(DataError, match="--outline") as error:
        click_reference(case, "grass", at.x, at.y)
    assert "\n" not in str(error.value)
    assert "grass" not in [r.name for r in judgement.references(case, "works")]
    with pytest.raises(UsageError, match="outside of site"):
        click_reference(case, "far", LON + 1, LAT)


def test_two_drawings_of_a_roof_widen_the_interval(halls: tuple[Case, Place]) -> None:
    case, place = halls
    # away from the halls, where nothing can be fitted: the drawings alone count
    one, two = (place(shapely.box(60, 60, 60 + w, 90)) for w in (40, 60))
    add_reference(case, "drawn", one)
    alone = measured(case)["drawn", "area"][0]
    add_reference(case, "drawn", one, again=[two])
    both = measured(case)["drawn", "area"][0]
    # 1200 and 1800 m2: the standard deviation of two is their difference over the root of 2
    assert both.value == pytest.approx((1200 * 1800) ** 0.5, rel=2e-3)
    assert both.budget["tracing"] / both.value == pytest.approx(log(1.5) / 2**0.5, rel=0.01)
    assert both.high / both.low > alone.high / alone.low
    assert "2 tracings" in both.method
    with pytest.raises(DataError, match="do not overlap"):
        change_reference(case, "drawn", again=[place(shapely.box(120, 60, 160, 90))])


def test_drawings_of_a_fitted_hall_both_start_a_fit(halls: tuple[Case, Place]) -> None:
    case, place = halls
    drawn = [place(affinity.scale(affinity.translate(OLD, d, -d), 1.05, 0.93)) for d in (2, -2)]
    add_reference(case, "twice", drawn[0], again=drawn[1:])
    area = measured(case)["twice", "area"][0]
    assert area.value == pytest.approx(84 * 36, rel=0.02)
    assert "2 tracings" in area.method
    # both fits reach the same pixels
    assert area.budget["tracing"] / area.value < 0.01


def test_an_automatic_outline_is_not_traced_again_unchecked(halls: tuple[Case, Place]) -> None:
    case, place = halls
    add_reference(case, "auto", place(OLD), checked=False)
    with pytest.raises(UsageError, match="automatic and unchecked"):
        change_reference(case, "auto", again=[place(OLD)])
    assert change_reference(case, "auto", checked=True, again=[place(OLD)]).again
    with pytest.raises(UsageError, match="no reference building"):
        change_reference(case, "nobody", checked=True)


def test_the_command(halls: tuple[Case, Place], tmp_path: Path) -> None:
    case, place = halls
    at = place(shapely.Point(*OLD.representative_point().coords[0]))

    def run(*options: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, ["site", "reference", str(case.path), "--name", "hall", *options])
        return result.exit_code, result.output

    code, text = run("--click", f"{at.x},{at.y}")
    assert code == 0, text
    assert "automatic outline, not checked: box fitted" in text
    listed = CliRunner().invoke(main, ["site", "references", str(case.path), "--json"]).output
    (row,) = (r for r in json.loads(listed)["references"] if r["name"] == "hall")
    assert (row["checked"], row["tracings"]) == (False, 1)
    assert json.loads(run("--checked", "--json")[1])["checked"] is True
    file = tmp_path / "hall.geojson"
    file.write_text(json.dumps(mapping(place(OLD))))
    assert json.loads(run("--again", str(file), "--json")[1])["tracings"] == 2
    for wrong, why in (
        (("--click", "25"), "expected LON,LAT"),
        (("--click", "125,99"), "longitude -180..180"),
        (("--click", "25,46", "--checked"), "by a second command"),
        (("--click", "25,46", "--outline", str(file)), "expected one of"),
        ((), "expected one of"),
        (("--checked", "--basis", "me"), "belong to a new outline"),
    ):
        code, text = run(*wrong)
        assert code == 2, text
        assert why in text

"""Scenarios: what a file may say, and the one line for what it may not."""

import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from sitewatch.errors import UsageError
from sitewatch.simulate import load_scenario, packaged, parse_scenario
from sitewatch.simulate.plan import Construction, Houses, Removal

GOOD: dict[str, Any] = {
    "name": "Yard",
    "location": {"lat": 40, "lon": 20},
    "size_m": 150,
    "dates": {"from": date(2024, 1, 1), "to": date(2024, 12, 1), "count": 4},
    "buildings": [
        {
            "name": "shed",
            "rect": {"centre": [50, 60], "size": [20, 10], "azimuth": 0},
            "height_m": 5,
            "roof": "bitumen",
        }
    ],
    "events": [
        {
            "id": "hall",
            "type": "building",
            "rect": {"centre": [100, 100], "size": [30, 12]},
            "height_m": 8,
            "roof": "white_metal",
            "slab": date(2024, 4, 1),
            "frame": date(2024, 5, 1),
            "roofed": date(2024, 7, 1),
            "ratio_to": "shed",
        },
        {"id": "gone", "type": "removal", "of": "shed", "date": date(2024, 8, 1)},
    ],
    "distractors": [{"id": "pond", "type": "pond", "circle": {"centre": [20, 20], "radius": 9}}],
}


def test_shapes_lie_as_written() -> None:
    scenario = parse_scenario(GOOD)
    shed, hall = scenario.buildings[0], scenario.events[0]
    assert shed.shape.bounds == pytest.approx((45, 50, 55, 70))  # 20 m to the north
    assert isinstance(hall, Construction)
    assert hall.shape.bounds == pytest.approx((85, 94, 115, 106))  # to the east where no azimuth is given
    assert scenario.sensor.gsd_m == 3


def test_a_row_of_houses_runs_along_its_azimuth() -> None:
    content = copy.deepcopy(GOOD)
    row = {"start": [70, 90], "count": 3, "size": [8, 20], "spacing": 12, "azimuth": 180}
    houses = {"id": "row", "type": "houses", "row": row, "height_m": 4, "roof": "red_tile", "every_days": 9}
    content["events"].append({**houses, "first": date(2024, 5, 1)})
    event = parse_scenario(content).events[-1]
    assert isinstance(event, Houses)
    assert [s.centroid.coords[0] for s in event.shapes] == [
        pytest.approx((70, 90)),
        pytest.approx((70, 78)),
        pytest.approx((70, 66)),
    ]
    assert event.shapes[0].bounds == pytest.approx((60, 86, 80, 94))


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("name",), None, "name is missing"),
        (("nane",), "x", "nane is not a field here; expected areas, buildings"),
        (("location", "lat"), "north", "location.lat is 'north'; expected a number"),
        (("location", "lat"), 95, "expected lat -80..80"),
        (("size_m",), -5, "size_m is -5; expected a number above 0"),
        (("size_m",), 9, "expected at least 8 pixels"),
        (("dates", "from"), "soon", "dates.from is 'soon'; expected a day such as"),
        (("dates", "to"), date(2023, 1, 1), "dates: to 2023-01-01 is not after from 2024-01-01"),
        (("dates", "count"), 900, "dates.count is 900"),
        (("dates", "days"), [date(2024, 2, 1), date(2024, 1, 1)], "dates.days are not in order"),
        (("sensor",), {"gsd_m": 90}, "sensor.gsd_m is 90.0; expected 0.3 to 30"),
        (("sensor",), {"gsd": 3}, "sensor.gsd is not a field here"),
        (("weather",), {"cloudy": 4}, "weather.cloudy is 4.0; expected a share of 0 to 1"),
        (("ground",), {"plants": "lawn"}, "ground.plants is 'lawn'; expected one of ash, asphalt"),
        (("buildings",), {"name": "x"}, "buildings is {'name': 'x'}; expected a list"),
        (("buildings", 0, "roof"), "gold", "building 'shed': roof is 'gold'; expected one of"),
        (("buildings", 0, "height_m"), "tall", "buildings[0].height_m is 'tall'; expected a number"),
        (("buildings", 0, "rect", "size"), [3], "buildings[0].rect.size is [3]; expected two lengths"),
        (("buildings", 0, "circle"), {}, "buildings[0] gives rect and circle; expected one of"),
        (("buildings", 0, "reference"), 1, "buildings[0].reference is 1; expected true or false"),
        (("events", 0, "type"), "castle", "events[0].type is 'castle'; expected one of building, houses"),
        (
            ("events", 0, "frame"),
            date(2024, 9, 1),
            "event 'hall': roof 2024-07-01 is not after frame 2024-09-01",
        ),
        (("events", 0, "ratio_to"), "barn", "'hall' names the building 'barn'; expected one of shed"),
        (("events", 1, "of"), "barn", "'gone' names the building 'barn'"),
        (("events", 1, "id"), "hall", "id 'hall' comes twice"),
        (
            ("distractors", 0, "circle", "radius"),
            0,
            "distractors[0].circle.radius is 0; expected a number above 0",
        ),
    ],
)
def test_what_is_wrong_is_named(path: tuple[Any, ...], value: object, expected: str) -> None:
    content = copy.deepcopy(GOOD)
    place: Any = content
    for key in path[:-1]:
        place = place[key]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    with pytest.raises(UsageError) as caught:
        parse_scenario(content)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: [", "not YAML at line"),
        ("", "the file is None; expected fields"),
        ("- 1\n- 2", "the file is [1, 2]; expected fields"),
        ("name: !!python/object/apply:os.getcwd []", "not YAML"),
    ],
)
def test_files_that_are_no_scenario(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(text)
    with pytest.raises(UsageError, match="scenario") as caught:
        load_scenario(path)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unknown_name_lists_the_packaged_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"packaged ones .*factory"):
        load_scenario("fctory")
    with pytest.raises(UsageError, match="not a readable file"):
        load_scenario(tmp_path)


def test_a_file_says_the_same_as_its_content(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(yaml.safe_dump(GOOD))
    assert load_scenario(path) == parse_scenario(GOOD)


def test_factory_is_the_story() -> None:
    assert "factory" in packaged()
    scenario = load_scenario("factory")
    hall = next(e for e in scenario.events if e.id == "new-hall")
    old = next(b for b in scenario.buildings if b.name == "old hall")
    assert isinstance(hall, Construction)
    assert hall.shape.area / old.shape.area == pytest.approx(0.65, abs=1e-6)
    removed = next(e for e in scenario.events if isinstance(e, Removal))
    crane = next(b for b in scenario.buildings if b.name == removed.of)
    assert crane.what == "crane"
    assert crane.shape.area == pytest.approx(6 * 30)

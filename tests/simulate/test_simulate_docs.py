"""The pages on simulation say what the code does."""

import re
from pathlib import Path

import yaml

from sitewatch.simulate import Sensor, Weather, load_scenario, parse_scenario
from sitewatch.simulate.materials import MATERIALS
from sitewatch.simulate.scenario import _DISTRACTORS, _EVENTS

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = (DOCS / "reference" / "scenario.md").read_text()
HOW_TO = (DOCS / "how-to" / "simulate.md").read_text()


def test_every_material_and_type_is_documented() -> None:
    for name in (*MATERIALS, *_EVENTS, *_DISTRACTORS):
        assert f"`{name}`" in REFERENCE, name


def test_defaults_of_sensor_and_weather_are_those_of_the_code() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \|[^|]*\| ([\d.]+) \|$", REFERENCE, re.MULTILINE))
    for part in (Sensor(), Weather()):
        for name in part.__slots__:
            assert float(rows[name]) == getattr(part, name), name


def test_every_field_of_the_packaged_scenario_is_documented() -> None:
    folder = Path(load_scenario.__code__.co_filename).parent / "scenarios"
    for path in folder.glob("*.yaml"):
        for name in _keys(yaml.safe_load(path.read_text())):
            assert re.search(rf"\b{name}\b", REFERENCE), name


def test_the_example_is_a_scenario() -> None:
    example = re.search(r"```yaml\n(.*?)```", HOW_TO, re.DOTALL)
    assert example is not None
    scenario = parse_scenario(yaml.safe_load(example[1]))
    assert [e.id for e in scenario.events] == ["new-shed"]


def _keys(content: object) -> set[str]:
    if isinstance(content, dict):
        return set(content) | {k for value in content.values() for k in _keys(value)}
    if isinstance(content, list):
        return {k for value in content for k in _keys(value)}
    return set()

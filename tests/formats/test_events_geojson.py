"""events.geojson: what it says, and that the documented schema says the same."""

import dataclasses
import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from shapely import Polygon
from shapely.geometry import shape

from sitewatch.formats.events_geojson import dump_events
from sitewatch.types import Event, EventKind, Gap, GapPosterior

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs/reference/events.schema.json").read_text(encoding="utf-8")
)

EVENT = Event(
    id="007",
    site="a <b> site",
    kind=EventKind.REMOVED,
    outline=Polygon([(500000, 4400000), (500030, 4400000), (500030, 4400060), (500000, 4400060)]),
    crs="EPSG:32652",
    posterior=GapPosterior(
        (
            Gap(date(2024, 1, 1), date(2024, 2, 1), 0.05),
            Gap(date(2024, 2, 1), date(2024, 3, 1), 0.8),
            Gap(date(2024, 3, 1), date(2024, 5, 1), 0.15),
        )
    ),
    probability=0.87654,
    calibrated_on="a test",
    area_m2=1800.0,
    area_m2_low=1500.0,
    area_m2_high=2100.0,
    detector="steps-1",
    scenes=("a", "b"),
)


def test_it_follows_the_documented_schema() -> None:
    jsonschema.validate(json.loads(dump_events([EVENT])), SCHEMA)
    jsonschema.validate(json.loads(dump_events([])), SCHEMA)


def test_the_schema_refuses_another_kind() -> None:
    document = json.loads(dump_events([EVENT]))
    document["features"][0]["properties"]["kind"] = "confirmed"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, SCHEMA)


def test_dates_and_numbers() -> None:
    told = json.loads(dump_events([EVENT]))["features"][0]["properties"]
    assert (told["gap_start"], told["gap_end"]) == ("2024-02-01", "2024-03-01")
    assert (told["not_before"], told["not_after"]) == ("2024-02-01", "2024-05-01")
    assert told["probability"] == 0.877
    assert told["kind"] == "removed"


def test_an_open_end_is_null() -> None:
    told = json.loads(dump_events([dataclasses.replace(EVENT, open_end=True)]))["features"][0]["properties"]
    assert told["not_after"] is None


def test_coordinates_are_longitude_and_latitude_counterclockwise() -> None:
    polygon = shape(json.loads(dump_events([EVENT]))["features"][0]["geometry"])
    assert polygon.exterior.is_ccw
    assert polygon.centroid.x == pytest.approx(129.0, abs=0.01)
    assert polygon.centroid.y == pytest.approx(39.75, abs=0.05)


def test_without_georeferencing_coordinates_are_pixels() -> None:
    document = json.loads(dump_events([dataclasses.replace(EVENT, crs=None)]))
    assert document["crs"] is None
    assert document["features"][0]["geometry"]["coordinates"][0][0] == [500000, 4400000]
    jsonschema.validate(document, SCHEMA)

"""Values survive the trip to JSON and back."""

import dataclasses
import itertools
import json
import math
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from odc.geo.geobox import GeoBox

from sitewatch import types
from sitewatch.case import codec
from sitewatch.errors import CaseError

number = st.floats(allow_nan=False, allow_infinity=False, width=64)
positive = st.floats(0, 1e6)
text = st.text(max_size=8)
maybe = st.none() | number
day = st.dates(date(1960, 1, 1), date(2100, 1, 1))
corner = st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))


@st.composite
def boxes(draw: Any) -> shapely.Polygon:
    x, y = draw(corner)
    return shapely.box(x, y, x + draw(st.floats(0.1, 1e4)), y + draw(st.floats(0.1, 1e4)))


@st.composite
def sites(draw: Any) -> types.Site:
    w, s = draw(st.floats(-179, 178)), draw(st.floats(-89, 88))
    return types.Site(draw(text.filter(str.strip)), shapely.box(w, s, w + 1, s + 1))


licences = st.builds(
    types.Licence,
    credit_line=st.none() | text,
    name=st.none() | text,
    publish=st.sampled_from(types.Publish),
    max_px=st.none() | st.integers(1, 10_000),
    embargo_until=st.none() | day,
)
grids = st.builds(
    lambda rows, cols, size, at, crs: GeoBox((rows, cols), Affine(size, 0, at[0], 0, -size, at[1]), crs),
    st.integers(1, 10_000),
    st.integers(1, 10_000),
    st.floats(0.01, 100),
    corner,
    st.sampled_from(
        [None, "EPSG:32635", "EPSG:4326", "+proj=laea +lat_0=52 +lon_0=10 +ellps=GRS80 +units=m"]
    ),
)


@st.composite
def scenes(draw: Any) -> types.Scene:
    assets = draw(st.lists(st.builds(types.Asset, text, text, text, st.integers(0)), min_size=1, max_size=3))
    index = st.integers(0, len(assets) - 1)
    band = st.builds(types.BandSource, text, index, st.integers(1), st.none() | text, number, number)
    return types.Scene(
        id=draw(text),
        sensor=draw(text),
        acquired=draw(st.datetimes(datetime(1960, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))),
        date_source=draw(st.sampled_from(types.DateSource)),
        date_precision=draw(st.sampled_from(types.DatePrecision)),
        assets=tuple(assets),
        bands=tuple(draw(st.lists(band, min_size=1, max_size=4, unique_by=lambda b: b.name))),
        grid=draw(grids),
        georeference=draw(st.sampled_from(types.Georeference)),
        mask=draw(st.none() | st.builds(types.MaskSource, text, index)),
        nodata=draw(st.none() | st.floats()),
        gsd_m=draw(maybe),
        sun_azimuth=draw(maybe),
        licence=draw(licences),
        notes=tuple(draw(st.lists(text, max_size=3))),
    )


registrations = st.builds(
    types.Registration,
    scene_id=text,
    dx=number,
    dy=number,
    sigma=positive | st.just(math.inf),
    reference=text,
    status=st.sampled_from([types.RegistrationStatus.OK, types.RegistrationStatus.REFERENCE]),
    reason=text,
)


@st.composite
def events(draw: Any) -> types.Event:
    days = sorted(draw(st.sets(day, min_size=2, max_size=5)))
    share = 1 / (len(days) - 1)
    gaps = tuple(types.Gap(a, b, share) for a, b in itertools.pairwise(days))
    outline = draw(boxes())
    if draw(st.booleans()):
        outline = shapely.MultiPolygon([outline, shapely.affinity.translate(outline, 3e4, 0)])
    low, mid, high = sorted(draw(st.tuples(positive, positive, positive)))
    known = draw(st.booleans())
    return types.Event(
        id=draw(text),
        site=draw(text),
        kind=draw(st.sampled_from(types.EventKind)),
        outline=outline,
        crs=draw(st.none() | text),
        posterior=types.GapPosterior(gaps),
        probability=draw(st.floats(0, 1)),
        calibrated_on=draw(text),
        area_m2=mid if known else None,
        area_m2_low=low if known else None,
        area_m2_high=high if known else None,
        detector=draw(text),
        scenes=tuple(draw(st.lists(text, max_size=3))),
        review=draw(st.none() | text),
        open_end=draw(st.booleans()),
    )


@st.composite
def measurements(draw: Any) -> types.Measurement:
    low, mid, high = sorted(draw(st.tuples(number, number, number)))
    value = types.Value(
        mid, low, high, "m2", draw(text), budget=draw(st.dictionaries(text, number, max_size=3))
    )
    return types.Measurement(draw(text), "area", value, tuple(draw(st.lists(text, max_size=2))))


@given(st.one_of(sites(), scenes(), registrations, events(), measurements()))
def test_what_was_stored_comes_back(value: object) -> None:
    back = codec.loads(type(value), codec.dumps(value))
    if isinstance(value, types.Scene) and value.nodata is not None and math.isnan(value.nodata):
        assert isinstance(back, types.Scene)
        assert back.nodata is not None
        assert math.isnan(back.nodata)
        value, back = (dataclasses.replace(v, nodata=None) for v in (value, back))
    assert back == value
    assert codec.dumps(back) == codec.dumps(value)


def test_json_is_strict_and_says_infinity_in_words() -> None:
    failed = types.Registration("a", 0, 0, math.inf, "b", types.RegistrationStatus.FAILED, "too few pixels")
    assert json.loads(codec.dumps(failed), parse_constant=pytest.fail)["sigma"] == "inf"


def test_numpy_numbers_are_stored_as_numbers() -> None:
    half: Any = np.float32(0.5)
    value = types.Registration("a", half, np.float64(1.5), 1, "b", types.RegistrationStatus.OK)
    assert codec.loads(types.Registration, codec.dumps(value)) == value


def test_a_time_keeps_its_instant_in_utc() -> None:
    back = codec.decode(datetime, "2020-01-01T02:00:00+02:00")
    assert back == datetime(2020, 1, 1, tzinfo=UTC)
    assert back.tzinfo is UTC


@pytest.mark.parametrize(
    "stored",
    [
        "{",
        "[]",
        "{}",
        '{"name": 1, "aoi": {}}',
        '{"name": "a", "aoi": {"type": "Nonsense"}}',
        '{"name": "a", "aoi": {"type": "Polygon", "coordinates": [[[0,0],[1,0],[1,1],[0,0]]]}, "colour": 1}',
        '{"name": "", "aoi": {"type": "Polygon", "coordinates": [[[0,0],[1,0],[1,1],[0,0]]]}}',
    ],
)
def test_what_is_not_a_site_is_told_in_one_line(stored: str) -> None:
    with pytest.raises(CaseError, match="a Site that cannot be read") as caught:
        codec.loads(types.Site, stored)
    assert "\n" not in str(caught.value)


def test_what_has_no_form_in_json_is_refused() -> None:
    with pytest.raises(TypeError, match="a set cannot be stored"):
        codec.dumps({1, 2})

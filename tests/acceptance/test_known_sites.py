"""What the detection must reach on scenes that this project did not make. Thresholds were chosen with these in view:
they keep the quality, they do not prove it on new ground."""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Transformer
from shapely.geometry import shape

from sitewatch.app.detect import detect
from sitewatch.app.scenes import add_scenes, footprint
from sitewatch.app.site import add_site
from sitewatch.case import Case
from sitewatch.evaluate.objects import score_objects
from sitewatch.imagery.open import open_path

EYE = Path(__file__).parent.parent / "data" / "romania_eye.geojson"


def detected(case_folder: Path, images: Path) -> list[dict]:
    """Features of the events found in `images`, over their own extent."""
    case = Case.create(case_folder)
    add_site(case, "site", footprint(open_path(images).scenes[0]))
    add_scenes(case, [images])
    detect(case)
    return json.loads((case.out / "events.geojson").read_text())["features"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "f1", "gsd"), [("site11_3m", 0.65, 3), ("site12_3m", 0.65, 3), ("site11_10m", 0.55, 10)]
)
def test_independent_simulator(shared_data: Path, tmp_path: Path, name: str, f1: float, gsd: float) -> None:
    folder = shared_data / "simulated_sites"
    truth = json.loads((folder / f"truth_{name}.geojson").read_text())["features"]
    # The scenes are shifted at random, so one common offset may be taken off.
    result = score_objects(detected(tmp_path / "case", folder / name), truth, search_m=4 * gsd)
    assert result.f1() >= f1
    assert sum(p.dated for p in result.pairs) >= 0.85 * len(result.pairs)


@pytest.mark.slow
def test_no_construction_in_ten_aerial_images(shared_data: Path, tmp_path: Path) -> None:
    # A corner of the scene: water and crops change there from year to year.
    images = shared_data / "naip_nd_10dates"
    case = Case.create(tmp_path / "case")
    west, south, east, north = footprint(open_path(images).scenes[0]).bounds
    add_site(case, "prairie", shapely.box(west, south, (west + east) / 2, (south + north) / 2))
    add_scenes(case, [images])
    (found,) = detect(case)
    assert len(found.events) <= 1


@pytest.fixture(scope="session")
def real_events(real_series: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    """Events of the demo's real series."""
    return detected(tmp_path_factory.mktemp("real") / "case", real_series)


@pytest.fixture(scope="session")
def looks(real_events: list[dict]) -> list[str]:
    """Days on which the demo series shows the site, as the events name them."""
    return sorted({e["properties"][k] for e in real_events for k in ("gap_start", "gap_end")})


TO_METRES = Transformer.from_crs(4326, 3035, always_xy=True)


def flat(feature: dict) -> shapely.Geometry:
    """Outline in metres."""
    return shapely.transform(
        shape(feature["geometry"]), lambda xy: np.stack(TO_METRES.transform(*xy.T), axis=1)
    ).buffer(0)


def seen(eye: dict, events: list[dict], looks: list[str]) -> list[int]:
    """Events that share at least a third of the smaller outline with an eye entry and allow its dates, with one
    look of slack on either side."""
    place = flat(eye)
    before = [d for d in looks if d < eye["properties"]["gap_start"]]
    after = [d for d in looks if d > eye["properties"]["gap_end"]]
    start = before[-1] if before else "0000"
    end = after[0] if after else "9999"
    result = []
    for i, event in enumerate(events):
        p = event["properties"]
        dated = (p["not_before"] or "0000") <= end and (p["not_after"] or "9999") >= start
        if not dated:
            continue
        outline = flat(event)
        shared = outline.intersection(place.buffer(3)).area
        if shared >= 0.35 * min(outline.area, place.area):
            result.append(i)
    return result


@pytest.mark.slow
def test_the_road_is_found_in_its_gap(real_events: list[dict]) -> None:
    road = next(f for f in json.loads(EYE.read_text())["features"] if f["properties"]["id"] == "road")
    gaps = [
        (e["properties"]["gap_start"], e["properties"]["gap_end"])
        for e in real_events
        if flat(e).intersection(flat(road).buffer(15)).area > 0.5 * flat(e).area
    ]
    assert ("2016-10-14", "2017-04-02") in gaps


@pytest.mark.slow
def test_clearings_seen_by_eye_are_found(real_events: list[dict], looks: list[str]) -> None:
    eye = json.loads(EYE.read_text())["features"]
    sure = [f for f in eye if f["properties"]["certain"] and f["properties"]["what"] == "clearing"]
    hits = [seen(f, real_events, looks) for f in sure]
    assert sum(bool(h) for h in hits) >= 0.75 * len(sure)
    of_any = {i for f in eye for i in seen(f, real_events, looks)}
    assert len(real_events) - len(of_any) <= 0.2 * len(real_events)

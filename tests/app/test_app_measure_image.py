"""Outlines drawn on a screenshot, from files to values."""

import json
from math import log
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from pyproj import Geod

from sitewatch.app.measure_image import Asked, measure_image
from sitewatch.cli import main
from sitewatch.errors import DataError, UsageError
from sitewatch.types import Value
from sitewatch.types.known_edge import KnownEdge

HALL = [[20, 20], [120, 20], [120, 70], [20, 70]]
SHED = [[150, 30], [190, 30], [190, 55], [150, 55]]


def features(*named: tuple[str, list[list[float]]], pixels: bool = True) -> dict[str, Any]:
    made = [
        {
            "type": "Feature",
            "properties": {"name": n},
            "geometry": {"type": "Polygon", "coordinates": [[*r, r[0]]]},
        }
        for n, r in named
    ]
    return {"type": "FeatureCollection", **({"crs": None} if pixels else {}), "features": made}


@pytest.fixture
def shot(tmp_path: Path) -> Path:
    """A picture of 200 x 100 pixels without a place, and outlines of two roofs on it."""
    import cv2

    rng = np.random.default_rng(1)
    cv2.imwrite(str(tmp_path / "shot.png"), rng.integers(0, 255, (100, 200, 3)).astype(np.uint8))
    (tmp_path / "roofs.geojson").write_text(json.dumps(features(("hall", HALL), ("shed", SHED))))
    return tmp_path / "shot.png"


def values(shot: Path, **asked: Any) -> dict[tuple[str, str], Value]:
    done = measure_image(Asked(shot, shot.with_name("roofs.geojson"), **asked))
    return {(m.object_id, m.quantity): m.value for m in done.measurements}


def test_by_pixel_size(shot: Path) -> None:
    found = values(shot, gsd=0.5, gsd_sigma=0.02)
    area, length = found["hall", "area"], found["hall", "length"]
    assert area.value == pytest.approx(100 * 50 * 0.25)
    assert area.budget["pixel size"] == pytest.approx(0.08 * area.value)
    assert length.value == pytest.approx(50.0)
    assert length.budget["pixel size"] == pytest.approx(0.04 * 50)
    assert found["shed", "width"].value == pytest.approx(12.5)


def test_the_ratio_does_not_know_the_scale(shot: Path) -> None:
    sure, unsure = values(shot, gsd=0.5), values(shot, gsd=0.7, gsd_sigma=0.2)
    key = ("shed/hall", "ratio")
    assert sure[key].value == pytest.approx(0.2)
    assert (sure[key].low, sure[key].high) == pytest.approx((unsure[key].low, unsure[key].high))
    assert (
        unsure["hall", "area"].high / unsure["hall", "area"].low
        > sure["hall", "area"].high / sure["hall", "area"].low
    )
    other_way = values(shot, gsd=0.5, against="shed")["hall/shed", "ratio"]
    assert log(other_way.high) == pytest.approx(-log(sure[key].low))


def test_by_a_known_edge(shot: Path) -> None:
    found = values(shot, known=(KnownEdge((20, 20), (120, 20), 42.0, 0.5),))
    assert found["hall", "length"].value == pytest.approx(42.0)
    relative = found["hall", "area"].budget["pixel size"] / found["hall", "area"].value
    assert relative == pytest.approx(2 * np.hypot(0.5 / 42, 2**0.5 / 100))


def test_by_control_points_on_the_ellipsoid(shot: Path) -> None:
    # plate carree: 1e-5 degrees a pixel at 60 degrees north, so pixels half as wide as high
    corners = [(0, 0), (200, 0), (200, 100), (0, 100)]
    rows = "\n".join(f"{c},{r},{10 + c * 1e-5},{60 - r * 1e-5}" for c, r in corners)
    points = shot.with_name("p.csv")
    points.write_text(f"col,row,lon,lat\n{rows}\n")
    done = measure_image(Asked(shot, shot.with_name("roofs.geojson"), gcps=points, gsd=0.8))
    found = {(m.object_id, m.quantity): m.value for m in done.measurements}
    ring = [(10 + c * 1e-5, 60 - r * 1e-5) for c, r in HALL]
    area, _ = Geod(ellps="WGS84").polygon_area_perimeter(*zip(*ring, strict=True))
    assert found["hall", "area"].value == pytest.approx(abs(area), rel=1e-4)
    assert found["hall", "length"].value == pytest.approx(100 * 0.558, rel=2e-3)
    assert found["hall", "width"].value == pytest.approx(50 * 1.114, rel=2e-3)
    assert any("not 0.8 m as stated by --gsd" in n for n in done.notes)
    assert any("residual" in n for n in done.notes)
    # the same outlines in longitude and latitude
    placed = [[10 + c * 1e-5, 60 - r * 1e-5] for c, r in HALL]
    shot.with_name("roofs.geojson").write_text(json.dumps(features(("hall", placed), pixels=False)))
    again = values(shot, gcps=points)
    assert again["hall", "area"].value == pytest.approx(found["hall", "area"].value, rel=1e-5)
    told = measure_image(
        Asked(
            shot, shot.with_name("roofs.geojson"), gcps=points, known=(KnownEdge((20, 20), (120, 20), 70, 1),)
        )
    )
    assert any("an edge of 70 m" in n and "is 55.8 m" in n for n in told.notes)


def test_traced_twice(shot: Path) -> None:
    wider = [[20, 20], [124, 20], [124, 70], [20, 70]]
    shot.with_name("roofs.geojson").write_text(json.dumps(features(("hall", HALL), ("hall", wider))))
    area = values(shot, gsd=0.5)["hall", "area"]
    assert area.value == pytest.approx(1250 * 1.04**0.5)
    assert area.budget["tracing"] == pytest.approx(area.value * log(1.04) / 2**0.5)


def test_intervals_hold(shot: Path) -> None:
    # outlines drawn with all edges off by a normal error of one pixel, scales by one of 4 %
    rng = np.random.default_rng(3)
    held, ratios = [], []
    for _ in range(150):
        (h, s), scale = rng.normal(0, 1, 2), 0.5 * (1 + rng.normal(0, 0.04))
        hall = [[20 - h, 20 - h], [120 + h, 20 - h], [120 + h, 70 + h], [20 - h, 70 + h]]
        shed = [[150 - s, 30 - s], [190 + s, 30 - s], [190 + s, 55 + s], [150 - s, 55 + s]]
        shot.with_name("roofs.geojson").write_text(json.dumps(features(("hall", hall), ("shed", shed))))
        found = values(shot, gsd=scale, gsd_sigma=0.04 * scale)
        held.append(found["hall", "area"].low <= 1250 <= found["hall", "area"].high)
        ratios.append(found["shed/hall", "ratio"].low <= 0.2 <= found["shed/hall", "ratio"].high)
    assert 0.84 <= np.mean(held) <= 0.96
    assert 0.84 <= np.mean(ratios) <= 0.97


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (features(("hall", HALL), pixels=False), "no place on the ground"),
        (features(("hall", [[0, 0], [900, 0], [900, 9]])), "beyond the image's 200 columns and 100 rows"),
        (features(("hall", [[0, 0], [10, 10], [10, 0], [0, 10]])), "crosses itself"),
        (features(), "no outline"),
    ],
)
def test_bad_outlines(shot: Path, document: dict[str, Any], message: str) -> None:
    shot.with_name("roofs.geojson").write_text(json.dumps(document))
    with pytest.raises(DataError, match=message):
        values(shot, gsd=0.5)


def test_no_scale_and_no_such_outline(shot: Path) -> None:
    with pytest.raises(UsageError, match=r"--gsd-sigma.*--known.*--gcps"):
        values(shot)
    with pytest.raises(UsageError, match="expected one of: hall, shed"):
        values(shot, gsd=0.5, against="barn")


def test_from_the_command_line(shot: Path, tmp_path: Path) -> None:
    roofs = str(shot.with_name("roofs.geojson"))
    known = ["--known", "20", "20", "120", "20", "42", "0.5"]
    done = CliRunner().invoke(main, ["measure", str(shot), "--outline", roofs, *known, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    by_key = {(m["object_id"], m["quantity"]): m for m in told["measurements"]}
    assert by_key["hall", "length"]["value"] == 42.0
    assert by_key["shed/hall", "ratio"]["value"] == 0.2
    assert by_key["hall", "area"]["budget"]["pixel size"] > 0
    text = CliRunner().invoke(main, ["measure", str(shot), "--outline", roofs, "--gsd", "0.5"]).output
    assert "shed over hall" in text
    assert "--gsd-sigma" in text
    for arguments in (
        [str(shot)],
        [str(tmp_path), "--gsd", "1"],
        [str(shot), "--outline", roofs, "--gsd", "-1"],
    ):
        failed = CliRunner().invoke(main, ["measure", *arguments])
        assert failed.exit_code != 0
        assert "Traceback" not in failed.output

"""`sitewatch evaluate` on small files, on real SMART models, and on our own detections."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from sitewatch.app.detect import detect
from sitewatch.app.evaluate import METRICS
from sitewatch.case import Case
from sitewatch.cli import main
from sitewatch.cli.evaluate import METRICS as OFFERED

STEP = 0.0001
"""Degrees: about 11 m on the equator."""


def run(*args: Any) -> Result:
    return CliRunner().invoke(main, ["evaluate", *map(str, args)])


def feature(x: float, **properties: Any) -> dict[str, Any]:
    """A square of 2 x 2 steps at x."""
    ring = [(x, 0), (x + 2, 0), (x + 2, 2), (x, 2), (x, 0)]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [[(a * STEP, b * STEP) for a, b in ring]]},
        "properties": properties,
    }


def write(path: Path, *features: dict[str, Any], **members: Any) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **members}))
    return path


@pytest.fixture
def events(tmp_path: Path) -> Path:
    right = {
        "gap_start": "2024-04-01",
        "gap_end": "2024-05-01",
        "not_before": "2024-04-01",
        "not_after": "2024-05-01",
    }
    return write(
        tmp_path / "events.geojson",
        feature(0, id="1", kind="appeared", probability=0.9, **right),
        feature(10, id="2", kind="removed", probability=0.4, **right),
    )


@pytest.fixture
def truth(tmp_path: Path) -> Path:
    dates = {"t_true": "2024-04-20", "not_before": "2024-04-01", "not_after": "2024-05-01"}
    return write(
        tmp_path / "truth.geojson",
        feature(0, id="hall", kind="appeared", what="building", **dates),
        feature(20, id="crane", kind="removed", what="crane", **dates),
        feature(10, id="paint", kind="distractor", what="repaint"),
    )


def test_the_command_offers_what_the_application_knows() -> None:
    assert OFFERED == METRICS


def test_all_that_can_be_computed(events: Path, truth: Path) -> None:
    done = run(
        events, truth, "--gsd", 3, "--area-km2", 0.5, "--from", "2024-01-01", "--to", "2025-12-31", "--json"
    )
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert (told["events"], told["changes"]) == (2, 2)
    assert told["objects"]["overall"][0]["recall"]["value"] == 0.5
    assert told["dates"]["gap_right"]["value"] == 1
    assert told["alarms"]["rate"]["value"] == pytest.approx(1 / (0.5 * 730 / 365.25))
    assert told["alarms"]["by_reason"].keys() == {"distractor: repaint"}
    assert told["calibration"]["brier"]["value"] == pytest.approx((0.01 + 0.16) / 2)
    assert told["scot"][""]["removals"] == {"tp": 0, "fp": 1, "fn": 1}
    assert told["left_out"].keys() == {"smart"}


def test_words_and_files(events: Path, truth: Path, tmp_path: Path) -> None:
    out = tmp_path / "scores"
    done = run(events, truth, "-o", out)
    assert done.exit_code == 0, done.output
    assert "objects at IoU 0.25: F1 0.50" in done.output
    assert "recall crane: 0.00" in done.output
    assert "not computed: false-alarms: false alarms need an exposure" in done.output
    assert json.loads((out / "evaluation.json").read_text())["changes"] == 2
    for name in ("reliability.png", "sizes.png"):
        with Image.open(out / name) as picture:
            assert min(picture.size) > 500


def test_an_area_of_interest_gives_the_exposure(events: Path, truth: Path, tmp_path: Path) -> None:
    aoi = write(tmp_path / "aoi.geojson", feature(0))
    done = run(
        events,
        truth,
        "--metric",
        "false-alarms",
        "--aoi",
        aoi,
        "--from",
        "2024-01-01",
        "--to",
        "2025-01-01",
        "--json",
    )
    # 2 steps of 11.057 m of latitude by 11.132 m of longitude, 366 days
    expected = 22.115 * 22.264 / 1e6 * 366 / 365.25
    assert json.loads(done.output)["alarms"]["rate"]["exposure"] == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--metric", "false-alarms"], "need an exposure"),
        (["--metric", "smart"], "need SMART site models on both sides"),
        (
            ["--metric", "false-alarms", "--area-km2", 1, "--from", "2024-02-01", "--to", "2024-01-01"],
            "both above 0",
        ),
        (["--metric", "nonsense"], "'nonsense' is not one of"),
        (["--iou", "0.1"], "0.1 is not in the range"),
    ],
)
def test_one_line_says_what_is_missing(events: Path, truth: Path, args: list[Any], says: str) -> None:
    done = run(events, truth, *args)
    assert done.exit_code in (1, 2)
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.exception is None or isinstance(done.exception, SystemExit)


def test_files_that_do_not_go_together(events: Path, truth: Path, tmp_path: Path) -> None:
    pixels = write(tmp_path / "pixels.geojson", feature(0, kind="appeared"), crs=None)
    assert "pixels.geojson is in pixels and" in run(pixels, truth).stderr
    metres = write(
        tmp_path / "metres.geojson",
        *[
            {
                **feature(0, kind="appeared"),
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [[(5e5, 5e6), (5e5 + 9, 5e6), (5e5, 5e6 + 9), (5e5, 5e6)]],
                },
            }
        ],
    )
    assert "expected longitude and latitude" in run(metres, truth).stderr
    half = write(tmp_path / "half.geojson", feature(0, kind="appeared"), feature(5))
    assert "1 of 2 features have no `kind`" in run(half, truth).stderr
    assert "does not exist" in run(tmp_path / "nothing.geojson", truth).stderr
    undated = write(tmp_path / "undated.geojson", feature(0, kind="appeared"))
    assert "is dated on both sides" in run(undated, truth, "--metric", "dates").stderr


def test_plain_outlines_count_as_appeared(truth: Path, tmp_path: Path) -> None:
    done = run(write(tmp_path / "plain.geojson", feature(0)), truth, "--metric", "objects")
    assert "states no `kind`: all 1 outlines are taken as appeared" in done.output
    assert "recall appeared: 1.00" in done.output


def test_label_folders(tmp_path: Path) -> None:
    for side in ("ours", "theirs"):
        (tmp_path / side).mkdir()
        write(tmp_path / side / "a_2018_01.geojson", feature(0, Id=1))
        write(tmp_path / side / "a_2018_02.geojson", feature(0, Id=1), feature(10, Id=2))
        write(tmp_path / side / "a_2018_03.geojson", feature(10, Id=2))
    done = run(tmp_path / "ours", tmp_path / "theirs", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["mean_scot"] == 1
    assert told["scot"]["theirs"]["removals"] == {"tp": 1, "fp": 0, "fn": 0}
    assert told["objects"]["recall_by_kind"].keys() == {"appeared", "removed"}
    assert told["dates"]["gap_right"]["value"] == 1


def test_smart_tables(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "iarpa_smart"
    proposals = tmp_path / "proposals"
    proposals.mkdir()
    for file in (folder / "proposals").glob("BR_*.geojson"):
        shutil.copy(file, proposals)
    done = run(proposals, folder / "truth", "--metric", "smart", "-o", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "SMART BR_R002 broad-area search, overall: precision 0.5, recall 0.6667, F1 0.5714" in done.output
    made = (tmp_path / "out" / "BR_R002" / "sm_sites.csv").read_text()
    assert (
        made.splitlines()
        == (folder / "golden" / "BR_R002" / "poly" / "sm_sites.csv").read_text().splitlines()
    )


@pytest.mark.slow
def test_a_case_against_the_truth_of_its_simulation(small_case: Path, tmp_path: Path) -> None:
    case = tmp_path / "case"
    shutil.copytree(small_case, case)
    detect(Case.open(case))
    done = run(case, small_case.parent / "scenes", "--gsd", 3, "--search", 6, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert told["changes"] > 0
    assert told["objects"]["overall"][0]["recall"]["count"] >= 1

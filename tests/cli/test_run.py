"""detect, measure, report and run as a user types them, on a small simulated case and on bad ones."""

import json
import shutil
from pathlib import Path

import pytest

from sitewatch.case import Case
from sitewatch.cli import main


@pytest.fixture
def sitewatch(capsys: pytest.CaptureFixture[str]) -> "Caller":
    return Caller(capsys)


class Caller:
    """Calls the program and gives exit code, standard output and standard error."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *args: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main.main([str(a) for a in args], prog_name="sitewatch")
        out, err = self._capsys.readouterr()
        return int(caught.value.code or 0), out, err


@pytest.fixture(autouse=True)
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small figures: what they show is tested elsewhere."""
    monkeypatch.setattr("sitewatch.report.figures.style.DPI", 40)
    monkeypatch.setattr("sitewatch.report.figures.furniture.DPI", 40)


@pytest.fixture
def case(small_case: Path, tmp_path: Path) -> Path:
    shutil.copytree(small_case, tmp_path / "case")
    return tmp_path / "case"


@pytest.fixture(scope="session")
def run_case(small_case: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small case after `run`."""
    from sitewatch.app.run import run

    case = tmp_path_factory.mktemp("ran") / "case"
    shutil.copytree(small_case, case)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sitewatch.report.figures.style.DPI", 40)
        patch.setattr("sitewatch.report.figures.furniture.DPI", 40)
        run(Case.open(case), command="sitewatch run case")
    return case


def state(case: Path) -> dict[str, tuple[bytes, int]]:
    files = [f for f in case.rglob("*") if f.is_file() and f.name != ".lock"]
    return {str(f.relative_to(case)): (f.read_bytes(), f.stat().st_mtime_ns) for f in files}


def test_one_step_after_the_other(sitewatch: Caller, case: Path) -> None:
    code, out, err = sitewatch("detect", case)
    assert (code, err) == (0, "")
    assert "events in" in out
    events = json.loads((case / "out" / "events.geojson").read_text())
    assert events["schema"] == "sitewatch/events"
    assert len(events["features"]) > 0

    code, out, err = sitewatch("measure", case)
    assert (code, err) == (0, "")
    assert "unchecked" in out
    document = json.loads((case / "out" / "measurements.json").read_text())
    assert (document["schema"], document["version"]) == ("sitewatch/measurements", 1)
    rows = {(m["object_id"], m["quantity"]): m for m in document["measurements"]}
    outlines = 0
    for feature in events["features"]:
        told = feature["properties"]
        area = rows[told["id"], "area"]
        assert (area["unit"], area["level"], area["checked"], area["site"]) == ("m2", 0.9, False, "shed")
        if area["method"].startswith("box"):  # fitted to the new shed, 110 x 60 m, whatever its outline
            assert area["low"] <= 6600 <= area["high"]
            continue
        outlines += 1
        assert area["value"] == pytest.approx(told["area_m2"], abs=0.06)
        assert area["low"] == pytest.approx(told["area_m2_low"], abs=0.06)
        assert {q for i, q in rows if i == told["id"]} == {"area", "perimeter", "length", "width"}
        assert set(area["budget"]) == {"edge", "registration", "pixel size"}
        assert area["scenes"] == told["scenes"]
    assert outlines

    code, out, err = sitewatch("report", case, "--title", "A shed", "--json")
    assert (code, err) == (0, "")
    html = Path(json.loads(out)["report"]).read_text()
    assert "A shed" in html
    assert "imulated" in html


def test_run_says_what_it_did_and_does_nothing_twice(sitewatch: Caller, case: Path) -> None:
    code, out, err = sitewatch("run", case)
    assert (code, err) == (0, "")
    assert out.splitlines()[:3] == ["detect: done", "measure: done", "report: done"]
    before = state(case)
    code, out, err = sitewatch("run", case)
    assert (code, err) == (0, "")
    assert out.splitlines()[:3] == ["detect: already done", "measure: already done", "report: already done"]
    assert state(case) == before


def test_a_deleted_result_comes_back_as_it_was(sitewatch: Caller, run_case: Path, tmp_path: Path) -> None:
    case = tmp_path / "case"
    shutil.copytree(run_case, case)
    events = (case / "out" / "events.geojson").read_bytes()
    shutil.rmtree(case / "out")
    code, out, _ = sitewatch("run", case, "--json")
    assert code == 0
    assert set(json.loads(out)["steps"].values()) == {"done"}
    assert (case / "out" / "events.geojson").read_bytes() == events
    assert not [e for e in Case.open(case).history()[4:] if e.action == "detect"], "detected a second time"


def test_a_new_scene_is_taken_up(sitewatch: Caller, run_case: Path, tmp_path: Path) -> None:
    case = tmp_path / "case"
    shutil.copytree(run_case, case)
    files = {f.name: f.stat().st_mtime_ns for f in (case / "cache").rglob("*.tif")}
    scene = Case.open(case).scenes("shed")[-1].id
    assert sitewatch("scenes", "remove", case, scene)[0] == 0
    code, out, _ = sitewatch("run", case)
    assert code == 0
    assert out.splitlines()[0] == "detect: done"
    kept = {f.name: f.stat().st_mtime_ns for f in (case / "cache").rglob("*.tif")}
    assert files.items() <= kept.items()


def test_events_keep_their_ids_over_runs(sitewatch: Caller, run_case: Path, tmp_path: Path) -> None:
    case = tmp_path / "case"
    shutil.copytree(run_case, case)
    before = (case / "out" / "events.geojson").read_bytes()
    assert sitewatch("detect", case)[0] == 0
    assert sitewatch("detect", case)[0] == 0
    assert (case / "out" / "events.geojson").read_bytes() == before


@pytest.fixture
def bad(small_case: Path, tmp_path: Path) -> dict[str, Path]:
    """Cases that cannot be run, by what is wrong."""
    shutil.copytree(small_case, tmp_path / "one")
    one = Case.open(tmp_path / "one")
    one.remove_scenes("shed", [s.id for s in one.scenes("shed")[1:]])
    shutil.copytree(small_case, tmp_path / "none")
    none = Case.open(tmp_path / "none")
    none.remove_scenes("shed", [s.id for s in none.scenes("shed")])
    Case.create(tmp_path / "empty")
    (tmp_path / "folder").mkdir()
    return {"no site": tmp_path / "empty", "no scene": tmp_path / "none", "one image": tmp_path / "one"} | {
        "no case": tmp_path / "folder"
    }


@pytest.mark.parametrize("command", ["run", "detect", "measure", "report"])
@pytest.mark.parametrize("what", ["no site", "no scene", "one image", "no case"])
def test_a_bad_case_is_one_line_and_unharmed(
    sitewatch: Caller, bad: dict[str, Path], what: str, command: str
) -> None:
    case = bad[what]
    before = {name: content for name, content in state(case).items() if not name.startswith("cache")}
    code, out, err = sitewatch(command, case)
    assert (code, out) == (1, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert "sitewatch" in err, "the line says what to do"
    after = {name: content for name, content in state(case).items() if not name.startswith("cache")}
    assert after == before


@pytest.mark.parametrize(
    "args",
    [["run"], ["detect", "--workers", "0", "CASE"], ["run", "CASE", "--site", "x"], ["compare", "a.tif"]],
)
def test_wrong_usage_ends_with_two(sitewatch: Caller, run_case: Path, args: list[str]) -> None:
    code, _, err = sitewatch(*(run_case if a == "CASE" else a for a in args))
    assert (code, err.count("\n")) == (2, 1)


def test_a_site_that_is_not_there(sitewatch: Caller, run_case: Path) -> None:
    code, _, err = sitewatch("detect", run_case, "--site", "elsewhere")
    assert (code, err.count("\n")) == (2, 1)
    assert "shed" in err


def test_a_missing_image_is_not_taken_for_a_case(sitewatch: Caller, tmp_path: Path) -> None:
    gone = tmp_path / "shot.png"
    code, _, err = sitewatch("measure", gone, "--outline", tmp_path / "roofs.geojson", "--gsd", "0.5")
    assert (code, err.count("\n")) == (2, 1)
    assert err.startswith(f"error: {gone} does not exist")

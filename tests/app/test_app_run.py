"""What the verbs promise beyond what a user sees on one small case."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sitewatch.app.align import align
from sitewatch.app.detect import detect, detections, detector_of, is_done
from sitewatch.app.measure import measure
from sitewatch.app.report import report
from sitewatch.app.run import run
from sitewatch.case import Case
from sitewatch.errors import DataError, UsageError
from sitewatch.types import Licence


@pytest.fixture
def case(small_case: Path, tmp_path: Path) -> Case:
    shutil.copytree(small_case, tmp_path / "case")
    return Case.open(tmp_path / "case")


def test_scenes_know_that_they_are_simulated(case: Case) -> None:
    scene = case.scenes("shed")[0]
    assert scene.simulated
    assert scene.sensor == "planetscope"
    assert scene.licence.credit_line == "Simulated imagery (sitewatch)"
    # A credit that the user gives does not make them real.
    other = replace(scene, licence=Licence(credit_line="Image: somebody"))
    assert other.simulated
    assert not replace(other, notes=()).simulated


def test_two_workers_find_what_one_finds(case: Case, small_case: Path, tmp_path: Path) -> None:
    shutil.copytree(small_case, tmp_path / "other")
    other = Case.open(tmp_path / "other")
    detect(case)
    detect(other, workers=2)
    assert (case.out / "events.geojson").read_bytes() == (other.out / "events.geojson").read_bytes()


def test_windows_in_two_processes_show_what_one_window_shows(case: Case) -> None:
    (site,) = case.sites()
    aligned = align(case, site)
    one, _, _ = detections(case, site, aligned)
    many, _, _ = detections(case, site, aligned, side=96, workers=2)
    assert one
    assert [(e.id, e.kind, e.gap.start, e.gap.end, e.scenes) for e in one] == [
        (e.id, e.kind, e.gap.start, e.gap.end, e.scenes) for e in many
    ]
    for a, b in zip(one, many, strict=True):
        assert a.outline.symmetric_difference(b.outline).area < 1e-3 * 3 * a.outline.length
        assert a.probability == pytest.approx(b.probability, abs=1e-4)
        assert a.posterior.best.probability == pytest.approx(b.posterior.best.probability, abs=1e-4)


def test_areas_are_those_that_measure_gives(case: Case) -> None:
    """Where `measure` fits no box; where it does, its own is the hall's, 110 x 60 m."""
    (found,) = detect(case)
    (measured,) = measure(case)
    areas = {m.object_id: m.value for m in measured.measurements if m.quantity == "area"}
    assert areas.keys() == {e.id for e in found.events}
    outlines = [e for e in found.events if areas[e.id].method.startswith("outline")]
    assert outlines
    for event in outlines:
        value = areas[event.id]
        assert (event.area_m2, event.area_m2_low, event.area_m2_high) == (value.value, value.low, value.high)
    for value in (v for v in areas.values() if v.method.startswith("box")):
        assert value.low <= 6600 <= value.high
    assert measured.unchecked == len(found.events)
    assert case.measurements("shed") == list(measured.measurements)


def test_an_analysts_outline_is_checked_and_uncalibrated(case: Case) -> None:
    (found,) = detect(case)
    case.put_event(replace(found.events[0], id="drawn", origin="analyst"))
    (measured,) = measure(case)
    drawn = [m for m in measured.measurements if m.object_id == "drawn"]
    assert len(drawn) == 4
    assert all(m.checked and m.value.calibrated_on == "not calibrated" for m in drawn)
    assert measured.unchecked == len(found.events)


def test_nothing_is_reported_that_was_not_looked_for(case: Case) -> None:
    with pytest.raises(DataError, match="nothing was looked for"):
        report(case, command="sitewatch report case")
    with pytest.raises(DataError, match="nothing was looked for"):
        measure(case)
    assert not (case.out / "report.html").exists()
    assert not (case.out / "measurements.json").exists()


def test_scenes_that_were_set_aside_are_named_where_too_few_remain(case: Case) -> None:
    scenes = case.scenes("shed")
    case.remove_scenes("shed", [s.id for s in scenes[1:]])
    with pytest.raises(DataError, match="needs at least 2"):
        detect(case)
    assert case.steps() == {}
    assert case.events("shed") == []


def test_documents_are_optional_and_resumed(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which steps are done again after which change; the report itself is replaced."""
    from sitewatch.app.docs import add_documents
    from sitewatch.app.judge import grade, write_template
    from sitewatch.app.report import Reported

    def written(case: Case, **_: object) -> Reported:
        (case.out / "figures").mkdir(exist_ok=True)
        return Reported(case.project("report.html", "a report"), case.out / "figures", 0)

    def steps(**how: str) -> dict[str, bool]:
        done = run(case, command="sitewatch run case", **how)  # type: ignore[arg-type]
        assert all(f.is_file() for f in done.files)
        return dict(done.steps)

    monkeypatch.setattr("sitewatch.app.run.report", written)
    assert steps(until="measure") == {"detect": False, "measure": False}
    assert steps() == {"detect": True, "measure": True, "report": False}, "no documents, no empty steps"
    text = tmp_path / "text.txt"
    text.write_text("The new shed was built in May 2024, an analyst said.\n")
    add_documents(case, [str(text)])
    first = {"detect": True, "measure": True, "claims": False, "assess": False, "report": False}
    assert steps() == first
    again = dict.fromkeys(first, True)
    assert steps() == again
    grade(case, case.documents()[0].id, "B2", "a test")
    assert steps() == again | {"assess": False, "report": False}
    write_template(case)
    assert steps() == again | {"assess": False, "report": False}
    case.gazetteer.write_text("objects:\n  shed: [new shed]\n")
    assert steps(until="claims") == {"detect": True, "measure": True, "claims": False}
    assert steps() == again | {"assess": False, "report": False}
    (case.out / "claims.json").write_text("damaged")
    assert steps() == again | {"claims": False}
    with pytest.raises(UsageError, match="no step"):
        steps(until="lunch")


@pytest.mark.parametrize("detector", ["net-1", "steps-1", "both"])
def test_a_detector_that_was_asked_for_by_name_stays(case: Case, detector: str) -> None:
    """A later run neither detects again by another one nor reports another one's notes."""
    (found,) = detect(case, detector=detector)
    before = [(e.id, e.detector, e.gap) for e in case.events("shed")]
    assert {e.detector for e in found.events} <= ({"net-1", "steps-1"} if detector == "both" else {detector})
    assert detector_of(case, case.site("shed")) == detector
    assert is_done(case, case.site("shed"))
    run(case, command="sitewatch run case")
    assert [(e.id, e.detector, e.gap) for e in case.events("shed")] == before

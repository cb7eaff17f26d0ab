"""What would have been found at a small simulated site, and what follows from it for a claim."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from sitewatch.app import detectability
from sitewatch.app.assess import grounds
from sitewatch.app.detect import detect
from sitewatch.app.detectability import FILE, known_detectability, work_out
from sitewatch.case import Case
from sitewatch.cli import main
from sitewatch.errors import DataError
from sitewatch.evaluate.intervals import wilson
from sitewatch.formats.detectability_json import Worked, dump_detectability, load_detectability
from sitewatch.types import Detectability, Recall


@pytest.fixture(scope="module")
def looked(small_case: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small case with its events."""
    folder = tmp_path_factory.mktemp("looked") / "case"
    shutil.copytree(small_case, folder)
    detect(Case.open(folder), detector="steps-1")
    return folder


def test_boxes_are_inserted_found_and_told(looked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detectability, "SIZES", (6.0, 40.0, 5000.0))
    monkeypatch.setattr(detectability, "AT_ONCE", 3)
    monkeypatch.setattr(detectability, "APART", 4)
    case = Case.open(looked)
    (site,) = case.sites()
    made = work_out(case, each=5)
    assert [w.known.kind for w in made] == ["appeared", "removed"]
    for one in made:
        assert one.tried == (5, 5)
        small, large = one.known.recalls
        assert (small.low, small.high) == wilson(one.found[0], 5)
        assert large.area_m2 == pytest.approx(40 * 100)
        assert one.found[1] >= 3  # 4,000 m2; for 500,000 m2 there is no room
        days = sorted(s.acquired.date() for s in case.scenes(site.name))
        assert days[0] < one.known.start < one.known.end < days[-1]
    # By command; the runs are found again.
    words = ["assess", "detectability", str(looked), "--each", "5"]
    done = CliRunner().invoke(main, words, catch_exceptions=False)
    low = made[0].known.recalls[1].low
    assert f"{made[0].found[1]} of 5 found (90 %: {low:.2f} to " in done.output
    told = json.loads(CliRunner().invoke(main, [*words, "--json"]).stdout)
    assert [s["found"] for s in told["sites"][0]["sizes"]] == list(made[0].found)
    assert known_detectability(case, site) == tuple(w.known for w in made)
    assert grounds(case)[0].detectability == tuple(w.known for w in made)
    # other scenes: it no longer holds
    case.remove_scenes(site.name, [case.scenes(site.name)[0].id])
    assert known_detectability(case, site) == ()


def test_a_site_too_large_for_memory_is_refused(looked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detectability.series, "MAX_LOOKS", 1000)
    case = Case.open(looked)
    detect(case, detector="net-1")
    with pytest.raises(DataError, match="take a part of the ground"):
        work_out(case)


def test_it_needs_a_detection(small_case: Path) -> None:
    with pytest.raises(DataError, match="nothing was detected yet"):
        work_out(Case.open(small_case))


KNOWN = Detectability(
    "works",
    "appeared",
    date(2024, 1, 1),
    date(2025, 1, 1),
    (Recall(108, 0.5, 0.7), Recall(270, 0.9, 1.0)),
    "boxes",
)


def test_the_file_holds_what_was_worked_out(tmp_path: Path) -> None:
    rows = (Worked("key", KNOWN, (24, 40), (40, 40)),)
    file = tmp_path / FILE
    file.write_text(dump_detectability(rows))
    assert load_detectability(file) == rows


@pytest.mark.parametrize(
    "change", ["", "[]", "{}", None, ("start", "soon"), ("sizes", 3), ("sizes", [{"area_m2": -1}])]
)
def test_a_damaged_file_is_refused_in_one_line(tmp_path: Path, change: object) -> None:
    table = json.loads(dump_detectability((Worked("key", KNOWN, (24, 40), (40, 40)),)))
    if isinstance(change, tuple):
        table["sites"][0][change[0]] = change[1]
        text = json.dumps(table)
    else:
        text = change if isinstance(change, str) else json.dumps(table | {"version": 99})
    (tmp_path / FILE).write_text(text)
    with pytest.raises(DataError) as refused:
        load_detectability(tmp_path / FILE)
    assert "\n" not in str(refused.value)
    assert "work it out anew" in str(refused.value)

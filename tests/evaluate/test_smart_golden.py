"""SMART metrics against the tables that the programme's own scorer wrote for region BR_R002: every cell."""

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from sitewatch.evaluate import smart_phases as phases
from sitewatch.evaluate import smart_tables as tables
from sitewatch.evaluate.smart_points import PointOptions, PointSearch, search_points
from sitewatch.evaluate.smart_search import MODES, Search, SearchOptions, search
from sitewatch.evaluate.smart_stack import Stack, stack
from sitewatch.formats.smart_sites import read_points, read_region, read_sites

REGION = "BR_R002"


class Given:
    """Inputs of the region, read once."""

    def __init__(self, folder: Path) -> None:
        self.golden = folder / "golden" / REGION
        self.region = read_region(folder / "truth" / "region_models" / f"{REGION}.geojson")
        self.truths = self._stacks(folder / "truth" / "site_models")
        self.proposals = self._stacks(folder / "proposals")
        self.points = read_points(folder / "truth" / "point_based_annotations.geojson", REGION)

    def _stacks(self, folder: Path) -> list[Stack]:
        return [stack(s, self.region) for s in read_sites(folder) if s.site_id.startswith(REGION)]


@pytest.fixture(scope="module")
def given(shared_data: Path) -> Given:
    return Given(shared_data / "iarpa_smart")


def cell(value: Any) -> Any:
    """A cell as a number where it is one."""
    text = "" if value is None else str(value)
    try:
        return float(text)
    except ValueError:
        return text


def golden(path: Path) -> list[dict[str, Any]]:
    with path.open(newline="") as file:
        return [{k: cell(v) for k, v in row.items()} for row in csv.DictReader(file)]


def plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: cell(v) for k, v in row.items()} for row in rows]


def thresholds(name: str) -> dict[str, float | None]:
    """The parameters in a file's name."""
    found = re.findall(r"_(\w+?)=(None|[\d.]+?)(?=_|\.csv)", name)
    return {k: None if v == "None" else float(v) for k, v in found}


def options(name: str) -> SearchOptions:
    t = {k: v or 0.0 for k, v in thresholds(name).items()}
    return SearchOptions(
        t["tau"], t["rho"], t["tiop"], t["tiot"], t["ttiop"], t["ttiot"], t["minArea"], t["minScore"]
    )


def point_options(name: str) -> PointOptions:
    t = thresholds(name)
    return PointOptions((t["minSp"], t["cenSp"], t["maxSp"]), (t["minTem"], t["cenTem"], t["maxTem"]))


def runs(given: Given, kind: str) -> dict[str, Search | PointSearch]:
    """One run for each set of thresholds of which there is a table, by the end of the file's name."""
    folder = given.golden / kind / "bas"
    ends = [p.name.removeprefix("detections_") for p in sorted(folder.glob("detections_*.csv"))]
    if kind.startswith("point"):
        return {
            e: search_points(given.points, given.proposals, given.region, point_options(f"_{e}"))
            for e in ends
        }
    mode = kind.split("/")[1]
    return {e: search(given.truths, given.proposals, given.region, options(f"_{e}"), mode) for e in ends}


KINDS = [*(f"poly/{m}" for m in MODES), "point/overall"]


@pytest.mark.parametrize("kind", KINDS)
def test_broad_area_search(given: Given, kind: str) -> None:
    folder = given.golden / kind / "bas"
    found = runs(given, kind)
    assert len(found) == (20 if kind.startswith("point") else 47)
    for end, run in found.items():
        for name, table in (
            ("detections", tables.detections),
            ("proposals", tables.proposals),
            ("failAssoc", tables.failed),
            ("siteType", tables.site_types),
        ):
            assert plain(table(run)) == golden(folder / f"{name}_{end}"), f"{kind} {name} {end}"
    for name, table in (("scoreboard", tables.scores), ("f_scores", tables.f_scores)):
        mine = plain([table(run) for run in found.values()])
        # the order of the rows is that in which the scorer's processes finished
        assert sorted(mine, key=str) == sorted(golden(folder / f"{name}.csv"), key=str)
    (best,) = folder.glob("bestScore_*.csv")
    assert plain([tables.best([tables.scores(run) for run in found.values()])]) == golden(best)


def header(path: Path) -> list[str]:
    with path.open() as file:
        return next(csv.reader(file))


@pytest.mark.parametrize("kind", KINDS)
def test_columns_are_in_the_programmes_order(given: Given, kind: str) -> None:
    folder = given.golden / kind / "bas"
    end, run = next(iter(runs(given, kind).items()))
    for name, table in (("detections", tables.detections), ("proposals", tables.proposals)):
        assert list(table(run)[0]) == header(folder / f"{name}_{end}")
    for name, row in (("scoreboard", tables.scores(run)), ("f_scores", tables.f_scores(run))):
        assert list(row) == header(folder / f"{name}.csv")
    if rows := tables.failed(run):
        assert list(rows[0]) == header(folder / f"failAssoc_{end}")


def test_sites(given: Given) -> None:
    for kind in ("poly", "point"):
        assert plain(tables.sites(given.proposals)) == golden(given.golden / kind / "sm_sites.csv")
    assert plain(tables.sites(given.truths)) == golden(given.golden / "poly" / "gt_sites.csv")
    found = search_points(given.points, given.proposals, given.region)
    for rows in (tables.sites(given.truths), tables.points(found)):
        assert list(rows[0]) == header(given.golden / "poly" / "gt_sites.csv")
    assert plain(tables.points(found)) == golden(given.golden / "point" / "gt_sites.csv")


@pytest.mark.parametrize("mode", ["overall", "completed"])
def test_activity_classification(given: Given, mode: str) -> None:
    folder = given.golden / "poly" / mode / "phase_activity"
    sites = phases.classify(search(given.truths, given.proposals, given.region, mode=mode))
    assert len(sites) == 2
    expected = {p.name for p in folder.iterdir()}
    made = {
        "ac_confusion_matrix_all_sites.csv": phases.confusion([p for s in sites for p in s.pairs]),
        "ac_f1_all_sites.csv": phases.f1_table(sites),
        "ac_phase_table.csv": phases.phase_table(sites),
        "ac_temporal_error.csv": phases.onset_table(sites),
        "ac_tiou.csv": phases.tiou_table(sites),
    }
    for s in sites:
        f1 = {c: round(v, 4) for c, v in phases.phase_f1(s.pairs).items()}
        made |= {
            f"ac_confusion_matrix_{s.truth.id}.csv": phases.confusion(s.pairs),
            f"ac_f1_{s.truth.id}.csv": [{"": "F1 score", **f1}],
            f"ac_temporal_error_{s.truth.id}.csv": phases.onset_table([s]),
        }
    for name, rows in made.items():
        assert plain(rows) == golden(folder / name), name
    # no proposal predicts a phase to come: those tables of the programme are empty
    assert expected - made.keys() == {n for n in expected if n.startswith("ap_")}
    assert all((folder / n).read_text().strip() == '""' for n in expected - made.keys())

"""The demo's texts and what is bound by hand: verdicts follow from measurements, whatever these are."""

import json
from datetime import date
from pathlib import Path

import pytest
import shapely
from pyproj import Transformer

from sitewatch.app import demo_papers
from sitewatch.app.assess import assessed
from sitewatch.app.claims import read_claims
from sitewatch.app.judge import bind, grade
from sitewatch.app.site import add_site, aoi_from_point
from sitewatch.case import Case, judgement
from sitewatch.errors import DataError
from sitewatch.types import Assessment, Event, EventKind, Gap, GapPosterior, Measurement, Value, Verdict

LON, LAT = 127.6, 39.9
UTM = "EPSG:32652"
SITE = "Simulated factory"
X, Y = Transformer.from_crs(4326, 32652, always_xy=True).transform(LON, LAT)
PLACES = {
    "old hall": (-100, 0, 84, 36),
    "new-hall": (100, 0, 78, 25),
    "crane-removed": (0, 100, 30, 6),
    "worker-housing": (-100, -100, 70, 25),
    "tunnel-apron": (0, 160, 40, 40),
}
"""Metres east and north of the centre, width and height: as the truth of the scenario, in small."""


def box(x: float, y: float, width: float, height: float) -> shapely.Polygon:
    return shapely.box(X + x, Y + y, X + x + width, Y + y + height)


def event(name: str, kind: EventKind, outline: shapely.Polygon, start: date, end: date) -> Event:
    return Event(
        id=name, site=SITE, kind=kind, outline=outline, crs=UTM,
        posterior=GapPosterior((Gap(start, end, 1.0),)), probability=0.7, calibrated_on="a test",
        area_m2=outline.area, area_m2_low=outline.area, area_m2_high=outline.area, detector="test", scenes=(),
    )  # fmt: skip


@pytest.fixture
def scenes(tmp_path: Path) -> Path:
    to_wgs84 = Transformer.from_crs(UTM, 4326, always_xy=True)
    features = []
    for name, place in PLACES.items():
        corners = [to_wgs84.transform(x, y) for x, y in box(*place).exterior.coords]
        geometry = {"type": "Polygon", "coordinates": [corners]}
        features.append({"type": "Feature", "properties": {"id": name}, "geometry": geometry})
    folder = tmp_path / "scenes"
    folder.mkdir()
    (folder / "truth.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return folder


@pytest.fixture
def case(tmp_path: Path, scenes: Path) -> Case:
    """The prepared ground and the hall on it, the crane; no houses were found."""
    made = Case.create(tmp_path / "case")
    add_site(made, SITE, aoi_from_point(LON, LAT, 330))
    summer, spring = (date(2024, 7, 25), date(2024, 8, 23)), (date(2025, 5, 14), date(2025, 6, 23))
    appeared, removed, altered = EventKind.APPEARED, EventKind.REMOVED, EventKind.ALTERED
    made.put_event(event("001", appeared, box(80, -20, 118, 66), date(2024, 3, 8), date(2024, 5, 25)))
    made.put_event(event("002", appeared, box(102, 1, 75, 26), *summer))
    made.put_event(event("003", removed, box(2, 101, 30, 7), *spring))
    made.put_event(event("004", removed, box(-60, 60, 30, 30), *spring))
    made.put_event(event("005", altered, box(1, 162, 38, 40), date(2025, 6, 23), date(2025, 8, 20)))
    demo_papers.add_papers(made, scenes)
    read_claims(made)
    return made


def with_ratio(case: Case, low: float, value: float, high: float) -> Assessment:
    measured = Value(value, low, high, "1", "hand-made", calibrated_on="a test")
    case.set_measurements(SITE, [Measurement("002/old hall", "ratio", measured, ())])
    return assessed(case)


def verdict(found: Assessment, words: str) -> Verdict:
    (row,) = [r for r in found.claims if words in r.quote]
    return row.verdict


@pytest.mark.parametrize(
    ("measured", "the_size_of", "larger_than"),
    [
        ((0.62, 0.65, 0.68), Verdict.SUPPORTS, Verdict.CONTRADICTS),
        ((1.60, 1.65, 1.70), Verdict.CONTRADICTS, Verdict.SUPPORTS),
        ((0.97, 1.00, 1.03), Verdict.CONTRADICTS, Verdict.CONTRADICTS),
        ((0.32, 0.67, 1.26), Verdict.CANNOT_DECIDE, Verdict.CANNOT_DECIDE),
    ],
)
def test_the_verdict_follows_from_the_measurement(
    case: Case, scenes: Path, measured: tuple[float, float, float], the_size_of: Verdict, larger_than: Verdict
) -> None:
    demo_papers.judge_by_hand(case, scenes)
    found = with_ratio(case, *measured)
    assert verdict(found, "about 60-70 % the size of the old hall") is the_size_of
    assert verdict(found, "60-70 % larger than the old hall") is larger_than


def test_without_a_measurement_nothing_is_decided_on_sizes(case: Case, scenes: Path) -> None:
    demo_papers.judge_by_hand(case, scenes)
    found = assessed(case)
    assert verdict(found, "larger than the old hall") is Verdict.CANNOT_DECIDE


def test_the_texts_hold_what_the_story_needs(case: Case) -> None:
    found = case.claim_set()
    ratios = {
        c.quantity.text: (c.quantity.low, c.quantity.high) for c in found.claims if c.quantity is not None
    }
    assert sorted(ratios.values()) == [(0.6, 0.7), (1.6, 1.7)]
    (origin,) = found.origins
    assert len(origin.sources) == 2, "both retell one analysis"
    assert origin.declared
    assert any("the size of" in m.wordings and "larger than" in m.wordings for m in found.mutations)
    assert any(c.polarity == "negative" for c in found.claims), "a denial"
    assert any(h.text == "probably" for c in found.claims for h in c.hedges)
    assert {d.published[:10] for d in case.documents() if d.published} == {"2025-10-21", "2025-10-22"}


def test_words_are_bound_by_place_and_kind_with_a_basis(case: Case, scenes: Path) -> None:
    demo_papers.judge_by_hand(case, scenes)
    claims = {c.id: c for c in case.claim_set().claims}
    bound = judgement.bindings(case)
    meant = {(claims[i].subject, b.subject) for i, b in bound.items()}
    assert meant == {
        ("object:new-hall", "002"),  # not 001, the ground around it
        ("object:bridge-crane", "003"),
        ("object:tunnel-ground", "005"),
    }
    assert all("demo's analyst" in b.basis and b.by == "analyst" for b in bound.values())
    assert {b.comparand for i, b in bound.items() if claims[i].quantity is not None} == {"old hall"}
    found = assessed(case)
    assert verdict(found, "The new hall was built between late July") is Verdict.SUPPORTS
    assert verdict(found, "The new hall was built this year") is Verdict.CONTRADICTS
    assert verdict(found, "The bridge crane was not removed") is Verdict.CONTRADICTS
    assert verdict(found, "in front of the tunnel was improved") is Verdict.SUPPORTS


def test_storage_against_assembly_stays_open(case: Case, scenes: Path) -> None:
    demo_papers.judge_by_hand(case, scenes)
    found = assessed(case)
    rows = [r for r in found.claims if "assembly line" in r.quote]
    assert len(rows) == 2
    assert all(r.verdict is Verdict.CANNOT_DECIDE and "not read off pixels" in r.reason for r in rows)
    (weighing,) = found.weighings
    line, storage, _ = weighing.shares
    assert line.low < storage.high
    assert storage.low < line.high
    assert max(s.high for s in (line, storage)) > 0.5
    assert len(weighing.matrix) < len(weighing.question.items), "two retellings are one line"
    assert len(weighing.next_steps) == 2


def test_what_an_analyst_said_before_stays(case: Case, scenes: Path) -> None:
    claim = next(c.id for c in case.claim_set().claims if "larger than" in c.quote)
    document = case.documents()[0].id
    bind(case, claim, subject="001", comparand="old hall", basis="mine")
    grade(case, document, "A1", "mine")
    judgement.hypotheses_file(case).write_text("questions: []\n")
    case.gazetteer.write_text("sites: {}\n")
    demo_papers.add_papers(case, scenes)
    demo_papers.judge_by_hand(case, scenes)
    assert judgement.bindings(case)[claim].basis == "mine"
    assert judgement.grades(case)[document].code == "A1"
    assert judgement.hypotheses_file(case).read_text() == "questions: []\n"
    assert case.gazetteer.read_text() == "sites: {}\n"
    assert len(case.documents()) == 2


def test_a_second_run_changes_nothing(case: Case, scenes: Path) -> None:
    demo_papers.judge_by_hand(case, scenes)
    before = len(case.history())
    demo_papers.add_papers(case, scenes)
    demo_papers.judge_by_hand(case, scenes)
    assert len(case.history()) == before


def test_a_delivery_without_truth_is_told(case: Case, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="remove the folder"):
        demo_papers.judge_by_hand(case, tmp_path)

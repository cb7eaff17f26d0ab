"""The papers of the demo's simulated case: two press texts, and what an analyst says by hand of them.

The texts retell one analysis of a works that does not exist; one of them turns "the size of" into "larger than".
What is done here in an analyst's place goes through the same functions as an analyst's own word, and says so. No
verdict is set here: it follows from what was measured.
"""

import json
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer
from shapely.geometry import shape

from sitewatch.app.docs import add_documents
from sitewatch.app.judge import bind, grade
from sitewatch.app.site import add_reference
from sitewatch.case import Case, judgement
from sitewatch.case.files import write
from sitewatch.errors import DataError
from sitewatch.types import Claim, Event

TEXTS = ("valley-courier.txt", "morning-echo.html")
REFERENCE = "old hall"
MEANT = {
    "object:new-hall": ("new-hall", "appeared", "the new hall"),
    "object:bridge-crane": ("crane-removed", "removed", "the bridge crane"),
    "object:worker-houses": ("worker-housing", "appeared", "the row of houses"),
    "object:tunnel-ground": ("tunnel-apron", "altered", "the ground in front of the tunnel"),
}
"""What a text means, by the gazetteer: the scenario's name for its place, the kind of event, in words."""
OVERLAP = 0.1
"""Least intersection over union by which an event is taken for what stands at a place."""
WHO = "the demo's analyst, who knows the scenario"
GRADE = "C3"


def add_papers(case: Case, scenes: Path) -> None:
    """Outline the old hall, and bring in the texts and the names in them; what is there stays.

    Args:
        scenes: folder of the simulated delivery, with its truth.

    Raises:
        DataError: the truth is not there.
    """
    site = case.site().name
    if REFERENCE not in {r.name for r in judgement.references(case, site)}:
        basis = f"{WHO}: the roof as the scenario draws it, in place of a careful tracing"
        add_reference(case, REFERENCE, _place(scenes, REFERENCE), aliases=["the old hall"], basis=basis)
    if not case.gazetteer.exists():
        write(case.gazetteer, _text("gazetteer.yaml").encode())
    folder = Path(str(files("sitewatch.app"))) / "demo_texts"
    added = add_documents(case, [str(folder / name) for name in TEXTS])
    if added.failed:
        raise DataError(next(iter(added.failed.values())))


def judge_by_hand(case: Case, scenes: Path) -> None:
    """Bind words to objects, grade the texts and write the open question, where nobody has done so yet."""
    events = case.events(case.site().name)
    found = {name: _at(events, kind, _place(scenes, place)) for name, (place, kind, _) in MEANT.items()}
    known = {e.id for e in events}
    bound = {c: b for c, b in judgement.bindings(case).items() if b.subject in known}
    claims = case.claim_set().claims
    for claim in claims:
        event = found.get(claim.subject or "")
        if event is None or claim.id in bound or claim.testable.imagery == "no":
            continue
        words = MEANT[claim.subject or ""][2]
        ratio = claim.quantity is not None and claim.quantity.relation == "ratio"
        basis = f"{WHO}: of all events of its kind ({event.kind.value}), {event.id} overlaps the place of {words} most"
        bind(case, claim.id, subject=event.id, comparand=REFERENCE if ratio else None, basis=basis)
    graded = judgement.grades(case)
    for document in case.documents():
        if document.id not in graded:
            grade(case, document.id, GRADE, "the demo's analyst: a press text that names its source")
    file = judgement.hypotheses_file(case)
    if not file.exists():
        write(file, Template(_text("hypotheses.yaml")).substitute(_evidence(claims, found)).encode())


def _evidence(claims: Iterable[Claim], found: dict[str, Event | None]) -> dict[str, str]:
    """What the names in the question stand for: events where they were found, claims where they were read."""
    listed = tuple(claims)
    hall, houses = found["object:new-hall"], found["object:worker-houses"]

    def claim(words: str) -> str:
        fitting = (c.id for c in listed if words in c.quote and c.type in ("function", "identity"))
        name = next(fitting, None) or next((c.id for c in listed if words in c.quote), None)
        return f"claim:{name}" if name else words.replace(" ", "-")

    return {
        "hall": f"event:{hall.id}" if hall else "hall",
        "houses": f"event:{houses.id}" if houses else claim("row of houses"),
        "storage_claim": claim("could be a storage hall"),
        "line_claim": claim("is a second assembly line"),
    }


def _at(events: Iterable[Event], kind: str, place: shapely.Polygon) -> Event | None:
    """The event of a kind that overlaps a place (WGS84) most; None where none does enough."""
    scored = [(_overlap(e, place), e.id, e) for e in events if e.kind.value == kind]
    best = max(scored, key=lambda s: s[:2], default=None)
    return best[2] if best is not None and best[0] >= OVERLAP else None


def _overlap(event: Event, place: shapely.Geometry) -> float:
    to_event = Transformer.from_crs(4326, event.crs, always_xy=True)

    def convert(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(to_event.transform(points[:, 0], points[:, 1]))

    there = shapely.transform(place, convert)
    return float(event.outline.intersection(there).area / event.outline.union(there).area)


def _place(scenes: Path, name: str) -> Any:
    """Outline of a thing of the scenario, WGS84."""
    try:
        truth = json.loads((scenes / "truth.geojson").read_text(encoding="utf-8"))
        return next(shape(f["geometry"]) for f in truth["features"] if f["properties"]["id"] == name)
    except (OSError, ValueError, KeyError, StopIteration) as error:
        raise DataError(
            f"{scenes / 'truth.geojson'} does not tell where {name!r} is; remove the folder {scenes} and run "
            "`sitewatch demo` again"
        ) from error


def _text(name: str) -> str:
    return (files("sitewatch.app") / "demo_texts" / name).read_text(encoding="utf-8")

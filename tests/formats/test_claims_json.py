"""claims.json: what it says, and that the documented schema says the same."""

import dataclasses
import json
from pathlib import Path

import jsonschema
import pytest

from sitewatch.formats.claims_json import dump_claims
from sitewatch.types import (
    Attribution,
    Claim,
    ClaimSet,
    Document,
    DocumentKind,
    Hedge,
    Link,
    LinkRelation,
    Mutation,
    Origin,
    Photo,
    Quantity,
    Reading,
    Testability,
    When,
)

DOCS = Path(__file__).parents[2] / "docs/reference"
SCHEMA = json.loads((DOCS / "claims.schema.json").read_text(encoding="utf-8"))
TEXT = "The <b>new</b> hall is about 60–70% the size of the old one."
CLAIM = Claim(
    id="doc-a-00000",
    source="doc-a",
    quote=TEXT[:-1],
    start=0,
    end=len(TEXT) - 1,
    prefix="",
    suffix=".",
    type="comparison",
    polarity="positive",
    attribution=(Attribution("person", None, "analyst", "institute", "said", "asserts"),),
    hedges=(Hedge("about", "approximator", 23, 28),),
    subject="object:new-hall",
    predicate=None,
    object=None,
    quantity=Quantity(
        "60–70%",
        0.6,
        0.7,
        0.1,
        "1",
        "ratio",
        "the old one",
        (Reading(0.6, 0.7, "0.6 to 0.7 times the size"),),
    ),
    time=When("early October", "2024-10-01/2024-10-10", "2024-10-01", "2024-10-10", "part-of-month"),
    testable=Testability("yes", "compare outlines", "area_ratio", 3.0),
)


def document(name: str, **fields: object) -> Document:
    values: dict[str, object] = {
        "id": name,
        "title": "A <script>title</script>",
        "path": "a.txt",
        "kind": DocumentKind.TEXT,
        "sha256": "0" * 64,
        "text": TEXT,
        "text_sha256": "1" * 64,
        "passages": (),
        "language": "en",
        "published": None,
        "published_source": None,
    }
    return Document(**(values | fields))  # type: ignore[arg-type]


def claim(name: str, source: str = "doc-a") -> Claim:
    return dataclasses.replace(CLAIM, id=name, source=source)


FOUND = ClaimSet(
    claims=(claim("1"), claim("2"), claim("3"), claim("4", "doc-b")),
    links=(Link("l", LinkRelation.CONTRADICTS, ("1", "4"), "0.6 against 1.6", False, "size"),),
    origins=(
        Origin("y", ("1",), ("doc-a",), "one"),
        Origin("x", ("2", "3", "4"), ("doc-a", "doc-b"), "both", True),
    ),
    mutations=(Mutation("x", "size", ("2", "4"), ("the size of", "larger than"), "a retelling"),),
)
PHOTO = Photo(2, 1, "00ff" * 4, None, None, None, None, "the hall", None, None)


def told(found: ClaimSet = FOUND) -> dict[str, list[dict[str, object]]]:
    documents = [
        document("doc-a"),
        document("doc-b"),
        document("doc-c", kind=DocumentKind.PHOTO, photo=PHOTO, text=""),
    ]
    result = json.loads(dump_claims(documents, found))
    assert isinstance(result, dict)
    return result


def test_it_follows_the_documented_schema() -> None:
    jsonschema.validate(told(), SCHEMA)
    jsonschema.validate(told(ClaimSet((), (), ())), SCHEMA)


@pytest.mark.parametrize(
    ("field", "value"),
    [("type", "rumour"), ("polarity", "maybe"), ("start", -1), ("quote", ""), ("extra", 1)],
)
def test_the_schema_refuses_what_is_none(field: str, value: object) -> None:
    changed = told()
    changed["claims"][0][field] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(changed, SCHEMA)


def test_the_contracts_fields() -> None:
    source, row, link = told()["sources"][0], told()["claims"][0], told()["links"][0]
    assert {"id", "title", "path", "published", "sha256", "origin"} <= source.keys()
    assert {
        "id",
        "source",
        "quote",
        "start",
        "end",
        "attribution",
        "hedges",
        "subject",
        "predicate",
    } <= row.keys()
    quantity, time = row["quantity"], row["time"]
    assert isinstance(quantity, dict)
    assert isinstance(time, dict)
    assert {
        "text",
        "low",
        "high",
        "tolerance",
        "unit",
        "relation",
        "comparand",
        "readings",
    } <= quantity.keys()
    assert {"text", "edtf", "earliest", "latest", "precision"} <= time.keys()
    assert (quantity["relation"], quantity["low"], quantity["high"]) == ("ratio", 0.6, 0.7)
    assert link == {
        "id": "l",
        "relation": "contradicts",
        "claims": ["1", "4"],
        "detail": "0.6 against 1.6",
        "independent": False,
        "topic": "size",
    }


def test_a_sources_origin_is_that_of_most_of_its_claims() -> None:
    assert [s["origin"] for s in told()["sources"]] == ["x", "x", None]


def test_every_field_is_documented() -> None:
    page = (DOCS / "claims.md").read_text(encoding="utf-8")
    content = told()
    for part in ("sources", "claims", "links", "origins", "mutations"):
        assert f'"{part}"' in page
    quantity, time = content["claims"][0]["quantity"], content["claims"][0]["time"]
    assert isinstance(quantity, dict)
    assert isinstance(time, dict)
    for name in (*content["sources"][0], *content["claims"][0], *quantity, *time):
        assert f"`{name}`" in page, name

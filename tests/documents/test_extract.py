"""Claims of whole documents: small ones by hand, arbitrary text, and the annotated seeds where they are."""
# ruff: noqa: E501, SIM905 (tables of cases)

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitewatch.documents.extract import extract_claims
from sitewatch.documents.gazetteer import Gazetteer
from sitewatch.evaluate.claim_truth import read_truth
from sitewatch.evaluate.claims import FieldScore, score_document, total
from sitewatch.types import Claim, Document, DocumentKind


def document(text: str, published: str | None = "2024-11-26") -> Document:
    return Document(
        id="d", title="", path="", kind=DocumentKind.TEXT, sha256="", text=text, text_sha256="", passages=(), language="en",
        published=published, published_source=None,
    )  # fmt: skip


def claims(text: str) -> tuple[Claim, ...]:
    return extract_claims(document(text))


def test_one_claim_in_full() -> None:
    text = "According to Ada Roon, a fellow of the Harrow Institute, the new assembly hall is probably 60-70 % larger than the old one."
    (found,) = [c for c in claims(text) if c.type == "comparison"]
    assert found.quote == "the new assembly hall is probably 60-70 % larger than the old one"
    assert text[found.start : found.end] == found.quote
    assert text[: found.start].endswith(found.prefix)
    assert found.quantity is not None
    assert (found.quantity.low, found.quantity.high, found.quantity.comparand) == (1.6, 1.7, "the old one")
    assert [(a.name, a.organisation) for a in found.attribution] == [("Ada Roon", "Harrow Institute")]
    assert [h.kind for h in found.hedges] == ["probability"]
    assert found.subject == "object:new-assembly-hall"
    assert (found.testable.imagery, found.testable.dimension) == ("yes", "area_ratio")
    assert (found.polarity, found.maker) == ("positive", "rules")


def test_a_sentence_holds_several_claims() -> None:
    text = "The images show the construction of a new hall and a housing block for workers, as well as improvements to the gate."
    assert len(claims(text)) == 3


def test_a_measure_of_two_sides_gives_two_claims_of_one_span() -> None:
    a, b = claims("The hall is 42 metres by 15 metres.")
    assert (a.start, a.end) == (b.start, b.end)
    assert a.id != b.id
    assert [c.quantity.dimension for c in (a, b) if c.quantity] == ["length", "width"]


def test_removal_is_testable_and_denial_negative() -> None:
    (crane,) = claims("The bridge crane has been removed.")
    assert (crane.testable.imagery, crane.testable.dimension) == ("yes", "removed")
    (denial,) = [c for c in claims("Tolvania denied that the hall is new.") if c.attribution]
    assert (denial.type, denial.polarity) == ("denial", "negative")
    (use,) = claims("The hall could serve as a storage facility.")
    assert (use.type, use.testable.imagery) == ("function", "partial")


@pytest.mark.parametrize(
    "text", ["Background:", "Strategic Importance of the Plant", "Is the hall new?", "", "   ", "\ufeff"]
)
def test_no_claims(text: str) -> None:
    assert claims(text) == ()


def test_a_name_of_the_gazetteer_is_no_date() -> None:
    text = "Work at October Tenth resumed on 4 May 2024."
    found = extract_claims(document(text), Gazetteer.of({"site:x": ["October Tenth"]}))
    assert [c.time.text for c in found if c.time] == ["4 May 2024"]
    assert found[0].subject == "site:x"


WORDS = "the hall is 42 m larger than twice half May 2024 said “ ” \" . , ; ( ) % – 1,000 Ada Roon according to since by and which that\n • é ع 漢 \u200f \x00 not".split(" ")  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join)))
def test_any_text_is_read_and_every_span_found_again(text: str) -> None:
    for c in claims(text):
        assert text[c.start : c.end] == c.quote
        assert text[c.end : c.end + 32] == c.suffix
        if c.quantity:
            assert text[c.quantity.start : c.quantity.end] == c.quantity.text
        if c.time and c.time.end:
            assert text[c.time.start : c.time.end] == c.time.text
        assert all(text[h.start : h.end] == h.text for h in c.hedges)


@pytest.mark.parametrize(
    "unit", ["a ", "1", "Ab ", "A", '"', "(", "2024 ", "1,", "half a third ", "the new ", "said ", "-", "\n"]
)
def test_time_grows_with_length_and_not_faster(unit: str) -> None:
    def spent(size: int) -> float:
        text = unit * (size // len(unit))
        began = time.process_time()
        claims(text)
        return time.process_time() - began

    spent(1000)
    short, long = spent(4000), spent(16_000)
    assert long < 12 * short + 0.5  # four times the text


@pytest.fixture(scope="module")
def seed_scores(shared_data: Path) -> dict[str, FieldScore]:
    path = shared_data.parent / "seeds" / "seed_claims.yaml"
    if not path.exists():
        pytest.skip(f"annotated seeds not found at {path}; they stand beside the development data")
    scores: list[FieldScore] = []
    for truth in read_truth(path).documents:
        found = extract_claims(document(truth.text, truth.published))
        named = [c.time for c in found if c.time and "February 11" in c.time.text]
        assert named == [], "the plant's name was read as a date"
        scores += score_document(found, truth)
    return total(scores)


@pytest.mark.parametrize(
    ("name", "recall", "precision"),
    [("claims", 0.68, 0.82), ("quantities", 0.99, 0.99), ("dates", 0.90, 0.99), ("speakers", 0.92, 0.75), ("hedges", 0.96, 0.77)],
)  # fmt: skip
def test_seeds(seed_scores: dict[str, FieldScore], name: str, recall: float, precision: float) -> None:
    # Floors just under what was measured; the seeds are one annotator's reading and were looked at.
    score = seed_scores[name]
    assert score.recall >= recall, score.errors
    assert score.precision >= precision, score.errors

"""The whole relation: order does not matter, each claim has one origin, work does not explode."""

import random
import time
from dataclasses import replace

import pytest
from across_making import claim, document, measure, says
from hypothesis import given, settings
from hypothesis import strategies as st

from sitewatch.documents.across.align import Similarity
from sitewatch.documents.relate import relate
from sitewatch.errors import DataError
from sitewatch.types import Claim, Document

THINGS = (
    "hall",
    "road",
    "crane",
    "bridge",
    "tank",
    "shed",
    "depot",
    "fence",
    "pond",
    "tower",
    "quay",
    "kiln",
)
PLACES = ("Tarn", "Ketter", "Brackmoor", "Orrin", "Sill", "Vessin", "Pell", "Merlo", "Dask", "Fenwick")
ACTS = (
    "was built",
    "was removed",
    "was enlarged",
    "has been upgraded",
    "was paved",
    "is idle",
    "may remain in use",
)


def corpus(
    documents: int, claims: int, seed: int = 3, alike: bool = False
) -> tuple[list[Document], list[Claim]]:
    """Random tellings: of many things, or all of one (`alike`), each with a number that hardly ever fits another."""
    draw = random.Random(seed)
    docs, made = [], []
    for d in range(documents):
        lines = []
        for n in range(claims):
            thing, place, act = (
                ("hall", "Tarn", "was built") if alike else map(draw.choice, (THINGS, PLACES, ACTS))
            )
            words = " ".join(f"{draw.choice(THINGS)}{draw.randint(0, 300)}" for _ in range(3))
            size = draw.randint(10, 99_999 if alike else 99)
            lines.append(
                (f"The new {thing} at {place} {act} near {words} {n} and is {size} metres long", thing, size)
            )
        doc = document(f"d{d:03d}", "\n".join(line for line, _, _ in lines), f"2031-{d % 12 + 1:02d}-01",
                       source="Norrwire" if d % 3 == 0 else None)  # fmt: skip
        docs.append(doc)
        for n, (line, thing, size) in enumerate(lines):
            made.append(
                claim(doc, line, subject=f"The new {thing}",
                      by=says("Ada Quill", "Orlene Survey Group") if n % 3 == 0 else (),
                      quantity=measure(f"{size} metres", size, size, "m", "length") if n % 2 == 0 else None)
            )  # fmt: skip
    return docs, made


def test_nothing_gives_nothing() -> None:
    found = relate([], [])
    assert (found.claims, found.links, found.origins, found.mutations) == ((), (), (), ())


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000))
def test_order_of_documents_and_claims_does_not_matter(seed: int) -> None:
    docs, claims = corpus(4, 8, seed)
    expected = relate(docs, claims)
    draw = random.Random(seed)
    assert relate(draw.sample(docs, len(docs)), draw.sample(claims, len(claims))) == expected


def test_every_claim_has_one_origin_and_links_name_claims() -> None:
    docs, claims = corpus(12, 20)
    found = relate(docs, claims)
    ids = {c.id for c in claims}
    assert sorted(c for o in found.origins for c in o.claims) == sorted(ids)
    assert len({o.id for o in found.origins}) == len(found.origins)
    assert len({k.id for k in found.links}) == len(found.links)
    for link in found.links:
        assert len(link.claims) >= 2
        assert set(link.claims) <= ids
        assert len(set(link.claims)) == len(link.claims)
        if link.sides:
            assert sorted(c for side in link.sides for c in side) == sorted(link.claims)


@pytest.mark.parametrize("alike", [False, True])
def test_work_grows_with_the_number_of_claims(monkeypatch: pytest.MonkeyPatch, alike: bool) -> None:
    calls = 0
    plain = Similarity.__call__

    def counted(self: Similarity, a: object, b: object) -> float:
        nonlocal calls
        calls += 1
        return plain(self, a, b)  # type: ignore[arg-type]

    monkeypatch.setattr(Similarity, "__call__", counted)
    counts = []
    for documents in (5, 20):
        calls = 0
        found = relate(*corpus(documents, 25, alike=alike))
        counts.append(calls)
        assert len(found.links) <= 2 * documents * 25
    # Four times the claims: sixteen times the comparisons would be every claim with every other.
    assert counts[1] <= 6 * counts[0]


def test_an_embedding_joins_what_shares_no_words() -> None:
    import numpy as np

    a = document("a", "The dwelling blocks are occupied already.")
    b = document("b", "Families moved in last week beside it.")
    ours, theirs = claim(a, a.text[:-1]), claim(b, b.text[:-1])
    assert relate([a, b], [ours, theirs]).links == ()
    found = relate([a, b], [ours, theirs], embed=lambda texts: np.ones((len(texts), 1), np.float32))
    assert [k.relation for k in found.links] == ["agrees"]


def test_bad_input_is_refused_with_what_came() -> None:
    doc = document("a", "The kiln was rebuilt.")
    made = claim(doc, "The kiln was rebuilt")
    with pytest.raises(DataError, match="stands twice"):
        relate([doc], [made, made])
    with pytest.raises(DataError, match="stands twice"):
        relate([doc, doc], [made])
    with pytest.raises(DataError, match="'elsewhere'"):
        relate([doc], [replace(made, source="elsewhere")])


@pytest.mark.parametrize("filler", ["A", "Aa ", "A1-", '"', " ", "\t", "\u202e\u05d0 ", "A'"])
def test_a_hostile_text_costs_no_more_than_its_length(filler: str) -> None:
    # With one quadratic pattern 300,000 letters take minutes.
    docs = [document(name, "The kiln was rebuilt. " + filler * (300_000 // len(filler))) for name in "ab"]
    start = time.process_time()
    found = relate(docs, [claim(d, "The kiln was rebuilt") for d in docs])
    assert len(found.links) == 1
    assert time.process_time() - start < 10

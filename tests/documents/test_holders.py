"""Whose size a ratio states, and of which dimension: own sentences, read before they were run."""

import pytest

from sitewatch.documents.extract import extract_claims
from sitewatch.documents.read import Said, read_document
from sitewatch.documents.relate import relate
from sitewatch.types import Claim, Document

SENTENCES = (
    # fronted phrases
    ("Set against the first kiln, the second is 20 % wider.", "the second", "width"),
    ("In the spring the runway, resurfaced in 2019, was lengthened by 20 %.", "the runway", "length"),
    ("On pictures taken on 3 May 2024 the camp is 30 % larger than the village.", "the camp", "size"),
    ("In depth, the reservoir is half of the lake.", "the reservoir", "depth"),
    ("It is clear that the camp is 30 % larger than the village.", "the camp", "size"),
    # the number first
    ("A third shorter than the ferry quay, the jetty takes barges only.", "the jetty", "length"),
    ("With twice the width of the lane, the ramp takes lorries.", "the ramp", "width"),
    # a dimension and its owner
    ("In 2021, according to the survey, the mine's area was 40 % larger than the pit's.", "the mine", "area"),
    ("The height of the mast is 20 % above that of the chimney.", "the mast", "height"),
    ("The jetty has a length 20 % smaller than the mole.", "The jetty", "length"),
    # who did it, and to what
    ("The firm expanded the quarry by a third.", "the quarry", None),
    ("The quarry has expanded its area by a third.", "The quarry", "area"),
    ("They have lopped a third off the mast.", "the mast", None),
    # nouns of change
    ("There has been a rise of 30 % in the capacity of the tank farm.", "the tank farm", "capacity"),
    ("The tank farm has seen a rise of 30 % in capacity.", "The tank farm", "capacity"),
    # what holds the other
    ("The granary could fit three times into the silo.", "the silo", "size"),
    # beside its noun
    ("The lagoon at Holm, half as deep as the lake, is dry.", "The lagoon at Holm", "depth"),
    ("Pictures show the new barn, which is twice as long as the stable.", "the new barn", "length"),
    ("The kiln stands next to the chimney, which is 30 % lower than the mast.", "the chimney", "height"),
    ("The barn was finished in May, growing by 40 %.", "The barn", None),
    # what only looks like a verb
    ("Cement works are 40 % larger than the kilns.", "Cement works", "size"),
    ("The pier completed last is twice as long as the mole.", "The pier completed last", "length"),
)


def _read(text: str, name: str = "a.txt") -> tuple[Document, tuple[Claim, ...]]:
    document = read_document(name, text.encode(), Said(published="2024-06-12"))
    return document, extract_claims(document)


@pytest.mark.parametrize(("sentence", "subject", "dimension"), SENTENCES)
def test_the_thing_measured_is_found_wherever_it_stands(
    sentence: str, subject: str, dimension: str | None
) -> None:
    claims = [c for c in _read(sentence)[1] if c.quantity and c.quantity.relation == "ratio"]
    said = (claims[0].subject or "").replace("object:", "the ").replace("-", " ")
    quantity = claims[0].quantity
    assert len(claims) == 1
    assert said.casefold() == subject.casefold()
    assert quantity is not None
    assert quantity.dimension in ((dimension,) if dimension else (None, "size"))


def test_a_pronoun_is_left_to_what_was_said_before() -> None:
    assert _read("It is twice as long as the mole.")[1][0].subject == "It"


def test_comparands_named_as_the_yardstick_or_by_their_own_size() -> None:
    for text in (
        "If the old kiln is the yardstick, the furnace reaches half its height.",
        "The furnace has the old kiln's height and half as much again.",
    ):
        found = [c.quantity for c in _read(text)[1] if c.quantity]
        assert [(q.comparand, q.dimension) for q in found] == [("the old kiln", "height")]


def _relations(one: str, other: str) -> list[str]:
    (a, of_a), (b, of_b) = _read(one, "a.txt"), _read(other, "b.txt")
    return [str(link.relation) for link in relate([a, b], [*of_a, *of_b]).links]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The barn has shrunk by 70 %.", "The barn is now 70 % of its former size."),
        ("Builders have extended the quay by a third.", "The quay has been cut back by a third."),
        ("The mast is neither taller nor lower than the chimney.", "The mast is half as tall as the chimney."),
        ("Next to the chimney, the mast is 40 % taller.", "The height of the mast is 40 % that of the chimney."),
        ("The mast is about 10 % taller than the chimney.", "The mast is about 10 % lower than the chimney."),
    ],
)  # fmt: skip
def test_contradictions_in_other_words(one: str, other: str) -> None:
    assert "contradicts" in _relations(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # faithful
        ("The mast is neither taller nor lower than the chimney.", "The mast is as tall as the chimney."),
        ("The barn has shrunk by 30 %.", "The barn is now 70 % of its former size."),
        ("The mast is about 10 % lower than the chimney.", "The mast is nine tenths the height of the chimney."),
        # of an earlier state, and of another thing
        ("The barn has shrunk by 70 %.", "The barn is 70 % of the size of the stable."),
        ("They have taken a third off the mast.", "The mast is as tall as the chimney."),
        # other dimensions, things and times
        ("In width, the quay is half of the mole.", "The quay has twice the length of the mole."),
        ("The length of the quay is down 20 %.", "A cut of 60 % was made to the width of the quay."),
        ("The quay is twice as long as the mole.", "The jetty is half as long as the mole."),
        ("The quay grew by a third in 2019.", "The quay grew by a half in 2022."),
    ],
)  # fmt: skip
def test_no_contradiction_is_invented(one: str, other: str) -> None:
    assert "contradicts" not in _relations(one, other)


def test_two_changes_told_in_one_text_do_not_exclude_each_other() -> None:
    document, claims = _read("The barn has grown by a third. The barn has shrunk by a fifth.")
    assert not [x for x in relate([document], claims).links if x.relation == "contradicts"]

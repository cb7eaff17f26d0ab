"""Hedges by kind; where sentences end."""

import pytest

from sitewatch.documents.hedges import hedges
from sitewatch.documents.sentences import sentences


@pytest.mark.parametrize(
    ("text", "word", "kind"),
    [
        ("The hall is probably new.", "probably", "probability"),
        ("It is more likely a store.", "more likely", "probability"),
        ("It appears to be empty.", "appears", "evidential"),
        ("It is believed to be empty.", "is believed to", "evidential"),
        ("It could be a store.", "could", "modal"),
        ("They may leave.", "may", "modal"),
        ("It is about 40 m long.", "about", "approximator"),
        ("It grew significantly.", "significantly", "degree"),
        ("She thinks it is a store.", "thinks", "shield"),
        ("They are trying to grow.", "are trying to", "intent"),
        ("It is certainly new.", "certainly", "certainty"),
    ],
)
def test_kinds(text: str, word: str, kind: str) -> None:
    (found,) = hedges(text)
    assert (found.text, found.kind) == (word, kind)
    assert text[found.start : found.end] == word


@pytest.mark.parametrize("text", ["It opened in May 2024.", "It stands about the yard.", "The hall is new."])
def test_no_hedge(text: str) -> None:
    assert hedges(text) == ()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two.", ["One.", "Two."]),
        ("Dr. Roon left. She is back.", ["Dr. Roon left.", "She is back."]),
        ("J. Roon met the U.S. envoy. He left.", ["J. Roon met the U.S. envoy.", "He left."]),
        ("It is 1.5 m long. It is old.", ["It is 1.5 m long.", "It is old."]),
        ("See No. 4. It is old.", ["See No. 4.", "It is old."]),
        ("Seen on 2 Jan. The rest is old.", ["Seen on 2 Jan.", "The rest is old."]),
        ("“It is new.” He left.", ["“It is new.”", "He left."]),
        ("A heading\n\nA sentence is here.", ["A heading", "A sentence is here."]),
        ("• One item here.\n• Two items here.", ["One item here.", "Two items here."]),
        ("Source: the agency reported it.", ["Source:", "the agency reported it."]),
        ("a wrapped\nline goes on. Next.", ["a wrapped\nline goes on.", "Next."]),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert [text[s.start : s.end] for s in sentences(text)] == parts

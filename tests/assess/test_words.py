"""Words of probability, grades, and the rule that likelihood and confidence stand apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitewatch.assess.words import (
    BANDS,
    band,
    checked,
    confidence_sentence,
    grade_words,
    likelihood_sentence,
    likelihood_words,
    percent,
    word_range,
)
from sitewatch.errors import DataError
from sitewatch.types import Grade, Piece, Sentence

TABLE = {
    ("almost no chance", "remote"): (0.01, 0.05),
    ("very unlikely", "highly improbable"): (0.05, 0.20),
    ("unlikely", "improbable"): (0.20, 0.45),
    ("roughly even chance", "roughly even odds"): (0.45, 0.55),
    ("likely", "probable"): (0.55, 0.80),
    ("very likely", "highly probable"): (0.80, 0.95),
    ("almost certain", "nearly certain"): (0.95, 0.99),
}


def test_the_table_is_that_of_the_directive_both_ways() -> None:
    assert {(b.word, b.synonym): (b.low, b.high) for b in BANDS} == TABLE
    for words, expected in TABLE.items():
        for word in words:
            assert word_range(word) == expected
        assert likelihood_words(sum(expected) / 2) == words[0]
    assert word_range("Almost  certainly") == (0.95, 0.99)
    with pytest.raises(DataError, match="no expression of ICD 203"):
        word_range("a good chance")


@given(st.floats(0, 1))
def test_every_probability_has_a_band_that_holds_it(p: float) -> None:
    found = band(p)
    assert found.low - 1e-9 <= p <= found.high + 1e-9 or not 0.01 <= p <= 0.99


def test_ranges() -> None:
    assert likelihood_words(0.6, 0.75) == "likely"
    assert likelihood_words(0.6, 0.9) == "likely to very likely"
    assert likelihood_words(0.6, 0.8) == "likely"
    assert likelihood_words(0.8) == "very likely"
    assert percent(0, 1) == "1 to 99 %"
    for p in (-0.1, 1.1, float("nan")):
        with pytest.raises(DataError, match=r"expected 0\.\.1"):
            likelihood_words(p)
    with pytest.raises(DataError, match="lower one first"):
        likelihood_words(0.5, 0.4)


@given(st.floats(0, 1), st.floats(0, 1))
def test_no_sentence_holds_likelihood_and_confidence(a: float, b: float) -> None:
    s = likelihood_sentence("the hall is used for storage", min(a, b), max(a, b))
    assert "confidence" not in s.text
    c = confidence_sentence("low", "it rests on one image")
    assert not any(w in c.text for words in TABLE for w in words)


def test_the_builder_refuses_to_mix() -> None:
    with pytest.raises(DataError, match="make two of it"):
        likelihood_sentence("we have high confidence that it is a hall", 0.6, 0.7)
    with pytest.raises(DataError, match="make two of it"):
        confidence_sentence("high", "it is very likely")
    with pytest.raises(DataError, match="high, moderate or low"):
        confidence_sentence("95 %", "so")
    quoted = Sentence(
        (Piece("The source speaks of “"), Piece("likely with high confidence", quoted=True), Piece("”."))
    )
    assert checked(quoted) is quoted  # a document's words are its own


def test_sentences_read_well() -> None:
    assert likelihood_sentence("it rains", 0.6, 0.7).text == "It is likely (60 to 70 %) that it rains."
    assert likelihood_sentence("it rains", 0.5, 0.5).text.startswith("There is a roughly even chance (50 %)")
    assert likelihood_sentence("it rains", 0.02, 0.5).text.startswith(
        "There is almost no chance to roughly even"
    )


def test_grades() -> None:
    assert grade_words("B", 2) == "B2: usually reliable, probably true"
    assert Grade("doc").code == "F6"
    for letter, digit in (("G", 1), ("A", 7), ("A", 0), ("AB", 1), ("", 1)):
        with pytest.raises(DataError, match="letter A to F"):
            Grade("doc", letter, digit)

"""Words for our own probabilities, and for how far a source is trusted.

The words of probability are those of Intelligence Community Directive 203, Analytic Standards (2015), D.6.e(2)(a),
a table of seven bands with two expressions each. They are used for probabilities that were computed from stated
judgements, never for a document's own hedges. The same directive asks that likelihood and confidence never stand
in one sentence, "to avoid confusion": `checked` refuses such a sentence.

Source reliability and credibility are the Admiralty code (NATO AJP-2.1; US Army FM 2-22.3, appendix B).
"""

import re
from dataclasses import dataclass

from sitewatch.errors import DataError
from sitewatch.types import Mark, Piece, Sentence


@dataclass(frozen=True, slots=True)
class Band:
    """One band of ICD 203: probabilities from `low` up to `high`."""

    low: float
    high: float
    word: str
    synonym: str


BANDS = (
    Band(0.01, 0.05, "almost no chance", "remote"),
    Band(0.05, 0.20, "very unlikely", "highly improbable"),
    Band(0.20, 0.45, "unlikely", "improbable"),
    Band(0.45, 0.55, "roughly even chance", "roughly even odds"),
    Band(0.55, 0.80, "likely", "probable"),
    Band(0.80, 0.95, "very likely", "highly probable"),
    Band(0.95, 0.99, "almost certain", "nearly certain"),
)
"""The directive's table. A probability on a border belongs to the band above it; what lies beyond the ends, which
the table leaves out, takes the outermost words."""

RELIABILITY = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "reliability cannot be judged",
}
CREDIBILITY = {
    1: "confirmed by other sources",
    2: "probably true",
    3: "possibly true",
    4: "doubtful",
    5: "improbable",
    6: "truth cannot be judged",
}
CONFIDENCE = ("high", "moderate", "low")

_LIKELIHOOD = re.compile(
    r"\b(?:"
    + "|".join(re.escape(w) for b in BANDS for w in (b.word, b.synonym))
    + r"|probability|odds|chances?|almost certainly|nearly certainly|probably|improbably|likelihood)\b",
    re.IGNORECASE,
)
_CONFIDENCE = re.compile(r"\bconfiden(?:ce|t|tly)\b", re.IGNORECASE)


def band(p: float) -> Band:
    """The band in which a probability lies.

    Raises:
        DataError: not in 0..1.
    """
    if not 0 <= p <= 1:
        raise DataError(f"probability {p}; expected 0..1")
    for found in BANDS:
        if p < found.high - 1e-12:
            return found
    return BANDS[-1]


def likelihood_words(low: float, high: float | None = None) -> str:
    """The word for a probability, or the words for a range of them: "unlikely to likely".

    Raises:
        DataError: not in 0..1, or low above high.
    """
    high = low if high is None else high
    if low > high:
        raise DataError(f"probabilities {low}..{high}; expected the lower one first")
    first, last = band(low), band(high)
    # An upper end that just touches a border stays in the band below it.
    if high > low and abs(high - last.low) < 1e-9:
        last = BANDS[BANDS.index(last) - 1]
    return first.word if first == last else f"{first.word} to {last.word}"


def word_range(word: str) -> tuple[float, float]:
    """The other side of the table: the probabilities that a word stands for.

    Raises:
        DataError: no word of ICD 203.
    """
    wanted = " ".join(word.lower().split()).replace("certainly", "certain")
    for found in BANDS:
        if wanted in (found.word, found.synonym):
            return found.low, found.high
    known = ", ".join(b.word for b in BANDS)
    raise DataError(f"{word!r} is no expression of ICD 203; expected one of: {known}")


def percent(low: float, high: float) -> str:
    """`55 to 72 %`; never 0 or 100, which no finite evidence carries."""
    ends = [min(max(round(100 * p), 1), 99) for p in (low, high)]
    return f"{ends[0]} %" if ends[0] == ends[1] else f"{ends[0]} to {ends[1]} %"


def likelihood_sentence(statement: str, low: float, high: float, *marks: Mark) -> Sentence:
    """ "It is likely (60 to 75 %) that …": our own probability of `statement`, without a full stop.

    Raises:
        DataError: the statement speaks of confidence, or the probabilities are none.
    """
    words = likelihood_words(low, high)
    chance = {"roughly even chance": "There is a ", "almost no chance": "There is "}
    words = chance.get(words.split(" to ")[0], "It is ") + words
    return checked(Sentence((Piece(f"{words} ({percent(low, high)}) that {statement}.", marks),)))


def confidence_sentence(level: str, because: str, *marks: Mark) -> Sentence:
    """ "Confidence in this is moderate: …"; a sentence of its own, beside that of the likelihood.

    Raises:
        DataError: no such level, or the reason speaks of likelihood.
    """
    if level not in CONFIDENCE:
        raise DataError(f"confidence {level!r}; expected high, moderate or low")
    return checked(Sentence((Piece(f"Confidence in this is {level}: {because}.", marks),)))


def checked(sentence: Sentence) -> Sentence:
    """The sentence, if it does not mix likelihood and confidence in our own words.

    Raises:
        DataError: it does.
    """
    if _LIKELIHOOD.search(sentence.own) and _CONFIDENCE.search(sentence.own):
        raise DataError(f"likelihood and confidence in one sentence: {sentence.text!r}; make two of it")
    return sentence


def grade_words(reliability: str, credibility: int) -> str:
    """`B2: usually reliable, probably true`."""
    return f"{reliability}{credibility}: {RELIABILITY[reliability]}, {CREDIBILITY[credibility]}"

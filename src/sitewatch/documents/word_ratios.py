"""Ratios without a number: twice, doubled, threefold, the same size as, slightly larger than."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re

from sitewatch.documents.amounts import HEDGED, Amount, before_amount
from sitewatch.documents.change_words import DOWN_VERB, UP_VERB
from sitewatch.documents.compared import (
    ADJ,
    ADJECTIVES,
    DOWN,
    NOUN,
    NOUNS,
    UP,
    WORD,
    comparand_after,
    make_ratio,
)
from sitewatch.documents.comparisons import TAIL, ratio_of_tail, times_changed
from sitewatch.documents.linked import ECONOMY, ratio_of_link
from sitewatch.documents.numbers import NUMBER, number
from sitewatch.documents.units import UNIT
from sitewatch.types import Quantity

_TIMES_WORDS = {
    "twice": 2.0,
    "thrice": 3.0,
    "double": 2.0,
    "triple": 3.0,
    "treble": 3.0,
    "quadruple": 4.0,
    "quintuple": 5.0,
    "sextuple": 6.0,
    "half": 0.5,
}


_VERB_WORD = re.compile(
    r"\b(?P<verb>(?:doubl|tripl|trebl|quadrupl|quintupl|sextupl|septupl|octupl|decupl)(?:ed|es|ing)|halv(?:ed|ing)|(?:(?<=\bto )|(?<=\bwill )|(?<=\bwould )|(?<=\bcould )|(?<=\bmay )|(?<=\bmight )|(?<=\bshould )|(?<=length )|(?<=area )|(?<=size )|(?<=footprint )|(?<=height )|(?<=width ))(?:double|triple|treble|quadruple|halve)(?! (?:the|that|as|what|its|their|check|back|down|in|up)\b)|halves(?= (?:the|its|their|in|every)\b)|doubly)\b"
    rf"(?: (?:itself|again))?(?:(?P<in> in| of its| of the| its| the| their)(?: (?:overall|total|floor))? (?P<noun>{NOUN})\b(?P<of> of\b)?)?",
    re.IGNORECASE,
)


_VERB_VALUES = {
    "doubl": 2.0,
    "tripl": 3.0,
    "trebl": 3.0,
    "quadr": 4.0,
    "quint": 5.0,
    "sextu": 6.0,
    "septu": 7.0,
    "octup": 8.0,
    "decup": 10.0,
    "halve": 0.5,
    "halvi": 0.5,
}


_FOLD = re.compile(
    r"\b(?P<n>two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|hundred|(?:\d{1,3}\.)?\d{1,3})[ -]?fold\b",
    re.IGNORECASE,
)


_WORD_TIMES = re.compile(
    r"\b(?:twice|thrice|double(?!-)|triple|treble|quadruple|quintuple|sextuple|half)\b", re.IGNORECASE
)


_OPEN = re.compile(
    rf"\b(?P<not>(?:not|no|never) (?:any |much )?)?(?:(?:slightly|somewhat|much|significantly|considerably|marginally|far|a bit|a little|substantially|noticeably|clearly|visibly|even|notably|slightly|markedly) )?"
    rf"(?P<adj>larger|bigger|longer|wider|broader|taller|smaller|shorter|narrower|deeper|higher|lower|heavier|thicker|(?:(?<=, )|(?<=many )|(?<=far ))(?:more|fewer)(?= than (?:in|at|on|those|any other)\b)|more (?:extensive|spacious|numerous))(?: in (?P<noun>{NOUN}))? (?:than|as(?= (?:the|its|that) ))\b(?! (?:\d|expected|previously|usual|normal|thought|average|once|ever|a (?:few|year|month)))",
    re.IGNORECASE,
)


_BY_MEASURE = re.compile(
    rf"[^.;:!?,]{{1,60}}? by (?:about |some |around |roughly |nearly )?{NUMBER}[ \u00a0\u202f-]?{UNIT}\b",
    re.IGNORECASE,
)
_AND_HALF = re.compile(rf"\bas (?P<adj>{ADJ}) as (?P<np>(?:{WORD} ){{1,6}}?)and half again\b", re.IGNORECASE)


def word_ratios(text: str, original: str) -> list[Quantity]:
    """Ratios without a number: twice, doubled, the same size as, slightly larger than."""
    found: list[Quantity] = []
    for match in _AND_HALF.finditer(text):
        half_of = original[match.start("np") : match.end("np")].strip()
        found.append(
            make_ratio(
                original,
                match.start(),
                match.end(),
                [(1.5, 1.5, "times the size")],
                0.05,
                ADJECTIVES[match["adj"].lower()],
                half_of,
            )
        )
    for match in _WORD_TIMES.finditer(text):
        made = _word_times(text, original, match)
        if made:
            found.append(made)
    for match in _VERB_WORD.finditer(text):
        subject = re.split(r"[.;:!?,]\s", text[max(0, match.start() - 80) : match.start()])[-1]
        if ECONOMY.search(subject):
            continue
        value = _VERB_VALUES[match["verb"].lower()[:5]]
        groups, start = before_amount(text, match.start())
        low, high = _open_ends(groups, value)
        dimension = NOUNS.get((match["noun"] or "").lower())
        comparand = (
            comparand_after(text, original, match.end())
            if match["of"] and match["in"].strip() != "in"
            else None
        )
        found.append(
            make_ratio(
                original,
                start,
                match.end(),
                [(low, high, "times the size")],
                _tolerance(groups),
                dimension,
                comparand,
            )
        )
    for match in _FOLD.finditer(text):
        found += _fold(text, original, match)
    return found


def plain_comparisons(text: str, original: str) -> list[Quantity]:
    """Comparisons that state a direction only: slightly larger than, no bigger than."""
    found = []
    for match in _OPEN.finditer(text):
        adjective = match["adj"].lower()
        if adjective in ("higher", "lower", "heavier") and ECONOMY.search(
            re.split(r"[.;!?]\s", text[max(0, match.start() - 60) : match.end()])[-1]
        ):
            continue
        if _BY_MEASURE.match(text, match.end()) or text[: match.start()].endswith("points "):
            continue  # "lower than the norm by half a metre": the measure says it
        up = (adjective in UP) != bool(match["not"])
        dimension = NOUNS.get((match["noun"] or "").lower(), (UP | DOWN)[adjective])
        ends = (1.0, None) if up else (None, 1.0)
        found.append(
            make_ratio(
                original,
                match.start(),
                match.end(),
                [(*ends, "times the size")],
                0.0,
                dimension,
                comparand_after(text, original, match.end()),
            )
        )
    return found


def _open_ends(groups: dict[str, str | None], value: float) -> tuple[float | None, float | None]:
    if groups["at_least"] or groups["greater_than"]:
        return value, None
    if groups["at_most"] or groups["less_than"]:
        return None, value
    return value, value


def _tolerance(groups: dict[str, str | None]) -> float:
    return HEDGED if groups["about"] else 0.05


def _word_times(text: str, original: str, match: re.Match[str]) -> Quantity | None:
    word = match[0].lower()
    value = _TIMES_WORDS[word]
    if text[: match.start()].endswith("yet to "):
        return None
    if word == "half":
        return None  # a number: it is read with the other numbers
    tail = TAIL.match(text, match.end())
    groups, start = before_amount(text, match.start())
    low, high = _open_ends(groups, value)
    bound = next((k for k in ("at_least", "greater_than", "at_most", "less_than") if groups[k]), None)
    made = amount_of_word(match, start, bound, groups, value)
    if tail is None:
        object_of = re.match(
            rf" (?:in )?(?:the |its |their |overall |total )?(?P<noun>{NOUN})\b",
            text[match.end() :],
            re.IGNORECASE,
        )
        if object_of:
            return make_ratio(
                original,
                start,
                match.end() + object_of.end(),
                [(low, high, "times the size")],
                _tolerance(groups),
                NOUNS[object_of["noun"].lower()],
                None,
            )
        if linked := ratio_of_link(text, start, match.end(), "times", *made.scaled(1.0)):
            stop, pair, dimension, of = linked
            comparand = original[slice(*of)] if of else None
            return make_ratio(
                original,
                start,
                stop,
                [(*pair, "times the size")],
                _tolerance(groups),
                dimension,
                comparand,
            )
        return times_changed(text, original, made)
    return ratio_of_tail(text, original, made, "times", tail, *made.scaled(1.0))


def amount_of_word(
    match: re.Match[str], start: int, bound: str | None, groups: dict[str, str | None], value: float
) -> Amount:
    """ "twice" as an amount."""
    hedged = groups["about"] is not None
    return Amount(
        start, match.start(), match.end(), value, value, bound, hedged, 0.05, False, word=match[0].lower()
    )


def _fold(text: str, original: str, match: re.Match[str]) -> list[Quantity]:
    read = number(match["n"])
    if read is None or not read.value:
        return []
    words = re.search(
        rf"\b(?:(?P<up>{UP_VERB})|(?P<down>{DOWN_VERB}))(?: by)?(?: (?:about|almost|nearly|roughly|a))? $",
        text[max(0, match.start() - 40) : match.start()],
        re.IGNORECASE,
    )
    tail = TAIL.match(text, match.end())
    if tail and not tail["change"]:
        groups, start = before_amount(text, match.start())
        bound = next((k for k in ("at_least", "greater_than", "at_most", "less_than") if groups[k]), None)
        made = amount_of_word(match, start, bound, groups, read.value)
        return [ratio_of_tail(text, original, made, "fold", tail, *made.scaled(1.0))]
    end = tail.end() if tail else match.end()
    down = bool(words and words["down"]) or bool(tail and tail["change_down"])
    groups, start = before_amount(text, match.start())
    if words:
        start = max(0, match.start() - 40) + words.start()
    noun = (tail["change_in"] if tail else None) or ""
    value = 1 / read.value if down else read.value
    low, high = _open_ends(groups, value)
    return [
        make_ratio(
            original,
            start,
            end,
            [(low, high, "times the size")],
            _tolerance(groups),
            NOUNS.get(noun.lower()),
            None,
        )
    ]

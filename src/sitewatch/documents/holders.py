"""Whose size a ratio states: the thing that a comparison or a change is of, wherever its sentence names it.

The words before a verb are that thing only in the plainest sentence. "Next to the old hall, the shed is twice as
large", "twice as large as the old hall, the shed ...", "builders have extended the shed by a third", "an increase of
40 % in the area of the shed" and "the old hall would fit twice into the shed" are all of the shed.
"""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sitewatch.documents.change_words import DOWN_NOUN, UP_NOUN
from sitewatch.documents.compared import CMP, DOWN, NOUN, NOUNS, UP
from sitewatch.documents.spans import HIDDEN, Span, hide, trim
from sitewatch.documents.speech import STANCES
from sitewatch.documents.verbs import AUXILIARIES, FINITE
from sitewatch.types import Quantity

_BEFORE = 300
"""Code points of the sentence before a clause in which the thing may stand."""
_LONGEST = 14
"""Words of a noun phrase at most."""
_WORD = re.compile(rf"[A-Za-z\u00c0-\u024f{HIDDEN}][\w’'{HIDDEN}-]*|\d+")
_AUX = "|".join(sorted(AUXILIARIES, key=len, reverse=True))
_DIMENSION = rf"(?:(?:total|overall|ground|combined|covered|visible|outer|built-up) )*(?P<noun>{NOUN})"
_OF_DIMENSION = re.compile(rf"(?:the |a |an )?{_DIMENSION} (?:of|at) (?=\S)", re.IGNORECASE)
_OWN_DIMENSION = re.compile(
    rf"(?:(?P<owner>.*?\S)(?:[’']s|(?<=s)[’'])|its|their) (?:own )?{_DIMENSION}$",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    rf"(?:(?:^|[,\ue000] ?|that )(?:in|in terms of|measured by|measured in|judged by|by|on|where|as for|as regards) (?:its |the )?(?:overall |total )?(?P<front>{NOUN})(?: is concerned| goes)?,? (?:the|an?|its|their|[A-Z])"
    rf"|(?:\b(?:an?|the|its|their)|[’']s) (?:overall |total )?(?P<noun>{NOUN})(?: that is| of| and)? $)",
    re.IGNORECASE,
)
"""A dimension named before the thing ("in length, the shed") or right before the number ("a height 20 % smaller")."""
_IN_RATIO = re.compile(rf"\b(?:{NOUN}|{CMP})\b", re.IGNORECASE)
_NEAR = 60
"""Code points before a clause in which a phrase cut off it may name its dimension: "in length, the shed"."""
_CHANGE = rf"(?:{UP_NOUN}|{DOWN_NOUN})"
_OF_CHANGE = re.compile(rf"(?:the |an? )?(?:[a-z]+ )?{_CHANGE} (?:in|of|to) (?=\S)", re.IGNORECASE)
_THAT = re.compile(
    r"(?:[^,;]{0,80}?\b(?:is|was|be|seems?|appears?|clear|certain|likely|turn(?:s|ed)? out|transpire[sd]?|emerge[sd]?|follows|doubt)|what [^;]{1,80}? (?:is|was)) that ",
    re.IGNORECASE,
)
_JOINED = re.compile(r"(?:and|but|so|yet|while|whereas|although|though|because|since|that|then)\b,? ", re.I)
_OPENING = (
    r"(?:(?:per|according to|on|in|at|by|from|since|during|after|before|despite|over|under|with|for|as|of|among|against|unlike|next|beside|alongside|besides|"
    r"near|compared|relative|measured|judging|given|if|when|where|once|set|put|seen|held|taken|viewed|placed|based|built|made|now|today|yesterday|meanwhile|overall|indeed|however|"
    r"still|again|also|moreover|thanks|together|side|late|early|earlier|last|this (?:week|month|year|spring|summer|autumn|winter))|(?!building\b|housing\b|landing\b|parking\b)[a-z]+(?:ly|ed|ing))\b"
)
_FRONTED = re.compile(rf"{_OPENING}[^,;]{{0,120}}?, |{HIDDEN}+[^,;]{{0,30}}?, ", re.IGNORECASE)
_DATED = re.compile(rf"(?:on|in|at|by|from|since|during|as of)\b[^,;]{{0,60}}?{HIDDEN}+ ", re.IGNORECASE)
_BEGINS = re.compile(rf"(?:(?i:the|an?|its|their)|[A-Z]\w*|(?i:{_OPENING}))")
_START = r"(?:the|an?|its|their|this|that|these|those|both|all|[A-Z]\w*|\ue000+)\b"
_PARTICLES = frozenset(
    [
        "up",
        "out",
        "down",
        "to",
        "at",
        "by",
        "off",
        "back",
        "about",
        "now",
        "in",
        "on",
        "for",
        "away",
        "over",
        "still",
        "only",
        "just",
        "nearly",
        "almost",
        "more",
        "than",
    ]
)
_STATES = frozenset(
    [
        "amounts",
        "comes",
        "makes",
        "boasts",
        "takes",
        "offers",
        "equals",
        "totals",
        "runs",
        "retains",
        "keeps",
        "preserves",
    ]
)
"""Verbs of a measure that are plural nouns elsewhere."""
_DETERMINERS = frozenset(
    [
        "the",
        "a",
        "an",
        "its",
        "their",
        "his",
        "her",
        "this",
        "that",
        "these",
        "those",
        "by",
        "of",
        "newly",
        "recently",
        "to",
        "and",
        "in",
        "at",
        "on",
        "for",
        "no",
    ]
)
_ALTERS = (
    r"(?:extend|enlarg|expand|lengthen|widen|broaden|deepen|heighten|rais|increas|grow|reduc|decreas|shorten|narrow|lower|trim|curtail|shrink|slash|par|scal|"
    r"doubl|trebl|tripl|quadrupl|halv|downsiz|shav|prun|clip|truncat|stretch|diminish|crop|boost|upsiz)"
)
_ALTERED = re.compile(
    rf"\b(?:{_ALTERS}(?:[a-z]?e?d|s|es|ing)|grew|grown|shrank|shrunk|cut|cuts|built out|build out)(?: (?:back|down|up|out))? "
    rf"(?P<np>(?:the|its|their|an?|this|that|[A-Z]\w*|\ue000+)\b[^,;:]{{1,80}}?)(?= (?:by|to) |[,.;:]|$| (?:in|over|since|within) |\s*$)"
)
_MOVED = re.compile(
    r"\b(?:add(?:ed|s|ing)?|put(?:s|ting)?|gave|takes?|took|taken|cut|cuts|lop(?:s|ped)|shav(?:es|ed)|knock(?:s|ed)|trim(?:s|med)|slic(?:es|ed)|carv(?:es|ed)|remov(?:es|ed)|strip(?:s|ped))\b"
)
_ONTO = re.compile(
    r"[^,.;:]{0,40}?\b(?:to|off|from|onto|on|of) (?P<np>(?:the|its|their|[A-Z]\w*|\ue000+)\b[^,.;:]{1,80})"
)
_AFTER_CHANGE = re.compile(
    rf"[^,.;:]{{0,60}}?\b(?:in|to|of|on|from) (?P<np>(?:(?:the|a) )?{_DIMENSION} of [^,.;:]{{2,80}}|(?:the|[A-Z]\w*|\ue000+)\b[^,.;:]{{1,80}})"
)
_OVER = re.compile(r"\b(?:over|compared|against|relative|than)\b")
_GROWTH = re.compile(rf"\b{_CHANGE}\b", re.IGNORECASE)
_SEES = re.compile(
    r"\b(?:there|we|they|it|analysts?|observers?|experts?|surveyors?|images?|pictures|imagery|photos?|reports?|data|figures?|institute|agency|ministry|office|survey|study|map|comparison)\b",
    re.IGNORECASE,
)
_FITS = re.compile(r"\b(?:fits?|fitted|go|goes|placed|put|laid|packed|squeezed)(?: [a-z]+ly)?\s*$")
_INTO = re.compile(r"(?: ?(?:into|inside|within|in|onto|on|over) )(?P<np>[^,.;:]{2,80})")
_INTO_QUANTITY = re.compile(r" (?:into|inside|within|in|onto|on|over)$")
_HEADLESS = re.compile(
    r"(?:(?:with|at|by|having|being|covering|measuring|boasting|although|though|while|if|only|just|now|a|an|some)\b[\s,]*)*",
    re.I,
)
_HEAD = re.compile(
    r"\b(?:is|are|was|were|has|have|than|as|to|beside|near|behind|opposite|with|from|by|and|for|at|show|shows|showed|reveals?|includes?|built|contains?) (?=(?:the|an?|its|their|[A-Z]\w*)\b)"
)
"""What stands before the noun phrase that a relative clause belongs to."""
_PRONOUN = re.compile(
    r"(?:it|they|this|these|that|those|he|she|which|who|there|one|we|what|its|their)\b[^A-Za-z]*$", re.I
)
_MARKS = ',;:“”"‘—–'
_RELATIVE = re.compile(r"(?:which|that|who|where)\b", re.I)


@dataclass(frozen=True, slots=True)
class Holder:
    """The thing whose size a ratio states."""

    span: Span | None
    """Where it is named; None where the words do not tell or have a pronoun."""
    dimension: str | None
    """What of it is compared, where words beside it say: "the width of the shed", "in width, the shed"."""


def holder(text: str, clause: Span, quantity: Quantity, sentence: Span, times: Iterable[Span]) -> Holder:
    """The thing whose size `quantity`, a ratio, states.

    Args:
        text: of the document.
        clause: the statement that holds the ratio.
        quantity: with its place in `text`.
        sentence: around the clause.
        times: spans of dates, whose words are part of no thing.
    """
    first, last = sentence
    words = hide(text[:last], ((a, b) for a, b in times if first <= a and b <= last))
    at, end = quantity.start, quantity.end
    start = clause[0] if first <= clause[0] <= at else first
    named = _dimension(words[first if start - first < _NEAR else start : at], quantity)
    for found in (
        _that_holds(words, start, at, end),
        _that_changed(words, start, at, end),
        _that_is_altered(words, start, at, end),
        _after(words, start, at, end),
        _before(words, first, start, at),
    ):
        made = _phrase(words, found, quantity.comparand) if found else None
        if made is not None and made.span is not None:
            named = named or made.dimension
            pronoun = _PRONOUN.match(words[made.span[0] : made.span[1]])
            return Holder(None if pronoun else made.span, named)
    return Holder(None, named)


def _dimension(before: str, quantity: Quantity) -> str | None:
    """The dimension that the words before a ratio or its own words name, other than through the thing."""
    if match := _MEASURED.search(before):
        return NOUNS[(match["front"] or match["noun"]).lower()]
    own = quantity.text.replace(quantity.comparand or "\ue000", "")
    for match in _IN_RATIO.finditer(own):
        word = match[0].lower()
        found = NOUNS.get(word) or UP.get(word) or DOWN.get(word)
        if found not in (None, "size"):
            return found
    return None


def _that_holds(words: str, start: int, at: int, end: int) -> Span | None:
    """ "The old hall would fit twice into the shed": the shed."""
    if not _FITS.search(words, start, at):
        return None
    if _INTO_QUANTITY.search(words[at:end]):
        return end, _stop(words, end)
    match = _INTO.match(words, end)
    return match.span("np") if match else None


def _that_changed(words: str, start: int, at: int, end: int) -> Span | None:
    """ "An increase of 40 % in the area of the shed": the shed, unless the sentence has it for a subject."""
    if not _GROWTH.search(words, max(start, at - 24), end):
        return None
    lead = words[_opened(words, start, at) : at]
    owned = re.search(rf"\b(?:{_AUX}|saw|sees|shows?|showed|underwent|{'|'.join(_STATES)})\b", lead)
    if owned and not _SEES.search(lead[: owned.start()]):
        return None
    match = _AFTER_CHANGE.match(words, end)
    if match is None or _OVER.search(words, end, match.start("np")):
        return None
    return match.span("np")


def _that_is_altered(words: str, start: int, at: int, end: int) -> Span | None:
    """ "Builders have extended the shed by a third", "they took a third off the shed": the shed."""
    opened = _opened(words, start, at)
    if _MOVED.search(words, opened, end) and (onto := _ONTO.match(words, end)):
        return None if _owns(onto["np"]) else onto.span("np")
    inner = re.search(r"\b(?:to|off|from|onto) (?P<np>(?:the|[A-Z])[^,.;:]*)$", words[at:end])
    if _MOVED.search(words, opened, end) and inner:
        following = re.match(r" of (?P<np>[^,.;:]{2,80})", words[end:])
        return (end + following.start("np"), end + following.end("np")) if following else None
    for match in _ALTERED.finditer(words, opened, min(len(words), end + 80)):
        if match.start() > end or match.end() < at - 40:
            continue
        if match.start() == opened:  # "Extended by a third" has no doer
            continue
        return None if _owns(match["np"]) else match.span("np")
    return None


def _owns(phrase: str) -> bool:
    """Whether a phrase is of the sentence's own subject: "its footprint"."""
    return phrase.lower().startswith(("its ", "their "))


def _before(words: str, first: int, start: int, at: int) -> Span | None:
    """The words before the verb, without what is fronted; of a relative clause what it belongs to."""
    opened = _opened(words, start, at)
    lead = words[opened:at]
    headless = _HEADLESS.match(lead)
    if _RELATIVE.match(lead) or (headless and headless.end() == len(lead) and start > first):
        before = max(first, start - _BEFORE)
        return _antecedent(words, _opened(words, before, start), start, bool(_RELATIVE.match(lead)))
    if headless and headless.end() == len(lead):
        return None
    verb = _verb(words, opened, at)
    return opened, at if verb is None else verb


def _antecedent(words: str, start: int, end: int, relative: bool) -> Span | None:
    """The noun phrase before ", which", or the subject of the clause before a participle."""
    start, end = trim(words, (start, end), ",;:–—")
    verb = _verb(words, start, end)
    if not relative:
        return (start, end) if verb is None else (start, verb)
    heads = list(_HEAD.finditer(words, start if verb is None else verb, end))
    return (heads[-1].end() if heads else start, end)


def _after(words: str, start: int, at: int, end: int) -> Span | None:
    """ "Twice as large as the old hall, the shed dominates the view": what stands after the comma, with a verb."""
    headless = _HEADLESS.fullmatch(words[_opened(words, start, at) : at])
    comma = words.find(", ", end - 1, end + 100)
    if headless is None or comma < 0:
        return None
    start = comma + 2
    if not re.match(_START, words[start:]):
        return None
    verb = _verb(words, start, min(len(words), start + 160))
    spoken = verb is not None and words[verb:].split(" ", 1)[0].strip(",.;:") in STANCES
    return None if verb is None or spoken else (start, verb)


def _opened(words: str, start: int, at: int) -> int:
    """Where the clause begins after conjunctions, "it turns out that" and fronted phrases."""
    start, _ = trim(words, (start, at), _MARKS)
    while start < at:
        dated = _DATED.match(words, start)
        if dated and dated.end() < at and not _BEGINS.match(words, dated.end()):
            dated = None
        found = [dated, *(p.match(words, start) for p in (_THAT, _JOINED, _FRONTED))]
        ends = [m.end() for m in found if m is not None and m.end() <= at]
        if not ends:
            break
        start, _ = trim(words, (ends[0], at), _MARKS)
    return start


def _verb(words: str, start: int, end: int) -> int | None:
    """Where the verb of a clause begins: an auxiliary, a third person, or a past right before the end."""
    tokens = list(_WORD.finditer(words, start, end))
    for i, token in enumerate(tokens):
        low, before = token[0].lower(), tokens[i - 1][0].lower() if i else "the"
        if before in _DETERMINERS or (token[0][0].isupper() and i):
            continue
        works = low == "works" and words.startswith(" out", token.end())
        if (
            works
            or low in AUXILIARIES
            or low in _STATES
            or (low in FINITE and low.endswith("s") and not low.endswith("ss"))
        ):
            return token.start()
    for i in range(len(tokens) - 1, 0, -1):
        low = tokens[i][0].lower()
        if low in FINITE:
            return tokens[i].start()
        if low not in _PARTICLES:
            break
    return None


def _stop(words: str, start: int) -> int:
    match = re.compile(r"[,.;:!?”\"()]").search(words, start)
    return match.start() if match else len(words)


def _phrase(words: str, span: Span, comparand: str | None) -> Holder | None:
    """The thing alone: without its dimension, what describes it between commas, and what follows it."""
    start, end = trim(words, span, ",;:“”\"‘'–—.")
    noun = None
    if match := _OF_CHANGE.match(words, start, end):
        start = match.end()
    if match := _OF_DIMENSION.match(words, start, end):
        start, noun = match.end(), match["noun"]
    piece = words[start:end]
    cut = re.search(
        rf",|;|\(| – | — | (?:that|which|who|where|when|while|after|before|over|since|compared|than|by)(?= |$)|(?<=\w) (?:{_AUX})(?= )|{HIDDEN}+$",
        piece,
    )
    if cut and cut.start():
        end = start + cut.start()
    if comparand and (both := re.search(rf" and {re.escape(comparand)}$", words[start:end])):
        end = start + both.start()  # "the shed and the hall are of one size"
    if (own := _OWN_DIMENSION.match(words[start:end])) is not None:
        if own["owner"] is None:
            return None
        end, noun = start + own.end("owner"), own["noun"]
    start, end = trim(words, (start, end), ",;:“”\"‘'–—.")
    piece = words[start:end]
    count = len(piece.split())
    if not 0 < count <= _LONGEST or (comparand and piece.casefold() == comparand.casefold()):
        return None
    return Holder((start, end), NOUNS[noun.lower()] if noun else None)

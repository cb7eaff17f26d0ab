"""Subject, predicate and object of a statement, as entities where they are known."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from collections.abc import Sequence

from sitewatch.documents.gazetteer import Mention
from sitewatch.documents.spans import Span, trim
from sitewatch.documents.verbs import AUXILIARIES, FINITE

_WORD = re.compile(r"[A-Za-z\u00c0-\u024f][\w’'-]*")
_LEAD = re.compile(r"^(?:which|who|that|where|and|but|while)\b\s*")
_FRONTED = re.compile(
    r"^(?:compared|in comparison|relative|according|unlike|against|at|on|in|by|since|with|from|after|before|during|measured|despite|of|for|as|over|under|thanks)\b",
    re.IGNORECASE,
)
_MEASURE_OF = re.compile(
    r"^(?:the |its )?(?:[a-z]+ )?(?:size|length|width|height|area|footprint|floor area|roof area|floor space|volume|perimeter|depth|capacity|span) of (?=\S)",
    re.IGNORECASE,
)
_NOT_BEFORE_VERB = frozenset(
    [
        "the",
        "a",
        "an",
        "its",
        "their",
        "by",
        "newly",
        "recently",
        "of",
        "his",
        "her",
        "this",
        "that",
        "these",
        "those",
    ]
)


def triple(text: str, span: Span, mentions: list[Mention]) -> tuple[str | None, str | None, str | None]:
    """The words before, of and after the first verb of a statement; entity ids replace names.

    Of "the width of the new hall is ..." the subject is the new hall.
    """
    start, end = span
    quote = text[start:end]
    verb = _verb(quote, [(m.start - start, m.end - start) for m in mentions])
    if verb is None:
        return entity(text, span, mentions), None, None
    subject = entity(text, _subject(text, (start, start + verb[0])), mentions)
    object_ = entity(text, trim(text, (start + verb[1], end), ",;:."), mentions)
    return subject, re.sub(r"\s+", " ", quote[verb[0] : verb[1]]), object_


def _subject(text: str, span: Span) -> Span:
    """What stands before the verb without fronted phrases and the name of a dimension."""
    start, end = trim(text, span, ',;:“"')
    words = text[start:end]
    if "," in words and _FRONTED.match(words):
        start += words.rfind(",") + 1
        start, end = trim(text, (start, end), ",;:")
    if match := _MEASURE_OF.match(text[start:end]):
        start += match.end()
    return start, end


def _verb(quote: str, names: list[Span]) -> Span | None:
    """The first finite verb with its auxiliaries and adverbs; a participle only where there is no other verb."""
    tokens = list(_WORD.finditer(quote))
    loose = None
    for i, token in enumerate(tokens):
        low = token[0].lower()
        before = tokens[i - 1][0].lower() if i else ""
        named = any(a <= token.start() < b for a, b in names)
        month = token[0] == "May" and i > 0
        if named or month or low not in FINITE or before in _NOT_BEFORE_VERB:
            continue
        if low in AUXILIARIES or low.endswith("s") or not low.endswith(("ed", "t", "n")):
            return token.start(), _verb_end(quote, tokens[i + 1 : i + 6], token.end())
        loose = loose or (token.start(), _verb_end(quote, tokens[i + 1 : i + 6], token.end()))
    return loose


def _verb_end(quote: str, following: list[re.Match[str]], end: int) -> int:
    for token in following:
        word = token[0].lower()
        if quote[end : token.start()].strip():
            break
        if (
            word in FINITE
            or word.endswith(("ly", "ing"))
            or word in ("not", "also", "been", "be", "to", "now")
        ):
            end = token.end()
        else:
            break
    return end


def entity(text: str, span: Span, mentions: Sequence[Mention]) -> str | None:
    """The first entity named in a stretch, else its words."""
    inside = [m for m in mentions if span[0] <= m.start and m.end <= span[1]]
    if inside:
        return inside[0].entity
    words = _LEAD.sub("", text[span[0] : span[1]].strip(' ,;:.“”"'))
    return re.sub(r"\s+", " ", words)[:160] or None

"""Sentences of a text with their places.

Blocks (paragraphs, list items, headings) are separated by line ends, unless lines were wrapped by width. Inside
a block a sentence ends with . ! ? or an ellipsis, with closing quotes and brackets, before a capital, a digit, an
opening quote or the end; not after an abbreviation, an initial, or within a number.
"""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from sitewatch.documents.spans import Span, trim, words
from sitewatch.types import Passage

_LONGEST = 2000
"""Longer sentences (tables, lists without stops) are cut, so that no grammar meets an unbounded one."""

_ABBREVIATIONS = frozenset(
    words(
        "mr mrs ms dr prof gen col maj capt lt sgt adm sen rep gov pres st sr jr hon rev messrs mt ft "
        "jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues wed thu thur thurs fri sat sun "
        "no nos nr fig figs vol vols pp p ed eds approx ca cf etc e.g i.e eg ie vs v al inc ltd co corp bros dept est sq km "
        "u.s u.k u.n e.u d.c a.m p.m u.s.a d.p.r.k p.r.c art sec para u.a.e ph.d m.sc b.a"
    )
)
_MONTHS = frozenset(words("jan feb mar apr jun jul aug sept sep oct nov dec"))
_NEVER_END = frozenset(
    words(
        "mr mrs ms dr prof gen col maj capt lt sgt adm sen rep gov pres st messrs fig figs no nos nr approx ca cf vs e.g i.e eg ie mt ex exh para paras pt pts cl art arts app al"
    )
)
_END = re.compile(r"[.!?…。！？]+[\"”’'»)\]]*(?=\s|$|[A-Z“\"])|[。！？]")
_BULLET = re.compile(r"[ \t]*(?:[•‣▪◦●*–—-]|\(?\d{1,2}[.)]|\(?[a-z]\))[ \t]+")
_NEXT = re.compile(r"\s*[\"“‘'«(\[]?\s*(?:[A-Z0-9\u00c0-\u00de\u0400-\u042f@#•]|[^\x00-\x7f])")
_LABEL = re.compile(r"(?P<label>[A-Z][\w ]{1,24}):(?=\s)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and what it is part of."""

    start: int
    end: int
    role: str = "paragraph"
    """title, byline, heading, paragraph, item, caption, boilerplate: that of its passage."""
    block: int = 0
    """Which block of the text it belongs to, counted from 0."""


def sentences(text: str, passages: Sequence[Passage] = ()) -> tuple[Sentence, ...]:
    """Sentences in order, trimmed; headings and labels come as sentences of their own.

    Without `passages` blocks are told from line ends and their looks.
    """
    blocks = [(p.start, min(p.end, len(text)), p.role) for p in passages if p.start < len(text)] or list(
        _blocks(text)
    )
    found = []
    for index, (start, end, role) in enumerate(blocks):
        for span in _split(text, start, end):
            found.append(Sentence(*span, role, index))
    return tuple(found)


def _blocks(text: str) -> Iterator[tuple[int, int, str]]:
    lines = [(m.start(), m.end()) for m in re.finditer(r"[^\n\r\u2028\u2029\f\v]+", text)]
    widths = [b - a for a, b in lines if b - a > 30]
    wrapped = len(widths) > 3 and median(widths) < 100 and max(widths) < 120
    group: list[Span] = []
    for i, (start, end) in enumerate(lines):
        if not text[start:end].strip():
            continue
        if group and _continues(text, group[-1], (start, end), wrapped):
            group.append((start, end))
            continue
        if group:
            yield _block(text, group, lines, i)
        group = [(start, end)]
    if group:
        yield _block(text, group, lines, len(lines))


def _continues(text: str, last: Span, line: Span, wrapped: bool) -> bool:
    """Whether a line goes on with the paragraph of the one before it."""
    gap = text[last[1] : line[0]]
    if gap.count("\n") + gap.count("\r") - gap.count("\r\n") > 1 or _BULLET.match(text, line[0], line[1]):
        return False
    before = text[last[0] : last[1]].rstrip()
    after = text[line[0] : line[1]].lstrip()
    if not before or before[-1:] in '.!?:”"' or not after:
        return wrapped and len(before) > 45 and before[-1:] not in ":"
    return after[0].islower() or (wrapped and len(before) > 45)


def _block(text: str, group: list[Span], lines: list[Span], following: int) -> tuple[int, int, str]:
    start, end = trim(text, (group[0][0], group[-1][1]))
    bullet = _BULLET.match(text, start, end)
    if bullet:
        return bullet.end(), end, "item"
    words = text[start:end].split(None, 20)
    stops = text[end - 1 : end] in '.!?…"”。' or (text[end - 1 : end] in ")”" and "." in text[end - 3 : end])
    if not stops and len(words) <= 14:
        return start, end, "heading"
    return start, end, "paragraph"


def _split(text: str, start: int, end: int) -> Iterator[Span]:
    at = start
    label = _LABEL.match(text, start, end)
    if label and len(label["label"].split()) <= 2:
        yield label.start(), label.end()
        at = label.end()
    for match in _END.finditer(text, at, end):
        if match.end() - at > _LONGEST:
            yield from _cut(text, at, match.start())
            at = match.start()
        if match.end() >= end or _ends(text, match, at, end):
            span = trim(text, (at, match.end()))
            if span[0] < span[1]:
                yield span
            at = match.end()
    yield from _cut(text, at, end)


def _cut(text: str, start: int, end: int) -> Iterator[Span]:
    """Pieces of at most _LONGEST code points, cut at white space where there is any."""
    while end - start > _LONGEST:
        stop = max(text.rfind(" ", start, start + _LONGEST), text.rfind("\n", start, start + _LONGEST))
        stop = stop if stop > start else start + _LONGEST
        if (span := trim(text, (start, stop)))[0] < span[1]:
            yield span
        start = stop
    if (span := trim(text, (start, end)))[0] < span[1]:
        yield span


def _ends(text: str, match: re.Match[str], start: int, end: int) -> bool:
    if not _NEXT.match(text, match.end(), end):
        return False
    if match[0] != ".":
        # "...," he said: a closing quote before a lower-case word was excluded by _NEXT.
        return not (
            match[0] in ("!”", "?”", '!"', '?"')
            and re.match(
                r"\s+(?:he|she|[A-Z]\w+) (?:said|asked|added)\b", text[match.end() : match.end() + 30]
            )
        )
    word = re.search(r"[\w.’'-]{1,20}$", text[max(start, match.start() - 20) : match.start()])
    if word is None:
        return True
    last = word[0].lower().strip("'’")
    after = text[match.end() : match.end() + 12].lstrip()
    if last in _MONTHS and re.search(r"\b\d{1,2} \w+$", text[max(start, match.start() - 9) : match.start()]):
        return not re.match(r"(?:1[89]|20)\d\d\b", after)  # "on 2 Jan. The ..."; but "2 Jan. 2024"
    if last in _NEVER_END:
        # "No. 4" and "Dr. X"; but "The answer is no. It ..." ends.
        return last == "no" and not after[:1].isdigit()
    if last in _ABBREVIATIONS:
        return bool(
            re.match(
                r"(?:The|It|He|She|In|On|A|An|This|They|But|And|According|We|Its|That|These|At)\b", after
            )
        )
    if re.fullmatch(r"[a-z]", last) and text[match.start() - 1].isupper():
        return False  # an initial: "J. Smith"
    return not re.fullmatch(r"(?:[a-z]\.)+[a-z]", last) or bool(
        re.match(r"(?:The|It|He|She|In|On|A|An)\b", after)
    )

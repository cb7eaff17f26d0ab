"""Ratios: what "60-70 % larger than", "twice the size of" and "half as large again" say as a number.

Every ratio is that of the subject to what it is compared with (the comparand), or of after to before.
"""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from math import inf

from sitewatch.documents.amounts import Amount, after_amount
from sitewatch.documents.change_words import (
    DOWN_NOUN,
    DOWN_VERB,
    EXCEED_VERB,
    MOVE_VERB,
    TAKES,
    TRAIL_VERB,
    UP_NOUN,
    UP_VERB,
    is_noun_here,
)
from sitewatch.documents.compared import (
    ADJ,
    ADJECTIVES,
    CMP,
    DOWN,
    IN,
    NOUN,
    NOUNS,
    UP,
    WORD,
    comparand_after,
    inverse,
    make_ratio,
    moved,
)
from sitewatch.documents.linked import ECONOMY, change_of_noun, ratio_of_link, share_of
from sitewatch.documents.numbers import is_fraction
from sitewatch.documents.units import UNIT
from sitewatch.types import Quantity

_PCT = r"(?P<pct>[ \u00a0\u202f]?%|[ -]?(?:percents?|per cent|pct|(?-i:pc))\b)"


_TIMES = r"(?P<times>[ -]times\b|[ ]?[x×](?=[ .,;:!?)]|$|-(?=bigger|larger))(?! ?\d)| to (?:one|1)\b|-?fold\b| fold\b)"


_ASIDE = r"(?:short|shy|below|above|under|over|beyond|up|down|" + CMP + r")\b"
"""Words that start another comparison: never part of what is compared with."""


_NO_OWNER = r"(?:to|from|off|on|onto|in|into|at|by|with|for|out|and|or|but|is|was|are|were|has|had)\b"
"""Words that never stand in what owns a size ("the old hall's" in "a third of the old hall's length")."""


TAIL = re.compile(
    rf"(?P<of>(?P<of_again> again)?[ -](?:of )?(?:the |its |their |his |that |what )?(?P<owner>(?!{_ASIDE}|{_NO_OWNER})(?:(?!\w{{3,}}\. ){WORD} ){{0,6}}?{WORD}(?:[’']s|s[’']) )?(?:(?!{_ASIDE})[a-z]{{3,12}} |(?:19|20)\d\d |\ue000{{4}} )?(?P<of_noun>{NOUN})\b(?P<of2> (?:of|as|that of)\b)?)"
    rf"|(?P<as> as (?P<as_adj>{ADJ})\b(?:(?<=much) (?:{NOUN}|space|room|ground|land))?(?P<again> again\b)?(?: in (?P<as_noun>{NOUN})\b)?(?P<as2> as\b)?)"
    rf"|(?P<again_as> again as (?P<again_adj>{ADJ})\b(?P<again2> as\b)?)"
    rf"|(?P<cmp> (?:again )?(?P<cmp_adj>{CMP})\b{IN}?(?P<than> than\b)?)"
    rf"|(?P<that> (?:of )?that of\b)"
    rf"|(?P<change>[ -](?:(?P<change_up>{UP_NOUN})|(?P<change_down>{DOWN_NOUN}))\b{IN.replace('in_noun', 'change_in')}?)",
    re.IGNORECASE,
)


_CHANGE_VERB = re.compile(
    rf"\b(?:(?P<trails>{TRAIL_VERB})|(?P<up>{UP_VERB})|(?P<down>{DOWN_VERB})|(?P<exceeds>{EXCEED_VERB})|(?P<factor>multipl(?:ies|ied|ying|y))|(?P<moves>{MOVE_VERB}))\b",
    re.IGNORECASE,
)


_MARGIN = re.compile(
    r"\b(?:(?P<up>larger|bigger|longer|wider|taller|higher|greater|deeper)|(?P<down>smaller|shorter|narrower|lower)) of the (?:two|pair)[^.;!?]{0,20}? by (?:a margin of )?(?:about |some |roughly |only )?$",
    re.IGNORECASE,
)


_CHANGE_LINK = re.compile(
    rf"(?: (?:itself|again|further|back|out|up|down))?(?:,[^,.;:]{{1,60}},)?(?: (?:in|by) (?:its |the |overall |total )?(?P<noun>{NOUN}))?"
    rf"(?P<object>(?: {WORD}){{0,9}}?)(?:,[^,.;:]{{1,60}},)?(?P<by>,? by| in| to| at)?(?: (?:a|the|some|about|as much as|only|just|a full|another|a further|no less than))*(?: factor(?: of)?| margin of)? ?",
    re.IGNORECASE,
)
_BY_ALONE = re.compile(
    r"(?P<noun>)(?P<object>)(?: (?P<by>by)|(?P<same> by (?:[\w.,-]+ ){1,5}?or| by (?:[\w.-]+ ){1,4}?\(|(?<=er),? or|(?<=er) \(|(?<=more),? or))(?: (?:a|the|some|about|only|just|a full|another|a further))*(?: factor(?: of)?| margin of)? ?$",
    re.IGNORECASE,
)
"""An amount with "by" whose verb stands further off, or that says a measure anew: "by 11 hectares, or 9.5 %"."""
_TO_OR_FROM = re.compile(
    rf" (?:(?P<on>to|onto|on(?! the ground))|(?P<off>off|from|out of|away from))\b(?:(?: {WORD}){{0,5}}? (?P<noun>{NOUN})\b)?",
    re.IGNORECASE,
)
"""After an amount that is given or taken: "took a quarter off its length"."""


UNIT_AFTER = re.compile(rf"[ \u00a0\u202f-]?{UNIT}(?![\w²³])", re.IGNORECASE)


_SUBJECT_NOUN = re.compile(rf"\b(?P<noun>{NOUN})\b(?!.*\b(?:{NOUN})\b)", re.IGNORECASE | re.DOTALL)


def ratio_of_amount(text: str, original: str, found: Amount) -> Quantity | None:  # noqa: PLR0911 (rules in order)
    """The ratio that an amount states together with the words after it; None where it is no ratio."""
    kind, end = kind_of(text, found)
    if kind is None:
        if linked := change_of_noun(text, found.start, found.end, None, *found.scaled(1.0)):
            return _ratio(original, found, linked[0], *linked[1], linked[2], None)
        changed = _changed(text, original, found, found.end, plain=True)
        if changed is None and _BY_FACTOR.search(text[max(0, found.start - 20) : found.start]):
            return _ratio(original, found, found.end, *found.scaled(1.0), "size", None)
        return changed
    bracketed = text.startswith(")", end) and text[: found.start].endswith(
        ("(", "(or ")
    )  # "15 m (27 per cent) longer"
    tail = TAIL.match(text, end + 1 if bracketed else end)
    if kind != "part":
        found, end = after_amount(text, found, end)
    low, high = found.scaled(0.01 if kind == "pct" else 1.0)
    lost = (
        _changed(text, original, found, end, plain=False)
        if kind != "times" and _LOST.search(text, max(0, found.start - 30), found.start)
        else None
    )
    if lost is not None:
        return lost
    if tail is not None:
        return ratio_of_tail(text, original, found, kind, tail, low, high)
    if linked := ratio_of_link(text, found.start, end, kind, low, high):
        stop, pair, dimension, of = linked
        return _ratio(original, found, stop, *pair, dimension, original[slice(*of)] if of else None)
    if changed := _changed(text, original, found, end, plain=kind == "times"):
        return changed
    if kind != "times" and (share := share_of(text, original, end)):
        return _ratio(original, found, share[0], low, high, "size", share[1])
    return None


_LOST = re.compile(
    r"(?:\b(?:lost|loses|losing|shed|sheds|lacks?|lacked|lacking|missing|surrendered|forfeited|ceded|gave up|given up)|\bby)"
    r"(?: (?:about|some|around|nearly|almost|roughly|only|over|a))* $"
)
"""Before a part of something that is gone, or an amount of change: "lost a third of its area", "grew by half its length"."""


_PASSIVE = re.compile(r"\b(?:is|was|are|were|be|been|being) $")
_BY_FACTOR = re.compile(r"\bby (?:a|some) factor of (?:about |some |nearly |roughly |almost )?$")


_AS_ADJ = re.compile(rf" (?:as (?:{ADJ}) as|that of)\b")


def kind_of(text: str, found: Amount) -> tuple[str | None, int]:
    """Whether an amount is a percentage ("pct"), a multiple ("times") or a fraction ("part"), and where it ends."""
    if match := re.compile(_PCT, re.IGNORECASE).match(text, found.end):
        return "pct", match.end()
    if match := re.compile(_TIMES, re.IGNORECASE).match(text, found.end):
        return "times", match.end()
    if "." in found.word and found.low > 1 and _AS_ADJ.match(text, found.end):  # "1.8 as large as"
        return "times", found.end
    if found.high < 1 and is_fraction(found.word):
        return "part", found.end
    if found.high < 1 and re.match(
        r" (?:of )(?:the|its|[A-Z\ue000])|(?: of)? the (?:size|area|length)", text[found.end : found.end + 20]
    ):
        return "part", found.end
    return None, found.end


def ratio_of_tail(
    text: str, original: str, found: Amount, kind: str, tail: re.Match[str], low: float, high: float
) -> Quantity:
    end = tail.end()
    if tail["of"]:
        noun = tail["of_noun"].lower()
        if tail["of_again"]:
            low, high = 1 + low, 1 + high
        comparand = comparand_after(text, original, end) if tail["of2"] else None
        if tail["owner"]:
            comparand = re.sub(
                r"(?:[’']s|(?<=s)[’'])\s*$", "", original[tail.start("owner") : tail.end("owner")]
            ).strip()
            comparand = _article(original, tail) + comparand
        elif comparand is None and not tail["of2"]:
            own = re.search(r"\b(?:its|their|his|that)\b.*$", tail["of"], re.IGNORECASE)
            comparand = original[tail.start() + own.start() : tail.end("of_noun")] if own else None
        return _ratio(original, found, end, low, high, NOUNS[noun], comparand)
    if tail["as"]:
        adjective = tail["as_adj"].lower()
        if tail["again"]:
            low, high = 1 + low, 1 + high
        elif adjective in ("small", "short"):
            low, high = inverse(low, high)
        dimension = NOUNS.get((tail["as_noun"] or "").lower(), ADJECTIVES[adjective])
        comparand = comparand_after(text, original, end) if tail["as2"] else None
        return _ratio(original, found, end, low, high, dimension, comparand)
    if tail["again_as"]:
        comparand = comparand_after(text, original, end) if tail["again2"] else None
        return _ratio(
            original, found, end, 1 + low, 1 + high, ADJECTIVES[tail["again_adj"].lower()], comparand
        )
    if tail["cmp"]:
        return _compared(text, original, found, kind, tail, low, high)
    if tail["that"]:
        owner = _SUBJECT_NOUN.search(
            re.split(r"[.;:!?]\s", text[max(0, found.start - 120) : found.start])[-1]
        )
        dimension = NOUNS[owner["noun"].lower()] if owner else None
        return _ratio(original, found, end, low, high, dimension, comparand_after(text, original, end))
    rises = tail["change_up"] is not None
    dimension = NOUNS.get((tail["change_in"] or "").lower())
    if kind in ("times", "fold"):
        return _ratio(original, found, end, *((low, high) if rises else inverse(low, high)), dimension, None)
    return _ratio(original, found, end, *moved(low, high, rises), dimension, None)


def _article(original: str, tail: re.Match[str]) -> str:
    """The article before a possessive comparand ("the existing hall's footprint")."""
    match = re.search(
        r"\b(the|its|their|that) $", original[tail.start() : tail.start("owner")], re.IGNORECASE
    )
    return match[0] if match else ""


def _compared(
    text: str, original: str, found: Amount, kind: str, tail: re.Match[str], low: float, high: float
) -> Quantity:
    adjective = tail["cmp_adj"].lower()
    rises = adjective in UP
    dimension = NOUNS.get((tail["in_noun"] or "").lower(), (UP | DOWN)[adjective])
    if adjective in ("more", "less", "fewer") and not tail["than"] and not tail["in_noun"]:
        noun = re.match(rf" (?P<noun>{NOUN})\b(?P<than> than\b)?", text[tail.end() :])
        dimension = NOUNS[noun["noun"].lower()] if noun else dimension
    end = tail.end()
    comparand = comparand_after(text, original, end) if tail["than"] else None
    if kind == "fold":
        return _ratio(
            original, found, end, *((low, high) if rises else inverse(low, high)), dimension, comparand
        )
    if kind != "times":
        return _ratio(original, found, end, *moved(low, high, rises), dimension, comparand)
    readings: tuple[tuple[float, float, str], ...]
    if rises:
        readings = ((low, high, "times the size"), (low + 1, high + 1, "times the size"))
    elif low not in (inf, -inf) and low != int(low):  # nobody means 1/2.5 by "one and a half times smaller"
        readings = ((*inverse(low, high), "of the size"),)
    else:
        readings = ((*inverse(low, high), "of the size"), (*inverse(low + 1, high + 1), "of the size"))
    return _ratio(original, found, end, readings[0][0], readings[0][1], dimension, comparand, readings)


def _changed(
    text: str, original: str, found: Amount, end: int, *, plain: bool, times: bool = False
) -> Quantity | None:
    """ "grew by 40 %", "exceeds it by a third", "increased to 1.5 times": the words before the amount."""
    sentence = re.split(r"[.;:!?]\s", text[max(0, found.start - 120) : found.start])[-1]
    base = found.start - len(sentence)
    kind = "times" if times else kind_of(text, found)[0]
    if (margin := _MARGIN.search(sentence)) and kind:
        pair = moved(*found.scaled(0.01 if kind == "pct" else 1.0), margin["up"] is not None)
        return _ratio(original, found, end, *pair, "size", "the other", start=base + margin.start())
    if kind is None and "factor" not in sentence and "multipl" not in sentence:
        return None
    match, link_words, by = None, None, _BY_ALONE.search(sentence) if kind else None
    for verb in _CHANGE_VERB.finditer(sentence):  # the last verb that leads up to the amount
        following = _CHANGE_LINK.fullmatch(sentence, verb.end())
        if following is None and by is not None and verb.end() <= by.start():
            following = by  # "up by half, and its height by a fifth": what stands between does not matter
        by_how_much = verb[0].endswith("er") and sentence.startswith(" by ", verb.end())
        if verb[0].lower() == "shed" and following and following["by"]:
            continue  # "the assembly shed by 15 %" is a building
        if following and (by_how_much or not is_noun_here(sentence, verb.start())):
            match, link_words = verb, following
    if times and match and re.match(r"(?:.* )?(?:was|were|been|is|are) ", match[0]):
        return None  # "was raised twice": so often
    if match is None or link_words is None or ECONOMY.search(_clause(sentence, match.start())):
        return None
    return _by_verb(text, original, found, end, kind, match, link_words, base)


def _by_verb(
    text: str,
    original: str,
    found: Amount,
    end: int,
    kind: str | None,
    match: re.Match[str],
    link_words: re.Match[str],
    base: int,
) -> Quantity | None:
    factor = "factor" in link_words[0] or match["factor"] is not None
    if kind is None and (not factor or UNIT_AFTER.match(text, found.end)):
        return None
    verb = match[0].lower()
    words = (link_words["object"] or "").split()
    apart = link_words.re is _BY_ALONE
    link = "by" if apart else (link_words["by"] or "").strip(" ,").lower()
    given = _TO_OR_FROM.match(text, end)
    if match["moves"]:
        if given is None or link or kind == "times":
            return None
        link = ""
    elif ((match["exceeds"] or match["trails"] or match["factor"]) and link not in ("by", "in")) or (
        not link and words and verb.split()[-1] not in TAKES and verb not in TAKES
    ):
        return None
    if not link and verb.startswith("add") and not (given and given["on"]):
        return None
    scale = 0.01 if kind == "pct" else 1.0
    low, high = found.scaled(scale)
    rises = match["down"] is None and match["trails"] is None
    if match["moves"] and given:
        rises = given["on"] is not None
    if (
        link == "to"
        and kind != "times"
        and not factor
        and (found.high * scale < 1 if match["up"] else found.low * scale > 1)
    ):
        return None  # "occupancy rose to 40 per cent" is a share
    if link in ("to", "at") or match["factor"]:
        pass
    elif kind == "times" or factor:
        low, high = (low, high) if rises or not low else inverse(low, high)
    else:
        low, high = moved(low, high, rises)
    begun = base + match.start()
    if (
        match["exceeds"] and words[:1] == ["by"] and _PASSIVE.search(text, max(0, begun - 14), begun)
    ):  # "is outstripped by the hall by 10 per cent"
        low, high = inverse(low, high)
    own = re.match(IN, text[end:], re.IGNORECASE)
    noun = (
        link_words["noun"] or (own["in_noun"] if own else "") or (given["noun"] if given else "") or ""
    ).lower()
    dimension = NOUNS.get(noun) or _dimension_of_verb(verb)
    said = " ".join(words)
    if not apart and words:
        said = _ON_SIZE.sub(
            "", original[base + link_words.start("object") : base + link_words.end("object")].strip()
        )
    object_words = said if match["exceeds"] or match["trails"] else _than(said.split())
    start = found.start if apart else base + match.start()
    return _ratio(
        original, found, end + (own.end() if own else 0), low, high, dimension, object_words, start=start
    )


def times_changed(text: str, original: str, found: Amount) -> Quantity | None:
    """ "increased twice", "diminished thrice": the ratio that a bare number of times states after a change."""
    return _changed(text, original, found, found.end, plain=True, times=True)


_ON_SIZE = re.compile(rf" (?:on|in|for|by) (?:its |the )?(?:{NOUN})$", re.IGNORECASE)


def _clause(sentence: str, end: int) -> str:
    """The words before a verb that can be its subject."""
    return re.split(r"[,;:]", sentence[:end])[-1]


def _than(words: list[str]) -> str | None:
    """What "larger than the depot by 60 %" compares with."""
    return " ".join(words[1:]) or None if words[:1] == ["than"] else None


def _dimension_of_verb(words: str) -> str | None:
    for stem, dimension in (
        ("length", "length"),
        ("wid", "width"),
        ("short", "length"),
        ("long", "length"),
        ("tall", "height"),
        ("narrow", "width"),
    ):
        if stem in words:
            return dimension
    return None


def _ratio(
    original: str,
    found: Amount,
    end: int,
    low: float,
    high: float,
    dimension: str | None,
    comparand: str | None,
    readings: tuple[tuple[float, float, str], ...] = (),
    start: int | None = None,
) -> Quantity:
    pairs = list(readings) or [(low, high, "times the size")]
    return make_ratio(
        original, found.start if start is None else start, end, pairs, found.tolerance, dimension, comparand
    )

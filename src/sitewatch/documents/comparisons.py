"""Ratios: what "60-70 % larger than", "twice the size of" and "half as large again" say as a number.

Every ratio is that of the subject to what it is compared with (the comparand), or of after to before.
"""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from dataclasses import dataclass

from sitewatch.documents.amounts import Amount
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
    make_ratio,
)
from sitewatch.documents.linked import THING, ratio_of_link
from sitewatch.documents.units import UNIT
from sitewatch.types import Quantity

_PCT = r"(?P<pct>[ \u00a0\u202f]?%|[ -]?(?:percent|per cent|pct)\b)"


_TIMES = r"(?P<times>[ -]times\b|[ ]?[x×](?= |-(?=bigger|larger))|-?fold\b| fold\b)"


_ASIDE = (
    r"(?:short|shy|below|above|under|over|beyond|more|less|fewer|greater|larger|smaller|bigger|up|down)\b"
)
"""Words that start another comparison: never part of what is compared with."""


TAIL = re.compile(
    rf"(?P<of>[ -](?:of )?(?:the |its |their |his |that |what )?(?P<owner>(?!{_ASIDE})(?:{WORD} ){{0,6}}?{WORD}(?:[’']s|s[’']) )?(?:(?!{_ASIDE})[a-z]{{3,12}} |(?:19|20)\d\d |\ue000{{4}} )?(?P<of_noun>{NOUN})\b(?P<of2> (?:of|as|that of)\b)?)"
    rf"|(?P<as> as (?P<as_adj>{ADJ})\b(?:(?<=much) (?:{NOUN}|space|room|ground|land))?(?P<again> again\b)?(?: in (?P<as_noun>{NOUN})\b)?(?P<as2> as\b)?)"
    rf"|(?P<again_as> again as (?P<again_adj>{ADJ})\b(?P<again2> as\b)?)"
    rf"|(?P<cmp> (?:again )?(?P<cmp_adj>{CMP})\b{IN}?(?P<than> than\b)?)"
    rf"|(?P<that> (?:of )?that of\b)"
    rf"|(?P<change> (?P<change_noun>increase|growth|expansion|rise|enlargement|gain|extension|reduction|decrease|drop|decline|fall|cut|shrinkage)\b{IN.replace('in_noun', 'change_in')}?)",
    re.IGNORECASE,
)


UP_VERB = (
    r"(?:(?:has|have|had|been|was|were|is|are|being|be|to) )*(?:grown?|grew|grows|growing|increas(?:e|es|ed|ing)|expand(?:s|ed|ing)?|enlarg(?:e|es|ed|ing)|rose|risen|rises|rise|extend(?:s|ed|ing)?|"
    r"ballooned|mushroomed|climb(?:s|ed|ing)?|jump(?:s|ed|ing)?|surg(?:es|ed|ing)|soared|broaden(?:s|ed|ing)?|deepen(?:s|ed|ing)?|heighten(?:s|ed|ing)?|add(?:s|ed|ing)|put on|lengthen(?:s|ed|ing)?|widen(?:s|ed|ing)?|swell(?:s|ed)|swollen|up|gain(?:s|ed)|larger|bigger|greater|longer|wider|taller|higher|rebuilt|upsized|scaled up|boost(?:s|ed|ing)?|raised?)"
)


DOWN_VERB = (
    r"(?:shr(?:inks?|ank|unk)|reduc(?:e|es|ed|ing)|decreas(?:e|es|ed|ing)|declin(?:e|es|ed|ing)|dropp?(?:s|ed|ing)?|fell|fallen|falls|cut|cuts|down|contract(?:s|ed|ing)?|smaller|shorter|"
    r"narrower|lower|los(?:es|t|ing)|shed|sheds|scaled back|scaled down|pared|slashed|trimmed|curtailed|slump(?:s|ed)|plunged|sank|sunk|dwindles?|lowered|sagged|receded|recedes|truncated|thinner|lighter|fewer|less|shortened|narrowed|diminish(?:es|ed)?|dwindled)"
)


_CHANGE_VERB = re.compile(
    rf"\b(?:(?P<up>{UP_VERB})|(?P<down>{DOWN_VERB})|(?P<exceeds>ha(?:s|d|ve) the edge (?:over|on)|exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?|outsiz(?:es?|ed)|tops?|topped|outstrip(?:s|ped)?|outdo(?:es)?|outdid|outgr(?:ow|ows|ew|own)|beats?|dwarfs?|dwarfed|overshadow(?:s|ed)?|overtops?|overtakes?|overtook|outweighs?|outclass(?:es)?|outranks?|outreach(?:es)?|eclips(?:es|ed))|(?P<trails>trail(?:s|ed)?|lag(?:s|ged)?(?: behind)?|undershoots?|yields?(?: to)?|yielded(?: to)?|(?:falls?|fell|falling|is|are|was|were|comes?|came) short of)|(?P<factor>multipl(?:ies|ied|ying|y)))\b",
    re.IGNORECASE,
)


_MARGIN = re.compile(
    r"\b(?:(?P<up>larger|bigger|longer|wider|taller|higher|greater|deeper)|(?P<down>smaller|shorter|narrower|lower)) of the (?:two|pair)[^.;!?]{0,20}? by (?:a margin of )?(?:about |some |roughly |only )?$",
    re.IGNORECASE,
)


_CHANGE_LINK = re.compile(
    rf"(?: (?:itself|again))?(?: (?:in|by) (?:its |the |overall |total )?(?P<noun>{NOUN}))?(?P<object>(?: {WORD}){{0,7}}?)(?P<by> by| in| to| )?(?: (?:a|the|some|about|as much as|only|just|a full|another|a further|no less than))*(?: factor(?: of)?| margin of)? ?",
    re.IGNORECASE,
)


_TAKES = frozenset(
    ("lost", "loses", "losing", "shed", "sheds", "gain", "gains", "gained", "gaining", "put on")
)
"""Verbs whose amount of change is their object ("lost a third of its area")."""
ECONOMY = re.compile(
    r"\b(?:throughput|output|exports?|imports?|sales|prices?|revenues?|profits?|traffic|employment|workforce|turnover|production|budgets?|costs?|spending|"
    r"demand|population|wages?|rents?|shares|tariffs?|support|turnout|fees?|deaths|cases|inflation|rainfall|temperatures?|visitors|passengers|emissions|trade|investment)\b",
    re.IGNORECASE,
)
"""What rises and falls without being a size."""
UNIT_AFTER = re.compile(rf"[ \u00a0\u202f-]?{UNIT}(?![\w²³])", re.IGNORECASE)


_WHOLE = re.compile(
    rf" of (?P<np>(?:the|its|that|an?) (?:(?!(?:on|in|at|of|to|by|from|near|with|for|is|are|was|were|lives?) ){WORD} ){{0,4}}?{THING})\b(?! (?:roof|area|staff|capacity|output|wall|site|floor)|[’'])",
    re.IGNORECASE,
)


_SUBJECT_NOUN = re.compile(rf"\b(?P<noun>{NOUN})\b(?!.*\b(?:{NOUN})\b)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Ratio:
    start: int
    end: int
    low: float | None
    high: float | None
    tolerance: float
    dimension: str | None
    comparand: str | None
    readings: tuple[tuple[float | None, float | None, str], ...] = ()


def ratio_of_amount(text: str, original: str, found: Amount) -> Quantity | None:
    """The ratio that an amount states together with the words after it; None where it is no ratio."""
    kind, end = _kind(text, found)
    if kind is None:
        return _changed(text, original, found, found.end, plain=True)
    tail = TAIL.match(text, end)
    scale = 0.01 if kind == "pct" else 1.0
    low, high = found.low * scale, found.high * scale
    lost = (
        _changed(text, original, found, end, plain=False)
        if kind != "times" and _LOST.search(text[: found.start][-24:])
        else None
    )
    if lost is not None:
        return lost
    if tail is not None and not _of_capacity(tail):
        return ratio_of_tail(text, original, found, kind, tail, low, high)
    if linked := ratio_of_link(text, found.start, end, kind, low, high):
        stop, pair, dimension, of = linked
        return _ratio(original, found, stop, *pair, dimension, original[slice(*of)] if of else None)
    whole = _WHOLE.match(text, end)
    if whole is not None and not text[: found.start].rstrip().endswith(("by", "to")):
        comparand = original[whole.start("np") : whole.end("np")]
        return _ratio(original, found, whole.end(), low, high, "size", comparand)
    return _changed(text, original, found, end, plain=kind == "times")


_LOST = re.compile(
    r"\b(?:lost|loses|losing|shed|sheds)(?: (?:about|some|around|nearly|almost|roughly|only|over))* $"
)


def _of_capacity(tail: re.Match[str]) -> bool:
    """ "at 92 % of capacity" is how full it is, and compares nothing."""
    return (
        bool(tail["of"])
        and re.fullmatch(r" of (?:its |the )?(?:total |full )?capacity", tail["of"]) is not None
    )


def _kind(text: str, found: Amount) -> tuple[str | None, int]:
    if match := re.compile(_PCT, re.IGNORECASE).match(text, found.end):
        return "pct", match.end()
    if match := re.compile(_TIMES, re.IGNORECASE).match(text, found.end):
        return "times", match.end()
    if (
        re.search(r"half|third|quarter|fifth|tenth|halves|sixth|eighth|[½⅓⅔¼¾]|^\d/\d$", found.word)
        and found.high < 1
    ):
        return "part", found.end
    if found.high < 1 and re.match(r" (?:of )?the (?:size|area|length)", text[found.end : found.end + 20]):
        return "part", found.end
    return None, found.end


def ratio_of_tail(
    text: str, original: str, found: Amount, kind: str, tail: re.Match[str], low: float, high: float
) -> Quantity:
    end = tail.end()
    if tail["of"]:
        noun = tail["of_noun"].lower()
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
            low, high = 1 / high, 1 / low
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
    rises = tail["change_noun"].lower() in (
        "increase",
        "growth",
        "expansion",
        "rise",
        "enlargement",
        "gain",
        "extension",
    )
    dimension = NOUNS.get((tail["change_in"] or "").lower())
    if kind == "times":
        return _ratio(original, found, end, *((low, high) if rises else (1 / high, 1 / low)), dimension, None)
    return _ratio(
        original, found, end, *((1 + low, 1 + high) if rises else (1 - high, 1 - low)), dimension, None
    )


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
    if kind != "times":
        pair = (1 + low, 1 + high) if rises else (max(0.0, 1 - high), max(0.0, 1 - low))
        return _ratio(original, found, end, *pair, dimension, comparand)
    if rises:
        readings = ((low, high, "times the size"), (low + 1, high + 1, "times the size"))
    else:
        readings = ((1 / high, 1 / low, "of the size"), (1 / (high + 1), 1 / (low + 1), "of the size"))
    return _ratio(original, found, end, readings[0][0], readings[0][1], dimension, comparand, readings)


def _changed(
    text: str, original: str, found: Amount, end: int, *, plain: bool, times: bool = False
) -> Quantity | None:
    """ "grew by 40 %", "exceeds it by a third", "increased to 1.5 times": the words before the amount."""
    base = max(0, found.start - 100)
    sentence = re.split(r"[.;:!?]\s", text[base : found.start])[-1]
    base = found.start - len(sentence)
    if (margin := _MARGIN.search(sentence)) and _kind(text, found)[0]:
        scale = 0.01 if _kind(text, found)[0] == "pct" else 1.0
        part = (found.low * scale, found.high * scale)
        pair = (1 + part[0], 1 + part[1]) if margin["up"] else (1 - part[1], 1 - part[0])
        return _ratio(original, found, end, *pair, "size", "the other", start=base + margin.start())
    match, link_words = None, None
    for verb in _CHANGE_VERB.finditer(sentence):  # the last verb that leads up to the amount
        if following := _CHANGE_LINK.fullmatch(sentence, verb.end()):
            match, link_words = verb, following
    kind = "times" if times else _kind(text, found)[0]
    if match is None or link_words is None:
        return None
    factor = "factor" in link_words[0] or match["factor"] is not None
    if kind is None and (not factor or UNIT_AFTER.match(text, found.end)):
        return None
    if kind != "times" and not factor and ECONOMY.search(_clause(sentence, match.start())):
        return None
    words = (link_words["object"] or "").split()
    link = (link_words["by"] or "").strip()
    if (match["exceeds"] or match["trails"] or match["factor"]) and link not in ("by", "in"):
        return None
    if not link and words and match[0].lower() not in _TAKES:
        return None
    if not link and match[0].lower().startswith("add") and text[end : end + 4] != " to ":
        return None
    scale = 0.01 if kind == "pct" else 1.0
    low, high = found.low * scale, found.high * scale
    rises = match["down"] is None and match["trails"] is None
    if link == "to" or match["factor"]:
        pass
    elif kind == "times" or factor:
        low, high = (low, high) if rises or not low else (1 / high, 1 / low)
    elif link == "in" and not rises and kind == "part":
        low, high = 1 - high, 1 - low
    else:
        low, high = (1 + low, 1 + high) if rises else (max(0.0, 1 - high), max(0.0, 1 - low))
    own = re.match(IN, text[end:], re.IGNORECASE)
    noun = (link_words["noun"] or (own["in_noun"] if own else "") or "").lower()
    dimension = NOUNS.get(noun) or _dimension_of_verb(match[0].lower())
    object_words = " ".join(words) if match["exceeds"] or match["trails"] else _than(words)
    start = base + (len(text[base : found.start]) - len(sentence)) + match.start()
    return _ratio(
        original, found, end + (own.end() if own else 0), low, high, dimension, object_words, start=start
    )


def times_changed(text: str, original: str, found: Amount) -> Quantity | None:
    """ "increased twice", "diminished thrice": the ratio that a bare number of times states after a change."""
    return _changed(text, original, found, found.end, plain=True, times=True)


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
    def bounded(a: float, b: float) -> tuple[float | None, float | None]:
        if found.bound in ("at_least", "greater_than"):
            return a, None
        if found.bound in ("at_most", "less_than"):
            return None, b
        return a, b

    pairs = [(*bounded(a, b), w) for a, b, w in readings] or [(*bounded(low, high), "times the size")]
    return make_ratio(
        original, found.start if start is None else start, end, pairs, found.tolerance, dimension, comparand
    )

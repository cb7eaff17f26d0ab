"""Ratios: what "60-70 % larger than", "twice the size of" and "half as large again" say as a number.

Every ratio is that of the subject to what it is compared with (the comparand), or of after to before.
"""

import re
from dataclasses import dataclass

from sitewatch.documents.amounts import HEDGED, Amount, before_amount
from sitewatch.documents.numbers import number
from sitewatch.documents.spans import trim
from sitewatch.types import Quantity, Reading

_ADJECTIVES = {
    "large": "size", "big": "size", "great": "size", "sizeable": "size", "spacious": "size", "extensive": "area", "long": "length",
    "wide": "width", "broad": "width", "tall": "height", "high": "height", "deep": "depth", "heavy": "mass",
    "thick": "thickness", "much": None, "many": "count", "numerous": "count", "small": "size", "short": "length", "far": "distance",
}  # fmt: skip
_UP = {
    "larger": "size", "bigger": "size", "greater": "size", "longer": "length", "wider": "width", "broader": "width",
    "taller": "height", "higher": "height", "deeper": "depth", "heavier": "mass", "thicker": "thickness", "more": None,
}  # fmt: skip
_DOWN = {
    "smaller": "size", "shorter": "length", "narrower": "width", "lower": "height", "shallower": "depth",
    "lighter": "mass", "less": None, "fewer": "count", "thinner": "thickness",
}  # fmt: skip
_NOUNS = {
    "footprint": "area", "floor area": "area", "floor space": "area", "floorspace": "area", "surface area": "area", "surface": "area",
    "roof area": "area", "area": "area", "ground area": "area", "extent": "area", "acreage": "area", "size": "size", "dimensions": "size", "scale": "size",
    "length": "length", "width": "width", "breadth": "width", "height": "height", "depth": "depth", "volume": "volume",
    "capacity": "capacity", "mass": "mass", "weight": "mass", "number": "count", "perimeter": "perimeter", "output": "output", "diameter": "width",
    "throughput": "output", "span": "width",
}  # fmt: skip
_ADJ = "|".join(_ADJECTIVES)
_CMP = "|".join([*_UP, *_DOWN])
_NOUN = "|".join(sorted(_NOUNS, key=len, reverse=True))
_PCT = r"(?P<pct>[ \u00a0\u202f]?%|[ -]?(?:percent|per cent|pct)\b)"
_TIMES = r"(?P<times>[ -]times\b|[ ]?[x×](?= |-(?=bigger|larger))|-?fold\b| fold\b)"
_TIMES_WORDS = {
    "twice": 2.0,
    "thrice": 3.0,
    "double": 2.0,
    "triple": 3.0,
    "treble": 3.0,
    "quadruple": 4.0,
    "quintuple": 5.0,
    "half": 0.5,
}
_IN = rf"(?: (?:in|by|of|as regards|in terms of) (?:its |the |terms of |overall |total |ground |roof )?(?P<in_noun>{_NOUN})\b)"
_WORD = r"[\w’'.-]+"
_NP = rf"(?:{_WORD} ){{0,7}}?"

_TAIL = re.compile(
    rf"(?P<of>[ -](?:of )?(?:the |its |their |his |that |what )?(?P<owner>(?:{_WORD} ){{0,6}}?{_WORD}(?:[’']s|s[’']) )?(?:[a-z]{{3,12}} |(?:19|20)\d\d |\ue000{{4}} )?(?P<of_noun>{_NOUN})\b(?P<of2> (?:of|as|that of)\b)?)"
    rf"|(?P<as> as (?P<as_adj>{_ADJ})\b(?P<again> again\b)?(?: in (?P<as_noun>{_NOUN})\b)?(?P<as2> as\b)?)"
    rf"|(?P<again_as> again as (?P<again_adj>{_ADJ})\b(?P<again2> as\b)?)"
    rf"|(?P<cmp> (?:again )?(?P<cmp_adj>{_CMP})\b{_IN}?(?P<than> than\b)?)"
    rf"|(?P<that> (?:of )?that of\b)"
    rf"|(?P<change> (?P<change_noun>increase|growth|expansion|rise|enlargement|gain|extension|reduction|decrease|drop|decline|fall|cut|shrinkage)\b{_IN.replace('in_noun', 'change_in')}?)",
    re.IGNORECASE,
)
_UP_VERB = (
    r"(?:(?:has|have|had|been|was|were|is|are|being|be|to) )*(?:grown?|grew|grows|growing|increas(?:e|es|ed|ing)|expand(?:s|ed|ing)?|enlarg(?:e|es|ed|ing)|rose|risen|rises|rise|extend(?:s|ed|ing)?|"
    r"lengthen(?:s|ed|ing)?|widen(?:s|ed|ing)?|swell(?:s|ed)|swollen|up|gain(?:s|ed)|larger|bigger|greater|longer|wider|taller|higher|rebuilt|upsized|scaled up|boost(?:s|ed|ing)?|raised?)"
)
_DOWN_VERB = (
    r"(?:shr(?:inks?|ank|unk)|reduc(?:e|es|ed|ing)|decreas(?:e|es|ed|ing)|declin(?:e|es|ed|ing)|dropp?(?:s|ed|ing)?|fell|fallen|falls|cut|cuts|down|contract(?:s|ed|ing)?|smaller|shorter|"
    r"narrower|lower|lost|shortened|narrowed|diminish(?:es|ed)?|dwindled)"
)
_CHANGE_VERB = re.compile(
    rf"\b(?:(?P<up>{_UP_VERB})|(?P<down>{_DOWN_VERB})|(?P<exceeds>exceed(?:s|ed)?|surpass(?:es|ed)?|outsizes?|tops?))\b",
    re.IGNORECASE,
)
_CHANGE_LINK = re.compile(
    rf"(?: (?:itself|again))?(?: in (?P<noun>{_NOUN}))?(?P<object>(?: {_WORD}){{0,7}}?)(?P<by> by| in| to| )?(?: (?:a|the|some|about|as much as|only|just|a full|another|a further))*(?: factor of)? ?",
    re.IGNORECASE,
)
_VERB_WORD = re.compile(
    r"\b(?P<verb>doubled|doubles|doubling|tripled|triples|tripling|trebled|quadrupled|quadruples|quintupled|halved|halves|halving|doubly)\b"
    rf"(?: (?:itself|again))?(?:(?P<in> in| its| the| their)(?: (?:overall|total|floor))? (?P<noun>{_NOUN})\b(?P<of> of\b)?)?",
    re.IGNORECASE,
)
_VERB_VALUES = {
    "doubl": 2.0,
    "tripl": 3.0,
    "trebl": 3.0,
    "quadr": 4.0,
    "quint": 5.0,
    "halve": 0.5,
    "halvi": 0.5,
}
_FOLD = re.compile(
    r"\b(?P<n>two|three|four|five|six|seven|eight|nine|ten|twelve|\d{1,3})-?fold\b", re.IGNORECASE
)
_WORD_TIMES = re.compile(r"\b(?:twice|thrice|double|triple|treble|quadruple|half)\b", re.IGNORECASE)
_EQUAL = re.compile(
    rf"\b(?:(?P<loose>(?:very |broadly |quite |roughly )?(?:similar|comparable|close)|(?:roughly|approximately|about|nearly|almost) (?:equal|equivalent|identical|the same)|much the same|resembles)"
    rf"|(?P<same>equal|equivalent|identical|the same|matches|matching|equals))"
    rf"(?: to (?P<before>(?:the |that )?{_NP}{_WORD}) in (?P<noun2>{_NOUN})\b| in (?P<noun>{_NOUN}) (?:to|with|as)\b| (?P<noun3>{_NOUN}) (?:as|to|of)\b| to the (?P<noun4>{_NOUN}) of\b)"
    rf"|\b(?:of|with) (?:(?P<loose2>a similar|similar|comparable|a comparable|about the same|roughly the same|roughly equal|much the same)|(?P<same2>the same|equal|an equal|identical)) (?P<noun5>{_NOUN})\b(?: (?:to|as)\b)?"
    rf"|(?<!\bnot )(?<!times )(?<!twice )(?<!half )(?<!thirds )(?<!third )(?<!quarters )(?<!quarter )(?<!cent )(?<!percent )(?<!% )(?:\b(?P<loose3>about|roughly|approximately|nearly|almost|some) )?\b(?P<same3>as (?P<adj>{_ADJ}) as)\b(?! (?:\d|possible|before))"
    rf"|\b(?P<be>is|was|are|were|be|been|now|area|building|structure|hall|roughly|about|approximately|nearly|almost) (?P<the>the (?P<noun6>size|footprint|length|width|height|area) of)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    rf"\b(?P<not>(?:not|no|never) (?:any |much )?)?(?:(?:slightly|somewhat|much|significantly|considerably|marginally|far|a bit|a little|substantially|noticeably|clearly|visibly|even|notably|slightly|markedly) )?"
    rf"(?P<adj>larger|bigger|longer|wider|broader|taller|smaller|shorter|narrower|deeper)(?: in (?P<noun>{_NOUN}))? than\b(?! (?:\d|expected|previously|usual|normal|planned|thought|average|once|ever|a (?:few|year|month)))",
    re.IGNORECASE,
)
_AND_HALF = re.compile(
    rf"\bas (?P<adj>{_ADJ}) as (?P<np>(?:{_WORD} ){{1,6}}?)and half again\b", re.IGNORECASE
)
_WHOLE = re.compile(
    rf" of (?P<np>(?:the|its|that|an?) (?:{_WORD} ){{0,4}}?(?:building|hall|facility|structure|predecessor|neighbour|neighbor|warehouse|shed|hangar|one|original|depot|store|plant|factory|workshop|block))\b(?! (?:roof|area|staff|capacity|output|wall|site|floor)|[’'])",
    re.IGNORECASE,
)
_SUBJECT_NOUN = re.compile(rf"\b(?P<noun>{_NOUN})\b(?!.*\b(?:{_NOUN})\b)", re.IGNORECASE | re.DOTALL)
_COMPARED_WITH = re.compile(
    r"\b(?:[Cc]ompared|[Ii]n comparison|[Rr]elative) (?:with|to) (?P<np>[^,;.()]{3,80}?)(?:,|$)|\b(?:[Aa]gainst|[Uu]nlike) (?P<np2>(?:the|its|an?) [^,;.()]{3,60}?),"
)
_STOP = re.compile(
    r"[,;:!?\n()\[\]“”\"—–]|\.(?=\s|$)|\s-\s|\b(?:and|but|while|which|who|where|indicating|suggesting|according|is|are|was|were|has|have|had|will|"
    r"would|could|may|might|although|though|because|since|after|before|as|when|with|that had|in (?:early|late|mid|January|February|March|April|May|June|July|"
    r"August|September|October|November|December)|on (?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)|said|says|reported|told)\b|\ue000"
)


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


def comparand_after(text: str, original: str, end: int) -> str | None:
    """The noun phrase after "than" or "of", in the document's words."""
    start = end
    while start < len(text) and text[start] == " ":
        start += 1
    first = re.match(
        r"(?:it|they|he|this|that|what|those) (?:is|are|was|were|had|has|used to|does|did)\b[^,.;:!?\n]{0,40}",
        text[start:],
    )
    if first:
        stop = start + first.end()
    else:
        window = text[start : start + 160]
        match = _STOP.search(window, 1) if window else None
        stop = start + (match.start() if match else len(window))
        if window[:1] in ",;:.!?\n)" or not window:
            return None
        if match is not None and match[0] == "\ue000":
            stop = _through_hidden(text, start, stop)
    start, stop = trim(text, (start, stop))
    phrase = original[start:stop].strip(" ,;:-")
    return phrase or None


def _through_hidden(text: str, start: int, stop: int) -> int:
    """A hidden stretch is part of the phrase where it starts or names it ("the February 11 plant")."""
    while stop < len(text) and text[stop] == "\ue000":
        stop += 1
    match = _STOP.search(text, stop, min(len(text), stop + 120))
    end = match.start() if match else min(len(text), stop + 120)
    return end if end > stop or True else start


def ratio_of_amount(text: str, original: str, found: Amount) -> Quantity | None:
    """The ratio that an amount states together with the words after it; None where it is no ratio."""
    kind, end = _kind(text, found)
    if kind is None:
        return _changed(text, original, found, found.end, plain=True)
    tail = _TAIL.match(text, end)
    scale = 0.01 if kind == "pct" else 1.0
    low, high = found.low * scale, found.high * scale
    if tail is not None:
        return _tail(text, original, found, kind, tail, low, high)
    whole = _WHOLE.match(text, end)
    if whole is not None and not text[: found.start].rstrip().endswith(("by", "to")):
        comparand = original[whole.start("np") : whole.end("np")]
        return _ratio(original, found, whole.end(), low, high, "size", comparand)
    return _changed(text, original, found, end, plain=kind == "times")


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


def _tail(
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
        return _ratio(original, found, end, low, high, _NOUNS[noun], comparand)
    if tail["as"]:
        adjective = tail["as_adj"].lower()
        if tail["again"]:
            low, high = 1 + low, 1 + high
        elif adjective in ("small", "short"):
            low, high = 1 / high, 1 / low
        dimension = _NOUNS.get((tail["as_noun"] or "").lower(), _ADJECTIVES[adjective])
        comparand = comparand_after(text, original, end) if tail["as2"] else None
        return _ratio(original, found, end, low, high, dimension, comparand)
    if tail["again_as"]:
        comparand = comparand_after(text, original, end) if tail["again2"] else None
        return _ratio(
            original, found, end, 1 + low, 1 + high, _ADJECTIVES[tail["again_adj"].lower()], comparand
        )
    if tail["cmp"]:
        return _compared(text, original, found, kind, tail, low, high)
    if tail["that"]:
        owner = _SUBJECT_NOUN.search(
            re.split(r"[.;:!?]\s", text[max(0, found.start - 120) : found.start])[-1]
        )
        dimension = _NOUNS[owner["noun"].lower()] if owner else None
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
    dimension = _NOUNS.get((tail["change_in"] or "").lower())
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
    rises = adjective in _UP
    dimension = _NOUNS.get((tail["in_noun"] or "").lower(), (_UP | _DOWN)[adjective])
    if adjective in ("more", "less", "fewer") and not tail["than"] and not tail["in_noun"]:
        noun = re.match(rf" (?P<noun>{_NOUN})\b(?P<than> than\b)?", text[tail.end() :])
        dimension = _NOUNS[noun["noun"].lower()] if noun else dimension
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


def _changed(text: str, original: str, found: Amount, end: int, *, plain: bool) -> Quantity | None:
    """ "grew by 40 %", "exceeds it by a third", "increased to 1.5 times": the words before the amount."""
    base = max(0, found.start - 100)
    sentence = re.split(r"[.;:!?]\s", text[base : found.start])[-1]
    base = found.start - len(sentence)
    match, link_words = None, None
    for verb in _CHANGE_VERB.finditer(sentence):  # the last verb that leads up to the amount
        if following := _CHANGE_LINK.fullmatch(sentence, verb.end()):
            match, link_words = verb, following
    kind, _ = _kind(text, found)
    if match is None or link_words is None or kind is None:
        return None
    words = (link_words["object"] or "").split()
    link = (link_words["by"] or "").strip()
    if match["exceeds"] and link != "by":
        return None
    if not link and words:
        return None
    scale = 0.01 if kind == "pct" else 1.0
    low, high = found.low * scale, found.high * scale
    factor = "factor" in link_words[0]
    rises = match["down"] is None
    if link == "to":
        pass
    elif kind == "times" or factor:
        low, high = (low, high) if rises else (1 / high, 1 / low)
    elif link == "in" and not rises and kind == "part":
        low, high = 1 - high, 1 - low
    else:
        low, high = (1 + low, 1 + high) if rises else (max(0.0, 1 - high), max(0.0, 1 - low))
    own = re.match(_IN, text[end:], re.IGNORECASE)
    noun = (link_words["noun"] or (own["in_noun"] if own else "") or "").lower()
    dimension = _NOUNS.get(noun) or _dimension_of_verb(match[0].lower())
    object_words = " ".join(words) if match["exceeds"] else None
    start = base + (len(text[base : found.start]) - len(sentence)) + match.start()
    return _ratio(
        original, found, end + (own.end() if own else 0), low, high, dimension, object_words, start=start
    )


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


def make_ratio(
    original: str,
    start: int,
    end: int,
    pairs: list[tuple[float | None, float | None, str]],
    tolerance: float,
    dimension: str | None,
    comparand: str | None,
) -> Quantity:
    """A ratio with its readings; the first is the one that `low` and `high` state."""
    readings = tuple(Reading(_round(a), _round(b), f"{_span(a, b)} {w}") for a, b, w in pairs)
    if comparand is None:
        comparand = _compared_with(original, start, end)
    return Quantity(
        text=original[start:end],
        low=readings[0].low,
        high=readings[0].high,
        tolerance=tolerance,
        unit="1",
        relation="ratio",
        comparand=comparand,
        readings=readings,
        dimension=dimension,
        start=start,
        end=end,
    )


def _compared_with(original: str, start: int, end: int) -> str | None:
    """The comparand that stands elsewhere in the sentence: "Compared with the old hall, ..."."""
    before = re.split(r"[.;:!?]\s", original[max(0, start - 200) : start])[-1]
    after = re.split(r"[.;:!?](?:\s|$)", original[end : end + 120])[0]
    match = _COMPARED_WITH.search(before) or _COMPARED_WITH.match(after.lstrip(", "))
    return (match["np"] or match["np2"]).strip() if match else None


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 9)


def _span(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return (
            f"more than {low:.4g}"
            if low is not None
            else f"at most {high:.4g}"
            if high is not None
            else "any"
        )
    return f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"


def word_ratios(text: str, original: str) -> list[Quantity]:
    """Ratios without a number: twice, doubled, the same size as, slightly larger than."""
    found: list[Quantity] = []
    for match in _AND_HALF.finditer(text):
        comparand = original[match.start("np") : match.end("np")].strip()
        found.append(
            make_ratio(
                original,
                match.start(),
                match.end(),
                [(1.5, 1.5, "times the size")],
                0.05,
                _ADJECTIVES[match["adj"].lower()],
                comparand,
            )
        )
    for match in _WORD_TIMES.finditer(text):
        made = _word_times(text, original, match)
        if made:
            found.append(made)
    for match in _VERB_WORD.finditer(text):
        value = _VERB_VALUES[match["verb"].lower()[:5]]
        groups, start = before_amount(text, match.start())
        low, high = _open_ends(groups, value)
        dimension = _NOUNS.get((match["noun"] or "").lower())
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
    """Comparisons without any factor: the same size as, similar in length to, slightly larger than."""
    found = [_equal(text, original, match) for match in _EQUAL.finditer(text)]
    for match in _OPEN.finditer(text):
        adjective = match["adj"].lower()
        up = (adjective in _UP) != bool(match["not"])
        dimension = _NOUNS.get((match["noun"] or "").lower(), (_UP | _DOWN)[adjective])
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
    if word == "half":
        return None  # a number: it is read with the other numbers
    tail = _TAIL.match(text, match.end())
    groups, start = before_amount(text, match.start())
    low, high = _open_ends(groups, value)
    bound = next((k for k in ("at_least", "greater_than", "at_most", "less_than") if groups[k]), None)
    if tail is None:
        object_of = re.match(
            rf" (?:the |its |their )?(?P<noun>{_NOUN})\b", text[match.end() :], re.IGNORECASE
        )
        if object_of:
            return make_ratio(
                original,
                start,
                match.end() + object_of.end(),
                [(low, high, "times the size")],
                _tolerance(groups),
                _NOUNS[object_of["noun"].lower()],
                None,
            )
        return None
    amount = Amount(
        start,
        match.start(),
        match.end(),
        value,
        value,
        bound,
        groups["about"] is not None,
        0.05,
        False,
        word=word,
    )
    return _tail(text, original, amount, "times", tail, value, value)


def _fold(text: str, original: str, match: re.Match[str]) -> list[Quantity]:
    read = number(match["n"])
    if read is None or not read.value:
        return []
    words = re.search(
        rf"\b(?:(?P<up>{_UP_VERB})|(?P<down>{_DOWN_VERB}))(?: by)?(?: (?:about|almost|nearly|roughly|a))? $",
        text[max(0, match.start() - 40) : match.start()],
        re.IGNORECASE,
    )
    tail = _TAIL.match(text, match.end())
    end = tail.end() if tail and tail["change"] else match.end()
    down = bool(words and words["down"]) or bool(
        tail
        and tail["change"]
        and tail["change_noun"].lower() in ("reduction", "decrease", "drop", "decline")
    )
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
            _NOUNS.get(noun.lower()),
            None,
        )
    ]


def _equal(text: str, original: str, match: re.Match[str]) -> Quantity:
    g = match.groupdict()
    noun = next((g[k] for k in ("noun", "noun2", "noun3", "noun4", "noun5", "noun6") if g[k]), None)
    dimension = _NOUNS[noun.lower()] if noun else _ADJECTIVES.get((g["adj"] or "large").lower())
    loose = any(g[k] for k in ("loose", "loose2", "loose3")) or (g["be"] or "").lower() in (
        "roughly",
        "about",
        "approximately",
        "nearly",
        "almost",
    )
    if g["before"]:
        comparand: str | None = original[match.start("before") : match.end("before")]
    else:
        comparand = comparand_after(text, original, match.end())
    tolerance = 2 * HEDGED if loose else HEDGED
    start = match.start("the") if g["the"] and not loose else match.start()
    return make_ratio(
        original, start, match.end(), [(1.0, 1.0, "times the size")], tolerance, dimension, comparand
    )

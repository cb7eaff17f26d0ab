"""Comparisons that need no factor ("on a par with", "matches X in length") and ratios said to be such ("3:1")."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from collections.abc import Iterator

from sitewatch.documents.amounts import HEDGED
from sitewatch.documents.compared import (
    ADJECTIVES,
    DOWN,
    IN,
    NOUN,
    NOUNS,
    UP,
    WORD,
    comparand_after,
    make_ratio,
)
from sitewatch.documents.linked import THING
from sitewatch.documents.numbers import NUMBER, number
from sitewatch.documents.spans import windows
from sitewatch.types import Quantity

_IN_FIRST = rf"(?: in (?:its |the |overall )?(?P<noun>{NOUN}))?"
_LEVEL = re.compile(
    rf"\b(?P<loose>(?:roughly |about |nearly |almost |approximately |broadly |more or less |practically )?)"
    rf"(?:(?:on|at) (?:a )?(?P<par>par|level terms){_IN_FIRST} (?:with|to)"
    rf"|(?:is|was|are|were|stands?|stood|now|be) (?:exactly |roughly )?(?P<level>level|even|neck and neck){_IN_FIRST.replace('<noun>', '<noun_b>')} with(?= .{{3,60}}?{IN.replace('in_noun', 'ahead')})"
    rf"|(?:the|its|an?) (?P<equal>equal|match|twin|equivalent){_IN_FIRST.replace('<noun>', '<noun_c>')} of(?= (?:the|its|their|that) )"
    rf"|no different in (?:its |the )?(?P<noun_d>{NOUN}) (?:from|to|than)\b|no different (?:from|to|than)(?= .{{3,60}}?{IN.replace('in_noun', 'ahead_d')})"
    rf"|(?P<verb>match(?:es|ed|ing)?|equal(?:s|led|ed|ling)?|rival(?:s|led|ed|ling)?|parallel(?:s|led)|approach(?:es|ed|ing)|approximat(?:es|ed))"
    rf"(?: (?:(?:the|its) )?(?P<noun_e>{NOUN}) of\b|(?=(?: {WORD}){{1,7}}?{IN.replace('in_noun', 'ahead_e')}|(?: {WORD}){{1,6}}?[’']s? {NOUN}\b)))",
    re.IGNORECASE,
)
_LOOSE_VERBS = ("rival", "approach", "approx", "parallel")
_SAME = re.compile(
    rf"\b(?P<be>is|are|was|were|share|shares|shared|have|has|had|of|stay|stays|stayed|remain|remains|remained) (?:(?P<loose>roughly|about|nearly|almost|approximately|much) )?(?:exactly |all |both |just )?"
    rf"(?:the same (?P<noun>{NOUN})|(?:equal|identical|alike) in (?P<noun2>{NOUN})|of (?:equal|the same|identical) (?P<noun3>{NOUN}))(?= ?(?:[.,;:!?)]|$| (?:and|but)\b))",
    re.IGNORECASE,
)
_OWNED = re.compile(
    rf"\b(?:is|are|was|were|now|be|being|building|hall) (?P<loose>about|roughly|around|approximately|nearly|almost|some) (?P<own>(?:the |its |their )?(?:{WORD} ){{0,4}}?{WORD}[’']s?) (?P<noun>{NOUN})\b",
    re.IGNORECASE,
)
_MUCH = re.compile(
    r"\b(?:is|are|was|were|looks?|looked|be|been|became|appears?|grown|now|,) (?:now |also |clearly |visibly )?(?:much|far|considerably|significantly|substantially|markedly|slightly|somewhat|noticeably|vastly|a little|a bit|a lot|a good deal) "
    r"(?P<adj>larger|bigger|longer|wider|broader|taller|smaller|shorter|narrower|deeper)(?= ?(?:[.;:!?)]|$|,(?! )|, (?:and|but|while|which)\b| (?:and|but)\b| in (?:size|length|area|width|height)\b))",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"(?<!half )(?<!third )(?<!quarter )(?<!cent )(?<!% )(?<!percent )\bas (?P<adj>large|big|long|wide|tall|high|deep|great|much|many) again(?P<as> as\b)?",
    re.IGNORECASE,
)
_N = rf"(?:{NUMBER})"
_RATIO = re.compile(
    rf"\b(?:(?P<what>{NOUN}) )?ratio\b(?P<of> (?:of|between) [^.;!?]{{3,90}}?)?(?: (?:now|thus|therefore|then|accordingly))?(?: (?:is|was|of|stands? at|stood at|comes? to|came to|works? out at|amounts? to|equals|=)|:)"
    rf" (?:about |around |roughly |some |approximately |almost |nearly |just |exactly )?(?P<a>{_N})(?:(?: ?: ?| to |-to-)(?P<b>{_N}))?",
    re.IGNORECASE,
)
_BARE_RATIO = re.compile(r"(?<![\d:.,])(?P<a>\d{1,3}(?:\.\d{1,3})?):(?P<b>1)(?![\d:.,]\d|:)")
_EQUATION = re.compile(
    rf"(?<!\w)(?P<left>(?:{THING} )?(?-i:[A-Z])[\w-]{{0,12}}) ?[=≈~] ?(?P<n>\d{{1,3}}(?:\.\d{{1,3}})?) ?(?:[x×*]|times) ?(?P<right>[\w-]+(?: [A-Z0-9][\w-]{{0,8}})?)",
    re.IGNORECASE,
)
_SIGN = re.compile("[=≈~]")
_SAID_RATIO = re.compile("ratio", re.IGNORECASE)
_FACTOR_OF = re.compile(
    rf"\ba factor of (?:about |some |around |roughly |almost |nearly )?(?P<n>{_N}) (?P<adj>{'|'.join([*UP, *DOWN])})\b(?P<than> than\b)?",
    re.IGNORECASE,
)


def level_comparisons(text: str, original: str) -> list[Quantity]:
    """Sizes that are said to be alike, or only to differ: "on a par with", "of equal length", "is much larger"."""
    found = []
    for match in _LEVEL.finditer(text):
        g = match.groupdict()
        noun = next((g[k] for k in g if k.startswith(("noun", "ahead")) and g[k]), None)
        verb = (g["verb"] or "").lower()
        loose = bool(g["loose"].strip()) or verb.startswith(_LOOSE_VERBS)
        comparand = comparand_after(text, original, match.end())
        if comparand and noun:
            comparand = re.split(rf" in (?:its |the |overall )?{noun}\b", comparand)[0]
        start = (
            match.start(next(k for k in ("level", "verb") if g[k]))
            if (g["level"] or verb) and not loose
            else match.start()
        )
        found.append(_alike(original, start, match.end(), noun, loose, comparand))
    for match in _SAME.finditer(text):
        noun = match["noun"] or match["noun2"] or match["noun3"]
        found.append(_alike(original, match.end("be") + 1, match.end(), noun, bool(match["loose"]), None))
    for match in _OWNED.finditer(text):
        owner = re.sub(r"[’']s?$", "", match["own"])
        found.append(_alike(original, match.start("loose"), match.end(), match["noun"], True, owner))
    for match in _MUCH.finditer(text):
        adjective = match["adj"].lower()
        ends = (1.0, None) if adjective in UP else (None, 1.0)
        found.append(
            make_ratio(
                original,
                match.start("adj"),
                match.end(),
                [(*ends, "times the size")],
                0.0,
                (UP | DOWN)[adjective],
                None,
            )
        )
    return found


def _alike(
    original: str, start: int, end: int, noun: str | None, loose: bool, comparand: str | None
) -> Quantity:
    dimension = NOUNS[noun.lower()] if noun else "size"
    tolerance = 2 * HEDGED if loose else HEDGED
    return make_ratio(original, start, end, [(1.0, 1.0, "times the size")], tolerance, dimension, comparand)


def stated_ratios(text: str, original: str) -> list[Quantity]:
    """ "the ratio is 0.65", "3:1", "Shed B = 0.6 x Shed A", "a factor of three longer than", "as large again as"."""
    found = []
    for match in _near(_SAID_RATIO, _RATIO, text):
        made = _of_two(original, match, match.start("a"))
        if made:
            found.append(made)
    found += [
        made for match in _BARE_RATIO.finditer(text) if (made := _of_two(original, match, match.start()))
    ]
    for match in _near(_SIGN, _EQUATION, text):
        value = float(match["n"])
        span = (match.start("n"), match.end())
        found.append(
            make_ratio(
                original,
                *span,
                [(value, value, "times the size")],
                0.05,
                "size",
                original[slice(*match.span("right"))],
            )
        )
    for match in _FACTOR_OF.finditer(text):
        read = number(match["n"])
        if read is None or not read.value:
            continue
        adjective = match["adj"].lower()
        value = read.value if adjective in UP else 1 / read.value
        comparand = comparand_after(text, original, match.end()) if match["than"] else None
        found.append(
            make_ratio(
                original,
                match.start(),
                match.end(),
                [(value, value, "times the size")],
                0.05,
                (UP | DOWN)[adjective],
                comparand,
            )
        )
    for match in _AGAIN.finditer(text):
        dimension = ADJECTIVES.get(match["adj"].lower())
        comparand = comparand_after(text, original, match.end()) if match["as"] else None
        found.append(
            make_ratio(
                original,
                match.start(),
                match.end(),
                [(2.0, 2.0, "times the size")],
                0.05,
                dimension,
                comparand,
            )
        )
    return found


def _near(cheap: re.Pattern[str], costly: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Matches of a costly pattern where a cheap one finds a hint of it."""
    for start, end in windows(cheap, text, 40, 160):
        yield from costly.finditer(text, start, end)


def _of_two(original: str, match: re.Match[str], start: int) -> Quantity | None:
    first, second = number(match["a"]), number(match["b"]) if match["b"] else None
    if first is None or (second is not None and not second.value):
        return None
    value = first.value / (second.value if second else 1.0)
    what = match.groupdict().get("what")
    dimension = NOUNS[what.lower()] if what else "size"
    return make_ratio(
        original,
        start,
        match.end(),
        [(value, value, "times the size")],
        max(first.rounding, 0.0),
        dimension,
        None,
    )

"""Ratios said to be such ("the ratio is 0.65", "3:1", "as large again as") and sizes only said to differ."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from collections.abc import Iterator

from sitewatch.documents.amounts import BOUNDS, Amount, before_amount
from sitewatch.documents.compared import (
    ADJECTIVES,
    DOWN,
    NOUN,
    NOUNS,
    UP,
    comparand_after,
    make_ratio,
)
from sitewatch.documents.linked import THING
from sitewatch.documents.numbers import NUMBER, number
from sitewatch.documents.spans import windows
from sitewatch.types import Quantity

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


def bare_comparatives(text: str, original: str) -> list[Quantity]:
    """Sizes that are only said to differ: "is much larger"."""
    found = []
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


_IN_EVERY = re.compile(
    rf"\b(?P<a>{_N})(?: (?:in|out of|of) (?:every|each) (?P<b>{_N})| (?:in|out of) (?P<c>three|four|five|six|eight|ten|twenty|a hundred|3|4|5|10|20|100))\b(?! ?(?:%|per ?cent|days?|weeks?|months?|years?|hours?|minutes?|metres|m\b|km\b|\ue000))",
    re.IGNORECASE,
)
_NOT_SIZED = re.compile(
    r" (?:people|residents?|respondents|voters|workers|pupils|wells|samples|cases|tests?|tested|women|men|children|times|households|families)\b",
    re.IGNORECASE,
)
_EVERY = re.compile(r"\b(?:every|each|out of|in (?:three|four|five|six|eight|ten|twenty|a hundred|\d))\b")
_LOST = re.compile(
    r"\b(?:lost|loses|losing|shed|sheds|missing|destroyed)(?: (?:about|some|nearly|almost|roughly))? $"
)


def _in_every(text: str, original: str) -> Iterator[Quantity]:
    """ "nine of every ten buildings", "lost four in every five of its shelters"."""
    for match in _near(_EVERY, _IN_EVERY, text):
        if _NOT_SIZED.search(re.split(r"[.,;:!?]", text[match.end() : match.end() + 40])[0]):
            continue
        part, whole = number(match["a"]), number(match["b"] or match["c"])
        if part is None or whole is None or not 0 < part.value < whole.value:
            continue
        share = part.value / whole.value
        if _LOST.search(text[max(0, match.start() - 24) : match.start()]):
            share = 1 - share
        groups, start = before_amount(text, match.start())
        amount = Amount(
            start,
            match.start(),
            match.end(),
            share,
            share,
            next((k for k in BOUNDS if groups[k]), None),
            groups["about"] is not None,
            0.05,
            False,
        )
        comparand = (
            comparand_after(text, original, match.end() + 3) if text.startswith(" of ", match.end()) else None
        )
        yield make_ratio(
            original,
            start,
            match.end(),
            [(*amount.scaled(1.0), "of the whole")],
            amount.tolerance,
            "count",
            comparand,
        )


def stated_ratios(text: str, original: str) -> list[Quantity]:
    """ "the ratio is 0.65", "3:1", "Shed B = 0.6 x Shed A", "a factor of three longer than", "as large again as"."""
    found = list(_in_every(text, original))
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

"""Quantities of a text: ratios, measures with a unit, dimensions of a building, counts, shares, ranks.

Names and dates are hidden first, so that neither "February 11 Plant" nor "2024" is a count.
"""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from collections.abc import Iterable
from dataclasses import replace

from sitewatch.documents.amounts import Amount, after_amount, amount_at, amounts
from sitewatch.documents.compared import comparand_after
from sitewatch.documents.comparisons import ratio_of_amount
from sitewatch.documents.counts import count_of, occasions, ranks
from sitewatch.documents.dates import dates
from sitewatch.documents.dimensions import dimension_after, dimension_before
from sitewatch.documents.level import level_comparisons, stated_ratios
from sitewatch.documents.names import named_spans
from sitewatch.documents.spans import Span, Taken, hide
from sitewatch.documents.units import DIMENSION_OF_UNIT, UNIT, si
from sitewatch.documents.word_ratios import plain_comparisons, word_ratios
from sitewatch.types import Quantity, Reading

_HAS = re.compile(
    r"\d|[½¼¾⅓⅔]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    r"eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|dozens?|scores|half|thirds?|"
    r"quarters?|fifths?|tenths?|twice|thrice|double|triple|treble|quadruple|doubl\w+|tripl\w+|trebl\w+|(?:quadru|quintu|sextu|septu|octu|decu)pl\w+|halv\w+|\w+fold|same|similar|"
    r"comparable|equal|identical|size|than|as|match\w*|equals?|equalled|rivals?|rivalled|par|level|ratio|larger|bigger|longer|wider|broader|taller|smaller|shorter|narrower|deeper|again|approach\w*|once|several|few|second|fourth|sixth|seventh|eighth|ninth)\b",
    re.IGNORECASE,
)
_UNIT = re.compile(rf"(?:[ \u00a0\u202f-]|)(?P<unit>{UNIT})(?![\w²³])", re.IGNORECASE)
_CASED = re.compile(r"[Mm]W|M$")
_BY = re.compile(
    rf"(?P<unit1>[ \u00a0\u202f-]?{UNIT}(?![\w²³]))?(?P<word1>[ -](?:long|wide|in length|in width)|)(?: ?[x×*] ?|[ -]by[ -](?:about |around |roughly |approximately |some )?)(?=[\d½¼¾]|[a-z])",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"[ \u00a0\u202f]?%|[ -]?(?:percent|per cent|pct)\b(?! points?)", re.IGNORECASE)
_POINTS = re.compile(
    r"(?:[ -]?(?:percent|per cent|percentage)|[ \u00a0\u202f]?%)?[ -]points?\b", re.IGNORECASE
)
_MORE_WORDS = {
    "longer": "length", "shorter": "length", "wider": "width", "narrower": "width", "taller": "height", "higher": "height",
    "lower": "height", "deeper": "depth", "broader": "width", "thicker": "thickness", "further": "distance", "farther": "distance",
}  # fmt: skip
_MORE = re.compile(
    rf" (?P<adj>{'|'.join(_MORE_WORDS)}|more|less|larger|smaller|bigger)\b(?P<than> than\b)?(?! than \d)",
    re.IGNORECASE,
)
_ONE_UNIT = re.compile(
    r"\b(?:(?P<half>half )?an?) (?P<unit>met(?:re|er)|kilomet(?:re|er)|foot|yard|mile)(?= (?:longer|shorter|wider|narrower|taller|higher|lower|deeper)\b)",
    re.IGNORECASE,
)
_AFTER_ELLIPSIS = re.compile(
    r"(?= ?(?:[.;!?)]|,(?!\d)|$|\ue000)| (?:in|for|at|on|a|the|before|last|by|now|then|already|of them|more|previously|today|elsewhere|when|and|while|but|as)\b)"
)
_LEADS = re.compile(
    r"(?:\b(?:up|down|against|from|compared (?:with|to)|versus|vs\.?|than|instead of|rather than|had been|was|were|is|are|has|have|had|get|gets|say|says|said|"
    r"put it at|makes it|made it|to the|the old|now|only|guess:|and then|down to|up to|or nearer|nearer|of those|another|a further)|[:(]|, not)(?: (?:it|at|about|some|just|only|the|now|barely|around|roughly|a little|perhaps|nearly))*(?: (?:\ue000+))? $",
    re.IGNORECASE,
)
_UNIT_WITHIN = re.compile(rf"(?<![A-Za-z])(?:{UNIT})(?![\w²³])", re.IGNORECASE)
_GREW_FROM = re.compile(
    r"\b(?:gr[eo]wn?|increased|expanded|rose|risen|enlarged|extended|shrank|shrunk|fell|fallen|reduced|went|rises?|up|down|lengthened|widened|cut|raised)\b[^.;,]{0,30}$",
    re.IGNORECASE,
)
_SHARE = re.compile(r" of (?:the|its|their|all|those|these)\b", re.IGNORECASE)


def quantities(text: str, masked: Iterable[Span] | None = None) -> tuple[Quantity, ...]:
    """Quantities stated in `text`, in order, without overlaps.

    Args:
        text: any text; spans count its code points.
        masked: stretches that hold no quantities (names, dates); by default those that `named_spans` and
            `dates` find.

    Lengths are given in m, areas in m2, masses in kg, ratios and shares in 1 (a ratio as stated: "60-70 % larger
    than" is 1.6 to 1.7), counts in "count". A building's "42 m by 15 m" gives two: its length and its width.
    """
    if masked is None:
        names = named_spans(text)
        masked = [
            *names,
            *((w.start, w.end) for w in dates(text, masked=names) if any(c.isdigit() for c in w.text)),
        ]
    hidden = hide(text, masked)
    if not _HAS.search(hidden):
        return ()
    found: list[Quantity] = []
    taken = Taken()
    for quantity in (*_differences(hidden, text), *stated_ratios(hidden, text), *word_ratios(hidden, text)):
        _keep(found, taken, quantity)
    at = 0
    for amount in amounts(hidden):
        if amount.number < at:
            continue
        read = _read(hidden, text, amount)
        if not read and (going_on := _elliptic(hidden, amount, found, text)):
            read = [going_on]
        for quantity in read:
            if _keep(found, taken, quantity):
                at = max(at, quantity.end)
    for quantity in (
        *level_comparisons(hidden, text),
        *plain_comparisons(hidden, text),
        *occasions(hidden, text),
        *ranks(hidden, text),
    ):
        _keep(found, taken, quantity)
    return tuple(sorted(found, key=lambda q: (q.start, q.end)))


def _keep(found: list[Quantity], taken: Taken, quantity: Quantity) -> bool:
    free = taken.add((quantity.start, quantity.end))
    if free:
        found.append(quantity)
    return free


def _read(text: str, original: str, amount: Amount) -> list[Quantity]:
    ratio = ratio_of_amount(text, original, amount)
    if ratio is not None:
        return [ratio]
    sides = _sides(text, original, amount)
    if sides:
        return sides
    if match := _UNIT.match(text, amount.end):
        return _measures(text, original, amount, match)
    if match := _POINTS.match(text, amount.end):
        return [_plain(original, amount, match.end(), "percentage point", 1.0, None)]
    if match := _PERCENT.match(text, amount.end):
        share = comparand_after(text, original, match.end() + 3) if _SHARE.match(text, match.end()) else None
        return [_plain(original, amount, match.end(), "1", 0.01, "share", share)]
    count = count_of(text, original, amount)
    return [] if count is None else [count]


def _elliptic(text: str, amount: Amount, found: list[Quantity], original: str) -> Quantity | None:
    """ "3.2 ha, up from 2": a bare number that goes on with the unit of the one before it."""
    last = next((q for q in reversed(found) if q.end <= amount.number), None)
    if amount.word in ("one", "a", "an"):
        return None  # "the old one"
    if last is None or not _AFTER_ELLIPSIS.match(text, amount.end):
        return None
    between = text[last.end : amount.start]
    lead = text[max(0, amount.start - 40) : amount.start]
    if len(between) > 90 or re.search(r"[.!?]\s|\n", between) or not _LEADS.search(lead):
        return None
    if last.unit == "count":
        whole = amount.low == int(amount.low) and amount.low < 100_000
        return _plain(original, amount, amount.end, "count", 1.0, "count") if whole else None
    unit = _UNIT_WITHIN.findall(last.text)
    if last.relation == "ratio" or not unit or last.unit == "1":
        return None
    symbol, factor = si(unit[-1])
    return _plain(original, amount, amount.end, symbol, factor, last.dimension)


def _differences(text: str, original: str) -> list[Quantity]:
    """ "a metre deeper than it was": a difference of one."""
    made = []
    for match in _ONE_UNIT.finditer(text):
        symbol, factor = si(match["unit"])
        value = factor * (0.5 if match["half"] else 1.0)
        more = _MORE.match(text, match.end())
        comparand = comparand_after(text, original, more.end()) if more and more["than"] else None
        words = original[match.start() : more.end() if more else match.end()]
        dimension = _MORE_WORDS.get(more["adj"].lower()) if more else None
        made.append(
            Quantity(
                words,
                value,
                value,
                0.05,
                symbol,
                "equals",
                comparand,
                (Reading(value, value, words),),
                dimension,
                match.start(),
                match.start() + len(words),
            )
        )
    return made


def _measures(text: str, original: str, amount: Amount, match: re.Match[str]) -> list[Quantity]:
    """One measure; of "grew from 40 to 60 ha" two, because what changes is no range."""
    from_to = amount.ranged and original[amount.start : amount.number].lower().startswith("from ")
    if from_to and _GREW_FROM.search(text[max(0, amount.start - 50) : amount.start]):
        symbol, factor = si(match["unit"])
        dimension = DIMENSION_OF_UNIT.get(symbol)
        first = replace(amount, high=amount.low, ranged=False)
        second = amount_at(
            text, amount.end - len(re.split(r" to |[-–—] ?", original[amount.number : amount.end])[-1])
        )
        old = _plain(
            original, first, amount.number + len(amount.word), symbol, factor, dimension, start=amount.number
        )
        return (
            [old]
            if second is None
            else [old, _measure(text, original, replace(second, start=second.number), match)]
        )
    return [_measure(text, original, amount, match)]


def _measure(text: str, original: str, amount: Amount, match: re.Match[str]) -> Quantity:
    symbol, factor = si(match["unit"])
    amount, end = after_amount(text, amount, match.end())
    if more := _MORE.match(text, end):  # "20 m longer than the old one": a difference
        dimension = DIMENSION_OF_UNIT.get(symbol) or _MORE_WORDS.get(more["adj"].lower())
        comparand = comparand_after(text, original, more.end()) if more["than"] else None
        return _plain(original, amount, more.end(), symbol, factor, dimension, comparand)
    dimension, start, end = _dimension(text, amount, end, symbol)
    return _plain(original, amount, end, symbol, factor, dimension, start=start)


def _dimension(text: str, amount: Amount, end: int, symbol: str) -> tuple[str | None, int, int]:
    """What the words around a measure say that it is."""
    fixed = DIMENSION_OF_UNIT.get(symbol)
    after, stop = dimension_after(text, end)
    if fixed:
        return fixed, amount.start, end
    if after:
        return after, amount.start, stop
    return dimension_before(text, amount.start), amount.start, end


def _sides(text: str, original: str, first: Amount) -> list[Quantity]:
    """ "42 m by 15 m", "42x15 m", "six-by-four-metre": a length and a width, and a height where there are three."""
    sides = [first]
    units: list[str | None] = []
    while len(sides) < 3 and (match := _BY.match(text, sides[-1].end)):
        following = amount_at(text, match.end())
        if following is None or following.number != match.end():
            break
        units.append(match["unit1"])
        sides.append(following)
    if len(sides) == 1:
        return []
    last = _UNIT.match(text, sides[-1].end)
    units.append(last["unit"] if last else None)
    known = [u for u in units if u]
    if not known:
        return []
    symbols = [si(u or known[-1]) for u in units]
    if any(symbol != "m" for symbol, _ in symbols):
        return []
    made = []
    for i, (side, unit, (symbol, factor)) in enumerate(zip(sides, units, symbols, strict=True)):
        end = side.end
        if unit and (match := _UNIT.match(text, side.end)):
            end = match.end()
        stated = replace(side, hedged=side.hedged or first.hedged)
        name, stop = dimension_after(text, end)
        dimension = name if name and i else ("length", "width", "height")[i]
        start = side.start if i == 0 else side.number
        made.append(
            _plain(original, stated, stop if name and i else end, symbol, factor, dimension, start=start)
        )
    return made


def _plain(
    original: str,
    amount: Amount,
    end: int,
    unit: str,
    factor: float,
    dimension: str | None,
    comparand: str | None = None,
    start: int | None = None,
) -> Quantity:
    start = amount.start if start is None else start
    low, high = amount.interval
    low, high = _times(low, factor), _times(high, factor)
    readings = [Reading(low, high, original[start:end])]
    if amount.other is not None:
        decimal = Reading(
            _times(amount.other, factor), _times(amount.other, factor), "the point as a decimal point"
        )
        readings = [Reading(low, high, "the point as a separator of thousands"), decimal]
        if dimension == "share" or (unit == "m" and factor >= 1000):
            readings.reverse()
            low, high = readings[0].low, readings[0].high
    return Quantity(
        text=original[start:end],
        low=low,
        high=high,
        tolerance=amount.tolerance,
        unit=unit,
        relation=amount.relation,
        comparand=comparand,
        readings=tuple(readings),
        dimension=dimension,
        start=start,
        end=end,
    )


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else round(value * factor, 9)

"""Measures with a unit: "4,200 m2", "85 m by 32 m", "half a hectare", "a metre deeper than it was"."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from collections.abc import Iterator
from dataclasses import replace

from sitewatch.documents.amounts import Amount, after_amount, amount_at, before_amount
from sitewatch.documents.change_words import DOWN_VERB, UP_VERB
from sitewatch.documents.compared import comparand_after
from sitewatch.documents.dimensions import dimension_after, dimension_before
from sitewatch.documents.numbers import NUMBER
from sitewatch.documents.units import DIMENSION_OF_UNIT, UNIT, si
from sitewatch.types import Quantity, Reading

_SPACE = r"[ \u00a0\u202f-]"
_UNIT = re.compile(
    rf"{_SPACE}?(?P<unit>{UNIT})(?![\w²³])(?!/h|/s| per hour| an hour| per second)", re.IGNORECASE
)
_UNIT_OF = re.compile(rf" (?P<article>(?:of )?an? )?(?:of )?(?P<unit>{UNIT})(?![\w²³])", re.IGNORECASE)
_SIZE_BEFORE = re.compile(r"\b(?:length|width|height|depth|breadth|area)(?: of)? $")
_UNIT_AHEAD = re.compile(
    rf"(?:,| and|, and|;)(?: of)?(?: a| the)? (?:length|width|height|depth|breadth|area)(?: of)? {NUMBER}{_SPACE}?(?P<unit>{UNIT})(?![\w²³])",
    re.IGNORECASE,
)
_OF_MEASURE = re.compile(
    rf" of (?:the|its|their|a total of)(?: [\w’'-]+){{0,3}}? {NUMBER}{_SPACE}?(?P<unit>{UNIT})(?![\w²³])",
    re.IGNORECASE,
)
"""After the first number of "212 of the marsh's 530 hectares"."""
_BY = re.compile(
    rf"(?P<unit1>{_SPACE}?{UNIT}(?![\w²³]))?(?P<word1>[ -](?:long|wide|in length|in width)|)(?: ?[x×*] ?|[ -]by[ -](?:about |around |roughly |approximately |some )?)(?=[\d½¼¾]|[a-z])",
    re.IGNORECASE,
)
_MORE_WORDS = {
    "longer": "length", "shorter": "length", "wider": "width", "narrower": "width", "taller": "height", "higher": "height",
    "lower": "height", "deeper": "depth", "broader": "width", "thicker": "thickness", "further": "distance", "farther": "distance",
}  # fmt: skip
_MORE = re.compile(
    rf" (?P<adj>{'|'.join(_MORE_WORDS)}|more|less|larger|smaller|bigger)\b(?P<than> than\b)?(?! than \d)",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"(?<!quarter of )(?<!quarters of )(?<!third of )(?<!thirds of )(?<!fifth of )(?<!tenth of )\b(?P<half>half )?(?P<article>an?) (?P<unit>hectare|acre|square (?:kilomet(?:re|er)|mile|met(?:re|er))|cubic (?:kilomet(?:re|er)|met(?:re|er))|kilomet(?:re|er)|mile|(?P<small>met(?:re|er)|foot|yard|tonne))\b"
    r"(?: and an? (?P<part>half|quarter|third))?(?P<said>(?= (?:longer|shorter|wider|narrower|taller|higher|lower|deeper|thicker|long|wide|tall|high|deep|thick|across|apart|away|from)\b))?",
    re.IGNORECASE,
)
_INCHES = re.compile(r" ?([1-9]|1[01]) ?in\b(?! (?:\d|the|a)\b)")
_FINER = re.compile(r" and | (?=\d)")
_RATE = re.compile(rf"(?:\d|\b{UNIT}|\beach|\bper) $", re.IGNORECASE)
_CHANGES = re.compile(
    rf"\b(?:{UP_VERB}|doubled|tripled|trebled|quadrupled|halved|[\w.-]*fold|{DOWN_VERB}|go|went|gone|goes|going|moved?|moving|brought|taken|changed?|advanced|up|down|accelerated|slowed|thinned|filled)\b(?P<between>(?:[^.;]|\.\d){{0,70}})$",
    re.IGNORECASE,
)


def plain(
    original: str,
    amount: Amount,
    end: int,
    unit: str,
    factor: float,
    dimension: str | None,
    comparand: str | None = None,
    start: int | None = None,
) -> Quantity:
    """An amount that is no ratio, in SI; an ambiguous grouping keeps both readings."""
    start = amount.start if start is None else start
    low, high = amount.interval
    low, high = _times(low, factor), _times(high, factor)
    readings = [Reading(low, high, original[start:end])]
    if amount.other is not None:
        other = _times(amount.other, factor)
        readings = [
            Reading(low, high, "the point as a separator of thousands"),
            Reading(other, other, "the point as a decimal point"),
        ]
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


def measured(text: str, original: str, amount: Amount) -> list[Quantity]:
    """The measures that an amount and the unit after it state: none where there is no unit, two for "from 40 to 60 m"."""
    if sides := _sides(text, original, amount):
        return sides
    match = _unit_after(text, amount)
    if match is None:
        return []
    if amount.ranged and changes(text, amount):
        first, *second = ends_of_change(text, amount)
        own = _UNIT.match(text, first.end) if amount.between_unit else None
        return [
            _measure(text, original, first, own or match),
            *(_measure(text, original, end, match) for end in second),
        ]
    return [_measure(text, original, amount, match)]


def _unit_after(text: str, amount: Amount) -> re.Match[str] | None:
    """The unit after an amount, or between the two numbers of a range whose second has none ("from 30 m to 35")."""
    if match := _UNIT.match(text, amount.end):
        return match
    if match := _OF_MEASURE.match(text, amount.end):
        return _UNIT.match(text, match.start("unit"))
    match = _UNIT_OF.match(text, amount.end)
    large = re.search(
        r"(?:dozen|thousand|million)s?$", text[max(0, amount.end - 9) : amount.end], re.IGNORECASE
    )
    if match and (amount.high < 1 if match["article"] else large):
        return match
    sized = amount.high >= 1 and _SIZE_BEFORE.search(text, max(0, amount.number - 14), amount.number)
    if sized and (match := _UNIT_AHEAD.match(text, amount.end)):
        return _UNIT.match(text, match.start("unit"))
    if amount.between_unit and not amount.between_unit.strip(" -").lower().startswith(
        ("%", "per", "pct", "x", "times")
    ):
        inner = text.find(amount.between_unit, amount.number)
        return _UNIT.match(text, inner)
    return None


def changes(text: str, amount: Amount) -> bool:
    """Whether a range is the two ends of a change: "grew from 40 to 60 ha", "lengthened by 40 m to 120 m"."""
    before = re.split(r"[.;!?]\s", text[max(0, amount.number - 110) : amount.number])[-1]
    found = _CHANGES.search(before)
    by = r"from|by" if amount.between_unit else "from"
    return (
        found is not None
        and " to " in text[amount.number : amount.end]
        and re.search(rf"\b(?:{by})\b", found["between"]) is not None
    )


def ends_of_change(text: str, amount: Amount) -> list[Amount]:
    """The two numbers of a range, each for itself."""
    value = amount.high if amount.falling else amount.low
    first = replace(
        amount,
        start=amount.number,
        end=amount.number + len(amount.word),
        low=value,
        high=value,
        ranged=False,
        falling=False,
    )
    tail = len(re.split(r"[ -]to[ -]|[-–—] ?", text[amount.number : amount.end])[-1])
    second = amount_at(text, amount.end - tail)
    if second is None:
        return [first]
    return [replace(first, bound=None), second.bare()]


def _measure(text: str, original: str, amount: Amount, match: re.Match[str]) -> Quantity:
    symbol, factor = si(match["unit"])
    if match.end() <= amount.number:  # the second of two numbers whose unit stands after the first
        return plain(original, amount, amount.end, symbol, factor, DIMENSION_OF_UNIT.get(symbol))
    stop = match.end() if match.start() >= amount.end or amount.between_unit is None else amount.end
    if match.start() > amount.end:  # the first of two numbers whose unit stands after the second
        dimension = DIMENSION_OF_UNIT.get(symbol) or dimension_before(text, amount.start)
        return plain(original, amount, amount.end, symbol, factor, dimension)
    if finer := _finer(text, amount, match, symbol, factor):
        amount, stop = finer
    amount, end = after_amount(text, amount, stop)
    if more := _MORE.match(text, end):  # "20 m longer than the old one": a difference
        dimension = DIMENSION_OF_UNIT.get(symbol) or _MORE_WORDS.get(more["adj"].lower())
        comparand = comparand_after(text, original, more.end()) if more["than"] else None
        return plain(original, amount, more.end(), symbol, factor, dimension, comparand)
    dimension, end = _dimension(text, amount, end, symbol)
    amount, end = after_amount(text, amount, end)
    return plain(original, amount, end, symbol, factor, dimension)


def _finer(
    text: str, amount: Amount, match: re.Match[str], symbol: str, factor: float
) -> tuple[Amount, int] | None:
    """ "nine metres and twenty centimetres", "5 ft 6 in": the amount in the first unit, and where the second ends."""
    if factor == si("ft")[1] and not amount.ranged and (inches := _INCHES.match(text, match.end())):
        more = int(inches[1]) / 12
        return replace(amount, low=amount.low + more, high=amount.high + more), inches.end()
    joint = _FINER.match(text, match.end())
    part = (
        amount_at(text, joint.end()) if joint and not amount.ranged and match.start() >= amount.end else None
    )
    unit = _UNIT.match(text, part.end) if part and joint and part.number == joint.end() else None
    if part is None or unit is None or part.ranged:
        return None
    own_symbol, own = si(unit["unit"])
    added = part.low * own / factor
    if own_symbol != symbol or own >= factor or added >= 1:
        return None
    return replace(amount, low=amount.low + added, high=amount.high + added), unit.end()


def _dimension(text: str, amount: Amount, end: int, symbol: str) -> tuple[str | None, int]:
    """What the words around a measure say that it is, and where they end."""
    if fixed := DIMENSION_OF_UNIT.get(symbol):
        return fixed, end
    after, stop = dimension_after(text, end)
    return (after, stop) if after else (dimension_before(text, amount.start), end)


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
            plain(original, stated, stop if name and i else end, symbol, factor, dimension, start=start)
        )
    return made


def units_alone(text: str, original: str) -> Iterator[Quantity]:
    """ "a hectare", "half a kilometre", "a kilometre and a half", "a metre deeper than it was"."""
    for match in _ALONE.finditer(text):
        if (match["small"] and match["said"] is None) or _RATE.search(
            text[max(0, match.start() - 20) : match.start()]
        ):
            continue
        symbol, factor = si(match["unit"])
        value = (
            0.5
            if match["half"]
            else 1.0 + {"half": 0.5, "quarter": 0.25, "third": 1 / 3}.get((match["part"] or "").lower(), 0.0)
        )
        groups, start = before_amount(text, match.start())
        bound = next((k for k in ("at_least", "greater_than", "at_most", "less_than") if groups[k]), None)
        amount = Amount(
            start, match.start(), match.end(), value, value, bound, groups["about"] is not None, 0.05, False
        )
        more = _MORE.match(text, match.end()) if match["said"] is not None else None
        if more:
            comparand = comparand_after(text, original, more.end()) if more["than"] else None
            yield plain(
                original, amount, more.end(), symbol, factor, _MORE_WORDS.get(more["adj"].lower()), comparand
            )
        else:
            dimension, end = _dimension(text, amount, match.end(), symbol)
            yield plain(original, amount, end, symbol, factor, dimension)

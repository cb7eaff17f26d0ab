"""Quantities of a text: ratios, measures with a unit, dimensions of a building, counts, shares, ranks.

Names and dates are hidden first, so that neither "February 11 Plant" nor "2024" is a count.
"""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from bisect import insort
from collections.abc import Iterable
from dataclasses import replace

from sitewatch.documents.alike import alike, as_many
from sitewatch.documents.amounts import Amount, amounts, trailing_bound
from sitewatch.documents.compared import comparand_after, make_ratio, moved
from sitewatch.documents.comparisons import ratio_of_amount
from sitewatch.documents.counts import bare_count, count_of, occasions, ranks
from sitewatch.documents.dates import dates
from sitewatch.documents.going_on import DONE, going_on
from sitewatch.documents.level import bare_comparatives, stated_ratios
from sitewatch.documents.linked import ECONOMY, PEOPLE
from sitewatch.documents.measures import changes, ends_of_change, measured, plain, units_alone
from sitewatch.documents.names import named_spans
from sitewatch.documents.spans import Span, Taken, hide
from sitewatch.documents.word_ratios import plain_comparisons, word_ratios
from sitewatch.types import Quantity, Reading

_HAS = re.compile(
    r"\d|[½¼¾⅓⅔]|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    r"eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|dozens?|scores|half|thirds?|"
    r"quarters?|fifths?|tenths?|twice|thrice|double|triple|treble|quadruple|doubl\w+|tripl\w+|trebl\w+|(?:quadru|quintu|sextu|septu|octu|decu)pl\w+|halv\w+|\w+fold|same|similar|"
    r"comparable|equal|identical|size|than|as|match\w*|equals?|equalled|rivals?|rivalled|par|level|ratio|larger|bigger|longer|wider|broader|taller|smaller|shorter|narrower|deeper|again|approach\w*|once|several|few|pairs?|couple|handful|numerous|hectare|acre|kilomet(?:re|er)|mile|met(?:re|er)|foot|yard|tonne|second|fourth|sixth|seventh|eighth|ninth)\b",
    re.IGNORECASE,
)
_PERCENT = re.compile(
    r"[ \u00a0\u202f]?%|[ -]?(?:percents?|per cent|pct|(?-i:pc))\b(?! points?)", re.IGNORECASE
)
_POINTS = re.compile(
    r"(?:[ -]?(?:percent|per cent|percentage)|[ \u00a0\u202f]?%)?[ -]points?\b", re.IGNORECASE
)
_QUOTES = '“”„«»"'
_QUOTE = re.compile(f"[{_QUOTES}]")
_ANEW = re.compile(
    r"(?: [\w-]+){0,2}(?:,? \(|, or | or |, that is (?:to say )?|, i\.e\.,? )(?:about |some |roughly |nearly |around |almost )?"
)
_SIGN = re.compile(r"(?:^|[ (])[+−–-]$")
_WHOLE = re.compile(
    r"\b(?:share|proportion|portion|part|of (?:which|whom)|burnt out to|completed? to|rebuilt to|built to)\b",
    re.IGNORECASE,
)
_OF_THESE = re.compile(
    r"\bof (?:which|whom|them|these|those|this|that),?(?: (?:about|some|around|roughly|only|just|nearly))? $",
    re.IGNORECASE,
)
_SHARE_OF = re.compile(r" of (?:the |its |their |all )?(?:[a-z]{2,12} )?[a-z]{3,}", re.IGNORECASE)
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
    if not _QUOTE.search(hidden):
        return tuple(_unquoted(hidden, text))
    places = [i for i, c in enumerate(hidden) if c not in _QUOTES]
    found = _unquoted("".join(hidden[i] for i in places), "".join(text[i] for i in places))
    spans = [(places[q.start], places[q.end - 1] + 1) for q in found]
    return tuple(replace(q, start=a, end=b, text=text[a:b]) for q, (a, b) in zip(found, spans, strict=True))


def _unquoted(hidden: str, text: str) -> list[Quantity]:
    """Quantities of a text without quotation marks: these stand between words that belong together."""
    found: list[Quantity] = []
    taken = Taken()
    for quantity in (
        *as_many(hidden, text),
        *units_alone(hidden, text),
        *stated_ratios(hidden, text),
        *word_ratios(hidden, text),
    ):
        _keep(found, taken, quantity)
    at = 0
    for amount in amounts(hidden):
        if amount.number < at:
            continue
        free = amount.start == amount.number or taken.free((amount.start, amount.number))
        for quantity in _read(hidden, text, amount if free else amount.bare(), found):
            own = max(quantity.start, amount.start if free else amount.number)
            if _keep(found, taken, quantity) or _keep(found, taken, _from(quantity, own, text)):
                at = max(at, quantity.end)
    for quantity in (
        *alike(hidden, text),
        *bare_comparatives(hidden, text),
        *plain_comparisons(hidden, text),
        *occasions(hidden, text),
        *ranks(hidden, text),
    ):
        _keep(found, taken, quantity)
    return sorted((_trailing(q, hidden) for q in found), key=lambda q: (q.start, q.end))


def _from(quantity: Quantity, start: int, text: str) -> Quantity:
    """The same without the words before `start`, which may be another quantity's."""
    return (
        quantity if start >= quantity.end else replace(quantity, start=start, text=text[start : quantity.end])
    )


def _trailing(quantity: Quantity, text: str) -> Quantity:
    """A ratio with the bound that stands after it: "twice the size, at least"."""
    bound = trailing_bound(text, quantity.end) if quantity.relation == "ratio" else None
    if bound is None or quantity.low is None or quantity.high is None:
        return quantity
    least = bound == "at_least"
    words = bound.replace("_", " ")
    readings = tuple(
        Reading(r.low if least else None, None if least else r.high, f"{words} {r.wording}")
        for r in quantity.readings
    )
    return replace(quantity, low=readings[0].low, high=readings[0].high, readings=readings)


def _keep(found: list[Quantity], taken: Taken, quantity: Quantity) -> bool:
    free = taken.add((quantity.start, quantity.end))
    if free:
        insort(found, quantity, key=_end)
    return free


def _end(quantity: Quantity) -> int:
    return quantity.end


def _read(text: str, original: str, amount: Amount, found: list[Quantity]) -> list[Quantity]:
    """What one amount states; several quantities for sides and for the two ends of a change."""
    if amount.falling and not changes(text, amount):
        amount = ends_of_change(text, amount)[0]
    ratio = ratio_of_amount(text, original, amount)
    if ratio is not None:
        return [ratio]
    if measures := measured(text, original, amount):
        return measures
    if match := _POINTS.match(text, amount.end):
        return [plain(original, amount, match.end(), "percentage point", 1.0, None)]
    percent = _PERCENT.match(text, amount.end)
    if (
        amount.ranged
        and not percent
        and not amount.between_unit
        and changes(text, amount)
        and (both := _counts_of_change(text, original, amount, found))
    ):
        return both
    count = count_of(text, original, amount) or going_on(text, original, amount, found)
    if count is not None:
        return [count]
    if percent:
        return [_share(text, original, amount, percent.end(), found)]
    count = bare_count(text, original, amount)
    return [] if count is None else [count]


def _share(text: str, original: str, amount: Amount, end: int, found: list[Quantity]) -> Quantity:
    """A percentage alone: a signed one is a change, what stands beside "share" is a ratio of a part to its whole."""
    sign = _SIGN.search(text, max(0, amount.start - 2), amount.start)
    clause = re.split(r"[.;!?]\s", text[max(0, amount.start - 100) : amount.start])[-1]
    if sign and not ECONOMY.search(clause):
        pair = moved(*amount.scaled(0.01), sign[0][-1] == "+")
        return make_ratio(
            original, amount.start, end, [(*pair, "times the size")], amount.tolerance, "size", None
        )
    after = next((q for q in reversed(found) if q.end <= amount.start), None)
    said_anew = (
        after is not None
        and after.unit in ("count", "m2", "m", "m3")
        and _ANEW.fullmatch(text, after.end, amount.start)
    )
    if (
        _WHOLE.search(clause)
        or said_anew
        or DONE.match(text, end)
        or _OF_THESE.search(clause)
        or _is_share_of_things(text, end)
    ) and not ECONOMY.search(clause):
        pair = amount.scaled(0.01)
        return make_ratio(
            original, amount.start, end, [(*pair, "of the whole")], amount.tolerance, "size", None
        )
    whole = comparand_after(text, original, end + 3) if _SHARE.match(text, end) else None
    return plain(original, amount, end, "1", 0.01, "share", whole)


def _is_share_of_things(text: str, end: int) -> bool:
    """Whether a percentage is one of things that are counted or measured: "43 per cent of latrines", not of the staff."""
    match = _SHARE_OF.match(text, end)
    return match is not None and not (PEOPLE.search(match[0]) or ECONOMY.search(match[0]))


def _counts_of_change(text: str, original: str, amount: Amount, found: list[Quantity]) -> list[Quantity]:
    """ "rose from 88 to 132": two counts, or two measures in the unit of the last."""
    ends = ends_of_change(text, amount)
    if any(e.low != int(e.low) for e in ends):
        return []
    first = going_on(text, original, ends[0], found)
    unit, dimension = (first.unit, first.dimension) if first else ("count", "count")
    factor = first.low / ends[0].low if first and first.low and ends[0].low else 1.0
    following = count_of(text, original, ends[-1])
    return [
        plain(original, e, following.end if following and e is ends[-1] else e.end, unit, factor, dimension)
        for e in ends
    ]

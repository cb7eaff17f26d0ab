"""Numbers that go on with what stood before them: "3.2 ha, up from 2", "12 trucks, against 4", "by half, or by a third"."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from bisect import bisect_right
from collections.abc import Sequence

from sitewatch.documents.amounts import Amount, after_amount, amount_at
from sitewatch.documents.compared import make_ratio, moved
from sitewatch.documents.comparisons import kind_of
from sitewatch.documents.dimensions import dimension_after
from sitewatch.documents.linked import ECONOMY
from sitewatch.documents.measures import plain
from sitewatch.documents.numbers import NUMBER
from sitewatch.documents.units import UNIT, si
from sitewatch.documents.verbs import FINITE
from sitewatch.types import Quantity

_AFTER = re.compile(
    r"(?= ?(?:[.;!?)]|,(?!\d)|$|\n|\ue000|–|—)| (?:in|for|at|on|a|the|before|last|by|now|then|already|of them|more|previously|today|elsewhere|when|and|while|but|as|or|to|from|after|since|during)\b)"
)
_LEADS = re.compile(
    r"(?:\b(?:up|down|against|from|compared (?:with|to)|versus|vs\.?|than|instead of|rather than|had been|was|were|is|are|has|have|had|get|gets|say|says|said|"
    r"put it at|puts it at|put them at|makes it|made it|to the|the old|now|only|guess:|and then|then|down to|up to|or nearer|nearer|of those|another|a further|became|becomes|become|"
    r"turned into|speaks? of|spoke of|talk(?:s|ed)? of|figures? of|number of|cited|not|later|or|(?:bringing|bring|brings|brought|taking|takes|took) (?:it|them|this|that|the total|the figure) to)|[:(]|, not|, then|, to)(?: (?:it|at|about|some|just|only|the|now|barely|around|roughly|a little|perhaps|nearly|merely|to|an?|permitted|planned|stated|claimed|expected|previous|earlier|original|former|official|usual|initial|old|reported|merely|mere))*(?: (?:\ue000+))?[ (]$",
    re.IGNORECASE,
)
_LISTED_OR = re.compile(
    r"(?:, or| or|, i\.e\.,?|[.!?:]| \(|, (?:that|which) is) ?(?:only |just |a |little |some )*$"
)
DONE = re.compile(
    r"[ -](?:dug|roofed|demolished|destroyed|burnt|burned|drained|cleared|paved|excavated|submerged|flooded|dismantled|buried|collapsed|rebuilt)\b"
)
"""After a part: how much of something has been done ("three-quarters dug")."""
_PART_ACTS = re.compile(
    r" (?:have|has|had|are|is|was|were|remains?|remained|lies?|lay|stands?|stood|lacks?|lacked)\b"
)
_PART_OPENS = re.compile(
    r"(?:^|[.;:!?“\"] ?|, |\b(?:that|and|but|while|than|which|say|says|of (?:which|them|these|whom)) )$",
    re.IGNORECASE,
)
_STOPS = re.compile(r" ?[.,;:!?)]|$")
_TELLS = re.compile(
    r"\b(?:found|saw|seen|counted|only|just|merely|barely|us|them|it|of|[a-z]{2,}ed|wants?|needs?|built|lost|left|kept|sees|finds) $"
)
"""Before a bare number that ends a clause and is of the kind of the last: "They promised us six."."""
_COPULA = re.compile(r"\b(?:is|was|are|were|has|have|had) $")
_GAPPED = re.compile(
    r"[,;] (?:and |but |while )?(?:the |an? |its )?[\w’'-]+(?: [\w’'-]+){0,4} (?:of|at|for|with|to) $"
)
_OTHER = re.compile(
    r"[,;]? (?:and |but |while )?the (?:(?!(?:in|at|on|of|for|by)\b)[a-z’'-]+ ){1,3}$|, (?:and |but )?(?:the )?(?:(?-i:[A-Z])[\w’-]+ ){1,3}$"
)
"""Before a number whose verb is that of the clause before: "the pier is 240 m long and the old one 200"."""
_LISTED = re.compile(r"(?:,|;|, and|, but| and| but) $")
_BEFORE_DATE = re.compile(r" (?:in|by|on|at|for|a|the) ")
_UNIT_WITHIN = re.compile(rf"(?<![A-Za-z])(?:{UNIT})(?![\w²³])", re.IGNORECASE)
_FIRST_NUMBER = re.compile(NUMBER, re.IGNORECASE)
_REACH = 130
"""Code points between a number and the one that it goes on with."""


def going_on(  # noqa: PLR0911 (rules in order)
    text: str, original: str, amount: Amount, found: Sequence[Quantity]
) -> Quantity | None:
    """What a bare number states by the quantity before it: its unit, or its way to compare; None where it does not.

    `found` is in order of its ends.
    """
    index = bisect_right(found, amount.number, key=_end) - 1
    last = found[index] if index >= 0 else None
    if amount.word in ("one", "a", "an"):  # "the old one"
        return None
    kind, end = kind_of(text, amount)
    if kind == "part" and DONE.match(text, end):
        return _share(original, amount, end)
    if (
        kind == "part"
        and _PART_ACTS.match(text, end)
        and _PART_OPENS.search(text, max(0, amount.start - 24), amount.start)
    ):
        return _share(original, amount, end)
    if last is None:
        return None
    between = text[last.end : amount.start]
    breaks = len(re.findall(r"[.!?]\s", between))
    lead = text[max(0, amount.start - 44) : amount.start]
    if len(between) > _REACH or "\n" in between or breaks > 2:
        return None
    amount, end = after_amount(text, amount, end)
    led = _leads(lead) or bool(_LISTED.search(lead) and _BEFORE_DATE.match(text, end))
    if kind == "part" and last.relation != "ratio":
        return _share(original, amount, end) if _LISTED_OR.search(lead) and _STOPS.match(text, end) else None
    if kind is not None:
        led = led and not _COPULA.search(lead) and not ECONOMY.search(re.split(r"[.;!?]\s", lead)[-1])
        return _ratio(original, amount, kind, end, last) if led and _AFTER.match(text, end) else None
    if (
        last.unit == "m"
        and not breaks
        and (deep := dimension_after(text, amount.end))[0]
        and deep[1] > amount.end
    ):
        unit = _UNIT_WITHIN.findall(last.text)
        return plain(original, amount, deep[1], *si(unit[-1]), deep[0]) if unit else None
    ends = _STOPS.match(text, end) is not None and _TELLS.search(lead) is not None
    ends = ends or (_STOPS.match(text, end) is not None and not breaks and _OTHER.search(between) is not None)
    if not (led or ends) or not _AFTER.match(text, end):
        return None
    if last.unit == "count" or (last.relation == "ratio" and "number" in last.text):
        whole = amount.low == int(amount.low)
        return plain(original, amount, end, "count", 1.0, "count") if whole else None
    unit = _UNIT_WITHIN.findall(last.text)
    if last.relation == "ratio" or not unit or last.unit == "1":
        return None
    return plain(original, amount, end, *si(unit[-1]), last.dimension)


def _share(original: str, amount: Amount, end: int) -> Quantity:
    """ "19 acres, or little more than a third": a measure said anew as a part of the whole."""
    return make_ratio(
        original, amount.start, end, [(*amount.scaled(1.0), "of the whole")], amount.tolerance, "size", None
    )


def _end(quantity: Quantity) -> int:
    return quantity.end


def _leads(lead: str) -> bool:
    """Whether the words before a bare number say that it is of the kind of the last: "up from", "allows"."""
    if _LEADS.search(lead) or _GAPPED.search(lead):
        return True
    word = re.search(r"([a-z]+)(?: (?:to|at|by|for|of))? $", lead)
    return word is not None and word[1] in FINITE


def _ratio(original: str, amount: Amount, kind: str, end: int, last: Quantity) -> Quantity | None:
    """A share or factor that compares as the last one did: larger by it, smaller by it, or it alone."""
    if last.relation != "ratio":
        return None
    start = _FIRST_NUMBER.search(last.text)
    before = amount_at(last.text, start.start()) if start else None
    edge = last.low if last.low is not None else last.high
    scale = 0.01 if kind == "pct" else 1.0
    pair = amount.scaled(scale)
    if before is not None and edge is not None and kind != "times":
        said = kind_of(last.text, before)[0]
        values = [v * (0.01 if said == "pct" else 1.0) for v in (before.low, before.high)]
        if any(abs(edge - 1 - v) < 1e-6 for v in values):
            pair = moved(*pair, True)
        elif any(abs(edge - (1 - v)) < 1e-6 for v in values) and edge != 0.5:
            pair = moved(*pair, False)
    return make_ratio(
        original,
        amount.start,
        end,
        [(*pair, "times the size")],
        amount.tolerance,
        last.dimension,
        last.comparand,
    )

"""What comparisons share: words of size, the comparand, and the ratio that comes of them."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from collections.abc import Sequence
from math import inf

from sitewatch.documents.spans import trim
from sitewatch.types import Quantity, Reading

ADJECTIVES = {
    "large": "size", "big": "size", "great": "size", "sizeable": "size", "spacious": "size", "extensive": "area", "long": "length",
    "wide": "width", "broad": "width", "tall": "height", "high": "height", "deep": "depth", "heavy": "mass",
    "thick": "thickness", "much": None, "many": "count", "numerous": "count", "small": "size", "short": "length", "far": "distance", "frequent": "count", "common": "count", "dense": "density", "expansive": "area", "massive": "size", "vast": "size",
    "bulky": "volume", "voluminous": "volume", "capacious": "capacity",
}  # fmt: skip


UP = {
    "larger": "size", "bigger": "size", "greater": "size", "longer": "length", "wider": "width", "broader": "width",
    "taller": "height", "higher": "height", "deeper": "depth", "heavier": "mass", "thicker": "thickness", "more": None,
    "exceeding": "size", "further": "length", "farther": "length", "roomier": "size", "bulkier": "volume", "more extensive": "area", "more spacious": "size", "vaster": "size", "denser": "density", "more numerous": "count", "more frequent": "count", "ampler": "size",
}  # fmt: skip


DOWN = {
    "smaller": "size", "shorter": "length", "narrower": "width", "lower": "height", "shallower": "depth",
    "lighter": "mass", "less": None, "fewer": "count", "thinner": "thickness", "less extensive": "area", "less spacious": "size", "slimmer": "width", "sparser": "density",
}  # fmt: skip


NOUNS = {
    "footprint": "area", "floor area": "area", "floor space": "area", "floorspace": "area", "surface area": "area", "surface": "area",
    "roof area": "area", "area": "area", "ground area": "area", "extent": "area", "acreage": "area", "size": "size", "dimensions": "size", "scale": "size",
    "length": "length", "width": "width", "breadth": "width", "height": "height", "depth": "depth", "volume": "volume",
    "capacity": "capacity", "storage": "capacity", "mass": "mass", "weight": "mass", "number": "count", "perimeter": "perimeter", "output": "output", "diameter": "width",
    "throughput": "output", "span": "width", "bulk": "volume", "tonnage": "mass", "girth": "width", "reach": "length",
}  # fmt: skip


ADJ = "|".join(ADJECTIVES)


CMP = "|".join(sorted([*UP, *DOWN], key=len, reverse=True))


NOUN = "|".join(sorted(NOUNS, key=len, reverse=True))


IN = rf"(?: (?:in|by|of|as regards|in terms of) (?:its |the |terms of |overall |total |ground |roof )?(?P<in_noun>{NOUN})\b)"


WORD = r"[\w’'.\ue000-]+"


NP = rf"(?:{WORD} ){{0,7}}?"


_COMPARED_WITH = re.compile(
    r"\b(?:[Cc]ompared|[Ii]n comparison|[Rr]elative) (?:with|to) (?P<np>[^,;.()]{3,80}?)(?:,|$)|\b(?:[Aa]gainst|[Uu]nlike) (?P<np2>(?:the|its|an?) [^,;.()]{3,60}?),"
)


_BESIDE = re.compile(
    r"(?:^|\b(?:that|and|but|\d{4}) |[,:“\"] ?)(?:[Nn]ext to|[Ss]et (?:beside|against|alongside)|[Bb]eside|[Aa]longside|[Pp]ut (?:beside|next to)|[Mm]easured against) (?P<np>[^,;.()]{3,60}?),"
)
_FITS = re.compile(
    r"(?:^|\bthat |, )(?P<np>(?:(?!that\b)[^,;.]){3,60}?) (?:would|could|can|will) (?:easily |just |only )?(?:fit|go) $"
)
_THAN_AFTER = re.compile(rf"(?: (?:{NOUN}))? than (?!\d)", re.IGNORECASE)
_YARDSTICK = re.compile(
    r"\b(?:[Ii]f|[Ww]ith|[Tt]aking|[Uu]sing) (?P<np>[^,;.()]{3,60}?) (?:is |are |were |was )?(?:taken |used |serves |chosen )?(?:as )?(?:the|a|our|its) (?:yardstick|measure|standard|benchmark|reference|baseline),"
)
_OWNED = re.compile(
    rf"(?P<np>(?:the|its|their|an?|[A-Z]\w*) ?[^,;.]{{0,60}}?)(?:[’']s|(?<=s)[’']) (?:{NOUN})\b"
)
_OWNED_AND = re.compile(
    rf"\b(?:has|have|had|is|are|of|with|reaches|measures) (?P<np>(?:the|its|their|an?|[A-Z])[^,;.]{{0,60}}?)(?:[’']s|(?<=s)[’']) (?:{NOUN}) and $"
)
_ITS_OWN = re.compile(rf"(?:its|their) (?:own )?(?:{NOUN})$", re.IGNORECASE)
_THAT_IS = re.compile(r" that (?P<np>[^,;.]{3,60}?) (?:is|was|are|were|has|had)\b")
_STOP = re.compile(
    r"[,;:!?\n()\[\]“”\"—–]|\.(?=\s|$)|\s-\s|\b(?:and|but|while|which|who|where|indicating|suggesting|according|is|are|was|were|has|have|had|will|"
    r"would|could|may|might|although|though|because|since|after|before|as|when|with|that had|in (?:early|late|mid|January|February|March|April|May|June|July|"
    r"August|September|October|November|December)|on (?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)|said|says|reported|told)\b|\ue000"
)


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
            stop = _through_hidden(text, stop)
    start, stop = trim(text, (start, stop))
    phrase = original[start:stop].strip(" ,;:-")
    return phrase or None


def _through_hidden(text: str, stop: int) -> int:
    """A hidden stretch is part of the phrase where it starts or names it ("the February 11 plant")."""
    while stop < len(text) and text[stop] == "\ue000":
        stop += 1
    match = _STOP.search(text, stop, min(len(text), stop + 120))
    end = match.start() if match else min(len(text), stop + 120)
    return end


def make_ratio(
    original: str,
    start: int,
    end: int,
    pairs: Sequence[tuple[float | None, float | None, str]],
    tolerance: float,
    dimension: str | None,
    comparand: str | None,
) -> Quantity:
    """A ratio with its readings; the first is the one that `low` and `high` state."""
    closed = [(_round(a), _round(b), w) for a, b, w in pairs]
    readings = tuple(Reading(a, b, f"{_span(a, b)} {w}") for a, b, w in closed)
    if comparand is None:
        comparand = _compared_with(original, start, end)
    elif _ITS_OWN.match(comparand):
        comparand = _yardstick(original, start) or comparand
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
    if match:
        return (match["np"] or match["np2"]).strip()
    if yardstick := _yardstick(original, start):
        return yardstick
    if owned := _OWNED.match(original[start:end]) or _OWNED_AND.search(before):
        return owned["np"].strip()
    if than := _THAN_AFTER.match(original, end):
        return comparand_after(original, original, than.end())
    other = _BESIDE.search(before) or _FITS.search(before) or _THAT_IS.match(after)
    return other["np"].strip() if other else None


def _yardstick(original: str, start: int) -> str | None:
    """The comparand of "if the old hall is the yardstick, the shed reaches half its length"."""
    match = _YARDSTICK.search(re.split(r"[.;:!?]\s", original[max(0, start - 200) : start])[-1])
    return match["np"].strip() if match else None


def inverse(low: float, high: float) -> tuple[float, float]:
    """The interval of 1/x; open ends stay open."""
    return (1 / high if 0 < high < inf else -inf, 1 / low if 0 < low < inf else inf)


def moved(low: float, high: float, up: bool) -> tuple[float, float]:
    """The ratio of what is larger, or smaller, by a part; open ends stay open."""
    if up:
        return 1 + low, 1 + high
    return (-inf if high == inf else max(0.0, 1 - high), inf if low == -inf else max(0.0, 1 - low))


def _round(value: float | None) -> float | None:
    return None if value is None or abs(value) == inf else round(value, 9)


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

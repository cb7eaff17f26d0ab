"""An amount: one number or a range of two, with the words before and after that bound or loosen it."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf

from sitewatch.documents.numbers import GAP, MAY_START, NUMBER, Number, is_fraction, number
from sitewatch.documents.spans import words
from sitewatch.documents.units import UNIT

_LARGER = "(?:more|greater|larger|longer|taller|higher|wider|bigger|deeper|further|farther|heavier|broader|thicker) than"
_SMALLER = "(?:less|fewer|smaller|shorter|lower|narrower|shallower|lighter|closer|nearer|thinner) than"
_DEGREE = "(?:(?:slightly|significantly|much|a little|little|well|far|considerably|somewhat|just|marginally|rather|a good deal|substantially|comfortably|easily) )?"
_NOT = "(?:no|not|never|nowhere|not any|isn[’']t|wasn[’']t)"
_AT_LEAST = rf"at (?:the )?(?:very )?least|{_NOT} {_SMALLER}|a minimum of|minimum of|not below|not under|easily|comfortably"
_GREATER = (
    rf"{_DEGREE}{_LARGER}|{_DEGREE}(?:over|above|upwards? of|north of|beyond|better than)|exceeding|exceeds|exceeded|exceed|"
    "in excess of|surpass(?:es|ed|ing)?|topp(?:ed|ing)|tops"
)
_AT_MOST = (
    r"(?:not|never|cannot|n[’']t|hardly) (?:have )?(?:exceed(?:ed)?|surpass(?:ed)?|topped|top|over)|up to|within|at (?:the )?(?:very )?(?:most|best)|"
    rf"{_NOT} {_LARGER}|not exceeding|a maximum of|maximum of|as (?:much|many|large|long|high|wide|tall) as|not above|capped at|by no means"
)
_LESS = rf"not even|nowhere near|not nearly|far from|{_DEGREE}{_SMALLER}|{_DEGREE}(?:under|below)|(?:just |some way )?(?:short|shy) of"
_ABOUT = (
    "approximately|approx\\.?|about|around|roughly|some|nearly|almost|close to|an estimated|estimated at|circa|ca?\\.|[~≈∼±]|"
    "o[nf] the order of|in the order of|in the region of|something like|more or less|just about|practically|virtually|"
    "maybe|perhaps|possibly|barely|scarcely|hardly|nearer(?: to)?|more like|an approximate|a rough|very nearly|an average of|not quite|reportedly|probably"
)
_FILLER = "only|just|exactly|precisely|fully|a total of|another|a further|an additional|a full|the|its|their|these|those|all|a|an"
_BEFORE = re.compile(
    rf"(?<![\w-])(?:(?:(?P<at_least>{_AT_LEAST})|(?P<at_most>{_AT_MOST})|(?P<greater_than>{_GREATER})|(?P<less_than>{_LESS}))"
    rf"{GAP})?(?:(?P<between>between|from|in the range of|ranging from|anywhere between|anywhere from){GAP})?"
    rf"(?:(?P<about>{_ABOUT}){GAP}?)?(?:(?:{_FILLER}){GAP})?$",
    re.IGNORECASE,
)
_LAST_WORD = re.compile(r"([\w.’']+|[~≈∼±])[ \u00a0\u202f]?$")
LEADING = frozenset(
    words(
        "least than of below under easily comfortably over above north beyond exceeding exceeds exceeded exceed surpass surpasses surpassed surpassing topped topping "
        "tops top to within most best at as means even near nearly from approximately approx approx. about around roughly some almost estimated circa ca ca. c c. "
        "like less practically virtually maybe perhaps possibly barely scarcely hardly nearer approximate rough quite reportedly probably ~ ≈ ∼ ± between "
        "only just exactly precisely fully another further additional full the its their these those all a an"
    )
)
"""Last words of what may stand before a number: a cheap look before the costly one."""
_ADDS = re.compile(r"\b(?:adds?|added|adding) $")
_CLOSE = re.compile(r"(?:just|slightly|a little|little|marginally) ", re.IGNORECASE)
_SPREAD = re.compile(
    r"\b(?:extend(?:s|ed|ing)?|spread(?:s|ing)?|stretch(?:es|ed|ing)?|sprawl(?:s|ed|ing)?|range[sd]?|laid out|distributed|scattered|strewn|dispersed|dotted|collapsed|slid|subsided|slumped|seeped|eroded|drifted|flowed|dump(?:s|ed|ing) [a-z]+|spill(?:s|ed|ing) [a-z]+)(?: now| out)? $",
    re.IGNORECASE,
)
_DASH = r"(?:-|–|—|‑|−|…|\.\.\.?)"
_PERCENT = r"(?:[ \u00a0\u202f]?%|[ -]?(?:percents?|per cent|pct|(?-i:pc))\b)"
_RANGE = re.compile(
    rf"(?P<first>{NUMBER})(?:(?P<between_unit>{_PERCENT}|[ \u00a0\u202f-]?{UNIT}(?!\w)|x(?= ?{_DASH} ?\d)| times(?= to))?"
    rf"(?:{GAP}?{_DASH}{GAP}?|(?:{GAP}|-)(?P<link>to|or|and)(?:{GAP}|-)(?:(?:about|around|roughly|perhaps|even|nearly|maybe|at most|possibly|some) )?"
    rf"|,(?:{GAP}|-)or(?: even| perhaps| possibly| maybe)?{GAP}"
    rf"|{GAP}(?:and|but|or){GAP}(?P<cap>(?:possibly |perhaps |maybe )?(?:as (?:much|many|large|long|high) as|up to)|no more than|not more than|at (?:the )?most|less than|fewer than|not exceeding|under|below|up to) )"
    rf"(?P<second>{NUMBER})| ?± ?(?P<error>{NUMBER}))?",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?P<least>\+(?!\w)| or (?:more|longer|larger|greater|higher|over)\b| (?:and|or) (?:up|above)\b(?! to\b)| at (?:the )?(?:very )?least\b|-plus\b| plus\b)"
    r"|(?P<most> or (?:less|fewer|under)\b| at (?:the )?(?:very )?most\b| at the outside\b|,? (?:tops|if that|max(?:imum)?)\b)"
    r"|(?P<loose> or so\b|[- ]odd\b|[- ]?ish\b| approximately\b| give or take\b)",
    re.IGNORECASE,
)
_LOOSE = re.compile(r"(?:[- ]odd|-?ish| or so| or thereabouts)(?= |-)", re.IGNORECASE)
_UNIT_NEXT = re.compile(rf"[ \u00a0\u202f-]?{UNIT}(?!\w)", re.IGNORECASE)
_START = re.compile(MAY_START, re.IGNORECASE)
HEDGED = 0.1
"""Relative widening for "about", "roughly" and their like."""


@dataclass(frozen=True, slots=True)
class Amount:
    """An interval as stated, with the stretch of its words."""

    start: int
    """Of the words that bound or loosen it."""
    number: int
    """Where the (first) number starts."""
    end: int
    low: float
    high: float
    bound: str | None
    """at_least, greater_than, at_most, less_than; None where it is neither."""
    hedged: bool
    rounding: float
    ranged: bool
    other: float | None = None
    """Second reading of an ambiguous grouping."""
    between_unit: str | None = None
    """The unit written after the first number of a range ("60 % to 70 %")."""
    word: str = ""
    """The first number as written."""
    falling: bool = False
    """True for two numbers of which the second is smaller: "from 900 to 600"."""

    @property
    def tolerance(self) -> float:
        return max(self.rounding, HEDGED) if self.hedged else self.rounding

    @property
    def relation(self) -> str:
        return self.bound or ("range" if self.ranged else "approximately" if self.hedged else "equals")

    def scaled(self, factor: float) -> tuple[float, float]:
        """Low and high times `factor`, infinite where the bound leaves them open."""
        low, high = self.interval
        return (-inf if low is None else low * factor, inf if high is None else high * factor)

    def bare(self) -> "Amount":
        """Without the words before the number."""
        return replace(self, start=self.number, bound=None, hedged=False)

    @property
    def interval(self) -> tuple[float | None, float | None]:
        """Low and high; open on the side that the bound leaves open."""
        if self.bound in ("at_least", "greater_than"):
            return self.low, None
        if self.bound in ("at_most", "less_than"):
            return None, self.high
        return self.low, self.high


BOUNDS = ("at_least", "greater_than", "at_most", "less_than")
"""Kinds of words before a number that leave one side open."""


def amounts(text: str) -> Iterator[Amount]:
    """Every number or range of `text` from left to right, each as long as it can be read."""
    at = 0
    while match := _START.search(text, at):
        found = amount_at(text, match.start())
        if found is None:
            at = match.end()
            continue
        yield found
        at = max(found.end, match.end())


def amount_at(text: str, start: int) -> Amount | None:
    """The amount whose first number starts at `start`."""
    match = _RANGE.match(text, start)
    if match is None:
        return None
    first = number(match["first"])
    second = number(match["second"]) if match["second"] else None
    if first is None:
        return None
    before, shift = before_amount(text, start)
    end = match.end()
    opened = before["between"] is not None
    low = high = first.value
    falling = False
    if match["error"] and (error := number(match["error"])) and first.value:
        first = replace(first, rounding=min(1.0, error.value / first.value))
    if second is not None:
        low, high = _shared_scale(match["second"], first.value, second.value)
        link = (match["link"] or "").lower()
        falling = link == "to" and high < low
        if falling:
            low, high = high, low
        elif (
            high <= low
            or (link == "and" and not opened)
            or _differ(text, match, first, second)
            or (match["cap"] and not (before["at_least"] or before["greater_than"]))
            or _is_label(match, first, second)
        ):
            second, low, high, end = None, first.value, first.value, match.end("first")
    if second is not None and text[end : end + 7] == ", times":  # "four, or even five, times as large"
        end += 1
    loose = _LOOSE.match(text, end)
    return Amount(
        start=start
        if second is None and opened and not any(before[k] for k in (*BOUNDS, "about"))
        else shift,
        number=start,
        end=loose.end() if loose else end,
        low=low,
        high=high,
        bound=None if second is not None and match["cap"] else next((k for k in BOUNDS if before[k]), None),
        hedged=before["about"] is not None or loose is not None,
        rounding=max(first.rounding, second.rounding if second else 0.0),
        ranged=second is not None,
        other=first.other if second is None else None,
        between_unit=match["between_unit"] if second is not None else None,
        word=match["first"].lower(),
        falling=falling,
    )


def before_amount(text: str, start: int) -> tuple[dict[str, str | None], int]:
    """The words that bound or loosen what starts at `start`, by kind, and where they start."""
    base = max(0, start - 60)
    last = _LAST_WORD.search(text, base, start)
    match = _BEFORE.search(text, base, start) if last and last[1].lower() in LEADING else None
    if match is None:
        return dict.fromkeys(("at_least", "at_most", "greater_than", "less_than", "between", "about")), start
    groups = match.groupdict()
    if re.match(
        rf"(?:(?:over|under|above|below|within|beyond|tops|topped) (?:a|an)|(?:over|under|above|below|within|beyond|tops|topped|{_LARGER}|{_SMALLER}) (?:the|its|their|these|those)) $",
        match[0],
        re.IGNORECASE,
    ):
        return dict.fromkeys(groups), start  # "under a nine-metre roof" is a place
    if (groups["greater_than"] or "").lower() in ("over", "above") and _SPREAD.search(
        text[max(0, match.start() - 24) : match.start()]
    ):
        groups["greater_than"] = None  # "extends over 1,150 ha" is no bound
        meant = bool(groups["about"] or groups["between"])
        return groups, match.start() if meant else start
    if (groups["at_most"] or "").lower() == "up to" and _ADDS.search(
        text, max(0, match.start() - 12), match.start()
    ):
        groups["at_most"] = None  # "add up to 3.4 ha" is no bound
    for bound in ("greater_than", "less_than"):
        if groups[bound] and _CLOSE.match(str(groups[bound])):
            groups["about"], groups[bound] = groups[bound], None  # "just over 400" is about 400
    meant = any(groups.values())
    return groups, match.start() if meant else start


_TRAILING = re.compile(
    r",? (?:(?P<least>at (?:the )?(?:very )?least|or more|if not more|and counting)|(?P<most>at (?:the )?(?:very )?most|at best|tops|if that|at the outside))(?=[.,;:!?)]|$)",
    re.IGNORECASE,
)


def trailing_bound(text: str, end: int) -> str | None:
    """The bound that words after a finished comparison set: "twice the size, at least"."""
    match = _TRAILING.match(text, end)
    return None if match is None else "at_least" if match["least"] else "at_most"


def after_amount(text: str, found: Amount, end: int) -> tuple[Amount, int]:
    """`found` with the words after its unit that bound or loosen it ("or more"), and where they end."""
    match = _AFTER.match(text, end)
    if match is None or found.bound:
        return found, end
    bound = "at_least" if match["least"] else "at_most" if match["most"] else None
    hedged = found.hedged or bool(match["loose"])
    return replace(found, bound=bound, hedged=hedged), match.end()


def _is_label(match: re.Match[str], first: Number, second: Number) -> bool:
    """A pair that only looks like a range: "14-2230" of a telephone number, "2-0" of a score."""
    return second.value > 1000 * max(first.value, 1e-9) and not match["link"]


def _differ(text: str, match: re.Match[str], first: Number, second: Number) -> bool:
    """Two numbers of unlike kinds: "by a third to 95 MW", "1.1 ha or 3 % of the bay"."""
    if is_fraction(match["first"]) and first.value < 1 and second.value > 4:
        return True
    inner = match["between_unit"]
    if not inner or inner.strip(" x") == "times":
        return False
    share = re.match(_PERCENT, inner, re.IGNORECASE) is not None
    return share != (
        re.match(_PERCENT, text[match.end() : match.end() + 10], re.IGNORECASE) is not None
    ) and (not share or _UNIT_NEXT.match(text, match.end()) is not None)


def _shared_scale(written: str, low: float, high: float) -> tuple[float, float]:
    """The interval; in "15 to 20 thousand" both ends are thousands."""
    match = re.search(r"(hundred|thousand|million|billion|mn|bn|k)$", written.lower())
    if match and low < high / 100:
        scale = {
            "hundred": 1e2,
            "thousand": 1e3,
            "k": 1e3,
            "million": 1e6,
            "mn": 1e6,
            "billion": 1e9,
            "bn": 1e9,
        }
        low *= scale[match[1]]
    return low, high

"""Single dates as they are written, with or without a year."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from sitewatch.documents import edtf
from sitewatch.documents.edtf import SEASONS, Stretch
from sitewatch.documents.feasts import FEAST, feast
from sitewatch.documents.names import MONTH, MONTHS
from sitewatch.documents.numbers import number as number_of
from sitewatch.documents.spans import words

_PART_WORDS = {
    "early": "early", "mid": "mid", "middle": "mid", "late": "late", "beginning": "early", "start": "early", "outset": "early",
    "end": "late", "close": "late", "opening": "early", "turn": "early", "first half": "half1", "second half": "half2", "latter half": "half2",
    "first week": "week1", "opening week": "week1", "second week": "week2", "third week": "week3", "fourth week": "week4", "last week": "weeklast", "final week": "weeklast",
    "closing week": "weeklast",
    "mid-to-late": "mid-late", "mid to late": "mid-late", "early-to-mid": "early-mid", "early to mid": "early-mid", "first part": "early", "latter part": "late", "last part": "late",
    "early part": "early",
}  # fmt: skip
_OF = "|".join(
    w
    for w in sorted(_PART_WORDS, key=len, reverse=True)
    if w not in ("early", "mid", "late", "mid-to-late", "mid to late", "early-to-mid", "early to mid")
)
_PART = (
    r"(?P<part>[Mm]id-?[- ]to[- ]late|[Ee]arly[- ]to[- ]mid|(?:[Vv]ery )?[Ee]arly(?: on)?|[Mm]id|(?:[Vv]ery )?[Ll]ate|(?:[Tt]he )?(?:very )?"
    rf"(?:{_OF}|(?:first|opening|early|last|final|closing) (?:(?:few|several|couple of|two|three|four|five|six|seven|eight|nine|ten|\d{{1,2}}) )?(?:days|weeks|months)) of(?: the)?(?: month of| year)?)(?: in|-in)?[ ‑-](?:the )?"
)
_Y = r"(?P<y>(?:1[89]|20)\d\d|(?<=[’'])\d\d)(?![\d%])(?!-year)"
_D = r"(?P<d>[0-3]?\d)(?:st|nd|rd|th)?"
_M = rf"(?P<m>{MONTH})\b(?:(?<=\b[A-Z][a-z][a-z])(?<!May)\.|(?<=Sept)\.)?"
_DAY = r"(?:[0-3]?\d)(?:st|nd|rd|th)?"
_ORDINALS = words(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth "
    "eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth twenty-seventh "
    "twenty-eighth twenty-ninth thirtieth thirty-first"
)
_DECADES = {"twenties": 1920, "thirties": 1930, "forties": 1940, "fifties": 1950, "sixties": 1960, "seventies": 1970, "eighties": 1980,
            "nineties": 1990, "noughties": 2000}  # fmt: skip
_FULL = "January|February|March|April|May|June|July|August|September|October|November|December"
WEEKDAY = _WEEKDAY = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_DASH = r" ?(?:-|–|—|‑|−|to|and|through|until|till) ?"
_SEASON = r"(?P<s>[Ss]pring|[Ss]ummer|[Aa]utumn|[Ff]all|[Ww]inter)"

_KINDS: dict[str, str] = {
    "iso": r"(?<![\d-])(?P<y>(?:1[89]|20)\d\d)(?P<sep>[-/.])(?P<mm>\d\d)(?P=sep)(?P<d>\d\d)(?!\d)(?:T\d\d:\d\d(?::\d\d)?Z?)?",
    "numeric": r"(?<![\d/.-])(?P<a>[0-3]?\d)(?P<sep>[/.-])(?P<b>[0-3]?\d)(?P=sep)(?P<y>(?:19|20)\d\d|(?<=/)\d\d|(?<=\d\.\d\d\.)\d\d)(?![\d/])",
    "isomonth": r"(?<![\d-])(?P<y>(?:19|20)\d\d)-(?P<mm>0[1-9]|1[0-2])(?![\d-])",
    "compact": r"(?<![\d.,/-])(?P<y>20[0-4]\d)(?P<mm>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?![\d,]|\.\d)",
    "letters": r"(?<![\w-])(?P<d>[0-3]\d)(?P<m>JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)(?P<y>20\d\d)\b",
    "slashmonth": r"(?<![\d/.-])(?P<mm>0[1-9]|1[0-2])/(?P<y>20\d\d)(?![\d/])",
    "daylist": rf"(?:{_WEEKDAY},? )?(?P<days>{_DAY}(?:, (?:the )?{_DAY}){{1,6}},? (?:and|or) (?:the )?{_DAY}|{_DAY},? (?:or|vs\.?|versus|against) (?:the )?{_DAY}|{_DAY} and (?:again|then|later) (?:on )?(?:the )?{_DAY}) (?:of )?{_M}(?:,? (?:of )?{_Y})?",
    "listdays": rf"{_M} (?P<days>{_DAY}(?:, {_DAY}){{0,6}},? (?:and|or) {_DAY})(?!\d)(?! ?(?:{MONTH}))(?:,? {_Y})?",
    "ordinal": rf"[Tt]he (?P<nw>{'|'.join(sorted(_ORDINALS, key=len, reverse=True))}) (?:day )?of {_M}(?:,? (?:of )?{_Y})?",
    "dayrange": rf"(?:{_WEEKDAY},? )?{_D}(?:(?P<list> and )|{_DASH})(?:the )?(?P<d2>[0-3]?\d)(?:st|nd|rd|th)? (?:of )?{_M}(?:,? (?:of )?{_Y})?",
    "rangeday": rf"{_M} {_D}{_DASH}(?P<d2>[0-3]?\d)(?:st|nd|rd|th)?(?!\d)(?! ?(?:{MONTH}))(?:,? {_Y})?",
    "dmy": rf"(?:{_WEEKDAY},? )?(?:the )?{_D}[ .-]{{1,2}}(?:of )?{_M}[,-]?(?: (?:of )?|(?<=-)){_Y}",
    "mdy": rf"(?:{_WEEKDAY},? )?{_M} {_D}(?:,? (?:of )?{_Y})(?!\d)",
    "partmonthyear": rf"{_PART}{_M},?(?: of)? {_Y}",
    "monthyear": rf"{_M},?(?: of)? [’']?{_Y}|(?P<m_>{MONTH})\.?-(?P<y_>(?:19|20)\d\d)\b",
    "dm": rf"(?:{_WEEKDAY},? )?(?:the )?{_D} (?:of )?{_M}(?! \d)",
    "md": rf"(?:{_WEEKDAY},? )?{_M} (?:the )?{_D}(?![\d%]|[.,]\d)",
    "partmonth": rf"{_PART}(?P<m>{MONTH})\b\.?",
    "seasonyear": rf"(?:{_PART})?(?:[Tt]he )?{_SEASON}(?:,? of)?,? [’']?{_Y}(?:[/–-](?P<y2>\d\d(?:\d\d)?)(?!\d))?",
    "quarter": rf"(?:{_PART})?(?:Q(?P<n>[1-4])|(?P<n_>[1-4])Q|(?:[Tt]he )?(?P<nw>first|second|third|fourth|last|final)[ -]quarter)(?:(?:,? of)?,? ?{_Y})?",
    "half": rf"(?:H(?P<n>[12])|(?:[Tt]he )?(?P<nw>first|second|latter) (?:half|semester))(?:(?:,? of)?,? ?{_Y})",
    "decade": rf"(?:{_PART})?(?:[Tt]he )?(?P<y>(?:1[89]|20)\d0)[’']?s\b|(?:{_PART.replace('<part>', '<part_>')})?[Tt]he [’'](?P<yy>\d0)s\b",
    "nineties": rf"(?:(?:{_PART})(?:[Tt]he )?|[Tt]he )(?P<w>{'|'.join(_DECADES)})\b(?! of)",
    "feast": rf"(?P<f>{FEAST})(?! (?:Island|Isles?|tree|cards?|market|lights|dinner|party|eve))\b(?:,? (?:of )?{_Y})?",
    "century": r"(?:[Tt]he )?(?:(?P<c>1[0-9]|20|21)(?:th|st)|(?P<cw>eighteenth|nineteenth|twentieth|twenty-first)) century",
    "partyear": rf"{_PART}{_Y}",
    "years": r"(?<![\d.,/-])(?P<y>(?:1[89]|20)\d\d)(?P<dash>[–—/-])(?P<y2>\d\d|(?:19|20)\d\d)(?![\d–/-])",
    "partseason": rf"{_PART}(?:the )?{_SEASON}\b(?! of (?!last|this|the|that|next))",
    "season": rf"{_SEASON}\b(?! of (?!last|this|the|that|next))(?! (?:semester|school|sale))",
    "month": rf"(?P<m>{_FULL}|(?:(?<=\b[Ii]n )|(?<=\bvs )|(?<=\b[Ss]ince )|(?<=\b[Bb]y )|(?<=\buntil )|(?<=\bearly )|(?<=\blate )|(?<=\bmid )|(?<=\bof )|(?<=\blast ))(?:Jan|Feb|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b|Sept\.?|Oct\.|Nov\.|Dec\.|Jan\.|Feb\.|Aug\.|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov)(?=[-–/](?:{MONTH})\b))(?![\w])(?!['’](?!s\b))",
    "year": r"(?<![\d.,/:€$£#-])(?<!al\. \()(?<![Nn]o\. )(?P<y>(?:19|20)\d\d|(?:(?<=\b[Ii]n )|(?<=\b[Ss]ince )|(?<=\b[Bb]y )|(?<=\bof ))1[5-8]\d\d)(?![\d%/]|[.,:]\d|-\w)(?! ?(?:m2?|m²|km|ft|ha|mm|cm|kg|tons?|tonnes?|met(?:re|er)s?|feet|foot|sq|square|hectares?|acres?|miles?|yards?|percent|per cent|times|people|workers|troops|soldiers|vehicles|trucks|houses|units|buildings)\b)",
}  # fmt: skip


def _anonymous(pattern: str) -> str:
    """Without group names and back references, for the joint pattern that finds where a date may stand."""
    pattern = re.sub(r"\(\?P=\w+\)", "[-/.]", pattern)
    return re.sub(r"\?P<\w+>", "?:", pattern)


ATOM = re.compile("|".join(rf"(?P<k_{kind}>\b(?:{_anonymous(p)}))" for kind, p in _KINDS.items()))
_TWO_DAYS = re.compile(
    rf"(?:{_WEEKDAY},? )?(?P<days>{_DAY} and (?:the )?{_DAY}) (?:of )?{_M}(?:,? (?:of )?{_Y})?"
)
_PARTS_START = "|".join(dict.fromkeys(w.split()[0].split("-")[0] for w in _PART_WORDS))
_MAY_START = re.compile(
    rf"(?<!\w)(?=\d|[QH]\d|(?:{MONTH})\b|{_WEEKDAY}\b|[Ss](?:pring|ummer)|[Aa]utumn|[Ff]all\b|[Ww]inter"
    rf"|(?:{FEAST})\b|[Tt]he (?:{'|'.join((*_DECADES, *_ORDINALS))})\b|(?:[Tt]he )?(?:very )?(?i:{_PARTS_START}|latter|final)\b|[Vv]ery|[Tt]he (?:\d|[’']\d|[Ss](?:pring|ummer)|[Aa]utumn|[Ff]all|[Ww]inter))"
)
_EXACT = {kind: re.compile(pattern) for kind, pattern in _KINDS.items()}
_ORDINAL = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "final": 4, "latter": 2}
_TAKES_MONTH = re.compile(
    r"(?:\b(?:in|since|by|until|till|before|after|from|to|of|last|this|next|during|and|between|through|for|mid|early|late|"
    r"around|about|as of|as|vs|versus|against|end|past|every|late|both|or|previous|dated|circa|throughout|over|[Ii]n|[Ss]ince|[Bb]y|[Ff]rom|[Bb]etween|"
    r"[Dd]uring|[Uu]ntil|[Bb]efore|[Aa]fter|[Tt]hrough|,|recent|satellite)|[-–—/,(]) ?$"
)


_TAKES_SEASON = re.compile(
    r"\b(?:(?:[Ii]n|[Bb]y|[Ss]ince|[Dd]uring|[Oo]ver|until|till|before|after|of|that|from|to|through|between|and|throughout) the|[Ll]ast|[Tt]his|[Pp]ast|[Ii]n|[Ss]ince|[Pp]revious|[Nn]ext|over|during|[Bb]y|[Bb]efore|[Aa]fter|until|till|of|that|and|or|from|to|through|between) $"
)
_TAKES_FALL = re.compile(
    r"\b(?:[Ll]ast|[Tt]his|[Nn]ext|[Ii]n the|[Bb]y the|[Ss]ince the|[Pp]revious|during the|over the|until the) $"
)


@dataclass(frozen=True, slots=True)
class Atom:
    """A date as written: what it says once a year is known, and whether the text says the year."""

    start: int
    end: int
    kind: str
    year: int | None
    stretch: Callable[[int], Stretch]
    """The days that it means in a year; raises ValueError where that year has no such day."""
    unknown: str | None
    """EDTF with unspecified digits for when no year can be found."""
    precision: str


def atoms(text: str, southern: bool) -> Iterator[Atom]:
    """Dates of `text` from left to right; impossible ones ("31 February") are left out."""
    at = 0
    for candidate in _MAY_START.finditer(text):
        if candidate.start() < at:
            continue
        match = ATOM.match(text, candidate.start())
        if match is None:
            continue
        at = match.end()
        kind = str(match.lastgroup)[2:]
        exact = _EXACT[kind].match(text, match.start())
        if exact is None:
            continue
        if kind == "month" and exact["m"] in ("May", "March", "August"):
            before = text[max(0, exact.start() - 12) : exact.start()]
            if not _TAKES_MONTH.search(before):
                continue
        if kind == "season":
            before = text[max(0, exact.start() - 12) : exact.start()]
            if not (_TAKES_FALL if exact["s"].lower() == "fall" else _TAKES_SEASON).search(before):
                continue
        if (
            kind == "dayrange"
            and exact["list"]
            and int(exact["d2"]) != int(exact["d"]) + 1
            and not re.search(
                r"(?:etween|nights of) (?:the )?$", text[max(0, exact.start() - 12) : exact.start()]
            )
        ):
            kind, exact = "daylist", _TWO_DAYS.match(text, exact.start()) or exact
        if kind in ("daylist", "listdays"):
            yield from _days_of(exact)
            continue
        try:
            made = _make(kind, {k: v for k, v in exact.groupdict().items() if v}, southern)
            if made is None:
                continue
            year, stretch, unknown = made
            found = stretch(year or 2000)
        except (ValueError, KeyError, OverflowError):
            continue
        start, end = exact.span()
        while (
            text[end - 1] in ".,"
            and kind in ("month", "partmonth")
            and exact["m"].rstrip(".") in _FULL.split("|")
        ):
            end -= 1
        yield Atom(start, end, kind, year, stretch, unknown, found.precision)


_Made = tuple[int | None, Callable[[int], Stretch], str | None]


def _days_of(match: re.Match[str]) -> Iterator[Atom]:
    """ "on 3, 5 and 9 June", "June 3, 5 and 9": days of one month."""
    number, year = MONTHS[match["m"].rstrip(".")], int(match["y"]) if match["y"] else None
    found = list(re.finditer(r"\d+", match["days"]))
    for index, one in enumerate(found):
        dom, start = int(one[0]), match.start("days") + one.start()
        begin = match.start() if index == 0 and match.start("m") == match.start() else start
        end = match.end() if index == len(found) - 1 else start + len(one[0])
        if 1 <= dom <= 28 or dom <= edtf.last_day(2000, number):

            def stretch(y: int, dom: int = dom) -> Stretch:
                return edtf.day(y, number, dom)

            yield Atom(begin, end, "dm", year, stretch, f"XXXX-{number:02d}-{dom:02d}", "day")


def _make(kind: str, g: dict[str, str], southern: bool) -> _Made | None:  # noqa: PLR0911 (rules in order)
    g = {k.rstrip("_"): v for k, v in g.items()}
    year = (
        int(g["y"])
        if len(g.get("y", "")) == 4
        else 2000 + int(g["y"])
        if "y" in g and "sep" not in g
        else None
    )
    number = MONTHS.get(g.get("m", "").rstrip(".").capitalize(), 0) or int(g.get("mm", 0))
    part = _part(g.get("part"))
    if kind == "feast":
        name = g["f"]
        return year, lambda y: feast(name, y), None
    if kind in ("iso", "compact", "letters", "dmy", "mdy", "dm", "md", "ordinal"):
        dom = int(g["d"]) if "d" in g else _ORDINALS.index(g["nw"]) + 1
        return year, lambda y: edtf.day(y, number, dom), f"XXXX-{number:02d}-{dom:02d}"
    if kind in ("dayrange", "rangeday"):
        first, last = int(g["d"]), int(g["d2"])
        if first >= last:
            return None
        unknown = f"XXXX-{number:02d}-{first:02d}/XXXX-{number:02d}-{last:02d}"
        return year, lambda y: edtf.through(edtf.day(y, number, first), edtf.day(y, number, last)), unknown
    if kind in ("isomonth", "slashmonth", "partmonthyear", "monthyear", "partmonth", "month"):
        return year, lambda y: edtf.month(y, number, part), f"XXXX-{number:02d}"
    if kind in ("seasonyear", "partseason", "season"):
        code = SEASONS[g["s"].lower()]
        if year and "y2" in g and code == 24 and southern:
            year += 1
        return year, lambda y: edtf.season(y, code, southern, part), f"XXXX-{code}"
    if kind in ("quarter", "half"):
        which = int(g["n"]) if "n" in g else _ORDINAL[g["nw"]]
        if kind == "half":
            return year, lambda y: edtf.whole_year(y, f"half{which}"), None
        return year, lambda y: edtf.quarter(y, which, part), f"XXXX-{32 + which}"
    if kind == "numeric":
        return _numeric(g)
    return _years(kind, g, year, part)


def _years(kind: str, g: dict[str, str], year: int | None, part: str | None) -> _Made | None:
    if kind == "century":
        which = (
            int(g["c"])
            if "c" in g
            else {"eighteenth": 18, "nineteenth": 19, "twentieth": 20}.get(g["cw"], 21)
        )
        return 100 * which, lambda _: edtf.century(which), None
    if kind == "nineties":
        return _DECADES[g["w"]], lambda y: edtf.decade(y, part), None
    if kind == "decade":
        start = year or (1900 if int(g["yy"]) > 20 else 2000) + int(g["yy"])
        return start, lambda y: edtf.decade(y, part), None
    if kind == "years" and year is not None:
        last = int(g["y2"]) if len(g["y2"]) == 4 else year // 100 * 100 + int(g["y2"])
        if last <= year or (g["dash"] == "/" and last != year + 1):
            return None
        return year, lambda y: edtf.through(edtf.whole_year(y), edtf.whole_year(last)), None
    return year, lambda y: edtf.whole_year(y, part), None


def _numeric(g: dict[str, str]) -> _Made | None:
    """12.11.2024 has the day first; 12/11/2024 may be either, and is kept as both (EDTF: one of a set)."""
    a, b = int(g["a"]), int(g["b"])
    year = int(g["y"]) if len(g["y"]) == 4 else 2000 + int(g["y"])
    readings = [(b, a)] if g["sep"] == "." or a > 12 else [(a, b)] if b > 12 else [(a, b), (b, a)]
    found = sorted({date(year, month, dom) for month, dom in readings})
    if len(found) == 1:
        return year, lambda _: edtf.days(found[0], found[0], "day"), None
    names = ",".join(d.isoformat() for d in found)
    note = "day and month may be exchanged"
    return year, lambda _: Stretch(f"[{names}]", found[0], found[1], "day", note), None


_COUNTED_PART = re.compile(
    r"(?P<which>first|opening|early|last|final|closing) (?:(?P<n>[a-z]+|\d+) |couple of )?(?P<unit>day|week|month)s"
)


def _part(written: str | None) -> str | None:
    if written is None:
        return None
    said = re.sub(r"^(?:the )?(?:very )?|(?: of(?: the)?(?: month of| year)?| on)$", "", written.lower())
    if counted := _COUNTED_PART.fullmatch(said):
        size = {"day": 1, "week": 7, "month": 30}[counted["unit"]]
        count = number_of(counted["n"]) if counted["n"] else None
        days = round(count.value if count else {"day": 5, "week": 2, "month": 4}[counted["unit"]]) * size
        return f"{'first' if counted['which'] in ('first', 'opening', 'early') else 'last'}:{days}"
    return _PART_WORDS[re.sub("mid-? to late", "mid-to-late", said).replace("early to mid", "early-to-mid")]

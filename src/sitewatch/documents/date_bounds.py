"""Dates as the words before and after bound them: "since May", "by the end of 2023", "three days before", "2018 onwards"."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from datetime import date, timedelta

from sitewatch.documents import edtf
from sitewatch.documents.edtf import Stretch
from sitewatch.documents.numbers import NUMBER, number
from sitewatch.documents.spans import words

_BOUND = [
    ("after", re.compile(r"\b(?:ever )?since(?: at least| about| around| roughly| as early as| late| (?:the|its|their|an?) (?:[\w-]+ ){1,4}?(?:in|of|on|from))? $", re.I)),
    ("after", re.compile(r"\b(?:no earlier than|not before|not earlier than|not until|only after|only since|(?:on|in|at|during) or (?:after|since|later than)|at the earliest(?: on| in| by)?)(?: at least| about)? $", re.I)),
    ("before", re.compile(r"\b(?:(?:on|in|at|by|during) or (?:before|prior to)|at the latest (?:by|on|in|until)|by|until|till|up to(?: and including)?|no later than|not later than|through|up until|(?:until|till) (?:well|deep|far) into)(?: at least| about| around| as late as)? $", re.I)),
    ("strictly before", re.compile(r"\b(?:(?:some ?time |shortly |just |well |long |immediately |right |days |weeks |months )?before|prior to|earlier than|ahead of|in the run-up to) $", re.I)),
    ("strictly after", re.compile(r"\b(?:(?:some ?time |shortly |just |soon |well |long |immediately |right |days |weeks |months )?after|following|later than) $", re.I)),
    ("after", re.compile(r"\b(?:from|starting(?: from| in| on)?|beginning(?: in| on| from)?|as from|onwards from|effective)(?: at least| about)? $", re.I)),
]  # fmt: skip
_PART_OF_DAY = re.compile(
    r"(?:\bthe )?(?:(?:early |late )?(?:morning|evening|night|nights|afternoon|day|days|weekend|dawn)|(?:small|early) hours|week) of (?:the )?$|\bthe $",
    re.IGNORECASE,
)
_PERIOD_BEFORE = re.compile(r"\b(?:day|week|month|quarter|year)s? ", re.IGNORECASE)
_COUNTED = re.compile(
    rf"\b(?:(?:about|around|some|roughly|nearly|almost|only|just) )?(?P<n>an?|{NUMBER}) (?P<unit>day|week|month|year)s? (?P<way>before|prior to|ahead of|after|following)(?: the)? $",
    re.IGNORECASE,
)
_BOUNDING = frozenset(
    words(
        "since least about around roughly early late in on of from than before until till only after later earliest at during by latest to including into through as "
        "prior ahead following starting beginning effective ending ended for the up not with"
    )
)
"""Last words of what may bound a date: a cheap look before the costly ones."""
_EVE = re.compile(r"\b(?:[Oo]n )?the eve of (?:the )?$")
_ENDING = re.compile(
    rf"\b(?:the )?(?:(?P<n>{NUMBER}) )?(?P<unit>day|week|month|quarter|year)s? (?:to|up to|ending|ended|until|through)(?: on| in)?(?: the)? $",
    re.IGNORECASE,
)
_ONWARD = re.compile(r" (?:on|onwards?|forward)\b(?! (?:the|a|its)\b)")
_NO_BOUND = re.compile(
    r"\b(?:images?|imagery|photos?|pictures?|photographs?|footage|scenes?|passes|data|dating|video|taken) (?:[a-z]{1,12} ){0,2}$"
)


def bounded(text: str, start: int, end: int, stretch: Stretch) -> tuple[int, int, Stretch]:
    """`stretch` as the words before it bound it: "since" opens its end, "by" its begin."""
    before = text[max(0, start - 60) : start]
    owns = text[start:end].endswith(("’s", "'s")) or text[end : end + 2] in ("’s", "'s")
    if owns and not before.endswith(("since ", "Since ")):
        return start, end, stretch  # "by Monday's flood", "after Monday's strike"
    last = before.rstrip().rpartition(" ")[2].lower()
    if last not in _BOUNDING:
        return _onward(text, start, end, stretch)
    counts = _PERIOD_BEFORE.search(before) is not None
    if counts and stretch.earliest and stretch.latest and (counted := _COUNTED.search(before)):
        return start - len(counted[0]), end, _shifted(counted, stretch.earliest, stretch.latest)
    if counts and stretch.latest and (ending := _ENDING.search(before)):
        count = number(ending["n"]) if ending["n"] else None
        first = edtf.back(
            stretch.latest, round(count.value) if count else 1, ending["unit"].lower()
        ) + timedelta(days=1)
        return start - len(ending[0]), end, edtf.days(first, stretch.latest, "range")
    if stretch.earliest and stretch.precision == "day" and (eve := _EVE.search(before)):
        day = stretch.earliest - timedelta(days=1)
        return start - len(eve[0]), end, edtf.days(day, day, "day")
    part = _PART_OF_DAY.search(before)
    before = before[: part.start()] if part else before
    part_length = len(part[0]) if part else 0
    for name, pattern in _BOUND:
        match = pattern.search(before)
        if match is None:
            continue
        if match[0].lower().startswith("from"):
            onward = _ONWARD.match(text, end)
            if onward is None or (onward[0] == " on" and _NO_BOUND.search(before[: match.start()])):
                return start, end, stretch
            end = onward.end()
        # "before the end of April" reaches to its last day
        to_the_end = name == "strictly before" and re.match(
            r"(?:the )?(?:very )?end of\b", text[start:end], re.IGNORECASE
        )
        kind = "before" if to_the_end else name
        return start - len(match[0]) - part_length, end, _open(kind, stretch)
    return _onward(text, start, end, stretch)


def _onward(text: str, start: int, end: int, stretch: Stretch) -> tuple[int, int, Stretch]:
    """ "2018 onwards"."""
    onward = _ONWARD.match(text, end)
    if onward is not None and onward[0] != " on":
        return start, onward.end(), _open("after", stretch)
    return start, end, stretch


def _shifted(counted: re.Match[str], earliest: date, latest: date) -> Stretch:
    """ "three days before 5 June"."""
    count = 1.0 if counted["n"].lower() in ("a", "an") else getattr(number(counted["n"]), "value", 1.0)
    unit, later = counted["unit"].lower(), counted["way"].lower() in ("after", "following")
    day = edtf.back(latest if later else earliest, round(-count if later else count), unit)
    if unit == "year":
        return edtf.whole_year(day.year)
    if unit == "month":
        return edtf.month(day.year, day.month)
    return edtf.days(day, day, "day")


def _open(kind: str, s: Stretch) -> Stretch:
    day = timedelta(days=1)
    if kind == "after":
        name: str | None = (s.edtf or "").partition("/")[0]
        return Stretch(f"{name}/.." if name else None, s.earliest, None, "after", s.note)
    if kind == "before":
        name = s.latest.isoformat() if s.latest else (s.edtf or "").rpartition("/")[2]
        return Stretch(f"../{name}" if name else None, None, s.latest, "before", s.note)
    if kind == "strictly after":
        earliest = s.latest + day if s.latest and s.latest < date.max else None
        name = earliest.isoformat() if earliest else s.edtf
        return Stretch(f"{name}/.." if name else None, earliest, None, "after", s.note)
    latest = s.earliest - day if s.earliest and s.earliest > date.min else None
    name = latest.isoformat() if latest else s.edtf
    return Stretch(f"../{name}" if name else None, None, latest, "before", s.note)

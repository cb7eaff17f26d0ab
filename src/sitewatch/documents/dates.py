"""Times that a text states, as EDTF with the first and last day they can mean.

Single dates are found first; neighbouring ones are joined to ranges, and the words before them make bounds of
them ("since", "by the end of"). A date without a year is the latest such before publication, or the next one
where the sentence looks ahead ("will", "due").
"""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sitewatch.documents import edtf
from sitewatch.documents.date_words import Atom, atoms
from sitewatch.documents.edtf import Stretch
from sitewatch.documents.names import MONTH, named_spans
from sitewatch.documents.relative import relative
from sitewatch.documents.spans import Span, Taken, hide
from sitewatch.types import When

_ANCHOR = re.compile(rf"\d|\b(?:{MONTH}|[Ss]pring|[Ss]ummer|[Aa]utumn|[Ff]all|[Ww]inter|quarter|half)\b")
_JOIN = re.compile(
    r",? ?(?:-|–|—|‑|−|to|through|until|till|up to|and|or) ?(?:the |about |around |at least )?"
)
_LIST = re.compile(r",? (?:and|or)(?: (?:on|in))? |, ?|/|,? and again (?:on|in) ")
_BETWEEN = re.compile(
    r"\b(?:between|from|From|Between|period)(?: about| around| roughly| at least)? (?:the )?$"
)
_AHEAD = re.compile(
    r"\b(?:will|shall|should|due|scheduled|expects?|expected|plans?|planned|planning|aims?|upcoming|intends?|slated|"
    r"promises?|promised|hopes?|is to|are to|to be (?:completed|finished|opened|built|ready))\b"
)
_SCHEDULED = re.compile(
    r"\b(?:goes|opens|starts|begins|closes|ends|reopens|resumes|finishes|launches|follows|comes|arrives|expires)\b[^.;]{0,40}$"
)
_ABOUT = re.compile(r"\b(?:on or )?(?:around|about|circa|ca\.|c\.) (?:the )?$", re.IGNORECASE)
_WEEK = re.compile(r"\bweek (?:of|beginning|starting|commencing|from|ending)(?: the| on)? $", re.IGNORECASE)
_MONTHS_ONLY = frozenset(("month", "monthyear", "partmonth", "partmonthyear"))
_CLOCK = r"(?P<clock>(?:[01]?\d|2[0-3]):[0-5]\d)(?: ?(?P<half>[ap])\.?m\.?)?(?: (?:UTC|GMT|local time))?"
_CLOCK_BEFORE = re.compile(rf"(?:\b[Aa]t |\b[Aa]round |\b[Bb]y )?\b{_CLOCK},? (?:on )?$")
_CLOCK_AFTER = re.compile(rf"(?:,? at|,|[\s\u00a0][-–]|T)?[\s\u00a0]{_CLOCK}\b")
_LAST = re.compile(r"\b(?P<which>[Ll]ast|[Tt]his|[Tt]his past|[Pp]ast|[Nn]ext|[Pp]revious) $")
_YEAR_AFTER = re.compile(
    r",? (?:of )?(?:the )?(?P<which>last|this|that same|same|previous|next|current|present|following|past|coming) year\b"
)
_BOUND = [
    ("after", re.compile(r"\b(?:ever )?since(?: at least| about| around| roughly| as early as| late| the)? $", re.I)),
    ("after", re.compile(r"\b(?:no earlier than|not before|not earlier than|not until|only after|only since)(?: at least| about)?(?: the)? $", re.I)),
    ("before", re.compile(r"\b(?:by|until|till|up to|no later than|not later than|through|up until)(?: at least| about| around| the)? $", re.I)),
    ("strictly before", re.compile(r"\b(?:(?:some ?time |shortly |just )?before|prior to|earlier than|ahead of)(?: the)? $", re.I)),
    ("strictly after", re.compile(r"\b(?:(?:some ?time |shortly |just |soon )?after|following|later than)(?: the)? $", re.I)),
    ("after", re.compile(r"\b(?:from|starting(?: from| in)|as from|onwards from)(?: at least| about)?(?: the)? $", re.I)),
]  # fmt: skip
_ONWARD = re.compile(r" (?:on|onwards?|forward)\b(?! (?:the|a|its)\b)")
_NO_BOUND = re.compile(
    r"\b(?:images?|imagery|photos?|pictures?|photographs?|footage|scenes?|passes|data|dating|video|taken) (?:[a-z]{1,12} ){0,2}$"
)


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    stretch: Stretch
    inferred: bool


def dates(
    text: str,
    published: str | date | None = None,
    masked: Iterable[Span] | None = None,
    *,
    southern: bool = False,
) -> tuple[When, ...]:
    """Times stated in `text`, in order, without overlaps.

    Args:
        text: any text; spans count its code points.
        published: the day that relative times and dates without a year are resolved against (a date, or EDTF).
            Without it these have unspecified digits ("XXXX-10") and no days.
        masked: stretches that are names; by default those that `named_spans` finds.
        southern: seasons are those of the southern hemisphere.

    "early" is days 1-10 of a month or months 1-4 of a year, "mid" 11-20 and 5-8, "late" the rest.
    """
    today = published if isinstance(published, date) else edtf.parse_day(published)
    hidden = hide(text, named_spans(text) if masked is None else masked)
    found: list[_Found] = []
    if _ANCHOR.search(hidden):
        found = _absolute(hidden, list(atoms(hidden, southern)), today)
    taken = Taken((f.start, f.end) for f in found)
    absolute = tuple(found)
    for span, stretch in relative(hidden, today, lambda at: _reference(absolute, at)):
        if taken.add(span):
            start, end, bounded = _bounded(hidden, *span, stretch)
            found.append(_Found(start, end, bounded, True))
    found = _weekday_ranges(hidden, sorted(found, key=lambda f: f.start))
    found = [_timed(text, f) for f in found]
    return tuple(_when(text, f, today) for f in sorted(found, key=lambda f: f.start))


def _reference(found: Sequence[_Found], at: int) -> date | None:
    """The day that "two weeks later" is counted from: the last one stated shortly before."""
    index = bisect_left(found, at, key=lambda f: f.end) - 1
    return found[index].stretch.latest if index >= 0 and at - found[index].end < 250 else None


def _weekday_ranges(text: str, found: list[_Found]) -> list[_Found]:
    """ "between Monday and Wednesday" is one stretch."""
    out: list[_Found] = []
    for f in found:
        first = out[-1].stretch if out else None
        joined = first and first.precision == f.stretch.precision == "day" and out[-1].inferred and f.inferred
        opened = _BETWEEN.search(text[max(0, out[-1].start - 24) : out[-1].start]) if out else None
        if (
            joined
            and opened
            and first
            and _JOIN.fullmatch(text[out[-1].end : f.start])
            and first.earliest
            and f.stretch.latest
        ):
            begin = first.earliest
            while begin > f.stretch.latest:
                begin -= timedelta(days=7)
            whole = edtf.through(edtf.days(begin, begin, "day"), f.stretch)
            out[-1] = _Found(out[-1].start - len(opened[0]), f.end, whole, True)
        else:
            out.append(f)
    return out


def _absolute(text: str, parts: list[Atom], today: date | None) -> list[_Found]:
    found: list[_Found] = []
    i = 0
    while i < len(parts):
        first = parts[i]
        second = parts[i + 1] if i + 1 < len(parts) else None
        if second is not None and _joined(text, first, second):
            made = _range(text, first, second, today)
            i += 2
        else:
            made = _single(text, first, second, today)
            i += 1
        if made is not None:
            found.append(made)
    return found


def _joined(text: str, first: Atom, second: Atom) -> bool:
    """Whether two neighbours are the ends of one range."""
    between = text[first.end : second.start]
    if len(between) > 16 or not _JOIN.fullmatch(between):
        return False
    if first.kind in ("dayrange", "rangeday", "years") or second.kind in ("dayrange", "rangeday", "years"):
        return False
    opened = bool(_BETWEEN.search(text[max(0, first.start - 24) : first.start]))
    if re.search(r"\band\b", between):
        if (
            first.kind in _MONTHS_ONLY
            and second.kind in _MONTHS_ONLY
            and first.year is None
            and _adjacent(first, second)
        ):
            return True
        return opened and "etween" in text[max(0, first.start - 24) : first.start]
    if re.search(r"\bor\b", between):
        return "part" in first.kind and "part" in second.kind
    if re.search(r"until|till|up to|through", between):
        return True
    return opened or bool(re.search(r"to|[-–—‑−]", between))


def _adjacent(first: Atom, second: Atom) -> bool:
    """Whether one month follows the other: "in April and May" is one stretch."""
    a, b = first.stretch(2001).latest, second.stretch(2001).earliest
    return a is not None and b is not None and (b - a).days in (1, -364)


def _year_of(text: str, atom: Atom, today: date | None) -> tuple[int | None, int]:
    """The year of a date that states none, and where words that say so end."""
    after = _YEAR_AFTER.match(text, atom.end)
    if after and today:
        step = {"last": -1, "previous": -1, "past": -1, "next": 1, "coming": 1}.get(after["which"], 0)
        return today.year + step, after.end()
    if today is None:
        return None, atom.end
    before = re.split(r"[.!?;]\s", text[max(0, atom.start - 100) : atom.start])[-1]
    after_it = re.split(r"[.!?;](?:\s|$)", text[atom.end : atom.end + 60])[0]
    ahead = bool(_AHEAD.search(before) or re.search(r"\b[Nn]ext $", before) or _SCHEDULED.search(before))
    ahead = ahead or (bool(_AHEAD.match(after_it.lstrip(", "))) and not before.strip())
    if re.search(r"\b[Tt]his $", before):
        return today.year, atom.end
    for year in (today.year, today.year - 1, today.year - 2, today.year - 3, today.year - 4):
        try:
            stretch = atom.stretch(year)
        except ValueError:
            continue
        if ahead and stretch.latest and stretch.latest < today:
            return year + 1, atom.end
        if (
            re.search(r"\b(?:[Ll]ast|[Pp]revious|[Pp]ast) $", before)
            and stretch.latest
            and stretch.latest >= today
        ):
            continue
        if ahead or (stretch.earliest and stretch.earliest <= today):
            return year, atom.end
    return None, atom.end


def _resolved(
    text: str, atom: Atom, today: date | None, year: int | None = None
) -> tuple[Stretch, int, bool]:
    end, inferred = atom.end, False
    if atom.year is not None:
        year = atom.year
    elif year is None:
        year, end = _year_of(text, atom, today)
        inferred = True
    if year is not None:
        try:
            return atom.stretch(year), end, inferred
        except ValueError:
            pass
    return Stretch(atom.unknown, None, None, atom.precision), end, inferred


def _shares_year(text: str, atom: Atom, following: Atom) -> bool:
    """ "on 5 June and 12 October 2024": the year that is said once holds for both."""
    return following.kind != "year" and bool(_LIST.fullmatch(text[atom.end : following.start]))


def _single(text: str, atom: Atom, following: Atom | None, today: date | None) -> _Found | None:
    year = None
    if (
        atom.year is None
        and following is not None
        and following.year is not None
        and _shares_year(text, atom, following)
    ):
        own, other = atom.stretch(following.year), following.stretch(following.year)
        later = own.earliest and other.earliest and own.earliest > other.earliest
        year = following.year - 1 if later else following.year
    stretch, end, inferred = _resolved(text, atom, today, year)
    start = atom.start
    if atom.kind in ("month", "season") and (match := _LAST.search(text[max(0, start - 12) : start])):
        start -= len(match[0])
    before = text[max(0, start - 24) : start]
    if stretch.precision == "day" and stretch.earliest and _WEEK.search(before):
        monday = stretch.earliest - timedelta(days=stretch.earliest.weekday())
        stretch = edtf.days(monday, monday + timedelta(days=6), "week")
    elif (about := _ABOUT.search(before)) and stretch.edtf:
        start -= len(about[0])
        stretch = replace(stretch, edtf=f"{stretch.edtf}~" if "/" not in stretch.edtf else stretch.edtf)
    start, end, stretch = _bounded(text, start, end, stretch)
    return _Found(start, end, stretch, inferred)


def _range(text: str, first: Atom, second: Atom, today: date | None) -> _Found | None:
    last, end, inferred = _resolved(text, second, today, first.year if second.year is None else None)
    if second.year is None and first.year is not None:
        opening, _, _ = _resolved(text, first, today)
        if last.latest and opening.earliest and last.latest < opening.earliest and first.year is not None:
            last, _, _ = _resolved(text, second, today, first.year + 1)
    elif last.latest is not None:
        year = last.latest.year
        opening, _, _ = _resolved(text, first, today, year)
        if first.year is None and opening.earliest and opening.earliest > last.latest:
            opening, _, _ = _resolved(text, first, today, year - 1)
    else:
        opening, _, _ = _resolved(text, first, None)
    if opening.earliest and last.latest and opening.earliest > last.latest:
        return None
    stretch = edtf.through(opening, last)
    start = first.start
    before = text[max(0, start - 24) : start]
    if match := _BETWEEN.search(before):
        start -= len(match[0])
    return _Found(start, end, stretch, inferred)


def _bounded(text: str, start: int, end: int, stretch: Stretch) -> tuple[int, int, Stretch]:
    """`stretch` as the words before it bound it: "since" opens its end, "by" its begin."""
    before = text[max(0, start - 40) : start]
    for name, pattern in _BOUND:
        match = pattern.search(before)
        if match is None:
            continue
        if match[0].lower().startswith("from"):
            onward = _ONWARD.match(text, end)
            if onward is None or _NO_BOUND.search(before[: match.start()]):
                return start, end, stretch
            end = onward.end()
        # "before the end of April" reaches to its last day
        to_the_end = name == "strictly before" and re.match(
            r"(?:the )?(?:very )?end of\b", text[start:end], re.IGNORECASE
        )
        kind = "before" if to_the_end else name
        return start - len(match[0]), end, _open(kind, stretch)
    onward = _ONWARD.match(text, end)
    if onward is not None and onward[0] != " on":
        return start, onward.end(), _open("after", stretch)
    return start, end, stretch


def _timed(text: str, f: _Found) -> _Found:
    """A day with the time of day that stands beside it."""
    if f.stretch.precision != "day" or f.stretch.edtf is None or len(f.stretch.edtf) != 10:
        return f
    before = _CLOCK_BEFORE.search(text[max(0, f.start - 32) : f.start])
    after = _CLOCK_AFTER.match(text, f.end)
    match = before or after
    if match is None:
        return f
    hour, minute = match["clock"].split(":")
    if match["half"] == "p" and int(hour) < 12:
        hour = str(int(hour) + 12)
    stretch = replace(f.stretch, edtf=f"{f.stretch.edtf}T{int(hour):02d}:{minute}", precision="minute")
    start = f.start - (min(32, f.start) - before.start()) if before else f.start
    return _Found(start, f.end if before or after is None else after.end(), stretch, f.inferred)


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


def _when(text: str, f: _Found, today: date | None) -> When:
    notes = (
        [f"published {today.isoformat()}"]
        if f.inferred and today and (f.stretch.earliest or f.stretch.latest)
        else []
    )
    notes += [f.stretch.note] if f.stretch.note else []
    return When(
        text=text[f.start : f.end],
        edtf=f.stretch.edtf,
        earliest=f.stretch.earliest.isoformat() if f.stretch.earliest else None,
        latest=f.stretch.latest.isoformat() if f.stretch.latest else None,
        precision=f.stretch.precision,
        resolved_from="; ".join(notes) or None,
        start=f.start,
        end=f.end,
    )

"""Times that a text states, as EDTF with the first and last day they can mean.

Single dates are found first; neighbouring ones are joined to ranges, and the words before them make bounds of
them ("since", "by the end of"). A date without a year is the latest such before publication, or the next one
where the sentence looks ahead ("will", "due").
"""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sitewatch.documents import edtf
from sitewatch.documents.date_bounds import bounded
from sitewatch.documents.date_words import WEEKDAY, Atom, atoms
from sitewatch.documents.edtf import Stretch
from sitewatch.documents.feasts import FEAST
from sitewatch.documents.names import MONTH, named_spans
from sitewatch.documents.relative import AHEAD as _AHEAD
from sitewatch.documents.relative import relative
from sitewatch.documents.spans import Span, Taken, hide
from sitewatch.types import When

_ANCHOR = re.compile(
    rf"\d|\b(?:{MONTH}|[Ss]pring|[Ss]ummer|[Aa]utumn|[Ff]all|[Ww]inter|quarter|half|century|\w+(?:ties|teens)|{FEAST})\b"
)
_JOIN = re.compile(
    r",? ?(?:-|–|—|‑|−|to|through|until|till|up to|into|and|or) ?(?:the |about |around |at least )?(?:(?:early |late )?(?:morning|evening|night|afternoon|small hours) of (?:the )?)?"
)
_LIST = re.compile(
    r",? (?:and|or)(?: (?:on|in|from|by|of|since|for))?(?: the)? |, ?|/|,? and again (?:on|in) "
)
_BETWEEN = re.compile(
    r"\b(?:between|from|From|Between|period)(?: about| around| roughly| at least)? (?:the )?(?:(?:early |late )?(?:morning|evening|night|afternoon|small hours) of (?:the )?)?$"
)
_SCHEDULED = re.compile(
    r"\b(?:goes|opens|starts|shuts|returns|switches on|is back|begins|closes|ends|reopens|resumes|finishes|launches|follows|comes|arrives|expires|takes? effect|comes? into (?:force|effect)|falls due)\b[^.;]{0,40}$"
)
_PARTICIPLE = re.compile(
    r"(?<!\bbe )(?<!\bbe fully )(?<!\bbeen )(?<!\bto )(?<!\bit )(?<!\bthem )\b(?!scheduled|planned|expected|slated|due|foreseen|targeted|booked|need)(?:[a-z]{2,}ed|built|burnt|seen|shown|taken|lost|made|hit|torn down) (?:in|on|by|since|during)(?: late| early| mid)? $"
)
_PAST = re.compile(
    r"\b(?:was|were|had|has|have|did|[a-z]{2,}ed|stood|grew|rose|fell|went|came|began|built|gone|on)\b"
)
_ABOUT = re.compile(r"\b(?:on or )?(?:around|about|circa|ca\.|c\.) (?:the )?$", re.IGNORECASE)
_WEEK = re.compile(r"\bweek (?:of|beginning|starting|commencing|from|ending)(?: the| on)? $", re.IGNORECASE)
_MONTHS_ONLY = frozenset(("month", "monthyear", "partmonth", "partmonthyear"))
_CLOCK = r"(?P<clock>(?:[01]?\d|2[0-3]):[0-5]\d)(?: ?(?P<half>[ap])\.?m\.?)?(?: (?:UTC|GMT|local time))?"
_CLOCK_BEFORE = re.compile(rf"(?:\b[Aa]t |\b[Aa]round |\b[Bb]y )?\b{_CLOCK},? (?:on )?$")
_CLOCK_AFTER = re.compile(rf"(?:,? at|,|[\s\u00a0][-–]|T)?[\s\u00a0]{_CLOCK}\b")
_LAST = re.compile(r"\b(?P<which>[Ll]ast|[Tt]his|[Tt]his past|[Pp]ast|[Nn]ext|[Pp]revious) $")
_YEAR_AFTER = re.compile(
    r",? (?:of )?(?:the )?(?P<which>year before last|(?:last|this|that same|same|previous|next|current|present|following|past|coming) year)\b"
)
_TO_NOW = re.compile(
    r" ?(?:to|and|until|till|through|up to|-|–|—) ?(?:the )?(?:present(?: day)?|today|now|this day|date)\b"
)
_BARE_DAY = re.compile(
    rf"\b(?P<lead>(?:[Oo]n|[Bb]y|[Uu]ntil|[Tt]ill|[Ff]rom|[Ss]ince|[Bb]efore|[Aa]fter|[Ff]or|[Oo]f|[Tt]o|[Aa]round|[Dd]ated|[Aa]nd|[Bb]etween|{WEEKDAY},?) )(?P<day>the (?P<d>[0-3]?\d)(?:st|nd|rd|th))\b"
    r"(?=[.,;:!?)”]|$| (?:and|or|but|to|it|they|he|she|the|a|an|in|at|on|by|when|while|with|did|does|was|were|is|are|had|has|showed?|shows|before|after|until)\b)(?! (?:of|century|floor|time|day of)\b)"
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
    if "the " in hidden:
        for span, stretch in _bare_days(hidden, today, absolute):
            if taken.add(span):
                start, end, bound = bounded(hidden, *span, stretch)
                found.append(_Found(start, end, bound, True))
    for span, stretch in relative(hidden, today, lambda at: _reference(absolute, at)):
        if taken.add(span):
            start, end, bound = bounded(hidden, *span, stretch)
            found.append(_Found(start, end, bound, True))
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
            and ("etween" in opened[0] or " and " not in text[out[-1].end : f.start])
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
    for k in range(len(parts) - 2, -1, -1):  # "in March, May and July 2023": the year holds for all
        if (
            parts[k].year is None
            and parts[k + 1].year is not None
            and _shares_year(text, parts[k], parts[k + 1])
        ):
            parts[k] = _in_year_of(parts[k], parts[k + 1])
        elif (
            parts[k + 1].year is None
            and parts[k].year is not None
            and _of_season(text, parts[k], parts[k + 1])
        ):
            parts[k + 1] = replace(parts[k + 1], year=parts[k].year)
    i = 0
    while i < len(parts):
        first = parts[i]
        second = parts[i + 1] if i + 1 < len(parts) else None
        if second is not None and _joined(text, first, second):
            made = _range(text, first, second, today)
            i += 2
        else:
            made = _single(text, first, today)
            i += 1
        if made is not None:
            found.append(made)
    return found


def _joined(text: str, first: Atom, second: Atom) -> bool:
    """Whether two neighbours are the ends of one range."""
    between = text[first.end : second.start]
    if len(between) > 40 or not _JOIN.fullmatch(between):
        return False
    if first.kind in ("dayrange", "rangeday", "years") or second.kind in ("dayrange", "rangeday", "years"):
        return False
    opened = bool(_BETWEEN.search(text[max(0, first.start - 48) : first.start]))
    if re.search(r"\band\b", between):
        if (
            first.kind in _MONTHS_ONLY
            and second.kind in _MONTHS_ONLY
            and first.year in (None, second.year)
            and _adjacent(first, second)
        ):
            return True
        return opened and "etween" in text[max(0, first.start - 48) : first.start]
    if re.search(r"\bor\b", between):
        return ("part" in first.kind and "part" in second.kind) or (
            first.kind in _MONTHS_ONLY and second.kind in _MONTHS_ONLY and _adjacent(first, second)
        )
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
        step = {"year before last": -2, "last": -1, "previous": -1, "past": -1, "next": 1, "coming": 1}.get(
            after["which"].removesuffix(" year"), 0
        )
        return today.year + step, after.end()
    if today is None:
        return None, atom.end
    before = re.split(r"[.!?;]\s", text[max(0, atom.start - 100) : atom.start])[-1]
    after_it = re.split(r"[.!?;](?:\s|$)", text[atom.end : atom.end + 80])[0]
    ahead = bool(_AHEAD.search(before) or re.search(r"\b[Nn]ext $", before) or _SCHEDULED.search(before))
    if _PARTICIPLE.search(before):
        ahead = False  # "will be longer than the one destroyed in April"
    ahead = ahead or (
        before.endswith((" by ", "By ")) and not _PAST.search(before) and not _PAST.search(after_it)
    )
    ahead = ahead or (bool(_AHEAD.match(after_it.lstrip(", "))) and not before.strip())
    if re.search(r"\b[Tt]his $", before):
        running = atom.stretch(today.year - 1)
        back = running.earliest and running.latest and running.earliest <= today <= running.latest
        return today.year - 1 if back else today.year, atom.end
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


_LIKELY = re.compile(
    r",? (?:and )?(?:most |very )?(?:likely|probably|possibly|perhaps|apparently|presumably) "
)


def _in_year_of(atom: Atom, following: Atom) -> Atom:
    """An atom in the year of the next, or in the year before where it would come after it."""
    assert following.year is not None
    own, other = atom.stretch(following.year), following.stretch(following.year)
    later = own.earliest and other.earliest and own.earliest > other.earliest
    return replace(atom, year=following.year - 1 if later else following.year)


def _of_season(text: str, season: Atom, month: Atom) -> bool:
    """ "in the summer of 2021, most likely in July": the month lies in what was named before."""
    between = text[season.end : month.start]
    if season.year is None or len(between) > 40 or re.search(r"[.;:]", between):
        return False
    if "season" not in season.kind and not (season.kind == "year" and _LIKELY.match(between)):
        return False
    whole, part = season.stretch(season.year), month.stretch(season.year)
    return bool(whole.earliest and part.earliest and whole.latest and part.latest) and (
        whole.earliest <= part.earliest and part.latest <= whole.latest  # type: ignore[operator]
    )


def _single(text: str, atom: Atom, today: date | None) -> _Found | None:
    stretch, end, inferred = _resolved(text, atom, today)
    start = atom.start
    if atom.kind in ("month", "season") and (match := _LAST.search(text[max(0, start - 12) : start])):
        start -= len(match[0])
    before = text[max(0, start - 24) : start]
    if stretch.precision == "day" and stretch.earliest and _WEEK.search(before):
        monday = stretch.earliest - timedelta(days=stretch.earliest.weekday())
        return _Found(start, end, edtf.days(monday, monday + timedelta(days=6), "week"), inferred)
    elif (about := _ABOUT.search(before)) and stretch.edtf:
        start -= len(about[0])
        stretch = replace(stretch, edtf=f"{stretch.edtf}~" if "/" not in stretch.edtf else stretch.edtf)
    if (
        today
        and stretch.earliest
        and (now := _TO_NOW.match(text, end))
        and not (now[0].startswith(" and") and "etween" not in before)
    ):
        opened = _BETWEEN.search(before)
        whole = edtf.through(stretch, edtf.days(today, today, "day"))
        return _Found(start - len(opened[0]) if opened else start, now.end(), whole, True)
    start, end, stretch = bounded(text, start, end, stretch)
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
    before = text[max(0, start - 48) : start]
    if match := _BETWEEN.search(before):
        start -= len(match[0])
    return _Found(start, end, stretch, inferred)


_DAYS_SHORT = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EXACT_ENOUGH = ("minute", "day", "week", "part-of-month", "month")


def _bare_days(text: str, today: date | None, found: Sequence[_Found]) -> Iterator[tuple[Span, Stretch]]:
    """ "by the 9th": of the month of the last date before, else the latest such day, or the next if the sentence looks ahead."""
    for match in _BARE_DAY.finditer(text):
        dom = int(match["d"])
        near = _reference([f for f in found if f.stretch.precision in _EXACT_ENOUGH], match.start())
        base = near or today
        if base is None or not 1 <= dom <= 31:
            continue
        before = re.split(r"[.!?;]\s", text[max(0, match.start() - 100) : match.start("day")])[-1]
        ahead = _AHEAD.search(before) is not None
        if ahead and near and today and near < today:
            near, base = None, today
        year, month = base.year, base.month
        if near is not None:
            step = 1 if dom < near.day else 0
        elif ahead:
            step = 1 if dom < base.day else 0
        else:
            step = -1 if dom > base.day else 0
        year, index = divmod(year * 12 + month - 1 + step, 12)
        if dom <= edtf.last_day(year, index + 1):
            start = match.start() if match["lead"][:3] in _DAYS_SHORT else match.start("day")
            yield (start, match.end("day")), edtf.day(year, index + 1, dom)


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

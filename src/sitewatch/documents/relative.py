"""Times that only the day of publication makes definite: "last month", "two years ago", "on Tuesday"."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from sitewatch.documents import edtf
from sitewatch.documents.edtf import SEASONS, Stretch
from sitewatch.documents.numbers import NUMBER, number
from sitewatch.documents.spans import Span, windows

_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_DAYS = [day[:3] for day in _WEEKDAYS]
_UNIT = r"(?P<unit>day|week|fortnight|month|quarter|year|decade)s?"
_RULES = {
    "same_before": rf"(?:on |in |over |during )?(?:the )?(?:very )?same (?P<unit>day|week|month|quarter|period|time) (?:(?P<n>an?|{NUMBER}) years? (?:earlier|before|ago|previously)|(?:of |in |the )?(?:the )?(?:last|previous|preceding|past|year before) ?(?:year|last)?)\b",
    "ago": rf"(?P<apx>(?:about|around|roughly|some|nearly|almost|over|more than|at least|less than) )?(?P<n>half an?|an?|(?:a )?couple of|(?:a )?few|several|{NUMBER}) {_UNIT} (?:ago|(?P<from>earlier|before|later|afterwards|after that)(?! than\b)(?!(?<=before) (?:the|a|its|it|they|he|she)\b))\b",
    "beside": r"(?:[Tt]he|[Tt]hat|[Oo]n the) (?P<which>following|next|same|previous|preceding) (?P<unit>day|week|month|year)\b",
    "span": rf"(?:(?:in|over|during|within|for|across) )?the (?:past|last|(?:previous|preceding)(?! (?:week|month|year)\b)) (?:(?P<n>couple of|few|several|{NUMBER}) )?{_UNIT}\b",
    "within": rf"(?:the )?(?:past|last|previous|preceding) (?P<n>couple of|few|several|{NUMBER}) {_UNIT}\b",
    "recent": rf"(?:in|over|during) recent {_UNIT}\b|\brecently\b(?! as)",
    "season_ago": rf"(?P<n>an?|{NUMBER}) (?P<season>spring|summer|autumn|fall|winter)s? ago\b",
    "weekday_ago": rf"(?P<n>{NUMBER}) (?P<day>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)s ago\b",
    "turn": r"(?:at |around |by |since )?the turn of the year\b",
    "end_of": r"(?P<part>(?:the )?(?:very )?(?:start|beginning|middle|end|close)) of (?P<which>the|this|that|next|last|the current) (?P<unit>decade|week|quarter|century)\b",
    "named": r"(?P<which>last|past|previous|this past|this|current|next|coming|the same|over the|at the|(?:(?<=\bby )|(?<=\buntil )|(?<=\bbefore )|(?<=\bsince ))the) (?P<unit>week|month|quarter|year|weekend)(?!ly)\b(?![ -](?:to|old))",
    "within_this": r"(?P<which>earlier|later|early|late) (?:this|in the) (?P<unit>week|month|year)\b",
    "part_of": r"(?:(?P<part>early|mid|late|(?:the )?(?:start|beginning|middle|end|first half|second half) of)[ -])(?P<which>last|this|next|the|the current) (?P<unit>month|year)(?:[’']s)?\b",
    "before_last": r"the (?P<unit>week|weekend|month|year) before last\b",
    "years_end": r"(?:year[’']s end|year-end|the year[’']s end)\b",
    "weekday": r"(?P<which>last |this past |past |this |next )?(?P<day>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Mon|Tues?|Wed|Thur?s?|Fri|Sat|Sun)(?= (?:night|morning|afternoon|evening|am|pm)\b)|(?<=\b[Oo]n )(?:Mon|Tues?|Wed|Thur?s?|Fri|Sat|Sun)\b)(?:s?’s|'s)?\b(?! (?:Times|Sentinel|Post|Herald|Mail|Express|Telegraph|Mirror|News|Review|Observer|Star|Gazette|Tribune|Sun|World)\b)",
    "near": r"\b(?P<near>the day before yesterday|yesterday|last night|today|tonight|overnight(?=[.,;:!?]|$| on | to | into )|(?<=[.!?] )(?-i:Overnight)|tomorrow|this (?:morning|afternoon|evening))\b",
}  # fmt: skip
AHEAD = re.compile(
    r"\b(?:(?:may|might|can) (?!have\b|be seen\b)[a-z]+|will|shall|should|would|due|scheduled|expects?|expected|plans?|planned|planning|aims?|upcoming|intends?|slated|"
    r"promises?|promised|hopes?|set for|pencilled in|foreseen|foresees|forecasts?|predicted|must|undert(?:ook|akes?)|vow(?:s|ed)|pledge[sd]?|committed to|agreed to|wants?|needs? to|(?:has|have|had|given) until|(?:has|have) to|ordered to|told to|instructed to|obliged to|required to|envisaged|earmarked|booked|tabled|anticipated|going to|set to|on course|on track|target(?:ed|ing|s)?|deadline|yet to|is to|are to|to be (?:completed|finished|opened|built|ready))\b"
)
"""Words before a date that look ahead."""
_SAID_ON = re.compile(
    r"\b(?:said|told|wrote|[a-z]+ed)(?: (?!will|would|should|to\b)[\w'’]+){0,3}? (?:on |late |early )*$"
)
_SCHEDULED = re.compile(
    r"\b(?:opens|starts|begins|closes|ends|reopens|resumes|returns|expires|launches|arrives) (?:on |again on )?$"
)
_JOINT = re.compile(
    "|".join(rf"(?P<k_{k}>\b(?:{re.sub(r'[?]P<.*?>', '?:', p)}))" for k, p in _RULES.items()), re.IGNORECASE
)
_EXACT = {k: re.compile(p, re.IGNORECASE) for k, p in _RULES.items()}
ANCHOR = re.compile(
    r"\b(?:ago|earlier|later|afterwards|following|same|after that|before|past|last|previous|preceding|recent|recently|this|next|current|coming|year[’']s|year-end|weekend|same|turn|(?:end|start|beginning|middle|half) of the|today|tonight|yesterday|tomorrow|"
    r"overnight|\w{3,6}day|(?:Mon|Tues?|Wed|Thur?s?|Fri|Sat|Sun)(?= [namepv])|(?<=\b[Oo]n )(?:Mon|Tues?|Wed|Thur?s?|Fri|Sat|Sun))\b",
    re.IGNORECASE,
)


def relative(
    text: str, published: date | None, reference: Callable[[int], date | None] = lambda at: None
) -> Iterator[tuple[Span, Stretch]]:
    """Relative times of `text`; without `published` their days are unknown (None), their precision is kept."""
    for start, end in windows(ANCHOR, text, 50, 50):
        yield from _within(text, start, end, published, reference)


def _within(
    text: str, start: int, end: int, published: date | None, reference: Callable[[int], date | None]
) -> Iterator[tuple[Span, Stretch]]:
    for match in _JOINT.finditer(text, start, end):
        kind = str(match.lastgroup)[2:]
        exact = _EXACT[kind].match(text, match.start())
        if exact is None:
            continue
        groups = {k: v.lower() for k, v in exact.groupdict().items() if v}
        if kind == "weekday" and "which" not in groups:
            before = re.split(r"[.!?;]\s", text[max(0, match.start() - 90) : match.start()])[-1]
            if (AHEAD.search(before) or _SCHEDULED.search(before)) and not _SAID_ON.search(before):
                groups["which"] = "next"
        if groups.get("unit") == "weekend" and groups.get("which") == "the":
            around = re.split(r"[.!?;]\s", text[max(0, match.start() - 90) : match.start()])[-1]
            around += re.split(r"[.!?;]\s", text[match.start() : match.start() + 90])[0]
            groups["which"] = "next" if AHEAD.search(around) else "the"
        try:
            today = published
            if groups.get("from") or kind in ("beside", "same_before"):
                today = reference(exact.start()) or (
                    published
                    if groups.get("from") in ("earlier", "before")
                    or kind == "same_before"
                    or groups.get("which") in ("previous", "preceding")
                    else None
                )
            found = _read(kind, groups, today or date(2000, 6, 15))
        except (OverflowError, ValueError):
            continue
        if found is not None:
            blank = Stretch(None, None, None, found.precision)
            yield exact.span(), found if today or found.precision == "vague" else blank


def _read(kind: str, g: dict[str, str], today: date) -> Stretch | None:  # noqa: PLR0911, PLR0912 (rules in order)
    unit = g.get("unit", "day")
    if kind == "recent":
        return Stretch(None, None, None, "vague")
    if kind == "named" and g["which"] in ("over the", "at the", "the same", "the") and unit != "weekend":
        return None
    if kind == "beside":
        step = {"following": 1, "next": 1, "previous": -1, "preceding": -1}.get(g["which"], 0)
        if unit == "day":
            return edtf.days(today + timedelta(days=step), today + timedelta(days=step), "day")
        start, end = _calendar_unit(unit, step, today)
        return (
            edtf.month(start.year, start.month)
            if unit == "month"
            else edtf.whole_year(start.year)
            if unit == "year"
            else edtf.days(start, end, "week")
        )
    if kind == "near":
        back = {"the day before yesterday": 2, "yesterday": 1, "last night": 1, "tomorrow": -1}.get(
            g["near"], 0
        )
        day = today - timedelta(days=back)
        return edtf.days(day, day, "day")
    if kind == "same_before":
        return _year_before(unit, g.get("n"), today)
    if kind == "season_ago":
        return _season_ago(g["season"], g["n"], today)
    if kind == "weekday_ago":
        count, _ = _count(g["n"])
        if count is None:
            return None
        back = (today.weekday() - _DAYS.index(g["day"][:3])) % 7 or 7
        day = today - timedelta(days=back + 7 * (count - 1))
        return edtf.days(day, day, "day")
    if kind == "turn":
        year = today.year if today.month == 12 else today.year - 1
        return Stretch(f"{year}-12/{year + 1}-01", date(year, 12, 1), date(year + 1, 1, 31), "range")
    if kind == "end_of":
        return _end_of(unit, g["part"], g["which"], today)
    if kind == "years_end":
        return edtf.month(today.year, 12)
    if kind == "weekday":
        return _weekday(_DAYS.index(g["day"][:3]), g.get("which", "").strip(), today)
    if kind in ("ago", "span", "within"):
        later = g.get("from", "").startswith(("later", "after"))
        return _counted("later" if later else kind, unit, g.get("n"), today)
    if kind == "within_this":
        if unit == "year" and g["which"] in ("early", "late"):
            return edtf.whole_year(today.year, g["which"])
        start, end = _calendar_unit(unit, 0, today)
        last = end if g["which"] in ("later", "late") else today
        return edtf.days(
            start if g["which"] in ("earlier", "early") else today,
            last,
            "range" if unit != "week" else "week",
        )
    if kind == "before_last":
        g = {**g, "which": "before last"}
    step = {
        "before last": -2,
        "last": -1,
        "past": -1,
        "previous": -1,
        "this past": -1,
        "next": 1,
        "coming": 1,
    }.get(g["which"], 0)
    start, end = _calendar_unit(unit, step, today)
    part = None
    if kind == "part_of":
        word = re.sub(r"^the | of$", "", g["part"])
        part = {
            "start": "early",
            "beginning": "early",
            "middle": "mid",
            "end": "late",
            "first half": "half1",
            "second half": "half2",
        }.get(word, word)
    if unit == "month":
        return edtf.month(start.year, start.month, part)
    if unit == "year":
        return edtf.whole_year(start.year, part)
    if unit == "quarter":
        return edtf.quarter(start.year, (start.month + 2) // 3)
    return edtf.days(start, end, "week")


def _year_before(unit: str, written: str | None, today: date) -> Stretch | None:
    """ "the same day a year earlier": of a day, month or quarter some years before."""
    count, _ = _count(written)
    if count is None:
        return None
    day = edtf.back(today, count, "year")
    if unit == "month":
        return edtf.month(day.year, day.month)
    if unit == "quarter":
        return edtf.quarter(day.year, (day.month + 2) // 3)
    if unit == "week":
        start, end = _calendar_unit("week", 0, day)
        return edtf.days(start, end, "week")
    return edtf.days(day, day, "day") if unit == "day" else edtf.whole_year(day.year)


def _season_ago(name: str, written: str, today: date) -> Stretch | None:
    """ "two summers ago": counted in calendar years."""
    count, _ = _count(written)
    if count is None:
        return None
    return edtf.season(today.year - count, SEASONS[name], False)


def _end_of(unit: str, part: str, which: str, today: date) -> Stretch | None:
    """ "the end of the decade", "the start of the week"."""
    step = {"next": 1, "last": -1}.get(which, 0)
    late, early = ("end" in part or "close" in part), ("start" in part or "beginning" in part)
    if unit in ("decade", "century"):
        size = 10 if unit == "decade" else 100
        first = today.year // size * size + step * size
        years = (
            (first + size - 1, first + size - 1)
            if late
            else (first, first)
            if early
            else (first + size * 4 // 10, first + size * 6 // 10)
        )
        return Stretch(
            f"{years[0]}/{years[1]}" if years[0] != years[1] else f"{years[0]}",
            date(years[0], 1, 1),
            date(years[1], 12, 31),
            unit,
        )
    start, end = _calendar_unit(unit, step, today)
    third = (end - start) // 3
    if late:
        start = end - third
    elif early:
        end = start + third
    return edtf.days(start, end, "range")


def _counted(kind: str, unit: str, written: str | None, today: date) -> Stretch | None:  # noqa: PLR0911 (rules in order)
    if written in ("half a", "half an"):
        return _counted(kind, {"year": "month"}.get(unit, "week"), "6" if unit == "year" else "2", today)
    count, loose = _count(written)
    if count is None:
        return None
    if unit == "fortnight":
        unit, count = "week", 2 * count
    if kind == "later":
        count = -count
    elif kind != "ago":
        return edtf.days(edtf.back(today, count, unit), today, "range")
    if loose:
        first = edtf.back(today, 12 if unit == "month" else 5 * count, unit)
        return Stretch(None, first, edtf.back(today, 2, unit), "vague")
    at = edtf.back(today, count, unit)
    if unit == "year":
        return edtf.whole_year(at.year)
    if unit == "month":
        return edtf.month(at.year, at.month)
    if unit == "week":
        start, end = _calendar_unit("week", 0, at)
        return edtf.days(start, end, "week")
    if unit == "day":
        return edtf.days(at, at, "day")
    return edtf.decade(at.year // 10 * 10)


def _count(written: str | None) -> tuple[int | None, bool]:
    if written is None or written in ("a", "an"):
        return 1, False
    if written.removeprefix("a ") in ("few", "several", "couple of"):
        return (2, False) if "couple" in written else (3, True)
    value = number(written)
    if value is None or not 1 <= value.value < 10_000:
        return None, False
    return round(value.value), False


def _calendar_unit(unit: str, step: int, today: date) -> tuple[date, date]:
    """First and last day of the week (from Monday), month, quarter or year `step` from that of `today`."""
    if unit == "weekend":
        # "last weekend" and "over the weekend": the latest Saturday and Sunday that have begun.
        saturday = (
            today
            - timedelta(days=(today.weekday() - 5) % 7)
            + timedelta(days=7 * {1: 1, -2: -1}.get(step, 0))
        )
        return saturday, saturday + timedelta(days=1)
    if unit == "week":
        monday = today - timedelta(days=today.weekday() - 7 * step)
        return monday, monday + timedelta(days=6)
    size = {"month": 1, "quarter": 3, "year": 12}[unit]
    index = (today.year * 12 + today.month - 1) // size * size + step * size
    first = date(index // 12, index % 12 + 1, 1)
    last = index + size - 1
    return first, date(last // 12, last % 12 + 1, edtf.last_day(last // 12, last % 12 + 1))


def _weekday(index: int, which: str, today: date) -> Stretch:
    back = (today.weekday() - index) % 7
    if which == "last" and back == 0:
        back = 7
    if which == "next" and back >= 0:
        back -= 7
    day = today - timedelta(days=back)
    return edtf.days(day, day, "day")

"""Stretches of the calendar and their names in EDTF (Extended Date/Time Format, ISO 8601-2:2019 annex A)."""
# ruff: noqa: E501 (a pattern reads better in one line)

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

SEASONS: Mapping[str, int] = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
"""EDTF codes; which months they are depends on the hemisphere."""
_FIRST_MONTH = {21: 3, 22: 6, 23: 9, 24: 12}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days from `earliest` to `latest`, both included; None where open or unknown."""

    edtf: str | None
    earliest: date | None
    latest: date | None
    precision: str
    note: str | None = None
    """What had to be assumed or looked up."""


def last_day(year: int, month: int) -> int:
    """Number of days of a month."""
    return calendar.monthrange(year, month)[1]


def day(year: int, month: int, dom: int) -> Stretch:
    """One day. Raises ValueError where there is no such day."""
    this = date(year, month, dom)
    return Stretch(this.isoformat(), this, this, "day")


_DAYS = {
    "early": (1, 10), "mid": (11, 20), "late": (21, 31), "half1": (1, 15), "half2": (16, 31), "days1": (1, 5), "week1": (1, 7),
    "week2": (8, 14), "week3": (15, 21), "week4": (22, 28), "mid-late": (11, 31), "early-mid": (1, 20),
}  # fmt: skip
_MONTHS = {
    "early": (1, 4), "mid": (5, 8), "late": (9, 12), "half1": (1, 6), "half2": (7, 12), "days1": (1, 1), "weeklast": (12, 12),
    "week1": (1, 1), "mid-late": (5, 12), "early-mid": (1, 8), "dayslast": (12, 12),
}  # fmt: skip


def month(year: int, number: int, part: str | None = None) -> Stretch:
    """A month, or its days 1-10 (early), 11-20 (mid), 21-end (late), 1-7 (first week) and so on."""
    end = last_day(year, number)
    if part is None:
        return Stretch(f"{year:04d}-{number:02d}", date(year, number, 1), date(year, number, end), "month")
    if ":" in part:
        return _edge(date(year, number, 1), date(year, number, end), part, "part-of-month")
    first, last = {"weeklast": (end - 6, end), "dayslast": (end - 4, end)}.get(part) or _DAYS[part]
    return days(date(year, number, first), date(year, number, min(last, end)), "part-of-month")


def months(year: int, first: int, last: int, edtf: str, precision: str) -> Stretch:
    """From the first day of one month to the last of another; months above 12 lie in the next year."""
    end_year, end_month = year + (last - 1) // 12, (last - 1) % 12 + 1
    start_year, start_month = year + (first - 1) // 12, (first - 1) % 12 + 1
    return Stretch(
        edtf,
        date(start_year, start_month, 1),
        date(end_year, end_month, last_day(end_year, end_month)),
        precision,
    )


def whole_year(year: int, part: str | None = None) -> Stretch:
    """A year, or its first (early), second (mid) or last (late) four months, or a half of it."""
    if part is None:
        return months(year, 1, 12, f"{year:04d}", "year")
    if ":" in part:
        return _edge(date(year, 1, 1), date(year, 12, 31), part, "part-of-year")
    first, last = _MONTHS[part]
    precision = "range" if part in ("half1", "half2") else "part-of-year"
    return months(year, first, last, f"{year:04d}-{first:02d}/{year:04d}-{last:02d}", precision)


def _edge(first: date, last: date, part: str, precision: str) -> Stretch:
    """The first or last days of a stretch ("first:21"); 30 days are counted as whole months."""
    which, _, count = part.partition(":")
    months_, days_ = divmod(int(count), 30) if int(count) % 30 == 0 else (0, int(count))
    if which == "first":
        end = (
            back(first, -months_, "month") - timedelta(days=1)
            if months_
            else first + timedelta(days=days_ - 1)
        )
        return days(first, min(end, last), precision)
    after = last + timedelta(days=1)
    begin = back(after, months_, "month") if months_ else after - timedelta(days=days_)
    return days(max(begin, first), last, precision)


def quarter(year: int, number: int, part: str | None = None) -> Stretch:
    """A quarter of a year (EDTF 33 to 36), or its first (early), second (mid) or last (late) month."""
    if part in ("early", "mid", "late"):
        return month(year, 3 * number - 2 + ("early", "mid", "late").index(part))
    return months(year, 3 * number - 2, 3 * number, f"{year:04d}-{32 + number}", "range")


def season(year: int, code: int, southern: bool, part: str | None = None) -> Stretch:
    """A meteorological season; the winter of a year is the one that begins in it (in the north)."""
    first = _FIRST_MONTH[code] + (6 if southern else 0)
    if southern and first > 12:
        first -= 12
    begin, end = {"early": (0, 0), "mid": (1, 1), "late": (2, 2)}.get(part or "", (0, 2))
    found = months(year, first + begin, first + end, f"{year:04d}-{code}", "season")
    where = "southern" if southern else "northern"
    return Stretch(found.edtf, found.earliest, found.latest, "season", f"months of the {where} hemisphere")


def decade(year: int, part: str | None = None) -> Stretch:
    """Ten years from `year`, or its years 0-3 (early), 3-6 (mid), 6-9 (late)."""
    first, last = {None: (0, 9), "early": (0, 3), "mid": (3, 6), "late": (6, 9)}.get(part, (0, 9))
    return Stretch(f"{year // 10}X", date(year + first, 1, 1), date(year + last, 12, 31), "decade")


def century(number: int) -> Stretch:
    """The 20th century is 1901 to 2000."""
    return Stretch(
        f"{number - 1:02d}XX", date(100 * number - 99, 1, 1), date(100 * number, 12, 31), "century"
    )


def through(first: Stretch, last: Stretch) -> Stretch:
    """From the begin of one to the end of the other."""
    notes = "; ".join(dict.fromkeys(n for n in (first.note, last.note) if n)) or None
    begin = (first.edtf or "").partition("/")[0].strip("[]").partition(",")[0]
    end = (last.edtf or "").rpartition("/")[2].strip("[]").rpartition(",")[2]
    return Stretch(f"{begin}/{end}", first.earliest, last.latest, "range", notes)


def days(first: date, last: date, precision: str) -> Stretch:
    """Any stretch of days."""
    edtf = first.isoformat() if first == last else f"{first.isoformat()}/{last.isoformat()}"
    return Stretch(edtf, first, last, precision)


def back(end: date, count: int, unit: str) -> date:
    """`count` days, weeks, months or years before `end`."""
    if unit in ("day", "week"):
        return end - timedelta(days=count * (7 if unit == "week" else 1))
    total = (
        end.year * 12 + end.month - 1 - count * {"month": 1, "quarter": 3, "year": 12, "decade": 120}[unit]
    )
    year, index = max(divmod(total, 12), (1, 0))
    return date(year, index + 1, min(end.day, last_day(year, index + 1)))


def parse_day(edtf: str | None) -> date | None:
    """The last day of an EDTF date of day, month or year precision, as a publication date is needed; or None."""
    match = re.match(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", edtf or "")
    if not match:
        return None
    year, number = int(match[1]), int(match[2] or 12)
    try:
        return date(year, number, int(match[3]) if match[3] else last_day(year, number))
    except (ValueError, IndexError):
        return None

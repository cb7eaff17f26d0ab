"""Stretches of the calendar and their names in EDTF (Extended Date/Time Format, ISO 8601-2:2019 annex A)."""

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


def month(year: int, number: int, part: str | None = None) -> Stretch:
    """A month, or its days 1-10 (early), 11-20 (mid), 21-end (late), 1-7 (first week) and so on."""
    end = last_day(year, number)
    first, last = {
        None: (1, end), "early": (1, 10), "mid": (11, 20), "late": (21, end), "half1": (1, 15), "half2": (16, end),
        "week1": (1, 7), "week2": (8, 14), "week3": (15, 21), "week4": (22, 28), "weeklast": (end - 6, end),
    }[part]  # fmt: skip
    return Stretch(
        f"{year:04d}-{number:02d}",
        date(year, number, first),
        date(year, number, last),
        "part-of-month" if part else "month",
    )


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
    """A year, or its first (early), second (mid) or last (late) four months."""
    if part in ("half1", "half2"):
        return halves(year, int(part[-1]))
    first, last = {None: (1, 12), "early": (1, 4), "mid": (5, 8), "late": (9, 12)}[part]
    return months(year, first, last, f"{year:04d}", "year")


def halves(year: int, number: int) -> Stretch:
    """First or second half of a year (EDTF 40, 41)."""
    return months(year, 6 * number - 5, 6 * number, f"{year:04d}-{39 + number}", "season")


def quarter(year: int, number: int) -> Stretch:
    """A quarter of a year (EDTF 33 to 36)."""
    return months(year, 3 * number - 2, 3 * number, f"{year:04d}-{32 + number}", "season")


def season(year: int, code: int, southern: bool, part: str | None = None) -> Stretch:
    """A meteorological season; the winter of a year is the one that begins in it (in the north)."""
    first = _FIRST_MONTH[code] + (6 if southern else 0)
    if southern and first > 12:
        first -= 12
    length = {None: (0, 2), "early": (0, 0), "mid": (1, 1), "late": (2, 2)}.get(part, (0, 2))
    found = months(year, first + length[0], first + length[1], f"{year:04d}-{code}", "season")
    where = "southern" if southern else "northern"
    return Stretch(found.edtf, found.earliest, found.latest, "season", f"months of the {where} hemisphere")


def decade(year: int, part: str | None = None) -> Stretch:
    """Ten years from `year`, or its years 0-3 (early), 3-6 (mid), 6-9 (late)."""
    first, last = {None: (0, 9), "early": (0, 3), "mid": (3, 6), "late": (6, 9)}.get(part, (0, 9))
    return Stretch(f"{year // 10}X", date(year + first, 1, 1), date(year + last, 12, 31), "decade")


def through(first: Stretch, last: Stretch) -> Stretch:
    """From the begin of one to the end of the other."""
    notes = "; ".join(dict.fromkeys(n for n in (first.note, last.note) if n)) or None
    return Stretch(f"{first.edtf}/{last.edtf}", first.earliest, last.latest, "range", notes)


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

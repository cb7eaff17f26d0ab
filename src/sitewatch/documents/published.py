"""When a document was published: in its metadata, or in a date line of its text.

Dates are given as `2024`, `2024-11`, `2024-11-26` or `2024-11-26T17:00` (with seconds and zone where stated):
ISO 8601-1 and, for whole dates, EDTF level 0.
"""

import re
from datetime import date, datetime
from email.utils import parsedate_to_datetime

from sitewatch.errors import UsageError

_NAMES = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_MONTHS = {name[:3]: i + 1 for i, name in enumerate(_NAMES)}
_MONTH = "(?P<{0}>" + "|".join(_NAMES) + r"|jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)\.?"
_TIME = (
    r"(?:(?:\s*[-–,|T]\s*|\s+|\s+at\s+)(?P<h>[01]?\d|2[0-3])[:.](?P<mi>[0-5]\d)(?::(?P<s>[0-5]\d))?"
    r"(?:\s*(?P<ap>[ap])\.?m\.?)?(?:\s*(?P<z>Z|UTC|GMT|[+-]\d\d:?\d\d)\b)?)?"
)
_DAY = (
    r"(?:(?P<y1>\d{4})-(?P<m1>\d\d)-(?P<d1>\d\d)"
    rf"|{_MONTH.format('m2')}\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y2>\d{{4}})"
    rf"|(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH.format('m3')},?\s+(?P<y3>\d{{4}})"
    r"|(?P<d4>\d{1,2})\.(?P<m4>\d{1,2})\.(?P<y4>\d{4}))"
)
_DATE = re.compile(rf"(?<![\w.]){_DAY}(?!\d){_TIME}", re.I)
_LEAD = re.compile(
    r"(?:date of publication|publication date|first published|published|publication|posted|issued|released|"
    r"date|dated|updated|last updated|last modified|modified)(?:\s+(?:on|at))?\s*[:–-]?\s*",
    re.I,
)
_WEEKDAY = re.compile(r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s*", re.I)
_DATELINE = re.compile(r"[A-Z][\w .,'’/-]{1,60}?,\s+(?=[A-Z0-9])")
_STATED = re.compile(
    r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?)?)?$", re.ASCII
)
MAX_LINE = 120
"""Code points of a line that are looked at."""


def stated_date(value: str) -> str:
    """`value` as the user gave it, checked.

    Raises:
        UsageError: not a date of the calendar, or in another form.
    """
    value = value.strip()
    if _STATED.match(value) and _exists(value):
        return value
    raise UsageError(
        f"publication date {value[:40]!r}: expected 2024, 2024-11, 2024-11-26 or 2024-11-26T17:00 "
        "(also with +02:00 or Z)"
    )


def from_metadata(value: str) -> str | None:
    """A date as pages state it to machines (ISO 8601 or RFC 2822) in this module's form; None where it is none."""
    value = re.sub(r"^(\d{4}-\d\d-\d\d) (?=\d)", r"\1T", value.strip()[:64])
    packed = re.match(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(?:\d\d)?(Z?))?$", value)
    if packed:
        y, mo, d, h, mi, z = packed.groups()
        value = f"{y}-{mo}-{d}" + (f"T{h}:{mi}{z}" if h else "")
    if re.match(r"\d{4}-\d\d-\d\dT", value):
        value = re.sub(r"\.\d+", "", value)  # fractions of a second
        value = re.sub(r"\s*([+-]\d\d):?(\d\d)$", r"\1:\2", value)
    if _STATED.match(value):
        return value if _exists(value) else None
    try:
        return parsedate_to_datetime(value).isoformat()
    except (ValueError, TypeError, IndexError):
        return in_line(value)


def in_line(line: str) -> str | None:
    """The date that a line states, where it states little else: "Nov 26, 2024 - 17:00", "Published: 26 May 2024".

    `line` may also begin as a report's dateline does: "SEOUL, Nov 26, 2024 (Agency) - ...".
    """
    match = _match(line)
    return _iso(match) if match else None


def is_date_line(line: str) -> bool:
    """True for a line that holds a date and next to nothing else."""
    match = _match(line) if len(line) <= MAX_LINE else None
    return match is not None and _is_rest(line[match.end() :])


def is_update(line: str) -> bool:
    """True where the line says when the document was changed, not when it was published."""
    return re.match(r"\s*(?:last )?(?:updated|modified)", line, re.I) is not None


def _match(line: str) -> re.Match[str] | None:
    line = line[:MAX_LINE]
    start = len(line) - len(line.lstrip(" \t[(|•·—–-"))
    at = start
    for lead in (_LEAD, _WEEKDAY):
        found = lead.match(line, at)
        at = found.end() if found else at
    direct = _DATE.match(line, at)
    if direct:
        labelled = _LEAD.match(line, start) is not None
        return direct if labelled or _is_rest(line[direct.end() :]) else None
    place = _DATELINE.match(line, start)
    if place and place.group().split(",")[0].isupper():
        return _DATE.match(line, place.end())
    return None


def _is_rest(rest: str) -> bool:
    """True for what may follow a date in its line: a zone, a place, an author; no sentence."""
    return len(rest.split()) <= 8 and len(rest) <= 70 and not re.search(r"[a-z]{2}[.!?](?:\s|$)", rest)


def _iso(match: re.Match[str]) -> str | None:
    part = match.groupdict()
    year, month, day = next((part[f"y{i}"], part[f"m{i}"], part[f"d{i}"]) for i in "1234" if part[f"y{i}"])
    number = int(month) if month.isdigit() else _MONTHS[month[:3].lower()]
    try:
        stated = date(int(year), number, int(day)).isoformat()
    except ValueError:
        return None
    hour = int(part["h"] or -1)
    if part["ap"] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if part["ap"].lower() == "p" else 0)
    if hour < 0:
        return stated
    seconds = f":{part['s']}" if part["s"] else ""
    zone = (part["z"] or "").upper()
    zone = "Z" if zone in ("Z", "UTC", "GMT") else re.sub(r"(\d\d):?(\d\d)$", r"\1:\2", zone)
    return f"{stated}T{hour:02d}:{part['mi']}{seconds}{zone}"


def _exists(value: str) -> bool:
    try:
        datetime.fromisoformat(value + {4: "-01-01", 7: "-01"}.get(len(value), ""))
    except ValueError:
        return False
    return True

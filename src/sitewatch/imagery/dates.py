"""When a scene was acquired, how that is known and how precisely.

In order: the user's `--date`; the provider's metadata (given by the reader); a tag in the file and the file
name, of which the earlier wins where they disagree, because an image cannot be taken after it was written or
named; at last the name of the folder.
"""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sitewatch.errors import SceneError, UsageError
from sitewatch.types import DatePrecision, DateSource

_FIRST_YEAR = 1930  # earlier "years" in file names are mostly image sizes and numbers

_SECOND = re.compile(
    r"(?<!\d)(\d{4})([-_.:]?)(\d{2})\2(\d{2})[T_ -](\d{2})([-_:]?)(\d{2})\6(\d{2})(?:\.\d+)?(?!\d)"
)
_DAY = re.compile(r"(?<!\d)(\d{4})([-_.:]?)(\d{2})\2(\d{2})(?!\d)")
_MONTH = re.compile(r"(?<!\d)(\d{4})[-_.](\d{2})(?!\d)")
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_NAMES = {name.lower(): i for i, name in enumerate(calendar.month_abbr) if name}
_WORDS = re.compile(
    rf"(?<!\d)(?:(\d{{1,2}})[-_ ]?)?({'|'.join(_NAMES)})[a-z]*[-_ ]?(\d{{4}})(?!\d)", re.IGNORECASE
)


_CAPTURED = re.compile(
    r"(screen[ _-]?(shot|cap|grab)|bildschirmfoto|capture d.?.cran|снимок экрана).*"
    r"\d{4}[-_.]?\d{2}[-_.]?\d{2}\D{1,5}\d{1,2}[-_.:h]?\d{2}[-_.:]?\d{2}",
    re.IGNORECASE,
)
"""Names that operating systems give to screenshots, with day and time of day; dates written by hand pass."""


@dataclass(frozen=True, slots=True)
class Dated:
    """An acquisition time with how far to trust it."""

    acquired: datetime
    """UTC; filled to the noon of the day, the middle of the month or the year."""
    precision: DatePrecision
    source: DateSource
    notes: tuple[str, ...] = ()


def filled(year: int, month: int | None = None, day: int | None = None) -> tuple[datetime, DatePrecision]:
    """The middle of a day, month or year as time, with its precision."""
    if month is None:
        return datetime(year, 7, 2, 12, tzinfo=UTC), DatePrecision.YEAR
    if day is None:
        return datetime(year, month, 15, 12, tzinfo=UTC), DatePrecision.MONTH
    return datetime(year, month, day, 12, tzinfo=UTC), DatePrecision.DAY


def find_dates(text: str) -> list[tuple[datetime, DatePrecision]]:
    """Dates written in `text`, in order, of the finest precision that occurs there; [] where none is."""
    words: list[tuple[str | None, ...]] = [
        (m[3], str(_NAMES[m[2][:3].lower()]), m[1]) for m in _WORDS.finditer(text)
    ]
    attempts: list[list[tuple[str | None, ...]]] = [
        [(m[1], m[3], m[4], m[5], m[7], m[8]) for m in _SECOND.finditer(text)],
        [(m[1], m[3], m[4]) for m in _DAY.finditer(text)] + [w for w in words if w[2]],
        [(m[1], m[2]) for m in _MONTH.finditer(text)] + [w[:2] for w in words],
        [(m[1],) for m in _YEAR.finditer(text)],
    ]
    for attempt in attempts:
        found = [date for parts in attempt if (date := _valid([int(p) for p in parts if p is not None]))]
        if found:
            return found
    return []


def _valid(parts: list[int]) -> tuple[datetime, DatePrecision] | None:
    try:
        result = filled(*parts[:3])
        if len(parts) > 3:
            year, month, day, hour, minute, second = parts
            moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
            result = moment, DatePrecision.SECOND
    except ValueError:
        return None
    in_range = parts[0] >= _FIRST_YEAR and result[0] < datetime.now(UTC) + timedelta(days=1)
    return result if in_range or parts[0] == datetime.now(UTC).year else None


def from_user(text: str) -> Dated:
    """Read `--date`: 2024-02-19, 2024-02-19T02:10:00Z, 2024-02 or 2024 (also without separators).

    Raises:
        UsageError: it is none of these, or lies in the future.
    """
    text = text.strip()
    if re.fullmatch(r"\d{4}-?\d{2}-?\d{2}[T ]\d{2}:?\d{2}.*", text):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is not None:
            moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
            if moment < datetime.now(UTC) + timedelta(days=1):
                return Dated(moment, DatePrecision.SECOND, DateSource.USER)
    elif match := re.fullmatch(r"(\d{4})(?:[-_.]?(\d{2})(?:[-_.]?(\d{2}))?)?", text):
        found = _valid([int(part) for part in match.groups() if part is not None])
        if found is not None:
            return Dated(*found, DateSource.USER)
    raise UsageError(f"--date is {text!r}; expected a past date such as 2024-02-19, 2024-02 or 2024")


def from_metadata(text: str, path: Path) -> Dated:
    """An ISO time of the provider's metadata file.

    Raises:
        SceneError: it is no such time.
    """
    text = text.strip()
    # Some providers write nine digits of a second; datetime takes six.
    text = re.sub(r"(\.\d{6})\d+", r"\1", text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SceneError(f"{path}: acquisition time is {text!r}; expected an ISO time; pass --date") from None
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    if len(text) <= 10:
        return Dated(moment.replace(hour=12), DatePrecision.DAY, DateSource.METADATA)
    return Dated(moment, DatePrecision.SECOND, DateSource.METADATA)


_TAGS = ("ACQUISITIONDATETIME", "EXIF_DateTimeOriginal", "TIFFTAG_DATETIME", "EXIF_DateTime", "acquired")


def from_tags(tags: Mapping[str, str]) -> Dated | None:
    """The acquisition time among a file's tags."""
    for key in _TAGS:
        found = find_dates(tags.get(key, ""))
        if found:
            note = () if "Z" in tags[key] else (f"time from the tag {key}, taken as UTC",)
            return Dated(*found[0], DateSource.TAG, note)
    return None


def from_name(path: Path) -> Dated | None:
    """The date in a file's name, or at least to the month in that of its folder."""
    found = find_dates(path.stem)
    if found:
        several = sorted({date.date().isoformat() for date, _ in found})
        notes = (f"the file name holds several dates ({', '.join(several)}); the first is used",)
        return Dated(*found[0], DateSource.FILENAME, notes if len(several) > 1 else ())
    found = find_dates(path.absolute().parent.name)
    if found and found[0][1] is not DatePrecision.YEAR:
        return Dated(
            *found[0], DateSource.FILENAME, (f"date from the folder's name {path.absolute().parent.name!r}",)
        )
    return None


def decide(path: Path, *, user: str | None = None, tags: Mapping[str, str] | None = None) -> Dated:
    """The acquisition time of an image without metadata beside it.

    Raises:
        SceneError: nothing dates it.
        UsageError: `user` is not a date.
    """
    if user is not None:
        return from_user(user)
    if _CAPTURED.search(path.stem):
        raise SceneError(
            f"{path}: its name tells when the screen was captured, not when the image was taken; pass --date "
            "with the date that the viewer showed"
        )
    tag, name = from_tags(tags or {}), from_name(path)
    if tag and name:
        return _reconcile(tag, name)
    if found := tag or name:
        return found
    raise SceneError(
        f"{path}: no acquisition date in its tags or name; pass --date 2024-02-19 (or 2024-02, or 2024)"
    )


_UNITS = {
    DatePrecision.SECOND: "%Y%m%d%H%M%S",
    DatePrecision.DAY: "%Y%m%d",
    DatePrecision.MONTH: "%Y%m",
    DatePrecision.YEAR: "%Y",
}
_ORDER = tuple(_UNITS)


def _reconcile(tag: Dated, name: Dated) -> Dated:
    coarse = _UNITS[max(tag.precision, name.precision, key=_ORDER.index)]
    if tag.acquired.strftime(coarse) == name.acquired.strftime(coarse):
        return min(tag, name, key=lambda d: _ORDER.index(d.precision))
    early, late = sorted((tag, name), key=lambda d: d.acquired)
    note = (
        f"the {early.source} says {early.acquired:%Y-%m-%d}, the {late.source} {late.acquired:%Y-%m-%d}; "
        "the earlier is used, because an image is written and named after it is taken"
    )
    return Dated(early.acquired, early.precision, early.source, (*early.notes, note))

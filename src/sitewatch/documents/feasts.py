"""Feasts that texts date by: Christmas, New Year, Easter and the days that hang on it."""
# ruff: noqa: E501 (tables)

import re
from datetime import date, timedelta

from sitewatch.documents import edtf
from sitewatch.documents.edtf import Stretch

_FIXED = {
    "christmas": (12, 25), "christmas day": (12, 25), "christmas eve": (12, 24), "boxing day": (12, 26), "new year's eve": (12, 31),
    "new year's day": (1, 1), "new year": (1, 1), "epiphany": (1, 6), "all saints' day": (11, 1), "halloween": (10, 31),
    "valentine's day": (2, 14), "midsummer": (6, 24), "michaelmas": (9, 29), "candlemas": (2, 2),
}  # fmt: skip
_FROM_EASTER = {
    "palm sunday": -7, "maundy thursday": -3, "good friday": -2, "easter sunday": 0, "easter day": 0, "easter": 0, "easter monday": 1,
    "ascension day": 39, "whit sunday": 49, "whitsun": 49, "whitsuntide": 49, "pentecost": 49, "whit monday": 50, "shrove tuesday": -47, "ash wednesday": -46,
}  # fmt: skip
FEAST = "|".join(
    re.escape(name.title().replace("'S", "'s")).replace("'", "[’']").replace(r"\ ", " ")
    for name in sorted([*_FIXED, *_FROM_EASTER], key=len, reverse=True)
)
"""Pattern of their names, capitalised as they are written."""


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, 1991, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (b - (b + 8) // 25 + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    week = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * week) // 451
    month, day = divmod(h + week - 7 * m + 114, 31)
    return date(year, month, day + 1)


def feast(name: str, year: int) -> Stretch:
    """The day of a feast in a year. Raises KeyError for a name that is none."""
    name = name.lower().replace("’", "'")
    if name in _FROM_EASTER:
        day = easter(year) + timedelta(days=_FROM_EASTER[name])
        return edtf.day(day.year, day.month, day.day)
    return edtf.day(year, *_FIXED[name])

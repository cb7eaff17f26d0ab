"""Numbers as they are written: digits with English or European grouping, words, fractions, dozens.

`NUMBER` is a pattern to build grammars with; `number` gives the value of what it matched.
"""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from dataclasses import dataclass
from math import floor, log10

from sitewatch.documents.spans import words

_ONES = words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = words("twenty thirty forty fifty sixty seventy eighty ninety")
_SMALL = {w: float(i) for i, w in enumerate(_ONES)} | {w: 10.0 * (i + 2) for i, w in enumerate(_TENS)}
_LARGE = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0}
_SHORT = {"k": 1e3, "m": 1e6, "mn": 1e6, "bn": 1e9}
_PARTS = {
    "half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "fifteenth": 15, "sixteenth": 16, "twentieth": 20,
    "thirtieth": 30, "fortieth": 40, "fiftieth": 50, "hundredth": 100, "thousandth": 1000,
}  # fmt: skip
_VULGAR = {"½": 1 / 2, "⅓": 1 / 3, "⅔": 2 / 3, "¼": 1 / 4, "¾": 3 / 4, "⅕": 1 / 5, "⅖": 2 / 5, "⅗": 3 / 5, "⅘": 4 / 5,
           "⅙": 1 / 6, "⅚": 5 / 6, "⅛": 1 / 8, "⅜": 3 / 8, "⅝": 5 / 8, "⅞": 7 / 8}  # fmt: skip

GAP = r"[ \u00a0\u202f\u2009]"
"""One space, also the narrow and the unbreakable ones that set off thousands and units."""
_VULGARS = "[" + "".join(_VULGAR) + "]"
_GROUPED = rf"\d{{1,3}}(?:,\d{{3}}){{1,5}}(?:\.\d{{1,6}})?|\d{{1,3}}(?:\.\d{{3}}){{2,5}}(?:,\d{{1,6}})?|\d{{1,3}}(?:\.\d{{3}}),\d{{1,6}}|\d{{1,3}}(?:['’]\d{{3}}){{1,5}}(?:\.\d{{1,6}})?|\d{{1,3}}(?:{GAP}\d{{3}}){{1,5}}(?!\d)(?:[.,]\d{{1,6}})?|\d{{1,2}}(?:,\d{{2}}){{1,4}},\d{{3}}"
_PLAIN = r"\d{1,15}(?:[.,]\d{1,6})?"
_DIGITS = (
    rf"(?:(?<![\w.,/])\.\d{{1,3}}(?![\d.])|(?:(?<![\w.,/])(?<![A-Za-z][-‑])|(?<=[\dm][x×])|(?<=by-)|(?<=to-)|(?<=or-))(?:(?:{_GROUPED})(?!\d)|\d{{1,3}}{GAP}?(?:{_VULGARS}|(?<={GAP})\d/\d(?![\d/]))"
    rf"|\d{{1,3}}/\d{{1,3}}(?![\d/])|{_PLAIN}(?!\d)|{_VULGARS}))"
)
_LARGES = "hundred|thousand|million|billion|trillion|dozen"
_BELOW_100 = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_ONES[1:10])}))?|{'|'.join(sorted(_ONES, key=len, reverse=True))})"
_ABOVE = rf"(?:(?:{_LARGES})(?:[ -](?:{_LARGES})){{0,2}}(?:(?: and |[ -]){_BELOW_100})?)"
_PART = "|".join(sorted(_PARTS, key=len, reverse=True))
_AND_PART = rf"(?:[ -]and[ -](?:(?:an?|one|two|three)[ -])?(?:{_PART})s?(?!\w))"
_FRACTION = rf"(?:(?:(?:an?|one|two|three|four|five|six|seven|eight|nine|ten)[ -](?:(?:good|full|mere|bare|further|whole|scant|little) )?|(?:the )?(?:(?:upper|lower|first|last|other|remaining|northern|southern|eastern|western|whole) ))(?:{_PART})s?(?: part)?|the (?:{_PART}) part(?= of)|half)(?![ -](?:dozen|a dozen|past|hour|day|year|party|parties|place|time|country|floor|person|phase|stage|quarter|week|century))"
_WORDS = rf"(?:half a dozen|half a (?:million|billion)|(?:an? )?(?:{_BELOW_100}(?:[ -]{_ABOVE}){{0,3}}|{_ABOVE}(?:[ -]{_ABOVE}){{0,3}}))"
_MILLION = r"m(?= (?:cubic|square|metric|sq|cu|tonnes?|tons?|lit(?:re|er)s?|gallons|barrels|hectares|acres|people|residents|inhabitants|passengers|visitors|trees|households|homes|birds|vehicles|cars|tyres|tires|bricks|containers|seedlings|cattle|sheep|animals|customers|shares|votes|seats)\b)"
"""After digits: millions, where what follows can be counted in them ("1.2m tonnes", but "2m walls")."""
NUMBER = rf"(?:(?<![\w.,/])\d{{1,2}}[ -](?:{_PART})s(?!\w)|{_DIGITS}(?:{GAP}?(?:{_LARGES})s?|(?:k|mn|bn)(?=\b)|{_MILLION})?{_AND_PART}?|\b(?:(?:an?|one|three)[ -]quarters? of a (?:thousand|million|billion)|{_FRACTION}|{_WORDS}{_AND_PART}?)(?!\w))"
"""A number; needs re.IGNORECASE. Bounded repeats only, so it never takes more than linear time."""
MAY_START = rf"\d|(?<![\w.])\.(?=\d)|{_VULGARS}|\b(?:{'|'.join(sorted([*_SMALL, *_LARGE], key=len, reverse=True))}|half|(?:an?|the|upper|lower|first|last|other|remaining|northern|southern|eastern|western|whole)(?=[ -](?:{_PART}|{_LARGES}|good|full|mere|bare|further|whole|scant|little|upper|lower|first|last|other|remaining|northern|southern|eastern|western|hundred|{'|'.join(_SMALL)})))"
"""Where a number may start: a cheap look before `NUMBER`; needs re.IGNORECASE."""
_ADD_PART = re.compile(rf"(.*?)[ -]and[ -](?:(an?|one|two|three)[ -])?({_PART})s?$", re.IGNORECASE)
_DIGIT_PARTS = re.compile(rf"(\d{{1,2}})[ -]({_PART})s")
_FULL_FRACTION = re.compile(
    rf"(?:(an?|the|(?:the )?(?:upper|lower|first|last|other|remaining|northern|southern|eastern|western|whole)|\w+)[ -])?(?:(?:good|full|mere|bare|further|whole|scant|little) )?({_PART})s?(?: part)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Number:
    """The value of a written number."""

    value: float
    rounding: float
    """Half of the last significant digit, relative to the value: what rounding alone may hide. At most .05:
    trailing zeros and words need not be placeholders."""
    other: float | None = None
    """The other reading of an ambiguous grouping: 1.250 may be 1250 or one and a quarter."""


def number(text: str) -> Number | None:
    """The value of `text`, which is one number and nothing else; None where it is none.

    Hand-worked examples: "1,000" 1000; "1.5" 1.5; "1,5" 1.5; "1 000" 1000; "two and a half" 2.5;
    "half a dozen" 6; "three quarters" .75; "1.250" 1250 with `other` 1.25.
    """
    word = re.sub(r"\s+", " ", text.strip().lower().replace("\u00a0", " ").replace("\u202f", " "))
    if not word:
        return None
    if match := _ADD_PART.match(word):
        whole, part = number(match[1]), _PARTS[match[3]]
        top = {"two": 2, "three": 3}.get(match[2] or "a", 1)
        return None if whole is None else _rounded(whole.value + top / part, 0.5 / part)
    if match := _DIGIT_PARTS.fullmatch(word):
        return _rounded(int(match[1]) / _PARTS[match[2]], 0.1 / _PARTS[match[2]])
    if word[0].isdigit() or word[0] == "." or word[0] in _VULGAR:
        return _digits(word)
    return _words(word)


def is_fraction(written: str) -> bool:
    """Whether a written number is a part of one: "two thirds", "½", "3/5"."""
    return re.search(rf"(?:{_PART})s?(?: part)?$|[{''.join(_VULGAR)}]$|^\d/\d+$", written.lower()) is not None


def _rounded(value: float, step: float, other: float | None = None) -> Number:
    relative = abs(step / 2 / value) if value else 0.0
    return Number(value, min(relative, 0.05), other)


def _digits(word: str) -> Number | None:
    scale = 1.0
    if match := re.fullmatch(r"(.*?)[ ]?(hundred|thousand|million|billion|trillion|dozen|k|mn|bn|m)s?", word):
        word, scale = match[1], (_LARGE | _SHORT)[match[2]]
    if word and word[-1] in _VULGAR:
        value = float(word[:-1].strip() or 0) + _VULGAR[word[-1]]
        return _rounded(value * scale, 0.1 * scale)
    if "/" in word:
        head, _, tail = word.rpartition("/")
        whole, _, top = head.rpartition(" ")
        if not int(tail):
            return None
        return _rounded((float(whole or 0) + int(top) / int(tail)) * scale, 0.1 * scale)
    plain, other = _ungroup(word)
    value = float(plain)
    return _rounded(value * scale, _last_place(plain) * scale, None if other is None else other * scale)


def _ungroup(word: str) -> tuple[str, float | None]:
    """Digits with a decimal point only, and the value of a second reading."""
    word = re.sub(r"[ '’\u2009]", "", word)
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,2}(?:,\d{2})+,\d{3}", word):
        return word.replace(",", ""), None
    if re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?|\d{1,3}\.\d{3},\d+", word):
        return word.replace(".", "").replace(",", "."), None
    if re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", word):
        return word.replace(".", ""), float(word)
    return word.replace(",", "."), None


def _last_place(plain: str) -> float:
    """The value of one unit in the last significant digit: 1 for "42", 10 for "60", .1 for "1.5"."""
    _, point, decimals = plain.partition(".")
    if point:
        return float(10.0 ** -len(decimals))
    zeros = len(plain) - len(plain.rstrip("0"))
    return float(10.0**zeros) if plain.strip("0") else 1.0


def _words(word: str) -> Number | None:
    if word == "half a dozen":
        return _rounded(6, 1)
    if match := re.fullmatch(r"half a (million|billion)", word):
        return _rounded(_LARGE[match[1]] / 2, _LARGE[match[1]] / 10)
    if match := re.fullmatch(r"(.+) of a (thousand|million|billion)", word):
        part = _words(match[1])
        return part and Number(part.value * _LARGE[match[2]], part.rounding)
    if match := _FULL_FRACTION.fullmatch(word):
        top = _SMALL.get(match[1] or "", 0.0 if (match[1] or "an") in _LARGE else 1.0)
        return _rounded(top / _PARTS[match[2]], 0.1 / _PARTS[match[2]]) if top else None
    total, group, seen = 0.0, 0.0, False
    for token in re.split(r"[ -]", word):
        if token in ("a", "an", "and"):
            continue
        seen = True
        if token in _SMALL:
            group += _SMALL[token]
        elif token in ("hundred", "dozen"):
            group = (group or 1.0) * _LARGE[token]
        elif token in _LARGE:
            total, group = total + (group or 1.0) * _LARGE[token], 0.0
        else:
            return None
    value = total + group
    return _rounded(value, 10.0 ** _zeros(value)) if seen else None


def _zeros(value: float) -> int:
    """How many zeros end a whole number."""
    return next((i for i in range(floor(log10(value)), 0, -1) if value % 10**i == 0), 0) if value else 0

"""When a found entry is the same as a true one: numbers, periods, speakers, stances, words."""

import re
from datetime import date, timedelta

from sitewatch.evaluate.claim_truth import Interval, Period, TrueDate, TrueQuantity, TrueSpeaker
from sitewatch.types import Attribution, Quantity, When

CLOSE = 0.01
"""Relative difference of two ends that count as the same (a third is .333 or 1/3)."""
_SI = {
    **dict.fromkeys(("m", "metre", "meter", "metres", "meters"), ("m", 1.0)),
    **{
        "km": ("m", 1000.0),
        "cm": ("m", 0.01),
        "ft": ("m", 0.3048),
        "yd": ("m", 0.9144),
        "mi": ("m", 1609.344),
    },
    **dict.fromkeys(("m2", "m²", "sqm"), ("m2", 1.0)),
    **{"km2": ("m2", 1e6), "km²": ("m2", 1e6), "ha": ("m2", 1e4), "acre": ("m2", 4046.8564)},
    **{
        "ft2": ("m2", 0.09290304),
        "mi2": ("m2", 2589988.11),
        "yd2": ("m2", 0.83612736),
        "dunam": ("m2", 1000.0),
    },
    **{"mm": ("m", 0.001), "in": ("m", 0.0254), "inch": ("m", 0.0254)},
    **dict.fromkeys(("nmi", "nautical mile", "nautical miles"), ("m", 1852.0)),
    **dict.fromkeys(("m3", "m³"), ("m3", 1.0)),
    **{"km3": ("m3", 1e9), "yd3": ("m3", 0.764554857984), "ft3": ("m3", 0.028316846592)},
    **{
        "l": ("m3", 0.001),
        "L": ("m3", 0.001),
        "litre": ("m3", 0.001),
        "Ml": ("m3", 1000.0),
        "ML": ("m3", 1000.0),
        "megalitres": ("m3", 1000.0),
    },
    **{"gal": ("m3", 0.003785411784), "gallon": ("m3", 0.003785411784)},
    **{"kg": ("kg", 1.0), "t": ("kg", 1000.0), "tonne": ("kg", 1000.0), "ton": ("kg", 1000.0)},
    **{"kt": ("kg", 1e6), "Mt": ("kg", 1e9), "lb": ("kg", 0.45359237), "g": ("kg", 0.001)},
    **{"W": ("W", 1.0), "kW": ("W", 1e3), "MW": ("W", 1e6), "GW": ("W", 1e9)},
    **dict.fromkeys(("1", "ratio", "%"), ("1", 1.0)),
    **{"rank": ("rank", 1.0)},
}
_STANCES = {
    "says": "asserts quoted-directly reports explains notes claims announces states argues warns adds comments",
    "establishes": "confirms determines identifies finds concludes",
    "supposes": "suggests believes suspects alleges estimates indicates expects assesses",
    "shows": "shows indicates reveals",
    "denies": "denies rejects disputes",
    "accuses": "accuses blames",
}


def dimension_class(name: str | None) -> str:
    """Dimensions that the truth does not tell apart: size and area, height and depth, width and diameter."""
    return {"size": "area", "depth": "height", "diameter": "width", "perimeter": "length"}.get(
        name or "size", name or ""
    ).replace("size", "area")


def same_quantity(found: Quantity, true: TrueQuantity) -> bool:
    """True where unit, being a ratio, and the readings are those of the truth, or an interval that it accepts."""
    if (found.relation == "ratio") is not true.ratio:
        return False
    readings = {(r.low, r.high) for r in found.readings} or {(found.low, found.high)}
    if len(readings) == 1:
        readings = {(found.low, found.high)}
    mine, theirs = _SI.get(found.unit, ("count", 1.0)), _SI.get(true.unit, ("count", 1.0))
    if mine[0] != theirs[0]:
        return False

    def equal(a: Interval, b: Interval) -> bool:
        return _end(a[0], mine[1], b[0], theirs[1]) and _end(a[1], mine[1], b[1], theirs[1])

    if len(readings) == 1 and any(equal(next(iter(readings)), t) for t in true.accept):
        return True
    return all(any(equal(r, t) for t in true.readings) for r in readings) and all(
        any(equal(r, t) for r in readings) for t in true.readings
    )


def _end(a: float | None, scale_a: float, b: float | None, scale_b: float) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a * scale_a - b * scale_b) <= CLOSE * max(abs(b * scale_b), 1e-9)


def same_date(found: When, true: TrueDate) -> bool:
    """True where earliest and latest day are those of a period that the truth accepts."""

    def equal(period: Period) -> bool:
        return all(
            _day(f, t, true.slack_days) for f, t in zip((found.earliest, found.latest), period, strict=True)
        )

    return any(equal(p) for p in true.periods)


def _day(found: str | None, true: str | None, slack: int) -> bool:
    if found is None or true is None:
        return found is true
    difference = date.fromisoformat(found[:10]) - date.fromisoformat(true[:10])
    return abs(difference) <= timedelta(days=slack)


def same_voice(said: Attribution, true: TrueSpeaker) -> bool:
    """True where it is the same speaker by what names it best: family name, else role of people, else organisation."""
    known = _words(said.name) | _words(said.role) | _words(said.organisation)
    if true.name:
        return bool(said.name) and _words(true.name.split()[-1]) <= _words(said.name)
    if true.kind == "unnamed" or not (true.role or true.organisation):
        return said.kind == "unnamed" or not (said.name or said.organisation)
    if said.kind == "person" and said.name and not _within(true.organisation, _words(said.name)):
        return False
    if true.role and true.kind in ("person", "group"):
        return _within(true.role, known)
    return _within(true.organisation or true.role, known)


def same_speaker(said: Attribution, true: TrueSpeaker) -> bool:
    """True where the voice is the same and the organisation that the truth states was found, and no other."""
    if not same_voice(said, true):
        return False
    if not true.organisation:
        return True
    if said.organisation:
        return _within(true.organisation, _words(said.organisation)) or _within(
            said.organisation, _words(true.organisation)
        )
    return _within(true.organisation, _words(said.name) | _words(said.role))


def same_stance(found: str, true: str) -> bool:
    """True where both words are of one class: says, establishes, supposes, shows, denies, accuses."""
    return found == true or any({found, true} <= set(words.split()) for words in _STANCES.values())


def _within(part: str | None, known: set[str]) -> bool:
    """True where the words of `part`, or its short name, are known; "Ukraine" is known by "Ukrainian"."""
    wanted = _words(part)
    beginnings = {w[:5] for w in known if len(w) >= 5}
    return bool(_short(part) & known) or all(w in known or w[:5] in beginnings for w in wanted)


def same_words(a: str | None, b: str | None) -> bool:
    """True where one has all the words of the other, articles and endings aside."""
    left, right = _words(a), _words(b)
    return left == right or bool(left and right and (left < right or right < left))


def _short(text: str | None) -> set[str]:
    """Names in brackets and initials of a name of several words: CNS."""
    found = {w.casefold() for w in re.findall(r"\(([^)]+)\)", text or "")}
    capitals = re.findall(r"\b([A-Z])[a-z]+", re.sub(r"\(.*?\)", "", text or ""))
    return found | ({"".join(capitals).casefold()} if len(capitals) > 1 else set())


def _words(text: str | None) -> set[str]:
    """Words without articles, case, plural and possessive endings."""
    words = re.findall(r"\w+", re.sub(r"\(.*?\)|['’]s\b", " ", text or "").casefold())
    return {w.rstrip("s") or w for w in words} - {"the", "a", "an", "of", "it", "another"}

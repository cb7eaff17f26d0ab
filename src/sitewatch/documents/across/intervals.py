"""Stated quantities and times as closed intervals, and whether they can hold together."""

import math
import re
from dataclasses import dataclass
from datetime import date
from enum import Enum

from sitewatch.types import Quantity, When

_UNITS: dict[str, tuple[str, float]] = {
    "m": ("length", 1.0),
    "cm": ("length", 0.01),
    "mm": ("length", 0.001),
    "km": ("length", 1000.0),
    "ft": ("length", 0.3048),
    "mi": ("length", 1609.344),
    "nmi": ("length", 1852.0),
    "m2": ("area", 1.0),
    "km2": ("area", 1e6),
    "ha": ("area", 1e4),
    "ft2": ("area", 0.09290304),
    "acre": ("area", 4046.8564224),
    "m3": ("volume", 1.0),
    "kg": ("mass", 1.0),
    "t": ("mass", 1000.0),
    "1": ("ratio", 1.0),
    "ratio": ("ratio", 1.0),
    "rank": ("rank", 1.0),
}
"""Unit → what it measures and its size in SI."""
_SHOWN = {"m2": "m²", "km2": "km²", "m3": "m³"}
_WORDS = (
    ("range", re.compile(r"\brange\b|\bdistance of\b|\breach(?:es|ing)?\b|\baway\b", re.I)),
    ("width", re.compile(r"\bwide\b|\bwidth\b|\bbroad\b|\bacross\b", re.I)),
    ("height", re.compile(r"\btall\b|\bhigh\b|\bheight\b", re.I)),
    ("depth", re.compile(r"\bdeep\b|\bdepth\b", re.I)),
    ("length", re.compile(r"\blong\b|\blength\b", re.I)),
)


class Fit(Enum):
    """Whether two sets of readings can hold together."""

    ALL = "every pair of readings overlaps"
    SOME = "some pairs of readings overlap"
    NONE = "no pair of readings overlaps"


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity that can be held against others of the same `measure`."""

    measure: str
    """ratio, length, area, mass, rank, or "count"."""
    dimension: str | None
    """What is measured more closely (length, width, range, size …); None where the words do not say."""
    intervals: tuple[tuple[float, float], ...]
    """Toleranced readings, SI; infinite where open."""
    words: tuple[str, ...]
    """One wording a reading."""
    shown: str
    """As stated, before tolerance: "0.6-0.7", "900 km"."""


def amount(quantity: Quantity | None, quote: str) -> Amount | None:
    """`quantity` as comparable intervals; None where it states no number at all.

    Args:
        quantity: of the claim.
        quote: the claim's words, read for the dimension where the quantity does not name one.
    """
    if quantity is None:
        return None
    measure, size = _UNITS.get(quantity.unit, ("count", 1.0))
    if quantity.unit == "1" and quantity.comparand is None and quantity.relation != "ratio":
        measure = "share"
    pairs = [(r.low, r.high, r.wording) for r in quantity.readings] or [
        (quantity.low, quantity.high, quantity.text)
    ]
    intervals, words = [], []
    for low, high, wording in pairs:
        if low is None and high is None:
            continue
        bottom = -math.inf if low is None else low * size
        top = math.inf if high is None else high * size
        wide = (
            bottom - abs(bottom) * quantity.tolerance if low is not None else bottom,
            top + abs(top) * quantity.tolerance if high is not None else top,
        )
        intervals.append(_directed(wide, bottom, top) if measure == "ratio" else wide)
        words.append(wording or quantity.text)
    if not intervals:
        return None
    return Amount(
        measure,
        _dimension(quantity, quote, measure),
        tuple(intervals),
        tuple(words),
        _show(quantity, measure),
    )


def comparable(a: Amount, b: Amount) -> bool | None:
    """True where both measure the same thing, False where not, None where the words leave it open."""
    if a.measure != b.measure:
        return False
    if a.dimension == b.dimension:
        return True if a.dimension or a.measure not in ("length", "count") else None
    if a.measure in ("ratio", "area") and {a.dimension, b.dimension} <= {None, "size", "area"}:
        return True  # a size without a dimension is the footprint
    if a.dimension is None or b.dimension is None or "size" in (a.dimension, b.dimension):
        return None
    return False


def fit(a: Amount, b: Amount) -> Fit:
    """Whether toleranced readings of two amounts overlap."""
    hits = [_overlap(x, y) for x in a.intervals for y in b.intervals]
    return Fit.ALL if all(hits) else Fit.SOME if any(hits) else Fit.NONE


def inverse(a: Amount) -> Amount:
    """The same ratio seen from the comparand: 0.6..0.7 becomes 1.43..1.67."""
    turned = tuple(
        (1 / high if high > 0 else 0.0, 1 / low if low > 0 else math.inf) for low, high in a.intervals
    )
    return Amount(a.measure, a.dimension, turned, a.words, f"1/({a.shown})")


def span(when: When | None) -> tuple[date, date] | None:
    """First and last day of a stated time, or None where it bounds nothing."""
    if when is None or (when.earliest is None and when.latest is None):
        return None
    try:
        first = date.fromisoformat(when.earliest[:10]) if when.earliest else date.min
        last = date.fromisoformat(when.latest[:10]) if when.latest else date.max
    except ValueError:
        return None
    return (first, last) if first <= last else None


def apart(a: When | None, b: When | None) -> bool:
    """True where both times are bounded and have no day in common."""
    x, y = span(a), span(b)
    return x is not None and y is not None and (x[1] < y[0] or y[1] < x[0])


def _overlap(x: tuple[float, float], y: tuple[float, float]) -> bool:
    slack = 1e-9 * max([1.0, *(abs(v) for v in (*x, *y) if math.isfinite(v))])
    return x[0] <= y[1] + slack and y[0] <= x[1] + slack


def _directed(wide: tuple[float, float], bottom: float, top: float) -> tuple[float, float]:
    """A toleranced ratio still on its side of 1: "about 10 % larger" may be 5 % larger, but never smaller."""
    low, high = wide
    if 1 < bottom < math.inf:
        low = max(low, (1 + bottom) / 2)
    if -math.inf < top < 1:
        high = min(high, (1 + top) / 2)
    return low, high


def _dimension(quantity: Quantity, quote: str, measure: str) -> str | None:
    """The stated dimension; a distance is a range; where none is stated, the word nearest to the number."""
    named = quantity.dimension
    if named == "distance":
        return "range"
    if named or measure not in ("length", "ratio"):
        return named
    at = quote.find(quantity.text)
    near = quote if at < 0 else quote[max(0, at - 40) : at + len(quantity.text) + 25]
    found = [(abs(match.start() - min(at, 40)), word) for word, p in _WORDS for match in p.finditer(near)]
    return min(found)[1] if found else None


def _show(quantity: Quantity, measure: str) -> str:
    unit, size = ("", 1.0) if measure in ("ratio", "share", "count") else (quantity.unit, 1.0)
    pairs = [(r.low, r.high) for r in quantity.readings] or [(quantity.low, quantity.high)]
    largest = max((abs(v) for pair in pairs for v in pair if v is not None), default=0.0)
    unit, size = ("km", 1000.0) if unit == "m" and largest >= 10_000 else (unit, size)
    tail = f" {_SHOWN.get(unit, unit)}".rstrip()
    return " or ".join(f"{_between(low, high, size)}{tail}" for low, high in pairs)


def _between(low: float | None, high: float | None, size: float) -> str:
    if low is None:
        return f"at most {_number(high / size)}" if high is not None else "unstated"
    if high is None:
        return f"at least {_number(low / size)}"
    return _number(low / size) if low == high else f"{_number(low / size)}-{_number(high / size)}"


def _number(value: float) -> str:
    return f"{value:.4g}" if abs(value) < 10_000 else f"{value:,.0f}"

"""Numbers and dates as a reader meets them: with unit, interval and precision."""

from datetime import date, datetime
from math import floor, log10

from sitewatch.types import DatePrecision, Event, GapPosterior, Scene, Value
from sitewatch.types.event import Gap

UNITS = {"m": "m", "m2": "m²", "deg": "°", "1": ""}
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
SENSORS = {
    "planetscope": "PlanetScope",
    "skysat": "SkySat",
    "sentinel2": "Sentinel-2",
    "naip": "NAIP",
    "maxar": "Maxar",
    "airbus": "Airbus",
    "unknown": "sensor unknown",
}
"""Names of the sensor keys for readers; a key that is not here is shown as it is."""
THIN = "\N{NARROW NO-BREAK SPACE}"


def long_date(day: date) -> str:
    """14 October 2016."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def span_of_days(start: date, end: date) -> str:
    """Two dates as a reader would say them: shared months and years once."""
    if start.year != end.year:
        return f"{long_date(start)} and {long_date(end)}"
    if start.month != end.month:
        return f"{start.day} {MONTHS[start.month - 1]} and {long_date(end)}"
    return f"{start.day} and {long_date(end)}"


def days(n: int) -> str:
    return f"{n} day" if n == 1 else f"{n} days"


def scene_date(scene: Scene) -> str:
    """Acquisition time of a scene, in UTC and never finer than it is known."""
    t = scene.acquired
    match scene.date_precision:
        case DatePrecision.SECOND:
            return f"{t:%Y-%m-%d %H:%M} UTC"
        case DatePrecision.DAY:
            return f"{t:%Y-%m-%d} UTC"
        case DatePrecision.MONTH:
            return f"{t:%Y-%m} (month only)"
        case DatePrecision.YEAR:
            return f"{t:%Y} (year only)"


def sensor_name(scene: Scene) -> str:
    return SENSORS.get(scene.sensor, scene.sensor)


def moment(t: datetime) -> str:
    return f"{long_date(t.date())}, {t:%H:%M} UTC"


def count(n: int, one: str, many: str | None = None) -> str:
    """`3 scenes`, `1 scene`, `no scenes`."""
    plural = many or f"{one}s"
    return f"1 {one}" if n == 1 else f"{n if n else 'no'} {plural}"


def grouped(text: str) -> str:
    """Thousands set apart by a narrow space from five digits on."""
    whole, dot, rest = text.partition(".")
    if len(whole.lstrip("-")) > 4:
        whole = f"{int(whole):,}".replace(",", THIN)
    return whole + dot + rest


def rounded(value: float, low: float, high: float) -> tuple[str, str, str]:
    """Value and interval with two significant digits of the interval's half-width."""
    width = (high - low) / 2
    digits = 1 - floor(log10(width)) if width > 0 else 2
    if digits <= 0:
        return tuple(grouped(f"{round(v, digits):.0f}") for v in (value, low, high))  # type: ignore[return-value]
    return tuple(grouped(f"{v:.{digits}f}") for v in (value, low, high))  # type: ignore[return-value]


def with_interval(value: float, low: float, high: float, unit: str, level: float = 0.9) -> str:
    """`3 400 m² (90 %: 2 900 to 4 100 m²)`."""
    v, lo, hi = rounded(value, low, high)
    u = UNITS.get(unit, unit)
    tail = f" {u}" if u else ""
    return f"{v}{tail} ({level * 100:.0f} %: {lo} to {hi}{tail})"


def value_words(value: Value) -> str:
    return with_interval(value.value, value.low, value.high, value.unit, value.level)


def budget_words(value: Value) -> str:
    """Where the error comes from: `43 m²: edges of the roof 92 %, ground 8 % of the variance`."""
    if not value.shares:
        return "not told"
    unit = UNITS.get(value.unit, value.unit)
    large = {s: v for s, v in value.shares.items() if v >= 0.005}
    listed = ", ".join(f"{s} {100 * v:.0f} %" for s, v in large.items())
    rest = "" if len(large) == len(value.shares) else ", others below 1 %"
    sigma = f"{value.sigma:.0f}" if value.sigma >= 100 else f"{value.sigma:.2g}"
    return f"{sigma} {unit}".strip() + f": {listed}{rest} of the variance"


def area_words(event: Event) -> str | None:
    """Area with its interval; None where it is not known."""
    if event.area_m2 is None or event.area_m2_low is None or event.area_m2_high is None:
        return None
    return with_interval(event.area_m2, event.area_m2_low, event.area_m2_high, "m2")


def probability_words(p: float) -> str:
    """Two decimals, but never 1 or 0: no finite series carries that."""
    if p > 0.99:
        return "more than 0.99"
    if p < 0.01:
        return "less than 0.01"
    return f"{p:.2f}"


def hull_words(event: Event, *, iso: bool = False) -> tuple[str, str]:
    """Both ends of the 90 % interval, "open" where the series cannot close it."""
    start, end = event.posterior.hull(0.9)
    show = (lambda d: d.isoformat()) if iso else long_date
    return (
        f"open (before {show(start)} is possible)" if event.open_start else show(start),
        f"open (after {show(end)} is possible)" if event.open_end else show(end),
    )


def credible_gaps(posterior: GapPosterior, level: float = 0.9) -> tuple[Gap, ...]:
    """The smallest set of gaps that holds at least `level`, in order of time."""
    chosen: list[Gap] = []
    mass = 0.0
    for gap in sorted(posterior.gaps, key=lambda g: -g.probability):
        chosen.append(gap)
        mass += gap.probability
        if mass >= level - 1e-9:
            break
    return tuple(sorted(chosen, key=lambda g: g.start))

"""A measured value with its interval, unit and method."""

from dataclasses import dataclass, field
from datetime import date
from math import hypot

from sitewatch.errors import DataError


@dataclass(frozen=True, slots=True)
class Value:
    """A number that can be printed: never without unit, interval and method."""

    value: float
    low: float
    high: float
    unit: str
    """SI symbol: "m", "m2", "deg"; "1" for ratios."""
    method: str
    """What was done, in a few words."""
    level: float = 0.9
    """Probability that the interval [low, high] holds the truth, as far as `calibrated_on` goes."""
    calibrated_on: str = "not calibrated"
    budget: dict[str, float] = field(default_factory=dict)
    """One standard deviation by source, in `unit`."""

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise DataError(f"{self.method}: {self.value} {self.unit} is outside [{self.low}, {self.high}]")

    @property
    def sigma(self) -> float:
        """One standard deviation by the budget, in `unit`; 0 without a budget."""
        return hypot(*self.budget.values())

    @property
    def shares(self) -> dict[str, float]:
        """Share of the variance by source, largest first, those of 0 left out; empty without a budget."""
        whole = self.sigma**2
        told = sorted(self.budget.items(), key=lambda sv: -sv[1])
        return {source: sigma**2 / whole for source, sigma in told if sigma > 0}


@dataclass(frozen=True, slots=True)
class DatedArea:
    """The area of something that grows, on one date."""

    date: date
    area_m2: float
    low: float
    """90 % interval, m2."""
    high: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """One quantity of one object."""

    object_id: str
    """An event's id or a reference building's name."""
    quantity: str
    """area, perimeter, length, width, height, ratio; growth, whose value is the area on the latest date of `growth`."""
    value: Value
    scenes: tuple[str, ...]
    checked: bool = False
    """True once an analyst has looked at the outline that it rests on."""
    notes: tuple[str, ...] = ()
    """What a reader must know to use the number, in plain words: a pixel size that was stated wrongly."""
    figure: str | None = None
    """The picture of the measured object, relative to `out/`; None where there is none."""
    growth: tuple[DatedArea, ...] = ()
    """The area on each clear date, in order of time; empty for all other quantities."""

"""An event: one dated change at one place of a site."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shapely import MultiPolygon, Polygon

from sitewatch.errors import DataError


class EventKind(StrEnum):
    """What happened to the ground there."""

    APPEARED = "appeared"  # something stands there that did not: a building, a road
    REMOVED = "removed"  # something that stood there is gone
    ALTERED = "altered"  # the surface changed: cleared, dug, paved, flooded


@dataclass(frozen=True, slots=True)
class Gap:
    """The days between two clear looks: [last clear date without the change, first clear date with it]."""

    start: date
    end: date
    probability: float
    """Posterior probability that the change fell into this gap."""

    def __post_init__(self) -> None:
        if not self.start < self.end:
            raise DataError(f"gap {self.start}..{self.end}: expected the start before the end")
        if not 0 <= self.probability <= 1:
            raise DataError(f"gap {self.start}..{self.end}: probability {self.probability} is not in 0..1")


@dataclass(frozen=True, slots=True)
class GapPosterior:
    """Posterior over the gaps between clear dates, in order of time; sums to 1."""

    gaps: tuple[Gap, ...]

    def __post_init__(self) -> None:
        total = sum(g.probability for g in self.gaps)
        if not self.gaps or abs(total - 1) > 1e-6:
            raise DataError(f"gap probabilities sum to {total}; expected 1 over at least one gap")

    @property
    def best(self) -> Gap:
        """The most likely gap (the earliest of equals)."""
        return max(self.gaps, key=lambda g: g.probability)

    def hull(self, level: float = 0.9) -> tuple[date, date]:
        """First start and last end of the smallest set of gaps that holds at least `level` probability."""
        chosen: list[Gap] = []
        mass = 0.0
        for gap in sorted(self.gaps, key=lambda g: -g.probability):
            chosen.append(gap)
            mass += gap.probability
            if mass >= level - 1e-9:
                break
        return min(g.start for g in chosen), max(g.end for g in chosen)


@dataclass(frozen=True, slots=True)
class Event:
    """One change, as the contract's `events.geojson` tells it."""

    id: str
    """Belongs to the case and stays over re-runs."""
    site: str
    kind: EventKind
    outline: Polygon | MultiPolygon
    """In the CRS of the site grid (`crs`), at the latest clear date."""
    crs: str | None
    """CRS of `outline` as an authority string or WKT; None for pixel coordinates (column, row)."""
    posterior: GapPosterior
    probability: float
    """That something of this kind changed here in [not_before, not_after]."""
    calibrated_on: str
    """What `probability` was calibrated on, in words."""
    area_m2: float | None
    area_m2_low: float | None
    area_m2_high: float | None
    """90 % interval; None without a known pixel size."""
    detector: str
    """Name and version of the method."""
    scenes: tuple[str, ...]
    """Ids of the scenes on both sides of the most likely gap that carried the decision."""
    score: float = 0.0
    """The detector's own statistic, for ranking; no unit."""
    label: str | None = None
    label_source: str | None = None
    """detector, analyst or claim."""
    parent: str | None = None
    phase: str | None = None
    origin: str = "detector"
    """detector or analyst."""
    review: str | None = None
    open_start: bool = False
    """True where the change may lie before the first clear date of the series."""
    open_end: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1:
            raise DataError(f"event {self.id}: probability {self.probability} is not in 0..1")
        if self.outline.is_empty:
            raise DataError(f"event {self.id}: its outline is empty")
        area = (self.area_m2_low, self.area_m2, self.area_m2_high)
        if None not in area and not area[0] <= area[1] <= area[2]:  # type: ignore[operator]
            raise DataError(f"event {self.id}: area interval {area} is out of order")

    @property
    def gap(self) -> Gap:
        return self.posterior.best

"""What is known of one site when claims are held against it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sitewatch.types import Detectability, Event, Measurement, Reference, Scene, Site


@dataclass(frozen=True)
class Ground:
    """One site with its objects, their measurements and the scenes behind them."""

    site: Site
    events: tuple[Event, ...] = ()
    references: tuple[Reference, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    scenes: tuple[Scene, ...] = ()
    detectability: tuple[Detectability, ...] = ()
    """What would have been found; empty where it was not worked out, and then nothing follows from absence."""

    @property
    def whole(self) -> str:
        """The id by which a binding means the site as a whole."""
        return f"site:{self.site.name}"

    @cached_property
    def by_id(self) -> Mapping[str, Event]:
        return {e.id: e for e in self.events}

    @cached_property
    def by_name(self) -> Mapping[str, Reference]:
        return {r.name: r for r in self.references}

    @cached_property
    def measured(self) -> Mapping[tuple[str, str], Measurement]:
        """By object and quantity; a ratio's object is "SUBJECT/COMPARAND"."""
        return {(m.object_id, m.quantity): m for m in self.measurements}

    def knows(self, object_id: str) -> bool:
        """True for an event, a reference building, or the site as a whole."""
        return object_id in self.by_id or object_id in self.by_name or object_id == self.whole

    def area(self, object_id: str) -> float | None:
        """Area in m2, for ranking only; None where it was not measured."""
        found = self.measured.get((object_id, "area"))
        if found is not None:
            return found.value.value
        event = self.by_id.get(object_id)
        return event.area_m2 if event is not None else None

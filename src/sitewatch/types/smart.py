"""Construction-site models of the SMART programme: what truth and proposals say of a site, date by date.

Format: IARPA SMART site and region models (public repository pubgeo/IARPA-SMART).
"""

from dataclasses import dataclass
from datetime import date

from shapely import MultiPolygon, Point, Polygon


@dataclass(frozen=True, slots=True)
class SmartObservation:
    """What one image shows of a site."""

    day: date | None
    """None where the model gives none, as on sites without phase labels."""
    source: str
    """Name of the image; empty where none is given."""
    outline: Polygon | MultiPolygon
    """All polygons. WGS84 longitude and latitude."""
    phases: tuple[str, ...]
    """One for each polygon: No Activity, Site Preparation, Active Construction, Post Construction or Unknown; empty
    where unlabelled."""
    boundary: tuple[bool, ...]
    """For each polygon: True where it is the boundary of the site, False where a part of it; empty where not said."""


@dataclass(frozen=True, slots=True)
class SmartSite:
    """One site, true or proposed."""

    site_id: str
    originator: str
    version: str
    status: str
    """positive_annotated, positive_pending, ignore, negative …; system_confirmed, system_rejected for proposals."""
    start: date | None
    end: date | None
    score: float
    outline: Polygon | MultiPolygon
    observations: tuple[SmartObservation, ...]

    @property
    def id(self) -> str:
        """Site, originator and version in one, as the field's tables name a site."""
        return "_".join(part for part in (self.site_id, self.originator, self.version) if part)


@dataclass(frozen=True, slots=True)
class SmartRegion:
    """Ground and time that are evaluated."""

    region_id: str
    outline: Polygon | MultiPolygon
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class SmartPoint:
    """Truth that is a place and a day only."""

    site_id: str
    status: str
    day: date
    place: Point

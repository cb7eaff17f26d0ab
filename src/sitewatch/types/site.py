"""A site: the named piece of ground that a case watches."""

from dataclasses import dataclass

from shapely import Polygon

from sitewatch.errors import DataError


@dataclass(frozen=True, slots=True)
class Site:
    """A place under watch."""

    name: str
    aoi: Polygon
    """Area of interest, WGS84 longitude and latitude in degrees."""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise DataError("a site needs a name; an empty one came")
        if self.aoi.is_empty or not self.aoi.is_valid:
            raise DataError(f"site {self.name!r}: the area of interest is empty or crosses itself")
        w, s, e, n = self.aoi.bounds
        if not (-180 <= w < e <= 180 and -90 <= s < n <= 90):
            raise DataError(
                f"site {self.name!r}: bounds {w:.4f} {s:.4f} {e:.4f} {n:.4f} are not longitude and latitude"
            )


@dataclass(frozen=True, slots=True)
class Reference:
    """A building that stood before the changes under watch, such as "existing hall"."""

    name: str
    """Unique among the objects of the site."""
    site: str
    outline: Polygon
    """Roof outline, WGS84 longitude and latitude in degrees."""
    aliases: tuple[str, ...] = ()
    """Other words by which documents mean it."""
    basis: str = "outlined by an analyst"
    """Who drew it, on what."""
    checked: bool = True
    """False where the outline is automatic and no analyst has looked at it."""
    again: tuple[Polygon, ...] = ()
    """The same roof traced again, WGS84."""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise DataError("a reference building needs a name; an empty one came")
        if any(o.is_empty or not o.is_valid for o in (self.outline, *self.again)):
            raise DataError(f"reference building {self.name!r}: its outline is empty or crosses itself")
        if any(not o.intersects(self.outline) for o in self.again):
            raise DataError(
                f"reference building {self.name!r}: two tracings do not overlap; expected the same roof"
            )

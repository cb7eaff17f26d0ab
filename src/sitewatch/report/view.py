"""What a report is made from: one site with everything that was found there."""

from collections.abc import Mapping
from dataclasses import dataclass

import xarray as xr

from sitewatch.errors import DataError
from sitewatch.types import Assessment, ClaimSet, Document, Event, Measurement, Registration, Scene, Site


@dataclass(frozen=True)
class SiteView:
    """One site, ready to be told about."""

    site: Site
    scenes: tuple[Scene, ...]
    """Every scene of the case at this site, also those that were set aside."""
    registrations: Mapping[str, Registration]
    """By scene id."""
    cube: xr.Dataset
    """See `sitewatch.cube`; its `scene_id`s are ids of `scenes`."""
    events: tuple[Event, ...]
    measurements: tuple[Measurement, ...]
    set_aside: tuple[tuple[str, str], ...]
    """(scene id, reason) for each scene that took no part."""
    notes: tuple[str, ...]
    """What the run had to assume, in plain words."""
    simulated: bool
    """True where the pixels were made by a simulator."""

    def __post_init__(self) -> None:
        known = {scene.id for scene in self.scenes}
        strangers = [str(i) for i in self.cube["scene_id"].values if str(i) not in known]
        if strangers:
            raise DataError(
                f"site {self.site.name!r}: the cube holds scene {strangers[0]!r}, which is not in the case; "
                "expected only scenes of this site"
            )

    @property
    def ordered_scenes(self) -> tuple[Scene, ...]:
        """The scene behind each time of the cube, in the cube's order."""
        by_id = {scene.id: scene for scene in self.scenes}
        return tuple(by_id[str(i)] for i in self.cube["scene_id"].values)


@dataclass(frozen=True)
class Papers:
    """What documents say, and what became of it: the part of a report that a case without documents has not."""

    documents: tuple[Document, ...]
    claims: ClaimSet
    assessment: Assessment
    commands: tuple[str, ...] = ()
    """Command lines that lead from images and documents to this assessment, in order."""
    foreign: frozenset[str] = frozenset()
    """Ids of documents in languages in which the rules find no claims."""

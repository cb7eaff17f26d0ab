"""Who must be credited for an image, and how much of it may be shown."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sitewatch.errors import DataError

SIMULATED_CREDIT = "Simulated imagery (sitewatch)"
"""Credit of pixels that a program made; they show no real place, and everything made of them says so."""


class Publish(StrEnum):
    """How much of a scene may leave the analyst's desk."""

    NONE = "none"  # not even a figure; outlines and hashes only
    FIGURE = "figure"  # figures in a report, up to `max_px`
    DERIVED = "derived"  # figures and derived rasters, not the pixels themselves
    FULL = "full"  # everything


@dataclass(frozen=True, slots=True)
class Licence:
    """Terms of one scene. Reports and exports obey them."""

    credit_line: str | None = None
    """What must stand under each picture; None where the file does not say."""
    name: str | None = None
    """Licence as stated by the provider, for instance "CC-BY-4.0"; None where not stated."""
    publish: Publish = Publish.FIGURE
    max_px: int | None = None
    """Longest side in pixels of a published figure; None for no limit."""
    embargo_until: date | None = None

    def __post_init__(self) -> None:
        if self.max_px is not None and self.max_px < 1:
            raise DataError(f"max_px is {self.max_px}; expected at least 1 pixel, or none for no limit")

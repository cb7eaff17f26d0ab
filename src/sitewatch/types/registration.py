"""How a scene lies against the site's reference."""

from dataclasses import dataclass
from enum import StrEnum

from sitewatch.errors import DataError


class RegistrationStatus(StrEnum):
    """Whether the shift can be trusted."""

    REFERENCE = "reference"  # by definition 0, 0
    OK = "ok"
    FAILED = "failed"  # too few usable pixels or no clear peak: the scene is set aside, with the reason


@dataclass(frozen=True, slots=True)
class Registration:
    """Shift of a scene's content on the site grid, against the reference; never applied to the file."""

    scene_id: str
    dx: float
    """Pixels of the site grid to the right (columns): content at (row, col) of the reference is found at
    (row + dy, col + dx) of the scene."""
    dy: float
    """Pixels of the site grid downward (rows)."""
    sigma: float
    """Standard error of each component in pixels; infinite where the registration failed."""
    reference: str
    """Id of the reference scene, or "composite"."""
    status: RegistrationStatus
    reason: str = ""
    """Why it failed; empty otherwise."""

    def __post_init__(self) -> None:
        if self.status is RegistrationStatus.FAILED and not self.reason:
            raise DataError(f"scene {self.scene_id}: a failed registration needs a reason")
        if not self.sigma >= 0:
            raise DataError(f"scene {self.scene_id}: sigma is {self.sigma}; expected 0 or more pixels")

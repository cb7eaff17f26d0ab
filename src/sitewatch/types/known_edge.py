"""A known object as the scale of an image."""

import math
from dataclasses import dataclass

from sitewatch.errors import UsageError


@dataclass(frozen=True, slots=True)
class KnownEdge:
    """An edge in an image whose length on the ground is known."""

    start: tuple[float, float]
    """Column and row from the upper left corner of the image, pixels."""
    end: tuple[float, float]
    length_m: float
    sigma_m: float
    """Standard error of `length_m`."""

    def __post_init__(self) -> None:
        if not (0 < self.length_m < math.inf and 0 <= self.sigma_m < math.inf):
            raise UsageError(
                f"a known edge of {self.length_m:g} m +- {self.sigma_m:g} m came; expected a length above 0 and "
                "an error from 0 up"
            )
        if not 2 <= self.pixels < math.inf:
            raise UsageError(
                f"a known edge of {self.pixels:g} pixels came; expected its two ends, 2 or more apart"
            )

    @property
    def pixels(self) -> float:
        """Its length in the image."""
        return math.dist(self.start, self.end)

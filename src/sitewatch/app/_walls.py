"""Buildings that are no box: straight walls where a box was refused or the pixels show another shape."""

from shapely import Polygon

from sitewatch.app._fits import Tried
from sitewatch.measure.grown import outline_in
from sitewatch.measure.regular import rectangularity
from sitewatch.measure.walled import WallFit, fit_outline
from sitewatch.measure.walled_values import stands

LEAST_PX = 30.0
"""Pixels that an outline must cover."""
CONTRAST = 1.0
"""Between roof and ground, in standard deviations of a pixel, below which walls are not tried either."""
FILLED = 0.85
"""Share of its smallest rectangle below which what the pixels show is clearly no rectangle; an L of narrow wings has
0.75."""
BETTER = 0.9
"""What straight walls leave over must be below this share of what a box does."""


def walled(tried: Tried, outline: Polygon, *, known: bool) -> WallFit | None:
    """Straight walls fitted where they are wanted and hold; None otherwise.

    Args:
        tried: what came of the box.
        outline: that it was started from, in the CRS of the site's grid.
        known: True where it is known to be a building; else its shadow must tell that something stands there.
    """
    if tried.fit is None or tried.fit.contrast < CONTRAST or not tried.looks:
        return None
    a = tried.looks[0].placed.to_pixels
    if outline.area * abs(a[0, 0] * a[1, 1] - a[0, 1] * a[1, 0]) < LEAST_PX:
        return None
    if not tried.reason:
        shown = outline_in(tried.looks, outline)
        if shown is None or rectangularity([shown])[0] >= FILLED:
            return None
    found = fit_outline(outline, tried.looks)
    if isinstance(found, str) or found.failed or not (known or stands(found)):
        return None
    if not tried.reason and (len(found.walls.reach) <= 4 or found.residual > BETTER * tried.fit.residual):
        return None
    return found

"""What the ground does to a height that comes from a shadow: it may slope, and part of the shadow may not be seen.

On ground that rises by g for each metre along the shadow, a shadow is shorter than on level ground: a height read off
it as if the ground were level is h tan(e) / (tan(e) + g), with the sun's elevation e. To first order its relative error
is g / tan(e), the larger the lower the sun stands. Neither term is calibrated: the slope is what the user says, or
assumed.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import hypot, isfinite, radians, sqrt, tan
from statistics import fmean, median

import numpy as np
import shapely

from sitewatch.errors import UsageError
from sitewatch.measure.explained import traced
from sitewatch.measure.forward import Box
from sitewatch.measure.scale import widened
from sitewatch.measure.solve import Look
from sitewatch.measure.walls import Walls
from sitewatch.types import Value

LEVEL_DEG = 1.0
"""Standard deviation of the slope along the shadow where nothing is known of it, degrees: assumed, for built ground."""
STEEPEST_DEG = 30.0
HIDDEN = 0.1
"""Share of the shadow that must be hidden to be told."""
UNSEEN = 0.3
"""Relative standard deviation of a height whose shadow cannot be seen at all but for the model's word: assumed."""


def with_slope(height: Value, cotangents: Sequence[float], slope_deg: float | None) -> Value:
    """A height from shadows with the slope of the ground in its interval.

    Args:
        height: in metres, as if the ground were level.
        cotangents: of the sun's elevation on each date; empty where no shadow was used, then nothing changes.
        slope_deg: steepness of the ground around, in a direction that is not known; None where nothing is known of it:
            then the ground is assumed level, with a standard deviation of `LEVEL_DEG` along the shadow.

    Raises:
        UsageError: a slope that is no angle from 0 to 30 degrees.
    """
    if slope_deg is not None and not (isfinite(slope_deg) and 0 <= slope_deg <= STEEPEST_DEG):
        raise UsageError(f"a slope of {slope_deg} degrees came; expected 0 to {STEEPEST_DEG:g}")
    if not cotangents:
        return height
    # in a direction not known, a slope is felt along the shadow by the root of 1/2 of it on average
    gradient = tan(radians(LEVEL_DEG)) if slope_deg is None else tan(radians(slope_deg)) / sqrt(2)
    ground = (
        f"level ground assumed, to {LEVEL_DEG:g} degree"
        if slope_deg is None
        else f"ground sloping by {slope_deg:g} degrees"
    )
    return _wider(height, "slope", gradient * fmean(cotangents), ground)


def with_hidden(height: Value, hidden: float) -> Value:
    """A height with what is not seen of its shadow in the interval; `hidden` is the share of it (`hidden_share`)."""
    if hidden < HIDDEN:
        return height
    why = f"{100 * hidden:.0f} % of the shadow lies on other objects, masked ground or outside of the image"
    return _wider(height, "hidden shadow", UNSEEN * hidden, why)


def hidden_share(shape: Box | Walls, looks: Sequence[Look]) -> float:
    """Median over the looks of the share of the shadow that is not seen; 0 where no sun is known."""
    shares = []
    for look in looks:
        shadow = traced(shape, look.placed).shadow
        if look.placed.shadow is None or shadow.area < 1:
            continue
        rows, cols = look.placed.shape
        row, col = np.mgrid[:rows, :cols] + 0.5
        inside = shapely.contains_xy(shadow, col, row)
        beyond = 1 - min(shadow.intersection(shapely.box(0, 0, cols, rows)).area / shadow.area, 1.0)
        masked = float((inside & ~look.usable).sum()) / max(int(inside.sum()), 1)
        shares.append(beyond + (1 - beyond) * masked)
    return median(shares) if shares else 0.0


def cotangents(looks: Sequence[Look]) -> list[float]:
    """Of the sun's elevation, of the looks in which it is known: the length of a shadow over its height."""
    return [hypot(*look.placed.shadow) for look in looks if look.placed.shadow is not None]


def _wider(height: Value, source: str, sigma: float, why: str) -> Value:
    low, high = widened(height.value, height.low, height.high, sigma)
    budget = {**height.budget, source: sigma * height.value}
    return replace(height, low=low, high=high, budget=budget, method=f"{height.method}; {why}")

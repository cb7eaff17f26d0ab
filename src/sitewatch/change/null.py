"""What the site does by chance: the gain of a step at places where nothing was built.

The null of a step test is heavy-tailed and differs from site to site (measured in development: the 99.5 % quantile of
the pooled statistic ran from 77 to 288 where a chi-square table says 15). So the same robust dating that judges a
candidate is run at random undisturbed places of the same site, and a candidate is judged against their tail.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sitewatch.change import dating
from sitewatch.change.history import Fit, Stack, surroundings

Mask = npt.NDArray[np.bool_]

PLACES = 120
RADII = (1, 2, 4)
"""Radii of the places, pixels."""


@dataclass(frozen=True, slots=True)
class Null:
    """Gains by chance at one site: median, and the mean excess over it (an exponential tail)."""

    median: float
    scale: float


def sample(stack: Stack, fit: Fit, taken: Mask, seed: int = 0) -> Null:
    """Gains at up to `PLACES` random places outside `taken`.

    Args:
        taken: (y, x) pixels of candidates.
        seed: of the choice of places.
    """
    rows, cols = taken.shape
    rng = np.random.default_rng(seed)
    gains: list[float] = []
    yy, xx = np.mgrid[:rows, :cols]
    for trial in range(3 * PLACES):
        if len(gains) >= PLACES:
            break
        radius = RADII[trial % len(RADII)]
        y, x = rng.integers(0, rows), rng.integers(0, cols)
        disc = (yy - y) ** 2 + (xx - x) ** 2 <= radius**2
        if (taken & disc).any():
            continue
        series = dating.follow(
            stack.values, stack.usable, disc, surroundings(disc, taken, stack.pixel_m), fit.precision
        )
        if len(series.index) <= 2 * dating.MIN_SIDE:
            continue
        profile = dating.profile(series, stack.days[series.index])
        gains.append(float(profile.gain.max()))
    if len(gains) < PLACES // 4:
        # Too little undisturbed ground to learn from: large enough for the strictest floor that is used.
        return Null(4.0, 4.0)
    values = np.sort(gains)
    median = float(np.median(values))
    # The largest few may be real changes that were missed; they must not stretch the tail.
    tail = values[(values > median) & (values <= np.quantile(values, 0.98))]
    return Null(median, max(float((tail - median).mean()) if tail.size else 1.0, 0.5))

"""What the detectors' probabilities were held against, and the constants that came of it.

`benchmarks/calibrate_detection.py` makes the figures anew.
"""

from collections.abc import Sequence

import numpy as np

from sitewatch.change.network import KINDS
from sitewatch.types import EventKind

STEPS_CALIBRATED_ON = (
    "simulation, not this site: 185 events found at 20 simulated sites (3 m and 10 m, 32 dates)"
)
STEPS_CURVE = (-1.626, 0.362, 0.828)
"""Of the detector "steps-1": constant, weight of the natural logarithm of strength, weight of log10 of pixels.
Fitted on an earlier, narrower family of simulated sites."""
CALIBRATED_ON = (
    "simulation, not this site: 5640 events found at 112 simulated sites (3 m and 10 m; 10, 16 and 32 dates)"
)
CURVE = {
    "constant": (-7.837, -9.207, -5.087),
    "share": (0.33, 0.657, 0.432),
    "peak": (0.512, 0.674, 0.816),
    "rival": (1.076, 2.907, 2.47),
    "around": (-0.363, -0.167, 0.218),
    "width": (-0.251, 0.286, -0.679),
    "size": (0.587, 0.455, 0.757),
    "fill": (1.696, 2.374, 0.737),
    "beside": (-3.784, -5.67, 0.028),
    "standing": (-1.582, -2.059, -1.582),
    "stands": (0.057, -0.301, -0.71),
    "rests": (-0.882, -0.57, 0.285),
    "step": (0.384, 0.385, 0.546),
    "gain": (0.586, 0.695, 0.374),
    "untold": (0.413, 0.869, 0.095),
    "pixel": (0.572, 0.844, 0.442),
    "looks": (-0.874, -0.655, -0.172),
    "shadow": (0.142, 5.371, 4.958),
}
"""Of the detector "net-1": constant and weights of `change.traits.NAMES`, for each of `network.KINDS`."""
BOUNDS = (0.02, 0.98)
"""The simulator does not know everything that happens on the ground: no probability beyond these is claimed."""


def steps_probability(strength: float, pixels: int) -> float:
    """Probability that a detection of "steps-1" is a real change.

    Args:
        strength: evidence relative to what the site needs (`assemble.Episode.strength`), 1 or more.
        pixels: size of the object.
    """
    constant, by_strength, by_size = STEPS_CURVE
    x = constant + by_strength * np.log(strength) + by_size * np.log10(pixels)
    return float(np.clip(1 / (1 + np.exp(-x)), *BOUNDS))


def probability(kind: EventKind, traits: Sequence[float]) -> float:
    """Probability that a detection of "net-1" is a real change.

    Args:
        kind: as which it was detected.
        traits: by `change.traits`.
    """
    constant, *weights = (row[KINDS.index(kind)] for row in CURVE.values())
    x = constant + float(np.dot(weights, traits))
    return float(np.clip(1 / (1 + np.exp(-x)), *BOUNDS))

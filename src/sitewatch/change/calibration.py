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
    "simulation, not this site: 4000 events found at 112 simulated sites (3 m and 10 m; 10, 16 and 32 dates)"
)
CURVE = {
    "constant": (-6.89, -6.857, -2.909),
    "share": (0.238, 0.822, 0.739),
    "peak": (0.456, 0.577, 0.758),
    "rival": (0.752, 2.197, 1.254),
    "around": (-0.457, -0.348, 0.206),
    "width": (0.495, 0.691, 0.409),
    "fill": (1.353, 0.741, -0.261),
    "beside": (-2.825, -1.28, -0.577),
    "standing": (-1.545, -2.009, -1.535),
    "stands": (0.167, -0.27, -0.28),
    "rests": (-0.988, -1.043, 0.138),
    "step": (-0.024, 0.539, 0.401),
    "gain": (0.618, 0.431, 0.44),
    "untold": (0.086, 0.765, -0.296),
    "pixel": (0.446, 0.327, 0.314),
    "looks": (-1.141, -0.809, -0.061),
    "shadow": (1.594, 6.327, 4.278),
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

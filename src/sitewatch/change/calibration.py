"""What the detectors' probabilities were held against, and the constants that came of it.

`benchmarks/calibrate_detection.py` makes the figures anew.
"""

from collections.abc import Sequence

import numpy as np

from sitewatch.types import EventKind

STEPS_CALIBRATED_ON = (
    "simulation, not this site: 185 events found at 20 simulated sites (3 m and 10 m, 32 dates)"
)
STEPS_CURVE = (-1.626, 0.362, 0.828)
"""Of the detector "steps-1": constant, weight of the natural logarithm of strength, weight of log10 of pixels.
Fitted on an earlier, narrower family of simulated sites."""
CALIBRATED_ON = (
    "simulation, not this site: 2900 events found at 66 simulated sites (3 m and 10 m; 10, 16 and 32 dates)"
)
KINDS = (EventKind.APPEARED, EventKind.REMOVED, EventKind.ALTERED)
CURVE = {
    "constant": (-8.252, -4.537, -3.559),
    "share": (0.262, 0.477, 0.247),
    "peak": (0.661, 0.774, 0.564),
    "rival": (2.806, 0.368, -0.186),
    "around": (-0.938, -0.152, -0.828),
    "width": (0.196, -0.228, -0.158),
    "fill": (2.606, 0.588, 1.623),
    "beside": (-2.969, -3.031, -2.396),
    "standing": (-2.298, -1.761, -1.775),
    "stands": (-0.117, 0.825, 1.145),
    "rests": (1.489, 1.573, -2.473),
    "step": (0.523, 0.082, 0.146),
    "gain": (0.574, 0.4, 0.599),
    "untold": (1.257, -1.13, -0.841),
    "pixel": (0.333, 0.09, 0.171),
    "looks": (-1.069, -0.456, -0.939),
    "shadow": (6.376, 4.786, 1.726),
}
"""Of the detector "net-1": constant and weights of `change.traits.NAMES`, for each of `KINDS`."""
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

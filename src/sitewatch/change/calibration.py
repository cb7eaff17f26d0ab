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
    "simulation, not this site: 6086 events found at 112 simulated sites (3 m and 10 m; 10, 16 and 32 dates)"
)
CURVE = {
    "constant": (-7.392, -8.95, -5.04),
    "share": (0.293, 0.65, 0.398),
    "peak": (0.536, 0.684, 0.824),
    "rival": (0.884, 2.846, 2.432),
    "around": (-0.316, -0.119, 0.207),
    "width": (-0.261, 0.271, -0.645),
    "size": (0.571, 0.483, 0.757),
    "fill": (1.664, 2.559, 0.673),
    "beside": (-3.945, -5.73, 0.018),
    "standing": (-1.615, -2.102, -1.615),
    "stands": (0.372, -0.023, -0.699),
    "rests": (-0.947, -0.606, 0.28),
    "step": (0.38, 0.34, 0.603),
    "gain": (0.579, 0.635, 0.37),
    "pixel": (0.666, 0.91, 0.514),
    "looks": (-0.847, -0.61, -0.173),
    "shadow": (-0.006, 5.437, 5.014),
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

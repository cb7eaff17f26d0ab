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
    "simulation, not this site: 4200 events found at 112 simulated sites (3 m and 10 m; 10, 16 and 32 dates)"
)
CURVE = {
    "constant": (-7.29, -7.122, -3.502),
    "share": (0.113, 0.638, 0.273),
    "peak": (0.636, 0.714, 0.771),
    "rival": (0.785, 2.454, 2.2),
    "around": (-0.433, -0.187, -0.011),
    "width": (0.595, 0.894, 0.452),
    "fill": (1.552, 1.532, -0.765),
    "beside": (-4.567, -0.078, -0.967),
    "standing": (-1.848, -2.397, -1.834),
    "stands": (0.059, -0.412, -0.56),
    "rests": (-0.779, -0.896, 0.084),
    "step": (-0.158, 0.621, 0.423),
    "gain": (0.687, 0.387, 0.442),
    "untold": (1.382, 1.04, 0.494),
    "pixel": (0.3, 0.661, 0.159),
    "looks": (-1.062, -0.781, -0.31),
    "shadow": (2.295, 5.931, 4.777),
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

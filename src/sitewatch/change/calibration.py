"""What the detectors' probabilities were held against, and the constants that came of it.

`benchmarks/calibrate_detection.py` makes the figures anew.
"""

from collections.abc import Sequence

import numpy as np

STEPS_CALIBRATED_ON = (
    "simulation, not this site: 185 events found at 20 simulated sites (3 m and 10 m, 32 dates)"
)
STEPS_CURVE = (-1.626, 0.362, 0.828)
"""Of the detector "steps-1": constant, weight of the natural logarithm of strength, weight of log10 of pixels.
Fitted on an earlier, narrower family of simulated sites."""
CALIBRATED_ON = (
    "simulation, not this site: 2900 events found at 66 simulated sites (3 m and 10 m; 10, 16 and 32 dates)"
)
CURVE = (
    -6.647,
    0.287,
    0.537,
    2.719,
    -0.578,
    0.579,
    2.567,
    -2.956,
    -2.51,
    -0.479,
    0.165,
    0.596,
    0.748,
    0.902,
    -0.691,
    5.599,
    -0.786,
)
"""Of the detector "net-1": constant, then the weights of `change.traits.NAMES`."""
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


def probability(traits: Sequence[float]) -> float:
    """Probability that a detection of "net-1" is a real change.

    Args:
        traits: by `change.traits`.
    """
    x = CURVE[0] + float(np.dot(CURVE[1:], traits))
    return float(np.clip(1 / (1 + np.exp(-x)), *BOUNDS))

"""What the detector's probabilities were held against, and the constants that came of it.

`benchmarks/calibrate_detection.py` makes the figures anew.
"""

import numpy as np

CALIBRATED_ON = "not calibrated yet"
CURVE = (0.0, 0.5, 0.0)
"""Logistic curve: constant, weight of the natural logarithm of strength, weight of log10 of pixels."""
BOUNDS = (0.02, 0.98)
"""The simulator does not know everything that happens on the ground: no probability beyond these is claimed."""


def probability(strength: float, pixels: int) -> float:
    """Probability that a detection is a real change.

    Args:
        strength: evidence relative to what the site needs (`assemble.Episode.strength`), 1 or more.
        pixels: size of the object.
    """
    constant, by_strength, by_size = CURVE
    x = constant + by_strength * np.log(strength) + by_size * np.log10(pixels)
    return float(np.clip(1 / (1 + np.exp(-x)), *BOUNDS))

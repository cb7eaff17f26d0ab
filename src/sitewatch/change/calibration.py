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
    "simulation, not this site: 5990 events found at 112 simulated sites (3 m and 10 m; 10, 16 and 32 dates)"
)
CURVE = {
    "constant": (-7.404, -9.652, -5.268),
    "share": (0.606, 0.743, 0.618),
    "peak": (0.593, 0.641, 0.796),
    "rival": (1.269, 2.032, 2.131),
    "around": (-0.134, -0.156, 0.245),
    "width": (-0.07, 0.448, -0.509),
    "size": (0.314, 0.38, 0.684),
    "fill": (2.296, 2.59, 0.612),
    "beside": (-4.755, -2.561, -0.537),
    "standing": (-1.016, -1.322, -1.016),
    "stands": (0.132, -0.441, -0.784),
    "rests": (-0.768, -0.786, 0.296),
    "step": (0.177, 0.404, 0.494),
    "gain": (0.7, 0.648, 0.434),
    "untold": (1.005, 0.752, 0.114),
    "pixel": (0.304, 0.793, 0.499),
    "looks": (-0.616, -0.679, -0.238),
    "shadow": (0.668, 5.339, 4.894),
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

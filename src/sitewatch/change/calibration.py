"""What the detectors' probabilities were held against, and the constants that came of it.

`benchmarks/calibrate_detection.py` makes the figures anew.
"""

import numpy as np
import numpy.typing as npt

STEPS_CALIBRATED_ON = (
    "simulation, not this site: 185 events found at 20 simulated sites (3 m and 10 m, 32 dates)"
)
STEPS_CURVE = (-1.626, 0.362, 0.828)
"""Of the detector "steps-1": constant, weight of the natural logarithm of strength, weight of log10 of pixels.
Fitted on an earlier, narrower family of simulated sites."""
CALIBRATED_ON = (
    "simulation, not this site: 452 events found at 13 simulated sites (3 m and 10 m; 10, 16 and 32 dates)"
)
CURVE = (-2.394, 1.403, 0.424, 0.42, 0.128)
"""Of the detector "net-1": constant; weights of the logit of the mean share, of the logarithms of pixels and gain, and
of having no gain."""
TERMS = len(CURVE)
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


def probability(share: float, pixels: float, gain: float, looks: float) -> float:
    """Probability that a detection of "net-1" is a real change.

    Args:
        share: mean share of its pixels that the network gives.
        pixels: its size.
        gain: log-likelihood gain of its step in its own series; NaN where too few looks tell one.
        looks: clear looks at the place.
    """
    x = linear(np.array([[share, pixels, gain, looks]]), np.array(CURVE))
    return float(np.clip(1 / (1 + np.exp(-x[0])), *BOUNDS))


def linear(traits: npt.NDArray[np.float64], curve: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Logit (n,) of the probability from traits (n, 4) as `probability` takes them."""
    share, pixels, gain, _ = traits.T
    share = np.clip(share, 1e-3, 1 - 1e-3)
    unknown = np.isnan(gain)
    logs = np.log1p(np.where(unknown, 0, np.maximum(gain, 0)))
    terms = (np.ones(len(traits)), np.log(share / (1 - share)), np.log(pixels), logs, unknown.astype(float))
    result: npt.NDArray[np.float64] = np.stack(terms, axis=1) @ curve
    return result

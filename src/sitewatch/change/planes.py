"""Which of the planes that the network sees holds what."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

SCALES = (0.0, 1.0, 2.0)
"""Standard deviations of the smoothing of step statistics, pixels."""
LEVELS = 3
"""Tones whose signed values the network sees: brightness, colour, infrared (`change.tones`)."""
STEP_PLANES = len(SCALES) + 2 * LEVELS + 1
"""Planes of each of the three steps (the strongest, the second, the neighbourhood's): scores, standardised steps,
sizes, date. Levels and noise follow."""
STARTS = (0, STEP_PLANES, 2 * STEP_PLANES)
"""First plane of each."""
REST = len(STARTS) * STEP_PLANES
"""First of the levels (before, between, after) and of the noise (of the pixel, about the model), tone by tone."""
CHANNELS = REST + 5 * LEVELS + 6
"""All: then come looks, direction to the sun, size of the pixels, number of dates, and whether there is infrared."""
SUN = slice(CHANNELS - 5, CHANNELS - 3)
"""The direction (row, column) to the sun."""


def scores() -> list[int]:
    """Planes that hold how significant a step is."""
    return [start + k for start in STARTS for k in range(len(SCALES))]


def signed(tone: int) -> list[int]:
    """Planes that hold the sizes of steps of one tone (0..LEVELS-1), in noise and in tones."""
    return [s + len(SCALES) + k * LEVELS + tone for s in STARTS for k in (0, 1)]


def levels(tone: int) -> list[int]:
    """Planes that hold levels of one tone, relative to the site's."""
    return [REST + k * LEVELS + tone for k in range(3)]


def noise(tone: int) -> list[int]:
    """Planes that hold how noisy one tone is, relative to the site's."""
    return [REST + k * LEVELS + tone for k in (3, 4)]


def of_tone(tone: int) -> list[int]:
    """All planes of one tone."""
    return [*signed(tone), *levels(tone), *noise(tone)]


def backwards(planes: Array) -> Array:
    """The planes (CHANNELS, y, x) as they are when the series is read from its last date to its first: steps change
    sign and side, levels before and after change places. What appeared is then removed."""
    result = planes.copy()
    result[[p for tone in range(LEVELS) for p in signed(tone)]] *= -1
    dates = [start + STEP_PLANES - 1 for start in STARTS]
    result[dates] = 1 - result[dates]
    told = slice(REST, REST + 3 * LEVELS)
    groups = result[told].reshape(3, LEVELS, *planes.shape[1:])
    result[told] = groups[::-1].reshape(3 * LEVELS, *planes.shape[1:])
    return result

"""What an error of the pixel size does to values: 1 % of it is 1 % of a length and 2 % of an area.

Two buildings in one image share it, so their ratio does not have it.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import exp, hypot, log

from sitewatch.errors import DataError
from sitewatch.measure.outline import NORMAL_90
from sitewatch.types import Value

SOURCE = "pixel size"
"""Its name in the budget of errors."""
POWERS = {"m": 1, "m2": 2}


def with_scale(value: Value, sigma: float) -> Value:
    """`value` with its 90 % interval widened by the relative standard error `sigma` of the pixel size.

    The interval grows in logarithms, each side by itself: the error of the scale is independent of the others.

    Raises:
        DataError: a negative error, or a value that is no length and no area.
    """
    if not 0 <= sigma < 1:
        raise DataError(f"the pixel size has a relative error of {sigma}; expected a share from 0 to 1")
    if value.unit not in POWERS:
        raise DataError(f"a value in {value.unit!r} came; expected a length (m) or an area (m2)")
    return _widened(value, POWERS[value.unit] * sigma)


def ratio_with_scale(value: Value, sigma: float) -> Value:
    """A ratio of areas whose images do not share all of the error of the pixel size.

    Args:
        value: in logarithms, as for `with_scale`.
        sigma: relative standard error of one pixel size over the other; 0 for buildings in the same images.
    """
    if not 0 <= sigma < 1:
        raise DataError(
            f"two pixel sizes differ by a relative error of {sigma}; expected a share from 0 to 1"
        )
    return _widened(value, 2 * sigma)


def error_of_mean(sigmas: Mapping[str, float]) -> float:
    """Relative error of what was measured in several images together; each has an error of scale of its own."""
    return hypot(*sigmas.values()) / len(sigmas) if sigmas else 0.0


def error_between(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Relative error between two objects' scales: what images that both share contribute alike, cancels."""
    names = one.keys() | other.keys()
    return hypot(
        *(one.get(n, 0.0) / max(len(one), 1) - other.get(n, 0.0) / max(len(other), 1) for n in names)
    )


def widened(value: float, low: float, high: float, sigma: float) -> tuple[float, float]:
    """A 90 % interval around `value` with an independent relative standard error `sigma` added, in logarithms."""
    if sigma == 0 or value <= 0:
        return low, high
    half = NORMAL_90 * sigma
    lower = value * exp(-hypot(log(value / low), half)) if low > 0 else 0.0
    return lower, value * exp(hypot(log(high / value), half))


def _widened(value: Value, sigma: float) -> Value:
    low, high = widened(value.value, value.low, value.high, sigma)
    budget = {**value.budget, SOURCE: hypot(value.budget.get(SOURCE, 0.0), sigma * value.value)}
    return replace(value, low=low, high=high, budget=budget)

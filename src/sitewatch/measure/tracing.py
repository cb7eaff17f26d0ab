"""One outline drawn several times by hand: the mean, with what the drawings differ by in its interval."""

from collections.abc import Sequence
from dataclasses import replace
from math import exp, log, sqrt
from statistics import fmean, stdev

from sitewatch.errors import DataError
from sitewatch.measure.scale import widened
from sitewatch.types import Value

SOURCE = "tracing"
"""Its name in the budget of errors."""
ENOUGH = 4
"""Tracings from which the standard error of their mean is trusted."""


def traced(values: Sequence[Value]) -> Value:
    """One quantity of one object from its tracings: their mean in logarithms.

    The interval is that of a single tracing, widened by what tracings differ by. Two or three say little of that (with
    two, the standard deviation |difference| / sqrt 2 has one degree of freedom), so below four it is taken as it is
    and not divided for the mean. The single tracing's own parts stay, its edges' above all, as a floor: tracings that
    happen to agree do not narrow the interval, and where an edge is taken to be is common to all of them.

    Raises:
        DataError: none, values of different units, or one that is 0.
    """
    if not values or len({v.unit for v in values}) != 1 or not all(v.value > 0 for v in values):
        raise DataError(f"{len(values)} tracings came; expected one or more of one quantity, above 0")
    first = values[0]
    if len(values) == 1:
        return first
    logs = [log(v.value) for v in values]
    mean, sigma = exp(fmean(logs)), stdev(logs) / (1 if len(logs) < ENOUGH else sqrt(len(logs)))
    # a single tracing's interval, moved to the mean
    low = mean * fmean(v.low / v.value for v in values)
    high = mean * fmean(v.high / v.value for v in values)
    low, high = widened(mean, low, high, sigma)
    budget = {s: fmean(v.budget[s] / v.value for v in values) * mean for s in first.budget}
    return replace(
        first,
        value=mean,
        low=low,
        high=high,
        method=f"mean of {len(values)} tracings, {first.method}",
        budget={**budget, SOURCE: sigma * mean},
    )

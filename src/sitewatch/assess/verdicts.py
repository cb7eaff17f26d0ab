"""The rule by which a measured interval becomes a verdict, and how a finding is put into words.

A claim is supported if the measured 90 % interval lies inside of it, tolerance included; contradicted if the
99 % interval has no point in common with it; else nothing is decided.
"""

from collections.abc import Iterable

from sitewatch.assess.intervals import CONTRADICT_LEVEL, SUPPORT_LEVEL, Interval, interval_at
from sitewatch.types import Binding, Claim, Finding, Quantity, Reading, Value, Verdict

CHANGE = {
    "appeared": "an appearance",
    "removed": "a removal",
    "altered": "a change of the ground",
}
"""Kinds of event as nouns."""
OPPOSITE = {
    Verdict.SUPPORTS: Verdict.CONTRADICTS,
    Verdict.CONTRADICTS: Verdict.SUPPORTS,
    Verdict.CANNOT_DECIDE: Verdict.CANNOT_DECIDE,
}


def verdict(measured: Value, claim: Interval) -> Verdict:
    """What `measured` does to a claim that its value lies in `claim`, in the same unit."""
    if claim.holds(interval_at(measured, SUPPORT_LEVEL)):
        return Verdict.SUPPORTS
    if claim.misses(interval_at(measured, CONTRADICT_LEVEL)):
        return Verdict.CONTRADICTS
    return Verdict.CANNOT_DECIDE


def toleranced(quantity: Quantity, reading: Reading, factor: float = 1.0) -> Interval:
    """A reading widened by its tolerance, times `factor` (to another unit)."""
    low = None if reading.low is None else reading.low * (1 - quantity.tolerance) * factor
    high = None if reading.high is None else reading.high * (1 + quantity.tolerance) * factor
    return Interval(low, high)


def readings(quantity: Quantity) -> tuple[Reading, ...]:
    """All readings of a quantity; the stated interval where it lists none."""
    return quantity.readings or (Reading(quantity.low, quantity.high, quantity.text),)


def undecided(claim: Claim, binding: Binding | None, reason: str, *evidence: str) -> Finding:
    """A finding that decides nothing, and why."""
    return Finding(
        claim=claim.id,
        binding=binding.id if binding is not None else None,
        verdict=Verdict.CANNOT_DECIDE,
        reason=reason,
        evidence=evidence,
        log_likelihood_ratio=None,
        alternative=None,
        id=f"f-{claim.id}",
    )


def overall(findings: Iterable[Finding]) -> Verdict:
    """One verdict over the findings of one claim: readings of a quantity must agree; of several parts one that
    is contradicted contradicts the claim, and all must be supported to support it."""
    found = tuple(findings)
    parts = {f.verdict for f in found if f.reading is None}
    by_reading = {f.verdict for f in found if f.reading is not None}
    if by_reading:
        parts.add(by_reading.pop() if len(by_reading) == 1 else Verdict.CANNOT_DECIDE)
    if Verdict.CONTRADICTS in parts:
        return Verdict.CONTRADICTS
    return Verdict.SUPPORTS if parts == {Verdict.SUPPORTS} else Verdict.CANNOT_DECIDE


def quoted(text: str) -> str:
    """A document's words in quotation marks, with none inside: what stands in them is not ours."""
    return f"“{inner(text)}”"


def inner(text: str) -> str:
    """A document's words in one line, its own quotation marks as single ones, to stand between ours."""
    return " ".join(text.split()).replace("“", "‘").replace("”", "’")


def shown(interval: Interval, unit: str) -> str:
    """`0.57 to 0.74`, `at least 40 m`."""
    tail = "" if unit == "1" else f" {'m²' if unit == 'm2' else unit}"
    if interval.low is None and interval.high is None:
        return "any value"
    if interval.low is None:
        return f"at most {number(interval.high)}{tail}"
    if interval.high is None:
        return f"at least {number(interval.low)}{tail}"
    return f"{number(interval.low)} to {number(interval.high)}{tail}"


def number(value: float | None) -> str:
    """Three significant digits, no exponent."""
    if value is None:
        return "open"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"

"""Claims about sizes and ratios held against measurements."""

import dataclasses
import math
from collections.abc import Iterable

from sitewatch.assess.ground import Ground
from sitewatch.assess.intervals import (
    CONTRADICT_LEVEL,
    SUPPORT_LEVEL,
    Interval,
    interval_at,
    ratio_of,
)
from sitewatch.assess.likelihood import ASSUMPTION, size_ratio
from sitewatch.assess.verdicts import (
    OPPOSITE,
    number,
    quoted,
    readings,
    shown,
    toleranced,
    undecided,
    verdict,
)
from sitewatch.types import Binding, Claim, Finding, Measurement, Quantity, Value, Verdict

TO_SI = {
    "m": ("m", 1.0),
    "km": ("m", 1e3),
    "m2": ("m2", 1.0),
    "ha": ("m2", 1e4),
    "km2": ("m2", 1e6),
}
"""Units of claims that a measurement can be held against."""
QUANTITIES = {
    None: "area",
    "size": "area",
    "area": "area",
    "area_ratio": "area",
    "footprint": "area",
    "length": "length",
    "width": "width",
    "height": "height",
    "perimeter": "perimeter",
}
"""The measured quantity that answers a claim's dimension; others are not measured."""
HOPELESS = 0.1
"""Share of its width to which an interval must shrink, below which finer images are not worth naming."""


def assess_size(
    claim: Claim, binding: Binding, ground: Ground, rivals: Iterable[Claim] = ()
) -> tuple[Finding, ...]:
    """Hold a claim with a size or a ratio against what was measured of the bound objects.

    Every reading of an ambiguous wording is tested. Where all come out alike there is one finding, else one
    for each.

    Args:
        claim: has a quantity.
        binding: certain, with a subject (and a comparand for a ratio).
        rivals: claims that contradict this one: the likelihood ratio is against the nearest of them.
    """
    quantity = claim.quantity
    assert quantity is not None
    measured = _measured(quantity, binding, ground)
    if isinstance(measured, str):
        return (undecided(claim, binding, measured, *_objects(binding)),)
    results = [_finding(claim, binding, ground, measured, i, rivals) for i in range(len(readings(quantity)))]
    if len(results) > 1 and len({f.verdict for f in results}) == 1:
        wordings = ", ".join(quoted(r.wording) for r in readings(quantity))
        first = min(results, key=lambda f: abs(f.log_likelihood_ratio or 0.0))
        return (
            dataclasses.replace(
                first,
                id=f"f-{claim.id}",
                reading=None,
                reason=f"{first.reason} All readings come out alike: {wordings}.",
            ),
        )
    return tuple(results)


@dataclasses.dataclass(frozen=True, slots=True)
class _Measured:
    """What answers a claim."""

    value: Value
    name: str
    """What was measured, in words."""
    parts: tuple[Measurement, ...]
    notes: tuple[str, ...]


def _measured(quantity: Quantity, binding: Binding, ground: Ground) -> _Measured | str:
    """The value that answers the claim, or why there is none."""
    wanted = QUANTITIES.get(quantity.dimension)
    if wanted is None:
        return f"The {quantity.dimension} of an object is not measured from images."
    notes: tuple[str, ...] = ()
    if quantity.dimension in (None, "size"):
        notes = ("the claim does not say which size is meant, taken as roof area",)
    answer = _ratio if quantity.relation == "ratio" else _plain_size
    found = answer(quantity, wanted, binding, ground)
    return found if isinstance(found, str) else dataclasses.replace(found, notes=(*notes, *found.notes))


def _plain_size(quantity: Quantity, wanted: str, binding: Binding, ground: Ground) -> _Measured | str:
    assert binding.subject is not None
    own = ground.measured.get((binding.subject, wanted))
    if quantity.unit not in TO_SI:
        return f"{quoted(quantity.text)} is in {quantity.unit}, which is not measured from images."
    if own is None:
        return _missing(wanted, binding.subject)
    if TO_SI[quantity.unit][0] != own.value.unit:
        return f"{quoted(quantity.text)} is in {quantity.unit}, but {wanted} is measured in {own.value.unit}."
    return _Measured(own.value, f"the {_of(wanted)} of {binding.subject}", (own,), _care(own))


def _ratio(quantity: Quantity, wanted: str, binding: Binding, ground: Ground) -> _Measured | str:
    subject, comparand = binding.subject, binding.comparand
    assert subject is not None
    if comparand is None:
        return "What the ratio compares with is not bound to an object of the site."
    name = f"the {_of(wanted)} of {subject} over that of {comparand}"
    fitted = ground.measured.get((f"{subject}/{comparand}", "ratio"))
    if fitted is not None and wanted == "area":
        return _Measured(fitted.value, name, (fitted,), _care(fitted))
    own, other = (ground.measured.get((i, wanted)) for i in (subject, comparand))
    if own is None or other is None:
        return _missing(wanted, subject if own is None else comparand)
    value = ratio_of(own.value, other.value)
    if value is None:
        return f"The interval of a measured {wanted} reaches zero, so no ratio can be formed: finer images are needed."
    shared = "errors that both outlines share are taken as independent, which widens the interval"
    return _Measured(value, name, (own, other), (shared, *dict.fromkeys((*_care(own), *_care(other)))))


def _missing(wanted: str, object_id: str) -> str:
    hint = " (it needs shadows with sun angles)" if wanted == "height" else "; run `sitewatch measure`"
    return f"The {wanted} of {object_id} was not measured{hint}."


def _of(wanted: str) -> str:
    return "roof area" if wanted == "area" else wanted


def _care(measurement: Measurement) -> tuple[str, ...]:
    """What a reader should know of one measurement."""
    notes = []
    if not measurement.checked:
        notes.append(f"the outline of {measurement.object_id} is unchecked")
    if measurement.value.calibrated_on == "not calibrated":
        notes.append(f"the interval for {measurement.object_id} is not calibrated")
    return tuple(notes)


def _finding(
    claim: Claim,
    binding: Binding,
    ground: Ground,
    measured: _Measured,
    index: int,
    rivals: Iterable[Claim],
) -> Finding:
    quantity = claim.quantity
    assert quantity is not None
    all_readings = readings(quantity)
    reading = all_readings[index]
    value = measured.value
    factor = 1.0 if quantity.relation == "ratio" else TO_SI[quantity.unit][1]
    wanted = toleranced(quantity, reading, factor)
    negative = claim.polarity == "negative"
    found = verdict(value, wanted)
    result = OPPOSITE[found] if negative else found
    rival = None if negative else _nearest(claim, rivals, value)
    ratio = size_ratio(value, wanted, rival[1] if rival is not None else None)
    alternative = rival[0] if rival is not None else f"any value but {shown(wanted, value.unit)}"
    if negative and ratio is not None:
        ratio, alternative = -ratio, shown(wanted, value.unit)
    several = len(all_readings) > 1
    return Finding(
        claim=claim.id,
        binding=binding.id,
        verdict=result,
        reason=_reason(measured, wanted, found, negative, ground),
        evidence=_evidence(measured),
        log_likelihood_ratio=ratio,
        alternative=alternative if ratio is not None else None,
        reading=reading.wording if several else None,
        id=f"f-{claim.id}" + (f"-{index + 1}" if several else ""),
        measured=value,
        tested_low=wanted.low,
        tested_high=wanted.high,
        assumption=ASSUMPTION if ratio is not None else None,
    )


def _nearest(claim: Claim, rivals: Iterable[Claim], value: Value) -> tuple[str, Interval] | None:
    """The contradicting claim of the same kind that comes nearest to what was measured."""
    best: tuple[float, str, Interval] | None = None
    for rival in rivals:
        own, other = claim.quantity, rival.quantity
        if own is None or other is None or rival.polarity == "negative" or other.relation != own.relation:
            continue
        factor = 1.0 if own.relation == "ratio" else TO_SI.get(other.unit, ("", 0.0))[1]
        for reading in readings(other):
            interval = toleranced(other, reading, factor)
            distance = _distance(value.value, interval)
            if best is None or distance < best[0]:
                best = (distance, f"{rival.id}: {quoted(other.text)}", interval)
    return None if best is None else best[1:]


def _distance(value: float, interval: Interval) -> float:
    """How far a value lies outside of an interval, as a factor's logarithm; 0 inside."""
    below = math.log(interval.low / value) if interval.low and interval.low > 0 else -math.inf
    above = -math.inf
    if interval.high is not None:
        above = math.log(value / interval.high) if interval.high > 0 else math.inf
    return max(below, above, 0.0)


def _reason(measured: _Measured, wanted: Interval, found: Verdict, negative: bool, ground: Ground) -> str:
    value = measured.value
    inner, outer = (interval_at(value, level) for level in (SUPPORT_LEVEL, CONTRADICT_LEVEL))
    unit = "" if value.unit == "1" else f" {'m²' if value.unit == 'm2' else value.unit}"
    name = measured.name[0].upper() + measured.name[1:]
    text = f"{name} is {number(value.value)}{unit} (90 %: {shown(inner, value.unit)})"
    claimed = f"the {'denied' if negative else 'claimed'} {shown(wanted, value.unit)}"
    match found:
        case Verdict.SUPPORTS:
            text += f", inside {claimed}"
        case Verdict.CONTRADICTS:
            text += f"; its 99 % interval, {shown(outer, value.unit)}, does not meet {claimed}"
        case Verdict.CANNOT_DECIDE:
            text += f"; that neither lies inside {claimed} nor, at 99 %, apart from it"
            text += f": {_needed(value, wanted, inner, outer, _gsd(measured, ground))}"
    notes = f" ({'; '.join(measured.notes)})" if measured.notes else ""
    return f"{text}{notes}."


def _needed(value: Value, wanted: Interval, inner: Interval, outer: Interval, gsd: float | None) -> str:
    """What would decide, where the value stays as it is."""
    if value.low <= 0:
        return "the measured interval reaches zero; finer images are needed"
    distance = _distance(value.value, wanted)
    edges = [e for e in (wanted.low, wanted.high) if e is not None and e > 0]
    if distance > 0:
        room, interval = distance, outer
    else:
        room, interval = min((abs(math.log(value.value / e)) for e in edges), default=0.0), inner
    assert interval.low is not None
    assert interval.high is not None
    half = max(math.log(value.value / interval.low), math.log(interval.high / value.value))
    share = room / half if half > 0 else 1.0
    if share < HOPELESS:
        return "the value lies at the edge of what is claimed, where finer images may not settle it either"
    text = f"an interval of {100 * share:.0f} % of its width would decide"
    if gsd is not None:
        text += f", so images of about {number(gsd * share)} m a pixel instead of {number(gsd)} m"
    return text


def _gsd(measured: _Measured, ground: Ground) -> float | None:
    """Ground sampling distance behind the measurements, the coarsest; metres."""
    named = {s for part in measured.parts for s in part.scenes}
    known = [s.gsd_m for s in ground.scenes if s.id in named and s.gsd_m is not None]
    return max(known, default=None)


def _evidence(measured: _Measured) -> tuple[str, ...]:
    parts = [f"measurement:{m.object_id}:{m.quantity}" for m in measured.parts]
    scenes = [f"scene:{s}" for m in measured.parts for s in m.scenes]
    return tuple(dict.fromkeys((*parts, *scenes)))


def _objects(binding: Binding) -> tuple[str, ...]:
    return tuple(f"object:{i}" for i in (binding.subject, binding.comparand) if i is not None)

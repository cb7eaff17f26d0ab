"""What it means that nothing was found.

Nothing, unless it is known how often a thing of that size would have been found. Where that was worked out for the
site's own images (by inserting objects and counting), a claim of such a thing can be contradicted by its absence,
and a denial supported. It says nothing of what is underground, covered, or smaller than was looked for.
"""

import math

from sitewatch.assess.ground import Ground
from sitewatch.assess.intervals import CONTRADICT_LEVEL, SUPPORT_LEVEL
from sitewatch.assess.likelihood import BLUNDER
from sitewatch.assess.sizes import TO_SI
from sitewatch.assess.verdicts import CHANGE, number, undecided
from sitewatch.types import Binding, Claim, Detectability, EventKind, Finding, Verdict

INSTEAD = EventKind.ALTERED
"""What a large new or vanished roof is sometimes taken for; it counts as found then, and absence must rule it out."""
SHARE = 0.25
"""Share of a thing that an event must cover to be it."""
ASSUMPTION = (
    "nothing would have been reported if there were nothing; the thing was neither covered nor of a contrast beyond "
    "what was inserted"
)


def recall_at(detectability: Detectability, area_m2: float) -> tuple[float, float] | None:
    """90 % interval of the share of things of at least `area_m2` that would have been found.

    The least share among the largest size that is no larger and all that are larger: not every detector finds larger
    things more often. None below the smallest that was tried.
    """
    below = [r.area_m2 for r in detectability.recalls if r.area_m2 <= area_m2]
    if not below:
        return None
    least = min((r for r in detectability.recalls if r.area_m2 >= max(below)), key=lambda r: r.low)
    return least.low, least.high


def covering(ground: Ground, kind: str, earliest: str | None, latest: str | None) -> Detectability | None:
    """What is known of detection of a kind between two ISO dates; None where nothing covers them."""
    for known in ground.detectability:
        starts = earliest is not None and known.start.isoformat() <= earliest[:10]
        ends = latest is not None and known.end.isoformat() >= latest[:10]
        if known.kind == kind and starts and ends:
            return known
    return None


def assess_absence(
    claim: Claim, binding: Binding | None, ground: Ground, earliest: str | None, latest: str | None
) -> Finding:
    """What follows for a claim from the fact that no event of its kind was found in its time.

    Args:
        claim: its `testable.dimension` is the kind of event.
        earliest: first day of the claimed time, ISO; None where open, and then absence says nothing: the thing may
            have been there before the images begin.
        latest: last day; None where open, and then the thing may still have come after the last image.
    """
    kind = claim.testable.dimension or "appeared"
    nothing = f"No {CHANGE[kind].split(' ', 1)[1]} was found at {ground.site.name} in the claimed time"
    known = covering(ground, kind, earliest, latest)
    if known is None:
        why = (
            "the claim leaves its beginning open, and it may have been there before the first image"
            if earliest is None and ground.detectability
            else "the claim leaves its end open, and it may have come after the last image"
            if latest is None and ground.detectability
            else "how large it would have had to be to be found was not worked out for that time"
        )
        return undecided(
            claim, binding, f"{nothing}, but that says nothing: {why}.{_too_coarse(claim, ground)}"
        )
    area = claimed_area(claim)
    if area is None:
        return undecided(
            claim, binding, f"{nothing}, but the claim does not say how large it was. {_seen(known)}"
        )
    recall = recall_at(known, area)
    if recall is None:
        return undecided(
            claim, binding, f"{nothing}, but {number(area)} m² is smaller than was looked for. {_seen(known)}"
        )
    low, high = recall
    share = f"{100 * low:.0f} % to {100 * high:.0f} % of such things of {number(area)} m² or more would have been found"
    negative = claim.polarity == "negative"
    needed = SUPPORT_LEVEL if negative else CONTRADICT_LEVEL
    decided = low >= needed
    missed = math.log(max(1 - (low + high) / 2, BLUNDER))
    result = Verdict.SUPPORTS if negative else Verdict.CONTRADICTS
    verb = (
        "so that"
        if decided
        else f"which is below the {100 * needed:.0f} % that a verdict needs, so that nothing"
    )
    tail = ("it was not there" if decided else "is decided") + f" ({known.basis})"
    return Finding(
        claim=claim.id,
        binding=binding.id if binding is not None else None,
        verdict=result if decided else Verdict.CANNOT_DECIDE,
        reason=f"{nothing}, and {share}, {verb} {tail}.",
        evidence=(f"detectability:{ground.site.name}:{kind}",),
        log_likelihood_ratio=-missed if negative else missed,
        alternative="it was there" if negative else "nothing was there",
        id=f"f-{claim.id}",
        assumption=ASSUMPTION,
    )


def claimed_area(claim: Claim) -> float | None:
    """Smallest area that the claim states, m2; None where it states none."""
    quantity = claim.quantity
    if quantity is None or quantity.low is None:
        return None
    unit, factor = TO_SI.get(quantity.unit, ("", 0.0))
    return quantity.low * (1 - quantity.tolerance) * factor if unit == "m2" else None


def _seen(known: Detectability) -> str:
    sure = [r for r in known.recalls if r.low >= SUPPORT_LEVEL]
    if not sure:
        return (
            f"No size that was tried would have been found in nine of ten cases for certain ({known.basis})."
        )
    least = min(sure, key=lambda r: r.area_m2)
    return f"From {number(least.area_m2)} m² on at least {100 * least.low:.0f} % would have been found ({known.basis})."


def _too_coarse(claim: Claim, ground: Ground) -> str:
    """A sentence where even the finest image is coarser than the claim needs."""
    needed = claim.testable.max_gsd_m
    finest = min((s.gsd_m for s in ground.scenes if s.gsd_m is not None), default=None)
    if needed is None or finest is None or finest <= needed:
        return ""
    return f" The finest image has {number(finest)} m a pixel; it needs {number(needed)} m."

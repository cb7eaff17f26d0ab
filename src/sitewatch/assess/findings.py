"""Every claim of a case held against what imagery shows: one finding, or one for each reading.

"Cannot decide" with its reason is the default. What imagery finds is kept apart from what the source really said:
a verdict is about the world at the site, never about who wrote what.
"""

import dataclasses
from collections.abc import Iterable, Mapping

from sitewatch.assess.bindings import WORKS, accepted
from sitewatch.assess.changes import SURE, absence, assess_change, claimed_time, nothing_found
from sitewatch.assess.ground import Ground
from sitewatch.assess.sizes import assess_size
from sitewatch.assess.verdicts import quoted, undecided
from sitewatch.types import Binding, Claim, ClaimSet, EventKind, Finding, LinkRelation, Verdict

INDIRECT = frozenset(
    ["function", "inference", "capability", "evaluation", "speech_act", "role", "provenance", "identity"]
)
"""Types of claims of which images show a part at best."""
KINDS = frozenset(k.value for k in EventKind)


def assess_claims(
    claims: ClaimSet,
    bindings: Iterable[Binding],
    grounds: Iterable[Ground],
    published: Mapping[str, str] | None = None,
) -> tuple[Finding, ...]:
    """Findings for all claims, in their order.

    Args:
        bindings: at most one a claim; no verdict without a certain one.
        grounds: the sites of the case.
        published: last ISO date on which each document can have appeared, by its id, where known.
    """
    known = published or {}
    sites = {g.site.name: g for g in grounds}
    bound = {b.claim: b for b in bindings}
    rivals = contradicted_by(claims)
    return tuple(
        finding
        for claim in claims.claims
        for finding in assess_claim(
            claim, bound.get(claim.id), sites, rivals.get(claim.id, ()), known.get(claim.source)
        )
    )


def assess_claim(
    claim: Claim,
    binding: Binding | None,
    sites: Mapping[str, Ground],
    rivals: Iterable[Claim] = (),
    published: str | None = None,
) -> tuple[Finding, ...]:
    """Findings for one claim: one for each part of it ("was built in May" and "of 1,000 m2"), and for each
    reading of an ambiguous quantity where these come out differently.

    Args:
        sites: grounds by the name of their site.
        rivals: claims that contradict this one.
        published: last ISO date on which its document can have appeared, where known.
    """
    if claim.testable.imagery == "no":
        return (undecided(claim, binding, f"Imagery cannot test this: {claim.testable.how}."),)
    if binding is None:
        return (undecided(claim, None, "The case has no site to hold it against."),)
    dimension, quantity = claim.testable.dimension, claim.quantity
    if dimension not in KINDS and quantity is None:
        what = dimension or "this"
        return (undecided(claim, binding, f"There is no test for {what} yet ({claim.testable.how})."),)
    ground = sites.get(binding.site)
    if reason := _unsettled(claim, binding, ground):
        return (_absent(claim, binding, ground, published) or undecided(claim, binding, reason),)
    assert ground is not None
    if dimension not in KINDS:
        return assess_size(claim, binding, ground, rivals)
    found = tuple(_in_part(claim, f) for f in assess_change(claim, binding, ground, published))
    if quantity is None or claim.polarity == "negative" or binding.subject == ground.whole:
        return found
    if quantity.unit == "count":
        number = undecided(claim, binding, f"How many there are ({quoted(quantity.text)}) is not counted.")
        return (*found, dataclasses.replace(number, id=f"{number.id}-count"))
    sizes = assess_size(claim, binding, ground, rivals)
    return (*found, *(dataclasses.replace(f, id=f.id.replace("f-", "f-size-", 1)) for f in sizes))


def _in_part(claim: Claim, finding: Finding) -> Finding:
    """A finding on the visible part of a claim does not decide what else it says, such as what a structure is
    for. Where it says that something was built, that is its visible part."""
    indirect = claim.type in INDIRECT
    whole = WORKS.search(claim.quote) is not None or (claim.testable.imagery == "yes" and not indirect)
    contradicted = finding.verdict is Verdict.CONTRADICTS and not indirect
    if whole or contradicted or finding.verdict is Verdict.CANNOT_DECIDE:
        return finding
    return dataclasses.replace(
        finding,
        verdict=Verdict.CANNOT_DECIDE,
        reason=f"{finding.reason} That is only the part of the claim that images can show.",
    )


def _unsettled(claim: Claim, binding: Binding, ground: Ground | None) -> str | None:
    """Why no verdict can rest on the binding; None where one can."""
    settle = f"settle it with `sitewatch assess bind CASE {claim.id} --subject ID --basis TEXT`"
    if ground is None:
        return f"Which site is meant is not certain: {binding.basis}; {settle}."
    for object_id in (binding.subject, binding.comparand):
        if object_id is not None and not ground.knows(object_id):
            return f"It is bound to {object_id!r}, which site {binding.site!r} no longer has; {settle}."
    if binding.subject is None or not binding.certain:
        return f"Which object is meant is not certain: {binding.basis}; {settle}."
    for object_id in (binding.subject, binding.comparand):
        event = ground.by_id.get(object_id or "")
        if event is None:
            continue
        if event.probability < SURE and binding.by != "analyst" and not accepted(event):
            return (
                f"That {event.id} is real has a probability of {event.probability:.2f} only "
                f"({event.calibrated_on}): look at it and review it, or {settle}."
            )
    return None


def _absent(claim: Claim, binding: Binding, ground: Ground | None, published: str | None) -> Finding | None:
    """What follows where a thing of stated size is claimed and nothing of its kind was found in its time; None
    where that is not so, or nothing is known of what would have been found."""
    if ground is None or claim.testable.dimension not in KINDS or binding.subject is not None:
        return None
    if not ground.detectability or not nothing_found(claim, ground, published):
        return None
    window = claimed_time(claim, published)
    return absence(claim, binding, ground, window)


def contradicted_by(claims: ClaimSet) -> dict[str, list[Claim]]:
    """For each claim the claims with which a link says that it stands in contradiction."""
    by_id = {c.id: c for c in claims.claims}
    found: dict[str, list[Claim]] = {}
    for link in claims.links:
        if link.relation is not LinkRelation.CONTRADICTS:
            continue
        for side in link.sides or tuple((i,) for i in link.claims):
            others = [by_id[i] for i in link.claims if i not in side and i in by_id]
            for one in side:
                found.setdefault(one, []).extend(others)
    return found

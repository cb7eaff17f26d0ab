"""Claims that something appeared, went or was altered, held against dated events.

An event is dated by the first look that shows it, so a claim is tested by what its words say of that day:
"was built between May and June" must hold the day itself; "images of October show a new hall" only needs it to lie
before the end of October; "began" must lie before it, "completed" after it. What a structure is for is never
part of the test.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sitewatch.assess.bindings import WORKS, accepted
from sitewatch.assess.ground import Ground
from sitewatch.assess.likelihood import BLUNDER, DATE_ASSUMPTION, date_ratio
from sitewatch.assess.negative import INSTEAD, SHARE, assess_absence, claimed_area
from sitewatch.assess.verdicts import CHANGE, OPPOSITE, undecided
from sitewatch.types import Binding, Claim, Event, EventKind, Finding, Verdict

SURE = 0.9
"""Probability that a detection is real, from which a verdict may rest on it."""
SEEN = re.compile(
    r"\b(?:imag\w*|photo\w*|picture\w*|show\w*|seen|visible|reveal\w*|captured|depict\w*)\b", re.IGNORECASE
)
BEGUN = re.compile(r"\b(?:beg[au]n|begin\w*|start\w*|broke ground|commenc\w*)\b", re.IGNORECASE)
COMPLETED = re.compile(r"\b(?:complet\w*|finish\w*|inaugurat\w*|put into (?:use|service))\b", re.IGNORECASE)
HAPPENED = re.compile(
    r"\b(?:built|construct\w*|erect\w*|appear\w*|emerg\w*|install\w*|demolish\w*|dismantl\w*|remov\w*|raz\w*|"
    r"torn down|taken down|clear\w*|excavat\w*|dug|pav\w*|grad\w*|upgrad\w*|improv\w*|add\w*)\b",
    re.IGNORECASE,
)
FUTURE = re.compile(
    r"\b(?:will|would|plan\w*|intend\w*|expect\w*|going to|is to be|are to be)\b", re.IGNORECASE
)
SHOWED = {
    EventKind.APPEARED: ("came into view", "it is there"),
    EventKind.REMOVED: ("went out of view", "it is gone"),
    EventKind.ALTERED: ("changed", "the ground changed"),
}
"""What an event of a kind did on its day, and what is so since."""
STATES = ("before", "present", "ongoing")
"""Precisions of a time that tell when something was so, not when it came about."""


class Role(StrEnum):
    """What the claim's time says of the day on which the change first showed."""

    DAY = "that day"
    SEEN_BY = "seen by then"
    BEGUN = "begun then"
    COMPLETED = "completed then"


@dataclass(frozen=True, slots=True)
class _Window:
    """Claimed time of the change, ISO dates, inclusive; None where open."""

    earliest: str | None
    latest: str | None
    role: Role

    @property
    def words(self) -> str:
        match self.earliest, self.latest:
            case None, None:
                return "at any time"
            case None, end:
                return f"by {end}"
            case start, None:
                return f"from {start} on"
            case start, end:
                return f"between {start} and {end}"


def assess_change(
    claim: Claim, binding: Binding, ground: Ground, published: str | None = None
) -> tuple[Finding, ...]:
    """Hold a claim that something appeared, was removed or altered against the bound event, or, where it
    speaks of the site as a whole, against all events of its kind there.

    Args:
        claim: its `testable.dimension` is the kind of event.
        binding: certain, with a subject.
        published: last ISO date on which the document can have appeared, where known.
    """
    if claim.time is None and FUTURE.search(claim.quote):
        return (undecided(claim, binding, "It speaks of what is to come, without a date."),)
    window = claimed_time(claim, published)
    if binding.subject == ground.whole:
        return (_anywhere(claim, binding, ground, window),)
    event = ground.by_id.get(binding.subject or "")
    if event is None:
        reason = f"{binding.subject} is a reference building: it stood there before the images begin."
        return (undecided(claim, binding, reason, f"reference:{binding.subject}"),)
    if event.kind != claim.testable.dimension:
        reason = (
            f"{event.id} is {CHANGE[event.kind]}, the claim speaks of {CHANGE[claim.testable.dimension or '']}; bind "
            "it to such an event."
        )
        return (undecided(claim, binding, reason, f"event:{event.id}"),)
    return (_dated(claim, binding, event, window),)


def claimed_time(claim: Claim, published: str | None = None) -> _Window:
    """When the claim says that the change came about, and what its time says of that. A claim without a time
    says that it was so when its document appeared."""
    time = claim.time
    if time is None:
        return _Window(None, published, Role.SEEN_BY)
    role = _role(claim, time.text, time.precision)
    return _Window(None if role is Role.SEEN_BY else time.earliest, time.latest, role)


def _role(claim: Claim, said: str, precision: str) -> Role:
    if precision in STATES:
        return Role.SEEN_BY
    before, found, _ = claim.quote.partition(said) if said else (claim.quote, "", "")
    if not found:
        # The time was said elsewhere, with the images or the speaker, unless it is the event's own.
        return Role.DAY if claim.type == "event" and not SEEN.search(claim.quote) else Role.SEEN_BY
    near = before[max(before.rfind(";"), before.rfind(". ")) + 1 :]
    last = {role: _last(pattern, near) for role, pattern in _ROLES.items()}
    role = max(last, key=lambda r: last[r])
    if last[role] < 0:
        return Role.SEEN_BY if SEEN.search(claim.quote) else Role.DAY
    return role


_ROLES = {
    Role.BEGUN: BEGUN,
    Role.COMPLETED: COMPLETED,
    Role.SEEN_BY: SEEN,
    Role.DAY: HAPPENED,
}


def _last(pattern: re.Pattern[str], text: str) -> int:
    return max((m.start() for m in pattern.finditer(text)), default=-1)


def _span(event: Event, level: float) -> tuple[str | None, str | None]:
    """First and last day on which the change can have come into view, at a level; None where open."""
    start, end = event.posterior.hull(level)
    first = None if event.open_start else (start + timedelta(days=1)).isoformat()
    return first, None if event.open_end else end.isoformat()


def _judged(event: Event, window: _Window) -> Verdict:
    """The rule of the house with days for metres."""
    first, last = _span(event, 0.9)
    outer_first, outer_last = _span(event, 0.99)
    too_early = _before(outer_last, window.earliest)
    too_late = _before(window.latest, outer_first)
    match window.role:
        case Role.BEGUN:  # it begins on the day or before
            return Verdict.CONTRADICTS if too_early else Verdict.CANNOT_DECIDE
        case Role.COMPLETED:
            return Verdict.CONTRADICTS if too_late else Verdict.CANNOT_DECIDE
    if too_early or too_late:
        return Verdict.CONTRADICTS
    inside = (window.earliest is None or _not_after(window.earliest, first)) and (
        window.latest is None or _not_after(last, window.latest)
    )
    return Verdict.SUPPORTS if inside else Verdict.CANNOT_DECIDE


def _before(a: str | None, b: str | None) -> bool:
    """True where both are known and `a` lies before `b`."""
    return a is not None and b is not None and a[:10] < b[:10]


def _not_after(a: str | None, b: str | None) -> bool:
    """True where both are known and `a` does not lie after `b`."""
    return a is not None and b is not None and a[:10] <= b[:10]


def _dated(claim: Claim, binding: Binding, event: Event, window: _Window) -> Finding:
    first, last = _span(event, 0.9)
    when = f"between {first or 'an open start'} and {last or 'an open end'} (90 %)"
    evidence = (f"event:{event.id}", *(f"scene:{s}" for s in event.scenes))
    looked_at = binding.by == "analyst" or accepted(event)
    found = _judged(event, window)
    negative = claim.polarity == "negative"
    ratio = date_ratio(event.posterior, window.earliest, window.latest)
    if window.role in (Role.BEGUN, Role.COMPLETED) or event.open_start or event.open_end:
        ratio = None  # these words bound the day, they do not hold it; open ends leave no prior
    if ratio is not None and negative:
        ratio = -ratio
    outside = f"a day {'inside' if negative else 'outside'} of the time {window.words}"
    return Finding(
        claim=claim.id,
        binding=binding.id,
        verdict=OPPOSITE[found] if negative else found,
        reason=_reason(event, window, found, when, looked_at, denied=negative),
        evidence=evidence,
        log_likelihood_ratio=ratio,
        alternative=outside if ratio is not None else None,
        id=f"f-{claim.id}",
        assumption=DATE_ASSUMPTION if ratio is not None else None,
    )


def _reason(
    event: Event, window: _Window, found: Verdict, when: str, looked_at: bool, *, denied: bool
) -> str:
    did, since = SHOWED[event.kind]
    text = f"{event.id} ({event.kind.value}) {did} {when}"
    claimed = f"the {'time for which it is denied' if denied else 'claimed time'}, {window.words}"
    if window.earliest is None and window.latest is None:
        text += f"; the claim names no time, so that {since} is all that is tested"
    elif found is Verdict.SUPPORTS:
        text += f", within {claimed}"
    elif found is Verdict.CONTRADICTS:
        text += f"; even the 99 % interval does not meet {claimed}"
    elif window.role in (Role.BEGUN, Role.COMPLETED):
        text += (
            f"; the claim tells when work was {window.role.value.split()[0]}, images when it first showed: that does "
            f"not exclude {claimed}, and cannot show it"
        )
    else:
        text += f"; that overlaps {claimed}, without lying inside: looks nearer to its ends would decide"
    how = (
        " An analyst looked at it" if looked_at else f" Probability that it is real: {event.probability:.2f}"
    )
    return f"{text}.{how}; what it is for is not read off pixels."


def _anywhere(claim: Claim, binding: Binding, ground: Ground, window: _Window) -> Finding:
    """A claim about the site as a whole: is there any event of the kind in the time?"""
    negative = claim.polarity == "negative"
    kind = claim.testable.dimension
    all_of_kind = [e for e in ground.events if e.kind == kind]
    if not negative and WORKS.search(claim.quote) is None:
        return undecided(
            claim, binding, f"Its words name nothing {kind} at the site that could be looked for."
        )
    for event in sorted(all_of_kind, key=lambda e: -e.probability):
        if event.probability < (SURE if not negative else 1 - BLUNDER) and not accepted(event):
            continue
        if _judged(event, window) is Verdict.SUPPORTS:
            first, last = _span(event, 0.9)
            reason = (
                f"{event.id} was found {kind} between {first or 'an open start'} and {last or 'an open end'} "
                f"(90 %), within the claimed time, {window.words}; probability that it is real: "
                f"{event.probability:.2f}."
            )
            return Finding(
                claim=claim.id,
                binding=binding.id,
                verdict=Verdict.CONTRADICTS if negative else Verdict.SUPPORTS,
                reason=reason,
                evidence=(f"event:{event.id}", *(f"scene:{s}" for s in event.scenes)),
                log_likelihood_ratio=None,
                alternative=None,
                id=f"f-{claim.id}",
            )
    possible = [e for e in all_of_kind if _judged(e, window) is not Verdict.CONTRADICTS]
    if possible:
        names = ", ".join(e.id for e in possible[:4])
        reason = (
            f"Events of kind {kind} that may lie in the claimed time, {window.words}, are {names}; none is sure "
            "enough, in its date or as an event, to decide."
        )
        return undecided(claim, binding, reason, *(f"event:{e.id}" for e in possible[:4]))
    return absence(claim, binding, ground, window)


def absence(claim: Claim, binding: Binding | None, ground: Ground, window: _Window) -> Finding:
    """What follows where no event of the claim's kind can lie in its time: nothing, as long as one is there for
    which the claimed thing could have been taken."""
    area = claimed_area(claim)
    taken_for = [
        e.id
        for e in ground.events
        if e.kind is INSTEAD
        and _judged(e, window) is not Verdict.CONTRADICTS
        and (area is None or e.area_m2 is None or e.area_m2 >= SHARE * area)
    ]
    if ground.detectability and taken_for:
        wanted = CHANGE[claim.testable.dimension or ""]
        reason = (
            f"No event was found that is {wanted} in the claimed time, but {', '.join(taken_for[:4])} changed the "
            "ground then, and a roof can be taken for that: look at it."
        )
        return undecided(claim, binding, reason, *(f"event:{i}" for i in taken_for[:4]))
    return assess_absence(claim, binding, ground, window.earliest, window.latest)


def nothing_found(claim: Claim, ground: Ground, published: str | None = None) -> bool:
    """True where no event of the claim's kind can lie in its time."""
    window = claimed_time(claim, published)
    kind = claim.testable.dimension
    return not any(e.kind == kind and _judged(e, window) is not Verdict.CONTRADICTS for e in ground.events)

"""What was not seen and could have been, and what could not have been seen."""

from collections.abc import Iterable

from sitewatch.assess.ground import Ground
from sitewatch.assess.verdicts import CHANGE, inner, number
from sitewatch.types import Binding, ClaimSet, EventKind, Mark, Piece, Sentence

SURE = 0.9
NEVER = "Nothing underground, covered or taken away between two looks can be seen."


def what_was_not_seen(
    grounds: Iterable[Ground], bindings: Iterable[Binding], claims: ClaimSet
) -> Iterable[Sentence]:
    """For each site and kind of event what would have been found; claimed events to which nothing found is bound;
    what images never show."""
    for ground in grounds:
        if not ground.scenes:
            continue
        days = sorted(s.acquired.date().isoformat() for s in ground.scenes)
        looks = (
            f"{len(days)} image{'' if len(days) == 1 else 's'} of {ground.site.name}, {days[0]} to {days[-1]}"
        )
        finest = min((s.gsd_m for s in ground.scenes if s.gsd_m is not None), default=None)
        size = f", the finest of {number(finest)} m a pixel" if finest is not None else ""
        yield Sentence((Piece(f"Looked at: {looks}{size}."),))
        for kind in EventKind:
            yield _would_have_been(ground, kind)
    unbound = {b.claim for b in bindings if b.subject is None}
    for claim in claims.claims:
        if claim.id in unbound and claim.testable.dimension in set(EventKind):
            marks = (Mark("claim", claim.id),)
            yield Sentence(
                (
                    Piece("Claimed, and bound to no event that was found: “", marks),
                    Piece(inner(claim.quote), marks, quoted=True),
                    Piece("”.", marks),
                )
            )
    yield Sentence((Piece(NEVER),))


def _would_have_been(ground: Ground, kind: EventKind) -> Sentence:
    for known in ground.detectability:
        sure = [r for r in known.recalls if r.low >= SURE]
        if known.kind == kind and known.recalls and not sure:
            best = max(known.recalls, key=lambda r: r.low)
            text = (
                f"{CHANGE[kind].capitalize()} between {known.start} and {known.end} would have been found in "
                f"{100 * best.low:.0f} to {100 * best.high:.0f} % of cases, at {number(best.area_m2)} m², the best of "
                f"the sizes that were tried ({known.basis}); its absence alone decides nothing."
            )
            return Sentence((Piece(text, (Mark("detectability", f"{ground.site.name}:{kind.value}"),)),))
        if known.kind == kind and sure:
            least = min(sure, key=lambda r: r.area_m2)
            text = (
                f"{CHANGE[kind].capitalize()} of {number(least.area_m2)} m² or more between {known.start} and "
                f"{known.end} would have been found in {100 * least.low:.0f} to {100 * least.high:.0f} % of cases "
                f"({known.basis})."
            )
            return Sentence((Piece(text, (Mark("detectability", f"{ground.site.name}:{kind.value}"),)),))
    text = f"How large {CHANGE[kind]} would have had to be to be found was not worked out; its absence says nothing."
    return Sentence((Piece(text),))

"""What an assessment cannot carry, said beside it."""

from collections.abc import Iterable

from sitewatch.assess.ground import Ground
from sitewatch.types import Binding, ClaimRow, ClaimSet, Mark, Piece, Sentence, Verdict

ALWAYS = (
    "Traceable is not the same as correct: a mark leads to what a sentence rests on, which may itself be wrong.",
    "A verdict is about what stands at the site. It does not tell what a source wrote, saw or meant.",
    "What a structure is for is never read off pixels.",
    "Several detectors or measurements on the same scenes are one look, not several witnesses.",
)


def limits(
    grounds: Iterable[Ground], bindings: Iterable[Binding], claims: ClaimSet, rows: Iterable[ClaimRow]
) -> Iterable[Sentence]:
    """What always holds, then what holds for this case."""
    for text in ALWAYS:
        yield Sentence((Piece(text),))
    decided = {r.claim for r in rows if r.verdict is not Verdict.CANNOT_DECIDE}
    by_rule = [b for b in bindings if b.by == "rule" and b.claim in decided]
    if by_rule:
        one = len(by_rule) == 1
        yield Sentence(
            (
                Piece(
                    f"{len(by_rule)} verdict{'' if one else 's'} rest{'s' if one else ''} on a rule's guess at which "
                    "object is meant: check it.",
                    tuple(Mark("claim", b.claim) for b in by_rule),
                ),
            )
        )
    for ground in grounds:
        # of a ratio the two outlines are told by themselves
        unchecked = sorted(
            {m.object_id for m in ground.measurements if not m.checked and m.quantity != "ratio"}
        )
        if unchecked:
            marks = tuple(Mark("measurement", f"{i}:area") for i in unchecked)
            what = "1 outline" if len(unchecked) == 1 else f"{len(unchecked)} outlines"
            yield Sentence(
                (Piece(f"At {ground.site.name} nobody has checked {what} drawn automatically.", marks),)
            )
        for basis in sorted({m.value.calibrated_on for m in ground.measurements}):
            yield Sentence((Piece(f"Intervals at {ground.site.name} rest on: {basis}."),))
    proposed = [c for c in claims.claims if c.maker not in ("rules", "analyst")]
    if proposed:
        marks = tuple(Mark("claim", c.id) for c in proposed)
        names = ", ".join(sorted({c.maker for c in proposed}))
        yield Sentence(
            (
                Piece(
                    f"{len(proposed)} claims were proposed by a model ({names}) and re-found in the text.",
                    marks,
                ),
            )
        )

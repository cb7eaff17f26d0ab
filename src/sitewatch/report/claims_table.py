"""Claims with their verdicts: who says what, and what imagery does to it."""

from collections.abc import Sequence

from sitewatch.report import anchors
from sitewatch.report.marks import Marks, title_of
from sitewatch.report.quoting import said, unquoted, visible
from sitewatch.report.tree import Block, Cell, Column, Inline, Paragraph, Role, Section, Span, Table
from sitewatch.types import Attribution, Claim, ClaimRow, Mark, Verdict

VERDICTS = {
    Verdict.CONTRADICTS: ("contradicted", Role.CONTRADICTS),
    Verdict.SUPPORTS: ("supported", Role.SUPPORTS),
    Verdict.CANNOT_DECIDE: ("cannot decide", Role.CANNOT_DECIDE),
}
ORDER = tuple(VERDICTS)
OPEN_ROWS = 25
"""Rows of a table beyond which it is shown closed."""
COLUMNS = (Column("Claim"), Column("Said by"), Column("Verdict"), Column("Why"))


def claims_section(marks: Marks) -> Section:
    """The claims that imagery can test, the decided first; then, closed, those that it cannot."""
    papers = marks.papers
    claims = {c.id: c for c in papers.claims.claims}
    rows = [r for r in papers.assessment.claims if r.claim in claims]
    tested = [r for r in rows if claims[r.claim].testable.imagery != "no"]
    tested.sort(key=lambda r: (ORDER.index(r.verdict), claims[r.claim].quantity is None))
    others = [r for r in rows if claims[r.claim].testable.imagery == "no"]
    blocks: list[Block] = [Paragraph((_opening(rows, tested),))]
    if tested:
        caption = (
            "Claims that images can test, at least in part. The words lead to their place in the document."
        )
        blocks.append(Table(COLUMNS, _rows(tested, claims, marks), caption, folded=len(tested) > OPEN_ROWS))
    if others:
        caption = f"Claims that images cannot test ({len(others)})"
        blocks.append(Table(COLUMNS, _rows(others, claims, marks), caption, folded=True))
    return Section("claims", "Claims and verdicts", tuple(blocks))


def _opening(rows: Sequence[ClaimRow], tested: Sequence[ClaimRow]) -> str:
    if not rows:
        return "No claim was read from the documents."
    return (
        f"{len(rows)} claims were read, of which images can test {len(tested)}. Supported: the measured 90 % interval "
        "lies inside of what is claimed, tolerance included. Contradicted: the 99 % interval has no point in common "
        "with it. All else is left open, with the reason."
    )


def _rows(rows: Sequence[ClaimRow], claims: dict[str, Claim], marks: Marks) -> tuple[tuple[Cell, ...], ...]:
    return tuple(_row(r, claims[r.claim], marks) for r in rows)


def _row(row: ClaimRow, claim: Claim, marks: Marks) -> tuple[Cell, ...]:
    word, role = VERDICTS[row.verdict]
    if claim.testable.imagery == "no":
        word, role = "not testable", Role.UNTESTED
    verdict: list[Inline] = [Span(word, role=role)]
    for reading, each in row.by_reading:
        told, how = VERDICTS[each]
        verdict += ["; ", said(reading), ": ", Span(told, role=how)]
    why = marks.spans([Mark("finding", f) for f in row.findings])
    words: tuple[Inline, ...] = ("“", said(unquoted(row.quote), target=anchors.claim(row.claim)), "”")
    return (words, _speakers(claim, marks), tuple(verdict), (*marks.linked(visible(row.reason)), *why))


def _speakers(claim: Claim, marks: Marks) -> tuple[Inline, ...]:
    """Document, who is said to say it, in which words it is weakened, and who read it."""
    parts: list[Inline] = [title_of(marks.papers, claim.source)]
    chain = [_speaker(a) for a in claim.attribution]
    if chain:
        parts += [", citing ", said(" via ".join(dict.fromkeys(chain)))]
    if claim.hedges:
        parts += ["; hedged: ", said(", ".join(dict.fromkeys(h.text for h in claim.hedges)))]
    if claim.polarity == "negative":
        parts.append("; a denial")
    parts.append(f"; {made_by(claim)}")
    return tuple(parts)


def _speaker(link: Attribution) -> str:
    names = [n for n in (link.name, link.role, link.organisation) if n]
    who = ", ".join(dict.fromkeys(names)) or "somebody unnamed"
    return f"{who} (carried over from an earlier sentence)" if link.scope == "inherited" else who


def made_by(claim: Claim) -> str:
    """Who read the claim from the text."""
    match claim.maker:
        case "rules":
            return "read by rules"
        case "analyst":
            return "entered by an analyst"
        case model:
            return f"proposed by a model ({visible(model)}), found again in the text"

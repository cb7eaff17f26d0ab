"""Questions that images alone do not answer: hypotheses with ranges, the evidence against each, what would decide."""

from collections.abc import Iterable

from sitewatch.report import anchors
from sitewatch.report.marks import Marks
from sitewatch.report.quoting import said, shortened, visible
from sitewatch.report.tree import (
    Block,
    Bullets,
    Cell,
    Column,
    Inline,
    Note,
    Paragraph,
    Section,
    Span,
    Table,
)  # fmt: skip
from sitewatch.types import Mark, MatrixRow, Weighing

REFERENCES = ("finding", "claim", "event")
OPEN_ROWS = 20


def hypotheses_sections(marks: Marks) -> Iterable[Section]:
    """One section for each question."""
    drawn: set[str] = set()
    for weighing in marks.papers.assessment.weighings:
        question = weighing.question
        yield Section(
            anchors.question(question.id),
            f"Open question: {visible(question.text)}",
            tuple(_blocks(marks, weighing, drawn)),
        )


def _blocks(marks: Marks, weighing: Weighing, drawn: set[str]) -> Iterable[Block]:
    question = weighing.question
    yield Paragraph(
        (
            "Weighed by likelihood ratios from ranges that an analyst judged; every number below rests on those "
            "judgements, and no image answers the question by itself.",
        )
    )
    shares = tuple(
        (
            said(s.text),
            _range(h.prior_low, h.prior_high),
            Span(_range(s.low, s.high), strong=True),
            f"{100 * s.middle:.0f} %",
        )
        for h, s in zip(question.hypotheses, weighing.shares, strict=True)
    )
    columns = (
        Column("Hypothesis"), Column("Before the evidence"), Column("After it", numeric=True),
        Column("At the middle of all ranges", numeric=True),
    )  # fmt: skip
    yield Table(columns, shares, "Probability of each hypothesis: ranges over all that was judged possible")
    if len(weighing.matrix):
        yield _matrix(marks, weighing, drawn)
    if weighing.swings:
        leaders = {h.id: h.text for h in question.hypotheses}
        telling = [s for s in weighing.swings if s.changes_leader]
        items = tuple(
            (
                said(_readable(s.what, weighing)),
                f": leads to {_range(s.low, s.high)} for “",
                said(leaders.get(s.hypothesis, s.hypothesis)),
                "”" + (", and changes which hypothesis leads" if s.changes_leader else ""),
            )
            for s in (telling or list(weighing.swings))[:4]
        )
        yield Paragraph(("The judgements that move the leading hypothesis most, each alone:",))
        yield Bullets(items)
    if weighing.next_steps:
        yield Paragraph(
            ("What would discriminate most, by how much it would narrow the question on average:",)
        )
        yield Bullets(
            tuple(
                (
                    said(n.text),
                    f" ({n.expected_bits:.2f} bits). ",
                    *_outcomes(weighing, n.posteriors),
                )
                for n in weighing.next_steps
            )
        )
    for note in weighing.notes:
        yield Note((said(_readable(note, weighing)),))


def _readable(text: str, weighing: Weighing) -> str:
    """With the words of the evidence in place of its ids."""
    for item in sorted(weighing.question.items, key=lambda i: -len(i.id)):
        if item.text != item.id:
            text = text.replace(item.id, f"“{shortened(item.text, 60)}”")
    return text


def _outcomes(weighing: Weighing, posteriors: tuple[tuple[str, tuple[float, ...]], ...]) -> Iterable[Inline]:
    names = [h.text for h in weighing.question.hypotheses]
    for outcome, after in posteriors:
        best = max(range(len(after)), key=lambda i: after[i])
        yield "If “"
        yield said(outcome)
        yield "”: "
        yield said(names[best])
        yield f", {100 * after[best]:.0f} %. "


def _matrix(marks: Marks, weighing: Weighing, drawn: set[str]) -> Table:
    question = weighing.question
    texts = {i.id: i.text for i in question.items}
    bases = {j.evidence: j.basis for j in question.judgements}
    rows = tuple(
        (
            _evidence(marks, row, texts, bases, drawn),
            *(f"{low:.2g} to {high:.2g}" for low, high in row.cells),
            _telling(row),
        )
        for row in weighing.matrix
    )
    columns = (
        Column("Evidence"),
        *(Column(f"if {visible(h.text)}") for h in question.hypotheses),
        Column("Does it tell them apart?"),
    )
    caption = (
        "How probable each piece of evidence is under each hypothesis, as judged by the analyst. Evidence of one "
        "origin is one row and counts once."
    )
    return Table(columns, rows, caption, folded=len(rows) > OPEN_ROWS)


def _evidence(
    marks: Marks, row: MatrixRow, texts: dict[str, str], bases: dict[str, str], drawn: set[str]
) -> Cell:
    parts: list[Inline] = []
    anchor = anchors.judgement(row.origin)
    if anchor not in drawn:
        drawn.add(anchor)
        parts.append(Span("", anchor=anchor))
    for i, name in enumerate(row.evidence):
        kind, _, ref = name.partition(":")
        parts += ["; "] if i else []
        parts.append(said(texts.get(name, name)))
        if kind in REFERENCES:
            parts += marks.spans([Mark(kind, ref)])
        if bases.get(name):
            parts += [" (", said(bases[name]), ")"]
    return tuple(parts)


def _telling(row: MatrixRow) -> str:
    ratio = f"factor {2.718281828459045**row.diagnosticity:.1f} at the middle"
    return f"yes, {ratio}" if row.telling else f"not surely: the ranges meet; {ratio}"


def _range(low: float, high: float) -> str:
    ends = [f"{100 * p:.0f}" for p in (low, high)]
    return f"{ends[0]} %" if ends[0] == ends[1] else f"{ends[0]} to {ends[1]} %"

"""What the sources said: which document changed what, who says whose words, and how far each is trusted."""

from collections.abc import Iterable

from sitewatch.report import anchors, words
from sitewatch.report.marks import Marks, title_of
from sitewatch.report.quoting import said, visible
from sitewatch.report.tree import Block, Bullets, Cell, Column, Fold, Inline, Paragraph, Section, Span, Table
from sitewatch.types import Grade, Mutation, Sentence, Voice

OPEN_ROWS = 20
CREDIBILITY = {
    1: "confirmed by other sources", 2: "probably true", 3: "possibly true", 4: "doubtful", 5: "improbable",
    6: "truth cannot be judged",
}  # fmt: skip
RELIABILITY = {
    "A": "completely reliable", "B": "usually reliable", "C": "fairly reliable", "D": "not usually reliable",
    "E": "unreliable", "F": "reliability cannot be judged",
}  # fmt: skip
"""The Admiralty code (NATO AJP-2.1)."""


def lineage(marks: Marks) -> Iterable[Block]:
    """Statements that changed while being retold, then how else the documents stand to each other."""
    papers = marks.papers
    told = {(m.origin, m.detail): m for m in reversed(papers.claims.mutations) if len(m.claims) > 1}
    changes = list(reversed(told.values()))
    if changes:
        yield Paragraph(
            (
                "These statements of one origin changed while they were retold. The order is that of publication; "
                "which wording the first report used, images cannot tell.",
            )
        )
        rows = tuple(_change(marks, m) for m in changes)
        columns = (Column("What changed"), Column("Wording by wording"))
        yield Table(columns, rows, "Lineage of retold statements", folded=len(rows) > OPEN_ROWS)
    others = [s for s in papers.assessment.sources if not (changes and _tells_a_change(s))]
    items = tuple(marks.sentence(s) for s in others)
    if items:
        yield Bullets(items[:OPEN_ROWS])
    if len(items) > OPEN_ROWS:
        yield Fold(f"{len(items) - OPEN_ROWS} further sentences", (Bullets(items[OPEN_ROWS:]),))
    if not changes and not items:
        yield Paragraph(("The documents neither contradict nor retell each other in what was read.",))


def _tells_a_change(sentence: Sentence) -> bool:
    """True for a sentence on a changed statement, and for the one that closes them, which rests on nothing."""
    return not sentence.marks or sentence.marks[0].kind == "origin"


def _change(marks: Marks, change: Mutation) -> tuple[Cell, ...]:
    """One statement through its tellings."""
    papers = marks.papers
    source = {c.id: c.source for c in papers.claims.claims}
    published = {d.id: d.published for d in papers.documents}
    steps: list[Inline] = []
    for claim, wording in zip(change.claims, change.wordings, strict=False):
        document = source.get(claim, "")
        when = (published.get(document) or "date unknown")[:10]
        steps += [" → "] if steps else []
        words_ = said(wording, target=anchors.claim(claim) if claim in source else None)
        bare = wording.startswith("(")  # not the document's words: that it has none
        steps += [
            "" if bare else "“",
            words_,
            " (" if bare else "” (",
            title_of(papers, document),
            f", {visible(when)})",
        ]
    return (said(change.detail), tuple(steps))


def voices(marks: Marks) -> Section:
    """Origins with the documents that retell them, and the grade of each document."""
    found = marks.papers.assessment.voices
    rows = tuple(row for v in found for row in _voice(marks, v))
    columns = (
        Column("Origin"), Column("Claims", numeric=True), Column("Documents"), Column("Grade"),
        Column("Why they count as one"),
    )  # fmt: skip
    documents = words.count(len(marks.papers.documents), "document")
    opening = (
        f"{documents} with {words.count(len(found), 'origin')}. Documents of one origin retell one report or one "
        "speaker and count as one voice, however many they are. The grade is the analyst's (Admiralty code): a "
        "letter for how reliable the source is, a digit for how credible what it says is. It is no verdict."
    )
    table = Table(columns, rows, "Origins and their documents", folded=len(rows) > OPEN_ROWS)
    return Section("voices", "Sources and origins", (Paragraph((opening,)), table))


def _voice(marks: Marks, voice: Voice) -> Iterable[tuple[Cell, ...]]:
    titles: list[Inline] = []
    for source in voice.sources:
        titles += ["; "] if titles else []
        titles.append(title_of(marks.papers, source))
    grades = "; ".join(dict.fromkeys(_grade(g) for g in voice.grades))
    name = Span(visible(voice.origin), anchor=anchors.origin(voice.origin))
    how = "declared by the documents" if voice.declared else "inferred"
    basis: tuple[Inline, ...] = (said(voice.basis), f" ({how})" if len(voice.sources) > 1 else "")
    yield (name, str(voice.claims), tuple(titles), grades, basis)


def _grade(grade: Grade) -> str:
    told = f"{grade.code}: {RELIABILITY[grade.reliability]}, {CREDIBILITY[grade.credibility]}"
    return f"{told} ({visible(grade.basis)})"

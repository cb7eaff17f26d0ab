"""The documents: what each is, and the paragraphs that hold claims, with the claimed words marked in them."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from sitewatch.report import anchors, words
from sitewatch.report.claims_table import VERDICTS
from sitewatch.report.marks import Marks
from sitewatch.report.quoting import said, visible
from sitewatch.report.tree import Block, Bullets, Fold, Inline, Note, Paragraph, Role, Section, Span
from sitewatch.types import Claim, Document, Mark, Passage, Verdict

OPEN_DOCUMENTS = 4
"""Documents of a case beyond which each is shown closed."""
OPEN_PARAGRAPHS = 30
AROUND = 300
"""Characters kept around claims in a paragraph that is longer than `LONG`."""
LONG = 1500
STRONGER = (Role.CONTRADICTS, Role.SUPPORTS, Role.CANNOT_DECIDE, Role.UNTESTED)
"""Whose colour a run of words takes that several claims share."""


def documents_section(marks: Marks) -> Section:
    """All documents with their claims in place."""
    documents = marks.papers.documents
    opening = Paragraph(
        (
            "Only paragraphs from which claims were read are shown. Marked words are a claim; the number after them "
            "leads to the finding.",
        )
    )
    blocks: list[Block] = [opening]
    for document in documents:
        section = _document(marks, document)
        if len(documents) > OPEN_DOCUMENTS:
            summary = f"{words.count(_claims_of(marks, document), 'claim')} in: {section.title}"
            blocks.append(Fold(summary, (section,)))
        else:
            blocks.append(section)
    return Section("documents", "Documents, with the claimed words in place", tuple(blocks))


def _claims_of(marks: Marks, document: Document) -> int:
    return sum(c.source == document.id for c in marks.papers.claims.claims)


def _document(marks: Marks, document: Document) -> Section:
    claims = [c for c in marks.papers.claims.claims if c.source == document.id]
    blocks: list[Block] = [Bullets(tuple(_facts(document)))]
    if document.photo is not None:
        blocks.append(Bullets(tuple(_photo(document))))
    shown = [p for p in passages(document) if any(c.start < p.end and c.end > p.start for c in claims)]
    paragraphs = [_paragraph(marks, document, p, claims) for p in shown]
    blocks += paragraphs[:OPEN_PARAGRAPHS]
    if len(paragraphs) > OPEN_PARAGRAPHS:
        rest = tuple(paragraphs[OPEN_PARAGRAPHS:])
        blocks.append(Fold(f"{len(rest)} further paragraphs", rest))
    if document.text and not claims:
        blocks.append(Note(("No claim was read from it.",)))
    title = " ".join(visible(document.title).split())
    return Section(anchors.document(document.id), title, tuple(blocks), quoted=True)


def passages(document: Document) -> Sequence[Passage]:
    """The passages of a document; gaps between them become passages too, so that no claim is lost."""
    found: list[Passage] = []
    at = 0
    for passage in sorted(document.passages, key=lambda p: p.start):
        if document.text[at : passage.start].strip():
            found.append(Passage(at, passage.start, "paragraph"))
        found.append(passage)
        at = max(at, passage.end)
    if document.text[at:].strip():
        found.append(Passage(at, len(document.text), "paragraph"))
    return found


def _facts(document: Document) -> Iterable[tuple[Inline, ...]]:
    if document.published:
        yield (
            f"Published {visible(document.published)} (from {visible(document.published_source or 'unknown')})",
        )
    else:
        yield ("Date of publication not known",)
    if document.publisher:
        yield ("Publisher: ", said(document.publisher))
    if document.declared_source:
        yield ("Names as its source: ", said(document.declared_source))
    where = document.path if "://" in document.path else document.path.replace("\\", "/").rsplit("/", 1)[-1]
    yield ("File: ", said(where), f" ({document.kind.value}, language {visible(document.language)}); SHA-256 ",
           Span(document.sha256, code=True))  # fmt: skip
    for note in document.notes:
        yield ("Note: ", said(note))


def _photo(document: Document) -> Iterable[tuple[Inline, ...]]:
    photo = document.photo
    assert photo is not None
    yield (
        f"Photograph, {photo.width} x {photo.height} pixels; what follows is said of it and was not checked:",
    )
    if photo.said_to_show:
        by: list[Inline] = [" (said by ", said(photo.said_by), ")"] if photo.said_by else []
        yield ("Said to show: ", said(photo.said_to_show), *by)
    if photo.place:
        yield ("Said to have been taken at: ", said(photo.place))
    if photo.taken:
        yield ("Time that the camera wrote, easily forged: ", said(photo.taken))


def _paragraph(marks: Marks, document: Document, passage: Passage, claims: Sequence[Claim]) -> Paragraph:
    """One passage cut at the ends of its claims: anchors where they begin, numbers where they end."""
    inside = [c for c in claims if c.start < passage.end and c.end > passage.start]
    rows = {r.claim: r for r in marks.papers.assessment.claims}
    cuts = sorted(
        {passage.start, passage.end}
        | {min(max(x, passage.start), passage.end) for c in inside for x in (c.start, c.end)}
    )
    parts: list[Inline] = []
    for start, end in pairwise(cuts):
        parts += [Span("", anchor=anchors.claim(c.id)) for c in inside if _begins(c, passage) == start]
        covering = [c for c in inside if c.start <= start and c.end >= end]
        text = document.text[start:end]
        if covering:
            roles = {_role(c, rows[c.id].verdict if c.id in rows else None) for c in covering}
            role = next(r for r in STRONGER if r in roles)
            parts.append(Span(visible(text), role=role, highlight=True))
        else:
            first, last = start == passage.start, end == passage.end
            parts.append(Span(visible(_cut(text, first=first, last=last)), role=Role.QUOTE))
        for claim in (c for c in inside if min(c.end, passage.end) == end):
            row = rows.get(claim.id)
            if row is not None and claim.end <= passage.end:
                parts += marks.spans([Mark("finding", f) for f in row.findings])
    return Paragraph(tuple(parts))


def _begins(claim: Claim, passage: Passage) -> int | None:
    """Where a claim's anchor stands in a passage; None where an earlier passage has it."""
    return claim.start if passage.start <= claim.start < passage.end else None


def _role(claim: Claim, verdict: Verdict | None) -> Role:
    if claim.testable.imagery == "no" or verdict is None:
        return Role.UNTESTED
    return VERDICTS[verdict][1]


def _cut(text: str, *, first: bool, last: bool) -> str:
    """A long stretch without claims, cut in its middle, or at the end that no claim touches."""
    if len(text) <= LONG:
        return text
    head = "" if first else text[:AROUND]
    tail = "" if last else text[-AROUND:]
    return f"{head} […] {tail}"

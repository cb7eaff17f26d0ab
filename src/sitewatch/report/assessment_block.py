"""The assessment as a report tells it: key judgements first; what imagery and what the sources say, kept apart."""

from collections.abc import Iterable

from sitewatch.report.claims_table import claims_section
from sitewatch.report.documents_block import documents_section
from sitewatch.report.findings_block import commands_section, findings_section, scenes_section
from sitewatch.report.hypotheses_block import hypotheses_sections
from sitewatch.report.lineage_block import lineage, voices
from sitewatch.report.marks import COMMANDS, UNSEEN, Marks
from sitewatch.report.quoting import visible
from sitewatch.report.tree import Block, Bullets, Fold, Inline, Note, Paragraph, Section, Tone
from sitewatch.types import Mark, Sentence

MOST_SENTENCES = 12
"""Sentences of a list beyond which the rest is shown closed."""


def front(marks: Marks) -> Iterable[Section]:
    """What is read first."""
    papers = marks.papers
    found = papers.assessment
    command = Mark("command", "how this was worked out")
    judged = [marks.sentence(s, command) for s in found.key_judgements]
    blocks: list[Block] = [
        Bullets(tuple(judged), numbered=True),
        Note(
            (
                "Each small number leads to what the words before it rest on: the claimed words in their "
                "document, the finding with its measurement, the pixels, the hash of a scene, the command. "
                "Claims were read from the documents by rules unless it says otherwise. Traceable is not the same as "
                "correct.",
                _names(marks),
            )
        ),
    ]
    if papers.foreign:
        titles = "; ".join(visible(d.title) for d in papers.documents if d.id in papers.foreign)
        blocks.append(
            Note(
                (f"No claims were read by rules from documents in other languages: {titles}.",), Tone.CAUTION
            )
        )
    yield Section("key-judgements", "Key judgements", tuple(blocks))
    yield claims_section(marks)
    yield Section("two-answers", "Two answers, kept apart", tuple(_two_answers(marks)))
    unseen = _listed(marks, found.unseen)
    yield Section(UNSEEN, "What was not seen, and could have been", tuple(unseen))
    yield from hypotheses_sections(marks)
    yield voices(marks)


def back(marks: Marks) -> Iterable[Section]:
    """What the numbers lead to, and what an assessment cannot carry."""
    yield findings_section(marks)
    yield documents_section(marks)
    scenes = scenes_section(marks)
    if scenes is not None:
        yield scenes
    yield commands_section(marks, COMMANDS)
    yield Section("limits", "Limits of the assessment", tuple(_listed(marks, marks.papers.assessment.limits)))
    yield Section("numbers", "Register of the small numbers", (marks.table(),))


def _names(marks: Marks) -> str:
    """What the ids of events are, where claims are bound to some."""
    events = {e.id for ctx in marks.contexts for e in ctx.view.events}
    bound = sorted({b.subject for b in marks.papers.assessment.bindings if b.subject in events})
    if not bound:
        return ""
    names = ", ".join(bound[:3]) + (" and so on" if len(bound) > 3 else "")
    what = "is an event" if len(bound) == 1 else "are events"
    return f" {names} {what} on the map below, with pictures."


def _two_answers(marks: Marks) -> Iterable[Block]:
    found = marks.papers.assessment
    yield Paragraph(
        (
            "Images can tell what stands at a place. They cannot tell what somebody wrote. So there are two answers, "
            "and neither is evidence for the other.",
        )
    )
    seen = tuple(_listed(marks, found.imagery)) or (
        Paragraph(("No claim is bound to anything that was seen or measured.",)),
    )
    yield Section("imagery-says", "What imagery says", seen)
    yield Section("sources-said", "What the sources said", tuple(lineage(marks)))


def _listed(marks: Marks, sentences: tuple[Sentence, ...]) -> Iterable[Block]:
    return listed([marks.sentence(s) for s in sentences])


def listed(items: list[tuple[Inline, ...]], what: str = "sentences") -> Iterable[Block]:
    """Sentences as a list, of which the tail can be closed."""
    if items:
        yield Bullets(tuple(items[:MOST_SENTENCES]))
    if len(items) > MOST_SENTENCES:
        rest = items[MOST_SENTENCES:]
        yield Fold(f"{len(rest)} further {what}", (Bullets(tuple(rest)),))


__all__ = ["back", "front", "listed"]

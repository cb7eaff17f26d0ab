"""Small numbers behind words, each a link to what the words rest on."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sitewatch.report import anchors, words
from sitewatch.report.context import Context, anchor
from sitewatch.report.quoting import said, shortened, unquoted, visible
from sitewatch.report.tree import Column, Inline, Role, Span, Table
from sitewatch.report.view import Papers
from sitewatch.types import Mark, Sentence

_CLAIM_ID = re.compile(
    r" ?\((?P<id>doc-[0-9a-f]{6,64}-\d{5,9}[a-z]*)\)|\b(?P<start>doc-[0-9a-f]{6,64}-\d{5,9}[a-z]*): (?=“)"
)
"""A claim's id in parentheses, or before its words; not in a command."""
MOST_SCENES = 3
"""Scenes behind one piece of a sentence that get a number each; more are one number for all."""
COMMANDS = "commands"
UNSEEN = "not-seen"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mark leads, and what is there, in words."""

    target: str
    kind: str
    what: str


@dataclass
class Marks:
    """Numbers the marks of one report in the order in which they are read."""

    papers: Papers
    contexts: Sequence[Context]
    figures: Mapping[str, int]
    """Section of an event → number of its first figure."""
    numbers: dict[str, tuple[int, Place]] = field(default_factory=dict)

    def sentence(self, sentence: Sentence, *extra: Mark) -> tuple[Inline, ...]:
        """A sentence with its numbers; `extra` ones at its end."""
        site = self._site(sentence.marks)
        parts: list[Inline] = []
        pieces = sentence.pieces
        for i, piece in enumerate(pieces):
            last = i + 1 == len(pieces)
            text = visible(piece.text)
            if piece.quoted and i > 0 and pieces[i - 1].text.endswith("“"):
                text = unquoted(text)
            marks = piece.marks + (extra if last else ())
            following = last or pieces[i + 1].marks != piece.marks
            shown = self.spans(marks, site) if marks and following else ()
            bare = text.rstrip() if shown else text
            words_ = self.linked(bare, quoted=piece.quoted)
            parts += words_
            parts += [mark for mark in shown if mark not in words_]
            if bare != text and not last:
                parts.append(" ")
        return tuple(parts)

    def linked(self, text: str, *, quoted: bool = True) -> tuple[Inline, ...]:
        """Words in which claims are named by their id, with a number in place of each."""
        text = text.replace("““", "“").replace("””", "”").replace(",””", "”")
        parts: list[Inline] = []
        at = 0
        for match in _CLAIM_ID.finditer(text):
            mark = Mark("claim", match["id"] or match["start"])
            place = self.place(mark)
            if place is None:
                continue
            before = text[at : match.start()]
            if before:
                parts.append(Span(before, role=Role.QUOTE) if quoted else before)
            parts += self.spans([mark])
            at = match.end()
        if text[at:]:
            parts.append(Span(text[at:], role=Role.QUOTE) if quoted else text[at:])
        return tuple(parts)

    def spans(self, marks: Iterable[Mark], site: str | None = None) -> tuple[Inline, ...]:
        """The numbers of some marks; those that lead nowhere are left out."""
        spans: list[Inline] = []
        for place in self._places(tuple(dict.fromkeys(marks)), site):
            number, _ = self.numbers.setdefault(place.target, (len(self.numbers) + 1, place))
            title = f"{place.kind}: {place.what}"
            mark = Span(str(number), target=place.target, role=Role.MARK, title=title)
            if mark not in spans:
                spans.append(mark)
        return tuple(spans)

    def table(self) -> Table:
        """All numbers, with what they lead to."""
        rows = tuple(
            (str(number), place.kind, Span(place.what, target=place.target, role=Role.QUOTE))
            for number, place in self.numbers.values()
        )
        columns = (Column("Number", numeric=True), Column("Kind"), Column("Leads to"))
        return Table(columns, rows, f"Where the small numbers lead ({len(rows)})", folded=True)

    def place(self, mark: Mark, site: str | None = None) -> Place | None:
        """Where a mark leads; None where the report has no such place."""
        match mark.kind:
            case "event" | "object" | "reference":
                return self._object(mark.ref, site)
            case "measurement":
                return self._measurement(mark.ref, site)
            case "scene":
                known = mark.ref in self._scenes
                return Place(anchors.scene(mark.ref), "scene and its hash", mark.ref) if known else None
            case "command":
                return Place(COMMANDS, "command", visible(mark.ref))
            case "detectability":
                return Place(UNSEEN, "what would have been seen", visible(mark.ref))
            case kind:
                return self._named.get((kind, mark.ref))

    def __post_init__(self) -> None:
        papers = self.papers
        found = papers.assessment
        titles = {d.id: shortened(d.title, 60) for d in papers.documents}
        named: dict[tuple[str, str], Place] = {}
        for d in papers.documents:
            named["document", d.id] = Place(anchors.document(d.id), "document", titles[d.id])
        for c in papers.claims.claims:
            if c.source in titles:
                what = f"“{shortened(unquoted(c.quote))}” in {titles[c.source]}"
                named["claim", c.id] = Place(anchors.claim(c.id), "claimed words", what)
        for f in found.findings:
            named["finding", f.id] = Place(anchors.finding(f.id), "finding", f.id)
        for v in found.voices:
            named["origin", v.origin] = Place(anchors.origin(v.origin), "origin", visible(v.origin))
        for w in found.weighings:
            name = w.question.id
            named["question", name] = Place(anchors.question(name), "question", shortened(w.question.text))
            for row in w.matrix:
                what = shortened("; ".join(row.evidence))
                named.setdefault(
                    ("judgement", row.origin), Place(anchors.judgement(row.origin), "judgement", what)
                )
        self._named = named
        self._scenes = {
            e.removeprefix("scene:") for f in found.findings for e in f.evidence if e.startswith("scene:")
        }
        by_binding = {b.id: b.site for b in found.bindings}
        self._site_of = {f.id: by_binding.get(f.binding or "") for f in found.findings}

    def site_of(self, finding: str) -> str | None:
        """The site to which a finding is bound."""
        return self._site_of.get(finding)

    def _site(self, marks: Iterable[Mark]) -> str | None:
        return next((self._site_of.get(m.ref) for m in marks if m.kind == "finding"), None)

    def _places(self, marks: tuple[Mark, ...], site: str | None) -> Iterable[Place]:
        scenes = [m for m in marks if m.kind == "scene" and m.ref in self._scenes]
        finding = next((m.ref for m in marks if m.kind == "finding"), None)
        together = len(scenes) > MOST_SCENES and finding is not None
        for mark in marks:
            if mark.kind == "scene" and together:
                continue
            place = self.place(mark, site)
            if place is not None:
                yield place
            if place is not None and mark.kind in ("event", "object"):
                yield from self._figure(mark.ref, site)
        if together and finding is not None:
            yield Place(
                anchors.scenes_of(finding), "scenes and their hashes", words.count(len(scenes), "scene")
            )

    def _sites(self, site: str | None) -> list[Context]:
        """Contexts, the one of `site` first."""
        return sorted(self.contexts, key=lambda ctx: ctx.view.site.name != site)

    def _object(self, name: str, site: str | None) -> Place | None:
        for ctx in self._sites(site):
            event = next((e for e in ctx.view.events if e.id == name), None)
            if event is not None and event.id in ctx.told:
                return Place(anchor(ctx.view.site.name, event), "event", f"{event.id}, {event.kind.value}")
            measured = next((m for m in ctx.view.measurements if m.object_id == name), None)
            if measured is not None and event is None:
                target = anchors.measurement(ctx.view.site.name, name, measured.quantity)
                return Place(target, "measured object", name)
        return None

    def _measurement(self, ref: str, site: str | None) -> Place | None:
        name, _, quantity = ref.rpartition(":")
        for ctx in self._sites(site):
            shown = ctx.told | {m.object_id for m in ctx.view.measurements} - {e.id for e in ctx.view.events}
            for m in ctx.view.measurements:
                if (m.object_id, m.quantity) == (name, quantity) and name in shown:
                    target = anchors.measurement(ctx.view.site.name, name, quantity)
                    return Place(target, "measurement", f"{quantity} of {name}")
        return None

    def _figure(self, name: str, site: str | None) -> Iterable[Place]:
        """The picture of an event: its pixels before and after."""
        for ctx in self._sites(site):
            event = next((e for e in ctx.view.events if e.id == name), None)
            number = self.figures.get(anchor(ctx.view.site.name, event)) if event is not None else None
            if number is not None:
                yield Place(f"figure-{number}", "pixels", f"figure {number}: {name} before and after")
                return


def title_of(papers: Papers, document: str) -> Span:
    """A document's title, leading to it."""
    for d in papers.documents:
        if d.id == document:
            return said(d.title, target=anchors.document(d.id), most=60)
    return Span(document)

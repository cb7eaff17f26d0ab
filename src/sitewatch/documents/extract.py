"""Claims of a document: its statements with exact places, who says them, how surely, how much and when."""

import re
from dataclasses import replace

from sitewatch.documents.attribution import Attributed, attributions
from sitewatch.documents.clauses import Clause, clauses, has_finite
from sitewatch.documents.dates import dates
from sitewatch.documents.gazetteer import Gazetteer, Mention, automatic, hidden_by
from sitewatch.documents.hedges import hedges
from sitewatch.documents.kinds import kind_of, polarity_of
from sitewatch.documents.names import named_spans
from sitewatch.documents.quantities import quantities
from sitewatch.documents.sentences import Sentence, sentences
from sitewatch.documents.spans import Span, hide, inside, overlap
from sitewatch.documents.testability import testability
from sitewatch.documents.triples import triple
from sitewatch.types import Attribution, Claim, Document, Hedge, Quantity, When

_CONTEXT = 32
_NO_CLAIM = ("byline", "boilerplate", "heading")


def extract_claims(document: Document, gazetteer: Gazetteer | None = None) -> tuple[Claim, ...]:
    """Claims of `document` in the order of its text.

    Spans count code points of `document.text`; `text[start:end] == quote` for every claim. Headings, labels,
    bylines and questions are not claims. A statement with several quantities gives a claim for each.

    Args:
        document: as read; relative times are resolved against its `published`.
        gazetteer: names that the case knows; those of the text itself are added to it.
    """
    text = document.text
    names = (gazetteer or Gazetteer()).joined(automatic(text))
    found: list[Claim] = []
    parts = sentences(text, document.passages)
    mentions = names.find(text)
    masked = hidden_by(mentions, named_spans(text))
    times = dates(text, document.published, masked)
    time_spans = [(t.start, t.end) for t in times]
    amounts = quantities(text, [*masked, *time_spans])
    doubts = hedges(text)
    voices = attributions(text, parts, time_spans)
    layers = _Layers(text, masked, times, amounts, doubts, voices, mentions)
    for sentence in parts:
        found += _of_sentence(document, layers, sentence, len(found))
    return tuple(found)


class _Layers:
    """All that was found in a text, handed out sentence by sentence in one pass."""

    def __init__(
        self,
        text: str,
        masked: list[Span],
        times: tuple[When, ...],
        amounts: tuple[Quantity, ...],
        doubts: tuple[Hedge, ...],
        voices: tuple[Attributed, ...],
        mentions: tuple[Mention, ...],
    ) -> None:
        self.text = text
        self.masked = masked
        self._rows = {
            "times": list(times),
            "amounts": list(amounts),
            "doubts": list(doubts),
            "voices": list(voices),
            "mentions": list(mentions),
        }
        self._at = dict.fromkeys(self._rows, 0)

    def take(self, name: str, span: Span) -> list:  # type: ignore[type-arg]
        """The rows that start in `span`; spans must come in ascending order."""
        rows, at = self._rows[name], self._at[name]
        while at < len(rows) and rows[at].start < span[0]:
            at += 1
        stop = at
        while stop < len(rows) and rows[stop].start < span[1]:
            stop += 1
        self._at[name] = stop
        return rows[at:stop]


def _of_sentence(document: Document, layers: _Layers, sentence: Sentence, count: int) -> list[Claim]:
    text = layers.text
    span = (sentence.start, sentence.end)
    times = layers.take("times", span)
    amounts = layers.take("amounts", span)
    doubts = layers.take("doubts", span)
    voices = layers.take("voices", span)
    mentions = layers.take("mentions", span)
    words = text[sentence.start : sentence.end]
    if sentence.role in _NO_CLAIM or not _states(words, sentence, amounts):
        return []
    cues = [(v.start - sentence.start, v.end - sentence.start) for v in voices if v.end > v.start]
    masks = [(m.start - sentence.start, m.end - sentence.start) for m in (*times, *mentions)]
    claims: list[Claim] = []
    for clause in clauses(hide(words, masks) if masks else words, cues):
        start, end = sentence.start + clause.start, sentence.start + clause.end
        for quantity in _own(amounts, (start, end)) or [None]:
            claims.append(
                _claim(
                    document,
                    layers,
                    (start, end),
                    clause,
                    quantity,
                    times,
                    doubts,
                    voices,
                    mentions,
                    count + len(claims) + 1,
                )
            )
    return claims


def _states(words: str, sentence: Sentence, amounts: list[Quantity]) -> bool:
    """Whether a sentence can hold a claim: not a question, a label or a bare name."""
    if words.rstrip('”"’ )').endswith("?") or words.endswith(":"):
        return False
    if len(words.split()) < 3:
        return False
    return (
        has_finite(words)
        or bool(amounts)
        or sentence.role in ("paragraph", "item")
        and len(words.split()) > 4
    )


def _own(amounts: list[Quantity], span: Span) -> list[Quantity | None]:
    return [q for q in amounts if inside((q.start, q.end), span)]


def _claim(
    document: Document,
    layers: _Layers,
    span: Span,
    clause: Clause,
    quantity: Quantity | None,
    times: list[When],
    doubts: list[Hedge],
    voices: list[Attributed],
    mentions: list[Mention],
    number: int,
) -> Claim:
    text = layers.text
    start, end = span
    quote = text[start:end]
    chain = tuple(
        v.attribution
        for v in sorted(voices, key=lambda v: v.depth)
        if overlap(v.scope, span) and not inside(span, (v.start, v.end))
    )
    kind = kind_of(quote, clause, quantity, chain)
    time = _time(times, span, clause)
    own = tuple(
        h
        for h in doubts
        if overlap((h.start, h.end), span)
        or any(v.start <= h.start < v.end and overlap(v.scope, span) for v in voices)
    )
    subject, predicate, object_ = triple(text, span, [m for m in mentions if overlap((m.start, m.end), span)])
    return Claim(
        id=f"{document.id}-{number:04d}",
        source=document.id,
        quote=quote,
        start=start,
        end=end,
        prefix=text[max(0, start - _CONTEXT) : start],
        suffix=text[end : end + _CONTEXT],
        type=kind,
        polarity=polarity_of(quote, chain),
        attribution=_chain(chain),
        hedges=own,
        subject=subject,
        predicate=predicate,
        object=object_,
        quantity=quantity,
        time=time,
        testable=testability(quote, kind, quantity, time),
    )


def _chain(chain: tuple[Attribution, ...]) -> tuple[Attribution, ...]:
    seen: dict[tuple[str | None, ...], Attribution] = {}
    for a in chain:
        seen.setdefault((a.kind, a.name, a.role, a.organisation, a.stance), a)
    return tuple(seen.values())


def _time(times: list[When], span: Span, clause: Clause) -> When | None:
    """The time inside the statement; else that of the sentence, where it is said once and the clause is a main one."""
    inner = [t for t in times if overlap((t.start, t.end), span)]
    if inner:
        return inner[0]
    if clause.kind in ("main", "listed") and len(times) == 1:
        return replace(times[0])
    return None


_SPACE = re.compile(r"\s+")

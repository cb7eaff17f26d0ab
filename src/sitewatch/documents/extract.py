"""Claims of a document: its statements with exact places, who says them, how surely, how much and when."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from sitewatch.documents.attribution import attributions
from sitewatch.documents.clauses import Clause, clauses
from sitewatch.documents.cues import Attributed
from sitewatch.documents.dates import dates
from sitewatch.documents.gazetteer import Gazetteer, Mention, automatic, hidden_by
from sitewatch.documents.hedges import hedges
from sitewatch.documents.holders import holder
from sitewatch.documents.kinds import kind_of, polarity_of
from sitewatch.documents.names import named_spans
from sitewatch.documents.quantities import quantities
from sitewatch.documents.sentences import Sentence, sentences
from sitewatch.documents.spans import Span, hide, inside, overlap, trim
from sitewatch.documents.testability import testability
from sitewatch.documents.triples import entity, triple
from sitewatch.documents.verbs import has_finite
from sitewatch.types import Attribution, Claim, Document, Hedge, Quantity, When

_CONTEXT = 32
"""Code points of a claim's prefix and suffix."""
_NO_STATEMENT = re.compile(
    r"(?:Call|Read|Subscribe|Follow|Click|Contact|Sign up|Share|Email|E-mail|Donate|Visit|Write to|Ring|Join|Download)\b(?! [a-z]+ed\b)"
    r"|(?:what|how|why|whether|who)\b|(?:What|How|Why|Whether|Who|Where)\b.*\b(?:not known|unknown|unclear|open|remains to be seen|not clear)\b"
)
_CONTACT = re.compile(
    r"(?<!\d)(?:\(?0\d{1,5}\)?[ -]\d{2,4}[ -]\d{2,4}|\+\d{1,3}(?:[ -]\d{2,4}){2,4})(?!\d)|\S@\S+\.\w"
)
_DATED = re.compile(
    r"\W*(?:On|In|By|At|Since|Last|Earlier|This|Late|Early|Yesterday|Today|\d|[A-Z][a-z]+day|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))"
)
"""How a phrase begins that only dates what follows: "On 4 January X said"."""
_MEANS = re.compile(
    r", (?:using|after (?:analysing|analyzing|studying|comparing|examining|reviewing)|based on|relying on) [a-z]|\b(?:imagery|images|pictures|photos) (?:analy[sz]ed|examined|studied|reviewed) by\b"
)
"""How somebody came to know: an act of its own, "X have determined, using imagery"."""
_MOST = 12
"""Claims from one statement; what holds more numbers is a table, of which the first are taken."""
_LAYERS = 0.75
"""Share of the work that is done when quantities, times, hedges and speakers are found in the whole text."""
_NO_CLAIM = frozenset(("byline", "boilerplate"))


class _Placed(Protocol):
    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


_P = TypeVar("_P", bound=_Placed)


def extract_claims(
    document: Document,
    gazetteer: Gazetteer | Sequence[str] | None = None,
    told: Callable[[float], None] | None = None,
) -> tuple[Claim, ...]:
    """Claims of `document` in the order of its text.

    Spans count code points of `document.text`; `text[start:end] == quote` for every claim. Labels, bylines,
    questions and headings without a verb are not claims. A statement with several quantities or times gives a
    claim for each, all with the same span.

    Args:
        document: as read; relative times are resolved against its `published`.
        gazetteer: what the case knows, or its names alone; the names of the text itself are added.
        told: called now and then with the share of the work that is done, 0..1.
    """
    told = told or _tell_nobody
    text = document.text
    known = gazetteer if isinstance(gazetteer, Gazetteer) else Gazetteer.named(gazetteer or ())
    parts = sentences(text, document.passages)
    mentions = known.joined(automatic(text)).find(text)
    named = [m for m in mentions if not m.entity.startswith("object:") or _numbered(text[m.start : m.end])]
    masked = hidden_by(named, named_spans(text))
    times = dates(text, document.published, masked)
    time_spans = [(t.start, t.end) for t in times]
    told(0.1)
    amounts = quantities(text, [*masked, *time_spans])
    told(0.35)
    doubts = hedges(text, [*masked, *time_spans])
    told(0.45)
    voices = tuple(sorted(attributions(text, parts, time_spans), key=lambda v: v.start))
    layers = _Layers(times=times, amounts=amounts, doubts=doubts, voices=voices, mentions=mentions)
    found: list[Claim] = []
    for number, sentence in enumerate(parts):
        if number % 200 == 0:
            told(_LAYERS + (1 - _LAYERS) * number / len(parts))
        here = layers.within(sentence.start, sentence.end)
        found += _of_sentence(document, sentence, here, len(found))
    return tuple(found)


def _tell_nobody(share: float) -> None:
    pass


def _numbered(name: str) -> bool:
    """Whether a name holds what the grammars of dates and quantities could take for their own."""
    return any(c.isdigit() for c in name)


@dataclass(frozen=True)
class _Layers:
    """What was found in a stretch of text, each in order of its start."""

    times: tuple[When, ...]
    amounts: tuple[Quantity, ...]
    doubts: tuple[Hedge, ...]
    voices: tuple[Attributed, ...]
    mentions: tuple[Mention, ...]

    def within(self, start: int, end: int) -> "_Layers":
        """What starts in a stretch."""
        return _Layers(
            _cut(self.times, start, end),
            _cut(self.amounts, start, end),
            _cut(self.doubts, start, end),
            _cut(self.voices, start, end),
            _cut(self.mentions, start, end),
        )


def _cut(rows: tuple[_P, ...], start: int, end: int) -> tuple[_P, ...]:
    return rows[bisect_left(rows, start, key=_start) : bisect_left(rows, end, key=_start)]


def _start(row: _Placed) -> int:
    return row.start


def _of_sentence(document: Document, sentence: Sentence, here: _Layers, count: int) -> list[Claim]:
    words = document.text[sentence.start : sentence.end]
    if not _states(words, sentence, here):
        return []
    at = sentence.start
    named: list[_Placed] = [*here.times, *here.mentions]
    hidden = hide(words, [(m.start - at, m.end - at) for m in named])
    cues = [(v.start - at, _cue_end(document.text, v) - at) for v in here.voices if v.end > v.start]
    cues = [(a, b) for a, b in cues if b > a]
    hidden = hide(
        hidden, [_with_commas(hidden, v.start - at, v.end - at) for v in here.voices if v.place == "midst"]
    )
    seen = any(v.attribution.stance in ("shows", "identifies") for v in here.voices)
    found = [Clause(c.start + at, c.end + at, c.kind) for c in clauses(hidden, cues, seen)]
    found += [Clause(*span, "role") for v in here.voices if (span := _role(document.text, v))]
    found = _complete(document.text, sentence, here, found)
    if not found:
        span = trim(document.text, (sentence.start, sentence.end), ".!;:")
        found = [Clause(*span, "main")] if span[0] < span[1] else []
    loose = _owned([v for v in here.voices if v.end == v.start and v.attribution.kind == "unnamed"], found)
    owners_of_amounts = _owned(here.amounts, found)
    owners_of_times = _owned(here.times, found)
    common = [t for t in here.times if _common(t, sentence, here, found)]
    claims: list[Claim] = []
    for index, clause in enumerate(found):
        voices = [*_voices(here.voices, clause), *loose.get(index, [])]
        amounts = owners_of_amounts.get(index, [])
        times = owners_of_times.get(index, []) or (common if clause.kind in ("main", "listed") else [])
        for k in range(min(max(len(amounts), len(owners_of_times.get(index, [])), 1), _MOST)):
            quantity = amounts[k] if k < len(amounts) else None
            time = times[min(k, len(times) - 1)] if times else None
            number = count + len(claims) + 1
            claims.append(_claim(document, sentence, clause, quantity, time, here, voices, number))
    return claims


def _cue_end(text: str, voice: Attributed) -> int:
    """Where the words end that attribute and say nothing else: "X said that"; of "images show the hall" the images."""
    if voice.place == "outside":
        return voice.end
    if voice.place == "verb" and voice.attribution.kind == "document" and voice.attribution.stance == "shows":
        return text.rfind(" ", voice.start, voice.end) + 1 or voice.start
    return voice.start


def _with_commas(words: str, start: int, end: int) -> Span:
    """A parenthesis with the commas around it and the "as" before it."""
    before = words[:start].rstrip()
    before = before.removesuffix(" as").rstrip()
    if before.endswith(","):
        start = len(before) - 1
    while end < len(words) and words[end] in ", ":
        end += 1
    return start, end


def _role(text: str, voice: Attributed) -> Span | None:
    """Where a speaker is introduced by role and name, as in "the institute's director Mira Vell"."""
    said = voice.attribution
    if said.kind != "person" or not said.name or not said.role or said.scope != "explicit":
        return None
    words = text[voice.start : voice.end]
    name, role = words.find(said.name), words.lower().find(said.role.lower())
    if name < 0 or role < 0 or role > name:
        return None
    start = re.search(r"(?:[A-Z][\w.’'-]* )*$", words[:role])
    begin = voice.start + (start.start() if start else role)
    end = voice.start + name + len(said.name)
    of = re.match(r" of (?:the )?[A-Z][\w’'-]*(?: (?:for |of |and )?[A-Z][\w’'-]*)*", text[end : voice.end])
    return trim(text, (begin, end + (of.end() if of else 0)))


def _states(words: str, sentence: Sentence, here: _Layers) -> bool:
    """Whether a sentence can hold a claim: no question, no label, no bare heading."""
    bare = words.rstrip('”"’ )»')
    if sentence.role in _NO_CLAIM or bare.endswith(("?", ":")):
        return False
    if _NO_STATEMENT.match(words) or _CONTACT.search(words):
        return False
    count = len(words.split())
    if sentence.role == "heading":
        capitals = sum(w[:1].isupper() for w in words.split())
        return has_finite(words) and capitals <= 0.6 * count
    return has_finite(words) or bool(here.amounts or here.times) or count >= 4


def _complete(text: str, sentence: Sentence, here: _Layers, found: list[Clause]) -> list[Clause]:
    """`found` with what is still missing: an act of speech for a dated cue, and a home for every number."""
    out = list(found)
    for voice in here.voices:
        span = trim(text, (voice.start, voice.end), ",;:")
        dated = any(span[0] <= t.start < span[1] for t in here.times) or bool(_MEANS.search(text, *span))
        for fragment in [
            c
            for c in out
            if c.end <= span[0] <= c.end + 2
            and _DATED.match(text[c.start : c.end])
            and not has_finite(text[c.start : c.end])
        ]:
            if any(fragment.start <= t.start < fragment.end for t in here.times):  # "On 4 January X said"
                out.remove(fragment)
                span, dated = (fragment.start, span[1]), True
        if dated and not any(overlap(span, (c.start, c.end)) for c in out):
            out.append(Clause(*span, "cue"))
    homeless: list[_Placed] = [*here.amounts, *here.times]
    for row in homeless:
        if not any(c.start <= row.start < c.end for c in out):
            span = trim(text, (sentence.start, sentence.end), ".!;:")
            beside = [c for c in out if c.kind == "main"]
            if len(beside) == 1:
                out.remove(beside[0])
                out.append(Clause(min(beside[0].start, row.start), max(beside[0].end, row.end), "main"))
            else:
                out.append(Clause(min(span[0], row.start), max(span[1], row.end), "main"))
    return sorted(out, key=lambda c: (c.start, -c.end))


def _owned(rows: Sequence[_P], found: list[Clause]) -> dict[int, list[_P]]:
    """Index of a clause → the rows that belong to it: each to the shortest clause that it starts in."""
    owners: dict[int, list[_P]] = {}
    for row in rows:
        around = [i for i, c in enumerate(found) if c.start <= row.start < c.end]
        if around:
            best = min(around, key=lambda i: found[i].end - found[i].start)
            owners.setdefault(best, []).append(row)
    return owners


def _common(time: When, sentence: Sentence, here: _Layers, found: list[Clause]) -> bool:
    """Whether a time holds for the whole sentence: it stands first in it, or with the images that show it."""
    if time.start - sentence.start <= 4:
        return True
    return any(
        v.start <= time.start < v.end
        and v.attribution.kind in ("document", "organisation")
        and v.attribution.stance == "shows"
        for v in here.voices
    )


def _claim(
    document: Document,
    sentence: Sentence,
    clause: Clause,
    quantity: Quantity | None,
    time: When | None,
    here: _Layers,
    voices: Sequence[Attributed],
    number: int,
) -> Claim:
    text, start, end = document.text, clause.start, clause.end
    span = (start, end)
    quote = text[start:end]
    chain = _chain([v.attribution for v in voices])
    kind = kind_of(quote, clause, quantity, chain)
    doubts = [
        h
        for h in here.doubts
        if overlap((h.start, h.end), span) or any(v.start <= h.start < v.end for v in voices)
    ]
    subject, predicate, object_ = triple(
        text, span, [m for m in here.mentions if overlap((m.start, m.end), span)]
    )
    if quantity is not None and quantity.relation == "ratio":
        times = [(t.start, t.end) for t in here.times]
        thing = holder(text, span, quantity, (sentence.start, sentence.end), times)
        subject = entity(text, thing.span, here.mentions) if thing.span else subject
        if thing.dimension and quantity.dimension in (None, "size"):
            quantity = replace(quantity, dimension=thing.dimension)
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
        attribution=chain,
        hedges=tuple(doubts),
        subject=subject,
        predicate=predicate,
        object=object_,
        quantity=quantity,
        time=time,
        testable=testability(quote, kind, quantity, time),
    )


def _voices(voices: Sequence[Attributed], clause: Clause) -> list[Attributed]:
    """Who says a statement, nearest the fact first. Who somebody is, is said by the document itself."""
    if clause.kind in ("cue", "role"):
        return []
    span: Span = (clause.start, clause.end)

    def holds(v: Attributed) -> bool:
        if v.end == v.start and v.attribution.kind == "unnamed":
            return False  # "reportedly" says something of its own statement only
        if v.place == "verb":
            return overlap(v.scope, span) and not (
                clause.kind == "relative" and v.attribution.stance in ("accuses", "identifies")
            )
        return overlap(v.scope, span) and not (v.end > v.start and inside(span, (v.start, v.end)))

    own = [v for v in voices if holds(v)]
    return sorted(own, key=lambda v: v.depth)


def _chain(said: Sequence[Attribution]) -> tuple[Attribution, ...]:
    seen: dict[tuple[str | None, ...], Attribution] = {}
    for a in said:
        seen.setdefault((a.kind, a.name, a.role, a.organisation, a.stance), a)
    return tuple(seen.values())

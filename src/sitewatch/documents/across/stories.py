"""Which documents retell one report: by declared source, shared speakers, quotations, text, order and imagery.

Agreement alone never joins two documents: independent observers of one site agree too, often in the same order. A
mark of common provenance is needed (a declared source, shared speakers, a shared quotation, copied text); order, reach
and imagery only add to it.
"""

import re
import zlib
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from sitewatch.documents.across.features import Features
from sitewatch.documents.across.intervals import span
from sitewatch.documents.across.voices import Voice, Voices
from sitewatch.documents.across.words import plain, raw_words
from sitewatch.types import Document

ENOUGH = 3
"""Marks, in points, from which two documents retell one report."""
COPIED = 0.3
"""Share of the shorter text's five-word sequences found in the other."""
SKETCH = 800
"""Smallest hashes of sequences kept of a text (a bottom-k sketch), so that long texts cost no more than short ones."""
_SIDE = re.compile(
    r"^[ \t]*(?:background|context|for context|for reference|reminder|previously|earlier)\b[ \t]*(?::|$)",
    re.I | re.M,
)
_QUOTE = re.compile(r"[\"“”«]([^\"“”«»\n]{20,400})[\"“”»]")


@dataclass(slots=True)
class Profile:
    """What a document carries that retellings share."""

    document: Document
    items: list[Features] = field(default_factory=list)
    voices: Counter[str] = field(default_factory=Counter)
    """Claims a named speaker, background left out."""
    persons: set[str] = field(default_factory=set)
    said: set[tuple[str, int]] = field(default_factory=set)
    """Which person speaks on which topic."""
    quotes: set[str] = field(default_factory=set)
    """Six-word sequences inside quotation marks."""
    sketch: set[int] = field(default_factory=set)
    imagery: list[tuple[str, Features]] = field(default_factory=list)
    first: dict[int, int] = field(default_factory=dict)
    """Topic → position of its first claim here, background left out."""
    aside: int = 0
    """Code point from which the text is background of the editor's own."""


@dataclass(frozen=True, slots=True)
class Kinship:
    """Why two documents are taken for retellings of one report."""

    documents: tuple[str, str]
    points: int
    reasons: tuple[str, ...]
    declared: bool
    shared: frozenset[str]
    """Voices heard in both."""
    ranges: tuple[tuple[int, int], tuple[int, int]]
    """In each: from the first to the last code point of what both tell in the same order."""


def profiles(
    documents: Sequence[Document], items: Sequence[Features], place: dict[str, int], voices: Voices
) -> dict[str, Profile]:
    """Profile of each document.

    Args:
        documents: all of the case.
        items: features of all claims.
        place: claim id → topic.
        voices: keys of speakers.
    """
    made = {d.id: Profile(d, aside=_aside(d.text)) for d in documents}
    for item in items:
        profile = made.get(item.claim.source)
        if profile is None:
            continue
        profile.items.append(item)
        if item.claim.type != "meta" and item.claim.start < profile.aside:
            profile.first.setdefault(place[item.claim.id], item.claim.start)
        voice = voices.of(item)
        if voice and not voice.apart and item.claim.start < profile.aside:
            profile.voices[voice.key] += 1
            if voice.person:
                profile.persons.add(voice.person)
                profile.said.add((voice.person, place[item.claim.id]))
        for link in item.claim.attribution:
            if (link.kind == "imagery" or link.stance == "shows") and link.organisation:
                profile.imagery.append((plain(link.organisation).split(" (")[0], item))
    for profile in made.values():
        text = profile.document.text
        profile.quotes = {q for m in _QUOTE.finditer(text) for q in _sequences(m.group(1), 6)}
        hashes = sorted({zlib.crc32(s.encode()) for s in _sequences(text, 5)})
        profile.sketch = set(hashes[:SKETCH])
    return made


def kinships(made: dict[str, Profile], voices: Voices) -> list[Kinship]:
    """All pairs of documents that retell one report, strongest first."""
    found = [k for a, b in combinations(made.values(), 2) if (k := _kinship(a, b, voices))]
    return sorted(found, key=lambda k: (-k.points, k.documents))


def source_key(document: Document, voices: Voices) -> str | None:
    """Whom the document names as its source, as a key of `Voices`."""
    return voices.organisation(document.declared_source) if document.declared_source else None


def told_in_order(a: Profile, b: Profile) -> list[int]:
    """Topics that both tell, in the longest sequence that has the same order in both."""
    common = sorted(a.first.keys() & b.first.keys(), key=lambda t: (a.first[t], b.first[t]))
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for n, topic in enumerate(common):
        at = bisect_left(tails, b.first[topic])
        before.append(ends[at - 1] if at else -1)
        tails[at : at + 1] = [b.first[topic]]
        ends[at : at + 1] = [n]
    n = ends[-1] if ends else -1
    kept = []
    while n >= 0:
        kept.append(common[n])
        n = before[n]
    return kept[::-1]


def _kinship(a: Profile, b: Profile, voices: Voices) -> Kinship | None:
    """Points of provenance (strong), then of order, reach and imagery; None below `ENOUGH` or without a strong mark."""
    strong, declared = _provenance(a, b, voices)
    if not strong:
        return None
    common = a.first.keys() & b.first.keys()
    if not common:
        return None
    kept = told_in_order(a, b)
    reach = len(common) / min(len(a.first), len(b.first))
    weak: list[tuple[int, str]] = []
    if reach >= 0.4:
        weak.append((1, f"{len(common)} subjects are told by both"))
    if len(kept) >= 3 and len(kept) >= 0.7 * len(common) and reach >= 0.2:
        weak.append((1, f"{len(kept)} of {len(common)} shared subjects come in the same order"))
    provider = _same_imagery(a, b)
    if provider:
        weak.append((1, f"both rest on imagery of {provider}"))
    points = sum(p for p, _ in strong) + sum(p for p, _ in weak)
    if points < ENOUGH:
        return None
    shared = frozenset(a.voices.keys() & b.voices.keys())
    return Kinship(
        documents=(a.document.id, b.document.id),
        points=points,
        reasons=tuple(text for _, text in [*strong, *weak]),
        declared=declared,
        shared=shared,
        ranges=(_range(a, kept), _range(b, kept)),
    )


def _provenance(a: Profile, b: Profile, voices: Voices) -> tuple[list[tuple[int, str]], bool]:
    """Marks that only a common source leaves, and whether the documents say so themselves."""
    marks: list[tuple[int, str]] = []
    declared = False
    source_a, source_b = source_key(a.document, voices), source_key(b.document, voices)
    if source_a and source_a == source_b:
        marks.append((2, f"both name {a.document.declared_source} as their source"))
        declared = True
    for teller, told, source in ((a, b, source_a), (b, a, source_b)):
        publisher = told.document.publisher
        if source and publisher and voices.organisation(publisher) == source:
            marks.append(
                (3, f"one names {teller.document.declared_source}, the publisher of the other, as its source")
            )
            declared = True
    shared = a.voices.keys() & b.voices.keys()
    if shared:
        share = min(sum(p.voices[v] for v in shared) / p.voices.total() for p in (a, b))
        persons = sorted(a.persons & b.persons)
        same = len(a.said & b.said)
        if share >= 0.4 or same >= 2:
            named = ", ".join(persons or sorted(shared)[:3])
            marks.append((2 + bool(persons), f"the same speakers in both ({named})"))
    quotes = a.quotes & b.quotes
    if quotes:
        marks.append((2, "a quotation in the same words"))
    if a.sketch and b.sketch:
        size = min(len(a.sketch), len(b.sketch))
        copied = len(a.sketch & b.sketch) / size
        if copied >= COPIED:
            marks.append((3, f"{copied:.0%} of the shorter text stands in the other"))
    return marks, declared


def _same_imagery(a: Profile, b: Profile) -> str | None:
    """Provider of imagery that both name, with dates that do not exclude each other."""
    theirs: dict[str, list[Features]] = defaultdict(list)
    for provider, item in b.imagery:
        theirs[provider].append(item)
    for provider, item in a.imagery:
        for other in theirs.get(provider, ())[:20]:
            x, y = span(item.claim.time), span(other.claim.time)
            if x is None or y is None or (x[0] <= y[1] and y[0] <= x[1]):
                return provider
    return None


def _range(profile: Profile, kept: Sequence[int]) -> tuple[int, int]:
    """The passages from the first to the last of `kept` topics."""
    if not kept:
        return (0, 0)
    starts = [profile.first[t] for t in kept]
    first, last = min(starts), max(starts)
    for passage in profile.document.passages:
        if passage.start <= first < passage.end:
            first = passage.start
        if passage.start <= last < passage.end:
            last = passage.end
            break
    return first, max(last, first + 1)


def _aside(text: str) -> int:
    match = _SIDE.search(text)
    return match.start() if match else len(text) + 1


def _sequences(text: str, n: int) -> set[str]:
    words = raw_words(text[:2_000_000])
    return {" ".join(words[i : i + n]) for i in range(len(words) - n + 1)}


__all__ = ["Kinship", "Profile", "Voice", "kinships", "profiles", "source_key", "told_in_order"]

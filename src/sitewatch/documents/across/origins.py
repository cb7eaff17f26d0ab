"""Origins: claims that hand on one voice (one wire story, one analysis, one speaker) count once.

A claim belongs to the report that its document retells, unless it is someone's statement on an occasion of its own,
another publisher's report, a denial, or stands in the background that the editor added. Outside a shared report, it
belongs to whom it is attributed to; unattributed, to the document itself.
"""

import re
from collections import defaultdict
from collections.abc import Sequence

from sitewatch.documents.across.features import Features
from sitewatch.documents.across.stories import Kinship, Profile, kinships, profiles, source_key
from sitewatch.documents.across.voices import Voice, Voices
from sitewatch.types import Document, Origin

Key = tuple[str, str]
"""("story", root document), ("voice", key) or ("document", id)."""


def origins(
    documents: Sequence[Document], items: Sequence[Features], place: dict[str, int]
) -> tuple[list[Origin], dict[str, str]]:
    """Every claim's origin.

    Args:
        documents: all of the case.
        items: features of all claims.
        place: claim id → topic.

    Returns:
        The origins, each claim in exactly one, ordered by first claim; and claim id → origin id.
    """
    voices = Voices(documents, items)
    made = profiles(documents, items, place, voices)
    kin = kinships(made, voices)
    stories = _Stories(made, kin, voices)
    keys = {item.claim.id: stories.key(item) for item in items}
    _join_voices(items, keys, place, stories)
    members: dict[Key, list[Features]] = defaultdict(list)
    for item in items:
        members[stories.root(keys[item.claim.id])].append(item)
    found, of_claim = [], {}
    names: set[str] = set()
    for key, group in members.items():
        name = _unused(_name(key, stories), names)
        basis, declared = stories.basis(key, group)
        found.append(
            Origin(
                id=name,
                claims=tuple(i.claim.id for i in group),
                sources=tuple(dict.fromkeys(i.claim.source for i in group)),
                basis=basis,
                declared=declared,
            )
        )
        of_claim.update({i.claim.id: name for i in group})
    return found, of_claim


class _Stories:
    """Documents grouped by the report that they retell, and the keys of their claims."""

    def __init__(self, made: dict[str, Profile], kin: Sequence[Kinship], voices: Voices) -> None:
        self.made, self.voices = made, voices
        self._parent: dict[Key, Key] = {}
        self.heard: dict[str, set[str]] = defaultdict(set)
        """Document → voices that a sibling hands on too."""
        self.ranges: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.kin: dict[Key, list[Kinship]] = defaultdict(list)
        self.source = {n: source_key(p.document, voices) for n, p in made.items()}
        self.told = {n for k in kin for n in k.documents} | {n for n, s in self.source.items() if s}
        for k in kin:
            self.union(("story", k.documents[0]), ("story", k.documents[1]))
            for name, stretch in zip(k.documents, k.ranges, strict=True):
                self.heard[name] |= k.shared
                self.ranges[name].append(stretch)
        self._cited = {v for p in made.values() for v in p.voices}
        for k in kin:
            self.kin[self.root(("story", k.documents[0]))].append(k)

    def root(self, key: Key) -> Key:
        while (up := self._parent.get(key, key)) != key:
            key = up
        return key

    def union(self, a: Key, b: Key) -> None:
        first, second = sorted((self.root(a), self.root(b)))
        if first != second:
            self._parent[second] = first

    def key(self, item: Features) -> Key:
        """The origin of a claim before voices of different documents are joined."""
        name = item.claim.source
        profile, voice = self.made.get(name), self.voices.of(item)
        if profile is None:
            return ("voice", voice.key) if voice else ("document", name)
        story: Key = ("story", name)
        if name not in self.told:
            return ("voice", voice.key) if voice else self._own(profile)
        if item.claim.start >= profile.aside:
            return ("voice", voice.key) if voice else ("document", name)
        if voice is None:
            inside = any(start <= item.claim.start < end for start, end in self.ranges[name])
            return story if self.source[name] or inside else self._own(profile)
        return story if self._handed_on(voice, name) else ("voice", voice.key)

    def basis(self, key: Key, group: Sequence[Features]) -> tuple[str, bool]:
        """Why these claims are one voice, in a sentence, and whether the documents say so themselves."""
        titles = sorted({i.claim.source for i in group})
        kind, name = key
        if kind == "story":
            reasons = list(dict.fromkeys(r for k in self.kin.get(key, ()) for r in k.reasons))[:6]
            sources = {
                d.document.declared_source for n, d in self.made.items() if n in titles and self.source[n]
            }
            said = (
                [f"{' and '.join(sorted(filter(None, sources)))} is named as the source"] if sources else []
            )
            text = "; ".join(said + reasons)
            return f"{len(titles)} document{'s' * (len(titles) > 1)} retell one report: {text}.", bool(
                sources
            )
        if kind == "voice":
            voice = next((v for i in group if (v := self.voices.of(i))), None)
            label = voice.label if voice else name
            why = f" ({voice.apart})" if voice and voice.apart else ""
            return f"All are attributed to {label}{why}, whoever retells it.", True
        return "Not attributed to anyone: the document's own words.", False

    def _own(self, profile: Profile) -> Key:
        """The document's own voice: its publisher's where other documents cite that one by name."""
        publisher = profile.document.publisher
        if publisher and self.voices.organisation(publisher) in self._cited:
            return ("voice", self.voices.organisation(publisher))
        return ("document", profile.document.id)

    def _handed_on(self, voice: Voice, name: str) -> bool:
        if voice.key == self.source[name]:
            return True
        if voice.apart or voice.media:
            return False
        return bool(self.source[name]) or voice.key in self.heard[name]


def _join_voices(
    items: Sequence[Features], keys: dict[str, Key], place: dict[str, int], stories: _Stories
) -> None:
    """A speaker cited elsewhere on a subject of a report that hands the speaker on is that report's voice."""
    told: dict[tuple[str, int], Key] = {}
    for item in items:
        key = keys[item.claim.id]
        voice = stories.voices.of(item)
        if key[0] == "story":
            for name in {voice.key if voice else None, stories.source.get(item.claim.source)} - {None}:
                told.setdefault((str(name), place[item.claim.id]), key)
    for item in items:
        kind, name = keys[item.claim.id]
        voice = stories.voices.of(item)
        if kind == "voice" and not (voice and voice.apart):
            story = told.get((name, place[item.claim.id]))
            if story:
                stories.union(story, (kind, name))


def _name(key: Key, stories: _Stories) -> str:
    kind, name = key
    if kind == "story":
        declared = stories.source.get(name)
        sources = [s for k in stories.kin.get(key, ()) for n in k.documents if (s := stories.source[n])]
        return f"report:{_slug(declared or (sources[0] if sources else name))}"
    return f"{kind}:{_slug(name)}"


def _slug(text: str) -> str:
    return re.sub(r"[^\w]+", "-", text.lower()).strip("-")[:60] or "unnamed"


def _unused(name: str, names: set[str]) -> str:
    fresh, n = name, 2
    while fresh in names:
        fresh, n = f"{name}-{n}", n + 1
    names.add(fresh)
    return fresh

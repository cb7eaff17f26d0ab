"""Whose words a claim hands on: the speaker nearest the fact, as a key that all retellings share."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sitewatch.documents.across.features import Features, speaker_key
from sitewatch.documents.across.words import COUNTRIES, WORD, canonical, plain, word_set
from sitewatch.types import Attribution, Document

_MEDIA = re.compile(
    r"\b(?:times|post|journal|news|newspaper|reuters|afp|tass|kcna|yonhap|xinhua|interfax|bbc|cnn|nbc|guardian|tribune|"
    r"herald|gazette|daily|telegraph|magazine|broadcaster|television|tv|radio|press|media|bloomberg|jazeera|"
    r"associated press|wire service|courier|observer|chronicle|spiegel|monde)\b",
    re.I,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DAY = re.compile(
    rf"\b(?:(\d{{1,2}})(?:st|nd|rd|th)?\s+({_MONTH})|({_MONTH})\s+(\d{{1,2}}))(?:,?\s+(\d{{4}}))?\b", re.I
)
_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_ALONE = re.compile(r"\b(?:separate(?:ly)?|independent(?:ly)?|own (?:analysis|imagery|images|study))\b", re.I)
# Bounded at every step: the text may be hostile.
_ABBREVIATED = re.compile(
    r"\b((?:[A-Z][\w'-]{0,30}\s{1,3}(?:(?:of|for|the|and|on)\s{1,3}){0,3}){1,8})\(([A-Z]{2,8})\)"
)
_SMALL = word_set("of for the and on in at de la du der")
_SENTENCE = re.compile(r"[.!?]['\"”’]?\s+(?=[A-Z“\"'])|\n")
FRESH = 3
"""Days between a dated statement and the publication up to which it may have been made for the report."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Who says it, as the document names them."""

    key: str
    label: str
    person: str | None
    """Last name where a person is named."""
    media: bool
    """True where it is itself a publisher: its report is a story of its own."""
    apart: str | None
    """Why this statement does not belong to the report that hands it on; None where it may."""


class Voices:
    """Keys of all speakers of a set of documents: persons stand for their organisation, abbreviations for names."""

    def __init__(self, documents: Sequence[Document], items: Sequence[Features]) -> None:
        self._texts = {d.id: d for d in documents}
        self._short: dict[str, str] = {}
        for text in {a.organisation or "" for item in items for a in item.claim.attribution}:
            self._learn(text)
        for document in documents:
            for match in _ABBREVIATED.finditer(document.text):
                self._learn(match.group())
        self._long = sorted(set(self._short.values()))
        posts: dict[str, Counter[str]] = defaultdict(Counter)
        for item in items:
            for link in item.claim.attribution:
                person = speaker_key(link.name)
                if person and link.organisation:
                    posts[person][self.organisation(link.organisation)] += 1
        self._post = {person: min(c, key=lambda o: (-c[o], o)) for person, c in posts.items()}

    def organisation(self, name: str) -> str:
        """Key of an organisation: "the Example Institute (EI)" and "EI" are one."""
        name = re.sub(r"\([^)]*\)", " ", plain(name)).strip()
        words = [w.removesuffix("'s") for w in WORD.findall(name) if w != "the"]
        key = " ".join(words)
        key = self._short.get(key, key)
        return next((long for long in self._long if key.endswith(f" {long}")), key)

    def of(self, item: Features) -> Voice | None:
        """The speaker nearest the fact who is named; None where the document speaks for itself."""
        for link in item.claim.attribution:
            key, label = self._key(link)
            if key:
                media = bool(_MEDIA.search(f"{link.organisation or link.name or ''} {link.role or ''}"))
                return Voice(
                    key, label, speaker_key(link.name), media and link.name is None, self._apart(item, link)
                )
        return None

    def _key(self, link: Attribution) -> tuple[str, str]:
        if link.kind in ("imagery", "unnamed", "document") or link.stance == "shows":
            return "", ""  # a picture is evidence, not a voice
        person = speaker_key(link.name)
        label = link.name or link.organisation or ""
        if link.organisation:
            key = self.organisation(link.organisation)
            country = canonical(key.replace(" ", "-"))
            if country in COUNTRIES:
                # "Ukrainian officials" and the Ukrainian air force are not one speaker
                return (
                    (f"{country} {plain(link.role)}", f"{label} ({link.role})")
                    if link.role
                    else (country, label)
                )
            return key, label
        if person:
            return self._post.get(person, person), label
        return "", ""

    def _learn(self, text: str) -> None:
        match = re.search(r"\(([A-Z][A-Za-z]{1,7})\)", text)
        if not match:
            return
        words = [w for w in WORD.findall(plain(text[: match.start()])) if w != "the"]
        short = plain(match.group(1))
        for n in range(2, len(words) + 1):
            initials = "".join(w[0] for w in words[-n:] if w not in _SMALL)
            if words[-n] not in _SMALL and initials == short:
                self._short.setdefault(short, " ".join(words[-n:]))
                return
        if words and len(words) <= 8 and short[0] == words[0][0]:
            self._short.setdefault(short, " ".join(words))

    def _apart(self, item: Features, link: Attribution) -> str | None:
        if item.denied and link.stance == "denies":
            return "a denial is the denier's own"
        document = self._texts.get(item.claim.source)
        if document is None:
            return None
        before = document.text[max(0, item.claim.start - 400) : item.claim.end]
        sentence = _SENTENCE.split(before[: len(before) - len(item.claim.quote)])[-1]
        if _ALONE.search(f"{sentence} {link.cue}"):
            return "a separate analysis by its own account"
        name = plain(link.name or link.organisation or "")
        stated = _DAY.search(sentence)
        if (
            stated
            and name
            and name.split()[-1] in plain(sentence + link.cue)
            and not _fresh(stated, document)
        ):
            return f"a statement with a date of its own ({stated.group()})"
        return None


def _fresh(stated: re.Match[str], document: Document) -> bool:
    """True where the stated day is that of the publication, or near it."""
    try:
        published = date.fromisoformat((document.published or "")[:10])
        day, month, other_month, other_day, year = stated.groups()
        number = _MONTHS.index((month or other_month)[:3].lower()) // 3 + 1
        said = date(int(year or published.year), number, int(day or other_day))
    except ValueError:
        return False
    return abs((published - said).days) <= FRESH

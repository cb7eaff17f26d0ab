"""Read the claims of a case's documents, and keep what analysts add, correct or take out."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sitewatch import engine
from sitewatch.app.docs import by_hand
from sitewatch.case import Case, codec
from sitewatch.documents.extract import extract_claims
from sitewatch.documents.gazetteer import Gazetteer
from sitewatch.documents.gazetteer_file import load
from sitewatch.documents.relate import relate
from sitewatch.errors import DataError, UsageError
from sitewatch.formats.claims_json import claim_row, claims_rows, dump_claims
from sitewatch.types import Alignment, Claim, ClaimSet, Document
from sitewatch.types.progress import NoProgress, Progress

__all__ = ["ReadClaims", "claim_of", "claim_row", "claims_key", "read_claims", "rows", "stored_claims"]

VERSION = "4"
"""Of reading claims: raise it when its results change."""
STEP = "claims"
"""Under which the case remembers that claims were read."""
ANALYST = "analyst"
"""Maker of claims; others are the rules and models."""
FILE = "claims.json"


@dataclass(frozen=True, slots=True)
class ReadClaims:
    """What the documents of a case say, as it was read."""

    documents: tuple[Document, ...]
    found: ClaimSet
    foreign: tuple[Document, ...]
    """Documents in languages in which the rules find no claims."""
    gazetteer: bool
    """False where the case has none: names were taken from the texts."""
    aside: int
    """Claims that the rules find and that an analyst took out or corrected."""

    @property
    def own(self) -> int:
        """Claims that an analyst made."""
        return sum(c.maker == ANALYST for c in self.found.claims)


def read_claims(case: Case, *, progress: Progress | None = None) -> ReadClaims:
    """Read the claims of all documents, relate them, keep them and write `out/claims.json`.

    Claims that an analyst made or a model proposed stay as they are; those that an analyst took out stay out.

    Raises:
        DataError: the case has no document, or its gazetteer cannot be read.
        CaseError: another process writes to the case.
    """
    told = progress or NoProgress()
    with case.writing():
        documents = case.documents()
        if not documents:
            raise DataError(
                f"the case {case.path} has no document yet; add some with `sitewatch docs add {case.path} "
                "FILE_OR_URL...`"
            )
        key = claims_key(case)
        known = _gazetteer(case)
        own, proposed = case.lasting_claims(), case.proposed()
        aside = case.claims_aside()
        foreign = by_hand(documents)
        skipped = {d.id for d in foreign}
        claims = list(own)
        told.start("reading claims", sum(map(_weight, documents)))
        for document in documents:
            part = _Part(told, _weight(document))
            if document.id not in skipped:
                claims += kept(extract_claims(document, known, part), own, aside)
            part(1.0)
        told.start("holding claims against each other", 1)
        related = still_proposed(relate(documents, claims), proposed)
        told.start("keeping claims", 1)
        found = write_claims(case, related, key)
        counts = {"documents": len(documents), "claims": len(found.claims), "own": len(own)}
        case.log("claims", **counts, links=len(found.links), origins=len(found.origins))
        told.done()
    return ReadClaims(tuple(documents), found, tuple(foreign), known is not None, len(aside))


def write_claims(case: Case, related: ClaimSet, key: str | None = None) -> ClaimSet:
    """Keep claims as they were related and write `out/claims.json`.

    Args:
        key: of the reading that gave them; by default that of the last one, which documents may have followed.
    """
    case.set_claims(related)
    documents = case.documents()
    place = {d.id: n for n, d in enumerate(documents)}
    ordered = sorted(related.claims, key=lambda c: (place[c.source], c.start, c.id))  # as the store has them
    found = dataclasses.replace(related, claims=tuple(ordered))
    path = case.project(FILE, dump_claims(documents, found))
    last = case.steps().get(STEP)
    key = key or (last.key if last is not None else None)
    if key is not None:
        case.mark_step(STEP, key, [path])
    return found


def _weight(document: Document) -> int:
    """Work that a document makes: thousands of its characters, begun ones too."""
    return 1 + len(document.text) // 1000


class _Part:
    """One document's part of a piece of work."""

    def __init__(self, told: Progress, weight: int) -> None:
        self.told, self.weight, self.done = told, weight, 0

    def __call__(self, share: float) -> None:
        """So much of the document is read, 0..1."""
        now = int(share * self.weight)
        if now > self.done:
            self.told.advance(now - self.done)
            self.done = now


def stored_claims(case: Case) -> ReadClaims:
    """The claims as they were last read, without reading them again."""
    documents = case.documents()
    return ReadClaims(
        tuple(documents),
        case.claim_set(),
        tuple(by_hand(documents)),
        case.gazetteer.is_file(),
        len(case.claims_aside()),
    )


def claims_key(case: Case) -> str:
    """Key of all that reading claims depends on: documents, names, what analysts said, the code."""
    own = [codec.dumps(c) for c in case.lasting_claims()]
    known = case.gazetteer.read_bytes().hex() if case.gazetteer.is_file() else None
    documents = [codec.dumps(dataclasses.replace(d, path="")) for d in case.documents()]
    return engine.key_of(VERSION, documents, known, own, case.claims_aside())


def kept(claims: Sequence[Claim], own: Sequence[Claim], aside: dict[str, str]) -> list[Claim]:
    """Claims of one document by the rules, named by their place, without those that an analyst replaced.

    A name follows from document and place, `doc-1f2e3d4c5b-01456`, with a letter for further claims at the same
    place; so it stays when the rules find more or fewer claims elsewhere.
    """
    taken = {c.id: c.quote for c in own}
    result: list[Claim] = []
    used: set[str] = set()
    for claim in claims:
        name = _free(claim, used)
        used.add(name)
        if aside.get(name) == claim.quote:
            continue
        while name in taken:  # the analyst's claim there is another one
            name = _free(claim, used)
            used.add(name)
        result.append(dataclasses.replace(claim, id=name))
    return result


def _free(claim: Claim, used: set[str]) -> str:
    base = f"{claim.source}-{claim.start:05d}"
    count = 0
    name = base
    while name in used:
        count += 1
        name = f"{base}{_letters(count)}"
    return name


def _letters(count: int) -> str:
    """1 → "b", 25 → "z", 26 → "ba": a place's first claim has no letter."""
    text = ""
    while count:
        count, digit = divmod(count, 26)
        text = chr(ord("a") + digit) + text
    return text


def still_proposed(found: ClaimSet, proposed: Sequence[Alignment]) -> ClaimSet:
    """`found` with those of the proposed alignments of which both claims are still there."""
    there = {c.id for c in found.claims}
    return dataclasses.replace(found, proposed=tuple(a for a in proposed if set(a.claims) <= there))


def _gazetteer(case: Case) -> Gazetteer | None:
    return load(case.gazetteer) if case.gazetteer.is_file() else None


def rows(done: ReadClaims) -> dict[str, Any]:
    """As `out/claims.json` has them."""
    return claims_rows(done.documents, done.found)


def claim_of(case: Case, name: str) -> Claim:
    """The claim with the id `name`.

    Raises:
        UsageError: no such claim.
    """
    for claim in case.claim_set().claims:
        if claim.id == name:
            return claim
    raise UsageError(f"the case has no claim {name!r}; `sitewatch claims list {case.path} --all` names them")

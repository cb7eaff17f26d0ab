"""Bring documents into a case, list them, correct what is told of them, take them out."""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sitewatch.case import Case
from sitewatch.documents.language import READ_HERE
from sitewatch.documents.photo import NEAR_BITS, distance
from sitewatch.documents.published import stated_date
from sitewatch.documents.read import MAX_BYTES, Said, read_document
from sitewatch.errors import DocumentError, NetworkError, UsageError
from sitewatch.net import fetch, is_url
from sitewatch.types import Document
from sitewatch.types.progress import NoProgress, Progress

__all__ = ["AddedDocuments", "Said", "add_documents", "by_hand", "edit_document", "remove_document"]


@dataclass(frozen=True, slots=True)
class AddedDocuments:
    """What became of the documents that were offered."""

    new: tuple[Document, ...]
    known: tuple[Document, ...]
    """As they were before; they were left as they are."""
    failed: dict[str, str]
    """File or address → why it was not added, in one line."""
    alike: tuple[tuple[str, str, str], ...]
    """(id of a new one, id of another, in what they are alike): near-duplicates of photographs, equal texts."""


def add_documents(
    case: Case,
    places: Sequence[str],
    *,
    said: Said | None = None,
    allow_private: bool = False,
    progress: Progress | None = None,
) -> AddedDocuments:
    """Read the files and web addresses `places` and keep those that are documents, with their bytes.

    A document that is there already stays as it is. What cannot be read is told and not kept.

    Args:
        said: what the user says of them; a title only where there is one.
        allow_private: also fetch from this machine and its private networks.

    Raises:
        UsageError: what was said is no date or no encoding, or of a photograph and said of what is none.
        CaseError: the case cannot be written.
    """
    said = said or Said()
    if said.title is not None and len(places) > 1:
        raise UsageError(f"one title for {len(places)} documents; add them one by one to name them")
    told = progress or NoProgress()
    read: dict[str, tuple[Document, bytes]] = {}
    failed: dict[str, str] = {}
    told.start("reading documents", len(places))
    for place in dict.fromkeys(places):
        try:
            document, data = _read(place, said, allow_private)
            read.setdefault(document.id, (document, data))
        except (DocumentError, NetworkError) as error:
            failed[place] = str(error)
        told.advance()
    told.done()
    before = case.documents()
    stored = {d.id: d for d in before}
    with case.transaction():
        new = [document for document, data in read.values() if case.add_document(document, data)]
        if new:
            paths = {d.id: d.path for d in new}
            case.log("docs add", documents=paths, refused=failed)
    known = tuple(stored[i] for i in read if i in stored)
    return AddedDocuments(tuple(new), known, failed, _alike(before, new))


def edit_document(case: Case, name: str, said: Said) -> Document:
    """Correct what is told of a document; bytes and text stay. What `said` leaves open stays as it is.

    Raises:
        UsageError: no such document, no date, an encoding, or words about a photograph for what is none.
    """
    document = case.document(name)
    if said.encoding is not None:
        raise UsageError(
            "the text of a document stays; to read it in another encoding, remove it and add it again"
        )
    about_photo = {
        "said_to_show": said.said_to_show,
        "said_by": said.said_by,
        "place": said.place,
    }
    stated: dict[str, Any] = {key: value for key, value in about_photo.items() if value is not None}
    if stated and document.photo is None:
        raise UsageError(
            f"{document.id} is no photograph: what it is said to show, by whom and where, is for those"
        )
    changed = dataclasses.replace(
        document,
        title=said.title if said.title is not None else document.title,
        publisher=said.publisher if said.publisher is not None else document.publisher,
        restricted=said.restricted if said.restricted is not None else document.restricted,
        photo=dataclasses.replace(document.photo, **stated) if document.photo is not None else None,
    )
    if said.published is not None:
        date = stated_date(said.published)
        changed = dataclasses.replace(changed, published=date, published_source="analyst")
    if changed != document:
        with case.transaction():
            case.put_document(changed)
            case.log("docs edit", document=document.id, said=_stated(said))
    return changed


def remove_document(case: Case, name: str, *, with_claims: bool = False) -> Document:
    """Take a document out of a case, with the claims that the rules read from it. With the last one go the files in
    `out/` that told of claims.

    Args:
        with_claims: also where an analyst made claims from it; they go with it.

    Raises:
        UsageError: no such document, or an analyst's claims hang on it.
    """
    document = case.document(name)
    own = [c.id for c in case.claim_set().claims if c.source == document.id and c.maker == "analyst"]
    if own and not with_claims:
        raise UsageError(
            f"{len(own)} claims that an analyst made rest on {document.id} (the first: {own[0]}); "
            "say --with-claims to lose them too"
        )
    with case.transaction():
        case.remove_document(document)
        case.log("docs remove", document=document.id, path=document.path, sha256=document.sha256, claims=own)
        left = case.documents()
    if not left:
        for file in ("claims.json", "assessment.json"):
            (case.out / file).unlink(missing_ok=True)
    return document


def by_hand(documents: Iterable[Document]) -> list[Document]:
    """Documents in languages in which the rules find no claims: an analyst enters those."""
    return [d for d in documents if d.text and d.language not in READ_HERE]


def _read(place: str, said: Said, allow_private: bool) -> tuple[Document, bytes]:
    if is_url(place):
        got = fetch(place, max_bytes=MAX_BYTES, allow_private=allow_private)
        document = read_document(place, got.data, said, declared_encoding=got.charset)
        notes = () if got.url == place else (f"found at {got.url}",)
        host = urlsplit(got.url).hostname
        return (
            dataclasses.replace(
                document, publisher=document.publisher or host, notes=(*document.notes, *notes)
            ),
            got.data,
        )
    path = Path(place)
    try:
        if path.is_dir():
            raise DocumentError(f"{place}: a folder; name the files in it")
        if not path.is_file():
            raise DocumentError(
                f"{place}: no such file; expected a file or an address with http:// or https://"
            )
        if path.stat().st_size > MAX_BYTES:
            raise DocumentError(
                f"{place}: {path.stat().st_size / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB are read, "
                "cut out what is needed"
            )
        data = path.read_bytes()
    except OSError as error:
        raise DocumentError(f"{place}: cannot be read ({error.strerror or error})") from None
    return read_document(path, data, said), data


def _alike(before: Sequence[Document], new: Sequence[Document]) -> tuple[tuple[str, str, str], ...]:
    found = []
    others = list(before)
    for document in new:
        for other in others:
            how = _how_alike(document, other)
            if how:
                found.append((document.id, other.id, how))
        others.append(document)
    return tuple(found)


def _how_alike(one: Document, other: Document) -> str | None:
    if one.photo is not None and other.photo is not None:
        bits = distance(one.photo.perceptual_hash, other.photo.perceptual_hash)
        return f"near-duplicate: {bits} of 64 bits of their hashes differ" if bits <= NEAR_BITS else None
    if one.text and one.text_sha256 == other.text_sha256:
        return "the same text in other bytes"
    return None


def _stated(said: Said) -> dict[str, Any]:
    return {f.name: v for f in dataclasses.fields(said) if (v := getattr(said, f.name)) is not None}

"""Bytes to a `Document`: text with passages, or a photograph, with what it says of itself.

What a document is, its bytes decide and not its name. Scripts in titles and the like are kept as the text that
they are; whoever shows them escapes them.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from sitewatch.documents.child import parse
from sitewatch.documents.decode import decode, oddities
from sitewatch.documents.language import language_of
from sitewatch.documents.nature import EXPECTED, kind_of
from sitewatch.documents.published import from_metadata, in_line, is_date_line, is_update, stated_date
from sitewatch.documents.source import declared_source, publisher_in
from sitewatch.documents.text import is_furniture, passages
from sitewatch.errors import DocumentError, UsageError
from sitewatch.types import Document, DocumentKind, Passage, Photo

MAX_BYTES = 50_000_000
MAX_TEXT = 20_000_000
"""Code points of extracted text."""
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w:.-]{2,40})|<\?xml[^>]{0,100}encoding=[\"']([\w.-]+)", re.I
)
_NO_TITLE = re.compile(
    r"(?:microsoft (?:word|powerpoint)|untitled|.*\.(?:docx?|indd|pptx?|tex|dvi|pdf|rtf|odt)$|slide ?1$)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What the user says of a document; None leaves it to the document."""

    title: str | None = None
    published: str | None = None
    """`2024`, `2024-11`, `2024-11-26` or `2024-11-26T17:00`."""
    publisher: str | None = None
    said_to_show: str | None = None
    """Of a photograph: what it is said to show, by whom, and where it is said to have been taken."""
    said_by: str | None = None
    place: str | None = None
    encoding: str | None = None
    """Of text: name of a codec."""
    restricted: bool | None = None
    """True where it must not be handed on, to a language model for instance."""


@dataclass(slots=True)
class _Draft:
    """What was read so far."""

    text: str
    passages: tuple[Passage, ...]
    notes: list[str]
    title: str | None = None
    published: str | None = None
    publisher: str | None = None
    language: str | None = None
    photo: Photo | None = None


def read_document(
    path: Path | str, data: bytes, said: Said | None = None, *, declared_encoding: str | None = None
) -> Document:
    """The document that the bytes `data` are.

    Args:
        path: file or URL that they came from; only told, never opened.
        said: what the user says; it counts more than what the document says.
        declared_encoding: the encoding that the server stated.

    Raises:
        DocumentError: empty, of a kind that is not read, damaged, or too large.
        UsageError: `said` holds something that is no date or no encoding, or words about a photograph for what
            is none.
    """
    said = said or Said()
    published = stated_date(said.published) if said.published is not None else None
    if len(data) > MAX_BYTES:
        raise DocumentError(
            f"{path}: {len(data) / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB are read, cut out what is needed"
        )
    try:
        kind = kind_of(data)
        if kind is not DocumentKind.PHOTO and any((said.said_to_show, said.said_by, said.place)):
            raise UsageError(
                f"{path}: what a picture is said to show, by whom and where, is for photographs; this is "
                f"{'a PDF' if kind is DocumentKind.PDF else 'text'}"
            )
        draft = _READERS[kind](data, said, declared_encoding)
    except DocumentError as error:
        raise DocumentError(f"{path}: {error}") from None
    if len(draft.text) > MAX_TEXT:
        raise DocumentError(f"{path}: {len(draft.text)} characters of text; at most {MAX_TEXT} are read")
    return _finished(str(path), data, kind, draft, said, published)


def _finished(
    path: str, data: bytes, kind: DocumentKind, draft: _Draft, said: Said, published: str | None
) -> Document:
    text = draft.text
    own = [text[p.start : p.end] for p in draft.passages if p.role != "boilerplate"]
    sha256 = hashlib.sha256(data).hexdigest()
    stated = draft.published or (None if published else _date_in(draft))
    publisher = (
        said.publisher
        or draft.publisher
        or publisher_in([text[p.start : p.end] for p in draft.passages[-12:]])
    )
    title = " ".join((said.title or draft.title or _headline(draft) or _file_title(path)).split())
    return Document(
        id=f"doc-{sha256[:10]}",
        title=title,
        path=path,
        kind=kind,
        sha256=sha256,
        text=text,
        text_sha256=hashlib.sha256(text.encode()).hexdigest(),
        passages=draft.passages,
        language=_language(own, draft),
        published=published or stated,
        published_source=(
            "analyst" if published else "metadata" if draft.published else "text" if stated else None
        ),
        publisher=publisher,
        declared_source=declared_source(title, own, publisher),
        notes=tuple(draft.notes),
        photo=draft.photo,
        restricted=bool(said.restricted),
    )


_VISIBLE = re.compile(r"[^\s\x00-\x1f\u200b-\u200f\u2060\ufeff]")


def _read_text(data: bytes, said: Said, declared: str | None) -> _Draft:
    decoded = decode(data, said.encoding, declared=declared)
    text = decoded.text
    if not _VISIBLE.search(text):
        raise DocumentError(f"the file holds no character that can be seen; {EXPECTED}")
    return _Draft(text, passages(text), [*decoded.notes, *oddities(text)])


def _read_html(data: bytes, said: Said, declared: str | None) -> _Draft:
    found = _META_CHARSET.search(data[:4096])
    in_page = (found[1] or found[2]).decode("ascii") if found else None
    decoded = decode(data, said.encoding, declared=declared or in_page)
    page = parse("html", decoded.text.encode())
    text, parts = _joined([(role, _storable(t)) for role, t in page["blocks"]])
    meta: dict[str, Any] = page["meta"]
    notes = [*decoded.notes, *page["notes"], *oddities(text)]
    if not any(p.role != "boilerplate" for p in parts):
        notes.append("the page has no text of its own: perhaps it is made by scripts; save its text instead")
    published = from_metadata(meta["published"]) if meta["published"] else None
    if meta["published"] and published is None:
        notes.append(f"its stated date {meta['published'][:40]!r} could not be understood")
    return _Draft(
        text,
        parts,
        notes,
        title=_storable(meta["title"] or "") or None,
        published=published,
        publisher=_storable(meta["publisher"] or "") or None,
        language=meta["language"],
    )


def _read_pdf(data: bytes, said: Said, declared: str | None) -> _Draft:
    found = parse("pdf", data)
    text = _storable("\n\f\n".join(found["pages"]))
    text = text if text.strip() else ""
    notes = [*found["notes"], *oddities(text.replace("\f", ""))]
    meta = found["meta"]
    if meta["created"]:
        notes.append(
            f"the file was made {_storable(meta['created'])[:40]} (PDF metadata), which is no date of publication"
        )
    stated = _storable(meta["title"] or "")
    draft = _Draft(text, passages(text), notes)
    if stated and not _NO_TITLE.match(stated):
        draft.title = stated
    return draft


def _read_photo(data: bytes, said: Said, declared: str | None) -> _Draft:
    found = parse("photo", data)
    notes = found.pop("notes")
    photo = Photo(said_to_show=said.said_to_show, said_by=said.said_by, place=said.place, **found)
    return _Draft("", (), notes, photo=photo)


_READERS = {
    DocumentKind.TEXT: _read_text,
    DocumentKind.HTML: _read_html,
    DocumentKind.PDF: _read_pdf,
    DocumentKind.PHOTO: _read_photo,
}


def _joined(blocks: Sequence[tuple[str, str]]) -> tuple[str, tuple[Passage, ...]]:
    """Blocks as one text, an empty line between them, and where each lies in it."""
    at = 0
    parts = []
    for hint, text in blocks:
        role = hint
        if hint in ("paragraph", "item", "heading"):
            role = "boilerplate" if is_furniture(text) else "byline" if is_date_line(text) else hint
        parts.append(Passage(at, at + len(text), role))
        at += len(text) + 2
    return "\n\n".join(text for _, text in blocks), tuple(parts)


def _storable(text: str) -> str:
    """`text` with lone surrogates, which no file can hold, replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _headline(draft: _Draft) -> str | None:
    found = next((p for p in draft.passages[:3] if p.role == "title"), None)
    return draft.text[found.start : found.end] if found else None


def _file_title(path: str) -> str:
    parts = urlsplit(path) if "://" in path else None
    name = PurePosixPath(unquote(parts.path)).stem or parts.netloc if parts else Path(path).stem
    return name or path


def _language(own: Sequence[str], draft: _Draft) -> str:
    found = language_of("\n".join(own[:200]))
    stated = (draft.language or "").split("-")[0].lower()
    return stated if found == "und" and re.fullmatch("[a-z]{2,3}", stated) else found


def _date_in(draft: _Draft) -> str | None:
    """The publication date that the text states: in a date line, a dateline, or "Published: ..." at either end."""
    lines = [draft.text[p.start : min(p.end, p.start + 200)] for p in draft.passages if p.role == "byline"]
    ends = [p for p in (*draft.passages[:8], *draft.passages[-4:]) if p.role not in ("byline", "boilerplate")]
    lines += [draft.text[p.start : min(p.end, p.start + 200)] for p in ends]
    for update in (False, True):
        for line in lines:
            found = in_line(line) if is_update(line) is update else None
            if found:
                return found
    return None

"""A document that says something about a site, and a photograph that is said to show it."""

from dataclasses import dataclass
from enum import StrEnum

from sitewatch.errors import DataError


class DocumentKind(StrEnum):
    """What the bytes are."""

    TEXT = "text"
    HTML = "html"
    PDF = "pdf"
    PHOTO = "photo"


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document's text that is one block: a headline, a paragraph, a list item."""

    start: int
    """Code point in `Document.text`; the first of the passage."""
    end: int
    """Code point after the last."""
    role: str
    """title, byline, heading, paragraph, item, caption, boilerplate."""

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise DataError(f"passage {self.start}..{self.end}: expected 0 <= start <= end")


@dataclass(frozen=True, slots=True)
class Photo:
    """What a photograph carries and what is said of it."""

    width: int
    height: int
    """Pixels."""
    perceptual_hash: str
    """64-bit hash as 16 hexadecimal digits; near-duplicates differ in few bits."""
    taken: str | None
    """ISO time from EXIF as written by the camera; None where absent. Easily forged: a statement, not a fact."""
    longitude: float | None
    latitude: float | None
    """Degrees, from EXIF; None where absent."""
    camera: str | None
    said_to_show: str | None
    """What, in the words of who brought it; None where nothing was said."""
    said_by: str | None
    place: str | None
    """Where it is said to have been taken."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document as it was read: bytes and extracted text are kept beside it under their hashes."""

    id: str
    title: str
    path: str
    """File as given, or the URL that the user named."""
    kind: DocumentKind
    sha256: str
    """Of the raw bytes."""
    text: str
    """Extracted text; spans of claims count its code points. Empty for a photograph."""
    text_sha256: str
    """Of `text` in UTF-8."""
    passages: tuple[Passage, ...]
    language: str
    """BCP 47 primary tag ("en", "ru"), "und" where undecided."""
    published: str | None
    """EDTF date or time of publication; None where unknown."""
    published_source: str | None
    """How it is known: metadata, text, analyst."""
    publisher: str | None = None
    declared_source: str | None = None
    """Whom the document itself names as its source ("Reuters"); None where it names none."""
    notes: tuple[str, ...] = ()
    """What was odd about it: replaced bytes, pages without text."""
    photo: Photo | None = None
    restricted: bool = False
    """True where the user said that it must not be handed on: nothing of it is sent to a language model."""

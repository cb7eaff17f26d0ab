"""The typed report tree: what a report says, before anything decides how it looks.

The HTML renderer and every later one (PDF, slides) walk the same tree. All text in it is plain text; escaping
is the renderer's work. Figures are named by path: the picture itself stays a file.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sitewatch.errors import DataError


class Role(StrEnum):
    """What a run of text is, where that is to be seen."""

    QUOTE = "quote"  # a document's words: set apart from ours, and in a direction of their own
    MARK = "mark"  # a small number that leads to what a sentence rests on
    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    CANNOT_DECIDE = "cannot-decide"
    UNTESTED = "untested"  # no image can test it


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text with one role."""

    text: str
    strong: bool = False
    code: bool = False
    target: str | None = None
    """Id of the section, or of the span, that the words lead to."""
    role: Role | None = None
    highlight: bool = False
    """True: a passage of a document to which the report refers."""
    anchor: str | None = None
    """Id by which others lead here; unique in the report."""
    title: str | None = None
    """What the words lead to, for who points at them."""


Inline = str | Span
"""Plain words, or words with a role."""
Cell = Inline | tuple[Inline, ...]
"""What stands in one field of a table."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    parts: tuple[Inline, ...]


class Tone(StrEnum):
    """How loudly a note speaks."""

    QUIET = "quiet"
    CAUTION = "caution"


@dataclass(frozen=True, slots=True)
class Note:
    """Text set apart from the running text."""

    parts: tuple[Inline, ...]
    tone: Tone = Tone.QUIET


@dataclass(frozen=True, slots=True)
class KeyFact:
    """One number or date that the reader must not miss."""

    label: str
    value: str
    detail: str = ""
    """Interval, precision or what the value rests on."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Key facts side by side."""

    items: tuple[KeyFact, ...]


class FigureKind(StrEnum):
    """What the picture is made of; renderers treat the two differently."""

    CHART = "chart"  # lines and text on white
    IMAGE = "image"  # satellite pixels, or a map drawn on them


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its caption."""

    number: int
    path: Path
    """The 300 dpi PNG (fewer pixels where a licence limits them)."""
    caption: str
    alt: str
    """What the picture shows, for a reader who cannot see it."""
    kind: FigureKind
    share: float = 1.0
    """Share of the text's width that it should take."""

    def __post_init__(self) -> None:
        if not self.alt.strip() or not self.caption.strip():
            raise DataError(
                f"figure {self.number} ({self.path.name}) needs a caption and an alternative text"
            )


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    title: str
    numeric: bool = False
    """Set flush right."""
    code: bool = False
    """Set in a fixed-width face and allowed to break anywhere (hashes, ids)."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under named columns."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str
    folded: bool = False
    """True: shown closed under its caption where the medium can fold."""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise DataError(
                    f"table {self.caption!r}: a row has {len(row)} cells; expected {len(self.columns)}"
                )


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of short statements."""

    items: tuple[tuple[Inline, ...], ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """Text to be copied as it stands, such as a command."""

    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the report; sections nest."""

    id: str
    """Unique in the report; letters, digits and hyphens."""
    title: str
    blocks: "tuple[Block, ...]"
    tag: str = ""
    """A word beside the title, such as the kind of an event."""
    quoted: bool = False
    """True where the title is a document's."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Blocks under a line that opens them, where the medium can fold."""

    summary: str
    blocks: "tuple[Block, ...]"


Block = Paragraph | Note | Facts | Figure | Table | Bullets | Code | Section | Fold


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report."""

    title: str
    subtitle: str
    generated: datetime
    """UTC."""
    version: str
    """Version of sitewatch that made it."""
    simulated: bool
    """True where any of the pixels are simulated; renderers must say so at the top."""
    sections: tuple[Section, ...]

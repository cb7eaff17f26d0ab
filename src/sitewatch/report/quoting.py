"""Words of documents as a report shows them: whole, and unable to disturb what stands around them.

Escaping is the renderer's work. Here, characters that are not seen but turn the reading direction, or are no text
at all, are written out, so that a reader sees that they are there (Unicode Technical Report 36, section 2.8).
"""

import unicodedata

from sitewatch.report.tree import Role, Span

TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that change the direction of the text after them."""
LONGEST = 90


def visible(text: str) -> str:
    """The text with direction marks and control characters written out, as [U+202E]."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        f"[U+{ord(c):04X}]"
        if c in TURNING or (unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t")
        else c
        for c in text
    )


def shortened(text: str, most: int = LONGEST) -> str:
    """On one line and at most `most` characters long."""
    line = " ".join(visible(text).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def unquoted(text: str) -> str:
    """Without quotation marks of its own around it: the report sets them."""
    bare = text.strip()
    pairs = (("“", "”"), ('"', '"'), ("«", "»"), ("„", "“"))
    for opening, closing in pairs:
        inner = bare.strip(" ,").removeprefix(opening).removesuffix(closing)
        if bare.startswith(opening) and bare.rstrip(",").endswith(closing) and opening not in inner:
            return inner.rstrip(",")
    return text


def said(text: str, *, target: str | None = None, most: int | None = None) -> Span:
    """A document's words as one line, kept apart from ours."""
    words = shortened(text, most) if most is not None else " ".join(visible(text).split())
    return Span(words, role=Role.QUOTE, target=target)

"""Bytes to text, in a known or a likely encoding; what was odd is noted, and nothing is dropped in silence.

Line ends stay as they are: the spans of claims count the code points of exactly this text.
"""

import codecs
import re
from dataclasses import dataclass

from sitewatch.documents.nature import HEAD, wide_order
from sitewatch.errors import UsageError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_RUNS = re.compile(r"[^\W\d_]+")
_HIGH = re.compile(rb"[\x80-\xff]")
SAMPLE = 1 << 17
"""Bytes and characters by which an encoding is guessed."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text as it was read from bytes."""

    text: str
    encoding: str
    """Python's name of the codec."""
    notes: tuple[str, ...]


def decode(data: bytes, encoding: str | None = None, *, declared: str | None = None) -> Decoded:
    """`data` as text.

    The encoding is, in this order: the one given; a byte order mark; UTF-16 by its zero bytes; UTF-8 where
    that fits; the one that the document declares; UTF-8 where nearly all fits; Windows-1252 or Windows-1251,
    whichever gives likelier words.

    Args:
        encoding: what the user says.
        declared: what the document or the server says, believed less than the bytes.

    Raises:
        UsageError: no such encoding.
    """
    if encoding is not None:
        return _with(data, _known(encoding), ("encoding given by the user",))
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _with(data[len(mark) :], name)
    wide = wide_order(data[:HEAD])
    if wide:
        return _with(data, wide)
    try:
        return Decoded(data.decode("utf-8"), "utf-8", ())
    except UnicodeDecodeError:
        pass
    stated = _declared(declared)
    if stated is not None and stated != "utf-8":
        return _with(data, stated)
    if _mostly_utf8(data):
        return _with(data, "utf-8")
    guess = _single_byte(data)
    return _with(data, guess, (f"no encoding declared and not UTF-8: read as {guess}, a guess",))


def oddities(text: str) -> tuple[str, ...]:
    """What a reader should know about characters that are not seen: one note for each kind."""
    notes = []
    for pattern, what in _UNSEEN:
        count = len(pattern.findall(text))
        if count:
            notes.append(what.format(n=count, s="" if count == 1 else "s"))
    return tuple(notes)


_UNSEEN = (
    (re.compile("\ufffd"), "{n} replacement character{s} (U+FFFD): bytes that could not be read"),
    (
        re.compile("[\u202a-\u202e\u2066-\u2069]"),
        "{n} bidirectional control{s}: text may be shown in another order than it is stored",
    ),
    (re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]"), "{n} control character{s}"),
    (re.compile("[\u200b\u2060\ufeff\U000e0000-\U000e007f]"), "{n} invisible character{s}"),
)


def _with(data: bytes, encoding: str, notes: tuple[str, ...] = ()) -> Decoded:
    # "replace" also turns the lone surrogates of broken UTF-16 into U+FFFD, so the text can be stored.
    return Decoded(data.decode(encoding, "replace"), encoding, notes)


def _known(encoding: str) -> str:
    try:
        info = codecs.lookup(encoding)
    except (LookupError, ValueError):
        raise UsageError(
            f"encoding {encoding[:40]!r}: unknown; expected a name such as utf-8 or cp1251"
        ) from None
    if not info._is_text_encoding:
        raise UsageError(f"encoding {encoding!r} is not one of text; expected a name such as utf-8 or cp1251")
    return info.name


def _declared(name: str | None) -> str | None:
    if not name:
        return None
    try:
        known = _known(name.strip())
    except UsageError:
        return None
    # Pages that declare Latin-1 or ASCII mean Windows-1252 (WHATWG Encoding Standard, section 4.2).
    return "cp1252" if known in ("iso8859-1", "ascii") else known


def _mostly_utf8(data: bytes) -> bool:
    """True where at least nine of ten bytes beyond ASCII belong to valid UTF-8 sequences."""
    sample = data[:SAMPLE] if _HIGH.search(data[:SAMPLE]) else data
    high = len(_HIGH.findall(sample))
    valid = sum(len(m) for m in _MULTIBYTE.findall(sample))
    return valid >= 0.9 * high


def _single_byte(data: bytes) -> str:
    """cp1252 or cp1251: Cyrillic words are runs of letters beyond ASCII, Western ones hold single ones."""
    first = _HIGH.search(data)
    start = max(0, first.start() - 1000) if first else 0
    words = _RUNS.findall(data[start : start + SAMPLE].decode("cp1251", "replace"))
    marked = [w for w in words if not w.isascii()]
    whole = sum(len(w) for w in marked if len(w) > 1 and all("\u0400" <= c <= "\u045f" for c in w))
    return "cp1251" if whole > 0.5 * sum(map(len, marked)) else "cp1252"

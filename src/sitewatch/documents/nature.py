"""What kind of document bytes are: told by what they begin with, never by the file's name."""

import re

from sitewatch.errors import DocumentError
from sitewatch.types import DocumentKind

_PHOTOS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"BM")
_REFUSED: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a ZIP archive (perhaps .docx, .odt or .epub); unpack it, or save it as PDF or text"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x1f\x8b", "a gzip archive; unpack it first"),
    (b"BZh", "a bzip2 archive; unpack it first"),
    (b"\xfd7zXZ\0", "an xz archive; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"(\xb5/\xfd", "a Zstandard archive; unpack it first"),
    (b"\xd0\xcf\x11\xe0", "an old Office file; save it as PDF or text"),
    (b"{\\rtf", "a rich text file; save it as PDF or text"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"OggS", "a sound or film"),
    (b"ID3", "a sound"),
    (b"\x1a\x45\xdf\xa3", "a film"),
)
EXPECTED = "expected text, a web page (HTML), a PDF or a photograph"
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*(?:<!doctype\s+html|<html|<head|<body|<article)",
    re.I | re.S,
)
_TAG = re.compile(r"<(?:p|div|h[1-6]|span|a|meta|title|script|section|ul|table|br)\b[^<>]{0,500}>", re.I)
_END = re.compile(r"</(?:p|div|h[1-6]|span|a|title|script|section|ul|table)\s*>", re.I)
_XML = re.compile(r"\s*(?:<\?xml|<svg|<rss|<feed|<VRTDataset)", re.I)
_BLANK = b"\xef\xbb\xbf\xff\xfe \t\r\n\f\v\0"
HEAD = 8192
"""Bytes that decide."""


def kind_of(data: bytes) -> DocumentKind:
    """Kind of a document by its first bytes.

    Raises:
        DocumentError: empty, or of a kind that is not read: what it is instead, as far as that can be seen.
    """
    head = data[:HEAD]
    if not head.strip(_BLANK):
        if data.strip(_BLANK):
            return DocumentKind.TEXT
        raise DocumentError(f"the file is empty; {EXPECTED}")
    if b"%PDF-" in head[:1024]:  # the marker may lie within the first kilobyte (ISO 32000-1, annex H.3.4.1)
        return DocumentKind.PDF
    if is_photo(head):
        return DocumentKind.PHOTO
    for magic, what in _REFUSED:
        if head.startswith(magic):
            raise DocumentError(f"{what}; {EXPECTED}")
    if _is_film(head):
        raise DocumentError(f"a film, or a HEIC photograph (save that as JPEG); {EXPECTED}")
    text = _as_text(head)
    if text is None:
        raise DocumentError(f"not a kind of document that is read here; {EXPECTED}")
    tags = len(_TAG.findall(text))
    if _HTML.match(text) or (tags >= 3 and (_TAG.match(text.lstrip()) or len(_END.findall(text)) >= 2)):
        return DocumentKind.HTML
    if _XML.match(text):
        raise DocumentError(f"an XML file, not a document; {EXPECTED}")
    return DocumentKind.TEXT


def is_photo(head: bytes) -> bool:
    """True for the first bytes of a JPEG, PNG, GIF, TIFF, BMP, WebP or AVIF image."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return True
    if head[4:8] == b"ftyp" and head[8:12] in (b"avif", b"avis"):
        return True
    if head.startswith(b"BM"):  # two letters that a text may begin with too; a bitmap's header has zeros here
        return len(head) > 14 and head[6:10] == b"\0\0\0\0"
    return head.startswith(_PHOTOS)


def _is_film(head: bytes) -> bool:
    return head[4:8] == b"ftyp" or (head[:4] == b"RIFF" and head[8:12] in (b"AVI ", b"WAVE"))


def _as_text(head: bytes) -> str | None:
    """The bytes as far as they can be text; None where they cannot."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    wide = wide_order(head)
    if wide:
        return head.decode(wide, "replace")
    control = sum(b < 9 or 14 <= b < 32 for b in head)
    if control > max(4, len(head) // 20):
        return None
    return head.decode("utf-8-sig", "replace")


def wide_order(head: bytes) -> str | None:
    """The codec of UTF-16 text without a byte order mark, by where its zero bytes lie; None for other text."""
    half = len(head) // 2
    if half < 2:
        return None
    even, odd = head[0 : 2 * half : 2].count(0), head[1 : 2 * half : 2].count(0)
    if odd > 0.4 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.4 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None

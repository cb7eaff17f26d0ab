"""PDF files made by hand, so that their bytes are known (ISO 32000-1, section 7.5)."""

import zlib
from collections.abc import Sequence

HEAD = (
    b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    b"/MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>",
)


def pdf(*pages: Sequence[str], info: bytes = b"") -> bytes:
    """A PDF with one page for each list of lines."""
    return pdf_of([(b"", _content(lines)) for lines in pages], info)


def packed(content: bytes) -> bytes:
    """A PDF of one page whose content is stored compressed."""
    return pdf_of([(b"/Filter /FlateDecode ", zlib.compress(content, 9))])


def pdf_of(streams: Sequence[tuple[bytes, bytes]], info: bytes = b"") -> bytes:
    """A PDF of pages with these content streams, each with entries for its dictionary."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * i) for i in range(len(streams)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(streams)),
        HEAD[0],
    ]
    for i, (entries, stream) in enumerate(streams):
        objects.append(b"<< /Type /Page /Parent 2 0 R %s /Contents %d 0 R >>" % (HEAD[1], 5 + 2 * i))
        objects.append(b"<< %s/Length %d >>\nstream\n%s\nendstream" % (entries, len(stream), stream))
    objects += [info] if info else []
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    stated = b"/Info %d 0 R " % len(objects) if info else b""
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, stated, len(out))
    )


def _content(lines: Sequence[str]) -> bytes:
    if not lines:
        return b""
    shown = (line.encode("cp1252") for line in lines)
    escaped = (s.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)") for s in shown)
    return b"BT /F1 11 Tf 50 780 Td 14 TL " + b" ".join(b"(%s) Tj T*" % s for s in escaped) + b" ET"

"""A PDF to its text, page by page. It runs in the parser's own process, which has limits on time and memory."""

import io
import logging
import re
import warnings
from typing import Any

MAX_PAGES = 2000
_SENTENCE_END = re.compile(r"[.!?:][\"'”’»)\]]*$")
_NEW_PART = re.compile(r"\s*(?:[•‣▪◦●·*–—-]\s|\(?\d{1,2}[.)]\s)")


def read_pdf(data: bytes) -> dict[str, Any]:
    """What a PDF says: plain values, as they leave the parser's process.

    Returns:
        `pages`: the text of each page, lines put together to paragraphs, which a line end parts;
        `meta`: title, author, created (as the file states them; when a file was made is no date of publication);
        `notes`.

    Raises:
        ValueError: damaged, or locked with a password.
    """
    import pypdf  # noqa: PLC0415

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of each repair; one note says as much
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            reader = pypdf.PdfReader(io.BytesIO(data))
            if reader.is_encrypted and not reader.decrypt(""):
                raise ValueError("it is locked with a password; save an open copy")
            count = len(reader.pages)
        except ValueError:
            raise
        except Exception as error:  # the parser raises many kinds, by what is broken
            raise ValueError(f"damaged, or not a real PDF ({_line(error)})") from None
        pages, broken = _pages(reader, min(count, MAX_PAGES))
    notes = []
    if count > MAX_PAGES:
        notes.append(f"{count} pages, of which the first {MAX_PAGES} were read")
    if broken:
        notes.append(f"{_numbers(broken)} could not be read")
    empty = [i + 1 for i, page in enumerate(pages) if not page and i + 1 not in broken]
    if not any(pages):
        notes.append("it has no text: an empty or a scanned PDF; give its text as a file of its own")
    elif empty:
        notes.append(f"{_numbers(empty)} without text (scanned, or pictures only)")
    return {"pages": pages, "meta": _meta(reader), "notes": notes}


def paragraphs(page: str) -> str:
    """Lines of a page put together to paragraphs, one a line; a word parted at a line end is made whole.

    A paragraph ends at an empty line, before a bullet, and at a line clearly shorter than the others that ends a
    sentence or looks like a heading.
    """
    lines = [" ".join(line.replace("\xad", "").split()) for line in page.splitlines()]
    lengths = sorted(len(line) for line in lines if line)
    full = lengths[-(-8 * (len(lengths) - 1) // 10)] if lengths else 0
    out = ""
    ended = True
    for line in lines:
        if not line:
            ended = True
            continue
        if ended or _NEW_PART.match(line):
            out += ("\n" if out else "") + line
        elif re.search(r"[^\W\d_]-$", out) and re.match(r"[^\W\d_]", line) and line[0].islower():
            out = out[:-1] + line
        else:
            out += ("" if re.search(r"\w[–-]$", out) else " ") + line
        opens = line[0].isupper() or line[0].isdigit()
        heading = opens and len(line) < 0.6 * full and not line.endswith((",", "-", "–"))
        ended = heading or (len(line) < 0.75 * full and _SENTENCE_END.search(line) is not None)
    return out


def _pages(reader: Any, count: int) -> tuple[list[str], list[int]]:
    pages: list[str] = []
    broken: list[int] = []
    for i in range(count):
        try:
            pages.append(paragraphs(reader.pages[i].extract_text()))
        except Exception:  # one damaged page does not take the others with it
            pages.append("")
            broken.append(i + 1)
    return pages, broken


def _meta(reader: Any) -> dict[str, str | None]:
    try:
        info = reader.metadata or {}
        stated = {key: str(info.get(name) or "").strip()[:500] or None for key, name in _FIELDS.items()}
    except Exception:
        return dict.fromkeys(_FIELDS)
    return stated


_FIELDS = {"title": "/Title", "author": "/Author", "created": "/CreationDate"}


def _numbers(pages: list[int]) -> str:
    told = ", ".join(map(str, pages[:8])) + (" …" if len(pages) > 8 else "")
    return f"page{'s' if len(pages) > 1 else ''} {told}"


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__

"""Plain text to passages: which lines are headline, date line, heading, list item, page furniture."""

import re
import statistics
from collections.abc import Iterator, Sequence

from sitewatch.documents.published import is_date_line
from sitewatch.types import Passage

MAX_TITLE = 200
"""Code points of the longest line taken for a headline."""
MAX_HEADING = 100
MAX_LINES = 50_000
"""What comes after so many is one more passage, however long, so that millions of lines cost little."""
_LINE = re.compile(r"[^\r\n\f\v\x85\u2028\u2029]+")
_BULLET = re.compile(r"(?:[•‣▪◦●·*–—-]|\(?\d{1,2}[.)])\s+\S")
_ENDS = re.compile(r"[.!?…;,。！？][\"'”’»)\]]*$")
_INNER_STOP = re.compile(r"[a-zа-я0-9)][.!?]\s+[A-ZА-Я]")
_BYLINE = re.compile(r"(?:By|Written by|Reporting by|Author:)\s+[A-Z]", re.I)
_FURNITURE = re.compile(
    r"support\s+\S+(?:\s+\S+)?\s+or\s+become|become (?:our|a) (?:patron|member|subscriber)|subscribe\b|sign up\b"
    r"|follow us\b|read (?:also|more|next)\b|see also\b|related (?:articles|stories|news|topics)\b|advertisement\b"
    r"|all rights reserved|share (?:this|on)\b|click here\b|(?:we use|accept) (?:all )?cookies|privacy policy"
    r"|terms of (?:use|service)|log ?in\b|skip to (?:main )?content|©|\(c\) ?\d{4}|copyright\b|newsletter\b"
    r"|donate\b|join (?:us|our)\b|most (?:read|popular)\b|back to top\b|print this\b|leave a comment\b",
    re.I,
)


def is_furniture(line: str) -> bool:
    """True for a short line that belongs to the page and not to the article: an appeal, a copyright line."""
    return len(line) <= 150 and _FURNITURE.match(line.strip()) is not None


def passages(text: str) -> tuple[Passage, ...]:
    """Passages of plain text, in order and without overlap; they hold every character that is no white space.

    A line is a passage; where lines are wrapped by hand, a block between empty lines is. Cost is linear.
    """
    spans = list(_blocks(text))
    roles = _roles([text[a:b] for a, b in spans])
    return tuple(Passage(a, b, role) for (a, b), role in zip(spans, roles, strict=True))


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without white space at its ends; `(start, start)` where nothing else is in it."""
    piece = text[start:end]
    lead = len(piece) - len(piece.lstrip())
    return (start, start) if lead == len(piece) else (start + lead, start + len(piece.rstrip()))


def _lines(text: str) -> Iterator[tuple[int, int]]:
    count = 0
    for match in _LINE.finditer(text):
        start, end = trimmed(text, *match.span())
        if start < end:
            count += 1
            if count > MAX_LINES:
                yield trimmed(text, start, len(text))
                return
            yield start, end


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    group: list[tuple[int, int]] = []
    for start, end in _lines(text):
        # Two line ends (or a page break) between lines part them; CR LF is one.
        between = text[group[-1][1] : start].replace("\r\n", "\n") if group else ""
        if group and (len(re.findall(r"[\n\r\u2028\x85]", between)) > 1 or re.search("[\f\u2029]", between)):
            yield from _merged(text, group)
            group = []
        group.append((start, end))
    yield from _merged(text, group)


def _merged(text: str, group: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """One block for lines that were wrapped by hand, new at each bullet; else one for each line."""
    lengths = [end - start for start, end in group[:-1]]
    wrapped = (
        len(lengths) > 0
        and max(lengths) <= 110
        and min(lengths) >= 40
        and statistics.median(lengths) >= 0.7 * max(lengths)
        and sum(_ENDS.search(text[max(a, b - 10) : b]) is None for a, b in group[:-1]) > len(lengths) / 2
    )
    if not wrapped:
        yield from group
        return
    start, end = group[0]
    for a, b in group[1:]:
        if _BULLET.match(text, a, b):
            yield start, end
            start = a
        end = b
    yield start, end


def _roles(blocks: Sequence[str]) -> list[str]:
    title = next((b for b in blocks[:3] if not is_furniture(b) and not is_date_line(b)), "")
    titled = is_title(title) and len(blocks) > 1
    roles = []
    for i, block in enumerate(blocks):
        if titled and block == title and i < 20:
            roles.append("title")
        elif is_furniture(block):
            roles.append("boilerplate")
        elif is_date_line(block) or (i < 6 and len(block) < 100 and _BYLINE.match(block)):
            roles.append("byline")
        elif _BULLET.match(block):
            roles.append("item")
        elif is_heading(block) and i + 1 < len(blocks):
            roles.append("heading")
        else:
            roles.append("paragraph")
    return roles


def is_title(line: str) -> bool:
    """True for a line that can be a headline: short, one piece, without a full stop at its end."""
    return (
        0 < len(line) <= MAX_TITLE
        and "\n" not in line
        and not line.rstrip().endswith((".", ":", ";", ","))
        and _INNER_STOP.search(line) is None
        and any(c.isalpha() for c in line)
    )


def is_heading(line: str) -> bool:
    """True for a line that can stand over paragraphs."""
    line = line.rstrip()
    if len(line) > MAX_HEADING or not any(c.isalpha() for c in line):
        return False
    if line.endswith(":"):
        return len(line.split()) <= 4
    return _ENDS.search(line) is None and not re.match(r"\w+:\s", line) and line[0] not in "\"'“‘«"

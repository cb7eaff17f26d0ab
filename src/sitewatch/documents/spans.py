"""Stretches of a text, counted in code points, and how to hide some of them from a grammar."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator

Span = tuple[int, int]
"""First code point and the one after the last."""

HIDDEN = "\ue000"
"""Stands for a hidden code point: a private-use character that no pattern matches."""


def words(text: str) -> list[str]:
    """A lexicon written as running text."""
    return text.split()


def hide(text: str, spans: Iterable[Span]) -> str:
    """`text` of the same length with the code points of `spans` replaced, so that offsets stay true."""
    pieces, at = [], 0
    for start, end in sorted(spans):
        if end <= at:
            continue
        begin = max(start, at)
        pieces += [text[at:begin], HIDDEN * (end - begin)]
        at = end
    return "".join([*pieces, text[at:]]) if pieces else text


def overlap(a: Span, b: Span) -> bool:
    """True where the two share at least one code point."""
    return a[0] < b[1] and b[0] < a[1]


def inside(inner: Span, outer: Span) -> bool:
    """True where `inner` lies within `outer`."""
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def trim(text: str, span: Span, also: str = "") -> Span:
    """`span` without white space, and without the characters of `also`, at either end."""
    start, end = span
    while start < end and (text[start].isspace() or text[start] in also):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in also):
        end -= 1
    return start, end


class Taken:
    """Stretches that are taken, none overlapping; asks and adds in logarithmic time."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._spans: list[Span] = []
        for span in sorted(spans):
            self.add(span)

    def free(self, span: Span) -> bool:
        """True where nothing taken shares a code point with `span`."""
        at = bisect_left(self._spans, span)
        after = at < len(self._spans) and overlap(self._spans[at], span)
        return not after and not (at > 0 and overlap(self._spans[at - 1], span))

    def add(self, span: Span) -> bool:
        """Takes `span` if it is free, and says whether it was."""
        if span[0] >= span[1] or not self.free(span):
            return False
        self._spans.insert(bisect_left(self._spans, span), span)
        return True


def windows(pattern: re.Pattern[str], text: str, before: int, after: int) -> Iterator[Span]:
    """Stretches around what a cheap pattern finds, joined where they meet: where an expensive one may look."""
    start = end = -1
    for match in pattern.finditer(text):
        a, b = max(0, match.start() - before), min(len(text), match.end() + after)
        if end < 0:
            start, end = a, b
        elif a <= end:
            end = b
        else:
            yield start, end
            start, end = a, b
    if end >= 0:
        yield start, end

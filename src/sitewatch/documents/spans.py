"""Stretches of a text, counted in code points, and how to hide some of them from a grammar."""

from collections.abc import Iterable

Span = tuple[int, int]
"""First code point and the one after the last."""

HIDDEN = "\ue000"
"""Stands for a hidden code point: a private-use character that no pattern matches."""


def hide(text: str, spans: Iterable[Span]) -> str:
    """`text` of the same length with the code points of `spans` replaced, so that offsets stay true."""
    pieces, at = [], 0
    for start, end in sorted(spans):
        if end <= at:
            continue
        start = max(start, at)
        pieces += [text[at:start], HIDDEN * (end - start)]
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

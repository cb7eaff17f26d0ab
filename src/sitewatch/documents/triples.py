"""Subject, predicate and object of a statement, as entities where they are known."""

import re

from sitewatch.documents.gazetteer import Mention
from sitewatch.documents.spans import Span, trim
from sitewatch.documents.verbs import AUXILIARIES, FINITE

_WORD = re.compile(r"[A-Za-z\u00c0-\u024f][\w’'-]*")
_SKIP = re.compile(r"^(?:which|who|that|where)\b")


def triple(text: str, span: Span, mentions: list[Mention]) -> tuple[str | None, str | None, str | None]:
    """The words before, of and after the first verb of a statement; entity ids replace names."""
    start, end = span
    quote = text[start:end]
    verb = _verb(quote, [(m.start - start, m.end - start) for m in mentions])
    if verb is None:
        return _entity(text, span, mentions), None, None
    subject = _entity(text, trim(text, (start, start + verb[0]), ",;:"), mentions, last=True)
    object_ = _entity(text, trim(text, (start + verb[1], end), ",;:."), mentions)
    return subject, re.sub(r"\s+", " ", quote[verb[0] : verb[1]]), object_


def _verb(quote: str, names: list[Span]) -> Span | None:
    """The first finite verb with its auxiliaries and adverbs."""
    tokens = [m for m in _WORD.finditer(quote) if not any(a <= m.start() < b for a, b in names)]
    for i, token in enumerate(tokens):
        low = token[0].lower()
        if low not in FINITE or (i and tokens[i - 1][0].lower() in ("the", "a", "an", "its", "by", "newly")):
            continue
        end = token.end()
        for following in tokens[i + 1 : i + 5]:
            word = following[0].lower()
            if quote[end : following.start()].strip():
                break
            if (
                word in FINITE
                or word in AUXILIARIES
                or word.endswith(("ly", "ing"))
                or word in ("not", "also", "been", "be", "to", "now")
            ):
                end = following.end()
            else:
                break
        return token.start(), end
    return None


def _entity(text: str, span: Span, mentions: list[Mention], *, last: bool = False) -> str | None:
    inside = [m for m in mentions if span[0] <= m.start and m.end <= span[1]]
    if inside:
        return inside[-1 if last and len(inside) == 1 else 0].entity
    words = _SKIP.sub("", text[span[0] : span[1]]).strip(" ,;:.")
    return re.sub(r"\s+", " ", words)[:160] or None

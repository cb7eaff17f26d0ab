"""The statements inside a sentence: clauses, coordinated parts, relative and participial clauses, appositions."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from dataclasses import dataclass

from sitewatch.documents.spans import HIDDEN, Span, overlap, trim
from sitewatch.documents.verbs import AUXILIARIES, FINITE, PARTICIPLES, has_finite

_WORD = re.compile(r"[A-Za-z\u00c0-\u024f][\w’'-]*")
_AUX = "|".join(sorted(AUXILIARIES, key=len, reverse=True))
_CUT = re.compile(
    r"(?P<semi>;\s+|\s+[–—]\s+)"
    r"|(?P<that>,\s+(?=that\b))"
    r"|(?P<relative>,\s+(?=(?:which|who|where|whose|whom)\b))"
    r"|(?P<aswell>,?\s+as well as\s+)"
    r"|(?P<conj>,\s+(?:and|but|while|whereas|although|though|as|so|yet|because|since|after|before|until|when|if|then|plus)\s+(?=\S))"
    r"|(?P<coord>\s+(?:and|but|or)\s+(?=\S))"
    r"|(?P<subord>\s+(?:while|whereas|although|though|because|after|before|when|until)\s+(?=\S))"
    r"|(?P<part>,\s+(?=(?:then |now |also |later |once |first |previously |formerly |already |not |some )?(?P<word>[a-z]+)\b))"
    r"|(?P<comma>,\s+)"
)
_LEAD = re.compile(
    r"^(?:[Nn]otably|[Ff]urthermore|[Mm]oreover|[Hh]owever|[Mm]eanwhile|[Aa]dditionally|[Ii]n addition|[Ff]inally|[Tt]herefore|[Tt]hus|[Ii]ndeed|[Ss]till|[Aa]lso|[Ii]nstead|"
    r"[Cc]rucially|[Ii]mportantly|[Ss]eparately|[Ii]n particular|[Ff]or example|[Oo]verall|[Ss]imilarly|[Ll]ikewise|[Oo]n the other hand|and|but|while|whereas|although|though|that|so|yet|or|[Ww]hile|[Aa]lthough|[Tt]hough|[Aa]nd|[Bb]ut)\b,?\s*"
)
_PARTICIPLE_HEADS = frozenset(
    [
        "known",
        "referred",
        "located",
        "situated",
        "based",
        "called",
        "named",
        "dubbed",
        "used",
        "formalized",
        "formalised",
        "provided",
        "captured",
        "taken",
        "including",
        "making",
        "followed",
        "built",
        "designed",
        "made",
        "designated",
        "owned",
        "operated",
        "run",
        "surrounded",
        "equipped",
        "believed",
        "thought",
        "visible",
        "adjacent",
        "home",
        "part",
    ]
)
_OBSERVES = re.compile(
    r"\b(?:show(?:s|ed|n)?|reveal(?:s|ed)?|includ(?:e|es|ed|ing)|identif(?:y|ies|ied)|produc(?:e|es|ed)|saw|sees?|observ(?:e|es|ed)|detect(?:s|ed)?|count(?:s|ed)?|comprises?|contains?|features?|depict(?:s|ed)?)\b"
)
_NOUN_PHRASE = re.compile(
    r"(?:an?|the|its|their|several|two|three|four|five|six|seven|eight|nine|ten|new|some|improvements?|additional|more|at least|about|\d+)\b|(?:[a-z]+ ){1,3}[a-z]+s\b"
)
_THAT = re.compile(
    r"(?P<head>(?:\b(?:an?|the|its|their|this|that) )?(?:[\w’'-]+ ){0,4}?[\w’'-]+) (?P<that>that|which|who) (?P<verb>[a-z]+)\b"
)
_REDUCED = re.compile(
    rf"(?P<head>(?:[\w’'-]+[ {HIDDEN}]+){{1,4}}?)(?P<verb>located|situated|aimed|purchased|bought|obstructing|blocking|signed|used by|captured by|provided by|built in|built by)\b"
)
_APPOSITION = re.compile(
    r"(?P<head>(?<!\w)[A-Z][\w’'&.-]{0,40}(?: (?:of |the )?[A-Z][\w’'&.-]{0,40}){0,4}), (?P<what>(?:an?|the|another|its|their|one of|also an?|[a-z]+ (?:director|chief|head) (?:at|of)|director of|head of)\b[^,;.()]{3,90})(?=[,;.]|$)"
)
_ALLEGED = re.compile(
    r"\b(?:[Tt]he|[Aa]n?) (?:alleged|suspected|reported|purported) (?:[\w’'-]+ ){1,12}?(?=(?:has|have|had|is|are|was|were|could|may|will)\b)|\b(?:[Tt]he|[Aa]n?) (?:alleged|suspected|purported) [\w’' -]{4,80}?(?=[,;.]|$)"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch that states something."""

    start: int
    end: int
    kind: str
    """main, relative, participle, listed, apposition, restrictive."""


def clauses(words: str, cues: list[Span], seen: bool = False) -> list[Clause]:
    """Statements of one sentence, spans counted in it; `cues` are attributing words, which are not part of any.

    The parts of a list of things seen are statements each; an apposition and a restrictive relative clause
    overlap with the clause that they stand in.
    """
    found: list[Clause] = []
    for segment in _without(words, cues):
        found += _segment(words, segment, seen)
    for pattern, kind in (
        (_APPOSITION, "apposition"),
        (_THAT, "restrictive"),
        (_REDUCED, "restrictive"),
        (_ALLEGED, "alleged"),
    ):
        for match in pattern.finditer(words):
            span = _extra(words, match, kind)
            if span is not None and not any(_same(span, (c.start, c.end)) for c in found):
                found.append(Clause(*span, kind))
    return sorted(found, key=lambda c: (c.start, -c.end))


def _same(a: Span, b: Span) -> bool:
    shared = min(a[1], b[1]) - max(a[0], b[0])
    return shared > 0.7 * (max(a[1], b[1]) - min(a[0], b[0]))


def _without(words: str, cues: list[Span]) -> list[Span]:
    at, kept = 0, []
    for start, end in sorted(cues):
        if start > at:
            kept.append((at, start))
        at = max(at, end)
    kept.append((at, len(words)))
    return [s for s in kept if words[s[0] : s[1]].strip(" ,.;:!?“”\"'")]


def _segment(words: str, segment: Span, seen: bool) -> list[Clause]:
    start, end = segment
    pieces: list[tuple[int, int, str]] = []
    at, kind = start, "main"
    for match in _CUT.finditer(words, start, end):
        following = words[match.end() : end]
        label = _cuts(words, at, match, following, seen)
        if label is None:
            continue
        pieces.append((at, match.start(), kind))
        at, kind = match.end(), label
    pieces.append((at, end, kind))
    return _finished(words, _merged(words, pieces))


def _cuts(words: str, at: int, match: re.Match[str], following: str, seen: bool) -> str | None:  # noqa: PLR0911, PLR0912 (rules in order)
    """What kind of statement starts after a separator; None where it separates none."""
    first = _WORD.match(following.lstrip('“"‘ '))
    word = first[0].lower() if first else ""
    before = words[at : match.start()]
    if match["semi"]:
        return "main" if len(following.split()) > 2 else None
    if match["relative"]:
        return "relative"
    if match["that"]:
        return "main"
    if match["aswell"]:
        return "listed"
    head = following[:120].split(",", maxsplit=1)[0]
    if match["conj"] or match["subord"]:
        if has_finite(head) and has_finite(before):
            return "main"
        return (
            "listed"
            if match["conj"] and (seen or _OBSERVES.search(before)) and _NOUN_PHRASE.match(following)
            else None
        )
    if match["coord"]:
        if (word in FINITE and word not in ("found", "used")) or (
            word in ("used", "found") and has_finite(before)
        ):
            return "main" if has_finite(before) else None
        if word in ("also", "then", "now", "later", "may") and has_finite(head):
            return "main"
        clause = re.match(
            rf"(?:the |a |an |its |their |it |they |he |she |[A-Z])[\w’' {HIDDEN}-]{{1,50}}? (?:{_AUX}) ",
            following,
        )
        if clause and has_finite(before):
            return "main"
        if (
            _OBSERVES.search(before)
            and _NOUN_PHRASE.match(following)
            and not re.search(r"\bbetween [^,]*$", before)
            and not has_finite(head)
        ):
            return "listed"
        return None
    if match["part"]:
        token = match["word"]
        if (
            token in PARTICIPLES
            or token in _PARTICIPLE_HEADS
            or (token in FINITE and token not in AUXILIARIES and token.endswith("ed"))
        ):
            return "participle"
        if re.match(r"some [a-z]+ing\b", following):
            return "participle"
        if token in FINITE:
            return "resumed"
        adverb = re.match(
            r"(?:then|now|also|later|once|first|previously|formerly|already|not) (?P<next>[a-z]+)", following
        )
        if adverb and adverb["next"] in FINITE:
            return "participle"
    if (
        (match["part"] or match["comma"])
        and has_finite(before)
        and re.match(r"(?:it|they|he|she|the|a|an|this|these|[A-Z][\w’'-]*)\b", following)
        and has_finite(head)
        and len(before.split()) > 4
    ):
        return "main"
    return None


def _merged(words: str, pieces: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Pieces without a verb go with their neighbours: a bare subject with the participle that describes it."""
    out: list[tuple[int, int, str]] = []
    for start, end, kind in pieces:
        bare = not has_finite(words[start:end])
        if (
            out
            and kind == "participle"
            and out[-1][2] == "main"
            and not has_finite(words[out[-1][0] : out[-1][1]])
        ):
            out[-1] = (out[-1][0], end, "participle")
        elif out and kind == "resumed":
            # "The hall, built in May, is empty": the statement goes around what interrupts it.
            first = next((k for k in range(len(out) - 1, -1, -1) if out[k][2] in ("main", "participle")), 0)
            if first < len(out) - 1 or out[first][2] == "participle":
                out.insert(first + 1, (out[first][0], end, "main"))
            else:
                out[first] = (out[first][0], end, "main")
        elif out and kind == "main" and bare:
            out[-1] = (out[-1][0], end, out[-1][2])
        else:
            out.append((start, end, kind))
    return out


def _finished(words: str, pieces: list[tuple[int, int, str]]) -> list[Clause]:
    found = []
    for start, end, kind in pieces:
        span = trim(words, (start, end), ",;:.!?…–—")
        while lead := _LEAD.match(words[span[0] : span[1]]):
            if lead.end() >= span[1] - span[0]:
                break
            span = (span[0] + lead.end(), span[1])
        if span[1] - span[0] < 3 or len(words[span[0] : span[1]].split()) < (1 if kind == "listed" else 2):
            continue
        found.append(Clause(*span, "main" if kind == "resumed" else kind))
    return found


def _extra(words: str, match: re.Match[str], kind: str) -> Span | None:
    if kind == "alleged":
        return trim(words, match.span(), ",;:.")
    if kind == "apposition":
        what = match["what"]
        if has_finite(what) and not re.search(r"\b(?:based|located)\b", what):
            return None
        return trim(words, match.span())
    verb = match["verb"].split()[0]
    if match.groupdict().get("that") and verb not in FINITE:
        return None
    if match.groupdict().get("that"):
        before = words[match.start() : match.start("that")].split()
        if before and before[-1].lower() in FINITE and before[-1].islower():
            return None
    stop = re.compile(
        r"[,;.:!?“”\"]|\s(?:and|but|while|which|who|has|have|had|is|are|was|were|could|may|will)\s|\s[–—]\s"
    ).search(words, match.end())
    end = stop.start() if stop else len(words)
    head = match["head"]
    start = match.start()
    tokens = head.split()
    cut = max(
        (
            i
            for i, t in enumerate(tokens)
            if t.lower() in FINITE
            or t.lower() in ("of", "in", "at", "to", "for", "by", "and", "said", "a", "an", "the", "from")
        ),
        default=-1,
    )
    if cut >= 0:
        kept = tokens[cut + 1 :] or tokens[-1:]
        start = (
            match.start() + head.rfind(kept[0])
            if len(kept) == 1
            else match.start() + head.find(" ".join(kept))
        )
    return trim(words, (max(start, match.start()), end), ",;:.")


def covered(span: Span, others: list[Span]) -> bool:
    """True where `span` shares code points with any of `others`."""
    return any(overlap(span, o) for o in others)

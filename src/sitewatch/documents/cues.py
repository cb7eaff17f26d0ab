"""Attributing words other than verbs of speech: "according to", "by X's count", "reportedly", "- Reuters"."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from dataclasses import dataclass, replace

from sitewatch.documents.known import NAME, Known, Source
from sitewatch.documents.spans import HIDDEN, Span
from sitewatch.documents.speakers import read_source
from sitewatch.documents.verbs import has_finite
from sitewatch.types import Attribution

ACCORDING = re.compile(
    r"\b(?P<cue>[Aa]ccording to|[Aa]s per|[Pp]er(?= (?:@|[A-Z]|the [A-Z]))|[Bb]y the (?:data|estimates?|account|information|words) of|[Ii]n the (?:words|view|views|opinion|assessment|estimation|eyes|judge?ment|telling|reading|account|mind) of|[Oo]n the (?:evidence|authority|word|testimony) of|[Cc]ourtesy of|"
    r"[Ii]n an? (?:report|statement|analysis|assessment) (?:by|from)|[Aa]s (?:first )?reported by|[Qq]uoting|[Cc]iting|[Rr]eported by|[Ff]irst reported by|[Tt]he words of|[Bb]ased on (?:an? )?(?:data|information|reports?|analysis|estimates?) (?:from|by))\s+"
)


BY_COUNT = re.compile(
    r"\b(?P<cue>[Bb]y|[Ii]n|[Oo]n|[Ff]rom) (?P<np>(?:(?:the|its|their|his|her|a|an|one) )?(?:[\w.-]+ ){0,4}?[\w.-]+[’']s?|[Hh]is|[Hh]er|[Ii]ts|[Tt]heir) (?:own |latest |annual |initial |[a-z]+ )?"
    r"(?:survey|study|research|lights|arithmetic|paper|model|logs|records|count|estimates?|estimation|reckoning|account|calculations?|figures|data|view|words|opinion|assessment|judge?ment|telling|analysis|reading|version|tally|measurements?|reports?)\b"
)


QUOTED_AS = re.compile(
    r"\b(?:(?P<passive>(?:is|was|were|been|are) (?:also |later )?(?:quoted|cited)(?: by (?P<by>[^,;.]{2,60}?))?)|(?P<active>quoted|quotes|cited|cites) (?P<np>[^,;.]{2,60}?)) as saying\b"
)


_IMPERSONAL = re.compile(
    r"\b(?:(?P<reports>reportedly|(?:is|are|was|were|has been|have been) (?:widely )?(?:reported|said|understood|rumou?red) to)|(?P<alleges>allegedly|alleged|purported(?:ly)?|supposedly)|"
    r"(?P<believes>(?:is|are|was|were|widely|long) (?:also |widely |now |long )?(?:believed|thought|assumed|considered|presumed) to(?= \w)|(?:[Ii]t is|[Ii]s) (?:widely )?(?:believed|thought|assumed) that)|(?P<suspects>suspected(?! to have been)))\b"
)


WIRE = re.compile(
    rf"(?:\s[–—-]\s(?P<name>{NAME})|\((?P<paren>Reuters|AP|AFP|dpa|TASS|Interfax|Xinhua|KCNA|Yonhap|Bloomberg)\))\s*$"
)


_APPOSED = re.compile(
    r"^(?:an?|the|another|one of|also an?|who|which|whose|formerly|former|director|head|chief|spokes\w+|analyst|speaking|citing|quoting|through|via|writing|himself|herself|himself an?|now an?|\w+ (?:director|researcher|analyst|editor|spokesman|officer)|quoted|based|itself|long|president|chairman|professor|a|co-\w+)\b",
    re.IGNORECASE,
)


_CONJUNCTION = re.compile(
    r"^(?:and|but|while|whereas|although|though|as|yet|so|when|where|because|since|if|after|for which|which|that|or|nor)\s+(?:when\s+)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Attributed:
    """One attribution and the words that it covers."""

    attribution: Attribution
    start: int
    end: int
    """Of the cue with the speaker's words: what is not part of the claim itself."""
    scope: Span
    """What is attributed."""
    depth: int = 0
    """0 is nearest the fact; larger ones report that."""
    place: str = "outside"
    """Where the cue stands: outside the statement ("X said that ..."), within it as its verb ("X denies selling
    arms"), or between commas in its midst ("the hall, X said, is new")."""


def make(source: Source, cue: str, stance: str) -> Attribution:
    return Attribution(source.kind, source.name, source.role, source.organisation, cue, stance)


def according(words: str, match: re.Match[str], known: Known) -> list[Attributed]:
    start = match.end()
    end = phrase_end(words, start, match.start() < 4)
    sources = read_source(words[start:end].replace(HIDDEN, " "), known)
    if not sources:
        return []
    cue = match["cue"]
    nested = cue.lower() in ("citing", "quoting")
    stance = "shows" if sources[0].kind == "document" else "reports" if "report" in cue else "asserts"
    if re.search(r"view|opinion|estimation|judge?ment|eyes|mind", cue) and stance == "asserts":
        stance = "believes"
    scope = (
        (0, match.start())
        if end >= len(words.rstrip(" ."))
        else (end, len(words))
        if match.start() < 4
        else (0, len(words))
    )
    depth = 0
    made = [Attributed(make(s, cue, stance), match.start(), end, scope, depth) for s in sources]
    if nested:
        made = [replace(a, scope=(0, len(words))) for a in made]
    return made


def by_count(words: str, match: re.Match[str], known: Known) -> list[Attributed]:
    """ "By the institute's count, ..." """
    np = match["np"]
    if np.lower() in ("his", "her", "its", "their"):
        sources = read_source({"his": "he", "her": "she", "its": "it", "their": "they"}[np.lower()], known)
    else:
        sources = read_source(re.sub(r"[’']s?$", "", np), known)
    fronted = not words[: match.start()].strip(' “"')
    if not (fronted or words[: match.start()].rstrip().endswith(",")):
        return []
    scope = (match.end(), len(words)) if fronted else (0, match.start())
    cue = f"{match['cue']} ... {match[0].split()[-1]}"
    stance = (
        "believes" if re.search(r"(?:view|opinion|judge?ment|reading|reckoning)$", match[0]) else "asserts"
    )
    return [
        Attributed(make(s, cue, stance), match.start(), match.end(), scope)
        for s in sources
        if s.kind != "document"
    ]


def quoted_as(words: str, match: re.Match[str], known: Known) -> list[Attributed]:
    """ "X was quoted (by Y) as saying", "Y quoted X as saying"."""
    start = subject_start(words, match.start())
    subject = read_source(words[start : match.start()].replace(HIDDEN, " "), known)
    if match["passive"]:
        speakers, reporters = (
            subject,
            read_source(match["by"].replace(HIDDEN, " "), known) if match["by"] else [],
        )
    else:
        speakers, reporters = read_source(match["np"].replace(HIDDEN, " "), known), subject
    scope = (match.end(), len(words))
    made = [Attributed(make(s, "quoted as saying", "asserts"), start, match.end(), scope) for s in speakers]
    return made + [Attributed(make(s, "quoted", "reports"), start, match.end(), scope, 1) for s in reporters]


def phrase_end(words: str, start: int, fronted: bool = False) -> int:
    """The end of a source's noun phrase with its appositions."""
    pieces = re.compile(r"[,;:!?\n–—“”\"()]|\.(?=\s|$)| - ")
    at = start
    while match := pieces.search(words, at):
        if match[0] == "(":
            close = words.find(")", match.end(), match.end() + 80)
            if close > 0:
                at = close + 1
                continue
        if match[0] == "," and _APPOSED.match(words[match.end() :].lstrip()):
            following = pieces.search(words, match.end())
            piece = words[match.end() : following.start() if following else len(words)]
            if (
                not has_finite(piece) and (following is not None or not fronted)
            ) or piece.lstrip().startswith("who"):
                if following is None:
                    return len(words)
                at = following.start()
                if following[0] == ",":
                    return at
                continue
        if match[0] == "," and not words[at : match.start()].strip():
            at = match.end()
            continue
        return match.start()
    end = len(words)
    return end


def subject_start(words: str, end: int) -> int:
    """Where the noun phrase before a verb starts, with its appositions."""
    boundary = re.compile(r"[,;:!?–—“”\"«»()]|\.\s| - ")
    marks = list(boundary.finditer(words, 0, end))
    piece_starts = [0, *(m.end() for m in marks)]
    i = len(piece_starts) - 1
    while i > 0 and not words[piece_starts[i] : end].strip():
        i -= 1
        if words[piece_starts[i] :].lstrip()[:1] and marks[i - 1 if i else 0][0] == "(":
            continue
        piece = words[piece_starts[i] : end].strip(" ,")
        if i > 0 and marks[i - 1][0] in ",–—(" and (_APPOSED.match(piece) or re.match(rf"{NAME}$", piece)):
            i -= 1
        break
    start = piece_starts[i]
    if i > 0 and marks[i - 1][0] == ")":
        opened = words.rfind("(", 0, start)
        start = max((s for s in piece_starts if s <= opened and s != opened + 1), default=0)
    lead = _CONJUNCTION.match(words[start:end].lstrip())
    start += len(words[start:end]) - len(words[start:end].lstrip())
    if lead and lead.end() < end - start:
        start += lead.end()
    # "..., which" and fronted dates end before the subject.
    dated = re.match(
        rf"(?:(?:[Oo]n|[Ii]n|[Ll]ast|[Ee]arlier|[Ll]ate|[Ee]arly|[Bb]y|[Ss]ince)\s+)?{HIDDEN}+\s+(?=\S)",
        words[start:end],
    )
    if dated and dated.end() < end - start:
        start += dated.end()
    return start


def impersonal(words: str) -> list[Attributed]:
    found = []
    for match in _IMPERSONAL.finditer(words):
        stance = str(match.lastgroup)
        made = Attribution("unnamed", None, None, None, match[0], stance)
        found.append(Attributed(made, match.start(), match.start(), match.span()))
    return found

"""Attributing words other than verbs of speech: "according to", "by X's count", "reportedly", "- Reuters"."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from dataclasses import dataclass, replace

from sitewatch.documents.known import NAME, Known, Source
from sitewatch.documents.spans import HIDDEN, Span
from sitewatch.documents.speakers import read_source
from sitewatch.documents.subjects import SECOND, is_clause, phrase_end, subject_start
from sitewatch.types import Attribution

ACCORDING = re.compile(
    r"\b(?P<cue>[Aa]ccording to|[Aa]s per|[Pp]er(?= (?:@|[A-Z]|the [A-Z]))|(?<=, )per(?= (?:the|an?|its|local|state) [a-z])|[Bb]y (?:the )?(?:data|estimates?|account|information|words) of|[Ff]rom the side of|[Ii]n opinion of|[Ii]n the (?:words|view|views|opinion|assessment|estimate|calculation|account|version|experience|interpretation|estimation|eyes|judge?ment|telling|reading|account|mind) of|[Oo]n the (?:evidence|authority|word|testimony) of|[Cc]ourtesy of|"
    r"[Ii]n an? (?:report|statement|analysis|assessment) (?:by|from)|[Aa]s (?:first )?reported by|[Vv]ia(?= @)|[Uu]nderst(?:ood|ands) from|[Ll]earn(?:ed|t) from|(?<![a-z] )[Hh]eard from|[Jj]udging (?:by|from)|[Gg]oing by|[Qq]uoting|[Cc]iting|[Ww]ith reference to|[Rr]eferring to(?= (?:the|a|an|its|[A-Z]))|[Aa]s (?:first )?(?:noted|stated|described|explained|confirmed|told|announced|claimed|seen) by|(?<!-)[Rr]eported by|[Ff]irst reported by|[Tt]he words of|[Bb]ased on (?:an? )?(?:data|information|reports?|analysis|estimates?) (?:from|by))\s+"
)


BY_COUNT = re.compile(
    r"\b(?P<cue>[Bb]y|[Ii]n|[Oo]n|[Ff]rom) (?P<np>(?:(?:the|its|their|his|her|a|an|one) )?(?:[\w.-]+ ){0,4}?[\w.-]+[’']s?|[Hh]is|[Hh]er|[Ii]ts|[Tt]heir) (?:own |latest |annual |initial |(?:[a-z]+ ){1,3}?)?"
    r"(?:survey|study|research|lights|arithmetic|paper|model|logs|records|count|estimates?|estimation|reckoning|account|calculations?|figures|data|view|words|opinion|assessment|judge?ment|telling|analysis|reading|version|tally|measurements?|reports?|phrase|terms|formulation|interpretation|experience|testimony|statement)\b"
)


QUOTED_AS = re.compile(
    r"\b(?:(?P<passive>(?:is|was|were|been|are) (?:also |later )?(?:quoted|cited)(?: by (?P<by>[^,;.]{2,60}?))?)|(?P<active>quoted|quotes|cited|cites) (?P<np>[^,;.]{2,60}?)) as saying\b(?: by (?P<by2>[^,;.“”\"]{2,60}))?"
)


CITING = ("citing", "quoting", "with reference to", "referring to")
"""Cues of those whom another speaker hands on."""
_IMPERSONAL_STANCE = {"argued": "asserts", "stated": "asserts", "noted": "asserts", "asserted": "asserts", "maintained": "asserts", "stressed": "asserts", "contended": "asserts", "announced": "asserts", "claimed": "alleges", "alleged": "alleges", "suggested": "suggests"}  # fmt: skip
_IMPERSONAL = re.compile(
    r"\b(?:(?P<reports>reportedly|(?:is|are|was|were|has been|have been) (?:widely )?(?:reported|said|understood|rumou?red) to)|(?P<alleges>allegedly|alleged(?! by)|purported(?:ly)?|supposedly)|"
    r"(?P<told>[Ii]t (?:is|was|has been|had been) (?:widely |also |now |earlier |previously |later |often |sometimes |further )?(?P<verb>understood|reported|said|rumou?red|claimed|argued|alleged|stated|announced|suggested|noted|asserted|maintained|stressed|contended)(?: [a-z]+)? that)|(?P<believes>(?:is|are|was|were|widely|long) (?:also |widely |now |long )?(?:believed|thought|assumed|considered|presumed|feared|suspected) to(?= \w)|(?:[Ii]t (?:is|was)|[Ii]s) (?:widely |generally |also )?(?:believed|thought|assumed|suspected|feared|estimated) that)|(?P<suspects>suspected(?! to have been)))\b"
)


WIRE = re.compile(
    rf"(?:\s[–—-]\s(?P<name>{NAME})|\((?P<paren>Reuters|AP|AFP|dpa|TASS|Interfax|Xinhua|KCNA|Yonhap|Bloomberg)\))\s*$"
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
    if words[start:].startswith("@"):
        end = start + len(words[start:].split(maxsplit=1)[0])
    second = SECOND.search(words, start + 4, end) if match.start() < 4 else None
    if second is not None and is_clause(words[second.start() : end]):
        end = second.start()
    cut = re.search(
        r"\s(?:it|there|we|they|he|she|this) (?:is|was|has|have|are|were|had)\b", words[start:end]
    )
    end = start + cut.start() if cut else end
    sources = read_source(
        words[start:end].replace(HIDDEN, " "),
        known,
        not re.match(
            r"(?:plan|schedule|law|custom|tradition|need|size|age|weight|type|whether|how|what|which|his|her)\b",
            words[start:end],
        ),
    )
    if not sources:
        return []
    cue = match["cue"]
    nested = cue.lower() in CITING
    image = sources[0].kind == "document" and re.search(
        r"imag|pictur|photo|video|footage|scene|frame|scan", sources[0].role or ""
    )
    stance = "shows" if image else "reports" if "report" in cue.lower() else "asserts"
    if re.search(r"view|opinion|estimat|judge?ment|eyes|mind", cue) and stance == "asserts":
        stance = "estimates" if "estimat" in cue else "believes"
    if stance == "asserts" and re.search(r"\b(?:estimates?|calculations?)$", words[start:end].strip()):
        stance = "estimates"
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
        after = re.match(
            r",? (?P<np>[^,;:.]{3,60}?) (?:[a-z]+ed|never|is|was|had|has|did|saw|went|got|kept|took|left|made|knew)\b",
            words[match.end() :],
        )
        named = read_source(after["np"], known) if after else []
        sources = named if named and named[0].name else []
        sources = sources or read_source(
            {"his": "he", "her": "she", "its": "it", "their": "they"}[np.lower()], known
        )
    else:
        sources = read_source(re.sub(r"[’']s?$", "", np), known)
    fronted = not words[: match.start()].strip(' “"')
    if not (fronted or words[: match.start()].rstrip(' ”"').endswith((",", ";"))):
        return []
    scope = (match.end(), len(words)) if fronted else (0, match.start())
    cue = f"{match['cue']} ... {match[0].split()[-1]}"
    stance = (
        "believes" if re.search(r"(?:view|opinion|judge?ment|reading|reckoning)$", match[0]) else "asserts"
    )
    if re.search(r"\b(?:count|estimates?|reckoning|calculations?|arithmetic)$", match[0]):
        stance = "estimates"
    if re.search(r"(?:figures|data|records|logs)$", match[0]):
        stance = "shows"
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
            read_source((match["by"] or match["by2"]).replace(HIDDEN, " "), known)
            if match["by"] or match["by2"]
            else [],
        )
    else:
        speakers, reporters = read_source(match["np"].replace(HIDDEN, " "), known), subject
    scope = (match.end(), len(words)) if words[match.end() :].strip(" .”") else (0, start)
    made = [Attributed(make(s, "quoted as saying", "asserts"), start, match.end(), scope) for s in speakers]
    return made + [Attributed(make(s, "quoted", "reports"), start, match.end(), scope, 1) for s in reporters]


def impersonal(words: str) -> list[Attributed]:
    found = []
    for match in _IMPERSONAL.finditer(words):
        if match["told"] and re.search(
            r"\b[Ii]n (?:the|an?|its|their|his|her) [^,;:.]{3,60} $", words[: match.start()]
        ):
            continue
        stance = (
            _IMPERSONAL_STANCE.get(match["verb"] or "", "reports") if match["told"] else str(match.lastgroup)
        )
        made = Attribution("unnamed", None, None, None, match[0], stance)
        found.append(Attributed(made, match.start(), match.start(), match.span()))
    return found

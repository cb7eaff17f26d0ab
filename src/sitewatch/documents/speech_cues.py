"""Verbs of speech before, after and around what is said."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re

from sitewatch.documents.cues import Attributed, make, phrase_end, subject_start
from sitewatch.documents.known import NAME, Known, has_role
from sitewatch.documents.spans import HIDDEN, Span
from sitewatch.documents.spans import words as lexicon
from sitewatch.documents.speakers import read_source
from sitewatch.documents.speech import FURTHER, SPEAKING, STANCES
from sitewatch.documents.verbs import has_finite
from sitewatch.types import Attribution

_VERB_WORDS = "|".join(sorted((re.escape(v) for v in STANCES), key=len, reverse=True))


VERB = re.compile(rf"\b(?P<verb>{_VERB_WORDS})\b")


_ADVERB = r"(?:also|has|have|had|later|repeatedly|both|all|then|earlier|further|since|now|again|previously|recently|never|publicly|jointly|will|would|is|was|reportedly|flatly|strongly|told|[a-z]+ly|did|not|himself|herself|itself|who|could|can|may|might|are|were|been|be|cannot|must|should)"


_BEFORE_VERB = re.compile(rf"(?:\s+{_ADVERB})*\s*$")


_POST = re.compile(
    rf"(?:\s+(?:on|in|at|to|by|over|during|via|this|last|late|early|yesterday|today|earlier|afterwards|recently|{HIDDEN}+|an?|the|its|his|her|our|their|email|e-mail|statement|interview|report|briefing|"
    rf"post|release|press|conference|call|telephone|phone|message|newspaper|reporters|journalists|note|social|media|website|Telegram|X|Twitter|[A-Z][\w’']*|yesterday|meeting|hearing|published|study|paper|article|speech|broadcast|written|radio|us|me|\w+day[’']s|news|agency|parliament|lawmakers|council))*\s*(?=[.,;:!?”\"]|$)"
)


_NOUNS_TOO = frozenset(
    [
        "report",
        "reports",
        "claims",
        "claim",
        "notes",
        "note",
        "states",
        "state",
        "comments",
        "comment",
        "estimates",
        "estimate",
        "document",
        "documents",
        "posts",
        "post",
        "finds",
        "doubts",
        "fears",
        "shows",
        "show",
        "suspects",
        "suspect",
        "judge",
        "judges",
        "counts",
        "count",
        "promises",
        "remark",
        "remarks",
        "blame",
        "find",
    ]
)


_NOBODY = re.compile(
    r"(?:we|i|you|my|our|no|nobody|none|neither|nothing|there|this|that|which|what|these|those|here)\b(?! (?:\w+ )?(?:images?|imagery|pictures?|photos?|photographs?|figures|findings|data))",
    re.IGNORECASE,
)


_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|could|may|might|can|should|did|does|do)\b"
)


_COMPLEMENT = re.compile(r"\s*(?:[,:]\s*)?(?:that\b|[“\"«]|:)")


_CLAUSE = re.compile(
    rf"\s+(?:there|it|they|he|she)\b|\s+(?:the |an? |its |their |[A-Z])?[\w’' {HIDDEN}-]{{2,60}}? (?:is|are|was|were|has|have|had|will|would|could|may|might|can)\b"
)


_BARE_NO = frozenset(
    (
        "display",
        "displays",
        "displayed",
        "illustrate",
        "react",
        "reacted",
        "object",
        "charge",
        "advise",
        "expand",
        "expands",
        "expanded",
        "detail",
        "details",
    )
)
"""Verbs that need "that" before what is said."""


_HOLDS = frozenset(("confirms", "denies", "identifies", "shows", "accuses"))


_TO_HEARER = re.compile(
    rf"(?:\s+(?P<hearer>(?:the )?(?:{NAME})|reporters|journalists|lawmakers|us|me|this newspaper|parliament|the (?:paper|newspaper|agency|council|court|hearing|broadcaster|station)|state media|local media))?"
)


def by_verb(words: str, match: re.Match[str], known: Known) -> list[Attributed]:  # noqa: PLR0911, PLR0912 (rules in order)
    verb = match["verb"]
    stance = STANCES[verb]
    before = words[: match.start()]
    if verb in _NOUNS_TOO and re.search(
        r"(?:\b(?:the|an?|its|their|this|that|his|her|our|any|no|annual|new|of|by|on|earlier|latest|recent|final|first|such|these|those|official|all|many|press|news|some|rough)|[’']s?) $",
        before,
    ):
        return []
    if re.search(
        r"\b(?:declin(?:es?|ed)|refus(?:es?|ed)|fail(?:s|ed)?|yet|able|unable|asked|requests?|invited|unwilling|reluctant|used|available) to $",
        before,
    ):
        return []
    left = _BEFORE_VERB.search(before)
    stem_end = left.start() if left else match.start()
    gap = before[stem_end:]
    if re.search(r"\b(?:not|never)\b", gap):
        return []
    if re.search(
        r"\b(?:to|will|would|could|can|cannot|may|might|must|should|been|be|is|was|are|were|not|did)\s*$", gap
    ) and not re.search(r"\b(?:did not|has been|will)\b", gap):
        if not re.search(r"\b(?:is|was|are|were)\s*$", gap) or stance != "asserts":
            return []
        return []
    inverted = _inverted(words, match, known, stance)
    if inverted:
        return inverted
    start = subject_start(words, stem_end)
    subject = words[start:stem_end]
    if not subject.strip() or _NOBODY.match(subject.strip()):
        return []
    if re.match(r"(?:its|their|his|her) own ", subject.strip(), re.IGNORECASE):
        return []  # "The firm said its own survey found ...": one voice
    if re.search(r"\b(?:said|says|told|insisted|added)\b(?! (?:he|she|it))", re.sub(r",.*,", "", subject)):
        return []
    if _FINITE.search(re.sub(r",[^,]*\bwho\b[^,]*|\bwho\b.*", "", subject)) or len(subject.split()) > 22:
        return []
    if not _follows(words, match, stance, subject):
        return []
    sources = read_source(subject.replace(HIDDEN, " "), known)
    if not sources:
        return []
    hearer = _TO_HEARER.match(words, match.end()) if verb.startswith("t") else None
    tail = hearer.end() if hearer else match.end()
    post = _POST.match(words, tail)
    at_end = bool(post) and not words[post.end() : post.end() + 1].startswith(":")  # type: ignore[union-attr]
    place = "outside"
    rest = words[post.end() :].strip(' .,;!?”"') if post else words[tail:]
    if at_end and (not rest or start > 0) and start > 1 and not _COMPLEMENT.match(words, tail):
        scope = (0, start) if not rest else (0, len(words))
        place = "midst" if rest else "outside"
        end = post.end() if post else tail
    else:
        said = hearer.end() if hearer else match.end()
        scope, end = (said, _scope_end(words, said)), said
        if stance in _HOLDS and not _COMPLEMENT.match(words, said) and not _CLAUSE.match(words, said):
            place = "verb"
    if any(s.kind == "document" for s in sources) and not _documents_can(verb, stance):
        return []
    quoted = _is_quote(words, scope)
    stance = "quoted-directly" if quoted and stance in ("asserts", "believes") else stance
    cue = words[start:end].strip(" ,").replace(HIDDEN, "").replace("‹", "(").replace("›", ")")
    if sources[0].kind == "unnamed" and stance == "indicates":
        stance = "reports"
    made = [Attributed(make(s, cue, stance), start, max(end, match.end()), scope, 0, place) for s in sources]
    if hearer and hearer["hearer"] and re.match(r"(?:the )?[A-Z]", hearer["hearer"]):
        name = re.sub(r"^the ", "", hearer["hearer"])
        if name not in ("I", "We"):
            known.mention(name)
            made.append(
                Attributed(
                    Attribution("organisation", None, None, name, f"told {name}", "reports"),
                    start,
                    max(end, match.end()),
                    scope,
                    1,
                )
            )
    return made


_WRITTEN = frozenset(
    lexicon(
        "said says say states stated reports reported notes noted put puts gave gives found finds estimates estimated "
        "claims claimed concludes concluded"
    )
)


def _documents_can(verb: str, stance: str) -> bool:
    """Whether images and papers can be the subject of a verb: they show, but do not warn."""
    return stance in ("shows", "indicates", "suggests", "confirms") or verb in _WRITTEN


def _is_quote(words: str, scope: Span) -> bool:
    inside = words[scope[0] : scope[1]].strip(" ,.:")
    return len(inside) > 2 and inside[0] in '“"«„' and (inside[-1] in '”"»“' or inside.count('"') == 1)


def _scope_end(words: str, start: int) -> int:
    """Where what is said ends: at the sentence's end, or where another clause contradicts it ("..., but X denied")."""
    match = re.compile(
        rf"[,;] (?:but|while|whereas|although|though) [^,;]{{2,60}}? (?:{_VERB_WORDS})\b"
    ).search(words, start)
    return match.start() if match else len(words)


def _follows(words: str, match: re.Match[str], stance: str, subject: str) -> bool:
    """Whether what stands after the verb can be what is said."""
    after = words[match.end() : match.end() + 60]
    verb = match["verb"]
    if verb in ("estimated", "calculated", "projected", "assessed", "gauged") and re.match(r" at\b", after):
        return False
    if verb in FURTHER:
        return bool(
            re.match(r"\s+that\b|\s*[:,]?\s*[“\"«]|:|\s*(?:[.!?]|$)", after)
            or (verb not in _BARE_NO and _CLAUSE.match(words, match.end()))
        )
    if verb in SPEAKING and re.match(r"(?:\s|[.,:;!?”\"]|$)", after):
        if verb in (
            "states",
            "notes",
            "claims",
            "comments",
            "remarks",
            "posts",
            "post",
            "state",
            "note",
            "claim",
            "comment",
            "repeat",
            "continue",
            "continued",
            "specified",
            "promises",
            "posted",
            "related",
            "write",
            "describes",
            "admits",
        ):
            return bool(re.match(r"\s+(?:that|the|a|an|it|there|[A-Z])|[.,:]|\s*[“\"]|$", after))
        return True
    if stance in (
        "denies",
        "accuses",
        "confirms",
        "identifies",
        "reports",
        "determines",
        "shows",
        "indicates",
        "suggests",
        "estimates",
        "alleges",
        "believes",
    ) or verb in ("counted", "counts", "gave", "put", "puts", "described", "observed"):
        return bool(re.match(r"\s+\S|[.,:]|$", after)) and not re.match(
            r"\s+(?:by|of|with|in)\b(?! \d)", after
        )
    return bool(re.match(r"\s+(?:that|the|a|an|it|there|[A-Z])|[.,:]|$", after))


def _inverted(words: str, match: re.Match[str], known: Known, stance: str) -> list[Attributed]:  # noqa: PLR0911 (rules in order)
    """ "...," said X; "..., considers the specialist X"; As stressed the director, ..."""
    before = words[: match.start()].rstrip()
    fronted = re.search(r"^\W*[Aa]s$", before)
    if match["verb"].startswith("t") or match["verb"] in ("told", "tell"):
        return []
    if not fronted and not before.endswith((",", "”", '"', "»", "—", "–", "!", "?", "“")):
        return []
    after = re.match(
        rf"\s+(?P<np>(?:(?:the|an?|its|their|another|one|former|local|state|chief|senior) )?(?:[a-z-]+ ){{0,3}}?(?:{NAME}|[a-z]+))",
        words[match.end() :],
    )
    if after is None or re.match(
        r"\s+(?:that|it|there|in|on|at|by|to|for|with|from|about|how|what|as|this|these|no|not|more|any|all)\b",
        words[match.end() :],
    ):
        return []
    start = match.end() + after.start("np")
    end = phrase_end(words, start)
    phrase = words[start:end]
    phrase = re.split(
        rf"\s(?:on|in an?|at|by|during|after|while|speaking|last|in)\s*(?={HIDDEN}|statement|interview|email|phone|telephone|[a-z]+ (?:interview|conference)|$)",
        phrase,
    )[0]
    if before.endswith(",") and stance not in (
        "asserts",
        "believes",
        "estimates",
        "suggests",
        "reports",
        "confirms",
        "indicates",
        "shows",
    ):
        return []
    if before.endswith(",") and match["verb"].endswith(("ing",)):
        return []
    if _FINITE.search(phrase) and not re.search(r", who\b", phrase):
        return []
    quoting = before.endswith(("”", '"', "»", "!", "?", "“")) or before.endswith((",”", ',"'))
    if (
        not fronted
        and not quoting
        and not _FINITE.search(before)
        and not has_finite(before)
        and len(before.split()) > 4
    ):
        return []
    if not re.search(r"[A-Z@]", phrase.split(",")[0]) and not has_role(phrase.split(",")[0]):
        return []
    sources = [s for s in read_source(phrase.replace(HIDDEN, " "), known) if s.kind != "document"]
    if not sources or (
        sources[0].kind == "organisation" and not re.match(rf"(?:the )?(?:{NAME}|[a-z]+)", phrase)
    ):
        return []
    scope = (
        (end, len(words))
        if fronted
        else (0, match.start())
        if end >= len(words.rstrip(" ."))
        else (0, len(words))
    )
    quoted = _is_quote(words, scope) or before.endswith(("”", '"', "»"))
    stance = "quoted-directly" if quoted and stance in ("asserts", "believes") else stance
    cue = words[match.start() : end].replace(HIDDEN, "")
    return [Attributed(make(s, cue, stance), match.start(), end, scope) for s in sources]

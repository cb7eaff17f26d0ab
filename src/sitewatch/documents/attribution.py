"""Who is said to say it: attributions of a text with the words that they cover.

Cues are found sentence by sentence: "according to", verbs of speech before, after and around what is said,
quotation marks, "reportedly", "X's analysis shows", "- Reuters". A sentence that goes on with "also" or
"furthermore", or stands inside a quotation that an earlier sentence opened, inherits its speaker.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sitewatch.documents.sentences import Sentence, sentences
from sitewatch.documents.spans import HIDDEN, Span, hide, overlap
from sitewatch.documents.speakers import NAME, Known, Source, has_role, read_source, remember_names
from sitewatch.documents.speech import SPEAKING, STANCES
from sitewatch.documents.verbs import has_finite
from sitewatch.types import Attribution

_VERB_WORDS = "|".join(sorted((re.escape(v) for v in STANCES), key=len, reverse=True))
_VERB = re.compile(rf"\b(?P<verb>{_VERB_WORDS})\b")
_ACCORDING = re.compile(
    r"\b(?P<cue>[Aa]ccording to|[Aa]s per|[Pp]er(?= (?:@|[A-Z]|the [A-Z]))|[Bb]y the (?:data|estimates?|account|information|words) of|[Ii]n the (?:words|view|opinion|assessment|estimation) of|"
    r"[Ii]n an? (?:report|statement|analysis|assessment) (?:by|from)|[Aa]s (?:first )?reported by|[Qq]uoting|[Cc]iting|[Rr]eported by|[Ff]irst reported by|[Tt]he words of|[Bb]ased on (?:an? )?(?:data|information|reports?|analysis|estimates?) (?:from|by))\s+"
)
_BY_COUNT = re.compile(
    r"\b(?P<cue>[Bb]y|[Ii]n|[Oo]n|[Ff]rom) (?P<np>(?:(?:the|its|their|his|her|a|an|one) )?(?:[\w.-]+ ){0,4}?[\w.-]+[’']s?|[Hh]is|[Hh]er|[Ii]ts|[Tt]heir) (?:own |latest |annual |initial |[a-z]+ )?"
    r"(?:count|estimates?|estimation|reckoning|account|calculations?|figures|data|view|words|opinion|assessment|judge?ment|telling|analysis|reading|version|tally|measurements?|reports?)\b"
)
_QUOTED_AS = re.compile(
    r"\b(?:(?P<passive>(?:is|was|were|been|are) (?:also |later )?(?:quoted|cited)(?: by (?P<by>[^,;.]{2,60}?))?)|(?P<active>quoted|quotes|cited|cites) (?P<np>[^,;.]{2,60}?)) as saying\b"
)
_IMPERSONAL = re.compile(
    r"\b(?:(?P<reports>reportedly|(?:is|are|was|were|has been|have been) (?:widely )?(?:reported|said|understood|rumou?red) to)|(?P<alleges>allegedly|alleged|purported(?:ly)?|supposedly)|"
    r"(?P<believes>(?:is|are|was|were|widely|long) (?:also |widely |now |long )?(?:believed|thought|assumed|considered|presumed) to(?= \w)|(?:[Ii]t is|[Ii]s) (?:widely )?(?:believed|thought|assumed) that)|(?P<suspects>suspected(?! to have been)))\b"
)
_WIRE = re.compile(
    rf"(?:\s[–—-]\s(?P<name>{NAME})|\((?P<paren>Reuters|AP|AFP|dpa|TASS|Interfax|Xinhua|KCNA|Yonhap|Bloomberg)\))\s*$"
)
_ADVERB = r"(?:also|has|have|had|later|repeatedly|both|all|then|earlier|further|since|now|again|previously|recently|never|publicly|jointly|will|would|is|was|reportedly|flatly|strongly|told|[a-z]+ly|did|not|himself|herself|itself|who|could|can|may|might|are|were|been|be|cannot|must|should)"
_BEFORE_VERB = re.compile(rf"(?:\s+{_ADVERB})*\s*$")
_POST = re.compile(
    rf"(?:\s+(?:on|in|at|to|by|over|during|via|this|last|late|early|yesterday|today|earlier|afterwards|recently|{HIDDEN}+|an?|the|its|his|her|our|their|email|e-mail|statement|interview|report|briefing|"
    rf"post|release|press|conference|call|telephone|phone|message|newspaper|reporters|journalists|note|social|media|website|Telegram|X|Twitter|[A-Z][\w’']*|yesterday|meeting|hearing|published|study|paper|article|speech|broadcast|written|radio|us|me|\w+day[’']s|news|agency|parliament|lawmakers|council))*\s*(?=[.,;:!?”\"]|$)"
)
_APPOSED = re.compile(
    r"^(?:an?|the|another|one of|also an?|who|which|whose|formerly|former|director|head|chief|spokes\w+|analyst|speaking|citing|quoting|through|via|writing|himself|herself|himself an?|now an?|\w+ (?:director|researcher|analyst|editor|spokesman|officer)|quoted|based|itself|long|president|chairman|professor|a|co-\w+)\b",
    re.IGNORECASE,
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
    r"(?:we|i|you|no|nobody|none|neither|nothing|there|this|that|which|what|these|those|here)\b(?! (?:\w+ )?(?:images?|imagery|pictures?|photos?|photographs?|figures|findings|data))",
    re.IGNORECASE,
)
_CONJUNCTION = re.compile(
    r"^(?:and|but|while|whereas|although|though|as|yet|so|when|where|because|since|if|after|for which|which|that|or|nor)\s+(?:when\s+)?",
    re.IGNORECASE,
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|could|may|might|can|should|did|does|do)\b"
)
_COMPLEMENT = re.compile(r"\s*(?:[,:]\s*)?(?:that\b|[“\"«]|:)")
_CLAUSE = re.compile(
    rf"\s+(?:there|it|they|he|she)\b|\s+(?:the |an? |its |their |[A-Z])?[\w’' {HIDDEN}-]{{2,60}}? (?:is|are|was|were|has|have|had|will|would|could|may|might|can)\b"
)
_HOLDS = frozenset(("confirms", "denies", "identifies", "shows", "accuses"))
_TO_HEARER = re.compile(
    rf"(?:\s+(?P<hearer>(?:the )?(?:{NAME})|reporters|journalists|lawmakers|us|me|this newspaper|parliament|the (?:paper|newspaper|agency|council|court|hearing|broadcaster|station)|state media|local media))?"
)
_ADDITIVE = re.compile(
    r"^(?:Furthermore|Moreover|In addition|Additionally|Also|They also|He also|She also|It also|Besides|Likewise|Similarly)\b|\b(?:are|is|was|were|have|has|had) also\b"
)
_QUOTES = '“”"«»„'
_OPENING = {"“": "”", '"': '"', "«": "»", "„": "“"}


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


def attributions(
    text: str,
    spans: Sequence[Sentence] | None = None,
    masked: Iterable[Span] = (),
    known: Known | None = None,
) -> tuple[Attributed, ...]:
    """Attributions of `text`, in order.

    Args:
        text: any text; spans count its code points.
        spans: its sentences; by default those of `sentences`.
        masked: dates, which would be taken for names.
        known: who is known before the text starts; filled while reading.
    """
    known = known or Known()
    remember_names(text, known)
    hidden = hide(text, masked)
    found: list[Attributed] = []
    speaker: tuple[Attribution, int] | None = None
    open_quote: tuple[str, Attribution | None] | None = None
    for sentence in sentences(text) if spans is None else spans:
        if sentence.role in ("boilerplate", "byline"):
            continue
        words = hidden[sentence.start : sentence.end]
        here = _in_sentence(words, known)
        here = [_shift(a, sentence.start) for a in here]
        explicit = [a for a in here if a.attribution.kind != "unnamed"]
        inherited = None
        if not explicit and open_quote and open_quote[1]:
            inherited = replace(open_quote[1], cue="inherited", scope="inherited")
        elif not explicit and speaker and speaker[1] == sentence.block and _ADDITIVE.search(words):
            inherited = replace(speaker[0], cue="inherited", scope="inherited")
        if inherited is not None:
            span = (sentence.start, sentence.end)
            here.append(Attributed(inherited, sentence.start, sentence.start, span))
        if explicit:
            speaker = (explicit[0].attribution, sentence.block)
        open_quote = _quote_after(words, open_quote, explicit[0].attribution if explicit else None)
        found += here
    return tuple(_ranked(found))


def _ranked(found: list[Attributed]) -> list[Attributed]:
    """Who cites others reports what they say: one step farther from the fact."""
    cited = [a for a in found if a.attribution.cue.lower() in ("citing", "quoting")]
    return [
        replace(a, depth=a.depth + 1)
        if a not in cited and a.end > a.start and any(overlap(a.scope, c.scope) for c in cited)
        else a
        for a in found
    ]


def _shift(a: Attributed, by: int) -> Attributed:
    return replace(a, start=a.start + by, end=a.end + by, scope=(a.scope[0] + by, a.scope[1] + by))


def _quote_after(
    words: str, before: tuple[str, Attribution | None] | None, speaker: Attribution | None
) -> tuple[str, Attribution | None] | None:
    """The quotation that is still open at the end of a sentence, with its speaker."""
    state = before
    for ch in words:
        if state is None and ch in _OPENING:
            state = (_OPENING[ch], speaker)
        elif state is not None and ch == state[0]:
            state = None
    if state is not None and speaker is not None:
        state = (state[0], speaker)
    return state


def _in_sentence(words: str, known: Known) -> list[Attributed]:
    words = re.sub(r"\(([A-Z][\w&.-]{1,9})\)", "‹\\1›", words)  # a short name in brackets ends no phrase
    found: list[Attributed] = []
    for match in _ACCORDING.finditer(words):
        found += _according(words, match, known)
    for match in _BY_COUNT.finditer(words):
        found += _by_count(words, match, known)
    for match in _QUOTED_AS.finditer(words):
        found += _quoted_as(words, match, known)
    taken = [(a.start, a.end) for a in found]
    at = 0
    for match in _VERB.finditer(words):
        if match.start() < at or any(a <= match.start() < b for a, b in taken):
            continue
        made = _by_verb(words, match, known)
        found += made
        if made:
            at = max(made[0].end, match.end())
    found += _impersonal(words)
    if match := _WIRE.search(words):
        name = match["name"] or match["paren"]
        if match["paren"] or len(name.split()) <= 4:
            known.mention(name)
            made_by = Attribution("organisation", None, None, name, match[0].strip(), "reports")
            found.append(Attributed(made_by, match.start(), match.end(), (0, match.start()), 1))
    return sorted(found, key=lambda a: (a.depth, a.start))


def _make(source: Source, cue: str, stance: str) -> Attribution:
    return Attribution(source.kind, source.name, source.role, source.organisation, cue, stance)


def _according(words: str, match: re.Match[str], known: Known) -> list[Attributed]:
    start = match.end()
    end = _phrase_end(words, start, match.start() < 4)
    sources = read_source(words[start:end].replace(HIDDEN, " "), known)
    if not sources:
        return []
    cue = match["cue"]
    nested = cue.lower() in ("citing", "quoting")
    stance = "shows" if sources[0].kind == "document" else "reports" if "report" in cue else "asserts"
    scope = (
        (0, match.start())
        if end >= len(words.rstrip(" ."))
        else (end, len(words))
        if match.start() < 4
        else (0, len(words))
    )
    depth = 0
    made = [Attributed(_make(s, cue, stance), match.start(), end, scope, depth) for s in sources]
    if nested:
        made = [replace(a, scope=(0, len(words))) for a in made]
    return made


def _by_count(words: str, match: re.Match[str], known: Known) -> list[Attributed]:
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
    return [
        Attributed(_make(s, cue, "asserts"), match.start(), match.end(), scope)
        for s in sources
        if s.kind != "document"
    ]


def _quoted_as(words: str, match: re.Match[str], known: Known) -> list[Attributed]:
    """ "X was quoted (by Y) as saying", "Y quoted X as saying"."""
    start = _subject_start(words, match.start())
    subject = read_source(words[start : match.start()].replace(HIDDEN, " "), known)
    if match["passive"]:
        speakers, reporters = (
            subject,
            read_source(match["by"].replace(HIDDEN, " "), known) if match["by"] else [],
        )
    else:
        speakers, reporters = read_source(match["np"].replace(HIDDEN, " "), known), subject
    scope = (match.end(), len(words))
    made = [Attributed(_make(s, "quoted as saying", "asserts"), start, match.end(), scope) for s in speakers]
    return made + [Attributed(_make(s, "quoted", "reports"), start, match.end(), scope, 1) for s in reporters]


def _phrase_end(words: str, start: int, fronted: bool = False) -> int:
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


def _by_verb(words: str, match: re.Match[str], known: Known) -> list[Attributed]:
    verb = match["verb"]
    stance = STANCES[verb]
    before = words[: match.start()]
    if verb in _NOUNS_TOO and re.search(
        r"(?:\b(?:the|an?|its|their|this|that|his|her|our|any|no|annual|new|of|by|on|earlier|latest|recent|final|first|such|these|those|official|all|many|press|news|some|rough)|[’']s?) $",
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
    start = _subject_start(words, stem_end)
    subject = words[start:stem_end]
    if not subject.strip() or _NOBODY.match(subject.strip()):
        return []
    if re.match(r"(?:its|their|his|her) own ", subject.strip(), re.IGNORECASE):
        return []  # "The firm said its own survey found ...": one voice
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
    if any(s.kind == "document" for s in sources) and stance not in (
        "shows",
        "indicates",
        "suggests",
        "confirms",
    ):
        if verb not in (
            "said",
            "says",
            "say",
            "states",
            "stated",
            "reports",
            "reported",
            "notes",
            "noted",
            "put",
            "puts",
            "gave",
            "gives",
            "found",
            "finds",
            "estimates",
            "estimated",
            "claims",
            "claimed",
            "concludes",
            "concluded",
        ):
            return []
    quoted = _is_quote(words, scope)
    stance = "quoted-directly" if quoted and stance in ("asserts", "believes") else stance
    cue = words[start:end].strip(" ,").replace(HIDDEN, "").replace("‹", "(").replace("›", ")")
    if sources[0].kind == "unnamed" and stance == "indicates":
        stance = "reports"
    made = [Attributed(_make(s, cue, stance), start, max(end, match.end()), scope, 0, place) for s in sources]
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


def _subject_start(words: str, end: int) -> int:
    """Where the noun phrase before a verb starts, with its appositions."""
    boundary = re.compile(r"[,;:!?–—“”\"«»()]|\.\s| - ")
    marks = [m for m in boundary.finditer(words, 0, end)]
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


def _inverted(words: str, match: re.Match[str], known: Known, stance: str) -> list[Attributed]:
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
    end = _phrase_end(words, start)
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
    if not fronted and not quoting and not _FINITE.search(before) and not has_finite(before):
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
    return [Attributed(_make(s, cue, stance), match.start(), end, scope) for s in sources]


def _impersonal(words: str) -> list[Attributed]:
    found = []
    for match in _IMPERSONAL.finditer(words):
        stance = str(match.lastgroup)
        made = Attribution("unnamed", None, None, None, match[0], stance)
        found.append(Attributed(made, match.start(), match.start(), match.span()))
    return found

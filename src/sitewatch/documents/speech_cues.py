"""Verbs of speech before, after and around what is said."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re

from sitewatch.documents.complements import CLAUSE, HEARERS, follows
from sitewatch.documents.cues import Attributed, make
from sitewatch.documents.known import CAP, NAME, PLURAL, Known, Source, has_role
from sitewatch.documents.phrases import DOCUMENT, read_phrase
from sitewatch.documents.reporting import VERB, VERB_WORDS
from sitewatch.documents.spans import HIDDEN, Span
from sitewatch.documents.speakers import read_source
from sitewatch.documents.speech import FURTHER, NOUNS_TOO, PAPERS_ONLY, SPEAKING, STANCES, WRITTEN
from sitewatch.documents.subjects import clause_subject, is_clause, phrase_end, subject_start
from sitewatch.documents.verbs import FINITE, has_finite
from sitewatch.types import Attribution

_ADVERB = r"(?:in (?:the past|turn|fact|private|public|effect|response|reply|part)|for (?:its|his|her|their) part|to date|at (?:first|times|length)|of course|by contrast|also|has|have|had|later|repeatedly|both|all|each|then|earlier|further|since|now|again|previously|recently|publicly|jointly|will|would|did|do|does|reportedly|flatly|strongly|once|still|already|soon|today|yesterday|even|only|so|far|instead|thus|too|long|however|himself|herself|itself|themselves|(?!(?:daily|weekly|monthly|quarterly|family|assembly|supply|monopoly|ally|anomaly|reply|fly|bully)\b)[a-z]+ly|never|not)"
_WILLING = r"(?:(?:would|will|may|might|could)\s+)?(?:(?:like|love|wish|want|continue|beg|seem|appear|tend|hasten|hurrie|manage|chose|choose|begin|began|start|help|purport|claim)(?:e?s|e?d)?|would like|(?:went|goes|go|gone) on|(?:is|was|are|were) (?:quick|keen|careful|able|at pains|first|the first|forced|obliged|compelled)|ha[sd]|saw fit|took care|takes care)"
_GROUP = re.compile(rf"(?:\s+{_WILLING}(?:\s+[a-z]+ly)?\s+to)?(?:\s+{_ADVERB})*\s*$")
_BLOCKED = re.compile(
    r"\bthan(?: [a-z]+)?\s*$|\b(?:to|could|can|cannot|may|might|must|should|been|being|be|is|was|are|were|not|never|neither|nor|n[’']t|get|gets|got|ever|helped|help|let|lets|make|makes|made|hardly|barely)\s*$"
)
_DETERMINED = re.compile(
    r"(?i:\b(?:the|an?|its|their|this|that|his|her|our|my|your|any|no|every|each|annual|new|of|by|on|in|with|from|for|earlier|latest|recent|final|first|such|these|those|official|all|many|(?-i:press|news|media)|some|several|rough|other|own|further|public|written|joint|brief|"
    r"two|three|four|five|former|previous|current|initial|independent|local|conflicting|early|support|denied|denies|reject|rejects|rejected|amid|despite|following|dismissed|dispute|disputed)|[’']s?) $"
)
_POST = re.compile(
    rf"(?:\s+(?:on|in|at|to|by|over|during|via|this|last|late|early|yesterday|today|earlier|later|afterwards|recently|again|separately|{HIDDEN}+|an?|the|its|his|her|our|their|email|e-mail|statement|interview|report|briefing|"
    rf"post|release|press|conference|call|telephone|phone|message|newspaper|reporters|journalists|note|social|media|website|blog|Telegram|X|Twitter|[A-Z][\w’']*|meeting|hearing|published|study|paper|article|speech|broadcast|written|radio|us|me|\w+day[’']s|news|agency|parliament|lawmakers|council|station|broadcaster|same|week|month|year|day|morning|evening|night|afternoon|letter|court|television))*\s*(?=[.,;:!?”\"]|$)"
)
_NOBODY = re.compile(
    rf"(?:we|i|you|no|nobody|no one|none|neither|nothing|there|what|here|who|whoever|anyone|it)\b(?! (?:\w+ )?(?:{DOCUMENT.pattern}))(?!$)|(?:we|i|you|nobody|no one|nothing|there|this|that|these|those|which|what|who)$",
    re.IGNORECASE,
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|could|may|might|can|should|did|does|do)\b"
)
_COMPLEMENT = re.compile(r"\s*(?:[,:]\s*)?(?:that\b|[“\"«]|:)")
_NONSENSE = re.compile(
    r"(?:[Tt]hat is |[Tt]his is |[Aa]ll )?(?:[Nn]onsense|[Rr]ubbish|[Nn]ot true|[Uu]ntrue|[Ff]alse|[Ll]ies|[Ff]antasy|[Bb]aseless|[Aa]bsurd|[Nn]ot so|[Ww]rong)"
)
"""All that is said, where it is a denial."""
_HOLDS = frozenset(("confirms", "denies", "identifies", "shows", "accuses"))
_TO_HEARER = re.compile(rf"(?:\s+(?P<hearer>(?:the )?(?:{NAME})|{HEARERS})(?=\s|[.,;:]|$))?")


def by_verb(words: str, match: re.Match[str], known: Known) -> list[Attributed]:  # noqa: PLR0911, PLR0912, PLR0915 (rules in order)
    """Who speaks by one verb: its subject before it, or after it where that is turned round; [] where nobody does."""
    verb = match["verb"]
    stance = STANCES[verb]
    before = words[: match.start()]
    if verb in NOUNS_TOO and _DETERMINED.search(before):
        return []
    progressive = verb.endswith("ing") and re.search(
        r" (?:been|is|are|was|were) (?:[a-z]+ly |now |still |also )?$", before
    )
    if progressive:
        before = before[: progressive.start()] + " "
    elif verb.endswith("ing") and not re.search(
        r", (?:also |only |however )?$|\b(?:statement|letter|report|post|note|memo|e-?mail|message|release|tweet|article|warning)s? $",
        before,
    ):
        return []
    if verb in ("put", "puts") and re.match(r" [^.;:“”\"]{2,60}? at\b", words[match.end() :]):
        stance = "estimates"
    if inverted := _inverted(words, match, known, stance):
        return inverted
    left = _GROUP.search(before)
    stem_end = left.start() if left else match.start()
    gap = before[stem_end:]
    if aside := _ASIDE.search(before[:stem_end]):
        stem_end, gap = aside.start(), ""
    can = (
        re.search(r" can(?: now)?\s*$", before)
        if verb in ("confirm", "report", "announce", "reveal", "disclose", "say")
        else None
    )
    if can:
        stem_end, gap = can.start(), ""
    if (
        silent := _SILENT.search(before)
        if verb in ("list", "show", "mention", "record", "reveal", "indicate", "support", "confirm")
        else None
    ):
        start = subject_start(words, silent.start())
        sources = read_source(words[start : silent.start()].replace(HIDDEN, " "), known)
        if sources and sources[0].kind == "document" and follows(words, match, stance):
            return _made(
                words,
                match,
                start,
                sources,
                "denies" if stance == "confirms" or verb == "support" else stance,
                known,
            )
        return []
    if (
        (_BLOCKED.search(before[:stem_end]) and not can)
        or (re.search(r"\b(?:not|never|n[’']t)\b", gap))
        or before.endswith(("n't ", "n’t "))
    ):
        return []
    start = subject_start(words, stem_end)
    subject = words[start:stem_end]
    if _INSIDE.search(words[:start]) and re.fullmatch(
        r"\s*(?:it|they|we|that|this)\s*", subject, re.IGNORECASE
    ):
        return []
    joined = re.search(r"\b(?:and|but|yet|or)\s*$", subject)
    if (
        (joined and (is_clause(subject[: joined.start()]) or _second(words[:start], subject)))
        or _SHARED.fullmatch(subject)
        or (verb.endswith("ing") and not progressive)
    ):
        shared = clause_subject(words, stem_end)
        start = start + joined.start() if joined else match.start()
        if shared and not _NOBODY.match(shared) and follows(words, match, stance):
            return _made(words, match, start, read_source(shared.replace(HIDDEN, " "), known), stance, known)
        return []
    if (
        who := re.search(r"(?P<np>[^;:“”\"]{3,80}), (?:who|which)\s*$", words[:stem_end])
        if subject.strip() in ("who", "which")
        else None
    ):
        subject = who["np"][subject_start(who["np"], len(who["np"])) :]
        who_np = re.sub(r"\s*\([^()]*\)", "", who["np"])
        subject = who_np[subject_start(who_np, len(who_np)) :]
        named = re.search(
            rf"(?:(?:the|an?|one) (?:[a-z-]+ ){{0,3}}?)?{NAME}(?: et al\.)?$|\b(?:{PLURAL})$", subject
        )
        subject = named[0] if named and (is_clause(subject) or VERB.search(subject)) else subject
        start = stem_end - len("who ")
        if follows(words, match, stance) and (stance != "asserts" or verb in SPEAKING):
            return _made(words, match, start, read_source(subject.replace(HIDDEN, " "), known), stance, known)
        return []
    if re.search(r"\b(?:who|which|that)\s*$", subject):
        return []
    if not subject.strip() or _NOBODY.match(subject.strip()):
        return []
    if re.match(r"(?:its|their|his|her) own ", subject.strip(), re.IGNORECASE) and re.search(
        r"\b(?:said|says)\b", words[:start]
    ):
        return []  # "The firm said its own survey found ...": one voice
    if re.search(r"\b(?:said|says)\b.*$", words[:start]) and re.match(r"\s*(?:he|she|it|they)\s*$", subject):
        return []  # "X said it had found ...": one voice
    than = re.search(r"\b(?:than|as) (?P<np>(?:the|an?|its|their|his|her) [^,;:]{2,50})$", subject.rstrip())
    if than and is_clause(subject[: than.start()]) and not is_clause(than["np"]):
        start, stem_end = start + than.start("np"), start + than.end("np")
    start, subject = _clean_subject(words, start, stem_end)
    if not subject or len(subject.split()) > 24 or not follows(words, match, stance):
        return []
    if (
        known.paper
        and stance in ("shows", "indicates")
        and re.fullmatch(r"\s*(?:it|they|both|these|this)\s*", subject, re.IGNORECASE)
    ):
        return _made(words, match, start, [known.paper], stance, known)
    strong = (
        (
            stance in ("asserts", "believes", "denies", "alleges", "accuses", "reports")
            and re.match(r"(?: \ue000+)? that\b| [“\"]", words[match.end() :])
        )
        or verb in SPEAKING
        or (
            stance in ("denies", "accuses", "alleges", "estimates")
            and verb not in FURTHER
            and not verb.endswith(" it")
        )
        or verb in ("believe", "believes", "believed", "think", "thinks", "thought")
    )
    if (
        verb in NOUNS_TOO
        and not verb.endswith(("s", "ed"))
        and verb not in ("put", "thought", "guess", "broadcast", "forecast")
        and not _plural(subject)
    ):
        return []
    sources = read_source(
        subject.replace(HIDDEN, " "),
        known,
        bool(strong) and not re.match(r"\s+(?:of|at|for)\b", words[match.end() :]),
    )
    if not sources:
        return []
    return _made(words, match, start, sources, stance, known)


_DISMISSIVE = re.compile(
    r"\b(?:lies?|nonsense|absurd|baseless|false|untrue|fabricat\w+|ridiculous|rubbish|unfounded|groundless|propaganda|hoax|invention|fiction|myth|misleading|slander|fantasy)\b"
)
_SILENT = re.compile(r"\s(?:do|does|did) not (?:[a-z]+ly )?$")
_ASIDE = re.compile(
    r",\s(?:though|however|too|in turn|by contrast|meanwhile|moreover|instead|nevertheless|nonetheless|in fact|of course|for (?:its|his|her|their) part|on the other hand|on the contrary|predictably|unsurprisingly|in contrast),\s*$"
)
"""Between commas right before a verb."""
_INSIDE = re.compile(r"^[^\"“”]*(?:\"[^\"]*\"[^\"]*)*\"[^\"]*$|“[^”]*$")
"""What ends inside a quotation."""
_SHARED = re.compile(r"\s*(?:and|but|yet|or)?\s*")
"""A subject that stands before an earlier verb: "X acknowledged the spill but disputed its extent"."""


def _second(before: str, subject: str) -> bool:
    """Whether words after a comma begin with a verb whose subject stands before it: "Ada Roon, the mayor, agrees but"."""
    first = subject.split(maxsplit=1)[0] if subject.split() else ""
    return bool(
        before.rstrip().endswith(",")
        and first.islower()
        and (first in FINITE or first in STANCES)
        and first not in NOUNS_TOO | {"called"} | frozenset(("cited", "quoted"))
    ) or (first == "called" and before.rstrip().endswith(","))


def _plural(subject: str) -> bool:
    """Whether a subject can take "report" rather than "reports"."""
    bare = subject.strip().lower().split(",")[0]
    return bool(
        " and " in bare
        or re.match(r"(?:they|we|i|you|most|some|others|both|many|police|people|which|who)\b", bare)
        or read_phrase(subject.split(",", maxsplit=1)[0].strip()).plural
        or re.search(r"\b(?:data|people|police|media|imagery|authorities)\b", bare)
    )


def _clean_subject(words: str, start: int, end: int) -> tuple[int, str]:
    """The subject, if it holds no verb of its own; else the person named last in it ("the acres Chief Ada Roon mentioned")."""
    subject = words[start:end]
    object_of = re.match(r"(?!\s*(?:that|which)\b)[^,;]{3,60}? (?:that|which) (?=\S)", subject)
    if object_of and not is_clause(object_of[0]):
        start += object_of.end()  # "a claim that villagers reject"
        subject = words[start:end]
    own = re.sub(r",[^,]*\bwho(?:se|m)?\b[^,]*|\b(?:who|which|whose)\b.*|,[^,]*,", "", subject)
    if (
        _FINITE.search(own)
        or VERB.search(_no_nouns(own))
        or re.search(r"[’']s (?:more|less|the|a|an|not)\b", own)
    ):
        tail = re.search(rf"(?<=[a-z0-9] )(?:(?:{CAP}) ){{1,4}}$", f"{subject.rstrip()} ")
        if (
            tail
            and not re.search(r"\b(?:that|said|says|of|by|for|at|in|and) $", subject[: tail.start()])
            and len(tail[0].split()) >= 3
        ):
            return start + tail.start(), tail[0].strip()
        return start, ""
    return start, subject


def _no_nouns(text: str) -> str:
    """Without words that are nouns as well, and without participles after a noun ("a study published by X")."""
    text = re.sub(r"\b(?:by|in|of|from|at|who|which)\b.*", "", text)
    text = re.sub(rf"\b[a-z]+ed (?=(?:[a-z]+ )?(?:{DOCUMENT.pattern}))", "", text)
    text = re.sub(
        r"\b[a-z]+ed(?= |$)(?=\s*(?:$|[,‹\ue000]| (?:on|under|over|with|for|to|during|after|before|via|as|last|this|earlier)\b))",
        "",
        text,
    )
    text = re.sub(r"\b(?:[a-z]+ed|drawn|put|set|made) (?:out|up|down|off)$", "", text.strip())
    kept = [w for w in text.split() if w.lower() not in NOUNS_TOO and not w[:1].isupper()]
    return " ".join(kept)


def _made(  # noqa: PLR0912, PLR0915 (rules in order)
    words: str, match: re.Match[str], start: int, sources: list[Source], stance: str, known: Known
) -> list[Attributed]:
    """Attributions of the sources found, with what they cover."""
    if not sources:
        return []
    verb = match["verb"]
    hearer = (
        _TO_HEARER.match(words, match.end())
        if verb.startswith(("t", "inform", "advis", "assur", "remind"))
        else None
    )
    tail = hearer.end() if hearer else match.end()
    if aside := re.compile(r", [^,“”\"]{3,60}, (?=that\b)").match(words, tail):
        tail = aside.end()  # "X have determined, using images, that ..."
    post = _POST.match(words, tail)
    at_end = bool(post) and not words[post.end() : post.end() + 1].startswith(":")  # type: ignore[union-attr]
    place = "outside"
    rest = words[post.end() :].strip(' .,;!?”"') if post else words[tail:]
    if at_end and (not rest or start > 0) and start > 1 and not _COMPLEMENT.match(words, tail):
        scope = (0, start) if not rest else (0, len(words))
        place = "midst" if rest else "outside"
        end = post.end() if post else tail
    else:
        scope, end = (tail, _scope_end(words, tail)), tail
        said = re.split(r"[,;:.]", words[tail:].strip(), maxsplit=1)[0]
        if (
            len(said.split()) <= 3
            and not re.search(r"\d|[“\"]", words[tail : tail + 30])
            and not _COMPLEMENT.match(words, tail)
            and not is_clause(f"x {said}")
        ):
            place, scope = "verb", (0, len(words))
        elif stance in _HOLDS and not _COMPLEMENT.match(words, tail) and not CLAUSE.match(words, tail):
            place = "verb"
    if verb.startswith("measure") and not any(
        s.name
        or (s.kind in ("person", "group") and s.role)
        or s.organisation in (*known.organisations, *known.bodies)
        for s in sources
    ):
        return []  # "The yard measures 3 ha"
    papers = all(s.kind == "document" for s in sources)
    known.paper = sources[0] if papers else known.paper
    if papers and not _documents_can(verb, stance, sources):
        return []
    if (
        verb in PAPERS_ONLY
        and not papers
        and not re.search(
            r"\b(?:report|list|plan|data|records?|register|study|survey|permit|map|document|filing|log|figures)\b",
            words[start : match.start()],
        )
    ):
        return []
    if verb.startswith("document") and not papers:
        stance = "determines"
    if verb.startswith(("point to", "points to", "pointed to")) and not papers:
        stance = "asserts"
    if verb.startswith("attribut") and papers:
        return []
    if (
        papers
        and verb in ("give", "gives")
        and re.search(
            r"records?$|register$|data$|ledger$|manifest$|statistics$|list$|database$", sources[0].role or ""
        )
    ):
        stance = "shows"
    if verb in ("call", "calls", "called") and _DISMISSIVE.search(words, tail, tail + 90):
        stance = "denies"
    quoted = _is_quote(words, scope) or words[tail:].lstrip(" ,:")[:1] in ("“", '"', "«")
    stance = "quoted-directly" if quoted and stance in ("asserts", "believes") else stance
    if (
        papers
        and sources[0].role
        and re.search(
            r"imag|pictur|photo|video|footage|scene|frame|view|drawing|map|aerial|measurement|reading|scan|lidar|radar|sensor",
            sources[0].role,
        )
        and stance in ("asserts", "estimates")
    ):
        stance = "shows"
    if (
        sources[0].kind == "unnamed"
        and stance in ("indicates", "suggests")
        and re.search("report|source", sources[0].role or "report")
    ):
        stance = "reports"
    cue = words[start:end].strip(" ,").replace(HIDDEN, "").replace("‹", "(").replace("›", ")")
    if (
        place != "verb"
        and stance == "asserts"
        and _NONSENSE.fullmatch(words[scope[0] : scope[1]].strip(" ,."))
    ):
        stance = "denies"
    made = [Attributed(make(s, cue, stance), start, max(end, match.end()), scope, 0, place) for s in sources]
    name = re.sub(r"^the ", "", hearer["hearer"]) if hearer and hearer["hearer"] else ""
    if verb.startswith("t") and re.match(r"[A-Z]", name) and name not in ("I", "We"):
        known.mention(name)
        heard = Attribution("organisation", None, None, name, f"told {name}", "reports")
        made.append(Attributed(heard, start, max(end, match.end()), scope, 1))
    return made


def _documents_can(verb: str, stance: str, sources: list[Source]) -> bool:
    """Whether images and papers can be the subject of a verb: they show, papers also state, but neither laughs."""
    if (
        stance
        in ("shows", "identifies", "indicates", "suggests", "confirms", "determines", "estimates", "denies")
        or verb in WRITTEN
        or verb in PAPERS_ONLY
    ):
        return True
    return (
        stance in ("asserts", "believes", "alleges")
        and (verb not in FURTHER or verb.endswith(" that"))
        and all(s.role and not re.search(r"imag|pictur|photo|video", s.role) for s in sources)
    )


def _is_quote(words: str, scope: Span) -> bool:
    inside = words[scope[0] : scope[1]].strip(" ,.:")
    return len(inside) > 2 and inside[0] in '“"«„' and (inside[-1] in '”"»“' or inside.count('"') == 1)


def _scope_end(words: str, start: int) -> int:
    """Where what is said ends: at the sentence's end, or where another clause contradicts it ("..., but X denied")."""
    match = re.compile(
        rf"[,;] (?:but|while|whereas|although|though) [^,;]{{2,60}}? (?:{VERB_WORDS})\b"
    ).search(words, start)
    return match.start() if match else len(words)


def _inverted(words: str, match: re.Match[str], known: Known, stance: str) -> list[Attributed]:  # noqa: PLR0911 (rules in order)
    """ "...," said X; "..., considers the specialist X"; As stressed the director, ..."""
    before = words[: match.start()].rstrip()
    fronted = re.search(r"^\W*(?:[Aa]s|So|Thus|Not so,)$", before)
    if (
        (match["verb"].startswith("t") and not fronted)
        or match["verb"].endswith("ing")
        or match["verb"] in ("state", "post", "count", "document", "show", "report", "find")
    ):
        return []
    if not fronted and not before.endswith((",", "”", '"', "»", "—", "–", "!", "?", "“")):
        return []
    after = re.match(
        rf"\s+(?P<np>(?:(?:the|an?|its|their|his|her|our|my|another|one|former|local|state|chief|senior) )?(?:[a-z-]+ ){{0,3}}?(?:{NAME}|[a-z]+))",
        words[match.end() :],
    )
    if after is None or re.match(
        r"\s+(?:that|it|there|in|on|at|by|to|for|with|from|about|how|what|as|this|these|no|not|more|any|all|only)\b",
        words[match.end() :],
    ):
        return []
    start = match.end() + after.start("np")
    end = phrase_end(words, start)
    phrase = words[start:end]
    cut = re.search(
        rf"\s(?:with reference to|referring to|citing|quoting|(?:on|in an?|at|by|during|after|while|speaking|last|in)\s*(?={HIDDEN}|statement|interview|email|phone|telephone|[a-z]+ (?:interview|conference)|$))",
        phrase,
    )
    if cut:
        phrase = phrase[: cut.start()]
        end = (
            start + cut.start()
            if phrase
            and not words[start + cut.start() : end]
            .strip(f" {HIDDEN}")
            .startswith(("on", "in", "at", "by", "during", "last"))
            else end
        )
    quoting = before.endswith(("”", '"', "»", "!", "?", "“")) or before.endswith((",”", ',"'))
    if before.endswith(",") and stance not in (
        "asserts",
        "believes",
        "estimates",
        "suggests",
        "reports",
        "confirms",
        "determines",
        "indicates",
        "shows",
    ):
        return []
    first = phrase.split(",")[0]
    if _FINITE.search(first) and not re.search(r"\bwho\b", first):
        return []
    if (
        not fronted
        and not quoting
        and not _FINITE.search(before)
        and not (re.match(rf"{CAP} {CAP}", phrase) and match["verb"] not in NOUNS_TOO)
        and not has_finite(before)
        and len(before.split()) > 4
    ):
        return []
    if (
        not re.search(r"[A-Z@]", first)
        and not has_role(first)
        and not ((quoting or fronted) and len(first.split()) <= 6)
    ):
        return []
    sources = read_source(phrase.replace(HIDDEN, " "), known, quoting or fronted is not None)
    if not sources or (sources[0].kind == "document" and not re.match(r"(?:the|a|an|its) ", phrase)):
        return []
    scope = (
        (end, len(words))
        if fronted and fronted[0].lower().strip() == "as"
        else (0, len(words))
        if fronted
        else (0, match.start())
        if end >= len(words.rstrip(" ."))
        else (0, len(words))
    )
    quoted = _is_quote(words, scope) or before.endswith(("”", '"', "»"))
    stance = "quoted-directly" if quoted and stance in ("asserts", "believes") else stance
    if stance == "asserts" and _NONSENSE.fullmatch(words[scope[0] : scope[1]].strip(" ,.")):
        stance = "denies"
    cue = words[match.start() : end].replace(HIDDEN, "")
    return [Attributed(make(s, cue, stance), match.start(), end, scope) for s in sources]

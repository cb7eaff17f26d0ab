"""Attribution without a verb of speech beside its subject.

Nouns that hold what somebody says ("the ministry's claim that", "claims by residents that", "the view among engineers
is that"), passives ("believed by X to be", "was described by X as"), labels ("The Minister (Ada Roon): ..."), and set
phrases ("Said X: ...", "as X put it", "conventional wisdom has it that").
"""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from sitewatch.documents.cues import Attributed, make
from sitewatch.documents.known import CAP, NAME, Known, Source, looks_like_person
from sitewatch.documents.phrases import DOCUMENT, untitled
from sitewatch.documents.spans import HIDDEN
from sitewatch.documents.spans import words as lexicon
from sitewatch.documents.speakers import read_source
from sitewatch.documents.speech import STANCES
from sitewatch.documents.verbs import has_finite

_NOUNS = {
    "asserts": "position|line|contention|claim|message|answer|verdict|response|explanation|version|account|argument|story|reply|insistence|promise|warning|complaint|statement|testimony|point|stance|assertion|declaration|announcement|admission|"
    "assurance|acknowledg[e]?ment|concession|pledge|remark|comment|suggestion|boast|case|thesis|defen[cs]e|narrative",
    "alleges": "allegation|accusation|charge",
    "denies": "denial|rebuttal|rejection",
    "estimates": "estimate|calculation|reckoning",
    "determines": "conclusion|finding|ruling|determination|diagnosis",
    "believes": "view|opinion|assessment|belief|guess|impression|suspicion|judge?ment|reading|prediction|forecast|fear|hope|expectation|understanding|conviction|thinking|hypothesis|theory|feeling|sense|interpretation|concern|worry|doubt|consensus",
}
_STANCE_OF = {noun: stance for stance, nouns in _NOUNS.items() for noun in nouns.split("|")}
_NOUN = "|".join(f"(?:{n})" for n in _NOUNS.values())
_IS = r"(?:is|was|are|were|has (?:long |always )?been|remains|remained|had been)"
_OWNER = r"(?:\b(?:[Tt]he|[Aa]n?|[Ii]ts|[Tt]heir|[Hh]is|[Hh]er) (?:[\w.&-]+ ){0,4}?[\w.&-]+|\b[A-Z][\w.&-]*(?: (?:of |for |the )?[A-Z][\w.&-]*){0,5})(?:[’']s|(?<=s)[’'])"
_OWNED = re.compile(
    rf"(?P<np>{_OWNER}) (?:own |[a-z-]+ )?(?P<noun>{_NOUN})(?:(?:,[^,]{{3,60}},)? {_IS}(?: (?:still |now )?that\b|:)?| that\b|:)"
)
_THEIRS = re.compile(rf"\b(?P<np>[Hh]is|[Hh]er|[Tt]heir|[Ii]ts) (?:own |[a-z-]+ )?(?P<noun>{_NOUN}),? that\b")
_HELD_BY = re.compile(
    rf"\b(?:[Ii]t (?:is|was) )?(?:[Tt]he |[Aa]n? |[Tt]his )?(?:[a-z-]+ )?(?P<noun>(?i:{_NOUN})s?) (?:by|of|from|among|amongst|held by|made by|in) (?P<np>(?:hon\. )?(?:[\w&’'-]+\.? ){{0,8}}?[\w&’'-]+?) (?:{_IS} )?that\b"
)
_VERDICT = re.compile(
    rf"\b(?:is|was|were|are) (?:the |also the )?(?:[a-z]+ )?(?:(?P<noun>{_NOUN}) of (?P<np>[^,;:.”\"]{{3,60}}?)(?=[,;.]|$| (?:on|in|at|who)\b)|how (?P<who>[^,;:.]{{3,60}}?) (?:saw|put|described|summed|explained|expressed|phrased|characteri[sz]ed) )"
)
_REJECTED = re.compile(
    rf"\b(?P<noun>(?i:{_NOUN})s)(?: to the contrary)? (?:of|by|from) (?P<np>[^,;:.]{{3,60}}?) (?:is|are|was|were|have been|has been|do|does) (?:[a-z]+ly )?(?:not|rejected|denied|dismissed|disputed|unfounded|false|baseless|wrong|refuted)\b"
)
_PRESS = re.compile(
    r"\b(?P<np>(?:[a-z]+ )?(?:press|media|newspaper|news agency|radio|television)) reports that\b"
)
_MEDIA_THAT = re.compile(
    r"\b(?i:reports?|rumou?rs?|allegations?|claims?|stories|articles?) (?:by|in|from|on) (?P<np>(?:certain |some |several )?[^,;:.]{3,50}?) that\b"
)
_THAT_IS = re.compile(
    rf"^\W*(?:That|This|So|Such) (?:is|was) (?:how|what|why|where|the (?:view|figure|conclusion) that) (?P<np>[^:;“”\"]{{2,80}}?),? (?P<verb>{'|'.join(re.escape(v) for v in sorted((v for v in STANCES if v.endswith(('s', 'ed')) or v in ('said', 'wrote', 'found', 'thought', 'told')), key=len, reverse=True))}|puts?)\b"
)
_EMERGES = re.compile(
    rf"\b(?:[Tt]hat|[Tt]his|[Ii]t|[Aa]s) (?:emerges?|emerged|follows?|followed|is (?:clear|evident|apparent|plain|visible)|can be (?:seen|read|learnt|inferred)|appears|transpires?|becomes clear) (?:from|in|on) (?P<np>[^;:.]{{3,90}}?(?:{DOCUMENT.pattern})[^;:.]{{0,90}}?)(?=$|[.;:]|, (?:it|the|he|she|they) )"
)
_IN_PAPER = re.compile(
    rf"\b[Ii]n (?P<np>(?:(?:the|an?|its|their|his|her) )?(?:[\w.’'-]+ ){{0,5}}?(?:{DOCUMENT.pattern})(?: of [^,;:.]{{2,40}}?)?) it (?:is|was) (?:also )?(?:stated|said|written|noted|reported|claimed|mentioned|recorded|shown|argued)(?: that)?\b"
)
_WRITTEN_IN = re.compile(
    rf"\b(?:described|stated|given|shown|listed|recorded|set out|mentioned|specified|reported|noted|documented|visible|seen) (?:in|on|by) (?P<np>(?:(?:the|an?|its|their) )?(?:[a-z-]+ ){{0,3}}?{DOCUMENT.pattern})(?! (?:of|that) (?:the )?(?:area|site|town|hall|building))",
    re.DOTALL,
)
_NOT_AGREED = re.compile(
    r"^\W*With (?:this|that|it|the [a-z]+) (?:does|do|did) not agree (?P<np>[^,;:.]{3,80})"
)
_AS_INVERTED = re.compile(
    r"^(?:As|How) (?P<verb>[a-z]+(?:s|ed)) (?:in |at |to )?(?P<np>(?:the [a-z]+|[A-Z])[^,;:.]{2,60}?), "
)
_RUMOUR = re.compile(
    r"(?:\b[Tt]here (?:is|are|was|were|has been|have been) |^)(?P<noun>(?:[A-Za-z]+ ){0,2}?(?:[Rr]eports|[Rr]umou?rs|[Cc]laims|[Aa]llegations|[Ss]uggestions|[Tt]alk|[Ss]peculation|[Aa]ccusations|[Ww]hispers))(?: (?:[a-z]+(?:ing|ed)|on|online|in|from|the|social|media|press|local|of late|at the time)){0,4} that\b"
    r"|\b(?:[Cc]onventional wisdom|[Rr]umou?r|[Ll]egend|[Ww]ord|[Ll]ore|[Tt]radition|[Gg]ossip|[Pp]opular belief) (?:has it|had it|holds|held|says|goes)(?: that\b)?"
)
_OWN_NUMBER = re.compile(
    rf"\b(?:is|was|are|were|on|by) (?P<np>{_OWNER}) own (?:number|figure|estimate|count|word|claim|assessment|figures|data|admission|account)s?\b"
)
_AMOUNT = r"(?:about |some |around |roughly |nearly |just |only |over |under )?(?:\d|half|one|two|three|four|five|six|seven|eight|nine|ten|a (?:half|third|quarter|dozen|hundred))"
_OF_NUMBER = re.compile(
    rf"(?P<np>{_OWNER}) (?:own |[a-z-]+ )?(?:estimate|figure|measurement|count|calculation|assessment|tally|number|total|guess) of(?= {_AMOUNT})"
)
_CLAIMS_OF = r" (?:claims|reports|statements|allegations|assertions) (?:of|that)\b"
_DEMONYM = re.compile(
    rf"(?:^|\b(?:[Tt]he|[Ee]arlier|[Rr]ecent|[Ll]atest) )(?P<np>(?!(?:Such|These|Those|The|False|Earlier|Recent|Both|Some|Many|Several|Other|Early|Late|Latest|New|Old|Media|Press|News|Previous|Similar|Further|Conflicting|Unconfirmed|Widespread|Initial|First|All|Any|No|Two|Three|Four)\b)[A-Z][a-z]+(?: [a-z]+)?|(?:[Gg]overnment|[Oo]fficial|[Mm]ilitary|[Pp]olice|[Aa]rmy)(?: [a-z]+)?){_CLAIMS_OF}"
)
_REBEL = re.compile(
    rf"\b(?P<np>[Rr]ebel|[Ee]nemy|[Oo]pposition|[Ii]nsurgent|[Mm]ilitant|[Ss]eparatist){_CLAIMS_OF}"
)
_PASSIVE_VERBS = (
    "advised|informed|warned|briefed|assured|maintained|played down|"
    "communicated|reported|stated|said|announced|believed|thought|considered|estimated|confirmed|denied|disputed|described|claimed|assessed|judged|noted|rejected|"
    "dismissed|told|suspected|held|alleged|acknowledged|conceded|admitted|revealed|disclosed|predicted|expected|feared|presumed|assumed|understood|verified|corroborated|"
    "put|explained|emphasised|emphasized|stressed|declared|asserted|argued|rumoured|reckoned|calculated|measured|identified|spotted|questioned|contested|challenged|credited|cited|"
    "documented|established|determined|found|observed|seen|counted|detected|recorded|observed|blamed|accused|called|dubbed|branded|labelled|characterised|characterized|portrayed|refuted|rebutted|repudiated|denounced|condemned|suggested|underlined|quoted"
)
_PASSIVE = re.compile(
    rf"\b(?:(?P<be>is|are|was|were|been|being|as|as is|as was|now|widely|long|also) )?(?:[a-z]+ly )?(?P<verb>{_PASSIVE_VERBS})(?: (?:to (?:us|me|reporters|our correspondent|journalists|the press)|of [^,;.]{{3,40}}?))?(?: at (?:about )?[\d.,]+ ?[\w%²]*)? by (?P<np>(?:(?:[\w.&’'-]+) ){{0,9}}?[\w.&’'-]+)(?= to (?:be|have)\b| as\b| at\b| in an?\b| that\b| on\b| and\b| but\b| who\b|[,.;:!?)“”\"]|$|\ue000| \ue000)"
)
_BORNE_OUT = re.compile(
    rf"\b(?:(?P<no>not|nowhere|never) )?(?:also )?(?P<verb>confirmed|contradicted|backed(?: up)?|supported|borne out|corroborated|refuted|belied|disproved|disproven|challenged|undermined) by (?P<np>(?:(?:the|an?|its|their|his|her|two|three|some|other|both) )?(?:[\w.’'-]+ ){{0,4}}?(?:{DOCUMENT.pattern})(?: (?:of|from|by) (?:the )?[\w.& -]{{2,60}}?)?)(?=[,.;:)]|$|\ue000| \ue000| which| that| and)"
)
"""What a paper says of what others say: "not borne out by imagery"."""
_NEEDS_BE = frozenset(
    lexicon(
        "reported found seen described identified recorded observed measured put held called quoted cited documented counted calculated established detected suggested blamed accused credited told said"
    )
)
"""Passives that also describe a noun ("images seen by us"): they attribute only after a form of "be" or "as"."""
_STANCE = {"put": "estimates", "told": "asserts", "communicated": "asserts", "held": "believes", "understood": "believes", "presumed": "believes", "rumoured": "reports", "questioned": "denies", "contested": "denies", "challenged": "denies", "measured": "determines", "credited": "asserts", "cited": "asserts", "blamed": "accuses"}  # fmt: skip
_SAID = re.compile(
    r"^\W*(?P<verb>Said|Says|Adds|Added|Writes|Wrote|Quoth|Explains|Explained|Warns|Warned|Notes|Noted|Recalls|Recalled) (?P<np>[^:“\"]{3,80}?): ?(?=[“\"]|[A-Z])"
)
_FOR = re.compile(
    r"(?:For|To) (?P<np>(?:the )?(?:[a-z]+ ){0,3}?[A-Z][\w.&’-]*(?: (?:of |for |the )?[A-Z][\w.&’-]*){1,5}), (?=(?:the|it|this|that|there) .{0,60}\b(?:is|was|are|were|means|remains)\b)"
)
_AS_PUT = re.compile(r"\b[Aa]s (?P<np>[^,;:.]{2,60}?) (?:puts?|has|had|tells?|told) it\b")
_LABEL = re.compile(
    r"^\W{0,3}(?:RT |via |From |(?:Reply|Answer|Statement|Response|Comment|Note|Remarks) (?:by|of|from) )?(?P<np>[^:“”\"?!;]{3,90}?)(?: ?[(‹](?P<in>[^()›]{2,50})[)›])?: (?P<open>[“\"«]?)(?=\S)"
)
_IN_BRACKETS = re.compile(
    r"[(\[](?:[Ss]ource|[Vv]ia|[Cc]redit|h/t|H/T|[Pp]er|[Dd]ata)s?:? (?P<np>[^()\[\]]{2,60})[)\]]"
)
_CREDITED = re.compile(
    r"\b(?:attribut(?:es|ed|ing)|credit(?:s|ed|ing)|sourc(?:es|ed|ing)) (?:the|this|that|its|these|those|it|them)(?: [a-z]+){0,3}? to [“\"]?(?P<np>[^,;:.”\"]{3,80})"
)
_RELIES = re.compile(
    r"\b(?:relies|relied|rely|draws|drew|draw|is based|was based|are based|were based|rests|rested) (?:up)?on (?P<np>(?:an?|the) [^,;:.]{3,80})"
)


@dataclass(frozen=True, slots=True)
class _Form:
    """One construction: its pattern names the speaker `np`."""

    pattern: re.Pattern[str]
    stance: Callable[[re.Match[str]], str]
    reach: str = "after"
    """What is said: "after" or "before" the cue, or the "whole" sentence, whose part the cue is."""
    strong: bool = False
    """Whether any noun that fits is a speaker."""
    papers: bool = False
    """Whether a paper of nobody's is one."""
    owner: bool = False


def _by_noun(match: re.Match[str]) -> str:
    noun = match["noun"].lower()
    return _STANCE_OF.get(noun) or _STANCE_OF.get(noun.removesuffix("s"), "asserts")


def _written(match: re.Match[str]) -> str:
    return "shows" if match["imagery"] or re.match("shown|visible|seen", match[0]) else "asserts"


def _borne_out(match: re.Match[str]) -> str:
    against = match["verb"] in (
        "contradicted",
        "refuted",
        "belied",
        "disproved",
        "disproven",
        "challenged",
        "undermined",
    )
    return "denies" if against or match["no"] else "confirms"


def _passive(match: re.Match[str]) -> str:
    return _STANCE.get(match["verb"]) or STANCES.get(match["verb"], "asserts")


_FORMS = (
    _Form(_OWNED, _by_noun, owner=True),
    _Form(_THEIRS, _by_noun),
    _Form(_HELD_BY, _by_noun, strong=True),
    _Form(_REJECTED, _by_noun, "whole"),
    _Form(_PRESS, lambda _: "reports", strong=True),
    _Form(_MEDIA_THAT, lambda _: "reports", strong=True),
    _Form(_WRITTEN_IN, _written, "whole", papers=True),
    _Form(_THAT_IS, lambda m: STANCES.get(m["verb"], "asserts"), "whole", strong=True, papers=True),
    _Form(_EMERGES, lambda _: "shows", "whole", papers=True),
    _Form(_IN_PAPER, lambda _: "asserts", papers=True),
    _Form(_NOT_AGREED, lambda _: "denies", "whole", strong=True),
    _Form(_AS_INVERTED, lambda m: STANCES.get(m["verb"], "asserts")),
    _Form(
        _OF_NUMBER,
        lambda m: "estimates" if "estimate" in m[0] else "asserts",
        "whole",
        strong=True,
        owner=True,
    ),
    _Form(_OWN_NUMBER, lambda _: "asserts", "whole", strong=True, owner=True),
    _Form(_DEMONYM, lambda _: "asserts"),
    _Form(_REBEL, lambda _: "asserts", strong=True),
    _Form(_FOR, lambda _: "believes"),
    _Form(_PASSIVE, _passive, "whole"),
    _Form(_BORNE_OUT, _borne_out, "whole", papers=True),
    _Form(_CREDITED, lambda _: "asserts", "whole", papers=True),
    _Form(_RELIES, lambda _: "asserts", "whole", papers=True),
    _Form(_SAID, lambda _: "quoted-directly"),
    _Form(_AS_PUT, lambda _: "asserts", "beside"),
    _Form(_IN_BRACKETS, lambda _: "asserts", "before", strong=True, papers=True),
)


_AGAINST = re.compile(
    r"\b(?:not|rejected|denied|dismissed|disputed|unfounded|false|baseless|wrong|refuted)\b"
)
_WITH_THAT = (_HELD_BY, _THEIRS, _MEDIA_THAT, _PRESS)
"""What needs the word: looked for only where it stands."""


def nominal(words: str, known: Known) -> list[Attributed]:
    """Attributions of one sentence by nouns and passives. Spans count code points of `words`."""
    found: list[Attributed] = []
    that = " that" in words
    for form in _FORMS:
        if not that and form.pattern in _WITH_THAT:
            continue
        if form.pattern is _REJECTED and not _AGAINST.search(words):
            continue
        for match in form.pattern.finditer(words):
            if form.pattern is _PASSIVE and (
                not _says_by(match) or _BORNE_OUT.match(words, match.start("verb"))
            ):
                continue
            if form.pattern is _THEIRS:
                pronoun = {"his": "he", "her": "she", "their": "they", "its": "it"}[match["np"].lower()]
                found += _of(pronoun, known, words, match, form)
                continue
            phrase = _owner(match["np"]) if form.owner else match["np"].removeprefix("hon. ")
            named = re.match(rf", (?:the )?{NAME}(?=[,.;])", words[match.end("np") :])
            if form.pattern is _PASSIVE and named:
                phrase += named[0]
            found += _of(phrase, known, words, match, form)
    for match in _VERDICT.finditer(words):
        quoted = words[: match.start()].rstrip().endswith(("”", '"'))
        stance = "quoted-directly" if quoted else _by_noun(match) if match["noun"] else "believes"
        verdict = _Form(_VERDICT, lambda _, s=stance: s, "before")  # type: ignore[misc]
        found += _of(match["np"] or match["who"], known, words, match, verdict)
    for match in _RUMOUR.finditer(words):
        made = make(
            Source("unnamed", None, match["noun"].lower() if match["noun"] else None), match[0], "reports"
        )
        found.append(Attributed(made, match.start(), match.end(), (match.end(), len(words))))
    return found + label(words, known)


def _says_by(match: re.Match[str]) -> bool:
    """Whether a passive names who says, not how or where: "seen by us", "damaged by burning"."""
    return not re.search(r"[a-z]ing$", match["np"].split()[0]) and not (
        match["verb"] in _NEEDS_BE and not match["be"]
    )


def _of(phrase: str, known: Known, words: str, match: re.Match[str], form: _Form) -> list[Attributed]:
    bare = phrase.replace(HIDDEN, " ").strip(" .")
    if (
        not bare
        or has_finite(bare)
        or re.match(r"(?:what|which|that|this|these|it|our|my|us|me|we|some|any|my)\b", bare, re.IGNORECASE)
    ):
        return []
    before, after, whole = (0, match.start()), (match.end(), len(words)), (0, len(words))
    beside = after if match.start() < 4 else before
    scope = {"after": after, "before": before, "whole": whole, "beside": beside}[form.reach]
    if form.reach == "before" and not words[: match.start()].strip(' ,”"'):
        scope = whole
    sources = [
        s
        for s in read_source(bare, known, form.strong)
        if s.kind != "document" or s.organisation or form.papers
    ]
    if form.pattern is _FOR:
        sources = [s for s in sources if s.kind in ("person", "organisation")]
    cue = words[match.start() : match.end()].strip(" ,").replace(HIDDEN, "")
    place = "verb" if form.reach == "whole" else "outside"
    return [
        Attributed(make(s, cue, form.stance(match)), match.start(), match.end(), scope, 0, place)
        for s in sources
    ]


def _owner(phrase: str) -> str:
    """The owner without what stands before its own article: "the hall, the ministry's" → "the ministry"."""
    bare = re.sub(r"[’']s?$", "", phrase)
    inner = list(re.finditer(r"(?<= )(?:the|an?|its|their) ", bare))
    return (
        bare[inner[-1].start() :]
        if inner and not re.search(r"\b(?:of|for|at|in) $", bare[: inner[-1].start()])
        else bare
    )


def label(words: str, known: Known) -> list[Attributed]:
    """ "The Minister (Ada Roon): ..."; "Chief Roon: “...”"; "RT @somebody: ..."; "Harrow Institute study: ..."."""
    match = _LABEL.match(words)
    if match is None or _SAID.match(words):
        return []
    phrase, inner = match["np"].strip().replace(HIDDEN, " "), match["in"]
    if phrase.startswith("@"):
        sources = [Source("person", phrase.split()[0].lstrip("@"))]
    elif has_finite(phrase) or len(phrase.split()) > 11:
        return []
    elif inner and re.fullmatch(rf"(?:{CAP} ){{0,3}}{CAP}", inner):
        sources = read_source(phrase, known)
        named = untitled(inner)
        if sources and sources[0].name:
            sources = [replace(sources[0], organisation=sources[0].organisation or inner)]
        elif sources and (looks_like_person(named, known) or named != inner):
            role = re.sub(r"^(?:[Tt]he) ", "", phrase)
            sources = [Source("person", named, role)]
            known.remember(sources[0])
    else:
        sources = read_source(phrase, known, bool(match["open"]))
        sources = [
            s
            for s in sources
            if match["open"]
            or (
                s.kind == "person"
                and s.name
                and (s.role or match[0].lstrip().startswith(("Reply", "Answer", "Statement", "Response")))
            )
            or (
                s.kind in ("organisation", "document")
                and s.organisation
                and re.search(
                    r"\b(?:study|report|analysis|survey|paper|data|review|estimate|statement|figures)$",
                    phrase,
                )
            )
        ]
    stance = "quoted-directly" if match["open"] else "asserts"
    scope = (match.end(), len(words))
    return [
        Attributed(make(s, match[0].strip(), stance), 0, match.end() - len(match["open"]), scope)
        for s in sources
    ]

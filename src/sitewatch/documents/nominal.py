"""Attribution without a verb of speech beside its subject.

Nouns that hold what somebody says ("the ministry's claim that", "claims by residents that", "the view among engineers
is that"), passives ("believed by X to be", "was described by X as"), labels ("The Minister (Ada Roon): ..."), and set
phrases ("Said X: ...", "as X put it", "conventional wisdom has it that").
"""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from dataclasses import replace

from sitewatch.documents.cues import Attributed, make
from sitewatch.documents.known import CAP, Known, Source, looks_like_person
from sitewatch.documents.phrases import untitled
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
_HELD_BY = re.compile(
    rf"\b(?:[Ii]t (?:is|was) )?(?:[Tt]he |[Aa]n? |[Tt]his )?(?:[a-z-]+ )?(?P<noun>(?i:{_NOUN})s?) (?:by|of|from|among|amongst|held by|made by|in) (?P<np>(?:hon\. )?(?:[\w&’'-]+\.? ){{0,8}}?[\w&’'-]+?) (?:{_IS} )?that\b"
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
_DEMONYM = re.compile(
    r"(?:^|\b(?:[Tt]he|[Ee]arlier|[Rr]ecent|[Ll]atest) )(?P<np>(?:[A-Z][a-z]+|[Rr]ebel|[Ee]nemy|[Oo]pposition|[Gg]overnment|[Oo]fficial|[Mm]ilitary|[Pp]olice|[Aa]rmy)(?: [a-z]+)?) (?:claims|reports|statements|allegations|assertions) (?:of|that)\b"
)
_PASSIVE_VERBS = (
    "communicated|reported|stated|said|announced|believed|thought|considered|estimated|confirmed|denied|disputed|described|claimed|assessed|judged|noted|rejected|"
    "dismissed|told|suspected|held|alleged|acknowledged|conceded|admitted|revealed|disclosed|predicted|expected|feared|presumed|assumed|understood|verified|corroborated|"
    "put|explained|emphasised|emphasized|stressed|declared|asserted|argued|rumoured|reckoned|calculated|measured|identified|spotted|questioned|contested|challenged|credited|cited|"
    "documented|established|determined|found|observed|seen|counted|detected|recorded|observed|blamed|accused|called|dubbed|branded|labelled|characterised|characterized|portrayed|refuted|rebutted|repudiated|denounced|condemned|suggested|underlined|quoted"
)
_PASSIVE = re.compile(
    rf"\b(?:(?P<be>is|are|was|were|been|being|as|as is|as was|now|widely|long|also) )?(?:[a-z]+ly )?(?P<verb>{_PASSIVE_VERBS})(?: (?:to (?:us|me|reporters|our correspondent|journalists|the press)))?(?: at (?:about )?[\d.,]+ ?[\w%²]*)? by (?P<np>(?:(?:[\w.&’'-]+) ){{0,9}}?[\w.&’'-]+)(?= to (?:be|have)\b| as\b| at\b| in an?\b| that\b| on\b| and\b|[,.;:!?)“”\"]|$|\ue000| \ue000)"
)
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
    r"For (?P<np>(?:the )?(?:[a-z]+ ){0,3}?[A-Z][\w.&’-]*(?: (?:of |for |the )?[A-Z][\w.&’-]*){1,5}), (?=(?:the|it|this|that|there) .{0,60}\b(?:is|was|are|were|means|remains)\b)"
)
_AS_PUT = re.compile(r"\b[Aa]s (?P<np>[^,;:.]{2,60}?) (?:puts?|has|had|tells?|told) it\b")
_LABEL = re.compile(
    r"^\W{0,3}(?:RT |via |From )?(?P<np>[^:“”\"?!;]{3,90}?)(?: ?[(‹](?P<in>[^()›]{2,50})[)›])?: (?P<open>[“\"«]?)(?=\S)"
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


def nominal(words: str, known: Known) -> list[Attributed]:
    """Attributions of one sentence by nouns and passives. Spans count code points of `words`."""
    found: list[Attributed] = []
    whole = (0, len(words))
    for match in _OWNED.finditer(words):
        found += _of(
            _owner(match["np"]), known, words, match, _stance(match["noun"]), (match.end(), len(words))
        )
    for match in _HELD_BY.finditer(words):
        found += _of(
            match["np"].removeprefix("hon. "),
            known,
            words,
            match,
            _stance(match["noun"]),
            (match.end(), len(words)),
            strong=True,
        )
    for match in _RUMOUR.finditer(words):
        made = Source("unnamed", None, match["noun"].lower() if match["noun"] else None)
        found.append(
            Attributed(make(made, match[0], "reports"), match.start(), match.end(), (match.end(), len(words)))
        )
    for match in [*_OF_NUMBER.finditer(words), *_OWN_NUMBER.finditer(words)]:
        found += _of(
            _owner(match["np"]),
            known,
            words,
            match,
            "estimates" if "estimate" in match[0] else "asserts",
            whole,
            "verb",
            strong=True,
        )
    for match in _DEMONYM.finditer(words):
        if not (match["np"].split()[0][0].isupper() and match["np"].split()[0] in _NO_DEMONYM):
            found += _of(
                match["np"],
                known,
                words,
                match,
                "asserts",
                (match.end(), len(words)),
                strong=match["np"].lower().split()[0] in ("rebel", "enemy", "opposition"),
            )
    if fronted := _FOR.match(words):
        found += [
            a
            for a in _of(fronted["np"], known, words, fronted, "believes", (fronted.end(), len(words)))
            if a.attribution.kind in ("person", "organisation")
        ]
    for match in _PASSIVE.finditer(words):
        if re.search(r"[a-z]ing$", match["np"].split()[0]) or (
            match["verb"] in _NEEDS_BE and not match["be"]
        ):
            continue
        stance = _STANCE.get(match["verb"]) or STANCES.get(match["verb"], "asserts")
        found += _of(match["np"], known, words, match, stance, whole, "verb")
    for match in [*_CREDITED.finditer(words), *_RELIES.finditer(words)]:
        found += _of(
            match["np"],
            known,
            words,
            match,
            "asserts",
            whole,
            "verb",
            papers=True,
        )
    if inverted := _SAID.search(words):
        found += _of(inverted["np"], known, words, inverted, "quoted-directly", (inverted.end(), len(words)))
    for match in _AS_PUT.finditer(words):
        scope = (match.end(), len(words)) if match.start() < 4 else (0, match.start())
        found += _of(match["np"], known, words, match, "asserts", scope)
    for match in _IN_BRACKETS.finditer(words):
        found += _of(
            match["np"], known, words, match, "asserts", (0, match.start()), strong=True, papers=True
        )
    return found + label(words, known)


_NO_DEMONYM = frozenset(
    lexicon(
        "Such These Those The False Earlier Recent Both Some Many Several Other Early Late Latest New Old Media Press News Previous Similar Further Conflicting Unconfirmed Widespread Initial First All Any No Two Three Four"
    )
)


def _stance(noun: str) -> str:
    noun = noun.lower()
    return _STANCE_OF.get(noun) or _STANCE_OF.get(noun.removesuffix("s"), "asserts")


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
            or (s.kind == "person" and s.name and s.role)
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


def _of(
    phrase: str,
    known: Known,
    words: str,
    match: re.Match[str],
    stance: str,
    scope: tuple[int, int],
    place: str = "outside",
    strong: bool = False,
    papers: bool = False,
) -> list[Attributed]:
    bare = phrase.replace(HIDDEN, " ").strip(" .")
    if (
        not bare
        or has_finite(bare)
        or re.match(r"(?:what|which|that|this|these|it|our|my|us|me|we|some|any|my)\b", bare, re.IGNORECASE)
    ):
        return []
    sources = [
        s for s in read_source(bare, known, strong) if s.kind != "document" or s.organisation or papers
    ]
    cue = words[match.start() : match.end()].strip(" ,").replace(HIDDEN, "")
    return [Attributed(make(s, cue, stance), match.start(), match.end(), scope, 0, place) for s in sources]

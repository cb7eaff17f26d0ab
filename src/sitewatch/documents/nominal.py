"""Attribution without a verb of speech beside its subject: "X's position is that", "believed by X to be", "Said X: ..."."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re

from sitewatch.documents.cues import Attributed, make
from sitewatch.documents.known import Known
from sitewatch.documents.spans import HIDDEN
from sitewatch.documents.speakers import read_source
from sitewatch.documents.speech import STANCES
from sitewatch.documents.verbs import has_finite

_SAYING = "position|line|contention|claim|message|answer|verdict|response|explanation|version|account|argument|story|reply|insistence|promise|warning|complaint|statement|testimony|point|stance"
_THINKING = "view|opinion|assessment|estimate|belief|guess|impression|suspicion|conclusion|judge?ment|finding|reading|prediction|forecast|fear|hope|expectation|understanding|conviction|thinking|hypothesis|theory|reckoning|feeling|sense"
_IS = r"(?:is|was|has (?:long |always )?been|remains|remained|had been)"
_NOUN = re.compile(
    rf"(?:(?<![\w’'])(?P<own>(?:[Tt]he |[Ii]ts |[Tt]heir |[Aa]n? )?(?:[\w.&-]+ ){{0,5}}?[\w.&-]+(?:[’']s|s[’'])) (?:[a-z-]+ )?"
    rf"(?:(?P<says>{_SAYING})|(?P<thinks>{_THINKING})) {_IS} (?:that\b|:)?"
    rf"|\b(?:[Ii]t is |[Ii]t was )?(?:[Tt]he|[Aa]) (?:[a-z-]+ )?(?:(?P<says2>{_SAYING})|(?P<thinks2>{_THINKING})) of (?P<of>(?:[\w.&’'-]+ ){{0,8}}?[\w.&’'-]+?) (?:{_IS} )?that\b)"
)
_PASSIVE_VERBS = (
    "communicated|reported|stated|said|announced|believed|thought|considered|estimated|confirmed|denied|disputed|described|claimed|assessed|judged|noted|rejected|"
    "dismissed|told|suspected|held|alleged|acknowledged|conceded|admitted|revealed|disclosed|predicted|expected|feared|presumed|assumed|understood|verified|corroborated|"
    "put|explained|emphasised|emphasized|stressed|declared|asserted|argued|rumoured|reckoned|calculated|measured|identified|spotted|questioned|contested|challenged|credited|cited"
)
_PASSIVE = re.compile(
    rf"\b(?:(?:is|are|was|were|been|being|as|as is|as was|now|widely|long|also) )?(?P<verb>{_PASSIVE_VERBS})(?: (?:to (?:us|me|reporters|our correspondent|journalists|the press)))?(?: at (?:about )?[\d.,]+ ?[\w%²]*)? by (?P<np>(?:(?:[\w.&’'-]+) ){{0,9}}?[\w.&’'-]+)(?= to (?:be|have)\b| as\b| at\b| in an?\b| that\b| on\b|[,.;:!?)”\"]|$|\ue000)"
)
_STANCE = {"put": "estimates", "told": "asserts", "communicated": "asserts", "held": "believes", "understood": "believes", "presumed": "believes", "rumoured": "reports", "questioned": "denies", "contested": "denies", "challenged": "denies", "measured": "determines", "credited": "asserts", "cited": "asserts"}  # fmt: skip
_SAID = re.compile(
    r"^\W*(?P<verb>Said|Says|Adds|Added|Writes|Wrote|Quoth|Explains|Explained|Warns|Warned|Notes|Noted|Recalls|Recalled) (?P<np>[^:“\"]{3,80}?): ?(?=[“\"]|[A-Z])"
)
_OF_NUMBER = re.compile(
    r"(?<![\w’'])(?P<own>(?:[Tt]he |[Ii]ts |[Tt]heir )?(?:[\w.&-]+ ){0,5}?[\w.&-]+(?:[’']s|s[’'])) (?:[a-z-]+ )?(?:estimate|figure|measurement|count|calculation|assessment|tally) of(?= (?:about |some |around |roughly )?\d)"
)
_FOR = re.compile(
    r"For (?P<np>(?:the )?(?:[a-z]+ ){0,3}?[A-Z][\w.&’-]*(?: (?:of |for |the )?[A-Z][\w.&’-]*){1,5}), (?=(?:the|it|this|that|there) .{0,60}\b(?:is|was|are|were|means|remains)\b)"
)
_AS_PUT = re.compile(r"\b[Aa]s (?P<np>[^,;:.]{2,60}?) (?:puts?|has|had|tells?|told) it\b")


def nominal(words: str, known: Known) -> list[Attributed]:
    """Attributions of one sentence by nouns and passives. Spans count code points of `words`."""
    found: list[Attributed] = []
    whole = (0, len(words))
    for match in _NOUN.finditer(words):
        phrase = re.sub(r"[’']s?$", "", match["own"]) if match["own"] else match["of"]
        stance = "asserts" if match["says"] or match["says2"] else "believes"
        found += _of(phrase, known, words, match, stance, (match.end(), len(words)))
    for match in _OF_NUMBER.finditer(words):
        found += _of(re.sub(r"[’']s?$", "", match["own"]), known, words, match, "estimates", whole, "verb")
    if fronted := _FOR.match(words):
        found += [
            a
            for a in _of(fronted["np"], known, words, fronted, "believes", (fronted.end(), len(words)))
            if a.attribution.kind in ("person", "organisation")
        ]
    for match in _PASSIVE.finditer(words):
        if re.search(r"[a-z]ing$", match["np"].split()[0]):
            continue
        stance = _STANCE.get(match["verb"]) or STANCES.get(match["verb"], "asserts")
        found += _of(match["np"], known, words, match, stance, whole, "verb")
    if inverted := _SAID.search(words):
        found += _of(inverted["np"], known, words, inverted, "quoted-directly", (inverted.end(), len(words)))
    for match in _AS_PUT.finditer(words):
        scope = (match.end(), len(words)) if match.start() < 4 else (0, match.start())
        found += _of(match["np"], known, words, match, "asserts", scope)
    return found


def _of(
    phrase: str,
    known: Known,
    words: str,
    match: re.Match[str],
    stance: str,
    scope: tuple[int, int],
    place: str = "outside",
) -> list[Attributed]:
    bare = phrase.replace(HIDDEN, " ").strip(" .")
    if (
        not bare
        or has_finite(bare)
        or re.match(r"(?:what|which|that|this|these|it|our|my|us|me)\b", bare, re.IGNORECASE)
    ):
        return []
    sources = [s for s in read_source(bare, known) if s.kind != "document" or s.organisation]
    cue = words[match.start() : match.end()].strip(" ,").replace(HIDDEN, "")
    return [Attributed(make(s, cue, stance), match.start(), match.end(), scope, 0, place) for s in sources]

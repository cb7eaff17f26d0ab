"""Verbs that reports on places use, in the forms that can head a clause."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re

from sitewatch.documents.spans import words
from sitewatch.documents.speech import STANCES

_WORD = re.compile(r"[A-Za-z\u00c0-\u024f][\w’'-]*")

_REGULAR = words(
    "abandon add aim alleviate alter analyse analyze appear arm assemble base begin belong block bolster bore bury capture carry cause cease change "
    "clear close collapse commence complete comprise conduct connect consist construct contain continue convert cover curb damage decrease deepen deliver "
    "demolish deny deploy design destroy detail develop dismantle double dump employ empty enclose end enhance enlarge equip erect evade exceed "
    "excavate expand extend extract fell fill finance finish flatten flood formalise formalize form found fund gain handle harvest help host house "
    "hold identify improve include increase inspect install intend invade launch lack lengthen level lie lift line link load locate lower manufacture "
    "mark match measure mine modernise modernize move need obstruct occupy occur open operate overlook own park participate pass pave penetrate "
    "place plan plant play point pose possess pour prepare prevent process produce prompt protect prove provide purchase raise reach receive reconstruct "
    "recover reduce refer refine refurbish regard reinforce relocate remain remove renovate repair replace require resemble rest restore resume "
    "rework roof sell separate serve shelter shield ship show shrink shut sign signal sit span spark spread stack stand start stay stop store "
    "stretch suffer supply support surround suspend tear test threaten total transfer transform transport treble triple turn underline undermine "
    "undergo unload upgrade use vacate visit void weaken weigh widen withdraw work yield halve quadruple power tow stage strip host sink swell rank lead house lease"
)
_IRREGULAR = {
    "be": "is are was were been being", "have": "has have had having", "do": "does do did done", "go": "goes went gone going",
    "build": "build builds built building", "rebuild": "rebuild rebuilds rebuilt rebuilding", "make": "make makes made making", "take": "takes took taken taking",
    "see": "sees saw seen seeing", "begin": "begins began begun beginning", "grow": "grows grew grown growing", "dig": "digs dug digging",
    "rise": "rises rose risen rising", "fall": "falls fell fallen falling", "stand": "stands stood standing", "lie": "lies lay lain lying",
    "hold": "holds held holding", "send": "sends sent sending", "buy": "buys bought buying", "lay": "lays laid laying", "burn": "burns burned burnt burning",
    "lose": "loses lost losing", "leave": "leaves left leaving", "bring": "brings brought bringing", "become": "becomes became becoming",
    "run": "runs ran running", "sink": "sinks sank sunk", "set": "sets set setting", "put": "puts put", "cut": "cuts cutting", "hit": "hits hit", "shut": "shuts",
    "get": "gets got getting", "give": "gives gave given giving", "come": "comes came coming", "keep": "keeps kept keeping", "spread": "spreads",
    "shrink": "shrinks shrank shrunk shrinking", "break": "breaks broke broken", "drive": "drives drove driven", "fly": "flies flew flown flying",
    "tear": "tears tore torn", "withdraw": "withdraws withdrew withdrawn", "undergo": "undergoes underwent undergone", "strike": "strikes struck", "sit": "sits sat",
    "sell": "sells sold", "win": "wins won", "know": "knows knew known", "speak": "speaks spoke", "feed": "feeds fed", "lead": "leads led", "appear": "appears appeared",
}  # fmt: skip


def _forms(verb: str) -> tuple[set[str], set[str]]:
    """Third person and past; participles in -ing."""
    past = verb + ("d" if verb.endswith("e") else "ed")
    third = verb + ("es" if verb.endswith(("s", "sh", "ch", "x")) else "s")
    ing = (verb[:-1] if verb.endswith("e") and not verb.endswith("ee") else verb) + "ing"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        past, third = verb[:-1] + "ied", verb[:-1] + "ies"
    if (
        verb[-1] in "pnbgt"
        and verb[-2] in "aeiou"
        and verb[-3:-2] not in ("e", "o", "a", "i", "u")
        and len(verb) < 6
        and verb not in ("open", "widen")
    ):
        past, ing = verb + verb[-1] + "ed", verb + verb[-1] + "ing"
    return {past, third}, {ing}


AUXILIARIES = frozenset(
    words(
        "is are was were has have had will would could may might can must should did does do cannot can't isn't aren't wasn't weren't hasn't haven't hadn't won't"
    )
)
"""Words that alone show a finite clause."""
FINITE: frozenset[str]
"""Auxiliaries, third persons and pasts (which may also be participles)."""
PARTICIPLES: frozenset[str]
"""Forms in -ing."""
_finite, _ing = set(AUXILIARIES), set()
for _verb in _REGULAR:
    _a, _b = _forms(_verb)
    _finite |= _a
    _ing |= _b
for _words in _IRREGULAR.values():
    for _word in _words.split():
        (_ing if _word.endswith("ing") else _finite).add(_word)
for _word in STANCES:
    if " " not in _word and _word.endswith(("s", "d", "t", "e", "w", "k")):
        _finite.add(_word)
for _word in (
    "suggesting",
    "indicating",
    "signalling",
    "signaling",
    "showing",
    "implying",
    "confirming",
    "reporting",
    "revealing",
):
    _ing.add(_word)
FINITE = frozenset(
    _finite
    - {
        "place",
        "plan",
        "house",
        "mine",
        "works",
        "plants",
        "marks",
        "use",
        "uses",
        "report",
        "reports",
        "notes",
        "claims",
        "images",
        "estimates",
        "supplies",
        "hosts",
        "work",
        "plans",
        "lines",
        "posts",
        "state",
        "states",
        "roofs",
    }
) | {
    "show",
    "include",
    "suggest",
    "indicate",
    "appear",
    "remain",
    "believe",
    "pose",
    "signal",
    "contain",
    "lie",
    "reveal",
}
PARTICIPLES = frozenset(_ing) - {"building", "housing", "mining", "during", "standing"}


def has_finite(words: str) -> bool:
    """Whether a clause's words hold a finite verb."""
    tokens = _WORD.findall(words)
    for i, token in enumerate(tokens):
        low = token.lower()
        if low in AUXILIARIES:
            return True
        if (
            low in FINITE
            and token.islower()
            and i > 0
            and tokens[i - 1].lower() not in ("the", "a", "an", "its", "their", "by", "to", "newly", "of")
        ):
            return True
    return False

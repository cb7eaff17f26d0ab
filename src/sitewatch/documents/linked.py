"""Comparisons by the words after an amount: "20 % short of", "15 % above that of", "2.5 times what it was"."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re

from sitewatch.documents.change_words import DOWN_NOUN, UP_NOUN
from sitewatch.documents.compared import IN, NOUN, NOUNS, WORD, comparand_after, inverse, moved
from sitewatch.documents.numbers import NUMBER
from sitewatch.documents.spans import Span
from sitewatch.documents.units import UNIT

THING = (
    r"(?:building|hall|facility|structure|predecessor|precursor|forerunner|neighbour|neighbor|counterpart|warehouse|shed|hangar|one|original|depot|"
    r"store|plant|factory|workshop|block|tower|bunker|pier|quay|jetty|apron|runway|yard|basin|pond|lagoon|reservoir|pit|quarry|camp|site|compound|"
    r"base|terminal|mill|works|silo|tank|dam|bridge|stadium|prison|school|hospital|barracks|dock|berth|wing|annexe?|extension|complex|tunnel|field|"
    r"clearing|pad|plot|roof|unit|version|model|design|plan|former|latter|other|prototype|park|farm|mine|dump|landfill|heap|pile|stack|chimney|mast|"
    r"garage|barn|greenhouse|canopy|house|ship|vessel|boat|barge|launcher|antenna|dish|radar|crane|kiln|boiler|reactor)"
)
"""What reports compare with: a thing that stands somewhere."""
ECONOMY = re.compile(
    r"\b(?:throughput|output|exports?|imports?|sales|prices?|revenues?|profits?|traffic|(?:un)?employment|workforce|staff|turnover|production|budgets?|costs?|spending|"
    r"demand|population|wages?|salar(?:y|ies)|rents?|rates?|shares|tariffs?|taxe?s?|support|turnout|fees?|deaths|cases|inflation|rainfall|temperatures?|visitors|passengers|"
    r"emissions|trade|investments?|membership|attendance|bookings|orders|deliveries|shipments|consumption|speeds?|votes?|complaints|crime|harvests?|"
    r"catch|earnings|income|debts?|funding|subsid(?:y|ies)|premiums?|pay|stocks?|risks?|chances?|odds|noise|productivity|ridership|enrolment|readership)\b"
    rf"(?! (?:{WORD} )?{THING}s?\b)",
    re.IGNORECASE,
)
"""What rises and falls without being a size."""
PEOPLE = re.compile(
    r"\b(?:people|population|residents?|respondents|voters|workers|staff|employees|pupils|students|villagers|soldiers|men|women|children|readers|members|families|inhabitants|"
    r"time|day|night|week|month|year|hour|century|capacity|power|energy|money|vote|seats|work|works|blame|answer|story|truth|cent|total cost|way)s?\b",
    re.IGNORECASE,
)
"""Of whom or what a share compares no sizes."""
_NP = rf"(?:(?:the|its|their|his|her|that|this|an?|any|some|each|every) )(?:(?!(?:on|in|at|of|to|by|from|near|with|for|is|are|was|were|live|lives)\b){WORD} ){{0,4}}?"
_END = rf"(?={IN}?(?:[.,;:!?)]|$| (?:and|but|when|while|after|before|since|built|that|which|next|beside|in|at|on|now)\b))"
_SHORT = re.compile(
    r" (?P<way>short of|shy of|below|under|beneath|above|over|beyond|in excess of|up on|down on|ahead of)"
    r"(?= (?:the|its|their|his|that|those|what|an?|any|[A-Z]|\ue000|last|normal))",
)
_DOWN = ("short of", "shy of", "below", "under", "beneath", "down on")
_PLACED = ("above", "over", "below", "under", "beneath", "beyond", "ahead of")
"""Words of place: they compare only sizes, never "20 % under the trees"."""
_SIZED = re.compile(
    rf" (?:that of|those of|what\b|\ue000+[’']s |(?:the|its|their) (?:{WORD} ){{0,3}}?(?:{NOUN}|figure|value|level|total|average|limit|norm|standard)\b|(?:the|its|their) (?:old|former|previous|original|existing|earlier|first|planned|permitted) )",
    re.IGNORECASE,
)
_WHAT = re.compile(
    rf"(?: of)? (?:(?P<np>what [^,.;:!?]{{1,60}})|(?P<own>(?:{_NP}{WORD}|(?-i:[A-Z])[\w-]*(?: (?-i:[A-Z0-9])[\w-]*){{0,3}})(?:[’']s|(?<=s)[’']))(?=[.,;:!?)]|$| (?:and|but|in|by)\b))",
    re.IGNORECASE,
)
_THING = re.compile(rf"(?: of)? (?P<np>{_NP}{THING}){_END}(?![’'])", re.IGNORECASE)
_CALLED = re.compile(
    rf"(?: of)? (?P<np>(?:{THING}|(?-i:[A-Z])[a-z]+\.?) (?:(?-i:[A-Z0-9])[\w-]{{0,8}}|\ue000+)|\ue000+|(?:the )?(?:normal|usual|average|norm|limit|original)|(?P<that>that|this|it)(?: (?:size|number|figure|length|area|amount|height|width|wide|long|large|big|high|tall|deep|much|many))?|\ue000+[’']s(?: {WORD}){{0,3}}|(?:that|those) (?:[a-z]+ed|seen|found|given|shown|put|in|at|for|on|from)\b[^,.;:!?()]{{0,60}})(?=[.,;:!?()]|$| (?:and|but|in|now|today|or|at)\b)",
    re.IGNORECASE,
)
_EQUATES = re.compile(
    r"\b(?:is|was|are|were|be|been|at|only|just|equals?|measures?|about|roughly|nearly|makes?|exactly|barely|hardly) $"
)
_MEASURE = re.compile(
    rf" (?P<np>(?:the|its|their|today[’']s|\ue000+(?:[’']s)?|that) {NUMBER}(?:[ \u00a0\u202f-]?{UNIT}(?![\w²³])|(?= [a-z]+)))",
    re.IGNORECASE,
)
_ANYTHING = re.compile(
    rf" (?P<np>(?:the|its|their|that) (?:(?!(?:to|by|at|from|on|in|of)\b|\d){WORD} ){{0,3}}?(?!\d|(?:to|by|at)\b){WORD})(?=[.,;:!?)]|$| (?:it|they|he|she|of|in|at|on|to|from|by|since|we|when|and|but|once|[a-z]+(?:ed|en|wn)|told|put|built)\b)",
    re.IGNORECASE,
)
"""After "twice" and its like, whatever is named is what it compares with: "twice the thing it was"."""
_FITS = re.compile(
    r"\b(?:fits?|fitted|puts?|goes|go|squeezed?|placed?|packed?|laid?|swallows?|contains?|holds?|accommodates?) [^.;:!?]*$"
)
_STOP_HERE = re.compile(r"[.,;:!?)]|$| over\b")
_INTO = re.compile(r" (?:into|over)\b(?=[ .,;:!?)]|$)(?! (?:the )?(?:past|last|next))")
_FLOOR = re.compile(
    r" (?:of )?(?:(?P<own>its|their|his|the same) |the )?(?P<noun>ground|floor|space|room|land)\b(?P<of> (?:of|as|that)\b)?",
    re.IGNORECASE,
)
_UP_OR_DOWN = re.compile(r" (?P<way>up|down)\b(?=[.,;:!?)]|$| (?:since|in|over|and|but|against|from)\b)")
_MORE = re.compile(
    rf" (?P<way>more|less|extra) (?:(?:floor|ground|roof|storage) )?(?P<noun>{NOUN}|space|room|ground|land)\b(?P<than> than\b)?",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    rf"\b(?:(?P<up>{UP_NOUN})|(?P<down>{DOWN_NOUN}))\b(?P<of> (?:of|(?P<in>in)|to) (?:the |its |their |overall )?{WORD}(?: {WORD}){{0,6}}?)?"
    r"(?: (?:is|was|of|by|at|(?P<to>to)|amounts? to|amounted to|comes? to|came to|stands? at|stood at|works? out at|equals|reache[sd]|totals|totalled|measure[sd]|put at|estimated at)){1,2}"
    r"(?: (?:about|some|around|roughly|nearly|almost|only|just|exactly|over|up to|at least|as much as|more than|a|a full|fully|between))*(?P<factor> factor of)?(?: (?:about|some|nearly|almost|roughly))? ?$",
    re.IGNORECASE,
)
_ORDER = re.compile(r"o[nf] the order of|in the (?:order|region) of")
_THINGS = re.compile(rf"\b{THING}s?\b", re.IGNORECASE)
_NOUN_AFTER = re.compile(rf" in (?:the |its |overall |total )?(?P<noun>{NOUN}|[a-z]+)\b", re.IGNORECASE)
_OVER = re.compile(r" (?:over|on|from|against|compared (?:with|to)|relative to)(?= )")
_PHRASE = re.compile(
    rf"[^,.;:!?()\n]{{1,80}}?(?={IN}|[,.;:!?()\n]|$| (?:and|but|while|which|when|is|was)\b)", re.IGNORECASE
)
_IN_AFTER = re.compile(rf"[^.;:!?]{{0,80}}?{IN}", re.IGNORECASE)
_LAST_NOUN = re.compile(rf"\b(?P<noun>{NOUN})\b(?!.*\b(?:{NOUN})\b)", re.IGNORECASE | re.DOTALL)
_Pair = tuple[float, float]
Link = tuple[int, _Pair, str | None, Span | None]
"""Where the words end, the ratio, its dimension, and where the words of the comparand stand."""


def ratio_of_link(  # noqa: PLR0911, PLR0912 (rules in order)
    text: str, start: int, end: int, kind: str, low: float, high: float
) -> Link | None:
    """The ratio that an amount states with the words beside it, where it is no plain tail ("larger than").

    `start` and `end` are those of the amount with its unit, `kind` is "pct", "times" or "part".
    """
    if changed := change_of_noun(text, start, end, kind, low, high):
        return changed
    if kind != "times":
        match = _SHORT.match(text, end)
        if match and (match["way"] not in _PLACED or _SIZED.match(text, match.end())):
            stop = _phrase(text, match.end())
            dimension = _dimension(text, start, match.end(), stop)
            return (
                match.end(),
                moved(low, high, match["way"] not in _DOWN),
                dimension,
                (match.end() + 1, stop),
            )
        if (match := _UP_OR_DOWN.match(text, end)) and not ECONOMY.search(text[max(0, start - 80) : start]):
            return (
                match.end(),
                moved(low, high, match["way"] == "up"),
                _dimension(text, start, match.end(), match.end()),
                None,
            )
        if match := _MORE.match(text, end):
            pair = moved(low, high, match["way"].lower() != "less")
            dimension = NOUNS.get(match["noun"].lower(), "area")
            return match.end(), pair, dimension, _np(text, match.end()) if match["than"] else None
    if kind != "part" or text.startswith((" of ", " what ", " the ", " its "), end):
        for pattern in (_WHAT, _THING) if kind == "times" or text.startswith(" of ", end) else (_WHAT,):
            if match := pattern.match(text, end):
                name = "np" if match["np"] else "own"
                dimension = _dimension(text, start, end, match.end())
                return match.end(), (low, high), dimension, match.span(name)
    likened = _EQUATES.search(text, max(0, start - 24), start) or text.startswith((" that", " of that"), end)
    if (kind == "times" or likened) and (match := _CALLED.match(text, end)):
        return match.end(), (low, high), "size", match.span("np")
    if kind == "times":
        if match := _MEASURE.match(text, end):
            return end, (low, high), "size", match.span("np")
        if (match := _ANYTHING.match(text, end)) and not (
            ECONOMY.search(match[0]) or PEOPLE.search(match[0])
        ):
            return match.end(), (low, high), "size", match.span("np")
        if _FITS.search(text, max(0, start - 70), start) and _STOP_HERE.match(text, end):
            return end, (low, high), "size", None
        if match := _INTO.match(text, end):
            return match.end(), (low, high), "size", None
        match = _FLOOR.match(text, end)
        if match and (match["of"] or match["own"]):
            return match.end(), (low, high), "area", _np(text, match.end()) if match["of"] else None
    return None


_SHARE = re.compile(
    r" of (?:(?P<np>(?:the|its|their|his|her|our|all|that|those|these|this|every|what|it|them|which|today[’']s|(?-i:[A-Z])[\w]*[’']s)\b|(?-i:[A-Z])[a-z]|\ue000|(?:[a-z]+ ){0,2}(?:houses|homes|structures|trees|land|forest|woodland|fields|roofs|THINGs)\b))".replace(
        "THING", THING
    ),
    re.IGNORECASE,
)


_HALF_THE = re.compile(r" (?P<np>(?:the|its|their|all)\b)(?! (?:battle|way|point|reason|problem|fun))")


def share_of(text: str, original: str, end: int) -> tuple[int, str | None] | None:
    """Where the words of a share of something with a size end, and of what it is: "two fifths of the floor"."""
    match = _SHARE.match(text, end)
    if match is None and text[:end].lower().endswith("half"):
        match = _HALF_THE.match(text, end)
    if match is None:
        return None
    if match["np"] == "which":
        return match.end(), None
    whole = comparand_after(text, original, match.start("np"))
    head = " ".join((whole or "").split()[:6])
    if match["np"] in ("that", "it", "them") and whole:
        return match.end(), whole
    if not whole or ECONOMY.search(head) or PEOPLE.search(head):
        return None
    return match.end(), whole


def change_of_noun(text: str, start: int, end: int, kind: str | None, low: float, high: float) -> Link | None:
    """ "an increase of 40 % in area over the old hall", "growth by a factor of 1.5", "the gain is 18 %"."""
    clause = re.split(r"[.;:!?]\s", text[max(0, start - 110) : start])[-1]
    if _ORDER.match(text, start):  # "a widening on the order of 25 per cent"
        clause += "of "
    found = _CHANGE.search(clause)
    if found is None or (kind is None and not found["factor"]) or ECONOMY.search(clause):
        return None
    own = _NOUN_AFTER.match(text, end)
    phrase = " ".join((found["of"] or "", own["noun"] if own else "")).lower()
    sized = _LAST_NOUN.search(phrase)
    if own and not sized and not _THINGS.search(phrase):
        return None  # of something that is no size
    if found["in"] and not sized and not _THINGS.search(phrase):
        return None
    stop = own.end() if own else end
    over = _OVER.match(text, stop)
    rises = found["up"] is not None
    if found["to"]:
        pair = (low, high)
    elif found["factor"] or kind == "times":
        pair = (low, high) if rises else inverse(low, high)
    else:
        pair = moved(low, high, rises)
    dimension = NOUNS[sized["noun"].lower()] if sized else "size"
    return stop, pair, dimension, _np(text, over.end()) if over else None


def _dimension(text: str, start: int, end: int, stop: int) -> str | None:
    """The dimension that the words after or before say: "in length", "the floor area is"."""
    after = _IN_AFTER.match(text, end, min(len(text), stop + 40))
    if after:
        return NOUNS[after["in_noun"].lower()]
    clause = re.split(r"[.;:!?]\s", text[max(0, start - 100) : start])[-1]
    found = _LAST_NOUN.search(text[end:stop]) or _LAST_NOUN.search(clause)
    return NOUNS[found["noun"].lower()] if found else None


def _phrase(text: str, at: int) -> int:
    match = _PHRASE.match(text, at)
    return match.end() if match else at


def _np(text: str, at: int) -> Span | None:
    stop = _phrase(text, at)
    return (at + 1, stop) if stop > at + 1 else None

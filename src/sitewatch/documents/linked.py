"""Comparisons by the words after an amount: "20 % short of", "15 % above that of", "2.5 times what it was"."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re

from sitewatch.documents.compared import IN, NOUN, NOUNS, WORD
from sitewatch.documents.spans import Span

THING = (
    r"(?:building|hall|facility|structure|predecessor|precursor|forerunner|neighbour|neighbor|counterpart|warehouse|shed|hangar|one|original|depot|"
    r"store|plant|factory|workshop|block|tower|bunker|pier|quay|jetty|apron|runway|yard|basin|pond|lagoon|reservoir|pit|quarry|camp|site|compound|"
    r"base|terminal|mill|works|silo|tank|dam|bridge|stadium|prison|school|hospital|barracks|dock|berth|wing|annexe?|extension|complex|tunnel|field|"
    r"clearing|pad|plot|roof|unit|version|model|design|plan|former|latter|other|prototype|park|farm|mine|dump|landfill|heap|pile|stack|chimney|mast|"
    r"garage|barn|greenhouse|canopy|house|ship|vessel|boat|barge|launcher|antenna|dish|radar|crane|kiln|boiler|reactor)"
)
"""What reports compare with: a thing that stands somewhere."""
_NP = rf"(?:(?:the|its|their|his|her|that|this|an?|any|some|each|every) )(?:(?!(?:on|in|at|of|to|by|from|near|with|for|is|are|was|were|live|lives)\b){WORD} ){{0,4}}?"
_END = rf"(?={IN}?(?:[.,;:!?)]|$| (?:and|but|when|while|after|before|since|built|that|which|next|beside|in|at|on|now)\b))"
_SHORT = re.compile(
    r" (?P<way>short of|shy of|below|under|beneath|above|over|beyond|in excess of|up on|down on|ahead of)"
    r"(?= (?:the|its|their|his|that|those|what|an?|any|[A-Z]))",
)
_DOWN = ("short of", "shy of", "below", "under", "beneath", "down on")
_PLACED = ("above", "over", "below", "under", "beneath", "beyond", "ahead of")
"""Words of place: they compare only sizes, never "20 % under the trees"."""
_SIZED = re.compile(
    rf" (?:that of|those of|what\b|(?:the|its|their) (?:{WORD} ){{0,3}}?(?:{NOUN}|figure|value|level|total|average|limit|norm|standard)\b|(?:the|its|their) (?:old|former|previous|original|existing|earlier|first|planned|permitted) )",
    re.IGNORECASE,
)
_WHAT = re.compile(
    rf"(?: of)? (?:(?P<np>what (?:it|they|he|she|that|this|was|is|were|had|has|the)\b[^,.;:!?]{{0,60}})|(?P<own>(?:{_NP}{WORD}|(?-i:[A-Z])[\w-]*(?: (?-i:[A-Z0-9])[\w-]*){{0,3}})(?:[’']s|(?<=s)[’']))(?=[.,;:!?)]|$| (?:and|but|in|by)\b))",
    re.IGNORECASE,
)
_THING = re.compile(rf"(?: of)? (?P<np>{_NP}{THING}){_END}(?![’'])", re.IGNORECASE)
_CALLED = re.compile(
    rf" (?P<np>(?:{THING}|(?-i:[A-Z])[a-z]+) (?:(?-i:[A-Z0-9])[\w-]{{0,8}}|\ue000+)|\ue000+)(?=[.,;:!?)]|$)",
    re.IGNORECASE,
)
_FLOOR = re.compile(
    r" (?:of )?(?:(?P<own>its|their|his|the same) |the )?(?P<noun>ground|floor|space|room|land)\b(?P<of> (?:of|as|that)\b)?",
    re.IGNORECASE,
)
_MORE = re.compile(
    rf" (?P<way>more|less|extra) (?:(?:floor|ground|roof|storage) )?(?P<noun>{NOUN}|space|room|ground|land)\b(?P<than> than\b)?",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\b(?:(?P<up>increase|growth|gain|rise|expansion|enlargement|extension|jump|surge|excess|addition)|(?P<down>reduction|decrease|drop|decline|fall|cut|loss|shrinkage|contraction|shortfall|deficit))"
    r"(?: in (?:the |its |overall )?(?P<noun>[a-z]+(?: area| space)?))?(?: (?:is|was|of|by|amounts? to|amounted to|comes? to|came to|stands? at|stood at|works out at|equals)){1,2}(?: (?:about|some|around|roughly|nearly|almost|only|just|over|up to|at least))* ?$",
    re.IGNORECASE,
)
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


def ratio_of_link(text: str, start: int, end: int, kind: str, low: float, high: float) -> Link | None:
    """The ratio that an amount states with the words beside it, where it is no plain tail ("larger than").

    `start` and `end` are those of the amount with its unit, `kind` is "pct", "times" or "part".
    """
    if kind != "times":
        match = _SHORT.match(text, end)
        if match and (match["way"] not in _PLACED or _SIZED.match(text, match.end())):
            stop = _phrase(text, match.end())
            dimension = _dimension(text, start, match.end(), stop)
            return (
                match.end(),
                _moved(low, high, match["way"] not in _DOWN),
                dimension,
                (match.end() + 1, stop),
            )
        if match := _MORE.match(text, end):
            pair = _moved(low, high, match["way"].lower() != "less")
            dimension = NOUNS.get(match["noun"].lower(), "area")
            return match.end(), pair, dimension, _np(text, match.end()) if match["than"] else None
        if changed := _change(text, start, end, low, high):
            return changed
    if kind != "part" or text.startswith((" of ", " what ", " the ", " its "), end):
        for pattern in (_WHAT, _THING) if kind == "times" or text.startswith(" of ", end) else (_WHAT,):
            if match := pattern.match(text, end):
                name = "np" if match["np"] else "own"
                dimension = _dimension(text, start, end, match.end())
                return match.end(), (low, high), dimension, match.span(name)
    if kind == "times":
        if match := _CALLED.match(text, end):
            return match.end(), (low, high), "size", match.span("np")
        match = _FLOOR.match(text, end)
        if match and (match["of"] or match["own"]):
            return match.end(), (low, high), "area", _np(text, match.end()) if match["of"] else None
    return None


def _moved(low: float, high: float, up: bool) -> _Pair:
    return (1 + low, 1 + high) if up else (max(0.0, 1 - high), max(0.0, 1 - low))


def _change(text: str, start: int, end: int, low: float, high: float) -> Link | None:
    """ "an increase of 40 % in area over the old hall", "the gain is 18 %"."""
    clause = re.split(r"[.;:!?]\s", text[max(0, start - 80) : start])[-1]
    found = _CHANGE.search(clause)
    if found is None:
        return None
    own = _NOUN_AFTER.match(text, end)
    noun = (found["noun"] or (own["noun"] if own else "")).lower()
    if noun and noun not in NOUNS:
        return None  # of something that is no size
    stop = own.end() if own else end
    over = _OVER.match(text, stop)
    comparand = _np(text, over.end()) if over else None
    return stop, _moved(low, high, found["up"] is not None), NOUNS.get(noun, "size"), comparand


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

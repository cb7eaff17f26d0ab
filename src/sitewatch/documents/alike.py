"""Sizes said to be alike: "the same size as", "identical in footprint", "matches X in length", "on a par with"."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from collections.abc import Iterator

from sitewatch.documents.amounts import HEDGED
from sitewatch.documents.compared import ADJ, ADJECTIVES, IN, NOUN, NOUNS, WORD, comparand_after, make_ratio
from sitewatch.documents.numbers import NUMBER, number
from sitewatch.documents.spans import windows
from sitewatch.documents.units import UNIT
from sitewatch.types import Quantity

_ADVERB = (
    r"(?:(?P<loose>roughly|about|nearly|almost|approximately|approx\.?|broadly|more or less|practically|virtually|very|quite|essentially|largely|"
    r"around|some|all but|close to|pretty much|effectively|next to|to all intents and purposes)|exactly|precisely|just|fully|every bit|quite) "
)
_SAME = r"(?:(?:(?:(?:one and )?the (?:very |exact |selfsame )?|exact )?same|an? (?:equal|identical|equivalent|matching|like)|equal|identical|equivalent)|(?P<similar>(?:an? )?(?:very |broadly |quite |roughly )?(?:similar|comparable)|close|much the same|about the same|roughly the same))"
_LEVEL = r"(?:(?:on|at) (?:an? )?(?:rough )?(?:par|level terms|equal footing)|level|even|neck and neck|well matched|evenly matched|alike|indistinguishable|no different|not different)"
_NP = rf"(?P<np>(?:(?:the|its|their|that|this|his|any|an?) )?(?:(?!(?:is|was|are|were|and|but|which|that)\b){WORD} ){{0,6}}?{WORD})"
_TO = r"(?:to|as|with|from|than)"
_THAT_OF = r"(?:that|those|the one|the ones) (?:of|at|in)"
_VERB = r"(?:match(?:es|ed|ing)?|equal(?:s|led|ed|ling|ing)?|(?P<rival>rival(?:s|led|ed|ling|ing)?|parallel(?:s|led|ed)?|approach(?:es|ed|ing)|approximat(?:es|ed|ing)))"
_NO_FIGURE = r"(?! (?:\d|possible|before|it (?:is|was)|they (?:are|were)|ever|usual|expected|needed|an? (?:day|week|month|year|time|century)|(?:one|two|three|four|five|six|ten|twenty|half|several|many) ))"
_NOT_FACTOR = r"(?<!times )(?<!twice )(?<!half )(?<!thirds )(?<!third )(?<!quarters )(?<!quarter )(?<!cent )(?<!percent )(?<!% )(?<!%)(?<!fifths )(?<!fifth )(?<!tenth )(?<!much )(?<!x )(?<!× )"
_END = r"(?= ?(?:[.,;:!?)]|$| (?:and|but|now|since|today)\b))"

_SAMENESS = re.compile(
    r"\b(?:same|[Ee]qual|[Ii]dentical|[Ee]quivalent|[Ss]imilar|[Cc]omparable|close|par|level|even|[Aa]like|different|neck|indistinguishable|like|matching|matched|match)\b"
)
_SIZE_OF = re.compile(r"\bthe (?:size|length|height|width|area|footprint) of\b")
_VERBS = re.compile(r"\b(?:match|equal|rival|parallel|approach|approximat|resembl)")
_OTHERS = re.compile(
    r"\b(?:[Nn]either|no [a-z]+er |[Aa]s [a-z]+ as|[Ee]qually|the (?:equal|match|twin|equivalent)|[a-z]+ of |[Aa]bout|[Rr]oughly|[Aa]round|[Nn]early|almost|approximately|some )"
)
"""What every way to say it holds: cheap looks before the costly ones."""
_PATTERNS = tuple(
    (hint, re.compile(pattern, re.IGNORECASE))
    for hint, pattern in (
        # "of the same length as", "a similar footprint to", "the same size as"
        (
            _SAMENESS,
            rf"\b(?:(?:of|with) )?(?:{_ADVERB})?{_SAME} (?:overall |total |floor |ground )?(?P<noun>{NOUN}) (?:as|to|of|with)\b",
        ),
        (
            _SAMENESS,
            rf"\b(?P<be>of|with|has|have|had|share|shares|shared|is|are|was|were|cover|covers|stay|stays|stayed|remain|remains|remained|measures?) (?:all |both )?(?:{_ADVERB})?{_SAME} (?:overall |total |floor |ground )?(?P<noun>{NOUN}){_END}",
        ),
        # "identical in footprint to", "equal in length", "on a par in length with"
        (
            _SAMENESS,
            rf"\b(?:{_ADVERB})?(?:{_SAME}|{_LEVEL}) in (?:its |the |overall )?(?P<noun>{NOUN}) {_TO}\b",
        ),
        (
            _SAMENESS,
            rf"\b(?P<be>is|are|was|were|now|remain|remains|remained) (?:{_ADVERB})?(?:{_SAME}|{_LEVEL}) in (?:its |the |overall )?(?P<noun>{NOUN}){_END}",
        ),
        # "equal to the depot in length", "level with the depot in height"
        (
            _SAMENESS,
            rf"\b(?:{_ADVERB})?(?:{_SAME}|{_LEVEL}) {_TO} (?P<before>{_NP.replace('?P<np>', '?:')}){IN.replace('in_noun', 'noun')}",
        ),
        # "(an area) equal to that of", "the same as the shed's": the noun stands before
        (_SAMENESS, rf"\b(?:{_ADVERB})?{_SAME} {_TO} (?P<that>{_THAT_OF})(?= )"),
        (
            _SAMENESS,
            rf"\b(?:{_ADVERB})?{_SAME} {_TO} (?P<that>)(?P<before>{_NP.replace('?P<np>', '?:')})[’']s?{_END}",
        ),
        # "62 hectares, equivalent to the whole of the old town"
        (
            _SAMENESS,
            rf"\b(?:{_ADVERB})?(?P<measure>equal|equivalent) (?:in extent )?to(?= (?:the|its|that|an?|all) )",
        ),
        # "12 m long, the same as those on the data sheet"
        (
            _SAMENESS,
            rf"(?:, )(?P<own>(?:{_ADVERB})?(?P<measure>the same) as)(?= (?:the|its|that|those|an?|all|in|at|on) )",
        ),
        # "a slip the size of a rugby field"
        (
            _SIZE_OF,
            rf"\b(?:an?|the|this|that|another|some|two|three) (?:(?!(?:of|in|on|at|to|by|is|was|are|were|and|that)\b)[\w’'-]+ ){{0,3}}?(?!(?:of|in|on|at|to|by|is|was|are|were|and|that|than|times|twice|half|third|quarter)\b)[a-z]+,? (?P<own>(?:{_ADVERB})?the (?P<noun>size|length|height|width|area|footprint) of)(?= an? )",
        ),
        # "as much ground as the three others together"
        (
            _OTHERS,
            rf"{_NOT_FACTOR}\b(?:{_ADVERB})?(?P<far>(?:nowhere near|not nearly|not quite|not) )?as (?P<adj>much|many) (?!of\b|more\b|less\b)[a-z]+ as\b{_NO_FIGURE}",
        ),
        # "on a par with"
        (
            _SAMENESS,
            r"\b(?:(?P<loose>roughly|about|nearly|almost|broadly|more or less|practically) )?(?:on|at) (?:an? )?(?:par|level terms|equal footing) with(?= )",
        ),
        # "in length the hall is a match for the depot"
        (
            _SAMENESS,
            rf"\b(?:is|are|was|were|remains?) (?:{_ADVERB})?(?P<in_front>{_LEVEL}|equal|identical|the same|a match)(?: for| to| with| as)?(?= |[.,;:!?]|$)",
        ),
        (
            _VERBS,
            rf"\b(?:{_ADVERB})?(?P<in_front>(?:equals|equalled|matches|matched)) (?=(?:the|its|that|an?|[A-Z\ue000]))",
        ),
        # "matches the depot in length", "equals that of", "rivals the depot's footprint"
        (_VERBS, rf"\b(?:{_ADVERB})?{_VERB} (?:(?:the|its) )?(?P<noun>{NOUN}) of\b"),
        (
            _VERBS,
            rf"\b(?:{_ADVERB})?{_VERB} (?P<before>{_NP.replace('?P<np>', '?:')}){IN.replace('in_noun', 'noun')}",
        ),
        (
            _VERBS,
            rf"\b(?:{_ADVERB})?{_VERB} (?P<before>{_NP.replace('?P<np>', '?:')})[’']s? (?P<noun>{NOUN})\b",
        ),
        (_VERBS, rf"\b(?:{_ADVERB})?{_VERB} (?P<that>{_THAT_OF})(?= )"),
        (_VERBS, rf"\b(?:{_ADVERB})?{_VERB} (?P<that>)(?P<before>{_NP.replace('?P<np>', '?:')})[’']s?{_END}"),
        # "the equal of the depot", "neither wider nor narrower"
        (
            _OTHERS,
            rf"\b(?:the|its|an?) (?:equal|match|twin|equivalent)(?: in (?:its )?(?P<noun>{NOUN}))? of(?= (?:the|its|their|that) )",
        ),
        (
            _OTHERS,
            r"\bno (?:(?P<up>larger|bigger|longer|wider|taller|higher)|smaller|shorter|narrower|lower) (?:and|or|nor) no (?:larger|bigger|longer|wider|taller|higher|smaller|shorter|narrower|lower) than\b",
        ),
        (
            _OTHERS,
            rf"\bno (?:(?P<up>larger|bigger|longer|wider|taller|higher)|smaller|shorter|narrower|lower) than (?P<before>{_NP.replace('?P<np>', '?:')}),? (?:and|nor|but) no (?:larger|bigger|longer|wider|taller|higher|smaller|shorter|narrower|lower)\b",
        ),
        (_OTHERS, r"\bneither (?P<cmp>\w+er) nor \w+er(?: than\b)?"),
        # "as long as", "equally long"
        (
            _OTHERS,
            rf"{_NOT_FACTOR}\b(?:{_ADVERB})?(?P<far>(?:nowhere near|not nearly|not quite|not) )?as (?P<adj>{ADJ}) as\b{_NO_FIGURE}",
        ),
        (_OTHERS, rf"\bequally (?P<adj>{ADJ})\b{_END}"),
        # "about the size of", "is the length of"
        (
            _OTHERS,
            rf"\b(?P<loose>roughly|about|approximately|nearly|almost|around|some) the (?P<noun>{NOUN}) of(?! (?:{WORD} ){{0,1}}(?:\d|two|three|four|five|six|several))\b",
        ),
        (
            _OTHERS,
            rf"\b(?:is|was|are|were|be|been|now|area|building|structure|hall) (?P<own>the (?P<noun>size|footprint|length|width|height|area) of)(?! (?:{WORD} ){{0,1}}(?:\d|two|three|four|five|six|several))\b",
        ),
        # "about the depot's size"
        (
            _OTHERS,
            rf"\b(?:is|are|was|were|now|be|being|building|hall) (?P<own>(?P<loose>about|roughly|around|approximately|nearly|almost|some) (?P<before>(?:the |its |their )?(?:{WORD} ){{0,4}}?{WORD})[’']s? (?P<noun>{NOUN}))\b",
        ),
        # "resembles the depot in size", "a twin of"
        (
            _VERBS,
            rf"\b(?P<similar>resembles?|resembled) (?P<before>{_NP.replace('?P<np>', '?:')}){IN.replace('in_noun', 'noun')}",
        ),
    )
)
_AS_MANY = re.compile(
    rf"\b(?:the (?P<noun>size|area|footprint|surface|length|height|volume) of|as (?P<adj>{ADJ.replace('much|', '').replace('many|', '').replace('far|', '')}) as|(?:equivalent|equal)(?: in (?:size|area|extent))? to|the equivalent of) "
    rf"(?:about |some |nearly |around |roughly |almost |at least |more than )?(?P<times>{NUMBER})"
    rf"(?! ?(?:{UNIT})\b) (?P<of>(?:(?!(?:the|its|their|of|and|in|at|thousand|million|billion|square|cubic)\b){WORD} ){{0,2}}?(?!(?:years|months|weeks|days|hours|minutes|decades|times|percents?)\b)[a-z]+s)\b",
    re.IGNORECASE,
)
_CONJUNCTION = re.compile(r"(?:^|[,.;:] |\n)$")
_IN_FRONT = re.compile(rf"\bin (?:its |their |overall )?(?P<noun>{NOUN}),? [^.;:!?]*$", re.IGNORECASE)
_MEASURED = re.compile(rf"\d ?(?:{UNIT})\b[^.;:!?]*$", re.IGNORECASE)
_LAST_NOUN = re.compile(rf"\b(?P<noun>{NOUN})\b(?!.*\b(?:{NOUN})\b)", re.IGNORECASE | re.DOTALL)
_SIZES = {
    "wider": "width",
    "narrower": "width",
    "longer": "length",
    "shorter": "length",
    "taller": "height",
    "higher": "height",
    "lower": "height",
    "deeper": "depth",
}


def alike(text: str, original: str) -> Iterator[Quantity]:
    """Ratios of 1 that words state, with what they compare with; "not as large as" is at most 1."""
    places = {hint: tuple(windows(hint, text, 50, 180)) for hint in (_SAMENESS, _SIZE_OF, _VERBS, _OTHERS)}
    for hint, pattern in _PATTERNS:
        for start, end in places[hint]:
            for match in pattern.finditer(text, start, end):
                made = _made(text, original, match)
                if made is not None:
                    yield made


def as_many(text: str, original: str) -> Iterator[Quantity]:
    """ "the size of 90 football pitches": 90 times the size of one."""
    for match in _AS_MANY.finditer(text):
        read = number(match["times"])
        if read is not None and read.value >= 1:
            pair = (read.value, read.value, "times the size")
            comparand = original[slice(*match.span("of"))]
            dimension = (
                NOUNS[match["noun"].lower()]
                if match["noun"]
                else ADJECTIVES[match["adj"].lower()]
                if match["adj"]
                else "area"
            )
            yield make_ratio(original, match.start(), match.end(), [pair], HEDGED, dimension, comparand)


def _made(text: str, original: str, match: re.Match[str]) -> Quantity | None:
    g = match.groupdict()
    noun = (g.get("noun") or "").lower()
    if "that" in g:
        clause = re.split(r"[.;:!?]\s", text[max(0, match.start() - 120) : match.start()])[-1]
        last = _LAST_NOUN.search(clause)
        if last is None:
            return None
        noun = last["noun"].lower()
    if g.get("in_front"):
        front = _IN_FRONT.search(text, max(0, match.start() - 70), match.start())
        if front is None:
            return None
        noun = front["noun"].lower()
    if g.get("measure") and not _MEASURED.search(text, max(0, match.start() - 60), match.start()):
        return None
    dimension = NOUNS[noun] if noun else "size"
    if (
        g.get("adj")
        and g["adj"].lower() in ("long", "far")
        and _CONJUNCTION.search(text, max(0, match.start() - 2), match.start())
    ):
        return None  # "as long as the permit holds"
    if g.get("adj"):
        dimension = ADJECTIVES[g["adj"].lower()] or "size"
    if g.get("cmp"):
        if g["cmp"].lower() not in (*_SIZES, "larger", "bigger", "smaller", "greater"):
            return None
        dimension = _SIZES.get(g["cmp"].lower(), "size")
    if g.get("before"):
        comparand: str | None = original[slice(*match.span("before"))]
    else:
        comparand = comparand_after(text, original, match.end())
    loose = any(g.get(k) for k in ("loose", "similar", "rival"))
    start = match.start()
    if g.get("own") and not g.get("loose"):
        start = match.start("own")
    elif g.get("be") and g["be"].lower() not in ("of", "with"):
        start = match.end("be") + 1
    low = None if g.get("far") else 1.0
    tolerance = 2 * HEDGED if loose else HEDGED
    return make_ratio(
        original, start, match.end(), [(low, 1.0, "times the size")], tolerance, dimension, comparand
    )

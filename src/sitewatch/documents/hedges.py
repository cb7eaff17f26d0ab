"""Words that weaken or strengthen what is said.

The kinds follow the usual division of hedges into approximators and shields (Prince, Frader and Bosk 1982), with
modality, evidentials and words of probability apart.
"""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from collections.abc import Iterable, Mapping

from sitewatch.documents.spans import Span, hide
from sitewatch.types import Hedge

_LEXICON: Mapping[str, str] = {
    "probability": (
        r"(?:very |highly |extremely |quite |most |more |less |increasingly )?(?:un)?likely(?= |,|\.|$)|(?:very |highly |more |most )?(?:im)?probabl[ey]|(?:almost|nearly|virtually) certain(?:ly)?|"
        r"almost no chance|remote chance|(?:roughly|about) even (?:chance|odds)|even chance|in all (?:likelihood|probability)|likelihood|chances? (?:are|is)|perhaps|possibly|possible|possibility|maybe|"
        r"conceivabl[ey]|plausibl[ey]|doubtful|odds|arguably|with (?:low|some|moderate|high|great|reasonable) (?:confidence|certainty)|(?:moderate|high|low) confidence"
    ),
    "evidential": (
        r"reports? (?:indicate|suggest)s?|presumably|reportedly|(?:it )?would (?:seem|appear)(?: (?:to\b|that))?|allegedly|(?<!has )(?<!have )(?<!had )alleged(?! that)|suspected|purported(?:ly)?|supposed(?:ly)?|apparent(?:ly)?|evidently|seemingly|ostensibl[ey]|"
        r"(?:appears?|appeared|appearing)(?= (?:to|that|as|as if|like|likely|consistent|complete|empty|ready|intact|unfinished|abandoned|in)\b)|appears?(?=,)|(?:seems?|seemed)(?: to\b)?|looks? (?:to be|as if|as though|like)|"
        r"suggest(?:s|ed|ing)?(?! (?:a|the) (?:plan|name|route))|suggestive|indicat(?:es?|ed|ing|ive)|signal(?:s|led|ling)?(?= (?:a|an|the|that|in|increased|new|significant|strong|growing|[a-z]+)\b)|point(?:s|ed|ing)? to|"
        r"(?:is|are|was|were|widely|long|generally|been) (?:believed|thought|said|reported|understood|rumou?red|assumed|considered)(?: to\b)?|accus(?:e|es|ed|ing)|"
        r"impl(?:y|ies|ied)|hints? (?:at|that)|consistent with|(?:only|first|last|sole) known|according to unconfirmed|unconfirmed|rumou?red|(?<!no )(?<!showed )(?<!show )(?<!shows )(?<!any )signs? of|if (?:confirmed|true|accurate)\b|inconclusive"
    ),
    "modal": r"may(?= (?!\d)[a-z])|might|could|would(?= (?:suggest|indicate|imply|mean|explain|be consistent))|can(?= be (?:seen as|read))|potential(?:ly)?|should(?= (?:be|have|begin|open|see|finish))|must have|ought to",
    "approximator": (
        r"(?:barely|hardly|scarcely|approximately|approx\.?|about|around|roughly|nearly|almost|some|close to|an estimated|circa|ca\.|more or less|just over|just under|on the order of|in the region of|in the order of|something like|upwards of)(?= (?:[\d½¼¾]|(?:an? )?(?:half|third|quarter|fifth|sixth|seventh|eighth|ninth|tenth|dozen|hundred|thousand|million|score|metre|meter|kilomet|mile|hectare|year|month|week|decade|century)|one|two|three|four|five|"
        r"six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|twice|thrice|double|triple|the (?:same )?size|the (?:start|beginning|end|middle|turn|time|area|length|width|height)|mid|early|late|the (?:\d|early|late|mid)|as|equal|identical|every|all|the same))|(?:around|roughly|approximately|circa|nearly|almost)(?= \ue000)|[~≈∼](?= ?\d)|or so\b|give or take"
    ),
    "degree": (
        r"significant(?:ly)?|massive(?:ly)?|considerabl[ey]|substantial(?:ly)?|dramatic(?:ally)?|primarily|mainly|largely|mostly|partly|partially|slight(?:ly)?|somewhat|"
        r"rapid(?:ly)?|heav(?:y|ily)(?= (?:damaged|expanded|used))|greatly|steadily|sharply|drastic(?:ally)?|extensive(?:ly)?|marked(?:ly)?|moderate(?:ly)?|marginally|noticeabl[ey]|vastly"
    ),
    "evaluative": r"key|crucial|critical|advanced|vital|sophisticated|alarming|worrying|remarkabl[ey]|impressive|notable|importantly",
    "intent": r"(?:is |are |was |were )?(?:attempting|trying|seeking|intending|planning|aiming|preparing)(?: to\b)|(?:attempts|tries|tried|seeks|intends?|wants?|hopes)(?= to\b)(?: to\b)?",
    "shield": r"IMHO|IMO|(?<=I[’'])d say|in my book|(?:it is (?:my|our) (?:understanding|belief|impression|view) that)|as far as (?:we|I|one|anyone) (?:can|know)\w*(?: tell)?|to the best of (?:my|our|his|her|their) knowledge|(?:we |I )?(?:believes?|believed|thinks?|(?<!of )(?<!be )thought|assess(?:es|ed)?|considers?|expects?|expected|assum(?:es?|ed)|(?<!the )suspects?|(?<!to )(?<!the )judg(?:es?|ed)|estimat(?:es?|ed)|reckons?|fears?|presum(?:es?|ed)|in (?:my|our|his|her|their) (?:view|opinion|assessment|judge?ment)|to (?:my|our) knowledge)",
    "quantifier": r"some(?= (?:of|participating|[a-z]+ing\b))|several|(?<!as )many|few|most(?= of)|a number of",
    "certainty": r"(?<!be )determin(?:es?|ed)|definitely|certainly|undoubtedly|clearly|without (?:a )?doubt|undeniabl[ey]|conclusive(?:ly)?|proves? that|proven|no doubt|unquestionably|obviously|(?<!were )(?<!was )conclud(?:es?|ed)",
}
_JOINT = re.compile(
    "|".join(rf"(?P<{kind}>(?<![\w-])(?:{pattern})(?!\w))" for kind, pattern in _LEXICON.items()),
    re.IGNORECASE,
)
_PHRASES = re.compile(
    r"\bsee (?:this|it|that|these) as (?:a |an )?(?:suggestion|sign|indication|hint)\b", re.IGNORECASE
)
_PROPER = re.compile(r"[A-Z]")


def hedges(text: str, masked: Iterable[Span] = ()) -> tuple[Hedge, ...]:
    """Hedges of `text` in order, each with its kind and place; none overlap, none in `masked` (dates, names)."""
    text = hide(text, [_after_doubt(text, span) for span in masked])
    phrases = [Hedge(m[0], "evidential", m.start(), m.end()) for m in _PHRASES.finditer(text)]
    found = list(phrases)
    for match in _JOINT.finditer(text):
        kind = str(match.lastgroup)
        if any(match.start() < h.end and h.start < match.end() for h in phrases):
            continue
        if match[0] == "May" or _is_name(text, match.start(), match.end()):
            continue
        found.append(Hedge(match[0], kind, match.start(), match.end()))
    return tuple(sorted(found, key=lambda h: h.start))


_BEFORE_DATE = re.compile(
    r"(?:around|about|roughly|circa|approximately|perhaps|probably|possibly|maybe|presumably|likely|almost certainly) ",
    re.IGNORECASE,
)


def _after_doubt(text: str, span: Span) -> Span:
    """A masked date without the word of doubt that it begins with: "around May 2025"."""
    word = _BEFORE_DATE.match(text, *span)
    return (word.end(), span[1]) if word else span


def _is_name(text: str, start: int, end: int) -> bool:
    """A capitalised word within a name ("Key West", "Advanced Systems Corp")."""
    if not text[start].isupper() or start == 0 or text[max(0, start - 2) : start] in (". ", "\n"):
        return False
    following = text[end : end + 2]
    return len(following) == 2 and following[0] == " " and following[1].isupper()

"""What kind of statement a claim is, and whether it denies."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re

from sitewatch.documents.clauses import Clause
from sitewatch.types import Attribution, Quantity

_RULES: list[tuple[str, re.Pattern[str]]] = [
    ("meta", re.compile(r"^(?:Source|Read more|Support|Subscribe|Follow|Photo|Image|Credit|Published|Updated)\b")),
    ("identity", re.compile(r"\b(?:known as|referred to as|also called|so-called|named after|is called|dubbed|codenamed|nicknamed|designated)\b")),
    ("part_of", re.compile(r"\b(?:is|are|was|were)? ?(?:part of|belongs? to|subsidiary of|belonging to)\b")),
    ("provenance", re.compile(r"\b(?:images?|imagery|pictures?|photos?|photographs?|footage|scenes?)\b.*\b(?:captured|taken|provided|analy[sz]ed|collected|acquired|released|published|supplied|reviewed|from)\b|^(?:captured|provided|taken|analy[sz]ed|supplied) by\b|\busing satellite (?:imagery|images)", re.IGNORECASE)),
    ("location", re.compile(r"\b(?:located|situated|lies|nestled|sits|stands) (?:in|at|on|near|about|some|\d|north|south|east|west)|\bcity (?:of|on)\b|\b(?:nearby|adjacent to)\b", re.IGNORECASE)),
    ("capability", re.compile(r"\b(?:capable of|can (?:carry|be equipped|reach|hold|hit|strike|accommodate|take)|has a range|designed to|range of|able to)\b", re.IGNORECASE)),
    ("inference", re.compile(r"^(?:suggest|indicat|signal|imply|point)\w*|\b(?:aims? to|attempting to|trying to|intended? to|plans? to|in order to|could (?:alleviate|support|allow|help)|may (?:also )?support|suggests?|indicates?|signals?)\b", re.IGNORECASE)),
    ("function", re.compile(r"\b(?:produc(?:e|es|ed|ing|er)|manufactur\w+|serve as|used (?:for|as|to)|stor(?:es|ed|age)|assembl(?:y|es|e|ing)|houses|is (?:likely |probably |more likely )?an? [a-z ]*(?:facility|factory|line|plant|depot|workshop))\b", re.IGNORECASE)),
    ("observation", re.compile(r"\b(?:show|shows|showed|visible|construct\w*|built|build\w*|remov\w+|upgrad\w+|improv\w+|expan\w+|erect\w+|demolish\w+|excavat\w+|clear(?:ed|ing)|appear\w*|dug|poured|roof\w*|activity|seen|counted|dismantl\w+|entrances?|facility for|housing)\b", re.IGNORECASE)),
    ("evaluation", re.compile(r"\b(?:valuable|concern\w*|challeng\w+|significant shift|undermin\w+|alarming|important|worrying|threat)\b", re.IGNORECASE)),
]  # fmt: skip
_NEGATIVE = re.compile(
    r"\b(?:not|never|no|none|without|neither|nor|cannot|isn[’']t|aren[’']t|wasn[’']t|weren[’']t|hasn[’']t|haven[’']t|didn[’']t|doesn[’']t|denied|denies|rejected|rejects)\b",
    re.IGNORECASE,
)
_NOT_NEGATIVE = re.compile(
    r"\b(?:no (?:more|less|fewer|later|longer|earlier|larger) than|not (?:only|quite|less|more|fewer|exceeding)|no doubt|not exceeding)\b",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:researcher|analyst|director|spokes\w+|minister|professor|expert|officer|engineer|fellow|associate|editor|mayor|chief|head|official|specialist)\b",
    re.IGNORECASE,
)
_FIRM = re.compile(
    r"\b(?:firm|company|institute|organi[sz]ation|agency|provider|group|centre|center|ngo)\b", re.IGNORECASE
)


def kind_of(quote: str, clause: Clause, quantity: Quantity | None, chain: tuple[Attribution, ...]) -> str:
    """The type of a claim, from its words."""
    if quantity is not None and quantity.relation == "ratio":
        return "comparison"
    if any(a.stance == "denies" for a in chain) or re.search(
        r"\b(?:denie[sd]|reject(?:s|ed)|dismiss(?:es|ed)) ", quote
    ):
        return "denial"
    if clause.kind == "cue":
        return "speech_act"
    if clause.kind == "role":
        return "role"
    if clause.kind == "apposition":
        return "role" if _ROLE.search(quote) or _FIRM.search(quote) else "attribute"
    for kind, pattern in _RULES:
        if pattern.search(quote):
            return kind
    if quantity is not None and quantity.unit != "rank":
        return "attribute"
    return "attribute" if clause.kind == "restrictive" else "event"


def polarity_of(quote: str, chain: tuple[Attribution, ...]) -> str:
    """negative where the words deny, or who is cited does; two negations cancel."""
    words = _NOT_NEGATIVE.sub(" ", quote)
    negations = bool(_NEGATIVE.search(words)) + any(a.stance == "denies" for a in chain)
    return "negative" if negations == 1 else "positive"

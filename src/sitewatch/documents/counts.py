"""Counts ("14 production buildings", "hundreds of workers", "at least twice") and ranks ("second-largest")."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from dataclasses import replace

from sitewatch.documents.amounts import HEDGED, LEADING, Amount, after_amount, before_amount
from sitewatch.documents.numbers import NUMBER, number
from sitewatch.documents.spans import words
from sitewatch.documents.verbs import FINITE
from sitewatch.types import Quantity, Reading

_TIME = (
    "seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centur(?:y|ies)|nights?|o’clock|o'clock|am|pm|"
    "quarters?|ago|later|earlier|times|summers?|winters?|springs?|autumns?|seasons?|weekends?|mornings?|afternoons?|evenings?|fortnights?|moments?|"
    "(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
)
_NOT_NOUN = (
    "and|or|but|of|in|on|at|to|by|for|from|with|than|as|is|are|was|were|has|have|had|will|would|could|may|might|can|must|the|a|an|this|that|"
    "these|those|it|they|he|she|which|who|whose|when|where|while|if|so|not|no|per|after|before|since|until|between|into|over|under|"
    "more|less|said|says|told|about|against|during|because|further|according"
)
_WORD = r"[^\W\d_][\w’'&-]*"
_NOUNS = re.compile(
    rf" (?:more |further |additional |other )?(?:[a-z]+(?:ed|en|al|y|nt|le|rn|ve) (?:and|or) )?(?P<phrase>(?:(?!(?:{_NOT_NOUN}|{_TIME})\b)(?:{_WORD}) ){{0,4}}?(?!(?:{_NOT_NOUN}|{_TIME})\b)(?P<noun>(?:[^\W\d_][^\W\d_-]*)?(?:(?<=[^\W\d_])s|people|men|women|children|aircraft|personnel|staff|troops|dead|missile craft|vessels|pairs|families|cattle|sheep|fish)))\b(?![’'-]\w)",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"(?= (?:are|is|were|was|have|has|had|of (?:them|which|whom|these|those)|remain|left|gone|more)\b|[,.;:!?)]|$)",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"\b(?:(?-i:[A-Z])[a-z]+s|Landsat|Sentinel|Gaofen) \d{1,4}(?:, \d{1,4})* (?:and|or) $|\b(?-i:[A-Z])[a-z]{1,4} \d{1,4}[/–-]$"
    r"|\b(?:Bldgs?|Blk|Figs?|Tab|Sec|Sect|Art|Apt|Vol|Hwy|Rte|Ch|App|Ref|Obj|Rev|Para|Nos?)\. $",
    re.IGNORECASE,
)
"""Before a number that is part of a name: "Landsat 5 and 7", "Bldg. 31"."""
_LOOKS = re.compile(
    r"(?:image|pass|picture|frame|scene|photograph|photo|date|shot|survey|look|snapshot|end|side|halve)s?|passes",
    re.IGNORECASE,
)
_WORD_BEFORE = re.compile(r"([A-Za-z]+) $")
_TITLED = re.compile(r"(?:[a-z,] |^)[A-Z][a-z]+ $")
"""Before a number that may be part of a name: "Stage 2 of the works"."""
_CLAUSE = re.compile(r" (?:and|but|or|in|at|on|by|when|while|after|before|since|if|last|this)\b")
_HELD = re.compile(
    r"\b(?:holds?|held|houses|housed|seats|sleeps|accommodate[sd]?|employ(?:s|ed)|displac(?:es|ed)|killed|injured|evacuated|hosts|hosted) (?:only |now )?$",
    re.IGNORECASE,
)
_STATE = re.compile(r" (?:[a-z]+(?:ing|ed)\b|of (?:the |some |about )?(?:\d|[a-z]+ ))")
_LIKENED = re.compile(r"as (?:large|long|high|wide|tall|big|deep) as ", re.IGNORECASE)
_SEVERAL = re.compile(r"\b(?:several|a few|many|some few) $", re.IGNORECASE)
_THESE = re.compile(
    r",? of (?:which|whom|them)\b| more(?= (?:by|in|at|on|are|were|have|had|will|followed|stood|stand|nearby|elsewhere)\b| \ue000|[.,;])| (?:more|fewer) than (?!\d)| (?:out )?of (?:them|these|those|which|whom)\b| out of (?:the |a total of |some |about |every )?(?=\d|[a-z]+ )| (?:that|which|who) "
)
_NUMBERED = re.compile(
    r"(?:\b(?:number(?:s|ed|ing)?|total(?:s|led|ed|ling)?|population|tally|toll|headcount|count|of (?:which|whom|them))(?: (?:of [^.;,]{1,50} )?(?:is|was|are|were|at|of|stands at|stood at|to|has reached|reached|had reached|just|now|only|about|some))* | there (?:is|are|were|was|had been) (?:only |just )?|\b(?:count(?:s|ed)?|confirm(?:s|ed)|identif(?:ies|ied)|record(?:s|ed)|list(?:s|ed)|names?|named|logg?(?:s|ed)|tallied|document(?:s|ed)|register(?:s|ed)|spotted|mapped) |\b(?:crowd|crew|staff|workforce|population|fleet|garrison|convoy|group|herd|flock|cluster|row|line|series|array|total|team|set|maximum|minimum|estimate|capacity|order|target|quota|average|death toll|complement|turnout) of (?:about |some |around |roughly |nearly |almost |more than |over |at least )?|\b(?:built|designed|meant|intended|made|licensed|permitted|sized|equipped|planned|approved|room|space|beds|places|berths|seats|shelter|housing|capacity) for (?:about |some |up to |around |at least |only )?|\bout of (?:a total of |some |about |an? (?:planned|promised|original|possible|intended|expected) )?|\b(?:puts?|putting) [^.;,]{1,40} at |\b(?:capacity|total|toll|tally|number|count|headcount|population|workforce|complement|strength) ?: |\bthe number of [^.;,]{1,60} (?:is|was|at|to|reached|stands at|stood at) )$",
    re.IGNORECASE,
)
_NOT_PLURAL = re.compile(
    r"(?:ss|us|is|ous|ness|less|’s|'s)$|^(?:has|was|is|its|this|thus|plus|as|us|does|says|marks|dollars|euros|pounds|degrees|percents?)$",
    re.IGNORECASE,
)
_SINGULAR_ONE = re.compile(
    r" (?:(?:new|large|small|single|additional|big|second|former|more|of its) ){0,2}(?P<noun>building|hall|tunnel|entrance|crane|hangar|shed|warehouse|missile|truck|ship|tank|structure|gate|tower|bunker|dam|bridge|road|pad|vehicle|aircraft|barge)\b",
    re.IGNORECASE,
)
_DETERMINED = re.compile(
    r"\b(?:the|this|that|previous|other|another|any|no|not|each|every|which|older|newer|new|old|last|first|second|one|next|only)[ -]$",
    re.IGNORECASE,
)
_MANY = re.compile(
    rf"\b(?P<word>(?:several |a few |many |some )?(?P<base>dozens?|hundreds?|thousands?|scores|tens of thousands|hundreds of thousands|tens|millions?)) of (?=(?P<noun>(?!the\b|its\b){_WORD}))|\b(?P<few>several|a few|a handful of|a couple of|a pair of|numerous) (?P<noun2>(?:{_WORD} ){{0,2}}?[^\W\d_][^\W\d_-]*s)\b",
    re.IGNORECASE,
)
_MANY_VALUES = {
    "dozen": 24.0, "hundred": 200.0, "thousand": 2000.0, "score": 40.0, "ten": 20.0, "million": 2e6,
    "tens of thousands": 2e4, "hundreds of thousands": 2e5,
}  # fmt: skip
_FEW = {
    "several": (2.0, None),
    "a few": (2.0, None),
    "a handful of": (2.0, None),
    "a couple of": (2.0, 2.0),
    "a pair of": (2.0, 2.0),
}
_OCCASION = re.compile(
    r"\b(?P<word>once|twice|thrice|(?P<n>two|three|four|five|six|seven|eight|nine|ten|\d{1,3}) times)\b(?! (?:the|as|its|larger|bigger|smaller|longer|more|that|a|an|per|again|every|each|in size|[a-z]+er than|their)\b)",
    re.IGNORECASE,
)
_RANK = re.compile(
    r"\b(?:the |its |one of the )?(?P<n>second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|2nd|3rd|[4-9]th|10th)[- ](?P<adj>largest|biggest|longest|tallest|smallest|highest|oldest|busiest|widest|most [a-z]+)\b",
    re.IGNORECASE,
)
_ORDER = {
    w: i for i, w in enumerate(words("second third fourth fifth sixth seventh eighth ninth tenth"), start=2)
}


_PERCENT = re.compile(r"[ \u00a0\u202f]?%|[ -]?(?:percent|per cent|pct|(?-i:pc))\b", re.IGNORECASE)
_NO_COUNT_BEFORE = re.compile(r"(?:[$€£¥#+]|US\$|\bversion |\bpage |\bNo\. ?|\bnumber )$")
_NO_COUNT_AFTER = re.compile(
    r"(?:[ -]?(?:°|degrees|million (?:dollars|euros)))|(?:st|nd|rd|th)\b|-?(?:year|month|day|week|hour|minute)s?\b",
    re.IGNORECASE,
)
_PART_OF = re.compile(
    rf" of (?:(?:the|its|their|these|those|his|her|our)(?: [\w’'-]+){{0,4}}? (?:[a-z]+s\b|{NUMBER}(?! ?(?:%|per ?cent)))|(?:about |some |a total of |around )?{NUMBER}(?! ?(?:%|per ?cent))(?: [a-z]+){{0,2}}? [a-z]+(?:s|ed)\b)",
    re.IGNORECASE,
)
_OF_WHICH = re.compile(r"of (?:which|whom|them|these) (?:only |just |some |about )?$", re.IGNORECASE)
_OPENS = re.compile(r"(?:[;,] (?:and )?|^)(?:only |just |some |about )?$", re.IGNORECASE)
_STANDS = re.compile(r" (?:left|gone|remain|are|were|have)\b")
_LONGER = re.compile(rf"(?:{_WORD} ){{0,2}}?[^\W\d_][^\W\d_-]*s\b")
_NO_NOUN_WITHIN = re.compile(rf"\b(?:{_NOT_NOUN}|{_TIME})\b", re.IGNORECASE)
_NEXT_WORD = re.compile(r" ([a-z]+)\b")
_NO_NUMBER_BEFORE = re.compile(
    r"(?:[$€£¥#+:/]|US\$|\b(?:version|page|no\.?|aged?|at|phase|stage|level|chapter|section|article|figure|table) ?)$",
    re.IGNORECASE,
)
_OPENS_CLAUSE = re.compile(
    r"(?:^|[.;:!?]\s|(?:,|\b(?:and|but|while|where|of which|of whom))(?: and| but)? )(?:a further |another |only |just |the other |the remaining )?$"
)


_HYPHENED = re.compile(
    r"-(?P<noun>place|bed|seat|berth|unit|room|bedroom|cell|space|bay|house|home|dwelling|turbine|panel|pitch|plot|stall|tent|truck|vehicle|tank|pond|pen|truckload|person|man|strong|tree|ship|boat|barge|aircraft)(?=[ -][a-z])",
    re.IGNORECASE,
)
"""What a building holds: "the 1,715-place jail"."""


def count_of(text: str, original: str, amount: Amount) -> Quantity | None:  # noqa: PLR0911 (rules in order)
    """The count that a number states with a plural noun after it, or as a part ("nine of the 14 hangars")."""
    if amount.low != int(amount.low) or amount.low < 0 or _is_label(original, amount):
        return None
    loosened, end = after_amount(text, amount, amount.end)
    if _PERCENT.match(text, amount.end):
        return None
    before = text[max(0, amount.start - 16) : amount.start]
    if _LIKENED.match(text, amount.start):
        return None
    if several := _SEVERAL.search(text, max(0, amount.number - 16), amount.number):
        return _many_times(text, original, amount, several.start())
    if amount.low == amount.high == 1:
        match = _SINGULAR_ONE.match(text, end)
        counted = match and not _DETERMINED.search(before) and amount.word in ("one", "1", "a single")
        return _count(original, loosened, match.end()) if match and counted else None
    if _NO_COUNT_BEFORE.search(before) or _NO_COUNT_AFTER.match(text, end):
        return None
    if amount.low < 10_000 and _PART_OF.match(text, end) and not _is_titled(original, amount):
        return _count(original, loosened, end)
    if match := _HYPHENED.match(text, amount.end):
        return _count(original, amount, match.end("noun"))
    if match := _noun_after(text, end):
        looks = amount.low <= 3 and before.endswith("the ") and _LOOKS.fullmatch(match["noun"])
        return None if looks else _count(original, loosened, match.end())
    partitive = _OF_WHICH.search(before)
    stands = partitive or (_OPENS.search(before) and _STANDS.match(text, end))
    return (
        _count(original, loosened, end) if stands and amount.low < 10_000 and _BARE.match(text, end) else None
    )


def _is_label(original: str, amount: Amount) -> bool:
    """Whether a number is part of a name that was not found as one: "Landsat 5 and 7", "Bldg. 31"."""
    return _LABELLED.search(original, max(0, amount.number - 30), amount.number) is not None


def _is_titled(original: str, amount: Amount) -> bool:
    """Whether digits follow a capitalised word: "Stage 2 of the works"."""
    plain = amount.word[0].isdigit() and amount.start == amount.number
    if (
        plain
        and (word := _WORD_BEFORE.search(original, max(0, amount.number - 24), amount.number))
        and word[1].lower() in LEADING
    ):
        return False
    return plain and _TITLED.search(original, max(0, amount.number - 24), amount.number) is not None


def _many_times(text: str, original: str, amount: Amount, start: int) -> Quantity | None:
    """ "several hundred containers" are two hundred or more."""
    noun = _NOUNS.match(text, amount.end)
    if noun is None or amount.word not in ("hundred", "thousand", "dozen", "million"):
        return None
    many = replace(amount, start=start, low=2 * amount.low, high=2 * amount.low, bound="at_least")
    return _count(original, many, noun.end())


def _noun_after(text: str, end: int) -> re.Match[str] | None:
    """The counted noun after a number; a word in -s that is no plural counts only with a noun after it."""
    match = _NOUNS.match(text, end)
    if match is None or not _NOT_PLURAL.search(match["noun"]):
        return match
    longer = _LONGER.match(text, match.end() + 1)
    return None if longer is None or _NO_NOUN_WITHIN.search(longer[0]) else match


_PREDICATE = re.compile(
    r" (?:is|was|are|were|has|have|had|should|would|could|may|might|must|will|can|[a-z]+ed|seen|found)\b"
)
_PER = re.compile(r" (?:an?|per|each|every) (?:hour|day|night|week|month|year|season)\b")
_FOUND = re.compile(
    r"\b(?:found|saw|seen|counted|speaks? of|spoke of|talks? of|says?|said|claims?|claimed|estimates|estimated|reckons?|reports|reported|destroyed|built|lost|left|kept|felled|removed|demolished|captured|sunk|damaged|hit)(?: (?:only|just|another|a further))* $"
)
_FURTHER = re.compile(r"\b(?:a further|another) $", re.IGNORECASE)
_VERB_NEXT = re.compile(r" [a-z]+(?=[.,;])")
_MEMBERS = re.compile(
    r"(?:\b(?:the|its|their|all) |\b(?:the|its|their|all) (?:original|remaining|other|first|last|surviving|planned|promised|old|new|initial|previous|present|current|existing) |\b[a-z]+s of )$"
)
"""Before a number that stands for things named already: "two of the original eight should", "the 610 recorded"."""


def bare_count(text: str, original: str, amount: Amount) -> Quantity | None:
    """The count that a number without any noun states: "They number 57", "Some 160 remained", "the 36 that stood"."""
    if amount.low != int(amount.low) or amount.low < 2 or amount.word in ("a", "an"):
        return None
    if _is_label(original, amount) or _is_titled(original, amount):
        return None
    before = text[max(0, amount.start - 60) : amount.start]
    loosened, end = after_amount(text, amount, amount.end)
    bare = _BARE.match(text, amount.end) is not None
    acts = (verb := _NEXT_WORD.match(text, amount.end)) is not None and verb[1] in FINITE
    goes_on = acts or bare or _STATE.match(text, amount.end) or _CLAUSE.match(text, amount.end)
    held = _HELD.search(before) and (bare or _CLAUSE.match(text, amount.end))
    counted = held or (_NUMBERED.search(before) and goes_on)
    told = _FOUND.search(before) is not None and _BARE.match(text, end) is not None
    further = _FURTHER.search(text, max(0, amount.number - 12), amount.number) is not None
    if counted or told or (further and _VERB_NEXT.match(text, end)) or _PER.match(text, end):
        return _count(original, loosened, end)
    if _NO_NUMBER_BEFORE.search(before):
        return None
    ranged = loosened.ranged and re.search(" (?:to|or) ", text[amount.number : end])
    loose = bool(loosened.bound or loosened.hedged or ranged)
    opens = _OPENS_CLAUSE.search(before) is not None
    opens = opens or (_MEMBERS.search(before) is not None and _PREDICATE.match(text, end) is not None)
    listed = re.search(r"[a-z]s: $", before) is not None
    bare = _BARE.match(text, end) is not None
    if _THESE.match(text, end) or (bare and (loose or listed)) or (acts and (loose or opens)):
        return _count(original, loosened, end)
    return None


def _count(original: str, amount: Amount, end: int) -> Quantity:
    low, high = amount.interval
    return _made(
        original,
        amount.start,
        end,
        low,
        high,
        amount.relation,
        amount.tolerance if amount.hedged else min(amount.tolerance, 0.05),
        "count",
    )


def _made(
    original: str,
    start: int,
    end: int,
    low: float | None,
    high: float | None,
    relation: str,
    tolerance: float,
    unit: str,
) -> Quantity:
    text = original[start:end]
    return Quantity(
        text, low, high, tolerance, unit, relation, None, (Reading(low, high, text),), "count" if unit == "count" else None, start, end
    )  # fmt: skip


def occasions(text: str, original: str) -> list[Quantity]:
    """ "at least twice", "three times", "hundreds of workers", "several trucks"."""
    found = []
    for match in _OCCASION.finditer(text):
        word = match["word"].lower()
        read = number(match["n"]) if match["n"] else None
        value = {"once": 1.0, "twice": 2.0, "thrice": 3.0}.get(word) or (read.value if read else None)
        groups, start = before_amount(text, match.start())
        if value is None or (
            word == "once"
            and not any(groups[k] for k in ("at_least", "greater_than", "at_most", "less_than"))
        ):
            continue
        relation = next(
            (k for k in ("at_least", "greater_than", "at_most", "less_than") if groups[k]),
            "approximately" if groups["about"] else "equals",
        )
        low = None if relation in ("at_most", "less_than") else value
        high = None if relation in ("at_least", "greater_than") else value
        found.append(
            _made(
                original, start, match.end(), low, high, relation, HEDGED if groups["about"] else 0.0, "count"
            )
        )
    for match in _MANY.finditer(text):
        _, start = before_amount(text, match.start())
        if match["few"]:
            low, high = _FEW.get(match["few"].lower(), (2.0, None))
            if re.search(rf"\b(?:{_TIME})$", match["noun2"], re.IGNORECASE):
                continue
            relation = "at_least" if high is None else "equals"
            found.append(_made(original, start, match.end(), low, high, relation, 0.0, "count"))
        else:
            base = match["base"].lower()
            low = _MANY_VALUES.get(base) or _MANY_VALUES[base.rstrip("s")]
            found.append(_made(original, start, match.end("noun"), low, None, "at_least", 0.0, "count"))
    return found


def ranks(text: str, original: str) -> list[Quantity]:
    """ "second-largest" is rank 2."""
    found = []
    for match in _RANK.finditer(text):
        word = match["n"].lower()
        value = float(_ORDER.get(word) or int(re.sub(r"\D", "", word)))
        found.append(_made(original, match.start("n"), match.end(), value, value, "equals", 0.0, "rank"))
    return found

"""What stands after a verb of speech: whether it can be what is said."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re

from sitewatch.documents.known import NAME
from sitewatch.documents.spans import HIDDEN
from sitewatch.documents.spans import words as lexicon
from sitewatch.documents.speech import FURTHER, LOOSE, PAPERS_ONLY, SPEAKING

CLAUSE = re.compile(
    rf"\s+(?:there|it|they|he|she)\b|\s+(?:the |an? |its |their |[A-Z])?[\w’' {HIDDEN}-]{{2,60}}? (?:is|are|was|were|has|have|had|will|would|could|may|might|can)\b"
)
_LATER_THAT = re.compile(
    r"\s+(?:by|of|with|in|at|on|to|for|from|under|during|through|via|before|after)\b[^.;:“”\"]{0,80}?\bthat\b"
)
_BARE_NO = frozenset(
    lexicon(
        "display displays displayed illustrate react reacted object charge advise expand expands expanded detail details"
    )
)
"""Verbs that need "that" before what is said."""
HEARERS = r"reporters|journalists|lawmakers|us|me|parliament|viewers|readers|listeners|shareholders|investors|members|the public|state media|local media|(?:this|the|a|an|its|their|his|her|our) (?:[a-z]+ ){0,2}[a-z]+"


def follows(words: str, match: re.Match[str], stance: str) -> bool:  # noqa: PLR0911, PLR0912 (rules in order)
    """Whether what stands after the verb can be what is said."""
    after = words[match.end() : match.end() + 60]
    verb = match["verb"]
    if _LATER_THAT.match(words, match.end()):
        return True
    if verb in ("estimated", "calculated", "projected", "assessed", "gauged") and re.match(r" at\b", after):
        return False
    if verb in ("claim", "claims", "claimed", "profess", "professes") and re.match(r" (?:to )[a-z]", after):
        return True
    if verb in ("find", "finds", "found") and re.match(
        r" (?:nobody|shelter|refuge|work|time|it|themselves|himself|herself|itself|their way|a way|a home|a job|favou?r|support)\b(?! (?:that|to be|was|is|had))",
        after,
    ):
        return False
    if verb in ("arrived at", "arrives at", "arrive at"):
        return bool(
            re.match(
                r" (?:a |an |the |some |about )?(?:figure|number|estimate|conclusion|total|value|\d[\d,.]*(?! ?[ap]\.?m)|(?:one|two|three|four|five) (?:fifth|third|quarter|tenth|time)|half)",
                after,
            )
        )
    if verb.endswith((" up", " task")) and stance == "accuses":
        return bool(re.match(r" [^,;:.]{2,60} for\b", after))
    if verb == "does not find":
        return bool(
            re.match(
                r" (?:this|that|it|the [a-z]+|these|those)(?: [a-z]+)? (?:credible|convincing|persuasive|plausible|reliable|true|likely)",
                after,
            )
        )
    if verb in ("question", "questions", "questioned"):
        return bool(
            re.match(r" (?:the|this|that|these|those|its|his|her|their|whether|why|how|any)\b", after)
        )
    if verb in ("backs", "backed"):
        return bool(
            re.match(
                r" (?:the|this|that|his|her|their|its|up) (?:claim|account|version|view|figure|story|finding|conclusion|assessment|estimate|report|statement|explanation)",
                after,
            )
        )
    if verb == "ruled":
        return bool(re.match(r" that\b|[:,] [“\"]", after))
    if verb in ("put", "puts") and re.match(
        r" (?:up|out|in|on|off|together|down|back|into|onto|aside|forward)\b", after
    ):
        return False
    if verb.startswith("measure"):
        return bool(re.match(r" (?:an? |the |about |only |some |at |up |just )?[\w\ue000]", after))
    if verb in ("saw", "sees", "see"):
        return bool(
            re.match(
                r" (?:only |about |at least |some |just )?(?:\d|no |two |three |four |five |six |seven |eight |nine |ten |dozens|several)",
                after,
            )
        )
    if verb in ("call", "calls", "called"):
        return bool(
            re.match(
                r" (?:it|them|this|that|him|her|the|its|his|their|such|these|those|[A-Z])\b[^,.;]{0,60}?(?: (?:an?|the|too|un\w+|\w+(?:ous|ful|less|ic|al|ing)) ?|[“\"])",
                after,
            )
        ) and not re.match(r" (?:for|on|off|by|up)\b", after)
    if verb in ("submit", "submits", "submitted", "stand by", "stands by", "stood by", "accept", "depose"):
        return bool(re.match(r"\s+that\b|\s*:", after)) or verb.endswith("by")
    if verb in ("publish", "publishes", "published", "broadcast", "carries", "carried"):
        return bool(re.match(r"\s+that\b|\s*[:,]?\s*[“\"«]|:", after))
    if verb in PAPERS_ONLY:
        return bool(re.match(r"\s+(?:\S)", after)) and not re.match(r"\s+(?:by|of|with|in|to|at)\b", after)
    if verb in FURTHER:
        return bool(
            re.match(r"\s+that\b|\s*[:,]?\s*[“\"«]|:|\s*(?:[.!?]|$)", after)
            or (
                stance == "denies"
                and re.match(
                    r" (?:the|this|that|these|those|it|his|her|its|their|such|any|all|both)\b", after
                )
            )
            or (verb not in _BARE_NO and CLAUSE.match(words, match.end()))
            or (
                verb.startswith(("inform", "advis", "assur", "remind"))
                and re.match(rf"\s+(?:{HEARERS}|{NAME}) that\b", words[match.end() : match.end() + 120])
            )
        )
    if verb in SPEAKING and re.match(r"(?:\s|[.,:;!?”\"]|$)", after):
        if verb in LOOSE:
            return bool(
                re.match(
                    r"\s+(?:that|the|a|an|it|there|only|he|she|they|its|their|today|now|freely|openly|privately|\ue000|[A-Z\d])|[.,:]|\s*[“\"]|$",
                    after,
                )
            )
        return True
    if stance in (
        "denies",
        "accuses",
        "confirms",
        "identifies",
        "reports",
        "determines",
        "shows",
        "indicates",
        "suggests",
        "estimates",
        "alleges",
        "believes",
    ) or verb in ("counted", "counts", "gave", "gives", "put", "puts", "described", "observed"):
        return bool(re.match(r"\s+\S|[.,:]|$", after)) and not re.match(
            r"\s+(?:by|of|with|in)\b(?! \d)", after
        )
    return bool(re.match(r"\s+(?:that|the|a|an|it|there|[A-Z])|[.,:]|$", after))

"""Where verbs that attribute stand in a sentence."""

import re
from collections.abc import Iterator
from functools import cache

from sitewatch.documents.speech import STANCES

_LONGEST_FIRST = sorted(STANCES, key=len, reverse=True)
VERB_WORDS = "|".join(re.escape(v) for v in _LONGEST_FIRST)
VERB = re.compile(rf"\b(?P<verb>{VERB_WORDS})\b(?![’'-]\w)")
_FIRST_WORDS = frozenset(form.split()[0] for form in STANCES)
_TOKEN = re.compile(r"\w+")


def verbs_in(words: str) -> Iterator[re.Match[str]]:
    """Matches of `VERB`, none overlapping, in order; by the first word of each, which is faster than a search."""
    at = 0
    for token in _TOKEN.finditer(words):
        if token[0] not in _FIRST_WORDS or token.start() < at:
            continue
        if match := _beginning(token[0]).match(words, token.start()):
            at = match.end()
            yield match


@cache
def _beginning(first: str) -> re.Pattern[str]:
    """Pattern of the verbs that begin with a word."""
    forms = "|".join(re.escape(v) for v in _LONGEST_FIRST if v.split()[0] == first)
    return re.compile(rf"\b(?P<verb>{forms})\b(?![’'-]\w)")

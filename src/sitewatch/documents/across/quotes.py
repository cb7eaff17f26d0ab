"""One speaker, one subject, two wordings, both in quotation marks: at most one is verbatim, or both were said."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from sitewatch.documents.across.align import Similarity, topics
from sitewatch.documents.across.features import Features
from sitewatch.documents.across.words import raw_words

ALIKE = 0.35
"""Similarity from which two quotations are on one subject: lower than for claims, as the words are known to differ."""
ALIKE_ONCE = 0.12
KEPT = 0.9
"""Share of common words, in order, from which two quotations are the same but for small slips."""


def mismatched(
    items: Sequence[Features], similar: Similarity, origin: dict[str, str]
) -> list[list[list[Features]]]:
    """Quotations of one speaker on one subject in different words: for each such case, the claims by wording.

    Args:
        items: features of all claims.
        similar: how alike two are.
        origin: claim id → origin id; where retellings of one report quote a speaker once each, it is taken for the
            same quotation at a much lower similarity.
    """
    by_speaker: dict[str, list[Features]] = defaultdict(list)
    for item in items:
        if item.quotation and item.speaker:
            by_speaker[item.speaker].append(item)
    found = []
    for spoken in by_speaker.values():
        documents = Counter(i.claim.source for i in spoken)
        single = len({origin[i.claim.id] for i in spoken}) == 1 and max(documents.values()) == 1
        for topic in topics(spoken, similar, join=ALIKE_ONCE if single else ALIKE):
            wordings = _wordings(topic.members)
            if len(wordings) > 1 and len({i.claim.source for w in wordings for i in w}) > 1:
                found.append(wordings)
    return found


def _wordings(members: Sequence[Features]) -> list[list[Features]]:
    """Members by what they quote; a shortened quotation goes with the full one. One document's several sentences
    are one telling: only its longest counts."""
    longest: dict[str, Features] = {}
    for item in members:
        held = longest.get(item.claim.source)
        if held is None or len(item.quotation or "") > len(held.quotation or ""):
            longest[item.claim.source] = item
    groups: list[tuple[list[str], list[Features]]] = []
    for item in longest.values():
        words = raw_words(item.quotation or "")
        for other, group in groups:
            if _same(words, other):
                group.append(item)
                break
        else:
            groups.append((words, [item]))
    return [group for _, group in groups]


def _same(a: Sequence[str], b: Sequence[str]) -> bool:
    """True where one holds the other, or they share nearly all words."""
    small, large = sorted((a, b), key=len)
    text = f" {' '.join(large)} "
    if f" {' '.join(small)} " in text:
        return True
    common = len(set(small) & set(large)) / max(1, len(set(small) | set(large)))
    return common >= KEPT

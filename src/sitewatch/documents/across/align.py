"""Claims about the same thing, put together as topics.

Two claims are compared by their canonical words, weighed by how rare each is among all claims, then by predicate
family and by what they are about. Topics grow claim by claim, in the order of publication; a claim is compared only
with a few representatives of the topics that share its rarest words, so the work grows with the number of claims
and not with its square.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sitewatch.documents.across.features import Features
from sitewatch.documents.across.referents import Same, compare
from sitewatch.documents.across.words import OPPOSED

Embedder = Callable[[Sequence[str]], npt.NDArray[np.float32]]
"""Texts → (text, dimension) unit vectors."""

JOIN = 0.55
"""Mean of the best and the average similarity with a topic's representatives, from which a claim belongs to it."""
ABOUT = 0.5
"""Weight of a word of the subject beside one of what is said of it."""
LIGHT = 0.4
"""Weight of words for the pictures themselves: nearly all that is said here is said of pictures."""
_PICTURES = frozenset({"image", "satellite", "satellit"})
REPRESENTATIVES = 4
CANDIDATES = 8
"""Topics that a claim is compared with in full, best first by shared rare words."""
POSTINGS = 300
"""Topics listed under one word beyond which it singles nothing out."""
_STATE = frozenset({"new", "old"})


@dataclass(slots=True)
class Topic:
    """Claims about one thing."""

    members: list[Features] = field(default_factory=list)
    representatives: list[Features] = field(default_factory=list)


class Similarity:
    """How alike two claims are in what they are about, 0..1; not in what they say of it."""

    def __init__(self, items: Sequence[Features], embed: Embedder | None = None) -> None:
        count = Counter(token for item in items for token in item.tokens)
        total = len(items) + 1
        self.weight = {
            token: (math.log(total / n) + 0.3) * (LIGHT if token in _PICTURES else 1.0)
            for token, n in count.items()
        }
        self.mass = [
            sum(self.weight[t] * (ABOUT if t in item.about else 1.0) for t in item.tokens) for item in items
        ]
        self.vectors = embed([item.claim.quote for item in items]) if embed and items else None

    def __call__(self, a: Features, b: Features) -> float:
        shared = a.tokens & b.tokens
        if not shared and self.vectors is None:
            return 0.0
        both = a.about & b.about
        common = sum(self.weight[t] * (ABOUT if t in both else 1.0) for t in shared)
        small, large = sorted((self.mass[a.order], self.mass[b.order]))
        if not small:
            return 0.0
        # A phrase lies inside a sentence: containment counts, as far as enough is shared to mean something.
        enough = min(1.0, len(shared) / 3)
        score = 0.6 * common / math.sqrt(small * large) + 0.4 * enough * common / small
        if self.vectors is not None:
            score = max(score, float(self.vectors[a.order] @ self.vectors[b.order]))
        return max(0.0, min(1.0, score + _grammar(a, b)))


def _grammar(a: Features, b: Features) -> float:
    """What predicate, subject and type add or take away."""
    score = 0.0
    if a.families and b.families:
        if a.families & b.families:
            score += 0.08
        elif not any(frozenset((x, y)) in OPPOSED for x in a.families for y in b.families):
            score -= 0.15
    same = compare(a.subject, b.subject)
    if same is Same.YES:
        score += 0.1
    elif same is Same.NO and not (a.about - _STATE) & b.tokens and not (b.about - _STATE) & a.tokens:
        score -= 0.2  # unless one is spoken of in the other in another place of the sentence
    if a.kind != b.kind:
        score -= 0.2
    if a.amount and b.amount and a.amount.measure != b.amount.measure:
        score -= 0.2
    return score


def topics(items: Sequence[Features], similar: Similarity, join: float = JOIN) -> list[Topic]:
    """Claims grouped by what they are about; a claim that stands alone is a topic of one.

    Args:
        items: in order, some or all of those that `similar` was made of.
        similar: how alike two are.
        join: similarity from which a claim belongs to a topic.
    """
    made: list[Topic] = []
    postings: dict[str, list[int]] = defaultdict(list)
    known: dict[tuple[object, ...], int] = {}
    leads: list[int] = []
    """First claim of each topic, by its order."""
    for item in items:
        key = _signature(item)
        place = known.get(key)
        if place is None:
            near = _nearest(item, leads, similar)
            place = _best(item, made, postings, near, similar, join)
            if place is None:
                place = len(made)
                made.append(Topic())
                leads.append(item.order)
            topic = made[place]
            if len(topic.representatives) < REPRESENTATIVES:
                topic.representatives.append(item)
                for token in item.tokens:
                    if postings[token][-1:] != [place]:
                        postings[token].append(place)
            known[key] = place
        made[place].members.append(item)
    return made


def _signature(item: Features) -> tuple[object, ...]:
    """Equal for claims that similarity can not tell apart."""
    return (item.tokens, item.families, item.subject, item.kind, item.amount.measure if item.amount else None)


def _nearest(item: Features, leads: Sequence[int], similar: Similarity) -> list[int]:
    """Topics whose first claims lie nearest in meaning; none without an embedding."""
    if similar.vectors is None or not leads:
        return []
    near = similar.vectors[np.asarray(leads)] @ similar.vectors[item.order]
    return [int(n) for n in np.argsort(-near, kind="stable")[:CANDIDATES]]


def _best(
    item: Features,
    made: list[Topic],
    postings: dict[str, list[int]],
    near: list[int],
    similar: Similarity,
    join: float,
) -> int | None:
    """The topic that `item` belongs to, or None."""
    votes: dict[int, float] = defaultdict(float)
    for token in sorted(item.tokens, key=lambda t: (-similar.weight[t], t)):
        listed = postings.get(token, ())
        for place in listed[-POSTINGS:]:
            votes[place] += similar.weight[token]
    ranked = sorted(votes, key=lambda n: (-votes[n], n))[:CANDIDATES]
    best, found = join, None
    for place in dict.fromkeys([*ranked, *near]):
        others = made[place].representatives
        scores = [similar(item, other) for other in others]
        score = (max(scores) + sum(scores) / len(scores)) / 2
        if score > best:
            best, found = score, place
    return found

"""Pairs of made-up press texts from text to links: reading, extraction and relation together."""

import pytest
from across_making import document
from across_pairs import KEPT, SEEN, Pair

from sitewatch.documents.extract import extract_claims
from sitewatch.documents.relate import relate
from sitewatch.types import Claim, ClaimSet


class Told:
    """A pair, related."""

    def __init__(self, pair: Pair) -> None:
        documents = [
            document(name, text, published, source)
            for name, text, published, source in zip(
                "ab", (pair.a, pair.b), pair.published, pair.sources, strict=True
            )
        ]
        self.a, self.b = (extract_claims(d) for d in documents)
        self.found: ClaimSet = relate(documents, [*self.a, *self.b])
        self.origin = {claim: o.id for o in self.found.origins for claim in o.claims}

    def linked(self, relation: str, a: str, b: str) -> bool:
        ours, theirs = _with(self.a, a), _with(self.b, b)
        for link in self.found.links:
            sides = [(x, y) for x in link.sides for y in link.sides if x is not y] or [
                (link.claims, link.claims)
            ]
            if link.relation == relation and any(ours & set(x) and theirs & set(y) for x, y in sides):
                return True
        return False

    def origins(self, words: tuple[str, str]) -> tuple[set[str], set[str]]:
        a, b = ({self.origin[i] for i in _with(c, w)} for c, w in zip((self.a, self.b), words, strict=True))
        assert a, words
        assert b, words
        return a, b


def _with(claims: tuple[Claim, ...], words: str) -> set[str]:
    return {c.id for c in claims if words.lower() in c.quote.lower()}


@pytest.mark.parametrize("pair", [*SEEN, *KEPT], ids=lambda p: p.name)
def test_a_pair_of_tellings(pair: Pair) -> None:
    told = Told(pair)
    for relation, a, b in pair.want:
        assert told.linked(relation, a, b), (relation, a, b)
    for relation, a, b in pair.refuse:
        assert not told.linked(relation, a, b), (relation, a, b)
    for words in pair.one_origin:
        a, b = told.origins(words)
        assert a == b
        assert len(a) == 1
    for words in pair.two_origins:
        a, b = told.origins(words)
        assert not a & b
    for words in pair.changed:
        assert any(words in wording for row in told.found.mutations for wording in row.wordings), words

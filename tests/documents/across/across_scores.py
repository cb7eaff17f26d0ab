"""How links and origins that were found compare with annotated ones. Pairs of claims are counted, not groups."""

from collections.abc import Iterable, Mapping
from itertools import combinations, product
from typing import Any

from sitewatch.types import Claim, ClaimSet

RELATION = {"contradicts-stance": "contradicts"}
"""Annotated relations that have another name with us; "contradicts-external" needs knowledge of the world."""


def place_claims(annotated: Iterable[Claim], extracted: Iterable[Claim]) -> dict[str, set[str]]:
    """Annotated claim → extracted ones that overlap it: at least 60 % of the shorter and 20 % of both together."""
    by_source: dict[str, list[Claim]] = {}
    for claim in extracted:
        by_source.setdefault(claim.source, []).append(claim)
    found: dict[str, set[str]] = {}
    for mine in annotated:
        found[mine.id] = set()
        for other in by_source.get(mine.source, []):
            common = min(mine.end, other.end) - max(mine.start, other.start)
            shorter = min(mine.end - mine.start, other.end - other.start)
            union = max(mine.end, other.end) - min(mine.start, other.start)
            if common >= 0.6 * shorter and common >= 0.2 * union:
                found[mine.id].add(other.id)
    return found


def link_scores(
    found: ClaimSet, wanted: Iterable[Mapping[str, Any]], where: Mapping[str, set[str]]
) -> dict[str, dict[str, Any]]:
    """For each relation: how many annotated links were found, and how many of ours have a pair in an annotated one."""
    ours: dict[str, list[set[frozenset[str]]]] = {}
    for link in found.links:
        sides = combinations(link.sides, 2) if link.sides else [(link.claims, link.claims)]
        pairs = {frozenset(p) for a, b in sides for p in product(a, b) if p[0] != p[1]}
        ours.setdefault(link.relation.value, []).append(pairs)
    theirs: dict[str, dict[str, set[frozenset[str]]]] = {}
    for link in wanted:
        relation = RELATION.get(link["relation"], link["relation"])
        pairs = {
            frozenset((x, y))
            for a, b in product(link["left"], link["right"])
            for x, y in product(where[a], where[b])
            if x != y
        }
        if pairs:
            theirs.setdefault(relation, {})[link["id"]] = pairs
    return {
        relation: {
            "wanted": len(links),
            "missed": sorted(
                n for n, pairs in links.items() if not any(pairs & p for p in ours.get(relation, []))
            ),
            "made": len(ours.get(relation, [])),
            "right": sum(any(p & pairs for pairs in links.values()) for p in ours.get(relation, [])),
        }
        for relation, links in theirs.items()
    }


def origin_scores(
    found: ClaimSet, wanted: Iterable[Mapping[str, Any]], where: Mapping[str, set[str]]
) -> tuple[float, float]:
    """Precision and recall of "these two claims have one origin"; claims of unknown origin stand each alone."""
    ours = {claim: origin.id for origin in found.origins for claim in origin.claims}
    theirs = {
        claim: (member if cluster["id"] == "unknown" else cluster["id"])
        for cluster in wanted
        for member in cluster["members"]
        for claim in sorted(where[member])[:1]
    }
    both = [(theirs[a] == theirs[b], ours[a] == ours[b]) for a, b in combinations(sorted(theirs), 2)]
    hits = sum(t and o for t, o in both)
    return hits / max(1, sum(o for _, o in both)), hits / max(1, sum(t for t, _ in both))

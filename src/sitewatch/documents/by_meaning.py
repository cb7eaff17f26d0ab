"""Claims of different documents that may say the same, by what they mean: proposals for an analyst, never links.

A link rests on rules and says what agrees or differs; a proposal says only that two claims lie near each other in a
model's space. It joins no origin, counts as no voice and changes no finding.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from sitewatch.errors import DataError
from sitewatch.types import Alignment, Claim, ClaimSet

Embed = Callable[[Sequence[str]], npt.NDArray[np.float32]]
"""Texts → (text, dimension) vectors of length one."""
AT_LEAST = 0.6
"""Cosine from which a pair is proposed: tried on the development links with all-MiniLM-L6-v2 (figures in
docs/explanation/origins.md)."""
BLOCK = 1024
"""Claims that are held against all of another document at once, so that memory does not grow with a product."""


def propose_alignments(
    found: ClaimSet, embed: Embed, maker: str, at_least: float = AT_LEAST
) -> tuple[Alignment, ...]:
    """Pairs of claims that no rule has joined and that are each other's nearest of the two documents.

    Args:
        found: claims as they were related; what a link or a lineage joins is not proposed again.
        embed: see `sitewatch.documents.embeddings`.
        maker: name of the model, kept with every proposal.
        at_least: cosine, 0..1.

    Returns:
        The nearest first.

    Raises:
        DataError: `at_least` is not in 0..1, or the vectors are not one for each claim.
    """
    if not 0 <= at_least <= 1:
        raise DataError(f"cosine of at least {at_least}; expected 0..1")
    claims = found.claims
    if len({c.source for c in claims}) < 2:
        return ()
    vectors = embed([c.quote for c in claims])
    if vectors.ndim != 2 or len(vectors) != len(claims):
        raise DataError(f"vectors of shape {vectors.shape} for {len(claims)} claims; expected one for each")
    joined = _joined(found)
    made: dict[tuple[str, str], Alignment] = {}
    for i, j, cosine in _nearest(claims, vectors):
        one, other = claims[i], claims[j]
        if cosine >= at_least and not joined.get(one.id, set()) & joined.get(other.id, set()):
            made[one.id, other.id] = Alignment((one.id, other.id), round(min(cosine, 1.0), 3), maker)
    return tuple(sorted(made.values(), key=lambda a: (-a.similarity, a.claims)))


def _joined(found: ClaimSet) -> dict[str, set[int]]:
    """Claim → numbers of the links and lineages that it stands in. Claims with the same words stand together."""
    groups: Iterable[tuple[str, ...]] = (
        *(x.claims for x in found.links),
        *(m.claims for m in found.mutations),
    )
    place = {c.id: (c.source, c.start, c.end) for c in found.claims}
    by_place: dict[tuple[str, int, int], set[int]] = {}
    for number, members in enumerate(groups):
        for member in members:
            if member in place:
                by_place.setdefault(place[member], set()).add(number)
    return {c: by_place.get(p, set()) for c, p in place.items()}


def _nearest(claims: Sequence[Claim], vectors: npt.NDArray[np.float32]) -> Iterable[tuple[int, int, float]]:
    """Pairs, each claim the other's nearest among those of its document."""
    names = sorted({c.source for c in claims})
    own = {n: np.flatnonzero([c.source == n for c in claims]) for n in names}
    for a, first in enumerate(names):
        for second in names[a + 1 :]:
            there, cosine = _best(vectors[own[first]], vectors[own[second]])
            back, _ = _best(vectors[own[second]], vectors[own[first]])
            for i, j in enumerate(there):
                if back[j] == i:
                    yield int(own[first][i]), int(own[second][j]), float(cosine[i])


def _best(
    some: npt.NDArray[np.float32], others: npt.NDArray[np.float32]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float32]]:
    """For each of `some` the place of the nearest of `others` (the first of equals), and its cosine."""
    places, cosines = [], []
    for at in range(0, len(some), BLOCK):
        product = some[at : at + BLOCK] @ others.T
        place = product.argmax(1)
        places.append(place)
        cosines.append(product[np.arange(len(place)), place])
    return np.concatenate(places), np.concatenate(cosines)

"""From the claims of many documents to what they say together: links, origins, and what changed in the retelling."""

from collections import Counter
from collections.abc import Sequence

from sitewatch.documents.across.align import Embedder, Similarity, topics
from sitewatch.documents.across.amounts import measured
from sitewatch.documents.across.features import features
from sitewatch.documents.across.lineage import lineage
from sitewatch.documents.across.links import links
from sitewatch.documents.across.origins import origins
from sitewatch.errors import DataError
from sitewatch.types import Claim, ClaimSet, Document


def relate(documents: Sequence[Document], claims: Sequence[Claim], embed: Embedder | None = None) -> ClaimSet:
    """Hold claims of one or many documents against each other.

    The result does not depend on the order of either argument. Work grows with the number of claims, not with its
    square: each is compared with a few representatives of the topics that share its rarest words.

    Args:
        documents: all from which the claims were read; their text, dates and declared sources tell the origins.
        claims: of those documents, with ids of their own.
        embed: texts → unit vectors, to align claims that share meaning but no words; None compares words alone.

    Raises:
        DataError: two documents or two claims share an id, or a claim names a document that was not given.
    """
    for what, ids in (("documents", [d.id for d in documents]), ("claims", [c.id for c in claims])):
        twice = [i for i, n in Counter(ids).items() if n > 1]
        if twice:
            raise DataError(
                f"{what} {', '.join(sorted(twice)[:3])}: the id stands twice; expected one of each"
            )
    strangers = {c.source for c in claims} - {d.id for d in documents}
    if strangers:
        raise DataError(
            f"claims name the document {min(strangers)!r}, which was not given; pass all documents"
        )
    items = features(documents, claims)
    similar = Similarity(items, embed)
    made = topics(items, similar)
    place = {member.claim.id: n for n, topic in enumerate(made) for member in topic.members}
    voices, origin = origins(sorted(documents, key=lambda d: d.id), items, place)
    values = measured(items, similar)
    return ClaimSet(
        claims=tuple(item.claim for item in items),
        links=tuple(links(items, made, values, similar, origin)),
        origins=tuple(voices),
        mutations=tuple(lineage(documents, items, made, values, similar, origin)),
    )

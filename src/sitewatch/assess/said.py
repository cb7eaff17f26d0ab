"""What the sources said, as far as the documents tell. Images have no part in this."""

from collections.abc import Iterable

from sitewatch.types import ClaimSet, Document, LinkRelation, Mark, Piece, Sentence

OPPOSED = {
    LinkRelation.CONTRADICTS: "contradict each other",
    LinkRelation.TENSION: "stand in tension",
    LinkRelation.CERTAINTY_MISMATCH: "differ in how sure they are",
    LinkRelation.QUOTE_MISMATCH: "quote the same words differently",
}


def what_sources_said(claims: ClaimSet, documents: Iterable[Document]) -> Iterable[Sentence]:
    """Sentences on statements that changed while being retold, on disagreements, and on what agreement is worth."""
    titles = {d.id: d.title for d in documents}
    source = {c.id: c.source for c in claims.claims}
    told: set[frozenset[str]] = set()
    for mutation in claims.mutations:
        told.add(frozenset(mutation.claims))
        marks = (Mark("origin", mutation.origin), *(Mark("claim", c) for c in mutation.claims))
        pieces = [Piece("One report is retold differently: ", marks)]
        for i, (claim, wording) in enumerate(zip(mutation.claims, mutation.wordings, strict=False)):
            mark = (Mark("claim", claim), Mark("document", source.get(claim, "")))
            pieces += [
                Piece("“" if i == 0 else ", “", mark),
                Piece(_shortened(wording), mark, quoted=True),
                Piece("” (", mark),
                Piece(titles.get(source.get(claim, ""), "unknown document"), mark, quoted=True),
                Piece(")", mark),
            ]
        yield Sentence((*pieces, Piece(". ", marks), Piece(_ended(mutation.detail), marks, quoted=True)))
    if claims.mutations:
        yield Sentence((Piece("Which wording the first report used, images cannot tell."),))
    for link in claims.links:
        if link.relation in OPPOSED and frozenset(link.claims) not in told:
            marks = tuple(Mark("claim", c) for c in link.claims)
            yield Sentence(
                (
                    Piece(f"{_count(len(link.claims))} claims {OPPOSED[link.relation]}: ", marks),
                    Piece(_ended(link.detail), marks, quoted=True),
                )
            )
    agreed = [link for link in claims.links if link.relation is LinkRelation.AGREES]
    alone = [link for link in agreed if not link.independent]
    if alone:
        marks = tuple(dict.fromkeys(Mark("claim", c) for link in alone for c in link.claims))
        text = (
            f"{_count(len(alone))} of {len(agreed)} agreements between documents "
            f"{'is' if len(alone) == 1 else 'are'} within one origin and count{'s' if len(alone) == 1 else ''} as one "
            "voice."
        )
        yield Sentence((Piece(text, marks),))


def _count(n: int) -> str:
    return {1: "One", 2: "Two", 3: "Three", 4: "Four"}.get(n, str(n))


def _shortened(text: str, most: int = 90) -> str:
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?", "”")) else f"{text}."

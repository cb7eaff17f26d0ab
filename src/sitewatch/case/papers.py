"""Documents and claims as a case keeps them. An analyst's claims stand beside the rules' and outlive their re-runs."""

from collections.abc import Iterator
from itertools import islice

import sqlalchemy as sa

from sitewatch.case import audit, codec, schema
from sitewatch.errors import CaseError
from sitewatch.types import Alignment, Claim, ClaimSet, Document, Link, Mutation, Origin

ANALYST = "analyst"
"""Maker of claims that no re-run may touch."""
RULES = "rules"
"""Maker of those that every re-run makes anew."""
BATCH = 2000
"""Rows that are written at once."""
_RELATIONS: tuple[tuple[str, type[Link] | type[Origin] | type[Mutation] | type[Alignment]], ...] = (
    ("link", Link),
    ("origin", Origin),
    ("mutation", Mutation),
    ("proposed", Alignment),
)


def documents(db: sa.Connection) -> list[Document]:
    """All documents, in the order in which they were added."""
    table = schema.documents
    query = sa.select(table.c.body).order_by(table.c.added, table.c.id)
    return [codec.loads(Document, body) for body in db.scalars(query)]


def add_document(db: sa.Connection, document: Document) -> bool:
    """Add a document; False where its bytes are there already, which then stay as they are.

    Raises:
        CaseError: other bytes are there under its id.
    """
    table = schema.documents
    stored = db.execute(sa.select(table.c.sha256).where(table.c.id == document.id)).scalar_one_or_none()
    if stored is not None and stored != document.sha256:
        raise CaseError(f"the case has another document with the id {document.id}; nothing was changed")
    if stored is not None:
        return False
    row = {"id": document.id, "sha256": document.sha256, "added": audit.now(), "body": codec.dumps(document)}
    db.execute(sa.insert(table).values(**row))
    return True


def put_document(db: sa.Connection, document: Document) -> None:
    """Replace what is told of a document that is there."""
    table = schema.documents
    body = codec.dumps(document)
    db.execute(sa.update(table).where(table.c.id == document.id).values(body=body))


def remove_document(db: sa.Connection, document: str) -> None:
    """Take a document out, with all claims from it."""
    db.execute(sa.delete(schema.documents).where(schema.documents.c.id == document))


def claim_set(db: sa.Connection) -> ClaimSet:
    """All claims by document and place in it, and how they were last related."""
    rows, papers = schema.claims, schema.documents
    joined = rows.join(papers, rows.c.document == papers.c.id)
    order = (papers.c.added, papers.c.id, rows.c.start, rows.c.id)
    bodies = db.scalars(sa.select(rows.c.body).select_from(joined).order_by(*order))
    claims = tuple(codec.loads(Claim, body) for body in bodies)
    table = schema.relations
    found: dict[str, tuple[object, ...]] = {}
    for name, kind in _RELATIONS:
        query = sa.select(table.c.body).where(table.c.kind == name).order_by(table.c.position)
        found[name] = tuple(codec.loads(kind, body) for body in db.scalars(query))
    return ClaimSet(claims, *(found[name] for name, _ in _RELATIONS))  # type: ignore[arg-type]


def lasting_claims(db: sa.Connection) -> list[Claim]:
    """Claims that the rules did not make: an analyst's and those of models, in order of their ids."""
    table = schema.claims
    query = sa.select(table.c.body).where(table.c.maker != RULES).order_by(table.c.id)
    return [codec.loads(Claim, body) for body in db.scalars(query)]


def proposed(db: sa.Connection) -> tuple[Alignment, ...]:
    """Alignments that a model proposed."""
    table = schema.relations
    query = sa.select(table.c.body).where(table.c.kind == "proposed").order_by(table.c.position)
    return tuple(codec.loads(Alignment, body) for body in db.scalars(query))


def set_claims(db: sa.Connection, found: ClaimSet) -> None:
    """Replace all claims but the analyst's, and all relations.

    Raises:
        CaseError: a claim has the id of one of the analyst's.
    """
    table = schema.claims
    db.execute(sa.delete(table).where(table.c.maker != ANALYST))
    own = set(db.scalars(sa.select(table.c.id)))
    new = [c for c in found.claims if c.maker != ANALYST]
    for claim in new:
        if claim.id in own:
            raise CaseError(f"claim {claim.id} is the analyst's; a re-run must not overwrite it")
    _insert(db, table, map(_row, new))
    forget_relations(db)
    _insert(db, schema.relations, _relations(found))


def put_claim(db: sa.Connection, claim: Claim) -> None:
    """Add or replace one claim of the analyst's."""
    table = schema.claims
    db.execute(sa.delete(table).where(table.c.id == claim.id))
    db.execute(sa.insert(table).values(**_row(claim)))


def set_claim_aside(db: sa.Connection, claim: Claim) -> None:
    """Take a claim out; one that the rules made is remembered, so that a re-run leaves it out as well."""
    table = schema.claims
    db.execute(sa.delete(table).where(table.c.id == claim.id))
    if claim.maker != ANALYST:
        row = {"id": claim.id, "document": claim.source, "quote": claim.quote}
        db.execute(sa.insert(schema.claims_aside).prefix_with("OR REPLACE").values(**row))


def forget_relations(db: sa.Connection) -> None:
    """Drop links, origins and mutations; the next reading of the claims gives them anew."""
    db.execute(sa.delete(schema.relations))


def claims_aside(db: sa.Connection) -> dict[str, str]:
    """Claims of the rules that the analyst took out or replaced: id → quote."""
    table = schema.claims_aside
    return {
        row.id: row.quote for row in db.execute(sa.select(table.c.id, table.c.quote).order_by(table.c.id))
    }


def _insert(db: sa.Connection, table: sa.TableClause, rows: Iterator[dict[str, object]]) -> None:
    while batch := list(islice(rows, BATCH)):
        db.execute(sa.insert(table), batch)


def _row(claim: Claim) -> dict[str, object]:
    return {
        "id": claim.id,
        "document": claim.source,
        "start": claim.start,
        "maker": claim.maker,
        "body": codec.dumps(claim),
    }


def _relations(found: ClaimSet) -> Iterator[dict[str, object]]:
    related = (found.links, found.origins, found.mutations, found.proposed)
    for (name, _), values in zip(_RELATIONS, related, strict=True):
        for i, value in enumerate(values):
            yield {"kind": name, "position": i, "body": codec.dumps(value)}

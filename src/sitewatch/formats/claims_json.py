"""`claims.json`: documents as sources, their claims with exact spans, links between claims, origins and lineages."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sitewatch.types import Alignment, Claim, ClaimSet, Document, Link, Mutation, Origin

SCHEMA = "sitewatch/claims"
VERSION = 1


def dump_claims(documents: Sequence[Document], found: ClaimSet) -> str:
    """All that was read from a case's documents, as JSON text: a row a line, so that a long document's claims need
    not be held as plain values all at once."""
    parts = [f'{{\n "schema": {json.dumps(SCHEMA)},\n "version": {VERSION}']
    for name, rows in _sections(documents, found):
        parts.append(f',\n "{name}": [')
        between = "\n  "
        for row in rows:
            parts += (between, json.dumps(row, ensure_ascii=False, allow_nan=False))
            between = ",\n  "
        parts.append("]" if between == "\n  " else "\n ]")
    return "".join((*parts, "\n}\n"))


def claims_rows(documents: Sequence[Document], found: ClaimSet) -> dict[str, Any]:
    """The same as plain values."""
    tables = {name: list(rows) for name, rows in _sections(documents, found)}
    return {"schema": SCHEMA, "version": VERSION, **tables}


def _sections(
    documents: Sequence[Document], found: ClaimSet
) -> Iterator[tuple[str, Iterable[dict[str, Any]]]]:
    yield "sources", source_rows(documents, found)
    yield "claims", map(claim_row, found.claims)
    yield "links", map(link_row, found.links)
    yield "origins", map(origin_row, found.origins)
    yield "mutations", map(mutation_row, found.mutations)
    yield "proposed", map(alignment_row, found.proposed)


def source_rows(documents: Sequence[Document], found: ClaimSet) -> list[dict[str, Any]]:
    """One row for each document; its `origin` is the one to which most of its claims belong."""
    origin_of = {claim: o.id for o in found.origins for claim in o.claims}
    counts: dict[str, Counter[str]] = {d.id: Counter() for d in documents}
    for claim in found.claims:
        if claim.id in origin_of and claim.source in counts:
            counts[claim.source][origin_of[claim.id]] += 1
    return [_source_row(d, counts[d.id]) for d in documents]


def _source_row(document: Document, origins: Counter[str]) -> dict[str, Any]:
    return {
        "id": document.id,
        "title": document.title,
        "path": document.path,
        "kind": document.kind.value,
        "published": document.published,
        "published_source": document.published_source,
        "publisher": document.publisher,
        "declared_source": document.declared_source,
        "language": document.language,
        "sha256": document.sha256,
        "text_sha256": document.text_sha256,
        "origin": min(origins, key=lambda o: (-origins[o], o)) if origins else None,
        "notes": list(document.notes),
        "photo": None if document.photo is None else asdict(document.photo),
    }


def claim_row(claim: Claim) -> dict[str, Any]:
    """One claim as plain values; `start` and `end` count code points of its source's text."""
    return {
        "id": claim.id,
        "source": claim.source,
        "quote": claim.quote,
        "start": claim.start,
        "end": claim.end,
        "prefix": claim.prefix,
        "suffix": claim.suffix,
        "type": claim.type,
        "polarity": claim.polarity,
        "attribution": [asdict(a) for a in claim.attribution],
        "hedges": [asdict(h) for h in claim.hedges],
        "subject": claim.subject,
        "predicate": claim.predicate,
        "object": claim.object,
        "quantity": None if claim.quantity is None else asdict(claim.quantity),
        "time": None if claim.time is None else asdict(claim.time),
        "testable": asdict(claim.testable),
        "maker": claim.maker,
    }


def link_row(link: Link) -> dict[str, Any]:
    """One link as plain values."""
    return {
        "id": link.id,
        "relation": link.relation.value,
        "claims": list(link.claims),
        "detail": link.detail,
        "independent": link.independent,
        "topic": link.topic,
    }


def origin_row(origin: Origin) -> dict[str, Any]:
    """One origin as plain values."""
    return asdict(origin)


def mutation_row(mutation: Mutation) -> dict[str, Any]:
    """One lineage as plain values."""
    return asdict(mutation)


def alignment_row(alignment: Alignment) -> dict[str, Any]:
    """One proposed alignment as plain values."""
    return asdict(alignment)

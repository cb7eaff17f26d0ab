"""Invented documents, claims and an assessment for the tests of the report: nothing here was ever published."""

from dataclasses import replace
from typing import Any

from sitewatch.report import Papers
from sitewatch.types import (
    Assessment,
    Attribution,
    Binding,
    Claim,
    ClaimRow,
    ClaimSet,
    Document,
    DocumentKind,
    Finding,
    Grade,
    Hedge,
    Mark,
    Mutation,
    Origin,
    Passage,
    Piece,
    Sentence,
    Testability,
    Value,
    Verdict,
    Voice,
)

DOCUMENT = "doc-0123456789"


def document(text: str, title: str = "A title", **changes: Any) -> Document:
    values: dict[str, Any] = {
        "id": DOCUMENT,
        "title": title,
        "path": "/somewhere/private/report.txt",
        "kind": DocumentKind.TEXT,
        "sha256": "a" * 64,
        "text": text,
        "text_sha256": "b" * 64,
        "passages": (Passage(0, len(text), "paragraph"),),
        "language": "en",
        "published": "2020-11-26",
        "published_source": "text",
    }
    return Document(**(values | changes))


def claim(text: str, quote: str, *, imagery: str = "yes", source: str = DOCUMENT, **changes: Any) -> Claim:
    """The claim that `quote`, where it first stands in `text`, makes."""
    start = text.index(quote)
    values: dict[str, Any] = {
        "id": f"{source}-{start:05d}",
        "source": source,
        "quote": quote,
        "start": start,
        "end": start + len(quote),
        "prefix": "",
        "suffix": "",
        "type": "comparison",
        "polarity": "positive",
        "attribution": (Attribution("person", None, "analyst", "Ipsum Institute", "said", "asserts"),),
        "hedges": (Hedge("about", "approximator", start, start + 1),),
        "subject": "the hall",
        "predicate": "is",
        "object": None,
        "quantity": None,
        "time": None,
        "testable": Testability(imagery, "the roofs are measured", "area_ratio"),
    }
    return Claim(**(values | changes))


def finding(claim_: Claim, verdict: Verdict, scenes: tuple[str, ...] = (), **changes: Any) -> Finding:
    values: dict[str, Any] = {
        "claim": claim_.id,
        "binding": f"b-{claim_.id}",
        "verdict": verdict,
        "reason": "The roof area of e1 over that of old hall is 0.65.",
        "evidence": ("event:e1", "measurement:old hall:ratio", *(f"scene:{s}" for s in scenes)),
        "log_likelihood_ratio": 2.0,
        "alternative": f"{claim_.id}: “larger than”",
        "id": f"f-{claim_.id}",
        "measured": Value(0.65, 0.61, 0.70, "1", "roof against roof"),
        "tested_low": 0.57,
        "tested_high": 0.735,
        "assumption": "errors are log-normal",
    }
    return Finding(**(values | changes))


def papers(
    documents: tuple[Document, ...],
    findings: tuple[tuple[Claim, Finding], ...],
    mutations: tuple[Mutation, ...] = (),
    **changes: Any,
) -> Papers:
    """One origin that all documents retell, and an assessment that names every finding."""
    claims = tuple(c for c, _ in findings)
    ids = tuple(c.id for c in claims)
    told = tuple(d.id for d in documents)
    judged = tuple(
        Sentence(
            (
                Piece("Claimed: “", (Mark("claim", c.id), Mark("document", c.source))),
                Piece(c.quote, (Mark("claim", c.id), Mark("document", c.source)), quoted=True),
                Piece("”. ", (Mark("claim", c.id), Mark("document", c.source))),
                Piece(
                    f.reason,
                    (Mark("finding", f.id), *(Mark(*e.split(":", 1)) for e in f.evidence)),
                ),
            )
        )
        for c, f in findings
    )
    values: dict[str, Any] = {
        "key_judgements": judged,
        "claims": tuple(
            ClaimRow(c.id, c.source, c.quote, f.verdict, f.reason, (f.id,), f.binding, "o1")
            for c, f in findings
        ),
        "imagery": judged[:1],
        "sources": (Sentence((Piece("Two claims differ: (" + ids[0] + ").", (Mark("claim", ids[0]),)),)),)
        if ids
        else (),
        "unseen": (Sentence((Piece("Nothing underground can be seen."),)),),
        "voices": (Voice("o1", len(ids), told, tuple(Grade(d) for d in told), "they name one source", True),),
        "weighings": (),
        "limits": (Sentence((Piece("Traceable is not the same as correct."),)),),
        "findings": tuple(f for _, f in findings),
        "bindings": tuple(
            Binding(f"b-{c.id}", c.id, "e1", "old hall", "Sample", "seen on the image", "analyst", True)
            for c in claims
        ),
    }
    assessment = Assessment(**(values | changes))
    origins = (Origin("o1", ids, told, "they name one source", True),)
    return Papers(
        documents, ClaimSet(claims, (), origins, mutations), assessment, ("sitewatch assess SAMPLE",)
    )


def with_verdict(whole: Papers, verdict: Verdict) -> Papers:
    """The same papers, all findings and rows with one verdict."""
    found = whole.assessment
    changed = replace(
        found,
        claims=tuple(replace(r, verdict=verdict) for r in found.claims),
        findings=tuple(replace(f, verdict=verdict) for f in found.findings),
    )
    return replace(whole, assessment=changed)

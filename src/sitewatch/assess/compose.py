"""The assessment: key judgements first, every sentence with marks that lead to what it rests on.

Pure: from claims, documents, findings and weighings to a typed value. What imagery says and what the source said
are two lists and stay so: a ratio measured from images does not tell what an institute wrote.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sitewatch.assess.ground import Ground
from sitewatch.assess.limits import limits
from sitewatch.assess.said import what_sources_said
from sitewatch.assess.unseen import what_was_not_seen
from sitewatch.assess.verdicts import CHANGE, inner, number, overall, quoted
from sitewatch.assess.words import checked, likelihood_sentence
from sitewatch.types import (
    Assessment,
    Binding,
    Claim,
    ClaimRow,
    ClaimSet,
    Document,
    Event,
    Finding,
    Grade,
    Mark,
    Piece,
    Sentence,
    Verdict,
    Voice,
    Weighing,
)

DID = {
    Verdict.SUPPORTS: "Imagery supports",
    Verdict.CONTRADICTS: "Imagery contradicts",
    Verdict.CANNOT_DECIDE: "Imagery cannot decide",
}
RANK = {Verdict.CONTRADICTS: 0, Verdict.SUPPORTS: 1, Verdict.CANNOT_DECIDE: 2}
KEY_FINDINGS = 6
"""Decided claims that are key judgements of their own; the others are in the table."""


@dataclass(frozen=True)
class Material:
    """All that an assessment is composed of."""

    claims: ClaimSet
    documents: tuple[Document, ...]
    grounds: tuple[Ground, ...]
    bindings: tuple[Binding, ...]
    findings: tuple[Finding, ...]
    weighings: tuple[Weighing, ...] = ()
    grades: Mapping[str, Grade] | None = None


def compose(material: Material) -> Assessment:
    """The assessment of a case.

    Raises:
        DataError: a sentence would hold likelihood and confidence together.
    """
    rows = claim_table(material)
    return Assessment(
        key_judgements=tuple(checked(s) for s in _key_judgements(material, rows)),
        claims=rows,
        imagery=tuple(checked(s) for s in _imagery(material)),
        sources=tuple(checked(s) for s in what_sources_said(material.claims, material.documents)),
        unseen=tuple(
            checked(s) for s in what_was_not_seen(material.grounds, material.bindings, material.claims)
        ),
        voices=voices(material),
        weighings=material.weighings,
        limits=tuple(checked(s) for s in limits(material.grounds, material.bindings, material.claims, rows)),
        findings=material.findings,
        bindings=material.bindings,
        scenes={
            scene.id: scene.assets[0].sha256
            for ground in material.grounds
            for scene in ground.scenes
            if scene.assets and any(f"scene:{scene.id}" in f.evidence for f in material.findings)
        },
    )


def claim_table(material: Material) -> tuple[ClaimRow, ...]:
    """Every claim with its verdict over all findings, in the order of the claims."""
    by_claim: dict[str, list[Finding]] = {}
    for finding in material.findings:
        by_claim.setdefault(finding.claim, []).append(finding)
    origin = {c: o.id for o in material.claims.origins for c in o.claims}
    return tuple(
        _row(c, by_claim[c.id], origin.get(c.id)) for c in material.claims.claims if c.id in by_claim
    )


def _row(claim: Claim, findings: list[Finding], origin: str | None) -> ClaimRow:
    verdict = overall(findings)
    by_reading = tuple((f.reading, f.verdict) for f in findings if f.reading is not None)
    telling = [f for f in findings if f.verdict is verdict] or findings
    if verdict is Verdict.CANNOT_DECIDE and len({v for _, v in by_reading}) > 1:
        words = ", ".join(f"{quoted(r)} {_bare(v)}" for r, v in by_reading)
        reason = f"It depends on how the words are read: {words}. {findings[0].reason}"
    else:
        reason = " ".join(dict.fromkeys(f.reason for f in telling))
    return ClaimRow(
        claim=claim.id,
        source=claim.source,
        quote=claim.quote,
        verdict=verdict,
        reason=reason,
        findings=tuple(f.id for f in findings),
        binding=findings[0].binding,
        origin=origin,
        by_reading=by_reading,
    )


def _bare(verdict: Verdict) -> str:
    return {
        Verdict.SUPPORTS: "is supported",
        Verdict.CONTRADICTS: "is contradicted",
        Verdict.CANNOT_DECIDE: "cannot be decided",
    }[verdict]


def voices(material: Material) -> tuple[Voice, ...]:
    """Origins with the documents that retell them and the analyst's grade of each; a document without a claim in
    any origin is a voice of its own."""
    grades = material.grades or {}
    graded = {d.id: grades.get(d.id, Grade(d.id)) for d in material.documents}
    result = [
        Voice(
            origin=o.id,
            claims=len(o.claims),
            sources=o.sources,
            grades=tuple(graded.get(s, Grade(s)) for s in o.sources),
            basis=o.basis,
            declared=o.declared,
        )
        for o in material.claims.origins
    ]
    known = {s for v in result for s in v.sources}
    alone = "no other document is known to retell it"
    counts = {d: sum(c.source == d for c in material.claims.claims) for d in graded}
    result += [Voice(d, counts[d], (d,), (graded[d],), alone, False) for d in graded if d not in known]
    return tuple(result)


def _key_judgements(material: Material, rows: tuple[ClaimRow, ...]) -> Iterable[Sentence]:
    claims = {c.id: c for c in material.claims.claims}
    decided = [r for r in rows if r.verdict is not Verdict.CANNOT_DECIDE]
    decided.sort(key=lambda r: (claims[r.claim].quantity is None, RANK[r.verdict]))
    for row in decided[:KEY_FINDINGS]:
        yield verdict_sentence(row, material)
    for weighing in material.weighings:
        leader = max(weighing.shares, key=lambda s: s.middle)
        marks = (
            Mark("question", weighing.question.id),
            *(Mark("judgement", m.origin) for m in weighing.matrix),
        )
        yield likelihood_sentence(
            f"{leader.text} (as the analyst judged the evidence)", leader.low, leader.high, *marks
        )
    counts = {v: sum(r.verdict is v for r in rows) for v in Verdict}
    total = "1 claim" if len(rows) == 1 else f"{len(rows)} claims"
    yield Sentence(
        (
            Piece(
                f"Of {total}, imagery supports {counts[Verdict.SUPPORTS]}, contradicts "
                f"{counts[Verdict.CONTRADICTS]} and cannot decide {counts[Verdict.CANNOT_DECIDE]}."
            ),
        )
    )


def verdict_sentence(row: ClaimRow, material: Material) -> Sentence:
    """“Imagery contradicts the claim that “…” (document): reason.” with marks to claim, finding and evidence."""
    findings = [f for f in material.findings if f.id in row.findings]
    titles = {d.id: d.title for d in material.documents}
    evidence = [m for f in findings for m in evidence_marks(f)]
    said = (Mark("claim", row.claim), Mark("document", row.source))
    because = (*(Mark("finding", f.id) for f in findings), *dict.fromkeys(evidence))
    return Sentence(
        (
            Piece(f"{DID[row.verdict]} the claim “", said),
            Piece(inner(row.quote), said, quoted=True),
            Piece("” (", said),
            Piece(titles.get(row.source, row.source), said, quoted=True),
            Piece("). ", said),
            Piece(row.reason, because, quoted="“" in row.reason),
        )
    )


def evidence_marks(finding: Finding) -> Iterable[Mark]:
    """Marks to what a finding rests on."""
    for reference in finding.evidence:
        kind, _, name = reference.partition(":")
        yield Mark(kind, name)


def _imagery(material: Material) -> Iterable[Sentence]:
    """What was measured and seen of the objects that claims speak of, each thing once and without the claims."""
    events = {e.id: e for g in material.grounds for e in g.events}
    told: set[str] = set()
    for finding in material.findings:
        marks = (Mark("finding", finding.id), *evidence_marks(finding))
        named = [e for e in finding.evidence if not e.startswith("scene:")]
        for text in (_measured(finding), *(_seen(events.get(n.removeprefix("event:"))) for n in named)):
            if text is not None and text not in told:
                told.add(text)
                yield Sentence((Piece(text, marks),))


def _measured(finding: Finding) -> str | None:
    """The measurement behind a finding in words; None where there is none."""
    value = finding.measured
    parts = [e.split(":", 1)[1].rpartition(":") for e in finding.evidence if e.startswith("measurement:")]
    if value is None or not parts:
        return None
    objects = " over that of ".join(p[0].replace("/", " over that of ") for p in parts)
    quantity = "area" if parts[0][2] == "ratio" else parts[0][2]
    unit = {"1": "", "m2": " m²"}.get(value.unit, f" {value.unit}")
    return (
        f"The {'roof area' if quantity == 'area' else quantity} of {objects} is {number(value.value)}{unit} "
        f"({100 * value.level:.0f} %: {number(value.low)} to {number(value.high)}{unit}; {value.method})."
    )


def _seen(event: Event | None) -> str | None:
    if event is None:
        return None
    first, last = event.posterior.hull(0.9)
    start = "an open start" if event.open_start else first.isoformat()
    end = "an open end" if event.open_end else last.isoformat()
    return (
        f"{event.id}: {CHANGE[event.kind]} between {start} and {end} (90 %); probability that it is real: "
        f"{event.probability:.2f} ({event.calibrated_on})."
    )

"""`assessment.json`: the assessment as plain values, key judgements first."""

import dataclasses
import json
from typing import Any

from sitewatch.types import Assessment, Finding, Sentence, Value, Voice, Weighing

SCHEMA = "sitewatch/assessment"
VERSION = 1
DIGITS = 4
"""Decimals kept of probabilities, likelihood ratios and measured values."""


def dump_assessment(assessment: Assessment) -> str:
    """The assessment as JSON text."""
    return json.dumps(assessment_row(assessment), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def assessment_row(assessment: Assessment) -> dict[str, Any]:
    """The assessment as plain values."""
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "key_judgements": [_sentence(s) for s in assessment.key_judgements],
        "claims": [
            {
                **{
                    f: getattr(r, f)
                    for f in ("claim", "source", "quote", "verdict", "reason", "binding", "origin")
                },
                "findings": list(r.findings),
                "by_reading": [{"reading": reading, "verdict": v} for reading, v in r.by_reading],
            }
            for r in assessment.claims
        ],
        "findings": [finding_row(f) for f in assessment.findings],
        "bindings": [dataclasses.asdict(b) for b in assessment.bindings],
        "imagery_says": [_sentence(s) for s in assessment.imagery],
        "sources_said": [_sentence(s) for s in assessment.sources],
        "not_seen": [_sentence(s) for s in assessment.unseen],
        "voices": [_voice(v) for v in assessment.voices],
        "questions": [_weighing(w) for w in assessment.weighings],
        "limits": [_sentence(s) for s in assessment.limits],
        "scenes": assessment.scenes,
    }


def finding_row(finding: Finding) -> dict[str, Any]:
    """One finding as plain values."""
    value = finding.measured
    return {
        "id": finding.id,
        "claim": finding.claim,
        "binding": finding.binding,
        "verdict": finding.verdict,
        "reason": finding.reason,
        "evidence": list(finding.evidence),
        "log_likelihood_ratio": _rounded(finding.log_likelihood_ratio),
        "alternative": finding.alternative,
        "assumption": finding.assumption,
        "reading": finding.reading,
        "measured": None if value is None else _value(value),
        "tested_low": _rounded(finding.tested_low),
        "tested_high": _rounded(finding.tested_high),
    }


def _value(value: Value) -> dict[str, Any]:
    return {
        "value": _rounded(value.value),
        "low": _rounded(value.low),
        "high": _rounded(value.high),
        "unit": value.unit,
        "level": value.level,
        "method": value.method,
        "calibrated_on": value.calibrated_on,
    }


def _sentence(sentence: Sentence) -> dict[str, Any]:
    return {
        "text": sentence.text,
        "pieces": [
            {"text": p.text, "quoted": p.quoted, "marks": [{"kind": m.kind, "ref": m.ref} for m in p.marks]}
            for p in sentence.pieces
        ],
    }


def _voice(voice: Voice) -> dict[str, Any]:
    return {
        "origin": voice.origin,
        "claims": voice.claims,
        "basis": voice.basis,
        "declared": voice.declared,
        "sources": [
            {"source": s, "grade": g.code, "graded_by": g.by, "basis": g.basis}
            for s, g in zip(voice.sources, voice.grades, strict=True)
        ],
    }


def _weighing(weighing: Weighing) -> dict[str, Any]:
    question = weighing.question
    names = [h.id for h in question.hypotheses]
    return {
        "id": question.id,
        "text": question.text,
        "by": "analyst",
        "hypotheses": [
            {
                "id": h.id,
                "text": h.text,
                "prior": [h.prior_low, h.prior_high],
                "posterior": [_rounded(s.low), _rounded(s.high)],
                "middle": _rounded(s.middle),
            }
            for h, s in zip(question.hypotheses, weighing.shares, strict=True)
        ],
        "matrix": [
            {
                "evidence": list(r.evidence),
                "origin": r.origin,
                "likelihoods": {n: list(c) for n, c in zip(names, r.cells, strict=True)},
                "diagnosticity": _rounded(r.diagnosticity),
                "telling": r.telling,
            }
            for r in weighing.matrix
        ],
        "sensitivity": [
            {
                "what": s.what,
                "hypothesis": s.hypothesis,
                "low": _rounded(s.low),
                "high": _rounded(s.high),
                "changes_leader": s.changes_leader,
            }
            for s in weighing.swings
        ],
        "next": [
            {
                "text": n.text,
                "expected_bits": _rounded(n.expected_bits),
                "posteriors": [
                    {"outcome": o, **{k: _rounded(p) for k, p in zip(names, after, strict=True)}}
                    for o, after in n.posteriors
                ],
            }
            for n in weighing.next_steps
        ],
        "notes": list(weighing.notes),
    }


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, DIGITS)

"""Each finding with all that it rests on: claim, binding, measurement, likelihood ratio, scenes with their hashes."""

import math

from sitewatch.report import anchors, words
from sitewatch.report.claims_table import VERDICTS, made_by
from sitewatch.report.marks import Marks, title_of
from sitewatch.report.quoting import said, unquoted, visible
from sitewatch.report.tree import (
    Block,
    Bullets,
    Code,
    Column,
    Fold,
    Inline,
    Paragraph,
    Section,
    Span,
    Table,
)  # fmt: skip
from sitewatch.types import Claim, Finding, Mark, Verdict

OPEN_ROWS = 12


def findings_section(marks: Marks) -> Section:
    """Findings on claims that imagery can test, the decided first; the undecided are closed."""
    papers = marks.papers
    claims = {c.id: c for c in papers.claims.claims}
    tested = [f for f in papers.assessment.findings if f.claim in claims]
    decided = [f for f in tested if f.verdict is not Verdict.CANNOT_DECIDE]
    rest = [f for f in tested if f.verdict is Verdict.CANNOT_DECIDE]
    blocks: list[Block] = [_finding(marks, f, claims[f.claim]) for f in decided]
    if rest:
        inner = tuple(_finding(marks, f, claims[f.claim]) for f in rest)
        blocks.append(Fold(f"Findings that decide nothing ({len(rest)})", inner))
    if not blocks:
        blocks.append(Paragraph(("There is no finding.",)))
    return Section("findings", "Findings, one by one", tuple(blocks))


def _finding(marks: Marks, finding: Finding, claim: Claim) -> Block:
    binding = next((b for b in marks.papers.assessment.bindings if b.id == finding.binding), None)
    word, role = VERDICTS[finding.verdict]
    site = marks.site_of(finding.id)
    lines: list[tuple[Inline, ...]] = [
        (
            Span("", anchor=anchors.finding(finding.id)),
            Span(word, role=role),
            ": “",
            said(unquoted(claim.quote), target=anchors.claim(claim.id)),
            "” (",
            title_of(marks.papers, claim.source),
            f"; {made_by(claim)}).",
        ),
        marks.linked(visible(finding.reason)),
    ]
    if finding.reading is not None:
        lines.append(("Reading tested: ", said(finding.reading), "."))
    if binding is not None and binding.subject is not None:
        parts: list[Inline] = ["Meant: ", visible(binding.subject)]
        parts += marks.spans([Mark("object", binding.subject)], site)
        if binding.comparand is not None:
            parts += [", compared with ", visible(binding.comparand)]
            parts += marks.spans([Mark("object", binding.comparand)], site)
        by = (
            "an analyst"
            if binding.by == "analyst"
            else "a rule" + ("" if binding.certain else ", not certain")
        )
        lines.append((*parts, f"; bound by {by}: ", said(binding.basis), "."))
    if finding.measured is not None:
        value = finding.measured
        tested = _tested(finding)
        evidence = [
            Mark("measurement", e.split(":", 1)[1]) for e in finding.evidence if e.startswith("measurement:")
        ]
        lines.append(
            (
                f"Measured: {words.value_words(value)}",
                *marks.spans(evidence, site),
                f"; {visible(value.method)}; interval calibrated on: {visible(value.calibrated_on)}. "
                f"Claimed, with tolerance: {tested}.",
            )
        )
    if finding.log_likelihood_ratio is not None:
        lines.append(marks.linked(_likelihood(finding)))
    scenes = [e.removeprefix("scene:") for e in finding.evidence if e.startswith("scene:")]
    if scenes:
        parts = [
            Span("", anchor=anchors.scenes_of(finding.id)),
            f"Rests on {words.count(len(scenes), 'scene')}: ",
        ]
        for i, name in enumerate(scenes):
            parts += [", "] if i else []
            parts.append(Span(visible(name), target=anchors.scene(name), code=True))
        lines.append((*parts, "."))
    return Bullets(tuple(lines))


def _tested(finding: Finding) -> str:
    low, high = finding.tested_low, finding.tested_high
    assert finding.measured is not None
    unit = words.UNITS.get(finding.measured.unit, finding.measured.unit)
    tail = f" {unit}" if unit else ""
    if low is None and high is None:
        return "any value"
    if low is None:
        return f"at most {high:.3g}{tail}"
    if high is None:
        return f"at least {low:.3g}{tail}"
    return f"{low:.3g} to {high:.3g}{tail}"


def _likelihood(finding: Finding) -> str:
    ratio = finding.log_likelihood_ratio
    assert ratio is not None
    factor = math.exp(min(abs(ratio), 50.0))
    if factor < 1.05:
        told = "What was measured is as likely if the claim holds as under"
    else:
        way = "more" if ratio > 0 else "less"
        times = words.grouped(f"{float(f'{factor:.2g}'):.0f}") if factor >= 10 else f"{factor:.2g}"
        told = f"What was measured is {times} times {way} likely if the claim holds than under"
    text = f"{told} the alternative ({visible(finding.alternative or '')})"
    return f"{text}; taken for granted: {visible(finding.assumption)}." if finding.assumption else f"{text}."


def scenes_section(marks: Marks) -> Section | None:
    """The scenes that findings rest on, each with the hash of its pixels; None where they rest on none."""
    named = {
        e.removeprefix("scene:")
        for f in marks.papers.assessment.findings
        for e in f.evidence
        if e.startswith("scene:")
    }
    if not named:
        return None
    known = {s.id: (ctx.view.site.name, s) for ctx in marks.contexts for s in ctx.view.scenes}
    hashes = marks.papers.assessment.scenes
    rows = []
    for name in sorted(named):
        site, scene = known.get(name, ("not in the case", None))
        digest = hashes.get(name) or (scene.assets[0].sha256 if scene and scene.assets else "not known")
        when = words.scene_date(scene) if scene else "unknown"
        rows.append((Span(visible(name), anchor=anchors.scene(name)), when, site, digest))
    columns = (Column("Scene", code=True), Column("Acquired"), Column("Site"), Column("SHA-256", code=True))
    table = Table(columns, tuple(rows), f"Scenes behind the findings, with the hash of their pixels ({len(rows)})",
                  folded=len(rows) > OPEN_ROWS)  # fmt: skip
    return Section("evidence-scenes", "Scenes behind the findings", (table,))


def commands_section(marks: Marks, section_id: str) -> Section:
    """The commands that lead from files to this assessment."""
    lines = "\n".join(visible(c) for c in marks.papers.commands)
    return Section(
        section_id,
        "Commands behind the assessment",
        (
            Paragraph(
                (
                    "Typed again on the same files, these give the same findings. What an analyst said by hand "
                    "(outlines, bindings, grades, hypotheses.yaml) is kept in the case and never overwritten by a run.",
                )
            ),
            Code(lines),
        ),
    )

"""Hold a case's claims against its objects, weigh its hypotheses, and write the assessment."""

import re
from calendar import monthrange
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sitewatch.app.detectability import known_detectability
from sitewatch.assess.bindings import propose
from sitewatch.assess.compose import Material, compose
from sitewatch.assess.findings import assess_claims
from sitewatch.assess.ground import Ground
from sitewatch.assess.hypotheses import imagery_origins, origins_of, weigh
from sitewatch.case import Case, judgement
from sitewatch.errors import DataError
from sitewatch.formats.assessment_json import assessment_row, dump_assessment
from sitewatch.formats.hypotheses_yaml import load_questions
from sitewatch.types import Assessment, Document, Verdict

VERSION = "1"
"""Of the assessing: raise it when its results change."""


@dataclass(frozen=True, slots=True)
class Assessed:
    """An assessment and where it was written."""

    assessment: Assessment
    file: Path

    @property
    def row(self) -> dict[str, Any]:
        """As `out/assessment.json` has it."""
        return assessment_row(self.assessment)

    def count(self, verdict: Verdict) -> int:
        """Claims with that verdict."""
        return sum(r.verdict is verdict for r in self.assessment.claims)


def assess(case: Case) -> Assessed:
    """Assess the claims of a case and write `out/assessment.json`. What analysts said stays as it is.

    Raises:
        DataError: nothing to assess: neither claims nor questions; or `hypotheses.yaml` is not as it should be.
    """
    found = assessed(case)
    if not found.findings and not found.weighings:
        raise DataError(
            f"the case {case.path} has no claims yet; add documents with `sitewatch docs add {case.path} FILE` and "
            f"run `sitewatch claims {case.path}`"
        )
    file = case.project("assessment.json", dump_assessment(found))
    done = Assessed(found, file)
    case.log("assess", questions=len(found.weighings), **{v.value: done.count(v) for v in Verdict})
    return done


def assessed(case: Case) -> Assessment:
    """The assessment of what the case holds now; nothing is written.

    Raises:
        DataError: `hypotheses.yaml` is not as it should be.
    """
    claims, documents, sites = case.claim_set(), tuple(case.documents()), grounds(case)
    published = {d.id: day for d in documents if (day := latest_day(d)) is not None}
    bindings = propose(claims.claims, sites, published, judgement.bindings(case))
    findings = assess_claims(claims, bindings, sites, published)
    file = judgement.hypotheses_file(case)
    questions = load_questions(file) if file.is_file() else ()
    voice = {c: o.id for o in claims.origins for c in o.claims}
    seen = imagery_origins(findings)
    return compose(
        Material(
            claims=claims,
            documents=documents,
            grounds=sites,
            bindings=bindings,
            findings=findings,
            weighings=tuple(weigh(q, origins_of(q, voice, seen)) for q in questions),
            grades=judgement.grades(case),
        )
    )


def grounds(case: Case) -> tuple[Ground, ...]:
    """The sites of a case with all that is known of them."""
    return tuple(
        Ground(
            site=site,
            events=tuple(case.events(site.name)),
            references=tuple(judgement.references(case, site.name)),
            measurements=tuple(case.measurements(site.name)),
            scenes=tuple(case.scenes(site.name)),
            detectability=known_detectability(case, site),
        )
        for site in case.sites()
    )


def latest_day(document: Document) -> str | None:
    """Last ISO date on which a document can have appeared; None where that is not known."""
    match = re.match(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?:T|Z|$)", document.published or "")
    if match is None:
        return None
    year, month, day = (None if g is None else int(g) for g in match.groups())
    assert year is not None
    if month is None:
        return f"{year:04d}-12-31"
    if not 1 <= month <= 12:
        return None
    return f"{year:04d}-{month:02d}-{day or monthrange(year, month)[1]:02d}"

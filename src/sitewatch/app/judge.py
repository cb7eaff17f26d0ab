"""What analysts say for themselves: bindings, grades of sources, questions, the ledger of probability statements."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from sitewatch.app.assess import grounds
from sitewatch.assess.ledger import Score, score
from sitewatch.assess.words import grade_words
from sitewatch.case import Case, judgement
from sitewatch.errors import UsageError
from sitewatch.formats.hypotheses_yaml import TEMPLATE
from sitewatch.types import Binding, Grade, Statement


def bind(
    case: Case, claim: str, *, subject: str, comparand: str | None, basis: str, site: str | None = None
) -> Binding:
    """Bind a claim by hand; no re-run changes it.

    Raises:
        UsageError: no such claim, object or site, or no basis.
    """
    if claim not in {c.id for c in case.claim_set().claims}:
        raise UsageError(f"the case has no claim {claim!r}; `sitewatch claims {case.path}` lists them")
    if not basis.strip():
        raise UsageError("--basis is empty; expected in words why these objects are meant")
    known = [g for g in grounds(case) if site is None or g.site.name == site]
    if not known:
        case.site(site)  # says what is there
    fitting = [g for g in known if g.knows(subject) and (comparand is None or g.knows(comparand))]
    if len(fitting) != 1:
        wrong = next((i for i in (subject, comparand) if i and not any(g.knows(i) for g in known)), None)
        if wrong is not None:
            raise UsageError(
                f"no event or reference building is called {wrong!r}; expected an id of "
                f"`sitewatch detect {case.path}` or a name of `sitewatch site references {case.path}`"
            )
        what = (
            "in several sites; say which with --site" if fitting else "not in one site; expected both in one"
        )
        raise UsageError(f"{subject!r}{f' and {comparand!r}' if comparand else ''}: {what}")
    made = Binding(
        id=f"b-{claim}",
        claim=claim,
        subject=subject,
        comparand=comparand,
        site=fitting[0].site.name,
        basis=basis.strip(),
        by="analyst",
        certain=True,
    )
    with case.transaction():
        judgement.put_binding(case, made)
        case.log("assess bind", claim=claim, subject=subject, comparand=comparand, basis=made.basis)
    return made


def unbind(case: Case, claim: str) -> None:
    """Forget what was bound by hand; the rules bind the claim again.

    Raises:
        UsageError: it was not bound by hand.
    """
    if claim not in judgement.bindings(case):
        raise UsageError(f"claim {claim!r} was not bound by hand; nothing was changed")
    with case.transaction():
        judgement.remove_binding(case, claim)
        case.log("assess bind", claim=claim, forgotten=True)


def grade(case: Case, source: str, code: str, basis: str) -> Grade:
    """Grade a document by the Admiralty code, such as "B2".

    Raises:
        UsageError: no such document, or no such code.
    """
    document = case.document(source)
    if not re.fullmatch(r"[A-Fa-f][1-6]", code):
        raise UsageError(f"--grade {code}: expected a letter A to F and a digit 1 to 6, such as B2")
    made = Grade(document.id, code[0].upper(), int(code[1]), basis.strip() or "no reason given", "analyst")
    with case.transaction():
        judgement.put_grade(case, made)
        case.log("assess grade", source=document.id, grade=made.code, basis=made.basis)
    return made


def in_words(grade: Grade) -> str:
    """“B2: usually reliable, probably true”."""
    return grade_words(grade.reliability, grade.credibility)


def write_template(case: Case) -> Path:
    """Write an example of `hypotheses.yaml` into the case.

    Raises:
        UsageError: the file is there; it is the analyst's and never overwritten.
    """
    file = judgement.hypotheses_file(case)
    with case.writing():
        try:
            with file.open("x", encoding="utf-8") as out:
                out.write(TEMPLATE)
        except FileExistsError:
            raise UsageError(f"{file} is there already and yours; nothing was changed") from None
    return file


def record(case: Case, text: str, low: float, high: float, due: date | None = None) -> Statement:
    """Enter a probability statement into the ledger.

    Raises:
        UsageError: no text.
        DataError: no probability.
    """
    if not text.strip():
        raise UsageError(
            "--add is empty; expected what is held to be so, in a sentence that can turn out true or false"
        )
    with case.transaction():
        number = len(judgement.statements(case)) + 1
        made = Statement(f"s-{number:03d}", datetime.now(UTC).date(), text.strip(), low, high, due)
        judgement.put_statement(case, made)
        case.log("assess ledger", statement=made.id, text=made.text, low=low, high=high)
    return made


def resolve(case: Case, statement: str, outcome: bool, basis: str) -> Statement:
    """Enter what became of a statement.

    Raises:
        UsageError: no such statement, or it was resolved before.
    """
    with case.transaction():
        known = {s.id: s for s in judgement.statements(case)}
        if statement not in known:
            names = ", ".join(known) or "none"
            raise UsageError(f"the ledger has no statement {statement!r}; it has: {names}")
        if known[statement].outcome is not None:
            raise UsageError(
                f"statement {statement} was resolved on {known[statement].resolved}; nothing was changed"
            )
        made = replace(
            known[statement], outcome=outcome, resolved=datetime.now(UTC).date(), basis=basis.strip()
        )
        judgement.put_statement(case, made)
        case.log("assess ledger", statement=statement, outcome=outcome, basis=made.basis)
    return made


def ledger(case: Case) -> tuple[list[Statement], Score]:
    """All statements with the score of those resolved."""
    statements = judgement.statements(case)
    return statements, score(statements)

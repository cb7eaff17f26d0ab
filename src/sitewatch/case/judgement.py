"""What analysts say for themselves, as a case keeps it: reference buildings, bindings, grades of sources and the
ledger of probability statements. No run writes here; only the analyst's own commands do."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from sitewatch.case import codec, schema
from sitewatch.errors import CaseError
from sitewatch.types import Binding, Grade, Reference, Statement

if TYPE_CHECKING:
    from sitewatch.case.case import Case

T = TypeVar("T")
HYPOTHESES = "hypotheses.yaml"
"""The analyst's questions with their judgements, in the case folder."""


def hypotheses_file(case: "Case") -> Path:
    """Where the analyst's questions lie; the file may be missing."""
    return case.path / HYPOTHESES


def references(case: "Case", site: str) -> list[Reference]:
    """Reference buildings of a site by name."""
    table = schema.reference_buildings
    case.site(site)
    return _load(case, Reference, sa.select(table.c.body).where(table.c.site == site).order_by(table.c.name))


def put_reference(case: "Case", reference: Reference) -> None:
    """Add a reference building, or replace the one of that name.

    Raises:
        CaseError: an event of the site has that id.
    """
    if any(e.id == reference.name for e in case.events(reference.site)):
        raise CaseError(f"an event is called {reference.name!r}; choose another name for the building")
    table = schema.reference_buildings
    with case._changing() as db:
        same = (table.c.site == reference.site) & (table.c.name == reference.name)
        db.execute(sa.delete(table).where(same))
        row = {"site": reference.site, "name": reference.name, "body": codec.dumps(reference)}
        db.execute(sa.insert(table).values(**row))


def remove_reference(case: "Case", site: str, name: str) -> None:
    """Take a reference building out."""
    table = schema.reference_buildings
    with case._changing() as db:
        db.execute(sa.delete(table).where(table.c.site == site, table.c.name == name))


def bindings(case: "Case") -> dict[str, Binding]:
    """The analyst's bindings by claim."""
    table = schema.bindings
    return {b.claim: b for b in _load(case, Binding, sa.select(table.c.body).order_by(table.c.claim))}


def put_binding(case: "Case", binding: Binding) -> None:
    """Add an analyst's binding, or replace the one of that claim."""
    _put(case, schema.bindings, "claim", binding.claim, [binding])


def remove_binding(case: "Case", claim: str) -> None:
    """Forget an analyst's binding; the rules bind the claim again."""
    _put(case, schema.bindings, "claim", claim, [])


def grades(case: "Case") -> dict[str, Grade]:
    """The analyst's grades of sources by document id; a source without one has not been judged."""
    table = schema.grades
    return {g.source: g for g in _load(case, Grade, sa.select(table.c.body).order_by(table.c.source))}


def put_grade(case: "Case", grade: Grade) -> None:
    """Add a grade, or replace the one of that source."""
    _put(case, schema.grades, "source", grade.source, [grade])


def statements(case: "Case") -> list[Statement]:
    """The ledger of probability statements, oldest first."""
    table = schema.statements
    return _load(case, Statement, sa.select(table.c.body).order_by(table.c.made, table.c.id))


def put_statement(case: "Case", statement: Statement) -> None:
    """Add a statement, or its outcome."""
    _put(case, schema.statements, "id", statement.id, [statement], made=statement.made.isoformat())


def _put(
    case: "Case", table: sa.TableClause, key: str, name: str, values: Iterable[object], **columns: str
) -> None:
    with case._changing() as db:
        db.execute(sa.delete(table).where(table.c[key] == name))
        for value in values:
            db.execute(sa.insert(table).values(**{key: name}, **columns, body=codec.dumps(value)))


def _load(case: "Case", kind: type[T], query: "sa.Select[Any]") -> list[T]:
    with case._reading() as db:
        return [codec.loads(kind, body) for body in db.scalars(query)]

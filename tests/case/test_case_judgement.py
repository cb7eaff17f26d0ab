"""What analysts say stays where it was put."""

from datetime import date

import pytest
import shapely

from sitewatch.case import Case, judgement
from sitewatch.errors import CaseError, UsageError
from sitewatch.types import Binding, Grade, Reference, Statement

SQUARE = shapely.box(27.01, 45.11, 27.02, 45.12)


def test_reference_buildings(case: Case, event) -> None:
    hall = Reference("existing hall", "hall", SQUARE, ("the old one",), "drawn")
    judgement.put_reference(case, hall)
    judgement.put_reference(case, hall)
    assert judgement.references(case, "hall") == [hall]
    case.put_event(event("001"))
    with pytest.raises(CaseError, match="choose another name"):
        judgement.put_reference(case, Reference("001", "hall", SQUARE))
    judgement.remove_reference(case, "hall", "existing hall")
    assert judgement.references(case, "hall") == []
    with pytest.raises(UsageError, match="no site"):
        judgement.references(case, "elsewhere")


def test_bindings_grades_and_statements_survive_opening_again(case: Case) -> None:
    binding = Binding("b-c", "c", "001", None, "hall", "seen", "analyst", True)
    grade = Grade("doc", "B", 2, "known", "analyst")
    old = Statement("s-001", date(2024, 1, 1), "it rains", 0.2, 0.4)
    judgement.put_binding(case, binding)
    judgement.put_grade(case, grade)
    judgement.put_statement(case, old)
    again = Case.open(case.path)
    assert judgement.bindings(again) == {"c": binding}
    assert judgement.grades(again) == {"doc": grade}
    assert judgement.statements(again) == [old]
    judgement.remove_binding(again, "c")
    assert judgement.bindings(case) == {}

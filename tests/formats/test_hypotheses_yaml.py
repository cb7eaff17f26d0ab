"""hypotheses.yaml: the template can be read, and what is wrong is named."""

from pathlib import Path

import pytest

from sitewatch.errors import DataError
from sitewatch.formats.hypotheses_yaml import TEMPLATE, load_questions


def read(tmp_path: Path, text: str):
    path = tmp_path / "hypotheses.yaml"
    path.write_text(text, encoding="utf-8")
    return load_questions(path)


def uncommented() -> str:
    """The template with its examples in place of the empty lists."""
    lines = TEMPLATE.splitlines()
    body = [
        line.replace("  # ", "  ", 1) if line.startswith("  #") else line.replace(": []", ":")
        for line in lines
    ]
    return "\n".join(body)


def test_the_template_holds_one_question(tmp_path: Path) -> None:
    (q,) = read(tmp_path, TEMPLATE)
    assert [h.id for h in q.hypotheses] == ["assembly", "storage", "other"]
    assert (q.judgements, q.candidates) == ((), ())


def test_its_examples_can_be_used(tmp_path: Path) -> None:
    (q,) = read(tmp_path, uncommented())
    assert {j.evidence for j in q.judgements} == {"rail-spur"}
    assert [(j.low, j.high) for j in q.judgements] == [(0.4, 0.7), (0.5, 0.8), (0.1, 0.4)]
    assert all(j.by == "analyst" and j.basis for j in q.judgements)
    assert q.items[0].text == "A rail spur leads to the building"
    assert len(q.candidates[0].outcomes) == 2


Q = """\
questions:
- id: q
  text: t
  hypotheses:
  - {id: a, text: A, prior: [0.5, 0.5]}
  - {id: b, text: B, prior: 0.5}
"""


def test_a_point_is_a_range_of_no_width(tmp_path: Path) -> None:
    (q,) = read(tmp_path, Q)
    assert (q.hypotheses[1].prior_low, q.hypotheses[1].prior_high) == (0.5, 0.5)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("questions: [", "is not YAML"),
        ("- a", "expected named fields"),
        ("questions: 3", "expected a list"),
        ("questions: [3]", "expected named fields"),
        ("questions: [{text: t}]", "'id' is None"),
        (Q.replace("[0.5, 0.5]", "[0.7, 0.5]"), r"expected a range \[low, high\]"),
        (Q.replace("[0.5, 0.5]", "much"), r"expected a range \[low, high\]"),
        (Q.replace("[0.5, 0.5]", "[true, true]"), r"expected a range \[low, high\]"),
        (Q.replace("id: b", "id: a"), "expected each once"),
        (Q + "  judgements:\n  - {evidence: e, likelihood: {a: 0.5}}\n", "lacks 'b'"),
        (Q + "  judgements:\n  - {evidence: e, likelihood: {a: 0.5, b: 0.5, c: 1}}\n", "names 'c'"),
        (Q + "  judgements:\n  - {evidence: e, likelihood: {a: 0, b: 0.5}}\n", "0 < low"),
        (Q + "  judgements:\n" + 2 * "  - {evidence: e, likelihood: {a: 0.1, b: 0.5}}\n", "judged twice"),
        ("!!python/object/apply:os.system [ls]", "is not YAML"),
        (Q + "  next:\n  - {id: n, text: N, outcomes: [{text: o, likelihood: {a: 1}}]}\n", "lacks 'b'"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(DataError, match=says) as caught:
        read(tmp_path, text)
    assert "\n" not in str(caught.value)
    assert "hypotheses.yaml" in str(caught.value)


def test_a_huge_or_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="larger than"):
        read(tmp_path, "#" * 1_000_001)
    with pytest.raises(DataError, match="cannot read"):
        load_questions(tmp_path / "none.yaml")

"""Scores of past statements, by hand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitewatch.assess.ledger import score, wilson
from sitewatch.errors import DataError
from sitewatch.types import Statement


def said(low, high=None, outcome=None):
    return Statement(
        "s", date(2024, 1, 1), "it will be so", low, low if high is None else high, outcome=outcome
    )


def test_brier_by_hand() -> None:
    found = score([said(0.8, outcome=True), said(0.3, outcome=False), said(0.5)])
    assert (found.open, found.resolved) == (1, 2)
    assert found.brier == pytest.approx((0.04 + 0.09) / 2)
    assert found.base_rate_brier == pytest.approx(0.25)
    assert [(b.word, b.count, b.came_about) for b in found.bins] == [
        ("unlikely", 1, 0.0),
        ("very likely", 1, 1.0),
    ]


def test_ranges_are_scored_in_the_middle_with_both_ends() -> None:
    found = score([said(0.6, 0.8, True)])
    assert found.brier == pytest.approx(0.09)
    assert found.brier_best == pytest.approx(0.04)
    assert found.brier_worst == pytest.approx(0.16)


def test_nothing_resolved() -> None:
    found = score([said(0.4)])
    assert (found.brier, found.bins, found.open) == (None, (), 1)


def test_wilson_against_the_textbook() -> None:
    low, high = wilson(8, 10, 0.95)
    assert (low, high) == pytest.approx((0.4902, 0.9433), abs=2e-4)


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share(hits) -> None:
    low, high = wilson(*hits)
    assert 0 <= low <= hits[0] / hits[1] + 1e-12
    assert hits[0] / hits[1] <= high + 1e-12 <= 1 + 1e-12


def test_impossible_probabilities_are_refused() -> None:
    with pytest.raises(DataError, match="0 <= low"):
        said(0.8, 0.7)
    with pytest.raises(DataError, match="0 <= low"):
        said(1.2)

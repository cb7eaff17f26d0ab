"""Weighing of hypotheses: by hand, against brute force, and what one origin may count."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitewatch.assess.hypotheses import origins_of, posterior_ranges, weigh
from sitewatch.errors import DataError
from sitewatch.types import Candidate, Hypothesis, Item, Judgement, Outcome, Question


def question(priors, evidence, *, items=(), candidates=()):
    """`evidence`: by item a likelihood range for each of the hypotheses h0, h1 ..."""
    return Question(
        "q",
        "What is it?",
        tuple(Hypothesis(f"h{i}", f"it is {i}", *p) for i, p in enumerate(priors)),
        tuple(
            Judgement(f"h{i}", name, *cell, "judged")
            for name, row in evidence.items()
            for i, cell in enumerate(row)
        ),
        tuple(items),
        tuple(candidates),
    )


def test_bayes_by_hand() -> None:
    (a, b) = weigh(question([(0.5, 0.5)] * 2, {"e": [(0.8, 0.8), (0.2, 0.2)]})).shares
    assert (a.low, a.middle, a.high) == pytest.approx((0.8, 0.8, 0.8))
    assert (b.low, b.middle, b.high) == pytest.approx((0.2, 0.2, 0.2))


def test_ranges_by_hand() -> None:
    low, high = posterior_ranges([(0.5, 0.5)] * 2, [[(0.4, 0.8), (0.1, 0.2)]])[0]
    assert low == pytest.approx(0.4 / (0.4 + 0.2))
    assert high == pytest.approx(0.8 / (0.8 + 0.1))
    low, high = posterior_ranges([(0.2, 0.6), (0.0, 1.0)], [])[0]
    assert (low, high) == (pytest.approx(0.2), pytest.approx(0.6))


ranges = st.tuples(st.floats(0.01, 1), st.floats(0.01, 1)).map(lambda p: (min(p), max(p)))


@st.composite
def problems(draw):
    count = draw(st.integers(2, 4))
    middle = np.array([draw(st.floats(0.05, 1)) for _ in range(count)])
    middle /= middle.sum()
    priors = [(max(m - draw(st.floats(0, 0.3)), 0.0), min(m + draw(st.floats(0, 0.3)), 1.0)) for m in middle]
    rows = [[draw(ranges) for _ in range(count)] for _ in range(draw(st.integers(0, 3)))]
    return priors, rows


def corners(priors):
    """Vertices of the box cut by the plane on which priors add up to one: all but one at an end."""
    n = len(priors)
    for free in range(n):
        others = [i for i in range(n) if i != free]
        for ends in itertools.product((0, 1), repeat=n - 1):
            p = np.zeros(n)
            for i, e in zip(others, ends, strict=True):
                p[i] = priors[i][e]
            p[free] = 1 - p.sum()
            if priors[free][0] - 1e-12 <= p[free] <= priors[free][1] + 1e-12:
                yield np.clip(p, 0, 1)


@given(problems())
def test_bounds_are_those_of_all_vertices(problem) -> None:
    priors, rows = problem
    found = posterior_ranges(priors, rows)
    products = [
        [math.prod(row[i][0] for row in rows), math.prod(row[i][1] for row in rows)]
        for i in range(len(priors))
    ]
    best = [(1.0, 0.0)] * len(priors)
    for p in corners(priors):
        for likelihood in itertools.product(*products):
            w = p * likelihood
            share = w / w.sum()
            best = [(min(a, s), max(b, s)) for (a, b), s in zip(best, share, strict=True)]
    for (low, high), (a, b) in zip(found, best, strict=True):
        assert low == pytest.approx(a, abs=1e-9)
        assert high == pytest.approx(b, abs=1e-9)


@given(problems())
def test_the_middle_and_the_sum_lie_inside(problem) -> None:
    priors, rows = problem
    found = posterior_ranges(priors, rows)
    assert sum(r[0] for r in found) <= 1 + 1e-9 <= sum(r[1] for r in found) + 2e-9


def test_many_items_do_not_underflow() -> None:
    rows = [[(1e-9, 1e-8), (1e-9, 1e-8)]] * 60
    low, high = posterior_ranges([(0.5, 0.5)] * 2, rows)[0]
    assert 0 <= low < 0.5 < high <= 1


TELLING = [(0.6, 0.8), (0.1, 0.2)]


def test_one_origin_counts_once() -> None:
    single = weigh(question([(0.5, 0.5)] * 2, {"claim:a": TELLING}))
    evidence = {"claim:a": TELLING, "claim:b": TELLING, "claim:c": TELLING}
    wire = {"claim:a": "wire", "claim:b": "wire", "claim:c": "wire"}
    retold = weigh(question([(0.5, 0.5)] * 2, evidence), wire)
    assert [(s.low, s.high) for s in retold.shares] == [(s.low, s.high) for s in single.shares]
    assert len(retold.matrix) == 1
    assert "count once" in retold.notes[0]
    apart = weigh(question([(0.5, 0.5)] * 2, evidence))
    assert apart.shares[0].low > retold.shares[0].low
    named = [Item(i, i, "wire") for i in evidence]
    assert weigh(question([(0.5, 0.5)] * 2, evidence, items=named)).shares == retold.shares


def test_retellings_judged_differently_join_to_the_range_that_holds_them() -> None:
    evidence = {"a": [(0.6, 0.8), (0.1, 0.2)], "b": [(0.5, 0.7), (0.15, 0.4)]}
    w = weigh(question([(0.5, 0.5)] * 2, evidence), {"a": "o", "b": "o"})
    assert w.matrix[0].cells == ((0.5, 0.8), (0.1, 0.4))


def test_origins_come_from_claims_and_findings() -> None:
    q = question([(0.5, 0.5)] * 2, {"claim:a": TELLING, "finding:f": TELLING, "note": TELLING})
    assert origins_of(q, {"a": "wire"}, {"f": "outline of E-1"}) == {
        "claim:a": "wire",
        "finding:f": "outline of E-1",
    }


def test_diagnosticity() -> None:
    w = weigh(
        question([(0.5, 0.5)] * 2, {"a": TELLING, "b": [(0.5, 0.5)] * 2, "c": [(0.3, 0.6), (0.5, 0.9)]})
    )
    by = {r.evidence[0]: r for r in w.matrix}
    assert by["a"].telling
    assert by["a"].diagnosticity == pytest.approx(math.log(math.sqrt(0.48) / math.sqrt(0.02)))
    assert by["b"].diagnosticity == 0
    assert not by["b"].telling
    assert not by["c"].telling  # the ranges touch: it may tell nothing


def test_swings_are_sorted_and_say_where_the_leader_changes() -> None:
    w = weigh(
        question([(0.4, 0.6)] * 2, {"weak": [(0.5, 0.6), (0.5, 0.6)], "strong": [(0.1, 0.9), (0.3, 0.3)]})
    )
    widths = [s.high - s.low for s in w.swings]
    assert widths == sorted(widths, reverse=True)
    assert w.swings[0].what == "strong under h0"
    assert w.swings[0].changes_leader
    low, high = w.swings[0].low, w.swings[0].high
    assert low == pytest.approx(0.25, abs=0.01)
    assert high == pytest.approx(0.75, abs=0.01)


def test_the_next_look_that_tells_most_comes_first() -> None:
    def outcome(text, *cells):
        return Outcome(text, tuple(Judgement(f"h{i}", text, c, c, "judged") for i, c in enumerate(cells)))

    sure = Candidate("sure", "a look inside", (outcome("yes", 1.0, 1e-9), outcome("no", 1e-9, 1.0)))
    none = Candidate("none", "a look away", (outcome("x", 0.5, 0.5), outcome("y", 0.5, 0.5)))
    w = weigh(question([(0.5, 0.5)] * 2, {}, candidates=[none, sure]))
    assert [s.text for s in w.next_steps] == ["a look inside", "a look away"]
    assert w.next_steps[0].expected_bits == pytest.approx(1.0, abs=1e-6)
    assert w.next_steps[1].expected_bits == pytest.approx(0.0, abs=1e-9)
    assert w.next_steps[0].posteriors[0][1][0] == pytest.approx(1.0)
    one = replace(none, outcomes=none.outcomes[:1])
    with pytest.raises(DataError, match="fewer than two outcomes"):
        weigh(question([(0.5, 0.5)] * 2, {}, candidates=[one]))


def test_bad_questions_are_refused() -> None:
    with pytest.raises(DataError, match="fewer than two hypotheses"):
        weigh(question([(0.5, 0.5)], {}))
    with pytest.raises(DataError, match="add up to 1"):
        weigh(question([(0.6, 0.7), (0.6, 0.7)], {}))
    with pytest.raises(DataError, match="add up to 1"):
        weigh(question([(0.1, 0.2), (0.1, 0.2)], {}))
    q = question([(0.5, 0.5)] * 2, {"e": TELLING})
    with pytest.raises(DataError, match="no likelihood under 'h1'"):
        weigh(replace(q, judgements=q.judgements[:1]))
    with pytest.raises(DataError, match="0 < low"):
        Judgement("h", "e", 0.0, 0.5, "x")

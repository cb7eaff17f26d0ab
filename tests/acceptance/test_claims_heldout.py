"""Claims extracted from sentences that no rule was made on, and from the seed texts: floors under what was measured.

Rules must not be changed because of what fails here: mend them on the development half (benchmarks/claims.py --errors).
"""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from sitewatch.evaluate.claims import FieldScore

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
Scores = dict[str, FieldScore]


@pytest.fixture(scope="module")
def benchmark() -> Iterator[ModuleType]:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        spec = importlib.util.spec_from_file_location("claims_benchmark", BENCHMARKS / "claims.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.path.remove(str(BENCHMARKS))


@pytest.fixture(scope="module")
def held_out(benchmark: ModuleType) -> dict[str, Scores]:
    extract, relate = benchmark.product()
    return {name: score(extract, relate) for name, score in benchmark.sets(held_out=True).items()}


# Measured on dfece87, the second scoring (first, on d9f0927: .847, .711, .889), in brackets.
# Aimed at were .95 of quantities, .90 of dates, .85 of attributions.


def test_sentences_with_claims(held_out: dict[str, Scores]) -> None:
    assert held_out["held-out"]["claims"].exact_f1 >= 0.97  # .995


def test_quantities(held_out: dict[str, Scores]) -> None:
    score = held_out["held-out"]["quantities"]
    assert score.true == 72
    assert score.exact_share >= 0.90  # .917: below the aim
    assert score.precision >= 0.95  # .971


def test_dates(held_out: dict[str, Scores]) -> None:
    score = held_out["held-out"]["dates"]
    assert score.true == 46
    assert score.exact_share >= 0.97  # 1.000
    assert score.precision >= 0.95  # .979


def test_attributions(held_out: dict[str, Scores]) -> None:
    score = held_out["held-out"]["speakers"]
    assert score.true == 45
    assert score.exact_share >= 0.75  # .778: below the aim
    assert score.precision >= 0.80  # .822


def test_hedges(held_out: dict[str, Scores]) -> None:
    assert held_out["held-out"]["hedges"].exact_f1 >= 0.86  # .880


def test_generated_comparisons(held_out: dict[str, Scores]) -> None:
    score = held_out["pairs held-out"]["quantities"]
    assert score.exact_share >= 0.95  # .961
    assert score.precision >= 0.98  # 1.000


def test_names_are_not_read_as_dates_or_numbers(held_out: dict[str, Scores]) -> None:
    def named(field: str) -> int:
        return sum("false (a name)" in e for e in held_out["held-out"][field].errors)

    assert named("dates") == 0
    assert named("quantities") <= 1  # of 7


def test_the_seeds(benchmark: ModuleType, shared_data: Path) -> None:
    extract, relate = benchmark.product()
    scores = benchmark.sets(held_out=False)["seeds"](extract, relate)
    assert scores["quantities"].exact_f1 == 1
    assert scores["dates"].exact_share >= 0.80  # .833
    assert scores["speakers"].exact_share >= 0.85  # .903
    assert scores["hedges"].recall >= 0.95  # .976
    assert not [e for e in scores["dates"].errors if "false (a name)" in e]

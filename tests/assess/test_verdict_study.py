"""A small verdict study on simulated measurements; `benchmarks/verdicts.py` is the large one."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def study() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verdicts", ROOT / "benchmarks" / "verdicts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["verdicts"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def found(study: ModuleType) -> dict[str, dict[str, dict[str, int]]]:
    return study.table(300, 11)


@pytest.mark.parametrize("world", ["as stated", "too narrow", "long tails"])
def test_no_false_claim_is_supported(found, world: str) -> None:
    for name, row in found[world].items():
        assert sum(row.values()) == 75 * 2, name
        if name.endswith("false"):
            assert row["supports"] == 0, name


@pytest.mark.parametrize("world", ["as stated", "too narrow", "long tails"])
def test_at_3_m_false_claims_are_contradicted_and_true_ones_hardly_ever(found, world: str) -> None:
    false, true = (found[world][f"3 m, {t}"] for t in ("false", "true"))
    assert false["contradicts"] >= 0.95 * 150
    assert true["contradicts"] <= 0.03 * 150
    assert true["supports"] >= 0.45 * 150


def test_at_10_m_true_claims_stay_undecided(found) -> None:
    row = found["as stated"]["10 m, true"]
    assert row["contradicts"] <= 0.03 * 150
    assert row["cannot_decide"] >= 0.9 * 150


def test_a_false_retelling_shares_no_value_with_the_true_one(study: ModuleType) -> None:
    import random

    rng = random.Random(5)
    for _ in range(200):
        true, false = study.sayings(rng)
        low, high = true.toleranced()[0]
        assert all(high < a or b < low for a, b in false.toleranced())

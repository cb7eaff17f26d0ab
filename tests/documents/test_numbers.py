"""Numbers as they are written, against values worked out by hand."""
# ruff: noqa: E501 (tables of cases)

import pytest

from sitewatch.documents.numbers import number


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("42", 42), ("1,000", 1000), ("1 000", 1000), ("1\u202f250", 1250), ("1,234.5", 1234.5), ("1.234,5", 1234.5), ("1,5", 1.5),
        ("0.5", 0.5), ("2½", 2.5), ("1 1/2", 1.5), ("3/4", 0.75), ("1.2 million", 1.2e6), ("10k", 1e4), ("twenty-three", 23),
        ("a hundred and fifty", 150), ("ten thousand", 1e4), ("half a dozen", 6), ("two dozen", 24), ("two and a half", 2.5),
        ("one-and-a-half", 1.5), ("half", 0.5), ("a third", 1 / 3), ("two-thirds", 2 / 3), ("three quarters", 0.75),
    ],
)  # fmt: skip
def test_values(written: str, value: float) -> None:
    found = number(written)
    assert found is not None
    assert found.value == pytest.approx(value)
    assert found.other is None


def test_a_point_before_three_digits_is_read_both_ways() -> None:
    found = number("1.250")
    assert found is not None
    assert (found.value, found.other) == (1250.0, 1.25)


@pytest.mark.parametrize("written", ["", "the", "1/0", "and"])
def test_what_is_no_number(written: str) -> None:
    assert number(written) is None


def test_rounding_is_half_of_the_last_digit_and_at_most_five_per_cent() -> None:
    assert number("42").rounding == pytest.approx(0.5 / 42)  # type: ignore[union-attr]
    assert number("1.65").rounding == pytest.approx(0.005 / 1.65)  # type: ignore[union-attr]
    assert number("60").rounding == 0.05  # type: ignore[union-attr]

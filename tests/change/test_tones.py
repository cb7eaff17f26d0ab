"""Tones: one scale for all sensors."""

import numpy as np
import pytest

from sitewatch.change import tones
from sitewatch.errors import DataError


def test_recipe_names_what_a_sensor_has() -> None:
    names, parts = tones.recipe(["blue", "green", "red", "nir"])
    assert names == ("brightness", "colour", "infrared")
    assert parts["brightness"] == (0, 1, 2)
    assert parts["colour"] == (2, 0)
    assert tones.recipe(["pan"])[0] == ("brightness",)
    assert tones.recipe(["green", "nir", "swir16", "swir22"])[0] == ("brightness", "infrared", "shortwave")


def test_recipe_refuses_no_band() -> None:
    with pytest.raises(DataError, match="no band"):
        tones.recipe([])


def test_values_by_hand() -> None:
    # brightness: mean of the roots of 1, 4 and 9 over the unit 4; colour: root red - root blue
    values = np.array([1, 4, 9, 16], np.float32).reshape(1, 4, 1, 1)
    found = tones.tones(values, ["blue", "green", "red", "nir"], 4.0)
    assert found.ravel() == pytest.approx([(0.5 + 1 + 1.5) / 3, 1.5 - 0.5, 2.0])


def test_unit_of_the_numbers_does_not_matter() -> None:
    rng = np.random.default_rng(0)
    values = rng.uniform(0.01, 0.5, (5, 4, 8, 8)).astype(np.float32)
    usable = rng.uniform(size=(5, 8, 8)) > 0.3
    bands = ["blue", "green", "red", "nir"]
    plain = tones.tones(values, bands, tones.level(values, usable, bands))
    scaled = tones.tones(values * 10_000, bands, tones.level(values * 10_000, usable, bands))
    assert scaled == pytest.approx(plain, abs=1e-5)


def test_what_is_not_finite_is_zero() -> None:
    values = np.array([np.nan, -1.0], np.float32).reshape(2, 1, 1, 1)
    assert (tones.tones(values, ["pan"], 1.0) == 0).all()

"""Small plans for tests."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from sitewatch.simulate.materials import MATERIALS, Material
from sitewatch.simulate.plan import Ground, Scenario, Sensor, Weather

FAIR = Weather(cloudy=0, hazy=0, snowy=0, partial=0, mask_misses=0, mask_eats_bright=0)
STILL = Sensor(noise=0, max_shift_px=0, max_view_deg=0, gain_sigma=0)


def site(**changes: Any) -> Scenario:
    """A quiet site of 150 m with six scenes in one summer."""
    days = tuple(date(2024, 6, 3) + timedelta(days=12 * i) for i in range(6))
    base = Scenario(
        "Test",
        40.0,
        21.0,
        150.0,
        days[0],
        days[-1],
        6,
        days,
        relief_m=0,
        gain_spread=0,
        sensor=STILL,
        weather=FAIR,
    )
    return replace(base, **changes)


def black_and_white(monkeypatch: pytest.MonkeyPatch) -> Ground:
    """Two materials whose pixel values are areas: ground 0, roof and yard 1. Walls are black."""
    monkeypatch.setitem(MATERIALS, "black", Material((0, 0, 0, 0)))
    monkeypatch.setitem(MATERIALS, "white", Material((1, 1, 1, 1)))
    monkeypatch.setitem(MATERIALS, "wall", Material((0, 0, 0, 0)))
    return Ground("black", "black")

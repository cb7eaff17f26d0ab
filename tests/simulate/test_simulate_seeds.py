"""Random sites that once could not be rendered."""

import numpy as np
import pytest

from sitewatch.simulate import random_scenario, render


@pytest.mark.slow
def test_a_shadow_that_touches_itself_after_its_move() -> None:
    # A wood's corner nearly touches its border; moved along the shadow, rounding made them cross.
    simulation = render(random_scenario(217, gsd=10.0))
    assert np.isfinite(simulation.stack).any()


@pytest.mark.slow
def test_a_wood_that_crosses_itself_in_fine_cells() -> None:
    # Hole and border touch; turned into cells, they cross by rounding, and no union takes them as they are.
    simulation = render(random_scenario(93335, gsd=10.0, dates=2, variant="shifted"))
    assert np.isfinite(simulation.stack).any()

"""What a fitted building makes of one look."""

from dataclasses import replace
from math import log

import numpy as np
import numpy.typing as npt
import pytest
from shapely import Polygon, box

from sitewatch.measure.explained import explained, traced
from sitewatch.measure.forward import Box, Placed, shown
from sitewatch.measure.rectangle import Fit
from sitewatch.measure.solve import Look

TO_PIXELS = np.array([[1.0, 0.0, 0.0], [0.0, -1.0, 30.0]])
PLACED = Placed(TO_PIXELS, (30, 30), (0.0, 1.0), (-0.25, 0.0))
HALL = Box(15.0, 12.0, 10.0, 6.0, 0.0, 4.0)


def fitted(shape: Box) -> Fit:
    return Fit(shape, 0.5, np.eye(7), {}, 10.0, 5.0, 0.0, 0.0, ("s",))


def look(shift: tuple[float, float] = (0.0, 0.0), noise: float = 0.002) -> Look:
    """The hall: roof .4, ground .2, wall .3, shadow darker by .1, in two bands alike."""
    row, col = np.mgrid[:30, :30] + 0.5
    points = np.stack([np.ones(900), col.ravel(), row.ravel()]).astype(np.float32)
    roof, _, wall, dark = shown(HALL, np.array(shift), log(0.5), PLACED, points, slopes=False)[0]
    image = 0.2 + 0.2 * roof + 0.1 * wall - 0.1 * dark
    random = np.random.default_rng(3).normal(0, noise, (2, 900))
    values: npt.NDArray[np.float32] = (image + random).reshape(2, 30, 30).astype(np.float32)
    return Look("s", values, np.ones((30, 30), np.bool_), PLACED, 0.05)


def test_outlines_of_roof_wall_and_shadow() -> None:
    """Foot: columns 10 to 20, rows 15 to 21. The roof leans left by 1; the shadow falls up by 4."""
    drawn = traced(HALL, PLACED)
    assert drawn.roof.symmetric_difference(box(9, 15, 19, 21)).area == pytest.approx(0, abs=1e-9)
    assert drawn.wall.symmetric_difference(box(19, 15, 20, 21)).area == pytest.approx(0, abs=1e-9)
    assert drawn.shadow.symmetric_difference(box(10, 11, 20, 15)).area == pytest.approx(0, abs=1e-9)


def test_unknown_sun_and_view_draw_nothing() -> None:
    drawn = traced(HALL, replace(PLACED, shadow=None, lean=None))
    assert drawn.wall.is_empty
    assert drawn.shadow.is_empty
    assert drawn.roof.symmetric_difference(box(10, 15, 20, 21)).area == pytest.approx(0, abs=1e-9)


def test_the_right_box_leaves_noise_alone() -> None:
    told = explained(fitted(HALL), look())
    assert told.model[0] == pytest.approx(look(noise=0).values[0], abs=0.003)
    assert told.residual.std() == pytest.approx(1, abs=0.12)
    assert np.abs(told.residual).max() < 5


def test_a_shifted_look_is_followed() -> None:
    told = explained(fitted(HALL), look((0.4, -0.3)))
    assert told.traced.roof.centroid.x == pytest.approx(14.4, abs=0.03)
    assert told.traced.roof.centroid.y == pytest.approx(17.7, abs=0.03)
    assert told.residual.std() < 1.2


def test_a_wrong_box_leaves_much_where_it_is_wrong() -> None:
    told = explained(fitted(replace(HALL, length=14.0, x=17.0)), look())
    # ground that it calls roof, on the right
    assert told.residual[16:20, 21:23].mean() < -10


def test_pixels_that_are_not_usable_are_left_out() -> None:
    plain = look()
    usable = plain.usable.copy()
    usable[:5] = False
    values = plain.values.copy()
    values[:, :5] = 9.0
    told = explained(fitted(HALL), replace(plain, usable=usable, values=values))
    assert np.isnan(told.residual[:5]).all()
    assert isinstance(told.traced.roof, Polygon)
    assert np.nanstd(told.residual) == pytest.approx(1, abs=0.15)

"""Straight walls for ragged outlines: by hand, against shapely, and on what pixels make of known footprints."""

import json
import time
from pathlib import Path

import numpy as np
import pytest
import rasterio.features
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, affinity
from shapely.geometry import shape

from sitewatch.errors import DataError
from sitewatch.measure.regular import rectangularity, regularised

ELL = Polygon([(0, 0), (30, 0), (30, 12), (12, 12), (12, 25), (0, 25)])
CUT_OFF = Polygon([(0, 0), (30, 0), (30, 12), (16, 26), (0, 26)])


def traced(footprint: Polygon, pixel: float = 1.0) -> Polygon:
    """The pixels whose centres lie inside."""
    west, south, east, north = footprint.bounds
    cols, rows = int((east - west) / pixel) + 4, int((north - south) / pixel) + 4
    grid = Affine(pixel, 0, west - 1.5 * pixel, 0, -pixel, north + 1.5 * pixel)
    mask = rasterio.features.rasterize([footprint], (rows, cols), transform=grid, dtype="uint8")
    pieces = [shape(g) for g, _ in rasterio.features.shapes(mask, mask > 0, transform=grid)]
    return max(pieces, key=lambda p: p.area)


def shared(one: Polygon, two: Polygon) -> float:
    return one.intersection(two).area / one.union(two).area


def corners(polygon: Polygon) -> int:
    return len(polygon.exterior.coords) - 1


def angles(polygon: Polygon) -> np.ndarray:
    """Of the corners, degrees; 90 either way for right ones."""
    steps = np.diff(np.array(polygon.exterior.coords), axis=0)
    turn = np.arctan2(steps[:, 1], steps[:, 0])
    return np.abs(np.degrees((np.diff(np.r_[turn, turn[:1]]) + np.pi) % (2 * np.pi) - np.pi))


def test_a_rectangle_and_an_l_stay_as_they_are() -> None:
    square = shapely.box(0, 0, 20, 10)
    for turn in (0, 17, 45, 80):
        both = np.array([affinity.rotate(square, turn), affinity.rotate(ELL, turn)], dtype=object)
        for found, true in zip(regularised(both, 1.0), both, strict=True):
            assert found.symmetric_difference(true).area < 1e-6
            assert corners(found) == corners(true)


def test_a_step_of_half_a_pixel_is_flattened_and_its_area_kept() -> None:
    # the upper edge of 20 m jumps by 0.5 m in its middle: area 20 x 10 + 10 x 0.5
    jagged = Polygon([(0, 0), (20, 0), (20, 10), (10, 10), (10, 10.5), (0, 10.5)])
    (found,) = regularised([jagged], 1.0)
    assert corners(found) == 4
    assert found.area == pytest.approx(205)
    # at pixels of 10 cm the same step is a wall
    assert corners(regularised([jagged], 0.1)[0]) == 6


def test_a_bump_of_one_pixel_goes() -> None:
    bump = shapely.box(0, 0, 20, 10).union(shapely.box(9, 10, 10, 11))
    (found,) = regularised([bump], 1.0)
    assert corners(found) == 4
    assert found.area == pytest.approx(201)
    assert shared(found, bump) > 0.98


@settings(deadline=None, max_examples=40)
@given(st.floats(0, 180), st.floats(0, 1), st.floats(0, 1), st.sampled_from(["ell", "cut off"]))
def test_walls_are_found_again_in_pixels(turn: float, right: float, up: float, name: str) -> None:
    footprint = affinity.translate(affinity.rotate({"ell": ELL, "cut off": CUT_OFF}[name], turn), right, up)
    (found,) = regularised([traced(footprint, 0.5)], 0.5)
    assert found.is_valid
    assert shared(found, footprint) > 0.93
    # the count of pixels is all that is known of the area
    assert found.area == pytest.approx(traced(footprint, 0.5).area, rel=1e-6)
    if name == "ell":
        assert np.allclose(angles(found), 90, atol=1e-6)
    else:
        # the slanted wall of 21 m stays slanted: two corners of about 45 degrees
        assert ((angles(found) > 30) & (angles(found) < 60)).sum() >= 2


def test_without_slanted_sides_all_corners_are_right() -> None:
    (found,) = regularised([traced(CUT_OFF, 0.5)], 0.5, slanted=False)
    assert np.allclose(angles(found), 90, atol=1e-6)


def test_a_tank_becomes_a_circle() -> None:
    (found,) = regularised([traced(shapely.Point(3.3, 4.4).buffer(12), 1.0)], 1.0)
    assert corners(found) == 64
    assert shapely.hausdorff_distance(found, shapely.Point(3.3, 4.4).buffer(12)) < 0.4
    assert corners(regularised([traced(shapely.Point(3.3, 4.4).buffer(12), 1.0)], 1.0, round_=False)[0]) < 20


def test_a_court_stays_and_a_hole_of_two_pixels_is_closed() -> None:
    court = shapely.box(0, 0, 30, 30).difference(shapely.box(10, 10, 20, 20))
    chimney = shapely.box(0, 0, 30, 30).difference(shapely.box(10, 10, 12, 11))
    found = regularised([affinity.rotate(court, 20), chimney, shapely.box(0, 0, 4, 8)], 1.0)
    assert found[0].symmetric_difference(affinity.rotate(court, 20)).area < 1e-6
    assert found[1].symmetric_difference(shapely.box(0, 0, 30, 30)).area < 1e-9
    assert found[2].area == pytest.approx(32)


def test_order_direction_and_size_do_not_matter() -> None:
    rng = np.random.default_rng(4)
    some = [
        traced(affinity.rotate(affinity.scale(ELL, s, s), t))
        for s, t in rng.uniform(0.5, 90, (40, 2))
        if s < 4
    ]
    alone = [regularised([p], 1.0)[0] for p in some]
    together = regularised([p.reverse() for p in some], np.ones(len(some)))
    far = regularised(
        [affinity.translate(affinity.scale(p, 3, 3, origin=(0, 0)), 5e5, 5e6) for p in some], 3.0
    )
    for a, b, c in zip(alone, together, far, strict=True):
        assert a.symmetric_difference(b).area < 1e-6
        moved = affinity.translate(affinity.scale(a, 3, 3, origin=(0, 0)), 5e5, 5e6)
        assert moved.symmetric_difference(c).area < 1e-2


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 2**12 - 1), min_size=3, max_size=14))
def test_any_blob_of_pixels_gives_a_valid_outline_of_its_area(rows: list[int]) -> None:
    mask = np.array([[r >> k & 1 for k in range(12)] for r in rows], np.uint8)
    pieces = [shape(g) for g, _ in rasterio.features.shapes(mask, mask > 0)]
    if not pieces:
        return
    found = regularised(pieces, 1.0)
    assert shapely.is_valid(found).all()
    for piece, made in zip(pieces, found, strict=True):
        if not piece.interiors:
            assert made.area == pytest.approx(piece.area, rel=0.02)


def test_what_is_no_polygon_is_refused() -> None:
    with pytest.raises(DataError, match="expected polygons"):
        regularised([shapely.Point(1, 1)], 1.0)
    with pytest.raises(DataError, match="expected a length above 0"):
        regularised([ELL], 0.0)
    with pytest.raises(DataError, match="crosses itself"):
        regularised([Polygon([(0, 0), (20, 20), (20, 0), (0, 21)])], 1.0)
    with np.errstate(invalid="ignore"):
        nowhere = [Polygon([(0, 0), (np.nan, 1), (1, 1)]), Polygon([(0, 0), (np.inf, 1), (1, 1)])]
    for wrong in nowhere:
        with pytest.raises(DataError, match="expected numbers on a plane"):
            regularised([wrong], 1.0)
    assert len(regularised([], 1.0)) == 0


def test_specks_among_outlines_do_not_disturb_them() -> None:
    speck = shapely.box(0, 0, 1e-3, 2e-3)
    found = regularised([ELL, speck, Polygon([(0, 0), (30, 0.01), (0, 0.02)]), ELL], 1.0)
    assert found[0].symmetric_difference(ELL).area < 1e-6
    assert found[3].symmetric_difference(ELL).area < 1e-6
    assert found[1].area == pytest.approx(speck.area)


def test_how_much_of_its_rectangle_an_outline_fills() -> None:
    # the L: 30 x 12 + 12 x 13 of 30 x 25
    assert rectangularity([shapely.box(0, 0, 4, 2), ELL]) == pytest.approx([1, 516 / 750])


# Real footprints


def test_labels_of_real_houses_come_back_from_their_pixels(shared_data: Path) -> None:
    pixel = 0.451  # true pixel of the tiles, metres
    houses = []
    for file in sorted((shared_data / "xbd_joplin" / "labels").glob("*_pre_*.json")):
        for feature in json.loads(file.read_text())["features"]["xy"]:
            polygon = affinity.scale(shapely.from_wkt(feature["wkt"]), pixel, pixel, origin=(0, 0))
            if polygon.is_valid and polygon.area >= 30:
                houses.append(affinity.rotate(polygon, 20 * len(houses)))
    outlines = [traced(h, pixel) for h in houses]
    start = time.process_time()
    found = regularised(outlines, pixel)
    seconds = time.process_time() - start
    assert len(found) > 300
    # 25,000 a second and more without other work on the machine
    assert seconds < len(found) / 1500
    error = np.abs(shapely.area(found) / shapely.area(houses) - 1)
    assert np.median(error) < 0.003
    assert np.quantile(error, 0.9) < 0.01
    share = [shared(f, h) for f, h in zip(found, houses, strict=True)]
    assert np.median(share) > 0.975
    assert np.quantile(share, 0.1) > 0.95
    # a third of the corners that pixels have, and fewer
    assert np.mean([corners(f) for f in found]) < 10

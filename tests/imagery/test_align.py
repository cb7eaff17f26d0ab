"""Alignment of pictures without georeferencing: known transforms, own error, refusals, real screenshots."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from sitewatch.errors import DataError, SceneError
from sitewatch.imagery import _align_fit as fit
from sitewatch.imagery.align import _log10_nfa, align, find_overlay, warp

Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]


def town(seed: int, size: int = 700) -> Floats:
    """Blocks, roads and texture, 0..1, larger than any frame taken from it."""
    rng = np.random.default_rng(seed)
    image = cv2.GaussianBlur(rng.normal(size=(size, size)).astype(np.float32), (0, 0), 3)
    image = 0.4 + 0.08 * image / image.std()
    for _ in range(220):
        centre = tuple(float(v) for v in rng.uniform(0, size, 2))
        shape = cv2.boxPoints((centre, tuple(rng.uniform(8, 45, 2)), float(rng.uniform(0, 90))))
        cv2.fillPoly(image, [shape.astype(np.int32)], float(rng.uniform(0.1, 0.95)))
    return np.clip(cv2.GaussianBlur(image, (0, 0), 0.8), 0, 1).astype(np.float32)


def moved(
    image: Floats, turn: float, scale: float, shift: tuple[float, float], size: int = 420
) -> tuple[Floats, Matrix]:
    """A frame of `image` turned and scaled about its middle, and the transform from frame to `image`."""
    middle = (image.shape[1] / 2, image.shape[0] / 2)
    forward = cv2.getRotationMatrix2D(middle, turn, scale)
    forward[:, 2] += np.array(shift) - (np.array(middle) - size / 2)
    frame = cv2.warpAffine(image, forward, (size, size), flags=cv2.INTER_AREA)
    return frame.astype(np.float32), np.linalg.inv(np.vstack([forward, [0, 0, 1]]))


def worst(found: Matrix, true: Matrix, size: int = 420) -> float:
    """Largest distance of the two transforms over a frame, pixels of the reference."""
    edge = np.array([(x, y) for x in (40, size / 2, size - 40) for y in (40, size / 2, size - 40)], float)
    return float(np.abs(fit.apply(found, edge) - fit.apply(true, edge)).max())


@pytest.mark.parametrize(
    ("turn", "scale", "shift"),
    [(0, 1, (0, 0)), (0, 1, (13.3, -8.7)), (27, 0.93, (5, 9)), (160, 1.1, (-6, 3)), (-92, 1.4, (0, 20))],
)
def test_known_similarities_under_other_light(turn: float, scale: float, shift: tuple[float, float]) -> None:
    image = town(1)
    frame, true = moved(image, turn, scale, shift)
    rng = np.random.default_rng(2)
    dim = (0.5 * frame**1.3 + 0.02 * rng.normal(size=frame.shape)).astype(np.float32)
    found = align(image, dim)
    error = worst(found.matrix, true)
    assert error < 0.35
    assert error < 6 * found.sigma + 0.1  # its own error is no fiction
    assert found.scale == pytest.approx(1 / scale, rel=2e-3)


def test_a_shift_is_called_a_shift() -> None:
    image = town(3)
    found = align(image[:400, :400], image[20:420, 31:431])
    assert found.model == "shift"
    np.testing.assert_allclose(found.matrix, [[1, 0, 31], [0, 1, 20], [0, 0, 1]], atol=0.05)
    assert found.overlap == pytest.approx((400 - 31) * (400 - 20) / 400**2, abs=0.02)


def test_new_blocks_do_not_pull_it() -> None:
    image = town(4)
    frame, true = moved(image, 15, 1, (4, 4))
    frame[60:200, 60:260] = town(5)[60:200, 60:260]  # rebuilt
    assert worst(align(image, frame).matrix, true) < 0.5


def test_different_places_are_refused() -> None:
    for a, b in ((6, 7), (8, 9), (10, 11)):
        with pytest.raises(SceneError, match="do not match"):
            align(town(a, 420), town(b, 420))


@pytest.mark.parametrize(
    ("image", "error", "words"),
    [
        (np.zeros((10, 400), np.float32), DataError, "at least 32"),
        (np.zeros((3, 400, 400), np.float32), DataError, "rows, columns"),
        (np.full((400, 400), np.nan, np.float32), DataError, "usable pixels"),
        (np.full((400, 400), 0.3, np.float32), SceneError, "flat tone"),
    ],
)
def test_unusable_images_say_why(image: Floats, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        align(town(12, 400), image)


def written(image: Floats, *, above: int = 0) -> Floats:
    """A logo burnt in at the lower left."""
    out = np.ascontiguousarray(image.copy())
    cv2.putText(out, "Some Viewer", (6, out.shape[0] - 12 - above), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 1.0, 2)
    return out


def test_a_logo_is_found_and_does_not_pull() -> None:
    image = town(13)
    frame, true = moved(image, 60, 0.9, (0, 0), size=700)
    one, other = written(image * 0.8), written(frame * 0.8, above=9)
    masks = find_overlay(one, other)
    assert masks is not None
    for mask, above in ((masks[0], 0), (masks[1], 9)):
        assert mask[668 - above : 688 - above, 10:170].mean() > 0.95
        assert mask.mean() < 0.08
    assert worst(align(one, other).matrix, true, 700) < 0.6


def test_ground_that_did_not_move_is_no_logo() -> None:
    image = town(14)
    again = image + 0.02 * np.random.default_rng(0).normal(size=image.shape)
    assert find_overlay(image, again.astype(np.float32)) is None
    assert find_overlay(image, image[:600]) is None


def test_chance_of_an_agreement_by_hand() -> None:
    # 3 of 3 with chance 1/1000: (3-2) * C(3,3) * C(3,2) * 10^-3 = 3e-3
    assert _log10_nfa(3, 3, 1e-3) == pytest.approx(np.log10(3e-3))
    assert _log10_nfa(2, 50, 1e-3) == 0
    assert _log10_nfa(20, 100, 1e-4) < _log10_nfa(10, 100, 1e-4)


def test_fits_return_what_was_put_in() -> None:
    rng = np.random.default_rng(15)
    points = rng.uniform(0, 500, (60, 2))
    bent = np.array([[1.01, -0.2, 7], [0.21, 0.99, -4], [2e-5, -1e-5, 1]])
    target = fit.apply(bent, points)
    target[:6] += 40  # outliers
    np.testing.assert_allclose(fit.robust("homography", points, target), bent, atol=1e-3)
    noise = rng.normal(scale=0.2, size=points.shape)
    chosen = fit.choose(points, points + np.array([3, -2]) + noise)
    assert chosen.model == "shift"
    assert chosen.sigma < 0.1
    assert chosen.scatter == pytest.approx(0.2, rel=0.4)


def test_warp_leaves_out_what_was_not_seen() -> None:
    image = town(16)
    found = align(image[:400, :400], image[20:420, 31:431])
    laid, seen = warp(image[20:420, 31:431], found, (400, 400))
    assert not seen[:18].any()
    assert not seen[:, :29].any()
    assert np.isnan(laid[~seen]).all()
    np.testing.assert_allclose(laid[30:390, 40:390], image[30:390, 40:390], atol=0.03)


def _screenshot(folder: Path, name: str) -> Floats:
    return np.asarray(cv2.imread(str(folder / f"{name}.jpg")).mean(axis=-1) / 255, np.float32)


@pytest.mark.slow
def test_screenshots_close_their_loop(shared_data: Path) -> None:
    """2003 → 2009 → 2011 → 2003 leads back to where it began; turned by up to 116 degrees."""
    folder = shared_data / "google_earth_multidate" / "Fukushima"
    names = ("2003_12", "2009_11", "2011_03")
    images = {n: _screenshot(folder, n) for n in names}
    loop = np.eye(3)
    variance = 0.0
    for a, b in ((names[0], names[1]), (names[1], names[2]), (names[2], names[0])):
        step = align(images[a], images[b])
        loop = loop @ step.matrix
        variance += step.sigma**2
    plant = np.array([(x, y) for x in (250, 350, 450) for y in (150, 300, 450)], float)
    gone = np.hypot(*(fit.apply(loop, plant) - plant).T)
    assert np.median(gone) < 2.5
    assert np.median(gone) < 8 * variance**0.5


@pytest.mark.slow
def test_real_images_of_different_places_are_refused(shared_data: Path) -> None:
    folder = shared_data / "levir_cd"
    names = sorted(p.name for p in (folder / "A").iterdir())
    for i in (0, 9, 18):
        a = np.asarray(cv2.imread(str(folder / "A" / names[i]), 0), np.float32)
        b = np.asarray(cv2.imread(str(folder / "B" / names[i + 1]), 0), np.float32)
        with pytest.raises(SceneError, match="do not match"):
            align(a, b)

"""Change between two images: IR-MAD against an independent solution, kinds, thresholds, real pairs."""

import warnings
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.errors import NotGeoreferencedWarning
from shapely import box

from sitewatch.change._pair_irmad import irmad
from sitewatch.change._pair_regions import regions
from sitewatch.change._pair_structure import Structure, structure
from sitewatch.change.pair import brightness, compare_pair, spectral_score, structural_scores
from sitewatch.errors import DataError
from sitewatch.types import EventKind

Floats = npt.NDArray[np.float32]
GAINS = {"red": 1.0, "green": 0.95, "blue": 0.9}


def ground(seed: int, rows: int = 240, cols: int = 260) -> dict[str, Floats]:
    """Rolling texture without a straight edge, in three bands that go together."""
    rng = np.random.default_rng(seed)
    base = cv2.GaussianBlur(rng.normal(size=(rows, cols)).astype(np.float32), (0, 0), 6)
    base = 0.35 + 0.05 * base / base.std()
    return {
        name: (base * gain + rng.normal(scale=0.004, size=base.shape)).astype(np.float32)
        for name, gain in GAINS.items()
    }


def noisy(bands: dict[str, Floats], seed: int) -> dict[str, Floats]:
    rng = np.random.default_rng(seed)
    return {n: (b + rng.normal(scale=0.004, size=b.shape)).astype(np.float32) for n, b in bands.items()}


def with_roofs(bands: dict[str, Floats]) -> tuple[dict[str, Floats], list[tuple[int, int, int, int]]]:
    """Two roofs with their shadows: (left, top, right, bottom)."""
    roofs = [(60, 60, 100, 90), (150, 140, 185, 185)]
    built = {n: b.copy() for n, b in bands.items()}
    for left, top, right, bottom in roofs:
        for name, gain in GAINS.items():
            band = built[name]
            band[bottom : bottom + 6, left:right] = 0.1 * gain
            band[top:bottom, left:right] = 0.7 * gain
            band[(top + bottom) // 2 : bottom, left:right] = 0.6 * gain  # the slope away from the sun
    return built, roofs


def test_mad_of_one_band_by_hand() -> None:
    """One band: MAD is the standardised difference of the standardised bands."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1, 20, 20)).astype(np.float32)
    y = (3 * x + 5 + rng.normal(scale=0.5, size=x.shape)).astype(np.float32)
    found = irmad(x, y, np.ones((20, 20), bool), max_rounds=1)
    u, v = ((z - z.mean()) / z.std() for z in (x[0].astype(float), y[0].astype(float)))
    rho = np.mean(u * v)
    np.testing.assert_allclose(found.correlations, [rho], rtol=1e-4)
    np.testing.assert_allclose(found.chi2, (u - v) ** 2 / (2 * (1 - rho)), rtol=2e-3, atol=1e-5)


def test_canonical_correlations_agree_with_a_solution_by_qr() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(4, 900))
    y = np.vstack([x[0] + x[1], x[2], rng.normal(size=900), x[3]]) + 0.5 * rng.normal(size=(4, 900))
    shape = (4, 30, 30)
    found = irmad(
        x.reshape(shape).astype(np.float32),
        y.reshape(shape).astype(np.float32),
        np.ones(shape[1:], bool),
        max_rounds=1,
    )
    qx, qy = (np.linalg.qr((z - z.mean(axis=1, keepdims=True)).T)[0] for z in (x, y))
    np.testing.assert_allclose(np.sort(found.correlations), np.sort(np.linalg.svd(qx.T @ qy)[1]), atol=1e-4)
    # With unit-variance differences the chi-square has as many degrees of freedom as bands.
    assert found.chi2.mean() == pytest.approx(4, rel=0.01)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(0.2, 5), min_size=3, max_size=3), st.floats(-3, 3))
def test_irmad_does_not_see_gain_and_offset(gains: list[float], offset: float) -> None:
    before, ok = np.stack(list(ground(2, 40, 40).values())), np.ones((40, 40), bool)
    after = np.stack(list(noisy(ground(2, 40, 40), 3).values()))
    scaled = (after * np.array(gains, np.float32)[:, None, None] + offset).astype(np.float32)
    plain, other = (irmad(before, image, ok, max_rounds=5).chi2 for image in (after, scaled))
    assert np.corrcoef(plain.ravel(), other.ravel())[0, 1] > 0.98


def test_irmad_weights_bring_the_change_out() -> None:
    before = ground(4)
    after = {n: 0.5 * b + 0.1 for n, b in noisy(before, 5).items()}
    after["red"][50:110, 50:130] += 0.06
    x, y = (np.stack(list(b.values())) for b in (before, after))
    ok = np.ones(x.shape[1:], bool)
    inside, contrast = np.s_[60:100, 60:120], []
    for rounds in (1, 30):
        chi2 = irmad(x, y, ok, max_rounds=rounds).chi2
        contrast.append(np.median(chi2[inside]) / np.median(chi2[140:]))
    assert contrast[1] > 3 * contrast[0]


@pytest.mark.parametrize(
    ("before", "after", "ok"),
    [((3, 9, 9), (2, 9, 9), (9, 9)), ((9, 9), (9, 9), (9, 9)), ((3, 9, 9), (3, 9, 9), (9, 8))],
)
def test_irmad_says_what_shapes_came(
    before: tuple[int, ...], after: tuple[int, ...], ok: tuple[int, ...]
) -> None:
    with pytest.raises(DataError, match="expected one"):
        irmad(np.zeros(before, np.float32), np.zeros(after, np.float32), np.ones(ok, bool))


def test_regions_of_a_drawn_mask() -> None:
    mask = np.zeros((20, 30), bool)
    mask[4:10, 5:17] = True
    mask[15, 25] = True
    found = list(regions(mask, 6, 0))
    assert len(found) == 1
    outline, own, window = found[0]
    assert outline.equals(box(5, 4, 17, 10))
    assert own.all()
    assert window == (slice(4, 10), slice(5, 17))


def test_roofs_appear_and_in_reverse_are_removed() -> None:
    before = ground(6)
    after, roofs = with_roofs(noisy(before, 7))
    ok = np.ones((240, 260), bool)
    for first, second, kind in ((before, after, EventKind.APPEARED), (after, before, EventKind.REMOVED)):
        change = compare_pair(first, second, ok, pixel_m=0.5)
        for roof in roofs:
            hits = [o for o in change.objects if o.outline.intersects(box(*roof))]
            assert kind in {o.kind for o in hits}
            largest = max(hits, key=lambda o: o.outline.intersection(box(*roof)).area)
            # The outline is the changed patch, shadow and rim with it: it covers the roof, and little else.
            assert largest.outline.intersection(box(*roof)).area > 0.5 * box(*roof).area
            assert largest.outline.difference(box(*roof).buffer(12)).area < 0.3 * largest.outline.area
        far = [o for o in change.objects if not any(o.outline.intersects(box(*r).buffer(12)) for r in roofs)]
        assert far == []


def test_other_light_is_no_change() -> None:
    before, _ = with_roofs(ground(8))
    after = {n: 0.6 * b + 0.05 for n, b in noisy(before, 9).items()}
    assert compare_pair(before, after, np.ones((240, 260), bool), pixel_m=0.5).objects == ()


def test_the_same_image_twice_is_no_change() -> None:
    before, _ = with_roofs(ground(10))
    change = compare_pair(before, before, np.ones((240, 260), bool))
    assert change.objects == ()
    assert change.score.max() < 1


def test_a_sharper_image_is_no_change() -> None:
    after, _ = with_roofs(ground(11))
    before = {n: np.asarray(cv2.GaussianBlur(b, (0, 0), 1.5), np.float32) for n, b in after.items()}
    kinds = {o.kind for o in compare_pair(before, after, np.ones((240, 260), bool), pixel_m=0.5).objects}
    assert EventKind.APPEARED not in kinds


def test_coarse_pixels_are_only_altered() -> None:
    before = ground(12)
    after = noisy(before, 13)
    after["red"][100:106, 120:127] += 0.3
    change = compare_pair(before, after, np.ones((240, 260), bool), pixel_m=10)
    assert not change.structural
    assert [o.kind for o in change.objects] == [EventKind.ALTERED]
    assert change.objects[0].outline.contains(box(121, 101, 126, 105))


def test_what_was_not_seen_is_not_told() -> None:
    before = ground(14)
    after, _ = with_roofs(noisy(before, 15))
    ok = np.ones((240, 260), bool)
    ok[50:100, 50:110] = False  # a cloud over the first roof
    for band in after.values():
        band[50:100, 50:110] = np.nan
    change = compare_pair(before, after, ok, pixel_m=0.5)
    assert np.isnan(change.score[~ok]).all()
    assert np.isfinite(change.score[ok]).all()
    assert not any(o.outline.intersects(box(55, 55, 105, 95)) for o in change.objects)


@pytest.mark.parametrize(
    ("before", "after", "ok", "words"),
    [
        (("red",), ("nir",), (30, 30), "the same"),
        ((), (), (30, 30), "not empty"),
        (("red",), ("red",), (30, 31), "one shape"),
        (("red",), ("red",), None, "usable"),
    ],
)
def test_bad_calls_say_what_came(
    before: tuple[str, ...], after: tuple[str, ...], ok: tuple[int, int] | None, words: str
) -> None:
    image = np.zeros((30, 30), np.float32)
    mask = np.zeros((30, 30), bool) if ok is None else np.ones(ok, bool)
    with pytest.raises(DataError, match=words):
        compare_pair(dict.fromkeys(before, image), dict.fromkeys(after, image), mask)


def test_brightness_by_what_there_is() -> None:
    one, two = np.full((2, 2), 1, np.float32), np.full((2, 2), 3, np.float32)
    assert brightness({"red": one, "blue": two, "nir": two})[0, 0] == 2
    assert brightness({"pan": two, "nir": one})[0, 0] == 3
    assert brightness({"nir": one, "swir16": two})[0, 0] == 2


def test_structure_threshold_is_the_quieter_side() -> None:
    gained, lost = np.full((4, 4), 2.0, np.float32), np.full((4, 4), 0.1, np.float32)
    up, down = structural_scores(Structure(gained, lost))
    np.testing.assert_allclose(up, 2 / 0.25)
    np.testing.assert_allclose(down, 0.1 / 0.25)


# Real pairs. Thresholds were chosen on LEVIR-CD pairs of even position; those of odd position stand here.


def _levir(folder: Path, name: str) -> tuple[dict[str, Floats], dict[str, Floats], npt.NDArray[np.bool_]]:
    bands = []
    for side in ("A", "B"):
        path = next((folder / side).glob(f"{name}.*"))
        image = cv2.imread(str(path)).astype(np.float32) / 255
        bands.append(
            {n: np.ascontiguousarray(image[..., k]) for n, k in (("red", 2), ("green", 1), ("blue", 0))}
        )
    label = cv2.imread(str(folder / "label" / f"{name}.png"), cv2.IMREAD_GRAYSCALE) > 0
    return bands[0], bands[1], label


@pytest.mark.slow
def test_new_houses_of_levir_beat_what_was_known_without_training(shared_data: Path) -> None:
    """Pixel F1 of gained structure, 12 pairs not used for choosing thresholds: above top-hat's .27."""
    folder = shared_data / "levir_cd"
    names = sorted(p.stem for p in (folder / "label").glob("*.png"))[1::2]
    assert len(names) == 12
    hit = told = true = 0
    for name in names:
        before, after, label = _levir(folder, name)
        ok = np.ones(label.shape, bool)
        evidence = structure(brightness(before), brightness(after), None, ok, None)
        found = structural_scores(evidence)[0] > 1
        hit, told, true = hit + (found & label).sum(), told + found.sum(), true + label.sum()
    assert 2 * hit / (told + true) > 0.36


def test_irmad_on_labelled_landsat(shared_data: Path) -> None:
    """Overall accuracy on 21,390 labelled pixels, threshold from the images alone."""
    folder = shared_data / "landsat_taizhou" / "Taizhou"
    layers = {}
    for name in ("2000TM", "2003TM", "change.bmp", "unchanged.bmp"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(folder / name) as file:
                layers[name] = file.read()
    before, after = (layers[n].astype(np.float32) for n in ("2000TM", "2003TM"))
    changed, unchanged = (layers[n][0] > 0 for n in ("change.bmp", "unchanged.bmp"))
    found = spectral_score(irmad(before, after, np.ones(changed.shape, bool)), fine=False) > 1
    accuracy = (found[changed].sum() + (~found)[unchanged].sum()) / (changed.sum() + unchanged.sum())
    assert accuracy > 0.965

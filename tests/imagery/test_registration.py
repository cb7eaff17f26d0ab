"""Registration: hand-made answers, known shifts, honest errors, and stacks."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from sitewatch.errors import DataError
from sitewatch.imagery import _composite
from sitewatch.imagery._bands import error_of_bands
from sitewatch.imagery._composite import median_composite, move_back
from sitewatch.imagery._correlate import masked_correlation
from sitewatch.imagery._refine import CHI2_QUARTER, _combine, _spread, refine
from sitewatch.imagery._windows import Reference, _choose, interpolator
from sitewatch.imagery._windows import cut as cut_windows
from sitewatch.imagery.registration import Shift, estimate_shift, register_stack
from sitewatch.types import RegistrationStatus

F32 = npt.NDArray[np.float32]
Bool = npt.NDArray[np.bool_]
SIZE = 96


def ground(seed: int, size: int = 2 * SIZE) -> F32:
    """A texture with detail at several scales, periodic, so that a Fourier shift of it is exact."""
    rng = np.random.default_rng(seed)
    layers = [gaussian_filter(rng.normal(0, 1, (size, size)), s, mode="wrap") * s for s in (1.5, 4, 10)]
    return (0.2 + 0.05 * np.sum(layers, axis=0)).astype(np.float32)


def moved(image: F32, dx: float, dy: float) -> F32:
    """`image` with its content moved right by dx and down by dy."""
    ky, kx = np.fft.fftfreq(image.shape[0])[:, None], np.fft.rfftfreq(image.shape[1])[None]
    spectrum = np.fft.rfft2(image) * np.exp(-2j * np.pi * (kx * dx + ky * dy))
    return np.fft.irfft2(spectrum, s=image.shape).astype(np.float32)


def cut(image: F32) -> F32:
    return image[SIZE // 2 : SIZE // 2 + SIZE, SIZE // 2 : SIZE // 2 + SIZE]


def everywhere(image: F32) -> Bool:
    return np.ones(image.shape[-2:], np.bool_)


def estimate(a: F32, b: F32, a_ok: Bool | None = None, b_ok: Bool | None = None, **options: float) -> Shift:
    return estimate_shift(
        a,
        b,
        reference_ok=everywhere(a) if a_ok is None else a_ok,
        moving_ok=everywhere(b) if b_ok is None else b_ok,
        **options,
    )


# By hand


def test_interpolator_at_whole_pixels_picks_one_sample() -> None:
    np.testing.assert_array_equal(interpolator(0.0), np.eye(11)[5])
    np.testing.assert_allclose(interpolator(-2.0), np.eye(11)[3], atol=1e-6)


def test_interpolator_keeps_a_slope_and_a_cubic() -> None:
    x = np.arange(-5, 6)
    for offset in (-1.7, -0.25, 0.4, 1.9):
        assert interpolator(offset) @ x == pytest.approx(offset, abs=1e-5)
        assert interpolator(offset) @ x**3 == pytest.approx(offset**3, abs=1e-4)


def test_correlation_of_two_points() -> None:
    a, b = np.zeros((1, 5, 5), np.float32), np.zeros((1, 5, 5), np.float32)
    a[0, 2, 2] = b[0, 3, 1] = 1
    ok = np.ones((5, 5), np.bool_)
    surface = masked_correlation(a, b, ok, ok, 2)
    # Two points meet where the second lies one row down and one column left: 16 pixels overlap there.
    expected = np.zeros((5, 5))
    expected[2 + 1, 2 - 1] = 1 / 16
    np.testing.assert_allclose(surface, expected, atol=1e-7)


def test_move_back_samples_where_the_content_lies() -> None:
    image = np.arange(20, dtype=np.float32).reshape(1, 4, 5)
    ok = np.ones((4, 5), np.bool_)
    values, usable = move_back(image, ok, (1.0, 2.0))
    np.testing.assert_allclose(values[0, :2, :4], image[0, 2:, 1:], atol=1e-5)
    np.testing.assert_array_equal(usable, [[True] * 4 + [False]] * 2 + [[False] * 5] * 2)


def test_composite_is_the_median_of_what_is_usable() -> None:
    images = [np.full((1, 3, 3), v, np.float32) for v in (1, 2, 9)]
    usable = [np.ones((3, 3), np.bool_) for _ in images]
    usable[2][0, 0] = False
    usable[1][0, 0] = False
    composite, ok = median_composite(images, usable, [Shift(0, 0, 0.1, True)] * 3)
    np.testing.assert_allclose(composite[0, 1:], 2)
    assert not ok[0, 0]  # one scene alone is no median
    assert ok.sum() == 8


def test_composite_prefers_scenes_whose_parts_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_composite, "MAX_SCENES", 2)
    images = [np.full((1, 3, 3), v, np.float32) for v in (1, 9, 2)]
    # The scene whose bands lie apart is as good as any; the one whose windows disagree is left out.
    shifts = [
        Shift(0, 0, sigma, True, within=within) for sigma, within in ((0.3, 0.01), (0.1, 0.1), (0.02, 0.02))
    ]
    composite, _ = median_composite(images, [np.ones((3, 3), np.bool_)] * 3, shifts)
    np.testing.assert_allclose(composite, 1.5)


class Rows(list[np.ndarray]):
    """A stack that is asked for rows."""

    asked = 0

    def rows(self, k: int, first: int, end: int) -> np.ndarray:
        assert 0 <= first < end <= self[k].shape[-2]
        self.asked += 1
        return self[k][..., first:end, :]


def test_composite_in_strips_is_the_composite(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    images = Rows(rng.uniform(size=(5, 2, 40, 30)).astype(np.float32))
    usable = Rows(rng.uniform(size=(5, 40, 30)) < 0.95)
    shifts = [Shift(dx, dy, 0.1, True) for dx, dy in ((0, 0), (1.3, -2.6), (-0.4, 9.5), (2, -9.7), (-8.2, 3))]
    values, ok = median_composite(images, usable, shifts)
    monkeypatch.setattr(_composite, "MAX_VALUES", 2 * 30 * 5 * 7)
    monkeypatch.setattr(_composite, "AT_ONCE", 2 * 30 * 5 * 3)
    before = images.asked
    in_strips, ok_in_strips = median_composite(images, usable, shifts, [float(u.mean()) for u in usable])
    assert images.asked > before + 5 * 5
    np.testing.assert_array_equal(ok_in_strips, ok)
    np.testing.assert_array_equal(in_strips, values)
    assert 0.3 < ok.mean() < 1


def test_windows_lie_on_the_reference_whatever_the_shift() -> None:
    image, ok = ground(1)[None], np.ones((2 * SIZE, 2 * SIZE), np.bool_)
    plain, _, shape, complete = _choose(image, ok, ok, (0, 0), 500)
    moved_, *_ = _choose(image, ok, ok, (6, -5), 500)
    assert (len(plain), shape, complete) == (100, (19, 19), True)
    assert plain == moved_
    # A border window moved off the other image keeps its place, and only its pixels that meet count.
    away = cut_windows(Reference(image, ok), image, ok, whole=(6, -5), limit=500)
    assert away is not None
    first = away.weight[
        0
    ]  # rows of the reference from 0 meet rows from -5, and three more touch what is missing
    assert first[:8].sum() == 0
    assert first[8:, 3:].all()


def test_the_sharpest_window_does_not_decide() -> None:
    # Own shifts of -0.3, 0 and 0.3 pixels along x, all known to a thousandth: the spread among them is what counts.
    own = np.array([[-0.3, 0.0], [0.0, 0.0], [0.3, 0.0]])
    normal = 1e7 * np.tile(np.eye(2), (3, 1, 1))
    step, variance, spread, *_ = _combine(
        normal, np.einsum("kij,kj->ki", normal, own), np.ones(3, np.float32)
    )
    assert step == pytest.approx([0.0, 0.0], abs=1e-9)
    # Distances squared are 0, 0.09 and 0.09; their quarter is half way from the first to the second.
    assert spread == pytest.approx(0.045 / CHI2_QUARTER, rel=0.01)
    # A mean of three: 0.245 / root 3 along x, nothing along y, so a root 2 less; leverage and weights add to it.
    assert 0.1 < np.sqrt(variance) < 0.35
    normal[2] *= 100  # perhaps a shore
    step, *_ = _combine(normal, np.einsum("kij,kj->ki", normal, own), np.ones(3, np.float32))
    assert step == pytest.approx([0.0, 0.0], abs=0.03)


def test_spread_of_windows_that_only_noise_moves_is_none() -> None:
    noise, part = np.full(6, 0.04), np.ones(6)
    assert _spread(np.full(6, 0.01), noise, part) == (0.0, pytest.approx(0.5 / CHI2_QUARTER, rel=1e-6))
    spread, typical = _spread(np.full(6, 0.5), noise, part)
    assert spread == pytest.approx(1.0 / CHI2_QUARTER - 0.04, rel=1e-6)
    assert typical == 1


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.02, 0.8), st.sampled_from([1.5, 2.5, 30.0]))
def test_turning_all_windows_turns_the_answer(seed: int, spread: float, tail: float) -> None:
    rng = np.random.default_rng(seed)
    own = spread * rng.standard_t(tail, (40, 2))
    factors = rng.normal(0, 30, (40, 2, 2))
    normal = factors @ factors.transpose(0, 2, 1)
    usable = rng.uniform(0.25, 1, 40).astype(np.float32)

    def common(shifts: npt.NDArray[np.float64], matrix: npt.NDArray[np.float64]) -> tuple[object, ...]:
        return _combine(matrix, np.einsum("kij,kj->ki", matrix, shifts), usable)[:3]

    step, variance, own_spread = common(own, normal)
    assert variance > 0
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    turned = common(own @ turn.T, turn @ normal @ turn.T)
    np.testing.assert_allclose(turned[0], turn @ step, atol=1e-6)
    np.testing.assert_allclose(turned[1:], (variance, own_spread), rtol=1e-5, atol=1e-9)


def test_the_step_is_made_of_the_windows_scores() -> None:
    rng = np.random.default_rng(4)
    factors = rng.normal(0, 30, (20, 2, 2))
    normal = factors @ factors.transpose(0, 2, 1) + np.eye(2)
    score = np.einsum("kij,kj->ki", normal, rng.normal(0.2, 0.1, (20, 2)))
    found = _combine(normal, score, np.ones(20, np.float32))
    np.testing.assert_allclose(np.einsum("kij,kj->i", found.lever, score), found.step, rtol=1e-6)
    # What all windows say alike comes out as it is.
    np.testing.assert_allclose((found.lever @ normal).sum(axis=0), np.eye(2), atol=1e-6)
    assert (found.weight > 0).all()


def bands_error(
    own: npt.NDArray[np.float64], noise: float = 0.0, seed: int = 0, tells: Sequence[float] = ()
) -> float:
    """Of bands with these shifts, seen alike by thirty windows that go their own ways, too; `tells` is how much each
    band tells of a shift, all alike where not given."""
    rng = np.random.default_rng(seed)
    tell = np.array(tells or [1.0] * len(own))[:, None, None]
    normal = 1e4 * tell[..., None] * np.broadcast_to(np.eye(2), (len(own), 30, 2, 2))
    shifts = own[:, None] + rng.normal(0, 0.5, (30, 2))
    shifts = shifts + rng.normal(0, max(noise, 1e-9), (len(own), 30, 2)) / np.sqrt(tell)
    lever = np.broadcast_to(np.eye(2) / (30 * tell.sum() * 1e4), (30, 2, 2))
    return error_of_bands(normal, np.einsum("bwij,bwj->bwi", normal, shifts), np.ones(30), lever)


def test_error_of_bands_by_hand() -> None:
    assert bands_error(np.zeros((1, 2))) == 0
    assert bands_error(np.full((4, 2), 0.3)) == pytest.approx(0, abs=1e-9)
    # Two bands .2 apart on both axes: a variance of .02 on either side of their middle, half of it for two.
    apart = np.array([[0.1, 0.1], [-0.1, -0.1]])
    assert bands_error(apart) == pytest.approx(0.02 / 2, rel=0.1)
    # Where one tells nine times as much, the common shift lies .9 * .1 - .1 * .1 from their middle, besides.
    assert bands_error(apart, tells=(9, 1)) == pytest.approx(0.02 / 2 + 0.08**2, rel=0.1)


def test_error_of_bands_does_not_take_noise_for_shifts() -> None:
    found = [bands_error(np.zeros((4, 2)), noise=0.1, seed=k) for k in range(40)]
    assert np.mean(found) < 0.5 * 0.1**2 / (30 * 4)  # half of what noise taken for shifts would make
    assert np.median(found) < 1e-5


@pytest.mark.parametrize("tells", [(1, 1, 1, 1), (9, 1, 1, 1)])
def test_error_of_bands_holds_for_what_they_vary_around(tells: tuple[float, ...]) -> None:
    pulls = []
    for seed in range(200):
        own = np.random.default_rng((9, seed)).normal(0, 0.05, (4, 2))
        common = np.average(own, axis=0, weights=tells)
        pulls += list(common / np.sqrt(bands_error(own, noise=0.02, seed=seed, tells=tells)))
    assert 0.6 < np.mean(np.abs(pulls) < 1) < 0.75


def test_bands_apart_are_told_in_the_stated_error() -> None:
    textures = [ground(k) for k in (5, 6, 7)]
    together = np.stack([cut(moved(t, 0.3, 0.2)) for t in textures])
    slips = ((0.15, 0.0), (-0.1, 0.1), (-0.05, -0.1))
    slipped = np.stack([cut(moved(t, 0.3 + x, 0.2 + y)) for t, (x, y) in zip(textures, slips, strict=True)])
    reference = np.stack([cut(t) for t in textures])
    fits, slips_fit = (estimate(reference, image) for image in (together, slipped))
    assert fits.sigma < 0.01
    assert 0.04 < slips_fit.sigma < 0.12
    assert slips_fit.within < 0.01  # the windows see nothing of it


def test_bands_far_apart_are_no_reason_to_refuse() -> None:
    rng = np.random.default_rng(0)
    textures = np.stack([ground(k) for k in range(4)])
    slips = ((0.9, 0.0), (-0.9, 0.4), (0.0, -0.8), (0.3, 0.4))
    slipped = np.stack([moved(t, x, y) for t, (x, y) in zip(textures, slips, strict=True)])
    a, b = (x + rng.normal(0, 0.001, x.shape).astype(np.float32) for x in (textures, slipped))
    found = estimate(a, b)
    assert found.ok, found.reason
    assert found.within < 0.05
    assert found.sigma > 0.35


def test_few_windows_are_less_sure() -> None:
    image = ground(3)[:60, :60]
    noise = np.random.default_rng(0).normal(0, 0.02, image.shape).astype(np.float32)
    found = refine(
        Reference(image[None], everywhere(image)), (image + noise)[None], everywhere(image), (0, 0)
    )
    assert found is not None
    # One band; Student's t with n - 1 degrees of freedom varies by (n - 1) / (n - 3).
    extra = found.scatter**2 * 2 / (found.windows - 3)
    assert found.sigma**2 - found.within**2 == pytest.approx(extra)
    assert extra > 1e-5


def test_stated_scatter_holds_where_windows_differ_much() -> None:
    pulls = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        own = 0.4 * rng.standard_t(1.5, (49, 2))  # some far off, as on shores and in the shade
        normal = rng.uniform(1e2, 1e4, (49, 1, 1)) * np.eye(2)
        step, variance, *_ = _combine(normal, np.einsum("kij,kj->ki", normal, own), np.ones(49, np.float32))
        pulls += list(step / np.sqrt(variance))
    assert 0.85 < np.sqrt(np.mean(np.square(pulls))) < 1.2
    assert 0.62 < np.mean(np.abs(pulls) < 1) < 0.76


# Pairs


def test_direction_of_a_whole_pixel_shift() -> None:
    image = ground(1)
    found = estimate(cut(image), cut(np.roll(image, (-2, 3), (0, 1))))
    assert found.ok, found.reason
    assert (found.dx, found.dy) == (pytest.approx(3, abs=0.01), pytest.approx(-2, abs=0.01))


@settings(max_examples=15, deadline=None)
@given(dx=st.floats(-8, 8), dy=st.floats(-8, 8), seed=st.integers(0, 50))
def test_any_shift_is_found_and_reverses(dx: float, dy: float, seed: int) -> None:
    image = ground(seed)
    a, b = cut(image), cut(moved(image, dx, dy))
    there, back = estimate(a, b), estimate(b, a)
    assert there.ok, there.reason
    assert back.ok, back.reason
    assert np.hypot(there.dx - dx, there.dy - dy) < 0.02
    assert np.hypot(there.dx + back.dx, there.dy + back.dy) < 0.02


@pytest.mark.parametrize("gain", [0.3, 4.0, -1.0])
def test_gain_offset_and_inversion_do_not_matter(gain: float) -> None:
    image = ground(2)
    ramp = 1 + 0.3 * np.linspace(0, 1, SIZE, dtype=np.float32)
    found = estimate(cut(image), gain * cut(moved(image, 1.3, -0.4)) * ramp + 7)
    assert found.ok, found.reason
    assert np.hypot(found.dx - 1.3, found.dy + 0.4) < 0.03


def test_masked_pixels_may_hold_anything() -> None:
    image, rng = ground(3), np.random.default_rng(3)
    a, b = cut(image).copy(), cut(moved(image, -2.6, 0.7)).copy()
    a_ok, b_ok = everywhere(a), everywhere(b)
    a_ok[:30, :40] = False
    b_ok[gaussian_filter(rng.normal(0, 1, b.shape), 8) > 0.02] = False
    a[~a_ok] = np.nan
    b[~b_ok] = rng.choice([np.nan, np.inf, 50.0], (~b_ok).sum())
    found = estimate(a, b, a_ok, b_ok)
    assert found.ok, found.reason
    assert np.hypot(found.dx + 2.6, found.dy - 0.7) < 0.03


def test_unmasked_change_does_not_pull() -> None:
    image, other = ground(4), ground(99)
    b = cut(moved(image, 0.5, 0.5)).copy()
    b[20:55, 10:45] = cut(other)[20:55, 10:45]  # an eighth of the image is another place
    b[70:80, 60:90] = 3.0  # and a white roof
    found = estimate(cut(image), b)
    assert found.ok, found.reason
    assert np.hypot(found.dx - 0.5, found.dy - 0.5) < 0.02


def test_stated_error_is_honest() -> None:
    pulls = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        image, (dx, dy) = ground(seed), rng.uniform(-3, 3, 2)
        noise = 10 ** rng.uniform(-3, -1.9)  # the texture has a standard deviation of 0.024
        a, b = (
            cut(i) + rng.normal(0, noise, (SIZE, SIZE)).astype(np.float32)
            for i in (image, moved(image, dx, dy))
        )
        found = estimate(a, b)
        assert found.ok, found.reason
        pulls += [(found.dx - dx) / found.sigma, (found.dy - dy) / found.sigma]
    assert 0.5 < np.sqrt(np.mean(np.square(pulls))) < 1.3
    assert np.mean(np.abs(pulls) < 1.645) > 0.85


def test_other_places_are_refused() -> None:
    found = [estimate(cut(ground(k)), cut(ground(k + 100))) for k in range(25)]
    assert not any(s.ok for s in found)
    assert all(s.reason and s.sigma == np.inf for s in found)


def test_a_search_cut_off_at_its_end_is_no_answer() -> None:
    image = ground(3)
    a, b = cut(image)[None], cut(moved(image, 4.0, 0.0))[None]
    ok = everywhere(a)
    found = refine(Reference(a, ok), b, ok, (4.4, 0.3))
    assert found is not None
    assert np.hypot(found.dx - 4.0, found.dy) < 0.02
    # Three pixels away, beyond the two that the fit looks at: whatever it says, it must not vouch for it.
    far = refine(Reference(a, ok), b, ok, (1.0, 0.0))
    assert far is not None
    assert far.dx < 3.1
    assert far.within > 0.35


def test_why_it_failed() -> None:
    image = cut(ground(5))
    few = everywhere(image)
    few[10:] = False
    assert "usable in both" in estimate(image, image, few, few[::-1]).reason
    assert "pattern" in estimate(image, np.ones_like(image)).reason
    far = estimate(cut(ground(5)), cut(moved(ground(5), 9.0, 0)), max_shift=4)
    assert not far.ok


def test_bad_calls() -> None:
    image = cut(ground(6))
    with pytest.raises(DataError, match=r"\(96, 96\) and \(95, 96\)"):
        estimate(image, image[1:], everywhere(image), everywhere(image))
    with pytest.raises(DataError, match="max_shift is 0"):
        estimate(image, image, max_shift=0)
    holed = image.copy()
    holed[4, 5] = np.nan
    with pytest.raises(DataError, match="moving image holds 1 usable pixel"):
        estimate(image, holed)


# Stacks


def stack(shifts: Sequence[tuple[float, float]], seed: int = 7) -> tuple[list[F32], list[Bool]]:
    """Two bands of one place under changing light, noise and some cloud."""
    rng = np.random.default_rng(seed)
    bands = [ground(seed), ground(seed) + 0.5 * ground(seed + 1)]
    images, usable = [], []
    for dx, dy in shifts:
        image = np.stack([rng.uniform(0.7, 1.4) * cut(moved(b, dx, dy)) + rng.uniform(0, 0.1) for b in bands])
        image += rng.normal(0, 0.01, image.shape)
        ok = gaussian_filter(rng.normal(0, 1, image.shape[1:]), 10) < 0.03
        image[:, ~ok] = 0.8
        images.append(image.astype(np.float32))
        usable.append(ok)
    return images, usable


TRUTH = [(0.0, 0.0), (1.4, -2.2), (-3.1, 0.6), (0.3, 0.9), (2.5, 2.5), (-0.7, -1.1), (0.2, -0.4)]
IDS = [f"s{k}" for k in range(len(TRUTH))]


def test_stack_against_its_composite() -> None:
    images, usable = stack(TRUTH)
    calls: list[tuple[int, int]] = []
    found = register_stack(images, usable, IDS, progress=lambda done, total: calls.append((done, total)))
    assert [r.scene_id for r in found] == IDS
    assert {r.reference for r in found} == {"composite"}
    got = np.array([(r.dx, r.dy) for r in found])
    np.testing.assert_allclose(np.median(got, axis=0), 0, atol=1e-9)
    off = got - (np.array(TRUTH) - np.median(TRUTH, axis=0))
    assert np.sqrt(np.mean(np.square(off))) < 0.04
    assert np.abs(off / np.array([[r.sigma] for r in found])).max() < 3
    assert calls[-1] == (14, 14)
    assert calls == sorted(calls)


def test_order_of_scenes_does_not_matter() -> None:
    images, usable = stack(TRUTH)
    found = register_stack(images, usable, IDS)
    order = [4, 2, 6, 0, 1, 5, 3]
    again = register_stack([images[k] for k in order], [usable[k] for k in order], [IDS[k] for k in order])
    by_id = {r.scene_id: r for r in again}
    for r in found:
        assert (by_id[r.scene_id].dx, by_id[r.scene_id].dy) == (
            pytest.approx(r.dx, abs=1e-4),
            pytest.approx(r.dy, abs=1e-4),
        )


def test_scenes_that_cannot_be_registered_are_named_with_the_reason() -> None:
    images, usable = stack(TRUTH)
    usable[3][:] = False  # nothing seen
    images[5] = np.stack([cut(ground(300)), cut(ground(301))])  # cloud that the mask missed all over
    found = register_stack(images, usable, IDS)
    assert [r.scene_id for r in found if r.status is RegistrationStatus.FAILED] == ["s3", "s5"]
    assert "usable" in found[3].reason
    assert "pattern" in found[5].reason
    good = [k for k in range(7) if k not in (3, 5)]
    got = np.array([(found[k].dx, found[k].dy) for k in good])
    true = np.array([TRUTH[k] for k in good])
    np.testing.assert_allclose(got, true - np.median(true, axis=0), atol=0.1)


def test_two_scenes_and_none() -> None:
    images, usable = stack(TRUTH[:2])
    found = register_stack(images, usable, ["a", "b"])
    reference = next(r for r in found if r.status is RegistrationStatus.REFERENCE)
    other = next(r for r in found if r is not reference)
    sign = 1 if reference.scene_id == "a" else -1
    assert other.reference == reference.scene_id
    assert (other.dx, other.dy) == (pytest.approx(1.4 * sign, abs=0.08), pytest.approx(-2.2 * sign, abs=0.08))
    assert 0.01 < other.sigma < 0.06
    assert register_stack([], [], []) == []


def test_bad_stacks() -> None:
    images, usable = stack(TRUTH[:2])
    with pytest.raises(DataError, match="2 images, 2 masks, 1 ids"):
        register_stack(images, usable, ["a"])
    with pytest.raises(DataError, match="scene b"):
        register_stack([images[0], images[1][:, 1:]], usable, ["a", "b"])


# Real data


def benchmark() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "registration.py"
    spec = importlib.util.spec_from_file_location("registration_benchmark", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_known_shifts_on_a_real_scene(shared_data: Path) -> None:
    bench = benchmark()
    with rasterio.open(shared_data / bench.SCENE) as source:
        scene = source.read(1)
    for seed in range(40000, 40003):
        pair = bench.make_pair(scene, 400, np.random.default_rng(seed), dirty=True)
        dx, dy, _ = bench.ours(pair.reference, pair.moving, pair.reference_ok, pair.moving_ok)
        assert np.hypot(dx - pair.dx, dy - pair.dy) < 0.03


def test_unmasked_cloud_on_real_dates_does_not_lead_away(shared_data: Path) -> None:
    """Its edges hold the strongest gradients. Blocks around this one say (-0.63, 1.83), give or take 0.05."""
    looks = []
    for name, row, col in (
        ("tgt_S2A_20160529T153631_T33UUU_sub.jp2", 449, 1000),
        ("ref_S2A_20160608T153121_T33UUU_sub.jp2", 0, 1544),
    ):
        with rasterio.open(shared_data / "sentinel2_scene" / name) as source:
            window = ((row, row + 500), (col, col + 500))
            looks.append(source.read(1, window=window).astype(np.float32))
    there, back = estimate(*looks), estimate(*looks[::-1])
    assert np.hypot(there.dx + 0.63, there.dy - 1.83) < 0.1
    assert np.hypot(there.dx + back.dx, there.dy + back.dy) < 0.05


@pytest.mark.parametrize("site", ["site11_3m", "site11_10m"])
def test_aligned_simulated_stacks_need_no_second_alignment(shared_data: Path, site: str) -> None:
    images, usable = [], []
    folder = shared_data / "simulated_sites" / site
    paths = sorted(folder.glob("*_AnalyticMS_SR.tif"))[4:16]
    for path in paths:
        with rasterio.open(path) as image, rasterio.open(str(path).replace("AnalyticMS_SR", "udm2")) as mask:
            images.append(image.read([2, 3, 4]).astype(np.float32) * 1e-4)
            usable.append((mask.read(1) == 1) & (images[-1] > 0).all(axis=0))
    ids = [p.name for p in paths]
    found = register_stack(images, usable, ids)
    assert all(r.status is RegistrationStatus.OK for r in found)
    aligned = [move_back(i, u, (r.dx, r.dy)) for i, u, r in zip(images, usable, found, strict=True)]
    again = register_stack([a for a, _ in aligned], [u for _, u in aligned], ids)
    rest = [np.hypot(r.dx, r.dy) for r in again if r.status is RegistrationStatus.OK]
    assert np.median(rest) < 0.04
    assert max(rest) < 0.25

"""Light, clouds, and the errors of the vendor's mask."""

from datetime import date

import numpy as np
import pytest

from sitewatch.optics import Sun
from sitewatch.simulate import atmosphere, noise, random_scenario, render
from sitewatch.simulate.atmosphere import Clouds, Sky
from sitewatch.simulate.plan import Weather
from sitewatch.types import MaskClass

CALM = Sky(cover=0, turbidity=0.05, haze=0, snow=0, wetness=0, late_days=0)


def test_skylight_is_blue_and_grows_when_the_sun_sinks() -> None:
    direct, sky = atmosphere.sunlight(60, 0.05)
    assert direct + sky == pytest.approx(1)
    assert list(sky) == sorted(sky, reverse=True)
    assert (atmosphere.sunlight(15, 0.05)[1] > sky).all()
    assert (atmosphere.sunlight(60, 0.3)[1] > sky).all()
    # clear sky, sun in the zenith, no aerosol, near infrared: half of 1 - exp(-0.0158), by hand
    assert atmosphere.sunlight(90, 0.0)[1][3] == pytest.approx(0.0079, abs=2e-4)


def test_cover_is_what_was_asked_for() -> None:
    rng = np.random.default_rng(1)
    cloud = atmosphere.clouds(0.4, (200, 200), 3.0, Sun(150, 50), rng)
    assert (cloud.opacity > 0.2).mean() == pytest.approx(0.4, abs=0.08)
    none = atmosphere.clouds(0.0, (50, 50), 3.0, Sun(150, 50), rng)
    assert not none.opacity.any()
    assert not none.shadow.any()


def test_shadow_of_a_cloud_lies_away_from_the_sun(monkeypatch: pytest.MonkeyPatch) -> None:
    blob = np.full((200, 200), -9.0, np.float32)
    blob[40:44, 60:64] = 5  # one cloud; the field is twice the scene, so it stays one
    blob[90, 90] = 0  # a wisp, on which the quantile falls that sets the cloud's edge
    monkeypatch.setattr(atmosphere, "field", lambda rng, shape, **_: blob)
    rng = np.random.default_rng(3)
    low = Sun(180, 80)  # in the south: the shadow falls to the north, up in the image
    cloud = atmosphere.clouds(0.0016, (100, 100), 10.0, low, rng)
    rows, cols = np.nonzero(cloud.shadow > 0.5)
    assert rows.mean() < 41
    assert cols.mean() == pytest.approx(61.5)
    # 600 to 2200 m over tan(80°), in pixels of 10 m
    assert 600 / 56.7 < 41.5 - rows.mean() < 2200 / 56.7 + 1


def test_cloud_hides_the_ground_and_haze_veils_it() -> None:
    ground = np.full((4, 20, 20), 0.1, np.float32)
    opacity = np.zeros((20, 20), np.float32)
    opacity[:10] = 1
    cloud = Clouds(opacity, np.zeros_like(opacity))
    direct, _ = atmosphere.sunlight(50, 0.05)
    seen = atmosphere.veil(ground, CALM, cloud, direct, np.random.default_rng(0))
    assert seen[:, :10].min() > 0.45
    assert seen[:, 10:] == pytest.approx(0.1)
    hazy = Sky(cover=0, turbidity=0.1, haze=0.05, snow=0, wetness=0, late_days=0)
    veiled = atmosphere.veil(ground, hazy, Clouds(opacity * 0, opacity * 0), direct, np.random.default_rng(0))
    gain = veiled.mean(axis=(1, 2)) - 0.1
    assert list(gain) == sorted(gain, reverse=True)  # most in the blue
    assert gain[3] > 0.01


def test_mask_without_errors_and_mask_that_eats_roofs() -> None:
    image = np.full((4, 40, 40), 0.1, np.float32)
    image[:, 10:20, 10:20] = 0.55
    calm = Clouds(np.zeros((40, 40), np.float32), np.zeros((40, 40), np.float32))
    snow = np.zeros((40, 40), np.float32)

    def mask(chance: float) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        weather = Weather(mask_misses=0.2, mask_eats_bright=chance)
        rng = np.random.default_rng(2)
        return atmosphere.vendor_mask(image, calm, snow, sky=CALM, weather=weather, rng=rng)

    assert (mask(0) == MaskClass.CLEAR).all()
    eaten = mask(1) == MaskClass.CLOUD
    assert eaten[10:20, 10:20].all()
    assert eaten.sum() == 100


def test_masks_lie_in_both_directions() -> None:
    missed, hidden, eaten, open_ = 0, 0, 0, 0
    for seed in range(4):
        made = render(random_scenario(seed, dates=14, size_m=240))
        seen = np.isfinite(made.stack[:, 0])
        marked = made.mask != MaskClass.CLEAR
        missed += int((seen & ~made.clear & ~marked).sum())
        hidden += int((seen & ~made.clear).sum())
        eaten += int((made.clear & (made.mask == MaskClass.CLOUD)).sum())
        open_ += int(made.clear.sum())
    assert 0.1 < missed / hidden < 0.6
    assert 0.001 < eaten / open_ < 0.1


def test_no_snow_in_summer_or_in_the_tropics() -> None:
    weather = Weather(snowy=1.0)
    january, july = date(2024, 1, 15), date(2024, 7, 15)
    assert atmosphere.draw(weather, january, 45, 1, 0).snow > 0
    assert atmosphere.draw(weather, july, 45, 1, 0).snow == 0
    assert atmosphere.draw(weather, january, 5, 1, 0).snow == 0
    assert atmosphere.draw(weather, july, -45, 1, 0).snow > 0


def test_random_fields_are_normalised_and_reproducible() -> None:
    first = noise.field(noise.stream(3, "a"), (64, 48), 10.0)
    again = noise.field(noise.stream(3, "a"), (64, 48), 10.0)
    other = noise.field(noise.stream(3, "b"), (64, 48), 10.0)
    assert np.array_equal(first, again)
    assert abs(np.corrcoef(first.ravel(), other.ravel())[0, 1]) < 0.5
    assert first.mean() == pytest.approx(0, abs=1e-5)
    assert first.std() == pytest.approx(1, abs=1e-5)
    smooth = noise.field(noise.stream(3, "a"), (64, 48), 30.0, slope=5)
    assert np.abs(np.diff(smooth)).mean() < np.abs(np.diff(first)).mean()

"""Light and weather of one scene: sunlight and skylight, haze, snow, clouds, and the vendor's mask."""

from dataclasses import dataclass
from datetime import date
from math import cos, pi, radians, sin

import numpy as np
import numpy.typing as npt

from sitewatch.optics import Image, Sun, shadow_vector
from sitewatch.simulate import shifted
from sitewatch.simulate.events import northern_day
from sitewatch.simulate.materials import CLOUD, WAVELENGTHS_UM
from sitewatch.simulate.noise import field, smoothstep, stream
from sitewatch.simulate.plan import Weather
from sitewatch.types import MaskClass

Bools = npt.NDArray[np.bool_]
LAMBDA = np.array(WAVELENGTHS_UM)


@dataclass(frozen=True, slots=True)
class Sky:
    """The weather of one scene."""

    cover: float
    """Share of cloud aimed at, 0..1."""
    turbidity: float
    """Ångström's beta, the aerosol optical depth at 1 µm."""
    haze: float
    """Reflectance that haze adds in the blue after the vendor's correction."""
    snow: float
    """Share of the ground under snow, 0..1."""
    wetness: float
    """Of the soil, 0..1."""
    late_days: float
    """By how much this year's plants are late."""


def draw(weather: Weather, day: date, lat: float, seed: int, index: int) -> Sky:
    """The weather of scene `index`. Snow only in winter and outside the tropics."""
    rng = stream(seed, "sky", index)
    u = rng.uniform(size=5)
    cover = weather.max_cover * u[1] if u[0] < weather.cloudy else 0.0
    worst = weather.haze_max
    haze = worst * (0.3 + 0.7 * u[3]) if u[2] < weather.hazy else 0.08 * worst * u[3]
    winter = cos(2 * pi * (northern_day(day, lat) - 20) / 365.25) * min(1.0, abs(lat) / 40)
    chance = weather.snowy * np.clip((winter - 0.35) / 0.35, 0, 1)
    snow = float(rng.uniform(0.15, 1.0)) if u[4] < chance else 0.0
    year = stream(seed, "year", day.year)
    return Sky(
        cover=float(cover),
        turbidity=0.04 + 1.2 * haze,
        haze=float(haze),
        snow=snow,
        wetness=float(np.clip(rng.gamma(1.2, 0.22), 0, 1)),
        late_days=float(year.normal(0, 4)),
    )


def sunlight(elevation: float, turbidity: float) -> tuple[Image, Image]:
    """Shares of direct sun and of skylight in the light on level ground, each (4,); they sum to 1.

    Leading terms of the SPCTRAL2 model (Bird & Riordan 1986, J. Climate Appl. Meteor. 25) for clear sky, with
    Rayleigh scattering after Leckner (1978) and aerosol after Ångström (exponent 1.3, albedo 0.92, forward
    share 0.8); ozone and water are common to both and left out.
    """
    air_mass = 1 / sin(radians(max(elevation, 3.0)))
    rayleigh = np.exp(-air_mass * 0.008735 * LAMBDA**-4.08)
    aerosol = np.exp(-air_mass * turbidity * LAMBDA**-1.3)
    direct = rayleigh * aerosol
    sky = 0.5 * (1 - rayleigh) * aerosol + 0.92 * 0.8 * (1 - aerosol) * rayleigh**1.5
    total = direct + sky
    return (direct / total).astype(np.float32), (sky / total).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Clouds:
    """What hides the ground, (y, x) in 0..1."""

    opacity: Image
    shadow: Image


def clouds(
    cover: float,
    shape: tuple[int, int],
    gsd_m: float,
    sun: Sun,
    rng: np.random.Generator,
    *,
    ragged: float = 0.3,
    thin: float = 0.0,
    variant: str = "base",
) -> Clouds:
    """Broken cumulus with its shadows, at one height between 600 and 2200 m.

    Args:
        ragged: 0 smooth .. 1 torn.
        thin: chance that it is a thin veil, of a tenth to a half of the opacity.
    """
    rows, cols = shape
    if cover <= 0:
        return Clouds(np.zeros(shape, np.float32), np.zeros(shape, np.float32))
    big = (2 * rows, 2 * cols)
    if variant == "shifted":
        noise = shifted.cloud_order(rng, big, gsd_m)
    else:
        noise = field(rng, big, scale=rng.uniform(150, 350) / gsd_m, slope=4.8 - 2 * ragged)
    edge = float(np.quantile(noise[:rows, :cols], 1 - min(cover, 0.98)))
    opacity = smoothstep(noise, edge - 0.25, edge + rng.uniform(0.3, 1.0))
    if thin and rng.uniform() < thin:
        opacity *= np.float32(rng.uniform(0.1, 0.5))
    east, north = shadow_vector(rng.uniform(600, 2200), sun.azimuth, sun.elevation)
    # the field is periodic, so the cloud that shades this site may stand anywhere in the larger one
    shadow = np.roll(opacity, (-round(north / gsd_m), round(east / gsd_m)), axis=(0, 1))
    return Clouds(opacity[:rows, :cols].copy(), shadow[:rows, :cols].copy())


def veil(
    image: Image,
    sky: Sky,
    cloud: Clouds,
    direct: Image,
    rng: np.random.Generator,
    *,
    variant: str = "base",
) -> Image:
    """Ground reflectance (4, y, x) as seen through haze, cloud shadow and cloud."""
    shape = (int(image.shape[1]), int(image.shape[2]))
    uneven = 1 + 0.25 * field(rng, shape, scale=max(shape) / 2, slope=4)
    if variant == "shifted":
        uneven = (1 + np.linspace(-0.4, 0.4, shape[1], dtype=np.float32)) * np.ones((shape[0], 1), np.float32)
    path = (sky.haze * (LAMBDA / LAMBDA[0]) ** -1.3).astype(np.float32)[:, None, None] * uneven
    lit = image * (1 - 0.9 * direct[:, None, None] * cloud.shadow)
    seen = lit * (1 - 1.5 * path) + path
    bright = CLOUD * np.float32(rng.uniform(0.8, 1.08))
    relief = 1 + 0.05 * field(rng, shape, scale=12, slope=3)
    result: Image = seen + cloud.opacity * (bright[:, None, None] * relief - seen)
    return result


def hidden(cloud: Clouds) -> Bools:
    """True where cloud or its shadow really spoils the pixel."""
    result: Bools = (cloud.opacity > 0.1) | (cloud.shadow > 0.35)
    return result


def vendor_mask(
    image: Image, cloud: Clouds, snow: Image, *, sky: Sky, weather: Weather, rng: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """The mask that comes with the scene, `MaskClass` (y, x); wrong in both directions.

    It overlooks thin and small cloud and much of the shadow, marks some bright roofs and concrete as cloud,
    and now and then takes snow for cloud.
    """
    shape = (int(image.shape[1]), int(image.shape[2]))
    blind = field(rng, shape, scale=40, slope=3.5)
    threshold = np.where(
        blind > np.quantile(blind, 1 - weather.mask_misses), 1.1, np.maximum(0.25 + 0.1 * blind, 0.08)
    )
    cloudy = cloud.opacity > threshold
    shaded = cloud.shadow > np.where(field(rng, shape, scale=40, slope=3.5) > 0.2, 1.1, 0.45)
    mask = np.full(shape, MaskClass.CLEAR, np.uint8)
    if sky.haze > 0.03:
        mask[field(rng, shape, scale=60, slope=3.5) > 0.5] = MaskClass.HAZE
    mask[shaded] = MaskClass.SHADOW
    if not weather.snow_unmarked or rng.uniform() >= weather.snow_unmarked:
        mask[snow > 0.5] = MaskClass.SNOW
        mask[(snow > 0.5) & (blind < -1.1)] = MaskClass.CLOUD
    if rng.uniform() < weather.mask_eats_bright:
        bright = image[:3].mean(axis=0) > rng.uniform(0.26, 0.42)
        mask[bright & (snow < 0.3)] = MaskClass.CLOUD
    mask[cloudy] = MaskClass.CLOUD
    return mask

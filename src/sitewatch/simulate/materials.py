"""Surface reflectance of what the ground is covered with, and how it changes over the year.

Values are rounded and typical of each class, as libraries of measured spectra show them: the USGS Spectral
Library 7 (Kokaly et al. 2017, USGS Data Series 1035), ECOSTRESS (Meerdink et al. 2019, Remote Sensing of
Environment 230), and for roofs and roads Herold et al. (2004, IEEE TGRS 42(9)). They are not the spectrum of
one sample. Seasons follow a double logistic curve (Beck et al. 2006, Remote Sensing of Environment 100).
"""

from dataclasses import dataclass
from math import exp
from typing import Protocol

import numpy as np

from sitewatch.optics import Image

BANDS = ("blue", "green", "red", "nir")
WAVELENGTHS_UM = (0.490, 0.565, 0.665, 0.865)
"""Band centres of PlanetScope's SuperDove (Planet Imagery Product Specification, 2023)."""

Spectrum = tuple[float, float, float, float]


class Greening(Protocol):
    """A yearly course of green."""

    def green(self, day_of_year: float) -> float:
        """Share of full green, 0..1, on a day of a northern year."""
        ...


@dataclass(frozen=True, slots=True)
class Season:
    """When a plant cover is green, as days of a northern year."""

    start: float
    """Day at which greening is half done."""
    end: float
    """Day at which half of the green has gone."""
    greening: float
    """Time constant of greening, days."""
    fading: float

    def green(self, day_of_year: float) -> float:
        """Share of full green, 0..1."""
        up = 1 / (1 + exp(max(-60.0, min(60.0, -(day_of_year - self.start) / self.greening))))
        down = 1 / (1 + exp(max(-60.0, min(60.0, -(day_of_year - self.end) / self.fading))))
        return max(0.0, up - down)


@dataclass(frozen=True, slots=True)
class Material:
    """One cover."""

    dry: Spectrum
    """Reflectance in `BANDS`, dry and without green leaves."""
    green: Spectrum | None = None
    """Reflectance at full green; None where nothing grows."""
    season: Greening | None = None
    wet: float = 1.0
    """Factor on `dry` when soaked: soils darken to 0.5-0.7 (Lobell & Asner 2002, SSSAJ 66)."""
    texture: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Relative standard deviation at about 2, 12 and 60 m."""
    snow: float = 1.0
    """Share of fallen snow that stays to be seen on it."""


_GRASS = Season(start=112, end=290, greening=11, fading=15)
_STEPPE = Season(start=100, end=205, greening=12, fading=20)
_TREES = Season(start=118, end=292, greening=8, fading=9)
_CROP = Season(start=165, end=268, greening=12, fading=2.5)
_WINTER_CROP = Season(start=85, end=192, greening=14, fading=4)
_HAY = Season(start=105, end=170, greening=9, fading=1.5)

MATERIALS: dict[str, Material] = {
    "grass": Material(
        (0.070, 0.098, 0.125, 0.225), (0.035, 0.070, 0.052, 0.390), _GRASS, 0.8, (0.10, 0.12, 0.12)
    ),
    "crop": Material(
        (0.075, 0.108, 0.145, 0.230), (0.031, 0.066, 0.040, 0.455), _CROP, 0.62, (0.04, 0.05, 0.06)
    ),
    "winter_crop": Material(
        (0.080, 0.112, 0.148, 0.225), (0.030, 0.062, 0.038, 0.430), _WINTER_CROP, 0.62, (0.04, 0.05, 0.06)
    ),
    "meadow": Material(
        (0.062, 0.095, 0.098, 0.270), (0.030, 0.065, 0.040, 0.440), _HAY, 0.75, (0.05, 0.06, 0.06)
    ),
    "scrub": Material(
        (0.050, 0.068, 0.082, 0.180), (0.028, 0.052, 0.038, 0.320), _TREES, 0.85, (0.16, 0.16, 0.10), 0.6
    ),
    "deciduous": Material(
        (0.042, 0.056, 0.070, 0.165), (0.022, 0.047, 0.028, 0.400), _TREES, 0.9, (0.14, 0.15, 0.10), 0.35
    ),
    "conifer": Material(
        (0.020, 0.034, 0.026, 0.215), (0.020, 0.039, 0.025, 0.265), _TREES, 0.95, (0.14, 0.13, 0.08), 0.3
    ),
    "steppe": Material(
        (0.095, 0.130, 0.170, 0.255), (0.062, 0.098, 0.105, 0.310), _STEPPE, 0.75, (0.10, 0.12, 0.12)
    ),
    "sand": Material((0.140, 0.200, 0.275, 0.360), wet=0.62, texture=(0.05, 0.07, 0.08)),
    "soil": Material((0.088, 0.125, 0.170, 0.255), wet=0.58, texture=(0.07, 0.09, 0.07)),
    "dug_soil": Material((0.115, 0.165, 0.225, 0.315), wet=0.6, texture=(0.12, 0.12, 0.04)),
    "gravel": Material((0.155, 0.185, 0.210, 0.250), wet=0.7, texture=(0.06, 0.06, 0.04), snow=0.8),
    "coal": Material((0.040, 0.043, 0.047, 0.058), wet=0.8, texture=(0.15, 0.1, 0.0), snow=0.7),
    "rock": Material((0.120, 0.140, 0.160, 0.200), wet=0.7, texture=(0.16, 0.14, 0.05), snow=0.7),
    "rubble": Material((0.150, 0.180, 0.205, 0.240), wet=0.75, texture=(0.25, 0.15, 0.0), snow=0.9),
    "concrete": Material((0.190, 0.228, 0.255, 0.295), wet=0.72, texture=(0.04, 0.05, 0.04), snow=0.6),
    "new_concrete": Material((0.285, 0.330, 0.360, 0.400), wet=0.75, texture=(0.03, 0.04, 0.0), snow=0.8),
    "asphalt": Material((0.088, 0.099, 0.110, 0.130), wet=0.7, texture=(0.05, 0.06, 0.04), snow=0.35),
    "new_asphalt": Material((0.052, 0.057, 0.062, 0.074), wet=0.8, texture=(0.03, 0.03, 0.0), snow=0.35),
    "frame": Material((0.105, 0.110, 0.128, 0.150), texture=(0.22, 0.08, 0.0), snow=0.4),
    "wall": Material((0.200, 0.220, 0.235, 0.265), snow=0.0),
    "white_metal": Material((0.520, 0.560, 0.575, 0.560), texture=(0.02, 0.04, 0.0), snow=0.8),
    "grey_metal": Material((0.225, 0.245, 0.260, 0.280), texture=(0.03, 0.06, 0.0), snow=0.8),
    "rusty_metal": Material((0.075, 0.098, 0.150, 0.235), texture=(0.06, 0.10, 0.0), snow=0.8),
    "blue_metal": Material((0.245, 0.195, 0.130, 0.270), texture=(0.02, 0.04, 0.0), snow=0.8),
    "green_metal": Material((0.085, 0.145, 0.105, 0.240), texture=(0.03, 0.05, 0.0), snow=0.8),
    "red_tile": Material((0.068, 0.096, 0.195, 0.290), wet=0.8, texture=(0.06, 0.06, 0.0), snow=0.85),
    "cream_metal": Material((0.300, 0.370, 0.410, 0.450), texture=(0.02, 0.04, 0.0), snow=0.8),
    "dark_metal": Material((0.095, 0.100, 0.108, 0.125), texture=(0.03, 0.05, 0.0), snow=0.8),
    "red_metal": Material((0.060, 0.075, 0.240, 0.330), texture=(0.02, 0.04, 0.0), snow=0.8),
    "solar": Material((0.055, 0.045, 0.040, 0.060), texture=(0.05, 0.02, 0.0), snow=0.5),
    "thatch": Material((0.095, 0.130, 0.175, 0.270), wet=0.75, texture=(0.08, 0.08, 0.0), snow=0.9),
    "bitumen": Material((0.060, 0.065, 0.070, 0.082), wet=0.9, texture=(0.05, 0.08, 0.0), snow=0.85),
    "yellow_steel": Material((0.100, 0.260, 0.390, 0.450), texture=(0.05, 0.0, 0.0), snow=0.3),
    "dark_steel": Material((0.070, 0.075, 0.082, 0.100), texture=(0.05, 0.0, 0.0), snow=0.3),
    "dark_vehicle": Material((0.050, 0.060, 0.062, 0.090), snow=0.2),
    "white_vehicle": Material((0.430, 0.450, 0.455, 0.440), snow=0.4),
    "water": Material((0.052, 0.056, 0.040, 0.016), texture=(0.02, 0.05, 0.1), snow=0.0),
    "flood": Material((0.095, 0.125, 0.130, 0.075), texture=(0.02, 0.05, 0.08), snow=0.0),
    "ash": Material((0.038, 0.042, 0.048, 0.085), wet=0.8, texture=(0.14, 0.12, 0.10)),
    "mud": Material((0.085, 0.108, 0.125, 0.110), wet=0.8, texture=(0.05, 0.08, 0.0)),
}

SNOW = np.array((0.88, 0.87, 0.85, 0.76), np.float32)
"""Fresh to settled snow (Warren 1982, Reviews of Geophysics 20(1))."""
CLOUD = np.array((0.74, 0.73, 0.73, 0.74), np.float32)
"""Thick water cloud as a surface-reflectance product shows it."""


def spectrum(
    material: Material, day_of_year: float, wetness: float = 0.0, shift: float = 0.0, vigour: float = 1.0
) -> Image:
    """Reflectance (4,) of a material on a day of a northern year.

    Args:
        wetness: 0 dry .. 1 soaked.
        shift: days by which the plants are late.
        vigour: factor on how green they are.
    """
    dry = np.array(material.dry, np.float32) * np.float32(1 - wetness * (1 - material.wet))
    if material.green is None or material.season is None:
        return dry
    green = vigour * material.season.green((day_of_year - shift) % 365.25)
    full = np.array(material.green, np.float32)
    result: Image = (dry + green * (full - dry)).astype(np.float32)
    return result

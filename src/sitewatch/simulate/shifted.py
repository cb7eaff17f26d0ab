"""The family "shifted": another world than the one that detectors are trained on, to see whether they carry over.

Everything that a network could learn by heart is drawn otherwise than in the family "base":

- **materials**: other spectra under the same names, one of two or three for each site: laterite, chalk and black
  earth for soil, weathered sheets, other paints. Rounded and typical of their class, after the same libraries.
- **seasons**: asymmetric Gaussians (Jönsson & Eklundh 2002, IEEE TGRS 40(8)) of a monsoon, a Mediterranean or a
  two-crop year instead of the double logistic of a temperate one.
- **land**: ridges and terraces with sand ripples instead of smooth hills; plants in parcels with straight edges
  instead of soft patches.
- **clouds**: fields of round cumulus of many sizes, or bands, instead of broken cloud from one random field; haze
  that grows from one side to the other.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import cos, exp, pi, sin

import numpy as np
from scipy.spatial import cKDTree

from sitewatch.optics import Image
from sitewatch.simulate.materials import MATERIALS, Material, Spectrum
from sitewatch.simulate.noise import field, smoothstep, stream

YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Peaks:
    """One or two green times a year, each an asymmetric Gaussian."""

    peaks: tuple[tuple[float, float, float], ...]
    """For each the day of the northern year at which it is greenest, and the widths before and after it, days."""

    def green(self, day_of_year: float) -> float:
        """Share of full green, 0..1."""
        best = 0.0
        for peak, before, after in self.peaks:
            days = (day_of_year - peak + YEAR / 2) % YEAR - YEAR / 2
            width = before if days < 0 else after
            best = max(best, exp(-(abs(days / width) ** 3)))
        return best


SEASONS: dict[str, dict[str, Peaks]] = {
    "monsoon": {
        "wild": Peaks(((235, 60, 85),)),
        "trees": Peaks(((230, 90, 105),)),
        "crop": Peaks(((245, 45, 40),)),
        "early": Peaks(((70, 45, 30),)),
    },
    "mediterranean": {
        "wild": Peaks(((75, 100, 50),)),
        "trees": Peaks(((120, 70, 110),)),
        "crop": Peaks(((200, 50, 35),)),
        "early": Peaks(((95, 75, 30),)),
    },
    "two crops": {
        "wild": Peaks(((150, 70, 110),)),
        "trees": Peaks(((170, 75, 110),)),
        "crop": Peaks(((120, 40, 22), (245, 45, 25))),
        "early": Peaks(((100, 50, 25), (290, 35, 30))),
    },
}
_SEASON_OF = {
    "grass": "wild",
    "steppe": "wild",
    "scrub": "trees",
    "deciduous": "trees",
    "conifer": "trees",
    "crop": "crop",
    "winter_crop": "early",
    "meadow": "early",
}

DRY: dict[str, tuple[Spectrum, ...]] = {
    "grass": ((0.095, 0.135, 0.175, 0.260), (0.060, 0.080, 0.095, 0.180)),
    "steppe": ((0.120, 0.175, 0.235, 0.310), (0.075, 0.100, 0.125, 0.190)),
    "scrub": ((0.065, 0.090, 0.110, 0.210), (0.040, 0.060, 0.060, 0.160)),
    "crop": ((0.110, 0.160, 0.215, 0.300), (0.050, 0.065, 0.080, 0.130)),
    "winter_crop": ((0.120, 0.165, 0.210, 0.290), (0.055, 0.072, 0.088, 0.140)),
    "meadow": ((0.085, 0.125, 0.140, 0.260), (0.050, 0.085, 0.075, 0.290)),
    "deciduous": ((0.055, 0.075, 0.090, 0.190), (0.035, 0.045, 0.055, 0.140)),
    "conifer": ((0.028, 0.048, 0.036, 0.290), (0.015, 0.026, 0.022, 0.170)),
    "sand": ((0.260, 0.330, 0.400, 0.470), (0.100, 0.160, 0.260, 0.350)),
    "soil": ((0.055, 0.090, 0.205, 0.290), (0.240, 0.290, 0.330, 0.390), (0.038, 0.048, 0.058, 0.095)),
    "dug_soil": ((0.070, 0.115, 0.255, 0.340), (0.310, 0.360, 0.400, 0.450), (0.060, 0.075, 0.090, 0.135)),
    "gravel": ((0.105, 0.120, 0.135, 0.160), (0.240, 0.265, 0.280, 0.310)),
    "rock": ((0.200, 0.220, 0.235, 0.265), (0.070, 0.082, 0.110, 0.150)),
    "rubble": ((0.105, 0.115, 0.130, 0.160), (0.130, 0.150, 0.210, 0.260)),
    "coal": ((0.110, 0.135, 0.190, 0.240), (0.050, 0.060, 0.075, 0.090)),
    "concrete": ((0.145, 0.165, 0.185, 0.220), (0.255, 0.280, 0.295, 0.315)),
    "new_concrete": ((0.380, 0.410, 0.425, 0.450), (0.220, 0.250, 0.275, 0.310)),
    "asphalt": ((0.120, 0.130, 0.140, 0.160), (0.062, 0.072, 0.085, 0.105)),
    "new_asphalt": ((0.038, 0.040, 0.042, 0.050), (0.075, 0.080, 0.085, 0.095)),
    "frame": ((0.160, 0.130, 0.120, 0.150), (0.070, 0.078, 0.095, 0.120)),
    "wall": ((0.300, 0.310, 0.310, 0.330), (0.110, 0.125, 0.150, 0.190)),
    "white_metal": ((0.420, 0.440, 0.450, 0.460), (0.650, 0.680, 0.690, 0.650)),
    "grey_metal": ((0.320, 0.335, 0.345, 0.350), (0.150, 0.160, 0.170, 0.195)),
    "rusty_metal": ((0.060, 0.070, 0.105, 0.180), (0.110, 0.140, 0.215, 0.300)),
    "blue_metal": ((0.150, 0.105, 0.070, 0.190), (0.330, 0.320, 0.270, 0.350)),
    "green_metal": ((0.055, 0.095, 0.060, 0.310), (0.150, 0.235, 0.180, 0.290)),
    "cream_metal": ((0.220, 0.300, 0.330, 0.360), (0.370, 0.420, 0.440, 0.460)),
    "dark_metal": ((0.060, 0.062, 0.065, 0.075), (0.120, 0.118, 0.125, 0.160)),
    "red_metal": ((0.085, 0.080, 0.170, 0.240), (0.110, 0.120, 0.330, 0.420)),
    "red_tile": ((0.100, 0.130, 0.250, 0.330), (0.055, 0.070, 0.120, 0.190)),
    "bitumen": ((0.095, 0.100, 0.104, 0.115), (0.040, 0.043, 0.046, 0.055)),
    "solar": ((0.080, 0.060, 0.050, 0.085), (0.035, 0.033, 0.033, 0.045)),
    "thatch": ((0.130, 0.175, 0.225, 0.320), (0.065, 0.085, 0.105, 0.170)),
    "yellow_steel": ((0.060, 0.180, 0.420, 0.480), (0.130, 0.330, 0.400, 0.430)),
    "dark_steel": ((0.090, 0.085, 0.120, 0.150), (0.045, 0.050, 0.052, 0.065)),
    "water": ((0.085, 0.115, 0.105, 0.050), (0.030, 0.035, 0.022, 0.010)),
    "mud": ((0.070, 0.085, 0.130, 0.140), (0.160, 0.190, 0.210, 0.200)),
    "flood": ((0.110, 0.150, 0.185, 0.120), (0.060, 0.075, 0.065, 0.035)),
    "ash": ((0.070, 0.075, 0.082, 0.110), (0.028, 0.030, 0.034, 0.060)),
}
"""Reflectance without green leaves; what is not named here is as in the family "base"."""

GREEN: dict[str, tuple[Spectrum, ...]] = {
    "grass": ((0.045, 0.085, 0.070, 0.330), (0.028, 0.060, 0.036, 0.460)),
    "steppe": ((0.080, 0.120, 0.140, 0.330), (0.045, 0.080, 0.075, 0.340)),
    "scrub": ((0.035, 0.062, 0.052, 0.260), (0.024, 0.046, 0.028, 0.380)),
    "crop": ((0.026, 0.058, 0.032, 0.520), (0.045, 0.085, 0.062, 0.370)),
    "winter_crop": ((0.026, 0.056, 0.030, 0.500), (0.042, 0.080, 0.055, 0.350)),
    "meadow": ((0.025, 0.060, 0.032, 0.500), (0.045, 0.090, 0.065, 0.380)),
    "deciduous": ((0.018, 0.040, 0.022, 0.460), (0.032, 0.058, 0.042, 0.320)),
    "conifer": ((0.024, 0.050, 0.030, 0.350), (0.016, 0.030, 0.020, 0.215)),
}

SNOW = np.array((0.74, 0.74, 0.72, 0.60), np.float32)
"""Old, dusty snow."""


@lru_cache(maxsize=8)
def materials(seed: int) -> dict[str, Material]:
    """The materials of one site."""
    rng = stream(seed, "shifted materials")
    climate = SEASONS[str(rng.choice(list(SEASONS)))]
    result = {}
    for name, base in MATERIALS.items():
        # materials keep their draw when others are added
        pick = stream(seed, "shifted material", name)
        changed = base
        if name in DRY:
            changed = replace(changed, dry=DRY[name][int(pick.integers(len(DRY[name])))])
        if name in GREEN:
            green = GREEN[name][int(pick.integers(len(GREEN[name])))]
            changed = replace(changed, green=green, season=climate[_SEASON_OF[name]])
        rough = float(pick.uniform(0.5, 1.8))
        fine, middle, coarse = base.texture
        result[name] = replace(changed, texture=(rough * fine, rough * middle, coarse / rough))
    return result


def relief(seed: int, shape: tuple[int, int], cell_m: float, relief_m: float, bumps_m: float) -> Image:
    """Height in metres (y, x): ridges or terraces, with ripples."""
    rng = stream(seed, "shifted relief")
    smooth = field(rng, shape, 260 / cell_m, 6.0)
    if rng.uniform() < 0.5:
        hills = -np.abs(smooth)  # ridges where the field changes its sign
        hills /= hills.std()
    else:
        steps = rng.uniform(1.5, 4)
        whole = np.floor(smooth * steps)
        hills = (whole + smoothstep(smooth * steps - whole, 0.75, 1.0)) / np.float32(steps)
    rows, cols = np.indices(shape, dtype=np.float32) * np.float32(cell_m)
    turn, length = rng.uniform(0, pi), rng.uniform(14, 45)
    bent = cols * cos(turn) + rows * sin(turn) + length * 0.6 * field(rng, shape, 90 / cell_m, 4.0)
    ripples = np.sqrt(2) * np.sin(2 * pi * bent / length)
    result: Image = (relief_m * hills + min(bumps_m, 0.02 * length) * ripples).astype(np.float32)
    return result


def parcels(rng: np.random.Generator, shape: tuple[int, int], size: float) -> Image:
    """An order (y, x) that is the same within each parcel, mean 0 and standard deviation 1.

    Parcels are the cells nearest to random points, stretched in one direction; `size` is theirs in cells.
    """
    rows, cols = shape
    turn, stretch = rng.uniform(0, pi), rng.uniform(1.0, 2.5)
    row, col = np.indices((rows, cols), dtype=np.float32)
    along = (col * cos(turn) + row * sin(turn)) / np.float32(stretch)
    across = (row * cos(turn) - col * sin(turn)) * np.float32(stretch)
    count = max(4, round(rows * cols / size**2))
    points = np.column_stack(
        [rng.uniform(along.min(), along.max(), 3 * count), rng.uniform(across.min(), across.max(), 3 * count)]
    )
    _, nearest = cKDTree(points).query(np.column_stack([along.ravel(), across.ravel()]))
    value = rng.standard_normal(3 * count, dtype=np.float32)[nearest].reshape(shape)
    value += 0.15 * field(rng, shape, size / 2, 3.0)
    result: Image = ((value - value.mean()) / value.std()).astype(np.float32)
    return result


def cloud_order(rng: np.random.Generator, shape: tuple[int, int], gsd_m: float) -> Image:
    """A field (y, x) whose highest places are cloud: round cumulus of many sizes, or bands. Periodic."""
    rows, cols = shape
    if rng.uniform() < 0.5:
        turn = int(rng.integers(1, 4)), int(rng.integers(-3, 4))
        row, col = np.indices(shape, dtype=np.float32)
        bands = np.sin(
            2 * pi * (turn[0] * row / rows + turn[1] * col / cols) * max(1, round(rows * gsd_m / 1500))
        )
        result: Image = (bands + 0.7 * field(rng, shape, 120 / gsd_m, 4.0)).astype(np.float32)
        return result
    order = np.full(shape, -1e3, np.float32)
    row, col = np.indices(shape, dtype=np.float32)
    for _ in range(int(np.clip(rows * cols * gsd_m**2 / 40_000, 6, 60))):
        radius = 25 * (1 - rng.uniform()) ** -0.55 / gsd_m  # sizes fall off as a power law
        y, x = rng.uniform(0, rows), rng.uniform(0, cols)
        down = (row - y + rows / 2) % rows - rows / 2
        right = (col - x + cols / 2) % cols - cols / 2
        np.maximum(order, 1.5 - np.hypot(down, right) / np.float32(max(radius, 1.0)), out=order)
    result = (order + 0.3 * field(rng, shape, 60 / gsd_m, 4.2)).astype(np.float32)
    return result

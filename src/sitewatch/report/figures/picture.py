"""From bands to a picture: which bands, which stretch, and how both are told."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from sitewatch import cube as cubes

Rgb = npt.NDArray[np.float64]
"""(y, x, 3), 0..1."""

GAMMA = 1.4
VOID = 0.86
"""Grey level of pixels that were not observed."""


@dataclass(frozen=True, slots=True)
class Composite:
    """Three bands shown as red, green and blue."""

    bands: tuple[str, str, str]
    words: str

    @property
    def true_colour(self) -> bool:
        return self.bands == ("red", "green", "blue")


def composite_of(cube: xr.Dataset) -> Composite:
    """The composite of a cube's bands."""
    return composite_for(cubes.band_names(cube))


def composite_for(names: Sequence[str]) -> Composite:
    """True colour where the bands allow it, else near infrared, else one band in grey."""
    for bands, words in (
        (("red", "green", "blue"), "true colour (red, green, blue)"),
        (("nir", "red", "green"), "false colour (near infrared, red, green shown as red, green, blue)"),
    ):
        if set(bands) <= set(names):
            return Composite(bands, words)
    band = next((n for n in ("pan", "red", "nir") if n in names), names[0])
    return Composite((band, band, band), f"one band ({band}) in grey")


def pixels(cube: xr.Dataset, composite: Composite, index: int) -> npt.NDArray[np.float32]:
    """The bands of one date, (y, x, 3), NaN where not observed."""
    return np.stack([cube[b].values[index] for b in composite.bands], axis=-1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `low` to `high`, band by band, with a gamma that opens the shadows."""

    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]

    def apply(self, image: npt.NDArray[np.float32]) -> Rgb:
        """The picture; light grey where nothing was observed."""
        scaled = (image - self.low) / np.maximum(self.high - self.low, 1e-9)
        shown = np.clip(np.nan_to_num(scaled), 0, 1) ** (1 / GAMMA)
        void = ~np.isfinite(image).all(axis=-1, keepdims=True)
        return np.where(void, VOID, shown)

    @property
    def words(self) -> str:
        spans = [f"{lo:.2g}–{hi:.2g}" for lo, hi in zip(self.low, self.high, strict=True)]
        shown = spans[0] if len(set(spans)) == 1 else " / ".join(spans)
        return f"stretch {shown}, gamma {GAMMA:g}"


def common_stretch(
    images: Sequence[npt.NDArray[np.float32]],
    usable: Sequence[npt.NDArray[np.bool_]],
    *,
    balanced: bool,
    percentiles: tuple[float, float] = (1.0, 99.0),
) -> Stretch:
    """One stretch for several pictures, from the percentiles of their usable pixels taken together.

    `balanced`: the same width for all bands, so that true colour keeps its hues.
    """
    if not images:
        return Stretch(np.zeros(3), np.ones(3))
    pool = np.concatenate([image[use] for image, use in zip(images, usable, strict=True)])
    pool = pool[np.isfinite(pool).all(axis=-1)]
    if len(pool) < 4:  # nothing usable: fall back on whatever was observed, so that it can be looked at
        pool = np.concatenate([image[np.isfinite(image).all(axis=-1)] for image in images])
    if not len(pool):
        return Stretch(np.zeros(3), np.ones(3))
    low, high = np.percentile(pool, percentiles, axis=0)
    width = np.maximum(high - low, 1e-6)
    return Stretch(low, low + (width.max() if balanced else width))

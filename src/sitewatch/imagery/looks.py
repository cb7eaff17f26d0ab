"""A site's registered scenes, read window by window: what detection on a site of any size stands on.

The radiometry and the choice of dates rest on sample windows of the site; a window then holds the same values whatever
its size and neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from odc.geo.geobox import GeoBox

from sitewatch.errors import DataError
from sitewatch.imagery.build import VISIBLE, mosaic, sun_at
from sitewatch.imagery.cached import read_pixels
from sitewatch.imagery.radiometry import Radiometry, apply, fit
from sitewatch.types import Scene

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Window = tuple[slice, slice]
Raw = tuple[Array, Mask, npt.NDArray[np.uint8]]

SMALL = 300_000
"""Pixels up to which a site is read whole rather than by windows, each of which costs a tile of every file."""
STRIP = 1 << 20
"""Values that are brought to one radiometry at once: few enough to stay in the cache."""
SECONDS_PER_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Looks:
    """Scenes of a site by time; scenes of one moment are one look."""

    scenes: tuple[tuple[Scene, ...], ...]
    files: tuple[tuple[Path, ...], ...]
    """Their pixels on `grid` (`imagery.cached`)."""
    bands: list[str]
    """Those that all scenes have."""
    grid: GeoBox
    radiometry: Radiometry | None = None
    kept: npt.NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, np.intp))
    """Positions of the looks that take part, once the radiometry is known."""
    whole: Raw | None = None
    """What `raw` gives for the whole site, where that is held in memory."""

    @classmethod
    def of(cls, scenes: Sequence[Scene], files: Sequence[Path], grid: GeoBox) -> "Looks":
        """Looks at a site.

        Raises:
            DataError: no scene, or no band that all share.
        """
        if not scenes:
            raise DataError("no scene to look at; expected at least one")
        names = [s.band_names for s in scenes]
        shared = [b for b in names[0] if all(b in n for n in names)]
        if not shared:
            raise DataError("the scenes share no band: " + "; ".join(sorted({", ".join(n) for n in names})))
        order = sorted(range(len(scenes)), key=lambda i: (scenes[i].acquired, scenes[i].id))
        groups: list[list[int]] = []
        for i in order:
            if groups and scenes[groups[-1][0]].acquired == scenes[i].acquired:
                groups[-1].append(i)
            else:
                groups.append([i])
        return cls(
            tuple(tuple(scenes[i] for i in g) for g in groups),
            tuple(tuple(files[i] for i in g) for g in groups),
            shared,
            grid,
            None,
            np.arange(len(groups)),
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return int(self.grid.shape[0]), int(self.grid.shape[1])

    @property
    def pixel_m(self) -> float:
        """Size of a pixel, in units of the grid."""
        return abs(float(self.grid.affine.a))

    @property
    def times(self) -> list[datetime]:
        """Of the looks that take part."""
        return [self.scenes[i][0].acquired.astimezone(UTC) for i in self.kept]

    @property
    def dates(self) -> list[date]:
        """Calendar days of the looks that take part, UTC."""
        return [t.date() for t in self.times]

    @property
    def scene_ids(self) -> list[str]:
        """Of the looks that take part; of the first scene of each."""
        return [self.scenes[i][0].id for i in self.kept]

    @property
    def days(self) -> npt.NDArray[np.float64]:
        """(time,) days since 1970-01-01."""
        return np.array([t.timestamp() / SECONDS_PER_DAY for t in self.times])

    @property
    def sunward(self) -> tuple[float, float] | None:
        """Unit vector (row, column) towards the mean sun; None where its azimuth is not known on any date."""
        azimuth = np.radians([sun_at(self.scenes[i][0], self.grid)[0] for i in self.kept])
        azimuth = azimuth[np.isfinite(azimuth)]
        if not azimuth.size:
            return None
        mean = np.arctan2(np.sin(azimuth).mean(), np.cos(azimuth).mean())
        return float(-np.cos(mean)), float(np.sin(mean))

    def raw(self, window: Window) -> Raw:
        """Values (time, band, y, x) as they are, observed and mask classes (time, y, x) of the looks that take part."""
        if self.whole is not None:
            return self.whole[0][(..., *window)], self.whole[1][(..., *window)], self.whole[2][(..., *window)]
        shape = [len(range(*s.indices(n))) for s, n in zip(window, self.shape, strict=True)]
        values = np.empty((len(self.kept), len(self.bands), *shape), np.float32)
        observed = np.empty((len(self.kept), *shape), np.bool_)
        classes = np.empty((len(self.kept), *shape), np.uint8)
        for k, i in enumerate(self.kept):
            pixels = read_pixels(self.files[i][0], window)
            for other in self.files[i][1:]:
                pixels = mosaic(pixels, read_pixels(other, window))
            for target, band in zip(values[k], self.bands, strict=True):
                target[:] = pixels.bands[band]
            observed[k], classes[k] = pixels.observed, pixels.mask_class
        return values, observed, classes

    def loaded(self) -> "Looks":
        """The same, with the pixels of the whole site in memory: some 18 bytes a pixel and look of four bands."""
        rows, cols = self.shape
        return replace(self, whole=self.raw((slice(0, rows), slice(0, cols))))

    def surveyed(self, windows: Sequence[Window], least: float) -> "Looks":
        """With the radiometry learned from sample windows, and only the looks that show at least the share `least` of
        them clear.

        Raises:
            DataError: no look is left.
        """
        rows, cols = self.shape
        source = self.loaded() if self.whole is None and rows * cols <= SMALL else self
        parts = [source.raw(w) for w in windows]
        values, observed, classes = (
            np.concatenate([p[k].reshape(*p[k].shape[:-2], 1, -1) for p in parts], axis=-1) for k in range(3)
        )
        visible = tuple(i for i, b in enumerate(self.bands) if b in VISIBLE) or tuple(range(len(self.bands)))
        site = fit(values, observed, classes, visible)
        share = apply(values, observed, classes, site)[1].mean(axis=(1, 2))
        good = np.flatnonzero(share >= least)
        if not good.size:
            raise DataError(f"none of {len(share)} looks shows at least {least:.0%} of the site clear")
        whole = self.whole
        if whole is not None and len(good) < len(share):
            whole = whole[0][good], whole[1][good], whole[2][good]
        return replace(self, radiometry=site.of(good), kept=self.kept[good], whole=whole)

    def restored(self, plain: dict[str, Any]) -> "Looks":
        """With what `plain` of another process told."""
        site = Radiometry.restored(plain["radiometry"])
        return replace(self, radiometry=site, kept=np.array(plain["kept"], np.intp))

    def plain(self) -> dict[str, Any]:
        """The survey as plain values, for another process."""
        assert self.radiometry is not None
        return {"radiometry": self.radiometry.plain(), "kept": self.kept.tolist()}

    def read(self, window: Window) -> tuple[Array, Mask]:
        """Values (time, band, y, x) on one radiometry, 0 where not usable, and usable (time, y, x)."""
        if self.radiometry is None:
            raise DataError("these looks have no radiometry yet; survey them first")
        values, observed, classes = self.raw(window)
        if self.whole is not None:
            values = values.copy()
        usable = np.empty_like(observed)
        rows = max(1, STRIP // max(values[..., 0, :].size, 1))
        for top in range(0, values.shape[2], rows):  # each pixel for itself, so in any portions
            part = (..., slice(top, top + rows), slice(None))
            normal, clear = apply(values[part], observed[part], classes[part], self.radiometry)
            usable[part] = clear
            values[part] = np.where(clear[:, None], normal, 0)
        return values, usable

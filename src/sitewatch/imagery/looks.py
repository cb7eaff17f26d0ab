"""A site's registered scenes, read window by window: what detection on a site of any size stands on.

The radiometry and the choice of dates rest on sample windows of the site; a window then holds the same values whatever
its size and neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from odc.geo.geobox import GeoBox

from sitewatch.errors import DataError
from sitewatch.imagery.build import VISIBLE, mosaic, sun_at
from sitewatch.imagery.cached import band_names, read_pixels
from sitewatch.imagery.radiometry import Radiometry, apply, fit
from sitewatch.types import Scene

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Window = tuple[slice, slice]

SMALL = 300_000
"""Pixels up to which a site is read whole rather than by windows, each of which costs a tile of every file."""
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

    @classmethod
    def of(cls, scenes: Sequence[Scene], files: Sequence[Path], grid: GeoBox) -> "Looks":
        """Looks at a site.

        Raises:
            DataError: no scene, or no band that all share.
        """
        if not scenes:
            raise DataError("no scene to look at; expected at least one")
        names = [band_names(f) for f in files]
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

    def raw(self, window: Window) -> tuple[Array, Mask, npt.NDArray[np.uint8]]:
        """Values (time, band, y, x) as they are, observed and mask classes (time, y, x) of the looks that take part."""
        values, observed, classes = [], [], []
        for i in self.kept:
            pixels = read_pixels(self.files[i][0], window)
            for other in self.files[i][1:]:
                pixels = mosaic(pixels, read_pixels(other, window))
            values.append(np.stack([pixels.bands[b] for b in self.bands]))
            observed.append(pixels.observed)
            classes.append(pixels.mask_class)
        return np.stack(values), np.stack(observed), np.stack(classes)

    def surveyed(self, windows: Sequence[Window], least: float) -> "Looks":
        """With the radiometry learned from sample windows, and only the looks that show at least the share `least` of
        them clear.

        Raises:
            DataError: no look is left.
        """
        parts = self._parts(windows)
        values, observed, classes = (
            np.concatenate([p[k].reshape(*p[k].shape[:-2], 1, -1) for p in parts], axis=-1) for k in range(3)
        )
        visible = tuple(i for i, b in enumerate(self.bands) if b in VISIBLE) or tuple(range(len(self.bands)))
        site = fit(values, observed, classes, visible)
        share = apply(values, observed, classes, site)[1].mean(axis=(1, 2))
        good = np.flatnonzero(share >= least)
        if not good.size:
            raise DataError(f"none of {len(share)} looks shows at least {least:.0%} of the site clear")
        return Looks(self.scenes, self.files, self.bands, self.grid, site.of(good), self.kept[good])

    def _parts(self, windows: Sequence[Window]) -> list[tuple[Array, Mask, npt.NDArray[np.uint8]]]:
        """`raw` of each window; a small site is read once and cut."""
        rows, cols = self.shape
        if rows * cols > SMALL:
            return [self.raw(w) for w in windows]
        values, observed, classes = self.raw((slice(0, rows), slice(0, cols)))
        return [(values[(..., *w)], observed[(..., *w)], classes[(..., *w)]) for w in windows]

    def restored(self, plain: dict[str, Any]) -> "Looks":
        """With what `plain` of another process told."""
        site = Radiometry.restored(plain["radiometry"])
        return Looks(self.scenes, self.files, self.bands, self.grid, site, np.array(plain["kept"], np.intp))

    def plain(self) -> dict[str, Any]:
        """The survey as plain values, for another process."""
        assert self.radiometry is not None
        return {"radiometry": self.radiometry.plain(), "kept": self.kept.tolist()}

    def read(self, window: Window) -> tuple[Array, Mask]:
        """Values (time, band, y, x) on one radiometry, 0 where not usable, and usable (time, y, x)."""
        if self.radiometry is None:
            raise DataError("these looks have no radiometry yet; survey them first")
        values, usable = apply(*self.raw(window), self.radiometry)
        return np.where(usable[:, None], values, 0).astype(np.float32), usable

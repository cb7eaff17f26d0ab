"""What a detector needs of a site: its looks, window by window, whatever holds them."""

from datetime import date
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt
from odc.geo.geobox import GeoBox

from sitewatch import cube as cubes

if TYPE_CHECKING:
    import xarray as xr

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Window = tuple[slice, slice]
"""Rows and columns."""

UNKNOWN_PIXEL_M = 3.0
"""Pixel size assumed, for the choice of neighbourhoods only, where none is known."""


class Source(Protocol):
    """Looks at a site on one radiometry."""

    @property
    def days(self) -> npt.NDArray[np.float64]:
        """(time,) days since any fixed date, ascending."""
        ...

    @property
    def dates(self) -> list[date]:
        """The same as calendar days, UTC."""
        ...

    @property
    def scene_ids(self) -> list[str]: ...

    @property
    def bands(self) -> list[str]: ...

    @property
    def grid(self) -> GeoBox: ...

    @property
    def pixel_m(self) -> float: ...

    @property
    def sunward(self) -> tuple[float, float] | None:
        """Unit vector (row, column) towards the mean sun; None where unknown."""
        ...

    def read(self, window: Window) -> tuple[Array, Mask]:
        """Values (time, band, y, x), 0 where not usable, and usable (time, y, x)."""
        ...


class CubeSource:
    """A cube in memory as a source."""

    def __init__(self, cube: "xr.Dataset", pixel_m: float | None, least: float) -> None:
        """
        Args:
            cube: see `sitewatch.cube`; normalised radiometry.
            pixel_m: metres a pixel; None where unknown.
            least: share of the site that a date must show clear to take part.
        """
        share = cube["clear"].mean(("y", "x")).values
        cube = cube.isel(time=np.flatnonzero(share >= least))
        self.usable = cube["clear"].values
        self.values = cubes.stack(cube)
        self.days = cubes.days(cube)
        self.dates = [date.fromisoformat(str(t)[:10]) for t in cube["time"].values]
        self.scene_ids = [str(s) for s in cube["scene_id"].values]
        self.bands = list(cubes.band_names(cube))
        self.grid = cubes.grid_of(cube)
        self.pixel_m = pixel_m or UNKNOWN_PIXEL_M
        self.sunward = sunward(cube)

    def read(self, window: Window) -> tuple[Array, Mask]:
        usable = self.usable[(slice(None), *window)]
        values = self.values[(slice(None), slice(None), *window)]
        return np.where(usable[:, None], values, 0).astype(np.float32), usable


def sunward(cube: "xr.Dataset") -> tuple[float, float] | None:
    """Unit vector (row, column) towards the mean sun; None where its azimuth is not known on any date."""
    if "sun_azimuth" not in cube.coords:
        return None
    azimuth = np.radians(cube["sun_azimuth"].values)
    azimuth = azimuth[np.isfinite(azimuth)]
    if not azimuth.size:
        return None
    mean = np.arctan2(np.sin(azimuth).mean(), np.cos(azimuth).mean())
    return float(-np.cos(mean)), float(np.sin(mean))

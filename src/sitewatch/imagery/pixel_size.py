"""How large a scene's pixels are on the ground, and whether what is said about them is true.

The size comes from the grid: the middles of opposite edges of a pixel, put on the WGS84 ellipsoid, are so many metres
apart (C. F. F. Karney, Algorithms for geodesics, Journal of Geodesy 87, 2013, as in `pyproj.Geod`). So pixels in
degrees are narrower than high away from the equator, and those of Web Mercator smaller than their coordinates say.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from odc.geo.geobox import GeoBox

from sitewatch.errors import SceneError, UsageError
from sitewatch.types import Scene
from sitewatch.types.known_edge import KnownEdge
from sitewatch.types.scene import StatedSize

TOLERANCE = 0.01
"""Relative difference from which a stated size is called wrong: 2 % of an area."""
RESOLUTION_TOLERANCE = 1.5
"""Factor from which a figure that may mean the sensor's resolution (PlanetScope: 3.7 to 4.2 m in pixels of 3 m) is."""
POINTED_PX = 1.0
"""Standard deviation of a place pointed at in an image, pixels along one axis: assumed."""


@dataclass(frozen=True, slots=True)
class PixelSize:
    """Of one pixel, on the ground."""

    across_m: float
    """Metres along a row, from one column to the next."""
    down_m: float
    """Metres along a column, from one row to the next."""
    area_m2: float

    @property
    def side_m(self) -> float:
        """Side of a square of the same area, metres."""
        return math.sqrt(self.area_m2)

    @property
    def square(self) -> bool:
        """True where width and height agree within the tolerance."""
        return abs(self.across_m / self.down_m - 1) <= TOLERANCE

    def __str__(self) -> str:
        if self.square:
            return f"{self.side_m:.3g} m"
        return f"{self.across_m:.3g} m across and {self.down_m:.3g} m down"


def pixel_size(grid: GeoBox, place: tuple[float, float] | None = None) -> PixelSize | None:
    """Size of the pixel of `grid` that shows `place` (WGS84 longitude, latitude), or of the middle one.

    A place outside of the image stands for the nearest pixel in it. None where the grid has no coordinate system.

    Raises:
        SceneError: the pixel has no size, or its coordinate system leads nowhere there.
    """
    if grid.crs is None:
        return None
    from pyproj import Geod, Transformer  # noqa: PLC0415

    to_wgs = Transformer.from_crs(grid.crs.to_wkt(), 4326, always_xy=True)
    rows, cols = grid.shape
    col, row = cols / 2, rows / 2
    if place is not None:
        x, y = to_wgs.transform(*place, direction="INVERSE")
        back = ~grid.affine
        at = back.a * x + back.b * y + back.c, back.d * x + back.e * y + back.f
        if np.isfinite(at).all():
            col, row = float(np.clip(at[0], 0.5, cols - 0.5)), float(np.clip(at[1], 0.5, rows - 0.5))
    middles = np.array([(col - 0.5, row), (col + 0.5, row), (col, row - 0.5), (col, row + 0.5)])
    a = grid.affine
    xy = middles @ np.array([[a.a, a.d], [a.b, a.e]]) + [a.c, a.f]
    lon, lat = to_wgs.transform(*xy.T)
    if not np.isfinite([lon, lat]).all():
        raise SceneError("its pixels lie outside of where its coordinate system is defined")
    geod = Geod(ellps="WGS84")
    to_right, _, across = geod.inv(lon[0], lat[0], lon[1], lat[1])
    to_below, _, down = geod.inv(lon[2], lat[2], lon[3], lat[3])
    area = across * down * abs(math.sin(math.radians(to_below - to_right)))
    if not area > 0:
        raise SceneError(
            "its pixels have no size on the ground: the transform is damaged or of another system"
        )
    return PixelSize(float(across), float(down), float(area))


def scene_pixel_size(scene: Scene, place: tuple[float, float] | None = None) -> PixelSize | None:
    """As `pixel_size`; a scene without a position has the square pixels that the user gave, or None."""
    if scene.grid.crs is None:
        return None if scene.gsd_m is None else PixelSize(scene.gsd_m, scene.gsd_m, scene.gsd_m**2)
    return pixel_size(scene.grid, place)


def disagreements(
    grid: GeoBox, stated: Sequence[StatedSize], place: tuple[float, float] | None = None
) -> tuple[str, ...]:
    """One line for each size that is stated and not true, the nominal size of the grid's own coordinates among them.

    Args:
        stated: what is said about the size of the pixels.
        place: WGS84 longitude and latitude where it matters; the middle of the image without it.
    """
    true = pixel_size(grid, place)
    if true is None:
        return ()
    lines = [_line(true, s) for s in stated if not agrees(true, s)]
    lines += _nominal(grid, true)
    if lines or true.square:
        return tuple(lines)
    return (f"pixels are {true} on the ground, not square; both sizes are used",)


def agrees(true: PixelSize, stated: StatedSize) -> bool:
    """Whether a stated size holds, for width and height alike, within the tolerance."""
    if stated.resolution:
        return 1 / RESOLUTION_TOLERANCE <= stated.size_m / true.side_m <= RESOLUTION_TOLERANCE
    return all(abs(stated.size_m / side - 1) <= TOLERANCE for side in (true.across_m, true.down_m))


def _line(true: PixelSize, stated: StatedSize) -> str:
    factor = stated.size_m**2 / true.area_m2
    if factor >= 2 or factor <= 0.5:
        wrong = f"{max(factor, 1 / factor):.2g} times too {'large' if factor > 1 else 'small'}"
    else:
        wrong = f"{100 * abs(factor - 1):.2g} % too {'large' if factor > 1 else 'small'}"
    return (
        f"pixels are {true} on the ground, not {stated.size_m:.3g} m as stated by {stated.source} "
        f"(areas would come out {wrong}); the true size is used"
    )


def _nominal(grid: GeoBox, true: PixelSize) -> list[str]:
    """A line where the coordinates of a projected grid make its pixels another size than they are."""
    if grid.crs is None or not grid.crs.projected:
        return []
    metres, a = grid.crs.proj.axis_info[0].unit_conversion_factor, grid.affine
    sides = (math.hypot(a.a, a.d) * metres, math.hypot(a.b, a.e) * metres)
    wrong = max(abs(sides[0] / true.across_m - 1), abs(sides[1] / true.down_m - 1))
    if wrong <= TOLERANCE:
        return []
    epsg = grid.crs.epsg
    where = f"the coordinates of {f'EPSG:{epsg}' if epsg else 'its map projection'}"
    return [_line(true, StatedSize(math.sqrt(sides[0] * sides[1]), where))]


def stated_in(values: Any, keys: Sequence[str], where: str, *, resolution: bool) -> tuple[StatedSize, ...]:
    """Sizes under `keys` of metadata that are positive numbers; `where` names the file."""
    found = []
    for key in keys:
        try:
            size = float(values[key])
        except (KeyError, TypeError, ValueError):
            continue
        if 0 < size < math.inf:
            found.append(StatedSize(size, f"{key} in {where}", resolution))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Scale:
    """The pixel size of an image without position, and how far it is known."""

    pixel_m: float
    sigma: float
    """Relative standard error."""
    how: str
    """In words."""
    notes: tuple[str, ...] = ()


def scale_of(
    gsd: float | None = None, gsd_sigma: float | None = None, known: Sequence[KnownEdge] = ()
) -> Scale | None:
    """The scale that the user gives: a pixel size with its standard error, or edges of known length; None for neither.

    An edge gives the scale with the error of its length and of both its ends (`POINTED_PX` each). Several are averaged
    in logarithms by their weights; where they disagree beyond their errors, the error grows by the square root of chi
    square over its degrees of freedom (R. T. Birge, Physical Review 40, 1932).

    Raises:
        UsageError: both, or numbers that are no lengths.
    """
    if gsd is not None and known:
        raise UsageError("--gsd and --known came; expected one of them")
    if gsd_sigma is not None and gsd is None:
        raise UsageError("--gsd-sigma came without --gsd; expected both")
    if known:
        return _by_edges(known)
    if gsd is None:
        return None
    if not 0 < gsd < math.inf:
        raise UsageError(f"--gsd is {gsd:g}; expected the pixel size in metres, larger than 0")
    if gsd_sigma is None:
        note = (
            "the error of --gsd is not given (--gsd-sigma): intervals take it as exact, and pixels as square"
        )
        return Scale(gsd, 0.0, f"{gsd:g} m a pixel as stated (--gsd)", (note,))
    if not 0 <= gsd_sigma < gsd:
        raise UsageError(f"--gsd-sigma is {gsd_sigma:g}; expected metres, from 0 up and below --gsd {gsd:g}")
    how = f"{gsd:g} m +- {gsd_sigma:g} m a pixel as stated (--gsd, --gsd-sigma)"
    return Scale(gsd, gsd_sigma / gsd, how, ("pixels are taken as square",))


def _by_edges(known: Sequence[KnownEdge]) -> Scale:
    logs = np.log([e.length_m / e.pixels for e in known])
    sigmas = np.array(
        [math.hypot(e.sigma_m / e.length_m, math.sqrt(2) * POINTED_PX / e.pixels) for e in known]
    )
    weights = sigmas**-2 / (sigmas**-2).sum()
    mean, sigma = float(weights @ logs), float((sigmas**-2).sum() ** -0.5)
    notes: tuple[str, ...] = ("pixels are taken as square",)
    if len(known) > 1:
        birge = math.sqrt(float((((logs - mean) / sigmas) ** 2).sum()) / (len(known) - 1))
        if birge > 1:
            sigma *= birge
            apart = math.exp(float(np.ptp(logs))) - 1
            notes += (
                f"the known edges differ by {100 * apart:.1f} %: the error was enlarged {birge:.1f} times",
            )
    size = math.exp(mean)
    edges = f"{len(known)} edges" if len(known) > 1 else "an edge"
    return Scale(
        size,
        sigma,
        f"{size:.3g} m a pixel +- {100 * sigma:.1f} % from {edges} of known length (--known)",
        notes,
    )

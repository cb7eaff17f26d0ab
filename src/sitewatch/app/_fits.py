"""Windows of a site's scenes around a building, in each scene's own pixels, and the box that fits them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely
from odc.geo.geobox import GeoBox
from pyproj import Transformer
from shapely import MultiPolygon, Polygon, affinity

from sitewatch import optics
from sitewatch.app.align import Aligned
from sitewatch.change.maps import sample
from sitewatch.imagery.build import sun_at
from sitewatch.imagery.looks import Looks
from sitewatch.imagery.read import read
from sitewatch.measure.fitted import stands
from sitewatch.measure.forward import Placed
from sitewatch.measure.rectangle import MARGIN_PX, Fit, fit, start_box
from sitewatch.measure.solve import Look
from sitewatch.types import Registration, Scene

RECENT = 24
"""Looks, the latest ones, among which those to measure in are chosen."""
TAKEN = 8
"""Looks that a building is measured in, at most."""
LARGE = 20_000
"""Pixels of a window from which two looks are enough, and all that is quick."""
CLEAR = 0.95
"""Share of the window around a building that must be clear."""
LOW_SUN = 12.0
"""Degrees; below, shadows are too long and roofs too dim to be of use."""
SHADOW_M = 12.0
"""Ground around the outline for shadows, metres, beside the margin in pixels."""
ASIDE = (90.0, 270.0)
"""Azimuths of a sensor that looks to the side of its track."""
LEAST_USABLE = 0.1
"""Share of the site that a look must show to take part."""


@dataclass(frozen=True)
class Tried:
    """What came of fitting a box to a building."""

    fit: Fit | None
    """Also one that is not to be used, to be shown; None where nothing could be tried."""
    looks: tuple[Look, ...]
    """Windows that were looked into, by time."""
    reason: str
    """Why the fit is not to be used; empty where it is."""


@dataclass(frozen=True)
class Room:
    """A site's scenes, ready to be looked into."""

    aligned: Aligned
    looks: Looks
    registrations: dict[str, Registration]
    base: Path

    @classmethod
    def of(cls, aligned: Aligned, base: Path) -> "Room":
        """Survey the aligned scenes.

        Raises:
            DataError: none of them is usable.
        """
        looks = Looks.of(aligned.scenes, aligned.files, aligned.grid)
        looks = looks.surveyed(sample(looks.shape), LEAST_USABLE)
        return cls(aligned, looks, {r.scene_id: r for r in aligned.registrations}, base)

    @property
    def crs(self) -> str:
        """Of the site's grid."""
        assert self.aligned.grid.crs is not None
        return self.aligned.grid.crs.to_wkt()

    def fitted(
        self,
        outline: Polygon,
        others: Iterable[Polygon],
        *,
        after: date | None = None,
        before: date | None = None,
        known: bool = False,
    ) -> Fit | str:
        """As `tried`: the box, or why there is none."""
        tried = self.tried(outline, others, after=after, before=before, known=known)
        return tried.reason or tried.fit or "no clear look shows it whole"

    def tried(
        self,
        outline: Polygon,
        others: Iterable[Polygon],
        *,
        after: date | None = None,
        before: date | None = None,
        known: bool = False,
    ) -> Tried:
        """The box that fits a building in the latest clear looks, with these looks, or why there is none.

        Args:
            outline: in the CRS of the site's grid.
            others: outlines of other structures, left out where they do not overlap.
            after, before: days on which, and between which, it stands complete.
            known: True where it is known to be a building; else its shadow must tell that something stands there.
        """
        looks = self.chosen(outline, [o for o in others if not o.intersects(outline)], after, before)
        if not looks:
            return Tried(None, (), "no clear look shows it whole")
        found = fit(start_box(outline), looks)
        unseen = "" if known or stands(found) else "no shadow tells that something stands there"
        return Tried(found, tuple(looks), found.failed or unseen)

    def chosen(
        self,
        outline: Polygon | MultiPolygon,
        others: list[Polygon],
        after: date | None,
        before: date | None,
    ) -> list[Look]:
        """Of the latest clear looks those with the highest sun, by time."""
        days = self.looks.dates
        recent = [
            i for i, d in enumerate(days) if (after is None or d >= after) and (before is None or d < before)
        ][-RECENT:]
        if not recent:
            return []
        window = _window(outline, self.aligned.grid, MARGIN_PX + SHADOW_M / self.looks.pixel_m)
        _, usable = _only(self.looks, recent).read(window)
        near = _window(outline, self.aligned.grid, 2.0)
        rows = slice(near[0].start - window[0].start, near[0].stop - window[0].start)
        cols = slice(near[1].start - window[1].start, near[1].stop - window[1].start)
        clear = [
            (self.looks.scenes[self.looks.kept[i]], u)
            for i, u in zip(recent, usable, strict=True)
            if u.size and u.mean() >= CLEAR and u[rows, cols].mean() >= CLEAR
        ]
        suns = [sun_at(scenes[0], self.aligned.grid)[1] for scenes, _ in clear]
        latest = [(c, s) for c, s in zip(clear, suns, strict=True) if not s < LOW_SUN][-2 * TAKEN :]
        large = usable[0].size * (self.looks.pixel_m / self._finest()) ** 2 > LARGE
        order = sorted(latest, key=lambda cs: -(cs[1] if np.isfinite(cs[1]) else 0.0))[
            : 2 if large else TAKEN
        ]
        picked = [self._look(c[0], c[1], window, outline, others) for c, _ in order]
        found = [k for k in picked if k is not None]
        if not found:
            return []
        finest = max(abs(float(np.linalg.det(k.placed.to_pixels[:, :2]))) for k in found)
        same = [k for k in found if abs(float(np.linalg.det(k.placed.to_pixels[:, :2]))) > finest / 1.7]
        return sorted(same, key=lambda k: k.scene)

    def _finest(self) -> float:
        """Smallest pixel of the scenes, metres; that of the grid where none is known."""
        return min((s.gsd_m for s in self.aligned.scenes if s.gsd_m is not None), default=self.looks.pixel_m)

    def _look(
        self,
        scenes: Sequence[Scene],
        usable: npt.NDArray[np.bool_],
        window: tuple[slice, slice],
        outline: Polygon | MultiPolygon,
        others: list[Polygon],
    ) -> Look | None:
        """The window of the first scene of a moment that shows all of it."""
        grid = self.aligned.grid
        reach = MARGIN_PX * self.looks.pixel_m + SHADOW_M
        corners = shapely.get_coordinates(shapely.box(*outline.buffer(reach).bounds))[:4]
        for scene in scenes:
            known = self.registrations[scene.id]
            to_pixels = _to_native(scene, grid, outline, (known.dx, known.dy))
            at = corners @ to_pixels[:, :2].T + to_pixels[:, 2]
            (c0, r0), (c1, r1) = np.floor(at.min(axis=0)).astype(int), np.ceil(at.max(axis=0)).astype(int)
            rows, cols = scene.grid.shape
            r0, c0, r1, c1 = max(r0, 0), max(c0, 0), min(r1, rows), min(c1, cols)
            if r1 - r0 < 6 or c1 - c0 < 6:
                continue
            pixels = read(scene, base=self.base, window=((int(r0), int(r1)), (int(c0), int(c1))))
            to_pixels[:, 2] -= [c0, r0]
            good = pixels.observed & _moved(usable, window, grid, to_pixels, pixels.observed.shape)
            if good.mean() < CLEAR - 0.1:
                continue
            col, row = np.meshgrid(np.arange(c1 - c0) + 0.5, np.arange(r1 - r0) + 0.5)
            for other in others:
                ring = affinity.affine_transform(
                    other.buffer(self.looks.pixel_m),
                    [*to_pixels[0, :2], *to_pixels[1, :2], to_pixels[0, 2], to_pixels[1, 2]],
                )
                good &= ~shapely.contains_xy(ring, col, row)
            values = np.stack([np.nan_to_num(pixels.bands[b]) for b in self.looks.bands])
            sigma = known.sigma if np.isfinite(known.sigma) else 0.1
            placed = self._placed(scene, to_pixels, good.shape)
            return Look(scene.id, values, good, placed, sigma, self._leans(scene))
        return None

    def _placed(self, scene: Scene, to_pixels: npt.NDArray[np.float64], shape: tuple[int, int]) -> Placed:
        grid = self.aligned.grid
        lon, lat = _middle(grid)
        turn = optics.azimuth_of_north(self.crs, lat, lon)
        azimuth, elevation = sun_at(scene, grid)
        shadow = lean = None
        if np.isfinite(azimuth) and elevation > 0:
            shadow = optics.shadow_vector(1.0, azimuth + turn, elevation)
        if scene.view_angle is not None and scene.view_azimuth is not None and 0 <= scene.view_angle < 60:
            lean = optics.lean_vector(1.0, scene.view_angle, scene.view_azimuth + turn)
        return Placed(to_pixels, shape, shadow, lean)

    def _leans(self, scene: Scene) -> tuple[tuple[float, float], ...]:
        """To either side of the track, where a scene tells by how much it was looked at aslant but not from where.

        Satellites in sun-synchronous orbits fly nearly north or south, and most look aside.
        """
        if scene.view_angle is None or scene.view_azimuth is not None or not 0 <= scene.view_angle < 60:
            return ()
        return tuple(optics.lean_vector(1.0, scene.view_angle, azimuth) for azimuth in ASIDE)


def _only(looks: Looks, which: list[int]) -> Looks:
    """Some of the looks that take part."""
    assert looks.radiometry is not None
    index = np.array(which, np.intp)
    return replace(looks, radiometry=looks.radiometry.of(index), kept=looks.kept[index])


def _window(outline: Polygon | MultiPolygon, grid: GeoBox, margin_px: float) -> tuple[slice, slice]:
    a = ~grid.affine
    east, north = shapely.get_coordinates(outline).T
    x, y = a.a * east + a.b * north + a.c, a.d * east + a.e * north + a.f
    return optics.box(
        (x.min() - margin_px, y.min() - margin_px, x.max() + margin_px, y.max() + margin_px),
        int(grid.shape[0]),
        int(grid.shape[1]),
    )


def _middle(grid: GeoBox) -> tuple[float, float]:
    assert grid.crs is not None
    rows, cols = grid.shape
    x, y = grid.affine @ (cols / 2, rows / 2)
    lon, lat = Transformer.from_crs(grid.crs.to_wkt(), 4326, always_xy=True).transform(x, y)
    return float(lon), float(lat)


def _to_native(
    scene: Scene, grid: GeoBox, outline: Polygon | MultiPolygon, shift: tuple[float, float]
) -> npt.NDArray[np.float64]:
    """(2, 3): native (column, row) from (x, y, 1) of the site's plane, linear around an outline."""
    a = grid.affine
    slip = np.array([a.a * shift[0] + a.b * shift[1], a.d * shift[0] + a.e * shift[1]])
    middle = np.array([outline.centroid.x, outline.centroid.y])
    step = 50.0 * abs(a.a)
    points = middle + slip + step * np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    x, y = points.T
    if scene.grid.crs != grid.crs:
        assert scene.grid.crs is not None
        assert grid.crs is not None
        change = Transformer.from_crs(grid.crs.to_wkt(), scene.grid.crs.to_wkt(), always_xy=True)
        x, y = change.transform(x, y)
    b = ~scene.grid.affine
    native = np.column_stack([b.a * x + b.b * y + b.c, b.d * x + b.e * y + b.f])
    linear = (native[1:] - native[0]).T / step
    return np.column_stack([linear, native[0] - linear @ middle])


def _moved(
    usable: npt.NDArray[np.bool_],
    window: tuple[slice, slice],
    grid: GeoBox,
    to_pixels: npt.NDArray[np.float64],
    shape: tuple[int, int],
) -> npt.NDArray[np.bool_]:
    """`usable` of a window of the site's grid at the nearest native pixels; False beyond it."""
    col, row = np.meshgrid(np.arange(shape[1]) + 0.5, np.arange(shape[0]) + 0.5)
    native = np.column_stack([col.ravel(), row.ravel()]) - to_pixels[:, 2]
    x, y = np.linalg.solve(to_pixels[:, :2], native.T)
    a = ~grid.affine
    across = np.floor(a.a * x + a.b * y + a.c).astype(int) - window[1].start
    down = np.floor(a.d * x + a.e * y + a.f).astype(int) - window[0].start
    inside = (across >= 0) & (across < usable.shape[1]) & (down >= 0) & (down < usable.shape[0])
    result = np.zeros(len(x), np.bool_)
    result[inside] = usable[down[inside], across[inside]]
    return result.reshape(shape)

"""The ground on a fine raster, painted patch by patch before the sensor looks at it."""

from dataclasses import dataclass, field
from itertools import pairwise
from math import cos, radians, sin, tan
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import shapely
from shapely import Polygon, affinity

from sitewatch import optics
from sitewatch.optics import Image, Sun
from sitewatch.simulate import noise
from sitewatch.simulate.atmosphere import Sky
from sitewatch.simulate.events import Patch
from sitewatch.simulate.materials import MATERIALS, SNOW, spectrum
from sitewatch.simulate.plan import Ground, Scenario, Shape

TEXTURE_SCALES_M = (2.0, 12.0, 60.0)


@dataclass(frozen=True, slots=True)
class View:
    """How one scene is lit and looked at."""

    sun: Sun
    direct: Image
    """Share of direct sunlight (4,)."""
    sky_light: Image
    """Share of skylight (4,)."""
    angle: float
    azimuth: float
    day_of_year: float
    """Of a northern year."""
    sky: Sky


@dataclass
class Terrain:
    """What does not change with the date: fine grid, relief, textures. Arrays (y, x) of fine cells."""

    cell_m: float
    west: float
    """Metres of the raster's left edge, in the site's own coordinates."""
    north: float
    slope_east: Image
    slope_north: Image
    textures: tuple[Image, Image, Image]
    ground: Ground
    grassy: Image
    """Share of plants, the rest is bare."""
    crowns: tuple[Image, Image]
    """Slope (down, right) of tree tops for each metre of their height."""
    snow_lies: Image
    """Order in which snow melts: the last places are near 1."""
    alphas: dict[tuple[bytes, float], tuple[tuple[slice, slice], Image]] = field(default_factory=dict)
    """Coverage of shapes that are painted on every date."""

    @classmethod
    def make(cls, scenario: Scenario, seed: int, cell_m: float, margin_m: float) -> "Terrain":
        cells = round((scenario.size_m + 2 * margin_m) / cell_m)
        shape = (cells, cells)

        def grain(name: str, scale_m: float, slope: float) -> Image:
            return noise.field(noise.stream(seed, name), shape, scale_m / cell_m, slope)

        hills = grain("hills", 320.0, 7.0) * scenario.relief_m + grain("bumps", 25.0, 5.0) * 0.25
        down, right = np.gradient(hills, cell_m)
        near, middle, far = (grain(f"texture {s}", s, 3.0) for s in TEXTURE_SCALES_M)
        patchy = grain("plants", scenario.ground.patch_m, 3.4) + 0.4 * middle
        edge = float(np.quantile(patchy, 1 - scenario.ground.share))
        snow = grain("snow", 60.0, 3.8) - 4 * down  # it stays longer on slopes that fall to the north
        crown_down, crown_right = np.gradient(0.06 * middle, cell_m)
        order = np.argsort(np.argsort(snow[::4, ::4], axis=None)).reshape(snow[::4, ::4].shape)
        rank = (order / order.size).astype(np.float32)
        return cls(
            cell_m=cell_m,
            west=-margin_m,
            north=scenario.size_m + margin_m,
            slope_east=right.astype(np.float32),
            slope_north=-down.astype(np.float32),
            textures=(near, middle, far),
            ground=scenario.ground,
            grassy=noise.smoothstep(patchy, edge - 0.8, edge + 0.8),
            crowns=(crown_down.astype(np.float32), crown_right.astype(np.float32)),
            snow_lies=cv2.resize(rank, shape, interpolation=cv2.INTER_LINEAR).astype(np.float32),
        )

    @property
    def shape(self) -> tuple[int, int]:
        return self.grassy.shape[0], self.grassy.shape[1]

    def alpha(self, shape: Shape, feather_m: float, keep: bool = False) -> tuple[tuple[slice, slice], Image]:
        """Window and coverage (y, x) of a shape given in the site's metres."""
        key = (shape.wkb, feather_m)
        if key in self.alphas:
            return self.alphas[key]
        cells = shapely.transform(
            shape, lambda p: np.column_stack([p[:, 0] - self.west, self.north - p[:, 1]]) / self.cell_m
        )
        reach = 3 * feather_m / self.cell_m
        x0, y0, x1, y1 = cells.bounds
        window = optics.box((x0 - reach, y0 - reach, x1 + reach, y1 + reach), *self.shape)
        rows, cols = window[0].stop - window[0].start, window[1].stop - window[1].start
        if not rows or not cols:
            return window, np.zeros((rows, cols), np.float32)
        local = affinity.translate(cells, -window[1].start, -window[0].start)
        covered = optics.coverage(local, rows, cols)
        if feather_m:
            sigma = feather_m / self.cell_m
            covered = _float32(cv2.GaussianBlur(covered, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE))
        if keep:
            self.alphas[key] = (window, covered)
        return window, covered


class Canvas:
    """One date: reflectance of each band, snow that stays, and how much direct sun each cell gets."""

    def __init__(self, terrain: Terrain, view: View) -> None:
        self.terrain, self.view = terrain, view
        shape = terrain.shape
        self.ground = np.empty((4, *shape), np.float32)
        self.snow = np.ones(shape, np.float32)
        self.light = self._lit(terrain.slope_east, terrain.slope_north)
        self._cover_with_plants()

    def paint_ground(self, patch: Patch) -> None:
        """Lay a flat patch."""
        window, alpha = self.terrain.alpha(patch.shape, patch.feather_m, keep=True)
        self._lay(patch, window, alpha * np.float32(patch.density))
        if patch.material != "rock":  # roads, yards, fields and water are nearly level
            self._relight(window, 0.85 * alpha, np.float32(1))

    def shade(self, patch: Patch) -> None:
        """Take the direct sun from where the shadow of a standing patch falls on the ground."""
        sun = self.view.sun
        top = optics.shadow_vector(patch.height_m, sun.azimuth, sun.elevation)
        shape = affinity.translate(patch.shape, *top) if patch.open_below else _swept(patch.shape, top)
        window, alpha = self.terrain.alpha(shape, patch.feather_m)
        self.light[window] *= 1 - alpha * np.float32(patch.density)

    def erect(self, patch: Patch) -> None:
        """Paint the visible wall and the roof of a standing patch, where the view puts them."""
        top = optics.lean_vector(patch.height_m, self.view.angle, self.view.azimuth)
        roof = affinity.translate(patch.shape, *top)
        trees = MATERIALS[patch.material].green is not None
        if not patch.open_below and not trees:
            wall = Patch(_swept(patch.shape, top), "wall")
            window, alpha = self.terrain.alpha(wall.shape, 0.0)
            self._lay(wall, window, alpha)
            sun = self.view.sun
            facing = cos(radians(self.view.azimuth - sun.azimuth)) / tan(radians(sun.elevation))
            self._relight(window, alpha, np.float32(min(1.2, max(0.0, facing))))
        window, alpha = self.terrain.alpha(roof, patch.feather_m)
        alpha = alpha * np.float32(patch.density)
        self._lay(patch, window, alpha)
        if trees:  # rough tops, lit by the slope of each crown
            down, right = (d[window] for d in self.terrain.crowns)
            self._relight(
                window, alpha, 0.55 * self._lit(patch.height_m * right, -patch.height_m * down) + 0.35
            )
        else:
            east, north = (np.full((1, 1), s, np.float32) for s in patch.slope)
            lit = self._lit(east, north)
            self._relight(window, alpha, lit)

    def reflectance(self) -> tuple[Image, Image]:
        """Reflectance (4, y, x) as a sensor would derive it, shadows included, and snow cover (y, x).

        Ends the painting: snow and light go into the ground itself.
        """
        view = self.view
        snow = np.zeros(self.terrain.shape, np.float32)
        if view.sky.snow:
            lies = 1 - view.sky.snow
            snow = noise.smoothstep(self.terrain.snow_lies, lies - 0.12, lies + 0.12) * self.snow
            self.ground += snow * (SNOW[:, None, None] - self.ground)
        for band in range(4):
            self.ground[band] *= view.sky_light[band] + view.direct[band] * self.light
        return self.ground, snow

    def _cover_with_plants(self) -> None:
        terrain, sky = self.terrain, self.view.sky
        soil, grass = MATERIALS[terrain.ground.bare], MATERIALS[terrain.ground.plants]
        bare = spectrum(terrain.ground.bare, self.view.day_of_year, sky.wetness)
        green = spectrum(terrain.ground.plants, self.view.day_of_year, sky.wetness, sky.late_days)
        rough = [
            (grass.texture[i] * terrain.grassy + soil.texture[i] * (1 - terrain.grassy)) * terrain.textures[i]
            for i in range(3)
        ]
        grain = np.maximum(1 + rough[0] + rough[1] + rough[2], 0.4)
        for band in range(4):
            self.ground[band] = (bare[band] + (green[band] - bare[band]) * terrain.grassy) * grain

    def _lay(self, patch: Patch, window: tuple[slice, slice], alpha: Image) -> None:
        material, sky = MATERIALS[patch.material], self.view.sky
        colour = spectrum(patch.material, self.view.day_of_year, sky.wetness, sky.late_days + patch.late_days)
        grain = np.full(alpha.shape, patch.gain, np.float32)
        for amplitude, texture in zip(material.texture, self.terrain.textures, strict=True):
            if amplitude:
                grain += np.float32(patch.gain * amplitude) * texture[window]
        np.maximum(grain, 0.2, out=grain)
        for band in range(4):
            part = self.ground[band][window]
            part += alpha * (colour[band] * grain - part)
        self.snow[window] += alpha * (material.snow - self.snow[window])

    def _relight(self, window: tuple[slice, slice], alpha: Image, light: Image | np.float32) -> None:
        part = self.light[window]
        part += alpha * (light - part)

    def _lit(self, slope_east: Image, slope_north: Image) -> Image:
        """Direct sun on a slope over that on level ground: cos(incidence) / cos(zenith)."""
        sun = self.view.sun
        toward = slope_east * sin(radians(sun.azimuth)) + slope_north * cos(radians(sun.azimuth))
        lit = (1 - toward / tan(radians(sun.elevation))) / np.sqrt(1 + slope_east**2 + slope_north**2)
        result: Image = np.clip(lit, 0, 2.5).astype(np.float32)
        return result


def _float32(image: npt.NDArray[Any]) -> Image:
    return image.astype(np.float32, copy=False)


def _swept(shape: Shape, vector: tuple[float, float]) -> Shape:
    """All ground that a shape passes over when it is moved along a vector."""
    if vector == (0.0, 0.0):
        return shape
    parts: list[Polygon] = []
    for part in shapely.get_parts(shape):
        moved = affinity.translate(part, *vector)
        if part.convex_hull.area <= part.area * (1 + 1e-9):
            parts.append(part.union(moved).convex_hull)
            continue
        ring = shapely.get_coordinates(part.exterior)
        sides = [shapely.MultiPoint([a, b, a + vector, b + vector]).convex_hull for a, b in pairwise(ring)]
        parts += [part, moved, *(s for s in sides if s.area > 0)]
    return shapely.union_all(parts)

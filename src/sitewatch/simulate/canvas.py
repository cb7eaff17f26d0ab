"""The ground on a fine raster, painted patch by patch before the sensor looks at it."""

from dataclasses import dataclass, field
from itertools import pairwise
from math import cos, radians, sin, tan
from typing import Any

import cv2
import numpy as np
import shapely
from shapely import Polygon, affinity

from sitewatch import optics
from sitewatch.optics import Image, Sun
from sitewatch.simulate import noise
from sitewatch.simulate.atmosphere import Sky
from sitewatch.simulate.events import Patch
from sitewatch.simulate.materials import MATERIALS, SNOW, spectrum
from sitewatch.simulate.plan import Ground, Scenario, Shape

Window = tuple[slice, slice]

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
    alphas: dict[tuple[bytes, float], tuple[Window, Image]] = field(default_factory=dict)
    """Coverage of shapes that are painted on every date."""

    @classmethod
    def make(cls, scenario: Scenario, seed: int, cell_m: float, cells: tuple[int, int]) -> "Terrain":
        """Draw the terrain; `cells` are those along the site and those of the margin around it."""
        side, margin = cells
        shape = (side + 2 * margin, side + 2 * margin)

        def grain(name: str, scale_m: float, slope: float) -> Image:
            return noise.field(noise.stream(seed, name), shape, scale_m / cell_m, slope)

        hills = scenario.relief_m * (grain("hills", 320.0, 7.0) + 0.03 * grain("bumps", 25.0, 5.0))
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
            west=-margin * cell_m,
            north=(side + margin) * cell_m,
            slope_east=_float32(right),
            slope_north=_float32(-down),
            textures=(near, middle, far),
            ground=scenario.ground,
            grassy=noise.smoothstep(patchy, edge - 0.8, edge + 0.8),
            crowns=(crown_down.astype(np.float32), crown_right.astype(np.float32)),
            snow_lies=cv2.resize(rank, shape, interpolation=cv2.INTER_LINEAR).astype(np.float32),
        )

    @property
    def shape(self) -> tuple[int, int]:
        return self.grassy.shape[0], self.grassy.shape[1]

    def alpha(
        self, shape: Shape, feather_m: float, *, keep: bool = False, window: Window | None = None
    ) -> tuple[Window, Image]:
        """Window around a shape given in the site's metres, or the given one, and its coverage there (y, x).

        `keep` remembers the result for the other dates.
        """
        key = (shape.wkb, feather_m)
        if window is None and key in self.alphas:
            return self.alphas[key]
        cells = shapely.transform(
            shape, lambda p: np.column_stack([p[:, 0] - self.west, self.north - p[:, 1]]) / self.cell_m
        )
        if window is None:
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
    """One date. First everything flat and the shadows on it, then `settle`, then what stands on it.

    Mixed cells keep exact shares: ground, wall and roof each enter with the area that is seen of them.
    """

    def __init__(self, terrain: Terrain, view: View) -> None:
        self.terrain, self.view = terrain, view
        self.image = np.empty((4, *terrain.shape), np.float32)
        """Reflectance as a sensor would derive it; before `settle` without light and snow."""
        self.snow = np.ones(terrain.shape, np.float32)
        """Share of fallen snow that stays; after `settle` the snow cover."""
        self.fallen = self._fallen_snow()
        self.light = self._lit(terrain.slope_east, terrain.slope_north)
        """Direct sun on the ground, 1 on lit level ground."""
        self._cover_with_plants()

    def paint_ground(self, patch: Patch) -> None:
        """Lay a flat patch."""
        window, alpha = self.terrain.alpha(patch.shape, patch.feather_m, keep=True)
        alpha = alpha * np.float32(patch.density)
        material = MATERIALS[patch.material]
        colour, grain = self._colour(patch, window)
        for band in range(4):
            part = self.image[band][window]
            part += alpha * (colour[band] * grain - part)
        self.snow[window] += alpha * (material.snow - self.snow[window])
        if patch.material != "rock":  # roads, yards, fields and water are nearly level
            light = self.light[window]
            light += np.float32(0.85) * alpha * (1 - light)

    def shade(self, patch: Patch) -> None:
        """Take the direct sun from where the shadow of a standing patch falls on the ground."""
        sun = self.view.sun
        tip = optics.shadow_vector(patch.height_m, sun.azimuth, sun.elevation)
        if patch.open_below:
            window, shade = self.terrain.alpha(affinity.translate(patch.shape, *tip), patch.feather_m)
        else:
            window, shade = self.terrain.alpha(_swept(patch.shape, tip), patch.feather_m)
            _, foot = self.terrain.alpha(patch.shape, patch.feather_m, window=window)
            # of a cell at the foot only the part beside the body is seen
            beside = np.maximum(1 - foot, np.float32(1e-3))
            shade = np.where(foot > 0.999, shade, np.clip((shade - foot) / beside, 0, 1))
        self.light[window] *= 1 - shade * np.float32(patch.density)

    def settle(self) -> None:
        """The ground is complete: let snow and light fall on it."""
        self.snow *= self.fallen
        for band in range(4):
            part = self.image[band]
            if self.view.sky.snow:
                part += self.snow * (SNOW[band] - part)
            part *= self.view.sky_light[band] + self.view.direct[band] * self.light

    def erect(self, patch: Patch) -> None:
        """Paint the visible wall and the top of a standing patch, where the view puts them."""
        lean = optics.lean_vector(patch.height_m, self.view.angle, self.view.azimuth)
        top = affinity.translate(patch.shape, *lean)
        trees = MATERIALS[patch.material].green is not None
        if patch.open_below or trees:
            window, alpha = self.terrain.alpha(top, patch.feather_m)
            alpha = alpha * np.float32(patch.density)
            colour, snow = self._lit_body(patch, window, trees)
            self._put(window, alpha, colour, snow)
            return
        window, outline = self.terrain.alpha(_swept(patch.shape, lean), patch.feather_m)
        _, roof = self.terrain.alpha(top, patch.feather_m, window=window)
        colour, snow = self._lit_body(patch, window, trees)
        wall = self._wall()
        share = roof / np.maximum(outline, np.float32(1e-6))  # of what is seen of the body, the roof
        self._put(window, outline, wall + share * (colour - wall), _float32(share * snow))

    def _put(self, window: Window, alpha: Image, colour: Image, snow: Image) -> None:
        part = self.image[(slice(None), *window)]
        part += alpha * (colour - part)
        self.snow[window] += alpha * (snow - self.snow[window])

    def _lit_body(self, patch: Patch, window: Window, trees: bool) -> tuple[Image, Image]:
        """Colour (4, y, x) of the top of a body, with light and snow, and its snow cover (y, x)."""
        if trees:  # rough tops, lit by the slope of each crown
            down, right = (d[window] for d in self.terrain.crowns)
            lit = 0.55 * self._lit(patch.height_m * right, -patch.height_m * down) + 0.35
        else:
            east, north = (np.full((1, 1), s, np.float32) for s in patch.slope)
            lit = self._lit(east, north)
        colour, grain = self._colour(patch, window)
        snow = self.fallen[window] * np.float32(MATERIALS[patch.material].snow)
        bare = colour[:, None, None] * grain
        view = self.view
        light = view.sky_light[:, None, None] + view.direct[:, None, None] * lit
        result: Image = ((bare + snow * (SNOW[:, None, None] - bare)) * light).astype(np.float32)
        return result, snow

    def _wall(self) -> Image:
        """Colour (4, 1, 1) of the wall that faces the sensor."""
        view = self.view
        facing = cos(radians(view.azimuth - view.sun.azimuth)) / tan(radians(view.sun.elevation))
        light = view.sky_light + view.direct * np.float32(min(1.2, max(0.0, facing)))
        result: Image = (spectrum("wall", view.day_of_year) * light).astype(np.float32)[:, None, None]
        return result

    def _fallen_snow(self) -> Image:
        """Share of each cell under snow where all of it stays."""
        if not self.view.sky.snow:
            return np.zeros(self.terrain.shape, np.float32)
        lies = 1 - self.view.sky.snow
        return noise.smoothstep(self.terrain.snow_lies, lies - 0.12, lies + 0.12)

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
            self.image[band] = (bare[band] + (green[band] - bare[band]) * terrain.grassy) * grain

    def _colour(self, patch: Patch, window: Window) -> tuple[Image, Image]:
        """Reflectance (4,) of a patch and its texture (y, x) as a factor."""
        material, sky = MATERIALS[patch.material], self.view.sky
        late = sky.late_days + patch.late_days
        grain = np.full(self.light[window].shape, patch.gain, np.float32)
        for amplitude, texture in zip(material.texture, self.terrain.textures, strict=True):
            if amplitude:
                grain += np.float32(patch.gain * amplitude) * texture[window]
        return spectrum(patch.material, self.view.day_of_year, sky.wetness, late), np.maximum(grain, 0.2)

    def _lit(self, slope_east: Image, slope_north: Image) -> Image:
        """Direct sun on a slope over that on level ground: cos(incidence) / cos(zenith)."""
        sun = self.view.sun
        toward = slope_east * sin(radians(sun.azimuth)) + slope_north * cos(radians(sun.azimuth))
        lit = (1 - toward / tan(radians(sun.elevation))) / np.sqrt(1 + slope_east**2 + slope_north**2)
        result: Image = np.clip(lit, 0, 2.5).astype(np.float32)
        return result


def _float32(image: Any) -> Image:
    return np.asarray(image, np.float32)


def _swept(shape: Shape, vector: tuple[float, float]) -> Shape:
    """All ground that a shape passes over when it is moved along a vector."""
    if vector == (0.0, 0.0):
        return shape
    parts: list[Polygon] = []
    for part in shapely.get_parts(shape):
        # corners that nearly touch can cross by the rounding of a move
        moved = shapely.make_valid(affinity.translate(part, *vector))
        if part.convex_hull.area <= part.area * (1 + 1e-9):
            parts.append(part.union(moved).convex_hull)
            continue
        ring = shapely.get_coordinates(part.exterior)
        sides = [shapely.MultiPoint([a, b, a + vector, b + vector]).convex_hull for a, b in pairwise(ring)]
        parts += [part, moved, *(s for s in sides if s.area > 0)]
    return shapely.union_all(parts)

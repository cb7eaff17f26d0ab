"""The ground on a fine raster, painted patch by patch before the sensor looks at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, radians, sin, tan
from typing import Any

import cv2
import numpy as np
import shapely

from sitewatch import optics
from sitewatch.optics import Image, Sun
from sitewatch.simulate import noise, shifted
from sitewatch.simulate.atmosphere import Sky
from sitewatch.simulate.events import Patch
from sitewatch.simulate.materials import MATERIALS, SNOW, Material, spectrum
from sitewatch.simulate.outline import Outline
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
    library: Mapping[str, Material]
    """The site's materials."""
    snow: Image
    """Reflectance of its snow (4,)."""
    covers: list[tuple[str, Image]]
    """What lies where nothing else does: materials, and the share of each times its texture."""
    crowns: tuple[Image, Image]
    """Slope (down, right) of tree tops for each metre of their height."""
    snow_lies: Image
    """Order in which snow melts: the last places are near 1."""
    alphas: dict[tuple[Shape, float], tuple[Window, Image]] = field(default_factory=dict)
    """Coverage of flat shapes, which lie the same on every date."""
    outlines: dict[Shape, Outline] = field(default_factory=dict)
    """Shapes in fine cells."""

    @classmethod
    def make(cls, scenario: Scenario, seed: int, cell_m: float, cells: tuple[int, int]) -> "Terrain":
        """Draw the terrain; `cells` are those along the site and those of the margin around it."""
        side, margin = cells
        shape = (side + 2 * margin, side + 2 * margin)

        def grain(name: str, scale_m: float, slope: float) -> Image:
            return noise.field(noise.stream(seed, name), shape, scale_m / cell_m, slope)

        shift = scenario.variant == "shifted"
        bumps_m = 0.03 * scenario.relief_m if scenario.bumps_m is None else scenario.bumps_m
        if shift:
            hills = shifted.relief(seed, shape, cell_m, scenario.relief_m, bumps_m)
        else:
            hills = scenario.relief_m * grain("hills", 320.0, 7.0) + bumps_m * grain("bumps", 25.0, 5.0)
        down, right = np.gradient(hills, cell_m)
        near, middle, far = (grain(f"texture {s}", s, 3.0) for s in TEXTURE_SCALES_M)
        ground = scenario.ground
        library = shifted.materials(seed) if shift else MATERIALS

        def first(name: str, slope: float, mix: float) -> Image:
            """Where a cover would lie first."""
            if shift:
                return shifted.parcels(noise.stream(seed, name), shape, ground.patch_m / cell_m)
            return _float32(grain(name, ground.patch_m, slope) + mix * middle)

        plants = _patches(first("plants", 3.4, 0.4), ground.share, ground.edge)
        covers = [(ground.bare, 1 - plants), (ground.plants, plants)]
        if ground.also is not None:
            second = _patches(first("also", 3.0, 0.3), ground.also_share, ground.edge)
            covers = [(name, share * (1 - second)) for name, share in covers] + [(ground.also, second)]
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
            covers=_textured(covers, (near, middle, far), library),
            library=library,
            snow=shifted.SNOW if shift else SNOW,
            crowns=(crown_down.astype(np.float32), crown_right.astype(np.float32)),
            snow_lies=cv2.resize(rank, shape, interpolation=cv2.INTER_LINEAR).astype(np.float32),
        )

    @property
    def shape(self) -> tuple[int, int]:
        return self.slope_east.shape[0], self.slope_east.shape[1]

    def outline(self, shape: Shape) -> Outline:
        """A shape given in the site's metres, in fine cells."""
        if shape not in self.outlines:
            self.outlines[shape] = Outline.of(
                shapely.transform(
                    shape,
                    lambda p: np.column_stack([p[:, 0] - self.west, self.north - p[:, 1]]) / self.cell_m,
                )
            )
        return self.outlines[shape]

    def cells(self, vector: tuple[float, float]) -> optics.Floats:
        """A vector in metres (east, north) as fine cells (right, down)."""
        return np.array([vector[0], -vector[1]]) / self.cell_m

    def window(self, rings: list[optics.Floats], feather_m: float) -> Window:
        """The cells that an outline reaches with its soft edge."""
        if not rings:
            return slice(0, 0), slice(0, 0)
        reach = 3 * feather_m / self.cell_m
        points = np.concatenate(rings)
        (x0, y0), (x1, y1) = points.min(axis=0) - reach, points.max(axis=0) + reach
        return optics.box((x0, y0, x1, y1), *self.shape)

    def soften(self, covered: Image, feather_m: float) -> Image:
        """Coverage (y, x) with a soft edge."""
        if not feather_m or not covered.size:
            return covered
        sigma = feather_m / self.cell_m
        return _float32(
            cv2.GaussianBlur(np.ascontiguousarray(covered), (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
        )

    def alpha(self, shape: Shape, feather_m: float) -> tuple[Window, Image]:
        """Window around a flat shape given in the site's metres, and its coverage there (y, x)."""
        key = (shape, feather_m)
        if key not in self.alphas:
            outline = self.outline(shape)
            window = self.window(outline.rings, feather_m)
            covered = optics.coverages([outline.rings], [window])[0]
            self.alphas[key] = (window, self.soften(covered, feather_m))
        return self.alphas[key]


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
        window, alpha = self.terrain.alpha(patch.shape, patch.feather_m)
        alpha = alpha * np.float32(patch.density)
        material = self.terrain.library[patch.material]
        colour, grain = self._colour(patch, window)
        for band in range(4):
            part = self.image[band][window]
            part += alpha * (colour[band] * grain - part)
        self.snow[window] += alpha * (material.snow - self.snow[window])
        if patch.material != "rock":  # roads, yards, fields and water are nearly level
            light = self.light[window]
            light += np.float32(0.85) * alpha * (1 - light)

    def shade(self, patches: Sequence[Patch]) -> None:
        """Take the direct sun from where the shadows of standing patches fall on the ground."""
        sun, terrain = self.view.sun, self.terrain
        outlines, windows = [], []
        for patch in patches:
            tip = terrain.cells(optics.shadow_vector(patch.height_m, sun.azimuth, sun.elevation))
            foot = terrain.outline(patch.shape)
            shadow = foot.moved(tip) if patch.open_below else foot.swept(tip)
            outlines += [shadow, [] if patch.open_below else foot.rings]
            windows += [terrain.window(shadow, patch.feather_m)] * 2
        covered = iter(zip(windows, optics.coverages(outlines, windows), strict=True))
        for patch, (window, dark), (_, under) in zip(patches, covered, covered, strict=True):
            shade = terrain.soften(dark, patch.feather_m)
            if not patch.open_below:
                # of a cell at the foot only the part beside the body is seen
                foot_share = terrain.soften(under, patch.feather_m)
                beside = np.maximum(1 - foot_share, np.float32(1e-3))
                shade = np.where(foot_share > 0.999, shade, np.clip((shade - foot_share) / beside, 0, 1))
            self.light[window] *= 1 - shade * np.float32(patch.density)

    def settle(self) -> None:
        """The ground is complete: let snow and light fall on it."""
        self.snow *= self.fallen
        snow = self.terrain.snow
        for band in range(4):
            part = self.image[band]
            if self.view.sky.snow:
                part += self.snow * (snow[band] - part)
            part *= self.view.sky_light[band] + self.view.direct[band] * self.light

    def erect(self, patches: Sequence[Patch]) -> None:
        """Paint the visible walls and the tops of standing patches, where the view puts them, in this order."""
        terrain = self.terrain
        outlines, windows = [], []
        for patch in patches:
            lean = terrain.cells(optics.lean_vector(patch.height_m, self.view.angle, self.view.azimuth))
            foot = terrain.outline(patch.shape)
            top = foot.moved(lean)
            seen = top if self._walls_hidden(patch) else foot.swept(lean)
            outlines += [seen, [] if self._walls_hidden(patch) else top]
            windows += [terrain.window(seen, patch.feather_m)] * 2
        wall = self._wall()
        covered = iter(zip(windows, optics.coverages(outlines, windows), strict=True))
        for patch, (window, outline), (_, roof) in zip(patches, covered, covered, strict=True):
            alpha = terrain.soften(outline, patch.feather_m)
            colour, snow = self._lit_body(patch, window)
            if self._walls_hidden(patch):
                self._put(window, alpha * np.float32(patch.density), colour, snow)
                continue
            # of what is seen of the body, the roof
            share = terrain.soften(roof, patch.feather_m) / np.maximum(
                alpha, np.float32(1e-6)
            )  # of what is seen of the body, the roof
            self._put(window, alpha, wall + share * (colour - wall), _float32(share * snow))

    def _is_trees(self, patch: Patch) -> bool:
        return self.terrain.library[patch.material].green is not None

    def _walls_hidden(self, patch: Patch) -> bool:
        """True for what shows no wall: girders on legs, crowns of trees."""
        return patch.open_below or self._is_trees(patch)

    def _put(self, window: Window, alpha: Image, colour: Image, snow: Image) -> None:
        part = self.image[(slice(None), *window)]
        part += alpha * (colour - part)
        self.snow[window] += alpha * (snow - self.snow[window])

    def _lit_body(self, patch: Patch, window: Window) -> tuple[Image, Image]:
        """Colour (4, y, x) of the top of a body, with light and snow, and its snow cover (y, x)."""
        if self._is_trees(patch):  # rough tops, lit by the slope of each crown
            down, right = (d[window] for d in self.terrain.crowns)
            lit = 0.55 * self._lit(patch.height_m * right, -patch.height_m * down) + 0.35
        else:
            east, north = (np.full((1, 1), s, np.float32) for s in patch.slope)
            lit = self._lit(east, north)
        colour, grain = self._colour(patch, window)
        snow = self.fallen[window] * np.float32(self.terrain.library[patch.material].snow)
        bare = colour[:, None, None] * grain
        view = self.view
        light = view.sky_light[:, None, None] + view.direct[:, None, None] * lit
        result: Image = ((bare + snow * (self.terrain.snow[:, None, None] - bare)) * light).astype(np.float32)
        return result, snow

    def _wall(self) -> Image:
        """Colour (4, 1, 1) of the wall that faces the sensor."""
        view = self.view
        facing = cos(radians(view.azimuth - view.sun.azimuth)) / tan(radians(view.sun.elevation))
        light = view.sky_light + view.direct * np.float32(min(1.2, max(0.0, facing)))
        result: Image = (spectrum(self.terrain.library["wall"], view.day_of_year) * light).astype(np.float32)[
            :, None, None
        ]
        return result

    def _fallen_snow(self) -> Image:
        """Share of each cell under snow where all of it stays."""
        if not self.view.sky.snow:
            return np.zeros(self.terrain.shape, np.float32)
        lies = 1 - self.view.sky.snow
        return noise.smoothstep(self.terrain.snow_lies, lies - 0.12, lies + 0.12)

    def _cover_with_plants(self) -> None:
        terrain = self.terrain
        for number, (name, share) in enumerate(terrain.covers):
            colour = self._spectrum(name)
            for band in range(4):
                if number:
                    self.image[band] += share * colour[band]
                else:
                    np.multiply(share, colour[band], out=self.image[band])

    def _spectrum(self, name: str, late_days: float = 0.0) -> Image:
        """Reflectance (4,) of a material on this date."""
        sky, ground = self.view.sky, self.terrain.ground
        late = sky.late_days + ground.late_days + late_days
        return spectrum(self.terrain.library[name], self.view.day_of_year, sky.wetness, late, ground.vigour)

    def _colour(self, patch: Patch, window: Window) -> tuple[Image, Image]:
        """Reflectance (4,) of a patch and its texture (y, x) as a factor."""
        grain = np.ones(self.light[window].shape, np.float32)
        for amplitude, texture in zip(
            self.terrain.library[patch.material].texture, self.terrain.textures, strict=True
        ):
            if amplitude:
                grain += np.float32(amplitude) * texture[window]
        colour = self._spectrum(patch.material, patch.late_days) * np.array(patch.gain, np.float32)
        return colour, np.maximum(grain, 0.2)

    def _lit(self, slope_east: Image, slope_north: Image) -> Image:
        """Direct sun on a slope over that on level ground: cos(incidence) / cos(zenith)."""
        sun = self.view.sun
        toward = slope_east * sin(radians(sun.azimuth)) + slope_north * cos(radians(sun.azimuth))
        lit = (1 - toward / tan(radians(sun.elevation))) / np.sqrt(1 + slope_east**2 + slope_north**2)
        result: Image = np.clip(lit, 0, 2.5).astype(np.float32)
        return result


def _float32(image: Any) -> Image:
    return np.asarray(image, np.float32)


def _patches(order: Image, share: float, edge: float) -> Image:
    """Where a cover lies that takes `share` of the ground, the highest of `order` first (y, x in 0..1)."""
    middle = float(np.quantile(order, 1 - share))
    return noise.smoothstep(order, middle - edge, middle + edge)


def _textured(
    covers: list[tuple[str, Image]],
    textures: tuple[Image, Image, Image],
    library: Mapping[str, Material],
) -> list[tuple[str, Image]]:
    grain = np.ones_like(textures[0])
    for i, texture in enumerate(textures):
        grain += sum(np.float32(library[name].texture[i]) * share for name, share in covers) * texture
    grain = np.maximum(grain, 0.4)
    return [(name, _float32(share * grain)) for name, share in covers]

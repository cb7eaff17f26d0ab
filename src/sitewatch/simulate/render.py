"""From a scenario to a stack of images: each date painted, seen through a sensor and the air, and masked."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from math import ceil

import numpy as np
import numpy.typing as npt
import xarray as xr
from affine import Affine
from odc.geo.geobox import GeoBox
from pyproj import Transformer
from shapely import affinity

from sitewatch import cube, optics
from sitewatch.errors import UsageError
from sitewatch.optics import Image, Sun
from sitewatch.simulate import atmosphere, events, truth
from sitewatch.simulate.canvas import Canvas, Terrain, View
from sitewatch.simulate.materials import BANDS
from sitewatch.simulate.noise import stream
from sitewatch.simulate.plan import Scenario
from sitewatch.simulate.truth import Truth
from sitewatch.types import MaskClass
from sitewatch.types.progress import NoProgress, Progress

FINE_CELL_M = 1.0
"""Cells of the painted ground are at most this wide, or a fifth of a pixel. Coverage of a cell is exact, so shapes
lose nothing."""
OVERPASS_LOCAL_HOUR = 10.4
"""Mean local solar time of a morning constellation."""


@dataclass(frozen=True)
class Simulation:
    """A simulated series and everything that is known about it. Arrays follow the order of `times`."""

    scenario: Scenario
    seed: int
    grid: GeoBox
    times: tuple[datetime, ...]
    """UTC, ascending."""
    stack: Image
    """(time, band, y, x) surface reflectance 0..1 in `BANDS`; NaN where not observed."""
    mask: npt.NDArray[np.uint8]
    """(time, y, x) the vendor's mask, a `MaskClass`, with its errors; UNKNOWN where not observed."""
    clear: npt.NDArray[np.bool_]
    """(time, y, x) True where the ground is really seen: no cloud, shadow of cloud, snow or missing data."""
    shifts: npt.NDArray[np.float64]
    """(time, 2) misregistration (dx, dy) in pixels, right and down, in the sense of `types.Registration`."""
    sun: tuple[Sun, ...]
    """Azimuth from true north, which the grid's own north misses by `optics.azimuth_of_north`."""
    view: npt.NDArray[np.float64]
    """(time, 2) view angle and azimuth of the sensor seen from the ground, degrees (true north)."""
    truth: tuple[Truth, ...]
    """Outlines in the CRS of `grid`."""

    @cached_property
    def scene_ids(self) -> tuple[str, ...]:
        """Names in the manner of PlanetScope: day, time, hundredths, satellite."""
        return tuple(f"{t:%Y%m%d_%H%M%S}_{i % 100:02d}_2{i:03x}" for i, t in enumerate(self.times))

    def to_cube(self) -> xr.Dataset:
        """The series as a cube, shifted as it is; `clear` is what the vendor's mask says, errors included."""
        observed = np.isfinite(self.stack[:, 0])
        return cube.make(
            {name: self.stack[:, i] for i, name in enumerate(BANDS)},
            times=self.times,
            scene_ids=self.scene_ids,
            observed=observed,
            clear=observed & (self.mask == MaskClass.CLEAR),
            mask_class=self.mask,
            grid=self.grid,
            units="reflectance",
        )


def site_grid(scenario: Scenario) -> GeoBox:
    """The site's pixels: UTM zone of its centre, corners at whole multiples of the pixel size."""
    zone = int((scenario.lon + 180) // 6) + 1
    epsg = (32600 if scenario.lat >= 0 else 32700) + zone
    x, y = Transformer.from_crs(4326, epsg, always_xy=True).transform(scenario.lon, scenario.lat)
    gsd = scenario.sensor.gsd_m
    n = round(scenario.size_m / gsd)
    left, top = round((x - scenario.size_m / 2) / gsd) * gsd, round((y + scenario.size_m / 2) / gsd) * gsd
    return GeoBox((n, n), Affine(gsd, 0, left, 0, -gsd, top), f"EPSG:{epsg}")


def render(scenario: Scenario, seed: int | None = None, progress: Progress | None = None) -> Simulation:
    """Take all scenes of a scenario. The same seed gives the same numbers.

    Bodies stand vertically and throw shadows on the ground, not on each other; relief shades but neither
    throws shadows nor leans; neighbouring surfaces do not light each other.

    Args:
        seed: instead of the scenario's own.
        progress: is told after each scene.

    Raises:
        UsageError: on a day of the scenario the sun does not rise high enough for an image (below 3°).
    """
    seed = scenario.seed if seed is None else seed
    progress = progress or NoProgress()
    grid = site_grid(scenario)
    lattice = _Lattice.of(scenario, (int(grid.shape[0]), int(grid.shape[1])))
    terrain = Terrain.make(
        scenario, seed, lattice.cell_m, (lattice.shape[0] * lattice.factor, lattice.margin)
    )
    times = _times(scenario, seed)
    turn = optics.azimuth_of_north(str(grid.crs), scenario.lat, scenario.lon)
    views = [_view(scenario, when, seed, index) for index, when in enumerate(times)]
    shots = []
    progress.start("simulating scenes", len(times))
    try:
        for index, (when, view) in enumerate(zip(times, views, strict=True)):
            fine, snow = _paint(scenario, terrain, _on_grid(view, turn), when.date(), seed)
            shots.append(_shoot(scenario, view, lattice, fine, snow, when=when, seed=seed, index=index))
            progress.advance()
    finally:
        progress.done()
    clear = np.stack([s.clear for s in shots])
    return Simulation(
        scenario=scenario,
        seed=seed,
        grid=grid,
        times=times,
        stack=np.stack([s.image for s in shots]),
        mask=np.stack([s.mask for s in shots]),
        clear=clear,
        shifts=np.array([s.shift for s in shots]),
        sun=tuple(s.view.sun for s in shots),
        view=np.array([(s.view.angle, s.view.azimuth) for s in shots]),
        truth=_truth(scenario, grid, [t.date() for t in times], clear),
    )


@dataclass(frozen=True, slots=True)
class _Lattice:
    """How pixels and fine cells lie against each other."""

    shape: tuple[int, int]
    """Rows and columns of pixels."""
    factor: int
    """Fine cells along a pixel."""
    margin: int
    """Fine cells around the site, for shifts and the point spread."""
    cell_m: float

    @classmethod
    def of(cls, scenario: Scenario, shape: tuple[int, int]) -> "_Lattice":
        gsd = scenario.sensor.gsd_m
        factor = min(5, max(2, ceil(gsd / FINE_CELL_M)))
        margin = (ceil(scenario.sensor.max_shift_px) + 3) * factor
        return cls(shape, factor, margin, gsd / factor)


@dataclass(frozen=True, slots=True)
class _Shot:
    image: Image
    mask: npt.NDArray[np.uint8]
    clear: npt.NDArray[np.bool_]
    shift: tuple[float, float]
    view: View


def _times(scenario: Scenario, seed: int) -> tuple[datetime, ...]:
    rng = stream(seed, "days")
    days = scenario.days
    if not days:
        # one draw in each of `count` slots would be too even; archives have gaps and clusters
        span = (scenario.end - scenario.start).days + 1
        picked = rng.choice(span // 2, size=scenario.count, replace=False) * 2
        days = tuple(scenario.start + timedelta(days=int(d)) for d in np.sort(picked))
    noon = OVERPASS_LOCAL_HOUR - scenario.lon / 15
    return tuple(
        datetime(d.year, d.month, d.day, tzinfo=UTC)
        + timedelta(seconds=round(3600 * (noon % 24)) + int(stream(seed, "time", i).integers(-1500, 1500)))
        for i, d in enumerate(days)
    )


def _view(scenario: Scenario, when: datetime, seed: int, index: int) -> View:
    rng = stream(seed, "view", index)
    sun = optics.sun_position(when, scenario.lat, scenario.lon)
    if sun.elevation < 3:
        raise UsageError(
            f"on {when:%Y-%m-%d} the sun stands at {sun.elevation:.1f}° over latitude {scenario.lat}; "
            "expected days with more than 3°: choose other dates"
        )
    sky = atmosphere.draw(scenario.weather, when.date(), scenario.lat, seed, index)
    direct, sky_light = atmosphere.sunlight(sun.elevation, sky.turbidity)
    # a sun-synchronous track runs nearly north-south, so the camera looks from the east or the west
    azimuth = (rng.choice([98.0, 278.0]) + rng.normal(0, 6)) % 360
    angle = min(scenario.sensor.max_view_deg, abs(rng.normal(0, scenario.sensor.max_view_deg / 1.8)))
    return View(
        sun,
        direct,
        sky_light,
        float(angle),
        float(azimuth),
        events.northern_day(when.date(), scenario.lat),
        sky,
    )


def _on_grid(view: View, turn: float) -> View:
    """The same view with azimuths counted from the grid's north."""
    sun = Sun((view.sun.azimuth + turn) % 360, view.sun.elevation)
    return replace(view, sun=sun, azimuth=(view.azimuth + turn) % 360)


def _paint(scenario: Scenario, terrain: Terrain, view: View, day: date, seed: int) -> tuple[Image, Image]:
    """Reflectance (4, y, x) and snow cover (y, x) of the fine raster on one day."""
    canvas = Canvas(terrain, view)
    for patch in events.ground_patches(scenario, day, seed):
        canvas.paint_ground(patch)
    standing = events.standing_patches(scenario, day, seed)
    canvas.shade(standing)
    canvas.settle()
    canvas.erect(standing)
    return canvas.image, canvas.snow


def _shoot(
    scenario: Scenario,
    view: View,
    lattice: _Lattice,
    fine: Image,
    fine_snow: Image,
    *,
    when: datetime,
    seed: int,
    index: int,
) -> _Shot:
    sensor, shape = scenario.sensor, lattice.shape
    rng = stream(seed, "shot", index)
    limit = sensor.max_shift_px
    dx, dy = np.clip(rng.normal(0, limit / 2.2, 2), -limit, limit)

    def expose(layer: Image, slip: npt.NDArray[np.float64]) -> Image:
        origin = lattice.margin - (np.array([dy, dx]) + slip) * lattice.factor
        return optics.sample(layer, shape, lattice.factor, sensor.psf_sigma_px, (origin[0], origin[1]))

    # the bands of a frame camera never fit exactly
    slips = np.clip(rng.normal(0, 0.04, (4, 2)), -0.1, 0.1) * (1 if limit else 0)
    image = np.stack([expose(layer, slip) for layer, slip in zip(fine, slips, strict=True)])
    snow = expose(fine_snow, np.zeros(2)) if view.sky.snow else np.zeros(shape, np.float32)
    weather = scenario.weather
    cloud = atmosphere.clouds(
        view.sky.cover,
        shape,
        sensor.gsd_m,
        view.sun,
        stream(seed, "cloud", index),
        ragged=weather.ragged,
        thin=weather.thin,
        variant=scenario.variant,
    )
    haze = stream(seed, "haze", index)
    image = atmosphere.veil(image, view.sky, cloud, view.direct, haze, variant=scenario.variant)
    age = (when.date() - scenario.start).days / 365.25
    image = _measure(image * np.float32(1 + sensor.drift * age), scenario, stream(seed, "noise", index))
    mask = atmosphere.vendor_mask(
        image, cloud, snow, sky=view.sky, weather=weather, rng=stream(seed, "mask", index)
    )
    missing = _beyond_strip(shape, weather.partial, stream(seed, "strip", index))
    clear = ~atmosphere.hidden(cloud) & (snow < 0.4) & ~missing
    image[:, missing] = np.nan
    mask[missing] = MaskClass.UNKNOWN
    return _Shot(image, mask, clear, (float(dx), float(dy)), view)


def _measure(image: Image, scenario: Scenario, rng: np.random.Generator) -> Image:
    """Calibration error of the scene, and noise: a floor and shot noise that doubles its variance at 0.1."""
    sensor = scenario.sensor
    gain = 1 + rng.normal(0, sensor.gain_sigma) + rng.normal(0, sensor.gain_sigma / 3, 4)
    offset = rng.normal(0, sensor.gain_sigma / 10, 4)
    image = image * gain.astype(np.float32)[:, None, None] + offset.astype(np.float32)[:, None, None]
    sigma = np.float32(sensor.noise) * np.sqrt(1 + np.clip(image, 0, None) / np.float32(0.1))
    result: Image = np.clip(image + sigma * rng.standard_normal(image.shape, dtype=np.float32), 1e-4, 1.5)
    return result


def _beyond_strip(shape: tuple[int, int], chance: float, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """True where the scene holds no data: one side cut off by the edge of an image strip."""
    if rng.uniform() >= chance:
        return np.zeros(shape, np.bool_)
    row, col = np.indices(shape)
    cut = rng.uniform(0.08, 0.4) * shape[1] + 0.2 * row
    result: npt.NDArray[np.bool_] = col < cut if rng.uniform() < 0.5 else shape[1] - 1 - col < cut
    return result


def _truth(
    scenario: Scenario, grid: GeoBox, days: list[date], clear: npt.NDArray[np.bool_]
) -> tuple[Truth, ...]:
    gsd, left, top = grid.affine.a, grid.affine.c, grid.affine.f
    south = top - grid.shape[0] * gsd
    result = []
    for item in truth.listed(scenario):
        outline = affinity.translate(item.outline, left, south)
        pixels = affinity.affine_transform(outline, (1 / gsd, 0, 0, -1 / gsd, -left / gsd, top / gsd))
        share = optics.coverage(pixels, *grid.shape)
        result.append(truth.dated(replace(item, outline=outline), days, clear, share))
    return tuple(result)

"""Changes in a series of dated images, without trained weights: steps → objects → histories → events."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import xarray as xr

from sitewatch import cube as cubes
from sitewatch.change import assemble, background, history, kinds, null, objects, outline, pool, steps
from sitewatch.change.calibration import CALIBRATED_ON, area_interval, probability
from sitewatch.errors import DataError
from sitewatch.types import Event, Gap, GapPosterior
from sitewatch.types.progress import NoProgress, Progress

NAME = "steps-1"
MIN_DATES = 7
"""Usable dates below which a step cannot be told from a season."""
MIN_USABLE = 0.15
"""Share of the site that a date must show clear to take part."""
MIN_SCORE = 60.0
"""Pooled statistic from which a place becomes a candidate; candidates are judged later, against the site."""
MAX_EXPECTED = 0.05
"""Chance occurrences expected on the whole site up to which a change is reported."""
LEAST_CHANGE = 0.10
"""Relative change that some band must show."""
HARMONICS = 2
DATES_PER_COMPONENT = 16
"""Dates that pay for one component of the stable pixels beside the seasons."""


def detect(
    cube: xr.Dataset, site: str, *, pixel_m: float | None = None, progress: Progress | None = None
) -> tuple[list[Event], list[str]]:
    """Events of a site, in order of time, and notes on what was left out and why.

    Args:
        cube: see `sitewatch.cube`; normalised radiometry.
        site: name for the events.
        pixel_m: metres a pixel; None where unknown (then areas are None).

    Raises:
        DataError: fewer than `MIN_DATES` usable dates.
    """
    progress = progress or NoProgress()
    progress.start("detecting changes", 5)
    cube, stack, statistics = _prepare(cube, pixel_m)
    progress.advance(2)
    pooled, fitted = statistics
    shape = pooled.score.shape
    amplitude = fitted.amplitude.reshape(*fitted.amplitude.shape[:2], *shape)
    candidates = objects.extract(amplitude, stack.sigma, pooled, MIN_SCORE)
    taken = np.zeros(shape, bool)
    for c in candidates:
        taken |= c.mask
    progress.advance()
    changes = [h for c in candidates for h in history.trace(c, stack, taken)]
    changes = [h for h in changes if h.gain >= history.LEAST_GAIN]
    sunward = _sunward(cube)
    episodes = assemble.assemble(changes, stack.days, stack.pixel_m, sunward)
    progress.advance()
    chance = null.sample(stack, taken)
    bands = cubes.band_names(cube)
    vegetation = (bands.index("red"), bands.index("nir")) if {"red", "nir"} <= set(bands) else None
    judged = [kinds.judge(e, stack, taken, sunward, vegetation) for e in episodes]
    events, notes = _report(cube, site, episodes, judged, chance, pixel_m)
    progress.advance()
    progress.done()
    return events, notes


def _prepare(
    cube: xr.Dataset, pixel_m: float | None
) -> tuple[xr.Dataset, history.Stack, tuple[pool.Pooled, steps.Steps]]:
    """The dates that take part, the stack, and the step test on it."""
    share = cube["clear"].mean(("y", "x")).values
    cube = cube.isel(time=np.flatnonzero(share >= MIN_USABLE))
    dates = cube.sizes["time"]
    if dates < MIN_DATES:
        raise DataError(
            f"{dates} dates show at least {MIN_USABLE:.0%} of the site clear; {MIN_DATES} are needed to tell a "
            "change from a season: add scenes, or use `sitewatch compare` on two of them"
        )
    usable = cube["clear"].values
    values = np.where(usable[:, None], cubes.stack(cube), 0).astype(np.float32)
    days = cubes.days(cube)
    rows, cols = usable.shape[1:]
    flat = values.reshape(dates, values.shape[1], -1)
    weight = usable.reshape(dates, -1).astype(np.float32)
    order = min(HARMONICS, max(0, (dates - 5) // 5))
    design = background.harmonics(days, order)
    fitted = steps.fit(flat, weight, design)
    pooled = _pool(fitted, rows, cols)
    count = max(0, dates // DATES_PER_COMPONENT - 1)
    if count:
        extra = _components(fitted, pooled, count)
        design = np.concatenate([design, extra], axis=1)
        fitted = steps.fit(flat, weight, design)
        pooled = _pool(fitted, rows, cols)
    sigma = fitted.sigma.reshape(-1, rows, cols)
    sigma = np.maximum(sigma, 0.5 * np.median(sigma, axis=(1, 2), keepdims=True))
    inverse = np.linalg.inv(pooled.correlation + 0.05 * np.eye(len(pooled.correlation))).astype(np.float32)
    stack = history.Stack(values, usable, days, design, inverse, sigma, pixel_m or 3.0)
    return cube, stack, (pooled, fitted)


def _pool(fitted: steps.Steps, rows: int, cols: int) -> pool.Pooled:
    return pool.pool(fitted.z.reshape(*fitted.z.shape[:2], rows, cols))


def _components(fitted: steps.Steps, pooled: pool.Pooled, count: int) -> npt.NDArray[np.float32]:
    """Temporal components of the residuals at stable pixels, scaled like the harmonics."""
    stable = np.flatnonzero(pooled.score.ravel() < np.quantile(pooled.score, 0.8))
    stable = stable[:: max(1, stable.size // 8000)]
    dates, bands, _ = fitted.residual.shape
    residual = (fitted.residual / np.maximum(fitted.sigma, 1e-4))[:, :, stable].reshape(dates, -1)
    weight = np.repeat(fitted.weight[:, None, stable], bands, axis=1).reshape(dates, -1)
    result: npt.NDArray[np.float32] = background.components(residual, weight, count) * np.sqrt(dates)
    return result


def _sunward(cube: xr.Dataset) -> tuple[float, float] | None:
    """Unit vector (row, column) towards the mean sun; None where its azimuth is not known on any date."""
    if "sun_azimuth" not in cube.coords:
        return None
    azimuth = np.radians(cube["sun_azimuth"].values)
    azimuth = azimuth[np.isfinite(azimuth)]
    if not azimuth.size:
        return None
    mean = np.arctan2(np.sin(azimuth).mean(), np.cos(azimuth).mean())
    return float(-np.cos(mean)), float(np.sin(mean))


def _report(
    cube: xr.Dataset,
    site: str,
    episodes: Sequence[assemble.Episode],
    judged: Sequence[kinds.Judgement],
    chance: null.Null,
    pixel_m: float | None,
) -> tuple[list[Event], list[str]]:
    """Events from the episodes that stand out from chance; notes on those that were set aside."""
    grid = cubes.grid_of(cube)
    kept: dict[int, str] = {}
    notes: list[str] = []
    for i, (episode, judgement) in enumerate(zip(episodes, judged, strict=True)):
        change = episode.change
        relative = np.abs(change.after - change.before) / np.maximum(np.abs(change.before), 1e-3)
        if chance.expected(episode.gain) > MAX_EXPECTED or relative.max() < LEAST_CHANGE:
            continue
        if judgement.resurfaced:
            row, col = np.argwhere(episode.mask).mean(axis=0)
            notes.append(
                f"a standing structure at row {row:.0f}, column {col:.0f} of the grid changed its surface; "
                "its shadow did not change, so it is not reported as an event"
            )
            continue
        kept[i] = f"{len(kept) + 1:03d}"
    events = []
    for i, name in kept.items():
        episode, judgement = episodes[i], judged[i]
        shape = outline.trace_outline(episode.mask, episode.change.membership, grid.affine)
        area, low, high = area_interval(shape, grid.crs, pixel_m)
        start, end = episode.change.gap
        events.append(
            Event(
                id=name,
                site=site,
                kind=judgement.kind,
                outline=shape,
                crs=cube.attrs["crs"] or None,
                posterior=_gaps(cube, episode),
                probability=probability(chance.expected(episode.gain), int(episode.mask.sum())),
                calibrated_on=CALIBRATED_ON,
                area_m2=area,
                area_m2_low=low,
                area_m2_high=high,
                detector=NAME,
                scenes=tuple(str(s) for s in cube["scene_id"].values[[start, end]]),
                score=round(episode.gain, 2),
                parent=kept.get(episode.parent) if episode.parent is not None else None,
            )
        )
    return events, notes


def _gaps(cube: xr.Dataset, episode: assemble.Episode) -> GapPosterior:
    """Posterior over the gaps, by calendar day; looks of one day are one look."""
    stamps = [date.fromisoformat(str(t)[:10]) for t in cube["time"].values]
    looks = [stamps[i] for i in episode.change.index]
    gaps: list[Gap] = []
    for start, end, p in zip(looks[:-1], looks[1:], episode.change.posterior, strict=True):
        if start == end:
            continue
        gaps.append(Gap(start, end, float(p)))
    total = sum(g.probability for g in gaps)
    return GapPosterior(tuple(Gap(g.start, g.end, g.probability / total) for g in gaps))

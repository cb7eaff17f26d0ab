"""Changes in a series of dated images, without trained weights: steps → objects → histories → events."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sitewatch import cube as cubes
from sitewatch.change import assemble, background, history, kinds, null, objects, outline, pool, steps
from sitewatch.change.calibration import STEPS_CALIBRATED_ON, steps_probability
from sitewatch.change.source import UNKNOWN_PIXEL_M
from sitewatch.change.source import sunward as sunward_of
from sitewatch.errors import DataError
from sitewatch.types import Event, Gap, GapPosterior
from sitewatch.types.progress import NoProgress, Progress

if TYPE_CHECKING:
    import xarray as xr

NAME = "steps-1"
MIN_DATES = 7
"""Usable dates below which a step cannot be told from a season."""
MIN_USABLE = 0.15
"""Share of the site that a date must show clear to take part."""
MIN_SCORE = 20.0
"""Pooled statistic from which a place becomes a candidate; candidates are judged later, against the site."""
CHANCE = 8.0
"""Scales of the site's own chance gains above their median that a reported change needs: one such place by chance on
some ten sites."""
DISTURBED = 40.0
"""Pooled statistic from which a candidate is kept out of the surroundings that others are held against."""
GAIN_FLOOR = (12.0, 17.0)
"""Bounds of that: below the first no site is so quiet, and above the second the sample of chance gains holds real
changes that it could not leave out."""
STAGE = 0.7
"""Share of that from which a step may be a stage or the ground work of a stronger one."""
HARMONICS = 2
MAX_LOOKS = 150_000_000
"""Pixels times dates that this detector takes: it holds them all."""
SPAN_DAYS = 1000.0
"""Length of series in which one step test looks."""
LONGEST = 1.3
"""Times that length up to which a series is not cut."""


def detect(
    cube: "xr.Dataset", site: str, *, pixel_m: float | None = None, progress: Progress | None = None
) -> tuple[list[Event], list[str]]:
    """Events of a site, in order of time, and notes on what was left out and why.

    Args:
        cube: see `sitewatch.cube`; normalised radiometry.
        site: name for the events.
        pixel_m: metres a pixel; None where unknown.

    Returns:
        Events without areas, which are `measure`'s to say, and the notes.

    Raises:
        DataError: fewer than `MIN_DATES` usable dates.
    """
    progress = progress or NoProgress()
    share = cube["clear"].mean(("y", "x")).values
    cube = cube.isel(time=np.flatnonzero(share >= MIN_USABLE))
    if cube.sizes["time"] < MIN_DATES:
        raise DataError(
            f"{cube.sizes['time']} dates show at least {MIN_USABLE:.0%} of the site clear; {MIN_DATES} are needed "
            "to tell a change from a season: add scenes, or use `sitewatch compare` on two of them"
        )
    stack = history.Stack(
        np.where(cube["clear"].values[:, None], cubes.stack(cube), 0).astype(np.float32),
        cube["clear"].values,
        cubes.days(cube),
        pixel_m or UNKNOWN_PIXEL_M,
    )
    windows = spans(stack.days)
    progress.start("detecting changes", len(windows) + 1)
    changes: list[history.Change] = []
    taken = np.zeros(stack.usable.shape[1:], bool)
    for window, (first, last) in zip(windows, territories(stack.days, windows), strict=True):
        found, touched = _search(stack.between(window))
        found = [c.later_by(window.start) for c in found]
        # Near a span's end a step is told from few looks; the span that has it in its middle decides.
        changes += [c for c in found if stack.days[c.gap[1]] >= first and stack.days[c.gap[0]] <= last]
        taken |= touched
        progress.advance()
    sunward = sunward_of(cube)
    bands = cubes.band_names(cube)
    vegetation = (bands.index("red"), bands.index("nir")) if {"red", "nir"} <= set(bands) else None
    episodes = assemble.assemble(changes, stack.days, stack.pixel_m, sunward, vegetation)
    judged = [kinds.judge(e, stack, taken, sunward, vegetation) for e in episodes]
    events, notes = _report(cube, site, episodes, judged)
    progress.advance()
    progress.done()
    return events, notes


def spans(days: npt.NDArray[np.float64]) -> list[slice]:
    """Overlapping spans of a series in which a step is looked for: what lies years apart has its own history.

    Every date and its neighbours within `SPAN_DAYS / 4` lie together in at least one span.
    """
    length = float(days[-1] - days[0])
    if length <= LONGEST * SPAN_DAYS:
        return [slice(0, len(days))]
    count = int(np.ceil(2 * (length - SPAN_DAYS) / SPAN_DAYS)) + 1
    starts = days[0] + np.linspace(0, length - SPAN_DAYS, count)
    result = []
    for start in starts:
        inside = np.flatnonzero((days >= start) & (days <= start + SPAN_DAYS))
        if inside.size >= MIN_DATES:
            result.append(slice(int(inside[0]), int(inside[-1]) + 1))
    return result or [slice(0, len(days))]


def sparse(days: npt.NDArray[np.float64]) -> bool:
    """True where the looks lie so far apart that they make no span of that length: a look a year or so."""
    longest = max(days[s.stop - 1] - days[s.start] for s in spans(days))
    return bool(longest > LONGEST * SPAN_DAYS)


def territories(days: npt.NDArray[np.float64], windows: Sequence[slice]) -> list[tuple[float, float]]:
    """First and last day for which each span decides: the whole series, cut halfway between the spans' middles."""
    middles = [(days[w.start] + days[w.stop - 1]) / 2 for w in windows]
    cuts = [-np.inf, *((a + b) / 2 for a, b in pairwise(middles)), np.inf]
    return list(pairwise(cuts))


def _search(stack: history.Stack) -> tuple[list[history.Change], npt.NDArray[np.bool_]]:
    """Changes within one span, and the pixels of all candidates."""
    look = _step_test(stack)
    taken = np.zeros(stack.usable.shape[1:], bool)
    for c in look.candidates:
        if c.score >= DISTURBED:
            taken |= c.mask
    chance = null.sample(stack, look.fit, taken)
    changes = [h for c in look.candidates for h in history.trace(c, stack, look.fit, taken)]
    floor = float(np.clip(chance.median + CHANCE * chance.scale, *GAIN_FLOOR))
    return [replace(h, floor=floor) for h in changes if h.gain >= STAGE * floor], taken


@dataclass(frozen=True, slots=True)
class _Look:
    fit: history.Fit
    candidates: list[objects.Candidate]


def _step_test(stack: history.Stack) -> _Look:
    """The pixel test on one span: candidates, and what later fits need of it."""
    dates, bands, rows, cols = stack.values.shape
    flat = stack.values.reshape(dates, bands, -1)
    weight = stack.usable.reshape(dates, -1).astype(np.float32)
    design = background.harmonics(stack.days, min(HARMONICS, max(0, (dates - 5) // 5)))
    precision = _precision(steps.fit(flat, weight, design))
    fitted = steps.fit(flat, weight, design, precision)
    pooled = pool.pool(fitted.z.reshape(-1, bands, rows, cols))
    sigma = fitted.sigma.reshape(bands, rows, cols)
    sigma = np.maximum(sigma, 0.5 * np.median(sigma, axis=(1, 2), keepdims=True))
    inverse = np.linalg.inv(pooled.correlation + 0.05 * np.eye(bands)).astype(np.float32)
    amplitude = fitted.amplitude.reshape(-1, bands, rows, cols)
    candidates = objects.extract(amplitude, sigma, pooled, MIN_SCORE)
    return _Look(
        history.Fit(precision, design, inverse, sigma, fitted.weight.reshape(-1, rows, cols) > 0), candidates
    )


def _precision(fitted: steps.Steps) -> npt.NDArray[np.float32]:
    """Relative precision (time,) of the dates, at most 1: on some the whole site departs from its seasons (leaves
    just out, thin haze, low sun), and what one place does there tells less."""
    scaled = np.abs(fitted.residual) / np.maximum(fitted.sigma, 1e-4)
    spread = np.array(
        [
            np.median(scaled[t][:, fitted.weight[t] > 0]) if fitted.weight[t].any() else 1.0
            for t in range(len(scaled))
        ]
    )
    relative = np.maximum(spread / max(float(np.median(spread)), 1e-6), 1.0)
    result: npt.NDArray[np.float32] = (relative**-2).astype(np.float32)
    return result


def _report(
    cube: "xr.Dataset",
    site: str,
    episodes: Sequence[assemble.Episode],
    judged: Sequence[kinds.Judgement],
) -> tuple[list[Event], list[str]]:
    """Events from the episodes that stand out from chance; notes on those that were set aside."""
    grid = cubes.grid_of(cube)
    kept: dict[int, str] = {}
    notes: list[str] = []
    for i, (episode, judgement) in enumerate(zip(episodes, judged, strict=True)):
        if episode.strength < 1 or judgement.overgrown:
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
        start, end = episode.change.gap
        events.append(
            Event(
                id=name,
                site=site,
                kind=judgement.kind,
                outline=shape,
                crs=cube.attrs["crs"] or None,
                posterior=_gaps(cube, episode),
                probability=steps_probability(episode.strength, int(episode.mask.sum())),
                calibrated_on=STEPS_CALIBRATED_ON,
                area_m2=None,
                area_m2_low=None,
                area_m2_high=None,
                detector=NAME,
                scenes=tuple(str(s) for s in cube["scene_id"].values[[start, end]]),
                score=round(episode.strength, 3),
                parent=kept.get(episode.parent) if episode.parent is not None else None,
            )
        )
    return events, notes


def _gaps(cube: "xr.Dataset", episode: assemble.Episode) -> GapPosterior:
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

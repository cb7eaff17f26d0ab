"""What the network sees of a site: maps of the strongest steps at and around each pixel, in the site's own units.

The step test (`change.steps`) says for each pixel and date how well a lasting step there explains the series. The
maps hold its strongest step and, given that one, the second (a building follows on a clearing): how significant each
is against the site's own background, its size, sign and date, and the levels before, between and after. A faint pixel's
strongest step is mostly noise, so the maps hold a third: what the pixel does at the step of the strongest one near it.
All is relative to the site (`Survey`), so that one network serves sensors, seasons and sites alike.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from sitewatch.change import background, steps
from sitewatch.change._steps_block import orthogonal_tails, tail_sums
from sitewatch.change.planes import CHANNELS, LEVELS, SCALES
from sitewatch.errors import DataError

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

HALO = 16
"""Pixels around a window beyond which they do not reach: the second step's smoothing rests on the first's."""
CLIP = 15.0
"""|z| of one pixel and tone beyond which it counts by its logarithm: one pixel must not outshout its neighbourhood, and
yet the date of a strong step must not drown among those around it."""
MIN_SPREAD = 0.15
HARMONICS = 2
MIN_INFORMATION = 0.3
"""Smallest information, in equivalent dates, that season and other step leave for a step to be testable."""
SAMPLE_PIXELS = 20_000
"""Size up to which a site is surveyed as a whole."""
SAMPLE_WINDOW = 40
"""Side of the windows that a larger one is surveyed by, pixels."""
SAMPLE_SIDE = 4
"""Windows along either side."""
OWN_NOISE_DATES = 10
"""Dates from which a pixel's noise is its own; with fewer it is the site's."""
SPIKE_DATES = 12
"""Dates from which a look that departs from both its neighbours is thrown out."""
MIN_SIDE = 1
"""Clear looks that must lie on each side of a step."""
FEW = 0.3
"""Share of its statistic that a step keeps which fewer than `full_side` looks lie on one side of (a haze that no mask
caught, the light of one day): a step one date on that enough looks tell is then mostly the stronger."""
CHUNK = 8192
"""Pixels that are fitted at once: bounds memory."""
NEAR = 3
"""Pixels within which the strongest step is a pixel's neighbourhood's."""
MOST, FINENESS, MOST_STEPS = 1e8, 2**10, 2**14
"""Greatest statistic that is told from greater ones, parts of one that are told apart, and number of dates: a double
holds their product exactly."""


@dataclass(frozen=True, slots=True)
class Background:
    """What the step statistics of a site are where nothing was built."""

    centre: Array
    """(scale, step, tone)."""
    spread: Array
    """(scale, step, tone) robust standard deviation."""
    inverse: Array
    """(scale, tone, tone) inverse correlation."""


@dataclass(frozen=True, slots=True)
class Survey:
    """Whole-site values that every window shares."""

    days: npt.NDArray[np.float64]
    """(time,)."""
    design: Array
    """(time, term) of the seasons."""
    precision: Array
    """(time,) relative precision of the dates, at most 1."""
    sigma: Array
    """(tone,) median noise of one look."""
    level: Array
    """(tone,) median level."""
    first: Background
    """Of the strongest step."""
    second: Background
    """Of the second, given the first."""


@dataclass(frozen=True, slots=True)
class Maps:
    """Maps of one window."""

    planes: Array
    """(CHANNELS, y, x) input of the network."""
    score: Array
    """(2, y, x) statistic of the strongest step and of the second."""
    step: npt.NDArray[np.int16]
    """(2, y, x) their index t-1: a step between date t-1 and date t."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """The model without a step, pixels in a row."""

    level: Array
    """(tone, pixel) mean of the model over the used dates."""
    residual: Array
    """(time, tone, pixel)."""
    weight: Array
    """(time, pixel) 1 where used."""
    sigma: Array
    """(tone, pixel)."""
    z: Array
    """(step, tone, pixel)."""
    information: Array
    """(step, pixel) of `z`; 0 where not testable."""
    trust: Array
    """(step, pixel) `FEW` where hardly any looks lie on one side, else 1."""


def sample(shape: tuple[int, ...]) -> list[tuple[slice, slice]]:
    """Windows of a site of `shape` (rows, columns) that a survey rests on: all of a small one, else a lattice."""
    rows, cols = shape
    if rows * cols <= SAMPLE_PIXELS:
        return [(slice(0, rows), slice(0, cols))]
    down, across = (max(1, min(SAMPLE_SIDE, n // SAMPLE_WINDOW)) for n in (rows, cols))
    starts = [
        np.linspace(0, n - min(SAMPLE_WINDOW, n), k).astype(int) for n, k in ((rows, down), (cols, across))
    ]
    size = SAMPLE_WINDOW
    return [
        (slice(int(r), int(r) + size), slice(int(c), int(c) + size)) for r in starts[0] for c in starts[1]
    ]


def survey(windows: Sequence[tuple[Array, Mask]], days: npt.NDArray[np.float64]) -> Survey:
    """Learn the site's background from a sample of windows.

    Args:
        windows: pairs of values (time, tone, y, x) and usable (time, y, x).
        days: (time,).

    Raises:
        DataError: fewer than two dates, or no window.
    """
    dates = len(days)
    if dates < 2 or not windows:
        raise DataError(
            f"{dates} dates in {len(windows)} windows; a change needs at least two dates of some ground"
        )
    tones = windows[0][0].shape[1]
    shapes = [v.shape[2:] for v, _ in windows]
    values = np.concatenate([v.reshape(dates, tones, -1) for v, _ in windows], axis=2)
    weight = np.concatenate([u.reshape(dates, -1) for _, u in windows], axis=1).astype(np.float32)
    design = background.harmonics(days, min(HARMONICS, max(0, (dates - 5) // 5)))
    precision = np.ones(dates, np.float32)
    fitted = _fit(values, weight, design, precision, None, test=False)
    if dates >= SPIKE_DATES:
        precision = _precision(fitted)
        fitted = _fit(values, weight, design, precision, None, test=False)
    known = fitted.weight.sum(axis=0) >= 2
    sigma = np.ones(tones, np.float32)
    if known.any():
        sigma = np.maximum(np.median(fitted.sigma[:, known], axis=1), 1e-4).astype(np.float32)
    fitted = _fit(values, weight, design, precision, sigma)
    first = _background(_split(fitted.z, shapes))
    parts = zip(_split(fitted.z, shapes), _split(fitted.trust, shapes), strict=True)
    peak = np.concatenate([_pool(z, trust, first)[1].ravel() for z, trust in parts])
    _second(fitted, design, precision, peak)
    level = np.median(fitted.level[:, known], axis=1) if known.any() else np.zeros(tones)
    second = _background(_split(fitted.z, shapes))
    return Survey(days, design, precision, sigma, level.astype(np.float32), first, second)


def maps(
    values: Array, usable: Mask, site: Survey, *, pixel_m: float, sunward: tuple[float, float] | None
) -> Maps:
    """Maps of one window.

    Args:
        values: (time, tone, y, x).
        usable: (time, y, x).
        pixel_m: size of a pixel in metres.
        sunward: unit vector (row, column) towards the mean sun; None where unknown.
    """
    dates, tones, rows, cols = values.shape
    weight = usable.reshape(dates, -1).astype(np.float32)
    fitted = _fit(values.reshape(dates, tones, -1), weight, site.design, site.precision, site.sigma)
    trust = fitted.trust.reshape(-1, rows, cols)
    score1, peak1 = _pool(fitted.z.reshape(-1, tones, rows, cols), trust, site.first)
    flat = _step_planes(score1, peak1, fitted, site.days)
    near = _step_planes(*_nearby(score1, peak1), fitted, site.days)
    _second(fitted, site.design, site.precision, peak1.ravel())
    score2, peak2 = _pool(fitted.z.reshape(-1, tones, rows, cols), trust, site.second)
    flat += _step_planes(score2, peak2, fitted, site.days) + near
    levels, spread = _levels(fitted, site.level, peak1.ravel(), peak2.ravel())
    noise = np.log(np.maximum(fitted.sigma, 1e-4) / site.sigma[:, None])
    spread = np.log(np.maximum(spread, 1e-4) / site.sigma[:, None])
    looks = fitted.weight.sum(axis=0)
    toward = sunward or (0.0, 0.0)
    constants = (*toward, np.log(pixel_m / 3), np.log(dates / 16), float(tones >= LEVELS))
    flat += [*levels, *_tones(noise), *_tones(spread), np.log((looks + 1) / dates)]
    planes = np.empty((CHANNELS, rows * cols), np.float32)
    for target, plane in zip(planes, [*flat, *constants], strict=True):
        target[:] = plane
    return Maps(
        planes.reshape(-1, rows, cols),
        np.stack([score1.max(axis=0), score2.max(axis=0)]),
        np.stack([peak1, peak2]).astype(np.int16),
    )


def apart(dates: int) -> int:
    """Clear looks that must lie between two steps, by the number of dates there are."""
    return 2 if dates >= 18 else 1


def full_side(dates: int) -> int:
    """Clear looks before and after from which a step counts in full."""
    return 3 if dates >= 18 else 2 if dates >= 10 else 1


def _fit(
    values: Array, weight: Array, design: Array, precision: Array, sigma: Array | None, *, test: bool = True
) -> _Fit:
    """Fit all pixels, and `test` them; noise bounded by the site's `sigma` where that is known."""
    dates, tones, pixels = values.shape
    steps = dates - 1 if test else 0
    shapes = ((tones,), (dates, tones), (dates,), (tones,), (steps, tones), (steps,), (steps,))
    result = _Fit(*(np.empty((*shape, pixels), np.float32) for shape in shapes))
    for piece in _pieces(pixels):
        part = _fit_chunk(values[..., piece], weight[:, piece], design, precision, sigma)
        for name in _Fit.__slots__[:4]:
            getattr(result, name)[..., piece] = getattr(part, name)
        if test:
            arrays = part.residual, part.weight, part.sigma
            result.z[..., piece], result.information[:, piece] = _statistics(*arrays, design, precision, None)
            looks = _from(part.weight)
            side = np.minimum(looks, part.weight.sum(axis=0) - looks)
            result.trust[:, piece] = np.where(side < full_side(dates), FEW, 1)
    return result


def _pieces(pixels: int) -> Iterator[slice]:
    return (slice(start, min(start + CHUNK, pixels)) for start in range(0, pixels, CHUNK))


def _fit_chunk(values: Array, weight: Array, design: Array, precision: Array, site: Array | None) -> _Fit:
    dates = len(values)
    # With few dates a step looks like a spike: then none is thrown out.
    floor = np.full(values.shape[1], np.inf, np.float32) if dates < SPIKE_DATES else None
    if floor is None and site is not None:
        floor = 0.5 * site
    fitted = steps.fit(values, weight, design, precision, floor, min_side=MIN_SIDE)
    sigma = fitted.sigma
    if site is not None:
        own = np.maximum(sigma, 0.5 * site[:, None])
        sigma = own if dates >= OWN_NOISE_DATES else np.broadcast_to(site[:, None], sigma.shape)
    model = (values - fitted.residual) * fitted.weight[:, None]
    level = model.sum(axis=0) / np.maximum(fitted.weight.sum(axis=0), 1)
    none = np.empty((0, 0, 0), np.float32)
    return _Fit(level, fitted.residual, fitted.weight, np.ascontiguousarray(sigma), none, none, none)


def _second(fitted: _Fit, design: Array, precision: Array, given: npt.NDArray[np.intp]) -> None:
    """Put step statistics given a step at index `given` (pixel,), and their information, in place of those without."""
    for piece in _pieces(len(given)):
        z, information = _statistics(
            fitted.residual[..., piece],
            fitted.weight[:, piece],
            fitted.sigma[:, piece],
            design,
            precision,
            given[piece],
        )
        fitted.z[..., piece], fitted.information[:, piece] = z, information


def _statistics(
    residual: Array,
    used: Array,
    sigma: Array,
    design: Array,
    precision: Array,
    given: npt.NDArray[np.intp] | None,
) -> tuple[Array, Array]:
    """Standardised steps and their information from residuals of the model without any.

    With S(t) the sum of weighted residuals from date t on and I(t, u) the information that the regressors [n >= t]
    and [n >= u] share once the design is taken out, the step at t is S(t) / I(t, t), and given one at u it is
    (S(t) - I(t, u) / I(u, u) S(u)) / (I(t, t) - I(t, u)^2 / I(u, u)): the Frisch-Waugh-Lovell theorem.
    """
    dates = len(used)
    weight = used * precision[:, None]
    after = _from(weight)
    looks = _from(used)
    explained = orthogonal_tails(weight, design)[1:]
    information = after - np.einsum("tkp,tkp->tp", explained, explained)
    total = tail_sums(residual[1:] * precision[1:, None, None])
    everyone = used.sum(axis=0)
    testable = (looks >= MIN_SIDE) & (everyone - looks >= MIN_SIDE)
    if given is not None:
        pixels = np.arange(len(given))
        at = np.maximum(information[given, pixels], MIN_INFORMATION)
        later = np.maximum(np.arange(dates - 1)[:, None], given)
        shared = after[later, pixels] - np.einsum("tkp,pk->tp", explained, explained[given, :, pixels])
        total -= (shared / at)[:, None] * total[given, :, pixels].T
        information -= shared**2 / at
        testable &= np.abs(looks - looks[given, pixels]) >= apart(dates)
    testable &= information > MIN_INFORMATION
    information = np.where(testable, information, 0).astype(np.float32)
    scale = np.where(testable, 1 / np.sqrt(np.where(testable, information, 1)), 0)
    total *= scale[:, None]
    total /= np.maximum(sigma, 1e-6)
    return total, information


def _from(values: Array) -> Array:
    """Sums over the dates from t on, for t = 1..T-1."""
    return tail_sums(values[1:].copy())


def _precision(fitted: _Fit) -> Array:
    """Relative precision (time,) of the dates, at most 1: on some the whole site departs from its seasons (leaves
    just out, thin haze, low sun), and what one place does there tells less."""
    scaled = np.abs(fitted.residual) / np.maximum(fitted.sigma, 1e-4)
    spread = np.array(
        [np.median(s[:, w > 0]) if w.any() else 1.0 for s, w in zip(scaled, fitted.weight, strict=True)]
    )
    relative = np.maximum(spread / max(float(np.median(spread)), 1e-6), 1.0)
    return (relative**-2).astype(np.float32)


def _split(flat: Array, shapes: Sequence[tuple[int, ...]]) -> list[Array]:
    """Windows (..., y, x) of pixels in a row (..., pixel)."""
    ends = np.cumsum([r * c for r, c in shapes])[:-1]
    parts = np.split(flat, ends, axis=-1)
    return [p.reshape(*p.shape[:-1], *s) for p, s in zip(parts, shapes, strict=True)]


def _clipped(z: Array) -> Array:
    """A copy in which what lies beyond `CLIP` counts by its logarithm."""
    result = z.copy()
    strong = np.abs(z) > CLIP
    if strong.any():
        result[strong] = np.sign(z[strong]) * CLIP * (1 + np.log(np.abs(z[strong]) / CLIP))
    return result


def _blurred(planes: Array, width: float) -> Array:
    """A copy of planes (plane, y, x), each smoothed."""
    if not width:
        return planes.copy()
    reach = 2 * round(3 * width) + 1
    result = np.empty_like(planes)
    for plane, target in zip(planes, result, strict=True):
        cv2.GaussianBlur(plane, (reach, reach), width, dst=target, borderType=cv2.BORDER_REFLECT)
    return result


def _smooth(z: Array, width: float) -> Array:
    return _blurred(_clipped(z).reshape(-1, *z.shape[2:]), width).reshape(z.shape)


def _background(windows: Sequence[Array]) -> Background:
    """Centre, spread and correlation of the smoothed statistics of windows (step, tone, y, x)."""
    centres, spreads, inverses = [], [], []
    for width in SCALES:
        flat = np.concatenate([_smooth(z, width).reshape(*z.shape[:2], -1) for z in windows], axis=2)
        centre = _median(flat)
        flat -= centre[..., None]
        spread = 1.4826 * _median(np.abs(flat))
        spread = np.maximum(spread, np.maximum(np.median(spread, axis=0), MIN_SPREAD))
        # every seventh of all, tone by tone
        chosen = np.arange(0, flat.shape[0] * flat.shape[2], 7)
        step, pixel = np.divmod(chosen, flat.shape[2])
        joined = np.ascontiguousarray(np.clip(flat[step, :, pixel] / spread[step], -3, 3).T)
        deviation = joined - joined.mean(axis=1, keepdims=True)
        scale = np.sqrt((deviation**2).mean(axis=1, keepdims=True)) + 1e-6
        correlation = (deviation / scale) @ (deviation / scale).T / joined.shape[1]
        correlation = 0.95 * correlation + 0.05 * np.eye(len(correlation))
        centres.append(centre)
        spreads.append(spread)
        inverses.append(np.linalg.inv(correlation))
    stacked = (np.stack(x).astype(np.float32) for x in (centres, spreads, inverses))
    return Background(*stacked)


def _median(values: Array) -> Array:
    """Over the last axis, of finite values: as numpy's, in two thirds of its time."""
    count = values.shape[-1]
    ordered = np.partition(values, count // 2, axis=-1)
    middle: Array = ordered[..., count // 2]
    return middle if count % 2 else (ordered[..., : count // 2].max(axis=-1) + middle) / 2


def _pool(z: Array, trust: Array, null: Background) -> tuple[Array, npt.NDArray[np.intp]]:
    """Greatest statistic over the steps (scale, y, x), and the step (y, x) at which the greatest of all lies, of
    standardised steps (step, tone, y, x)."""
    _, tones, rows, cols = z.shape
    best = np.full((len(SCALES), rows, cols), -1, np.float32)
    steps = np.zeros(best.shape, np.int32)
    for t, planes in enumerate(z):  # date by date: what is worked on stays in the cache
        clipped = _clipped(planes)
        for k, width in enumerate(SCALES):
            smooth = _blurred(clipped, width)
            smooth -= null.centre[k][t][:, None, None]
            smooth /= null.spread[k][t][:, None, None]
            flat = smooth.reshape(tones, -1)
            statistic = np.einsum("bp,bp->p", null.inverse[k] @ flat, flat).reshape(rows, cols)
            statistic *= trust[t]
            np.copyto(steps[k], t, where=statistic > best[k])
            np.maximum(best[k], statistic, out=best[k])
    scale = best.argmax(axis=0)[None]
    step = np.take_along_axis(steps, scale, axis=0)[0].astype(np.intp)
    return np.maximum(best, 0), step


def _nearby(score: Array, peak: npt.NDArray[np.intp]) -> tuple[Array, npt.NDArray[np.intp]]:
    """Greatest statistic (scale, y, x) within `NEAR` pixels, and the step (y, x) of the strongest pixel there."""
    kernel = np.ones((2 * NEAR + 1, 2 * NEAR + 1), np.uint8)
    strength = np.floor(np.minimum(score.max(axis=0).astype(float), MOST) * FINENESS)
    # The step rides along in the last digits.
    found = cv2.dilate(strength * MOST_STEPS + peak, kernel)
    return np.stack([cv2.dilate(s, kernel) for s in score]), (found % MOST_STEPS).astype(np.intp)


def _tones(values: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
    """The first `LEVELS` of (tone, pixel); zeros for those that the sensor lacks."""
    return [values[i] if i < len(values) else np.zeros_like(values[0]) for i in range(LEVELS)]


def _step_planes(
    score: Array, peak: npt.NDArray[np.intp], fitted: _Fit, days: npt.NDArray[np.float64]
) -> list[Array]:
    at, pixels = peak.ravel(), np.arange(peak.size)
    signed = fitted.z[at, :, pixels].T
    size = signed * fitted.sigma / np.sqrt(np.maximum(fitted.information[at, pixels], MIN_INFORMATION))
    middle = (days[at] + days[at + 1]) / 2 - days[0]
    when = (middle / max(days[-1] - days[0], 1)).astype(np.float32)
    logs = [np.log1p(s.ravel()) / 3 for s in score]
    return [*logs, *_tones(np.clip(signed, -30, 30) / 10), *_tones(np.clip(size, -2, 2) * 4), when]


def _levels(
    fitted: _Fit, usual: Array, first: npt.NDArray[np.intp], second: npt.NDArray[np.intp]
) -> tuple[list[Array], Array]:
    """Mean tones before both steps, between them and after both, seasons taken out, over the site's `usual` ones (what
    colour bare ground has differs from place to place and from sensor to sensor); and how the looks spread about the
    model (tone, pixel)."""
    planes = np.empty((3 * LEVELS, len(first)), np.float32)
    spread = np.empty(fitted.sigma.shape, np.float32)
    for piece in _pieces(len(first)):
        residual, weight = fitted.residual[..., piece], fitted.weight[:, piece]
        pixels = np.arange(weight.shape[1])
        early, late = np.minimum(first[piece], second[piece]), np.maximum(first[piece], second[piece])
        tail, looks = _from(residual), _from(weight)
        sums = [residual.sum(axis=0), tail[early, :, pixels].T, tail[late, :, pixels].T, 0]
        counts = [weight.sum(axis=0), looks[early, pixels], looks[late, pixels], 0]
        for k in range(3):
            mean = (sums[k] - sums[k + 1]) / np.maximum(counts[k] - counts[k + 1], 1)
            level = np.clip(fitted.level[:, piece] - usual[:, None] + mean, -4, 4)
            planes[k * LEVELS : (k + 1) * LEVELS, piece] = _tones(level)
        spread[:, piece] = np.sqrt((residual**2).sum(axis=0) / np.maximum(counts[0], 1))
    return list(planes), spread

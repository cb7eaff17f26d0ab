"""Arithmetic of the step test on a block of pixels.

Arrays are (T, band, pixel) or (T, pixel) as they come: whatever runs along the dates is one operation on a whole row of
pixels after the other, and what is shared by all pixels is one matrix product. A date that a pixel does not use weighs
nothing: what needs the order of the used dates carries the last one forward.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Index = npt.NDArray[np.intp]

SPIKE = 5.0
"""Departure from both neighbours, in standard deviations, from which a date is thrown out."""
RUN = 16
"""Dates that are worked on at once, so that they stay in the cache."""
ENOUGH = 128
"""Dates that tell the noise: of twice as many every second is asked, of three times as many every third."""
BLOCK = 1 << 21
"""Values in a block: 8 MB. Smaller ones cost more calls than they save in the cache."""


@dataclass(frozen=True, slots=True)
class Background:
    """What all pixels share: the model without a step."""

    design: Array
    """(T, term)."""
    columns: Array
    """(term, T) the same turned."""
    weighted: Array
    """(term, T) the same times the precision."""
    outer: Array
    """(term * term, T) outer products of the rows of the two."""
    precision: Array
    """(T,)."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """The model without a step, of a block whose spikes are thrown out."""

    values: Array
    """(T, band, pixel) 0 where not used."""
    used: Array
    """(T, pixel) 1 where a date is used, else 0."""
    beta: Array
    """(term, band, pixel) coefficients."""
    factor: Array
    """(term, term, pixel) inverse Cholesky factor of the normal matrices."""
    sigma: Array
    """(band, pixel) noise of one date, by the differences of the first regression without those of spikes."""


@dataclass(frozen=True, slots=True)
class Tails:
    """Sums over each of some dates, along the first axis, and all later ones."""

    looks: Array
    """(date, pixel) used dates."""
    design: Array
    """(date, term, pixel) weighted rows of the design."""
    residual: Array
    """(date, band, pixel) weighted residuals."""


def blocks(dates: int, bands: int, pixels: int) -> Iterator[slice]:
    """Slices of pixels, each about `BLOCK` values."""
    # An odd number of cache lines: rows that lie a power of two apart would share the same few places in the cache.
    width = 16 * (max(2, BLOCK // (16 * dates * bands)) | 1)
    return (slice(first, min(first + width, pixels)) for first in range(0, pixels, width))


def runs(dates: int) -> Iterator[slice]:
    """Slices of `RUN` dates."""
    return (slice(start, start + RUN) for start in range(0, dates, RUN))


def background(design: Array, precision: Array) -> Background:
    """The shared part."""
    design = design.astype(np.float32)
    weighted = np.ascontiguousarray((design * precision[:, None]).T, np.float32)
    outer = (design.T[:, None] * weighted).reshape(-1, len(design))
    return Background(design, np.ascontiguousarray(design.T), weighted, outer, precision.astype(np.float32))


def rooms(dates: int, bands: int, pixels: int) -> tuple[Array, Array]:
    """Two flat arrays for the values of one block after the other: fresh memory costs more than filling it."""
    size = dates * bands * next(blocks(dates, bands, pixels), slice(0)).stop
    return np.empty(size, np.float32), np.empty(size, np.float32)


def load(values: Array, weight: Array, room: Array) -> tuple[Array, Array]:
    """Values (T, band, pixel) in `room`, 0 where not used, and 1 where used (T, pixel)."""
    used = (weight > 0).astype(np.float32)
    block = room[: values.size].reshape(values.shape)
    for run in runs(len(values)):
        np.copyto(block[run], values[run], casting="same_kind")
        block[run] *= used[run, None]
    return block, used


def regress(values: Array, used: Array, shared: Background, step: int = 1) -> tuple[Array, Array]:
    """Coefficients (term, band, pixel) of weighted least squares, inverse Cholesky factor (term, term, pixel).

    Args:
        step: every date, every second one and so on.
    """
    _, bands, pixels = values.shape
    terms = shared.design.shape[1]
    factor = _inverse_factor((shared.outer[:, ::step] @ used[::step]).reshape(terms, terms, pixels))
    target = np.zeros((terms, bands, pixels), np.float32)
    some, weighted = values[::step], shared.weighted[:, ::step]
    for run in runs(len(some)):  # up to four times as fast as the one product
        target += (weighted[:, run] @ some[run].reshape(-1, bands * pixels)).reshape(target.shape)
    beta: Array = np.einsum("ijp,ibp->jbp", factor, np.einsum("ijp,jbp->ibp", factor, target))
    return beta, factor


def inverse_factor(normal: Array) -> Array:
    """Inverse of the Cholesky factor of normal matrices (pixel, term, term)."""
    return np.ascontiguousarray(_inverse_factor(normal.transpose(1, 2, 0)).transpose(2, 0, 1))


def _inverse_factor(normal: Array) -> Array:
    """The same of (term, term, pixel), by elimination in all pixels at once."""
    terms = len(normal)
    both = np.zeros((terms, 2 * terms, normal.shape[2]))
    both[:, :terms] = normal
    every = np.arange(terms)
    # A ridge keeps pixels with few clear dates solvable; it is far below one date's worth of information.
    both[every, every] += 1e-3 + 1e-4 * both[every, every].mean(axis=0)
    both[every, terms + every] = 1
    for k in range(terms):
        row = both[k, k : terms + k + 1]
        row /= np.sqrt(row[0])
        for other in range(k + 1, terms):
            both[other, k : terms + k + 1] -= both[k, other] * row
    result: Array = both[:, terms:].astype(np.float32)
    return result


def rises(
    values: Array, used: Array, beta: Array, shared: Background, out: Array, *, keep: bool = False
) -> Array:
    """Differences (T, band, pixel) of each used date's residual from the used one's before it; 0 where there is none.

    Args:
        values: (T, band, pixel); become the residuals, 0 where not used, where these are to be kept.
        beta: coefficients (term, band, pixel) from `regress`.
        out: array to put them in.
    """
    dates, bands, pixels = values.shape
    first = first_used(used)
    last = np.empty((bands, pixels), np.float32)
    last[:] = values[first, :, np.arange(pixels)].T - np.einsum(
        "kp,kbp->bp", shared.columns.take(first, axis=1), beta
    )
    part, every = (np.empty((RUN, bands, pixels), np.float32) for _ in range(2))
    for run in runs(dates):
        left, use = part[: len(values[run])], every[: len(values[run])]
        use[:] = used[run, None]
        np.matmul(shared.design[run], beta.reshape(len(beta), -1), out=left.reshape(len(left), -1))
        np.subtract(values[run], left, out=left)
        for now, counts, rise in zip(left, use, out[run], strict=True):
            np.subtract(now, last, out=rise)
            np.multiply(rise, counts, out=rise)
            np.add(last, rise, out=last)
        if keep:
            np.multiply(left, use, out=values[run])
    return out


def first_used(used: Array) -> Index:
    """First used date (pixel,) of (T, pixel); 0 where there is none."""
    result: Index = np.argmax(used > 0, axis=0)
    return result


def stride(dates: int) -> int:
    """Every date, every second one and so on: enough of them for the noise."""
    return max(1, dates // ENOUGH)


def noise(rises: Array, used: Array) -> Array:
    """Robust noise (band, pixel) from differences of successive used dates: a step counts in one of them only."""
    return middle(*ranked(rises, used))


def ranked(rises: Array, used: Array) -> tuple[Array, Index]:
    """Sizes (band, pixel, asked) of the differences, from the smallest on, and how many are (pixel,) of two used dates.

    Sorted with the dates of a pixel side by side: three times as fast as along the first axis.
    """
    step = stride(len(rises))
    bits = rises[::step].view(np.int32)
    asked, bands, pixels = bits.shape
    result = np.empty((bands, pixels, asked), np.int32)
    for band, column in enumerate(result):
        cv2.transpose(bits[:, band], column)
        # Without their sign floats sort as their bits do, and those a third faster.
        np.bitwise_and(column, 0x7FFFFFFF, out=column)
        column.sort(axis=1)
    pairs = used[::step].sum(axis=0).astype(np.intp) - (first_used(used) % step == 0)
    return result.view(np.float32), np.maximum(pairs, 0)


def middle(ranked: Array, pairs: Index, wild: Index | int = 0) -> Array:
    """Noise (band, pixel) of the differences from `ranked`, without the `wild` (pixel,) largest."""
    asked = ranked.shape[2]
    # Dates without a difference hold 0, so the others follow on them.
    rank = np.minimum(asked - pairs + np.maximum(pairs - wild - 1, 0) // 2, asked - 1)
    return np.float32(1.4826 / np.sqrt(2)) * ranked[:, np.arange(len(pairs)), rank]


def first_noise(values: Array, used: Array, shared: Background) -> Array:
    """Noise (band, pixel) before any spike is thrown out."""
    beta, _ = regress(values, used, shared, stride(len(used)))
    return noise(rises(values, used, beta, shared, np.empty_like(values)), used)


def spikes(rises: Array, used: Array, floor: Array) -> Mask:
    """Where (T, pixel) a date departs from both neighbours in any band: cloud, shadow, vehicle.

    Args:
        floor: (band, pixel) noise to judge by.
    """
    limit = SPIKE * floor
    below = -limit
    every = np.arange(used.shape[1])
    first, last = first_used(used), len(used) - 1 - first_used(used[::-1])
    skip = (used == 0).view(np.int8)
    skip[first, every] = 1  # nothing rises to the first date, and what rises from it is asked for below
    wild = np.empty(used.shape, bool)
    following = np.zeros(rises.shape[1:], np.int8)
    turn, up, down = (np.empty((RUN, *rises.shape[1:]), np.int8) for _ in range(3))
    for stop in range(len(used), 0, -RUN):
        run = slice(max(0, stop - RUN), stop)
        sign, fall = up[: stop - run.start], down[: stop - run.start]
        np.greater(rises[run], limit, out=sign.view(bool))
        np.less(rises[run], below, out=fall.view(bool))
        sign -= fall
        for now, keep, out in zip(sign[::-1], skip[run][::-1], turn, strict=False):
            np.multiply(now, following, out=out)
            np.multiply(following, keep, out=following)
            np.add(following, now, out=following)
        wild[run] = np.any(turn[: len(sign)] < 0, axis=1)[::-1]
    # At the ends of the series the one neighbour decides: no step could be told there anyway.
    wild[last, every] |= np.any(np.abs(rises[last, :, every]) > limit.T, axis=1)
    wild[first, every] |= following.any(axis=0)
    return wild


def clean(values: Array, used: Array, shared: Background, floor: Array, room: Array) -> Fitted:
    """Both regressions and, between them, the end of the spikes.

    Args:
        values: (T, band, pixel), 0 where not used; spikes become 0.
        used: (T, pixel); spikes become 0.
        floor: (band,) least noise to judge spikes by.
        room: flat array to work in.
    """
    rise = room[: values.size].reshape(values.shape)
    # Only differences of what it leaves are looked at: some dates will do.
    rises(values, used, regress(values, used, shared, stride(len(used)))[0], shared, rise)
    order, pairs = ranked(rise, used)
    wild = spikes(rise, used, np.maximum(middle(order, pairs), floor[:, None]))
    date, pixel = np.divmod(np.flatnonzero(wild), used.shape[1])
    used[date, pixel] = 0
    values[date, :, pixel] = 0
    # Each spike has made two large differences.
    count = np.bincount(pixel, minlength=used.shape[1])
    sigma = middle(order, pairs, 2 * count * order.shape[2] // len(used))
    return Fitted(values, used, *regress(values, used, shared), sigma)


def settled(fitted: Fitted, shared: Background, room: Array) -> Array:
    """Noise (band, pixel) without the spikes. Of long series the differences before the second regression will do."""
    if len(fitted.used) >= 2 * ENOUGH:
        return fitted.sigma
    rise = room[: fitted.values.size].reshape(fitted.values.shape)
    return noise(rises(fitted.values, fitted.used, fitted.beta, shared, rise), fitted.used)


def finish(fitted: Fitted, shared: Background, room: Array) -> Array:
    """Noise (band, pixel) of what the second regression leaves; the values become residuals."""
    rise = room[: fitted.values.size].reshape(fitted.values.shape)
    return noise(rises(fitted.values, fitted.used, fitted.beta, shared, rise, keep=True), fitted.used)


def scales(fitted: Fitted, shared: Background, min_side: int, least: float) -> Array:
    """One over the square root of the information about a step before each date (T, pixel); 0 where untestable.

    Args:
        min_side: used dates that must lie on each side of a step.
        least: smallest information of a testable step.
    """
    looks = tail_sums(fitted.used.copy())
    return np.sqrt(
        _inverse(_information(fitted.used, fitted.factor, shared), looks, looks[0], min_side, least)
    )


def _inverse(information: Array, looks: Array, every: Array, min_side: int, least: float) -> Array:
    testable = (looks >= min_side) & (every - looks >= min_side) & (information > least)
    result: Array = (testable / np.maximum(information, least)).astype(np.float32)
    return result


def tails(fitted: Fitted, shared: Background, step: int) -> Tails:
    """Sums over every `step`-th date and all later ones."""
    dates, bands, pixels = fitted.values.shape
    cuts = [slice(start, start + step) for start in range(0, dates, step)]
    flat = fitted.values.reshape(dates, -1)
    looks = np.stack([fitted.used[cut].sum(axis=0) for cut in cuts])
    design = np.stack([shared.weighted[:, cut] @ fitted.used[cut] for cut in cuts])
    values = np.stack([shared.precision[None, cut] @ flat[cut] for cut in cuts]).reshape(-1, bands, pixels)
    residual = values - np.einsum("tkp,kbp->tbp", design, fitted.beta)
    return Tails(tail_sums(looks), tail_sums(design), tail_sums(residual))


def closer(fitted: Fitted, shared: Background, coarse: Tails, step: int, top: Index, pixel: Index) -> Tails:
    """Sums over each of the `step` dates before and after one of `coarse`, and all later ones, of chosen pixels.

    Args:
        coarse: over every `step`-th date.
        top: (chosen,) index of the date of `coarse`.
        pixel: (chosen,).
    """
    dates = len(fitted.used)
    date = (top - 1) * step + np.arange(2 * step)[:, None]
    inside = (date >= 0) & (date < dates)
    date = np.clip(date, 0, dates - 1)
    looks = fitted.used[date, pixel] * inside
    design = shared.weighted.take(date, axis=1).transpose(1, 0, 2) * looks[:, None]
    residual = residuals(fitted, shared, date, pixel) * (looks * shared.precision[date])[:, None]
    known = np.flatnonzero(top + 1 < len(coarse.looks))
    later, of = top[known] + 1, pixel[known]
    looks[-1, known] += coarse.looks[later, of]
    design[-1][:, known] += coarse.design[later, :, of].T
    residual[-1][:, known] += coarse.residual[later, :, of].T
    return Tails(tail_sums(looks), tail_sums(design), tail_sums(residual))


def residuals(fitted: Fitted, shared: Background, date: Index, pixel: Index) -> Array:
    """Residuals (date, band, chosen) of the chosen pixels at dates of their own (date, chosen)."""
    _, bands, pixels = fitted.values.shape
    place = (date * (bands * pixels) + pixel)[:, None] + (np.arange(bands) * pixels)[:, None]
    result: Array = np.take(fitted.values.reshape(-1), place)
    result -= np.einsum("ktp,kbp->tbp", shared.columns.take(date, axis=1), fitted.beta.take(pixel, axis=-1))
    return result


def weights(tails: Tails, factor: Array, every: Array, min_side: int, least: float) -> Array:
    """One over the information about a step before each date (date, pixel); 0 where untestable.

    Args:
        factor: (term, term, pixel) inverse Cholesky factor.
        every: (pixel,) used dates.
        min_side, least: as for `scales`.
    """
    turned = np.einsum("ijp,tjp->tip", factor, tails.design)
    information = tails.design[:, 0] - np.einsum("tip,tip->tp", turned, turned)
    return _inverse(information, tails.looks, every, min_side, least)


def squares(vectors: Array, unit: Array, root: Array) -> Array:
    """Squared length (date, pixel) of `root` (band, band) times `vectors` (date, band, pixel), in `unit`s."""
    turned = np.matmul(root, vectors / unit)
    result: Array = np.einsum("tbp,tbp->tp", turned, turned)
    return result


def _information(used: Array, factor: Array, shared: Background) -> Array:
    """Information (T, pixel) about a step before each date once the design is taken out."""
    terms = len(factor)
    weight = used * shared.precision[:, None]
    left = tail_sums(weight.copy())
    # By the factor the design's columns become orthogonal over each pixel's dates; their sums are taken in runs.
    turned = np.ascontiguousarray(factor.transpose(1, 0, 2)).reshape(terms, -1)
    part = np.zeros((RUN + 1, *factor.shape[1:]), np.float32)
    for stop in range(len(used), 0, -RUN):
        start = max(0, stop - RUN)
        size = stop - start
        part[size] = part[0]
        sums = part[:size]
        np.matmul(shared.design[start:stop], turned, out=sums.reshape(size, -1))
        sums *= weight[start:stop, None]
        tail_sums(part[: size + 1])
        left[start:stop] -= np.einsum("tkp,tkp->tp", sums, sums)
    return left


def orthogonal_tails(weight: Array, design: Array) -> Array:
    """Sums (T, term, pixel), over each date and all later ones, of the design's rows, turned so that its columns are
    orthonormal under each pixel's `weight` (T, pixel)."""
    shared = background(design, np.ones(len(design), np.float32))
    terms, pixels = design.shape[1], weight.shape[1]
    factor = _inverse_factor((shared.outer @ weight).reshape(terms, terms, pixels))
    turned = np.ascontiguousarray(factor.transpose(1, 0, 2)).reshape(terms, -1)
    result = (shared.design @ turned).reshape(len(design), terms, pixels)
    result *= weight[:, None]
    return tail_sums(result)


def tail_sums(x: Array) -> Array:
    """Sums over each date (first axis) and all later ones; `x` is overwritten."""
    for later, now in zip(x[:0:-1], x[-2::-1], strict=True):
        np.add(now, later, out=now)
    return x


def around(used: Array, later: Array, reach: int) -> Index:
    """Dates (2 * reach, pixel) of the used ones around the gap before the last `later` (pixel,), in order; without
    meaning beyond a pixel's first and last."""
    order = np.ascontiguousarray(used.T > 0)
    where = np.flatnonzero(order) if order.any() else np.zeros(1, np.intp)
    count = used.sum(axis=0).astype(np.intp)
    at = np.cumsum(count) - later.astype(np.intp) + np.arange(-reach, reach)[:, None]
    result: Index = np.take(where, at, mode="clip") % len(used)
    return result


def contrast(looks: Array) -> Array:
    """Median (band, pixel) of the later half of residuals (date, band, pixel) less that of the earlier."""
    half = len(looks) // 2
    sides = []
    for side in (looks[:half], looks[half:]):
        for turn in range(half):  # sorted by exchanging neighbours, all pixels at once
            for k in range(turn % 2, half - 1, 2):
                side[k], side[k + 1] = np.minimum(side[k], side[k + 1]), np.maximum(side[k], side[k + 1])
        sides.append(side[(half - 1) // 2] + side[half // 2])
    result: Array = (sides[1] - sides[0]) * np.float32(0.5)
    return result

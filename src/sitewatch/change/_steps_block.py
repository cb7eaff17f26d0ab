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
RUN = 8
"""Dates that are worked on at once, so that they stay in the cache."""
SORTED = 256
"""Pixels whose differences are sorted at once."""
BLOCK = 1 << 22
"""Values in a block: 16 MB. Smaller ones cost more calls than they save in the cache."""


@dataclass(frozen=True, slots=True)
class Background:
    """What all pixels share: the model without a step."""

    design: Array
    """(T, term)."""
    weighted: Array
    """(term, T) the same times the precision."""
    outer: Array
    """(term * term, T) outer products of the rows of the two."""
    precision: Array
    """(T,)."""


@dataclass(frozen=True, slots=True)
class Tested:
    """The step test of a block."""

    used: Array
    """(T, pixel) 1 where a date was used, else 0."""
    residual: Array
    """(T, band, pixel) 0 where not used."""
    sigma: Array
    """(band, pixel) noise of one date."""
    unit: Array
    """(band, pixel) the same, bounded from below: what `total` is divided by."""
    total: Array
    """(T, band, pixel) weighted residuals, in units of the noise, summed over this date and all later ones."""
    looks: Array
    """(T, pixel) used dates from this one on."""
    scale: Array
    """(T, pixel) one over the square root of the information about a step before this date; 0 where untestable."""


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
    return Background(design, weighted, outer, precision.astype(np.float32))


def load(values: Array, weight: Array) -> tuple[Array, Array]:
    """Values (T, band, pixel), 0 where not used, and 1 where used (T, pixel)."""
    used = (weight > 0).astype(np.float32)
    block = values.astype(np.float32, order="C")
    block *= used[:, None]
    return block, used


def regress(values: Array, used: Array, shared: Background) -> tuple[Array, Array]:
    """Coefficients (term, band, pixel) of weighted least squares, inverse Cholesky factor (term, term, pixel)."""
    dates, bands, pixels = values.shape
    terms = shared.design.shape[1]
    factor = _inverse_factor((shared.outer @ used).reshape(terms, terms, pixels))
    target = (shared.weighted @ values.reshape(dates, -1)).reshape(terms, bands, pixels)
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
    first, _ = ends(used)
    last = np.empty((bands, pixels), np.float32)
    last[:] = values[first, :, np.arange(pixels)].T - np.einsum("pk,kbp->bp", shared.design[first], beta)
    part = np.empty((RUN, bands, pixels), np.float32)
    for run in runs(dates):
        left = part[: len(values[run])]
        np.matmul(shared.design[run], beta.reshape(len(beta), -1), out=left.reshape(len(left), -1))
        np.subtract(values[run], left, out=left)
        for now, use, rise in zip(left, used[run], out[run], strict=True):
            np.subtract(now, last, out=rise)
            np.multiply(rise, use, out=rise)
            np.add(last, rise, out=last)
        if keep:
            np.multiply(left, used[run, None], out=values[run])
    return out


def ends(used: Array) -> tuple[Index, Index]:
    """First and last used date (pixel,) of (T, pixel); the last and the first date where there is none."""
    later = np.arange(1, len(used) + 1, dtype=np.float32)[:, None]
    first = len(used) - np.maximum((used * later[::-1]).max(axis=0), 1)
    return first.astype(np.intp), np.maximum((used * later).max(axis=0) - 1, 0).astype(np.intp)


def noise(rises: Array, used: Array) -> Array:
    """Robust noise (band, pixel) from differences of successive used dates: a step counts in one of them only."""
    pairs = np.maximum(used.sum(axis=0).astype(np.intp) - 1, 0)
    # Dates without a difference hold 0, so the others follow on them.
    rank = np.minimum(len(rises) - pairs + np.maximum(pairs - 1, 0) // 2, len(rises) - 1)
    return np.float32(1.4826 / np.sqrt(2)) * order_statistic(rises, rank)


def first_noise(values: Array, used: Array, shared: Background) -> Array:
    """Noise (band, pixel) before any spike is thrown out."""
    beta, _ = regress(values, used, shared)
    return noise(rises(values, used, beta, shared, np.empty_like(values)), used)


def order_statistic(values: Array, rank: Index) -> Array:
    """The absolute value (band, pixel) that `rank` (pixel,) others along the first axis lie below.

    Sorted a few pixels at a time, their dates side by side in the cache: three times as fast as along the first axis.
    """
    dates, bands, pixels = values.shape
    result = np.empty((bands, pixels), np.int32)
    bits = values.view(np.int32)
    for start in range(0, pixels, SORTED):
        part = slice(start, min(start + SORTED, pixels))
        every = np.arange(part.stop - start)
        column = np.empty((len(every), dates), np.int32)
        for band in range(bands):
            cv2.transpose(bits[:, band, part], column)
            # Without their sign floats sort as their bits do, and those a third faster.
            np.bitwise_and(column, 0x7FFFFFFF, out=column)
            column.sort(axis=1)
            result[band, part] = column[every, rank[part]]
    return result.view(np.float32)


def spikes(rises: Array, used: Array, floor: Array) -> Mask:
    """Where (T, pixel) a date departs from both neighbours in any band: cloud, shadow, vehicle.

    Args:
        floor: (band, pixel) noise to judge by.
    """
    limit = SPIKE * floor
    every = np.arange(used.shape[1])
    first, last = ends(used)
    skip = (used == 0).view(np.int8)
    skip[first, every] = 1  # nothing rises to the first date, and what rises from it is asked for below
    wild = np.empty(used.shape, bool)
    following = np.zeros(rises.shape[1:], np.int8)
    turn = np.empty((RUN, *rises.shape[1:]), np.int8)
    for stop in range(len(used), 0, -RUN):
        run = slice(max(0, stop - RUN), stop)
        sign = np.greater(rises[run], limit).view(np.int8)
        sign -= np.less(rises[run], -limit).view(np.int8)
        for now, keep, out in zip(sign[::-1], skip[run][::-1], turn, strict=False):
            np.multiply(now, following, out=out)
            np.multiply(following, keep, out=following)
            np.add(following, now, out=following)
        wild[run] = np.any(turn[: len(sign)] < 0, axis=1)[::-1]
    # At the ends of the series the one neighbour decides: no step could be told there anyway.
    wild[last, every] |= np.any(np.abs(rises[last, :, every]) > limit.T, axis=1)
    wild[first, every] |= following.any(axis=0)
    return wild


def test(
    values: Array, used: Array, shared: Background, floor: Array, bound: Array, min_side: int, least: float
) -> Tested:
    """Both regressions, the spikes between them, and the sums of which step statistics are made.

    Args:
        values: (T, band, pixel), 0 where not used; spikes become 0.
        used: (T, pixel); spikes become 0.
        floor: (band,) least noise to judge spikes by.
        bound: (band,) least noise to divide the sums by.
        min_side: used dates that must lie on each side of a step.
        least: smallest information of a testable step.
    """
    rise = rises(values, used, regress(values, used, shared)[0], shared, np.empty_like(values))
    wild = np.nonzero(spikes(rise, used, np.maximum(noise(rise, used), floor[:, None])))
    used[wild] = 0
    values[wild[0], :, wild[1]] = 0
    beta, factor = regress(values, used, shared)
    sigma = noise(rises(values, used, beta, shared, rise, keep=True), used)
    looks = tail_sums(used.copy())
    information = _information(used, factor, shared)
    testable = (looks >= min_side) & (looks[0] - looks >= min_side) & (information > least)
    scale = (testable / np.sqrt(np.maximum(information, least))).astype(np.float32)
    unit = np.maximum(np.maximum(sigma, bound[:, None]), 1e-9)
    inverse = 1 / unit
    for now, precision, out in zip(values, shared.precision, rise, strict=True):
        np.multiply(now, inverse, out=out)
        np.multiply(out, precision, out=out)
    return Tested(used, values, sigma, unit, tail_sums(rise), looks, scale)


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


def squares(vectors: Array, root: Array) -> Array:
    """Squared length (T, pixel) of `root` (band, band) times `vectors` (T, band, pixel)."""
    result = np.empty((len(vectors), vectors.shape[2]), np.float32)
    turned = np.empty((RUN, *vectors.shape[1:]), np.float32)
    for run in runs(len(vectors)):
        part = np.matmul(root, vectors[run], out=turned[: len(vectors[run])])
        np.einsum("tbp,tbp->tp", part, part, out=result[run])
    return result


def tail_sums(x: Array) -> Array:
    """Sums over each date (first axis) and all later ones; `x` is overwritten."""
    for later, now in zip(x[:0:-1], x[-2::-1], strict=True):
        np.add(now, later, out=now)
    return x


def around(tested: Tested, slot: Index, reach: int) -> Index:
    """Dates (2 * reach, pixel) of the used ones around the gap before `slot` (pixel,), in order; without meaning beyond
    a pixel's first and last."""
    used = np.ascontiguousarray(tested.used.T > 0)
    where = np.flatnonzero(used) if used.any() else np.zeros(1, np.intp)
    count = tested.looks[0].astype(np.intp)
    at = np.cumsum(count) - count + slot + np.arange(-reach, reach)[:, None]
    result: Index = np.take(where, at, mode="clip") % len(tested.used)
    return result


def contrast(tested: Tested, near: Index) -> Array:
    """Median residual (band, pixel) of the later half of the dates `near` (date, pixel) less that of the earlier."""
    _, bands, pixels = tested.residual.shape
    column = np.arange(bands * pixels).reshape(bands, pixels)
    looks = np.take(tested.residual.reshape(-1), near[:, None] * column.size + column)
    half = len(near) // 2
    sides = []
    for side in (looks[:half], looks[half:]):
        for turn in range(half):  # sorted by exchanging neighbours, all pixels at once
            for k in range(turn % 2, half - 1, 2):
                side[k], side[k + 1] = np.minimum(side[k], side[k + 1]), np.maximum(side[k], side[k + 1])
        sides.append(side[(half - 1) // 2] + side[half // 2])
    result: Array = (sides[1] - sides[0]) * np.float32(0.5)
    return result

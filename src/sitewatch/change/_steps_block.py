"""Arithmetic of the step test on a block of pixels that fits the processor's cache.

Arrays are (band, pixel, T) or (pixel, T), T padded to a multiple of `RUN` by dates that are never used. What needs
the order of a pixel's used dates (`Rises`) is done on those alone, packed to the front.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Index = npt.NDArray[np.intp]

SPIKE = 5.0
"""Departure from both neighbours, in standard deviations, from which a date is thrown out."""
RUN = 16
"""Dates whose sums are taken by one matrix product."""
BLOCK = 1 << 19
"""Values in a block: 2 MB. Smaller ones cost more calls than they save in the cache, larger ones do not fit it."""


@dataclass(frozen=True, slots=True)
class Background:
    """What all pixels share: the model without a step."""

    design: Array
    """(T, term), 0 in the padding."""
    weighted: Array
    """(T, term) the same times the precision."""
    outer: Array
    """(T, term * term) outer products of the rows of the two."""
    precision: Array
    """(T,)."""


@dataclass(frozen=True, slots=True)
class Rises:
    """Differences between successive used dates of each pixel, packed to the front."""

    values: Array
    """(band, pixel, slot) of slot + 1 less slot; without meaning from `count` - 1 on."""
    where: Index
    """(pixel, slot + 1) flat position in (pixel, T) of the used dates."""
    count: Index
    """(pixel,) used dates."""


@dataclass(frozen=True, slots=True)
class Tested:
    """The step test of a block."""

    used: Mask
    """(pixel, T) True where a date was used."""
    residual: Array
    """(band, pixel, T) 0 where not used."""
    sigma: Array
    """(band, pixel)."""
    total: Array
    """(band, pixel, T) weighted residuals summed over this date and all later ones."""
    scale: Array
    """(pixel, T) one over the square root of the information about a step before this date; 0 where untestable."""
    rises: Rises
    """Between the used dates."""


def blocks(dates: int, bands: int, pixels: int) -> Iterator[slice]:
    """Slices of pixels, each about `BLOCK` values."""
    width = max(32, BLOCK // (dates * bands))
    return (slice(first, min(first + width, pixels)) for first in range(0, pixels, width))


def background(design: Array, precision: Array) -> Background:
    """The shared part, padded."""
    padded = np.zeros((-(-len(design) // RUN) * RUN, design.shape[1]), np.float32)
    padded[: len(design)] = design
    weight = np.zeros(len(padded), np.float32)
    weight[: len(design)] = precision
    weighted = padded * weight[:, None]
    return Background(
        padded, weighted, (padded[:, :, None] * weighted[:, None]).reshape(len(padded), -1), weight
    )


def load(values: Array, weight: Array) -> tuple[Array, Mask]:
    """Values (band, pixel, T), 0 where not used, and used dates (pixel, T) of arrays with the dates first."""
    dates, bands, pixels = values.shape
    padded = -(-dates // RUN) * RUN
    block, used = np.empty((bands, pixels, padded), np.float32), np.zeros((pixels, padded), bool)
    used[:, :dates] = weight.T > 0
    block[..., :dates] = values.transpose(1, 2, 0)
    block[..., dates:] = 0
    block *= used.astype(np.float32)
    return block, used


def regress(values: Array, used: Mask, shared: Background) -> tuple[Array, Array]:
    """Residual (band, pixel, T) of weighted least squares and the inverse Cholesky factor (pixel, term, term)."""
    terms = shared.design.shape[1]
    weight = used.astype(np.float32)
    factor = inverse_factor((weight @ shared.outer).reshape(-1, terms, terms))
    target = (values @ shared.weighted).transpose(1, 0, 2)
    beta = (target @ factor.transpose(0, 2, 1)) @ factor
    residual = np.empty_like(values)
    np.matmul(np.ascontiguousarray(beta.transpose(1, 0, 2)), shared.design.T, out=residual)
    np.subtract(values, residual, out=residual)
    residual *= weight
    return residual, factor


def inverse_factor(normal: Array) -> Array:
    """Inverse of the Cholesky factor of normal matrices (pixel, term, term)."""
    terms = normal.shape[-1]
    ridged: npt.NDArray[np.float64] = normal.astype(np.float64)
    # A ridge keeps pixels with few clear dates solvable; it is far below one date's worth of information.
    ridge = 1e-3 + 1e-4 * np.trace(ridged, axis1=1, axis2=2) / terms
    ridged += np.eye(terms) * ridge[:, None, None]
    result: Array = np.linalg.inv(np.linalg.cholesky(ridged)).astype(np.float32)
    return result


def rises(residual: Array, used: Mask) -> Rises:
    """From each used date to the next."""
    count = used.sum(axis=1)
    slot = np.arange(max(2, int(count.max())))
    flat = np.flatnonzero(used) if used.any() else np.zeros(1, np.intp)
    where = np.take(flat, (np.cumsum(count) - count)[:, None] + slot, mode="clip")
    packed = np.take(residual.reshape(len(residual), -1), where, axis=1, mode="clip")
    return Rises(packed[..., 1:] - packed[..., :-1], where, count)


def noise(rises: Rises) -> Array:
    """Robust noise (band, pixel) from differences of successive used dates: a step counts in one of them only."""
    pairs = np.maximum(rises.count - 1, 0)
    size = np.abs(rises.values)
    size += np.where(np.arange(size.shape[-1]) < pairs[:, None], np.float32(0), np.float32(np.inf))
    size.view(np.int32).sort(axis=-1)  # the same order as of these floats, none below 0, and a third faster
    median = size[:, np.arange(len(pairs)), np.maximum(pairs - 1, 0) // 2]
    return np.where(pairs > 0, 1.4826 / np.sqrt(2) * median, 0).astype(np.float32)


def spikes(rises: Rises, floor: Array) -> Index:
    """Flat positions (n,) where a date departs from both neighbours in any band: cloud, shadow, vehicle.

    Args:
        floor: (band, pixel) noise to judge by.
    """
    limit = SPIKE * floor[..., None]
    up, down = rises.values > limit, rises.values < -limit
    pixels, slots = rises.where.shape
    wild = np.zeros((pixels, slots), bool)
    turn = up[..., :-1] & down[..., 1:]
    turn |= down[..., :-1] & up[..., 1:]
    wild[:, 1:-1] = turn.any(axis=0)
    # At the ends of the series the one neighbour decides: no step could be told there anyway.
    jump = np.any(up | down, axis=0)
    every = np.arange(pixels)
    wild[:, 0] = jump[:, 0]
    wild[every, rises.count - 1] = jump[every, np.maximum(rises.count - 2, 0)]
    wild &= (np.arange(slots) < rises.count[:, None]) & (rises.count > 1)[:, None]
    result: Index = rises.where[wild]
    return result


def test(values: Array, used: Mask, shared: Background, floor: Array, min_side: int, least: float) -> Tested:
    """Both regressions, the spikes between them, and the sums of which step statistics are made.

    Args:
        values: (band, pixel, T), 0 where not used; spikes become 0.
        used: (pixel, T); spikes become False.
        floor: (band,) least noise to judge spikes by.
        min_side: used dates that must lie on each side of a step.
        least: smallest information of a testable step.
    """
    first = rises(regress(values, used, shared)[0], used)
    wild = spikes(first, np.maximum(noise(first), floor[:, None]))
    used.reshape(-1)[wild] = False
    values.reshape(len(values), -1)[:, wild] = 0
    residual, factor = regress(values, used, shared)
    between = rises(residual, used)
    counted = used.astype(np.float32)
    tails = tail_sums(counted[:, None] * np.ascontiguousarray(shared.weighted.T))
    explained = factor @ tails
    # The design's first column is the constant, so its sums are those of the weights.
    information = tails[:, 0] - np.square(explained, out=explained).sum(axis=1)
    looks = tail_sums(counted)
    testable = (looks >= min_side) & (looks[:, :1] - looks >= min_side) & (information > least)
    scale = (testable / np.sqrt(np.maximum(information, least))).astype(np.float32)
    total = tail_sums(residual * shared.precision)
    return Tested(used, residual, noise(between), total, scale, between)


def contrast(tested: Tested, slot: Index, looks: int) -> Array:
    """Median residual (band, pixel) of `looks` used dates from `slot` (pixel,) on less that of as many before."""
    flat = tested.residual.reshape(len(tested.residual), -1)
    sides = []
    for first in (slot - looks, slot):
        at = np.clip(first[:, None] + np.arange(looks), 0, tested.rises.where.shape[1] - 1)
        near = np.take(flat, np.take_along_axis(tested.rises.where, at, axis=1), axis=1)
        near.sort(axis=-1)
        sides.append(near[..., (looks - 1) // 2] + near[..., looks // 2])
    result: Array = (sides[1] - sides[0]) * np.float32(0.5)
    return result


def tail_sums(x: Array) -> Array:
    """Sums over each date and all later ones; `x` is overwritten.

    Two matrix products over runs of dates: about five times as fast as `cumsum`.
    """
    runs = x.reshape(-1, RUN)  # one large product is several times as fast as many small ones
    sums = (runs @ np.ones(RUN, np.float32)).reshape(*x.shape[:-1], -1)
    later = np.cumsum(sums[..., :0:-1], axis=-1)[..., ::-1]
    x[..., RUN - 1 : -1 : RUN] += later
    result: Array = runs @ np.tri(RUN, dtype=np.float32)
    return result.reshape(x.shape)

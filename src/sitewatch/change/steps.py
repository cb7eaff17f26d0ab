"""A likelihood-ratio test for a step at each pixel and date, all bands together.

For each pixel the model without a step is least squares on a design shared by all pixels (`change.background`).
A step between date t-1 and t adds the regressor [n >= t]; the test statistic is its standardised coefficient
(generalised likelihood ratio for Gaussian noise, e.g. Andrews 1993, Econometrica 61:821; structural-break use in
remote sensing: Verbesselt et al. 2010, Remote Sens. Environ. 114:106). With one design, one set of weights and
one Cholesky factor for each pixel, all dates and bands cost one triangular product and sums over the dates.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sitewatch.change import _steps_block as block
from sitewatch.errors import DataError

Array = npt.NDArray[np.float32]
Index = npt.NDArray[np.int32]

MIN_SIDE = 3
"""Used dates that must lie on each side of a step, where the caller does not say."""
MIN_INFORMATION = 0.5
"""Smallest information (in equivalent dates) that the design leaves for a step to be testable."""
COARSE = 32
"""Dates, at least, before which a step is sought at first; then before all dates around the best of these."""
SAMPLE = 1024
"""Pixels, spread evenly, from which `noise_floor` is taken."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Result of the step test; `t` runs over the dates 1..T-1: a step between date t-1 and date t."""

    z: Array
    """(T-1, band, pixel) standardised step, 0 where not testable."""
    amplitude: Array
    """(T-1, band, pixel) size of the step in the unit of the data, 0 where not testable."""
    sigma: Array
    """(band, pixel) noise of one date, same unit."""
    residual: Array
    """(T, band, pixel) data minus the model without a step; 0 where not used."""
    weight: Array
    """(T, pixel) 1 where a date was used, 0 where masked or thrown out as a spike."""


@dataclass(frozen=True, slots=True)
class Best:
    """The most likely step of each pixel, all bands together."""

    statistic: Array
    """(pixel,) z' C^-1 z over the bands, 0 where no date is testable or too little was seen for `level`."""
    before: Index
    """(pixel,) index of the last used date before the step; -1 where the statistic is 0."""
    after: Index
    """(pixel,) index of the first used date after it; -1 where the statistic is 0."""
    amplitude: Array
    """(band, pixel) size of the step in the unit of the data."""
    sigma: Array
    """(band, pixel) noise of one date, same unit, at least the floor."""
    contrast: Array
    """(band, pixel) median residual of the `min_side` used dates after the step less that of as many before, 0 where
    the statistic is: what a run of missed clouds does not make."""


def fit(
    values: Array,
    weight: Array,
    design: Array,
    precision: Array | None = None,
    floor: Array | None = None,
    *,
    min_side: int = MIN_SIDE,
) -> Steps:
    """Test every date of every pixel for a step.

    Args:
        values: (T, band, pixel) of any real type, finite; what a masked date holds does not matter.
        weight: (T, pixel) 1 where usable, 0 elsewhere.
        design: (T, term) from `background`, first column the constant.
        precision: (T,) relative precision (inverse variance) of the dates; all 1 where not given.
        floor: (band,) least noise by which spikes are judged; `noise_floor` of these pixels where not given. Give
            the site's where a site is worked in parts, so that the result does not depend on the parts.
        min_side: used dates that must lie on each side of a step.

    Raises:
        DataError: shapes do not fit together.
    """
    dates, bands, pixels = _check(values, weight, design)
    precision = np.ones(dates, np.float32) if precision is None else precision
    floor = noise_floor(values, weight, design, precision) if floor is None else floor
    shared = block.background(design, precision)
    z, amplitude = (np.empty((dates - 1, bands, pixels), np.float32) for _ in range(2))
    residual, used = np.empty(values.shape, np.float32), np.empty(weight.shape, np.float32)
    sigma = np.empty((bands, pixels), np.float32)
    room, other = block.rooms(dates, bands, pixels)
    for part in block.blocks(dates, bands, pixels):
        fitted = block.clean(*block.load(values[..., part], weight[:, part], room), shared, floor, other)
        sigma[:, part] = block.finish(fitted, shared, other)
        used[:, part], residual[..., part] = fitted.used, fitted.values
        scale = block.scales(fitted, shared, min_side, MIN_INFORMATION)[1:, None]
        unit = np.maximum(sigma[:, part], 1e-9)
        fitted.values[:] *= shared.precision[:, None, None]
        total = block.tail_sums(fitted.values)[1:]
        for run in block.runs(dates - 1):
            step = np.multiply(total[run], scale[run], out=z[run, :, part])
            np.multiply(step, scale[run], out=amplitude[run, :, part])
            step /= unit
    return Steps(z, amplitude, sigma, residual, used)


def best(
    values: Array,
    weight: Array,
    design: Array,
    precision: Array | None = None,
    floor: Array | None = None,
    *,
    min_side: int = MIN_SIDE,
    inverse: Array | None = None,
    level: float = 0.0,
) -> Best:
    """The most likely step of every pixel, without keeping the statistics of the other dates.

    In series of 64 dates and more the step is sought before every second date or fewer, then before each around the
    best of these; from 256 dates on the noise is that of the differences before the second regression, without those
    of spikes. Memory beyond the arguments is some 30 megabytes and the result. Arguments as for `fit`, and

    Args:
        inverse: (band, band) inverse correlation of the bands' statistics; the identity where not given.
        level: statistic that matters to the caller: a pixel that reaches less than half of it where a step is sought
            at first is looked at no further.

    Raises:
        DataError: shapes do not fit together.
    """
    dates, bands, pixels = _check(values, weight, design)
    precision = np.ones(dates, np.float32) if precision is None else precision
    floor = noise_floor(values, weight, design, precision) if floor is None else floor
    inverse = np.eye(bands, dtype=np.float32) if inverse is None else inverse.astype(np.float32)
    if inverse.shape != (bands, bands):
        raise DataError(
            f"inverse correlation has shape {inverse.shape}; expected {(bands, bands)}: one row a band"
        )
    root = np.linalg.cholesky(inverse).T
    bound = np.maximum(floor, 1e-9)[:, None]
    step = max(1, dates // COARSE)
    shared = block.background(design, precision)
    statistic = np.zeros(pixels, np.float32)
    before, after = (np.full(pixels, -1, np.int32) for _ in range(2))
    amplitude, sigma, contrast = (np.zeros((bands, pixels), np.float32) for _ in range(3))
    room, other = block.rooms(dates, bands, pixels)
    for part in block.blocks(dates, bands, pixels):
        fitted = block.clean(*block.load(values[..., part], weight[:, part], room), shared, floor, other)
        sigma[:, part] = unit = np.maximum(block.settled(fitted, shared, other), bound)
        coarse = block.tails(fitted, shared, step)
        count = fitted.used.sum(axis=0)
        share = block.weights(coarse, fitted.factor, count, min_side, MIN_INFORMATION)
        joint = block.squares(coarse.residual, unit, root) * share
        kept = np.flatnonzero(joint.max(axis=0) * 2 > level)
        sums = block.closer(fitted, shared, coarse, step, joint.take(kept, axis=-1).argmax(axis=0), kept)
        share = block.weights(sums, fitted.factor.take(kept, axis=-1), count[kept], min_side, MIN_INFORMATION)
        joint = block.squares(sums.residual, unit.take(kept, axis=-1), root) * share
        top, every = joint.argmax(axis=0), np.arange(len(kept))
        near = block.around(fitted.used.take(kept, axis=-1), sums.looks[top, every], min_side)
        chosen = part.start + kept
        statistic[chosen] = joint[top, every]
        before[chosen], after[chosen] = near[min_side - 1], near[min_side]
        amplitude[:, chosen] = sums.residual[top, :, every].T * share[top, every]
        contrast[:, chosen] = block.contrast(block.residuals(fitted, shared, near, kept))
    return Best(statistic, before, after, amplitude, sigma, contrast)


def noise_floor(values: Array, weight: Array, design: Array, precision: Array | None = None) -> Array:
    """Least noise (band,) that a pixel is believed to have: half the median of `SAMPLE` pixels.

    Arguments as for `fit`.
    """
    dates, bands, pixels = _check(values, weight, design)
    precision = np.ones(dates, np.float32) if precision is None else precision
    chosen = np.unique(np.linspace(0, pixels - 1, min(pixels, SAMPLE)).astype(np.intp))
    sigma = np.empty((bands, len(chosen)), np.float32)
    room, _ = block.rooms(dates, bands, len(chosen))
    shared = block.background(design, precision)
    for part in block.blocks(dates, bands, len(chosen)):
        data, used = block.load(values[..., chosen[part]], weight[:, chosen[part]], room)
        sigma[:, part] = block.first_noise(data, used, shared)
    return np.asarray(0.5 * np.median(sigma, axis=1), np.float32)


def sizes(values: Array, weight: Array, design: Array, dates: Sequence[int]) -> Array:
    """Amplitudes (step, band, pixel) of steps at known `dates` (index of the first date after), fitted together.

    Args:
        values: (T, band, pixel) float32.
        weight: (T, pixel) relative precision, 0 where not usable.
        design: (T, term) from `background`.
        dates: index of the first date after each step.
    """
    after = np.arange(len(values))[:, None] >= np.asarray(dates)
    full = np.concatenate([design, after.astype(np.float32)], axis=1)
    # All normal matrices in one product: weights (pixel, T) times the outer products of the design's rows.
    outer = (full[:, :, None] * full[:, None, :]).reshape(len(full), -1)
    factor = block.inverse_factor((weight.T @ outer).reshape(-1, full.shape[1], full.shape[1]))
    target = np.einsum("tbp,tk->pkb", values * weight[:, None], full, optimize=True)
    beta: Array = np.matmul(factor.transpose(0, 2, 1), np.matmul(factor, target))
    return beta[:, design.shape[1] :].transpose(1, 2, 0)


def _check(values: Array, weight: Array, design: Array) -> tuple[int, int, int]:
    dates, bands, pixels = values.shape
    if weight.shape != (dates, pixels) or design.shape[0] != dates:
        raise DataError(
            f"values {values.shape}, weight {weight.shape} and design {design.shape} do not share their dates "
            "and pixels"
        )
    return dates, bands, pixels

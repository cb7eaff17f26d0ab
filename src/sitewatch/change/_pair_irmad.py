"""IR-MAD, iteratively re-weighted multivariate alteration detection: spectral change without gain and haze.

Nielsen (2007), "The regularized iteratively reweighted MAD method for change detection in multi- and
hyperspectral data", IEEE Trans. Image Processing 16(2). Canonical correlation finds the pairs of band
mixtures that agree best; their differences, scaled to unit variance, hold what does not agree. Pixels that
look unchanged get more weight in the next round, so the no-change relation is fitted to unchanged ground.
The result does not depend on linear scaling of either image.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import linalg, stats

from sitewatch.errors import DataError

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

MOST_SAMPLES = 400_000
RIDGE = 1e-6
"""Share of the mean variance that is added to each band's, so that equal bands do not break the solver."""


@dataclass(frozen=True, slots=True)
class IrMad:
    """Spectral change of each pixel."""

    chi2: Floats
    """(y, x) sum of squared, standardised MAD variates; NaN where not usable. Chi-square with one degree of
    freedom a band if no-change differences were normal, which on real images their tails are not."""
    correlations: Doubles
    """(band,) canonical correlations of the last round, ascending."""
    rounds: int


def irmad(
    before: Floats,
    after: Floats,
    ok: Mask,
    *,
    leeway_px: float = 0.0,
    max_rounds: int = 30,
    tolerance: float = 1e-3,
) -> IrMad:
    """Chi-square of the MAD variates of two images.

    Args:
        before, after: (band, y, x), the same shape, any unit.
        ok: (y, x) True where both show the ground.
        leeway_px: standard deviation, in pixels, by which the two may be off each other or differ in sharpness.
            Where brightness is steep that much makes a difference by itself, which joins the variance.
        max_rounds: re-weightings at most; 1 is plain MAD.
        tolerance: stop once no canonical correlation moves by more.

    Raises:
        DataError: shapes differ, or fewer usable pixels than ten a band.
    """
    if before.shape != after.shape or before.ndim != 3 or ok.shape != before.shape[1:]:
        raise DataError(
            f"before {before.shape}, after {after.shape}, ok {ok.shape}; expected one (band, y, x)"
        )
    bands = len(before)
    usable = ok & np.isfinite(before).all(axis=0) & np.isfinite(after).all(axis=0)
    if usable.sum() < 10 * bands:
        raise DataError(
            f"{int(usable.sum())} usable pixels for {bands} bands; expected at least {10 * bands}"
        )
    x, y = (np.asarray(image[:, usable], np.float64) for image in (before, after))
    step = max(1, x.shape[1] // MOST_SAMPLES)
    transform = _fit(x[:, ::step], y[:, ::step], max_rounds, tolerance)
    chi2 = np.full(ok.shape, np.nan, np.float32)
    if leeway_px > 0:
        chi2[usable] = _forgiving(transform, x, y, usable, leeway_px)
    else:
        chi2[usable] = transform.chi2(x, y)
    return IrMad(chi2, transform.correlations, transform.rounds)


@dataclass(frozen=True, slots=True)
class _Transform:
    a: Doubles
    b: Doubles
    mean_x: Doubles
    mean_y: Doubles
    spread: Doubles
    correlations: Doubles
    rounds: int

    def chi2(self, x: Doubles, y: Doubles) -> Doubles:
        mad = self.a.T @ (x - self.mean_x) - self.b.T @ (y - self.mean_y)
        result: Doubles = np.square(mad / self.spread).sum(axis=0)
        return result


def _forgiving(transform: _Transform, x: Doubles, y: Doubles, usable: Mask, leeway_px: float) -> Doubles:
    """As `_Transform.chi2`, with the variance that a shift by `leeway_px` makes on each pixel's slope."""
    import cv2  # noqa: PLC0415

    u, v = transform.a.T @ (x - transform.mean_x), transform.b.T @ (y - transform.mean_y)
    total = np.zeros(u.shape[1])
    for first, second, spread in zip(u, v, transform.spread[:, 0], strict=True):
        slope = np.full(u.shape[1], np.inf)
        for variate in (first, second):
            image = np.zeros(usable.shape)
            image[usable] = variate
            smooth = cv2.GaussianBlur(image, (0, 0), 1.0)
            steep = np.square(cv2.Sobel(smooth, cv2.CV_64F, 1, 0) / 8) + np.square(
                cv2.Sobel(smooth, cv2.CV_64F, 0, 1) / 8
            )
            # The steepest of the neighbourhood: beside an edge, too, a shift brings the edge. Only edges that
            # both images have can be shifted; an edge in one of them is the change that is looked for.
            slope = np.minimum(slope, cv2.dilate(steep, np.ones((3, 3), np.uint8))[usable])
        total += np.square(first - second) / (spread**2 + leeway_px**2 * slope)
    return total


def _fit(x: Doubles, y: Doubles, max_rounds: int, tolerance: float) -> _Transform:
    weights = np.ones(x.shape[1])
    before = np.zeros(len(x))
    for done in range(1, max_rounds + 1):
        current = _round(x, y, weights, done)
        if np.abs(current.correlations - before).max() < tolerance:
            break
        before = current.correlations
        # The weight of a pixel is the chance that unchanged ground looks at least this different.
        weights = np.maximum(stats.chi2.sf(current.chi2(x, y), len(x)), 1e-9)
    return current


def _round(x: Doubles, y: Doubles, weights: Doubles, done: int) -> _Transform:
    n = len(x)
    mean_x, mean_y = (np.average(v, axis=1, weights=weights)[:, None] for v in (x, y))
    both = np.vstack([x - mean_x, y - mean_y])
    covariance = (both * weights) @ both.T / weights.sum()
    for part in (slice(0, n), slice(n, 2 * n)):
        block = covariance[part, part]
        block[np.diag_indices(n)] += RIDGE * max(float(np.trace(block)) / n, 1e-12)
    xx, yy, xy = covariance[:n, :n], covariance[n:, n:], covariance[:n, n:]
    squared, a = linalg.eigh(xy @ np.linalg.solve(yy, xy.T), xx)
    rho = np.sqrt(np.clip(squared, 0, 1 - 1e-9))
    b = np.linalg.solve(yy, xy.T @ a)
    scale = np.sqrt(np.maximum(np.einsum("ik,ij,jk->k", b, yy, b), 1e-30))
    # eigh normalises a to unit variance under xx; b gets the same under yy, and a positive correlation to a.
    spread = np.sqrt(2 * (1 - rho))[:, None]
    return _Transform(a, b / scale, mean_x, mean_y, spread, rho, done)

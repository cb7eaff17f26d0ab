"""Bands that do not lie on each other, and what that adds to the error of the one shift that all are given.

The bands of a scene are seen by different rows of detectors, or at different moments. Each is taken to have a shift of
its own beside the scene's (random effects: C. R. Henderson, Biometrics 31, 1975); how much they vary is read from
the pair itself (R. C. Paule and J. Mandel, J. Res. Natl. Bur. Stand. 87, 1982). Windows cannot show it: all see the
same bands.
"""

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]

VARIANCES: F64 = np.square(np.concatenate([[0.0], np.geomspace(0.005, 2.0, 20)]))
"""Square pixels, between which the variance of the bands' own shifts is interpolated."""
NOTHING = 1e-6
"""Information below this share of the largest tells nothing."""


def error_of_bands(normal: F64, score: F64, weight: F64, lever: F64) -> float:
    """Variance that the bands' own shifts add to a component of the common shift, square pixels; 0 for one band.

    It is meant as an estimate of what the bands vary around, of which few bands tell little. Bands are compared
    within windows, so that what a window does as a whole (shade, a shore) drops out.

    Args:
        normal: (band, window, 2, 2) information on the shift.
        score: (band, window, 2).
        weight: (window,) how much a window counts.
        lever: (window, 2, 2) what the common shift makes of a window's score.
    """
    count = len(normal)
    if count < 2:
        return 0.0
    total = normal.sum(axis=0)
    total += (1e-9 * np.trace(total, axis1=1, axis2=2) + 1e-30)[:, None, None] * np.eye(2)
    together = np.linalg.solve(total, score.sum(axis=0)[..., None])
    answer = np.linalg.solve(total, normal)  # of a window's shift to that of each band
    heavy = normal * weight[:, None, None]
    # What the windows tell of the bands once each window's own shift is taken out, and their sum of scores.
    contrast = -np.einsum("bwij,cwjk->bick", heavy, answer)
    for b in range(count):
        contrast[b, :, b] += heavy[b].sum(axis=0)
    rest = (score - np.matmul(normal, together)[..., 0]) * weight[:, None]
    information, axes = np.linalg.eigh(contrast.reshape(2 * count, 2 * count))
    told = information > NOTHING * max(information.max(), 1e-30)  # all but what the bands have in common
    information, along = information[told], axes[:, told]
    shift = (along.T @ rest.sum(axis=1).ravel()) / information
    bands = (along @ shift).reshape(count, 2)
    common = np.einsum("cwij,cj->wi", answer, bands)
    pull = rest - np.einsum("bwij,bwj->bwi", heavy, bands[:, None] - common[None])
    # Windows as clusters: how much their sums would vary were others seen.
    noise = np.square(along.T @ pull.transpose(0, 2, 1).reshape(2 * count, -1)).sum(axis=1) / information**2
    apart = _variance(shift * shift, noise)
    # The bands' shifts as expected, `kept` of what was found, and how much they vary around that.
    kept = apart / (apart + noise + 1e-30)
    unknown = np.full(2 * count, apart)
    unknown[told] = kept * noise
    reach = np.einsum("wij,bwjk->ibk", lever, normal).reshape(2, 2 * count)
    known = reach @ along @ (kept * shift)
    return float(known @ known + (np.square(reach @ axes) @ unknown).sum()) / 2


def _variance(squares: F64, noise: F64) -> float:
    """Variance beside the noise at which squared shifts are, together, as large as expected; 0 where noise is enough.

    Args:
        squares: (n,) square pixels.
        noise: (n,) their variances by noise alone.
    """
    if not squares.size:
        return 0.0
    ratio = (squares / (noise + VARIANCES[:, None] + 1e-12)).mean(axis=1)
    return float(np.interp(-1.0, -ratio, VARIANCES))

"""What happened at one place: every step of its series, each with its own date and its own outline.

A building is a sequence at one spot: ground cleared, slab, frame, roof. The candidate that a map of single steps
shows is only the loudest of them. Here the candidate's series is searched for all its steps, and for each step the
pixels that took part in it are found again with all steps fitted together; so the clearing gets the clearing's
outline and the slab gets the slab's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt
from scipy import ndimage

from sitewatch.change import dating, steps
from sitewatch.change.objects import MEMBER_LEVEL, MIN_PIXELS, Candidate

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

LEAST_GAIN = 12.0
"""Log-likelihood gain from which a step is kept for judgement; the judgement itself is the site's own."""
NEAR = 2
"""Pixels around a candidate to which an outline is held that would run out of its neighbourhood."""
FIELD_M2 = 3000.0
"""Area from which a change may be a crop's."""
LASTING = 0.35
"""Share of a step that must remain between looks of one season; less is a season of its own."""
REACH = 12
"""Pixels around a candidate in which a step's outline may extend beyond it."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A site's data as the detector sees them."""

    values: Array
    """(time, band, y, x) normalised."""
    usable: Mask
    """(time, y, x)."""
    days: npt.NDArray[np.float64]
    """(time,)."""
    pixel_m: float
    """Size of a pixel in metres."""

    def between(self, window: slice) -> "Stack":
        """The dates of `window`."""
        return Stack(self.values[window], self.usable[window], self.days[window], self.pixel_m)


@dataclass(frozen=True, slots=True)
class Fit:
    """What the pixel test of a span leaves for later fits in it."""

    precision: Array
    """(time,) relative precision of the dates, at most 1."""
    design: Array
    """(time, term)."""
    inverse: Array
    """(band, band) inverse correlation of the bands' noise."""
    sigma: Array
    """(band, y, x) noise of one date."""
    used: Mask
    """(time, y, x) usable and not thrown out as a spike (a cloud that no mask caught)."""


@dataclass(frozen=True, slots=True)
class Change:
    """One step at one place."""

    mask: Mask
    """(y, x) pixels that took part."""
    membership: Array
    """(y, x) share of the full step, 0 outside the neighbourhood; its contour at one half is the outline."""
    index: npt.NDArray[np.intp]
    """(n,) positions in the cube of the dates on which the place was clear."""
    posterior: npt.NDArray[np.float64]
    """(n-1,) probability of each gap between these dates."""
    gain: float
    """Log-likelihood gain of the step, given the other steps of the place."""
    amplitude: npt.NDArray[np.float64]
    """(band,) size of the step."""
    before: npt.NDArray[np.float64]
    """(band,) mean inside, before."""
    after: npt.NDArray[np.float64]
    """(band,) mean inside, after, until the next step."""
    outside: npt.NDArray[np.float64]
    """(2, band) mean of the surroundings over the same dates as `before` and `after`."""
    spread: npt.NDArray[np.float64]
    """(band,) how much the surroundings differ among themselves (robust standard deviation over pixels)."""
    score: float
    """Pooled statistic of the candidate that led here."""
    floor: float = 1.0
    """Gain that a change needs at this site and span to be reported."""

    def later_by(self, dates: int) -> "Change":
        """The same in a cube with `dates` more dates before."""
        return replace(self, index=self.index + dates)

    @property
    def gap(self) -> tuple[int, int]:
        """Positions in the cube of the last clear date without and the first with, for the most likely gap."""
        best = int(np.argmax(self.posterior))
        return int(self.index[best]), int(self.index[best + 1])


def surroundings(mask: Mask, taken: Mask, pixel_m: float) -> Mask:
    """A ring around `mask` that leaves out a blurred border and what else has changed (`taken`)."""
    inner = 1 + round(3 / pixel_m)
    outer = inner + max(2, round(18 / pixel_m))
    near = ndimage.binary_dilation(mask, iterations=inner)
    ring: Mask = ndimage.binary_dilation(near, iterations=outer - inner) & ~near
    free = ring & ~ndimage.binary_dilation(taken)
    # In a crowd of changes the rest of the ring must do: its own changes count as odd dates.
    return free if free.sum() >= max(8, 0.15 * ring.sum()) else ring


def trace(candidate: Candidate, stack: Stack, fit: Fit, taken: Mask) -> list[Change]:
    """All changes at the place of `candidate`, in order of time; empty where none stands the robust test.

    Args:
        taken: (y, x) pixels of all candidates.
    """
    inside = candidate.membership[candidate.mask]
    core = candidate.mask & (candidate.membership >= 0.8 * np.median(inside))
    ring = surroundings(candidate.mask, taken, stack.pixel_m)
    if not ring.any():
        return []
    series = dating.follow(stack.values, stack.usable, core, ring, fit.precision)
    days = stack.days[series.index]
    found = dating.history(series, days, least=LEAST_GAIN)
    spread = _spread(stack, ring) if found else np.zeros(0)
    changes = []
    for position, gap in enumerate(found):
        others = found[:position] + found[position + 1 :]
        profile = dating.profile(series, days, others)
        amplitude = profile.amplitude[gap]
        field = candidate.mask.sum() * stack.pixel_m**2 >= FIELD_M2
        if field and dating.lasting(series, days, found, gap, amplitude) < LASTING:
            continue
        steps_at = [int(series.index[g + 1]) for g in found]
        outline = _outline(stack, fit, candidate.mask, core, steps_at, position)
        if outline is None:
            continue
        first = found[position - 1] + 1 if position else 0
        last = found[position + 1] + 1 if position + 1 < len(found) else len(days)
        spans = (slice(first, gap + 1), slice(gap + 1, last))
        changes.append(
            Change(
                *outline,
                index=series.index,
                posterior=dating.posterior(profile.gain, days),
                gain=float(profile.gain[gap]),
                amplitude=amplitude,
                before=np.median(series.inside[spans[0]], axis=0),
                after=np.median(series.inside[spans[1]], axis=0),
                outside=np.stack([np.median(series.outside[s], axis=0) for s in spans]),
                spread=spread,
                score=candidate.score,
            )
        )
    return changes


def _runs_out(part: Mask, window: tuple[slice, slice], shape: tuple[int, ...]) -> bool:
    """True where `part` reaches a border of its window that is not the site's own."""
    rows, cols = window
    return bool(
        (rows.start > 0 and part[0].any())
        or (rows.stop < shape[0] and part[-1].any())
        or (cols.start > 0 and part[:, 0].any())
        or (cols.stop < shape[1] and part[:, -1].any())
    )


def _spread(stack: Stack, ring: Mask) -> npt.NDArray[np.float64]:
    """Robust standard deviation (band,) between the time means of the ring's pixels."""
    use = stack.usable[:, ring]
    values = np.where(use[:, None], stack.values[:, :, ring], 0).sum(axis=0)
    mean = values / np.maximum(use.sum(axis=0), 1)
    result: npt.NDArray[np.float64] = 1.4826 * np.median(
        np.abs(mean - np.median(mean, axis=1, keepdims=True)), axis=1
    )
    return result


def _outline(
    stack: Stack, fit: Fit, mask: Mask, core: Mask, steps_at: Sequence[int], position: int
) -> tuple[Mask, Array] | None:
    """Pixels that took part in one of several steps at a place, and their share of it."""
    rows, cols = np.nonzero(mask)
    extent = max(int(np.ptp(rows)), int(np.ptp(cols)))
    reach = min(REACH, max(4, extent))
    window = np.s_[
        max(rows.min() - reach, 0) : rows.max() + reach + 1,
        max(cols.min() - reach, 0) : cols.max() + reach + 1,
    ]
    shape = mask[window].shape
    bands = stack.values.shape[1]
    values = stack.values[(slice(None), slice(None), *window)].reshape(len(stack.values), bands, -1)
    weight = fit.used[(slice(None), *window)].reshape(len(values), -1) * fit.precision[:, None]
    sizes = steps.sizes(values, weight, fit.design, steps_at)[position].reshape(bands, *shape)
    sigma = np.median(fit.sigma[(slice(None), *window)][:, core[window]], axis=1)
    typical = np.median(sizes[:, core[window]], axis=1)
    direction = fit.inverse @ (typical / sigma)
    length = float((typical / sigma) @ direction)
    if length <= 0:
        return None
    share = np.einsum("byx,b->yx", sizes, (direction / sigma / length).astype(np.float32))
    share = cv2.GaussianBlur(share.astype(np.float32), (0, 0), 0.5)
    labels, _ = ndimage.label(share > MEMBER_LEVEL)
    touched = np.bincount(labels[core[window]], minlength=2)
    touched[0] = 0
    if touched.max() == 0:
        return None
    part = labels == touched.argmax()
    if _runs_out(part, window, mask.shape):
        # It has no border of its own here: the season of a whole forest, not the extent of this change.
        part &= ndimage.binary_dilation(mask[window], iterations=NEAR)
    part = ndimage.binary_fill_holes(part)
    if part.sum() < MIN_PIXELS:
        return None
    full = np.zeros(mask.shape, bool)
    full[window] = part
    membership = np.zeros(mask.shape, np.float32)
    membership[window] = share
    return full, membership

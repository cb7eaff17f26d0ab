"""From changes at candidates to events of a site: one change once, fragments joined, shadows given to what casts
them, stages of one structure kept together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from sitewatch.change.history import Change

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

SAME_TIME = 0.3
"""Shared posterior mass from which two changes may be one."""
SAME_COLOUR = 0.7
"""Cosine between amplitudes from which fragments are of one kind."""
JOIN_M = 10.0
"""Metres between fragments of one object: houses of a row, a road under trees."""
FINE_M = 5.0
"""Pixel size up to which fragments are joined over a gap; in coarser pixels what does not touch is not one."""
OVERLAP = 0.3
"""Share of the smaller of two readings that both have in common to be one."""
INSIDE = 0.6
"""Share of a change's pixels that lie in an earlier one to count as on it."""
FURTHER = 0.4
"""Area relative to an earlier clearing from which more baring within it is the same work going on."""
SAME_PLACE = 0.6
"""Area relative to an earlier change at the same place from which it is a further stage, not a part."""


GREEN = 0.3
"""Vegetation index from which ground is grown over; concrete on bare soil raises it a little, but not so far."""
FULL_CHANGE = 0.3
"""Relative change of brightness in some band that counts in full."""
BARED = 0.05
"""Fall of the vegetation index from which ground was laid bare."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One change of the site, put together."""

    change: Change
    """The strongest reading of it."""
    mask: Mask
    """(y, x) all pixels that took part."""
    shadow: int = 0
    """+1 where a shadow came with it, -1 where one went, 0 without evidence."""
    stages: tuple[Change, ...] = field(default=())
    """Later steps of the same structure, in order of time."""
    parent: int | None = None
    """Position in the list of the earlier ground work that this one stands on."""

    @property
    def strength(self) -> float:
        """Evidence against what the site needs, times how much changed: from 1 on it is reported."""
        return max(c.gain / c.floor * _weight(c) for c in (self.change, *self.stages))

    @property
    def latest(self) -> Change:
        return self.stages[-1] if self.stages else self.change


def assemble(
    changes: Sequence[Change],
    days: Floats,
    pixel_m: float,
    sunward: tuple[float, float] | None,
    vegetation: tuple[int, int] | None,
) -> list[Episode]:
    """Episodes in order of time.

    Args:
        changes: from `history.trace`, of all candidates.
        days: (T,) days of the cube's dates.
        pixel_m: metres a pixel (3 where unknown).
        sunward: unit vector (row, column) towards the mean sun on the ground; None where unknown.
        vegetation: positions of the red and near infrared bands; None where one is missing.
    """
    density = np.array([_density(c, days) for c in changes])
    join = int(JOIN_M / pixel_m) if pixel_m <= FINE_M else 0
    groups = _groups(changes, density, join)
    episodes = [_merge([changes[i] for i in group], join) for group in groups]
    episodes = _give_shadows(episodes, days, pixel_m, sunward)
    episodes.sort(key=lambda e: (e.change.gap[1], -e.change.gain))
    return _chain(episodes, vegetation)


def _weight(change: Change) -> float:
    """1 for a change of `FULL_CHANGE` of the brightness in some band, less for less: weather and growth shift a
    place by a few per cent for months, and a long series makes any such shift look certain."""
    relative = np.abs(change.after - change.before) / np.maximum(np.abs(change.before), 1e-3)
    return float(np.clip(relative.max() / FULL_CHANGE, 0.25, 1.5))


def _density(change: Change, days: Floats) -> Floats:
    """Posterior of a change spread over the gaps between all dates of the cube (T-1,)."""
    result = np.zeros(len(days) - 1)
    for p, start, end in zip(change.posterior, change.index[:-1], change.index[1:], strict=True):
        spans = np.diff(days[start : end + 1])
        result[start:end] += p * spans / spans.sum()
    return result


def _cosine(a: Floats, b: Floats) -> float:
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-12))


def _groups(changes: Sequence[Change], density: Floats, join: int) -> list[list[int]]:
    """Which changes are one: same time and colour, overlapping or within `JOIN_M`."""
    parent = list(range(len(changes)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    wide = [_grown(c.mask, join) for c in changes]
    for i, a in enumerate(changes):
        for j in range(i + 1, len(changes)):
            b = changes[j]
            if _cosine(a.amplitude, b.amplitude) < SAME_COLOUR:
                continue
            if np.minimum(density[i], density[j]).sum() < SAME_TIME:
                continue
            shared = (a.mask & b.mask).sum()
            if shared > OVERLAP * min(a.mask.sum(), b.mask.sum()) or (join and (wide[i] & b.mask).any()):
                parent[root(j)] = root(i)
    groups: dict[int, list[int]] = {}
    for i in range(len(changes)):
        groups.setdefault(root(i), []).append(i)
    return list(groups.values())


def _grown(mask: Mask, pixels: int) -> Mask:
    if not pixels:
        return mask
    grown: Mask = ndimage.binary_dilation(mask, np.ones((3, 3)), iterations=pixels)
    return grown


def _merge(group: Sequence[Change], join: int) -> Episode:
    """One episode of several readings: the reading with the most evidence over the most pixels leads, and what
    the others add beyond it is joined, with the gaps of up to `join` pixels between the pieces."""
    lead = max(group, key=lambda c: c.gain * np.sqrt(c.mask.sum()))
    mask = lead.mask.copy()
    membership = lead.membership.copy()
    joined = False
    for other in group:
        shared = (other.mask & lead.mask).sum()
        # A reading that mostly repeats the lead adds nothing but the errors of its own outline.
        if other is not lead and shared < 0.3 * other.mask.sum():
            mask |= other.mask
            membership = np.maximum(membership, np.where(_grown(other.mask, 1), other.membership, 0))
            joined = True
    if joined and join:
        closed = ndimage.binary_closing(np.pad(mask, join), np.ones((3, 3)), iterations=join)
        closed = closed[join:-join, join:-join]
        membership = np.where(closed & ~mask, np.maximum(membership, 0.75), membership).astype(np.float32)
        mask = closed
    return Episode(replace(lead, mask=mask, membership=membership), mask)


def _darkened(change: Change) -> float:
    """Mean log ratio after/before where all bands changed alike and the darker state is darker than the
    surroundings in all of them, else 0: light taken away or given back."""
    ratio = np.log(np.maximum(change.after, 1e-4) / np.maximum(change.before, 1e-4))
    if (ratio < -0.05).all() and (change.after < change.outside[1]).all():
        return float(ratio.mean())
    if (ratio > 0.05).all() and (change.before < change.outside[0]).all():
        return float(ratio.mean())
    return 0.0


def _give_shadows(
    episodes: list[Episode], days: Floats, pixel_m: float, sunward: tuple[float, float] | None
) -> list[Episode]:
    """Drop episodes that are the shadow of another of the same time, and note the shadow there."""
    reach = max(2, round(9 / pixel_m))
    density = [_density(e.change, days) for e in episodes]
    shade = [_darkened(e.change) for e in episodes]
    owner: dict[int, int] = {}
    for i, e in enumerate(episodes):
        if shade[i] == 0:
            continue
        best, closeness = None, 0.0
        for j, o in enumerate(episodes):
            same = np.minimum(density[i], density[j]).sum()
            if i == j or j in owner or same < SAME_TIME or o.change.gain < 0.3 * e.change.gain:
                continue
            if shade[j] != 0 and np.sign(shade[j]) == np.sign(shade[i]):
                continue
            if not (_grown(o.mask, reach) & e.mask).any():
                continue
            towards = np.argwhere(o.mask).mean(axis=0) - np.argwhere(e.mask).mean(axis=0)
            length = float(np.linalg.norm(towards)) + 1e-6
            agreement = float(towards @ np.array(sunward)) / length if sunward else 0.5
            if agreement > max(closeness, 0.2):
                best, closeness = j, agreement
        if best is not None:
            owner[i] = best
    kept: list[Episode] = []
    for j, o in enumerate(episodes):
        if j in owner:
            continue
        cast = [shade[i] for i, k in owner.items() if k == j]
        kept.append(replace(o, shadow=int(-np.sign(sum(cast))) if cast else 0))
    return kept


def _index(values: Floats, vegetation: tuple[int, int] | None) -> float:
    """Vegetation index (NDVI) of band values; 0 without the bands."""
    if vegetation is None:
        return 0.0
    red, nir = (float(values[i]) for i in vegetation)
    return (nir - red) / max(nir + red, 1e-6)


def greening(change: Change, vegetation: tuple[int, int] | None) -> float:
    """Rise of the vegetation index with a change; 0 without the bands."""
    return _index(change.after, vegetation) - _index(change.before, vegetation)


def _chain(episodes: Sequence[Episode], vegetation: tuple[int, int] | None) -> list[Episode]:
    """Further stages of one structure join it; a structure on earlier ground work names that as its parent."""
    result: list[Episode] = []
    for e in episodes:
        size = e.mask.sum()
        on = [
            (k, p) for k, p in enumerate(result) if (p.mask & e.mask).sum() > INSIDE * min(size, p.mask.sum())
        ]
        grown = greening(e.change, vegetation) > 0 and _index(e.change.after, vegetation) > GREEN
        same = [
            (k, p)
            for k, p in on
            # What was laid bare grows over again: an aftermath, whatever its outline.
            if (grown and greening(p.change, vegetation) < -BARED)
            # Laid bare further: the same work goes on. A building there would find the ground bare already.
            or (
                FURTHER * p.mask.sum() < size < p.mask.sum()
                and greening(e.change, vegetation) < -BARED
                and _cosine(p.change.amplitude, e.change.amplitude) > SAME_COLOUR
            )
            or (SAME_PLACE < size / p.mask.sum() < 1 / SAME_PLACE and not _undone(p.change, e.change))
        ]
        if same:
            k, p = max(same, key=lambda kp: (kp[1].mask & e.mask).sum() / (kp[1].mask | e.mask).sum())
            result[k] = replace(p, stages=(*p.stages, e.change), shadow=p.shadow or e.shadow)
            continue
        wider = [(k, p) for k, p in on if size <= SAME_PLACE * p.mask.sum()]
        parent = min(wider, key=lambda kp: kp[1].mask.sum())[0] if wider else None
        result.append(replace(e, parent=parent))
    return result


def _undone(first: Change, second: Change) -> bool:
    """True where the second step takes most of the first one back."""
    return float(first.amplitude @ second.amplitude) < -0.7 * float(first.amplitude @ first.amplitude)

"""What kind of change an episode is: appeared, removed, altered, or only a standing structure's new surface.

Colour cannot tell a repainted roof from a new one; height can. A new structure darkens the strip of ground on its
side away from the sun, a removed one gives the light back, and paint does neither.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy import ndimage

from sitewatch.change import dating
from sitewatch.change.assemble import Episode
from sitewatch.change.history import Stack, surroundings
from sitewatch.types import EventKind

Mask = npt.NDArray[np.bool_]

STANDS_OUT = 3.5
"""Contrast with the surroundings, in their own spread, from which something stands there."""
SHADOW_REACH_M = 9.0
"""Length of the strip away from the sun in which a shadow is looked for: some 6 m of height at 35 degrees."""
SHADOW_GAIN = 6.0
"""Log-likelihood gain from which the strip's step counts."""
SHADOW_DEPTH = 0.12
"""Mean log ratio over the bands from which the strip's step counts."""
COARSE_M = 6.0
"""Pixel size in metres from which a strip beside the object's border would miss the shadow."""
MIN_STRIP = 3
"""Pixels that a strip needs."""
DEEP_SHADE = 0.25
"""The same, from which the shade alone proves that something stands."""
SMALL_M2 = 800.0
"""Area below which a new spot that stands out is taken for a structure rather than cleared ground."""
ELONGATED = 4.0
"""Length to width from which a bright new strip is a road rather than cleared ground."""
BARED = 0.15
"""Loss of vegetation index from which plants went."""
GREEN = 0.3
"""Vegetation index from which a surface is no roof."""
STANDING_SHADE = 0.08
"""Mean log ratio to the surroundings by which the strip behind a standing structure is darker."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Kind of an episode and what it rests on."""

    kind: EventKind
    resurfaced: bool
    """True where a structure stood before and after and only its surface changed: not reported as an event."""
    overgrown: bool
    """True where ground only turned greener and nothing stood there before: growth, not an event."""
    contrast: tuple[float, float]
    """With the surroundings, before and after."""
    shade: tuple[float, float]
    """Mean log ratio of the strip away from the sun to the surroundings, before and after; 0 without evidence."""
    shadow: float
    """Mean log change of the strip away from the sun; negative where a shadow fell, 0 without evidence."""
    elongation: float
    bared: float | None
    """Loss of vegetation index; None without red and near infrared."""


def judge(
    episode: Episode,
    stack: Stack,
    taken: Mask,
    sunward: tuple[float, float] | None,
    vegetation: tuple[int, int] | None,
) -> Judgement:
    """Judge one episode.

    Args:
        taken: (y, x) all pixels of candidates.
        sunward: unit vector (row, column) towards the mean sun; None where unknown.
        vegetation: positions of the red and near infrared bands; None where one is missing.
    """
    change = episode.change
    spread = change.spread + 0.02 * np.abs(change.outside[0]) + 1e-6
    before = float(np.abs((change.before - change.outside[0]) / spread).max())
    after = float(np.abs((episode.latest.after - episode.latest.outside[1]) / spread).max())
    strip = _strip(episode, stack, taken, sunward) if sunward else _Strip(0.0, 0.0, 0.0)
    shadow = strip.step
    if shadow == 0 and episode.shadow:
        shadow = -SHADOW_DEPTH * episode.shadow
    length = _elongation(episode.mask)
    area = float(episode.mask.sum()) * stack.pixel_m**2
    greens = [_index(v, vegetation) for v in (change.before, change.after)] if vegetation else None
    shaded = max(strip.before, strip.after)
    resurfaced = (
        shadow == 0
        and episode.parent is None
        and (greens is None or max(greens) < GREEN)
        and ((before > STANDS_OUT and shaded < -STANDING_SHADE) or (before > 1 and shaded < -DEEP_SHADE))
    )
    bared = greens[0] - greens[1] if greens else None
    # What goes with the green were plants, and the shade that goes was theirs.
    bare = bared is not None and bared > BARED
    if shadow < 0 or episode.parent is not None:
        kind = EventKind.APPEARED
    elif not bare and (shadow > 0 or (not resurfaced and before > STANDS_OUT and before > 2 * after)):
        kind = EventKind.REMOVED
    elif not resurfaced and after > 2 * before and (length > ELONGATED or area < SMALL_M2):
        kind = EventKind.APPEARED
    else:
        kind = EventKind.ALTERED
    overgrown = (
        bared is not None and bared < 0 and before < STANDS_OUT and shadow == 0 and kind is EventKind.ALTERED
    )
    return Judgement(
        kind, resurfaced, overgrown, (before, after), (strip.before, strip.after), shadow, length, bared
    )


def _index(values: npt.NDArray[np.float64], vegetation: tuple[int, int]) -> float:
    red, nir = (float(values[i]) for i in vegetation)
    return (nir - red) / max(nir + red, 1e-6)


def _elongation(mask: Mask) -> float:
    """Length to width of a strip of the same area and perimeter, also where it bends: a road is seldom straight."""
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    # Contours run through pixel centres: half a pixel is missing all around.
    half = sum(cv2.arcLength(c, True) for c in contours) / 2 + 2
    area = float(mask.sum())
    root = np.sqrt(max(half**2 / 4 - area, 0))
    return float((half / 2 + root) / max(half / 2 - root, 1.0))


@dataclass(frozen=True, slots=True)
class _Strip:
    before: float
    after: float
    step: float


def _strip(episode: Episode, stack: Stack, taken: Mask, sunward: tuple[float, float]) -> _Strip:
    """How dark the strip behind the object is against the surroundings, and its step at the episode's date."""
    nothing = _Strip(0.0, 0.0, 0.0)
    reach = max(1, round(SHADOW_REACH_M / stack.pixel_m))
    strip = np.zeros_like(episode.mask)
    for step in range(1, reach + 1):
        shift = (-round(step * sunward[0]), -round(step * sunward[1]))
        strip |= ndimage.shift(episode.mask.astype(np.uint8), shift, order=0) > 0
    # The first pixel belongs to the object's own blurred border.
    border = 1 if stack.pixel_m < COARSE_M else 0
    strip &= ~(ndimage.binary_dilation(episode.mask, iterations=border) if border else episode.mask)
    ring = surroundings(episode.mask | strip, taken, stack.pixel_m)
    if strip.sum() < MIN_STRIP or not ring.any():
        return nothing
    start, end = episode.change.gap
    middle = (stack.days[start] + stack.days[end]) / 2
    close = np.flatnonzero(np.abs(stack.days - middle) <= dating.REACH_DAYS)
    window = slice(int(close[0]), int(close[-1]) + 1)
    start, end = start - window.start, end - window.start
    stack = stack.between(window)
    level = np.ones(len(stack.days), np.float32)
    series = dating.follow(stack.values, stack.usable, strip, ring, level)
    if len(series.index) < 2 * dating.MIN_SIDE + 1:
        return nothing
    days = stack.days[series.index]
    profile = dating.profile(series, days)
    near = [g for g in range(len(profile.gain)) if series.index[g] <= end and series.index[g + 1] >= start]
    if not near:
        return nothing
    gap = max(near, key=lambda g: profile.gain[g])
    levels = [
        np.log(np.maximum(np.median(series.inside[s], axis=0), 1e-4))
        - np.log(np.maximum(np.median(series.outside[s], axis=0), 1e-4))
        for s in (slice(None, gap + 1), slice(gap + 1, None))
    ]
    before = np.median(series.inside[: gap + 1], axis=0)
    ratio = np.log(np.maximum(before + profile.amplitude[gap], 1e-4) / np.maximum(before, 1e-4))
    alike = (ratio < 0).all() or (ratio > 0).all()
    # The levels themselves must have moved the same way: the sun's height alone deepens shadows in winter.
    alike = alike and ratio.mean() * (levels[1] - levels[0]).mean() > 0
    real = alike and abs(ratio.mean()) >= SHADOW_DEPTH and profile.gain[gap] >= SHADOW_GAIN
    return _Strip(float(levels[0].mean()), float(levels[1].mean()), float(ratio.mean()) if real else 0.0)

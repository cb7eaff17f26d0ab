"""Registration: how far each scene's content lies from where the others put it.

Coarse: masked normalised cross-correlation (`_correlate`). Fine: robust Lucas-Kanade on windows (`_refine`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sitewatch.errors import DataError
from sitewatch.imagery._composite import by_centrality, median_composite
from sitewatch.imagery._correlate import Pattern, coarse_shift
from sitewatch.imagery._refine import refine
from sitewatch.imagery._windows import Reference
from sitewatch.types import Registration, RegistrationStatus

F32 = npt.NDArray[np.float32]
Bool = npt.NDArray[np.bool_]

MIN_PIXELS = 800
"""Fewer pixels usable in both images than this carry no shift."""
MIN_CLARITY = 6.0
MAX_SIGMA = 0.35
"""Pixels by which parts of an image may disagree (`Shift.within`); more is no answer."""
MAX_DISAGREEMENT = 2.0
KEPT_PIXELS = 6_000_000
"""Pixels of a stack up to which what is compared of each image is kept for the second pass, some 50 bytes a pixel of
four bands."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Content at (row, col) of the reference is found at (row + dy, col + dx) of the moving image."""

    dx: float
    """Pixels to the right."""
    dy: float
    """Pixels downward."""
    sigma: float
    """Standard error of each component, pixels; infinite where `ok` is False."""
    ok: bool
    reason: str = ""
    """Why it failed, in words; empty where `ok`."""
    score: float = 0.0
    """Correlation coefficient of the aligned images (0..1), median over the windows used."""
    within: float = 0.0
    """`sigma` without what bands add that do not lie on each other, and what few windows do not know, pixels: how well
    a scene's parts agree. 0 where `ok` is False."""


def estimate_shift(
    reference: F32, moving: F32, *, reference_ok: Bool, moving_ok: Bool, max_shift: float = 10.0
) -> Shift:
    """Shift between two images of one place.

    Args:
        reference, moving: (y, x) or (band, y, x), the same shape, any unit; not-ok pixels may be NaN.
        reference_ok, moving_ok: (y, x), True where a pixel shows the ground.
        max_shift: pixels; larger shifts are not looked for on either axis.

    Raises:
        DataError: shapes differ, or a usable pixel is not finite.
    """
    a, b = (np.asarray(im, np.float32).reshape(-1, *im.shape[-2:]) for im in (reference, moving))
    if not (a.shape == b.shape and reference_ok.shape == moving_ok.shape == a.shape[1:]):
        raise DataError(
            f"images {reference.shape} and {moving.shape} with masks {reference_ok.shape} and "
            f"{moving_ok.shape}; expected one shape"
        )
    if not max_shift > 0:
        raise DataError(f"max_shift is {max_shift}; expected more than 0 pixels")
    _check_finite(a, reference_ok, "the reference")
    _check_finite(b, moving_ok, "the moving image")
    return _estimate(_Image(a, reference_ok), _Image(b, moving_ok), max_shift)


def _check_finite(image: F32, ok: Bool, name: str) -> None:
    for band in image:
        holes = ~np.isfinite(band)
        if holes.any() and (holes & ok).any():
            raise DataError(
                f"{name} holds {int((holes & ok).sum())} usable pixels that are not finite numbers"
            )


class _Image:
    """(band, y, x), where it is usable, and what `coarse_shift` and `refine` compare of it."""

    def __init__(self, image: F32, ok: Bool) -> None:
        self.image, self.ok = image, ok

    @cached_property
    def windows(self) -> Reference:
        return Reference(self.image, self.ok)

    @cached_property
    def pattern(self) -> Pattern:
        return Pattern(self.image, self.ok)


def _estimate(reference: _Image, moving: _Image, max_shift: float) -> Shift:
    a_ok, b_ok = reference.ok, moving.ok
    every = max(1, min(a_ok.shape) // 256)  # a sample is enough to count in a large image
    common = np.count_nonzero(a_ok[::every, ::every] & b_ok[::every, ::every]) * every**2
    if common < MIN_PIXELS:
        return _failed(f"only {common} pixels are usable in both images; at least {MIN_PIXELS} are needed")
    peak = coarse_shift(reference.pattern, moving.pattern, max_shift)
    if peak is None or peak.clarity < MIN_CLARITY:
        return _failed("no shift stands out: the images do not show the same pattern", peak)
    fit = refine(reference.windows, moving.image, b_ok, (peak.dx, peak.dy))
    if fit is None:
        return _failed("usable pixels are too scattered for a fine fit", peak)
    if max(abs(fit.dx - peak.dx), abs(fit.dy - peak.dy)) > MAX_DISAGREEMENT:
        return _failed("the fine fit ran away from the coarse shift", peak)
    if not fit.within <= MAX_SIGMA:
        return _failed(
            f"parts of the image disagree on the shift (standard error {fit.within:.2f} pixels)", peak
        )
    if max(abs(fit.dx), abs(fit.dy)) > max_shift:
        return _failed(f"the shift is larger than {max_shift:g} pixels", peak)
    return Shift(fit.dx, fit.dy, fit.sigma, True, score=fit.correlation, within=fit.within)


def _failed(reason: str, peak: object = None) -> Shift:
    return Shift(float("nan"), float("nan"), float("inf"), False, reason)


def register_stack(
    images: Sequence[F32],
    usable: Sequence[Bool],
    scene_ids: Sequence[str],
    *,
    max_shift: float = 10.0,
    progress: Callable[[int, int], None] | None = None,
) -> list[Registration]:
    """Shift of each scene of a site against what the scenes show together.

    First pass: against the clear scene that looks most like the others. Second pass: against the masked
    median of the scenes that the first pass aligned ("composite"), so one scene's clouds, snow or changes
    weigh little, and a scene that failed gets another try. Frame: the median shift of the good scenes is
    zero, so the stack as a whole lies where the median scene's own georeferencing puts it; an offset common
    to all scenes cannot be seen from within. With fewer than three good scenes there is no median: the
    reference scene stays where it is.

    Args:
        images: one (band, y, x) array a scene, on one grid, any unit; read one at a time, so the sequence may
            load lazily.
        usable: one (y, x) mask a scene, True where the ground is seen.
        scene_ids: one id a scene.
        max_shift: pixels; larger shifts are not looked for.
        progress: called with (steps done, steps in all).

    Returns:
        One registration a scene, in their order; status FAILED with a reason for scenes to set aside.

    Raises:
        DataError: lengths or shapes differ.
    """
    count = len(images)
    if not count == len(usable) == len(scene_ids):
        raise DataError(
            f"{count} images, {len(usable)} masks, {len(scene_ids)} ids; expected as many of each"
        )
    if not max_shift > 0:
        raise DataError(f"max_shift is {max_shift}; expected more than 0 pixels")
    if count == 0:
        return []
    report = progress or (lambda done, total: None)

    shares: list[float] = []
    order = by_centrality(_checked(images, usable, scene_ids, shares))
    keep = images[0][0].size * count <= KEPT_PIXELS
    kept: dict[int, _Image] = {}

    def image(k: int) -> _Image:
        if k in kept:
            return kept[k]
        made = _Image(images[k], usable[k])
        if keep:
            kept[k] = made
        return made

    def against(reference: _Image, done: int) -> list[Shift]:
        shifts = []
        for k in range(count):
            shifts.append(_estimate(reference, image(k), max_shift))
            report(done + k + 1, 2 * count)
        return shifts

    anchor, first = order[0], against(image(order[0]), 0)
    if _good(first).sum() < count / 2 and count > 2:
        # An unlucky reference (haze, snow) fails most scenes: ask the next one, keep the better.
        second = against(image(order[1]), 0)
        if _good(second).sum() > _good(first).sum():
            anchor, first = order[1], second
    if _good(first).sum() < 3:
        report(2 * count, 2 * count)
        return [_against_scene(k, first[k], scene_ids, anchor) for k in range(count)]
    composite, ok = median_composite(images, usable, _centred(first), shares)
    final = _centred(against(_Image(composite, ok), count))
    return [_registration(i, s, "composite") for i, s in zip(scene_ids, final, strict=True)]


def _checked(
    images: Sequence[F32], usable: Sequence[Bool], scene_ids: Sequence[str], shares: list[float]
) -> Iterator[tuple[F32, Bool]]:
    """The scenes one after the other, each checked; their usable shares are appended to `shares`."""
    first: tuple[int, ...] | None = None
    for k, scene_id in enumerate(scene_ids):
        image, mask = images[k], usable[k]
        first = first or image.shape
        if image.ndim != 3 or image.shape != first or mask.shape != first[1:]:
            raise DataError(
                f"scene {scene_id}: image {image.shape} with mask {mask.shape}; "
                f"expected (band, y, x), {first} as the first scene has"
            )
        _check_finite(image, mask, f"scene {scene_id}")
        shares.append(float(mask.mean()))
        yield image, mask


def _good(shifts: Sequence[Shift]) -> npt.NDArray[np.bool_]:
    return np.array([s.ok for s in shifts], np.bool_)


def _centred(shifts: Sequence[Shift]) -> list[Shift]:
    """The same with the median of the good shifts taken off each axis."""
    good = [s for s in shifts if s.ok]
    if not good:
        return list(shifts)
    dx, dy = float(np.median([s.dx for s in good])), float(np.median([s.dy for s in good]))
    return [replace(s, dx=s.dx - dx, dy=s.dy - dy) if s.ok else s for s in shifts]


def _against_scene(k: int, shift: Shift, ids: Sequence[str], anchor: int) -> Registration:
    if k == anchor:
        return Registration(ids[k], 0.0, 0.0, 0.0, ids[anchor], RegistrationStatus.REFERENCE)
    return _registration(ids[k], shift, ids[anchor])


def _registration(scene_id: str, shift: Shift, reference: str) -> Registration:
    if not shift.ok:
        status, reason = RegistrationStatus.FAILED, shift.reason
        return Registration(scene_id, 0.0, 0.0, float("inf"), reference, status, reason)
    return Registration(scene_id, shift.dx, shift.dy, shift.sigma, reference, RegistrationStatus.OK)

"""Change between two co-registered images, without a model that was trained on anything.

Two kinds of evidence are held against the pair's own background. Structure (`_pair_structure`): straight
edges gained or lost, which tells appeared from removed and hardly sees light and season. Spectrum
(`_pair_irmad`): what no linear relation of the bands explains. Thresholds come from the images: most of the
ground is taken to be unchanged, so its spread is the yardstick.

What two images cannot carry: when within the interval it happened, whether a change of colour is the season,
and whether a shifted tall object moved or was seen from another side.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from shapely import Polygon

from sitewatch.change._pair_irmad import IrMad, irmad
from sitewatch.change._pair_regions import regions
from sitewatch.change._pair_structure import COARSEST_M, Structure, greenness, structure
from sitewatch.errors import DataError
from sitewatch.types import EventKind

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

METHOD = "pair-1 (IR-MAD and straight edges)"
STRUCTURE_LEVEL = 2.5
"""Structure counts from this many times the root mean square of its quieter side (gain or loss)."""
STRUCTURE_FLOOR = 0.04
"""And from this value at least: images without any straight edge have no spread of their own."""
SPECTRAL_LEVEL = {"fine": 6.0, "coarse": 4.0}
"""Spectral change counts from this many robust standard deviations above the median."""
SMOOTH_PX = {"fine": 2.0, "coarse": 0.7}
LEAST_PX = {"structure": 60, "fine": 150, "coarse": 8}
EDGE_PX = {"structure": 3.0, "fine": 3.0, "coarse": 1.0}
"""How far an outline may lie off the true border, pixels; carried into the area's interval."""
LEEWAY_PX = {"fine": 1.0, "coarse": 0.5}
"""What is left of misalignment, relief and different sharpness, pixels."""
RIM_PX = 18
"""Edges this near to a patch of another colour belong to it, as their density is gathered so far."""
CLEAR_MEAN, CLEAR_RATIO = 0.25, 3.0
"""Mean structural score in a patch, and its ratio to the other side's, that name the patch's kind."""
MUST_HAVE_PX = 400


@dataclass(frozen=True, slots=True)
class PairObject:
    """One changed place."""

    outline: Polygon
    """(column, row) in pixels of the common grid, upper left corner of the first pixel at (0, 0)."""
    kind: EventKind
    """Appeared or removed where straight edges say so, else altered."""
    score: float
    """Largest value of the score map in it: multiples of the threshold."""
    edge_px: float
    """How far the outline may lie off the true border, pixels."""


@dataclass(frozen=True, slots=True)
class PairChange:
    """What changed between two images."""

    score: Floats
    """(y, x): evidence in multiples of its threshold; 1 and more is reported. NaN where not usable."""
    objects: tuple[PairObject, ...]
    """Strongest first."""
    structural: bool
    """False where pixels are too coarse for edges of houses: then nothing is called appeared or removed."""


def compare_pair(
    before: Mapping[str, Floats], after: Mapping[str, Floats], ok: Mask, *, pixel_m: float | None = None
) -> PairChange:
    """Score map and objects of change between two images on one grid.

    Args:
        before, after: bands by common name, (y, x), any unit; the same names in both.
        ok: (y, x) True where both show the ground.
        pixel_m: pixel size in metres; None where it is not known (then fine pixels are assumed).

    Raises:
        DataError: names or shapes differ, or fewer than 400 pixels are usable in both.
    """
    names = list(before)
    if not names or set(names) != set(after):
        raise DataError(f"bands {names} before and {list(after)} after; expected the same, not empty")
    odd = {str(image.shape) for image in (*before.values(), *after.values()) if image.shape != ok.shape}
    if odd:
        raise DataError(
            f"bands of shape {', '.join(sorted(odd))} with a mask of {ok.shape}; expected one shape"
        )
    usable = ok & np.isfinite([*before.values(), *after.values()]).all(axis=0)
    if usable.sum() < MUST_HAVE_PX:
        raise DataError(
            f"{int(usable.sum())} pixels are usable in both images; expected {MUST_HAVE_PX} or more"
        )
    fine = pixel_m is None or pixel_m <= COARSEST_M
    first, second = (np.stack([bands[n] for n in names]) for bands in (before, after))
    spectral = spectral_score(
        irmad(first, second, usable, leeway_px=LEEWAY_PX["fine" if fine else "coarse"]), fine=fine
    )
    if not fine:
        found = _altered(spectral, usable, "coarse")
        return PairChange(_map(spectral, usable), _ranked(found), structural=False)
    gained, lost = structural_scores(
        structure(brightness(before), brightness(after), _green(before, after), usable, pixel_m)
    )
    free = usable.copy()
    found = [_judged(o, gained, lost, usable.shape) for o in _altered(spectral, usable, "fine", taken=free)]
    for kind, score in ((EventKind.APPEARED, gained), (EventKind.REMOVED, lost)):
        for outline, own, window in regions((score > 1) & free, LEAST_PX["structure"], 2):
            found.append(PairObject(outline, kind, float(score[window][own].max()), EDGE_PX["structure"]))
    score = np.maximum(np.maximum(gained, lost), spectral)
    return PairChange(_map(score, usable), _ranked(found), structural=True)


def brightness(bands: Mapping[str, Floats]) -> Floats:
    """(y, x) mean of the visible bands, else the panchromatic band, else the mean of what there is."""
    names = [n for n in ("red", "green", "blue") if n in bands] or [n for n in ("pan",) if n in bands]
    return np.asarray(np.mean([bands[n] for n in names or list(bands)], axis=0), np.float32)


def structural_scores(evidence: Structure) -> tuple[Floats, Floats]:
    """Gained and lost structure, (y, x), in multiples of the threshold.

    The quieter of the two sides is the background: where a suburb is built hardly anything is torn down.
    """
    spread = min(float(np.sqrt(np.mean(np.square(side)))) for side in (evidence.gained, evidence.lost))
    threshold = max(STRUCTURE_LEVEL * spread, STRUCTURE_FLOOR)
    return evidence.gained / threshold, evidence.lost / threshold


def spectral_score(change: IrMad, *, fine: bool) -> Floats:
    """IR-MAD distance, (y, x), in multiples of the threshold; 0 where not usable.

    Median and lower half of the distances give centre and spread: the upper half holds the changes.
    """
    import cv2  # noqa: PLC0415

    usable = np.isfinite(change.chi2)
    distance = np.sqrt(np.where(usable, change.chi2, 0)).astype(np.float32)
    size = "fine" if fine else "coarse"
    weight = cv2.GaussianBlur(usable.astype(np.float32), (0, 0), SMOOTH_PX[size])
    smooth = cv2.GaussianBlur(distance, (0, 0), SMOOTH_PX[size]) / np.maximum(weight, 1e-6)
    values = smooth[usable]
    low, middle = np.percentile(values, (15.87, 50))
    # Distances of identical pixels spread around nothing; a floor keeps noise of the arithmetic out.
    spread = max(float(middle - low), 1e-3)
    return np.where(usable, np.maximum(smooth - middle, 0) / (SPECTRAL_LEVEL[size] * spread), 0).astype(
        np.float32
    )


def _green(before: Mapping[str, Floats], after: Mapping[str, Floats]) -> tuple[Floats, Floats] | None:
    if not {"red", "green"} <= set(before):
        return None
    first, second = (greenness(b["red"], b["green"], b.get("blue"), b.get("nir")) for b in (before, after))
    return first, second


def _map(score: Floats, usable: Mask) -> Floats:
    return np.where(usable, score, np.nan).astype(np.float32)


def _ranked(found: Sequence[PairObject]) -> tuple[PairObject, ...]:
    """Strong and large ones first."""
    return tuple(sorted(found, key=lambda o: -o.score * o.outline.area**0.5))


def _altered(spectral: Floats, usable: Mask, size: str, *, taken: Mask | None = None) -> list[PairObject]:
    """Regions of spectral change; what they cover, and a rim around it, becomes False in `taken`."""
    import cv2  # noqa: PLC0415

    found = []
    covered = np.zeros(usable.shape, np.uint8)
    radius = 2 if size == "fine" else 0
    sharp = np.zeros(usable.shape, bool)
    for _, own, window in regions((spectral > 1) & usable, LEAST_PX[size], radius):
        # A blurred border is where half the height is, not where the foot begins.
        inside = spectral[window]
        sharp[window] |= own & (inside > max(1.0, 0.5 * float(np.median(inside[own]))))
    for outline, own, window in regions(sharp, LEAST_PX[size], radius):
        score = float(spectral[window][own].max())
        found.append(PairObject(outline, EventKind.ALTERED, score, EDGE_PX[size]))
        covered[window] |= own
    if taken is not None:
        taken &= ~cv2.dilate(covered, np.ones((2 * RIM_PX + 1, 2 * RIM_PX + 1), np.uint8)).astype(bool)
    return found


def _judged(found: PairObject, gained: Floats, lost: Floats, shape: tuple[int, int]) -> PairObject:
    """Appeared or removed where straight edges speak clearly for one of them in and around the outline."""
    from rasterio.features import rasterize  # noqa: PLC0415

    near = rasterize([found.outline.buffer(5)], out_shape=shape).astype(bool)
    up, down = float(gained[near].mean()), float(lost[near].mean())
    if max(up, down) < CLEAR_MEAN or max(up, down) < CLEAR_RATIO * min(up, down):
        return found
    return replace(found, kind=EventKind.APPEARED if up > down else EventKind.REMOVED)

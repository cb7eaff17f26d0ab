"""Align two images that share no georeferencing: screenshots shifted, turned or scaled against each other.

Three steps. Scale-invariant features (Lowe 2004; RootSIFT after Arandjelovic & Zisserman 2012) matched both
ways give candidate pairs. A consensus of them under a similarity is accepted only if it could not come about
by chance (a-contrario test of Moisan & Stival 2004), which is what refuses images of different places.
Small windows all over the overlap are then matched on gradient direction, which survives other light and
season, and the transform is refitted to them; its complexity and its error come from windows left out.

Coordinates are (x, y) = (column, row) with the centre of the first pixel at (0, 0), as in OpenCV.
"""

from dataclasses import dataclass
from math import lgamma, log, log10, pi

import numpy as np
import numpy.typing as npt

from sitewatch.errors import DataError, SceneError
from sitewatch.imagery import _align_fit as fit
from sitewatch.imagery import _align_windows as windows

Floats = npt.NDArray[np.float32]
Points = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

WORKING_PX = 2000
"""Longest side at which features are sought."""
MAX_FEATURES = 12_000
RATIO = 0.85
"""A match counts if its descriptor is this much nearer than the second nearest (Lowe's test)."""
LOG10_NFA_MAX = -6.0
"""Accept a consensus that chance would produce less than once in 10^6 pairs of unrelated images."""
RADIUS_PX = 4.0
"""A match agrees with a transform that brings it this near."""
LEAST_SPREAD = 0.03
"""Share of the reference that agreeing matches must span."""
STROKE, LETTER = 0.2, 0.6
"""Contrast of a letter's stroke against what is around it, and its brightness; shares of the brightest."""
MOVED_NOT = 1.6
"""How much oftener than by chance strokes of both meet in the middle of images that did not move."""
WORD_PX = 110
"""Least length of a logo or a caption."""
EDGE_SHARE = 0.12
"""Share of the height, above and below, in which logos and captions are looked for."""
ATTEMPTS = 4
MIN_POINTS = 10
"""Windows or features that a fit with its error needs."""
SCALE_RANGE = (1 / 6, 6.0)


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where the pixels of one image lie in another."""

    matrix: Points
    """(3, 3): homogeneous (x, y, 1) of the moving image to (x, y, 1) of the reference, pixels."""
    model: str
    """"shift", "similarity", "affine" or "homography"."""
    sigma: float
    """Standard error of the aligned position, pixels of the reference: root mean square over the windows and
    both axes, from refits to halves of the windows."""
    scatter: float
    """Robust standard deviation of single windows around the fit, pixels: relief, lean and matching noise."""
    matches: int
    """Windows (or features, where windows were too few) that carry the fit."""
    overlap: float
    """Share of the reference that the moving image covers, 0..1."""
    log10_nfa: float
    """Decimal logarithm of the number of such agreements expected by chance."""

    @property
    def rotation_deg(self) -> float:
        """Turn of the moving image against the reference, degrees, clockwise positive on the screen."""
        return float(np.degrees(np.arctan2(self.matrix[1, 0], self.matrix[0, 0])))

    @property
    def scale(self) -> float:
        """Pixels of the reference per pixel of the moving image."""
        return float(np.sqrt(abs(np.linalg.det(self.matrix[:2, :2]))))


def align(
    reference: Floats, moving: Floats, *, reference_ok: Mask | None = None, moving_ok: Mask | None = None
) -> Alignment:
    """Find the transform that lays `moving` on `reference`.

    Args:
        reference: (h, w) brightness, any unit; NaN allowed where not ok.
        moving: (h2, w2) brightness.
        reference_ok: (h, w), True where usable; default where finite.
        moving_ok: (h2, w2).

    Raises:
        DataError: an array is not two-dimensional, is smaller than 32 pixels or has nothing usable.
        SceneError: the two do not show the same place, or too little of it to say.
    """
    ref, ref_ok = _prepare(reference, reference_ok, "reference")
    mov, mov_ok = _prepare(moving, moving_ok, "moving")
    overlay = find_overlay(reference, moving)
    if overlay is not None:
        ref_ok, mov_ok = ref_ok & ~overlay[0], mov_ok & ~overlay[1]
    coarse = _consensus(ref, mov, ref_ok, mov_ok) or windows.small_shift(ref, mov, ref_ok, mov_ok)
    if coarse is None:
        raise SceneError(
            "the two images do not match: no common arrangement of ground features stands out from chance; "
            "expected images of one place that share a third of it at least and have not changed altogether"
        )
    refined = _refine(ref, mov, ref_ok, mov_ok, coarse)
    covered = windows.covered(refined.matrix, mov_ok, ref.shape)
    return Alignment(
        matrix=refined.matrix,
        model=refined.model,
        sigma=refined.sigma,
        scatter=refined.scatter,
        matches=refined.count,
        overlap=float(covered.mean()),
        log10_nfa=coarse.log10_nfa,
    )


def warp(
    image: Floats, alignment: Alignment, shape: tuple[int, int], *, ok: Mask | None = None
) -> tuple[Floats, Mask]:
    """Lay the moving `image` (h2, w2) on the reference's grid of `shape` (rows, columns), bilinear.

    Returns the image, NaN where nothing usable falls, and True where it was read.
    """
    if image.ndim != 2:
        raise DataError(f"warp got an array of shape {image.shape}; expected (rows, columns)")
    usable = np.isfinite(image) if ok is None else ok & np.isfinite(image)
    return windows.warp(image, usable, alignment.matrix, shape)


def _prepare(image: Floats, ok: Mask | None, name: str) -> tuple[npt.NDArray[np.uint8], Mask]:
    """Eight-bit brightness with its local contrast evened out, and the usable pixels."""
    import cv2  # noqa: PLC0415  slow to import

    if image.ndim != 2 or min(image.shape) < 32:
        raise DataError(f"{name} image has shape {image.shape}; expected (rows, columns) of at least 32 each")
    usable = np.isfinite(image) if ok is None else ok & np.isfinite(image)
    if usable.sum() < 32 * 32:
        raise DataError(f"{name} image has {int(usable.sum())} usable pixels; expected at least {32 * 32}")
    low, high = np.percentile(image[usable], (0.5, 99.5))
    if high <= low:
        raise SceneError(f"{name} image shows one flat tone; expected a picture of the ground")
    bytes_ = np.clip((np.where(usable, image, low) - low) / (high - low) * 255, 0, 255).astype(np.uint8)
    tiles = max(2, min(bytes_.shape) // 96)
    even = cv2.createCLAHE(clipLimit=3.0, tileGridSize=(tiles, tiles)).apply(bytes_)
    return np.asarray(even, np.uint8), usable


def find_overlay(one: Floats, other: Floats) -> tuple[Mask, Mask] | None:
    """Logos and captions burnt into both of two screenshots: True where they are, in each; or None.

    They sit at the same place of the window, so they would pull a fit towards no movement at all, and would
    count as change once the images are aligned. A letter is a thin bright stroke; thin bright strokes of the
    ground meet by chance only, or everywhere where nothing moved, and then nothing is called an overlay.
    A logo may stand higher in one image, above a second line.

    Args:
        one, other: (h, w) brightness of the two before any alignment; None is returned for different shapes.
    """
    if one.shape != other.shape:
        return None
    first, second = _strokes(one), _strokes(other)
    strip = round(one.shape[0] * EDGE_SHARE)
    middle = slice(strip, one.shape[0] - strip)
    masks = np.zeros(one.shape, bool), np.zeros(one.shape, bool)
    for flip in (False, True):  # the strip along the upper border, and that along the lower
        a, b = (part[::-1][:strip] if flip else part[:strip] for part in (first, second))
        shifts = range(-strip // 3, strip // 3 + 1)
        met = [_meeting(a, np.roll(b, by, axis=0)) for by in shifts]
        best = int(np.argmax([m.sum() for m in met]))
        # Where the ground in the middle meets at the same shift it is the ground that meets.
        ground = np.roll(second, -shifts[best] if flip else shifts[best], axis=0)[middle]
        by_chance = float(first[middle].mean() * ground.mean())
        if float((first[middle] & ground).mean()) > MOVED_NOT * by_chance + 1e-5:
            continue
        for mask, same in ((masks[0], met[best]), (masks[1], np.roll(met[best], -shifts[best], axis=0))):
            _fill((mask[::-1] if flip else mask)[:strip], same)
    return masks if masks[0].any() else None


def _meeting(first: Mask, second: Mask) -> Mask:
    """Where strokes of both lie on each other, as most of them do that are around."""
    import cv2  # noqa: PLC0415

    both, a, b = (
        cv2.boxFilter(part.astype(np.float32), -1, (61, 15)) for part in (first & second, first, second)
    )
    return np.asarray((both > 0.05) & (both > 0.6 * np.minimum(a, b)))


def _fill(strip: Mask, same: Mask) -> None:
    """Mark boxes around what meets in a strip whose first row is the border.

    What stands between letters and the border (a second line, in one image only) belongs to them.
    """
    import cv2  # noqa: PLC0415

    cols = strip.shape[1]
    patches = cv2.dilate(same.astype(np.uint8), np.ones((9, 31), np.uint8))
    for left, top, width, height, _ in cv2.connectedComponentsWithStats(patches)[2][1:]:
        if width < WORD_PX:
            continue
        first_col = 0 if left < cols * EDGE_SHARE else left
        end_col = cols if left + width > cols * (1 - EDGE_SHARE) else left + width
        strip[: top + height, first_col:end_col] = True


def _strokes(image: Floats) -> Mask:
    """Thin, bright lines: near the brightest value, and well above what lies four pixels off."""
    import cv2  # noqa: PLC0415

    plain = np.nan_to_num(image).astype(np.float32)
    top = max(float(plain.max()), 1e-9)
    hat = cv2.morphologyEx(plain, cv2.MORPH_TOPHAT, np.ones((9, 9), np.uint8))
    return np.asarray((hat > STROKE * top) & (plain > LETTER * top))


def _consensus(
    ref: npt.NDArray[np.uint8], mov: npt.NDArray[np.uint8], ref_ok: Mask, mov_ok: Mask
) -> windows.Coarse | None:
    """The similarity on which most feature matches agree, if chance could not have made them agree.

    An agreement within one small patch (a logo, a caption) is taken out and the search goes on.
    """
    source, target = _match_features(mov, ref, mov_ok, ref_ok)
    for _ in range(ATTEMPTS):
        if len(source) < 4:
            return None
        matrix, chosen = _ransac(source, target)
        if matrix is None:
            return None
        # Repeated features at one spot are one agreement, not many.
        _, once = np.unique(np.round(target[chosen] / 8), axis=0, return_index=True)
        nfa = _log10_nfa(len(once), len(source), pi * RADIUS_PX**2 / ref.size)
        scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
        if nfa > LOG10_NFA_MAX or not SCALE_RANGE[0] <= scale <= SCALE_RANGE[1]:
            return None
        if _spread(target[chosen]) >= LEAST_SPREAD * ref.size:
            agreed = source[chosen][once].astype(np.float64), target[chosen][once].astype(np.float64)
            return windows.Coarse(matrix, nfa, *agreed)
        source, target = source[~chosen], target[~chosen]
    return None


def _ransac(source: Floats, target: Floats) -> tuple[Points | None, Mask]:
    """The similarity (3, 3) with most agreeing matches, and which agree."""
    import cv2  # noqa: PLC0415

    cv2.setRNGSeed(1)
    matrix, inside = cv2.estimateAffinePartial2D(
        source, target, method=cv2.RANSAC, ransacReprojThreshold=RADIUS_PX, maxIters=20_000, confidence=0.9999
    )
    if matrix is None:
        return None, np.zeros(len(source), bool)
    return np.vstack([matrix, [0, 0, 1]]), inside.ravel().astype(bool)


def _spread(points: Floats) -> float:
    """Area of the convex hull, square pixels."""
    import cv2  # noqa: PLC0415

    return float(cv2.contourArea(cv2.convexHull(points.astype(np.float32))))


def _match_features(
    mov: npt.NDArray[np.uint8], ref: npt.NDArray[np.uint8], mov_ok: Mask, ref_ok: Mask
) -> tuple[Floats, Floats]:
    """Positions (n, 2) in the moving image and in the reference of features that choose each other."""
    import cv2  # noqa: PLC0415

    described = []
    for image, ok in ((mov, mov_ok), (ref, ref_ok)):
        factor = min(1.0, WORKING_PX / max(image.shape))
        size = (max(1, round(image.shape[1] * factor)), max(1, round(image.shape[0] * factor)))
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        mask = cv2.resize(ok.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
        keys, descriptors = cv2.SIFT.create(MAX_FEATURES, contrastThreshold=0.02).detectAndCompute(
            small, mask
        )
        if len(keys) < 4:
            return np.empty((0, 2), np.float32), np.empty((0, 2), np.float32)
        root = np.sqrt(descriptors / np.maximum(descriptors.sum(axis=1, keepdims=True), 1e-9))
        described.append((np.array([k.pt for k in keys], np.float32) / factor, root.astype(np.float32)))
    (p, d), (q, e) = described
    matcher = cv2.BFMatcher(cv2.NORM_L2)
    back = {m.queryIdx: m.trainIdx for m in matcher.match(e, d)}
    pairs = [
        (best.queryIdx, best.trainIdx)
        for best, second in (m for m in matcher.knnMatch(d, e, k=2) if len(m) == 2)
        if best.distance < RATIO * second.distance and back[best.trainIdx] == best.queryIdx
    ]
    index = np.array(pairs, int).reshape(-1, 2)
    return p[index[:, 0]], q[index[:, 1]]


def _log10_nfa(count: int, total: int, chance: float) -> float:
    """Expected number, by chance, of `count` of `total` matches that fall within `chance` of the image.

    Two matches define a similarity; the others each agree with probability `chance` (Moisan & Stival 2004).
    """
    if count <= 2:
        return 0.0

    def choose(n: int, k: int) -> float:
        return (lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)) / log(10)

    return log10(max(total - 2, 1)) + choose(total, count) + choose(count, 2) + (count - 2) * log10(chance)


def _refine(
    ref: npt.NDArray[np.uint8], mov: npt.NDArray[np.uint8], ref_ok: Mask, mov_ok: Mask, coarse: windows.Coarse
) -> fit.Fit:
    """Refit to windows matched over the whole overlap, twice, the second time with a smaller search.

    Where too few windows can be matched, the features themselves carry the fit, with their larger error.
    """
    result: fit.Fit | None = None
    matrix = coarse.matrix
    for search in (14, 7):
        source, target = windows.match(ref, mov, ref_ok, mov_ok, matrix, search=search)
        if len(source) < MIN_POINTS:
            break
        result = fit.choose(source, target)
        matrix = result.matrix
    if result is None and len(coarse.source) >= MIN_POINTS:
        result = fit.choose(coarse.source, coarse.target)
    if result is None:
        raise SceneError(
            "the two images match only roughly: too few places agree to align them; "
            "expected images with a larger common area or less change between them"
        )
    return result

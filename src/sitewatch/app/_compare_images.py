"""Two images to one grid: opened, laid on each other, with the error of that."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely
from odc.geo.geobox import GeoBox
from pyproj import Geod, Transformer

from sitewatch.change.pair import brightness
from sitewatch.errors import DataError, SceneError, UsageError
from sitewatch.imagery.align import align, find_overlay, warp
from sitewatch.imagery.open import open_path
from sitewatch.imagery.read import Pixels, read
from sitewatch.imagery.registration import estimate_shift
from sitewatch.imagery.warp import resample, site_grid
from sitewatch.types import DatePrecision, MaskClass, Scene

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

COARSER = 1.5
"""Ratio of pixel sizes from which the finer image is brought to the coarser one's pixels."""
MOST_PIXELS = 64_000_000
MAX_SHIFT_M = 15.0
"""Furthest that two georeferenced images may lie apart, metres (or three pixels where those are larger)."""
UNDATED = "1970"
"""Stands in where nothing dates an image: comparing needs no date, and none is shown."""
USABLE = (MaskClass.UNKNOWN, MaskClass.CLEAR, MaskClass.WATER, MaskClass.HAZE)


@dataclass(frozen=True, slots=True)
class Look:
    """One of the two images."""

    path: Path
    scene: Scene
    dated: bool
    """False where neither the file nor the user says when it was taken."""

    @property
    def when(self) -> str:
        """The date as far as it is known, in words."""
        if not self.dated:
            return "date unknown"
        digits = {DatePrecision.YEAR: 4, DatePrecision.MONTH: 7}
        return self.scene.acquired.isoformat()[: digits.get(self.scene.date_precision, 10)]

    @property
    def days(self) -> tuple[date, date] | None:
        """First and last day on which it may have been taken; None where unknown."""
        if not self.dated:
            return None
        day = self.scene.acquired.date()
        if self.scene.date_precision is DatePrecision.YEAR:
            return date(day.year, 1, 1), date(day.year, 12, 31)
        if self.scene.date_precision is DatePrecision.MONTH:
            first = day.replace(day=1)
            return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return day, day


@dataclass(frozen=True, slots=True)
class Pair:
    """Both images on one grid."""

    before: dict[str, Floats]
    """All bands, (y, x), NaN where not observed."""
    after: dict[str, Floats]
    ok: Mask
    """(y, x) True where both show the ground."""
    grid: GeoBox
    """The common grid; without CRS its coordinates say nothing."""
    pixel_m: float | None
    """Side of a square of a pixel's ground area; None where unknown."""
    sigma_px: float | None
    """Standard error of the alignment, pixels; None where it could not be estimated."""
    how: str
    """How the two were laid on each other, in words."""
    notes: tuple[str, ...]
    """What was assumed, in words."""


def open_look(path: Path, *, when: str | None, gsd: float | None, gcps: Path | None = None) -> Look:
    """The one image at `path`, dated or not.

    Raises:
        UsageError: there is no such file, or it holds several scenes.
        SceneError: it cannot be used; one line why.
    """
    dated = True
    try:
        opened = open_path(path, date=when, gsd=gsd, gcps=gcps)
    except SceneError:
        if when is not None:
            raise
        # If the missing date was the only obstacle this works; otherwise it tells what is wrong.
        opened = open_path(path, date=UNDATED, gsd=gsd, gcps=gcps)
        dated = False
    if len(opened.scenes) != 1:
        raise UsageError(
            f"{path}: holds {len(opened.scenes)} scenes; expected one image: name one of its files"
        )
    scene = opened.scenes[0]
    credit = scene.licence.credit_line
    if not dated and credit is not None:  # the year in it would be the stand-in's
        scene = replace(scene, licence=replace(scene.licence, credit_line=credit.replace(f" {UNDATED}", "")))
    return Look(path, scene, dated)


def bring_together(before: Look, after: Look, *, aligned: bool) -> Pair:
    """Lay both images on one grid.

    Georeferenced both: BEFORE's pixels (the coarser image's, in UTM, where one is much coarser or BEFORE has
    no metric grid), and the rest of the shift is measured and taken out. Otherwise: features.

    Raises:
        SceneError: the two do not show one place, or cannot be read.
    """
    if before.scene.grid.crs is not None and after.scene.grid.crs is not None:
        return _on_the_ground(before, after)
    return _by_features(before, after, aligned=aligned)


def footprint(scene: Scene) -> shapely.Geometry:
    """Outline of a georeferenced scene in longitude and latitude."""
    rows, cols = scene.grid.shape
    edge = shapely.segmentize(shapely.box(0, 0, cols, rows), max(rows, cols) / 16)
    return to_lonlat(edge, scene.grid)


def to_lonlat(shape: shapely.Geometry, grid: GeoBox) -> shapely.Geometry:
    """A shape in pixels (column, row) of a georeferenced grid, in longitude and latitude."""
    if grid.crs is None:
        raise DataError("a grid without a coordinate system came; its pixels have no longitude and latitude")
    affine = grid.affine
    transformer = Transformer.from_crs(grid.crs.to_wkt(), 4326, always_xy=True)

    def place(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        x = affine.a * xy[:, 0] + affine.b * xy[:, 1] + affine.c
        y = affine.d * xy[:, 0] + affine.e * xy[:, 1] + affine.f
        return np.stack(transformer.transform(x, y), axis=1)

    return shapely.transform(shape, place)


def _on_the_ground(before: Look, after: Look) -> Pair:
    shapes = footprint(before.scene), footprint(after.scene)
    common = shapes[0].intersection(shapes[1])
    if common.is_empty or common.area == 0:
        (a, b) = (s.centroid for s in shapes)
        km = Geod(ellps="WGS84").inv(a.x, a.y, b.x, b.y)[2] / 1000
        raise SceneError(
            f"{before.path.name} and {after.path.name} do not overlap (centres {km:.3g} km apart); "
            "expected two images of one place"
        )
    sizes = [float(look.scene.gsd_m or 1) for look in (before, after)]
    coarsest = max(sizes)
    if coarsest > COARSER * min(sizes):
        grid = site_grid([before.scene, after.scene], common, resolution=coarsest)
    else:
        grid = site_grid([before.scene], common)
    _limit(grid)
    pixel_m = float(abs(grid.affine.determinant) ** 0.5)
    first, second = (resample(look.scene, grid) for look in (before, after))
    names = common_bands(first.bands, second.bands)
    stacks = [np.stack(list(_chosen(p.bands, names).values())) for p in (first, second)]
    clear = [usable(p) for p in (first, second)]
    if not (clear[0] & clear[1]).any():
        raise SceneError(
            f"{before.path.name} and {after.path.name} have no usable pixel in common; expected two "
            "images that show the same ground without cloud"
        )
    shift = estimate_shift(
        *stacks, reference_ok=clear[0], moving_ok=clear[1], max_shift=max(MAX_SHIFT_M / pixel_m, 3)
    )
    notes: tuple[str, ...] = ()
    sigma: float | None = None
    if shift.ok:
        sigma = shift.sigma
        how = (
            f"by their georeferencing; AFTER lay {shift.dx:+.2f} columns and {shift.dy:+.2f} rows "
            f"off, which was taken out (standard error {shift.sigma:.2f} px)"
        )
        if np.hypot(shift.dx, shift.dy) > 0.05:
            second = resample(after.scene, grid, shift=(shift.dx, shift.dy))
    else:
        how = f"by their georeferencing alone; a remaining shift could not be measured ({shift.reason})"
        notes += (
            "the remaining shift between the two is unknown: edges of unchanged objects may show as change",
        )
    ok = usable(first) & usable(second)
    return Pair(first.bands, second.bands, ok, grid, pixel_m, sigma, how, notes)


def _by_features(before: Look, after: Look, *, aligned: bool) -> Pair:
    """On the pixels of the georeferenced one, else BEFORE's."""
    onto_after = after.scene.grid.crs is not None
    still, moving = (after, before) if onto_after else (before, after)
    _limit(still.scene.grid)
    _limit(moving.scene.grid)
    fixed, moved = read(still.scene), read(moving.scene)
    notes: tuple[str, ...] = ()
    if aligned:
        if fixed.observed.shape != moved.observed.shape:
            raise UsageError(
                f"--aligned, but the images have {fixed.observed.shape} and {moved.observed.shape} pixels; "
                "expected the same size, or leave --aligned away"
            )
        sigma, how, laid = None, "pixel by pixel as they came (--aligned)", (moved.bands, usable(moved))
        ok = usable(fixed)
    else:
        overlay = find_overlay(_plain(brightness(fixed.bands)), _plain(brightness(moved.bands)))
        fixed_ok, moved_ok = usable(fixed), usable(moved)
        if overlay is not None:
            fixed_ok, moved_ok = fixed_ok & ~overlay[0], moved_ok & ~overlay[1]
            notes += ("logos and captions burnt into both pictures were left out",)
        try:
            found = align(
                brightness(fixed.bands), brightness(moved.bands), reference_ok=fixed_ok, moving_ok=moved_ok
            )
        except SceneError as error:
            raise SceneError(f"{before.path.name}, {after.path.name}: {error}{_hint(fixed, moved)}") from None
        shape = fixed.observed.shape
        bands = {n: warp(v, found, shape, ok=moved.observed)[0] for n, v in moved.bands.items()}
        ok, laid = fixed_ok, (bands, warp(np.ones_like(moved_ok, np.float32), found, shape, ok=moved_ok)[1])
        sigma = found.sigma
        how = (
            f"by {found.matches} matched windows, {found.model}: turned {found.rotation_deg:.1f} degrees, "
            f"scaled {found.scale:.3f} (standard error {found.sigma:.2f} px, single windows scatter "
            f"{found.scatter:.2f} px)"
        )
        fixed = _as_coarse(fixed, found.scale)
    grid = still.scene.grid
    ok = ok & laid[1]
    first, second = (laid[0], fixed.bands) if onto_after else (fixed.bands, laid[0])
    return Pair(first, second, ok, grid, still.scene.gsd_m, sigma, how, notes)


def _hint(fixed: Pixels, moved: Pixels) -> str:
    if fixed.observed.shape != moved.observed.shape:
        return ""
    return "; if they lie on each other pixel by pixel already, pass --aligned"


def usable(pixels: Pixels) -> Mask:
    """(y, x) True where the ground was seen."""
    return np.asarray(pixels.observed & np.isin(pixels.mask_class, USABLE))


def common_bands(before: dict[str, Floats], after: dict[str, Floats]) -> tuple[str, ...]:
    """Names of the bands that both have; ("brightness",) where they share none."""
    return tuple(n for n in before if n in after) or ("brightness",)


def _chosen(bands: dict[str, Floats], names: tuple[str, ...]) -> dict[str, Floats]:
    return {"brightness": brightness(bands)} if names == ("brightness",) else {n: bands[n] for n in names}


def shared(pair: Pair) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """The bands that can be compared, of both images."""
    names = common_bands(pair.before, pair.after)
    return _chosen(pair.before, names), _chosen(pair.after, names)


def _as_coarse(pixels: Pixels, scale: float) -> Pixels:
    """Blurred as if it had been seen with pixels `scale` times as large."""
    if scale < 1.3:
        return pixels
    import cv2  # noqa: PLC0415

    width = 0.5 * float(np.sqrt(scale**2 - 1))
    weight = np.maximum(cv2.GaussianBlur(pixels.observed.astype(np.float32), (0, 0), width), 1e-6)
    bands = {
        n: np.where(pixels.observed, cv2.GaussianBlur(np.nan_to_num(v), (0, 0), width) / weight, np.nan)
        for n, v in pixels.bands.items()
    }
    return replace(pixels, bands={n: v.astype(np.float32) for n, v in bands.items()})


def _plain(image: Floats) -> Floats:
    return np.nan_to_num(image, nan=float(np.nanmedian(image)) if np.isfinite(image).any() else 0.0)


def _limit(grid: GeoBox) -> None:
    rows, cols = grid.shape
    if rows * cols > MOST_PIXELS:
        raise SceneError(
            f"{rows} x {cols} pixels to compare; at most {MOST_PIXELS / 1e6:.0f} million fit: cut out "
            "the place that matters"
        )

"""Series of looks at many objects, read together.

A site is gone through in tiles, each of which is read once for all objects on it, whether there are ten or ten
thousand and however many files the looks lie in. Sums over an object that lies on several tiles add up.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from sitewatch.change import dating, tones
from sitewatch.change.blobs import Blob, Shown, placed
from sitewatch.change.source import Source, Window

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

RING_M = 20.0
"""Width of the surroundings that an object is held against."""
BUSY = 0.3
"""Share from which a pixel may have changed and tells nothing about the surroundings."""
SEEN = 0.5
"""Share of an object and of its surroundings that a look must show to count."""
STRIP_M = 3.0
"""Width of the strips beside an object on which its shadow is looked for, at least one pixel."""
TILE_BYTES = 3e8
"""Size of a tile's looks."""
TILE_SIDES = (64, 4096)
"""Least and greatest side of a tile, pixels."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where an object's series is taken."""

    window: Window
    """Of the site's grid."""
    core: Mask
    """(y, x) of the window: the object's surest pixels."""
    ring: Mask
    """(y, x) of the window: what surrounds it."""
    shaded: Mask
    """(y, x) of the window: the strip beside it that its shadow falls on; empty where the sun is unknown."""
    lit: Mask
    """(y, x) of the window: the strip on its other side."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What the looks show of an object."""

    series: dating.Series
    """Its mean against its surroundings."""
    shade: Floats
    """(n,) brightness of the strip away from the sun over the strip towards it; NaN where not seen. What stands casts
    a shadow there, what is only painted or dug does not."""


def series(
    blobs: Sequence[Blob],
    shown: Shown,
    source: Source,
    precision: npt.NDArray[np.float32],
    unit: float,
    tile: int | None = None,
) -> list[Followed | None]:
    """What each look shows of each object; None where it was seen less than twice.

    Args:
        shown: of the whole site.
        precision: (time,) relative precision of the dates, at most 1.
        unit: of the tones (`tones.level`).
        tile: side of the tiles, pixels; by the number of dates where not given.
    """
    places = [_places(b, shown, source.pixel_m, source.sunward) for b in blobs]
    sums = [_Sums.none(len(source.days), len(tones.recipe(source.bands)[0])) for _ in blobs]
    windows = [None if p is None else p.window for p in places]
    for window, here in _tiles(windows, tile or _side(source), tuple(source.grid.shape)):
        values, usable = source.read(window)
        for k in here:
            found = places[k]
            assert found is not None
            sums[k].add(found, window, values, usable, source.bands, unit)
    return [s.followed(p, precision) if p else None for s, p in zip(sums, places, strict=True)]


def _places(blob: Blob, shown: Shown, pixel_m: float, sunward: tuple[float, float] | None) -> Places | None:
    """Where an object is followed; None where nothing surrounds it or its pixels have no common date."""
    inner = 1 + round(3 / pixel_m)
    outer = inner + max(2, round(RING_M / pixel_m))
    rows, cols = shown.share.shape[1:]
    window = (
        slice(max(blob.window[0].start - outer, 0), min(blob.window[0].stop + outer, rows)),
        slice(max(blob.window[1].start - outer, 0), min(blob.window[1].stop + outer, cols)),
    )
    mask, share = placed(blob.mask, blob.window, window), placed(blob.share, blob.window, window)
    core = mask & (share >= 0.9 * np.median(share[mask]))
    busy = (shown.share[(slice(None), *window)] > BUSY).any(axis=0)
    near = ndimage.binary_dilation(mask, iterations=inner)
    ring = ndimage.binary_dilation(near, iterations=outer - inner) & ~near
    free = ring & ~ndimage.binary_dilation(busy)
    ring = free if free.sum() >= max(8, 0.15 * ring.sum()) else ring
    if not ring.any() or not blob.times:
        return None
    toward = np.array(sunward or (0.0, 0.0))
    return Places(window, core, ring, _strip(mask, -toward, pixel_m), _strip(mask, toward, pixel_m))


def _strip(mask: Mask, way: Floats, pixel_m: float) -> Mask:
    """What lies within `STRIP_M` of `mask` in the direction `way` (row, column), a unit vector or zero."""
    result = mask.copy()
    for step in range(1, max(1, round(STRIP_M / pixel_m)) + 1):
        result |= ndimage.shift(mask.astype(np.uint8), np.round(step * way), order=0).astype(bool)
    return result & ~mask


def _side(source: Source) -> int:
    """Of a tile that holds `TILE_BYTES`."""
    side = int((TILE_BYTES / ((4 * len(source.bands) + 1) * len(source.days))) ** 0.5)
    return int(np.clip(side // TILE_SIDES[0] * TILE_SIDES[0], *TILE_SIDES))


def _tiles(
    windows: Sequence[Window | None], side: int, shape: tuple[int, ...]
) -> Iterator[tuple[Window, list[int]]]:
    """Of each tile that windows lie on the part that they take up, and the positions of these windows."""
    on: dict[tuple[int, int], list[int]] = {}
    for k, window in enumerate(windows):
        if window is not None:
            rows, cols = (range(s.start // side, (s.stop - 1) // side + 1) for s in window)
            for place in ((r, c) for r in rows for c in cols):
                on.setdefault(place, []).append(k)
    for place, here in sorted(on.items()):
        cut = []
        for axis, (number, end) in enumerate(zip(place, shape, strict=True)):
            spans = [w[axis] for w in (windows[k] for k in here) if w is not None]
            first = max(number * side, min(s.start for s in spans))
            cut.append(slice(first, min((number + 1) * side, end, max(s.stop for s in spans))))
        yield (cut[0], cut[1]), here


@dataclass(frozen=True, slots=True)
class _Sums:
    """Sums over an object's core, its surroundings, its shaded and its lit strip, in this order."""

    count: npt.NDArray[np.intp]
    """(4, time) usable pixels."""
    total: Floats
    """(4, time, tone) of their tones."""

    @classmethod
    def none(cls, dates: int, bands: int) -> "_Sums":
        return cls(np.zeros((4, dates), np.intp), np.zeros((4, dates, bands)))

    def add(
        self,
        places: Places,
        tile: Window,
        values: npt.NDArray[np.float32],
        usable: Mask,
        bands: list[str],
        unit: float,
    ) -> None:
        """Add what `tile` shows: values (time, band, y, x) and usable (time, y, x)."""
        both = [
            (max(w.start, t.start), min(w.stop, t.stop)) for w, t in zip(places.window, tile, strict=True)
        ]
        local = tuple(slice(a - w.start, b - w.start) for (a, b), w in zip(both, places.window, strict=True))
        for k, region in enumerate((places.core, places.ring, places.shaded, places.lit)):
            rows, cols = np.nonzero(region[local])
            if not len(rows):
                continue
            rows, cols = rows + both[0][0] - tile[0].start, cols + both[1][0] - tile[1].start
            use = usable[:, rows, cols]
            seen = tones.tones(values[:, :, rows, cols], bands, unit)
            self.count[k] += use.sum(axis=1)
            self.total[k] += np.where(use[:, None], seen, 0).sum(axis=2, dtype=np.float64)

    def followed(self, places: Places, precision: npt.NDArray[np.float32]) -> Followed | None:
        """The means; None where there are fewer than two."""
        regions = (places.core, places.ring, places.shaded, places.lit)
        size = np.array([r.sum() for r in regions])
        seen = self.count >= np.maximum(SEEN * size, 1)[:, None]
        index = np.flatnonzero(seen[:2].all(axis=0))
        if len(index) < 2:
            return None
        inside, outside, shaded, lit = self.total[:, index] / np.maximum(self.count[:, index], 1)[..., None]
        series = dating.Series(index, inside, outside, 1 / np.sqrt(precision[index].astype(float)))
        brightness = 0  # the first of the tones, whatever the bands
        shade = np.where(seen[2:, index].all(axis=0), (shaded - lit)[:, brightness], np.nan)
        return Followed(series, shade)

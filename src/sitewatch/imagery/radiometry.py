"""What makes the looks of a site comparable, learned once from a sample and applied window by window.

Radiometric lines, the share of snow and the typical noise belong to a scene or to the site as a whole; which pixel is
clear belongs to the pixel. So windows of any size give the same values and the same masks.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sitewatch.imagery import clear as clearing
from sitewatch.imagery.normalise import apply_lines, lines

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Radiometry:
    """Of all scenes of a site."""

    visible: tuple[int, ...]
    """Positions of the visible bands (of all where none is)."""
    gain: Array
    """(time, band)."""
    offset: Array
    """(time, band)."""
    snow: npt.NDArray[np.float64]
    """(time,) share of snow-white pixels."""
    change: Array
    """(band,) typical change of a pixel from one used look to the next."""

    def of(self, looks: npt.NDArray[np.intp]) -> "Radiometry":
        """That of some of the looks."""
        return replace(self, gain=self.gain[looks], offset=self.offset[looks], snow=self.snow[looks])

    def plain(self) -> dict[str, Any]:
        """As plain values, exactly."""
        return {"visible": list(self.visible), **{n: getattr(self, n).tolist() for n in _ARRAYS}}

    @classmethod
    def restored(cls, plain: dict[str, Any]) -> "Radiometry":
        """What `plain` told."""
        arrays: dict[str, Any] = {
            n: np.array(plain[n], np.float64 if n == "snow" else np.float32) for n in _ARRAYS
        }
        return cls(visible=tuple(plain["visible"]), **arrays)


_ARRAYS = ("gain", "offset", "snow", "change")


def fit(
    values: Array, observed: Mask, mask_class: npt.NDArray[np.uint8], visible: tuple[int, ...]
) -> Radiometry:
    """Learn the radiometry of a site from all of it or from sample windows laid side by side.

    Args:
        values: (time, band, y, x); what was not observed does not count.
        observed: (time, y, x).
        mask_class: (time, y, x) of `MaskClass`.
        visible: positions of the visible bands.
    """
    values = np.where(observed[:, None], values, 0).astype(np.float32)
    doubt = clearing.doubted(mask_class, observed)
    brightness = values[:, list(visible)].mean(axis=1)
    share = clearing.snow_share(brightness, doubt)
    snowy = clearing.snow(brightness, doubt, share)
    gain, offset = lines(values, ~doubt & ~snowy)
    change = clearing.typical_change(apply_lines(values, gain, offset), ~doubt & ~snowy)
    return Radiometry(visible, gain, offset, share, change)


def apply(
    values: Array, observed: Mask, mask_class: npt.NDArray[np.uint8], site: Radiometry
) -> tuple[Array, Mask]:
    """Values on one radiometry, NaN where not observed, and what of them is clear. Arguments as for `fit`."""
    values = np.where(observed[:, None], values, 0).astype(np.float32)
    doubt = clearing.doubted(mask_class, observed)
    visible = list(site.visible) if clearing.patchy(site.snow) else [0]
    snowy = clearing.snow(values[:, visible].mean(axis=1), doubt, site.snow)
    normal = apply_lines(values, site.gain, site.offset)
    usable = clearing.clear(normal, observed, mask_class, snowy, site.change)
    return np.where(observed[:, None], normal, np.nan).astype(np.float32), usable

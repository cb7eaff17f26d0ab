"""What all sensors share: brightness, colour and near infrared on one scale, whatever bands a sensor has.

The network and the maps that feed it must not depend on which bands a scene has or in which unit they come. So
bands are joined to tones: square roots of values over the site's median brightness, which evens out the noise of
light counts and makes a change of a third a change of a third, dark or bright, reflectance or digital numbers.
"""

import numpy as np
import numpy.typing as npt

from sitewatch.errors import DataError

Array = npt.NDArray[np.float32]

TONES = ("brightness", "colour", "infrared", "shortwave")
VISIBLE = ("blue", "green", "red", "pan")
SHORTWAVE = ("swir16", "swir22")


def recipe(bands: list[str]) -> tuple[tuple[str, ...], dict[str, tuple[int, ...]]]:
    """Which of `TONES` these bands give, and the positions of the bands that each is made of.

    Raises:
        DataError: no band.
    """
    if not bands:
        raise DataError("no band to make tones of; expected at least one")
    visible = tuple(i for i, b in enumerate(bands) if b in VISIBLE)
    parts: dict[str, tuple[int, ...]] = {"brightness": visible or tuple(range(len(bands)))}
    if "red" in bands and "blue" in bands:
        parts["colour"] = (bands.index("red"), bands.index("blue"))
    if visible and "nir" in bands:
        parts["infrared"] = (bands.index("nir"),)
    shortwave = tuple(i for i, b in enumerate(bands) if b in SHORTWAVE)
    if visible and shortwave:
        parts["shortwave"] = shortwave
    return tuple(t for t in TONES if t in parts), parts


def level(values: Array, usable: npt.NDArray[np.bool_], bands: list[str]) -> float:
    """Median brightness of the usable looks: the unit of the tones.

    Args:
        values: (time, band, y, x).
        usable: (time, y, x).
    """
    brightness = values[:, list(recipe(bands)[1]["brightness"])].mean(axis=1)[usable]
    return max(float(np.median(brightness)) if brightness.size else 1.0, 1e-6)


def tones(values: Array, bands: list[str], unit: float) -> Array:
    """(time, tone, y, x) of values (time, band, y, x), over `unit` from `level`; 0 where values are not finite."""
    names, parts = recipe(bands)
    result = np.empty((len(values), len(names), *values.shape[2:]), np.float32)
    for look, planes in zip(values, result, strict=True):  # one after the other: they stay in the cache
        root = np.fmax(look, np.float32(0))  # 0 where NaN
        np.minimum(root, np.finfo(np.float32).max, out=root)
        root /= np.float32(unit)
        np.sqrt(root, out=root)
        for name, plane in zip(names, planes, strict=True):
            picked = parts[name]
            if name == "colour":
                np.subtract(root[picked[0]], root[picked[1]], out=plane)
            else:
                plane[...] = root[picked[0]]
                for other in picked[1:]:
                    np.add(plane, root[other], out=plane)
                np.divide(plane, len(picked), out=plane)
    return result

"""Pixels of a scene, in its own grid."""

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sitewatch.errors import DataError, SceneError
from sitewatch.imagery.assets import locate
from sitewatch.imagery.guard import open_raster
from sitewatch.imagery.ncfile import opened
from sitewatch.imagery.sensors import MASK_SCHEMES
from sitewatch.types import BandSource, MaskClass, MaskSource, Scene

Window = tuple[tuple[int, int], tuple[int, int]]
"""((first row, row after the last), (first column, column after the last))."""
_Bool = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pixels:
    """What a scene shows, in the scene's units."""

    bands: dict[str, npt.NDArray[np.float32]]
    """(h, w) under the common name; NaN where not observed."""
    observed: _Bool
    """(h, w); True where the pixel was read and is not nodata in the image or the mask."""
    mask_class: npt.NDArray[np.uint8]
    """(h, w) of `MaskClass`; UNKNOWN throughout where the scene has no mask."""


def read(scene: Scene, *, base: Path | None = None, window: Window | None = None) -> Pixels:
    """Read `scene`, all of it or a window of its native grid, and apply scale and offset.

    Args:
        base: folder that relative asset paths start from.
        window: rows and columns, inside the grid.

    Raises:
        SceneError: a file is missing, has changed its shape, or cannot be read in full; never turned into
            nodata.
        DataError: the window is empty or reaches beyond the grid.
    """
    rows, cols = scene.grid.shape
    (r0, r1), (c0, c1) = window = window or ((0, rows), (0, cols))
    if not (0 <= r0 < r1 <= rows and 0 <= c0 < c1 <= cols):
        raise DataError(f"window {window} of scene {scene.id} is not inside its {rows} x {cols} pixels")
    bands: dict[str, npt.NDArray[np.float32]] = {}
    observed = np.ones((r1 - r0, c1 - c0), dtype=np.bool_)
    for asset, group in groupby(sorted(scene.bands, key=lambda b: b.asset), key=lambda b: b.asset):
        sources = list(group)
        path = locate(scene.assets[asset], base)
        if sources[0].variable is None:
            raw, valid = _raster(path, sources, scene, window)
        else:
            raw = np.stack([_slice(path, s, scene, window) for s in sources])
            valid = np.ones(observed.shape, dtype=np.bool_)
        observed &= valid & _present(raw, scene.nodata, shared_fill=sources[0].variable is None)
        bands |= {s.name: _scaled(values, s) for s, values in zip(sources, raw, strict=True)}
    mask_class = np.full(observed.shape, MaskClass.UNKNOWN, dtype=np.uint8)
    if scene.mask is not None:
        mask_class, seen = _mask(scene.mask, scene, base, window)
        observed &= seen
    for values in bands.values():
        values[~observed] = np.nan
    ordered = {name: bands[name] for name in scene.band_names}
    return Pixels(ordered, observed, np.where(observed, mask_class, np.uint8(MaskClass.UNKNOWN)))


def _scaled(raw: npt.NDArray[np.generic], source: BandSource) -> npt.NDArray[np.float32]:
    # In double precision first: 1/65535 and large counts lose digits otherwise.
    values: npt.NDArray[np.float32] = (raw.astype(np.float64) * source.scale + source.offset).astype(
        np.float32
    )
    return values


def _present(raw: npt.NDArray[np.generic], nodata: float | None, *, shared_fill: bool) -> _Bool:
    """Where (bands, h, w) holds data.

    In an integer image zero fill stands in all bands at once, and a zero in one band is a dark pixel. Any
    other fill value (-9999, NaN), or bands in separate variables, are missing where one of them is.
    """
    result = np.ones(raw.shape[1:], dtype=np.bool_)
    if np.issubdtype(raw.dtype, np.floating):
        result &= np.isfinite(raw).all(axis=0)
    if nodata is None or np.isnan(nodata):
        return result
    fill = raw == np.asarray(nodata).astype(raw.dtype)
    whole = shared_fill and nodata == 0 and np.issubdtype(raw.dtype, np.unsignedinteger)
    result &= ~(fill.all(axis=0) if whole else fill.any(axis=0))
    return result


def _raster(
    path: Path, sources: list[BandSource], scene: Scene, window: Window
) -> tuple[npt.NDArray[np.generic], _Bool]:
    """Raw values (bands, h, w), and where the file's own alpha or mask band says that they are valid."""
    from rasterio.enums import ColorInterp, MaskFlags  # noqa: PLC0415
    from rasterio.errors import RasterioError  # noqa: PLC0415

    layers = [s.layer for s in sources]
    with open_raster(path) as dataset:
        if dataset.shape != tuple(scene.grid.shape) or max(layers) > dataset.count:
            raise SceneError(
                f"{path}: {dataset.count} bands of {dataset.shape} now, scene {scene.id} expects "
                f"{max(layers)} of {tuple(scene.grid.shape)}; the file has changed"
            )
        try:
            if dataset.colorinterp[0] is ColorInterp.palette:
                return _coloured(dataset, [s.name for s in sources], window)
            raw = dataset.read(layers, window=window)
            flags = dataset.mask_flag_enums[layers[0] - 1]
            has_mask = MaskFlags.per_dataset in flags or MaskFlags.alpha in flags
            valid = dataset.read_masks(layers[0], window=window) > 0 if has_mask else None
        except (RasterioError, OSError) as error:
            raise SceneError(f"{path}: pixels cannot be read ({_cause(error)}); fetch it again") from None
    return raw, np.ones(raw.shape[1:], dtype=np.bool_) if valid is None else valid


def _coloured(dataset: Any, names: list[str], window: Window) -> tuple[npt.NDArray[np.generic], _Bool]:
    """Red, green, blue, as asked for, of an image that stores a palette (screenshots often do)."""
    palette = np.zeros((256, 4), dtype=np.uint8)
    for index, colour in dataset.colormap(1).items():
        palette[index] = colour
    indices = dataset.read(1, window=window)
    channels = [palette[indices, ("red", "green", "blue").index(name)] for name in names]
    valid = palette[indices, 3] > 0
    if dataset.nodata is not None:
        valid &= indices != int(dataset.nodata)
    return np.stack(channels), valid


def _cause(error: BaseException) -> str:
    return " ".join(str(error.__cause__ or error).split())[:200]


def _slice(
    path: Path, source: BandSource | MaskSource, scene: Scene, window: Window
) -> npt.NDArray[np.generic]:
    """Raw values (h, w) of one time step of a netCDF variable."""
    data = opened(path)
    (r0, r1), (c0, c1) = window
    if source.variable not in data.variables or data[source.variable].shape[1:] != tuple(scene.grid.shape):
        raise SceneError(f"{path}: {source.variable!r} is missing or of another shape; the file has changed")
    try:
        values: Any = data[source.variable][source.layer - 1, r0:r1, c0:c1].values
    except Exception as error:  # a damaged file can end a decoder in any exception
        raise SceneError(
            f"{path}: {source.variable!r} cannot be read ({_cause(error)}); fetch it again"
        ) from None
    result: npt.NDArray[np.generic] = values
    return result


def _mask(
    source: MaskSource, scene: Scene, base: Path | None, window: Window
) -> tuple[npt.NDArray[np.uint8], _Bool]:
    scheme = MASK_SCHEMES[source.scheme]
    path = locate(scene.assets[source.asset], base)
    if source.variable is not None:
        raw = _slice(path, source, scene, window)[np.newaxis]
    else:
        raw = _mask_layers(path, list(range(source.layer, source.layer + scheme.layers)), scene, window)
    return scheme.decode(raw)


def _mask_layers(path: Path, layers: list[int], scene: Scene, window: Window) -> npt.NDArray[np.generic]:
    """Raw mask (layers, h, w) on the scene's grid; a mask k times coarser is repeated k times."""
    from rasterio.errors import RasterioError  # noqa: PLC0415

    (r0, r1), (c0, c1) = window
    rows, cols = scene.grid.shape
    with open_raster(path) as dataset:
        k = rows // dataset.height
        if (dataset.height * k, dataset.width * k) != (rows, cols) or max(layers) > dataset.count:
            raise SceneError(
                f"{path}: a mask of {dataset.count} x {dataset.shape} for a scene of {(rows, cols)} pixels; "
                "expected the same size, or one that divides it"
            )
        coarse = ((r0 // k, -(-r1 // k)), (c0 // k, -(-c1 // k)))
        try:
            raw = dataset.read(layers, window=coarse)
        except (RasterioError, OSError) as error:
            raise SceneError(f"{path}: the mask cannot be read ({_cause(error)}); fetch it again") from None
    fine = raw if k == 1 else raw.repeat(k, axis=1).repeat(k, axis=2)
    top, left = r0 - coarse[0][0] * k, c0 - coarse[1][0] * k
    result: npt.NDArray[np.generic] = fine[:, top : top + r1 - r0, left : left + c1 - c0]
    return result

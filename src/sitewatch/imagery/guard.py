"""Opening files that may be damaged or hostile.

A file is known by its first bytes, not by its name, and only the driver for those bytes may open it: a VRT
named `.tif` would otherwise read other files and make network calls. Size, block size and completeness are
checked from the header before any pixel is decoded.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from sitewatch.errors import SceneError
from sitewatch.imagery.tiff import needed_bytes

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"II*\0", "GTiff"),
    (b"MM\0*", "GTiff"),
    (b"II+\0", "GTiff"),
    (b"MM\0+", "GTiff"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JP2OpenJPEG"),
    (b"\xff\x4f\xff\x51", "JP2OpenJPEG"),
    (b"\x89HDF\r\n\x1a\n", "netCDF4"),
    (b"CDF\x01", "netCDF3"),
    (b"CDF\x02", "netCDF3"),
)
RASTERS = frozenset({"GTiff", "PNG", "JPEG", "JP2OpenJPEG"})
NETCDF = frozenset({"netCDF4", "netCDF3"})

MAX_SIDE = 500_000
MAX_BLOCK = 1 << 29
"""Bytes of one decoded block."""
MAX_RATIO = 2_000
"""Decoded to stored bytes, of files that decode to more than `FREE_SIZE` bytes."""
FREE_SIZE = 1 << 28


def sniff(path: Path) -> str:
    """Kind of a file by its first bytes: a name in `RASTERS` or `NETCDF`.

    Raises:
        SceneError: missing, empty, or not an image: what it is instead, as far as that can be seen.
    """
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError as error:
        raise SceneError(f"{path}: cannot be read ({error.strerror or error}); check the path") from None
    if not head:
        raise SceneError(f"{path}: the file is empty; fetch it again")
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if any(p.is_file() for p in (path.with_suffix(".hdr"), path.with_suffix(".HDR"))):
        raise SceneError(f"{path}: an ENVI raster; convert it first with: gdal_translate -of COG IN OUT.tif")
    raise SceneError(f"{path}: {_nature(head)}; expected a GeoTIFF, JPEG 2000, PNG, JPEG or netCDF image")


_TEXT_BYTES = frozenset({*range(32, 127), *range(128, 256), *b"\t\n\r\f"}) - {0xFF, 0xFE}


def _nature(head: bytes) -> str:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html")):
        return "a web page (HTML), not an image: the download was likely an error or login page"
    if text.startswith(b"<vrtdataset"):
        return "a GDAL virtual dataset (VRT), refused because it can point to other files"
    if text.startswith(b"<"):
        return "an XML file, not an image"
    if head.startswith(b"PK\x03\x04"):
        return "a ZIP archive; unpack it first"
    if head.startswith(b"\x1f\x8b"):
        return "a gzip archive; unpack it first"
    if head.startswith(b"%PDF"):
        return "a PDF document, not an image"
    if not set(head) - _TEXT_BYTES:
        return "a text file, not an image"
    return "not a kind of image that is read here"


@contextmanager
def open_raster(path: Path) -> Iterator[Any]:
    """The opened `rasterio` dataset of a local file, after its header was checked.

    Raises:
        SceneError: not one of `RASTERS`, damaged, incomplete, or larger than the limits of this module.
    """
    import rasterio  # noqa: PLC0415
    from rasterio.errors import NotGeoreferencedWarning, RasterioError  # noqa: PLC0415

    kind = sniff(path)
    if kind not in RASTERS:
        raise SceneError(f"{path}: a netCDF or HDF5 file where a plain image was expected")
    _check_complete(path, kind)
    _check_companions(path)
    # A JPEG that is damaged in the middle would otherwise come out grey, with a warning that nobody sees.
    with rasterio.Env(GDAL_ERROR_ON_LIBJPEG_WARNING=True):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            try:
                dataset = rasterio.open(path.absolute(), driver=kind)
            except RasterioError as error:
                raise SceneError(f"{path}: damaged or not a real {kind} file ({_one_line(error)})") from None
        with dataset:
            _check_header(path, dataset)
            yield dataset


def _check_companions(path: Path) -> None:
    """The library opens a mask or overviews beside the file with any driver: let TIFF through only."""
    for suffix in (".msk", ".ovr"):
        companion = path.with_name(path.name + suffix)
        if companion.is_file() and sniff(companion) != "GTiff":
            raise SceneError(
                f"{companion}: not a TIFF, as masks and overviews beside an image are; remove it"
            )


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _check_header(path: Path, dataset: Any) -> None:
    rows, cols, count = dataset.height, dataset.width, dataset.count
    if count < 1 or any("complex" in t for t in dataset.dtypes):
        raise SceneError(f"{path}: {count} bands of {dataset.dtypes[:1]}; expected one or more real bands")
    if max(rows, cols) > MAX_SIDE:
        raise SceneError(f"{path}: {cols} x {rows} pixels; at most {MAX_SIDE} on a side are read")
    itemsize = max(np.dtype(t).itemsize for t in dataset.dtypes)
    block_rows, block_cols = dataset.block_shapes[0]
    if block_rows * block_cols * itemsize * count > MAX_BLOCK and dataset.driver == "GTiff":
        raise SceneError(
            f"{path}: stored in blocks of {block_cols} x {block_rows} x {count}, too large to decode safely; "
            "convert it with: gdal_translate -of COG"
        )
    decoded, stored = rows * cols * count * itemsize, max(path.stat().st_size, 1)
    if decoded > FREE_SIZE and decoded / stored > MAX_RATIO:
        raise SceneError(
            f"{path}: declares {decoded / 1e6:.0f} MB of pixels in a file of {stored / 1e6:.2f} MB; "
            f"refused (more than {MAX_RATIO}:1)"
        )


def _check_complete(path: Path, kind: str) -> None:
    size = path.stat().st_size
    if kind == "GTiff" and (needed := needed_bytes(path)) > size:
        raise SceneError(f"{path}: truncated: it needs {needed} bytes and has {size}; fetch it again")
    with path.open("rb") as file:
        if kind in ("PNG", "JPEG"):
            mark = b"IEND" if kind == "PNG" else b"\xff\xd9"
            file.seek(max(0, size - (1 << 16)))
            if mark not in file.read():
                raise SceneError(f"{path}: truncated: the end mark of a {kind} is missing; fetch it again")
        if kind == "JP2OpenJPEG":
            file.seek(max(0, size - 64))
            if b"\xff\xd9" not in file.read():
                raise SceneError(f"{path}: truncated: the end of its codestream is missing; fetch it again")

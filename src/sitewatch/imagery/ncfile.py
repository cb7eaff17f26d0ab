"""An opened netCDF file, kept open for the many scenes that lie in it."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from sitewatch.errors import SceneError
from sitewatch.imagery.guard import NETCDF, sniff


def opened(path: Path) -> Any:
    """The file as an `xarray.Dataset`: raw values (no scaling, no masking), times decoded, nothing loaded.

    Kept open while the file stays the same, once for each process.

    Raises:
        SceneError: not netCDF, damaged, or with links to other files.
    """
    kind = sniff(path)
    if kind not in NETCDF:
        raise SceneError(f"{path}: named like netCDF, but its content is {kind}; rename or fetch it again")
    stat = path.stat()
    return _opened(str(path.absolute()), kind, stat.st_size, stat.st_mtime_ns, os.getpid())


@lru_cache(maxsize=8)
def _opened(path: str, kind: str, size: int, mtime_ns: int, process: int) -> Any:
    import xarray as xr  # noqa: PLC0415

    if kind == "netCDF4":
        _refuse_links(path)
    engine = "h5netcdf" if kind == "netCDF4" else "scipy"
    try:
        data = xr.open_dataset(path, engine=engine, mask_and_scale=False, cache=False)
    except Exception as error:  # a damaged file can end a decoder in any exception
        raise SceneError(f"{path}: damaged or not CF netCDF ({' '.join(str(error).split())[:150]})") from None
    return data


def _refuse_links(path: str) -> None:
    """HDF5 can pull content out of other files of the machine: such a file is refused."""
    import h5py  # noqa: PLC0415

    try:
        with h5py.File(path, "r") as file:
            for name in file:
                link = file.get(name, getlink=True)
                item = None if isinstance(link, h5py.ExternalLink) else file[name]
                if item is None or (isinstance(item, h5py.Dataset) and (item.external or item.is_virtual)):
                    raise SceneError(f"{path}: {name!r} points to another file; refused")
    except (OSError, KeyError, RuntimeError) as error:
        raise SceneError(
            f"{path}: truncated or damaged HDF5 ({' '.join(str(error).split())[:150]})"
        ) from None

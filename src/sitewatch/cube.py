"""The cube: dated images of one site on one grid, as a checked `xarray.Dataset`.

Dimensions `(time, y, x)`, times ascending. Variables:

* one float32 variable for each band, under its common name, NaN where not observed; `attrs["units"]` of the
  dataset says what the numbers are ("reflectance", "toa", "dn");
* `observed` bool: the pixel was really read from a file, inside its extent and not nodata;
* `mask_class` uint8: the vendor's class (`types.MaskClass`), UNKNOWN where there was no mask;
* `clear` bool: usable for comparing dates, derived from the whole stack; implies `observed`.

Coordinates: `time` (datetime64, UTC), `scene_id` (along time), `y`, `x` (pixel centres in the grid's CRS).
The grid itself is kept in `attrs` (`crs` as WKT or "", `transform` as the six affine numbers).
A failed read, no data and cloud are three different things: a failed read has no row here at all, no data is
`observed == False`, cloud is `observed and not clear`.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from affine import Affine
from odc.geo.geobox import GeoBox

from sitewatch.errors import DataError

if TYPE_CHECKING:
    import xarray as xr

MASKS = ("observed", "clear")
NOT_BANDS = (*MASKS, "mask_class")


def make(
    bands: Mapping[str, npt.NDArray[np.float32]],
    *,
    times: Sequence[datetime],
    scene_ids: Sequence[str],
    observed: npt.NDArray[np.bool_],
    clear: npt.NDArray[np.bool_],
    mask_class: npt.NDArray[np.uint8],
    grid: GeoBox,
    units: str,
) -> "xr.Dataset":
    """Assemble a cube from arrays of shape (time, y, x) and check it.

    Raises:
        DataError: shapes, types, order of times or masks do not fit together.
    """
    affine = grid.affine
    rows, cols = grid.shape
    y = affine.f + affine.e * (np.arange(rows) + 0.5)
    x = affine.c + affine.a * (np.arange(cols) + 0.5)
    stamps = np.array([t.astimezone(UTC).replace(tzinfo=None) for t in times], dtype="datetime64[ns]")
    dims = ("time", "y", "x")
    import xarray as xr  # noqa: PLC0415  (slow to import, and most detection needs no cube)

    cube = xr.Dataset(
        {
            **{name: (dims, data) for name, data in bands.items()},
            "observed": (dims, observed),
            "clear": (dims, clear),
            "mask_class": (dims, mask_class),
        },
        coords={"time": stamps, "y": y, "x": x, "scene_id": ("time", np.array(scene_ids, dtype=np.str_))},
        attrs={
            "units": units,
            "crs": grid.crs.to_wkt() if grid.crs is not None else "",
            "transform": tuple(affine)[:6],
        },
    )
    return check(cube)


def check(cube: "xr.Dataset") -> "xr.Dataset":
    """Return `cube` unchanged if it is one.

    Raises:
        DataError: naming the first thing that is wrong.
    """
    missing = {"time", "y", "x", "scene_id", *NOT_BANDS} - set(cube.variables)
    if missing:
        raise DataError(
            f"not a cube: {sorted(missing)} missing; expected the variables named in sitewatch.cube"
        )
    if not band_names(cube):
        raise DataError("not a cube: no band; expected at least one float32 variable over (time, y, x)")
    for name, variable in cube.data_vars.items():
        expected = np.float32 if name not in NOT_BANDS else (np.uint8 if name == "mask_class" else np.bool_)
        if variable.dims != ("time", "y", "x") or variable.dtype != expected:
            raise DataError(
                f"cube variable {name!r} is {variable.dtype} over {variable.dims}; "
                f"expected {np.dtype(expected)} over ('time', 'y', 'x')"
            )
    if np.any(np.diff(cube["time"].values) <= np.timedelta64(0)):
        raise DataError("cube times are not strictly ascending; merge or set aside scenes of the same time")
    if bool((cube["clear"] & ~cube["observed"]).any()):
        raise DataError("cube says clear where nothing was observed")
    for key in ("units", "crs", "transform"):
        if key not in cube.attrs:
            raise DataError(f"cube attribute {key!r} is missing")
    return cube


def band_names(cube: "xr.Dataset") -> tuple[str, ...]:
    """Names of the bands, in the order of the dataset."""
    return tuple(str(name) for name in cube.data_vars if name not in NOT_BANDS)


def grid_of(cube: "xr.Dataset") -> GeoBox:
    """The grid that all dates share."""
    return GeoBox(
        (cube.sizes["y"], cube.sizes["x"]), Affine(*cube.attrs["transform"]), cube.attrs["crs"] or None
    )


def stack(cube: "xr.Dataset") -> npt.NDArray[np.float32]:
    """All bands as one float32 array (time, band, y, x)."""
    return np.stack([cube[name].values for name in band_names(cube)], axis=1)


def days(cube: "xr.Dataset") -> npt.NDArray[np.float64]:
    """Times as days since the first date (time,)."""
    t = cube["time"].values
    result: npt.NDArray[np.float64] = (t - t[0]) / np.timedelta64(1, "D")
    return result

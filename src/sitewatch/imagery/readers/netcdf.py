"""A netCDF series after the CF conventions: one scene for each time step."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from affine import Affine
from odc.geo.geobox import GeoBox

from sitewatch.errors import SceneError
from sitewatch.imagery import assets, georef, sensors
from sitewatch.imagery.dates import Dated
from sitewatch.imagery.ncfile import opened
from sitewatch.imagery.readers.common import Delivery, Draft, Request, finish
from sitewatch.types import (
    BandSource,
    DatePrecision,
    DateSource,
    Georeference,
    Licence,
    MaskSource,
    Publish,
    Scene,
)

_TIME, _Y, _X = ("time", "t"), ("y", "lat", "latitude", "northing"), ("x", "lon", "longitude", "easting")
_MASKS = {"scl": "scl"}


def find(files: Sequence[Path]) -> list[Delivery]:
    """One delivery for each file named like netCDF."""
    return [delivery(path) for path in files if path.suffix.lower() in (".nc", ".nc4", ".cdf", ".h5")]


def delivery(path: Path) -> Delivery:
    """One series, whatever its name."""
    return Delivery(path, frozenset({path}), lambda request: open_series(path, request))


def open_series(path: Path, request: Request) -> list[Scene]:
    """The scenes of a series, in order of time.

    Raises:
        SceneError: no time axis, no regular grid, or no variable over (time, y, x).
    """
    data = opened(path)
    time, y, x = (_dimension(data, names, path) for names in (_TIME, _Y, _X))
    cubes = {str(n): v for n, v in data.data_vars.items() if v.dims == (time, y, x)}
    variables = {n: v for n, v in cubes.items() if n.lower() not in _MASKS}
    masks = [n for n in cubes if n.lower() in _MASKS]
    sensor = request.sensor or sensors.guess_sensor("", [*variables, *masks])
    named = {n: sensors.common_name(n, sensor) for n in variables}
    bands, units, nodata, notes = _bands(data, {n: c for n, c in named.items() if c}, sensor, path)
    left = sorted(n for n, c in named.items() if not c)
    notes += (f"variables that are no known band are left out: {', '.join(left)}",) if left else ()
    grid = _grid(data, y, x, next(iter(cubes.values())), path)
    asset = assets.describe(path)
    size = georef.ground_sampling(grid)
    how = Georeference.EMBEDDED if grid.crs is not None else Georeference.NONE
    licence = _licence(data)
    return [
        finish(
            Draft(
                sensor=sensor,
                dated=dated,
                assets=(asset,),
                bands=tuple(BandSource(n, 0, step, v, s, o) for n, v, s, o in bands),
                grid=grid,
                how=how,
                units=units,
                gsd_m=size,
                mask=MaskSource(_MASKS[masks[0].lower()], 0, step, masks[0]) if masks else None,
                nodata=nodata,
                licence=licence,
                notes=notes,
                piece=f"time={step}",
            ),
            request,
        )
        for step, dated in enumerate(_times(data, time, path), start=1)
    ]


def _dimension(data: Any, names: Sequence[str], path: Path) -> str:
    for name in names:
        if name in data.dims and name in data.variables:
            return name
    raise SceneError(
        f"{path}: dimensions are {', '.join(map(str, data.dims))}; expected a series over time, y and x "
        "with their coordinates (CF conventions)"
    )


def _times(data: Any, time: str, path: Path) -> list[Dated]:
    values = data[time].values
    if not np.issubdtype(values.dtype, np.datetime64) or np.isnat(values).any():
        raise SceneError(
            f"{path}: its time axis holds no dates; expected CF units such as 'days since 2015-08-01'"
        )
    seconds: npt.NDArray[np.int64] = values.astype("datetime64[s]").astype(np.int64)
    # Midnight throughout means that only the day is known.
    only_days = bool((seconds % 86400 == 0).all())
    precision = DatePrecision.DAY if only_days else DatePrecision.SECOND
    fill = 43200 if only_days else 0
    return [
        Dated(datetime.fromtimestamp(int(s) + fill, UTC), precision, DateSource.METADATA) for s in seconds
    ]


def _bands(
    data: Any, named: dict[str, str], sensor: str, path: Path
) -> tuple[list[tuple[str, str, float, float]], str, float | None, tuple[str, ...]]:
    """(common name, variable, scale, offset) of each band, the units, the fill value, notes."""
    if not named:
        raise SceneError(
            f"{path}: no variable over (time, y, x) named like a band; expected names such as B2, B3 or red"
        )
    if len(set(named.values())) < len(named):
        raise SceneError(f"{path}: two variables are the same band: {', '.join(sorted(named))}")
    known = sensors.SENSORS[sensor].scale
    result, fills, notes = [], set(), set()
    reflectance = True
    for variable, name in named.items():
        attributes, dtype = data[variable].attrs, data[variable].dtype
        fills.add(attributes.get("_FillValue", attributes.get("missing_value")))
        if "scale_factor" in attributes or "add_offset" in attributes:
            scale = float(attributes.get("scale_factor", 1.0))
            offset = float(attributes.get("add_offset", 0.0))
        elif dtype.kind == "f":
            scale, offset = 1.0, 0.0
        elif known:
            scale, offset = known, 0.0
            notes.add(
                f"counts taken as reflectance x {1 / known:.0f} without offset, as usual for "
                f"{sensors.SENSORS[sensor].title}; the file states no scale"
            )
        else:
            scale, offset, reflectance = 1.0 / np.iinfo(dtype).max, 0.0, False
        result.append((name, variable, scale, offset))
    if len(fills) > 1:
        raise SceneError(f"{path}: bands have different fill values; expected one for all")
    fill = fills.pop()
    return (
        result,
        "reflectance" if reflectance else "dn",
        None if fill is None else float(fill),
        tuple(sorted(notes)),
    )


def _grid(data: Any, y: str, x: str, sample: Any, path: Path) -> GeoBox:
    ys, xs = data[y].values.astype(float), data[x].values.astype(float)
    if len(ys) < 2 or len(xs) < 2:
        raise SceneError(
            f"{path}: {len(xs)} x {len(ys)} pixels; expected at least 2 x 2 to know the pixel size"
        )
    step_x, step_y = (xs[-1] - xs[0]) / (len(xs) - 1), (ys[-1] - ys[0]) / (len(ys) - 1)
    for values, step, axis in ((xs, step_x, x), (ys, step_y, y)):
        if step == 0 or np.abs(np.diff(values) - step).max() > abs(step) * 1e-2:
            raise SceneError(
                f"{path}: coordinate {axis!r} is not evenly spaced; resample it to a regular grid"
            )
    affine = Affine(step_x, 0, xs[0] - step_x / 2, 0, step_y, ys[0] - step_y / 2)
    return GeoBox((len(ys), len(xs)), affine, _crs(data, sample, x, path))


def _crs(data: Any, sample: Any, x: str, path: Path) -> str | None:
    from pyproj import CRS  # noqa: PLC0415
    from pyproj.exceptions import CRSError  # noqa: PLC0415

    mapping = sample.attrs.get("grid_mapping", "spatial_ref")
    attributes = data[mapping].attrs if mapping in data.variables else {}
    try:
        for key in ("crs_wkt", "spatial_ref"):
            if key in attributes:
                return _plain(CRS.from_wkt(str(attributes[key])))
        if "grid_mapping_name" in attributes:
            return _plain(CRS.from_cf(dict(attributes)))
    except (CRSError, KeyError, ValueError):
        raise SceneError(f"{path}: its coordinate system in {mapping!r} is not understood") from None
    return "EPSG:4326" if x in ("lon", "longitude") else None


def _plain(crs: Any) -> str:
    """Authority code where there is one, else WKT."""
    epsg = crs.to_epsg(min_confidence=70)
    return f"EPSG:{epsg}" if epsg else str(crs.to_wkt())


def _licence(data: Any) -> Licence | None:
    credit = data.attrs.get("credit") or data.attrs.get("attribution")
    name = data.attrs.get("license") or data.attrs.get("licence")
    if not credit and not name:
        return None
    return Licence(str(credit) if credit else None, str(name) if name else None, Publish.FIGURE)

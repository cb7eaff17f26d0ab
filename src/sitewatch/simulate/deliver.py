"""Write a simulation as a delivery in PlanetScope's file conventions, marked as simulated, with its truth.

For each scene `<id>_3B_AnalyticMS_SR.tif` (blue, green, red, nir; reflectance * 10000, 0 where not observed),
`<id>_3B_udm2.tif` (the eight bands of the usable data mask 2) and `<id>_metadata.json`, as described in
Planet's Imagery Product Specification (2023) and UDM2 documentation; `truth.geojson` beside them.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer
from rasterio.crs import CRS

from sitewatch.errors import DataError, UsageError
from sitewatch.raster import geotiff
from sitewatch.simulate.materials import BANDS
from sitewatch.simulate.render import Simulation
from sitewatch.simulate.truth import Truth
from sitewatch.types import SIMULATED_CREDIT, MaskClass

MARK = "SIMULATED by sitewatch; not an observation of any place"
UDM2 = ("clear", "snow", "shadow", "haze_light", "haze_heavy", "cloud", "confidence", "unusable")
_UDM2_OF = {
    MaskClass.CLEAR: 0,
    MaskClass.SNOW: 1,
    MaskClass.SHADOW: 2,
    MaskClass.HAZE: 3,
    MaskClass.CLOUD: 5,
}


def deliver(simulation: Simulation, out: Path) -> tuple[Path, ...]:
    """Write all scenes and the truth into folder `out`; the same simulation gives the same bytes.

    Returns:
        The image files, in order of time.

    Raises:
        UsageError: the folder cannot be made, or already holds something.
    """
    out = Path(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        held = next(out.iterdir(), None)
    except OSError as error:
        raise UsageError(f"cannot make the folder {out}: {error.strerror or error}") from error
    if held is not None:
        raise UsageError(f"folder {out} already holds {held.name}; expected an empty or a new folder")
    images = tuple(_scene(simulation, index, out) for index in range(len(simulation.times)))
    _write_json(out / "truth.geojson", truth_geojson(simulation))
    return images


def truth_geojson(simulation: Simulation) -> dict[str, Any]:
    """The truth as GeoJSON in WGS84 (RFC 7946), lengths and areas measured on the site's own grid."""
    to_wgs84 = Transformer.from_crs(_epsg(simulation), 4326, always_xy=True)
    return {
        "type": "FeatureCollection",
        "name": simulation.scenario.name,
        "simulated": True,
        "note": MARK,
        "seed": simulation.seed,
        "features": [_feature(item, to_wgs84, simulation.scenario.sensor.gsd_m) for item in simulation.truth],
    }


def _epsg(simulation: Simulation) -> int:
    crs = simulation.grid.crs
    code = None if crs is None else crs.to_epsg()
    if code is None:
        raise DataError(f"the simulation's grid has the CRS {crs}; expected one with an EPSG code")
    return code


def _feature(item: Truth, to_wgs84: Transformer, gsd_m: float) -> dict[str, Any]:
    def convert(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.round(np.column_stack(to_wgs84.transform(points[:, 0], points[:, 1])), 8)

    outline = shapely.transform(item.outline, convert)
    return {
        "type": "Feature",
        "id": item.id,
        "properties": {
            "id": item.id,
            "kind": item.kind,
            "what": item.what,
            "t_true": _iso(item.t_true),
            "not_before": _iso(item.not_before),
            "not_after": _iso(item.not_after),
            "area_m2": _rounded(item.area_m2, 2),
            "height_m": _rounded(item.height_m, 2),
            "width_m": _rounded(item.width_m, 2),
            "small": _small(item, gsd_m),
            "stages": [name for name, _ in item.stages],
            "stage_dates": [day.isoformat() for _, day in item.stages],
            "ratio": _rounded(item.ratio, 4),
            "ratio_to": item.ratio_to,
            "parent": item.parent,
        },
        "geometry": shapely.geometry.mapping(_counterclockwise(outline)),
    }


def _small(item: Truth, gsd_m: float) -> bool:
    """True below four pixels or one and a half pixels in width: scored apart."""
    return (item.area_m2 or 0.0) < 4 * gsd_m**2 or (item.width_m or 0.0) < 1.5 * gsd_m


def _counterclockwise(shape: Any) -> Any:
    """Exterior rings counterclockwise, as RFC 7946 asks."""
    parts = [shapely.geometry.polygon.orient(part) for part in shapely.get_parts(shape)]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _scene(simulation: Simulation, index: int, out: Path) -> Path:
    name, when = simulation.scene_ids[index], simulation.times[index]
    values, mask = simulation.stack[index], simulation.mask[index]
    # 0 means "not observed", so the darkest observed pixel is 1
    raw = np.where(np.isfinite(values), np.clip(np.rint(values * 10000), 1, 65535), 0).astype(np.uint16)
    tags = {
        "TIFFTAG_DATETIME": f"{when:%Y:%m:%d %H:%M:%S}",
        "TIFFTAG_IMAGEDESCRIPTION": MARK,
        "TIFFTAG_COPYRIGHT": SIMULATED_CREDIT,
        "TIFFTAG_SOFTWARE": "sitewatch simulate",
    }
    path = out / f"{name}_3B_AnalyticMS_SR.tif"
    _write_tiff(path, raw, simulation, BANDS, tags, nodata=0)
    udm = np.zeros((8, *mask.shape), np.uint8)
    for kind, band in _UDM2_OF.items():
        udm[band] = mask == kind
    observed = raw[0] > 0
    udm[6] = np.where(observed, 90, 0)
    udm[7] = np.where(observed, 2 * udm[5], 1)  # bit 0: no data, bit 1: cloud
    _write_tiff(out / f"{name}_3B_udm2.tif", udm, simulation, UDM2, tags, nodata=None)
    _write_json(out / f"{name}_metadata.json", _metadata(simulation, index))
    return path


def _metadata(simulation: Simulation, index: int) -> dict[str, Any]:
    sensor, sun = simulation.scenario.sensor, simulation.sun[index]
    angle, azimuth = simulation.view[index]
    mask = simulation.mask[index]
    observed = mask != MaskClass.UNKNOWN
    cloudy = float((mask == MaskClass.CLOUD).sum() / max(1, observed.sum()))
    gsd = int(sensor.gsd_m) if sensor.gsd_m == int(sensor.gsd_m) else sensor.gsd_m
    left, bottom, right, top = simulation.grid.boundingbox
    to_wgs84 = Transformer.from_crs(_epsg(simulation), 4326, always_xy=True)
    corners = [
        [round(v, 7) for v in to_wgs84.transform(x, y)]
        for x, y in ((left, bottom), (right, bottom), (right, top), (left, top), (left, bottom))
    ]
    return {
        "type": "Feature",
        "id": simulation.scene_ids[index],
        "geometry": {"type": "Polygon", "coordinates": [corners]},
        "properties": {
            "acquired": f"{simulation.times[index]:%Y-%m-%dT%H:%M:%SZ}",
            "instrument": "PSB.SD",
            "item_type": "PSScene",
            "gsd": gsd,
            "pixel_resolution": gsd,
            "sun_azimuth": round(sun.azimuth, 2),
            "sun_elevation": round(sun.elevation, 2),
            "view_angle": round(float(angle), 2),
            "satellite_azimuth": round(float(azimuth), 2),
            "cloud_cover": round(cloudy, 3),
            "ground_control": True,
            "publishing_stage": "finalized",
            "simulated": True,
            "note": MARK,
        },
    }


def _write_tiff(
    path: Path,
    data: npt.NDArray[Any],
    simulation: Simulation,
    names: tuple[str, ...],
    tags: dict[str, str],
    *,
    nodata: int | None,
) -> None:
    count, rows, cols = data.shape
    with geotiff(
        path,
        count=count,
        height=rows,
        width=cols,
        dtype=data.dtype,
        crs=CRS.from_epsg(_epsg(simulation)),
        transform=simulation.grid.affine,
        nodata=nodata,
        compress="deflate",
        predictor=2 if data.dtype == np.uint16 else 1,
    ) as target:
        target.write(data)
        target.descriptions = names
        target.update_tags(**tags)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

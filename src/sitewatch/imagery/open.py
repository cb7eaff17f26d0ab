"""From a path to scenes: the readers are asked in turn which deliveries they know in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sitewatch.errors import SceneError, UsageError
from sitewatch.imagery.guard import NETCDF, sniff
from sitewatch.imagery.readers import airbus, maxar, netcdf, overlay, planet, raster, safe
from sitewatch.imagery.readers.common import Delivery, Request
from sitewatch.types import Licence, Scene

_FINDERS: tuple[Callable[[Sequence[Path]], list[Delivery]], ...] = (
    safe.find,
    planet.find,
    maxar.find,
    airbus.find,
    overlay.find,
    netcdf.find,
    raster.find,
)
"""Known deliveries before plain images; a file belongs to the first that takes it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What came out of one path."""

    scenes: tuple[Scene, ...]
    """In order of time."""
    refused: tuple[tuple[str, str], ...]
    """(path, reason in one line) of files that were left out."""


def open_path(
    path: Path,
    *,
    date: str | None = None,
    gsd: float | None = None,
    gcps: Path | None = None,
    sensor: str | None = None,
    licence: Licence | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Opened:
    """Open a file or a folder of deliveries.

    Args:
        date: acquisition date as the user knows it: 2024-02-19T02:10:00Z, 2024-02-19, 2024-02 or 2024.
        gsd: pixel size in metres, for images without georeferencing.
        gcps: control points (CSV with col,row,lon,lat; QGIS .points; KML ground overlay).
        sensor: key of `sensors.SENSORS`.
        licence: terms that go before what the provider states in general.
        progress: called with (deliveries done, deliveries in all).

    Raises:
        UsageError: the path does not exist, or an option cannot be used.
        SceneError: nothing in it is a scene; the message tells the first reason.
    """
    path = Path(path)
    request = Request(date, gsd, gcps, sensor, licence)
    if not path.exists():
        raise UsageError(f"{path}: no such file or folder; check the path")
    try:
        deliveries = _find(path)
    except OSError as error:
        raise SceneError(
            f"{path}: cannot be read ({error.strerror or error}); check its permissions"
        ) from None
    if not deliveries:
        raise SceneError(
            f"{path}: no images in it; expected GeoTIFF, JPEG 2000, PNG, JPEG, netCDF or a delivery"
        )
    if date is not None and len(deliveries) > 1:
        raise UsageError(f"--date holds for one image, but {path} has {len(deliveries)}; add them one by one")
    if gcps is not None and len(deliveries) > 1:
        raise UsageError(f"--gcps holds for one image, but {path} has {len(deliveries)}; add them one by one")
    scenes: dict[str, Scene] = {}
    refused: list[tuple[str, str]] = []
    for done, delivery in enumerate(deliveries, start=1):
        refused += delivery.aside
        try:
            for scene in delivery.open(request):
                if scene.id in scenes:
                    refused.append((str(delivery.lead), f"same content as {scenes[scene.id].assets[0].path}"))
                scenes.setdefault(scene.id, scene)
        except SceneError as error:
            refused.append((str(delivery.lead), _reason(error, delivery.lead)))
        except OSError as error:
            refused.append((str(delivery.lead), f"cannot be read ({error.strerror or error})"))
        if progress is not None:
            progress(done, len(deliveries))
    if not scenes:
        first_path, reason = refused[0]
        more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
        raise SceneError(f"{first_path}: {reason}{more}")
    return Opened(tuple(sorted(scenes.values(), key=lambda s: (s.acquired, s.id))), tuple(refused))


def _reason(error: SceneError, lead: Path) -> str:
    """The error's line without the path that stands beside it anyway."""
    return str(error).removeprefix(f"{lead}: ")


def _find(path: Path) -> list[Delivery]:
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    result: list[Delivery] = []
    for find in _FINDERS:
        found = find(files)
        taken = {file for delivery in found for file in delivery.files}
        files = [file for file in files if file not in taken]
        result += found
    if not result and path.is_file():
        # One file that was named by the user: its content decides, whatever it is called.
        result = [netcdf.delivery(path) if sniff(path) in NETCDF else raster.delivery(path)]
    return sorted(result, key=lambda d: d.lead)

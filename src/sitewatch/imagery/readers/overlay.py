"""An image that a KML ground overlay lays on the ground: a screenshot of a globe, an exported map."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sitewatch.errors import SceneError, SitewatchError, UsageError
from sitewatch.imagery import dates
from sitewatch.imagery.kml import read_overlay
from sitewatch.imagery.readers import raster
from sitewatch.imagery.readers.common import Delivery, Request
from sitewatch.types import DateSource, Scene

_MAX_BYTES = 10_000_000


def find(files: Sequence[Path]) -> list[Delivery]:
    """One delivery for each KML among `files` that has a ground overlay."""
    result = []
    for path in files:
        if path.suffix.lower() == ".kml" and "<GroundOverlay" in _text(path):
            taken = frozenset({path, *_image(path)})
            result.append(Delivery(path, taken, lambda request, path=path: [_open(path, request)]))  # type: ignore[misc]
    return result


def _text(path: Path) -> str:
    if path.stat().st_size > _MAX_BYTES:
        return ""
    return path.read_text(encoding="utf-8", errors="replace")


def _image(path: Path) -> list[Path]:
    """The image in or below the folder of the KML that the overlay names; [] where there is none."""
    folder = path.parent.resolve()
    try:
        href = read_overlay(path, _text(path)).href or ""
    except SitewatchError:
        return []  # opening it tells why
    image = (folder / href).resolve()
    inside = href and image.is_relative_to(folder) and image.is_file()
    return [path.parent / image.relative_to(folder)] if inside else []


def _open(path: Path, request: Request) -> Scene:
    try:
        return _laid_out(path, request)
    except UsageError as error:
        if request.gcps is not None:
            raise
        raise SceneError(str(error)) from None  # the KML was found, not given as an option


def _laid_out(path: Path, request: Request) -> Scene:
    overlay, images = read_overlay(path, _text(path)), _image(path)
    when = overlay.when if overlay.when and _is_date(overlay.when) else None
    if not images:
        raise SceneError(f"{path}: its image {overlay.href!r} is not in the folder; put it beside the KML")
    scene = raster.open_image(
        images[0], replace(request, gcps=request.gcps or path, date=request.date or when)
    )
    if request.date is None and when:
        scene = replace(scene, date_source=DateSource.METADATA)
    return scene


def _is_date(text: str) -> bool:
    try:
        dates.from_user(text)
    except UsageError:
        return False
    return True

"""Scenes as a case keeps them: files inside the case folder by relative path, and copies on request."""

import dataclasses
import hashlib
from pathlib import Path

from sitewatch.case import files, layout
from sitewatch.types import Scene


def portable(scene: Scene, folder: Path) -> Scene:
    """`scene` with files inside the case folder named relative to it, so that the case can be moved."""
    return _with_paths(scene, [layout.relative(folder, a.path) for a in scene.assets])


def anchored(scene: Scene, folder: Path) -> Scene:
    """The reverse of `portable`: all paths absolute."""
    return _with_paths(scene, [layout.absolute(folder, a.path) for a in scene.assets])


def copied(scene: Scene, folder: Path) -> Scene:
    """`scene` with its files copied into the case folder; scenes that share files share the copies.

    Raises:
        CaseError: a file cannot be read or the copy not be written.
    """
    content = hashlib.sha256("".join(sorted(a.sha256 for a in scene.assets)).encode()).hexdigest()
    places: list[str] = []
    for asset in scene.assets:
        place = folder / layout.COPIES / content[:16] / Path(asset.path).name
        if str(place) in places:  # two files of one name in different folders
            place = place.with_name(f"{asset.sha256[:8]}_{place.name}")
        if not (place.is_file() and files.sha256(place) == asset.sha256):
            files.copy(Path(asset.path), place)
        places.append(str(place))
    return _with_paths(scene, places)


def _with_paths(scene: Scene, places: list[str]) -> Scene:
    assets = tuple(dataclasses.replace(a, path=p) for a, p in zip(scene.assets, places, strict=True))
    return dataclasses.replace(scene, assets=assets)

"""Files of a scene: hashed once, found again, verified."""

import hashlib
from functools import lru_cache
from pathlib import Path

from sitewatch.errors import SceneError
from sitewatch.types import Asset, Scene

_CHUNK = 1 << 20


def sha256(path: Path) -> str:
    """Hex digest of a file, read in pieces; remembered while its size and time of change stay the same.

    Raises:
        SceneError: the file cannot be read.
    """
    try:
        stat = path.stat()
        return _sha256(str(path), stat.st_size, stat.st_mtime_ns)
    except OSError as error:
        raise SceneError(f"{path}: cannot be read ({error.strerror or error}); check the path") from None


@lru_cache(maxsize=4096)
def _sha256(path: str, size: int, mtime_ns: int) -> str:
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        while piece := file.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def describe(path: Path, role: str = "data") -> Asset:
    """The asset of one file: absolute path, hash, role ("data", "mask", "metadata"), size in bytes."""
    path = path.absolute()
    return Asset(str(path), sha256(path), role, path.stat().st_size)


def locate(asset: Asset, base: Path | None = None) -> Path:
    """Where an asset lies; `base` is the folder that relative paths start from."""
    path = Path(asset.path)
    return path if path.is_absolute() or base is None else base / path


def verify_assets(scene: Scene, *, base: Path | None = None) -> tuple[tuple[str, str], ...]:
    """Hash every file of `scene` anew; (path, what is wrong) for each that is no longer what was opened."""
    problems = []
    for asset in scene.assets:
        path = locate(asset, base)
        if not path.is_file():
            problems.append((str(path), "missing"))
        elif path.stat().st_size != asset.size:
            problems.append((str(path), f"size is {path.stat().st_size} bytes; it was {asset.size}"))
        elif (found := _sha256.__wrapped__(str(path), 0, 0)) != asset.sha256:
            problems.append((str(path), f"sha256 is {found[:12]}…; it was {asset.sha256[:12]}…"))
    return tuple(problems)

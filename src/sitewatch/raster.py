"""GeoTIFF files that are there in full or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def geotiff(path: Path, **profile: Any) -> Iterator[Any]:
    """A new GeoTIFF, opened by `rasterio` with `profile` and to be filled in the block; it appears at `path` when the
    block ends, and an older file there is replaced.

    It is made in memory. On a disk without room GDAL prints lines of its own, and of what fails while it closes a file
    nobody learns: a short file is left as if it were whole.

    Raises:
        OSError: the file cannot be written; `path` is then as it was.
    """
    from rasterio.io import MemoryFile  # noqa: PLC0415

    part = path.with_name(f"{path.name}.part")
    with MemoryFile() as memory:
        with memory.open(driver="GTiff", **profile) as target:
            yield target
        try:
            part.write_bytes(memory.getbuffer())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

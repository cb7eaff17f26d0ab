"""How far into its file a TIFF reaches, from its directories alone (TIFF 6.0; BigTIFF).

The library that decodes TIFF reports a cut-off strip only when that strip is read, and drops a cut-off tag
(for one, the georeference) with no more than a warning. So completeness is checked before.
"""

import struct
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from sitewatch.errors import SceneError

_SIZES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
"""Bytes of one value of each field type."""
_UNSIGNED = {3: "u2", 4: "u4", 13: "u4", 16: "u8", 18: "u8"}
_OFFSETS, _COUNTS = (273, 324), (279, 325)
"""Tags of strips and tiles: where they lie, how many bytes they take."""
_MAX_DIRECTORIES = 64
_MAX_ENTRIES = 4096
_MAX_BLOCKS = 50_000_000


def needed_bytes(path: Path) -> int:
    """Bytes that the file must have for all that its directories point to.

    Raises:
        SceneError: a directory itself is cut off.
    """
    try:
        with path.open("rb") as file:
            return _needed(file, path.stat().st_size)
    except struct.error:
        raise SceneError(f"{path}: truncated: a directory of the TIFF is cut off; fetch it again") from None


def _needed(file: BinaryIO, size: int) -> int:
    head = file.read(16)
    order = "<" if head[:2] == b"II" else ">"
    big = struct.unpack(order + "H", head[2:4])[0] == 43
    word = order + ("Q" if big else "L")
    (start,) = struct.unpack(word, head[8:16] if big else head[4:8])
    needed, seen = 0, set[int]()
    while start and start not in seen and len(seen) < _MAX_DIRECTORIES:
        seen.add(start)
        end, start = _directory(file, start, size, order, big)
        needed = max(needed, end)
    return needed


def _directory(file: BinaryIO, start: int, size: int, order: str, big: bool) -> tuple[int, int]:
    """(bytes that the directory at `start` needs, start of the next one or 0)."""
    word, number, entry = (order + "Q", order + "Q", 20) if big else (order + "L", order + "H", 12)
    file.seek(start)
    (count,) = struct.unpack(number, file.read(struct.calcsize(number)))
    if count > _MAX_ENTRIES:
        raise struct.error
    table = file.read(count * entry)
    following = file.read(struct.calcsize(word))
    needed, blocks = 0, dict[str, npt.NDArray[np.uint64]]()
    for i in range(count):
        tag, kind, values = struct.unpack(
            order + "HH" + word[1], table[i * entry : i * entry + 4 + struct.calcsize(word)]
        )
        raw = table[i * entry + 4 + struct.calcsize(word) : (i + 1) * entry]
        length = values * _SIZES.get(kind, 1)
        if length > len(raw):
            (place,) = struct.unpack(word, raw)
            needed = max(needed, place + length)
        if tag in _OFFSETS + _COUNTS and kind in _UNSIGNED and 0 < values < _MAX_BLOCKS and needed <= size:
            if length > len(raw):
                file.seek(place)
                raw = file.read(length)
            data: npt.NDArray[Any] = np.frombuffer(raw[:length], order + _UNSIGNED[kind])
            blocks["offsets" if tag in _OFFSETS else "counts"] = data.astype(np.uint64)
    if len(blocks) == 2 and len(blocks["offsets"]) == len(blocks["counts"]):
        needed = max(needed, int((blocks["offsets"] + blocks["counts"]).max()))
    return needed, struct.unpack(word, following)[0]

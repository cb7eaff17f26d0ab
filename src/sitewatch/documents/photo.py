"""A photograph: what its file states, and a hash by which copies of it are found again.

It runs in the parser's own process, which has limits on time and memory.
"""

import io
import math
import warnings
from datetime import datetime
from typing import Any

MAX_PIXELS = 100_000_000
NEAR_BITS = 10
"""Of 64: pictures that differ in no more are told as near-duplicates. Different pictures differ in 32 on average."""
_SIDE, _KEPT = 32, 8
_ORIGINAL, _MADE, _MAKE, _MODEL = 0x9003, 0x0132, 0x010F, 0x0110
_OFFSET_ORIGINAL, _EXIF, _GPS = 0x9011, 0x8769, 0x8825
FORMATS = ("JPEG", "PNG", "GIF", "TIFF", "BMP", "WEBP", "AVIF")


def read_photo(data: bytes) -> dict[str, Any]:
    """What a photograph's file states: plain values, as they leave the parser's process.

    Returns:
        width, height (pixels, as stored), perceptual_hash (16 hex digits), taken (ISO time or None), longitude,
        latitude (degrees or None), camera (or None), notes.

    Raises:
        ValueError: damaged, or too large.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415

    Image.MAX_IMAGE_PIXELS = None  # the check below is ours
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
        except Exception:  # the library raises many kinds, by what is broken
            raise ValueError("damaged, or not a real picture; fetch it again") from None
        width, height = picture.size
        if width * height > MAX_PIXELS:
            raise ValueError(f"{width} x {height} pixels; at most {MAX_PIXELS // 1_000_000} million are read")
        notes = (
            ["a film of several pictures: the first was read"] if getattr(picture, "n_frames", 1) > 1 else []
        )
        stated, odd = _exif(picture)
        try:
            picture.draft("L", (_SIDE * 8, _SIDE * 8))  # JPEG only: decode small
            upright = ImageOps.exif_transpose(picture)
            grey = upright.convert("L").resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
            digits = perceptual_hash(
                [list(grey.tobytes()[i : i + _SIDE]) for i in range(0, _SIDE * _SIDE, _SIDE)]
            )
        except Exception as error:
            raise ValueError(f"a damaged picture ({_line(error)}); fetch it again") from None
    return {"width": width, "height": height, "perceptual_hash": digits, "notes": notes + odd} | stated


def perceptual_hash(grey: list[list[int]]) -> str:
    """64-bit hash of a picture of 32 x 32 grey values (0..255), as 16 hex digits.

    Signs of the lowest 8 x 8 coefficients of the discrete cosine transform (DCT-II), the constant one left out of
    the median, against their median: Zauner, "Implementation and benchmarking of perceptual image hash functions"
    (2010), section 3.2.1. Bit 63 is the first coefficient of the first row.
    """
    import numpy as np  # noqa: PLC0415

    n = np.arange(_SIDE)
    basis = np.cos(np.pi * np.outer(np.arange(_KEPT), 2 * n + 1) / (2 * _SIDE))
    low = (basis @ np.asarray(grey, float) @ basis.T).ravel()
    bits = low > np.median(low[1:])
    return f"{int(''.join('1' if b else '0' for b in bits), 2):016x}"


def distance(one: str, other: str) -> int:
    """Bits in which two perceptual hashes differ, 0..64."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _exif(picture: Any) -> tuple[dict[str, Any], list[str]]:
    """Time, place and camera as the file states them, and what was odd about them."""
    stated: dict[str, Any] = {"taken": None, "longitude": None, "latitude": None, "camera": None}
    odd: list[str] = []
    try:
        exif = picture.getexif()
        inner, gps = exif.get_ifd(_EXIF), exif.get_ifd(_GPS)
    except Exception:  # whatever a broken directory makes the library raise
        return stated, ["its EXIF data is damaged and was not read"]
    taken = inner.get(_ORIGINAL) or exif.get(_MADE)
    if taken:
        stated["taken"] = _time(str(taken), str(inner.get(_OFFSET_ORIGINAL) or ""))
        odd += [] if stated["taken"] else ["its EXIF time is none that exists"]
    names = [_clean(exif.get(tag)) for tag in (_MAKE, _MODEL)]
    make, model = names
    stated["camera"] = (model if model.startswith(make) else f"{make} {model}").strip() or None
    if gps.get(2) or gps.get(4):
        place = _degrees(gps.get(4), gps.get(3), 180), _degrees(gps.get(2), gps.get(1), 90)
        if None in place:
            odd.append("its EXIF position is damaged")
        else:
            stated["longitude"], stated["latitude"] = place
    return stated, odd


def _time(value: str, offset: str) -> str | None:
    value = value.strip("\0 ")
    try:
        local = datetime.strptime(value[:19], "%Y:%m:%d %H:%M:%S")
        return datetime.fromisoformat(local.isoformat() + offset.strip("\0 ")).isoformat()
    except ValueError:
        return None


def _degrees(parts: Any, side: Any, limit: float) -> float | None:
    try:
        d, m, s = (float(p) for p in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = d + m / 60 + s / 3600
    if not math.isfinite(value) or value < 0 or value > limit:
        return None
    return round(-value if str(side).strip("\0 ").upper() in ("S", "W") else value, 7)


def _clean(value: Any) -> str:
    return " ".join(str(value or "").replace("\0", " ").split())[:100]


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__

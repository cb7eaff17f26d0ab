"""The sensor table: bands under their common names, credit lines, and the vendors' mask schemes.

Common names follow the STAC electro-optical extension (v2.0). Sources: Planet "PlanetScope Product
Specifications" and "UDM 2" (band orders, mask bands); ESA "Sentinel-2 Products Specification Document",
L2A scene classification table; USDA NAIP (band order R, G, B, NIR); Maxar and Airbus image product guides.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sitewatch.types import Licence, MaskClass, Publish


@dataclass(frozen=True, slots=True)
class Sensor:
    """What is the same for all scenes of one sensor."""

    title: str
    bands: Mapping[str, str] = field(default_factory=dict)
    """The vendor's band name, lower case → common name."""
    layouts: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Number of bands in a file → their common names in file order, where the file does not name them."""
    scale: float | None = None
    """Reflectance of one count in the vendor's integer reflectance products; None where there is no such
    convention."""
    credit: str | None = None
    """Credit line; `{year}` stands for the year of acquisition."""
    licence: str | None = None
    publish: Publish = Publish.FIGURE


_RGB = ("red", "green", "blue")
_BGRN = ("blue", "green", "red", "nir")
_SENTINEL2 = {
    "b1": "coastal",
    "b2": "blue",
    "b3": "green",
    "b4": "red",
    "b5": "rededge071",
    "b6": "rededge075",
    "b7": "rededge078",
    "b8": "nir",
    "b8a": "nir08",
    "b9": "nir09",
    "b10": "cirrus",
    "b11": "swir16",
    "b12": "swir22",
}
_PLANET8 = ("coastal", "blue", "green05", "green", "yellow", "red", "rededge", "nir")
_WORLDVIEW8 = ("coastal", "blue", "green", "yellow", "red", "rededge", "nir", "nir09")

SENSORS: dict[str, Sensor] = {
    "planetscope": Sensor(
        "PlanetScope",
        {"coastal_blue": "coastal", "green_i": "green05", "green_ii": "green", "red_edge": "rededge"},
        {3: _RGB, 4: _BGRN, 5: ("blue", "green", "red", "rededge", "nir"), 8: _PLANET8},
        scale=1e-4,
        credit="Image © {year} Planet Labs PBC",
    ),
    "skysat": Sensor(
        "SkySat", {}, {1: ("pan",), 3: _RGB, 4: _BGRN}, scale=1e-4, credit="Image © {year} Planet Labs PBC"
    ),
    "sentinel2": Sensor(
        "Sentinel-2 MSI",
        _SENTINEL2 | {f"b{int(k[1:]):02d}": v for k, v in _SENTINEL2.items() if k[1:].isdigit()},
        scale=1e-4,
        credit="Contains modified Copernicus Sentinel data {year}",
        licence="Copernicus Sentinel data terms",
        publish=Publish.FULL,
    ),
    "naip": Sensor(
        "NAIP aerial",
        {},
        {3: _RGB, 4: (*_RGB, "nir")},
        credit="USDA National Agriculture Imagery Program, {year}",
        licence="US government work, public domain",
        publish=Publish.FULL,
    ),
    "maxar": Sensor(
        "Maxar (WorldView, GeoEye, QuickBird)",
        {"c": "coastal", "b": "blue", "g": "green", "y": "yellow", "r": "red", "re": "rededge", "n": "nir",
         "n2": "nir09", "p": "pan"},
        {1: ("pan",), 3: _RGB, 4: _BGRN, 8: _WORLDVIEW8},
        credit="Satellite image © {year} Maxar Technologies",
    ),
    "airbus": Sensor(
        "Airbus (Pléiades, SPOT)",
        {"b0": "blue", "b1": "green", "b2": "red", "b3": "nir", "p": "pan", "pan": "pan"},
        {1: ("pan",), 3: _RGB, 4: (*_RGB, "nir")},
        credit="© CNES {year}, distribution Airbus DS",
    ),
    "unknown": Sensor("unknown sensor", {}, {1: ("pan",), 3: _RGB, 4: (*_RGB, "nir")}),
}  # fmt: skip

_SYNONYMS = {
    "gray": "pan",
    "grey": "pan",
    "panchromatic": "pan",
    "near infrared": "nir",
    "near-infrared": "nir",
    "near_infrared": "nir",
    "infrared": "nir",
    "red edge": "rededge",
    "red_edge": "rededge",
    "coastal blue": "coastal",
    "coastal aerosol": "coastal",
    "swir1": "swir16",
    "swir2": "swir22",
}
COMMON_NAMES = frozenset(
    {*_SENTINEL2.values(), *_PLANET8, "pan", "nir", "nir08", "nir09", "lwir11", "lwir12"}
)  # fmt: skip


def common_name(text: str | None, sensor: str) -> str | None:
    """Common name for a band as a file calls it; None where the name says nothing."""
    key = (text or "").strip().lower()
    key = SENSORS[sensor].bands.get(key, _SYNONYMS.get(key, key))
    return key if key in COMMON_NAMES else None


def licence_of(sensor: str, year: int) -> Licence:
    """Credit and terms as the provider states them in general; the user's own terms go before."""
    entry = SENSORS[sensor]
    credit = entry.credit.format(year=year) if entry.credit else None
    return Licence(credit_line=credit, name=entry.licence, publish=entry.publish)


MaskArray = npt.NDArray[np.uint8]
BoolArray = npt.NDArray[np.bool_]


def _scl(raw: npt.NDArray[np.generic]) -> tuple[MaskArray, BoolArray]:
    """Sentinel-2 scene classification (h, w). Dark and unclassified surfaces stay CLEAR: 2 and 7 fall on dark
    forest, water edges and new roofs as often as on shadow."""
    table = np.full(256, MaskClass.UNKNOWN, dtype=np.uint8)
    for code, name in (
        (1, MaskClass.DEFECT),
        (2, MaskClass.CLEAR),
        (3, MaskClass.SHADOW),
        (4, MaskClass.CLEAR),
        (5, MaskClass.CLEAR),
        (6, MaskClass.WATER),
        (7, MaskClass.CLEAR),
        (8, MaskClass.CLOUD),
        (9, MaskClass.CLOUD),
        (10, MaskClass.HAZE),
        (11, MaskClass.SNOW),
    ):
        table[code] = name
    codes = np.clip(raw[0].astype(np.int64), 0, 255)
    return table[codes], codes != 0


def _udm2(raw: npt.NDArray[np.generic]) -> tuple[MaskArray, BoolArray]:
    """Planet UDM2 (8, h, w): clear, snow, shadow, light haze, heavy haze, cloud, confidence, unusable (bits;
    the lowest is black fill). Where several are set the worst wins."""
    clear, snow, shadow, light, heavy, cloud = (raw[i] == 1 for i in range(6))
    unusable = raw[7].astype(np.uint8)
    mask = np.full(raw.shape[1:], MaskClass.UNKNOWN, dtype=np.uint8)
    mask[clear] = MaskClass.CLEAR
    mask[snow] = MaskClass.SNOW
    mask[light | heavy] = MaskClass.HAZE
    mask[shadow] = MaskClass.SHADOW
    # From bit 2 on: missing or suspect in single bands. Bit 1 is an older, coarser cloud mask.
    mask[(unusable & 0b11111100) > 0] = MaskClass.DEFECT
    mask[cloud] = MaskClass.CLOUD
    return mask, (unusable & 1) == 0


def _udm1(raw: npt.NDArray[np.generic]) -> tuple[MaskArray, BoolArray]:
    """Planet's older unusable data mask (1, h, w): bit 0 black fill, bit 1 cloud, others suspect bands."""
    bits = raw[0].astype(np.uint8)
    mask = np.full(bits.shape, MaskClass.CLEAR, dtype=np.uint8)
    mask[(bits & 0b11111100) > 0] = MaskClass.DEFECT
    mask[(bits & 2) > 0] = MaskClass.CLOUD
    return mask, (bits & 1) == 0


@dataclass(frozen=True, slots=True)
class MaskScheme:
    """How a vendor writes a mask."""

    layers: int
    """Bands to read, from `MaskSource.layer` on."""
    decode: Callable[[npt.NDArray[np.generic]], tuple[MaskArray, BoolArray]]
    """(layers, h, w) → (mask classes (h, w), observed (h, w))."""


MASK_SCHEMES: dict[str, MaskScheme] = {
    "udm2": MaskScheme(8, _udm2),
    "udm1": MaskScheme(1, _udm1),
    "scl": MaskScheme(1, _scl),
}


def says_surface(tags: Mapping[str, str]) -> bool:
    """True where Planet's tag in a surface reflectance image tells of its atmospheric correction."""
    return "atmospheric_correction" in tags.get("TIFFTAG_IMAGEDESCRIPTION", "")


def guess_sensor(
    file_name: str, descriptions: Sequence[str | None] = (), tags: Mapping[str, str] | None = None
) -> str:
    """Key of the sensor that a file's name, band names or tags speak of; "unknown" where nothing does."""
    if tags and says_surface(tags):
        return "planetscope"
    name = file_name.lower()
    bands = {(d or "").strip().lower() for d in descriptions}
    if name.startswith("m_") and len(name.split("_")) >= 6 and name.split("_")[1].isdigit():
        return "naip"
    parts = {p for p in name.replace("-", "_").replace(".", "_").split("_") if p}
    if (
        parts & {"s2a", "s2b", "s2c", "sentinel2"}
        or bands >= {"b2", "b3", "b4", "b8"}
        or bands & {"b8a", "scl"}
    ):
        return "sentinel2"
    if bands >= {"b02", "b03", "b04", "b08"}:
        return "sentinel2"
    return "unknown"

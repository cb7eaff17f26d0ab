"""A scene: one acquisition, described well enough to read it again and to say how far to trust its date."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum, StrEnum

from odc.geo.geobox import GeoBox

from sitewatch.errors import DataError
from sitewatch.types.licence import SIMULATED_CREDIT, Licence


class DateSource(StrEnum):
    """How the acquisition time is known."""

    METADATA = "metadata"  # the provider's metadata file or the series' time axis
    TAG = "tag"  # a tag inside the image (TIFF DateTime, EXIF, GDAL metadata)
    FILENAME = "filename"
    USER = "user"  # --date


class DatePrecision(StrEnum):
    """What part of the acquisition time is known."""

    SECOND = "second"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Georeference(StrEnum):
    """How pixels are tied to the ground."""

    EMBEDDED = "embedded"  # CRS and transform in the file
    GCPS = "gcps"  # control points given by the user or in the file
    KML = "kml"  # a KML ground overlay
    GSD = "gsd"  # pixel size only (--gsd); position unknown
    NONE = "none"  # neither: pixels are just pixels


class MaskClass(IntEnum):
    """One vocabulary for the vendors' masks. UNKNOWN: the scene came without a mask."""

    UNKNOWN = 0
    CLEAR = 1
    CLOUD = 2
    SHADOW = 3
    SNOW = 4
    HAZE = 5
    WATER = 6
    DEFECT = 7


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of a scene. The file itself is never changed."""

    path: str
    """Absolute path, or relative to the case folder where the user chose to copy."""
    sha256: str
    role: str
    """"data", "mask" or "metadata"."""
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class BandSource:
    """Where one band is read from: value = raw * scale + offset."""

    name: str
    """Common name (STAC eo): blue, green, red, rededge, nir, nir08, swir16, swir22, pan, coastal, yellow."""
    asset: int
    """Index into `Scene.assets`."""
    layer: int = 1
    """1-based band of a raster; for a netCDF series the 1-based position on the time axis."""
    variable: str | None = None
    """Name of the netCDF variable; None for rasters."""
    scale: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class MaskSource:
    """Where the vendor's mask is read from, and in which scheme it is written."""

    scheme: str
    """A key of the mask schemes in `imagery.sensors`: "udm2", "scl", ..."""
    asset: int
    layer: int = 1
    variable: str | None = None


@dataclass(frozen=True, slots=True)
class StatedSize:
    """A size of the scene's pixels that somebody states; the true one is measured on the ground."""

    size_m: float
    """Metres."""
    source: str
    """Who states it, as the user can find it: "--gsd", "the field gsd of a.json"."""
    resolution: bool = False
    """True where it may mean what the sensor resolves, from which pixels are resampled finer or coarser."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One acquisition of a place. `id` follows from its content, so the same files give the same scene."""

    id: str
    """`YYYYMMDD[Thhmmss]_<sensor>_<8 hex digits of content hash>`."""
    sensor: str
    """A key of the sensor table in `imagery.sensors`; "unknown" where nothing says."""
    acquired: datetime
    """UTC. Parts beyond `date_precision` are filled (middle of the month or year, noon of the day)."""
    date_source: DateSource
    date_precision: DatePrecision
    assets: tuple[Asset, ...]
    bands: tuple[BandSource, ...]
    grid: GeoBox
    """The native pixel grid: shape in pixels, affine, CRS (None without georeferencing)."""
    georeference: Georeference
    units: str = "reflectance"
    """"reflectance" (surface, 0..1), "toa" (top of atmosphere, 0..1) or "dn" (display or raw numbers, scaled
    by the data type's range to 0..1)."""
    mask: MaskSource | None = None
    nodata: float | None = None
    """Raw value that means "not observed" in the data bands; None where the file states none."""
    gsd_m: float | None = None
    """Ground sampling distance in metres, from the grid where that is georeferenced (never from a metadata
    field alone); None where unknown."""
    sun_azimuth: float | None = None
    """Degrees clockwise from north."""
    sun_elevation: float | None = None
    """Degrees above the horizon."""
    view_angle: float | None = None
    """Off-nadir angle of the view, degrees."""
    view_azimuth: float | None = None
    """Azimuth of the sensor seen from the ground, degrees clockwise from north."""
    licence: Licence = field(default_factory=Licence)
    notes: tuple[str, ...] = ()
    """What the reader had to assume, in plain words; shown to the user."""
    stated_sizes: tuple[StatedSize, ...] = ()
    """What is said about the size of its pixels, beside what `grid` makes it on the ground."""
    scale_sigma: float = 0.0
    """Relative standard error of the pixel size, where control points, a known object or the user give it; 0 for the
    file's own georeference, whose error of scale is far below what is measured."""

    def __post_init__(self) -> None:
        if self.acquired.tzinfo is not UTC:
            raise DataError(f"scene {self.id}: acquired is {self.acquired!r}; expected a time in UTC")
        if not self.bands:
            raise DataError(f"scene {self.id} has no band; expected at least one")
        names = [b.name for b in self.bands]
        if len(set(names)) != len(names):
            raise DataError(f"scene {self.id}: band names {names} repeat; expected each once")
        for source in (*self.bands, *((self.mask,) if self.mask else ())):
            if not 0 <= source.asset < len(self.assets):
                raise DataError(f"scene {self.id}: {source} names asset {source.asset} of {len(self.assets)}")

    @property
    def band_names(self) -> tuple[str, ...]:
        return tuple(b.name for b in self.bands)

    @property
    def simulated(self) -> bool:
        """True where a program made the pixels: by their credit, or by a note where the user gave another."""
        return any(SIMULATED_CREDIT in text for text in (self.licence.credit_line or "", *self.notes))

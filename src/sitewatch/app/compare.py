"""Two images: what changed between them, as outlines, a map and a small report."""

import os
import shlex
import tempfile
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod
from shapely import Polygon

from sitewatch.app._compare_images import Look, Pair, bring_together, open_look, shared, to_lonlat
from sitewatch.app._compare_report import Comparison, write_figure, write_report
from sitewatch.change.pair import METHOD, PairChange, PairObject, compare_pair
from sitewatch.errors import UsageError, asking_for_room
from sitewatch.formats.changes_geojson import Between, Change, dump_changes
from sitewatch.imagery.pixel_size import Scale, scale_of
from sitewatch.measure.scale import widened
from sitewatch.raster import geotiff
from sitewatch.types import Georeference
from sitewatch.types.known_edge import KnownEdge
from sitewatch.types.progress import NoProgress, Progress

STEPS = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user wants compared."""

    before: Path
    after: Path
    out: Path
    gsd: float | None = None
    """Pixel size in metres of images without georeferencing (of BEFORE where they differ)."""
    date_before: str | None = None
    date_after: str | None = None
    aligned: bool = False
    """The two lie on each other pixel by pixel; for images without georeferencing."""
    gsd_sigma: float | None = None
    """Standard error of `gsd`, metres."""
    known: tuple[KnownEdge, ...] = ()
    """Edges of known length in BEFORE, instead of `gsd`."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What came out."""

    changes: tuple[Change, ...]
    """Strongest first."""
    when: tuple[str, str]
    """The two dates in words."""
    how: str
    """How the two were laid on each other."""
    notes: tuple[str, ...]
    files: tuple[Path, ...]


def compare(asked: Asked, *, progress: Progress | None = None) -> Compared:
    """Compare two images and write `changes.geojson`, `change.tif`, `report.html`, `before_after.png`.

    Raises:
        UsageError: a path does not exist, both are the same image, the dates are the wrong way round.
        SceneError: an image cannot be used, or the two do not show one place.
    """
    bar = progress or NoProgress()
    bar.start("compare", STEPS)
    scale = scale_of(asked.gsd, asked.gsd_sigma, asked.known)
    gsd = None if scale is None else scale.pixel_m
    before = open_look(asked.before, when=asked.date_before, gsd=gsd)
    after = open_look(asked.after, when=asked.date_after, gsd=gsd)
    _check(before, after)
    bar.advance()
    pair = bring_together(before, after, aligned=asked.aligned)
    bar.advance()
    change = compare_pair(*shared(pair), pair.ok, pixel_m=pair.pixel_m)
    bar.advance()
    grounded = next((k.scene for k in (before, after) if k.scene.grid.crs is not None), None)
    sigma = grounded.scale_sigma if grounded is not None else scale.sigma if scale is not None else 0.0
    changes = tuple(_change(i, o, pair, sigma) for i, o in enumerate(change.objects, start=1))
    notes = _notes(before, after, pair, None if grounded is not None else scale)
    files = tuple(asked.out / n for n in ("changes.geojson", "change.tif", "report.html", "before_after.png"))
    between = _between(before, after, pair, change, notes)
    now = datetime.now(UTC).replace(microsecond=0)
    told = Comparison(before, after, pair, change, changes, notes)
    with asking_for_room(asked.out):
        asked.out.mkdir(parents=True, exist_ok=True)
        _replace(files[0], dump_changes(changes, between).encode())
        write_map(change.score, pair, files[1])
        bar.advance()
        write_figure(told, files[3], on=now.date())
        write_report(told, files[3], files[2], now=now, command=_command(asked))
    bar.done()
    return Compared(changes, (before.when, after.when), pair.how, notes, files)


def write_map(score: npt.NDArray[np.float32], pair: Pair, path: Path) -> None:
    """The score map (y, x) as a GeoTIFF on the common grid; NaN where nothing could be compared."""
    from rasterio.errors import NotGeoreferencedWarning  # noqa: PLC0415

    profile = {"dtype": "float32", "count": 1, "nodata": float("nan")}
    layout = {"compress": "deflate", "predictor": 3, "tiled": True, "blockxsize": 256, "blockysize": 256}
    place = {"crs": pair.grid.crs.to_wkt(), "transform": pair.grid.affine} if pair.grid.crs else {}
    rows, cols = score.shape
    with warnings.catch_warnings():
        # Where the images have no georeferencing the map has none either, as it should be.
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with geotiff(path, width=cols, height=rows, **profile, **layout, **place) as file:
            file.write(score, 1)
            file.set_band_description(1, "change score")
            file.update_tags(
                sitewatch_method=METHOD,
                sitewatch_meaning="multiples of the reporting threshold: 1 and more is reported",
            )


def _check(before: Look, after: Look) -> None:
    sums = [{a.sha256 for a in look.scene.assets if a.role == "data"} for look in (before, after)]
    if sums[0] == sums[1]:
        raise UsageError(f"{before.path} and {after.path} are the same image; expected two different ones")
    first, last = before.days, after.days
    if first is not None and last is not None and first[0] > last[1]:
        raise UsageError(
            f"BEFORE is of {before.when} and AFTER of {after.when}: swap them, or correct the dates with "
            "--date-before and --date-after"
        )


def _change(number: int, found: PairObject, pair: Pair, scale_sigma: float) -> Change:
    """The outline on the ground with its area; low and high with the border moved in and out by its error, and
    with the error of the pixel size."""
    margin = float(np.hypot(found.edge_px, pair.sigma_px or 0.0))
    sides = [found.outline.buffer(by, join_style="mitre") for by in (-margin, margin)]
    area, low, high = (_area(shape, pair) for shape in (found.outline, *sides))
    if area is not None and low is not None and high is not None:
        low, high = widened(area, low, high, 2 * scale_sigma)
    outline = to_lonlat(found.outline, pair.grid) if pair.grid.crs else found.outline
    assert isinstance(outline, Polygon)
    return Change(f"c{number:04d}", found.kind, outline, found.score, area, low, high)


def _area(shape: shapely.Geometry, pair: Pair) -> float | None:
    """Square metres: on the WGS84 ellipsoid where georeferenced, by the pixel size otherwise."""
    if shape.is_empty:
        return None if pair.pixel_m is None else 0.0
    if pair.grid.crs is not None:
        return abs(float(Geod(ellps="WGS84").geometry_area_perimeter(to_lonlat(shape, pair.grid))[0]))
    return None if pair.pixel_m is None else float(shape.area) * pair.pixel_m**2


def _between(before: Look, after: Look, pair: Pair, change: PairChange, notes: tuple[str, ...]) -> Between:
    first, last = before.days, after.days
    looks = [
        {
            "file": look.path.name,
            "sha256": look.scene.assets[0].sha256,
            "date": look.when if look.dated else None,
            "date_source": look.scene.date_source.value if look.dated else None,
            "sensor": look.scene.sensor,
            "gsd_m": look.scene.gsd_m,
        }
        for look in (before, after)
    ]
    return Between(
        gap=(first[0] if first else None, last[1] if last else None),
        detector=METHOD,
        scenes=(_name(before), _name(after)),
        georeferenced=pair.grid.crs is not None,
        details={
            "before": looks[0],
            "after": looks[1],
            "alignment": pair.how,
            "alignment_sigma_px": None if pair.sigma_px is None else round(pair.sigma_px, 3),
            "pixel_m": pair.pixel_m,
            "compared_share": round(float(pair.ok.mean()), 4),
            "kinds_told_apart": change.structural,
            "notes": list(notes),
        },
    )


def _name(look: Look) -> str:
    """The scene's id; without the stand-in date where it is undated."""
    return look.scene.id if look.dated else f"undated_{look.scene.id.split('_', 1)[1]}"


def _notes(before: Look, after: Look, pair: Pair, scale: Scale | None) -> tuple[str, ...]:
    told_once = ("not georeferenced", "pixel size ")
    said = [
        f"{name}: {note}"
        for name, look in (("BEFORE", before), ("AFTER", after))
        for note in look.scene.notes
        if not (note.startswith(told_once) and pair.grid.crs is None)
    ]
    if scale is not None:
        said += [f"scale: {scale.how}", *scale.notes]
    if pair.grid.crs is None and before.scene.georeference is Georeference.NONE:
        said.append(
            "not georeferenced: outlines are in pixels of BEFORE and areas are unknown; --gsd gives areas"
        )
    return (*said, *pair.notes)


def _command(asked: Asked) -> str:
    parts = ["sitewatch", "compare", str(asked.before), str(asked.after), "-o", str(asked.out)]
    for option, value in (
        ("--gsd", asked.gsd),
        ("--gsd-sigma", asked.gsd_sigma),
        ("--date-before", asked.date_before),
        ("--date-after", asked.date_after),
    ):
        if value is not None:
            parts += [option, f"{value:g}" if isinstance(value, float) else value]
    for e in asked.known:
        parts += ["--known", *(f"{v:g}" for v in (*e.start, *e.end, e.length_m, e.sigma_m))]
    return shlex.join(parts + (["--aligned"] if asked.aligned else []))


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(path)

"""Bring local images into a case, list them, take them out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import shapely
import shapely.affinity
from pyproj import Transformer

from sitewatch.app._pixels import Pixels
from sitewatch.case import Case
from sitewatch.case.scenes import copied
from sitewatch.errors import DataError, SceneError, UsageError
from sitewatch.imagery.open import open_path
from sitewatch.imagery.pixel_size import PixelSize
from sitewatch.types import Georeference, Licence, Scene, Site
from sitewatch.types.progress import NoProgress, Progress

# Enough points along each edge that a footprint keeps its shape in longitude and latitude.
EDGE_POINTS = 16


@dataclass(frozen=True, slots=True)
class Reading:
    """How the files are to be read where they do not say it themselves; None leaves it to the file."""

    date: str | None = None
    """ISO 8601, down to the precision that is known: "2016", "2016-10", "2016-10-14"."""
    gsd: float | None = None
    """Pixel size in metres."""
    gcps: Path | None = None
    """File of ground control points."""
    sensor: str | None = None
    licence: Licence | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the files that were offered."""

    site: str
    new: tuple[str, ...]
    """Ids of scenes that were added, by date."""
    known: tuple[str, ...]
    """Ids of scenes that were there before; they were left as they are."""
    refused: dict[str, str]
    """File → why it cannot be used, for files beside others that can."""
    failed: dict[str, str]
    """Path that gave no scene at all → why, in one line."""
    notes: dict[str, tuple[str, ...]]
    """Scene id → what the reader had to assume."""


def add_scenes(
    case: Case,
    paths: Sequence[Path],
    *,
    site: str | None = None,
    reading: Reading | None = None,
    copy: bool = False,
    progress: Progress | None = None,
) -> Added:
    """Read the images at `paths` (files, folders, deliveries, series) and add those that show the site.

    Scenes that are there already stay as they are; where their files had gone, the new place is noted. Files
    that cannot be used are left out and told with the reason, and the case remembers them where others of the
    same path were used.

    Raises:
        UsageError: no site, or several and none named.
        CaseError: the case cannot be written.
    """
    reading = reading or Reading()
    place = case.site(site)
    found: dict[str, Scene] = {}
    refused: dict[str, str] = {}
    failed: dict[str, str] = {}
    present = {_pixels(s): s for s in case.scenes(place.name)}
    for path in paths:
        scenes, reasons = _foreign(case, *_read(path, reading, progress or NoProgress()))
        usable: list[Scene] = []
        for scene in scenes:
            reason = why_not(scene, place) or _why_again(scene, present)
            if reason:
                reasons[_label(scene, reasons)] = reason
            else:
                present.setdefault(_pixels(scene), scene)
                usable.append(scene)
        found |= {s.id: s for s in usable}
        if usable:
            refused |= reasons
        else:
            failed[str(path)] = _in_short(path, reasons)

    known = {s.id: s for s in case.scenes(place.name)}
    new = sorted((s for s in found.values() if s.id not in known), key=lambda s: (s.acquired, s.id))
    moved = [found[i] for i, s in known.items() if i in found and _gone(s)]
    with case.writing():
        if copy:
            new = [copied(s, case.path) for s in new]
        if new or moved or not refused.items() <= case.refusals(place.name).items():
            _keep(case, place.name, new, moved, refused)
    return Added(
        site=place.name,
        new=tuple(s.id for s in new),
        known=tuple(sorted(known.keys() & found.keys())),
        refused=refused,
        failed=failed,
        notes={s.id: s.notes for s in new if s.notes},
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """The pixels of one scene at the site."""

    scene: Scene
    size: PixelSize
    wrong: tuple[str, ...]
    """A line for each size that is stated and not true."""


def check_scenes(case: Case, *, site: str | None = None) -> tuple[Checked, ...]:
    """How large the pixels of a site's scenes are there, and what is said about them that is not true.

    Raises:
        UsageError: no such site.
    """
    place = case.site(site)
    scenes = case.scenes(place.name)
    pixels = Pixels.of(scenes, place)
    return tuple(Checked(s, pixels.sizes[s.id], pixels.wrong[s.id]) for s in scenes)


def remove_scenes(case: Case, ids: Iterable[str], *, site: str | None = None) -> tuple[str, ...]:
    """Take scenes out of a case; the files stay where they are. Returns their ids.

    Raises:
        UsageError: an id that the site does not have; nothing is taken out then.
    """
    place = case.site(site)
    wanted = tuple(dict.fromkeys(ids))
    unknown = set(wanted) - {s.id for s in case.scenes(place.name)}
    if unknown:
        raise UsageError(
            f"site {place.name!r} has no scene {sorted(unknown)[0]}; `sitewatch scenes list` names them"
        )
    with case.transaction():
        case.remove_scenes(place.name, wanted)
        case.log("scenes remove", site=place.name, scenes=list(wanted))
    return wanted


def why_not(scene: Scene, site: Site) -> str | None:
    """Why the scene cannot serve for the site, or None where it can."""
    if scene.grid.crs is None:
        what = (
            "has a pixel size but no position"
            if scene.georeference is Georeference.GSD
            else "has no position"
        )
        return (
            f"{what} on the ground; give control points with --gcps FILE, measure in it alone with `sitewatch measure "
            "IMAGE --outline FILE`, or compare two such images with `sitewatch compare BEFORE AFTER`"
        )
    outline = footprint(scene)
    if not outline.intersects(site.aoi):
        w, s, e, n = outline.bounds
        aw, as_, ae, an = site.aoi.bounds
        return (
            f"shows another place: it covers {w:.4f} {s:.4f} {e:.4f} {n:.4f}, the site {site.name!r} lies at "
            f"{aw:.4f} {as_:.4f} {ae:.4f} {an:.4f} (west south east north)"
        )
    return None


def footprint(scene: Scene) -> shapely.Polygon:
    """Outline of a georeferenced scene in WGS84 longitude and latitude.

    Raises:
        DataError: the scene has no position.
    """
    grid = scene.grid
    if grid.crs is None:
        raise DataError(f"scene {scene.id} has no position on the ground; expected a georeferenced one")
    rows, cols = grid.shape
    edge = shapely.segmentize(shapely.box(0, 0, 1, 1), 1 / EDGE_POINTS)
    a, b, c, d, e, f = tuple(grid.affine)[:6]
    on_ground = shapely.affinity.affine_transform(edge, [a * cols, b * rows, d * cols, e * rows, c, f])
    to_degrees = Transformer.from_crs(grid.crs.to_wkt(), "EPSG:4326", always_xy=True)
    outline: shapely.Polygon = shapely.transform(on_ground, to_degrees.transform, interleaved=False)
    return outline


def _read(path: Path, reading: Reading, progress: Progress) -> tuple[list[Scene], dict[str, str]]:
    def tell(done: int, total: int) -> None:
        if done == 1:
            progress.start(f"reading {path.name}", total)
        progress.advance()

    try:
        opened = open_path(
            path,
            date=reading.date,
            gsd=reading.gsd,
            gcps=reading.gcps,
            sensor=reading.sensor,
            licence=reading.licence,
            progress=tell,
        )
    except SceneError as error:
        return [], {str(path): str(error)}
    finally:
        progress.done()
    reasons: dict[str, str] = {}
    for place, reason in opened.refused:
        reasons[place] = f"{reasons[place]}; {reason}" if place in reasons else reason
    return list(opened.scenes), reasons


def _keep(case: Case, site: str, new: list[Scene], moved: list[Scene], refused: dict[str, str]) -> None:
    with case.transaction():
        case.add_scenes(site, new)
        for scene in moved:
            case.relocate_scene(site, scene)
        case.set_refusals(site, refused, [a.path for s in new for a in s.assets])
        ids = {"scenes": [s.id for s in new], "moved": [s.id for s in moved]}
        case.log("scenes add", site=site, refused=refused, **ids)


def _foreign(case: Case, scenes: list[Scene], reasons: dict[str, str]) -> tuple[list[Scene], dict[str, str]]:
    """Without the case's own figures, cached grids and copies: they are no new looks at the site.

    A case made among the images is met when their folder is added.
    """
    own = (case.out, case.cache, case.copies)

    def outside(place: str) -> bool:
        path = Path(place).resolve()
        return not any(path.is_relative_to(folder) for folder in own)

    return (
        [s for s in scenes if outside(s.assets[0].path)],
        {place: reason for place, reason in reasons.items() if outside(place)},
    )


def _why_again(scene: Scene, present: dict[object, Scene]) -> str | None:
    """Why pixels that are there under another date or sensor are not added a second time."""
    other = present.get(_pixels(scene))
    if other is None or other.id == scene.id:
        return None
    return (
        f"the same pixels are there already as scene {other.id}; if that one is wrong, take it out first: "
        f"`sitewatch scenes remove CASE {other.id}`"
    )


def _gone(scene: Scene) -> bool:
    """True where files of the scene are no longer where they were."""
    return not all(Path(a.path).is_file() for a in scene.assets)


def _pixels(scene: Scene) -> object:
    """What makes two scenes the same picture, whatever their dates are said to be."""
    return tuple(sorted((scene.assets[b.asset].sha256, b.layer, b.variable or "") for b in scene.bands))


def _in_short(path: Path, reasons: dict[str, str]) -> str:
    """One line for a path that gave nothing: the first reason, and how many more there are."""
    if not reasons:
        return f"{path}: nothing in it but the case's own files; expected images from elsewhere"
    place, reason = next(iter(reasons.items()))
    where = "" if place == str(path) or reason.startswith(place) else f"{place}: "
    more = f" (and {len(reasons) - 1} more that cannot be used)" if len(reasons) > 1 else ""
    return f"{where}{reason}{more}"


def _label(scene: Scene, taken: dict[str, str]) -> str:
    """The scene's first file, or its id where that file has several scenes."""
    path = scene.assets[scene.bands[0].asset].path
    return path if path not in taken else f"{path} ({scene.id})"

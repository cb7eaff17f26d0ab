"""Scenes of a site → registered scenes on one grid → the cube, as tasks whose files are found again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from affine import Affine
from odc.geo.geobox import GeoBox

from sitewatch import engine
from sitewatch.case import Case, codec
from sitewatch.errors import DataError, SceneError
from sitewatch.imagery.build import build_cube
from sitewatch.imagery.cached import band_names, read_pixels, write_pixels
from sitewatch.imagery.clear import doubted
from sitewatch.imagery.read import Pixels
from sitewatch.imagery.registration import register_stack
from sitewatch.imagery.warp import resample, site_grid
from sitewatch.types import Registration, RegistrationStatus, Scene, Site
from sitewatch.types.progress import Progress

if TYPE_CHECKING:
    import xarray as xr

VERSION = "6"
"""Of resampling and registration: raise it when their results change."""
HELD_BYTES = 400_000_000
"""Size of the bands of a stack up to which registration keeps it in memory."""
SHIFT_DIGITS = 3
"""Decimals of a shift, pixels: far below the error of any."""


@dataclass(frozen=True, slots=True)
class Aligned:
    """The scenes of a site, ready to be compared."""

    grid: GeoBox
    scenes: tuple[Scene, ...]
    """Those that take part, by time."""
    files: tuple[Path, ...]
    """Their pixels on `grid`, registered (`imagery.cached`)."""
    keys: tuple[str, ...]
    """Content keys of `files`."""
    registrations: tuple[Registration, ...]
    """Of all scenes that could be read."""
    set_aside: tuple[tuple[str, str], ...]
    """(scene id, reason) for each scene that takes no part."""

    def cube(self) -> "xr.Dataset":
        """The cube of these scenes."""
        return build_cube(self.scenes, [read_pixels(f) for f in self.files], self.grid)


def align(case: Case, site: Site, *, workers: int = 1, progress: Progress | None = None) -> Aligned:
    """Bring all scenes of `site` onto one grid and register them.

    Raises:
        DataError: the site has no scene, or none could be used.
    """
    scenes = case.scenes(site.name)
    if not scenes:
        raise DataError(
            f"site {site.name!r} has no scene yet; add some with `sitewatch scenes add {case.path} PATH...`"
        )
    grid = site_grid(scenes, site.aoi)
    resampling = {s.id: _Resampling.of(s, grid) for s in scenes}
    registrations, refused = _registrations(case, scenes, resampling, workers, progress)
    aside = list(refused.items())
    aside += [(r.scene_id, r.reason) for r in registrations if r.status is RegistrationStatus.FAILED]
    shift = {r.scene_id: (r.dx, r.dy) for r in registrations if r.status is not RegistrationStatus.FAILED}
    good = [s for s in scenes if s.id in shift]
    if not good:
        reason = registrations[0].reason
        raise DataError(f"none of the {len(registrations)} scenes could be registered; the first: {reason}")
    final = {s.id: resampling[s.id].task(shift[s.id]) for s in good}
    files = engine.run(final.values(), cache=case.cache, workers=workers, progress=progress, label="aligning")
    return Aligned(
        grid,
        tuple(good),
        tuple(files[final[s.id].key] for s in good),
        tuple(final[s.id].key for s in good),
        tuple(registrations),
        tuple(aside),
    )


def _registrations(
    case: Case,
    scenes: Sequence[Scene],
    resampling: Mapping[str, "_Resampling"],
    workers: int,
    progress: Progress | None,
) -> tuple[list[Registration], dict[str, str]]:
    """Of all scenes that can be read, and why the others cannot, by id.

    What registration looks at is held in memory where it has room there, else it lies in files, since each image is
    looked at several times.

    Raises:
        DataError: none can be read.
    """
    refused: dict[str, str] = {}
    files: dict[str, Path] = {}
    plain = {i: r.task((0.0, 0.0)) for i, r in resampling.items()}
    rows, cols = next(iter(resampling.values())).grid["shape"]
    held = sum(len(s.bands) for s in scenes) * rows * cols * 4 <= HELD_BYTES
    if not held:
        tasks, why = plain.values(), dict[str, str]()
        files = engine.run(
            tasks, cache=case.cache, workers=workers, progress=progress, label="reading", failures=why
        )
        refused = {i: why[t.key] for i, t in plain.items() if t.key in why}
    while read := [s.id for s in scenes if s.id not in refused]:
        keys = engine.key_of([plain[i].key for i in read])
        task = engine.Task(
            function=_register_held if held else _register,
            version=VERSION,
            params={"grid": resampling[read[0]].grid} if held else {"ids": read},
            places={"stack": [resampling[i].scene if held else str(files[plain[i].key]) for i in read]},
            hashes={"stack": keys},
            suffix=".json",
        )
        try:
            found = engine.run([task], cache=case.cache, progress=progress, label="registering")
        except _Refused as error:
            refused |= error.reasons
            continue
        texts = json.loads(found[task.key].read_text(encoding="utf-8"))
        return [codec.loads(Registration, t) for t in texts], refused
    first = next(iter(refused.values()))
    raise DataError(f"none of the {len(scenes)} scenes could be read; the first: {first}")


class _Refused(SceneError):
    """Scenes of a stack cannot be read."""

    def __init__(self, reasons: dict[str, str]) -> None:
        super().__init__("; ".join(reasons.values()))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class _Resampling:
    """A scene that is to be brought onto the grid of a site."""

    scene: str
    content: str
    """Hash of its pixels and how they are read."""
    grid: dict[str, Any]

    @classmethod
    def of(cls, scene: Scene, grid: GeoBox) -> "_Resampling":
        content = [[a.sha256 for a in scene.assets], codec.encode(scene.bands), codec.encode(scene.mask)]
        return cls(codec.dumps(scene), engine.key_of(scene.id, content), grid_params(grid))

    def task(self, shift: tuple[float, float]) -> engine.Task:
        """To resample it, moved back by `shift`."""
        return engine.Task(
            function=_resample,
            version=VERSION,
            params={"grid": self.grid, "shift": list(shift)},
            places={"scene": self.scene},
            hashes={"scene": self.content},
            suffix=".tif",
        )


def grid_params(grid: GeoBox) -> dict[str, Any]:
    """A grid as plain values, for a task."""
    return {
        "shape": list(grid.shape),
        "transform": list(grid.affine)[:6],
        "crs": grid.crs.to_wkt() if grid.crs is not None else None,
    }


def plain_grid(params: dict[str, Any]) -> GeoBox:
    """The grid that `grid_params` told."""
    rows, cols = params["shape"]
    return GeoBox((rows, cols), Affine(*params["transform"]), params["crs"])


def _resample(out: Path, scene: str, grid: dict[str, Any], shift: list[float]) -> None:
    box = plain_grid(grid)
    write_pixels(out, resample(codec.loads(Scene, scene), box, shift=(shift[0], shift[1])), box)


class _Stack:
    """Images of a stack in files; the last that was read is kept, since its mask is asked for next."""

    def __init__(self, files: Sequence[str], bands: Sequence[str]) -> None:
        self.files, self.bands = files, bands
        self.last: tuple[object, tuple[npt.NDArray[Any], npt.NDArray[Any]]] | None = None

    def seen(self, k: int, rows: tuple[int, int] | None = None) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Image and mask `k`, or some rows of them."""
        if self.last is None or self.last[0] != (k, rows):
            self.last = None  # before the next is read: an image may fill much of the memory
            window = None if rows is None else (slice(*rows), slice(None))
            self.last = (k, rows), _seen(read_pixels(Path(self.files[k]), window), self.bands)
        return self.last[1]


class _Lazy(Sequence[npt.NDArray[Any]]):
    """The images (0) or the masks (1) of a stack, each read when it is asked for."""

    def __init__(self, stack: _Stack, which: int) -> None:
        self.stack, self.which = stack, which

    def __len__(self) -> int:
        return len(self.stack.files)

    def __getitem__(self, k):  # type: ignore[no-untyped-def]
        return self.stack.seen(k)[self.which]

    def rows(self, k: int, first: int, end: int) -> npt.NDArray[Any]:
        """Some rows of one."""
        return self.stack.seen(k, (first, end))[self.which]


def _seen(pixels: Pixels, bands: Sequence[str]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Image (band, y, x) of finite values, and where it shows the ground (y, x)."""
    image = np.stack([pixels.bands[b] for b in bands])
    np.nan_to_num(image, copy=False)
    return image, ~doubted(pixels.mask_class, pixels.observed)


def _register(out: Path, stack: list[str], ids: list[str]) -> None:
    """Register what lies resampled in files."""
    bands = _shared([band_names(Path(f)) for f in stack])
    files = _Stack(stack, bands)
    _write(out, register_stack(_Lazy(files, 0), _Lazy(files, 1), ids))


def _register_held(out: Path, stack: list[str], grid: dict[str, Any]) -> None:
    """Register scenes that have room in memory."""
    box, refused, pixels = plain_grid(grid), dict[str, str](), dict[str, Pixels]()
    for text in stack:
        scene = codec.loads(Scene, text)
        try:
            pixels[scene.id] = resample(scene, box)
        except SceneError as error:
            refused[scene.id] = str(error)
    if refused:
        raise _Refused(refused)
    ids, bands = list(pixels), _shared([list(p.bands) for p in pixels.values()])
    images, usable = zip(*(_seen(pixels.pop(i), bands) for i in ids), strict=True)
    _write(out, register_stack(images, usable, ids))


def _shared(names: Sequence[Sequence[str]]) -> list[str]:
    shared = [b for b in names[0] if all(b in n for n in names)]
    if not shared:
        raise DataError("the scenes share no band; expected at least one, for instance red")
    return shared


def _write(out: Path, found: Sequence[Registration]) -> None:
    out.write_text(json.dumps([codec.dumps(_rounded(r)) for r in found]), encoding="utf-8")


def _rounded(r: Registration) -> Registration:
    """To `SHIFT_DIGITS`: sums in vector units differ in their last bits from run to run, pixels must not."""
    return replace(
        r, dx=round(r.dx, SHIFT_DIGITS), dy=round(r.dy, SHIFT_DIGITS), sigma=round(r.sigma, SHIFT_DIGITS)
    )

"""Registration of really different looks of one place, without truth: what can be known of its error all the same.

    python benchmarks/registration_real.py [--seed 20000] [--only NAME ...] [--series FILE] [--arosics PYTHON]
        [--data DIR] [--json FILE] [--plot FILE]

Three judges, none of which needs to know where the looks lie:

- **inserted**: B is registered to A as delivered, then B moved by a known shift (0.1 to 7 pixels on each axis, either
  sign, by a Fourier shift of all of it). The second answer less the first one, less what was inserted, is an error.
  Both answers share the noise and the changes of the pair, so an error that is the same in both does not show.
- **loop**: A to B, B to C and C to A, each registered by itself, must add to nothing; of a pair, A to B and B to A
  ("back"). The length of the sum over the root of the number of links is the error of one, if they are independent.
- **halves**, **chequers**: left half against right half; white against black tiles of a chequerboard laid on A.
  Half of the difference is the error of the whole, if its halves are independent. Halves also see the places' own
  shifts (terrain, seams of the orthophoto), which are no errors of registration; between chequers those nearly cancel.

All are lengths of vectors in pixels. In a stack (`register_stack`, as `align` does it) every scene is moved
by a shift of its own and its answer compared with that of the stack as delivered, or left half with right half.
Peers see one band, this package all of them, and, on a line of its own, the same one band.

Data: two dates of Sentinel-2 in blocks, ten of NAIP, one pair of Landsat, in the folder of development data; the
Sentinel-2 series of the demo (Romania), fetched from the package registry unless `--series` names the file.
Masks as `align` uses them. Seeds 10000-10999 are for development; report figures from others only.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import common
import numpy as np
import numpy.typing as npt
import rasterio
import registration as known
import scipy.fft
import shapely

from sitewatch.app.demo import series_file
from sitewatch.app.scenes import footprint
from sitewatch.imagery.clear import doubted
from sitewatch.imagery.open import open_path
from sitewatch.imagery.registration import register_stack
from sitewatch.imagery.warp import resample, site_grid
from sitewatch.types import RegistrationStatus

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Vector = npt.NDArray[np.float64]
BORDER = 8
"""Pixels taken off on all sides where shifts are inserted: what moves in there is real, too."""
BLOCK = 500
SITE = 300
SERIES_DRAWS = 60
SEASON = 40
"""Days of the year within which two looks are of one season."""
LOST = np.full(3, np.nan)


@dataclass(frozen=True)
class Look:
    """One date of a place."""

    name: str
    values: Array
    """(band, y, x), finite."""
    ok: Mask
    day: int = 0
    """Day of the year."""

    def cut(self, rows: slice, cols: slice, name: str) -> "Look":
        """A part of it."""
        return Look(f"{self.name} {name}", self.values[:, rows, cols], self.ok[rows, cols], self.day)


@dataclass(frozen=True)
class Data:
    """Looks to compare."""

    name: str
    pairs: list[tuple[Look, Look]]
    triples: list[tuple[Look, Look, Look]]
    shifts: int
    """Inserted for each pair."""
    band: int
    """What the peers see."""
    counts: float
    """Factor that makes whole numbers of the values."""
    stack: list[Look] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=20000)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="sets whose names contain one of these")
    parser.add_argument("--methods", nargs="+", metavar="NAME", help="only these methods")
    parser.add_argument("--series", type=Path, help="the demo's netCDF series, if it is at hand")
    parser.add_argument("--arosics", metavar="PYTHON", help="an interpreter that has AROSICS")
    parser.add_argument("--plot", type=Path, help="distributions of the error, as PNG")
    parser.add_argument("--json", type=Path)
    default = os.environ.get("SITEWATCH_DATA", str(Path(__file__).parents[2] / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=Path(default))
    args = parser.parse_args()
    arosics = args.arosics or (sys.executable if common.peer("arosics") else None)
    for name, there in (("scikit-image", common.peer("skimage")), ("AROSICS", arosics)):
        if not there:
            print(f"not installed, so left out: {name} (see benchmarks/README.md)")
    rows: list[common.Row] = []
    errors: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        other = known.Arosics(arosics, Path(folder)) if arosics else None
        for data in sets(args.data, args.series, Path(folder), args.seed, args.only or [""]):
            wanted = {
                name: method
                for name, method in methods(data, other).items()
                if name in (args.methods or [name])
            }
            judge(data, wanted, args.seed, rows, errors)
            if data.stack:
                judge_stack(data, args.seed, rows, errors)
        if other:
            other.close()
    print(f"pixels; seeds from {args.seed}")
    print(common.table(rows))
    if args.json:
        kept = {k: [None if np.isnan(e) else round(e, 5) for e in v] for k, v in errors.items()}
        args.json.write_text(json.dumps({"rows": rows, "errors": kept}, indent=1))
    if args.plot:
        plot(args.plot, errors)


# Data


def sets(folder: Path, series: Path | None, scratch: Path, seed: int, only: Sequence[str]) -> list[Data]:
    """The sets whose names contain one of `only`."""
    made: dict[str, Callable[[], list[Data]]] = {
        "Sentinel-2 blocks": lambda: [_sentinel(folder)],
        "NAIP": lambda: [_naip(folder)],
        "Landsat": lambda: [_landsat(folder)],
        "Romania": lambda: _romania(series_file(scratch, series), seed),
    }
    return [d for name, make in made.items() if any(o in name for o in only) for d in make()]


def looks(path: Path) -> list[Look]:
    """The scenes of a folder or file on one grid, over what all cover, as `align` prepares them."""
    scenes = sorted(open_path(path).scenes, key=lambda s: s.acquired)
    common_area = shapely.intersection_all([footprint(s) for s in scenes])
    grid = site_grid(scenes, common_area)
    result = []
    for scene in scenes:
        pixels = resample(scene, grid)
        values = np.nan_to_num(np.stack(list(pixels.bands.values())))
        ok = ~doubted(pixels.mask_class, pixels.observed)
        result.append(Look(scene.id, values, ok, scene.acquired.timetuple().tm_yday))
    return result


def _sentinel(folder: Path) -> Data:
    # The files name no value for "not covered", which is 0.
    before, after = (
        Look(x.name, x.values, x.ok & (x.values[0] > 0), x.day) for x in looks(folder / "sentinel2_scene")
    )
    pairs = []
    rows, cols = before.ok.shape
    for top in range(0, rows - BLOCK + 1, BLOCK):
        for left in range(0, cols - BLOCK + 1, BLOCK):
            part = slice(top, top + BLOCK), slice(left, left + BLOCK)
            a, b = (look.cut(*part, f"{top} {left}") for look in (before, after))
            if (a.ok & b.ok).mean() > 0.9:
                pairs.append((a, b))
    return Data(f"Sentinel-2, 10 days, {BLOCK} px", pairs, [], 12, 0, 1e4)


def _naip(folder: Path) -> Data:
    dates = [look.cut(*_middle(look, SITE), "") for look in looks(folder / "naip_nd_10dates")]
    pairs, triples = list(combinations(dates, 2)), list(combinations(dates, 3))
    return Data(f"NAIP, 11 years, {SITE} px", pairs, triples, 2, 0, 1, dates)


def _middle(look: Look, size: int) -> tuple[slice, slice]:
    top, left = ((n - size) // 2 for n in look.ok.shape)
    return slice(top, top + size), slice(left, left + size)


def _landsat(folder: Path) -> Data:
    pair = []
    for year in (2000, 2003):
        with rasterio.open(folder / "landsat_taizhou" / "Taizhou" / f"{year}TM") as source:
            values = source.read().astype(np.float32)
        pair.append(Look(str(year), values, np.ones(values.shape[1:], np.bool_)))
    parts = [(slice(r, r + 200), slice(c, c + 200)) for r in (0, 200) for c in (0, 200)]
    pairs = [(pair[0].cut(*p, str(k)), pair[1].cut(*p, str(k))) for k, p in enumerate(parts)]
    return Data("Landsat, 3 years, 400, 200 px", [(pair[0], pair[1]), *pairs], [], 16, 2, 1)


def _romania(file: Path, seed: int) -> list[Data]:
    """Pairs and triples drawn among the looks of which at least half is usable."""
    stack = looks(file)
    clear = [look for look in stack if look.ok.mean() >= 0.5]
    rng = np.random.default_rng(seed)

    def draw(count: int, *, near: bool) -> list[tuple[Look, ...]]:
        found: dict[tuple[int, ...], None] = {}
        while len(found) < SERIES_DRAWS:
            chosen = tuple(int(k) for k in rng.choice(len(clear), count, replace=False))
            days = [clear[k].day for k in chosen]
            apart = max(min(abs(p - q), 365 - abs(p - q)) for p, q in combinations(days, 2))
            if (apart <= SEASON) == near:
                found[chosen] = None
        return [tuple(clear[k] for k in chosen) for chosen in found]

    def data(name: str, *, near: bool, stack: list[Look]) -> Data:
        pairs, triples = draw(2, near=near), draw(3, near=near)
        return Data(name, pairs, triples, 2, 2, 1e4, stack)  # type: ignore[arg-type]

    return [
        data("Romania, one season", near=True, stack=[]),
        data("Romania, other seasons", near=False, stack=stack),
    ]


# Methods

Estimate = Callable[[Look, Look], Vector]


def methods(data: Data, arosics: known.Arosics | None) -> dict[str, Estimate]:
    """Shift of the second look against the first: dx, dy, stated standard error (NaN where not stated, or refused)."""

    def one_band(method: known.Method) -> Estimate:
        def estimate(a: Look, b: Look) -> Vector:
            try:
                return np.array(method(a.values[data.band], b.values[data.band], a.ok, b.ok))
            except IndexError:  # no tile fits
                return LOST

        return estimate

    def all_bands(a: Look, b: Look) -> Vector:
        return np.array(known.ours(a.values, b.values, a.ok, b.ok))

    result: dict[str, Estimate] = {"sitewatch": all_bands}
    for name, method in known.METHODS.items():
        if name == "sitewatch":
            if data.pairs[0][0].values.shape[0] > 1:
                result["sitewatch, one band"] = one_band(method)
        elif name != "scikit-image" or common.peer("skimage"):
            result[name] = one_band(method)
    if arosics:

        def window(a: Look, b: Look) -> Vector:
            images = (np.round(look.values[data.band] * data.counts) for look in (a, b))
            dx, dy, _ = arosics(known.Pair(*images, a.ok, b.ok, 0, 0))
            return np.array([dx, dy, np.nan])

        result["AROSICS, one window"] = window
    return result


# Judges


def judge(
    data: Data,
    estimates: dict[str, Estimate],
    seed: int,
    rows: list[common.Row],
    errors: dict[str, list[float]],
) -> None:
    """The rows of all methods on one set."""
    found: dict[str, list[Vector]] = {name: [] for name in estimates}
    for k, (a, b) in enumerate(data.pairs):
        rng = np.random.default_rng((seed, k))
        inner = (slice(BORDER, -BORDER), slice(BORDER, -BORDER), "inner")
        a_inner, b_inner = a.cut(*inner), b.cut(*inner)
        first = {name: estimate(a_inner, b_inner) for name, estimate in estimates.items()}
        for _ in range(data.shifts):
            shift = draw_shift(rng)
            b_moved = moved(b, shift).cut(*inner)
            for name, estimate in estimates.items():
                rest = (estimate(a_inner, b_moved) - first[name])[:2] - shift
                found[name].append(np.append(rest, np.nan))
    for name, estimate in estimates.items():
        _put(data.name, name, "inserted", found[name], 1, rows, errors)
        _judge_links(data, name, estimate, rows, errors)


def _judge_links(
    data: Data, name: str, estimate: Estimate, rows: list[common.Row], errors: dict[str, list[float]]
) -> None:
    kept: dict[tuple[str, str], Vector] = {}

    def link(a: Look, b: Look) -> Vector:
        if (a.name, b.name) not in kept:
            kept[a.name, b.name] = estimate(a, b)
        return kept[a.name, b.name]

    def loop(*members: Look) -> Vector:
        return _sum([link(a, b) for a, b in zip(members, (*members[1:], members[0]), strict=True)])

    def put(judge_name: str, found: Sequence[Vector], share: float) -> None:
        _put(data.name, name, judge_name, found, share, rows, errors)

    put("back", [loop(a, b) for a, b in data.pairs], 2**-0.5)
    if data.triples:
        put("loop", [loop(*t) for t in data.triples], 3**-0.5)
    left, right = ([estimate(half(a, s), half(b, s)) for a, b in data.pairs] for s in (0, 1))
    put("halves", [_less(x, y) for x, y in zip(left, right, strict=True)], 0.5)
    if name.startswith("sitewatch"):  # those that fill what is masked cannot be asked
        white, black = ([estimate(chequer(a, s), b) for a, b in data.pairs] for s in (0, 1))
        put("chequers", [_less(x, y) for x, y in zip(white, black, strict=True)], 0.5)


def judge_stack(data: Data, seed: int, rows: list[common.Row], errors: dict[str, list[float]]) -> None:
    """The rows of `register_stack` on all looks of a set."""
    rng = np.random.default_rng((seed, 7))
    inner = (slice(BORDER, -BORDER), slice(BORDER, -BORDER), "inner")
    plain = _stack([look.cut(*inner) for look in data.stack])
    found = []
    for _ in range(max(1, 20 // len(data.stack))):
        shifts = [draw_shift(rng) for _ in data.stack]
        after = _stack([moved(b, s).cut(*inner) for b, s in zip(data.stack, shifts, strict=True)])
        rest = after - plain
        rest[:, :2] -= shifts
        rest[:, :2] -= np.nanmedian(rest[:, :2], axis=0)  # the stack's own frame moves with the median scene
        rest[:, 2] = np.nan
        found += list(rest)
    _put(data.name, "sitewatch, stack", "inserted", found, 1, rows, errors)
    left, right = (_stack([half(look, s) for look in data.stack]) for s in (0, 1))
    rest = np.stack([_less(x, y) for x, y in zip(left, right, strict=True)])
    rest[:, :2] -= np.nanmedian(rest[:, :2], axis=0)
    _put(data.name, "sitewatch, stack", "halves", list(rest), 0.5, rows, errors)


def _stack(members: Sequence[Look]) -> Vector:
    found = register_stack([m.values for m in members], [m.ok for m in members], [m.name for m in members])
    return np.array([[r.dx, r.dy, r.sigma] if r.status is RegistrationStatus.OK else LOST for r in found])


def draw_shift(rng: np.random.Generator) -> Vector:
    """0.1 to 7 pixels on each axis, either sign."""
    shift: Vector = rng.uniform(0.1, 7, 2) * rng.choice([-1, 1], 2)
    return shift


def moved(look: Look, shift: Vector) -> Look:
    """The look with its content moved by (dx, dy), by its Fourier transform; the frame mirrored against wrapping."""
    shape = look.ok.shape
    sizes = [scipy.fft.next_fast_len(n + 4 * BORDER, real=True) for n in shape]
    frames = [((m - n) // 2, m - n - (m - n) // 2) for n, m in zip(shape, sizes, strict=True)]
    image = np.pad(look.values, ((0, 0), *frames), mode="symmetric")
    ky, kx = np.fft.fftfreq(sizes[0])[:, None], np.fft.rfftfreq(sizes[1])[None]
    ramp = np.exp(-2j * np.pi * (kx * shift[0] + ky * shift[1])).astype(np.complex64)
    inner = tuple(slice(f[0], f[0] + n) for f, n in zip(frames, shape, strict=True))
    content = scipy.fft.irfft2(scipy.fft.rfft2(image) * ramp, s=sizes)[:, *inner]
    # What enters a pixel comes mostly from the four around its source: all must be usable.
    ok = np.ones_like(look.ok)
    for dx in (np.floor(shift[0]), np.ceil(shift[0])):
        for dy in (np.floor(shift[1]), np.ceil(shift[1])):
            padded = np.pad(look.ok, BORDER, mode="symmetric")
            rows, cols = (np.arange(n) + BORDER - int(d) for n, d in zip(ok.shape, (dy, dx), strict=True))
            ok &= padded[np.ix_(rows, cols)]
    return Look(f"{look.name} moved", content.astype(np.float32), ok, look.day)


def half(look: Look, side: int) -> Look:
    """The left or the right half."""
    middle = look.ok.shape[1] // 2
    return look.cut(slice(None), slice(middle, None) if side else slice(middle), f"half {side}")


def chequer(look: Look, colour: int) -> Look:
    """Every other tile masked; about six tiles a side, at most of 100 pixels."""
    rows, cols = look.ok.shape
    size = min(100, max(16, min(rows, cols) // 6))
    tile = (np.arange(rows)[:, None] // size + np.arange(cols)[None] // size) % 2
    return Look(f"{look.name} chequer {colour}", look.values, look.ok & (tile == colour), look.day)


def _sum(links: Sequence[Vector]) -> Vector:
    table = np.array(links)
    return np.array([*table[:, :2].sum(0), np.sqrt(np.square(table[:, 2]).sum())])


def _less(x: Vector, y: Vector) -> Vector:
    return np.array([*(x - y)[:2], np.hypot(x[2], y[2])])


def _put(
    data: str,
    method: str,
    judge_name: str,
    found: Sequence[Vector],
    share: float,
    rows: list[common.Row],
    errors: dict[str, list[float]],
) -> None:
    """A row: quantiles of the lengths times `share`, and how they compare with the stated standard errors."""
    table = np.array(found)
    size = share * np.hypot(table[:, 0], table[:, 1])
    errors[f"{data}|{method}|{judge_name}"] = [float(e) for e in size]
    good = size[np.isfinite(size)]
    row: common.Row = {"data": data, "judge": judge_name, "method": method}
    row |= {"cases": len(size), "refused": int(len(size) - len(good))}
    if good.size:
        row |= {q: round(float(np.quantile(good, v)), 4) for q, v in known.QUANTILES.items()}
    pulls = (table[:, :2] / table[:, 2:])[np.isfinite(table).all(1)]
    if pulls.size:
        row["rms pull"] = round(float(np.sqrt(np.mean(np.square(pulls)))), 2)
    rows.append(row)


def plot(path: Path, errors: dict[str, list[float]]) -> None:
    """Shares of the errors below each size, one panel for a set and judge."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    names = [tuple(key.split("|")) for key in errors]
    sets_, judges = (list(dict.fromkeys(n[i] for n in names)) for i in (0, 2))
    order = list(dict.fromkeys(n[1] for n in names))
    figure = Figure(figsize=(3 * len(judges), 2.4 * len(sets_)), layout="constrained")
    panels = figure.subplots(len(sets_), len(judges), squeeze=False, sharex=True, sharey=True)
    for (data, method, judge_name), values in zip(names, errors.values(), strict=True):
        axes = panels[sets_.index(data), judges.index(judge_name)]
        ordered = np.sort(np.maximum(np.nan_to_num(values, nan=np.inf), 1e-4))
        share = np.arange(1, len(ordered) + 1) / len(ordered)
        axes.plot(ordered, share, color=f"C{order.index(method)}", label=method, linewidth=1.2)
        axes.set_xlabel("error, pixels", fontsize=8)
    for i, data in enumerate(sets_):
        for j, judge_name in enumerate(judges):
            axes = panels[i, j]
            axes.set_xscale("log")
            axes.set_xlim(5e-4, 5)
            axes.grid(alpha=0.3)
            axes.set_title(f"{data}: {judge_name}", fontsize=8)
            if not axes.lines:
                axes.axis("off")
    figure.supylabel("share of cases below it")
    handles = {line.get_label(): line for panel in panels.ravel() for line in panel.lines}
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=4, fontsize=8)
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()

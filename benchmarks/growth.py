"""How time and memory grow with pixels, dates and bands: the step test, and with `--detect` both detectors; with
`--command` instead the whole of `sitewatch detect` on simulated deliveries.

    python benchmarks/growth.py [--plot FILE] [--detect]
    python benchmarks/growth.py --command

Each case runs in a process of its own, on random series made in float32. "more MB" is by how much the call raised the
peak of resident memory, with the arguments already there. `steps.fit` returns all statistics, `steps.best` only the
strongest step of each pixel. The exponent is the slope of CPU seconds (of memory) against size, both in logarithms,
from the row above: 1 is proportional.

`--command` simulates sites at 3 m, adds their scenes to new cases and counts CPU seconds (user and system, of all
processes) of the whole of `sitewatch detect` ("whole"), of reading and registering alone ("align"), and of a call that
finds all done ("start"). "a Mpx-date" divides the whole by megapixels times dates, as it is and ("marginal") from the
smallest site to this one, which leaves out what every call costs.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import common
import numpy as np

BASE = {"pixels": 20_000, "dates": 60, "bands": 4}
SIZES = {"pixels": (5_000, 10_000, 20_000, 40_000), "dates": (30, 60, 120, 240), "bands": (2, 4, 8)}
SITE = {"pixels": 200 * 200, "dates": 24, "bands": 4}
SITE_SIZES = {"pixels": (100 * 100, 200 * 200, 400 * 400), "dates": (12, 24, 48)}


SIDES_M, SITE_DATES, SITE_SEED = (720, 1440, 2160), (16, 32), 20910
ALIGN = "from sitewatch.app.align import align; from sitewatch.case import Case; import sys; \
c = Case.open(sys.argv[1]); align(c, c.sites()[0])"


def step_case(work: str, pixels: int, dates: int, bands: int) -> Callable[[], object]:
    """A call of the step test, its arguments made."""
    from sitewatch.change import background, steps  # noqa: PLC0415

    rng = np.random.default_rng(0)
    values = rng.standard_normal((dates, bands, pixels), np.float32)
    weight = (rng.random((dates, pixels), np.float32) < 0.8).astype(np.float32)
    design = background.harmonics(np.linspace(0, 12.0 * dates, dates), 2)
    function = steps.fit if work == "steps.fit" else steps.best
    return lambda: function(values, weight, design)


def detect_case(work: str, pixels: int, dates: int, bands: int) -> Callable[[], object]:
    """A call of the detector on a textured meadow with seasons and a new roof for every 100 x 100 pixels."""
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415

    from affine import Affine  # noqa: PLC0415
    from odc.geo.geobox import GeoBox  # noqa: PLC0415

    from sitewatch import cube as cubes  # noqa: PLC0415
    from sitewatch.change import learned, series  # noqa: PLC0415
    from sitewatch.change.source import CubeSource  # noqa: PLC0415

    rng = np.random.default_rng(0)
    side = round(pixels**0.5)
    days = np.linspace(0, 730, dates)
    season = 0.03 * np.cos(2 * np.pi * days / 365.25)[:, None, None]
    ground = 0.2 + rng.normal(0, 0.01, (side, side)) + season
    for corner in np.argwhere(np.ones((side // 100, side // 100))) * 100 + 40:
        ground[dates // 2 :, corner[0] : corner[0] + 12, corner[1] : corner[1] + 10] += 0.15
    every = np.ones(ground.shape, bool)
    cube = cubes.make(
        {
            name: (ground + rng.normal(0, 0.005, ground.shape)).astype(np.float32)
            for name in ("blue", "green", "red", "nir")[:bands]
        },
        times=[datetime(2022, 1, 1, tzinfo=UTC) + timedelta(days=float(d)) for d in days],
        scene_ids=[f"scene{i}" for i in range(dates)],
        observed=every,
        clear=every,
        mask_class=every.astype(np.uint8),
        grid=GeoBox((side, side), Affine(3, 0, 500000, 0, -3, 4400000), "EPSG:32652"),
        units="reflectance",
    )
    if work == learned.NAME:
        return lambda: learned.detect(CubeSource(cube, 3.0, 0.15), "growth")
    return lambda: series.detect(cube, "growth", pixel_m=3.0)


def measure(work: str, size: dict[str, int]) -> common.Row:
    """CPU seconds and megabytes of one case, in a new process."""
    command = [sys.executable, __file__, "--case", json.dumps([work, size])]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, megabytes = json.loads(done.stdout)
    return {**size, "CPU s": round(seconds, 3), "more MB": round(megabytes, 1)}


def run_case(work: str, size: dict[str, int]) -> tuple[float, float]:
    """The same in this process."""
    call = step_case(work, **size) if work.startswith("steps.") else detect_case(work, **size)
    before = common.peak_mb()
    _, seconds = common.cpu(call)
    return seconds, common.peak_mb() - before


def command_rows(workers: int) -> list[common.Row]:
    """CPU seconds of `sitewatch detect` on simulated deliveries."""
    rows: list[common.Row] = []
    for side in SIDES_M:
        for dates in SITE_DATES:
            with tempfile.TemporaryDirectory() as folder:
                rows.append(one_command(Path(folder), side, dates, workers))
            size = float(str(rows[-1]["Mpx-dates"]))
            whole = float(str(rows[-1]["whole CPU s"]))
            rows[-1]["a Mpx-date"] = round(whole / size, 2)
            if len(rows) > 1:
                less = whole - float(str(rows[0]["whole CPU s"]))
                rows[-1]["marginal"] = round(less / (size - float(str(rows[0]["Mpx-dates"]))), 2)
            print(rows[-1], file=sys.stderr, flush=True)
    return rows


def one_command(folder: Path, side: int, dates: int, workers: int) -> common.Row:
    """One site: simulated, added, detected, and aligned once more."""
    import rasterio  # noqa: PLC0415
    from rasterio.warp import transform_bounds  # noqa: PLC0415

    scenes, case = folder / "scenes", folder / "case"
    program = [sys.executable, "-c", "from sitewatch.cli import main; main()"]
    size = ["--size", str(side), "--dates", str(dates), "--gsd", "3", "--seed", str(SITE_SEED)]
    spent([*program, "simulate", "random", "-o", str(scenes), *size, "--quiet"])
    image = min(scenes.glob("*SR.tif"))
    with rasterio.open(image) as source:
        bounds = transform_bounds(source.crs, "EPSG:4326", *source.bounds)
        pixels = source.width * source.height
    spent([*program, "init", str(case)])
    spent([*program, "site", "add", str(case), "--name", "site", "--bbox", *(str(b) for b in bounds)])
    spent([*program, "scenes", "add", str(case), str(scenes), "--quiet"])
    detect = [*program, "detect", str(case), "--quiet", "--workers", str(workers)]
    seconds = [spent(detect), spent(detect)]
    shutil.rmtree(case / "cache")
    seconds.append(spent([sys.executable, "-c", ALIGN, str(case)]))
    names = ("whole CPU s", "start", "align CPU s")
    return {
        "side m": side,
        "dates": dates,
        "Mpx-dates": round(pixels * dates / 1e6, 3),
        **{name: round(s, 2) for name, s in zip(names, seconds, strict=True)},
    }


def spent(command: list[str]) -> float:
    """CPU seconds of a command and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def exponent(small: common.Row, large: common.Row, axis: str, figure: str) -> float | str:
    """Slope between two cases, both axes in logarithms."""
    low, high = float(str(small[figure])), float(str(large[figure]))
    if low <= 0 or high <= 0:
        return ""
    return round(float(np.log(high / low) / np.log(float(str(large[axis])) / float(str(small[axis])))), 2)


def run(work: str, base: dict[str, int], sizes: dict[str, tuple[int, ...]]) -> list[common.Row]:
    """One axis after the other, the others at their base."""
    rows: list[common.Row] = []
    for axis, values in sizes.items():
        try:
            part = [
                {"method": work, "axis": axis, **measure(work, {**base, axis: value})} for value in values
            ]
        except subprocess.CalledProcessError as error:
            print(f"{work} left out: {error.stderr.strip().splitlines()[-1]}")
            return rows
        for small, large in pairwise(part):
            large["exponent, CPU"] = exponent(small, large, axis, "CPU s")
            large["exponent, MB"] = exponent(small, large, axis, "more MB")
        rows += part
    return rows


def plot(path: Path, rows: list[common.Row]) -> None:
    """CPU time against each axis."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    axes_names = list(dict.fromkeys(str(r["axis"]) for r in rows))
    figure = Figure(figsize=(4 * len(axes_names), 6.5), layout="constrained")
    panels = figure.subplots(2, len(axes_names), squeeze=False)
    for column, axis in enumerate(axes_names):
        for row, label in enumerate(("CPU s", "more MB")):
            panel = panels[row][column]
            for method in dict.fromkeys(str(r["method"]) for r in rows):
                mine = [r for r in rows if r["method"] == method and r["axis"] == axis]
                panel.loglog([r[axis] for r in mine], [r[label] for r in mine], "o-", label=method)
            panel.set_xlabel(axis)
            panel.set_ylabel(label)
            panel.grid(alpha=0.3, which="both")
    panels[0][0].legend(fontsize=8)
    figure.savefig(path, dpi=120)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--detect", action="store_true", help="also the two detectors, which takes minutes")
    parser.add_argument("--command", action="store_true", help="the whole of `sitewatch detect`, ten minutes")
    parser.add_argument("--workers", type=int, default=1, help="of that command")
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--case", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.case:
        print(json.dumps(run_case(*json.loads(args.case))))
        return
    if args.command:
        rows = command_rows(args.workers)
        print(common.table(rows))
        if args.json:
            args.json.write_text(json.dumps(rows, indent=1))
        return
    rows = [row for work in ("steps.fit", "steps.best") for row in run(work, BASE, SIZES)]
    if args.detect:
        rows += [row for work in ("steps-1", "net-1") for row in run(work, SITE, SITE_SIZES)]
    print(common.table(rows))
    if args.plot:
        plot(args.plot, rows)
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()

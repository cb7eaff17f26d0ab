"""The whole of `sitewatch detect` on one large site: CPU seconds, wall time and memory, stage by stage.

    python benchmarks/large_site.py FOLDER [--side 5000] [--dates 60]

Simulates sites of 1440 m at 3 m with the same days, lays them side by side in drawn order until `--side` pixels are
full (each of `--kinds` sites comes several times), moves every scene by an error of position of its own, adds the
sensor's noise and writes what `sitewatch simulate` writes: GeoTIFF, usable data mask and metadata a scene. Then
`sitewatch init`, `site add`, `scenes add` and `detect`, each a process of its own. 5000 pixels with 60 dates take some
50 GB of disk and an hour or two. Given the same folder, a run that was stopped goes on where it was. At the end the
shifts that were found are compared with those inserted; `--register` stops there, without looking for changes.

Memory is the resident memory of `detect` and its children together, looked at every second in /proc (Linux). The stage
is what the progress bar shows.
"""

import argparse
import os
import pty
import re
import resource
import shutil
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import common
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from sitewatch.simulate import Simulation
    from sitewatch.types import Registration

TILE_M, GSD_M, FIRST_SEED = 1440, 3.0, 21000
LAT, LON = 40.0, 20.0
SHIFT_PX, NOISE, MARGIN = 0.7, 0.003, 8
PROGRAM = (sys.executable, "-c", "from sitewatch.cli import main; main()")
PAGE, TICK = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")


def tile(kind: int, dates: int) -> "Simulation":
    """One of the small sites, without noise and without errors of position; all have the same days and sun."""
    from sitewatch.simulate import Sensor, Weather, random_scenario, render  # noqa: PLC0415

    sensor = Sensor(
        gsd_m=GSD_M, psf_sigma_px=0.45, noise=1e-5, max_shift_px=0, max_view_deg=0, gain_sigma=0.005
    )
    weather = Weather(snowy=0, partial=0)
    drawn = random_scenario(
        FIRST_SEED + kind, dates=dates, size_m=TILE_M, sensor=sensor, weather=weather, gsd=GSD_M
    )
    # days that do not depend on the seed, in the manner of an archive
    days = np.sort(np.random.default_rng(FIRST_SEED).choice((drawn.end - drawn.start).days, dates, False))
    start = np.datetime64(drawn.start)
    return render(replace(drawn, lat=LAT, lon=LON, days=tuple((start + int(d)).item() for d in days)))


def deliver_all(out: Path, side: int, dates: int, kinds: int) -> None:
    """Write the scenes of the large site, each to a folder of its own."""
    from sitewatch.simulate import deliver  # noqa: PLC0415

    parts, tiles = out.with_name("tiles"), []
    parts.mkdir(parents=True, exist_ok=True)
    for kind in range(kinds):
        made = tile(kind, dates)
        both = np.concatenate([np.rint(made.stack * 10000), made.mask[:, None]], axis=1).astype(np.uint16)
        np.save(parts / f"{kind}.npy", both)
        tiles.append(np.load(parts / f"{kind}.npy", mmap_mode="r"))
        print(f"site {kind + 1} of {kinds}", file=sys.stderr, flush=True)
    draft = out.with_name("draft")
    shutil.rmtree(draft, ignore_errors=True)
    for k in range(dates):
        deliver(one_scene(made, tiles, k, side), draft / f"{k:03d}")
        print(f"scene {k + 1} of {dates}", file=sys.stderr, flush=True)
    draft.rename(out)
    shutil.rmtree(parts)


def one_scene(like: "Simulation", tiles: list[Any], k: int, side: int) -> "Simulation":
    """Scene `k` of the large site: tiles laid out, moved, with noise."""
    import cv2  # noqa: PLC0415
    from affine import Affine  # noqa: PLC0415
    from odc.geo.geobox import GeoBox  # noqa: PLC0415

    wide, inner = side + 2 * MARGIN, (slice(MARGIN, -MARGIN), slice(MARGIN, -MARGIN))
    across = -(-wide // tiles[0].shape[-1])
    order = np.random.default_rng(0).integers(0, len(tiles), (across, across))
    raw = np.concatenate([np.concatenate([tiles[i][k] for i in row], axis=-1) for row in order], axis=-2)
    raw = raw[:, :wide, :wide]
    rng = np.random.default_rng([FIRST_SEED, k])
    dx, dy = inserted_shift(rng)
    image = np.empty((1, 4, side, side), np.float32)
    for b in range(4):
        band = raw[b].astype(np.float32) / 10000
        band = moved(band, dx, dy)[inner]
        sigma = np.float32(NOISE) * np.sqrt(1 + np.clip(band, 0, None) / np.float32(0.1))
        image[0, b] = np.clip(band + sigma * rng.standard_normal(band.shape, np.float32), 1e-4, 1.5)
    move = np.array([[1, 0, dx], [0, 1, dy]])
    mask = cv2.warpAffine(raw[4].astype(np.uint8), move, (wide, wide), flags=cv2.INTER_NEAREST)[inner][None]
    return replace(
        like,
        grid=GeoBox((side, side), Affine(*like.grid.affine[:6]), like.grid.crs),
        times=like.times[k : k + 1],
        stack=image,
        mask=mask,
        clear=mask > 0,
        shifts=np.array([[dx, dy]]),
        sun=like.sun[k : k + 1],
        view=like.view[k : k + 1],
        truth=(),
    )


def inserted_shift(rng: np.random.Generator) -> tuple[float, float]:
    """The first draw of a scene's generator: (dx, dy) in pixels, right and down."""
    dx, dy = np.clip(rng.normal(0, SHIFT_PX, 2), -3, 3)
    return float(dx), float(dy)


def moved(band: npt.NDArray[np.float32], dx: float, dy: float) -> npt.NDArray[np.float32]:
    """A band with its content moved right by `dx` and down by `dy` pixels, at most 3.

    Not by OpenCV's bicubic: its kernel (a = -0.75) does not keep a slope, and it rounds to 1/32 pixel, so that content
    comes to lie up to .06 pixels from where it was told along either axis.
    """
    import cv2  # noqa: PLC0415

    return np.asarray(cv2.sepFilter2D(band, cv2.CV_32F, taps(-dx), taps(-dy)), np.float32)


def taps(offset: float) -> npt.NDArray[np.float32]:
    """Kernel about its middle that samples at `offset` pixels: Lagrange's polynomial through the twelve nearest."""
    first = int(np.floor(offset)) - 5
    nodes = np.arange(first, first + 12)
    reach = int(np.abs(nodes).max())
    kernel = np.zeros(2 * reach + 1, np.float32)
    for node in nodes:
        others = nodes[nodes != node]
        kernel[node + reach] = np.prod((offset - others) / (node - others))
    return kernel


def compared(registrations: "Iterable[Registration]", dates: int) -> common.Row:
    """How the shifts found compare with those inserted, pixels; what all have in common is taken off, as no stack
    can see it."""
    from sitewatch.types import RegistrationStatus  # noqa: PLC0415

    truth = np.array([inserted_shift(np.random.default_rng([FIRST_SEED, k])) for k in range(dates)])
    found = sorted(registrations, key=lambda r: r.scene_id)  # by day
    good = np.array([r.status is not RegistrationStatus.FAILED for r in found])
    sigma = np.array([r.sigma for r in found])[good]
    rest = (np.array([(r.dx, r.dy) for r in found]) - truth)[good]
    rest -= np.median(rest, axis=0)
    size, pulls = np.hypot(*rest.T), rest / sigma[:, None]
    return {
        "scenes": dates,
        "refused": int((~good).sum()),
        "median px": round(float(np.median(size)), 4),
        "p99 px": round(float(np.quantile(size, 0.99)), 4),
        "stated": round(float(np.median(sigma)), 4),
        "rms pull": round(float(np.sqrt(np.mean(pulls**2))), 2),
        "within one stated": round(float(np.mean(np.abs(pulls) < 1)), 2),
    }


def tree(root: int) -> Iterator[int]:
    """A process and all that descend from it."""
    yield root
    try:
        children = Path(f"/proc/{root}/task/{root}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from tree(int(child))


def usage(root: int) -> tuple[float, float]:
    """CPU seconds so far and resident GB of a process and its children, those waited for included in the first."""
    seconds = gigabytes = 0.0
    for pid in tree(root):
        try:
            stat = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:  # it has just ended
            continue
        seconds += sum(int(v) for v in stat[11:15]) / TICK
        gigabytes += int(stat[21]) * PAGE / 1e9
    return seconds, gigabytes


def watched(command: list[str], log: Path) -> tuple[list[common.Row], str]:
    """Run a command that shows a progress bar; a row a stage, and what it printed. Every sample goes to `log`."""
    screen, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 100))  # a bar is not shown on a screen without width
    start, shown = time.monotonic(), [""]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, text=True)
    os.close(theirs)

    def follow() -> None:
        while True:
            try:
                text = os.read(screen, 4096).decode(errors="replace")
            except OSError:
                return
            found = re.findall(r"([a-z][a-z ]+):\s+\d+%\D+(\d+/\d+)", text)
            shown[0] = " ".join(found[-1]) if found else shown[0]
            with log.with_suffix(".screen").open("a") as file:
                file.write(text)

    threading.Thread(target=follow, daemon=True).start()
    printed: list[str] = []
    reader = threading.Thread(target=lambda: printed.append(process.stdout.read()))  # type: ignore[union-attr]
    reader.start()
    stages: dict[str, list[float]] = {}
    last = (0.0, 0.0)
    with log.open("a") as file:
        while process.poll() is None:
            wall, (cpu, memory) = time.monotonic() - start, usage(process.pid)
            label = re.sub(r" [\d/]+$", "", shown[0]) or "start"
            stage = stages.setdefault(label, [0.0, 0.0, 0.0])
            cpu = max(cpu, last[0])  # nothing is left to count of one that has just ended
            stage[0] += cpu - last[0]
            stage[1] += wall - last[1]
            stage[2] = max(stage[2], memory)
            last = cpu, wall
            file.write(f"{wall:.0f} {cpu:.1f} {memory:.3f} {shown[0]}\n")
            file.flush()
            time.sleep(1)
    reader.join()
    if process.returncode:
        raise SystemExit(
            f"{' '.join(command)} ended with {process.returncode}: see {log.with_suffix('.screen')}"
        )
    rows: list[common.Row] = [
        {"stage": name, "CPU s": round(c, 1), "wall s": round(w), "peak GB": round(m, 2)}
        for name, (c, w, m) in stages.items()
    ]
    return rows, "".join(printed)


def bounds(scenes: Path) -> list[str]:
    """West, south, east, north of the first scene."""
    import rasterio  # noqa: PLC0415
    from rasterio.warp import transform_bounds  # noqa: PLC0415

    with rasterio.open(min(scenes.glob("*/*SR.tif"))) as source:
        return [str(b) for b in transform_bounds(source.crs, "EPSG:4326", *source.bounds)]


def timed(*command: str) -> None:
    """Run a sitewatch command and say what it took."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run([*PROGRAM, *command], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    took = f"{seconds:.1f} CPU s, {time.monotonic() - start:.0f} s"
    print(f"{' '.join(command[:2])}: {took}", file=sys.stderr, flush=True)


def main() -> None:
    from sitewatch.app.align import align  # noqa: PLC0415
    from sitewatch.case import Case  # noqa: PLC0415

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--side", type=int, default=5000, help="pixels")
    parser.add_argument("--dates", type=int, default=60)
    parser.add_argument("--kinds", type=int, default=32, help="how many small sites are simulated")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--register", action="store_true", help="only register, in this process")
    args = parser.parse_args()
    folder = args.folder.resolve()  # the scenes are made by a process that runs elsewhere
    scenes, case, log = folder / "scenes", folder / "case", folder / "samples.log"
    if not scenes.exists():
        made = [
            sys.executable,
            "-c",
            "import sys, pathlib, large_site as m; \
m.deliver_all(pathlib.Path(sys.argv[1]), *map(int, sys.argv[2:]))",
        ]  # in a process of its own: its memory ends with it
        values = [str(scenes), str(args.side), str(args.dates), str(args.kinds)]
        subprocess.run([*made, *values], check=True, cwd=Path(__file__).parent)
    if not case.exists():
        draft = folder / "new"
        shutil.rmtree(draft, ignore_errors=True)
        timed("init", str(draft))
        timed("site", "add", str(draft), "--name", "large", "--bbox", *bounds(scenes))
        timed("scenes", "add", str(draft), str(scenes), "--quiet")
        draft.rename(case)
    if args.register:
        opened = Case.open(case)
        print(common.table([compared(align(opened, opened.site("large")).registrations, args.dates)]))
        return
    detect = ["detect", str(case), "--workers", str(args.workers)]
    rows, printed = watched([*PROGRAM, *detect], log)
    total = sum(float(str(r["CPU s"])) for r in rows)
    work = args.side**2 * args.dates / 1e6
    print(common.table(rows))
    print(f"{total:.0f} CPU s, {total / work:.2f} a Mpx-date; {printed.splitlines()[0]}")
    print(common.table([compared(Case.open(case).registrations("large").values(), args.dates)]))


if __name__ == "__main__":
    main()

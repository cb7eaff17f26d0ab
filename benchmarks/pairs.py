"""Spectral change between two images: this package's IR-MAD and MAD beside OTB's MAD and change vectors, same arrays.

    python benchmarks/pairs.py [--data DIR] [--size 2000] [--otb LAUNCHER] [--plot FILE]

Quality on the labelled Landsat pair of Taizhou (six bands, 400 x 400 pixels, 4,227 changed and 17,163 unchanged
pixels): area under the ROC curve, and the best F1 over all thresholds, which no method is told. Speed on the same pair
enlarged by mirroring to `--size` pixels a side. CPU seconds a megapixel, of child processes too; OTB reads and writes
files, and that counts for it.

OTB's MAD: `--otb otbcli_MultivariateAlterationDetector`.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import common
import cv2
import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.transform import from_origin

from sitewatch.change._pair_irmad import irmad

Image = npt.NDArray[np.float32]
Method = Callable[[Image, Image], npt.NDArray[np.floating]]


def weighted_mad(before: Image, after: Image) -> npt.NDArray[np.floating]:
    """Iteratively re-weighted MAD of this package."""
    return irmad(before, after, np.ones(before.shape[1:], bool)).chi2


def plain_mad(before: Image, after: Image) -> npt.NDArray[np.floating]:
    """One round of it."""
    return irmad(before, after, np.ones(before.shape[1:], bool), max_rounds=1).chi2


def vectors(before: Image, after: Image) -> npt.NDArray[np.floating]:
    """Length of the change vector (CVA)."""
    return np.sqrt(np.square(after - before).sum(axis=0))


def scaled_vectors(before: Image, after: Image) -> npt.NDArray[np.floating]:
    """The same with each band of each image at mean 0 and standard deviation 1."""

    def standard(image: Image) -> Image:
        return (image - image.mean((1, 2), keepdims=True)) / image.std((1, 2), keepdims=True)

    return vectors(standard(before), standard(after))


class Otb:
    """MAD of the Orfeo ToolBox through its command; the variates are scaled to unit variance and squared here."""

    def __init__(self, launcher: str, folder: Path) -> None:
        self.launcher, self.folder = launcher, folder

    def __call__(self, before: Image, after: Image) -> npt.NDArray[np.floating]:
        """Sum of the squared variates (y, x)."""
        for name, image in (("before", before), ("after", after)):
            size = {
                "count": image.shape[0],
                "height": image.shape[1],
                "width": image.shape[2],
                "dtype": "float32",
            }
            place = from_origin(300000, 3600000, 30, 30)
            with rasterio.open(
                self.folder / f"{name}.tif", "w", "GTiff", crs="EPSG:32651", transform=place, **size
            ) as f:
                f.write(image)
        files = [str(self.folder / f"{name}.tif") for name in ("before", "after", "out")]
        subprocess.run(
            [self.launcher, "-in1", files[0], "-in2", files[1], "-out", files[2], "float"],
            check=True,
            capture_output=True,
        )
        with rasterio.open(files[2]) as f:
            variates = f.read()
        return np.square(
            (variates - variates.mean((1, 2), keepdims=True)) / variates.std((1, 2), keepdims=True)
        ).sum(0)


def cpu_with_children(work: Callable[[], object], runs: int) -> float:
    """Median CPU seconds of this process and its children."""

    def total() -> float:
        use = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(u.ru_utime + u.ru_stime for u in use)

    seconds = []
    for _ in range(runs):
        start = total()
        work()
        seconds.append(total() - start)
    return float(np.median(seconds))


def score(
    change: npt.NDArray[np.floating], changed: npt.NDArray[np.bool_], unchanged: npt.NDArray[np.bool_]
) -> common.Row:
    """Area under the ROC curve and best F1 over the labelled pixels."""
    values = np.concatenate([change[changed], change[unchanged]])
    truth = np.arange(len(values)) < changed.sum()
    order = np.argsort(-values, kind="stable")
    hits, alarms = np.cumsum(truth[order]), np.cumsum(~truth[order])
    curve = np.trapezoid(hits / hits[-1], alarms / alarms[-1])
    return {
        "AUC": round(float(curve), 4),
        "best F1": round(float((2 * hits / (hits + alarms + hits[-1])).max()), 4),
    }


def run(folder: Path, size: int, launcher: str | None) -> list[common.Row]:
    """All methods on the labelled pair, then on the enlarged one."""
    images = []
    for name in ("2000TM", "2003TM"):
        with rasterio.open(folder / name) as source:
            images.append(source.read().astype(np.float32))
    before, after = images
    changed, unchanged = (
        cv2.imread(str(folder / n), cv2.IMREAD_GRAYSCALE) > 0 for n in ("change.bmp", "unchanged.bmp")
    )
    pad = ((0, 0), (0, max(0, size - before.shape[1])), (0, max(0, size - before.shape[2])))
    large = [np.pad(i, pad, mode="symmetric") for i in images]
    methods: dict[str, Method] = {
        "sitewatch IR-MAD": weighted_mad,
        "sitewatch MAD": plain_mad,
        "CVA": vectors,
        "CVA, scaled": scaled_vectors,
    }
    rows: list[common.Row] = []
    with tempfile.TemporaryDirectory() as scratch:
        if launcher:
            methods["OTB MAD"] = Otb(launcher, Path(scratch))
        for name, method in methods.items():
            seconds = cpu_with_children(lambda m=method: m(large[0], large[1]), 3)
            rows.append(
                {
                    "method": name,
                    **score(method(before, after), changed, unchanged),
                    "CPU s/Mpx": round(seconds / (large[0][0].size / 1e6), 3),
                }
            )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=2000)
    parser.add_argument(
        "--otb", metavar="LAUNCHER", default=shutil.which("otbcli_MultivariateAlterationDetector")
    )
    parser.add_argument("--plot", type=Path, help="best F1 against CPU time, as PNG")
    parser.add_argument("--json", type=Path)
    default = os.environ.get("SITEWATCH_DATA", str(Path(__file__).parents[2] / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=Path(default))
    args = parser.parse_args()
    if not args.otb:
        print("not installed, so left out: OTB (see benchmarks/README.md)")
    rows = run(args.data / "landsat_taizhou" / "Taizhou", args.size, args.otb)
    print(common.table(rows))
    if args.plot:
        common.scatter(args.plot, rows, "CPU s/Mpx", "best F1")
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()

"""Straight walls for ragged outlines: this package's `regularised` beside buildingregulariser, on the same polygons.

    python benchmarks/regular.py                       # a minute or two
    python benchmarks/regular.py --json regular.json

Footprints of known area are drawn as pixels and traced again; what was traced is regularised. Sets: "made" (rectangles,
L, T and U shapes and some with a slanted wall, 10 to 60 m, at random directions) at pixels of 0.5, 1 and 3 m; "xBD"
(polygons drawn by hand over Joplin, at random directions) at 0.45 and 0.9 m, and "LEVIR" (labels drawn by hand, which
are pixels themselves and stand for the truth as they are, at 0.6 m) where the data is there. Each package gets all
polygons of a set in one call. buildingregulariser is run as it comes, and with the tolerances, in pixels, that gave
the least error of its own on the set "made" at 1 m; one process for both, CPU time.
"""

import argparse
import json
import os
import warnings
from pathlib import Path

import common
import numpy as np
import numpy.typing as npt
import rasterio.features
import shapely
from affine import Affine
from shapely import Polygon, affinity
from shapely.geometry import shape

from sitewatch.measure.regular import regularised

DATA = Path(os.environ.get("SITEWATCH_DATA", Path(__file__).parent.parent.parent / "shared" / "data"))
XBD_M = 0.451
"""True pixel of the xBD tiles."""
TUNED = {"simplify_tolerance": 1.0, "parallel_threshold": 2.0}
"""In pixels."""
Shapes = npt.NDArray[np.object_]


def traced(footprint: Polygon, pixel: float) -> Polygon | None:
    """The largest piece of the pixels whose centres lie in a footprint."""
    west, south, east, north = footprint.bounds
    cols, rows = int((east - west) / pixel) + 4, int((north - south) / pixel) + 4
    grid = Affine(pixel, 0, west - 1.5 * pixel, 0, -pixel, north + 1.5 * pixel)
    mask = rasterio.features.rasterize([footprint], (rows, cols), transform=grid, dtype="uint8")
    return largest(mask, grid)


def largest(mask: npt.NDArray[np.uint8], grid: Affine) -> Polygon | None:
    pieces = [shape(g) for g, _ in rasterio.features.shapes(mask, mask > 0, transform=grid)]
    return max(pieces, key=lambda p: p.area, default=None)


def made(count: int, rng: np.random.Generator) -> list[Polygon]:
    """Rectangles, L, T, U and a rectangle with one corner cut off."""
    result = []
    for i in range(count):
        a = float(rng.uniform(10, 60))
        b = a * float(rng.uniform(0.45, 1))
        s, t = (float(v) for v in rng.uniform(0.35, 0.6, 2))
        rings = (
            [(0, 0), (a, 0), (a, b), (0, b)],
            [(0, 0), (a, 0), (a, b * s), (a * t, b * s), (a * t, b), (0, b)],
            [
                (0, 0),
                (a, 0),
                (a, b * s),
                (a * 0.7, b * s),
                (a * 0.7, b),
                (a * 0.3, b),
                (a * 0.3, b * s),
                (0, b * s),
            ],
            [(0, 0), (a, 0), (a, b), (a * 0.7, b), (a * 0.7, b * s), (a * 0.3, b * s), (a * 0.3, b), (0, b)],
            [(0, 0), (a, 0), (a, b * s), (a * t, b), (0, b)],
        )
        result.append(affinity.rotate(Polygon(rings[i % 5]), float(rng.uniform(0, 180))))
    return result


def moved(footprints: list[Polygon], rng: np.random.Generator) -> list[Polygon]:
    return [
        affinity.rotate(affinity.translate(f, *rng.uniform(0, 5, 2)), float(rng.uniform(0, 180)))
        for f in footprints
    ]


def xbd() -> list[Polygon]:
    """Footprints in metres, those of 30 m² and more."""
    found = []
    for file in sorted((DATA / "xbd_joplin" / "labels").glob("*_pre_*.json")):
        for feature in json.loads(file.read_text())["features"]["xy"]:
            polygon = affinity.scale(shapely.from_wkt(feature["wkt"]), XBD_M, XBD_M, origin=(0, 0))
            if polygon.is_valid and polygon.area >= 30:
                found.append(polygon)
    return found


def levir() -> list[Polygon]:
    """Labels as traced pixels, on their own ground: 0.52 by 0.59 m."""
    found = []
    for line in (DATA / "levir_cd" / "georef.csv").read_text().splitlines()[1:]:
        name, east, south = (line.split(",")[i] for i in (0, 5, 6))
        with rasterio.open(DATA / "levir_cd" / "label" / f"{name}.png") as file:
            mask = (file.read(1) > 0).astype(np.uint8)
        grid = Affine(float(east), 0, 0, 0, -float(south), 0)
        pieces = [shape(g) for g, _ in rasterio.features.shapes(mask, mask > 0, transform=grid)]
        found += [p for p in pieces if p.area >= 30]
    return found


def sets(count: int, rng: np.random.Generator) -> list[tuple[str, float, list[Polygon], Shapes]]:
    """Name, pixel, true footprints and what was traced of them."""
    chosen = [("made", p, made(count, rng)) for p in (0.5, 1.0, 3.0)]
    result = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        if (DATA / "xbd_joplin").is_dir():
            chosen += [("xBD", p, moved(xbd() * 4, rng)) for p in (XBD_M, 2 * XBD_M)]
        if (DATA / "levir_cd").is_dir():
            labels = levir()
            result.append(("LEVIR", 0.6, labels, np.array(labels, dtype=object)))
    for name, pixel, footprints in chosen:
        pairs = [(f, r) for f in footprints if (r := traced(f, pixel)) is not None]
        result.insert(-1 if result and result[-1][0] == "LEVIR" else len(result),
                      (name, pixel, [f for f, _ in pairs], np.array([r for _, r in pairs], dtype=object)))  # fmt: skip
    return result


def scored(found: Shapes, true: list[Polygon]) -> common.Row:
    """Errors of area, in percent, and shares in common."""
    truth = np.array(true, dtype=object)
    known = np.array([f is not None for f in found])
    area = np.where(known, shapely.area(found), 0.0)
    error = 100 * np.abs(area / shapely.area(truth) - 1)
    both = np.where(known, shapely.area(shapely.intersection(found, truth)), 0.0)
    iou = both / (area + shapely.area(truth) - both)
    return {
        "area error % p50": float(np.median(error)), "p90": float(np.quantile(error, 0.9)),
        "bias %": float(np.median(100 * (area / shapely.area(truth) - 1))),
        "IoU p50": float(np.median(iou)), "IoU p10": float(np.quantile(iou, 0.1)),
        "corners": float(np.mean(shapely.get_num_coordinates(found)[known] - 1)),
    }  # fmt: skip


def theirs(package: object, outlines: Shapes, **options: float) -> Shapes:
    """Its largest polygon for each outline; None where it dropped one."""
    geopandas = common.peer("geopandas")
    assert geopandas is not None
    frame = geopandas.GeoDataFrame(
        {"number": np.arange(len(outlines))}, geometry=list(outlines), crs="EPSG:32635"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = package.regularize_geodataframe(frame, num_cores=1, **options)  # type: ignore[attr-defined]
    result = np.full(len(outlines), None, dtype=object)
    for number, polygon in zip(made["number"], made.geometry, strict=True):
        if result[number] is None or polygon.area > result[number].area:
            result[number] = polygon
    return result


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=2000, help="footprints of the made sets")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--runs", type=int, default=5, help="runs of ours, of which the median; theirs runs once"
    )
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    package = common.peer("buildingregulariser")
    if package is None:
        print("buildingregulariser is not installed: left out (pip install -r benchmarks/requirements.txt)\n")
    rows: list[common.Row] = []
    for name, pixel, true, outlines in sets(args.count, np.random.default_rng(args.seed)):
        base: common.Row = {"set": name, "pixel m": pixel, "n": len(true)}
        base["corners drawn"] = float(np.mean(shapely.get_num_coordinates(outlines) - 1))
        rows.append({**base, "method": "as traced", **scored(outlines, true)})
        ours, seconds = common.cpu(lambda o=outlines, p=pixel: regularised(o, p), args.runs)
        rate = len(true) / seconds
        rows.append({**base, "method": "sitewatch", "a second": rate, **scored(ours, true)})
        if package is None:
            continue
        tuned = {k: v * pixel for k, v in TUNED.items()}
        for how, options in (("buildingregulariser", {}), ("buildingregulariser, tuned", tuned)):
            result, seconds = common.cpu(lambda o=outlines, k=options: theirs(package, o, **k))
            speed = len(true) / seconds
            rows.append(
                {**base, "method": how, "a second": speed, "times": rate / speed, **scored(result, true)}
            )
    print(common.table(rows))
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()

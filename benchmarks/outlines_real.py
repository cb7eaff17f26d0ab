"""Areas of real buildings, given where they stand: LEVIR-CD labels and xBD polygons against what this package measures.

    OMP_NUM_THREADS=1 python benchmarks/outlines_real.py --data ../shared/data             # development half
    OMP_NUM_THREADS=1 python benchmarks/outlines_real.py --data ../shared/data --half all --raw rows.jsonl

Each image is read as the package reads it: LEVIR-CD tied by the corners of `georef.csv` (0.517 x 0.595 m a pixel), xBD
by the corners of its labels (0.451 m). The area of a label is that of its polygon on the WGS84 ellipsoid. It is held
against

- `box`: the box fitted to the image (one date, `measure.rectangle`), started from the label moved, turned and resized
  until it shares 50 to 90 % with it (intersection over union), the other labels being left out of the ground;
- `walls`: any number of straight walls fitted to the image (`measure.walled`), from the same start;
- `as measured`: the box, where it is refused the walls, where they are refused the start's own outline;
- `regularised`: straight walls (`measure.regular`) drawn from the label roughened pixel by pixel, not moved.

Development half: every other image of LEVIR-CD by number, and the first of the two tiles of xBD. LEVIR-CD labels are
what was newly built, on its later image (B), where sun and date are unknown; blobs of several houses count as one.
"""

import common  # first, for one thread; isort: skip
import argparse
import csv
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from rasterio.features import shapes
from scipy.ndimage import distance_transform_edt, gaussian_filter
from shapely import Polygon, affinity

from sitewatch import optics
from sitewatch.errors import DataError
from sitewatch.imagery.open import open_path
from sitewatch.imagery.pixel_size import pixel_size
from sitewatch.imagery.read import read
from sitewatch.measure.fitted import box_values
from sitewatch.measure.forward import Placed
from sitewatch.measure.outline import outline_measures, sizes
from sitewatch.measure.rectangle import MARGIN_PX, Look, fit, start_box
from sitewatch.measure.walled import fit_outline
from sitewatch.measure.walled_values import walled_values
from sitewatch.types import Scene

CLASSES = (0.0, 100.0, 200.0, 400.0, 800.0, np.inf)
"""Bounds of the classes of size, m2."""
LEAST_M2 = 40.0
"""Labels below are left out: sheds, and slivers at the edges of houses."""
ROUGH_PX, PATCH_PX = 1.5, 4.0
"""Standard deviation of a roughened border, and how far it goes on alike, pixels."""
SHADOW_M = 12.0
SIGMA_PX = 0.1


@dataclass(frozen=True)
class Image:
    """One image with its labels."""

    data: str
    scene: Scene
    values: npt.NDArray[np.float32]
    labels: list[Polygon]
    """In pixels (column, row)."""


def levir(folder: Path, half: str) -> Iterator[Image]:
    """The later image of each pair, tied by the box that `georef.csv` gives."""
    with (folder / "georef.csv").open() as file:
        rows = sorted(csv.DictReader(file), key=lambda r: int(r["name"].split("_")[1]))
    for row in rows[::2] if half == "dev" else rows:
        with tempfile.TemporaryDirectory() as temporary:
            points = Path(temporary) / "points.csv"
            (w, s), (e, n) = (row["west"], row["south"]), (row["east"], row["north"])
            points.write_text(
                f"col,row,lon,lat\n0,0,{w},{n}\n1024,0,{e},{n}\n1024,1024,{e},{s}\n0,1024,{w},{s}\n"
            )
            image = next((folder / "B").glob(f"{row['name']}.*"))
            (scene,) = open_path(image, gcps=points, gsd=0.5, date="2018").scenes
        label = read(open_path(folder / "label" / f"{row['name']}.png", date="2018").scenes[0])
        mask = next(iter(label.bands.values())) > 0
        found = [shapely.geometry.shape(g) for g, _ in shapes(mask.astype(np.uint8), mask=mask)]
        # the border of a mask goes in steps; half a pixel takes them off
        labels = [Polygon(p.simplify(0.75).exterior) for p in found]
        yield Image("LEVIR-CD", scene, np.stack(list(read(scene).bands.values())), labels)


def xbd(folder: Path, half: str) -> Iterator[Image]:
    """The images before the storm: all buildings stand."""
    for path in sorted((folder / "images").glob("*_pre_disaster.png"))[: 1 if half == "dev" else None]:
        (scene,) = open_path(path).scenes
        features = json.loads((folder / "labels" / f"{path.stem}.json").read_text())["features"]["xy"]
        labels = [shapely.from_wkt(f["wkt"]) for f in features]
        yield Image("xBD", scene, np.stack(list(read(scene).bands.values())), labels)


def whole(image: Image) -> Iterator[int]:
    """Labels that are one valid polygon, not cut by the image's border."""
    rows, cols = image.scene.grid.shape
    inner = shapely.box(2, 2, cols - 2, rows - 2)
    for i, label in enumerate(image.labels):
        if isinstance(label, Polygon) and label.is_valid and inner.contains(label):
            yield i


def perturbed(shape: Polygon, rng: np.random.Generator) -> tuple[Polygon, float]:
    """The outline moved, turned and resized, and its intersection over union with the true one."""
    while True:
        moved = affinity.translate(shape, *(rng.normal(0, 0.12, 2) * shape.area**0.5))
        moved = affinity.scale(moved, *np.exp(rng.normal(0, 0.2, 2)))
        moved = affinity.rotate(moved, float(rng.normal(0, 5)))
        share = moved.intersection(shape).area / moved.union(shape).area
        if 0.5 <= share <= 0.9:
            return moved, share


def roughened(label: Polygon, rng: np.random.Generator) -> Polygon | None:
    """The label's mask with a ragged border, in pixels; its largest part."""
    left, top, right, bottom = np.add(label.bounds, [-8, -8, 9, 9]).astype(int)
    col, row = np.meshgrid(np.arange(left, right) + 0.5, np.arange(top, bottom) + 0.5)
    inside = shapely.contains_xy(label, col, row)
    distance = distance_transform_edt(inside) - distance_transform_edt(~inside)
    noise = gaussian_filter(rng.normal(size=inside.shape), PATCH_PX / 2)
    mask = (distance + noise * (ROUGH_PX / noise.std())) > 0
    found = [shapely.geometry.shape(g) for g, _ in shapes(mask.astype(np.uint8), mask=mask)]
    if not found:
        return None
    return affinity.translate(Polygon(max(found, key=lambda p: p.area).exterior), left, top)


def measured(image: Image, i: int, rng: np.random.Generator) -> dict[str, Any]:
    """One label: its true area and what was measured, as a plain row."""
    scene, label = image.scene, image.labels[i]
    assert scene.grid.crs is not None
    crs, pixel = scene.grid.crs.to_wkt(), pixel_size(scene.grid)
    assert pixel is not None
    plane = on_plane(scene, label)
    truth = sizes(plane, crs).area
    start, share = perturbed(plane, rng)
    others = [on_plane(scene, o) for n, o in enumerate(image.labels) if n != i and not o.is_empty]
    look = look_at(image, start, [o for o in others if not o.intersects(start)])
    row: dict[str, Any] = {
        "data": image.data, "image": Path(scene.assets[0].path).stem, "label": i, "true": truth, "share": share,
        "box": truth / sizes(shapely.minimum_rotated_rectangle(plane), crs).area,
    }  # fmt: skip
    own = outline_measures(start, crs, pixel.side_m)["area"]
    row["start"] = (own.value, own.low, own.high)
    try:
        found = fit(start_box(start), [look])
        row["failed"] = found.failed
        row |= {
            k: float(getattr(found, k)) for k in ("contrast", "shadow", "residual", "corners", "sigma_px")
        }
        if not found.failed:
            value = box_values(found, crs, pixel.side_m)["area"]
            row["fit"] = (value.value, value.low, value.high)
    except DataError as error:
        row["failed"] = str(error)
    try:
        walls = fit_outline(start, [look])
        row["walls failed"] = walls if isinstance(walls, str) else walls.failed
        if not isinstance(walls, str) and not walls.failed:
            value = walled_values(walls, crs, pixel.side_m)["area"]
            row["walls"] = (value.value, value.low, value.high)
    except DataError as error:
        row["walls failed"] = str(error)
    rough = roughened(label, rng)
    if rough is not None and rough.is_valid:
        row["rough share"] = shared(rough, label)
        straight = regularised_one(rough)
        if straight is not None:
            row["regularised"] = sizes(on_plane(scene, straight), crs).area
            row["regularised share"] = shared(straight, label)
    return row


def shared(one: Polygon, other: Polygon) -> float:
    """Intersection over union."""
    return float(one.intersection(other).area / one.union(other).area)


def regularised_one(rough: Polygon) -> Polygon | None:
    """Straight walls of one ragged outline in pixels."""
    from sitewatch.measure.regular import regularised  # noqa: PLC0415

    result = regularised([rough], 1.0)[0]
    return result if isinstance(result, Polygon) and result.is_valid and not result.is_empty else None


def on_plane(scene: Scene, shape: Polygon) -> Polygon:
    """A shape in pixels on the plane of the scene's grid, metres."""
    a = scene.grid.affine
    return affinity.affine_transform(shape, [a.a, a.b, a.d, a.e, a.c, a.f])


def look_at(image: Image, start: Polygon, others: list[Polygon]) -> Look:
    """The window of the image around an outline on the plane."""
    scene = image.scene
    a, back = scene.grid.affine, ~scene.grid.affine
    to_pixels = np.array([[back.a, back.b, back.c], [back.d, back.e, back.f]])
    reach = MARGIN_PX * abs(a.determinant) ** 0.5 + SHADOW_M
    corners = (
        shapely.get_coordinates(shapely.box(*start.buffer(reach).bounds)) @ to_pixels[:, :2].T
        + to_pixels[:, 2]
    )
    rows, cols = scene.grid.shape
    (c0, r0), (c1, r1) = np.floor(corners.min(axis=0)).astype(int), np.ceil(corners.max(axis=0)).astype(int)
    r0, c0, r1, c1 = max(r0, 0), max(c0, 0), min(r1, rows), min(c1, cols)
    to_pixels[:, 2] -= [c0, r0]
    values = image.values[:, r0:r1, c0:c1]
    usable = np.isfinite(values).all(axis=0)
    col, row = np.meshgrid(np.arange(c1 - c0) + 0.5, np.arange(r1 - r0) + 0.5)
    p = to_pixels
    for other in others:
        ring = affinity.affine_transform(
            other.buffer(abs(a.determinant) ** 0.5), [*p[0, :2], *p[1, :2], p[0, 2], p[1, 2]]
        )
        usable &= ~shapely.contains_xy(ring, col, row)
    shadow = None
    if scene.sun_elevation is not None and scene.sun_azimuth is not None:
        shadow = optics.shadow_vector(1.0, scene.sun_azimuth, scene.sun_elevation)
    return Look(
        scene.id, np.nan_to_num(values), usable, Placed(to_pixels, usable.shape, shadow, None), SIGMA_PX
    )


def summary(rows: list[dict[str, Any]]) -> list[common.Row]:
    """A line for each data set and class of size, and for all sizes."""
    lines: list[common.Row] = []
    for data in dict.fromkeys(r["data"] for r in rows):
        bounds = [*pairwise(CLASSES), (0.0, np.inf)]
        for low, high in bounds:
            some = [r for r in rows if r["data"] == data and low <= r["true"] < high]
            if some:
                name = (
                    "all"
                    if (low, high) == (0.0, np.inf)
                    else f"{low:.0f} to {high:.0f}".replace("to inf", "and more")
                )
                lines.append(line(some, data, name))
    return lines


def line(some: list[dict[str, Any]], data: str, name: str) -> common.Row:
    fits = [(*r["fit"], r["true"]) for r in some if "fit" in r]
    walls = [(*r["walls"], r["true"]) for r in some if "walls" in r]
    taken = [(*r.get("fit", r.get("walls", r["start"])), r["true"]) for r in some]
    return {
        "data": data,
        "true area, m2": name,
        "n": len(some),
        "start: error": spread([r["start"][0] / r["true"] for r in some]),
        "boxes": len(fits),
        "box: error": spread([v / t for v, _, _, t in fits]),
        "boxes held": held(fits),
        "walls": len(walls),
        "walls: error": spread([v / t for v, _, _, t in walls]),
        "walls held": held(walls),
        "as measured": spread([v / t for v, _, _, t in taken]),
        "measured held": held(taken),
        "regularised": spread([r["regularised"] / r["true"] for r in some if "regularised" in r]),
        "shared, rough and regularised": " ".join(
            f"{np.median([r[k] for r in some if k in r] or [np.nan]):.3f}"
            for k in ("rough share", "regularised share")
        ),
    }


def spread(ratios: list[float]) -> str:
    """Median relative error (bias), and quantiles .5 and .9 of its size, per cent."""
    if not ratios:
        return "-"
    error = 100 * (np.array(ratios) - 1)
    size = np.abs(error)
    return f"{np.median(error):+.1f}; {np.median(size):.1f}, {np.quantile(size, 0.9):.0f}"


def held(told: list[tuple[float, float, float, float]]) -> str:
    """Share of 90 % intervals that hold the truth."""
    return f"{np.mean([low <= true <= high for _, low, high, true in told]):.2f}" if told else "-"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--half", choices=("dev", "all"), default="dev")
    parser.add_argument("--most", type=int, default=20, help="labels of an image, drawn by chance")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--raw", type=Path, help="add one JSON object a label to this file")
    parser.add_argument("--read", type=Path, help="read such a file instead of measuring")
    args = parser.parse_args()
    if args.read:
        rows = [json.loads(text) for text in args.read.read_text().splitlines()]
    else:
        rows = []
        for image in chain(
            xbd(args.data / "xbd_joplin", args.half), levir(args.data / "levir_cd", args.half)
        ):
            rng = np.random.default_rng([args.seed, len(rows)])
            usable = [i for i in whole(image) if label_m2(image, i) >= LEAST_M2]
            most = args.most if image.data == "LEVIR-CD" else 10 * args.most
            for i in sorted(rng.permutation(usable)[:most]):
                rows.append(measured(image, int(i), rng))
                if args.raw:
                    with args.raw.open("a") as file:
                        file.write(json.dumps(rows[-1]) + "\n")
    print("Errors of areas, %: median (bias); median and 90 % quantile of their size.\n")
    print(common.table(summary(rows)))
    reasons = [r["failed"] for r in rows if r.get("failed")]
    print(json.dumps({"refused": {k: reasons.count(k) for k in sorted(set(reasons))}}))


def label_m2(image: Image, i: int) -> float:
    """Area of a label, by the grid's plane."""
    return float(image.labels[i].area * abs(image.scene.grid.affine.determinant))


if __name__ == "__main__":
    main()

"""How far the detector's outlines lie from the true ones, in pixels, by quantity: what the constants of
`sitewatch.measure.outline` rest on, and how often intervals made with them hold the truth.

    python benchmarks/outline.py --seeds 200-219 --gsd 3 10      # constants
    python benchmarks/outline.py --seeds 300-309 --gsd 3 10      # coverage of the constants in use

Each seed is a site of its own from the package's simulator (`random_scenario`, 32 dates over two years, all
its errors on), delivered as files, read, registered and searched like any other. A detection is held against
the true event of its kind with which it shares most, if that is at least `--iou` (0.25) of their union; sizes
of both on the ellipsoid. The offset of a quantity is its error over what one pixel of all edges changes it.
"""

import argparse
import json
import tempfile
from dataclasses import asdict
from pathlib import Path

import numpy as np
from pyproj import Transformer
from shapely import transform
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from sitewatch.app.detect import detect
from sitewatch.app.scenes import add_scenes
from sitewatch.app.site import add_site, aoi_from_point
from sitewatch.case import Case
from sitewatch.measure.outline import NORMAL_90, outline_measures, sizes
from sitewatch.simulate import deliver, random_scenario, render
from sitewatch.types import Event

QUANTITIES = ("area", "perimeter", "length", "width")


def pairs(seed: int, gsd: float, least: float, folder: Path) -> tuple[list[tuple[Event, BaseGeometry]], int]:
    """Events with the true outline that each stands for, in the event's CRS; the number of true events."""
    scenario = random_scenario(seed, gsd=gsd)
    deliver(render(scenario), folder / "scenes")
    case = Case.create(folder / "case")
    radius = scenario.size_m / 2 - 10
    add_site(case, "site", aoi_from_point(scenario.lon, scenario.lat, radius))
    add_scenes(case, [folder / "scenes"])
    found = detect(case)[0].events
    document = json.loads((folder / "scenes" / "truth.geojson").read_text())
    truth = [f for f in document["features"] if f["properties"]["kind"] in ("appeared", "removed", "altered")]
    result = []
    for event in found:
        to_grid = Transformer.from_crs(4326, event.crs, always_xy=True)
        same = [
            transform(shape(f["geometry"]), to_grid.transform, interleaved=False)
            for f in truth
            if f["properties"]["kind"] == event.kind.value
        ]
        scored = [(o.intersection(event.outline).area / o.union(event.outline).area, o) for o in same]
        best = max(scored, key=lambda s: s[0], default=(0.0, event.outline))
        if best[0] >= least:
            result.append((event, best[1]))
    return result, len(truth)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", default="200-219")
    parser.add_argument("--gsd", type=float, nargs="+", default=[3.0, 10.0])
    parser.add_argument("--iou", type=float, default=0.25)
    parser.add_argument("--raw", type=Path, help="add the single pairs to this file, one JSON object a line")
    args = parser.parse_args()
    first, _, last = args.seeds.partition("-")
    rows = []
    for gsd in args.gsd:
        for seed in range(int(first), int(last or first) + 1):
            with tempfile.TemporaryDirectory() as folder:
                found, true = pairs(seed, gsd, args.iou, Path(folder))
            for event, outline in found:
                assert event.crs is not None
                measured = outline_measures(event.outline, event.crs, gsd)
                truth = asdict(sizes(outline, event.crs))
                one_pixel = {
                    "area": truth["perimeter"] * gsd,
                    "perimeter": 8 * gsd,
                    "length": 2 * gsd,
                    "width": 2 * gsd,
                }
                row = {"gsd": gsd, "seed": seed, "true": true, "id": event.id, "kind": event.kind.value}
                for q in QUANTITIES:
                    value = measured[q]
                    row[q] = {
                        "value": value.value,
                        "truth": truth[q],
                        "offset": (value.value - truth[q]) / one_pixel[q],
                        "held": value.low <= truth[q] <= value.high,
                        "width": (value.high - value.low) / value.value,
                    }
                rows.append(row)
                if args.raw:
                    with args.raw.open("a") as file:
                        file.write(json.dumps(row) + "\n")
    for gsd in (*args.gsd, None):
        told = [r for r in rows if gsd in (None, r["gsd"])]
        summary = {"gsd_m": gsd or "all", "pairs": len(told)}
        for q in QUANTITIES if told else ():
            offset = np.array([r[q]["offset"] for r in told])
            summary[q] = {
                "median_offset_px": round(float(np.median(offset)), 3),
                "edge_px": round(float(np.quantile(np.abs(offset), 0.9)) / NORMAL_90, 3),
                "coverage_90": round(float(np.mean([r[q]["held"] for r in told])), 3),
                "median_relative_width": round(float(np.median([r[q]["width"] for r in told])), 3),
            }
        print(json.dumps(summary))


if __name__ == "__main__":
    main()

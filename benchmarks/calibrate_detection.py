"""How the constants in `change/calibration.py` were made: the detector on the package's own simulator.

Random sites (`simulate.random_scenario`) are rendered, delivered, registered and searched as a user's would be; each
event is true where it matches a scripted change (IoU of at least .25), and a logistic curve is fitted to its strength
and size. Development seeds 500 and up fit the curve, evaluation seeds 600 and up check it. The detector's thresholds
were chosen on other seeds (100-103).

    python benchmarks/calibrate_detection.py --sites 24 --dates 32
"""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from sitewatch.app.align import align
from sitewatch.app.detect import detections
from sitewatch.app.scenes import Reading, add_scenes, footprint
from sitewatch.case import Case
from sitewatch.evaluate.objects import score_objects
from sitewatch.formats.events_geojson import event_feature
from sitewatch.imagery.open import open_path
from sitewatch.simulate import deliver, random_scenario, render
from sitewatch.types import Site


def one_site(seed: int, gsd: float, dates: int) -> list[dict[str, float]]:
    """Events of one simulated site, each with what the curve needs and whether it is true."""
    with tempfile.TemporaryDirectory() as folder:
        delivery = Path(folder) / "delivery"
        deliver(render(random_scenario(seed, gsd=gsd, dates=dates)), delivery)
        truth = json.loads((delivery / "truth.geojson").read_text())["features"]
        case = Case.create(Path(folder) / "case")
        case.add_site(Site("simulated", footprint(open_path(delivery).scenes[0])))
        add_scenes(case, [delivery], site=None, reading=Reading())
        site = case.site()
        aligned = align(case, site)
        events, _, _ = detections(case, site, aligned)
        result = score_objects([event_feature(e) for e in events], truth, search_m=2 * gsd)
        true = {p.event: p for p in result.pairs}
        pixels = gsd**2
        return [
            {
                "seed": seed,
                "gsd": gsd,
                "strength": e.score,
                "pixels": e.outline.area / pixels,
                "true": float(i in true),
                "dated": float(true[i].dated) if i in true else np.nan,
                "targets": result.targets,
                "events": result.events,
                "pairs": len(result.pairs),
            }
            for i, e in enumerate(events)
        ]


def curve(rows: list[dict[str, float]], parameters: np.ndarray) -> np.ndarray:
    strength = np.log([r["strength"] for r in rows])
    size = np.log10([r["pixels"] for r in rows])
    return 1 / (1 + np.exp(-(parameters[0] + parameters[1] * strength + parameters[2] * size)))


def fit(rows: list[dict[str, float]]) -> np.ndarray:
    true = np.array([r["true"] for r in rows])

    def loss(p: np.ndarray) -> float:
        q = np.clip(curve(rows, p), 1e-6, 1 - 1e-6)
        return float(-(true * np.log(q) + (1 - true) * np.log(1 - q)).mean() + 0.01 * (p[1:] ** 2).sum())

    return minimize(loss, np.zeros(3), method="Nelder-Mead").x


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sites", type=int, default=24, help="sites for fitting; half as many for checking")
    parser.add_argument("--dates", type=int, default=32)
    parser.add_argument("--out", type=Path, help="write the rows here as JSON")
    args = parser.parse_args()
    sets = {}
    for name, first, count in (("development", 500, args.sites), ("evaluation", 600, args.sites // 2)):
        rows: list[dict[str, float]] = []
        for k in range(count):
            rows += one_site(first + k, 10.0 if k % 4 == 3 else 3.0, args.dates)
            print(name, first + k, len(rows), flush=True)
        sets[name] = rows
    if args.out:
        args.out.write_text(json.dumps(sets))
    parameters = fit(sets["development"])
    print("a, b, c =", parameters.round(3).tolist())
    for name, rows in sets.items():
        p, true = curve(rows, parameters), np.array([r["true"] for r in rows])
        dated = np.array([r["dated"] for r in rows])
        print(
            f"{name}: {len(rows)} events, {true.mean():.2f} true, Brier {((p - true) ** 2).mean():.3f} against "
            f"{true.mean() * (1 - true.mean()):.3f} of the base rate, dated {np.nanmean(dated):.2f}"
        )
        for low, high in ((0, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.01)):
            inside = (p >= low) & (p < high)
            if inside.any():
                print(
                    f"   stated {p[inside].mean():.2f} observed {true[inside].mean():.2f} of {inside.sum()}"
                )


if __name__ == "__main__":
    main()

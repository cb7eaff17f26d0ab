"""Registration of simulated stacks against the shifts they were seen with: errors, and whether stated errors hold.

    python benchmarks/registration_simulated.py [--seeds 20000-20005] [--gsd 3 10] [--dates 14] [--side 400]

Scenes are sampled anew from the ground at a scale finer than pixels, each displaced by an error of position, and each
of its four bands by one of its own (a standard deviation of .04 pixels): nothing is interpolated, so the truth is
exact. Two truths: what the scene was displaced by ("scene"), around which the bands vary, and where its bands lie
in the mean ("bands"). What all scenes of a site have in common, their median, is taken off, as no stack can see it.

Seeds from 20000 to 20029 are for development.
"""

import argparse

import common
import numpy as np
import numpy.typing as npt

from sitewatch.imagery.clear import doubted
from sitewatch.imagery.registration import register_stack
from sitewatch.simulate import Simulation, random_scenario, render
from sitewatch.simulate.noise import stream
from sitewatch.types import RegistrationStatus

Vector = npt.NDArray[np.float64]


def slips(simulation: Simulation) -> Vector:
    """(time, 2) how far the bands lie from the scene's shift in the mean, drawn as `simulate.render` draws them."""
    result = []
    limit = simulation.scenario.sensor.max_shift_px
    for k, shift in enumerate(simulation.shifts):
        rng = stream(simulation.seed, "shot", k)
        drawn = np.clip(rng.normal(0, limit / 2.2, 2), -limit, limit)
        if not np.allclose(drawn, shift):
            raise SystemExit("the simulator draws its shifts in another way now: mend this benchmark")
        result.append(np.clip(rng.normal(0, 0.04, (4, 2)), -0.1, 0.1).mean(axis=0)[::-1])
    return np.array(result)


def errors(seed: int, gsd: float, dates: int, side: int) -> tuple[Vector, Vector, Vector, int]:
    """Errors (scene, 2) by the scene's shift and by its bands', stated errors (scene,), and how many were refused."""
    made = render(random_scenario(seed, dates=dates, size_m=side * gsd, gsd=gsd))
    images = list(np.nan_to_num(made.stack).astype(np.float32))
    usable = list(~doubted(made.mask, np.isfinite(made.stack[:, 0])))
    found = register_stack(images, usable, made.scene_ids)
    good = np.array([r.status is not RegistrationStatus.FAILED for r in found])
    shifts = np.array([(r.dx, r.dy) for r in found])
    by_scene, by_bands = ((shifts - t)[good] for t in (made.shifts, made.shifts + slips(made)))
    stated = np.array([r.sigma for r in found])[good]
    frames = (e - np.median(e, axis=0) for e in (by_scene, by_bands))
    return *frames, stated, int((~good).sum())  # type: ignore[return-value]


def row(name: str, truth: str, error: Vector, stated: Vector, refused: int) -> common.Row:
    """Quantiles of the lengths of errors, and how components compare with the stated error."""
    size, pulls = np.hypot(*error.T), error / stated[:, None]
    return {
        "gsd m": name,
        "truth": truth,
        "scenes": len(size) + refused,
        "refused": refused,
        "median px": round(float(np.median(size)), 3),
        "p90 px": round(float(np.quantile(size, 0.9)), 3),
        "p99 px": round(float(np.quantile(size, 0.99)), 3),
        "stated px": round(float(np.median(stated)), 3),
        "rms pull": round(float(np.sqrt(np.mean(pulls**2))), 2),
        "within one stated": round(float(np.mean(np.abs(pulls) < 1)), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", default="20000-20005", help="first and last")
    parser.add_argument("--gsd", type=float, nargs="+", default=[3.0, 10.0], help="metres")
    parser.add_argument("--dates", type=int, default=14)
    parser.add_argument("--side", type=int, default=400, help="pixels")
    args = parser.parse_args()
    first, _, last = args.seeds.partition("-")
    rows: list[common.Row] = []
    for gsd in args.gsd:
        parts = [errors(s, gsd, args.dates, args.side) for s in range(int(first), int(last or first) + 1)]
        by_scene, by_bands, stated = (np.concatenate([p[i] for p in parts]) for i in range(3))
        refused = sum(p[3] for p in parts)
        rows.append(row(f"{gsd:g}", "scene", by_scene, stated, refused))
        rows.append(row(f"{gsd:g}", "bands", by_bands, stated, refused))
    print(common.table(rows))


if __name__ == "__main__":
    main()

"""How the constants in `change/calibration.py` were made, and how they hold elsewhere.

Random sites of the package's own simulator are rendered once, seen through sets of 10, 16 and 32 of their dates, and
searched by the detector "net-1". An event is true where it matches a scripted change (IoU of at least .25). Scenes are
brought into place by their true shifts plus .05 pixels of error, as registration leaves them: `detection.py` is the
same with files and registration, and slower.

    python benchmarks/calibrate_detection.py collect fit.jsonl --seeds 20000 20030 --all
    python benchmarks/calibrate_detection.py collect fit.jsonl --seeds 30310 30346 --all
    python benchmarks/calibrate_detection.py collect fit.jsonl --seeds 30362 30398 --gsd 3 --all
    python benchmarks/calibrate_detection.py collect fit.jsonl --seeds 30084 30094 --gsd 3 --all
    python benchmarks/calibrate_detection.py fit fit.jsonl
    python benchmarks/calibrate_detection.py check held.jsonl          # other seeds from 30000 on

Seeds 20000-20999 are for thresholds and calibration, 30000-30999 for evaluation only (30084-30119, 30310-30345 and
30362-30397 were scored once and then entered the fit); training uses 0-9999.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from odc.geo.geobox import GeoBox
from scipy.optimize import minimize

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "training"))
import samples  # noqa: E402

from sitewatch.change import calibration, learned  # noqa: E402
from sitewatch.change.network import KINDS  # noqa: E402
from sitewatch.change.traits import NAMES  # noqa: E402
from sitewatch.evaluate.match import match  # noqa: E402
from sitewatch.formats.events_geojson import event_feature  # noqa: E402
from sitewatch.simulate import random_scenario, render  # noqa: E402
from sitewatch.simulate.deliver import truth_geojson  # noqa: E402
from sitewatch.types import EventKind  # noqa: E402

DATES = (10, 16, 32)
YEARS = 2.0
SIDE_KM = 0.72
"""Of a site."""
RIDGE = (3.0, 10.0)
"""Of the weights in common, and of the departures of one kind."""


@dataclass
class Arrays:
    """A source in memory (`change.source.Source`)."""

    values: np.ndarray
    usable: np.ndarray
    days: np.ndarray
    dates: list[date]
    scene_ids: list[str]
    bands: list[str]
    grid: GeoBox
    pixel_m: float
    sunward: tuple[float, float] | None

    def read(self, window: tuple[slice, slice]) -> tuple[np.ndarray, np.ndarray]:
        return self.values[(..., *window)], self.usable[(..., *window)]


@dataclass
class Seen:
    """A site through one set of its dates."""

    seed: int
    variant: str
    count: int
    """Dates drawn; those that are usable are in `source`."""
    source: Arrays
    wanted: list[dict[str, Any]]
    """The true changes as GeoJSON features, those that no two of the dates enclose without dates."""


def sites(seed: int, gsd: float, variant: str) -> Iterator[Seen]:
    """A site through each set of dates that shows enough of it."""
    sim = render(random_scenario(seed, gsd=gsd, dates=max(DATES), years=YEARS, variant=variant))
    truth = truth_geojson(sim)["features"]
    rng = np.random.default_rng(seed)
    values, observed, classes = samples.registered(sim, rng)
    times = np.array([t.timestamp() / 86400 for t in sim.times])
    azimuth = np.radians(np.mean([s.azimuth for s in sim.sun]))
    for count in DATES:
        pick = np.sort(rng.choice(len(times), count, replace=False))
        clear = samples.series(values[pick], observed[pick], classes[pick], times[pick])
        if clear is None:
            continue
        where = np.searchsorted(times, clear.days)
        source = Arrays(
            np.where(clear.usable[:, None], clear.values, 0).astype(np.float32),
            clear.usable,
            clear.days,
            [sim.times[i].date() for i in where],
            [sim.scene_ids[i] for i in where],
            samples.BANDS_USED,
            sim.grid,
            gsd,
            (float(-np.cos(azimuth)), float(np.sin(azimuth))),
        )
        looks = [sim.times[i].date() for i in pick]
        wanted = []
        for feature in truth:
            p = dict(feature["properties"])
            if p.get("t_true"):
                day = date.fromisoformat(p["t_true"])
                if not looks[0] < day <= looks[-1]:
                    p["not_before"] = p["not_after"] = None
            wanted.append({**feature, "properties": p})
        yield Seen(seed, variant, count, source, wanted)


def row(seen: Seen, least: float | None = None) -> dict[str, Any]:
    """What the detector finds, scored; events of a probability of at least `least`, or those that are reported."""
    source = seen.source
    plan = learned.plan(source)
    places = learned.windows(source)
    shown = learned.joined([learned.look(source, w, plan) for w in places], places, source.grid.shape)
    found = learned.found(source, plan, shown, least)
    events = learned.events(source, plan, shown, "site", least)[0]
    paired = match(
        [event_feature(e) for e in events],
        seen.wanted,
        site=f"{seen.seed}",
        gsd_m=source.pixel_m,
        area_km2=SIDE_KM**2,
        years=float(source.days[-1] - source.days[0]) / 365.25,
        gaps=[[(g.start, g.end, g.probability) for g in e.posterior.gaps] for e in events],
    )
    lines = []
    for event, one, thing in zip(events, paired.found, found, strict=True):
        day = paired.wanted[one.target].day if one.target is not None else None
        gap = None
        if day is not None:
            after = [source.dates[i] for i in thing.index]
            gap = next((k for k in range(len(after) - 1) if after[k] < day <= after[k + 1]), None)
        lines.append(
            {
                "traits": thing.traits,
                "true": one.target is not None,
                "apart": one.why_false == "apart",
                "why": one.why_false,
                "kind": str(event.kind),
                "posterior": [round(float(p), 5) for p in thing.posterior],
                "days": [float(d) for d in source.days[thing.index]],
                "gap": gap,
            }
        )
    told = ("kind", "what", "scored", "event", "iou", "width_m")
    return {
        "seed": seen.seed,
        "gsd": source.pixel_m,
        "dates": seen.count,
        "variant": seen.variant,
        "events": lines,
        "years": paired.years,
        "wanted": [{k: v for k, v in asdict(w).items() if k in told} for w in paired.wanted],
    }


def fit(rows: list[dict[str, Any]]) -> None:
    """Print the constants: weights of all kinds in common and by how much those of one kind depart from them, each
    under a ridge of its own (`RIDGE`), since of removals there are few. The traits are standardised."""
    events = [e for r in rows for e in r["events"] if not e["apart"]]
    traits = np.array([e["traits"] for e in events], float)
    true = np.array([e["true"] for e in events], float)
    of_kind = np.array([[e["kind"] == kind for kind in KINDS] for e in events], float)
    centre, spread = traits.mean(axis=0), traits.std(axis=0) + 1e-9
    common = np.column_stack([np.ones(len(traits)), (traits - centre) / spread])
    terms = np.column_stack([common, *(common * own[:, None] for own in of_kind.T)])
    ridge = np.concatenate(
        [(0, *[weight] * len(NAMES)) for weight in (RIDGE[0], *[RIDGE[1]] * len(of_kind.T))]
    )

    def loss(p: np.ndarray) -> tuple[float, np.ndarray]:
        x = terms @ p
        slope = terms.T @ (1 / (1 + np.exp(-x)) - true) + ridge * p
        return float((np.logaddexp(0, x) - true * x).sum() + (ridge * p**2).sum() / 2), slope

    shared, *own = minimize(loss, np.zeros(len(ridge)), jac=True, method="L-BFGS-B").x.reshape(
        -1, common.shape[1]
    )
    curves = []
    for departure in own:
        weights = (shared + departure)[1:] / spread
        curves.append(((shared + departure)[0] - weights @ centre, *weights))
    print("CURVE = {")
    for name, row in zip(("constant", *NAMES), zip(*curves, strict=True), strict=True):
        print(f'    "{name}": {tuple(round(float(c), 3) for c in row)},')
    print("}  #", len(events), f"events, {true.mean():.2f} true, of", len({r["seed"] for r in rows}), "sites")
    for name, *row in zip(NAMES, shared[1:], *(o[1:] for o in own), strict=True):
        print(f"   {name}", *(f"{w:.2f}" for w in row), "a standard deviation, in common and by kind")


def dated_events(rows: list[dict[str, Any]]) -> list[tuple[np.ndarray, int, np.ndarray]]:
    """Posterior, true gap and lengths of the gaps in days, of the true events whose gap is known."""
    return [
        (np.array(e["posterior"]), e["gap"], np.diff(e["days"]))
        for r in rows
        for e in r["events"]
        if e["true"] and e["gap"] is not None
    ]


def check(rows: list[dict[str, Any]]) -> None:
    """Print how detection, probabilities and dates hold."""
    for gsd in sorted({r["gsd"] for r in rows}):
        for count in DATES:
            some = [r for r in rows if r["gsd"] == gsd and r["dates"] == count]
            if some:
                _tell(f"{gsd:g} m, {count} dates", some)
    _tell("all", rows)


def _tell(title: str, rows: list[dict[str, Any]]) -> None:
    events = [e for r in rows for e in r["events"] if not e["apart"]]
    wanted = [w for r in rows for w in r["wanted"] if w["scored"] == "full"]
    hit = [w for w in wanted if w["event"] is not None]
    half = sum(w["iou"] >= 0.5 for w in hit)
    print(
        f"{title}: {len(rows)} sites; F1 at .25 {2 * len(hit) / max(len(events) + len(wanted), 1):.2f}, at .5 "
        f"{2 * half / max(len(events) + len(wanted), 1):.2f}; recall {len(hit)}/{len(wanted)}, precision "
        f"{sum(e['true'] for e in events)}/{len(events)}; false by reason "
        f"{ {w: sum(e['why'] == w for e in events) for w in sorted({e['why'] for e in events if e['why']})} }"
    )
    removed = [w for w in wanted if w["kind"] == "removed"]
    print(f"   removals {sum(w['event'] is not None for w in removed)}/{len(removed)}", end="")
    if events:
        p = np.array([calibration.probability(EventKind(e["kind"]), e["traits"]) for e in events])
        true = np.array([e["true"] for e in events], float)
        base = true.mean() * (1 - true.mean())
        print(f"; Brier {((p - true) ** 2).mean():.3f} against {base:.3f}", end="")
        for low, high in ((0, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.01)):
            inside = (p >= low) & (p < high)
            if inside.any():
                print(
                    f"; stated {p[inside].mean():.2f} observed {true[inside].mean():.2f} of {inside.sum()}",
                    end="",
                )
    known = dated_events(rows)
    if known:
        best = np.mean([int(np.argmax(p)) == g for p, g, _ in known])
        score = np.mean([np.log(max(p[g], 1e-4)) for p, g, _ in known])
        covered, widths = [], []
        for p, g, days in known:
            order = np.argsort(-p)
            kept = order[: int(np.searchsorted(np.cumsum(p[order]), 0.9 - 1e-9)) + 1]
            covered.append(g in kept)
            widths.append(days[kept].sum())
        print(
            f"; of {len(known)} dated: most likely gap right {best:.2f}, 90 % set holds {np.mean(covered):.2f}, "
            f"mean width {np.mean(widths):.0f} d, mean log score {score:.2f}",
            end="",
        )
    print()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("do", choices=("collect", "fit", "check"))
    parser.add_argument("file", type=Path, nargs="+")
    parser.add_argument("--seeds", type=int, nargs=2, default=(20000, 20020), metavar=("FIRST", "END"))
    parser.add_argument("--gsd", type=float, nargs="+", default=[3.0, 10.0])
    parser.add_argument("--variant", default="base")
    parser.add_argument("--all", action="store_true", help="events of any probability: what `fit` needs")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    if args.do == "collect":
        with args.file[0].open("a") as file:
            for seed in range(*args.seeds):
                for gsd in args.gsd:
                    for seen in sites(seed, gsd, args.variant):
                        file.write(json.dumps(row(seen, 0.0 if args.all else None)) + "\n")
                    file.flush()
                    print(seed, gsd, flush=True)
        return
    rows = [json.loads(line) for f in args.file for line in f.read_text().splitlines()]
    fit(rows) if args.do == "fit" else check(rows)


if __name__ == "__main__":
    main()

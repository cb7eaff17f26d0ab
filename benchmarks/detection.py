"""How well changes are found and dated, on simulated sites that nothing was tuned on, with exposure and bounds.

Random sites of the package's own simulator (`simulate.random_scenario`) and, where the development data is at hand,
the independent ones (`simulated_sites`) are delivered, registered and searched as a user's would be; every event is
held against the truth by `sitewatch.evaluate`. Raw results go to a JSONL file, one line a site and number of dates, and
a run continues where it stopped, as long as the code is the same. One process.

    python benchmarks/detection.py --out runs.jsonl --seeds 20900-20919 --gsd 3 10 --dates 10 16 32
    python benchmarks/detection.py --out runs.jsonl --seeds 20900-20919 --variant shifted --no-independent
    python benchmarks/detection.py --out runs.jsonl --table --plot runs.png     # only tells what is there

Which seeds are for what: docs/reference/scenario.md. Seeds 30000-30999 are for the end, once.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import xarray as xr
from common import table as markdown
from matplotlib.figure import Figure

import sitewatch
from sitewatch.app.align import align
from sitewatch.app.detect import AUTO, COARSE_M, DETECTORS
from sitewatch.app.scenes import Reading, add_scenes, footprint
from sitewatch.case import Case
from sitewatch.change import crosscheck, learned, series
from sitewatch.change.source import CubeSource
from sitewatch.errors import DataError
from sitewatch.evaluate.alarms import false_alarms
from sitewatch.evaluate.calibration import calibration
from sitewatch.evaluate.dates import date_scores
from sitewatch.evaluate.detection import object_scores
from sitewatch.evaluate.intervals import Estimate, Rate, Share, share
from sitewatch.evaluate.match import Found, SiteRows, Wanted, match
from sitewatch.formats.events_geojson import event_feature
from sitewatch.imagery.open import open_path
from sitewatch.simulate import deliver, random_scenario, render
from sitewatch.types import Event, Site

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("SITEWATCH_DATA", ROOT.parent / "shared" / "data"))
INDEPENDENT = (("site11_3m", 3.0), ("site12_3m", 3.0), ("site11_10m", 10.0))
CODE = ("change", "cube.py", "imagery", "optics.py", "simulate", "app/align.py", "app/scenes.py", "types")
"""What a result depends on, in the package; `evaluate` reads the raw results again."""


@dataclass(frozen=True)
class Run:
    """One site to search."""

    source: str
    """"own" or "independent"."""
    name: str
    """Seed, or the delivery's name."""
    gsd: float
    dates: int
    variant: str
    detector: str

    @property
    def key(self) -> str:
        how = f"{self.dates} dates, {self.variant or 'plain'}, {self.detector}"
        return f"{self.source} {self.name} {self.gsd:g} m, {how}"


def simulated(run: Run, folder: Path) -> tuple[list[Path], list[dict[str, Any]]]:
    """Files and truth of a site of the package's own simulator."""
    extra = {"variant": run.variant} if run.variant else {}
    deliver(render(random_scenario(int(run.name), gsd=run.gsd, dates=run.dates, **extra)), folder)
    return [folder], json.loads((folder / "truth.geojson").read_text())["features"]


def independent(run: Run) -> tuple[list[Path], list[dict[str, Any]]]:
    """Files and truth of a site of the other simulator, with evenly chosen dates where fewer are asked for."""
    base = DATA / "simulated_sites"
    truth = json.loads((base / f"truth_{run.name}.geojson").read_text())["features"]
    images = sorted((base / run.name).glob("*_AnalyticMS_SR.tif"))
    chosen = [images[i] for i in np.unique(np.linspace(0, len(images) - 1, run.dates).round().astype(int))]
    looks = [datetime.strptime(p.name[:8], "%Y%m%d").date() for p in chosen]
    start = _epoch(truth)
    for feature in truth:
        p = feature["properties"]
        if "t" not in p:
            continue
        day = (start + timedelta(days=p["t"])).date()
        # a scene of that very instant or later shows it; days are what events are dated in
        p["t_true"] = day.isoformat()
        if not looks[0] < day <= looks[-1]:
            p["not_before"] = p["not_after"] = None
    return chosen, truth


def _epoch(truth: list[dict[str, Any]]) -> datetime:
    """Day 0 of that simulator: the instant for which all its stage dates come out as written."""
    pairs = [
        (t, date.fromisoformat(d))
        for f in truth
        for t, d in zip(
            f["properties"].get("stages", ()), f["properties"].get("stage_dates", ()), strict=True
        )
    ]
    low = max(datetime.combine(d, datetime.min.time()) - timedelta(days=t) for t, d in pairs)
    high = min(datetime.combine(d, datetime.min.time()) + timedelta(days=1 - t) for t, d in pairs)
    if not low < high:
        raise DataError("the stage dates of the independent truth do not fit one first day")
    return low + (high - low) / 2


def found(detector: str, cube: xr.Dataset, pixel_m: float) -> tuple[list[Event], list[str]]:
    """Events and notes of one of the detectors; "auto" is what `sitewatch detect` takes by itself."""
    if detector == AUTO:
        coarse = pixel_m > COARSE_M and cube.sizes["time"] >= series.MIN_DATES
        detector = crosscheck.NAME if coarse else learned.NAME
    if detector == series.NAME:
        return series.detect(cube, "site", pixel_m=pixel_m)
    if detector == crosscheck.NAME:
        return crosscheck.detect(cube, "site", pixel_m)
    return learned.detect(CubeSource(cube, pixel_m, series.MIN_USABLE), "site")


def search(run: Run) -> dict[str, Any]:
    """Search one site and hold the events against its truth; one line of the raw results."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        paths, truth = simulated(run, folder / "delivery") if run.source == "own" else independent(run)
        case = Case.create(folder / "case")
        aoi = footprint(open_path(paths[0]).scenes[0])
        case.add_site(Site("site", aoi))
        add_scenes(case, paths, site=None, reading=Reading())
        events, notes, failed = [], [], None
        used, pixels, days, aligning, clock = 0, 0, 0, 0.0, time.process_time()
        try:
            aligned = align(case, case.site())
            cube = aligned.cube()
            aligning, clock = time.process_time() - clock, time.process_time()
            used, pixels = len(aligned.scenes), cube["clear"].size
            days = (aligned.scenes[-1].acquired - aligned.scenes[0].acquired).days
            events, notes = found(run.detector, cube, run.gsd)
        except DataError as error:  # too few usable dates: everything is missed, and no time was searched
            failed = str(error)
        detecting = time.process_time() - clock
        rows = match(
            [event_feature(e) for e in events],
            truth,
            site=f"{run.source} {run.name}",
            gsd_m=run.gsd,
            search_m=(2 if run.source == "own" else 4) * run.gsd,
            area_km2=abs(pyproj.Geod(ellps="WGS84").geometry_area_perimeter(aoi)[0]) / 1e6,
            years=0.0 if failed else days / 365.25,
            gaps=[[(g.start, g.end, g.probability) for g in e.posterior.gaps] for e in events],
        )
        return {
            "key": run.key,
            "run": asdict(run),
            "rows": asdict(rows),
            "scores": [e.score for e in events],
            "notes": notes,
            "failed": failed,
            "dates_used": used,
            "megapixel_dates": pixels / 1e6,
            "cpu_s": {"align": round(aligning, 2), "detect": round(detecting, 2)},
        }


def rows_of(raw: dict[str, Any]) -> SiteRows:
    """The rows of one line of raw results."""
    rows = raw["rows"]

    def day(text: str | None) -> date | None:
        return None if text is None else date.fromisoformat(text)

    found = tuple(
        Found(
            **{
                **f,
                "gap": tuple(map(day, f["gap"])),
                "hull": tuple(map(day, f["hull"])),
                "gaps": tuple((day(a), day(b), p) for a, b, p in f["gaps"]),
            }
        )
        for f in rows["found"]
    )
    wanted = tuple(
        Wanted(
            **{
                **w,
                "day": day(w["day"]),
                "gap": tuple(map(day, w["gap"])),
                "stages": tuple(map(day, w["stages"])),
            }
        )
        for w in rows["wanted"]
    )
    return SiteRows(**{**rows, "found": found, "wanted": wanted, "offset_m": tuple(rows["offset_m"])})


def code_hash() -> str:
    """Of all that a raw result depends on."""
    base = Path(sitewatch.__file__).parent
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for entry in CODE:
        place = base / entry
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(base).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def commit() -> str:
    """Short name of the commit, with + where files were changed since."""
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty=+"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def planned(args: argparse.Namespace) -> Iterator[Run]:
    for count in args.dates:
        for name, gsd in INDEPENDENT if args.independent else ():
            if gsd in args.gsd:
                yield Run("independent", name, gsd, count, "", args.detector)
    for seed in args.seeds:
        for gsd in args.gsd:
            for count in args.dates:
                yield Run("own", str(seed), gsd, count, args.variant, args.detector)


def seeds(text: str) -> list[int]:
    """ "900-903,910" as a list."""
    parts = [p.split("-") for p in text.split(",") if p]
    return [s for p in parts for s in range(int(p[0]), int(p[-1]) + 1)]


def read(path: Path, code: str | None) -> dict[str, dict[str, Any]]:
    """Raw results by key, the last of each; only those of `code`, unless it is None."""
    if not path.exists():
        return {}
    lines = []
    for line in path.read_text().splitlines():
        try:
            lines.append(json.loads(line))
        except ValueError:  # cut off when the run was stopped
            print("a line that was cut off is left out", file=sys.stderr)
    return {r["key"]: r for r in lines if code is None or r["code"] == code}


def show(value: Share | Rate | Estimate | None, digits: int = 2) -> str:
    """A value with its interval."""
    if value is None or value.value is None:
        return "-"
    if value.low is None:
        return f"{value.value:.{digits}f}"
    text = f"{value.value:.{digits}f} [{value.low:.{digits}f}, {value.high:.{digits}f}]"
    return f"{text} of {value.total}" if isinstance(value, Share) else text


def tell(title: str, raw: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Print all scores of a group of runs; the same as plain values."""
    sites = [rows_of(r) for r in raw]
    objects, dates = object_scores(sites), date_scores(sites)
    exposure = sum(s.exposure or 0 for s in sites)
    print(f"\n## {title}: {len(sites)} sites, {exposure:.2f} km² year", end="")
    failed = sum(r["failed"] is not None for r in raw)
    print(f", {failed} refused for want of usable dates" if failed else "")
    result: dict[str, Any] = {"title": title, "objects": asdict(objects), "dates": asdict(dates)}
    for o in objects.overall:
        print(f"  IoU {o.iou:g}: F1 {show(o.f1)}, recall {show(o.recall)}, precision {show(o.precision)}")
    if exposure:
        alarms = false_alarms(sites)
        result["alarms"] = asdict(alarms)
        print(
            f"  false alarms per km² year: {show(alarms.rate)} ({alarms.rate.count}), by site {show(alarms.by_site)}; "
            f"away from true changes {show(alarms.elsewhere)} ({alarms.elsewhere.count})"
        )
        reasons = ", ".join(f"{k} {r.count}" for k, r in alarms.by_reason.items())
        print(f"    by reason: {reasons or 'none'}")
        kinds = ", ".join(f"{k} {show(r)}" for k, r in alarms.by_kind.items())
        print(f"    by stated kind: {kinds or 'none'}")
    removals = [(s, w) for s in sites for w in s.wanted if w.kind == "removed" and w.scored == "full"]
    for name, group in (
        ("removals", removals),
        ("  cranes", [(s, w) for s, w in removals if w.what == "crane"]),
        ("  other", [(s, w) for s, w in removals if w.what != "crane"]),
    ):
        calls = [s.found[w.event].kind for s, w in group if w.event is not None]
        recall = share(len(calls), len(group))
        print(
            f"  {name}: recall at IoU .25 {show(recall)}; {calls.count('removed')} of {len(calls)} called removed"
        )
    print(f"  kind right: {show(objects.kind_right)}")
    print(
        f"  dates of {dates.pairs - dates.undated} pairs: gap right {show(dates.gap_right)}, 90 % set holds "
        f"{show(dates.set_covers)} (mean {show(dates.set_width_days, 0)} d), its hull {show(dates.hull_covers)} "
        f"(mean {show(dates.hull_width_days, 0)} d, open {dates.hull_open.count})"
    )
    print(
        f"    error {show(dates.error_days_median, 0)} d median, {show(dates.error_days_p90, 0)} d p90; gap "
        f"{show(dates.gap_width_days, 0)} d; at a later stage {dates.at_a_later_stage.count}; log score "
        f"{show(dates.log_score)}"
    )
    if any(f.probability is not None for s in sites for f in s.found):
        c = calibration(sites)
        result["calibration"] = asdict(c)
        print(
            f"  probability: Brier {show(c.brier, 3)} against {c.brier_base:.3f} of the base rate "
            f"{c.base_rate:.2f}; mean |stated - observed| {c.error:.3f}"
        )
    for label, table in (
        ("recall by kind", objects.recall_by_kind),
        ("precision by stated kind", objects.precision_by_kind),
        ("recall by size", objects.recall_by_size),
        ("precision by size", objects.precision_by_size),
        ("recall, scored apart", objects.apart),
    ):
        for name, shares in table.items():
            print(f"  {label:25s} {name:14s} " + "   ".join(f"@{t:g} {show(v)}" for t, v in shares.items()))
    what = Counter((w.what, w.event is not None) for s in sites for w in s.wanted if w.scored == "full")
    print(
        "  found of: "
        + ", ".join(
            f"{k} {what[k, True]}/{what[k, True] + what[k, False]}" for k in sorted({k for k, _ in what})
        )
    )
    crane = objects.recall_by_kind.get("crane", {}).get(0.25)
    removed = objects.recall_by_kind.get("removed", {}).get(0.25)
    result["line"] = {
        "group": title,
        "sites": len(sites),
        "km² year": exposure,
        "F1 at .25": show(objects.overall[0].f1),
        "at .5": show(objects.overall[1].f1),
        "false per km² year": show(false_alarms(sites).rate) if exposure else "-",
        "removals found": show(removed),
        "cranes": show(crane),
        "gap right": show(dates.gap_right),
        "90 % set": show(dates.set_covers),
        "days in it": show(dates.set_width_days, 0),
        "Brier": show(calibration(sites).brier, 3) if "calibration" in result else "-",
    }
    work = sum(r["megapixel_dates"] for r in raw) or 1.0
    for step in ("align", "detect"):
        cpu = sum(r["cpu_s"][step] for r in raw)
        print(f"  {step}: {cpu / len(raw):.1f} CPU s a site, {cpu / work:.2f} a megapixel and date")
    return result


def tables(raw: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One section a source, pixel size, variant and number of dates; then all dates of each together; then all in one
    table."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for r in raw:
        run = r["run"]
        head = (f"{run['source']}{' ' + run['variant'] if run['variant'] else ''}", f"{run['gsd']:g} m")
        groups.setdefault((*head, f"{run['dates']:3d} dates"), []).append(r)
        groups.setdefault((*head, "all dates"), []).append(r)
    single = {g[:2]: sum(h[:2] == g[:2] for h in groups) == 2 for g in groups}
    told = [
        tell(", ".join(group), members)
        for group, members in sorted(groups.items())
        if not (group[2] == "all dates" and single[group[:2]])
    ]
    print(f"\n{markdown([t['line'] for t in told])}")
    print("\n[low, high]: 90 %, so that each end is a 95 % bound.")
    return told


def plot(told: Sequence[dict[str, Any]], path: Path) -> None:
    """F1, false alarms and dating of each group, and reliability, with their intervals."""
    figure = Figure(figsize=(11, 7.5), layout="constrained")
    axes = figure.subplots(2, 2)
    names = [t["title"] for t in told]
    panels = (
        (
            axes[0, 0],
            "F1",
            [
                (f"IoU {o}", [t["objects"]["overall"][i]["f1"] for t in told])
                for i, o in enumerate((0.25, 0.5))
            ],
        ),
        (
            axes[0, 1],
            "false alarms per km² and year",
            [("all", [t.get("alarms", {}).get("rate") for t in told])],
        ),
        (
            axes[1, 0],
            "dates",
            [
                ("most likely gap right", [t["dates"]["gap_right"] for t in told]),
                ("90 % set holds it", [t["dates"]["set_covers"] for t in told]),
            ],
        ),
    )
    for ax, title, lines in panels:
        for k, (label, values) in enumerate(lines):
            for i, v in enumerate(values):
                if v is None or v["value"] is None:
                    continue
                y = i + 0.2 * k
                ax.plot(
                    v["value"],
                    y,
                    "os"[k],
                    color=f"C{k}",
                    label=None if label in ax.get_legend_handles_labels()[1] else label,
                )
                if v["low"] is not None:
                    ax.hlines(y, v["low"], v["high"], color=f"C{k}")
        ax.set_yticks(range(len(names)), names if ax is not axes[0, 1] else [""] * len(names))
        ax.invert_yaxis()
        ax.set_title(title)
        ax.set_xlim(left=0)
        if ax.get_legend_handles_labels()[0]:
            ax.legend(fontsize=7)
    ax = axes[1, 1]
    ax.plot([0, 1], [0, 1], color="grey", linewidth=0.7)
    for k, t in enumerate(told):
        curve = t.get("calibration", {}).get("curve", ())
        ax.plot(
            [b["stated"] for b in curve],
            [b["observed"] for b in curve],
            "o-",
            color=f"C{k}",
            label=t["title"],
        )
    ax.set_title("probability: stated against observed")
    if ax.get_legend_handles_labels()[0]:
        ax.legend(fontsize=6)
    figure.savefig(path, dpi=130)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="JSONL of raw results; continued where it exists"
    )
    parser.add_argument(
        "--seeds", type=seeds, default=seeds("20900-20909"), help="of the own simulator: 20900-20909,20930"
    )
    parser.add_argument("--gsd", type=float, nargs="+", default=[3.0, 10.0])
    parser.add_argument("--dates", type=int, nargs="+", default=[10, 16, 32])
    parser.add_argument(
        "--variant", default="", help="of the own simulator: shifted for other materials, land and clouds"
    )
    parser.add_argument("--detector", choices=DETECTORS, default=AUTO)
    parser.add_argument("--independent", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument(
        "--any-code", action="store_true", help="count results of other versions of the code too"
    )
    parser.add_argument("--table", action="store_true", help="search nothing, tell what is in --out")
    parser.add_argument("--json", type=Path, help="write the scores here")
    parser.add_argument("--plot", type=Path, help="draw them here")
    args = parser.parse_args()
    code = code_hash()
    have = read(args.out, None if args.any_code else code)
    if not args.table:
        if args.independent and not (DATA / "simulated_sites").exists():
            parser.error(f"no independent sites at {DATA}; set SITEWATCH_DATA, or pass --no-independent")
        runs = list(planned(args))
        for i, run in enumerate(runs):
            if run.key in have:
                continue
            raw = {**search(run), "code": code, "commit": commit(), "when": datetime.now(UTC).isoformat()}
            with args.out.open("a") as out:
                out.write(json.dumps(raw, default=str) + "\n")
            have[run.key] = raw
            rows = rows_of(json.loads(json.dumps(raw, default=str)))
            hits = sum(w.event is not None for w in rows.wanted if w.scored == "full")
            print(
                f"{i + 1}/{len(runs)} {run.key}: {hits} of {sum(w.scored == 'full' for w in rows.wanted)} found, "
                f"{sum(f.why_false not in (None, 'apart') for f in rows.found)} false",
                flush=True,
            )
        wanted = {run.key for run in runs}
        have = {k: r for k, r in have.items() if k in wanted}
    if not have:
        parser.error(
            f"{args.out} holds no results of this code ({code}); run without --table, or pass --any-code"
        )
    results = json.loads(
        json.dumps(tables([json.loads(json.dumps(r, default=str)) for r in have.values()]), default=str)
    )
    if args.json:
        args.json.write_text(json.dumps(results, indent=1) + "\n")
    if args.plot:
        plot(results, args.plot)


if __name__ == "__main__":
    main()

"""Hold detections against truth: the field's scores and our own."""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyproj
import shapely
from shapely.geometry import shape

from sitewatch.app._evaluate_read import Source, read_source
from sitewatch.errors import DataError, UsageError, asking_for_room
from sitewatch.evaluate import smart_phases, smart_tables
from sitewatch.evaluate.alarms import AlarmTable, false_alarms
from sitewatch.evaluate.calibration import CalibrationTable, calibration
from sitewatch.evaluate.dates import DateTable, date_scores
from sitewatch.evaluate.detection import ObjectTable, object_scores
from sitewatch.evaluate.match import SiteRows, match
from sitewatch.evaluate.scot import Scot, mean_scot, scot
from sitewatch.evaluate.smart_search import MODES, search
from sitewatch.evaluate.smart_stack import stack
from sitewatch.evaluate.tracks import days_of, steps_of_events
from sitewatch.formats.geojson import read_geojson
from sitewatch.formats.smart_sites import read_region
from sitewatch.report.figures.scores import reliability_figure, size_figure
from sitewatch.types.smart import SmartRegion

METRICS = ("objects", "dates", "false-alarms", "scot", "smart", "calibration")
DAYS_A_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Options:
    """What an evaluation needs beside the two files."""

    ious: tuple[float, ...] = (0.25, 0.5)
    gsd_m: float | None = None
    """Metres a pixel: changes below 4 pixels or 1.5 in width are scored apart; None to score all alike."""
    search_m: float = 0.0
    """A common offset of up to this many metres is taken off."""
    area_km2: float | None = None
    aoi: Path | None = None
    """GeoJSON polygon of the ground searched, instead of `area_km2`."""
    start: date | None = None
    end: date | None = None
    """First and last look of the search."""
    region: Path | None = None
    """SMART region model."""
    tolerance: int = 0
    """Steps by which a removal may be off, in SCOT's companion."""


@dataclass(frozen=True, slots=True)
class SmartScores:
    """SMART metrics of one region."""

    region: str
    search: dict[str, smart_tables.Row]
    """Row of the scoreboard, by mode: overall, completed, partial."""
    phases: dict[str, list[smart_tables.Row]]
    """Tables of activity classification (overall), by the programme's file name."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The scores that could be computed, and why the others could not."""

    detections: Path
    truth: Path
    options: Options
    events: int
    """Reported."""
    changes: int
    """True."""
    objects: ObjectTable | None = None
    dates: DateTable | None = None
    alarms: AlarmTable | None = None
    scot: dict[str, Scot] | None = None
    """By area."""
    smart: list[SmartScores] | None = None
    calibration: CalibrationTable | None = None
    left_out: dict[str, str] = field(default_factory=dict)
    """Metric → why it was not computed."""
    notes: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()

    @property
    def mean_scot(self) -> float | None:
        return mean_scot(self.scot.values()) if self.scot else None

    def plain(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return {**asdict(self), "mean_scot": self.mean_scot}


def evaluate(
    detections: Path,
    truth: Path,
    *,
    metrics: Sequence[str] = METRICS,
    options: Options | None = None,
    out: Path | None = None,
) -> Evaluation:
    """Score detections against truth.

    Args:
        metrics: some of `METRICS`; of several, those that cannot be computed are left out with the reason.
        out: folder for `evaluation.json`, figures and, for SMART, the programme's tables.

    Raises:
        UsageError: a file that is not there, a metric that is none.
        DataError: a file that cannot be read, two that do not go together, or the only metric cannot be computed.
    """
    options = options or Options()
    strange = set(metrics) - set(METRICS)
    if strange or not metrics:
        raise UsageError(
            f"metric {min(strange, default='(none)')!r}; expected some of {', '.join(METRICS)}, or all"
        )
    if not options.ious or any(not 0.25 <= t <= 1 for t in options.ious):
        raise UsageError(f"IoU {options.ious}; expected 0.25 to 1: pairs are made from 0.25 on")
    found, true = read_source(detections, truth=False), read_source(truth, truth=True)
    if found.pixels != true.pixels:
        a, b = ("pixels", "longitude and latitude") if found.pixels else ("longitude and latitude", "pixels")
        raise DataError(f"{found.path} is in {a} and {true.path} in {b}; bring both into one frame")
    sites = _rows(found, true, options)
    makers: dict[str, Callable[[], Any]] = {
        "objects": lambda: object_scores(sites, options.ious),
        "dates": lambda: _dates(sites),
        "false-alarms": lambda: false_alarms(_exposed(sites, options)),
        "scot": lambda: _scot(found, true, options),
        "smart": lambda: _smart(found, true, options, out),
        "calibration": lambda: calibration(sites),
    }
    made: dict[str, Any] = {}
    left_out = {}
    for name in metrics:
        try:
            made[name] = makers[name]()
        except DataError as error:
            if len(metrics) == 1:
                raise
            left_out[name] = str(error)
    result = Evaluation(
        detections=found.path,
        truth=true.path,
        options=options,
        events=sum(len(s.found) for s in sites),
        changes=sum(len(s.wanted) for s in sites),
        objects=made.get("objects"),
        dates=made.get("dates"),
        alarms=made.get("false-alarms"),
        scot=made.get("scot"),
        smart=made.get("smart"),
        calibration=made.get("calibration"),
        left_out=left_out,
        notes=tuple(dict.fromkeys((*found.notes, *true.notes))),
    )
    return result if out is None else _written(result, out)


def _rows(found: Source, true: Source, options: Options) -> list[SiteRows]:
    """Pairs of each area; areas are those of the truth."""
    names = _areas(found, true)
    return [
        match(
            found.areas.get(ours, ()) if ours is not None else (),
            true.areas[name],
            site=name,
            gsd_m=options.gsd_m,
            search_m=options.search_m,
            pixels=true.pixels,
        )
        for name, ours in names.items()
    ]


def _areas(found: Source, true: Source) -> dict[str, str | None]:
    """Area of the truth → area of the detections. Of SMART truth only regions with proposals are scored."""
    if len(found.areas) == 1 and len(true.areas) == 1:
        return {next(iter(true.areas)): next(iter(found.areas))}
    strangers = sorted(found.areas.keys() - true.areas.keys())
    if strangers:
        raise DataError(
            f"{found.path} has the area {strangers[0] or '(unnamed)'!r}, which {true.path} has not; "
            f"it has {', '.join(sorted(true.areas)[:3])}"
        )
    names = [n for n in true.areas if true.kind != "smart" or n in found.areas]
    return {n: n if n in found.areas else None for n in names}


def _dates(sites: Sequence[SiteRows]) -> DateTable:
    table = date_scores(sites)
    if table.pairs and table.undated == table.pairs:
        raise DataError(
            f"none of the {table.pairs} found changes is dated on both sides; detections need gap_start and gap_end, "
            "truth needs t_true or not_before and not_after"
        )
    return table


def _exposed(sites: Sequence[SiteRows], options: Options) -> list[SiteRows]:
    """The sites with the ground and time that were searched, shared among them."""
    area = options.area_km2
    if options.aoi is not None:
        layer = read_geojson(options.aoi)
        if layer.pixels:
            raise DataError(f"{options.aoi} is in pixels; expected longitude and latitude")
        ground = shapely.union_all([shape(f["geometry"]) for f in layer.features])
        area = abs(pyproj.Geod(ellps="WGS84").geometry_area_perimeter(ground)[0]) / 1e6
    if area is None or options.start is None or options.end is None:
        raise DataError(
            "false alarms need an exposure: --area-km2 or --aoi, and --from and --to of the search"
        )
    years = (options.end - options.start).days / DAYS_A_YEAR
    if not (area > 0 and years > 0):
        raise DataError(f"an exposure of {area:g} km2 and {years:g} years; expected both above 0")
    return [SiteRows(s.site, s.found, s.wanted, area / len(sites), years, s.gsd_m, s.offset_m) for s in sites]


def _scot(found: Source, true: Source, options: Options) -> dict[str, Scot]:
    result = {}
    for name, ours in _areas(found, true).items():
        days = _step_days(found, true, name, ours)
        if len(days) < 2:
            raise DataError("SCOT needs footprints at two dates at least; the two files name fewer")
        result[name] = scot(_steps(true, name, days), _steps(found, ours, days), tolerance=options.tolerance)
    return result


def _step_days(found: Source, true: Source, name: str, ours: str | None) -> list[date]:
    """Dates of the label folders; without any, all looks that either side names."""
    given = [[*a.days] for s, n in ((true, name), (found, ours)) for a in s.labels if a.area == n]
    if len(given) == 2 and given[0] != given[1]:
        raise DataError(
            f"area {name or '(unnamed)'}: {len(given[1])} dates of detections and {len(given[0])} of truth differ; "
            "expected the same"
        )
    if given:
        return given[0]
    return days_of([*true.areas[name], *(found.areas.get(ours, ()) if ours is not None else ())])


def _steps(
    source: Source, name: str | None, days: Sequence[date]
) -> Sequence[Mapping[str, shapely.Geometry]]:
    for a in source.labels:
        if a.area == name:
            return a.steps
    return steps_of_events(source.areas.get(name, ()) if name is not None else (), days)


def _smart(found: Source, true: Source, options: Options, out: Path | None) -> list[SmartScores]:
    if found.kind != "smart" or true.kind != "smart":
        which = found.path if found.kind != "smart" else true.path
        raise DataError(f"SMART metrics need SMART site models on both sides; {which} holds none")
    regions = [read_region(options.region)] if options.region else _regions(true, found)
    result = []
    for region in regions:
        truths = [stack(s, region) for s in true.sites if s.site_id.startswith(f"{region.region_id}_")]
        ours = [stack(s, region) for s in found.sites if s.site_id.startswith(f"{region.region_id}_")]
        if not truths:
            raise DataError(f"no true site belongs to the region {region.region_id}")
        runs = {mode: search(truths, ours, region, mode=mode) for mode in MODES}
        phases = smart_phases.classify(runs["overall"])
        tables = {
            "ac_confusion_matrix_all_sites": smart_phases.confusion([p for s in phases for p in s.pairs]),
            "ac_f1_all_sites": smart_phases.f1_table(phases),
            "ac_temporal_error": smart_phases.onset_table(phases),
            "ac_tiou": smart_phases.tiou_table(phases),
            "ac_phase_table": smart_phases.phase_table(phases),
        }
        result.append(
            SmartScores(region.region_id, {m: smart_tables.scores(r) for m, r in runs.items()}, tables)
        )
        if out is not None:
            folder = out / region.region_id
            _csv(folder / "gt_sites.csv", smart_tables.sites(truths))
            _csv(folder / "sm_sites.csv", smart_tables.sites(ours))
            for mode, run in runs.items():
                _csv(folder / mode / "scoreboard.csv", [smart_tables.scores(run)])
                _csv(folder / mode / "f_scores.csv", [smart_tables.f_scores(run)])
                _csv(folder / mode / "detections.csv", smart_tables.detections(run))
                _csv(folder / mode / "proposals.csv", smart_tables.proposals(run))
            for name, rows in tables.items():
                _csv(folder / "phase_activity" / f"{name}.csv", rows)
    return result


def _regions(true: Source, found: Source) -> list[SmartRegion]:
    """Region models beside the true site models, of the regions that have proposals."""
    folder = true.path.parent / "region_models"
    files = [folder / f"{name}.geojson" for name in found.areas]
    missing = [f for f in files if not f.is_file()]
    if missing:
        raise DataError(f"the region model {missing[0]} is not there; give one with --region")
    return [read_region(f) for f in files]


def _csv(file: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    columns = list(dict.fromkeys(k for row in rows for k in row))
    with asking_for_room(file), file.open("w", newline="", encoding="utf-8") as text:
        writer = csv.DictWriter(text, columns)
        writer.writeheader()
        writer.writerows(rows)


def _written(result: Evaluation, out: Path) -> Evaluation:
    """Scores and figures in a folder."""
    with asking_for_room(out):
        out.mkdir(parents=True, exist_ok=True)
        files = [out / "evaluation.json", *_figures(result, out)]
        result = replace(result, files=tuple(files))
        files[0].write_text(json.dumps(result.plain(), indent=1, default=str) + "\n", encoding="utf-8")
    return result


def _figures(result: Evaluation, out: Path) -> list[Path]:
    about = f"{result.detections.name} against {result.truth.name}"
    made = []
    if result.calibration is not None:
        curve = [
            (b.stated, b.observed, b.observed_low, b.observed_high, b.count) for b in result.calibration.curve
        ]
        made.append(reliability_figure(curve, out / "reliability.png", caption=f"Reliability: {about}"))
    if result.objects is not None and (result.objects.recall_by_size or result.objects.precision_by_size):
        first = min(result.options.ious)
        recall, precision = (
            {
                k: (v[first].value or 0.0, v[first].low, v[first].high, v[first].total)
                for k, v in table.items()
            }
            for table in (result.objects.recall_by_size, result.objects.precision_by_size)
        )
        caption = f"Precision and recall by size: {about}"
        made.append(size_figure(recall, precision, out / "sizes.png", iou=first, caption=caption))
    return made

"""`sitewatch measure`."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sitewatch.cli.measure_image import image_options, measure_one, refuse_image_options
from sitewatch.cli.options import json_option, site_option, tell
from sitewatch.cli.progress import progress
from sitewatch.cli.scale import scale_options
from sitewatch.errors import UsageError

if TYPE_CHECKING:
    from sitewatch.app.measure import Measured
    from sitewatch.types import Value

QUANTITIES = ("area", "length", "width", "height")


@click.command()
@click.argument("case", type=click.Path(path_type=Path), metavar="CASE|IMAGE")
@site_option
@image_options
@scale_options
@click.option(
    "--track",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="GeoJSON polygons around what grows: its area on each clear date, with --before.",
)
@click.option(
    "--before",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="Last day of the state before, for --track.",
)
@click.option(
    "--slope",
    type=click.FloatRange(0, 30),
    metavar="DEG",
    help="How steep the ground around the buildings is: heights from shadows widen by it. Else it is assumed level.",
)
@json_option
def measure(
    case: Path,
    site: str | None,
    track: Path | None,
    before: datetime | None,
    slope: float | None,
    outline: Path | None,
    gcps: Path | None,
    against: str | None,
    gsd: float | None,
    gsd_sigma: float | None,
    known: tuple[tuple[float, ...], ...],
    as_json: bool,
) -> None:
    """Measure what was found and the reference buildings: area, perimeter, length, width, height, and the ratio of
    what appeared to each reference building, each with its 90 % interval.

    A box with its shadow is fitted to the pixels of several dates. Where none fits, the outline itself is
    measured, with a wide interval, and the method says why. Writes CASE/out/measurements.json. Outlines that the
    detector drew are unchecked until somebody has looked at them on the image; the intervals hold as far as what
    they were calibrated on.

    Ground that was altered in more than one step also gets its area on each clear date, and so does what the polygons
    in --track surround (longitude and latitude, around the largest extent), against the state up to --before; ground
    once changed is taken to stay changed. What is tracked is measured this time only.

    Of one IMAGE, such as a screenshot, the outlines drawn in --outline are measured: in longitude and latitude, or,
    with "crs": null, in columns and rows from its upper left corner. Where it has no place on the ground, its scale
    comes from --gsd or --known, and the error of that enters areas and lengths but not the ratio of two outlines.

    \b
    Examples:
      sitewatch measure factory
      sitewatch measure quarry --track pit.geojson --before 2023-08-31
      sitewatch measure screenshot.png --outline roofs.geojson --gsd 0.5 --gsd-sigma 0.02
      sitewatch measure screenshot.png --outline roofs.geojson --known 120 80 204 81 42 0.5
      sitewatch measure screenshot.png --outline roofs.geojson --gcps points.csv --against "old hall"
    """
    if (track is None) != (before is None):
        raise UsageError(
            "--track and --before go together: the polygons, and the last day of the state before"
        )
    if not case.exists():
        raise UsageError(f"{case} does not exist; expected a case's folder or one image")
    if case.is_file():
        if track is not None or slope is not None:
            raise UsageError("--track and --slope need a case with a series of images; a single image came")
        measure_one(
            case,
            outline,
            gsd=gsd,
            gsd_sigma=gsd_sigma,
            known=known,
            gcps=gcps,
            against=against,
            as_json=as_json,
        )
        return
    refuse_image_options(
        outline=outline, gcps=gcps, against=against, gsd=gsd, gsd_sigma=gsd_sigma, known=known
    )
    from sitewatch.app._growth import read_tracked
    from sitewatch.app.measure import measure as run
    from sitewatch.case import Case

    opened = Case.open(case)
    tracked = () if track is None or before is None else read_tracked(track, before.date())
    done = run(opened, site=site, tracked=tracked, slope_deg=slope, progress=progress(quiet=as_json))
    out = opened.out / "measurements.json"
    lines = [line for d in done for line in _table(d)]
    bases = sorted({m.value.calibrated_on for d in done for m in d.measurements})
    lines += [f"note: {n}" for n in dict.fromkeys(n for d in done for m in d.measurements for n in m.notes)]
    lines += [f"intervals: 90 %; calibrated on: {'; '.join(bases)}"] if bases else []
    lines.append(f"written: {out}")
    rows = [row for d in done for row in d.rows]
    tell(
        {"measurements": rows, "unchecked": sum(d.unchecked for d in done), "file": out},
        "\n".join(lines),
        as_json=as_json,
    )


def _table(done: "Measured") -> list[str]:
    by_key = {(m.object_id, m.quantity): m.value for m in done.measurements}
    ids = dict.fromkeys(m.object_id for m in done.measurements if m.quantity not in ("ratio", "growth"))
    lines = [f"site {done.site}: {len(ids)} outlines"]
    if not ids:
        return lines
    head = [f"{q} ({'m2' if q == 'area' else 'm'})" for q in QUANTITIES]
    wide = max(12, *(len(i) + 1 for i in ids))
    lines.append(f"  {'object':<{wide}}" + "".join(f"{h:>24}" for h in head))
    for i in ids:
        cells = [_cell(by_key.get((i, q)), 0 if q == "area" else 1) for q in QUANTITIES]
        lines.append(f"  {i:<{wide}}" + "".join(f"{c:>24}" for c in cells))
    for (i, quantity), value in by_key.items():
        if quantity == "ratio":
            lines.append(f"  area of {' over that of '.join(i.split('/', 1))}: {_cell(value, 3)}")
    lines += [line for i in ids for line in _ground(done, i, wide)]
    for m in (m for m in done.measurements if m.growth):
        lines.append(f"  {m.object_id}: changed area (m2), 90 % intervals; {m.value.method}")
        told = "" if m.checked else "; drawn automatically, unchecked"
        lines.append(f"    out/{m.figure}{told}" if m.figure else f"    no figure{told}")
        lines += [f"    {a.date}  {a.area_m2:10.0f} ({a.low:.0f} to {a.high:.0f})" for a in m.growth]
    if done.unchecked:
        lines.append(
            f"  {done.unchecked} outlines were drawn automatically and are unchecked: look at them first"
        )
    return lines


def _ground(done: "Measured", name: str, wide: int) -> list[str]:
    """What the values of an object rest on: error by source, method, dates, whether somebody has looked."""
    own = {m.quantity: m for m in done.measurements if m.object_id == name}
    first = own.get("area") or next(iter(own.values()))
    lines = []
    for quantity in ("area", "height"):
        if quantity in own and own[quantity].value.shares:
            value = own[quantity].value
            shares = ", ".join(f"{s} {100 * v:.0f} %" for s, v in value.shares.items() if v >= 0.005)
            sigma = f"{value.sigma:.0f}" if value.sigma >= 100 else f"{value.sigma:.2g}"
            told = f"{quantity}: one standard deviation {sigma} {value.unit}, of its variance {shares}"
            lines.append(told if quantity == "area" else f"{told} ({value.method})")
    days = sorted(done.days[i] for i in first.scenes if i in done.days)
    when = f"{days[0]} to {days[-1]}" if days else "no date"
    told = f"{first.value.method}; {when}"
    lines.append(told if first.checked else f"{told}; drawn automatically, unchecked")
    if first.figure is not None:
        lines.append(f"out/{first.figure}")
    heads = [name, *[""] * (len(lines) - 1)]
    return [f"  {h:<{wide}}{line}" for h, line in zip(heads, lines, strict=True)]


def _cell(value: "Value | None", digits: int) -> str:
    if value is None:
        return "-"
    return f"{value.value:.{digits}f} ({value.low:.{digits}f} to {value.high:.{digits}f})"

"""`sitewatch evaluate`."""

from datetime import datetime
from pathlib import Path

import click

from sitewatch.cli.options import json_option, tell

METRICS = ("objects", "dates", "false-alarms", "scot", "smart", "calibration")
DAY = click.DateTime(["%Y-%m-%d"])
FILE = click.Path(path_type=Path)


@click.command()
@click.argument("detections", type=FILE, metavar="DETECTIONS")
@click.argument("truth", type=FILE, metavar="TRUTH")
@click.option(
    "--metric",
    type=click.Choice([*METRICS, "all"]),
    multiple=True,
    default=("all",),
    show_default=True,
    help="Which scores; may be repeated.",
)
@click.option("--iou", type=click.FloatRange(0.25, 1), multiple=True, default=(0.25, 0.5), show_default=True)
@click.option(
    "--gsd",
    type=click.FloatRange(min=0, min_open=True),
    metavar="M",
    help="Metres a pixel: smaller changes are scored apart.",
)
@click.option(
    "--search",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="M",
    help="Take off a common offset of up to M metres.",
)
@click.option(
    "--area-km2",
    type=click.FloatRange(min=0, min_open=True),
    metavar="KM2",
    help="Ground searched, for false alarms.",
)
@click.option("--aoi", type=FILE, metavar="FILE", help="The same as a GeoJSON polygon.")
@click.option("--from", "start", type=DAY, metavar="D", help="First look of the search, for false alarms.")
@click.option("--to", "end", type=DAY, metavar="D", help="Last look.")
@click.option("--region", type=FILE, metavar="FILE", help="SMART region model; found beside the site models.")
@click.option(
    "--tolerance",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Steps by which a removal may be off beside SCOT.",
)
@click.option(
    "-o", "--out", type=FILE, metavar="DIR", help="Folder for evaluation.json, figures and SMART tables."
)
@json_option
def evaluate(
    detections: Path,
    truth: Path,
    metric: tuple[str, ...],
    iou: tuple[float, ...],
    gsd: float | None,
    search: float,
    area_km2: float | None,
    aoi: Path | None,
    start: datetime | None,
    end: datetime | None,
    region: Path | None,
    tolerance: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Score detections against truth: the field's metrics, each with its interval.

    Either side is our events.geojson (or a case), plain GeoJSON, a folder of SMART site models, or a folder of labels
    by date as SpaceNet 7 has them; truth also the truth.geojson of `sitewatch simulate`.

    \b
    Examples:
      sitewatch evaluate factory factory_scenes/truth.geojson --gsd 3
      sitewatch evaluate events.geojson truth.geojson --area-km2 0.5 --from 2023-01-01 --to 2024-12-31
      sitewatch evaluate proposals truth/site_models --metric smart -o tables
    """
    from sitewatch.app._evaluate_text import told
    from sitewatch.app.evaluate import Options
    from sitewatch.app.evaluate import evaluate as run

    done = run(
        detections,
        truth,
        metrics=METRICS if "all" in metric else tuple(dict.fromkeys(metric)),
        options=Options(
            ious=tuple(sorted(set(iou))),
            gsd_m=gsd,
            search_m=search,
            area_km2=area_km2,
            aoi=aoi,
            start=start.date() if start else None,
            end=end.date() if end else None,
            region=region,
            tolerance=tolerance,
        ),
        out=out,
    )
    tell(done.plain(), told(done), as_json=as_json)

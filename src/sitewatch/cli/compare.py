"""`sitewatch compare`."""

from pathlib import Path

import click

from sitewatch.cli.options import json_option, quiet_option, tell
from sitewatch.cli.progress import progress
from sitewatch.cli.scale import known_edges, scale_options
from sitewatch.errors import UsageError


@click.command()
@click.argument("before", type=click.Path(path_type=Path), metavar="BEFORE")
@click.argument("after", type=click.Path(path_type=Path), metavar="AFTER")
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), metavar="OUT", help="Folder.")
@scale_options
@click.option("--date-before", metavar="D", help="Date of BEFORE: 2016, 2016-10 or 2016-10-14.")
@click.option("--date-after", metavar="D", help="Date of AFTER.")
@click.option("--aligned", is_flag=True, help="The two lie on each other pixel by pixel: do not align them.")
@json_option
@quiet_option
def compare(
    before: Path,
    after: Path,
    out: Path,
    gsd: float | None,
    gsd_sigma: float | None,
    known: tuple[tuple[float, ...], ...],
    date_before: str | None,
    date_after: str | None,
    aligned: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Compare two images of one place: GeoTIFF, JPEG 2000, PNG, JPEG; screenshots may be shifted and turned.

    Writes OUT/changes.geojson, OUT/change.tif, OUT/report.html and OUT/before_after.png. Dates are read from
    the files where they tell them, and are not required. The error of the pixel size enters the areas' intervals.

    \b
    Examples:
      sitewatch compare 2019.tif 2023.tif -o changes
      sitewatch compare march.png june.png -o changes --gsd 0.5 --date-before 2022-03 --date-after 2022-06
      sitewatch compare march.png june.png -o changes --gsd 0.5 --gsd-sigma 0.02
      sitewatch compare march.png june.png -o changes --known 120 80 204 81 42 0.5
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: is a file; expected a folder to write into")
    from sitewatch.app.compare import Asked
    from sitewatch.app.compare import compare as run

    bar = progress(quiet=quiet or as_json)
    edges = known_edges(known)
    done = run(
        Asked(before, after, out, gsd, date_before, date_after, aligned, gsd_sigma, edges), progress=bar
    )
    counts = {k: sum(c.kind == k for c in done.changes) for k in ("appeared", "removed", "altered")}
    result = {
        "before": done.when[0],
        "after": done.when[1],
        "alignment": done.how,
        "changes": counts,
        "notes": done.notes,
        "files": [str(f) for f in done.files],
    }
    lines = [
        f"{before.name} ({done.when[0]}) → {after.name} ({done.when[1]})",
        ", ".join(f"{n} {k}" for k, n in counts.items()),
        f"aligned {done.how}",
        *(f"note: {n}" for n in done.notes),
        f"report: {done.files[2]}",
    ]
    tell(result, "\n".join(lines), as_json=as_json)

"""`sitewatch demo`."""

from pathlib import Path

import click

from sitewatch.cli.options import json_option, quiet_option, tell, workers_option
from sitewatch.cli.progress import progress


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=Path("sitewatch-demo"), metavar="[DIR]")
@click.option(
    "--series",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The real series, where it is there already.",
)
@workers_option
@json_option
@quiet_option
def demo(folder: Path, series: Path | None, workers: int, as_json: bool, quiet: bool) -> None:
    """See it work: a real, dated Sentinel-2 series and a simulated factory, end to end, each to a report.

    The series (11 MB; Copernicus data in the package nrt of the European Commission's Joint Research Centre)
    is fetched with pip from the package registry and kept in DIR/data. Run it again to take up what is done.

    \b
    Examples:
      sitewatch demo
      sitewatch demo ~/demo --series sentinel2_cube_subset_romania_10m.nc
    """
    import time

    from sitewatch.app.demo import demo as show

    def say(line: str) -> None:
        bar.done()
        if not as_json:
            click.echo(line)

    bar = progress(quiet=quiet or as_json)
    start = time.monotonic()
    shown = show(folder, series=series, workers=workers, progress=bar, tell=say)
    seconds = time.monotonic() - start
    lines = [f"{s.title}: {s.ran.events} events\n  report: {s.ran.files[-1]}" for s in shown]
    tell(
        {
            "cases": [
                {"title": s.title, "case": s.case, "events": s.ran.events, "files": s.ran.files}
                for s in shown
            ],
            "seconds": round(seconds, 1),
        },
        "\n".join(["", *lines, f"{seconds:.0f} s; open the reports in a browser"]),
        as_json=as_json,
    )

"""`sitewatch report`."""

from pathlib import Path

import click

from sitewatch.cli.options import case_argument, json_option, quiet_option, tell, workers_option
from sitewatch.cli.progress import progress


@click.command()
@case_argument
@click.option("--title", metavar="TEXT", help="Heading; the name of the case where not given.")
@workers_option
@json_option
@quiet_option
def report(case: Path, title: str | None, workers: int, as_json: bool, quiet: bool) -> None:
    """Write the report: one self-contained HTML file, and its figures as PNG.

    Writes CASE/out/report.html and CASE/out/figures/ from what `detect` and `measure` found. Where the case has
    documents, or questions of yours, the assessment of what it holds now comes first.

    \b
    Example:
      sitewatch report factory --title "Works in the valley, 2024 to 2025"
    """
    from sitewatch.app.report import report as run
    from sitewatch.case import Case

    command = f"sitewatch report {case}" + (f' --title "{title}"' if title else "")
    bar = progress(quiet=quiet or as_json)
    done = run(Case.open(case), title=title, command=command, workers=workers, progress=bar)
    tell(
        {"report": done.html, "figures": done.figures, "events": done.events},
        f"{done.events} events\nfigures: {done.figures}\nreport: {done.html}",
        as_json=as_json,
    )

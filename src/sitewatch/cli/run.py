"""`sitewatch run`."""

from pathlib import Path

import click

from sitewatch.cli.options import case_argument, json_option, quiet_option, tell, workers_option
from sitewatch.cli.progress import progress


@click.command()
@case_argument
@click.option("--title", metavar="TEXT", help="Heading of the report; the name of the case where not given.")
@click.option(
    "--until",
    type=click.Choice(["detect", "measure", "claims", "assess", "report"]),
    default="report",
    help="Last step to do: stop there to bind or to judge by hand, then run again.",
)
@workers_option
@json_option
@quiet_option
def run(case: Path, title: str | None, until: str, workers: int, as_json: bool, quiet: bool) -> None:
    """The whole chain: detect, measure, claims, assess, report.

    A case without documents has no claims and nothing to assess: these steps are left out.

    Takes up what is done: run it again after adding scenes, or after it was interrupted. A second call with
    nothing new does nothing.

    \b
    Examples:
      sitewatch run factory
      sitewatch run factory --workers 4 --title "Works in the valley"
      sitewatch run factory --until claims
    """
    from sitewatch.app.run import run as chain
    from sitewatch.case import Case

    def said(step: str, before: bool) -> None:
        bar.done()
        if not as_json:
            click.echo(f"{step}: {'already done' if before else 'done'}")

    bar = progress(quiet=quiet or as_json)
    command = f"sitewatch run {case}" + (f' --title "{title}"' if title else "")
    done = chain(
        Case.open(case),
        command=command,
        title=title,
        until=until,
        workers=workers,
        progress=bar,
        tell=said,
    )
    steps = {name: "already done" if before else "done" for name, before in done.steps}
    tell(
        {"steps": steps, "events": done.events, "files": done.files},
        f"{done.events} events\n{done.files[-1].stem}: {done.files[-1]}",
        as_json=as_json,
    )

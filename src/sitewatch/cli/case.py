"""`sitewatch init`."""

from pathlib import Path

import click

from sitewatch.cli.options import case_argument, json_option, tell


@click.command()
@case_argument
@json_option
def init(case: Path, as_json: bool) -> None:
    """Make a new, empty case: a folder that holds everything known about one place or several.

    \b
    Example:
      sitewatch init factory
    """
    from sitewatch.app.init import init as make

    made = make(case)
    tell(
        {"case": made.path},
        f"made the case {made.path}\nnext: sitewatch site add {case} --name NAME --bbox W S E N",
        as_json=as_json,
    )

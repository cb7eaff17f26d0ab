"""Options and output that the commands share."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def case_argument(command: F) -> F:
    """The case folder, as `case: Path`."""
    return click.argument("case", type=click.Path(path_type=Path), metavar="CASE")(command)


def site_option(command: F) -> F:
    """`site: str | None`; with one site in the case nobody needs it."""
    return click.option("--site", metavar="NAME", help="Site; needed only where the case has several.")(
        command
    )


def json_option(command: F) -> F:
    """`as_json: bool`."""
    return click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, for machines.")(
        command
    )


def workers_option(command: F) -> F:
    """`workers: int`."""
    return click.option(
        "--workers",
        type=click.IntRange(min=1),
        default=1,
        show_default=True,
        metavar="N",
        help="Processes that work side by side.",
    )(command)


def quiet_option(command: F) -> F:
    """`quiet: bool`."""
    return click.option("--quiet", is_flag=True, help="No progress bar.")(command)


def tell(result: dict[str, Any], text: str, *, as_json: bool) -> None:
    """Print a command's result: `text` for people, or `result` as JSON."""
    click.echo(json.dumps(result, indent=2, ensure_ascii=False, default=str) if as_json else text)

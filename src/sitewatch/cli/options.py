"""Options and output that the commands share."""

import json
from collections.abc import Callable, Sequence
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


def plain(text: str) -> str:
    """Text of a document as one line for a terminal: what would steer the terminal is replaced."""
    return " ".join("".join(c if c.isprintable() or c.isspace() else "\ufffd" for c in text).split())


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table for people; columns that are empty in every row are left out."""
    cells = [[plain(c) for c in row] for row in (head, *rows)]
    widths = [max((len(row[i]) for row in cells[1:]), default=0) for i in range(len(head))]
    kept = [i for i, width in enumerate(widths) if width]
    return ["  ".join(f"{row[i]:<{max(widths[i], len(head[i]))}}" for i in kept).rstrip() for row in cells]


def tell(result: dict[str, Any], text: str, *, as_json: bool) -> None:
    """Print a command's result: `text` for people, or `result` as JSON."""
    click.echo(json.dumps(result, indent=2, ensure_ascii=False, default=str) if as_json else text)

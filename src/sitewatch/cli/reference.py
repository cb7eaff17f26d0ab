"""The reference page of the command line, written from the commands' own help.

`python -m sitewatch.cli.reference > docs/reference/cli.md` brings the page up to date.
"""

from collections.abc import Iterator

import click

from sitewatch.cli import main

WIDTH = 90
"""Columns of a help text on the page."""

HEADER = """# The command line

<!-- Written by `python -m sitewatch.cli.reference > docs/reference/cli.md`; edit the help texts instead. -->

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted. Errors are one line each on standard error.
"""


def commands(
    group: click.Group | None = None, path: str = "sitewatch"
) -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name, groups before what is in them."""
    group = group or main
    yield path, group
    context = click.Context(group, info_name=path)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def help_of(path: str, command: click.Command) -> str:
    """The text that `--help` prints."""
    context = click.Context(command, info_name=path, terminal_width=WIDTH, max_content_width=WIDTH)
    return "\n".join(line.rstrip() for line in command.get_help(context).splitlines())


def page() -> str:
    """The whole page, as Markdown."""
    parts = [HEADER]
    parts += [f"## {path}\n\n```text\n{help_of(path, command)}\n```\n" for path, command in commands()]
    return "\n".join(parts)


if __name__ == "__main__":
    click.echo(page(), nl=False)

"""How the command line starts, finds its commands and ends: one line for each error, and its exit code."""

import importlib
import sys
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import click

from sitewatch.errors import SitewatchError, SitewatchWarning, no_room

INTERRUPTED = 130
"""Exit code after Ctrl-C, by the convention of shells (128 + SIGINT)."""


class LazyGroup(click.Group):
    """A group that imports a command only when it is called or asked for its help."""

    def __init__(self, *args: Any, commands_at: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.commands_at = dict(commands_at)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.commands_at, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.commands_at:
            return super().get_command(ctx, cmd_name)
        module, attribute = self.commands_at[cmd_name][0].split(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self.commands_at.items()])


class Program(LazyGroup):
    """The outermost group: what leaves it as an exception ends as one line on standard error."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **kwargs: Any) -> Any:
        kwargs["standalone_mode"] = False
        with warnings.catch_warnings():
            warnings.simplefilter("always", SitewatchWarning)
            others = warnings.showwarning

            def show(message: Warning | str, category: type[Warning], *where: Any) -> None:
                if issubclass(category, SitewatchWarning):
                    _say(f"warning: {message}")
                else:
                    others(message, category, *where)

            warnings.showwarning = show  # type: ignore[assignment]
            sys.exit(self._code(args, *rest, **kwargs))

    def _code(self, *args: Any, **kwargs: Any) -> int:
        try:
            result = super().main(*args, **kwargs)
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            return error.exit_code
        except click.ClickException as error:
            _say(f"error: {_usage(error)}")
            return error.exit_code
        except SitewatchError as error:
            _say(f"error: {error}")
            return error.exit_code
        except (click.Abort, KeyboardInterrupt):
            _say("interrupted; what was finished is kept")
            return INTERRUPTED
        except OSError as error:
            said = f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"
            _say(f"error: {no_room(error, error.filename or 'a file') or said}")
            return 1
        return result if isinstance(result, int) else 0


def _usage(error: click.ClickException) -> str:
    """What is wrong with the call and where its help is, in one line."""
    context = getattr(error, "ctx", None)
    hint = f"; see `{context.command_path} --help`" if context is not None else ""
    return error.format_message().rstrip(".") + hint


def _say(line: str) -> None:
    click.echo(" ".join(line.split()), err=True)

"""How the program ends: one line for each error, and its exit code."""

import json
import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import click
import pytest

from sitewatch import __version__
from sitewatch.cli import main
from sitewatch.cli.program import Program
from sitewatch.cli.progress import Bar, progress
from sitewatch.errors import CaseError, SitewatchWarning, UsageError
from sitewatch.types.progress import NoProgress


def ended(capsys: pytest.CaptureFixture[str], program: click.Command, *args: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a call."""
    with pytest.raises(SystemExit) as caught:
        program.main(list(args), prog_name="sitewatch")
    out, err = capsys.readouterr()
    return int(caught.value.code or 0), out, err


def raising(error: BaseException) -> click.Command:
    program = Program(name="sitewatch", commands_at={})

    @program.command()
    def fail() -> None:
        raise error

    return program


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(capsys, main, "--version") == (0, f"sitewatch, version {__version__}\n", "")


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert isinstance(main, Program)
    code, out, _ = ended(capsys, main, "--help")
    assert code == 0
    for name, (_, line) in main.commands_at.items():
        assert f"{name} " in out
        assert line in " ".join(out.split())


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (CaseError("the case is damaged"), 1, "error: the case is damaged\n"),
        (UsageError("no such site"), 2, "error: no such site\n"),
        (CaseError("two\nlines"), 1, "error: two lines\n"),
        (click.UsageError("wrong"), 2, "error: wrong\n"),
        (OSError(5, "Input/output error", "/a/b"), 1, "error: Input/output error: /a/b\n"),
        (
            OSError(28, "No space left on device", "/a/b"),
            1,
            "error: cannot write /a/b: no space left on the disk; nothing was lost: free some, then run the same "
            "command again\n",
        ),
        (KeyboardInterrupt(), 130, "interrupted; what was finished is kept\n"),
    ],
)
def test_errors_are_one_line(
    capsys: pytest.CaptureFixture[str], error: BaseException, code: int, line: str
) -> None:
    got, out, err = ended(capsys, raising(error), "fail")
    assert (got, out) == (code, "")
    assert err.lstrip("\n").replace("; see `sitewatch fail --help`", "") == line


def test_a_defect_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        raising(ZeroDivisionError()).main(["fail"])


def test_warnings_of_ours_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    program = Program(name="sitewatch", commands_at={})

    @program.command()
    def warn() -> None:
        warnings.warn("the sun is low", SitewatchWarning, stacklevel=1)

    before = warnings.showwarning
    assert ended(capsys, program, "warn") == (0, "", "warning: the sun is low\n")
    assert warnings.showwarning is before


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["--nonsense"], "No such option"),
        (["init"], "Missing argument 'CASE'; see `sitewatch init --help`"),
        (["init", "a", "b"], "unexpected extra argument"),
        (["site", "add", "a", "--name", "n", "--bbox", "1", "2", "x", "4"], "'x' is not a valid float"),
    ],
)
def test_wrong_usage_is_one_line_and_2(
    capsys: pytest.CaptureFixture[str], args: list[str], hint: str
) -> None:
    code, out, err = ended(capsys, main, *args)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert hint in err


@pytest.mark.parametrize("args", [[], ["site"], ["scenes"]])
def test_a_group_alone_shows_its_help(capsys: pytest.CaptureFixture[str], args: list[str]) -> None:
    code, out, err = ended(capsys, main, *args)
    assert (code, out) == (2, "")
    assert "Commands:" in err


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    case = str(tmp_path / "case")
    sitewatch = [sys.executable, "-c", "from sitewatch.cli import main; main()"]
    subprocess.run([*sitewatch, "init", case], check=True, capture_output=True)
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [*sitewatch, "site", "list", case], stdout=write, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write)
    assert "Traceback" not in done.stderr
    assert "error" not in done.stderr


def test_ctrl_c_is_one_line(tmp_path: Path) -> None:
    # Where the tests run as a background job, Ctrl-C is ignored from the start and children inherit that.
    code = """
import signal, time, click
from sitewatch.cli.program import Program
signal.signal(signal.SIGINT, signal.default_int_handler)
program = Program(name="sitewatch", commands_at={})
@program.command()
def wait():
    print("waiting", flush=True)
    time.sleep(60)
program.main(["wait"])
"""
    running = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    running.stdout.readline()
    time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=20)
    assert running.returncode == 130
    assert err.strip() == "interrupted; what was finished is kept"


def test_progress_is_silent_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    assert isinstance(progress(), NoProgress), "standard error is not a terminal here"
    bar = Bar()
    bar.advance()
    bar.start("reading", 3)
    bar.advance(2)
    bar.start("fitting", 2)
    bar.done()
    bar.done()
    out, err = capsys.readouterr()
    assert out == ""
    assert "reading" in err
    assert "fitting" in err


def test_progress_is_silent_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert isinstance(progress(), Bar)
    assert isinstance(progress(quiet=True), NoProgress)


def test_json_output_is_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    _, out, _ = ended(capsys, main, "init", str(tmp_path / "case"), "--json")
    assert json.loads(out) == {"case": str(tmp_path / "case")}

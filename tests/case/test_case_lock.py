"""One writer at a time, and its end ends the lock."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sitewatch.case import Case, lock
from sitewatch.errors import CaseError

HOLDER = """
import sys, time
from sitewatch.case import Case
with Case.open(sys.argv[1]).writing():
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_process_is_told_who_writes(case: Case) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(case.path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(CaseError, match=f"being written by process {holder.pid}; wait"):
            case.log("something")
        assert case.history()[-1].action == "init", "reading needs no lock"
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.communicate()
    case.log("something")  # the lock went with its holder
    assert case.history()[-1].action == "something"


def test_a_lock_may_be_nested_and_ends_with_the_outermost(case: Case) -> None:
    other = Case.open(case.path)
    with case.writing():
        with case.writing():
            case.log("inside")
        with pytest.raises(CaseError, match="this same process"):
            other.log("meanwhile")
    other.log("afterwards")


def test_threads_take_turns(case: Case) -> None:
    def work() -> None:
        for _ in range(5):
            case.log("tick")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [e.action for e in case.history()].count("tick") == 20


def test_an_error_inside_lets_go(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), lock.exclusive(tmp_path / "lock"):
        raise ZeroDivisionError
    with lock.exclusive(tmp_path / "lock"):
        assert (tmp_path / "lock").read_text() == str(os.getpid())


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="cannot lock the case"), lock.exclusive(tmp_path / "no" / "lock"):
        pass

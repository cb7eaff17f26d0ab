"""Reading the claims of a case: what is told while it runs, and what an interruption leaves."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sitewatch.app.claims import FILE, read_claims
from sitewatch.app.docs import add_documents
from sitewatch.case import Case

SENTENCES = "The new hall {n} is 60-70% larger than the old hall {n}, the institute said on 4 May 2024. "


class Told:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.parts: list[tuple[str, int, list[int]]] = []

    def start(self, label: str, total: int) -> None:
        self.parts.append((label, total, []))

    def advance(self, n: int = 1) -> None:
        self.parts[-1][2].append(n)

    def done(self) -> None:
        pass


def made(folder: Path, *texts: str) -> Case:
    case = Case.create(folder / "case")
    for n, text in enumerate(texts):
        (folder / f"{n}.txt").write_text(text)
    add_documents(case, [str(folder / f"{n}.txt") for n in range(len(texts))])
    return case


def test_progress_moves_within_a_long_document_and_ends_at_its_total(tmp_path: Path) -> None:
    long = "".join(SENTENCES.format(n=n) for n in range(600))
    told = Told()
    read_claims(made(tmp_path, long, "A crane stands there."), progress=told)
    label, total, steps = told.parts[0]
    assert label == "reading claims"
    assert total == 1 + len(long) // 1000 + 1
    assert sum(steps) == total
    assert len(steps) >= 6  # not once a document
    assert max(steps) <= total / 2


def test_what_is_returned_is_what_is_kept(tmp_path: Path) -> None:
    case = made(
        tmp_path, SENTENCES.format(n=1) * 3, SENTENCES.format(n=2), "A crane stands there. It is 20 m high."
    )
    assert read_claims(case).found == case.claim_set()


PROGRAM = """
import signal, sys
# a shell that runs the tests in its background has its children ignore interruptions
signal.signal(signal.SIGINT, signal.default_int_handler)
from sitewatch.app import claims
from sitewatch.case import Case
reading = claims.extract_claims
def slow(*given):
    sys.stdout.write("reading\\n"); sys.stdout.flush()
    while True:
        reading(*given)
claims.extract_claims = slow
claims.read_claims(Case.open(sys.argv[1]))
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interruption_leaves_what_was_there(tmp_path: Path, how: signal.Signals) -> None:
    case = made(tmp_path, SENTENCES.format(n=1), SENTENCES.format(n=2))
    before = read_claims(case)
    file = (case.out / FILE).read_bytes()
    (tmp_path / "more.txt").write_text(SENTENCES.format(n=3) * 20)
    add_documents(case, [str(tmp_path / "more.txt")])
    known = case.claim_set()
    running = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(case.path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    assert running.stdout is not None
    try:
        assert running.stdout.readline() == b"reading\n"
        time.sleep(0.1)
        running.send_signal(how)
        running.communicate(timeout=60)
    finally:
        running.kill()
    assert case.claim_set() == known
    assert (case.out / FILE).read_bytes() == file
    after = read_claims(Case.open(case.path))  # the lock went with the process
    assert len(after.documents) == len(before.documents) + 1
    assert len(after.found.claims) > len(before.found.claims)

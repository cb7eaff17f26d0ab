"""SIGKILL at any moment leaves a case that opens and is whole."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sitewatch.case import Case

WRITER = """
import sys
sys.path.insert(0, {folder!r})
from conftest import event, scene
from sitewatch.case import Case
case = Case.open(sys.argv[1])
print("open", flush=True)
for round in range(1, 100_000):
    size = 5 + round % 30
    events = [event(f"{{i}}", x=100 * i, size=size) for i in range(40)]
    with case.transaction():
        case.add_scenes("hall", [scene(1 + round % 28)])
        case.set_events("hall", events, run="run")
        case.log("round", size=size)
    case.project("size.txt", str(size) * 10_000)
"""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_a_killed_writer_leaves_a_whole_case(case: Case, seed: int, tmp_path: Path) -> None:
    script = WRITER.format(folder=str(Path(__file__).parent))
    writer = subprocess.Popen(
        [sys.executable, "-c", script, str(case.path)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "open\n"
    time.sleep(random.Random(seed).uniform(0, 0.4))
    writer.kill()
    writer.communicate()

    found = Case.open(case.path)
    rounds = [e for e in found.history() if e.action == "round"]
    events = found.events("hall")
    # Scenes, events and the log line of a round are all there, or none of them.
    assert len(found.scenes("hall")) == min(len(rounds), 28)
    assert len(events) == (40 if rounds else 0)
    assert {e.area_m2 for e in events} == ({rounds[-1].detail["size"] ** 2} if rounds else set())
    text = found.out / "size.txt"
    if text.exists():
        content = text.read_text()
        size = content[: len(content) // 10_000]
        assert content == size * 10_000
    found.log("and it can be written again")

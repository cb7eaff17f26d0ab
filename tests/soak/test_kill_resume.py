"""`run` killed at any moment and run again: the same result, nothing computed twice, nothing lost."""

import multiprocessing
import random
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from sitewatch.case import Case

MOMENTS = 20


def run_case(path: str) -> None:
    """What `sitewatch run` does, with small figures."""
    from sitewatch.app.run import run
    from sitewatch.report.figures import furniture, style

    style.DPI = furniture.DPI = 40
    run(Case.open(path), command=f"sitewatch run {path}")


def started(case: Path) -> "multiprocessing.process.BaseProcess":
    # A server that has imported everything forks the runs: twenty of them start in no time.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sitewatch.app.run", "sitewatch.change.series"])
    process = context.Process(target=run_case, args=(str(case),))
    process.start()
    return process


def copy_of(case: Path, place: Path) -> Path:
    shutil.copytree(case, place)
    return place


def finished(case: Path) -> dict[str, tuple[int, int]]:
    """Finished files of the cache: name → inode and time of writing, by which a file made anew is known."""
    files = [f for f in (case / "cache").rglob("*") if f.is_file() and ".part" not in f.name]
    return {f.name: (f.stat().st_ino, f.stat().st_mtime_ns) for f in files}


@dataclass(frozen=True)
class Whole:
    """An undisturbed run."""

    events: bytes
    measurements: bytes
    cache: frozenset[str]
    seconds: float


@pytest.fixture(scope="module")
def whole(small_case: Path, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    seconds = []
    for i in range(2):  # the second time everything is warm, as for the runs that are killed
        case = copy_of(small_case, tmp_path_factory.mktemp("whole") / f"case{i}")
        start = time.monotonic()
        process = started(case)
        process.join()
        seconds.append(time.monotonic() - start)
        assert process.exitcode == 0
    out = case / "out"
    return Whole(
        (out / "events.geojson").read_bytes(),
        (out / "measurements.json").read_bytes(),
        frozenset(finished(case)),
        seconds[-1],
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(MOMENTS))
def test_a_killed_run_is_taken_up(small_case: Path, whole: Whole, tmp_path: Path, seed: int) -> None:
    case = copy_of(small_case, tmp_path / "case")
    process = started(case)
    time.sleep(random.Random(seed).uniform(0, whole.seconds))
    process.kill()
    process.join()
    before = finished(case)
    done_before = {name: (step.key, step.outputs) for name, step in Case.open(case).steps().items()}

    again = started(case)
    again.join()
    assert again.exitcode == 0
    assert (case / "out" / "events.geojson").read_bytes() == whole.events
    assert (case / "out" / "measurements.json").read_bytes() == whole.measurements
    after = finished(case)
    assert {name: after.get(name) for name in before} == before, "finished work was done again, or lost"
    assert after.keys() == whole.cache
    opened = Case.open(case)
    assert done_before.items() <= {n: (s.key, s.outputs) for n, s in opened.steps().items()}.items()
    assert (case / "out" / "report.html").stat().st_size > 10_000
    # Each step is in the log once; the two runs did not both do it.
    actions = [e.action for e in opened.history()]
    assert actions.count("detect") == 1


def test_the_undisturbed_run_found_something(whole: Whole) -> None:
    # Otherwise the comparison above would be one of empty files.
    assert b'"id"' in whole.events
    assert len(whole.cache) > 24

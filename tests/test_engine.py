"""The engine: keys, adoption of finished files, crashes."""

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitewatch.engine import Task, key_of, run
from sitewatch.errors import DataError, SceneError, SitewatchError


def write_text(out: Path, *, text: str) -> None:
    out.write_text(text)


def count(out: Path, *, source: str, tally: str) -> None:
    """Copy `source` and leave one more line in `tally`."""
    with Path(tally).open("a") as file:
        file.write(".")
    out.write_bytes(Path(source).read_bytes())


def write_nothing(out: Path) -> None:
    pass


def fail_late(out: Path, *, n: int) -> None:
    out.write_text("half")
    if n == 2:
        raise DataError("the third one came; expected two")


def die(out: Path, *, n: int) -> None:
    if n == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    out.write_text(str(n))


def refuse(out: Path, *, n: int) -> None:
    if n == 1:
        raise SceneError("the second is cut off; fetch it again")
    out.write_text(str(n))


def fill_the_disk(out: Path) -> None:
    out.write_text("half")
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def dawdle(out: Path, *, n: int) -> None:
    out.write_text("half")
    time.sleep(0.2 if n == 0 else 60)


class Spy:
    """Progress that remembers."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def start(self, label: str, total: int) -> None:
        self.told.append((label, total))

    def advance(self, n: int = 1) -> None:
        self.told.append(n)

    def done(self) -> None:
        self.told.append("done")


def tasks(function: Callable[..., None], n: int) -> list[Task]:
    return [Task(function=function, version="1", params={"n": i}, suffix=".txt") for i in range(n)]


def partial_files(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if ".part" in p.name]


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(plain)
def test_equal_values_have_equal_keys(value: object) -> None:
    turned = dict(reversed(value.items())) if isinstance(value, dict) else value
    assert key_of(value) == key_of(turned)
    assert len(key_of(value)) == 64


def test_different_values_have_different_keys() -> None:
    values = ["1", 1, 1.5, True, None, [1], {"1": 1}, "", [], {}]
    assert len({key_of(v) for v in values}) == len(values)
    assert key_of("a", "b") != key_of("ab")


def test_a_key_is_the_same_in_every_version() -> None:
    # SHA-256 of the text ["a",1]: a cache outlives the program that filled it.
    assert key_of("a", 1) == "135f17a475a61afdeeaf3759ad2e45ad1c7abb192395abe47e41fc8e395dc1a9"


def test_what_has_no_lasting_text_has_no_key() -> None:
    with pytest.raises(DataError, match="expected plain values"):
        key_of(object())


def test_the_key_follows_content_and_not_place(tmp_path: Path) -> None:
    def task(place: str, content: str, version: str = "1") -> Task:
        return Task(
            function=count,
            version=version,
            params={"tally": "t"},
            places={"source": place},
            hashes={"source": content},
        )

    assert task("here", "h").key == task("there", "h").key
    assert task("here", "h").key != task("here", "g").key
    assert task("here", "h").key != task("here", "h", "2").key


def test_an_input_without_a_hash_is_refused() -> None:
    with pytest.raises(DataError, match="one hash for each input"):
        Task(function=count, version="1", places={"source": "here"})


@pytest.mark.parametrize("workers", [1, 2])
def test_files_are_computed_once(tmp_path: Path, workers: int) -> None:
    tally, cache = tmp_path / "tally", tmp_path / "cache"
    todo = []
    for content in ("a", "b", "a"):
        source = tmp_path / content
        source.write_text(content)
        todo.append(
            Task(
                function=count,
                version="1",
                params={"tally": str(tally)},
                places={"source": str(source)},
                hashes={"source": content},
                suffix=".txt",
            )
        )
    files = run(todo, cache=cache, workers=workers)
    assert [files[t.key].read_text() for t in todo] == ["a", "b", "a"]
    assert tally.read_text() == ".."

    spy = Spy()
    again = run([*todo[:2]], cache=cache, workers=workers, progress=spy, label="copying")
    assert again == files
    assert tally.read_text() == ".."
    assert spy.told == [("copying", 2), 2, "done"]


def test_the_cache_has_the_stated_layout(tmp_path: Path) -> None:
    task = Task(function=write_text, version="1", params={"text": "x"}, suffix=".txt")
    run([task], cache=tmp_path)
    assert (tmp_path / task.key[:2] / f"{task.key}.txt").read_text() == "x"
    assert partial_files(tmp_path) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failing_task_leaves_no_half_file(tmp_path: Path, workers: int) -> None:
    with pytest.raises(DataError, match="the third one came"):
        run(tasks(fail_late, 3), cache=tmp_path, workers=workers)
    assert partial_files(tmp_path) == []
    assert not tasks(fail_late, 3)[2].path(tmp_path).exists()


@pytest.mark.parametrize("workers", [1, 2])
def test_refused_inputs_are_told_and_the_rest_goes_on(tmp_path: Path, workers: int) -> None:
    todo = tasks(refuse, 3)
    failures: dict[str, str] = {}
    files = run(todo, cache=tmp_path, workers=workers, failures=failures)
    assert failures == {todo[1].key: "the second is cut off; fetch it again"}
    assert [files[t.key].read_text() for t in (todo[0], todo[2])] == ["0", "2"]
    assert todo[1].key not in files
    with pytest.raises(SceneError, match="the second is cut off"):
        run(todo, cache=tmp_path, workers=workers)


def test_a_task_that_writes_nothing_is_a_defect(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="wrote no file"):
        run([Task(function=write_nothing, version="1")], cache=tmp_path)


def test_a_killed_worker_is_told_and_loses_nothing(tmp_path: Path) -> None:
    todo = tasks(die, 4)
    run(todo[:2], cache=tmp_path)
    with pytest.raises(SitewatchError, match="worker process ended unexpectedly"):
        run(todo, cache=tmp_path, workers=2)
    assert [t.path(tmp_path).read_text() for t in todo[:2]] == ["0", "1"]


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SitewatchError, match="no space left"):
        run([Task(function=fill_the_disk, version="1")], cache=tmp_path)
    assert partial_files(tmp_path) == []


def test_a_cache_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(SitewatchError, match="cannot write the cache"):
        run(tasks(die, 1), cache=tmp_path / "cache")


def test_no_worker_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="expected at least 1"):
        run([], cache=tmp_path, workers=0)


# Where the tests run as a background job, Ctrl-C is ignored from the start and children inherit that.
DRIVER = """
import signal
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_engine import dawdle, tasks
from sitewatch.engine import run
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    run(tasks(dawdle, 3), cache=Path({cache!r}), workers=2)
"""


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_driver_leaves_finished_files_and_no_workers(tmp_path: Path, blow: signal.Signals) -> None:
    cache = tmp_path / "cache"
    script = tmp_path / "driver.py"
    script.write_text(DRIVER.format(tests=str(Path(__file__).parent), cache=str(cache)))
    driver = subprocess.Popen([sys.executable, str(script)], stderr=subprocess.PIPE, start_new_session=True)
    first = tasks(dawdle, 3)[0].path(cache)
    assert eventually(lambda: first.exists() and len(partial_files(cache)) == 2)
    driver.send_signal(blow)
    driver.communicate(timeout=20)
    assert driver.returncode != 0
    assert eventually(lambda: not alive(driver.pid)), "a worker outlived its driver"
    assert first.read_text() == "half"

    # The next run with this cache clears what was left unfinished beside its own files.
    for task in tasks(dawdle, 3)[1:]:
        task.path(cache).write_text("done elsewhere")
    same_folder = first.with_name(f".x.{driver.pid}.part.txt")
    same_folder.write_text("left by a killed run")
    first.unlink()
    run(tasks(dawdle, 3), cache=cache)
    assert not same_folder.exists()


def eventually(condition: Callable[[], bool], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def alive(group: int) -> bool:
    """True while a process of that group runs (a zombie that nobody collects does not)."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] not in "ZX":
            return True
    return False

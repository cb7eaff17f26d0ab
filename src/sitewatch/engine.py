"""Run pure tasks here or in worker processes: the same call, the same files.

A task's key follows from its function, the version of its code, its parameters and the hashes of what it
reads, so a file under that key is its result, whoever made it and when. Files appear by renaming only: one
that is there is complete, also after a crash, and is adopted instead of computed again.
"""

import concurrent.futures
import contextlib
import ctypes
import functools
import hashlib
import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from sitewatch.errors import DataError, SceneError, SitewatchError, asking_for_room, no_room
from sitewatch.types.progress import NoProgress, Progress

MMAP_BYTES, TRIM_BYTES = 32 << 20, 128 << 20
"""Arrays from this size on have memory of their own; and how much of what smaller ones leave is kept."""


def key_of(*parts: object) -> str:
    """SHA-256 (64 hex digits) of plain values: None, bool, int, float, str, lists, tuples, dicts.

    Equal values give equal keys, in whatever order a dict was filled; lists and tuples count the same.

    Raises:
        DataError: a value of another type, whose text could change from run to run.
    """
    try:
        text = json.dumps(
            parts,
            sort_keys=True,
            ensure_ascii=True,
            separators=(",", ":"),
        )
    except TypeError as error:
        raise DataError(f"cannot make a key: {error}; expected plain values") from error
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One file to be computed."""

    function: Callable[..., None]
    """Module-level; called as `function(out, **places, **params)`, writes the file `out` and nothing else."""
    version: str
    """Of the code behind `function`: to be raised when its results change."""
    params: Mapping[str, Any] = field(default_factory=dict)
    """Plain values (see `key_of`)."""
    places: Mapping[str, Any] = field(default_factory=dict)
    """Where the inputs lie; not part of the key."""
    hashes: Mapping[str, str] = field(default_factory=dict)
    """What the inputs hold: a content hash for each of `places`."""
    suffix: str = ""
    """Of the file, with its dot: ".tif"."""

    def __post_init__(self) -> None:
        if self.places.keys() != self.hashes.keys():
            raise DataError(
                f"task {self.name}: places {sorted(self.places)} and hashes {sorted(self.hashes)}; "
                "expected one hash for each input"
            )
        if self.places.keys() & self.params.keys():
            raise DataError(f"task {self.name}: an input and a parameter share a name")

    @property
    def name(self) -> str:
        return f"{self.function.__module__}.{self.function.__qualname__}"

    @property
    def key(self) -> str:
        return key_of(self.name, self.version, dict(self.params), dict(self.hashes), self.suffix)

    def path(self, cache: Path) -> Path:
        """Where the file belongs in the folder `cache`."""
        return cache / self.key[:2] / f"{self.key}{self.suffix}"


def run(
    tasks: Iterable[Task],
    *,
    cache: Path,
    workers: int = 1,
    progress: Progress | None = None,
    label: str = "computing",
    failures: dict[str, str] | None = None,
) -> dict[str, Path]:
    """Compute the tasks whose files are not in `cache` yet and return the file of each, by key.

    One worker computes in this process, more in processes of their own. The first failure ends the run; what
    was finished by then is kept and adopted next time. Where `failures` is given, a task that refuses its
    input (`SceneError`) is put there, key → reason, and left out of the result instead.

    Raises:
        DataError: fewer than one worker.
        SitewatchError: a worker process died, or the cache cannot be written.
        Exception: whatever a task raises.
    """
    if workers < 1:
        raise DataError(f"{workers} workers; expected at least 1")
    _keep_freed_memory()
    progress = progress or NoProgress()
    wanted = {task.key: task for task in tasks}
    files = {key: task.path(cache) for key, task in wanted.items()}
    missing = [(wanted[key], path) for key, path in files.items() if not path.exists()]
    progress.start(label, len(wanted))
    try:
        progress.advance(len(wanted) - len(missing))
        for _, path in missing:
            _prepare(path)
        if workers == 1 or len(missing) == 1:
            for task, path in missing:
                with _refusals(task, failures):
                    _compute(task, path)
                progress.advance()
        elif missing:
            _in_processes(missing, min(workers, len(missing)), progress, failures)
    finally:
        progress.done()
    return {key: path for key, path in files.items() if key not in (failures or {})}


@contextlib.contextmanager
def _refusals(task: Task, failures: dict[str, str] | None) -> Iterator[None]:
    try:
        yield
    except SceneError as error:
        if failures is None:
            raise
        failures[task.key] = str(error)


def _in_processes(
    missing: list[tuple[Task, Path]], workers: int, progress: Progress, failures: dict[str, str] | None
) -> None:
    # spawn: a forked copy of a process with threads (GDAL's, OpenCV's) can hang in a lock nobody holds.
    pool = concurrent.futures.ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=_start_worker
    )
    others = set(multiprocessing.active_children())
    try:
        futures = {pool.submit(_compute, task, path): task for task, path in missing}
        for future in concurrent.futures.as_completed(futures):
            with _refusals(futures[future], failures):
                future.result()
            progress.advance()
    except BrokenProcessPool as error:
        raise SitewatchError(
            "a worker process ended unexpectedly (killed, or out of memory); what was finished is kept: "
            "run the same command again, if need be with fewer workers"
        ) from error
    except KeyboardInterrupt:
        for worker in set(multiprocessing.active_children()) - others:
            worker.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _start_worker() -> None:
    """Leave Ctrl-C to the driver, and end with it: nobody would read the results of an orphan."""
    _keep_freed_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    driver = multiprocessing.parent_process()
    assert driver is not None

    def follow() -> None:
        wait([driver.sentinel])
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


@functools.cache
def _keep_freed_memory() -> None:
    """Have the C library keep what an array leaves for the next one: given back to the system, each page of it is
    mapped and zeroed anew, a twelfth of the time on a small site."""
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):  # glibc; numbers from its malloc.h
        library.mallopt(-3, MMAP_BYTES)
        library.mallopt(-1, TRIM_BYTES)


def _compute(task: Task, path: Path) -> None:
    if path.exists():  # another run with the same cache was quicker
        return
    part = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        with asking_for_room(path.parent):
            task.function(part, **task.places, **task.params)
            if not part.is_file():
                raise DataError(f"task {task.name} wrote no file at {part.name}")
            _settle(part, path)
    finally:
        part.unlink(missing_ok=True)


def _settle(part: Path, path: Path) -> None:
    """Give a finished file its name, once its content is on the disk."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(path)


def _prepare(path: Path) -> None:
    """Make the file's folder, and clear what killed runs left unfinished in it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for part in path.parent.glob(".*.part*"):
            if not _alive(part.name):
                part.unlink(missing_ok=True)
    except OSError as error:
        line = no_room(error, path.parent) or f"cannot write the cache {path.parent}: {error.strerror}"
        raise SitewatchError(line) from error


def _alive(part: str) -> bool:
    """True where the process that writes the unfinished file `part` may still run."""
    try:
        os.kill(int(part.split(".")[2]), 0)
    except PermissionError:  # it runs, for another user
        return True
    except (ValueError, IndexError, ProcessLookupError):
        return False
    return True

"""One writer for each case, between processes; readers need no lock.

The lock is the kernel's (`flock`), so it ends with the process that holds it, however that ends. The file's
content only says who holds it.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from sitewatch.errors import CaseError


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file `path` for the length of the block.

    Raises:
        CaseError: another process holds it, or the folder cannot be written.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise CaseError(
            f"cannot lock the case: {path}: {error.strerror}; make the case folder writable"
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CaseError(
                f"the case {path.parent} is being written by {_holder(handle)}; wait for it to end, "
                "then run again"
            ) from None
        except OSError as error:
            raise CaseError(f"cannot lock the case: {path}: {error.strerror}") from error
        # A disk too full for ten bytes must not stop the work here: the lock is held all the same.
        with contextlib.suppress(OSError):
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


def _holder(handle: int) -> str:
    try:
        pid = int(os.pread(handle, 20, 0))
    except (OSError, ValueError):
        return "another process"
    return "this same process" if pid == os.getpid() else f"process {pid}"

"""Files that are either there in full or not at all."""

import contextlib
import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from sitewatch.errors import CaseError, no_room


def write(path: Path, payload: bytes | str) -> Path:
    """Write `payload` (text as UTF-8) to `path` in one step: a reader sees the old file or the new one.

    Raises:
        CaseError: the disk is full or the folder cannot be written; the old file is untouched.
    """
    data = payload.encode() if isinstance(payload, str) else payload
    with _replacing(path) as file:
        file.write(data)
    return path


def copy(source: Path, path: Path) -> Path:
    """Copy `source` to `path` in one step.

    Raises:
        CaseError: as for `write`, or `source` cannot be read.
    """
    with _replacing(path) as file, source.open("rb") as original:
        shutil.copyfileobj(original, file, 1 << 20)
    return path


def sha256(path: Path) -> str:
    """Hash of a file's content, as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files for the owner's eyes only; results get the usual mode.
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
        temporary = None
    except OSError as error:
        raise CaseError(_explain(path, error)) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


def _explain(path: Path, error: OSError) -> str:
    if line := no_room(error, path):
        return line
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"cannot write {path}: not allowed; make the folder writable and run again"
    where = f" ({error.filename})" if error.filename and str(error.filename) != str(path) else ""
    return f"cannot write {path}: {error.strerror or error}{where}"

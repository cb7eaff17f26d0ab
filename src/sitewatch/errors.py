"""One family of errors and warnings.

Every error says in one line what came, what was expected and what to do; the command line prints that line
and exits with the class's `exit_code`. A traceback from a `SitewatchError` is a defect.
"""

import contextlib
import errno
import resource
from collections.abc import Iterator
from pathlib import Path


class SitewatchError(Exception):
    """Base of all errors that a user can cause or meet; `exit_code` 1: the work failed."""

    exit_code = 1


class UsageError(SitewatchError):
    """The call itself is wrong (an option, a name, a missing argument)."""

    exit_code = 2


class SceneError(SitewatchError):
    """A file is not a scene that can be used: unreadable, undated, of another place, refused as hostile."""


class CaseError(SitewatchError):
    """A case folder is missing, damaged, of a later version, or locked by another process."""


class DataError(SitewatchError):
    """Values handed to a stage do not have the shape, units or range that it needs."""


class DocumentError(SitewatchError):
    """A document cannot be read: of a kind that is not read here, damaged, too large, refused as hostile."""


class NetworkError(SitewatchError):
    """Something cannot be fetched: no answer, an error from the other side, too large, an address refused."""


class SitewatchWarning(UserWarning):
    """Something the user should know that does not stop the work."""


def no_room(error: BaseException, place: Path | str) -> str | None:
    """The line for a full disk, a full quota or a limit on file size, met while `place` (a file or the folder of what
    is written) was written; None for any other error."""
    code = error.errno if isinstance(error, OSError) else None
    if code == errno.ENOSPC:
        cause, remedy = "no space left on the disk", "free some"
    elif code == errno.EDQUOT:
        cause, remedy = "the quota on this disk is used up", "free some space"
    elif code == errno.EFBIG:
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
        if limit == resource.RLIM_INFINITY:
            cause, remedy = "this disk takes no file of that size", "move to another"
        else:
            cause, remedy = f"a file may have at most {limit} bytes here", "raise that limit (ulimit -f)"
    else:
        return None
    return f"cannot write {place}: {cause}; nothing was lost: {remedy}, then run the same command again"


@contextlib.contextmanager
def asking_for_room(place: Path | str) -> Iterator[None]:
    """Turn such an error of the block, which writes `place`, into that line.

    Raises:
        SitewatchError: no room.
    """
    try:
        yield
    except OSError as error:
        line = no_room(error, place)
        if line is None:
            raise
        raise SitewatchError(line) from error

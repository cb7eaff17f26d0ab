"""One family of errors and warnings.

Every error says in one line what came, what was expected and what to do; the command line prints that line
and exits with the class's `exit_code`. A traceback from a `SitewatchError` is a defect.
"""


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

"""Make a new case."""

from pathlib import Path

from sitewatch.case import Case


def init(path: Path) -> Case:
    """A new, empty case in the folder `path`.

    Raises:
        CaseError: there is a case already, or the folder cannot be written.
    """
    return Case.create(path)

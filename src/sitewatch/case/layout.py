"""Where things lie in a case folder."""

from pathlib import Path

STORE = "case.sqlite"
LOCK = ".lock"
OUT = "out"
CACHE = "cache"
COPIES = "copies"
DOCUMENTS = "documents"
GAZETTEER = "gazetteer.yaml"


def is_case(folder: Path) -> bool:
    """True where the folder holds a store, sound or not."""
    return (folder / STORE).is_file()


def relative(folder: Path, place: str) -> str:
    """`place` as it is stored: relative to the case folder where it lies inside; so a case can be moved."""
    path = Path(place)
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else place


def absolute(folder: Path, place: str) -> str:
    """The reverse of `relative`."""
    return str(folder / place)

"""Which steps are done: same inputs, and outputs that are still what they were."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sitewatch.case import files, layout
from sitewatch.errors import CaseError


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the chain that was finished."""

    name: str
    key: str
    """Follows from everything that the step read."""
    outputs: dict[str, str]
    """Path (relative to the case folder where inside) → SHA-256 of each file that it wrote."""

    def holds(self, folder: Path) -> bool:
        """True where every output file is there with the content that the step gave it."""
        return all(_is_as_written(Path(layout.absolute(folder, p)), h) for p, h in self.outputs.items())


def hashes(folder: Path, outputs: Iterable[Path]) -> dict[str, str]:
    """Output files of a step with their hashes, as `Step.outputs` keeps them.

    Raises:
        CaseError: one of them does not exist.
    """
    try:
        return {layout.relative(folder, str(p.resolve())): files.sha256(p) for p in outputs}
    except OSError as error:
        raise CaseError(f"a step's output cannot be read: {error.filename}: {error.strerror}") from error


def _is_as_written(path: Path, sha256: str) -> bool:
    try:
        return files.sha256(path) == sha256
    except OSError:
        return False

"""A progress bar on standard error, where somebody is looking."""

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sitewatch.types.progress import Progress


class Bar:
    """`Progress` as a tqdm bar."""

    def __init__(self) -> None:
        self._bar: Any = None

    def start(self, label: str, total: int) -> None:
        from tqdm import tqdm

        self.done()
        self._bar = tqdm(total=total, desc=label, file=sys.stderr, leave=False, dynamic_ncols=True)

    def advance(self, n: int = 1) -> None:
        if self._bar is not None:
            self._bar.update(n)

    def done(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def progress(*, quiet: bool = False) -> "Progress":
    """A bar on a terminal; silence elsewhere, and where `quiet` (with --quiet or --json)."""
    from sitewatch.types.progress import NoProgress

    return NoProgress() if quiet or not sys.stderr.isatty() else Bar()

"""What a long piece of work tells whoever waits for it."""

from typing import Protocol


class Progress(Protocol):
    """A bar, a log, a web page: one piece of work at a time."""

    def start(self, label: str, total: int) -> None:
        """A piece of work of `total` equal parts begins; one still open is closed first."""

    def advance(self, n: int = 1) -> None:
        """`n` more parts are done."""

    def done(self) -> None:
        """The piece of work is over, finished or not."""


class NoProgress:
    """Tells nobody."""

    def start(self, label: str, total: int) -> None:
        pass

    def advance(self, n: int = 1) -> None:
        pass

    def done(self) -> None:
        pass

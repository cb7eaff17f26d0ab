"""Parsing what may be hostile in a process of its own, with limits on time and memory.

A parser that hangs, swells or crashes takes down that process only; one line tells of it.
`python -m sitewatch.documents.child KIND` reads bytes from standard input and writes JSON.
"""

import contextlib
import importlib
import json
import os
import subprocess
import sys
from typing import Any

from sitewatch.errors import DocumentError

SECONDS = 60.0
"""Of processor time."""
PATIENCE = 5
"""Times as long it may take by the clock, on a machine that has much else to do."""
MEMORY = 2 << 30
"""Bytes of address space."""
PARSERS = {
    "html": ("sitewatch.documents.html", "read_html"),
    "pdf": ("sitewatch.documents.pdf", "read_pdf"),
    "photo": ("sitewatch.documents.photo", "read_photo"),
}


def parse(kind: str, data: bytes, *, seconds: float = SECONDS) -> dict[str, Any]:
    """What the parser for `kind` (a key of `PARSERS`) finds in `data`; text for "html" must be UTF-8.

    Raises:
        DocumentError: damaged, or not parsed within the limits.
    """
    # One thread for numerical libraries: each one's stack would count against the memory.
    single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-P", "-W", "ignore", "-m", __name__, kind, str(int(seconds) + 1)]
    try:
        done = subprocess.run(
            command,
            input=data,
            capture_output=True,
            timeout=PATIENCE * seconds,
            env=os.environ | single,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DocumentError(
            f"its parser was stopped after {PATIENCE * seconds:g} s; refused: save it as plain text"
        ) from None
    if done.returncode != 0:
        raise DocumentError(
            "its parser broke off (out of memory or time, or a fault of the parser); refused: save it as plain text"
        )
    answer: dict[str, Any] = json.loads(done.stdout)
    if "error" in answer:
        raise DocumentError(str(answer["error"]))
    return answer


def _limit(seconds: int) -> None:
    import resource  # noqa: PLC0415

    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(OSError, ValueError):  # some systems do not know a limit
            resource.setrlimit(what, (most, most))


def _main(kind: str, seconds: str) -> None:
    _limit(int(seconds))
    module, name = PARSERS[kind]
    data: Any = sys.stdin.buffer.read()
    parser = getattr(importlib.import_module(module), name)
    try:
        answer = parser(data.decode() if kind == "html" else data)
    except ValueError as error:
        answer = {"error": str(error)}
    # A lone surrogate, which some parsers let through, cannot be stored: it becomes U+FFFD.
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=True).encode())


if __name__ == "__main__":
    _main(*sys.argv[1:])

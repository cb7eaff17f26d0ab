"""What the benchmarks share: one core, CPU time, a table, a plot.

Import it before numpy: it holds the numerical libraries to one thread.
"""

import importlib
import os
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import TypeVar

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

T = TypeVar("T")
Row = dict[str, object]
MEGABYTE = 1024.0  # ru_maxrss counts kilobytes on Linux


def peer(name: str) -> ModuleType | None:
    """The module of a peer, None where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def cpu(work: Callable[[], T], runs: int = 1) -> tuple[T, float]:
    """Result and CPU seconds (user + system, of all threads; median of `runs`)."""
    seconds = []
    for _ in range(runs):
        start = time.process_time()
        result = work()
        seconds.append(time.process_time() - start)
    return result, statistics.median(seconds)


def peak_mb() -> float:
    """Largest resident memory of the process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE


def table(rows: Sequence[Row]) -> str:
    """Markdown table; columns in order of first appearance."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[_text(row.get(name, "")) for name in names] for row in rows]
    widths = [max(len(line[i]) for line in [names, *cells]) for i in range(len(names))]
    lines = [names, ["-" * w for w in widths], *cells]
    return "\n".join(
        "| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |" for line in lines
    )


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return str(value)


def scatter(path: Path, rows: Sequence[Row], x: str, y: str, *, group: str = "", log: str = "x") -> None:
    """Plot `y` against `x`, one labelled point a row, one colour for each value of `group`."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(7.5, 4.5), layout="constrained")
    axes = figure.subplots()
    groups = list(dict.fromkeys(row.get(group, "") for row in rows))
    for index, member in enumerate(groups):
        mine = [row for row in rows if row.get(group, "") == member and x in row and y in row]
        axes.plot(
            [r[x] for r in mine], [r[y] for r in mine], "o", color=f"C{index}", label=str(member) or None
        )
        for r in mine:
            axes.annotate(
                str(r["method"]), (r[x], r[y]), xytext=(5, 4), textcoords="offset points", fontsize=8
            )
    if "x" in log:
        axes.set_xscale("log")
    if "y" in log:
        axes.set_yscale("log")
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(alpha=0.3)
    axes.margins(x=0.2)
    if group:
        axes.legend(loc="lower center")
    figure.savefig(path, dpi=120)

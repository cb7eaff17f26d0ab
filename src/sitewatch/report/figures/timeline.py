"""The site through time: every event against the dates on which the ground could be seen."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from sitewatch.report.figures.style import (
    INK,
    MARKS,
    MUTED,
    RULE,
    SMALL,
    WIDTH,
    canvas,
    number,
    numbers,
    place,
    quiet,
    save,
    time_axis,
    write,
)  # fmt: skip
from sitewatch.types import Event


def timeline_figure(
    events: Sequence[Event],
    names: Sequence[str],
    times: npt.NDArray[np.datetime64],
    clear: npt.NDArray[np.bool_],
    path: Path,
    *,
    caption: str,
    credit: str,
) -> Path:
    """One line an event in order of date: most likely gap thick, hull of the 90 % set thin, kind by colour
    and shape; `clear` (time,) dates as ticks below."""
    row = min(0.2, max(0.095, 7.6 / max(1, len(events))))
    size = min(SMALL, 52 * row)
    left, head, foot = 0.95, 0.1, 0.62
    height = head + max(1, len(events)) * row + foot
    figure = canvas(WIDTH, height)
    axes = place(figure, left, foot, WIDTH - left - 0.1, height - head - foot)
    quiet(axes)
    x = numbers(times)
    axes.set_ylim(max(1, len(events)) - 0.5, -0.5)
    axes.set_yticks([])
    for i, (event, name) in enumerate(zip(events, names, strict=True)):
        mark = MARKS[event.kind]
        start, end = (number(d) for d in event.posterior.hull(0.9))
        gap = event.gap
        axes.axhline(i, color=RULE, linewidth=0.3, zorder=0)
        axes.plot([start, end], [i, i], color=mark.colour, linewidth=0.8, solid_capstyle="butt", zorder=1)
        axes.plot(
            [number(gap.start), number(gap.end)], [i, i], color=mark.colour, linewidth=3.6,
            solid_capstyle="butt", zorder=2,
        )  # fmt: skip
        middle = (number(gap.start) + number(gap.end)) / 2
        axes.plot(
            [middle], [i], marker=mark.shape, color=mark.colour, markersize=4.4, markeredgecolor="white",
            markeredgewidth=0.6, zorder=3,
        )  # fmt: skip
        for open_side, at, arrow in ((event.open_start, start, "<"), (event.open_end, end, ">")):
            if open_side:
                axes.plot(
                    [at], [i], marker=arrow, color=mark.colour, markersize=3, markeredgewidth=0, zorder=3
                )
        write(axes, -0.012, i, name, transform=axes.get_yaxis_transform(), ha="right", va="center", size=size)
    time_axis(axes, x[0], x[-1])
    axes.tick_params(labelbottom=False, length=0)
    strip = place(figure, left, foot - 0.17, WIDTH - left - 0.1, 0.13)
    quiet(strip)
    strip.set_yticks([])
    strip.set_ylim(0, 1)
    strip.vlines(x[clear], 0.15, 1, color=INK, linewidth=0.45)
    time_axis(strip, x[0], x[-1])
    write(
        strip,
        -0.012,
        0.55,
        "clear looks",
        transform=strip.transAxes,
        ha="right",
        va="center",
        color=MUTED,
        size=SMALL,
    )
    _key(figure, left, events)
    write(figure, 0, 0.04 / height, credit, va="bottom", color=MUTED, size=SMALL - 0.5)
    return save(figure, path, caption=caption, credit=credit)


def _key(figure: Figure, left: float, events: Sequence[Event]) -> None:
    axes = place(figure, left, 0.14, WIDTH - left - 0.1, 0.14)
    axes.set_axis_off()
    axes.set_xlim(0, WIDTH - left - 0.1)
    axes.set_ylim(0, 1)
    x = 0.0
    for kind, mark in MARKS.items():
        if any(e.kind is kind for e in events):
            axes.plot(
                [x + 0.05], [0.5], marker=mark.shape, color=mark.colour, markersize=4, markeredgewidth=0
            )
            write(axes, x + 0.14, 0.5, kind.value, va="center", size=SMALL)
            x += 0.75
    for words, width in (("most likely gap", 3.6), ("90 % interval", 0.8)):
        axes.plot([x, x + 0.2], [0.5, 0.5], color=MUTED, linewidth=width, solid_capstyle="butt")
        write(axes, x + 0.26, 0.5, words, va="center", size=SMALL)
        x += 1.15

"""When the site could be seen: one bar a scene, its height the share of the site that was clear."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from sitewatch.report.figures.style import (
    INK,
    MUTED,
    SMALL,
    WIDTH,
    canvas,
    numbers,
    place,
    quiet,
    save,
    time_axis,
    write,
)  # fmt: skip


def looks_figure(
    times: npt.NDArray[np.datetime64],
    share: npt.NDArray[np.float64],
    aside: npt.NDArray[np.datetime64],
    path: Path,
    *,
    caption: str,
) -> Path:
    """`share` (time,) of the site that is clear on each date; `aside`: dates of scenes set aside."""
    height = 1.25
    figure = canvas(WIDTH, height)
    axes = place(figure, 0.5, 0.36, WIDTH - 0.6, height - 0.58)
    quiet(axes, sides=("bottom", "left"))
    x = numbers(times)
    good = share >= 0.5
    axes.vlines(x[good], 0, 100 * share[good], color=INK, linewidth=0.8)
    axes.vlines(x[~good], 0, 100 * share[~good], color="#a8a8a8", linewidth=0.8)
    axes.axhline(50, color=MUTED, linewidth=0.4, linestyle=(0, (3, 2)))
    every = np.concatenate([x, numbers(aside)]) if aside.size else x
    if aside.size:
        axes.plot(
            numbers(aside), np.full(aside.size, 4.0), "x", color="#AA4499", markersize=3, markeredgewidth=0.8
        )
    axes.set_ylim(0, 100)
    axes.set_yticks([0, 50, 100])
    time_axis(axes, float(every.min()), float(every.max()))
    write(
        axes,
        0,
        1.06,
        "share of the site that is clear, %",
        transform=axes.transAxes,
        va="bottom",
        size=SMALL,
        weight="bold",
    )
    tail = "grey: less than half clear" + ("; cross: scene set aside" if aside.size else "")
    write(axes, 1, 1.06, tail, transform=axes.transAxes, ha="right", va="bottom", size=SMALL, color=MUTED)
    write(figure, 0, 0.04 / height, "Analysis: sitewatch", va="bottom", color=MUTED, size=SMALL - 0.5)
    return save(figure, path, caption=caption, credit="Analysis: sitewatch")

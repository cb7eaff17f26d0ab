"""Area against time: the curve with its intervals, and outlines of some dates on the latest image."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib import colormaps
from odc.geo.geobox import GeoBox

from sitewatch.report.figures import furniture
from sitewatch.report.figures.ground import Window, north, pixel_size
from sitewatch.report.figures.pair import smooth
from sitewatch.report.figures.picture import Rgb
from sitewatch.report.figures.style import (
    FAINT,
    INK,
    MUTED,
    PAPER,
    SMALL,
    WIDTH,
    bare,
    canvas,
    number,
    place,
    quiet,
    save,
    time_axis,
    write,
)  # fmt: skip
from sitewatch.types import DatedArea

PICTURE, TALL, HEAD, FOOT, LEFT = 2.1, 1.75, 0.42, 0.62, 0.55
OUTLINES = 4
"""Dates whose outlines are drawn, at most."""
LONG_DAYS = 60
"""Beyond this many days without a clear look a time counts as a gap."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The image behind the outlines."""

    image: Rgb | None
    """None where no pixels may be shown."""
    missing: str
    heading: str
    grid: GeoBox
    """Of the window."""
    shares: Sequence[npt.NDArray[np.float32]]
    """(row, column) by date, as the areas: how likely a pixel is changed."""


def growth_figure(
    areas: Sequence[DatedArea],
    picture: Picture,
    path: Path,
    *,
    before: Sequence[date],
    hidden: Sequence[date],
    title: str,
    unchecked: bool,
    caption: str,
    credit: str,
    scene: str | None = None,
    max_px: int | None = None,
) -> Path:
    """The figure of something that grows.

    Args:
        areas: at least one, in order of time.
        before: clear looks at the state before.
        hidden: looks that did not show it.
    """
    rows, cols = picture.grid.shape
    wide = min(PICTURE, TALL * cols / rows)
    tall = max(TALL, wide * rows / cols)
    total = HEAD + tall + FOOT
    figure = canvas(WIDTH, total)
    write(figure, 0, 1 - 0.04 / total, title, va="top", weight="bold")
    shown = sorted({round(k) for k in np.linspace(0, len(areas) - 1, min(OUTLINES, len(areas)))})
    inks = {k: colormaps["plasma"](0.85 - 0.75 * i / max(len(shown) - 1, 1)) for i, k in enumerate(shown)}
    window = Window(0, int(rows), 0, int(cols))
    axes = place(figure, 0, total - HEAD - wide * rows / cols, wide, wide * rows / cols)
    bare(axes)
    if picture.image is None:
        axes.set_facecolor(FAINT)
        furniture.frame(axes, window)
        write(axes, 0.5, 0.9, picture.missing, transform=axes.transAxes, ha="center", color=MUTED, size=SMALL)
    else:
        furniture.show(axes, picture.image, window, inches=wide, smooth=smooth(window))
    x, y = np.arange(cols) + 0.5, np.arange(rows) + 0.5
    for k in reversed(shown):
        if (picture.shares[k] > 0.5).any():
            axes.contour(x, y, picture.shares[k], [0.5], colors=[PAPER], linewidths=2.0, alpha=0.7)
            axes.contour(x, y, picture.shares[k], [0.5], colors=[inks[k]], linewidths=1.0)
    write(figure, 0, (total - HEAD + 0.05) / total, picture.heading, va="bottom", size=SMALL)
    size, angle = pixel_size(picture.grid), north(picture.grid)
    if size is not None and angle is not None:
        furniture.scale_bar(figure, 0, 0.24, size[0] * window.columns / wide, room=0.8)
        furniture.north_arrow(place(figure, 0.95, 0.2, 0.36, 0.36), angle)
    left = PICTURE + LEFT
    chart = place(figure, left, FOOT, WIDTH - left - 0.1, total - HEAD - FOOT)
    quiet(chart, sides=("bottom", "left"))
    days = np.array([number(a.date) for a in areas])
    every = sorted([*(number(d) for d in (*before, *hidden)), *days])
    seen = sorted([*(number(d) for d in before), *days])
    for one, two in pairwise(seen):
        if two - one > LONG_DAYS:
            chart.axvspan(
                one, two, facecolor="none", edgecolor="#d4d4d4", hatch="////", linewidth=0, zorder=0
            )
    high = max(a.high for a in areas)
    chart.vlines(days, [a.low for a in areas], [a.high for a in areas], color=MUTED, linewidth=0.9, zorder=2)
    values = [a.area_m2 for a in areas]
    chart.plot(days, values, color="#9c9c9c", linewidth=0.6, zorder=1)
    for k, (day, value) in enumerate(zip(days, values, strict=True)):
        chart.plot([day], [value], "o", color=inks.get(k, INK), markersize=4.5 if k in inks else 2.8,
                   markeredgecolor=INK, markeredgewidth=0.5, zorder=3)  # fmt: skip
    chart.plot([number(d) for d in before], [0] * len(before), "s", color=INK, markersize=2.6, markerfacecolor=PAPER,
               markeredgewidth=0.6, clip_on=False, zorder=3)  # fmt: skip
    chart.plot([number(d) for d in hidden], [0] * len(hidden), "x", color="#b0b0b0", markersize=2.6,
               markeredgewidth=0.6, clip_on=False, zorder=2)  # fmt: skip
    chart.set_ylim(0, 1.08 * high)
    time_axis(chart, every[0], every[-1])
    write(
        chart, 0, 1.04, "changed area, m²", transform=chart.transAxes, va="bottom", size=SMALL, weight="bold"
    )
    write(
        chart, 1, 1.04, "bars: 90 %; hatched: nothing clear; square: state before; cross: not clear",
        transform=chart.transAxes, ha="right", va="bottom", size=SMALL - 0.5, color=MUTED,
    )  # fmt: skip
    if unchecked:
        write(
            figure, left / WIDTH, 0.24 / total, "Drawn by a program, and nobody has checked it.", size=SMALL,
            color="#A4280B", weight="bold",
        )  # fmt: skip
    write(figure, 0, 0.05 / total, credit, va="bottom", color=MUTED, size=SMALL - 0.5)
    return save(figure, path, caption=caption, credit=credit, max_px=max_px, scene=scene)

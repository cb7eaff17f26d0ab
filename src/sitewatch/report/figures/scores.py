"""Scores of an evaluation: stated against observed probability, and precision and recall by size."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes

from sitewatch.report.figures.style import INK, MUTED, SMALL, canvas, family, place, quiet, save, write

CREDIT = "sitewatch evaluate"
PRECISION, RECALL = "#D55E00", "#0072B2"


def reliability_figure(
    curve: Sequence[tuple[float, float, float, float, int]], path: Path, *, caption: str
) -> Path:
    """`curve`: (stated, observed, low, high, count) of each bin, shares 0..1."""
    figure = canvas(3.4, 3.3)
    axes = place(figure, 0.5, 0.45, 2.7, 2.55)
    quiet(axes, sides=("bottom", "left"))
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.6, linestyle=(0, (3, 2)))
    for stated, observed, low, high, count in curve:
        axes.vlines(stated, low, high, color=INK, linewidth=0.8)
        axes.plot(stated, observed, "o", color=INK, markersize=3.5, clip_on=False)
        write(axes, stated + 0.02, observed, str(count), size=SMALL, color=MUTED, va="bottom")
    _unit(axes, "stated probability", "observed share")
    axes.set_xlim(0, 1)
    write(axes, 0, 1.04, "reliability; bars: 90 %; figures: events", transform=axes.transAxes, size=SMALL)
    return save(figure, path, caption=caption, credit=CREDIT)


def size_figure(
    recall: Mapping[str, tuple[float, float, float, int]],
    precision: Mapping[str, tuple[float, float, float, int]],
    path: Path,
    *,
    iou: float,
    caption: str,
) -> Path:
    """(value, low, high, count) by size class; both in the same order of classes."""
    names = list(dict.fromkeys([*recall, *precision]))
    figure = canvas(4.2, 3.3)
    axes = place(figure, 0.5, 0.45, 3.5, 2.55)
    quiet(axes, sides=("bottom", "left"))
    for values, shift, colour, shape in ((recall, -0.12, RECALL, "s"), (precision, 0.12, PRECISION, "o")):
        for i, name in enumerate(names):
            if name not in values:
                continue
            value, low, high, count = values[name]
            axes.vlines(i + shift, low, high, color=colour, linewidth=0.9)
            axes.plot(i + shift, value, shape, color=colour, markersize=3.5, clip_on=False)
            write(axes, i + shift + 0.04, value, str(count), size=SMALL, color=MUTED, va="bottom")
    axes.set_xticks(range(len(names)), names)
    axes.set_xlim(-0.6, len(names) - 0.4)
    _unit(axes, "area of the outline", f"share at IoU {iou:g}")
    write(axes, 0, 1.04, "recall (square)", transform=axes.transAxes, size=SMALL, color=RECALL)
    write(
        axes,
        1,
        1.04,
        "precision (dot); bars: 90 %",
        transform=axes.transAxes,
        size=SMALL,
        color=PRECISION,
        ha="right",
    )
    return save(figure, path, caption=caption, credit=CREDIT)


def _unit(axes: Axes, x: str, y: str) -> None:
    axes.set_ylim(0, 1.02)
    axes.set_xlabel(x, size=SMALL, family=family())
    axes.set_ylabel(y, size=SMALL, family=family())

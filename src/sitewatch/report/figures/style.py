"""Ink, type and canvas that all figures share."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import dates as mdates
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

from sitewatch.errors import asking_for_room
from sitewatch.types import EventKind

DPI = 300
WIDTH = 7.2
"""Inches: the text width of an A4 page with 13 mm margins."""
INK, MUTED, RULE, FAINT, PAPER = "#1c1c1c", "#666666", "#c8c8c8", "#ececec", "#ffffff"
SMALL, BODY = 6.5, 7.5


@dataclass(frozen=True, slots=True)
class Mark:
    """How one kind of event is drawn: told apart by colour, by shape and by line."""

    colour: str
    shape: str
    line: Any


# Okabe and Ito's palette, which stays distinct for the common colour-vision deficiencies.
MARKS = {
    EventKind.APPEARED: Mark("#D55E00", "^", "-"),
    EventKind.REMOVED: Mark("#0072B2", "v", (0, (4, 1.5))),
    EventKind.ALTERED: Mark("#AA4499", "D", (0, (1.2, 1.0))),
}


@cache
def family() -> list[str]:
    """Font families: a plain grotesque where the machine has one, then matplotlib's own for all glyphs."""
    present = {font.name for font in fontManager.ttflist}
    return [*(f for f in ("Arial", "Liberation Sans") if f in present), "DejaVu Sans"]


def canvas(width: float, height: float) -> Figure:
    """An empty white figure of that size in inches."""
    figure = Figure(figsize=(width, height), dpi=DPI, facecolor=PAPER)
    FigureCanvasAgg(figure)
    return figure


def place(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Axes at that place, in inches from the lower left corner."""
    w, h = figure.get_size_inches()
    return figure.add_axes((left / w, bottom / h, width / w, height / h))


def write(target: Axes | Figure, x: float, y: float, words: str, **how: Any) -> Any:
    """Text without mathematical markup: a dollar sign in a site's name is a dollar sign."""
    how = {"size": BODY, "color": INK, "family": family(), **how}
    return target.text(x, y, words, parse_math=False, **how)


def halo(width: float = 1.8, colour: str = PAPER) -> list[Any]:
    """A light edge that keeps lines and letters legible on any ground."""
    return [patheffects.withStroke(linewidth=width, foreground=colour)]


def quiet(axes: Axes, *, sides: Sequence[str] = ("bottom",)) -> None:
    """Thin rules, small figures, nothing that is not needed."""
    for side, spine in axes.spines.items():
        spine.set_visible(side in sides)
        spine.set_color(MUTED)
        spine.set_linewidth(0.5)
    axes.tick_params(
        labelsize=SMALL, labelcolor=INK, color=MUTED, width=0.5, length=2.5, labelfontfamily=family()
    )
    axes.set_facecolor("none")


def bare(axes: Axes) -> None:
    """No ticks; a hairline frame."""
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color(MUTED)
        spine.set_linewidth(0.4)


def number(day: date) -> float:
    """Matplotlib's number for a day."""
    return float(mdates.date2num(day))  # type: ignore[no-untyped-call]


def numbers(times: Any) -> Any:
    """Matplotlib's numbers for an array of datetime64."""
    return np.asarray(mdates.date2num(times), dtype=np.float64)  # type: ignore[no-untyped-call]


def time_axis(axes: Axes, first: float, last: float) -> None:
    """A date axis with a little air, years named once."""
    pad = max(10.0, 0.02 * (last - first))
    axes.set_xlim(first - pad, last + pad)
    locator = mdates.AutoDateLocator(minticks=3, maxticks=8)  # type: ignore[no-untyped-call]
    formatter = mdates.AutoDateFormatter(locator)  # type: ignore[no-untyped-call]
    formatter.scaled.update({365.0: "%Y", 30.0: "%b %Y", 1.0: "%d %b %Y"})
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(formatter)


def save(
    figure: Figure,
    path: Path,
    *,
    caption: str,
    credit: str,
    max_px: int | None = None,
    scene: str | None = None,
) -> Path:
    """Write the figure at 300 dpi, or with at most `max_px` pixels on its longest side.

    Caption, credit and the id of the scene that is shown go into the file's own text fields, so that they travel with
    the picture.
    """
    longest = float(max(figure.get_size_inches()))
    dpi = float(DPI) if max_px is None else min(float(DPI), max_px / longest)
    with asking_for_room(path), warnings.catch_warnings():
        # A name in a script that no installed font covers is drawn as boxes; the caption has it in full.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(
            path,
            dpi=dpi,
            format="png",
            metadata={"Description": caption, "Copyright": credit, "Software": "sitewatch"}
            | ({"Source": scene} if scene else {}),
            pil_kwargs={"compress_level": 3},
        )
    return path

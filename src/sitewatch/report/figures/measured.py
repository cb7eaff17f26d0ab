"""One measured object: its outline on the image, the fitted model, what is left, and where the error comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon as Patch
from odc.geo.geobox import GeoBox
from shapely.geometry.base import BaseGeometry

from sitewatch.report.figures import furniture
from sitewatch.report.figures.ground import Window, north, pixel_size
from sitewatch.report.figures.pair import smooth
from sitewatch.report.figures.picture import Rgb
from sitewatch.report.figures.style import (
    DPI,
    FAINT,
    INK,
    MUTED,
    PAPER,
    SMALL,
    WIDTH,
    bare,
    canvas,
    place,
    quiet,
    save,
    write,
)  # fmt: skip

GAP, SIDE, HEAD, TITLE, FOOT = 0.09, 0.98, 0.2, 0.2, 0.22
"""Inches: between panels, the column on the right, above a panel, above all, below all."""
TALLEST, ALONE = 2.4, 3.0
"""Inches: height of a panel at most, and width of one that stands alone."""
LIMIT = 5.0
"""Noise shown at the ends of the residuals' scale, standard deviations."""
BAR = 0.135
LEAST_BARS = 3
DROPPED = 0.005
"""Sources of less than this share of the variance are summed up in one bar."""


@dataclass(frozen=True, slots=True)
class Line:
    """A border drawn on the panels."""

    name: str
    shape: BaseGeometry
    """(column, row) of the shown window."""
    colour: str
    style: object = "-"
    """Matplotlib's line style."""


@dataclass(frozen=True, slots=True)
class View:
    """The look that is shown."""

    image: Rgb | None
    """None where no pixels may or can be shown."""
    missing: str
    """Why there are no pixels."""
    shape: tuple[int, int]
    """Rows and columns of the window."""
    grid: GeoBox | None
    """Of the window; None without pixels."""
    heading: str
    lines: tuple[Line, ...]
    model: Rgb | None = None
    """None where no box was tried."""
    residual: npt.NDArray[np.float32] | None = None
    """(row, column) in standard deviations of noise; NaN where not usable."""


def measured_figure(
    view: View,
    path: Path,
    *,
    title: str,
    facts: Sequence[tuple[str, str]],
    budget: Mapping[str, float],
    unit: str,
    unchecked: bool,
    caption: str,
    credit: str,
    scene: str | None = None,
    max_px: int | None = None,
) -> Path:
    """The figure of one measured object.

    Args:
        view: the look, with its outlines, and what the model makes of it.
        title: what is measured.
        facts: quantity and value in words with its interval, in the order to show them.
        budget: one standard deviation of the area by source, in `unit`.
        unchecked: whether nobody has looked at an outline that a program drew.
        scene: id of the scene that the view is of.
    """
    panels = 3 if view.model is not None else 1
    rows, cols = view.shape
    room = (WIDTH - SIDE - 2 * GAP) / 3 if panels == 3 else ALONE
    width = min(room, TALLEST * cols / rows)
    height = width * rows / cols
    bars = _bars(budget)
    low = 0.34 + BAR * max(len(bars), len(facts) + bool(unchecked), LEAST_BARS)
    side = 0.15 * len(view.lines) + 0.42 * (view.residual is not None) + 0.42
    band = max(height, side)
    total = TITLE + HEAD + band + low + FOOT
    figure = canvas(WIDTH, total)
    write(figure, 0, 1 - 0.04 / total, title, va="top", weight="bold")
    bottom = FOOT + low + band - height
    window = Window(0, rows, 0, cols)
    for j in range(panels):
        axes = place(figure, j * (width + GAP), bottom, width, height)
        _panel(axes, view, window, j, width)
        words = ("image", "fitted model", "left over, in units of noise")[j]
        write(
            figure, j * (width + GAP) / WIDTH, (bottom + height + 0.05) / total, view.heading if j == 0 else words,
            va="bottom", size=SMALL,
        )  # fmt: skip
    _side(figure, view, window, left=panels * (width + GAP), top=bottom + height, width=width)
    _facts(figure, facts, top=FOOT + low - 0.1, unchecked=unchecked)
    _budget(figure, bars, unit, left=3.3, top=FOOT + low - 0.1)
    write(figure, 0, 0.06 / total, credit, va="bottom", color=MUTED, size=SMALL - 0.5)
    return save(figure, path, caption=caption, credit=credit, max_px=max_px, scene=scene)


def _panel(axes: Axes, view: View, window: Window, which: int, inches: float) -> None:
    bare(axes)
    image = (view.image, view.model, None)[which]
    if which == 2 and view.residual is not None:
        image = _coloured(view.residual)
    if image is None:
        axes.set_facecolor(FAINT)
        furniture.frame(axes, window)
        write(
            axes, 0.5, 0.94, _folded(view.missing, inches), transform=axes.transAxes, ha="center", va="top",
            color=MUTED, size=SMALL,
        )  # fmt: skip
    else:
        furniture.show(axes, image, window, inches=inches, smooth=smooth(window) and which == 0)
    for line in view.lines:
        _border(axes, line, thin=which != 0)


def _folded(words: str, inches: float) -> str:
    """Broken into lines that fit that many inches."""
    most, lines = int(inches * 19), []
    for part in words.split("\n"):
        line = ""
        for word in part.split():
            if line and len(line) + len(word) >= most:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}".strip()
        lines.append(line)
    return "\n".join(lines)


def _border(axes: Axes, line: Line, *, thin: bool) -> None:
    width = 0.7 if thin else 1.0
    for ring in _rings(line.shape):
        if not thin:
            axes.add_patch(
                Patch(ring, closed=True, fill=False, edgecolor=PAPER, linewidth=width + 0.9, alpha=0.7)
            )
        axes.add_patch(
            Patch(ring, closed=True, fill=False, edgecolor=line.colour, linewidth=width, linestyle=line.style)
        )


def _rings(shape: BaseGeometry) -> list[npt.NDArray[np.float64]]:
    polygons = [p for p in getattr(shape, "geoms", [shape]) if p.geom_type == "Polygon" and not p.is_empty]
    return [np.asarray(r.coords)[:, :2] for p in polygons for r in (p.exterior, *p.interiors)]


def _coloured(residual: npt.NDArray[np.float32]) -> Rgb:
    """Blue where the image is on the ground's side of the model, orange where on the roof's; grey where not usable."""
    share = np.clip(np.nan_to_num(residual.astype(np.float64)) / LIMIT, -1, 1)[..., None]
    white = np.ones(3)
    ends = np.where(share > 0, np.array([0.83, 0.37, 0.0]), np.array([0.0, 0.35, 0.62]))
    result: Rgb = white + np.abs(share) * (ends - white)
    result[np.isnan(residual)] = 0.8
    return result


def _side(figure: Figure, view: View, window: Window, *, left: float, top: float, width: float) -> None:
    """Column on the right: key of the outlines, scale of the residuals, scale bar, north."""
    _, h = figure.get_size_inches()
    y = top - 0.02
    for line in view.lines:
        axes = place(figure, left, y - 0.13, SIDE - GAP, 0.13)
        axes.set_axis_off()
        axes.set_xlim(0, SIDE - GAP)
        axes.set_ylim(0, 1)
        axes.plot([0, 0.2], [0.5, 0.5], color=line.colour, linewidth=1.1, linestyle=line.style)
        write(axes, 0.27, 0.5, line.name, va="center", size=SMALL)
        y -= 0.15
    if view.residual is not None:
        axes = place(figure, left, y - 0.2, 0.75, 0.08)
        ramp = _coloured(np.linspace(-LIMIT, LIMIT, 200, dtype=np.float32)[None])
        axes.imshow(ramp, extent=(-LIMIT, LIMIT, 0, 1), aspect="auto")
        quiet(axes, sides=())
        axes.set_yticks([])
        axes.set_xticks([-LIMIT, 0, LIMIT])
        axes.tick_params(length=1.5, pad=1)
        y -= 0.42
    if view.grid is None:
        return
    angle, size = north(view.grid), pixel_size(view.grid)
    if angle is None or size is None:
        write(
            figure,
            left / WIDTH,
            (y - 0.05) / h,
            "orientation and\nscale unknown",
            va="top",
            color=MUTED,
            size=SMALL,
        )
        return
    furniture.scale_bar(figure, left, y - 0.36, size[0] * window.columns / width, room=0.55)
    furniture.north_arrow(place(figure, left + 0.58, y - 0.42, 0.4, 0.4), angle)


def _facts(figure: Figure, facts: Sequence[tuple[str, str]], *, top: float, unchecked: bool) -> None:
    _, h = figure.get_size_inches()
    write(figure, 0, top / h, "Measured, with 90 % intervals", va="top", weight="bold", size=SMALL)
    y = top - 0.16
    for name, words in facts:
        write(figure, 0, y / h, name, va="top", size=SMALL, color=MUTED)
        write(figure, 0.72 / WIDTH, y / h, words, va="top", size=SMALL)
        y -= BAR
    if unchecked:
        write(
            figure, 0, (y - 0.03) / h, "Drawn by a program, and nobody has checked it.", va="top", size=SMALL,
            color="#A4280B", weight="bold",
        )  # fmt: skip


def _bars(budget: Mapping[str, float]) -> list[tuple[str, float]]:
    """Sources with their standard deviations, largest first; the small ones together."""
    told = sorted(((s, v) for s, v in budget.items() if v > 0), key=lambda sv: -sv[1])
    whole = sum(v**2 for _, v in told)
    large = [(s, v) for s, v in told if v**2 >= DROPPED * whole]
    small = told[len(large) :]
    if len(small) < 2:
        return told
    return [*large, (f"{len(small)} others", sqrt(sum(v**2 for _, v in small)))]


def _budget(figure: Figure, bars: Sequence[tuple[str, float]], unit: str, *, left: float, top: float) -> None:
    """Bars of one standard deviation by source, with the share of the variance."""
    _, h = figure.get_size_inches()
    if not bars:
        return
    whole = sum(v**2 for _, v in bars)
    write(
        figure, left / WIDTH, top / h, f"Error of the area by source, one standard deviation in {unit}", va="top",
        weight="bold", size=SMALL,
    )  # fmt: skip
    tall = BAR * len(bars)
    axes = place(figure, left + 1.05, top - 0.16 - tall, WIDTH - left - 1.05 - 1.25, tall)
    axes.set_axis_off()
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.set_xlim(0, max(v for _, v in bars))
    for i, (source, sigma) in enumerate(bars):
        axes.barh([i], [sigma], height=0.62, color=INK if i == 0 else "#8a8a8a")
        write(
            axes, -0.02, i, source, transform=axes.get_yaxis_transform(), ha="right", va="center", size=SMALL
        )
        share = 100 * sigma**2 / whole
        told = f" {_plain(sigma)} ({f'{share:.0f}' if share >= 0.5 else 'below 1'} % of the variance)"
        write(axes, sigma, i, told, va="center", size=SMALL - 0.5, color=MUTED)


def _plain(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def enlargement(columns: int) -> str:
    """How the image is brought to its panel, for the caption."""
    if columns > (WIDTH - SIDE - 2 * GAP) / 3 * DPI:
        return "reduced by averaging"
    return "enlarged by bicubic interpolation, model and residuals by nearest neighbour"

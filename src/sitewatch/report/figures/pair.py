"""Before and after: the same ground on two dates, side by side, with one stretch."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from odc.geo.geobox import GeoBox
from shapely import MultiPolygon, Polygon

from sitewatch.errors import DataError
from sitewatch.report.figures import furniture
from sitewatch.report.figures.ground import Window, north, pixel_size
from sitewatch.report.figures.picture import Rgb
from sitewatch.report.figures.style import (
    DPI,
    FAINT,
    MARKS,
    MUTED,
    SMALL,
    WIDTH,
    bare,
    canvas,
    place,
    save,
    write,
)  # fmt: skip
from sitewatch.types import EventKind

SIDE = 1.12
"""Width of the column beside the panels, inches."""
GAP = 0.09
HEAD = 0.22
"""Room for the date above a panel."""
TITLE = 0.24
"""Room for the title above a row."""
FOOT = 0.24
FEW_PIXELS = 160
"""Windows of fewer columns are enlarged smoothly, so that pixels do not dazzle; the caption says so."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One look at the ground."""

    image: Rgb | None
    """None where no pixels may or can be shown."""
    heading: str
    """The date."""
    detail: str
    """Sensor, and how far from the gap."""
    missing: str = ""
    """Why there are no pixels."""


@dataclass(frozen=True, slots=True)
class Row:
    """Two looks and what they have in common."""

    title: str
    before: Panel
    after: Panel


def smooth(window: Window) -> bool:
    """Whether a window is enlarged smoothly."""
    return window.columns < FEW_PIXELS


def enlargement(window: Window, inches: float = (WIDTH - SIDE - 2 * GAP) / 2) -> str:
    """How a window is brought to the size of a panel, for the caption."""
    if window.columns > inches * DPI:
        return "reduced by averaging"
    way = "bicubic interpolation" if smooth(window) else "nearest neighbour"
    return f"enlarged by {way}"


def before_after(
    rows: Sequence[Row],
    path: Path,
    *,
    shape: Polygon | MultiPolygon,
    kind: EventKind,
    others: Sequence[Polygon | MultiPolygon],
    window: Window,
    grid: GeoBox,
    caption: str,
    credit: str,
    max_px: int | None = None,
) -> Path:
    """One or two pairs of looks at an event, with scale bar, north arrow and locator.

    `shape` and `others` are outlines in pixels of `grid`; `window` is what the panels show.
    """
    panel = (WIDTH - SIDE - 2 * GAP) / 2
    height = panel * window.rows / window.columns
    tall = TITLE + HEAD + height
    total = FOOT + len(rows) * tall
    figure = canvas(WIDTH, total)
    mark = MARKS[kind]
    for i, row in enumerate(rows):
        bottom = total - (i + 1) * tall
        write(figure, 0, (bottom + height + HEAD + 0.05) / total, row.title, va="bottom", color=MUTED)
        for j, look in enumerate((row.before, row.after)):
            axes = place(figure, j * (panel + GAP), bottom, panel, height)
            _look(axes, look, window, panel)
            furniture.outline(axes, shape, mark)
            _heading(figure, j * (panel + GAP), bottom + height, panel, look)
    _side(figure, total - TITLE - HEAD, shape=shape, kind=kind, others=others, window=window, grid=grid)
    _foot(figure, credit)
    return save(figure, path, caption=caption, credit=credit, max_px=max_px)


def pair_figure(
    before: npt.NDArray[np.floating],
    after: npt.NDArray[np.floating],
    outlines: Sequence[Polygon | MultiPolygon],
    path: Path,
    *,
    captions: tuple[str, str],
    pixel_m: float | None,
    credit: str,
    kinds: Sequence[EventKind] | None = None,
    max_px: int | None = None,
) -> None:
    """Two plain pictures on one grid, (y, x, 3) in 0..1, with outlines in pixels (column, row), as a PNG.

    `captions` stand above the two pictures; `pixel_m` is the width of a pixel in metres, None where it is not
    known (then there is no scale bar, and the foot line says so). Without `kinds` all outlines are drawn as
    altered ground.

    Raises:
        DataError: the two pictures are not of one shape (y, x, 3).
    """
    if before.shape != after.shape or before.ndim != 3 or before.shape[2] != 3:
        raise DataError(
            f"before is {before.shape}, after is {after.shape}; expected two pictures of one shape (y, x, 3)"
        )
    if kinds is not None and len(kinds) != len(outlines):
        raise DataError(f"{len(kinds)} kinds for {len(outlines)} outlines; expected one each")
    window = Window(0, before.shape[0], 0, before.shape[1])
    panel = (WIDTH - GAP) / 2
    height = panel * window.rows / window.columns
    figure = canvas(WIDTH, height + HEAD + FOOT)
    for j, (image, heading) in enumerate(zip((before, after), captions, strict=True)):
        axes = place(figure, j * (panel + GAP), FOOT, panel, height)
        look = Panel(np.clip(np.asarray(image, dtype=np.float64), 0, 1), heading, ("Before", "After")[j])
        _look(axes, look, window, panel)
        for shape, kind in zip(outlines, kinds or [EventKind.ALTERED] * len(outlines), strict=True):
            furniture.outline(axes, shape, MARKS[kind], width=0.8)
        _heading(figure, j * (panel + GAP), FOOT + height, panel, look)
    if pixel_m is not None:
        furniture.scale_bar(figure, WIDTH - 1.05, 0.0, pixel_m * window.columns / panel, room=1.0)
    scale = "" if pixel_m is not None else "Scale unknown. "
    _foot(figure, f"{scale}{credit}")
    save(figure, path, caption=" / ".join(captions), credit=credit, max_px=max_px)


def _look(axes: Axes, look: Panel, window: Window, inches: float) -> None:
    bare(axes)
    if look.image is not None:
        furniture.show(axes, look.image, window, inches=inches, smooth=smooth(window))
        return
    axes.set_facecolor(FAINT)
    furniture.frame(axes, window)
    write(
        axes, 0.5, 0.94, look.missing, transform=axes.transAxes, ha="center", va="top", color=MUTED, wrap=True
    )


def _heading(figure: Figure, left: float, top: float, width: float, look: Panel) -> None:
    w, h = figure.get_size_inches()
    write(figure, left / w, (top + 0.06) / h, look.heading, va="bottom", weight="bold")
    write(
        figure, (left + width) / w, (top + 0.06) / h, look.detail, va="bottom", ha="right", color=MUTED,
        size=SMALL,
    )  # fmt: skip


def _side(
    figure: Figure, top: float, *, shape: Polygon | MultiPolygon, kind: EventKind,
    others: Sequence[Polygon | MultiPolygon], window: Window, grid: GeoBox,
) -> None:  # fmt: skip
    """Column on the right, from `top` inches downward: locator, key, north."""
    mark = MARKS[kind]
    left, width = WIDTH - SIDE + GAP, SIDE - GAP
    site = Window(0, grid.shape[0], 0, grid.shape[1])
    ratio = min(site.rows / site.columns, 1.6)
    small = place(figure, left, top - width * ratio, width, width * ratio)
    furniture.locator(small, site, window, shape=shape, others=others, mark=mark)
    w, h = figure.get_size_inches()
    write(figure, left / w, (top + 0.06) / h, "Place in the site", va="bottom", color=MUTED, size=SMALL)
    y = top - width * ratio - 0.3
    furniture.kinds_key(place(figure, left, y, width, 0.2), [(kind.value, mark)], step=1.0)
    angle, size = north(grid), pixel_size(grid)
    if angle is None or size is None:
        write(
            figure,
            left / w,
            (y - 0.2) / h,
            "orientation and\nscale unknown",
            va="top",
            color=MUTED,
            size=SMALL,
        )
        return
    panel = (WIDTH - SIDE - 2 * GAP) / 2
    furniture.scale_bar(figure, left, y - 0.36, size[0] * window.columns / panel, room=0.9)
    furniture.north_arrow(place(figure, left, y - 0.98, 0.5, 0.5), angle)


def _foot(figure: Figure, credit: str) -> None:
    write(figure, 0, 0.06 / figure.get_size_inches()[1], credit, va="bottom", color=MUTED, size=SMALL - 0.5)

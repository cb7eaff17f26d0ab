"""The whole site with every event on it."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from odc.geo.geobox import GeoBox
from shapely import MultiPolygon, Polygon

from sitewatch.report.figures import furniture
from sitewatch.report.figures.ground import Window, north, pixel_size
from sitewatch.report.figures.pair import smooth
from sitewatch.report.figures.picture import Rgb
from sitewatch.report.figures.style import (
    FAINT,
    MARKS,
    MUTED,
    SMALL,
    WIDTH,
    bare,
    canvas,
    halo,
    place,
    save,
    write,
)  # fmt: skip
from sitewatch.types import Event


def overview_figure(
    image: Rgb | None,
    events: Sequence[Event],
    shapes: Sequence[Polygon | MultiPolygon],
    path: Path,
    *,
    names: Sequence[str],
    grid: GeoBox,
    caption: str,
    credit: str,
    max_px: int | None = None,
) -> Path:
    """Outlines (`shapes`, in pixels) with their names on one look at the site, or on grey without one."""
    window = Window(0, grid.shape[0], 0, grid.shape[1])
    side, foot = 1.12, 0.24
    widest = WIDTH - side
    width = min(widest, 5.6 * window.columns / window.rows)
    height = width * window.rows / window.columns
    figure = canvas(width + side, height + foot)
    axes = place(figure, 0, foot, width, height)
    bare(axes)
    if image is not None:
        furniture.show(axes, image, window, inches=width, smooth=smooth(window))
    else:
        axes.set_facecolor(FAINT)
        furniture.frame(axes, window)
    for event, shape in zip(events, shapes, strict=True):
        furniture.outline(axes, shape, MARKS[event.kind], width=0.9)
    _names(axes, shapes, names, events, window=window, width=width)
    left, w, h = width + 0.1, *figure.get_size_inches()
    angle, pixel = north(grid), pixel_size(grid)
    if angle is None or pixel is None:
        write(
            figure,
            left / w,
            (h - 0.1) / h,
            "orientation and\nscale unknown",
            va="top",
            color=MUTED,
            size=SMALL,
        )
    else:
        furniture.north_arrow(place(figure, left, h - 0.55, 0.5, 0.5), angle)
        furniture.scale_bar(figure, left, h - 0.95, pixel[0] * window.columns / width, room=0.9)
    present = [(k.value, m) for k, m in MARKS.items() if any(e.kind is k for e in events)]
    if present:
        key = place(figure, left, h - 1.08 - 0.17 * len(present), side - 0.1, 0.17 * len(present))
        furniture.kinds_key(key, present, step=1 / len(present))
    write(figure, 0, 0.06 / h, credit, va="bottom", color=MUTED, size=SMALL - 0.5)
    return save(figure, path, caption=caption, credit=credit, max_px=max_px)


def _names(
    axes: Axes, shapes: Sequence[Polygon | MultiPolygon], names: Sequence[str], events: Sequence[Event],
    *, window: Window, width: float,
) -> None:  # fmt: skip
    if not shapes:
        return
    per_inch = window.columns / width
    letters = max(len(n) for n in names)
    size = (per_inch * (0.052 * letters + 0.04), per_inch * 0.1)
    spots = furniture.label_points([s.bounds for s in shapes], window, size)
    for (x, y), name, event in zip(spots, names, events, strict=True):
        write(
            axes, x, y, name, ha="center", va="center", size=SMALL, weight="bold",
            color=MARKS[event.kind].colour, path_effects=halo(1.8),
        )  # fmt: skip

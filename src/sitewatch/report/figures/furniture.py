"""What a picture of the ground needs beside its pixels: outline, scale bar, north arrow, locator."""

from collections.abc import Iterable, Sequence
from math import cos, floor, log10, radians, sin

import cv2
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrow, Polygon, Rectangle
from shapely import MultiPolygon
from shapely import Polygon as Shape

from sitewatch.report.figures.ground import Window, rings
from sitewatch.report.figures.picture import Rgb
from sitewatch.report.figures.style import DPI, FAINT, INK, PAPER, SMALL, Mark, place, write


def show(axes: Axes, image: Rgb, window: Window, *, inches: float, smooth: bool) -> None:
    """A picture in pixel coordinates: (column, row), whole numbers at pixel corners, rows downward.

    It is brought to the resolution of the page first (`inches` wide at 300 dpi), which is faster than leaving
    that to the axes: smoothly (bicubic) where asked, else by nearest neighbour, or by area where it shrinks.
    """
    bytes_ = np.clip(np.round(image * 255), 0, 255).astype(np.uint8)
    wide = max(1, round(inches * DPI))
    tall = max(1, round(wide * window.rows / window.columns))
    way = cv2.INTER_AREA if wide < window.columns else cv2.INTER_CUBIC if smooth else cv2.INTER_NEAREST
    axes.imshow(
        cv2.resize(bytes_, (wide, tall), interpolation=way),
        extent=(window.left, window.right, window.bottom, window.top),
        interpolation="nearest",
        aspect="auto",
    )
    frame(axes, window)


def frame(axes: Axes, window: Window) -> None:
    axes.set_xlim(window.left, window.right)
    axes.set_ylim(window.bottom, window.top)


def outline(axes: Axes, shape: Shape | MultiPolygon, mark: Mark, *, width: float = 1.1) -> None:
    """The border of a shape in its kind's colour and line, with a light casing."""
    for ring in rings(shape):
        axes.add_patch(
            Polygon(ring, closed=True, fill=False, edgecolor=PAPER, linewidth=width + 1.1, alpha=0.75)
        )
        axes.add_patch(
            Polygon(
                ring, closed=True, fill=False, edgecolor=mark.colour, linewidth=width, linestyle=mark.line
            )
        )


def nice_length(longest: float) -> float:
    """The largest of 1, 2, 5 times a power of ten that is not above `longest`."""
    power = 10.0 ** floor(log10(longest))
    return max(m * power for m in (1, 2, 5) if m * power <= longest)


def length_words(metres: float) -> str:
    return f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"


def scale_bar(figure: Figure, left: float, bottom: float, metres: float, *, room: float) -> None:
    """A bar with its length above it, beside the picture so that it hides no pixel.

    `left`, `bottom` and `room` (its greatest length) are inches; an inch of the picture shows `metres`.
    """
    length = nice_length(metres * room)
    axes = place(figure, left, bottom, room, 0.24)
    axes.set_axis_off()
    axes.set_xlim(0, room)
    axes.set_ylim(0, 0.24)
    end = length / metres
    axes.plot([0, 0, end, end], [0.09, 0.03, 0.03, 0.09], color=INK, linewidth=0.8, clip_on=False)
    write(axes, end / 2, 0.1, length_words(length), ha="center", va="bottom", size=SMALL)


def north_arrow(axes: Axes, degrees: float) -> None:
    """An arrow to true north, `degrees` clockwise from the top, on empty square axes."""
    axes.set_axis_off()
    axes.set_xlim(-1, 1)
    axes.set_ylim(-1, 1)
    axes.set_aspect("equal")
    dx, dy = sin(radians(degrees)), cos(radians(degrees))
    start, way = (-0.55 * dx, -0.55 * dy), (0.95 * dx, 0.95 * dy)
    arrow = FancyArrow(
        *start,
        *way,
        width=0.035,
        head_width=0.28,
        head_length=0.34,
        length_includes_head=True,
        color=INK,
        lw=0,
    )
    axes.add_patch(arrow)
    write(axes, 0.72 * dx, 0.72 * dy, "N", ha="center", va="center", weight="bold")


def locator(
    axes: Axes, site: Window, window: Window, *, shape: Shape | MultiPolygon,
    others: Iterable[Shape | MultiPolygon], mark: Mark,
) -> None:  # fmt: skip
    """The whole site as a pale box, the shown window in it, this event filled, the others in grey."""
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor(FAINT)
    for spine in axes.spines.values():
        spine.set_visible(False)
    for other in others:
        for ring in rings(other):
            axes.add_patch(Polygon(ring, closed=True, facecolor="#b5b5b5", linewidth=0))
    for ring in rings(shape):
        axes.add_patch(
            Polygon(ring, closed=True, facecolor=mark.colour, edgecolor=mark.colour, linewidth=0.4)
        )
    axes.add_patch(
        Rectangle(
            (window.left, window.top), window.columns, window.rows, fill=False, edgecolor=INK, linewidth=0.7
        )
    )
    frame(axes, site)
    axes.set_aspect("equal", anchor="NW")


def label_points(
    boxes: Sequence[tuple[float, float, float, float]], window: Window, size: tuple[float, float]
) -> list[tuple[float, float]]:
    """Where to write each label (centre), in pixels.

    `boxes` are the bounds (left, top, right, bottom) of what is named, `size` is that of a label. Each label
    takes the first of eight places around its box that meets no earlier label, no other box and no border;
    greedy, so that the same input gives the same picture.
    """
    width, height = size
    taken: list[tuple[float, float]] = []
    for own in boxes:
        left, top, right, bottom = own
        x, y = (left + right) / 2, (top + bottom) / 2
        east, west = right + width * 0.6, left - width * 0.6
        above, below = top - height * 0.7, bottom + height * 0.7
        places = [
            (east, y), (x, above), (west, y), (x, below),
            (east, above), (west, above), (east, below), (west, below),
        ]  # fmt: skip
        within = [
            p
            for p in places
            if window.left + width / 2 <= p[0] <= window.right - width / 2
            and window.top + height / 2 <= p[1] <= window.bottom - height / 2
        ] or [(x, y)]

        def clutter(p: tuple[float, float], own: object = own) -> int:
            labels = sum(abs(p[0] - q[0]) < width and abs(p[1] - q[1]) < height for q in taken)
            covered = sum(
                b is not own
                and b[0] - width / 2 < p[0] < b[2] + width / 2
                and b[1] - height / 2 < p[1] < b[3] + height / 2
                for b in boxes
            )
            return 3 * labels + covered

        taken.append(min(within, key=clutter))
    return taken


def kinds_key(axes: Axes, marks: Sequence[tuple[str, Mark]], *, top: float = 1.0, step: float = 0.2) -> None:
    """Names of kinds beside their mark, one below the other, on empty axes from 0 to 1."""
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    for i, (name, mark) in enumerate(marks):
        y = top - step * (i + 0.5)
        axes.plot([0, 0.16], [y, y], color=mark.colour, linewidth=1.1, linestyle=mark.line)
        axes.plot([0.25], [y], marker=mark.shape, markersize=3.4, color=mark.colour, linestyle="none")
        write(axes, 0.34, y, name, va="center", size=SMALL)

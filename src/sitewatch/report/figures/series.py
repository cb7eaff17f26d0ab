"""The pixels of an event through time: what the date rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sitewatch import cube as cubes
from sitewatch.report.figures.style import (
    INK,
    MARKS,
    MUTED,
    SMALL,
    WIDTH,
    canvas,
    family,
    number,
    numbers,
    place,
    quiet,
    save,
    time_axis,
    write,
)  # fmt: skip
from sitewatch.types import EventKind
from sitewatch.types.event import Gap

BAND_WORDS = {
    "coastal": "coastal blue", "blue": "blue", "green": "green", "yellow": "yellow", "red": "red",
    "rededge": "red edge", "nir": "near infrared", "nir08": "near infrared",
    "swir16": "short-wave infrared 1.6 µm", "swir22": "short-wave infrared 2.2 µm", "pan": "panchromatic",
}  # fmt: skip


LONG_DAYS = 100.0
"""Beyond this many days the line of the surroundings is broken."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One quantity of an event through time."""

    name: str
    inside: npt.NDArray[np.float64]
    """(time,) mean over the usable pixels of the outline; NaN where nothing was observed."""
    around: npt.NDArray[np.float64]
    """(time,) the same over a ring of unchanged ground around it; NaN where too little is clear."""
    contrast: float
    """Size of the step across the gap, in units of the scatter on either side."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What the figure shows."""

    clear: npt.NDArray[np.bool_]
    """(time,) at least half of the outline is clear."""
    shown: npt.NDArray[np.bool_]
    """(time,) the licence lets the value be shown."""
    quantities: tuple[Trace, ...]


def traces(
    cube: xr.Dataset,
    mask: npt.NDArray[np.bool_],
    ring: npt.NDArray[np.bool_],
    gap: Gap,
    shown: npt.NDArray[np.bool_],
    *,
    most: int = 2,
) -> Traces:
    """The `most` quantities in which the step across `gap` is clearest, among all bands and NDVI.

    `mask` and `ring` (y, x): inside of the outline, and the ground to compare with.
    """
    clear = cube["clear"].values
    is_clear = clear[:, mask].mean(axis=1) >= 0.5
    days = cube["time"].values.astype("datetime64[D]")
    before = is_clear & (days <= np.datetime64(gap.start))
    after = is_clear & (days >= np.datetime64(gap.end))
    found = []
    for name, inside_values, ring_values in _quantities(cube, mask, ring):
        inside = _means(inside_values, clear[:, mask], fall_back=True)
        around = _means(ring_values, clear[:, ring], fall_back=False)
        found.append(Trace(name, inside, around, _contrast(inside - around, before, after)))
    found.sort(key=lambda t: -t.contrast)
    return Traces(is_clear, shown, tuple(found[:most]))


def series_figure(
    data: Traces,
    times: npt.NDArray[np.datetime64],
    path: Path,
    *,
    kind: EventKind,
    gap: Gap,
    likely: Sequence[Gap],
    units: str,
    caption: str,
    credit: str,
) -> Path:
    """Inside means on clear dates (dots) and masked dates (grey crosses), the surroundings as a thin line,
    the most likely gap shaded, the gaps of the 90 % set hatched."""
    tall, head, foot, left = 1.14, 0.24, 0.4, 0.42
    n = len(data.quantities)
    height = head + n * tall + (n - 1) * 0.16 + foot
    figure = canvas(WIDTH, height)
    x = numbers(times)
    for i, trace in enumerate(data.quantities):
        bottom = height - head - (i + 1) * tall - i * 0.16
        axes = place(figure, left, bottom, WIDTH - left - 0.08, tall - 0.14)
        last = i == n - 1
        quiet(axes, sides=("bottom", "left"))
        _spans(axes, gap, likely, MARKS[kind].colour)
        _points(axes, x, trace, data)
        time_axis(axes, x[0], x[-1])
        if not last:
            axes.tick_params(labelbottom=False)
        unit = {
            "reflectance": "reflectance",
            "toa": "top-of-atmosphere reflectance",
            "dn": "digital number, 0 to 1",
        }
        label = trace.name if trace.name == "NDVI" else f"{trace.name}, {unit.get(units, units)}"
        write(axes, 0.0, 1.07, label, transform=axes.transAxes, va="bottom", size=SMALL, weight="bold")
        if i == 0:
            _key(axes, MARKS[kind].colour)
    write(figure, 0, 0.05 / height, credit, va="bottom", color=MUTED, size=SMALL - 0.5)
    return save(figure, path, caption=caption, credit=credit)


def _quantities(
    cube: xr.Dataset, mask: npt.NDArray[np.bool_], ring: npt.NDArray[np.bool_]
) -> list[tuple[str, npt.NDArray[np.float64], npt.NDArray[np.float64]]]:
    bands = {
        n: (cube[n].values[:, mask].astype(np.float64), cube[n].values[:, ring].astype(np.float64))
        for n in cubes.band_names(cube)
    }
    result = [(BAND_WORDS.get(n, n), inside, around) for n, (inside, around) in bands.items()]
    if {"red", "nir"} <= set(bands):
        pairs = [(bands["nir"][k], bands["red"][k]) for k in (0, 1)]
        ndvi = [np.where(n + r > 1e-6, (n - r) / np.maximum(n + r, 1e-6), np.nan) for n, r in pairs]
        result.append(("NDVI", ndvi[0], ndvi[1]))
    return result


def _means(
    values: npt.NDArray[np.float64], clear: npt.NDArray[np.bool_], *, fall_back: bool
) -> npt.NDArray[np.float64]:
    """Mean over clear pixels where at least half are clear; else over all that were observed, or NaN."""
    result = np.full(len(values), np.nan)
    for t, (row, ok) in enumerate(zip(values, clear, strict=True)):
        use = ok & np.isfinite(row)
        if use.size and use.mean() >= 0.5:
            result[t] = row[use].mean()
        elif fall_back and np.isfinite(row).any():
            result[t] = row[np.isfinite(row)].mean()
    return result


def _contrast(
    values: npt.NDArray[np.float64], before: npt.NDArray[np.bool_], after: npt.NDArray[np.bool_]
) -> float:
    left, right = (values[side & np.isfinite(values)] for side in (before, after))
    if not len(left) or not len(right):
        return 0.0
    scatter = np.concatenate([left - np.median(left), right - np.median(right)])
    # A side of one or two looks has no scatter of its own: half of the whole series' scatter is the least.
    known = values[(before | after) & np.isfinite(values)]
    spread = 1.4826 * max(_mad(scatter), 0.5 * _mad(known))
    return abs(float(np.median(right) - np.median(left))) / max(spread, 1e-6)


def _mad(values: npt.NDArray[np.float64]) -> float:
    return float(np.median(np.abs(values - np.median(values))))


def _spans(axes: Axes, gap: Gap, likely: Sequence[Gap], colour: str) -> None:
    for other in likely:
        axes.axvspan(
            number(other.start), number(other.end), facecolor="none", edgecolor="#c2c2c2", hatch="/////",
            linewidth=0, zorder=0,
        )  # fmt: skip
    axes.axvspan(number(gap.start), number(gap.end), facecolor=colour, alpha=0.22, linewidth=0, zorder=0.5)


def _points(axes: Axes, x: npt.NDArray[np.float64], trace: Trace, data: Traces) -> None:
    ring = data.shown & np.isfinite(trace.around)
    axes.plot(*_broken(x[ring], trace.around[ring]), color="#9c9c9c", linewidth=0.6, zorder=1)
    seen = data.shown & np.isfinite(trace.inside)
    masked, clear = seen & ~data.clear, seen & data.clear
    good = np.concatenate([trace.inside[clear], trace.around[ring]])
    if good.size:
        low, high = _limits(good)
        axes.set_ylim(low, high)
        # Clouds, marked or missed, are far brighter than ground: what lies beyond the axis sits on its edge.
        marks: dict[str, Any] = {"linestyle": "none", "clip_on": False}
        axes.plot(x[masked], np.clip(trace.inside[masked], low, high), "x", color="#b8b8b8", markersize=2.4,
                  markeredgewidth=0.6, zorder=1.5, **marks)  # fmt: skip
        axes.plot(x[clear], np.clip(trace.inside[clear], low, high), "o", color=INK, markersize=2.4,
                  markeredgewidth=0, zorder=2, **marks)  # fmt: skip
    axes.locator_params(axis="y", nbins=4)


def _limits(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Ends of the axis: the middle 96 % of the values and some air, so that a missed cloud sets no scale."""
    low, high = (float(v) for v in np.percentile(values, [2, 98]))
    pad = 0.12 * (high - low) or 0.01
    return max(low - pad, float(values.min()) - 0.01), min(high + pad, float(values.max()) + 0.01)


def _broken(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The line with breaks where no clear look stands for longer than `LONG_DAYS`."""
    where = np.flatnonzero(np.diff(x) > LONG_DAYS) + 1
    return np.insert(x, where, np.nan), np.insert(y, where, np.nan)


def _key(axes: Axes, colour: str) -> None:
    handles = [
        Line2D([], [], color=INK, marker="o", markersize=2.6, linestyle="none", label="clear"),
        Line2D([], [], color="#b0b0b0", marker="x", markersize=2.8, linestyle="none", label="masked"),
        Line2D([], [], color="#8c8c8c", linewidth=0.8, label="surroundings"),
        Patch(facecolor=colour, alpha=0.22, label="most likely gap"),
        Patch(facecolor="none", edgecolor="#c2c2c2", hatch="/////", linewidth=0, label="90 % set"),
    ]
    legend = axes.legend(
        handles=handles, loc="lower right", bbox_to_anchor=(1.0, 1.05), ncols=5, frameon=False, borderpad=0,
        handlelength=1.4, handletextpad=0.4, columnspacing=1.2, borderaxespad=0.15,
        prop={"family": family(), "size": SMALL},
    )  # fmt: skip
    legend.set_zorder(5)

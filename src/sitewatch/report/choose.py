"""Which looks to show beside an event.

Two pairs answer two questions. The pair nearest to the gap shows what the date rests on; a pair of the same
season, a year or more apart, shows that what is seen is no effect of season. Where both are one, one pair is
shown.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import xarray as xr

from sitewatch import cube as cubes
from sitewatch.report.figures.ground import Window
from sitewatch.types import Event

SAME_SEASON_DAYS = 30
GRADES = ((0.95, 0.9, 0.0), (0.8, 0.5, 120.0), (0.5, 0.0, 400.0), (0.0, 0.0, 2000.0))
"""From good to barely usable: least clear share inside the outline, least clear share of the window around it,
and how many days nearer to the gap such a look must be to be preferred to a good one."""
ODD_DAYS = 300.0
"""The same for a look of unusual brightness."""


@dataclass(frozen=True, slots=True)
class Looks:
    """How well each date of the cube shows one event."""

    days: tuple[date, ...]
    inside: npt.NDArray[np.float64]
    """(time,) share of the outline's pixels that are clear."""
    around: npt.NDArray[np.float64]
    """(time,) share of the window's pixels that are clear."""
    observed: npt.NDArray[np.bool_]
    """(time,) any pixel of the outline was read."""
    odd: npt.NDArray[np.bool_]
    """(time,) far brighter or darker than the window usually is: cloud or deep shadow that the mask missed."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Indices into the cube's times; None where no look on that side can be shown."""

    before: int | None
    after: int | None


def judge(cube: xr.Dataset, mask: npt.NDArray[np.bool_], window: Window) -> Looks:
    """Grade every date for one event; `mask` (y, x) is its inside."""
    rows, columns = window.slices
    clear = cube["clear"].values
    around = clear[:, rows, columns].mean(axis=(1, 2))
    inside = clear[:, mask].mean(axis=1)
    band = next((n for n in ("green", "red") if n in cube), cubes.band_names(cube)[0])
    level = np.array(
        [
            np.median(v) if (v := image[np.isfinite(image)]).size else np.nan
            for image in cube[band].values[:, rows, columns]
        ]
    )
    usable = (around >= 0.5) & np.isfinite(level)
    odd = np.zeros(len(level), dtype=np.bool_)
    if usable.sum() >= 5:
        logs = np.log(np.maximum(level, 1e-4))
        middle = np.median(logs[usable])
        spread = 1.4826 * np.median(np.abs(logs[usable] - middle))
        odd = np.abs(logs - middle) > max(3 * spread, np.log(1.5))
    days = tuple(t.astype("datetime64[D]").item() for t in cube["time"].values)
    return Looks(days, inside, around, cube["observed"].values[:, mask].any(axis=1), odd)


def at_the_gap(event: Event, looks: Looks, allowed: npt.NDArray[np.bool_]) -> Pair:
    """The nearest presentable look on either side of the most likely gap; `allowed` (time,) by licence."""
    gap = event.gap
    early = [i for i, d in enumerate(looks.days) if d <= gap.start and allowed[i]]
    late = [i for i, d in enumerate(looks.days) if d >= gap.end and allowed[i]]
    return Pair(_nearest(early, gap.start, looks), _nearest(late, gap.end, looks))


def of_one_season(event: Event, looks: Looks, allowed: npt.NDArray[np.bool_]) -> Pair | None:
    """The closest pair of good looks around the 90 % interval whose days of the year differ by at most a month."""
    start, end = event.posterior.hull(0.9)
    good = _fits(looks, *GRADES[0][:2]) & ~looks.odd & allowed
    early = [i for i, d in enumerate(looks.days) if d <= start and good[i]]
    late = [i for i, d in enumerate(looks.days) if d >= end and good[i]]
    best: tuple[float, int, int] | None = None
    for b in early:
        for a in late:
            apart = season_distance(looks.days[b], looks.days[a])
            if apart > SAME_SEASON_DAYS:
                continue
            cost = (start - looks.days[b]).days + (looks.days[a] - end).days + 4.0 * apart
            if best is None or cost < best[0]:
                best = (cost, b, a)
    return None if best is None else Pair(best[1], best[2])


def season_distance(a: date, b: date) -> int:
    """Days between two days of the year, the short way round."""
    apart = abs(a.timetuple().tm_yday - b.timetuple().tm_yday)
    return min(apart, 365 - apart)


def _fits(looks: Looks, inside: float, around: float) -> npt.NDArray[np.bool_]:
    result: npt.NDArray[np.bool_] = (looks.inside >= inside) & (looks.around >= around)
    return result


def _nearest(order: list[int], gap_edge: date, looks: Looks) -> int | None:
    """The look of least cost: days from the edge of the gap, plus what its quality costs."""

    def cost(i: int) -> float:
        quality = next(days for inside, around, days in GRADES if _fits(looks, inside, around)[i])
        return abs((looks.days[i] - gap_edge).days) + quality + ODD_DAYS * bool(looks.odd[i])

    return min((i for i in order if looks.observed[i]), key=cost, default=None)

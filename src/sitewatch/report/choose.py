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
BRIGHT, DARK = 2.2, 0.45
"""Times its usual value beyond which a pixel is unusually bright or dark."""
GRADES = ((0.95, 0.9, 0.0), (0.8, 0.5, 120.0), (0.5, 0.0, 400.0), (0.0, 0.0, 2000.0))
"""From good to barely usable: least clear share inside the outline, least clear share of the window around
it, and how many days nearer to the gap such a look must be to be preferred to a good one."""
ODD_DAYS = 300.0
"""The same for a look of unusual brightness."""
UNLIKE_DAYS = 300.0
"""The same for two looks of one season of which one is e times brighter than the other (haze, low sun)."""
MAP_DAYS = 400
"""Age of the look under the map, at most, before the last clear one."""


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
    """(time,) far brighter or darker in good part than usual: cloud or deep shadow that the mask missed."""
    level: npt.NDArray[np.float64]
    """(time,) logarithm of the window's middle brightness against its usual one."""


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
    odd, level = _against_usual(cube, window, around >= 0.5, bright=0.15, dark=0.4)
    days = tuple(t.astype("datetime64[D]").item() for t in cube["time"].values)
    return Looks(days, inside, around, np.asarray(cube["observed"].values[:, mask].any(axis=1)), odd, level)


def at_the_gap(event: Event, looks: Looks, allowed: npt.NDArray[np.bool_]) -> Pair:
    """The nearest presentable look on either side of the most likely gap; `allowed` (time,) by licence."""
    gap = event.gap
    early = [i for i, d in enumerate(looks.days) if d <= gap.start and allowed[i]]
    late = [i for i, d in enumerate(looks.days) if d >= gap.end and allowed[i]]
    return Pair(_nearest(early, gap.start, looks), _nearest(late, gap.end, looks))


def of_one_season(event: Event, looks: Looks, allowed: npt.NDArray[np.bool_]) -> tuple[str, Pair | None]:
    """The closest pair of good looks whose days of the year differ by at most a month, and what it encloses:
    the 90 % interval, or where no pair does, the most likely gap."""
    good = _fits(looks, *GRADES[0][:2]) & ~looks.odd & allowed
    gap = event.gap
    for words, (start, end) in (
        ("90 % interval", event.posterior.hull(0.9)),
        ("most likely gap", (gap.start, gap.end)),
    ):
        early = [i for i, d in enumerate(looks.days) if d <= start and good[i]]
        late = [i for i, d in enumerate(looks.days) if d >= end and good[i]]
        pairs = [
            (
                (start - looks.days[b]).days
                + (looks.days[a] - end).days
                + 4 * apart
                + UNLIKE_DAYS * abs(float(looks.level[b] - looks.level[a])),
                b,
                a,
            )
            for b in early
            for a in late
            if (apart := season_distance(looks.days[b], looks.days[a])) <= SAME_SEASON_DAYS
        ]
        if pairs:
            _, before, after = min(pairs)
            return words, Pair(before, after)
    return "most likely gap", None


def for_map(cube: xr.Dataset, allowed: npt.NDArray[np.bool_], *, south: bool) -> int | None:
    """The look to draw a map on; None where no look may be shown. `south`: of the equator.

    Clear, of usual brightness, of the last `MAP_DAYS`, and of these the one with the highest sun, because its
    shadows are shortest.
    """
    rows, columns = cube.sizes["y"], cube.sizes["x"]
    share = np.where(allowed, cube["clear"].values.mean(axis=(1, 2)), -1.0)
    if not share.size or share.max() < 0:
        return None
    good = share >= 0.9 * share.max()
    usual = good & ~_against_usual(cube, Window(0, rows, 0, columns), share >= 0.5, bright=0.03, dark=0.2)[0]
    good = usual if usual.any() else good
    days = [t.astype("datetime64[D]").item() for t in cube["time"].values]
    last = max(d for d, ok in zip(days, good, strict=True) if ok)
    recent = [i for i, d in enumerate(days) if good[i] and (last - d).days <= MAP_DAYS]
    solstice = date(2001, 12, 21) if south else date(2001, 6, 21)
    return min(recent, key=lambda i: (season_distance(days[i], solstice), -i))


def _against_usual(
    cube: xr.Dataset, window: Window, usable: npt.NDArray[np.bool_], *, bright: float, dark: float
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
    """`Looks.odd` and `Looks.level`: each pixel against its own median over the `usable` (time,) looks.

    A real change brightens few pixels, and for good; a cloud that the mask missed brightens many, once.
    A look is odd where more than the share `bright` or `dark` of the window is far from its usual value.
    """
    rows, columns = window.slices
    band = next((n for n in ("green", "red") if n in cube), cubes.band_names(cube)[0])
    values = cube[band].values[:, rows, columns]
    values = np.where(np.isfinite(values), np.maximum(values, 1e-4), np.nan).reshape(len(values), -1)
    known = np.isfinite(values[usable]).sum(axis=0) >= 5
    if not known.any():
        return np.zeros(len(values), dtype=np.bool_), np.zeros(len(values))
    ratio = np.nan_to_num(values[:, known] / np.nanmedian(values[usable][:, known], axis=0), nan=1.0)
    odd = ((ratio > BRIGHT).mean(axis=1) > bright) | ((ratio < DARK).mean(axis=1) > dark)
    return np.asarray(odd), np.log(np.median(ratio, axis=1))


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

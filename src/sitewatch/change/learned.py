"""The detector "net-1": step maps → network → objects → dates → events, window by window.

Whole-site values (`Plan`) come from sample windows, so a window shows the same whatever its size, its neighbours and
the process that looks at it; only then are objects drawn from all windows together. A step is looked for within spans
of the series, since what lies years apart has its own history.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from sitewatch.change import maps, network, tones
from sitewatch.change.blobs import FINE_M, Shown
from sitewatch.change.calibration import CALIBRATED_ON, probability
from sitewatch.change.dated import Dated, objects
from sitewatch.change.outline import share_outline
from sitewatch.change.series import spans, territories
from sitewatch.change.source import Source, Window
from sitewatch.change.traits import traits
from sitewatch.errors import DataError
from sitewatch.types import Event, EventKind, Gap, GapPosterior
from sitewatch.types.progress import NoProgress, Progress

NAME = "net-1"
MIN_DATES = 2
LEAST_PROBABILITY = {EventKind.ALTERED: 0.6, EventKind.APPEARED: 0.6, EventKind.REMOVED: 0.5}
"""Below which an object is not reported. Of removals less is asked: a repainted roof looks so much like one that few
are surer than that."""
FEW = 10
"""Clear looks at a place below which that is `LEAST_OF_FEW` for all kinds: on ground of another kind than the
probabilities were fitted on they are then too high."""
LEAST_OF_FEW = 0.7
HALO = network.HALO + maps.HALO
"""Pixels around a window that are read to look at it."""
BYTES = 1.4e9
"""What a window's arrays may take; a look of one tone at one pixel takes some `LOOK_BYTES` while it is worked on."""
LOOK_BYTES = 16
HELD_BYTES = 6e8
"""Size of a site's looks up to which they are held in memory."""
SIDES = (192, 1024)
"""Least and greatest side of a window, pixels."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What all windows of a site share."""

    unit: float
    """Median brightness (`tones.level`)."""
    spans: tuple[slice, ...]
    """Of the dates."""
    surveys: tuple[maps.Survey, ...]
    """One a span."""

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """As arrays, to be written with `numpy.savez`."""
        result: dict[str, npt.NDArray[Any]] = {
            "unit": np.array(self.unit),
            "spans": np.array([(s.start, s.stop) for s in self.spans]),
        }
        for i, survey in enumerate(self.surveys):
            for part in fields(survey):
                value = getattr(survey, part.name)
                if isinstance(value, maps.Background):
                    for inner in fields(value):
                        result[f"{i} {part.name} {inner.name}"] = getattr(value, inner.name)
                else:
                    result[f"{i} {part.name}"] = value
        return result

    @classmethod
    def restored(cls, arrays: Any) -> "Plan":
        """What `arrays` told."""
        parts = tuple(slice(int(a), int(b)) for a, b in arrays["spans"])
        surveys = []
        for i in range(len(parts)):
            values: dict[str, Any] = {}
            for part in fields(maps.Survey):
                if part.type == "Background" or part.type is maps.Background:
                    inner = {f.name: arrays[f"{i} {part.name} {f.name}"] for f in fields(maps.Background)}
                    values[part.name] = maps.Background(**inner)
                else:
                    values[part.name] = arrays[f"{i} {part.name}"]
            surveys.append(maps.Survey(**values))
        return cls(float(arrays["unit"]), parts, tuple(surveys))


def plan(source: Source) -> Plan:
    """Survey a site.

    Raises:
        DataError: fewer than `MIN_DATES` usable dates.
    """
    days = source.days
    if len(days) < MIN_DATES:
        raise DataError(
            f"{len(days)} usable date; a change needs at least {MIN_DATES}: add scenes that show the site clear "
            "with `sitewatch scenes add`"
        )
    windows = [source.read(w) for w in maps.sample(tuple(source.grid.shape))]
    flat = [np.concatenate([w[k].reshape(*w[k].shape[:-2], 1, -1) for w in windows], axis=-1) for k in (0, 1)]
    unit = tones.level(flat[0], flat[1], source.bands)
    seen = [(tones.tones(v, source.bands, unit), u) for v, u in windows]
    parts = spans(days)
    return Plan(
        unit, tuple(parts), tuple(maps.survey([(v[p], u[p]) for v, u in seen], days[p]) for p in parts)
    )


def windows(source: Source, side: int | None = None) -> list[Window]:
    """Windows that cover a site, each small enough to be looked at in some 2 GB.

    Args:
        side: of a window, pixels, a multiple of `network.MULTIPLE`; by the number of dates where not given, and then
            all as large as each other.

    Raises:
        DataError: a side that is no such multiple.
    """
    rows, cols = source.grid.shape
    sides = _sides(source) if side is None else (side, side)
    if min(sides) < network.MULTIPLE or any(s % network.MULTIPLE for s in sides):
        raise DataError(f"windows of {side} pixels; expected a multiple of {network.MULTIPLE}")
    return [
        (slice(r, min(r + sides[0], rows)), slice(c, min(c + sides[1], cols)))
        for r in range(0, rows, sides[0])
        for c in range(0, cols, sides[1])
    ]


def _sides(source: Source) -> tuple[int, int]:
    """Of the windows: all of a site that is small enough, else squares with their margins."""
    pixels = BYTES / (LOOK_BYTES * len(tones.recipe(source.bands)[0]) * len(source.days))
    rows, cols = source.grid.shape
    if rows * cols <= min(pixels, SIDES[1] ** 2):
        most = max(rows, cols)
    else:
        most = int(np.clip(pixels**0.5 - 2 * HALO, *SIDES))
    step = network.MULTIPLE

    def even(size: int) -> int:
        parts = -(-size // most)
        return -(-size // (parts * step)) * step

    return even(rows), even(cols)


def look(source: Source, window: Window, site: Plan) -> list[Shown]:
    """What one window shows in each span.

    Args:
        window: starts at multiples of `network.MULTIPLE`.
    """
    inner = [
        slice(max(s.start - HALO, 0), min(s.stop + HALO, n))
        for s, n in zip(window, source.grid.shape, strict=True)
    ]
    values, usable = source.read((inner[0], inner[1]))
    seen = tones.tones(values, source.bands, site.unit)
    del values
    cut = tuple(slice(s.start - i.start, s.stop - i.start) for s, i in zip(window, inner, strict=True))
    at = (slice(None), *cut)
    result = []
    for part, survey in zip(site.spans, site.surveys, strict=True):
        found = maps.maps(seen[part], usable[part], survey, pixel_m=source.pixel_m, sunward=source.sunward)
        result.append(Shown(network.shares(found.planes)[at], found.step[at], found.score[at]))
    return result


def joined(shown: Iterable[Sequence[Shown]], places: Sequence[Window], shape: tuple[int, ...]) -> list[Shown]:
    """The windows of a site, one after the other, put together, span by span."""
    result: list[Shown] = []
    for parts, place in zip(shown, places, strict=True):
        result = result or [
            Shown(*(np.zeros((*a.shape[:1], *shape), a.dtype) for a in one.arrays().values()))
            for one in parts
        ]
        for one, whole in zip(parts, result, strict=True):
            for name, target in whole.arrays().items():
                target[(slice(None), *place)] = one.arrays()[name]
    return result


def found(source: Source, site: Plan, shown: Sequence[Shown], least: float | None = None) -> list[Dated]:
    """All objects of a site that are likely enough, in order of time.

    Args:
        shown: of the whole site, one a span (`joined`).
        least: probability from which they are kept; by kind and number of looks where not given.
    """
    kept: list[Dated] = []
    limits = territories(source.days, site.spans)
    for part, survey, one, (first, last) in zip(site.spans, site.surveys, shown, limits, strict=True):
        here = [d.later_by(part.start) for d in objects(one, _Between(source, part), survey, site.unit)]
        here = [
            replace(d, traits=tuple(row))
            for d, row in zip(here, traits(here, one, source.pixel_m), strict=True)
        ]
        # Near a span's end a step is told from few looks; the span that has it in its middle decides.
        good = [
            source.days[d.gap[1]] >= first
            and source.days[d.gap[0]] <= last
            and probability(d.blob.kind, d.traits) >= (_least(d) if least is None else least)
            for d in here
        ]
        place = len(kept) + np.cumsum(good) - 1
        for d, keep in zip(here, good, strict=True):
            if keep:
                stands = d.parent is not None and good[d.parent]
                kept.append(d.with_parent(int(place[d.parent]) if stands else None))
    order = sorted(range(len(kept)), key=lambda i: (kept[i].gap[1], -kept[i].blob.size))
    rank = {i: n for n, i in enumerate(order)}
    return [
        kept[i].with_parent(None if kept[i].parent is None else rank[kept[i].parent])  # type: ignore[index]
        for i in order
    ]


def _least(dated: Dated) -> float:
    return LEAST_OF_FEW if len(dated.index) < FEW else LEAST_PROBABILITY[dated.blob.kind]


def events(
    source: Source, site: Plan, shown: Sequence[Shown], name: str, least: float | None = None
) -> tuple[list[Event], list[str]]:
    """Events of a site called `name`, in order of time, and notes on what cannot be said; see `found`."""
    dated = found(source, site, shown, least)
    return [_event(source, d, f"{i + 1:03d}", name) for i, d in enumerate(dated)], _notes(source)


def _notes(source: Source) -> list[str]:
    count = len(source.days)
    if count >= 12:
        return []
    lacking = "seasons cannot be told from changes" if count < 7 else "seasons are known only roughly"
    return [f"{count} usable dates: {lacking}, and what came and went between looks is not seen"]


def fits(source: Source) -> bool:
    """True where a source is small enough to be held in memory."""
    rows, cols = source.grid.shape
    return bool(rows * cols * len(source.days) * (4 * len(source.bands) + 1) <= HELD_BYTES)


def held(source: Source) -> Source:
    """The same source, in memory where it is small enough: it is then read once."""
    return _Held(source) if fits(source) else source


class _Held:
    """A source that was read once."""

    def __init__(self, source: Source) -> None:
        self.days, self.dates, self.scene_ids = source.days, source.dates, source.scene_ids
        self.bands, self.grid, self.pixel_m, self.sunward = (
            source.bands,
            source.grid,
            source.pixel_m,
            source.sunward,
        )
        rows, cols = source.grid.shape
        self.values, self.usable = source.read((slice(0, rows), slice(0, cols)))

    def read(self, window: Window) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
        return self.values[(..., *window)], self.usable[(..., *window)]


class _Between:
    """Some of the dates of a source."""

    def __init__(self, source: Source, part: slice) -> None:
        self.source, self.part = source, part
        self.days, self.dates, self.scene_ids = source.days[part], source.dates[part], source.scene_ids[part]
        self.bands, self.grid, self.pixel_m, self.sunward = (
            source.bands,
            source.grid,
            source.pixel_m,
            source.sunward,
        )

    def read(self, window: Window) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
        values, usable = self.source.read(window)
        return values[self.part], usable[self.part]


def _event(source: Source, dated: Dated, name: str, site: str) -> Event:
    blob, grid = dated.blob, source.grid
    corner = grid.affine @ type(grid.affine).translation(blob.window[1].start, blob.window[0].start)
    start, end = dated.gap
    standing = blob.kind is not EventKind.ALTERED and source.pixel_m <= FINE_M
    return Event(
        id=name,
        site=site,
        kind=blob.kind,
        outline=share_outline(blob.mask, blob.share, corner, source.sunward if standing else None),
        crs=grid.crs.to_wkt() if grid.crs is not None else None,
        posterior=_gaps(source, dated),
        probability=probability(blob.kind, dated.traits),
        calibrated_on=CALIBRATED_ON,
        area_m2=None,
        area_m2_low=None,
        area_m2_high=None,
        detector=NAME,
        scenes=(source.scene_ids[start], source.scene_ids[end]),
        score=round(float(np.nan_to_num(dated.gain)), 3),
        parent=None if dated.parent is None else f"{dated.parent + 1:03d}",
    )


def _gaps(source: Source, dated: Dated) -> GapPosterior:
    """Posterior over the gaps, by calendar day; looks of one day are one look."""
    looks = [source.dates[i] for i in dated.index]
    pairs = [(a, b, p) for (a, b), p in zip(pairwise(looks), dated.posterior, strict=True) if a < b]
    total = sum(p for *_, p in pairs)
    return GapPosterior(tuple(Gap(a, b, float(p / total)) for a, b, p in pairs))


def detect(
    source: Source, site: str, *, side: int | None = None, progress: Progress | None = None
) -> tuple[list[Event], list[str]]:
    """Events of a site, in order of time, and notes, all in this process.

    Args:
        site: name for the events.
        side: of the windows, pixels.

    Raises:
        DataError: fewer than `MIN_DATES` usable dates.
    """
    progress = progress or NoProgress()
    prepared = plan(source)
    places = windows(source, side)
    progress.start("detecting changes", len(places))
    shown = []
    for place in places:
        shown.append(look(source, place, prepared))
        progress.advance()
    result = events(source, prepared, joined(shown, places, tuple(source.grid.shape)), site)
    progress.done()
    return result

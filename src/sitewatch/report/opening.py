"""The first pages: summary with key facts, overview map, timeline, table of all events."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sitewatch import cube as cubes
from sitewatch.report import choose, permissions, words
from sitewatch.report.context import Context, named
from sitewatch.report.figures import ground, picture
from sitewatch.report.figures.overview import overview_figure
from sitewatch.report.figures.pair import enlargement
from sitewatch.report.figures.timeline import timeline_figure
from sitewatch.report.tree import (
    Block,
    Column,
    Facts,
    Figure,
    FigureKind,
    Inline,
    KeyFact,
    Note,
    Paragraph,
    Section,
    Span,
    Table,
    Tone,
)  # fmt: skip
from sitewatch.report.view import SiteView
from sitewatch.types import Event

NAMED = 8
"""Events named in the summary where several are the most recent."""


def clear_share(view: SiteView) -> npt.NDArray[np.float64]:
    """(time,) share of the site that is clear."""
    share: npt.NDArray[np.float64] = view.cube["clear"].values.mean(axis=(1, 2))
    return share


def summary(contexts: Sequence[Context]) -> Section:
    """One paragraph and the key facts of all sites together."""
    views = [ctx.view for ctx in contexts]
    events = [(ctx, e) for ctx in contexts for e in ctx.view.events]
    looks = sum(len(v.cube["time"]) for v in views)
    clear = sum(int((clear_share(v) >= 0.5).sum()) for v in views)
    aside = sum(len(v.set_aside) for v in views)
    days = [s.acquired.date() for v in views for s in v.ordered_scenes]
    where = views[0].site.name if len(views) == 1 else f"{len(views)} sites"
    kinds = Counter(e.kind.value for _, e in events)
    told = ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items())) if kinds else ""
    parts: list[Inline] = []
    if days:
        parts.append(
            f"{words.count(looks, 'scene')} of {where} between {words.span_of_days(min(days), max(days))} "
            f"were compared; on {clear} of them at least half of the ground was clear. "
        )
    parts.append(
        Span(
            f"{words.count(len(events), 'event')} found".capitalize() + (f" ({told}). " if told else ". "),
            strong=True,
        )
    )
    facts = [
        KeyFact("Events", str(len(events)), told or "none found"),
        KeyFact("Scenes compared", str(looks), f"{clear} at least half clear; {aside} set aside"),
    ]
    if days:
        facts.append(
            KeyFact(
                "Period", f"{min(days).isoformat()} to {max(days).isoformat()}", "first and last scene, UTC"
            )
        )
    if events:
        latest = max((e.gap.end, e.gap.start) for _, e in events)
        last = [(ctx, e) for ctx, e in events if (e.gap.end, e.gap.start) == latest]
        parts += _most_recent(last)
        facts.append(
            KeyFact(
                "Most recent",
                last[0][1].id if len(last) == 1 else words.count(len(last), "event"),
                f"most likely {latest[1].isoformat()} to {latest[0].isoformat()}",
            )
        )
    blocks: list[Block] = [Paragraph(tuple(parts)), Facts(tuple(facts))]
    measured = [m for v in views for m in v.measurements if m.quantity != "ratio"]
    unchecked = len({m.object_id for m in measured if not m.checked})
    if unchecked:
        whole = len({m.object_id for m in measured})
        told = "outline was" if unchecked == 1 else "outlines were"
        blocks.append(
            Note(
                (
                    f"{unchecked} measured {told} drawn by a program and checked by nobody (of {whole} in all): "
                    "sizes below that rest on them say so.",
                ),
                Tone.CAUTION,
            )
        )
    return Section("summary", "Summary", tuple(blocks))


def _most_recent(last: Sequence[tuple[Context, Event]]) -> list[Inline]:
    """The latest event, or those that share the latest gap."""
    ctx, event = last[0]
    when = words.span_of_days(event.gap.start, event.gap.end)
    if len(last) == 1:
        start, end = words.hull_words(event)
        return [
            "The most recent is ",
            named(ctx, event),
            f" ({event.kind.value}{f', {event.label}' if event.label else ''}), most likely between {when} "
            f"(90 % interval: {start} to {end}), with probability "
            f"{words.probability_words(event.probability)}.",
        ]
    parts: list[Inline] = [f"The most recent {len(last)} share one gap, most likely between {when}: "]
    for i, (ctx, event) in enumerate(last[:NAMED]):
        parts += [", " if i else "", named(ctx, event)]
    parts.append("." if len(last) <= NAMED else f" and {len(last) - NAMED} more.")
    return parts


def overview(ctx: Context, events: Sequence[Event], section_id: str) -> Section:
    """Map, timeline and table of one site."""
    blocks: list[Block] = [_map(ctx, events)]
    if events:
        blocks += [_timeline(ctx, events), events_table(ctx, events)]
    return Section(section_id, "Overview", tuple(blocks))


def events_table(ctx: Context, events: Sequence[Event]) -> Table:
    """Every event in one row."""
    rows = []
    for event in events:
        start, end = words.hull_words(event, iso=True)
        rows.append(
            (
                named(ctx, event),
                event.kind.value + (f", {event.label}" if event.label else ""),
                f"{event.gap.start.isoformat()} to {event.gap.end.isoformat()}",
                f"{start} to {end}",
                words.probability_words(event.probability),
                words.area_words(event) or "not known",
            )
        )
    bases = "; ".join(sorted({e.calibrated_on for e in events}))
    return Table(
        (Column("Event"), Column("Kind"), Column("Most likely gap"), Column("90 % interval"),
         Column("Probability", numeric=True), Column("Area", numeric=True)),
        tuple(rows),
        f"All events at {ctx.view.site.name} in order of date. Dates in UTC, to the day. Probability "
        f"calibrated on: {bases}.",
    )  # fmt: skip


def short_names(events: Sequence[Event]) -> list[str]:
    """Names short enough for a map: ids without the part that all of them share, where they are long."""
    ids = [e.id for e in events]
    if len(ids) < 2 or max(map(len, ids)) <= 8:
        return ids
    head = ids[0]
    while not all(i.startswith(head) for i in ids):
        head = head[:-1]
    cut = max(head.rfind("-"), head.rfind("_"), head.rfind(":"), head.rfind("/")) + 1
    return [i[cut:] for i in ids]


def _map(ctx: Context, events: Sequence[Event]) -> Figure:
    view, cube = ctx.view, ctx.view.cube
    grid = cubes.grid_of(cube)
    place = ground.centre(grid)
    index = choose.for_map(cube, ctx.allowed, south=place is not None and place[1] < 0)
    image, scenes = None, []
    told = "No look at this site may be shown; outlines only."
    if index is not None:
        scenes = [ctx.scenes[index]]
        pixels = picture.pixels(cube, ctx.composite, index)
        stretch = picture.common_stretch(
            [pixels], [cube["clear"].values[index]], balanced=ctx.composite.true_colour
        )
        image = stretch.apply(pixels)
        window = ground.Window(0, grid.shape[0], 0, grid.shape[1])
        told = (
            f"Ground: {words.scene_date(scenes[0])}, {words.sensor_name(scenes[0])}, a recent clear look "
            f"with high sun; {ctx.composite.words}; {stretch.words}; "
            f"{grid.shape[1]} x {grid.shape[0]} pixels, {enlargement(window, 5.6)}."
        )
    where = (
        f" Centre {_degrees(place[1], 'N', 'S')}, {_degrees(place[0], 'E', 'W')} (WGS84); arrow: true north."
        if place
        else ""
    )
    caption = f"{view.site.name} with the outlines of {words.count(len(events), 'event')}.{where} {told}"
    credit = permissions.credit(scenes, simulated=view.simulated)
    path = ctx.folder / f"{ctx.stem}overview.png"
    overview_figure(
        image, events, [ground.in_pixels(e, grid) for e in events], path,
        names=short_names(events), grid=grid, caption=caption, credit=credit,
        max_px=permissions.side_limit(scenes),
    )  # fmt: skip
    outlines = words.count(len(events), "event outline")
    alt = f"Map of {view.site.name} with {outlines}; the table below lists them."
    return Figure(next(ctx.numbers), path, f"{caption} {credit}.", alt, FigureKind.IMAGE)


def _timeline(ctx: Context, events: Sequence[Event]) -> Figure:
    caption = (
        f"Events at {ctx.view.site.name} in order of date. Thick: most likely gap between two clear looks; "
        "thin: 90 % interval; arrowheads: open ends. Ticks below: dates on which at least half of the site "
        "was clear."
    )
    path = ctx.folder / f"{ctx.stem}timeline.png"
    timeline_figure(
        events, short_names(events), ctx.view.cube["time"].values, clear_share(ctx.view) >= 0.5, path,
        caption=caption, credit="Analysis: sitewatch",
    )  # fmt: skip
    first, last = events[0].gap, events[-1].gap
    alt = (
        f"Timeline of {words.count(len(events), 'event')}, the first most likely between "
        f"{first.start.isoformat()} and {first.end.isoformat()}, the last between "
        f"{last.start.isoformat()} and {last.end.isoformat()}."
    )
    return Figure(next(ctx.numbers), path, caption, alt, FigureKind.CHART)


def _degrees(value: float, positive: str, negative: str) -> str:
    return f"{abs(value):.4f}° {positive if value >= 0 else negative}"

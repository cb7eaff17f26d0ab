"""The block about one event: what, when, how sure, how large, and the pictures that show it."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from sitewatch import cube as cubes
from sitewatch.report import choose, permissions, words
from sitewatch.report.figures import ground, picture
from sitewatch.report.figures.pair import Panel, Row, before_after, interpolation
from sitewatch.report.figures.series import series_figure, traces
from sitewatch.report.tree import (
    Block, Column, Facts, Figure, FigureKind, KeyFact, Paragraph, Section, Span, Table,
)  # fmt: skip
from sitewatch.report.view import SiteView
from sitewatch.types import Event, Scene


@dataclass(frozen=True)
class Context:
    """What all blocks of one site share, computed once."""

    view: SiteView
    scenes: tuple[Scene, ...]
    """The scene behind each time of the cube."""
    composite: picture.Composite
    allowed: npt.NDArray[np.bool_]
    """(time,) the licence lets pixels and numbers of the scene be shown."""
    refusals: tuple[str | None, ...]
    disturbed: npt.NDArray[np.bool_]
    """(y, x) inside any event: no ground to compare with."""
    folder: Path
    stem: str
    """Start of every figure's file name."""
    numbers: Iterator[int]


def context_of(view: SiteView, folder: Path, stem: str, on: date, numbers: Iterator[int]) -> Context:
    """Gather what the figures of one site share."""
    scenes = view.ordered_scenes
    refusals = tuple(permissions.refusal(scene, on) for scene in scenes)
    grid = cubes.grid_of(view.cube)
    disturbed = np.zeros(grid.shape, dtype=np.bool_)
    for event in view.events:
        disturbed |= ground.inside(ground.in_pixels(event, grid), grid)
    return Context(
        view,
        scenes,
        picture.composite_of(view.cube),
        np.array([r is None for r in refusals]),
        refusals,
        disturbed,
        folder,
        stem,
        numbers,
    )


def anchor(site: str, event: Event) -> str:
    """Id of an event's section."""
    return "event-" + slug(f"{site}-{event.id}")


def slug(text: str) -> str:
    """Letters, digits and hyphens; never empty, and different texts stay different."""
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in text.lower()).strip("-")
    plain = "-".join(filter(None, plain.split("-")))
    if plain and plain == text.lower():
        return plain
    from hashlib import sha256

    return f"{plain[:40] or 'x'}-{sha256(text.encode()).hexdigest()[:6]}"


def event_section(ctx: Context, event: Event) -> Section:
    """Facts, before and after, time series and measurements of one event, with its figures written."""
    blocks: list[Block] = [Facts(_facts(event)), Paragraph(_sentence(ctx, event))]
    blocks += [_pair(ctx, event), _series(ctx, event)]
    measured = [m for m in ctx.view.measurements if m.object_id == event.id]
    if measured:
        blocks.append(
            Table(
                (
                    Column("Quantity"),
                    Column("Value and interval"),
                    Column("Method"),
                    Column("Calibrated on"),
                    Column("Outline checked"),
                ),
                tuple(
                    (
                        m.quantity,
                        words.value_words(m.value),
                        m.value.method,
                        m.value.calibrated_on,
                        "yes" if m.checked else "no",
                    )
                    for m in measured
                ),
                f"Measurements of {event.id}",
            )
        )
    title = f"{event.id}: {event.label}" if event.label else event.id
    return Section(anchor(ctx.view.site.name, event), title, tuple(blocks), tag=event.kind.value)


def _facts(event: Event) -> tuple[KeyFact, ...]:
    start, end = words.hull_words(event)
    gap = event.gap
    return (
        KeyFact(
            "Most likely gap",
            f"{words.long_date(gap.start)} to {words.long_date(gap.end)}",
            f"{words.days_between(gap.start, gap.end)} between two clear looks; holds {gap.probability:.2f} of the "
            "probability over dates",
        ),
        KeyFact("90 % interval", f"{start} to {end}", "of the date of change"),
        KeyFact(
            "Probability", words.probability_words(event.probability), f"calibrated on: {event.calibrated_on}"
        ),
        KeyFact(
            "Area",
            words.area_words(event) or "not known",
            "outline at the latest clear look"
            if event.area_m2 is not None
            else "the size of a pixel is not known",
        ),
    )


def _sentence(ctx: Context, event: Event) -> tuple[str | Span, ...]:
    kind = {
        "appeared": "Something appeared here",
        "removed": "Something that stood here is gone",
        "altered": "The surface changed here",
    }[event.kind.value]
    parts: list[str | Span] = [f"{kind}. "]
    if event.label:
        parts.append(f"Label “{event.label}”, given by the {event.label_source or 'detector'}. ")
    if event.phase:
        parts.append(f"Phase: {event.phase}. ")
    if event.parent:
        parts.append(f"Belongs to {event.parent}. ")
    parts.append(f"Found by {event.detector}. " if event.origin == "detector" else "Drawn by an analyst. ")
    if event.review:
        parts.append(f"Review: {event.review}. ")
    coarse = [s for s in ctx.scenes if s.id in event.scenes and s.date_precision.value in ("month", "year")]
    if coarse:
        parts.append(
            Span(f"Dates that bound it are known to the {coarse[0].date_precision.value} only. ", strong=True)
        )
    return tuple(parts)


def _pair(ctx: Context, event: Event) -> Figure:
    cube = ctx.view.cube
    grid = cubes.grid_of(cube)
    shape = ground.in_pixels(event, grid)
    mask = ground.inside(shape, grid)
    window = ground.window_around(shape, grid)
    looks = choose.judge(cube, mask, window)
    near = choose.at_the_gap(event, looks, ctx.allowed)
    season = choose.of_one_season(event, looks, ctx.allowed)
    chosen = [("Nearest\nclear looks", near)]
    if season is not None and season != near:
        chosen.append(("Same season,\nmonths or\nyears apart", season))
    rows_, columns = window.slices
    used = [i for _, p in chosen for i in (p.before, p.after) if i is not None]
    images = {i: picture.pixels(cube, ctx.composite, i)[rows_, columns] for i in set(used)}
    stretch = picture.common_stretch(
        list(images.values()), [cube["clear"].values[i][rows_, columns] for i in images]
    )
    rows = [
        Row(
            title,
            _panel(ctx, event, pair.before, images, stretch, looks, side="before"),
            _panel(ctx, event, pair.after, images, stretch, looks, side="after"),
        )
        for title, pair in chosen
    ]
    shown = [ctx.scenes[i] for i in sorted(set(used))]
    caption = _pair_caption(ctx, event, chosen, looks, stretch, window)
    credit = permissions.credit(shown, simulated=ctx.view.simulated)
    path = ctx.folder / f"{ctx.stem}{slug(event.id)}-before-after.png"
    others = [ground.in_pixels(e, grid) for e in ctx.view.events if e.id != event.id]
    before_after(
        rows, shape, event.kind, others, window, grid, path,
        caption=caption, credit=credit, max_px=permissions.side_limit(shown),
    )  # fmt: skip
    alt = (
        f"Satellite pictures of the place of {event.id} before and after the change ({event.kind.value}), "
        f"with its outline; {caption.split('.')[0].lower()}."
    )
    return Figure(next(ctx.numbers), path, f"{caption} {credit}.", alt, FigureKind.IMAGE)


def _panel(
    ctx: Context, event: Event, index: int | None, images: dict[int, npt.NDArray[np.float32]],
    stretch: picture.Stretch, looks: choose.Looks, *, side: str,
) -> Panel:  # fmt: skip
    if index is None:
        withheld = [r for r, ok in zip(ctx.refusals, ctx.allowed, strict=True) if not ok]
        why = f"no pixels shown:\n{withheld[0]}" if withheld else f"no look at this place {side} the gap"
        return Panel(None, f"{side.capitalize()}: none", "", why)
    scene = ctx.scenes[index]
    share = looks.inside[index]
    clear = "" if share >= 0.95 else f", {100 * share:.0f} % of the outline clear"
    return Panel(
        stretch.apply(images[index]),
        f"{side.capitalize()}: {words.scene_date(scene)}",
        f"{scene.sensor}{clear}",
    )


def _pair_caption(
    ctx: Context, event: Event, chosen: list[tuple[str, choose.Pair]], looks: choose.Looks,
    stretch: picture.Stretch, window: ground.Window,
) -> str:  # fmt: skip
    parts = [f"{event.id} ({event.kind.value}) at {ctx.view.site.name}, before and after."]
    for (_, pair), opening in zip(chosen, ("Nearest presentable looks", "Same season"), strict=False):
        dates = [
            f"{words.scene_date(ctx.scenes[i])}, {ctx.scenes[i].sensor}" if i is not None else "none"
            for i in (pair.before, pair.after)
        ]
        parts.append(f"{opening}: {dates[0]}; {dates[1]}.")
    near = chosen[0][1]
    edges = ((near.before, event.gap.start, "before"), (near.after, event.gap.end, "after"))
    for index, edge, side in edges:
        if index is not None and looks.days[index] != edge:
            days = abs((looks.days[index] - edge).days)
            parts.append(
                f"The look that bounds the gap ({side}, {edge.isoformat()}) is not shown, because it is partly "
                f"masked, of unusual brightness or withheld; the one shown lies {days} days from it."
            )
    size = ground.pixel_size(cubes.grid_of(ctx.view.cube))
    pixel = f"pixel {size[0]:.3g} m" if size else "size of a pixel unknown"
    how = "bicubic" if interpolation(window) != "nearest" else "nearest neighbour"
    parts.append(
        f"{ctx.composite.words.capitalize()}; {stretch.words}; {window.columns} x {window.rows} pixels enlarged "
        f"({how}), {pixel}. Masked pixels are shown as observed, grey where nothing was observed."
    )
    return " ".join(parts)


def _series(ctx: Context, event: Event) -> Figure:
    cube = ctx.view.cube
    grid = cubes.grid_of(cube)
    mask = ground.inside(ground.in_pixels(event, grid), grid)
    ring = _ring(mask, ctx.disturbed)
    data = traces(cube, mask, ring, event.gap, ctx.allowed)
    likely = words.credible_gaps(event.posterior)
    shown = [s for s, ok in zip(ctx.scenes, ctx.allowed, strict=True) if ok]
    credit = permissions.credit(shown, simulated=ctx.view.simulated)
    clear = int((data.clear & data.shown).sum())
    masked = int((~data.clear & data.shown & np.isfinite(data.quantities[0].inside)).sum())
    names = " and ".join(q.name for q in data.quantities)
    withheld = int((~ctx.allowed).sum())
    caption = (
        f"{event.id} through time: {names}, the quantities in which the step is clearest. Dots: mean inside the "
        f"outline on {words.count(clear, 'clear date')}; grey crosses: {words.count(masked, 'date')} on which less "
        "than half of the outline was clear, drawn at the edge where the value lies beyond it; grey line: ground "
        f"around it that no event touches. Shaded: most likely gap, {event.gap.start.isoformat()} to "
        f"{event.gap.end.isoformat()}; hatched: the {words.count(len(likely), 'gap')} of the 90 % set."
    )
    if withheld:
        caption += f" {words.count(withheld, 'date')} left out, as the licence asks."
    path = ctx.folder / f"{ctx.stem}{slug(event.id)}-series.png"
    series_figure(
        data, cube["time"].values, event.kind, event.gap, likely, path,
        units=str(cube.attrs["units"]), caption=caption, credit=credit,
    )  # fmt: skip
    alt = (
        f"Time series of {names} at {event.id} against the ground around it, with the most likely gap "
        f"{event.gap.start.isoformat()} to {event.gap.end.isoformat()} shaded."
    )
    return Figure(next(ctx.numbers), path, caption, alt, FigureKind.CHART)


def _ring(mask: npt.NDArray[np.bool_], disturbed: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Ground to compare with: 3 to 10 pixels from the outline, outside of every event."""
    near = ndimage.binary_dilation(mask, iterations=2)
    wide = ndimage.binary_dilation(mask, iterations=10)
    ring: npt.NDArray[np.bool_] = wide & ~near & ~disturbed
    return ring if ring.any() else ~disturbed


def numbering() -> Iterator[int]:
    """Figure numbers of one report."""
    return itertools.count(1)

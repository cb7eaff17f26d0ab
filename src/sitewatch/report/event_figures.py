"""The pictures of one event: before and after, and its pixels through time."""

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from sitewatch import cube as cubes
from sitewatch.report import choose, permissions, words
from sitewatch.report.context import Context, slug
from sitewatch.report.figures import ground, picture
from sitewatch.report.figures.pair import Panel, Row, before_after, enlargement
from sitewatch.report.figures.series import series_figure, traces
from sitewatch.report.tree import Figure, FigureKind, Note
from sitewatch.types import Event


def pair(ctx: Context, event: Event) -> Figure:
    """The place before and after: the looks nearest to the gap, and a pair of one season."""
    cube = ctx.view.cube
    grid = cubes.grid_of(cube)
    shape = ground.in_pixels(event, grid)
    mask = ground.inside(shape, grid)
    window = ground.window_around(shape, grid)
    looks = choose.judge(cube, mask, window)
    near = choose.at_the_gap(event, looks, ctx.allowed)
    interval, season = choose.of_one_season(event, looks, ctx.allowed)
    chosen = [("Nearest clear looks on either side of the most likely gap", near)]
    if season is not None and season != near:
        chosen.append((f"Same season, before and after the {interval}", season))
    rows_, columns = window.slices
    rows, stretches = [], []
    for title, two in chosen:
        images = {
            i: picture.pixels(cube, ctx.composite, i)[rows_, columns]
            for i in (two.before, two.after)
            if i is not None
        }
        usable = [cube["clear"].values[i][rows_, columns] for i in images]
        stretch = picture.common_stretch(list(images.values()), usable, balanced=ctx.composite.true_colour)
        stretches.append(stretch)
        before, after = (
            _panel(ctx, event, index, images=images, stretch=stretch, looks=looks, side=side)
            for index, side in ((two.before, "before"), (two.after, "after"))
        )
        rows.append(Row(title, before, after))
    used = [i for _, p in chosen for i in (p.before, p.after) if i is not None]
    shown = [ctx.scenes[i] for i in sorted(set(used))]
    caption = _pair_caption(ctx, event, chosen, looks=looks, stretches=stretches, window=window)
    credit = permissions.credit(shown, simulated=ctx.view.simulated)
    path = ctx.folder / f"{ctx.stem}{slug(event.id)}-before-after.png"
    others = [ground.in_pixels(e, grid) for e in ctx.view.events if e.id != event.id]
    before_after(
        rows, path, shape=shape, kind=event.kind, others=others, window=window, grid=grid,
        caption=caption, credit=credit, max_px=permissions.side_limit(shown),
    )  # fmt: skip
    dates = "; ".join(f"{r.title.lower()}: {r.before.heading}, {r.after.heading}" for r in rows)
    alt = f"Satellite pictures of {event.id} ({event.kind.value}) with its outline; {dates}."
    return Figure(next(ctx.numbers), path, f"{caption} {credit}.", alt, FigureKind.IMAGE)


def _panel(
    ctx: Context, event: Event, index: int | None, *, images: dict[int, npt.NDArray[np.float32]],
    stretch: picture.Stretch, looks: choose.Looks, side: str,
) -> Panel:  # fmt: skip
    if index is None:
        edge = event.gap.start if side == "before" else event.gap.end
        withheld = [
            reason
            for day, reason in zip(looks.days, ctx.refusals, strict=True)
            if reason and (day <= edge if side == "before" else day >= edge)
        ]
        why = f"no pixels shown:\n{withheld[0]}" if withheld else f"no look at this place {side} the gap"
        return Panel(None, f"{side.capitalize()}: none", "", why)
    scene = ctx.scenes[index]
    share = looks.inside[index]
    clear = "" if share >= 0.95 else f", {100 * share:.0f} % of the outline clear"
    return Panel(
        stretch.apply(images[index]),
        f"{side.capitalize()}: {words.scene_date(scene)}",
        f"{words.sensor_name(scene)}{clear}",
    )


def _pair_caption(
    ctx: Context, event: Event, chosen: list[tuple[str, choose.Pair]], *,
    looks: choose.Looks, stretches: list[picture.Stretch], window: ground.Window,
) -> str:  # fmt: skip
    parts = [f"{event.id} ({event.kind.value}) at {ctx.view.site.name}, before and after."]
    for (title, two), stretch in zip(chosen, stretches, strict=True):
        dates = [
            f"{words.scene_date(ctx.scenes[i])}, {words.sensor_name(ctx.scenes[i])}"
            if i is not None
            else "none"
            for i in (two.before, two.after)
        ]
        parts.append(f"{title}: {dates[0]}; {dates[1]}; {stretch.words} on both.")
    near = chosen[0][1]
    edges = ((near.before, event.gap.start, "last", "before"), (near.after, event.gap.end, "first", "after"))
    for index, edge, order, side in edges:
        if index is not None and looks.days[index] != edge:
            days = abs((looks.days[index] - edge).days)
            parts.append(
                f"The {order} clear look {side} the change, {edge.isoformat()}, bounds the gap; one that may "
                f"be shown and shows the place better, {words.days(days)} {side} it, stands here instead."
            )
    size = ground.pixel_size(cubes.grid_of(ctx.view.cube))
    pixel = f"one pixel is {size[0]:.3g} m" if size else "the size of a pixel is not known"
    parts.append(
        f"{ctx.composite.words.capitalize()}; {window.columns} x {window.rows} pixels, "
        f"{enlargement(window)}; {pixel}. Masked pixels are shown as observed; grey: not observed."
    )
    if size:
        parts.append("Arrow: true north.")
    return " ".join(parts)


def series(ctx: Context, event: Event) -> Figure | Note:
    """The event's pixels through time; a note where no date of it may be shown."""
    if not ctx.allowed.any():
        return Note((f"No time series of {event.id}: {ctx.refusals[0]}.",))
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
        f"{event.id} through time: {names}, the quantities in which the step is clearest. Dots: mean inside "
        f"the outline on {words.count(clear, 'clear date')}; grey crosses: {words.count(masked, 'date')} on "
        "which less than half of the outline was clear; grey line: ground around it that no event touches; "
        "values beyond the axis stand on its edge. Shaded: most likely gap, "
        f"{event.gap.start.isoformat()} to {event.gap.end.isoformat()}; hatched: the "
        f"{words.count(len(likely), 'gap')} of the 90 % set."
    )
    if withheld:
        caption += f" {words.count(withheld, 'date')} left out, as the licence asks."
    path = ctx.folder / f"{ctx.stem}{slug(event.id)}-series.png"
    series_figure(
        data, cube["time"].values, path, kind=event.kind, gap=event.gap, likely=likely,
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

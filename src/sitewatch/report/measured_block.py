"""What was measured, as a report shows it: values, where their errors come from, dates, and the figure."""

from collections.abc import Sequence

from PIL import Image

from sitewatch.report import anchors, permissions, words
from sitewatch.report.context import Context
from sitewatch.report.tree import Block, Column, Figure, FigureKind, Note, Span, Table, Tone
from sitewatch.types import Measurement

UNCHECKED = (
    "{} drawn by a program, and nobody has checked {}: look at it on the image before using these numbers."
)


def measured_blocks(
    ctx: Context, measurements: Sequence[Measurement], caption: str, *, named: bool
) -> list[Block]:
    """Table and figures of measurements; nothing for none of them.

    Args:
        named: whether the objects are named in the table.
    """
    if not measurements:
        return []
    titles = ("Quantity", "Value and interval", "Error, one standard deviation", "Method", "Dates", "Calibrated on",
              "Outline checked")  # fmt: skip
    rows = tuple(
        (
            *((m.object_id,) if named else ()),
            Span(m.quantity, anchor=anchors.measurement(ctx.view.site.name, m.object_id, m.quantity)),
            words.value_words(m.value),
            words.budget_words(m.value),
            m.value.method,
            _dates(ctx, m),
            m.value.calibrated_on,
            "yes" if m.checked else "no",
        )
        for m in measurements
    )
    columns = tuple(map(Column, (*(("Object",) if named else ()), *titles)))
    blocks: list[Block] = [Table(columns, rows, caption)]
    unchecked = list(
        dict.fromkeys(m.object_id for m in measurements if not m.checked and m.quantity != "ratio")
    )
    if unchecked:
        many = len(unchecked) > 1
        who = f"The outlines of {', '.join(unchecked)} were" if many or named else "The outline was"
        blocks.append(Note((UNCHECKED.format(who, "them" if many else "it"),), Tone.CAUTION))
    blocks += [Note((n,)) for n in dict.fromkeys(n for m in measurements for n in m.notes)]
    blocks += [_through_time(m) for m in measurements if m.growth]
    names = dict.fromkeys((m.object_id, m.figure) for m in measurements if m.figure is not None)
    return [*blocks, *(_figure(ctx, name, file) for name, file in names if file is not None)]


def _through_time(measurement: Measurement) -> Table:
    """The areas behind a growth curve."""
    rows = tuple(
        (a.date.isoformat(), words.with_interval(a.area_m2, a.low, a.high, "m2")) for a in measurement.growth
    )
    return Table(
        (Column("Date"), Column("Changed area")),
        rows,
        f"{measurement.object_id}: area against time",
        folded=len(rows) > 12,
    )


def _dates(ctx: Context, measurement: Measurement) -> str:
    known = {s.id: s.acquired.date().isoformat() for s in ctx.view.scenes}
    days = sorted(known[i] for i in measurement.scenes if i in known)
    if len(days) < 3:
        return ", ".join(days) or "–"
    return f"{len(days)}: {days[0]} to {days[-1]}"


def _figure(ctx: Context, name: str, file: str) -> Figure | Note:
    """The picture that `measure` drew; a note where it is gone or its scene may not be shown any more."""
    path = ctx.folder / file.rpartition("/")[2]
    if not path.is_file():
        return Note((f"The figure of {name} is missing; `sitewatch measure` draws it.",))
    with Image.open(path) as image:
        texts = {k: str(v) for k, v in image.info.items()}
    refusals = {s.id: r for s, r in zip(ctx.scenes, ctx.refusals, strict=True)}
    refused = refusals.get(texts.get("Source", ""))
    if refused:
        return Note((f"No figure of {name}: {refused}.",))
    caption = texts.get("Description") or f"{name}, measured."
    credit = texts.get("Copyright", permissions.credit([], simulated=ctx.view.simulated))
    alt = f"{name}: its outline on the image, what was fitted, what is left over, and where the error comes from."
    if path.name.startswith("growth-"):
        alt = f"{name}: its changed area on each clear date with intervals, and outlines of some dates on the image."
    return Figure(next(ctx.numbers), path, f"{caption} {credit}.", alt, FigureKind.IMAGE)

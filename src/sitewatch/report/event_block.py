"""The block about one event: what, when, how sure, how large, and the pictures that show it."""

from sitewatch.report import words
from sitewatch.report.context import Context, anchor
from sitewatch.report.event_figures import pair, series
from sitewatch.report.measured_block import measured_blocks
from sitewatch.report.tree import Block, Facts, KeyFact, Paragraph, Section, Span
from sitewatch.types import Event


def event_section(ctx: Context, event: Event) -> Section:
    """Facts, before and after, time series and measurements of one event, with its figures written."""
    blocks: list[Block] = [Facts(_facts(event)), Paragraph(_sentence(ctx, event))]
    blocks += [pair(ctx, event), series(ctx, event)]
    measured = [m for m in ctx.view.measurements if m.object_id == event.id]
    blocks += measured_blocks(ctx, measured, f"Measurements of {event.id}", named=False)
    title = f"{event.id}: {event.label}" if event.label else event.id
    return Section(anchor(ctx.view.site.name, event), title, tuple(blocks), tag=event.kind.value)


def _facts(event: Event) -> tuple[KeyFact, ...]:
    start, end = words.hull_words(event)
    gap = event.gap
    return (
        KeyFact(
            "Most likely gap",
            f"{words.long_date(gap.start)} to {words.long_date(gap.end)}",
            f"{words.days((gap.end - gap.start).days)} between two clear looks; holds "
            f"{gap.probability:.2f} of the probability over dates",
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

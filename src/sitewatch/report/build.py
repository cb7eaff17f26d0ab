"""Values to report tree: the order in which a report tells its story."""

import platform
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sitewatch.errors import DataError
from sitewatch.report import assessment_block, closing, opening, words
from sitewatch.report.context import Context, context_of, numbering, slug
from sitewatch.report.event_block import event_section
from sitewatch.report.marks import Marks
from sitewatch.report.tree import Block, Figure, Note, Paragraph, Report, Section
from sitewatch.report.view import Papers, SiteView
from sitewatch.types import Event
from sitewatch.types.progress import NoProgress, Progress

MOST_FIGURES = 25
"""Events with figures of their own at one site; the others stand in the table."""


def build_report(
    title: str,
    views: Sequence[SiteView],
    figures_dir: Path,
    *,
    generated: datetime,
    command: str,
    version: str,
    papers: Papers | None = None,
    progress: Progress | None = None,
) -> Report:
    """Write the figures of all sites into `figures_dir` (PNG, 300 dpi); return the tree that refers to them.

    Licences are obeyed: no pixel or number of a scene whose licence forbids figures, or that is under embargo
    on the day of `generated`, enters a figure; `max_px` bounds the longest side of a figure.

    Args:
        title: heading of the report.
        views: one for each site, at least one.
        figures_dir: made if it is missing; files of the same names are replaced.
        generated: time in UTC that the report is made, stated in it.
        command: the command that made it, stated so that it can be repeated.
        version: version of sitewatch.
        papers: documents with their claims and the assessment; None, and without a claim or question in them, the
            report has no word of them.
        progress: told of each event done.

    Raises:
        DataError: no view, or `generated` is not in UTC.
    """
    if not views:
        raise DataError("a report needs at least one site; none came")
    if generated.tzinfo is not UTC:
        raise DataError(f"generated is {generated!r}; expected a time in UTC")
    figures_dir.mkdir(parents=True, exist_ok=True)
    bar = progress or NoProgress()
    numbers = numbering()
    told = _named(papers)
    many = len(views) > 1
    contexts = []
    for view in views:
        stem = f"{slug(view.site.name)}-" if many else ""
        on = generated.date()
        contexts.append(
            context_of(view, figures_dir, stem, on=on, most=MOST_FIGURES, also=told, numbers=numbers)
        )
    bar.start("report", sum(2 + len(ctx.told) for ctx in contexts))
    sections: list[Section] = [opening.summary(contexts)]
    for ctx in contexts:
        parts = _site_parts(ctx, bar)
        if many:
            name = ctx.view.site.name
            sections.append(Section(f"site-{slug(name)}", name, tuple(parts)))
        else:
            sections.extend(parts)
    bar.done()
    if papers is not None:
        marks = Marks(papers, contexts, dict(_figures(sections)))
        sections = [*assessment_block.front(marks), *sections, *assessment_block.back(marks)]
    sections += [
        closing.methods(views),
        closing.sources(views, generated.date()),
        closing.reproduce(views, command, version, generated, f"{platform.python_version()}"),
    ]
    return Report(
        title,
        f"Generated {words.moment(generated)} by sitewatch {version}",
        generated,
        version,
        any(v.simulated for v in views),
        tuple(sections),
    )


def _named(papers: Papers | None) -> frozenset[str]:
    """Ids of objects that an assessment rests on: such events have figures, however improbable they are."""
    if papers is None:
        return frozenset()
    evidence = (e for f in papers.assessment.findings for e in f.evidence)
    parts = {e.split(":", 1)[1] for e in evidence if not e.startswith("scene:")}
    bound = {i for b in papers.assessment.bindings for i in (b.subject, b.comparand) if i is not None}
    return frozenset(parts | bound)


def _figures(sections: Sequence[Section]) -> Iterator[tuple[str, int]]:
    """Each section of an event with the number of its first figure."""
    for section in sections:
        figure = next((b for b in section.blocks if isinstance(b, Figure)), None)
        if section.tag and figure is not None:
            yield section.id, figure.number
        yield from _figures([b for b in section.blocks if isinstance(b, Section)])


def _site_parts(ctx: Context, bar: Progress) -> Iterator[Section]:
    name = slug(ctx.view.site.name)
    events = by_date(ctx.view.events)
    yield opening.overview(ctx, events, f"overview-{name}")
    bar.advance()
    yield Section(f"events-{name}", "Events", tuple(_event_blocks(ctx, events, bar)))
    rest = closing.other_measurements(ctx, f"measurements-{name}")
    if rest is not None:
        yield rest
    yield closing.unseen(ctx, f"unseen-{name}")
    bar.advance()


def _event_blocks(ctx: Context, events: Sequence[Event], bar: Progress) -> Iterator[Block]:
    if not events:
        yield Paragraph(
            (
                "No event was found. That says nothing of changes below the size and contrast that these "
                "images can show, of covered or underground work, or of times without a clear look.",
            )
        )
        return
    told = ctx.told
    if len(told) < len(events):
        yield Note(
            (
                f"{len(events)} events were found. The {len(told)} most probable are shown with figures, in "
                "order of date; the others stand in the table of all events above.",
            )
        )
    for event in events:
        if event.id in told:
            yield event_section(ctx, event)
            bar.advance()


def by_date(events: Sequence[Event]) -> list[Event]:
    """In order of their most likely gap."""
    return sorted(events, key=lambda e: (e.gap.start, e.gap.end, e.id))

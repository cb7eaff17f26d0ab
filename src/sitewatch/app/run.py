"""The whole chain for a case, taking up what is done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sitewatch import __version__, engine
from sitewatch.app import detect as detecting
from sitewatch.app import measure as measuring
from sitewatch.app.report import report
from sitewatch.case import Case, codec, judgement
from sitewatch.types.progress import Progress

Tell = Callable[[str, bool], None]
"""Called after each step with its name, and True where there was nothing to do."""


@dataclass(frozen=True, slots=True)
class Ran:
    """Where the results of a run lie."""

    steps: tuple[tuple[str, bool], ...]
    """Each step, and True where it had been done before."""
    events: int
    files: tuple[Path, ...]
    """events.geojson, measurements.json, report.html."""


def run(
    case: Case,
    *,
    command: str,
    title: str | None = None,
    workers: int = 1,
    progress: Progress | None = None,
    tell: Tell | None = None,
) -> Ran:
    """Detect, measure and report.

    A step whose inputs and outputs are unchanged since it was done is left as it is; after a crash the
    finished parts of a step are found again.

    Args:
        command: the command line that asked for it, stated in the report.
        title: heading of the report; the name of the case folder where not given.

    Raises:
        DataError: the case has no site, or a site has no scene, or too few that can be used.
        CaseError: another process writes to the case.
    """
    steps: list[tuple[str, bool]] = []

    def finished(name: str, before: bool) -> None:
        steps.append((name, before))
        if tell is not None:
            tell(name, before)

    sites = detecting.chosen_sites(case, None)
    names = ("events.geojson", "measurements.json", "report.html")
    events, measurements, html = (case.out / name for name in names)
    with case.writing():
        new = [s for s in sites if not case.step_done(detecting.step_name(s), detecting.site_key(case, s))]
        for site in new:
            detecting.detect_site(case, site, workers=workers, progress=progress)
        key = _events_key(case)
        done = case.step_done("events", key)
        if not done:
            detecting.write_events(case)
            case.mark_step("events", key, [events])
        finished("detect", done and not new)

        key = engine.key_of(measuring.VERSION, key, _references(case))
        done = case.step_done("measure", key)
        if not done:
            measuring.measure(case)
            case.mark_step("measure", key, [measurements])
        finished("measure", done)

        key = _report_key(case, title)
        done = case.step_done("report", key)
        if not done:
            made = report(case, title=title, command=command, workers=workers, progress=progress)
            case.mark_step("report", key, [html, *sorted(made.figures.glob("*.png"))])
        finished("report", done)
    found = sum(len(case.events(s.name)) for s in sites)
    return Ran(tuple(steps), found, (events, measurements, html))


def _events_key(case: Case) -> str:
    return engine.key_of([codec.dumps(e) for s in case.sites() for e in case.events(s.name)])


def _references(case: Case) -> list[str]:
    return [codec.dumps(r) for s in case.sites() for r in judgement.references(case, s.name)]


def _report_key(case: Case, title: str | None) -> str:
    """Key of all that a report shows; an embargo that ends makes it anew."""
    today = datetime.now(UTC).date()
    parts: list[object] = [__version__, title]
    for site in case.sites():
        scenes = case.scenes(site.name)
        limits = [s.licence.embargo_until for s in scenes]
        parts += [
            detecting.site_key(case, site),
            [codec.dumps(e) for e in case.events(site.name)],
            [codec.dumps(m) for m in case.measurements(site.name)],
            [codec.dumps(r) for r in case.registrations(site.name).values()],
            case.refusals(site.name),
            [until is not None and today < until for until in limits],
        ]
    return engine.key_of(parts)

"""The whole chain for a case, taking up what is done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sitewatch import __version__, engine
from sitewatch.app import assess as assessing
from sitewatch.app import claims as claiming
from sitewatch.app import detect as detecting
from sitewatch.app import measure as measuring
from sitewatch.app.detectability import FILE as DETECTABILITY
from sitewatch.app.report import has_papers, report
from sitewatch.case import Case, codec, judgement
from sitewatch.errors import UsageError
from sitewatch.report.build import MOST_FIGURES
from sitewatch.types import Site
from sitewatch.types.progress import Progress

STEPS = ("detect", "measure", "claims", "assess", "report")
"""In order; claims are read where there are documents, and assessed where there is something to assess."""

Tell = Callable[[str, bool], None]
"""Called after each step with its name, and True where there was nothing to do."""


@dataclass(frozen=True, slots=True)
class Ran:
    """Where the results of a run lie."""

    steps: tuple[tuple[str, bool], ...]
    """Each step, and True where it had been done before."""
    events: int
    files: tuple[Path, ...]
    """Those that there are of events.geojson, measurements.json, claims.json, assessment.json, report.html."""


def run(
    case: Case,
    *,
    command: str,
    title: str | None = None,
    until: str = STEPS[-1],
    workers: int = 1,
    progress: Progress | None = None,
    tell: Tell | None = None,
) -> Ran:
    """Detect, measure, read claims, assess and report.

    A step whose inputs and outputs are unchanged since it was done is left as it is; after a crash the
    finished parts of a step are found again. A case without documents has no claims and nothing to assess.

    Args:
        command: the command line that asked for it, stated in the report.
        title: heading of the report; the name of the case folder where not given.
        until: the last step to do, one of `STEPS`.

    Raises:
        DataError: the case has no site, or a site has no scene, or too few that can be used; its gazetteer or its
            `hypotheses.yaml` is not as it should be.
        UsageError: no such step.
        CaseError: another process writes to the case.
    """
    steps: list[tuple[str, bool]] = []

    def finished(name: str, before: bool) -> None:
        steps.append((name, before))
        if tell is not None:
            tell(name, before)

    if until not in STEPS:
        raise UsageError(f"no step is called {until!r}; expected one of: {', '.join(STEPS)}")
    last = STEPS.index(until)
    sites = detecting.chosen_sites(case, None)
    files: list[Path] = []

    def step(
        name: str,
        key: str,
        outputs: Sequence[Path],
        work: Callable[[], object],
        made: Callable[[], Sequence[Path]] = list,
    ) -> None:
        done = case.step_done(name, key)
        if not done:
            work()
            case.mark_step(name, key, [*outputs, *made()])
        files.extend(outputs[:1])
        finished(name, done)

    with case.writing():
        files.append(_detected(case, sites, finished, workers=workers, progress=progress))
        if last >= STEPS.index("measure"):
            key = engine.key_of(measuring.VERSION, _events_key(case), _references(case))
            written = [case.out / "measurements.json"]
            step(
                "measure",
                key,
                written,
                lambda: measuring.measure(case, most=MOST_FIGURES),
                lambda: measuring.figures(case),
            )
        if last >= STEPS.index("claims") and case.documents():
            key = claiming.claims_key(case)
            written = [case.out / claiming.FILE]
            step("claims", key, written, lambda: claiming.read_claims(case, progress=progress))
        if last >= STEPS.index("assess") and has_papers(case):
            step("assess", _assess_key(case), [case.out / "assessment.json"], lambda: assessing.assess(case))
        if last >= STEPS.index("report"):
            key = _report_key(case, title)
            html = case.out / "report.html"
            done = case.step_done("report", key)
            if not done:
                made = report(case, title=title, command=command, workers=workers, progress=progress)
                case.mark_step("report", key, [html, *sorted(made.figures.glob("*.png"))])
            files.append(html)
            finished("report", done)
    found = sum(len(case.events(s.name)) for s in sites)
    return Ran(tuple(steps), found, tuple(files))


def _detected(
    case: Case, sites: Sequence[Site], finished: Tell, *, workers: int, progress: Progress | None
) -> Path:
    """Detect at the sites where it is not done; where the events were written."""
    new = [s for s in sites if not detecting.is_done(case, s)]
    for site in new:
        detecting.detect_site(case, site, workers=workers, progress=progress)
    events = case.out / "events.geojson"
    key = _events_key(case)
    done = case.step_done("events", key)
    if not done:
        detecting.write_events(case)
        case.mark_step("events", key, [events])
    finished("detect", done and not new)
    return events


def _events_key(case: Case) -> str:
    return engine.key_of([codec.dumps(e) for s in case.sites() for e in case.events(s.name)])


def _references(case: Case) -> list[str]:
    return [codec.dumps(r) for s in case.sites() for r in judgement.references(case, s.name)]


def _assess_key(case: Case) -> str:
    """Key of all that an assessment depends on: what was found, what documents say, what analysts judged."""
    found = case.claim_set()
    parts: list[object] = [assessing.VERSION, _events_key(case), _references(case)]
    for site in case.sites():
        parts += [site.name, [codec.dumps(m) for m in case.measurements(site.name)]]
        parts.append([codec.dumps(s) for s in case.scenes(site.name)])
    parts += [[codec.dumps(x) for x in group] for group in (found.claims, found.links, found.origins)]
    parts += [[codec.dumps(m) for m in found.mutations], [codec.dumps(d) for d in case.documents()]]
    parts += [
        [codec.dumps(b) for b in judgement.bindings(case).values()],
        [codec.dumps(g) for g in judgement.grades(case).values()],
    ]
    for file in (judgement.hypotheses_file(case), case.path / DETECTABILITY):
        parts.append(file.read_bytes().hex() if file.is_file() else None)
    return engine.key_of(parts)


def _report_key(case: Case, title: str | None) -> str:
    """Key of all that a report shows; an embargo that ends makes it anew."""
    today = datetime.now(UTC).date()
    parts: list[object] = [__version__, title, _assess_key(case) if has_papers(case) else None]
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

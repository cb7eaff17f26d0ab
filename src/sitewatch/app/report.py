"""Write the report of a case."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote

from sitewatch import __version__
from sitewatch.app.align import align
from sitewatch.app.assess import assessed
from sitewatch.app.detect import chosen_sites, detections, detector_of, step_name
from sitewatch.app.docs import by_hand
from sitewatch.case import Case, judgement
from sitewatch.errors import DataError
from sitewatch.report.build import build_report
from sitewatch.report.html import render_html
from sitewatch.report.view import Papers, SiteView
from sitewatch.types import Document
from sitewatch.types.progress import Progress


@dataclass(frozen=True, slots=True)
class Reported:
    """Where the report lies."""

    html: Path
    figures: Path
    events: int


def report(
    case: Case,
    *,
    title: str | None = None,
    command: str,
    workers: int = 1,
    progress: Progress | None = None,
) -> Reported:
    """Write `out/report.html` and `out/figures/` from what the case holds.

    Args:
        title: heading; the name of the case folder where not given.
        command: the command line that asked for it, stated in the report.

    Where a program made the pixels, every page says so. Where the case has claims or an analyst's questions, the
    assessment of what it holds now comes first; else there is no word of documents.

    Raises:
        DataError: no site, a site without usable scene, or nothing was looked for in it yet.
    """
    views = []
    for site in chosen_sites(case, None):
        scenes = tuple(case.scenes(site.name))
        if scenes and step_name(site) not in case.steps():
            raise DataError(
                f"nothing was looked for at site {site.name!r} yet; run `sitewatch detect {case.path}` "
                f"first, or `sitewatch run {case.path}` for the whole chain"
            )
        aligned = align(case, site, workers=workers, progress=progress)
        _, notes, _ = detections(
            case, site, aligned, progress, detector=detector_of(case, site), workers=workers
        )
        refused = tuple((Path(path).name, reason) for path, reason in case.refusals(site.name).items())
        views.append(
            SiteView(
                site=site,
                scenes=scenes,
                registrations=case.registrations(site.name),
                cube=aligned.cube(),
                events=tuple(case.events(site.name)),
                measurements=tuple(case.measurements(site.name)),
                set_aside=(*aligned.set_aside, *refused),
                notes=tuple(notes),
                simulated=any(s.simulated for s in scenes),
            )
        )
    figures = case.out / "figures"
    with case.writing():
        tree = build_report(
            title or case.path.name,
            views,
            figures,
            generated=datetime.now(UTC),
            command=command,
            version=__version__,
            papers=papers_of(case),
            progress=progress,
        )
        html = case.out / "report.html"
        render_html(tree, html)
        case.log("report", events=sum(len(v.events) for v in views))
    return Reported(html, figures, sum(len(v.events) for v in views))


def has_papers(case: Case) -> bool:
    """True where there is something to assess: documents or an analyst's questions."""
    return bool(case.documents()) or judgement.hypotheses_file(case).is_file()


def papers_of(case: Case) -> Papers | None:
    """What the documents of a case say and what became of it; None for a case without them.

    Raises:
        DataError: `hypotheses.yaml` is not as it should be.
    """
    if not has_papers(case):
        return None
    documents = tuple(case.documents())
    return Papers(
        documents=documents,
        claims=case.claim_set(),
        assessment=assessed(case),
        commands=tuple(_commands(case, documents)),
        foreign=frozenset(d.id for d in by_hand(documents)),
    )


def _commands(case: Case, documents: Sequence[Document]) -> Iterable[str]:
    """Command lines that lead to what the case holds, with what was said by hand."""
    name = quote(case.path.name)
    yield f"sitewatch detect {name}"
    for site in case.sites():
        for building in judgement.references(case, site.name):
            where = f"--site {quote(site.name)} --name {quote(building.name)}"
            yield f"sitewatch site reference {name} {where} --outline FILE  # {building.basis}"
    yield f"sitewatch measure {name}"
    for document in documents:
        place = document.path if "://" in document.path else Path(document.path).name
        yield f"sitewatch docs add {name} {quote(place)}"
    if documents:
        yield f"sitewatch claims {name}"
    for bound in judgement.bindings(case).values():
        against = f" --comparand {quote(bound.comparand)}" if bound.comparand else ""
        words = f"--subject {quote(bound.subject or '')}{against} --basis {quote(bound.basis)}"
        yield f"sitewatch assess bind {name} {bound.claim} {words}"
    for given in judgement.grades(case).values():
        yield f"sitewatch assess grade {name} {given.source} --grade {given.code} --basis {quote(given.basis)}"
    yield f"sitewatch assess {name}"

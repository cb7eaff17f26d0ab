"""Write the report of a case."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sitewatch import __version__
from sitewatch.app.align import align
from sitewatch.app.detect import chosen_sites, detections, step_name
from sitewatch.case import Case
from sitewatch.errors import DataError
from sitewatch.report.build import build_report
from sitewatch.report.html import render_html
from sitewatch.report.view import SiteView
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

    Where a program made the pixels, every page says so.

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
        _, notes, _ = detections(case, site, aligned, progress)
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
            progress=progress,
        )
        html = case.out / "report.html"
        render_html(tree, html)
        case.log("report", events=sum(len(v.events) for v in views))
    return Reported(html, figures, sum(len(v.events) for v in views))

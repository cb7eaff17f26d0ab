"""`sitewatch detect`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sitewatch.cli.options import case_argument, json_option, quiet_option, site_option, tell, workers_option
from sitewatch.cli.progress import progress

if TYPE_CHECKING:
    from sitewatch.types import Event


@click.command()
@case_argument
@site_option
@click.option(
    "--detector",
    type=click.Choice(["auto", "net-1", "steps-1", "both"]),
    default="auto",
    show_default=True,
    help="net-1: the change network on step maps. steps-1: the step test alone, which needs no weights and at least 7 "
    "dates. both: the network, and what the step test finds elsewhere and the network sees as ground work. auto: the "
    "network up to 4 m a pixel and for fewer dates, the step test for a look a year or so, else both.",
)
@workers_option
@json_option
@quiet_option
def detect(case: Path, site: str | None, detector: str, workers: int, as_json: bool, quiet: bool) -> None:
    """Find and date the changes at a site, from its series of images.

    Writes CASE/out/events.geojson. Without --site all sites of the case are done. What was computed before is
    found again, so that a second call is quick. Two detectors on the same scenes check each other's reading; they
    are not two pieces of evidence.

    \b
    Examples:
      sitewatch detect factory
      sitewatch detect factory --site hall --workers 4
      sitewatch detect factory --detector both
    """
    from sitewatch.app.detect import detect as run
    from sitewatch.case import Case

    opened = Case.open(case)
    bar = progress(quiet=quiet or as_json)
    found = run(opened, site=site, detector=detector, workers=workers, progress=bar)
    lines = []
    for done in found:
        lines.append(f"site {done.site}: {len(done.events)} events in {done.dates} scenes")
        lines += [_line(e) for e in sorted(done.events, key=lambda e: (e.gap.start, e.gap.end, e.id))]
        lines += [f"  set aside: {scene}: {reason}" for scene, reason in done.set_aside]
        lines += [f"  note: {note}" for note in done.notes]
    out = opened.out / "events.geojson"
    result = {
        "sites": [
            {
                "site": done.site,
                "scenes": done.dates,
                "events": [_row(e) for e in done.events],
                "set_aside": dict(done.set_aside),
                "notes": done.notes,
            }
            for done in found
        ],
        "file": out,
    }
    tell(result, "\n".join([*lines, f"written: {out}"]), as_json=as_json)


def _line(event: "Event") -> str:
    area = (
        "" if event.area_m2 is None
        else f"  {event.area_m2:.0f} m2 ({event.area_m2_low:.0f} to {event.area_m2_high:.0f})"
    )  # fmt: skip
    gap = f"{event.gap.start} .. {event.gap.end}"
    return f"  {event.id}  {event.kind.value:<8}  {gap}  p {event.probability:.2f}{area}"


def _row(event: "Event") -> dict[str, Any]:
    return {
        "id": event.id,
        "kind": event.kind.value,
        "gap_start": event.gap.start.isoformat(),
        "gap_end": event.gap.end.isoformat(),
        "probability": round(event.probability, 3),
        "calibrated_on": event.calibrated_on,
        "area_m2": event.area_m2,
        "area_m2_low": event.area_m2_low,
        "area_m2_high": event.area_m2_high,
    }

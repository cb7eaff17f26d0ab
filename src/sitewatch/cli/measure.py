"""`sitewatch measure`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sitewatch.cli.options import case_argument, json_option, site_option, tell

if TYPE_CHECKING:
    from sitewatch.app.measure import Measured

QUANTITIES = ("area", "perimeter", "length", "width")


@click.command()
@case_argument
@site_option
@json_option
def measure(case: Path, site: str | None, as_json: bool) -> None:
    """Measure the outlines of what was found: area, perimeter, length, width, each with its 90 % interval.

    Writes CASE/out/measurements.json. Outlines that the detector drew are unchecked until somebody has looked
    at them on the image; the intervals hold as far as what they were calibrated on.

    \b
    Example:
      sitewatch measure factory
    """
    from sitewatch.app.measure import measure as run
    from sitewatch.case import Case

    opened = Case.open(case)
    done = run(opened, site=site)
    out = opened.out / "measurements.json"
    lines = [line for d in done for line in _table(d)]
    bases = sorted({m.value.calibrated_on for d in done for m in d.measurements})
    lines += [f"intervals: 90 %; calibrated on: {'; '.join(bases)}"] if bases else []
    lines.append(f"written: {out}")
    rows = [row for d in done for row in d.rows]
    tell(
        {"measurements": rows, "unchecked": sum(d.unchecked for d in done), "file": out},
        "\n".join(lines),
        as_json=as_json,
    )


def _table(done: "Measured") -> list[str]:
    ids = dict.fromkeys(m.object_id for m in done.measurements)
    lines = [f"site {done.site}: {len(ids)} outlines"]
    if not ids:
        return lines
    by_key = {(m.object_id, m.quantity): m.value for m in done.measurements}
    head = [f"{q} ({'m2' if q == 'area' else 'm'})" for q in QUANTITIES]
    lines.append(f"  {'object':<12}" + "".join(f"{h:>26}" for h in head))
    for i in ids:
        cells = [f"{v.value:.0f} ({v.low:.0f} to {v.high:.0f})" for q in QUANTITIES if (v := by_key[i, q])]
        lines.append(f"  {i:<12}" + "".join(f"{c:>26}" for c in cells))
    if done.unchecked:
        lines.append(
            f"  {done.unchecked} outlines were drawn by the detector and are unchecked: look at them first"
        )
    return lines

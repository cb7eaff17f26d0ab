"""`sitewatch simulate`."""

from pathlib import Path
from typing import Any

import click

from sitewatch.cli.options import json_option, quiet_option, tell


@click.command()
@click.argument("scenario", metavar="SCENARIO")
@click.option(
    "-o", "--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="Folder to make."
)
@click.option("--seed", type=click.IntRange(min=0), metavar="N", help="Another draw of the same scenario.")
@click.option("--gsd", type=float, metavar="M", help="For random: pixel size in metres.  [default: 3]")
@click.option("--dates", type=click.IntRange(min=1), metavar="N", help="For random: scenes.  [default: 32]")
@click.option("--size", type=float, metavar="M", help="For random: side of the site.  [default: 720]")
@click.option("--variant", type=click.Choice(["base", "shifted"]), help="For random: family of materials.")
@quiet_option
@json_option
def simulate(
    scenario: str,
    out: Path,
    seed: int | None,
    gsd: float | None,
    dates: int | None,
    size: float | None,
    variant: str | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Make imagery with known truth.

    SCENARIO is a YAML file, the name of one that comes with sitewatch: factory, or "random": a site of its own
    for each seed. The folder holds scenes in PlanetScope's file conventions, each marked as simulated, and
    truth.geojson. The same seed gives the same files.

    \b
    Examples:
      sitewatch simulate factory -o factory_scenes
      sitewatch simulate my_site.yaml -o scenes --seed 3
      sitewatch simulate random -o random_scenes --seed 12 --gsd 10 --dates 16 --variant shifted
    """
    from sitewatch.app.simulate import Drawn
    from sitewatch.app.simulate import simulate as run
    from sitewatch.cli.progress import progress

    given = {"gsd": gsd, "dates": dates, "size_m": size, "variant": variant}
    chosen: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    made = run(
        scenario,
        out,
        seed=seed,
        drawn=Drawn(**chosen) if chosen else None,
        progress=progress(quiet=quiet or as_json),
    )
    tell(
        {
            "scenario": made.name,
            "simulated": True,
            "seed": made.seed,
            "folder": made.folder,
            "scenes": [image.name for image in made.images],
            "truth": made.truth,
            "events": made.events,
        },
        f"{len(made.images)} simulated scenes of {made.name!r} (seed {made.seed}) in {made.folder}\n"
        f"{made.events} events in {made.truth}\n"
        f"next: sitewatch scenes add CASE {made.folder}",
        as_json=as_json,
    )

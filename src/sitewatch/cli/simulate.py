"""`sitewatch simulate`."""

from pathlib import Path

import click

from sitewatch.cli.options import json_option, quiet_option, tell


@click.command()
@click.argument("scenario", metavar="SCENARIO")
@click.option(
    "-o", "--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="Folder to make."
)
@click.option("--seed", type=click.IntRange(min=0), metavar="N", help="Another draw of the same scenario.")
@quiet_option
@json_option
def simulate(scenario: str, out: Path, seed: int | None, quiet: bool, as_json: bool) -> None:
    """Make imagery with known truth.

    SCENARIO is a YAML file, or the name of one that comes with sitewatch: factory. The folder holds scenes in
    PlanetScope's file conventions, each marked as simulated, and truth.geojson. The same seed gives the same
    files.

    \b
    Examples:
      sitewatch simulate factory -o factory_scenes
      sitewatch simulate my_site.yaml -o scenes --seed 3
    """
    from sitewatch.app.simulate import simulate as run
    from sitewatch.cli.progress import progress

    made = run(scenario, out, seed=seed, progress=progress(quiet=quiet or as_json))
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

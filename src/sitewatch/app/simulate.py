"""Make a simulated delivery with known truth."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from sitewatch.errors import UsageError, asking_for_room
from sitewatch.simulate import deliver, load_scenario, random_scenario, render
from sitewatch.simulate.truth import EVENTS
from sitewatch.types.progress import Progress

RANDOM = "random"
"""The name that stands for a site drawn at random."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """What was made."""

    name: str
    """Of the scenario."""
    seed: int
    folder: Path
    images: tuple[Path, ...]
    """In order of time."""
    truth: Path
    """GeoJSON in WGS84."""
    events: int
    """How many events the truth holds, distractors and references aside."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """How the site named "random" is drawn."""

    gsd: float = 3.0
    """Pixel size, metres."""
    dates: int = 32
    variant: str = "base"
    """Family of materials, seasons, land and clouds: base or shifted."""
    size_m: float = 720.0


def simulate(
    scenario: Path | str,
    out: Path,
    *,
    seed: int | None = None,
    drawn: Drawn | None = None,
    progress: Progress | None = None,
) -> Simulated:
    """Render a scenario (a file, or a name that comes with the package) and write it to the new folder `out`.

    The folder appears only when it is complete.

    Args:
        scenario: "random" draws a site of its own for each seed.
        seed: instead of the scenario's own; the same seed gives the same files.
        drawn: for "random" alone.

    Raises:
        UsageError: the scenario is unknown or wrong, or the folder exists and is not empty.
    """
    out = Path(out)
    if scenario == RANDOM:
        how = drawn or Drawn()
        plan = random_scenario(
            1 if seed is None else seed, gsd=how.gsd, dates=how.dates, variant=how.variant, size_m=how.size_m
        )
    elif drawn is not None:
        raise UsageError(
            f"gsd, dates, variant and size are for {RANDOM!r} alone; in {scenario} they are fields"
        )
    else:
        plan = load_scenario(scenario)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} exists and is not an empty folder; give a new one with -o")
    simulation = render(plan, seed, progress)
    # a name of ours beside the target: what an interrupted run left there may go
    draft = out.absolute().with_name(f".{out.absolute().name}.partial")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        with asking_for_room(out):
            images = deliver(simulation, draft)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    if out.exists():
        out.rmdir()
    draft.rename(out)
    return Simulated(
        name=plan.name,
        seed=simulation.seed,
        folder=out,
        images=tuple(out / image.name for image in images),
        truth=out / "truth.geojson",
        events=sum(item.kind in EVENTS for item in simulation.truth),
    )

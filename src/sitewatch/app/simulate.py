"""Make a simulated delivery with known truth."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from sitewatch.errors import UsageError
from sitewatch.simulate import deliver, load_scenario, render
from sitewatch.simulate.truth import EVENTS
from sitewatch.types.progress import Progress


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


def simulate(
    scenario: Path | str, out: Path, *, seed: int | None = None, progress: Progress | None = None
) -> Simulated:
    """Render a scenario (a file, or a name that comes with the package) and write it to the new folder `out`.

    The folder appears only when it is complete.

    Args:
        seed: instead of the scenario's own; the same seed gives the same files.

    Raises:
        UsageError: the scenario is unknown or wrong, or the folder exists and is not empty.
    """
    out = Path(out)
    plan = load_scenario(scenario)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} exists and is not an empty folder; give a new one with -o")
    simulation = render(plan, seed, progress)
    # a name of ours beside the target: what an interrupted run left there may go
    draft = out.absolute().with_name(f".{out.absolute().name}.partial")
    shutil.rmtree(draft, ignore_errors=True)
    images = deliver(simulation, draft)
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

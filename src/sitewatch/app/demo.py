"""The demo: a real, dated Sentinel-2 series and a simulated factory, each from images to a report."""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sitewatch.app.demo_papers import add_papers, judge_by_hand
from sitewatch.app.run import STEPS, Ran, run
from sitewatch.app.scenes import add_scenes, footprint
from sitewatch.app.simulate import simulate
from sitewatch.app.site import add_site, aoi_from_point
from sitewatch.case import Case, layout
from sitewatch.case.files import sha256, write
from sitewatch.errors import SceneError, SitewatchError
from sitewatch.imagery.open import open_path
from sitewatch.types.progress import NoProgress, Progress

PACKAGE = "nrt==0.2.1"
"""A package of the European Commission's Joint Research Centre that carries the series (EUPL-1.2)."""
WHEEL_SHA256 = "cd0291f99ce91268a0d993f05be1c69678d62504b01d36e7124d0ff3a51b3ee9"
INNER = "nrt/data/sentinel2_cube_subset_romania_10m.nc"
FILE = Path(INNER).name
SERIES_SHA256 = "10165376979ed20f988bef09bf79135ea415e741256ba50fd4fef679b1c1fa9d"
REAL_SITE = "Forest edge, Romania"
SIMULATED_SITE = "Simulated factory"
SIMULATED_TITLE = "Simulated factory: images and two press texts"
SIMULATED_PLACE = (127.6, 39.9, 330.0)
"""Longitude, latitude, radius in metres of the scenario's centre; nothing of it exists there."""
FETCH_SECONDS = 300

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _How:
    """What both cases share."""

    folder: Path
    workers: int
    progress: Progress
    say: Tell


@dataclass(frozen=True, slots=True)
class Shown:
    """One case of the demo."""

    title: str
    case: Path
    ran: Ran


def demo(
    folder: Path,
    *,
    series: Path | None = None,
    workers: int = 1,
    progress: Progress | None = None,
    tell: Tell | None = None,
) -> tuple[Shown, Shown]:
    """Run both cases in `folder`; what is there from an earlier run is taken up.

    Args:
        series: the netCDF file of the real series; fetched from the package registry where not given.
        tell: called with a line before each part.

    Raises:
        SitewatchError: the series cannot be fetched or is not the one expected, or a step fails.
    """
    how = _How(Path(folder), workers, progress or NoProgress(), tell or (lambda _: None))
    how.say("a real series: Sentinel-2, 2015 to 2021 (Copernicus data, in a package of the JRC)")
    real = _real(how, series_file(how.folder / "data", series, how.progress))
    how.say("a simulated factory: made by `sitewatch simulate`, no real place")
    return real, _simulated(how)


def series_file(folder: Path, given: Path | None = None, progress: Progress | None = None) -> Path:
    """The demo's netCDF series, checked by its hash: `given`, or in `folder`, or fetched into it with pip.

    Raises:
        SceneError: `given` is another file.
        SitewatchError: it cannot be fetched.
    """
    if given is not None:
        if not given.is_file():
            raise SceneError(f"{given} is no file; expected {FILE} from the package {PACKAGE}")
        if sha256(given) != SERIES_SHA256:
            raise SceneError(
                f"{given} is not the series of the demo (its SHA-256 differs); expected {FILE} from "
                f"the package {PACKAGE}; a series of your own goes into a case with `sitewatch scenes add`"
            )
        return given.resolve()
    kept = folder / FILE
    if not (kept.is_file() and sha256(kept) == SERIES_SHA256):
        progress = progress or NoProgress()
        progress.start("fetching the series (11 MB)", 1)
        try:
            write(kept, _fetched())
        finally:
            progress.done()
    return kept.resolve()


def _fetched() -> bytes:
    """Content of the series, out of the wheel that the user's own pip fetches: mirrors and proxies count."""
    advice = (
        f"check the connection and pip's settings, or fetch the package {PACKAGE} elsewhere and pass "
        f"the file {FILE} in it with --series"
    )
    with tempfile.TemporaryDirectory() as place:
        wanted = Path(place) / "wanted.txt"
        wanted.write_text(f"{PACKAGE} --hash=sha256:{WHEEL_SHA256}\n", encoding="utf-8")
        command = [
            sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes", "--only-binary=:all:",
            "--no-input", "--disable-pip-version-check", "--quiet", "--dest", place, "-r", str(wanted),
        ]  # fmt: skip
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                check=False,
                timeout=FETCH_SECONDS,
                stdin=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired:
            raise SitewatchError(
                f"the package registry did not answer within {FETCH_SECONDS} s; {advice}"
            ) from None
        if "No module named pip" in done.stderr:
            raise SitewatchError(
                "this Python has no pip to fetch the series with; install it (`python -m ensurepip`), or "
                f"fetch the package {PACKAGE} elsewhere and pass the file {FILE} in it with --series"
            )
        wheels = list(Path(place).glob("*.whl"))
        if done.returncode or not wheels:
            lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
            errors = [line for line in lines if line.startswith("ERROR")] or lines or ["pip gave no reason"]
            raise SitewatchError(
                f"the series cannot be fetched ({errors[-1].removeprefix('ERROR: ')}); {advice}"
            )
        content = zipfile.ZipFile(wheels[0]).read(INNER)
    if hashlib.sha256(content).hexdigest() != SERIES_SHA256:
        raise SitewatchError(f"the fetched series is damaged (its SHA-256 differs); {advice}")
    return content


def _real(how: _How, series: Path) -> Shown:
    case = _case(how.folder / "forest-edge")
    if not case.sites():
        add_site(case, REAL_SITE, footprint(open_path(series).scenes[0]))
    return _run(how, case, series, "Forest edge, Romania: a Sentinel-2 series")


def _simulated(how: _How) -> Shown:
    scenes = how.folder / "factory-scenes"
    if not scenes.exists():
        simulate("factory", scenes, progress=how.progress)
    case = _case(how.folder / "factory")
    add_site(case, SIMULATED_SITE, aoi_from_point(*SIMULATED_PLACE))
    _add(how, case, scenes)
    add_papers(case, scenes)
    how.say(f"  documents: {len(case.documents())} press texts that retell one analysis")
    how.say("  what an analyst would now look at and bind by hand, the demo binds, and says so")
    before = _chain(how, case, SIMULATED_TITLE, until="claims")
    judge_by_hand(case, scenes)
    done = _chain(how, case, SIMULATED_TITLE, told=frozenset(name for name, _ in before.steps))
    return Shown(SIMULATED_TITLE, case.path, done)


def _case(path: Path) -> Case:
    return Case.open(path) if layout.is_case(path) else Case.create(path)


def _run(how: _How, case: Case, images: Path, title: str) -> Shown:
    _add(how, case, images)
    return Shown(title, case.path, _chain(how, case, title))


def _add(how: _How, case: Case, images: Path) -> None:
    added = add_scenes(case, [images], progress=how.progress)
    if added.failed:
        raise SceneError(next(iter(added.failed.values())))
    how.say(f"  scenes: {len(added.new)} new, {len(added.known)} known before")


def _chain(
    how: _How, case: Case, title: str, *, until: str = STEPS[-1], told: frozenset[str] = frozenset()
) -> Ran:
    """Run the chain; steps in `told` were spoken of before."""

    def finished(step: str, before: bool) -> None:
        how.progress.done()
        if step not in told:
            how.say(f"  {step}: {'already done' if before else 'done'}")

    return run(
        case,
        command=f"sitewatch run {case.path.name}",
        title=title,
        until=until,
        workers=how.workers,
        progress=how.progress,
        tell=finished,
    )

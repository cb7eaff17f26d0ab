"""Fixtures that several test modules share."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def _present(folder: Path, what: str) -> Path:
    """`folder`, or a skip with its reason; in CI, where the data must be, a failure."""
    if folder.exists():
        return folder
    reason = f"{what} not found at {folder}; set SITEWATCH_DATA to the folder of development data"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real development data (never committed, never shipped)."""
    folder = os.environ.get("SITEWATCH_DATA", ROOT.parent / "shared" / "data")
    return _present(Path(folder), "development data")


@pytest.fixture(scope="session")
def real_series(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's real series, which comes from the package registry; in CI it must come."""
    from sitewatch.app.demo import series_file
    from sitewatch.errors import SitewatchError

    try:
        return series_file(tmp_path_factory.mktemp("series"))
    except SitewatchError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the demo's series could not be fetched: {error}")


@pytest.fixture(scope="session")
def small_case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case with one site and 24 simulated scenes, nothing detected yet. Copy it to work on it."""
    from sitewatch.app.scenes import add_scenes
    from sitewatch.app.simulate import simulate
    from sitewatch.app.site import add_site, aoi_from_point
    from sitewatch.case import Case

    folder = tmp_path_factory.mktemp("small")
    made = simulate(ROOT / "tests" / "data" / "small_site.yaml", folder / "scenes")
    case = Case.create(folder / "case")
    add_site(case, "shed", aoi_from_point(10.0, 45.0, 290.0))
    add_scenes(case, [made.folder])
    return case.path

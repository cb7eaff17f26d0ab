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

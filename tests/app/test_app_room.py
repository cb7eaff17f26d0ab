"""Commands on a full disk or under a limit on the size of files: one line, and nothing is lost."""

import json
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SITEWATCH = (
    "import sys, resource; n = int(sys.argv.pop(1)); resource.setrlimit(resource.RLIMIT_FSIZE, (n, n)); \
from sitewatch.cli import main; main()"
)
ROOT = Path(__file__).parent.parent.parent
FREE = resource.RLIM_INFINITY


def sitewatch(limit: int, *args: object) -> tuple[int, str]:
    """Exit code and standard error of a command whose files may have `limit` bytes."""
    command = [sys.executable, "-c", SITEWATCH, str(limit), *(str(a) for a in args)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def asks_for_room(said: str, place: Path) -> bool:
    return (
        said.startswith(f"error: cannot write {place}")
        and "raise that limit (ulimit -f), then run the same command again" in said
        and said.count("\n") == 1
    )


@pytest.fixture(scope="module")
def undisturbed(small_case: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case on which detection ran to its end at once."""
    case = tmp_path_factory.mktemp("room") / "case"
    shutil.copytree(small_case, case)
    assert sitewatch(FREE, "detect", case, "--quiet") == (0, "")
    return case


def test_detect_goes_on_where_it_had_no_room(undisturbed: Path, small_case: Path, tmp_path: Path) -> None:
    case = tmp_path / "case"
    shutil.copytree(small_case, case)
    sizes = sorted(f.stat().st_size for f in (undisturbed / "cache").rglob("*.tif"))
    for limit, workers in ((sizes[len(sizes) // 2], 2), (sizes[-1] - 1, 1)):
        code, said = sitewatch(limit, "detect", case, "--quiet", "--workers", workers)
        assert code == 1
        assert asks_for_room(said, case / "cache")
        assert not list((case / "cache").rglob("*part*"))
    whole = {f.name: f.read_bytes() for f in (undisturbed / "cache").rglob("*.tif")}
    kept = {f.name: f.read_bytes() for f in (case / "cache").rglob("*.tif")}
    assert kept
    assert kept.items() <= whole.items()
    assert sitewatch(FREE, "detect", case, "--quiet") == (0, "")
    files = [json.loads((c / "out" / "events.geojson").read_text()) for c in (case, undisturbed)]
    assert files[0] == files[1]
    assert files[0]["features"]


def test_a_simulation_without_room_leaves_nothing(tmp_path: Path) -> None:
    scenario = ROOT / "tests" / "data" / "small_site.yaml"
    code, said = sitewatch(2000, "simulate", scenario, "-o", tmp_path / "new", "--quiet")
    assert code == 1
    assert asks_for_room(said, tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_a_comparison_without_room_leaves_no_part_of_a_file(undisturbed: Path, tmp_path: Path) -> None:
    images = sorted((undisturbed.parent.parent).glob("small*/scenes/*SR.tif"))
    code, said = sitewatch(20_000, "compare", images[0], images[-1], "-o", tmp_path / "out", "--quiet")
    assert code == 1
    assert asks_for_room(said, tmp_path / "out")
    assert {p.name for p in (tmp_path / "out").iterdir()} <= {"changes.geojson", "change.tif"}

"""Fetching the demo's series: every way it can fail is one line that says what to do. No network."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from sitewatch.app import demo
from sitewatch.errors import SceneError, SitewatchError

CONTENT = b"not really a series"


@pytest.fixture
def pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Python whose pip does what the test writes into this file (the rest of a shell script)."""
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n. {tmp_path}/does\n")
    python.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(python))
    return tmp_path / "does"


def wheel(folder: Path, content: bytes) -> Path:
    path = folder / "nrt-0.2.1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(demo.INNER, content)
    return path


# pip's arguments: the folder follows on --dest
TAKES = 'while [ "$1" != --dest ]; do shift; done; cp {wheel} "$2"\n'


def test_fetched_once_and_kept(pip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "SERIES_SHA256", hashlib.sha256(CONTENT).hexdigest())
    pip.write_text(TAKES.format(wheel=wheel(tmp_path, CONTENT)))
    kept = demo.series_file(tmp_path / "data")
    assert kept.read_bytes() == CONTENT
    pip.write_text("exit 9\n")  # not called again
    assert demo.series_file(tmp_path / "data") == kept
    assert [f.name for f in (tmp_path / "data").iterdir()] == [demo.FILE]


def test_pip_is_asked_for_exactly_one_wheel(pip: Path, tmp_path: Path) -> None:
    pip.write_text(
        f'echo "$@" > {tmp_path}/asked; for a; do last=$a; done; cp "$last" {tmp_path}/wanted; exit 1\n'
    )
    with pytest.raises(SitewatchError):
        demo.series_file(tmp_path / "data")
    asked = (tmp_path / "asked").read_text()
    assert "-m pip download" in asked
    assert "--require-hashes" in asked
    assert "--no-deps" in asked
    assert "index" not in asked, "where packages come from is the user's to say"
    assert (tmp_path / "wanted").read_text() == f"nrt==0.2.1 --hash=sha256:{demo.WHEEL_SHA256}\n"


@pytest.mark.parametrize(
    ("does", "words"),
    [
        ("echo 'No module named pip' >&2; exit 1\n", "no pip"),
        ("echo 'ERROR: Could not find a version' >&2; echo noise >&2; exit 1\n", "Could not find a version"),
        ("exit 1\n", "gave no reason"),
        ("exit 0\n", "cannot be fetched"),
    ],
)
def test_what_pip_cannot_do_is_told(pip: Path, tmp_path: Path, does: str, words: str) -> None:
    pip.write_text(does)
    with pytest.raises(SitewatchError, match=words) as caught:
        demo.series_file(tmp_path / "data")
    assert "--series" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "data").exists()


def test_a_damaged_series_is_refused(pip: Path, tmp_path: Path) -> None:
    pip.write_text(TAKES.format(wheel=wheel(tmp_path, CONTENT)))
    with pytest.raises(SitewatchError, match="damaged"):
        demo.series_file(tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_a_given_file_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = tmp_path / "given.nc"
    with pytest.raises(SceneError, match="is no file"):
        demo.series_file(tmp_path / "data", given)
    given.write_bytes(CONTENT)
    with pytest.raises(SceneError, match="not the series of the demo"):
        demo.series_file(tmp_path / "data", given)
    monkeypatch.setattr(demo, "SERIES_SHA256", hashlib.sha256(CONTENT).hexdigest())
    assert demo.series_file(tmp_path / "data", given) == given


def test_both_cases_with_the_whole_chain_in_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which images go into which case, and what is said; the chain itself is replaced."""
    from sitewatch.app.run import Ran
    from sitewatch.app.scenes import Added
    from sitewatch.case import Case

    done: list[tuple[str, Path]] = []
    papers = []

    def add(case: Case, paths: list[Path], **_: object) -> Added:
        done.append((case.site().name, paths[0]))
        return Added(case.site().name, (), (), {}, {}, {})

    def run(case: Case, *, until: str, **_: object) -> Ran:
        done.append((until, case.path))
        return Ran((), 3, (case.out / "report.html",))

    series = tmp_path / "series.nc"
    series.write_bytes(CONTENT)
    monkeypatch.setattr(demo, "SERIES_SHA256", hashlib.sha256(CONTENT).hexdigest())
    monkeypatch.setattr(demo, "add_scenes", add)
    monkeypatch.setattr(demo, "run", run)
    monkeypatch.setattr(demo, "add_papers", lambda case, _: papers.append(("added", case.path.name)))
    monkeypatch.setattr(demo, "judge_by_hand", lambda case, _: papers.append(("judged", case.path.name)))
    monkeypatch.setattr(demo, "simulate", lambda name, out, **_: out.mkdir())
    Case.create(tmp_path / "demo" / "forest-edge")
    demo.add_site(
        Case.open(tmp_path / "demo" / "forest-edge"), demo.REAL_SITE, demo.aoi_from_point(25, 45, 500)
    )
    lines: list[str] = []
    real, simulated = demo.demo(tmp_path / "demo", series=series, tell=lines.append)
    folder = tmp_path / "demo"
    assert done == [
        (demo.REAL_SITE, series),
        ("report", folder / "forest-edge"),
        (demo.SIMULATED_SITE, folder / "factory-scenes"),
        ("claims", folder / "factory"),
        ("report", folder / "factory"),
    ]
    assert papers == [("added", "factory"), ("judged", "factory")], "the real case has no documents"
    assert "imulated" in simulated.title
    assert "imulated" not in real.title
    assert any("no real place" in line for line in lines)

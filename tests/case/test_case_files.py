"""Files are there in full or not at all."""

import errno
import os
from pathlib import Path

import pytest

from sitewatch.case import files
from sitewatch.errors import CaseError


def test_text_and_bytes_are_written(tmp_path: Path) -> None:
    assert files.write(tmp_path / "new" / "a.txt", "ä").read_bytes() == "ä".encode()
    assert files.write(tmp_path / "new" / "a.txt", b"\x00").read_bytes() == b"\x00"
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["a.txt"]


def test_results_have_the_usual_mode(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("x")
    assert files.write(tmp_path / "a", "x").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    path = files.write(tmp_path / "a.txt", "old")

    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, call, full)
    with pytest.raises(CaseError, match="no space left on the disk") as caught:
        files.write(path, "new")
    assert "\n" not in str(caught.value)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_file_where_a_folder_should_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(CaseError, match=r"cannot write .*a\.txt"):
        files.write(tmp_path / "out" / "a.txt", "x")


def test_a_copy_of_what_is_not_there_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="No such file"):
        files.copy(tmp_path / "nothing", tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


def test_hash_of_known_content(tmp_path: Path) -> None:
    # FIPS 180-2, the example "abc".
    path = files.write(tmp_path / "a", b"abc")
    assert files.sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

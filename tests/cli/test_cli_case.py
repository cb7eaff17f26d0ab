"""init, site and scenes as a user types them; bad input is one line, and the case is unharmed."""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.errors import NotGeoreferencedWarning

from sitewatch.cli import main


@pytest.fixture
def sitewatch(capsys: pytest.CaptureFixture[str]) -> "Caller":
    return Caller(capsys)


class Caller:
    """Calls the program and gives exit code, standard output and standard error."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *args: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main.main([str(a) for a in args], prog_name="sitewatch")
        out, err = self._capsys.readouterr()
        return int(caught.value.code or 0), out, err


@pytest.fixture
def case(sitewatch: Caller, tmp_path: Path) -> Path:
    path = tmp_path / "case"
    assert sitewatch("init", path)[0] == 0
    return path


def geotiff(path: Path, *, crs: str | None = "EPSG:32635", x: float = 500_000) -> Path:
    place = {"crs": crs, "transform": Affine(10, 0, x, 0, -10, 5_000_000)} if crs else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)  # that is what is asked for
        with rasterio.open(
            path, "w", driver="GTiff", width=16, height=16, count=1, dtype="uint8", **place
        ) as file:
            file.write(np.arange(256, dtype=np.uint8).reshape(1, 16, 16))
    return path


def test_from_nothing_to_scenes(sitewatch: Caller, case: Path, tmp_path: Path) -> None:
    code, out, err = sitewatch(
        "site", "add", case, "--name", "hall", "--point", 27.0, 45.15, "--radius", 2000
    )
    assert (code, err) == (0, "")
    assert "next: sitewatch scenes add" in out
    image = geotiff(tmp_path / "20200101.tif")
    code, out, err = sitewatch(
        "scenes", "add", case, image, "--credit", "Image: a provider", "--publish", "none", "--json"
    )
    assert (code, err) == (0, "")
    (scene,) = json.loads(out)["new"]
    assert "0 new scenes, 1 known" in sitewatch("scenes", "add", case, image)[1]

    checked = json.loads(sitewatch("scenes", "check", case, "--json")[1])
    assert [s["id"] for s in checked["scenes"]] == [scene]
    assert checked["scenes"][0]["wrong"] == []
    assert "nothing that is stated" in sitewatch("scenes", "check", case)[1]
    listed = json.loads(sitewatch("scenes", "list", case, "--json")[1])
    assert [s["id"] for s in listed["scenes"]] == [scene]
    assert listed["scenes"][0]["date"] == "2020-01-01"
    assert listed["scenes"][0]["date_source"] == "filename"
    assert listed["scenes"][0]["credit_line"] == "Image: a provider"
    assert listed["scenes"][0]["publish"] == "none"
    assert "2020-01-01 (filename)" in sitewatch("scenes", "list", case)[1]
    assert json.loads(sitewatch("site", "list", case, "--json")[1])["sites"][0]["scenes"] == 1
    assert sitewatch("scenes", "remove", case, scene)[0] == 0
    assert "no scene yet" in sitewatch("scenes", "list", case)[1]


@pytest.mark.parametrize(
    "area",
    [
        [],
        ["--bbox", 1, 2, 3, 4, "--point", 1, 2, "--radius", 3],
        ["--point", 1, 2],
        ["--radius", 3],
        ["--bbox", 3, 2, 1, 4],
        ["--bbox", 1, 2, 3],
    ],
)
def test_a_wrong_area_is_wrong_usage(sitewatch: Caller, case: Path, area: list[object]) -> None:
    code, out, err = sitewatch("site", "add", case, "--name", "hall", *area)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "no site yet" in sitewatch("site", "list", case)[1]


def test_an_area_from_a_file(sitewatch: Caller, case: Path, tmp_path: Path) -> None:
    aoi = tmp_path / "aoi.geojson"
    aoi.write_text('{"type": "Polygon", "coordinates": [[[1,2],[3,2],[3,4],[1,4],[1,2]]]}')
    code, out, _ = sitewatch("site", "add", case, "--name", "hall", "--aoi", aoi, "--json")
    assert (code, json.loads(out)) == (0, {"site": "hall", "bbox": [1, 2, 3, 4]})
    code, _, err = sitewatch("site", "add", case, "--name", "other", "--aoi", tmp_path / "nothing")
    assert (code, err.count("\n")) == (1, 1)


def test_scenes_need_a_site(sitewatch: Caller, case: Path, tmp_path: Path) -> None:
    code, _, err = sitewatch("scenes", "add", case, geotiff(tmp_path / "20200101.tif"))
    assert code == 2
    assert "no site yet; add one first: `sitewatch site add" in err


def bad_inputs(folder: Path) -> dict[str, list[object]]:
    """What people offer by mistake, with the options that they give."""
    sound = geotiff(folder / "sound.tif").read_bytes()
    (folder / "empty.tif").write_bytes(b"")
    (folder / "20200101_cut.tif").write_bytes(sound[: len(sound) // 2])
    (folder / "20200101_page.tif").write_text("<!DOCTYPE html><html><body>404</body></html>")
    (folder / "notes.txt").write_text("nothing to see here")
    (folder / "without").mkdir()
    (folder / "without" / "notes.txt").write_text("nothing to see here")
    return {
        "empty file": [folder / "empty.tif"],
        "truncated TIFF": [folder / "20200101_cut.tif"],
        "HTML named .tif": [folder / "20200101_page.tif"],
        "no CRS": [geotiff(folder / "20200101_nocrs.tif", crs=None)],
        "no date": [folder / "sound.tif"],
        "another place": [geotiff(folder / "20200101_far.tif", x=700_000)],
        "text file": [folder / "notes.txt"],
        "folder without images": [folder / "without"],
        "nothing there": [folder / "nothing.tif"],
        "date that is none": [folder / "sound.tif", "--date", "yesterday"],
        "no metres": [folder / "sound.tif", "--gsd", "0"],
    }


@pytest.mark.parametrize(
    ("what", "expected"),
    {
        "empty file": 1,
        "truncated TIFF": 1,
        "HTML named .tif": 1,
        "no CRS": 1,
        "no date": 1,
        "another place": 1,
        "text file": 1,
        "folder without images": 1,
        "nothing there": 2,
        "date that is none": 2,
        "no metres": 2,
    }.items(),
)
def test_bad_input_is_one_line_and_harms_nothing(
    sitewatch: Caller, case: Path, tmp_path: Path, what: str, expected: int
) -> None:
    sitewatch("site", "add", case, "--name", "hall", "--bbox", 26.99, 45.13, 27.01, 45.16)
    args = bad_inputs(tmp_path)[what]
    before = (case / "case.sqlite").read_bytes()
    code, _, err = sitewatch("scenes", "add", case, *args)
    assert code == expected, err
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert (case / "case.sqlite").read_bytes() == before


def test_a_good_file_is_kept_beside_a_bad_one(sitewatch: Caller, case: Path, tmp_path: Path) -> None:
    sitewatch("site", "add", case, "--name", "hall", "--bbox", 26.99, 45.13, 27.01, 45.16)
    (tmp_path / "bad.tif").write_bytes(b"")
    good = geotiff(tmp_path / "20200101.tif")
    code, out, err = sitewatch("scenes", "add", case, tmp_path / "bad.tif", good)
    assert code == 1
    assert "1 new scenes" in out
    assert "bad.tif" in err


@pytest.mark.parametrize(
    "args",
    [
        ["scenes", "list"],
        ["site", "list"],
        ["scenes", "add", "CASE", "a.tif"],
        ["scenes", "remove", "CASE", "a"],
    ],
)
def test_what_is_not_a_case_is_one_line(sitewatch: Caller, tmp_path: Path, args: list[str]) -> None:
    given = [str(tmp_path) if a == "CASE" else a for a in args]
    code, _, err = sitewatch(*given, *([] if "CASE" in args else [tmp_path]))
    assert (code, err.count("\n")) == (1, 1)
    assert "is not a case; make one with `sitewatch init" in err


def test_a_damaged_case_is_one_line(sitewatch: Caller, case: Path) -> None:
    (case / "case.sqlite").write_bytes(b"x" * 5000)
    code, _, err = sitewatch("scenes", "list", case)
    assert (code, err.count("\n")) == (1, 1)
    assert "is damaged" in err

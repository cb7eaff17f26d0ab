"""`sitewatch compare`, from the command line to its files."""

import json
import re
import warnings
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import rasterio
from affine import Affine
from rasterio.errors import NotGeoreferencedWarning
from rasterio.warp import Resampling, reproject
from shapely import Point
from shapely.geometry import shape

from sitewatch.cli import main

UTM = "EPSG:32652"
ORIGIN = Affine(0.5, 0, 554400, 0, -0.5, 4419600)
ROOF = (150, 120, 200, 160)
"""Columns and rows of the new roof: left, top, right, bottom."""
FIELDS = {
    "id", "site", "kind", "label", "label_source", "parent", "phase", "gap_start", "gap_end", "not_before",
    "not_after", "probability", "area_m2", "area_m2_low", "area_m2_high", "detector",
    "scenes", "origin", "review",
}  # fmt: skip


def village(*, built: bool, seed: int = 0, size: int = 400) -> npt.NDArray[np.uint8]:
    """(3, h, w) 8-bit picture with old houses: one ground for any `built`, other noise for any seed."""
    rng = np.random.default_rng(99)
    ground = cv2.GaussianBlur(rng.normal(size=(size, size)).astype(np.float32), (0, 0), 2)
    ground = 90 + 14 * ground / ground.std()
    for _ in range(45):
        corner = rng.uniform(0, size - 30, 2).astype(int)
        end = corner + rng.uniform(10, 28, 2).astype(int)
        if (corner < (215, 175)).all() and (end > (135, 105)).all():
            continue  # the plot that is built on later
        cv2.rectangle(ground, corner.tolist(), end.tolist(), float(rng.uniform(30, 230)), -1)
    if built:
        left, top, right, bottom = ROOF
        cv2.rectangle(ground, (left, bottom), (right, bottom + 7), 25, -1)
        cv2.rectangle(ground, (left, top), (right, bottom), 215, -1)
    noise = np.random.default_rng(seed).normal(scale=2, size=(3, size, size))
    return np.clip(ground * np.array([1, 0.95, 0.9])[:, None, None] + noise, 1, 255).astype(np.uint8)


def tif(path: Path, image: npt.NDArray[Any], *, crs: str = UTM, transform: Affine = ORIGIN) -> Path:
    bands, rows, cols = image.shape
    profile = {"width": cols, "height": rows, "count": bands, "dtype": image.dtype, "crs": crs}
    with rasterio.open(path, "w", driver="GTiff", transform=transform, **profile) as file:
        file.write(image)
    return path


def png(path: Path, image: npt.NDArray[np.uint8]) -> Path:
    assert cv2.imwrite(str(path), np.ascontiguousarray(image[::-1].transpose(1, 2, 0)))
    return path


def ended(capsys: pytest.CaptureFixture[str], *args: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as caught:
        main.main(["compare", *map(str, args)], prog_name="sitewatch")
    out, err = capsys.readouterr()
    return int(caught.value.code or 0), out, err


def changes(out: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((out / "changes.geojson").read_text())
    return loaded


def on_roof(out: Path) -> list[dict[str, Any]]:
    """Features of a comparison in pixels that cover the middle of the roof."""
    middle = Point((ROOF[0] + ROOF[2]) / 2, (ROOF[1] + ROOF[3]) / 2)
    return [f for f in changes(out)["features"] if shape(f["geometry"]).contains(middle)]


def test_two_geotiffs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = tif(tmp_path / "a_2019-10-02.tif", village(built=False, seed=1))
    after = tif(tmp_path / "b_2020-05.tif", village(built=True, seed=2))
    out = tmp_path / "out"
    code, text, err = ended(capsys, before, after, "-o", out, "--json")
    assert (code, err) == (0, "")
    assert json.loads(text)["changes"]["appeared"] == 1
    document = changes(out)
    assert "crs" not in document
    (feature,) = document["features"]
    told = feature["properties"]
    assert set(told) >= FIELDS
    assert told["kind"] == "appeared"
    assert (told["gap_start"], told["gap_end"]) == ("2019-10-02", "2020-05-31")
    lon, lat = np.array(feature["geometry"]["coordinates"][0]).mean(axis=0)
    assert lon == pytest.approx(129.637, abs=0.002)
    assert lat == pytest.approx(39.925, abs=0.002)
    assert told["area_m2_low"] <= 51 * 41 * 0.25 <= told["area_m2_high"]
    with rasterio.open(out / "change.tif") as file:
        assert (file.crs.to_string(), file.transform, file.shape) == (UTM, ORIGIN, (400, 400))
        score = file.read(1)
    assert score[125:155, 155:195].max() > 1
    page = (out / "report.html").read_text()
    for words in ("What two images cannot carry", "2019-10-02", "2020-05", "appeared"):
        assert words in page
    assert not re.search(r'(?:src|href)="(?!data:|#)', page)  # self-contained
    assert (out / "before_after.png").stat().st_size > 10_000


def test_another_crs_and_a_shift(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """AFTER in degrees, and 3 columns off: brought to BEFORE's grid, the shift measured and taken out."""
    image = village(built=True, seed=4)
    degrees = np.zeros((3, 460, 460), np.uint8)
    to = Affine(5.2e-6, 0, 129.6364, 0, -4.6e-6, 39.9249)
    shifted = ORIGIN @ Affine.translation(3, 0)
    reproject(
        image, degrees, src_transform=shifted, src_crs=UTM, dst_transform=to, dst_crs="EPSG:4326",
        resampling=Resampling.cubic,
    )  # fmt: skip
    before = tif(tmp_path / "a.tif", village(built=False, seed=3))
    after = tif(tmp_path / "b.tif", degrees, crs="EPSG:4326", transform=to)
    code, text, _ = ended(capsys, before, after, "-o", tmp_path / "out")
    assert code == 0
    shift = re.search(r"AFTER lay ([+-][\d.]+) columns and ([+-][\d.]+) rows", text)
    assert shift is not None
    assert float(shift[1]) == pytest.approx(3, abs=0.3)
    assert float(shift[2]) == pytest.approx(0, abs=0.3)
    assert "appeared" in {f["properties"]["kind"] for f in changes(tmp_path / "out")["features"]}
    assert "date unknown" in text
    assert changes(tmp_path / "out")["features"][0]["properties"]["gap_start"] is None


def test_a_turned_screenshot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Pixel coordinates of BEFORE, `crs` null; areas only with --gsd."""
    turn = cv2.getRotationMatrix2D((200, 200), 30, 0.95)
    after = np.stack([cv2.warpAffine(b, turn, (400, 400)) for b in village(built=True, seed=6)])
    before, after_path = png(tmp_path / "a.png", village(built=False, seed=5)), png(tmp_path / "b.png", after)
    for extra, known in (((), False), (("--gsd", "0.5"), True)):
        out = tmp_path / f"out{known}"
        code, text, _ = ended(capsys, before, after_path, "-o", out, *extra)
        assert code == 0
        assert changes(out)["crs"] is None
        (feature,) = on_roof(out)
        told = feature["properties"]
        assert told["kind"] == "appeared"
        if known:
            assert told["area_m2_low"] <= 51 * 41 * 0.25 <= told["area_m2_high"]
        else:
            assert (told["area_m2"], told["area_m2_low"], told["area_m2_high"]) == (None, None, None)
            assert "--gsd" in text
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(out / "change.tif") as file:
                assert file.crs is None
                assert file.shape == (400, 400)


@pytest.mark.parametrize("bands", [1, 4])
def test_other_bands(tmp_path: Path, capsys: pytest.CaptureFixture[str], bands: int) -> None:
    """Grey against colour, four bands against three: what both have is compared."""
    image = village(built=True, seed=8)
    given = image[:1] if bands == 1 else np.concatenate([image, image[:1] // 2])
    before, after = tif(tmp_path / "a.tif", village(built=False, seed=7)), tif(tmp_path / "b.tif", given)
    code, _, _ = ended(capsys, before, after, "-o", tmp_path / "out")
    assert code == 0
    assert "appeared" in {f["properties"]["kind"] for f in changes(tmp_path / "out")["features"]}


def test_coarser_after(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """2 m against 0.5 m: compared at 2 m, and the sharper image is no change."""
    fine = village(built=False, seed=9)
    coarse = fine.reshape(3, 100, 4, 100, 4).mean(axis=(2, 4)).astype(np.uint8)
    before = tif(tmp_path / "a.tif", fine)
    after = tif(tmp_path / "b.tif", coarse, transform=ORIGIN @ Affine.scale(4))
    code, text, _ = ended(capsys, before, after, "-o", tmp_path / "out", "--json")
    assert code == 0
    assert json.loads(text)["changes"]["appeared"] == 0
    assert changes(tmp_path / "out")["comparison"]["pixel_m"] == pytest.approx(2)


def test_already_aligned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = (
        png(tmp_path / "a.png", village(built=False, seed=1)),
        png(tmp_path / "b.png", village(built=True)),
    )
    code, text, _ = ended(capsys, before, after, "-o", tmp_path / "out", "--aligned")
    assert code == 0
    assert "pixel by pixel" in text
    assert len(on_roof(tmp_path / "out")) == 1


def _rubbish(folder: Path) -> dict[str, Path]:
    whole = tif(folder / "whole.tif", village(built=True))
    files = {n: folder / f"{n}.tif" for n in ("empty", "truncated", "html", "text")}
    files["empty"].write_bytes(b"")
    files["truncated"].write_bytes(whole.read_bytes()[:200_000])
    files["html"].write_text("<!doctype html><html><body>Sign in</body></html>")
    files["text"] = folder / "notes.txt"
    files["text"].write_text("nothing to see\n")
    files["missing"] = folder / "missing.tif"
    files["folder"] = folder / "empty_folder"
    files["folder"].mkdir()
    files["flat"] = png(folder / "flat.png", np.full((3, 400, 400), 80, np.uint8))
    files["elsewhere"] = tif(
        folder / "far.tif", village(built=True), transform=ORIGIN @ Affine.translation(9e4, 0)
    )
    return files


@pytest.mark.parametrize(
    "name", ["empty", "truncated", "html", "text", "missing", "folder", "flat", "elsewhere"]
)
def test_rubbish_ends_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    bad = _rubbish(tmp_path)[name]
    good = tif(tmp_path / "good.tif", village(built=False))
    for pair in ((good, bad), (bad, good)):
        code, out, err = ended(capsys, *pair, "-o", tmp_path / "out")
        assert code in (1, 2)
        assert out == ""
        assert err.startswith("error: ")
        assert err.count("\n") == 1
        assert "Traceback" not in err
    assert not (tmp_path / "out").exists()


def test_screenshots_of_different_places(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    noise = cv2.GaussianBlur(np.random.default_rng(1).normal(size=(400, 400)), (0, 0), 2)
    other = np.clip(100 + 300 * noise, 0, 255).astype(np.uint8)
    a, b = png(tmp_path / "a.png", village(built=False)), png(tmp_path / "b.png", np.stack([other] * 3))
    code, _, err = ended(capsys, a, b, "-o", tmp_path / "out")
    assert code == 1
    assert "do not match" in err
    assert "--aligned" in err


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("a.tif", "-o", "out"), "AFTER"),
        (("a.tif", "b.tif"), "--out"),
        (("a.tif", "a.tif", "-o", "out"), "same image"),
        (("a.tif", "b.tif", "-o", "a.tif"), "is a file"),
        (("a.tif", "b.tif", "-o", "out", "--gsd", "-1"), "--gsd"),
        (("a.tif", "b.tif", "-o", "out", "--date-before", "soon"), "soon"),
        (("a.tif", "b.tif", "-o", "out", "--date-before", "2020", "--date-after", "2010"), "swap"),
    ],
)
def test_wrong_use(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    args: tuple[str, ...],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    tif(Path("a.tif"), village(built=False))
    tif(Path("b.tif"), village(built=True))
    code, _, err = ended(capsys, *args)
    assert code == 2
    assert words in err
    assert err.count("\n") == 1


@pytest.mark.slow
def test_joplin_in_two_crs(tmp_path: Path, capsys: pytest.CaptureFixture[str], shared_data: Path) -> None:
    """Town blocks razed by a tornado; pre in UTM, post in degrees: most of what is outlined was removed."""
    folder = shared_data / "joplin_geotiff" / "input"
    code, text, _ = ended(
        capsys, folder / "pre" / "tile_337-10160.tif", folder / "post" / "tile_31500-6161.tif",
        "-o", tmp_path, "--date-before", "2010", "--date-after", "2011-05", "--json",
    )  # fmt: skip
    assert code == 0
    counts = json.loads(text)["changes"]
    assert counts["removed"] > 30
    assert counts["removed"] > 1.5 * counts["appeared"]


def test_the_error_of_the_scale_widens_areas(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pixel size of 0.5 m known to 6 %, and an edge of 42 m along the roof of 50 pixels."""
    before, after = (
        png(tmp_path / "a.png", village(built=False, seed=1)),
        png(tmp_path / "b.png", village(built=True, seed=2)),
    )
    told = {}
    for name, scale in {
        "exact": ("--gsd", "0.5"),
        "unsure": ("--gsd", "0.5", "--gsd-sigma", "0.03"),
        "edge": ("--known", *ROOF[:2], ROOF[2], ROOF[1], 25, 0.2),
    }.items():
        code, text, _ = ended(capsys, before, after, "-o", tmp_path / name, "--aligned", *map(str, scale))
        assert code == 0, text
        assert "scale: 0.5 m" in text
        told[name] = on_roof(tmp_path / name)[0]["properties"]
    exact, unsure = told["exact"], told["unsure"]
    assert unsure["area_m2"] == exact["area_m2"] == told["edge"]["area_m2"]
    half = np.hypot(np.log(exact["area_m2_high"] / exact["area_m2"]), 1.645 * 2 * 0.06)
    assert np.log(unsure["area_m2_high"] / unsure["area_m2"]) == pytest.approx(half, rel=5e-3)
    assert exact["area_m2_low"] > told["edge"]["area_m2_low"] > unsure["area_m2_low"]
    assert "--gsd-sigma 0.03" in (tmp_path / "unsure" / "report.html").read_text()


def test_two_scales_are_one_too_many(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = (
        png(tmp_path / "a.png", village(built=False)),
        png(tmp_path / "b.png", village(built=True)),
    )
    known = ("--known", "0", "0", "50", "0", "25", "1")
    for scale in (("--gsd", "0.5", *known), ("--gsd-sigma", "0.1"), ("--gsd", "0.5", "--gsd-sigma", "0.7")):
        code, _, err = ended(capsys, before, after, "-o", tmp_path / "out", *scale)
        assert (code, err.count("\n")) == (2, 1)
        assert "expected" in err

"""Damaged and hostile files: one line each, before any pixel."""

import struct
import zlib
from pathlib import Path

import h5py
import numpy as np
import pytest
from scenefiles import ramp, write_tif

from sitewatch.errors import SceneError, UsageError
from sitewatch.imagery.open import open_path
from sitewatch.imagery.read import read

SECRET = "root:x:0:0"


def open_and_read(path: Path) -> None:
    for scene in open_path(path, date="2020-01-01").scenes:
        read(scene)


def refused(path: Path) -> str:
    """The line that opening and reading `path` ends with."""
    with pytest.raises(SceneError) as caught:
        open_and_read(path)
    line = str(caught.value)
    assert "\n" not in line
    assert path.name in line
    return line


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "web page"),
        (b"  \n<html><body>Please log in</body></html>", "web page"),
        (b"<VRTDataset rasterXSize='1' rasterYSize='1'/>", "VRT"),
        (b"just a note, not an image\n", "text file"),
        (b"PK\x03\x04" + b"\0" * 40, "unpack"),
        (b"%PDF-1.7\n\x00\xff", "PDF"),
        (b"\x00\x01\x02\x03" * 50, "not a kind of image"),
        (b"II*\0", "cut off"),
        (b"II*\0\x08\0\0\0", "cut off"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 30, "truncated"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 30, "truncated"),
        (b"\x89HDF\r\n\x1a\n" + b"\0" * 30, "netCDF or HDF5"),
    ],
)
def test_not_an_image(tmp_path: Path, content: bytes, word: str) -> None:
    path = tmp_path / "scene.tif"
    path.write_bytes(content)
    assert word in refused(path)


@pytest.mark.parametrize(
    "options", [{}, {"compress": "deflate"}, {"tiled": True, "blockxsize": 16, "blockysize": 16}]
)
@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.999])
def test_every_truncation_is_refused(tmp_path: Path, options: dict[str, object], keep: float) -> None:
    noise = np.random.default_rng(0).integers(1, 60000, (3, 80, 70)).astype(np.uint16)
    path = write_tif(tmp_path / "whole.tif", noise, **options)
    assert open_path(path, date="2020").scenes
    cut = tmp_path / "cut.tif"
    cut.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    refused(cut)


@pytest.mark.parametrize("driver", ["PNG", "JPEG", "JP2OpenJPEG"])
def test_truncated_pictures(tmp_path: Path, driver: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (3, 80, 70)).astype(np.uint8)
    path = write_tif(tmp_path / "whole.img", noise, crs=None, driver=driver)
    assert open_path(path, date="2020").scenes
    for keep in (0.3, 0.9):
        cut = tmp_path / "cut.img"
        cut.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
        refused(cut)


def test_damage_in_the_middle_is_no_grey_area(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (3, 80, 70)).astype(np.uint8)
    path = write_tif(tmp_path / "a.jpg", noise, crs=None, driver="JPEG")
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : -40] = b""  # the end mark stays
    path.write_bytes(content)
    refused(path)


def test_vrt_named_tif_reads_nothing_else(tmp_path: Path) -> None:
    target = write_tif(tmp_path / "secret.tif", ramp(1))
    vrt = tmp_path / "scene.tif"
    vrt.write_text(
        '<VRTDataset rasterXSize="5" rasterYSize="6"><VRTRasterBand dataType="UInt16" band="1"><SimpleSource>'
        f"<SourceFilename>{target}</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"
    )
    assert "VRT" in refused(vrt)


def test_vrt_as_mask_beside_the_image(tmp_path: Path) -> None:
    path = write_tif(tmp_path / "scene.tif", ramp(1))
    (tmp_path / "scene.tif.msk").write_text('<VRTDataset rasterXSize="5" rasterYSize="6"/>')
    assert "scene.tif.msk" in refused(path)


def test_decompression_bomb(tmp_path: Path) -> None:
    side = 20_000
    rows = zlib.compress(b"\0" * 10_000_000, 9)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)),
        (b"IDAT", rows[:5000]),
        (b"IEND", b""),
    ]
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks
    )
    path = tmp_path / "bomb.png"
    path.write_bytes(bomb)
    assert "declares 400 MB" in refused(path)


def test_netcdf_that_points_elsewhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    path = tmp_path / "series.nc"
    with h5py.File(path, "w") as file:
        file.create_dataset("B2", shape=(10,), dtype="u1", external=[(str(secret), 0, 10)])
    assert "another file" in refused(path)
    linked = tmp_path / "linked.nc"
    with h5py.File(linked, "w") as file:
        file["B2"] = h5py.ExternalLink(str(path), "B2")
    assert "another file" in refused(linked)


def test_missing_path_and_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        open_path(tmp_path / "nothing.tif")
    with pytest.raises(SceneError, match="no images"):
        open_path(tmp_path)


def test_one_bad_file_does_not_stop_the_folder(tmp_path: Path) -> None:
    write_tif(tmp_path / "2020-01-01.tif", ramp(1))
    (tmp_path / "2020-02-01.tif").write_bytes(b"<html></html>")
    opened = open_path(tmp_path)
    assert len(opened.scenes) == 1
    ((path, reason),) = opened.refused
    assert path.endswith("2020-02-01.tif")
    assert reason.startswith("a web page")

"""Sentinel-2 SAFE folders, written as ESA's product specification lays them out."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from affine import Affine
from scenefiles import write_tif

from sitewatch.errors import SceneError
from sitewatch.imagery.open import open_path
from sitewatch.imagery.read import read
from sitewatch.types import DatePrecision, MaskClass

GRANULE = "GRANULE/L2A_T34UCF_A033753_20230823T095553"
NAME = "T34UCF_20230823T095559"
TEN = Affine(10, 0, 300000, 0, -10, 6100020)


def write_safe(
    folder: Path,
    *,
    level: str = "2A",
    baseline: str = "05.09",
    offset: int | None = -1000,
    counts: npt.NDArray[np.uint16] | None = None,
    scl: npt.NDArray[np.uint8] | None = None,
) -> Path:
    """A product of 40 x 40 pixels at 10 m; returns its folder."""
    rng = np.random.default_rng(1)
    root = folder / f"S2B_MSIL{level}_20230823T095559_N0509_R122_T34UCF_20230823T124759.SAFE"
    counts = rng.integers(1100, 4000, (4, 40, 40)).astype(np.uint16) if counts is None else counts
    names = []
    for band, values in zip(("B02", "B03", "B04", "B08"), counts, strict=True):
        name = (
            f"{GRANULE}/IMG_DATA/R10m/{NAME}_{band}_10m"
            if level == "2A"
            else f"{GRANULE}/IMG_DATA/{NAME}_{band}"
        )
        write_jp2(root / f"{name}.jp2", values, TEN)
        names.append(name)
    if level == "2A":
        coarse = np.full((20, 20), 4, np.uint8) if scl is None else scl
        name = f"{GRANULE}/IMG_DATA/R20m/{NAME}_SCL_20m"
        write_jp2(root / f"{name}.jp2", coarse, TEN @ Affine.scale(2))
        names += [name, f"{GRANULE}/IMG_DATA/R20m/{NAME}_B02_20m"]
    quantity = "BOA_QUANTIFICATION_VALUE" if level == "2A" else "QUANTIFICATION_VALUE"
    add = "BOA_ADD_OFFSET" if level == "2A" else "RADIO_ADD_OFFSET"
    offsets = (
        "".join(f'<{add} band_id="{i}">{offset}</{add}>' for i in range(13)) if offset is not None else ""
    )
    images = "".join(f"<IMAGE_FILE>{n}</IMAGE_FILE>" for n in names)
    (root / f"MTD_MSIL{level}.xml").write_text(
        '<n1:P xmlns:n1="urn:s2"><n1:General_Info>'
        "<PRODUCT_START_TIME>2023-08-23T09:55:59.024Z</PRODUCT_START_TIME>"
        f"<PROCESSING_BASELINE>{baseline}</PROCESSING_BASELINE><Granule_List><Granule>{images}</Granule>"
        f'</Granule_List><{quantity} unit="none">10000</{quantity}>{offsets}</n1:General_Info></n1:P>'
    )
    (root / GRANULE / "MTD_TL.xml").write_text(
        '<n1:T xmlns:n1="urn:s2"><SENSING_TIME>2023-08-23T10:05:35.271949Z</SENSING_TIME><Mean_Sun_Angle>'
        "<ZENITH_ANGLE>43.9</ZENITH_ANGLE><AZIMUTH_ANGLE>165.0</AZIMUTH_ANGLE></Mean_Sun_Angle>"
        '<Mean_Viewing_Incidence_Angle bandId="3"><ZENITH_ANGLE>10</ZENITH_ANGLE><AZIMUTH_ANGLE>104.5'
        "</AZIMUTH_ANGLE></Mean_Viewing_Incidence_Angle></n1:T>"
    )
    return root


def write_jp2(path: Path, values: npt.NDArray[np.generic], transform: Affine) -> None:
    write_tif(
        path, values[np.newaxis], crs="EPSG:32634", transform=transform, driver="JP2OpenJPEG", QUALITY="100",
        REVERSIBLE="YES",
    )  # fmt: skip


def test_level_2a(tmp_path: Path) -> None:
    scl = np.full((20, 20), 4, np.uint8)
    scl[0, 0], scl[19, 19] = 9, 0
    counts = np.random.default_rng(1).integers(1100, 4000, (4, 40, 40)).astype(np.uint16)
    root = write_safe(tmp_path, scl=scl, counts=counts)
    (scene,) = open_path(tmp_path).scenes
    assert scene.acquired == datetime(2023, 8, 23, 10, 5, 35, 271949, tzinfo=UTC)
    assert scene.date_precision is DatePrecision.SECOND
    assert (scene.sensor, scene.units, scene.gsd_m, scene.nodata) == ("sentinel2", "reflectance", 10, 0)
    assert scene.band_names == ("blue", "green", "red", "nir")
    assert (scene.sun_elevation, scene.sun_azimuth) == (pytest.approx(46.1), 165)
    # 10 degrees on the ground are asin(6371 / 7157 sin 10) = 8.89 degrees at a satellite 786 km up.
    assert scene.view_angle == pytest.approx(8.893, abs=1e-3)
    assert "Copernicus" in str(scene.licence.credit_line)
    pixels = read(scene)
    for values, raw in zip(pixels.bands.values(), counts, strict=True):
        seen = pixels.observed
        np.testing.assert_allclose(values[seen], (raw[seen] - 1000.0) / 10000, atol=1e-6)
    assert (pixels.mask_class[:2, :2] == MaskClass.CLOUD).all()
    assert not pixels.observed[38:, 38:].any()
    assert pixels.observed.sum() == 1600 - 4
    for way in (root, root / "MTD_MSIL2A.xml"):
        assert open_path(way).scenes == (scene,)


@pytest.mark.parametrize(
    ("stated", "darkest", "expected", "told"),
    [
        (("02.12", None), 200, 0.0, False),
        (("05.09", -1000), 1100, -0.1, False),
        (("05.09", None), 1100, -0.1, True),  # baseline alone decides
        (("05.09", -1000), 200, 0.0, True),  # already subtracted: the histogram decides
    ],
)
def test_offset(
    tmp_path: Path, stated: tuple[str, int | None], darkest: int, expected: float, told: bool
) -> None:
    counts = np.random.default_rng(1).integers(darkest, darkest + 2000, (4, 40, 40)).astype(np.uint16)
    (scene,) = open_path(write_safe(tmp_path, baseline=stated[0], offset=stated[1], counts=counts)).scenes
    assert [b.offset for b in scene.bands] == pytest.approx([expected] * 4)
    assert any("offset" in note for note in scene.notes) is told


def test_level_1c(tmp_path: Path) -> None:
    (scene,) = open_path(write_safe(tmp_path, level="1C")).scenes
    assert (scene.units, scene.mask) == ("toa", None)
    assert any("no scene classification" in note for note in scene.notes)


def test_missing_image(tmp_path: Path) -> None:
    root = write_safe(tmp_path)
    (root / f"{GRANULE}/IMG_DATA/R10m/{NAME}_B08_10m.jp2").unlink()
    with pytest.raises(SceneError, match="10 m image of B08 is missing"):
        open_path(root)


def test_metadata_cannot_name_files_outside(tmp_path: Path) -> None:
    root = write_safe(tmp_path)
    write_jp2(tmp_path / "x_B08_10m.jp2", np.ones((40, 40), np.uint16), TEN)
    metadata = root / "MTD_MSIL2A.xml"
    metadata.write_text(
        metadata.read_text().replace(f"{GRANULE}/IMG_DATA/R10m/{NAME}_B08_10m", "../x_B08_10m")
    )
    with pytest.raises(SceneError, match="B08 is missing"):
        open_path(root)


def test_metadata_with_entities(tmp_path: Path) -> None:
    root = write_safe(tmp_path)
    (root / "MTD_MSIL2A.xml").write_text('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>')
    with pytest.raises(SceneError, match="not well-formed"):
        open_path(root)

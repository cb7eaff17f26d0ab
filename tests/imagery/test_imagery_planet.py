"""PlanetScope and SkySat deliveries."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from scenefiles import ramp, write_planet, write_tif

from sitewatch.errors import SceneError, UsageError
from sitewatch.imagery.open import open_path
from sitewatch.imagery.read import read
from sitewatch.types import DatePrecision, DateSource, Licence, Publish


def test_delivery(tmp_path: Path) -> None:
    image = write_planet(tmp_path)
    (scene,) = open_path(tmp_path).scenes
    assert scene.id.startswith("20240219T021000_planetscope_")
    assert scene.acquired == datetime(2024, 2, 19, 2, 10, 0, 123456, tzinfo=UTC)
    assert (scene.date_source, scene.date_precision) == (DateSource.METADATA, DatePrecision.SECOND)
    assert scene.band_names == ("blue", "green", "red", "nir")
    assert (scene.units, scene.nodata, scene.gsd_m) == ("reflectance", 0, 3)
    # Planet's sign of the view angle tells the side; off-nadir has none.
    angles = (scene.sun_azimuth, scene.sun_elevation, scene.view_angle, scene.view_azimuth)
    assert angles == (152.4, 36.2, 4.4, 98.7)
    assert [a.role for a in scene.assets] == ["data", "mask", "metadata"]
    assert scene.licence == Licence("Image © 2024 Planet Labs PBC", None, Publish.FIGURE)
    np.testing.assert_allclose(read(scene).bands["blue"].ravel()[:3], [1e-4, 2e-4, 3e-4])
    assert open_path(image).scenes == (scene,), "the image alone finds what lies beside it"


@pytest.mark.parametrize(
    ("product", "clip", "bands"),
    [
        ("3B_AnalyticMS_SR_harmonized", "_clip", 4),
        ("3B_AnalyticMS_SR_8b", "", 8),
        ("3B_AnalyticMS_SR_8b_harmonized", "_clip", 8),
        ("ortho_analytic_4b_sr", "", 4),
        ("3B_AnalyticMS_SR", "_clip_reproject", 4),
    ],
)
def test_product_names(tmp_path: Path, product: str, clip: str, bands: int) -> None:
    write_planet(tmp_path, data=ramp(bands), product=product, clip=clip)
    (scene,) = open_path(tmp_path).scenes
    assert scene.mask is not None
    assert scene.units == "reflectance"
    assert scene.band_names[-1] == "nir"
    assert len(scene.bands) == bands


def test_same_content_elsewhere_is_the_same_scene(tmp_path: Path) -> None:
    write_planet(tmp_path / "a")
    write_planet(tmp_path / "b" / "deep")
    first, second = open_path(tmp_path / "a").scenes, open_path(tmp_path / "b").scenes
    assert first[0].id == second[0].id
    both = open_path(tmp_path)
    assert [s.id for s in both.scenes] == [first[0].id]
    assert "same content" in both.refused[0][1]


def test_another_pixel_is_another_scene(tmp_path: Path) -> None:
    data = ramp()
    write_planet(tmp_path / "a", data=data)
    data[0, 0, 0] += 1
    write_planet(tmp_path / "b", data=data)
    assert len(open_path(tmp_path).scenes) == 2


def test_of_two_products_surface_reflectance_is_taken(tmp_path: Path) -> None:
    write_planet(tmp_path, data=ramp(8), product="3B_AnalyticMS_SR_8b")
    write_planet(tmp_path, product="3B_AnalyticMS")
    opened = open_path(tmp_path)
    assert [len(s.bands) for s in opened.scenes] == [8]
    assert "3B_AnalyticMS_SR_8b.tif is used" in opened.refused[0][1]


def test_ids_that_begin_alike_stay_apart(tmp_path: Path) -> None:
    write_planet(tmp_path, "20240219_021000_02_2402")
    write_planet(tmp_path, "20240219_021000_02_24", data=ramp() + 500)
    scenes = open_path(tmp_path).scenes
    assert len(scenes) == 2
    for scene in scenes:
        stems = {Path(a.path).name.split("_3B")[0].removesuffix("_metadata.json") for a in scene.assets}
        assert len(stems) == 1


def test_radiance_uses_the_coefficients(tmp_path: Path) -> None:
    write_planet(tmp_path, product="3B_AnalyticMS")
    item = "20240219_021000_02_2402"
    bands = "".join(
        f"<ps:bandSpecificMetadata><ps:bandNumber>{i}</ps:bandNumber>"
        f"<ps:reflectanceCoefficient>{i}e-05</ps:reflectanceCoefficient></ps:bandSpecificMetadata>"
        for i in (1, 2, 3, 4)
    )
    (tmp_path / f"{item}_3B_AnalyticMS_metadata.xml").write_text(f'<ps:a xmlns:ps="urn:p">{bands}</ps:a>')
    (scene,) = open_path(tmp_path).scenes
    assert scene.units == "toa"
    assert [b.scale for b in scene.bands] == [1e-5, 2e-5, 3e-5, 4e-5]


def test_radiance_without_coefficients_says_so(tmp_path: Path) -> None:
    write_planet(tmp_path, product="3B_AnalyticMS")
    (scene,) = open_path(tmp_path).scenes
    assert scene.units == "dn"
    assert any("raw numbers" in note for note in scene.notes)


def test_composite_of_one_day(tmp_path: Path) -> None:
    write_tif(tmp_path / "composite.tif", ramp(), nodata=0)
    write_tif(tmp_path / "composite_udm2.tif", np.ones((8, 6, 5), dtype=np.uint8))
    for second in ("00", "02"):
        (tmp_path / f"20240219_0210{second}_02_2402_metadata.json").write_text(
            json.dumps({"properties": {"acquired": f"2024-02-19T02:10:{second}Z"}})
        )
    (scene,) = open_path(tmp_path).scenes
    assert (scene.date_precision, scene.acquired.date().isoformat()) == (DatePrecision.DAY, "2024-02-19")
    assert scene.mask is not None
    (tmp_path / "20240220_021002_02_2402_metadata.json").write_text(
        json.dumps({"properties": {"acquired": "2024-02-20T02:10:00Z"}})
    )
    with pytest.raises(SceneError, match="no one date; pass --date"):
        open_path(tmp_path)
    assert open_path(tmp_path, date="2024-02-19").scenes[0].date_source is DateSource.USER


def test_skysat(tmp_path: Path) -> None:
    item = "20200814_162132_ssc4_u0001"
    write_tif(tmp_path / f"{item}_analytic_SR.tif", ramp(), nodata=0)
    write_tif(tmp_path / f"{item}_udm2.tif", np.ones((8, 6, 5), dtype=np.uint8))
    (tmp_path / f"{item}_metadata.json").write_text(
        json.dumps({"properties": {"acquired": "2020-08-14T16:21:32Z", "view_angle": 12}})
    )
    (scene,) = open_path(tmp_path).scenes
    assert (scene.sensor, scene.view_angle, scene.mask is not None) == ("skysat", 12, True)


def test_missing_company_is_told(tmp_path: Path) -> None:
    path = write_tif(tmp_path / "20240219_021000_02_2402_3B_AnalyticMS_SR.tif", ramp(), nodata=0)
    (scene,) = open_path(path).scenes
    assert scene.date_source is DateSource.FILENAME
    assert any("no UDM2" in n for n in scene.notes)
    assert any("no metadata.json" in n for n in scene.notes)


def test_mask_of_another_size(tmp_path: Path) -> None:
    write_planet(tmp_path, mask=np.ones((8, 5, 5), dtype=np.uint8))
    with pytest.raises(SceneError, match="the mask has"):
        open_path(tmp_path)


def test_broken_metadata(tmp_path: Path) -> None:
    write_planet(tmp_path)
    (tmp_path / "20240219_021000_02_2402_metadata.json").write_text("{")
    with pytest.raises(SceneError, match="not a Planet metadata file"):
        open_path(tmp_path)


def test_one_date_for_many_images(tmp_path: Path) -> None:
    write_planet(tmp_path)
    write_planet(tmp_path, "20240220_021000_02_2402", data=ramp() + 9)
    with pytest.raises(UsageError, match="one by one"):
        open_path(tmp_path, date="2024-02-19")


def test_real_delivery_of_32_dates(shared_data: Path) -> None:
    opened = open_path(shared_data / "simulated_sites" / "site11_3m")
    assert (len(opened.scenes), opened.refused) == (32, ())
    assert all(
        s.units == "reflectance" and s.mask and s.sun_elevation and s.view_angle for s in opened.scenes
    )
    times = [s.acquired for s in opened.scenes]
    assert times == sorted(times)
    assert times[0] == datetime(2023, 12, 12, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "item", ["20240219_021000_02_2402", "20250920_021000_27_241b", "20180101_021000_0f3a"]
)
def test_each_file_of_a_delivery_names_it(tmp_path: Path, item: str) -> None:
    """A shell's `*` hands over masks and metadata too: they give the same scene, not another one."""
    write_planet(tmp_path, item, product="3B_AnalyticMS_SR_harmonized", clip="_clip")
    found = {path.name: [s.id for s in open_path(path).scenes] for path in tmp_path.iterdir()}
    assert len(found) == 3
    assert len({tuple(ids) for ids in found.values()}) == 1


def test_mask_without_its_image(tmp_path: Path) -> None:
    path = write_tif(tmp_path / "20240219_021000_02_2402_3B_udm2.tif", np.ones((8, 6, 5), dtype=np.uint8))
    with pytest.raises(SceneError, match="without its image"):
        open_path(path)


def test_renamed_delivery(tmp_path: Path) -> None:
    image = write_planet(tmp_path)
    (tmp_path / "east").mkdir()
    for path in tmp_path.glob("2024*"):
        path.rename(
            tmp_path
            / "east"
            / path.name.replace("20240219_021000_02_2402_", "plant_")
            .replace("3B_AnalyticMS_", "")
            .replace("3B_", "")
        )
    assert not image.exists()
    (scene,) = open_path(tmp_path).scenes
    assert Path(scene.assets[0].path).name == "plant_SR.tif"
    assert (scene.sensor, scene.units, scene.mask is not None) == ("planetscope", "reflectance", True)
    assert scene.date_source is DateSource.METADATA

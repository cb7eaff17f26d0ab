"""Maxar and Airbus deliveries: metadata as their guides describe them, with small images."""

import math
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from scenefiles import ramp, write_tif

from sitewatch.errors import SceneError
from sitewatch.imagery.open import open_path
from sitewatch.imagery.read import read

STEM = "18OCT01022604-S2AS-502541638020_01_P003"
IMD = """version = "28.3";
generationTime = 2018-10-02T19:43:12.000000Z;
bandId = "BGRN";
BEGIN_GROUP = BAND_B
	absCalFactor = 1.783568e-02;
END_GROUP = BAND_B
BEGIN_GROUP = BAND_G
END_GROUP = BAND_G
BEGIN_GROUP = BAND_R
END_GROUP = BAND_R
BEGIN_GROUP = BAND_N
END_GROUP = BAND_N
BEGIN_GROUP = IMAGE_1
	satId = "WV02";
	TLCList = (
	(0,  0.000000),
	(6775,  1.355000)	);
	firstLineTime = 2018-10-01T02:26:04.585850Z;
	meanSunAz =  96.3;
	meanSunEl =  68.9;
	meanSatAz =  41.4;
	meanOffNadirViewAngle =  36.6;
END_GROUP = IMAGE_1
END;
"""


def test_maxar_tiles(tmp_path: Path) -> None:
    for tile, shift in (("R1C1", 0), ("R1C2", 15)):
        name = STEM.replace("S2AS", f"S2AS_{tile}")
        write_tif(tmp_path / f"{name}.TIF", ramp() + shift, transform=Affine(2, 0, 5e5 + shift, 0, -2, 44e5))
    (tmp_path / f"{STEM}.IMD").write_text(IMD)
    (tmp_path / f"{STEM}-BROWSE.JPG").write_bytes(b"not looked at")
    opened = open_path(tmp_path)
    first, second = opened.scenes
    assert opened.refused == ()
    assert first.id != second.id
    assert first.acquired == datetime(2018, 10, 1, 2, 26, 4, 585850, tzinfo=UTC)
    assert first.band_names == ("blue", "green", "red", "nir")
    angles = (first.sun_azimuth, first.sun_elevation, first.view_angle, first.view_azimuth)
    assert angles == (96.3, 68.9, 36.6, 41.4)
    assert (first.sensor, first.units, first.gsd_m) == ("maxar", "dn", 2)
    assert any("tile R1C1" in note for s in opened.scenes for note in s.notes)
    one = open_path(Path(first.assets[0].path))
    assert one.scenes == (first,)


def test_maxar_xml_and_mosaic(tmp_path: Path) -> None:
    image = write_tif(tmp_path / f"{STEM}.TIF", ramp(1))
    xml = (
        "<?xml version='1.0'?>\n<isd><IMD><BANDID>P</BANDID><BAND_P><ABSCALFACTOR>1</ABSCALFACTOR></BAND_P>"
        "<IMAGE><FIRSTLINETIME>2016-08-31T10:46:08.484783Z</FIRSTLINETIME><MEANSUNAZ>1.76e+02</MEANSUNAZ>"
        "<MEANOFFNADIRVIEWANGLE>2.69e+01</MEANOFFNADIRVIEWANGLE></IMAGE><MAP_PROJECTED_PRODUCT>"
        "<EARLIESTACQTIME>2016-08-31T10:46:14Z</EARLIESTACQTIME><LATESTACQTIME>{last}</LATESTACQTIME>"
        "</MAP_PROJECTED_PRODUCT></IMD></isd>"
    )
    metadata = tmp_path / f"{STEM}.XML"
    metadata.write_text(xml.format(last="2016-08-31T10:46:14Z"))
    (scene,) = open_path(image).scenes
    assert (scene.band_names, scene.view_angle, scene.acquired.second) == (("pan",), 26.9, 14)
    metadata.write_text(xml.format(last="2016-09-02T10:46:14Z"))
    with pytest.raises(SceneError, match="no one date"):
        open_path(image)


def test_maxar_open_data_item_beside(tmp_path: Path) -> None:
    """Analysis-ready tiles come with a STAC item `<catalogue id>.json` beside `<catalogue id>-visual.tif`."""
    image = write_tif(tmp_path / "2022-07-20" / "10300100D6789800-visual.tif", ramp(3, dtype="uint8"))
    (image.parent / "10300100D6789800.json").write_text(
        '{"type": "Feature", "stac_version": "1.0.0", "properties": {"datetime": "2022-07-20T08:39:37Z",'
        '"platform": "WV02", "view:off_nadir": 24.1, "view:azimuth": 343.3, "view:incidence_angle": 62.8,'
        '"view:sun_azimuth": 134.8, "view:sun_elevation": 69.4}}'
    )
    (scene,) = open_path(image).scenes
    assert scene.id.startswith("20220720T083937_maxar_")
    assert (scene.view_angle, scene.view_azimuth, scene.sun_elevation) == (24.1, 343.3, 69.4)


def dimap(
    files: str, *, processing: str = "REFLECTANCE", extra: str = "", bands: str = "", date: str = "2023-07-26"
) -> str:
    return f"""<Dimap_Document><Processing_Information>
<RADIOMETRIC_PROCESSING>{processing}</RADIOMETRIC_PROCESSING>
<ATMOSPHERIC_RADIOMETRIC_SETTING>NONE</ATMOSPHERIC_RADIOMETRIC_SETTING></Processing_Information>
<Raster_Data><Data_Access>{files}</Data_Access></Raster_Data><Band_Measurement_List>{bands}</Band_Measurement_List>
<Located_Geometric_Values><LOCATION_TYPE>TopCenter</LOCATION_TYPE><SUN_ELEVATION>1</SUN_ELEVATION>
</Located_Geometric_Values>
<Located_Geometric_Values><LOCATION_TYPE>Center</LOCATION_TYPE><Acquisition_Angles>
<AZIMUTH_ANGLE>187.1</AZIMUTH_ANGLE><VIEWING_ANGLE>26.3</VIEWING_ANGLE></Acquisition_Angles>
<SUN_AZIMUTH>34.9</SUN_AZIMUTH><SUN_ELEVATION>30</SUN_ELEVATION></Located_Geometric_Values>
<Strip_Source><IMAGING_DATE>2023-07-26</IMAGING_DATE><IMAGING_TIME>07:22:04.4</IMAGING_TIME></Strip_Source>
<Strip_Source><IMAGING_DATE>{date}</IMAGING_DATE><IMAGING_TIME>07:22:09.4</IMAGING_TIME></Strip_Source>
{extra}</Dimap_Document>"""


def data_files(href: str, bands: str) -> str:
    listed = "".join(
        f"<Raster_Index><BAND_ID>{b}</BAND_ID><BAND_INDEX>{i}</BAND_INDEX></Raster_Index>"
        for i, b in enumerate(bands.split(), start=1)
    )
    return (
        f'<Data_Files><Data_File tile_R="1" tile_C="1"><DATA_FILE_PATH href="{href}"/></Data_File>'
        f"<Raster_Display><Raster_Index_List>{listed}</Raster_Index_List></Raster_Display></Data_Files>"
    )


def test_airbus_reflectance_in_two_files(tmp_path: Path) -> None:
    write_tif(tmp_path / "IMG_RGB_R1C1.TIF", ramp(3))
    write_tif(tmp_path / "IMG_NED_R1C1.TIF", ramp(3) + 100)
    write_tif(tmp_path / "PREVIEW_1.JPG", ramp(3, dtype="uint8"), crs=None, driver="JPEG")
    gains = "".join(
        f"<Band_Reflectance><BAND_ID>{b}</BAND_ID><GAIN>10000</GAIN><BIAS>0</BIAS></Band_Reflectance>"
        for b in ("R", "G", "B", "NIR", "RE", "DB")
    )
    files = data_files("IMG_RGB_R1C1.TIF", "R G B") + data_files("IMG_NED_R1C1.TIF", "NIR RE DB")
    (tmp_path / "DIM_PNEO3.XML").write_text(dimap(files, bands=gains))
    opened = open_path(tmp_path)
    (scene,) = opened.scenes
    assert opened.refused == ()
    assert scene.band_names == ("red", "green", "blue", "nir", "rededge", "coastal")
    assert scene.acquired == datetime(2023, 7, 26, 7, 22, 4, 400000, tzinfo=UTC)
    angles = (scene.sun_azimuth, scene.sun_elevation, scene.view_angle, scene.view_azimuth)
    assert angles == (34.9, 30, 26.3, 187.1)
    assert (scene.sensor, scene.units) == ("airbus", "toa")
    bands = read(scene).bands
    np.testing.assert_allclose(bands["green"], ramp(3)[1] / 10000, rtol=1e-6)
    np.testing.assert_allclose(bands["coastal"], (ramp(3)[2] + 100) / 10000, rtol=1e-6)
    assert open_path(tmp_path / "IMG_NED_R1C1.TIF").scenes == (scene,)


def test_airbus_counts_become_reflectance(tmp_path: Path) -> None:
    """Sun at 30 degrees, gain 10, irradiance 1000 pi: a count is 2e-4 d^2, and d^2 is 1.031 in July."""
    write_tif(tmp_path / "IMG_P_R1C1.TIF", ramp(1))
    bands = (
        "<Band_Radiance><BAND_ID>P</BAND_ID><GAIN>10</GAIN><BIAS>0</BIAS></Band_Radiance>"
        f"<Band_Solar_Irradiance><BAND_ID>P</BAND_ID><VALUE>{1000 * math.pi}</VALUE></Band_Solar_Irradiance>"
    )
    (tmp_path / "DIM_PHR1A.XML").write_text(
        dimap(data_files("IMG_P_R1C1.TIF", "P"), processing="BASIC", bands=bands)
    )
    (scene,) = open_path(tmp_path).scenes
    assert scene.units == "toa"
    assert scene.bands[0].scale == pytest.approx(2.0622e-4, rel=1e-3)


def test_airbus_mosaic_and_stray_files(tmp_path: Path) -> None:
    write_tif(tmp_path / "IMG.TIF", ramp(1))
    metadata = tmp_path / "DIM_1.XML"
    metadata.write_text(dimap(data_files("IMG.TIF", "P"), date="2023-08-01"))
    with pytest.raises(SceneError, match="no one date"):
        open_path(tmp_path)
    metadata.write_text(dimap(data_files("../../IMG.TIF", "P")))
    with pytest.raises(SceneError, match="outside its folder"):
        open_path(metadata)
    metadata.write_text("<Dimap_Document>")
    with pytest.raises(SceneError, match="not well-formed"):
        open_path(metadata)


def test_airbus_bands_in_display_order(tmp_path: Path) -> None:
    """Pléiades 1: no list of bands; B2 B1 B0 B3 are red, green, blue, near infrared."""
    write_tif(tmp_path / "IMG.TIF", ramp(4))
    files = '<Data_Files><Data_File><DATA_FILE_PATH href="IMG.TIF"/></Data_File></Data_Files>'
    order = (
        "<Raster_Display><Band_Display_Order><RED_CHANNEL>B2</RED_CHANNEL><GREEN_CHANNEL>B1</GREEN_CHANNEL>"
        "<BLUE_CHANNEL>B0</BLUE_CHANNEL><ALPHA_CHANNEL>B3</ALPHA_CHANNEL></Band_Display_Order></Raster_Display>"
    )
    (tmp_path / "DIM_PHR1B.XML").write_text(dimap(files, processing="DISPLAY", extra=order))
    (scene,) = open_path(tmp_path).scenes
    assert scene.band_names == ("red", "green", "blue", "nir")
    assert scene.units == "dn"


@pytest.mark.parametrize(("unit", "told"), [("m", True), ("deg", False)])
def test_airbus_spacing_is_held_against_the_ground(tmp_path: Path, unit: str, told: bool) -> None:
    write_tif(tmp_path / "IMG_P_R1C1.TIF", ramp(1))  # pixels of 3 m
    spacing = f'<RESAMPLING_SPACING unit="{unit}">0.5</RESAMPLING_SPACING>'
    (tmp_path / "DIM_PHR1A.XML").write_text(dimap(data_files("IMG_P_R1C1.TIF", "P"), extra=spacing))
    (scene,) = open_path(tmp_path).scenes
    assert any("not 0.5 m as stated by RESAMPLING_SPACING" in n for n in scene.notes) is told


def test_maxar_product_size_is_held_against_the_ground(tmp_path: Path) -> None:
    write_tif(tmp_path / f"{STEM}.TIF", ramp(), transform=Affine(2, 0, 5e5, 0, -2, 44e5))
    for size, told in (
        (1.85, False),
        (0.46, True),
    ):  # what the sensor resolved; that of the panchromatic band
        changed = IMD.replace("meanOffNadir", f"meanProductGSD = {size};\n\tmeanOffNadir")
        (tmp_path / f"{STEM}.IMD").write_text(changed)
        (scene,) = open_path(tmp_path).scenes
        assert any("as stated by meanproductgsd" in n for n in scene.notes) is told

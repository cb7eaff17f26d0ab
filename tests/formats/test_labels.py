"""Readers of GeoJSON, label folders and SMART site models."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Transformer
from shapely.geometry import mapping, shape

from sitewatch.errors import DataError
from sitewatch.formats.geojson import read_geojson
from sitewatch.formats.labels import day_in, read_labels
from sitewatch.formats.smart_sites import is_smart, read_points, read_region, read_site, read_sites

BOX = shapely.box(10.0, 45.0, 10.001, 45.001)


def write(path: Path, shapes: dict[str, shapely.Geometry], **members: Any) -> Path:
    features = [
        {"type": "Feature", "properties": {"Id": name}, "geometry": mapping(g)} for name, g in shapes.items()
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **members}))
    return path


class TestGeojson:
    def test_longitude_and_latitude(self, tmp_path: Path) -> None:
        for members in (
            {},
            {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}},
        ):
            layer = read_geojson(write(tmp_path / "a.geojson", {"1": BOX}, **members))
            assert not layer.pixels
            assert shape(layer.features[0]["geometry"]).equals(BOX)

    def test_another_crs_is_transformed(self, tmp_path: Path) -> None:
        turn = Transformer.from_crs(4326, 3857, always_xy=True)
        there = shapely.transform(BOX, lambda xy: np.stack(turn.transform(*xy.T), axis=1))
        crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
        layer = read_geojson(write(tmp_path / "a.geojson", {"1": there}, crs=crs))
        assert shape(layer.features[0]["geometry"]).hausdorff_distance(BOX) < 1e-9

    def test_pixels(self, tmp_path: Path) -> None:
        assert read_geojson(write(tmp_path / "a.geojson", {"1": BOX}, crs=None)).pixels

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("{", "cannot be read as GeoJSON"),
            ("[]", "no GeoJSON FeatureCollection"),
            ('{"features": [{"geometry": {"type": "Point", "coordinates": [0, 0]}}]}', "a geometry is Point"),
            ('{"features": [{}]}', "a geometry is missing"),
            ('{"features": [], "crs": {"properties": {"name": "EPSG:99999"}}}', "'EPSG:99999' is not known"),
        ],
    )
    def test_what_cannot_be_read(self, tmp_path: Path, text: str, says: str) -> None:
        (tmp_path / "a.geojson").write_text(text)
        with pytest.raises(DataError, match=says):
            read_geojson(tmp_path / "a.geojson")

    def test_nothing_there(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="does not exist"):
            read_geojson(tmp_path / "a.geojson")


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("global_monthly_2018_01_mosaic_L15-0331E-1257N_1327_3160_13_Buildings.geojson", date(2018, 1, 1)),
        ("site-2019-11-05.geojson", date(2019, 11, 5)),
        ("20200229_Buildings.geojson", date(2020, 2, 29)),
        ("2027_3374_13.geojson", None),
        ("labels.geojson", None),
    ],
)
def test_days_in_names(name: str, day: date | None) -> None:
    assert day_in(name) == day


class TestLabels:
    def test_one_area(self, tmp_path: Path) -> None:
        write(tmp_path / "a_2018_02_Buildings.geojson", {"1": BOX, "2": BOX})
        write(tmp_path / "a_2018_01_Buildings.geojson", {"1": BOX})
        (labels,) = read_labels(tmp_path)
        assert labels.days == (date(2018, 1, 1), date(2018, 2, 1))
        assert [sorted(s) for s in labels.steps] == [["1"], ["1", "2"]]

    def test_several_areas_as_spacenet_lays_them(self, tmp_path: Path) -> None:
        for area in ("L15-a", "L15-b"):
            write(
                tmp_path / area / "labels_match" / f"global_monthly_2018_01_mosaic_{area}_Buildings.geojson",
                {"1": BOX},
            )
            write(tmp_path / area / "labels" / "not_this_2018_01.geojson", {})
        assert [(a.area, len(a.steps)) for a in read_labels(tmp_path)] == [("L15-a", 1), ("L15-b", 1)]

    def test_a_submission_in_csv(self, tmp_path: Path) -> None:
        file = tmp_path / "solution.csv"
        name = "global_monthly_2018_{:02d}_mosaic_L15-a"
        rows = [f'{name.format(m)},{i},"{BOX.wkt}"' for m, i in ((1, 1), (2, 1), (2, 2))]
        file.write_text("\n".join(["filename,id,geometry", *rows, f'{name.format(3)},-1,"POLYGON EMPTY"']))
        (labels,) = read_labels(file)
        assert labels.area == "L15-a"
        assert labels.pixels
        assert [sorted(s) for s in labels.steps] == [["1"], ["1", "2"], []]

    def test_what_cannot_be_read(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="holds no labels"):
            read_labels(tmp_path)
        write(tmp_path / "a.geojson", {})
        with pytest.raises(DataError, match="holds no date"):
            read_labels(tmp_path)
        (tmp_path / "a.geojson").rename(tmp_path / "a_2018_01.geojson")
        write(tmp_path / "b_2018_01.geojson", {})
        with pytest.raises(DataError, match="a second file of 2018-01-01"):
            read_labels(tmp_path)
        (tmp_path / "c.csv").write_text("a,b\n1,2\n")
        with pytest.raises(DataError, match="expected the columns"):
            read_labels(tmp_path / "c.csv")

    def test_ids_must_be_there_and_each_once(self, tmp_path: Path) -> None:
        file = write(tmp_path / "a_2018_01.geojson", {"1": BOX})
        document = json.loads(file.read_text())
        file.write_text(json.dumps({**document, "features": document["features"] * 2}))
        with pytest.raises(DataError, match="two footprints have the id 1"):
            read_labels(tmp_path)
        del document["features"][0]["properties"]["Id"]
        file.write_text(json.dumps(document))
        with pytest.raises(DataError, match="has no id"):
            read_labels(tmp_path)


class TestSmart:
    def test_a_site_with_parts(self, shared_data: Path) -> None:
        folder = shared_data / "iarpa_smart"
        sites = read_sites(folder / "truth" / "site_models")
        assert len(sites) == 130
        parted = [o for s in sites for o in s.observations if len(o.phases) > 1]
        assert parted
        assert all(len(o.phases) == len(shapely.get_parts(o.outline)) for o in parted)
        assert is_smart(folder / "proposals")
        assert not is_smart(shared_data / "simulated_sites")

    def test_the_format_s_own_examples(self, shared_data: Path) -> None:
        folder = shared_data / "iarpa_smart" / "sample_models_for_validation"
        assert read_site(folder / "AE_R001_0000.geojson").site_id == "AE_R001_0000"
        with pytest.raises(DataError, match="the site has no `start_date`"):
            read_site(folder / "AE_R001_0000_broken_example.geojson")
        assert read_region(folder / "AE_R001.geojson").region_id == "AE_R001"

    def test_points_of_one_region(self, shared_data: Path) -> None:
        file = shared_data / "iarpa_smart" / "truth" / "point_based_annotations.geojson"
        assert len(read_points(file, "BR_R002")) == 12
        assert len(read_points(file)) == 124

    @pytest.mark.parametrize(
        ("properties", "says"),
        [
            ({"type": "observation", "current_phase": "Digging"}, "phase 'Digging'"),
            ({"type": "observation", "is_site_boundary": "maybe"}, "is_site_boundary 'maybe'"),
            ({"type": "observation", "current_phase": "Unknown, Unknown"}, "1 polygons, but 2 entries"),
            ({"type": "observation", "observation_date": "then"}, "'then' is no date"),
            ({"type": "site", "site_id": "X", "status": "ignore"}, "has 2 features of type `site`"),
        ],
    )
    def test_what_cannot_be(self, tmp_path: Path, properties: dict[str, str], says: str) -> None:
        dates = {"start_date": None, "end_date": None}
        site = {"type": "site", "site_id": "XX_R001_0000", "status": "ignore", **dates}
        features = [
            {"type": "Feature", "properties": p, "geometry": mapping(BOX)} for p in (site, properties)
        ]
        file = tmp_path / "a.geojson"
        file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        with pytest.raises(DataError, match=says):
            read_site(file)

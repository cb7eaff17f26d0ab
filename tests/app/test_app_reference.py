"""Reference buildings are measured beside what was found."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import shapely
from affine import Affine
from odc.geo.geobox import GeoBox
from pyproj import Transformer

from sitewatch.app.measure import measure
from sitewatch.app.site import add_reference, add_site
from sitewatch.case import Case
from sitewatch.errors import DataError
from sitewatch.types import Asset, BandSource, DatePrecision, DateSource, Georeference, Scene

TO_LONLAT = Transformer.from_crs(32635, 4326, always_xy=True)


def lonlat(box: shapely.Polygon) -> shapely.Polygon:
    return shapely.transform(box, TO_LONLAT.transform, interleaved=False)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    made = Case.create(tmp_path / "case")
    add_site(made, "works", lonlat(shapely.box(500_000, 4_999_000, 501_000, 5_000_000)))
    grid = GeoBox((333, 333), Affine(3, 0, 500_000, 0, -3, 5_000_000), "EPSG:32635")
    made.add_scenes(
        "works",
        [
            Scene(
                "s1",
                "unknown",
                datetime(2024, 1, 1, tzinfo=UTC),
                DateSource.USER,
                DatePrecision.DAY,
                (Asset("/a.tif", "0" * 64, "data", 1),),
                (BandSource("red", 0),),
                grid,
                Georeference.EMBEDDED,
                gsd_m=3.0,
            )
        ],
    )
    made.mark_step("detect works", "done")
    return made


def test_an_84_by_36_m_hall_is_measured(case: Case) -> None:
    add_reference(case, "old hall", lonlat(shapely.box(500_200, 4_999_500, 500_284, 4_999_536)))
    (done,) = measure(case)
    found = {m.quantity: m for m in done.measurements if m.object_id == "old hall"}
    assert set(found) == {"area", "perimeter", "length", "width"}
    # UTM is 0.04 % short on its central meridian; the values are those on the ellipsoid.
    assert found["area"].value.value == pytest.approx(84 * 36 / 0.9996**2, rel=1e-4)
    assert found["length"].value.value == pytest.approx(84 / 0.9996, rel=1e-4)
    assert found["area"].checked
    assert found["area"].value.calibrated_on == "not calibrated"
    assert '"old hall"' in (case.out / "measurements.json").read_text(encoding="utf-8")


def test_one_of_the_same_name_is_replaced(case: Case) -> None:
    for width in (84, 42):
        add_reference(case, "hall", lonlat(shapely.box(500_200, 4_999_500, 500_200 + width, 4_999_536)))
    (done,) = measure(case)
    (area,) = (m.value.value for m in done.measurements if m.quantity == "area")
    assert area == pytest.approx(42 * 36, rel=2e-3)


def test_a_building_elsewhere_is_refused(case: Case) -> None:
    with pytest.raises(DataError, match="lies outside of site"):
        add_reference(case, "hall", shapely.box(1, 2, 1.1, 2.1))
    with pytest.raises(DataError, match="needs a name"):
        add_reference(case, "  ", lonlat(shapely.box(500_200, 4_999_500, 500_284, 4_999_536)))

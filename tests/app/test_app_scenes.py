"""Scenes into a case: once, in any order, of the right place; and what is told of those that are not."""

import itertools
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from pyproj import Transformer
from rasterio.errors import NotGeoreferencedWarning

from sitewatch.app.scenes import Added, Reading, add_scenes, check_scenes, footprint, remove_scenes
from sitewatch.app.site import add_site, aoi_from_bbox
from sitewatch.case import Case
from sitewatch.errors import UsageError
from sitewatch.imagery.warp import site_grid
from sitewatch.types import Licence, Publish

BBOX = (26.99, 45.13, 27.01, 45.16)
"""Around 27 E 45.15 N, where the images of these tests lie (UTM 35N 500000 5000000)."""


@pytest.fixture
def case(tmp_path: Path) -> Case:
    made = Case.create(tmp_path / "case")
    add_site(made, "hall", aoi_from_bbox(BBOX))
    return made


@pytest.fixture
def image(tmp_path: Path) -> Callable[..., Path]:
    def write(name: str, *, seed: int = 0, x: float = 500_000, crs: str | None = "EPSG:32635") -> Path:
        path = tmp_path / "images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(seed).integers(1, 255, (3, 32, 32), dtype=np.uint8)
        place = {"crs": crs, "transform": Affine(10, 0, x, 0, -10, 5_000_000)} if crs else {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)  # that is what is asked for
            with rasterio.open(
                path, "w", driver="GTiff", width=32, height=32, count=3, dtype="uint8", **place
            ) as file:
                file.write(pixels)
        return path

    return write


def content(case: Case) -> list[object]:
    return [(s.id, s.acquired, s.assets[0].sha256) for s in case.scenes("hall")]


def test_twice_changes_nothing_and_order_does_not_matter(tmp_path: Path, image: Callable[..., Path]) -> None:
    paths = [image(f"2020010{i}.tif", seed=i) for i in range(1, 4)]
    states = []
    for order in itertools.permutations(paths):
        case = Case.create(tmp_path / "-".join(p.stem for p in order))
        add_site(case, "hall", aoi_from_bbox(BBOX))
        for path in order:
            assert len(add_scenes(case, [path]).new) == 1
        history = case.history()
        again = add_scenes(case, [paths[0].parent, *order])
        assert case.history() == history
        assert (again.new, len(again.known), again.failed) == ((), 3, {})
        states.append(content(case))
    assert all(s == states[0] for s in states)


def test_another_place_is_refused(case: Case, image: Callable[..., Path]) -> None:
    far = image("20200101.tif", x=600_000)
    added = add_scenes(case, [far])
    assert added.new == ()
    assert added.failed.keys() == {str(far)}
    assert "shows another place: it covers 28.2" in added.failed[str(far)]
    assert case.scenes("hall") == []
    assert case.refusals("hall") == {}, "a whole path that was wrong is not part of the case"


def test_what_is_beside_usable_images_is_set_aside_and_remembered(
    case: Case, image: Callable[..., Path]
) -> None:
    good, far = image("20200101.tif"), image("20200102.tif", x=600_000, seed=1)
    (good.parent / "20200103.tif").write_bytes(good.read_bytes()[:500])
    added = add_scenes(case, [good.parent])
    assert len(added.new) == 1
    assert added.failed == {}
    assert set(added.refused) == {str(far), str(good.parent / "20200103.tif")}
    assert case.refusals("hall") == added.refused


def test_an_image_without_a_place_is_told_what_to_do(case: Case, image: Callable[..., Path]) -> None:
    path = image("20200101.tif", crs=None)
    for reading, what in ((None, "no position"), (Reading(gsd=0.5), "a pixel size but no position")):
        reason = add_scenes(case, [path], reading=reading).failed[str(path)]
        assert what in reason
        assert "--gcps" in reason
        assert "sitewatch compare" in reason


def test_the_same_pixels_under_another_date_are_told(case: Case, image: Callable[..., Path]) -> None:
    path = image("20200101.tif")
    (first,) = add_scenes(case, [path]).new
    copy = path.with_name("20200202.tif")
    shutil.copy(path, copy)
    assert f"there already as scene {first}" in add_scenes(case, [copy]).failed[str(copy)]
    remove_scenes(case, [first])
    (second,) = add_scenes(case, [copy]).new
    assert second.startswith("20200202")
    assert [e.action for e in case.history()][-3:] == ["scenes add", "scenes remove", "scenes add"]


def test_removing_what_is_not_there_changes_nothing(case: Case, image: Callable[..., Path]) -> None:
    (first,) = add_scenes(case, [image("20200101.tif")]).new
    with pytest.raises(UsageError, match="has no scene nothing"):
        remove_scenes(case, [first, "nothing"])
    assert len(case.scenes("hall")) == 1


def test_files_that_moved_are_found_again(case: Case, image: Callable[..., Path]) -> None:
    path = image("20200101.tif")
    licence = Licence("Image: a provider")
    add_scenes(case, [path], reading=Reading(licence=licence))
    folder = path.parent.rename(path.parent.with_name("elsewhere"))
    added = add_scenes(case, [folder])
    assert (added.new, len(added.known)) == ((), 1)
    (scene,) = case.scenes("hall")
    assert scene.assets[0].path == str(folder / path.name)
    assert scene.licence == licence


def test_a_case_among_the_images_does_not_add_itself(tmp_path: Path, image: Callable[..., Path]) -> None:
    path = image("20200101.tif")
    case = Case.create(path.parent / "a case")
    add_site(case, "hall", aoi_from_bbox(BBOX))
    for folder in (case.out, case.cache, case.copies):
        folder.mkdir()
        shutil.copy(image("20200102.tif", seed=1), folder / "20200102.tif")
        (folder / "figure.png").write_bytes(b"no picture")
    image("20200102.tif", seed=1).unlink()
    for _ in range(2):
        added = add_scenes(case, [path.parent])
        assert (added.refused, added.failed) == ({}, {})
        assert [s.id[:8] for s in case.scenes("hall")] == ["20200101"]
    for folder in (case.out, case.out / "figure.png"):
        assert "nothing in it but the case's own files" in add_scenes(case, [folder]).failed[str(folder)]


def test_copies_are_the_case_s_own(case: Case, image: Callable[..., Path], tmp_path: Path) -> None:
    path = image("20200101.tif")
    original = path.read_bytes()
    add_scenes(case, [path], copy=True)
    shutil.rmtree(path.parent)
    (asset,) = case.scenes("hall")[0].assets
    assert Path(asset.path).is_relative_to(case.path)
    assert Path(asset.path).read_bytes() == original


def test_the_licence_goes_with_the_scene(case: Case, image: Callable[..., Path]) -> None:
    licence = Licence("Image: a provider", "CC-BY-4.0", Publish.NONE)
    add_scenes(case, [image("20200101.tif")], reading=Reading(licence=licence))
    assert case.scenes("hall")[0].licence == licence


def test_the_footprint_is_in_longitude_and_latitude(case: Case, image: Callable[..., Path]) -> None:
    add_scenes(case, [image("20200101.tif")])
    west, south, east, north = footprint(case.scenes("hall")[0]).bounds
    # 500000 E is the central meridian of zone 35, 27 degrees; 320 m are 0.0041 degrees of longitude there.
    assert west == pytest.approx(27.0, abs=1e-6)
    assert east == pytest.approx(27.0 + 320 / (111_320 * np.cos(np.radians(north))), abs=2e-5)
    assert south < north == pytest.approx(45.1535, abs=1e-3)


def test_a_real_delivery(case: Case, shared_data: Path) -> None:
    folder = shared_data / "simulated_sites" / "site11_10m"
    add_site(case, "factory", aoi_from_bbox((129.6365, 39.918, 129.645, 39.925)))
    added: Added = add_scenes(case, [folder], site="factory")
    assert len(added.new) == 32
    assert (added.refused, added.failed) == ({}, {})
    assert add_scenes(case, [folder], site="factory").new == ()


def test_the_check_tells_true_sizes_at_the_site(case: Case, image: Callable[..., Path]) -> None:
    # Web Mercator at 45.15 degrees north: 10 m of coordinates are 7.05 m there
    x, y = Transformer.from_crs(4326, 3857, always_xy=True).transform(27.0, 45.15)
    path = image("20200101.tif", seed=1)
    with rasterio.open(path, "r+") as file:
        file.crs, file.transform = "EPSG:3857", Affine(10, 0, x, 0, -10, y)
    add_scenes(case, [path, image("20200102.tif", seed=2)], reading=Reading(gsd=10.0))
    mercator, utm = check_scenes(case)
    assert mercator.size.side_m == pytest.approx(7.06, abs=0.02)
    assert utm.size.side_m == pytest.approx(10 / 0.9996, rel=1e-4)
    assert utm.wrong == ()
    assert [w.split("stated by ")[1].split(" (")[0] for w in mercator.wrong] == [
        "--gsd",
        "the coordinates of EPSG:3857",
    ]
    # measured in true metres: the site's grid leaves Web Mercator
    grid = site_grid(case.scenes("hall")[:1], case.site(None).aoi)
    assert grid.crs is not None
    assert grid.crs.epsg == 32635
    assert grid.affine.a == pytest.approx(7.06, abs=0.02)

"""GeoTIFFs are there in full or not at all, also where there is no room for them."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from sitewatch.raster import geotiff

PROFILE = {
    "height": 60,
    "width": 50,
    "count": 2,
    "dtype": "float32",
    "crs": "EPSG:32652",
    "transform": Affine(3, 0, 500000, 0, -3, 4400000),
    "compress": "deflate",
}
FILL = """
import resource, sys
from pathlib import Path
import numpy as np
from affine import Affine
from sitewatch.errors import SitewatchError, asking_for_room
from sitewatch.raster import geotiff
path, limit = Path(sys.argv[1]), int(sys.argv[2])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
profile = dict(height=60, width=50, count=2, dtype="float32", crs="EPSG:32652", compress="deflate",
               transform=Affine(3, 0, 500000, 0, -3, 4400000))
try:
    with asking_for_room(path.parent), geotiff(path, **profile) as target:
        target.write(np.random.default_rng(0).standard_normal((2, 60, 50), np.float32))
except SitewatchError as error:
    sys.exit(str(error))
"""


def fill(path: Path, limit: int = 0) -> tuple[int, str]:
    """Exit code and standard error of a process that writes a file of noise and may write `limit` bytes a file."""
    command = [sys.executable, "-c", FILL, str(path), str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def test_what_was_filled_in_is_read_back(tmp_path: Path) -> None:
    data = np.arange(6000, dtype=np.float32).reshape(2, 60, 50)
    with geotiff(tmp_path / "a.tif", **PROFILE) as target:
        target.write(data)
        target.set_band_description(2, "second")
    assert [p.name for p in tmp_path.iterdir()] == ["a.tif"]
    with rasterio.open(tmp_path / "a.tif") as source:
        assert source.descriptions == (None, "second")
        assert source.transform == PROFILE["transform"]
        np.testing.assert_array_equal(source.read(), data)


def test_an_error_in_the_block_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), geotiff(path, **PROFILE):
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.tif"]


def test_without_room_there_is_one_line_and_no_file(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    assert fill(path) == (0, "")
    whole = path.read_bytes()
    path.unlink()
    # The last bytes are written while the file is closed, when GDAL itself tells nobody that they are missing.
    for limit in (len(whole) // 2, len(whole) - 1):
        code, said = fill(path, limit)
        assert code == 1
        assert said == (
            f"cannot write {tmp_path}: a file may have at most {limit} bytes here; nothing was lost: raise that limit "
            "(ulimit -f), then run the same command again\n"
        )
        assert list(tmp_path.iterdir()) == []


def test_without_room_the_old_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path.write_text("old")
    assert fill(path, 1000)[0] == 1
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.tif"]

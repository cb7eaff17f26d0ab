"""Measurements in the report: where errors come from, figures, and what nobody has checked."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from odc.geo.geobox import GeoBox
from PIL import Image
from report_samples import CRS, scene, view
from shapely import Polygon, box

from sitewatch.report.context import Context, context_of, numbering
from sitewatch.report.figures.growth import Picture, growth_figure
from sitewatch.report.figures.measured import Line, View, measured_figure
from sitewatch.report.measured_block import measured_blocks
from sitewatch.report.tree import Figure, Note, Table, Tone
from sitewatch.types import DatedArea, Licence, Measurement, Publish, Value

GRID = GeoBox((20, 30), Affine(3, 0, 500_000, 0, -3, 5_000_000), CRS)
AREA = Value(
    900.0, 850.0, 960.0, "m2", "box fitted", budget={"edges of the roof": 30.0, "ground": 10.0, "none": 0.0}
)


def drawn(path: Path, *, image: bool = True, max_px: int | None = None, source: str | None = None) -> Path:
    rng = np.random.default_rng(4)
    lines = (Line("roof", box(8, 5, 20, 14), "#D55E00"), Line("wall", Polygon(), "#009E73"))
    picture = rng.uniform(0.2, 0.8, (20, 30, 3)) if image else None
    residual = rng.normal(0, 1, (20, 30)).astype(np.float32)
    residual[0, 0] = np.nan
    shown = View(
        picture,
        "" if image else "no pixels shown: under embargo",
        (20, 30),
        GRID if image else None,
        "2024-05-01",
        lines,
        picture,
        residual if image else None,
    )
    return measured_figure(
        shown,
        path,
        title="hall: fitted box",
        facts=[("area", "900 m²"), ("dates", "$2 of them$")],
        budget=AREA.budget,
        unit="m²",
        unchecked=True,
        caption="A hall, measured.",
        credit="Nobody",
        scene=source,
        max_px=max_px,
    )


def context(folder: Path, **changes: object) -> Context:
    return context_of(view(**changes), folder, "", on=date(2026, 1, 2), most=5, numbers=numbering())  # type: ignore[arg-type]


def measured(**changes: object) -> Measurement:
    values = {
        "object_id": "hall",
        "quantity": "area",
        "value": AREA,
        "scenes": (scene(3).id, scene(5).id),
    } | changes
    return Measurement(**values)  # type: ignore[arg-type]


def test_the_figure_carries_its_caption_credit_and_scene(tmp_path: Path) -> None:
    with Image.open(drawn(tmp_path / "a.png", source="scene-1")) as image:
        assert image.info["Description"] == "A hall, measured."
        assert image.info["Copyright"] == "Nobody"
        assert image.info["Source"] == "scene-1"
        assert image.width == 2160
        pixels = np.asarray(image.convert("RGB")).reshape(-1, 3)
    # the roof's line and the residuals' orange are there
    assert (np.abs(pixels.astype(int) - [0xD5, 0x5E, 0x00]).sum(axis=1) < 12).any()


def test_what_may_not_be_shown_has_a_figure_without_pixels(tmp_path: Path) -> None:
    with Image.open(drawn(tmp_path / "a.png", image=False)) as image:
        assert "Source" not in image.info


def test_a_licence_limits_the_figure(tmp_path: Path) -> None:
    with Image.open(drawn(tmp_path / "a.png", max_px=500)) as image:
        assert max(image.size) <= 500


def test_table_tells_error_by_source_dates_and_who_looked(tmp_path: Path) -> None:
    ctx = context(tmp_path)
    table, note = measured_blocks(ctx, [measured()], "Measurements", named=False)
    assert isinstance(table, Table)
    (row,) = table.rows
    # 30 and 10 m2: 31.6 in all, nine tenths of its square from the first
    assert "32 m²: edges of the roof 90 %, ground 10 % of the variance" in row
    assert "no" in row
    assert any(str(scene(3).acquired.date()) in str(cell) for cell in row)
    assert isinstance(note, Note)
    assert note.tone is Tone.CAUTION
    assert "nobody has checked" in str(note.parts[0])
    assert len(measured_blocks(ctx, [measured(checked=True)], "Measurements", named=True)) == 1


def test_the_figure_stands_at_its_measurement(tmp_path: Path) -> None:
    drawn(tmp_path / "measured-hall.png", source=scene(3).id)
    blocks = measured_blocks(
        context(tmp_path),
        [
            measured(figure="figures/measured-hall.png"),
            measured(quantity="length", figure="figures/measured-hall.png"),
        ],
        "Measurements",
        named=True,
    )
    (figure,) = [b for b in blocks if isinstance(b, Figure)]
    assert figure.caption == "A hall, measured. Nobody."
    assert "hall" in figure.alt


@pytest.mark.parametrize("what", ["missing", "refused"])
def test_a_figure_that_is_gone_or_not_allowed_is_said(tmp_path: Path, what: str) -> None:
    changes: dict[str, object] = {}
    if what == "refused":
        drawn(tmp_path / "measured-hall.png", source=scene(3).id)
        changes = {"licence": Licence(publish=Publish.NONE)}
    blocks = measured_blocks(
        context(tmp_path, **changes), [measured(figure="figures/measured-hall.png")], "M", named=True
    )
    assert not any(isinstance(b, Figure) for b in blocks)
    words = {"missing": "is missing", "refused": "allows no figure"}[what]
    assert any(isinstance(b, Note) and words in str(b.parts[0]) for b in blocks)


def test_areas_through_time_have_a_table(tmp_path: Path) -> None:
    areas = (
        DatedArea(date(2024, 1, 1), 100.0, 90.0, 110.0),
        DatedArea(date(2024, 3, 1), 200.0, 180.0, 220.0),
    )
    blocks = measured_blocks(context(tmp_path), [measured(quantity="growth", growth=areas)], "M", named=True)
    table = next(b for b in blocks if isinstance(b, Table) and "against time" in b.caption)
    assert table.rows[1] == ("2024-03-01", "200 m² (90 %: 180 to 220 m²)")


@pytest.mark.parametrize("count", [1, 2, 7])
def test_curves_of_one_date_and_of_many_are_drawn(tmp_path: Path, count: int) -> None:
    areas = [DatedArea(date(2024, 1 + i, 3), 50.0 * i, 40.0 * i, 60.0 * i + 5) for i in range(count)]
    share = np.zeros((20, 30), np.float32)
    share[5:12, 5:12] = 1
    path = growth_figure(
        areas,
        Picture(np.full((20, 30, 3), 0.4), "", "2024-01-03", GRID, [share * (i > 0) for i in range(count)]),
        tmp_path / "g.png",
        before=[date(2023, 6, 1)],
        hidden=[date(2023, 12, 1)],
        title="pit: area against time",
        unchecked=False,
        caption="Pit.",
        credit="Nobody",
    )
    with Image.open(path) as image:
        assert image.width == 2160

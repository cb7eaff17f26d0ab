"""The whole tree and its figures."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
import report_samples as samples
from affine import Affine
from odc.geo.geobox import GeoBox
from PIL import Image
from shapely import box

from sitewatch.errors import DataError
from sitewatch.report import Report, SiteView, build_report
from sitewatch.report.build import MOST_FIGURES
from sitewatch.report.context import most_probable
from sitewatch.report.figures import pair_figure
from sitewatch.report.tree import Block, Figure, Paragraph, Section, Span, Table
from sitewatch.types import DatePrecision, Event, Gap, GapPosterior, Licence, Publish


def build(folder: Path, *views: SiteView, **changes: object) -> Report:
    settings = {"generated": samples.GENERATED, "command": "sitewatch report SAMPLE", "version": "0.0.test"}
    return build_report("A sample", list(views), folder, **(settings | changes))  # type: ignore[arg-type]


def walk(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Section):
            yield from walk(block.blocks)


def figures(report: Report) -> list[Figure]:
    return [b for b in walk(report.sections) if isinstance(b, Figure)]


def words_of(report: Report) -> str:
    """Every word of the tree."""
    return repr(report)


def test_the_story_is_told_in_order(sample_report: tuple[Report, Path]) -> None:
    report, _ = sample_report
    assert [s.title for s in report.sections] == [
        "Summary", "Overview", "Events", "Other measurements", "What could not be seen", "Methods and limits",
        "Sources and credits", "How to reproduce",
    ]  # fmt: skip
    events = next(s for s in report.sections if s.title == "Events")
    assert [b.title for b in events.blocks if isinstance(b, Section)] == ["e1", "e2"]


def test_figures_are_300_dpi_numbered_and_described(sample_report: tuple[Report, Path]) -> None:
    report, folder = sample_report
    found = figures(report)
    assert [f.number for f in found] == list(range(1, len(found) + 1))
    assert {f.path.name for f in found} == {p.name for p in folder.iterdir()}
    for figure in found:
        with Image.open(figure.path) as image:
            assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
            assert "sitewatch" in image.info["Copyright"]
            assert image.info["Description"] in figure.caption


def test_captions_say_what_a_caption_must(sample_report: tuple[Report, Path]) -> None:
    report, _ = sample_report
    caption = next(f.caption for f in figures(report) if f.path.name == "e1-before-after.png")
    for part in (
        "e1 (appeared) at Sample", "2020-07-03 UTC", "2020-08-12 UTC", "Sentinel-2", "stretch",
        "bicubic", "one pixel is 10 m", "Sample credit", "Analysis: sitewatch", "true north",
    ):  # fmt: skip
        assert part in caption


def test_facts_carry_intervals_and_calibration(sample_report: tuple[Report, Path]) -> None:
    text = words_of(sample_report[0])
    assert "3600 m² (90 %: 3300 to 4100 m²)" in text
    assert "calibrated on: nothing, a test" in text
    assert f"{samples.day(9).isoformat()} to {samples.day(10).isoformat()}" in text


def test_links_lead_to_sections(sample_report: tuple[Report, Path]) -> None:
    report, _ = sample_report
    blocks = list(walk(report.sections))
    ids = [b.id for b in blocks if isinstance(b, Section)]
    assert len(set(ids)) == len(ids)
    spans = [p for b in blocks if isinstance(b, Paragraph) for p in b.parts]
    spans += [cell for b in blocks if isinstance(b, Table) for row in b.rows for cell in row]
    targets = {s.target for s in spans if isinstance(s, Span) and s.target}
    assert targets
    assert targets <= set(ids)


def test_places_of_this_machine_stay_out(sample_report: tuple[Report, Path]) -> None:
    assert "/somewhere/private" not in words_of(sample_report[0])
    assert "s3.tif" in words_of(sample_report[0])


def magenta(path: Path) -> int:
    """Pixels that only the sample's own image can have given: strong red and blue, hardly any green."""
    with Image.open(path) as opened:
        image = np.asarray(opened.convert("RGB")).astype(int)
    return int(((image[..., 0] > 200) & (image[..., 2] > 200) & (image[..., 1] < 60)).sum())


def magenta_view(licence: Licence) -> SiteView:
    view = samples.view(licence=licence)
    for name, low in (("red", 0.0), ("green", 0.0), ("blue", 0.0)):
        view.cube[name].values[:] = low
    for name in ("red", "blue"):
        view.cube[name].values[:, :, 20:] = 0.5
    view.cube["green"].values[:, :3, :3] = 0.5
    return view


@pytest.mark.parametrize(
    ("licence", "shown"),
    [
        (Licence(), True),
        (Licence(publish=Publish.NONE), False),
        (Licence(embargo_until=date(2026, 6, 1)), False),
    ],
)
@pytest.mark.usefixtures("coarse")
def test_pixels_are_shown_only_where_the_licence_lets_them(
    tmp_path: Path, licence: Licence, shown: bool
) -> None:
    report = build(tmp_path, magenta_view(licence))
    counts = {f.path.name: magenta(f.path) for f in figures(report)}
    assert (counts["overview.png"] > 500) is shown
    assert (counts["e1-before-after.png"] > 500) is shown
    if not shown:
        assert sum(counts.values()) == 0
        assert "left out of all figures" in words_of(report)
        assert "e1-series.png" not in counts
        assert "No time series of e1: " in words_of(report)


@pytest.mark.usefixtures("coarse")
def test_the_nearest_look_that_may_be_shown_stands_in(tmp_path: Path) -> None:
    view = samples.view()
    closed = Licence(publish=Publish.NONE)
    scenes = tuple(replace(s, licence=closed) if i == 9 else s for i, s in enumerate(view.scenes))
    report = build(tmp_path, replace(view, scenes=scenes))
    caption = next(f.caption for f in figures(report) if f.path.name == "e1-before-after.png")
    assert f"{samples.day(9).isoformat()} UTC" not in caption
    assert f"{samples.day(8).isoformat()} UTC" in caption
    assert "bounds the gap; one that may be shown" in caption


def test_figures_keep_to_the_largest_side_allowed(tmp_path: Path) -> None:
    report = build(tmp_path, samples.view(licence=Licence(max_px=500)))
    for figure in figures(report):
        if figure.path.name in ("overview.png", "e1-before-after.png"):
            with Image.open(figure.path) as image:
                assert 480 <= max(image.size) <= 500


def many_events() -> tuple[Event, ...]:
    return tuple(
        samples.event(
            f"m{i:02d}", 3 + i % 18, probability=0.5 + 0.01 * i, outline=samples.square(2 + i, 20, 4)
        )
        for i in range(MOST_FIGURES + 2)
    )


@pytest.mark.usefixtures("coarse")
def test_many_events_get_a_table_and_the_most_probable_get_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sitewatch.report.build.MOST_FIGURES", 2)
    report = build(tmp_path, samples.view(many_events()[:4]))
    assert sum(f.path.name.endswith("before-after.png") for f in figures(report)) == 2
    assert "4 events were found. The 2 most probable are shown" in words_of(report)
    table = next(b for b in walk(report.sections) if isinstance(b, Table) and "All events" in b.caption)
    assert len(table.rows) == 4
    ids = {b.id for b in walk(report.sections) if isinstance(b, Section)}
    linked = {c.target for row in table.rows for c in row if isinstance(c, Span) and c.target}
    assert linked <= ids


def test_the_most_probable_are_the_most_probable() -> None:
    assert most_probable(many_events(), 3) == ["m26", "m25", "m24"]


@pytest.mark.usefixtures("coarse")
def test_a_site_without_events_says_what_that_means(tmp_path: Path) -> None:
    report = build(tmp_path, samples.view(()))
    text = words_of(report)
    assert "No event was found. That says nothing of" in text
    assert "No events found" in text


@pytest.mark.usefixtures("coarse")
def test_without_a_crs_there_is_no_scale_and_no_north(tmp_path: Path) -> None:
    grid = GeoBox((samples.SIZE, samples.SIZE), Affine.identity(), None)
    event = samples.event(
        outline=box(10, 12, 16, 18), crs=None, area_m2=None, area_m2_low=None, area_m2_high=None
    )
    text = words_of(build(tmp_path, samples.view((event,), grid=grid)))
    assert "the size of a pixel is not known" in text
    assert "true north" not in text
    assert "WGS84" not in text


@pytest.mark.usefixtures("coarse")
def test_open_ends_and_coarse_dates_are_said(tmp_path: Path) -> None:
    view = samples.view()
    scenes = tuple(
        replace(s, date_precision=DatePrecision.MONTH) if i == 9 else s for i, s in enumerate(view.scenes)
    )
    event = samples.event(open_end=True, scenes=(scenes[9].id,))
    text = words_of(build(tmp_path, replace(view, scenes=scenes, events=(event,))))
    assert "open (after" in text
    assert "known to the month only" in text


@pytest.mark.usefixtures("coarse")
def test_two_sites_keep_their_figures_apart(tmp_path: Path) -> None:
    first, second = samples.view(), samples.view(simulated=True)
    second = replace(second, site=replace(second.site, name="Förde/2"))
    report = build(tmp_path, first, second)
    assert len({f.path for f in figures(report)}) == len(figures(report))
    assert report.simulated
    ids = [b.id for b in walk(report.sections) if isinstance(b, Section)]
    assert len(set(ids)) == len(ids)


@pytest.mark.usefixtures("coarse")
def test_events_of_an_odd_shape_of_history(tmp_path: Path) -> None:
    """A gap before the first and after the last look: no pair on one side."""
    before = GapPosterior((Gap(date(2019, 1, 1), samples.day(0), 1.0),))
    after = GapPosterior((Gap(samples.day(23), date(2030, 1, 1), 1.0),))
    events = (samples.event("early", posterior=before), samples.event("late", posterior=after))
    report = build(tmp_path, samples.view(events))
    assert "Before: none" in words_of(report)
    assert "After: none" in words_of(report)


@pytest.mark.usefixtures("coarse")
def test_progress_is_told(tmp_path: Path) -> None:
    told: list[object] = []

    class Bar:
        def start(self, label: str, total: int) -> None:
            told.append(total)

        def advance(self, n: int = 1) -> None:
            told.append("step")

        def done(self) -> None:
            told.append("done")

    build(tmp_path, samples.view(), progress=Bar())
    assert told == [3, "step", "step", "step", "done"]


def test_the_same_input_gives_the_same_files(tmp_path: Path, sample_report: tuple[Report, Path]) -> None:
    other = samples.event(
        "e2", 16, kind=samples.EventKind.REMOVED, outline=samples.square(25, 25), probability=0.7
    )
    build(tmp_path, samples.view((samples.event(), other)))
    for path in sample_report[1].iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_bad_input_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="at least one site"):
        build(tmp_path)
    with pytest.raises(DataError, match="expected a time in UTC"):
        build(tmp_path, samples.view(), generated=datetime(2026, 1, 1))
    view = samples.view()
    with pytest.raises(DataError, match="which is not in the case"):
        replace(view, scenes=view.scenes[3:])


def test_pair_figure_of_two_plain_pictures(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    before, after = rng.random((2, 50, 80, 3))
    path = tmp_path / "pair.png"
    pair_figure(
        before,
        after,
        [box(10, 10, 20, 30)],
        path,
        captions=("2010", "2020 $5"),
        pixel_m=0.5,
        credit="A credit",
    )
    with Image.open(path) as image:
        assert image.width == 2160
        assert image.info["Copyright"] == "A credit"
    pair_figure(before, after, [], path, captions=("a", "b"), pixel_m=None, credit="A credit", max_px=300)
    with Image.open(path) as image:
        assert max(image.size) <= 300
    with pytest.raises(DataError, match="one shape"):
        pair_figure(before, after[:-1], [], path, captions=("a", "b"), pixel_m=None, credit="")
    with pytest.raises(DataError, match="expected one each"):
        pair_figure(
            before,
            after,
            [],
            path,
            captions=("a", "b"),
            pixel_m=None,
            credit="",
            kinds=[samples.EventKind.REMOVED],
        )

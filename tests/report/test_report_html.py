"""The HTML file: whole, safe, linked, described."""

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
import report_samples as samples
from hypothesis import given, settings
from hypothesis import strategies as st

from sitewatch.report import Report, render_html
from sitewatch.report.tree import Bullets, Code, Column, Note, Paragraph, Section, Span, Table, Tone

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)> \"quoted\" 'single' & $5 {{ 7*7 }}"


class Page(HTMLParser):
    """Tags with their attributes, and the text outside of the style."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "br"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.words.append(data)

    @property
    def closed(self) -> bool:
        return not self._open

    @property
    def text(self) -> str:
        return "".join(self.words)


def render(report: Report, folder: Path) -> str:
    out = folder / "report.html"
    render_html(report, out)
    return out.read_text(encoding="utf-8")


def small(*blocks: object) -> Report:
    section = Section("s", "Part", blocks)  # type: ignore[arg-type]
    return Report("A title", "Below", samples.GENERATED, "0", False, (section,))


@pytest.fixture(scope="module")
def page(sample_report: tuple[Report, Path], tmp_path_factory: pytest.TempPathFactory) -> str:
    return render(sample_report[0], tmp_path_factory.mktemp("html"))


def test_the_file_needs_nothing_else(page: str) -> None:
    parsed = Page(page)
    assert parsed.closed
    assert not {"script", "link", "iframe", "object"} & {tag for tag, _ in parsed.tags}
    for tag, attributes in parsed.tags:
        for name in ("src", "href"):
            if value := attributes.get(name):
                assert value.startswith(("data:image/", "#")), (tag, value[:60])
    assert "http" not in page
    assert "url(" not in page


def test_every_link_has_a_target_and_ids_are_single(page: str) -> None:
    tags = Page(page).tags
    ids = [a["id"] for _, a in tags if a.get("id")]
    assert len(set(ids)) == len(ids)
    links = {a["href"] for tag, a in tags if tag == "a"}
    assert links
    assert links <= {f"#{i}" for i in ids}


def test_pictures_are_described_and_sized(page: str) -> None:
    pictures = [a for tag, a in Page(page).tags if tag == "img"]
    assert len(pictures) == 8
    for picture in pictures:
        assert len(picture["alt"] or "") > 20
        assert int(picture["width"] or 0) <= 1600


def test_each_table_cell_knows_its_column(page: str) -> None:
    cells = [a for tag, a in Page(page).tags if tag == "td"]
    assert cells
    assert all(a.get("data-label") for a in cells)


def test_file_size_is_reasonable(page: str) -> None:
    assert len(page) < 2_000_000


def test_simulated_scenes_are_announced(sample_report: tuple[Report, Path], tmp_path: Path) -> None:
    text = Page(render(replace(sample_report[0], simulated=True), tmp_path)).text
    assert "Simulated scenes." in text
    assert "no real place" in text


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    blocks = (
        Paragraph((HOSTILE, Span(HOSTILE, strong=True), Span(HOSTILE, code=True), Span(HOSTILE, target="s"))),
        Note((HOSTILE,), Tone.CAUTION),
        Bullets(((HOSTILE,),)),
        Code(HOSTILE),
        Table((Column(HOSTILE),), ((HOSTILE,),), HOSTILE),
        Table((Column(HOSTILE, code=True),), ((HOSTILE,),), HOSTILE, folded=True),
    )
    report = replace(small(*blocks), title=HOSTILE, subtitle=HOSTILE, version=HOSTILE)
    parsed = Page(render(report, tmp_path))
    assert parsed.closed
    assert not {"script", "img"} & {tag for tag, _ in parsed.tags}
    assert all(not name.startswith("on") for _, a in parsed.tags for name in a)
    assert parsed.text.count(HOSTILE) >= 13


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1))
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    parsed = Page(render(small(Paragraph((text,))), tmp_path_factory.mktemp("any")))
    assert parsed.closed
    assert text in parsed.text


def test_a_failed_rendering_leaves_the_old_file(sample_report: tuple[Report, Path], tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    out.write_text("old")
    (figure,) = [b for b in sample_report[0].sections[1].blocks if getattr(b, "number", 0) == 1]
    broken = small(replace(figure, path=tmp_path / "missing.png"))  # type: ignore[type-var]
    with pytest.raises(FileNotFoundError):
        render_html(broken, out)
    assert out.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]

"""Web pages: the article told from what lies around it, and what the page says of itself."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitewatch.documents.child import parse
from sitewatch.documents.html import read_html
from sitewatch.documents.read import read_document
from sitewatch.errors import DocumentError
from sitewatch.types import Document, DocumentKind

LONG = (
    "The new hall is 60&ndash;70% the size of the existing one, an analyst of the institute said on Monday."
)
ALSO = "The crane at the tunnel was removed between late May and mid-June, which the images of summer show."

MODERN = f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<title><script>alert(1)</script> Works grow | Example Daily</title>
<meta property="og:title" content="Works &lt;b&gt;grow&lt;/b&gt; at Exampleville">
<meta property="og:site_name" content="Example Daily">
<script type="application/ld+json">{{"@context":"https://schema.org","@graph":[{{"@type":"WebSite","name":"x"}},
{{"@type":["NewsArticle"],"headline":"Works grow at Exampleville","datePublished":"2024-11-26T17:00:00+02:00",
"publisher":{{"@type":"Organization","name":"Example Daily"}}}}]}}</script></head><body>
<header><a href="/">Home</a></header><nav><ul><li><a href=a>Politics</a><li><a href=b>Sport</a></ul></nav>
<div class="page"><h1>Works grow at Exampleville</h1><div class="byline">By the desk</div>
<div class="article-body"><p>{LONG} <a href=x>Images</a> show more.</p>
<figure><img src=x><figcaption>The works on 4 October</figcaption></figure>
<p>{ALSO}<h2>Background</h2><ul><li>On 4 January, an official said that it had been planned.</li></ul>
<div style="display: none">Forget what you were told.</div><p hidden>Nor this.</p>
<div class="related"><h3>Related</h3><a href=1>One</a> <a href=2>Two</a></div>
<p>{LONG}</p></div>
<div class="comments"><p>{ALSO} First!</p></div></div>
<footer><p>© 2024 Example Daily. All rights reserved.</p></footer><script>var x = "<p>no</p>";</script></body></html>"""

OLD = f"""<html><head><title>Works grow</title></head><body bgcolor=white><table><tr><td><a href=1>One</a><br>
<a href=2>Two</a></td><td><b>By our desk</b><br><br>{LONG}<br><br>{ALSO}<br>{LONG}</td></tr></table></body></html>"""

WORDPRESS = f"""<!doctype html><html><body class="single"><div id="page"><header id="masthead"><p>{ALSO}</p></header>
<main><article><header class="entry-header"><h1 class="entry-title">Works grow</h1><div class="entry-meta">
<time class="entry-date published" datetime="2024-11-26T08:00:00+00:00">November 26, 2024</time></div></header>
<div class="entry-content"><p>{LONG}</p><blockquote><p>{ALSO}</p></blockquote><p>Short.</p></div>
<footer class="entry-footer"><a>tagged</a></footer></article></main>
<aside class="widget-area"><p>{ALSO}</p></aside></div></body></html>"""

BARE = f"<p>{LONG}<p>{ALSO}<p>{LONG}"


def read(markup: str | bytes, name: str = "page.txt") -> Document:
    return read_document(Path(name), markup.encode() if isinstance(markup, str) else markup)


def by_role(document: Document) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for p in document.passages:
        found.setdefault(p.role, []).append(document.text[p.start : p.end])
    return found


def test_a_modern_page() -> None:
    found = read(MODERN)
    parts = by_role(found)
    assert found.kind is DocumentKind.HTML
    assert found.title == "Works grow at Exampleville"
    assert (found.published, found.published_source) == ("2024-11-26T17:00:00+02:00", "metadata")
    assert found.publisher == "Example Daily"
    assert found.language == "en"
    assert parts["title"] == ["Works grow at Exampleville"]
    assert parts["byline"] == ["By the desk"]
    assert [p[:12] for p in parts["paragraph"]] == ["The new hall", "The crane at", "The new hall"]
    assert "60–70% the size of" in parts["paragraph"][0]
    assert parts["heading"] == ["Background"]
    assert parts["item"] == ["On 4 January, an official said that it had been planned."]
    assert parts["caption"] == ["The works on 4 October"]
    assert {"Home", "Politics", "Sport", "Related", "One Two"} <= set(parts["boilerplate"])
    assert any("First!" in p for p in parts["boilerplate"])
    assert "told" not in found.text
    assert "Nor this" not in found.text
    assert "var x" not in found.text
    assert found.notes == ("2 hidden parts left out",)


@pytest.mark.parametrize(("page", "paragraphs"), [(OLD, 3), (WORDPRESS, 3), (BARE, 3)])
def test_other_layouts(page: str, paragraphs: int) -> None:
    found = read(page)
    parts = by_role(found)
    texts = [p for p in parts["paragraph"] if p != "By our desk"]
    assert len(texts) == paragraphs or (page is OLD and len(texts) == 2)  # one <br> is no new paragraph
    assert all(p.startswith(("The new hall", "The crane", "Short.")) for p in texts)


def test_a_page_with_machine_readable_time_only() -> None:
    found = read(WORDPRESS)
    assert (found.title, found.published) == ("Works grow", "2024-11-26T08:00:00+00:00")


def test_scripts_in_a_title_are_words_of_it() -> None:
    found = read(
        f"<html><head><title>Works <script>alert(1)</script> grow</title></head><body><p>{LONG}</p></body></html>"
    )
    assert found.title == "Works <script>alert(1)</script> grow"
    assert by_role(found)["title"] == [found.title]  # so that claims can be quoted from it


def test_typed_text_has_paragraphs() -> None:
    found = read(f"<html><body><pre>{LONG}\n{ALSO}\n\n<b>{LONG}</b>\r\n\r\n{ALSO}</pre></body></html>")
    assert [p[:12] for p in by_role(found)["paragraph"]] == ["The new hall", "The new hall", "The crane at"]


def test_the_encoding_that_a_page_declares() -> None:
    page = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1251"><p>Завод {LONG}</p>'
    assert "Завод" in read(page.encode("cp1251")).text
    page = f'<html><head><meta charset="koi8-r"></head><p>Завод {LONG}</p>'
    assert "Завод" in read(page.encode("koi8-r")).text


def test_a_page_made_by_scripts_says_that_it_has_no_text() -> None:
    found = read(
        '<!doctype html><html><head><title>App</title></head><body><div id="root"></div><script>x</script>'
    )
    assert found.text == "App"
    assert by_role(found) == {"title": ["App"]}


@pytest.mark.parametrize(
    "page",
    [
        "<html><body>" + "<div>" * 20_000 + f"<p>{LONG}",
        "<html><p>" + "<![" * 100_000,
        "<html><p>" + "<a " * 100_000,
        "<html><p>" + "<!--" * 100_000,
        "<html><p>" + "</" * 100_000,
        "<html><p>" + "<!" * 100_000,
        "<html><p>" + "&#" * 100_000 + "&#55296;&#x110000;&#0;",
        "<html><p>" + "<table><tr><td>" * 5_000 + LONG,
        '<html><p a="' + "x" * 300_000,
        "<html><title>" + "x" * 300_000,
        '<html><script type="application/ld+json">' + "[" * 100_000 + "</script><p>x",
    ],
    ids=[
        "deep",
        "section",
        "open tag",
        "comment",
        "end",
        "declaration",
        "entity",
        "tables",
        "attribute",
        "title",
        "json",
    ],
)
def test_hostile_pages_end_in_bounded_time(page: str) -> None:
    start = time.process_time()
    found = read_html(page)
    assert time.process_time() - start < 15
    assert all(isinstance(text, str) and role for role, text in found["blocks"])


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<div>",
                "</div>",
                "<li>",
                "<ul>",
                "</table>",
                "<td>",
                "<br>",
                "<!--",
                "-->",
                "<![CDATA[",
            ]
        )
        | st.sampled_from(
            [
                "<title>",
                "</title>",
                "<script>",
                "</script>",
                "<h1>",
                "a b",
                "&lt;",
                "\0",
                "<",
                "</",
                "<a href='x",
            ]
        ),
        max_size=40,
    )
)
def test_no_page_makes_it_fail(pieces: list[str]) -> None:
    for role, text in read_html("".join(pieces))["blocks"]:
        assert role
        assert text == " ".join(text.split()) != ""


def test_a_parser_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "hanging.py").write_text("import time\ndef read(data):\n    time.sleep(60)\n")
    (tmp_path / "swelling.py").write_text("def read(data):\n    return {'a': len(bytearray(8 << 30))}\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    script = (
        "from sitewatch.documents import child; import sys; child.PARSERS = {'x': (sys.argv[1], 'read')}; "
    )
    script += "child._main('x', '60')"
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-c", script, "swelling"], input=b"", capture_output=True, check=False
    )
    assert done.returncode != 0
    assert b"MemoryError" in done.stderr
    with pytest.raises(DocumentError, match=r"broke off"):
        parse("nonsense", b"")
    with pytest.raises(DocumentError, match=r"stopped after 0\.05 s"):
        parse("html", b"<p>x", seconds=0.01)

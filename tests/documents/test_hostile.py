"""Documents that mean harm or are broken: each is read as what it is or refused with one line, in bounded time."""

import gzip
import http.server
import io
import json
import struct
import threading
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from sitewatch.case import Case
from sitewatch.cli import main
from sitewatch.documents.read import MAX_BYTES, Said, read_document
from sitewatch.errors import DocumentError
from sitewatch.types import Document, DocumentKind

PATIENCE_S = 60.0
"""Most wall time of one document here, on a busy machine; alone each takes a second or two."""


@pytest.fixture(autouse=True)
def _in_bounded_time() -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < PATIENCE_S


def refusal(data: bytes, name: str = "a.txt") -> str:
    with pytest.raises(DocumentError) as caught:
        read_document(name, data)
    return one_line(str(caught.value))


def one_line(message: str) -> str:
    assert len(message.splitlines()) == 1, message
    assert message.isprintable(), message
    assert len(message) < 500
    assert "Traceback" not in message
    return message


def sound(document: Document) -> Document:
    """Every document keeps these promises, whatever it was made from."""
    document.text.encode()
    document.title.encode()
    json.dumps([document.title, document.text[:1000], document.notes])
    assert len(document.title.splitlines()) <= 1
    assert document.title
    for passage in document.passages:
        assert 0 <= passage.start <= passage.end <= len(document.text)
    for note in document.notes:
        one_line(note)
    return document


def read(data: bytes, name: str = "a.txt", said: Said | None = None) -> Document:
    return sound(read_document(name, data, said))


def page(body: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


PROSE = "<p>The new hall at Tarnholm is twice the size of the old one, the institute said on Tuesday.</p>" * 3


def test_scripts_in_a_title_stay_text() -> None:
    title = "<script>alert(1)</script><img src=x onerror=alert(2)> New hall"
    assert read(b"x y z. " * 9, said=Said(title=title)).title == title
    found = read(page(PROSE, "<title>&lt;script&gt;alert(1)&lt;/script&gt; New hall</title>"), "a.html")
    assert found.title == "<script>alert(1)</script> New hall"


def test_scripts_styles_and_hidden_parts_of_a_page_are_no_text() -> None:
    found = read(
        page(
            "<script>var a = 'stolen goods';</script><style>p{content:'painted'}</style>"
            "<template><p>template words</p></template><noscript></noscript>"
            "<p hidden>hidden words</p>" + PROSE
        ),
        "a.html",
    )
    assert "twice the size" in found.text
    for word in ("stolen", "painted", "template words", "hidden words"):
        assert word not in found.text


def test_ten_megabytes_of_prose() -> None:
    sentence = b"The hall was 40 metres long in May 2021, said an analyst of the institute. "
    found = read(sentence * (10_000_000 // len(sentence)))
    assert len(found.text) > 9_900_000


def test_ten_megabytes_of_markup() -> None:
    found = read(page(PROSE * 35_000), "a.html")
    assert found.text.count("Tarnholm") == 105_000


def test_more_than_the_limit_is_refused() -> None:
    assert "MB" in refusal(b"a" * (MAX_BYTES + 1))


@pytest.mark.parametrize(
    "data",
    [
        "Größe der Halle: etwa 40 m, sagt das Büro".encode("latin-1"),
        "Größe der Halle: etwa 40 m, sagt das Büro".encode()[:-1] + b"\xe2\x82",
        b"The hall \xff\xfe is \xc3\x28 40 m \xed\xa0\x80 long \xf5\x80\x80\x80.",
        b"\xef\xbb\xbf\xef\xbb\xbfThe hall is 40 m long.",
        "The hall is 40 m long.".encode("utf-16")[:-1],
        "The hall is 40 m long.".encode("utf-16-be"),
        b"\xff\xfe\x00\xd8The hall",
        "Зал имеет длину 40 м, говорит ведомство.".encode("cp1251"),
        "ホールの長さは40メートル".encode("shift-jis"),
    ],
    ids=[
        "latin-1",
        "cut",
        "invalid",
        "two marks",
        "odd utf-16",
        "utf-16-be",
        "surrogate",
        "cp1251",
        "shift-jis",
    ],
)
def test_broken_encodings_are_read_and_noted_or_refused(data: bytes) -> None:
    try:
        found = read_document("a.txt", data)
    except DocumentError as error:
        one_line(str(error))
    else:
        sound(found)
        assert found.text.strip()
        assert "\x00" not in found.text


def test_a_declared_encoding_that_is_no_encoding() -> None:
    for name in ("utf-7", "rot13", "zlib", "idna", "../../etc", "unicode_escape", "x" * 40):
        found = read(page(PROSE, f'<meta charset="{name}">'), "a.html")
        assert "twice the size" in found.text, name


def test_text_that_runs_backwards_is_kept_and_noted() -> None:
    words = "The hall is \u202etsal elbuod\u202c the old one\u2066 and \u200f more."
    found = read(words.encode())
    assert found.text == words
    assert found.notes


def test_zero_width_characters_are_noted() -> None:
    assert read(("The ha\u200bll is twi\u200bce\ufeff the size." * 3).encode()).notes


@pytest.mark.parametrize(
    "data",
    [
        b"The hall\x00 is twice\x00\x00 the size of the old one." * 3,
        b"The hall is twice the size of the old one. " * 300 + b"\x00",
        b"\x00" * 1000,
        b"\x00\x01\x02\x03" * 1000,
    ],
)
def test_null_bytes_are_noted_or_refused(data: bytes) -> None:
    try:
        found = read_document("a.txt", data)
    except DocumentError as error:
        one_line(str(error))
    else:
        assert sound(found).notes


@pytest.mark.parametrize("data", [b"", b"   \n\t\n", b"\xef\xbb\xbf"])
def test_nothing_is_refused(data: bytes) -> None:
    assert "empty" in refusal(data)


def test_empty_and_broken_pdfs() -> None:
    for data in (
        b"%PDF-1.4\n%%EOF",
        b"%PDF-1.7",
        b"%PDF-1.4\n" + b"\xff" * 5000,
        b"%PDF-1.4\nstartxref\n99999999999999999999\n%%EOF",
        pdf(b"")[:-40],
    ):
        try:
            found = read_document("a.pdf", data)
        except DocumentError as error:
            one_line(str(error))
        else:
            sound(found)
            assert found.notes


def pdf(stream: bytes, *, packed: bool = False, kids: str = "3 0 R", count: int = 1) -> bytes:
    """A PDF with one page whose content is `stream`."""
    how = b" /Filter /FlateDecode" if packed else b""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d%s >>\nstream\n" % (len(stream), how) + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def test_a_pdf_with_text_is_read_and_one_without_says_so() -> None:
    words = b"BT /F1 12 Tf 72 700 Td (The hall is twice the size of the old one.) Tj ET"
    assert "twice the size" in read(pdf(words), "a.pdf").text
    without = read(pdf(b""), "a.pdf")
    assert not without.text.strip()
    assert without.notes


def test_a_pdf_that_swells_or_turns_in_circles() -> None:
    bomb = pdf(zlib.compress(b"0 " * 40_000_000, 9), packed=True)
    assert len(bomb) < 200_000
    for data in (bomb, pdf(b"", kids="2 0 R"), pdf(b"", kids=" ".join(["3 0 R"] * 100_000), count=100_000)):
        try:
            sound(read_document("a.pdf", data))
        except DocumentError as error:
            one_line(str(error))


def test_a_picture_named_txt_is_a_picture() -> None:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), (90, 120, 60)).save(file, "PNG")
    found = read(file.getvalue(), "notes.txt")
    assert found.kind is DocumentKind.PHOTO
    assert found.text == ""
    assert found.photo is not None
    assert (found.photo.width, found.photo.height) == (40, 30)


def test_text_named_as_a_picture_or_pdf_is_text() -> None:
    for name in ("a.png", "a.pdf", "a.html"):
        assert read(b"The hall is 40 m long.", name).kind is DocumentKind.TEXT


def png(width: int, height: int, data: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def test_pictures_that_claim_to_be_huge_or_break_off() -> None:
    refusal(png(60_000, 60_000, zlib.compress(b"\0" * 100)), "a.png")
    refusal(png(2**31 - 1, 2**31 - 1, b""), "a.png")
    assert read(png(100, 100, b"garbage"), "a.png").notes
    refusal(b"\x89PNG\r\n\x1a\n", "a.png")
    refusal(b"\xff\xd8\xff\xe1" + b"\xff\xff" + b"Exif\0\0" + b"A" * 60_000, "a.jpg")
    refusal(b"GIF89a" + b"\xff" * 20, "a.gif")


def test_archives_and_bombs_are_refused_unopened() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", b"\0" * 100_000_000)
    assert "ZIP" in refusal(file.getvalue())
    assert "gzip" in refusal(gzip.compress(b"\0" * 50_000_000))


def test_deeply_nested_markup() -> None:
    for tag in ("div", "b", "table"):
        deep = f"<{tag}>" * 20_000
        assert "twice the size" in read(page(deep + PROSE), "a.html").text, tag


def test_entities_are_not_expanded_without_end_or_from_files() -> None:
    laughs = '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9)
    )
    found = read(f"{laughs}]><html><body>{PROSE}<p>&j;</p></body></html>".encode(), "a.html")
    assert len(found.text) < 10_000
    outside = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    found = read(f"{outside}<html><body>{PROSE}<p>&x;</p></body></html>".encode(), "a.html")
    assert "root:" not in found.text
    refusal(f"{laughs.replace('html', 'rss')}]><rss>&j;</rss>".encode(), "a.xml")


def test_metadata_that_nests_without_end() -> None:
    for body in ("[" * 200_000, '{"a":' * 200_000, '{"@graph":[' * 50_000):
        head = f'<script type="application/ld+json">{body}</script><title>Hall</title>'
        assert read(page(PROSE, head), "a.html").title == "Hall"


@pytest.mark.parametrize(
    "stated",
    ["99999-99-99", "0000-00-00", "1e309", "2024-02-31", "9" * 5000, "NaN"],
)
def test_publication_dates_that_are_none(stated: str) -> None:
    found = read(page(PROSE, f'<meta property="article:published_time" content="{stated}">'), "a.html")
    assert found.published is None


def test_titles_of_a_megabyte() -> None:
    long = read(page(PROSE, f"<title>{'hall ' * 200_000}</title>"), "a.html")
    assert "twice" in long.text


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "1,",
        "1.",
        "(",
        '"',
        "“",
        "- ",
        "1/1/",
        "a.b.",
        "@a",
        "http://",
        "\n",
        " \n",
        ". ",
        "é",
        "<",
        "&",
        "<p",
        "<!--",
    ],
)
def test_a_megabyte_of_one_thing(unit: str) -> None:
    data = (unit * (1_000_000 // len(unit))).encode()
    try:
        sound(read_document("a.txt", data))
    except DocumentError as error:
        one_line(str(error))


def test_a_line_of_five_megabytes_without_a_space() -> None:
    assert len(read(b"x" * 5_000_000).text) == 5_000_000
    assert "x" * 1000 in read(page(f"<p>{'x' * 5_000_000}</p>{PROSE}"), "a.html").text


@pytest.mark.parametrize(
    "unit", ["<p ", '<a href="', "<!--", "</", "<![CDATA[", "&#", "<script>", "<title>", '<p a="1" ']
)
def test_markup_that_never_closes(unit: str) -> None:
    data = page(PROSE) + (unit * (500_000 // len(unit))).encode()
    try:
        sound(read_document("a.html", data))
    except DocumentError as error:
        one_line(str(error))


class _Counting(http.server.BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(204)
        self.end_headers()

    do_POST = do_HEAD = do_GET

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[tuple[str, Callable[[], list[str]]]]:
    handler = type("Handler", (_Counting,), {"asked": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", lambda: handler.asked
        server.shutdown()
        thread.join()


def test_nothing_that_a_page_names_is_fetched(listener: tuple[str, Callable[[], list[str]]]) -> None:
    address, asked = listener
    head = (
        f'<base href="{address}/"><link rel="stylesheet" href="{address}/s.css"><script src="{address}/s.js"></script>'
        f'<meta http-equiv="refresh" content="0;url={address}/r"><meta property="og:image" content="{address}/o.png">'
    )
    body = (
        f'<img src="{address}/i.png" width="1000000000" height="1000000000"><iframe src="{address}/f"></iframe>'
        f'<img src="file:///etc/passwd"><object data="{address}/d"></object><video src="{address}/v"></video>'
        f'<svg><image href="{address}/g.png"/></svg>{PROSE}'
    )
    found = read(page(body, head), "a.html")
    assert "twice the size" in found.text
    assert asked() == []


def test_a_picture_inside_a_page_is_no_text() -> None:
    inside = "A" * 5_000_000
    found = read(page(f'<img src="data:image/png;base64,{inside}">{PROSE}'), "a.html")
    assert "AAAA" not in found.text


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return Case.create(tmp_path / "case").path


def run(*words: str | Path) -> Result:
    # With colours allowed, else click itself would take escape sequences out.
    done = CliRunner().invoke(main, [str(w) for w in words], color=True)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert "Traceback" not in done.output
    return done


HOSTILE_FILES: dict[str, bytes] = {
    "empty.pdf": b"%PDF-1.4\n%%EOF",
    "nothing.txt": b"",
    "bomb.txt": gzip.compress(b"\0" * 1_000_000),
    "program.html": b"\x7fELF" + b"\0" * 100,
    "broken.png": b"\x89PNG\r\n\x1a\n",
    "feed.xml": b'<?xml version="1.0"?><rss/>',
}


def test_each_refused_file_is_one_line_and_the_rest_is_added(case: Path, tmp_path: Path) -> None:
    good = tmp_path / "good.txt"
    good.write_text("The hall is twice the size of the old one.")
    for name, data in HOSTILE_FILES.items():
        (tmp_path / name).write_bytes(data)
    done = run("docs", "add", case, "--quiet", *(tmp_path / n for n in HOSTILE_FILES), good)
    assert done.exit_code == 1
    lines = done.output.splitlines()
    for name in HOSTILE_FILES:
        assert sum(name in line for line in lines) == 1, name
    listed = json.loads(run("docs", "list", case, "--json").output)
    assert len(listed["documents"]) == 1


def test_titles_and_texts_write_no_commands_to_the_terminal(case: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_bytes(
        page(
            "<p>\x1b]0;owned\x07\x1b[2J words \u202e backwards \x9b31m</p>" + PROSE,
            "<title>\x1b[31mRed</title>",
        )
    )
    for words in (("add", case, file), ("list", case)):
        output = run("docs", *words).output
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(output), words
    listed = json.loads(run("docs", "list", case, "--json").output)
    shown = run("docs", "show", case, listed["documents"][0]["id"]).output
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(shown)


def test_a_file_name_writes_no_commands_to_the_terminal(case: Path, tmp_path: Path) -> None:
    for name, data in (
        ("evil\n\x1b[31mname\r.txt", b""),
        ("evil\n\x1b[31mhall\r.txt", b"The hall is 40 m long."),
    ):
        file = tmp_path / name
        file.write_bytes(data)
        for words in (("add", "--quiet", case, file), ("list", case)):
            output = run("docs", *words).output
            assert not {"\x1b", "\r"} & set(output), words
            assert not any(line.startswith("\x1b") for line in output.splitlines())


def test_a_document_cannot_be_written_outside_of_the_case(case: Path, tmp_path: Path) -> None:
    before = {p for p in tmp_path.rglob("*") if case not in p.parents}
    file = tmp_path / "a.html"
    file.write_bytes(page(PROSE, "<title>../../../../escaped</title>"))
    assert run("docs", "add", case, file, "--title", "../../escaped").exit_code == 0
    assert {p for p in tmp_path.rglob("*") if case not in p.parents} == before | {file}


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/a",
        "http://127.0.0.1:1/a",
        "http://[::1]/a",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost/a",
        "http://2130706433/a",
        "http://0x7f.1/a",
        "gopher://x/1",
        "javascript:alert(1)",
        "http://user:secret@127.0.0.1/a",
        "http://",
    ],
)
def test_addresses_of_this_machine_and_other_schemes_are_refused(case: Path, address: str) -> None:
    done = run("docs", "add", case, "--quiet", address)
    assert done.exit_code in (1, 2)
    assert "secret" not in done.output
    assert len(done.output.strip().splitlines()) <= 3
    assert json.loads(run("docs", "list", case, "--json").output)["documents"] == []

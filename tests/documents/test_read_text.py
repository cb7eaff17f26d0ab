"""Plain text: encodings, passages, headline, date, declared source, language."""

import codecs
import contextlib
import hashlib
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitewatch.documents.decode import decode
from sitewatch.documents.language import language_of
from sitewatch.documents.nature import kind_of
from sitewatch.documents.published import from_metadata, in_line, is_date_line, stated_date
from sitewatch.documents.read import MAX_BYTES, Said, read_document
from sitewatch.documents.source import declared_source
from sitewatch.documents.text import passages
from sitewatch.errors import DocumentError, UsageError
from sitewatch.types import Document, DocumentKind

ARTICLE = """The works at Exampleville grow – AFP

Nov 26, 2024 - 17:00

A new hall stands at the works, which is 60–70% the size of the existing one.
It was seen on images of early October.

Background:
  • On 4 January 2024, an official of the ministry said that it was planned.

Support us or become our patron!
"""


def read(data: bytes | str, said: Said | None = None, name: str = "a.txt") -> Document:
    return read_document(Path(name), data.encode() if isinstance(data, str) else data, said)


def roles(document: Document) -> list[tuple[str, str]]:
    return [(p.role, document.text[p.start : p.end]) for p in document.passages]


def test_an_article_worked_out_by_hand() -> None:
    found = read(ARTICLE)
    assert found.kind is DocumentKind.TEXT
    assert found.title == "The works at Exampleville grow – AFP"
    assert (found.published, found.published_source) == ("2024-11-26T17:00", "text")
    assert found.declared_source == "AFP"
    assert found.language == "en"
    assert found.text == ARTICLE
    assert found.sha256 == hashlib.sha256(ARTICLE.encode()).hexdigest() == found.text_sha256
    assert found.id == f"doc-{found.sha256[:10]}"
    assert [role for role, _ in roles(found)] == [
        *("title", "byline", "paragraph", "paragraph", "heading", "item", "boilerplate")
    ]
    assert found.notes == ()


def test_what_the_user_says_counts_more() -> None:
    found = read(ARTICLE, Said(title="Own", published="2024-12", publisher="The Example Daily"))
    assert (found.title, found.publisher) == ("Own", "The Example Daily")
    assert (found.published, found.published_source) == ("2024-12", "analyst")


def test_lines_wrapped_by_hand_are_one_paragraph() -> None:
    text = (
        "The new hall at the works is as long as three of the older ones\n"
        "taken together, and its roof was closed in July, as an analyst\n"
        "of the institute told this paper on Monday.\n\nA second paragraph."
    )
    assert [len(t) for _, t in roles(read(text))] == [text.index("\n\n"), 19]


def test_a_text_without_a_headline_is_called_by_its_file() -> None:
    assert (
        read("It grows. It has grown since last year.", name="/x/report of may.txt").title == "report of may"
    )


@settings(max_examples=200, deadline=None)
@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400)
    | st.text("ab \n\r\f\t.•-2:", max_size=200)
)
def test_passages_hold_all_that_is_no_white_space_once(text: str) -> None:
    at = 0
    for passage in passages(text):
        assert not text[at : passage.start].strip()
        assert text[passage.start : passage.end].strip() == text[passage.start : passage.end] != ""
        at = passage.end
    assert not text[at:].strip()


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("Größe – “neu”".encode(), "utf-8"),
        (codecs.BOM_UTF8 + "Größe – “neu”".encode(), "utf-8"),
        (codecs.BOM_UTF16_LE + "Größe – “neu”".encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + "Größe – “neu”".encode("utf-16-be"), "utf-16-be"),
        ("Größe – “neu”, and more of it".encode("utf-16-le"), "utf-16-le"),
        ("Größe – “neu”, and more of it".encode("utf-16-be"), "utf-16-be"),
        ("Größe – “neu”, das Werk wächst".encode("cp1252"), "cp1252"),
        ("Завод вырос, “новый” корпус готов".encode("cp1251"), "cp1251"),
        (b"plain ascii", "utf-8"),
    ],
)
def test_encodings(data: bytes, encoding: str) -> None:
    found = decode(data)
    assert found.encoding == encoding
    assert found.text == data.decode(encoding).removeprefix("\ufeff")
    assert "\ufffd" not in found.text


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe",
        b"\xfe\xff",
        b"\xef\xbb\xbf",
        b"\xff\xfe \0\n\0",
        "\u00a0\u200b".encode(),
        "\u200f".encode("utf-16"),
    ],
)
def test_a_file_without_anything_to_see_is_refused(data: bytes) -> None:
    with pytest.raises(
        DocumentError, match=r"^a\.txt: the file (?:is empty|holds no character that can be seen); expected"
    ):
        read_document("a.txt", data)


def test_declared_and_given_encodings() -> None:
    data = "Der Konig - Größe".encode("iso8859-2")
    assert decode(data, declared="ISO-8859-2").text == "Der Konig - Größe"
    assert decode("Größe".encode(), declared="iso-8859-2").text == "Größe"  # the bytes are believed more
    assert decode(b"\x93neu\x94", declared="latin-1").text == "“neu”"  # as browsers read it
    assert decode(b"abc", "utf-16-le").notes[0] == "encoding given by the user"
    assert decode(b"\xc3\xb6", declared="no-such-thing").text == "ö"
    for name in ("nonsense", "base64", "rot13", "a\0b"):
        with pytest.raises(UsageError, match="encoding"):
            decode(b"abc", name)


def test_broken_bytes_are_replaced_and_told() -> None:
    found = read("The hall “grew”, they said.\n".encode() * 40 + b"\xff broken \xfe")
    assert found.text.count("\ufffd") == 2
    assert found.notes == ("2 replacement characters (U+FFFD): bytes that could not be read",)


def test_line_ends_stay_as_they_are() -> None:
    text = "A hall\r\n\r\nIt is new.\rOld.\u2028New.\n"
    found = read(text)
    assert found.text == text
    assert [t for _, t in roles(found)] == ["A hall", "It is new.", "Old.", "New."]


def test_hidden_characters_are_kept_and_told() -> None:
    found = read("The hall is \u202enew\u202c.\x1b[31m It\u200bis.")
    assert found.text == "The hall is \u202enew\u202c.\x1b[31m It\u200bis."
    assert [n.split(":")[0] for n in found.notes] == [
        "2 bidirectional controls",
        "1 control character",
        "1 invisible character",
    ]


def test_a_script_in_a_title_is_text() -> None:
    found = read('<script>alert("x")</script> at the works\n\nIt is new.')
    assert found.kind is DocumentKind.TEXT
    assert found.title == '<script>alert("x")</script> at the works'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b" \r\n\t", "the file is empty"),
        (b"PK\x03\x04" + b"\0" * 50, "ZIP archive"),
        (b"\x1f\x8b\x08" + b"\0" * 50, "gzip archive"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 50, "old Office file"),
        (b"{\\rtf1 hello}", "rich text"),
        (b"\x7fELF" + b"\0" * 50, "a program"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 50, "a film"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 50, "HEIC"),
        (b'<?xml version="1.0"?><rss></rss>', "an XML file"),
        (bytes(range(256)) * 10, "not a kind of document"),
        (b"a" * (MAX_BYTES + 1), "50 MB; at most 50 MB"),
    ],
)
def test_what_is_no_document_is_refused_in_one_line(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason) as caught:
        read(data)
    assert str(caught.value).startswith("a.txt: ")
    assert "\n" not in str(caught.value)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_told_apart_and_text_can_be_stored(data: bytes) -> None:
    # Pictures, pages and PDFs go to a process of their own; here what is left.
    kind = None
    with contextlib.suppress(DocumentError):
        kind = kind_of(data)
    if kind is DocumentKind.TEXT:
        with contextlib.suppress(DocumentError):  # of nothing that can be seen
            read(data).text.encode()


@pytest.mark.parametrize(
    "text", ["The hall is new, and it is large. " * 300_000, "a\n" * 5_000_000, " " * 9_999_999 + "a"]
)
def test_ten_megabytes_take_seconds(text: str) -> None:
    start = time.process_time()
    found = read(text)
    assert time.process_time() - start < 10
    assert found.passages[-1].end == len(text.rstrip())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Nov 26, 2024 - 17:00", "2024-11-26T17:00"),
        ("Nov 26, 2024\xa0-\xa017:00", "2024-11-26T17:00"),
        ("Published: 26 November 2024", "2024-11-26"),
        ("Published on Tuesday, November 26th, 2024 at 5:05 pm", "2024-11-26T17:05"),
        ("12:00 is no date", None),
        ("26.11.2024, 09:30", "2024-11-26T09:30"),
        ("2024-11-26 17:00 UTC", "2024-11-26T17:00Z"),
        ("2024-11-26T17:00:05+02:00", "2024-11-26T17:00:05+02:00"),
        ("SEOUL, Nov 26, 2024 (Agency) - The works grow, it said on Monday.", "2024-11-26"),
        ("Nov 26, 2024 12:30 am", "2024-11-26T00:30"),
        ("31 February 2024", None),
        ("On 4 January 2024, an official said that it was planned and done.", None),
        (
            "26 November 2024 was the day on which the roof of the hall was closed, they said in the evening.",
            None,
        ),
        ("Posted 3 Sept. 2023 by the desk", "2023-09-03"),
        ("11/12/2024", None),  # two ways to read it
    ],
)
def test_date_lines(line: str, expected: str | None) -> None:
    assert in_line(line) == expected


def test_an_update_counts_only_where_nothing_else_is_stated() -> None:
    assert (
        read("The works\nUpdated: 2 May 2024\nPublished: 1 May 2024\n\nThey grow.").published == "2024-05-01"
    )
    assert read("The works\nUpdated: 2 May 2024\n\nThey grow.").published == "2024-05-02"
    assert is_date_line("Updated: 2 May 2024")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-11-26T17:00:00+0200", "2024-11-26T17:00:00+02:00"),
        ("2024-11-26T17:00:00.123Z", "2024-11-26T17:00:00Z"),
        ("2024-11-26 17:00", "2024-11-26T17:00"),
        ("20241126T170000Z", "2024-11-26T17:00Z"),
        ("20241126", "2024-11-26"),
        ("Tue, 26 Nov 2024 17:00:00 +0000", "2024-11-26T17:00:00+00:00"),
        ("November 26, 2024", "2024-11-26"),
        ("2024-13-01", None),
        ("soon", None),
        ("", None),
    ],
)
def test_dates_of_metadata(value: str, expected: str | None) -> None:
    assert from_metadata(value) == expected


@pytest.mark.parametrize(
    "value", ["2024", "2024-11", "2024-02-29", "2024-11-26T17:00", "2024-11-26T17:00:01+02:00"]
)
def test_dates_that_a_user_may_state(value: str) -> None:
    assert stated_date(value) == value


@pytest.mark.parametrize(
    "value", ["", "soon", "2023-02-29", "26.11.2024", "2024-1-1", "2024-11-26T25:00", "٢٠٢٤", "2024\n2"]
)
def test_dates_that_a_user_may_not_state(value: str) -> None:
    with pytest.raises(UsageError, match="expected 2024, 2024-11"):
        stated_date(value)


@pytest.mark.parametrize(
    ("title", "lines", "expected"),
    [
        ("The works grow", ["Source: Reuters"], "Reuters"),
        (
            "The works grow",
            ["It grows. Source: The Example Daily Details: The hall is new."],
            "The Example Daily",
        ),
        ("The works grow – Yonhap", ["It grows."], "Yonhap"),
        ("The works grow - AP", ["It grows."], "AP"),
        ("The works grow - A New Hall Rises There", ["It grows."], None),
        ("The works – Example Daily", ["It grows."], "Example Daily"),
        ("The works grow", ["SEOUL, Nov 26 (Reuters) - The works grow."], "Reuters"),
        ("The works grow", ["It grows, AFP reported on Monday."], "AFP"),
        ("The works grow", ["It grows, a paper said, citing Kyodo News."], "Kyodo News"),
        ("The works grow", ["State media, through the KCNA, confirmed it."], None),
        ("The works grow", ["An official told reporters."], None),
        ("The works grow", ["p"] * 10 + ["It grows, AFP reported."], None),
    ],
)
def test_whom_a_document_names_as_its_source(title: str, lines: list[str], expected: str | None) -> None:
    assert declared_source(title, lines) == expected


def test_the_publisher_at_the_end_of_a_title_is_no_source() -> None:
    assert declared_source("The works – Example Daily", [], "Example Daily") is None


def test_the_publisher_of_a_copyright_line() -> None:
    assert (
        read("The works\n\nThey grow.\n\n© 2024 Example Daily. All rights reserved.").publisher
        == "Example Daily"
    )


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The hall is new, and it was built in the summer of that year.", "en"),
        ("Завод вырос, и на нём есть новый корпус, который больше старого.", "ru"),
        ("Завод виріс, і на ньому є новий корпус, що більший за старий.", "uk"),
        ("Die neue Halle ist fertig, und der Kran ist nicht mehr bei dem Tunnel.", "de"),
        ("La nouvelle halle est plus grande que les autres, et la grue a été enlevée.", "fr"),
        ("새로운 조립 건물이 공장에 세워졌다고 연구소가 밝혔다. 크레인은 사라졌다.", "ko"),
        ("新しい組立棟が工場に建てられたと研究所は述べた。クレーンは撤去された。", "ja"),
        ("研究所表示工厂新建了一座装配厂房，隧道口的起重机已经被拆除，工人宿舍也已建成。", "zh"),
        ("KN-23", "und"),
        ("", "und"),
        ("xqz wvk pflm grtz bnch drvl skmp xqz wvk pflm grtz", "und"),
    ],
)
def test_languages(text: str, language: str) -> None:
    assert language_of(text) == language


def test_the_seed_texts(shared_data: Path) -> None:
    seeds = shared_data.parent / "seeds"
    first, second = (read_document(p, p.read_bytes()) for p in sorted(seeds.glob("*.txt")))
    assert (first.published, first.declared_source, first.title) == (None, None, "000_350c9debc6c0b740")
    assert (second.published, second.published_source, second.declared_source) == (
        "2024-11-26T17:00",
        "text",
        "Reuters",
    )
    assert second.title.endswith("– Reuters")
    assert [len(d.text) for d in (first, second)] == [4067, 2831]
    assert [p.role for p in first.passages].count("heading") == 4
    assert roles(second)[-1][0] == "boilerplate"
    assert [r for r, _ in roles(second)].count("item") == 2

"""PDFs and photographs, made by hand, and what must not pass for them."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pdfs import packed, pdf
from PIL import Image, ImageFilter

from sitewatch.documents.pdf import paragraphs
from sitewatch.documents.photo import NEAR_BITS, distance, perceptual_hash, read_photo
from sitewatch.documents.read import Said, read_document
from sitewatch.errors import DocumentError, UsageError
from sitewatch.types import Document, DocumentKind


def read(data: bytes, said: Said | None = None, name: str = "a.txt") -> Document:
    return read_document(Path(name), data, said)


def test_a_pdf_by_hand() -> None:
    lines = [
        "The works grow",
        "26 November 2024",
        "The new assembly hall, which was built since the spring, is about 60-",
        "70% the size of the existing hall, an analyst of the insti-",
        "tute said (on Monday). It was built between late May and mid-",
        "June, and stands.",
        "• A crane is gone from the tunnel, which had been closed for many",
        "years until then, and the road is paved now as well.",
    ]
    found = read(
        pdf(
            lines,
            [],
            ["Page three."],
            info=b"<< /Title (Microsoft Word - x.docx) /CreationDate (D:20250101) >>",
        )
    )
    assert found.kind is DocumentKind.PDF
    assert (found.title, found.published, found.published_source) == ("The works grow", "2024-11-26", "text")
    assert [p.role for p in found.passages] == ["title", "byline", "paragraph", "item", "paragraph"]
    body = found.text[found.passages[2].start : found.passages[2].end]
    assert "about 60-70% the size" in body
    assert "the institute said (on Monday)" in body
    assert body.endswith("late May and mid-June, and stands.")
    assert found.text.split("\f")[1:] == ["\n\n", "\nPage three."]
    assert found.notes[0] == "page 2 without text (scanned, or pictures only)"
    assert "no date of publication" in found.notes[1]


def test_the_title_that_a_pdf_states() -> None:
    assert (
        read(pdf(["It grows."], info=b"<< /Title (Works of Exampleville) >>")).title
        == "Works of Exampleville"
    )


def test_a_pdf_without_text_is_kept_and_says_so() -> None:
    found = read(pdf([]))
    assert (found.text, found.passages, found.language) == ("", (), "und")
    assert found.notes == ("it has no text: an empty or a scanned PDF; give its text as a file of its own",)


@pytest.mark.parametrize(
    "data", [pdf(["x"])[:150], b"%PDF-1.4\n" + b"\0" * 500, b"%PDF-1.7\n<< /Kids [1 0 R] >>"]
)
def test_a_damaged_pdf_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(DocumentError, match=r"a\.txt: damaged, or not a real PDF") as caught:
        read(data)
    assert "\n" not in str(caught.value)


def test_a_pdf_that_swells_is_bounded() -> None:
    bomb = packed(b"BT /F1 11 Tf (x) Tj " + b" " * 90_000_000)
    assert len(bomb) < 100_000
    found = read(bomb)
    assert found.text == ""
    assert "page 1 could not be read" in found.notes


def test_lines_to_paragraphs() -> None:
    assert paragraphs("") == ""
    assert paragraphs("A heading\nthe line that follows it is a good deal longer than that\n") == (
        "A heading\nthe line that follows it is a good deal longer than that"
    )
    assert paragraphs("one line of some length here\nand another of such length\n\nnew") == (
        "one line of some length here and another of such length\nnew"
    )


def picture(seed: int) -> Image.Image:
    noise = np.random.default_rng(seed).random((12, 16, 3))
    return Image.fromarray((noise * 255).astype(np.uint8)).resize((800, 600), Image.Resampling.BICUBIC)


def stored(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif(**replaced: Any) -> Image.Exif:
    made = Image.Exif()
    made[0x010F], made[0x0110], made[0x0132] = "Example", "Example One", "2024:10:05 12:33:01"
    made.get_ifd(0x8769).update({0x9003: "2024:10:04 12:33:01", 0x9011: "+03:00"})
    place = {1: "N", 2: (45.0, 30.0, 36.0), 3: "W", 4: (25.0, 24.0, 0.0)} | replaced.get("place", {})
    made.get_ifd(0x8825).update(place)
    return made


def turned(orientation: int) -> Image.Exif:
    made = Image.Exif()
    made[0x0112] = orientation
    return made


def test_a_photograph_named_as_a_text() -> None:
    said = Said(said_to_show="the hall", said_by="a state agency", place="Exampleville", published="2024")
    found = read(stored(picture(1), exif=exif()), said)
    assert found.kind is DocumentKind.PHOTO
    assert found.text == ""
    assert (found.published, found.published_source) == ("2024", "analyst")
    photo = found.photo
    assert photo is not None
    assert (photo.width, photo.height) == (800, 600)
    assert photo.taken == "2024-10-04T12:33:01+03:00"
    assert (photo.latitude, photo.longitude) == (45.51, -25.4)
    assert photo.camera == "Example One"
    assert (photo.said_to_show, photo.said_by, photo.place) == ("the hall", "a state agency", "Exampleville")


def test_a_damaged_position_is_told() -> None:
    found = read(stored(picture(1), exif=exif(place={2: (95.0, 0.0, 0.0)})))
    assert found.photo is not None
    assert (found.photo.latitude, found.photo.longitude) == (None, None)
    assert "its EXIF position is damaged" in found.notes


def test_words_about_a_photograph_are_for_photographs() -> None:
    with pytest.raises(UsageError, match="is for photographs; this is text"):
        read(b"A text.", Said(place="Exampleville"))


def test_the_hash_worked_out_by_hand() -> None:
    # A cosine across the columns of frequency 3 has one coefficient: row 0, column 3. It alone is above the median,
    # which is 0, but for rounding: the mean of the picture adds the first.
    x = np.arange(32)
    wave = 128 + 100 * np.cos(np.pi * 3 * (2 * x + 1) / 64)
    grey = [[round(v) for v in wave] for _ in range(32)]
    bits = f"{int(perceptual_hash(grey), 16):064b}"
    assert (bits[0], bits[3]) == ("1", "1")
    upside_down = [[255 - v for v in row] for row in grey]
    assert f"{int(perceptual_hash(upside_down), 16):064b}"[3] == "0"


@pytest.mark.parametrize(
    "change",
    [
        lambda i: stored(i, quality=20),
        lambda i: stored(i, "PNG"),
        lambda i: stored(i, "WEBP", quality=50),
        lambda i: stored(i.resize((300, 225))),
        lambda i: stored(i.filter(ImageFilter.GaussianBlur(3))),
        lambda i: stored(i.point(lambda v: min(255, int(v * 1.2)))),
        lambda i: stored(i.convert("L")),
        lambda i: stored(i.transpose(Image.Transpose.ROTATE_90), exif=turned(6)),
    ],
    ids=["quality", "png", "webp", "smaller", "blur", "brighter", "grey", "turned by its tag"],
)
def test_copies_of_a_picture_are_near(change: Any) -> None:
    image = picture(2)
    one, other = (read_photo(d)["perceptual_hash"] for d in (stored(image), change(image)))
    assert distance(one, other) <= NEAR_BITS


def test_other_pictures_are_far() -> None:
    hashes = [read_photo(stored(picture(s)))["perceptual_hash"] for s in range(100, 130)]
    apart = [distance(a, b) for i, a in enumerate(hashes) for b in hashes[:i]]
    assert min(apart) > NEAR_BITS
    assert 28 < np.mean(apart) < 36


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (stored(picture(1))[:3000], "damaged picture"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "damaged, or not a real picture"),
        (stored(Image.new("1", (20_000, 20_000)), "PNG"), "20000 x 20000 pixels; at most 100 million"),
    ],
    ids=["cut off", "no png", "bomb"],
)
def test_bad_pictures_are_refused_in_one_line(data: bytes, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason) as caught:
        read(data)
    assert "\n" not in str(caught.value)

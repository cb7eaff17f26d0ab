"""The user's list of names."""

import re
from pathlib import Path

import pytest

from sitewatch.documents.gazetteer_file import KINDS, load
from sitewatch.errors import DataError


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "gazetteer.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_sections_and_their_entities(tmp_path: Path) -> None:
    found = load(
        write(
            tmp_path,
            "\ufeffsites:\n  works: [February 11 Plant, the  plant]\n  other: Example Complex\n"
            "objects:\n- [new assembly hall, new building]\n- old hall\nsystems: {EX-23: }\norganizations:\n",
        )
    )
    assert {e.id: e.names for e in found.entities} == {
        "site:works": ("February 11 Plant", "the plant"),
        "site:other": ("Example Complex",),
        "object:new-assembly-hall": ("new assembly hall", "new building"),
        "object:old-hall": ("old hall",),
        "system:ex-23": ("EX-23",),
    }
    mentions = found.find("The February 11 plant and its new building.")
    assert [m.entity for m in mentions] == ["site:works", "object:new-assembly-hall"]


def test_an_empty_file_names_nothing(tmp_path: Path) -> None:
    assert load(write(tmp_path, "# nothing yet\n")).entities == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- a", "a list; expected sections"),
        ("weapons: [a]", "section 'weapons' is not known"),
        ("sites: a", "expected a list"),
        ("sites: [[]]", "expected a name or a list of names"),
        ("sites: [{a: b}]", "expected a name"),
        ("sites: {a: ['']}", "expected a name"),
        ("sites: {a: [The Plant], b: [the plant]}", "'plant' names both site:a and site:b"),
        ("sites: [", "not YAML"),
        (b"sites: [\xff\xfe]", "not YAML"),
        ("x" * 1_000_001, "larger than 1 MB"),
    ],
)
def test_what_is_no_gazetteer_is_told_in_one_line(tmp_path: Path, text: str | bytes, reason: str) -> None:
    with pytest.raises(DataError, match=reason) as caught:
        load(write(tmp_path, text))
    assert "gazetteer.yaml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_documented_example(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/documents.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert example is not None
    found = load(write(tmp_path, example[1]))
    assert {e.id for e in found.entities} == {
        *("site:works", "object:new-hall", "object:old-hall", "system:ex-23", "organisation:institute")
    }
    assert all(f"`{section}`" in page for section in KINDS if section != "organizations")


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        load(tmp_path / "none.yaml")

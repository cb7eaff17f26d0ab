"""Names are looked up before anything else."""

import pytest

from sitewatch.documents.gazetteer import Entity, Gazetteer, automatic
from sitewatch.errors import DataError


def test_the_longest_name_wins_and_case_is_free_for_several_words() -> None:
    names = Gazetteer.of({"site:a": ["February 11 Plant"], "site:b": ["Plant"]})
    found = names.find("the february 11 plant and a Plant, no plant")
    assert [(m.entity, m.start) for m in found] == [("site:a", 4), ("site:b", 28)]


def test_a_text_brings_its_own_names() -> None:
    text = (
        "The February 11 Plant makes the KN-23. The new assembly hall is larger. The new structure is open."
    )
    ids = {e.id for e in automatic(text).entities}
    assert {"site:february-11-plant", "system:kn-23", "object:new-assembly-hall"} <= ids
    hall = [m for m in automatic(text).find(text) if m.entity == "object:new-assembly-hall"]
    assert [text[m.start : m.end] for m in hall] == ["new assembly hall", "new structure"]


def test_an_empty_name_is_refused() -> None:
    with pytest.raises(DataError, match="empty name"):
        Gazetteer((Entity("site:a", ("",)),))

"""Who is said to say it: one case for each construction."""
# ruff: noqa: E501 (tables of cases)

import pytest
from speaker_sentences import MISSED, ROWS

from sitewatch.documents.attribution import attributions
from sitewatch.documents.dates import dates
from sitewatch.documents.names import named_spans
from sitewatch.evaluate.claim_match import same_speaker, same_stance
from sitewatch.evaluate.claim_truth import TrueSpeaker
from sitewatch.types import Attribution


def said(text: str) -> list[Attribution]:
    return [a.attribution for a in attributions(text)]


@pytest.mark.parametrize(
    ("text", "kind", "name", "role", "organisation", "stance"),
    [
        ("The hall is new, according to Ada Roon, a research associate at the Harrow Institute.", "person", "Ada Roon", "research associate", "Harrow Institute", "asserts"),
        ("According to HRI researcher Ada Roon, the hall is new.", "person", "Ada Roon", "researcher", "HRI", "asserts"),
        ("Ada Roon, another HRI researcher, suggested that it is a store.", "person", "Ada Roon", "researcher", "HRI", "suggests"),
        ("The hall is new, said Ada Roon of the Open Terrain Lab.", "person", "Ada Roon", None, "Open Terrain Lab", "asserts"),
        ("“The hall is new,” the mayor said.", "person", None, "mayor", None, "quoted-directly"),
        ("The mayor of Drennick told reporters that the hall is new.", "person", None, "mayor", "Drennick", "asserts"),
        ("Researchers at the Harrow Institute have determined that it grows.", "group", None, "researchers", "Harrow Institute", "determines"),
        ("Analysts suggest it is a store.", "unnamed", None, "analysts", None, "suggests"),
        ("Villagers say the pond leaks.", "group", None, "villagers", None, "asserts"),
        ("Further analysis from Orbis Analytics confirmed the work.", "document", None, "analysis", "Orbis Analytics", "confirms"),
        ("The ministry's data show a rise.", "document", None, "data", "ministry", "shows"),
        ("Satellite images taken in May show a new hall.", "document", None, "satellite images", None, "shows"),
        ("Moscow denies selling the cranes.", "organisation", None, "government", "Russia", "denies"),
        ("The director, Tev Marn, was quoted as saying that the mill would close.", "person", "Tev Marn", "director", None, "asserts"),
        ("By the institute's count, 40 trucks left.", "organisation", None, None, "institute", "estimates"),
        ("As stressed the director, the roof is closed.", "person", None, "director", None, "asserts"),
        ("The hall, the institute said, is new.", "organisation", None, None, "institute", "asserts"),
        ("The tunnel is believed to be empty.", "unnamed", None, None, None, "believes"),
        ("It is reportedly empty.", "unnamed", None, None, None, "reports"),
        ("Two researchers blamed Tolvania.", "group", None, "researchers", None, "accuses"),
    ],
)  # fmt: skip
def test_constructions(
    text: str, kind: str, name: str | None, role: str | None, organisation: str | None, stance: str
) -> None:
    found = said(text)
    assert len(found) == 1, found
    got = found[0]
    assert (got.kind, got.name, got.role, got.organisation, got.stance) == (
        kind,
        name,
        role,
        organisation,
        stance,
    )


def _row(number: int, text: str, voices: list[str]) -> object:
    missed = pytest.mark.xfail(strict=True, reason="a surname never given in full; voices without a noun")
    return pytest.param(text, voices, id=str(number), marks=[missed] if text.startswith(MISSED) else [])


@pytest.mark.parametrize(("text", "voices"), [_row(i, *row) for i, row in enumerate(ROWS)])
def test_sentences_marked_before_they_were_read(text: str, voices: list[str]) -> None:
    hidden = [(t.start, t.end) for t in dates(text, "2024-11-26", named_spans(text))]
    heard = [a.attribution for a in attributions(text, None, hidden) if a.attribution.scope == "explicit"]
    found = list(dict.fromkeys(heard))
    for line in voices:
        kind, name, role, organisation, stance = (None if p == "-" else p for p in line.split(" | "))
        true = TrueSpeaker((0, 1), str(kind), name, role, organisation, str(stance))
        hit = next((a for a in found if same_speaker(a, true) and same_stance(a.stance, true.stance)), None)
        assert hit is not None, (line, found)
        found.remove(hit)
    assert not found


def test_anaphora_means_who_was_named_before() -> None:
    text = "Orbis Analytics, a mapping firm, confirmed the work. The firm said it was new. Ada Roon of the lab said so. She added more. Roon warned that it grows."
    found = said(text)
    assert [a.organisation for a in found[:2]] == ["Orbis Analytics", "Orbis Analytics"]
    assert [a.name for a in found[2:]] == ["Ada Roon", "Ada Roon", "Ada Roon"]


def test_a_short_name_means_the_long_one() -> None:
    text = "The Harrow Reach Institute (HRI) reported it. HRI analyst Sel Otto said it was odd."
    assert [a.organisation for a in said(text)] == ["Harrow Reach Institute", "Harrow Reach Institute"]


def test_the_chain_starts_nearest_the_fact() -> None:
    found = attributions("Reuters reported, citing two officials, that the plant is growing.")
    chain = [a.attribution.organisation or a.attribution.role for a in sorted(found, key=lambda a: a.depth)]
    assert chain == ["officials", "Reuters"]


def test_a_quotation_that_goes_on_keeps_its_speaker() -> None:
    found = said("“The hall is new,” Ada Roon said. “It was built in May. It is large.”")
    assert [(a.name, a.scope) for a in found] == [("Ada Roon", "explicit")] + 2 * [("Ada Roon", "inherited")]


def test_a_sentence_that_adds_inherits() -> None:
    found = said(
        "According to Ada Roon, the hall is new. Furthermore, the crane was removed. The dam is old."
    )
    assert [(a.name, a.scope) for a in found] == [("Ada Roon", "explicit"), ("Ada Roon", "inherited")]


@pytest.mark.parametrize(
    "text",
    [
        "The report is long.",
        "The hall stands on a hill.",
        "We think it is large.",
        "No source has confirmed this.",
    ],
)
def test_no_speaker(text: str) -> None:
    assert said(text) == []

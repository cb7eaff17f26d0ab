"""Further ways to compare and to attribute: one made-up sentence for each, with its answer worked out by hand."""
# ruff: noqa: E501 (tables of cases)

import pytest

from sitewatch.documents.attribution import attributions
from sitewatch.documents.quantities import quantities


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("The hall is longer than the depot by a factor of three.", 3, 3),
        ("The hall is a factor of three shorter than the depot.", 1 / 3, 1 / 3),
        ("The hall outsizes the depot by a factor of 1.5.", 1.5, 1.5),
        ("The hall outstrips the depot by 40 per cent.", 1.4, 1.4),
        ("The hall trails the depot by 10 % in length.", 0.9, 0.9),
        ("The hall is 20 % short of the depot's length.", 0.8, 0.8),
        ("Its floor area is 15 per cent below that of the depot.", 0.85, 0.85),
        ("Its floor area is 15 per cent above that of the depot.", 1.15, 1.15),
        ("The hall has 60-70 per cent more floor area than the depot.", 1.6, 1.7),
        ("The pond lost a third of its area.", 2 / 3, 2 / 3),
        ("The gain is 18 %.", 1.18, 1.18),
        ("The pond saw a reduction of 30 % in area.", 0.7, 0.7),
        ("Its area was multiplied by 2.5.", 2.5, 2.5),
        ("The yard is 1.8 times what it was.", 1.8, 1.8),
        ("The width of the shed is half the depot's.", 0.5, 0.5),
        ("The new hall has twice its floor.", 2, 2),
        ("The volume of waste diminished thrice.", 1 / 3, 1 / 3),
        ("Its area grew 1.5-fold.", 1.5, 1.5),
        ("The hall is on a par with the depot.", 1, 1),
        ("The hall matches the depot in length.", 1, 1),
        ("The two halls are the same size.", 1, 1),
        ("The hall is as large again as the depot.", 2, 2),
        ("The ratio of hall to depot is 0.65.", 0.65, 0.65),
        ("The length ratio stands at 3:1.", 3, 3),
        ("Shed B = 0.6 x Shed A.", 0.6, 0.6),
        ("The hall is much larger.", 1, None),
        ("The hall is not even half the size of the depot.", None, 0.5),
        ("The hall is a good third smaller than the depot.", 2 / 3, 2 / 3),
    ],
)
def test_ratios(text: str, low: float | None, high: float | None) -> None:
    found = [q for q in quantities(text) if q.relation == "ratio"]
    assert len(found) == 1, found
    assert found[0].low == (None if low is None else pytest.approx(low))
    assert found[0].high == (None if high is None else pytest.approx(high))


@pytest.mark.parametrize(
    "text",
    [
        "Throughput rose 12 per cent.",
        "About 61 per cent of the staff live on site.",
        "Sales fell by a third.",
        "The hall is as long as it is wide.",
    ],
)
def test_what_compares_no_sizes_is_no_ratio(text: str) -> None:
    assert not [q for q in quantities(text) if q.relation == "ratio"]


def test_a_bare_number_goes_on_with_the_unit_before_it() -> None:
    assert [(q.low, q.unit) for q in quantities("There were 12 trucks, against 4 in 2019.")] == [
        (12, "count"),
        (4, "count"),
    ]
    assert [
        (q.low, q.unit) for q in quantities("Its length is 350 metres, against 220 for the old mole.")
    ] == [(350, "m"), (220, "m")]


def test_a_difference_of_one_unit_and_part_of_a_million() -> None:
    assert [(q.low, q.unit) for q in quantities("It is a metre deeper than it was.")] == [(1, "m")]
    assert [(q.low, q.unit) for q in quantities("It covers a quarter of a million square metres.")] == [
        (250_000, "m2")
    ]


@pytest.mark.parametrize(
    ("text", "kind", "name", "organisation", "stance"),
    [
        ("The mayor's view is that the mill should go.", "person", None, None, "believes"),
        ("It is the position of the Dune Trust that the mill should go.", "organisation", None, "Dune Trust", "asserts"),
        ("The hall is believed by residents to be empty.", "group", None, None, "believes"),
        ("It is tiny, as butcher Ada Roon put it.", "person", "Ada Roon", None, "asserts"),
        ("Said a pilot: “It is new.”", "person", None, None, "quoted-directly"),
        ("“It is new,” countered Ada Roon of the Dune Trust.", "person", "Ada Roon", "Dune Trust", "quoted-directly"),
        ("A nurse recalled that it burned.", "person", None, None, "asserts"),
        ("Critics counter that it burned.", "group", None, None, "asserts"),
        ("In the view of the Dune Trust, the hall is small.", "organisation", None, "Dune Trust", "believes"),
        ("Drennick-based dredging firm Siltworks says the basin is new.", "organisation", None, "Siltworks", "asserts"),
    ],
)  # fmt: skip
def test_speakers(text: str, kind: str, name: str | None, organisation: str | None, stance: str) -> None:
    found = [a.attribution for a in attributions(text)]
    assert len(found) == 1, found
    assert (found[0].kind, found[0].name, found[0].organisation, found[0].stance) == (
        kind,
        name,
        organisation,
        stance,
    )


@pytest.mark.parametrize(
    "text", ["The mayor declined to comment.", "Mud spread over an area estimated at 5 km2."]
)
def test_who_says_nothing_is_no_speaker(text: str) -> None:
    assert not attributions(text)

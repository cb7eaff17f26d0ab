"""Which words mean which object."""

from dataclasses import replace

import pytest
import shapely
from assess_values import SITE, claim, event, ground, ratio_claim, reference

from sitewatch.assess.bindings import propose
from sitewatch.assess.ground import Ground
from sitewatch.types import Binding, EventKind, Site


def one(c, g=None, published=None, **rest):
    found = propose([c], [g or ground()], {"doc": published} if published else None, **rest)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    "subject", ["the new assembly building", "object:new-assembly-building", "an additional hall"]
)
@pytest.mark.parametrize(
    "comparand",
    [
        "the existing missile assembly facility",
        "the previous one",
        "object:existing-assembly-building",
        "the old hall",
    ],
)
def test_new_against_existing(subject: str, comparand: str) -> None:
    b = one(ratio_claim(subject=subject, comparand=comparand))
    assert (b.subject, b.comparand, b.certain, b.by) == ("E-1", "existing hall", True, "rule")
    assert "E-1" in b.basis
    assert "existing hall" in b.basis


def test_the_other_way_round() -> None:
    b = one(ratio_claim(subject="the old hall", comparand="the new building"))
    assert (b.subject, b.comparand, b.certain) == ("existing hall", "E-1", True)


def test_without_a_reference_building_it_says_what_to_do() -> None:
    b = one(ratio_claim(), ground(references=[]))
    assert (b.subject, b.comparand, b.certain) == ("E-1", None, False)
    assert "sitewatch site reference" in b.basis


def test_two_reference_buildings_are_told_apart_by_name_only() -> None:
    both = ground(references=[reference(), reference("boiler house")])
    assert one(ratio_claim(comparand="the boiler house"), both).comparand == "boiler house"
    assert one(ratio_claim(comparand="the boiler house"), both).certain
    b = one(ratio_claim(comparand="the previous one"), both)
    assert not b.certain
    named = ground(references=[reference("hall A", "the previous one"), reference("boiler house")])
    assert one(ratio_claim(comparand="the previous one"), named).comparand == "hall A"


@pytest.mark.parametrize(
    "comparand", ["a football pitch", "the town hall", "a house", "an average warehouse", "Wembley"]
)
def test_what_is_not_at_the_site_is_not_bound_with_certainty(comparand: str) -> None:
    assert not one(ratio_claim(comparand=comparand)).certain
    assert not one(ratio_claim(subject="the old hall", comparand=comparand)).certain


def test_a_building_that_is_not_said_to_be_new_may_be_any() -> None:
    assert not one(ratio_claim(subject="the building")).certain
    built = "A building was built there"
    assert one(claim(quote=built, subject="a building", dimension="appeared")).certain
    made = claim(quote="The workshop makes pumps", subject="the workshop", dimension="appeared")
    assert not one(made).certain


def test_of_several_the_main_hall_is_the_one_that_is_far_the_largest() -> None:
    events = [event("E-1", side=(60, 30)), event("E-2", side=(30, 20)), event("E-3", side=(10, 10))]
    b = one(ratio_claim(subject="the new assembly building"), ground(events=events))
    assert (b.subject, b.certain) == ("E-1", True)
    assert "3.0 times the next" in b.basis
    near = [event("E-1", side=(60, 30)), event("E-2", side=(60, 20))]
    assert not one(ratio_claim(subject="the new assembly building"), ground(events=near)).certain
    assert not one(ratio_claim(subject="the new housing"), ground(events=events)).certain


def test_sizes_are_never_used_to_fit_the_claim() -> None:
    events = [event("E-1", side=(60, 30)), event("E-2", side=(60, 20))]
    b = one(ratio_claim(0.3, 0.4, subject="the new building"), ground(events=events))
    assert not b.certain


def test_what_came_after_the_document_is_left_out() -> None:
    events = [event("E-1"), event("E-2", gap=("2025-01-01", "2025-02-01"))]
    assert not one(ratio_claim(), ground(events=events)).certain
    b = one(ratio_claim(), ground(events=events), published="2024-11-26")
    assert (b.subject, b.certain) == ("E-1", True)


def test_rejected_unlikely_and_ragged_detections_are_left_out() -> None:
    ragged = shapely.LineString([(0, 0), (200, 0), (200, 200)]).buffer(5)
    events = [
        event("E-1"),
        event("E-2", p=0.3),
        replace(event("E-3"), review="rejected: a parked train"),
        replace(event("E-4"), outline=ragged),
    ]
    b = one(ratio_claim(), ground(events=events))
    assert (b.subject, b.certain) == ("E-1", True)


def test_prepared_ground_is_not_the_building_on_it() -> None:
    cleared = event("E-1", side=(100, 60), gap=("2024-03-01", "2024-04-01"))
    hall = event("E-2", side=(60, 30))
    b = one(ratio_claim(subject="the new assembly building"), ground(events=[cleared, hall]))
    assert (b.subject, b.certain) == ("E-2", True)
    child = replace(event("E-3", side=(60, 30)), outline=shapely.box(500, 0, 560, 30), parent="E-1")
    assert one(ratio_claim(), ground(events=[cleared, child])).subject == "E-3"


def test_labels() -> None:
    events = [event("E-1", label="worker housing"), event("E-2", label="assembly hall"), event("E-3")]
    assert one(ratio_claim(subject="housing for workers"), ground(events=events)).subject == "E-1"
    assert one(ratio_claim(subject="the new assembly building"), ground(events=events)).subject == "E-2"
    same = ground(events=[event("E-1", label="hall"), event("E-2", label="hall")])
    assert not one(ratio_claim(subject="the new hall"), same).certain


def test_a_removal_needs_a_label_or_an_analyst() -> None:
    gone = event(kind=EventKind.REMOVED)
    c = claim(subject="object:bridge-crane", dimension="removed")
    assert one(c, ground(events=[gone])).subject == "E-1"
    assert not one(c, ground(events=[gone])).certain
    assert one(c, ground(events=[replace(gone, label="crane")])).certain
    assert one(c, ground(events=[event()])).subject is None


def test_the_site_as_a_whole() -> None:
    assert one(claim(subject="site:works", dimension="appeared")).subject == "site:works"
    for words in ("the works", "the facility", "the plant", "this site"):
        assert one(claim(subject=words, dimension="appeared")).subject == "site:works"
    for words in ("the building", "it", "a new facility", "the new plant", "a structure"):
        assert one(claim(subject=words, dimension="appeared")).subject != "site:works"
    b = one(claim(subject="any new bunker", dimension="removed", polarity="negative"), ground(events=[]))
    assert (b.subject, b.certain) == ("site:works", True)


def test_untestable_claims_are_not_bound() -> None:
    assert propose([claim(imagery="no")], [ground()]) == ()
    assert propose([ratio_claim()], []) == ()
    assert not one(ratio_claim(subject=None)).certain


def test_the_analyst_wins() -> None:
    mine = Binding("b-c1", "c1", "E-2", "existing hall", "works", "seen on the image", "analyst", True)
    assert one(ratio_claim(), by_analyst={"c1": mine}) is mine


def test_several_sites_are_told_apart_by_name() -> None:
    other = Ground(Site("vinalon complex", SITE.aoi))
    c = ratio_claim(quote="At the Vinalon Complex the new hall is larger")
    (b,) = propose([c], [ground(), other])
    assert b.site == "vinalon complex"
    (b,) = propose([ratio_claim()], [ground(), other])
    assert not b.certain
    assert "which site" in b.basis

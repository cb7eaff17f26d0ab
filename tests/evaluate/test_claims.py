"""Scores of extracted claims: tiny cases worked out by hand, truth scored against itself, and truth files."""

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitewatch.errors import DataError
from sitewatch.evaluate.claim_match import same_quantity, same_speaker, same_stance, same_voice
from sitewatch.evaluate.claim_truth import (
    TrueDate,
    TrueDocument,
    TrueHedge,
    TrueLink,
    TrueQuantity,
    TrueSpeaker,
    Truth,
    read_truth,
)
from sitewatch.evaluate.claims import (
    FieldScore,
    score_claims,
    score_dates,
    score_document,
    score_hedges,
    score_links,
    score_quantities,
    score_speakers,
    total,
)
from sitewatch.types import (
    Attribution,
    Claim,
    Hedge,
    Link,
    LinkRelation,
    Quantity,
    Reading,
    Testability,
    When,
)

DATA = Path(__file__).parents[1] / "data" / "claims"
TEXT = "The hall is twice the size of the shed, Moln said. It was built in May 2021 on Plant 9 Road?"
#       0         1         2         3         4         5         6         7         8         9


def document(**parts: tuple[object, ...]) -> TrueDocument:
    empty: dict[str, tuple[object, ...]] = dict.fromkeys(
        ("names", "claims", "not_claims", "quantities", "dates", "speakers", "hedges", "traps", "not_ratios"),
        (),
    )
    return TrueDocument(id="d", text=TEXT, published="2022-01-01", exact_spans=False, **(empty | parts))  # type: ignore[arg-type]


def quantity(start: int, end: int, low: float | None, high: float | None, **more: object) -> Quantity:
    given_ = {"unit": "1", "relation": "ratio", "comparand": None, "readings": (), "tolerance": 0.0} | more
    return Quantity(text=TEXT[start:end], low=low, high=high, start=start, end=end, **given_)  # type: ignore[arg-type]


def claim(start: int, end: int, **more: object) -> Claim:
    given_: dict[str, object] = {
        "id": f"c{start}",
        "source": "d",
        "type": "comparison",
        "polarity": "positive",
        "attribution": (),
        "hedges": (),
        "subject": None,
        "predicate": None,
        "object": None,
        "quantity": None,
        "time": None,
        "testable": Testability("no", ""),
    }
    return Claim(
        quote=TEXT[start:end],
        start=start,
        end=end,
        prefix="",
        suffix="",
        **(given_ | more),  # type: ignore[arg-type]
    )


TWICE = TrueQuantity(
    (12, 29), TEXT[12:29], ((2.0, 2.0),), "1", True, "ratio", comparand="the shed", dimension="size"
)
MOLN = TrueSpeaker((0, 50), "person", "Teodric Moln", None, "Ministry of Works", "asserts")


def test_a_quantity_found_exactly() -> None:
    found = quantity(12, 29, 2, 2, comparand="shed", dimension="area")
    score = score_quantities([found], document(quantities=(TWICE,)))
    assert (score.true, score.found, score.partial, score.exact) == (1, 1, 1, 1)
    assert score.apart == (("relation", 1, 1), ("comparand", 1, 1), ("dimension", 1, 1))
    assert score.errors == ()


@pytest.mark.parametrize(
    "found",
    [
        quantity(12, 29, 0.5, 0.5),
        quantity(12, 29, 2, None),
        quantity(12, 29, 2, 2, relation="equals"),
        quantity(12, 29, 2, 2, unit="m"),
        quantity(12, 29, 2, 2, readings=(Reading(2, 2, "x"), Reading(3, 3, "y"))),
    ],
)
def test_a_quantity_at_the_right_place_with_another_meaning_is_partial(found: Quantity) -> None:
    score = score_quantities([found], document(quantities=(TWICE,)))
    assert (score.partial, score.exact) == (1, 0)
    assert "wrong" in score.errors[0]


def test_a_quantity_elsewhere_is_missed_and_false() -> None:
    score = score_quantities([quantity(55, 60, 2, 2)], document(quantities=(TWICE,)))
    assert (score.recall, score.precision, score.exact_f1) == (0, 0, 0)
    assert len(score.errors) == 2


def test_both_readings_of_an_ambiguous_wording_are_asked_for() -> None:
    true = dataclasses.replace(TWICE, readings=((3.0, 3.0), (4.0, 4.0)))
    both = (Reading(4, 4, "a"), Reading(3, 3, "b"))
    assert same_quantity(quantity(12, 29, 4, 4, readings=both), true)
    assert not same_quantity(quantity(12, 29, 3, 3, readings=both[1:]), true)


def test_units_are_converted_and_thirds_are_close_enough() -> None:
    acres = TrueQuantity((0, 3), "", ((4046.86, None),), "m2", False, "at_least")
    assert same_quantity(quantity(0, 3, 1, None, unit="acre", relation="at_least"), acres)
    assert not same_quantity(quantity(0, 3, 1, None, unit="ha", relation="at_least"), acres)
    third = dataclasses.replace(TWICE, readings=((0.333, 0.333),))
    assert same_quantity(quantity(0, 3, 1 / 3, 1 / 3), third)


def test_of_two_findings_at_one_place_the_right_one_is_matched() -> None:
    found = [quantity(10, 35, 0.5, 0.5), quantity(12, 17, 2, 2)]
    score = score_quantities(found, document(quantities=(TWICE,)))
    assert (score.exact, score.found) == (1, 2)
    assert score.precision == 0.5


def test_the_same_quantity_in_several_claims_counts_once() -> None:
    found = quantity(12, 29, 2, 2)
    assert score_quantities([found, found], document(quantities=(TWICE,))).found == 1


def test_optional_truth_is_neither_missed_nor_false() -> None:
    truth = document(quantities=(dataclasses.replace(TWICE, optional=True),))
    for found in ([], [quantity(12, 29, 9, 9)], [quantity(12, 17, 2, 2), quantity(18, 29, 7, 7)]):
        score = score_quantities(found, truth)
        assert (score.true, score.found, score.errors) == (0, 0, ())


def test_a_share_may_be_found_but_not_as_a_ratio() -> None:
    truth = document(not_ratios=((12, 17),))
    assert score_quantities([quantity(12, 17, 0.5, 0.5, relation="equals")], truth).found == 0
    assert score_quantities([quantity(12, 17, 0.5, 0.5)], truth).precision == 0


def test_a_name_taken_for_a_date_is_false_and_named_so() -> None:
    found = When("9", None, None, None, "day", start=82, end=83)
    score = score_dates([found], document(traps=((82, 83),)))
    assert score.found == 1
    assert "a name" in score.errors[0]


def test_dates_with_slack_alternatives_and_open_ends() -> None:
    true = TrueDate(
        (68, 76), "May 2021", (("2021-05-01", "2021-05-31"), (None, "2021-05-31")), "2021-05", "month"
    )

    def exact(earliest: str | None, latest: str | None, truth: TrueDate = true) -> int:
        when = When("May 2021", "2021-05", earliest, latest, "month", start=68, end=76)
        return score_dates([when], document(dates=(truth,))).exact

    assert exact("2021-05-01", "2021-05-31") == 1
    assert exact("2021-05-01T00:00", "2021-05-31") == 1
    assert exact(None, "2021-05-31") == 1
    assert exact("2021-05-01", None) == 0
    assert exact("2021-05-02", "2021-05-31") == 0
    assert exact("2021-05-02", "2021-05-31", dataclasses.replace(true, slack_days=1)) == 1


def test_a_time_that_is_only_a_tense_is_not_scored() -> None:
    assert score_dates([When("", None, None, "2022-01-01", "before")], document()).found == 0


@pytest.mark.parametrize(
    ("said", "voice", "speaker"),
    [
        (("person", "T. Moln", None, "Ministry of Works"), True, True),
        (("person", "Moln", "minister", None), True, False),
        (("person", "Moln", None, "Ministry of War"), True, False),
        (("person", "Teodric Hask", None, "Ministry of Works"), False, False),
        (("organisation", None, None, "Ministry of Works"), False, False),
    ],
)
def test_speakers_are_told_by_their_family_name(
    said: tuple[str, str | None, str | None, str | None], voice: bool, speaker: bool
) -> None:
    found = Attribution(*said, cue="", stance="asserts")
    assert (same_voice(found, MOLN), same_speaker(found, MOLN)) == (voice, speaker)


@pytest.mark.parametrize(
    ("true", "found", "right"),
    [
        (
            ("organisation", None, None, "Orrin Reach Institute (ORI)"),
            ("organisation", "ORI", None, None),
            True,
        ),
        (("organisation", None, None, "Orrin Reach Institute"), ("organisation", None, None, "ORI"), True),
        (("group", None, "officials", "Keldmark"), ("group", None, "Keldmarkian officials", None), True),
        (("group", None, "residents", None), ("group", None, "resident", None), True),
        (("group", None, "residents", None), ("group", None, "officials", None), False),
        (("unnamed", None, None, None), ("unnamed", None, "analysts", None), True),
        (("unnamed", None, None, None), ("organisation", None, None, "ORI"), False),
        (("document", None, None, None), ("document", None, None, None), True),
        (("organisation", None, None, "ORI"), ("person", "Moln", None, "ORI"), False),
    ],
)
def test_speakers_without_a_personal_name(
    true: tuple[str, str | None, str | None, str | None],
    found: tuple[str, str | None, str | None, str | None],
    right: bool,
) -> None:
    truth = TrueSpeaker((0, 9), *true, "asserts")
    assert same_speaker(Attribution(*found, cue="", stance="asserts"), truth) is right


def test_stances_by_class() -> None:
    assert same_stance("quoted-directly", "asserts")
    assert same_stance("indicates", "suggests")
    assert same_stance("indicates", "shows")
    assert not same_stance("shows", "suggests")
    assert not same_stance("denies", "asserts")
    assert same_stance("promises", "promises")


def test_one_speaker_of_several_claims_in_a_sentence_counts_once() -> None:
    said = Attribution("person", "Moln", None, "Ministry of Works", "Moln said", "denies")
    truth = document(claims=((0, 50), (51, 93)), speakers=(MOLN,))
    found = [claim(0, 20, attribution=(said,)), claim(12, 38, attribution=(said,))]
    score = score_speakers(found, truth)
    assert (score.found, score.partial, score.exact) == (1, 1, 0)
    score = score_speakers([*found, claim(51, 77, attribution=(said,))], truth)
    assert (score.found, score.partial) == (2, 1)


def test_hedges_by_place_and_kind() -> None:
    true = TrueHedge((9, 11), "is", "modal")
    found = Hedge("is", "modal", 9, 11)
    assert score_hedges([found], document(hedges=(true,))).exact == 1
    assert score_hedges([dataclasses.replace(found, kind="degree")], document(hedges=(true,))).exact == 0


def test_sentences_with_and_without_a_claim() -> None:
    truth = document(claims=((0, 50),), not_claims=((51, 93),))
    assert score_claims([claim(4, 30), claim(4, 40)], truth).exact_f1 == 1
    assert score_claims([claim(4, 30), claim(60, 70)], truth).precision == 0.5
    assert score_claims([], truth).recall == 0


def test_exact_spans_by_overlap() -> None:
    truth = dataclasses.replace(document(claims=((0, 50), (51, 93))), exact_spans=True)
    score = score_claims([claim(0, 50), claim(51, 76), claim(77, 80)], truth)
    assert (score.found, score.partial, score.exact) == (
        3,
        2,
        1,
    )  # 25 of 42 code points: half, not four fifths


def test_links_join_marked_places() -> None:
    truth = [TrueLink("contradicts", (("d", (0, 50)), ("d", (51, 93))))]
    claims = [claim(0, 20), claim(12, 38), claim(60, 70)]

    def score(relation: LinkRelation, *ids: str) -> FieldScore:
        return score_links([Link("l", relation, ids, "", False)], claims, truth)

    assert score(LinkRelation.CONTRADICTS, "c0", "c60").exact == 1
    assert score(LinkRelation.TENSION, "c0", "c60").partial == 1
    assert score(LinkRelation.TENSION, "c0", "c60").exact == 0
    assert score(LinkRelation.CONTRADICTS, "c0", "c12").partial == 0


def test_scores_add_up() -> None:
    a = FieldScore("dates", 4, 3, 2, 1, (("edtf", 1, 2),), ("x",))
    b = FieldScore("dates", 1, 1, 1, 1, (("edtf", 1, 1), ("precision", 0, 1)))
    both = total([a, b])["dates"]
    assert (both.true, both.found, both.partial, both.exact) == (5, 4, 3, 2)
    assert both.apart == (("edtf", 2, 3), ("precision", 0, 1))
    assert (both.recall, both.precision, both.exact_share, both.exact_f1) == (3 / 5, 3 / 4, 2 / 5, 4 / 9)


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_shares_lie_between_none_and_all(true: int, found: int, partial: int, exact: int) -> None:
    partial = min(true, found, partial)
    score = FieldScore("x", true, found, partial, min(exact, partial))
    for share in (score.recall, score.precision, score.exact_share, score.exact_f1):
        assert 0 <= share <= 1
    assert score.exact_share <= score.recall


def perfect(truth: TrueDocument) -> list[Claim]:
    """Claims that say what the truth says."""
    sentences = {s: i for i, s in enumerate((*truth.claims, *truth.not_claims))}

    def holder(span: tuple[int, int], **more: object) -> Claim:
        home = next((s for s in sentences if s[0] <= span[0] < s[1]), span)
        made = claim(0, 1, **more)
        return dataclasses.replace(made, start=home[0], end=home[1], quote=truth.text[slice(*home)])

    found = [holder(s) for s in truth.claims]
    for q in truth.quantities:
        readings = tuple(Reading(*r, "") for r in q.readings)
        amount = Quantity(
            q.text, *q.readings[0], 0.0, q.unit, q.relation, q.comparand, readings, q.dimension, *q.span
        )
        found.append(holder(q.span, quantity=amount))
    for d in truth.dates:
        found.append(holder(d.span, time=When(d.text, d.edtf, *d.periods[0], d.precision, None, *d.span)))
    for s in truth.speakers:
        scope = "inherited" if s.inherited else "explicit"
        said = Attribution(s.kind, s.name, s.role, s.organisation, "", s.stance, scope)
        found.append(holder(s.span, attribution=(said,)))
    for h in truth.hedges:
        found.append(holder(h.span, hedges=(Hedge(h.text, h.kind, *h.span),)))
    return [c for c in found if c.start not in {s for s, _ in truth.not_claims}]


@pytest.mark.parametrize("name", ["dev", "heldout"])
def test_truth_scored_against_itself_is_perfect(name: str) -> None:
    truth = read_truth(DATA / f"{name}.yaml")
    scores = total(s for d in truth.documents for s in score_document(perfect(d), d))
    for score in scores.values():
        assert score.errors == (), score.name
        assert score.exact_f1 == 1
        assert all(right == of for _, right, of in score.apart)
    assert scores["quantities"].true >= 60
    assert scores["dates"].true >= 40
    assert scores["speakers"].true >= 35


def test_nothing_found_scores_nothing() -> None:
    truth = read_truth(DATA / "dev.yaml")
    scores = total(s for d in truth.documents for s in score_document([], d))
    assert {s.exact_share for s in scores.values()} == {0.0}


def test_the_halves_share_no_document_or_story() -> None:
    dev, heldout = read_truth(DATA / "dev.yaml"), read_truth(DATA / "heldout.yaml")
    assert not {d.id for d in dev.documents} & {d.id for d in heldout.documents}
    assert not {d.text for d in dev.documents} & {d.text for d in heldout.documents}
    for truth in (dev, heldout):
        for link in truth.links:
            assert any({d for d, _ in link.places} <= family for family in truth.families)


def test_seed_truth_is_read(shared_data: Path) -> None:
    seeds = shared_data.parent / "seeds" / "seed_claims.yaml"
    truth = read_truth(seeds)
    assert [len(d.claims) for d in truth.documents] == [68, 45] or sum(
        len(d.claims) for d in truth.documents
    ) == 113
    ratios = [q.readings[0] for d in truth.documents for q in d.quantities if q.ratio]
    assert ratios == [(0.6, 0.7), (1.6, 1.7)]
    assert truth.origins == (frozenset(d.id for d in truth.documents),)
    assert "contradicts" in {link.relation for link in truth.links}


def test_unknown_schemas_and_misplaced_marks_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "truth.yaml"
    path.write_text("schema: other\n")
    with pytest.raises(DataError, match="other"):
        read_truth(path)
    path.write_text(
        "schema: sitewatch-claim-truth/1\ndocuments:\n- id: a\n  sentences:\n  - text: 19 sheds\n"
        "    quantities:\n    - {text: '9', low: 9, high: 9, unit: count, relation: equals}\n"
    )
    with pytest.raises(DataError, match="does not stand"):
        read_truth(path)
    assert isinstance(read_truth(DATA / "dev.yaml"), Truth)

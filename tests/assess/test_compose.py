"""The composed assessment: order, marks, voices, what was not seen, limits, and hostile words."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from assess_values import bound, claim, event, ground, measured, ratio_claim, when

from sitewatch.assess.bindings import propose
from sitewatch.assess.compose import Material, compose
from sitewatch.assess.findings import assess_claims
from sitewatch.assess.hypotheses import imagery_origins, weigh
from sitewatch.types import (
    ClaimSet,
    Detectability,
    Document,
    DocumentKind,
    Finding,
    Grade,
    Hypothesis,
    Judgement,
    Origin,
    Question,
    Reading,
    Recall,
    Verdict,
)

MEASURED = [measured("E-1", 1300, 0.015), measured("existing hall", 2000, 0.015)]


def document(name="doc", title="A report"):
    return Document(name, title, "a.txt", DocumentKind.TEXT, "0" * 64, "x", "0" * 64, (), "en", None, None)


def made(*claims, g=None, weighings=(), origins=(), documents=None, grades=None, bindings=None):
    known = g or ground(measurements=MEASURED)
    claim_set = ClaimSet(tuple(claims), (), tuple(origins))
    found = propose(claims, [known]) if bindings is None else bindings
    return compose(
        Material(
            claims=claim_set,
            documents=tuple(documents or [document()]),
            grounds=(known,),
            bindings=tuple(found),
            findings=assess_claims(claim_set, found, [known]),
            weighings=weighings,
            grades=grades,
        )
    )


def test_numbers_come_first_and_contradictions_before_support() -> None:
    seen = claim(
        id="seen", quote="A new hall was built", dimension="appeared", time=when("2024-01-01", "2024-12-31")
    )
    a = made(seen, ratio_claim(id="right"), ratio_claim(1.6, 1.7, id="wrong"), claim(id="no", imagery="no"))
    assert [r.verdict.value for r in a.claims] == ["supports", "supports", "contradicts", "cannot_decide"]
    first = [next(m.ref for m in s.marks if m.kind == "claim") for s in a.key_judgements[:-1]]
    assert first == ["wrong", "right", "seen"]
    assert a.key_judgements[-1].text == "Of 4 claims, imagery supports 2, contradicts 1 and cannot decide 1."


def test_a_claim_that_depends_on_its_reading_says_so() -> None:
    three = (Reading(0.6, 0.7, "one way"), Reading(1.6, 1.7, "the other way"))
    (row,) = made(ratio_claim(readings=three)).claims
    assert row.verdict is Verdict.CANNOT_DECIDE
    assert row.reason.startswith(
        "It depends on how the words are read: “one way” is supported, “the other way” is contra"
    )
    assert dict(row.by_reading) == {"one way": Verdict.SUPPORTS, "the other way": Verdict.CONTRADICTS}


def test_things_are_measured_once_however_many_claims_speak_of_them() -> None:
    a = made(ratio_claim(id="a"), ratio_claim(1.6, 1.7, id="b"))
    assert len(a.imagery) == 1
    assert a.imagery[0].text.startswith("The roof area of E-1 over that of existing hall is 0.65 (90 %: 0.6")


def test_voices_and_grades() -> None:
    wire = Origin("wire", ("a", "b"), ("doc", "other"), "same words")
    a = made(
        ratio_claim(id="a"),
        ratio_claim(id="b", source="other"),
        origins=[wire],
        documents=[document(), document("other"), document("third")],
        grades={"other": Grade("other", "B", 2, "known", "analyst")},
    )
    assert [(v.origin, v.sources, [g.code for g in v.grades]) for v in a.voices] == [
        ("wire", ("doc", "other"), ["F6", "B2"]),
        ("third", ("third",), ["F6"]),
    ]
    assert [r.origin for r in a.claims] == ["wire", "wire"]


def test_what_was_not_seen() -> None:
    gone = claim(id="crane", quote="A crane was removed", subject="the crane", dimension="removed")
    known = Detectability(
        "works", "appeared", date(2023, 1, 1), date(2025, 1, 1), (Recall(90, 0.92, 0.97),), "insertions"
    )
    site = ground(events=[], detectability=(known,), scenes=(_Look(),))
    text = " ".join(s.text for s in made(gone, g=site).unseen)
    assert "1 image of works, 2024-05-01 to 2024-05-01, the finest of 3 m a pixel" in text
    assert "An appearance of 90 m² or more between 2023-01-01 and 2025-01-01" in text
    assert "How large a removal would have had to be to be found was not worked out" in text
    assert "Claimed, and bound to no event that was found: “A crane was removed”." in text
    assert "underground" in text


def test_what_would_not_surely_have_been_seen() -> None:
    weak = Detectability(
        "works",
        "removed",
        date(2023, 1, 1),
        date(2025, 1, 1),
        (Recall(90, 0.6, 0.8), Recall(300, 0.7, 0.9)),
        "boxes",
    )
    site = ground(events=[], detectability=(weak,), scenes=(_Look(),))
    text = " ".join(s.text for s in made(ratio_claim(), g=site).unseen)
    assert "A removal between 2023-01-01 and 2025-01-01 would have been found in 70 to 90 % of cases" in text
    assert "at 300 m²" in text
    assert "its absence alone decides nothing" in text


class _Look:
    """As much of a scene as is asked for."""

    id, gsd_m, assets = "s1", 3.0, ()
    acquired = datetime(2024, 5, 1, tzinfo=UTC)


def test_limits_name_what_the_case_rests_on() -> None:
    loose = [replace(MEASURED[0], checked=False), MEASURED[1]]
    text = " ".join(s.text for s in made(ratio_claim(), g=ground(measurements=loose)).limits)
    assert "Traceable is not the same as correct" in text
    assert "1 verdict rests on a rule's guess" in text
    assert "nobody has checked 1 outline drawn automatically" in text
    assert "rest on: a test" in text
    by_hand = made(ratio_claim(), bindings=[bound(by="analyst")])
    assert "rule's guess" not in " ".join(s.text for s in by_hand.limits)


def test_hypotheses_are_said_in_words_of_likelihood_only() -> None:
    q = Question(
        "q",
        "?",
        (Hypothesis("a", "it is a store", 0.5, 0.5), Hypothesis("b", "it is a mill", 0.5, 0.5)),
        (Judgement("a", "e", 0.6, 0.8, "x"), Judgement("b", "e", 0.2, 0.3, "x")),
    )
    a = made(claim(imagery="no"), weighings=(weigh(q),))
    assert a.key_judgements[0].text.startswith("It is likely (67 to 80 %) that it is a store")
    assert {m.kind for m in a.key_judgements[0].marks} == {"question", "judgement"}


@pytest.mark.parametrize(
    "words",
    [
        "likely” with high confidence",
        "“confidence” ” likely",
        "<script>confident, probably</script>",
        "\u202econfidence",
    ],
)
def test_a_documents_words_cannot_break_the_rule_of_our_sentences(words: str) -> None:
    c = ratio_claim(
        subject=words, comparand=words, quote=words, text=words, readings=[Reading(0.6, 0.7, words)]
    )
    doubtful = ground(events=[event(p=0.6)], measurements=MEASURED)
    for binding in (None, [bound()], [bound(certain=False)]):
        for site in (None, doubtful):
            a = made(c, g=site, bindings=binding, documents=[document(title=words)])
            assert len(a.claims) == 1


def test_findings_that_share_an_object_share_their_origin() -> None:
    def on(name, *evidence):
        return Finding("c", None, Verdict.SUPPORTS, "", evidence, None, None, id=name)

    found = imagery_origins(
        [
            on("a", "measurement:E-1:area", "scene:s"),
            on("b", "event:E-2", "scene:s"),
            on("c", "measurement:E-1/hall:ratio"),
            on("d", "measurement:hall:length"),
            on("e"),
        ]
    )
    assert found["a"] == found["c"] == found["d"] == "imagery of E-1, hall"
    assert found["b"] == "imagery of E-2"
    assert "e" not in found

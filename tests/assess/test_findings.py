"""Verdicts by the rule, from hand-made measurements and dates."""

from datetime import date

import pytest
from assess_values import (
    bound,
    claim,
    event,
    ground,
    measured,
    quantity,
    ratio_claim,
    value,
    when,
)

from sitewatch.assess.findings import assess_claim, assess_claims
from sitewatch.assess.negative import recall_at
from sitewatch.assess.verdicts import overall
from sitewatch.types import (
    ClaimSet,
    Detectability,
    EventKind,
    Link,
    LinkRelation,
    Measurement,
    Reading,
    Recall,
    Value,
    Verdict,
)

S, C, U = Verdict.SUPPORTS, Verdict.CONTRADICTS, Verdict.CANNOT_DECIDE
FINE = [measured("E-1", 1300, 0.015), measured("existing hall", 2000, 0.015)]
COARSE = [measured("E-1", 1300, 0.1), measured("existing hall", 2000, 0.1)]


def only(c, *, b=None, g=None, rivals=()):
    found = assess_claim(
        c, bound(c.id) if b is None else b, {"works": g or ground(measurements=FINE)}, rivals
    )
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("low", "high", "fine", "coarse"),
    [
        (0.6, 0.7, S, U),  # true 0.65
        (1.6, 1.7, C, C),  # "larger than"
        (0.3, 0.4, C, C),  # "smaller than"
        (2.0, 2.0, C, C),
        (0.5, 0.5, C, U),
        (0.69, 0.69, U, U),  # overlaps what is measured
        (0.5, None, S, S),  # at least half
        (None, 0.5, C, U),
    ],
)
def test_a_measured_ratio_of_065(low: float, high: float, fine: Verdict, coarse: Verdict) -> None:
    c = ratio_claim(low, high)
    assert only(c).verdict is fine
    assert only(c, g=ground(measurements=COARSE)).verdict is coarse


def test_a_finding_says_what_it_rests_on() -> None:
    f = only(ratio_claim())
    assert f.evidence == ("measurement:E-1:area", "measurement:existing hall:area")
    assert "0.65" in f.reason
    assert "roof area" in f.reason
    assert "does not say which size is meant" in f.reason
    assert "independent" in f.reason
    assert (f.tested_low, f.tested_high) == pytest.approx((0.57, 0.735))
    assert f.measured is not None
    assert f.measured.value == pytest.approx(0.65)
    assert f.log_likelihood_ratio > 2
    assert f.alternative is not None
    assert f.assumption is not None
    assert f.id == "f-c1"


def test_a_fitted_ratio_is_taken_before_a_quotient() -> None:
    fitted = Measurement("E-1/existing hall", "ratio", value(1.65, 0.01, "1"), ("s1",), True)
    f = only(ratio_claim(1.6, 1.7), g=ground(measurements=[*FINE, fitted]))
    assert f.verdict is S
    assert f.evidence == ("measurement:E-1/existing hall:ratio", "scene:s1")


def test_readings_must_agree() -> None:
    three = [Reading(3, 3, "3 times the size"), Reading(4, 4, "4 times the size")]
    c = ratio_claim(3, 3, 0.1, readings=three, text="three times bigger")
    assert only(c).verdict is C  # 0.65 is neither
    assert "3 times the size" in only(c).reason
    tripled = ground(measurements=[measured("E-1", 6000, 0.01), measured("existing hall", 2000, 0.01)])
    found = assess_claim(c, bound(), {"works": tripled})
    assert [(f.reading, f.verdict, f.id) for f in found] == [
        ("3 times the size", S, "f-c1-1"),
        ("4 times the size", C, "f-c1-2"),
    ]
    assert overall(found) is U


def test_a_denied_ratio_turns_the_verdict_round() -> None:
    assert only(ratio_claim(polarity="negative")).verdict is C
    f = only(ratio_claim(1.6, 1.7, polarity="negative"))
    assert f.verdict is S
    assert f.log_likelihood_ratio > 0


def test_plain_sizes_with_units() -> None:
    g = ground(measurements=[measured("E-1", 1000, 0.02), measured("E-1", 42, 0.02, "length", "m")])

    def sized(low, high, unit, dimension, tolerance=0.1):
        q = quantity(
            low,
            high,
            unit=unit,
            relation="approximately",
            comparand=None,
            dimension=dimension,
            tolerance=tolerance,
        )
        return only(claim(q=q, dimension=dimension), b=bound(comparand=None), g=g)

    assert sized(1000, 1000, "m2", "area").verdict is S
    assert sized(0.1, 0.1, "ha", "area").verdict is S
    assert sized(2000, 2000, "m2", "area").verdict is C
    assert sized(42, 42, "m", "length").verdict is S
    assert sized(0.042, 0.042, "km", "length").verdict is S
    assert "not measured" in sized(15, 15, "m", "width").reason
    assert "sun angles" in sized(15, 15, "m", "height").reason
    assert "mass" in sized(15, 15, "kg", "mass").reason
    assert sized(15, 15, "kg", "mass").verdict is U
    assert "which is not measured" in sized(15, 15, "feet", "length").reason
    assert "measured in m2" in sized(15, 15, "m", "area").reason


def test_what_is_missing_is_said() -> None:
    assert "not certain" in only(ratio_claim(), b=bound(certain=False)).reason
    assert "not bound" in only(ratio_claim(), b=bound(comparand=None)).reason
    assert "`sitewatch measure`" in only(ratio_claim(), g=ground()).reason
    zero = Measurement("E-1", "area", Value(5, 0, 20, "m2", "x"), (), True)
    assert "reaches zero" in only(ratio_claim(), g=ground(measurements=[zero, FINE[1]])).reason
    assert "Imagery cannot test" in only(claim(imagery="no")).reason
    assert "no longer has" in only(ratio_claim(), b=bound(subject="E-9", by="analyst")).reason
    assert "no test for location" in only(claim(dimension="location")).reason
    assert all(
        only(ratio_claim(), b=b).verdict is U
        for b in (bound(certain=False), bound(comparand=None), bound(subject="E-9"), bound(subject=None))
    )


def test_an_undecided_size_says_what_would_decide() -> None:
    assert "% of its width would decide" in only(ratio_claim(), g=ground(measurements=COARSE)).reason
    assert "at the edge" in only(ratio_claim(0.5, 0.6500001 / 1.05)).reason


def test_a_rival_is_the_alternative() -> None:
    a, b = ratio_claim(id="a"), ratio_claim(1.6, 1.7, id="b", text="60-70% larger than")
    link = Link("l", LinkRelation.CONTRADICTS, ("a", "b"), "", False)
    found = assess_claims(
        ClaimSet((a, b), (link,), ()), [bound("a"), bound("b")], [ground(measurements=FINE)]
    )
    assert [f.verdict for f in found] == [S, C]
    assert found[0].alternative == "b: “60-70% larger than”"
    assert found[0].log_likelihood_ratio == pytest.approx(-found[1].log_likelihood_ratio)


def dated(earliest, latest, quote="The hall was built in 2024", *, e=None, by="rule", **rest):
    text = rest.pop("text", "in 2024")
    c = claim(
        quote=quote, dimension=rest.pop("dimension", "appeared"), type=rest.pop("type", "event"),
        time=when(earliest, latest, text=text, precision=rest.pop("precision", "range")), **rest,
    )  # fmt: skip
    return only(c, b=bound(comparand=None, by=by), g=ground(events=[e or event()]))


def test_dates_against_the_gap() -> None:  # (2024-07-14, 2024-08-23]
    assert dated("2024-07-01", "2024-08-31").verdict is S
    assert dated("2024-07-15", "2024-08-23").verdict is S  # exactly the days it can have been
    assert dated("2024-07-16", "2024-08-23").verdict is U
    assert dated("2024-08-24", "2024-12-31").verdict is C
    assert dated("2023-01-01", "2024-07-14").verdict is C
    assert dated("2024-08-01", "2024-12-31").verdict is U
    assert "would decide" in dated("2024-08-01", "2024-12-31").reason
    assert dated("2024-07-01", "2024-08-31").evidence == ("event:E-1", "scene:s1", "scene:s2")


def test_a_small_share_of_the_posterior_prevents_a_contradiction() -> None:
    e = event(gaps=[("2024-01-01", "2024-02-01", 0.05), ("2024-02-01", "2024-03-01", 0.95)])
    assert dated("2024-02-02", "2024-03-01", e=e).verdict is S
    assert dated("2024-01-01", "2024-01-31", e=e).verdict is U
    f = dated("2024-01-02", "2024-02-01", e=e)
    assert f.log_likelihood_ratio < 0
    assert "outside" in f.alternative


def test_open_ends_are_open() -> None:
    e = event(open_start=True)
    assert dated("2024-07-01", "2024-08-31", e=e).verdict is U
    assert dated("2020-01-01", "2020-12-31", e=e).verdict is U
    assert dated("2024-09-01", "2024-12-31", e=e).verdict is C


def test_images_of_a_month_only_need_it_to_be_there_by_then() -> None:
    quote = "Images of October 2024 show the construction of a new hall"
    for type in ("event", "observation"):
        f = dated("2024-10-01", "2024-10-31", quote, text="October 2024", type=type)
        assert f.verdict is S
    assert (
        dated("2024-06-01", "2024-06-30", "Images of June 2024 show a new hall", text="June 2024").verdict
        is C
    )
    between = "Images show that the hall was built between May and June 2024"
    assert dated("2024-05-01", "2024-06-30", between, text="between May and June 2024").verdict is C
    assert dated("2023-05-01", "2023-06-30", between, text="between May and June 2024").verdict is C


def test_without_a_time_it_was_so_when_the_document_appeared() -> None:
    c = claim(quote="The hall has been built", dimension="appeared")

    def at(published, quote=c.quote):
        one = claim(quote=quote, dimension="appeared")
        return assess_claim(one, bound(comparand=None), {"works": ground()}, published=published)[0].verdict

    assert at(None) is S
    assert at("2024-12-31") is S
    assert at("2024-08-01") is U
    assert at("2024-07-01") is C
    assert at("2024-07-01", "The hall will be built") is U


def test_begun_and_completed_only_bound_the_day() -> None:
    begun = "Construction of the hall began in 2024"
    assert dated("2024-09-01", "2024-12-31", begun).verdict is C  # it was there before
    assert dated("2024-01-01", "2024-12-31", begun).verdict is U
    assert dated("2023-01-01", "2023-12-31", begun).verdict is U
    done = "The hall was completed in 2024"
    assert dated("2024-01-01", "2024-07-01", done).verdict is C  # it was not there yet
    assert dated("2024-01-01", "2024-12-31", done).verdict is U
    assert dated("2024-01-01", "2024-12-31", done).log_likelihood_ratio is None


def test_a_detection_that_may_not_be_real_decides_nothing_unless_somebody_looked() -> None:
    doubtful = event(p=0.6)
    assert dated("2024-07-01", "2024-08-31", e=doubtful).verdict is U
    assert "0.60" in dated("2024-07-01", "2024-08-31", e=doubtful).reason
    assert dated("2024-07-01", "2024-08-31", e=doubtful, by="analyst").verdict is S
    assert dated("2020-07-01", "2020-08-31", e=doubtful).verdict is U


def test_nor_does_its_size() -> None:
    doubtful = ground(events=[event(p=0.6)], measurements=FINE)
    assert only(ratio_claim(), g=doubtful).verdict is U
    assert "review it" in only(ratio_claim(), g=doubtful).reason
    assert only(ratio_claim(), g=doubtful, b=bound(by="analyst")).verdict is S
    seen = ground(events=[event(p=0.6, review="accepted")], measurements=FINE)
    assert only(ratio_claim(), g=seen).verdict is S


def test_a_removal_is_no_appearance() -> None:
    f = dated("2024-07-01", "2024-08-31", dimension="removed")
    assert f.verdict is U
    assert f.reason == "E-1 is an appearance, the claim speaks of a removal; bind it to such an event."
    gone = event(kind=EventKind.REMOVED)
    f = dated("2024-07-01", "2024-08-31", "The crane was removed in 2024", e=gone, dimension="removed")
    assert f.verdict is S


def test_each_kind_of_event_has_its_own_verb() -> None:
    def reason(kind: EventKind) -> str:
        return dated(None, None, "It is so", e=event(kind=kind), dimension=kind.value).reason

    assert "E-1 (appeared) came into view between" in reason(EventKind.APPEARED)
    assert "so that it is there is all that is tested" in reason(EventKind.APPEARED)
    assert "E-1 (removed) went out of view between" in reason(EventKind.REMOVED)
    assert "so that it is gone is all that is tested" in reason(EventKind.REMOVED)
    assert "E-1 (altered) changed between" in reason(EventKind.ALTERED)
    assert not any("came into view" in reason(k) for k in (EventKind.REMOVED, EventKind.ALTERED))


def test_what_a_structure_is_for_is_not_supported_by_its_being_there() -> None:
    rest = {"dimension": "appeared", "imagery": "partial", "type": "function"}
    later = "The new building could be a store"
    f = only(claim(quote=later, **rest), b=bound(comparand=None))
    assert f.verdict is U
    assert "only the part" in f.reason
    early = claim(quote=later, time=when("2020-01-01", "2020-12-31"), **rest)
    assert only(early, b=bound(comparand=None)).verdict is U
    built = only(claim(quote="the construction of a new assembly hall", **rest), b=bound(comparand=None))
    assert built.verdict is S
    assert "not read off pixels" in built.reason


def test_a_denial_that_fails_is_told_as_one() -> None:
    gone = event(kind=EventKind.REMOVED)
    c = claim(
        quote="The crane was not removed in 2024", dimension="removed", type="event", polarity="negative",
        time=when("2024-01-01", "2024-12-31"),
    )  # fmt: skip
    f = only(c, b=bound(comparand=None), g=ground(events=[gone]))
    assert f.verdict is C
    assert "went out of view between 2024-07-15 and 2024-08-23 (90 %), within the time for which" in f.reason
    assert "it is denied, between 2024-01-01 and 2024-12-31" in f.reason


def test_how_many_is_not_counted() -> None:
    q = quantity(2, 2, unit="count", relation="equals", comparand=None, dimension="count", text="two")
    c = claim(
        quote="Two halls were built in 2024",
        q=q,
        dimension="appeared",
        type="event",
        time=when("2024-07-01", "2024-08-31"),
    )
    found = assess_claim(c, bound(comparand=None), {"works": ground()})
    assert [f.verdict for f in found] == [S, U]
    assert overall(found) is U


def test_a_claim_with_a_date_and_a_size_needs_both() -> None:
    q = quantity(
        1000, 1000, unit="m2", relation="approximately", comparand=None, dimension="area", tolerance=0.1
    )
    c = claim(
        quote="A hall of 1,000 m2 was built in 2024",
        q=q,
        dimension="appeared",
        type="event",
        time=when("2024-07-01", "2024-08-31"),
    )
    for area, verdict in ((1000, S), (2000, C)):
        found = assess_claim(
            c, bound(comparand=None), {"works": ground(measurements=[measured("E-1", area, 0.02)])}
        )
        assert overall(found) is verdict
        assert len({f.id for f in found}) == 2


def whole(polarity, *, events, detectability=(), q=None, quote="No building was built there in 2024"):
    c = claim(
        quote=quote, subject="site:works", dimension="appeared", type="event",
        polarity=polarity, time=when("2024-01-01", "2024-12-31"), q=q,
    )  # fmt: skip
    return only(
        c, b=bound(subject="site:works", comparand=None), g=ground(events=events, detectability=detectability)
    )


def known(low):
    return (
        Detectability(
            "works",
            "appeared",
            date(2023, 6, 1),
            date(2025, 1, 31),
            (Recall(50, 0.5, 0.7), Recall(200, low, low + 0.005)),
            "insertions",
        ),
    )


def test_a_site_as_a_whole() -> None:
    assert whole("positive", events=[event()]).verdict is S
    assert whole("positive", events=[event()], quote="The works made tanks in 2024").verdict is U
    assert whole("negative", events=[event(p=0.995)]).verdict is C
    assert whole("negative", events=[event(p=0.95)]).verdict is U  # a denial is not refuted by 0.95
    later = event(gap=("2026-01-01", "2026-02-01"))
    f = whole("positive", events=[later])
    assert f.verdict is U
    assert "says nothing" in f.reason


def test_absence_speaks_only_where_detectability_does() -> None:
    big = quantity(300, 300, unit="m2", relation="at_least", comparand=None, dimension="area")
    small = quantity(20, 20, unit="m2", relation="at_least", comparand=None, dimension="area")
    assert whole("negative", events=[], q=big).verdict is U
    assert whole("negative", events=[], detectability=known(0.95), q=big).verdict is S
    assert whole("positive", events=[], detectability=known(0.95), q=big).verdict is U
    assert whole("positive", events=[], detectability=known(0.992), q=big).verdict is C
    f = whole("positive", events=[], detectability=known(0.95), q=big)
    assert f.log_likelihood_ratio == pytest.approx(-3.1, abs=0.1)  # ln of the 4.75 % that are missed
    f = whole("negative", events=[], detectability=known(0.95), q=small)
    assert f.verdict is U
    assert "smaller than was looked for" in f.reason
    f = whole("negative", events=[], detectability=known(0.95))
    assert f.verdict is U
    assert "does not say how large" in f.reason


def test_a_larger_thing_that_is_found_less_often_counts() -> None:
    odd = Detectability(
        "works", "removed", date(2023, 6, 1), date(2025, 1, 31),
        (Recall(100, 0.7, 0.9), Recall(300, 0.6, 0.8), Recall(900, 0.4, 0.6), Recall(2000, 0.5, 0.7)), "boxes",
    )  # fmt: skip
    assert recall_at(odd, 99) is None
    assert recall_at(odd, 100) == recall_at(odd, 500) == recall_at(odd, 900) == (0.4, 0.6)
    assert recall_at(odd, 5000) == (0.5, 0.7)


def test_absence_says_nothing_where_the_time_is_open() -> None:
    big = quantity(300, 300, unit="m2", relation="at_least", comparand=None, dimension="area")
    for earliest, latest, missing in (
        ("2024-01-01", None, "end open"),
        (None, "2024-12-31", "beginning open"),
    ):
        c = claim(
            quote="No building was built there", subject="site:works", dimension="appeared", type="event",
            polarity="negative", time=when(earliest, latest), q=big,
        )  # fmt: skip
        f = only(
            c, b=bound(subject="site:works", comparand=None), g=ground(events=[], detectability=known(0.95))
        )
        assert f.verdict is U
        assert missing in f.reason


def test_a_change_of_the_ground_for_which_a_roof_is_taken_stands_against_absence() -> None:
    big = quantity(300, 300, unit="m2", relation="at_least", comparand=None, dimension="area")
    dug = event(kind=EventKind.ALTERED, area=900.0)
    f = whole("negative", events=[dug], detectability=known(0.95), q=big)
    assert f.verdict is U
    assert "E-1 changed the ground then" in f.reason
    assert f.evidence == ("event:E-1",)
    small = event(kind=EventKind.ALTERED, area=60.0)  # too small to be 300 m2
    assert whole("negative", events=[small], detectability=known(0.95), q=big).verdict is S
    later = event(kind=EventKind.ALTERED, area=900.0, gap=("2025-03-01", "2025-04-01"))
    assert whole("negative", events=[later], detectability=known(0.95), q=big).verdict is S


def test_a_reference_building_did_not_appear() -> None:
    c = claim(dimension="appeared", time=when("2024-01-01", "2024-12-31"))
    f = only(c, b=bound(subject="existing hall", comparand=None))
    assert f.verdict is U

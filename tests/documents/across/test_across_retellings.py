"""Retellings of made-up reports: what must be found between them, and what must not.

Places and people are fictional.
"""

from across_making import claim, document, measure, says, size, when

from sitewatch.documents.relate import relate
from sitewatch.types import Claim, ClaimSet, Document, Link, LinkRelation

SURVEY = "Orlene Survey Group"


def between(found: ClaimSet, *claims: Claim) -> list[Link]:
    """Links that hold all of `claims`; where a link has sides, on different ones."""
    ids = [c.id for c in claims]
    links = [link for link in found.links if set(ids) <= set(link.claims)]
    return [k for k in links if not k.sides or all(len(set(side) & set(ids)) <= 1 for side in k.sides)]


def relations(found: ClaimSet, *claims: Claim) -> set[LinkRelation]:
    return {link.relation for link in between(found, *claims)}


def one_origin(found: ClaimSet, *claims: Claim) -> bool:
    return len({o.id for o in found.origins for c in claims if c.id in o.claims}) == 1


def _survey(name: str, published: str, ratio: str, speech: str) -> tuple[Document, Claim, Claim, Claim]:
    """A telling of one analysis of a shipyard: location, the size of its new hall, a quotation."""
    text = (
        f"Fresh images of the Tarn Point shipyard were examined by the {SURVEY}.\n"
        f"According to Ada Quill of the {SURVEY}, the new fitting hall is {ratio} the old fitting hall.\n"
        f'"{speech}," Quill said.'
    )
    doc = document(name, text, published)
    quill = says("Ada Quill", SURVEY, "analyst")
    low, high = {"60-70% the size of": (0.6, 0.7), "60-70% smaller than": (0.3, 0.4)}.get(ratio, (1.6, 1.7))
    return (
        doc,
        claim(doc, f"Fresh images of the Tarn Point shipyard were examined by the {SURVEY}", by=says(None, SURVEY),
              type="provenance", subject=SURVEY, predicate="examined"),
        claim(doc, f"the new fitting hall is {ratio} the old fitting hall", by=quill, type="comparison",
              subject="the new fitting hall", predicate="is",
              quantity=size(ratio, (low, high), comparand="the old fitting hall")),
        claim(doc, f'"{speech},"', by=says("Ada Quill", None, stance="quoted-directly"), type="inference"),
    )  # fmt: skip


def test_a_comparison_that_changed_in_the_retelling() -> None:
    first, _, ratio, speech = _survey(
        "first", "2031-03-02", "60-70% the size of", "We think the yard means to launch larger hulls"
    )
    second, _, other, altered = _survey(
        "second",
        "2031-03-03",
        "60-70% smaller than",
        "We believe that the yard wants to launch bigger hulls soon",
    )
    third, _, third_ratio, same = _survey(
        "third", "2031-03-04", "60-70% larger than", "We think the yard means to launch larger hulls"
    )
    found = relate([third, first, second], [ratio, other, third_ratio, speech, altered, same])
    for a, b in ((ratio, other), (ratio, third_ratio), (other, third_ratio)):
        assert relations(found, a, b) == {LinkRelation.CONTRADICTS}
        assert not any(link.independent for link in between(found, a, b))
    assert one_origin(found, ratio, other, third_ratio, speech, altered)
    assert LinkRelation.QUOTE_MISMATCH in relations(found, speech, altered)
    assert LinkRelation.QUOTE_MISMATCH not in relations(found, speech, same)
    (row,) = [m for m in found.mutations if m.topic.startswith("quantity")]
    assert row.claims == (ratio.id, other.id, third_ratio.id)
    assert row.wordings == ("the size of", "smaller than", "larger than")
    assert "number was kept" in row.detail


def test_independent_analyses_that_agree_stay_two_voices() -> None:
    # Same subject, same order, same provider of imagery; other observers.
    tellings = []
    for name, institute, long, wide in (("a", SURVEY, 60, 21), ("b", "Pell Institute", 61, 20)):
        doc = document(
            name,
            f"Satellite images by Skyloom taken in May show a new hangar at Tarn Point, the {institute} reports.\n"
            f"The hangar is {long} metres long.\nIt is {wide} metres wide.\nA road leads to the quay.",
            "2031-06-01",
        )
        by = says(None, institute)
        tellings.append(
            (
                doc,
                claim(doc, "show a new hangar at Tarn Point", by=[says(None, "Skyloom", kind="imagery"), by],
                      subject="new hangar", predicate="built", time=when("May", "2031-05-01", "2031-05-31")),
                claim(doc, f"The hangar is {long} metres long", by=by, subject="The hangar",
                      quantity=measure(f"{long} metres", long, long, "m", "length")),
                claim(doc, f"It is {wide} metres wide", by=by, subject="The hangar",
                      quantity=measure(f"{wide} metres", wide, wide, "m", "width")),
                claim(doc, "A road leads to the quay", by=by, subject="A road", predicate="leads to"),
            )
        )  # fmt: skip
    (doc_a, *ours), (doc_b, *theirs) = tellings
    found = relate([doc_a, doc_b], [*ours, *theirs])
    for mine, other in zip(ours, theirs, strict=True):
        assert relations(found, mine, other) == {LinkRelation.AGREES}
        assert all(link.independent for link in between(found, mine, other))
        assert not one_origin(found, mine, other)
    assert len(found.origins) == 2
    assert found.mutations == ()


def test_the_same_number_of_another_building_is_no_agreement() -> None:
    a = document("a", "The new assembly hall at Brackmoor is 42 metres long.")
    b = document(
        "b", "The new boiler house at Brackmoor is 42 metres long. The new fuel depot is 65 metres long."
    )
    long = measure("42 metres", 42, 42, "m", "length")
    ours = claim(a, "The new assembly hall at Brackmoor is 42 metres long", subject="The new assembly hall",
                 quantity=long)  # fmt: skip
    theirs = claim(b, "The new boiler house at Brackmoor is 42 metres long", subject="The new boiler house",
                   quantity=long)  # fmt: skip
    depot = claim(b, "The new fuel depot is 65 metres long", subject="The new fuel depot",
                  quantity=measure("65 metres", 65, 65, "m", "length"))  # fmt: skip
    found = relate([a, b], [ours, theirs, depot])
    assert found.links == ()


def test_one_document_that_cites_two_origins() -> None:
    doc = document(
        "a",
        "The Harbour Ministry counted three new hangars at Tarn Point.\n"
        f"A separate analysis by the {SURVEY} found five new hangars at Tarn Point.",
        "2031-06-01",
    )
    three = claim(doc, "three new hangars at Tarn Point", by=says(None, "Harbour Ministry"), subject="new hangars",
                  quantity=measure("three", 3, 3, "count", tolerance=0))  # fmt: skip
    five = claim(doc, "five new hangars at Tarn Point", by=says(None, SURVEY), subject="new hangars",
                 quantity=measure("five", 5, 5, "count", tolerance=0))  # fmt: skip
    found = relate([doc], [three, five])
    (link,) = between(found, three, five)
    assert link.relation is LinkRelation.CONTRADICTS
    assert link.independent
    assert not one_origin(found, three, five)


def test_a_denial_stands_against_what_it_denies() -> None:
    a = document(
        "a", "The Vessin company is enlarging its quarry at Low Ketter, residents say.", "2031-01-01"
    )
    b = document(
        "b", "The Vessin company denied that it is enlarging its quarry at Low Ketter.", "2031-01-05"
    )
    said = claim(a, "The Vessin company is enlarging its quarry at Low Ketter",
                 by=says(None, None, "residents", kind="unnamed"),
                 subject="The Vessin company", predicate="enlarging", object="quarry")  # fmt: skip
    denial = claim(b, "The Vessin company denied that it is enlarging its quarry at Low Ketter",
                   by=says(None, "Vessin company", stance="denies"), subject="The Vessin company",
                   predicate="enlarging", object="quarry", type="denial", polarity="negative")  # fmt: skip
    found = relate([a, b], [said, denial])
    (link,) = between(found, said, denial)
    assert link.relation is LinkRelation.CONTRADICTS
    assert link.independent


def test_two_dates_of_one_demolition_exclude_each_other() -> None:
    a = document(
        "a", "The old footbridge at Ketter was demolished in March 2031. Work on the weir began in May 2031."
    )
    b = document(
        "b", "In August 2031 the old footbridge at Ketter was torn down. The weir was completed in June 2032."
    )
    march = claim(a, "The old footbridge at Ketter was demolished in March 2031", subject="The old footbridge",
                  predicate="demolished", time=when("March 2031", "2031-03-01", "2031-03-31"))  # fmt: skip
    august = claim(b, "In August 2031 the old footbridge at Ketter was torn down", subject="the old footbridge",
                   predicate="torn down", time=when("August 2031", "2031-08-01", "2031-08-31"))  # fmt: skip
    began = claim(a, "Work on the weir began in May 2031", subject="Work on the weir", predicate="began",
                  time=when("May 2031", "2031-05-01", "2031-05-31"))  # fmt: skip
    done = claim(b, "The weir was completed in June 2032", subject="The weir", predicate="completed",
                 time=when("June 2032", "2032-06-01", "2032-06-30"))  # fmt: skip
    found = relate([a, b], [march, august, began, done])
    assert LinkRelation.CONTRADICTS in relations(found, march, august)
    assert LinkRelation.CONTRADICTS not in relations(found, began, done)
    assert LinkRelation.AGREES not in relations(found, march, august)


def test_a_hedge_dropped_in_copied_text() -> None:
    body = (
        "Images of the Orrin works taken last week show that a long shed has been finished beside the rail yard. "
        "Four tanks were moved to the northern fence, where a ditch had been dug during the winter months. "
    )
    a = document("a", body + "The shed may house kilns.", "2031-02-01")
    b = document("b", body + "The shed houses kilns.", "2031-02-03")
    soft = claim(
        a, "The shed may house kilns", subject="The shed", hedges=[("may", "modal")], type="function"
    )
    flat = claim(b, "The shed houses kilns", subject="The shed", type="function")
    tanks = [claim(d, "Four tanks were moved to the northern fence", subject="Four tanks") for d in (a, b)]
    found = relate([a, b], [soft, flat, *tanks])
    assert relations(found, soft, flat) == {LinkRelation.CERTAINTY_MISMATCH, LinkRelation.AGREES}
    assert not any(link.independent for link in found.links)
    assert one_origin(found, soft, flat)
    (row,) = [m for m in found.mutations if m.topic.startswith("certainty")]
    assert row.claims == (soft.id, flat.id)
    assert row.wordings == ("may", "(stated as fact)")
    assert "dropped" in row.detail


def test_an_ambiguous_wording_contradicts_only_where_all_readings_do() -> None:
    a = document("a", "The new dock is three times bigger than the old dock.")
    b = document("b", "The new dock is four times the size of the old dock.")
    c = document("c", "The new dock is twice the size of the old dock.")
    sizes = (
        (a, "three times bigger than", ((3, 3), (4, 4))),
        (b, "four times the size of", ((4, 4),)),
        (c, "twice the size of", ((2, 2),)),
    )
    three, four, twice = (
        claim(doc, doc.text.rstrip("."), subject="The new dock",
              quantity=size(text, *pairs, comparand="the old dock"), type="comparison")
        for doc, text, pairs in sizes
    )  # fmt: skip
    found = relate([a, b, c], [three, four, twice])
    assert relations(found, three, four) == {LinkRelation.TENSION}
    assert relations(found, three, twice) == {LinkRelation.CONTRADICTS}
    assert relations(found, four, twice) == {LinkRelation.CONTRADICTS}


def test_a_comparison_turned_round_agrees() -> None:
    a = document("a", "The new quay is two thirds of the size of the old quay.")
    b = document("b", "The old quay is 1.5 times the size of the new quay.")
    ours = claim(a, a.text.rstrip("."), subject="The new quay",
                 quantity=size("two thirds of the size of", (0.667, 0.667), comparand="the old quay"))  # fmt: skip
    theirs = claim(b, b.text.rstrip("."), subject="The old quay",
                   quantity=size("1.5 times the size of", (1.5, 1.5), comparand="the new quay"))  # fmt: skip
    found = relate([a, b], [ours, theirs])
    assert relations(found, ours, theirs) == {LinkRelation.AGREES}


def test_numbers_of_an_unnamed_and_a_named_type_are_a_tension() -> None:
    doc = document(
        "a",
        "These drones can strike at a distance of about 500 km, officials say.\n"
        "The Merlo-7 drone has a range of 350 km.",
    )
    unnamed = claim(doc, "These drones can strike at a distance of about 500 km", subject="These drones",
                    by=says(None, None, "officials", kind="group"),
                    quantity=measure("about 500 km", 500, 500, "km", "distance", 0.1))  # fmt: skip
    named = claim(doc, "The Merlo-7 drone has a range of 350 km", subject="The Merlo-7 drone",
                  quantity=measure("350 km", 350, 350, "km", "range"))  # fmt: skip
    found = relate([doc], [unnamed, named])
    assert relations(found, unnamed, named) == {LinkRelation.TENSION}


def test_one_agency_with_two_stories_is_not_one_report() -> None:
    a = document(
        "a", "Source: Norrwire\nA dam is being raised at Upper Sill.", "2031-01-01", source="Norrwire"
    )
    b = document(
        "b", "Source: Norrwire\nTwo piers were removed at Tarn Point.", "2031-05-01", source="Norrwire"
    )
    dam = claim(a, "A dam is being raised at Upper Sill", subject="A dam", predicate="raised")
    piers = claim(b, "Two piers were removed at Tarn Point", subject="Two piers", predicate="removed")
    found = relate([a, b], [dam, piers])
    assert not one_origin(found, dam, piers)
    assert all(o.declared for o in found.origins)


def test_a_shared_bystander_does_not_join_two_analyses() -> None:
    tellings = []
    for name, institute in (("a", SURVEY), ("b", "Pell Institute")):
        doc = document(
            name,
            f"The {institute} found that the kiln at Brackmoor has been rebuilt.\n"
            f"The {institute} also saw a new chimney.\nThe {institute} counted nine lorries.\n"
            "Mayor Tilda Brome said that the town had not been told.",
        )
        by = says(None, institute)
        tellings.append(
            (
                doc,
                claim(doc, "the kiln at Brackmoor has been rebuilt", by=by, subject="the kiln", predicate="rebuilt"),
                claim(doc, "a new chimney", by=by, subject="a new chimney"),
                claim(doc, "nine lorries", by=by, subject="lorries"),
                claim(doc, "the town had not been told", by=says("Tilda Brome", None, "mayor"), subject="the town"),
            )
        )  # fmt: skip
    (doc_a, kiln_a, *rest_a), (doc_b, kiln_b, *rest_b) = tellings
    found = relate([doc_a, doc_b], [kiln_a, *rest_a, kiln_b, *rest_b])
    assert not one_origin(found, kiln_a, kiln_b)
    assert one_origin(found, rest_a[-1], rest_b[-1])
    assert all(link.independent for link in between(found, kiln_a, kiln_b))


def test_a_retelling_without_quotation_marks_or_names_follows_its_declared_source() -> None:
    a = document(
        "a", "The pit at Low Ketter is 300 metres wide, a survey shows.", "2031-01-01", publisher="Norrwire"
    )
    b = document("b", "The pit at Low Ketter is 30 metres wide.", "2031-01-02", source="Norrwire")
    wide = claim(a, "The pit at Low Ketter is 300 metres wide", subject="The pit at Low Ketter",
                 quantity=measure("300 metres", 300, 300, "m", "width"))  # fmt: skip
    slip = claim(b, "The pit at Low Ketter is 30 metres wide", subject="The pit at Low Ketter",
                 quantity=measure("30 metres", 30, 30, "m", "width"))  # fmt: skip
    found = relate([a, b], [wide, slip])
    (link,) = between(found, wide, slip)
    assert link.relation is LinkRelation.CONTRADICTS
    assert not link.independent
    (row,) = found.mutations
    assert row.wordings == ("300 metres", "30 metres")
    assert "number changed" in row.detail

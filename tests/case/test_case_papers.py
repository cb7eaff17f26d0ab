"""Documents and claims in the store."""

import dataclasses
import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitewatch import types
from sitewatch.case import Case, codec, schema
from sitewatch.errors import CaseError, UsageError

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
maybe = st.none() | text
number = st.none() | st.floats(allow_nan=False, allow_infinity=False)


def document(words: str, **fields: object) -> types.Document:
    sha256 = hashlib.sha256(words.encode()).hexdigest()
    values: dict[str, object] = {
        "id": f"doc-{sha256[:10]}",
        "title": words[:10],
        "path": "a.txt",
        "kind": types.DocumentKind.TEXT,
        "sha256": sha256,
        "text": words,
        "text_sha256": sha256,
        "passages": (types.Passage(0, len(words), "paragraph"),),
        "language": "en",
        "published": None,
        "published_source": None,
    }
    return types.Document(**(values | fields))  # type: ignore[arg-type]


def claim(of: types.Document, start: int, end: int, name: str = "", maker: str = "rules") -> types.Claim:
    return types.Claim(
        id=name or f"{of.id}-{start:05d}",
        source=of.id,
        quote=of.text[start:end],
        start=start,
        end=end,
        prefix="",
        suffix="",
        type="observation",
        polarity="positive",
        attribution=(),
        hedges=(),
        subject=None,
        predicate=None,
        object=None,
        quantity=None,
        time=None,
        testable=types.Testability("no", "a test"),
        maker=maker,
    )


def found(*claims: types.Claim) -> types.ClaimSet:
    ids = tuple(c.id for c in claims)
    link = types.Link("l", types.LinkRelation.AGREES, ids, "the same", True)
    origin = types.Origin("o", ids, tuple({c.source for c in claims}), "one")
    return types.ClaimSet(claims, (link,), (origin,), (types.Mutation("o", "t", ids, ids, "d"),))


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case.create(tmp_path / "case")


ONE, TWO = document("The hall is new."), document("The crane is gone.")


def test_documents_come_back_in_the_order_of_adding(case: Case) -> None:
    assert case.add_document(TWO, b"two")
    assert case.add_document(ONE, b"one")
    assert case.documents() == [TWO, ONE]
    assert (case.originals / ONE.sha256).read_bytes() == b"one"
    assert (case.originals / f"{ONE.sha256}.txt").read_text(encoding="utf-8") == ONE.text
    assert Case.open(case.path).documents() == [TWO, ONE]


def test_the_same_document_again_changes_nothing(case: Case) -> None:
    case.add_document(ONE, b"one")
    assert not case.add_document(dataclasses.replace(ONE, title="other"), b"one")
    assert case.documents() == [ONE]


def test_bytes_that_went_missing_are_put_back(case: Case) -> None:
    case.add_document(ONE, b"one")
    (case.originals / ONE.sha256).unlink()
    case.add_document(ONE, b"one")
    assert (case.originals / ONE.sha256).read_bytes() == b"one"


def test_other_bytes_under_one_id_are_refused(case: Case) -> None:
    case.add_document(ONE, b"one")
    with pytest.raises(CaseError, match="another document with the id"):
        case.add_document(dataclasses.replace(TWO, id=ONE.id), b"two")
    assert case.documents() == [ONE]


def test_a_document_is_found_by_how_its_id_begins(case: Case) -> None:
    case.add_document(ONE, b"one")
    case.add_document(TWO, b"two")
    assert case.document(ONE.id[:8]) == ONE
    for name, reason in (("doc-", "several documents"), ("none", "no document"), ("", "no document")):
        with pytest.raises(UsageError, match=reason):
            case.document(name)


def test_a_re_run_leaves_the_analysts_claims(case: Case) -> None:
    case.add_document(ONE, b"one")
    rule, own = claim(ONE, 4, 8), claim(ONE, 0, 8, "own", "analyst")
    case.put_claim(own)
    case.set_claims(found(rule, dataclasses.replace(own, quote="THE HALL")))
    assert case.claim_set().claims == (own, rule)
    case.set_claims(found(claim(ONE, 12, 15)))
    assert [c.id for c in case.claim_set().claims] == ["own", f"{ONE.id}-00012"]
    with pytest.raises(CaseError, match="is the analyst's"):
        case.set_claims(found(claim(ONE, 1, 2, "own")))
    assert own in case.claim_set().claims


def test_what_was_taken_out_is_remembered(case: Case) -> None:
    case.add_document(ONE, b"one")
    rule, own = claim(ONE, 4, 8), claim(ONE, 0, 8, "own", "analyst")
    case.set_claims(found(rule))
    case.put_claim(own)
    case.set_claim_aside(rule)
    case.set_claim_aside(own)
    assert case.claim_set().claims == ()
    assert case.claims_aside() == {rule.id: "hall"}


def test_a_document_takes_its_claims_along(case: Case) -> None:
    for one in (ONE, TWO):
        case.add_document(one, one.text.encode())
    case.set_claims(found(claim(ONE, 4, 8), claim(TWO, 4, 9)))
    case.set_claim_aside(claim(ONE, 4, 8))
    case.remove_document(ONE)
    left = case.claim_set()
    assert [c.source for c in left.claims] == [TWO.id]
    assert (left.links, left.origins, left.mutations) == ((), (), ())
    assert case.claims_aside() == {}
    assert sorted(p.name for p in case.originals.iterdir()) == [TWO.sha256, f"{TWO.sha256}.txt"]


def test_claims_come_by_document_and_place(case: Case) -> None:
    for one in (TWO, ONE):
        case.add_document(one, one.text.encode())
    claims = (claim(ONE, 4, 8), claim(TWO, 10, 12), claim(TWO, 4, 9))
    case.set_claims(found(*claims))
    assert case.claim_set().claims == (claims[2], claims[1], claims[0])
    assert case.claim_set().links == found(*claims).links


def test_a_case_from_before_documents_is_brought_up_to_date(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr("sitewatch.case.store.MIGRATIONS", schema.MIGRATIONS[:1])
        earlier.setattr("sitewatch.case.store.VERSION", 1)
        old = Case.create(case.path.parent / "old")
    opened = Case.open(old.path)
    assert opened.documents() == []
    assert opened.add_document(ONE, b"one")


claims = st.builds(
    lambda quote, start, attribution, hedges, quantity, time: dataclasses.replace(
        claim(ONE, 0, 3),
        quote=quote,
        start=start,
        end=start + len(quote),
        attribution=attribution,
        hedges=hedges,
        quantity=quantity,
        time=time,
    ),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9),
    st.integers(0, 1000),
    st.lists(st.builds(types.Attribution, text, maybe, maybe, maybe, text, text), max_size=2).map(tuple),
    st.lists(st.builds(types.Hedge, text, text, st.integers(0, 9), st.integers(0, 9)), max_size=2).map(tuple),
    st.none()
    | st.builds(
        types.Quantity,
        text,
        number,
        number,
        st.floats(0, 1),
        text,
        text,
        maybe,
        st.lists(st.builds(types.Reading, st.none(), number, text), max_size=2).map(tuple),
    ),
    st.none() | st.builds(types.When, text, maybe, maybe, maybe, text),
)
photos = st.builds(
    types.Photo, st.integers(1, 9), st.integers(1, 9), text, maybe, number, number, *[maybe] * 4
)


@given(claims)
def test_a_claim_comes_back(value: types.Claim) -> None:
    assert codec.loads(types.Claim, codec.dumps(value)) == value


@given(text, st.none() | photos, st.lists(text, max_size=2))
def test_a_document_comes_back(words: str, photo: types.Photo | None, notes: list[str]) -> None:
    value = document(words, photo=photo, notes=tuple(notes), kind=types.DocumentKind.PHOTO)
    assert codec.loads(types.Document, codec.dumps(value)) == value

"""Verbs that attribute: found word by word as by one search for all of them."""

from hypothesis import given
from hypothesis import strategies as st

from sitewatch.documents.across.words import cited
from sitewatch.documents.reporting import VERB, verbs_in
from sitewatch.documents.speech import STANCES


def test_verbs_of_several_words_come_before_those_of_one() -> None:
    found = [
        m["verb"] for m in verbs_in("He said it rules out a fire, as stated; the re-stated well-said line.")
    ]
    assert found == ["said", "rules out", "stated", "stated", "said"]


@given(
    st.lists(st.sampled_from([*sorted(STANCES)[::7], "the", "roof", ",", "-", "’s", "\ue000"]), max_size=12)
)
def test_the_same_as_one_search_for_all(parts: list[str]) -> None:
    words = " ".join(parts)
    assert [m.span() for m in verbs_in(words)] == [m.span() for m in VERB.finditer(words)]


def test_a_quotation_is_not_marked_twice() -> None:
    assert cited("“It is old.”") == "“It is old.”"
    assert cited('"It is old."') == "“It is old.”"
    assert cited("The “old” roof fell") == "“The ‘old’ roof fell”"
    assert cited('called it "old"') == "“called it ‘old’”"

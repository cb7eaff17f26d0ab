"""The assessment in the report: every mark leads somewhere, documents' words stay theirs, no verdict is invented."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import report_papers as made
import report_samples as samples
from test_report_html import HOSTILE, Page

from sitewatch.report import Papers, build_report, quoting, render_html
from sitewatch.types import (
    Hypothesis,
    Item,
    Judgement,
    MatrixRow,
    Mutation,
    NextStep,
    Passage,
    Question,
    Share,
    Swing,
    Verdict,
    Weighing,
)

TEXT = "An analyst said that the new hall is about 65 % the size of the old hall. It is a store.\n\nNothing else."
RATIO = made.claim(TEXT, "the new hall is about 65 % the size of the old hall")
USE = made.claim(TEXT, "It is a store", imagery="no", type="function")


@pytest.fixture
def render(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Builds and renders a report of the sample site without drawing a figure."""
    for name in ("opening.overview_figure", "opening.timeline_figure", "event_figures.before_after",
                 "event_figures.series_figure", "closing.looks_figure", "closing.registration_figure"):  # fmt: skip
        monkeypatch.setattr(f"sitewatch.report.{name}", lambda *_, **__: None)
    picture = {"address": "data:image/png;base64,AA==", "width": 1, "height": 1}
    monkeypatch.setattr("sitewatch.report.html._embed", lambda *_: picture)

    def rendered(papers: Papers | None, **view: Any) -> str:
        report = build_report(
            "A sample site",
            [samples.view(**view)],
            tmp_path / "figures",
            generated=samples.GENERATED,
            command="sitewatch report SAMPLE",
            version="0.0.test",
            papers=papers,
        )
        render_html(report, tmp_path / "report.html")
        return (tmp_path / "report.html").read_text(encoding="utf-8")

    return rendered


def sample(verdict: Verdict = Verdict.SUPPORTS, **changes: Any) -> Papers:
    scenes = tuple(samples.scene(i).id for i in (3, 4))
    return made.papers(
        (made.document(TEXT),),
        (
            (RATIO, made.finding(RATIO, verdict, scenes, **changes)),
            (
                USE,
                made.finding(
                    USE, Verdict.CANNOT_DECIDE, evidence=(), measured=None, log_likelihood_ratio=None
                ),
            ),
        ),
    )


def links(page: str) -> tuple[set[str], list[str]]:
    """Targets of all links, and all ids."""
    tags = Page(page).tags
    return {a["href"] or "" for tag, a in tags if tag == "a"}, [a["id"] or "" for _, a in tags if "id" in a]


def test_every_mark_has_a_target_and_ids_are_single(render: Any) -> None:
    page = render(sample())
    found, ids = links(page)
    assert len(ids) == len(set(ids))
    assert found <= {f"#{i}" for i in ids}
    assert Page(page).closed
    assert not {"script", "link", "iframe"} & {tag for tag, _ in Page(page).tags}
    assert "/somewhere/private" not in page


def test_a_judgement_leads_to_words_finding_measurement_pixels_scene_and_command(render: Any) -> None:
    page = render(sample())
    opening = page[page.index('id="key-judgements"') : page.index('id="claims"')]
    scene = samples.scene(3).id.replace("_", "-")
    for target in (f"claim-{RATIO.id}", f"document-{made.DOCUMENT}", f"finding-f-{RATIO.id}", "measurement-sample",
                   "event-sample", "figure-", f"scene-{scene[:20]}", "commands"):  # fmt: skip
        assert f'href="#{target}' in opening, target
    order = [
        page.index(f'id="{i}"') for i in ("key-judgements", "claims", "summary", "findings", "documents")
    ]
    assert order == sorted(order), "key judgements come first"
    assert f"{3:064x}" in page[page.index('id="evidence-scenes"') :]


def test_the_claimed_words_are_marked_in_their_paragraph(render: Any) -> None:
    page = render(sample())
    place = page[page.index('id="documents"') :]
    assert (
        f'<span class="anchor" id="claim-{RATIO.id}"></span><mark class="supports">{RATIO.quote}</mark>'
        in place
    )
    assert '<mark class="untested">It is a store</mark>' in place


def test_paragraphs_without_claims_are_left_out(render: Any) -> None:
    at = TEXT.index("Nothing")
    document = made.document(
        TEXT, passages=(Passage(0, at - 2, "paragraph"), Passage(at, len(TEXT), "paragraph"))
    )
    page = render(made.papers((document,), ((RATIO, made.finding(RATIO, Verdict.SUPPORTS)),)))
    assert "Nothing else" not in page


@pytest.mark.parametrize(
    ("verdict", "word", "role"),
    [
        (Verdict.SUPPORTS, "supported", "supports"),
        (Verdict.CONTRADICTS, "contradicted", "contradicts"),
        (Verdict.CANNOT_DECIDE, "cannot decide", "cannot-decide"),
    ],
)
def test_each_verdict_is_told_as_it_is(render: Any, verdict: Verdict, word: str, role: str) -> None:
    page = render(sample(verdict))
    table = page[page.index('id="claims"') : page.index('id="two-answers"')]
    assert f'<span class="{role}">{word}</span>' in table
    others = {"supported", "contradicted", "cannot decide"} - {word}
    assert not any(f">{w}</span>" in table for w in others)
    assert ">not testable</span>" in table
    findings = page[page.index('id="findings"') : page.index('id="documents"')]
    assert (
        "Findings that decide nothing (2)" if verdict is Verdict.CANNOT_DECIDE else "decide nothing (1)"
    ) in findings
    assert "7.4 times more likely" in Page(page).text  # e²


def test_who_read_a_claim_is_said(render: Any) -> None:
    whole = sample()
    claims = (RATIO, replace(USE, maker="llm:some-model"))
    text = Page(render(replace(whole, claims=replace(whole.claims, claims=claims)))).text
    assert "citing analyst, Ipsum Institute; hedged: about; read by rules" in text
    assert "proposed by a model (llm:some-model)" in text


def test_many_scenes_are_one_number(render: Any) -> None:
    scenes = tuple(samples.scene(i).id for i in range(12))
    whole = made.papers((made.document(TEXT),), ((RATIO, made.finding(RATIO, Verdict.SUPPORTS, scenes)),))
    page = render(whole)
    opening = page[page.index('id="key-judgements"') : page.index('id="claims"')]
    assert 'href="#scene-' not in opening
    assert f'href="#scenes-f-{RATIO.id}"' in opening
    assert page.count('id="scene-') == 12


def test_without_papers_there_is_no_word_of_them(render: Any) -> None:
    page = render(None)
    for word in ("Key judgements", "Claims", "Documents, with", "Hypothes", 'id="numbers"'):
        assert word not in page


@pytest.mark.parametrize("bad", [HOSTILE, "\u202etxet desrever\u202c \u2066x", "a\x00b\x07c"])
def test_hostile_words_of_documents_stay_words(render: Any, bad: str) -> None:
    text = f"{bad} claims {bad} here."
    one = made.claim(
        text, f"claims {bad}", subject=bad, attribution=(replace(RATIO.attribution[0], name=bad),), maker=bad
    )
    found = made.finding(one, Verdict.CONTRADICTS, reason=f"“{bad}” is not so.", reading=bad, alternative=bad)
    document = made.document(text, bad, publisher=bad, declared_source=bad, notes=(bad,), path=f"/x/{bad}")
    change = Mutation("o1", "size", (one.id, one.id), (bad, bad), bad)
    whole = replace(made.papers((document,), ((one, found),), (change,)), commands=(bad,))
    page = render(whole)
    parsed = Page(page)
    assert parsed.closed
    assert not {"script"} & {tag for tag, _ in parsed.tags}
    assert all(not name.startswith("on") for _, a in parsed.tags for name in a)
    assert not any(c in page for c in "\u202e\u202c\u2066\x00\x07"), "what is not seen is written out"
    if bad == HOSTILE:
        assert parsed.text.count("<script>alert(1)</script>") >= 15
    else:
        assert parsed.text.count("[U+") >= 15


def test_overlapping_claims_keep_their_places(render: Any) -> None:
    inner = made.claim(TEXT, "about 65 % the size", id=f"{made.DOCUMENT}-00099")
    whole = made.papers(
        (made.document(TEXT),),
        (
            (RATIO, made.finding(RATIO, Verdict.CONTRADICTS)),
            (inner, made.finding(inner, Verdict.SUPPORTS)),
        ),
    )
    page = render(whole)
    place = page[page.index('id="documents"') : page.index('id="commands"')]
    assert place.count(f'id="claim-{inner.id}"') == place.count(f'id="claim-{RATIO.id}"') == 1
    assert place.count('<mark class="contradicts">') == 3, "cut where the inner claim begins and ends"


def test_a_claim_outside_of_all_passages_is_shown(render: Any) -> None:
    document = made.document(TEXT, passages=(Passage(0, 5, "title"),))
    page = render(made.papers((document,), ((RATIO, made.finding(RATIO, Verdict.SUPPORTS)),)))
    assert f'<mark class="supports">{RATIO.quote}</mark>' in page


def test_long_stretches_without_claims_are_cut(render: Any) -> None:
    text = "word " * 4000 + TEXT
    one = made.claim(text, RATIO.quote)
    page = render(made.papers((made.document(text),), ((one, made.finding(one, Verdict.SUPPORTS)),)))
    assert "[…]" in page
    assert page.count("word ") < 200


def test_a_changed_statement_is_shown_wording_by_wording(render: Any) -> None:
    change = Mutation(
        "o1", "size", (RATIO.id, USE.id), ("the size of", "larger than"), "The comparison changed."
    )
    whole = sample()
    whole = replace(whole, claims=replace(whole.claims, mutations=(change, change)))
    text = Page(render(whole)).text
    assert text.count("The comparison changed.") == 1, "the same change is told once"
    assert "“the size of” (A title, 2020-11-26) → “larger than”" in text
    assert "F6: reliability cannot be judged, truth cannot be judged (not judged yet)" in text


def test_an_event_that_a_claim_rests_on_has_its_figure(render: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitewatch.report.build.MOST_FIGURES", 1)
    other = samples.event("e0", 16, outline=samples.square(25, 25), probability=0.99)
    page = render(sample(), events=(samples.event(), other))
    assert 'class="event appeared"' in page
    assert "event-sample-e1" in page


def test_hypotheses_show_ranges_evidence_and_what_would_decide(render: Any) -> None:
    hypotheses = (Hypothesis("a", "it is a line", 0.2, 0.5), Hypothesis("b", "it is a store", 0.5, 0.8))
    judged = tuple(Judgement(h.id, f"claim:{USE.id}", 0.2, 0.6, "one report says so") for h in hypotheses)
    question = Question(
        "use", "What is it for?", hypotheses, judged, (Item(f"claim:{USE.id}", "A report calls it a store"),)
    )
    weighing = Weighing(
        question,
        (Share("a", "it is a line", 0.1, 0.6, 0.3), Share("b", "it is a store", 0.4, 0.9, 0.7)),
        (MatrixRow((f"claim:{USE.id}",), "o1", ((0.2, 0.6), (0.2, 0.6)), 0.0, False),),
        (Swing(f"claim:{USE.id} under b", "b", 0.5, 0.8, True),),
        (NextStep("An image of the doors", 0.41, (("docks", (0.1, 0.9)), ("none", (0.6, 0.4)))),),
        ("Judged by one person.",),
    )
    whole = sample()
    page = render(replace(whole, assessment=replace(whole.assessment, weighings=(weighing,))))
    text = " ".join(Page(page).text.split())
    assert "Open question: What is it for?" in text
    assert "40 to 90 %" in text
    assert "A report calls it a store" in text
    assert "not surely: the ranges meet" in text
    assert "An image of the doors (0.41 bits). If “docks”: it is a store, 90 %." in text
    moved = "“A report calls it a store” under b: leads to 50 to 80 % for “it is a store”, and changes which"
    assert moved in text, "evidence is named by its words, not by an id"
    found, ids = links(page)
    assert found <= {f"#{i}" for i in ids}


def test_text_directions_are_written_out() -> None:
    assert quoting.visible("plain text") == "plain text"
    assert quoting.visible("a\u202eb") == "a[U+202E]b"
    assert quoting.visible("עברית\nund é") == "עברית\nund é", "letters of any script stay"
    assert quoting.shortened("one  two\nthree", 8) == "one two…"
    assert quoting.unquoted("“All of it,”") == "All of it"
    assert quoting.unquoted("“one” and “two”") == "“one” and “two”"

"""docs and claims as a user types them."""

import contextlib
import hashlib
import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from PIL import Image

from sitewatch.case import Case
from sitewatch.cli import main

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs/reference/claims.schema.json").read_text(encoding="utf-8")
)
FIRST = """The works at Exampleville grow – Agency

26 November 2024

The new assembly hall is 60-70% the size of the existing hall, according to an analyst of the institute.
"""
SECOND = """Works double in size

Published: 27 November 2024

The new assembly hall is 60-70% larger than the existing hall, an analyst of the institute said.
"""
GERMAN = "Die neue Halle ist fertig, und der Kran ist nicht mehr bei dem Tunnel.\n"


class Caller:
    """Calls the program and gives exit code, standard output and standard error."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *args: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main.main([str(a) for a in args], prog_name="sitewatch")
        out, err = self._capsys.readouterr()
        return int(caught.value.code or 0), out, err

    def json(self, *args: object) -> dict[str, object]:
        code, out, err = self(*args, "--json")
        assert (code, err) == (0, "")
        told = json.loads(out)
        assert isinstance(told, dict)
        return told


@pytest.fixture
def sitewatch(capsys: pytest.CaptureFixture[str]) -> Caller:
    return Caller(capsys)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return Case.create(tmp_path / "case").path


@pytest.fixture
def texts(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "first.txt", tmp_path / "second.txt"]
    for path, text in zip(paths, (FIRST, SECOND), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def photo(path: Path, seed: int, quality: int = 90) -> Path:
    noise = np.random.default_rng(seed).random((8, 8, 3)) * 255
    picture = Image.fromarray(noise.astype(np.uint8)).resize((256, 256), Image.Resampling.BICUBIC)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    path.write_bytes(out.getvalue())
    return path


def test_documents_are_kept_with_their_bytes(sitewatch: Caller, case: Path, texts: list[Path]) -> None:
    code, out, err = sitewatch("docs", "add", case, *texts)
    assert (code, err) == (0, "")
    assert "2 new documents" in out
    assert "2024-11-26 (text)" in out
    listed = sitewatch.json("docs", "list", case)["documents"]
    assert isinstance(listed, list)
    assert [d["title"] for d in listed] == ["The works at Exampleville grow – Agency", "Works double in size"]
    for row, path in zip(listed, texts, strict=True):
        stored = case / "documents" / row["sha256"]
        assert stored.read_bytes() == path.read_bytes()
        assert hashlib.sha256(stored.read_bytes()).hexdigest() == row["sha256"]
        assert stored.with_suffix(".txt").read_text(encoding="utf-8") == path.read_text(encoding="utf-8")
    shown = sitewatch.json("docs", "show", case, listed[0]["id"][:8])
    assert shown["text"] == FIRST
    assert "title" in sitewatch("docs", "show", case, listed[0]["id"])[1]
    (entry,) = [e for e in Case.open(case).history() if e.action == "docs add"]
    assert entry.detail["documents"] == {d["id"]: d["path"] for d in listed}


def test_adding_again_changes_nothing(
    sitewatch: Caller, case: Path, texts: list[Path], tmp_path: Path
) -> None:
    sitewatch("docs", "add", case, *texts)
    before = {p: p.read_bytes() for p in case.rglob("*") if p.is_file() and p.name != ".lock"}
    copy = tmp_path / "copy.html"
    copy.write_bytes(texts[0].read_bytes())
    code, out, _ = sitewatch("docs", "add", case, *texts, copy, "--published", "2020")
    assert code == 0
    assert "0 new documents, 2 known before" in out
    assert {p: p.read_bytes() for p in case.rglob("*") if p.is_file() and p.name != ".lock"} == before


def test_one_bad_file_does_not_stop_the_others(
    sitewatch: Caller, case: Path, texts: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "a.docx").write_bytes(b"PK\x03\x04" + b"\0" * 40)
    code, out, err = sitewatch(
        "docs", "add", case, tmp_path / "a.docx", texts[0], tmp_path, tmp_path / "none"
    )
    assert code == 1
    assert "1 new documents" in out
    assert len(err.splitlines()) == 3
    assert "ZIP archive" in err
    assert "a folder" in err
    assert "no such file" in err


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--published", "soon"), "publication date 'soon'"),
        (("--title", "One for two"), "one title for 2 documents"),
        (("--place", "Exampleville"), "is for photographs"),
        (("--encoding", "nonsense"), "encoding 'nonsense'"),
    ],
)
def test_wrong_options_are_one_line_and_keep_nothing(
    sitewatch: Caller, case: Path, texts: list[Path], options: tuple[str, ...], reason: str
) -> None:
    code, out, err = sitewatch("docs", "add", case, *texts, *options)
    assert (code, out) == (2, "")
    assert reason in err
    assert len(err.splitlines()) == 1
    assert Case.open(case).documents() == []


def test_an_address_is_fetched_where_it_is_named_and_allowed(sitewatch: Caller, case: Path) -> None:
    page = f"<html><head><title>Works grow</title></head><body><p>{FIRST.splitlines()[-1]}</p></body></html>"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            pass

    with serving(Handler) as base:
        code, _, err = sitewatch("docs", "add", case, f"{base}/a")
        assert code == 1
        assert "private network" in err
        told = sitewatch.json("docs", "add", case, f"{base}/a", "--allow-private")
    (row,) = told["new"]  # type: ignore[misc]
    assert (row["kind"], row["title"], row["path"], row["publisher"]) == (
        "html",
        "Works grow",
        f"{base}/a",
        "127.0.0.1",
    )
    assert sitewatch("docs", "add", case, "ftp://example.org/a")[0] == 2


@contextlib.contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_photographs_and_their_near_duplicates(sitewatch: Caller, case: Path, tmp_path: Path) -> None:
    first = photo(tmp_path / "hall.txt", 1)
    told = sitewatch.json(
        "docs", "add", case, first, "--said-to-show", "the hall", "--said-by", "a state agency"
    )
    assert told["new"][0]["photo"]["said_to_show"] == "the hall"  # type: ignore[index]
    copy, other = photo(tmp_path / "copy.jpg", 1, 30), photo(tmp_path / "other.jpg", 2)
    told = sitewatch.json("docs", "add", case, copy, other)
    ids = [d["id"] for d in told["new"]]  # type: ignore[attr-defined, union-attr]
    (pair,) = told["alike"]  # type: ignore[misc]
    assert pair["documents"][0] == ids[0]
    assert "near-duplicate" in pair["how"]
    assert "near-duplicate" not in sitewatch("docs", "add", case, other)[1]


def test_what_is_told_of_a_document_can_be_corrected(
    sitewatch: Caller, case: Path, texts: list[Path]
) -> None:
    (row,) = sitewatch.json("docs", "add", case, texts[0])["new"]  # type: ignore[misc]
    told = sitewatch.json(
        "docs", "edit", case, row["id"], "--published", "2024-11-25", "--publisher", "A paper"
    )
    changed = told["document"]
    assert isinstance(changed, dict)
    assert (changed["published"], changed["published_source"]) == ("2024-11-25", "analyst")
    assert (changed["publisher"], changed["title"]) == ("A paper", row["title"])
    assert sitewatch("docs", "edit", case, row["id"], "--place", "x")[0] == 2
    assert sitewatch("docs", "edit", case, "doc-none", "--title", "x")[0] == 2


def test_a_document_goes_with_its_copy(sitewatch: Caller, case: Path, texts: list[Path]) -> None:
    (row,) = sitewatch.json("docs", "add", case, texts[0])["new"]  # type: ignore[misc]
    assert sitewatch("docs", "remove", case, row["id"])[0] == 0
    assert list((case / "documents").iterdir()) == []
    assert "no document yet" in sitewatch("docs", "list", case)[1]


def test_a_document_cannot_steer_the_terminal(sitewatch: Caller, case: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(
        "Works \x1b]0;x\x07\u202egrow\n\nThe hall is \x1b[31mnew, and it stands there.\n", encoding="utf-8"
    )
    sitewatch("docs", "add", case, path)
    for command in (("docs", "list", case), ("docs", "show", case, "doc"), ("claims", case)):
        code, out, _ = sitewatch(*command)
        assert code == 0
        assert "\x1b" not in out
        assert "\u202e" not in out


def test_claims_by_the_contract(sitewatch: Caller, case: Path, texts: list[Path]) -> None:
    sitewatch("docs", "add", case, *texts)
    code, out, err = sitewatch("claims", case)
    assert (code, err) == (0, "")
    assert "contradicts" in out
    assert "no gazetteer.yaml in the case" in out
    told = json.loads((case / "out" / "claims.json").read_text(encoding="utf-8"))
    jsonschema.validate(told, SCHEMA)
    texts_of = {d.id: d.text for d in Case.open(case).documents()}
    assert [s["published"] for s in told["sources"]] == ["2024-11-26", "2024-11-27"]
    for claim in told["claims"]:
        assert texts_of[claim["source"]][claim["start"] : claim["end"]] == claim["quote"]
        assert claim["id"].startswith(f"{claim['source']}-{claim['start']:05d}")
    ratios = {(c["quantity"]["low"], c["quantity"]["high"]) for c in told["claims"] if c["quantity"]}
    assert {(0.6, 0.7), (1.6, 1.7)} <= ratios
    known = {c["id"] for c in told["claims"]}
    assert all(set(x["claims"]) <= known for x in told["links"] + told["origins"])
    assert {x["relation"] for x in told["links"]} >= {"contradicts"}
    assert sitewatch.json("claims", "list", case)["claims"] == told["claims"]
    assert sitewatch.json("claims", case)["links"] == told["links"]


def test_an_analysts_claims_outlive_a_re_run(sitewatch: Caller, case: Path, texts: list[Path]) -> None:
    sitewatch("docs", "add", case, *texts)
    before = sitewatch.json("claims", case)["claims"]
    assert isinstance(before, list)
    wrong = next(c for c in before if c["quantity"] and c["quantity"]["low"] == 1.6)
    unwanted = next(c for c in before if c["id"] != wrong["id"])
    told = sitewatch.json("claims", "edit", case, wrong["id"], "--low", "0.6", "--high", "0.7")["claim"]
    assert isinstance(told, dict)
    assert (told["id"], told["maker"]) == (wrong["id"], "analyst")
    assert (told["quantity"]["low"], told["quantity"]["relation"]) == (0.6, "ratio")
    sitewatch("claims", "remove", case, unwanted["id"])
    source = wrong["source"]
    made = sitewatch.json(
        "claims", "add", case, "--source", source, "--quote", "an analyst of the institute"
    )["claim"]
    assert isinstance(made, dict)
    (case / "gazetteer.yaml").write_text("objects:\n  hall: [new assembly hall]\n", encoding="utf-8")
    after = {c["id"]: c for c in sitewatch.json("claims", case)["claims"]}  # type: ignore[attr-defined, union-attr]
    assert after[wrong["id"]] == told
    assert after[made["id"]] == made
    assert unwanted["id"] not in after
    assert sum(c["quote"] == wrong["quote"] for c in after.values()) == sum(
        c["quote"] == wrong["quote"] for c in before
    )
    assert "2 claims by an analyst kept" in sitewatch("claims", case)[1]
    code, _, err = sitewatch("docs", "remove", case, source)
    assert code == 2
    assert "--with-claims" in err
    assert sitewatch("docs", "remove", case, source, "--with-claims")[0] == 0
    left = sitewatch.json("claims", "list", case)["claims"]
    assert isinstance(left, list)
    assert {c["source"] for c in left} == {c["source"] for c in before} - {source}
    assert (case / "out" / "claims.json").is_file()
    for other in {c["source"] for c in left}:
        assert sitewatch("docs", "remove", case, other, "--with-claims")[0] == 0
    assert not (case / "out" / "claims.json").exists()  # it would tell of documents that are gone


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--quote", "never written"), "do not stand in"),
        (("--quote", " "), "the quote is empty"),
        (("--quote", "hall"), "say which with --occurrence"),
        (("--quote", "hall", "--occurrence", "9"), "stand 2 times"),
        (("--quote", "new assembly hall", "--type", "rumour"), "type 'rumour': expected one of"),
        (
            ("--quote", "new assembly hall", "--low", "2", "--high", "1", "--unit", "m"),
            "low 2 is above high 1",
        ),
        (("--quote", "new assembly hall", "--low", "nan", "--unit", "m"), "expected a finite number"),
        (("--quote", "new assembly hall", "--low", "2"), "a quantity needs --unit"),
        (("--quote", "new assembly hall", "--earliest", "2024-13-01"), "expected YYYY-MM-DD"),
        (
            ("--quote", "new assembly hall", "--earliest", "2024-12-02", "--latest", "2024-12-01"),
            "lies after",
        ),
    ],
)
def test_a_claim_by_hand_that_makes_no_sense_is_refused(
    sitewatch: Caller, case: Path, texts: list[Path], options: tuple[str, ...], reason: str
) -> None:
    sitewatch("docs", "add", case, texts[0])
    code, out, err = sitewatch("claims", "add", case, "--source", "doc", *options)
    assert (code, out) == (2, "")
    assert reason in err
    assert len(err.splitlines()) == 1
    assert Case.open(case).claim_set().claims == ()


def test_another_language_is_kept_and_read_by_hand(sitewatch: Caller, case: Path, tmp_path: Path) -> None:
    path = tmp_path / "halle.txt"
    path.write_text(GERMAN, encoding="utf-8")
    assert "in another language (de)" in sitewatch("docs", "add", case, path)[1]
    assert "its claims come by hand" in sitewatch("claims", case)[1]
    assert sitewatch.json("claims", "list", case)["claims"] == []
    made = sitewatch.json(
        *("claims", "add", case, "--source", "doc", "--quote", "Die neue Halle ist fertig"),
        *("--subject", "object:hall", "--latest", "2024-11-26", "--said-by", "a paper", "--type", "event"),
    )["claim"]
    assert isinstance(made, dict)
    assert (made["start"], made["end"], made["maker"]) == (0, 25, "analyst")
    assert (made["time"]["edtf"], made["time"]["precision"]) == ("../2024-11-26", "before")
    assert made["attribution"][0]["name"] == "a paper"
    jsonschema.validate(json.loads((case / "out" / "claims.json").read_text(encoding="utf-8")), SCHEMA)


def test_without_documents_there_is_nothing_to_read(sitewatch: Caller, case: Path) -> None:
    code, _, err = sitewatch("claims", case)
    assert code == 1
    assert "has no document yet; add some with `sitewatch docs add" in err
    assert sitewatch("claims", "list", case)[0] == 0


def test_the_step_is_remembered_until_something_changes(
    sitewatch: Caller, case: Path, texts: list[Path]
) -> None:
    from sitewatch.app.claims import STEP, claims_key

    def done() -> bool:
        opened = Case.open(case)
        return opened.step_done(STEP, claims_key(opened))

    sitewatch("docs", "add", case, texts[0])
    assert not done()
    sitewatch("claims", case)
    assert done()
    sitewatch("docs", "edit", case, "doc", "--published", "2020")
    assert not done()
    sitewatch("claims", case)
    assert done()
    (case / "out" / "claims.json").write_text("{}")
    assert not done()


def test_the_seed_texts_end_to_end(sitewatch: Caller, case: Path, shared_data: Path) -> None:
    sitewatch("docs", "add", case, *sorted((shared_data.parent / "seeds").glob("*.txt")))
    told = sitewatch.json("claims", case)
    jsonschema.validate(told | {"file": None}, SCHEMA | {"additionalProperties": True})
    claims = {c["id"]: c for c in told["claims"]}  # type: ignore[attr-defined, union-attr]
    sizes = [
        {
            (claims[i]["quantity"]["low"], claims[i]["quantity"]["high"])
            for i in x["claims"]
            if claims[i]["quantity"]
        }
        for x in told["links"]  # type: ignore[attr-defined, union-attr]
        if x["relation"] == "contradicts" and not x["independent"]
    ]
    assert {(0.6, 0.7), (1.6, 1.7)} in sizes
    assert len({s["origin"] for s in told["sources"]}) == 1  # type: ignore[attr-defined, union-attr]

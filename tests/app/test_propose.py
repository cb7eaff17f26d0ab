"""What models propose of a case's documents, from the command line: a server and a model that the tests make."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from onnx_files import looked_up, tokenizer
from sitewatch.app.claims import claims_key
from sitewatch.case import Case
from sitewatch.cli import main

GERMAN = (
    "Die neue Halle ist etwa 65 Prozent so groß wie die alte. Sie wurde im Mai 2031 fertig, sagte das Institut. "
    "Auf den Bildern ist das nicht zu sehen, und es ist auch nicht klar, was in der Halle ist."
)
ENGLISH = "The kiln at Brackmoor is finished. It has a red roof.\n"
OTHER = "Work on the oven in the town has ended. A crane stands there.\n"


@contextmanager
def served(*quotes: str) -> Iterator[tuple[str, list[bytes]]]:
    """Address of a chat interface that proposes these quotes, and what it was sent."""
    sent: list[bytes] = []
    answer = json.dumps({"claims": [{"quote": q, "type": "observation"} for q in quotes]})

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(self.rfile.read(int(self.headers["Content-Length"])))
            data = json.dumps({"choices": [{"message": {"content": answer}}]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", sent
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def sitewatch(*words: object) -> dict:
    done = CliRunner().invoke(main, [*map(str, words), "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    sitewatch("init", tmp_path / "works")
    return tmp_path / "works"


def add(case: Path, text: str, *more: str) -> str:
    file = case.parent / f"{len(text)}.txt"
    file.write_text(text, encoding="utf-8")
    return sitewatch("docs", "add", case, file, *more)["new"][0]["id"]


def ask(case: Path, url: str, *documents: str) -> dict:
    return sitewatch("claims", "ask", case, *documents, "--url", url, "--model", "tiny", "--allow-private")


def test_claims_of_another_language_come_from_a_model_and_stay(case: Path) -> None:
    document = add(case, GERMAN)
    quote = "Die neue Halle ist etwa 65 Prozent so groß wie die alte."
    with served(quote, "Das steht dort nicht geschrieben.") as (url, sent):
        done = ask(case, url, document)
        again = ask(case, url, document)
    assert [(c["quote"], c["maker"]) for c in done["claims"]] == [(quote, "llm:tiny")]
    assert [r["reason"] for r in done["rejected"]] == ["these words do not stand in the document"]
    assert (again["claims"], again["known"]) == ([], 1)
    assert len(sent) == 2
    kept = sitewatch("claims", "read", case)["claims"]
    assert [(c["quote"], c["maker"]) for c in kept] == [(quote, "llm:tiny")]
    taken = kept[0]["id"]
    sitewatch("claims", "remove", case, taken)
    with served(quote) as (url, _):
        assert ask(case, url, document)["claims"] == []  # what an analyst took out stays out
    assert sitewatch("claims", "read", case)["claims"] == []


def test_nothing_restricted_is_sent(case: Path) -> None:
    free, barred = add(case, ENGLISH), add(case, GERMAN, "--restricted")
    assert sitewatch("docs", "show", case, barred)["restricted"] is True
    with served("It has a red roof.") as (url, sent):
        words = ["claims", "ask", str(case), free, barred, "--url", url, "--model", "tiny", "--allow-private"]
        done = CliRunner().invoke(main, words)
        assert done.exit_code != 0
        assert "restricted" in done.output
        assert sent == []
        sitewatch("docs", "edit", case, barred, "--not-restricted")
        assert sitewatch("docs", "show", case, barred)["restricted"] is False
        ask(case, url, barred)
        assert len(sent) == 1


def model_folder(folder: Path) -> Path:
    """A model for which kiln and oven, finished and ended are one."""
    words = ["kiln", "oven", "finished", "ended", "crane", "roof"]
    vectors = np.zeros((4 + len(words), 4))
    for word, axis in (("kiln", 0), ("oven", 0), ("finished", 1), ("ended", 1), ("crane", 2), ("roof", 3)):
        vectors[4 + words.index(word), axis] = 1
    folder.mkdir()
    (folder / "model.onnx").write_bytes(looked_up(vectors))
    (folder / "tokenizer.json").write_text(tokenizer(words))
    return folder


def test_alignments_are_proposed_and_outlive_a_re_run_as_proposals(case: Path, tmp_path: Path) -> None:
    one, two = add(case, ENGLISH), add(case, OTHER)
    before = sitewatch("claims", "read", case)
    assert before["proposed"] == []
    found = sitewatch("claims", "align", case, "--embeddings", model_folder(tmp_path / "tiny"))["proposed"]
    (pair,) = found
    quotes = {c["id"]: c["quote"] for c in before["claims"]}
    assert {quotes[c].split(" is ")[0].split(" has ")[0] for c in pair["claims"]} == {
        "The kiln at Brackmoor",
        "Work on the oven in the town",
    }
    assert pair["maker"].startswith("embedding:tiny@")
    after = sitewatch("claims", "read", case)
    assert after["proposed"] == found
    assert {k: after[k] for k in ("claims", "links", "origins")} == {
        k: before[k] for k in ("claims", "links", "origins")
    }
    assert json.loads((case / "out" / "claims.json").read_text())["proposed"] == found
    opened = Case.open(case)
    assert opened.step_done("claims", claims_key(opened))
    add(case, "A third text.")
    sitewatch("claims", "align", case, "--embeddings", tmp_path / "tiny")
    assert not opened.step_done("claims", claims_key(opened))  # it has not been read
    sitewatch("docs", "remove", case, two)
    assert sitewatch("claims", "read", case)["proposed"] == []
    assert one


def test_without_claims_there_is_nothing_to_align(case: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["claims", "align", str(case), "--embeddings", str(tmp_path)])
    assert done.exit_code == 1
    assert "no claims yet" in done.output

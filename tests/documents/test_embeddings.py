"""Word pieces, sentence vectors and proposed alignments, on tiny models that the tests make."""

import json
from pathlib import Path

import numpy as np
import pytest

from onnx_files import looked_up, model, node, tensor, tokenizer
from sitewatch.documents import wordpiece
from sitewatch.documents.by_meaning import propose_alignments
from sitewatch.documents.embeddings import SentenceModel
from sitewatch.errors import DataError
from sitewatch.types import Claim, ClaimSet, Link, LinkRelation, Testability

PIECES = ["hall", "##s", "new", "the", "a", "##b", "##c", "ab", "工", "cafe", ",", "-", "$"]
AT = {p: n for n, p in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *PIECES])}


def pieces(folder: Path, text: str, **changes: object) -> list[str]:
    (folder / "tokenizer.json").write_text(tokenizer(PIECES, **changes), encoding="utf-8")
    names = {n: p for p, n in AT.items()}
    return [names[n] for n in wordpiece.load(folder / "tokenizer.json")(text)]


# Answers worked out by hand from the algorithm; 6,768 texts, 4,000 of them random characters, gave the same numbers
# with the `tokenizers` package (0.23) and the tokenizer of all-MiniLM-L6-v2.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("The new halls", ["the", "new", "hall", "##s"]),
        ("abc", ["ab", "##c"]),  # the longest first piece, not "a"
        ("abcx", ["[UNK]"]),  # a word with one unknown rest is unknown as a whole
        ("hall,new-hall$", ["hall", ",", "new", "-", "hall", "$"]),
        ("Café", ["cafe"]),
        ("a工a", ["a", "工", "a"]),
        (
            "new\u200bhall\u00a0a",
            ["[UNK]", "a"],
        ),  # what has no width vanishes, a space that does not break parts
        ("a" * 101, ["[UNK]"]),
    ],
)
def test_pieces_by_hand(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert pieces(tmp_path, text) == ["[CLS]", *expected, "[SEP]"]


def test_settings_of_a_tokenizer_are_kept(tmp_path: Path) -> None:
    cased = {"type": "BertNormalizer", "lowercase": False, "strip_accents": None}
    assert pieces(tmp_path, "The hall", normalizer=cased)[1:-1] == ["[UNK]", "hall"]
    assert pieces(tmp_path, "café hall", normalizer=cased)[1:-1] == ["[UNK]", "hall"]
    long = pieces(tmp_path, "a " * 50, truncation={"max_length": 10})
    assert (len(long), long[-1]) == (10, "[SEP]")
    older = {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}
    assert pieces(tmp_path, "a", post_processor=older) == ["[CLS]", "a", "[SEP]"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"model": null}',
        '{"model": {"type": "Unigram"}}',
        "\x00",
        '{"model": {"type": "WordPiece"}}',
        tokenizer(PIECES, post_processor={"type": "BertProcessing"}),
        json.dumps(json.loads(tokenizer([])) | {"model": {"type": "WordPiece", "vocab": []}}),
    ],
)
def test_other_tokenizers_are_refused_in_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "tokenizer.json").write_text(text)
    with pytest.raises(DataError) as refused:
        wordpiece.load(tmp_path / "tokenizer.json")
    assert "\n" not in str(refused.value)


VECTORS = np.zeros((len(AT), 3))
VECTORS[AT["hall"]] = (1, 0, 0)
VECTORS[AT["new"]] = (0, 1, 0)
VECTORS[AT["the"]] = (0, 0, 2)
VECTORS[0] = 1e6  # of the padding: it must not be seen


def sentence_model(folder: Path, onnx: bytes | None = None) -> SentenceModel:
    (folder / "tokenizer.json").write_text(tokenizer(PIECES), encoding="utf-8")
    (folder / "model.onnx").write_bytes(onnx or looked_up(VECTORS))
    return SentenceModel(folder)


def test_a_vector_is_the_mean_of_the_pieces_without_padding(tmp_path: Path) -> None:
    found = sentence_model(tmp_path)(["hall", "new hall the", "hall"])
    # [CLS] and [SEP] are zero here: (1, 0, 0) / 3 and (1, 1, 2) / 5, brought to length one
    expected = np.array([(1, 0, 0), (1 / 6**0.5, 1 / 6**0.5, 2 / 6**0.5), (1, 0, 0)])
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_vectors_do_not_depend_on_their_company(tmp_path: Path) -> None:
    ask = sentence_model(tmp_path)
    texts = ["new " * n + "hall" for n in range(90)]
    np.testing.assert_array_equal(ask(texts)[7], ask([texts[7]])[0])
    assert ask([]).shape[0] == 0


def test_a_model_that_pools_is_taken_at_its_word(tmp_path: Path) -> None:
    nodes = [node("Gather", ["table", "input_ids"], "all"), node("ReduceMax", ["all"], "pooled", keepdims=0)]
    nodes[1] += axes(1)
    onnx = model(nodes, [tensor("table", VECTORS.astype(np.float32))], "pooled", 2, ("input_ids",))
    found = sentence_model(tmp_path, onnx)(["new hall"])
    np.testing.assert_allclose(found, [[0.5**0.5, 0.5**0.5, 0]], atol=1e-6)


def axes(n: int) -> bytes:
    """The attribute `axes=[n]` of a node."""
    inner = b"\x0a\x04axes" + bytes([0x40, n]) + b"\xa0\x01\x07"
    return bytes([0x2A, len(inner)]) + inner


def test_what_is_no_model_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "odd").mkdir()
    with pytest.raises(DataError, match=r"expected a folder with model\.onnx"):
        SentenceModel(tmp_path / "nowhere")
    with pytest.raises(DataError, match="no model that ONNX Runtime can load"):
        sentence_model(tmp_path, b"no model")
    with pytest.raises(DataError, match="its inputs are pixels"):
        sentence_model(
            tmp_path, looked_up(VECTORS, ("pixels", "input_ids")).replace(b"input_ids", b"pixelsids")
        )
    with pytest.raises(DataError, match="cannot be run") as refused:
        sentence_model(tmp_path, looked_up(VECTORS[:3]))(["hall"])  # fewer rows than pieces
    assert "\n" not in str(refused.value)


def test_the_name_tells_the_weights(tmp_path: Path) -> None:
    first = sentence_model(tmp_path).name
    assert first.startswith(f"embedding:{tmp_path.name}@")
    assert sentence_model(tmp_path, looked_up(VECTORS * 2)).name != first


def claim(id: str, source: str, quote: str, start: int = 0) -> Claim:
    return Claim(
        id=id, source=source, quote=quote, start=start, end=start + len(quote), prefix="", suffix="",
        type="observation", polarity="positive", attribution=(), hedges=(), subject=None, predicate=None, object=None,
        quantity=None, time=None, testable=Testability("no", "not"),
    )  # fmt: skip


WORDS = {"red": (1, 0), "crimson": (0.96, 0.28), "scarlet": (0.8, 0.6), "green": (0, 1)}


def embed(texts):
    return np.array([WORDS[t] for t in texts], np.float32)


CLAIMS = (
    claim("a1", "a", "red"),
    claim("a2", "a", "green", 9),
    claim("b1", "b", "crimson"),
    claim("b2", "b", "scarlet", 9),
)


def test_each_others_nearest_are_proposed() -> None:
    found = propose_alignments(ClaimSet(CLAIMS, (), ()), embed, "tiny", 0.5)
    # red's nearest is crimson (.96) and the reverse; green's is scarlet (.6), whose nearest is red (.8)
    assert [(a.claims, a.similarity, a.maker) for a in found] == [(("a1", "b1"), 0.96, "tiny")]
    assert propose_alignments(ClaimSet(CLAIMS, (), ()), embed, "tiny", 0.97) == ()
    assert propose_alignments(ClaimSet(CLAIMS[:2], (), ()), embed, "tiny", 0.0) == ()  # one document


def test_what_rules_have_joined_is_not_proposed_again() -> None:
    link = Link("L1", LinkRelation.AGREES, ("a1", "b1"), "", False)
    assert propose_alignments(ClaimSet(CLAIMS, (link,), ()), embed, "tiny", 0.5) == ()
    elsewhere = Link("L1", LinkRelation.AGREES, ("a1", "b2"), "", False)
    assert len(propose_alignments(ClaimSet(CLAIMS, (elsewhere,), ()), embed, "tiny", 0.5)) == 1
    # the same words make a second claim, which a rule has joined
    twin = (*CLAIMS, claim("a1b", "a", "red"))
    joined = Link("L1", LinkRelation.AGREES, ("a1b", "b1"), "", False)
    assert propose_alignments(ClaimSet(twin, (joined,), ()), embed, "tiny", 0.5) == ()


def test_wrong_vectors_and_thresholds_are_refused() -> None:
    with pytest.raises(DataError, match="cosine"):
        propose_alignments(ClaimSet(CLAIMS, (), ()), embed, "tiny", 60)
    with pytest.raises(DataError, match="one for each"):
        propose_alignments(ClaimSet(CLAIMS, (), ()), lambda t: np.ones((1, 2), np.float32), "tiny")

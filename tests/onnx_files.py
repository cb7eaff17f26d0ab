"""Tiny ONNX models, written byte by byte: the format is protobuf, fields as in onnx.proto (ONNX 1.x, IR version 8)."""

import json

import numpy as np

FLOAT, INT64 = 1, 7


def _varint(n: int) -> bytes:
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def _field(number: int, value: int | bytes | str) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def tensor(name: str, array: np.ndarray) -> bytes:
    kind = INT64 if array.dtype == np.int64 else FLOAT
    dims = b"".join(_field(1, n) for n in array.shape)
    return dims + _field(2, kind) + _field(8, name) + _field(9, array.tobytes())


def node(op: str, inputs: list[str], output: str, **attributes: int) -> bytes:
    made = b"".join(_field(1, i) for i in inputs) + _field(2, output) + _field(4, op)
    for name, value in attributes.items():
        made += _field(5, _field(1, name) + _field(3, value) + _field(20, 2))
    return made


def _value(name: str, kind: int, rank: int) -> bytes:
    shape = b"".join(_field(1, _field(2, f"{name}_{n}")) for n in range(rank))
    return _field(1, name) + _field(2, _field(1, _field(1, kind) + _field(2, shape)))


def model(nodes: list[bytes], weights: list[bytes], output: str, rank: int, inputs: tuple[str, ...]) -> bytes:
    graph = b"".join(_field(1, n) for n in nodes) + _field(2, "tiny")
    graph += b"".join(_field(5, w) for w in weights)
    graph += b"".join(_field(11, _value(i, INT64, 2)) for i in inputs) + _field(
        12, _value(output, FLOAT, rank)
    )
    return _field(1, 8) + _field(7, graph) + _field(8, _field(2, 17))


def looked_up(vectors: np.ndarray, inputs: tuple[str, ...] = ("input_ids", "attention_mask")) -> bytes:
    """A model that gives each piece its own row of `vectors` (piece, dimension), as a first layer does."""
    nodes = [node("Gather", ["table", "input_ids"], "last_hidden_state")]
    return model(nodes, [tensor("table", vectors.astype(np.float32))], "last_hidden_state", 3, inputs)


def tokenizer(pieces: list[str], **changes: object) -> str:
    """A tokenizer.json of an uncased WordPiece; the first four pieces are [PAD], [UNK], [CLS], [SEP]."""
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *pieces]
    template = [
        {"SpecialToken": {"id": "[CLS]"}},
        {"Sequence": {"id": "A"}},
        {"SpecialToken": {"id": "[SEP]"}},
    ]
    table: dict[str, object] = {
        "truncation": None,
        "normalizer": {"type": "BertNormalizer", "lowercase": True, "strip_accents": None},
        "post_processor": {"type": "TemplateProcessing", "single": template},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "vocab": {p: n for n, p in enumerate(names)}},
    }
    return json.dumps(table | changes)

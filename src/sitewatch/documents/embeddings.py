"""Sentences as vectors, by a model that the user has on disk. Nothing is ever downloaded.

A folder with `model.onnx` and `tokenizer.json`, as they are published for sentence models, is run through ONNX
Runtime; a text's vector is the mean of its pieces' vectors, of length one, padding left out (Reimers & Gurevych
2019, "Sentence-BERT", arXiv:1908.10084). A model that pools by itself is taken at its word.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sitewatch.documents import wordpiece
from sitewatch.errors import DataError

Vectors = npt.NDArray[np.float32]
BATCH = 32
MODEL = ("model.onnx", "onnx/model.onnx")
TOKENIZER = "tokenizer.json"
_INPUTS = frozenset({"input_ids", "attention_mask", "token_type_ids"})


class SentenceModel:
    """Texts → (text, dimension) vectors of length one.

    Raises:
        DataError: `folder` holds no such model, or one that asks for other inputs, or onnxruntime is missing.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        file = next((f for name in MODEL if (f := self.folder / name).is_file()), None)
        if file is None or not (self.folder / TOKENIZER).is_file():
            raise DataError(
                f"{self.folder}: no sentence model; expected a folder with model.onnx and {TOKENIZER}"
            )
        self.tokens = wordpiece.load(self.folder / TOKENIZER)
        self.session = _session(file)
        self.inputs = {i.name for i in self.session.get_inputs()}
        if not {"input_ids"} <= self.inputs <= _INPUTS:
            raise DataError(
                f"{file}: its inputs are {', '.join(sorted(self.inputs))}; expected input_ids, attention_mask and at "
                "most token_type_ids"
            )
        self.key = _sha256(file)[:12]
        """Of the weights."""

    @property
    def name(self) -> str:
        """How what it proposes is labelled."""
        return f"embedding:{self.folder.resolve().name}@{self.key}"

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """Vectors of `texts`, in their order; equal texts are read once.

        Raises:
            DataError: the model cannot be run, or gives something else than vectors.
        """
        distinct = {text: n for n, text in enumerate(dict.fromkeys(texts))}
        pieces = [self.tokens(text) for text in distinct]
        order = sorted(range(len(pieces)), key=lambda n: (len(pieces[n]), n))  # equal lengths, little padding
        rows: list[Vectors | None] = [None] * len(pieces)
        for at in range(0, len(order), BATCH):
            batch = order[at : at + BATCH]
            for n, vector in zip(batch, self._run([pieces[n] for n in batch]), strict=True):
                rows[n] = vector
        made = [row for row in rows if row is not None]
        if not made:
            return np.zeros((0, 1), np.float32)
        return np.stack(made)[[distinct[text] for text in texts]]

    def _run(self, pieces: list[list[int]]) -> Vectors:
        length = max(1, *(len(p) for p in pieces))
        ids = np.zeros((len(pieces), length), np.int64)
        mask = np.zeros((len(pieces), length), np.int64)
        for row, numbers in enumerate(pieces):
            ids[row, : len(numbers)] = numbers
            mask[row, : len(numbers)] = 1
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        try:
            (first, *_) = self.session.run(None, {n: a for n, a in given.items() if n in self.inputs})
        except Exception as error:  # onnxruntime's errors share no base but this
            raise DataError(
                f"{self.folder}: the model cannot be run ({str(error).splitlines()[0]})"
            ) from None
        if first.ndim == 3 and first.shape[:2] == ids.shape:
            weight = mask[..., None].astype(np.float32)
            first = (first * weight).sum(1) / np.maximum(weight.sum(1), 1)
        if first.ndim != 2 or first.shape[0] != len(pieces) or not np.isfinite(first).all():
            raise DataError(
                f"{self.folder}: the model gives an array of shape {first.shape} for {len(pieces)} texts; expected a "
                "finite vector for each piece of a text, or for each text"
            )
        size = np.linalg.norm(first, axis=1, keepdims=True)
        vectors: Vectors = (first / np.maximum(size, 1e-12)).astype(np.float32)
        return vectors


def _session(file: Path) -> Any:
    try:
        import onnxruntime  # noqa: PLC0415  (slow to import, and only wanted with a model)
    except ImportError as error:
        raise DataError(
            f"onnxruntime, which runs sentence models, cannot be imported ({error}); install it"
        ) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # equal sums on every run
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # see above
        raise DataError(
            f"{file}: no model that ONNX Runtime can load ({str(error).splitlines()[0]})"
        ) from None


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()

"""Texts as the numbered word pieces that BERT-like models read.

Greedy longest match first over a fixed list of pieces (Wu et al. 2016, arXiv:1609.08144, in the form of Devlin et al.
2019, arXiv:1810.04805). The list and its settings come from the model's own `tokenizer.json`; only tokenizers of
this kind are read, which covers the usual English sentence models (MiniLM, BGE, E5, GTE).
"""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sitewatch.errors import DataError

LONGEST = 512
"""Pieces of one text at most, those at its ends included, where the tokenizer states no length."""
_CHINESE = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)
"""Blocks whose characters are words of their own."""


@dataclass(frozen=True)
class WordPiece:
    """A tokenizer."""

    pieces: Mapping[str, int]
    """Piece → number; pieces that go on with a word begin with `prefix`."""
    before: tuple[int, ...]
    after: tuple[int, ...]
    """Numbers put at the ends of every text."""
    unknown: int
    prefix: str = "##"
    lower: bool = True
    bare: bool = True
    """True where accents are taken off."""
    clean: bool = True
    chinese: bool = True
    longest: int = LONGEST
    longest_word: int = 100
    """Characters of a word beyond which it is unknown."""

    def __call__(self, text: str) -> list[int]:
        """Numbers of the pieces of a text, with those at its ends; what is too long is cut."""
        room = self.longest - len(self.before) - len(self.after)
        found: list[int] = []
        for word in self._words(text):
            found += self._split(word)
            if len(found) >= room:
                break
        return [*self.before, *found[:room], *self.after]

    def _words(self, text: str) -> Iterator[str]:
        word: list[str] = []
        for char in self._normal(text):
            apart = _punctuation(char) or (self.chinese and _is_chinese(char))
            if word and (apart or char.isspace()):
                yield "".join(word)
                word = []
            if apart:
                yield char
            elif not char.isspace():
                word.append(char)
        if word:
            yield "".join(word)

    def _normal(self, text: str) -> str:
        if self.clean:
            text = "".join(" " if c.isspace() else c for c in text if not _control(c))
        if self.bare:
            text = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
        # Letter by letter: a sigma that ends a word stays one.
        return "".join(c.lower() for c in text) if self.lower else text

    def _split(self, word: str) -> list[int]:
        if len(word) > self.longest_word:
            return [self.unknown]
        found: list[int] = []
        start = 0
        while start < len(word):
            lead = self.prefix if start else ""
            ends = range(len(word), start, -1)
            end = next((e for e in ends if lead + word[start:e] in self.pieces), None)
            if end is None:
                return [self.unknown]
            found.append(self.pieces[lead + word[start:end]])
            start = end
        return found


def load(file: Path) -> WordPiece:
    """The tokenizer that a `tokenizer.json` describes.

    Raises:
        DataError: the file cannot be read, or holds a tokenizer of another kind.
    """
    try:
        table = json.loads(file.read_text(encoding="utf-8"))
        model = table["model"]
        kind = model.get("type", "no type")
    except OSError as error:
        raise DataError(f"{file}: cannot be read ({error.strerror or error})") from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise DataError(
            f"{file}: no tokenizer; expected the tokenizer.json that belongs to the model"
        ) from None
    normal = table.get("normalizer") or {}
    if kind != "WordPiece" or normal.get("type") != "BertNormalizer":
        raise DataError(
            f"{file}: a tokenizer of kind {kind}; expected WordPiece with BertNormalizer, as English sentence models "
            "such as all-MiniLM-L6-v2 have it"
        )
    try:
        return _read(table, model, normal)
    except (LookupError, TypeError, ValueError, AttributeError):
        raise DataError(f"{file}: a WordPiece tokenizer with missing or odd entries; take it anew") from None


def _read(table: dict[str, Any], model: dict[str, Any], normal: dict[str, Any]) -> WordPiece:
    pieces = {str(piece): int(number) for piece, number in model["vocab"].items()}
    ends: tuple[list[int], list[int]] = ([], [])
    past = 0
    for part in _template(table.get("post_processor") or {}):
        if part is None:
            past = 1
        else:
            ends[past].append(pieces[part])
    lower = bool(normal.get("lowercase", True))
    bare = normal.get("strip_accents")
    length = (table.get("truncation") or {}).get("max_length") or LONGEST
    return WordPiece(
        pieces=pieces,
        before=tuple(ends[0]),
        after=tuple(ends[1]),
        unknown=pieces[model.get("unk_token") or "[UNK]"],
        prefix=model.get("continuing_subword_prefix") or "##",
        lower=lower,
        bare=lower if bare is None else bool(bare),  # as BERT does: only uncased models lose their accents
        clean=bool(normal.get("clean_text", True)),
        chinese=bool(normal.get("handle_chinese_chars", True)),
        longest=max(int(length), 8),
        longest_word=int(model.get("max_input_chars_per_word") or 100),
    )


def _template(after: dict[str, Any]) -> list[str | None]:
    """Pieces put around a text, None in the text's place."""
    if after.get("type") == "BertProcessing":
        return [after["cls"][0], None, after["sep"][0]]
    parts = after.get("single") or [{"Sequence": {}}]
    return [p["SpecialToken"]["id"] if "SpecialToken" in p else None for p in parts]


def _control(char: str) -> bool:
    if char in "\t\n\r":
        return False
    return char == "\ufffd" or unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs")


def _punctuation(char: str) -> bool:
    # All of ASCII that is neither letter, digit nor space counts, "$" and "~" too.
    if char.isascii():
        return char.isprintable() and not char.isalnum() and char != " "
    return unicodedata.category(char).startswith("P")


def _is_chinese(char: str) -> bool:
    code = ord(char)
    return code >= 0x3400 and any(low <= code <= high for low, high in _CHINESE)

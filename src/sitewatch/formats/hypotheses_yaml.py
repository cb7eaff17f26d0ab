"""`hypotheses.yaml`: the analyst's questions, hypotheses and judgements. Read and never written, but for a template."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from sitewatch.errors import DataError
from sitewatch.types import Candidate, Hypothesis, Item, Judgement, Outcome, Question

MAX_BYTES = 1_000_000

TEMPLATE = """\
# Questions that images alone do not answer, with hypotheses that exclude each other. This file is yours: sitewatch
# reads it and never writes it. Every probability is a range [low, high]: take it as wide as you are unsure.
# evidence: finding:ID and claim:ID refer to what `sitewatch assess` lists; any other name is your own.
# Evidence of one origin (retellings of one report, findings on one outline) counts once; origin: NAME says so by hand.
# The likelihood is that of seeing the evidence IF the hypothesis holds, not that of the hypothesis.
questions:
- id: use
  text: What is the new building for?
  hypotheses:
  - {id: assembly, text: it is an assembly line, prior: [0.2, 0.5]}
  - {id: storage, text: it is a storage hall, prior: [0.3, 0.6]}
  - {id: other, text: it is something else, prior: [0.1, 0.3]}
  judgements: []
  # - evidence: rail-spur
  #   text: A rail spur leads to the building
  #   basis: seen on the image of 3 October; most storage halls of this kind have one, too
  #   likelihood: {assembly: [0.4, 0.7], storage: [0.5, 0.8], other: [0.1, 0.4]}
  next: []
  # - id: doors
  #   text: An image of 0.5 m or finer that shows the doors
  #   outcomes:
  #   - text: doors on one gable only
  #     likelihood: {assembly: [0.5, 0.7], storage: [0.1, 0.3], other: [0.2, 0.4]}
  #   - text: loading docks along a side
  #     likelihood: {assembly: [0.1, 0.3], storage: [0.6, 0.8], other: [0.3, 0.5]}
"""


def load_questions(path: Path) -> tuple[Question, ...]:
    """Questions of a file.

    Raises:
        DataError: it cannot be read, or something in it is not as the template shows; the place is named.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DataError(f"{path} is larger than {MAX_BYTES} bytes; expected a file of judgements")
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        line = " ".join(str(error).split())
        raise DataError(f"{path} is not YAML ({line}); `sitewatch assess template` shows one") from error
    try:
        return tuple(
            _question(_is(dict, q, "a question")) for q in _list(_is(dict, content, "the file"), "questions")
        )
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def _question(data: dict[str, Any]) -> Question:
    name = _text(data, "id", "a question")
    where = f"question {name!r}"
    hypotheses = tuple(_hypothesis(_is(dict, h, where), where) for h in _list(data, "hypotheses", where))
    known = [h.id for h in hypotheses]
    if len(set(known)) != len(known):
        raise DataError(f"{where}: hypothesis ids {known} repeat; expected each once")
    judged = [_is(dict, j, where) for j in _list(data, "judgements", where)]
    names = [_text(j, "evidence", where) for j in judged]
    if len(set(names)) != len(names):
        twice = next(n for n in names if names.count(n) > 1)
        raise DataError(f"{where}: evidence {twice!r} is judged twice; expected each item once")
    return Question(
        id=name,
        text=_text(data, "text", where),
        hypotheses=hypotheses,
        judgements=tuple(
            j for d in judged for j in _judgements(d, _text(d, "evidence", where), known, where)
        ),
        items=tuple(
            Item(_text(d, "evidence", where), str(d.get("text") or d["evidence"]), _optional(d, "origin"))
            for d in judged
        ),
        candidates=tuple(_candidate(_is(dict, c, where), known, where) for c in _list(data, "next", where)),
    )


def _hypothesis(data: dict[str, Any], where: str) -> Hypothesis:
    name = _text(data, "id", where)
    low, high = _range(data.get("prior"), f"{where}: prior of {name!r}")
    return Hypothesis(name, _text(data, "text", where), low, high)


def _judgements(data: dict[str, Any], evidence: str, known: list[str], where: str) -> Iterable[Judgement]:
    likelihood = _is(dict, data.get("likelihood"), f"{where}: likelihood of {evidence!r}")
    strange = [h for h in likelihood if h not in known]
    missing = [h for h in known if h not in likelihood]
    if strange or missing:
        what = f"names {strange[0]!r}" if strange else f"lacks {missing[0]!r}"
        raise DataError(
            f"{where}: likelihood of {evidence!r} {what}; expected one for each of {', '.join(known)}"
        )
    for hypothesis in known:
        low, high = _range(likelihood[hypothesis], f"{where}: {evidence!r} under {hypothesis!r}")
        yield Judgement(hypothesis, evidence, low, high, str(data.get("basis") or ""))


def _candidate(data: dict[str, Any], known: list[str], where: str) -> Candidate:
    outcomes = []
    for one in _list(data, "outcomes", where):
        outcome = _is(dict, one, where)
        text = _text(outcome, "text", where)
        outcomes.append(Outcome(text, tuple(_judgements(outcome, text, known, where))))
    return Candidate(_text(data, "id", where), _text(data, "text", where), tuple(outcomes))


def _range(value: Any, where: str) -> tuple[float, float]:
    pair = value if isinstance(value, list) else [value, value]
    numbers = [v for v in pair if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(pair) != 2 or len(numbers) != 2 or not 0 <= numbers[0] <= numbers[1] <= 1:
        raise DataError(f"{where} is {value!r}; expected a range [low, high] of probabilities in 0..1")
    return float(numbers[0]), float(numbers[1])


def _list(data: dict[str, Any], key: str, where: str = "the file") -> list[Any]:
    value = data.get(key)
    result: list[Any] = _is(list, [] if value is None else value, f"{where}: {key!r}")
    return result


def _text(data: dict[str, Any], key: str, where: str) -> str:
    value = data.get(key)
    if not isinstance(value, str | int) or not str(value).strip():
        raise DataError(f"{where}: {key!r} is {value!r}; expected some text")
    return str(value).strip()


def _optional(data: dict[str, Any], key: str) -> str | None:
    return _text(data, key, "evidence") if data.get(key) is not None else None


def _is(kind: type[Any], value: Any, where: str) -> Any:
    if not isinstance(value, kind):
        wanted = "a list" if kind is list else "named fields"
        raise DataError(f"{where} is {str(value)[:40]!r}; expected {wanted}")
    return value

"""Reads the annotated seed documents of the development data as our types. Never part of the package."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sitewatch.types import (
    Attribution,
    Claim,
    Document,
    DocumentKind,
    Hedge,
    Passage,
    Quantity,
    Reading,
    Testability,
    When,
)


@dataclass(frozen=True)
class Seeds:
    documents: tuple[Document, ...]
    claims: tuple[Claim, ...]
    links: tuple[dict[str, Any], ...]
    origins: tuple[dict[str, Any], ...]


def read_seeds(folder: Path) -> Seeds:
    table = yaml.safe_load((folder / "seed_claims.yaml").read_text())
    documents = tuple(_document(folder, row) for row in table["documents"])
    texts = {d.id: d.text for d in documents}
    claims = tuple(_claim(row, texts[row["doc"]]) for row in table["claims"])
    return Seeds(documents, claims, tuple(table["links"]), tuple(table["origin_clusters"]))


def _document(folder: Path, row: dict[str, Any]) -> Document:
    raw = (folder / row["path"]).read_bytes()
    text = raw.decode("utf-8")
    passages, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            passages.append(Passage(at, at + len(line), "paragraph"))
        at += len(line) + 1
    digest = hashlib.sha256(raw).hexdigest()
    return Document(
        id=row["id"], title=row["key"], path=row["path"], kind=DocumentKind.TEXT, sha256=digest, text=text,
        text_sha256=digest, passages=tuple(passages), language="en",
        published=str(row["published"]) if row["published"] else None,
        published_source="text" if row["published"] else None,
        publisher="UP" if row["publisher"] else None, declared_source=row["declared_source"],
    )  # fmt: skip


def _claim(row: dict[str, Any], text: str) -> Claim:
    start, end = row["start"], row["end"]
    attribution = tuple(
        Attribution(a["kind"], a.get("name"), a.get("role"), a.get("organisation"), a.get("cue") or "inherited",
                    a["stance"], a.get("scope", "explicit"))
        for a in row["attribution"] or []
    )  # fmt: skip
    hedges = tuple(Hedge(h["text"], h["kind"], start, end) for h in row["hedges"] or [])
    time = row["time"] if row["time"] and row["time"].get("text") else None
    when = time and When(time["text"], time.get("edtf"), _iso(time.get("earliest")), _iso(time.get("latest")),
                         time["precision"])  # fmt: skip
    return Claim(
        id=row["id"], source=row["doc"], quote=row["quote"], start=start, end=end,
        prefix=text[max(0, start - 32) : start], suffix=text[end : end + 32], type=row["type"],
        polarity=row["polarity"], attribution=attribution, hedges=hedges, subject=row["subject"],
        predicate=row["predicate"], object=row["object"], quantity=_quantity(row["quantity"]), time=when,
        testable=Testability(row["testable"]["imagery"], row["testable"]["how"] or "") if row["testable"]
        else Testability("no", ""),
    )  # fmt: skip


def _iso(value: Any) -> str | None:
    return None if value is None else str(value)


def _quantity(row: dict[str, Any] | None) -> Quantity | None:
    if row is None:
        return None
    ratio = row["relation"] == "ratio_of"
    unit = {"ratio": "1", "person": "count", "occasion": "count"}.get(row["unit"], row["unit"])
    return Quantity(
        text=row["text"], low=row["low"], high=row["high"], tolerance=0.1 if row["approximator"] else 0.05,
        unit=unit, relation="ratio" if ratio else row["relation"], comparand=row["comparand"],
        readings=(Reading(row["low"], row["high"], row["text"]),),
        dimension="size" if ratio else "range" if row["measure"] == "maximum range" else None,
    )  # fmt: skip

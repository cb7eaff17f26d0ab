"""Truth about what documents say, as people marked it: sentences with their quantities, dates, speakers and hedges.

Two forms of file are read: sentences with truth (`sitewatch-claim-truth/1`, described in tests/data/claims) and
annotated claims (`sitewatch-seed-claims/1`). Both become spans of code points in the text of a document.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sitewatch.errors import DataError

Span = tuple[int, int]
Interval = tuple[float | None, float | None]
Period = tuple[str | None, str | None]
_SENTENCES, _SEEDS = "sitewatch-claim-truth/1", "sitewatch-seed-claims/1"


@dataclass(frozen=True, slots=True)
class TrueQuantity:
    """A number and what it means."""

    span: Span
    text: str
    readings: tuple[Interval, ...]
    """All readings of the wording; closed intervals, None where open."""
    unit: str
    ratio: bool
    relation: str
    accept: tuple[Interval, ...] = ()
    """Intervals that are right too."""
    comparand: str | None = None
    dimension: str | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class TrueDate:
    """A time and the days that it may mean."""

    span: Span
    text: str
    periods: tuple[Period, ...]
    """Accepted (earliest, latest), the first the best; None where open."""
    edtf: str | None
    precision: str
    slack_days: int = 0
    optional: bool = False


@dataclass(frozen=True, slots=True)
class TrueSpeaker:
    """Who is said to say what stands in `span`."""

    span: Span
    kind: str
    name: str | None
    role: str | None
    organisation: str | None
    stance: str
    inherited: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class TrueHedge:
    """A word that weakens or strengthens."""

    span: Span
    text: str
    kind: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class TrueDocument:
    """One document with all that is true of it; what is found beyond that is false."""

    id: str
    text: str
    published: str | None
    names: tuple[str, ...]
    """Gazetteer entries that are known before."""
    claims: tuple[Span, ...]
    """What is claimed: exact spans where `exact_spans`, else whole sentences."""
    exact_spans: bool
    not_claims: tuple[Span, ...]
    quantities: tuple[TrueQuantity, ...]
    dates: tuple[TrueDate, ...]
    speakers: tuple[TrueSpeaker, ...]
    hedges: tuple[TrueHedge, ...]
    traps: tuple[Span, ...]
    """Names that look like numbers or dates."""
    not_ratios: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class TrueLink:
    """Statements of documents that bear on each other."""

    relation: str
    places: tuple[tuple[str, Span], ...]
    """(document, span) of each."""


@dataclass(frozen=True, slots=True)
class Truth:
    """All documents of a file."""

    documents: tuple[TrueDocument, ...]
    links: tuple[TrueLink, ...]
    origins: tuple[frozenset[str], ...] = ()
    """Documents that retell one origin."""
    families: tuple[frozenset[str], ...] = field(default=())
    """Documents that belong to one case; links run within."""


def read_truth(path: Path) -> Truth:
    """Truth of a YAML file; texts of annotated claims lie beside it.

    Raises:
        DataError: of another schema, or a marked text does not stand where the file says.
    """
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    schema = found.get("schema") if isinstance(found, dict) else None
    if schema == _SENTENCES:
        return _from_sentences(found)
    if schema == _SEEDS:
        return _from_seeds(found, path.parent)
    raise DataError(f"{path}: schema {schema!r}; expected {_SENTENCES!r} or {_SEEDS!r}")


def _from_sentences(found: Mapping[str, Any]) -> Truth:
    documents = []
    places: dict[str, tuple[str, Span]] = {}
    families: dict[str, set[str]] = {}
    for entry in found["documents"]:
        families.setdefault(entry.get("family", entry["id"]), set()).add(entry["id"])
        at = 0
        parts: dict[str, list[Any]] = {
            k: [] for k in ("claims", "not", "quantities", "dates", "speakers", "hedges", "traps", "shares")
        }
        for number, sentence in enumerate(_loosened(entry["sentences"]), 1):
            text = sentence["text"]
            span = (at, at + len(text))
            places[f"{entry['id']}.{number}"] = (entry["id"], span)
            parts["claims" if sentence.get("claim", True) else "not"].append(span)
            where = _Finder(text, at)
            parts["quantities"] += [_quantity(q, where(q["text"])) for q in sentence.get("quantities", ())]
            where = _Finder(text, at)
            parts["dates"] += [_date(d, where(d["text"])) for d in sentence.get("dates", ())]
            parts["speakers"] += [_speaker(a, span) for a in sentence.get("attributions", ())]
            where = _Finder(text, at)
            parts["hedges"] += [
                TrueHedge(where(h["text"]), h["text"], h["kind"], h.get("optional", False))
                for h in sentence.get("hedges", ())
            ]
            where = _Finder(text, at)
            parts["traps"] += [where(n) for n in sentence.get("names_not_numbers", ())]
            parts["shares"] += [where(n) for n in sentence.get("not_ratios", ())]
            at += len(text) + 1
        documents.append(
            TrueDocument(
                id=entry["id"],
                text=" ".join(s["text"] for s in entry["sentences"]),
                published=entry.get("published"),
                names=tuple(entry.get("names", ())),
                claims=tuple(parts["claims"]),
                exact_spans=False,
                not_claims=tuple(parts["not"]),
                quantities=tuple(parts["quantities"]),
                dates=tuple(parts["dates"]),
                speakers=tuple(parts["speakers"]),
                hedges=tuple(parts["hedges"]),
                traps=tuple(parts["traps"]),
                not_ratios=tuple(parts["shares"]),
            )
        )
    links = tuple(
        TrueLink(link["relation"], tuple(places[s] for s in link["sentences"]))
        for link in found.get("links", ())
    )
    origins = tuple(frozenset(o) for o in found.get("origins", ()))
    return Truth(tuple(documents), links, origins, tuple(frozenset(f) for f in families.values()))


def _loosened(sentences: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Sentences; where nothing is claimed, nothing has to be found."""
    for sentence in sentences:
        if sentence.get("claim", True):
            yield sentence
        else:
            yield {
                key: [{**e, "optional": True} for e in value]
                if key in ("quantities", "dates", "attributions", "hedges")
                else value
                for key, value in sentence.items()
            }


class _Finder:
    """Spans of marked texts in a sentence; the same text marked again is the next occurrence.

    Of a text that also stands inside other words or numbers ("9" in "19"), only whole ones count.
    """

    def __init__(self, text: str, offset: int) -> None:
        self.text, self.offset = text, offset
        self.seen: dict[str, int] = {}

    def __call__(self, wanted: str) -> Span:
        at = self.seen.get(wanted, -1)
        while True:
            at = self.text.find(wanted, at + 1)
            if at < 0:
                raise DataError(f"{wanted!r} does not stand in {self.text!r}")
            end = at + len(wanted)
            if not (_joined(self.text, at) or _joined(self.text, end)):
                self.seen[wanted] = at
                return self.offset + at, self.offset + end


def _joined(text: str, at: int) -> bool:
    """True where a word or number goes on over position `at`; "35x35m" parts at the cross."""
    pair = text[at - 1 : at + 1] if at else ""
    return len(pair) == 2 and pair.isalnum() and pair.isdigit() == pair[0].isdigit() and "x" not in pair


def _quantity(entry: Mapping[str, Any], span: Span) -> TrueQuantity:
    readings = [tuple(r) for r in entry.get("readings", ())] or [(entry["low"], entry["high"])]
    return TrueQuantity(
        span=span,
        text=entry["text"],
        readings=tuple(readings),
        unit=str(entry["unit"]),
        ratio=entry["relation"] == "ratio",
        relation=entry["relation"],
        accept=tuple(tuple(r) for r in entry.get("accept", ())),
        comparand=entry.get("comparand"),
        dimension=entry.get("dimension"),
        optional=entry.get("optional", False),
    )


def _date(entry: Mapping[str, Any], span: Span) -> TrueDate:
    return TrueDate(
        span=span,
        text=entry["text"],
        periods=((entry["earliest"], entry["latest"]), *(tuple(p) for p in entry.get("accept", ()))),
        edtf=entry["edtf"],
        precision=entry["precision"],
        slack_days=entry.get("slack_days", 0),
        optional=entry.get("optional", False),
    )


def _speaker(entry: Mapping[str, Any], span: Span) -> TrueSpeaker:
    return TrueSpeaker(
        span=span,
        kind=entry["kind"],
        name=entry["name"],
        role=entry["role"],
        organisation=entry["organisation"],
        stance=entry["stance"],
        inherited=entry["scope"] == "inherited",
        optional=entry.get("optional", False),
    )


def _from_seeds(found: Mapping[str, Any], folder: Path) -> Truth:
    spans = {c["id"]: (c["doc"], (c["start"], c["end"])) for c in found["claims"]}
    documents = []
    for entry in found["documents"]:
        text = (folder / entry["path"]).read_bytes().decode("utf-8")
        claims = [c for c in found["claims"] if c["doc"] == entry["id"]]
        for claim in claims:
            if text[claim["start"] : claim["end"]] != claim["quote"]:
                raise DataError(f"{entry['path']}: claim {claim['id']} is not at {claim['start']}")
        documents.append(
            TrueDocument(
                id=entry["id"],
                text=text,
                published=_iso(entry["published"]),
                names=tuple(n for k, v in found["entities"].items() if k.startswith("site:") for n in v),
                claims=tuple((c["start"], c["end"]) for c in claims),
                exact_spans=True,
                not_claims=(),
                quantities=tuple(_seed_quantities(claims)),
                dates=tuple(_seed_dates(claims)),
                speakers=tuple(_seed_speakers(claims, _short_names(text))),
                hedges=tuple(_seed_hedges(claims)),
                traps=tuple(_all(text, "February 11") + _all(text, "February 8")),
                not_ratios=(),
            )
        )
    links = [
        TrueLink(link["relation"].removesuffix("-stance").removesuffix("-external"), places)
        for link in found["links"]
        if len(places := tuple(spans[c] for c in link["claims"])) > 1
    ]
    clusters = [o for o in found["origin_clusters"] if o["id"] != "unknown"]
    wired = [frozenset(spans[m][0] for m in o["members"]) for o in clusters]
    everyone = frozenset(d.id for d in documents)
    return Truth(tuple(documents), tuple(links), tuple(o for o in wired if len(o) > 1), (everyone,))


def _iso(value: Any) -> str | None:
    return None if value is None else str(value).replace(" ", "T")


def _all(text: str, part: str) -> list[Span]:
    found, at = [], text.find(part)
    while at >= 0:
        found.append((at, at + len(part)))
        at = text.find(part, at + 1)
    return found


def _marked(claims: Sequence[Mapping[str, Any]], key: str) -> Iterator[tuple[Mapping[str, Any], Span]]:
    """Entries of a field with the span of their words inside the claim's quote, each span once."""
    seen = set()
    for claim in claims:
        entry = claim[key]
        at = claim["quote"].find(entry["text"]) if entry and entry["text"] else -1
        if at >= 0:
            span = (claim["start"] + at, claim["start"] + at + len(entry["text"]))
            if span not in seen:
                seen.add(span)
                yield entry, span


def _seed_quantities(claims: Sequence[Mapping[str, Any]]) -> Iterator[TrueQuantity]:
    for entry, span in _marked(claims, "quantity"):
        ratio = entry["relation"] == "ratio_of"
        comparand = str(entry["comparand"] or "").rpartition(":")[2].replace("-", " ")
        yield TrueQuantity(
            span=span,
            text=entry["text"],
            readings=((entry["low"], entry["high"]),),
            unit="1" if ratio else entry["unit"],
            ratio=ratio,
            relation="ratio" if ratio else entry["relation"],
            comparand=comparand or None,
            optional=entry["low"] is None or entry["text"] == "some",
        )


def _seed_dates(claims: Sequence[Mapping[str, Any]]) -> Iterator[TrueDate]:
    for entry, span in _marked(claims, "time"):
        yield TrueDate(
            span=span,
            text=entry["text"],
            periods=((_iso(entry["earliest"]), _iso(entry["latest"])),),
            edtf=_iso(entry["edtf"]),
            precision=entry["precision"],
            optional=entry["edtf"] is None,
        )


def _short_names(text: str) -> dict[str, str]:
    """Short name → the full one that it follows in brackets, with it: "... Institute of Works (IW)"."""
    found = re.findall(r"((?:[A-Z][\w-]+ (?:(?:of|for|and|the) )*)+)\(([A-Z]{2,8})\)", text)
    return {short: f"{name}({short})" for name, short in found}


def _seed_speakers(claims: Sequence[Mapping[str, Any]], full: Mapping[str, str]) -> Iterator[TrueSpeaker]:
    """One for each run of claims that one cue attributes, over all of them: a cue often covers a list."""
    runs: list[tuple[Mapping[str, Any], int, int]] = []
    for claim in claims:
        for entry in claim["attribution"]:
            if runs and all(
                runs[-1][0].get(k) == entry.get(k) for k in ("name", "organisation", "cue", "stance")
            ):
                runs[-1] = (entry, min(runs[-1][1], claim["start"]), max(runs[-1][2], claim["end"]))
            else:
                runs.append((entry, claim["start"], claim["end"]))
    for entry, start, end in runs:
        yield TrueSpeaker(
            span=(start, end),
            kind="document" if entry["kind"] == "imagery" else entry["kind"],
            name=entry["name"],
            role=entry["role"],
            organisation=full.get(entry["organisation"], entry["organisation"]),
            stance=entry["stance"],
            inherited=entry["scope"] == "inherited",
        )


def _seed_hedges(claims: Sequence[Mapping[str, Any]]) -> Iterator[TrueHedge]:
    """Hedges that stand inside the quote of their claim; others were marked on words outside of it."""
    seen = set()
    for claim in claims:
        for entry in claim["hedges"]:
            at = claim["quote"].find(entry["text"])
            span = (claim["start"] + at, claim["start"] + at + len(entry["text"]))
            if at >= 0 and span not in seen:
                seen.add(span)
                yield TrueHedge(span, entry["text"], entry["kind"])

"""Documents and claims made by hand, in few words each."""

import hashlib
from collections.abc import Sequence

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

UNTESTED = Testability("no", "made by hand")


def document(
    name: str,
    text: str,
    published: str | None = None,
    source: str | None = None,
    publisher: str | None = None,
) -> Document:
    passages, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            passages.append(Passage(at, at + len(line), "paragraph"))
        at += len(line) + 1
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Document(
        id=name,
        title=name,
        path=f"{name}.txt",
        kind=DocumentKind.TEXT,
        sha256=digest,
        text=text,
        text_sha256=digest,
        passages=tuple(passages),
        language="en",
        published=published,
        published_source="metadata" if published else None,
        publisher=publisher,
        declared_source=source,
    )


def says(
    name: str | None = None,
    organisation: str | None = None,
    role: str | None = None,
    stance: str = "asserts",
    kind: str | None = None,
) -> Attribution:
    """One link of an attribution chain."""
    kind = kind or ("person" if name else "organisation")
    return Attribution(kind, name, role, organisation, "said", stance)


def size(
    text: str, *pairs: tuple[float, float], comparand: str | None = None, tolerance: float = 0.05
) -> Quantity:
    """A ratio of sizes, with one or several readings."""
    readings = tuple(Reading(low, high, f"{low:g} to {high:g} times the size") for low, high in pairs)
    return Quantity(text, *pairs[0], tolerance, "1", "ratio", comparand, readings, "size")


def measure(
    text: str,
    low: float | None,
    high: float | None,
    unit: str,
    dimension: str | None = None,
    tolerance: float = 0.05,
    relation: str = "equals",
) -> Quantity:
    return Quantity(text, low, high, tolerance, unit, relation, None, (Reading(low, high, text),), dimension)


def when(text: str, earliest: str, latest: str, precision: str = "month") -> When:
    return When(text, earliest[:7], earliest, latest, precision)


def claim(  # as many parameters as a claim has fields
    doc: Document,
    quote: str,
    *,
    by: Attribution | Sequence[Attribution] = (),
    hedges: Sequence[tuple[str, str]] = (),
    subject: str | None = None,
    predicate: str | None = None,
    object: str | None = None,
    quantity: Quantity | None = None,
    time: When | None = None,
    type: str = "observation",
    polarity: str = "positive",
) -> Claim:
    """The claim that `quote` makes; its id is the document's name and its place there."""
    start = doc.text.index(quote)
    end = start + len(quote)
    return Claim(
        id=f"{doc.id}@{start}-{end}",
        source=doc.id,
        quote=quote,
        start=start,
        end=end,
        prefix=doc.text[max(0, start - 32) : start],
        suffix=doc.text[end : end + 32],
        type=type,
        polarity=polarity,
        attribution=(by,) if isinstance(by, Attribution) else tuple(by),
        hedges=tuple(Hedge(text, kind, start, end) for text, kind in hedges),
        subject=subject,
        predicate=predicate,
        object=object,
        quantity=quantity,
        time=time,
        testable=UNTESTED,
    )

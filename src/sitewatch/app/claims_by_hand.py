"""Claims by hand: an analyst adds one, corrects one that the rules made, or takes one out."""

import dataclasses
import math
from dataclasses import dataclass
from datetime import date
from typing import Any

from sitewatch.app.claims import ANALYST, claim_of, read_claims
from sitewatch.case import Case
from sitewatch.documents.dates import dates
from sitewatch.documents.gazetteer import automatic, hidden_by
from sitewatch.documents.hedges import hedges
from sitewatch.documents.names import named_spans
from sitewatch.documents.quantities import quantities
from sitewatch.documents.testability import testability
from sitewatch.errors import UsageError
from sitewatch.types import Attribution, Claim, Document, Quantity, Reading, When

CONTEXT = 32
"""Code points kept before and after a quote."""
TYPES = (
    *(
        "event",
        "observation",
        "comparison",
        "function",
        "inference",
        "provenance",
        "role",
        "identity",
        "location",
    ),
    *("attribute", "part_of", "capability", "evaluation", "speech_act", "denial", "meta"),
)
RELATIONS = ("ratio", "equals", "range", "at_least", "at_most", "greater_than", "less_than", "approximately")


@dataclass(frozen=True, slots=True)
class Stated:
    """What an analyst states of a claim; None leaves it to the rules, or as it was."""

    type: str | None = None
    polarity: str | None = None
    subject: str | None = None
    predicate: str | None = None
    object: str | None = None
    said_by: str | None = None
    """Who says so; it takes the place of the whole chain."""
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    relation: str | None = None
    comparand: str | None = None
    dimension: str | None = None
    tolerance: float | None = None
    earliest: str | None = None
    latest: str | None = None
    """ISO dates."""

    @property
    def quantity(self) -> dict[str, Any]:
        """What is stated of the quantity."""
        return self._given("low", "high", "unit", "relation", "comparand", "dimension", "tolerance")

    @property
    def plain(self) -> dict[str, Any]:
        """What is stated of the claim's own fields."""
        return self._given("type", "polarity", "subject", "predicate", "object")

    def _given(self, *fields: str) -> dict[str, Any]:
        return {name: value for name in fields if (value := getattr(self, name)) is not None}


def add_claim(
    case: Case, source: str, quote: str, stated: Stated | None = None, *, occurrence: int | None = None
) -> Claim:
    """Add a claim with the words of a document, and relate all claims anew.

    The quote must stand in the document's text as it is given. Quantity, time and hedges are read from it by the
    rules as far as nothing else is stated.

    Args:
        source: id of the document, or how it begins.
        occurrence: which one, from 1, where the words stand there several times.

    Raises:
        UsageError: no such document, the words do not stand in it, or stand there several times and none was
            chosen, or what is stated makes no sense.
    """
    stated = stated or Stated()
    document = case.document(source)
    start = _place(document, quote, occurrence)
    taken = {c.id for c in case.claim_set().claims} | set(case.claims_aside())
    number = next(n for n in range(1, len(taken) + 2) if f"{document.id}-{start:05d}-own{n}" not in taken)
    claim = _stated(_drafted(document, start, quote, f"{document.id}-{start:05d}-own{number}"), stated)
    with case.writing():
        with case.transaction():
            case.put_claim(claim)
            case.log("claims add", claim=claim.id, quote=quote)
        read_claims(case)
    return claim_of(case, claim.id)


def edit_claim(case: Case, name: str, stated: Stated) -> Claim:
    """Correct a claim. It is the analyst's from then on, under the same id, and a re-run leaves it as it is.

    Raises:
        UsageError: no such claim, or what is stated makes no sense.
    """
    before = claim_of(case, name)
    claim = dataclasses.replace(_stated(before, stated), maker=ANALYST)
    with case.writing():
        with case.transaction():
            case.set_claim_aside(before)
            case.put_claim(claim)
            case.log(
                "claims edit", claim=name, stated=stated._given(*(f.name for f in dataclasses.fields(stated)))
            )
        read_claims(case)
    return claim_of(case, name)


def remove_claim(case: Case, name: str) -> Claim:
    """Take a claim out; a re-run leaves it out as well.

    Raises:
        UsageError: no such claim.
    """
    claim = claim_of(case, name)
    with case.writing():
        with case.transaction():
            case.set_claim_aside(claim)
            case.log("claims remove", claim=name, quote=claim.quote, maker=claim.maker)
        read_claims(case)
    return claim


def _place(document: Document, quote: str, occurrence: int | None) -> int:
    """Code point at which the quote stands."""
    if not quote.strip():
        raise UsageError("the quote is empty; give words of the document")
    if not document.text:
        raise UsageError(f"{document.id} has no text to quote ({document.kind.value})")
    places: list[int] = []
    at = document.text.find(quote)
    while at >= 0 and len(places) < 1000:
        places.append(at)
        at = document.text.find(quote, at + 1)
    if not places:
        raise UsageError(
            f"these words do not stand in {document.id}: {quote[:60]!r}; a quote is taken letter by letter, see "
            f"`sitewatch docs show CASE {document.id}`"
        )
    if len(places) > 1 and occurrence is None:
        told = ", ".join(map(str, places[:5]))
        raise UsageError(
            f"these words stand {len(places)} times in {document.id} (at {told}); say which with --occurrence N, "
            "or quote more"
        )
    if occurrence is not None and not 1 <= occurrence <= len(places):
        raise UsageError(f"--occurrence {occurrence}: these words stand {len(places)} times in {document.id}")
    return places[(occurrence or 1) - 1]


def _drafted(document: Document, start: int, quote: str, name: str) -> Claim:
    """The claim as the rules would fill it in."""
    text, end = document.text, start + len(quote)
    named = hidden_by(automatic(text).find(text), named_spans(text))
    times = dates(text, document.published, named)
    amounts = quantities(text, [*named, *((t.start, t.end) for t in times)])
    quantity = next((q for q in amounts if start <= q.start < end), None)
    time = next((t for t in times if start <= t.start < end), None)
    return Claim(
        id=name,
        source=document.id,
        quote=quote,
        start=start,
        end=end,
        prefix=text[max(0, start - CONTEXT) : start],
        suffix=text[end : end + CONTEXT],
        type="comparison" if quantity is not None and quantity.relation == "ratio" else "observation",
        polarity="positive",
        attribution=(),
        hedges=tuple(h for h in hedges(text) if start <= h.start < end),
        subject=None,
        predicate=None,
        object=None,
        quantity=quantity,
        time=time,
        testable=testability(quote, "observation", quantity, time),
        maker=ANALYST,
    )


def _stated(claim: Claim, stated: Stated) -> Claim:
    for name, allowed in (("type", TYPES), ("polarity", ("positive", "negative")), ("relation", RELATIONS)):
        value = getattr(stated, name)
        if value is not None and value not in allowed:
            raise UsageError(f"{name} {value!r}: expected one of {', '.join(allowed)}")
    changes = dict(stated.plain)
    if stated.said_by is not None:
        speaker = Attribution("unnamed", stated.said_by, None, None, cue="", stance="asserts")
        changes["attribution"] = (speaker,)
    if stated.quantity:
        changes["quantity"] = _quantity(claim, stated)
    if stated.earliest is not None or stated.latest is not None:
        changes["time"] = _time(claim, stated)
    changed = dataclasses.replace(claim, **changes)
    tested = testability(changed.quote, changed.type, changed.quantity, changed.time)
    return dataclasses.replace(changed, testable=tested)


def _quantity(claim: Claim, stated: Stated) -> Quantity:
    base = claim.quantity or Quantity(
        claim.quote, None, None, 0.0, "", "range", None, (), None, claim.start, claim.end
    )
    given = stated.quantity
    for name in ("low", "high", "tolerance"):
        if name in given and not math.isfinite(given[name]):
            raise UsageError(f"{name} {given[name]}: expected a finite number")
    changed = dataclasses.replace(base, **given)
    low, high = changed.low, changed.high
    if low is None and high is None:
        raise UsageError("a quantity needs --low or --high, or both")
    if low is not None and high is not None and low > high:
        raise UsageError(f"low {low:g} is above high {high:g}")
    if not changed.unit:
        raise UsageError("a quantity needs --unit: m, m2, km, 1 (for ratios and shares), count")
    if changed.tolerance < 0:
        raise UsageError(f"tolerance {changed.tolerance:g}: expected 0 or more (0.1 is 10 %)")
    reading = Reading(low, high, "as the analyst states it")
    return dataclasses.replace(changed, readings=(reading,))


def _time(claim: Claim, stated: Stated) -> When:
    before = claim.time
    earliest = stated.earliest or (before.earliest if before else None)
    latest = stated.latest or (before.latest if before else None)
    for value in (earliest, latest):
        try:
            if value is not None:
                date.fromisoformat(value)
        except ValueError:
            raise UsageError(f"date {value!r}: expected YYYY-MM-DD") from None
    if earliest and latest and earliest > latest:
        raise UsageError(f"earliest {earliest} lies after latest {latest}")
    if earliest == latest:
        edtf, precision = earliest, "day"
    else:
        # An open end is "..", by EDTF level 1 (ISO 8601-2:2019, annex A).
        edtf = f"{earliest or '..'}/{latest or '..'}"
        precision = "range" if earliest and latest else "after" if earliest else "before"
    text, start, end = (
        (before.text, before.start, before.end) if before else (claim.quote, claim.start, claim.end)
    )
    return When(text, edtf, earliest, latest, precision, None, start, end)

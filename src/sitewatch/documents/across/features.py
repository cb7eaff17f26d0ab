"""What alignment, links and origins need of each claim, worked out once."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sitewatch.documents.across.changes import to_itself
from sitewatch.documents.across.intervals import Amount, amount
from sitewatch.documents.across.referents import Referent, classes_of_names, inherit, referent
from sitewatch.documents.across.words import FAMILIES, content, plain, spoken
from sitewatch.types import Claim, Document

_HEDGING = frozenset({"evidential", "modal", "probability", "shield", "intent"})
_SOFT_STANCES = frozenset(
    {"accuses", "alleges", "suggests", "believes", "suspects", "speculates", "estimates", "reports"}
)
_SOFT = re.compile(
    r"\b(?:likely|unlikely|probabl[ey]|possibl[ey]|perhaps|(?-i:may)|might|could|alleged(?:ly)?|suspected|reportedly|"
    r"apparent(?:ly)?|appear(?:s|ed)?|seem(?:s|ed)?|believed|thought to|suggest(?:s|ed|ing)?|accused?)\b",
    re.I,
)
_QUOTED = re.compile(r"[\"“”«»]([^\"“”«»]{12,})[\"“”«»]")
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|could|may|might|can|measures?|measured|covers?|covered|stands?|"
    r"spans?|remains?|appears?|began|started)\b",
    re.I,
)
_PRONOUN = re.compile(r"^(?:it|they|this|these|that|those|he|she|which|who|there)\b[^A-Za-z]*$", re.I)
_START = re.compile(r"[.!?;]['\"”’]?\s+|\n")
_LEAD = re.compile(r"^\W*(?:than|that of|of|the size of|as big as|to|with)\b\s*", re.I)
_DIMENSION_OF = re.compile(
    r"^(?:(?:that|those|half|all) of|(?:the |that )?(?:\w+ )?(?:size|length|width|height|area|footprint|extent|volume|span) of)\s+",
    re.I,
)
_NO_MORE = re.compile(r"(?:neither|no|not any)\b", re.I)
_STRICT = frozenset({"role", "identity", "meta"})
NEAR = 200
"""Code points between two claims up to which a pronoun in the second takes the subject of the first."""


@dataclass(frozen=True, slots=True)
class Features:
    """One claim as the other modules of this room see it."""

    claim: Claim
    order: int
    """Place among all claims: by document, then by position."""
    tokens: frozenset[str]
    """Canonical content words of quote, subject, predicate and object."""
    about: frozenset[str]
    """Those of the subject: what a claim is about says less than what it says of it."""
    families: frozenset[str]
    """Predicate families among the tokens."""
    subject: Referent
    comparand: Referent
    amount: Amount | None
    denied: bool
    hedged: bool
    """True where something weakens the claim, by itself or by who says it."""
    hedge_words: str
    """The words that do, for the detail of a link; empty where none."""
    quotation: str | None
    """Words in quotation marks that are a person's own; None where there are none."""
    speaker: str | None
    """Who is quoted or cited: last name or organisation, plain; None where nobody is."""
    kind: str | None
    """The claim's type where it only ever aligns with its own kind."""
    changed: bool = False
    """True where the amount is the ratio of a thing to itself at an earlier time."""
    told: str | None = None
    """When the document was published, ISO 8601; None where unknown."""


def features(documents: Sequence[Document], claims: Sequence[Claim]) -> list[Features]:
    """Features of all claims, ordered by publication of the document, its id, and position.

    Claims of documents that are not given come last, in the order of their document ids.
    """
    rank = {d.id: (d.published is None, d.published or "", d.id) for d in documents}
    last = (True, "~", "~")
    known = classes_of_names(d.text for d in documents)
    texts = {d.id: d.text for d in documents}
    published = {d.id: d.published for d in documents}
    ordered = sorted(claims, key=lambda c: (rank.get(c.source, last), c.source, c.start, c.end, c.id))
    made: list[Features] = []
    for n, claim in enumerate(ordered):
        item = _of(claim, n, known, texts.get(claim.source, ""), made[-1] if made else None)
        made.append(replace(item, told=published.get(claim.source)))
    return made


def speaker_key(name: str | None) -> str | None:
    """A person's last name in plain form: "Sam Doe" and "Mr Doe" are one speaker."""
    words = re.findall(r"[^\W\d_][\w'-]*", plain(name or ""))
    return words[-1].removesuffix("'s") if words else None


def _of(
    claim: Claim, order: int, known: dict[str, frozenset[str]], text: str, before: Features | None
) -> Features:
    predicate = (claim.predicate or "").replace("_", " ").replace("-", " ")
    words = " ".join((claim.quote, spoken(claim.subject), predicate, spoken(claim.object)))
    tokens = frozenset(content(words))
    own = frozenset(content(predicate)) & FAMILIES
    subject = referent(_subject(claim, text), known)
    if subject.empty and before and _continues(claim, before.claim):
        subject = before.subject  # "It is 20 metres tall" speaks on of what the claim before spoke of
    stated = claim.quantity.comparand if claim.quantity else None
    changed = to_itself(claim, stated or "")
    against = stated or _comparand(claim)
    comparand = inherit(referent("" if changed else _DIMENSION_OF.sub("", against), known), subject)
    soft = _soft_words(claim)
    return Features(
        claim=claim,
        order=order,
        tokens=tokens,
        about=frozenset(content(spoken(subject.text))),
        families=own | (frozenset(content(claim.quote)) & FAMILIES),
        subject=subject,
        comparand=comparand,
        amount=amount(claim.quantity, claim.quote),
        denied=(claim.polarity == "negative" or claim.type == "denial") and not _bounds(claim),
        hedged=bool(soft),
        hedge_words=soft,
        quotation=_quotation(claim),
        speaker=_speaker(claim),
        kind=claim.type if claim.type in _STRICT else None,
        changed=changed,
    )


def _subject(claim: Claim, text: str) -> str:
    """The claim's subject; where it has none or a pronoun, what stands before the verb, in it or in its sentence."""
    if claim.subject and not _PRONOUN.match(claim.subject):
        return claim.subject
    before = _START.split(text[max(0, claim.start - 300) : claim.start])[-1]
    return _before_verb(claim.quote, claim) or (
        "" if claim.subject else _before_verb(before + claim.quote, claim)
    )


def _continues(claim: Claim, before: Claim) -> bool:
    """True where a claim with a pronoun for its subject follows closely on another of the same document."""
    pronoun = _PRONOUN.match(claim.subject or claim.quote.split(" ", 1)[0])
    return (
        bool(pronoun)
        and before.source == claim.source
        and before.type != "role"
        and claim.start - before.end < NEAR
    )


def _before_verb(quote: str, claim: Claim) -> str:
    """The words before the first verb, or before the number; a pronoun says nothing."""
    end = len(quote)
    if claim.quantity is not None and claim.quantity.text in quote:
        end = quote.index(claim.quantity.text) or end
    verb = _VERB.search(quote[:end])
    found = quote[: verb.start() if verb else end].strip(' ,:;-–•"“”').split(",")[0]
    return "" if _PRONOUN.match(found) or len(found) > 120 else found


def _comparand(claim: Claim) -> str:
    quantity = claim.quantity
    if quantity is None:
        return ""
    if quantity.comparand:
        return quantity.comparand
    at = claim.quote.find(quantity.text)
    if at < 0 or quantity.relation != "ratio":
        return ""
    tail = re.split(r"[,;.]", claim.quote[at + len(quantity.text) :], maxsplit=1)[0]
    lead = _LEAD.match(tail)
    return tail[lead.end() :][:80] if lead else ""


def _bounds(claim: Claim) -> bool:
    """True where the "no" of a claim is part of its number: "neither longer nor shorter than", "no larger than"."""
    ratio = claim.quantity is not None and claim.quantity.relation == "ratio"
    return ratio and bool(claim.quantity and _NO_MORE.match(claim.quantity.text))


def _soft_words(claim: Claim) -> str:
    found = [h.text for h in claim.hedges if h.kind in _HEDGING]
    if not found:
        outer = " ".join(
            a.cue for a in claim.attribution if a.stance in _SOFT_STANCES and a.kind != "imagery"
        )
        found = [m.group() for m in _SOFT.finditer(f"{claim.quote} {outer}")][:1]
    if not found:
        found = [a.stance for a in claim.attribution if a.stance in _SOFT_STANCES - {"reports"}][:1]
    return ", ".join(found)


def _quotation(claim: Claim) -> str | None:
    """The words in quotation marks; the whole quote where the claim is said to be quoted directly."""
    match = _QUOTED.search(claim.quote)
    direct = any(a.stance == "quoted-directly" for a in claim.attribution)
    if match and (direct or len(match.group(1)) >= 0.5 * len(claim.quote)):
        return match.group(1).rstrip(" ,")
    if direct:
        return claim.quote.strip('"“”«» ,')
    opened = claim.prefix.rstrip()[-1:] in '"“«„' and claim.suffix.lstrip(" ,.")[:1] in '"”»“'
    return claim.quote if opened and len(claim.quote) >= 12 else None


def _speaker(claim: Claim) -> str | None:
    for link in claim.attribution:
        if link.name:
            return speaker_key(link.name)
    for link in claim.attribution:
        if link.kind == "organisation" and link.organisation:
            return plain(link.organisation)
    return None

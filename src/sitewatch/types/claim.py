"""A claim: what a document says, who is said to say it, how surely, how much, when; and links between claims."""

from dataclasses import dataclass
from enum import StrEnum

from sitewatch.errors import DataError


@dataclass(frozen=True, slots=True)
class Attribution:
    """One link of the chain of who says so, nearest the fact first."""

    kind: str
    """person, group, organisation, document, unnamed."""
    name: str | None
    role: str | None
    organisation: str | None
    cue: str
    """The words that attribute ("according to", "said"); "inherited" ones repeat an earlier sentence's."""
    stance: str
    """asserts, reports, suggests, confirms, denies, accuses, believes, shows, determines, quoted-directly …"""
    scope: str = "explicit"
    """explicit or inherited."""


@dataclass(frozen=True, slots=True)
class Hedge:
    """A word that weakens or strengthens a claim."""

    text: str
    kind: str
    """evidential, modal, probability, approximator, degree, evaluative, intent, quantifier, certainty, shield."""
    start: int
    end: int
    """Code points in the document."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a quantity: a closed interval."""

    low: float | None
    """None where open below."""
    high: float | None
    """None where open above."""
    wording: str
    """The reading in plain words: "3 times the size", "4 times the size"."""

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise DataError(f"reading {self.wording!r}: low {self.low} is above high {self.high}")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that a document states, as an interval."""

    text: str
    low: float | None
    high: float | None
    """As stated, before tolerance; None where open ("at least 40 m" has no high). With several readings: of the
    first."""
    tolerance: float
    """Relative widening on either side that rounding and hedges allow (0.1 is 10 %)."""
    unit: str
    """SI symbol or a counted noun: "m", "m2", "km", "kg", "1" (ratios, shares), "count", "rank"."""
    relation: str
    """ratio, equals, range, at_least, at_most, greater_than, less_than, approximately."""
    comparand: str | None
    """What a ratio compares with, in the document's words."""
    readings: tuple[Reading, ...]
    """All readings; one where the wording is plain."""
    dimension: str | None = None
    """length, width, height, area, volume, mass, count, size (undefined: footprint by default), distance …"""
    start: int = 0
    end: int = 0
    """Code points in the document."""


@dataclass(frozen=True, slots=True)
class When:
    """A time that a document states."""

    text: str
    edtf: str | None
    """Extended Date/Time Format (ISO 8601-2:2019 annex A) level 1 or 2; None where it cannot be said."""
    earliest: str | None
    latest: str | None
    """ISO dates, inclusive; None where open."""
    precision: str
    """minute, day, week, part-of-month, month, season, part-of-year, year, decade, century, range, before,
    after, present, ongoing, vague."""
    resolved_from: str | None = None
    """What a relative expression was resolved against ("published 2024-11-26"); None for absolute ones."""
    start: int = 0
    end: int = 0
    """Code points in the document."""


@dataclass(frozen=True, slots=True)
class Testability:
    """Whether imagery can test a claim."""

    __test__ = False  # not a test class

    imagery: str
    """yes, partial or no."""
    how: str
    """What would be looked for or measured; where "no", why not."""
    dimension: str | None = None
    """area_ratio, area, length, height, appeared, removed, altered, count, location; None where not testable."""
    max_gsd_m: float | None = None
    """Ground sampling distance, metres a pixel, at which the test still works."""
    dates: str | None = None
    """Which looks are needed ("one before 2024-10-01 and one after 2024-10-10")."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of a document, held by its exact span."""

    id: str
    source: str
    """Id of the document."""
    quote: str
    start: int
    end: int
    """Code points in the document's text, end exclusive: a W3C Web Annotation TextPositionSelector."""
    prefix: str
    suffix: str
    """Text before and after the quote (up to 32 code points): a TextQuoteSelector finds it again elsewhere."""
    type: str
    """event, observation, comparison, function, inference, provenance, role, identity, location, attribute, part_of,
    capability, evaluation, speech_act, denial, meta."""
    polarity: str
    """positive or negative."""
    attribution: tuple[Attribution, ...]
    hedges: tuple[Hedge, ...]
    subject: str | None
    predicate: str | None
    object: str | None
    """Entity ids of the gazetteer where known ("object:new-assembly-building"), else the document's words."""
    quantity: Quantity | None
    time: When | None
    testable: Testability
    maker: str = "rules"
    """rules, analyst, or the name of the model that proposed it."""

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end or len(self.quote) != self.end - self.start:
            raise DataError(
                f"claim {self.id}: its quote of {len(self.quote)} code points is not {self.start}..{self.end}"
            )


class LinkRelation(StrEnum):
    """How claims of one or several documents stand to each other."""

    AGREES = "agrees"
    CONTRADICTS = "contradicts"
    TENSION = "tension"
    CERTAINTY_MISMATCH = "certainty-mismatch"
    QUOTE_MISMATCH = "quote-mismatch"


@dataclass(frozen=True, slots=True)
class Link:
    """Two or more claims about the same thing."""

    id: str
    relation: LinkRelation
    claims: tuple[str, ...]
    """Ids, two or more."""
    detail: str
    """One sentence: what agrees or differs, with the intervals."""
    independent: bool
    """True where the claims come from different origins: only then does agreement count as two voices."""
    topic: str = ""
    sides: tuple[tuple[str, ...], ...] = ()
    """Where claims stand against each other: the ids on each side, two or more sides; empty for agreement."""


@dataclass(frozen=True, slots=True)
class Origin:
    """One voice: claims that retell one wire story, one analysis or one speaker."""

    id: str
    claims: tuple[str, ...]
    sources: tuple[str, ...]
    """Documents in which it is retold."""
    basis: str
    """Why they are taken for one, in a sentence."""
    declared: bool = False
    """True where the documents say so themselves; else inferred."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """A statement that changed while being retold: one row of a lineage."""

    origin: str
    topic: str
    claims: tuple[str, ...]
    """In order of publication where known."""
    wordings: tuple[str, ...]
    """The words that differ, one a claim ("the size of", "larger than")."""
    detail: str


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two claims of different documents that a model holds to mean the same: proposed, never a link."""

    claims: tuple[str, str]
    similarity: float
    """Cosine of their vectors, -1..1."""
    maker: str
    """Name of the model."""


@dataclass(frozen=True, slots=True)
class ClaimSet:
    """All that was read from a case's documents."""

    claims: tuple[Claim, ...]
    links: tuple[Link, ...]
    origins: tuple[Origin, ...]
    mutations: tuple[Mutation, ...] = ()
    proposed: tuple[Alignment, ...] = ()
    """Empty where no model was named."""

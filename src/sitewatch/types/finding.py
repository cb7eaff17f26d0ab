"""What imagery says to a claim, and the hypotheses that findings bear on."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sitewatch.errors import DataError
from sitewatch.types.measurement import Value


class Verdict(StrEnum):
    """What the evidence does to a claim."""

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    CANNOT_DECIDE = "cannot_decide"


@dataclass(frozen=True, slots=True)
class Binding:
    """Which words of a claim mean which object of the site."""

    id: str
    claim: str
    subject: str | None
    """Id of an event or name of a reference building; None where nothing fits."""
    comparand: str | None
    """The same for what a ratio compares with; None where there is none."""
    site: str
    basis: str
    """Why: the rule, or the analyst's words."""
    by: str
    """rule or analyst."""
    certain: bool
    """False where several objects fit equally well; no verdict rests on it then."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One claim held against objects and measurements."""

    claim: str
    binding: str | None
    verdict: Verdict
    reason: str
    """One sentence; where undecided, what is missing."""
    evidence: tuple[str, ...]
    """References: "event:ID", "measurement:OBJECT:QUANTITY", "scene:ID", "claim:ID"."""
    log_likelihood_ratio: float | None
    """Natural logarithm, against `alternative`; None where there is no basis for one."""
    alternative: str | None
    """The reading that the ratio is against, in words."""
    reading: str | None = None
    """Which reading of the claim was tested; None where there is one only, or where all give this verdict."""
    id: str = ""
    """Follows from the claim and the reading, so that it stays over re-runs."""
    measured: Value | None = None
    """What was held against the claim; None where nothing was measured."""
    tested_low: float | None = None
    tested_high: float | None = None
    """The claim with its tolerance, in the unit of `measured`; None where open."""
    assumption: str | None = None
    """What the likelihood ratio takes for granted."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """An analyst's likelihood of a piece of evidence under one hypothesis: a range, never a point."""

    hypothesis: str
    evidence: str
    low: float
    high: float
    """Probability of seeing the evidence if the hypothesis holds, 0..1."""
    basis: str
    by: str = "analyst"

    def __post_init__(self) -> None:
        if not 0 < self.low <= self.high <= 1:
            raise DataError(
                f"judgement of {self.evidence} under {self.hypothesis}: {self.low}..{self.high}; "
                "expected 0 < low <= high <= 1"
            )


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One of a set of explanations that exclude each other."""

    id: str
    text: str
    prior_low: float
    prior_high: float


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of evidence that bears on a question."""

    id: str
    """A reference ("finding:ID", "claim:ID", "event:ID") or a name of the analyst's own."""
    text: str
    origin: str | None = None
    """Where the analyst names one; else that of the claim or finding. Items of one origin count once."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a further image or document could show, with its likelihood under each hypothesis."""

    text: str
    judgements: tuple[Judgement, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An image or document that could still be had."""

    id: str
    text: str
    outcomes: tuple[Outcome, ...]
    """All that it could show; they exclude each other."""


@dataclass(frozen=True, slots=True)
class Question:
    """A set of hypotheses with the judgements that bear on them."""

    id: str
    text: str
    hypotheses: tuple[Hypothesis, ...]
    judgements: tuple[Judgement, ...]
    items: tuple[Item, ...] = ()
    """What the judgements' `evidence` means; one for each."""
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Recall:
    """How often a structure of one size would have been found."""

    area_m2: float
    low: float
    high: float
    """90 % interval of the share that is found, 0..1."""

    def __post_init__(self) -> None:
        if not (self.area_m2 > 0 and 0 <= self.low <= self.high <= 1):
            raise DataError(
                f"recall {self.low}..{self.high} at {self.area_m2} m2; expected 0 <= low <= high <= 1 and an "
                "area above 0"
            )


@dataclass(frozen=True, slots=True)
class Detectability:
    """What would have been seen at a site between two dates: found by inserting objects into its images."""

    site: str
    kind: str
    """appeared, removed or altered."""
    start: date
    end: date
    """First and last usable look."""
    recalls: tuple[Recall, ...]
    """By growing area."""
    basis: str
    """How it was found, and what it says nothing of."""

"""What imagery says to a claim, and the hypotheses that findings bear on."""

from dataclasses import dataclass
from enum import StrEnum

from sitewatch.errors import DataError


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
    """Which reading of the claim was tested; None where there is one only."""


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
class Question:
    """A set of hypotheses with the judgements that bear on them."""

    id: str
    text: str
    hypotheses: tuple[Hypothesis, ...]
    judgements: tuple[Judgement, ...]

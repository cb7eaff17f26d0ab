"""An assessment: sentences that lead back to what they rest on, and the tables beside them."""

import re
from dataclasses import dataclass, field
from datetime import date

from sitewatch.errors import DataError
from sitewatch.types.finding import Binding, Finding, Question, Verdict

RELIABILITY = "ABCDEF"
CREDIBILITY = range(1, 7)


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a piece of a sentence leads."""

    kind: str
    """finding, claim, measurement, event, reference, scene, document, origin, judgement or question."""
    ref: str
    """Id of that kind; a measurement is "OBJECT:QUANTITY"."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text and what it rests on."""

    text: str
    marks: tuple[Mark, ...] = ()
    quoted: bool = False
    """True where the words are a document's, not ours."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in pieces."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return "".join(p.text for p in self.pieces)

    @property
    def own(self) -> str:
        """The words that are ours: without quoted pieces and without what stands in quotation marks."""
        return re.sub(r"“[^”]*”", "“”", " ".join(p.text for p in self.pieces if not p.quoted))

    @property
    def marks(self) -> tuple[Mark, ...]:
        return tuple(dict.fromkeys(m for p in self.pieces for m in p.marks))


@dataclass(frozen=True, slots=True)
class Grade:
    """What an analyst holds of a source and of what it says: the Admiralty code (NATO AJP-2.1)."""

    source: str
    """Id of the document."""
    reliability: str = "F"
    """A (completely reliable) to E (unreliable); F: cannot be judged."""
    credibility: int = 6
    """1 (confirmed by other sources) to 5 (improbable); 6: cannot be judged."""
    basis: str = "not judged yet"
    by: str = "default"

    def __post_init__(self) -> None:
        if (
            len(self.reliability) != 1
            or self.reliability not in RELIABILITY
            or self.credibility not in CREDIBILITY
        ):
            raise DataError(
                f"grade {self.reliability}{self.credibility} of {self.source}; expected a letter A to F and a "
                "digit 1 to 6, such as B2"
            )

    @property
    def code(self) -> str:
        return f"{self.reliability}{self.credibility}"


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim in the table of claims."""

    claim: str
    source: str
    quote: str
    verdict: Verdict
    """Over all readings: decided only where they agree."""
    reason: str
    findings: tuple[str, ...]
    binding: str | None
    origin: str | None
    by_reading: tuple[tuple[str, Verdict], ...] = ()
    """Where the readings differ: each with its verdict."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One origin with the documents that retell it."""

    origin: str
    claims: int
    sources: tuple[str, ...]
    grades: tuple[Grade, ...]
    """One for each source, in the same order."""
    basis: str
    declared: bool


@dataclass(frozen=True, slots=True)
class Share:
    """Posterior of one hypothesis: a range over all that was judged possible."""

    hypothesis: str
    text: str
    low: float
    high: float
    middle: float
    """At the middle of every range; 0..1."""


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One line of evidence held against every hypothesis; items of one origin are one line."""

    evidence: tuple[str, ...]
    """The items; several where they share an origin."""
    origin: str
    cells: tuple[tuple[float, float], ...]
    """Likelihood range under each hypothesis, in the order of the question."""
    diagnosticity: float
    """Natural log of the ratio of the largest to the smallest likelihood, each at the middle of its range."""
    telling: bool
    """True where some two ranges do not touch: the item tells two hypotheses apart whatever value is taken."""


@dataclass(frozen=True, slots=True)
class Swing:
    """What one judgement moves, with all others at the middle of their ranges."""

    what: str
    """Which judgement."""
    hypothesis: str
    """The leading hypothesis, whose posterior is given."""
    low: float
    high: float
    changes_leader: bool
    """True where another hypothesis leads somewhere in the judged range."""


@dataclass(frozen=True, slots=True)
class NextStep:
    """An image or document that could still be had."""

    text: str
    expected_bits: float
    """By how much it would reduce the entropy of the posterior, on average; at the middle of all ranges."""
    posteriors: tuple[tuple[str, tuple[float, ...]], ...]
    """Each outcome with the posterior after it, in the order of the hypotheses."""


@dataclass(frozen=True, slots=True)
class Weighing:
    """A question with its evidence weighed."""

    question: Question
    shares: tuple[Share, ...]
    matrix: tuple[MatrixRow, ...]
    swings: tuple[Swing, ...]
    """The strongest first."""
    next_steps: tuple[NextStep, ...]
    """The most telling first."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A probability that was stated, and what became of it."""

    id: str
    made: date
    text: str
    low: float
    high: float
    """The probability stated, 0..1; equal where it was a point."""
    due: date | None = None
    """When it should be known."""
    outcome: bool | None = None
    """True where it came about; None while open."""
    resolved: date | None = None
    basis: str = ""
    """How the outcome is known."""

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high <= 1:
            raise DataError(
                f"statement {self.id}: probability {self.low}..{self.high}; expected 0 <= low <= high <= 1"
            )

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that is said, in the order in which it is read."""

    key_judgements: tuple[Sentence, ...]
    claims: tuple[ClaimRow, ...]
    imagery: tuple[Sentence, ...]
    """What imagery says."""
    sources: tuple[Sentence, ...]
    """What the source said, as far as the documents tell: kept apart from `imagery`."""
    unseen: tuple[Sentence, ...]
    """What was not seen and could have been, and what could not have been."""
    voices: tuple[Voice, ...]
    weighings: tuple[Weighing, ...]
    limits: tuple[Sentence, ...]
    findings: tuple[Finding, ...]
    bindings: tuple[Binding, ...]
    scenes: dict[str, str] = field(default_factory=dict)
    """Hash of the pixels of each scene that evidence names: id → SHA-256 of its first data file."""

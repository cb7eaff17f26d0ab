"""The values that flow between the stages: frozen, checked when made, one file a stage."""

from sitewatch.types.claim import (
    Attribution,
    Claim,
    ClaimSet,
    Hedge,
    Link,
    LinkRelation,
    Mutation,
    Origin,
    Quantity,
    Reading,
    Testability,
    When,
)
from sitewatch.types.document import Document, DocumentKind, Passage, Photo
from sitewatch.types.event import Event, EventKind, Gap, GapPosterior
from sitewatch.types.finding import Binding, Finding, Hypothesis, Judgement, Question, Verdict
from sitewatch.types.licence import SIMULATED_CREDIT, Licence, Publish
from sitewatch.types.measurement import Measurement, Value
from sitewatch.types.registration import Registration, RegistrationStatus
from sitewatch.types.scene import (
    Asset,
    BandSource,
    DatePrecision,
    DateSource,
    Georeference,
    MaskClass,
    MaskSource,
    Scene,
)
from sitewatch.types.site import Site

__all__ = [
    "SIMULATED_CREDIT",
    "Asset",
    "Attribution",
    "BandSource",
    "Binding",
    "Claim",
    "ClaimSet",
    "DatePrecision",
    "DateSource",
    "Document",
    "DocumentKind",
    "Event",
    "EventKind",
    "Finding",
    "Gap",
    "GapPosterior",
    "Georeference",
    "Hedge",
    "Hypothesis",
    "Judgement",
    "Licence",
    "Link",
    "LinkRelation",
    "MaskClass",
    "MaskSource",
    "Measurement",
    "Mutation",
    "Origin",
    "Passage",
    "Photo",
    "Publish",
    "Quantity",
    "Question",
    "Reading",
    "Registration",
    "RegistrationStatus",
    "Scene",
    "Site",
    "Testability",
    "Value",
    "Verdict",
    "When",
]

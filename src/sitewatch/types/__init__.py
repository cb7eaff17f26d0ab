"""The values that flow between the stages: frozen, checked when made, one file a stage."""

from sitewatch.types.event import Event, EventKind, Gap, GapPosterior
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
    "BandSource",
    "DatePrecision",
    "DateSource",
    "Event",
    "EventKind",
    "Gap",
    "GapPosterior",
    "Georeference",
    "Licence",
    "MaskClass",
    "MaskSource",
    "Measurement",
    "Publish",
    "Registration",
    "RegistrationStatus",
    "Scene",
    "Site",
    "Value",
]

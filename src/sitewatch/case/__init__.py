"""A case on disk: sites, scenes, registrations, events and measurements, with one writer at a time."""

from sitewatch.case.case import Case

__all__ = ["Case"]

"""False alarms per km² and year, with exact bounds."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sitewatch.errors import DataError
from sitewatch.evaluate.intervals import Estimate, Rate, rate, resampled
from sitewatch.evaluate.match import SiteRows

UNIT = "km2 year"


@dataclass(frozen=True, slots=True)
class AlarmTable:
    """What `sitewatch evaluate --metric false-alarms` tells."""

    rate: Rate
    """All events that match no true change at IoU .25, however small, except on changes that are scored apart."""
    by_site: Estimate
    """The same, its interval by resampling sites: wider than the Poisson interval where alarms come in clusters."""
    by_kind: dict[str, Rate]
    """By the kind that the event states."""
    by_reason: dict[str, Rate]
    """"part": overlaps a true change too little (fragments, poor outlines); "nothing": nothing happened there;
    else the distractor or reference that it lies on."""
    elsewhere: Rate
    """Without "part": events where no true change is."""


def false_alarms(sites: Sequence[SiteRows]) -> AlarmTable:
    """Count over all sites.

    Raises:
        DataError: a site without a known area or time.
    """
    for site in sites:
        if site.exposure is None:
            raise DataError(
                f"site {site.site or '(unnamed)'}: false alarms need the area and the time that were searched"
            )
    exposure = sum(s.exposure or 0.0 for s in sites)
    false = [f for s in sites for f in s.found if f.why_false not in (None, "apart")]
    return AlarmTable(
        rate=rate(len(false), exposure, UNIT),
        by_site=resampled(sites, _per_exposure),
        by_kind=_rates(Counter(f.kind for f in false), exposure),
        by_reason=_rates(Counter(str(f.why_false) for f in false), exposure),
        elsewhere=rate(sum(f.why_false != "part" for f in false), exposure, UNIT),
    )


def _rates(counts: Counter[str], exposure: float) -> dict[str, Rate]:
    return {name: rate(count, exposure, UNIT) for name, count in counts.most_common()}


def _per_exposure(sites: Sequence[SiteRows]) -> float | None:
    exposure = sum(s.exposure or 0.0 for s in sites)
    false = sum(f.why_false not in (None, "apart") for s in sites for f in s.found)
    return false / exposure if exposure else None

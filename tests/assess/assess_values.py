"""Claims, events and measurements made by hand."""

from datetime import date

import shapely

from sitewatch.assess.ground import Ground
from sitewatch.types import (
    Binding,
    Claim,
    Event,
    EventKind,
    Gap,
    GapPosterior,
    Measurement,
    Quantity,
    Reading,
    Reference,
    Site,
    Testability,
    Value,
    When,
)

SITE = Site("works", shapely.box(27, 45.1, 27.1, 45.2))


def quantity(low, high, *, text="q", tolerance=0.0, unit="1", relation="ratio", comparand="the existing hall",
             readings=None, dimension="size"):  # fmt: skip
    return Quantity(
        text, low, high, tolerance, unit, relation, comparand,
        tuple(readings or (Reading(low, high, text),)), dimension,
    )  # fmt: skip


def claim(id="c1", quote="The new hall is 60-70% the size of the existing hall", *, subject="the new hall",
          q=None, dimension=None, imagery="yes", time=None, polarity="positive", type="comparison",
          source="doc", max_gsd=None, object=None):  # fmt: skip
    return Claim(
        id=id, source=source, quote=quote, start=0, end=len(quote), prefix="", suffix="", type=type,
        polarity=polarity, attribution=(), hedges=(), subject=subject, predicate=None, object=object, quantity=q,
        time=time, testable=Testability(imagery, "how it would be tested", dimension, max_gsd),
    )  # fmt: skip


def ratio_claim(low=0.6, high=0.7, tolerance=0.05, **rest):
    fields = {k: rest.pop(k) for k in ("comparand", "readings", "text") if k in rest}
    size = rest.pop("size", "size")
    q = quantity(low, high, tolerance=tolerance, dimension=size, **fields)
    return claim(q=q, dimension="area_ratio", **rest)


def when(earliest, latest, *, text="in 2024", precision="range"):
    return When(text, None, earliest, latest, precision)


def value(v, sigma=0.02, unit="m2", **rest):
    """Log-normal with a relative standard deviation."""
    f = (1 + sigma) ** 1.6448536269514722
    return Value(v, v / f, v * f, unit, "by hand", **rest)


def measured(object_id, v, sigma=0.02, quantity="area", unit="m2", checked=True, scenes=()):
    return Measurement(object_id, quantity, value(v, sigma, unit, calibrated_on="a test"), scenes, checked)


def event(id="E-1", *, kind=EventKind.APPEARED, side=(40, 20), gap=("2024-07-14", "2024-08-23"), gaps=None,
          p=0.95, label=None, area=None, **rest):  # fmt: skip
    found = gaps or [(*gap, 1.0)]
    posterior = GapPosterior(tuple(Gap(date.fromisoformat(a), date.fromisoformat(b), q) for a, b, q in found))
    area = area if area is not None else side[0] * side[1]
    return Event(
        id=id, site="works", kind=kind, outline=shapely.box(0, 0, *side), crs="EPSG:32635", posterior=posterior,
        probability=p, calibrated_on="a test", area_m2=area, area_m2_low=0.9 * area, area_m2_high=1.1 * area,
        detector="test 1", scenes=("s1", "s2"), label=label, **rest,
    )  # fmt: skip


def reference(name="existing hall", *aliases):
    return Reference(name, "works", shapely.box(27.01, 45.11, 27.0105, 45.1103), aliases)


def ground(events=None, references=None, measurements=(), **rest):
    return Ground(
        SITE,
        tuple([event()] if events is None else events),
        tuple([reference()] if references is None else references),
        tuple(measurements),
        **rest,
    )


def bound(claim_id="c1", subject="E-1", comparand="existing hall", certain=True, by="rule"):
    return Binding(f"b-{claim_id}", claim_id, subject, comparand, "works", "by hand", by, certain)

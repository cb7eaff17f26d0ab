"""SMART broad-area search: which true construction sites were found, and what was proposed in vain.

Definitions: IARPA SMART metrics (public repository pubgeo/IARPA-SMART); checked against its tables for BR_R002.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import shapely

from sitewatch.evaluate.smart_stack import (
    EXCLUDED,
    IGNORED,
    NEGATIVE,
    PHASED,
    Stack,
    area_km2,
    days_of,
    effective_status,
    joined,
    shared_days,
)
from sitewatch.types.smart import SmartObservation, SmartRegion

MODES = ("overall", "completed", "partial")
CONFIRMED = "system_confirmed"
Activity = tuple[date, date]


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """Thresholds, at the programme's defaults."""

    tau: float = 0.2
    """Least overlap of one slice."""
    rho: float = 0.5
    """Least share of a truth's slices that overlap so."""
    temporal_iop: float = 0.1
    temporal_iot: float = 0.2
    transient_temporal_iop: float = 0.1
    transient_temporal_iot: float = 0.2
    min_area_km2: float = 0.0
    min_score: float = 0.0


@dataclass(frozen=True, slots=True)
class Overlap:
    """How one proposal (or several joined) lies on one truth."""

    proposal: Stack
    spatial: float
    """Share of the truth's slices that are overlapped; 0..1."""
    by_truth: bool
    """True where only intersection over truth, not over union, reached `rho`."""
    temporal_iot: float | None
    """Shared days over those of the truth."""
    temporal_iop: float | None
    """Shared days over those of the proposal."""
    detects: bool


@dataclass(frozen=True, slots=True)
class Detection:
    """One truth and what was found of it."""

    truth: Stack
    status: str
    """Under which it is scored."""
    match: Overlap | None
    failed: tuple[Overlap, ...]
    """Proposals that lie on it well enough, but at another time."""
    outcome: str
    """tp, fn, fp, tn, or 0 where nothing is scored."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """One proposal and what it lies on."""

    proposal: Stack
    truths: tuple[str, ...]
    outcome: str
    """tp, fp or 0."""


@dataclass(frozen=True, slots=True)
class Search:
    """One run of broad-area search."""

    region: SmartRegion
    mode: str
    options: SearchOptions
    detections: tuple[Detection, ...]
    proposals: tuple[Proposed, ...]
    proposed: int
    """Proposals before any were dropped for status, area or score."""
    false_area_km2: float
    proposal_area_km2: float
    proposal_slices: int

    def count(self, outcome: str) -> int:
        """Detections and unmatched proposals of one outcome: tp, fn, fp or tn."""
        return sum(d.outcome == outcome for d in self.detections) + (
            sum(not p.truths for p in self.proposals) if outcome == "fp" else 0
        )


def search(
    truths: Sequence[Stack],
    proposals: Sequence[Stack],
    region: SmartRegion,
    options: SearchOptions | None = None,
    mode: str = "overall",
) -> Search:
    """Associate proposals with truths, and count."""
    options = options or SearchOptions()
    kept = usable(proposals, options)
    detections = []
    for truth in sorted(truths, key=lambda t: t.id):
        status = effective_status(truth, region, mode)
        match = associate(truth, status, kept, options)
        near = [overlap(truth, status, p, options) for p in _near(truth, kept)]
        late = tuple(o for o in near if o.spatial >= options.rho and not o.detects)
        detections.append(Detection(truth, status, match, late, _outcome(status, match is not None)))
    lies_on: dict[str, list[Detection]] = {p.id: [] for p in kept}
    for d in detections:
        for member in d.match.proposal.members if d.match else ():
            lies_on[member].append(d)
    return Search(
        region=region,
        mode=mode,
        options=options,
        detections=tuple(detections),
        proposals=tuple(
            Proposed(p, tuple(d.truth.id for d in lies_on[p.id]), _proposal_outcome(lies_on[p.id]))
            for p in kept
        ),
        proposed=len(proposals),
        false_area_km2=_false_area(kept, lies_on),
        proposal_area_km2=area_km2(shapely.union_all([p.outline for p in kept])) if kept else 0.0,
        proposal_slices=sum(len(p.slices) for p in kept),
    )


def usable(proposals: Sequence[Stack], options: SearchOptions) -> list[Stack]:
    """Proposals that count, by id."""
    return sorted(
        (
            p
            for p in proposals
            if p.site.status == CONFIRMED
            and p.area_km2 >= options.min_area_km2
            and p.site.score >= options.min_score
        ),
        key=lambda p: p.id,
    )


def associate(
    truth: Stack, status: str, proposals: Sequence[Stack], options: SearchOptions
) -> Overlap | None:
    """The proposal, or union of proposals, that detects a truth: most members, then overlap, then id."""
    near = _near(truth, proposals)
    found: list[Overlap] = [o for p in near if (o := overlap(truth, status, p, options)).detects]
    while len(near) > 1:
        whole = overlap(truth, status, joined(near), options)
        if whole.detects:
            found.append(whole)
        worst = min(near, key=lambda p: (overlap(truth, status, p, options).spatial, p.id))
        near = [p for p in near if p is not worst]
    if not found:
        return None
    return min(found, key=lambda o: (-len(o.proposal.members), -o.spatial, o.proposal.members))


def _near(truth: Stack, proposals: Sequence[Stack]) -> list[Stack]:
    return [p for p in proposals if p.outline.intersection(truth.outline).area > 0]


def overlap(truth: Stack, status: str, proposal: Stack, options: SearchOptions) -> Overlap:
    """Hold one proposal against one truth, in space and in time."""
    ignored = status in IGNORED
    by_truth = False
    if ignored:
        spatial = _share(truth, proposal, options.tau, "proposal")
    else:
        spatial = _share(truth, proposal, options.tau, "union")
        if spatial < options.rho:
            again = _share(truth, proposal, options.tau, "truth")
            if again >= options.rho:
                spatial, by_truth = again, True
    phased = status in PHASED and truth.latest is not None and truth.earliest is not None
    plain = (truth.start, truth.end)
    last = truth.activity[1]
    narrow = (truth.latest, last) if phased and truth.latest else plain
    wide = (truth.earliest, last) if phased and truth.earliest else plain
    iot = shared_days(narrow, proposal.activity) / max(1, days_of(narrow))
    iop = shared_days(wide, proposal.activity) / max(1, days_of(proposal.activity))
    transient = status.startswith("transient")
    least_iop = options.transient_temporal_iop if transient else options.temporal_iop
    least_iot = options.transient_temporal_iot if transient else options.temporal_iot
    in_time = iop >= least_iop and (ignored or iot >= least_iot)
    return Overlap(proposal, spatial, by_truth, iot, iop, spatial >= options.rho and in_time)


def _share(truth: Stack, proposal: Stack, tau: float, over: str) -> float:
    """Share of the truth's slices that a proposal overlaps by at least `tau`."""
    slices = list(_scored_slices(truth, ignored=over == "proposal"))
    hits = 0
    for s in slices:
        other = proposal.at(s.day) if s.day is not None else None
        if other is None:
            continue
        shared = area_km2(s.outline.intersection(other.outline))
        whole = {"union": s.outline.union(other.outline), "truth": s.outline, "proposal": other.outline}[over]
        hits += shared > 0 and shared / area_km2(whole) >= tau
    return hits / len(slices) if slices else 0.0


def _scored_slices(truth: Stack, *, ignored: bool) -> Iterator[SmartObservation]:
    """First and last of an ignored truth; else one a day, without those that show no activity, and of those after the
    work only the first."""
    if ignored:
        yield from dict.fromkeys((truth.slices[0], truth.slices[-1]))
        return
    over = False
    for s in {s.day: s for s in truth.slices}.values():
        kinds = set(s.phases)
        if kinds == {"No Activity"} or (over and kinds == {"Post Construction"}):
            continue
        over |= kinds == {"Post Construction"}
        yield s


def _outcome(status: str, found: bool) -> str:
    if status in IGNORED:
        return "0"
    if status in NEGATIVE or status in EXCLUDED:
        return "fp" if found else "tn"
    return "tp" if found else "fn"


def _proposal_outcome(on: Sequence[Detection]) -> str:
    outcomes = {d.outcome for d in on}
    return "tp" if "tp" in outcomes else "fp" if not on or "fp" in outcomes else "0"


def _false_area(kept: Sequence[Stack], lies_on: dict[str, list[Detection]]) -> float:
    """km² of the proposals without what they share with the truths that they match, negative ones aside."""
    if not kept:
        return 0.0
    outside = []
    for p in kept:
        good = [d.truth.outline for d in lies_on[p.id] if d.outcome != "fp"]
        outside.append(p.outline.difference(shapely.union_all(good)) if good else p.outline)
    return area_km2(shapely.union_all(outside))

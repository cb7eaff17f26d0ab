"""SMART activity classification: phases by date, their onsets and extents, for the detected sites that carry phases.

Definitions: IARPA SMART metrics (public repository pubgeo/IARPA-SMART); checked against its tables for BR_R002.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from sitewatch.evaluate.smart_search import Search
from sitewatch.evaluate.smart_stack import PHASED, Stack
from sitewatch.types.smart import SmartObservation

PHASES = ("No Activity", "Site Preparation", "Active Construction", "Post Construction")
SCORED = PHASES[1:]
"""Phases with an onset."""
CLASSES = ("Site Preparation", "Active Construction")
"""Phases with an F1."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Onset:
    """How far the proposed begin of a phase lies from the true one, days; positive is late."""

    error: int
    worst: int | None
    """Against the date within the gap back to the previous phase's last date that is worst for the proposal; None where
    there is no previous phase."""
    best: int | None


@dataclass(frozen=True, slots=True)
class SitePhases:
    """One detected site."""

    truth: Stack
    proposal: Stack
    pairs: tuple[tuple[str, str], ...]
    """(true, proposed) label of each truth date; all pairs of labels where there are several."""
    table: tuple[tuple[date, str], ...]
    """What either says, by date."""
    onsets: dict[str, Onset]
    missing_proposal: tuple[str, ...]
    """Phases that the proposal never shows."""
    missing_truth: tuple[str, ...]
    """Phases whose true onset is not known: never shown, or the site has parts."""
    tiou: dict[str, float]
    """Days that both have in the phase, over days that either has."""

    @property
    def name(self) -> str:
        return f"site truth {self.truth.id} vs. site model {'_'.join(self.proposal.members)}"


def classify(found: Search) -> list[SitePhases]:
    """All detected, phase-labelled positives of a search, by id."""
    return [
        site_phases(d.truth, d.match.proposal)
        for d in found.detections
        if d.match is not None and d.outcome == "tp" and d.status in PHASED
    ]


def site_phases(truth: Stack, proposal: Stack) -> SitePhases:
    """Hold the phases of one proposal against those of one truth."""
    pairs = []
    words: dict[date, str] = {}
    for s in truth.slices:
        other = proposal.at(_day(s))
        labels, guesses = set(s.phases), set(other.phases) if other else set()
        pairs += [(a, b) for a in labels if a not in ("Unknown", "No Activity") for b in guesses]
        said = _words(s)
        words[_day(s)] = said if labels == guesses else f"{said} vs. {_words(other) if other else 'n/a'}"
    for s in proposal.slices:
        words.setdefault(_day(s), f"n/a vs. {_words(s)}")
    parts = any(len(set(s.phases)) > 1 for s in truth.slices)
    true_days, days = _true_days(truth), _proposed_days(proposal)
    known = [] if parts else [p for p in SCORED if true_days[p]]
    ours, theirs = _extents(truth), _extents(proposal)
    return SitePhases(
        truth=truth,
        proposal=proposal,
        pairs=tuple(pairs),
        table=tuple(sorted(words.items())),
        onsets={p: _onset(p, true_days, days) for p in known if days[p]},
        missing_proposal=tuple(p for p in known if not days[p]),
        missing_truth=tuple(p for p in SCORED if p not in known),
        tiou={p: len(ours[p] & theirs[p]) / len(ours[p] | theirs[p]) for p in SCORED if ours[p] | theirs[p]},
    )


def confusion(pairs: Iterable[tuple[str, str]]) -> list[Row]:
    """`ac_confusion_matrix_*.csv`: counts, one row a true phase."""
    pairs = list(pairs)
    return [{"truth phase": a, **{b: sum(p == (a, b) for p in pairs) for b in PHASES}} for a in SCORED]


def phase_f1(pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    """F1 of each class that either side names."""
    result = {}
    for c in CLASSES:
        true, said = sum(a == c for a, _ in pairs), sum(b == c for _, b in pairs)
        if true + said:
            result[c] = 2 * sum(p == (c, c) for p in pairs) / (true + said)
    return result


def f1_table(sites: Sequence[SitePhases]) -> list[Row]:
    """`ac_f1_all_sites.csv`: micro pools the observations of all sites, macro averages over the sites' rounded scores
    (so the programme's table comes out to the last digit)."""
    each = [{c: np.round(v, 4) for c, v in phase_f1(s.pairs).items()} for s in sites]
    pooled = phase_f1([p for s in sites for p in s.pairs])
    macro = {c: float(np.mean(v)) for c in CLASSES if (v := [f[c] for f in each if c in f])}
    return [
        {"": "F1 micro average", **{c: float(np.round(v, 4)) for c, v in pooled.items()}},
        {"": "F1 macro average", **{c: float(np.round(v, 4)) for c, v in macro.items()}},
    ]


def phase_table(sites: Sequence[SitePhases]) -> list[Row]:
    """`ac_phase_table.csv`: what either side says, one row a date, one column a site."""
    columns = {s.name: dict(s.table) for s in sites}
    days = sorted({day for table in columns.values() for day in table})
    return [{"date": day, **{name: table.get(day) for name, table in columns.items()}} for day in days]


def tiou_table(sites: Sequence[SitePhases]) -> list[Row]:
    """`ac_tiou.csv`."""
    return [{"": s.name, **{p: s.tiou.get(p) for p in SCORED}} for s in sites]


def onset_table(sites: Sequence[SitePhases]) -> list[Row]:
    """`ac_temporal_error*.csv`: statistics of the errors of onset in days, one column a phase."""
    columns = {p: _statistics([s.onsets[p] for s in sites if p in s.onsets]) for p in SCORED}
    for p in SCORED:
        columns[p]["missing proposals"] = float(sum(p in s.missing_proposal for s in sites))
        columns[p]["missing truth sites"] = float(sum(p in s.missing_truth for s in sites))
    return [{"": name, **{p: columns[p][name] for p in SCORED}} for name in columns[SCORED[0]]]


def _statistics(onsets: Sequence[Onset]) -> dict[str, float | None]:
    errors = [o.error for o in onsets]
    early, late = [e for e in errors if e < 0], [e for e in errors if e > 0]
    rows: dict[str, float | None] = {}
    for prefix, values in (
        ("worst ", [o.worst for o in onsets if o.worst is not None]),
        ("", errors),
        ("best ", [o.best for o in onsets if o.best is not None]),
    ):
        rows[f"{prefix}mean days (all detections)"] = _of(np.mean, values)
        rows[f"{prefix}std days (all)"] = _of(np.std, values)
        rows[f"{prefix}mean days (absolute value of all detections)"] = _of(np.mean, np.abs(values))
        rows[f"{prefix}std days (abs val of all)"] = _of(np.std, np.abs(values))
    for name, values in (("early", early), ("late", late)):
        rows[f"mean days ({name} detections)"] = _of(np.mean, values)
        rows[f"std days ({name})"] = _of(np.std, values)
    counts = {
        "all detections": errors,
        "early": early,
        "late": late,
        "perfect": [e for e in errors if e == 0],
    }
    return {**rows, **{name: float(len(values)) for name, values in counts.items()}}


def _of(statistic: Any, values: Any) -> float | None:
    return float(statistic(values)) if len(values) else None


def _onset(phase: str, true: dict[str, list[date]], said: dict[str, list[date]]) -> Onset:
    onset, guess = min(true[phase]), min(said[phase])
    error = (guess - onset).days
    earlier = reversed(PHASES[: PHASES.index(phase)])
    before = next((days for p in earlier if (days := [d for d in true[p] if d <= onset])), None)
    if before is None:
        return Onset(error, None, None)
    last = max(before)
    if guess <= last:
        return Onset(error, error, (guess - last).days)
    since = (guess - last).days
    if guess <= onset:
        return Onset(error, since if since > -error else error, 0)
    return Onset(error, since, error)


def _true_days(truth: Stack) -> dict[str, list[date]]:
    """Days of each phase; those on which parts of the site differ are left out."""
    return {p: [_day(s) for s in truth.slices if set(s.phases) == {p}] for p in PHASES}


def _proposed_days(proposal: Stack) -> dict[str, list[date]]:
    """Days of each phase, of any part; after the work only where all parts are, and the site has begun."""
    result = {p: [_day(s) for s in proposal.slices if p in s.phases] for p in PHASES}
    result["Post Construction"] = [
        _day(s)
        for s in proposal.slices
        if set(s.phases) == {"Post Construction"} and _day(s) >= proposal.start
    ]
    return result


def _extents(stack: Stack) -> dict[str, set[date]]:
    """Calendar days of each phase: from look to look that show it, not across the change to another. A phase that
    begins with the last look has no extent yet (so the programme's tables count)."""
    result: dict[str, set[date]] = {p: set() for p in PHASES}
    for s, after in pairwise(stack.slices):
        for phase in set(s.phases) & set(PHASES):
            last = _day(after) if phase in after.phases else _day(s)
            result[phase] |= {_day(s) + timedelta(n) for n in range((last - _day(s)).days + 1)}
    return result


def _words(s: SmartObservation) -> str:
    return "_".join(sorted(", ".join(s.phases).split("_")))


def _day(s: SmartObservation) -> date:
    assert s.day is not None  # stacks hold dated slices only
    return s.day

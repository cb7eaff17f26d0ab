"""SCOT, the SpaceNet 7 score of building footprints followed through time, and a score of removals beside it.

Definition: SpaceNet Change and Object Tracking metric (Van Etten et al. 2021, "The Multi-Temporal Urban Development
SpaceNet Dataset", arXiv:2102.04420). At each step footprints are matched one to one, by the largest sum of
[IoU > threshold]·(100 + IoU): as many pairs as can be, then the best. The tracking term punishes ids that change
partners, the change term asks whether new ids are new. Neither rewards that something is gone: `removals` does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.optimize import linear_sum_assignment

from sitewatch.errors import DataError

THRESHOLD = 0.25
BETA = 2.0
Step = Mapping[str, shapely.Geometry]
"""Footprints of one date, by id."""


@dataclass(frozen=True, slots=True)
class Counts:
    """True positives, false positives, false negatives."""

    tp: int
    fp: int
    fn: int

    @property
    def f1(self) -> float | None:
        """None with nothing to find and nothing found."""
        total = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / total if total else None


@dataclass(frozen=True, slots=True)
class Scot:
    """Scores of one area."""

    score: float
    """SCOT; 0 where it is not defined."""
    tracking: Counts
    """Mismatches taken off the pairs and added to either kind of error."""
    change: Counts
    mismatches: int
    removals: Counts
    """Ids that are gone for good before the last step, at the right step (see `tolerance`)."""
    steps: int


def scot(
    truth: Sequence[Step], proposed: Sequence[Step], *, threshold: float = THRESHOLD, tolerance: int = 0
) -> Scot:
    """Score one area.

    Args:
        truth, proposed: footprints at the same steps, in order of time; ids persist. Any planar coordinates.
        tolerance: steps by which a removal may be off.

    Raises:
        DataError: not the same number of steps.
    """
    if len(truth) != len(proposed):
        raise DataError(
            f"{len(proposed)} steps of proposals for {len(truth)} steps of truth; expected as many"
        )
    pairs = [pair(t, p, threshold) for t, p in zip(truth, proposed, strict=True)]
    matched = sum(map(len, pairs))
    wrong = _mismatches(pairs)
    tracking = Counts(
        matched - wrong,
        sum(map(len, proposed)) - matched + wrong,
        sum(map(len, truth)) - matched + wrong,
    )
    change = _change(truth, proposed, pairs)
    t, c = tracking.f1, change.f1
    weight = BETA**2
    score = (1 + weight) * c * t / (weight * c + t) if t and c else 0.0
    return Scot(score, tracking, change, wrong, _removals(truth, proposed, pairs, tolerance), len(truth))


def mean_scot(areas: Iterable[Scot]) -> float:
    """SCOT over several areas: the mean of theirs.

    Raises:
        DataError: no area.
    """
    scores = [a.score for a in areas]
    if not scores:
        raise DataError("SCOT over no area; expected at least one")
    return float(np.mean(scores))


def pair(truth: Step, proposed: Step, threshold: float = THRESHOLD) -> dict[str, str]:
    """Truth id → proposal id of the footprints that are matched at one step."""
    if not truth or not proposed:
        return {}
    names, others = list(truth), list(proposed)
    shapes = np.array([shapely.make_valid(proposed[o]) for o in others], dtype=object)
    tree = shapely.STRtree(shapes)
    weight = np.zeros((len(names), len(others)))
    for i, name in enumerate(names):
        outline = shapely.make_valid(truth[name])
        for k in tree.query(outline, predicate="intersects"):
            shared = outline.intersection(shapes[k]).area
            iou = shared / (outline.area + shapes[k].area - shared) if shared else 0.0
            if iou > threshold:
                weight[i, k] = 100 + iou
    rows, columns = linear_sum_assignment(weight, maximize=True)
    return {names[i]: others[k] for i, k in zip(rows, columns, strict=True) if weight[i, k] > 0}


def _mismatches(pairs: Sequence[Mapping[str, str]]) -> int:
    """Pairs of which either id was last matched to another partner."""
    of_truth: dict[str, str] = {}
    of_proposal: dict[str, str] = {}
    count = 0
    for step in pairs:
        count += sum(of_truth.get(t, p) != p or of_proposal.get(p, t) != t for t, p in step.items())
        of_truth.update(step)
        of_proposal.update((p, t) for t, p in step.items())
    return count


def _change(truth: Sequence[Step], proposed: Sequence[Step], pairs: Sequence[Mapping[str, str]]) -> Counts:
    tp = fp = fn = 0
    known: set[str] = set(truth[0]) if truth else set()
    seen: set[str] = set(proposed[0]) if proposed else set()
    for t, p, step in list(zip(truth, proposed, pairs, strict=True))[1:]:
        for a, b in step.items():
            new = a not in known, b not in seen
            tp, fp, fn = tp + (new == (True, True)), fp + (new == (False, True)), fn + (new == (True, False))
        fn += len(set(t) - known - set(step))
        fp += len(set(p) - seen - set(step.values()))
        known |= set(t)
        seen |= set(p)
    return Counts(tp, fp, fn)


def _removals(
    truth: Sequence[Step], proposed: Sequence[Step], pairs: Sequence[Mapping[str, str]], tolerance: int
) -> Counts:
    gone, said = _last_steps(truth), _last_steps(proposed)
    partner = {t: p for step in pairs for t, p in step.items()}
    back = {p: t for step in pairs for t, p in step.items()}
    hits = sum(
        (p := partner.get(t)) is not None and back[p] == t and p in said and abs(said[p] - last) <= tolerance
        for t, last in gone.items()
    )
    return Counts(hits, len(said) - hits, len(gone) - hits)


def _last_steps(steps: Sequence[Step]) -> dict[str, int]:
    """Last step of each id that is gone before the end."""
    last = {name: i for i, step in enumerate(steps) for name in step}
    return {name: i for name, i in last.items() if i < len(steps) - 1}

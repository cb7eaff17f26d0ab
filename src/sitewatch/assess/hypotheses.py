"""Hypotheses that exclude each other, weighed by what an analyst judges of the evidence.

Priors and likelihoods are ranges, so the posterior is one. With L_i the product of the likelihoods under hypothesis
i and p_i its prior, the posterior of k is p_k L_k / sum_i p_i L_i. It grows with L_k and falls with every other L_i,
and as the judgements are independent of each other, L_i takes any value between the products of the lower and of the
upper ends: the bounds are reached with L_k at one end and all others at the other. The priors add up to one. For a
given p_k the rest 1 - p_k is shared out where it weighs least (or most), which a fill in the order of L_i does
exactly; that least weight grows with the rest, so the posterior grows with p_k, which therefore stands at its
largest (or smallest) feasible value. No sampling is needed: the bounds are exact.

Items of one origin (retellings of one wire, findings from the same outlines) count once: their ranges are joined to
one that holds them all.
"""

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sitewatch.errors import DataError
from sitewatch.types import (
    Finding,
    Judgement,
    MatrixRow,
    NextStep,
    Outcome,
    Question,
    Share,
    Swing,
    Weighing,
)

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Row:
    """What counts once: items of one origin, with a likelihood range for each hypothesis."""

    evidence: tuple[str, ...]
    origin: str
    cells: tuple[Range, ...]


def weigh(question: Question, origins: Mapping[str, str] | None = None) -> Weighing:
    """The posterior of each hypothesis, what each item tells, what each judgement moves, and what to look at next.

    Args:
        origins: origin of an item by its id, where the analyst names none; an item without any is its own.

    Raises:
        DataError: fewer than two hypotheses, priors that cannot add up to one, or an item that is not judged
            under every hypothesis.
    """
    priors = _priors(question)
    rows = _rows(question, origins or {})
    cells = [r.cells for r in rows]
    ranges = posterior_ranges(priors, cells)
    middles = _posterior(*_middle(priors, cells))
    shares = tuple(
        Share(h.id, h.text, low, high, middle)
        for h, (low, high), middle in zip(question.hypotheses, ranges, middles, strict=True)
    )
    names = [h.id for h in question.hypotheses]
    return Weighing(
        question=question,
        shares=shares,
        matrix=tuple(MatrixRow(r.evidence, r.origin, r.cells, *_diagnosticity(r.cells)) for r in rows),
        swings=tuple(_swings(names, priors, rows)),
        next_steps=tuple(_next_steps(question, middles)),
        notes=tuple(
            f"{', '.join(r.evidence)} have one origin ({r.origin}) and count once"
            for r in rows
            if len(r.evidence) > 1
        ),
    )


def posterior_ranges(priors: Sequence[Range], rows: Iterable[Sequence[Range]]) -> list[Range]:
    """Exact bounds of each hypothesis' posterior over all priors that add up to one and all likelihoods.

    Args:
        priors: a range for each hypothesis; some choice in them adds up to one.
        rows: for each piece of evidence a likelihood range for each hypothesis, above 0.
    """
    logs = [[(math.log(a), math.log(b)) for a, b in row] for row in rows]
    count = len(priors)
    low = [sum(row[i][0] for row in logs) for i in range(count)]
    high = [sum(row[i][1] for row in logs) for i in range(count)]
    top = max(high)  # only ratios matter: this keeps many items from underflowing
    least, most = ([math.exp(v - top) for v in side] for side in (low, high))
    result = []
    for k in range(count):
        others = [i for i in range(count) if i != k]
        fewest = max(priors[k][0], 1 - sum(priors[i][1] for i in others))
        largest = min(priors[k][1], 1 - sum(priors[i][0] for i in others))
        against = _spread(1 - fewest, [priors[i] for i in others], [most[i] for i in others], heaviest=True)
        spared = _spread(1 - largest, [priors[i] for i in others], [least[i] for i in others], heaviest=False)
        result.append(
            (_share(fewest * least[k], against), _share(largest * most[k], spared)),
        )
    return result


def _share(own: float, others: float) -> float:
    return own / (own + others) if own > 0 else 0.0


def _spread(total: float, bounds: list[Range], weights: list[float], *, heaviest: bool) -> float:
    """Largest (or smallest) sum of p_i w_i with every p_i within its bounds and their sum `total`."""
    values = [b[0] for b in bounds]
    rest = total - sum(values)
    for i in sorted(range(len(bounds)), key=lambda i: weights[i], reverse=heaviest):
        step = min(max(rest, 0.0), bounds[i][1] - bounds[i][0])
        values[i] += step
        rest -= step
    return sum(v * w for v, w in zip(values, weights, strict=True))


def _priors(question: Question) -> list[Range]:
    if len(question.hypotheses) < 2:
        raise DataError(f"question {question.id!r} has fewer than two hypotheses; expected at least two")
    priors = [(h.prior_low, h.prior_high) for h in question.hypotheses]
    low, high = (sum(p[i] for p in priors) for i in (0, 1))
    if low > 1 + 1e-9 or high < 1 - 1e-9:
        raise DataError(
            f"question {question.id!r}: its priors add up to {low:.2f} at least and {high:.2f} at most; "
            "expected ranges from which one can choose values that add up to 1"
        )
    return priors


def _rows(question: Question, origins: Mapping[str, str]) -> list[_Row]:
    named = {i.id: i.origin for i in question.items}
    by_item: dict[str, dict[str, Judgement]] = {}
    for judgement in question.judgements:
        by_item.setdefault(judgement.evidence, {})[judgement.hypothesis] = judgement
    groups: dict[str, list[str]] = {}
    for item in by_item:
        groups.setdefault(named.get(item) or origins.get(item) or item, []).append(item)
    return [
        _Row(tuple(items), origin, tuple(_joined(question, [by_item[i] for i in items], items)))
        for origin, items in groups.items()
    ]


def _joined(question: Question, judged: list[dict[str, Judgement]], items: list[str]) -> Iterable[Range]:
    for h in question.hypotheses:
        for item, one in zip(items, judged, strict=True):
            if h.id not in one:
                raise DataError(
                    f"question {question.id!r}: {item!r} has no likelihood under {h.id!r}; expected one for "
                    "every hypothesis"
                )
        yield min(j[h.id].low for j in judged), max(j[h.id].high for j in judged)


def _between(cell: Range) -> float:
    """The middle of a likelihood range: of its logarithm."""
    return math.sqrt(cell[0] * cell[1])


def _middle(
    priors: Sequence[Range], rows: Sequence[Sequence[Range]]
) -> tuple[list[float], list[list[float]]]:
    """Priors at the middle of their ranges, made to add up to one, and likelihoods at theirs."""
    middles = [sum(p) / 2 for p in priors]
    total = sum(middles)
    return [m / total for m in middles], [[_between(c) for c in row] for row in rows]


def _posterior(priors: Sequence[float], rows: Iterable[Sequence[float]]) -> list[float]:
    logs = [math.log(p) if p > 0 else -math.inf for p in priors]
    for row in rows:
        logs = [a + math.log(b) for a, b in zip(logs, row, strict=True)]
    top = max(logs)
    weights = [math.exp(v - top) for v in logs]
    return [w / sum(weights) for w in weights]


def _diagnosticity(cells: Sequence[Range]) -> tuple[float, bool]:
    middles = [_between(c) for c in cells]
    return math.log(max(middles) / min(middles)), max(c[0] for c in cells) > min(c[1] for c in cells)


def _swings(names: list[str], priors: Sequence[Range], rows: Sequence[_Row]) -> list[Swing]:
    """What moves the leading hypothesis: each prior and each likelihood alone, all others in the middle."""
    prior, likelihoods = _middle(priors, [r.cells for r in rows])
    middles = _posterior(prior, likelihoods)
    leader = middles.index(max(middles))
    found = []
    for h, name in enumerate(names):
        ends = []
        for value in priors[h]:
            rest = sum(p for i, p in enumerate(prior) if i != h)
            shared = [(1 - value) * p / rest if rest > 0 else 0.0 for p in prior]
            ends.append(_posterior([value if i == h else shared[i] for i in range(len(prior))], likelihoods))
        found.append(_swing(f"prior of {name}", names, leader, ends))
    for r, row in enumerate(rows):
        for h, name in enumerate(names):
            ends = []
            for value in row.cells[h]:
                changed = [list(one) for one in likelihoods]
                changed[r][h] = value
                ends.append(_posterior(prior, changed))
            found.append(_swing(f"{', '.join(row.evidence)} under {name}", names, leader, ends))
    return sorted(found, key=lambda s: s.low - s.high)


def _swing(what: str, names: list[str], leader: int, ends: list[list[float]]) -> Swing:
    values = [e[leader] for e in ends]
    overtaken = any(max(e) > e[leader] + 1e-12 for e in ends)
    return Swing(what, names[leader], min(values), max(values), overtaken)


def _next_steps(question: Question, now: list[float]) -> list[NextStep]:
    """Candidates by the information that they are expected to give: the mutual information between hypothesis and
    outcome at the middle of all ranges, in bits (D. V. Lindley, On a measure of the information provided by an
    experiment, Annals of Mathematical Statistics 27, 1956)."""
    steps = []
    for candidate in question.candidates:
        if len(candidate.outcomes) < 2:
            raise DataError(
                f"candidate {candidate.id!r} has fewer than two outcomes; expected all it could show"
            )
        table = [_outcome(question, candidate.id, o) for o in candidate.outcomes]
        # The outcomes exclude each other and one of them comes: each hypothesis' likelihoods add up to one.
        totals = [sum(column) for column in zip(*table, strict=True)]
        table = [[v / t for v, t in zip(row, totals, strict=True)] for row in table]
        bits = _entropy(now)
        after = []
        for outcome, row in zip(candidate.outcomes, table, strict=True):
            weight = sum(p * v for p, v in zip(now, row, strict=True))
            posterior = _posterior(now, [row])
            bits -= weight * _entropy(posterior)
            after.append((outcome.text, tuple(posterior)))
        steps.append(NextStep(candidate.text, max(bits, 0.0), tuple(after)))
    return sorted(steps, key=lambda s: -s.expected_bits)


def _outcome(question: Question, candidate: str, outcome: Outcome) -> list[float]:
    judged = {j.hypothesis: (j.low, j.high) for j in outcome.judgements}
    missing = [h.id for h in question.hypotheses if h.id not in judged]
    if missing:
        raise DataError(
            f"candidate {candidate!r}: outcome {outcome.text!r} has no likelihood under {missing[0]!r}; "
            "expected one for every hypothesis"
        )
    return [_between(judged[h.id]) for h in question.hypotheses]


def _entropy(p: Iterable[float]) -> float:
    return -sum(v * math.log2(v) for v in p if v > 0)


def origins_of(question: Question, claims: Mapping[str, str], findings: Mapping[str, str]) -> dict[str, str]:
    """Origin of each item that refers to a claim or a finding.

    Args:
        claims: origin by claim id.
        findings: by finding id what it was measured on; two findings on one outline are not two witnesses.
    """
    ids = itertools.chain((i.id for i in question.items), (j.evidence for j in question.judgements))
    result = {}
    for item in dict.fromkeys(ids):
        kind, _, name = item.partition(":")
        origin = {"claim": claims, "finding": findings}.get(kind, {}).get(name)
        if origin is not None:
            result[item] = origin
    return result


def imagery_origins(findings: Iterable[Finding]) -> dict[str, str]:
    """For each finding on what it was seen or measured; findings that share an object share their origin, also
    through others."""
    groups: list[tuple[set[str], list[str]]] = []
    for finding in findings:
        objects = {e for e in finding.evidence if not e.startswith("scene:")}
        objects = {
            o.removeprefix("measurement:").rpartition(":")[0] if "measurement:" in o else o for o in objects
        }
        objects = {part for o in objects for part in o.removeprefix("event:").split("/")}
        if not objects:
            continue
        names = [finding.id]
        for group in [g for g in groups if g[0] & objects]:
            groups.remove(group)
            objects |= group[0]
            names += group[1]
        groups.append((objects, names))
    return {name: f"imagery of {', '.join(sorted(objects))}" for objects, names in groups for name in names}

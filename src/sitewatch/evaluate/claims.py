"""How well claims were extracted: spans, quantities, dates, speakers, hedges and links against marked truth.

What was found is matched one to one to what is true, so that most entries are exact, then most overlap
(an optimal assignment; Kuhn 1955, doi:10.1002/nav.3800020109). Only what shares code points can be matched.
Two marks are given, as in the MUC and SemEval-2013 (task 9) evaluations of information extraction: *partial*
(found at the right place) and *exact*:

==========  =========================================================================================================
field       exact where
==========  =========================================================================================================
quantities  same unit after conversion to SI, a ratio or none in both, and the same set of readings (each end within
            1 %); another interval that the truth accepts counts too. Relation, comparand and dimension apart.
dates       same earliest and latest day, or another period that the truth accepts. EDTF and precision apart.
speakers    the same voice (by family name; else people by their role, others by the organisation), with the
            organisation that the truth states and no other, and a stance of the same class (says, establishes,
            supposes, shows, denies, accuses). Partial: the same voice. Role, kind, stance and scope apart. The truth's
            spans are sentences or claims; an inherited attribution counts like any.
hedges      same kind.
claims      intersection over union of the spans at least .8 (partial: .5). Where truth marks sentences, not spans: a
            claim begins in it.
links       same relation between claims at the marked places (partial: another relation).
==========  =========================================================================================================

Optional truth is neither missed nor false. Everything else found without a match is false.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from sitewatch.evaluate.claim_match import (
    dimension_class,
    same_date,
    same_quantity,
    same_speaker,
    same_stance,
    same_voice,
    same_words,
)
from sitewatch.evaluate.claim_truth import (
    Span,
    TrueDate,
    TrueDocument,
    TrueHedge,
    TrueLink,
    TrueQuantity,
    TrueSpeaker,
)
from sitewatch.types import Attribution, Claim, Hedge, Link, Quantity, When

LOOSE_CLAIM, TIGHT_CLAIM = 0.5, 0.8


@dataclass(frozen=True, slots=True)
class FieldScore:
    """Counts of one field; they add up over documents."""

    name: str
    true: int
    """Entries to be found, optional ones left out."""
    found: int
    """Entries found, those that match optional truth left out."""
    partial: int
    """True entries matched by place."""
    exact: int
    apart: tuple[tuple[str, int, int], ...] = ()
    """Further properties of matched entries: name, right, of how many that the truth states."""
    errors: tuple[str, ...] = ()
    """One line for each entry missed, wrong or false."""

    @property
    def recall(self) -> float:
        """Share of the true entries whose place was found; 1 where there are none."""
        return self.partial / self.true if self.true else 1.0

    @property
    def precision(self) -> float:
        """Share of the found entries that stand at a true one; 1 where nothing was found."""
        return self.partial / self.found if self.found else 1.0

    @property
    def exact_share(self) -> float:
        """Share of the true entries that were found exactly; 1 where there are none."""
        return self.exact / self.true if self.true else 1.0

    @property
    def exact_f1(self) -> float:
        """Harmonic mean of exact precision and exact recall; 1 with nothing to find or found."""
        total = self.true + self.found
        return 2 * self.exact / total if total else 1.0

    def __add__(self, other: "FieldScore") -> "FieldScore":
        apart = {name: (right, of) for name, right, of in self.apart}
        for name, right, of in other.apart:
            before = apart.get(name, (0, 0))
            apart[name] = before[0] + right, before[1] + of
        return FieldScore(
            self.name,
            self.true + other.true,
            self.found + other.found,
            self.partial + other.partial,
            self.exact + other.exact,
            tuple((n, *v) for n, v in apart.items()),
            self.errors + other.errors,
        )


def total(scores: Iterable[FieldScore]) -> dict[str, FieldScore]:
    """Sum by field, in order of first appearance."""
    sums: dict[str, FieldScore] = {}
    for score in scores:
        sums[score.name] = sums[score.name] + score if score.name in sums else score
    return sums


def score_document(claims: Sequence[Claim], truth: TrueDocument) -> tuple[FieldScore, ...]:
    """Scores of claims, quantities, dates, speakers and hedges of one document.

    Args:
        claims: all that was extracted from it, with spans in its text.
    """
    return (
        score_claims(claims, truth),
        score_quantities([c.quantity for c in claims if c.quantity], truth),
        score_dates([c.time for c in claims if c.time], truth),
        score_speakers(claims, truth),
        score_hedges([h for c in claims for h in c.hedges], truth),
    )


def score_claims(claims: Sequence[Claim], truth: TrueDocument) -> FieldScore:
    """Spans of claims. Sentences without a claim must have none."""
    spans = sorted({(c.start, c.end) for c in claims})
    if not truth.exact_spans:
        begun = [any(a <= s < b for s, _ in spans) for a, b in truth.claims]
        idle = [(a, b) for a, b in truth.not_claims if any(a <= s < b for s, _ in spans)]
        hit = sum(begun)
        errors = [f"no claim: {_cut(truth, t)}" for t, ok in zip(truth.claims, begun, strict=True) if not ok]
        errors += [f"claim where none is: {_cut(truth, t)}" for t in idle]
        return FieldScore("claims", len(truth.claims), hit + len(idle), hit, hit, (), tuple(errors))
    pairs = _assign(len(spans), len(truth.claims), lambda i, k: _iou(spans[i], truth.claims[k]), LOOSE_CLAIM)
    exact = sum(_iou(spans[i], truth.claims[k]) >= TIGHT_CLAIM for i, k in pairs)
    missed = set(range(len(truth.claims))) - {k for _, k in pairs}
    lines = [f"missed: {_cut(truth, truth.claims[k])}" for k in sorted(missed)]
    lines += [
        f"false: {_cut(truth, spans[i])}" for i in sorted(set(range(len(spans))) - {i for i, _ in pairs})
    ]
    return FieldScore("claims", len(truth.claims), len(spans), len(pairs), exact, (), tuple(lines))


def score_quantities(found: Sequence[Quantity], truth: TrueDocument) -> FieldScore:
    """Quantities, each place and interval counted once however many claims hold it.

    What lies within a percentage that compares no sizes counts only if it is called a ratio.
    """
    unique = {(q.start, q.end, q.low, q.high, q.unit): q for q in found}
    kept = [
        q
        for q in unique.values()
        if q.relation == "ratio" or not any(_overlap((q.start, q.end), s) for s in truth.not_ratios)
    ]

    def apart(q: Quantity, t: TrueQuantity) -> dict[str, bool | None]:
        return {
            "relation": q.relation == t.relation,
            "comparand": same_words(q.comparand, t.comparand) if t.comparand else None,
            "dimension": dimension_class(q.dimension) == dimension_class(t.dimension)
            if t.dimension
            else None,
        }

    return _score("quantities", kept, truth.quantities, same_quantity, apart, _show_quantity, truth)


def score_dates(found: Sequence[When], truth: TrueDocument) -> FieldScore:
    """Times that stand in the text, each place counted once; those without words (a tense) are left out."""
    unique = {(w.start, w.end, w.earliest, w.latest): w for w in found if w.end > w.start}

    def apart(w: When, t: TrueDate) -> dict[str, bool | None]:
        return {"edtf": w.edtf == t.edtf if t.edtf else None, "precision": w.precision == t.precision}

    return _score("dates", list(unique.values()), truth.dates, same_date, apart, _show_date, truth)


def score_hedges(found: Sequence[Hedge], truth: TrueDocument) -> FieldScore:
    """Hedges, each place counted once."""
    unique = {(h.start, h.end): h for h in found}
    return _score(
        "hedges",
        list(unique.values()),
        truth.hedges,
        lambda h, t: h.kind == t.kind,
        lambda h, t: {},
        lambda h: f"{h.text!r} {h.kind}",
        truth,
    )


@dataclass(frozen=True, slots=True)
class _Voice:
    """An attribution with the reach of the claims that carry it."""

    start: int
    end: int
    said: Attribution


def score_speakers(claims: Sequence[Claim], truth: TrueDocument) -> FieldScore:
    """Attributions. The same speaker and cue over several claims of one true span counts once there."""
    voices: dict[tuple[object, ...], _Voice] = {}
    for claim in claims:
        home = max(
            (t.span for t in truth.speakers),
            key=lambda s: _shared((claim.start, claim.end), s),
            default=(0, 0),
        )
        inside = _overlap((claim.start, claim.end), home)
        reach = _around(claim.start, truth) if not inside or not truth.exact_spans else home
        for said in claim.attribution:
            key = (reach, said.kind, said.name, said.role, said.organisation, said.stance)
            voices.setdefault(key, _Voice(*reach, said))
    return _score(
        "speakers",
        list(voices.values()),
        truth.speakers,
        lambda v, t: same_speaker(v.said, t) and same_stance(v.said.stance, t.stance),
        lambda v, t: {
            "role": same_words(v.said.role, t.role) if t.role else None,
            "kind": v.said.kind == t.kind,
            "stance": v.said.stance == t.stance,
            "scope": (v.said.scope == "inherited") == t.inherited,
        },
        lambda v: _show_speaker(v.said),
        truth,
        may=lambda v, t: same_voice(v.said, t),
    )


def _around(at: int, truth: TrueDocument) -> Span:
    """The marked sentence or claim in which a claim begins."""
    spans = (*truth.claims, *truth.not_claims)
    return next((s for s in spans if s[0] <= at < s[1]), (at, at + 1))


def score_links(links: Sequence[Link], claims: Sequence[Claim], truth: Sequence[TrueLink]) -> FieldScore:
    """Links of one case. Only what joins two of the marked places of a true link can match it."""
    by_id = {c.id: c for c in claims}

    def places(link: Link, target: TrueLink) -> int:
        held = [by_id[c] for c in link.claims if c in by_id]
        hit = {
            n
            for n, (document, span) in enumerate(target.places)
            if any(c.source == document and _overlap((c.start, c.end), span) for c in held)
        }
        return len(hit)

    def weight(i: int, k: int) -> float:
        joined = places(links[i], truth[k])
        if joined < 2:
            return 0.0
        return 1.0 + 10.0 * (links[i].relation == truth[k].relation) + joined / len(truth[k].places)

    pairs = _assign(len(links), len(truth), weight, 1.0)
    exact = sum(links[i].relation == truth[k].relation for i, k in pairs)
    hit_links = {k: i for i, k in pairs}
    lines = []
    for k, target in enumerate(truth):
        where = " + ".join(f"{d}:{s[0]}" for d, s in target.places)
        if k not in hit_links:
            lines.append(f"missed: {target.relation} {where}")
        elif links[hit_links[k]].relation != target.relation:
            lines.append(f"wrong: {links[hit_links[k]].relation} for {target.relation} {where}")
    taken = {i for i, _ in pairs}
    lines += [
        f"false: {link.relation} {link.claims}: {link.detail}"
        for i, link in enumerate(links)
        if i not in taken
    ]
    return FieldScore("links", len(truth), len(links), len(pairs), exact, (), tuple(lines))


def _show_quantity(q: Quantity) -> str:
    return f"{q.text!r} {[(r.low, r.high) for r in q.readings]} {q.low}..{q.high} {q.unit} {q.relation}"


def _show_date(w: When) -> str:
    return f"{w.text!r} {w.earliest}..{w.latest} {w.precision}"


def _show_speaker(a: Attribution) -> str:
    return f"{a.kind} {a.name} / {a.role} / {a.organisation} ({a.cue!r}, {a.stance}, {a.scope})"


def _show_true(t: Any) -> str:
    if isinstance(t, TrueQuantity):
        return f"{t.text!r} {list(t.readings)} {t.unit} {t.relation}"
    if isinstance(t, TrueDate):
        return f"{t.text!r} {t.periods[0]} {t.precision}"
    if isinstance(t, TrueSpeaker):
        return f"{t.kind} {t.name} / {t.role} / {t.organisation} ({t.stance})"
    return f"{t.text!r} {t.kind}" if isinstance(t, TrueHedge) else str(t)


def _score(
    name: str,
    found: Sequence[Any],
    true: Sequence[Any],
    same: Callable[[Any, Any], bool],
    apart: Callable[[Any, Any], dict[str, bool | None]],
    show: Callable[[Any], str],
    truth: TrueDocument,
    may: Callable[[Any, Any], bool] = lambda f, t: True,
) -> FieldScore:
    def weight(i: int, k: int) -> float:
        shared = _iou((found[i].start, found[i].end), true[k].span)
        if not shared or not may(found[i], true[k]):
            return 0.0
        # Exactness first, then required truth before optional, then overlap; nearness of spans decides the rest.
        return 1.0 + 100.0 * same(found[i], true[k]) + 10.0 * (not true[k].optional) + shared

    pairs = _assign(len(found), len(true), weight, 1.0)
    counted = [(i, k) for i, k in pairs if not true[k].optional]
    exact = [(i, k) for i, k in counted if same(found[i], true[k])]
    required = sum(not t.optional for t in true)
    taken = {i for i, _ in pairs}
    # A second finding at a place of optional truth is as little false as the first.
    spare = {
        i
        for i in set(range(len(found))) - taken
        if any(
            t.optional and may(found[i], t) and _overlap((found[i].start, found[i].end), t.span) for t in true
        )
    }
    properties: dict[str, list[bool]] = {}
    for i, k in counted:
        for what, right in apart(found[i], true[k]).items():
            if right is not None:
                properties.setdefault(what, []).append(right)
    hit = {k for _, k in pairs}
    lines = [
        f"missed: {_show_true(t)} | {_context(truth, t.span)}"
        for k, t in enumerate(true)
        if k not in hit and not t.optional
    ]
    lines += [f"wrong: {show(found[i])} for {_show_true(true[k])}" for i, k in counted if (i, k) not in exact]
    lines += [
        f"false{' (a name)' if any(_overlap((f.start, f.end), s) for s in truth.traps) else ''}: {show(f)}"
        f" | {_context(truth, (f.start, f.end))}"
        for i, f in enumerate(found)
        if i not in taken and i not in spare
    ]
    return FieldScore(
        name,
        required,
        len(found) - (len(pairs) - len(counted)) - len(spare),
        len(counted),
        len(exact),
        tuple((what, sum(values), len(values)) for what, values in properties.items()),
        tuple(f"{truth.id} {line}" for line in lines),
    )


def _assign(
    found: int, true: int, weight: Callable[[int, int], float], least: float
) -> list[tuple[int, int]]:
    """Pairs (found, true), each once, of the largest total weight; none below `least`."""
    if not found or not true:
        return []
    table = np.array([[weight(i, k) for k in range(true)] for i in range(found)])
    table[table < least] = 0.0
    rows, columns = linear_sum_assignment(table, maximize=True)
    return [(int(i), int(k)) for i, k in zip(rows, columns, strict=True) if table[i, k] > 0]


def _shared(a: Span, b: Span) -> int:
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def _overlap(a: Span, b: Span) -> bool:
    return _shared(a, b) > 0


def _iou(a: Span, b: Span) -> float:
    shared = _shared(a, b)
    return shared / (a[1] - a[0] + b[1] - b[0] - shared) if shared else 0.0


def _cut(truth: TrueDocument, span: Span) -> str:
    text = truth.text[slice(*span)]
    return f"{truth.id} {text if len(text) <= 90 else text[:89] + '…'}"


def _context(truth: TrueDocument, span: Span) -> str:
    return "…" + truth.text[max(0, span[0] - 30) : span[1] + 30].replace("\n", " ") + "…"

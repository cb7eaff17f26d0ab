"""Numbers about the same thing: which agree, which exclude each other, and which only seem to.

A contradiction needs three things: the same measure, the same things measured, and toleranced intervals of which no
pair of readings overlaps. Where the words leave the things open, disjoint numbers are a tension and no more.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product

from sitewatch.documents.across.changes import one_change
from sitewatch.documents.across.features import Features
from sitewatch.documents.across.intervals import Amount, Fit, apart, comparable, fit, inverse
from sitewatch.documents.across.referents import Same, compare
from sitewatch.types import When

CLOSE = 0.45
"""Similarity from which two claims speak of one thing although neither names it fully."""
PAIRS = 400
"""Groups of one measure that a number is compared with at most, the most recent first."""
PAIRED = 12
"""Groups of numbers of one thing that are compared pair by pair, beyond those that all exclude each other."""

Alike = Callable[[Features, Features], float]


@dataclass(slots=True)
class Stated:
    """One claim's number, turned where the claim compares the other way round."""

    item: Features
    amount: Amount


@dataclass(slots=True)
class Values:
    """Numbers of one measure of the same things, in groups that hold together."""

    groups: list[list[Stated]] = field(default_factory=list)

    @property
    def first(self) -> Stated:
        return self.groups[0][0]

    def add(self, stated: Stated) -> None:
        """Into the first group with whose every member it holds together in all readings."""
        for group in self.groups:
            if all(fit(stated.amount, other.amount) is Fit.ALL for other in group[:8]):
                group.append(stated)
                return
        self.groups.append([stated])


@dataclass(frozen=True, slots=True)
class Clash:
    """Groups of numbers that do not hold together."""

    sides: tuple[tuple[Stated, ...], ...]
    sure: bool
    """True where the same things are meant for certain and no pair of readings overlaps."""
    why: str
    """What makes it unsure; empty where sure."""


def measured(items: Sequence[Features], alike: Alike) -> list[Values]:
    """Claims with numbers, put together where they measure the same things for certain."""
    made: list[Values] = []
    by_measure: dict[str, list[Values]] = defaultdict(list)
    known: dict[tuple[object, ...], tuple[Values, bool]] = {}
    for item in items:
        if item.amount is None or item.denied:
            continue
        key = (item.amount.measure, item.amount.dimension, item.subject, item.comparand, item.tokens,
               item.changed and (item.claim.source, item.claim.time))  # fmt: skip
        place = known.get(key)
        if place is None:
            place = next(
                ((values, turned) for values in reversed(by_measure[item.amount.measure][-PAIRS:])
                 for same, turned in [_same(values.first.item, item, alike)] if same is Same.YES),
                None,
            )  # fmt: skip
            if place is None:
                place = (Values(), False)
                made.append(place[0])
                by_measure[item.amount.measure].append(place[0])
            known[key] = place
        place[0].add(Stated(item, inverse(item.amount) if place[1] else item.amount))
    return made


def clashes(made: Sequence[Values], alike: Alike) -> list[Clash]:
    """Numbers that exclude each other: of the same things, then of things that may be the same."""
    found = []
    for values in made:
        found += _within(values.groups)
    by_measure: dict[str, list[Values]] = defaultdict(list)
    for values in made:
        item = values.first.item
        assert item.amount is not None
        if item.amount.measure != "count":
            by_measure[item.amount.measure].append(values)
    for listed in by_measure.values():
        for n, one in enumerate(listed):
            for other in listed[n + 1 : n + 1 + PAIRS]:
                same, turned = _same(one.first.item, other.first.item, alike)
                if same is Same.UNSURE and not turned:
                    found += _between(one, other)
    return found


def _within(groups: Sequence[Sequence[Stated]]) -> list[Clash]:
    """Clashes among numbers of the same things: one for all groups that exclude each other, then the pairs left."""
    if len(groups) < 2:
        return []
    apart = _exclusive(groups)
    found = [Clash(tuple(tuple(groups[n]) for n in apart), True, "")] if len(apart) > 1 else []
    for (n, left), (m, right) in combinations(list(enumerate(groups))[:PAIRED], 2):
        if not {n, m} <= set(apart):
            found += _pair(left, right)
    return found


def _exclusive(groups: Sequence[Sequence[Stated]]) -> list[int]:
    """Indices of as many groups as possible of which each excludes all others (intervals taken by their upper end)."""
    stated = [s for group in groups for s in group]
    if any(s.item.changed or (s.amount.measure == "count" and s.item.claim.time) for s in stated):
        return []  # counts and changes of different times may differ: pair by pair
    hulls = [
        (max(high for s in _distinct(group) for _, high in s.amount.intervals),
         min(low for s in _distinct(group) for low, _ in s.amount.intervals), n)
        for n, group in enumerate(groups)
    ]  # fmt: skip
    kept: list[int] = []
    end = None
    for high, low, n in sorted(hulls):
        if end is None or low > end + 1e-9 * max(1.0, abs(end)):
            kept.append(n)
            end = high
    return sorted(kept)


def _pair(left: Sequence[Stated], right: Sequence[Stated]) -> list[Clash]:
    """Clash of two groups."""
    for wanted, sure, why in (
        (Fit.NONE, True, ""),
        (Fit.SOME, False, "they hold together on some readings of the words only"),
    ):
        a, b = set(), set()
        for x, y in product(_distinct(left), _distinct(right)):
            if fit(x.amount, y.amount) is wanted and not _later(x.item, y.item):
                a.add(_what(x))
                b.add(_what(y))
        if a:
            sides = (tuple(s for s in left if _what(s) in a), tuple(s for s in right if _what(s) in b))
            return [Clash(sides, sure, why)]
    return []


def _between(one: Values, other: Values) -> list[Clash]:
    """A tension between numbers of things that may be the same, where no stated value of one fits the other."""
    left, right = [s for g in one.groups for s in g], [s for g in other.groups for s in g]
    pairs = product(_distinct(left)[:20], _distinct(right)[:20])
    if any(fit(a.amount, b.amount) is not Fit.NONE for a, b in pairs):
        return []
    a, b = one.first.item.subject.text or "it", other.first.item.subject.text or "it"
    return [Clash((tuple(left), tuple(right)), False, f"“{a}” and “{b}” are not certainly the same")]


def _what(stated: Stated) -> tuple[Amount, When | None, str]:
    """A number, with its time where it is a count or a change, and with its document where it is a change."""
    claim, changed = stated.item.claim, stated.item.changed
    timed = changed or stated.amount.measure == "count"
    return stated.amount, claim.time if timed else None, claim.source if changed else ""


def _distinct(group: Sequence[Stated]) -> list[Stated]:
    """One of each number, so that a number repeated a thousand times costs no more than once."""
    return list({_what(s): s for s in group}.values())[:200]


def _later(a: Features, b: Features) -> bool:
    """True where two counts or changes are of different times: a number that grew is no contradiction."""
    assert a.amount is not None
    if a.changed and b.changed:
        return one_change(a.claim, b.claim, (a.told, b.told)) is not Same.YES
    return a.amount.measure == "count" and apart(a.claim.time, b.claim.time)


def _same(a: Features, b: Features, alike: Alike) -> tuple[Same, bool]:
    """Whether two claims measure the same things, and whether the second compares the other way round."""
    assert a.amount is not None
    assert b.amount is not None
    measure = comparable(a.amount, b.amount)
    if measure is False:
        return Same.NO, False
    plain = _things(a, b, alike)
    if plain is not Same.NO or a.amount.measure != "ratio":
        if plain is Same.YES and measure is None and alike(a, b) < CLOSE:
            return Same.UNSURE if a.amount.measure != "count" else Same.NO, False
        return plain, False
    turned = replace(b, subject=b.comparand, comparand=b.subject)
    if _things(a, turned, alike) is Same.YES and not (a.comparand.empty or a.subject.empty):
        return Same.YES, True
    return Same.NO, False


def _things(a: Features, b: Features, alike: Alike) -> Same:
    """The things measured and, for ratios, those compared with."""
    assert a.amount is not None
    subject = compare(a.subject, b.subject)
    other = _compared(a, b) if a.amount.measure == "ratio" else Same.YES
    if Same.NO in (subject, other):
        return Same.NO
    if (a.changed or b.changed) and other is Same.UNSURE:
        return Same.UNSURE if alike(a, b) >= CLOSE else Same.NO
    close = None
    if a.amount.measure == "count":
        # What is counted stands in the whole claim, not in its subject alone.
        close = alike(a, b) >= CLOSE
        if not close:
            return Same.NO
    if subject is Same.YES and other is Same.YES:
        return Same.YES
    unnamed = [s for s, x, y in ((subject, a.subject, b.subject), (other, a.comparand, b.comparand))
               if s is Same.UNSURE and (x.empty or y.empty)]  # fmt: skip
    unsure = [s for s in (subject, other) if s is Same.UNSURE]
    if unnamed:
        close = alike(a, b) >= CLOSE if close is None else close
        if not close:
            return Same.NO
        return Same.YES if len(unnamed) == len(unsure) == 1 else Same.UNSURE
    shared = a.subject.classes & b.subject.classes
    return Same.UNSURE if shared or alike(a, b) >= CLOSE else Same.NO


def _compared(a: Features, b: Features) -> Same:
    """The things compared with; a thing before it changed is none but itself."""
    if a.changed and b.changed:
        return one_change(a.claim, b.claim, (a.told, b.told))
    if not (a.changed or b.changed):
        return compare(a.comparand, b.comparand)
    against = b.comparand if a.changed else a.comparand
    may_be = against.empty or (against.new is False and not (against.specific or against.names or against.id))
    return Same.UNSURE if may_be else Same.NO

"""Links between claims of one topic: what agrees, what excludes what, and what is only said with other certainty."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sitewatch.documents.across.align import Similarity, Topic
from sitewatch.documents.across.amounts import Clash, Values, clashes
from sitewatch.documents.across.features import Features
from sitewatch.documents.across.intervals import apart
from sitewatch.documents.across.quotes import mismatched
from sitewatch.documents.across.referents import Same, compare
from sitewatch.documents.across.words import OPPOSED, cited
from sitewatch.types import Link, LinkRelation

_ONCE = frozenset({"build", "remove", "begin", "complete", "sign", "test"})
"""Predicates that hold of one thing on one date: other dates for them exclude each other."""
_UNDATED = frozenset({"vague", "present", "ongoing"})
SURE = 0.55
"""Similarity from which two dated claims are of one event."""
SHOWN = 60
"""Claims at most that one detail names or one pairwise test of a topic takes in."""
SIDES = 4
"""Values at most that one detail names."""


@dataclass(frozen=True, slots=True)
class _Draft:
    relation: LinkRelation
    sides: tuple[tuple[Features, ...], ...]
    """One side for agreement."""
    detail: str


def links(
    items: Sequence[Features], made: Sequence[Topic], values: Sequence[Values], similar: Similarity,
    origin: dict[str, str],
) -> list[Link]:  # fmt: skip
    """All links, contradictions first.

    Args:
        items: features of all claims.
        made: topics.
        values: numbers of the same things.
        similar: how alike two claims are.
        origin: claim id → origin id.
    """
    found = clashes(values, similar)
    clashing = {s.item.claim.id for clash in found for side in clash.sides for s in side if clash.sure}
    drafts = [_clash(clash) for clash in found]
    parted: list[tuple[Features, ...]] = []
    """Sides of a topic that exclude each other: each may agree within itself."""
    for topic in made:
        if len(topic.members) > 1:
            opposed = _opposed(topic.members, similar)
            drafts += opposed
            drafts += _certainty(topic.members, clashing)
            parted += [side for draft in opposed if not draft.sides[0][0].denied for side in draft.sides]
    drafts += [_quotes(wordings) for wordings in mismatched(items, similar, origin)]
    drafts += _agreements(made, values, parted, clashing, origin)
    rank = list(LinkRelation)
    wanted = (LinkRelation.CONTRADICTS, *(r for r in rank if r not in (LinkRelation.CONTRADICTS, LinkRelation.AGREES)),
              LinkRelation.AGREES)  # fmt: skip
    drafts.sort(key=lambda d: (wanted.index(d.relation), min(i.order for side in d.sides for i in side)))
    return [_link(n, draft, origin) for n, draft in enumerate(drafts, 1)]


def _link(n: int, draft: _Draft, origin: dict[str, str]) -> Link:
    claims = tuple(dict.fromkeys(i.claim.id for side in draft.sides for i in side))
    voices = [_voices_heard(side, origin) for side in draft.sides]
    # Voices that agree count twice where there are two; sides that differ, where none stands on both.
    agree = draft.relation is LinkRelation.AGREES
    independent = len(voices[0]) > 1 if agree else not set.intersection(*voices)
    shortest = min((i.claim.quote for side in draft.sides for i in side), key=lambda q: (len(q), q))
    return Link(
        id=f"L{n:03d}",
        relation=draft.relation,
        claims=claims,
        detail=draft.detail,
        independent=independent,
        topic=_short(shortest, 80),
        sides=() if len(draft.sides) == 1 else tuple(tuple(i.claim.id for i in side) for side in draft.sides),
    )


def _voices_heard(side: Sequence[Features], origin: dict[str, str]) -> set[str]:
    """Origins of some claims. A document's own words beside a voice that it cites are no second voice."""
    cited = {i.claim.source for i in side if not origin[i.claim.id].startswith("document:")}
    return {
        name
        for i in side
        if not (name := origin[i.claim.id]).startswith("document:") or i.claim.source not in cited
    }


def _clash(clash: Clash) -> _Draft:
    relation = LinkRelation.CONTRADICTS if clash.sure else LinkRelation.TENSION
    shown = [{s.amount.shown: s.item.claim.quantity for s in side} for side in clash.sides[:SIDES]]
    numbers = " against ".join(
        ", ".join(f"{number} (“{q.text}”)" for number, q in list(side.items())[:4] if q) for side in shown
    )
    more = len(clash.sides) - len(shown)
    first = clash.sides[0][0]
    what = first.amount.dimension or first.amount.measure
    verdict = "no pair of readings overlaps within the stated tolerances" if clash.sure else clash.why
    rest = f" and {more} more values" if more else ""
    sides = tuple(tuple(s.item for s in side) for side in clash.sides)
    return _Draft(relation, sides, f"{what.capitalize()}: {numbers}{rest}; {verdict}.")


def _opposed(members: Sequence[Features], similar: Similarity) -> list[_Draft]:
    """Denials, opposite predicates and incompatible dates within a topic."""
    drafts = []
    denied = [m for m in members if m.denied]
    said = [m for m in members if not m.denied]
    against = [m for m in said if any(_denies(d, m, similar) for d in denied[:SHOWN])]
    if denied and against:
        who = _voices(denied)
        detail = f"Denied{f' by {who}' if who else ''}: {_cite(denied)}; asserted: {_cite(against)}."
        drafts.append(_Draft(LinkRelation.CONTRADICTS, (tuple(denied), tuple(against)), detail))
    pairs: dict[str, tuple[list[Features], list[Features]]] = {}
    some = said[:SHOWN]
    for n, a in enumerate(some):
        for b in some[n + 1 :]:
            if a.claim.source == b.claim.source:
                continue  # one text tells what was before and what is now
            why = _excludes(a, b, similar)
            if why:
                left, right = pairs.setdefault(why, ([], []))
                (left if a not in right else right).append(a)
                (right if b not in left else left).append(b)
    for why, (left, right) in pairs.items():
        sides = tuple(tuple(dict.fromkeys(side)) for side in (left, right))
        if not all(sides):
            continue
        sure = why != _UNSURE_DATE
        relation = LinkRelation.CONTRADICTS if sure else LinkRelation.TENSION
        times = " against ".join(", ".join(dict.fromkeys(_time(i) for i in side)) for side in sides)
        tail = f" ({times})" if "date" in why.lower() else ""
        drafts.append(_Draft(relation, sides, f"{why}{tail}: {_cite(sides[0])}; {_cite(sides[1])}."))
    return drafts


_DATE = "Incompatible dates of one event"
_UNSURE_DATE = "Dates differ, of what may be two events"


def _denies(denial: Features, said: Features, similar: Similarity) -> bool:
    """True where a denial is of what is said: of one time, one subject matter, and not by the same claim's words."""
    if apart(denial.claim.time, said.claim.time):
        return False
    return not _inside(said, denial) and similar(denial, said) >= 0.4


def _excludes(a: Features, b: Features, similar: Similarity) -> str | None:
    """Why two assertions of different documents cannot both hold; None where they can."""
    same = compare(a.subject, b.subject)
    if same is Same.NO or similar(a, b) < SURE:
        return None
    if not apart(a.claim.time, b.claim.time):
        opposite = [p for p in OPPOSED if _opposite(a, b, p)]
        return f"One says {' and the other '.join(sorted(opposite[0]))}" if opposite else None
    if not (a.families & b.families & _ONCE) or (a.families ^ b.families) & _ONCE:
        return None
    if any(_observed(i) for i in (a, b)):
        return None
    return _DATE if same is Same.YES and not (a.subject.empty or b.subject.empty) else _UNSURE_DATE


def _opposite(a: Features, b: Features, pair: frozenset[str]) -> bool:
    """True where each claim has one predicate of the pair and not the other."""
    mine, theirs = a.families & pair, b.families & pair
    return len(mine) == 1 and len(theirs) == 1 and mine != theirs


def _observed(item: Features) -> bool:
    """True where the date is that of a look or of nothing in particular, not of the event itself."""
    when = item.claim.time
    looked = any(link.kind == "imagery" for link in item.claim.attribution) or "image" in item.tokens
    return looked or item.kind is not None or when is None or when.precision in _UNDATED


def _certainty(members: Sequence[Features], clashing: set[str]) -> list[_Draft]:
    """Hedged claims against flat ones of the same content."""
    free = [m for m in members if m.kind is None and not m.denied and m.claim.id not in clashing]
    soft = [m for m in free if m.hedged]
    flat = [m for m in free if not m.hedged and not any(_inside(m, other) for other in soft[:SHOWN])]
    if not soft or not flat:
        return []
    words = ", ".join(dict.fromkeys(f"“{m.hedge_words}”" for m in soft[:SHOWN]))
    detail = f"Hedged ({words}): {_cite(soft)}; stated as fact: {_cite(flat)}."
    return [_Draft(LinkRelation.CERTAINTY_MISMATCH, (tuple(soft), tuple(flat)), detail)]


def _inside(part: Features, whole: Features) -> bool:
    """True where a claim is a piece of another: its hedge holds for both."""
    a, b = part.claim, whole.claim
    return a.source == b.source and b.start <= a.start and a.end <= b.end


def _quotes(wordings: Sequence[Sequence[Features]]) -> _Draft:
    speaker = wordings[0][0].speaker or ""
    texts = " against ".join(cited(_short(w[0].quotation or "", 120)) for w in wordings[:4])
    detail = f"{speaker.title()} is quoted in different words: {texts}; at most one is verbatim, or both were said."
    return _Draft(LinkRelation.QUOTE_MISMATCH, tuple(tuple(w) for w in wordings), detail)


def _agreements(
    made: Sequence[Topic], values: Sequence[Values], parted: Sequence[Sequence[Features]], clashing: set[str],
    origin: dict[str, str],
) -> list[_Draft]:  # fmt: skip
    """Claims of several documents, or of several origins, that say the same."""
    drafts: list[_Draft] = []
    done: set[tuple[str, ...]] = set()

    def add(group: Iterable[Features], number: str = "") -> None:
        claims = tuple(sorted(group, key=lambda i: i.order))
        ids = tuple(i.claim.id for i in claims)
        documents = {i.claim.source for i in claims}
        voices = len(_voices_heard(claims, origin))
        if ids in done or (len(documents) < 2 and voices < 2):
            return
        done.add(ids)
        heard = f"{len(documents)} document{'s' * (len(documents) > 1)}, {voices} origin{'s' * (voices > 1)}"
        drafts.append(_Draft(LinkRelation.AGREES, (claims,), f"{heard}{number}: {_cite(claims)}."))

    of_values = {s.item.claim.id: n for n, value in enumerate(values) for g in value.groups for s in g}
    for value in values:
        for group in value.groups:
            shown = ", ".join(dict.fromkeys(s.amount.shown for s in group))
            add((s.item for s in group), f", {_short(shown, 60)}")
    for side in parted:
        add(side)
    excluded = clashing | {i.claim.id for side in parted for i in side}
    for topic in made:
        free = [m for m in topic.members if m.claim.id not in excluded and m.claim.type != "meta"]
        measured = {of_values[m.claim.id] for m in free if m.claim.id in of_values}
        if len(measured) > 1:  # numbers of different things: they agree, if at all, as numbers
            free = [m for m in free if m.claim.id not in of_values]
        add(m for m in free if not m.denied)
        add(m for m in free if m.denied)
    return drafts


def _voices(items: Iterable[Features]) -> str:
    names = [a.name or a.organisation for i in items for a in i.claim.attribution[:1]]
    return ", ".join(dict.fromkeys(filter(None, names)))


def _time(item: Features) -> str:
    when = item.claim.time
    return (when.edtf or when.text) if when else "undated"


def _cite(items: Sequence[Features]) -> str:
    """The first claims in their own words."""
    shown = [f"{cited(_short(i.claim.quote, 90))} ({i.claim.id})" for i in items[:3]]
    more = len(items) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _short(text: str, length: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"

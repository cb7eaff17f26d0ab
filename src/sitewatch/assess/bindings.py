"""Which words of a claim mean which object of the site.

Rules propose, in this order: the name or an alias of a reference building, or an event's label, that shares words
with the claim; "existing", "previous", "old" for the one reference building of the site; "new", "additional" for
what appeared there before the document did, of several the one that is far the largest where the words speak of a
main building. Sizes are used for rank only, never for whether they fit the claim, and dates only to leave out what
came after the document: otherwise a claim would choose its own proof. Where several objects fit equally well the
binding is not certain and no verdict rests on it. An analyst's binding always wins.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shapely import minimum_rotated_rectangle

from sitewatch.assess.ground import Ground
from sitewatch.assess.verdicts import quoted
from sitewatch.types import Binding, Claim, Event, EventKind


def _lexicon(words: str) -> frozenset[str]:
    return frozenset(words.split())


NEW = _lexicon("new newly additional another extra second latest recent recently extension annex")
OLD = _lexicon("existing previous old older former original earlier current predecessor prior preexisting")
MAIN = _lexicon(
    "assembly production main factory plant hall workshop manufacturing industrial hangar warehouse"
)
BUILT = MAIN | _lexicon(
    "building structure facility construction shed shelter house housing dormitory block store storage silo tower "
    "annex extension wing line bunker roof complex depot garage"
)
PREMISES = _lexicon("site facility plant complex premise ground installation base")
EMPTY = _lexicon(
    "the a an of one that this these those its their it object and or to in at for by on two three several some "
    "site place item thing building structure facility large small big"
)
"""Words that say nothing about which object is meant."""
WORKS = re.compile(
    r"\b(?:construct\w*|build(?!ings?\b)\w*|built|erect\w*|put up|expan[ds]\w*|enlarg\w*|extend\w*|install\w*|"
    r"appear\w*|add(?:ed|ing)|demolish\w*|dismantl\w*|raz(?:ed|ing)|torn down|taken down|remov\w*|gone|clear(?:ed|ing)|"
    r"excavat\w*|dug|pav(?:ed|ing)|grad(?:ed|ing)|upgrad\w*|improv\w*|rebuil\w*|reconstruct\w*)\b",
    re.IGNORECASE,
)
"""Words that say that something was built, taken away or dug; "building" and "buildings" are none."""
WHOLE = ("site:", "place:", "country:", "plant:")
LEAD = 2.0
"""How many times the next largest an object must be to be meant by "the main hall"."""
LIKELY = 0.5
"""Probability below which a detection is not proposed by a rule."""
SHARED = 0.3
"""Share of a building's outline that lies on the ground prepared for it, at least: both outlines err."""
WIDER = 1.3
"""How many times the area of a building the ground is that was prepared for it, at least."""
EXACT = 100
"""Score of a name that is the claim's words in full; any other scores the number of words in common."""
RECTANGULAR = 0.55
"""Share of its smallest rotated rectangle that a building's outline fills at least."""


@dataclass(frozen=True, slots=True)
class _Match:
    object_id: str | None
    certain: bool
    basis: str


def propose(
    claims: Iterable[Claim],
    grounds: Iterable[Ground],
    published: Mapping[str, str] | None = None,
    by_analyst: Mapping[str, Binding] | None = None,
) -> tuple[Binding, ...]:
    """A binding for each claim that imagery can test at all, and for each that an analyst has bound.

    Args:
        published: latest ISO date on which each document can have appeared, by its id, where known.
        by_analyst: bindings made by hand, by claim; they are returned as they are.
    """
    known = tuple(grounds)
    published, by_analyst = published or {}, by_analyst or {}
    result = []
    for claim in claims:
        if claim.id in by_analyst:
            result.append(by_analyst[claim.id])
        elif claim.testable.imagery != "no" and known:
            result.append(_propose(claim, known, published.get(claim.source)))
    return tuple(result)


def _propose(claim: Claim, grounds: tuple[Ground, ...], published: str | None) -> Binding:
    ground = _ground(claim, grounds)
    if ground is None:
        names = ", ".join(g.site.name for g in grounds)
        return _binding(claim, "", _Match(None, False, f"it does not say which site is meant: {names}"), None)
    subject = _subject(claim, ground, published)
    comparand = None
    wanted = claim.quantity.comparand if claim.quantity is not None else None
    if wanted:
        comparand = _resolve(wanted, EventKind.APPEARED, ground, published, comes_about=False)
        if comparand.object_id is not None and comparand.object_id == subject.object_id:
            comparand = _Match(
                None, False, f"{quoted(_plain(wanted))} would be the same object as the subject"
            )
    return _binding(claim, ground.site.name, subject, comparand)


def _binding(claim: Claim, site: str, subject: _Match, comparand: _Match | None) -> Binding:
    parts = [subject.basis] + ([comparand.basis] if comparand is not None else [])
    certain = subject.certain and (comparand is None or comparand.certain)
    other = comparand.object_id if comparand is not None else None
    return Binding(
        id=f"b-{claim.id}",
        claim=claim.id,
        subject=subject.object_id,
        comparand=other,
        site=site,
        basis="; ".join(parts),
        by="rule",
        certain=certain,
    )


def _ground(claim: Claim, grounds: tuple[Ground, ...]) -> Ground | None:
    """The only site, or the only one whose name stands in the claim."""
    if len(grounds) == 1:
        return grounds[0]
    text = _words(" ".join(filter(None, (claim.subject, claim.object, claim.quote))))
    named = [g for g in grounds if _words(g.site.name) and _words(g.site.name) <= text]
    return named[0] if len(named) == 1 else None


def _subject(claim: Claim, ground: Ground, published: str | None) -> _Match:
    kind = _kind(claim)
    words = claim.subject
    if not words:
        return _Match(None, False, "the claim does not say what it speaks of")
    tokens = _words(words)
    named = tokens - EMPTY
    called = bool(tokens & PREMISES) and not named - PREMISES and not tokens & NEW
    speaks_of_site = words.startswith(WHOLE) or called or (named and named <= _words(ground.site.name))
    if claim.quantity is None and claim.testable.dimension in set(EventKind) and speaks_of_site:
        return _Match(ground.whole, True, f"{quoted(_plain(words))} is the site as a whole")
    comes_about = claim.testable.dimension in set(EventKind) and WORKS.search(claim.quote) is not None
    match = _resolve(words, kind, ground, published, comes_about=comes_about)
    if match.object_id is None and claim.polarity == "negative" and claim.quantity is None:
        return _Match(ground.whole, True, "a denial that speaks of the site as a whole")
    return match


def _kind(claim: Claim) -> EventKind:
    dimension = claim.testable.dimension
    return EventKind(dimension) if dimension in set(EventKind) else EventKind.APPEARED


def _resolve(
    words: str, kind: EventKind, ground: Ground, published: str | None, *, comes_about: bool
) -> _Match:
    """The object that `words` mean; `comes_about`: the claim says that it appeared, was removed or altered."""
    tokens = _words(words)
    said = quoted(_plain(words))
    named = _named(tokens, kind, ground)
    if len(named) == 1:
        return _Match(named[0], True, f"{said} shares words with the name or label of {named[0]}")
    if named:
        return _Match(named[0], False, f"{said} fits {_list(named)} equally well by name")
    if tokens & OLD and not tokens & NEW:
        return _existing(said, ground)
    if not (tokens & NEW or tokens & BUILT or kind is not EventKind.APPEARED):
        return _Match(None, False, f"{said} is no name of an object of the site")
    match = _event(said, tokens, kind, ground, published)
    if match.certain and not (tokens & NEW or comes_about):
        return _Match(match.object_id, False, f"{said} need not be new; if it is, {match.basis}")
    return match


def _named(tokens: frozenset[str], kind: EventKind, ground: Ground) -> list[str]:
    """Objects whose names share most telling words with the claim. "Hall" and the like tell something of a
    reference building only beside "existing" and its kin; a new thing is no reference building unless an alias
    says so in full."""
    core = tokens - EMPTY
    dull = NEW | (BUILT - MAIN if tokens & OLD else BUILT)
    scores: dict[str, int] = {}
    for reference in ground.references:
        for name in (reference.name, *reference.aliases):
            own = _words(name) - EMPTY
            shared = 0 if tokens & NEW else len((own & core) - dull)
            scores[reference.name] = max(scores.get(reference.name, 0), EXACT if own == core else shared)
    for event in ground.events:
        if event.label is not None and event.kind is kind and not rejected(event):
            own = _words(event.label) - EMPTY
            shared = 0 if tokens & OLD else len((own & core) - NEW)
            scores[event.id] = EXACT if own == core else shared
    best = max(scores.values(), default=0)
    return [i for i, score in scores.items() if score == best > 0] if core else []


def _existing(said: str, ground: Ground) -> _Match:
    names = [r.name for r in ground.references]
    if len(names) == 1:
        return _Match(names[0], True, f"{said} is the one reference building of the site, {names[0]!r}")
    if not names:
        return _Match(
            None,
            False,
            f"{said} is no outlined building yet: outline it with `sitewatch site reference`",
        )
    return _Match(names[0], False, f"{said} could be any of the reference buildings {_list(names)}")


def _event(
    said: str, tokens: frozenset[str], kind: EventKind, ground: Ground, published: str | None
) -> _Match:
    built = kind is EventKind.APPEARED
    fitting = [
        e
        for e in ground.events
        if e.kind is kind
        and e.probability >= LIKELY
        and not rejected(e)
        and e.label is None  # one with a label would have been found by it
        and (published is None or e.posterior.hull(0.9)[0].isoformat() < published[:10])
        and (not built or _rectangular(e))
    ]
    fitting = [e for e in fitting if not any(_stands_on(other, e) for other in fitting)]
    if not fitting:
        return _Match(None, False, f"{said}: nothing {kind.value} that fits was found at the site")
    ranked = sorted(fitting, key=lambda e: -(ground.area(e.id) or 0.0))
    first = ranked[0].id
    if not built:
        # What was removed or dug is not known from its size: a label or an analyst must say it.
        return _Match(
            first, False, f"{said} could be any {kind.value} object: {_list([e.id for e in ranked])}"
        )
    if len(ranked) == 1:
        return _Match(first, True, f"{said} is the only building-like object that appeared, {first}")
    sizes = [ground.area(e.id) or 0.0 for e in ranked]
    if tokens & MAIN and sizes[0] >= LEAD * sizes[1] > 0:
        how = f"{sizes[0] / sizes[1]:.1f} times the next"
        return _Match(first, True, f"{said} is the largest of {len(ranked)} that appeared, {first} ({how})")
    return _Match(first, False, f"{said} could be any that appeared: {_list([e.id for e in ranked])}")


def rejected(event: Event) -> bool:
    """True where a reviewer has said that the event is none."""
    return (event.review or "").lower().startswith(("reject", "false", "no event"))


def accepted(event: Event) -> bool:
    """True where somebody has looked at the event and holds it for real: a reviewer said so, or drew it."""
    said = (event.review or "").lower()
    return event.origin == "analyst" or said.startswith(("accept", "confirm", "real", "true", "seen"))


def _stands_on(later: Event, ground: Event) -> bool:
    """True where `ground` was prepared for `later`, which then came to stand on it. Two of about one size at one
    place may be stages of one building: that is left open."""
    if later is ground:
        return False
    if later.parent == ground.id:
        return True
    inside = later.outline.intersection(ground.outline).area / later.outline.area
    larger = ground.outline.area >= WIDER * later.outline.area
    return bool(inside >= SHARED and larger and later.gap.start >= ground.gap.end)


def _rectangular(event: Event) -> bool:
    around = minimum_rotated_rectangle(event.outline).area
    return bool(around > 0 and event.outline.area / around >= RECTANGULAR)


def _plain(words: str) -> str:
    """An entity's id as words: "object:new-assembly-building" is "new assembly building"."""
    return re.sub(r"^\w+:", "", words).replace("-", " ") if re.match(r"^[a-z_]+:\S+$", words) else words


def _words(text: str) -> frozenset[str]:
    """Lower-case words, plurals cut."""
    found = re.findall(r"[^\W_]+", _plain(text).lower())
    return frozenset(
        w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith(("ss", "us", "is")) else w for w in found
    )


def _list(names: list[str]) -> str:
    shown = ", ".join(names[:4])
    return f"{shown} and {len(names) - 4} more" if len(names) > 4 else shown

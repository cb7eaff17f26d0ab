"""How statements changed while one voice was retold: in which document, and what."""

import re
from collections.abc import Sequence

from sitewatch.documents.across.align import Similarity, Topic
from sitewatch.documents.across.amounts import Values
from sitewatch.documents.across.features import Features
from sitewatch.documents.across.intervals import Fit, apart, fit
from sitewatch.documents.across.quotes import mismatched
from sitewatch.documents.across.voices import Voice, Voices
from sitewatch.documents.across.words import cited
from sitewatch.types import Document, Mutation

TELLING = 0.5
"""Similarity with the first telling from which a claim is a retelling of it."""
_NUMBERS = re.compile(r"\d[\d.,]*")
_NUMBER_PART = re.compile(r"^.*\d[\d.,]*\s*(?:%|per ?cent|percent)?\s*", re.S)


def lineage(
    documents: Sequence[Document], items: Sequence[Features], made: Sequence[Topic], values: Sequence[Values],
    similar: Similarity, origin: dict[str, str],
) -> list[Mutation]:  # fmt: skip
    """What changed within each origin: comparison or number, certainty, speaker, date, quoted words.

    Claims stand in the order of publication; claims of undated documents come last, and the detail says so.
    """
    dated = {d.id: d.published for d in documents}
    voices = Voices(documents, items)
    found = []
    numbered = {s.item.claim.id for group in values for g in group.groups for s in g}
    for group in values:
        told = [s.item for g in group.groups for s in g]
        for chain in _chains(told, origin):
            found += _numbers(chain, origin, dated)
            found += _speakers(chain, origin, dated, voices)
            found += _certainty(chain, origin, dated)
    for topic in made:
        for chain in _chains(topic.members, origin):
            told = [i for i in chain if i is chain[0] or similar(chain[0], i) >= TELLING]
            told = [i for i in told if i.claim.id not in numbered]
            if len(told) > 1:
                found += _certainty(told, origin, dated)
                found += _speakers(told, origin, dated, voices)
                found += _dates(told, origin, dated)
    for wordings in mismatched(items, similar, origin):
        for chain in _chains([i for w in wordings for i in w], origin):
            words = [i.quotation or "" for i in chain]
            found.append(
                _row(chain, origin, dated, "quotation", words, "the words in quotation marks differ")
            )
    return found


def _chains(members: Sequence[Features], origin: dict[str, str]) -> list[list[Features]]:
    """One claim of each document for each origin, in the order of publication; only where two documents tell it."""
    by_origin: dict[str, dict[str, Features]] = {}
    for item in sorted(members, key=lambda i: i.order):
        by_origin.setdefault(origin[item.claim.id], {}).setdefault(item.claim.source, item)
    return [list(chain.values()) for chain in by_origin.values() if len(chain) > 1]


def _numbers(
    chain: Sequence[Features], origin: dict[str, str], dated: dict[str, str | None]
) -> list[Mutation]:
    """The comparison changed while the number was kept, or the number itself changed."""
    first = chain[0].amount
    if first is None or all(i.amount is None or fit(first, i.amount) is Fit.ALL for i in chain[1:]):
        return []
    texts = [i.claim.quantity.text if i.claim.quantity else "" for i in chain]
    numbers = {tuple(_NUMBERS.findall(t)) for t in texts}
    words = [_NUMBER_PART.sub("", t) for t in texts]
    kept = len(numbers) == 1 and len(set(words)) > 1 and () not in numbers
    shown = " → ".join(i.amount.shown for i in chain if i.amount)
    what = "the number was kept, the comparison changed" if kept else "the number changed"
    return [_row(chain, origin, dated, "quantity", words if kept else texts, f"{what}: {shown}")]


def _certainty(
    chain: Sequence[Features], origin: dict[str, str], dated: dict[str, str | None]
) -> list[Mutation]:
    if len({i.hedged for i in chain}) < 2 or any(i.denied or i.kind for i in chain):
        return []
    words = [i.hedge_words or "(stated as fact)" for i in chain]
    ordered = all(dated[i.claim.source] for i in chain)
    what = "certainty differs"
    if ordered:
        what = "a hedge was dropped" if chain[0].hedged else "a hedge was added"
    return [_row(chain, origin, dated, "certainty", words, what)]


def _speakers(
    chain: Sequence[Features], origin: dict[str, str], dated: dict[str, str | None], voices: Voices
) -> list[Mutation]:
    # A publisher named as the source of the whole is the report itself, not its speaker.
    heard = _in_full([None if (v := voices.of(i)) and v.media else v for i in chain])
    keys = {(v.key, v.person) if v else None for v in heard}
    persons = {v.person for v in heard if v and v.person}
    groups = {v.key for v in heard if v}
    if len(keys) < 2 or not (None in keys or len(groups) > 1 or len(persons) > 1):
        return []
    if any(i.kind for i in chain):
        return []
    words = [v.label if v else "(nobody)" for v in heard]
    what = "the attribution is missing in one telling" if None in keys else "the speaker changed"
    return [_row(chain, origin, dated, "speaker", words, what)]


def _in_full(heard: Sequence[Voice | None]) -> list[Voice | None]:
    """Voices, a short form ("institute") taken for the one that has all its words ("Example Institute")."""
    full = sorted((v for v in heard if v), key=lambda v: -len(v.key.split()))
    return [
        v and next((f for f in full if not v.person and set(v.key.split()) < set(f.key.split())), v)
        for v in heard
    ]


def _dates(chain: Sequence[Features], origin: dict[str, str], dated: dict[str, str | None]) -> list[Mutation]:
    timed = [i for i in chain if i.claim.time and i.claim.time.earliest and i.claim.time.latest]
    if len(timed) < 2 or not any(apart(timed[0].claim.time, i.claim.time) for i in timed[1:]):
        return []
    words = [i.claim.time.text for i in timed if i.claim.time]
    return [_row(timed, origin, dated, "date", words, "the date was shifted")]


def _row(
    chain: Sequence[Features], origin: dict[str, str], dated: dict[str, str | None], aspect: str,
    words: Sequence[str], what: str,
) -> Mutation:  # fmt: skip
    undated = [i.claim.source for i in chain if not dated[i.claim.source]]
    order = (
        f"; no date of publication is known for {', '.join(undated)}, so who changed it stays open"
        if undated
        else ""
    )
    quote = " ".join(min((i.claim.quote for i in chain), key=len).split())[:80]
    changed = " → ".join(cited(w) for w in words[:6])
    return Mutation(
        origin=origin[chain[0].claim.id],
        topic=f"{aspect}: {quote}",
        claims=tuple(i.claim.id for i in chain),
        wordings=tuple(words),
        detail=f"{what[0].upper()}{what[1:]}: {changed}{order}."
        if changed not in what
        else f"{what}{order}.",
    )

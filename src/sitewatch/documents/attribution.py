"""Who is said to say it: attributions of a text with the words that they cover.

Cues are found sentence by sentence: "according to", verbs of speech before, after and around what is said,
quotation marks, "reportedly", "X's analysis shows", "- Reuters". A sentence that goes on with "also" or
"furthermore", or stands inside a quotation that an earlier sentence opened, inherits its speaker.
"""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sitewatch.documents.cues import (
    ACCORDING,
    BY_COUNT,
    CITING,
    QUOTED_AS,
    WIRE,
    Attributed,
    according,
    by_count,
    impersonal,
    quoted_as,
)
from sitewatch.documents.known import Known, remember_names
from sitewatch.documents.nominal import nominal
from sitewatch.documents.reporting import verbs_in
from sitewatch.documents.sentences import Sentence, sentences
from sitewatch.documents.spans import Span, hide, overlap
from sitewatch.documents.speakers import notice
from sitewatch.documents.speech import CLASSES
from sitewatch.documents.speech_cues import by_verb
from sitewatch.types import Attribution

_ADDITIVE = re.compile(
    r"^(?:Furthermore|Moreover|In addition|Additionally|Also|They also|He also|She also|It also|Besides|Likewise|Similarly)\b|\b(?:are|is|was|were|have|has|had) also\b"
)


_NICKNAME = re.compile(r"(?<=[a-zA-Z] )[“\"]([A-Z][\w.-]*(?: [A-Z][\w.-]*){0,2})[”\"](?= [a-z])")
"""A name in quotation marks, which is no quotation: "the “Valley Watch” association"."""
_LONGEST_NAME = 40
"""Characters beside a word that are looked at: a text may be of ten million."""
_QUOTES = '“”"«»„'


_OPENING = {"“": "”", '"': '"', "«": "»", "„": "“"}


def attributions(
    text: str,
    spans: Sequence[Sentence] | None = None,
    masked: Iterable[Span] = (),
    known: Known | None = None,
) -> tuple[Attributed, ...]:
    """Attributions of `text`, in order.

    Args:
        text: any text; spans count its code points.
        spans: its sentences; by default those of `sentences`.
        masked: dates, which would be taken for names.
        known: who is known before the text starts; filled while reading.
    """
    known = known or Known()
    remember_names(text, known)
    hidden = hide(text, [span for span in masked if not _named_for(text, span)])
    found: list[Attributed] = []
    speaker: tuple[Attribution, int] | None = None
    open_quote: tuple[str, Attribution | None] | None = None
    for sentence in sentences(text) if spans is None else spans:
        if sentence.role in ("boilerplate", "byline"):
            continue
        words = hidden[sentence.start : sentence.end]
        notice(words, known)
        here = _in_sentence(words, known)
        here = [_shift(a, sentence.start) for a in here]
        explicit = [a for a in here if a.attribution.kind != "unnamed"]
        inherited = None
        if not explicit and open_quote and open_quote[1]:
            inherited = replace(open_quote[1], cue="inherited", scope="inherited")
        elif not explicit and speaker and speaker[1] == sentence.block and _goes_on(words, open_quote):
            inherited = replace(speaker[0], cue="inherited", scope="inherited")
        if inherited is not None:
            span = (sentence.start, sentence.end)
            here.append(Attributed(inherited, sentence.start, sentence.start, span))
        if explicit:
            speaker = (explicit[0].attribution, sentence.block)
        open_quote = _quote_after(words, open_quote, explicit[0].attribution if explicit else None)
        found += _ranked(here)
    return tuple(found)


def _named_for(text: str, span: Span) -> bool:
    """Whether a day of the week is part of a name: "the Sunday Sentinel"."""
    start, end = span
    word = text[start:end]
    if not word.endswith("day"):
        return False
    before, after = text[max(0, start - _LONGEST_NAME) : start], text[end : end + _LONGEST_NAME]
    if word == "Today" and re.search(r"[A-Z]\w+ $", before):
        return True
    return bool(
        re.fullmatch(r"\w+day", word)
        and re.match(r" [A-Z][a-z]+", after)
        and re.search(r"(?:[Tt]he|[A-Z]\w+) $", before)
    )


def _goes_on(words: str, open_quote: tuple[str, Attribution | None] | None) -> bool:
    """Whether a sentence continues what was said: by its words, or as a further quotation without a speaker."""
    return bool(_ADDITIVE.search(words)) or words[:1] in _OPENING or open_quote is not None


def _ranked(found: list[Attributed]) -> list[Attributed]:
    """Who cites others reports what they say: one step farther from the fact."""
    cited = [a for a in found if a.attribution.cue.lower() in CITING]
    return [
        replace(a, depth=a.depth + 1)
        if a not in cited and a.end > a.start and any(overlap(a.scope, c.scope) for c in cited)
        else a
        for a in found
    ]


def _shift(a: Attributed, by: int) -> Attributed:
    return replace(a, start=a.start + by, end=a.end + by, scope=(a.scope[0] + by, a.scope[1] + by))


def _quote_after(
    words: str, before: tuple[str, Attribution | None] | None, speaker: Attribution | None
) -> tuple[str, Attribution | None] | None:
    """The quotation that is still open at the end of a sentence, with its speaker."""
    state = before
    for ch in words:
        if state is None and ch in _OPENING:
            state = (_OPENING[ch], speaker)
        elif state is not None and ch == state[0]:
            state = None
    if state is not None and speaker is not None:
        state = (state[0], speaker)
    return state


def _in_sentence(words: str, known: Known) -> list[Attributed]:
    words = re.sub(r"\(([A-Z][\w&.-]{1,9})\)", "‹\\1›", words)  # a short name in brackets ends no phrase
    words = _NICKNAME.sub(r" \1 ", words)
    found: list[Attributed] = []
    for match in ACCORDING.finditer(words):
        found += according(words, match, known)
    for match in BY_COUNT.finditer(words):
        found += by_count(words, match, known)
    for match in QUOTED_AS.finditer(words):
        found += quoted_as(words, match, known)
    before = replace(
        known, people=[*known.people], organisations=[*known.organisations], groups=[*known.groups]
    )
    nouns = nominal(words, before)
    for noun in nouns:
        if not any(overlap((noun.start, noun.end), (a.start, a.end)) for a in found if a.start != noun.start):
            found.append(noun)
    taken = [(a.start, a.end) for a in found]
    at = 0
    for match in verbs_in(words):
        if match.start() < at or any(a <= match.start() < b for a, b in taken):
            continue
        made = by_verb(words, match, known)
        found += made
        if made:
            at = max(made[0].end, match.end())
    if nouns:
        for body in before.organisations:
            if body not in known.organisations:
                known.organisations.append(body)
        heard_groups = set(known.groups)
        known.groups.extend(g for g in before.groups if g not in heard_groups)
        heard = {id(p) for p in known.people}
        fresh = [p for p in before.people if id(p) not in heard]
        names = {p.name for p in known.people if p.name} if fresh else set()
        fresh = [p for p in fresh if p.name not in names]
        known.people[:] = [
            *(p for p in fresh if not p.name),
            *known.people,
            *(p for p in fresh if p.name),
        ]
    found += impersonal(words)
    if wire := WIRE.search(words):
        name = wire["name"] or wire["paren"]
        if wire["paren"] or len(name.split()) <= 4:
            known.mention(name)
            made_by = Attribution("organisation", None, None, name, wire[0].strip(), "reports")
            found.append(Attributed(made_by, wire.start(), wire.end(), (0, wire.start()), 1))
    return sorted(_once(found), key=lambda a: (a.depth, a.start))


def _once(found: list[Attributed]) -> list[Attributed]:
    """Each voice once for each class of stance: "Ada Roon went further: the roof, she said, leaks" is one voice."""
    kept: list[Attributed] = []
    for a in sorted(found, key=lambda a: a.start):
        who = a.attribution.name or (a.attribution.role, a.attribution.organisation)
        twin = next(
            (
                i
                for i, b in enumerate(kept)
                if who not in (None, (None, None))
                and who == (b.attribution.name or (b.attribution.role, b.attribution.organisation))
                and CLASSES.get(a.attribution.stance, a.attribution.stance)
                == CLASSES.get(b.attribution.stance, b.attribution.stance)
            ),
            None,
        )
        aside = re.search(r", [a-z]+ing$", f", {a.attribution.cue}".replace(", , ", ", "))
        if twin is None and aside:
            # "X disputed the figure, saying only 12 houses fell": one voice; what is quoted tells more.
            main = next(
                (
                    i
                    for i, b in enumerate(kept)
                    if who == (b.attribution.name or (b.attribution.role, b.attribution.organisation))
                ),
                None,
            )
            if main is not None and a.attribution.stance == "quoted-directly":
                kept[main] = replace(
                    kept[main], attribution=replace(kept[main].attribution, stance=a.attribution.stance)
                )
            if main is not None:
                twin = main
        if twin is None:
            kept.append(a)
            continue
        first = kept[twin]
        scope = (min(first.scope[0], a.scope[0]), max(first.scope[1], a.scope[1]))
        kept[twin] = replace(first, scope=scope)
        kept.append(replace(a, attribution=first.attribution, scope=scope))
    return kept

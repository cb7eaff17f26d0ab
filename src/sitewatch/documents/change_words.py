"""Words that say which way a size differs: verbs and nouns of growth and loss, verbs of exceeding and trailing."""
# ruff: noqa: E501 (a lexicon is a long line)

import re

from sitewatch.documents.spans import words

_DOUBLED = frozenset(words("drop thin trim slim crop clip lop top lag dip outstrip cap"))
"""Verbs that double their last letter before -ed and -ing."""


def _inflected(verb: str) -> set[str]:
    """The forms of a regular verb: "widen" gives widen, widens, widened, widening."""
    stem = verb + verb[-1] if verb in _DOUBLED else verb.removesuffix("e")
    third = (
        verb[:-1] + "ies"
        if verb.endswith("y")
        else verb + ("es" if verb.endswith(("s", "sh", "ch", "x")) else "s")
    )
    past = verb[:-1] + "ied" if verb.endswith("y") else stem + "ed"
    return {verb, third, past, stem + "ing"}


def _one_of(forms: set[str]) -> str:
    return "|".join(sorted(forms, key=len, reverse=True))


def _all(verbs: str, irregular: str = "", phrases: str = "") -> set[str]:
    """All forms of regular verbs, the forms listed, and phrases ("scaled up": each "_" is a space)."""
    regular = {form for verb in words(verbs) for form in _inflected(verb)}
    return regular | set(words(irregular)) | {p.replace("_", " ") for p in words(phrases)}


_BE = r"(?:(?:has|have|had|having|been|was|were|is|are|being|be|to|got|gets) )*"
_UP = _all(
    "burgeon proliferate increase expand enlarge extend balloon mushroom climb jump surge soar broaden deepen heighten lengthen widen swell gain "
    "upsize boost raise amplify augment inflate thicken stretch magnify elongate bulk fatten add lift hoist",
    "grew grow grows growing grown rose risen rises rise rising swollen larger bigger greater longer wider taller higher broader deeper",
    "put_on puts_on putting_on scaled_up built_out bulked_up beefed_up gone_up went_up goes_up shot_up blew_up blown_up build_up built_up rebuilt",
)
_DOWN = _all(
    "reduce decrease decline drop contract pare slash trim curtail slump plunge dwindle lower sag recede truncate shorten narrow diminish "
    "lessen compress downsize shave slim prune crop clip dock lop thin curb collapse condense erode lack surrender forfeit cede",
    "shrank shrinks shrink shrinking shrunk shrunken fell fallen falls falling fall cut cuts cutting lose loses lost losing shed sheds shedding sank sunk sinks sinking "
    "down smaller shorter missing narrower lower thinner lighter fewer less shallower",
    "scaled_back scaled_down cut_back cut_down pared_back pared_down trimmed_back pulled_back slimmed_down whittled_down gave_up given_up come_down came_down brought_down comes_down went_down gone_down goes_down ebbed retreated",
)
_EXCEED = _all(
    "exceed surpass outsize outnumber top outstrip outgun outmatch outdo overshadow overtop outweigh outclass outrank outreach eclipse beat dwarf better best overhang outspan outmeasure overreach",
    "overtakes overtook overtaking outgrow outgrows outgrew outgrown outdoes outdid beat trump trumps trumped outstretches",
    "has_the_edge_over have_the_edge_over had_the_edge_over has_the_edge_on goes_beyond went_beyond",
)
_TRAIL = _all(
    "trail lag undershoot yield undercut underperform",
    "",
    "yield_to yielding_to trail_behind trails_behind trailing_behind lag_behind lags_behind lagging_behind yield_to yielding_to fall_short_of fall_below falling_below lagged_behind yields_to yielded_to falls_short_of fell_short_of falling_short_of is_short_of are_short_of was_short_of were_short_of "
    "comes_short_of comes_up_short_of came_up_short_of falls_below fell_below undershot",
)
UP_VERB = (
    rf"{_BE}(?:{_one_of(_UP)}|(?<!makes )(?<!make )(?<!made )(?<!making )(?<!takes )(?<!take )(?<!took )up)"
)
"""Verbs and comparatives that say that something is or gets larger; needs re.IGNORECASE, as do all of these."""
DOWN_VERB = rf"{_BE}(?:{_one_of(_DOWN)})"
EXCEED_VERB = f"(?:{_one_of(_EXCEED)})"
TRAIL_VERB = f"(?:{_one_of(_TRAIL)})"
MOVE_VERB = f"(?:{_one_of(_all('knock slice chop lop shave tack trim carve hack strip', 'take takes took taken taking put puts putting cut cuts cutting'))})"
"""Verbs that give or take an amount; the word after it says which ("put a third on", "took a third off")."""
UP_NOUN = (
    "increase|growth|gain|rise|expansion|enlargement|extension|jump|surge|excess|addition|widening|lengthening|enlarging|"
    "raising|broadening|deepening|heightening|leap|plus|uplift|boost|increment|hike|swelling|augmentation|elongation|upsizing"
)
DOWN_NOUN = (
    "reduction|decrease|drop|decline|fall|cut|loss|shrinkage|contraction|shortfall|deficit|shortening|narrowing|cutback|"
    "minus|lowering|shrinking|diminution|retreat|downsizing|dip|slump|curtailment|erosion|trimming"
)
TAKES = frozenset(
    _all(
        "gain add shave trim slash prune crop clip lop pare lack surrender forfeit cede",
        "lost lose loses losing shed sheds shedding cut cuts cutting took take takes missing",
        "put_on puts_on putting_on gave_up given_up",
    )
)
"""Verbs whose amount of change can be their object ("lost a third of its area")."""

_ARTICLE = re.compile(
    r"\b(?:the|an?|its|their|this|that|our|his|her|no|old|new|each|every|[\w]+[’']s)(?: (?:old|new|first|second|former|small|large|main|original|existing|previous|northern|southern|eastern|western)){0,2} $",
    re.IGNORECASE,
)


def is_noun_here(text: str, start: int) -> bool:
    """Whether the word at `start` follows an article: "the shed by the river" sheds nothing."""
    return _ARTICLE.search(text[max(0, start - 40) : start]) is not None

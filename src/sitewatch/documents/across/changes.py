"""Ratios of a thing to itself at an earlier time, apart from those of one thing to another.

"The hall has grown by a third" and "the hall is two thirds of its former size" are held against each other, not
against "the hall is a third larger than the shed": the same numbers of other things exclude nothing.
"""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from datetime import date

from sitewatch.documents.across.referents import Same
from sitewatch.documents.change_words import DOWN_NOUN, UP_NOUN
from sitewatch.types import Claim, When

FAR = 180
"""Days between two documents from which changes without a date may be two changes."""
_VERBS = (
    r"gr(?:ows?|ew|own|owing)|shr(?:inks?|ank|unk|unken|inking)|ris(?:es?|en|ing)|rose|f(?:alls|ell|allen|alling)\b(?! short| below)|swell(?:s|ed|ing)?|swollen|"
    r"dwindl(?:es?|ed|ing)|clim(?:bs?|bed)|declin(?:es?|ed|ing)|(?:in|de)creas(?:es?|ed|ing)|reduc(?:es?|ed|ing)|extend(?:s|ed|ing)?|expand(?:s|ed|ing)?|"
    r"enlarg(?:es?|ed|ing)|(?:length|wid|broad|deep|height)en(?:s|ed|ing)?|rais(?:es?|ed|ing)|lower(?:s|ed|ing)|shorten(?:s|ed|ing)?|narrow(?:s|ed|ing)|trim(?:s|med|ming)?|"
    r"curtail(?:s|ed)?|slash(?:es|ed)?|cuts?|cut(?:ting)?|los(?:es?|t|ing)|gain(?:s|ed|ing)?|add(?:s|ed|ing)?|shed(?:s|ding)?|scal(?:es?|ed|ing) (?:back|up|down)|"
    r"doubled|tripled|trebled|quadrupled|halved|ballooned|mushroomed|diminish(?:es|ed)?|contract(?:s|ed)|pared|t(?:ook|aken|aking)|knocked|lopped|shaved|sliced|chopped|carved"
)
_CHANGES = re.compile(
    rf"\b(?:{_VERBS})\b|\b(?:is|are|was|were|be|been|went|gone|goes|came|come) (?:up|down)\b|\b(?:up|down)\s*$|^(?:up|down)\b|"
    rf"\b(?:{UP_NOUN}|{DOWN_NOUN}) (?:of|by|in|amount)",
    re.IGNORECASE,
)
_NOW = re.compile(r"\bnow (?:has|have|is|are|measures?|covers?)\b", re.IGNORECASE)
_BEFORE = re.compile(
    r"(?:(?:of|that of|to|than) )?(?:(?:its|their|his|her|the) (?:own )?(?:\w+ )?(?:former|original|earlier|previous|old|initial|prior|past|first|onetime|pre-\w+|present|\d{4})(?: \w+){0,2}"
    r"|(?:what |where |than |when )?(?:it|they) (?:was|were|had been|used to be|measured|covered).*|(?:its|their|the) (?:size|area|length|width|height|footprint|extent) (?:in|of|before|at) .*|before|itself)$",
    re.IGNORECASE,
)
_OWN = re.compile(r"(?:its|their) (?:\w+ ){0,2}\w+$", re.IGNORECASE)
_THING = re.compile(r"\b(?:one|neighbou?r|predecessor|counterpart|twin|sister)s?$", re.IGNORECASE)


def to_itself(claim: Claim, comparand: str) -> bool:
    """Whether the ratio of a claim is that of a thing to what it was before.

    Args:
        claim: with a ratio.
        comparand: what the thing is compared with, as its words have it; "" for nothing named.
    """
    quantity = claim.quantity
    if quantity is None or quantity.relation != "ratio":
        return False
    own = bool(re.match(r"(?:of |that of )?(?:its|their)\b", comparand, re.IGNORECASE))
    if (
        _BEFORE.match(comparand)
        and not _THING.search(comparand)
        and (own or " " not in comparand or "it" in comparand)
    ):
        return True
    if comparand and (not _OWN.match(comparand) or _THING.search(comparand)):
        return False
    at = claim.quote.find(quantity.text)
    near = claim.quote[max(0, at - 24) : at] if at >= 0 else ""
    return bool(_CHANGES.search(f"{near}{quantity.text}")) or (not comparand and bool(_NOW.search(near)))


def one_change(a: Claim, b: Claim, told: tuple[str | None, str | None]) -> Same:
    """Whether two changes of one thing are one change, as far as their times tell.

    Args:
        a: a claim of a change.
        b: another.
        told: when the document of each was published, ISO 8601; None where unknown.
    """
    if a.source == b.source:
        return Same.NO  # one text tells of one change after the other
    first, second = _changed(a), _changed(b)
    if (first is None) != (second is None):
        return Same.UNSURE
    if first is not None and second is not None:
        same = (first.earliest, first.latest) == (second.earliest, second.latest)
        return Same.YES if same else Same.UNSURE
    return Same.UNSURE if _days(*told) > FAR else Same.YES


def _changed(claim: Claim) -> When | None:
    """When a change was; the date of the image that shows it is none."""
    looked = any(link.kind == "imagery" for link in claim.attribution)
    when = claim.time
    return None if looked or when is None or (when.earliest is None and when.latest is None) else when


def _days(a: str | None, b: str | None) -> int:
    try:
        return abs((date.fromisoformat(a[:10]) - date.fromisoformat(b[:10])).days) if a and b else 0
    except ValueError:
        return 0

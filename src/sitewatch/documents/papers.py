"""Images and papers as sources: "imagery collected by X", "X's annual report", "a court filing", "customs records"."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re
from collections.abc import Callable

from sitewatch.documents.bodies import resolve
from sitewatch.documents.known import CAP, COMMON_ORG, NAME, ROLE, Known, Source, clean, is_organisation
from sitewatch.documents.phrases import Phrase
from sitewatch.documents.places import ADJECTIVES

_BY = re.compile(rf"\b(?P<prep>by|from|of)(?: the| an?)? (?P<name>{NAME})(?P<more> [a-z]+s?\b)?")
_PAIR = re.compile(rf"\b(?:by|of) (?P<who>{CAP} and {CAP})(?: \(|$|,| in | on )")
"""Authors: "the model of Osei and Lindgren"."""
_MORE = re.compile(
    rf"(?: satellites?|(?: [a-z]+){{0,2}} (?:{COMMON_ORG.pattern})(?:[’']s (?:own )?[a-z]+)?)(?= |,|$)"
)
"""What follows a name and belongs to it: "the Meridian satellite", "the Gulf air force's own magazine"."""
_BY_LOW = re.compile(r"\b(?:by|from) (?P<who>[a-z].*)$")
_IMAGERS = frozenset(
    (
        "Google",
        "Google Earth",
        "Planet",
        "Maxar",
        "Airbus",
        "Copernicus",
        "Bing",
        "Yandex",
        "Capella",
        "Umbra",
        "BlackSky",
    )
)
"""Publishers of images whose names stand before them."""
_PERSONAL = ("he", "she", "they", "it")
_Read = Callable[[str, Known, bool], list[Source]]


def read_paper(  # noqa: PLR0911 (rules in order)
    phrase: Phrase, lead: str | None, low: str, imagery: bool, known: Known, read: _Read
) -> list[Source]:
    """The source behind a paper or an image: who made it where that is said, else the paper itself."""
    noun = low if lead is None or imagery else f"{lead} {low}" if lead in ADJECTIVES else low
    if phrase.owner:
        return _owned(phrase, noun, imagery, known, read)
    by = _BY.search(phrase.tail)
    if group := _group(phrase.tail, known, read):
        return [group]
    if (pair := _PAIR.search(phrase.tail)) and not imagery and not is_organisation(pair["who"], known):
        return [_of(pair["who"], noun)]
    if by is not None and (more := _MORE.match(phrase.tail, by.end("name"))):
        return [_of(clean(f"{by['name']}{more[0]}"), noun)]
    if by is not None and not is_organisation(by["name"], known):
        made = read(phrase.tail[by.start("name") :], known, False)
        if made and made[0].kind == "person" and not imagery:
            if made[0].organisation and re.search(r"\b(?:led|headed|overseen|coordinated) by", phrase.tail):
                return [_of(made[0].organisation, noun)]
            return made
    if by is not None and (
        by["prep"] != "of"
        or is_organisation(by["name"], known)
        or by["more"] in (" system", " programme", " program", " project", " initiative", " team")
    ):
        return [_of(clean(resolve(by["name"], known) or ""), noun)]
    if low_by := _BY_LOW.search(phrase.tail):
        made = read(low_by["who"], known, False)
        if made and made[0].organisation and made[0].kind == "organisation":
            return [_of(made[0].organisation, noun)]
    if (
        lead is not None
        and lead not in ADJECTIVES
        and (not imagery or is_organisation(lead, known) or lead in _IMAGERS or lead not in known.places)
    ):
        return [_of(clean(resolve(lead, known) or lead), noun)]
    if (
        re.match(
            r"(?:(?:some|several|unconfirmed|media|press|news|various|recent|earlier|other|local|intelligence) )*reports$",
            noun,
        )
        and not phrase.tail
        and phrase.determiner not in ("the", "these", "both", "two")
    ):
        return [Source("unnamed", None, noun)]
    if phrase.determiner.endswith(" same") or (
        phrase.determiner in ("the", "that") and low.startswith("same ")
    ):
        return [Source("document", None, noun, known.body)]
    told = imagery and phrase.determiner in ("the", "these", "those", "both", "all")
    return [Source("document", None, noun, known.imagery if told else None)]


def _owned(phrase: Phrase, noun: str, imagery: bool, known: Known, read: _Read) -> list[Source]:
    """ "the mayor's statement" is the mayor's; "the forum's paper" the forum's; "its analysis" that of the last body."""
    if phrase.owner in ("his", "her"):
        person = known.last_person("he" if phrase.owner == "his" else "she")
        return [person] if person else [Source("person")]
    if phrase.owner in ("its", "their"):
        body = known.body
        return [_of(body, noun)] if body else [Source("document", None, noun)]
    made = read(phrase.owner, known, False)
    if made and made[0].kind in ("person", "group", "unnamed"):
        if made[0].name or made[0].organisation:
            return made
        return [Source("document", None, f"{re.sub('^the ', '', phrase.owner)}’s {noun}")]
    body = made[0].organisation if made and made[0].organisation else resolve(phrase.owner, known)
    return [_of(body, noun)]


def _group(tail: str, known: Known, read: _Read) -> Source | None:
    """People who made it: "a survey by researchers at the Harrow Institute"."""
    by = re.search(r"\bby (?P<who>.+)$", tail)
    if by is None or not ROLE.search(by["who"]):
        return None
    inner = read(by["who"], known, False)
    return inner[0] if inner and inner[0].organisation and inner[0].kind in ("person", "group") else None


def _of(body: str | None, noun: str) -> Source:
    return Source("document", None, noun, body)

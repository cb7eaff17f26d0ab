"""Names that hold numbers or months: "February 11 Plant", "May Day Stadium", "Hwasong-11", "Building 2023".

They are found by their form and hidden from the grammars of dates and quantities.
"""
# ruff: noqa: E501 (a pattern reads better in one line)

import re

from sitewatch.documents.spans import Span, words

MONTHS = {
    name: index % 12 + 1
    for index, name in enumerate(
        words(
            "January February March April May June July August September October November December "
            "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
        )
    )
} | {"Sept": 9}
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))

SITE_HEADS = words(
    "plant factory complex works base mill mine quarry depot arsenal shipyard dockyard yard hangar stadium square "
    "street avenue road bridge dam tunnel airport airfield port harbour harbor hospital school university academy "
    "institute park farm village town district barracks camp brigade battalion regiment division movement "
    "kombinat combine foundry refinery smelter station terminal warehouse workshop facility compound site range "
    "reactor laboratory library theatre theater tower museum market hotel estate settlement prison enterprise "
    "company corporation agreement declaration committee"
)
"""Nouns that end the name of a place, a work or a body."""
_HEAD = "|".join(SITE_HEADS)
_ANY_HEAD = "|".join(re.sub("^.", lambda m: f"[{m[0].upper()}{m[0]}]", h) for h in SITE_HEADS)

_DATED_NAME = re.compile(
    rf"\b(?:(?:{MONTH})\.? \d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{MONTH})|\d{{1,2}}\.\d{{1,2}})"
    rf"(?P<middle>(?: (?!(?:{MONTH})\b)[A-Z][\w’'-]{{1,30}}){{0,4}}?) (?P<head>{_ANY_HEAD})(?:s|ies)?\b(?!\.? ?\d)(?! (?:kilo|met|mile|feet|foot|ft|yard|km|m\b))"
)
_YEAR_NAME = re.compile(
    rf"\b(?:[A-Z][\w’'-]{{1,30}} ){{1,3}}(?:19|20)\d\d (?:{_ANY_HEAD})\b|\bMay Day(?: [A-Z][\w’'-]{{1,30}}){{0,3}}"
    r"|\b(?:May|August|March|April|June) (?:[A-Z][a-z]{1,30} ){0,2}(?:Street|Road|Avenue|Square|Island|River|Valley|Hill)\b"
)
_NAMED_AFTER = re.compile(
    rf"(?:named (?:after|for)|in honou?r of|called)(?: the)? (?P<name>\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{MONTH})|(?:{MONTH})\.? \d{{1,2}}(?:st|nd|rd|th)?)(?! \d{{4}})"
    rf"|\b(?P<words>(?:{MONTH}) (?:First|Second|Third|Fourth|Fifth|Sixth|Seventh|Eighth|Ninth|Tenth|Eleventh|Twelfth|Twentieth|Thirtieth)(?:[ -](?:First|Second|Third|Fourth|Fifth|Sixth|Seventh|Eighth|Ninth))?)\b"
)
_PREPOSED = re.compile(
    r"\b(?:on|since|by|until|till|before|after|from|dated|of|to|and|between|On|Since|By|After|Before) $"
)
_BIG = words(
    "Landsat Sentinel WorldView GeoEye Pleiades Pléiades Unit Route Highway Resolution Article Section Chapter Figure Table Page Pier "
    "Gate Type Model Mark Phase Flight Apartment Room Sector Zone Area Line Reactor Building Hall Factory Plant Block Hangar Shed Tunnel "
    "Entrance Portal Shaft Site Object Number Complex Base Depot Warehouse Workshop Project Berth Silo Dock Well Pit Track Bus"
)
_SMALL = words(
    "building hall factory plant block hangar shed tunnel entrance portal shaft unit site line route berth silo dock pier gate bus shop workshop warehouse track number"
)
_MEASURE = (
    r"(?! ?(?:%|percent|per cent|m\b|m2|m²|met|km|kilo|feet|foot|ft|ha\b|hect|acres?|sq|times|tons?\b|tonnes|by\b|x\b|yards?|miles?|people|workers|"
    r"soldiers|years|months|weeks|days|[.,]\d)|[.,]\d)"
)
_DESIGNATION = re.compile(
    r"\b(?!(?:mid|pre|post|early|late|since|circa|Mid|Pre|Post|non|Non|up|Up|one|two|three|four|five|six|nearly|about|by|to|and|or|of|x)[-‑])[A-Za-z]{1,20}[-‑]\d{1,4}[A-Za-z]{0,3}\b(?![-‑][a-z])"
    r"|\b(?![QH]\d\b)[A-Z]{1,4}\d{1,4}(?:[A-Z]\d?)?[A-Za-z]{0,2}\b|\b\d{1,3}[A-Z]\b(?! ?\()"
    rf"|\b(?:(?:{'|'.join(_BIG)}|{'|'.join(_SMALL)})|[Nn]os?\.|[Nn]r\.|№|#|[Ff]ig\.) ?(?:No\.? ?)?\d{{1,4}}[A-Za-z]?\b{_MEASURE}"
    r"|\b24/7\b|\b\d{1,2}:\d{2}(?::\d{2})?(?: ?(?:a\.?m\.?|p\.?m\.?|UTC|GMT|local time))?\b"
    r"|(?:\+\d{1,3}[ -]?)?(?<!\d)(?:\(?0\d{1,5}\)?[ -]\d{2,4}[ -]\d{2,4}(?:[ -]\d{2,4})?|\+\d{1,3}(?:[ -]\d{2,4}){2,4})(?!\d)"
    r"|\b[A-Z]{1,4}(?:-\d{1,5}){2,3}\b"
)


def named_spans(text: str) -> tuple[Span, ...]:
    """Stretches whose numbers and months belong to a name.

    "the February 11 plant" is one; "on February 11 plant workers ..." is not, because a preposition that takes
    a date stands before it and the noun is not capitalised.
    """
    found = []
    for match in _DATED_NAME.finditer(text):
        before = text[max(0, match.start() - 10) : match.start()]
        if _PREPOSED.search(before) and (match["head"][0].islower()):
            continue
        found.append(match.span())
    found += [m.span(m.lastgroup) for m in _NAMED_AFTER.finditer(text) if m.lastgroup]
    found += [m.span() for m in _YEAR_NAME.finditer(text)]
    found += [m.span() for m in _DESIGNATION.finditer(text)]
    return tuple(sorted(found))

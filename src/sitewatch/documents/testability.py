"""Whether imagery can test a claim, how, and at what ground sampling distance.

"no" is the default. Distances are rules of thumb of image interpretation: a thing should span some pixels in its
smaller side (see docs/explanation/claims.md).
"""
# ruff: noqa: E501 (a pattern reads better in one line)

import re

from sitewatch.types import Quantity, Testability, When

_SIZE = {
    "size": "area_ratio",
    "area": "area_ratio",
    None: "area_ratio",
    "length": "length",
    "width": "length",
    "height": "height",
    "perimeter": "length",
}
_THIN = re.compile(
    r"\b(?:crane|mast|pole|fence|antenna|pipeline|gantry|barrier|wall|rail|track)s?\b", re.IGNORECASE
)
_SMALL = re.compile(
    r"\b(?:vehicles?|trucks?|entrances?|portals?|tunnels?|revetments?|containers?|tanks?|craters?|trench(?:es)?|missiles?|aircraft|silos?)\b",
    re.IGNORECASE,
)
_BUILT = re.compile(
    r"\b(?:building|hall|facilit(?:y|ies)|structure|construction|plant|complex|factory|warehouse|hangar|shed|workshop|housing|dormitor(?:y|ies)|depot|store|runway|road|bridge|dam|quarry|pond|pad|pier|"
    r"quay|base|camp|compound|mine|roof|foundation|bunker|tower|spur|pit|clearing|marina|market|office|school|hospital|site|crane|entrances?|tunnels?|works|yard|expansion)s?\b",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"\b(?:remov(?:ed|al|ing)|demolish(?:ed)?|demolition|dismantl(?:ed|ing)|destroyed|razed|torn down|gone|cleared|flattened|collapsed|disappeared|lifted|vanished)\b",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"\b(?:improv\w+|upgrad\w+|renovat\w+|refurbish\w+|moderni[sz]\w+|widened|extended|enlarged|expan\w+|reconstruct\w+|repav\w+|repair\w+|damaged|burn\w*|reinforced|flooded|covered)\b",
    re.IGNORECASE,
)
_MADE = re.compile(
    r"\b(?:new|newly|construction|built|buil(?:d|ding|t)|erected|began|begun|completed|under construction|poured|paved|excavat\w+|dug|laid|additional|appeared|installed|opened|started|roofed|resumed|broken ground|clearing)\b",
    re.IGNORECASE,
)
_INDOORS = re.compile(
    r"\b(?:produc\w+|manufactur\w+|assembl(?:e|es|ed|ing)\b|intend\w*|aims?\b|purpose|function|serve as|used for|used as|plans? to|capacity|output|weapons?|warheads?)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?:located|situated|near(?:by)?|adjacent|next to|north of|south of|east of|west of|metres from|km from|lies)\b",
    re.IGNORECASE,
)
_MOVES = re.compile(
    r"\b(?:troops|soldiers|workers|people|staff|residents|missiles? (?:test|launch)|treaty|agreement|talks|concern)\b",
    re.IGNORECASE,
)


def testability(quote: str, kind: str, quantity: Quantity | None, time: When | None) -> Testability:  # noqa: PLR0911 (rules in order)
    """What imagery could do with the claim `quote` of type `kind`."""
    dates = _dates(time)
    if (
        kind in ("role", "identity", "meta", "speech_act", "provenance", "evaluation", "denial")
        and quantity is None
    ):
        return Testability(
            "no", f"a statement of kind {kind.replace('_', ' ')} is not about what images show"
        )
    if quantity is not None:
        made = _measured(quote, quantity, dates)
        if made is not None:
            return made
    if _MOVES.search(quote) and not _BUILT.search(quote):
        return Testability("no", "people, agreements and opinions are not seen in images")
    if kind in ("function", "capability", "inference"):
        if _BUILT.search(quote):
            return Testability(
                "partial",
                "the structure can be looked for, its use cannot be read off pixels",
                "appeared",
                3.0,
                dates,
            )
        return Testability("no", "use, ability and intent are not seen in images")
    if _GONE.search(quote) and (_BUILT.search(quote) or _SMALL.search(quote) or _THIN.search(quote)):
        return Testability(
            "yes",
            "present in a look before, absent in one after",
            "removed",
            _gsd(quote),
            dates or "one before and one after",
        )
    if _CHANGED.search(quote) and (_BUILT.search(quote) or _SMALL.search(quote)):
        return Testability(
            "partial",
            "ground works and changed roofs show; what they are for does not",
            "altered",
            min(_gsd(quote), 3.0),
            dates or "one before and one after",
        )
    if _MADE.search(quote) and _BUILT.search(quote):
        return Testability(
            "yes",
            "absent in a look before, present in one after",
            "appeared",
            _gsd(quote),
            dates or "one before and one after",
        )
    if kind in ("location", "part_of") and (_PLACE.search(quote) or kind == "part_of"):
        return Testability(
            "partial", "places can be found on images where their outlines are known", "location", 10.0
        )
    if kind == "observation" and _BUILT.search(quote) and not _INDOORS.search(quote):
        return Testability("partial", "what stands there can be looked for", "altered", 3.0, dates)
    return Testability("no", "nothing that images show is stated")


def _measured(quote: str, quantity: Quantity, dates: str | None) -> Testability | None:  # noqa: PLR0911 (rules in order)
    if quantity.relation == "ratio" and quantity.dimension in _SIZE:
        if not _BUILT.search(quote) and quantity.dimension in (None,):
            return None
        dimension = _SIZE[quantity.dimension]
        if dimension == "height":
            return Testability("yes", "measure both heights from shadows", "height", 1.0, dates)
        return Testability("yes", "outline both in the same scenes and compare", dimension, 3.0, dates)
    if quantity.unit == "m2" and quantity.relation != "ratio":
        return Testability("yes", "outline it and take the area", "area", 3.0, dates)
    if quantity.unit == "m" and quantity.dimension in ("length", "width", "perimeter", None):
        return Testability(
            "yes",
            "outline it and take the side",
            "length",
            3.0 if (quantity.low or quantity.high or 0) > 20 else 1.0,
            dates,
        )
    if quantity.unit == "m" and quantity.dimension == "height":
        return Testability("yes", "height from its shadow", "height", 1.0, dates)
    if (
        quantity.unit == "m"
        and quantity.dimension == "distance"
        and (quantity.high or quantity.low or 0) < 20_000
    ):
        return Testability(
            "partial", "distance between two places that must be known", "location", 10.0, dates
        )
    if (
        quantity.unit == "count"
        and (_BUILT.search(quote) or _SMALL.search(quote))
        and not _MOVES.search(quantity.text)
    ):
        return Testability("yes", "count them", "count", 1.0 if _SMALL.search(quantity.text) else 3.0, dates)
    return None


def _gsd(quote: str) -> float:
    return 1.0 if _SMALL.search(quote) and not _THIN.search(quote) else 3.0 if _THIN.search(quote) else 10.0


def _dates(time: When | None) -> str | None:
    if time is None:
        return None
    if time.earliest and time.latest:
        return f"one before {time.earliest} and one after {time.latest}"
    if time.latest:
        return f"one on or before {time.latest}"
    if time.earliest:
        return f"one on or after {time.earliest}"
    return None

"""Which dimension a length is: what the words beside it say ("long", "in width", "a height of", "from the fence")."""
# ruff: noqa: E501 (a pattern reads better in one line)

import re

_AFTER = re.compile(
    r"(?:[ -](?P<adj>long|wide|broad|tall|high|deep|across|thick|square)\b(?!-)"
    r"|(?: in| of)(?: total| overall)? (?P<noun>length|width|breadth|height|depth|diameter|thickness|perimeter|circumference|span|altitude|elevation)\b)",
    re.IGNORECASE,
)
_NAMES = {
    "long": "length", "wide": "width", "broad": "width", "tall": "height", "high": "height", "deep": "depth", "across": "width",
    "thick": "thickness", "length": "length", "width": "width", "breadth": "width", "height": "height", "depth": "depth",
    "diameter": "width", "thickness": "thickness", "perimeter": "perimeter", "circumference": "perimeter", "span": "width",
    "altitude": "height", "elevation": "height", "square": "length", "range": "distance", "distance": "distance",
    "spanned": "width", "spans": "width", "spanning": "width", "radius": "distance", "fence": "perimeter",
}  # fmt: skip
_DISTANCE = re.compile(
    r"[ ,]+(?:(?:to the )?(?:north|south|east|west|north-?east|north-?west|south-?east|south-?west)(?:ern|wards?)?(?: of| from)?\b|away\b|from\b|"
    r"off\b|inland\b|outside\b|beyond\b|upstream\b|downstream\b|up the\b|down the\b|apart\b|distant\b|(?:to|into) the\b|offshore\b|behind\b|inside\b|underground\b|below\b|above\b)",
    re.IGNORECASE,
)
_OBJECT = re.compile(
    r"[ -](?:[a-z]+[ -]){0,2}?(?P<thing>runway|road|bridge|fence|wall|tunnel|berth|pier|quay|airstrip|strip|railway|track|spur|trench|canal|pipeline|mast|tower|chimney|roof|crane|cliff|dam|radius)s?\b",
    re.IGNORECASE,
)
_THINGS = {
    "mast": "height", "tower": "height", "chimney": "height", "roof": "height", "cliff": "height", "radius": "distance",
}  # fmt: skip
_BEFORE = re.compile(
    r"\b(?:(?P<noun>length|width|breadth|height|depth|diameter|thickness|perimeter|circumference|span|range|distance|radius)\b"
    r"(?:(?: of| is| was| makes| at|:| has been| equal to| equals| reaches| measures| reached| to| from| came to|,| the| building| hall| its| about| some| now| only| [a-z]+){0,6})"
    r"|(?P<verb>ris(?:es|ing)|rose|stands|standing|soars|towers|reaches up)(?: to| up to| some| about| at)*"
    r"|(?P<wide>spanned|spans|spanning)|(?P<far>lies|lie|located|situated|away|move[ds]?|within|distance|sits|stood)(?: just| about| some| only| within| up to)*"
    r"|(?P<long>stretch(?:es|ed|ing)?|runs?|ran|extends?|lengthened|extended)(?: for| to| over| about| some| by)*) ?$",
    re.IGNORECASE,
)


def dimension_after(text: str, end: int) -> tuple[str | None, int]:
    """The dimension that the words from `end` on say, and where these end."""
    if match := _AFTER.match(text, end):
        return _NAMES[(match["adj"] or match["noun"]).lower()], match.end()
    if _DISTANCE.match(text, end):
        return "distance", end
    if match := _OBJECT.match(text, end):
        return _THINGS.get(match["thing"].lower(), "length"), end
    return None, end


def dimension_before(text: str, start: int) -> str | None:
    """The dimension that the words before `start` say ("a height of", "rises to", "lies")."""
    window = text[max(0, start - 60) : start]
    match = _BEFORE.search(re.split(r"[.;!?]\s", window)[-1])
    if match is None:
        return None
    if match["noun"]:
        return _NAMES[match["noun"].lower()]
    return (
        "height" if match["verb"] else "width" if match["wide"] else "length" if match["long"] else "distance"
    )

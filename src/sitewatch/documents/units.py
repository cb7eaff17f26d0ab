"""Units as press texts write them, and what they are in SI."""

import re

_TABLE: list[tuple[str, str, float]] = [
    (r"square kilomet(?:re|er)s?|sq\.? ?km|km²|km2|km\^2|sq\.? kilomet(?:re|er)s?", "m2", 1e6),
    (r"square miles?|sq\.? ?mi(?:les?)?|mi²", "m2", 2589988.110336),
    (r"square (?:feet|foot)|sq\.? ?(?:ft\.?|feet|foot)|ft²|ft2|sqft", "m2", 0.09290304),
    (r"square yards?|sq\.? ?(?:yd\.?|yards?)|yd²", "m2", 0.83612736),
    (r"square met(?:re|er)s?|sq\.? ?(?:m|met(?:re|er)s?)|sqm|m²|m2|m\^2", "m2", 1.0),
    (r"cubic kilomet(?:re|er)s?|cu\.? ?km|km³|km3", "m3", 1e9),
    (r"cubic met(?:re|er)s?|cu\.? ?m|m³|m3", "m3", 1.0),
    (r"cubes", "m3", 1.0),
    (r"cubic (?:feet|foot)|cu\.? ?ft|ft³", "m3", 0.028316846592),
    (r"cubic yards?|cu\.? ?yd|yd³", "m3", 0.764554857984),
    (r"megalit(?:re|er)s?|(?-i:ML)", "m3", 1e3),
    (r"lit(?:re|er)s?", "m3", 1e-3),
    (r"gallons?", "m3", 0.003785411784),
    (r"dun[au]ms?", "m2", 1e3),
    (r"hectares?|ha", "m2", 1e4),
    (r"acres?", "m2", 4046.8564224),
    (r"kilomet(?:re|er)s?|kms?", "m", 1e3),
    (r"nautical miles?|nmi", "m", 1852.0),
    (r"miles?|mi", "m", 1609.344),
    (r"centimet(?:re|er)s?|cm", "m", 0.01),
    (r"millimet(?:re|er)s?|mm", "m", 0.001),
    (r"met(?:re|er)s?|m", "m", 1.0),
    (r"feet|foot|ft\.?", "m", 0.3048),
    (r"inch(?:es)?", "m", 0.0254),
    (r"yards?|yds?", "m", 0.9144),
    (r"megatons?|megatonnes?|(?-i:Mt)", "kg", 1e9),
    (r"kilotons?|kilotonnes?|(?-i:kt)", "kg", 1e6),
    (r"metric tons?|tonnes?|tons?|(?-i:t)", "kg", 1e3),
    (r"kilograms?|kilos?|kg", "kg", 1.0),
    (r"pounds|lbs?", "kg", 0.45359237),
    (r"gigawatts?|GW", "W", 1e9),
    (r"megawatts?|MW", "W", 1e6),
    (r"kilowatts?|kW", "W", 1e3),
]
UNIT = (
    "(?:"
    + "|".join(p.replace(" ?", "[ -]?").replace(" ", "[ -]").replace("[[ -]-]", "[ -]") for p, _, _ in _TABLE)
    + ")"
)
"""Pattern of a unit; needs re.IGNORECASE and a boundary after it."""
_EXACT = [(re.compile(pattern, re.IGNORECASE), symbol, factor) for pattern, symbol, factor in _TABLE]

DIMENSION_OF_UNIT = {"m2": "area", "m3": "volume", "kg": "mass", "W": "power"}


def si(unit: str) -> tuple[str, float]:
    """SI symbol and the factor to it: "acres" → ("m2", 4046.86). A ton is taken for a tonne."""
    words = re.sub(r"[\s\u00a0\u202f-]+", " ", unit.strip())
    for pattern, symbol, factor in _EXACT:
        if pattern.fullmatch(words):
            return symbol, factor
    raise KeyError(unit)

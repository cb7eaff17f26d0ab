"""A control point: where on the ground a pixel lies."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ControlPoint:
    """A pixel position (from the upper left corner of the image, in pixels) and its place on the ground."""

    col: float
    row: float
    lon: float
    """WGS84 degrees."""
    lat: float
